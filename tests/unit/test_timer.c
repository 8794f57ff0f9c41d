/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_timer.c - cpu/timer.c: an instruction takes a cycle, so each
 * event has an exact place in the program.  Source: [440UM] timer facilities.
 */
#include "tests/unit/cpu_rig.h"

#define TICKS_FIT(fp)	(1ull << (13 + 4 * (fp)))
#define TICKS_WDT(wp)	(1ull << (21 + 4 * (wp)))

/* A loop that counts in r5 for ever. */
static void put_counter(struct rig *r, u32 at)
{
	CODE(r, at, ADDI(5, 5, 1), ADDI(5, 5, 1), ADDI(5, 5, 1), B(-12));
}

static void open_counter(struct rig *r)
{
	rig_open(r);
	put_counter(r, CODE_AT);
}

/* Cycles from now until a bit of TSR is set; 0: not within @max. */
static u64 cycles_until(struct rig *r, u32 tsr, u64 max)
{
	for (u64 n = 1; n <= max; n++) {
		RIG_RUN(r, 1);
		/* what is due at this cycle is seen at the next boundary */
		if (cpu_now(r->cpu) >= r->cpu->timer_at)
			timer_expire(r->cpu);
		if (r->cpu->s.tsr & tsr)
			return n;
	}
	return 0;
}

void RIG_TEST(timer, tb)(void)
{
	struct rig r;

	/* read at cycle 23; a read soon after another one takes longer */
	rig_open(&r);
	for (u32 i = 0; i < 23; i++)
		CODE(&r, CODE_AT + 4 * i, NOP);
	CODE(&r, CODE_AT + 92, MFSPR(3, SPRN_TBLR), SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[3], 23);
	rig_close(&r);
	/* written as fffffffd at cycle 1, it carries at cycle 4 */
	rig_open(&r);
	CODE(&r, CODE_AT, LI(5, -3), MTSPR(SPRN_TBLW, 5), MFSPR(3, SPRN_TBUR),
	     MFSPR(4, SPRN_TBUR), MFSPR(6, SPRN_TBUR), MFSPR(7, SPRN_TBLR),
	     LI(5, 77), MTSPR(SPRN_TBUW, 5), MFSPR(8, SPRN_TBUR), SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[3], 0);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[4], 0);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[6], 1);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[7], 1);
	CU_ASSERT_EQUAL(r.cpu->s.gpr[8], 77);
	rig_close(&r);
}

void RIG_TEST(timer, dec)(void)
{
	/* written at cycle 1 with n, it is 0 at cycle n + 1 */
	for (u32 n = 1; n < 70; n += n < 10 ? 1 : 13) {
		struct rig r;

		rig_open(&r);
		CODE(&r, CODE_AT, LI(4, n), MTSPR(SPRN_DEC, 4));
		put_counter(&r, CODE_AT + 8);
		r.cpu->s.msr = MSR_EE;
		r.cpu->s.tcr = TCR_DIE;
		rig_run(&r);
		CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_DEC));
		CU_ASSERT_EQUAL(cpu_insns(r.cpu), n + 1);
		CU_ASSERT_EQUAL(r.cpu->s.gpr[5], (n - 1) / 4 * 3 + (n - 1) % 4);
		CU_ASSERT_EQUAL(r.cpu->s.srr0, CODE_AT + 8 + (n - 1) % 4 * 4);
		CU_ASSERT_EQUAL(r.cpu->s.tsr, TSR_DIS);
		rig_close(&r);
	}
}

void RIG_TEST(timer, dec_stops)(void)
{
	struct rig r;
	u32 val;

	/* without auto-reload it stays at 0 and does not fire again */
	open_counter(&r);
	timer_set_dec(r.cpu, 10);
	CU_ASSERT_EQUAL(cycles_until(&r, TSR_DIS, 100), 10);
	cpu_mtspr(r.cpu, SPRN_TSR, TSR_DIS);
	CU_ASSERT_EQUAL(cycles_until(&r, TSR_DIS, 3000), 0);
	cpu_mfspr(r.cpu, SPRN_DEC, &val);
	CU_ASSERT_EQUAL(val, 0);
	/* writing 0 stops it without an exception */
	timer_set_dec(r.cpu, 10);
	RIG_RUN(&r, 4);
	cpu_mfspr(r.cpu, SPRN_DEC, &val);
	CU_ASSERT_EQUAL(val, 6);
	timer_set_dec(r.cpu, 0);
	CU_ASSERT_EQUAL(cycles_until(&r, TSR_DIS, 100), 0);
	/* the largest value is far away */
	timer_set_dec(r.cpu, 0xffffffff);
	RIG_RUN(&r, 100);
	CU_ASSERT_EQUAL(timer_dec(r.cpu), 0xffffffff - 100);
	rig_close(&r);
}

