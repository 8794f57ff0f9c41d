/* SPDX-License-Identifier: GPL-2.0-only */
/* f_fpu_round.c - rounding to the formats, as the simulator has it. */
#include "cpu/fpu_round.c"
