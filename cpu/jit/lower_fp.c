/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/lower_fp.c - floating point with the host's AVX and FMA; what it may
 * do and why stands in cpu/fpu_host.h.
 *
 * An FPR is kept in a host register from its first use in the block on; every
 * write goes to memory at once, so that a slow path finds all it needs there.
 * Coming back from one, the registers are loaded again.
 */
#include "cpu/fpu_host.h"
#include "cpu/jit/lower.h"

#define OFF_FPR(n) (OFF(s.fpr) + 8 * (s32)(n))

/* xmm0 and xmm1 are scratch. */
#define FIRST_XMM 2u

static const struct op *op_of(const struct lower *l, u16 i)
{
	return &l->cp->op[node(l, i)->imm];
}

/* ---- registers ----------------------------------------------------------- */

static unsigned int take_xmm(struct lower *l)
{
	unsigned int x;

	do {
		x = FIRST_XMM + l->next_xmm++ % (16 - FIRST_XMM);
	} while (l->pinned_xmm >> x & 1);
	if (l->fpr_in[x] != NO_REG)
		l->xmm_of[l->fpr_in[x]] = NO_REG;
	l->fpr_in[x] = NO_REG;
	l->pinned_xmm |= 1u << x;
	return x;
}

static void hold(struct lower *l, unsigned int x, unsigned int f)
{
	l->fpr_in[x] = (u8)f;
	l->xmm_of[f] = (u8)x;
}

static unsigned int get_fpr(struct lower *l, unsigned int f)
{
	unsigned int x = l->xmm_of[f];

	if (x == NO_REG) {
		x = take_xmm(l);
		vld64(l->b, x, RBP, OFF_FPR(f));
		hold(l, x, f);
	}
	l->pinned_xmm |= 1u << x;
	return x;
}

/* The register that is to hold FPR @f's new value. */
static unsigned int set_fpr(struct lower *l, unsigned int f)
{
	unsigned int x = l->xmm_of[f];

	if (x != NO_REG)
		return x;
	x = take_xmm(l);
	hold(l, x, f);
	return x;
}

static void store_fpr(struct lower *l, unsigned int f)
{
	vst64(l->b, RBP, OFF_FPR(f), l->xmm_of[f]);
}

/**
 * jit_forget_fprs - no FPR is in a register any more
 * @l: block
 */
void jit_forget_fprs(struct lower *l)
{
	memset(l->xmm_of, NO_REG, sizeof(l->xmm_of));
	memset(l->fpr_in, NO_REG, sizeof(l->fpr_in));
}

/**
 * jit_reload_fprs - load the FPRs that were in registers at a place
 * @l:      block
 * @fpr_in: what each register held there
 */
void jit_reload_fprs(struct lower *l, const u8 fpr_in[16])
{
	for (unsigned int x = FIRST_XMM; x < 16; x++)
		if (fpr_in[x] != NO_REG)
			vld64(l->b, x, RBP, OFF_FPR(fpr_in[x]));
}

/* ---- arithmetic ----------------------------------------------------------- */

/* Opcodes of vfmadd231sd, vfmsub231sd, vfnmsub231sd, vfnmadd231sd. */
static unsigned int fma_op(unsigned int form)
{
	static const u8 op[4] = { 0xb9, 0xbb, 0xbf, 0xbd };

	return op[(form & FPU_SUB ? 1 : 0) + (form & FPU_NEG ? 2 : 0)];
}

/* xmm0 = the result; the FPRs of the op are in registers. */
static void compute(struct lower *l, const struct op *o, enum fpu_lazy_op op,
		    unsigned int form)
{
	struct code_buf *b = l->b;
	unsigned int xb, xa = op == FPU_LAZY_RSP ? 0 : get_fpr(l, o->a);

	switch (op) {
	case FPU_LAZY_ADD:
		vop(b, 3, form & FPU_SUB ? 0x5c : 0x58, 0, xa,
		    get_fpr(l, o->b));
		break;
	case FPU_LAZY_MUL:
		vop(b, 3, 0x59, 0, xa, get_fpr(l, o->c));
		break;
	case FPU_LAZY_DIV:
		vop(b, 3, 0x5e, 0, xa, get_fpr(l, o->b));
		break;
	case FPU_LAZY_MADD:
		xb = get_fpr(l, o->b);
		vmov(b, 0, xb);
		vfma(b, fma_op(form), 0, xa, get_fpr(l, o->c));
		break;
	case FPU_LAZY_RSP:
		vmov(b, 0, get_fpr(l, o->b));
		break;
	}
}

/* The other operand than FRA, of an operation that is not fused. */
static unsigned int second(const struct op *o, enum fpu_lazy_op op)
{
	return op == FPU_LAZY_MUL ? o->c : o->b;
}

