/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_tlb.c - mmu/tlb.c.  Expected values: PPC440x5 User's Manual,
 * MMU chapter [440UM]: TLB match, page sizes, tlbwe, tlbre.
 */
#include <CUnit/CUnit.h>

#include "mmu/tlb.h"

static struct tlb tlb;

static void put(unsigned int i, u32 w0, u32 w1, u32 w2, unsigned int tid)
{
	tlb_write(&tlb, i, 0, w0, tid);
	tlb_write(&tlb, i, 1, w1, tid);
	tlb_write(&tlb, i, 2, w2, tid);
}

/* The entry that translates @ea, or -1. */
static int find(u32 ea, unsigned int as, unsigned int pid)
{
	unsigned int hit = 99;

	if (tlb_lookup(&tlb, ea, as, pid, &hit) == TLB_HIT)
		return (int)hit;
	CU_ASSERT_EQUAL(hit, 99);
	return -1;
}

void test_tlb_empty(void)
{
	tlb_reset(&tlb);
	for (unsigned int pid = 0; pid < 256; pid += 51) {
		CU_ASSERT_EQUAL(find(0, 0, pid), -1);
		CU_ASSERT_EQUAL(find(0xfffffffc, 1, pid), -1);
	}
	for (unsigned int i = 0; i < TLB_ENTRIES; i++)
		CU_ASSERT_FALSE(tlb_is_valid(&tlb, i));
}

void test_tlb_match(void)
{
	tlb_reset(&tlb);
	/* 4 KB at 0x12345000, AS 1, PID 7 */
	put(63, 0x12345000 | TLB0_V | TLB0_TS | 1 << 4, 0, 0, 7);
	CU_ASSERT_EQUAL(find(0x12345000, 1, 7), 63);
	CU_ASSERT_EQUAL(find(0x12345fff, 1, 7), 63);
	CU_ASSERT_EQUAL(find(0x12346000, 1, 7), -1);
	CU_ASSERT_EQUAL(find(0x12344fff, 1, 7), -1);
	CU_ASSERT_EQUAL(find(0x12345000, 0, 7), -1);
	CU_ASSERT_EQUAL(find(0x12345000, 1, 6), -1);
	CU_ASSERT_EQUAL(find(0x12345000, 1, 0), -1);
	CU_ASSERT_EQUAL(find(0x92345000, 1, 7), -1);
	/* TID 0 is for every PID, but not for every AS */
	put(63, 0x12345000 | TLB0_V | TLB0_TS | 1 << 4, 0, 0, 0);
	for (unsigned int pid = 0; pid < 256; pid++)
		CU_ASSERT_EQUAL(find(0x12345000, 1, pid), 63);
	CU_ASSERT_EQUAL(find(0x12345000, 0, 0), -1);
	/* without V, nothing */
	put(63, 0x12345000 | TLB0_TS | 1 << 4, 0, 0, 0);
	CU_ASSERT_EQUAL(find(0x12345000, 1, 0), -1);
}

void test_tlb_sizes(void)
{
	/* SIZE: 1K 4K 16K 64K 256K 1M, 16M, 256M; 6, 8, 10..15 are none */
	static const u32 bytes[16] = {
		1u << 10, 1u << 12, 1u << 14, 1u << 16, 1u << 18, 1u << 20,
		0, 1u << 24, 0, 1u << 28,
	};

	for (unsigned int size = 0; size < 16; size++) {
		u32 ea = 0xb0000000, n = bytes[size];

		tlb_reset(&tlb);
		put(5, ea | TLB0_V | size << 4, 0, 0, 0);
		CU_ASSERT_EQUAL(tlb_size_bytes(size), n);
		CU_ASSERT_EQUAL(find(ea, 0, 3), n ? 5 : -1);
		if (!n)
			continue;
		CU_ASSERT_EQUAL(tlb_span(&tlb, 5), n - 1);
		CU_ASSERT_EQUAL(find(ea + n - 1, 0, 3), 5);
		CU_ASSERT_EQUAL(find(ea + n, 0, 3), -1);
		CU_ASSERT_EQUAL(find(ea - 1, 0, 3), -1);
	}
}

