/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/lockstep/priv.c - items that only lockstep can test: privileged
 * instructions, self-modifying code, wild addresses, wild words.
 */
#include "tests/diff/lockstep/bare.h"

#include "base/bits.h"
#include "cpu/spr.h"

#define TLBWE(s, a, w)	W_X(978, s, a, w)
#define TLBRE(d, a, w)	W_X(946, d, a, w)
#define TLBSX(d, a, b)	W_X(914, d, a, b)

/* Two registers that differ, neither of them 0. */
static void two_gprs(struct gen *g, unsigned int *a, unsigned int *b)
{
	do
		*a = gen_free_gpr(g);
	while (*a == 0);
	do
		*b = gen_free_gpr(g);
	while (*b == 0 || *b == *a);
}

/* ---- the base register's window ---------------------------------------- */

/* Near the end of a page, or anywhere in it. */
static u32 near_page_end(struct gen *g)
{
	u32 off = rng_below(&g->rng, 0x1000);

	return rng_chance(&g->rng, 60) ? 0x1000 - 256 + (off & 0x1ff) : off;
}

static u32 any_window(struct gen *g)
{
	struct rng *r = &g->rng;
	u32 page = rng_below(r, 16) << 12;

	switch (rng_below(r, 10)) {
	case 0: case 1: case 2:
		return OWN_VA(rng_range(r, OWN_FIRST, OWN_LAST)) + page +
		       near_page_end(g);
	case 3:
		return DEVICE_VA + 0x200 + rng_below(r, 0x800);
	case 4:
		return PROGRAM_VA + page + near_page_end(g);
	case 5:
		return near_page_end(g) + 0xfffff000;
	default:
		return 0x20000000 + (rng_below(r, 4) << 16) + page +
		       near_page_end(g);
	}
}

static void put_window(struct gen *g)
{
	put_constant(gen_new_item(g), g->prog->base, any_window(g));
}

/* ---- TLB and context --------------------------------------------------- */

static void put_tlbwe(struct gen *g)
{
	struct rng *r = &g->rng;
	struct item *it = gen_new_item(g);
	unsigned int a, b, size = rng_below(r, 6);
	u32 entry = rng_range(r, OWN_FIRST, OWN_LAST), pa, va;

	two_gprs(g, &a, &b);
	pa = rng_chance(r, 80) ? rng_below(r, BARE_RAM) :
	     rng_chance(r, 50) ? ROM_PA : (u32)rng_next(r);
	va = OWN_VA(entry) + (rng_below(r, 64) << 12);
	put_constant(it, a, entry);
	put_constant(it, b, bare_attributes(r));
	put_word(it, TLBWE(b, a, 2));
	put_constant(it, b, (pa & 0xfffffc00) | (rng_chance(r, 3) ? 1 : 0));
	put_word(it, TLBWE(b, a, 1));
	put_constant(it, b, va | size << 4 |
		     (rng_chance(r, 95) ? TLB0_V : 0) |
		     (rng_chance(r, 30) ? TLB0_TS : 0));
	put_word(it, TLBWE(b, a, 0));
}

static void put_tlb_read(struct gen *g)
{
	struct item *it = gen_new_item(g);
	unsigned int a, b;

	two_gprs(g, &a, &b);
	if (rng_chance(&g->rng, 50)) {
		put_constant(it, a, rng_below(&g->rng, 64));
		put_word(it, TLBRE(b, a, rng_below(&g->rng, 3)));
	} else {
		put_constant(it, a, any_window(g));
		put_word(it, TLBSX(b, 0, a) | rng_below(&g->rng, 2));
	}
}

static void put_context(struct gen *g)
{
	struct rng *r = &g->rng;
	struct item *it = gen_new_item(g);
	unsigned int a, b;

	two_gprs(g, &a, &b);
	switch (rng_below(r, 8)) {
	case 0:
		put_constant(it, a, rng_below(r, 4));
		put_word(it, W_MTSPR(SPRN_PID, a));
		break;
	case 1:
		put_constant(it, a, rng_below(r, 4) |
			     (rng_chance(r, 50) ? MMUCR_STS : 0));
		put_word(it, W_MTSPR(SPRN_MMUCR, a));
		break;
	case 2:
		put_word(it, 31u << 26 | 163u << 1 |
			 rng_below(r, 2) << 15);	/* wrteei */
		break;
	case 3:
		put_word(it, W_X(131, gen_gpr(g), 0, 0)); /* wrtee */
		break;
	case 4:
		put_word(it, W_X(83, a, 0, 0));		/* mfmsr */
		break;
	case 5:
		put_word(it, 17u << 26 | 2);		/* sc */
		break;
	default:
		put_constant(it, a, bare_msr(r));
		put_word(it, W_X(146, a, 0, 0));	/* mtmsr */
		break;
	}
}

