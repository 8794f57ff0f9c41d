/* SPDX-License-Identifier: MIT */
/* tests/diff/lockstep/bare.c - see bare.h. */
#include "tests/diff/lockstep/bare.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "cpu/fpu.h"

#define PAGE		0x1000u
#define TLB_SIZE_4K	(1u << 4)
#define TLB_SIZE_64K	(3u << 4)

/* The world of one side. */
struct bare {
	struct side *side;
	struct cpu_port port;
	u8 *ram, *rom;
	u32 accesses;
	bool has_waits;
};

enum event { EVENT_NONE, EVENT_PIN, EVENT_CRITICAL, EVENT_DMA };

/* ---- the port ---------------------------------------------------------- */

static void note(struct bare *b, u64 what, u64 value)
{
	struct side *s = b->side;

	s->log = log_mix(s->log, what);
	s->log = log_mix(s->log, value);
	s->log = log_mix(s->log, cpu_now(s->cpu));
}

static int wait_of(struct bare *b)
{
	u32 n = b->accesses++;

	return b->has_waits && n % 5 == 0 ? (int)(n % 50) : 0;
}

static int bare_read(void *opaque, paddr_t pa, unsigned int size, u32 *val)
{
	struct bare *b = opaque;

	if (pa - DEVICE_PA >= PAGE)
		return -1;
	note(b, pa, size);
	*val = (u32)(b->side->log >> 13) & 0xffffffffu >> (32 - 8 * size);
	return wait_of(b);
}

static int bare_write(void *opaque, paddr_t pa, unsigned int size, u32 val)
{
	struct bare *b = opaque;

	note(b, pa | 1ull << 40, val | (u64)size << 32);
	if (pa - DEVICE_PA >= PAGE)
		return -1;
	if (pa == DEVICE_PA + DEVICE_ACK) {
		cpu_set_pin(b->side->cpu, IVOR_EXTERNAL, false);
		cpu_set_pin(b->side->cpu, IVOR_CRITICAL, false);
	}
	return wait_of(b);
}

static int bare_dcr_read(void *opaque, u32 dcrn, u32 *val)
{
	struct bare *b = opaque;

	note(b, dcrn | 2ull << 40, 0);
	*val = (u32)(b->side->log >> 7);
	return 0;
}

static int bare_dcr_write(void *opaque, u32 dcrn, u32 val)
{
	note(opaque, dcrn | 3ull << 40, val);
	return 0;
}

static u8 *bare_direct(void *opaque, paddr_t pa, bool *is_writable)
{
	struct bare *b = opaque;

	*is_writable = pa < BARE_RAM;
	return pa < BARE_RAM ? b->ram + pa : pa == ROM_PA ? b->rom : NULL;
}

/* ---- the first state --------------------------------------------------- */

static void map(struct cpu_state *s, unsigned int i, u32 va, u32 pa, u32 size,
		u32 attr)
{
	tlb_write(&s->tlb, i, 1, pa, 0);
	tlb_write(&s->tlb, i, 2, attr, 0);
	tlb_write(&s->tlb, i, 0, va | TLB0_V | size, 0);
}

static void fill_tlb(struct cpu_state *s)
{
	tlb_reset(&s->tlb);
	map(s, 0, VECTORS_VA, VECTORS_PA, TLB_SIZE_64K, SRWX);
	map(s, 1, PROGRAM_VA, PROGRAM_PA, TLB_SIZE_64K, SRWX | URWX);
	map(s, 2, PROGRAM_VA, PROGRAM_PA, TLB_SIZE_64K | TLB0_TS,
	    SRWX | URWX);
	map(s, 3, DEVICE_VA, DEVICE_PA, TLB_SIZE_4K,
	    SRWX | TLB2_I | TLB2_G);
	map(s, 4, DEVICE_VA, DEVICE_PA, TLB_SIZE_4K | TLB0_TS,
	    SRWX | URWX | TLB2_I | TLB2_G);
}

static void fill_registers(struct cpu_state *s, struct rng *r, bool is_user)
{
	unsigned int i;

	for (i = 0; i < 32; i++) {
		s->gpr[i] = rng_word(r);
		s->fpr[i] = rng_double(r);
	}
	s->lr = rng_word(r);
	state_set_fpscr(s, 0);
	fpu_mtfsf(&s->fpscr, 0xff, rng_next(r));
	s->ivpr = VECTORS_VA;
	for (i = 0; i < IVOR_COUNT; i++)
		s->ivor[i] = 0x100 * i;
	s->pc = PROGRAM_VA;
	s->msr = is_user ? MSR_ME | MSR_PR | MSR_FP : MSR_ME | MSR_FP;
	s->dbsr = 0;
	/* soon a fixed interval, the watchdog's second stage after its first */
	s->tcr = (u32)rng_next(r) & 0xffc00000 & ~TCR_WRC_MASK;
	s->tsr = (u32)rng_next(r) & TSR_ENW;
	s->tb_offset = (1u << 20) - rng_below(r, 20000);
	s->dec_value = rng_below(r, 5000);
}

