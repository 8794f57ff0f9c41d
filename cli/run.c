/* SPDX-License-Identifier: MIT */
/*
 * cli/run.c - `culm run`: puts machine and host together, runs, and turns the
 * end of the run into an exit status.
 *
 * Everything that can be wrong with the command line or a file is found
 * before the terminal is touched.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "cli/cli.h"
#include "cli/run_control.h"
#include "cli/run_options.h"
#include "cli/run_parts.h"
#include "cli/stats.h"
#include "host/host.h"
#include "host/signals.h"
#include "host/tty.h"
#include "soc/board.h"

/* 2026-01-01 00:00 UTC, in seconds since 1970. */
#define VIRTUAL_EPOCH 1767225600u

struct run {
	struct run_options opt;
	struct log log;
	struct host *host;
	struct run_parts parts;
	struct machine *machine;
	struct stats_file stats;
	bool on_terminal;
};

/*
 * BUG_ON's hook has no argument.  This names the run whose terminal, output
 * and state it saves; nothing else reads it.
 */
static struct run *bug_run;

static const struct {
	const char *name;	/* in --stats */
	const char *line;	/* for a person at a terminal */
	int status;
} exits[] = {
	[EXIT_POWEROFF] = { "poweroff", "the guest powered off", STATUS_OK },
	[EXIT_RESET] = { "reset", "the guest reset the machine", STATUS_OK },
	[EXIT_MAX_INSNS] = { "max-insns", "--max-insns reached", STATUS_OK },
	[EXIT_STOPPED] = { "stopped", "stopped", STATUS_OK },
	[EXIT_STUCK] = { "stuck", NULL, STATUS_STUCK },
};

static void put_line(void *opaque, const char *line)
{
	(void)opaque;
	fprintf(stderr, "%s\n", line);
}

static void save_on_bug(void)
{
	struct run *r = bug_run;

	tty_restore();
	bug_run = NULL;
	if (!r)
		return;
	host_push(r->host);
	machine_dump(r->machine, put_line, NULL);
}

static int open_host(struct run *r, struct errmsg *msg)
{
	struct run_options *o = &r->opt;
	struct host_config cfg = { .say = cli_say, .control = o->control };
	int e;

	for (unsigned int i = 0; i < o->serials; i++)
		cfg.serial[i] = o->serial[i];
	if (!o->serials)
		cfg.serial[0] = "stdio";
	cfg.serial[MACHINE_SERIALS] = o->console;
	for (unsigned int i = 0; i < o->nets; i++)
		cfg.net[i] = o->net[i];
	e = host_open(&r->host, &cfg, msg);
	if (e < 0)
		return e;
	for (unsigned int i = 0; i < o->nets; i++)
		o->cfg.net[r->parts.net_at[i]] = host_net(r->host, i);
	for (unsigned int i = 0; i < MACHINE_LINES; i++) {
		const char *shown = host_serial_shown(r->host, i);

		o->cfg.serial[i] = host_serial(r->host, i);
		if (shown)
			fprintf(stderr, "culm: serial %u: %s\n", i, shown);
	}
	r->on_terminal = host_on_terminal(r->host);
	return 0;
}

/* A tree that is wrong is the first thing to say; then that nothing runs. */
static int refuse_no_kernel(struct run *r, struct errmsg *msg)
{
	struct board b = { .name = NULL };
	const char *const *set = r->opt.cfg.set;
	int e = board_load(&b, r->opt.cfg.board, msg);

	for (; e == 0 && *set; set++)
		e = board_set(&b, *set, msg);
	if (e == 0)
		e = board_walk(&b, msg);
	board_free(&b);
	return e < 0 ? e : err_set(msg, ERR_USAGE, "run: nothing to run: "
				   "--kernel=F is missing");
}

static void host_random(void *opaque, void *buf, size_t bytes)
{
	u8 *p = buf;
	ssize_t n;

	(void)opaque;
	for (; bytes; p += n, bytes -= (size_t)n) {
		n = getrandom(p, bytes, 0);
		n = n < 0 ? 0 : n;
	}
}

/* A run that must repeat begins at a fixed date. */
static int set_epoch(struct run *r, struct errmsg *msg)
{
	const char *rtc = r->opt.rtc;
	u64 seconds = VIRTUAL_EPOCH;
	int e = 0;

	if (!rtc)
		rtc = r->opt.cfg.clock == CLOCK_HOST ? "host" : NULL;
	if (rtc && !strcmp(rtc, "host"))
		seconds = (u64)time(NULL);
	else if (rtc)
		e = parse_count(rtc, &seconds, NULL);
	if (e < 0)
		return err_set(msg, ERR_USAGE, "--rtc=%s: neither \"host\" "
			       "nor a number of seconds", rtc);
	if (seconds > ~0ull / 1000000000u)
		return err_set(msg, ERR_RANGE, "--rtc=%s: too large", rtc);
	r->opt.cfg.epoch_ns = seconds * 1000000000u;
	return 0;
}

