/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_code.c - cpu/code.c: the cache of decoded pages, with
 * handlers that are never called.
 */
#include <CUnit/CUnit.h>

#include "cpu/code.h"

static const char undecoded, page_end, decoded, stop;
static const void *const start[] = { &undecoded, &page_end };

static struct codecache cc;
static u8 bytes[4096];

static struct codepage *open_page(paddr_t pa)
{
	CU_ASSERT_EQUAL_FATAL(codecache_init(&cc), 0);
	cc.start = start;
	return codecache_add(&cc, pa, bytes);
}

static void decode(struct codepage *cp, u32 offset)
{
	cp->op[offset / 4].h = &decoded;
	codepage_mark(cp, offset);
}

void test_code_find(void)
{
	struct codepage *a = open_page(0x12345abc), *b, *c;

	/* 4096 pages apart and 36 bits apart: the same bucket */
	b = codecache_add(&cc, 0x12345000 + 0x1000000, bytes);
	c = codecache_add(&cc, 0xf12345000ull, bytes);
	CU_ASSERT_EQUAL(a->pa, 0x12345000);
	CU_ASSERT_PTR_EQUAL(codecache_find(&cc, 0x12345ffc), a);
	CU_ASSERT_PTR_EQUAL(codecache_find(&cc, 0x13345000), b);
	CU_ASSERT_PTR_EQUAL(codecache_find(&cc, 0xf12345000ull), c);
	CU_ASSERT_PTR_NULL(codecache_find(&cc, 0x12346000));
	CU_ASSERT_PTR_NULL(codecache_find(&cc, 0x112345000ull));
	for (unsigned int i = 0; i < CODE_OPS; i++)
		CU_ASSERT_PTR_EQUAL(a->op[i].h, &undecoded);
	CU_ASSERT_PTR_EQUAL(a->op[CODE_OPS].h, &page_end);
	/* the middle of the chain goes, the others stay */
	codecache_remove(&cc, b);
	CU_ASSERT_PTR_NULL(codecache_find(&cc, 0x13345000));
	CU_ASSERT_PTR_EQUAL(codecache_find(&cc, 0x12345000), a);
	CU_ASSERT_PTR_EQUAL(codecache_find(&cc, 0xf12345000ull), c);
	CU_ASSERT_EQUAL(cc.retired, 1);
	codecache_free(&cc);
}

void test_code_undo(void)
{
	struct codepage *cp = open_page(0);

	decode(cp, 0x40);
	decode(cp, 0x5c);
	decode(cp, 0x60);
	decode(cp, 0xffc);
	CU_ASSERT_FALSE(codecache_undo(&cc, cp, 0x20, 32));
	CU_ASSERT_FALSE(codecache_undo(&cc, cp, 0x80, 0xf60));
	CU_ASSERT_PTR_EQUAL(cp->op[0x10].h, &decoded);
	/* one byte undoes its line of 32, and no other */
	CU_ASSERT_TRUE(codecache_undo(&cc, cp, 0x41, 1));
	CU_ASSERT_PTR_EQUAL(cp->op[0x10].h, &undecoded);
	CU_ASSERT_PTR_EQUAL(cp->op[0x17].h, &undecoded);
	CU_ASSERT_PTR_EQUAL(cp->op[0x18].h, &decoded);
	CU_ASSERT_FALSE(codecache_undo(&cc, cp, 0x41, 1));
	/* a write over two lines, and one past the page's end */
	decode(cp, 0x40);
	CU_ASSERT_TRUE(codecache_undo(&cc, cp, 0x5e, 4));
	CU_ASSERT_PTR_EQUAL(cp->op[0x10].h, &undecoded);
	CU_ASSERT_PTR_EQUAL(cp->op[0x18].h, &undecoded);
	CU_ASSERT_TRUE(codecache_undo(&cc, cp, 0xffe, 0x4000));
	CU_ASSERT_PTR_EQUAL(cp->op[0x3ff].h, &undecoded);
	CU_ASSERT_PTR_EQUAL(cp->op[CODE_OPS].h, &page_end);
	CU_ASSERT_FALSE(codecache_undo(&cc, cp, 0, 0));
	CU_ASSERT_FALSE(codecache_undo(&cc, cp, 0, 4096));
	codecache_free(&cc);
}

