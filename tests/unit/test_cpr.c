/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_cpr.c - the clocks of CPR0.  The expected rates come from
 * the arithmetic of Linux's boot wrapper (arch/powerpc/boot/4xx.c), done here
 * once more in its own 32-bit steps.
 */
#include "tests/unit/dev_rig.h"

extern const struct dev_class cpr_class;

#define CPR 0x0c

static u32 fix_zero(u32 v, u32 def)
{
	return v ? v : def;
}

/* What the boot wrapper would print: CPU, PLB, OPB, EBC. */
static void wrapper_clocks(struct rig *r, u32 sys, u32 out[4])
{
	u32 pllc = rig_ind(r, CPR, 0x40), plld = rig_ind(r, CPR, 0x60);
	u32 fbdv = fix_zero(plld >> 24 & 0x1f, 32);
	u32 fwdva = fix_zero(plld >> 16 & 0xf, 16);
	u32 fwdvb = fix_zero(plld >> 8 & 7, 8);
	u32 lfbdv = fix_zero(plld & 0x3f, 64);
	u32 pradv = fix_zero(rig_ind(r, CPR, 0x80) >> 24 & 7, 8);
	u32 prbdv = fix_zero(rig_ind(r, CPR, 0xa0) >> 24 & 7, 8);
	u32 opbdv = fix_zero(rig_ind(r, CPR, 0xc0) >> 24 & 3, 4);
	u32 perdv = fix_zero(rig_ind(r, CPR, 0xe0) >> 24 & 3, 4);
	u32 a = sys, b = sys, m = 0;

	if (pllc & 0x40000000) {
		u32 sel = pllc >> 24 & 7;

		m = sel == 0 ? (pllc & 0x20000000 ? fwdvb : fwdva) * lfbdv :
		    sel == 1 ? fwdva * pradv : fwdvb * prbdv * opbdv * perdv;
		a = sys * m * fbdv / fwdva;
		b = sys * m * fbdv / fwdvb;
	}
	out[0] = a / pradv;
	out[1] = b / prbdv;
	out[2] = out[1] / opbdv;
	out[3] = out[1] / perdv;
}

static void check_clocks(struct rig *r, u32 sys)
{
	u32 want[4];

	wrapper_clocks(r, sys, want);
	CU_ASSERT_EQUAL(r->clk.hz[CLK_CPU], want[0]);
	CU_ASSERT_EQUAL(r->clk.hz[CLK_TB], want[0]);
	CU_ASSERT_EQUAL(r->clk.hz[CLK_PLB], want[1]);
	CU_ASSERT_EQUAL(r->clk.hz[CLK_OPB], want[2]);
	CU_ASSERT_EQUAL(r->clk.hz[CLK_EBC], want[3]);
}

static void cpr_open(struct rig *r, struct rig_prop *props)
{
	rig_open(r);
	rig_add(r, &(struct rig_spec){
		.cls = &cpr_class, .dcr = CPR, .dcrs = 2, .props = props,
	}, NULL);
	rig_start(r);
}

void test_cpr_bamboo(void)
{
	struct rig r;

	cpr_open(&r, NULL);
	check_clocks(&r, 33333333);
	/* board documentation: 533.33, 133.33, 66.67, 66.67 MHz */
	CU_ASSERT_EQUAL((r.clk.hz[CLK_CPU] + 5000) / 10000, 53333);
	CU_ASSERT_EQUAL((r.clk.hz[CLK_PLB] + 5000) / 10000, 13333);
	CU_ASSERT_EQUAL((r.clk.hz[CLK_OPB] + 5000) / 10000, 6667);
	CU_ASSERT_EQUAL((r.clk.hz[CLK_EBC] + 5000) / 10000, 6667);
	CU_ASSERT_EQUAL((r.clk.hz[CLK_PCI] + 5000) / 10000, 6667);
	CU_ASSERT_EQUAL(r.clk.hz[CLK_UART_EXT], 11059200);
	CU_ASSERT_EQUAL(r.clk.hz[CLK_TMR], 25000000);
	rig_close(&r);
}

