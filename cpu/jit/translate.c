/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/translate.c - from guest code to the intermediate form of a block.
 */
#include "cpu/jit/sem_jit.h"

#include "cpu/jit/jit.h"
#include "cpu/sem/all.h"
#include "cpu/variants.h"

/* Longest block, in instructions; and nodes that one instruction may add. */
#define BLOCK_INSNS 48u
#define INSN_NODES 64u

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
	memset(x->cr, 0, sizeof(x->cr));
	x->is_fp_on = x->is_fp_ready = false;
}


static void translate_insn(struct sx *x, struct codepage *cp)
{
	unsigned int key = codepage_decode(cp, x->insn * 4);
	struct sx before = *x;
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
	*x = before;
	x->ir->count = count;
	add_node(x, IR_CALL, IR_NO, IR_NO, x->insn);
	forget(x);
}

/**
 * jit_translate - intermediate form of the block at an op
 * @ir:   filled
 * @cp:   code page
 * @insn: op where the block starts, 0..1023
 */
void jit_translate(struct ir *ir, struct codepage *cp, u32 insn)
{
	struct sx x = { .ir = ir, .insn = insn };

	ir->count = 0;
	ir->first = insn;
	forget(&x);
	for (; !x.is_end && x.insn < CODE_OPS; x.insn++) {
		if (x.insn - insn >= BLOCK_INSNS ||
		    ir->count + INSN_NODES > IR_NODES)
			break;
		translate_insn(&x, cp);
	}
	ir->insns = x.insn - insn;
	/* where a branch is not taken, or the block was cut */
	add_node(&x, IR_LAST, IR_NO, IR_NO, x.insn * 4);
}
