/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/nor_chip.c - the AMD command set of one NOR flash chip.
 *
 * Owns the state between the cycles of a command, what runs and for how long,
 * and what a read gives meanwhile.  Changes the content and hands what changed
 * to the storage.  Must not know where on a bus the chip is.
 *
 * Command addresses count in words of the chip: byte offset / 2 where the
 * chip has a 16-bit mode, in either mode, else the byte offset.  Of them the
 * low 11 bits matter.
 *
 * Left out: the secured sector, and protection by command.
 */
#include "soc/dev/nor.h"

#include "base/bits.h"

#define ERASE_WAIT_NS	50000ull	/* for further sectors */
#define REFUSED_NS	1000ull		/* what a protected sector takes */

/* ---- sectors ----------------------------------------------------------- */

/* Number, start and length of the sector at @off of a chip. */
static unsigned int sector_at(const struct nor *n, u32 off, u32 *start,
			      u32 *len)
{
	u32 size = n->kind.sector, count = n->chip_bytes / size;
	u32 big = off / size, small = size / 8;
	u32 split = n->kind.boot == BOOT_TOP ? count - 1 : 0;

	*start = big * size;
	*len = size;
	if (n->kind.boot == BOOT_NONE || big != split)
		return n->kind.boot == BOOT_BOTTOM ? big + 7 : big;
	*start = off / small * small;
	*len = small;
	return split + (off - big * size) / small;
}

static u8 *sector_flags(struct nor_chip *c, u32 off)
{
	u32 start, len;

	return &c->sector[sector_at(c->nor, off, &start, &len)];
}

/* Hand [@off, @off + @len) of the content to the storage. */
static int nor_store(struct nor *n, u32 off, u32 len)
{
	int rc = n->blk ? blk_write(n->blk, off, n->mem + off, len) : 0;

	if (rc)
		LOG_ONCE(n->dev->env->log, n->lost, LOG_ERROR,
			 "%s: %s: a write failed: %s", n->dev->path,
			 n->blk->name ? n->blk->name : "content",
			 err_text(rc));
	return rc;
}

/* ---- operations that take time ----------------------------------------- */

static void op_start(struct nor_chip *c, enum nor_op op, u64 ns)
{
	const struct dev_env *env = c->nor->dev->env;

	c->op = op;
	c->seq = SEQ_IDLE;
	c->view = VIEW_ARRAY;
	c->until = sched_now(env->sched) + clk_ns_to_cycles(env->clk, ns);
	sched_at(env->sched, &c->done, c->until);
}

/**
 * nor_chip_reset - the reset pin: array mode, whatever ran is given up
 * @c: chip
 */
void nor_chip_reset(struct nor_chip *c)
{
	sched_cancel(c->nor->dev->env->sched, &c->done);
	for (unsigned int i = 0; i < c->nor->sectors; i++)
		c->sector[i] &= (u8)~SECTOR_ERASING;
	c->view = VIEW_ARRAY;
	c->op = OP_NONE;
	c->seq = SEQ_IDLE;
	c->is_bypass = false;
	c->is_suspended = false;
	c->is_chip_erase = false;
	c->has_failed = false;
}

/* Bits go from 1 to 0 only; false: one should have gone the other way. */
static bool cell_program(struct nor *n, u32 at, u16 val)
{
	u8 *p = n->mem + at;
	u16 old = n->width == 2 ? ldb16(p) : *p;

	if (n->width == 2)
		stb16(p, old & val);
	else
		*p = (u8)(old & val);
	return (old & val) == val;
}

/* Program @count words, of which the last was @c->last. */
static void op_program(struct nor_chip *c, const u32 *off, const u16 *val,
		       unsigned int count, u64 ns)
{
	struct nor *n = c->nor;
	u32 lo = ~0u, hi = 0;

	c->last = val[count - 1];
	c->has_failed = false;
	if (*sector_flags(c, off[0])) {		/* protected or being erased */
		op_start(c, OP_PROGRAM, REFUSED_NS);
		return;
	}
	for (unsigned int i = 0; i < count; i++) {
		if (!cell_program(n, c->base + off[i], val[i]))
			c->has_failed = true;
		lo = off[i] < lo ? off[i] : lo;
		hi = off[i] > hi ? off[i] : hi;
	}
	if (nor_store(n, c->base + lo, hi - lo + n->width))
		c->has_failed = true;
	op_start(c, OP_PROGRAM, ns);
}

