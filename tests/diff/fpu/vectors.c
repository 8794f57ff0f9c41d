/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/fpu/vectors.c - check cpu/fpu*.c against TestFloat's vectors.
 *
 *	testfloat_gen ... f64_mul | vectors f64_mul RN [EVERY]
 *
 * Each line on standard input holds operands, result and flags in
 * hexadecimal; every EVERY-th one is checked.  TestFloat knows IEEE 754:
 * values and five flags.  What PowerPC adds is worked out here from its
 * rules, by other means than the code under test: which NaN comes out, which
 * VX cause, FPRF, FI, FR, which results an enabled exception suppresses, and
 * the adjusted exponent under OE and UE (the same operation on operands that
 * are scaled by a power of two).
 *
 * The shortcut by the host's arithmetic (cpu/fpu_host.h) sees the same vectors;
 * whatever it takes must come out the same, and it must take some.
 *
 * Prints the first failures and `N passed, N failed, N skipped`.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu/fpu_host.h"

#define SHOWN_MAX 5

/* TestFloat's flags. */
enum tf_flag {
	TF_INEXACT = 1,
	TF_UNDER = 2,
	TF_OVER = 4,
	TF_ZERO = 8,
	TF_INVALID = 16,
};

/* What the target register holds before. */
#define POISON 0x123456789abcdef0ull
/* FPSCR bits that an instruction must overwrite. */
#define STALE (FPSCR_FR | FPSCR_FI | FPSCR_FPRF)

struct op;

/* One computation, ready to be done with any FPSCR and scaling. */
struct job {
	const struct op *op;
	u64 in[3];		/* FPR contents: FRA, FRC or FRB, FRB */
	unsigned int form;
	u32 rn;
};

struct op {
	const char *name;
	unsigned int operands;
	bool is_single;		/* operands and result */
	unsigned int form;
	bool (*check)(const struct job *j, u64 want, u32 flags);
	u64 (*run)(const struct job *j, u32 *fpscr);
	/* The operands, for a result 2^k times as large; false: not exact. */
	bool (*scale)(struct job *j, s32 k);
	u32 (*vx)(const struct job *j);
	int host;		/* enum fpu_lazy_op, or NO_HOST */
};

#define NO_HOST (-1)

static const char *why;
static unsigned long passed, failed, by_host;

static bool is_nan(u64 x)
{
	return x << 1 > FPU_INF << 1;
}

static bool is_inf(u64 x)
{
	return x << 1 == FPU_INF << 1;
}

static bool is_zero(u64 x)
{
	return x << 1 == 0;
}

static bool is_snan(u64 x)
{
	return is_nan(x) && !(x >> 51 & 1);
}

/* @x times 2^@k, if that is a double. */
static bool scale_exact(u64 *x, s32 k)
{
	u64 sign = *x & FPU_SIGN, frac = *x & (FPU_QUIET * 2 - 1);
	s32 e = *x >> 52 & 0x7ff;

	if (is_nan(*x) || is_inf(*x) || is_zero(*x))
		return true;
	if (e)
		frac |= FPU_QUIET * 2;
	else
		e = 1;
	for (; frac < FPU_QUIET * 2; e--)
		frac *= 2;
	for (e += k; e < 1 && !(frac & 1); e++)
		frac /= 2;
	if (e < 1 || e > 2046)
		return false;
	if (frac < FPU_QUIET * 2)
		e = 0;
	*x = sign | (u64)e << 52 | (frac & (FPU_QUIET * 2 - 1));
	return true;
}

/* @x * 2^part and @y * 2^(k - part), or / for @y, with any part that fits. */
static bool scale_pair(u64 *x, u64 *y, s32 k, bool is_quotient)
{
	for (s32 part = 0; part <= 8; part++) {
		u64 p = *x, q = *y;
		s32 kp = k / 8 * part;

		if (scale_exact(&p, kp) &&
		    scale_exact(&q, is_quotient ? kp - k : k - kp)) {
			*x = p;
			*y = q;
			return true;
		}
	}
	return false;
}

static u64 run_add(const struct job *j, u32 *fpscr)
{
	return fpu_add(fpscr, POISON, j->in[0], j->in[1], j->form);
}

static bool scale_add(struct job *j, s32 k)
{
	return scale_exact(&j->in[0], k) && scale_exact(&j->in[1], k);
}

