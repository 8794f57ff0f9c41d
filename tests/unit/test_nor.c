/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_nor.c - NOR flash: sequences as in the data sheets of the
 * Am29LV040B, Am29LV320D and S29GL-N, and as U-Boot's board/amcc/common/
 * flash.c and Linux's cfi_cmdset_0002.c send them; ids as U-Boot's flash.h.
 */
#include "tests/unit/dev_rig.h"
#include "soc/dev/ebc.h"

extern const struct dev_class nor_class;

#define EBC	0x12
#define SMALL	0xfff00000ull	/* two 512 KB chips on 8 lines */
#define LARGE	0x87800000ull

static const struct rig_prop no_prop = { .name = NULL };

struct nor_rig {
	struct rig r;
	struct rig_prop props[8];
	u8 image[0x100000];
	struct blk blk;
	unsigned int writes;
	bool is_broken;
};

static int image_read(void *opaque, u64 off, void *buf, u64 bytes)
{
	memcpy(buf, ((struct nor_rig *)opaque)->image + off, bytes);
	return 0;
}

static int image_write(void *opaque, u64 off, const void *buf, u64 bytes)
{
	struct nor_rig *n = opaque;

	n->writes++;
	if (n->is_broken)
		return -ERR_IO;
	memcpy(n->image + off, buf, bytes);
	return 0;
}

static const struct blk_ops image_ops = { image_read, image_write, NULL, NULL };

static int image_storage(void *opaque, enum blk_role role, unsigned int index,
			 u64 bytes, struct blk **out, struct errmsg *msg)
{
	struct nor_rig *n = opaque;

	(void)msg;
	if (role != BLK_NOR || index)
		return 0;
	CU_ASSERT_EQUAL(bytes, sizeof(n->image));
	n->blk = (struct blk){ .ops = &image_ops, .opaque = n,
			       .bytes = bytes, .name = "image" };
	*out = &n->blk;
	return 0;
}

/* One flash; the last @extra properties are the caller's. */
static void nor_open(struct nor_rig *n, u32 bank, u32 size, u32 width,
		     const char *compatible, const struct rig_prop *extra)
{
	rig_open(&n->r);
	rig_add(&n->r, &(struct rig_spec){
		.cls = &ebc_class, .path = "/ebc", .dcr = EBC, .dcrs = 2,
	}, NULL);
	n->props[0] = (struct rig_prop){ .name = "reg", .cells = 3,
					 .cell = { bank, 0, size } };
	n->props[1] = (struct rig_prop){ .name = "/parent",
					 .dev = n->r.dev[0] };
	n->props[2] = (struct rig_prop){ .name = "bank-width", .cells = 1,
					 .cell = { width } };
	n->props[3] = (struct rig_prop){ .name = "compatible",
					 .str = compatible };
	n->props[4] = extra ? *extra : no_prop;
	n->props[5] = no_prop;
}

static void nor_add(struct nor_rig *n, int *rc)
{
	rig_add(&n->r, &(struct rig_spec){
		.cls = &nor_class, .path = "/ebc/flash", .props = n->props,
	}, rc);
}

static struct nor_rig *small_open(bool has_image)
{
	struct nor_rig *n = calloc(1, sizeof(*n));

	memset(n->image, 0xff, sizeof(n->image));
	nor_open(n, 0, 0x100000, 1, "amd,am29lv040b", NULL);
	n->r.env.opaque = n;
	if (has_image)
		n->r.env.storage = image_storage;
	nor_add(n, NULL);
	rig_start(&n->r);
	return n;
}

static struct nor_rig *large_open(const char *compatible, u32 size)
{
	struct nor_rig *n = calloc(1, sizeof(*n));

	nor_open(n, 4, size, 2, compatible, NULL);
	nor_add(n, NULL);
	rig_start(&n->r);
	return n;
}

static void nor_close(struct nor_rig *n)
{
	rig_close(&n->r);
	free(n);
}

static void unlock8(struct nor_rig *n, u64 base, u32 cmd)
{
	rig_wr(&n->r, base + 0x555, 1, 0xaa);
	rig_wr(&n->r, base + 0x2aa, 1, 0x55);
	rig_wr(&n->r, base + 0x555, 1, cmd);
}

