/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/gen_op.c - one random item of each class: the operands
 * of an instruction by its form, and what sets up its address or its XER.
 */
#include "tests/diff/random/gen.h"

#include "base/bits.h"
#include "cpu/fpu.h"
#include "cpu/spr.h"

/* Registers that a string or multiple instruction may load. */
struct span {
	unsigned int first, count;
};

static const struct gen_row *any_row(struct gen *g, enum gen_class c)
{
	return &g->rows[c][rng_below(&g->rng, g->count[c])];
}

static u32 any_rc(struct gen *g, enum insn_id id)
{
	u32 w = 0;

	if (insn_table[id].flags & RC)
		w |= rng_below(&g->rng, 2);
	if (insn_table[id].flags & OE)
		w |= rng_below(&g->rng, 2) << 10;
	return w;
}

static u32 any_simm(struct gen *g)
{
	return rng_chance(&g->rng, 50) ? rng_word(&g->rng) & 0xffff :
	       (u32)rng_next(&g->rng) & 0xffff;
}

/* ---- integer and condition register ------------------------------------ */

/* Only an unsigned sum that checks or saturates is right in QEMU. */
static bool is_mac_refused(const struct gen *g, enum insn_id id, u32 rc)
{
	if (!(g->flags & GEN_NO_MAC) || insn_table[id].form != FORM_AD_A_B)
		return false;
	switch (id) {
	case INSN_macchwsu: case INSN_machhwsu: case INSN_maclhwsu:
		return false;
	case INSN_macchwu: case INSN_machhwu: case INSN_maclhwu:
		return !(rc & 0x400);
	default:
		return true;
	}
}

static u32 int_operands(struct gen *g, unsigned int form)
{
	u32 d = field_d(gen_free_gpr(g)), s = field_d(gen_gpr(g));
	u32 to = field_a(gen_free_gpr(g)), a = field_a(gen_gpr(g));
	u32 b = field_b(gen_gpr(g)), sh = field_b(rng_below(&g->rng, 32));
	u32 mask = field_c(rng_below(&g->rng, 32)) |
		   rng_below(&g->rng, 32) << 1;

	switch (form) {
	case FORM_D_A0_SI: case FORM_D_A_SI:
		return d | a | any_simm(g);
	case FORM_A_S_UI:
		return s | to | any_simm(g);
	case FORM_D_A:
		return d | a;
	case FORM_A_S:
		return s | to;
	case FORM_A_S_B:
		return s | to | b;
	case FORM_A_S_SH:
		return s | to | sh;
	case FORM_M_SH: case FORM_M_INS:
		return s | to | sh | mask;
	case FORM_M_B:
		return s | to | b | mask;
	case FORM_ISEL:
		return d | a | b | field_c(rng_below(&g->rng, 32));
	default:
		return d | a | b;
	}
}

static void item_int(struct gen *g)
{
	const struct gen_row *row = any_row(g, CLASS_INT);
	struct item *it = gen_new_item(g);
	u32 rc = any_rc(g, row->id);

	if (rng_chance(&g->rng, 12) || is_mac_refused(g, row->id, rc)) {
		put_constant(it, gen_free_gpr(g), rng_word(&g->rng));
		return;
	}
	put_word(it, row->word | rc |
		 int_operands(g, insn_table[row->id].form));
}

/* Among few registers: copies of copies, and what came back by way of one. */
static void item_copy(struct gen *g)
{
	u32 s = g->hot[rng_below(&g->rng, 3)], to = g->hot[rng_below(&g->rng, 3)];

	put_word(gen_new_item(g), W_X(444, s, to, s));
}

static void item_cr(struct gen *g)
{
	const struct gen_row *row = any_row(g, CLASS_CR);
	struct item *it = gen_new_item(g);
	u32 bf = field_d(rng_below(&g->rng, 8) << 2);
	u32 a = field_a(gen_gpr(g)), w = row->word;

	switch (insn_table[row->id].form) {
	case FORM_BF_A_SI: case FORM_BF_A_UI:
		w |= bf | a | any_simm(g);
		break;
	case FORM_BF_A_B:
		w |= bf | a | field_b(gen_gpr(g));
		break;
	case FORM_CR_BITS:
		w |= field_d(rng_below(&g->rng, 32)) |
		     field_a(rng_below(&g->rng, 32)) |
		     field_b(rng_below(&g->rng, 32));
		break;
	case FORM_MCRF:
		w |= bf | field_a(rng_below(&g->rng, 8) << 2);
		break;
	case FORM_MCRXR:
		w |= bf;
		break;
	case FORM_FXM_S:
		w |= field_d(gen_gpr(g)) | rng_below(&g->rng, 256) << 12;
		break;
	default:
		w |= field_d(gen_free_gpr(g));
		break;
	}
	put_word(it, w);
}