static u64 erase_ns(const struct nor_chip *c)
{
	u64 n = 0;

	for (unsigned int i = 0; i < c->nor->sectors; i++)
		n += c->sector[i] == SECTOR_ERASING;
	return n ? n * c->nor->kind.erase_ns : REFUSED_NS * 100;
}

static void erase_finish(struct nor_chip *c)
{
	struct nor *n = c->nor;
	u32 off, start, len;

	for (off = 0; off < n->chip_bytes; off = start + len) {
		u8 *flags = &c->sector[sector_at(n, off, &start, &len)];
		bool is_meant = *flags == SECTOR_ERASING;

		*flags &= (u8)~SECTOR_ERASING;
		if (!is_meant)
			continue;
		memset(n->mem + c->base + start, 0xff, len);
		if (nor_store(n, c->base + start, len))
			c->has_failed = true;
	}
	c->is_chip_erase = false;
}

/**
 * nor_chip_done - the time of what runs is over
 * @opaque: chip
 * @late:   cycles since then
 *
 * Context: a scheduler event.
 */
void nor_chip_done(void *opaque, cycle_t late)
{
	struct nor_chip *c = opaque;

	(void)late;
	if (c->op == OP_ERASE_WAIT) {
		op_start(c, OP_ERASE, erase_ns(c));
		return;
	}
	if (c->op == OP_ERASE)
		erase_finish(c);
	c->op = c->has_failed ? OP_FAILED : OP_NONE;
}

static void erase_sector(struct nor_chip *c, u32 off)
{
	*sector_flags(c, off) |= SECTOR_ERASING;
	c->has_failed = false;
	c->last = 0xff;			/* what DQ7 will become */
	op_start(c, OP_ERASE_WAIT, ERASE_WAIT_NS);
}

static void erase_chip(struct nor_chip *c)
{
	for (unsigned int i = 0; i < c->nor->sectors; i++)
		c->sector[i] |= SECTOR_ERASING;
	c->is_chip_erase = true;
	c->has_failed = false;
	c->last = 0xff;
	op_start(c, OP_ERASE, erase_ns(c));
}

static void erase_suspend(struct nor_chip *c)
{
	const struct dev_env *env = c->nor->dev->env;
	cycle_t now = sched_now(env->sched);

	if (c->op == OP_ERASE_WAIT)
		c->left = clk_ns_to_cycles(env->clk, erase_ns(c));
	else
		c->left = c->until > now ? c->until - now : 1;
	sched_cancel(env->sched, &c->done);
	c->op = OP_NONE;
	c->is_suspended = true;
}

static void erase_resume(struct nor_chip *c)
{
	struct sched *s = c->nor->dev->env->sched;

	c->is_suspended = false;
	c->op = OP_ERASE;
	c->view = VIEW_ARRAY;
	c->until = sched_now(s) + c->left;
	sched_at(s, &c->done, c->until);
}

/* ---- command cycles ---------------------------------------------------- */

/* Back to the array; a suspended erase stays suspended. */
static void seq_end(struct nor_chip *c)
{
	c->seq = SEQ_IDLE;
	c->view = VIEW_ARRAY;
}

