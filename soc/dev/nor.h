/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/nor.h - one NOR flash chip and the device that holds some: what
 * nor.c (the device, on the bus) and nor_chip.c (the commands) share.
 */
#ifndef SOC_DEV_NOR_H
#define SOC_DEV_NOR_H

#include "soc/dev/ebc.h"

#define NOR_CHIPS	8
#define NOR_BUFFER	512		/* write buffer, bytes at most */

enum nor_boot { BOOT_NONE = 5, BOOT_BOTTOM = 2, BOOT_TOP = 3 };	/* as in CFI */

/* What is soldered on; sizes in bytes, times in ns. */
struct nor_kind {
	const char *compatible;
	u16 id[4];		/* maker; device at 1, 0xe, 0xf, 0: none */
	u32 size, sector;
	bool has_16bit;
	u16 buffer;
	enum nor_boot boot;
	u32 program_ns, buffer_ns, erase_ns;
};

enum nor_view { VIEW_ARRAY, VIEW_IDS, VIEW_CFI };

enum nor_op {
	OP_NONE,
	OP_PROGRAM,
	OP_ERASE_WAIT,		/* more sectors may follow */
	OP_ERASE,
	OP_FAILED,		/* DQ5, until a reset command */
	OP_ABORTED,		/* write buffer misused: DQ1, likewise */
};

/* What the command cycles so far were. */
enum nor_seq {
	SEQ_IDLE, SEQ_AA, SEQ_55, SEQ_80, SEQ_80_AA, SEQ_80_55, SEQ_A0,
	SEQ_COUNT, SEQ_DATA, SEQ_CONFIRM, SEQ_90,
};

#define SECTOR_PROTECTED	1
#define SECTOR_ERASING		2

struct nor_chip {
	struct nor *nor;
	u32 base;		/* in the content */
	u8 *sector;		/* flags of each */
	enum nor_view view;
	enum nor_op op;
	enum nor_seq seq;
	bool is_bypass, is_suspended, is_chip_erase, has_failed;
	u8 toggle;
	u16 last;		/* data of the program running */
	u16 buf[NOR_BUFFER];
	u32 buf_at, buf_page;	/* offset in the chip; page of the buffer */
	unsigned int buf_want, buf_have;
	u32 buf_offs[NOR_BUFFER];
	struct sched_event done;
	cycle_t until, left;	/* of an erase: end; cycles when suspended */
};

struct nor {
	struct dev *dev, *ebc;
	struct nor_kind kind;
	struct ebc_chip at;
	unsigned int width, chips, sectors;
	u32 chip_bytes, bytes;
	u8 *mem, *raw;		/* content, page-aligned; what to free */
	struct blk *blk;	/* NULL: the content is not kept */
	struct nor_chip chip[NOR_CHIPS];
	u8 cfi[0x50];
	unsigned int plain_reads;
	u64 lost;		/* writes that the host refused */
};

/* One cycle on the bus; @off: bytes in the chip, a whole bus word. */
u16 nor_cycle_read(struct nor_chip *c, u32 off);
void nor_cycle_write(struct nor_chip *c, u32 off, u16 val);
void nor_chip_reset(struct nor_chip *c);
void nor_chip_done(void *opaque, cycle_t late);
/* Whether reads give anything but the content. */
bool nor_chip_is_special(const struct nor_chip *c);

#endif
