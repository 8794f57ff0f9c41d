/* SPDX-License-Identifier: MIT */
/* cpu/code.c - the cache of decoded pages: find, add, undo, recycle. */
#include "cpu/code.h"

#include <sys/mman.h>

#include "base/bits.h"
#include "base/err.h"
#include "base/xalloc.h"
#include "cpu/variants.h"

#include <stdlib.h>

#define CODE_BYTES (CODE_PAGES * sizeof(struct codepage))

/**
 * codecache_init - reserve the cache
 * @cc: initialised; start is the engine's to set
 *
 * Returns: 0, -ERR_NOMEM.
 */
int codecache_init(struct codecache *cc)
{
	void *p = mmap(NULL, CODE_BYTES, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		return -ERR_NOMEM;
	xdense(p, CODE_BYTES);
	memset(cc, 0, sizeof(*cc));
	cc->pages = p;
	cc->single = xcalloc(1, sizeof(*cc->single));
	return 0;
}

/**
 * codecache_free - release the cache
 * @cc: initialised, or all zero
 */
void codecache_free(struct codecache *cc)
{
	if (cc->pages)
		munmap(cc->pages, CODE_BYTES);
	free(cc->single);
	cc->pages = NULL;
	cc->single = NULL;
}

static unsigned int bucket_of(paddr_t pa)
{
	return (unsigned int)(pa >> 12) & (CODE_BUCKETS - 1);
}

/**
 * codecache_flush - forget every page
 * @cc: emptied; no engine may be inside a page, no table may lead to one
 */
void codecache_flush(struct codecache *cc)
{
	cc->patched = NULL;
	cc->used = 0;
	cc->free = NULL;
	memset(cc->bucket, 0, sizeof(cc->bucket));
	cc->flushes++;
}

/**
 * codecache_find - the decoded page of a real page
 * @cc: cache
 * @pa: any real address in the page
 *
 * Returns: the page, NULL when it has none.
 */
struct codepage *codecache_find(const struct codecache *cc, paddr_t pa)
{
	struct codepage *cp = cc->bucket[bucket_of(pa)];

	while (cp && cp->pa != (pa & ~(paddr_t)0xfff))
		cp = cp->next;
	return cp;
}

/**
 * codepage_decode - operands of an op; its handler is not touched
 * @cp:  page
 * @off: byte offset of the instruction
 *
 * Returns: INSN_KEY of the row and variant.
 */
unsigned int codepage_decode(struct codepage *cp, u32 off)
{
	u32 word = ldb32(cp->host + off);
	enum insn_id id = insn_find(word);
	struct op *op = &cp->op[off >> 2];

	codepage_mark(cp, off);
	return INSN_KEY(id, insn_decode(id, word, off, true, op));
}

static void slots_init(const struct codecache *cc, struct codepage *cp)
{
	unsigned int i;

	for (i = 0; cp->slots && i < CODE_OPS; i++)
		cp->slots[i] = cc->slot_start;
}

static void page_init(const struct codecache *cc, struct codepage *cp)
{
	unsigned int i;

	for (i = 0; i < CODE_OPS; i++)
		cp->op[i].h = cc->start[0];
	cp->op[CODE_OPS].h = cc->start[1];
	cp->slots = cc->slots ? cc->slots + (size_t)(cp - cc->pages) * CODE_OPS :
		    NULL;
	slots_init(cc, cp);
	memset(cp->decoded, 0, sizeof(cp->decoded));
	cp->writes = 0;
}

/**
 * codecache_add - a page with nothing decoded yet
 * @cc:   cache; must not hold the page already
 * @pa:   any real address in the page
 * @host: host address of the page's first byte
 *
 * Returns: the page, NULL when the cache is full.
 */
struct codepage *codecache_add(struct codecache *cc, paddr_t pa, u8 *host)
{
	struct codepage *cp = cc->free;

	if (cp)
		cc->free = cp->next;
	else if (cc->used < CODE_PAGES)
		cp = &cc->pages[cc->used++];
	else
		return NULL;
	page_init(cc, cp);
	cp->pa = pa & ~(paddr_t)0xfff;
	cp->host = host;
	cp->next = cc->bucket[bucket_of(pa)];
	cc->bucket[bucket_of(pa)] = cp;
	return cp;
}

/**
 * codecache_undo - undo what was decoded of some bytes that changed
 * @cc:   cache
 * @cp:   page that holds them
 * @pa:   first byte that changed, in the page
 * @size: bytes; what lies beyond the page is ignored
 *
 * Returns: true if any line had decoded ops.
 */
bool codecache_undo(struct codecache *cc, struct codepage *cp, paddr_t pa,
		    u64 size)
{
	unsigned int first = (unsigned int)(pa & 0xfff) >> 5, line, i;
	u64 last = ((pa & 0xfff) + size - 1) >> 5;
	bool any = false;

	if (!size)
		return false;
	for (line = first; line <= last && line < CODE_LINES; line++) {
		if (!(cp->decoded[line >> 3] >> (line & 7) & 1))
			continue;
		codecache_unpatch(cc);
		/* the op before may be fused with the first of the line */
		for (i = line ? line * 8 - 1 : 0; i < line * 8 + 8; i++)
			cp->op[i].h = cc->start[0];
		cp->decoded[line >> 3] &= (u8)~(1u << (line & 7));
		cc->undone++;
		any = true;
	}
	if (any)
		slots_init(cc, cp);
	return any;
}

/**
 * codecache_remove - a page is data again
 * @cc: cache
 * @cp: page; no table may lead to it any more
 */
void codecache_remove(struct codecache *cc, struct codepage *cp)
{
	struct codepage **link = &cc->bucket[bucket_of(cp->pa)];

	if ((uintptr_t)cc->patched - (uintptr_t)cp->op < sizeof(cp->op))
		codecache_unpatch(cc);
	while (*link != cp)
		link = &(*link)->next;
	*link = cp->next;
	cp->next = cc->free;
	cc->free = cp;
	cc->retired++;
}

/**
 * codecache_patch - replace the handler of one op, and of one only
 * @cc: cache
 * @op: op that shall run @h when reached
 * @h:  handler
 * @has_prev: @op is not the first of its page; the op before it is decoded
 *            anew, since it may be fused with @op
 */
void codecache_patch(struct codecache *cc, struct op *op, const void *h,
		     bool has_prev)
{
	codecache_unpatch(cc);
	cc->patched = op;
	cc->patched_h = op->h;
	cc->patched_has_prev = has_prev;
	op->h = h;
	if (has_prev)
		op[-1].h = cc->start[0];
}

/**
 * codecache_unpatch - put the replaced handler back, if there is one
 * @cc: cache
 */
void codecache_unpatch(struct codecache *cc)
{
	if (!cc->patched)
		return;
	cc->patched->h = cc->patched_h;
	if (cc->patched_has_prev)
		cc->patched[-1].h = cc->start[0];
	cc->patched = NULL;
}