static u32 vx_of_sum(u64 p, u64 b, bool is_sub)
{
	if (is_inf(p) && is_inf(b) && ((p ^ b) >> 63 != is_sub))
		return FPSCR_VXISI;
	return 0;
}

static u32 vx_add(const struct job *j)
{
	return vx_of_sum(j->in[0], j->in[1], j->form & FPU_SUB);
}

static u64 run_mul(const struct job *j, u32 *fpscr)
{
	return fpu_mul(fpscr, POISON, j->in[0], j->in[1], j->form);
}

static bool scale_mul(struct job *j, s32 k)
{
	return scale_pair(&j->in[0], &j->in[1], k, false);
}

static u32 vx_mul(const struct job *j)
{
	u64 a = j->in[0], c = j->in[1];

	return (is_inf(a) && is_zero(c)) || (is_zero(a) && is_inf(c)) ?
	       FPSCR_VXIMZ : 0;
}

static u64 run_div(const struct job *j, u32 *fpscr)
{
	return fpu_div(fpscr, POISON, j->in[0], j->in[1], j->form);
}

static bool scale_div(struct job *j, s32 k)
{
	return scale_pair(&j->in[0], &j->in[1], k, true);
}

static u32 vx_div(const struct job *j)
{
	u64 a = j->in[0], b = j->in[1];

	return is_inf(a) && is_inf(b) ? FPSCR_VXIDI :
	       is_zero(a) && is_zero(b) ? FPSCR_VXZDZ : 0;
}

static u64 run_madd(const struct job *j, u32 *fpscr)
{
	return fpu_madd(fpscr, POISON, j->in[0], j->in[1], j->in[2], j->form);
}

static bool scale_madd(struct job *j, s32 k)
{
	return scale_mul(j, k) && scale_exact(&j->in[2], k);
}

static u32 vx_madd(const struct job *j)
{
	u64 a = j->in[0], c = j->in[1];
	u64 p = is_inf(a) || is_inf(c) ? FPU_INF | ((a ^ c) & FPU_SIGN) : 0;

	if (is_nan(a) || is_nan(c))
		return 0;
	if (vx_mul(j))
		return FPSCR_VXIMZ;
	return vx_of_sum(p, j->in[2], j->form & FPU_SUB);
}

static u64 run_sqrt(const struct job *j, u32 *fpscr)
{
	return fpu_sqrt(fpscr, POISON, j->in[0], j->form);
}

static u32 vx_sqrt(const struct job *j)
{
	u64 b = j->in[0];

	return b >> 63 && !is_nan(b) && !is_zero(b) ? FPSCR_VXSQRT : 0;
}

static u64 run_frsp(const struct job *j, u32 *fpscr)
{
	return fpu_frsp(fpscr, POISON, j->in[0]);
}

static bool scale_frsp(struct job *j, s32 k)
{
	return scale_exact(&j->in[0], k);
}

static bool scale_none(struct job *j, s32 k)
{
	(void)j;
	(void)k;
	return false;
}

static u32 vx_none(const struct job *j)
{
	(void)j;
	return 0;
}

/* The operands in the order in which a NaN is looked for: FRA, FRB, FRC. */
static u64 nan_operand(const struct job *j, unsigned int i)
{
	static const unsigned int madd_order[3] = { 0, 2, 1 };

	return j->in[j->op->operands == 3 ? madd_order[i] : i];
}

static u64 want_nan(const struct job *j)
{
	u64 nan = FPU_QNAN;
	unsigned int i;

	for (i = 0; i < j->op->operands; i++) {
		if (!is_nan(nan_operand(j, i)))
			continue;
		nan = nan_operand(j, i) | FPU_QUIET;
		break;
	}
	return j->form & FPU_SGL ? nan & ~0x1fffffffull : nan;
}

static u32 want_vx(const struct job *j)
{
	u32 vx = j->op->vx(j);
	unsigned int i;

	for (i = 0; i < j->op->operands; i++)
		if (is_snan(j->in[i]))
			vx |= FPSCR_VXSNAN;
	return vx;
}

