/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/softtlb_cases.h - what both layouts of the soft TLB must do.
 *
 * Included once for each layout, with CASE(name) giving a test's name.  Pages
 * used together are chosen such that the direct-mapped layout has room for
 * all of them: it may lose a slot to another page, and only to that.
 */
#include <CUnit/CUnit.h>
#include <stdlib.h>

#include "mmu/softtlb.h"
#include "mmu/softtlb_tab.h"

static struct softtlb *st;
static struct tlb tlb;
static u8 host[8][4096] __attribute__((aligned(4096)));

#define CP(n) ((struct codepage *)host[n])

static void open_both(void)
{
	st = malloc(sizeof(*st));
	CU_ASSERT_EQUAL_FATAL(softtlb_init(st), 0);
	tlb_reset(&tlb);
}

static void close_both(void)
{
	softtlb_free(st);
	free(st);
}

static void entry(unsigned int i, u32 ea, unsigned int size, unsigned int tid)
{
	softtlb_drop_entry(st, &tlb, i);
	tlb_write(&tlb, i, 0, ea | TLB0_V | size << 4, tid);
}

static struct softctx *ctx(unsigned int pid)
{
	return softtlb_context(st, 0, pid, 0, NULL);
}

static void fill(unsigned int pid, unsigned int i, u32 ea, unsigned int page)
{
	softtlb_fill(st, ctx(pid), i, ea, host[page], true, true);
}

/* Host pages by number, -1 for none. */
static int page_of(uintptr_t add, u32 ea)
{
	return add ? (int)((add + ea - (uintptr_t)host[0]) / 4096) : -1;
}

static int rd(unsigned int pid, u32 ea)
{
	return page_of(softtab_rd(&ctx(pid)->tab, ea), ea);
}

static int wr(unsigned int pid, u32 ea)
{
	return page_of(softtab_wr(&ctx(pid)->tab, ea), ea);
}

static struct codepage *ex(unsigned int pid, u32 ea)
{
	return softtab_ex(&ctx(pid)->tab, ea);
}

void CASE(fill)(void)
{
	open_both();
	fill(1, 0, 0xfffff123, 3);
	CU_ASSERT_EQUAL(rd(1, 0xfffff000), 3);
	CU_ASSERT_EQUAL(wr(1, 0xfffffffc), 3);
	CU_ASSERT_EQUAL(rd(1, 0xffffeffc), -1);
	CU_ASSERT_EQUAL(rd(1, 0), -1);
	CU_ASSERT_EQUAL(rd(2, 0xfffff000), -1);
	softtlb_fill(st, ctx(1), 0, 0x5000, host[4], true, false);
	CU_ASSERT_EQUAL(rd(1, 0x5004), 4);
	CU_ASSERT_EQUAL(wr(1, 0x5004), -1);
	softtlb_fill(st, ctx(1), 0, 0x5000, host[4], false, true);
	CU_ASSERT_EQUAL(rd(1, 0x5004), -1);
	CU_ASSERT_EQUAL(wr(1, 0x5004), 4);
	CU_ASSERT_PTR_NULL(ex(1, 0x5000));
	softtlb_fill_code(st, ctx(1), 0, 0x5000, CP(5));
	CU_ASSERT_PTR_EQUAL(ex(1, 0x5abc), CP(5));
	CU_ASSERT_EQUAL(wr(1, 0x5004), 4);
	close_both();
}

void CASE(contexts)(void)
{
	struct softctx *c[2][3][2];

	/* AS, PID and privilege each select another context */
	open_both();
	for (unsigned int as = 0; as < 2; as++)
		for (unsigned int pid = 0; pid < 3; pid++)
			for (unsigned int pr = 0; pr < 2; pr++) {
				c[as][pid][pr] = softtlb_context(
					st, as, pid * 127, pr, NULL);
				softtlb_fill(st, c[as][pid][pr], 0, 0x1000,
					     host[as * 4 + pr], true, true);
			}
	for (unsigned int as = 0; as < 2; as++)
		for (unsigned int pid = 0; pid < 3; pid++)
			for (unsigned int pr = 0; pr < 2; pr++) {
				struct softctx *again = softtlb_context(
					st, as, pid * 127, pr, NULL);

				CU_ASSERT_PTR_EQUAL(again, c[as][pid][pr]);
				CU_ASSERT_EQUAL(page_of(softtab_rd(
					&again->tab, 0x1000), 0x1000),
					(int)(as * 4 + pr));
			}
	CU_ASSERT_EQUAL(st->recycles, 0);
	CU_ASSERT_EQUAL(st->drops, 0);
	close_both();
}

