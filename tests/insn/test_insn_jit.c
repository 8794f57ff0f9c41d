/* SPDX-License-Identifier: MIT */
/* tests/insn/test_insn_jit.c - the vectors of test_insn.c, by the translator. */
#define RIG_JIT
#include "tests/insn/test_insn.c"