static void seq_idle(struct nor_chip *c, u32 off, u32 word, u8 cmd)
{
	bool has_buffer = c->nor->kind.buffer != 0;

	if (cmd == 0xf0)
		seq_end(c);
	else if (cmd == 0x98 && (word & 0xff) == 0x55)
		c->view = VIEW_CFI;
	else if (cmd == 0x30 && c->is_suspended)
		erase_resume(c);
	else if (cmd == 0xaa && (word & 0x7ff) == 0x555)
		c->seq = SEQ_AA;
	else if (!c->is_bypass)
		return;
	else if (cmd == 0xa0)
		c->seq = SEQ_A0;
	else if (cmd == 0x90)
		c->seq = SEQ_90;
	else if (cmd == 0x80)
		c->seq = SEQ_80_55;
	else if (cmd == 0x25 && has_buffer) {
		c->buf_at = off;
		c->seq = SEQ_COUNT;
	}
}

/* The command after the two unlock cycles. */
static void seq_command(struct nor_chip *c, u32 off, u8 cmd)
{
	c->seq = SEQ_IDLE;
	switch (cmd) {
	case 0x90:
		c->view = VIEW_IDS;
		break;
	case 0xa0:
		c->seq = SEQ_A0;
		break;
	case 0x80:
		c->seq = SEQ_80;
		break;
	case 0x20:
		c->is_bypass = true;
		break;
	case 0x25:
		c->buf_at = off;
		if (c->nor->kind.buffer)
			c->seq = SEQ_COUNT;
		break;
	default:		/* 0xf0, and what does not exist */
		if (c->op == OP_ABORTED)
			c->op = OP_NONE;
		seq_end(c);
	}
}

static void seq_erase(struct nor_chip *c, u32 off, u32 word, u8 cmd)
{
	seq_end(c);
	if (c->is_suspended)
		return;
	if (cmd == 0x30)
		erase_sector(c, off);
	else if (cmd == 0x10 && (c->is_bypass || (word & 0x7ff) == 0x555))
		erase_chip(c);
}

static void buffer_abort(struct nor_chip *c)
{
	c->op = OP_ABORTED;
	c->seq = SEQ_IDLE;
}

static void seq_buffer(struct nor_chip *c, u32 off, u16 val)
{
	const struct nor *n = c->nor;
	bool is_here = sector_flags(c, off) == sector_flags(c, c->buf_at);

	if (c->seq == SEQ_COUNT) {
		c->buf_want = (val & 0xff) + 1u;
		c->buf_have = 0;
		c->seq = SEQ_DATA;
		if (!is_here || c->buf_want > n->kind.buffer / n->width)
			buffer_abort(c);
		return;
	}
	if (c->seq == SEQ_CONFIRM) {
		if ((val & 0xff) == 0x29 && is_here)
			op_program(c, c->buf_offs, c->buf, c->buf_have,
				   n->kind.buffer_ns);
		else
			buffer_abort(c);
		return;
	}
	c->last = val;
	if (!c->buf_have)
		c->buf_page = off / n->kind.buffer;
	if (!is_here || off / n->kind.buffer != c->buf_page) {
		buffer_abort(c);
		return;
	}
	c->buf_offs[c->buf_have] = off;
	c->buf[c->buf_have++] = val;
	if (c->buf_have == c->buf_want)
		c->seq = SEQ_CONFIRM;
}

/* Writes while something runs; true: this was one. */
static bool write_busy(struct nor_chip *c, u32 off, u8 cmd)
{
	switch (c->op) {
	case OP_NONE:
	case OP_ABORTED:
		return false;
	case OP_ERASE_WAIT:
		if (cmd == 0x30)
			erase_sector(c, off);
		else if (cmd == 0xb0)
			erase_suspend(c);
		else
			nor_chip_reset(c);
		return true;
	case OP_ERASE:
		if (cmd == 0xb0 && !c->is_chip_erase)
			erase_suspend(c);
		return true;
	case OP_FAILED:
		if (cmd == 0xf0) {
			c->op = OP_NONE;
			c->has_failed = false;
		}
		return true;
	default:
		return true;
	}
}

/**
 * nor_cycle_write - a write cycle: part of a command, or its data
 * @c:   chip
 * @off: bytes from the chip's start
 * @val: 8 or 16 bits; commands are in the low 8
 *
 * Source: [S29GL] command definitions.
 */
