/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_mem.c - cpu/mem.c and the engine's fast path: translation,
 * rights, byte order, page ends, devices, and code that changes.
 * Source: [440UM] MMU, storage access and cache chapters.
 */
#include "tests/unit/cpu_rig.h"

#define LHA(d, v, a)	I_D(42, d, a, v)
#define LWBRX(d, a, b)	I_X(534, d, a, b)
#define STWBRX(s, a, b)	I_X(662, s, a, b)
#define LSWX(d, a, b)	I_X(533, d, a, b)
#define STSWX(s, a, b)	I_X(661, s, a, b)
#define EA_AT		0x60000000u

static void fill_bytes(struct rig *r, u32 at, u32 n, u8 first)
{
	for (u32 i = 0; i < n; i++)
		r->ram[at + i] = (u8)(first + i);
}

void RIG_TEST(mem, unaligned)(void)
{
	struct rig r;

	/* any alignment, before and after the page can be reached directly */
	rig_open(&r);
	fill_bytes(&r, DATA_AT, 64, 0x10);
	for (int round = 0; round < 2; round++)
		for (u32 i = 0; i < 32; i++) {
			u32 b = 0x10 + i;

			gpr(&r)[20] = DATA_AT + i;
			CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 0, 20)), 0);
			CU_ASSERT_EQUAL(gpr(&r)[3], b << 24 | (b + 1) << 16 |
					(b + 2) << 8 | (b + 3));
			rig_step(&r, LHZ(3, 0, 20));
			CU_ASSERT_EQUAL(gpr(&r)[3], b << 8 | (b + 1));
			rig_step(&r, LWBRX(3, 0, 20));
			CU_ASSERT_EQUAL(gpr(&r)[3], (b + 3) << 24 |
					(b + 2) << 16 | (b + 1) << 8 | b);
		}
	for (u32 i = 0; i < 8; i++) {
		gpr(&r)[20] = DATA_AT + 0x100 + i;
		gpr(&r)[3] = 0xa1b2c3d4;
		memset(r.ram + DATA_AT + 0x100, 0, 16);
		rig_step(&r, STW(3, 0, 20));
		CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x100 + i), 0xa1b2c3d4);
		rig_step(&r, STWBRX(3, 0, 20));
		CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x100 + i), 0xd4c3b2a1);
		rig_step(&r, STH(3, 0, 20));
		CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x100 + i), 0xc3d4b2a1);
	}
	rig_close(&r);
}

/* Two pages that follow each other, but not in memory. */
static void map_pair(struct rig *r, unsigned int size, u32 attr0, u32 attr1)
{
	u32 bytes = 1024u << 2 * size;

	rig_map(r, 4, EA_AT, 0x30000, size, attr0);
	rig_map(r, 5, EA_AT + bytes, 0x28000, size, attr1);
}

void RIG_TEST(mem, page_crossing)(void)
{
	static const unsigned int sizes[] = { SIZE_1K, SIZE_4K, SIZE_16K };

	for (unsigned int k = 0; k < ARRAY_SIZE(sizes); k++) {
		u32 end = 1024u << 2 * sizes[k];
		struct rig r;

		rig_open(&r);
		map_pair(&r, sizes[k], SRWX, SRWX);
		fill_bytes(&r, 0x30000 + end - 4, 4, 0x10);
		fill_bytes(&r, 0x28000, 4, 0x20);
		gpr(&r)[20] = EA_AT + end;
		CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, -1, 20)), 0);
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x13202122);
		rig_step(&r, LWZ(3, -3, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x11121320);
		rig_step(&r, LHA(3, -1, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x1320);
		gpr(&r)[3] = 0xa1b2c3d4;
		rig_step(&r, STW(3, -2, 20));
		CU_ASSERT_EQUAL(rig_word(&r, 0x30000 + end - 4), 0x1011a1b2);
		CU_ASSERT_EQUAL(rig_word(&r, 0x28000), 0xc3d42223);
		rig_step(&r, STH(3, -1, 20));
		CU_ASSERT_EQUAL(rig_word(&r, 0x30000 + end - 4), 0x1011a1c3);
		CU_ASSERT_EQUAL(rig_word(&r, 0x28000), 0xd4d42223);
		rig_close(&r);
	}
}

