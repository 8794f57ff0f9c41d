/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/translate.c - from guest code to the intermediate form of a block.
 */
#include "cpu/jit/sem_jit.h"

#include "cpu/jit/jit.h"
#include "cpu/sem/all.h"
#include "cpu/variants.h"

/* Longest block, in instructions. */
#define BLOCK_INSNS 63u
_Static_assert(BLOCK_INSNS <= JIT_REST_MAX, "no room in JIT_BODY_INFO");

static enum sem_result run_body(struct sx *x, const struct op *o,
				unsigned int key)
{
	switch (key) {
#define H(name, k, f) case INSN_KEY(INSN_##name, k): return sem_##name(x, o, k);
#define INSN(name, mnem, form, flags, vars, ...) V_##vars(name, flags)
#include "cpu/insn.def"
#undef H
	}
	x->is_unlowered = true;
	return SEM_NEXT;
}

static void forget(struct sx *x)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(x->gpr); i++)
		x->gpr[i] = IR_NO;
	for (i = 0; i < HELD_COUNT; i++)
		x->held[i] = IR_NO;
	memset(x->cr, 0, sizeof(x->cr));
	x->is_super = x->is_fp_on = x->is_fp_ready = false;
}

/* Instructions after which their body never goes on in the block. */
static bool never_returns(unsigned int key)
{
	switch (KEY_INSN(key)) {
	case INSN_sc: case INSN_rfi: case INSN_rfci: case INSN_rfmci:
	case INSN_ILLEGAL:
		return true;
	default:
		return false;
	}
}

static bool leaves_for_good(const struct irn *n)
{
	return (n->op == IR_NEAR || n->op == IR_FAR) && n->a == IR_NO;
}

static void translate_insn(struct sx *x, struct codepage *cp)
{
	unsigned int key = codepage_decode(cp, x->insn * 4);
	u32 count = x->ir->count;
	unsigned int flags = insn_table[KEY_INSN(key)].flags;

	x->is_unlowered = false;
	if (flags & PRIV)
		super_only(x);
	if (flags & FP)
		fp_on(x);
	run_body(x, &cp->op[x->insn], key);
	if (!x->is_unlowered)
		return;
	x->ir->count = count;
	x->next = x->insn + 1;
	add_node(x, IR_CALL, IR_NO, IR_NO, x->insn);
	forget(x);
	x->is_end = never_returns(key);
}

/* ---- branches over a few instructions -------------------------------------- */

/* What was added from node @from on has no effect but on guest registers. */
static bool is_harmless(const struct sx *x, u32 from)
{
	for (u32 i = from; i < x->ir->count; i++)
		if (x->ir->n[i].op >= IR_LOAD && x->ir->n[i].op != IR_SET)
			return false;
	return true;
}

/* A condition once more, so that each user can test it for itself. */
static struct v32 condition_again(struct sx *x, u16 c)
{
	const struct irn n = x->ir->n[c];
	struct v32 v = { x, c };

	if (n.op == IR_XOR && x->ir->n[n.b].op == IR_CONST)
		return xor32(condition_again(x, n.a),
			     imm32(x->ir->n[n.b].imm));
	if (n.op == IR_CRBIT || n.op == IR_EQ) {
		v = value(x, n.op, n.a, n.b, n.imm);
		x->ir->n[v.v].kind = n.kind;
		x->ir->n[v.v].c = n.c;
	}
	return v;
}

/* The node that has what register @g had before node @from was added. */
static struct v32 value_before(struct sx *x, const struct sx *before, u32 from,
			       unsigned int g)
{
	u32 i;

	x->gpr[g] = before->gpr[g];
	for (i = from; x->gpr[g] == IR_NO && i < x->ir->count; i++)
		if (x->ir->n[i].op == IR_GPR && x->ir->n[i].imm == g)
			x->gpr[g] = (u16)i;	/* a register is read once */
	return gpr(x, g);
}

/* Writes of registers from node @from on are undone; returns which, a bit each. */
static u32 take_back_writes(struct ir *ir, u32 from)
{
	struct irn *n;
	u32 written = 0;

	for (n = ir->n + from; n < ir->n + ir->count; n++)
		if (n->op == IR_SET) {
			written |= 1u << n->imm;
			n->op = IR_CONST;	/* nobody uses it */
			n->a = IR_NO;
		}
	return written;
}

/* Registers keep what they had in @before if the branch was taken. */
static void choose_registers(struct sx *x, const struct sx *before, u32 from)
{
	u32 left = take_back_writes(x->ir, from);
	struct v32 old, now;
	unsigned int g;

	for (; left; left &= left - 1) {
		g = (unsigned int)__builtin_ctz(left);
		now = gpr(x, g);
		old = value_before(x, before, from, g);
		set_gpr(x, g, choose(condition_again(x, x->merge_if), old, now));
	}
}

/* The instruction just translated may lie between a branch and its target. */
static bool may_be_skipped(const struct sx *x, u32 from)
{
	return !x->is_end && !x->merge_to && x->next == x->insn + 1 &&
	       is_harmless(x, from);
}

/*
 * The branch that was just translated skips a few instructions, and nobody can
 * say when.  Where they only compute, the path does them and chooses: that is
 * less than a wrong guess of the host's processor costs.
 */
static void merge(struct sx *x, struct codepage *cp)
{
	u32 from = x->ir->count, to = x->merge_to, skipped = to - x->insn - 1;
	struct sx before;

	x->merge_to = 0;
	before = *x;
	for (x->insn++, x->pos++; x->insn < to; x->insn++, x->pos++) {
		x->next = x->insn + 1;
		translate_insn(x, cp);
		x->seen[x->insn / 32] |= 1u << x->insn % 32;
		if (!may_be_skipped(x, from)) {
			x->ir->count = from;
			*x = before;
			side_exit(x, (struct v32){ x, x->merge_if }, 4 * to);
			return;
		}
	}
	x->insn--;
	x->pos--;
	x->next = to;
	choose_registers(x, &before, from);
	add_node(x, IR_SKIP, (u16)condition_again(x, x->merge_if).v, IR_NO,
		 skipped);
}

/**
 * jit_translate - intermediate form of the block at an op
 * @j:    translator; its ir is filled
 * @cp:   code page
 * @insn: op where the block starts, 0..1023
 * @is_cold: end at the first branch, since the block may never run again
 */
void jit_translate(struct jit *j, struct codepage *cp, u32 insn, bool is_cold)
{
	struct ir *ir = &j->ir;
	struct sx x = { .ir = ir, .insn = insn, .limit = BLOCK_INSNS,
			.is_cold = is_cold, .cp = cp, .j = j };

	ir->count = 0;
	ir->first = insn;
	forget(&x);
	for (; !x.is_end && x.insn < CODE_OPS; x.pos++, x.insn = x.next) {
		if (x.pos >= x.limit || ir->count + INSN_NODES > IR_NODES ||
		    x.seen[x.insn / 32] >> x.insn % 32 & 1)
			break;
		x.seen[x.insn / 32] |= 1u << x.insn % 32;
		x.next = x.insn + 1;
		translate_insn(&x, cp);
		if (x.merge_to)
			merge(&x, cp);
	}
	ir->insns = x.pos;
	/* where the path was cut */
	if (!x.is_end || !leaves_for_good(&ir->n[ir->count - 1]))
		add_node(&x, IR_LAST, IR_NO, IR_NO, x.insn * 4);
}
