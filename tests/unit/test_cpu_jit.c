/* SPDX-License-Identifier: MIT */
/* tests/unit/test_cpu_jit.c - the tests of test_cpu.c, run by the translator. */
#define RIG_JIT
#include "tests/unit/test_cpu.c"
