/* SPDX-License-Identifier: MIT */
/*
 * kernels.h - what a computing kernel of the benchmarks is: a function of the
 * number of rounds that returns a checksum of all it computed.  The checksum
 * is the same on every machine: bytes are put together by shifts.
 */
#ifndef KERNELS_H
#define KERNELS_H

#include <stdint.h>

#define KERNEL(name, kind, rounds) uint32_t kernel_##name(uint32_t n);
#include "kernels.def"
#undef KERNEL

#define HASH_START 2166136261u

/* FNV-1a, one 32-bit word at a time. */
static inline uint32_t hash_word(uint32_t hash, uint32_t word)
{
	return (hash ^ word) * 16777619u;
}

static inline uint32_t hash_double(uint32_t hash, double value)
{
	union {
		double d;
		uint64_t u;
	} bits = { .d = value };

	return hash_word(hash_word(hash, (uint32_t)(bits.u >> 32)), (uint32_t)bits.u);
}

/* Marsaglia's xorshift: numbers that look random, from a seed that is not 0. */
static inline uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

#endif
