/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* cpu/spr.h [F] - numbers of the special purpose registers: SPRN_name. */
#ifndef CPU_SPR_H
#define CPU_SPR_H

enum spr_number {
#define SPR(name, n, ...) SPRN_##name = n,
#include "cpu/spr.def"
#undef SPR
};

#endif