static void unlock16(struct nor_rig *n, u64 base, u32 cmd)
{
	rig_wr(&n->r, base + 0xaaa, 2, 0xaa);
	rig_wr(&n->r, base + 0x554, 2, 0x55);
	rig_wr(&n->r, base + 0xaaa, 2, cmd);
}

/* Time until nothing more happens, ns. */
static u64 settle(struct nor_rig *n)
{
	cycle_t from = sched_now(&n->r.sched);

	while (rig_step(&n->r))
		;
	return clk_cycles_to_ns(&n->r.clk, sched_now(&n->r.sched) - from);
}

static bool is_direct(struct nor_rig *n, u64 pa)
{
	bool is_writable;
	u64 left;

	return bus_direct(&n->r.bus, pa, &is_writable, &left) != NULL;
}

/* U-Boot: 0xfff00000 and 0xfff80000 each answer as an Am29LV040B. */
void test_nor_ids(void)
{
	struct nor_rig *n = small_open(false);

	CU_ASSERT(is_direct(n, SMALL));
	for (u32 k = 0; k < 2; k++) {
		u64 base = SMALL + k * 0x80000;

		unlock8(n, base, 0x90);
		CU_ASSERT_FALSE(is_direct(n, SMALL));
		CU_ASSERT_EQUAL(rig_rd(&n->r, base, 1), 0x01);
		CU_ASSERT_EQUAL(rig_rd(&n->r, base + 1, 1), 0x4f);
		CU_ASSERT_EQUAL(rig_rd(&n->r, base + 0x10002, 1) & 1, 0);
		/* the other chip knows nothing of it */
		CU_ASSERT_EQUAL(rig_rd(&n->r, base ^ 0x80000, 1), 0xff);
		rig_wr(&n->r, base, 1, 0xf0);
		CU_ASSERT_EQUAL(rig_rd(&n->r, base, 1), 0xff);
	}
	nor_close(n);
	n = large_open("amd,am29lv320dt", 0x400000);
	unlock16(n, LARGE, 0x90);
	CU_ASSERT_EQUAL(rig_rd(&n->r, LARGE, 2), 0x0001);
	CU_ASSERT_EQUAL(rig_rd(&n->r, LARGE + 2, 2), 0x22f6);
	nor_close(n);
}

/* DQ7 is the complement, DQ6 toggles, then the data: U-Boot's write_word_1. */
void test_nor_program(void)
{
	struct nor_rig *n = small_open(true);
	u32 a, b;
	u64 ns;

	unlock8(n, SMALL, 0xa0);
	rig_wr(&n->r, SMALL + 0x1234, 1, 0x35);
	a = rig_rd(&n->r, SMALL + 0x1234, 1);
	b = rig_rd(&n->r, SMALL + 0x1234, 1);
	CU_ASSERT_EQUAL(a & 0x80, 0x80);
	CU_ASSERT_EQUAL((a ^ b) & 0xc0, 0x40);
	CU_ASSERT_EQUAL(a & 0x20, 0);
	ns = settle(n);
	CU_ASSERT(ns >= 7000 && ns <= 300000);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x1234, 1), 0x35);
	CU_ASSERT_EQUAL(n->image[0x1234], 0x35);
	CU_ASSERT_EQUAL(n->writes, 1);
	/* clearing further bits is allowed, setting one raises DQ5 */
	unlock8(n, SMALL, 0xa0);
	rig_wr(&n->r, SMALL + 0x1234, 1, 0x11);
	settle(n);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x1234, 1), 0x11);
	unlock8(n, SMALL, 0xa0);
	rig_wr(&n->r, SMALL + 0x1234, 1, 0xff);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x1234, 1) & 0x20, 0);
	settle(n);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x1234, 1) & 0xa0, 0x20);
	rig_wr(&n->r, SMALL, 1, 0xf0);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x1234, 1), 0x11);
	nor_close(n);
}