static int set_up(struct run *r, struct errmsg *msg)
{
	struct machine_config *cfg = &r->opt.cfg;
	const char *clock = r->opt.clock;
	int e;

	if (!cfg->kernel && !r->opt.firmware)
		return refuse_no_kernel(r, msg);
	if (r->opt.firmware && (cfg->kernel || cfg->initrd || cfg->append))
		return err_set(msg, ERR_USAGE, "run: --%s and --firmware: "
			       "firmware loads its kernel itself",
			       cfg->kernel ? "kernel" :
			       cfg->initrd ? "initrd" : "append");
	e = stats_open(&r->stats, r->opt.stats, msg);
	if (!e)
		e = run_parts_open(&r->parts, &r->opt, msg);
	if (!e)
		e = open_host(r, msg);
	if (e < 0)
		return e;
	if (!clock && cfg->accel && strcmp(cfg->accel, "none"))
		clock = r->opt.clock = "host";
	if (!clock)
		clock = r->opt.clock = r->on_terminal ? "host" : "virtual";
	cfg->clock = strcmp(clock, "host") ? CLOCK_VIRTUAL : CLOCK_HOST;
	cfg->host = (struct machine_host){
		.opaque = r->host,
		.now_ns = host_now_ns,
		.wait = host_wait,
		.should_stop = host_should_stop,
	};
	if (cfg->clock == CLOCK_HOST)
		cfg->host.random = host_random;
	e = set_epoch(r, msg);
	if (e < 0)
		return e;
	log_init(&r->log);
	r->log.sink = cli_log;
	cfg->log = &r->log;
	e = machine_new(&r->machine, cfg, msg);
	return e < 0 ? e : run_parts_check(&r->parts, msg);
}

static void tell_exit(struct run *r, enum machine_exit why)
{
	if (why == EXIT_STUCK) {
		fprintf(stderr, "culm: the guest is stuck: %s\n",
			machine_stuck_reason(r->machine));
		machine_dump(r->machine, put_line, NULL);
	} else if (r->on_terminal && !signals_stop()) {
		fprintf(stderr, "\nculm: %s\n", exits[why].line);
	}
}

static int finish_stats(struct run *r, enum machine_exit why,
			struct errmsg *msg)
{
	struct stats_run s = {
		.board = r->opt.cfg.board,
		.clock = r->opt.clock,
		.exit = exits[why].name,
	};

	return stats_write(&r->stats, r->machine, &s, msg);
}

static int run_machine(struct run *r)
{
	struct errmsg msg = { "" };
	enum machine_exit why;
	int e, status;

	bug_run = r;
	bug_set_hook(save_on_bug);
	run_control(r->host, r->machine);
	e = host_start(r->host, &msg);
	if (e < 0)
		return cli_fail(e, &msg);
	if (r->on_terminal)
		cli_say(NULL, "Ctrl-a x stops, Ctrl-a h helps");
	why = machine_run(r->machine);
	bug_run = NULL;
	e = host_stop(r->host, &msg);
	tell_exit(r, why);
	status = exits[why].status;
	if (e < 0)
		status = cli_fail(e, &msg);
	msg.text[0] = '\0';
	e = finish_stats(r, why, &msg);
	if (e < 0)
		status = cli_fail(e, &msg);
	return status;
}

/* The devices hold the host's lines: the machine goes first. */
static int clean_up(struct run *r)
{
	bug_run = NULL;
	bug_set_hook(NULL);
	stats_drop(&r->stats);
	if (r->machine)
		machine_free(r->machine);
	host_close(r->host);
	return run_parts_close(&r->parts);
}

/**
 * cmd_run - the command `culm run`
 * @argc: arguments after `run`
 * @argv: those arguments
 *
 * Returns: exit status.  A signal that stopped the run is raised again at the
 * end, so that the parent sees it.
 */
int cmd_run(int argc, char **argv)
{
	struct run r = { .stats = { .fd = -1 } };
	struct errmsg msg = { "" };
	bool wants_help;
	int e, status;

	run_options_init(&r.opt);
	e = options_parse(&run_option_table, &r.opt, argc, argv,
			  &r.opt.cfg.board, &wants_help, &msg);
	if (e < 0)
		return cli_fail(e, &msg);
	if (wants_help) {
		options_help(&run_option_table, stdout);
		return cli_flush_stdout();
	}
	if (!r.opt.cfg.board)
		return cli_fail(err_set(&msg, ERR_USAGE, "run: BOARD is "
			"missing; see culm run --help"), &msg);
	/* write() says it too, and says which file */
	signal(SIGXFSZ, SIG_IGN);
	e = set_up(&r, &msg);
	status = e < 0 ? cli_fail(e, &msg) : run_machine(&r);
	if (clean_up(&r) < 0 && status == STATUS_OK)
		status = STATUS_BAD_INPUT;
	if (e == 0 && signals_stop()) {
		signal(signals_stop(), SIG_DFL);
		raise(signals_stop());
	}
	return status;
}