void RIG_TEST(mem, crossing_fault)(void)
{
	struct rig r;

	/* the second page is missing: DEAR is its first byte */
	rig_open(&r);
	rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, SRWX);
	gpr(&r)[20] = EA_AT + 0x1000;
	gpr(&r)[3] = 0x11223344;
	CU_ASSERT_EQUAL(rig_step(&r, STW(3, -2, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(r.cpu->s.dear, EA_AT + 0x1000);
	CU_ASSERT_EQUAL(rig_word(&r, 0x30ffc), 0);
	CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, -2, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x11223344);
	CU_ASSERT_EQUAL(rig_step(&r, STWU(3, -2, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(gpr(&r)[20], EA_AT + 0x1000);
	/* the first is missing */
	gpr(&r)[20] = EA_AT;
	CU_ASSERT_EQUAL(rig_step(&r, STW(3, -2, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(r.cpu->s.dear, EA_AT - 2);
	CU_ASSERT_EQUAL(rig_word(&r, 0x30000), 0);
	/* the second cannot be written */
	rig_map(&r, 5, EA_AT + 0x1000, 0x28000, SIZE_4K, TLB2_SR);
	gpr(&r)[20] = EA_AT + 0x1000;
	CU_ASSERT_EQUAL(rig_step(&r, STW(3, -2, 20)), IVOR_DSI);
	CU_ASSERT_EQUAL(rig_word(&r, 0x30ffc), 0);
	rig_close(&r);
}

void RIG_TEST(mem, small_pages)(void)
{
	struct rig r;

	/* four pages of 1 KB in one of 4 KB, all elsewhere, one read-only */
	rig_open(&r);
	for (u32 i = 0; i < 4; i++) {
		rig_map(&r, 4 + i, EA_AT + i * 0x400, 0x30c00 - i * 0x400,
			SIZE_1K, i == 2 ? TLB2_SR : SRWX);
		stb32(r.ram + 0x30c00 - i * 0x400, 0x1000 + i);
	}
	for (int round = 0; round < 3; round++)
		for (u32 i = 0; i < 4; i++) {
			gpr(&r)[20] = EA_AT + i * 0x400;
			CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 0, 20)), 0);
			CU_ASSERT_EQUAL(gpr(&r)[3], 0x1000 + i);
			CU_ASSERT_EQUAL(rig_step(&r, STW(3, 4, 20)),
					i == 2 ? IVOR_DSI : 0);
			CU_ASSERT_EQUAL(rig_word(&r, 0x30c04 - i * 0x400),
					i == 2 ? 0 : 0x1000 + i);
		}
	rig_close(&r);
}

void RIG_TEST(mem, rights)(void)
{
	/* every combination of rights, in both states, again and again */
	for (u32 attr = 0; attr < 64; attr++) {
		struct rig r;

		rig_open(&r);
		rig_map(&r, 0, 0, 0, SIZE_1M, SRWX | URWX);
		rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, attr);
		CODE(&r, 0x30100, SELF);
		gpr(&r)[20] = EA_AT;
		for (u32 k = 0; k < 4; k++) {
			bool user = k & 1;
			u32 can_rd = user ? TLB2_UR : TLB2_SR;
			u32 can_wr = user ? TLB2_UW : TLB2_SW;
			u32 can_ex = user ? TLB2_UX : TLB2_SX;
			u32 msr = user ? MSR_PR : 0;

			cpu_set_msr(r.cpu, msr);
			CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 0, 20)),
					attr & can_rd ? 0 : IVOR_DSI);
			cpu_set_msr(r.cpu, msr);
			CU_ASSERT_EQUAL(rig_step(&r, STW(3, 0, 20)),
					attr & can_wr ? 0 : IVOR_DSI);
			cpu_set_msr(r.cpu, msr);
			CU_ASSERT_EQUAL(rig_step(&r, DCBF(0, 20)),
					attr & can_rd ? 0 : IVOR_DSI);
			cpu_set_msr(r.cpu, msr);
			r.cpu->s.pc = EA_AT + 0x100;
			rig_run(&r);
			CU_ASSERT_EQUAL(r.cpu->s.pc, attr & can_ex ?
					EA_AT + 0x100 : VECTOR(IVOR_ISI));
		}
		rig_close(&r);
	}
}

void RIG_TEST(mem, data_space)(void)
{
	struct rig r;

	/* DS selects among data, IS among code; AS 1 has other pages */
	rig_open(&r);
	r.cpu->s.mmucr = 0;
	cpu_tlbwe(r.cpu, 9, 1, 0x30000);
	cpu_tlbwe(r.cpu, 9, 2, SRWX);
	cpu_tlbwe(r.cpu, 9, 0, DATA_AT | TLB0_V | TLB0_TS | SIZE_4K << 4);
	stb32(r.ram + DATA_AT, 0xd0);
	stb32(r.ram + 0x30000, 0xd1);
	gpr(&r)[20] = DATA_AT;
	for (int i = 0; i < 4; i++) {
		cpu_set_msr(r.cpu, i & 1 ? MSR_DS : 0);
		rig_step(&r, LWZ(3, 0, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], i & 1 ? 0xd1 : 0xd0);
	}
	gpr(&r)[20] = DATA_AT + 0x1000;
	CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 0, 20)), IVOR_DTLB);
	rig_close(&r);
}

