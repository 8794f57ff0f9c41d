/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/sem/branch.h [F] - branches, traps and the condition register.
 *
 * Words of the engine: br_near(x, o, cond) goes o->imm bytes of ops away;
 * br_to(x, o, cond, to) goes to an address; both only when cond is not 0.
 * br_self(x) is a branch to itself, which only an interrupt ends.  this_pc
 * and next_pc are the addresses of this and of the next instruction.
 */

static __always_inline struct v32 branch_target(struct sx *x,
						const struct op *o)
{
	if (o->c & BR_AA)
		return imm32(o->imm);
	return add32(this_pc(x, o), imm32(o->imm));
}

SEM(b)
{
	struct v32 to;

	if (k == BR_SELF)
		return br_self(x);
	if (k == BR_NEAR_LK || k == BR_FAR_LK)
		set_lr(x, next_pc(x, o));
	if (k == BR_NEAR || k == BR_NEAR_LK)
		return br_near(x, o, imm32(1));
	to = branch_target(x, o);
	return br_to(x, o, imm32(1), to);
}

/* What @bo asks of CTR and of the condition bit: 0 or 1. */
static __always_inline struct v32 bo_holds(struct sx *x, const struct op *o,
					   const unsigned int bo)
{
	struct v32 ok = imm32(1), bit;

	if (!(bo & 4)) {
		set_ctr(x, sub32(ctr(x), imm32(1)));
		ok = eq32(ctr(x), imm32(0));
		if (!(bo & 2))
			ok = xor32(ok, imm32(1));
	}
	if (!(bo & 16)) {
		bit = cr_bit_dynamic(x, o->a, o->b);
		if (!(bo & 8))
			bit = xor32(bit, imm32(1));
		ok = and32(ok, bit);
	}
	return ok;
}

SEM(bc)
{
	struct v32 ok, to;

	if (k < BC_DNZ) {
		ok = cr_bit(x, o->a, k >> 1);
		if (!(k & 1))
			ok = xor32(ok, imm32(1));
		return br_near(x, o, ok);
	}
	ok = bo_holds(x, o, k == BC_DNZ ? 0x10 : k == BC_DZ ? 0x12 : o->d);
	if (k != BC_ANY)
		return br_near(x, o, ok);
	to = branch_target(x, o);
	if (o->c & BR_LK)
		set_lr(x, next_pc(x, o));
	return br_to(x, o, ok, to);
}

SEM(bclr)
{
	struct v32 to = and32(lr(x), imm32(~3u));
	struct v32 ok = k == 1 ? imm32(1) : bo_holds(x, o, o->d);

	if (k == 0 && (o->c & BR_LK))
		set_lr(x, next_pc(x, o));
	return br_to(x, o, ok, to);
}

SEM(bcctr)
{
	struct v32 to = and32(ctr(x), imm32(~3u));
	struct v32 ok = k ? imm32(1) : bo_holds(x, o, o->d);

	if (k == 2 || (k == 0 && (o->c & BR_LK)))
		set_lr(x, next_pc(x, o));
	return br_to(x, o, ok, to);
}

SEM(mcrf)
{
	copy_cr_field(x, o->d, o->a);
	return UNUSED_K, SEM_NEXT;
}

#define CR_LOGICAL(name, expr) \
	SEM(name) \
	{ \
		struct v32 a = cr_bit_dynamic(x, o->a >> 2, o->a & 3); \
		struct v32 b = cr_bit_dynamic(x, o->b >> 2, o->b & 3); \
		\
		set_cr_bit(x, o->d, expr); \
		return UNUSED_K, SEM_NEXT; \
	}
CR_LOGICAL(crand, and32(a, b))
CR_LOGICAL(crandc, and32(a, not32(b)))
CR_LOGICAL(creqv, not32(xor32(a, b)))
CR_LOGICAL(crnand, not32(and32(a, b)))
CR_LOGICAL(crnor, not32(or32(a, b)))
CR_LOGICAL(cror, or32(a, b))
CR_LOGICAL(crorc, or32(a, not32(b)))
CR_LOGICAL(crxor, xor32(a, b))

SEM(mfcr)
{
	set_gpr(x, o->d, cr_all(x));
	return UNUSED_K, SEM_NEXT;
}

SEM(mtcrf)
{
	set_cr_masked(x, o->imm, gpr(x, o->d));
	return UNUSED_K, SEM_NEXT;
}

SEM(mcrxr)
{
	set_cr_field(x, o->d, xer_nibble(x));
	clear_xer_flags(x);
	return UNUSED_K, SEM_NEXT;
}

/* TO: 16 less, 8 greater, 4 equal, 2 lower, 1 higher. */
static __always_inline struct v32 trap_condition(unsigned int to,
						 struct v32 a, struct v32 b)
{
	struct v32 c = imm32(0);

	if (to & 16)
		c = or32(c, lt_s(a, b));
	if (to & 8)
		c = or32(c, lt_s(b, a));
	if (to & 4)
		c = or32(c, eq32(a, b));
	if (to & 2)
		c = or32(c, lt_u(a, b));
	if (to & 1)
		c = or32(c, lt_u(b, a));
	return c;
}

SEM(tw)
{
	TRY(sys_trap(x, trap_condition(o->d, gpr(x, o->a), gpr(x, o->b))));
	return UNUSED_K, SEM_NEXT;
}

SEM(twi)
{
	TRY(sys_trap(x, trap_condition(o->d, gpr(x, o->a), imm32(o->imm))));
	return UNUSED_K, SEM_NEXT;
}