void RIG_TEST(timer, auto_reload)(void)
{
	struct rig r;

	open_counter(&r);
	r.cpu->s.decar = 7;
	r.cpu->s.tcr = TCR_ARE;
	timer_set_dec(r.cpu, 5);
	CU_ASSERT_EQUAL(cycles_until(&r, TSR_DIS, 100), 5);
	CU_ASSERT_EQUAL(timer_dec(r.cpu), 7);
	for (int i = 0; i < 20; i++) {
		cpu_mtspr(r.cpu, SPRN_TSR, TSR_DIS);
		CU_ASSERT_EQUAL(cycles_until(&r, TSR_DIS, 100), 7);
	}
	/* a reload is due whether or not the last one was noticed */
	RIG_RUN(&r, 14);
	CU_ASSERT_EQUAL(timer_dec(r.cpu), 7);
	cpu_mtspr(r.cpu, SPRN_TSR, TSR_DIS);
	CU_ASSERT_EQUAL(cycles_until(&r, TSR_DIS, 100), 7);
	rig_close(&r);
}

void RIG_TEST(timer, enable)(void)
{
	struct rig r;

	/* DIE gates the interrupt, not TSR; it is level: enabling it later
	 * interrupts, right after the instruction */
	rig_open(&r);
	CODE(&r, CODE_AT, LI(4, 2), MTSPR(SPRN_DEC, 4), NOP, NOP, NOP,
	     LIS(6, 0x0400), MTSPR(SPRN_TCR, 6), NOP, SELF);
	r.cpu->s.msr = MSR_EE;
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_DEC));
	CU_ASSERT_EQUAL(r.cpu->s.srr0, CODE_AT + 28);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_DEC], 1);
	rig_close(&r);
	/* clearing TSR[DIS] withdraws it */
	rig_open(&r);
	r.cpu->s.tcr = TCR_DIE;
	CODE(&r, CODE_AT, LI(4, 2), MTSPR(SPRN_DEC, 4), NOP, NOP, NOP,
	     LIS(6, 0x0800), MTSPR(SPRN_TSR, 6), WRTEEI(1), NOP, NOP, SELF);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, CODE_AT + 40);
	CU_ASSERT_EQUAL(r.cpu->exceptions[IVOR_DEC], 0);
	rig_close(&r);
}

void RIG_TEST(timer, fit)(void)
{
	for (u32 fp = 0; fp < 4; fp++) {
		u64 half = TICKS_FIT(fp) / 2;
		struct rig r;

		open_counter(&r);
		r.cpu->s.tcr = PPC_PLACE(fp, 6, 7);
		/* the bit goes from 0 to 1 ... */
		timer_set_tb(r.cpu, half - 9);
		CU_ASSERT_EQUAL(cycles_until(&r, TSR_FIS, 100), 9);
		cpu_mtspr(r.cpu, SPRN_TSR, TSR_FIS);
		/* ... not from 1 to 0 ... */
		timer_set_tb(r.cpu, 2 * half - 9);
		CU_ASSERT_EQUAL(cycles_until(&r, TSR_FIS, 100), 0);
		/* ... and again a period later */
		timer_set_tb(r.cpu, 7 * half - 5);
		CU_ASSERT_EQUAL(cycles_until(&r, TSR_FIS, 100), 5);
		rig_close(&r);
	}
}

void RIG_TEST(timer, fit_interrupt)(void)
{
	struct rig r;

	open_counter(&r);
	r.cpu->s.msr = MSR_EE;
	r.cpu->s.tcr = TCR_FIE;
	timer_update(r.cpu);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_FIT));
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 4096);
	CU_ASSERT_EQUAL(r.cpu->s.srr0, CODE_AT);
	rig_close(&r);
}

/* To the next 0 to 1 of the watchdog's bit; @where says how far before. */
static void near_watchdog(struct rig *r, u32 wp, u64 where)
{
	timer_set_tb(r->cpu, TICKS_WDT(wp) / 2 - where);
}