void test_tlb_unsupported_size(void)
{
	static const unsigned int none[] = { 6, 8, 10, 11, 12, 13, 14, 15 };

	for (unsigned int k = 0; k < ARRAY_SIZE(none); k++) {
		tlb_reset(&tlb);
		put(0, TLB0_V | none[k] << 4, 0, 0, 0);
		CU_ASSERT_EQUAL(find(0, 0, 0), -1);
		CU_ASSERT_EQUAL(find(0x3ff, 0, 0), -1);
		/* the word reads back as it was written */
		CU_ASSERT_EQUAL(tlb_read(&tlb, 0, 0, &(unsigned int){ 0 }),
				TLB0_V | none[k] << 4);
	}
}

void test_tlb_low_epn_bits(void)
{
	unsigned int stid = 0;

	/* EPN bits below the page size do not take part in the match */
	tlb_reset(&tlb);
	put(1, 0x100ffc00 | TLB0_V | 5 << 4, 0x200ffc00, 0, 0);
	CU_ASSERT_EQUAL(find(0x10000000, 0, 0), 1);
	CU_ASSERT_EQUAL(find(0x100fffff, 0, 0), 1);
	CU_ASSERT_EQUAL(find(0x10100000, 0, 0), -1);
	CU_ASSERT_EQUAL(tlb_real(&tlb, 1, 0x10012345), 0x20012345);
	CU_ASSERT_EQUAL(tlb_read(&tlb, 1, 0, &stid),
			0x100ffc00 | TLB0_V | 5 << 4);
	CU_ASSERT_EQUAL(tlb_read(&tlb, 1, 1, &stid), 0x200ffc00);
}

void test_tlb_words(void)
{
	unsigned int stid = 0xaa;

	tlb_reset(&tlb);
	/* all ones: parity (TPAR 28:31, PAR1 22:23, PAR2 0:1) and reserved
	 * bits are dropped; ERPN is 28:31 of word 1, U0-U3 16:19, WIMGE 20:24,
	 * the six rights 26:31 of word 2 */
	put(9, 0xffffffff, 0xffffffff, 0xffffffff, 0x1ff);
	CU_ASSERT_EQUAL(tlb_read(&tlb, 9, 1, &stid), 0xfffffc0f);
	CU_ASSERT_EQUAL(tlb_read(&tlb, 9, 2, &stid), 0x0000ffbf);
	CU_ASSERT_EQUAL(stid, 0xaa);
	CU_ASSERT_EQUAL(tlb_read(&tlb, 9, 0, &stid), 0xfffffff0);
	CU_ASSERT_EQUAL(stid, 0xff);
	CU_ASSERT_EQUAL(tlb_read(&tlb, 9, 3, &stid), 0);
	CU_ASSERT_EQUAL(tlb_read(&tlb, 9, 31, &stid), 0);
	/* only the low six bits of the index count */
	tlb_write(&tlb, 64 + 9, 1, 0x00000c05, 0);
	CU_ASSERT_EQUAL(tlb_read(&tlb, 128 + 9, 1, &stid), 0x00000c05);
	/* a word that does not exist changes nothing */
	tlb_write(&tlb, 9, 3, 0, 0);
	tlb_write(&tlb, 9, 31, 0, 0);
	CU_ASSERT_EQUAL(tlb_read(&tlb, 9, 0, &stid), 0xfffffff0);
	CU_ASSERT_EQUAL(tlb_read(&tlb, 9, 1, &stid), 0x00000c05);
	CU_ASSERT_EQUAL(tlb_read(&tlb, 9, 2, &stid), 0x0000ffbf);
}

