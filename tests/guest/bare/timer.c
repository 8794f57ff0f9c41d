/* SPDX-License-Identifier: MIT */
/*
 * timer.c - decrementer, fixed interval timer and watchdog interrupts against
 * the time base, and the order in which interrupts are taken when several
 * wait, with real sources for the external and the critical input.
 */
#include "bare.h"

static u32 at[8], ats;

static void on_timer(struct frame *f)
{
	if (ats < 8)
		at[ats++] = cycles();
	f->msr &= ~MSR_WE;	/* do not wait again */
	mtspr(TSR, f->ivor == IVOR_DEC ? TSR_DIS : f->ivor == IVOR_FIT ?
	      TSR_FIS : TSR_WIS);
}

/* UART1 is UIC0's input 1, UART2 its input 3. */
static void on_uart(struct frame *f)
{
	(void)f;
	UART(1)[IER] = 0;
	mtdcr(UIC0 + UIC_SR, UIC_BIT(1));
}

static void on_critical(struct frame *f)
{
	(void)f;
	UART(2)[IER] = 0;
	mtdcr(UIC0 + UIC_SR, UIC_BIT(3));
}

static void wait_for(volatile u32 *n, u32 count)
{
	while (*n < count)
		;
}

static void test_dec(void)
{
	u32 start;

	mtspr(TCR, TCR_DIE);
	mtmsr(MSR_EE);
	start = cycles();
	mtspr(DEC, 5000);
	wait_for(&taken[IVOR_DEC], 1);
	ok("DEC comes after its count and not much later",
	   at[0] - start >= 5000 && at[0] - start < 5200);
	is("DEC stands at 0 then", mfspr(DEC), 0);
	mtspr(DEC, 100);
	mtspr(DEC, 0);
	for (volatile int i = 0; i < 500; i++)
		;
	is("written with 0 it does not come", taken[IVOR_DEC], 1);
}

static void test_reload(void)
{
	int even = 1;

	forget_interrupts();
	ats = 0;
	mtspr(DECAR, 3000);
	mtspr(TCR, TCR_DIE | TCR_ARE);
	mtspr(DEC, 1000);
	wait_for(&taken[IVOR_DEC], 6);
	mtspr(TCR, 0);
	/* the handler's path differs by a few instructions at most */
	for (u32 i = 1; i < 6; i++)
		even &= at[i] - at[0] - 3000 * i + 64 < 128;
	ok("auto-reloaded DEC keeps its period", even);
	mtspr(DEC, 0);
	mtspr(TSR, TSR_DIS);
}

static void test_fit(void)
{
	u32 period = 1u << 13;

	forget_interrupts();
	ats = 0;
	mtspr(TSR, TSR_FIS);
	mtspr(TCR, TCR_FIE);
	wait_for(&taken[IVOR_FIT], 3);
	mtspr(TCR, 0);
	ok("FIT comes when bit 12 of the time base rises",
	   (at[0] & (period - 1)) - period / 2 < 200);
	ok("and has the period of TCR[FP] 0",
	   at[2] - at[0] - 2 * period + 100 < 200);
}

static void test_watchdog(void)
{
	u32 period = 1u << 21;

	forget_interrupts();
	ats = 0;
	mtspr(TSR, TSR_ENW | TSR_WIS);
	mtspr(TCR, TCR_WIE);
	mtmsr(MSR_CE);
	while (!(mfspr(TSR) & TSR_ENW))
		;
	is("the watchdog's first stage interrupts nobody",
	   taken[IVOR_WATCHDOG], 0);
	wait_for(&taken[IVOR_WATCHDOG], 1);
	ok("its second is a critical interrupt, when bit 20 rises",
	   (at[0] & (period - 1)) - period / 2 < 300);
	mtspr(TCR, 0);
	mtspr(TSR, TSR_ENW | TSR_WIS);
	mtmsr(0);
}

/* All at once: the critical ones first, external, FIT, DEC. */
static void test_order(void)
{
	static const u32 want[] = {
		IVOR_CRITICAL, IVOR_WATCHDOG, IVOR_EXTERNAL, IVOR_FIT, IVOR_DEC,
	};
	u32 i, n = sizeof(want) / sizeof(want[0]);
	int right = 1;

	mtspr(TSR, 0xfc000000);
	mtspr(TBLW, 0x1000 - 400);	/* FIT soon */
	mtspr(DEC, 10);
	uart_open(UART(1));
	uart_open(UART(2));
	mtdcr(UIC0 + UIC_CR, UIC_BIT(3));
	mtdcr(UIC0 + UIC_ER, UIC_BIT(1) | UIC_BIT(3));
	UART(1)[IER] = 2;
	UART(2)[IER] = 2;
	while ((mfspr(TSR) & (TSR_DIS | TSR_FIS)) != (TSR_DIS | TSR_FIS))
		;
	/* the watchdog's second stage: time is moved to just before it */
	for (i = 0; i < 2; i++) {
		mtspr(TBLW, (1u << 20) - 50);
		while (!(mfspr(TSR) & (i ? TSR_WIS : TSR_ENW)))
			;
	}
	forget_interrupts();
	mtspr(TCR, TCR_WIE | TCR_DIE | TCR_FIE);
	mtmsr(MSR_CE | MSR_EE);
	for (volatile int k = 0; k < 200; k++)
		;
	mtmsr(0);
	mtspr(TCR, 0);
	is("five sources interrupt once each", orders, n);
	for (i = 0; i < n; i++)
		right &= order[i] == want[i];
	ok("critical input, watchdog, external, FIT, DEC, in this order",
	   right);
}

static void test_idle(void)
{
	u32 start = cycles(), end;

	forget_interrupts();
	mtspr(TCR, TCR_DIE);
	mtspr(DEC, 100000000);
	mtmsr(MSR_WE | MSR_EE);
	end = cycles();
	is("the wait state ends with the interrupt", taken[IVOR_DEC], 1);
	ok("and not before", end - start >= 100000000);
	ok("nor much later", end - start < 100001000);
	mtmsr(0);
}

void test(void)
{
	handlers[IVOR_DEC] = on_timer;
	handlers[IVOR_FIT] = on_timer;
	handlers[IVOR_WATCHDOG] = on_timer;
	handlers[IVOR_EXTERNAL] = on_uart;
	handlers[IVOR_CRITICAL] = on_critical;
	test_dec();
	test_reload();
	test_fit();
	test_watchdog();
	test_order();
	test_idle();
}
