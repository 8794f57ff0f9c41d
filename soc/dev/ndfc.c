/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/ndfc.c - NDFC, the NAND flash controller behind the external bus.
 *
 * Owns its registers, which chip is selected, and the ECC of what passes
 * through DATA.  The unit is one, but shows in every bank of the EBC that has
 * NAND; a node that names another by culm,unit is one more window of it.  Must
 * not know the chips' commands.
 *
 * Chip cycles: the byte at CMD or ALE is one command or address cycle.  An
 * access of 1, 2 or 4 bytes to DATA, or to the linear region at 0x1000, is as
 * many data cycles as the bank's width asks for, first byte first.
 *
 * ECCn:  0..7 zero | 8..15 LP7..LP0 | 16..23 LP15..LP8 | 24..29 CP5..CP0 | ones
 * is the SmartMedia code of the n-th 256 bytes since the reset of the ECC:
 * parities over lines and columns, inverted, so that erased bytes have ones.
 *
 * A guest that spins on STAT gets wait cycles up to the end of the chip's
 * time, so that a spin costs the host little; it takes the same guest time.
 */
#include "soc/dev/nand.h"

#include "base/bits.h"
#include "soc/dev/ebc.h"

#define CHIPS		4
#define ECCS		8
#define ECC_BYTES	256

#define NDFC_CMD	0x00
#define NDFC_ALE	0x04
#define NDFC_DATA	0x08
#define NDFC_CCR	0x40
#define NDFC_STAT	0x44
#define NDFC_LINEAR	0x1000

#define CCR_RESET_CE	0x80000000u
#define CCR_RESET_ECC	0x40000000u
#define CCR_RIE		0x20000000u
#define CCR_ROMEN	0x08000000u
#define CCR_ARE		0x04000000u
#define CCR_KEPT	0x3f00f006u
#define CCR_BANK(ccr)	((ccr) >> 24 & 3)
#define BCFG_EN		0x80000000u
#define BCFG_16BIT	0x08000000u
#define STAT_READY	0x01000000u

struct ndfc_ecc {
	u8 line, column;	/* exclusive or of addresses, of bytes */
	u8 ones;		/* parity of all bits */
};

struct ndfc {
	u32 bcfg[CHIPS], ccr, hwctl;
	struct dev *dev;
	struct ndfc *unit;	/* itself, or the one this is a window of */
	struct ebc_chip at;
	struct nand *chip[CHIPS];
	struct ndfc_ecc ecc[ECCS];
	u32 ecc_bytes;
	u32 polls;		/* reads of STAT in a row, while busy */
	int wait;		/* cycles that the access in progress costs */
};

/* After so many polls it is a spin. */
#define SPIN_POLLS	4

static const struct reg_space ndfc_spaces[1];

/* ---- ECC --------------------------------------------------------------- */

static u8 parity(u32 v)
{
	v ^= v >> 16;
	v ^= v >> 8;
	v ^= v >> 4;
	return (u8)(0x6996 >> (v & 0xf) & 1);
}

static void ecc_byte(struct ndfc *n, u8 v)
{
	u32 at = n->ecc_bytes;
	struct ndfc_ecc *e = &n->ecc[at / ECC_BYTES % ECCS];

	if (at >= ECCS * ECC_BYTES)
		return;
	n->ecc_bytes++;
	e->column ^= v;
	if (parity(v)) {
		e->line ^= (u8)at;
		e->ones ^= 1;
	}
}

/* Of each pair of parities: the half whose address bit is 1, then 0. */
static u32 ecc_pairs(u32 bits, unsigned int count, u8 ones)
{
	u32 v = 0;

	for (unsigned int i = count; i-- > 0;) {
		u32 odd = bits >> i & 1;

		v = v << 2 | odd << 1 | (odd ^ ones);
	}
	return v;
}

static u32 ecc_code(const struct ndfc_ecc *e)
{
	u32 lp = ecc_pairs(e->line, 8, e->ones);
	u32 col = (u32)(parity(e->column & 0xf0) << 2 |
			parity(e->column & 0xcc) << 1 |
			parity(e->column & 0xaa));
	u32 cp = ecc_pairs(col, 3, e->ones);

	return (~lp & 0xff) << 16 | (~lp & 0xff00) | (~cp & 0x3f) << 2 | 3;
}

