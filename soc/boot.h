/* SPDX-License-Identifier: MIT */
/*
 * soc/boot.h - places a kernel, its initrd and the tree in RAM, and says how
 * the CPU must enter it (Linux/PowerPC and U-Boot entry protocols).
 */
#ifndef SOC_BOOT_H
#define SOC_BOOT_H

#include "base/env.h"
#include "base/err.h"
#include "soc/board.h"
#include "soc/clk.h"
#include "soc/image.h"

struct boot_plan {
	u32 pc;
	u32 gpr[8];		/* r3 .. r7 at [3] .. [7]; r1 at [1] */
	u32 map_bytes;		/* RAM from 0 that the first TLB entries map */
	/* map 0xe0000000..0xffffffff 1:1 too, guarded and uncached: a boot
	 * wrapper drives the serial port and the EMACs, and reads the flash */
	bool has_io_map;
};

/*
 * @ram: host memory of the guest's RAM at physical 0, @ram_bytes long.
 * Fixes up the board's tree (memory, chosen, clocks) on the way.
 */
int boot_prepare(struct boot_plan *plan, struct board *b,
		 const struct image *img, const char *initrd_path,
		 const char *append, u8 *ram, u64 ram_bytes,
		 const struct clk *clk, struct errmsg *msg);

#endif
