/* SPDX-License-Identifier: MIT */
/*
 * uart.c - a serial port in loop back: data, FIFO trigger and timeout, modem
 * lines, break and overrun, by polling and by interrupts through the UIC.
 */
#include "bare.h"

#define U UART(1)

static u32 iir[32], iirs, got[32], gots, lsr_seen;

static void on_uart(struct frame *f)
{
	u8 id;

	(void)f;
	/* reading IIR clears THRE: once a round */
	while (id = U[IIR] & 0x0f, !(id & 1)) {
		if (iirs < 32)
			iir[iirs++] = id;
		if (id == 2)		/* the transmitter is empty: enough */
			U[IER] = U[IER] & ~2u;
		else if (id == 6)
			lsr_seen |= U[LSR];
		else if (id == 0)
			(void)U[UART_MSR];
		else
			while (U[LSR] & 1 && gots < 32)
				got[gots++] = U[RBR];
	}
	mtdcr(UIC0 + UIC_SR, UIC_BIT(1));
}

static void wait_cycles(u32 n)
{
	u32 start = cycles();

	while (cycles() - start < n)
		;
}

/* The time of one character: 10 bits at 115200 bit/s, at 533 MHz at most. */
#define CHARACTER 47000

static void test_poll(void)
{
	U[MCR] = 0x10;
	U[THR] = 0x5a;
	is("a character takes its time", U[LSR] & 1, 0);
	while (!(U[LSR] & 1))
		;
	is("and comes back", U[RBR], 0x5a);
	is("then there is none", U[LSR] & 1, 0);
	U[SCR] = 0xa5;
	is("the scratch register keeps its value", U[SCR], 0xa5);
}

static void test_modem(void)
{
	(void)U[UART_MSR];
	U[MCR] = 0x10 | 0x0f;
	is("loop back: DTR RTS OUT1 OUT2 are DSR CTS RI DCD",
	   U[UART_MSR] & 0xf0, 0xf0);
	U[MCR] = 0x10;
	/* deltas of CTS, DSR, DCD; RI's says that it went away */
	is("their changes are latched", U[UART_MSR], 0x0f);
	is("until they are read", U[UART_MSR], 0);
}

static void test_interrupts(void)
{
	forget_interrupts();
	mtdcr(UIC0 + UIC_ER, UIC_BIT(1));
	U[FCR] = 0x41 | 6;		/* trigger at 4 */
	mtmsr(MSR_EE);
	U[IER] = 1;
	for (u32 i = 0; i < 6; i++)
		U[THR] = (u8)(0x30 + i);
	wait_cycles(5 * CHARACTER);
	ok("four characters reach the trigger", gots >= 4 && iir[0] == 4);
	wait_cycles(8 * CHARACTER);
	is("the rest comes with the timeout", iir[iirs - 1], 12);
	is("none is lost", gots, 6);
	ok("nor out of order", got[0] == 0x30 && got[5] == 0x35);
	iirs = 0;
	U[IER] = 3;
	is("an empty transmitter interrupts at once", iir[0], 2);
	iirs = 0;
	U[IER] = 8;
	U[MCR] = 0x12;
	is("a modem line's change interrupts", iirs ? iir[0] : 99, 0);
	mtmsr(0);
	U[IER] = 0;
}

static void test_break(void)
{
	iirs = gots = lsr_seen = 0;
	U[FCR] = 7;
	U[MCR] = 0x10;
	mtmsr(MSR_EE);
	U[IER] = 5;
	U[LCR] = 0x43;
	wait_cycles(3 * CHARACTER);
	U[LCR] = 3;
	is("a break in loop back is a line status interrupt", iir[0], 6);
	is("LSR says break", lsr_seen & 0x10, 0x10);
	mtmsr(0);
	U[IER] = 0;
	U[FCR] = 7;
}

static void test_overrun(void)
{
	for (u32 i = 0; i < 17; i++) {
		U[THR] = (u8)i;
		wait_cycles(CHARACTER + 1000);
	}
	is("the 17th character overruns the FIFO", U[LSR] & 2, 2);
	is("which LSR says once", U[LSR] & 2, 0);
	for (u32 i = 0; i < 16; i++)
		gots = i == (u32)U[RBR] ? i + 1 : 99;
	is("the FIFO keeps the first 16", gots, 16);
	is("and is empty then", U[LSR] & 1, 0);
}

void test(void)
{
	handlers[IVOR_EXTERNAL] = on_uart;
	uart_open(U);
	test_poll();
	test_modem();
	test_interrupts();
	test_break();
	test_overrun();
}
