/* SPDX-License-Identifier: MIT */
/* tests/unit/test_debug_jit.c - the tests of test_debug.c, with the translator. */
#define RIG_JIT
#include "tests/unit/test_debug.c"
