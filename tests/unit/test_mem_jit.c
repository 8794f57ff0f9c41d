/* SPDX-License-Identifier: MIT */
/* tests/unit/test_mem_jit.c - the tests of test_mem.c, run by the translator. */
#define RIG_JIT
#include "tests/unit/test_mem.c"