void CASE(drop_entry)(void)
{
	open_both();
	entry(0, 0x10000, SIZE(16K), 0);
	entry(1, 0x14000, SIZE(16K), 0);
	entry(2, 0x40000, SIZE(4K), 2);
	entry(3, 0x40000, SIZE(4K), 3);
	for (unsigned int pid = 1; pid <= 2; pid++) {
		fill(pid, 0, 0x10000, 0);
		fill(pid, 0, 0x13000, 1);
		fill(pid, 1, 0x14000, 2);
		fill(pid, 1, 0x17000, 3);
	}
	fill(2, 2, 0x40000, 4);
	fill(3, 3, 0x40000, 5);
	softtlb_fill_code(st, ctx(2), 0, 0x12000, CP(6));
	entry(0, 0x80000, SIZE(4K), 0);
	CU_ASSERT_EQUAL(st->drops, 1);
	for (unsigned int pid = 1; pid <= 2; pid++) {
		CU_ASSERT_EQUAL(rd(pid, 0x10000), -1);
		CU_ASSERT_EQUAL(wr(pid, 0x13000), -1);
		CU_ASSERT_EQUAL(rd(pid, 0x14000), 2);
		CU_ASSERT_EQUAL(wr(pid, 0x17000), 3);
	}
	CU_ASSERT_PTR_NULL(ex(2, 0x12000));
	/* the same address in another context came from another entry */
	entry(2, 0, SIZE(4K), 0);
	CU_ASSERT_EQUAL(rd(2, 0x40000), -1);
	CU_ASSERT_EQUAL(rd(3, 0x40000), 5);
	/* nothing was filled from it since: nothing to do */
	entry(0, 0x90000, SIZE(4K), 0);
	CU_ASSERT_EQUAL(st->drops, 2);
	close_both();
}

/* Pages around and inside a range of @bytes at 0x30000000. */
static void check_range(unsigned int size, u32 bytes, unsigned int extra)
{
	u32 ea = 0x30000000;

	open_both();
	entry(7, ea, size, 0);
	entry(8, ea - 0x1000, SIZE(4K), 0);
	entry(9, ea + bytes, SIZE(4K), 0);
	fill(1, 7, ea + 0x3000, 0);
	fill(1, 7, ea + bytes / 2 + 0x5000, 1);
	fill(1, 7, ea + bytes - 0x2000, 2);
	fill(1, 8, ea - 0x1000, 3);
	fill(1, 9, ea + bytes, 4);
	for (unsigned int i = 0; i < extra; i++)
		softtlb_fill(st, ctx(1), 10, 0x60100000 + i * 0x1000, host[5],
			     true, true);
	entry(7, 0, SIZE(4K), 0);
	CU_ASSERT_EQUAL(rd(1, ea + 0x3000), -1);
	CU_ASSERT_EQUAL(wr(1, ea + bytes / 2 + 0x5000), -1);
	CU_ASSERT_EQUAL(rd(1, ea + bytes - 0x2000), -1);
	CU_ASSERT_EQUAL(rd(1, ea - 0x1000), 3);
	CU_ASSERT_EQUAL(rd(1, ea + bytes), 4);
	for (unsigned int i = 0; i < extra; i++)
		CU_ASSERT_EQUAL(rd(1, 0x60100000 + i * 0x1000), 5);
	close_both();
}

void CASE(ranges)(void)
{
	check_range(SIZE(64K), 1u << 16, 0);
	check_range(SIZE(64K), 1u << 16, 100);	/* more in use than in range */
	check_range(SIZE(16M), 1u << 24, 0);
	check_range(SIZE(16M), 1u << 24, 100);
	check_range(SIZE(256M), 1u << 28, 0);
	check_range(SIZE(256M), 1u << 28, 100);
}

void CASE(top_of_space)(void)
{
	open_both();
	entry(0, 0xf0000000, SIZE(256M), 0);
	entry(1, 0, SIZE(4K), 0);
	fill(1, 0, 0xfffff000, 0);
	fill(1, 0, 0xf0001000, 1);
	fill(1, 1, 0, 2);
	entry(0, 0, 0, 0);
	CU_ASSERT_EQUAL(rd(1, 0xfffff000), -1);
	CU_ASSERT_EQUAL(rd(1, 0xf0001000), -1);
	CU_ASSERT_EQUAL(rd(1, 0), 2);
	close_both();
}

void CASE(refill)(void)
{
	/* cleared and filled again, many times over: always the last page */
	open_both();
	for (unsigned int i = 0; i < 1000; i++) {
		entry(0, 0x10000 + (i & 7) * 0x1000, SIZE(4K), 0);
		fill(1, 0, 0x10000 + (i & 7) * 0x1000, i & 7);
		for (unsigned int k = 0; k < 8; k++)
			CU_ASSERT_EQUAL(rd(1, 0x10000 + k * 0x1000),
					k == (i & 7) ? (int)k : -1);
	}
	close_both();
}

