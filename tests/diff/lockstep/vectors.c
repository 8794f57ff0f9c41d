/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/lockstep/vectors.c - interrupt handlers for programs that do
 * anything: each ends, and nearly each lets the program go on.
 */
#include "tests/diff/lockstep/bare.h"

#include "base/bits.h"
#include "cpu/spr.h"

#define TABLES		0x8000u		/* in the page of vectors */
#define ATTR_TABLE	(TABLES + 0x000)
#define MSR_TABLE	(TABLES + 0x080)
#define DEC_TABLE	(TABLES + 0x100)
#define COUNTER		(TABLES + 0x800)
/* As a displacement from VECTORS_VA + 0x10000. */
#define FROM_R12(at)	((u32)(at) - 0x10000u)

struct code {
	u8 *page;
	u32 at;
};

static void put(struct code *c, u32 word)
{
	stb32(c->page + c->at, word);
	c->at += 4;
}

#define MT(n, r)	W_MTSPR(n, r)
#define MF(r, n)	W_MFSPR(r, n)
#define RLWINM(a, s, sh, mb, me) (21u << 26 | field_d(s) | field_a(a) | \
	field_b(sh) | field_c(mb) | (u32)(me) << 1)
#define CMPWI(r, v)	(11u << 26 | field_a(r) | (v))
#define ANDI(a, s, v)	(28u << 26 | field_d(s) | field_a(a) | (v))
#define ANDIS(a, s, v)	(29u << 26 | field_d(s) | field_a(a) | (v))
#define ORIS(a, s, v)	(25u << 26 | field_d(s) | field_a(a) | (v))
#define LWZ(d, v, a)	W_D(32, d, a, v)
#define STW(s, v, a)	W_D(36, s, a, v)
#define ADD(d, a, b)	W_X(266, d, a, b)
#define OR(a, s, b)	W_X(444, s, a, b)
#define TLBWE(s, a, w)	W_X(978, s, a, w)
#define MFCR(d)		W_X(19, d, 0, 0)
#define MTCR(s)		(W_X(144, s, 0, 0) | 255u << 12)
#define BEQ(disp)	W_BC(12, 2, disp)
#define BNE(disp)	W_BC(4, 2, disp)
#define RFI		(19u << 26 | 50u << 1)
#define RFCI		(19u << 26 | 51u << 1)
#define RFMCI		(19u << 26 | 38u << 1)

/* r10, r11, r12 and CR are saved; r11 = a count of interrupts, r12 base. */
static void put_enter(struct code *c)
{
	put(c, MT(SPRN_SPRG0, 10));
	put(c, MT(SPRN_SPRG1, 11));
	put(c, MT(SPRN_SPRG2, 12));
	put(c, MFCR(10));
	put(c, MT(SPRN_SPRG3, 10));
	put(c, W_ADDIS(12, 0, (VECTORS_VA >> 16) + 1));
	put(c, LWZ(11, FROM_R12(COUNTER), 12));
	put(c, W_ADDI(11, 11, 1));
	put(c, STW(11, FROM_R12(COUNTER), 12));
}

static void put_leave(struct code *c)
{
	put(c, MF(10, SPRN_SPRG3));
	put(c, MTCR(10));
	put(c, MF(10, SPRN_SPRG0));
	put(c, MF(11, SPRN_SPRG1));
	put(c, MF(12, SPRN_SPRG2));
	put(c, RFI);
}

/* SRR0 = the first program. */
static void put_restart(struct code *c)
{
	put(c, W_ADDIS(10, 0, PROGRAM_VA >> 16));
	put(c, MT(SPRN_SRR0, 10));
}

/* r11 = the entry of a table of 32 that the counter in r11 selects. */
static void put_lookup(struct code *c, u32 table)
{
	put(c, RLWINM(11, 11, 2, 25, 29));
	put(c, ADD(11, 11, 12));
	put(c, LWZ(11, FROM_R12(table), 11));
}

