/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/fpr.c - which FPRs the host's registers hold, in which form, and
 * what of floating point memory does not have yet.
 *
 * A result always gets a register of its own, so the operands of the last
 * operation and of the last comparison stay where they are: what FPSCR and CR
 * have to know of them is stored only on a way out of the block, like the
 * FPRs that changed.  A slow path leaves the block behind its instruction, so
 * nothing is ever loaded again.
 *
 * A single is kept as a single where all that works on it is of single
 * precision.  Knows nothing of instructions; see lower_fp.c.
 */
#include "cpu/jit/lower.h"
#include "cpu/jit/x64_avx.h"

/* xmm0 and xmm1 are scratch. */
#define FIRST_XMM 2u

static void forget(struct fp_state *s)
{
	memset(s, 0, sizeof(*s));
	memset(s->fpr_in, NO_REG, sizeof(s->fpr_in));
	memset(s->xmm_of, NO_REG, sizeof(s->xmm_of));
	s->field = NO_REG;
	s->compare = IR_NO;
}

/**
 * fpr_init - nothing is in a register
 * @l: block
 */
void fpr_init(struct lower *l)
{
	forget(&l->fp);
}

/**
 * fpr_is_busy - whether registers hold something that a slow path would lose
 * @l: block
 */
bool fpr_is_busy(const struct lower *l)
{
	unsigned int x;

	for (x = FIRST_XMM; x < 16; x++)
		if (l->fp.fpr_in[x] != NO_REG)
			return true;
	return l->fp.note || l->fp.compare != IR_NO;
}

/* ---- what waits ------------------------------------------------------------ */

/* The double in @x; xmm0 if it has to be made. */
static unsigned int widened(struct lower *l, const struct fp_state *s,
			    unsigned int x)
{
	if (s->form[x] != FPR_SINGLE)
		return x;
	vop(l->b, 2, 0x5a, 0, x, x);		/* vcvtss2sd */
	return 0;
}

static void store(struct lower *l, const struct fp_state *s, unsigned int x,
		  s32 off)
{
	vst64(l->b, RBP, off, widened(l, s, x));
}

/* What fpu_lazy_result needs to do the last operation again. */
static void emit_note(struct lower *l, const struct fp_state *s)
{
	static const s32 place[3] = { OFF(s.fpu.a), OFF(s.fpu.b), OFF(s.fpu.c) };
	unsigned int i;

	if (!s->note)
		return;
	st32_imm(l->b, RBP, OFF(s.fpu.note), s->is_cc ?
		 (s->note & ~FPSCR_FPCC) | FPU_NOTE_CC : s->note);
	for (i = 0; i < 3; i++)
		if (s->operand[i] != NO_REG)
			store(l, s, s->operand[i], place[i]);
}

/* Flags as vucomisd sets them for the last comparison. */
static void emit_flags(struct lower *l, const struct fp_state *s)
{
	unsigned int xa = s->compared[0], xb = s->compared[1];
	bool is_single = s->form[xa] == FPR_SINGLE && s->form[xb] == FPR_SINGLE;

	if (!is_single) {	/* at most one has to be made wide */
		xa = widened(l, s, xa);
		xb = widened(l, s, xb);
	}
	vcmp(l->b, is_single, xa, xb);
}

/* FPCC, and a CR field unless @field is NO_REG. */
static void emit_compare(struct lower *l, const struct fp_state *s, bool is_cc,
			 unsigned int field)
{
	struct code_buf *b = l->b;

	if (!is_cc && field == NO_REG)
		return;
	if (is_cc && !s->note) {
		alu_mi(b, ALU_AND, RBP, OFF(s.fpu.note), ~FPSCR_FPCC);
		alu_mi(b, ALU_OR, RBP, OFF(s.fpu.note), FPU_NOTE_CC);
	}
	emit_flags(l, s);
	setcc(b, CC_A, RAX);
	setcc(b, CC_B, RCX);
	op0f_rr(b, 0xb6, RAX, RAX, true);
	op0f_rr(b, 0xb6, RCX, RCX, true);
	alu_rr(b, ALU_SUB, false, RAX, RCX);
	if (is_cc)
		st32(b, RBP, OFF(s.fpu.cc), RAX);
	if (field == NO_REG)
		return;
	movsxd(b, RAX, RAX);
	st64(b, RBP, OFF(s.cr) + 8 * (s32)field, RAX);
	mov_ri(b, RCX, 0);
	st8(b, RBP, OFF(s.cr_so) + (s32)field, RCX);
}