/* ---- addresses --------------------------------------------------------- */

static unsigned int size_of(enum insn_id id)
{
	const char *n = insn_table[id].name;

	n += n[0] == 'l' ? 1 : 2;
	if (*n == 'f')
		n++;
	return *n == 'b' ? 1 : *n == 'h' ? 2 : *n == 'd' ? 8 : 4;
}

static bool is_indexed(unsigned int form)
{
	switch (form) {
	case FORM_LD_X: case FORM_LDU_X: case FORM_ST_X: case FORM_STU_X:
	case FORM_FLD_X: case FORM_FLDU_X: case FORM_FST_X: case FORM_FSTU_X:
	case FORM_EA_X: case FORM_LSWX: case FORM_STSWX:
		return true;
	default:
		return false;
	}
}

static bool is_update(unsigned int form)
{
	switch (form) {
	case FORM_LDU_D: case FORM_LDU_X: case FORM_STU_D: case FORM_STU_X:
	case FORM_FLDU_D: case FORM_FLDU_X: case FORM_FSTU_D: case FORM_FSTU_X:
		return true;
	default:
		return false;
	}
}

static bool is_in(struct span s, unsigned int r)
{
	return ((r - s.first) & 31) < s.count;
}

/* A register to hold an address: not 0, not in @not. */
static unsigned int address_gpr(struct gen *g, struct span not)
{
	unsigned int r;

	do
		r = gen_free_gpr(g);
	while (r == 0 || is_in(not, r));
	return r;
}

/* @word, of form d(rA), at @off of the area; @not is what it loads. */
static void put_displaced(struct gen *g, struct item *it, u32 word, s32 off,
			  struct span not, bool update)
{
	s32 x = (s32)rng_below(&g->rng, 0x8000) - 0x4000;
	unsigned int r;

	off -= (s32)DATA_BIAS;
	if (!update && rng_chance(&g->rng, 60)) {
		put_word(it, word | field_a(g->prog->base) |
			 ((u32)off & 0xffff));
		return;
	}
	r = address_gpr(g, not);
	put_word(it, W_ADDI(r, g->prog->base, (u32)x));
	put_word(it, word | field_a(r) | ((u32)(off - x) & 0xffff));
}

/* The same for rA,rB. */
static void put_indexed(struct gen *g, struct item *it, u32 word, s32 off,
			struct span not, bool update)
{
	s32 x = (s32)rng_below(&g->rng, 0x4000) - 0x2000;
	unsigned int base = g->prog->base, r = address_gpr(g, not), q;

	off -= (s32)DATA_BIAS;
	switch (rng_below(&g->rng, 4) | (update ? 2 : 0)) {
	case 0:
		put_word(it, W_ADDI(r, 0, (u32)off));
		put_word(it, word | field_a(base) | field_b(r));
		break;
	case 1:
		put_word(it, W_ADDI(r, base, (u32)off));
		put_word(it, word | field_b(r));
		break;
	case 2:
		do
			q = address_gpr(g, not);
		while (q == r);
		put_word(it, W_ADDI(r, base, (u32)x));
		put_word(it, W_ADDI(q, 0, (u32)(off - x)));
		put_word(it, word | field_a(r) | field_b(q));
		break;
	default:
		put_word(it, W_ADDI(r, 0, (u32)off));
		put_word(it, word | field_a(r) | field_b(base));
		break;
	}
}

static void put_access(struct gen *g, struct item *it, enum insn_id id,
		       u32 word, s32 off, struct span not)
{
	unsigned int form = insn_table[id].form;

	if (is_indexed(form))
		put_indexed(g, it, word, off, not, is_update(form));
	else
		put_displaced(g, it, word, off, not, is_update(form));
}

static s32 any_offset(struct gen *g, unsigned int size)
{
	u32 off = rng_below(&g->rng, DATA_BYTES - size + 1);

	return (s32)(rng_chance(&g->rng, 70) ? off & ~(size - 1) : off);
}

/* ---- memory ------------------------------------------------------------ */

static void item_mem(struct gen *g)
{
	const struct gen_row *row = any_row(g, CLASS_MEM);
	bool is_load = insn_table[row->id].name[0] == 'l';
	unsigned int d = is_load ? gen_free_gpr(g) : gen_gpr(g);
	struct span not = { d, is_load };

	put_access(g, gen_new_item(g), row->id, row->word | field_d(d),
		   any_offset(g, size_of(row->id)), not);
}