void test_tlb_tid_with_word_0(void)
{
	unsigned int stid = 0;

	/* STID is taken by word 0 only */
	tlb_reset(&tlb);
	put(2, 0x4000 | TLB0_V | 1 << 4, 0, 0, 12);
	tlb_write(&tlb, 2, 1, 0x8000, 99);
	tlb_write(&tlb, 2, 2, 0x3f, 98);
	tlb_read(&tlb, 2, 0, &stid);
	CU_ASSERT_EQUAL(stid, 12);
	CU_ASSERT_EQUAL(tlb_tid(&tlb, 2), 12);
}

void test_tlb_lowest_index(void)
{
	tlb_reset(&tlb);
	for (unsigned int i = TLB_ENTRIES; i-- > 0;) {
		put(i, 0x5000 | TLB0_V | 1 << 4, i << 12, 0, 0);
		CU_ASSERT_EQUAL(find(0x5004, 0, 1), (int)i);
	}
	for (unsigned int i = 0; i < TLB_ENTRIES; i++) {
		CU_ASSERT_EQUAL(find(0x5004, 0, 1), (int)i);
		tlb_write(&tlb, i, 0, 0, 0);
	}
	CU_ASSERT_EQUAL(find(0x5004, 0, 1), -1);
}

void test_tlb_real(void)
{
	tlb_reset(&tlb);
	/* ERPN f, the last 256 MB of the 36-bit space */
	put(0, 0xe0000000 | TLB0_V | 9 << 4, 0xf000000f, 0, 0);
	CU_ASSERT_EQUAL(tlb_real(&tlb, 0, 0xe0000000), 0xff0000000ull);
	CU_ASSERT_EQUAL(tlb_real(&tlb, 0, 0xefffffff), 0xfffffffffull);
	/* a 1 KB page: all 22 bits of RPN count */
	put(1, 0x00000c00 | TLB0_V, 0xabcdec01, 0, 0);
	CU_ASSERT_EQUAL(find(0xc00, 0, 0), 1);
	CU_ASSERT_EQUAL(find(0x800, 0, 0), -1);
	CU_ASSERT_EQUAL(tlb_real(&tlb, 1, 0xc04), 0x1abcdec04ull);
	/* 16 KB: two RPN bits are below the page */
	put(2, 0x00010000 | TLB0_V | 2 << 4, 0x00233c00, 0, 0);
	CU_ASSERT_EQUAL(tlb_real(&tlb, 2, 0x00013fff), 0x00233fffull);
	CU_ASSERT_EQUAL(tlb_real(&tlb, 2, 0x00010001), 0x00230001ull);
}

void test_tlb_random(void)
{
	u32 seed = 440;

	/* against the rule as the manual words it, entry by entry */
	tlb_reset(&tlb);
	for (int step = 0; step < 20000; step++) {
		unsigned int i, as, pid, want = TLB_ENTRIES, got = TLB_ENTRIES;
		u32 ea;

		seed = seed * 1664525 + 1013904223;
		tlb_write(&tlb, seed >> 26, 0,
			  (seed << 3 & 0xfff00000) | (seed >> 9 & 0x3f0),
			  seed >> 4 & 3);
		seed = seed * 1664525 + 1013904223;
		ea = seed << 3;
		as = seed >> 30 & 1;
		pid = seed >> 28 & 3;
		for (i = 0; i < TLB_ENTRIES && want == TLB_ENTRIES; i++) {
			u32 w = tlb.word[i][0];
			u32 n = tlb_size_bytes(w >> 4 & 15);
			u32 tid = tlb_tid(&tlb, i);

			if ((w & TLB0_V) && n && !!(w & TLB0_TS) == as &&
			    (tid == 0 || tid == pid) &&
			    (ea & ~(n - 1)) == (w & 0xfffffc00 & ~(n - 1)))
				want = i;
		}
		tlb_lookup(&tlb, ea, as, pid, &got);
		CU_ASSERT_EQUAL_FATAL(got, want);
	}
}