void test_cpr_properties(void)
{
	struct rig_prop props[] = {
		{ .name = "culm,sysclk-hz", .cells = 1, .cell = { 66666666 } },
		{ .name = "culm,pll", .cells = 6,
		  /* CPU feedback: M = 8 * 2 * 1 */
		  .cell = { 0x41000000, 0x08020400, 0x01000000, 0x02000000,
			    0x02000000, 0x02000000 } },
		{ .name = NULL },
	};
	struct rig r;

	cpr_open(&r, props);
	CU_ASSERT_EQUAL(rig_ind(&r, CPR, 0x60), 0x08020400);
	check_clocks(&r, 66666666);
	rig_close(&r);
}

void test_cpr_feedbacks(void)
{
	static const u32 pll[][2] = {
		{ 0x60000000, 0x04020402 },	/* PLLOUTB, local divider */
		{ 0x45000000, 0x01020400 },	/* PerClk */
		{ 0x00000000, 0x10020401 },	/* bypass */
	};
	struct rig_prop props[] = {
		{ .name = "culm,pll", .cells = 6,
		  .cell = { 0, 0, 0x01000000, 0x02000000, 0x02000000,
			    0x02000000 } },
		{ .name = NULL },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(pll); i++) {
		struct rig r;

		props[0].cell[0] = pll[i][0];
		props[0].cell[1] = pll[i][1];
		cpr_open(&r, props);
		check_clocks(&r, 33333333);
		rig_close(&r);
	}
}

void test_cpr_bad_pll(void)
{
	struct rig_prop props[] = {
		{ .name = "culm,pll", .cells = 5 },
		{ .name = NULL },
	};
	struct rig r;
	int rc;

	rig_open(&r);
	rig_add(&r, &(struct rig_spec){
		.cls = &cpr_class, .path = "/cpr", .dcr = CPR, .dcrs = 2,
		.props = props,
	}, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_FORMAT);
	CU_ASSERT(strstr(r.msg.text, "/cpr: culm,pll") != NULL);
	rig_close(&r);
}

void test_cpr_clkupd(void)
{
	struct rig r;
	u64 opb;

	cpr_open(&r, NULL);
	opb = r.clk.hz[CLK_OPB];
	rig_ind_set(&r, CPR, 0xc0, 0);		/* OPB = PLB / 4 */
	rig_ind_set(&r, CPR, 0x60, 0x08020401);
	CU_ASSERT_EQUAL(r.clk.hz[CLK_OPB], opb);
	rig_ind_set(&r, CPR, 0x20, 0x80000000);
	CU_ASSERT_EQUAL(rig_ind(&r, CPR, 0x20), 0);
	CU_ASSERT_EQUAL(r.clk.hz[CLK_OPB], opb / 2);
	/* the PLL waits for a reset */
	CU_ASSERT_EQUAL((r.clk.hz[CLK_CPU] + 5000) / 10000, 53333);
	rig_close(&r);
}

void test_cpr_reload_inhibit(void)
{
	struct rig r;

	cpr_open(&r, NULL);
	rig_ind_set(&r, CPR, 0x60, 0x0c020401);	/* FBDV 12: CPU 400 MHz */
	rig_ind_set(&r, CPR, 0x140, 0x80000000);
	CU_ASSERT_EQUAL((r.clk.hz[CLK_CPU] + 5000) / 10000, 53333);
	dev_reset(r.dev[0], RESET_CORE);
	CU_ASSERT_EQUAL((r.clk.hz[CLK_CPU] + 5000) / 10000, 53333);
	dev_reset(r.dev[0], RESET_CHIP);
	CU_ASSERT_EQUAL((r.clk.hz[CLK_CPU] + 5000) / 10000, 40000);
	CU_ASSERT_EQUAL(rig_ind(&r, CPR, 0x60), 0x0c020401);
	dev_reset(r.dev[0], RESET_SYSTEM);
	CU_ASSERT_EQUAL((r.clk.hz[CLK_CPU] + 5000) / 10000, 53333);
	rig_close(&r);
}