/**
 * fpr_emit - store what waits in a state; it waits on
 * @l: block
 * @s: the state at the place that the emitted way comes from
 */
void fpr_emit(struct lower *l, const struct fp_state *s)
{
	unsigned int x, f;

	for (x = FIRST_XMM; x < 16; x++) {
		f = s->fpr_in[x];
		if (f != NO_REG && s->dirty >> f & 1)
			store(l, s, x, OFF_FPR(f));
	}
	emit_note(l, s);
	emit_compare(l, s, s->is_cc, s->field);
}

/**
 * fpr_leave - store what waits, and have nothing in a register any more
 * @l: block
 */
void fpr_leave(struct lower *l)
{
	if (!l->is_fp_used)
		return;
	fpr_emit(l, &l->fp);
	forget(&l->fp);
}

/**
 * fpr_flush_notes - store what FPSCR and CR have to know
 * @l: block
 */
void fpr_flush_notes(struct lower *l)
{
	struct fp_state *s = &l->fp;

	emit_note(l, s);
	emit_compare(l, s, s->is_cc, s->field);
	s->note = 0;
	s->is_cc = false;
	s->field = NO_REG;
	s->compare = IR_NO;
}

/**
 * fpr_flush_cr - store the CR field of a comparison
 * @l:     block
 * @items: if it is one of these, of lazy.c
 */
void fpr_flush_cr(struct lower *l, u64 items)
{
	struct fp_state *s = &l->fp;

	if (s->field == NO_REG || !(items >> (LAZY_CR + s->field) & 1))
		return;
	emit_compare(l, s, false, s->field);
	s->field = NO_REG;
}

/**
 * fpr_drop_cr - a CR field is about to be written
 * @l:    block
 * @item: of lazy.c
 */
void fpr_drop_cr(struct lower *l, unsigned int item)
{
	if (l->fp.field != NO_REG && item == LAZY_CR + l->fp.field)
		l->fp.field = NO_REG;
}

/* ---- registers ------------------------------------------------------------- */

/**
 * fpr_reads - the FPRs that a node reads, a bit each
 * @l: block
 * @i: node
 */
u32 fpr_reads(const struct lower *l, u16 i)
{
	const struct irn *n = node(l, i);
	const struct op *o;
	u32 a, b, c;

	if (n->op < IR_FP_ARITH || n->op > IR_FP_STORE)
		return 0;
	o = op_of(l, i);
	a = 1u << (o->a & 31);
	b = 1u << (o->b & 31);
	c = 1u << (o->c & 31);
	switch (n->op) {
	case IR_FP_ARITH:
		switch ((enum fpu_lazy_op)(n->kind & 15)) {
		case FPU_LAZY_ADD: case FPU_LAZY_DIV:
			return a | b;
		case FPU_LAZY_MUL:
			return a | c;
		case FPU_LAZY_MADD:
			return a | b | c;
		case FPU_LAZY_RSP:
			return b;
		}
		return 0;
	case IR_FP_MOVE: case IR_FP_TO_INT: case IR_FP_PUT:
		return b;
	case IR_FP_CMP:
		return a | b;
	case IR_FP_SEL:
		return a | b | c;
	case IR_FP_STORE:
		return 1u << o->d;
	default:
		return 0;
	}
}

/**
 * fpr_writes - the FPR that a node writes, as a bit
 * @l: block
 * @i: node
 */
