/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/lower_fp.c - floating point with the host's AVX and FMA; what it may
 * do and why stands in cpu/fpu_host.h.  Beyond that: an operation on singles is
 * done in single precision, which rounds once; and an infinity that comes from
 * an infinity is exact.
 *
 * Registers and what waits to be stored are fpr.c's.  All registers of a node
 * are taken before its slow path notes what waits.
 */
#include "cpu/fpu_host.h"
#include "cpu/jit/lower.h"
#include "cpu/jit/x64_avx.h"

/* ---- arithmetic ----------------------------------------------------------- */

/* Operands of an operation: FPRs, and where they are.  NO_REG for none. */
struct operands {
	u8 f[3], x[3];
};

static struct operands operands_of(const struct op *o, enum fpu_lazy_op op)
{
	struct operands p = { { o->a, o->b, NO_REG }, { 0 } };

	memset(p.x, NO_REG, sizeof(p.x));
	if (op == FPU_LAZY_MUL)
		p.f[1] = o->c;
	if (op == FPU_LAZY_MADD)
		p.f[2] = o->c;
	if (op == FPU_LAZY_RSP)
		p.f[0] = NO_REG;
	return p;
}

/* All are, or may be, of single precision: the operation can be, too. */
static bool is_narrow(struct lower *l, struct operands *p)
{
	unsigned int i;
	bool narrow = !l->is_eager;

	for (i = 0; i < 3; i++) {
		if (p->f[i] == NO_REG)
			continue;
		p->x[i] = (u8)fpr_get(l, p->f[i]);
		if (l->fp.form[p->x[i]] == FPR_DOUBLE)
			narrow = false;
	}
	return narrow;
}

static void get_operands(struct lower *l, u16 i, struct operands *p,
			 bool is_single)
{
	unsigned int k;

	for (k = 0; k < 3; k++) {
		if (p->f[k] == NO_REG)
			continue;
		p->x[k] = (u8)(is_single ? fpr_get_single(l, p->f[k], i) :
			       fpr_get_double(l, p->f[k]));
	}
}

/* Opcodes of vfmadd231sd, vfmsub231sd, vfnmsub231sd, vfnmadd231sd. */
static unsigned int fma_op(unsigned int form)
{
	static const u8 op[4] = { 0xb9, 0xbb, 0xbf, 0xbd };

	return op[(form & FPU_SUB ? 1 : 0) + (form & FPU_NEG ? 2 : 0)];
}

/* @d = the result, of operands that are singles or doubles. */
static void compute(struct lower *l, enum fpu_lazy_op op, unsigned int form,
		    const struct operands *p, unsigned int d, bool is_single)
{
	unsigned int pp = is_single ? 2 : 3;
	struct code_buf *b = l->b;

	switch (op) {
	case FPU_LAZY_ADD:
		vop(b, pp, form & FPU_SUB ? 0x5c : 0x58, d, p->x[0], p->x[1]);
		break;
	case FPU_LAZY_MUL:
		vop(b, pp, 0x59, d, p->x[0], p->x[1]);
		break;
	case FPU_LAZY_DIV:
		vop(b, pp, 0x5e, d, p->x[0], p->x[1]);
		break;
	case FPU_LAZY_MADD:
		vmov(b, d, p->x[1]);
		vfma(b, fma_op(form), !is_single, d, p->x[0], p->x[2]);
		break;
	case FPU_LAZY_RSP:
		vop(b, 3, 0x5a, d, p->x[1], p->x[1]);	/* vcvtsd2ss */
		break;
	}
}

/* An operation on doubles with a result of single precision, in @d. */
static void compute_mixed(struct lower *l, enum fpu_lazy_op op,
			  unsigned int form, const struct operands *p,
			  unsigned int d, struct slow_path *s)
{
	struct code_buf *b = l->b;

	compute(l, op, form, p, 0, false);
	vget(b, false, RAX, 0);
	alu_ri(b, ALU_AND, false, RAX, FPU_HOST_TIE_MASK);
	alu_ri(b, ALU_CMP, false, RAX, FPU_HOST_TIE);
	s->jumps[0] = jcc_fwd(b, CC_E);
	vop(b, 3, 0x5a, d, 0, 0);
}

