/* SPDX-License-Identifier: MIT */
/*
 * soc/reg.h - a register is data: offset, size, reset, mask, storage.
 *
 * A device class lists its registers in tables.  reg_read and reg_write give
 * every device the same checks, masks, write-one-to-clear, byte lanes and
 * tracing; a callback does what a plain cell cannot.
 */
#ifndef SOC_REG_H
#define SOC_REG_H

#include "base/env.h"

struct dev;
struct reg_desc;

enum reg_flags {
	REG_RO = 1,		/* writes are ignored */
	REG_WO = 2,		/* reads give 0 */
	REG_W1C = 4,		/* writing 1 clears the bit, within wmask */
	REG_SET = 8,		/* writing 1 sets the bit, within wmask */
	REG_LE = 16,		/* little-endian register on the big-endian bus */
	REG_NO_SAVE = 32,	/* an alias of another row's cell */
};

struct reg_desc {
	const char *name;
	u32 offset;		/* bytes, or DCR or index number */
	u8 size;		/* bytes: 1, 2, 4; the table of a DCR says 4 */
	u8 flags;		/* enum reg_flags */
	u16 count;		/* of an array; 0 means 1 */
	u16 stride;		/* offset step in an array */
	u32 reset;		/* value after a reset */
	u32 wmask;		/* bits that a write can change */
	size_t cell;		/* offset of a u32 (array) in dev->priv; or */
#define REG_NO_CELL ((size_t)-1)
	/* @i: index in the array.  Either may be NULL. */
	u32 (*read)(struct dev *dev, unsigned int i, u32 cell);
	void (*write)(struct dev *dev, unsigned int i, u32 val);
	const char *source;	/* key of doc/sources.md */
};

enum reg_space_kind { REG_MMIO, REG_DCR, REG_INDIRECT };

struct reg_space {
	enum reg_space_kind kind;
	const struct reg_desc *regs;
	unsigned int count;
	u32 size;		/* span in bytes or register numbers */
};

/*
 * Read or write the register of @space at @off.  A narrower access than the
 * register takes its byte lanes; a hole reads as 0 and is counted in
 * dev->holes.  Returns BUS_OK or BUS_BAD_ACCESS.
 * With a write callback the cell is updated (mask, W1C, SET) before the
 * callback runs, and the callback gets the raw value written.
 */
int reg_read(struct dev *dev, const struct reg_space *space, u32 off,
	     unsigned int size, u32 *val);
int reg_write(struct dev *dev, const struct reg_space *space, u32 off,
	      unsigned int size, u32 val);
void reg_reset(struct dev *dev, const struct reg_space *space);
const struct reg_desc *reg_find(const struct reg_space *space, u32 off,
				unsigned int *index);

#endif