static u32 data_window(const struct bare_config *c, struct rng *r)
{
	return c->is_user ? 0x20000000 + (rng_below(r, 16) << 12) + 1024 :
	       0x20000e00;
}

/* The base register, then the program's words; returns the next address. */
static u32 put_program(struct bare *b, const struct program *p, u32 at,
		       u32 base)
{
	u32 *words = xcalloc(program_words(p) + 1, sizeof(*words));
	u8 *to = b->ram + PROGRAM_PA + (at - PROGRAM_VA);
	unsigned int n, i;

	stb32(to, W_ADDIS(p->base, 0, base >> 16));
	stb32(to + 4, W_ORI(p->base, p->base, base));
	n = program_layout(p, at + 8, words);
	for (i = 0; i < n; i++)
		stb32(to + 8 + 4 * i, words[i]);
	free(words);
	return at + 8 + 4 * n;
}

/* Programs, each near the end of a page; from the last back to the first. */
static void fill_programs(struct bare *b, const struct bare_config *c,
			  struct rng *r)
{
	struct gen *g = xcalloc(1, sizeof(*g));
	unsigned int i, n = rng_range(r, 1, 4);
	u32 at = PROGRAM_VA, next;
	struct program p;

	gen_init(g, c->gen_flags | (rng_chance(r, 30) ? GEN_NO_FP : 0));
	g->extra = c->is_user ? NULL : priv_item;
	g->extra_percent = rng_chance(r, 50) ? 25 : 8;
	for (i = 0; i < n; i++) {
		gen_program(g, &p, rng_next(r), rng_range(r, 5, 80));
		at = put_program(b, &p, at, data_window(c, r));
		program_free(&p);
		next = (at + PAGE) / PAGE * PAGE - 4 * rng_below(r, 120);
		if (i + 1 == n || next < at + 4)
			next = i + 1 == n ? PROGRAM_VA : at + 4;
		stb32(b->ram + PROGRAM_PA + (at - PROGRAM_VA),
		      W_B(next - at));
		at = next;
	}
	free(g);
}

static void fill_memory(struct bare *b, const struct bare_config *c,
			struct rng *r)
{
	u32 i;

	for (i = 0; i < 0x10000; i += 8)
		stb64(b->ram + i, i & 8 ? rng_double(r) :
		      (u64)rng_word(r) << 32 | rng_word(r));
	for (; i < BARE_RAM; i += 0x10000)
		memcpy(b->ram + i, b->ram, 0x10000);
	memset(b->ram + VECTORS_PA, 0, 0x10000);
	memset(b->ram + PROGRAM_PA, 0, PROGRAM_BYTES);
	for (i = 0; i < PAGE; i += 4)
		stb32(b->rom + i, rng_word(r));
	vectors_fill(b->ram + VECTORS_PA, r);
	fill_programs(b, c, r);
}

/* ---- the scenario ------------------------------------------------------ */

static void bare_run(struct side *s, cycle_t until, struct rng *split)
{
	static const u8 lengths[] = { 1, 1, 4, 60, 250 };
	u32 most = split ? lengths[rng_below(split, ARRAY_SIZE(lengths))] : 0;
	cycle_t now, n;

	while (!s->is_over) {
		now = cpu_now(s->cpu);
		if (now >= until)
			return;
		n = until - now;
		if (split)
			n = rng_range(split, 1, n < most ? (u32)n : most);
		switch (s->engine->run(s->cpu, n)) {
		case CPU_IDLE:
			if (cpu_now(s->cpu) < until)
				cpu_skip_to(s->cpu,
					    s->cpu->timer_at < until ?
					    s->cpu->timer_at : until);
			break;
		case CPU_BUDGET:
			break;
		default:
			s->is_over = true;
		}
	}
}

static struct bare *new_bare(struct side *s, const struct bare_config *c)
{
	struct bare *b = xcalloc(1, sizeof(*b));

