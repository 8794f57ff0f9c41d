/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/nand.c - a NAND flash chip, with small (512 bytes) or large pages.
 *
 * Owns the content, the page register, the command in progress and how long
 * the chip is busy.  A program clears bits, an erase sets a block's; both take
 * effect when they begin and are handed to the storage at once.  A block that
 * is bad from the factory reads as zeros, and neither programs nor erases.
 * Must not know its controller's registers.
 *
 * In the storage a page is followed by its spare bytes; nothing else is kept.
 */
#include "soc/dev/nand.h"

#include <stdlib.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "soc/dev/compat.h"

#define SMALL		512

#define CMD_NONE	0xff
#define CMD_READ	0x00
#define CMD_READ_B	0x01	/* small: from byte 256 */
#define CMD_READ_C	0x50	/* small: the spare bytes */
#define CMD_READ_GO	0x30	/* large */
#define CMD_COPY_GO	0x35
#define CMD_COLUMN	0x05
#define CMD_COLUMN_GO	0xe0
#define CMD_PROGRAM	0x80
#define CMD_COLUMN_IN	0x85
#define CMD_COPY_IN	0x8a	/* small; large: 85 outside of a program */
#define CMD_PROGRAM_GO	0x10
#define CMD_CACHE_GO	0x15
#define CMD_ERASE	0x60
#define CMD_ERASE_GO	0xd0
#define CMD_STATUS	0x70
#define CMD_ID		0x90
#define CMD_RESET	0xff

#define STATUS_FAIL	0x01
#define STATUS_READY	0x60	/* array and interface */
#define STATUS_WRITABLE	0x80	/* the WP# pin is high */

#define RESET_NS	5000	/* at most 500 us out of an erase */

/* Data sheets: typical times. */
static const struct nand_kind nand_kinds[] = {
	{ "samsung,k9f5608u0c", { 0xec, 0x75, 0xa5, 0xbd }, 4,
	  512, 16, 32, 2048, 2, 5, false, 10000, 200000, 2000000 },
	{ "samsung,k9f1208u0a", { 0xec, 0x76, 0xa5, 0xc0 }, 4,
	  512, 16, 32, 4096, 3, 5, false, 10000, 200000, 2000000 },
	{ "samsung,k9f1g08u0a", { 0xec, 0xf1, 0x80, 0x15, 0x40 }, 5,
	  2048, 64, 64, 1024, 2, 8, false, 25000, 200000, 2000000 },
	{ "samsung,k9k2g08u0m", { 0xec, 0xda, 0xc1, 0x15 }, 4,
	  2048, 64, 64, 2048, 3, 8, false, 25000, 300000, 2000000 },
	{ "samsung,k9k2g16u0m", { 0xec, 0xca, 0xc1, 0x55 }, 4,
	  2048, 64, 64, 2048, 3, 8, true, 25000, 300000, 2000000 },
	{ "micron,mt29f2g08aad", { 0x2c, 0xda, 0x80, 0x95, 0x50 }, 5,
	  2048, 64, 64, 2048, 3, 8, false, 25000, 220000, 500000 },
	/* any other: properties say what differs from this */
	{ "culm,nand", { 0xec, 0x76, 0xa5, 0xc0 }, 4,
	  512, 16, 32, 4096, 3, 5, false, 10000, 200000, 2000000 },
};

static bool is_small(const struct nand *c)
{
	return c->kind.page == SMALL;
}

/* ---- content ----------------------------------------------------------- */

static u32 row_block(const struct nand *c, u32 row)
{
	return row / c->kind.pages;
}

static void lost(struct nand *c, int rc, const char *what)
{
	LOG_ONCE(c->dev->env->log, c->lost, LOG_ERROR, "%s: %s: %s",
		 c->dev->path, what, err_text(rc));
}

static u8 *page_mem(const struct nand *c, u32 row)
{
	return c->mem[row_block(c, row)] +
	       (size_t)(row % c->kind.pages) * c->stride;
}