/*
 * The result in @d is well inside the range, or lower_special sees to it; @first
 * has it before it was rounded to single.
 */
static void check_range(struct lower *l, u16 i, const struct operands *p,
			unsigned int d, unsigned int first,
			struct slow_path *s)
{
	bool is_single = l->fp.form[d] == FPR_SINGLE;
	struct fp_special *z = &l->special[l->specials++];
	unsigned int k;

	/* exponent all ones, or all zeros, but for its last bit */
	vop_const(l->b, 2, 0x17, d, 0, l->j->stubs.range[is_single]);
	z->node = i;
	z->slow = s;
	for (k = 0; k < 4; k++) {
		z->x[k] = (u8)(k < 3 ? p->x[k] : first);
		if (z->x[k] != NO_REG)
			z->form[k] = l->fp.form[z->x[k]];
	}
	z->jump = jcc_fwd(l->b, CC_BE);
	z->back = l->b->used;
}

static void lower_arith(struct lower *l, u16 i)
{
	const struct op *o = op_of(l, i);
	enum fpu_lazy_op op = (enum fpu_lazy_op)(node(l, i)->kind & 15);
	unsigned int form = node(l, i)->kind >> 4, d;
	struct operands p = operands_of(o, op);
	bool is_single = form & FPU_SGL;
	bool narrow = is_narrow(l, &p) && is_single && op != FPU_LAZY_RSP;
	bool is_mixed = is_single && !narrow && op != FPU_LAZY_RSP;
	struct slow_path *s;

	get_operands(l, i, &p, narrow);
	d = fpr_take(l);
	s = jit_slow_path(l, i, NO_REG);
	l->fp.form[d] = is_single ? FPR_SINGLE : FPR_DOUBLE;
	if (is_mixed)
		compute_mixed(l, op, form, &p, d, s);
	else
		compute(l, op, form, &p, d, narrow);
	check_range(l, i, &p, d, is_mixed ? 0 : d, s);
	jit_slow_back(l, s);
	fpr_note(l, FPU_NOTE(op, form), p.x[0], p.x[1], p.x[2]);
	fpr_set(l, o->d, d, is_single ? FPR_SINGLE : FPR_DOUBLE);
}

/* rax = twice the bits of a value: without its sign.  Sets ZF. */
static void double_bits(struct lower *l, const struct fp_special *z,
			unsigned int k)
{
	bool w = z->form[k] != FPR_SINGLE;

	vget(l->b, w, RAX, z->x[k]);
	alu_rr(l->b, ALU_ADD, w, RAX, RAX);
}

static void test_infinity(struct lower *l, const struct fp_special *z,
			  unsigned int k)
{
	double_bits(l, z, k);
	if (z->form[k] == FPR_SINGLE) {
		alu_ri(l->b, ALU_CMP, false, RAX, (s32)0xff000000u);
		return;
	}
	mov_ri64(l->b, RCX, FPU_INF << 1);
	alu_rr(l->b, ALU_CMP, true, RAX, RCX);
}

/* A zero is right as fpu_host_zero says; as a quotient of 0; and of 0 rounded
 * or with 0 added. */
static void lower_zero(struct lower *l, const struct fp_special *z,
		       enum fpu_lazy_op op)
{
	struct slow_path *s = z->slow;
	struct code_buf *b = l->b;

	if (op == FPU_LAZY_ADD) {
		jmp_to(b, z->back);
		return;
	}
	if (op == FPU_LAZY_MADD) {
		double_bits(l, z, 1);
		s->jumps[3] = jcc_fwd(b, CC_NE);
	}
	double_bits(l, z, op == FPU_LAZY_RSP ? 1 : 0);
	jcc_to(b, CC_E, z->back);
	if (op == FPU_LAZY_MUL || op == FPU_LAZY_MADD) {
		double_bits(l, z, op == FPU_LAZY_MUL ? 1 : 2);
		jcc_to(b, CC_E, z->back);
	}
	s->jumps[2] = jmp_fwd(b);
}

/*
 * A result out of range is right if it is a zero and exact, or an infinity
 * that comes from one.
 */
