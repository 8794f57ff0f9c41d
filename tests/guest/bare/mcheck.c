/* SPDX-License-Identifier: MIT */
/*
 * mcheck.c - accesses that nobody answers: machine checks, told apart by MCSR
 * and ESR, held back by MSR[ME].
 */
#include "bare.h"

/* Between the end of PCI memory and the internal peripherals, no device. */
#define NOBODY	0xeff00000u
#define EA	0x90000000u

static u32 mcsr, esr, pc;

static void on_check(struct frame *f)
{
	mcsr = mfspr(MCSR);
	esr = f->esr;
	pc = f->pc;
	mtspr(MCSR, 0xffffffff);
	mtspr(62, 0);
	/* a fetch cannot be done again */
	if ((pc & 0xfffff000) == EA)
		f->pc = f->lr;
}

void test(void)
{
	tlbwe(20, EA | TLB_V | TLB_4K, NOBODY, TLB_IO | TLB_SRWX);
	handlers[IVOR_MCHECK] = on_check;
	mtspr(MCSR, 0xffffffff);
	mtmsr(MSR_ME);
	(void)peek(EA);
	is("a load from nowhere is a machine check", taken[IVOR_MCHECK], 1);
	is("MCSR says data read", mcsr, 0xa0000000);
	*(volatile u32 *)EA = 1;
	asm volatile("msync; isync");
	is("a store, too", taken[IVOR_MCHECK], 2);
	is("MCSR says data write", mcsr, 0x90000000);
	((void (*)(void))EA)();
	is("a fetch, too", taken[IVOR_MCHECK], 3);
	is("ESR says instruction", esr & 0x80000000, 0x80000000);
	is("MCSRR0 has the address", pc, EA);
	mtmsr(0);
	*(volatile u32 *)EA = 1;
	asm volatile("msync; isync");
	is("without ME it waits", taken[IVOR_MCHECK], 3);
	ok("and MCSR shows it", mfspr(MCSR) & 0x80000000);
	mtmsr(MSR_ME);
	is("until ME is set", taken[IVOR_MCHECK], 4);
	mtmsr(0);
}
