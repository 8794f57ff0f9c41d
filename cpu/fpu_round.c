/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/fpu_round.c [F] - delivering a floating-point result.
 *
 * Owns rounding with overflow and underflow, enabled and disabled, and the
 * special results: zero, infinity, NaN.  Knows no operation.
 */
#include "cpu/fpu_num.h"

/* What differs between the formats. */
struct fpu_format {
	u8 drop;	/* bits of m below the significand */
	u8 widen;	/* shift of the significand into the double format */
	s16 emin;	/* smallest exponent of a normal number */
	s16 adjust;	/* of the exponent, overflow or underflow enabled */
	u64 limit;	/* the first double bit pattern that overflows */
};

static const struct fpu_format formats[2] = {
	[FPU_DBL] = { 11, 0, -1022, 1536, FPU_INF },
	[FPU_SGL] = { 40, 29, -126, 192, 0x47f0000000000000ull },
};

/* A rounded significand, not yet in the double format, and FR, FI. */
struct rounded {
	u64 q;
	u32 fr_fi;
};

static __always_inline struct rounded
round_significand(u32 fpscr, u64 m, u32 sign, unsigned int drop)
{
	u64 q = m >> drop;
	u64 rest = m << (64 - drop);
	bool up;

	if (!rest)
		return (struct rounded){ q, 0 };
	switch (fpscr & FPSCR_RN) {
	case FPU_RN_NEAREST:
		up = rest > FPU_SIGN || (rest == FPU_SIGN && (q & 1));
		break;
	case FPU_RN_PLUS:
		up = !sign;
		break;
	case FPU_RN_MINUS:
		up = sign;
		break;
	default:
		up = false;
		break;
	}
	return (struct rounded){ q + up, up ? FPSCR_FI | FPSCR_FR : FPSCR_FI };
}

/*
 * The leading 1 of @q, or a carry out of rounding, adds to the exponent
 * field; a significand without leading 1 makes a denormal number at @e =
 * -1022.  Modulo 2048, so that the sign stays clear.
 */
static __always_inline u64 pack(s32 e, u64 q)
{
	return (((u64)(e + 1022) << 52) + q) & ~FPU_SIGN;
}

static __always_inline u32 sign_of_form(u32 sign, unsigned int form)
{
	return sign ^ !!(form & FPU_NEG);
}

static __always_inline u64 deliver(u32 *fpscr, u32 exc, u32 fr_fi, u32 class,
				   u64 bits, u32 sign)
{
	u32 cc = sign ? FPSCR_FL : FPSCR_FG;

	fpscr_commit(fpscr, exc, 0, fr_fi | class | cc);
	return bits | (u64)sign << 63;
}

/* Underflow enabled: the rounded result with an adjusted exponent. */
static u64 round_tiny_enabled(u32 *fpscr, struct fpu_num n, unsigned int form)
{
	const struct fpu_format *f = &formats[form & FPU_SGL];
	struct rounded r = round_significand(*fpscr, n.m, n.sign, f->drop);
	u32 exc = FPSCR_UX | (r.fr_fi ? FPSCR_XX : 0);

	return deliver(fpscr, exc, r.fr_fi, 0,
		       pack(n.e + f->adjust, r.q << f->widen),
		       sign_of_form(n.sign, form));
}

/* A result below the smallest normal number: tiny before rounding. */
static noinline u64 round_tiny(u32 *fpscr, struct fpu_num n, unsigned int form)
{
	const struct fpu_format *f = &formats[form & FPU_SGL];
	u32 sign = sign_of_form(n.sign, form);
	struct rounded r;
	u32 exc;
	u64 q;
	s32 e;

	if (*fpscr & FPSCR_UE)
		return round_tiny_enabled(fpscr, n, form);
	n.m = shr64_sticky(n.m, f->emin - n.e);
	r = round_significand(*fpscr, n.m, n.sign, f->drop);
	exc = r.fr_fi ? FPSCR_UX | FPSCR_XX : 0;
	q = r.q << f->widen;
	e = f->emin;
	if (!q) {
		fpscr_commit(fpscr, exc, 0,
			     r.fr_fi | FPSCR_FE | (sign ? FPSCR_C : 0));
		return (u64)sign << 63;
	}
	if (q >> 52)	/* rounded up to the smallest normal number */
		return deliver(fpscr, exc, r.fr_fi, 0, pack(e, q), sign);
	if (form & FPU_SGL) {	/* a normal number in the double format */
		e -= clz64(q) - 11;
		q <<= clz64(q) - 11;
	}
	return deliver(fpscr, exc, r.fr_fi, FPSCR_C, pack(e, q), sign);
}

/* A rounded result above the largest finite number. */
static noinline u64 round_huge(u32 *fpscr, struct fpu_num n, unsigned int form)
{
	const struct fpu_format *f = &formats[form & FPU_SGL];
	struct rounded r = round_significand(*fpscr, n.m, n.sign, f->drop);
	u32 sign = sign_of_form(n.sign, form);
	u32 rn = *fpscr & FPSCR_RN;

	if (*fpscr & FPSCR_OE)
		return deliver(fpscr, FPSCR_OX | (r.fr_fi ? FPSCR_XX : 0),
			       r.fr_fi, 0,
			       pack(n.e - f->adjust, r.q << f->widen), sign);
	if (rn == FPU_RN_NEAREST ||
	    rn == (n.sign ? FPU_RN_MINUS : FPU_RN_PLUS))
		return deliver(fpscr, FPSCR_OX | FPSCR_XX,
			       FPSCR_FR | FPSCR_FI, FPSCR_FU, FPU_INF, sign);
	return deliver(fpscr, FPSCR_OX | FPSCR_XX, FPSCR_FI, 0,
		       f->limit - (1ull << f->widen), sign);
}