/* Over the instruction; each 64th time back to the start. */
static void put_skip(struct code *c)
{
	put_enter(c);
	put(c, ANDI(11, 11, 63));
	put(c, BNE(12));
	put_restart(c);
	put(c, MF(10, SPRN_SRR0));
	put(c, W_ADDI(10, 10, 4));
	put(c, MT(SPRN_SRR0, 10));
	put_leave(c);
}

/* Map the page with the next attributes; 0x6....... is not ours. */
static void put_miss(struct code *c, bool is_data)
{
	u32 branch;

	put_enter(c);
	put_lookup(c, ATTR_TABLE);
	put(c, MF(10, is_data ? SPRN_DEAR : SPRN_SRR0));
	put(c, RLWINM(12, 10, 4, 28, 31));
	put(c, CMPWI(12, 6));
	branch = c->at;
	put(c, 0);
	put(c, RLWINM(12, 10, 20, 27, 31));
	put(c, W_ORI(12, 12, 32));
	put(c, TLBWE(11, 12, 2));
	put(c, RLWINM(11, 10, 0, 13, 19));
	put(c, ORIS(11, 11, 8));
	put(c, TLBWE(11, 12, 1));
	put(c, MF(11, SPRN_PID));
	put(c, MT(SPRN_MMUCR, 11));
	put(c, RLWINM(10, 10, 0, 0, 19));
	put(c, W_ORI(10, 10, TLB0_V | 1 << 4));
	put(c, MF(11, SPRN_SRR1));
	put(c, RLWINM(11, 11, is_data ? 4 : 3, 23, 23));
	put(c, OR(10, 10, 11));
	put(c, TLBWE(10, 12, 0));
	put_leave(c);
	stb32(c->page + branch, BEQ(c->at - branch));
	if (is_data) {
		put(c, MF(10, SPRN_SRR0));
		put(c, W_ADDI(10, 10, 4));
		put(c, MT(SPRN_SRR0, 10));
	} else {
		put_restart(c);
	}
	put_leave(c);
}

static void put_timer(struct code *c)
{
	put_enter(c);
	put(c, W_ADDIS(10, 0, (TSR_DIS | TSR_FIS) >> 16));
	put(c, MT(SPRN_TSR, 10));
	put_lookup(c, DEC_TABLE);
	put(c, MT(SPRN_DEC, 11));
	put(c, W_ADDIS(12, 0, DEVICE_VA >> 16));
	put(c, STW(11, DEVICE_ACK, 12));
	put_leave(c);
}

static void put_critical(struct code *c)
{
	put(c, MT(SPRN_SPRG4W, 10));
	put(c, W_ADDIS(10, 0, (TSR_ENW | TSR_WIS) >> 16));
	put(c, MT(SPRN_TSR, 10));
	put(c, W_ADDIS(10, 0, DEVICE_VA >> 16));
	put(c, STW(10, DEVICE_ACK, 10));
	put(c, MF(10, SPRN_SPRG4R));
	put(c, RFCI);
}

static void put_debug(struct code *c)
{
	put(c, MT(SPRN_SPRG5W, 10));
	put(c, W_ADDI(10, 0, 0xffff));
	put(c, MT(SPRN_DBSR, 10));
	put(c, MF(10, SPRN_SPRG5R));
	put(c, RFCI);
}

/* After a fetch that nobody answered: back to the start. */
static void put_machine_check(struct code *c)
{
	put(c, MT(SPRN_SPRG6W, 10));
	put(c, MFCR(10));
	put(c, MT(SPRN_SPRG7W, 10));
	put(c, MF(10, SPRN_MCSR));
	put(c, MT(SPRN_MCSR, 10));
	put(c, ANDIS(10, 10, MCSR_IB >> 16));
	put(c, BEQ(12));
	put(c, W_ADDIS(10, 0, PROGRAM_VA >> 16));
	put(c, MT(SPRN_MCSRR0, 10));
	put(c, MF(10, SPRN_SPRG7R));
	put(c, MTCR(10));
	put(c, MF(10, SPRN_SPRG6R));
	put(c, RFMCI);
}