/* What cannot be read gives zeros, which no ECC takes for data. */
static void page_get(struct nand *c, u32 row, u8 *buf)
{
	u64 off = (u64)row * c->stride;
	int rc;

	if (c->is_bad[row_block(c, row)]) {
		memset(buf, 0, c->stride);
	} else if (c->blk) {
		rc = blk_read(c->blk, off, buf, c->stride);
		if (rc) {
			memset(buf, 0, c->stride);
			lost(c, rc, "a page could not be read");
		}
	} else if (c->mem[row_block(c, row)]) {
		memcpy(buf, page_mem(c, row), c->stride);
	} else {
		memset(buf, 0xff, c->stride);
	}
}

/*
 * A chip is larger than some hosts' memory, and mostly empty: a block takes
 * memory when it is first programmed, and gives it back when it is erased.
 */
static int block_take(struct nand *c, u32 block)
{
	size_t bytes = (size_t)c->kind.pages * c->stride;

	if (c->mem[block])
		return 0;
	c->mem[block] = malloc(bytes);
	if (!c->mem[block])
		return -ERR_NOMEM;
	memset(c->mem[block], 0xff, bytes);
	return 0;
}

static void block_give(struct nand *c, u32 block)
{
	free(c->mem[block]);
	c->mem[block] = NULL;
}

static int page_put(struct nand *c, u32 row, const u8 *buf)
{
	u64 off = (u64)row * c->stride;
	int rc;

	if (c->blk) {
		rc = blk_write(c->blk, off, buf, c->stride);
	} else {
		rc = block_take(c, row_block(c, row));
		if (!rc)
			memcpy(page_mem(c, row), buf, c->stride);
	}
	if (rc)
		lost(c, rc, "a page could not be written");
	return rc;
}

/**
 * nand_peek - a byte of the array
 * @c:   chip
 * @row: page; wraps at the end of the chip
 * @col: byte in the page or its spare; outside there are ones
 *
 * Returns: the byte.
 */
u8 nand_peek(struct nand *c, u32 row, u32 col)
{
	if (col >= c->stride)
		return 0xff;
	page_get(c, row % (c->kind.pages * c->kind.blocks), c->old);
	return c->old[col];
}

/* ---- operations -------------------------------------------------------- */

static void busy(struct nand *c, u64 ns)
{
	const struct dev_env *env = c->dev->env;

	sched_at(env->sched, &c->done,
		 sched_now(env->sched) + clk_ns_to_cycles(env->clk, ns));
	if (c->changed)
		c->changed(c->opaque);
}

static void nand_done(void *opaque, cycle_t late)
{
	struct nand *c = opaque;

	(void)late;
	if (c->changed)
		c->changed(c->opaque);
}

/**
 * nand_is_ready - the level of the chip's R/B pin
 * @c: chip
 *
 * Returns: false while an operation runs.
 */
bool nand_is_ready(const struct nand *c)
{
	return !sched_is_armed(&c->done);
}

static void page_load(struct nand *c)
{
	page_get(c, c->row, c->reg);
	c->out = OUT_DATA;
	if (c->area == 1)
		c->area = 0;	/* 01 is for one operation */
	busy(c, c->kind.read_ns);
}

static void page_program(struct nand *c)
{
	c->cmd = CMD_NONE;
	c->out = OUT_STATUS;
	if (c->area == 1)
		c->area = 0;
	if (c->programs[c->row] < 0xff)
		c->programs[c->row]++;
	if (c->programs[c->row] > c->kind.programs)
		LOG_ONCE(c->dev->env->log, c->overdone, LOG_WARN,
			 "%s: page %u programmed %u times, the part allows %u",
			 c->dev->path, c->row, c->programs[c->row],
			 c->kind.programs);
	if (c->is_bad[row_block(c, c->row)]) {
		c->has_failed = true;
	} else {
		page_get(c, c->row, c->old);
		for (u32 i = 0; i < c->stride; i++)
			c->old[i] &= c->reg[i];
		c->has_failed = page_put(c, c->row, c->old) != 0;
	}
	busy(c, c->kind.program_ns);
}

static void block_erase(struct nand *c)
{
	u32 block = row_block(c, c->row), row = block * c->kind.pages;

	c->cmd = CMD_NONE;
	c->out = OUT_STATUS;
	c->has_failed = c->is_bad[block];
	memset(c->old, 0xff, c->stride);
	for (u32 i = 0; i < c->kind.pages && !c->has_failed; i++) {
		if (c->blk)
			c->has_failed = page_put(c, row + i, c->old) != 0;
		c->programs[row + i] = 0;
	}
	if (c->mem)
		block_give(c, block);
	busy(c, c->kind.erase_ns);
}

