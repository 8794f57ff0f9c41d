/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_softtlb_tagged.c - the table layout of 32-bit hosts, on any
 * host: the sources themselves, under other names.
 */
#define SOFTTLB_TAGGED
#define OWN(name) tagged_##name
#include "tests/unit/softtlb_own.h"

#include "mmu/softtlb.c"
#include "mmu/softtlb_tagged.c"

#define CASE(name) test_softtlb_tagged_##name
enum { SIZE_4K = 1, SIZE_16K = 2, SIZE_64K = 3, SIZE_16M = 7, SIZE_256M = 9 };
#define SIZE(n) SIZE_##n
#include "tests/unit/softtlb_cases.h"

/* What only this layout does: two pages share a slot, and the last one wins. */
void test_softtlb_tagged_collision(void)
{
	u32 ea = 0x10000, other = ea + SOFTTAB_SLOTS * 4096;

	open_both();
	fill(1, 0, ea, 1);
	fill(1, 0, other, 2);
	CU_ASSERT_EQUAL(rd(1, ea), -1);
	CU_ASSERT_EQUAL(wr(1, ea), -1);
	CU_ASSERT_EQUAL(rd(1, other), 2);
	/* clearing the page that lost does not touch the one that won */
	entry(5, ea, SIZE(4K), 0);
	st->users[5] = ~0ull;
	entry(5, 0, SIZE(4K), 0);
	CU_ASSERT_EQUAL(rd(1, other), 2);
	close_both();
}