/* Within 16 bytes: across them it is an Alignment interrupt [440UM]. */
static void item_fmem(struct gen *g)
{
	const struct gen_row *row = any_row(g, CLASS_FMEM);
	unsigned int size = size_of(row->id);
	u32 off = rng_below(&g->rng, DATA_BYTES / 16) * 16;
	const struct span none = { 0, 0 };

	off += rng_chance(&g->rng, 70) ? rng_below(&g->rng, 16 / size) * size :
	       rng_below(&g->rng, 17 - size);
	if (insn_table[row->id].name[0] == 'l' && rng_chance(&g->rng, 50))
		off = CONST_AT +
		      rng_below(&g->rng, CONST_BYTES / 8) * 8;
	put_access(g, gen_new_item(g), row->id,
		   row->word | field_d(gen_fpr(g)), (s32)off, none);
}

static bool is_span_free(const struct gen *g, struct span s)
{
	unsigned int i;

	for (i = 0; i < s.count; i++)
		if (gen_is_reserved(g, (s.first + i) & 31))
			return false;
	return true;
}

/* Registers for @bytes; none when all tries hit a reserved one. */
static struct span any_span(struct gen *g, unsigned int bytes)
{
	struct span s = { 0, (bytes + 3) / 4 };
	unsigned int i;

	for (i = 0; i < 8; i++) {
		s.first = gen_free_gpr(g);
		if (is_span_free(g, s))
			return s;
	}
	return (struct span){ 0, 0 };
}

static void item_multiple(struct gen *g, const struct gen_row *row)
{
	struct span s = { rng_below(&g->rng, 32), 0 };
	struct item *it = gen_new_item(g);

	if (row->id == INSN_lmw) {
		while (s.first < 32 &&
		       !is_span_free(g, (struct span){ s.first, 32 - s.first }))
			s.first++;
		/* below r5, reserved registers would be all the others but r0 */
		if (s.first < 5 || s.first >= 30)
			return;
		s.count = 32 - s.first;
	}
	put_displaced(g, it, row->word | field_d(s.first),
		      any_offset(g, 4 * (32 - s.first)) & ~3, s, false);
}

static void put_string_immediate(struct gen *g, struct item *it, u32 word,
				 struct span s, unsigned int bytes)
{
	unsigned int r;

	if (bytes <= DATA_BYTES - DATA_BIAS && rng_chance(&g->rng, 20)) {
		put_word(it, word | field_a(g->prog->base));
		return;
	}
	r = address_gpr(g, s);
	put_word(it, W_ADDI(r, g->prog->base, (u32)any_offset(g, bytes) -
			    DATA_BIAS));
	put_word(it, word | field_a(r));
}

static void item_string(struct gen *g)
{
	const struct gen_row *row = any_row(g, CLASS_STRING);
	unsigned int form = insn_table[row->id].form, r;
	bool in_xer = form == FORM_LSWX || form == FORM_STSWX;
	bool is_load = form == FORM_LSWI || form == FORM_LSWX;
	unsigned int bytes = in_xer ? rng_below(&g->rng, 70) :
			     rng_range(&g->rng, 1, 32);
	struct span s = { gen_gpr(g), 0 };
	struct item *it;

	if (form == FORM_LM_D || form == FORM_STM_D) {
		item_multiple(g, row);
		return;
	}
	if (is_load) {
		s = any_span(g, bytes);
		if (bytes && !s.count)
			return;
	}
	it = gen_new_item(g);
	if (!in_xer) {
		put_string_immediate(g, it, row->word | field_d(s.first) |
				     field_b(bytes & 31), s, bytes);
		return;
	}
	r = gen_free_gpr(g);
	put_constant(it, r, bytes | rng_below(&g->rng, 8) << 29);
	put_word(it, W_MTSPR(N_XER, r));
	if (!s.count)	/* the target of a load of no bytes is not a base */
		s = (struct span){ gen_free_gpr(g), is_load };
	put_indexed(g, it, row->word | field_d(s.first),
		    any_offset(g, bytes ? bytes : 1), s, false);
}

