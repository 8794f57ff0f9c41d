/* SPDX-License-Identifier: MIT */
/*
 * cpu/code.h - decoded code, a page of real memory at a time.
 *
 * A code page holds one op for each word of a 4 KB real page, decoded when
 * first executed.  It belongs to the real page: no TLB write touches it.  A
 * write to a decoded line undoes the line's ops, so code is always coherent.
 */
#ifndef CPU_CODE_H
#define CPU_CODE_H

#include "base/env.h"
#include "cpu/decode.h"

#define CODE_OPS	1024u
#define CODE_LINES	128u
#ifdef CULM_HOSTILE
#define CODE_PAGES	4u
#else
#define CODE_PAGES	1536u	/* at 16 KB: 25 MB */
#endif
#define CODE_BUCKETS	4096u

struct codepage {
	struct op op[CODE_OPS + 1];	/* the last one leaves the page */
	u8 *host;			/* the page's bytes */
	paddr_t pa;
	u8 decoded[CODE_LINES / 8];	/* lines that have decoded ops */
	u16 writes;			/* since the last decode */
	u32 word;			/* the instruction of codecache.single */
	struct codepage *next;		/* in its bucket or the free list */
	const void **slots;		/* translated code by op, or NULL */
};

struct codecache {
	struct codepage *pages;		/* CODE_PAGES */
	unsigned int used;
	struct codepage *free;
	struct codepage *bucket[CODE_BUCKETS];
	/* One instruction at a time, where no page can be decoded. */
	struct codepage *single;
	/* An op whose handler was replaced to stop there. */
	struct op *patched;
	const void *patched_h;
	bool patched_has_prev;
	/* the engine's handlers: of an op not decoded yet, of a page's end */
	const void *const *start;
	/* a translator's tables, CODE_OPS for each page, and what an op has
	 * there before it is translated; NULL without a translator */
	const void **slots;
	const void *slot_start;
	u64 flushes, retired, undone;
};

unsigned int codepage_decode(struct codepage *cp, u32 off);
int codecache_init(struct codecache *cc);
void codecache_free(struct codecache *cc);
void codecache_flush(struct codecache *cc);
struct codepage *codecache_find(const struct codecache *cc, paddr_t pa);
/* A fresh page; NULL when the cache is full and must be flushed. */
struct codepage *codecache_add(struct codecache *cc, paddr_t pa, u8 *host);
/* Undo what was decoded of [@pa, @pa + @size); true if anything was. */
bool codecache_undo(struct codecache *cc, struct codepage *cp, paddr_t pa,
		    u64 size);
void codecache_remove(struct codecache *cc, struct codepage *cp);
void codecache_patch(struct codecache *cc, struct op *op, const void *h,
		     bool has_prev);
void codecache_unpatch(struct codecache *cc);

static inline void codepage_mark(struct codepage *cp, u32 ea)
{
	unsigned int line = ea >> 5 & (CODE_LINES - 1);

	cp->decoded[line >> 3] |= (u8)(1u << (line & 7));
	cp->writes = 0;
}

#endif
