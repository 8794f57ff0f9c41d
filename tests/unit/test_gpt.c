/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_gpt.c - the timers: offsets from U-Boot's headers; the time
 * base at the OPB's rate, the down counter and DCIS as AROS's timer.device for
 * the Sam440ep uses them.
 */
#include "tests/unit/dev_rig.h"

extern const struct dev_class gpt_class;

#define GPT	0xef600000u
#define TBC	(GPT + 0x00)
#define IM	(GPT + 0x18)
#define ISS	(GPT + 0x1c)
#define ISC	(GPT + 0x20)
#define IE	(GPT + 0x24)
#define COMP(n)	(GPT + 0x80 + 4 * (n))
#define MASK(n)	(GPT + 0xc0 + 4 * (n))
#define DCT0	(GPT + 0x110)
#define DCIS	(GPT + 0x11c)
#define IS(n)	(0x8000u >> (n))

/* CPU 100 MHz, OPB 50 MHz: two cycles a tick */
static void gpt_open(struct rig *r)
{
	rig_open(r);
	clk_set(&r->clk, CLK_OPB, 50000000);
	rig_add(r, &(struct rig_spec){
		.cls = &gpt_class, .mmio = { GPT }, .nmmio = 1,
		.mmio_size = 0x120,
	}, NULL);
	rig_start(r);
}

void test_gpt_time_base(void)
{
	struct rig r;

	gpt_open(&r);
	sched_advance(&r.sched, 2001);
	CU_ASSERT_EQUAL(rig_rd(&r, TBC, 4), 1000);
	sched_advance(&r.sched, 2002);
	CU_ASSERT_EQUAL(rig_rd(&r, TBC, 4), 1001);
	sched_advance(&r.sched, (1ull << 33) + 20);
	CU_ASSERT_EQUAL(rig_rd(&r, TBC, 4), 10);
	rig_wr(&r, TBC, 4, 0xfffffffe);
	sched_advance(&r.sched, r.sched.now + 6);
	CU_ASSERT_EQUAL(rig_rd(&r, TBC, 4), 1);
	rig_close(&r);
}

void test_gpt_compare(void)
{
	struct rig r;

	gpt_open(&r);
	for (u32 n = 0; n < 7; n++) {
		rig_wr(&r, COMP(n), 4, 100 + n);
		rig_wr(&r, MASK(n), 4, 0xffffffff);
	}
	rig_wr(&r, IM, 4, IS(2) | IS(6));
	rig_wr(&r, IE, 4, IS(2) | IS(3) | IS(6));
	CU_ASSERT(rig_step(&r));
	CU_ASSERT_EQUAL(r.sched.now, 204);
	CU_ASSERT_EQUAL(rig_rd(&r, TBC, 4), 102);
	CU_ASSERT_EQUAL(rig_rd(&r, ISS, 4), IS(2));
	CU_ASSERT(r.dev[0]->irq[2].level);
	rig_wr(&r, ISC, 4, IS(2));
	CU_ASSERT(!r.dev[0]->irq[2].level);
	CU_ASSERT(rig_step(&r));
	CU_ASSERT_EQUAL(rig_rd(&r, ISC, 4), IS(3));
	CU_ASSERT(!r.dev[0]->irq[3].level);	/* IM keeps it in */
	CU_ASSERT(rig_step(&r));
	CU_ASSERT_EQUAL(r.sched.now, 212);
	CU_ASSERT(r.dev[0]->irq[6].level);
	rig_close(&r);
}

/* The low 10 bits: once in 1024 ticks. */
void test_gpt_periodic(void)
{
	struct rig r;

	gpt_open(&r);
	rig_wr(&r, COMP(0), 4, 0xfffffc40);
	rig_wr(&r, MASK(0), 4, 0x3ff);
	rig_wr(&r, IE, 4, IS(0));
	for (u64 n = 0; n < 5; n++) {
		CU_ASSERT(rig_step(&r));
		CU_ASSERT_EQUAL(r.sched.now, 2 * (0x40 + 1024 * n));
		rig_wr(&r, ISC, 4, IS(0));
	}
	rig_close(&r);
}

/* Against counting: the next tick that begins to agree in masked bits. */
void test_gpt_masks(void)
{
	static const u32 masks[] = { 0x1, 0x80, 0x81, 0xf0, 0xa5, 0x5a, 0xff };
	struct rig r;

	gpt_open(&r);
	rig_wr(&r, IE, 4, IS(0));
	for (unsigned int i = 0; i < ARRAY_SIZE(masks); i++)
		for (u32 start = 0; start < 256; start += 7)
			for (u32 comp = 0; comp < 256; comp += 11) {
				u32 m = masks[i], t = start;

				do
					t++;
				while ((t & m) != (comp & m) ||
				       ((t - 1) & m) == (comp & m));
				rig_wr(&r, MASK(0), 4, 0);
				rig_wr(&r, COMP(0), 4, comp);
				rig_wr(&r, TBC, 4, start);
				rig_wr(&r, MASK(0), 4, m);
				CU_ASSERT(rig_step(&r));
				CU_ASSERT_EQUAL(rig_rd(&r, TBC, 4), t);
				rig_wr(&r, ISC, 4, IS(0));
			}
	rig_close(&r);
}

void test_gpt_down_counter(void)
{
	struct rig r;

	gpt_open(&r);
	rig_wr(&r, DCT0, 4, 1333);
	sched_advance(&r.sched, 666);
	CU_ASSERT_EQUAL(rig_rd(&r, DCT0, 4), 1000);
	CU_ASSERT(rig_step(&r));
	CU_ASSERT_EQUAL(r.sched.now, 2666);
	CU_ASSERT_EQUAL(rig_rd(&r, DCIS, 4), 0x80000000);
	CU_ASSERT_EQUAL(rig_rd(&r, DCT0, 4), 0);
	CU_ASSERT(r.dev[0]->irq[7].level);
	rig_wr(&r, DCIS, 4, 0x80000000);
	CU_ASSERT(!r.dev[0]->irq[7].level);
	CU_ASSERT(!rig_step(&r));
	rig_close(&r);
}

void test_gpt_any_access(void)
{
	struct rig r;

	gpt_open(&r);
	rig_hammer(&r, GPT, 0x120);
	clk_set(&r.clk, CLK_OPB, 0);
	rig_hammer(&r, GPT, 0x120);
	rig_close(&r);
}
