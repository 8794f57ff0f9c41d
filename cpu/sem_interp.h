/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/sem_interp.h [F] - the vocabulary that computes.
 *
 * Defines every word of the bodies but those that need memory, time or the
 * machine (mem_*, sys_*, br_*): the includer defines these, and struct sx
 * with at least a member `s`, the state.
 */
#ifndef CPU_SEM_INTERP_H
#define CPU_SEM_INTERP_H

#include "cpu/fpu.h"
#include "cpu/sem/sem.h"

struct v32 {
	u32 v;
};

struct v64 {
	u64 v;
};

/* Values and registers. */
static __always_inline struct v32 imm32(u32 v)
{
	return (struct v32){ v };
}

static __always_inline struct v32 gpr(struct sx *x, unsigned int n)
{
	return (struct v32){ x->s->gpr[n] };
}

static __always_inline void set_gpr(struct sx *x, unsigned int n, struct v32 v)
{
	x->s->gpr[n] = v.v;
}

#define WORD2(name, expr) \
	static __always_inline struct v32 name(struct v32 a, struct v32 b) \
	{ \
		return (struct v32){ expr }; \
	}
#define WORD1(name, expr) \
	static __always_inline struct v32 name(struct v32 a) \
	{ \
		return (struct v32){ expr }; \
	}

WORD2(add32, a.v + b.v)
WORD2(sub32, a.v - b.v)
WORD2(and32, a.v & b.v)
WORD2(or32, a.v | b.v)
WORD2(xor32, a.v ^ b.v)
WORD1(not32, ~a.v)
WORD2(mul32, a.v * b.v)
WORD2(mulh_s, (u32)((s64)(s32)a.v * (s32)b.v >> 32))
WORD2(mulh_u, (u32)((u64)a.v * b.v >> 32))
WORD1(clz, clz32(a.v))
WORD1(sext8, (u32)(s32)(s8)a.v)
WORD1(sext16, (u32)(s32)(s16)a.v)
WORD1(swap16, (u32)__builtin_bswap16((u16)a.v))
WORD1(swap32, __builtin_bswap32(a.v))
/* Shifts by the low 6 bits of b, as the instructions have them. */
WORD2(shl6, b.v & 32 ? 0 : a.v << (b.v & 31))
WORD2(shr6, b.v & 32 ? 0 : a.v >> (b.v & 31))
WORD2(sar6, (u32)((s32)a.v >> (b.v & 32 ? 31 : b.v & 31)))
WORD2(rotl, rotl32(a.v, b.v & 31))
/* Comparisons that give 0 or 1. */
WORD2(lt_u, a.v < b.v)
WORD2(lt_s, (s32)a.v < (s32)b.v)
WORD2(eq32, a.v == b.v)
WORD1(sign_bit, a.v >> 31)
/* Division: an undefined quotient is 0. */
WORD2(div_s, b.v == 0 || (a.v == 0x80000000u && b.v == 0xffffffffu) ? 0 :
      (u32)((s32)a.v / (s32)b.v))
WORD2(div_u, b.v == 0 ? 0 : a.v / b.v)
WORD2(div_s_undefined,
      b.v == 0 || (a.v == 0x80000000u && b.v == 0xffffffffu))
/* Halves, sign-extended or not. */
WORD1(half_hi_s, (u32)((s32)a.v >> 16))
WORD1(half_hi_u, a.v >> 16)
WORD1(half_lo_s, (u32)(s32)(s16)a.v)
WORD1(half_lo_u, a.v & 0xffff)

static __always_inline struct v32 choose(struct v32 cond, struct v32 yes,
					 struct v32 no)
{
	return (struct v32){ cond.v ? yes.v : no.v };
}

/* XER. */
static __always_inline struct v32 xer_ca(struct sx *x)
{
	return (struct v32){ x->s->xer_ca };
}

static __always_inline struct v32 xer_so(struct sx *x)
{
	return (struct v32){ x->s->xer_so };
}

static __always_inline void set_ca(struct sx *x, struct v32 bit)
{
	x->s->xer_ca = (u8)bit.v;
}

