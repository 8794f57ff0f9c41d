/* SPDX-License-Identifier: MIT */
/*
 * bare_main.c - all integer kernels one after the other on a bare board.
 * DIVISOR divides the rounds.  Each kernel's line is `sum: NAME CHECKSUM`, and
 * marks lie between.  The console is UART0, 8250-like, at 115200 bit/s.
 */
#include "kernels.h"

#ifndef DIVISOR
#define DIVISOR 1
#endif

#define UART 0xef600300u
#define MMUCR "946"

enum { THR = 0, DLL = 0, DLM = 1, IER = 1, FCR = 2, LCR = 3, LSR = 5 };

static volatile uint8_t *const uart = (volatile uint8_t *)UART;

void bare_main(void);

/* A page for the UARTs: 4 KB, valid; not cached and guarded, supervisor only. */
static void console_open(void)
{
	uint32_t page = UART & ~4095u;

	asm volatile("mtspr " MMUCR ",%0" ::"r"(0));
	asm volatile("tlbwe %1,%0,0; tlbwe %2,%0,1; tlbwe %3,%0,2; isync" ::"r"(1),
		     "r"(page | 0x210), "r"(page), "r"(0x507) : "memory");
	uart[IER] = 0;
	uart[LCR] = 0x83;
	uart[DLL] = 6;
	uart[DLM] = 0;
	uart[LCR] = 3;
	uart[FCR] = 7;
}

static void put_char(char c)
{
	while (!(uart[LSR] & 0x20))
		;
	uart[THR] = (uint8_t)c;
}

static void put_line(const char *what, const char *name, uint32_t number)
{
	while (*what)
		put_char(*what++);
	while (*name)
		put_char(*name++);
	for (int shift = 28; shift >= 0; shift -= 4)
		put_char("0123456789abcdef"[number >> shift & 15]);
	put_char('\r');
	put_char('\n');
}

#define RUN_integer(name, rounds) \
	put_line("mark: ", "", number++); \
	put_line("sum: ", #name " ", kernel_##name(rounds / DIVISOR + 1));
#define RUN_float(name, rounds)
#define KERNEL(name, kind, rounds) RUN_##kind(name, rounds)

void bare_main(void)
{
	uint32_t number = 0;

	console_open();
#include "kernels.def"
	put_line("mark: ", "", number);
	for (;;)
		;
}
