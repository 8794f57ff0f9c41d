/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/rng.h - repeatable pseudo-random numbers (xorshift64*),
 * and the operands that instructions are known to stumble over.
 */
#ifndef TESTS_DIFF_RANDOM_RNG_H
#define TESTS_DIFF_RANDOM_RNG_H

#include "base/env.h"

struct rng {
	u64 state;
};

/* Seeds that differ in one bit give unrelated sequences. */
static inline void rng_seed(struct rng *r, u64 seed)
{
	u64 z = seed + 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	r->state = (z ^ z >> 31) | 1;
}

static inline u64 rng_next(struct rng *r)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return r->state * 0x2545f4914f6cdd1dull;
}

/* A number below @n, which is not 0. */
static inline u32 rng_below(struct rng *r, u32 n)
{
	return (u32)((rng_next(r) >> 32) * n >> 32);
}

/* A number from @first to @last. */
static inline u32 rng_range(struct rng *r, u32 first, u32 last)
{
	return first + rng_below(r, last - first + 1);
}

/* True in @percent cases of a hundred. */
static inline bool rng_chance(struct rng *r, u32 percent)
{
	return rng_below(r, 100) < percent;
}

u32 rng_word(struct rng *r);
u64 rng_double(struct rng *r);
u32 rng_single(struct rng *r);

#endif
