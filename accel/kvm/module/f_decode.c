/* SPDX-License-Identifier: GPL-2.0-only */
/* f_decode.c - the decoder, as the simulator has it. */
#include "cpu/decode.c"
