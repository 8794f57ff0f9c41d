/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/nor.c - NOR flash on the external bus: one or several equal chips,
 * one after the other, on 8 or 16 data lines.
 *
 * Owns the content, which kinds of chip there are, and how reads reach it:
 * while every chip shows its array, reads find the content directly and code
 * runs in place; a command that changes what reads give turns the window into
 * a device, and a row of plain reads afterwards turns it back.  What a program
 * or erase did is handed to the storage at once; how that survives a crash is
 * the storage's affair.  Must not know where the CPU sees it.
 */
#include "soc/dev/nor.h"

#include <stdlib.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "soc/dev/compat.h"

#define PLAIN_READS	64		/* until reads go direct again */
#define HOST_PAGE	4096

/* Data sheets: typical times. */
static const struct nor_kind nor_kinds[] = {
	{ "amd,am29lv040b", { 0x01, 0x4f }, 0x80000, 0x10000, false, 0,
	  BOOT_NONE, 9000, 0, 700000000 },
	{ "amd,am29lv320dt", { 0x01, 0x22f6 }, 0x400000, 0x10000, true, 0,
	  BOOT_TOP, 11000, 0, 700000000 },
	{ "amd,am29lv320db", { 0x01, 0x22f9 }, 0x400000, 0x10000, true, 0,
	  BOOT_BOTTOM, 11000, 0, 700000000 },
	{ "amd,s29gl128n", { 0x01, 0x227e, 0x2221, 0x2201 }, 0x1000000,
	  0x20000, true, 32, BOOT_NONE, 60000, 240000, 500000000 },
	{ "amd,s29gl256n", { 0x01, 0x227e, 0x2222, 0x2201 }, 0x2000000,
	  0x20000, true, 32, BOOT_NONE, 60000, 240000, 500000000 },
	{ "amd,s29gl512n", { 0x01, 0x227e, 0x2223, 0x2201 }, 0x4000000,
	  0x20000, true, 32, BOOT_NONE, 60000, 240000, 500000000 },
	/* any other: the size and the bus width that the node gives */
	{ "cfi-flash", { 0x01, 0x227e, 0x2210, 0x2200 }, 0, 0x10000, true,
	  32, BOOT_NONE, 60000, 240000, 500000000 },
};

/* ---- the bus ----------------------------------------------------------- */

static bool is_special(const struct nor *n)
{
	for (unsigned int i = 0; i < n->chips; i++)
		if (nor_chip_is_special(&n->chip[i]))
			return true;
	return false;
}

/* The chip of @at, which becomes the offset of a bus word in it. */
static struct nor_chip *chip_at(struct nor *n, u32 *at)
{
	struct nor_chip *c = &n->chip[*at / n->chip_bytes % n->chips];

	*at = *at % n->chip_bytes & ~(n->width - 1);
	return c;
}

static int nor_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct nor *n = opaque;
	unsigned int i = 0, lane;

	*val = 0;
	while (i < size) {
		u32 at = (u32)off + i;
		struct nor_chip *c = chip_at(n, &at);
		u16 w = nor_cycle_read(c, at);

		lane = (off + i) & (n->width - 1);
		for (; lane < n->width && i < size; lane++, i++)
			*val = *val << 8 |
			       (w >> 8 * (n->width - 1 - lane) & 0xff);
	}
	if (n->at.host || is_special(n))
		n->plain_reads = 0;
	else if (++n->plain_reads >= PLAIN_READS)
		ebc_show(n->ebc, &n->at, n->mem);
	return BUS_OK;
}

static int nor_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct nor *n = opaque;
	unsigned int i = 0;

	while (i < size) {
		u32 at = (u32)off + i;
		struct nor_chip *c = chip_at(n, &at);
		bool is_word = n->width == 2 && !((off + i) & 1) &&
			       size - i >= 2;
		unsigned int step = is_word ? 2 : 1;
		u16 w = (u16)(val >> 8 * (size - i - step));

		/* the EBC drives a byte on both halves of its bus */
		if (!is_word)
			w = n->width == 2 ? (u16)((w & 0xff) * 0x101) :
					    w & 0xff;
		nor_cycle_write(c, at, w);
		i += step;
	}
	n->plain_reads = 0;
	if (n->at.host && is_special(n))
		ebc_show(n->ebc, &n->at, NULL);
	return BUS_OK;
}