/* ---- cycles ------------------------------------------------------------ */

static u32 addr_row(const struct nand *c, unsigned int from)
{
	u32 row = 0;

	for (unsigned int i = from; i < from + c->kind.row_cycles; i++)
		if (i < c->addrs)
			row |= (u32)c->addr[i] << 8 * (i - from);
	return row % (c->kind.pages * c->kind.blocks);
}

static u32 addr_col(const struct nand *c)
{
	u32 col = c->addr[0];

	if (is_small(c))
		return c->area == 2 ? SMALL + (col & 0xf) :
				      col + c->area * 256u;
	if (c->addrs > 1)
		col |= (u32)c->addr[1] << 8;
	return c->kind.is_wide ? 2 * col : col;
}

static bool is_input(const struct nand *c)
{
	return c->cmd == CMD_PROGRAM || c->cmd == CMD_COPY_IN ||
	       c->cmd == CMD_COLUMN_IN;
}

static void command_begin(struct nand *c, u8 cmd)
{
	c->cmd = cmd;
	c->addrs = 0;
}

static void command_read(struct nand *c, u8 area)
{
	c->area = area;
	command_begin(c, CMD_READ);
	c->out = OUT_DATA;	/* also back from the status */
}

/* Commands of parts with small pages; false: not one of them. */
static bool command_small(struct nand *c, u8 v)
{
	switch (v) {
	case CMD_READ_B:
		command_read(c, 1);
		return true;
	case CMD_READ_C:
		command_read(c, 2);
		return true;
	case CMD_COPY_IN:
		command_begin(c, CMD_COPY_IN);
		return true;
	default:
		return false;
	}
}

static bool command_large(struct nand *c, u8 v)
{
	switch (v) {
	case CMD_READ_GO:
	case CMD_COPY_GO:
		if (c->cmd == CMD_READ && c->addrs) {
			c->cmd = CMD_NONE;
			page_load(c);
		}
		return true;
	case CMD_COLUMN:
		command_begin(c, CMD_COLUMN);
		return true;
	case CMD_COLUMN_GO:
		if (c->cmd == CMD_COLUMN)
			c->out = OUT_DATA;
		return true;
	case CMD_COLUMN_IN:
		command_begin(c, is_input(c) ? CMD_COLUMN_IN : CMD_COPY_IN);
		return true;
	default:
		return false;
	}
}

static void command_any(struct nand *c, u8 v)
{
	switch (v) {
	case CMD_READ:
		command_read(c, 0);
		break;
	case CMD_PROGRAM:
		command_begin(c, CMD_PROGRAM);
		memset(c->reg, 0xff, c->stride);
		break;
	case CMD_PROGRAM_GO:
	case CMD_CACHE_GO:
		if (is_input(c))
			page_program(c);
		break;
	case CMD_ERASE:
		command_begin(c, CMD_ERASE);
		break;
	case CMD_ERASE_GO:
		if (c->cmd == CMD_ERASE && c->addrs)
			block_erase(c);
		break;
	case CMD_ID:
		command_begin(c, CMD_ID);
		break;
	default:
		LOG_ONCE(c->dev->env->log, c->unknown, LOG_WARN,
			 "%s: command 0x%02x ignored", c->dev->path, v);
	}
}

static void chip_idle(struct nand *c)
{
	c->cmd = CMD_NONE;
	c->addrs = 0;
	c->area = 0;
	c->out = OUT_NOTHING;
	c->has_failed = false;
}

/**
 * nand_command - a byte with CLE
 * @c: chip
 * @v: command; while the chip is busy only status and reset are heard
 *
 * Source: [K9F1208], [K9K2G08] command sets.
 */
void nand_command(struct nand *c, u8 v)
{
	if (v == CMD_STATUS) {
		c->out = OUT_STATUS;
	} else if (v == CMD_RESET) {
		chip_idle(c);
		busy(c, RESET_NS);
	} else if (nand_is_ready(c)) {
		if (!(is_small(c) ? command_small(c, v) :
				    command_large(c, v)))
			command_any(c, v);
	}
}

