/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_selfmod.c - code that changes: written by itself, through
 * another address, by a device, or taken away.  The simulator keeps decoded
 * code coherent by itself, so icbi makes no difference.
 */
#include "tests/unit/cpu_rig.h"

#define EA_AT		0x60000000u

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

void RIG_TEST(selfmod, changes)(void)
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
		rig_step(&r, STW(4, 0, 20));
		rig_step(&r, after[i]);
		CU_ASSERT_EQUAL(call(&r, 0x30000), 20 + i);
	}
	gpr(&r)[4] = 33;
	rig_step(&r, STB(4, 3, 20));
	CU_ASSERT_EQUAL(call(&r, 0x30000), 33);
	gpr(&r)[4] = 34;
	rig_step(&r, STH(4, 2, 20));
	CU_ASSERT_EQUAL(call(&r, 0x30000), 34);
	gpr(&r)[30] = RETURNS(35);
	gpr(&r)[31] = BLR;
	rig_step(&r, STMW(30, 0, 20));
	CU_ASSERT_EQUAL(call(&r, 0x30000), 35);
	gpr(&r)[4] = RETURNS(36);
	rig_step(&r, LWARX(5, 0, 20));
	r.cpu->s.reserve = 1;
	CODE(&r, CODE_AT, LWARX(5, 0, 20), STWCX(4, 0, 20), SELF);
	r.cpu->s.pc = CODE_AT;
	rig_run(&r);
	CU_ASSERT_EQUAL(call(&r, 0x30000), 36);
	rig_close(&r);
}

void RIG_TEST(selfmod, changes_itself)(void)
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

void RIG_TEST(selfmod, alias)(void)
{
	struct rig r;

	/* written through another address, another context, and by dcbz */
	rig_open(&r);
	rig_map(&r, 4, EA_AT, 0x30000, SIZE_4K, SRWX);
	CODE(&r, 0x30000, RETURNS(1), BLR);
	gpr(&r)[20] = EA_AT;
	gpr(&r)[4] = RETURNS(2);
	rig_step(&r, STW(4, 32, 20));	/* the page can be written directly */
	CU_ASSERT_EQUAL(call(&r, 0x30000), 1);
	rig_step(&r, STW(4, 0, 20));
	CU_ASSERT_EQUAL(call(&r, 0x30000), 2);
	cpu_mtspr(r.cpu, SPRN_PID, 5);
	gpr(&r)[4] = RETURNS(3);
	rig_step(&r, STW(4, 0, 20));
	cpu_mtspr(r.cpu, SPRN_PID, 0);
	CU_ASSERT_EQUAL(call(&r, 0x30000), 3);
	CU_ASSERT_EQUAL(call(&r, EA_AT), 3);
	rig_step(&r, DCBZ(0, 20));
	r.cpu->s.pc = 0x30000;
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_PROGRAM));
	rig_close(&r);
}

void RIG_TEST(selfmod, dma)(void)
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

void RIG_TEST(selfmod, dma_while_running)(void)
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

void RIG_TEST(selfmod, and_data)(void)
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
		rig_step(&r, STW(4, 0, 20));
	}
	CU_ASSERT_EQUAL(call(&r, 0x30000), 4);
	rig_close(&r);
}

void RIG_TEST(selfmod, cache_full)(void)
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

void RIG_TEST(selfmod, changed)(void)
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
