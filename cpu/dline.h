/* SPDX-License-Identifier: MIT */
/*
 * cpu/dline.h - lines of the data cache that memory knows nothing of.
 *
 * Between reset and the first working SDRAM bank, firmware keeps its stack in
 * the data cache: dcbz makes a line without reading memory, and the line then
 * lives in the cache alone.  Only such lines are kept here; the caches are
 * otherwise not modelled.  Like the cache: 16 sets of 64 lines of 32 bytes,
 * and what does not fit is cast out.
 */
#ifndef CPU_DLINE_H
#define CPU_DLINE_H

#include "base/env.h"

#define DLINE_BYTES	32u
#define DLINE_SETS	16u
#define DLINE_WAYS	64u

struct dline {
	paddr_t pa;		/* of its first byte */
	bool is_valid, is_dirty;
	u8 byte[DLINE_BYTES];
};

struct dlines {
	unsigned int count;	/* valid ones */
	u8 victim[DLINE_SETS];	/* the next to go */
	struct dline line[DLINE_SETS][DLINE_WAYS];
};

struct dline *dline_find(struct dlines *all, paddr_t pa);
struct dline *dline_take(struct dlines *all, paddr_t pa);
void dline_drop(struct dlines *all, struct dline *line);
void dline_drop_all(struct dlines *all);

#endif
