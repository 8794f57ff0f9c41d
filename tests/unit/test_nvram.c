/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_nvram.c - RAM with a clock: registers as the DS1553's data
 * sheet, U-Boot's ds1556.c and Linux's rtc-ds1742.c use them.  Dates with
 * their Unix time from date(1).
 */
#include "tests/unit/dev_rig.h"
#include "soc/dev/ebc.h"

extern const struct dev_class nvram_class;

#define NVRAM 0x80000000ull

struct nvram_rig {
	struct rig r;
	struct rig_prop props[4];
	u8 image[0x2000];
	struct blk blk;
};

static int nv_read(void *opaque, u64 off, void *buf, u64 bytes)
{
	memcpy(buf, ((struct nvram_rig *)opaque)->image + off, bytes);
	return 0;
}

static int nv_write(void *opaque, u64 off, const void *buf, u64 bytes)
{
	memcpy(((struct nvram_rig *)opaque)->image + off, buf, bytes);
	return 0;
}

static const struct blk_ops nv_ops = { nv_read, nv_write, NULL, NULL };

static int nv_storage(void *opaque, enum blk_role role, unsigned int index,
		      u64 bytes, struct blk **out, struct errmsg *msg)
{
	struct nvram_rig *n = opaque;

	(void)msg;
	if (role != BLK_NVRAM || index)
		return 0;
	n->blk = (struct blk){ .ops = &nv_ops, .opaque = n, .bytes = bytes };
	*out = &n->blk;
	return 0;
}

static void nvram_open(struct nvram_rig *n, u64 epoch_s)
{
	rig_open(&n->r);
	n->r.env.opaque = n;
	n->r.env.storage = nv_storage;
	n->r.env.epoch_ns = epoch_s * 1000000000ull;
	rig_add(&n->r, &(struct rig_spec){
		.cls = &ebc_class, .path = "/ebc", .dcr = 0x12, .dcrs = 2,
	}, NULL);
	n->props[0] = (struct rig_prop){ .name = "reg", .cells = 3,
					 .cell = { 5, 0, 0x2000 } };
	n->props[1] = (struct rig_prop){ .name = "/parent",
					 .dev = n->r.dev[0] };
	n->props[2] = (struct rig_prop){ .name = NULL };
	rig_add(&n->r, &(struct rig_spec){
		.cls = &nvram_class, .path = "/ebc/nvram", .props = n->props,
	}, NULL);
	rig_start(&n->r);
}

static u32 reg(struct nvram_rig *n, u32 k)
{
	return rig_rd(&n->r, NVRAM + 0x1ff0 + k, 1);
}

static void set_reg(struct nvram_rig *n, u32 k, u32 v)
{
	rig_wr(&n->r, NVRAM + 0x1ff0 + k, 1, v);
}

static void wait_s(struct nvram_rig *n, u64 s)
{
	sched_advance(&n->r.sched, sched_now(&n->r.sched) +
		      clk_ns_to_cycles(&n->r.clk, s * 1000000000ull));
}

/* century, year, month, date, day, hours, minutes, seconds */
static void check_time(struct nvram_rig *n, u64 bcd, u32 day)
{
	static const u8 order[] = { 8, 15, 14, 13, 11, 10, 9 };

	set_reg(n, 8, 0x40);
	for (unsigned int i = 0; i < 7; i++)
		CU_ASSERT_EQUAL(reg(n, order[i]) & (i ? 0xff : 0x3f),
				(bcd >> 8 * (6 - i) & 0xff));
	CU_ASSERT_EQUAL(reg(n, 12) & 7, day);
	set_reg(n, 8, 0);
}

void test_nvram_kept(void)
{
	struct nvram_rig n = { .image = { 0x11, 0x22 } };

	nvram_open(&n, 0);
	CU_ASSERT_EQUAL(rig_rd(&n.r, NVRAM, 2), 0x1122);
	rig_wr(&n.r, NVRAM + 0x100, 4, 0xdeadbeef);
	CU_ASSERT_EQUAL(ldb32(n.image + 0x100), 0xdeadbeef);
	dev_reset(n.r.dev[1], RESET_SYSTEM);
	CU_ASSERT_EQUAL(rig_rd(&n.r, NVRAM + 0x100, 4), 0xdeadbeef);
	/* the time is not part of it */
	rig_wr(&n.r, NVRAM + 0x1ff6, 4, 0x01020304);
	CU_ASSERT_EQUAL(n.image[0x1ff7], 0x02);
	CU_ASSERT_EQUAL(ldb32(n.image + 0x1ff8), 0);
	rig_close(&n.r);
}

