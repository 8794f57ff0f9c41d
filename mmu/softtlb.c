/* SPDX-License-Identifier: MIT */
/*
 * mmu/softtlb.c - contexts: which exists for whom, and what a change of the
 * architected TLB takes away from them.  The table layout is behind
 * softtlb_tab.h; who may be filled in is the caller's decision.
 */
#include "mmu/softtlb.h"
#include "mmu/softtlb_tab.h"

#include "base/err.h"

#define CTX_BIT(st, c) (1ull << ((c) - (st)->ctx))

/**
 * softtlb_init - reserve the tables of every context
 * @st: initialised, empty
 *
 * Returns: 0, -ERR_NOMEM when the host has not the address space.
 */
int softtlb_init(struct softtlb *st)
{
	unsigned int i;
	int ret;

	memset(st, 0, sizeof(*st));
	for (i = 0; i < SOFTTLB_CONTEXTS; i++) {
		ret = softtab_init(&st->ctx[i].tab);
		if (ret) {
			softtlb_free(st);
			return ret;
		}
	}
	return 0;
}

/**
 * softtlb_free - release the tables
 * @st: initialised, perhaps in part
 */
void softtlb_free(struct softtlb *st)
{
	unsigned int i;

	for (i = 0; i < SOFTTLB_CONTEXTS; i++)
		softtab_free(&st->ctx[i].tab);
}

static void context_empty(struct softtlb *st, struct softctx *c)
{
	u64 bit = CTX_BIT(st, c);
	unsigned int i;

	softtab_clear(&c->tab);
	for (i = 0; i < TLB_ENTRIES; i++)
		st->users[i] &= ~bit;
}

static struct softctx *context_recycle(struct softtlb *st,
				       const struct softctx *keep)
{
	struct softctx *c, *oldest = NULL;
	unsigned int i;

	for (i = 0; i < SOFTTLB_CONTEXTS; i++) {
		c = &st->ctx[i];
		if (!c->is_used)
			return c;
		if (c != keep && (!oldest || c->stamp < oldest->stamp))
			oldest = c;
	}
	st->recycles++;
	context_empty(st, oldest);
	st->of_key[oldest->key] = 0;
	return oldest;
}

/**
 * softtlb_new_context - a context for a key that has none
 * @st:   soft TLB; a context is recycled when none is left
 * @key:  see struct softctx
 * @keep: a context in use elsewhere that must not be recycled, or NULL
 *
 * Returns: the context, never NULL.
 */
struct softctx *softtlb_new_context(struct softtlb *st, unsigned int key,
				    const struct softctx *keep)
{
	struct softctx *c = context_recycle(st, keep);

	c->key = (u16)key;
	c->is_used = true;
	st->of_key[key] = (u8)(c - st->ctx + 1);
	return c;
}

static unsigned int writer_slot(const u8 *host)
{
	return (unsigned int)((uintptr_t)host >> 12) & (SOFTTLB_WRITERS - 1);
}

/**
 * softtlb_fill - let a context reach a page of memory directly
 * @st:        soft TLB
 * @c:         context
 * @entry:     TLB entry that translates the page, of 4 KB or more
 * @ea:        any address in the page
 * @host:      host address of the page's first byte
 * @can_read:  loads may go there
 * @can_write: stores may go there
 */
void softtlb_fill(struct softtlb *st, struct softctx *c, unsigned int entry,
		  u32 ea, u8 *host, bool can_read, bool can_write)
{
	uintptr_t add = (uintptr_t)host - (ea & 0xfffff000u);

	st->fills++;
	st->users[entry] |= CTX_BIT(st, c);
	if (can_write)
		st->writers[writer_slot(host)] |= CTX_BIT(st, c);
	softtab_set(&c->tab, ea, can_read ? add : 0, can_write ? add : 0);
}

/**
 * softtlb_fill_code - let a context fetch from a decoded page
 * @st:    soft TLB
 * @c:     context
 * @entry: TLB entry that translates the page, of 4 KB or more
 * @ea:    any address in the page
 * @code:  the decoded page
 */
void softtlb_fill_code(struct softtlb *st, struct softctx *c,
		       unsigned int entry, u32 ea, struct codepage *code)
{
	st->fills++;
	st->users[entry] |= CTX_BIT(st, c);
	softtab_set_code(&c->tab, ea, code);
}

/**
 * softtlb_drop_entry - forget what was filled from a TLB entry
 * @st:    soft TLB
 * @tlb:   the TLB before the entry changes
 * @entry: entry that is about to change
 */
void softtlb_drop_entry(struct softtlb *st, const struct tlb *tlb,
			unsigned int entry)
{
	u64 users = st->users[entry];
	unsigned int i;

	if (!users)
		return;
	st->users[entry] = 0;
	st->drops++;
	while (users) {
		i = (unsigned int)__builtin_ctzll(users);
		users &= users - 1;
		softtab_clear_range(&st->ctx[i].tab, tlb->epn[entry],
				    tlb_span(tlb, entry));
	}
}

/**
 * softtlb_drop_host - stop direct writes to a host page
 * @st:   soft TLB
 * @host: host address of the page's first byte
 */
void softtlb_drop_host(struct softtlb *st, const u8 *host)
{
	u64 contexts = st->writers[writer_slot(host)];
	unsigned int i;

	while (contexts) {
		i = (unsigned int)__builtin_ctzll(contexts);
		contexts &= contexts - 1;
		softtab_drop_writes(&st->ctx[i].tab, host);
	}
}

/**
 * softtlb_drop_code - forget a decoded page, in all contexts
 * @st:   soft TLB
 * @code: the page; NULL: every page
 */
void softtlb_drop_code(struct softtlb *st, const struct codepage *code)
{
	unsigned int i;

	for (i = 0; i < SOFTTLB_CONTEXTS; i++)
		if (st->ctx[i].is_used)
			softtab_drop_code(&st->ctx[i].tab, code);
}

/**
 * softtlb_flush - empty every context
 * @st: soft TLB
 */
void softtlb_flush(struct softtlb *st)
{
	unsigned int i;

	for (i = 0; i < SOFTTLB_CONTEXTS; i++)
		if (st->ctx[i].is_used)
			softtab_clear(&st->ctx[i].tab);
	memset(st->users, 0, sizeof(st->users));
}
