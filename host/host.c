/* SPDX-License-Identifier: MIT */
/*
 * host/host.c - the loop that serves the machine's doors to the host.
 *
 * Owns the ports, the cables, the control socket, the poll and the wish to
 * stop.  Nothing here sleeps unless host_wait was given a time, or a port is
 * full and its reader slow.  Must not know machine, CPU or board.
 */
#include "host/host.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/xalloc.h"
#include "host/control.h"
#include "host/net.h"
#include "host/pollset.h"
#include "host/port.h"
#include "host/signals.h"
#include "host/tty.h"

/* host_wait(0) costs a system call at most this often. */
#define LOOK_NS		1000000ull
/* While frames move, and for a while after the last one, it looks sooner. */
#define LOOK_BUSY_NS	100000ull
#define BUSY_NS		5000000ull
/* A door that poll() cannot watch is looked at this often while asleep. */
#define NAP_NS		50000000ull
#define FLUSH_GIVE_UP_NS 5000000000ull

/* Two descriptors a port, and the signals' pipe. */
#define MAX_WATCHES	(2 * HOST_PORTS + 1)

/* What a slot of the poll set is about; those of cables follow, unnamed. */
struct watch {
	struct port *port;	/* NULL: the signals' pipe */
	enum { WATCH_INPUT, WATCH_OUTPUT, WATCH_PEER } what;
};

struct host {
	struct port port[HOST_PORTS];
	struct net_end net[HOST_NETS];
	struct control *control;	/* NULL: none */
	struct pollset set;
	struct watch watch[MAX_WATCHES];
	void (*say)(void *opaque, const char *line);
	void *opaque;
	u64 looked_ns;
	u64 traffic, traffic_seen;	/* frames that moved, in all ends */
	u64 busy_until_ns;
	bool is_started;	/* signals are caught */
	bool stop;		/* a person or a failure asked for it */
	struct errmsg failure;	/* first failure of an output */
};

/* ---- what ports and cables ask for ----------------------------------- */

/**
 * host_ask_stop - the person wants the machine to stop
 * @h: loop
 */
void host_ask_stop(struct host *h)
{
	h->stop = true;
}

/**
 * host_fail - an output failed: stop, and say so at the end
 * @h:     loop
 * @what:  name of the output
 * @error: errno
 */
void host_fail(struct host *h, const char *what, int error)
{
	err_set(&h->failure, ERR_IO, "%s: %s", what, strerror(error));
	h->stop = true;
}

/**
 * host_say - one line for the person
 * @h:    loop
 * @line: text without newline
 */
void host_say(struct host *h, const char *line)
{
	if (h->say)
		h->say(h->opaque, line);
}

/**
 * host_traffic - a frame moved: more may follow soon
 * @h: loop
 */
void host_traffic(struct host *h)
{
	h->traffic++;
}

/* ---- the poll -------------------------------------------------------- */

static void watch_fd(struct host *h, struct port *p, int what, int fd,
		     short events)
{
	struct watch *w = &h->watch[pollset_add(&h->set, fd, events)];

	w->port = p;
	w->what = what;
}

static void watch_port(struct host *h, struct port *p)
{
	if (port_wants_input(p))
		watch_fd(h, p, WATCH_INPUT, p->in_fd, POLLIN);
	else if (p->is_connected && p->in_ended && p->kind->has_peers)
		watch_fd(h, p, WATCH_PEER, p->in_fd, 0);
	else if (!p->is_connected && p->server.fd >= 0)
		watch_fd(h, p, WATCH_PEER, p->server.fd, POLLIN);
	if (p->is_blocked)
		watch_fd(h, p, WATCH_OUTPUT, p->out_fd, POLLOUT);
	/* things that poll() cannot watch */
	if (p->is_terminal && !tty_is_raw())
		pollset_limit(&h->set, NAP_NS);
	if (p->kind->has_peers && p->server.fd < 0)
		pollset_limit(&h->set, NAP_NS);
}

