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

/* Run one instruction; 0, or the IVOR of what it raised. */
static unsigned int step(struct rig *r, u32 word)
{
	u64 before[IVOR_COUNT];

	memcpy(before, r->cpu->exceptions, sizeof(before));
	CODE(r, CODE_AT, word, SELF);
	r->cpu->s.pc = CODE_AT;
	cpu_set_msr(r->cpu, r->cpu->s.msr);
	rig_run(r);
	for (unsigned int i = 0; i < IVOR_COUNT; i++)
		if (r->cpu->exceptions[i] != before[i])
			return i;
	CU_ASSERT_EQUAL(r->cpu->s.pc, CODE_AT + 4);
	return 0;
}

static u32 *gpr(struct rig *r)
{
	return r->cpu->s.gpr;
}

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
			CU_ASSERT_EQUAL(step(&r, LWZ(3, 0, 20)), 0);
			CU_ASSERT_EQUAL(gpr(&r)[3], b << 24 | (b + 1) << 16 |
					(b + 2) << 8 | (b + 3));
			step(&r, LHZ(3, 0, 20));
			CU_ASSERT_EQUAL(gpr(&r)[3], b << 8 | (b + 1));
			step(&r, LWBRX(3, 0, 20));
			CU_ASSERT_EQUAL(gpr(&r)[3], (b + 3) << 24 |
					(b + 2) << 16 | (b + 1) << 8 | b);
		}
	for (u32 i = 0; i < 8; i++) {
		gpr(&r)[20] = DATA_AT + 0x100 + i;
		gpr(&r)[3] = 0xa1b2c3d4;
		memset(r.ram + DATA_AT + 0x100, 0, 16);
		step(&r, STW(3, 0, 20));
		CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x100 + i), 0xa1b2c3d4);
		step(&r, STWBRX(3, 0, 20));
		CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x100 + i), 0xd4c3b2a1);
		step(&r, STH(3, 0, 20));
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
		CU_ASSERT_EQUAL(step(&r, LWZ(3, -1, 20)), 0);
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x13202122);
		step(&r, LWZ(3, -3, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x11121320);
		step(&r, LHA(3, -1, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x1320);
		gpr(&r)[3] = 0xa1b2c3d4;
		step(&r, STW(3, -2, 20));
		CU_ASSERT_EQUAL(rig_word(&r, 0x30000 + end - 4), 0x1011a1b2);
		CU_ASSERT_EQUAL(rig_word(&r, 0x28000), 0xc3d42223);
		step(&r, STH(3, -1, 20));
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
	CU_ASSERT_EQUAL(step(&r, STW(3, -2, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(r.cpu->s.dear, EA_AT + 0x1000);
	CU_ASSERT_EQUAL(rig_word(&r, 0x30ffc), 0);
	CU_ASSERT_EQUAL(step(&r, LWZ(3, -2, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x11223344);
	CU_ASSERT_EQUAL(step(&r, STWU(3, -2, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(gpr(&r)[20], EA_AT + 0x1000);
	/* the first is missing */
	gpr(&r)[20] = EA_AT;
	CU_ASSERT_EQUAL(step(&r, STW(3, -2, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(r.cpu->s.dear, EA_AT - 2);
	CU_ASSERT_EQUAL(rig_word(&r, 0x30000), 0);
	/* the second cannot be written */
	rig_map(&r, 5, EA_AT + 0x1000, 0x28000, SIZE_4K, TLB2_SR);
	gpr(&r)[20] = EA_AT + 0x1000;
	CU_ASSERT_EQUAL(step(&r, STW(3, -2, 20)), IVOR_DSI);
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
			CU_ASSERT_EQUAL(step(&r, LWZ(3, 0, 20)), 0);
			CU_ASSERT_EQUAL(gpr(&r)[3], 0x1000 + i);
			CU_ASSERT_EQUAL(step(&r, STW(3, 4, 20)),
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
			CU_ASSERT_EQUAL(step(&r, LWZ(3, 0, 20)),
					attr & can_rd ? 0 : IVOR_DSI);
			cpu_set_msr(r.cpu, msr);
			CU_ASSERT_EQUAL(step(&r, STW(3, 0, 20)),
					attr & can_wr ? 0 : IVOR_DSI);
			cpu_set_msr(r.cpu, msr);
			CU_ASSERT_EQUAL(step(&r, DCBF(0, 20)),
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
		step(&r, LWZ(3, 0, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], i & 1 ? 0xd1 : 0xd0);
	}
	gpr(&r)[20] = DATA_AT + 0x1000;
	CU_ASSERT_EQUAL(step(&r, LWZ(3, 0, 20)), IVOR_DTLB);
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
		CU_ASSERT_EQUAL(step(&r, LWZ(3, 0, 20)), pid ? 0 : IVOR_DTLB);
		if (pid)
			CU_ASSERT_EQUAL(gpr(&r)[3], pid);
	}
	/* each page was looked up once, however often the PID changed */
	CU_ASSERT(r.cpu->soft.fills < 30);
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
	step(&r, LWZ(3, 0, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 1);
	/* another real page */
	gpr(&r)[5] = 0x31000;
	CODE(&r, CODE_AT, TLBWE(5, 4, 1), LWZ(3, 0, 20), SELF);
	r.cpu->s.pc = CODE_AT;
	rig_run(&r);
	CU_ASSERT_EQUAL(gpr(&r)[3], 2);
	/* fewer rights */
	gpr(&r)[5] = TLB2_SR;
	step(&r, TLBWE(5, 4, 2));
	CU_ASSERT_EQUAL(step(&r, STW(3, 0, 20)), IVOR_DSI);
	/* not valid any more, while larger index maps it again */
	rig_map(&r, 60, EA_AT, 0x30000, SIZE_64K, SRWX);
	gpr(&r)[5] = 0;
	step(&r, TLBWE(5, 4, 0));
	step(&r, LWZ(3, 0, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 1);
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
	CU_ASSERT_EQUAL(step(&r, LWZ(3, 0, 20)), IVOR_MACHINE_CHECK);
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
		step(&r, LWZ(3, 0, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x13121110);
		step(&r, LWZ(3, 1, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x14131211);
		step(&r, LHZ(3, 4, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x1514);
		step(&r, LBZ(3, 5, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x15);
		step(&r, LWBRX(3, 0, 20));
		CU_ASSERT_EQUAL(gpr(&r)[3], 0x10111213);
	}
	gpr(&r)[3] = 0xa1b2c3d4;
	step(&r, STW(3, 32, 20));
	CU_ASSERT_EQUAL(rig_word(&r, 0x30020), 0xd4c3b2a1);
	step(&r, STH(3, 32, 20));
	CU_ASSERT_EQUAL(rig_word(&r, 0x30020), 0xd4c3b2a1);
	step(&r, STH(3, 34, 20));
	CU_ASSERT_EQUAL(rig_word(&r, 0x30020), 0xd4c3d4c3);
	/* multiple words, each by itself */
	step(&r, LMW(30, 0, 20));
	CU_ASSERT_EQUAL(gpr(&r)[30], 0x13121110);
	CU_ASSERT_EQUAL(gpr(&r)[31], 0x17161514);
	/* a page that is not, beside it: nothing stays behind */
	rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, SRWX);
	step(&r, LWZ(3, 0, 20));
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
	step(&r, LWZ(3, -1, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x22212013);
	step(&r, LHZ(3, -1, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x2013);
	gpr(&r)[3] = 0xa1b2c3d4;
	step(&r, STW(3, -3, 20));
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
	step(&r, LFD(1, 0, 20));
	CU_ASSERT_EQUAL(r.cpu->s.fpr[1], 0x1716151413121110ull);
	r.cpu->s.fpr[2] = 0xa1a2a3a4a5a6a7a8ull;
	step(&r, STFD(2, 32, 20));
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
	CU_ASSERT_EQUAL(step(&r, LMW(28, -8, 20)), 0);
	CU_ASSERT_EQUAL(gpr(&r)[28], 0x10111213);
	CU_ASSERT_EQUAL(gpr(&r)[29], 0x14151617);
	CU_ASSERT_EQUAL(gpr(&r)[30], 0x20212223);
	CU_ASSERT_EQUAL(gpr(&r)[31], 0x24252627);
	/* unaligned, over the end */
	CU_ASSERT_EQUAL(step(&r, STMW(30, -2, 20)), 0);
	CU_ASSERT_EQUAL(rig_word(&r, 0x30ffc), 0x14152021);
	CU_ASSERT_EQUAL(rig_word(&r, 0x28000), 0x22232425);
	CU_ASSERT_EQUAL(rig_word(&r, 0x28004), 0x26272627);
	/* interrupted by a fault in the second page, and done again */
	r.cpu->s.mmucr = 0;
	cpu_tlbwe(r.cpu, 5, 0, 0);
	gpr(&r)[28] = gpr(&r)[31] = 7;
	CU_ASSERT_EQUAL(step(&r, LMW(28, -8, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(r.cpu->s.dear, EA_AT + 0x1000);
	CU_ASSERT_EQUAL(gpr(&r)[31], 7);
	CU_ASSERT_EQUAL(gpr(&r)[20], EA_AT + 0x1000);
	rig_map(&r, 5, EA_AT + 0x1000, 0x28000, SIZE_4K, SRWX);
	CU_ASSERT_EQUAL(step(&r, LMW(28, -8, 20)), 0);
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
	step(&r, LSWI(30, 20, 10));
	CU_ASSERT_EQUAL(gpr(&r)[30], 0x11121314);
	CU_ASSERT_EQUAL(gpr(&r)[31], 0x15161718);
	CU_ASSERT_EQUAL(gpr(&r)[0], 0x191a0000);
	/* NB 0 is 32 bytes */
	gpr(&r)[12] = gpr(&r)[13] = 0;
	step(&r, LSWI(5, 20, 0));
	CU_ASSERT_EQUAL(gpr(&r)[12], 0x2d2e2f30);
	CU_ASSERT_EQUAL(gpr(&r)[13], 0);
	/* the count of lswx and stswx is in XER */
	state_set_xer(&r.cpu->s, 5);
	gpr(&r)[5] = gpr(&r)[6] = gpr(&r)[7] = ~0u;
	step(&r, LSWX(5, 0, 20));
	CU_ASSERT_EQUAL(gpr(&r)[5], 0x11121314);
	CU_ASSERT_EQUAL(gpr(&r)[6], 0x15000000);
	CU_ASSERT_EQUAL(gpr(&r)[7], ~0u);
	gpr(&r)[20] = DATA_AT + 0x102;
	step(&r, STSWX(5, 0, 20));
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x100), 0x1112);
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x104), 0x13141500);
	state_set_xer(&r.cpu->s, 0);
	gpr(&r)[20] = 0x70000000;	/* nothing is accessed */
	CU_ASSERT_EQUAL(step(&r, STSWX(5, 0, 20)), 0);
	gpr(&r)[20] = DATA_AT + 0x1ff;
	gpr(&r)[31] = 0xa1a2a3a4;
	gpr(&r)[0] = 0xb1b2b3b4;
	step(&r, STSWI(31, 20, 7));
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x1ff), 0xa1a2a3a4);
	CU_ASSERT_EQUAL(rig_word(&r, DATA_AT + 0x203), 0xb1b2b300);
	rig_close(&r);
}

/* CR0 after stwcx. */
static u32 cr0(struct rig *r)
{
	return state_cr(&r->cpu->s) >> 28;
}

void RIG_TEST(mem, reservation)(void)
{
	struct rig r;

	rig_open(&r);
	gpr(&r)[20] = DATA_AT;
	gpr(&r)[3] = 77;
	/* none: not stored */
	step(&r, STWCX(3, 0, 20));
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
	/* words must be aligned */
	gpr(&r)[20] = DATA_AT + 2;
	CU_ASSERT_EQUAL(step(&r, LWARX(4, 0, 20)), IVOR_ALIGNMENT);
	CU_ASSERT_EQUAL(r.cpu->s.dear, DATA_AT + 2);
	CU_ASSERT_EQUAL(step(&r, STWCX(4, 0, 20)), IVOR_ALIGNMENT);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_ST);
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
		CU_ASSERT_EQUAL(step(&r, DCBZ(0, 20)), want);
		CU_ASSERT_EQUAL(rig_word(&r, 0x3003c), 0xeeeeeeee);
		for (u32 k = 0x40; k < 0x60; k += 4)
			CU_ASSERT_EQUAL(rig_word(&r, 0x30000 + k),
					want ? 0xeeeeeeee : 0);
		CU_ASSERT_EQUAL(rig_word(&r, 0x30060), 0xeeeeeeee);
		if (!want || want == IVOR_ALIGNMENT)
			CU_ASSERT_EQUAL(step(&r, STW(3, 0, 20)), 0);
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
		CU_ASSERT_EQUAL(step(&r, hints[i]), 0);
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
		CU_ASSERT_EQUAL(step(&r, LFD(1, 0, 20)),
				i > 8 ? IVOR_ALIGNMENT : 0);
		cpu_set_msr(r.cpu, MSR_FP);
		CU_ASSERT_EQUAL(step(&r, STFD(1, 0, 20)),
				i > 8 ? IVOR_ALIGNMENT : 0);
		cpu_set_msr(r.cpu, MSR_FP);
		CU_ASSERT_EQUAL(step(&r, LFS(1, 0, 20)),
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
	CU_ASSERT_EQUAL(step(&r, LFD(1, 0, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_FP);
	cpu_set_msr(r.cpu, MSR_FP);
	CU_ASSERT_EQUAL(step(&r, STFS(1, 0, 20)), IVOR_DTLB);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_FP | ESR_ST);
	gpr(&r)[20] = EA_AT;
	cpu_set_msr(r.cpu, MSR_FP);
	CU_ASSERT_EQUAL(step(&r, STFD(1, 0, 20)), IVOR_DSI);
	CU_ASSERT_EQUAL(r.cpu->s.esr, ESR_FP | ESR_ST);
	gpr(&r)[20] = DATA_AT + 15;
	cpu_set_msr(r.cpu, MSR_FP);
	CU_ASSERT_EQUAL(step(&r, STFD(1, 0, 20)), IVOR_ALIGNMENT);
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
	step(&r, LWZ(3, 4, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x11223344);
	CU_ASSERT(r.pa == DEVICE_AT + 4 && r.size == 4 && r.reads == 1);
	step(&r, LBZ(3, 7, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x44);
	CU_ASSERT(r.pa == DEVICE_AT + 7 && r.size == 1 && r.reads == 2);
	gpr(&r)[3] = 0xabcdef01;
	step(&r, STH(3, 10, 20));
	CU_ASSERT(r.pa == DEVICE_AT + 10 && r.size == 2 && r.writes == 1);
	CU_ASSERT_EQUAL(r.value, 0xef01);
	/* unaligned: byte by byte */
	step(&r, STW(3, 13, 20));
	CU_ASSERT(r.pa == DEVICE_AT + 16 && r.size == 1 && r.writes == 5);
	CU_ASSERT_EQUAL(r.value, 0x01);
	r.value = 0x55;
	step(&r, LHZ(3, 1, 20));
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
	step(&r, LWZ(3, 0, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x1234);
	CU_ASSERT_EQUAL(step(&r, STW(20, 0, 20)), IVOR_MACHINE_CHECK);
	CU_ASSERT_EQUAL(ldb32(r.rom), 0x1234);
	rig_close(&r);
}

/* ---- code that changes --------------------------------------------------- */

/* A function at 0x30000 that returns @n in r3. */
#define RETURNS(n) LI(3, n)

static u32 call(struct rig *r, u32 at)
{
	r->cpu->s.lr = CODE_AT + 0x800;
	stb32(r->ram + CODE_AT + 0x800, SELF);
	r->cpu->s.pc = at;
	rig_run(r);
	CU_ASSERT_EQUAL(r->cpu->s.pc, CODE_AT + 0x800);
	return r->cpu->s.gpr[3];
}

void RIG_TEST(mem, code_changes)(void)
{
	static const u32 after[] = { NOP, ICBI(0, 20) };
	struct rig r;

	/* with icbi or without, in any way of storing, at once */
	rig_open(&r);
	CODE(&r, 0x30000, NOP, RETURNS(1), BLR);
	CU_ASSERT_EQUAL(call(&r, 0x30000), 1);
	for (u32 i = 0; i < 2; i++) {
		gpr(&r)[20] = 0x30004;
		gpr(&r)[4] = RETURNS(20 + i);
		step(&r, STW(4, 0, 20));
		step(&r, after[i]);
		CU_ASSERT_EQUAL(call(&r, 0x30000), 20 + i);
	}
	gpr(&r)[4] = 33;
	step(&r, STB(4, 3, 20));
	CU_ASSERT_EQUAL(call(&r, 0x30000), 33);
	gpr(&r)[4] = 34;
	step(&r, STH(4, 2, 20));
	CU_ASSERT_EQUAL(call(&r, 0x30000), 34);
	gpr(&r)[30] = RETURNS(35);
	gpr(&r)[31] = BLR;
	step(&r, STMW(30, 0, 20));
	CU_ASSERT_EQUAL(call(&r, 0x30000), 35);
	gpr(&r)[4] = RETURNS(36);
	step(&r, LWARX(5, 0, 20));
	r.cpu->s.reserve = 1;
	CODE(&r, CODE_AT, LWARX(5, 0, 20), STWCX(4, 0, 20), SELF);
	r.cpu->s.pc = CODE_AT;
	rig_run(&r);
	CU_ASSERT_EQUAL(call(&r, 0x30000), 36);
	rig_close(&r);
}

void RIG_TEST(mem, code_changes_itself)(void)
{
	struct rig r;

	/* the very next instruction, then the one after a branch back */
	rig_open(&r);
	gpr(&r)[20] = CODE_AT;
	gpr(&r)[4] = ADDI(3, 3, 100);
	gpr(&r)[5] = ADDI(3, 3, 1000);
	CODE(&r, CODE_AT, STW(4, 4, 20), ADDI(3, 3, 1), STW(5, 4, 20),
	     STW(6, 8, 20), B(-12), SELF);
	gpr(&r)[6] = SELF;
	rig_run(&r);
	/* 100 at first; 1000 and then SELF in the second round */
	CU_ASSERT_EQUAL(gpr(&r)[3], 1100);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 8);
	rig_close(&r);
}

void RIG_TEST(mem, code_alias)(void)
{
	struct rig r;

	/* written through another address, another context, and by dcbz */
	rig_open(&r);
	rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, SRWX);
	CODE(&r, 0x30000, RETURNS(1), BLR);
	gpr(&r)[20] = EA_AT;
	gpr(&r)[4] = RETURNS(2);
	step(&r, STW(4, 32, 20));	/* the page can be written directly */
	CU_ASSERT_EQUAL(call(&r, 0x30000), 1);
	step(&r, STW(4, 0, 20));
	CU_ASSERT_EQUAL(call(&r, 0x30000), 2);
	cpu_mtspr(r.cpu, SPRN_PID, 5);
	gpr(&r)[4] = RETURNS(3);
	step(&r, STW(4, 0, 20));
	cpu_mtspr(r.cpu, SPRN_PID, 0);
	CU_ASSERT_EQUAL(call(&r, 0x30000), 3);
	CU_ASSERT_EQUAL(call(&r, EA_AT), 3);
	step(&r, DCBZ(0, 20));
	r.cpu->s.pc = 0x30000;
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_PROGRAM));
	rig_close(&r);
}

void RIG_TEST(mem, code_dma)(void)
{
	struct rig r;

	rig_open(&r);
	CODE(&r, 0x30ffc, RETURNS(1), BLR);
	CU_ASSERT_EQUAL(call(&r, 0x30ffc), 1);
	/* over two pages, as a device does it */
	stb32(r.ram + 0x30ffc, NOP);
	stb32(r.ram + 0x31000, RETURNS(2));
	stb32(r.ram + 0x31004, BLR);
	cpu_dma_wrote(r.cpu, 0x30f00, 0x200);
	CU_ASSERT_EQUAL(call(&r, 0x30ffc), 2);
	rig_close(&r);
}

static void dma_into_code(struct rig *r)
{
	stb32(r->ram + CODE_AT + 4, ADDI(3, 3, 100));
	cpu_dma_wrote(r->cpu, CODE_AT + 4, 4);
}

void RIG_TEST(mem, code_dma_while_running)(void)
{
	struct rig r;

	/* the access that starts it is in the line that changes */
	rig_open(&r);
	r.hook = dma_into_code;
	gpr(&r)[20] = DEVICE_AT;
	CODE(&r, CODE_AT, STW(3, 0, 20), ADDI(3, 3, 1), SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(gpr(&r)[3], 100);
	rig_close(&r);
}

void RIG_TEST(mem, code_and_data)(void)
{
	struct rig r;

	/* a page of code that is written often becomes data, and code again */
	rig_open(&r);
	CODE(&r, 0x30000, RETURNS(1), BLR);
	for (u32 round = 0; round < 3; round++) {
		CU_ASSERT_EQUAL(call(&r, 0x30000), 1 + round);
		CODE(&r, CODE_AT, LI(5, 200), MTSPR(SPRN_CTR, 5),
		     STWU(5, 4, 20), BDNZ(-4), SELF);
		gpr(&r)[20] = 0x30800;
		r.cpu->s.pc = CODE_AT;
		rig_run(&r);
		CU_ASSERT_EQUAL(r.cpu->code.retired, 1 + round);
		gpr(&r)[20] = 0x30000;
		gpr(&r)[4] = RETURNS(2 + round);
		step(&r, STW(4, 0, 20));
	}
	CU_ASSERT_EQUAL(call(&r, 0x30000), 4);
	rig_close(&r);
}

void RIG_TEST(mem, code_cache_full)(void)
{
	struct rig r;

	/* 2000 pages of code, more than are kept, twice over */
	rig_open(&r);
	rig_map(&r, 4, MIRROR_AT, MIRROR_AT, SIZE_256M, SRWX);
	stb32(r.rom, ADDI(3, 3, 1));
	stb32(r.rom + 4, I_D(11, 0, 3, 2000));
	stb32(r.rom + 8, BC(4, 2, 0x1000 - 8));
	stb32(r.rom + 12, SELF);
	for (u32 round = 1; round <= 2; round++) {
		gpr(&r)[3] = 0;
		r.cpu->s.pc = MIRROR_AT;
		rig_run(&r);
		CU_ASSERT_EQUAL(r.cpu->s.pc, MIRROR_AT + 1999 * 4096 + 12);
		CU_ASSERT_EQUAL(gpr(&r)[3], 2000);
		CU_ASSERT(r.cpu->code.flushes >= round);
	}
	rig_close(&r);
}

static void take_memory_away(struct rig *r)
{
	r->hook = NULL;
	memset(r->ram + CODE_AT + 0x1000, 0, 0x1000);
	cpu_memory_changed(r->cpu);
}

void RIG_TEST(mem, changed)(void)
{
	struct rig r;

	/* a device access that remaps memory: nothing stale is used after */
	rig_open(&r);
	r.hook = take_memory_away;
	gpr(&r)[20] = DEVICE_AT;
	gpr(&r)[21] = CODE_AT + 0x1000;
	CODE(&r, CODE_AT, BL(0x1000), LWZ(5, 0, 21), STW(3, 0, 20),
	     LWZ(6, 0, 21), BL(0x1000 - 16));
	CODE(&r, CODE_AT + 0x1000, ADDI(3, 3, 1), BLR);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 1000), CPU_BUDGET);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 12);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_PROGRAM));
	CU_ASSERT_EQUAL(gpr(&r)[3], 1);
	CU_ASSERT_EQUAL(gpr(&r)[5], ADDI(3, 3, 1));
	CU_ASSERT_EQUAL(gpr(&r)[6], 0);
	rig_close(&r);
}
