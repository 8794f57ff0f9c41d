/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/fpr_loop.c - floating point across the turns of a loop.
 *
 * What loop.c does for other guest registers: FPRs that the loop reads before
 * it writes them are loaded in front of it, and a branch back moves them to
 * where its head expects them.  The looks at MSR[FP] and FPSCR stand in front
 * of it too.  Where one of them fails, or a value is no single as expected,
 * the body of the loop's first instruction runs and the block is left.
 */
#include "cpu/jit/lower.h"
#include "cpu/jit/x64_avx.h"

/* The other registers are for what is in between. */
#define KEPT_FPRS 7u

/* ---- before the code ------------------------------------------------------- */

static bool is_single_result(const struct irn *n)
{
	return (n->op == IR_FP_ARITH && n->kind >> 4 & FPU_SGL) ||
	       (n->op == IR_FP_LOAD && n->kind == FP_SINGLE);
}

/* Drop all but the best scores. */
static void keep_best(struct lower *l, const u8 score[32])
{
	unsigned int f, worst;

	while (__builtin_popcount(l->kept_fprs) > (int)KEPT_FPRS) {
		worst = 32;
		for (f = 0; f < 32; f++)
			if (l->kept_fprs >> f & 1 &&
			    (worst == 32 || score[f] < score[worst]))
				worst = f;
		l->kept_fprs &= ~(1u << worst);
	}
}

/**
 * fpr_loop_find - choose what a loop keeps, and whether its checks may stand
 *                 in front of it
 * @l:   block, which is a loop
 * @end: the number of nodes up to its last branch back
 */
void fpr_loop_find(struct lower *l, u32 end)
{
	u32 read = 0, written = 0, wide = 0, single = 0, r, w;
	u8 score[32] = { 0 };
	const struct irn *n;
	unsigned int f;
	u16 i;

	for (i = 0; i < l->ir->count; i++)
		if (node(l, i)->op == IR_CALL || node(l, i)->op == IR_FP_PUT)
			return;
	l->loop_end = end;
	for (i = 0; i < end; i++) {
		n = node(l, i);
		l->is_fp_hoisted |= n->op == IR_FP_ON;
		l->is_ready_hoisted |= n->op == IR_FP_READY;
		r = fpr_reads(l, i);
		w = fpr_writes(l, i);
		for (f = 0; f < 32; f++)
			score[f] += (r | w) >> f & 1;
		if (is_single_result(n))
			single |= r & ~(written | read);
		read |= r & ~written;
		written |= w;
		if (w && !is_single_result(n))
			wide |= w;
	}
	l->kept_fprs = read;
	keep_best(l, score);
	l->kept_singles = single & ~wide & l->kept_fprs;
}

/* ---- code ------------------------------------------------------------------- */

static void load_kept(struct lower *l)
{
	unsigned int f;

	for (f = 0; f < 32; f++) {
		if (l->kept_singles >> f & 1)
			fpr_get_single(l, f, 0);
		else if (l->kept_fprs >> f & 1)
			fpr_get(l, f);
	}
}

/**
 * fpr_loop_enter - check and load what the loop wants
 * @l: block, nothing of which is in registers yet
 */
void fpr_loop_enter(struct lower *l)
{
	unsigned int i, first = l->slows;

	if (!l->is_fp_hoisted)
		return;
	l->pinned_xmm = 0;
	jit_check_fp_on(l, 0);
	if (l->is_ready_hoisted)
		jit_check_fp_ready(l, 0);
	load_kept(l);
	for (i = first; i < l->slows; i++)
		l->slow[i].ends_block = true;
	for (i = 0; i < l->loop_end; i++)
		l->fp.dirty |= l->kept_fprs & fpr_writes(l, (u16)i);
	l->fp_head = l->fp;
}

/**
 * fpr_loop_back - on the way back: FPRs to where the head expects them
 * @l: block, whose state stays as it is
 */
void fpr_loop_back(struct lower *l)
{
	u8 to[KEPT_FPRS], from[KEPT_FPRS];
	struct fp_state rest = l->fp;
	struct code_buf *b = l->b;
	unsigned int f, n = 0, x;
	bool to_single;

	if (!l->is_fp_used)
		return;
	rest.dirty &= ~l->kept_fprs;
	fpr_emit(l, &rest);
	for (f = 0; f < 32; f++) {
		x = l->fp.xmm_of[f];
		if (!(l->kept_fprs >> f & 1) || x == NO_REG)
			continue;
		to_single = l->kept_singles >> f & 1;
		if (to_single != (l->fp.form[x] == FPR_SINGLE))
			vop(b, to_single ? 3 : 2, 0x5a, x, x, x);
		to[n] = l->fp_head.xmm_of[f];
		from[n++] = (u8)x;
	}
	loop_move(b, vmov, to, from, n, 0);
	for (f = 0; f < 32; f++) {
		if (!(l->kept_fprs >> f & 1) || l->fp.xmm_of[f] != NO_REG)
			continue;
		x = l->fp_head.xmm_of[f];
		vld64(b, x, RBP, OFF_FPR(f));
		if (l->kept_singles >> f & 1)
			vop(b, 3, 0x5a, x, x, x);
	}
}
