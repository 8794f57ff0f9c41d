/* SPDX-License-Identifier: MIT */
/*
 * tlb.c - a TLB that is always too small: 250 PIDs with pages of their own at
 * the same addresses, entries replaced in turn by a miss handler, as a kernel
 * does it; every page must show its own contents, at every moment.
 */
#include "bare.h"

#define EA	0x80000000u
#define BACKING	0x4000000u	/* page p of PID n: n * 4 + p */
#define PAGES	4
#define FIRST	8		/* entries that the handler replaces */

static u32 next = FIRST;

static u32 page_of(u32 pid, u32 ea)
{
	return BACKING + (pid * PAGES + (ea >> 12 & (PAGES - 1))) * 4096;
}

static void on_miss(struct frame *f)
{
	u32 ea = f->ivor == IVOR_DTLB ? f->dear : f->pc, pid = mfspr(PID);

	mtspr(MMUCR, pid);
	tlbwe(next, (ea & ~0xfffu) | TLB_V | TLB_4K, page_of(pid, ea),
	      TLB_SRWX);
	next = next == 63 ? FIRST : next + 1;
}

static volatile u32 *word(u32 page)
{
	return (volatile u32 *)(EA + page * 4096 + page * 8);
}

static void test_pids(void)
{
	u32 wrong = 0, seed = 1;

	for (u32 pid = 1; pid <= 250; pid++) {
		mtspr(PID, pid);
		isync();
		for (u32 p = 0; p < PAGES; p++)
			*word(p) = pid << 8 | p;
	}
	ok("1000 pages need 1000 misses", taken[IVOR_DTLB] >= 1000 &&
	   taken[IVOR_DTLB] < 1100);
	for (u32 i = 0; i < 20000; i++) {
		u32 pid, p;

		seed = seed * 1664525 + 1013904223;
		pid = 1 + (seed >> 8) % 250;
		p = seed >> 30;
		mtspr(PID, pid);
		isync();
		wrong += *word(p) != (pid << 8 | p);
	}
	is("each PID sees its own pages", wrong, 0);
	mtspr(PID, 0);
	isync();
	for (u32 pid = 1; pid <= 250; pid++)
		for (u32 p = 0; p < PAGES; p++)
			wrong += *(volatile u32 *)(page_of(pid, p << 12) +
						   p * 8) != (pid << 8 | p);
	is("and they are where they should be", wrong, 0);
}

/* A few PIDs that fit: no misses once all are in. */
static void test_fits(void)
{
	u32 before, wrong = 0;

	for (int round = 0; round < 3; round++) {
		before = taken[IVOR_DTLB];
		for (u32 k = 0; k < 400; k++) {
			u32 pid = 1 + k % 10;

			mtspr(PID, pid);
			isync();
			wrong += *word(k & 3) != (pid << 8 | (k & 3));
		}
	}
	is("what fits misses no more", taken[IVOR_DTLB] - before, 0);
	is("and reads right", wrong, 0);
	mtspr(PID, 0);
	isync();
}

/* Code at one address, another in each PID. */
static void test_code(void)
{
	u32 (*fn)(void) = (u32 (*)(void))(EA + 4096);
	u32 wrong = 0;

	for (u32 pid = 1; pid <= 100; pid++) {
		volatile u32 *p = (u32 *)page_of(pid, 4096);

		p[0] = 0x38600000 | pid;	/* li 3,pid */
		p[1] = 0x4e800020;		/* blr */
		asm volatile("dcbst 0,%0; msync; icbi 0,%0; msync; isync" ::
			     "r"(p) : "memory");
	}
	for (u32 k = 0; k < 1000; k++) {
		u32 pid = 1 + k * 37 % 100;

		mtspr(PID, pid);
		isync();
		wrong += fn() != pid;
	}
	mtspr(PID, 0);
	isync();
	is("each PID runs its own code", wrong, 0);
	ok("by instruction TLB errors", taken[IVOR_ITLB] > 100);
}

void test(void)
{
	for (u32 i = 2; i < 64; i++)
		tlbwe(i, 0, 0, 0);
	handlers[IVOR_DTLB] = on_miss;
	handlers[IVOR_ITLB] = on_miss;
	test_pids();
	test_fits();
	test_code();
}
