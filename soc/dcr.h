/* SPDX-License-Identifier: MIT */
/*
 * soc/dcr.h - the device control register space, 1024 registers of 32 bits.
 */
#ifndef SOC_DCR_H
#define SOC_DCR_H

#include "base/env.h"
#include "base/err.h"

#define DCR_COUNT 1024

struct dcr_target {
	int (*read)(void *opaque, u32 off, u32 *val);
	int (*write)(void *opaque, u32 off, u32 val);
	void *opaque;
};

struct dcr_window {
	u32 base, count;
	struct dcr_target target;
	const char *name;	/* borrowed */
};

struct dcr_space {
	struct dcr_window *win;
	unsigned int windows;
	u16 owner[DCR_COUNT];	/* index into win, plus 1; 0: nobody */
	u64 no_target;
};

void dcr_init(struct dcr_space *d);
void dcr_free(struct dcr_space *d);
int dcr_map(struct dcr_space *d, u32 base, u32 count,
	    const struct dcr_target *target, const char *name,
	    struct errmsg *msg);
/* BUS_OK, wait cycles, or BUS_NO_TARGET (a read then gives 0). */
int dcr_read(struct dcr_space *d, u32 dcrn, u32 *val);
int dcr_write(struct dcr_space *d, u32 dcrn, u32 val);

#endif
