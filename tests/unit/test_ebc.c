/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_ebc.c - EBC0's banks.  Values from U-Boot's bamboo.c and
 * bamboo.h: bank 0 0xfff00000 1 MB, 4 0x87800000 8 MB, 5 0x80000000 1 MB.
 */
#include "tests/unit/dev_rig.h"
#include "soc/dev/ebc.h"

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

/* A chip that remembers what it was asked. */
struct ebc_spy {
	struct ebc_chip at;
	u64 off;
	u32 val;
	unsigned int reads, writes;
};

static int spy_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct ebc_spy *s = opaque;

	(void)size;
	s->off = off;
	s->reads++;
	*val = s->val;
	return BUS_OK;
}

static int spy_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct ebc_spy *s = opaque;

	(void)size;
	s->off = off;
	s->writes++;
	s->val = val;
	return BUS_OK;
}

static void spy_attach(struct rig *r, struct ebc_spy *s, unsigned int bank,
		       u64 offset, u64 size)
{
	*s = (struct ebc_spy){
		.at = { .bank = bank, .offset = offset, .size = size,
			.target = { spy_read, spy_write, s }, .name = "spy" },
		.val = 0x5a,
	};
	CU_ASSERT_EQUAL(ebc_attach(r->dev[0], &s->at, &r->msg), 0);
}

static void spy_preview(void *opaque, struct preview *p)
{
	(void)opaque;
	p->row[p->rows++] = (struct preview_row){ .at = 8, .size = 1 };
}

/* A chip says nothing ahead where an access would be refused. */
void test_ebc_preview(void)
{
	const u32 bank = 0x90000000, allowed[] = {
		bank | 0x18000, bank | 0x08000, bank | 0x10000,	/* RW, R, W */
	};
	struct preview p;
	struct ebc_spy s;
	struct rig r;

	ebc_open(&r);
	spy_attach(&r, &s, 1, 0x100, 0x40);
	s.at.target.preview = spy_preview;
	rig_start(&r);
	for (unsigned int i = 0; i < ARRAY_SIZE(allowed); i++) {
		rig_ind_set(&r, EBC, 0x01, allowed[i]);
		bus_preview(&r.bus, bank + 0x108, &p);
		CU_ASSERT_EQUAL(p.rows, i == 0);
		if (p.rows)
			CU_ASSERT_EQUAL(p.row[0].at, bank + 0x108);
	}
	rig_close(&r);
}

void test_ebc_chip_follows_bank(void)
{
	struct ebc_spy s;
	struct rig r;
	u32 v;

	ebc_open(&r);
	spy_attach(&r, &s, 5, 0x2000, 8);
	rig_start(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x80002003, 1), 0x5a);
	CU_ASSERT_EQUAL(s.off, 3);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x80001fff, 1), 0xff);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x80002008, 1), 0xff);
	rig_ind_set(&r, EBC, 5, 0x98018000);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0x80002003, 1, &v), BUS_NO_TARGET);
	rig_wr(&r, 0x98002005, 1, 0x77);
	CU_ASSERT_EQUAL(s.off, 5);
	CU_ASSERT_EQUAL(s.val, 0x77);
	rig_ind_set(&r, EBC, 5, 0x98000000);	/* disabled */
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0x98002003, 1, &v), BUS_NO_TARGET);
	rig_close(&r);
}

void test_ebc_small_bank(void)
{
	struct ebc_spy s;
	struct rig r;
	u32 v;

	ebc_open(&r);
	spy_attach(&r, &s, 3, 0x80000, 0x200000);
	rig_start(&r);
	rig_ind_set(&r, EBC, 3, 0x90018000);	/* 1 MB of 2.5 */
	CU_ASSERT_EQUAL(rig_rd(&r, 0x900ffffc, 4), 0x5a);
	CU_ASSERT_EQUAL(s.off, 0x7fffc);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0x90100000, 4, &v), BUS_NO_TARGET);
	rig_close(&r);
}

