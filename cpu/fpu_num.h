/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/fpu_num.h [F] - an unpacked number, and how a result is delivered.
 *
 * Owns the internal form of a finite operand and the last step of every
 * computation: rounding, special results, and the update of FPSCR.
 * Private to cpu/fpu*.c.
 */
#ifndef CPU_FPU_NUM_H
#define CPU_FPU_NUM_H

#include "cpu/fpu.h"
#include "cpu/fpu_wide.h"

/*
 * A finite number: (-1)^sign * m * 2^(e - 63).  m has bit 63 set, or is 0
 * for zero; then e is FPU_EXP_ZERO, below that of any product.
 */
struct fpu_num {
	u64 m;
	s32 e;
	u32 sign;
};

#define FPU_EXP_ZERO	(-0x4000)

/* FPRF of the classes that have no sign of their own to be put in. */
#define FPRF_QNAN	(FPSCR_C | FPSCR_FU)

static __always_inline bool fpu_is_nan(u64 x)
{
	return (x & ~FPU_SIGN) > FPU_INF;
}

static __always_inline bool fpu_is_snan(u64 x)
{
	return fpu_is_nan(x) && !(x & FPU_QUIET);
}

static __always_inline bool fpu_is_inf(u64 x)
{
	return (x & ~FPU_SIGN) == FPU_INF;
}

static __always_inline bool fpu_is_zero(u64 x)
{
	return (x & ~FPU_SIGN) == 0;
}

/* Neither NaN nor infinity. */
static __always_inline bool fpu_is_finite(u64 x)
{
	return (x & FPU_INF) != FPU_INF;
}

static __always_inline u32 fpu_sign(u64 x)
{
	return (u32)(x >> 63);
}

/* @x is finite. */
static __always_inline struct fpu_num fpu_unpack(u64 x)
{
	struct fpu_num n;
	u32 field = (u32)(x >> 52) & 0x7ff;

	n.sign = fpu_sign(x);
	n.e = (s32)field - 1023;
	n.m = x << 11 | FPU_SIGN;
	if (unlikely(!field)) {
		n.m = x << 12;
		n.e = FPU_EXP_ZERO;
		if (n.m) {
			n.e = -1023 - clz64(n.m);
			n.m <<= clz64(n.m);
		}
	}
	return n;
}

/* VX and FEX are functions of the other bits. */
static __always_inline u32 fpscr_sum(u32 s)
{
	s &= ~(FPSCR_VX | FPSCR_FEX);
	if (s & FPSCR_VX_ALL)
		s |= FPSCR_VX;
	/* VX OX UX ZX XX stand 22 places left of their enable bits. */
	if (s >> 22 & s & PPC_MASK(24, 28))
		s |= FPSCR_FEX;
	return s;
}

/*
 * End of an instruction: @exc are the exceptions it met, @keep the bits of
 * FR, FI, FPRF it does not define, @res the new value of the others.
 */
static __always_inline void fpscr_commit(u32 *fpscr, u32 exc, u32 keep,
					 u32 res)
{
	u32 s = *fpscr;

	s = (s & ~(FPSCR_FR | FPSCR_FI | FPSCR_FPRF)) | (s & keep) | res;
	if (unlikely(exc & ~s))
		s = fpscr_sum(s | exc | FPSCR_FX);
	*fpscr = s;
}

u64 fpu_round(u32 *fpscr, struct fpu_num n, unsigned int form);
u64 fpu_zero(u32 *fpscr, u32 sign, unsigned int form);
u64 fpu_inf(u32 *fpscr, u32 sign, unsigned int form);
u64 fpu_zero_divide(u32 *fpscr, u64 frt, u32 sign);
u64 fpu_nan(u32 *fpscr, u64 frt, u32 vx, const u64 *ops, unsigned int count,
	    unsigned int form);

/* Of an exact zero sum of numbers of opposite sign: [PEM] "Sign of result". */
static __always_inline u32 fpu_zero_sign(u32 fpscr)
{
	return (fpscr & FPSCR_RN) == FPU_RN_MINUS;
}

#endif