static void lower_special(struct lower *l, const struct fp_special *z)
{
	unsigned int kind = node(l, z->node)->kind, k;
	enum fpu_lazy_op op = (enum fpu_lazy_op)(kind & 15);
	struct code_buf *b = l->b;
	size_t zero, finite;

	patch_here(b, z->jump);
	double_bits(l, z, 3);
	zero = jcc_fwd(b, CC_E);
	test_infinity(l, z, 3);
	finite = jcc_fwd(b, CC_NE);
	for (k = 0; k < 3; k++) {
		if (z->x[k] == NO_REG || (op == FPU_LAZY_DIV && k))
			continue;
		test_infinity(l, z, k);
		jcc_to(b, CC_E, z->back);
	}
	patch_here(b, finite);
	/* where signs are turned after rounding, zeros are the body's */
	if (kind >> 4 & FPU_NEG)
		patch_here(b, zero);
	z->slow->jumps[1] = jmp_fwd(b);
	if (kind >> 4 & FPU_NEG)
		return;
	patch_here(b, zero);
	lower_zero(l, z, op);
}

/* A single was loaded whose exponent is all ones: go on with an infinity. */
static void lower_loaded(struct lower *l, const struct fp_special *z)
{
	patch_here(l->b, z->jump);
	test_infinity(l, z, 3);
	jcc_to(l->b, CC_E, z->back);
	z->slow->jumps[2] = jmp_fwd(l->b);
}

/**
 * jit_lower_specials - out of line: what to do with values out of range
 * @l: block, whose slow paths are not emitted yet
 */
void jit_lower_specials(struct lower *l)
{
	const struct fp_special *z;

	for (z = l->special; z < l->special + l->specials; z++) {
		if (node(l, z->node)->op == IR_FP_LOAD)
			lower_loaded(l, z);
		else
			lower_special(l, z);
	}
}

/**
 * jit_check_fp_ready - XX set, RN to nearest, and no enabled exception that
 *                      waits, or the slow path
 * @l: block
 * @i: node of its instruction
 */
void jit_check_fp_ready(struct lower *l, u16 i)
{
	struct slow_path *s = jit_slow_path(l, i, NO_REG);
	struct code_buf *b = l->b;

	ld32(b, RAX, RBP, OFF(s.fpscr));
	alu_ri(b, ALU_AND, false, RAX,
	       (s32)(FPSCR_XX | FPSCR_RN | FPSCR_FEX));
	alu_ri(b, ALU_CMP, false, RAX, (s32)FPSCR_XX);
	s->jumps[0] = jcc_fwd(b, CC_NE);
	jit_slow_back(l, s);
}

/**
 * jit_check_fp_on - MSR[FP] set, or the slow path
 * @l: block
 * @i: node of its instruction
 */
void jit_check_fp_on(struct lower *l, u16 i)
{
	test_byte(l->b, RBP, OFF(s.msr) + 1, MSR_FP >> 8);
	jit_slow_if(l, CC_E, i);
}

/* ---- moves, comparison, conversion --------------------------------------- */

static void lower_move(struct lower *l, u16 i)
{
	const struct op *o = op_of(l, i);
	unsigned int xb = fpr_get(l, o->b), d = fpr_take(l);
	const struct jit_stubs *st = &l->j->stubs;
	struct code_buf *b = l->b;
	bool is_single = l->fp.form[xb] == FPR_SINGLE;

	switch ((enum ir_fp_move)node(l, i)->kind) {
	case FP_COPY:
		vmov(b, d, xb);
		break;
	case FP_NEG:
		vop_const(b, 1, 0x57, d, xb, st->sign[is_single]);
		break;
	case FP_ABS:
		vop_const(b, 1, 0x54, d, xb, st->magnitude[is_single]);
		break;
	case FP_NABS:
		vop_const(b, 1, 0x56, d, xb, st->sign[is_single]);
		break;
	}
	fpr_set(l, o->d, d, (enum fpr_form)l->fp.form[xb]);
}

static void lower_fcmp(struct lower *l, u16 i)
{
	const struct op *o = op_of(l, i);

	fpr_compare(l, i, o->d, o->a, o->b);
}

