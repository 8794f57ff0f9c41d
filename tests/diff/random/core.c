/* SPDX-License-Identifier: MIT */
/* tests/diff/random/core.c - see core.h. */
#include "tests/diff/random/core.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/xalloc.h"

#define VECTORS_VA	0x03000000u
#define DEVICE_VA	0x04000000u
#define COMMON_AT	0x200u
#define PAGE		0x1000u
#define TLB_4K		(1u << 4)
#define TLB_16M		(7u << 4)
#define USER_MSR	(MSR_PR | MSR_FP)
/* No case takes a tenth of that. */
#define HANG_CYCLES	(1u << 24)

static void die(struct core *c, const char *why)
{
	c->out->has_died = true;
	c->is_over = true;
	snprintf(c->out->why, sizeof(c->out->why), "%s", why);
}

/* r0 of a system call, or 0x100 and the number of an interrupt. */
static int core_write(void *opaque, paddr_t pa, unsigned int size, u32 val)
{
	struct core *c = opaque;
	char why[80];

	(void)size;
	if (pa != DEVICE_VA)
		return -1;
	if (val == 4) {
		memcpy(c->out->records + REC_BYTES * c->out->count++,
		       c->im->data, REC_BYTES);
		return 0;
	}
	if (val == 1) {
		c->is_over = true;
	} else {
		snprintf(why, sizeof(why), "%s interrupt at 0x%08x",
			 ivor_name(val & 15), c->cpu->s.srr0);
		die(c, why);
	}
	cpu_kick(c->cpu);
	return 0;
}

static int core_read(void *opaque, paddr_t pa, unsigned int size, u32 *val)
{
	(void)opaque, (void)pa, (void)size;
	*val = 0;
	return -1;
}

static int core_dcr_read(void *opaque, u32 dcrn, u32 *val)
{
	(void)opaque, (void)dcrn;
	*val = 0;
	return 0;
}

static int core_dcr_write(void *opaque, u32 dcrn, u32 val)
{
	(void)opaque, (void)dcrn, (void)val;
	return 0;
}

static u8 *core_direct(void *opaque, paddr_t pa, bool *is_writable)
{
	struct core *c = opaque;

	*is_writable = true;
	if (pa - CODE_VA < CODE_MAX)
		return c->im->code + (pa - CODE_VA);
	if (pa - DATA_VA < DATA_MAX)
		return c->im->data + (pa - DATA_VA);
	return pa == VECTORS_VA ? c->vectors : NULL;
}

static void fill_vectors(u8 *page)
{
	unsigned int i;
	u32 at;

	for (i = 0; i < IVOR_COUNT; i++) {
		at = 16 * i;
		if (i != IVOR_SYSCALL) {
			stb32(page + at, W_ADDI(0, 0, 0x100 + i));
			at += 4;
		}
		stb32(page + at, W_B(COMMON_AT - at));
	}
	stb32(page + COMMON_AT, W_ADDIS(3, 0, DEVICE_VA >> 16));
	stb32(page + COMMON_AT + 4, W_D(36, 0, 3, 0));
	stb32(page + COMMON_AT + 8, 19u << 26 | 50u << 1);	/* rfi */
}

static void map(struct cpu_state *s, unsigned int i, u32 va, u32 size,
		u32 attr)
{
	tlb_write(&s->tlb, i, 1, va, 0);
	tlb_write(&s->tlb, i, 2, attr, 0);
	tlb_write(&s->tlb, i, 0, va | TLB0_V | size, 0);
}

static void set_up(struct cpu *cpu)
{
	struct cpu_state *s = &cpu->s;
	unsigned int i;

	tlb_reset(&s->tlb);
	map(s, 0, CODE_VA, TLB_16M, TLB2_UX | TLB2_UR);
	map(s, 1, DATA_VA, TLB_16M, TLB2_UR | TLB2_UW);
	map(s, 2, VECTORS_VA, TLB_4K, TLB2_SX);
	map(s, 3, DEVICE_VA, TLB_4K, TLB2_SW | TLB2_I | TLB2_G);
	s->ivpr = VECTORS_VA;
	for (i = 0; i < IVOR_COUNT; i++)
		s->ivor[i] = 16 * i;
	cpu_state_changed(cpu);
}

/**
 * core_open - a core with its own TLB and registers
 * @c:      initialised
 * @engine: what runs it
 * @im:     image; borrowed, its code must not change until core_close
 */
void core_open(struct core *c, const struct engine_ops *engine,
	       const struct image *im)
{
	struct errmsg msg = { "" };

	*c = (struct core){
		.port = { c, core_read, core_write, core_dcr_read,
			  core_dcr_write, core_direct },
		.engine = engine,
		.im = im,
		.vectors = xcalloc(1, PAGE),
	};
	fill_vectors(c->vectors);
	c->cpu = cpu_new(&c->port, 0x422218d3);
	if (!c->cpu || engine->open(c->cpu, &msg)) {
		fprintf(stderr, "diff/random: no core: %s\n", msg.text);
		exit(1);
	}
	set_up(c->cpu);
}

/**
 * core_close - release a core
 * @c: from core_open
 */
void core_close(struct core *c)
{
	c->engine->close(c->cpu);
	cpu_free(c->cpu);
	free(c->vectors);
}

/**
 * core_start - be about to take the image's next case
 * @c:   core
 * @out: gets the records
 */
void core_start(struct core *c, struct outcome *out)
{
	c->out = out;
	c->is_over = false;
	c->cpu->s.pc = c->im->next;
	cpu_set_msr(c->cpu, USER_MSR);
}

/**
 * core_run - run to the end of the list, or to a death
 * @c: started
 */
void core_run(struct core *c)
{
	cycle_t since = cpu_now(c->cpu);
	unsigned int count = c->out->count;
	enum cpu_why why;

	while (!c->is_over) {
		why = c->engine->run(c->cpu, 1u << 20);
		if (c->out->count != count) {
			count = c->out->count;
			since = cpu_now(c->cpu);
		}
		if (c->is_over)
			break;
		if (why != CPU_BUDGET)
			die(c, "it waits, resets or is stuck");
		else if (cpu_now(c->cpu) - since > HANG_CYCLES)
			die(c, "it does not end");
	}
}
