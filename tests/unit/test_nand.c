/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_nand.c - NAND chips: ids, cycles and times as in the data
 * sheets of Samsung's K9F1208U0A and K9K2G08U0M, ids also as Linux's
 * nand_ids.c knows them.
 */
#include "tests/unit/nand_rig.h"

#include <sys/resource.h>

#include "tests/unit/unit.h"

static void log_nowhere(void *opaque, enum log_level level, const char *line)
{
	(void)opaque;
	(void)level;
	(void)line;
}

static int image_read(void *opaque, u64 off, void *buf, u64 bytes)
{
	struct nand_rig *n = opaque;

	if (n->is_broken)
		return -ERR_IO;
	memcpy(buf, n->image + off, bytes);
	return 0;
}

static int image_write(void *opaque, u64 off, const void *buf, u64 bytes)
{
	struct nand_rig *n = opaque;

	if (n->is_broken)
		return -ERR_IO;
	memcpy(n->image + off, buf, bytes);
	return 0;
}

static const struct blk_ops image_ops = { image_read, image_write, NULL, NULL };

/* For a chip of 4 blocks only, so that it fits. */
static int image_storage(void *opaque, enum blk_role role, unsigned int index,
			 u64 bytes, struct blk **out, struct errmsg *msg)
{
	struct nand_rig *n = opaque;

	(void)index;
	(void)msg;
	CU_ASSERT_EQUAL(role, BLK_NAND);
	if (bytes > sizeof(n->image))
		return 0;
	n->blk = (struct blk){ .ops = &image_ops, .opaque = n,
			       .bytes = bytes, .name = "image" };
	*out = &n->blk;
	return 0;
}

static void open_image(struct nand_rig *n)
{
	nand_rig_open(n);
	memset(n->image, 0xff, sizeof(n->image));
	n->r.env.storage = image_storage;
	n->r.env.opaque = n;
	n->small[2] = (struct rig_prop){ .name = "culm,blocks", .cells = 1,
					 .cell = { 4 } };
	nand_rig_start(n);
	nand_select(n, SMALL_CHIP);
}

void test_nand_ids(void)
{
	static const u8 large[] = { 0xec, 0xda, 0xc1, 0x15 };
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_select(&n, SMALL_CHIP);
	nand_cmd(&n, 0x90);
	nand_addr(&n, 0, 1);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xec);
	CU_ASSERT_EQUAL(nand_byte(&n), 0x76);
	nand_select(&n, LARGE_CHIP);
	nand_cmd(&n, 0x90);
	nand_addr(&n, 0, 1);
	for (unsigned int i = 0; i < 4; i++)
		CU_ASSERT_EQUAL(nand_byte(&n), large[i]);
	nand_cmd(&n, 0x90);
	nand_addr(&n, 0x20, 1);
	CU_ASSERT_NOT_EQUAL(nand_byte(&n), 'O');	/* no ONFI */
	rig_close(&n.r);
}

void test_nand_areas(void)
{
	static const u8 a = 0x12, b = 0x34, c = 0x56;
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_select(&n, SMALL_CHIP);
	small_program(&n, 0x00, 7, 3, &a, 1);
	nand_wait(&n);
	small_program(&n, 0x01, 7, 3, &b, 1);
	nand_wait(&n);
	small_program(&n, 0x50, 7, 3, &c, 1);
	nand_wait(&n);
	small_read(&n, 0x00, 7, 3);
	CU_ASSERT_EQUAL(nand_byte(&n), a);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);
	small_read(&n, 0x01, 7, 3);
	CU_ASSERT_EQUAL(nand_byte(&n), b);
	small_read(&n, 0x50, 7, 3);
	CU_ASSERT_EQUAL(nand_byte(&n), c);
	/* one after the other, through to the spare bytes */
	small_read(&n, 0x00, 7, 0);
	for (unsigned int i = 0; i < K9F1208_STRIDE; i++)
		CU_ASSERT_EQUAL(nand_byte(&n), i == 3 ? a : i == 259 ? b :
				i == 515 ? c : 0xff);
	small_read(&n, 0x00, 6, 3);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);
	/* 01 is for one program; 00 and 50 stay */
	small_program(&n, 0x01, 8, 0, &a, 1);
	nand_wait(&n);
	nand_cmd(&n, 0x80);
	nand_addr(&n, 1, 1);
	nand_addr(&n, 8, 3);
	nand_put(&n, b);
	nand_cmd(&n, 0x10);
	nand_wait(&n);
	small_read(&n, 0x00, 8, 1);
	CU_ASSERT_EQUAL(nand_byte(&n), b);
	rig_close(&n.r);
}

