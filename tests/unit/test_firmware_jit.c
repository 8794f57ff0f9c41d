/* SPDX-License-Identifier: MIT */
/* tests/unit/test_firmware_jit.c - the tests of test_firmware.c, run by the translator. */
#define RIG_JIT
#include "tests/unit/test_firmware.c"