void test_nvram_time(void)
{
	static const struct { u64 unix_s, bcd; u32 day; } t[] = {
		{ 0, 0x19700101000000ull, 5 },		/* Thursday */
		{ 951782400, 0x20000229000000ull, 3 },
		{ 1709251199, 0x20240229235959ull, 5 },
		{ 1709251200, 0x20240301000000ull, 6 },
		{ 1798761599, 0x20261231235959ull, 5 },
		{ 4107542400ull, 0x21000301000000ull, 2 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
		struct nvram_rig n = { .image = { 0 } };

		nvram_open(&n, t[i].unix_s);
		check_time(&n, t[i].bcd, t[i].day);
		rig_close(&n.r);
	}
}

/* The R bit holds what is read while the clock goes on. */
void test_nvram_read_holds(void)
{
	struct nvram_rig n = { .image = { 0 } };

	nvram_open(&n, 1709251199);
	set_reg(&n, 8, 0x40);
	wait_s(&n, 2);
	CU_ASSERT_EQUAL(reg(&n, 9), 0x59);
	CU_ASSERT_EQUAL(reg(&n, 13), 0x29);
	set_reg(&n, 8, 0);
	CU_ASSERT_EQUAL(reg(&n, 9), 0x01);
	CU_ASSERT_EQUAL(reg(&n, 13), 0x01);
	/* without W nothing can be set */
	set_reg(&n, 11, 0x12);
	CU_ASSERT_EQUAL(reg(&n, 11), 0x00);
	rig_close(&n.r);
}

/* The order of U-Boot's rtc_set: the century goes last and clears W. */
void test_nvram_set(void)
{
	static const u8 val[] = { 0x59, 0x59, 0x23, 0x06, 0x31, 0x12, 0x99 };
	struct nvram_rig n = { .image = { 0 } };

	nvram_open(&n, 1000000000);
	set_reg(&n, 8, 0x80);
	for (u32 i = 0; i < 7; i++)
		set_reg(&n, 9 + i, val[i]);
	wait_s(&n, 100);	/* time stands while W is set */
	CU_ASSERT_EQUAL(reg(&n, 9), 0x59);
	set_reg(&n, 8, 0x19);
	check_time(&n, 0x19991231235959ull, 6);
	wait_s(&n, 1);
	check_time(&n, 0x20000101000000ull, 7);
	rig_close(&n.r);
}

/* U-Boot's rtc_reset: bit 7 of the seconds stops the oscillator. */
void test_nvram_stop(void)
{
	struct nvram_rig n = { .image = { 0 } };
	u32 s;

	nvram_open(&n, 1000000000);
	set_reg(&n, 8, 0x80);
	s = reg(&n, 9);
	set_reg(&n, 9, s | 0x80);
	set_reg(&n, 8, 0x20);
	wait_s(&n, 10);
	CU_ASSERT_EQUAL(reg(&n, 9), s | 0x80);
	set_reg(&n, 8, 0xa0);
	set_reg(&n, 9, s);
	set_reg(&n, 8, 0x20);
	wait_s(&n, 3);
	CU_ASSERT_EQUAL(reg(&n, 9), s + 3);
	rig_close(&n.r);
}

/* Watchdog and alarm are storage; Linux takes 0x10 in the flags for a flat
 * battery. */
void test_nvram_flags(void)
{
	struct nvram_rig n = { .image = { 0 } };

	nvram_open(&n, 0);
	set_reg(&n, 7, 0x83);
	CU_ASSERT_EQUAL(reg(&n, 7), 0x83);
	set_reg(&n, 0, 0xff);
	CU_ASSERT_EQUAL(reg(&n, 0) & 0x10, 0);
	rig_close(&n.r);
}

void test_nvram_any_access(void)
{
	struct nvram_rig n = { .image = { 0 } };

	nvram_open(&n, 1709251199);
	for (int i = 0; i < 20; i++) {
		rig_hammer(&n.r, NVRAM + 0x1fe0, 0x20);
		wait_s(&n, 12345);
	}
	rig_close(&n.r);
}