static void put_fp_unavailable(struct code *c)
{
	put(c, MT(SPRN_SPRG0, 10));
	put(c, MF(10, SPRN_SRR1));
	put(c, W_ORI(10, 10, MSR_FP));
	put(c, MT(SPRN_SRR1, 10));
	put(c, MF(10, SPRN_SPRG0));
	put(c, RFI);
}

static void put_syscall(struct code *c)
{
	put_enter(c);
	put_lookup(c, MSR_TABLE);
	put(c, MT(SPRN_SRR1, 11));
	put_leave(c);
}

static void put_fetch_storage(struct code *c)
{
	put_enter(c);
	put_restart(c);
	put_leave(c);
}

static void put_handler(struct code *c, unsigned int ivor)
{
	switch (ivor) {
	case IVOR_CRITICAL: case IVOR_WATCHDOG:
		put_critical(c);
		break;
	case IVOR_MACHINE_CHECK:
		put_machine_check(c);
		break;
	case IVOR_ISI:
		put_fetch_storage(c);
		break;
	case IVOR_EXTERNAL: case IVOR_DEC: case IVOR_FIT:
		put_timer(c);
		break;
	case IVOR_FP_UNAVAIL:
		put_fp_unavailable(c);
		break;
	case IVOR_SYSCALL:
		put_syscall(c);
		break;
	case IVOR_DTLB: case IVOR_ITLB:
		put_miss(c, ivor == IVOR_DTLB);
		break;
	case IVOR_DEBUG:
		put_debug(c);
		break;
	default:
		put_skip(c);
		break;
	}
}

/**
 * bare_msr - an MSR for a program
 * @r: generator
 */
u32 bare_msr(struct rng *r)
{
	static const u32 often[] = {
		MSR_ME | MSR_FP, MSR_ME | MSR_FP | MSR_EE | MSR_CE,
		MSR_ME | MSR_FP | MSR_EE | MSR_CE | MSR_PR,
		MSR_ME | MSR_FP | MSR_DS | MSR_IS | MSR_PR,
		MSR_ME | MSR_FP | MSR_DS | MSR_EE,
	};
	u32 msr = (u32)rng_next(r) & MSR_MASK;

	if (rng_chance(r, 70))
		return often[rng_below(r, ARRAY_SIZE(often))];
	/* a wait only where a timer may end it */
	return (rng_chance(r, 10) ? msr | MSR_EE : msr & ~MSR_WE) | MSR_ME;
}

/**
 * bare_attributes - word 2 of a TLB entry
 * @r: generator
 */
u32 bare_attributes(struct rng *r)
{
	u32 v = (u32)rng_next(r) & 0xffff;

	switch (rng_below(r, 8)) {
	case 0:
		return v & 0xff3f;
	case 1:
		return SRWX | URWX | TLB2_E;
	case 2:
		return SRWX | URWX | TLB2_I;
	case 3:
		return SRWX | URWX | TLB2_W;
	case 4:
		return SRWX | (v & URWX);
	default:
		return SRWX | URWX;
	}
}

/**
 * vectors_fill - handlers and their tables
 * @page: 64 KB of zeros
 * @r:    for the tables
 */
void vectors_fill(u8 *page, struct rng *r)
{
	struct code c = { page, 0 };
	unsigned int i;

	for (i = 0; i < IVOR_COUNT; i++) {
		c.at = 0x100 * i;
		put_handler(&c, i);
	}
	for (i = 0; i < 32; i++) {
		stb32(page + ATTR_TABLE + 4 * i, bare_attributes(r));
		stb32(page + MSR_TABLE + 4 * i, bare_msr(r));
		stb32(page + DEC_TABLE + 4 * i,
		      rng_below(r, rng_chance(r, 50) ? 100 : 3000));
	}
	stb32(page + COUNTER, (u32)rng_next(r));
}