static void watch_nets(struct host *h, u64 now)
{
	for (unsigned int i = 0; i < HOST_NETS; i++) {
		struct net_end *e = &h->net[i];

		e->has_slot = false;
		if (e->kind->prepare)
			e->kind->prepare(e, &h->set, now);
	}
}

static void serve_nets(struct host *h)
{
	u64 now = host_now_ns(h);

	for (unsigned int i = 0; i < HOST_NETS; i++) {
		struct net_end *e = &h->net[i];

		if (e->kind->serve)
			e->kind->serve(e, &h->set, now);
	}
}

static void serve(const struct watch *w, u64 now)
{
	if (!w->port)
		signals_drain();
	else if (w->what == WATCH_INPUT)
		port_read(w->port);
	else if (w->what == WATCH_OUTPUT)
		port_flush(w->port);
	else
		w->port->kind->follow(w->port, now);
}

/* Peers that come and go unseen by poll(); a terminal given back by a shell. */
static void look_by_time(struct host *h, u64 now)
{
	for (unsigned int i = 0; i < HOST_PORTS; i++) {
		struct port *p = &h->port[i];

		if (p->kind->follow && p->server.fd < 0)
			p->kind->follow(p, now);
		if (h->is_started && p->is_terminal && !tty_is_raw() &&
		    now >= p->check_ns) {
			p->check_ns = now + NAP_NS;
			tty_rearm();
		}
	}
}

/**
 * host_look - poll once; take what came in into the rings and queues
 * @h:          loop
 * @timeout_ns: sleep at most this long for something to happen
 *
 * Calls no device.
 */
void host_look(struct host *h, u64 timeout_ns)
{
	struct pollset *s = &h->set;
	u64 now = host_now_ns(h);
	unsigned int watches;
	struct timespec ts;
	int r;

	h->looked_ns = now;
	look_by_time(h, now);
	pollset_start(s, timeout_ns);
	for (unsigned int i = 0; i < HOST_PORTS; i++)
		watch_port(h, &h->port[i]);
	if (h->is_started)
		watch_fd(h, NULL, WATCH_PEER, signals_wake_fd(), POLLIN);
	watches = s->count;
	watch_nets(h, now);
	control_prepare(h->control, s);
	ts.tv_sec = (time_t)(s->timeout_ns / 1000000000u);
	ts.tv_nsec = (long)(s->timeout_ns % 1000000000u);
	r = ppoll(s->fds, s->count, &ts, NULL);
	s->has_failed = r < 0;
	for (unsigned int i = 0; r > 0 && i < watches; i++)
		if (s->fds[i].revents)
			serve(&h->watch[i], now);
	serve_nets(h);
	control_serve(h->control, s);
}

static bool deliver(struct host *h)
{
	bool got = false;

	for (unsigned int i = 0; i < HOST_PORTS; i++)
		got |= port_deliver(&h->port[i]);
	for (unsigned int i = 0; i < HOST_NETS; i++)
		got |= net_deliver(&h->net[i]);
	return control_deliver(h->control) || got;
}

/* How long host_wait(0) may go without a look. */
static u64 look_interval(struct host *h, u64 now)
{
	if (h->traffic != h->traffic_seen) {
		h->traffic_seen = h->traffic;
		h->busy_until_ns = now + BUSY_NS;
	}
	return now < h->busy_until_ns ? LOOK_BUSY_NS : LOOK_NS;
}

/**
 * host_push - write what can be written now
 * @h: loop
 */
void host_push(struct host *h)
{
	for (unsigned int i = 0; i < HOST_PORTS; i++)
		port_flush(&h->port[i]);
	control_flush(h->control);
}

/* ---- struct machine_host --------------------------------------------- */

/**
 * host_now_ns - host time
 * @opaque: unused
 *
 * Returns: ns of the monotonic clock.
 */
u64 host_now_ns(void *opaque)
{
	struct timespec ts;

	(void)opaque;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (u64)ts.tv_sec * 1000000000u + (u64)ts.tv_nsec;
}