/**
 * nand_address - a byte with ALE
 * @c: chip
 * @v: the next address cycle
 */
void nand_address(struct nand *c, u8 v)
{
	unsigned int cols = is_small(c) ? 1 : 2;

	if (!nand_is_ready(c) || c->cmd == CMD_NONE ||
	    c->addrs == ARRAY_SIZE(c->addr))
		return;
	c->addr[c->addrs++] = v;
	switch (c->cmd) {
	case CMD_ID:
		/* 20: an ONFI part would say so */
		c->out = v ? OUT_NOTHING : OUT_ID;
		c->id_at = 0;
		break;
	case CMD_ERASE:
		c->row = addr_row(c, 0);
		break;
	case CMD_COLUMN:
	case CMD_COLUMN_IN:
		c->col = addr_col(c);
		break;
	default:
		c->col = addr_col(c);
		c->row = addr_row(c, cols);
	}
	if (c->cmd == CMD_READ && is_small(c) &&
	    c->addrs == cols + c->kind.row_cycles) {
		c->cmd = CMD_NONE;
		page_load(c);
	}
}

static u8 status(const struct nand *c)
{
	return STATUS_WRITABLE | (nand_is_ready(c) ? STATUS_READY : 0) |
	       (c->has_failed ? STATUS_FAIL : 0);
}

static u16 register_out(struct nand *c)
{
	u16 v = 0xffff;

	if (c->kind.is_wide && c->col + 1 < c->stride)
		v = (u16)(c->reg[c->col] | c->reg[c->col + 1] << 8);
	else if (!c->kind.is_wide && c->col < c->stride)
		v = c->reg[c->col];
	if (c->col < c->stride)
		c->col += c->kind.is_wide ? 2 : 1;
	return v;
}

/**
 * nand_read - a read cycle
 * @c: chip
 *
 * Returns: what the chip drives; past the end of a page, ones.
 */
u16 nand_read(struct nand *c)
{
	u16 mask = c->kind.is_wide ? 0xffff : 0xff;

	if (c->out == OUT_STATUS)
		return status(c);
	if (!nand_is_ready(c))
		return mask;
	if (c->out == OUT_ID)
		return c->kind.id[c->id_at++ % c->kind.id_bytes];
	return c->out == OUT_DATA ? register_out(c) & mask : 0;
}

/**
 * nand_ahead - what the next read cycles will give
 * @c:  chip with 8 data lines
 * @to: that
 * @n:  room in it
 *
 * Returns: of how many this is known; they have not happened yet.
 */
unsigned int nand_ahead(const struct nand *c, u8 *to, unsigned int n)
{
	if (c->kind.is_wide || c->out != OUT_DATA || !nand_is_ready(c) ||
	    c->col >= c->stride)
		return 0;
	if (n > c->stride - c->col)
		n = c->stride - c->col;
	memcpy(to, c->reg + c->col, n);
	return n;
}

/**
 * nand_write - a write cycle
 * @c: chip
 * @v: data; goes to the page register when a program asked for it
 */
void nand_write(struct nand *c, u16 v)
{
	if (!nand_is_ready(c) || !is_input(c) || c->col >= c->stride)
		return;
	c->reg[c->col++] = (u8)v;
	if (c->kind.is_wide && c->col < c->stride)
		c->reg[c->col++] = (u8)(v >> 8);
}

/* ---- making one -------------------------------------------------------- */

static const struct nand_kind *find_kind(const struct dev_node *node)
{
	const struct nand_kind *k = nand_kinds;

	while (k < nand_kinds + ARRAY_SIZE(nand_kinds) - 1 &&
	       !compat_has(node, k->compatible))
		k++;
	return k;
}

