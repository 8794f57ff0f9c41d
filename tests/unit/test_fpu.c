/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_fpu.c - cpu/fpu*.c, by hand-derived cases.
 *
 * Expected values follow from the text of the architecture ([PEM], [BookE])
 * or from IEEE 754 by a derivation that fits a comment; tests/diff/fpu checks
 * millions of values.  2^n as a double has the exponent field 1023 + n.
 */
#include <CUnit/CUnit.h>

#include "cpu/fpu.h"
#include "tests/unit/unit.h"

/* Content of the target register before an instruction. */
#define POISON	0x123456789abcdef0ull

/* Doubles. */
#define P2(n)	((u64)(1023 + (n)) << 52)
#define NEG(x)	((x) | FPU_SIGN)
#define ONE	P2(0)
#define TWO	P2(1)
#define THREE	0x4008000000000000ull
#define LAST	1ull			/* one unit in the last place */
#define ZERO	0ull
#define MAX	0x7fefffffffffffffull
#define MIN	0x0010000000000000ull	/* smallest normal */
#define SMAX	0x47efffffe0000000ull	/* the same for singles */
#define SLAST	0x20000000ull
#define SNAN1	0x7ff0000000000123ull
#define QNAN1	0x7ff8000000000111ull
#define QNAN2	0xfff8000000000222ull
#define QNAN3	0x7ffc000000000333ull

#define FR	FPSCR_FR
#define FI	FPSCR_FI
#define FX	FPSCR_FX
#define XX	FPSCR_XX
#define OX	FPSCR_OX
#define UX	FPSCR_UX
#define INVALID(cause)	(FPSCR_FX | FPSCR_VX | FPSCR_##cause)

/* FPRF by class: [PEM] "Floating-point result flags". */
#define IS_QNAN		(FPSCR_C | FPSCR_FU)
#define IS_NEG_INF	(FPSCR_FL | FPSCR_FU)
#define IS_NEG_NORM	FPSCR_FL
#define IS_NEG_DENORM	(FPSCR_C | FPSCR_FL)
#define IS_NEG_ZERO	(FPSCR_C | FPSCR_FE)
#define IS_POS_ZERO	FPSCR_FE
#define IS_POS_DENORM	(FPSCR_C | FPSCR_FG)
#define IS_POS_NORM	FPSCR_FG
#define IS_POS_INF	(FPSCR_FG | FPSCR_FU)

#define FPR(got, want)	CU_ASSERT_EQUAL(got, want)
#define WORD(got, want)	CU_ASSERT_EQUAL((u32)(got), (u32)(want))

static u64 add(u32 *s, u64 a, u64 b)
{
	return fpu_add(s, POISON, a, b, FPU_DBL);
}

static u64 mul(u32 *s, u64 a, u64 c)
{
	return fpu_mul(s, POISON, a, c, FPU_DBL);
}

static u64 muls(u32 *s, u64 a, u64 c)
{
	return fpu_mul(s, POISON, a, c, FPU_SGL);
}

void test_fpu_nearest_ties_to_even(void)
{
	u32 s = 0;

	/* 1 + 2^-53 lies halfway between 1 and 1 + 2^-52. */
	FPR(add(&s, ONE, P2(-53)), ONE);
	WORD(s, FX | XX | FI | IS_POS_NORM);
	/* 1 + 2^-52 + 2^-53 lies halfway below 1 + 2 * 2^-52. */
	FPR(add(&s, ONE + LAST, P2(-53)), ONE + 2 * LAST);
	WORD(s, FX | XX | FI | FR | IS_POS_NORM);
	/* An exact sum clears FR and FI, and leaves XX. */
	FPR(add(&s, ONE, TWO), THREE);
	WORD(s, FX | XX | IS_POS_NORM);
}

void test_fpu_directed_rounding(void)
{
	static const struct {
		u32 rn;
		u64 above, below;	/* 1 + 2^-60, -1 - 2^-60 */
	} row[] = {
		{ FPU_RN_NEAREST, ONE, NEG(ONE) },
		{ FPU_RN_ZERO, ONE, NEG(ONE) },
		{ FPU_RN_PLUS, ONE + LAST, NEG(ONE) },
		{ FPU_RN_MINUS, ONE, NEG(ONE) + LAST },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		u32 s = row[i].rn;

		FPR(add(&s, ONE, P2(-60)), row[i].above);
		CU_ASSERT_EQUAL(!!(s & FR), row[i].above != ONE);
		FPR(fpu_add(&s, POISON, NEG(ONE), P2(-60), FPU_SUB),
		    row[i].below);
		CU_ASSERT_EQUAL(!!(s & FR), row[i].below != NEG(ONE));
	}
}

