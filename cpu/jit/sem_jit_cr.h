/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/sem_jit_cr.h - the words of XER and of the condition register.
 *
 * Part of sem_jit.h, which has what a word is made of.  A field of CR that a
 * comparison has written is known by the two operands as well, so that a
 * branch compares again and reads nothing.
 */
#ifndef CPU_JIT_SEM_JIT_CR_H
#define CPU_JIT_SEM_JIT_CR_H

static struct v32 xer_ca(struct sx *x)
{
	return held(x, HELD_CA, IR_LD8, STATE(xer_ca));
}

static struct v32 xer_so(struct sx *x)
{
	return held(x, HELD_SO, IR_LD8, STATE(xer_so));
}

static void set_ca(struct sx *x, struct v32 bit)
{
	set_held(x, HELD_CA, IR_ST8, STATE(xer_ca), bit);
}

static void set_so(struct sx *x, struct v32 bit)
{
	set_held(x, HELD_SO, IR_ST8, STATE(xer_so), bit);
}

static void set_ov(struct sx *x, struct v32 bit)
{
	store_state(x, IR_ST8, STATE(xer_ov), bit);
	set_so(x, or32(xer_so(x), bit));
}

static struct v32 xer_ov(struct sx *x)
{
	return load_state(x, IR_LD8, STATE(xer_ov));
}

static struct v32 xer_nibble(struct sx *x)
{
	return or32(shl6(xer_so(x), imm32(3)),
		    or32(shl6(xer_ov(x), imm32(2)),
			 shl6(xer_ca(x), imm32(1))));
}

static void clear_xer_flags(struct sx *x)
{
	store_state(x, IR_ST8, STATE(xer_ov), imm32(0));
	set_so(x, imm32(0));
	set_ca(x, imm32(0));
}

static struct v32 xer(struct sx *x)
{
	return or32(shl6(xer_nibble(x), imm32(28)),
		    load_state(x, IR_LD8, STATE(xer_count)));
}

static void set_xer(struct sx *x, struct v32 v)
{
	store_state(x, IR_ST8, STATE(xer_ov),
		    and32(shr6(v, imm32(30)), imm32(1)));
	set_so(x, shr6(v, imm32(31)));
	set_ca(x, and32(shr6(v, imm32(29)), imm32(1)));
	store_state(x, IR_ST8, STATE(xer_count), and32(v, imm32(0x7f)));
}

/* ---- condition register --------------------------------------------------- */

/* Not negative, by the operation that it comes from. */
static bool is_positive(struct v32 a)
{
	const struct irn *n, *b;

	if (!a.x)
		return a.v < 0x80000000u;
	n = &a.x->ir->n[a.v];
	b = n->b == IR_NO ? n : &a.x->ir->n[n->b];
	return is_truth(a) || (n->op == IR_LOAD && n->kind < 4) ||
	       (b->op == IR_CONST &&
		((n->op == IR_AND && b->imm < 0x80000000u) ||
		 (n->op == IR_SHR && b->imm)));
}

static void compare(struct sx *x, unsigned int f, struct v32 a, struct v32 b,
		    enum ir_cmp kind)
{
	u16 ra = ref(x, a), rb = ref(x, b);

	/* the same, and less to store */
	if (kind == CMP_SIGNED && is_positive(a) && is_positive(b))
		kind = CMP_UNSIGNED;

	x->ir->n[add_node(x, IR_CMP, ra, rb, f)].kind = (u8)kind;
	x->cr[f] = (struct cr_known){ (u8)kind, ra, rb, IR_NO };
}

static void cr_signed(struct sx *x, unsigned int f, struct v32 a, struct v32 b)
{
	compare(x, f, a, b, CMP_SIGNED);
}

static void cr_unsigned(struct sx *x, unsigned int f, struct v32 a,
			struct v32 b)
{
	compare(x, f, a, b, CMP_UNSIGNED);
}

