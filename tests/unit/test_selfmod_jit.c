/* SPDX-License-Identifier: MIT */
/* tests/unit/test_selfmod_jit.c - test_selfmod.c, run by the translator. */
#define RIG_JIT
#include "tests/unit/test_selfmod.c"