static __always_inline void set_ov(struct sx *x, struct v32 bit)
{
	x->s->xer_ov = (u8)bit.v;
	x->s->xer_so |= (u8)bit.v;
}

static __always_inline void set_xer_count(struct sx *x, struct v32 n)
{
	x->s->xer_count = (u8)n.v;
}

static __always_inline struct v32 xer_nibble(struct sx *x)
{
	return (struct v32){ (u32)x->s->xer_so << 3 | (u32)x->s->xer_ov << 2 |
			     (u32)x->s->xer_ca << 1 };
}

static __always_inline void clear_xer_flags(struct sx *x)
{
	x->s->xer_so = x->s->xer_ov = x->s->xer_ca = 0;
}

/* Condition register. */
static __always_inline void cr_signed(struct sx *x, unsigned int f,
				      struct v32 a, struct v32 b)
{
	x->s->cr[f] = (s64)(s32)a.v - (s32)b.v;
	x->s->cr_so[f] = x->s->xer_so;
}

static __always_inline void cr_unsigned(struct sx *x, unsigned int f,
					struct v32 a, struct v32 b)
{
	x->s->cr[f] = (s64)a.v - (s64)b.v;
	x->s->cr_so[f] = x->s->xer_so;
}

static __always_inline void cr_result(struct sx *x, struct v32 v)
{
	x->s->cr[0] = (s32)v.v;
	x->s->cr_so[0] = x->s->xer_so;
}

static __always_inline struct v32 cr_field(struct sx *x, unsigned int f)
{
	return (struct v32){ cr_nibble(x->s->cr[f], x->s->cr_so[f]) };
}

static __always_inline void set_cr_field(struct sx *x, unsigned int f,
					 struct v32 nibble)
{
	state_set_cr_field(x->s, f, nibble.v);
}

static __always_inline void copy_cr_field(struct sx *x, unsigned int to,
					  unsigned int from)
{
	x->s->cr[to] = x->s->cr[from];
	x->s->cr_so[to] = x->s->cr_so[from];
}

/* Bit @bit (0 LT, 1 GT, 2 EQ, 3 SO) of field @f: 0 or 1. */
static __always_inline struct v32 cr_bit(struct sx *x, unsigned int f,
					 unsigned int bit)
{
	s64 v = x->s->cr[f];

	switch (bit) {
	case 0:
		return (struct v32){ (u32)((u64)v >> 62 & 1) };
	case 1:
		return (struct v32){ v > 0 };
	case 2:
		return (struct v32){ (u32)v == 0 };
	default:
		return (struct v32){ x->s->cr_so[f] };
	}
}

/* The same where the bit is not a constant of the instance. */
static __always_inline struct v32 cr_bit_dynamic(struct sx *x, unsigned int f,
						 unsigned int bit)
{
	return (struct v32){ cr_field(x, f).v >> (3 - bit) & 1 };
}

static __always_inline void set_cr_bit(struct sx *x, unsigned int n,
				       struct v32 bit)
{
	unsigned int f = n >> 2, shift = 3 - (n & 3);
	u32 old = cr_field(x, f).v & ~(1u << shift);

	state_set_cr_field(x->s, f, old | (bit.v & 1) << shift);
}

static __always_inline struct v32 cr_all(struct sx *x)
{
	return (struct v32){ state_cr(x->s) };
}

static __always_inline void set_cr_masked(struct sx *x, unsigned int fxm,
					  struct v32 v)
{
	unsigned int f;

	for (f = 0; f < 8; f++)
		if (fxm & 0x80u >> f)
			state_set_cr_field(x->s, f, v.v >> (28 - 4 * f) & 15);
}

/* Link and count registers. */
static __always_inline struct v32 lr(struct sx *x)
{
	return (struct v32){ x->s->lr };
}

static __always_inline void set_lr(struct sx *x, struct v32 v)
{
	x->s->lr = v.v;
}

static __always_inline struct v32 ctr(struct sx *x)
{
	return (struct v32){ x->s->ctr };
}

static __always_inline void set_ctr(struct sx *x, struct v32 v)
{
	x->s->ctr = v.v;
}

