/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/fpu.h [F] - floating-point arithmetic of the 440EP, bit for bit.
 *
 * Owns the layout of FPSCR and the meaning of every floating-point
 * computation, conversion, comparison and FPSCR move.  An operand is the
 * 64-bit content of an FPR; the FPSCR is passed by address; nothing else is
 * read or changed.  Knows nothing of register files, decoding, MSR or
 * interrupts: the caller looks at FPSCR[FEX] afterwards.
 *
 * A function that computes a result takes @frt, the content of the target
 * before the instruction, and returns the content after it.  Where an
 * enabled invalid operation (VE) or zero divide (ZE) keeps the target
 * unchanged, that is @frt itself; so a caller always writes what it gets
 * and needs no case distinction.  FPSCR is complete on return: FX sticky,
 * VX and FEX summaries, FR, FI and FPRF.
 *
 * What the architecture leaves undefined is fixed here, so that every
 * engine agrees:
 *  - FR after a disabled overflow: 1 if the result is an infinity;
 *  - FR, FI after an estimate: 0, and XX is not touched;
 *  - FPRF after a conversion to integer: unchanged;
 *  - bits 0:31 of the result of fctiw[z] and mffs: FPU_HIGH_WORD;
 *  - a single-precision operation with operands that are no singles: the
 *    exact result, rounded once to single; a NaN loses its low 29 bits; an
 *    exponent that the adjustment of an enabled overflow or underflow
 *    cannot bring into the double format is kept modulo 2048;
 *  - stfs of a value below the smallest single denormal: a signed zero;
 *  - NI is kept, and has no effect: [PEM] and [BookE] leave non-IEEE mode
 *    to the implementation, and permit that it conforms to IEEE 754.
 */
#ifndef CPU_FPU_H
#define CPU_FPU_H

#include "base/bits.h"
#include "base/env.h"

/*
 * FPSCR, IBM bit numbers ([BookE] adds 32 to them):
 *
 *  0  1   2  3  4  5  6  7      8     9     10    11    12   13 14 15..19
 *  FX FEX VX OX UX ZX XX VXSNAN VXISI VXIDI VXZDZ VXIMZ VXVC FR FI FPRF
 *
 *  20 21     22     23    24 25 26 27 28 29 30:31
 *  -  VXSOFT VXSQRT VXCVI VE OE UE ZE XE NI RN
 *
 * FPRF is C (15) and FPCC: FL (16) FG (17) FE (18) FU (19).
 */
#define FPSCR_FX	PPC_BIT(0)
#define FPSCR_FEX	PPC_BIT(1)
#define FPSCR_VX	PPC_BIT(2)
#define FPSCR_OX	PPC_BIT(3)
#define FPSCR_UX	PPC_BIT(4)
#define FPSCR_ZX	PPC_BIT(5)
#define FPSCR_XX	PPC_BIT(6)
#define FPSCR_VXSNAN	PPC_BIT(7)
#define FPSCR_VXISI	PPC_BIT(8)
#define FPSCR_VXIDI	PPC_BIT(9)
#define FPSCR_VXZDZ	PPC_BIT(10)
#define FPSCR_VXIMZ	PPC_BIT(11)
#define FPSCR_VXVC	PPC_BIT(12)
#define FPSCR_FR	PPC_BIT(13)
#define FPSCR_FI	PPC_BIT(14)
#define FPSCR_FPRF	PPC_MASK(15, 19)
#define FPSCR_C		PPC_BIT(15)
#define FPSCR_FPCC	PPC_MASK(16, 19)
#define FPSCR_FL	PPC_BIT(16)
#define FPSCR_FG	PPC_BIT(17)
#define FPSCR_FE	PPC_BIT(18)
#define FPSCR_FU	PPC_BIT(19)
#define FPSCR_VXSOFT	PPC_BIT(21)
#define FPSCR_VXSQRT	PPC_BIT(22)
#define FPSCR_VXCVI	PPC_BIT(23)
#define FPSCR_VE	PPC_BIT(24)
#define FPSCR_OE	PPC_BIT(25)
#define FPSCR_UE	PPC_BIT(26)
#define FPSCR_ZE	PPC_BIT(27)
#define FPSCR_XE	PPC_BIT(28)
#define FPSCR_ENABLES	PPC_MASK(24, 28)
#define FPSCR_NI	PPC_BIT(29)
#define FPSCR_RN	PPC_MASK(30, 31)

