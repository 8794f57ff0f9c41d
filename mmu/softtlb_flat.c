/* SPDX-License-Identifier: MIT */
/* mmu/softtlb_flat.c - table layout of 64-bit hosts; see softtlb_flat.h. */
#include "mmu/softtlb.h"

#if UINTPTR_MAX > 0xffffffffu

#include <sys/mman.h>

#include "base/err.h"
#include "mmu/softtlb_tab.h"

static void *reserve(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void release(void *p, size_t bytes)
{
	if (p)
		munmap(p, bytes);
}

int softtab_init(struct softtab *t)
{
	t->rd = reserve(2 * SOFTTAB_WR_GAP);
	t->wr = t->rd ? t->rd + SOFTTLB_PAGES : NULL;
	t->ex = reserve(SOFTTLB_PAGES * sizeof(*t->ex));
	t->logged = reserve(SOFTTLB_PAGES / 8);
	t->log = reserve(SOFTTLB_PAGES * sizeof(*t->log));
	t->logs = 0;
	if (t->rd && t->wr && t->ex && t->logged && t->log)
		return 0;
	return -ERR_NOMEM;
}

void softtab_free(struct softtab *t)
{
	release(t->rd, 2 * SOFTTAB_WR_GAP);
	release(t->ex, SOFTTLB_PAGES * sizeof(*t->ex));
	release(t->logged, SOFTTLB_PAGES / 8);
	release(t->log, SOFTTLB_PAGES * sizeof(*t->log));
	*t = (struct softtab){ 0 };
}

static void log_page(struct softtab *t, u32 page)
{
	u8 bit = (u8)(1 << (page & 7));

	if (t->logged[page >> 3] & bit)
		return;
	if (t->logs == SOFTTAB_LIMIT)
		softtab_clear(t);
	t->logged[page >> 3] |= bit;
	t->log[t->logs++] = page;
}

static void slot_clear(struct softtab *t, u32 page)
{
	t->rd[page] = 0;
	t->wr[page] = 0;
	t->ex[page] = NULL;
}

void softtab_clear(struct softtab *t)
{
	u32 i, page;

	for (i = 0; i < t->logs; i++) {
		page = t->log[i];
		slot_clear(t, page);
		t->logged[page >> 3] = 0;
	}
	t->logs = 0;
}

void softtab_clear_range(struct softtab *t, u32 ea, u32 span)
{
	u32 first = ea >> 12, pages = (span >> 12) + 1, i;

	if (pages <= t->logs) {
		for (i = 0; i < pages; i++)
			if (t->logged[(first + i) >> 3] >> ((first + i) & 7) & 1)
				slot_clear(t, first + i);
		return;
	}
	for (i = 0; i < t->logs; i++)
		if (t->log[i] - first < pages)
			slot_clear(t, t->log[i]);
}

void softtab_set(struct softtab *t, u32 ea, uintptr_t rd, uintptr_t wr)
{
	log_page(t, ea >> 12);
	t->rd[ea >> 12] = rd;
	t->wr[ea >> 12] = wr;
}

void softtab_set_code(struct softtab *t, u32 ea, struct codepage *code)
{
	log_page(t, ea >> 12);
	t->ex[ea >> 12] = code;
}

void softtab_drop_writes(struct softtab *t, const u8 *host)
{
	u32 i, page;

	for (i = 0; i < t->logs; i++) {
		page = t->log[i];
		if (t->wr[page] + ((uintptr_t)page << 12) == (uintptr_t)host)
			t->wr[page] = 0;
	}
}

void softtab_drop_code(struct softtab *t, const struct codepage *code)
{
	u32 i;

	for (i = 0; i < t->logs; i++)
		if (!code || t->ex[t->log[i]] == code)
			t->ex[t->log[i]] = NULL;
}

#endif
