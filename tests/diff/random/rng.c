/* SPDX-License-Identifier: MIT */
/* tests/diff/random/rng.c - operands, special ones as often as others. */
#include "tests/diff/random/rng.h"

/**
 * rng_word - an integer operand
 * @r: generator
 *
 * Returns: zero, the ends of the ranges, single bits, small and any numbers.
 */
u32 rng_word(struct rng *r)
{
	static const u32 special[] = {
		0, 1, 2, 0xffffffff, 0xfffffffe, 0x7fffffff, 0x80000000,
		0x80000001, 0x7fff, 0x8000, 0xffff, 0xffff8000, 0x10000,
		0x7fff0000, 0x80008000, 0x7fff7fff, 0xffff0000, 0x00ff00ff,
		0x61620063, 0x00010203,
	};
	u32 v = (u32)(rng_next(r) >> 32);

	switch (rng_below(r, 8)) {
	case 0: case 1: case 2:
		return special[v % ARRAY_SIZE(special)];
	case 3:
		return 1u << (v & 31);
	case 4:
		return (u32)(s32)(s8)v;
	default:
		return v;
	}
}

/* A double of @sign and @field with @fraction. */
static u64 compose(u64 sign, u64 field, u64 fraction)
{
	return sign << 63 | field << 52 | (fraction & 0xfffffffffffffull);
}

/* Fractions that make ties and carries. */
static u64 fraction(struct rng *r)
{
	u64 v = rng_next(r);

	switch (rng_below(r, 6)) {
	case 0:
		return 0;
	case 1:
		return ~0ull;
	case 2:
		return 1ull << (v % 52);
	case 3:
		return ~0ull << (v % 52);
	case 4:
		return v << 28;		/* close to a single's end */
	default:
		return v;
	}
}

/**
 * rng_double - a floating-point operand
 * @r: generator
 *
 * Returns: zeros, infinities, NaNs of both kinds, denormals, the edges of
 *          the ranges of double, single and 32-bit integer, and any numbers.
 */
u64 rng_double(struct rng *r)
{
	static const u16 fields[] = {
		0, 1, 2, 0x7fe, 0x7fd,		/* edges of double */
		873, 874, 895, 896, 897, 898,	/* and of single */
		1150, 1151, 1022, 1023, 1024,
		1053, 1054, 1055, 1056,		/* 2^31 and around */
		1075, 1076,
	};
	u64 v = rng_next(r), sign = v >> 63, f = fraction(r);

	switch (rng_below(r, 16)) {
	case 0:
		return compose(sign, 0, 0);
	case 1:
		return compose(sign, 0x7ff, 0);
	case 2:
		return compose(sign, 0x7ff, f | 1ull << 51);
	case 3:
		return compose(sign, 0x7ff, (f & ~(1ull << 51)) | 1ull << 40);
	case 4:
		return compose(sign, 0, f | 1);
	case 5: case 6: case 7:
		return compose(sign, fields[(v & 0xff) % ARRAY_SIZE(fields)],
			       f);
	case 8: case 9:
		return compose(sign, 874 + (v & 0xff), f & ~0ull << 29);
	case 10: case 11: case 12:
		return compose(sign, 1023 - 16 + (v & 31), f);
	case 13:
		return compose(sign, 1023 + (v & 15), f & ~0ull << 48);
	default:
		return v;
	}
}

/**
 * rng_single - a single-precision operand in memory
 * @r: generator
 *
 * Returns: 32 bits, special values as often as others.
 */
u32 rng_single(struct rng *r)
{
	static const u32 special[] = {
		0, 0x7f800000, 0x7fc00000, 0x7f800001, 0x7fbfffff, 0x00000001,
		0x007fffff, 0x00800000, 0x7f7fffff, 0x3f800000, 0x4f000000,
	};
	u32 v = (u32)(rng_next(r) >> 32);

	if (rng_chance(r, 40))
		return special[v % ARRAY_SIZE(special)] | (v & 0x80000000u);
	return v;
}
