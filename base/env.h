/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * base/env.h [F] - the environment that a freestanding file may assume.
 *
 * Owns the fixed-width types and the compiler helpers, in user space and in
 * a Linux kernel module alike.  Knows nothing of the simulator.  A [F] file
 * includes this, base/bits.h and other [F] files, and calls no library
 * function but memcpy, memset and memcmp.
 */
#ifndef BASE_ENV_H
#define BASE_ENV_H

#ifdef __KERNEL__

#include <linux/types.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/bug.h>

#else

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)
#ifndef __always_inline
#define __always_inline	inline __attribute__((always_inline))
#endif
#ifndef noinline
#define noinline	__attribute__((noinline))
#endif
#ifndef __cold
#define __cold		__attribute__((cold))
#endif
#define __printf(a, b)	__attribute__((format(printf, a, b)))
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#endif /* __KERNEL__ */

/* Simulated time, in CPU clock cycles since the machine was made. */
typedef u64 cycle_t;
/* A 36-bit real address on the processor local bus. */
typedef u64 paddr_t;

#endif