void test_fpu_sign_of_exact_zero(void)
{
	u32 rn;

	/* [PEM] "Sign of result": x - x is +0, and -0 where RN rounds to minus. */
	for (rn = 0; rn < 4; rn++) {
		bool is_minus = rn == FPU_RN_MINUS;
		u64 want = is_minus ? NEG(ZERO) : ZERO;
		u32 s = rn;

		FPR(fpu_add(&s, POISON, ONE, ONE, FPU_SUB), want);
		WORD(s, rn | (is_minus ? IS_NEG_ZERO : IS_POS_ZERO));
		FPR(fpu_madd(&s, POISON, TWO, ONE, NEG(TWO), FPU_DBL), want);
		FPR(fpu_madd(&s, POISON, ZERO, ONE, NEG(ZERO), FPU_DBL), want);
		FPR(add(&s, NEG(ZERO), NEG(ZERO)), NEG(ZERO));
		FPR(add(&s, ZERO, ZERO), ZERO);
	}
}

void test_fpu_result_class(void)
{
	/* FPRF of the sum with 0 of each class of operand. */
	static const struct {
		u64 x;
		u32 class;
	} row[] = {
		{ QNAN1, IS_QNAN },
		{ NEG(FPU_INF), IS_NEG_INF },
		{ NEG(ONE), IS_NEG_NORM },
		{ NEG(MIN - 1), IS_NEG_DENORM },
		{ LAST, IS_POS_DENORM },
		{ MIN, IS_POS_NORM },
		{ FPU_INF, IS_POS_INF },
		{ ZERO, IS_POS_ZERO },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		u32 s = FPSCR_FPRF;

		FPR(add(&s, row[i].x, ZERO), row[i].x);
		WORD(s, row[i].class);
	}
}

void test_fpu_class_of_single_denormal(void)
{
	u32 s = 0;

	/* 2^-127 is a denormal single, though a normal double. */
	FPR(muls(&s, P2(-100), P2(-27)), P2(-127));
	WORD(s, IS_POS_DENORM);
	FPR(muls(&s, P2(-100), NEG(P2(-26))), NEG(P2(-126)));
	WORD(s, IS_NEG_NORM);
}

void test_fpu_nan_propagates_by_priority(void)
{
	u32 s = 0;

	/* [PEM] "NaNs": FRA before FRB before FRC, as it is if quiet. */
	FPR(fpu_madd(&s, POISON, QNAN1, QNAN3, QNAN2, FPU_DBL), QNAN1);
	FPR(fpu_madd(&s, POISON, ONE, QNAN3, QNAN2, FPU_DBL), QNAN2);
	FPR(fpu_madd(&s, POISON, ONE, QNAN3, ONE, FPU_DBL), QNAN3);
	FPR(add(&s, ONE, QNAN2), QNAN2);
	FPR(fpu_add(&s, POISON, ONE, QNAN2, FPU_SUB), QNAN2);
	FPR(mul(&s, QNAN1, QNAN2), QNAN1);
	FPR(fpu_div(&s, POISON, FPU_INF, QNAN2, FPU_DBL), QNAN2);
	WORD(s, IS_QNAN);
}

void test_fpu_signalling_nan_becomes_quiet(void)
{
	u32 s = 0;

	FPR(add(&s, ONE, SNAN1), SNAN1 | FPU_QUIET);
	WORD(s, INVALID(VXSNAN) | IS_QNAN);
	/* A quiet NaN in FRA comes out; the signalling one in FRB counts. */
	s = 0;
	FPR(add(&s, QNAN1, SNAN1), QNAN1);
	WORD(s, INVALID(VXSNAN) | IS_QNAN);
}

void test_fpu_nan_of_single_is_truncated(void)
{
	u32 s = 0;

	/* [BookE] model of frsp: the low 29 bits of the NaN become 0. */
	FPR(fpu_frsp(&s, POISON, 0xfff8000123456789ull), 0xfff8000120000000ull);
	FPR(fpu_frsp(&s, POISON, 0x7ff0000000000001ull), FPU_QNAN);
	WORD(s, INVALID(VXSNAN) | IS_QNAN);
}

