/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/gen.c - the shape of a random program: items, skips and
 * loops; and its layout as words.  What an item does is in gen_op.c.
 */
#include "tests/diff/random/gen.h"

#include <stdlib.h>

#include "base/bits.h"
#include "base/xalloc.h"

/* ---- the rows, by class ------------------------------------------------ */

static enum gen_class class_of_int(enum insn_id id)
{
	switch (id) {
	case INSN_lwarx: case INSN_stwcx_rc:
		return CLASS_RESERVE;
	case INSN_mbar: case INSN_msync: case INSN_isync:
		return CLASS_SYNC;
	case INSN_dcbt: case INSN_dcbtst: case INSN_icbt: case INSN_dcba:
		return CLASS_HINT;
	case INSN_mftb:
		return CLASS_SPR;
	default:
		break;
	}
	switch (insn_table[id].form) {
	case FORM_LD_D: case FORM_LDU_D: case FORM_LD_X: case FORM_LDU_X:
	case FORM_ST_D: case FORM_STU_D: case FORM_ST_X: case FORM_STU_X:
		return CLASS_MEM;
	case FORM_LM_D: case FORM_STM_D: case FORM_LSWI: case FORM_STSWI:
	case FORM_LSWX: case FORM_STSWX:
		return CLASS_STRING;
	case FORM_EA_X:
		return CLASS_CACHE;
	case FORM_MFSPR: case FORM_MTSPR:
		return CLASS_SPR;
	case FORM_TO_A_SI: case FORM_TO_A_B: case FORM_NONE:
		return CLASS_TRAP;
	case FORM_I: case FORM_B: case FORM_XL_B:
		return CLASS_BRANCH;
	case FORM_CR_BITS: case FORM_MCRF: case FORM_MCRXR: case FORM_FXM_S:
	case FORM_D_ONLY: case FORM_BF_A_SI: case FORM_BF_A_UI:
	case FORM_BF_A_B:
		return CLASS_CR;
	default:
		return CLASS_INT;
	}
}

static enum gen_class class_of(enum insn_id id)
{
	if (insn_table[id].flags & PRIV)
		return CLASS_PRIV;
	if (!(insn_table[id].flags & FP))
		return class_of_int(id);
	switch (insn_table[id].form) {
	case FORM_FLD_D: case FORM_FLDU_D: case FORM_FLD_X: case FORM_FLDU_X:
	case FORM_FST_D: case FORM_FSTU_D: case FORM_FST_X: case FORM_FSTU_X:
		return CLASS_FMEM;
	case FORM_F_ONLY: case FORM_MTFSF: case FORM_MTFSFI: case FORM_MTFSB:
	case FORM_MCRFS:
		return CLASS_FPSCR;
	case FORM_BF_FA_FB:
		return CLASS_FARITH;
	default:
		break;
	}
	return id == INSN_fmr || id == INSN_fneg || id == INSN_fabs ||
	       id == INSN_fnabs || id == INSN_fsel ? CLASS_FMOVE : CLASS_FARITH;
}

static void add_row(struct gen *g, enum insn_id id, u32 word)
{
	enum gen_class c = class_of(id);

	if ((g->flags & GEN_NO_ISEL) && id == INSN_isel)
		return;
	/* illegal to QEMU */
	if (id == INSN_rnop)
		return;
	if ((g->flags & GEN_NO_ESTIMATE) &&
	    (id == INSN_fres || id == INSN_frsqrte))
		return;
	g->rows[c][g->count[c]++] = (struct gen_row){ id, word };
}

/**
 * gen_init - a generator
 * @g:     initialised
 * @flags: GEN_NO_*
 */