/* What fpu_lazy_result needs to do it again. */
static void note_operands(struct lower *l, const struct op *o,
			  enum fpu_lazy_op op, unsigned int form)
{
	struct code_buf *b = l->b;

	st32_imm(b, RBP, OFF(s.fpu.note), FPU_NOTE(op, form));
	if (op != FPU_LAZY_RSP)
		vst64(b, RBP, OFF(s.fpu.a), get_fpr(l, o->a));
	if (op == FPU_LAZY_MADD)
		vst64(b, RBP, OFF(s.fpu.c), get_fpr(l, o->c));
	vst64(b, RBP, OFF(s.fpu.b),
	      get_fpr(l, second(o, op)));
}

/* At a midpoint (E) go on only if both operands are singles. */
static void lower_tie(struct lower *l, const struct op *o,
		      enum fpu_lazy_op op, struct slow_path *s)
{
	struct code_buf *b = l->b;
	size_t good;

	if (op == FPU_LAZY_MADD || op == FPU_LAZY_RSP) {
		s->jumps[0] = jcc_fwd(b, CC_E);
		return;
	}
	good = jcc_fwd(b, CC_NE);
	vget(b, false, RAX, get_fpr(l, o->a));
	vget(b, false, RCX, get_fpr(l, second(o, op)));
	alu_rr(b, ALU_OR, false, RAX, RCX);
	alu_ri(b, ALU_AND, false, RAX, FPU_HOST_TIE_MASK);
	s->jumps[0] = jcc_fwd(b, CC_NE);
	patch_here(b, good);
}

/*
 * Out of range (A) go on only with an exact zero, see fpu_host_zero; @x holds
 * the result before it was rounded to single.
 */
static void lower_range(struct lower *l, const struct op *o,
			enum fpu_lazy_op op, unsigned int x,
			struct slow_path *s)
{
	struct code_buf *b = l->b;
	size_t good, zero;

	if (op != FPU_LAZY_ADD && op != FPU_LAZY_MUL) {
		s->jumps[1] = jcc_fwd(b, CC_A);
		return;
	}
	good = jcc_fwd(b, CC_BE);
	vget(b, true, RAX, x);
	alu_rr(b, ALU_ADD, true, RAX, RAX);
	s->jumps[1] = jcc_fwd(b, CC_NE);
	if (op == FPU_LAZY_MUL) {
		vget(b, true, RAX, get_fpr(l, o->a));
		alu_rr(b, ALU_ADD, true, RAX, RAX);
		zero = jcc_fwd(b, CC_E);
		vget(b, true, RAX, get_fpr(l, o->c));
		alu_rr(b, ALU_ADD, true, RAX, RAX);
		s->jumps[2] = jcc_fwd(b, CC_NE);
		patch_here(b, zero);
	}
	patch_here(b, good);
}

static void lower_arith(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	const struct op *o = op_of(l, i);
	enum fpu_lazy_op op = (enum fpu_lazy_op)(n->kind & 15);
	unsigned int form = n->kind >> 4, d;
	struct slow_path *s = jit_slow_path(l, i, NO_REG);
	struct code_buf *b = l->b;

	compute(l, o, op, form);
	if (form & FPU_SGL) {
		vget(b, false, RAX, 0);
		alu_ri(b, ALU_AND, false, RAX, FPU_HOST_TIE_MASK);
		alu_ri(b, ALU_CMP, false, RAX, FPU_HOST_TIE);
		lower_tie(l, o, op, s);
		vmov(b, 1, 0);
		vop(b, 3, 0x5a, 0, 0, 0);	/* vcvtsd2ss */
		vop(b, 2, 0x5a, 0, 0, 0);	/* vcvtss2sd */
	}
	vtop(b, RAX, 0);
	alu_ri(b, ALU_AND, false, RAX, 0x7ff0);
	alu_ri(b, ALU_SUB, false, RAX, (s32)FPU_HOST_EXP_MIN(form) << 4);
	alu_ri(b, ALU_CMP, false, RAX,
	       (s32)(FPU_HOST_EXP_MAX(form) - FPU_HOST_EXP_MIN(form)) << 4);
	lower_range(l, o, op, form & FPU_SGL, s);
	note_operands(l, o, op, form);
	d = set_fpr(l, o->d);
	vmov(b, d, 0);
	store_fpr(l, o->d);
	jit_slow_back(l, s);
}

/* XX set, RN to nearest, and no enabled exception that waits. */
static void lower_ready(struct lower *l, u16 i)
{
	struct slow_path *s = jit_slow_path(l, i, NO_REG);
	struct code_buf *b = l->b;

	ld32(b, RAX, RBP, OFF(s.fpscr));
	alu_ri(b, ALU_AND, false, RAX,
	       (s32)(FPSCR_XX | FPSCR_RN | FPSCR_FEX));
	alu_ri(b, ALU_CMP, false, RAX, (s32)FPSCR_XX);
	s->jumps[0] = jcc_fwd(b, CC_NE);
	s->ends_block = true;
	jit_slow_back(l, s);
}