void RIG_TEST(timer, watchdog)(void)
{
	for (u32 wp = 0; wp < 4; wp++) {
		struct rig r;

		open_counter(&r);
		r.cpu->s.tcr = PPC_PLACE(wp, 0, 1) | PPC_PLACE(2, 2, 3);
		/* first ENW, then WIS, then the reset that WRC says */
		near_watchdog(&r, wp, 6);
		CU_ASSERT_EQUAL(cycles_until(&r, TSR_ENW, 100), 6);
		CU_ASSERT_EQUAL(r.cpu->s.tsr & TSR_WIS, 0);
		near_watchdog(&r, wp, 8);
		CU_ASSERT_EQUAL(cycles_until(&r, TSR_WIS, 100), 8);
		CU_ASSERT_EQUAL(r.cpu->reset_kind, 0);
		near_watchdog(&r, wp, 4);
		CU_ASSERT_EQUAL(RIG_RUN(&r, 100), CPU_RESET);
		CU_ASSERT_EQUAL(r.cpu->reset_kind, 2);
		CU_ASSERT_EQUAL(r.cpu->s.tsr & TSR_WRS_MASK, PPC_PLACE(2, 2, 3));
		CU_ASSERT_EQUAL(timer_tb(r.cpu), TICKS_WDT(wp) / 2);
		rig_close(&r);
	}
}

void RIG_TEST(timer, watchdog_served)(void)
{
	struct rig r;

	/* who clears ENW and WIS in time is not reset */
	open_counter(&r);
	r.cpu->s.tcr = PPC_PLACE(3, 2, 3);
	for (int i = 0; i < 5; i++) {
		near_watchdog(&r, 0, 6);
		CU_ASSERT_EQUAL(cycles_until(&r, TSR_ENW, 100), 6);
		near_watchdog(&r, 0, 6);
		CU_ASSERT_EQUAL(cycles_until(&r, TSR_WIS, 100), 6);
		cpu_mtspr(r.cpu, SPRN_TSR, TSR_ENW | TSR_WIS);
	}
	/* with WIS alone cleared, the next one sets it again */
	near_watchdog(&r, 0, 6);
	CU_ASSERT_EQUAL(cycles_until(&r, TSR_ENW, 100), 6);
	near_watchdog(&r, 0, 6);
	CU_ASSERT_EQUAL(cycles_until(&r, TSR_WIS, 100), 6);
	cpu_mtspr(r.cpu, SPRN_TSR, TSR_WIS);
	near_watchdog(&r, 0, 6);
	CU_ASSERT_EQUAL(cycles_until(&r, TSR_WIS, 100), 6);
	CU_ASSERT_EQUAL(r.cpu->reset_kind, 0);
	rig_close(&r);
	/* and without WRC nothing is reset */
	open_counter(&r);
	r.cpu->s.tsr = TSR_ENW | TSR_WIS;
	near_watchdog(&r, 0, 6);
	CU_ASSERT_EQUAL(RIG_RUN(&r, 100), CPU_BUDGET);
	CU_ASSERT_EQUAL(r.cpu->reset_kind, 0);
	rig_close(&r);
}

void RIG_TEST(timer, watchdog_interrupt)(void)
{
	struct rig r;

	open_counter(&r);
	r.cpu->s.msr = MSR_CE;
	r.cpu->s.tcr = TCR_WIE;
	r.cpu->s.tsr = TSR_ENW;
	near_watchdog(&r, 0, 6);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_WATCHDOG));
	CU_ASSERT_EQUAL(r.cpu->s.csrr0, CODE_AT + 8);
	CU_ASSERT_EQUAL(r.cpu->s.csrr1, MSR_CE);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 6);
	rig_close(&r);
}

void RIG_TEST(timer, wrc_once)(void)
{
	struct rig r;
	u32 val;

	rig_open(&r);
	cpu_mtspr(r.cpu, SPRN_TCR, PPC_PLACE(1, 2, 3) | TCR_DIE);
	cpu_mtspr(r.cpu, SPRN_TCR, PPC_PLACE(2, 2, 3) | TCR_FIE);
	cpu_mfspr(r.cpu, SPRN_TCR, &val);
	CU_ASSERT_EQUAL(val, PPC_PLACE(1, 2, 3) | TCR_FIE);
	cpu_mtspr(r.cpu, SPRN_TCR, 0);
	cpu_mfspr(r.cpu, SPRN_TCR, &val);
	CU_ASSERT_EQUAL(val, PPC_PLACE(1, 2, 3));
	/* a reset allows a new one */
	cpu_reset(r.cpu, 1);
	cpu_mtspr(r.cpu, SPRN_TCR, 0xffffffff);
	cpu_mfspr(r.cpu, SPRN_TCR, &val);
	CU_ASSERT_EQUAL(val, 0xffc00000);
	rig_close(&r);
}

