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
