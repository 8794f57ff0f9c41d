/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* cpu/sem/int.h [F] - integer arithmetic, logic, rotates, comparisons. */

/* Ends a body that has a result and perhaps Rc. */
static __always_inline enum sem_result put_rc(struct sx *x, unsigned int n,
					      struct v32 r, unsigned int k)
{
	set_gpr(x, n, r);
	if (k & K_RC)
		cr_result(x, r);
	return SEM_NEXT;
}

/* The same with OE; @ov is 0 or 1. */
static __always_inline enum sem_result put_ov(struct sx *x, unsigned int n,
					      struct v32 r, struct v32 ov,
					      unsigned int k)
{
	if (k & K_OE)
		set_ov(x, ov);
	return put_rc(x, n, r, k);
}

/* Signed overflow of r = a + b (+ carry). */
static __always_inline struct v32 add_over(struct v32 a, struct v32 b,
					   struct v32 r)
{
	return sign_bit(and32(xor32(a, r), xor32(b, r)));
}

/* r = a + b + c with c 0 or 1; sets CA. */
static __always_inline struct v32 add_carry(struct sx *x, struct v32 a,
					    struct v32 b, struct v32 c)
{
	struct v32 t = add32(a, b), r = add32(t, c);

	set_ca(x, or32(lt_u(t, a), lt_u(r, t)));
	return r;
}

SEM(addi)
{
	set_gpr(x, o->d, add32(gpr(x, o->a), imm32(o->imm)));
	return UNUSED_K, SEM_NEXT;
}

SEM(addis)
{
	set_gpr(x, o->d, add32(gpr(x, o->a), imm32(o->imm << 16)));
	return UNUSED_K, SEM_NEXT;
}

static __always_inline struct v32 add_immediate_carry(struct sx *x,
						      const struct op *o)
{
	struct v32 a = gpr(x, o->a), r = add32(a, imm32(o->imm));

	set_ca(x, lt_u(r, a));
	set_gpr(x, o->d, r);
	return r;
}

SEM(addic)
{
	add_immediate_carry(x, o);
	return UNUSED_K, SEM_NEXT;
}

SEM(addic_rc)
{
	cr_result(x, add_immediate_carry(x, o));
	return UNUSED_K, SEM_NEXT;
}

SEM(subfic)
{
	struct v32 a = gpr(x, o->a), r = sub32(imm32(o->imm), a);

	set_ca(x, xor32(lt_u(imm32(o->imm), a), imm32(1)));
	set_gpr(x, o->d, r);
	return UNUSED_K, SEM_NEXT;
}

SEM(mulli)
{
	set_gpr(x, o->d, mul32(gpr(x, o->a), imm32(o->imm)));
	return UNUSED_K, SEM_NEXT;
}

SEM(add)
{
	struct v32 a = gpr(x, o->a), b = gpr(x, o->b), r = add32(a, b);

	return put_ov(x, o->d, r, add_over(a, b, r), k);
}

SEM(addc)
{
	struct v32 a = gpr(x, o->a), b = gpr(x, o->b), r = add32(a, b);

	set_ca(x, lt_u(r, a));
	return put_ov(x, o->d, r, add_over(a, b, r), k);
}

static __always_inline enum sem_result put_extended(struct sx *x,
	const struct op *o, struct v32 a, struct v32 b, unsigned int k)
{
	struct v32 r = add_carry(x, a, b, xer_ca(x));

	return put_ov(x, o->d, r, add_over(a, b, r), k);
}

SEM(adde)
{
	return put_extended(x, o, gpr(x, o->a), gpr(x, o->b), k);
}

SEM(addme)
{
	return put_extended(x, o, gpr(x, o->a), imm32(0xffffffff), k);
}

SEM(addze)
{
	return put_extended(x, o, gpr(x, o->a), imm32(0), k);
}

SEM(subf)
{
	struct v32 a = gpr(x, o->a), b = gpr(x, o->b), r = sub32(b, a);

	return put_ov(x, o->d, r, add_over(not32(a), b, r), k);
}

SEM(subfc)
{
	struct v32 a = gpr(x, o->a), b = gpr(x, o->b), r = sub32(b, a);

	set_ca(x, xor32(lt_u(b, a), imm32(1)));
	return put_ov(x, o->d, r, add_over(not32(a), b, r), k);
}