/* rfi, rfci or rfmci to the item after the next few. */
static void put_return(struct gen *g)
{
	static const u16 kinds[3][3] = {
		{ SPRN_SRR0, SPRN_SRR1, 50 }, { SPRN_CSRR0, SPRN_CSRR1, 51 },
		{ SPRN_MCSRR0, SPRN_MCSRR1, 38 },
	};
	const u16 *k = kinds[rng_below(&g->rng, 3)];
	struct item *it = gen_new_item(g);
	unsigned int at = g->prog->n - 1, a, b;

	two_gprs(g, &a, &b);
	put_word(it, W_BL_NEXT);
	put_word(it, W_MFSPR(a, N_LR));
	put_word(it, W_ADDI(a, a, 0));
	put_word(it, W_MTSPR(k[0], a));
	put_constant(it, b, bare_msr(&g->rng));
	put_word(it, W_MTSPR(k[1], b));
	put_word(it, 19u << 26 | (u32)k[2] << 1);
	it->fix = FIX_ADDI;
	it->fix_at = 2;
	it->link_at = 1;
	if (rng_chance(&g->rng, 40))
		gen_item(g, CLASS_INT);
	g->prog->items[at].target = (s32)g->prog->n;
}

/* ---- timers and other registers ---------------------------------------- */

static void put_timer(struct gen *g)
{
	static const u16 written[] = { SPRN_DEC, SPRN_DECAR, SPRN_TCR,
				       SPRN_TSR, SPRN_TBLW };
	struct rng *r = &g->rng;
	u32 n = written[rng_below(r, 5)], v = rng_below(r, 400);
	struct item *it = gen_new_item(g);
	unsigned int a = gen_free_gpr(g);

	if (n == SPRN_TCR)	/* no reset by the watchdog */
		v = (u32)rng_next(r) & 0xffc00000 & ~TCR_WRC_MASK;
	else if (n == SPRN_TSR)
		v = (u32)rng_next(r);
	else if (n == SPRN_TBLW)	/* soon a FIT, or the watchdog */
		v = (rng_chance(r, 50) ? 1u << 12 : 1u << 20) - v;
	if (rng_chance(r, 20) && n != SPRN_TBLW) {
		put_word(it, W_MFSPR(a, n == SPRN_DECAR ? SPRN_DEC : n));
		return;
	}
	put_constant(it, a, v);
	put_word(it, W_MTSPR(n, a));
}

static u32 any_sprn(struct gen *g)
{
	static const u16 all[] = {
#define SPR(name, n, ...) n,
#include "cpu/spr.def"
#undef SPR
	};
	return rng_chance(&g->rng, 95) ?
	       all[rng_below(&g->rng, ARRAY_SIZE(all))] :
	       rng_below(&g->rng, 1024);
}

/* What a program must not write, or nothing goes on after it. */
static bool is_vital(u32 n)
{
	return (n >= SPRN_IVOR0 && n <= SPRN_IVOR15) || n == SPRN_IVPR ||
	       n == SPRN_DBCR0 || n == SPRN_TCR || n == SPRN_CCR1 ||
	       n == SPRN_TBLW || n == SPRN_TBUW;
}

static bool is_time(u32 n)
{
	return n == SPRN_TBLR || n == SPRN_TBUR;
}

static void put_spr(struct gen *g)
{
	struct item *it = gen_new_item(g);
	u32 n = any_sprn(g);

	if ((g->flags & GEN_NO_TIME) && is_time(n))
		return;
	if (rng_chance(&g->rng, 60) || is_vital(n)) {
		put_word(it, W_MFSPR(gen_free_gpr(g), n));
		return;
	}
	if (g->ctr_is_busy && n == SPRN_CTR)
		return;
	put_word(it, W_MTSPR(n, gen_gpr(g)));
}

/* Trap debug events on or off, or what else has no reset in it. */
static void put_debug(struct gen *g)
{
	struct item *it = gen_new_item(g);
	unsigned int a = gen_free_gpr(g);
	u32 v = (u32)rng_next(&g->rng) & ~PPC_MASK(2, 3);

	if (rng_chance(&g->rng, 70))
		v &= DBCR0_IDM | DBCR0_TRAP;
	put_constant(it, a, v);
	put_word(it, W_MTSPR(rng_chance(&g->rng, 80) ? SPRN_DBCR0 : SPRN_DBSR,
			     a));
}

static void put_dcr(struct gen *g)
{
	u32 n = rng_below(&g->rng, 1024), swapped = (n & 31) << 16 |
		(n >> 5) << 11;
	u32 xo = rng_chance(&g->rng, 50) ? 323 : 451;

	put_word(gen_new_item(g), 31u << 26 | field_d(gen_free_gpr(g)) |
		 swapped | xo << 1);
}

