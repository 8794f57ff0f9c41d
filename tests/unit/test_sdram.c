/* SPDX-License-Identifier: MIT */
/* tests/unit/test_sdram.c - bank layouts as boot wrappers sum them up. */
#include "tests/unit/dev_rig.h"

#include "soc/dev/sdram.h"

extern const struct dev_class sdram_class;

#define SDRAM 0x10
#define MB (1ull << 20)

/* Linux boot/4xx.c: size of a bank is 4 MB << field, when enabled. */
static u64 wrapper_sum(const u32 bcr[4])
{
	u64 sum = 0;

	for (int i = 0; i < 4; i++)
		if (bcr[i] & 1)
			sum += 0x400000ull << ((bcr[i] & 0xe0000) >> 17);
	return sum;
}

void test_sdram_sizes(void)
{
	static const unsigned int mb[] = {
		8, 16, 24, 32, 64, 96, 120, 128, 192, 256, 384, 512, 768,
		960, 1024
	};
	u32 bcr[4];

	for (unsigned int i = 0; i < ARRAY_SIZE(mb); i++) {
		u64 next = 0;

		CU_ASSERT_EQUAL(sdram_banks(mb[i] * MB, bcr), 0);
		CU_ASSERT_EQUAL(wrapper_sum(bcr), mb[i] * MB);
		for (int n = 0; n < 4 && bcr[n] & 1; n++) {
			u64 size = 0x400000ull << ((bcr[n] & 0xe0000) >> 17);

			CU_ASSERT_EQUAL(bcr[n] & 0xff800000, next);
			CU_ASSERT_EQUAL(next % size, 0);
			next += size;
		}
	}
}

/* U-Boot's table: 64 MB 0x00082001, 128 0x000a4001, 256 0x000c4001. */
void test_sdram_uboot_values(void)
{
	u32 bcr[4];

	sdram_banks(64 * MB, bcr);
	CU_ASSERT_EQUAL(bcr[0], 0x00082001);
	CU_ASSERT_EQUAL(bcr[1], 0);
	sdram_banks(128 * MB, bcr);
	CU_ASSERT_EQUAL(bcr[0], 0x000a4001);
	sdram_banks(256 * MB, bcr);
	CU_ASSERT_EQUAL(bcr[0], 0x000c4001);
}

void test_sdram_impossible(void)
{
	static const u64 bad[] = {
		0, 1, 4 * MB, 12 * MB, 8 * MB + 1, 1032 * MB, 2048 * MB,
		(256 + 128 + 64 + 32 + 16) * MB, ~0ull
	};
	u32 bcr[4] = { 1, 2, 3, 4 };

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++)
		CU_ASSERT_EQUAL(sdram_banks(bad[i], bcr), -ERR_RANGE);
	CU_ASSERT_EQUAL(bcr[3], 4);
}

static void sdram_open(struct rig *r, u64 bytes, int *rc)
{
	rig_open(r);
	r->env.ram_bytes = bytes;
	rig_add(r, &(struct rig_spec){
		.cls = &sdram_class, .dcr = SDRAM, .dcrs = 2,
	}, rc);
}

void test_sdram_registers(void)
{
	struct rig r;
	u32 bcr[4];

	sdram_open(&r, 192 * MB, NULL);
	rig_start(&r);
	for (u32 i = 0; i < 4; i++)
		bcr[i] = rig_ind(&r, SDRAM, 0x40 + 4 * i);
	CU_ASSERT_EQUAL(wrapper_sum(bcr), 192 * MB);
	rig_close(&r);
}

/* U-Boot spd_sdram.c: enable with DCEN, then wait for MCSTS[MRSC]. */
void test_sdram_mcsts(void)
{
	struct rig r;

	sdram_open(&r, 64 * MB, NULL);
	rig_start(&r);
	CU_ASSERT(rig_ind(&r, SDRAM, 0x20) & 0x80000000);
	CU_ASSERT(rig_ind(&r, SDRAM, 0x24) & 0x80000000);
	rig_ind_set(&r, SDRAM, 0x20, 0);
	CU_ASSERT_EQUAL(rig_ind(&r, SDRAM, 0x24), 0);
	rig_ind_set(&r, SDRAM, 0x20, 0x80000000);
	CU_ASSERT(rig_ind(&r, SDRAM, 0x24) & 0x80000000);
	rig_close(&r);
}

void test_sdram_bad_memory(void)
{
	struct rig r;
	int rc;

	sdram_open(&r, 100 * MB, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_RANGE);
	CU_ASSERT(strstr(r.msg.text, "bank layout") != NULL);
	rig_close(&r);
}

/* ---- with firmware ------------------------------------------------------ */

