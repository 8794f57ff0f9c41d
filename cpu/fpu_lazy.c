/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/fpu_lazy.c [F] - repeats a noted operation for the bits that it left
 * stale in FPSCR.
 */
#include "cpu/fpu_lazy.h"

/**
 * fpu_lazy_result - FPSCR with the stale bits of a noted operation filled in
 * @fpscr: as stored; RN is what it was when the operation ran
 * @l:     the operation, which set no exception bit that was not set
 *
 * Returns: the value that the architecture defines.
 * Context: freestanding; constant time.
 */
u32 fpu_lazy_result(u32 fpscr, const struct fpu_lazy *l)
{
	u32 s = fpscr, mask = l->note & FPSCR_RESULT;
	unsigned int form = FPU_NOTE_FORM(l->note);

	if (mask) {
		switch (FPU_NOTE_OP(l->note)) {
		case FPU_LAZY_ADD:
			fpu_add(&s, 0, l->a, l->b, form);
			break;
		case FPU_LAZY_MUL:
			fpu_mul(&s, 0, l->a, l->b, form);
			break;
		case FPU_LAZY_DIV:
			fpu_div(&s, 0, l->a, l->b, form);
			break;
		case FPU_LAZY_MADD:
			fpu_madd(&s, 0, l->a, l->c, l->b, form);
			break;
		case FPU_LAZY_RSP:
			fpu_frsp(&s, 0, l->b);
			break;
		}
		fpscr = (fpscr & ~mask) | (s & mask);
	}
	if (l->note & FPU_NOTE_CC)
		fpscr = (fpscr & ~FPSCR_FPCC) |
			(l->cc < 0 ? FPSCR_FL : l->cc ? FPSCR_FG : FPSCR_FE);
	return fpscr;
}
