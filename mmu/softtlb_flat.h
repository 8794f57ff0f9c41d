/* SPDX-License-Identifier: MIT */
/*
 * mmu/softtlb_flat.h - a context's tables on a 64-bit host: one slot a page.
 *
 * Slots hold "host address minus effective address" of the page, so that a
 * hit is one load and one add; 0 means no entry (a host page never lies at
 * its guest's effective address: those are below 4 GB, mappings are above).
 * The log lists every page that has a slot in use, once: clearing a context
 * costs what was filled, not 2^20.
 */
#ifndef MMU_SOFTTLB_FLAT_H
#define MMU_SOFTTLB_FLAT_H

/* The hostile build: a table forgets all that it has when it gets more. */
#ifdef CULM_HOSTILE
#define SOFTTAB_LIMIT 1u
#else
#define SOFTTAB_LIMIT SOFTTLB_PAGES
#endif

struct softtab {
	uintptr_t *rd, *wr;
	struct codepage **ex;
	u8 *logged;		/* one bit a page: it is in the log */
	u32 *log;		/* page numbers, room for every page */
	u32 logs;
};

/* What is added to an effective address to read there; 0: slow path. */
static __always_inline uintptr_t softtab_rd(const struct softtab *t, u32 ea)
{
	return t->rd[ea >> 12];
}

static __always_inline uintptr_t softtab_wr(const struct softtab *t, u32 ea)
{
	return t->wr[ea >> 12];
}

static __always_inline struct codepage *softtab_ex(const struct softtab *t,
						   u32 ea)
{
	return t->ex[ea >> 12];
}

#endif