void test_nor_direct_again(void)
{
	struct nor_rig *n = small_open(false);

	unlock8(n, SMALL, 0xa0);
	CU_ASSERT(is_direct(n, SMALL));
	rig_wr(&n->r, SMALL, 1, 0x12);
	CU_ASSERT_FALSE(is_direct(n, SMALL));
	settle(n);
	for (int i = 0; i < 1000 && !is_direct(n, SMALL); i++)
		CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL, 1), 0x12);
	CU_ASSERT(is_direct(n, SMALL));
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL, 4), 0x12ffffff);
	nor_close(n);
}

static void erase8(struct nor_rig *n, u64 base, u64 sector)
{
	unlock8(n, base, 0x80);
	rig_wr(&n->r, base + 0x555, 1, 0xaa);
	rig_wr(&n->r, base + 0x2aa, 1, 0x55);
	rig_wr(&n->r, sector, 1, 0x30);
}

static void program8(struct nor_rig *n, u64 base, u64 pa, u32 val)
{
	unlock8(n, base, 0xa0);
	rig_wr(&n->r, pa, 1, val);
	settle(n);
}

/* DQ3 tells when the 50 us for more sectors are over. */
void test_nor_erase(void)
{
	struct nor_rig *n = small_open(true);
	u32 a, b;
	u64 ns;

	for (u32 s = 0; s < 4; s++)
		program8(n, SMALL, SMALL + s * 0x10000 + 7, 0x11 * s);
	erase8(n, SMALL, SMALL);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL, 1) & 0x88, 0x00);
	rig_wr(&n->r, SMALL + 0x20000, 1, 0x30);
	rig_step(&n->r);
	a = rig_rd(&n->r, SMALL, 1);
	b = rig_rd(&n->r, SMALL, 1);
	CU_ASSERT_EQUAL(a & 0x88, 0x08);
	CU_ASSERT_EQUAL((a ^ b) & 0x44, 0x44);
	a = rig_rd(&n->r, SMALL + 0x10000, 1);	/* not selected: no DQ2 */
	b = rig_rd(&n->r, SMALL + 0x10000, 1);
	CU_ASSERT_EQUAL((a ^ b) & 0x44, 0x40);
	ns = settle(n);
	CU_ASSERT(ns >= 1000000000ull && ns <= 30000000000ull);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 7, 1), 0xff);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x10007, 1), 0x11);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x20007, 1), 0xff);
	CU_ASSERT_EQUAL(n->image[0x20007], 0xff);
	CU_ASSERT_EQUAL(n->image[0x10007], 0x11);
	/* chip erase: this chip only */
	program8(n, SMALL + 0x80000, SMALL + 0x80001, 0x44);
	unlock8(n, SMALL, 0x80);
	unlock8(n, SMALL, 0x10);
	settle(n);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x10007, 1), 0xff);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x80001, 1), 0x44);
	nor_close(n);
}

/* Suspended: DQ7 is 1, DQ2 toggles, DQ6 not; other sectors are there. */
void test_nor_suspend(void)
{
	struct nor_rig *n = small_open(false);
	u32 a, b;
	u64 ns;

	program8(n, SMALL, SMALL + 0x10000, 0x77);
	erase8(n, SMALL, SMALL);
	rig_step(&n->r);
	rig_wr(&n->r, SMALL, 1, 0xb0);
	a = rig_rd(&n->r, SMALL, 1);
	b = rig_rd(&n->r, SMALL, 1);
	CU_ASSERT_EQUAL(a & 0x80, 0x80);
	CU_ASSERT_EQUAL((a ^ b) & 0x44, 0x04);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x10000, 1), 0x77);
	CU_ASSERT_EQUAL(settle(n), 0);
	program8(n, SMALL, SMALL + 0x20000, 0x66);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x20000, 1), 0x66);
	a = rig_rd(&n->r, SMALL, 1);
	CU_ASSERT_EQUAL(a & 0x80, 0x80);
	rig_wr(&n->r, SMALL, 1, 0x30);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL, 1) & 0x88, 0x08);
	ns = settle(n);
	CU_ASSERT(ns > 100000000ull);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL, 1), 0xff);
	nor_close(n);
}