/* Number 1..8 of the leftmost zero byte of hi || lo, 9 when none is. */
static __always_inline struct v32 leftmost_zero_byte(struct v32 hi,
						     struct v32 lo)
{
	u64 v = (u64)hi.v << 32 | lo.v;
	u32 n;

	for (n = 1; n <= 8; n++, v <<= 8)
		if (v >> 56 == 0)
			break;
	return (struct v32){ n };
}

/* Saturation of a 33-bit sum given as s64 halves: see sem/mac.h. */
static __always_inline struct v64 mac_sum_s(struct v32 acc, struct v32 p)
{
	return (struct v64){ (u64)((s64)(s32)acc.v + (s32)p.v) };
}

static __always_inline struct v64 mac_diff_s(struct v32 acc, struct v32 p)
{
	return (struct v64){ (u64)((s64)(s32)acc.v - (s32)p.v) };
}

static __always_inline struct v64 mac_sum_u(struct v32 acc, struct v32 p)
{
	return (struct v64){ (u64)acc.v + p.v };
}

static __always_inline struct v32 low32(struct v64 v)
{
	return (struct v32){ (u32)v.v };
}

static __always_inline struct v32 over_s(struct v64 v)
{
	return (struct v32){ (s64)v.v != (s32)v.v };
}

static __always_inline struct v32 over_u(struct v64 v)
{
	return (struct v32){ v.v >> 32 != 0 };
}

static __always_inline struct v32 saturate_s(struct v64 v)
{
	s64 s = (s64)v.v;

	return (struct v32){ s > 0x7fffffffll ? 0x7fffffffu :
			     s < -0x80000000ll ? 0x80000000u : (u32)s };
}

static __always_inline struct v32 saturate_u(struct v64 v)
{
	return (struct v32){ v.v >> 32 ? 0xffffffffu : (u32)v.v };
}

/* Floating point. */
static __always_inline struct v64 fpr(struct sx *x, unsigned int n)
{
	return (struct v64){ x->s->fpr[n] };
}

static __always_inline void set_fpr(struct sx *x, unsigned int n, struct v64 v)
{
	x->s->fpr[n] = v.v;
}

#define FWORD1(name, call) \
	static __always_inline struct v64 name(struct v64 b) \
	{ \
		return (struct v64){ call(b.v) }; \
	}
FWORD1(fp_neg, fpu_fneg)
FWORD1(fp_abs, fpu_fabs)
FWORD1(fp_nabs, fpu_fnabs)

static __always_inline struct v64 fp_sel(struct v64 a, struct v64 c,
					 struct v64 b)
{
	return (struct v64){ fpu_fsel(a.v, c.v, b.v) };
}

/*
 * fp_fast(x, operation, form, a, b, c, &result) is the engine's shortcut, in
 * front of this file: true when it did the whole operation.  So is
 * fp_fast_compare(x, a, b, &nibble) for comparisons.
 */
#define FWORDX2(name, call, lazy) \
	static __always_inline struct v64 name(struct sx *x, struct v64 t, \
		struct v64 a, struct v64 b, unsigned int form) \
	{ \
		u64 r; \
		\
		if (fp_fast(x, lazy, form, a.v, b.v, 0, &r)) \
			return (struct v64){ r }; \
		state_settle_fpscr(x->s); \
		return (struct v64){ call(&x->s->fpscr, t.v, a.v, b.v, form) }; \
	}
FWORDX2(fp_add, fpu_add, FPU_LAZY_ADD)
FWORDX2(fp_mul, fpu_mul, FPU_LAZY_MUL)
FWORDX2(fp_div, fpu_div, FPU_LAZY_DIV)

static __always_inline struct v64 fp_madd(struct sx *x, struct v64 t,
	struct v64 a, struct v64 c, struct v64 b, unsigned int form)
{
	u64 r;

	if (fp_fast(x, FPU_LAZY_MADD, form, a.v, b.v, c.v, &r))
		return (struct v64){ r };
	state_settle_fpscr(x->s);
	return (struct v64){ fpu_madd(&x->s->fpscr, t.v, a.v, c.v, b.v, form) };
}

