/* SPDX-License-Identifier: GPL-2.0-only */
/* f_fpu.c - conversions between singles and doubles, as the simulator has them. */
#include "cpu/fpu_conv.c"