/**
 * fpu_round - round a non-zero intermediate result and deliver it
 * @fpscr: RN, OE, UE are read; exceptions, FR, FI, FPRF are set
 * @n:     the result; bit 0 of m is sticky, and bit 63 is set
 * @form:  FPU_SGL for the range and precision of a single, FPU_NEG
 *
 * Returns: the content of the target register.
 * Context: freestanding; constant time.
 * Source:  [PEM] "Rounding", "Overflow exception condition", "Underflow
 *          exception condition" (tiny is what is tiny before rounding),
 *          "Inexact exception condition"; [BookE] "Floating-point round to
 *          single-precision model" for results in single format.
 */
u64 fpu_round(u32 *fpscr, struct fpu_num n, unsigned int form)
{
	const struct fpu_format *f = &formats[form & FPU_SGL];
	struct rounded r;
	u64 bits;

	if (unlikely(n.e < f->emin))
		return round_tiny(fpscr, n, form);
	r = round_significand(*fpscr, n.m, n.sign, f->drop);
	bits = ((u64)(n.e + 1022) << 52) + (r.q << f->widen);
	if (unlikely(bits >= f->limit))
		return round_huge(fpscr, n, form);
	return deliver(fpscr, r.fr_fi ? FPSCR_XX : 0, r.fr_fi, 0, bits,
		       sign_of_form(n.sign, form));
}

/**
 * fpu_zero - deliver an exact zero
 * @fpscr: FR, FI, FPRF are set
 * @sign:  sign of the result, before FPU_NEG
 * @form:  FPU_NEG negates it
 *
 * Returns: the content of the target register.
 * Context: freestanding; constant time.
 * Source:  [PEM] table of FPRF values.
 */
u64 fpu_zero(u32 *fpscr, u32 sign, unsigned int form)
{
	sign = sign_of_form(sign, form);
	fpscr_commit(fpscr, 0, 0, FPSCR_FE | (sign ? FPSCR_C : 0));
	return (u64)sign << 63;
}

/**
 * fpu_inf - deliver an exact infinity
 * @fpscr: FR, FI, FPRF are set
 * @sign:  sign of the result, before FPU_NEG
 * @form:  FPU_NEG negates it
 *
 * Returns: the content of the target register.
 * Context: freestanding; constant time.
 * Source:  [PEM] table of FPRF values.
 */
u64 fpu_inf(u32 *fpscr, u32 sign, unsigned int form)
{
	return deliver(fpscr, 0, 0, FPSCR_FU, FPU_INF,
		       sign_of_form(sign, form));
}

/**
 * fpu_zero_divide - deliver the result of a finite number divided by zero
 * @fpscr: ZX, FR, FI are set, and FPRF unless ZE
 * @frt:   content of the target register
 * @sign:  sign of the quotient
 *
 * Returns: an infinity, or @frt if ZE.
 * Context: freestanding; constant time.
 * Source:  [PEM] "Zero divide exception condition".
 */
u64 fpu_zero_divide(u32 *fpscr, u64 frt, u32 sign)
{
	if (*fpscr & FPSCR_ZE) {
		fpscr_commit(fpscr, FPSCR_ZX, FPSCR_FPRF, 0);
		return frt;
	}
	return deliver(fpscr, FPSCR_ZX, 0, FPSCR_FU, FPU_INF, sign);
}

/**
 * fpu_nan - deliver a NaN
 * @fpscr: invalid operations, FR, FI are set, and FPRF unless suppressed
 * @frt:   content of the target register
 * @vx:    invalid operations found by the caller
 * @ops:   the operands in the order FRA, FRB, FRC
 * @count: number of operands
 * @form:  FPU_SGL truncates the NaN to the single format
 *
 * The first operand that is a NaN is the result, made quiet; if none is,
 * the result is the default one.  Any signalling operand is an invalid
 * operation as well.
 *
 * Returns: the NaN, or @frt if there is an invalid operation and VE.
 * Context: freestanding; constant time.
 * Source:  [PEM] "NaNs", "Invalid operation exception condition".
 */
u64 fpu_nan(u32 *fpscr, u64 frt, u32 vx, const u64 *ops, unsigned int count,
	    unsigned int form)
{
	u64 nan = FPU_QNAN;
	unsigned int i;

	for (i = count; i-- > 0;) {
		if (fpu_is_nan(ops[i]))
			nan = ops[i] | FPU_QUIET;
		if (fpu_is_snan(ops[i]))
			vx |= FPSCR_VXSNAN;
	}
	if (vx && (*fpscr & FPSCR_VE)) {
		fpscr_commit(fpscr, vx, FPSCR_FPRF, 0);
		return frt;
	}
	fpscr_commit(fpscr, vx, 0, FPRF_QNAN);
	return form & FPU_SGL ? nan >> 29 << 29 : nan;
}
