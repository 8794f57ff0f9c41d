/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_fploop.c - floating point in loops long enough to be
 * translated well: ordinary values first, then each special one with each.
 *
 * What to expect is computed by the host, whose arithmetic is IEEE 754's as
 * the FPU's is; of a NaN only that it is a quiet one.
 */
#include <fenv.h>
#include <math.h>
#include <string.h>

#include "tests/unit/cpu_rig.h"

#define A_FORM(op, d, a, b, c, xo) ((u32)(op) << 26 | (u32)(d) << 21 | \
	(u32)(a) << 16 | (u32)(b) << 11 | (u32)(c) << 6 | (u32)(xo) << 1)
#define FCMPU(f, a, b)	A_FORM(63, 4 * (f), a, b, 0, 0)
#define MFFS(d)		A_FORM(63, d, 0, 0, 18, 7)
#define MTFSFI7(u)	A_FORM(63, 28, 0, 2 * (u), 4, 6)
#define MTFSF(b)	(0xfdfe058eu | (u32)(b) << 11)

#define ORDINARY 2000u
#define FR	0x40000u
#define FI	0x20000u
#define FPRF	0x1f000u

static const double specials[] = {
	0.0, -0.0, 1.0, -1.0, INFINITY, -INFINITY, NAN, 0x1p-1074, 0x1p-1022,
	-0x1.fffffffffffffp1023, 0x1p-149, 0x1p-126, -0x1.fffffep127, 3.0,
	0x1.000001p0, 0x1p-25, 16777217.0, -0x1p-127, 1e-300, 1e300,
};
#define SPECIALS ((unsigned int)ARRAY_SIZE(specials))
#define COUNT (ORDINARY + SPECIALS * SPECIALS)

/* Inputs of turn @i. */
static void operands(unsigned int i, double *a, double *b)
{
	if (i < ORDINARY) {
		*a = ((double)(i * 2654435761u % 1000003u) - 500000) / 1024;
		*b = 1.5 + i % 77;
	} else {
		*a = specials[(i - ORDINARY) / SPECIALS];
		*b = specials[(i - ORDINARY) % SPECIALS];
	}
}

static u64 bits_of(double d)
{
	u64 v;

	memcpy(&v, &d, 8);
	return v;
}

/* [BookE]: FPRF of a result. */
static u32 class_of(double r, double least)
{
	if (isnan(r))
		return 0x11000;
	if (isinf(r))
		return signbit(r) ? 0x9000 : 0x5000;
	if (r == 0)
		return signbit(r) ? 0x12000 : 0x2000;
	if (fabs(r) < least)
		return signbit(r) ? 0x18000 : 0x14000;
	return signbit(r) ? 0x8000 : 0x4000;
}

static void check_value(u64 got, double want, unsigned int i)
{
	double d;

	memcpy(&d, &got, 8);
	if (isnan(want) && isnan(d) && got >> 51 & 1)
		return;
	if (got != bits_of(want))
		fprintf(stderr, "turn %u: %016llx, not %a\n", i,
			(unsigned long long)got, want);
	CU_ASSERT_EQUAL(got, bits_of(want));
}

/* FR, FI and FPRF of @a + @b, whose result is @r. */
#define ROUNDING(type, a, b, r, least) ({ \
	volatile type a_ = (a), b_ = (b), cut_; \
	u32 f_ = class_of(r, least); \
	\
	feclearexcept(FE_ALL_EXCEPT); \
	fesetround(FE_TOWARDZERO); \
	cut_ = a_ + b_; \
	fesetround(FE_TONEAREST); \
	if (fetestexcept(FE_INEXACT) && !isinf(r)) \
		f_ |= FI | (cut_ != (r) ? FR : 0); \
	f_; \
})

/* Six results of a turn, each the host's of the same type. */
#define RESULTS(type, fma, a, b, sum, want) do { \
	volatile type x_ = (type)(a), y_ = (type)(b), s_ = (type)(sum); \
	\
	want[0] = x_ + y_; \
	want[1] = x_ * y_; \
	want[2] = x_ / y_; \
	want[3] = fma(x_, y_, (type)want[0]); \
	want[4] = -fma(x_, y_, -x_); \
	want[5] = s_ + (type)0.1; \
} while (0)