/* fctiwz: FR is 0, FI says whether there was a fraction; FPRF stays. */
static void lower_to_int(struct lower *l, u16 i)
{
	const struct op *o = op_of(l, i);
	unsigned int r = jit_alloc(l), xb = fpr_get_double(l, o->b), d;
	struct code_buf *b = l->b;
	struct slow_path *s;

	d = fpr_take(l);
	fpr_flush_notes(l);
	s = jit_slow_path(l, i, NO_REG);
	vop(b, 3, 0x2c, RAX, 0, xb);		/* vcvttsd2si */
	alu_ri(b, ALU_CMP, false, RAX, (s32)0x80000000u);
	s->jumps[0] = jcc_fwd(b, CC_E);
	vop(b, 3, 0x2a, 1, 1, RAX);		/* vcvtsi2sd */
	mov_ri(b, RCX, 0);
	vcmp(b, false, 1, xb);
	setcc(b, CC_NE, RCX);
	shift_ri(b, SH_SHL, false, RCX, 17);	/* FI */
	alu_mi(b, ALU_AND, RBP, OFF(s.fpu.note), ~(FPSCR_FR | FPSCR_FI));
	ld32(b, r, RBP, OFF(s.fpscr));
	alu_ri(b, ALU_AND, false, r, (s32)~(FPSCR_FR | FPSCR_FI));
	alu_rr(b, ALU_OR, false, r, RCX);
	st32(b, RBP, OFF(s.fpscr), r);
	mov_ri64(b, RCX, FPU_HIGH_WORD);
	alu_rr(b, ALU_OR, true, RAX, RCX);
	vput(b, true, d, RAX);
	fpr_set(l, o->d, d, FPR_DOUBLE);
	jit_slow_back(l, s);
}

/* FRA >= 0, also -0, selects FRC; a NaN selects FRB. */
static void lower_sel(struct lower *l, u16 i)
{
	const struct op *o = op_of(l, i);
	unsigned int xa = fpr_get_double(l, o->a), xc = fpr_get_double(l, o->c);
	unsigned int xb = fpr_get_double(l, o->b), d = fpr_take(l);
	struct code_buf *b = l->b;
	size_t skip;

	vop(b, 1, 0x57, 1, 1, 1);		/* vxorpd */
	vcmp(b, false, xa, 1);
	vmov(b, d, xc);
	skip = jcc_fwd(b, CC_AE);
	vmov(b, d, xb);
	patch_here(b, skip);
	/* unordered sets CF as well, so it took FRB */
	fpr_set(l, o->d, d, FPR_UNKNOWN);
}

/* ---- FPSCR ------------------------------------------------------------------ */

/* What is noted has to be worked out before anybody sees FPSCR. */
static void lower_get(struct lower *l, u16 i)
{
	struct code_buf *b = l->b;
	unsigned int d;
	size_t settled;

	fpr_leave(l);
	cmp_mi(b, false, RBP, OFF(s.fpu.note), 0);
	settled = jcc_fwd(b, CC_E);
	call_to(b, l->j->stubs.settle);
	patch_here(b, settled);
	d = fpr_take(l);
	mov_ri64(b, RAX, FPU_HIGH_WORD);
	ld32(b, RCX, RBP, OFF(s.fpscr));
	alu_rr(b, ALU_OR, true, RAX, RCX);
	vput(b, true, d, RAX);
	fpr_set(l, op_of(l, i)->d, d, FPR_DOUBLE);
}

/* VX follows from its causes; FEX is 0 where no exception is enabled. */
static void lower_put(struct lower *l, u16 i)
{
	unsigned int x = fpr_get_double(l, op_of(l, i)->b);
	struct slow_path *s = jit_slow_path(l, i, NO_REG);
	struct code_buf *b = l->b;
	size_t valid;

	vget(b, false, RAX, x);
	test_low(b, RAX, FPSCR_ENABLES);
	s->jumps[0] = jcc_fwd(b, CC_NE);
	alu_ri(b, ALU_AND, false, RAX,
	       (s32)(FPSCR_IMPL & ~(FPSCR_VX | FPSCR_FEX)));
	mov_rr(b, RCX, RAX);
	alu_ri(b, ALU_AND, false, RCX, (s32)FPSCR_VX_ALL);
	valid = jcc_fwd(b, CC_E);
	alu_ri(b, ALU_OR, false, RAX, (s32)FPSCR_VX);
	patch_here(b, valid);
	st32(b, RBP, OFF(s.fpscr), RAX);
	st32_imm(b, RBP, OFF(s.fpu.note), 0);
	fpr_drop_notes(l);
	jit_slow_back(l, s);
}