void test_fpu_invalid_operations(void)
{
	u64 inf = FPU_INF;
	u32 s;

	s = 0;
	FPR(fpu_add(&s, POISON, inf, inf, FPU_SUB), FPU_QNAN);
	WORD(s, INVALID(VXISI) | IS_QNAN);
	s = 0;
	FPR(fpu_madd(&s, POISON, inf, NEG(ONE), inf, FPU_DBL), FPU_QNAN);
	WORD(s, INVALID(VXISI) | IS_QNAN);
	s = 0;
	FPR(fpu_div(&s, POISON, inf, NEG(inf), FPU_DBL), FPU_QNAN);
	WORD(s, INVALID(VXIDI) | IS_QNAN);
	s = 0;
	FPR(fpu_div(&s, POISON, NEG(ZERO), ZERO, FPU_SGL), FPU_QNAN);
	WORD(s, INVALID(VXZDZ) | IS_QNAN);
	s = 0;
	FPR(mul(&s, ZERO, inf), FPU_QNAN);
	WORD(s, INVALID(VXIMZ) | IS_QNAN);
	s = 0;
	FPR(fpu_sqrt(&s, POISON, NEG(LAST), FPU_DBL), FPU_QNAN);
	WORD(s, INVALID(VXSQRT) | IS_QNAN);
}

void test_fpu_infinity_times_zero_plus_nan(void)
{
	u32 s = 0;

	/* [BookE]: as fmul then fadd; the NaN operand is the result. */
	FPR(fpu_madd(&s, POISON, FPU_INF, ZERO, QNAN2, FPU_DBL), QNAN2);
	WORD(s, INVALID(VXIMZ) | IS_QNAN);
	s = 0;
	FPR(fpu_madd(&s, POISON, ZERO, FPU_INF, SNAN1, FPU_DBL),
	    SNAN1 | FPU_QUIET);
	WORD(s, INVALID(VXIMZ) | FPSCR_VXSNAN | IS_QNAN);
}

void test_fpu_enabled_invalid_keeps_target(void)
{
	u32 s = FPSCR_VE | FR | FI | IS_NEG_NORM;

	/* [PEM] "Invalid operation": FR and FI become 0, FPRF stays. */
	FPR(mul(&s, FPU_INF, ZERO), POISON);
	WORD(s, FPSCR_VE | INVALID(VXIMZ) | FPSCR_FEX | IS_NEG_NORM);
	s = FPSCR_VE | FR | FI | IS_NEG_NORM;
	FPR(fpu_fctiw(&s, POISON, QNAN1), POISON);
	WORD(s, FPSCR_VE | INVALID(VXCVI) | FPSCR_FEX | IS_NEG_NORM);
	/* A quiet NaN is no exception. */
	FPR(add(&s, QNAN1, ONE), QNAN1);
}

void test_fpu_zero_divide(void)
{
	u32 s = 0;

	FPR(fpu_div(&s, POISON, NEG(ONE), ZERO, FPU_DBL), NEG(FPU_INF));
	WORD(s, FX | FPSCR_ZX | IS_NEG_INF);
	s = FPSCR_ZE | FR | FI | IS_POS_NORM;
	FPR(fpu_div(&s, POISON, ONE, ZERO, FPU_DBL), POISON);
	WORD(s, FPSCR_ZE | FX | FPSCR_FEX | FPSCR_ZX | IS_POS_NORM);
	/* An infinity divided by 0 is exact. */
	s = FPSCR_ZE;
	FPR(fpu_div(&s, POISON, FPU_INF, NEG(ZERO), FPU_DBL), NEG(FPU_INF));
	WORD(s, FPSCR_ZE | IS_NEG_INF);
}

void test_fpu_disabled_overflow(void)
{
	/* [PEM] "Overflow": infinity or the largest, by RN and sign. */
	static const struct {
		u32 rn;
		bool pos_is_inf, neg_is_inf;
	} row[] = {
		{ FPU_RN_NEAREST, true, true },
		{ FPU_RN_ZERO, false, false },
		{ FPU_RN_PLUS, true, false },
		{ FPU_RN_MINUS, false, true },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		u64 pos = row[i].pos_is_inf ? FPU_INF : MAX;
		u64 neg = row[i].neg_is_inf ? FPU_INF : SMAX;
		u32 s = row[i].rn;

		FPR(mul(&s, P2(1000), P2(24)), pos);
		WORD(s & ~FR, row[i].rn | FX | OX | XX | FI |
		     (pos == MAX ? IS_POS_NORM : IS_POS_INF));
		s = row[i].rn;
		FPR(muls(&s, P2(100), NEG(P2(28))), NEG(neg));
		WORD(s & ~FR, row[i].rn | FX | OX | XX | FI |
		     (neg == SMAX ? IS_NEG_NORM : IS_NEG_INF));
	}
}