/* ---- moves, comparison, conversion --------------------------------------- */

static void lower_move(struct lower *l, u16 i)
{
	const struct op *o = op_of(l, i);
	unsigned int xb = get_fpr(l, o->b), d = set_fpr(l, o->d);
	struct code_buf *b = l->b;

	switch ((enum ir_fp_move)node(l, i)->kind) {
	case FP_COPY:
		vmov(b, d, xb);
		break;
	case FP_NEG:
		vop_const(b, 0x57, d, xb, l->j->stubs.sign);
		break;
	case FP_ABS:
		vop_const(b, 0x54, d, xb, l->j->stubs.magnitude);
		break;
	case FP_NABS:
		vop_const(b, 0x56, d, xb, l->j->stubs.sign);
		break;
	}
	store_fpr(l, o->d);
}

/* eax: below, equal, above: -1, 0, 1 */
static void lower_fcmp(struct lower *l, u16 i)
{
	const struct op *o = op_of(l, i);
	struct slow_path *s = jit_slow_path(l, i, NO_REG);
	unsigned int xa = get_fpr(l, o->a);
	struct code_buf *b = l->b;

	vcmp(b, xa, get_fpr(l, o->b));
	s->jumps[0] = jcc_fwd(b, CC_P);
	setcc(b, CC_A, RAX);
	setcc(b, CC_B, RCX);
	op0f_rr(b, 0xb6, RAX, RAX, true);
	op0f_rr(b, 0xb6, RCX, RCX, true);
	alu_rr(b, ALU_SUB, false, RAX, RCX);
	st32(b, RBP, OFF(s.fpu.cc), RAX);
	movsxd(b, RAX, RAX);
	st64(b, RBP, OFF(s.cr) + 8 * (s32)o->d, RAX);
	mov_ri(b, RCX, 0);
	st8(b, RBP, OFF(s.cr_so) + (s32)o->d, RCX);
	lazy_drop(l, LAZY_CR + o->d);
	alu_mi(b, ALU_AND, RBP, OFF(s.fpu.note), ~FPSCR_FPCC);
	alu_mi(b, ALU_OR, RBP, OFF(s.fpu.note), FPU_NOTE_CC);
	jit_slow_back(l, s);
}

/* fctiwz: FR is 0, FI says whether there was a fraction; FPRF stays. */
static void lower_to_int(struct lower *l, u16 i)
{
	const struct op *o = op_of(l, i);
	unsigned int r = jit_alloc(l);
	struct slow_path *s = jit_slow_path(l, i, NO_REG);
	unsigned int xb = get_fpr(l, o->b), d;
	struct code_buf *b = l->b;

	vop(b, 3, 0x2c, RAX, 0, xb);		/* vcvttsd2si */
	alu_ri(b, ALU_CMP, false, RAX, (s32)0x80000000u);
	s->jumps[0] = jcc_fwd(b, CC_E);
	vop(b, 3, 0x2a, 1, 1, RAX);		/* vcvtsi2sd */
	mov_ri(b, RCX, 0);
	vcmp(b, 1, xb);
	setcc(b, CC_NE, RCX);
	shift_ri(b, SH_SHL, false, RCX, 17);	/* FI */
	alu_mi(b, ALU_AND, RBP, OFF(s.fpu.note), ~(FPSCR_FR | FPSCR_FI));
	ld32(b, r, RBP, OFF(s.fpscr));
	alu_ri(b, ALU_AND, false, r, (s32)~(FPSCR_FR | FPSCR_FI));
	alu_rr(b, ALU_OR, false, r, RCX);
	st32(b, RBP, OFF(s.fpscr), r);
	mov_ri64(b, RCX, FPU_HIGH_WORD);
	alu_rr(b, ALU_OR, true, RAX, RCX);
	d = set_fpr(l, o->d);
	vput(b, true, d, RAX);
	store_fpr(l, o->d);
	jit_slow_back(l, s);
}

/* FRA >= 0, also -0, selects FRC; a NaN selects FRB. */
static void lower_sel(struct lower *l, u16 i)
{
	const struct op *o = op_of(l, i);
	unsigned int xa = get_fpr(l, o->a), xc = get_fpr(l, o->c);
	unsigned int xb = get_fpr(l, o->b), d;
	struct code_buf *b = l->b;
	size_t skip;

	vop(b, 1, 0x57, 1, 1, 1);		/* vxorpd */
	vcmp(b, xa, 1);
	vmov(b, 0, xc);
	skip = jcc_fwd(b, CC_AE);
	vmov(b, 0, xb);
	patch_here(b, skip);
	/* unordered sets CF as well, so it took FRB */
	d = set_fpr(l, o->d);
	vmov(b, d, 0);
	store_fpr(l, o->d);
}

