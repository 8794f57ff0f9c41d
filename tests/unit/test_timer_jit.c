/* SPDX-License-Identifier: MIT */
/* tests/unit/test_timer_jit.c - the tests of test_timer.c, run by the translator. */
#define RIG_JIT
#include "tests/unit/test_timer.c"