/* FEX stays if XE does not change; what is noted was rounded to nearest. */
static void lower_mode(struct lower *l, u16 i)
{
	struct slow_path *s = jit_slow_path(l, i, NO_REG);
	u32 field = FPSCR_XE | FPSCR_NI | FPSCR_RN;
	struct code_buf *b = l->b;

	ld32(b, RAX, RBP, OFF(s.fpscr));
	test_low(b, RAX, FPSCR_XE);
	s->jumps[0] = jcc_fwd(b, CC_NE);
	alu_ri(b, ALU_AND, false, RAX, (s32)~field);
	if (node(l, i)->kind)
		alu_ri(b, ALU_OR, false, RAX, node(l, i)->kind);
	st32(b, RBP, OFF(s.fpscr), RAX);
	jit_slow_back(l, s);
}

/* ---- memory --------------------------------------------------------------- */

/* Where an access finds its bytes: at [base + index], or at [base + disp]. */
struct place {
	unsigned int base, index;	/* index: NO_REG for none */
	s32 disp;
};

/* The place of access @i; rcx may be part of it. */
static struct place find_place(struct lower *l, u16 i, unsigned int size,
			       bool is_store, struct slow_path **s)
{
	const struct share *g = share_of(l, i);
	struct place p = { RCX, NO_REG, 0 };
	unsigned int base = NO_REG;

	if (!g) {
		p.index = jit_get(l, node(l, i)->a);
		*s = jit_slow_path(l, i, NO_REG);
		jit_find_page(l, p.index, size, is_store, *s);
		return p;
	}
	p.disp = share_disp(l, i);
	if (g->head != i) {
		*s = jit_slow_path(l, i, NO_REG);
		p.base = share_page(l, g);
		return p;
	}
	if (g->base != IR_NO)
		base = jit_get(l, g->base);
	p.base = jit_alloc(l);
	*s = jit_slow_path(l, i, NO_REG);
	share_head(l, g, base, p.base, *s);
	jit_bind(l, g->page, p.base);
	return p;
}

/* Load (0x10) or store (0x11) at a place. */
static void access_place(struct lower *l, unsigned int op, bool is_single,
			 unsigned int x, const struct place *p)
{
	if (p->index != NO_REG)
		vmem_sib(l->b, op, is_single, x, p->base, p->index);
	else
		vmem_disp(l->b, op, is_single, x, p->base, p->disp);
}

/* The double at a load's address was just stored as two words. */
static void lower_joined(struct lower *l, u16 i, unsigned int hi,
			 unsigned int lo)
{
	const struct irn *n = node(l, i);
	unsigned int d = fpr_take(l), ea;
	struct code_buf *b = l->b;
	struct slow_path *s;

	if (!share_of(l, i)) {
		/* ROM takes no store; what is not readable is not for us */
		ea = jit_get(l, n->a);
		s = jit_slow_path(l, i, NO_REG);
		jit_find_page(l, ea, 8, true, s);
		cmp_table(b, TABLE_RD, RAX);
		s->jumps[2] = jcc_fwd(b, CC_E);
		jit_slow_back(l, s);
	}
	mov_rr(b, RAX, hi);
	shift_ri(b, SH_SHL, true, RAX, 32);
	alu_rr(b, ALU_OR, true, RAX, lo);
	vput(b, true, d, RAX);
	fpr_set(l, op_of(l, i)->d, d, FPR_DOUBLE);
}

