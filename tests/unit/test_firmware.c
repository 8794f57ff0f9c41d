/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_firmware.c - what a core has to offer to code that runs
 * before there is memory: the data cache as RAM, the entry that a reset leaves.
 */
#include "tests/unit/cpu_rig.h"

#define EA_AT	0x70000000u	/* cacheable, leads to NOBODY_AT */
#define DCCCI	I_X(454, 0, 0, 0)
#define DCBST(a, b) I_X(54, 0, a, b)

static void cache_open(struct rig *r)
{
	rig_open(r);
	cpu_set_msr(r->cpu, MSR_ME);
	rig_map(r, 4, EA_AT, NOBODY_AT, SIZE_64K, TLB2_SR | TLB2_SW);
	gpr(r)[20] = EA_AT;
}

/* A bus error is reported by a machine check, which is over after this. */
static bool is_checked(struct rig *r, u32 word, u32 mcsr)
{
	unsigned int ivor = rig_step(r, word);
	bool is = ivor == IVOR_MACHINE_CHECK && r->cpu->s.mcsr & mcsr;

	r->cpu->s.mcsr = 0;
	r->cpu->async = 0;
	cpu_set_msr(r->cpu, MSR_ME);
	return is;
}

void RIG_TEST(firmware, line)(void)
{
	struct rig r;

	cache_open(&r);
	CU_ASSERT(is_checked(&r, LWZ(3, 0, 20), MCSR_DRB));
	CU_ASSERT_EQUAL(rig_step(&r, DCBZ(0, 20)), 0);
	gpr(&r)[3] = ~0u;
	CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 28, 20)), 0);
	CU_ASSERT_EQUAL(gpr(&r)[3], 0);
	gpr(&r)[4] = 0x11223344;
	CU_ASSERT_EQUAL(rig_step(&r, STW(4, 5, 20)), 0);
	CU_ASSERT_EQUAL(rig_step(&r, LHZ(3, 6, 20)), 0);
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x2233);
	CU_ASSERT_EQUAL(rig_step(&r, LBZ(3, 8, 20)), 0);
	CU_ASSERT_EQUAL(gpr(&r)[3], 0x44);
	/* the next line is not there */
	CU_ASSERT(is_checked(&r, LWZ(3, 32, 20), MCSR_DRB));
	CU_ASSERT(is_checked(&r, STW(3, 32, 20), MCSR_DWB));
	CU_ASSERT_EQUAL(r.reads + r.writes, 0);
	rig_close(&r);
}

void RIG_TEST(firmware, line_crossing)(void)
{
	struct rig r;

	cache_open(&r);
	rig_step(&r, DCBZ(0, 20));
	gpr(&r)[21] = EA_AT + 32;
	rig_step(&r, DCBZ(0, 21));
	gpr(&r)[4] = 0xaabbccdd;
	CU_ASSERT_EQUAL(rig_step(&r, STW(4, 30, 20)), 0);
	CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 30, 20)), 0);
	CU_ASSERT_EQUAL(gpr(&r)[3], 0xaabbccdd);
	rig_step(&r, LHZ(3, 32, 20));
	CU_ASSERT_EQUAL(gpr(&r)[3], 0xccdd);
	for (u32 i = 26; i < 32; i++)
		gpr(&r)[i] = i * 0x01010101;
	CU_ASSERT_EQUAL(rig_step(&r, STMW(26, 22, 20)), 0);
	memset(&gpr(&r)[26], 0, 24);
	CU_ASSERT_EQUAL(rig_step(&r, LMW(26, 22, 20)), 0);
	CU_ASSERT_EQUAL(gpr(&r)[29], 29 * 0x01010101);
	rig_close(&r);
}

/* [440UM]: dcbi and dccci drop a line, modified or not */
void RIG_TEST(firmware, line_dropped)(void)
{
	struct rig r;

	cache_open(&r);
	gpr(&r)[21] = EA_AT + 32;
	rig_step(&r, DCBZ(0, 20));
	rig_step(&r, DCBZ(0, 21));
	CU_ASSERT_EQUAL(rig_step(&r, DCBI(0, 20)), 0);
	CU_ASSERT(is_checked(&r, LWZ(3, 0, 20), MCSR_DRB));
	CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 0, 21)), 0);
	CU_ASSERT_EQUAL(rig_step(&r, DCCCI), 0);
	CU_ASSERT(is_checked(&r, LWZ(3, 0, 21), MCSR_DRB));
	rig_step(&r, DCBZ(0, 20));
	cpu_reset(r.cpu, 3);
	CU_ASSERT_EQUAL(r.cpu->lines.count, 0);
	rig_close(&r);
}