static u32 ecc_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)cell;
	return ecc_code(&((struct ndfc *)dev->priv)->ecc[i]);
}

/* ---- the selected chip ------------------------------------------------- */

static struct nand *selected(const struct ndfc *n)
{
	unsigned int bank = CCR_BANK(n->ccr);

	return n->bcfg[bank] & BCFG_EN ? n->chip[bank] : NULL;
}

/* One pin for all chips, open drain: any of them holds it low. */
static bool is_ready(const struct ndfc *n)
{
	for (unsigned int i = 0; i < CHIPS; i++)
		if (n->chip[i] && !nand_is_ready(n->chip[i]))
			return false;
	return true;
}

static void ndfc_changed(void *opaque)
{
	struct ndfc *n = ((struct ndfc *)opaque)->unit;

	irq_set(&n->dev->irq[0], n->ccr & CCR_RIE && is_ready(n));
}

static bool is_wide(const struct ndfc *n)
{
	return n->bcfg[CCR_BANK(n->ccr)] & BCFG_16BIT;
}

static u32 data_read(struct ndfc *n, unsigned int size)
{
	struct nand *c = selected(n);
	unsigned int step = is_wide(n) && size > 1 ? 2 : 1;
	u32 val = 0;

	for (unsigned int i = 0; i < size; i += step) {
		u16 v = c ? nand_read(c) : 0xffff;

		/* on 16 lines the chip's low half has the first byte */
		val = val << 8 | (v & 0xff);
		ecc_byte(n, (u8)v);
		if (step == 2) {
			val = val << 8 | v >> 8;
			ecc_byte(n, (u8)(v >> 8));
		}
	}
	return val;
}

static void data_write(struct ndfc *n, unsigned int size, u32 val)
{
	struct nand *c = selected(n);
	unsigned int step = is_wide(n) && size > 1 ? 2 : 1;

	for (unsigned int i = 0; i < size; i += step) {
		u16 v = (u8)(val >> 8 * (size - 1 - i));

		ecc_byte(n, (u8)v);
		if (step == 2) {
			u8 high = (u8)(val >> 8 * (size - 2 - i));

			ecc_byte(n, high);
			v = (u16)(v | high << 8);
		}
		if (c)
			nand_write(c, v);
	}
}

/* Auto-read: the linear region shows the first 4 KB of the boot chip. */
static u32 boot_read(struct ndfc *n, u32 at, unsigned int size)
{
	struct nand *c = selected(n);
	u32 val = 0;

	for (unsigned int i = 0; i < size; i++, at++)
		val = val << 8 | (c ? nand_peek(c, at / c->kind.page,
						at % c->kind.page) : 0xff);
	return val;
}

/* ---- the bus ----------------------------------------------------------- */

static bool is_data(u64 off)
{
	return (off >= NDFC_DATA && off < NDFC_DATA + 4) || off >= NDFC_LINEAR;
}

static int ndfc_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct ndfc *n = ((struct ndfc *)opaque)->unit;
	const u32 boot = CCR_ROMEN | CCR_ARE;
	int rc;

	n->wait = 0;
	if (off != NDFC_STAT || is_ready(n))
		n->polls = 0;
	if (!is_data(off)) {
		rc = reg_read(n->dev, &ndfc_spaces[0], (u32)off, size, val);
		return rc < 0 ? rc : n->wait;
	}
	if (off >= NDFC_LINEAR && (n->ccr & boot) == boot)
		*val = boot_read(n, (u32)(off & 0xfff), size);
	else
		*val = data_read(n, size);
	return BUS_OK;
}

static int ndfc_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct ndfc *n = ((struct ndfc *)opaque)->unit;
	struct nand *c = selected(n);
	u8 first = (u8)(val >> 8 * (size - 1));

	n->polls = 0;
	if (is_data(off))
		data_write(n, size, val);
	else if (off >= NDFC_DATA)
		return reg_write(n->dev, &ndfc_spaces[0], (u32)off, size, val);
	else if (c && off == NDFC_CMD)
		nand_command(c, first);
	else if (c && off == NDFC_ALE)
		nand_address(c, first);
	return BUS_OK;
}

/* ---- registers --------------------------------------------------------- */

static void ccr_written(struct dev *dev, unsigned int i, u32 val)
{
	struct ndfc *n = dev->priv;

	(void)i;
	if (val & CCR_RESET_ECC) {
		memset(n->ecc, 0, sizeof(n->ecc));
		n->ecc_bytes = 0;
	}
	ndfc_changed(n);
}

