/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/settle.c - FR, FI and FPRF of a noted operation by the host's
 * arithmetic: what translated code calls for an mffs.
 *
 * The error of an operation that rounds to nearest is itself a number, or a
 * sum of two, that the host can compute exactly: FI says that there is one, FR
 * that it points away from zero.  Operands near an end of the range, and
 * operands of single precision that are none, are left to cpu/fpu.h.
 *
 * Source: Muller et al., "Handbook of Floating-Point Arithmetic", 2Sum and the
 * error of an FMA; Boldo and Muller, "Some functions computable with a fused
 * multiply-and-add", ARITH 2005.
 */
#include "cpu/fpu_host.h"
#include "cpu/jit/jit.h"

/* Exponent fields whose products and errors are far from both ends. */
#define EXP_MIN	623u
#define EXP_MAX	1423u

/* A result and what it lacks; of @error only the sign counts. */
struct rounded {
	double result, error;
};

/* @a + @b, and exactly what is missing. */
static struct rounded two_sum(double a, double b)
{
	double r = a + b, b_part = r - a;

	return (struct rounded){ r, (a - (r - b_part)) + (b - b_part) };
}

static struct rounded two_product(double a, double c)
{
	double r = fpu_host_fma(a, c, -0.0);

	return (struct rounded){ r, fpu_host_fma(a, c, -r) };
}

/* a * c + b in double precision. */
static struct rounded fused(double a, double c, double b)
{
	double r = fpu_host_fma(a, c, b);
	struct rounded p = two_product(a, c);
	struct rounded low = two_sum(b, p.error);
	struct rounded high = two_sum(p.result, low.result);

	return (struct rounded){
		r, (high.result - r) + high.error + low.error
	};
}

static struct rounded in_double(enum fpu_lazy_op op, double a, double b,
				double c)
{
	struct rounded q;

	switch (op) {
	case FPU_LAZY_ADD:
		return two_sum(a, b);
	case FPU_LAZY_MUL:
		return two_product(a, b);
	case FPU_LAZY_DIV:
		q.result = a / b;
		q.error = fpu_host_fma(-q.result, b, a);
		if (b < 0)
			q.error = -q.error;
		return q;
	default:
		return fused(a, c, b);
	}
}

static float fused_single(float a, float c, float b)
{
	__asm__("vfmadd231ss %2, %1, %0" : "+x"(b) : "x"(a), "x"(c));
	return b;
}

/* Of singles; their product has no error as a double. */
static struct rounded in_single(enum fpu_lazy_op op, double a, double b,
				double c)
{
	float fa = (float)a, fb = (float)b;
	struct rounded s;
	double r;

	switch (op) {
	case FPU_LAZY_ADD:
		s = two_sum(a, b);
		r = (double)(fa + fb);
		break;
	case FPU_LAZY_MUL:
		s = (struct rounded){ fpu_host_fma(a, b, -0.0), 0 };
		r = (double)(float)s.result;
		break;
	case FPU_LAZY_DIV:
		r = (double)(fa / fb);
		s.error = fpu_host_fma(-r, b, a);
		return (struct rounded){ r, b < 0 ? -s.error : s.error };
	case FPU_LAZY_RSP:
		s = (struct rounded){ b, 0 };
		r = (double)fb;
		break;
	default:
		s = two_sum(fpu_host_fma(a, c, -0.0), b);
		r = (double)fused_single(fa, (float)c, fb);
		break;
	}
	return (struct rounded){ r, (s.result - r) + s.error };
}

/* Far from the ends of the range, and a single where it should be one. */
static bool is_plain(u64 bits, bool is_single)
{
	if (is_single)
		return !(bits & FPU_HOST_TIE_MASK) &&
		       fpu_host_in_range(bits, FPU_SGL);
	return ((u32)(bits >> 52) & 0x7ff) - EXP_MIN <= EXP_MAX - EXP_MIN;
}

static bool all_plain(const struct fpu_lazy *n, enum fpu_lazy_op op,
		      bool is_single)
{
	if (op == FPU_LAZY_RSP)
		return is_plain(n->b, false);
	return is_plain(n->a, is_single) && is_plain(n->b, is_single) &&
	       (op != FPU_LAZY_MADD || is_plain(n->c, is_single));
}

/* FR, FI and FPRF; false: the host cannot say. */
static bool flags_of(const struct fpu_lazy *n, u32 *flags)
{
	enum fpu_lazy_op op = FPU_NOTE_OP(n->note);
	unsigned int form = FPU_NOTE_FORM(n->note);
	double a = fpu_host_double(n->a), b = fpu_host_double(n->b);
	double c = fpu_host_double(n->c);
	struct rounded r;
	bool is_below;

	if (!all_plain(n, op, form & FPU_SGL))
		return false;
	if (form & FPU_SUB)
		b = -b;
	r = form & FPU_SGL ? in_single(op, a, b, c) : in_double(op, a, b, c);
	if (!fpu_host_in_range(fpu_host_bits(r.result), form))
		return false;
	is_below = r.result < 0;
	*flags = is_below != !!(form & FPU_NEG) ? FPSCR_FL : FPSCR_FG;
	if (r.error != 0)
		*flags |= FPSCR_FI;
	if (is_below ? r.error > 0 : r.error < 0)
		*flags |= FPSCR_FR;
	return true;
}

/**
 * jit_settle - work out what FPSCR has to know of the last operation
 * @cpu: CPU, with something noted
 */
void jit_settle(struct cpu *cpu)
{
	struct cpu_state *s = &cpu->s;
	u32 mask = s->fpu.note & FPSCR_RESULT, flags;

	if (mask && flags_of(&s->fpu, &flags)) {
		s->fpscr = (s->fpscr & ~mask) | (flags & mask);
		s->fpu.note &= FPU_NOTE_CC;
	}
	state_settle_fpscr(s);
}