/**
 * host_wait - serve the doors; sleep until a time or an input
 * @opaque:   the struct host
 * @until_ns: host time to sleep to; 0: only look, and not too often
 *
 * Returns early when a device got something, or when a stop was asked for.
 * Context: between two slices; devices are called.
 */
void host_wait(void *opaque, u64 until_ns)
{
	struct host *h = opaque;
	u64 now = host_now_ns(h);
	bool got = deliver(h);

	if (!until_ns && now - h->looked_ns < look_interval(h, now))
		return;
	for (;;) {
		bool must_sleep = !got && now < until_ns &&
				  !host_should_stop(h);

		host_push(h);
		host_look(h, must_sleep ? until_ns - now : 0);
		got |= deliver(h);
		now = host_now_ns(h);
		if (got || now >= until_ns || host_should_stop(h))
			return;
	}
}

/**
 * host_should_stop - whether the machine is to stop
 * @opaque: the struct host
 *
 * Returns: true after Ctrl-a x, a signal, or a failed output.
 */
bool host_should_stop(void *opaque)
{
	struct host *h = opaque;

	return h->stop || (h->is_started && signals_stop());
}

/* ---- life ------------------------------------------------------------ */

static int check_specs(const struct host_config *cfg, struct errmsg *msg)
{
	unsigned int stdios = 0;

	for (unsigned int i = 0; i < HOST_PORTS; i++)
		if (cfg->serial[i] && !strcmp(cfg->serial[i], "stdio"))
			stdios++;
	if (stdios > 1)
		return err_set(msg, ERR_CONFLICT,
			       "--serial=stdio: given more than once");
	return 0;
}

static void close_doors(struct host *h)
{
	for (unsigned int i = 0; i < HOST_PORTS; i++)
		port_close(&h->port[i]);
	for (unsigned int i = 0; i < HOST_NETS; i++)
		net_close(&h->net[i]);
	control_close(h->control);
	free(h->set.fds);
	free(h);
}

static int open_nets(struct host *h, const struct host_config *cfg,
		     struct errmsg *msg)
{
	int r = 0;

	for (unsigned int i = 0; r == 0 && i < HOST_NETS; i++)
		r = net_open(&h->net[i], h, cfg->net[i] ? cfg->net[i] : "none",
			     msg);
	return r;
}

/**
 * host_open - open ports and cables; terminals and signals stay as they are
 * @host: set to the loop, NULL on error
 * @cfg:  what to open
 * @msg:  filled on error
 *
 * Returns: 0, -ERR_USAGE for a bad spec, -ERR_IO, -ERR_CONFLICT, -ERR_RANGE
 * for what cannot be opened.
 */
int host_open(struct host **host, const struct host_config *cfg,
	      struct errmsg *msg)
{
	struct host *h;
	int r = check_specs(cfg, msg);

	*host = NULL;
	if (r < 0)
		return r;
	h = xcalloc(1, sizeof(*h));
	h->say = cfg->say;
	h->opaque = cfg->opaque;
	for (unsigned int i = 0; i < HOST_PORTS; i++) {
		const char *spec = cfg->serial[i] ? cfg->serial[i] : "null";

		r = port_open(&h->port[i], h, i, spec, msg);
		if (r < 0)
			goto fail;
	}
	r = open_nets(h, cfg, msg);
	if (r == 0)
		r = control_open(&h->control, h, cfg->control, msg);
	if (r < 0)
		goto fail;
	*host = h;
	return 0;
fail:
	close_doors(h);
	return r;
}

/**
 * host_serial - the line that a serial device gets
 * @h:     loop, owner of the line
 * @index: port, 0..HOST_PORTS-1
 *
 * Returns: the line.
 */
struct chr *host_serial(struct host *h, unsigned int index)
{
	return &h->port[index].chr;
}

/**
 * host_serial_shown - what a person connects to, to reach a port
 * @h:     loop
 * @index: port, 0..HOST_PORTS-1
 *
 * Returns: a path, NULL when there is nothing to connect to.
 */
const char *host_serial_shown(const struct host *h, unsigned int index)
{
	return h->port[index].shown;
}

