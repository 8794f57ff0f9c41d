/* SPDX-License-Identifier: MIT */
/*
 * watchdog.c - the watchdog's third stage resets the chip, and software finds
 * out afterwards; then each kind of reset that DBCR0 can ask for.
 *
 * Runs without --no-reboot: each boot finds its number in memory that no boot
 * writes, and the last one waits for ever, which ends the run as stuck.
 */
#include "bare.h"

#define BOOTS	((volatile u32 *)0x3000000)

static void __attribute__((noreturn)) wait_for_ever(void)
{
	put_text("1..8\n");
	while (!(UART(0)[LSR] & 0x40))
		;
	mtmsr(0);
	for (;;)
		;
}

/* Comes back as another boot. */
static void __attribute__((noreturn)) reset(u32 kind)
{
	/* let the last characters out */
	while (!(UART(0)[LSR] & 0x40))
		;
	mtspr(DBCR0, kind << 28);
	for (;;)
		;
}

static void __attribute__((noreturn)) start_watchdog(void)
{
	is("before, the watchdog has reset nothing", mfspr(TSR) & TSR_WRS, 0);
	mtspr(TSR, 0xfc000000);
	mtspr(TCR, TCR_WRC(2));
	mtspr(TCR, 0);
	is("WRC cannot be taken back", mfspr(TCR), TCR_WRC(2));
	for (;;)
		;
}

void test(void)
{
	if (BOOTS[0] != 0x600df00d) {
		BOOTS[0] = 0x600df00d;
		BOOTS[1] = 0;
	}
	switch (++BOOTS[1]) {
	case 1:
		start_watchdog();
	case 2:
		is("TSR[WRS] says a chip reset by the watchdog",
		   mfspr(TSR) & TSR_WRS, 0x20000000);
		is("DBSR[MRR], too", mfspr(DBSR) & 0x30000000, 0x20000000);
		is("TCR is clear", mfspr(TCR), 0);
		mtspr(TSR, TSR_WRS);
		reset(1);
	case 3:
		is("after a core reset MRR is 1", mfspr(DBSR) & 0x30000000,
		   0x10000000);
		is("WRS stays as software left it", mfspr(TSR) & TSR_WRS, 0);
		reset(3);
	case 4:
		is("after a system reset MRR is 3", mfspr(DBSR) & 0x30000000,
		   0x30000000);
		wait_for_ever();
	}
}
