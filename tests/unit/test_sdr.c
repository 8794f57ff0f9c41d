/* SPDX-License-Identifier: MIT */
/* tests/unit/test_sdr.c - what drivers and boot wrappers read from SDR0. */
#include "tests/unit/dev_rig.h"

extern const struct dev_class sdr_class;

#define SDR 0x0e

static void sdr_open(struct rig *r)
{
	rig_open(r);
	rig_add(r, &(struct rig_spec){
		.cls = &sdr_class, .dcr = SDR, .dcrs = 2,
	}, NULL);
	rig_start(r);
}

/* Linux boot/4xx.c: bit 0x00800000 selects the external serial clock. */
void test_sdr_uart_clock(void)
{
	struct rig r;

	sdr_open(&r);
	for (u32 i = 0; i < 4; i++)
		CU_ASSERT(rig_ind(&r, SDR, 0x120 + i) & 0x00800000);
	rig_close(&r);
}

/* Linux emac/core.c: ECS 0x08000000 >> index is set and cleared. */
void test_sdr_mfr(void)
{
	struct rig r;
	u32 v;

	sdr_open(&r);
	v = rig_ind(&r, SDR, 0x4300);
	rig_ind_set(&r, SDR, 0x4300, v | 0x0c000000);
	CU_ASSERT_EQUAL(rig_ind(&r, SDR, 0x4300), v | 0x0c000000);
	rig_ind_set(&r, SDR, 0x4300, v);
	CU_ASSERT_EQUAL(rig_ind(&r, SDR, 0x4300), v);
	rig_close(&r);
}

/* U-Boot bamboo.c: serial straps (5), boot from 8-bit EBC. */
void test_sdr_straps(void)
{
	struct rig r;

	sdr_open(&r);
	CU_ASSERT_EQUAL(rig_ind(&r, SDR, 0x40) & 0xe0000000, 0xa0000000);
	CU_ASSERT_EQUAL(rig_ind(&r, SDR, 0x21) & 0x00007800, 0);
	rig_ind_set(&r, SDR, 0x40, 0);
	CU_ASSERT_EQUAL(rig_ind(&r, SDR, 0x40) & 0xe0000000, 0xa0000000);
	rig_close(&r);
}

void test_sdr_holes(void)
{
	struct rig r;

	sdr_open(&r);
	for (u32 reg = 0; reg < 0x10000; reg += 7) {
		rig_ind_set(&r, SDR, reg, 0xffffffff);
		(void)rig_ind(&r, SDR, reg);
	}
	CU_ASSERT(r.dev[0]->holes > 0);
	CU_ASSERT_EQUAL(rig_ind(&r, SDR, 0x4402), 0);
	rig_close(&r);
}

/* Before firmware only the straps say something (Linux 4xx.c: UART divisor). */
void test_sdr_firmware(void)
{
	struct rig r;

	sdr_open(&r);
	rig_ind_set(&r, SDR, 0x120, 0x00800012);
	r.env.has_firmware = true;
	dev_reset(r.dev[0], RESET_CHIP);
	for (u32 i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(rig_ind(&r, SDR, 0x120 + i), 0);
	CU_ASSERT_EQUAL(rig_ind(&r, SDR, 0x4300), 0);
	CU_ASSERT_EQUAL(rig_ind(&r, SDR, 0x40) & 0xe0000000, 0xa0000000);
	CU_ASSERT_EQUAL(rig_ind(&r, SDR, 0x21) & 0x00007800, 0);
	rig_close(&r);
}