void test_ebc_lower_wins(void)
{
	struct ebc_spy a, b;
	struct rig r;

	ebc_open(&r);
	spy_attach(&r, &a, 2, 0, 0x1000);
	spy_attach(&r, &b, 1, 0, 0x2000);
	rig_start(&r);
	a.val = 0xaa;
	b.val = 0xbb;
	rig_ind_set(&r, EBC, 2, 0x90018000);
	rig_ind_set(&r, EBC, 1, 0x90018000);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x90000000, 1), 0xbb);
	rig_ind_set(&r, EBC, 1, 0);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x90000000, 1), 0xaa);
	rig_close(&r);
}

/* 405GP UM: B0CR after a reset is 0xffe28000, all other banks are off. */
void test_ebc_boot_bank(void)
{
	static u8 rom[0x100000] __attribute__((aligned(4096)));
	struct ebc_spy s;
	struct rig r;
	bool is_writable;
	u64 left;
	u32 v;

	rom[0xffffc] = 0x48;
	ebc_open(&r);
	r.env.has_firmware = true;
	spy_attach(&r, &s, 0, 0, sizeof(rom));
	s.at.is_mirrored = true;
	s.at.host = rom;
	rig_start(&r);
	CU_ASSERT_EQUAL(rig_ind(&r, EBC, 0), 0xffe28000);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xfffffffc, 1), 0x48);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xffeffffc, 1), 0x48);
	CU_ASSERT_PTR_EQUAL(bus_direct(&r.bus, 0xfffffffc, &is_writable,
				       &left), rom + 0xffffc);
	for (u32 i = 1; i < 8; i++)
		CU_ASSERT_EQUAL(rig_ind(&r, EBC, i), 0);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0x80000000, 1, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0xffdfffff, 1, &v), BUS_NO_TARGET);
	/* read only until firmware says otherwise */
	CU_ASSERT_EQUAL(bus_write(&r.bus, 0xfffff000, 1, 1), BUS_BAD_ACCESS);
	rig_ind_set(&r, EBC, 0, 0xfff18000);
	rig_wr(&r, 0xfffff000, 1, 0x90);
	CU_ASSERT_EQUAL(s.off, 0xff000);
	CU_ASSERT_EQUAL(s.val, 0x90);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0xffe00000, 1, &v), BUS_NO_TARGET);
	rig_close(&r);
}

/* The chip's low address lines are the address's. */
void test_ebc_boot_large(void)
{
	struct ebc_spy s;
	struct rig r;

	ebc_open(&r);
	r.env.has_firmware = true;
	spy_attach(&r, &s, 0, 0, 0x4000000);
	s.at.is_mirrored = true;
	rig_start(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xfffffffc, 4), 0x5a);
	CU_ASSERT_EQUAL(s.off, 0x3fffffc);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xffe00000, 4), 0x5a);
	CU_ASSERT_EQUAL(s.off, 0x3e00000);
	rig_close(&r);
}

void test_ebc_show(void)
{
	static u8 mem[0x1000] __attribute__((aligned(4096)));
	struct ebc_spy s;
	struct rig r;
	bool is_writable;
	u64 left;

	mem[4] = 0x11;
	ebc_open(&r);
	spy_attach(&r, &s, 5, 0, sizeof(mem));
	rig_start(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x80000004, 1), 0x5a);
	ebc_show(r.dev[0], &s.at, mem);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x80000004, 1), 0x11);
	CU_ASSERT_PTR_NOT_NULL(bus_direct(&r.bus, 0x80000004, &is_writable,
					  &left));
	rig_wr(&r, 0x80000004, 1, 0x22);
	CU_ASSERT_EQUAL(s.writes, 1);
	CU_ASSERT_EQUAL(mem[4], 0x11);
	ebc_show(r.dev[0], &s.at, NULL);
	CU_ASSERT_EQUAL(rig_rd(&r, 0x80000004, 1), 0x22);
	rig_close(&r);
}

