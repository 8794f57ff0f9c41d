/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_at24.c - EEPROMs as Atmel's AT24C data sheets describe them,
 * and SPD as JEDEC 21-C 4.1.2.4 and U-Boot's 44x_spd_ddr.c read it.
 */
#include "soc/dev/spd.h"
#include "tests/unit/i2c_rig.h"

extern const struct dev_class at24_class;

static u8 nvram[512];
static unsigned int nvram_flushes;

static int mem_read(void *opaque, u64 off, void *buf, u64 bytes)
{
	(void)opaque;
	memcpy(buf, nvram + off, bytes);
	return 0;
}

static int mem_write(void *opaque, u64 off, const void *buf, u64 bytes)
{
	(void)opaque;
	memcpy(nvram + off, buf, bytes);
	return 0;
}

static int mem_flush(void *opaque)
{
	(void)opaque;
	nvram_flushes++;
	return 0;
}

static const struct blk_ops mem_ops = {
	.read = mem_read, .write = mem_write, .flush = mem_flush,
};

static struct blk mem_blk = { .ops = &mem_ops, .bytes = 256, .name = "mem" };

/* BLK_NVRAM 0 is not an EEPROM's. */
static int give_storage(void *opaque, enum blk_role role, unsigned int index,
			u64 bytes, struct blk **out, struct errmsg *msg)
{
	(void)opaque;
	(void)msg;
	if (role == BLK_NVRAM && index == 1 && bytes == mem_blk.bytes)
		*out = &mem_blk;
	return 0;
}

void test_at24_page_wrap(void)
{
	struct rig_prop props[6] = { 0 };
	const u8 w[] = { 0x0e, 1, 2, 3 }, at = 8;
	u8 got[8];
	struct rig r;

	i2c_rig_open(&r);
	i2c_rig_add(&r, &at24_class, props, "atmel,24c02", 0x50, NULL);
	rig_start(&r);
	CU_ASSERT_EQUAL(i2c_put(&r, 0x50, w, 4), 5);
	/* 5 ms at 100 MHz without an acknowledge */
	CU_ASSERT_EQUAL(i2c_put(&r, 0x50, w, 1), 0);
	sched_advance(&r.sched, 499999);
	CU_ASSERT_EQUAL(i2c_put(&r, 0x50, w, 0), 0);
	sched_advance(&r.sched, 500000);
	CU_ASSERT(i2c_get(&r, 0x50, &at, 1, got, 8));
	CU_ASSERT_EQUAL(got[6], 1);
	CU_ASSERT_EQUAL(got[7], 2);
	CU_ASSERT_EQUAL(got[0], 3);		/* wrapped in the 8-byte page */
	CU_ASSERT_EQUAL(got[1], 0xff);
	rig_close(&r);
}

void test_at24_sequential_read(void)
{
	struct rig_prop props[6] = { 0 };
	const u8 w[] = { 0x00, 0x5a }, at = 0xff;
	u8 got[2];
	struct rig r;

	i2c_rig_open(&r);
	i2c_rig_add(&r, &at24_class, props, "atmel,24c02", 0x50, NULL);
	rig_start(&r);
	i2c_put(&r, 0x50, w, 2);
	rig_step(&r);
	CU_ASSERT(i2c_get(&r, 0x50, &at, 1, got, 2));
	CU_ASSERT_EQUAL(got[0], 0xff);
	CU_ASSERT_EQUAL(got[1], 0x5a);		/* from the last byte to 0 */
	CU_ASSERT(i2c_get(&r, 0x50, NULL, 0, got, 1));
	CU_ASSERT_EQUAL(got[0], 0xff);		/* current address: 1 */
	rig_close(&r);
}

/* 24C04: address bit 8 is in the device address; 24C64: two bytes. */
void test_at24_addresses(void)
{
	struct rig_prop a[6] = { 0 }, b[6] = { 0 };
	const u8 w[] = { 0x10, 0xaa }, w64[] = { 0x12, 0x34, 0xbb };
	const u8 bad[] = { 0x02, 0x34 };
	u8 got;
	struct rig r;

	i2c_rig_open(&r);
	i2c_rig_add(&r, &at24_class, a, "atmel,24c04", 0x50, NULL);
	i2c_rig_add(&r, &at24_class, b, "atmel,24c64", 0x52, NULL);
	rig_start(&r);
	CU_ASSERT_EQUAL(i2c_put(&r, 0x51, w, 2), 3);
	CU_ASSERT_EQUAL(i2c_put(&r, 0x52, w64, 3), 4);
	while (rig_step(&r))
		;
	CU_ASSERT(i2c_get(&r, 0x50, w, 1, &got, 1));
	CU_ASSERT_EQUAL(got, 0xff);
	CU_ASSERT(i2c_get(&r, 0x51, w, 1, &got, 1));
	CU_ASSERT_EQUAL(got, 0xaa);
	CU_ASSERT(i2c_get(&r, 0x52, w64, 2, &got, 1));
	CU_ASSERT_EQUAL(got, 0xbb);
	CU_ASSERT(i2c_get(&r, 0x52, bad, 2, &got, 1));
	CU_ASSERT_EQUAL(got, 0xff);
	rig_close(&r);
}