void RIG_TEST(mem, pids)(void)
{
	struct rig r;

	/* a page each for PIDs 1..8 at one address, and one for all */
	rig_open(&r);
	for (u32 pid = 1; pid <= 8; pid++) {
		stb32(r.ram + 0x30000 + pid * 0x1000, pid);
		r.cpu->s.mmucr = pid;
		cpu_tlbwe(r.cpu, 10 + pid, 1, 0x30000 + pid * 0x1000);
		cpu_tlbwe(r.cpu, 10 + pid, 2, SRWX);
		cpu_tlbwe(r.cpu, 10 + pid, 0, EA_AT | TLB0_V | SIZE_4K << 4);
	}
	gpr(&r)[20] = EA_AT;
	for (u32 k = 0; k < 50; k++) {
		u32 pid = k * 7 % 9;

		cpu_mtspr(r.cpu, SPRN_PID, pid);
		CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 0, 20)), pid ? 0 : IVOR_DTLB);
		if (pid)
			CU_ASSERT_EQUAL(gpr(&r)[3], pid);
	}
#ifndef CULM_HOSTILE	/* which has no room for so many contexts */
	/* each page was looked up once, however often the PID changed */
	CU_ASSERT(r.cpu->soft.fills < 30);
#endif
	rig_close(&r);
}

void RIG_TEST(mem, tlbwe)(void)
{
	struct rig r;

	rig_open(&r);
	rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, SRWX);
	stb32(r.ram + 0x30000, 1);
	stb32(r.ram + 0x31000, 2);
	gpr(&r)[20] = EA_AT;
	gpr(&r)[4] = 4;
	rig_step(&r, LWZ(3, 0, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 1);
	/* another real page */
	gpr(&r)[5] = 0x31000;
	CODE(&r, CODE_AT, TLBWE(5, 4, 1), LWZ(3, 0, 20), SELF);
	r.cpu->s.pc = CODE_AT;
	rig_run(&r);
	CU_ASSERT_EQUAL(gpr(&r)[3], 2);
	/* fewer rights */
	gpr(&r)[5] = TLB2_SR;
	rig_step(&r, TLBWE(5, 4, 2));
	CU_ASSERT_EQUAL(rig_step(&r, STW(3, 0, 20)), IVOR_DSI);
	/* not valid any more, while larger index maps it again */
	rig_map(&r, 60, EA_AT, 0x30000, SIZE_64K, SRWX);
	gpr(&r)[5] = 0;
	rig_step(&r, TLBWE(5, 4, 0));
	rig_step(&r, LWZ(3, 0, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 1);
	rig_close(&r);
}

#define TLBSX_RC(d, a, b) (I_X(914, d, a, b) | 1)

void RIG_TEST(mem, tlbsx)(void)
{
	struct rig r;

	/* twice each: in AS 0, without the entry, with it again, in AS 1 */
	rig_open(&r);
	rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, SRWX);
	gpr(&r)[4] = 4;
	gpr(&r)[6] = EA_AT | TLB0_V | SIZE_4K << 4;
	gpr(&r)[7] = MMUCR_STS;
	gpr(&r)[20] = EA_AT - 0x400;
	gpr(&r)[21] = 0x7fc;
	for (unsigned int i = 10; i < 16; i++)
		gpr(&r)[i] = 0xbad;
	CODE(&r, CODE_AT, TLBSX_RC(10, 20, 21), TLBSX_RC(11, 20, 21), MFCR(22),
	     TLBWE(5, 4, 0), TLBSX_RC(12, 20, 21), TLBSX_RC(13, 20, 21),
	     MFCR(23), TLBWE(6, 4, 0), TLBSX_RC(14, 20, 21), MFCR(24),
	     MTSPR(SPRN_MMUCR, 7), TLBSX_RC(15, 20, 21), MFCR(25), SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(gpr(&r)[10], 4);
	CU_ASSERT_EQUAL(gpr(&r)[11], 4);
	CU_ASSERT_EQUAL(gpr(&r)[22] >> 28, 2);
	CU_ASSERT_EQUAL(gpr(&r)[12], 0xbad);
	CU_ASSERT_EQUAL(gpr(&r)[13], 0xbad);
	CU_ASSERT_EQUAL(gpr(&r)[23] >> 28, 0);
	CU_ASSERT_EQUAL(gpr(&r)[14], 4);
	CU_ASSERT_EQUAL(gpr(&r)[24] >> 28, 2);
	CU_ASSERT_EQUAL(gpr(&r)[15], 0xbad);
	CU_ASSERT_EQUAL(gpr(&r)[25] >> 28, 0);
	rig_close(&r);
}

void RIG_TEST(mem, 36_bits)(void)
{
	struct rig r;

	/* ERPN is part of the address: 0x1_00020000 is not 0x20000 */
	rig_open(&r);
	r.cpu->s.msr = MSR_ME;
	rig_map(&r, 4, EA_AT, 0x100000000ull | DATA_AT, SIZE_4K, SRWX);
	stb32(r.ram + DATA_AT, 0x1234);
	gpr(&r)[20] = EA_AT;
	CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 0, 20)), IVOR_MACHINE_CHECK);
	CU_ASSERT_EQUAL(gpr(&r)[3], 0xffffffff);
	rig_close(&r);
}

