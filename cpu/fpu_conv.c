/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/fpu_conv.c [F] - conversions between formats, and comparison.
 *
 * Owns frsp, fctiw[z], the format changes of lfs and stfs, and fcmp[uo].
 */
#include "cpu/fpu_num.h"

/**
 * fpu_frsp - round to single precision
 * @fpscr: control bits are read; exceptions, FR, FI, FPRF are set
 * @frt:   content of the target register
 * @frb:   operand
 *
 * Returns: the new content of the target register.
 * Context: freestanding; constant time.
 * Source:  [BookE] and [PEM], "Floating-point round to single-precision
 *          model".
 */
u64 fpu_frsp(u32 *fpscr, u64 frt, u64 frb)
{
	if (unlikely(fpu_is_nan(frb)))
		return fpu_nan(fpscr, frt, 0, &frb, 1, FPU_SGL);
	if (unlikely(fpu_is_inf(frb)))
		return fpu_inf(fpscr, fpu_sign(frb), FPU_SGL);
	if (unlikely(fpu_is_zero(frb)))
		return fpu_zero(fpscr, fpu_sign(frb), FPU_SGL);
	return fpu_round(fpscr, fpu_unpack(frb), FPU_SGL);
}

static noinline u64 convert_invalid(u32 *fpscr, u64 frt, u64 frb)
{
	u32 exc = FPSCR_VXCVI;
	u32 word = 0x80000000u;

	if (fpu_is_snan(frb))
		exc |= FPSCR_VXSNAN;
	if (!fpu_is_nan(frb) && !fpu_sign(frb))
		word = 0x7fffffffu;
	fpscr_commit(fpscr, exc, FPSCR_FPRF, 0);
	return *fpscr & FPSCR_VE ? frt : FPU_HIGH_WORD | word;
}

/* The integer part of @n, and its fraction as a 64-bit one, sticky. */
static __always_inline u64 split(struct fpu_num n, u64 *rest)
{
	if (n.e < 0) {
		*rest = shr64_sticky(n.m, -1 - n.e);
		return 0;
	}
	*rest = n.m << n.e << 1;
	return n.m >> (63 - n.e);
}

static u64 convert(u32 *fpscr, u64 frt, u64 frb, u32 rn)
{
	struct fpu_num n;
	u64 q, rest;
	bool up = false;

	if (unlikely(!fpu_is_finite(frb)))
		return convert_invalid(fpscr, frt, frb);
	n = fpu_unpack(frb);
	if (unlikely(n.e > 31))
		return convert_invalid(fpscr, frt, frb);
	q = split(n, &rest);
	if (rn == FPU_RN_NEAREST)
		up = rest > FPU_SIGN || (rest == FPU_SIGN && (q & 1));
	else if (rn != FPU_RN_ZERO)
		up = rest && n.sign == (rn == FPU_RN_MINUS);
	q += up;
	if (unlikely(q > 0x7fffffffu + (u64)n.sign))
		return convert_invalid(fpscr, frt, frb);
	fpscr_commit(fpscr, rest ? FPSCR_XX : 0, FPSCR_FPRF,
		     (rest ? FPSCR_FI : 0) | (up ? FPSCR_FR : 0));
	return FPU_HIGH_WORD | (u32)(n.sign ? 0 - q : q);
}

/**
 * fpu_fctiw - convert to a 32-bit integer, rounding as RN says
 * @fpscr: control bits are read; exceptions, FR, FI are set
 * @frt:   content of the target register
 * @frb:   operand
 *
 * Returns: the new content of the target register; the integer is in its
 *          low word, the high word is FPU_HIGH_WORD.
 * Context: freestanding; constant time.
 * Source:  [BookE] and [PEM], "Floating-point convert to integer model".
 */
u64 fpu_fctiw(u32 *fpscr, u64 frt, u64 frb)
{
	return convert(fpscr, frt, frb, *fpscr & FPSCR_RN);
}

/**
 * fpu_fctiwz - convert to a 32-bit integer, rounding toward zero
 * @fpscr: control bits are read; exceptions, FR, FI are set
 * @frt:   content of the target register
 * @frb:   operand
 *
 * Returns: as fpu_fctiw.
 * Context: freestanding; constant time.
 * Source:  as fpu_fctiw.
 */
