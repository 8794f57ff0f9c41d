/* SPDX-License-Identifier: MIT */
/* mmu/softtlb_tagged.c - table layout of 32-bit hosts; see softtlb_tagged.h. */
#include "mmu/softtlb.h"

#if UINTPTR_MAX <= 0xffffffffu || defined(SOFTTLB_TAGGED)

#include "base/err.h"
#include "base/xalloc.h"
#include "mmu/softtlb_tab.h"

#include <stdlib.h>

int softtab_init(struct softtab *t)
{
	t->rd = xcalloc(SOFTTAB_SLOTS, sizeof(*t->rd));
	t->wr = xcalloc(SOFTTAB_SLOTS, sizeof(*t->wr));
	t->ex = xcalloc(SOFTTAB_SLOTS, sizeof(*t->ex));
	return 0;
}

void softtab_free(struct softtab *t)
{
	free(t->rd);
	free(t->wr);
	free(t->ex);
	*t = (struct softtab){ 0 };
}

void softtab_clear(struct softtab *t)
{
	memset(t->rd, 0, SOFTTAB_SLOTS * sizeof(*t->rd));
	memset(t->wr, 0, SOFTTAB_SLOTS * sizeof(*t->wr));
	memset(t->ex, 0, SOFTTAB_SLOTS * sizeof(*t->ex));
}

static void slot_clear_range(struct softslot *s, u32 ea, u32 span)
{
	if (s->tag && (s->tag & 0xfffff000u) - ea <= span)
		s->tag = SOFTTAB_NONE;
}

void softtab_clear_range(struct softtab *t, u32 ea, u32 span)
{
	u32 slots = (span >> 12) + 1, i;
	u32 first = ea >> 12;

	if (slots > SOFTTAB_SLOTS)
		slots = SOFTTAB_SLOTS;
	for (i = first; i < first + slots; i++) {
		slot_clear_range(&t->rd[i & (SOFTTAB_SLOTS - 1)], ea, span);
		slot_clear_range(&t->wr[i & (SOFTTAB_SLOTS - 1)], ea, span);
		slot_clear_range(&t->ex[i & (SOFTTAB_SLOTS - 1)], ea, span);
	}
}

static void slot_set(struct softslot *t, u32 ea, uintptr_t v)
{
	struct softslot *s = softslot_of(t, ea);

	s->tag = v ? (ea & 0xfffff000u) | 1 : SOFTTAB_NONE;
	s->v = v;
}

void softtab_set(struct softtab *t, u32 ea, uintptr_t rd, uintptr_t wr)
{
	slot_set(t->rd, ea, rd);
	slot_set(t->wr, ea, wr);
}

void softtab_set_code(struct softtab *t, u32 ea, struct codepage *code)
{
	slot_set(t->ex, ea, (uintptr_t)code);
}

void softtab_drop_writes(struct softtab *t, const u8 *host)
{
	struct softslot *s;
	u32 i;

	for (i = 0; i < SOFTTAB_SLOTS; i++) {
		s = &t->wr[i];
		if (s->tag && s->v + (s->tag & ~1u) == (uintptr_t)host)
			s->tag = SOFTTAB_NONE;
	}
}

void softtab_drop_code(struct softtab *t, const struct codepage *code)
{
	u32 i;

	for (i = 0; i < SOFTTAB_SLOTS; i++)
		if (!code || t->ex[i].v == (uintptr_t)code)
			t->ex[i].tag = SOFTTAB_NONE;
}

#endif
