/* SPDX-License-Identifier: MIT */
/* tests/unit/test_zmii.c - ZMII registers and the PHYs' link (802.3 22.2.4). */
#include "tests/unit/dev_rig.h"

#include "soc/dev/phy.h"
#include "soc/dev/zmii.h"

#define ZMII 0xef600d00u

static void zmii_open(struct rig *r, struct rig_prop *props, int *rc)
{
	rig_open(r);
	rig_add(r, &(struct rig_spec){
		.cls = &zmii_class, .path = "/zmii", .mmio = { ZMII },
		.nmmio = 1, .mmio_size = 0xc, .props = props,
	}, rc);
}

/* zmii_attach: RMII bits of both ports; zmii_set_speed: SP bits. */
void test_zmii_modes(void)
{
	struct rig r;

	zmii_open(&r, NULL, NULL);
	rig_start(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, ZMII, 4), 0);
	rig_wr(&r, ZMII, 4, 0x22000000);
	CU_ASSERT_EQUAL(rig_rd(&r, ZMII, 4), 0x22000000);
	rig_wr(&r, ZMII + 4, 4, 0x11000000);
	CU_ASSERT_EQUAL(rig_rd(&r, ZMII + 4, 4), 0x11000000);
	rig_close(&r);
}

void test_zmii_phy_addresses(void)
{
	struct rig_prop props[] = {
		{ .name = "culm,phy-addr", .cells = 2, .cell = { 1, 3 } },
		{ .name = NULL },
	};
	struct rig r;
	int rc;

	zmii_open(&r, props, NULL);
	rig_start(&r);
	rig_wr(&r, ZMII, 4, 0x80000000);
	CU_ASSERT_PTR_NULL(zmii_phy(r.dev[0], 0, 0));
	CU_ASSERT_PTR_NOT_NULL(zmii_phy(r.dev[0], 0, 3));
	CU_ASSERT_PTR_NULL(zmii_phy(r.dev[0], 77, 3));
	rig_close(&r);
	props[0].cell[1] = 32;
	zmii_open(&r, props, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_RANGE);
	rig_close(&r);
}

void test_zmii_link_latch(void)
{
	struct phy phy = { .is_up = false };

	phy_reset(&phy);
	CU_ASSERT_EQUAL(phy_read(&phy, 1) & 0x24, 0);
	phy_set_link(&phy, true);
	(void)phy_read(&phy, 1);
	CU_ASSERT_EQUAL(phy_read(&phy, 1) & 0x24, 0x24);
	CU_ASSERT_EQUAL(phy_read(&phy, 5) & 0x100, 0x100);
	phy_set_link(&phy, false);
	phy_set_link(&phy, true);
	/* the failure shows once */
	CU_ASSERT_EQUAL(phy_read(&phy, 1) & 0x04, 0);
	CU_ASSERT_EQUAL(phy_read(&phy, 1) & 0x04, 0x04);
}

/* 802.3 table 22-7: loopback 14, power down 11, isolate 10. */
void test_zmii_phy_path(void)
{
	struct phy phy = { .is_up = true };

	phy_reset(&phy);
	CU_ASSERT_EQUAL(phy_path(&phy), PHY_CABLE);
	phy_write(&phy, 0, 0x7100);
	CU_ASSERT_EQUAL(phy_path(&phy), PHY_LOOP);
	phy_write(&phy, 0, 0x3500);
	CU_ASSERT_EQUAL(phy_path(&phy), PHY_NOWHERE);
	phy_write(&phy, 0, 0x3900);
	CU_ASSERT_EQUAL(phy_path(&phy), PHY_NOWHERE);
	(void)phy_read(&phy, 1);
	CU_ASSERT_EQUAL(phy_read(&phy, 1) & 0x24, 0);
	phy_write(&phy, 0, 0x8000);
	CU_ASSERT_EQUAL(phy_read(&phy, 0), 0x3100);
	CU_ASSERT_EQUAL(phy_path(&phy), PHY_CABLE);
	phy_set_link(&phy, false);
	CU_ASSERT_EQUAL(phy_path(&phy), PHY_NOWHERE);
}

/* 802.3 28.2.4.1.5: page received is cleared by reading. */
void test_zmii_renegotiate(void)
{
	struct phy phy = { .is_up = true };

	phy_reset(&phy);
	CU_ASSERT_EQUAL(phy_read(&phy, 6), 3);
	CU_ASSERT_EQUAL(phy_read(&phy, 6), 1);
	phy_write(&phy, 0, 0x3300);
	CU_ASSERT_EQUAL(phy_read(&phy, 0), 0x3100);
	CU_ASSERT_EQUAL(phy_read(&phy, 6), 3);
	CU_ASSERT_EQUAL(phy_read(&phy, 1) & 0x24, 0x20);
	CU_ASSERT_EQUAL(phy_read(&phy, 1) & 0x24, 0x24);
	phy_write(&phy, 0, 0x2100);		/* forced: no partner known */
	CU_ASSERT_EQUAL(phy_read(&phy, 5), 0);
	(void)phy_read(&phy, 1);
	CU_ASSERT_EQUAL(phy_read(&phy, 1) & 0x24, 0x04);
	for (unsigned int reg = 7; reg < 32; reg++)
		CU_ASSERT_EQUAL(phy_read(&phy, reg), 0);
}
