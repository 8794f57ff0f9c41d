/* SPDX-License-Identifier: MIT */
/*
 * cpu/fpu_host.h - floating point by the host's, where the outcome is provably
 * that of the exact arithmetic.
 *
 * Conditions, all of them cheap: RN is nearest, which is the host's mode;
 * FPSCR[XX] is set already, so that an inexact result changes no exception
 * bit; the result is a normal number away from both ends of the range, so
 * that there was no overflow, underflow, NaN, infinity or zero.  FR, FI and
 * FPRF are noted for later (cpu/fpu_lazy.h).
 *
 * A single is the double result rounded once more.  Twice rounding is once
 * rounding unless the first stops at the midpoint of two singles, since
 * rounding is monotonic and every such midpoint is a double; and always where
 * the operands of an unfused operation are singles themselves, since 53 bits
 * are more than twice 24 and two (Figueroa, "When is double rounding
 * innocuous?", SIGNUM 1995).
 *
 * A zero is exact, and so all right, as a sum or difference, and as a product
 * with a factor 0.
 */
#ifndef CPU_FPU_HOST_H
#define CPU_FPU_HOST_H

#include <float.h>
#include <string.h>

#include "cpu/fpu_lazy.h"

#if FLT_EVAL_METHOD == 0 && DBL_MANT_DIG == 53 && FLT_MANT_DIG == 24
#define FPU_HOST 1
#else
#define FPU_HOST 0
#endif

/* Exponent fields of results that can have no range exception. */
#define FPU_HOST_EXP_MIN(form)	((form) & FPU_SGL ? 898u : 2u)
#define FPU_HOST_EXP_MAX(form)	((form) & FPU_SGL ? 1150u : 2046u)
/* Low bits of a double halfway between two singles. */
#define FPU_HOST_TIE_MASK	0x1fffffffu
#define FPU_HOST_TIE		0x10000000u

static __always_inline double fpu_host_double(u64 bits)
{
	double d;

	memcpy(&d, &bits, 8);
	return d;
}

static __always_inline u64 fpu_host_bits(double d)
{
	u64 bits;

	memcpy(&bits, &d, 8);
	return bits;
}

/* a * c + b with one rounding; only where the host has the instruction. */
static __always_inline double fpu_host_fma(double a, double c, double b)
{
#if defined(__x86_64__)
	__asm__("vfmadd231sd %2, %1, %0" : "+x"(b) : "x"(a), "x"(c));
	return b;
#elif defined(FP_FAST_FMA)
	return __builtin_fma(a, c, b);
#else
	(void)a;
	(void)c;
	return b;
#endif
}

static inline bool fpu_host_has_fma(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("fma");
#elif defined(FP_FAST_FMA)
	return true;
#else
	return false;
#endif
}

static __always_inline bool fpu_host_in_range(u64 bits, unsigned int form)
{
	u32 e = (u32)(bits >> 52) & 0x7ff;

	return e - FPU_HOST_EXP_MIN(form) <=
	       FPU_HOST_EXP_MAX(form) - FPU_HOST_EXP_MIN(form);
}

/* As fpu_fcmpu and fpu_fcmpo where no operand is a NaN; else false. */
static __always_inline bool fpu_host_compare(struct fpu_lazy *l, u64 a, u64 b,
					     u32 *nibble)
{
	double x = fpu_host_double(a), y = fpu_host_double(b);

	if (!FPU_HOST || unlikely(x != x || y != y))
		return false;
	l->note = (l->note & ~FPSCR_FPCC) | FPU_NOTE_CC;
	l->cc = (x > y) - (x < y);
	*nibble = l->cc < 0 ? 8 : l->cc ? 4 : 2;
	return true;
}

/* Is a result of 0 exact? */
static __always_inline bool fpu_host_zero(enum fpu_lazy_op op, u64 a, u64 b)
{
	return op == FPU_LAZY_ADD ||
	       (op == FPU_LAZY_MUL && (a << 1 == 0 || b << 1 == 0));
}

/* False: the exact arithmetic has to do it. */
static __always_inline bool fpu_host_compute(u32 fpscr, struct fpu_lazy *l,
	bool has_fma, enum fpu_lazy_op op, unsigned int form, u64 a, u64 b,
	u64 c, u64 *out)
{
	double x = fpu_host_double(a), y = fpu_host_double(b), r;
	u64 first, bits;	/* rounded to double, and then as asked */

	if (!FPU_HOST || (fpscr & (FPSCR_XX | FPSCR_RN)) != FPSCR_XX)
		return false;
	if (op == FPU_LAZY_MADD && !has_fma)
		return false;
	if (form & FPU_SUB)
		y = -y;
	r = op == FPU_LAZY_ADD ? x + y : op == FPU_LAZY_MUL ? x * y :
	    op == FPU_LAZY_DIV ? x / y : op == FPU_LAZY_RSP ? y :
	    fpu_host_fma(x, fpu_host_double(c), y);
	first = bits = fpu_host_bits(r);
	if (form & FPU_SGL) {
		if (unlikely((bits & FPU_HOST_TIE_MASK) == FPU_HOST_TIE &&
			     (op == FPU_LAZY_MADD || op == FPU_LAZY_RSP ||
			      (a | b) & FPU_HOST_TIE_MASK)))
			return false;
		bits = fpu_host_bits((double)(float)r);
	}
	if (unlikely(!fpu_host_in_range(bits, form)) &&
	    (first << 1 || !fpu_host_zero(op, a, b)))
		return false;
	l->note = FPU_NOTE(op, form);
	l->a = a;
	l->b = b;
	if (op == FPU_LAZY_MADD)
		l->c = c;
	*out = form & FPU_NEG ? bits ^ FPU_SIGN : bits;
	return true;
}

#endif