/* ---- making one -------------------------------------------------------- */

static unsigned int log2_of(u32 v)
{
	return 31 - clz32(v);
}

static void cfi_region(u8 *p, u32 count, u32 bytes)
{
	p[0] = (u8)(count - 1);
	p[1] = (u8)((count - 1) >> 8);
	p[2] = (u8)(bytes >> 8);
	p[3] = (u8)(bytes >> 16);
}

/* JEDEC's query table and, at 0x40, AMD's own. */
static void cfi_make(struct nor *n)
{
	static const u8 query[] = {
		'Q', 'R', 'Y', 0x02, 0, 0x40, 0, 0, 0, 0, 0,
		0x27, 0x36, 0, 0,	/* 2.7 to 3.6 V */
		4, 0, 10, 0,		/* typical: 2^n us, us, ms, ms */
		5, 0, 4, 0,		/* at most 2^n times that */
	};
	static const u8 primary[] = {
		'P', 'R', 'I', '1', '3', 0, 2, 1, 0, 4,
	};
	const struct nor_kind *k = &n->kind;
	u32 count = n->chip_bytes / k->sector;

	memcpy(n->cfi + 0x10, query, sizeof(query));
	if (k->buffer) {
		n->cfi[0x1f] = 6;
		n->cfi[0x20] = 8;
		n->cfi[0x24] = 5;
		n->cfi[0x2a] = (u8)log2_of(k->buffer);
	}
	n->cfi[0x27] = (u8)log2_of(n->chip_bytes);
	n->cfi[0x28] = k->has_16bit ? 2 : 0;
	n->cfi[0x2c] = k->boot == BOOT_NONE ? 1 : 2;
	if (k->boot == BOOT_NONE) {
		cfi_region(n->cfi + 0x2d, count, k->sector);
	} else {		/* AMD: small ones first, wherever they are */
		cfi_region(n->cfi + 0x2d, 8, k->sector / 8);
		cfi_region(n->cfi + 0x31, count - 1, k->sector);
	}
	memcpy(n->cfi + 0x40, primary, sizeof(primary));
	n->cfi[0x4f] = (u8)k->boot;
}

static const struct nor_kind *find_kind(const struct dev_node *node)
{
	const struct nor_kind *k = nor_kinds;

	while (k < nor_kinds + ARRAY_SIZE(nor_kinds) - 1 &&
	       !compat_has(node, k->compatible))
		k++;
	return k;
}

/* Chips and their size: the property, else what the kind is. */
static int nor_layout(struct nor *n, const struct dev_node *node,
		      struct errmsg *msg)
{
	u32 def = n->kind.size && n->bytes > n->kind.size ?
		  n->bytes / n->kind.size : 1;

	n->width = dev_prop_u32(node, "bank-width", 1);
	n->chips = dev_prop_u32(node, "culm,chips", def);
	if (n->width != 1 && (n->width != 2 || !n->kind.has_16bit))
		return err_set(msg, ERR_RANGE, "%s: bank-width: %u: this chip "
			       "has %s", n->dev->path, n->width,
			       n->kind.has_16bit ? "1 and 2" : "1");
	if (n->chips < 1 || n->chips > NOR_CHIPS ||
	    n->bytes % n->chips)
		return err_set(msg, ERR_RANGE, "%s: culm,chips: %u: not 1 to "
			       "%d equal parts of 0x%x bytes", n->dev->path,
			       n->chips, NOR_CHIPS, n->bytes);
	n->chip_bytes = n->bytes / n->chips;
	if (n->chip_bytes < 0x10000 || n->chip_bytes & (n->chip_bytes - 1) ||
	    n->bytes & (n->bytes - 1))
		return err_set(msg, ERR_RANGE, "%s: reg: 0x%x bytes in %u "
			       "chips: no power of two from 64 KB on",
			       n->dev->path, n->bytes, n->chips);
	if (!n->kind.size && n->chip_bytes >= 0x1000000)
		n->kind.sector = 0x20000;
	if (n->chip_bytes / n->kind.sector < 2)
		n->kind.boot = BOOT_NONE;
	n->sectors = n->chip_bytes / n->kind.sector +
		     (n->kind.boot == BOOT_NONE ? 0 : 7);
	return 0;
}