/* ---- cache, wild addresses, code that changes -------------------------- */

static void put_cache(struct gen *g)
{
	static const u16 xos[] = { 470, 454, 966, 486, 998, 566, 54, 86, 982,
				   1014, 22 };
	struct item *it = gen_new_item(g);
	u32 xo = xos[rng_below(&g->rng, ARRAY_SIZE(xos))];

	put_word(it, W_X(xo, gen_free_gpr(g), 0, g->prog->base));
}

/* To code that is none, mostly. */
static void put_wild_branch(struct gen *g)
{
	struct item *it = gen_new_item(g);
	unsigned int a = gen_free_gpr(g);
	bool by_ctr = !g->ctr_is_busy && rng_chance(&g->rng, 50);

	if (rng_chance(&g->rng, 70))
		put_constant(it, a, any_window(g));
	put_word(it, W_MTSPR(by_ctr ? N_CTR : N_LR, a));
	put_word(it, 19u << 26 | field_d(20) | (by_ctr ? 528 : 16) << 1 |
		 rng_below(&g->rng, 2));
}

/* A load, store or cache operation with any registers as its address. */
static void put_wild_access(struct gen *g)
{
	static const enum gen_class classes[] = {
		CLASS_MEM, CLASS_FMEM, CLASS_STRING, CLASS_RESERVE, CLASS_CACHE
	};
	enum gen_class c = classes[rng_below(&g->rng, 5)];
	const struct gen_row *row = &g->rows[c][rng_below(&g->rng, g->count[c])];
	u32 w = row->word | field_d(gen_free_gpr(g)) | field_a(gen_free_gpr(g));

	if (row->word >> 26 == 31)
		w |= field_b(gen_gpr(g));
	else
		w |= (u32)rng_next(&g->rng) & 0xffff;
	if (row->id == INSN_stwcx_rc)
		w |= 1;
	put_word(gen_new_item(g), w);
}

/* A word of any row with any fields, or any word at all. */
static u32 wild_word(struct gen *g)
{
	enum gen_class c = (enum gen_class)rng_below(&g->rng, CLASS_COUNT);
	u32 w = (u32)rng_next(&g->rng);

	if (!g->count[c] || c == CLASS_SPR || c == CLASS_PRIV ||
	    rng_chance(&g->rng, 10))
		return rng_chance(&g->rng, 50) ? 0 : w & 0x03ffffff;
	w &= 0x03fff801;
	return g->rows[c][rng_below(&g->rng, g->count[c])].word | w;
}

/* Store a word of code over another item of this program. */
static void put_patch(struct gen *g)
{
	struct item *it = gen_new_item(g);
	s32 n = (s32)g->prog->n, to = n - 1 -
		(s32)rng_below(&g->rng, n < 40 ? (u32)n : 40);
	unsigned int a, b;
	u32 word = 14u << 26 | ((u32)rng_next(&g->rng) & 0xffff);

	two_gprs(g, &a, &b);
	word |= field_d(gen_free_gpr(g)) | field_a(gen_gpr(g));
	if (rng_chance(&g->rng, 10))
		word = wild_word(g);
	put_word(it, W_BL_NEXT);
	put_word(it, W_MFSPR(a, N_LR));
	put_word(it, W_ADDI(a, a, 0));
	put_constant(it, b, word);
	put_word(it, W_D(36, b, a, 0));			/* stw */
	if (rng_chance(&g->rng, 60)) {
		put_word(it, W_X(54, 0, 0, a));		/* dcbst */
		put_word(it, W_X(598, 0, 0, 0));	/* msync */
		put_word(it, W_X(982, 0, 0, a));	/* icbi */
		put_word(it, 19u << 26 | 150u << 1);	/* isync */
	}
	it->fix = FIX_ADDI;
	it->fix_at = 2;
	it->link_at = 1;
	it->target = rng_chance(&g->rng, 50) ? to : n;
}

/**
 * priv_item - one item that a user program would not hold
 * @g: generator, inside gen_program
 */
void priv_item(struct gen *g)
{
	static void (*const makers[])(struct gen *g) = {
		put_window, put_window, put_window, put_tlbwe, put_tlbwe,
		put_tlb_read, put_context, put_context, put_return, put_timer,
		put_spr, put_spr, put_dcr, put_cache, put_wild_access,
		put_wild_access, put_patch, put_debug, put_wild_branch,
	};

	if (rng_chance(&g->rng, 3))
		put_word(gen_new_item(g), wild_word(g));
	else
		makers[rng_below(&g->rng, ARRAY_SIZE(makers))](g);
}