#define CFG0	0x20
#define BCR(i)	(0x40 + 4 * (i))
#define TR1	0x81
#define ON	0x80000000u

/* U-Boot: SDSZ in steps of 4 MB << n from bit 17, SDAM 1 to 4 from bit 13. */
#define BANK(base, mb, columns) ((u32)(base) | \
	(u32)(__builtin_ctz((mb) / 4)) << 17 | ((columns) - 8) << 13 | 1)

static struct rig_prop soldered[] = {
	{ .name = "culm,soldered-bytes", .cells = 1, .cell = { 64 << 20 } },
	{ 0 }
};

/* Nothing at 0 but what the controller shows of @bytes. */
static void fw_open(struct rig *r, u64 bytes)
{
	rig_open(r);
	bus_unmap(&r->bus, 0);
	r->env.ram_bytes = bytes;
	r->env.ram = calloc(1, bytes);
	r->env.has_firmware = true;
	rig_add(r, &(struct rig_spec){
		.cls = &sdram_class, .dcr = SDRAM, .dcrs = 2,
		.props = soldered,
	}, NULL);
	rig_start(r);
}

static void fw_close(struct rig *r)
{
	free(r->env.ram);
	rig_close(r);
}

static bool is_silent(struct rig *r, u64 pa)
{
	u8 byte;
	u32 v;

	return bus_read(&r->bus, pa, 4, &v) == BUS_NO_TARGET &&
	       bus_dma_read(&r->bus, pa, &byte, 1) == BUS_NO_TARGET;
}

void test_sdram_fw_silent(void)
{
	struct rig r;

	fw_open(&r, 256 * MB);
	CU_ASSERT(is_silent(&r, 0));
	rig_ind_set(&r, SDRAM, BCR(0), BANK(0x08000000, 64, 9));
	CU_ASSERT(is_silent(&r, 0x08000000));
	rig_ind_set(&r, SDRAM, CFG0, ON);
	rig_wr(&r, 0x08000000, 4, 0x12345678);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x08000000, 4), 0x12345678);
	CU_ASSERT(is_silent(&r, 0x07fffffc));
	rig_wr(&r, 0x0bfffffc, 4, 1);
	CU_ASSERT(is_silent(&r, 0x0c000000));
	CU_ASSERT(is_silent(&r, 0));
	rig_ind_set(&r, SDRAM, BCR(0), BANK(0x08000000, 64, 9) & ~1u);
	CU_ASSERT(is_silent(&r, 0x08000000));
	/* a reset silences it, and the chips keep what they have */
	rig_ind_set(&r, SDRAM, BCR(0), BANK(0, 64, 9));
	dev_reset(r.dev[0], RESET_CHIP);
	CU_ASSERT(is_silent(&r, 0));
	CU_ASSERT_EQUAL(rig_ind(&r, SDRAM, BCR(0)), 0);
	rig_ind_set(&r, SDRAM, CFG0, ON);
	rig_ind_set(&r, SDRAM, BCR(0), BANK(0, 64, 9));
	CU_ASSERT_EQUAL(rig_rd(&r, 0, 4), 0x12345678);
	fw_close(&r);
}

/* U-Boot's program_bxcr: bank 0 soldered, 1 and 2 DIMM 1, 3 DIMM 2. */
void test_sdram_fw_banks(void)
{
	static const struct { u32 bank, base, mb, columns; } banks[] = {
		{ 1, 0x00000000, 128, 10 }, { 0, 0x08000000, 64, 9 },
		{ 3, 0x0c000000, 64, 9 },
	};
	struct rig r;
	u32 v = 0;

	fw_open(&r, 256 * MB);
	rig_ind_set(&r, SDRAM, CFG0, ON);
	for (unsigned int i = 0; i < 3; i++)
		rig_ind_set(&r, SDRAM, BCR(banks[i].bank),
			    BANK(banks[i].base, banks[i].mb, banks[i].columns));
	for (u32 a = 0; a < 256 * MB; a += 8 * MB)
		rig_wr(&r, a, 4, ~a);
	for (u32 a = 0; a < 256 * MB; a += 8 * MB)
		CU_ASSERT_EQUAL(rig_rd(&r, a, 4), ~a);
	CU_ASSERT_EQUAL(bus_dma_read(&r.bus, 0x0c000000, &v, 4), 0);
	CU_ASSERT_EQUAL(ldb32(&v), ~0x0c000000u);
	CU_ASSERT(is_silent(&r, 256 * MB));
	/* the same chips elsewhere */
	rig_ind_set(&r, SDRAM, BCR(3), BANK(0x20000000, 64, 9));
	CU_ASSERT_EQUAL(rig_rd(&r, 0x20000000, 4), ~0x0c000000u);
	CU_ASSERT(is_silent(&r, 0x0c000000));
	fw_close(&r);
}