void test_nor_bypass(void)
{
	struct nor_rig *n = large_open("amd,am29lv320dt", 0x400000);

	unlock16(n, LARGE, 0x20);
	for (u32 i = 0; i < 4; i++) {
		rig_wr(&n->r, LARGE + 2 * i, 2, 0xa0);
		rig_wr(&n->r, LARGE + 2 * i, 2, 0x1000 + i);
		settle(n);
	}
	rig_wr(&n->r, LARGE, 2, 0x90);
	rig_wr(&n->r, LARGE, 2, 0x00);
	CU_ASSERT_EQUAL(rig_rd(&n->r, LARGE, 4), 0x10001001);
	rig_wr(&n->r, LARGE + 8, 2, 0xa0);
	rig_wr(&n->r, LARGE + 8, 2, 0x0000);
	settle(n);
	CU_ASSERT_EQUAL(rig_rd(&n->r, LARGE + 8, 2), 0xffff);
	nor_close(n);
}

/* Linux do_write_buffer: 0x25 and count - 1 at the sector, data, 0x29. */
void test_nor_write_buffer(void)
{
	struct nor_rig *n = large_open("amd,s29gl128n", 0x1000000);
	u64 at = 0x87020040;
	u32 a;

	rig_ind_set(&n->r, EBC, 4, 0x8709a000);	/* 16 MB at 0x87000000 */
	rig_wr(&n->r, 0x87000aaa, 2, 0xaa);
	rig_wr(&n->r, 0x87000554, 2, 0x55);
	rig_wr(&n->r, at, 2, 0x25);
	rig_wr(&n->r, at, 2, 3);
	for (u32 i = 0; i < 4; i++)
		rig_wr(&n->r, at + 2 * i, 2, 0xc0d0 + i);
	rig_wr(&n->r, at, 2, 0x29);
	a = rig_rd(&n->r, at + 6, 2);
	CU_ASSERT_EQUAL(a & 0x82, 0x00);	/* DQ7 of 0xc0d3 inverted */
	settle(n);
	CU_ASSERT_EQUAL(rig_rd(&n->r, at, 4), 0xc0d0c0d1);
	CU_ASSERT_EQUAL(rig_rd(&n->r, at + 4, 4), 0xc0d2c0d3);
	/* another page: DQ1, until the abort reset */
	rig_wr(&n->r, 0x87000aaa, 2, 0xaa);
	rig_wr(&n->r, 0x87000554, 2, 0x55);
	rig_wr(&n->r, at, 2, 0x25);
	rig_wr(&n->r, at, 2, 1);
	rig_wr(&n->r, at, 2, 0);
	rig_wr(&n->r, at + 0x40, 2, 0);
	CU_ASSERT_EQUAL(rig_rd(&n->r, at, 2) & 0x02, 0x02);
	rig_wr(&n->r, at, 2, 0xf0);
	CU_ASSERT_EQUAL(rig_rd(&n->r, at, 2) & 0x02, 0x02);
	unlock16(n, 0x87000000, 0xf0);
	CU_ASSERT_EQUAL(rig_rd(&n->r, at, 2), 0xc0d0);
	nor_close(n);
}