static u32 want_fprf(u64 x, bool is_single)
{
	u64 mag = x & ~FPU_SIGN;
	u64 least = is_single ? 0x3810000000000000ull : 0x0010000000000000ull;
	u32 cc = x >> 63 ? FPSCR_FL : FPSCR_FG;

	if (is_nan(x))
		return FPSCR_C | FPSCR_FU;
	if (is_zero(x))
		return x >> 63 ? FPSCR_C | FPSCR_FE : FPSCR_FE;
	if (is_inf(x))
		return cc | FPSCR_FU;
	return mag < least ? cc | FPSCR_C : cc;
}

static bool same(const char *what, u64 got, u64 want)
{
	static char text[160];

	if (got == want)
		return true;
	snprintf(text, sizeof(text), "%s: got %016" PRIx64 " want %016" PRIx64,
		 what, got, want);
	why = text;
	return false;
}

static u64 mag_toward_zero(const struct job *j)
{
	u32 fpscr = FPU_RN_ZERO;

	return j->op->run(j, &fpscr) & ~FPU_SIGN;
}

/* Everything with all exceptions disabled. */
static bool check_disabled(const struct job *j, u64 want, u32 flags)
{
	u32 vx = want_vx(j), fpscr = j->rn | STALE, s = j->rn;
	u64 got = j->op->run(j, &fpscr);

	if (!same("invalid", vx != 0, !!(flags & TF_INVALID)))
		return false;
	s |= vx | (vx ? FPSCR_VX : 0);
	s |= flags & TF_OVER ? FPSCR_OX : 0;
	s |= flags & TF_UNDER ? FPSCR_UX : 0;
	s |= flags & TF_ZERO ? FPSCR_ZX : 0;
	s |= flags & TF_INEXACT ? FPSCR_XX | FPSCR_FI : 0;
	s |= flags ? FPSCR_FX : 0;
	s |= want_fprf(want, j->form & FPU_SGL);
	if (flags & TF_OVER ? is_inf(want) :
	    (flags & TF_INEXACT && mag_toward_zero(j) != (want & ~FPU_SIGN)))
		s |= FPSCR_FR;
	return same("result", got, want) && same("FPSCR", fpscr, s);
}

/* VE and ZE keep the target and FPRF; XE changes nothing but FEX. */
static bool check_suppressed(const struct job *j, u64 want, u32 flags)
{
	u32 keep = flags & TF_INVALID ? FPSCR_VE : FPSCR_ZE;
	u32 fpscr = j->rn | FPSCR_XE, s;

	if (!same("result, XE", j->op->run(j, &fpscr), want) ||
	    !same("FEX, XE", !!(fpscr & FPSCR_FEX), flags & TF_INEXACT))
		return false;
	if (!(flags & (TF_INVALID | TF_ZERO)))
		return true;
	fpscr = j->rn | STALE | keep;
	s = j->rn | FPSCR_FPRF | keep | FPSCR_FX | FPSCR_FEX;
	s |= flags & TF_ZERO ? FPSCR_ZX : want_vx(j) | FPSCR_VX;
	return same("suppressed result", j->op->run(j, &fpscr), POISON) &&
	       same("suppressed FPSCR", fpscr, s);
}

/*
 * The result and FPSCR of @j scaled by 2^@k, no exception enabled.  frsp of a
 * double may still be out of range then, or a denormal (C): scale on, and the
 * result back.
 */
static bool run_scaled(const struct job *j, s32 k, u64 *res, u32 *fpscr)
{
	for (s32 steps = 1; steps < 8; steps++) {
		struct job scaled = *j;

		*fpscr = j->rn;
		if (!j->op->scale(&scaled, k * steps))
			return false;
		*res = j->op->run(&scaled, fpscr);
		if (!(*fpscr & (FPSCR_OX | FPSCR_UX | FPSCR_C)))
			return scale_exact(res, k * (1 - steps));
	}
	return false;
}

static bool is_tiny(const struct job *j, u64 want, u32 flags)
{
	bool is_single = j->form & FPU_SGL;
	u64 least = is_single ? 0x3810000000000000ull : 0x0010000000000000ull;
	struct job scaled = *j;

	want &= ~FPU_SIGN;
	if (want > least)
		return false;
	if (want < least)
		return want || flags & TF_INEXACT;
	if (!j->op->scale(&scaled, is_single ? 192 : 1536))
		return false;
	return mag_toward_zero(&scaled) <
	       least + ((is_single ? 192ull : 1536ull) << 52);
}

