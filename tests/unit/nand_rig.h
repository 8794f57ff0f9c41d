/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/nand_rig.h - an NDFC in bank 1 with a small-page chip on select 1
 * and a large-page one on select 2, and what a driver does with them.
 */
#ifndef TESTS_UNIT_NAND_RIG_H
#define TESTS_UNIT_NAND_RIG_H

#include "tests/unit/dev_rig.h"
#include "soc/dev/ebc.h"
#include "soc/dev/nand.h"

#define NDFC		0x90000000ull
#define SMALL_CHIP	1u
#define LARGE_CHIP	2u
#define NAND_END	{ .name = NULL }
#define K9F1208_STRIDE	528u	/* data sheet: 512 and 16 bytes */
#define K9K2G08_STRIDE	2112u	/* 2048 and 64 */

struct nand_rig {
	struct rig r;
	struct rig_prop ndfc[3], small[5], large[5];
	struct nand *chip[4];
	u8 image[132 * K9F1208_STRIDE];	/* where a test lends storage */
	struct blk blk;
	bool is_broken;
};

static inline void nand_rig_open(struct nand_rig *n)
{
	memset(n, 0, sizeof(*n));
	rig_open(&n->r);
	rig_add(&n->r, &(struct rig_spec){
		.cls = &ebc_class, .path = "/ebc", .dcr = 0x12, .dcrs = 2,
	}, NULL);
	n->ndfc[0] = (struct rig_prop){ .name = "reg", .cells = 3,
					.cell = { 1, 0, 0x2000 } };
	n->ndfc[1] = (struct rig_prop){ .name = "/parent",
					.dev = n->r.dev[0] };
	rig_add(&n->r, &(struct rig_spec){ .cls = &ndfc_class, .path = "/ndfc",
					   .props = n->ndfc }, NULL);
	n->small[0] = (struct rig_prop){ .name = "compatible",
					 .str = "samsung,k9f1208u0a" };
	n->small[1] = (struct rig_prop){ .name = "/parent",
					 .dev = n->r.dev[1] };
	n->large[0] = (struct rig_prop){ .name = "compatible",
					 .str = "samsung,k9k2g08u0m" };
	n->large[1] = n->small[1];
	n->large[2] = (struct rig_prop){ .name = "reg", .cells = 1,
					 .cell = { LARGE_CHIP } };
}

static inline void nand_rig_start(struct nand_rig *n)
{
	struct dev *dev = rig_add(&n->r, &(struct rig_spec){
		.cls = &nand_class, .path = "/small", .props = n->small,
	}, NULL);

	n->chip[SMALL_CHIP] = dev->priv;
	dev = rig_add(&n->r, &(struct rig_spec){
		.cls = &nand_class, .path = "/large", .props = n->large,
	}, NULL);
	n->chip[LARGE_CHIP] = dev->priv;
	rig_start(&n->r);
	rig_wr(&n->r, NDFC + 0x38, 4, 0xc0007777);	/* U-Boot: NAND1 */
}

static inline void nand_select(struct nand_rig *n, unsigned int cs)
{
	rig_wr(&n->r, NDFC + 0x40, 4, cs << 24);
}

static inline void nand_cmd(struct nand_rig *n, u8 v)
{
	rig_wr(&n->r, NDFC, 1, v);
}

static inline void nand_addr(struct nand_rig *n, u32 v, unsigned int cycles)
{
	for (; cycles--; v >>= 8)
		rig_wr(&n->r, NDFC + 4, 1, v & 0xff);
}

static inline u8 nand_byte(struct nand_rig *n)
{
	return (u8)rig_rd(&n->r, NDFC + 8, 1);
}

static inline void nand_put(struct nand_rig *n, u8 v)
{
	rig_wr(&n->r, NDFC + 8, 1, v);
}

static inline bool nand_stat(struct nand_rig *n)
{
	return rig_rd(&n->r, NDFC + 0x44, 4) & 0x01000000;
}

/* Until ready; nanoseconds it took, with the rig's 100 MHz. */
static inline u64 nand_wait(struct nand_rig *n)
{
	cycle_t from = sched_now(&n->r.sched);

	while (!nand_stat(n) && rig_step(&n->r))
		;
	return (sched_now(&n->r.sched) - from) * 10;
}

static inline u8 nand_status(struct nand_rig *n)
{
	nand_cmd(n, 0x70);
	return nand_byte(n);
}

/* Small pages: 1 column and 3 row cycles, as the K9F1208. */
static inline void small_read(struct nand_rig *n, u8 area, u32 row, u8 col)
{
	nand_cmd(n, area);
	nand_addr(n, col, 1);
	nand_addr(n, row, 3);
	nand_wait(n);
}

static inline void large_read(struct nand_rig *n, u32 row, u16 col)
{
	nand_cmd(n, 0x00);
	nand_addr(n, col, 2);
	nand_addr(n, row, 3);
	nand_cmd(n, 0x30);
	nand_wait(n);
}

static inline void small_program(struct nand_rig *n, u8 area, u32 row, u8 col,
				 const u8 *buf, unsigned int bytes)
{
	nand_cmd(n, area);
	nand_cmd(n, 0x80);
	nand_addr(n, col, 1);
	nand_addr(n, row, 3);
	while (bytes--)
		nand_put(n, *buf++);
	nand_cmd(n, 0x10);
}

#endif