/* Writing back what no memory takes is a write error on the bus. */
void RIG_TEST(firmware, line_written_back)(void)
{
	struct rig r;

	cache_open(&r);
	rig_step(&r, DCBZ(0, 20));
	CU_ASSERT(is_checked(&r, DCBST(0, 20), MCSR_DWB));
	/* the line is clean and still there */
	CU_ASSERT_EQUAL(rig_step(&r, DCBST(0, 20)), 0);
	CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 0, 20)), 0);
	CU_ASSERT_EQUAL(rig_step(&r, STW(3, 0, 20)), 0);
	CU_ASSERT(is_checked(&r, DCBF(0, 20), MCSR_DWB));
	CU_ASSERT(is_checked(&r, LWZ(3, 0, 20), MCSR_DRB));
	/* where something answers it gets the whole line, and only then */
	rig_map(&r, 4, EA_AT, DEVICE_AT, SIZE_4K, TLB2_SR | TLB2_SW);
	rig_step(&r, DCBZ(0, 20));
	gpr(&r)[3] = 0x12345678;
	rig_step(&r, STW(3, 28, 20));
	CU_ASSERT_EQUAL(r.writes, 0);
	CU_ASSERT_EQUAL(rig_step(&r, DCBF(0, 20)), 0);
	CU_ASSERT_EQUAL(r.writes, 8);
	CU_ASSERT(r.pa == DEVICE_AT + 28 && r.value == 0x12345678);
	rig_close(&r);
}

/* 32 KB in 16 sets of 64 ways: 1024 lines side by side fit, no more. */
void RIG_TEST(firmware, line_capacity)(void)
{
	struct rig r;
	u32 i;

	cache_open(&r);
	for (i = 0; i < 1024; i++) {
		gpr(&r)[21] = EA_AT + 32 * i;
		gpr(&r)[3] = ~i;
		CU_ASSERT_EQUAL(rig_step(&r, DCBZ(0, 21)), 0);
		CU_ASSERT_EQUAL(rig_step(&r, STW(3, 4, 21)), 0);
	}
	for (i = 0; i < 1024; i++) {
		gpr(&r)[21] = EA_AT + 32 * i;
		CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 4, 21)), 0);
		CU_ASSERT_EQUAL(gpr(&r)[3], ~i);
	}
	/* again: a line that is there needs no place */
	CU_ASSERT_EQUAL(rig_step(&r, DCBZ(0, 21)), 0);
	gpr(&r)[21] = EA_AT + 32 * 1024;
	CU_ASSERT(is_checked(&r, DCBZ(0, 21), MCSR_DWB));
	CU_ASSERT_EQUAL(r.cpu->lines.count, 1024);
	rig_close(&r);
}

void RIG_TEST(firmware, line_inhibited)(void)
{
	struct rig r;

	/* a page that is not cached goes past the cache */
	cache_open(&r);
	rig_step(&r, DCBZ(0, 20));
	gpr(&r)[21] = NOBODY_AT;
	CU_ASSERT(is_checked(&r, LWZ(3, 0, 21), MCSR_DRB));
	CU_ASSERT_EQUAL(rig_step(&r, LWZ(3, 0, 20)), 0);
	rig_close(&r);
}

#define TOP_AT 0xfffff000u

static u8 *top_direct(void *opaque, paddr_t pa, bool *is_writable)
{
	struct rig *r = opaque;

	if (pa != TOP_AT)
		return rig_direct(opaque, pa, is_writable);
	*is_writable = false;
	return r->rom;
}

/*
 * U-Boot's start.S invalidates all 64 entries before it writes any, reads its
 * table from the same page, and leaves by rfi.
 */
void RIG_TEST(firmware, reset_entry)(void)
{
	static const u32 boot[] = {
		LI(3, 63), LI(4, 64), MTSPR(9, 4),
		TLBWE(0, 3, 0), ADDI(3, 3, -1), BDNZ(-8),
		LIS(5, 0xffff), ORI(5, 5, 0xff00), LWZ(6, 0, 5), LI(3, 0),
		LI(7, TLB0_V | SIZE_1M << 4), LI(8, SRWX), TLBWE(0, 3, 1),
		TLBWE(8, 3, 2), TLBWE(7, 3, 0), LIS(9, CODE_AT >> 16),
		MTSPR(26, 9), MTSPR(27, 0), RFI,
	};
	unsigned int entry;
	struct rig r;

	rig_open(&r);
	r.port.direct = top_direct;
	for (unsigned int i = 0; i < ARRAY_SIZE(boot); i++)
		stb32(r.rom + 4 * i, boot[i]);
	stb32(r.rom + 0xf00, 0x600df00d);
	stb32(r.rom + 0xffc, B(-0xffc));
	CODE(&r, CODE_AT, SELF);
	cpu_reset(r.cpu, 3);
	CU_ASSERT(tlb_lookup(&r.cpu->s.tlb, TOP_AT, 0, 0, &entry) == TLB_HIT);
	r.cpu->s.ivpr = VECTORS_AT;
	for (unsigned int i = 0; i < IVOR_COUNT; i++)
		r.cpu->s.ivor[i] = i * 0x100;
	CU_ASSERT_EQUAL(r.cpu->s.pc, 0xfffffffc);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT);
	CU_ASSERT_EQUAL(gpr(&r)[6], 0x600df00d);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_ITLB], 0);
	/* it is gone now, for data as for code */
	gpr(&r)[5] = TOP_AT;
	CU_ASSERT_EQUAL(rig_step(&r, LWZ(6, 0, 5)), IVOR_DTLB);
	r.cpu->s.pc = TOP_AT;
	cpu_state_changed(r.cpu);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_ITLB], 1);
	rig_close(&r);
}
