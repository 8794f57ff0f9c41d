/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_ebc.c - EBC0's banks.  Values from U-Boot's bamboo.c and
 * bamboo.h: bank 0 0xfff00000 1 MB, 4 0x87800000 8 MB, 5 0x80000000 1 MB.
 */
#include "tests/unit/dev_rig.h"

extern const struct dev_class ebc_class;

#define EBC 0x12

static void ebc_open(struct rig *r)
{
	rig_open(r);
	rig_add(r, &(struct rig_spec){
		.cls = &ebc_class, .path = "/ebc", .dcr = EBC, .dcrs = 2,
	}, NULL);
}

void test_ebc_erased_flash(void)
{
	struct rig r;
	u32 v;

	ebc_open(&r);
	rig_start(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xfffffffc, 4), 0xffffffff);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x87800000, 2), 0xffff);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x80002003, 1), 0xff);
	rig_wr(&r, 0xfff00000, 4, 0);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xfff00000, 4), 0xffffffff);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0x90000000, 4, &v), BUS_NO_TARGET);
	rig_close(&r);
}

/* treeboot-bamboo.c: hexadecimal text at 0xfffc0400 and 0xfffc0500. */
void test_ebc_pibs_mac(void)
{
	char text[2][32] = { "", "" };
	struct rig r;

	ebc_open(&r);
	rig_start(&r);
	for (u32 k = 0; k < 2; k++)
		for (u32 i = 0; i < 13; i++)
			text[k][i] = (char)rig_rd(&r, 0xfffc0400 + 0x100 * k +
						  i, 1);
	CU_ASSERT_EQUAL(strlen(text[0]), 12);
	CU_ASSERT_EQUAL(strspn(text[1], "0123456789abcdef"), 12);
	CU_ASSERT(strcmp(text[0], text[1]) != 0);
	/* unicast, locally administered */
	CU_ASSERT_EQUAL(strtoull(text[0], NULL, 16) >> 40 & 3, 2);
	rig_close(&r);
}

void test_ebc_child_first(void)
{
	struct rig r;
	u8 nvram[0x2000];

	memset(nvram, 0x5a, sizeof(nvram));
	ebc_open(&r);
	CU_ASSERT_EQUAL(bus_map_memory(&r.bus, 0x80000000, sizeof(nvram),
				       nvram, BUS_RAM, "nvram", &r.msg), 0);
	rig_start(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x80000100, 4), 0x5a5a5a5a);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x80002000, 4), 0xffffffff);
	rig_close(&r);
}

void test_ebc_moves(void)
{
	struct rig r;
	u32 v;

	ebc_open(&r);
	rig_start(&r);
	rig_ind_set(&r, EBC, 0x01, 0x90018000);	/* bank 1, 1 MB, RW */
	CU_ASSERT_EQUAL(rig_rd(&r, 0x90000000, 4), 0xffffffff);
	rig_ind_set(&r, EBC, 0x01, 0);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0x90000000, 4, &v), BUS_NO_TARGET);
	/* over RAM: what is there already keeps answering */
	rig_ind_set(&r, EBC, 0x01, 0x00078000);
	rig_wr(&r, 0x100, 4, 0x12345678);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x100, 4), 0x12345678);
	rig_close(&r);
}

void test_ebc_usage(void)
{
	struct rig r;

	ebc_open(&r);
	rig_start(&r);
	rig_ind_set(&r, EBC, 0x04, 0x87868000);	/* read only */
	CU_ASSERT_EQUAL(bus_write(&r.bus, 0x87800010, 4, 0),
			BUS_BAD_ACCESS);
	CU_ASSERT_EQUAL(rig_ind(&r, EBC, 0x20), 0x87800010);
	CU_ASSERT(rig_ind(&r, EBC, 0x21) != 0);
	rig_ind_set(&r, EBC, 0x21, 0);
	CU_ASSERT_EQUAL(rig_ind(&r, EBC, 0x21), 0);
	rig_close(&r);
}

void test_ebc_all_banks(void)
{
	struct rig r;

	ebc_open(&r);
	rig_start(&r);
	for (u32 n = 0; n < 200; n++)
		rig_ind_set(&r, EBC, n % 8, n * 0x9e3779b9u);
	dev_reset(r.dev[0], RESET_SYSTEM);
	CU_ASSERT_EQUAL(rig_ind(&r, EBC, 0), 0xfff18000);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xfff00000, 4), 0xffffffff);
	rig_close(&r);
}