u32 fpr_writes(const struct lower *l, u16 i)
{
	switch (node(l, i)->op) {
	case IR_FP_ARITH: case IR_FP_MOVE: case IR_FP_TO_INT: case IR_FP_SEL:
	case IR_FP_LOAD: case IR_FP_GET:
		return 1u << op_of(l, i)->d;
	default:
		return 0;
	}
}

/* How far an FPR's value is needed; the larger, the later or never. */
static u32 next_read(const struct lower *l, unsigned int f)
{
	u32 i;

	for (i = l->pos + 1; i < l->ir->count; i++) {
		if (fpr_reads(l, (u16)i) >> f & 1)
			return i;
		if (fpr_writes(l, (u16)i) >> f & 1)
			break;
	}
	return IR_NODES;
}

static bool is_noted(const struct fp_state *s, unsigned int x)
{
	if (s->note && (s->operand[0] == x || s->operand[1] == x ||
			s->operand[2] == x))
		return true;
	return s->compare != IR_NO &&
	       (s->compared[0] == x || s->compared[1] == x);
}

static void evict(struct lower *l, unsigned int x)
{
	struct fp_state *s = &l->fp;
	unsigned int f = s->fpr_in[x];

	if (f == NO_REG)
		return;
	if (s->dirty >> f & 1)
		store(l, s, x, OFF_FPR(f));
	s->dirty &= ~(1u << f);
	s->xmm_of[f] = NO_REG;
	s->fpr_in[x] = NO_REG;
}

/**
 * fpr_take - a register for a new value
 * @l: block; rax, rcx and the flags may change
 *
 * Returns: an xmm register, pinned for this node.
 */
unsigned int fpr_take(struct lower *l)
{
	struct fp_state *s = &l->fp;
	unsigned int x, best = NO_REG;
	u32 far = 0, next;

	l->is_fp_used = true;
	for (x = FIRST_XMM; x < 16; x++) {
		if (l->pinned_xmm >> x & 1 || is_noted(s, x))
			continue;
		if (s->fpr_in[x] == NO_REG) {
			best = x;
			break;
		}
		next = next_read(l, s->fpr_in[x]);
		if (best == NO_REG || next > far) {
			far = next;
			best = x;
		}
	}
	if (best == NO_REG) {
		fpr_flush_notes(l);
		return fpr_take(l);
	}
	evict(l, best);
	l->pinned_xmm |= 1u << best;
	return best;
}

static void hold(struct fp_state *s, unsigned int f, unsigned int x,
		 enum fpr_form form)
{
	s->fpr_in[x] = (u8)f;
	s->xmm_of[f] = (u8)x;
	s->form[x] = (u8)form;
}

/**
 * fpr_get - the register of an FPR, in whatever form it is
 * @l: block
 * @f: FPR
 *
 * Returns: an xmm register, pinned for this node.
 */
unsigned int fpr_get(struct lower *l, unsigned int f)
{
	unsigned int x = l->fp.xmm_of[f];

	if (x == NO_REG) {
		x = fpr_take(l);
		vld64(l->b, x, RBP, OFF_FPR(f));
		hold(&l->fp, f, x, l->is_eager ? FPR_DOUBLE : FPR_UNKNOWN);
	}
	l->pinned_xmm |= 1u << x;
	return x;
}

/**
 * fpr_get_double - the register of an FPR, which is made a double there
 * @l: block
 * @f: FPR
 *
 * Returns: an xmm register, pinned for this node.
 */
unsigned int fpr_get_double(struct lower *l, unsigned int f)
{
	unsigned int x = fpr_get(l, f);

	if (l->fp.form[x] == FPR_SINGLE) {
		vop(l->b, 2, 0x5a, x, x, x);	/* vcvtss2sd */
		l->fp.form[x] = FPR_WIDE;
	}
	return x;
}

/**
 * fpr_get_single - the register of an FPR, which is made a single there; a
 *                  value that is none goes a slow path
 * @l: block
 * @f: FPR, not known to hold anything but a single
 * @i: node
 *
 * Returns: an xmm register, pinned for this node.
 */