/* Linux cfi_probe: 0x98 at word 0x55; CFI of JEDEC 68.01. */
void test_nor_cfi(void)
{
	static const struct {
		const char *compatible;
		u32 size, width, step, log2, iface;
	} t[] = {
		{ "amd,am29lv040b", 0x80000, 1, 1, 19, 0 },
		{ "amd,am29lv320dt", 0x400000, 2, 2, 22, 2 },
		{ "cfi-flash", 0x400000, 1, 2, 22, 2 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++) {
		struct nor_rig *n = calloc(1, sizeof(*n));
		u32 q[0x60], sum = 0, regions, r;

		nor_open(n, 4, t[i].size, t[i].width, t[i].compatible, NULL);
		nor_add(n, NULL);
		rig_start(&n->r);
		rig_wr(&n->r, LARGE + 0x55 * t[i].step, t[i].width, 0x98);
		for (u32 k = 0; k < 0x60; k++)
			q[k] = rig_rd(&n->r, LARGE + k * t[i].step,
				      t[i].width);
		CU_ASSERT(q[0x10] == 'Q' && q[0x11] == 'R' && q[0x12] == 'Y');
		CU_ASSERT_EQUAL(q[0x13] | q[0x14] << 8, 0x0002);
		CU_ASSERT_EQUAL(q[0x27], t[i].log2);
		CU_ASSERT_EQUAL(q[0x28], t[i].iface);
		regions = q[0x2c];
		for (r = 0; r < regions; r++) {
			const u32 *p = q + 0x2d + 4 * r;

			sum += ((p[0] | p[1] << 8) + 1) *
			       ((p[2] | p[3] << 8) << 8);
		}
		CU_ASSERT_EQUAL(sum, t[i].size);
		r = q[0x15] | q[0x16] << 8;
		CU_ASSERT(r + 0x10 <= 0x60 && q[r] == 'P' &&
			  q[r + 1] == 'R' && q[r + 2] == 'I');
		/* a driver refuses versions it does not know: 1.0 to 1.5 */
		CU_ASSERT(q[r + 3] == '1' && q[r + 4] >= '0' &&
			  q[r + 4] <= '5');
		rig_wr(&n->r, LARGE, t[i].width, 0xf0);
		CU_ASSERT_EQUAL(rig_rd(&n->r, LARGE + 0x10 * t[i].step, 1),
				0xff);
		nor_close(n);
	}
}

/* U-Boot: of the top-boot part the last 64 KB are eight sectors of 8 KB. */
void test_nor_boot_sectors(void)
{
	struct nor_rig *n = large_open("amd,am29lv320dt", 0x400000);
	u64 last = LARGE + 0x3fe000;

	for (u64 pa = last - 2; pa <= last; pa += 2) {
		unlock16(n, LARGE, 0xa0);
		rig_wr(&n->r, pa, 2, 0x1234);
		settle(n);
	}
	unlock16(n, LARGE, 0x80);
	rig_wr(&n->r, LARGE + 0xaaa, 2, 0xaa);
	rig_wr(&n->r, LARGE + 0x554, 2, 0x55);
	rig_wr(&n->r, last, 2, 0x30);
	settle(n);
	CU_ASSERT_EQUAL(rig_rd(&n->r, last - 2, 4), 0x1234ffff);
	nor_close(n);
}

void test_nor_protect(void)
{
	struct nor_rig *n = calloc(1, sizeof(*n));
	const struct rig_prop p = { .name = "culm,protect", .cells = 2,
				    .cell = { 1, 15 } };

	memset(n->image, 0x00, sizeof(n->image));
	nor_open(n, 0, 0x100000, 1, "amd,am29lv040b", &p);
	n->r.env.opaque = n;
	n->r.env.storage = image_storage;
	nor_add(n, NULL);
	rig_start(&n->r);
	unlock8(n, SMALL, 0x90);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x00002, 1), 0);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x10002, 1), 1);
	rig_wr(&n->r, SMALL, 1, 0xf0);
	unlock8(n, SMALL, 0x80);
	unlock8(n, SMALL, 0x10);
	settle(n);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL, 1), 0xff);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0x10000, 1), 0x00);
	erase8(n, SMALL + 0x80000, SMALL + 0xf0000);
	settle(n);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL + 0xf0000, 1), 0x00);
	nor_close(n);
}

static void log_nowhere(void *opaque, enum log_level level, const char *line)
{
	(void)opaque;
	(void)level;
	(void)line;
}

void test_nor_host_fails(void)
{
	struct nor_rig *n = small_open(true);

	n->r.log.sink = log_nowhere;
	n->is_broken = true;
	unlock8(n, SMALL, 0xa0);
	rig_wr(&n->r, SMALL, 1, 0x00);
	settle(n);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL, 1) & 0xa0, 0xa0);
	rig_wr(&n->r, SMALL, 1, 0xf0);
	erase8(n, SMALL, SMALL);
	settle(n);
	CU_ASSERT_EQUAL(rig_rd(&n->r, SMALL, 1) & 0xa0, 0x20);
	CU_ASSERT_EQUAL(n->r.log.counts[LOG_ERROR], 1);
	nor_close(n);
}