/* When the last chip is; 0: all are now. */
static cycle_t ready_at(const struct ndfc *n)
{
	cycle_t end = 0;

	for (unsigned int i = 0; i < CHIPS; i++)
		if (n->chip[i] && !nand_is_ready(n->chip[i]) &&
		    n->chip[i]->done.when > end)
			end = n->chip[i]->done.when;
	return end;
}

/*
 * The CPU waits out the chip, but not past the end of the slice: whatever else
 * is due then happens on time.
 */
static void spin_check(struct ndfc *n)
{
	const struct sched *s = n->dev->env->sched;
	cycle_t now = sched_now(s), end;

	if (++n->polls <= SPIN_POLLS)
		return;
	end = ready_at(n);
	if (end > s->slice_end)
		end = s->slice_end;
	if (end > now && end - now < 0x7fffffff)
		n->wait = (int)(end - now);
}

static u32 stat_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct ndfc *n = dev->priv;

	(void)i;
	(void)cell;
	if (is_ready(n))
		return STAT_READY;
	spin_check(n);
	return 0;
}

/*
 * RESET_CE and RESET_ECC read as 0: Linux sets them in a read-modify-write and
 * never clears them.  RESET_CE lifts the chip enable until the next access,
 * which no chip here minds.
 */
static const struct reg_desc ndfc_regs[] = {
	{ .name = "CMD", .offset = NDFC_CMD, .size = 4, .flags = REG_WO,
	  .cell = REG_NO_CELL, .source = "LX" },
	{ .name = "ALE", .offset = NDFC_ALE, .size = 4, .flags = REG_WO,
	  .cell = REG_NO_CELL, .source = "LX" },
	{ .name = "ECC", .offset = 0x10, .size = 4, .count = ECCS,
	  .stride = 4, .flags = REG_RO, .cell = REG_NO_CELL,
	  .read = ecc_read,
	  .source = "LX,assumed: ECC1 to 7 go on where ECC0 ends" },
	{ .name = "BCFG", .offset = 0x30, .size = 4, .count = CHIPS,
	  .stride = 4, .wmask = 0xffffffff,
	  .cell = offsetof(struct ndfc, bcfg), .source = "LX,UB" },
	{ .name = "CCR", .offset = NDFC_CCR, .size = 4, .wmask = CCR_KEPT,
	  .cell = offsetof(struct ndfc, ccr), .write = ccr_written,
	  .source = "LX" },
	{ .name = "STAT", .offset = NDFC_STAT, .size = 4, .flags = REG_RO,
	  .cell = REG_NO_CELL, .read = stat_read, .source = "LX" },
	{ .name = "HWCTL", .offset = 0x48, .size = 4, .wmask = 0xffffffff,
	  .cell = offsetof(struct ndfc, hwctl), .source = "LX" },
	{ .name = "REVID", .offset = 0x50, .size = 4, .flags = REG_RO,
	  .cell = REG_NO_CELL, .source = "LX,assumed: no source has it" },
};

static const struct reg_space ndfc_spaces[1] = {
	{ REG_MMIO, ndfc_regs, ARRAY_SIZE(ndfc_regs), 0x54 },
};

/* ---- ahead -------------------------------------------------------------- */

static struct preview_row *row(struct preview *p, u32 off, u32 flags)
{
	struct preview_row *r = &p->row[p->rows++];

	*r = (struct preview_row){
		.at = off, .until = ~0ull, .size = 4, .flags = flags,
	};
	return r;
}

static void preview_data(const struct ndfc *n, struct preview *p)
{
	const struct nand *c = selected(n);
	u8 bytes[4 * PREVIEW_WORDS];
	unsigned int i;

	if (c && !is_wide(n))
		p->queued = nand_ahead(c, bytes, sizeof(bytes)) / 4;
	for (i = 0; i < p->queued; i++)
		p->queue[i] = ldb32(bytes + 4 * i);
	row(p, NDFC_DATA, PREVIEW_QUEUE | PREVIEW_WRITE);
}