SEM(subfe)
{
	return put_extended(x, o, not32(gpr(x, o->a)), gpr(x, o->b), k);
}

SEM(subfme)
{
	return put_extended(x, o, not32(gpr(x, o->a)), imm32(0xffffffff), k);
}

SEM(subfze)
{
	return put_extended(x, o, not32(gpr(x, o->a)), imm32(0), k);
}

SEM(neg)
{
	struct v32 a = gpr(x, o->a), r = sub32(imm32(0), a);

	return put_ov(x, o->d, r, eq32(a, imm32(0x80000000)), k);
}

SEM(mullw)
{
	struct v32 a = gpr(x, o->a), b = gpr(x, o->b), r = mul32(a, b);
	struct v32 fits = eq32(mulh_s(a, b), sub32(imm32(0), sign_bit(r)));

	return put_ov(x, o->d, r, xor32(fits, imm32(1)), k);
}

SEM(mulhw)
{
	return put_rc(x, o->d, mulh_s(gpr(x, o->a), gpr(x, o->b)), k);
}

SEM(mulhwu)
{
	return put_rc(x, o->d, mulh_u(gpr(x, o->a), gpr(x, o->b)), k);
}

SEM(divw)
{
	struct v32 a = gpr(x, o->a), b = gpr(x, o->b);

	return put_ov(x, o->d, div_s(a, b), div_s_undefined(a, b), k);
}

SEM(divwu)
{
	struct v32 a = gpr(x, o->a), b = gpr(x, o->b);

	return put_ov(x, o->d, div_u(a, b), eq32(b, imm32(0)), k);
}

/* Comparison */
SEM(cmpi)
{
	cr_signed(x, o->d, gpr(x, o->a), imm32(o->imm));
	return UNUSED_K, SEM_NEXT;
}

SEM(cmpli)
{
	cr_unsigned(x, o->d, gpr(x, o->a), imm32(o->imm));
	return UNUSED_K, SEM_NEXT;
}

SEM(cmp)
{
	cr_signed(x, o->d, gpr(x, o->a), gpr(x, o->b));
	return UNUSED_K, SEM_NEXT;
}

SEM(cmpl)
{
	cr_unsigned(x, o->d, gpr(x, o->a), gpr(x, o->b));
	return UNUSED_K, SEM_NEXT;
}

SEM(isel)
{
	struct v32 bit = cr_bit(x, o->c >> 2, o->c & 3);

	set_gpr(x, o->d, choose(bit, gpr(x, o->a), gpr(x, o->b)));
	return UNUSED_K, SEM_NEXT;
}

/* Logical */
#define LOGICAL_IMM(name, word, shift) \
	SEM(name) \
	{ \
		set_gpr(x, o->a, word(gpr(x, o->d), imm32(o->imm << (shift)))); \
		return UNUSED_K, SEM_NEXT; \
	}
LOGICAL_IMM(ori, or32, 0)
LOGICAL_IMM(oris, or32, 16)
LOGICAL_IMM(xori, xor32, 0)
LOGICAL_IMM(xoris, xor32, 16)

SEM(andi_rc)
{
	return UNUSED_K, put_rc(x, o->a,
				and32(gpr(x, o->d), imm32(o->imm)), K_RC);
}

SEM(andis_rc)
{
	return UNUSED_K, put_rc(x, o->a,
				and32(gpr(x, o->d), imm32(o->imm << 16)), K_RC);
}

#define LOGICAL(name, expr) \
	SEM(name) \
	{ \
		struct v32 s = gpr(x, o->d), b = gpr(x, o->b); \
		\
		return put_rc(x, o->a, expr, k); \
	}
LOGICAL(and, and32(s, b))
LOGICAL(andc, and32(s, not32(b)))
LOGICAL(or, or32(s, b))
LOGICAL(orc, or32(s, not32(b)))
LOGICAL(xor, xor32(s, b))
LOGICAL(nand, not32(and32(s, b)))
LOGICAL(nor, not32(or32(s, b)))
LOGICAL(eqv, not32(xor32(s, b)))

SEM(extsb)
{
	return put_rc(x, o->a, sext8(gpr(x, o->d)), k);
}

SEM(extsh)
{
	return put_rc(x, o->a, sext16(gpr(x, o->d)), k);
}