/* The reset vector is the last word, and a reset ends what runs. */
void test_nor_reset(void)
{
	struct nor_rig *n = calloc(1, sizeof(*n));

	memcpy(n->image + 0xffffc, "\x4b\xff\xf0\x04", 4);
	nor_open(n, 0, 0x100000, 1, "amd,am29lv040b", NULL);
	n->r.env.opaque = n;
	n->r.env.storage = image_storage;
	n->r.env.has_firmware = true;
	nor_add(n, NULL);
	rig_start(&n->r);
	CU_ASSERT_EQUAL(rig_rd(&n->r, 0xfffffffc, 4), 0x4bfff004);
	CU_ASSERT_EQUAL(rig_rd(&n->r, 0xffeffffc, 4), 0x4bfff004);
	rig_ind_set(&n->r, EBC, 0, 0xfff18000);
	erase8(n, SMALL + 0x80000, SMALL + 0xf0000);
	rig_step(&n->r);
	CU_ASSERT(rig_rd(&n->r, 0xfffffffc, 4) != 0x4bfff004);
	dev_reset(n->r.dev[0], RESET_CHIP);
	dev_reset(n->r.dev[1], RESET_CHIP);
	CU_ASSERT_EQUAL(settle(n), 0);
	CU_ASSERT_EQUAL(rig_rd(&n->r, 0xfffffffc, 4), 0x4bfff004);
	CU_ASSERT(is_direct(n, 0xfffffffc));
	nor_close(n);
}

void test_nor_bad_nodes(void)
{
	static const struct {
		u32 bank, size, width, chips;
		const char *compatible;
	} bad[] = {
		{ 0, 0x100000, 2, 1, "amd,am29lv040b" },
		{ 0, 0x100000, 4, 1, "cfi-flash" },
		{ 0, 0x180000, 1, 1, "cfi-flash" },
		{ 0, 0x100000, 1, 3, "cfi-flash" },
		{ 0, 0x100000, 1, 0, "cfi-flash" },
		{ 0, 0x1000, 1, 1, "cfi-flash" },
		{ 9, 0x100000, 1, 1, "cfi-flash" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		struct nor_rig *n = calloc(1, sizeof(*n));
		const struct rig_prop p = { .name = "culm,chips", .cells = 1,
					    .cell = { bad[i].chips } };
		int rc;

		nor_open(n, bad[i].bank, bad[i].size, bad[i].width,
			 bad[i].compatible, &p);
		nor_add(n, &rc);
		CU_ASSERT_EQUAL(rc, -ERR_RANGE);
		CU_ASSERT(strstr(n->r.msg.text, "/ebc/flash: ") != NULL);
		nor_close(n);
	}
}

/* Any bytes at command addresses: nothing breaks, every operation ends. */
void test_nor_any_cycles(void)
{
	static const u16 off[] = { 0xaaa, 0x555, 0x554, 0x2aa, 0xaa, 0, 2,
				   0x40, 0x3fe, 1 };
	static const u8 cmd[] = { 0xaa, 0x55, 0x80, 0x30, 0x10, 0xa0, 0x90,
				  0x25, 0x29, 0xb0, 0xf0, 0x98, 0x20, 0x00,
				  0x03, 0xff };
	struct nor_rig *n = large_open("amd,s29gl128n", 0x1000000);
	u32 seed = 4711, v;

	for (u32 i = 0; i < 200000; i++) {
		u64 pa;

		seed = seed * 1103515245 + 12345;
		pa = LARGE + off[(seed >> 16) % ARRAY_SIZE(off)];
		v = cmd[(seed >> 20) % ARRAY_SIZE(cmd)];
		(void)bus_write(&n->r.bus, pa, 1u << (seed >> 28) % 3, v);
		if (!(seed >> 8 & 7))
			(void)bus_read(&n->r.bus, pa, 4, &v);
		if (!(seed >> 11 & 63))
			rig_step(&n->r);
	}
	settle(n);
	dev_reset(n->r.dev[1], RESET_SYSTEM);
	CU_ASSERT(is_direct(n, LARGE));
	rig_hammer(&n->r, LARGE, 0x1000);
	nor_close(n);
}
