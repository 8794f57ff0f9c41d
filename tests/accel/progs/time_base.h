/* SPDX-License-Identifier: MIT */
/*
 * time_base.h - the time base of the CPU that this runs on, in ticks.
 */
#ifndef CULM_TIME_BASE_H
#define CULM_TIME_BASE_H

#include <stdint.h>

static inline uint64_t time_base(void)
{
	uint32_t hi, lo, again;

	do {
		__asm__ volatile("mftbu %0; mftb %1; mftbu %2"
				 : "=r"(hi), "=r"(lo), "=r"(again));
	} while (hi != again);
	return (uint64_t)hi << 32 | lo;
}

#endif