void test_fpu_overflow_after_rounding(void)
{
	u32 s = 0;

	/* The largest number plus half its last place (2^970) ties up. */
	FPR(add(&s, MAX, P2(970)), FPU_INF);
	WORD(s, FX | OX | XX | FI | FR | IS_POS_INF);
	s = 0;
	FPR(add(&s, MAX, P2(969)), MAX);
	WORD(s, FX | XX | FI | IS_POS_NORM);
}

void test_fpu_enabled_overflow_adjusts(void)
{
	u32 s = FPSCR_OE;

	/* [PEM] "Overflow": exponent minus 1536, single 192. */
	FPR(mul(&s, P2(1000), P2(1000)), P2(2000 - 1536));
	WORD(s, FPSCR_OE | FX | FPSCR_FEX | OX | IS_POS_NORM);
	s = FPSCR_OE;
	FPR(muls(&s, P2(100), NEG(P2(100))), NEG(P2(200 - 192)));
	WORD(s, FPSCR_OE | FX | FPSCR_FEX | OX | IS_NEG_NORM);
	s = FPSCR_OE;
	FPR(fpu_frsp(&s, POISON, P2(1000) + LAST), P2(1000 - 192));
	WORD(s, FPSCR_OE | FX | FPSCR_FEX | OX | XX | FI | IS_POS_NORM);
}

void test_fpu_enabled_underflow_adjusts(void)
{
	u32 s = FPSCR_UE;

	/* [PEM] "Underflow": tiny is enough; plus 1536, single 192. */
	FPR(mul(&s, P2(-1000), P2(-1000)), P2(-2000 + 1536));
	WORD(s, FPSCR_UE | FX | FPSCR_FEX | UX | IS_POS_NORM);
	s = FPSCR_UE;
	FPR(muls(&s, P2(-100), P2(-100)), P2(-200 + 192));
	WORD(s, FPSCR_UE | FX | FPSCR_FEX | UX | IS_POS_NORM);
	/* The smallest double as a single: 2^-1074. */
	s = FPSCR_UE;
	FPR(fpu_frsp(&s, POISON, NEG(LAST)), NEG(P2(-1074 + 192)));
	WORD(s, FPSCR_UE | FX | FPSCR_FEX | UX | IS_NEG_NORM);
}

void test_fpu_disabled_underflow(void)
{
	u32 s = 0;

	/* Tiny but exact: no exception. */
	FPR(mul(&s, P2(-1000), P2(-74)), LAST);
	WORD(s, IS_POS_DENORM);
	/* 2^-1075 is half of the smallest denormal: ties to zero. */
	FPR(mul(&s, P2(-1000), NEG(P2(-75))), NEG(ZERO));
	WORD(s, FX | UX | XX | FI | IS_NEG_ZERO);
	s = FPU_RN_PLUS;
	FPR(mul(&s, P2(-1000), P2(-1000)), LAST);
	WORD(s, FPU_RN_PLUS | FX | UX | XX | FI | FR | IS_POS_DENORM);
	s = 0;
	FPR(fpu_frsp(&s, POISON, P2(-150) + LAST), P2(-149));
	WORD(s, FX | UX | XX | FI | FR | IS_POS_DENORM);
}

void test_fpu_tiny_before_rounding(void)
{
	u32 s = 0;

	/* 2^-1022 * (1 - 2^-53) is tiny, and rounds up to a normal number. */
	FPR(mul(&s, MIN, ONE - LAST), MIN);
	WORD(s, FX | UX | XX | FI | FR | IS_POS_NORM);
}

void test_fpu_fused_multiply_add(void)
{
	u64 x = ONE + LAST;
	u32 s = 0;

	/* (1 + 2^-52)^2 - (1 + 2^-51) = 2^-104: no bit of it is lost. */
	FPR(fpu_madd(&s, POISON, x, x, ONE + 2 * LAST, FPU_SUB), P2(-104));
	WORD(s, IS_POS_NORM);
	/* A product far below the addend still decides the rounding. */
	s = FPU_RN_PLUS;
	FPR(fpu_madd(&s, POISON, P2(-900), P2(-900), ONE, FPU_DBL), ONE + LAST);
	s = FPU_RN_ZERO;
	FPR(fpu_madd(&s, POISON, P2(-900), P2(-900), ONE, FPU_NEG | FPU_SUB),
	    ONE - LAST);
}

