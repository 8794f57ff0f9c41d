/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/fpu_wide.h [F] - integers wider than the host has.
 *
 * Owns shifts that keep a sticky bit, leading-zero counts of 64 bits, and
 * the 128-bit product that a fused multiply-add needs.  Private to
 * cpu/fpu*.c.  Uses no division of 64-bit integers: a kernel for a 32-bit
 * host has none.
 */
#ifndef CPU_FPU_WIDE_H
#define CPU_FPU_WIDE_H

#include "base/env.h"

struct fpu_wide {
	u64 hi;
	u64 lo;
};

/* Leading zeros; @v is not 0. */
static __always_inline int clz64(u64 v)
{
	return __builtin_clzll(v);
}

/* @v >> @n; bit 0 is also set if a bit that is lost was not 0.  @n >= 0. */
static __always_inline u64 shr64_sticky(u64 v, s32 n)
{
	if (n == 0)
		return v;
	if (unlikely(n > 63))
		return v != 0;
	return v >> n | (v << (64 - n) != 0);
}

#ifdef __SIZEOF_INT128__
static __always_inline struct fpu_wide mul64(u64 a, u64 b)
{
	unsigned __int128 p = (unsigned __int128)a * b;

	return (struct fpu_wide){ (u64)(p >> 64), (u64)p };
}
#else
static __always_inline struct fpu_wide mul64(u64 a, u64 b)
{
	u32 ah = (u32)(a >> 32), al = (u32)a;
	u32 bh = (u32)(b >> 32), bl = (u32)b;
	u64 ll = (u64)al * bl;
	u64 lh = (u64)al * bh;
	u64 hl = (u64)ah * bl;
	u64 hh = (u64)ah * bh;
	/* At most 3 * (2^32 - 1): no carry is lost. */
	u64 mid = (ll >> 32) + (u32)lh + (u32)hl;

	return (struct fpu_wide){
		hh + (lh >> 32) + (hl >> 32) + (mid >> 32),
		mid << 32 | (u32)ll,
	};
}
#endif

/* shr64_sticky for 128 bits. */
static __always_inline struct fpu_wide shr128_sticky(struct fpu_wide v, s32 n)
{
	if (n == 0)
		return v;
	if (n > 63)
		return (struct fpu_wide){
			0, shr64_sticky(v.hi, n - 64) | (v.lo != 0)
		};
	return (struct fpu_wide){
		v.hi >> n,
		v.hi << (64 - n) | v.lo >> n | (v.lo << (64 - n) != 0)
	};
}

/* Shift left until bit 127 is set, and say by how much; @v is not 0. */
static __always_inline s32 norm128(struct fpu_wide *v)
{
	s32 n = 0;

	if (!v->hi) {
		v->hi = v->lo;
		v->lo = 0;
		n = 64;
	}
	if (!(v->hi >> 63)) {
		s32 lz = clz64(v->hi);

		v->hi = v->hi << lz | v->lo >> (64 - lz);
		v->lo <<= lz;
		n += lz;
	}
	return n;
}

#endif