/* OE and UE: the exponent is adjusted; everything else is unchanged. */
static bool check_adjusted(const struct job *j, u64 want, u32 flags)
{
	s32 adjust = j->form & FPU_SGL ? 192 : 1536;
	u32 ena = FPSCR_OE | FPSCR_UE;
	u32 fpscr = j->rn | ena | STALE, s = 0;
	u64 got = j->op->run(j, &fpscr), res = 0;
	u32 ox_ux = 0;

	if (flags & TF_OVER)
		ox_ux = FPSCR_OX;
	else if (is_tiny(j, want, flags))
		ox_ux = FPSCR_UX;
	if (!same("OX, UX enabled", fpscr & (FPSCR_OX | FPSCR_UX), ox_ux))
		return false;
	if (!ox_ux)
		return same("result, OE UE", got, want);
	if (!run_scaled(j, flags & TF_OVER ? -adjust : adjust, &res, &s))
		return true;
	s |= ena | ox_ux | FPSCR_FX | FPSCR_FEX;
	/* A single denormal is a normal number once it is scaled. */
	return same("adjusted result", got, res) &&
	       same("adjusted FPSCR", fpscr, s);
}

/* FX and XX stay set, and nothing else may happen. */
static bool check_host(const struct job *j, u64 want, u32 flags)
{
	bool is_madd = j->op->host == FPU_LAZY_MADD;
	u64 a = j->in[0], b = j->in[is_madd ? 2 : 1], got = POISON;
	u32 fpscr = j->rn | STALE | FPSCR_XX | FPSCR_FX, s;
	struct fpu_lazy l = { .note = 0 };

	if (j->op->host == FPU_LAZY_RSP)
		b = j->in[0];
	if (!fpu_host_compute(fpscr, &l, fpu_host_has_fma(),
			      (enum fpu_lazy_op)j->op->host, j->form, a, b,
			      j->in[1], &got))
		return true;
	by_host++;
	s = j->rn | FPSCR_XX | FPSCR_FX;
	s |= flags & TF_INEXACT ? FPSCR_FI : 0;
	if (flags & TF_INEXACT && mag_toward_zero(j) != (want & ~FPU_SIGN))
		s |= FPSCR_FR;
	s |= want_fprf(want, j->form & FPU_SGL);
	return same("host's flags", flags & ~(u32)TF_INEXACT, 0) &&
	       same("host's result", got, want) &&
	       same("FPSCR after the host's", fpu_lazy_result(fpscr, &l), s);
}

static bool check_arith(const struct job *j, u64 want, u32 flags)
{
	if (j->op->is_single)
		want = fpu_lfs((u32)want);
	if (is_nan(want))
		want = want_nan(j);
	if (j->op->host != NO_HOST && !check_host(j, want, flags))
		return false;
	return check_disabled(j, want, flags) &&
	       check_suppressed(j, want, flags) &&
	       check_adjusted(j, want, flags);
}

/* The four forms of the fused multiply-add from the vector of one. */
static bool check_madd(const struct job *j, u64 want, u32 flags)
{
	static const u32 mirror[4] = {
		FPU_RN_NEAREST, FPU_RN_ZERO, FPU_RN_MINUS, FPU_RN_PLUS
	};
	u64 sign = j->op->is_single ? 0x80000000u : FPU_SIGN;
	struct job neg = *j;
	u64 wide = j->op->is_single ? fpu_lfs((u32)want) : want;
	u64 negated = is_nan(wide) ? want : want ^ sign;

	if (!check_arith(j, want, flags))
		return false;
	neg.form |= FPU_NEG;
	if (!check_arith(&neg, negated, flags))
		return false;
	/* a * c - b of -b is the same sum; b a NaN keeps its sign. */
	neg.form = j->form | FPU_SUB;
	if (!is_nan(neg.in[2]))
		neg.in[2] ^= FPU_SIGN;
	if (!check_arith(&neg, want, flags))
		return false;
	/* -(a * c - b) = (-a) * c + b, but for rounding and exact zeros. */
	if (is_zero(wide) || is_nan(neg.in[0]))
		return true;
	neg = *j;
	neg.form |= FPU_NEG | FPU_SUB;
	neg.in[0] ^= FPU_SIGN;
	neg.rn = mirror[j->rn];
	return check_arith(&neg, want, flags);
}

