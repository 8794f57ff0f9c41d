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

struct fpu_lazy {
	u32 mask;		/* bits of FPSCR that are stale; 0: none */
	u8 op, form;		/* enum fpu_lazy_op, enum fpu_form */
	u64 a, b, c;		/* operands; b is the addend of MADD */
};

u32 fpu_lazy_result(u32 fpscr, const struct fpu_lazy *l);

#endif