/* The integer @i, below 2^53, as a double. */
static u64 number(u64 i)
{
	int e = 52;

	for (; i < 1ull << 52; i *= 2)
		e--;
	return P2(e) | (i & ((1ull << 52) - 1));
}

void test_fpu_lowest_product_bit_breaks_tie(void)
{
	/* (2^45 - 2^23 + 1) * (2^45 + 2^23 + 1) = 2^90 + 1 */
	u64 a = number((1ull << 45) - (1ull << 23) + 1);
	u64 c = number((1ull << 45) + (1ull << 23) + 1);
	u32 s = 0;

	/* 2^143 + 2^90 + 1: the last place is 2^91, 2^90 alone would tie. */
	FPR(fpu_madd(&s, POISON, a, c, P2(143), FPU_DBL), P2(143) + LAST);
	/*
	 * (2^144 - 2^91) + (2^92 + 4): carries, the last place is 2^92, and
	 * 2^91 alone would tie.
	 */
	a += P2(2) - ONE;
	FPR(fpu_madd(&s, POISON, a, c, P2(144) - LAST, FPU_DBL),
	    P2(144) + LAST);
	/* 2^146 - 2^92 - 4: the last place is 2^93, 2^92 alone would tie. */
	FPR(fpu_madd(&s, POISON, a, c, P2(146), FPU_SUB | FPU_NEG),
	    P2(146) - LAST);
}

void test_fpu_single_rounds_once(void)
{
	u64 a = fpu_lfs(0x33800100);	/* 2^-24 * (1 + 2^-15) */
	u64 c = fpu_lfs(0x3f7ffe00);	/* 1 - 2^-15 */
	u64 b = fpu_lfs(0x3f800001);	/* 1 + 2^-23 */
	u32 s = 0;

	/*
	 * a * c + b = 1 + 2^-23 + 2^-24 - 2^-54 is just below halfway; rounded
	 * to double first it would be halfway, and would go up to even.
	 */
	FPR(fpu_madd(&s, POISON, a, c, b, FPU_SGL), b);
	WORD(s, FX | XX | FI | IS_POS_NORM);
}

void test_fpu_negate_after_rounding(void)
{
	u32 s = FPU_RN_PLUS;

	/* 1 + 2^-60 is rounded up, then negated. */
	FPR(fpu_madd(&s, POISON, P2(-60), ONE, ONE, FPU_NEG),
	    NEG(ONE + LAST));
	WORD(s, FPU_RN_PLUS | FX | XX | FI | FR | IS_NEG_NORM);
	/* -(2 * 1 - 2) = -0 */
	FPR(fpu_madd(&s, POISON, TWO, ONE, TWO, FPU_NEG | FPU_SUB), NEG(ZERO));
	/* Overflow to plus: the infinity is negated as well. */
	FPR(fpu_madd(&s, POISON, MAX, TWO, ONE, FPU_NEG), NEG(FPU_INF));
}

void test_fpu_negate_spares_nan(void)
{
	u32 s = 0;

	FPR(fpu_madd(&s, POISON, ONE, ONE, QNAN2, FPU_NEG), QNAN2);
	FPR(fpu_madd(&s, POISON, ONE, ONE, QNAN1, FPU_NEG | FPU_SUB), QNAN1);
	FPR(fpu_madd(&s, POISON, FPU_INF, ZERO, ONE, FPU_NEG), FPU_QNAN);
}

void test_fpu_divide(void)
{
	u32 s = 0;

	/* 1/3 = 0.0101...b: the 53 bits end with 01, the rest is 0101... */
	FPR(fpu_div(&s, POISON, ONE, THREE, FPU_DBL), 0x3fd5555555555555ull);
	WORD(s, FX | XX | FI | IS_POS_NORM);
	FPR(fpu_div(&s, POISON, ONE, THREE, FPU_SGL), fpu_lfs(0x3eaaaaab));
	s = FPU_RN_PLUS;
	FPR(fpu_div(&s, POISON, ONE, THREE, FPU_DBL), 0x3fd5555555555556ull);
	FPR(fpu_div(&s, POISON, NEG(THREE), TWO, FPU_DBL), NEG(THREE - MIN));
	CU_ASSERT(!(s & FI));
	FPR(fpu_div(&s, POISON, ONE, FPU_INF, FPU_DBL), ZERO);
}