/* A program only clears bits; what was not given stays. */
void test_nand_program(void)
{
	static const u8 one[] = { 0xf0, 0x55 }, two[] = { 0x3c };
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_select(&n, SMALL_CHIP);
	small_program(&n, 0, 100, 0, one, 2);
	nand_wait(&n);
	CU_ASSERT_EQUAL(nand_status(&n), 0xe0);
	small_program(&n, 0, 100, 0, two, 1);
	nand_wait(&n);
	small_read(&n, 0, 100, 0);
	CU_ASSERT_EQUAL(nand_byte(&n), 0x30);
	CU_ASSERT_EQUAL(nand_byte(&n), 0x55);
	rig_close(&n.r);
}

void test_nand_erase(void)
{
	static const u8 zero;
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_select(&n, SMALL_CHIP);
	for (u32 row = 31; row <= 64; row++) {
		small_program(&n, 0, row, 0, &zero, 1);
		nand_wait(&n);
	}
	nand_cmd(&n, 0x60);
	nand_addr(&n, 45, 3);		/* any page of block 1 */
	nand_cmd(&n, 0xd0);
	CU_ASSERT_EQUAL(nand_wait(&n), 2000000);	/* tBERS */
	CU_ASSERT_EQUAL(nand_status(&n), 0xe0);
	for (u32 row = 31; row <= 64; row++) {
		small_read(&n, 0, row, 0);
		CU_ASSERT_EQUAL(nand_byte(&n),
				row / 32 == 1 ? 0xff : 0);
	}
	rig_close(&n.r);
}

void test_nand_busy(void)
{
	static const u8 v = 0x11;
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_select(&n, SMALL_CHIP);
	small_program(&n, 0, 5, 0, &v, 1);
	CU_ASSERT_FALSE(nand_stat(&n));
	CU_ASSERT_EQUAL(nand_status(&n), 0x80);
	small_read(&n, 0, 9, 0);	/* not heard; ends when ready */
	CU_ASSERT_EQUAL(nand_status(&n), 0xe0);
	nand_cmd(&n, 0x00);
	nand_addr(&n, 0, 1);
	nand_addr(&n, 5, 3);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);
	CU_ASSERT_EQUAL(nand_wait(&n), 10000);		/* tR */
	/* 00 without address goes back from the status to the data */
	CU_ASSERT_EQUAL(nand_status(&n), 0xe0);
	nand_cmd(&n, 0x00);
	CU_ASSERT_EQUAL(nand_byte(&n), v);
	small_program(&n, 0, 5, 0, &v, 1);
	CU_ASSERT_EQUAL(nand_wait(&n), 200000);		/* tPROG */
	small_program(&n, 0, 5, 0, &v, 1);
	nand_cmd(&n, 0xff);
	CU_ASSERT(nand_wait(&n) <= 10000);		/* tRST */
	rig_close(&n.r);
}

void test_nand_columns(void)
{
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_select(&n, LARGE_CHIP);
	nand_cmd(&n, 0x80);
	nand_addr(&n, 10, 2);
	nand_addr(&n, 0x1fff7, 3);
	nand_put(&n, 0xa1);
	nand_cmd(&n, 0x85);
	nand_addr(&n, 2048 + 63, 2);
	nand_put(&n, 0xa2);
	nand_put(&n, 0xa3);		/* beyond the page */
	nand_cmd(&n, 0x10);
	CU_ASSERT_EQUAL(nand_wait(&n), 300000);
	CU_ASSERT_EQUAL(nand_status(&n), 0xe0);
	large_read(&n, 0x1fff7, 9);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xa1);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);
	nand_cmd(&n, 0x05);
	nand_addr(&n, 2048 + 63, 2);
	nand_cmd(&n, 0xe0);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xa2);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);
	rig_close(&n.r);
}

void test_nand_copy_back(void)
{
	static const u8 v[] = { 1, 2 };
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_select(&n, LARGE_CHIP);
	nand_cmd(&n, 0x80);
	nand_addr(&n, 0, 2);
	nand_addr(&n, 64, 3);
	nand_put(&n, 0x77);
	nand_put(&n, 0x78);
	nand_cmd(&n, 0x10);
	nand_wait(&n);
	nand_cmd(&n, 0x00);
	nand_addr(&n, 0, 2);
	nand_addr(&n, 64, 3);
	nand_cmd(&n, 0x35);
	nand_wait(&n);
	nand_cmd(&n, 0x85);
	nand_addr(&n, 0, 2);
	nand_addr(&n, 130, 3);
	nand_cmd(&n, 0x85);
	nand_addr(&n, 1, 2);
	nand_put(&n, 0x79);
	nand_cmd(&n, 0x10);
	nand_wait(&n);
	large_read(&n, 130, 0);
	CU_ASSERT_EQUAL(nand_byte(&n), 0x77);
	CU_ASSERT_EQUAL(nand_byte(&n), 0x79);
	nand_select(&n, SMALL_CHIP);
	small_program(&n, 0, 3, 0, v, 2);
	nand_wait(&n);
	small_read(&n, 0, 3, 0);
	nand_cmd(&n, 0x8a);
	nand_addr(&n, 0, 1);
	nand_addr(&n, 35, 3);
	nand_cmd(&n, 0x10);
	nand_wait(&n);
	small_read(&n, 0, 35, 1);
	CU_ASSERT_EQUAL(nand_byte(&n), 2);
	rig_close(&n.r);
}