	*b = (struct bare){
		.side = s,
		.port = { b, bare_read, bare_write, bare_dcr_read,
			  bare_dcr_write, bare_direct },
		.ram = xcalloc(1, BARE_RAM),
		.rom = xcalloc(1, PAGE),
		.has_waits = c->has_waits,
	};
	return b;
}

static int open_side(struct pair *p, unsigned int i)
{
	struct side *s = &p->side[i];
	struct bare *b = new_bare(s, p->config);
	struct errmsg msg = { "" };

	*s = (struct side){ .engine = p->engine[i], .ram = b->ram,
			    .ram_bytes = BARE_RAM, .owner = b,
			    .run = bare_run };
	s->cpu = cpu_new(&b->port, 0x422218d3);
	if (!s->cpu || s->engine->open(s->cpu, &msg)) {
		fprintf(stderr, "diff/lockstep: no core: %s\n", msg.text);
		return -1;
	}
	cpu_set_clocks(s->cpu, 333000000, 33300000);
	return 0;
}

static void fill_first(struct pair *p)
{
	const struct bare_config *c = p->config;
	struct side *s = &p->side[0];
	struct rng r;

	rng_seed(&r, p->seed ^ 0xba4eull);
	fill_memory(s->owner, c, &r);
	fill_tlb(&s->cpu->s);
	fill_registers(&s->cpu->s, &r, c->is_user);
	cpu_state_changed(s->cpu);
}

static void copy_to_second(struct pair *p)
{
	const struct bare *a = p->side[0].owner;
	struct bare *b = p->side[1].owner;

	memcpy(b->ram, a->ram, BARE_RAM);
	memcpy(b->rom, a->rom, PAGE);
	p->side[1].cpu->s = p->side[0].cpu->s;
	cpu_state_changed(p->side[1].cpu);
}

static int bare_open(struct pair *p)
{
	if (open_side(p, 0) || open_side(p, 1))
		return -1;
	fill_first(p);
	copy_to_second(p);
	return 0;
}

static void bare_close(struct pair *p)
{
	struct bare *b;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		p->side[i].engine->close(p->side[i].cpu);
		cpu_free(p->side[i].cpu);
		b = p->side[i].owner;
		free(b->ram);
		free(b->rom);
		free(b);
	}
}

static cycle_t any_length(struct rng *r)
{
	switch (rng_below(r, 10)) {
	case 0: case 1:
		return rng_range(r, 1, 8);
	case 2: case 3: case 4:
		return rng_range(r, 9, 100);
	case 5: case 6: case 7:
		return rng_range(r, 101, 600);
	default:
		return rng_range(r, 601, 3000);
	}
}

static bool bare_next(struct pair *p, struct slice *s)
{
	const struct bare_config *c = p->config;
	struct rng *r = &p->rng;

	if (cpu_now(p->side[0].cpu) >= c->cycles || p->side[0].is_over)
		return false;
	*s = (struct slice){ .cycles = any_length(r),
			     .with_ram = p->slices++ % 16 == 15 };
	if (c->is_split && rng_chance(r, 70))
		s->split = rng_next(r) | 1;
	if (!c->is_user && rng_chance(r, 15))
		s->event = rng_range(r, EVENT_PIN, EVENT_DMA);
	s->arg[0] = (u32)(rng_next(r) >> 32);
	s->arg[1] = (u32)(rng_next(r) >> 32);
	return true;
}

/* A device writes into data or over code. */
static void dma(struct side *side, const struct slice *s)
{
	u32 at = s->arg[0] & 1 ? PROGRAM_PA + (s->arg[0] >> 8 & 0xfff) :
		 (s->arg[0] >> 8) % (BARE_RAM - 64), i;

	if (at >= VECTORS_PA - 64 && at < VECTORS_PA + 0x10000)
		return;
	for (i = 0; i < 4 + (s->arg[0] >> 4 & 15); i++)
		side->ram[at + i] = (u8)(s->arg[1] >> (i & 3) * 8);
	side->engine->invalidate(side->cpu, at, i);
}

static void bare_event(struct pair *p, struct side *side,
		       const struct slice *s)
{
	(void)p;
	switch (s->event) {
	case EVENT_PIN:
		cpu_set_pin(side->cpu, IVOR_EXTERNAL, true);
		break;
	case EVENT_CRITICAL:
		cpu_set_pin(side->cpu, IVOR_CRITICAL, true);
		break;
	case EVENT_DMA:
		dma(side, s);
		break;
	default:
		break;
	}
}

const struct scenario bare_scenario = {
	.open = bare_open,
	.close = bare_close,
	.next = bare_next,
	.event = bare_event,
};
