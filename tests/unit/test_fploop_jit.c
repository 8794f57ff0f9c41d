/* SPDX-License-Identifier: MIT */
/* tests/unit/test_fploop_jit.c - test_fploop.c, run by the translator. */
#define RIG_JIT
#include "tests/unit/test_fploop.c"