void test_fpu_square_root(void)
{
	u32 s = 0;

	FPR(fpu_sqrt(&s, POISON, P2(-1074 + 1024), FPU_DBL), P2(-25));
	FPR(fpu_sqrt(&s, POISON, LAST, FPU_DBL), P2(-537));
	FPR(fpu_sqrt(&s, POISON, 0x4022000000000000ull, FPU_DBL), THREE);
	FPR(fpu_sqrt(&s, POISON, NEG(ZERO), FPU_DBL), NEG(ZERO));
	WORD(s, IS_NEG_ZERO);
	FPR(fpu_sqrt(&s, POISON, FPU_INF, FPU_DBL), FPU_INF);
	/* sqrt(2) = 1.6a09e667f3bcc 908b... hexadecimal: cut and up. */
	FPR(fpu_sqrt(&s, POISON, TWO, FPU_DBL), 0x3ff6a09e667f3bcdull);
	WORD(s, FX | XX | FI | FR | IS_POS_NORM);
}

void test_fpu_round_to_single(void)
{
	u32 s = 0;

	/* 1 + 2^-24 ties to 1; with one more bit it goes up. */
	FPR(fpu_frsp(&s, POISON, ONE + SLAST / 2), ONE);
	FPR(fpu_frsp(&s, POISON, ONE + SLAST / 2 + 1), ONE + SLAST);
	WORD(s, FX | XX | FI | FR | IS_POS_NORM);
	FPR(fpu_frsp(&s, POISON, NEG(ZERO)), NEG(ZERO));
	FPR(fpu_frsp(&s, POISON, SMAX + SLAST / 2), FPU_INF);
	CU_ASSERT(s & OX);
}

void test_fpu_convert_to_integer(void)
{
	static const struct {
		u64 x;
		u32 rn, want, fr_fi;
	} row[] = {
		{ 0x4004000000000000ull, FPU_RN_NEAREST, 2, FI },	/* 2.5 */
		{ 0x400c000000000000ull, FPU_RN_NEAREST, 4, FI | FR },	/* 3.5 */
		{ 0x4004000000000000ull, FPU_RN_PLUS, 3, FI | FR },
		{ 0xc004000000000000ull, FPU_RN_PLUS, 0u - 2, FI },
		{ 0xc004000000000000ull, FPU_RN_MINUS, 0u - 3, FI | FR },
		{ 0x400c000000000000ull, FPU_RN_ZERO, 3, FI },
		{ LAST, FPU_RN_PLUS, 1, FI | FR },
		{ NEG(ZERO), FPU_RN_MINUS, 0, 0 },
		/* 2^31 - 1, and -2^31 - 0.5, which ties to even */
		{ 0x41dfffffffc00000ull, FPU_RN_NEAREST, 0x7fffffff, 0 },
		{ 0xc1e0000000100000ull, FPU_RN_NEAREST, 0x80000000u, FI },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		u32 s = row[i].rn | IS_QNAN;

		FPR(fpu_fctiw(&s, POISON, row[i].x),
		    FPU_HIGH_WORD | row[i].want);
		WORD(s, row[i].rn | IS_QNAN | row[i].fr_fi |
		     (row[i].fr_fi ? FX | XX : 0));
	}
}

void test_fpu_convert_ignores_rn_when_told(void)
{
	u32 s = FPU_RN_PLUS;

	FPR(fpu_fctiwz(&s, POISON, 0x4004000000000000ull), FPU_HIGH_WORD | 2);
}

void test_fpu_convert_out_of_range(void)
{
	static const struct {
		u64 x;
		u32 rn, want, cause;
	} row[] = {
		/* 2^31 - 0.5 rounds up to 2^31; -2^31 - 0.5 down. */
		{ 0x41dfffffffe00000ull, FPU_RN_NEAREST, 0x7fffffff, 0 },
		{ 0xc1e0000000100000ull, FPU_RN_MINUS, 0x80000000u, 0 },
		{ FPU_INF, FPU_RN_NEAREST, 0x7fffffff, 0 },
		{ NEG(FPU_INF), FPU_RN_ZERO, 0x80000000u, 0 },
		{ P2(63), FPU_RN_ZERO, 0x7fffffff, 0 },
		{ QNAN1, FPU_RN_NEAREST, 0x80000000u, 0 },
		{ SNAN1, FPU_RN_NEAREST, 0x80000000u, FPSCR_VXSNAN },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(row); i++) {
		u32 s = row[i].rn | FR | FI;

		FPR(fpu_fctiw(&s, POISON, row[i].x),
		    FPU_HIGH_WORD | row[i].want);
		WORD(s, row[i].rn | INVALID(VXCVI) | row[i].cause);
	}
}