static __always_inline struct v64 fp_sqrt(struct sx *x, struct v64 t,
					  struct v64 b, unsigned int form)
{
	state_settle_fpscr(x->s);
	return (struct v64){ fpu_sqrt(&x->s->fpscr, t.v, b.v, form) };
}

#define FWORDX1(name, call) \
	static __always_inline struct v64 name(struct sx *x, struct v64 t, \
					       struct v64 b) \
	{ \
		state_settle_fpscr(x->s); \
		return (struct v64){ call(&x->s->fpscr, t.v, b.v) }; \
	}
FWORDX1(fp_res, fpu_fres)
FWORDX1(fp_rsqrte, fpu_frsqrte)

/* A conversion to integer defines FR and FI and leaves FPRF as it is. */
#define FWORDI(name, call) \
	static __always_inline struct v64 name(struct sx *x, struct v64 t, \
					       struct v64 b) \
	{ \
		x->s->fpu.note &= ~(FPSCR_FR | FPSCR_FI); \
		return (struct v64){ call(&x->s->fpscr, t.v, b.v) }; \
	}
FWORDI(fp_ctiw, fpu_fctiw)
FWORDI(fp_ctiwz, fpu_fctiwz)

static __always_inline struct v64 fp_rsp(struct sx *x, struct v64 t,
					 struct v64 b)
{
	u64 r;

	if (fp_fast(x, FPU_LAZY_RSP, FPU_SGL, 0, b.v, 0, &r))
		return (struct v64){ r };
	state_settle_fpscr(x->s);
	return (struct v64){ fpu_frsp(&x->s->fpscr, t.v, b.v) };
}

static __always_inline struct v32 fp_cmpu(struct sx *x, struct v64 a,
					  struct v64 b)
{
	u32 nibble;

	if (fp_fast_compare(x, a.v, b.v, &nibble))
		return (struct v32){ nibble };
	/* all that a comparison writes without an exception */
	x->s->fpu.note &= ~(FPSCR_FPCC | FPU_NOTE_CC);
	return (struct v32){ fpu_fcmpu(&x->s->fpscr, a.v, b.v) };
}

static __always_inline struct v32 fp_cmpo(struct sx *x, struct v64 a,
					  struct v64 b)
{
	u32 nibble;

	if (fp_fast_compare(x, a.v, b.v, &nibble))
		return (struct v32){ nibble };
	/* all that a comparison writes without an exception */
	x->s->fpu.note &= ~(FPSCR_FPCC | FPU_NOTE_CC);
	return (struct v32){ fpu_fcmpo(&x->s->fpscr, a.v, b.v) };
}

static __always_inline struct v64 fp_from_single(struct v32 w)
{
	return (struct v64){ fpu_lfs(w.v) };
}

static __always_inline struct v32 fp_to_single(struct v64 v)
{
	return (struct v32){ fpu_stfs(v.v) };
}

static __always_inline struct v64 fp_mffs(struct sx *x)
{
	return (struct v64){ fpu_mffs(state_fpscr(x->s)) };
}

static __always_inline void fp_mtfsf(struct sx *x, unsigned int fm,
				     struct v64 b)
{
	state_settle_fpscr(x->s);
	fpu_mtfsf(&x->s->fpscr, fm, b.v);
}

static __always_inline void fp_mtfsfi(struct sx *x, unsigned int bf, u32 u)
{
	state_settle_fpscr(x->s);
	fpu_mtfsfi(&x->s->fpscr, bf, u);
}

static __always_inline void fp_mtfsb(struct sx *x, unsigned int bt, bool one)
{
	state_settle_fpscr(x->s);
	if (one)
		fpu_mtfsb1(&x->s->fpscr, bt);
	else
		fpu_mtfsb0(&x->s->fpscr, bt);
}

static __always_inline struct v32 fp_mcrfs(struct sx *x, unsigned int bfa)
{
	state_settle_fpscr(x->s);
	return (struct v32){ fpu_mcrfs(&x->s->fpscr, bfa) };
}

static __always_inline void cr1_from_fpscr(struct sx *x)
{
	state_set_cr_field(x->s, 1, fpu_cr1(x->s->fpscr));
}

static __always_inline struct v32 word_of(struct v64 v)
{
	return (struct v32){ (u32)v.v };
}

#endif