static u64 run_fctiw(const struct job *j, u32 *fpscr)
{
	u32 others = (u32)j->in[0] & FPSCR_RN;
	u64 res;

	if (j->rn != FPU_RN_ZERO)
		return fpu_fctiw(fpscr, POISON, j->in[0]);
	*fpscr ^= others;	/* fctiwz must not look at RN */
	res = fpu_fctiwz(fpscr, POISON, j->in[0]);
	*fpscr ^= others;
	return res;
}

static bool check_fctiw(const struct job *j, u64 want, u32 flags)
{
	u64 b = j->in[0];
	u32 fpscr = j->rn | STALE, s = j->rn | FPSCR_FPRF;
	u64 got = run_fctiw(j, &fpscr);
	u32 cut = 0, ignored = 0;
	u32 vx = is_snan(b) ? FPSCR_VXSNAN | FPSCR_VXCVI : FPSCR_VXCVI;

	if (flags & TF_INVALID) {
		want = is_nan(b) || b >> 63 ? 0x80000000u : 0x7fffffffu;
		s |= FPSCR_FX | FPSCR_VX | vx;
	} else if (flags & TF_INEXACT) {
		cut = (u32)fpu_fctiwz(&ignored, POISON, b);
		s |= FPSCR_FX | FPSCR_XX | FPSCR_FI;
		s |= cut != (u32)want ? FPSCR_FR : 0;
	}
	if (!same("integer", (u32)got, want) || !same("FPSCR", fpscr, s))
		return false;
	if (!(flags & TF_INVALID))
		return true;
	fpscr = j->rn | FPSCR_VE;
	return same("suppressed integer", run_fctiw(j, &fpscr), POISON);
}

static bool check_lfs(const struct job *j, u64 want, u32 flags)
{
	u64 b = j->in[0];
	u32 word = fpu_stfs(b);

	(void)flags;
	if (is_nan(want))	/* TestFloat converts, lfs copies */
		want = b;
	return same("double", b, want) && same("single", fpu_lfs(word), b);
}

/* The four-bit field that the two comparisons must agree on. */
static u32 want_cc(const struct job *j, u64 is_true, u64 truth_bit)
{
	u64 a = j->in[0], b = j->in[1];

	if (is_nan(a) || is_nan(b))
		return 1;
	/* Only what the vector tells: the other two bits are not known. */
	return is_true ? (u32)truth_bit : 0;
}

static bool check_cmp(const struct job *j, u64 want, u32 flags)
{
	u32 bits = j->form;	/* the cc bits that make the relation true */
	bool is_any_nan = is_nan(j->in[0]) || is_nan(j->in[1]);
	bool is_any_snan = is_snan(j->in[0]) || is_snan(j->in[1]);
	u32 start = j->rn | FPSCR_FR | FPSCR_FI | FPSCR_C;
	u32 u = start, o = start, o_ve = start | FPSCR_VE, exc;
	u32 cc = fpu_fcmpu(&u, j->in[0], j->in[1]), nibble;
	struct fpu_lazy l = { .note = FPSCR_FPCC };

	(void)flags;
	if (fpu_host_compare(&l, j->in[0], j->in[1], &nibble) &&
	    (!same("host's relation", nibble, cc) ||
	     !same("FPSCR after the host's", fpu_lazy_result(start, &l), u)))
		return false;
	if (!same("fcmpo", fpu_fcmpo(&o, j->in[0], j->in[1]), cc) ||
	    !same("fcmpo, VE", fpu_fcmpo(&o_ve, j->in[0], j->in[1]), cc) ||
	    !same("relation", !!(cc & bits), want) ||
	    !same("unordered", cc == 1, want_cc(j, 0, 0)) ||
	    !same("one bit", cc & (cc - 1), 0))
		return false;
	start |= cc << 12;
	exc = is_any_snan ? FPSCR_FX | FPSCR_VX | FPSCR_VXSNAN : 0;
	if (!same("FPSCR, fcmpu", u, start | exc))
		return false;
	exc |= is_any_nan ? FPSCR_FX | FPSCR_VX | FPSCR_VXVC : 0;
	if (!same("FPSCR, fcmpo", o, start | exc))
		return false;
	if (is_any_snan)
		exc &= ~FPSCR_VXVC;
	exc |= FPSCR_VE | (is_any_nan ? FPSCR_FEX : 0);
	return same("FPSCR, fcmpo, VE", o_ve, start | exc);
}

