/* SPDX-License-Identifier: MIT */
/* tests/unit/test_plb.c - arbiters and bridges, offsets as in U-Boot. */
#include "tests/unit/dev_rig.h"

extern const struct dev_class plb_class, plb3_arbiter_class,
	plb4_arbiter_class, plb_bridge_class, cpm_class;

static void one(struct rig *r, const struct dev_class *cls, u32 dcr, u32 n)
{
	rig_open(r);
	rig_add(r, &(struct rig_spec){ .cls = cls, .dcr = dcr, .dcrs = n },
		NULL);
	rig_start(r);
}

void test_plb_clock(void)
{
	CU_ASSERT(plb_class.has_node_clk);
	CU_ASSERT_EQUAL(plb_class.node_clk, CLK_PLB);
}

/* U-Boot pci_pre_init: reads ACR, ORs in its mode, writes it back. */
void test_plb_arbiters(void)
{
	struct rig r;

	one(&r, &plb3_arbiter_class, 0x70, 8);
	rig_dcr_set(&r, 0x77, rig_dcr(&r, 0x77) | 0x80000000);
	CU_ASSERT(rig_dcr(&r, 0x77) & 0x80000000);
	rig_close(&r);
	one(&r, &plb4_arbiter_class, 0x80, 16);
	rig_dcr_set(&r, 0x81, rig_dcr(&r, 0x81) | 0xa0000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x81) & 0xa0000000, 0xa0000000);
	rig_close(&r);
}

void test_plb_bridge_w1c(void)
{
	struct rig r;

	one(&r, &plb_bridge_class, 0x20, 16);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0);
	rig_dcr_set(&r, 0x21, 0xf0000000);	/* diagnostic set */
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0xf0000000);
	rig_dcr_set(&r, 0x20, 0x50000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0xa0000000);
	rig_dcr_set(&r, 0x22, 0xffffffff);	/* address: read only */
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x22), 0);
	rig_close(&r);
}

void test_plb_cpm(void)
{
	struct rig r;

	one(&r, &cpm_class, 0xb0, 3);
	rig_dcr_set(&r, 0xb1, 0x00ff0000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0xb2), 0x00ff0000);
	rig_dcr_set(&r, 0xb1, 0);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0xb2), 0);
	rig_close(&r);
}
