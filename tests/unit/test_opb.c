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

static unsigned int opb_irqs;

static void opb_irq(void *opaque, unsigned int input, bool level)
{
	(void)opaque;
	(void)input;
	opb_irqs += level;
}

/* BSP: P3OB_BESR0 PTE0 01 (time-out), R_W0: 0x60000000; P4OB BESR0 PTE2,
 * master 2 writes: 0x4000; each bridge sees its own OPB only. */
void test_opb_timeout(void)
{
	struct rig_prop p3[] = {
		{ .name = "compatible", .str = "culm,p3ob-bridge" },
		{ .name = NULL },
	};
	struct rig_prop p4[] = {
		{ .name = "compatible", .str = "culm,p4ob-bridge" },
		{ .name = NULL },
	};
	struct rig r;
	u32 v;

	opb_irqs = 0;
	rig_open(&r);
	rig_add(&r, &(struct rig_spec){ .cls = &opb_bridge_class, .dcr = 0x90,
					.dcrs = 16, .props = p3 }, NULL);
	rig_add(&r, &(struct rig_spec){ .cls = &opb_bridge_class, .dcr = 0x200,
					.dcrs = 16, .props = p4 }, NULL);
	rig_add(&r, &(struct rig_spec){ .cls = &opb_class }, NULL);
	r.dev[2]->irq[0].set = opb_irq;
	rig_start(&r);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0xef60f000, 4, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x90), 0x60000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x92), 0xef60f000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x200), 0);
	CU_ASSERT_EQUAL(opb_irqs, 1);
	CU_ASSERT_EQUAL(bus_write(&r.bus, 0x50000800, 4, 0), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x200), 0x00004000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x202), 0x50000800);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x92), 0xef60f000);
	CU_ASSERT_EQUAL(opb_irqs, 1);
	rig_dcr_set(&r, 0x90, 0xffffffff);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x90), 0);
	rig_close(&r);
}