void CASE(recycle)(void)
{
	struct softctx *first, *keep;

	open_both();
	entry(0, 0x10000, SIZE(64K), 0);
	entry(1, 0x20000, SIZE(64K), 0);
	for (unsigned int pid = 0; pid < SOFTTLB_CONTEXTS; pid++)
		fill(pid, 0, 0x10000, pid & 7);
	CU_ASSERT_EQUAL(st->recycles, 0);
	/* 0 and 1 become the latest, 2 the oldest, 3 is in use elsewhere */
	first = ctx(2);
	ctx(0);
	ctx(1);
	for (unsigned int pid = 3; pid < SOFTTLB_CONTEXTS; pid++)
		ctx(pid);
	keep = first;
	CU_ASSERT_PTR_EQUAL(softtlb_context(st, 0, 200, 0, NULL), first);
	CU_ASSERT_EQUAL(st->recycles, 1);
	CU_ASSERT_EQUAL(rd(200, 0x10000), -1);
	/* what the old owner was filled from is nothing to the new one */
	fill(200, 1, 0x20000, 6);
	fill(200, 1, 0x11000, 5);	/* as if both mapped it */
	entry(0, 0, SIZE(4K), 0);
	CU_ASSERT_EQUAL(rd(200, 0x20000), 6);
	CU_ASSERT_EQUAL(rd(200, 0x11000), 5);
	/* the oldest is 0 now; it must not go while it is in use */
	keep = &st->ctx[st->of_key[0] - 1];
	CU_ASSERT_PTR_NOT_EQUAL(softtlb_context(st, 0, 201, 0, keep), keep);
	CU_ASSERT_EQUAL(st->of_key[1], 0);
	CU_ASSERT_NOT_EQUAL(st->of_key[0], 0);
	CU_ASSERT_EQUAL(st->recycles, 2);
	close_both();
}

void CASE(all_keys)(void)
{
	/* every (AS, PID, privilege) in turn, twice: nothing leaks */
	open_both();
	for (unsigned int k = 0; k < 2048; k++) {
		struct softctx *c = softtlb_context(st, k >> 8 & 1, k & 255,
						    k >> 9 & 1, NULL);

		CU_ASSERT_EQUAL_FATAL(softtab_rd(&c->tab, 0x7000), 0);
		CU_ASSERT_PTR_NULL(softtab_ex(&c->tab, 0x7000));
		softtlb_fill(st, c, k & 63, 0x7000, host[0], true, true);
		softtlb_fill_code(st, c, k & 63, 0x7000, CP(1));
	}
	CU_ASSERT_EQUAL(st->recycles, 2048 - SOFTTLB_CONTEXTS);
	close_both();
}

void CASE(drop_host)(void)
{
	open_both();
	fill(1, 0, 0x10000, 3);
	fill(2, 0, 0x5000, 3);
	fill(2, 0, 0x6000, 4);
	fill(3, 0, 0x7000, 3);
	softtlb_fill(st, ctx(4), 0, 0x8000, host[3], true, false);
	softtlb_drop_host(st, host[3]);
	CU_ASSERT_EQUAL(wr(1, 0x10000), -1);
	CU_ASSERT_EQUAL(wr(2, 0x5000), -1);
	CU_ASSERT_EQUAL(wr(3, 0x7000), -1);
	CU_ASSERT_EQUAL(wr(2, 0x6000), 4);
	CU_ASSERT_EQUAL(rd(1, 0x10000), 3);
	CU_ASSERT_EQUAL(rd(2, 0x5000), 3);
	CU_ASSERT_EQUAL(rd(4, 0x8000), 3);
	/* and again, after it was made writable again */
	fill(1, 0, 0x10000, 3);
	CU_ASSERT_EQUAL(wr(1, 0x10000), 3);
	softtlb_drop_host(st, host[3]);
	CU_ASSERT_EQUAL(wr(1, 0x10000), -1);
	close_both();
}

void CASE(drop_code)(void)
{
	open_both();
	softtlb_fill_code(st, ctx(1), 0, 0x10000, CP(0));
	softtlb_fill_code(st, ctx(1), 0, 0x11000, CP(1));
	softtlb_fill_code(st, ctx(2), 0, 0x20000, CP(0));
	fill(2, 0, 0x20000, 2);
	softtlb_drop_code(st, CP(0));
	CU_ASSERT_PTR_NULL(ex(1, 0x10000));
	CU_ASSERT_PTR_NULL(ex(2, 0x20000));
	CU_ASSERT_PTR_EQUAL(ex(1, 0x11000), CP(1));
	CU_ASSERT_EQUAL(rd(2, 0x20000), 2);
	softtlb_drop_code(st, NULL);
	CU_ASSERT_PTR_NULL(ex(1, 0x11000));
	CU_ASSERT_EQUAL(rd(2, 0x20000), 2);
	close_both();
}

void CASE(flush)(void)
{
	open_both();
	fill(1, 0, 0x10000, 1);
	fill(2, 1, 0x20000, 2);
	softtlb_fill_code(st, ctx(2), 0, 0x20000, CP(0));
	softtlb_flush(st);
	CU_ASSERT_EQUAL(rd(1, 0x10000), -1);
	CU_ASSERT_EQUAL(wr(2, 0x20000), -1);
	CU_ASSERT_PTR_NULL(ex(2, 0x20000));
	fill(1, 0, 0x10000, 4);
	CU_ASSERT_EQUAL(wr(1, 0x10000), 4);
	close_both();
}