void test_at24_storage(void)
{
	struct rig_prop props[6] = { 0 };
	const u8 w[] = { 0x20, 0x77 };
	u8 got;
	struct rig r;

	memset(nvram, 0x11, sizeof(nvram));
	nvram_flushes = 0;
	i2c_rig_open(&r);
	r.env.storage = give_storage;
	i2c_rig_add(&r, &at24_class, props, "atmel,24c02", 0x50, NULL);
	rig_start(&r);
	CU_ASSERT(i2c_get(&r, 0x50, w, 1, &got, 1));
	CU_ASSERT_EQUAL(got, 0x11);
	i2c_put(&r, 0x50, w, 2);
	CU_ASSERT_EQUAL(nvram[0x20], 0x77);
	CU_ASSERT_EQUAL(nvram[0x21], 0x11);
	CU_ASSERT_EQUAL(nvram_flushes, 1);
	rig_close(&r);
}

void test_at24_read_only(void)
{
	struct rig_prop props[6] = { 0 };
	const u8 w[] = { 0x00, 0x77 };
	u8 got;
	struct rig r;

	props[3] = (struct rig_prop){ .name = "read-only", .str = "" };
	i2c_rig_open(&r);
	i2c_rig_add(&r, &at24_class, props, "atmel,24c02", 0x50, NULL);
	rig_start(&r);
	/* address and word address, not the data */
	CU_ASSERT_EQUAL(i2c_put(&r, 0x50, w, 2), 2);
	CU_ASSERT(i2c_get(&r, 0x50, w, 1, &got, 1));
	CU_ASSERT_EQUAL(got, 0xff);
	rig_close(&r);
}

/* The sizes that program_bxcr adds up: ranks (5) times 4 MB times (31). */
static u64 spd_total(struct rig *r, u32 addr)
{
	u8 at = 0, spd[128];
	unsigned int sum = 0;

	if (!i2c_get(r, addr, &at, 1, spd, 128))
		return 0;
	CU_ASSERT_EQUAL(spd[0], 0x80);
	CU_ASSERT_EQUAL(spd[1], 8);
	CU_ASSERT_EQUAL(spd[2], 7);
	CU_ASSERT_EQUAL(spd[8], 4);
	CU_ASSERT_EQUAL(spd[6] | spd[7] << 8, 32);
	for (int i = 0; i < 63; i++)
		sum += spd[i];
	CU_ASSERT_EQUAL(spd[63], sum & 0xff);
	/* rows, columns, 4 banks of 32 bits make the rank that 31 says */
	CU_ASSERT_EQUAL(1ull << (spd[3] + spd[4]) << 4, (u64)spd[31] << 22);
	CU_ASSERT(spd[4] >= 8 && spd[4] <= 11);
	return (u64)spd[5] * spd[31] << 22;
}

void test_at24_spd(void)
{
	static const u32 mb[] = { 64, 72, 128, 192, 256, 320, 384, 576, 640 };

	for (unsigned int i = 0; i < ARRAY_SIZE(mb); i++) {
		struct rig_prop p[2][6] = { 0 };
		u64 bytes = 64ull << 20;
		struct rig r;

		i2c_rig_open(&r);
		r.env.ram_bytes = (u64)mb[i] << 20;
		for (u32 n = 0; n < 2; n++) {
			p[n][3] = (struct rig_prop){
				.name = "culm,soldered-bytes", .cells = 1,
				.cell = { 64 << 20 },
			};
			i2c_rig_add(&r, &at24_class, p[n], "atmel,spd",
				    0x50 + n, NULL);
		}
		rig_start(&r);
		bytes += spd_total(&r, 0x50) + spd_total(&r, 0x51);
		CU_ASSERT_EQUAL(bytes, (u64)mb[i] << 20);
		rig_close(&r);
	}
}

/* 512 MB are not 64 MB and two DIMMs of equal ranks: less, never more. */
void test_at24_spd_rounds_down(void)
{
	struct spd_dimm dimm[SPD_SLOTS];

	for (u64 mb = 8; mb <= 1024; mb += 8) {
		u64 got = spd_layout(mb << 20, 64 << 20, dimm);

		CU_ASSERT(got <= mb << 20 || got == 64 << 20);
		CU_ASSERT(got * 2 > mb << 20);
	}
	CU_ASSERT_EQUAL(spd_layout(512ull << 20, 0, dimm), 512ull << 20);
	CU_ASSERT_EQUAL(dimm[0].rank_mb * dimm[0].ranks, 512);
	CU_ASSERT_EQUAL(dimm[1].rank_mb, 0);
}