static int nand_shape(struct nand *c, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct nand_kind *k = &c->kind;
	int len = 0;
	const u8 *id = node->prop(node, "culm,id", &len);

	if (id && len >= 2 && len <= NAND_IDS) {
		memcpy(k->id, id, (size_t)len);
		k->id_bytes = (u8)len;
	}
	k->page = dev_prop_u32(node, "culm,page-bytes", k->page);
	k->spare = dev_prop_u32(node, "culm,spare-bytes", k->spare);
	k->pages = dev_prop_u32(node, "culm,block-pages", k->pages);
	k->blocks = dev_prop_u32(node, "culm,blocks", k->blocks);
	k->row_cycles = (u8)dev_prop_u32(node, "culm,row-cycles",
					 k->row_cycles);
	if ((k->page != SMALL && k->page != 2048 && k->page != 4096) ||
	    k->spare < 8 || k->spare > 512 || k->spare % 2 ||
	    k->pages < 1 || k->pages > 256 ||
	    k->blocks < 1 || k->blocks > 16384 ||
	    k->row_cycles < 1 || k->row_cycles > 3 ||
	    (k->page == SMALL && (k->spare != 16 || k->is_wide)))
		return err_set(msg, ERR_RANGE, "%s: culm,page-bytes: no chip "
			       "has %u blocks of %u pages of %u+%u bytes with "
			       "%u row cycles", c->dev->path, k->blocks,
			       k->pages, k->page, k->spare, k->row_cycles);
	c->stride = k->page + k->spare;
	return 0;
}

static int nand_load(struct nand *c, const struct dev_node *node,
		     struct errmsg *msg)
{
	u32 pages = c->kind.pages * c->kind.blocks;
	int len = 0, rc;
	const u8 *bad = node->prop(node, "culm,bad-blocks", &len);

	c->is_bad = xcalloc(c->kind.blocks, 1);
	for (int i = 0; bad && i + 4 <= len; i += 4) {
		if (ldb32(bad + i) >= c->kind.blocks)
			return err_set(msg, ERR_RANGE, "%s: culm,bad-blocks: "
				       "%u: there are %u", c->dev->path,
				       ldb32(bad + i), c->kind.blocks);
		c->is_bad[ldb32(bad + i)] = 1;
	}
	c->programs = xcalloc(pages, 1);
	c->reg = xcalloc(c->stride, 1);
	c->old = xcalloc(c->stride, 1);
	rc = env_storage(c->dev->env, BLK_NAND, c->dev->index,
			 (u64)pages * c->stride, &c->blk, msg);
	if (!rc && !c->blk)
		c->mem = xcalloc(c->kind.blocks, sizeof(*c->mem));
	return rc;
}

static int nand_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct nand *c = dev->priv;
	u32 cs = dev_prop_u32(node, "reg", (u32)-1);
	int rc;

	c->dev = dev;
	c->kind = *find_kind(node);
	c->done = (struct sched_event){ .fire = nand_done, .opaque = c,
					.name = "nand" };
	rc = nand_shape(c, node, msg);
	if (!rc)
		rc = ndfc_attach(node->parent ? node->parent(node) : NULL,
				 (int)cs, c, msg);
	return rc ? rc : nand_load(c, node, msg);
}

static void nand_reset(struct dev *dev, enum reset_kind kind)
{
	struct nand *c = dev->priv;

	(void)kind;
	sched_cancel(dev->env->sched, &c->done);
	chip_idle(c);
	memset(c->reg, 0xff, c->stride);
}

static void nand_remove(struct dev *dev)
{
	struct nand *c = dev->priv;

	if (c->dev)
		sched_cancel(dev->env->sched, &c->done);
	free(c->is_bad);
	free(c->programs);
	free(c->reg);
	free(c->old);
	for (u32 i = 0; c->mem && i < c->kind.blocks; i++)
		block_give(c, i);
	free(c->mem);
}

static const char *const nand_compatible[] = {
	"samsung,k9f5608u0c", "samsung,k9f1208u0a", "samsung,k9f1g08u0a",
	"samsung,k9k2g08u0m", "samsung,k9k2g16u0m", "micron,mt29f2g08aad",
	"culm,nand", NULL
};

const struct dev_class nand_class = {
	.name = "nand",
	.desc = "NAND flash chip",
	.compatible = nand_compatible,
	.priv_size = sizeof(struct nand),
	.probe = nand_probe,
	.reset = nand_reset,
	.remove = nand_remove,
	.own_map = true,
	.node_clk = CLK_COUNT,
};
