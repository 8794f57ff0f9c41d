/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/fpu_div.c [F] - divide and square root.
 *
 * Owns the exact quotient and root, to more bits than a double and a sticky
 * bit, without a 64-bit division: a kernel for a 32-bit host has none.
 */
#include "cpu/fpu_num.h"

/*
 * A lower bound of 2^63 / (@m / 2^32) that is less than 2^-29 below it,
 * relative; @m has bit 63 set.  16 bits come from a division, and each of
 * two Newton steps, which never exceed the true value, doubles them.
 */
static u32 reciprocal(u64 m)
{
	u32 b = (u32)(m >> 32);
	u64 r = 0xffffffffu / ((b >> 16) + 1);	/* 2^48 / b, to 2^-14.4 */
	u64 gap = (1ull << 48) - r * b;		/* 2^48 - r * b < 2^34 */

	r = (r << 16) + ((r * (gap >> 2)) >> 30); /* 2^64 / b, to 2^-28.8 */
	gap = 0 - r * b;			/* 2^64 - r * b < 2^36 */
	r += ((r >> 1) * (gap >> 6)) >> 57;
	/* The bits of m below b make the divisor up to 2^-31 larger. */
	return (u32)((r - 5) >> 1);
}

/*
 * floor(@a * 2^56 / @b) for 2^52 <= @b < 2^53, @b <= @a < 2 * @b, where @r is
 * reciprocal(@b << 11); bit 0 is also set if there is a remainder.
 *
 * Two digits of 28 bits.  An estimated digit is never too large and at most
 * 3 too small, so that a remainder stays below 4 * @b < 2^55, and it is right
 * to compute it modulo 2^64.
 */
static u64 quotient(u64 a, u64 b, u32 r)
{
	u64 q1 = ((a >> 22) * r) >> 34;
	u64 rem = (a << 28) - q1 * b;
	u64 q0 = ((rem >> 23) * r) >> 33;

	rem = (rem << 28) - q0 * b;
	while (rem >= b) {
		rem -= b;
		q0++;
	}
	return ((q1 << 28) + q0) | (rem != 0);
}

static noinline u64 div_special(u32 *fpscr, u64 frt, u64 fra, u64 frb,
				unsigned int form)
{
	const u64 ops[2] = { fra, frb };
	u32 sign = fpu_sign(fra ^ frb);
	u32 vx = 0;

	if (fpu_is_nan(fra) || fpu_is_nan(frb))
		return fpu_nan(fpscr, frt, 0, ops, 2, form);
	if (fpu_is_inf(fra) && fpu_is_inf(frb))
		vx = FPSCR_VXIDI;
	if (fpu_is_zero(fra) && fpu_is_zero(frb))
		vx = FPSCR_VXZDZ;
	if (vx)
		return fpu_nan(fpscr, frt, vx, ops, 2, form);
	if (fpu_is_inf(fra))
		return fpu_inf(fpscr, sign, form);
	if (fpu_is_zero(frb))
		return fpu_zero_divide(fpscr, frt, sign);
	return fpu_zero(fpscr, sign, form);
}

/**
 * fpu_div - fdiv, fdivs
 * @fpscr: control bits are read; exceptions, FR, FI, FPRF are set
 * @frt:   content of the target register
 * @fra:   dividend
 * @frb:   divisor
 * @form:  FPU_SGL
 *
 * Returns: the new content of the target register.
 * Context: freestanding; constant time.
 * Source:  [PEM] fdiv; "Zero divide exception condition"; [BookE] same.
 */
u64 fpu_div(u32 *fpscr, u64 frt, u64 fra, u64 frb, unsigned int form)
{
	struct fpu_num a, b;
	unsigned int is_below;

	if (unlikely(!fpu_is_finite(fra) || !fpu_is_finite(frb) ||
		     fpu_is_zero(fra) || fpu_is_zero(frb)))
		return div_special(fpscr, frt, fra, frb, form);
	a = fpu_unpack(fra);
	b = fpu_unpack(frb);
	a.sign ^= b.sign;
	a.e -= b.e;
	is_below = a.m < b.m;
	a.e -= is_below;
	a.m = a.m >> 11 << is_below;
	a.m = quotient(a.m, b.m >> 11, reciprocal(b.m)) << 7;
	return fpu_round(fpscr, a, form);
}

/*
 * The square root of @x, 2^62 <= @x < 2^64, digit by digit: @x is a fixed-point
 * number with 62 fraction bits, the root has 54, and below them a sticky bit.
 */
static u64 root(u64 x)
{
	u64 rem = 0, r = 0;
	int i;

	for (i = 0; i < 55; i++) {
		u64 t = r << 2 | 1;
		u64 digit;

		rem = rem << 2 | x >> 62;
		x <<= 2;
		digit = rem >= t;
		rem -= t & (0 - digit);		/* a branch would be a guess */
		r = r << 1 | digit;
	}
	return r << 1 | (rem != 0);
}

/**
 * fpu_sqrt - fsqrt, fsqrts
 * @fpscr: control bits are read; exceptions, FR, FI, FPRF are set
 * @frt:   content of the target register
 * @frb:   operand
 * @form:  FPU_SGL
 *
 * Whether the 440EP has these instructions is the decoder's affair.
 *
 * Returns: the new content of the target register.
 * Context: freestanding; constant time.
 * Source:  [PEM] fsqrt: -0 gives -0, any other negative number VXSQRT.
 */
u64 fpu_sqrt(u32 *fpscr, u64 frt, u64 frb, unsigned int form)
{
	struct fpu_num n;

	if (unlikely(fpu_is_nan(frb)))
		return fpu_nan(fpscr, frt, 0, &frb, 1, form);
	if (unlikely(fpu_is_zero(frb)))
		return fpu_zero(fpscr, fpu_sign(frb), form);
	if (unlikely(fpu_sign(frb)))
		return fpu_nan(fpscr, frt, FPSCR_VXSQRT, &frb, 1, form);
	if (unlikely(fpu_is_inf(frb)))
		return fpu_inf(fpscr, 0, form);
	n = fpu_unpack(frb);
	n.m = root(n.e & 1 ? n.m : n.m >> 1) << 8;
	n.e >>= 1;
	return fpu_round(fpscr, n, form);
}
