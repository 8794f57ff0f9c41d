/* SPDX-License-Identifier: MIT */
/*
 * soc/machine.c - the composition root: puts board, devices, CPU and engine
 * together, boots a kernel, and runs the main loop.
 *
 * Does no host I/O of its own: waiting, host time and input are behind struct
 * machine_host.
 */
#include "soc/machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/xalloc.h"
#include "cpu/dump.h"
#include "soc/boot.h"
#include "soc/dev/sdram.h"
#include "soc/machine_inspect.h"
#include "soc/machine_priv.h"

/* Between two looks at the host: long enough to cost nothing. */
#define SLICE_CYCLES (1u << 20)
/* The same where a look interrupts the host's CPU. */
#define LOOKS_A_SECOND 100u

/* ---- the CPU's port --------------------------------------------------- */

static int port_read(void *opaque, paddr_t pa, unsigned int size, u32 *val)
{
	struct machine *m = opaque;

	return bus_read(&m->bus, pa, size, val);
}

static int port_write(void *opaque, paddr_t pa, unsigned int size, u32 val)
{
	struct machine *m = opaque;

	return bus_write(&m->bus, pa, size, val);
}

static int port_dcr_read(void *opaque, u32 dcrn, u32 *val)
{
	struct machine *m = opaque;

	return dcr_read(&m->dcr, dcrn, val);
}

static int port_dcr_write(void *opaque, u32 dcrn, u32 val)
{
	struct machine *m = opaque;

	return dcr_write(&m->dcr, dcrn, val);
}

static u8 *port_direct(void *opaque, paddr_t pa, bool *is_writable)
{
	struct machine *m = opaque;
	u64 left = 0;
	u8 *p = bus_direct(&m->bus, pa, is_writable, &left);

	return p && left >= SOFTTLB_PAGE_BYTES ? p : NULL;
}

static void port_preview(void *opaque, paddr_t pa, struct preview *p)
{
	struct machine *m = opaque;

	bus_preview(&m->bus, pa, p);
}

static void port_init(struct machine *m)
{
	m->port = (struct cpu_port){
		.opaque = m,
		.read = port_read,
		.write = port_write,
		.dcr_read = port_dcr_read,
		.dcr_write = port_dcr_write,
		.direct = port_direct,
		.preview = port_preview,
	};
}

/* ---- what devices and fabric tell the machine -------------------------- */

static void memory_changed(void *opaque, paddr_t base, u64 size)
{
	struct machine *m = opaque;

	(void)base;
	(void)size;
	if (m->cpu)
		cpu_memory_changed(m->cpu);
}

static void dma_wrote(void *opaque, paddr_t base, u64 size)
{
	struct machine *m = opaque;

	if (m->cpu)
		m->engine->invalidate(m->cpu, base, size);
}

static cycle_t machine_now(void *opaque)
{
	struct machine *m = opaque;

	return m->cpu ? cpu_now(m->cpu) : 0;
}

static void sched_kick(void *opaque)
{
	struct machine *m = opaque;

	m->engine->kick(m->cpu);
}

static void clocks_changed(void *opaque)
{
	struct machine *m = opaque;

	/* a CPU that is not simulated runs as it runs */
	if (m->cpu && m->engine->clocks)
		m->engine->clocks(m->cpu, &m->clk.hz[CLK_CPU],
				  &m->clk.hz[CLK_TB]);
	if (m->cpu)
		cpu_set_clocks(m->cpu, m->clk.hz[CLK_CPU], m->clk.hz[CLK_TMR]);
}

static void set_cpu_pin(void *opaque, unsigned int input, bool level)
{
	struct machine *m = opaque;

	cpu_set_pin(m->cpu, input ? IVOR_CRITICAL : IVOR_EXTERNAL, level);
}

static void request_reset(void *opaque, enum reset_kind kind)
{
	struct machine *m = opaque;

	m->cpu->reset_kind = (u8)kind;
	m->engine->kick(m->cpu);
}