void test_sdram_fw_wraps(void)
{
	struct rig r;

	fw_open(&r, 64 * MB);
	rig_ind_set(&r, SDRAM, CFG0, ON);
	rig_ind_set(&r, SDRAM, BCR(0), BANK(0, 256, 9));
	rig_wr(&r, 64 * MB + 0x1234, 4, 0xabcd);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x1234, 4), 0xabcd);
	CU_ASSERT_EQUAL(rig_rd(&r, 192 * MB + 0x1234, 4), 0xabcd);
	CU_ASSERT(is_silent(&r, 256 * MB));
	/* a bank smaller than its chips shows the lower part */
	rig_ind_set(&r, SDRAM, BCR(0), BANK(0, 32, 9));
	CU_ASSERT_EQUAL(rig_rd(&r, 0x1234, 4), 0xabcd);
	CU_ASSERT(is_silent(&r, 32 * MB));
	/* no chips: the lines float, and nothing is kept */
	rig_ind_set(&r, SDRAM, BCR(2), BANK(0x10000000, 64, 9));
	rig_wr(&r, 0x10000000, 4, 0);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x10000000, 4), 0xffffffff);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x10000001, 1), 0xff);
	fw_close(&r);
}

/*
 * 32 lines wide: a column is an address of 4 bytes, so the tenth column line
 * is bit 11 of the address; chips with nine do not see it.
 */
void test_sdram_fw_columns(void)
{
	struct rig r;

	fw_open(&r, 64 * MB);
	rig_ind_set(&r, SDRAM, CFG0, ON);
	rig_ind_set(&r, SDRAM, BCR(0), BANK(0, 64, 10));
	rig_wr(&r, 0, 4, 0x1111);
	rig_wr(&r, 1 << 10, 4, 0x2222);
	CU_ASSERT_EQUAL(rig_rd(&r, 0, 4), 0x1111);
	rig_wr(&r, 1 << 11, 4, 0x3333);
	CU_ASSERT_EQUAL(rig_rd(&r, 0, 4), 0x3333);
	rig_wr(&r, 1 << 12, 4, 0x4444);
	CU_ASSERT_EQUAL(rig_rd(&r, 0, 4), 0x3333);
	fw_close(&r);
}

/*
 * U-Boot's program_tr1 wants delays that fail for a quarter of a half clock
 * on end, then some that work, then such failures again; DLYCAL says how many
 * taps a half clock has.  Its fixed 0x80800800 works, too.
 */
void test_sdram_fw_delay(void)
{
	u32 half, t, fails = 0, passes = 0, runs = 0;
	struct rig r;

	fw_open(&r, 64 * MB);
	rig_ind_set(&r, SDRAM, BCR(0), BANK(0, 64, 9));
	rig_ind_set(&r, SDRAM, CFG0, ON);
	half = (rig_ind(&r, SDRAM, 0x84) >> 2 & 0xff) << 2;
	CU_ASSERT(half >= 16 && half <= 512);
	rig_ind_set(&r, SDRAM, TR1, 0x80800800);
	rig_wr(&r, 0x100, 4, 0xa5a55a5a);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x100, 4), 0xa5a55a5a);
	for (t = 0; t < 4 * half; t++) {
		rig_ind_set(&r, SDRAM, TR1, 0x80800000 | t % half |
			    (t / half & 1 ? 0x800 : 0));
		if (rig_rd(&r, 0x100, 4) == 0xa5a55a5a) {
			runs += passes == 0;
			passes++;
			fails = 0;
		} else if (++fails == half / 4) {
			passes = 0;
		}
	}
	CU_ASSERT_EQUAL(runs, 2);
	fw_close(&r);
}

void test_sdram_fw_nonsense(void)
{
	struct rig r;

	/* overlaps, addresses of others, all registers: nothing may break */
	fw_open(&r, 256 * MB);
	for (u32 i = 0, seed = 1; i < 3000; i++) {
		static const u8 regs[] = { 0x20, 0x38, 0x40, 0x44, 0x48, 0x4c,
					   0x81, 0x84 };
		u32 v;

		seed = seed * 1103515245 + 12345;
		v = seed >> 16 | seed << 16;
		rig_ind_set(&r, SDRAM, regs[seed >> 20 & 7], v | 1);
		if (bus_write(&r.bus, v & 0x7fffffff, 4, i) >= 0)
			bus_read(&r.bus, v & 0x7fffffff, 4, &v);
	}
	CU_ASSERT(r.bus.count <= 256);
	dev_reset(r.dev[0], RESET_SYSTEM);
	CU_ASSERT_EQUAL(r.bus.count, 0);
	fw_close(&r);
}
