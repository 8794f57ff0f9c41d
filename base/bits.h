/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * base/bits.h [F] - bit fields numbered as IBM prints them, byte order.
 *
 * The manuals count bits from the left: bit 0 is the most significant.  All
 * such numbers in the tree pass through these helpers, nowhere else.
 */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include "base/env.h"

/* Bit @n of a 32-bit register, IBM order. */
#define PPC_BIT(n)		(0x80000000u >> (n))
/* Mask of bits @first..@last of a 32-bit register, IBM order, inclusive. */
#define PPC_MASK(first, last) \
	((0xffffffffu >> (first)) & (0xffffffffu << (31 - (last))))
/* Value of the field @first..@last of @w, right-justified. */
#define PPC_FIELD(w, first, last) \
	(((u32)(w) & PPC_MASK(first, last)) >> (31 - (last)))
/* @v placed into the field @first..@last. */
#define PPC_PLACE(v, first, last) \
	(((u32)(v) << (31 - (last))) & PPC_MASK(first, last))

static __always_inline u32 rotl32(u32 v, unsigned int n)
{
	return n & 31 ? v << (n & 31) | v >> (32 - (n & 31)) : v;
}

static __always_inline unsigned int clz32(u32 v)
{
	return v ? (unsigned int)__builtin_clz(v) : 32;
}

static __always_inline s32 sext(u32 v, unsigned int bits)
{
	return (s32)(v << (32 - bits)) >> (32 - bits);
}

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define HOST_BIG_ENDIAN 1
#else
#define HOST_BIG_ENDIAN 0
#endif

static __always_inline u16 be16(u16 v)
{
	return HOST_BIG_ENDIAN ? v : __builtin_bswap16(v);
}

static __always_inline u32 be32(u32 v)
{
	return HOST_BIG_ENDIAN ? v : __builtin_bswap32(v);
}

static __always_inline u64 be64(u64 v)
{
	return HOST_BIG_ENDIAN ? v : __builtin_bswap64(v);
}

/* Big-endian loads and stores at any alignment. */
static __always_inline u32 ldb16(const void *p)
{
	u16 v;

	memcpy(&v, p, 2);
	return be16(v);
}

static __always_inline u32 ldb32(const void *p)
{
	u32 v;

	memcpy(&v, p, 4);
	return be32(v);
}

static __always_inline u64 ldb64(const void *p)
{
	u64 v;

	memcpy(&v, p, 8);
	return be64(v);
}

static __always_inline void stb16(void *p, u32 v)
{
	u16 w = be16((u16)v);

	memcpy(p, &w, 2);
}

static __always_inline void stb32(void *p, u32 v)
{
	u32 w = be32(v);

	memcpy(p, &w, 4);
}

static __always_inline void stb64(void *p, u64 v)
{
	u64 w = be64(v);

	memcpy(p, &w, 8);
}

/* The same for @size 1, 2 or 4. */
static __always_inline u32 ldb(const void *p, unsigned int size)
{
	return size == 4 ? ldb32(p) : size == 2 ? ldb16(p) : *(const u8 *)p;
}

static __always_inline void stb(void *p, unsigned int size, u32 v)
{
	if (size == 4)
		stb32(p, v);
	else if (size == 2)
		stb16(p, v);
	else
		*(u8 *)p = (u8)v;
}

#endif