/* ---- byte order --------------------------------------------------------- */

void RIG_TEST(mem, little_endian)(void)
{
	struct rig r;

	rig_open(&r);
	rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, SRWX | TLB2_E);
	fill_bytes(&r, 0x30000, 16, 0x10);
	gpr(&r)[20] = EA_AT;
	for (int round = 0; round < 2; round++) {
		rig_step(&r, LWZ(3, 0, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x13121110);
		rig_step(&r, LWZ(3, 1, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x14131211);
		rig_step(&r, LHZ(3, 4, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x1514);
		rig_step(&r, LBZ(3, 5, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x15);
		rig_step(&r, LWBRX(3, 0, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x10111213);
	}
	gpr(&r)[3] = 0xa1b2c3d4;
	rig_step(&r, STW(3, 32, 20));
	CU_ASSERT_EQUAL(rig_word(&r, 0x30020), 0xd4c3b2a1);
	rig_step(&r, STH(3, 32, 20));
	CU_ASSERT_EQUAL(rig_word(&r, 0x30020), 0xd4c3b2a1);
	rig_step(&r, STH(3, 34, 20));
	CU_ASSERT_EQUAL(rig_word(&r, 0x30020), 0xd4c3d4c3);
	/* multiple words, each by itself */
	rig_step(&r, LMW(30, 0, 20));
	CU_ASSERT_EQUAL(gpr(&r)[30], 0x13121110);
	CU_ASSERT_EQUAL(gpr(&r)[31], 0x17161514);
	/* a page that is not, beside it: nothing stays behind */
	rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, SRWX);
	rig_step(&r, LWZ(3, 0, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x10111213);
	rig_close(&r);
}

void RIG_TEST(mem, little_endian_crossing)(void)
{
	struct rig r;

	rig_open(&r);
	map_pair(&r, SIZE_4K, SRWX | TLB2_E, SRWX | TLB2_E);
	fill_bytes(&r, 0x30ffc, 4, 0x10);
	fill_bytes(&r, 0x28000, 4, 0x20);
	gpr(&r)[20] = EA_AT + 0x1000;
	rig_step(&r, LWZ(3, -1, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x22212013);
	rig_step(&r, LHZ(3, -1, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x2013);
	gpr(&r)[3] = 0xa1b2c3d4;
	rig_step(&r, STW(3, -3, 20));
	CU_ASSERT_EQUAL(rig_word(&r, 0x30ffc), 0x10d4c3b2);
	CU_ASSERT_EQUAL(rig_word(&r, 0x28000), 0xa1212223);
	rig_close(&r);
}

void RIG_TEST(mem, little_endian_fp)(void)
{
	struct rig r;

	/* all eight bytes of a double change places */
	rig_open(&r);
	r.cpu->s.msr = MSR_FP;
	rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, SRWX | TLB2_E);
	fill_bytes(&r, 0x30000, 16, 0x10);
	gpr(&r)[20] = EA_AT;
	rig_step(&r, LFD(1, 0, 20));
	CU_ASSERT_EQUAL(r.cpu->s.fpr[1], 0x1716151413121110ull);
	r.cpu->s.fpr[2] = 0xa1a2a3a4a5a6a7a8ull;
	rig_step(&r, STFD(2, 32, 20));
	CU_ASSERT_EQUAL(rig_word(&r, 0x30020), 0xa8a7a6a5);
	CU_ASSERT_EQUAL(rig_word(&r, 0x30024), 0xa4a3a2a1);
	rig_close(&r);
}

void RIG_TEST(mem, little_endian_code)(void)
{
	static const u32 program[] = { ADDI(3, 3, 5), ADDI(3, 3, 6), SELF };
	struct rig r;

	rig_open(&r);
	rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, SRWX | TLB2_E);
	for (u32 i = 0; i < 3; i++)
		stb32(r.ram + 0x30000 + 4 * i, __builtin_bswap32(program[i]));
	r.cpu->s.pc = EA_AT;
	rig_run(&r);
	CU_ASSERT_EQUAL(gpr(&r)[3], 11);
	CU_ASSERT_EQUAL(r.cpu->s.pc, EA_AT + 8);
	rig_close(&r);
}

/* ---- multiple, string, reserved, cache lines ---------------------------- */

void RIG_TEST(mem, multiple)(void)
{
	struct rig r;

	rig_open(&r);
	map_pair(&r, SIZE_4K, SRWX, SRWX);
	fill_bytes(&r, 0x30ff8, 8, 0x10);
	fill_bytes(&r, 0x28000, 8, 0x20);
	gpr(&r)[20] = EA_AT + 0x1000;
	CU_ASSERT_EQUAL(rig_step(&r, LMW(28, -8, 20)), 0);
	CU_ASSERT_EQUAL(gpr(&r)[28], 0x10111213);
	CU_ASSERT_EQUAL(gpr(&r)[29], 0x14151617);
	CU_ASSERT_EQUAL(gpr(&r)[30], 0x20212223);
	CU_ASSERT_EQUAL(gpr(&r)[31], 0x24252627);
	/* unaligned, over the end */
	CU_ASSERT_EQUAL(rig_step(&r, STMW(30, -2, 20)), 0);
	CU_ASSERT_EQUAL(rig_word(&r, 0x30ffc), 0x14152021);
	CU_ASSERT_EQUAL(rig_word(&r, 0x28000), 0x22232425);
	CU_ASSERT_EQUAL(rig_word(&r, 0x28004), 0x26272627);
	/* interrupted by a fault in the second page, and done again */
	r.cpu->s.mmucr = 0;
	cpu_tlbwe(r.cpu, 5, 0, 0);
	gpr(&r)[28] = gpr(&r)[31] = 7;
	CU_ASSERT_EQUAL(rig_step(&r, LMW(28, -8, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(r.cpu->s.dear, EA_AT + 0x1000);
	CU_ASSERT_EQUAL(gpr(&r)[31], 7);
	CU_ASSERT_EQUAL(gpr(&r)[20], EA_AT + 0x1000);
	rig_map(&r, 5, EA_AT + 0x1000, 0x28000, SIZE_4K, SRWX);
	CU_ASSERT_EQUAL(rig_step(&r, LMW(28, -8, 20)), 0);
	CU_ASSERT_EQUAL(gpr(&r)[31], 0x26272627);
	rig_close(&r);
}

void RIG_TEST(mem, string)(void)
{
	struct rig r;

	rig_open(&r);
	fill_bytes(&r, DATA_AT, 64, 0x10);
	gpr(&r)[20] = DATA_AT + 1;
	/* 10 bytes from r30: r30, r31, then two bytes of r0, zero-filled */
	gpr(&r)[0] = ~0u;
	rig_step(&r, LSWI(30, 20, 10));
	CU_ASSERT_EQUAL(gpr(&r)[30], 0x11121314);
	CU_ASSERT_EQUAL(gpr(&r)[31], 0x15161718);
	CU_ASSERT_EQUAL(gpr(&r)[0], 0x191a0000);
	/* NB 0 is 32 bytes */
	gpr(&r)[12] = gpr(&r)[13] = 0;
	rig_step(&r, LSWI(5, 20, 0));
	CU_ASSERT_EQUAL(gpr(&r)[12], 0x2d2e2f30);
	CU_ASSERT_EQUAL(gpr(&r)[13], 0);
	/* the count of lswx and stswx is in XER */
	state_set_xer(&r.cpu->s, 5);
	gpr(&r)[5] = gpr(&r)[6] = gpr(&r)[7] = ~0u;
	rig_step(&r, LSWX(5, 0, 20));
	CU_ASSERT_EQUAL(gpr(&r)[5], 0x11121314);
	CU_ASSERT_EQUAL(gpr(&r)[6], 0x15000000);
	CU_ASSERT_EQUAL(gpr(&r)[7], ~0u);
	gpr(&r)[20] = DATA_AT + 0x102;
	rig_step(&r, STSWX(5, 0, 20));
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x100), 0x1112);
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x104), 0x13141500);
	state_set_xer(&r.cpu->s, 0);
	gpr(&r)[20] = 0x70000000;	/* nothing is accessed */
	CU_ASSERT_EQUAL(rig_step(&r, STSWX(5, 0, 20)), 0);
	gpr(&r)[20] = DATA_AT + 0x1ff;
	gpr(&r)[31] = 0xa1a2a3a4;
	gpr(&r)[0] = 0xb1b2b3b4;
	rig_step(&r, STSWI(31, 20, 7));
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x1ff), 0xa1a2a3a4);
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x203), 0xb1b2b300);
	rig_close(&r);
}