/**
 * host_net_check - whether a text says where a cable goes
 * @spec: user[,OPTIONS], tap:NAME, unix:PATH or none
 * @msg:  filled on error
 *
 * Opens nothing.
 *
 * Returns: 0, -ERR_USAGE, -ERR_RANGE; -ERR_UNSUPP for a kind not built in.
 */
int host_net_check(const char *spec, struct errmsg *msg)
{
	return net_check(spec, msg);
}

/**
 * host_net - the cable that a network device gets
 * @h:     loop, owner of the cable
 * @index: cable, 0..HOST_NETS-1
 *
 * Returns: the cable; one that was not asked for leads nowhere.
 */
struct net *host_net(struct host *h, unsigned int index)
{
	return &h->net[index].net;
}

/**
 * host_net_counters - what went through a cable
 * @h:     loop
 * @index: cable, 0..HOST_NETS-1
 *
 * Returns: the counters, which go on counting.
 */
const struct host_net_counters *host_net_counters(const struct host *h,
						  unsigned int index)
{
	return &h->net[index].counters;
}

/**
 * host_set_answer - who answers the control socket about the machine
 * @h:      loop; without a control socket nothing happens
 * @answer: copied
 *
 * Context: before the machine runs.
 */
void host_set_answer(struct host *h, const struct host_answer *answer)
{
	control_set_answer(h->control, answer);
}

/**
 * host_on_terminal - whether a person types into a serial port
 * @h: loop
 *
 * Returns: true when one is stdio and standard input is a terminal.
 */
bool host_on_terminal(const struct host *h)
{
	for (unsigned int i = 0; i < HOST_PORTS; i++)
		if (h->port[i].is_terminal)
			return true;
	return false;
}

/**
 * host_start - catch signals, make the terminal raw
 * @h:   loop
 * @msg: filled on error
 *
 * Returns: 0, -ERR_IO, -ERR_CONFLICT when another loop has them.
 */
int host_start(struct host *h, struct errmsg *msg)
{
	int r = signals_catch(msg);

	if (r < 0)
		return r;
	h->is_started = true;
	for (unsigned int i = 0; i < HOST_PORTS; i++)
		if (h->port[i].is_terminal)
			return tty_raw(h->port[i].in_fd, msg);
	return 0;
}

static bool has_output(const struct host *h)
{
	for (unsigned int i = 0; i < HOST_PORTS; i++)
		if (h->port[i].is_blocked)
			return true;
	return false;
}

/*
 * Who asked for a stop, and who comes and goes, is waited for a while only;
 * a pipe that we were left to fill is waited for like any program does.
 */
static void flush_all(struct host *h)
{
	u64 start = host_now_ns(h);

	host_push(h);
	while (has_output(h)) {
		bool is_late = host_now_ns(h) - start > FLUSH_GIVE_UP_NS;

		for (unsigned int i = 0; i < HOST_PORTS; i++)
			if (is_late && (h->port[i].kind->has_peers ||
					host_should_stop(h)))
				h->port[i].out_failed = true;
		host_look(h, NAP_NS);
		host_push(h);
	}
}

/**
 * host_stop - flush, give terminal and signals back
 * @h:   loop; its lines stay valid, for a machine that still holds them
 * @msg: filled on error
 *
 * Returns: 0, -ERR_IO when output was lost, now or while running.
 */
int host_stop(struct host *h, struct errmsg *msg)
{
	flush_all(h);
	tty_release();
	if (h->is_started)
		signals_release();
	h->is_started = false;
	if (!h->failure.text[0])
		return 0;
	return err_set(msg, ERR_IO, "%s", h->failure.text);
}

/**
 * host_close - stop the loop, if it is not stopped, and free it
 * @h: loop; NULL does nothing.  No device may hold its lines any more.
 */
void host_close(struct host *h)
{
	struct errmsg ignored = { "" };

	if (!h)
		return;
	if (h->is_started)
		host_stop(h, &ignored);
	close_doors(h);
}