#define ARITH(name, n, fun, form, host) \
	{ "f64_" name, n, false, form, check_arith, \
	  run_##fun, scale_##fun, vx_##fun, host }, \
	{ "f32_" name, n, true, form | FPU_SGL, check_arith, \
	  run_##fun, scale_##fun, vx_##fun, host }
#define COMPARE(name, bits) \
	{ name, 2, false, bits, check_cmp, NULL, scale_none, vx_none, NO_HOST }
#define scale_sqrt scale_none

static const struct op ops[] = {
	ARITH("add", 2, add, 0, FPU_LAZY_ADD),
	ARITH("sub", 2, add, FPU_SUB, FPU_LAZY_ADD),
	ARITH("mul", 2, mul, 0, FPU_LAZY_MUL),
	ARITH("div", 2, div, 0, FPU_LAZY_DIV),
	ARITH("sqrt", 1, sqrt, 0, NO_HOST),
	{ "f64_mulAdd", 3, false, 0, check_madd,
	  run_madd, scale_madd, vx_madd, FPU_LAZY_MADD },
	{ "f32_mulAdd", 3, true, FPU_SGL, check_madd,
	  run_madd, scale_madd, vx_madd, FPU_LAZY_MADD },
	{ "f64_to_f32", 1, false, FPU_SGL, check_arith,
	  run_frsp, scale_frsp, vx_none, FPU_LAZY_RSP },
	{ "f64_to_i32", 1, false, 0, check_fctiw,
	  run_fctiw, scale_none, vx_none, NO_HOST },
	{ "f32_to_f64", 1, true, 0, check_lfs, NULL, scale_none, vx_none,
	  NO_HOST },
	COMPARE("f64_eq", 2),
	COMPARE("f64_le", 8 | 2),
	COMPARE("f64_lt", 8),
};

/* The next hexadecimal number of a line. */
static u64 next_hex(const char **p)
{
	u64 v = 0;

	for (;; (*p)++) {
		char c = **p;

		if (c >= '0' && c <= '9')
			v = v << 4 | (u64)(c - '0');
		else if (c >= 'A' && c <= 'F')
			v = v << 4 | (u64)(c - 'A' + 10);
		else
			break;
	}
	while (**p == ' ')
		(*p)++;
	return v;
}

static void check_line(const struct op *op, u32 rn, const char *line)
{
	struct job j = { .op = op, .form = op->form, .rn = rn };
	const char *p = line;
	u64 want;
	unsigned int i;

	for (i = 0; i < op->operands; i++) {
		j.in[i] = next_hex(&p);
		if (op->is_single)
			j.in[i] = fpu_lfs((u32)j.in[i]);
	}
	want = next_hex(&p);
	/* frsp: a single result, a double operand. */
	if (op->run == run_frsp)
		want = fpu_lfs((u32)want);
	if (op->check(&j, want, (u32)next_hex(&p))) {
		passed++;
		return;
	}
	if (failed++ < SHOWN_MAX)
		printf("FAIL %s RN %u: %s: %s", op->name, rn, why, line);
}

int main(int argc, char **argv)
{
	unsigned long every = argc > 3 ? strtoul(argv[3], NULL, 10) : 1, n = 0;
	const struct op *op = NULL;
	char line[256];
	size_t i;

	for (i = 0; argc > 2 && i < ARRAY_SIZE(ops); i++)
		if (strcmp(ops[i].name, argv[1]) == 0)
			op = &ops[i];
	if (!op || every == 0) {
		fprintf(stderr, "usage: vectors FUNCTION RN [EVERY]\n");
		return 2;
	}
	while (fgets(line, sizeof(line), stdin))
		if (n++ % every == 0)
			check_line(op, (u32)strtoul(argv[2], NULL, 10), line);
	if (FPU_HOST && op->host != NO_HOST && !strcmp(argv[2], "0") &&
	    (op->host != FPU_LAZY_MADD || fpu_host_has_fma()) && !by_host) {
		printf("FAIL %s: the host computed nothing\n", op->name);
		failed++;
	}
	printf("%lu passed, %lu failed, 0 skipped\n", passed, failed);
	return failed || !passed;
}