static void run_loop(struct rig *r, bool is_single)
{
	unsigned int op = is_single ? 59 : 63, size = is_single ? 4 : 8;

	CODE(r, CODE_AT,
	     is_single ? LFS(1, 0, 20) : LFD(1, 0, 20),
	     is_single ? LFS(2, 4, 20) : LFD(2, 8, 20),
	     ADDI(20, 20, 2 * size),
	     A_FORM(op, 3, 1, 2, 0, 21),	/* fadd */
	     MFFS(8),
	     A_FORM(op, 4, 1, 0, 2, 25),	/* fmul */
	     A_FORM(op, 5, 1, 2, 0, 18),	/* fdiv */
	     A_FORM(op, 6, 1, 3, 2, 29),	/* fmadd */
	     A_FORM(op, 7, 1, 1, 2, 30),	/* fnmsub */
	     A_FORM(op, 9, 9, 10, 0, 21),
	     FCMPU(1, 1, 2), BC(4, 4, 8), ADDI(3, 3, 1),
	     FCMPU(0, 4, 5), BC(4, 2, 8), ADDI(4, 4, 1),
	     STFD(3, 0, 21), STFD(4, 8, 21), STFD(5, 16, 21), STFD(6, 24, 21),
	     STFD(7, 32, 21), STFD(9, 40, 21), STFD(8, 48, 21),
	     ADDI(21, 21, 56), BDNZ(-24 * 4), SELF);
	r->cpu->s.pc = CODE_AT;
	r->cpu->s.ctr = COUNT;
	r->cpu->s.fpr[10] = bits_of(is_single ? (double)0.1f : 0.1);
	gpr(r)[20] = DATA_AT;
	gpr(r)[21] = 0x60000;
	cpu_set_msr(r->cpu, MSR_FP);
	rig_run(r);
}

static void put_inputs(struct rig *r, bool is_single)
{
	double v[2];
	float f;
	u32 w;

	for (unsigned int i = 0; i < COUNT; i++) {
		operands(i, &v[0], &v[1]);
		for (unsigned int k = 0; k < 2; k++) {
			f = (float)v[k];
			memcpy(&w, &f, 4);
			if (is_single)
				stb32(r->ram + DATA_AT + 8 * i + 4 * k, w);
			else
				stb64(r->ram + DATA_AT + 16 * i + 8 * k,
				      bits_of(v[k]));
		}
	}
}

static void check_loop(struct rig *r, bool is_single)
{
	double a, b, want[6], sum = 0;
	u32 less = 0, equal = 0, flags;

	for (unsigned int i = 0; i < COUNT; i++) {
		const u8 *out = r->ram + 0x60000 + 56 * i;

		operands(i, &a, &b);
		if (is_single) {
			a = (float)a;
			b = (float)b;
			RESULTS(float, fmaf, a, b, sum, want);
			flags = ROUNDING(float, (float)a, (float)b, want[0],
					 0x1p-126);
		} else {
			RESULTS(double, fma, a, b, sum, want);
			flags = ROUNDING(double, a, b, want[0], 0x1p-1022);
		}
		sum = want[5];
		less += a < b;
		equal += want[1] == want[2];
		for (unsigned int k = 0; k < 6; k++)
			check_value(ldb64(out + 8 * k), want[k], i);
		if (!isinf(want[0]) || isinf(a) || isinf(b))
			CU_ASSERT_EQUAL(ldb64(out + 48) & (FR | FI | FPRF),
					flags);
	}
	CU_ASSERT_EQUAL(gpr(r)[3], less);
	CU_ASSERT_EQUAL(gpr(r)[4], equal);
	CU_ASSERT_EQUAL(r->cpu->s.fpr[9], bits_of(sum));
}

static void try_loop(bool is_single)
{
	struct rig r;

	rig_open(&r);
	put_inputs(&r, is_single);
	run_loop(&r, is_single);
	check_loop(&r, is_single);
	rig_close(&r);
}

void RIG_TEST(fploop, doubles_as_the_host)(void)
{
	try_loop(false);
}

void RIG_TEST(fploop, singles_as_the_host)(void)
{
	try_loop(true);
}