/* Pairs mostly; what is left alone meets the next of its kind. */
static void item_reserve(struct gen *g)
{
	struct item *it = gen_new_item(g);
	unsigned int kind = rng_below(&g->rng, 10);
	unsigned int r = address_gpr(g, (struct span){ 0, 0 }), d;

	do
		d = gen_free_gpr(g);
	while (d == r);
	put_word(it, W_ADDI(r, g->prog->base, (u32)any_offset(g, 4) / 4 * 4 -
			    DATA_BIAS));
	if (kind != 0)
		put_word(it, W_X(20, d, 0, r));		/* lwarx */
	if (kind == 1)
		return;
	if (kind == 2)
		put_word(it, W_D(36, gen_gpr(g), r, 0)); /* stw */
	if (kind > 5)
		put_word(it, W_ADDI(d, d, 1));
	put_word(it, W_X(150, kind > 5 ? d : gen_gpr(g), 0, r) | 1);
}

/* ---- floating point ---------------------------------------------------- */

static void item_farith(struct gen *g, enum gen_class class)
{
	const struct gen_row *row = any_row(g, class);
	struct item *it = gen_new_item(g);
	u32 d = field_d(gen_fpr(g)), a = field_a(gen_fpr(g));
	u32 b = field_b(gen_fpr(g)), c = field_c(gen_fpr(g));
	u32 w = row->word | any_rc(g, row->id);

	switch (insn_table[row->id].form) {
	case FORM_F_B:
		w |= d | b;
		break;
	case FORM_F_A_C:
		w |= d | a | c;
		break;
	case FORM_F_A_C_B:
		w |= d | a | b | c;
		break;
	case FORM_BF_FA_FB:
		w |= field_d(rng_below(&g->rng, 8) << 2) | a | b;
		break;
	default:
		w |= d | a | b;
		break;
	}
	put_word(it, w);
}

static u32 mtfsfi_operands(struct gen *g)
{
	u32 bf = rng_below(&g->rng, 8), u = rng_below(&g->rng, 16);

	if (rng_chance(&g->rng, 50))
		bf = 7;
	if (g->flags & GEN_NO_ENABLES)
		u = bf == 6 ? 0 : bf == 7 ? u & 7 : u;
	if ((g->flags & GEN_NO_NI) && bf == 7)
		u &= ~4u;
	return field_d(bf << 2) | u << 12;
}

static u32 mtfsb_operands(struct gen *g, enum insn_id id)
{
	u32 bt;

	do
		bt = rng_chance(&g->rng, 40) ? rng_range(&g->rng, 30, 31) :
		     rng_below(&g->rng, 32);
	while (id == INSN_mtfsb1 &&
	       (((g->flags & GEN_NO_ENABLES) && bt >= 24 && bt <= 28) ||
		((g->flags & GEN_NO_NI) && bt == 29)));
	return field_d(bt);
}

static void put_mtfsf(struct gen *g, struct item *it, u32 word)
{
	unsigned int f = gen_fpr(g);
	u32 fm = rng_below(&g->rng, 256), at;

	if (rng_chance(&g->rng, 60)) {
		at = CONST_AT + CONST_BYTES - DATA_BIAS -
		     8 * rng_range(&g->rng, 1, CONST_FPSCRS);
		put_word(it, W_D(50, f, g->prog->base, at));	/* lfd */
		fm = rng_chance(&g->rng, 50) ? 255 : fm;
	} else if (g->flags & GEN_NO_ENABLES) {
		fm &= ~3u;
	}
	put_word(it, word | fm << 17 | field_b(f));
}

static void item_fpscr(struct gen *g)
{
	const struct gen_row *row = any_row(g, CLASS_FPSCR);
	struct item *it = gen_new_item(g);
	u32 w = row->word | any_rc(g, row->id);

	switch (insn_table[row->id].form) {
	case FORM_F_ONLY:
		put_word(it, w | field_d(gen_fpr(g)));
		break;
	case FORM_MTFSF:
		put_mtfsf(g, it, w);
		break;
	case FORM_MTFSFI:
		put_word(it, w | mtfsfi_operands(g));
		break;
	case FORM_MTFSB:
		put_word(it, w | mtfsb_operands(g, row->id));
		break;
	default:
		put_word(it, w | field_d(rng_below(&g->rng, 8) << 2) |
			 field_a(rng_below(&g->rng, 8) << 2));
		break;
	}
}

/* ---- the rest ---------------------------------------------------------- */

