/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_softtlb.c - mmu/softtlb.c with this host's table layout; a
 * copy in full size where the build has a hostile one.
 */
#ifdef CULM_HOSTILE
#define OWN(name) flat_##name
#include "tests/unit/softtlb_own.h"

#include "mmu/softtlb.c"
#include "mmu/softtlb_flat.c"
#endif

#define CASE(name) test_softtlb_##name
enum { SIZE_4K = 1, SIZE_16K = 2, SIZE_64K = 3, SIZE_16M = 7, SIZE_256M = 9 };
#define SIZE(n) SIZE_##n
#include "tests/unit/softtlb_cases.h"
