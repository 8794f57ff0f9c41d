/* SPDX-License-Identifier: MIT */
/* tests/unit/test_fpga.c - Bamboo's board registers, as U-Boot's bamboo.h. */
#include "tests/unit/dev_rig.h"
#include "soc/dev/ebc.h"

extern const struct dev_class fpga_class;

#define FPGA 0x80002000ull

static void fpga_open(struct rig *r, struct rig_prop *props)
{
	rig_open(r);
	rig_add(r, &(struct rig_spec){
		.cls = &ebc_class, .path = "/ebc", .dcr = 0x12, .dcrs = 2,
	}, NULL);
	props[0] = (struct rig_prop){ .name = "reg", .cells = 3,
				      .cell = { 5, 0x2000, 8 } };
	props[1] = (struct rig_prop){ .name = "/parent", .dev = r->dev[0] };
	props[2] = (struct rig_prop){ .name = NULL };
	rig_add(r, &(struct rig_spec){
		.cls = &fpga_class, .path = "/ebc/fpga", .props = props,
	}, NULL);
	rig_start(r);
}

void test_fpga_jumpers(void)
{
	struct rig_prop props[3];
	struct rig r;

	fpga_open(&r, props);
	/* 0x80 boot from small flash, 0x40 flash above SRAM */
	CU_ASSERT_EQUAL(rig_rd(&r, FPGA + 3, 1) & 0xc0, 0x80);
	rig_wr(&r, FPGA + 3, 1, 0x00);
	CU_ASSERT_EQUAL(rig_rd(&r, FPGA + 3, 1) & 0xc0, 0x80);
	rig_close(&r);
}

/* set_phy_configuration_through_fpga, usb2_device_reset_through_fpga */
void test_fpga_selections(void)
{
	struct rig_prop props[3];
	struct rig r;
	u32 v;

	fpga_open(&r, props);
	v = rig_rd(&r, FPGA + 4, 1) & ~0xe0u;
	rig_wr(&r, FPGA + 4, 1, v | 0x80);
	CU_ASSERT_EQUAL(rig_rd(&r, FPGA + 4, 1), v | 0x80);
	v = rig_rd(&r, FPGA + 7, 1);
	rig_wr(&r, FPGA + 7, 1, v | 0x8f);
	CU_ASSERT_EQUAL(rig_rd(&r, FPGA + 7, 1), v | 0x8f);
	rig_wr(&r, FPGA + 7, 1, v);
	CU_ASSERT_EQUAL(rig_rd(&r, FPGA + 7, 1), v);
	rig_wr(&r, FPGA + 4, 4, 0x12345600);
	CU_ASSERT_EQUAL(rig_rd(&r, FPGA + 4, 2), 0x1234);
	dev_reset(r.dev[1], RESET_CHIP);
	CU_ASSERT_EQUAL(rig_rd(&r, FPGA + 4, 1) & 0xe0, 0x40);
	rig_hammer(&r, FPGA, 8);
	rig_close(&r);
}
