/* SPDX-License-Identifier: MIT */
/* tests/unit/test_reg.c - soc/reg.c: masks, lanes, arrays, holes. */
#include <CUnit/CUnit.h>

#include "soc/bus.h"
#include "soc/dev.h"

struct cells {
	u32 plain, ro, wo, w1c, set, le, half, byte[4], arr[3];
	u32 written, times, index;
};

static u32 cb_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)dev;
	return cell + 0x10 * i + 1;
}

static void cb_write(struct dev *dev, unsigned int i, u32 val)
{
	struct cells *c = dev->priv;

	c->written = val;
	c->index = i;
	c->times++;
}

#define CELL(f) offsetof(struct cells, f)
#define ALL 0xffffffffu

static const struct reg_desc regs[] = {
	{ .name = "plain", .offset = 0x00, .size = 4, .reset = 0x11223344,
	  .wmask = 0x00ffff00, .cell = CELL(plain), .write = cb_write },
	{ .name = "ro", .offset = 0x04, .size = 4, .flags = REG_RO,
	  .reset = 0x40, .wmask = ALL, .cell = CELL(ro), .write = cb_write },
	{ .name = "wo", .offset = 0x08, .size = 4, .flags = REG_WO,
	  .wmask = ALL, .cell = CELL(wo), .read = cb_read },
	{ .name = "w1c", .offset = 0x0c, .size = 4, .flags = REG_W1C,
	  .reset = ALL, .wmask = 0xffff00ff, .cell = CELL(w1c),
	  .write = cb_write },
	{ .name = "set", .offset = 0x10, .size = 4,
	  .flags = REG_SET | REG_NO_SAVE, .reset = 9, .wmask = 0xff,
	  .cell = CELL(w1c) },
	{ .name = "le", .offset = 0x14, .size = 4, .flags = REG_LE,
	  .wmask = 0x0000ffff, .cell = CELL(le) },
	{ .name = "half", .offset = 0x18, .size = 2, .wmask = ALL,
	  .cell = CELL(half) },
	{ .name = "bytes", .offset = 0x1c, .size = 1, .count = 4, .stride = 1,
	  .wmask = 0xff, .cell = CELL(byte) },
	{ .name = "arr", .offset = 0x20, .size = 4, .count = 3, .stride = 8,
	  .reset = 0x100, .wmask = ALL, .cell = CELL(arr), .read = cb_read,
	  .write = cb_write },
	{ .name = "nothing", .offset = 0x40, .size = 4, .cell = REG_NO_CELL },
};

static const struct reg_space mmio = {
	.kind = REG_MMIO, .regs = regs, .count = ARRAY_SIZE(regs), .size = 0x44,
};

static void fixture(struct dev *dev, struct cells *c)
{
	memset(dev, 0, sizeof(*dev));
	memset(c, 0xa5, sizeof(*c));
	dev->priv = c;
	reg_reset(dev, &mmio);
	c->times = 0;
}

static u32 get(struct dev *dev, u32 off, unsigned int size)
{
	u32 v = 0xdeadbeef;

	CU_ASSERT_EQUAL(reg_read(dev, &mmio, off, size, &v), BUS_OK);
	return v;
}

static void put(struct dev *dev, u32 off, unsigned int size, u32 v)
{
	CU_ASSERT_EQUAL(reg_write(dev, &mmio, off, size, v), BUS_OK);
}

void test_reg_mask(void)
{
	struct cells c;
	struct dev dev;

	fixture(&dev, &c);
	CU_ASSERT_EQUAL(get(&dev, 0, 4), 0x11223344);
	put(&dev, 0, 4, 0xaabbccdd);
	CU_ASSERT_EQUAL(get(&dev, 0, 4), 0x11bbcc44);
	/* the callback gets what was written, not what was kept */
	CU_ASSERT_EQUAL(c.written, 0xaabbccdd);
}

void test_reg_flags(void)
{
	struct cells c;
	struct dev dev;

	fixture(&dev, &c);
	put(&dev, 4, 4, 0);
	CU_ASSERT_EQUAL(get(&dev, 4, 4), 0x40);
	CU_ASSERT_EQUAL(c.times, 0);
	put(&dev, 8, 4, 0x77);
	CU_ASSERT_EQUAL(c.wo, 0x77);
	CU_ASSERT_EQUAL(get(&dev, 8, 4), 0);
	put(&dev, 0xc, 4, 0x00ff0f0f);
	CU_ASSERT_EQUAL(get(&dev, 0xc, 4), 0xff00fff0);
	CU_ASSERT_EQUAL(c.written, 0x00ff0f0f);
	put(&dev, 0x10, 4, 0xf03);
	CU_ASSERT_EQUAL(get(&dev, 0x10, 4), 0xff00fff3);
}

void test_reg_reset(void)
{
	struct cells c;
	struct dev dev;

	fixture(&dev, &c);
	/* "set" is an alias: its reset value does not count */
	CU_ASSERT_EQUAL(c.w1c, ALL);
	CU_ASSERT_EQUAL(c.arr[0], 0x100);
	CU_ASSERT_EQUAL(c.arr[2], 0x100);
	CU_ASSERT_EQUAL(c.half, 0);
}

