/* SPDX-License-Identifier: MIT */
/*
 * flash.c - the boot flash, by CFI, and NAND chip 0, through the controller.
 * Runs from RAM: a flash that answers a query has no code to run.
 */
#include "fw.h"

/* ---- NOR: one chip on 16 lines ------------------------------------------ */

static int nor_read(const struct source *s, u32 at, void *to, u32 n)
{
	const u32 *from = (const u32 *)(FLASH_EA + at);
	u32 *word = to, i;

	if (at > s->bytes || n > s->bytes - at)
		return -1;
	for (i = 0; i < (n + 3) / 4; i++)
		word[i] = from[i];
	return 0;
}

int nor_find(struct source *s)
{
	u32 size;

	out16(FLASH_EA + 2 * 0x55, 0x98);
	if ((in16(FLASH_EA + 2 * 0x10) & 0xff) != 'Q' ||
	    (in16(FLASH_EA + 2 * 0x11) & 0xff) != 'R' ||
	    (in16(FLASH_EA + 2 * 0x12) & 0xff) != 'Y') {
		out16(FLASH_EA, 0xf0);
		return 0;
	}
	size = in16(FLASH_EA + 2 * 0x27) & 0xff;
	out16(FLASH_EA, 0xf0);
	*s = (struct source){ "NOR", 1u << size, 0x10000, nor_read, 0, 0 };
	if (s->bytes > FLASH_BYTES)
		s->bytes = FLASH_BYTES;
	say("fw: NOR: CFI, %u MB\n", s->bytes >> 20);
	return 1;
}

/* ---- NAND: pages of 512 bytes ------------------------------------------- */

#define CMD	(NAND_EA + 0x00)
#define ALE	(NAND_EA + 0x04)
#define DATA	(NAND_EA + 0x08)
#define ECC	(NAND_EA + 0x10)
#define BCFG1	(NAND_EA + 0x34)
#define CCR	(NAND_EA + 0x40)
#define STAT	(NAND_EA + 0x44)
#define READY	0x01000000
#define CCR_CS1	0x01001000	/* four address cycles, chip select 1 */
#define CCR_RESET_ECC 0x40000000
#define PAGE	512u
#define BAD	5		/* spare byte that is 0xff in a good block */

static const u8 ecc_at[6] = { 0, 1, 2, 3, 6, 7 };

static void nand_wait(void)
{
	u32 start = timebase();

	while (!(in32(STAT) & READY))
		if (timebase() - start > 100000000)
			stop("NAND: does not become ready");
}

static void nand_address(u32 command, u32 row)
{
	out8(CMD, command);
	out8(ALE, 0);
	out8(ALE, row);
	out8(ALE, row >> 8);
	out8(ALE, row >> 16);
	nand_wait();
}

/* One wrong bit of 256 bytes is put right; -1 for more. */
static int correct(u8 *data, const u8 *want, u32 got)
{
	const u32 right = (u32)want[0] << 16 | want[1] << 8 | want[2];
	u32 diff = right ^ (got & 0xffffff), i, byte = 0, bit = 0;

	diff >>= 2;		/* the two lowest bits are not code */
	if (!diff)
		return 0;
	if (((diff >> 1 ^ diff) & 0x155555) != 0x155555)
		return -1;
	for (i = 0; i < 3; i++)
		bit |= (diff >> (2 * i + 1) & 1) << i;
	/* line parities: 15..8 in the middle byte, 7..0 in the first */
	for (i = 0; i < 4; i++) {
		byte |= (diff >> (14 + 2 * i + 1) & 1) << i;
		byte |= (diff >> (6 + 2 * i + 1) & 1) << (4 + i);
	}
	data[byte] ^= 1u << bit;
	return 0;
}

static int nand_page(u32 row, u8 *to)
{
	u32 spare[4], ecc[2], i, *word = (u32 *)to;
	u8 want[6];

	nand_address(0x00, row);
	out32(CCR, CCR_CS1 | CCR_RESET_ECC);
	for (i = 0; i < PAGE / 4; i++)
		word[i] = in32(DATA);
	ecc[0] = in32(ECC);
	ecc[1] = in32(ECC + 4);
	for (i = 0; i < 4; i++)
		spare[i] = in32(DATA);
	for (i = 0; i < 6; i++)
		want[i] = ((u8 *)spare)[ecc_at[i]];
	return correct(to, want, ecc[0]) || correct(to + 256, want + 3, ecc[1])
	       ? -1 : 0;
}

static int is_bad_block(const struct source *s, u32 row)
{
	u32 spare[4], i;

	nand_address(0x50, row / s->pages * s->pages);
	for (i = 0; i < 4; i++)
		spare[i] = in32(DATA);
	return ((u8 *)spare)[BAD] != 0xff;
}

/* Bad blocks are skipped, so @at must be the beginning of one that is not. */
static int nand_read(const struct source *s, u32 at, void *to, u32 n)
{
	u32 row = at / PAGE, last = s->bytes / PAGE;
	u8 *p = to;

	if (is_bad_block(s, row))
		return -1;
	for (; n; row++) {
		if (row % s->pages == 0)
			while (row < last && is_bad_block(s, row))
				row += s->pages;
		if (row >= last || nand_page(row, p))
			return -1;
		p += PAGE;
		n -= n < PAGE ? n : PAGE;
	}
	return 0;
}

int nand_find(struct source *s)
{
	u32 maker, device;

	sdr_set(0x4000, 0x80000000);	/* CUST0: pins to the controller */
	out32(BCFG1, 0x80002222);
	out32(CCR, CCR_CS1);
	out8(CMD, 0xff);
	nand_wait();
	out8(CMD, 0x90);
	out8(ALE, 0);
	maker = in8(DATA);
	device = in8(DATA);
	say("fw: NAND: id %2x %2x\n", maker, device);
	/* K9F1208: 64 MB in blocks of 32 pages */
	if (device != 0x76)
		return 0;
	*s = (struct source){ "NAND", 64 << 20, 32 * PAGE, nand_read, PAGE,
			      32 };
	return 1;
}