/* CR0 after stwcx. */
static u32 cr0(struct rig *r)
{
	return state_cr(&r->cpu->s) >> 28;
}

static void take_reservation(struct rig *r)
{
	cpu_dma_wrote(r->cpu, DATA_AT, 4);
}

void RIG_TEST(mem, reservation)(void)
{
	struct rig r;

	rig_open(&r);
	gpr(&r)[20] = DATA_AT;
	gpr(&r)[3] = 77;
	/* none: not stored */
	rig_step(&r, STWCX(3, 0, 20));
	CU_ASSERT_EQUAL(cr0(&r), 0);
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT), 0);
	/* one: stored once; SO is copied */
	state_set_xer(&r.cpu->s, 0x80000000);
	CODE(&r, CODE_AT, LWARX(4, 0, 20), STWCX(3, 0, 20), MFCR(5),
	     STWCX(6, 0, 20), MFCR(7), LWARX(8, 0, 20), SELF);
	gpr(&r)[6] = 78;
	r.cpu->s.pc = CODE_AT;
	rig_run(&r);
	CU_ASSERT_EQUAL(gpr(&r)[4], 0);
	CU_ASSERT_EQUAL(gpr(&r)[5] >> 28, 3);
	CU_ASSERT_EQUAL(gpr(&r)[7] >> 28, 1);
	CU_ASSERT_EQUAL(gpr(&r)[8], 77);
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT), 77);
	/* a device's write takes it away, an interrupt does not */
	CU_ASSERT_EQUAL(r.cpu->s.reserve, 1);
	cpu_dma_wrote(r.cpu, DATA_AT, 4);
	CU_ASSERT_EQUAL(r.cpu->s.reserve, 0);
	gpr(&r)[3] = 78;
	CODE(&r, CODE_AT, LWARX(4, 0, 20), SC, STWCX(3, 0, 20), SELF);
	CODE(&r, VECTOR(IVOR_SYSCALL), RFI);
	r.cpu->s.pc = CODE_AT;
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT), 78);
	/* so may one that an instruction in between has set going */
	gpr(&r)[3] = 79;
	gpr(&r)[21] = DEVICE_AT;
	r.hook = take_reservation;
	CODE(&r, CODE_AT, LWARX(4, 0, 20), ADDI(4, 4, 1), LWZ(5, 0, 21),
	     STWCX(3, 0, 20), BNE(8), LI(6, 1), SELF);
	gpr(&r)[6] = 0;
	r.cpu->s.pc = CODE_AT;
	rig_run(&r);
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT), 78);
	CU_ASSERT_EQUAL(cr0(&r), 1);
	CU_ASSERT_EQUAL(gpr(&r)[6], 0);
	/* words must be aligned */
	gpr(&r)[20] = DATA_AT + 2;
	CU_ASSERT_EQUAL(rig_step(&r, LWARX(4, 0, 20)), IVOR_ALIGNMENT);
	CU_ASSERT_EQUAL(r.cpu->s.dear, DATA_AT + 2);
	CU_ASSERT_EQUAL(rig_step(&r, STWCX(4, 0, 20)), IVOR_ALIGNMENT);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_ST);
	rig_close(&r);
}