void test_code_patch(void)
{
	struct codepage *cp = open_page(0);

	decode(cp, 0x10);
	codecache_patch(&cc, &cp->op[4], &stop, true);
	CU_ASSERT_PTR_EQUAL(cp->op[4].h, &stop);
	/* one at a time: the next patch takes the last one back */
	codecache_patch(&cc, &cp->op[6], &stop, true);
	CU_ASSERT_PTR_EQUAL(cp->op[4].h, &decoded);
	CU_ASSERT_PTR_EQUAL(cp->op[6].h, &stop);
	/* twice at one place remembers the handler, not the patch */
	codecache_patch(&cc, &cp->op[6], &stop, true);
	codecache_unpatch(&cc);
	CU_ASSERT_PTR_EQUAL(cp->op[6].h, &undecoded);
	codecache_unpatch(&cc);
	CU_ASSERT_PTR_EQUAL(cp->op[6].h, &undecoded);
	/* the page's end can be patched too */
	codecache_patch(&cc, &cp->op[CODE_OPS], &stop, false);
	codecache_unpatch(&cc);
	CU_ASSERT_PTR_EQUAL(cp->op[CODE_OPS].h, &page_end);
	codecache_free(&cc);
}

/* An op may be fused with its successor: what changes undoes it, too. */
void test_code_predecessor(void)
{
	struct codepage *cp = open_page(0);

	decode(cp, 0x1c);
	decode(cp, 0x18);
	decode(cp, 0x20);
	CU_ASSERT_TRUE(codecache_undo(&cc, cp, 0x20, 4));
	CU_ASSERT_PTR_EQUAL(cp->op[7].h, &undecoded);
	CU_ASSERT_PTR_EQUAL(cp->op[6].h, &decoded);
	decode(cp, 0x1c);
	codecache_patch(&cc, &cp->op[8], &stop, true);
	CU_ASSERT_PTR_EQUAL(cp->op[7].h, &undecoded);
	decode(cp, 0x1c);
	codecache_unpatch(&cc);
	CU_ASSERT_PTR_EQUAL(cp->op[7].h, &undecoded);
	CU_ASSERT_PTR_EQUAL(cp->op[6].h, &decoded);
	decode(cp, 0x1c);
	codecache_patch(&cc, &cp->op[8], &stop, false);
	codecache_unpatch(&cc);
	CU_ASSERT_PTR_EQUAL(cp->op[7].h, &decoded);
	codecache_free(&cc);
}

void test_code_undo_patched(void)
{
	struct codepage *cp = open_page(0);

	/* the handler that is put back later must not be a stale one */
	decode(cp, 0x10);
	codecache_patch(&cc, &cp->op[4], &stop, true);
	CU_ASSERT_TRUE(codecache_undo(&cc, cp, 0x10, 4));
	CU_ASSERT_PTR_EQUAL(cp->op[4].h, &undecoded);
	codecache_unpatch(&cc);
	CU_ASSERT_PTR_EQUAL(cp->op[4].h, &undecoded);
	/* nor be put into a page that is gone */
	decode(cp, 0x10);
	codecache_patch(&cc, &cp->op[4], &stop, true);
	codecache_remove(&cc, cp);
	CU_ASSERT_PTR_NULL(cc.patched);
	cp = codecache_add(&cc, 0x9000, bytes);
	CU_ASSERT_PTR_EQUAL(cp->op[4].h, &undecoded);
	codecache_patch(&cc, &cp->op[4], &stop, true);
	codecache_flush(&cc);
	CU_ASSERT_PTR_NULL(cc.patched);
	codecache_free(&cc);
}

void test_code_full(void)
{
	struct codepage *cp = open_page(0);
	unsigned int i;

	for (i = 1; i < CODE_PAGES; i++)
		CU_ASSERT_PTR_NOT_NULL_FATAL(
			codecache_add(&cc, (paddr_t)i << 12, bytes));
	CU_ASSERT_PTR_NULL(codecache_add(&cc, 0xffff000, bytes));
	/* a retired page makes room for one more */
	codecache_remove(&cc, cp);
	CU_ASSERT_PTR_EQUAL(codecache_add(&cc, 0xffff000, bytes), cp);
	CU_ASSERT_PTR_NULL(codecache_add(&cc, 0xfffe000, bytes));
	codecache_flush(&cc);
	CU_ASSERT_EQUAL(cc.flushes, 1);
	for (i = 0; i < CODE_PAGES; i++)
		CU_ASSERT_PTR_NULL(codecache_find(&cc, (paddr_t)i << 12));
	cp = codecache_add(&cc, 0x5000, bytes);
	CU_ASSERT_PTR_NOT_NULL_FATAL(cp);
	CU_ASSERT_FALSE(codecache_undo(&cc, cp, 0x5000, 4096));
	codecache_free(&cc);
}
