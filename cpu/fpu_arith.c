/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/fpu_arith.c [F] - add, multiply, and the fused multiply-add.
 *
 * Owns the exact arithmetic and its invalid operations; rounding is that of
 * fpu_round.c.
 */
#include "cpu/fpu_num.h"

static noinline u64 add_special(u32 *fpscr, u64 frt, u64 fra, u64 frb,
				unsigned int form)
{
	const u64 ops[2] = { fra, frb };
	u32 sign_b = fpu_sign(frb) ^ !!(form & FPU_SUB);

	if (fpu_is_nan(fra) || fpu_is_nan(frb))
		return fpu_nan(fpscr, frt, 0, ops, 2, form);
	if (!fpu_is_inf(fra))
		return fpu_inf(fpscr, sign_b, form);
	if (fpu_is_inf(frb) && fpu_sign(fra) != sign_b)
		return fpu_nan(fpscr, frt, FPSCR_VXISI, ops, 2, form);
	return fpu_inf(fpscr, fpu_sign(fra), form);
}

/**
 * fpu_add - fadd, fsub, fadds, fsubs
 * @fpscr: control bits are read; exceptions, FR, FI, FPRF are set
 * @frt:   content of the target register
 * @fra:   first operand
 * @frb:   second operand
 * @form:  FPU_SUB subtracts @frb; FPU_SGL
 *
 * Returns: the new content of the target register.
 * Context: freestanding; constant time.
 * Source:  [PEM] fadd, fsub; "Sign of result"; [BookE] same.
 */
u64 fpu_add(u32 *fpscr, u64 frt, u64 fra, u64 frb, unsigned int form)
{
	struct fpu_num a, b;

	if (unlikely(!fpu_is_finite(fra) || !fpu_is_finite(frb)))
		return add_special(fpscr, frt, fra, frb, form);
	a = fpu_unpack(fra);
	b = fpu_unpack(frb);
	b.sign ^= !!(form & FPU_SUB);
	if (a.e < b.e || (a.e == b.e && a.m < b.m)) {
		struct fpu_num t = a;

		a = b;
		b = t;
	}
	b.m = shr64_sticky(b.m, a.e - b.e);
	if (a.sign == b.sign) {
		a.m += b.m;
		if (a.m < b.m) {
			a.m = FPU_SIGN | a.m >> 1 | (a.m & 1);
			a.e++;
		}
		if (unlikely(!a.m))
			return fpu_zero(fpscr, a.sign, form);
	} else {
		a.m -= b.m;
		if (unlikely(!a.m))
			return fpu_zero(fpscr, fpu_zero_sign(*fpscr), form);
		a.e -= clz64(a.m);
		a.m <<= clz64(a.m);
	}
	return fpu_round(fpscr, a, form);
}

static noinline u64 mul_special(u32 *fpscr, u64 frt, u64 fra, u64 frc,
				unsigned int form)
{
	const u64 ops[2] = { fra, frc };
	u32 vx = 0;

	if (!fpu_is_nan(fra) && !fpu_is_nan(frc)) {
		if (!fpu_is_zero(fra) && !fpu_is_zero(frc))
			return fpu_inf(fpscr, fpu_sign(fra ^ frc), form);
		vx = FPSCR_VXIMZ;
	}
	return fpu_nan(fpscr, frt, vx, ops, 2, form);
}

/**
 * fpu_mul - fmul, fmuls
 * @fpscr: control bits are read; exceptions, FR, FI, FPRF are set
 * @frt:   content of the target register
 * @fra:   first operand
 * @frc:   second operand; the encoding has it in the FRC field
 * @form:  FPU_SGL
 *
 * Returns: the new content of the target register.
 * Context: freestanding; constant time.
 * Source:  [PEM] fmul; [BookE] same.
 */
u64 fpu_mul(u32 *fpscr, u64 frt, u64 fra, u64 frc, unsigned int form)
{
	struct fpu_num a, c;
	struct fpu_wide p;

	if (unlikely(!fpu_is_finite(fra) || !fpu_is_finite(frc)))
		return mul_special(fpscr, frt, fra, frc, form);
	a = fpu_unpack(fra);
	c = fpu_unpack(frc);
	a.sign ^= c.sign;
	if (unlikely(!a.m || !c.m))
		return fpu_zero(fpscr, a.sign, form);
	p = mul64(a.m, c.m);
	a.e += c.e + 1;
	a.m = p.hi | (p.lo != 0);
	if (!(a.m >> 63)) {
		a.m = p.hi << 1 | p.lo >> 63 | (p.lo << 1 != 0);
		a.e--;
	}
	return fpu_round(fpscr, a, form);
}