void gen_init(struct gen *g, unsigned int flags)
{
	memset(g, 0, sizeof(*g));
	g->flags = flags;
#define OP(xo, name, ...) add_row(g, INSN_##name, (u32)(xo) << 26);
#define OP_1(xo, name, ...) add_row(g, INSN_##name, (u32)(xo) << 26 | 2);
#define X19(xo, name, ...) add_row(g, INSN_##name, 19u << 26 | (xo) << 1);
#define X31(xo, name, ...) add_row(g, INSN_##name, 31u << 26 | (xo) << 1);
#define X31_1(xo, name, ...) \
	add_row(g, INSN_##name, 31u << 26 | (xo) << 1 | 1);
#define XO31(xo, name, ...) add_row(g, INSN_##name, 31u << 26 | (xo) << 1);
#define A31(xo, name, ...) add_row(g, INSN_##name, 31u << 26 | (xo) << 1);
#define X4(xo, name, ...) add_row(g, INSN_##name, 4u << 26 | (xo) << 1);
#define XO4(xo, name, ...) add_row(g, INSN_##name, 4u << 26 | (xo) << 1);
#define A59(xo, name, ...) add_row(g, INSN_##name, 59u << 26 | (xo) << 1);
#define A63(xo, name, ...) add_row(g, INSN_##name, 63u << 26 | (xo) << 1);
#define X63(xo, name, ...) add_row(g, INSN_##name, 63u << 26 | (xo) << 1);
#define INSN(...)
#include "cpu/insn.def"
}

/* ---- items ------------------------------------------------------------- */

/**
 * gen_new_item - an empty item at the end of the program
 * @g: generator
 *
 * Returns: the item, valid until the next one is made.
 */
struct item *gen_new_item(struct gen *g)
{
	struct program *p = g->prog;

	if (p->n == p->size) {
		p->size = p->size ? 2 * p->size : 64;
		p->items = xrealloc(p->items, p->size, sizeof(*p->items));
	}
	p->items[p->n] = (struct item){ .target = NO_ITEM, .partner = NO_ITEM };
	return &p->items[p->n++];
}

/**
 * put_word - add a word to an item
 * @it:   item; more than ITEM_WORDS words are cut off
 * @word: instruction
 */
void put_word(struct item *it, u32 word)
{
	if (it->n < ITEM_WORDS)
		it->w[it->n++] = word;
}

/**
 * put_constant - load a constant, in one or two words
 * @it:    item
 * @r:     register
 * @value: value
 */
void put_constant(struct item *it, unsigned int r, u32 value)
{
	if (value == (u32)(s32)(s16)value) {
		put_word(it, W_ADDI(r, 0, value));
		return;
	}
	put_word(it, W_ADDIS(r, 0, value >> 16));
	if (value & 0xffff)
		put_word(it, W_ORI(r, r, value));
}

/**
 * gen_is_reserved - whether a register has its own use in the program
 * @g: generator
 * @r: register
 */
bool gen_is_reserved(const struct gen *g, unsigned int r)
{
	const struct program *p = g->prog;

	return r == p->base || r == p->loop[0] || r == p->loop[1];
}

/**
 * gen_gpr - a register to read
 * @g: generator
 */
unsigned int gen_gpr(struct gen *g)
{
	return rng_chance(&g->rng, 60) ? g->hot[rng_below(&g->rng, 8)] :
	       rng_below(&g->rng, 32);
}

/**
 * gen_free_gpr - a register to write
 * @g: generator
 */
unsigned int gen_free_gpr(struct gen *g)
{
	unsigned int r;

	do
		r = gen_gpr(g);
	while (gen_is_reserved(g, r));
	return r;
}

/**
 * gen_fpr - a floating-point register
 * @g: generator
 */
unsigned int gen_fpr(struct gen *g)
{
	return rng_chance(&g->rng, 60) ? g->hot[rng_below(&g->rng, 8)] :
	       rng_below(&g->rng, 32);
}

/* ---- skips and loops --------------------------------------------------- */

static void block(struct gen *g, unsigned int items);

static void branch_to(struct gen *g, unsigned int from, enum fix fix,
		      unsigned int fix_at)
{
	struct item *it = &g->prog->items[from];

	it->fix = (u8)fix;
	it->fix_at = (u8)fix_at;
	it->target = (s32)g->prog->n;
}

/* BO of a conditional branch; one that decrements CTR only where it may. */
static unsigned int any_bo(struct gen *g, bool may_count)
{
	static const u8 on_bit[] = { 4, 5, 12, 13, 20 };
	static const u8 counting[] = { 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18,
				       19, 24, 25, 26, 27 };

	if (may_count && !g->ctr_is_busy && rng_chance(&g->rng, 30))
		return counting[rng_below(&g->rng, ARRAY_SIZE(counting))];
	return on_bit[rng_below(&g->rng, ARRAY_SIZE(on_bit))];
}

/* bl .+4; mflr; addi; mtlr or mtctr; bclr or bcctr */
static void put_indirect(struct gen *g, struct item *it)
{
	unsigned int r = gen_free_gpr(g), bi = rng_below(&g->rng, 32);
	u32 lk = rng_below(&g->rng, 2);
	bool by_ctr = !g->ctr_is_busy && rng_chance(&g->rng, 50);

	if (r == 0)
		r = g->prog->base == 3 ? 4 : 3;
	while (gen_is_reserved(g, r))
		r = r % 31 + 1;
	put_word(it, W_BL_NEXT);
	put_word(it, W_MFSPR(r, N_LR));
	put_word(it, W_ADDI(r, r, 0));
	put_word(it, W_MTSPR(by_ctr ? N_CTR : N_LR, r));
	put_word(it, 19u << 26 | field_d(any_bo(g, !by_ctr)) | field_a(bi) |
		 (by_ctr ? 528 : 16) << 1 | lk);
	it->link_at = 1;
}

/* A branch over some items. */
static void skip(struct gen *g)
{
	struct item *it = gen_new_item(g);
	unsigned int at = g->prog->n - 1, fix_at = 0;
	u32 lk = rng_chance(&g->rng, 20);
	enum fix fix = FIX_B;

	switch (rng_below(&g->rng, 8)) {
	case 0:
		put_word(it, W_B(0) | lk);
		fix = FIX_I;
		break;
	case 1:
		put_word(it, W_B(0) | 2 | lk);
		fix = FIX_ABSOLUTE;
		break;
	case 2:
		put_indirect(g, it);
		fix = FIX_ADDI;
		fix_at = 2;
		break;
	default:
		put_word(it, W_BC(any_bo(g, true), rng_below(&g->rng, 32), 0) |
			 lk);
		break;
	}
	block(g, rng_range(&g->rng, 0, 6));
	branch_to(g, at, fix, fix_at);
}

static void compute(struct gen *g, unsigned int items)
{
	while (items--)
		gen_item(g, rng_chance(&g->rng, 60) ? CLASS_COPY : CLASS_INT);
}

/* A comparison, and a branch on it over a few items that only compute. */
static void choice(struct gen *g)
{
	u32 crf = rng_below(&g->rng, 8), is_unsigned = rng_below(&g->rng, 2);
	unsigned int at;

	compute(g, rng_below(&g->rng, 4));
	put_word(gen_new_item(g), W_X(is_unsigned ? 32 : 0, crf << 2,
				      gen_gpr(g), gen_gpr(g)));
	compute(g, rng_below(&g->rng, 3));
	at = g->prog->n;
	put_word(gen_new_item(g), W_BC(rng_chance(&g->rng, 50) ? 4 : 12,
				       4 * crf + rng_below(&g->rng, 3), 0));
	compute(g, rng_range(&g->rng, 1, 4));
	branch_to(g, at, FIX_B, 0);
}

/* A loop of @items that counts in a register or in CTR. */
static void loop(struct gen *g, unsigned int items)
{
	struct item *it = gen_new_item(g);
	unsigned int first = g->prog->n - 1, crf = rng_below(&g->rng, 8), r;
	bool in_ctr = !g->ctr_is_busy && rng_chance(&g->rng, 50);
	u32 count = rng_range(&g->rng, 2, g->depth ? 6 : 20);

	r = in_ctr ? gen_free_gpr(g) : g->prog->loop[g->depth];
	put_word(it, W_ADDI(r, 0, count));
	if (in_ctr)
		put_word(it, W_MTSPR(N_CTR, r));
	g->depth++;
	g->ctr_is_busy |= in_ctr;
	block(g, items);
	g->depth--;
	if (in_ctr)
		g->ctr_is_busy = false;
	it = gen_new_item(g);
	if (in_ctr) {
		put_word(it, W_BC(16, 0, 0));
	} else {
		put_word(it, W_ADDI(r, r, -1));
		put_word(it, 11u << 26 | field_d(crf << 2) | field_a(r));
		put_word(it, W_BC(4, 4 * crf + 2, 0));
		it->fix_at = 2;
	}
	it->fix = FIX_B;
	it->target = (s32)first + 1;
	it->partner = (s32)first;
	g->prog->items[first].partner = (s32)g->prog->n - 1;
}

static enum gen_class any_class(struct gen *g)
{
	static const struct {
		u8 weight, class;
	} table[] = {
		{ 26, CLASS_INT }, { 4, CLASS_COPY }, { 12, CLASS_CR },
		{ 14, CLASS_MEM },
		{ 2, CLASS_STRING }, { 1, CLASS_RESERVE }, { 8, CLASS_FMEM },
		{ 18, CLASS_FARITH }, { 3, CLASS_FMOVE }, { 4, CLASS_FPSCR },
		{ 3, CLASS_SPR }, { 1, CLASS_CACHE }, { 1, CLASS_HINT },
		{ 1, CLASS_SYNC }, { 1, CLASS_TRAP },
	};
	u32 n = rng_below(&g->rng, 99);
	unsigned int i;

	for (i = 0; n >= table[i].weight; i++)
		n -= table[i].weight;
	return table[i].class;
}

static bool is_wanted(const struct gen *g, enum gen_class c)
{
	return !(g->flags & GEN_NO_FP) ||
	       (c != CLASS_FMEM && c != CLASS_FARITH && c != CLASS_FMOVE &&
		c != CLASS_FPSCR);
}

static void block(struct gen *g, unsigned int items)
{
	unsigned int end = g->prog->n + items;
	enum gen_class c;

	while (g->prog->n < end) {
		if (rng_chance(&g->rng, 10)) {
			skip(g);
		} else if (rng_chance(&g->rng, 4)) {
			choice(g);
		} else if (g->depth < 2 && rng_chance(&g->rng, 3)) {
			loop(g, rng_range(&g->rng, 1, 12));
		} else if (g->extra && rng_chance(&g->rng, g->extra_percent)) {
			g->extra(g);
		} else {
			c = any_class(g);
			if (is_wanted(g, c))
				gen_item(g, c);
		}
	}
}

static void choose_registers(struct gen *g)
{
	struct program *p = g->prog;
	unsigned int i;

	p->base = (u8)rng_range(&g->rng, 1, 31);
	do
		p->loop[0] = (u8)rng_below(&g->rng, 32);
	while (p->loop[0] == p->base || p->loop[0] == 0);
	do
		p->loop[1] = (u8)rng_below(&g->rng, 32);
	while (p->loop[1] == p->base || p->loop[1] == p->loop[0] ||
	       p->loop[1] == 0);
	for (i = 0; i < ARRAY_SIZE(g->hot); i++)
		do
			g->hot[i] = (u8)rng_below(&g->rng, 32);
		while (gen_is_reserved(g, g->hot[i]));
}

/**
 * gen_program - make a random program
 * @g:     generator
 * @p:     filled; program_free releases it
 * @seed:  the same seed gives the same program
 * @items: about how many
 */
void gen_program(struct gen *g, struct program *p, u64 seed,
		 unsigned int items)
{
	memset(p, 0, sizeof(*p));
	g->prog = p;
	g->depth = 0;
	g->ctr_is_busy = false;
	rng_seed(&g->rng, seed);
	choose_registers(g);
	block(g, items);
	g->prog = NULL;
}

/**
 * program_free - release a program
 * @p: from gen_program
 */
void program_free(struct program *p)
{
	free(p->items);
	memset(p, 0, sizeof(*p));
}

/* ---- layout ------------------------------------------------------------ */

/**
 * program_words - length of a program
 * @p: program
 */
unsigned int program_words(const struct program *p)
{
	unsigned int i, n = 0;

	for (i = 0; i < p->n; i++)
		n += p->items[i].n;
	return n;
}

static u32 item_address(const struct program *p, u32 at, s32 item)
{
	s32 i;

	for (i = 0; i < item; i++)
		at += 4u * p->items[i].n;
	return at;
}

static void fix_word(const struct item *it, u32 at, u32 target, u32 *words)
{
	u32 *w = &words[it->fix_at];

	switch ((enum fix)it->fix) {
	case FIX_NONE:
		break;
	case FIX_I:
		*w |= (target - (at + 4u * it->fix_at)) & 0x03fffffc;
		break;
	case FIX_B:
		*w |= (target - (at + 4u * it->fix_at)) & 0xfffc;
		break;
	case FIX_ABSOLUTE:
		*w |= target & 0x03fffffc;
		break;
	case FIX_ADDI:
		*w |= (target - (at + 4u * it->link_at)) & 0xffff;
		break;
	}
}

/**
 * program_layout - the words of a program
 * @p:     program
 * @at:    address of the first word, below 32 MB for a `ba` to be right
 * @words: filled
 *
 * Returns: how many words.
 */
unsigned int program_layout(const struct program *p, u32 at, u32 *words)
{
	unsigned int i, n = 0;

	for (i = 0; i < p->n; i++) {
		const struct item *it = &p->items[i];

		memcpy(&words[n], it->w, 4u * it->n);
		if (it->n && it->fix != FIX_NONE)
			fix_word(it, at + 4 * n,
				 item_address(p, at, it->target), &words[n]);
		n += it->n;
	}
	return n;
}
