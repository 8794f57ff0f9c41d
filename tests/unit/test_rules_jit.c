/* SPDX-License-Identifier: MIT */
/* tests/unit/test_rules_jit.c - the tests of test_rules.c, with the translator. */
#define RIG_JIT
#include "tests/unit/test_rules.c"