static void lower_load(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	const struct op *o = op_of(l, i);
	const struct share *g = share_of(l, i);
	bool is_single = n->kind == FP_SINGLE;
	struct code_buf *b = l->b;
	struct fp_special *z;
	struct slow_path *s;
	struct place p;
	unsigned int d;

	jit_leave_base(l, i);
	/* the head of a group knows of loads only, or of all its accesses */
	if (n->b != IR_NO && !(g && g->head == i)) {
		d = jit_get(l, n->b);
		lower_joined(l, i, d, jit_get(l, n->c));
		return;
	}
	d = fpr_take(l);
	p = find_place(l, i, is_single ? 4 : 8, false, &s);
	access_place(l, 0x10, is_single, d, &p);
	vop_const(b, 2, 0, d, d, l->j->stubs.swap[is_single]);
	if (is_single) {	/* a NaN would lose its kind */
		z = &l->special[l->specials++];
		*z = (struct fp_special){ .node = i, .slow = s };
		z->form[3] = FPR_SINGLE;
		z->x[3] = (u8)d;
		vop_const(b, 2, 0x17, d, 0, l->j->stubs.infinity);
		z->jump = jcc_fwd(b, CC_B);
		z->back = b->used;
	}
	jit_slow_back(l, s);
	fpr_set(l, o->d, d, is_single ? FPR_SINGLE : FPR_DOUBLE);
}

static void lower_store(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	const struct op *o = op_of(l, i);
	bool is_double = n->kind == FP_DOUBLE, is_checked = false;
	struct code_buf *b = l->b;
	struct slow_path *s;
	struct place p;
	unsigned int x;

	jit_leave_base(l, i);
	x = n->kind == FP_SINGLE ? fpr_get(l, o->d) : fpr_get_double(l, o->d);
	p = find_place(l, i, is_double ? 8 : 4, true, &s);
	if (n->kind == FP_SINGLE && l->fp.form[x] != FPR_SINGLE) {
		is_checked = l->fp.form[x] != FPR_WIDE;
		vop(b, 3, 0x5a, 0, x, x);
		x = 0;
	}
	if (is_checked) {	/* exact, or not this way */
		vop(b, 2, 0x5a, 1, 0, 0);
		vop(b, 1, 0x57, 1, 1, l->fp.xmm_of[o->d]);
		vtest(b, 1, 1);
		s->jumps[2] = jcc_fwd(b, CC_NE);
	}
	vop_const(b, 2, 0, 0, x, l->j->stubs.swap[!is_double]);
	access_place(l, 0x11, !is_double, 0, &p);
	jit_slow_back(l, s);
}

/**
 * jit_lower_fp - emit a floating-point node
 * @l: block
 * @i: node
 *
 * Returns: whether it is one.
 */
bool jit_lower_fp(struct lower *l, u16 i)
{
	static void (*const emit[])(struct lower *l, u16 i) = {
		[IR_FP_READY - IR_FP_READY] = jit_check_fp_ready,
		[IR_FP_ARITH - IR_FP_READY] = lower_arith,
		[IR_FP_MOVE - IR_FP_READY] = lower_move,
		[IR_FP_CMP - IR_FP_READY] = lower_fcmp,
		[IR_FP_TO_INT - IR_FP_READY] = lower_to_int,
		[IR_FP_SEL - IR_FP_READY] = lower_sel,
		[IR_FP_GET - IR_FP_READY] = lower_get,
		[IR_FP_PUT - IR_FP_READY] = lower_put,
		[IR_FP_MODE - IR_FP_READY] = lower_mode,
		[IR_FP_LOAD - IR_FP_READY] = lower_load,
		[IR_FP_STORE - IR_FP_READY] = lower_store,
	};
	unsigned int op = node(l, i)->op;

	l->pinned_xmm = 0;
	if ((op == IR_FP_ON && l->is_fp_hoisted) ||
	    (op == IR_FP_READY && l->is_ready_hoisted))
		return true;
	if (op == IR_FP_ON) {
		jit_check_fp_on(l, i);
		return true;
	}
	if (op < IR_FP_READY || op > IR_FP_STORE)
		return false;
	emit[op - IR_FP_READY](l, i);
	if (l->is_eager)
		fpr_leave(l);
	return true;
}