/* Data sheet: byte 517 of the first or second page is not ones. */
void test_nand_bad_blocks(void)
{
	static const u8 v;
	struct nand_rig n;

	nand_rig_open(&n);
	n.small[2] = (struct rig_prop){ .name = "culm,bad-blocks", .cells = 2,
					.cell = { 2, 4095 } };
	nand_rig_start(&n);
	nand_select(&n, SMALL_CHIP);
	small_read(&n, 0x50, 64, 5);
	CU_ASSERT_NOT_EQUAL(nand_byte(&n), 0xff);
	small_read(&n, 0x50, 96, 5);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);
	small_program(&n, 0, 65, 0, &v, 1);
	nand_wait(&n);
	CU_ASSERT_EQUAL(nand_status(&n), 0xe1);
	nand_cmd(&n, 0x60);
	nand_addr(&n, 4095 * 32, 3);
	nand_cmd(&n, 0xd0);
	nand_wait(&n);
	CU_ASSERT_EQUAL(nand_status(&n), 0xe1);
	small_program(&n, 0, 96, 0, &v, 1);
	nand_wait(&n);
	CU_ASSERT_EQUAL(nand_status(&n), 0xe0);
	rig_close(&n.r);
}

void test_nand_image(void)
{
	static const u8 v = 0x42, spare = 0x24;
	struct nand_rig n;

	open_image(&n);
	small_program(&n, 0, 33, 1, &v, 1);
	CU_ASSERT_EQUAL(n.image[33 * K9F1208_STRIDE + 1], v);
	nand_wait(&n);
	small_program(&n, 0x50, 33, 2, &spare, 1);
	nand_wait(&n);
	CU_ASSERT_EQUAL(n.image[33 * K9F1208_STRIDE + 514], spare);
	n.image[34 * K9F1208_STRIDE + 5] = 0x99;
	small_read(&n, 0, 34, 5);
	CU_ASSERT_EQUAL(nand_byte(&n), 0x99);
	nand_cmd(&n, 0x60);
	nand_addr(&n, 32, 3);
	nand_cmd(&n, 0xd0);
	CU_ASSERT_EQUAL(n.image[33 * K9F1208_STRIDE + 1], 0xff);
	CU_ASSERT_EQUAL(n.image[34 * K9F1208_STRIDE + 5], 0xff);
	rig_close(&n.r);
}

void test_nand_host_fails(void)
{
	static const u8 v = 0x42;
	struct nand_rig n;

	open_image(&n);
	n.r.log.sink = log_nowhere;
	n.is_broken = true;
	small_program(&n, 0, 3, 0, &v, 1);
	nand_wait(&n);
	CU_ASSERT_EQUAL(nand_status(&n), 0xe1);
	nand_cmd(&n, 0x60);
	nand_addr(&n, 0, 3);
	nand_cmd(&n, 0xd0);
	nand_wait(&n);
	CU_ASSERT_EQUAL(nand_status(&n), 0xe1);
	small_read(&n, 0, 3, 0);
	CU_ASSERT_EQUAL(nand_byte(&n), 0);
	CU_ASSERT_EQUAL(n.image[0], 0xff);
	CU_ASSERT_EQUAL(n.r.log.counts[LOG_ERROR], 1);
	n.is_broken = false;
	small_program(&n, 0, 3, 0, &v, 1);
	nand_wait(&n);
	CU_ASSERT_EQUAL(nand_status(&n), 0xe0);
	rig_close(&n.r);
}

static unsigned int blocks_taken(const struct nand *c)
{
	unsigned int n = 0;

	for (u32 i = 0; i < c->kind.blocks; i++)
		n += c->mem[i] != NULL;
	return n;
}

void test_nand_takes_memory(void)
{
	static const u8 a = 0x12;
	struct nand_rig n;
	struct nand *c;

	nand_rig_open(&n);
	nand_rig_start(&n);
	c = n.chip[SMALL_CHIP];
	nand_select(&n, SMALL_CHIP);
	small_read(&n, 0x00, 64, 0);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);
	CU_ASSERT_EQUAL(blocks_taken(c), 0);
	/* 32 pages are a block: the first and the last of the third */
	small_program(&n, 0x00, 64, 0, &a, 1);
	nand_wait(&n);
	small_program(&n, 0x00, 95, 7, &a, 1);
	nand_wait(&n);
	CU_ASSERT_EQUAL(blocks_taken(c), 1);
	small_read(&n, 0x00, 95, 7);
	CU_ASSERT_EQUAL(nand_byte(&n), a);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);
	nand_cmd(&n, 0x60);
	nand_addr(&n, 64, 3);
	nand_cmd(&n, 0xd0);
	nand_wait(&n);
	CU_ASSERT_EQUAL(nand_status(&n) & 1, 0);
	CU_ASSERT_EQUAL(blocks_taken(c), 0);
	small_read(&n, 0x00, 95, 7);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);
	rig_close(&n.r);
}

