/* SPDX-License-Identifier: MIT */
/*
 * soc/reg.c - reads and writes registers as their tables say.
 *
 * Owns the rules of masks, write-one-to-clear, byte lanes and holes.  Must
 * not know any device; what a plain cell cannot do is in its callbacks.
 *
 * An MMIO access may cover part of a register, or several registers: the
 * on-chip bus sizes dynamically, so a word read of four byte registers is
 * four byte reads.  The image of a register is its bytes in bus order, the
 * lowest address most significant; for REG_LE the value is the image with
 * its bytes reversed.
 */
#include "soc/reg.h"

#include "soc/bus.h"
#include "soc/dev.h"

static u32 bytes_mask(unsigned int bytes)
{
	return bytes >= 4 ? 0xffffffffu : (1u << 8 * bytes) - 1;
}

static u32 swap_bytes(const struct reg_desc *r, u32 v)
{
	if (!(r->flags & REG_LE))
		return v;
	return r->size == 4 ? __builtin_bswap32(v) :
	       r->size == 2 ? __builtin_bswap16((u16)v) : v;
}

static u32 *reg_cell(struct dev *dev, const struct reg_desc *r, unsigned int i)
{
	if (r->cell == REG_NO_CELL)
		return NULL;
	return (u32 *)((char *)dev->priv + r->cell) + i;
}

/* Does row @r hold @off?  @span: offsets that one register takes. */
static bool row_holds(const struct reg_desc *r, u32 span, u32 off,
		      unsigned int *index)
{
	u32 stride = r->stride ? r->stride : span;
	u32 count = r->count ? r->count : 1;
	u32 i;

	if (off < r->offset)
		return false;
	i = (off - r->offset) / stride;
	if (i >= count || (off - r->offset) % stride >= span)
		return false;
	*index = i;
	return true;
}

/**
 * reg_find - the table row that holds an offset
 * @space: register space
 * @off:   bytes, or DCR or index number; any byte of the register matches
 * @index: set to the index in the array on success; may be NULL
 *
 * Returns: the first row that holds @off, NULL for a hole.
 */
const struct reg_desc *reg_find(const struct reg_space *space, u32 off,
				unsigned int *index)
{
	unsigned int i;

	for (unsigned int n = 0; n < space->count; n++) {
		const struct reg_desc *r = &space->regs[n];

		if (row_holds(r, space->kind == REG_MMIO ? r->size : 1,
			      off, &i)) {
			if (index)
				*index = i;
			return r;
		}
	}
	return NULL;
}

static u32 value_read(struct dev *dev, const struct reg_desc *r,
		      unsigned int i)
{
	const u32 *cell = reg_cell(dev, r, i);
	u32 v = cell ? *cell : 0;

	if (r->flags & REG_WO)
		return 0;
	return r->read ? r->read(dev, i, v) : v;
}

/* @lanes: the bits of the register that the access covers. */
static void value_write(struct dev *dev, const struct reg_desc *r,
			unsigned int i, u32 val, u32 lanes)
{
	u32 *cell = reg_cell(dev, r, i);
	u32 can = r->wmask & lanes;

	if (r->flags & REG_RO)
		return;
	val &= lanes;
	if (cell && r->flags & REG_W1C) {
		*cell &= ~(val & can);
	} else if (cell && r->flags & REG_SET) {
		*cell |= val & can;
	} else if (cell) {
		val |= *cell & ~lanes;
		*cell = (*cell & ~can) | (val & can);
	}
	if (r->write)
		r->write(dev, i, val & bytes_mask(r->size));
}

/* The part of an MMIO access that falls into one register. */
struct lane {
	const struct reg_desc *r;
	unsigned int i;
	unsigned int bytes;	/* 1 for a hole */
	unsigned int shift;	/* of the part within the register's image */
};

static void lane_at(const struct reg_space *space, u32 off, unsigned int left,
		    struct lane *ln)
{
	unsigned int at;

