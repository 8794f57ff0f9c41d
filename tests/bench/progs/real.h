/* SPDX-License-Identifier: MIT */
/*
 * real.h - a kernel of floating point is compiled twice: with DOUBLE defined
 * as 1 (kernel_NAME_d) and as 0 (kernel_NAME_s).  Its results count to the last
 * bit: nothing here may depend on the host's libm but square roots, which are
 * exact everywhere.
 */
#ifndef REAL_H
#define REAL_H

#include <math.h>

#include "kernels.h"

#if DOUBLE
typedef double real;
#define KERNEL_NAME(name) kernel_##name##_d
#define SQUARE_ROOT sqrt
#else
typedef float real;
#define KERNEL_NAME(name) kernel_##name##_s
#define SQUARE_ROOT sqrtf
#endif

/* Between -0.5 and 0.5, a multiple of 2^-24. */
static inline real next_real(uint32_t *seed)
{
	return (real)((int32_t)(next_random(seed) >> 8) - 8388608) / (real)16777216;
}

#endif