/* [BookE]: what mtfsf writes is what mffs read, and fields apart stay. */
void RIG_TEST(fploop, fpscr_saved_and_restored)(void)
{
	static const u32 values[] = {
		0, 0x82000000, 0x82000004, 0xa2400000, 0x92024000, 0xc2000008,
		0x82000003,
	};
	struct rig r;

	for (unsigned int i = 0; i < ARRAY_SIZE(values); i++) {
		rig_open(&r);
		CODE(&r, CODE_AT, MTFSF(5), MFFS(6), MTFSFI7(4), MFFS(7),
		     MTFSFI7(0), A_FORM(63, 3, 3, 2, 0, 21), MFFS(4), MTFSF(6),
		     MFFS(8), BDNZ(-8 * 4), SELF);
		r.cpu->s.pc = CODE_AT;
		r.cpu->s.ctr = 3000;
		r.cpu->s.fpr[5] = values[i];
		r.cpu->s.fpr[2] = bits_of(0.1);
		cpu_set_msr(r.cpu, MSR_FP);
		rig_run(&r);
		CU_ASSERT_EQUAL((u32)r.cpu->s.fpr[6], values[i]);
		CU_ASSERT_EQUAL((u32)r.cpu->s.fpr[8], values[i]);
		CU_ASSERT_EQUAL((u32)r.cpu->s.fpr[7] & 0xf, 4);
		CU_ASSERT_EQUAL((u32)r.cpu->s.fpr[4] & 0x8201f00f, 0x82004000);
		CU_ASSERT_EQUAL(state_fpscr(&r.cpu->s), values[i]);
		rig_close(&r);
	}
}

#ifdef RIG_JIT
/* The host's word on FR, FI and FPRF against the exact arithmetic's. */
void RIG_TEST(fploop, noted_flags)(void)
{
	u64 seed = 0x4f1bbcdcbfa53e0bull, v[3];
	/* forms that an operation has: ADD, MUL, DIV, MADD, RSP */
	static const u32 forms[5] = {
		FPU_SGL | FPU_SUB, FPU_SGL, FPU_SGL,
		FPU_SGL | FPU_SUB | FPU_NEG, FPU_SGL
	};
	u32 want, form, op;
	struct fpu_lazy n;
	struct rig r;

	rig_open(&r);
	for (unsigned int i = 0; i < 200000; i++) {
		for (unsigned int k = 0; k < 3; k++) {
			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			v[k] = bits_of(ldexp((double)(s32)(seed >> 32) /
					     (1 + (seed >> 20 & 7)),
					     i % 100 ? 0 : (int)(seed & 2047) - 1024));
		}
		op = i % 5;
		form = op == FPU_LAZY_RSP ? FPU_SGL : i / 5 & forms[op];
		for (unsigned int k = 0; k < 3 && form & FPU_SGL && i & 64; k++)
			v[k] = fpu_lfs(fpu_stfs(v[k] & ~0x1fffffffull));
		n = (struct fpu_lazy){ FPU_NOTE(op, form), 1, v[0], v[1], v[2] };
		n.note = i & 128 ? (n.note & ~FPSCR_FPCC) | FPU_NOTE_CC : n.note;
		r.cpu->s.fpu = n;
		r.cpu->s.fpscr = 0x82000000;
		want = fpu_lazy_result(0x82000000, &n);
		jit_settle(r.cpu);
		CU_ASSERT_EQUAL(r.cpu->s.fpscr, want);
		CU_ASSERT_EQUAL(r.cpu->s.fpu.note, 0);
	}
	rig_close(&r);
}
#endif

/* A value that is no single where an instruction of single precision reads. */
void RIG_TEST(fploop, wide_operand_of_single)(void)
{
	struct rig r;
	float sum = 0;

	rig_open(&r);
	CODE(&r, CODE_AT, A_FORM(59, 3, 3, 2, 0, 21), BDNZ(-4), SELF);
	r.cpu->s.pc = CODE_AT;
	r.cpu->s.ctr = 3000;
	r.cpu->s.fpr[2] = bits_of(0.1);
	cpu_set_msr(r.cpu, MSR_FP);
	rig_run(&r);
	for (unsigned int i = 0; i < 3000; i++)
		sum = (float)((long double)sum + 0.1);
	CU_ASSERT_EQUAL(r.cpu->s.fpr[3], bits_of((double)sum));
	rig_close(&r);
}