static void cr_result(struct sx *x, struct v32 v)
{
	compare(x, 0, v, imm32(0), CMP_RESULT);
}

/* A bit of a comparison of two constants. */
static bool compare_constants(const struct cr_known *k, u32 a, u32 b,
			      unsigned int bit)
{
	if (bit == 2)
		return a == b;
	if (k->kind == CMP_UNSIGNED)
		return bit ? a > b : a < b;
	return bit ? (s32)a > (s32)b : (s32)a < (s32)b;
}

static struct v32 cr_bit(struct sx *x, unsigned int f, unsigned int bit)
{
	const struct cr_known *k = &x->cr[f];
	struct v32 v;

	if (bit == 3)
		return load_state(x, IR_LD8, STATE(cr_so) + f);
	if (k->kind != CMP_NONE && k->kind != CMP_FLOAT &&
	    x->ir->n[k->a].op == IR_CONST && x->ir->n[k->b].op == IR_CONST)
		return imm32(compare_constants(k, x->ir->n[k->a].imm,
					       x->ir->n[k->b].imm, bit));
	v = value(x, IR_CRBIT, IR_NO, IR_NO, f << 2 | bit);
	if (k->kind != CMP_NONE) {
		x->ir->n[v.v].kind = k->kind;
		x->ir->n[v.v].a = k->a;
		x->ir->n[v.v].b = k->b;
		x->ir->n[v.v].c = k->c;
	}
	return v;
}

static struct v32 cr_bit_dynamic(struct sx *x, unsigned int f, unsigned int bit)
{
	return cr_bit(x, f, bit);
}

/*
 * SO and one of LT, GT, EQ: what a comparison of these two constants leaves,
 * which a branch then need not look at.
 */
static bool is_like_comparison(const struct sx *x, struct v32 nibble, u32 *a,
			       u32 *b)
{
	const struct irn *n;
	u32 bit;

	if (!nibble.x || x->held[HELD_SO] == IR_NO)
		return false;
	n = &x->ir->n[nibble.v];
	if (n->op != IR_OR || n->b != x->held[HELD_SO] ||
	    x->ir->n[n->a].op != IR_CONST)
		return false;
	bit = x->ir->n[n->a].imm;
	*a = bit == 4;
	*b = bit == 8;
	return bit == 2 || bit == 4 || bit == 8;
}

static void set_cr_field(struct sx *x, unsigned int f, struct v32 nibble)
{
	u32 a, b;

	if (is_like_comparison(x, nibble, &a, &b)) {
		compare(x, f, imm32(a), imm32(b), CMP_UNSIGNED);
		return;
	}
	add_node(x, IR_CRSET, ref(x, nibble), IR_NO, f);
	x->cr[f].kind = CMP_NONE;
}

static void set_cr_masked(struct sx *x, unsigned int fxm, struct v32 v)
{
	unsigned int f;

	for (f = 0; f < 8; f++)
		if (fxm & 0x80u >> f)
			set_cr_field(x, f, and32(shr6(v, imm32(28 - 4 * f)),
						 imm32(15)));
}

static void copy_cr_field(struct sx *x, unsigned int to, unsigned int from)
{
	add_node(x, IR_CRCOPY, IR_NO, IR_NO, to << 3 | from);
	x->cr[to].kind = CMP_NONE;
}

static void set_cr_bit(struct sx *x, unsigned int n, struct v32 bit)
{
	struct v32 v = shl6(and32(bit, imm32(1)), imm32(3 - (n & 3)));
	unsigned int i;

	for (i = 0; i < 4; i++)
		if (i != (n & 3))
			v = or32(v, shl6(cr_bit(x, n >> 2, i), imm32(3 - i)));
	set_cr_field(x, n >> 2, v);
}

static struct v32 cr_all(struct sx *x)
{
	return value(x, IR_CR_ALL, IR_NO, IR_NO, 0);
}

#endif