/* ---- memory --------------------------------------------------------------- */

static void leave_base(struct lower *l, const struct op *o)
{
	if (o->a < 32)
		jit_leave_home(l, o->a);
}

/* The double at @ea was just stored as two words, which are in registers. */
static void lower_joined(struct lower *l, u16 i, unsigned int ea,
			 unsigned int hi, unsigned int lo)
{
	const struct op *o = op_of(l, i);
	struct slow_path *s = jit_slow_path(l, i, NO_REG);
	struct code_buf *b = l->b;
	unsigned int d;

	/* ROM takes no store; what is not readable is not for us */
	jit_find_page(l, ea, 8, true, s);
	cmp_table(b, TABLE_RD, RAX);
	s->jumps[2] = jcc_fwd(b, CC_E);
	mov_rr(b, RAX, hi);
	shift_ri(b, SH_SHL, true, RAX, 32);
	alu_rr(b, ALU_OR, true, RAX, lo);
	d = set_fpr(l, o->d);
	vput(b, true, d, RAX);
	store_fpr(l, o->d);
	jit_slow_back(l, s);
}

static void lower_load(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	const struct op *o = op_of(l, i);
	bool is_single = n->kind == FP_SINGLE;
	struct code_buf *b = l->b;
	struct slow_path *s;
	unsigned int ea, d;

	leave_base(l, o);
	ea = jit_get(l, n->a);
	if (n->b != IR_NO) {
		d = jit_get(l, n->b);
		lower_joined(l, i, ea, d, jit_get(l, n->c));
		return;
	}
	s = jit_slow_path(l, i, NO_REG);
	jit_find_page(l, ea, is_single ? 4 : 8, false, s);
	jit_movbe(b, false, is_single ? 4 : 8, RAX, RCX, ea);
	if (is_single) {	/* infinities and NaNs have no shortcut */
		mov_rr(b, RCX, RAX);
		alu_rr(b, ALU_ADD, false, RCX, RCX);
		alu_ri(b, ALU_CMP, false, RCX, (s32)0xff000000u);
		s->jumps[2] = jcc_fwd(b, CC_AE);
	}
	d = set_fpr(l, o->d);
	vput(b, !is_single, d, RAX);
	if (is_single)
		vop(b, 2, 0x5a, d, d, d);
	store_fpr(l, o->d);
	jit_slow_back(l, s);
}

static void lower_store(struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	const struct op *o = op_of(l, i);
	bool is_double = n->kind == FP_DOUBLE;
	unsigned int ea, r = NO_REG, x = get_fpr(l, o->d);
	struct code_buf *b = l->b;
	struct slow_path *s;

	leave_base(l, o);
	ea = jit_get(l, n->a);
	if (n->kind == FP_SINGLE)
		r = jit_alloc(l);
	s = jit_slow_path(l, i, NO_REG);
	jit_find_page(l, ea, is_double ? 8 : 4, true, s);
	if (n->kind == FP_SINGLE) {	/* exact, or not this way */
		vop(b, 3, 0x5a, 0, x, x);
		vop(b, 2, 0x5a, 1, 0, 0);
		vget(b, true, RAX, x);
		vget(b, true, r, 1);
		alu_rr(b, ALU_CMP, true, RAX, r);
		s->jumps[2] = jcc_fwd(b, CC_NE);
		vget(b, false, RAX, 0);
	} else {
		vget(b, is_double, RAX, x);
	}
	jit_movbe(b, true, is_double ? 8 : 4, RAX, RCX, ea);
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
		[IR_FP_READY - IR_FP_READY] = lower_ready,
		[IR_FP_ARITH - IR_FP_READY] = lower_arith,
		[IR_FP_MOVE - IR_FP_READY] = lower_move,
		[IR_FP_CMP - IR_FP_READY] = lower_fcmp,
		[IR_FP_TO_INT - IR_FP_READY] = lower_to_int,
		[IR_FP_SEL - IR_FP_READY] = lower_sel,
		[IR_FP_LOAD - IR_FP_READY] = lower_load,
		[IR_FP_STORE - IR_FP_READY] = lower_store,
	};
	unsigned int op = node(l, i)->op;

	l->pinned_xmm = 0;
	if (op == IR_FP_ON) {
		test_byte(l->b, RBP, OFF(s.msr) + 1, MSR_FP >> 8);
		jit_slow_if(l, CC_E, i);
		return true;
	}
	if (op < IR_FP_READY || op > IR_FP_STORE)
		return false;
	emit[op - IR_FP_READY](l, i);
	return true;
}