static noinline u64 madd_special(u32 *fpscr, u64 frt, const u64 ops[3],
				 unsigned int form)
{
	u64 fra = ops[0], frb = ops[1], frc = ops[2];
	u32 sign_b = fpu_sign(frb) ^ !!(form & FPU_SUB);
	bool is_inf_p = fpu_is_inf(fra) || fpu_is_inf(frc);
	u32 vx = 0;

	/* As if multiplied first: VXIMZ even if FRB is a NaN. */
	if ((fpu_is_inf(fra) && fpu_is_zero(frc)) ||
	    (fpu_is_zero(fra) && fpu_is_inf(frc)))
		vx = FPSCR_VXIMZ;
	if (vx || fpu_is_nan(fra) || fpu_is_nan(frb) || fpu_is_nan(frc))
		return fpu_nan(fpscr, frt, vx, ops, 3, form);
	if (!is_inf_p)
		return fpu_inf(fpscr, sign_b, form);
	if (fpu_is_inf(frb) && fpu_sign(fra ^ frc) != sign_b)
		return fpu_nan(fpscr, frt, FPSCR_VXISI, ops, 3, form);
	return fpu_inf(fpscr, fpu_sign(fra ^ frc), form);
}

/* A finite number with a 128-bit significand. */
struct wide_num {
	struct fpu_wide m;
	s32 e;
	u32 sign;
};

static __always_inline struct wide_num multiply(struct fpu_num a,
						struct fpu_num c)
{
	struct wide_num p;

	p.m = mul64(a.m, c.m);
	p.e = a.e + c.e + 1;
	p.sign = a.sign ^ c.sign;
	if (!(p.m.hi >> 63)) {
		p.m.hi = p.m.hi << 1 | p.m.lo >> 63;
		p.m.lo <<= 1;
		p.e--;
	}
	return p;
}

static __always_inline bool is_below(struct wide_num p, struct wide_num b)
{
	if (p.e != b.e)
		return p.e < b.e;
	return p.m.hi < b.m.hi;	/* b.m.lo is 0 */
}

/*
 * Add @b to @a, whose magnitude is not less.  Bits are lost only where @b is
 * shifted by 22 or more; then at most one leading bit cancels, so the
 * sticky bit stays far below the rounding point.
 */
static __always_inline void add_wide(struct wide_num *a, struct wide_num b)
{
	b.m = shr128_sticky(b.m, a->e - b.e);
	if (a->sign == b.sign) {
		a->m.lo += b.m.lo;
		b.m.hi += a->m.lo < b.m.lo;	/* hi: bit 63 or below */
		a->m.hi += b.m.hi;
		if (a->m.hi >= b.m.hi)
			return;
		a->m.lo = a->m.hi << 63 | a->m.lo >> 1 | (a->m.lo & 1);
		a->m.hi = FPU_SIGN | a->m.hi >> 1;
		a->e++;
	} else {
		a->m.hi -= b.m.hi + (a->m.lo < b.m.lo);
		a->m.lo -= b.m.lo;
		if (a->m.hi | a->m.lo)
			a->e -= norm128(&a->m);
	}
}

/**
 * fpu_madd - fmadd, fmsub, fnmadd, fnmsub and their single forms
 * @fpscr: control bits are read; exceptions, FR, FI, FPRF are set
 * @frt:   content of the target register
 * @fra:   multiplicand
 * @frc:   multiplier
 * @frb:   addend
 * @form:  FPU_SUB subtracts @frb; FPU_NEG negates the rounded result;
 *         FPU_SGL
 *
 * Returns: the new content of the target register.
 * Context: freestanding; constant time.
 * Source:  [PEM] fmadd, fmsub, fnmadd, fnmsub; [BookE] same: the product
 *          has 106 bits; invalid operations as of fmul followed by fadd.
 */
u64 fpu_madd(u32 *fpscr, u64 frt, u64 fra, u64 frc, u64 frb,
	     unsigned int form)
{
	struct wide_num p, b;
	struct fpu_num n;
	bool is_same_sign;

	if (unlikely(!fpu_is_finite(fra) || !fpu_is_finite(frb) ||
		     !fpu_is_finite(frc))) {
		const u64 ops[3] = { fra, frb, frc };

		return madd_special(fpscr, frt, ops, form);
	}
	p = multiply(fpu_unpack(fra), fpu_unpack(frc));
	n = fpu_unpack(frb);
	b = (struct wide_num){ { n.m, 0 }, n.e,
			       n.sign ^ !!(form & FPU_SUB) };
	is_same_sign = p.sign == b.sign;
	if (is_below(p, b)) {
		add_wide(&b, p);
		p = b;
	} else {
		add_wide(&p, b);
	}
	if (unlikely(!(p.m.hi | p.m.lo)))
		return fpu_zero(fpscr, is_same_sign ? p.sign :
				fpu_zero_sign(*fpscr), form);
	n = (struct fpu_num){ p.m.hi | (p.m.lo != 0), p.e, p.sign };
	return fpu_round(fpscr, n, form);
}