static struct chr *serial_of(void *opaque, unsigned int index)
{
	struct machine *m = opaque;

	return index < MACHINE_LINES ? m->cfg.serial[index] : NULL;
}

static struct blk *blk_of(void *opaque, enum blk_role role,
			  unsigned int index)
{
	struct machine *m = opaque;

	return role == BLK_DRIVE && index < MACHINE_DRIVES ?
	       m->cfg.drive[index] : NULL;
}

static int storage_of(void *opaque, enum blk_role role, unsigned int index,
		      u64 bytes, struct blk **out, struct errmsg *msg)
{
	struct machine *m = opaque;
	const struct machine_storage *s = &m->cfg.storage;

	return s->open ? s->open(s->opaque, role, index, bytes, out, msg) : 0;
}

static struct net *net_of(void *opaque, unsigned int index)
{
	struct machine *m = opaque;

	return index < MACHINE_NETS ? m->cfg.net[index] : NULL;
}

static struct share *share_of(void *opaque, unsigned int index)
{
	struct machine *m = opaque;

	return index < MACHINE_SHARES ? m->cfg.share[index] : NULL;
}

/* The fixed sequence is SplitMix64 from 0 (Steele, Lea, Flood, 2014). */
static void random_bytes(void *opaque, void *buf, size_t bytes)
{
	struct machine *m = opaque;
	u8 *p = buf;

	if (m->cfg.host.random) {
		m->cfg.host.random(m->cfg.host.opaque, buf, bytes);
		return;
	}
	while (bytes--) {
		u64 z = m->random += 0x9e3779b97f4a7c15ull;

		z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
		z = (z ^ z >> 27) * 0x94d049bb133111ebull;
		*p++ = (u8)(z ^ z >> 31);
	}
}

static void fabric_init(struct machine *m)
{
	bus_init(&m->bus);
	m->bus.changed = memory_changed;
	m->bus.dma_wrote = dma_wrote;
	m->bus.opaque = m;
	dcr_init(&m->dcr);
	sched_init(&m->sched);
	m->sched.clock = machine_now;
	m->sched.kick = sched_kick;
	m->sched.opaque = m;
	clk_init(&m->clk);
	m->clk.changed = clocks_changed;
	m->clk.now = machine_now;
	m->clk.opaque = m;
	m->env = (struct dev_env){
		.bus = &m->bus,
		.dcr = &m->dcr,
		.sched = &m->sched,
		.clk = &m->clk,
		.log = m->cfg.log,
		.ram_bytes = m->ram_bytes,
		.has_firmware = m->cfg.has_firmware,
		.request_reset = request_reset,
		.opaque = m,
		.serial = serial_of,
		.storage = storage_of,
		.blk = blk_of,
		.net = net_of,
		.share = share_of,
		.random = random_bytes,
		.epoch_ns = m->cfg.epoch_ns,
	};
}

/* ---- making one -------------------------------------------------------- */

static int load_board(struct machine *m, struct errmsg *msg)
{
	const char *const *set = m->cfg.set;
	u32 bcr[SDRAM_BANKS];
	int ret = board_load(&m->board, m->cfg.board, msg);

	for (unsigned int i = 0; !ret && i < m->cfg.parts; i++)
		ret = board_add_part(&m->board, &m->cfg.part[i], msg);
	for (; !ret && set && *set; set++)
		ret = board_set(&m->board, *set, msg);
	if (!ret)
		ret = board_walk(&m->board, msg);
	if (ret)
		return ret;
	m->ram_bytes = m->cfg.mem_bytes ? m->cfg.mem_bytes :
		       m->board.ram_bytes;
	if (sdram_banks(m->ram_bytes, bcr))
		return err_set(msg, ERR_RANGE, "%s: %llu MB (%llu bytes) of "
			       "memory: no layout of four SDRAM banks of 8 to "
			       "512 MB gives that",
			       m->cfg.mem_bytes ? "--mem" : m->cfg.board,
			       (unsigned long long)m->ram_bytes >> 20,
			       (unsigned long long)m->ram_bytes);
	return 0;
}

