/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_lm75.c - sensors as Linux's lm75.c and ad7414.c read them.
 * LM75: temperature, hysteresis, limit in 1/256 degree, high byte first;
 * AD7414: quarter degrees in the upper 10 bits, limits of one byte.
 */
#include "tests/unit/i2c_rig.h"

extern const struct dev_class lm75_class;

void test_lm75_temperature(void)
{
	static const struct { s32 milli; u8 lm75[2], ad[2]; } row[] = {
		{ 25000, { 0x19, 0x00 }, { 0x19, 0x00 } },
		{ 25750, { 0x19, 0x80 }, { 0x19, 0xc0 } },
		{ -25000, { 0xe7, 0x00 }, { 0xe7, 0x00 } },
	};
	const u8 zero = 0;
	u8 got[2];

	for (unsigned int i = 0; i < ARRAY_SIZE(row); i++) {
		struct rig_prop a[6] = { 0 }, b[6] = { 0 };
		struct rig r;

		a[3] = b[3] = (struct rig_prop){ .name = "culm,millicelsius",
			.cells = 1, .cell = { (u32)row[i].milli } };
		i2c_rig_open(&r);
		i2c_rig_add(&r, &lm75_class, a, "national,lm75", 0x48, NULL);
		i2c_rig_add(&r, &lm75_class, b, "adi,ad7414", 0x49, NULL);
		rig_start(&r);
		CU_ASSERT(i2c_get(&r, 0x48, &zero, 1, got, 2));
		CU_ASSERT(!memcmp(got, row[i].lm75, 2));
		CU_ASSERT(i2c_get(&r, 0x49, &zero, 1, got, 2));
		CU_ASSERT(!memcmp(got, row[i].ad, 2));
		rig_close(&r);
	}
}

/* LM75 data sheet: limits of 80 and 75 degrees after power-up; OS. */
void test_lm75_limits(void)
{
	struct rig_prop a[6] = { 0 };
	const u8 os = 3, hyst = 2, low[] = { 3, 0x14, 0x00 };
	const u8 low_hyst[] = { 2, 0x1b, 0x00 }, high[] = { 3, 0x50, 0x00 };
	struct rig r;
	struct dev *dev;
	u8 got[2];

	i2c_rig_open(&r);
	dev = i2c_rig_add(&r, &lm75_class, a, "national,lm75", 0x48, NULL);
	rig_start(&r);
	CU_ASSERT(i2c_get(&r, 0x48, &os, 1, got, 2));
	CU_ASSERT_EQUAL(got[0], 0x50);
	CU_ASSERT(i2c_get(&r, 0x48, &hyst, 1, got, 2));
	CU_ASSERT_EQUAL(got[0], 0x4b);
	CU_ASSERT(!dev->irq[0].level);
	CU_ASSERT_EQUAL(i2c_put(&r, 0x48, low, 3), 4);	/* 20 < 25 */
	CU_ASSERT(dev->irq[0].level);
	i2c_put(&r, 0x48, low_hyst, 3);
	i2c_put(&r, 0x48, high, 3);
	CU_ASSERT(!dev->irq[0].level);			/* 25 < 27 */
	rig_close(&r);
}

void test_lm75_ad7414_limits(void)
{
	struct rig_prop a[6] = { 0 };
	const u8 high[] = { 2, 0x46 }, low[] = { 3, 0xf0 }, conf = 1;
	struct rig r;
	u8 got;

	i2c_rig_open(&r);
	i2c_rig_add(&r, &lm75_class, a, "ad,ad7414", 0x4a, NULL);
	rig_start(&r);
	CU_ASSERT(i2c_get(&r, 0x4a, &conf, 1, &got, 1));
	CU_ASSERT_EQUAL(got, 0x40);
	i2c_put(&r, 0x4a, high, 2);
	i2c_put(&r, 0x4a, low, 2);
	CU_ASSERT(i2c_get(&r, 0x4a, high, 1, &got, 1));
	CU_ASSERT_EQUAL(got, 0x46);
	CU_ASSERT(i2c_get(&r, 0x4a, low, 1, &got, 1));
	CU_ASSERT_EQUAL(got, 0xf0);
	rig_close(&r);
}

void test_lm75_bad_node(void)
{
	struct rig_prop a[6] = { 0 }, b[6] = { 0 };
	struct rig r;
	int rc = 0;

	i2c_rig_open(&r);
	a[3] = (struct rig_prop){ .name = "culm,millicelsius", .cells = 1,
				  .cell = { 200000 } };
	i2c_rig_add(&r, &lm75_class, a, "national,lm75", 0x48, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_RANGE);
	i2c_rig_add(&r, &lm75_class, b, "national,lm75", 0x80, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_RANGE);
	b[2].cell[0] = 0x48;
	b[0].dev = NULL;
	rig_add(&r, &(struct rig_spec){ .cls = &lm75_class, .props = b }, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_NOENT);
	rig_close(&r);
}