/* A page that one PID has, of 4 KB. */
static void map_for(struct rig *r, unsigned int i, u32 pid, u32 ea, u32 pa)
{
	rig_map(r, i, ea, pa, SIZE_4K, SRWX);
	r->cpu->s.mmucr = pid;
	cpu_tlbwe(r->cpu, i, 0, ea | TLB0_V | SIZE_4K << 4);
}

/* What is behind a write of PID is fetched, and loads, by the new one. */
void RIG_TEST(mem, pid_write)(void)
{
	const u32 code = 0x50000000, data = 0x60000000, turns = 3000;
	struct rig r;

	rig_open(&r);
	map_for(&r, 5, 1, data, 0x30000);
	map_for(&r, 6, 2, data, 0x31000);
	stb32(r.ram + 0x30004, 3);
	stb32(r.ram + 0x31004, 5);
	gpr(&r)[20] = data;
	gpr(&r)[21] = 1;
	gpr(&r)[22] = 2;
	r.cpu->s.ctr = turns;
	/* one page of code for both, until it is hot */
	CODE(&r, CODE_AT, MTSPR(SPRN_PID, 21), LWZ(4, 4, 20),
	     MTSPR(SPRN_PID, 22), LWZ(5, 4, 20), ADD(8, 8, 4), ADD(9, 9, 5),
	     MFSPR(6, SPRN_PID), BDNZ(-28), SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(gpr(&r)[8], 3 * turns);
	CU_ASSERT_EQUAL(gpr(&r)[9], 5 * turns);
	CU_ASSERT_EQUAL(gpr(&r)[6], 2);
	/* a page of code for each, at one address */
	map_for(&r, 7, 1, code, 0x32000);
	map_for(&r, 8, 2, code, 0x33000);
	CODE(&r, 0x32000, MTSPR(SPRN_PID, 22), LI(7, 1), SELF);
	CODE(&r, 0x33000, MTSPR(SPRN_PID, 21), LI(7, 2), SELF);
	for (u32 pid = 1; pid <= 2; pid++)
		for (unsigned int i = 0; i < 3; i++) {
			cpu_mtspr(r.cpu, SPRN_PID, pid);
			r.cpu->s.pc = code;
			rig_run(&r);
			CU_ASSERT_EQUAL(gpr(&r)[7], 3 - pid);
		}
	rig_close(&r);
}

/* A branch out of its page goes to what is mapped there by then. */
void RIG_TEST(mem, branch_remapped)(void)
{
	const u32 there = 0x200000;
	struct rig r;

	rig_open(&r);
	CODE(&r, CODE_AT, B(there - CODE_AT));
	for (u32 pa = 0x32000; pa <= 0x33000; pa += 0x1000)
		CODE(&r, pa, LI(7, pa >> 12), BDNZ(8), SELF,
		     B(CODE_AT - there - 12));
	for (unsigned int i = 0; i < 4; i++) {
		rig_map(&r, 5, there, 0x32000 + i % 2 * 0x1000, SIZE_4K, SRWX);
		r.cpu->s.ctr = i ? 3 : 3000;
		r.cpu->s.pc = CODE_AT;
		rig_run(&r);
		CU_ASSERT_EQUAL(gpr(&r)[7], 0x32 + i % 2);
	}
	rig_close(&r);
}

void RIG_TEST(mem, dcbz)(void)
{
	static const struct { u32 attr, ivor; } kinds[] = {
		{ SRWX, 0 }, { SRWX | TLB2_I, IVOR_ALIGNMENT },
		{ SRWX, 0 }, { SRWX | TLB2_W, IVOR_ALIGNMENT },
		{ SRWX | TLB2_M | TLB2_G, 0 }, { SRWX | TLB2_E, 0 },
		{ TLB2_SR, IVOR_DSI },
	};
	struct rig r;

	rig_open(&r);
	for (unsigned int i = 0; i < ARRAY_SIZE(kinds) * 2; i++) {
		u32 want = kinds[i / 2].ivor;

		/* before and after the page is reached directly */
		if (!(i & 1))
			rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K,
				kinds[i / 2].attr);
		memset(r.ram + 0x30000, 0xee, 128);
		gpr(&r)[20] = EA_AT + 0x45;
		CU_ASSERT_EQUAL(rig_step(&r, DCBZ(0, 20)), want);
		CU_ASSERT_EQUAL(rig_word(&r, 0x3003c), 0xeeeeeeee);
		for (u32 k = 0x40; k < 0x60; k += 4)
			CU_ASSERT_EQUAL(rig_word(&r, 0x30000 + k),
					want ? 0xeeeeeeee : 0);
		CU_ASSERT_EQUAL(rig_word(&r, 0x30060), 0xeeeeeeee);
		if (!want || want == IVOR_ALIGNMENT)
			CU_ASSERT_EQUAL(rig_step(&r, STW(3, 0, 20)), 0);
	}
	rig_close(&r);
}

