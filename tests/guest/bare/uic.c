/* SPDX-License-Identifier: MIT */
/*
 * uic.c - the interrupt controllers between devices and the CPU: masks,
 * level and latch, critical routing, the cascade of UIC1 through UIC0.
 */
#include "bare.h"

static u32 seen0, seen1, vector;

static void on_input(struct frame *f)
{
	(void)f;
	seen0 = mfdcr(UIC0 + UIC_MSR);
	seen1 = mfdcr(UIC1 + UIC_MSR);
	vector = mfdcr(UIC0 + UIC_VR);
	UART(1)[IER] = 0;
	mtdcr(UIC1 + UIC_SR, 0xffffffff);
	mtdcr(UIC0 + UIC_SR, 0xffffffff);
}

static void let_in(void)
{
	mtmsr(MSR_EE | MSR_CE);
	for (volatile int i = 0; i < 50; i++)
		;
	mtmsr(0);
}

static void test_level(void)
{
	uart_open(UART(1));
	UART(1)[IER] = 2;
	is("an asserted source shows in SR, masked or not",
	   mfdcr(UIC0 + UIC_SR) & UIC_BIT(1), UIC_BIT(1));
	is("but not in MSR while masked", mfdcr(UIC0 + UIC_MSR), 0);
	let_in();
	is("a masked source does not interrupt", taken[IVOR_EXTERNAL], 0);
	mtdcr(UIC0 + UIC_SR, UIC_BIT(1));
	is("a level that is still there sets SR again",
	   mfdcr(UIC0 + UIC_SR) & UIC_BIT(1), UIC_BIT(1));
	mtdcr(UIC0 + UIC_ER, UIC_BIT(1));
	let_in();
	is("unmasked it is an external input", taken[IVOR_EXTERNAL], 1);
	is("and MSR says which", seen0, UIC_BIT(1));
	is("a quiet level, acknowledged, is gone",
	   mfdcr(UIC0 + UIC_SR) & UIC_BIT(1), 0);
}

static void test_critical(void)
{
	forget_interrupts();
	mtdcr(UIC0 + UIC_CR, UIC_BIT(1));
	UART(1)[IER] = 2;
	mtmsr(MSR_EE);
	for (volatile int i = 0; i < 50; i++)
		;
	mtmsr(0);
	is("a critical source does not come with EE", orders, 0);
	let_in();
	is("it is a critical input", taken[IVOR_CRITICAL], 1);
	is("and nothing else", orders, 1);
	mtdcr(UIC0 + UIC_CR, 0);
	mtdcr(UIC0 + UIC_ER, 0);
}

/* UIC1 is on UIC0's inputs 30 and 31, as the device tree says. */
static void test_cascade(void)
{
	forget_interrupts();
	mtdcr(UIC1 + UIC_ER, UIC_BIT(9));
	mtdcr(UIC0 + UIC_ER, UIC_BIT(30) | UIC_BIT(31));
	mtdcr(UIC0 + UIC_CR, UIC_BIT(31));
	mtdcr(UIC1 + UIC_SRS, UIC_BIT(9));
	is("UIC1's source shows on UIC0's input 30",
	   mfdcr(UIC0 + UIC_MSR), UIC_BIT(30));
	let_in();
	is("and is an external input", taken[IVOR_EXTERNAL], 1);
	is("of UIC1's source 9", seen1, UIC_BIT(9));
	is("once", orders, 1);
	forget_interrupts();
	mtdcr(UIC1 + UIC_CR, UIC_BIT(9));
	mtdcr(UIC1 + UIC_SRS, UIC_BIT(9));
	is("critical in UIC1, it shows on input 31",
	   mfdcr(UIC0 + UIC_MSR), UIC_BIT(31));
	let_in();
	is("and is a critical input", taken[IVOR_CRITICAL], 1);
	is("once, too", orders, 1);
	is("acknowledged in both it is gone", mfdcr(UIC0 + UIC_MSR), 0);
	mtdcr(UIC0 + UIC_ER, 0);
	mtdcr(UIC1 + UIC_ER, 0);
	mtdcr(UIC0 + UIC_CR, 0);
	mtdcr(UIC1 + UIC_CR, 0);
}

static void test_edge(void)
{
	forget_interrupts();
	mtdcr(UIC0 + UIC_TR, UIC_BIT(1));
	mtdcr(UIC0 + UIC_SR, UIC_BIT(1));
	mtdcr(UIC0 + UIC_ER, UIC_BIT(1));
	UART(1)[IER] = 2;
	UART(1)[IER] = 0;
	is("an edge is latched although the level is gone",
	   mfdcr(UIC0 + UIC_MSR), UIC_BIT(1));
	let_in();
	is("it interrupts once", orders, 1);
	mtdcr(UIC0 + UIC_TR, 0);
	mtdcr(UIC0 + UIC_ER, 0);
}

void test(void)
{
	handlers[IVOR_EXTERNAL] = on_input;
	handlers[IVOR_CRITICAL] = on_input;
	test_level();
	test_critical();
	test_cascade();
	test_edge();
}