/* Nobody notices what waits until STAT is read, unless that interrupts. */
static void ndfc_preview(void *opaque, struct preview *p)
{
	struct ndfc *n = ((struct ndfc *)opaque)->unit;
	struct preview_row *r;

	if (n->ccr & CCR_RIE)
		return;
	r = row(p, NDFC_STAT, PREVIEW_READ);
	r->value = is_ready(n) ? STAT_READY : 0;
	if (!is_ready(n))
		r->until = ready_at(n);
	preview_data(n, p);
	row(p, NDFC_CMD, PREVIEW_WRITE);
	row(p, NDFC_ALE, PREVIEW_WRITE);
	r = row(p, NDFC_CCR, PREVIEW_READ | PREVIEW_WRITE | PREVIEW_KEEPS);
	r->value = n->ccr & CCR_KEPT;
	r->mask = CCR_KEPT;
	r->stop = CCR_RIE;
}

/* ---- making one -------------------------------------------------------- */

/**
 * ndfc_attach - solder a chip to a chip select
 * @ndfc: controller, or another device or NULL, which is refused
 * @cs:   0 to 3, or -1: that of the controller's bank
 * @chip: its device set; borrowed
 * @msg:  one line on failure
 *
 * Returns: 0, -ERR_FORMAT (no NDFC above), -ERR_RANGE, -ERR_CONFLICT.
 * Context: in the chip's probe.
 */
int ndfc_attach(struct dev *ndfc, int cs, struct nand *chip,
		struct errmsg *msg)
{
	struct ndfc *n;

	if (!ndfc || ndfc->cls != &ndfc_class)
		return err_set(msg, ERR_FORMAT, "%s: not below an NDFC",
			       chip->dev->path);
	n = ndfc->priv;
	if (cs == -1)
		cs = (int)n->at.bank;
	if (cs < 0 || cs >= CHIPS)
		return err_set(msg, ERR_RANGE, "%s: reg: chip select %d of %d",
			       chip->dev->path, cs, CHIPS);
	if (n->chip[cs])
		return err_set(msg, ERR_CONFLICT, "%s: reg: chip select %d is "
			       "%s's", chip->dev->path, cs,
			       n->chip[cs]->dev->path);
	n->chip[cs] = chip;
	chip->changed = ndfc_changed;
	chip->opaque = n;
	return 0;
}

static int ndfc_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct ndfc *n = dev->priv;

	n->dev = dev;
	n->unit = n;
	n->at.target = (struct bus_target){
		ndfc_read, ndfc_write, n, ndfc_preview,
	};
	return ebc_attach_node(dev, node, 0, &n->at, msg);
}

static int ndfc_link(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct dev *other = node->dev_at(node, "culm,unit", 0);
	struct ndfc *n = dev->priv, *unit;

	if (!other || other == dev)
		return 0;
	if (other->cls != &ndfc_class)
		return err_set(msg, ERR_FORMAT, "%s: culm,unit: %s is no NDFC",
			       dev->path, other->path);
	unit = other->priv;
	n->unit = unit;
	for (unsigned int i = 0; i < CHIPS; i++) {
		if (n->chip[i] && unit->chip[i])
			return err_set(msg, ERR_CONFLICT, "%s: chip select %u "
				       "is %s's", n->chip[i]->dev->path, i,
				       unit->chip[i]->dev->path);
		if (n->chip[i])
			unit->chip[i] = n->chip[i];
	}
	return 0;
}

static void ndfc_reset(struct dev *dev, enum reset_kind kind)
{
	struct ndfc *n = dev->priv;

	(void)kind;
	memset(n->ecc, 0, sizeof(n->ecc));
	n->ecc_bytes = 0;
	/* U-Boot leaves the chip of bank 1 usable */
	if (!dev->env->has_firmware && n->chip[1]) {
		n->bcfg[1] = 0x80002222;
		n->ccr = 0x01001000;
	}
	irq_set(&dev->irq[0], false);
}

static const char *const ndfc_compatible[] = { "ibm,ndfc", NULL };

const struct dev_class ndfc_class = {
	.name = "ndfc",
	.desc = "NDFC NAND flash controller",
	.compatible = ndfc_compatible,
	.spaces = ndfc_spaces,
	.nspaces = ARRAY_SIZE(ndfc_spaces),
	.priv_size = sizeof(struct ndfc),
	.probe = ndfc_probe,
	.link = ndfc_link,
	.reset = ndfc_reset,
	.own_map = true,
	.node_clk = CLK_COUNT,
};