unsigned int fpr_get_single(struct lower *l, unsigned int f, u16 i)
{
	unsigned int x = fpr_get(l, f);
	struct code_buf *b = l->b;
	struct slow_path *s;

	if (l->fp.form[x] == FPR_SINGLE)
		return x;
	if (l->fp.form[x] == FPR_WIDE) {
		vop(b, 3, 0x5a, x, x, x);	/* vcvtsd2ss */
	} else {
		s = jit_slow_path(l, i, NO_REG);
		vop(b, 3, 0x5a, 0, x, x);
		vop(b, 2, 0x5a, 1, 0, 0);
		vop(b, 1, 0x57, 1, 1, x);	/* vxorpd: the same bits? */
		vtest(b, 1, 1);
		s->jumps[0] = jcc_fwd(b, CC_NE);
		jit_slow_back(l, s);
		vmov(b, x, 0);
	}
	l->fp.form[x] = FPR_SINGLE;
	return x;
}

/**
 * fpr_set - an FPR has a new value
 * @l:    block
 * @f:    FPR
 * @x:    of fpr_take
 * @form: the value's
 */
void fpr_set(struct lower *l, unsigned int f, unsigned int x,
	     enum fpr_form form)
{
	unsigned int old = l->fp.xmm_of[f];

	if (old != NO_REG)
		l->fp.fpr_in[old] = NO_REG;
	hold(&l->fp, f, x, form);
	l->fp.dirty |= 1u << f;
}

/**
 * fpr_note - an operation was done without exceptions
 * @l:    block
 * @word: FPU_NOTE of it
 * @a:    register of its operand, or NO_REG
 * @b:    likewise
 * @c:    likewise
 */
void fpr_note(struct lower *l, u32 word, unsigned int a, unsigned int b,
	      unsigned int c)
{
	struct fp_state *s = &l->fp;

	s->note = word;
	s->operand[0] = (u8)a;
	s->operand[1] = (u8)b;
	s->operand[2] = (u8)c;
	s->is_cc = false;
	if (s->field == NO_REG)
		s->compare = IR_NO;
}

/**
 * fpr_drop_notes - FPSCR gets a value of its own
 * @l: block
 */
void fpr_drop_notes(struct lower *l)
{
	fpr_note(l, 0, NO_REG, NO_REG, NO_REG);
}

/* ---- comparisons ------------------------------------------------------------ */

/**
 * fpr_compare - compare for a CR field and FPCC
 * @l:     block
 * @i:     node; a NaN among the operands goes its slow path
 * @field: CR field
 * @a:     FPR
 * @b:     FPR
 */
void fpr_compare(struct lower *l, u16 i, unsigned int field, unsigned int a,
		 unsigned int b)
{
	unsigned int xa = fpr_get(l, a), xb = fpr_get(l, b);
	struct fp_state *s = &l->fp;
	struct slow_path *slow;

	if (s->form[xa] != FPR_SINGLE || s->form[xb] != FPR_SINGLE) {
		fpr_get_double(l, a);
		fpr_get_double(l, b);
	}
	if (s->field != NO_REG && s->field != field)
		fpr_flush_cr(l, LAZY_ALL_CR);
	slow = jit_slow_path(l, i, NO_REG);
	vcmp(l->b, s->form[xa] == FPR_SINGLE, xa, xb);
	slow->jumps[0] = jcc_fwd(l->b, CC_P);
	jit_slow_back(l, slow);
	lazy_drop(l, LAZY_CR + field);
	s->compared[0] = (u8)xa;
	s->compared[1] = (u8)xb;
	s->compare = i;
	s->is_cc = true;
	s->field = (u8)field;
	l->flags_at = l->b->used;
	l->flags_of = i;
}

/**
 * fpr_test - flags of a comparison, as it would be of unsigned numbers
 * @l: block
 * @i: node of the comparison
 *
 * Returns: false: its operands are gone, the CR field is in memory.
 */
bool fpr_test(struct lower *l, u16 i)
{
	if (l->fp.compare != i)
		return false;
	if (l->flags_of != i || l->flags_at != l->b->used)
		emit_flags(l, &l->fp);
	return true;
}
