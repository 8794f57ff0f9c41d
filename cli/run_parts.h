/* SPDX-License-Identifier: MIT */
/*
 * cli/run_parts.h - what the command line plugs into the board: drives,
 * folders, network cards, and the files behind its flash chips.
 */
#ifndef CLI_RUN_PARTS_H
#define CLI_RUN_PARTS_H

#include "host/disk.h"
#include "host/p9.h"
#include "soc/board.h"
#include "soc/machine.h"

struct run_options;

#define PARTS_MAX	(MACHINE_DRIVES + MACHINE_NETS + MACHINE_SHARES + 4)
#define PARTS_FLASHES	16

struct run_parts {
	const struct run_options *opt;
	struct disk *disk[MACHINE_DRIVES];
	struct p9 *folder[MACHINE_SHARES];
	struct flash *flash[PARTS_FLASHES];
	unsigned int flashes;
	unsigned int chips[BLK_ROLES];	/* with a file, by blk_role */
	struct board_part part[PARTS_MAX];
	unsigned int parts;
	char label[PARTS_MAX][80];	/* of each part, for messages */
	/* host_config.net[i] goes to machine_config.net[net_at[i]] */
	unsigned int net_at[MACHINE_NETS];
};

int run_parts_open(struct run_parts *p, struct run_options *opt,
		   struct errmsg *msg);
int run_parts_check(const struct run_parts *p, struct errmsg *msg);
int run_parts_close(struct run_parts *p);

#endif