void RIG_TEST(mem, cache_hints)(void)
{
	static const u32 hints[] = {
		I_X(278, 0, 0, 20), I_X(246, 0, 0, 20), I_X(22, 0, 0, 20),
		I_X(758, 0, 0, 20),
	};
	struct rig r;

	/* touches and dcba never fault */
	rig_open(&r);
	gpr(&r)[20] = 0x70000000;
	for (unsigned int i = 0; i < ARRAY_SIZE(hints); i++)
		CU_ASSERT_EQUAL(rig_step(&r, hints[i]), 0);
	rig_close(&r);
}

void RIG_TEST(mem, fp_alignment)(void)
{
	struct rig r;

	/* FPU accesses may have any alignment inside a quadword */
	rig_open(&r);
	r.cpu->s.msr = MSR_FP;
	for (u32 i = 0; i < 16; i++) {
		gpr(&r)[20] = DATA_AT + i;
		CU_ASSERT_EQUAL(rig_step(&r, LFD(1, 0, 20)),
				i > 8 ? IVOR_ALIGNMENT : 0);
		cpu_set_msr(r.cpu, MSR_FP);
		CU_ASSERT_EQUAL(rig_step(&r, STFD(1, 0, 20)),
				i > 8 ? IVOR_ALIGNMENT : 0);
		cpu_set_msr(r.cpu, MSR_FP);
		CU_ASSERT_EQUAL(rig_step(&r, LFS(1, 0, 20)),
				i > 12 ? IVOR_ALIGNMENT : 0);
		if (i > 12) {
			CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_FP);
			CU_ASSERT_EQUAL(r.cpu->s.dear, DATA_AT + i);
		}
		cpu_set_msr(r.cpu, MSR_FP);
	}
	rig_close(&r);
}

