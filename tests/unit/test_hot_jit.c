/* SPDX-License-Identifier: MIT */
/* tests/unit/test_hot_jit.c - the tests of test_copies.c, by the translator. */
#define RIG_JIT
#include "tests/unit/test_hot.c"
