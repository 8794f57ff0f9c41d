/* SPDX-License-Identifier: MIT */
/* bare.c - console, results and interrupts of a bare guest; see bare.h. */
#include "bare.h"

void (*handlers[16])(struct frame *f);
volatile u32 taken[16], order[64], orders;
const u32 *tree;
static u32 results;

void bare_main(const u32 *blob);
void on_interrupt(struct frame *f);

/* 115200 bit/s of 11.0592 MHz, 8 bits, FIFOs. */
void uart_open(volatile u8 *uart)
{
	uart[IER] = 0;
	uart[LCR] = 0x83;
	uart[DLL] = 6;
	uart[DLM] = 0;
	uart[LCR] = 3;
	uart[FCR] = 7;
	uart[MCR] = 3;
}

static void put_char(u8 c)
{
	while (!(UART(0)[LSR] & 0x20))
		;
	UART(0)[THR] = c;
}

void put_text(const char *s)
{
	for (; *s; s++) {
		if (*s == '\n')
			put_char('\r');
		put_char((u8)*s);
	}
}

void put_hex(u32 v)
{
	for (int i = 28; i >= 0; i -= 4)
		put_char((u8)"0123456789abcdef"[v >> i & 15]);
}

static void put_number(u32 v)
{
	if (v > 9)
		put_number(v / 10);
	put_char((u8)('0' + v % 10));
}

static void head(const char *what, int right)
{
	put_text(right ? "ok " : "not ok ");
	put_number(++results);
	put_text(" - ");
	put_text(what);
}

void ok(const char *what, int right)
{
	head(what, right);
	put_text("\n");
}

void is(const char *what, u32 got, u32 want)
{
	head(what, got == want);
	if (got != want) {
		put_text(": ");
		put_hex(got);
		put_text(", not ");
		put_hex(want);
	}
	put_text("\n");
}

void finish(void)
{
	put_text("1..");
	put_number(results);
	put_text("\n");
	/* let the last characters out, then a system reset */
	while (!(UART(0)[LSR] & 0x40))
		;
	mtspr(DBCR0, 0x30000000);
	for (;;)
		;
}

u32 cycles(void)
{
	return mfspr(TBL);
}

void forget_interrupts(void)
{
	for (u32 i = 0; i < 16; i++)
		taken[i] = 0;
	orders = 0;
}

void on_interrupt(struct frame *f)
{
	taken[f->ivor]++;
	if (orders < 64)
		order[orders++] = f->ivor;
	if (handlers[f->ivor]) {
		handlers[f->ivor](f);
		return;
	}
	put_text("unexpected interrupt ");
	put_number(f->ivor);
	put_text(" at ");
	put_hex(f->pc);
	put_text(" esr ");
	put_hex(f->esr);
	put_text(" dear ");
	put_hex(f->dear);
	put_text("\n");
	ok("no unexpected interrupt", 0);
	finish();
}

void bare_main(const u32 *blob)
{
	tree = blob;
	mtspr(MMUCR, 0);
	tlbwe(1, 0xef600000 | TLB_V | TLB_4K, 0xef600000, TLB_IO | TLB_SRWX);
	uart_open(UART(0));
	/* quiet controllers, as after a reset but for what firmware left */
	mtdcr(UIC0 + UIC_ER, 0);
	mtdcr(UIC1 + UIC_ER, 0);
	mtdcr(UIC0 + UIC_CR, 0);
	mtdcr(UIC1 + UIC_CR, 0);
	mtdcr(UIC0 + UIC_PR, 0xffffffff);
	mtdcr(UIC1 + UIC_PR, 0xffffffff);
	mtdcr(UIC0 + UIC_TR, 0);
	mtdcr(UIC1 + UIC_TR, 0);
	mtdcr(UIC0 + UIC_SR, 0xffffffff);
	mtdcr(UIC1 + UIC_SR, 0xffffffff);
	test();
	finish();
}