/* Take what @bytes at a time there still is, as a list. */
static void *take_all(size_t bytes)
{
	void **p, *list = NULL;

	while ((p = malloc(bytes))) {
		*p = list;
		list = p;
	}
	return list;
}

static void give_back(void *list)
{
	while (list) {
		void *next = *(void **)list;

		free(list);
		list = next;
	}
}

void test_nand_host_memory(void)
{
	static const u8 a = 0x12;
	struct rlimit old, none;
	struct nand_rig n;
	void *list;

#if defined(__SANITIZE_ADDRESS__)
	unit_skip("the sanitizer ends a program that gets no memory");
	return;
#endif
	nand_rig_open(&n);
	n.r.log.sink = log_nowhere;
	nand_rig_start(&n);
	nand_select(&n, SMALL_CHIP);
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_AS, &old), 0);
	none = old;
	none.rlim_cur = 1 << 20;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_AS, &none), 0);
	list = take_all(32 * K9F1208_STRIDE);
	small_program(&n, 0x00, 0, 0, &a, 1);
	give_back(list);
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_AS, &old), 0);
	nand_wait(&n);
	CU_ASSERT_EQUAL(nand_status(&n) & 1, 1);
	CU_ASSERT_EQUAL(blocks_taken(n.chip[SMALL_CHIP]), 0);
	small_program(&n, 0x00, 0, 0, &a, 1);
	nand_wait(&n);
	CU_ASSERT_EQUAL(nand_status(&n) & 1, 0);
	rig_close(&n.r);
}

static void refused(const struct rig_prop *extra, bool has_parent, int err)
{
	struct nand_rig n;
	int rc = 0;

	nand_rig_open(&n);
	n.small[2] = *extra;
	if (!has_parent)
		n.small[1] = *extra;
	rig_add(&n.r, &(struct rig_spec){ .cls = &nand_class, .path = "/small",
					  .props = n.small }, &rc);
	CU_ASSERT_EQUAL(rc, -err);
	CU_ASSERT_PTR_NOT_NULL(strstr(n.r.msg.text, "/small"));
	rig_close(&n.r);
}

void test_nand_bad_nodes(void)
{
	static const struct {
		const char *name;
		u32 val;
	} bad[] = {
		{ "reg", 4 }, { "culm,blocks", 0 }, { "culm,blocks", 1 << 20 },
		{ "culm,page-bytes", 1000 }, { "culm,spare-bytes", 17 },
		{ "culm,row-cycles", 4 }, { "culm,block-pages", 0 },
		{ "culm,bad-blocks", 4096 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++)
		refused(&(struct rig_prop){ .name = bad[i].name, .cells = 1,
					    .cell = { bad[i].val } },
			true, ERR_RANGE);
	refused(&(struct rig_prop){ .name = "culm,blocks", .cells = 1,
				    .cell = { 4 } }, false, ERR_FORMAT);
}

/* Any sequence of cycles, on both chips: nothing breaks, time goes on. */
void test_nand_any_cycles(void)
{
	static const u8 cmds[] = { 0, 1, 0x50, 0x30, 0x35, 5, 0xe0, 0x80, 0x85,
				   0x8a, 0x10, 0x15, 0x60, 0xd0, 0x70, 0x90,
				   0xff, 0x31 };
	struct nand_rig n;
	u32 seed = 20240501;

	open_image(&n);
	for (unsigned int i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		switch (seed >> 16 & 7) {
		case 0:
			nand_select(&n, seed >> 24 & 3);
			break;
		case 1:
		case 2:
			nand_cmd(&n, cmds[(seed >> 20) % sizeof(cmds)]);
			break;
		case 3:
		case 4:
			nand_addr(&n, seed >> 20, 1 + (seed >> 19 & 3));
			break;
		case 5:
			rig_wr(&n.r, NDFC + 8, 4, seed);
			break;
		case 6:
			(void)rig_rd(&n.r, NDFC + 8, 4);
			break;
		default:
			rig_step(&n.r);
		}
	}
	nand_select(&n, SMALL_CHIP);
	nand_cmd(&n, 0xff);
	nand_wait(&n);
	CU_ASSERT_EQUAL(nand_status(&n), 0xe0);
	rig_close(&n.r);
}
