/* SPDX-License-Identifier: MIT */
/*
 * mmu/softtlb.h - from an effective page to host memory in a few host
 * instructions, kept exactly coherent with the architected TLB.
 *
 * A context is one (AS, PID, privilege).  For each it has three tables over
 * the 2^20 pages of 4 KB: where to read, where to write, and the decoded code
 * page.  A switch of PID, AS or privilege is a change of pointer; nothing is
 * flushed.  Contexts are bounded in number and recycled, the least recently
 * switched to first.
 *
 * It remembers from which TLB entry each context was filled, so a tlbwe
 * clears the pages of the entry it replaces and no others.  What the tables
 * do not hold (1 KB pages, little-endian pages, devices, misses) takes the
 * caller's slow path.
 *
 * The layout of a table is in softtlb_flat.h (64-bit hosts: indexed by page,
 * lazily backed) or softtlb_tagged.h (32-bit hosts: direct-mapped).
 */
#ifndef MMU_SOFTTLB_H
#define MMU_SOFTTLB_H

#include "base/env.h"
#include "mmu/tlb.h"

#ifdef CULM_HOSTILE
#define SOFTTLB_CONTEXTS	2
#else
#define SOFTTLB_CONTEXTS	64
#endif
#define SOFTTLB_PAGE_SHIFT	12
#define SOFTTLB_PAGE_BYTES	4096u
#define SOFTTLB_PAGES		(1u << 20)
#define SOFTTLB_WRITERS		(1u << 14)
/* Flat, wr lies so many bytes behind rd: one register is enough for both. */
#define SOFTTAB_WR_GAP		(SOFTTLB_PAGES * sizeof(uintptr_t))

struct codepage;

/* SOFTTLB_TAGGED: a test wants the 32-bit layout on a 64-bit host. */
#if UINTPTR_MAX > 0xffffffffu && !defined(SOFTTLB_TAGGED)
#include "mmu/softtlb_flat.h"
#else
#include "mmu/softtlb_tagged.h"
#endif

/* A context's key: PID, and bits at these places. */
#define SOFTCTX_AS_SHIFT 8
#define SOFTCTX_PR_SHIFT 9

struct softctx {
	struct softtab tab;
	u16 key;
	bool is_used;
	u64 stamp;		/* when it was last switched to */
};

struct softtlb {
	struct softctx ctx[SOFTTLB_CONTEXTS];
	u64 users[TLB_ENTRIES];	/* contexts filled from an entry, a bit each */
	u8 of_key[1024];	/* context + 1 by key */
	/* contexts that may hold write slots to host pages, by hash */
	u64 writers[SOFTTLB_WRITERS];
	u64 stamp;
	u64 fills, drops, recycles;
};

int softtlb_init(struct softtlb *st);
void softtlb_free(struct softtlb *st);
struct softctx *softtlb_new_context(struct softtlb *st, unsigned int key,
				    const struct softctx *keep);
void softtlb_fill(struct softtlb *st, struct softctx *c, unsigned int entry,
		  u32 ea, u8 *host, bool can_read, bool can_write);
void softtlb_fill_code(struct softtlb *st, struct softctx *c,
		       unsigned int entry, u32 ea, struct codepage *code);
void softtlb_drop_entry(struct softtlb *st, const struct tlb *tlb,
			unsigned int entry);
void softtlb_drop_host(struct softtlb *st, const u8 *host);
void softtlb_drop_code(struct softtlb *st, const struct codepage *code);
void softtlb_flush(struct softtlb *st);

/**
 * softtlb_context - the context of an address space, PID and privilege
 * @st:   soft TLB; a context is recycled when none is left
 * @as:   0 or 1
 * @pid:  0..255
 * @pr:   1 user, 0 supervisor
 * @keep: a context in use elsewhere that must not be recycled, or NULL
 *
 * In line: a guest's kernel comes here at each way in and out.
 *
 * Returns: the context, never NULL.
 */
static inline struct softctx *softtlb_context(struct softtlb *st,
					      unsigned int as, unsigned int pid,
					      unsigned int pr,
					      const struct softctx *keep)
{
	unsigned int key = pr << SOFTCTX_PR_SHIFT | as << SOFTCTX_AS_SHIFT | pid;
	unsigned int i = st->of_key[key];
	struct softctx *c;

	c = likely(i) ? &st->ctx[i - 1] : softtlb_new_context(st, key, keep);
	c->stamp = ++st->stamp;
	return c;
}

#endif