void nor_cycle_write(struct nor_chip *c, u32 off, u16 val)
{
	u32 word = off >> c->nor->kind.has_16bit;
	u8 cmd = (u8)val;

	if (write_busy(c, off, cmd))
		return;
	switch (c->seq) {
	case SEQ_IDLE:
		seq_idle(c, off, word, cmd);
		break;
	case SEQ_AA:
	case SEQ_80_AA:
		if (cmd == 0x55 && (word & 0x7ff) == 0x2aa)
			c->seq = c->seq == SEQ_AA ? SEQ_55 : SEQ_80_55;
		else
			seq_end(c);
		break;
	case SEQ_55:
		seq_command(c, off, cmd);
		break;
	case SEQ_80:
		if (cmd == 0xaa && (word & 0x7ff) == 0x555)
			c->seq = SEQ_80_AA;
		else
			seq_end(c);
		break;
	case SEQ_80_55:
		seq_erase(c, off, word, cmd);
		break;
	case SEQ_A0:
		op_program(c, &off, &val, 1, c->nor->kind.program_ns);
		break;
	case SEQ_90:
		c->is_bypass = c->is_bypass && cmd != 0x00 && cmd != 0xf0;
		seq_end(c);
		break;
	default:
		seq_buffer(c, off, val);
	}
}

/* ---- reads ------------------------------------------------------------- */

/* DQ7 data or 0, DQ6 and DQ2 toggle, DQ5 failed, DQ3 erasing, DQ1 abort. */
static u16 read_status(struct nor_chip *c, bool is_erasing_here)
{
	u8 st = 0;

	c->toggle ^= 0x44;
	switch (c->op) {
	case OP_PROGRAM:
		return (~c->last & 0x80) | (c->toggle & 0x40);
	case OP_ABORTED:
		return (~c->last & 0x80) | (c->toggle & 0x40) | 0x02;
	case OP_FAILED:
		return (~c->last & 0x80) | (c->toggle & 0x40) | 0x20;
	case OP_ERASE:
		st = 0x08;
		/* fall through */
	case OP_ERASE_WAIT:
		st |= c->toggle & 0x40;
		break;
	default:		/* suspended */
		st = 0x80;
	}
	return st | (is_erasing_here ? c->toggle & 0x04 : 0);
}

static u16 read_id(struct nor_chip *c, u32 off, u32 word)
{
	const struct nor_kind *k = &c->nor->kind;
	u16 id = 0;

	switch (word & 0xff) {
	case 0x00:
		return k->id[0];
	case 0x01:
		id = k->id[1];
		break;
	case 0x02:
		return *sector_flags(c, off) & SECTOR_PROTECTED;
	case 0x0e:
		id = k->id[2];
		break;
	case 0x0f:
		id = k->id[3];
		break;
	}
	return c->nor->width == 2 ? id : id & 0xff;
}

/**
 * nor_cycle_read - a read cycle: content, ids, query table or status
 * @c:   chip
 * @off: bytes from the chip's start
 *
 * Returns: 8 or 16 bits.
 * Source:  [S29GL] write operation status.
 */
u16 nor_cycle_read(struct nor_chip *c, u32 off)
{
	const struct nor *n = c->nor;
	u32 word = off >> n->kind.has_16bit;
	bool is_erasing = *sector_flags(c, off) & SECTOR_ERASING;
	const u8 *p = n->mem + c->base + off;

	if (c->op != OP_NONE)
		return read_status(c, is_erasing);
	if (c->view == VIEW_IDS)
		return read_id(c, off, word);
	if (c->view == VIEW_CFI)
		return (word & 0xff) < sizeof(n->cfi) ? n->cfi[word & 0xff] :
							0;
	if (is_erasing)
		return read_status(c, true);
	return n->width == 2 ? ldb16(p) : *p;
}

/**
 * nor_chip_is_special - whether reads give anything but the content
 * @c: chip
 */
bool nor_chip_is_special(const struct nor_chip *c)
{
	return c->op != OP_NONE || c->view != VIEW_ARRAY || c->is_suspended;
}
