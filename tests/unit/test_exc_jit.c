/* SPDX-License-Identifier: MIT */
/* tests/unit/test_exc_jit.c - the tests of test_exc.c, run by the translator. */
#define RIG_JIT
#include "tests/unit/test_exc.c"