static void put_mfspr(struct gen *g, struct item *it, bool is_mftb, u32 word)
{
	static const u16 plain[] = { SPRN_XER, SPRN_LR, SPRN_CTR };
	static const u16 more[] = { SPRN_USPRG0, SPRN_SPRG4R, SPRN_SPRG5R,
				    SPRN_SPRG6R, SPRN_SPRG7R };
	static const u16 time[] = { SPRN_TBLR, SPRN_TBUR };
	u32 n = plain[rng_below(&g->rng, 3)];

	if (!(g->flags & GEN_NO_USPR) && rng_chance(&g->rng, 40))
		n = more[rng_below(&g->rng, 5)];
	if (is_mftb && (g->flags & GEN_NO_TIME))
		return;
	if (is_mftb || (!(g->flags & GEN_NO_TIME) && rng_chance(&g->rng, 10)))
		n = time[rng_below(&g->rng, 2)];
	put_word(it, word | field_d(gen_free_gpr(g)) | field_a(n & 31) |
		 field_b(n >> 5));
}

static void put_mtspr(struct gen *g, struct item *it)
{
	static const u16 numbers[] = { SPRN_XER, SPRN_LR, SPRN_CTR,
				       SPRN_USPRG0 };
	u32 n = numbers[rng_below(&g->rng,
				  g->flags & GEN_NO_USPR ? 3 : 4)];
	unsigned int r = gen_gpr(g);

	if (g->ctr_is_busy && n == SPRN_CTR)
		return;
	if (rng_chance(&g->rng, 50)) {
		r = gen_free_gpr(g);
		put_constant(it, r, (u32)rng_next(&g->rng));
	}
	put_word(it, W_MTSPR(n, r));
}

static void item_spr(struct gen *g)
{
	const struct gen_row *row = any_row(g, CLASS_SPR);
	struct item *it = gen_new_item(g);

	if (row->id == INSN_mtspr)
		put_mtspr(g, it);
	else
		put_mfspr(g, it, row->id == INSN_mftb, row->word);
}

/* Which TO bits let @a against @b trap. */
static u32 trap_bits(u32 a, u32 b)
{
	return ((s32)a < (s32)b ? 16u : 0) | ((s32)a > (s32)b ? 8u : 0) |
	       (a == b ? 4u : 0) | (a < b ? 2u : 0) | (a > b ? 1u : 0);
}

static void item_trap(struct gen *g)
{
	const struct gen_row *row = any_row(g, CLASS_TRAP);
	struct item *it = gen_new_item(g);
	u32 to = rng_below(&g->rng, 32), v = rng_word(&g->rng);
	u32 imm = any_simm(g);
	unsigned int r = gen_free_gpr(g);
	bool may = !(g->flags & GEN_NO_TRAP) && rng_chance(&g->rng, 50);

	if (row->id == INSN_sc) {
		if (may)
			put_word(it, row->word | 2);
	} else if (row->id == INSN_tw) {
		put_word(it, row->word | field_d(may ? to : to & ~4u) |
			 field_a(r) | field_b(may ? gen_gpr(g) : r));
	} else {
		put_constant(it, r, v);
		if (!may)
			to &= ~trap_bits(v, (u32)sext(imm, 16));
		put_word(it, row->word | field_d(to) | field_a(r) | imm);
	}
}

/**
 * gen_item - add one item, or none where nothing of the class is wanted
 * @g:     generator, inside gen_program
 * @class: not CLASS_BRANCH, CLASS_PRIV
 */
void gen_item(struct gen *g, enum gen_class class)
{
	const struct gen_row *row;

	if (!g->count[class] && class != CLASS_COPY)
		return;
	switch (class) {
	case CLASS_COPY:
		item_copy(g);
		break;
	case CLASS_INT:
		item_int(g);
		break;
	case CLASS_CR:
		item_cr(g);
		break;
	case CLASS_MEM:
		item_mem(g);
		break;
	case CLASS_STRING:
		item_string(g);
		break;
	case CLASS_RESERVE:
		item_reserve(g);
		break;
	case CLASS_FMEM:
		item_fmem(g);
		break;
	case CLASS_FARITH: case CLASS_FMOVE:
		item_farith(g, class);
		break;
	case CLASS_FPSCR:
		item_fpscr(g);
		break;
	case CLASS_SPR:
		item_spr(g);
		break;
	case CLASS_CACHE:
		row = any_row(g, class);
		put_access(g, gen_new_item(g), row->id, row->word,
			   any_offset(g, 4), (struct span){ 0, 0 });
		break;
	case CLASS_HINT:
		row = any_row(g, class);
		put_word(gen_new_item(g), row->word | field_a(gen_gpr(g)) |
			 field_b(gen_gpr(g)));
		break;
	case CLASS_SYNC:
		put_word(gen_new_item(g), any_row(g, class)->word);
		break;
	case CLASS_TRAP:
		item_trap(g);
		break;
	default:
		break;
	}
}
