/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/spd.h - how an amount of memory fills a board's DIMM sockets, and
 * what the SPD EEPROM of a DIMM says.
 */
#ifndef SOC_DEV_SPD_H
#define SOC_DEV_SPD_H

#include "base/env.h"

#define SPD_BYTES	128
#define SPD_SLOTS	2

struct spd_dimm {
	u32 rank_mb;		/* 0: the socket is empty */
	u32 ranks;
};

u64 spd_layout(u64 ram_bytes, u64 soldered, struct spd_dimm dimm[SPD_SLOTS]);
void spd_fill(const struct spd_dimm *dimm, u8 out[SPD_BYTES]);

#endif