static int make_memory(struct machine *m, struct errmsg *msg)
{
	void *p = mmap(NULL, m->ram_bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return err_set(msg, ERR_NOMEM, "--mem: the host has not %llu MB",
			       (unsigned long long)m->ram_bytes >> 20);
	xdense(p, m->ram_bytes);
	m->ram = p;
	m->env.ram = m->ram;
	if (m->cfg.has_firmware)
		return 0;
	return bus_map_memory(&m->bus, 0, m->ram_bytes, m->ram, BUS_RAM,
			      "SDRAM", msg);
}

static int make_cpu(struct machine *m, struct errmsg *msg)
{
	u32 pvr = cpu_model_pvr(m->board.cpu_model, NULL);

	if (!pvr)
		return err_set(msg, ERR_UNSUPP, "%s: /cpus: model: no CPU "
			       "\"%s\"", m->cfg.board, m->board.cpu_model ?
			       m->board.cpu_model : "");
	port_init(m);
	m->cpu = cpu_new(&m->port, pvr);
	if (!m->cpu)
		return err_set(msg, ERR_NOMEM, "the host has not the address "
			       "space for the CPU's tables");
	return machine_choose_engine(m, msg);
}

/* Map @size (SIZE field) at @addr one to one in TLB entry @i. */
static void map_entry(struct cpu_state *s, unsigned int i, u32 addr,
		      unsigned int size, u32 attr)
{
	tlb_write(&s->tlb, i, 1, addr, 0);
	tlb_write(&s->tlb, i, 2, attr, 0);
	tlb_write(&s->tlb, i, 0, addr | TLB0_V | size << 4, 0);
}

#define TLB_SIZE_256M 9u
#define TLB2_SRWX (TLB2_SR | TLB2_SW | TLB2_SX)

/* Enter the kernel as firmware would: MMU always on, so with a first map. */
static void enter_kernel(struct machine *m, const struct boot_plan *plan)
{
	struct cpu_state *s = &m->cpu->s;
	unsigned int i, n = 0;
	u32 a;

	tlb_reset(&s->tlb);
	for (a = 0; a < plan->map_bytes; a += 256u << 20)
		map_entry(s, n++, a, TLB_SIZE_256M, TLB2_SRWX);
	if (plan->has_io_map) {
		map_entry(s, n++, 0xe0000000, TLB_SIZE_256M,
			  TLB2_SRWX | TLB2_I | TLB2_G);
		map_entry(s, n++, 0xf0000000, TLB_SIZE_256M,
			  TLB2_SRWX | TLB2_I | TLB2_G);
	}
	for (i = 0; i < ARRAY_SIZE(plan->gpr); i++)
		s->gpr[i] = plan->gpr[i];
	s->pc = plan->pc;
	s->msr = 0;
}

static int boot_kernel(struct machine *m, struct errmsg *msg)
{
	struct boot_plan plan = { 0 };
	int ret;

	if (!m->cfg.kernel)
		return 0;
	m->board.has_own_clocks = m->engine->clocks;
	if (m->engine->hcall)
		m->board.hcalls = m->engine->hcall(m->cpu, m->board.hcall);
	ret = boot_prepare(&plan, &m->board, &m->image, m->cfg.initrd,
			   m->cfg.append, m->ram, m->ram_bytes, &m->clk, msg);
	if (ret)
		return ret;
	enter_kernel(m, &plan);
	return m->engine->set_state(m->cpu, &m->cpu->s, msg);
}

static int build(struct machine *m, struct errmsg *msg)
{
	struct irq_line pins[2] = {
		{ .set = set_cpu_pin, .opaque = m, .input = 0 },
		{ .set = set_cpu_pin, .opaque = m, .input = 1 },
	};
	int ret = load_board(m, msg);

	if (!ret && m->cfg.kernel)
		ret = image_load(&m->image, m->cfg.kernel, msg);
	if (ret)
		return ret;
	fabric_init(m);
	ret = make_memory(m, msg);
	if (!ret)
		ret = make_cpu(m, msg);
	if (!ret)
		ret = board_build(&m->board, &m->env, pins, msg);
	if (ret)
		return ret;
	board_reset(&m->board, RESET_SYSTEM);
	clocks_changed(m);
	return boot_kernel(m, msg);
}

/**
 * machine_new - make a machine, ready to run
 * @out: set on success
 * @cfg: what to build; strings and hosts are borrowed until machine_free
 * @msg: one line that names the culprit, on error
 *
 * Returns: 0, -ERR_x.
 */
int machine_new(struct machine **out, const struct machine_config *cfg,
		struct errmsg *msg)
{
	struct machine *m = xcalloc(1, sizeof(*m));
	int ret;

	m->cfg = *cfg;
	ret = build(m, msg);
	if (ret)
		machine_free(m);
	else
		*out = m;
	return ret;
}

/**
 * machine_free - release a machine
 * @m: from machine_new, or NULL
 */
void machine_free(struct machine *m)
{
	if (!m)
		return;
	if (m->cpu && m->engine)
		m->engine->close(m->cpu);
	/* the heap borrows the devices' events */
	sched_free(&m->sched);
	board_free(&m->board);
	bus_free(&m->bus);
	dcr_free(&m->dcr);
	image_free(&m->image);
	if (m->cpu)
		cpu_free(m->cpu);
	if (m->ram)
		munmap(m->ram, m->ram_bytes);
	free(m);
}

/**
 * machine_insides - what its inspection needs
 * @m:  machine
 * @in: filled; valid as long as @m
 */
void machine_insides(struct machine *m, struct machine_insides *in)
{
	*in = (struct machine_insides){ m->cpu, &m->board, &m->env };
}

/* ---- running ----------------------------------------------------------- */

static u64 host_now(const struct machine *m)
{
	const struct machine_host *h = &m->cfg.host;

	return h->now_ns ? h->now_ns(h->opaque) : 0;
}

/* Serve the host; @until_ns 0: do not sleep.  Sleeping is not busy time. */
static void host_wait(struct machine *m, u64 until_ns)
{
	const struct machine_host *h = &m->cfg.host;
	u64 start;

	if (!h->wait)
		return;
	if (!until_ns) {
		h->wait(h->opaque, 0);
		return;
	}
	start = host_now(m);
	h->wait(h->opaque, until_ns);
	m->busy_ns -= host_now(m) - start;
}

static bool should_stop(const struct machine *m)
{
	const struct machine_host *h = &m->cfg.host;

	return h->should_stop && h->should_stop(h->opaque);
}

static u64 guest_ns(const struct machine *m, cycle_t when)
{
	return clk_time_ns(&m->clk, when);
}

/**
 * machine_set_base - guest time goes on from here with the host's
 * @m: machine
 */
void machine_set_base(struct machine *m)
{
	m->host_base_ns = host_now(m) - guest_ns(m, cpu_now(m->cpu));
}

static enum machine_exit is_stuck(struct machine *m, const char *why)
{
	snprintf(m->stuck, sizeof(m->stuck), "%s, at 0x%08x", why,
		 m->cpu->s.pc);
	return EXIT_STUCK;
}

/* Whether anything can end a wait: an interrupt let through, or a watchdog. */
static bool can_wake(const struct machine *m)
{
	const struct cpu_state *s = &m->cpu->s;
	u32 wakes = cpu_async_enabled(s->msr) &
		    ~(1u << IVOR_MACHINE_CHECK | 1u << IVOR_DEBUG);

	return wakes || TCR_WRC(s->tcr);
}

/* The same where the CPU is the host's and time passes by itself. */
static void idle_in_host(struct machine *m, cycle_t next)
{
	u64 ns = 1000000000u, wait;
	cycle_t now;

	m->engine->now(m->cpu);
	now = cpu_now(m->cpu);
	wait = next > now ? clk_cycles_to_ns(&m->clk, next - now) : 0;
	if (wait < ns)
		ns = wait;
	host_wait(m, ns ? host_now(m) + ns : 0);
}

/**
 * machine_pass_wait - what the CPU has waited so far is past
 * @m: machine; nothing happens if its CPU does not wait for the host's time
 */
void machine_pass_wait(struct machine *m)
{
	cycle_t next = m->idle_next, then;
	u64 now_ns;

	if (!m->is_waiting)
		return;
	now_ns = host_now(m);
	then = clk_time_cycles(&m->clk, now_ns - m->host_base_ns);
	if (now_ns >= m->idle_due_ns || then > next)
		then = next;
	if (next != SCHED_NEVER && then > cpu_now(m->cpu))
		cpu_skip_to(m->cpu, then);
}

/* The CPU waits until @next at the latest; let the time pass. */
static void idle(struct machine *m, cycle_t next)
{
	u64 now_ns, due_ns;

	if (m->cfg.clock == CLOCK_VIRTUAL) {
		host_wait(m, 0);
		if (next != SCHED_NEVER)
			cpu_skip_to(m->cpu, next);
		else
			host_wait(m, host_now(m) + 1000000000u);
		return;
	}
	now_ns = host_now(m);
	/* ahead after a busy time: a wait takes its own length, not more */
	if (m->host_base_ns + guest_ns(m, cpu_now(m->cpu)) > now_ns)
		machine_set_base(m);
	due_ns = next == SCHED_NEVER ? now_ns + 1000000000u :
		 m->host_base_ns + guest_ns(m, next);
	m->idle_next = next;
	m->idle_due_ns = due_ns;
	m->is_waiting = true;
	host_wait(m, due_ns > now_ns ? due_ns : 0);
	/* unless an engine with a time of its own has come meanwhile */
	if (!m->engine->now)
		machine_pass_wait(m);
	m->is_waiting = false;
}

/* 0: go on; else an enum machine_exit plus 1. */
static int serve_reset(struct machine *m)
{
	unsigned int kind = m->cpu->reset_kind;
	struct errmsg msg = { "" };

	/* firmware resets the chip on its way up, for clocks to change */
	if (m->cfg.no_reboot &&
	    (!m->cfg.has_firmware || kind == RESET_SYSTEM))
		return EXIT_RESET + 1;
	m->resets++;
	board_reset(&m->board, (enum reset_kind)kind);
	cpu_reset(m->cpu, kind);
	clocks_changed(m);
	if (boot_kernel(m, &msg)) {
		is_stuck(m, msg.text);
		return EXIT_STUCK + 1;
	}
	return 0;
}

static cycle_t next_event(const struct machine *m)
{
	cycle_t next = sched_next(&m->sched);

	return next < m->cpu->timer_at ? next : m->cpu->timer_at;
}

static int serve(struct machine *m, enum cpu_why why)
{
	switch (why) {
	case CPU_IDLE:
		if (m->engine->now) {
			idle_in_host(m, next_event(m));
			return 0;
		}
		if (!can_wake(m))
			return is_stuck(m, "the CPU waits with every interrupt "
					"masked") + 1;
		idle(m, next_event(m));
		return 0;
	case CPU_RESET:
		return serve_reset(m);
	case CPU_STUCK:
		return is_stuck(m, m->cpu->stuck) + 1;
	default:
		return 0;
	}
}

static cycle_t slice(const struct machine *m, cycle_t now)
{
	cycle_t n = sched_next(&m->sched) - now;
	u64 left = m->cfg.max_insns - cpu_insns(m->cpu);
	cycle_t most = m->engine->now ? m->clk.hz[CLK_CPU] / LOOKS_A_SECOND :
		       SLICE_CYCLES;

	if (n > most)
		n = most;
	if (m->cfg.max_insns && n > left)
		n = left;
	return n;
}

static enum machine_exit run_loop(struct machine *m)
{
	enum cpu_why why;
	cycle_t now, n;
	int end;

	for (;;) {
		if (m->engine->now)
			m->engine->now(m->cpu);
		now = cpu_now(m->cpu);
		sched_advance(&m->sched, now);
		host_wait(m, 0);
		if (should_stop(m))
			return EXIT_STOPPED;
		if (m->cfg.max_insns &&
		    cpu_insns(m->cpu) >= m->cfg.max_insns)
			return EXIT_MAX_INSNS;
		n = slice(m, now);
		m->sched.slice_end = now + n;
		why = m->engine->run(m->cpu, n);
		end = serve(m, why);
		if (end)
			return (enum machine_exit)(end - 1);
	}
}

/**
 * machine_run - run until the guest or the host ends it
 * @m: machine
 *
 * Returns: why it ended; may be called again after EXIT_STOPPED.
 */
enum machine_exit machine_run(struct machine *m)
{
	enum machine_exit why;
	u64 start = host_now(m);

	machine_set_base(m);
	why = run_loop(m);
	m->busy_ns += host_now(m) - start;
	return why;
}

/**
 * machine_stats - counters since the machine was made
 * @m:  machine
 * @st: filled
 */
void machine_stats(const struct machine *m, struct machine_stats *st)
{
	const struct cpu *c = m->cpu;
	unsigned int i;

	*st = (struct machine_stats){
		.engine = m->engine->name,
		.insns = cpu_insns(c),
		.cycles = cpu_now(c),
		.tlb_misses = c->exceptions[IVOR_DTLB] +
			      c->exceptions[IVOR_ITLB],
		.soft_fills = c->soft.fills,
		.resets = m->resets,
		.host_seconds = (double)m->busy_ns / 1e9,
		.translator = {
			.blocks = c->translation.blocks,
			.hot = c->translation.hot,
			.code_bytes = c->translation.code_bytes,
			.flushes = c->translation.flushes,
			.memory = c->translation.memory,
			.host_seconds = (double)c->translation.ns / 1e9,
		},
	};
	for (i = 0; i < IVOR_COUNT; i++)
		st->exceptions[i] = c->exceptions[i];
}

/**
 * machine_stuck_reason - why the guest is stuck
 * @m: machine
 *
 * Returns: one line, "" when it is not.
 */
const char *machine_stuck_reason(const struct machine *m)
{
	return m->stuck;
}

/**
 * exception_name - name of an interrupt in statistics
 * @ivor: IVOR number
 */
const char *exception_name(unsigned int ivor)
{
	return ivor_name(ivor);
}

/**
 * machine_each_unimplemented - instructions met that are not implemented
 * @m:      machine
 * @put:    called for each with a count above 0
 * @opaque: for @put
 */
void machine_each_unimplemented(struct machine *m,
	void (*put)(void *opaque, const char *name, u64 count), void *opaque)
{
	unsigned int i;

	for (i = 0; i < INSN_COUNT; i++)
		if (m->cpu->unimplemented[i])
			put(opaque, insn_table[i].name,
			    m->cpu->unimplemented[i]);
}

/**
 * machine_each_exit - what the CPU was interrupted for
 * @m:      machine
 * @put:    called for each kind; never where the CPU is simulated
 * @opaque: for @put
 */
void machine_each_exit(struct machine *m,
	void (*put)(void *opaque, const char *name, u64 count), void *opaque)
{
	if (m->engine->counts)
		m->engine->counts(m->cpu, put, opaque);
}

/**
 * machine_dump - registers, TLB and counters as text
 * @m:      machine
 * @put:    gets a line at a time
 * @opaque: for @put
 */
void machine_dump(struct machine *m, void (*put)(void *opaque,
						 const char *line),
		  void *opaque)
{
	machine_look(m);
	cpu_dump(m->cpu, put, opaque);
}
