/* SPDX-License-Identifier: MIT */
/* tests/unit/test_opb.c - the OPB's arbiter and bridges. */
#include "tests/unit/dev_rig.h"

extern const struct dev_class opb_class, opb_bridge_class, opb_arbiter_class;

void test_opb_clock(void)
{
	CU_ASSERT(opb_class.has_node_clk);
	CU_ASSERT_EQUAL(opb_class.node_clk, CLK_OPB);
}

void test_opb_bridge_w1c(void)
{
	struct rig r;

	rig_open(&r);
	rig_add(&r, &(struct rig_spec){
		.cls = &opb_bridge_class, .dcr = 0xa8, .dcrs = 8,
	}, NULL);
	rig_start(&r);
	rig_dcr_set(&r, 0xa9, 0x81000000);
	rig_dcr_set(&r, 0xa8, 0x80000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0xa8), 0x01000000);
	dev_reset(r.dev[0], RESET_CHIP);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0xa8), 0);
	rig_close(&r);
}

void test_opb_arbiter_any_access(void)
{
	struct rig r;

	rig_open(&r);
	rig_add(&r, &(struct rig_spec){
		.cls = &opb_arbiter_class, .mmio = { 0xef600a00 },
		.nmmio = 1, .mmio_size = 0x40,
	}, NULL);
	rig_start(&r);
	rig_wr(&r, 0xef600a01, 1, 0xff);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xef600a01, 1), 0xf8);
	rig_hammer(&r, 0xef600a00, 0x40);
	rig_close(&r);
}