void RIG_TEST(timer, external_clock)(void)
{
	struct rig r;
	u64 tb;

	/* 400 MHz and 25 MHz: with CCR1[TCS] a tick is 16 cycles */
	open_counter(&r);
	cpu_set_clocks(r.cpu, 400000000, 25000000);
	RIG_RUN(&r, 100);
	CU_ASSERT_EQUAL(timer_tb(r.cpu), 100);
	cpu_mtspr(r.cpu, SPRN_CCR1, CCR1_TCS);
	CU_ASSERT_EQUAL(timer_tb(r.cpu), 100);	/* it does not jump */
	RIG_RUN(&r, 160);
	CU_ASSERT_EQUAL(timer_tb(r.cpu), 110);
	/* DEC counts ticks: 3 more, at cycle 260 = 16 * 16 + 4 */
	timer_set_dec(r.cpu, 3);
	CU_ASSERT_EQUAL(cycles_until(&r, TSR_DIS, 1000), 44);
	CU_ASSERT_EQUAL(cpu_now(r.cpu), 19 * 16);
	/* FIT, once a tick although the tick has 16 cycles */
	tb = timer_tb(r.cpu);
	timer_set_tb(r.cpu, 0x1000 - 2);
	CU_ASSERT_EQUAL(cycles_until(&r, TSR_FIS, 100), 32);
	cpu_mtspr(r.cpu, SPRN_TSR, TSR_FIS);
	CU_ASSERT_EQUAL(cycles_until(&r, TSR_FIS, 100), 0);
	timer_set_tb(r.cpu, tb);
	cpu_mtspr(r.cpu, SPRN_CCR1, 0);
	CU_ASSERT_EQUAL(timer_tb(r.cpu), tb);
	RIG_RUN(&r, 7);
	CU_ASSERT_EQUAL(timer_tb(r.cpu), tb + 7);
	rig_close(&r);
}

void RIG_TEST(timer, odd_clocks)(void)
{
	struct rig r;

	/* rates that share no factor: 533333328 Hz and 11059200 Hz */
	open_counter(&r);
	cpu_set_clocks(r.cpu, 533333328, 11059200);
	cpu_mtspr(r.cpu, SPRN_CCR1, CCR1_TCS);
	for (int i = 0; i < 50; i++) {
		u64 now = cpu_now(r.cpu), tick;

		timer_set_dec(r.cpu, 5);
		tick = now * 11059200 / 533333328 + 5;
		CU_ASSERT_EQUAL(now + cycles_until(&r, TSR_DIS, 1000),
				(tick * 533333328 + 11059199) / 11059200);
		cpu_mtspr(r.cpu, SPRN_TSR, TSR_DIS);
		RIG_RUN(&r, 17);
	}
	rig_close(&r);
}

void RIG_TEST(timer, skip)(void)
{
	struct rig r;

	/* time that passes while the CPU waits reaches events, too */
	open_counter(&r);
	CODE(&r, CODE_AT, SELF);
	r.cpu->s.msr = MSR_EE;
	r.cpu->s.tcr = TCR_DIE;
	timer_set_dec(r.cpu, 1000);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->timer_at, 1000);
	cpu_skip_to(r.cpu, 1000);
	CU_ASSERT_EQUAL(cpu_insns(r.cpu), 0);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_DEC));
	CU_ASSERT_EQUAL(cpu_now(r.cpu), 1000);
	rig_close(&r);
}

void RIG_TEST(timer, polling)(void)
{
	struct rig r;

	/* a loop over the time base takes few instructions and comes to the
	 * same end; it does not run past another event */
	rig_open(&r);
	CODE(&r, CODE_AT, MFSPR(3, SPRN_TBLR), I_D(10, 0, 3, 50000), BC(12, 0, -8),
	     SELF);
	r.cpu->s.msr = MSR_EE;
	r.cpu->s.tcr = TCR_DIE;
	rig_run(&r);
	CU_ASSERT(r.cpu->s.gpr[3] >= 50000);
	CU_ASSERT(r.cpu->s.gpr[3] < 50200);
	CU_ASSERT(cpu_insns(r.cpu) < 5000);
	CU_ASSERT(cpu_now(r.cpu) < r.cpu->s.gpr[3] + 200);
	rig_close(&r);
	rig_open(&r);
	CODE(&r, CODE_AT, MFSPR(3, SPRN_TBLR), I_D(10, 0, 3, 50000), BC(12, 0, -8),
	     SELF);
	r.cpu->s.msr = MSR_EE;
	r.cpu->s.tcr = TCR_DIE;
	timer_set_dec(r.cpu, 1003);
	rig_run(&r);
	CU_ASSERT_EQUAL(r.cpu->s.pc, VECTOR(IVOR_DEC));
	CU_ASSERT_EQUAL(cpu_now(r.cpu), 1003);
	rig_close(&r);
}