void RIG_TEST(mem, fp_fault_esr)(void)
{
	struct rig r;

	/* ESR says FP, and ST for a store, whichever exception it is */
	rig_open(&r);
	rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, TLB2_SR);
	gpr(&r)[20] = 0x70000000;
	cpu_set_msr(r.cpu, MSR_FP);
	CU_ASSERT_EQUAL(rig_step(&r, LFD(1, 0, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_FP);
	cpu_set_msr(r.cpu, MSR_FP);
	CU_ASSERT_EQUAL(rig_step(&r, STFS(1, 0, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_FP | ESR_ST);
	gpr(&r)[20] = EA_AT;
	cpu_set_msr(r.cpu, MSR_FP);
	CU_ASSERT_EQUAL(rig_step(&r, STFD(1, 0, 20)), IVOR_DSI);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_FP | ESR_ST);
	gpr(&r)[20] = DATA_AT + 15;
	cpu_set_msr(r.cpu, MSR_FP);
	CU_ASSERT_EQUAL(rig_step(&r, STFD(1, 0, 20)), IVOR_ALIGNMENT);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_FP | ESR_ST);
	rig_close(&r);
}

/* ---- devices ------------------------------------------------------------ */

void RIG_TEST(mem, device)(void)
{
	struct rig r;

	rig_open(&r);
	gpr(&r)[20] = DEVICE_AT;
	r.value = 0x11223344;
	rig_step(&r, LWZ(3, 4, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x11223344);
	CU_ASSERT(r.pa == DEVICE_AT + 4 && r.size == 4 && r.reads == 1);
	rig_step(&r, LBZ(3, 7, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x44);
	CU_ASSERT(r.pa == DEVICE_AT + 7 && r.size == 1 && r.reads == 2);
	gpr(&r)[3] = 0xabcdef01;
	rig_step(&r, STH(3, 10, 20));
	CU_ASSERT(r.pa == DEVICE_AT + 10 && r.size == 2 && r.writes == 1);
	CU_ASSERT_EQUAL(r.value, 0xef01);
	/* unaligned: byte by byte */
	rig_step(&r, STW(3, 13, 20));
	CU_ASSERT(r.pa == DEVICE_AT + 16 && r.size == 1 && r.writes == 5);
	CU_ASSERT_EQUAL(r.value, 0x01);
	r.value = 0x55;
	rig_step(&r, LHZ(3, 1, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x5555);
	CU_ASSERT_EQUAL(r.reads, 4);
	rig_close(&r);
}

void RIG_TEST(mem, device_wait_fault)(void)
{
	struct rig r;

	/* a wait that a device asked for is not lost in a later fault */
	rig_open(&r);
	r.wait = 9;
	gpr(&r)[20] = DEVICE_AT + 0x1000;
	CODE(&r, CODE_AT, LMW(30, -4, 20), SELF);
	CODE(&r, VECTOR(IVOR_DTLB), NOP, NOP, SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_DTLB], 1);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 2);
	CU_ASSERT_EQUAL(cpu_now(r.cpu), 11);
	rig_close(&r);
}

void RIG_TEST(mem, read_only_memory)(void)
{
	struct rig r;

	/* what cannot be written directly goes out to the bus */
	rig_open(&r);
	cpu_set_msr(r.cpu, MSR_ME);
	rig_map(&r, 4, EA_AT, ROM_AT, SIZE_4K, SRWX);
	stb32(r.rom, 0x1234);
	gpr(&r)[20] = EA_AT;
	rig_step(&r, LWZ(3, 0, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x1234);
	CU_ASSERT_EQUAL(rig_step(&r, STW(20, 0, 20)), IVOR_MACHINE_CHECK);
	CU_ASSERT_EQUAL(ldb32(r.rom), 0x1234);
	rig_close(&r);
}
