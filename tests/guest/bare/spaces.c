/* SPDX-License-Identifier: MIT */
/*
 * spaces.c - both address spaces: the same effective address is different
 * data in AS 0 and AS 1, code runs in AS 1, and interrupts come back to AS 0.
 */
#include "bare.h"

#define EA	0x80000000u
#define PAGE0	0x2000000u
#define PAGE1	0x2010000u

static volatile u32 in_as1, msr_in_as1, misses;

static void back(struct frame *f)
{
	f->pc = (u32)leave_as1;
	f->msr &= ~0x30u;
}

static void on_miss(struct frame *f)
{
	misses++;
	f->pc += 4;
}

static void look(u32 addr)
{
	in_as1 = *(volatile u32 *)addr;
	*(volatile u32 *)(addr + 4) = 0x11111111;
	msr_in_as1 = mfmsr();
	asm volatile("sc" ::: "memory");
}

static void map(u32 i, u32 ea, u32 pa, u32 ts, u32 size)
{
	mtspr(MMUCR, 0);
	tlbwe(i, ea | TLB_V | ts | size, pa, TLB_SRWX);
}

void test(void)
{
	volatile u32 *p0 = (u32 *)PAGE0, *p1 = (u32 *)PAGE1;
	u32 found = 99, cr = 0;

	handlers[IVOR_SYSCALL] = back;
	handlers[IVOR_DTLB] = on_miss;
	p0[0] = 0xa0;
	p1[0] = 0xa1;
	p0[1] = p1[1] = 0;
	map(10, EA, PAGE0, 0, TLB_4K);
	map(11, EA, PAGE1, TLB_TS, TLB_4K);
	map(12, 0, 0, TLB_TS, 0x90);	/* code and stack, 256 MB */
	is("AS 0 reads its page", *(volatile u32 *)EA, 0xa0);
	enter_as1(look, EA);
	is("AS 1 reads its own", in_as1, 0xa1);
	is("with MSR[IS] and MSR[DS]", msr_in_as1 & 0x30, 0x30);
	is("the write went to AS 1's page", p1[1], 0x11111111);
	is("and not to AS 0's", p0[1], 0);
	is("back in AS 0", mfmsr() & 0x30, 0);
	is("AS 0 reads its page again", *(volatile u32 *)EA, 0xa0);
	/* data in AS 1 while code is in AS 0 */
	mtmsr(0x10);
	in_as1 = *(volatile u32 *)EA;
	mtmsr(0);
	is("with MSR[DS] alone data are AS 1's", in_as1, 0xa1);
	mtspr(MMUCR, 0x10000);
	asm volatile("tlbsx. %0,0,%2; mfcr %1" : "=r"(found), "=r"(cr) :
		     "r"(EA) : "cr0");
	is("tlbsx with STS finds AS 1's entry", found, 11);
	is("and says so in CR0", cr >> 28 & 2, 2);
	/* taken away, it misses in AS 1 only */
	map(11, 0, 0, 0, 0);
	tlbwe(11, 0, 0, 0);
	mtmsr(0x10);
	(void)peek(EA);
	mtmsr(0);
	is("without its entry AS 1 misses", misses, 1);
	is("AS 0 does not", *(volatile u32 *)EA, 0xa0);
}