/* The nine causes of an invalid operation, summarised in VX. */
#define FPSCR_VX_ALL	(PPC_MASK(7, 12) | PPC_MASK(21, 23))
/* The exception bits: set by an instruction, they set FX. */
#define FPSCR_EXC	(PPC_MASK(3, 12) | PPC_MASK(21, 23))
/* Bits that hold something; bit 20 is reserved and reads as 0. */
#define FPSCR_IMPL	(~PPC_BIT(20))

/* Values of RN. */
enum fpu_rn {
	FPU_RN_NEAREST = 0,
	FPU_RN_ZERO = 1,
	FPU_RN_PLUS = 2,
	FPU_RN_MINUS = 3,
};

/* What a form of an instruction adds to its operation; or-ed together. */
enum fpu_form {
	FPU_DBL = 0,		/* double precision */
	FPU_SGL = 1,		/* round to single precision */
	FPU_NEG = 2,		/* negate after rounding, except a NaN */
	FPU_SUB = 4,		/* subtract FRB instead of adding it */
};

#define FPU_SIGN	0x8000000000000000ull
#define FPU_INF		0x7ff0000000000000ull
#define FPU_QUIET	0x0008000000000000ull
/* The QNaN that an invalid operation generates. */
#define FPU_QNAN	0x7ff8000000000000ull

/*
 * Bits 0:31 where the architecture has them undefined: what the FPUs of the
 * 6xx and 7xx put there, a quiet NaN.  [assumed: same for the 440 FPU]
 */
#define FPU_HIGH_WORD	0xfff8000000000000ull

/* Arithmetic: see fpu_arith.c, fpu_div.c */
u64 fpu_add(u32 *fpscr, u64 frt, u64 fra, u64 frb, unsigned int form);
u64 fpu_mul(u32 *fpscr, u64 frt, u64 fra, u64 frc, unsigned int form);
u64 fpu_madd(u32 *fpscr, u64 frt, u64 fra, u64 frc, u64 frb,
	     unsigned int form);
u64 fpu_div(u32 *fpscr, u64 frt, u64 fra, u64 frb, unsigned int form);
u64 fpu_sqrt(u32 *fpscr, u64 frt, u64 frb, unsigned int form);

/* Estimates: see fpu_est.c */
u64 fpu_fres(u32 *fpscr, u64 frt, u64 frb);
u64 fpu_frsqrte(u32 *fpscr, u64 frt, u64 frb);

/* Conversion and comparison: see fpu_conv.c */
u64 fpu_frsp(u32 *fpscr, u64 frt, u64 frb);
u64 fpu_fctiw(u32 *fpscr, u64 frt, u64 frb);
u64 fpu_fctiwz(u32 *fpscr, u64 frt, u64 frb);
u32 fpu_fcmpu(u32 *fpscr, u64 fra, u64 frb);
u32 fpu_fcmpo(u32 *fpscr, u64 fra, u64 frb);
u64 fpu_lfs(u32 word);
u32 fpu_stfs(u64 frs);

/* The FPSCR as a register: see fpu.c */
void fpu_mtfsf(u32 *fpscr, u32 flm, u64 frb);
void fpu_mtfsfi(u32 *fpscr, unsigned int bf, u32 u);
void fpu_mtfsb0(u32 *fpscr, unsigned int bt);
void fpu_mtfsb1(u32 *fpscr, unsigned int bt);
u32 fpu_mcrfs(u32 *fpscr, unsigned int bfa);

/* What mffs puts into FRT. */
static inline u64 fpu_mffs(u32 fpscr)
{
	return FPU_HIGH_WORD | fpscr;
}

/* What Rc = 1 puts into CR field 1: FX, FEX, VX, OX. */
static inline u32 fpu_cr1(u32 fpscr)
{
	return fpscr >> 28;
}

static inline u64 fpu_fneg(u64 frb)
{
	return frb ^ FPU_SIGN;
}

static inline u64 fpu_fabs(u64 frb)
{
	return frb & ~FPU_SIGN;
}

static inline u64 fpu_fnabs(u64 frb)
{
	return frb | FPU_SIGN;
}

/* FRA >= 0.0 selects FRC; -0 is not less than 0, a NaN selects FRB. */
static inline u64 fpu_fsel(u64 fra, u64 frc, u64 frb)
{
	if ((fra & ~FPU_SIGN) > FPU_INF)
		return frb;
	return (fra & FPU_SIGN) && fra != FPU_SIGN ? frb : frc;
}

#endif
