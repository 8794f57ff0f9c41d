/* SPDX-License-Identifier: MIT */
/* entry.c - what a kernel finds at its entry, and ordinary exceptions. */
#include "bare.h"

static u32 last_esr, last_dear;

static void skip(struct frame *f)
{
	last_esr = f->esr;
	last_dear = f->dear;
	f->pc += 4;
}

static void system_call(struct frame *f)
{
	f->gpr[3] += f->gpr[4];
}

static u32 call(u32 x, u32 y)
{
	register u32 a asm("r3") = x;
	register u32 b asm("r4") = y;

	asm volatile("sc" : "+r"(a) : "r"(b) : "memory");
	return a;
}

void test(void)
{
	is("r3 points at a device tree", *tree, 0xd00dfeed);
	is("MSR is 0", mfmsr(), 0);
	is("PVR is that of a 440EP Rev. B", mfspr(287), 0x422218d3);
	is("PID is 0", mfspr(PID), 0);
	handlers[IVOR_SYSCALL] = system_call;
	is("a system call returns its value", call(40, 2), 42);
	handlers[IVOR_DTLB] = skip;
	asm volatile("stw 0,0(%0)" :: "b"(0xc0001234) : "memory");
	is("a store to an unmapped page is a data TLB error",
	   taken[IVOR_DTLB], 1);
	is("ESR says that it was a store", last_esr, 0x00800000);
	is("DEAR has its address", last_dear, 0xc0001234);
	handlers[IVOR_PROGRAM] = skip;
	asm volatile(".long 0");
	is("zero is an illegal instruction", last_esr, 0x08000000);
	asm volatile("twi 31,0,0");
	is("a trap says so", last_esr, 0x02000000);
	handlers[IVOR_FP] = skip;
	asm volatile(".long 0xfc21102a");	/* fadd 1,1,2 */
	is("FP is unavailable", taken[IVOR_FP], 1);
}
