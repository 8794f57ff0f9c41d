/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/nand.h - one NAND flash chip as its pins show it, and how it finds
 * its controller.
 *
 * nand.c is the chip and owns its content; ndfc.c is the controller and owns
 * chip selects, registers and ECC.  A chip's node is a child of the
 * controller's.
 */
#ifndef SOC_DEV_NAND_H
#define SOC_DEV_NAND_H

#include "soc/dev.h"

extern const struct dev_class nand_class, ndfc_class;

#define NAND_IDS	8

/* What is soldered on; sizes in bytes, times in ns. */
struct nand_kind {
	const char *compatible;
	u8 id[NAND_IDS], id_bytes;
	u32 page, spare;
	u32 pages;		/* of a block */
	u32 blocks;
	u8 row_cycles;		/* a page of 512 has 1 column cycle, else 2 */
	u8 programs;		/* of a page between erases, at most */
	bool is_wide;		/* 16 data lines */
	u32 read_ns, program_ns, erase_ns;
};

enum nand_out { OUT_DATA, OUT_STATUS, OUT_ID, OUT_NOTHING };

struct nand {
	struct dev *dev;
	struct nand_kind kind;
	u32 stride;		/* a page and its spare */
	struct blk *blk;	/* NULL: the content is not kept */
	u8 **mem;		/* then: of each block its bytes, or NULL while
				 * it is erased */
	u8 *is_bad;		/* of each block: from the factory */
	u8 *programs;		/* of each page since its erase in this run */
	u8 *reg, *old;		/* page register; room for another page */
	u8 cmd;			/* that takes addresses or data; 0xff: none */
	unsigned int addrs;
	u8 addr[5];
	u32 row, col;		/* col: next byte in the register */
	u8 area;		/* small pages: 0, 1, 2 for 00, 01, 50 */
	enum nand_out out;
	unsigned int id_at;
	bool has_failed;	/* the last program or erase */
	struct sched_event done;
	void (*changed)(void *opaque);	/* ready or busy; or NULL */
	void *opaque;
	u64 unknown, overdone, lost;	/* logged */
};

/* Cycles on the pins.  A chip with 8 lines uses the low 8. */
void nand_command(struct nand *c, u8 v);
void nand_address(struct nand *c, u8 v);
u16 nand_read(struct nand *c);
void nand_write(struct nand *c, u16 v);
bool nand_is_ready(const struct nand *c);
/* What the next read cycles give, at most @n; how many are known. */
unsigned int nand_ahead(const struct nand *c, u8 *to, unsigned int n);
/* A byte of the array, not through the register: auto-read at boot. */
u8 nand_peek(struct nand *c, u32 row, u32 col);

/* @ndfc: the chip's parent; @cs: chip select, or -1: the one of its node. */
int ndfc_attach(struct dev *ndfc, int cs, struct nand *chip,
		struct errmsg *msg);

#endif