	ln->bytes = 1;
	ln->r = reg_find(space, off, &ln->i);
	if (!ln->r)
		return;
	at = off - ln->r->offset -
	     ln->i * (ln->r->stride ? ln->r->stride : ln->r->size);
	ln->bytes = ln->r->size - at;
	if (ln->bytes > left)
		ln->bytes = left;
	ln->shift = 8 * (ln->r->size - at - ln->bytes);
}

static bool is_sane(const struct reg_space *space, unsigned int size)
{
	return space->kind != REG_MMIO || size == 1 || size == 2 || size == 4;
}

/**
 * reg_read - read a register
 * @dev:   device; a hole counts in its `holes`
 * @space: one of its spaces
 * @off:   offset in the space, any value
 * @size:  1, 2 or 4 bytes; not looked at unless @space is REG_MMIO
 * @val:   set; a hole reads as 0
 *
 * Returns: BUS_OK; BUS_BAD_ACCESS for another size.
 */
int reg_read(struct dev *dev, const struct reg_space *space, u32 off,
	     unsigned int size, u32 *val)
{
	unsigned int n = 0, i;
	bool is_hole = false;
	struct lane ln;

	*val = 0;
	if (!is_sane(space, size))
		return BUS_BAD_ACCESS;
	if (space->kind != REG_MMIO) {
		const struct reg_desc *r = reg_find(space, off, &i);

		*val = r ? value_read(dev, r, i) : 0;
		dev->holes += !r;
		return BUS_OK;
	}
	while (n < size) {
		u32 part = 0;

		lane_at(space, off + n, size - n, &ln);
		if (ln.r)
			part = swap_bytes(ln.r, value_read(dev, ln.r, ln.i)) >>
			       ln.shift & bytes_mask(ln.bytes);
		is_hole |= !ln.r;
		n += ln.bytes;
		*val |= part << 8 * (size - n);
	}
	dev->holes += is_hole;
	return BUS_OK;
}

/**
 * reg_write - write a register
 * @dev:   device; a hole counts in its `holes`
 * @space: one of its spaces
 * @off:   offset in the space, any value
 * @size:  1, 2 or 4 bytes; not looked at unless @space is REG_MMIO
 * @val:   value; a write to a hole is lost
 *
 * A narrow write to a plain cell hands the callback the whole new value; to
 * a W1C or SET register, only the bits of its own bytes.
 *
 * Returns: BUS_OK; BUS_BAD_ACCESS for another size.
 */
int reg_write(struct dev *dev, const struct reg_space *space, u32 off,
	      unsigned int size, u32 val)
{
	unsigned int n = 0, i;
	bool is_hole = false;
	struct lane ln;

	if (!is_sane(space, size))
		return BUS_BAD_ACCESS;
	if (space->kind != REG_MMIO) {
		const struct reg_desc *r = reg_find(space, off, &i);

		if (r)
			value_write(dev, r, i, val, 0xffffffffu);
		dev->holes += !r;
		return BUS_OK;
	}
	while (n < size) {
		lane_at(space, off + n, size - n, &ln);
		n += ln.bytes;
		is_hole |= !ln.r;
		if (ln.r) {
			u32 lanes = bytes_mask(ln.bytes) << ln.shift;
			u32 part = val >> 8 * (size - n) << ln.shift & lanes;

			value_write(dev, ln.r, ln.i, swap_bytes(ln.r, part),
				    swap_bytes(ln.r, lanes));
		}
	}
	dev->holes += is_hole;
	return BUS_OK;
}

/**
 * reg_reset - put every cell of a space to its reset value
 * @dev:   device
 * @space: one of its spaces; aliases (REG_NO_SAVE) are left alone
 */
void reg_reset(struct dev *dev, const struct reg_space *space)
{
	for (unsigned int n = 0; n < space->count; n++) {
		const struct reg_desc *r = &space->regs[n];
		unsigned int count = r->count ? r->count : 1;

		if (r->cell == REG_NO_CELL || r->flags & REG_NO_SAVE)
			continue;
		for (unsigned int i = 0; i < count; i++)
			*reg_cell(dev, r, i) = r->reset;
	}
}
