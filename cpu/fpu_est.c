/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/fpu_est.c [F] - the reciprocal estimates.
 *
 * Owns the values of fres and frsqrte.  The architecture states only a
 * bound of their relative error, 1/256 and 1/32; the values of the 440 FPU
 * are not published.  Here they come from a fixed formula of a few leading
 * bits, within the bound but not much better, so that a guest that forgets
 * to refine an estimate shows it.  Same values on every host and engine.
 */
#include "cpu/fpu_num.h"

/* An estimate leaves XX alone, and its FR and FI are undefined: 0 here. */
static u64 round_estimate(u32 *fpscr, struct fpu_num n, unsigned int form)
{
	u32 s = *fpscr | FPSCR_XX;	/* so that XX cannot set FX */
	u64 bits = fpu_round(&s, n, form);

	s &= ~(FPSCR_XX | FPSCR_FR | FPSCR_FI);
	*fpscr = fpscr_sum(s | (*fpscr & FPSCR_XX));
	return bits;
}

/**
 * fpu_fres - estimate the reciprocal, in single precision
 * @fpscr: control bits are read; exceptions, FR, FI, FPRF are set
 * @frt:   content of the target register
 * @frb:   operand, any double
 *
 * The reciprocal of the middle of the interval of all numbers that share
 * the 8 leading fraction bits, cut to 13 bits: error below 1/440.  Overflow
 * and underflow are those of the estimate.
 *
 * Returns: the new content of the target register.
 * Context: freestanding; constant time.
 * Source:  [PEM] fres: error at most 1/256; special operands by its table.
 */
u64 fpu_fres(u32 *fpscr, u64 frt, u64 frb)
{
	struct fpu_num n;
	u32 lead, est;

	if (unlikely(fpu_is_nan(frb)))
		return fpu_nan(fpscr, frt, 0, &frb, 1, FPU_SGL);
	if (unlikely(fpu_is_inf(frb)))
		return fpu_zero(fpscr, fpu_sign(frb), FPU_SGL);
	if (unlikely(fpu_is_zero(frb)))
		return fpu_zero_divide(fpscr, frt, fpu_sign(frb));
	n = fpu_unpack(frb);
	lead = (u32)(n.m >> 55);		/* 256..511: 1.f * 2^8 */
	est = (1u << 22) / (2 * lead + 1);	/* 2^12 < est < 2^13 */
	n.m = (u64)est << 51;
	n.e = -n.e - 1;
	return round_estimate(fpscr, n, FPU_SGL);
}

/* floor(sqrt(@x)), @x < 2^26. */
static u32 root26(u32 x)
{
	u32 r = 0, bit;

	for (bit = 1u << 12; bit; bit >>= 1)
		if ((r + bit) * (r + bit) <= x)
			r += bit;
	return r;
}

/**
 * fpu_frsqrte - estimate the reciprocal of the square root
 * @fpscr: control bits are read; exceptions, FR, FI, FPRF are set
 * @frt:   content of the target register
 * @frb:   operand
 *
 * The reciprocal root of the middle of the interval of all numbers that
 * share the 5 leading fraction bits, cut to 12 bits: error below 1/100.
 *
 * Returns: the new content of the target register.
 * Context: freestanding; constant time.
 * Source:  [PEM] frsqrte: error at most 1/32; special operands by its table.
 */
u64 fpu_frsqrte(u32 *fpscr, u64 frt, u64 frb)
{
	struct fpu_num n;
	u32 lead;

	if (unlikely(fpu_is_nan(frb)))
		return fpu_nan(fpscr, frt, 0, &frb, 1, FPU_DBL);
	if (unlikely(fpu_is_zero(frb)))
		return fpu_zero_divide(fpscr, frt, fpu_sign(frb));
	if (unlikely(fpu_sign(frb)))
		return fpu_nan(fpscr, frt, FPSCR_VXSQRT, &frb, 1, FPU_DBL);
	if (unlikely(fpu_is_inf(frb)))
		return fpu_zero(fpscr, 0, FPU_DBL);
	n = fpu_unpack(frb);
	lead = 2 * (u32)(n.m >> 58) + 1;	/* 65..127: 1.f * 2^6 */
	/* 2^24 / 1.f, or half of it for an odd exponent: 2^22..2^24. */
	n.m = (u64)root26((n.e & 1 ? 1u << 29 : 1u << 30) / lead) << 52;
	n.e = -(n.e >> 1) - 1;
	return round_estimate(fpscr, n, FPU_DBL);
}