void test_ebc_attach_refused(void)
{
	static const struct { unsigned int bank; u64 offset, size; } bad[] = {
		{ 8, 0, 0x1000 }, { 0, 0, 0 }, { 0, 0x8000000, 0x1000 },
		{ 0, 0x7fff000, 0x2000 }, { 5, 0x1fff, 2 },
	};
	struct ebc_chip c = { .name = "/x" };
	struct ebc_spy s;
	struct rig r;

	ebc_open(&r);
	spy_attach(&r, &s, 5, 0x2000, 8);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		c.bank = bad[i].bank;
		c.offset = bad[i].offset;
		c.size = bad[i].size;
		CU_ASSERT(ebc_attach(r.dev[0], &c, &r.msg) < 0);
		CU_ASSERT(strstr(r.msg.text, "/x") != NULL);
	}
	CU_ASSERT_EQUAL(ebc_attach(NULL, &c, &r.msg), -ERR_FORMAT);
	rig_close(&r);
}

/* BSP: type 100 is a protection error, then 1 for a read, the lock bits. */
void test_ebc_besr(void)
{
	struct rig r;

	ebc_open(&r);
	rig_start(&r);
	rig_ind_set(&r, EBC, 4, 0x87870000);	/* write only */
	{
		u32 v;

		CU_ASSERT_EQUAL(bus_read(&r.bus, 0x87800020, 4, &v),
				BUS_BAD_ACCESS);
	}
	CU_ASSERT_EQUAL(rig_ind(&r, EBC, 0x20), 0x87800020);
	CU_ASSERT_EQUAL(rig_ind(&r, EBC, 0x21), 0x90000000);
	CU_ASSERT_EQUAL(rig_ind(&r, EBC, 0x22), 0);
	/* not locked: the next one replaces it */
	rig_ind_set(&r, EBC, 4, 0x87868000);
	CU_ASSERT_EQUAL(bus_write(&r.bus, 0x87800030, 4, 0), BUS_BAD_ACCESS);
	CU_ASSERT_EQUAL(rig_ind(&r, EBC, 0x20), 0x87800030);
	CU_ASSERT_EQUAL(rig_ind(&r, EBC, 0x21), 0x80000000);
	rig_ind_set(&r, EBC, 0x21, 0xffffffff);
	CU_ASSERT_EQUAL(rig_ind(&r, EBC, 0x21), 0);
	rig_close(&r);
}

/* U-Boot's ft_board_setup writes ranges from the registers; here the tree
 * says them first.  64 MB at 0xfc000000: a Yosemite. */
void test_ebc_ranges(void)
{
	struct rig_prop props[] = {
		{ .name = "ranges", .cells = 4,
		  .cell = { 0, 0, 0xfc000000, 0x04000000 } },
		{ .name = NULL },
	};
	static const u32 bad[][4] = {
		{ 8, 0, 0xfc000000, 0x04000000 },
		{ 0, 4, 0xfc000000, 0x04000000 },
		{ 0, 0, 0xfc000000, 0x08000000 },
		{ 0, 0, 0xf0000000, 0x10000000 },
		{ 0, 0, 0xf0000000, 0x00300000 },
		{ 0, 0, 0xf0000000, 0 },
	};
	struct rig r;
	u32 v;
	int rc;

	rig_open(&r);
	rig_add(&r, &(struct rig_spec){ .cls = &ebc_class, .path = "/ebc",
					.dcr = EBC, .dcrs = 2,
					.props = props }, NULL);
	rig_start(&r);
	/* base, 64 MB (6), read and write */
	CU_ASSERT_EQUAL(rig_ind(&r, EBC, 0) & ~0x6000u, 0xfc0d8000);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xfc000000, 4), 0xffffffff);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0xfbfffffc, 4, &v), BUS_NO_TARGET);
	rig_close(&r);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		memcpy(props[0].cell, bad[i], sizeof(bad[i]));
		rig_open(&r);
		rig_add(&r, &(struct rig_spec){
			.cls = &ebc_class, .path = "/ebc", .dcr = EBC,
			.dcrs = 2, .props = props,
		}, &rc);
		CU_ASSERT_EQUAL(rc, -ERR_RANGE);
		CU_ASSERT(strstr(r.msg.text, "/ebc: ranges") != NULL);
		rig_close(&r);
	}
}