void test_fpu_compare(void)
{
	u32 s = FR | FI | FPSCR_FPRF;

	CU_ASSERT_EQUAL(fpu_fcmpu(&s, NEG(ONE), ONE), 8);
	WORD(s, FR | FI | FPSCR_C | FPSCR_FL);
	CU_ASSERT_EQUAL(fpu_fcmpu(&s, NEG(ONE), NEG(TWO)), 4);
	CU_ASSERT_EQUAL(fpu_fcmpo(&s, LAST, ZERO), 4);
	CU_ASSERT_EQUAL(fpu_fcmpo(&s, ZERO, NEG(ZERO)), 2);
	CU_ASSERT_EQUAL(fpu_fcmpo(&s, NEG(FPU_INF), NEG(MAX)), 8);
	WORD(s, FR | FI | FPSCR_C | FPSCR_FL);
	CU_ASSERT_EQUAL(fpu_fcmpu(&s, QNAN1, ONE), 1);
	WORD(s, FR | FI | FPSCR_C | FPSCR_FU);
}

void test_fpu_compare_nan_exceptions(void)
{
	u32 s = 0;

	CU_ASSERT_EQUAL(fpu_fcmpu(&s, SNAN1, ONE), 1);
	WORD(s, INVALID(VXSNAN) | FPSCR_FU);
	s = 0;
	CU_ASSERT_EQUAL(fpu_fcmpo(&s, ONE, QNAN1), 1);
	WORD(s, INVALID(VXVC) | FPSCR_FU);
	s = 0;
	fpu_fcmpo(&s, SNAN1, QNAN1);
	WORD(s, INVALID(VXSNAN) | FPSCR_VXVC | FPSCR_FU);
	/* [PEM] fcmpo: VXVC follows VXSNAN only where VE is 0. */
	s = FPSCR_VE;
	fpu_fcmpo(&s, SNAN1, ONE);
	WORD(s, FPSCR_VE | FPSCR_FEX | INVALID(VXSNAN) | FPSCR_FU);
}

void test_fpu_load_single(void)
{
	/* [BookE] DOUBLE(WORD) */
	FPR(fpu_lfs(0x3f800000), ONE);
	FPR(fpu_lfs(0x80000000), NEG(ZERO));
	FPR(fpu_lfs(0xff800000), NEG(FPU_INF));
	FPR(fpu_lfs(0x7f800001), 0x7ff0000020000000ull);
	FPR(fpu_lfs(0x7f7fffff), SMAX);
	FPR(fpu_lfs(0x00800000), P2(-126));
	FPR(fpu_lfs(0x00000001), P2(-149));
	FPR(fpu_lfs(0x80400000), NEG(P2(-127)));
	FPR(fpu_lfs(0x007fffff), P2(-126) - 2 * SLAST);
}

void test_fpu_store_single(void)
{
	/* [BookE] SINGLE(FRS): bits are cut off, nothing is rounded. */
	WORD(fpu_stfs(ONE + SLAST - 1), 0x3f800000);
	WORD(fpu_stfs(NEG(ZERO)), 0x80000000);
	WORD(fpu_stfs(NEG(FPU_INF)), 0xff800000);
	WORD(fpu_stfs(0x7ff0000020000000ull), 0x7f800001);
	WORD(fpu_stfs(P2(-126)), 0x00800000);
	WORD(fpu_stfs(P2(-127)), 0x00400000);
	WORD(fpu_stfs(P2(-126) - LAST), 0x007fffff);
	WORD(fpu_stfs(NEG(P2(-148) - LAST)), 0x80000001);
	WORD(fpu_stfs(P2(-149)), 0x00000001);
	/* Undefined by the architecture; a zero here. */
	WORD(fpu_stfs(NEG(P2(-150))), 0x80000000);
}

void test_fpu_single_survives_load_and_store(void)
{
	u32 word = 0;

	/* 65537 is odd: the walk ends after 2^32 / 65537 words. */
	do {
		if (fpu_stfs(fpu_lfs(word)) != word)
			CU_ASSERT_EQUAL(fpu_stfs(fpu_lfs(word)), word);
		word += 65537;
	} while (word >= 65537);
}

