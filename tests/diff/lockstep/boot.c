/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/lockstep/boot.c - see boot.h.
 *
 * The machine is stepped as its own main loop does it, in shorter slices, so
 * this file is compiled with that loop in it: soc/machine.c has no door for
 * a test, and needs none otherwise.
 */
#include "soc/machine.c"

#include "tests/diff/lockstep/boot.h"

#define MEM_BYTES	(64u << 20)
#define SPARSE_CYCLES	100000u
/* Slices between two comparisons of the memory. */
#define RAM_DENSE	100000u
#define RAM_SPARSE	20u
#define APPEND		"console=ttyS0 quiet"

struct boot_side {
	struct machine *m;
	struct chr serial;
	struct log log;
	unsigned int idle;	/* turns of the loop without progress */
	size_t typed;
	bool is_shown;
};

static void serial_write(void *opaque, const u8 *buf, size_t n)
{
	struct side *s = opaque;
	const struct boot_side *b = s->owner;
	size_t i;

	for (i = 0; i < n; i++)
		s->log = log_mix(s->log, buf[i] + cpu_now(s->cpu));
	if (b->is_shown)
		fwrite(buf, 1, n, stdout);
}

static const struct chr_host_ops serial_ops = { .write = serial_write };

static void boot_run(struct side *s, cycle_t until, struct rng *split)
{
	struct boot_side *b = s->owner;
	struct machine *m = b->m;
	cycle_t now, n;

	(void)split;
	while (!s->is_over) {
		now = cpu_now(m->cpu);
		if (now >= until)
			return;
		sched_advance(&m->sched, now);
		n = slice(m, now);
		if (n > until - now)
			n = until - now;
		m->sched.slice_end = now + n;
		s->is_over = serve(m, m->engine->run(m->cpu, n)) != 0;
		b->idle = cpu_now(m->cpu) == now ? b->idle + 1 : 0;
		if (b->idle > 1000)
			s->is_over = true;
	}
}

static int open_side(struct pair *p, unsigned int i)
{
	const struct boot_config *c = p->config;
	struct side *s = &p->side[i];
	struct boot_side *b = xcalloc(1, sizeof(*b));
	char *kernel = xasprintf("%s/vmlinux", c->guest);
	char *initrd = xasprintf("%s/initramfs.cpio.gz", c->guest);
	struct errmsg msg = { "" };
	struct machine_config cfg = {
		.board = c->board, .kernel = kernel, .initrd = initrd,
		.append = APPEND, .engine = p->engine[i]->name,
		.mem_bytes = MEM_BYTES, .clock = CLOCK_VIRTUAL,
		.no_reboot = true,
	};
	int ret;

	*s = (struct side){ .owner = b, .run = boot_run,
			    .engine = p->engine[i] };
	b->is_shown = c->is_shown && i == 0;
	b->serial = (struct chr){ .host = &serial_ops, .host_opaque = s };
	cfg.serial[0] = &b->serial;
	log_init(&b->log);
	b->log.level = LOG_ERROR;
	cfg.log = &b->log;
	ret = machine_new(&b->m, &cfg, &msg);
	free(kernel);
	free(initrd);
	if (ret) {
		fprintf(stderr, "diff/lockstep: %s\n", msg.text);
		return -1;
	}
	s->cpu = b->m->cpu;
	s->ram = b->m->ram;
	s->ram_bytes = b->m->ram_bytes;
	return 0;
}

static int boot_open(struct pair *p)
{
	return open_side(p, 0) || open_side(p, 1) ? -1 : 0;
}

static void boot_close(struct pair *p)
{
	struct boot_side *b;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		b = p->side[i].owner;
		machine_free(b->m);
		free(b);
	}
}

static bool boot_next(struct pair *p, struct slice *s)
{
	const struct boot_config *c = p->config;
	cycle_t now = cpu_now(p->side[0].cpu);
	bool is_dense = now < c->dense;

	if (now >= c->insns || p->side[0].is_over)
		return false;
	*s = (struct slice){
		.cycles = is_dense ? rng_range(&p->rng, 1, 60) : SPARSE_CYCLES,
		.with_ram = ++p->slices %
			    (is_dense ? RAM_DENSE : RAM_SPARSE) == 0,
	};
	return true;
}

/* Type as much as the serial port takes. */
static void boot_event(struct pair *p, struct side *side,
		       const struct slice *s)
{
	const struct boot_config *c = p->config;
	struct boot_side *b = side->owner;
	const struct chr *line = &b->serial;

	(void)s;
	if (!c->typed || cpu_now(side->cpu) < c->typed_at || !line->dev)
		return;
	while (c->typed[b->typed] && line->dev->room(line->dev_opaque))
		line->dev->receive(line->dev_opaque,
				   (const u8 *)&c->typed[b->typed++], 1);
}

const struct scenario boot_scenario = {
	.open = boot_open,
	.close = boot_close,
	.next = boot_next,
	.event = boot_event,
};