u64 fpu_fctiwz(u32 *fpscr, u64 frt, u64 frb)
{
	return convert(fpscr, frt, frb, FPU_RN_ZERO);
}

/* A signed integer that orders as the number @x, not a NaN, does. */
static __always_inline s64 order_of(u64 x)
{
	return (s64)(x & FPU_SIGN ? FPU_SIGN - x : x);
}

/* An FPCC, and @exc with it; FR, FI and C are not a comparison's. */
static u32 compare_commit(u32 *fpscr, u32 cc, u32 exc)
{
	fpscr_commit(fpscr, exc, FPSCR_FR | FPSCR_FI | FPSCR_C, cc);
	return PPC_FIELD(cc, 16, 19);
}

static u32 compare(u32 *fpscr, u64 fra, u64 frb, bool is_ordered)
{
	s64 a = order_of(fra), b = order_of(frb);
	u32 exc = 0;

	if (likely(!fpu_is_nan(fra) && !fpu_is_nan(frb)))
		return compare_commit(fpscr, a < b ? FPSCR_FL :
				      a > b ? FPSCR_FG : FPSCR_FE, 0);
	if (fpu_is_snan(fra) || fpu_is_snan(frb))
		exc = FPSCR_VXSNAN;
	if (is_ordered && !(exc && (*fpscr & FPSCR_VE)))
		exc |= FPSCR_VXVC;
	return compare_commit(fpscr, FPSCR_FU, exc);
}

/**
 * fpu_fcmpu - compare, unordered
 * @fpscr: FPCC is set, and VXSNAN for a signalling operand
 * @fra:   first operand
 * @frb:   second operand
 *
 * Returns: the CR field: 8 less, 4 greater, 2 equal, 1 unordered.
 * Context: freestanding; constant time.
 * Source:  [PEM] fcmpu; [BookE] same.
 */
u32 fpu_fcmpu(u32 *fpscr, u64 fra, u64 frb)
{
	return compare(fpscr, fra, frb, false);
}

/**
 * fpu_fcmpo - compare, ordered
 * @fpscr: FPCC is set; VXVC for a NaN, and VXSNAN for a signalling one;
 *         VXVC stays away where VXSNAN is enabled
 * @fra:   first operand
 * @frb:   second operand
 *
 * Returns: as fpu_fcmpu.
 * Context: freestanding; constant time.
 * Source:  [PEM] fcmpo; [BookE] same.
 */
u32 fpu_fcmpo(u32 *fpscr, u64 fra, u64 frb)
{
	return compare(fpscr, fra, frb, true);
}

/**
 * fpu_lfs - the double that a load of a single makes
 * @word: the single in storage
 *
 * Returns: the same number in double format; a NaN stays as it is, quiet or
 *          signalling.
 * Context: freestanding; constant time.
 * Source:  [BookE] "Floating-point load instructions", DOUBLE(WORD).
 */
u64 fpu_lfs(u32 word)
{
	u64 sign = (u64)(word >> 31) << 63;
	u64 magnitude = (u64)(word & 0x7fffffffu) << 29;
	u32 field = word >> 23 & 0xff;
	s32 lz;

	if (likely(field - 1 < 254))
		return sign | (magnitude + (896ull << 52));
	if (field)
		return sign | magnitude | FPU_INF;
	if (!magnitude)
		return sign;
	lz = clz64(magnitude) - 11;	/* the leading 1 moves to bit 52 */
	return sign | (((u64)(896 - lz) << 52) + (magnitude << lz));
}

/**
 * fpu_stfs - the single that a store of an FPR as single makes
 * @frs: content of the FPR
 *
 * Rounds nothing: bits that do not fit are cut off.
 *
 * Returns: the word for storage.
 * Context: freestanding; constant time.
 * Source:  [BookE] "Floating-point store instructions", SINGLE(FRS).
 */
u32 fpu_stfs(u64 frs)
{
	u32 field = (u32)(frs >> 52) & 0x7ff;
	u32 sign = (u32)(frs >> 32) & 0x80000000u;

	if (likely(field > 896 || fpu_is_zero(frs)))
		return ((u32)(frs >> 32) & 0xc0000000u) |
		       ((u32)(frs >> 29) & 0x3fffffffu);
	if (field < 874)
		return sign;
	return sign | (u32)((frs << 11 | FPU_SIGN) >> (937 - field));
}