void test_fpu_select(void)
{
	FPR(fpu_fsel(ONE, 1, 2), 1);
	FPR(fpu_fsel(NEG(ZERO), 1, 2), 1);
	FPR(fpu_fsel(NEG(LAST), 1, 2), 2);
	FPR(fpu_fsel(FPU_INF, 1, 2), 1);
	FPR(fpu_fsel(NEG(FPU_INF), 1, 2), 2);
	FPR(fpu_fsel(QNAN1, 1, 2), 2);
	FPR(fpu_fsel(SNAN1, 1, 2), 2);
}

void test_fpu_sign_moves_take_nan(void)
{
	FPR(fpu_fneg(SNAN1), NEG(SNAN1));
	FPR(fpu_fabs(NEG(SNAN1)), SNAN1);
	FPR(fpu_fnabs(SNAN1), NEG(SNAN1));
	FPR(fpu_fneg(NEG(ZERO)), ZERO);
}

/* 2^20 * 1.f as an integer: the leading bits of a positive number. */
static u64 lead20(u64 x)
{
	return (x >> 32 & 0xfffff) | 0x100000;
}

void test_fpu_reciprocal_estimate_error(void)
{
	u64 x;

	/* [PEM] fres: |x * estimate - 1| <= 1/256; estimate in (1/2, 1]. */
	for (x = ONE; x < TWO; x += 1ull << 39) {
		u32 s = 0;
		u64 e = fpu_fres(&s, POISON, x);
		u64 p = lead20(x) * lead20(e);

		p <<= (e >> 52) - 1022;
		CU_ASSERT(p >= (255ull << 41) / 256);
		CU_ASSERT(p <= (257ull << 41) / 256);
		WORD(s, IS_POS_NORM);
	}
}

void test_fpu_root_estimate_error(void)
{
	u64 x;

	/* [PEM] frsqrte: error 1/32; so x * estimate^2 in (31/32)^2.. */
	for (x = ONE; x < P2(2); x += 1ull << 39) {
		u32 s = 0;
		u64 e = fpu_frsqrte(&s, POISON, x);
		u64 p = (lead20(e) * lead20(e) >> 20) * lead20(x);

		p <<= (x >> 52) - 1023;
		p >>= 2 * (1023 - (e >> 52));
		CU_ASSERT(p >= (961ull << 40) / 1024);
		CU_ASSERT(p <= (1089ull << 40) / 1024);
		WORD(s, IS_POS_NORM);
	}
}

void test_fpu_estimate_of_special_values(void)
{
	u32 s = 0;

	/* [PEM] tables of fres and frsqrte */
	FPR(fpu_fres(&s, POISON, NEG(FPU_INF)), NEG(ZERO));
	FPR(fpu_frsqrte(&s, POISON, FPU_INF), ZERO);
	WORD(s, IS_POS_ZERO);
	FPR(fpu_fres(&s, POISON, NEG(ZERO)), NEG(FPU_INF));
	WORD(s, FX | FPSCR_ZX | IS_NEG_INF);
	s = 0;
	FPR(fpu_frsqrte(&s, POISON, NEG(ZERO)), NEG(FPU_INF));
	WORD(s, FX | FPSCR_ZX | IS_NEG_INF);
	s = 0;
	FPR(fpu_frsqrte(&s, POISON, NEG(FPU_INF)), FPU_QNAN);
	WORD(s, INVALID(VXSQRT) | IS_QNAN);
	s = FPSCR_ZE;
	FPR(fpu_fres(&s, POISON, ZERO), POISON);
	s = FPSCR_VE;
	FPR(fpu_fres(&s, POISON, SNAN1), POISON);
	FPR(fpu_frsqrte(&s, POISON, NEG(ONE)), POISON);
	FPR(fpu_frsqrte(&s, POISON, QNAN2), QNAN2);
}

void test_fpu_estimate_out_of_range(void)
{
	u32 s = 0;

	/* The reciprocal of 2^-140 is no single; XX is not an estimate's. */
	FPR(fpu_fres(&s, POISON, P2(-140)), FPU_INF);
	WORD(s, FX | OX | IS_POS_INF);
	s = 0;
	FPR(fpu_fres(&s, POISON, P2(900)), ZERO);
	WORD(s, FX | UX | IS_POS_ZERO);
}

void test_fpu_ni_changes_nothing(void)
{
	u32 s = FPSCR_NI;

	FPR(mul(&s, P2(-1000), P2(-74)), LAST);
	FPR(add(&s, LAST, LAST), 2 * LAST);
	WORD(s, FPSCR_NI | IS_POS_DENORM);
}
