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
	}
	ir->insns = x.pos;
	/* where the path was cut */
	if (!x.is_end || !leaves_for_good(&ir->n[ir->count - 1]))
		add_node(&x, IR_LAST, IR_NO, IR_NO, x.insn * 4);
}