void test_reg_lanes(void)
{
	struct cells c;
	struct dev dev;

	fixture(&dev, &c);
	CU_ASSERT_EQUAL(get(&dev, 0, 1), 0x11);
	CU_ASSERT_EQUAL(get(&dev, 3, 1), 0x44);
	CU_ASSERT_EQUAL(get(&dev, 1, 2), 0x2233);
	put(&dev, 1, 1, 0xee);
	CU_ASSERT_EQUAL(c.plain, 0x11ee3344);
	CU_ASSERT_EQUAL(c.written, 0x11ee3344);
	put(&dev, 0xd, 1, 0x0f);
	CU_ASSERT_EQUAL(c.w1c, 0xfff0ffff);
	CU_ASSERT_EQUAL(c.written, 0x000f0000);
	put(&dev, 0x18, 2, 0x1234);
	put(&dev, 0x19, 1, 0x56);
	CU_ASSERT_EQUAL(c.half, 0x1256);
}

void test_reg_little_endian(void)
{
	struct cells c;
	struct dev dev;

	fixture(&dev, &c);
	c.le = 0x12345678;
	CU_ASSERT_EQUAL(get(&dev, 0x14, 4), 0x78563412);
	CU_ASSERT_EQUAL(get(&dev, 0x14, 1), 0x78);
	CU_ASSERT_EQUAL(get(&dev, 0x16, 2), 0x3412);
	put(&dev, 0x15, 1, 0xab);
	CU_ASSERT_EQUAL(c.le, 0x1234ab78);
	put(&dev, 0x14, 4, 0xeeff0000);
	CU_ASSERT_EQUAL(c.le, 0x1234ffee);
}

void test_reg_several(void)
{
	struct cells c;
	struct dev dev;

	fixture(&dev, &c);
	put(&dev, 0x1c, 4, 0x01020304);
	CU_ASSERT_EQUAL(c.byte[0], 1);
	CU_ASSERT_EQUAL(c.byte[3], 4);
	CU_ASSERT_EQUAL(get(&dev, 0x1d, 2), 0x0203);
	/* last two bytes of "le", then "half" */
	c.le = 0x12345678;
	c.half = 0xabcd;
	CU_ASSERT_EQUAL(get(&dev, 0x16, 4), 0x3412abcd);
}

void test_reg_array(void)
{
	const struct reg_desc *r;
	unsigned int i = 99;
	struct cells c;
	struct dev dev;

	fixture(&dev, &c);
	put(&dev, 0x30, 4, 0x700);
	CU_ASSERT_EQUAL(c.arr[2], 0x700);
	CU_ASSERT_EQUAL(c.index, 2);
	CU_ASSERT_EQUAL(get(&dev, 0x30, 4), 0x721);
	r = reg_find(&mmio, 0x2a, &i);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r);
	CU_ASSERT_STRING_EQUAL(r->name, "arr");
	CU_ASSERT_EQUAL(i, 1);
	CU_ASSERT_PTR_NULL(reg_find(&mmio, 0x2c, NULL));
	CU_ASSERT_PTR_NULL(reg_find(&mmio, 0x38, NULL));
}

void test_reg_holes(void)
{
	struct cells c;
	struct dev dev;
	u32 v = 7;

	fixture(&dev, &c);
	CU_ASSERT_EQUAL(get(&dev, 0x24, 4), 0);
	put(&dev, 0x24, 4, 1);
	CU_ASSERT_EQUAL(get(&dev, 0xfffffffe, 4), 0x1122);
	CU_ASSERT_EQUAL(dev.holes, 3);
	CU_ASSERT_EQUAL(reg_read(&dev, &mmio, 0, 3, &v), BUS_BAD_ACCESS);
	CU_ASSERT_EQUAL(v, 0);
	CU_ASSERT_EQUAL(reg_write(&dev, &mmio, 0, 8, 1), BUS_BAD_ACCESS);
	put(&dev, 0x40, 4, 1);
	CU_ASSERT_EQUAL(get(&dev, 0x40, 4), 0);
}

void test_reg_dcr(void)
{
	static const struct reg_desc one[] = {
		{ .name = "a", .offset = 0, .size = 4, .wmask = ALL,
		  .cell = CELL(plain) },
		{ .name = "b", .offset = 1, .size = 4, .count = 3,
		  .wmask = ALL, .cell = CELL(arr) },
	};
	static const struct reg_space dcr = {
		.kind = REG_DCR, .regs = one, .count = 2, .size = 4,
	};
	struct cells c;
	struct dev dev;
	u32 v;

	fixture(&dev, &c);
	for (u32 n = 0; n < 4; n++)
		CU_ASSERT_EQUAL(reg_write(&dev, &dcr, n, 4, 0x10 + n), BUS_OK);
	CU_ASSERT_EQUAL(c.plain, 0x10);
	CU_ASSERT_EQUAL(c.arr[2], 0x13);
	CU_ASSERT_EQUAL(reg_read(&dev, &dcr, 2, 4, &v), BUS_OK);
	CU_ASSERT_EQUAL(v, 0x12);
	CU_ASSERT_EQUAL(reg_read(&dev, &dcr, 4, 4, &v), BUS_OK);
	CU_ASSERT_EQUAL(dev.holes, 1);
}
