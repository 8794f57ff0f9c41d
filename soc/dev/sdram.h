/* SPDX-License-Identifier: MIT */
/* soc/dev/sdram.h - how an amount of memory fills the controller's banks. */
#ifndef SOC_DEV_SDRAM_H
#define SOC_DEV_SDRAM_H

#include "base/env.h"

#define SDRAM_BANKS	4
#define SDRAM_MIN_BYTES	(8ull << 20)
#define SDRAM_MAX_BYTES	(1024ull << 20)
#define SDRAM_BANK_MAX_BYTES	(512ull << 20)

int sdram_banks(u64 bytes, u32 bcr[SDRAM_BANKS]);

#endif