static int nor_load(struct nor *n, struct errmsg *msg)
{
	int rc = env_storage(n->dev->env, BLK_NOR, n->dev->index, n->bytes,
			     &n->blk, msg);

	if (rc)
		return rc;
	n->raw = xcalloc(1, (size_t)n->bytes + HOST_PAGE);
	n->mem = n->raw + (HOST_PAGE - (uintptr_t)n->raw % HOST_PAGE);
	if (n->blk) {
		rc = blk_read(n->blk, 0, n->mem, n->bytes);
		return rc ? err_set(msg, -rc, "%s: %s: %s", n->dev->path,
				    n->blk->name ? n->blk->name : "content",
				    err_text(rc)) : 0;
	}
	memset(n->mem, 0xff, n->bytes);
	if (!n->at.bank)
		ebc_factory_fill(n->mem, n->bytes);
	return 0;
}

static int nor_protect(struct nor *n, const struct dev_node *node,
		       struct errmsg *msg)
{
	int len = 0;
	const u8 *p = node->prop(node, "culm,protect", &len);

	for (int i = 0; p && i + 4 <= len; i += 4) {
		u32 s = ldb32(p + i);

		if (s >= n->sectors * n->chips)
			return err_set(msg, ERR_RANGE, "%s: culm,protect: "
				       "sector %u of %u", n->dev->path, s,
				       n->sectors * n->chips);
		n->chip[s / n->sectors].sector[s % n->sectors] =
			SECTOR_PROTECTED;
	}
	return 0;
}

static int nor_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct nor *n = dev->priv;
	int rc;

	n->dev = dev;
	n->kind = *find_kind(node);
	n->at.is_mirrored = true;
	n->at.target = (struct bus_target){ nor_read, nor_write, n, NULL };
	rc = ebc_attach_node(dev, node, 0, &n->at, msg);
	if (rc)
		return rc;
	n->ebc = node->parent(node);
	n->bytes = (u32)n->at.size;
	rc = nor_layout(n, node, msg);
	if (!rc)
		rc = nor_load(n, msg);
	if (rc)
		return rc;
	n->at.host = n->mem;
	cfi_make(n);
	for (unsigned int i = 0; i < n->chips; i++) {
		struct nor_chip *c = &n->chip[i];

		c->nor = n;
		c->base = i * n->chip_bytes;
		c->sector = xcalloc(n->sectors, 1);
		c->done = (struct sched_event){ .fire = nor_chip_done, .opaque = c,
						.name = "nor" };
	}
	return nor_protect(n, node, msg);
}

static void nor_reset(struct dev *dev, enum reset_kind kind)
{
	struct nor *n = dev->priv;

	(void)kind;
	for (unsigned int i = 0; i < n->chips; i++)
		nor_chip_reset(&n->chip[i]);
	ebc_show(n->ebc, &n->at, n->mem);
}

static void nor_remove(struct dev *dev)
{
	struct nor *n = dev->priv;

	for (unsigned int i = 0; i < NOR_CHIPS; i++) {
		if (n->chip[i].nor)
			sched_cancel(dev->env->sched, &n->chip[i].done);
		free(n->chip[i].sector);
	}
	free(n->raw);
}

static const char *const nor_compatible[] = {
	"cfi-flash", "jedec-flash", "amd,am29lv040b", "amd,am29lv320dt",
	"amd,am29lv320db", "amd,s29gl128n", "amd,s29gl256n", "amd,s29gl512n",
	NULL
};

const struct dev_class nor_class = {
	.name = "nor",
	.desc = "NOR flash, AMD command set",
	.compatible = nor_compatible,
	.priv_size = sizeof(struct nor),
	.probe = nor_probe,
	.reset = nor_reset,
	.remove = nor_remove,
	.own_map = true,
	.node_clk = CLK_COUNT,
};
