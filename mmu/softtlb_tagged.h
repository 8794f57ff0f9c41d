/* SPDX-License-Identifier: MIT */
/*
 * mmu/softtlb_tagged.h - a context's tables on a 32-bit host: direct-mapped,
 * each slot tagged with its page.  Losing a slot to another page is harmless.
 */
#ifndef MMU_SOFTTLB_TAGGED_H
#define MMU_SOFTTLB_TAGGED_H

#define SOFTTAB_SLOTS 512u
/* never equal to ea | 1 with page bits only: marks an empty slot */
#define SOFTTAB_NONE 0u

struct softslot {
	u32 tag;		/* page address | 1 */
	uintptr_t v;		/* host minus effective address, or pointer */
};

struct softtab {
	struct softslot *rd, *wr, *ex;
};

static __always_inline struct softslot *softslot_of(struct softslot *t, u32 ea)
{
	return &t[ea >> 12 & (SOFTTAB_SLOTS - 1)];
}

static __always_inline uintptr_t softtab_get(struct softslot *t, u32 ea)
{
	const struct softslot *s = softslot_of(t, ea);

	return s->tag == ((ea & 0xfffff000u) | 1) ? s->v : 0;
}

static __always_inline uintptr_t softtab_rd(const struct softtab *t, u32 ea)
{
	return softtab_get(t->rd, ea);
}

static __always_inline uintptr_t softtab_wr(const struct softtab *t, u32 ea)
{
	return softtab_get(t->wr, ea);
}

static __always_inline struct codepage *softtab_ex(const struct softtab *t,
						   u32 ea)
{
	return (struct codepage *)softtab_get(t->ex, ea);
}

#endif
