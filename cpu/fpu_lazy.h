/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/fpu_lazy.h [F] - FR, FI and FPRF of an operation, worked out only when
 * somebody looks.
 *
 * An engine that computes a result by other means than cpu/fpu.h, and knows
 * that no exception bit of FPSCR changes by it, notes operation and operands
 * here.  The exact arithmetic repeats it when FPSCR is read.
 */
#ifndef CPU_FPU_LAZY_H
#define CPU_FPU_LAZY_H

#include "cpu/fpu.h"

/* What an arithmetic instruction without exceptions writes in FPSCR. */
#define FPSCR_RESULT	(FPSCR_FR | FPSCR_FI | FPSCR_FPRF)

enum fpu_lazy_op {
	FPU_LAZY_ADD, FPU_LAZY_MUL, FPU_LAZY_DIV, FPU_LAZY_MADD, FPU_LAZY_RSP,
};

/*
 * note: the stale bits of FPSCR where they stand in it; below them
 *
 *  19  20..22  23..28  29..31
 *  ..  form    -       op
 *
 * and FPU_NOTE_CC: FPCC is that of a comparison, in @cc.
 */
#define FPU_NOTE(op, form) (FPSCR_RESULT | (u32)(form) << 9 | (u32)(op))
#define FPU_NOTE_CC	PPC_BIT(28)
#define FPU_NOTE_OP(note) ((enum fpu_lazy_op)((note) & 7))
#define FPU_NOTE_FORM(note) ((note) >> 9 & 7)
#define FPU_NOTE_PENDING (FPSCR_RESULT | FPU_NOTE_CC)

struct fpu_lazy {
	u32 note;		/* 0: nothing is stale */
	s32 cc;			/* below, equal, above: -1, 0, 1 */
	u64 a, b, c;		/* operands; b is the addend of MADD */
};

u32 fpu_lazy_result(u32 fpscr, const struct fpu_lazy *l);

#endif
