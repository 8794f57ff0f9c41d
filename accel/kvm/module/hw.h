/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hw.h - the host's TLB and special registers, an instruction each.  Knows
 * nothing of guests.
 */
#ifndef CULM_KVM_HW_H
#define CULM_KVM_HW_H

#include "base/env.h"

static inline void hw_tlbwe(u32 i, const unsigned int word, u32 val)
{
	asm volatile("tlbwe %0,%1,%2" : : "r"(val), "r"(i), "i"(word)
		     : "memory");
}

/* Word 0 also changes MMUCR[STID]. */
static inline u32 hw_tlbre(u32 i, const unsigned int word)
{
	u32 val;

	asm volatile("tlbre %0,%1,%2" : "=r"(val) : "r"(i), "i"(word));
	return val;
}

/* Entry that translates @ea by MMUCR[STS] and [STID]; -1: none. */
static inline int hw_tlbsx(u32 ea)
{
	u32 index, cr;

	asm volatile("tlbsx. %0,0,%2\n\tmfcr %1"
		     : "=&r"(index), "=r"(cr) : "r"(ea) : "cr0");
	return cr & 0x20000000 ? (int)index : -1;
}

#define hw_mfspr(n) \
	({ u32 v_; asm volatile("mfspr %0,%1" : "=r"(v_) : "i"(n)); v_; })
#define hw_mtspr(n, v) \
	asm volatile("mtspr %0,%1" : : "i"(n), "r"((u32)(v)) : "memory")

static inline void hw_isync(void)
{
	asm volatile("isync" : : : "memory");
}

static inline void hw_iccci(void)
{
	asm volatile("iccci 0,0; isync" : : : "memory");
}

static inline u64 hw_time(void)
{
	u32 hi, lo, again;

	do {
		asm volatile("mftbu %0; mftb %1; mftbu %2"
			     : "=r"(hi), "=r"(lo), "=r"(again));
	} while (hi != again);
	return (u64)hi << 32 | lo;
}

#define HW_MMUCR	0x3b2
#define HW_PID		0x030
#define HW_IVPR		0x03f
#define HW_IVOR(n)	(0x190 + (n))
#define HW_PVR		0x11f
#define HW_CCR0		0x3b3
#define HW_CCR1		0x378
#define HW_DEC		0x016

#endif