SEM(cntlzw)
{
	return put_rc(x, o->a, clz(gpr(x, o->d)), k);
}

/*
 * Byte 1..8 of rS || rB that is the leftmost zero, 8 when there is none.
 * Rc: EQ none, GT in the left word, LT in the right [440UM] "dlmzb".
 */
SEM(dlmzb)
{
	struct v32 n = leftmost_zero_byte(gpr(x, o->d), gpr(x, o->b));
	struct v32 none = eq32(n, imm32(9));
	struct v32 count = choose(none, imm32(8), n);
	struct v32 where = choose(lt_u(n, imm32(5)), imm32(4), imm32(8));

	set_xer_count(x, count);
	set_gpr(x, o->a, count);
	if (k & K_RC)
		set_cr_field(x, 0, or32(choose(none, imm32(2), where),
					xer_so(x)));
	return SEM_NEXT;
}

/* Rotate and shift */
SEM(rlwinm)
{
	return put_rc(x, o->a, and32(rotl(gpr(x, o->d), imm32(o->b)),
				     imm32(o->imm)), k);
}

SEM(rlwimi)
{
	struct v32 r = rotl(gpr(x, o->d), imm32(o->b));

	return put_rc(x, o->a, or32(and32(r, imm32(o->imm)),
				    and32(gpr(x, o->a), imm32(~o->imm))), k);
}

SEM(rlwnm)
{
	return put_rc(x, o->a, and32(rotl(gpr(x, o->d), gpr(x, o->b)),
				     imm32(o->imm)), k);
}

SEM(slw)
{
	return put_rc(x, o->a, shl6(gpr(x, o->d), gpr(x, o->b)), k);
}

SEM(srw)
{
	return put_rc(x, o->a, shr6(gpr(x, o->d), gpr(x, o->b)), k);
}

/* CA: a 1 was shifted out of a negative number. */
static __always_inline enum sem_result put_sra(struct sx *x, unsigned int n,
	struct v32 s, struct v32 amount, unsigned int k)
{
	struct v32 r = sar6(s, amount);
	struct v32 back = shl6(r, amount);

	set_ca(x, and32(sign_bit(s), xor32(eq32(back, s), imm32(1))));
	return put_rc(x, n, r, k);
}

SEM(sraw)
{
	return put_sra(x, o->a, gpr(x, o->d), gpr(x, o->b), k);
}

SEM(srawi)
{
	return put_sra(x, o->a, gpr(x, o->d), imm32(o->b), k);
}

/* Halfword multiply: c crosses (a low, b high), h both high, l both low. */
#define MULH(name, ha, hb) \
	SEM(name) \
	{ \
		return put_rc(x, o->d, mul32(ha(gpr(x, o->a)), \
					     hb(gpr(x, o->b))), k); \
	}
MULH(mulchw, half_lo_s, half_hi_s)
MULH(mulchwu, half_lo_u, half_hi_u)
MULH(mulhhw, half_hi_s, half_hi_s)
MULH(mulhhwu, half_hi_u, half_hi_u)
MULH(mullhw, half_lo_s, half_lo_s)
MULH(mullhwu, half_lo_u, half_lo_u)

/* Multiply-accumulate: modulo or saturating, signed or unsigned. */
#define MAC(name, ha, hb, sum, over, result) \
	SEM(name) \
	{ \
		struct v32 p = mul32(ha(gpr(x, o->a)), hb(gpr(x, o->b))); \
		struct v64 t = sum(gpr(x, o->d), p); \
		\
		return put_ov(x, o->d, result(t), over(t), k); \
	}
#define MAC6(name, la, lb) \
	MAC(name, la##_s, lb##_s, mac_sum_s, over_s, low32) \
	MAC(name##s, la##_s, lb##_s, mac_sum_s, over_s, saturate_s) \
	MAC(name##u, la##_u, lb##_u, mac_sum_u, over_u, low32) \
	MAC(name##su, la##_u, lb##_u, mac_sum_u, over_u, saturate_u) \
	MAC(n##name, la##_s, lb##_s, mac_diff_s, over_s, low32) \
	MAC(n##name##s, la##_s, lb##_s, mac_diff_s, over_s, saturate_s)
MAC6(macchw, half_lo, half_hi)
MAC6(machhw, half_hi, half_hi)
MAC6(maclhw, half_lo, half_lo)
