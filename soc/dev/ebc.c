/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/ebc.c - EBC0, the external bus controller: eight banks, and the
 * windows through which the CPU sees what hangs on them.
 *
 * Owns the bank registers.  Chips attach (ebc.h) at an offset in a bank; the
 * windows follow the bank's base, size and usage, and a bank smaller than a
 * chip shows part of it.  An enabled bank answers everywhere: where no chip
 * is, the bus is pulled up, so reads give ones and writes are lost.  An
 * access that the usage forbids is an error and latches BEAR and BESR.  An
 * address in no bank never reaches this file.
 *
 * Banks that overlap: the lower number answers [assumed: the manual forbids
 * it].  What other devices answer stays theirs.  Must not know which chips
 * there are.
 *
 * BnCR:  0.......11 | 12..14 | 15 16 | 17 18
 *        base        size     usage   width     (size: 1 MB << field)
 * BESR0: 0..2 type | 3 read | 4 field lock | 5 address lock, of master 0,
 *        which is the bridge from PLB4: the CPU and DMA1; then 1, 2, 3
 */
#include "soc/dev/ebc.h"

#include "base/bits.h"
#include "soc/dev/indirect.h"
#include "soc/net.h"

#define BANKS		8
#define WINDOWS		96	/* that this file may hold at once */
#define MIRRORS		16	/* images of one chip in a bank */
#define BU_READ		PPC_BIT(16)
#define BU_WRITE	PPC_BIT(15)

#define BESR_TYPE	0xe0000000u	/* of master 0 */
#define BESR_PROTECT	0x80000000u	/* the bank's usage forbids it */
#define BESR_READ	0x10000000u
#define BESR_FLK	0x08000000u
#define BESR_ANY_ALK	0x04104100u	/* masters 0 to 3 */

/* Addresses that lead to the EBC at all. */
#define LOW_BASE	0x80000000ull
#define LOW_END		0xa0000000ull
#define HIGH_BASE	0xf0000000ull
#define HIGH_END	0x100000000ull

#define PIBS_BYTES	0x40000		/* PIBS, at the top of the flash */
#define PIBS_MAC	0x400		/* the first; the second 0x100 on */
#define PIBS_MAC_END	0x600

struct ebc;

struct ebc_window {
	struct ebc *ebc;
	struct ebc_chip *chip;	/* NULL: pulled up */
	unsigned int bank;
	u64 base, size;
	u64 at;			/* in the chip, or in the bank */
};

struct ebc {
	u32 addr;
	u32 cr[BANKS], ap[BANKS], bear, besr[2], cfg, cid;
	struct dev *dev;
	struct ebc_chip *chips;
	struct ebc_window win[WINDOWS];
	unsigned int wins;
	u32 boot_cr[BANKS];	/* what a kernel finds without firmware */
	u64 crowded;		/* windows that found no room */
	bool is_linked;		/* all devices are mapped */
};

/* What U-Boot programs when Bamboo boots from its small flash; where a tree
 * has ranges, they say which banks there are, base and size instead. */
static const struct {
	u32 cr, ap;
	bool is_optional;	/* only where a chip is */
} ebc_bamboo[BANKS] = {
	[0] = { 0xfff18000, 0x03017300, false },	/* flash, 1 MB, 8 bit */
	[1] = { 0x9001c000, 0x018003c0, true },		/* NAND */
	[2] = { 0x9401c000, 0x018003c0, true },		/* NAND */
	[4] = { 0x8787a000, 0x04015440, false },	/* flash, 16 bit */
	[5] = { 0x80018000, 0x04814500, false },	/* NVRAM and FPGA */
};

/* After a chip reset: the top 2 MB, to read, slowest timing [405GP UM]. */
#define BOOT_CR		0xffe28000u
#define BOOT_AP		0x7f8ffe80u
#define BOOT_CFG	0x80400000u

static u64 bank_bytes(u32 cr)
{
	return (u64)0x100000 << PPC_FIELD(cr, 12, 14);
}

static u64 bank_base(u32 cr)
{
	return cr & 0xfff00000u & ~(u32)(bank_bytes(cr) - 1);
}

/**
 * ebc_factory_byte - a byte of a boot flash that nobody wrote
 * @from_top: bytes below the flash's end, at least 1
 *
 * A Bamboo comes with the PIBS monitor, which keeps both Ethernet addresses
 * as text near the top; kernels wrapped for PIBS read them.  All the rest is
 * erased here.
 *
 * Returns: the byte.
 * Source:  [LX] arch/powerpc/boot/treeboot-bamboo.c.
 */
u8 ebc_factory_byte(u64 from_top)
{
	static const char digit[16] = "0123456789abcdef";
	u64 at = PIBS_BYTES - from_top, k;
	u8 mac[NET_MAC_BYTES];

	if (from_top == 0 || from_top > PIBS_BYTES || at < PIBS_MAC ||
	    at >= PIBS_MAC_END)
		return 0xff;
	k = at - PIBS_MAC;
	net_own_mac(mac, NET_MAC_EMAC, (unsigned int)(k / 0x100));
	k %= 0x100;
	if (k > 2 * NET_MAC_BYTES)
		return 0xff;
	if (k == 2 * NET_MAC_BYTES)
		return 0;
	return (u8)digit[mac[k / 2] >> (k % 2 ? 0 : 4) & 15];
}

/**
 * ebc_factory_fill - what is not ones in a flash that nobody wrote
 * @mem:   its content, ones
 * @bytes: its size
 */
void ebc_factory_fill(u8 *mem, u64 bytes)
{
	u64 from_top;

	for (u64 at = PIBS_MAC; at < PIBS_MAC_END; at++) {
		from_top = PIBS_BYTES - at;
		if (from_top <= bytes)
			mem[bytes - from_top] = ebc_factory_byte(from_top);
	}
}

static int ebc_error(struct ebc_window *w, u64 off, u32 how)
{
	struct ebc *e = w->ebc;

	if (!(e->besr[0] & BESR_FLK))
		e->besr[0] = (e->besr[0] & ~(BESR_TYPE | BESR_READ)) |
			     BESR_PROTECT | how;
	if (!((e->besr[0] | e->besr[1]) & BESR_ANY_ALK))
		e->bear = (u32)(w->base + off);
	irq_pulse(&e->dev->irq[0]);
	return BUS_BAD_ACCESS;
}

static int window_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct ebc_window *w = opaque;
	u64 bytes = bank_bytes(w->ebc->cr[w->bank]);

	*val = 0;
	if (!(w->ebc->cr[w->bank] & BU_READ))
		return ebc_error(w, off, BESR_READ);
	if (w->chip)
		return w->chip->target.read ?
		       w->chip->target.read(w->chip->target.opaque,
					    w->at + off, size, val) :
		       BUS_BAD_ACCESS;
	for (unsigned int i = 0; i < size; i++)
		*val = *val << 8 |
		       (w->bank ? 0xff :
			ebc_factory_byte(bytes - (w->at + off + i)));
	return BUS_OK;
}

static int window_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct ebc_window *w = opaque;

	if (!(w->ebc->cr[w->bank] & BU_WRITE))
		return ebc_error(w, off, 0);
	if (!w->chip)
		return BUS_OK;
	return w->chip->target.write ?
	       w->chip->target.write(w->chip->target.opaque, w->at + off, size,
				     val) :
	       BUS_BAD_ACCESS;
}

static void window_preview(void *opaque, struct preview *p)
{
	struct ebc_window *w = opaque;

	if (!w->chip || !w->chip->target.preview ||
	    ~w->ebc->cr[w->bank] & (BU_READ | BU_WRITE))
		return;
	w->chip->target.preview(w->chip->target.opaque, p);
	preview_move(p, w->at, 0, w->size);
}

static int window_map(struct ebc_window *w)
{
	const struct bus_target t = {
		window_read, window_write, w, window_preview,
	};
	struct bus *bus = w->ebc->dev->env->bus;
	const char *name = w->chip ? w->chip->name : w->ebc->dev->path;

	if (w->chip && w->chip->host && w->ebc->cr[w->bank] & BU_READ)
		return bus_map_rom(bus, w->base, w->size,
				   w->chip->host + w->at, &t, name, NULL);
	return bus_map(bus, w->base, w->size, &t, name, NULL);
}

/* @w: all but its place in the table; a full table leaves the bus silent. */
static void window_add(struct ebc *e, const struct ebc_window *w)
{
	if (e->wins == WINDOWS) {
		LOG_ONCE(e->dev->env->log, e->crowded, LOG_WARN,
			 "%s: more than %d windows: the rest does not answer",
			 e->dev->path, WINDOWS);
		return;
	}
	e->win[e->wins] = *w;
	if (!window_map(&e->win[e->wins]))
		e->wins++;
}

/* End of the window at @pa, or of the free space that begins there. */
static u64 span_end(const struct bus *bus, u64 pa, u64 end, bool *is_free)
{
	*is_free = true;
	for (unsigned int i = 0; i < bus->count; i++) {
		const struct bus_window *w = &bus->win[i];

		if (w->base + w->size <= pa)
			continue;
		*is_free = w->base > pa;
		pa = *is_free ? w->base : w->base + w->size;
		return pa < end ? pa : end;
	}
	return end;
}

/* Windows for what is free of @w's range. */
static void window_place(const struct ebc_window *w)
{
	u64 pa = w->base, end = w->base + w->size, next;
	bool is_free;

	for (; pa < end; pa = next) {
		struct ebc_window piece = *w;

		next = span_end(w->ebc->dev->env->bus, pa, end, &is_free);
		if (!is_free)
			continue;
		piece.base = pa;
		piece.size = next - pa;
		piece.at = w->at + (pa - w->base);
		window_add(w->ebc, &piece);
	}
}

/* [@base, @end): where the bank decodes. */
static void place_chip(struct ebc *e, unsigned int bank, struct ebc_chip *chip,
		       u64 base, u64 end)
{
	struct ebc_window w = { .ebc = e, .chip = chip, .bank = bank };
	u64 at;

	if (!chip->is_mirrored) {
		if (chip->offset >= end - base)
			return;
		w.base = base + chip->offset;
		w.size = chip->size < end - w.base ? chip->size : end - w.base;
		window_place(&w);
		return;
	}
	/* the low address lines select, so images are naturally aligned */
	at = base;
	if ((end - base) / chip->size > MIRRORS)
		at = end - MIRRORS * chip->size;
	for (; at < end; at += w.size) {
		w.base = at;
		w.at = at & (chip->size - 1);
		w.size = chip->size - w.at;
		if (w.size > end - at)
			w.size = end - at;
		window_place(&w);
	}
}

static void place_bank(struct ebc *e, unsigned int bank)
{
	u32 cr = e->cr[bank];
	u64 base = bank_base(cr), end = base + bank_bytes(cr);
	struct ebc_window rest = { .ebc = e, .bank = bank, .base = base,
				   .size = end - base };
	bool is_low = base >= LOW_BASE && end <= LOW_END;
	bool is_high = base >= HIGH_BASE && end <= HIGH_END;

	if (!(cr & (BU_READ | BU_WRITE)) || (!is_low && !is_high))
		return;
	for (struct ebc_chip *c = e->chips; c; c = c->next)
		if (c->bank == bank)
			place_chip(e, bank, c, base, end);
	window_place(&rest);
}

/* Make the windows follow the bank registers. */
static void ebc_place(struct ebc *e)
{
	if (!e->is_linked)
		return;
	while (e->wins) {
		e->wins--;
		(void)bus_unmap(e->dev->env->bus, e->win[e->wins].base);
	}
	for (unsigned int i = 0; i < BANKS; i++)
		place_bank(e, i);
}

/**
 * ebc_attach - hang a chip on the external bus
 * @ebc:  the EBC, or another device or NULL, which is refused
 * @chip: bank, offset, size, target and name filled in; borrowed
 * @msg:  one line on failure
 *
 * Returns: 0, -ERR_FORMAT (no EBC above), -ERR_RANGE, -ERR_CONFLICT.
 * Context: in the chip's probe.
 */
int ebc_attach(struct dev *ebc, struct ebc_chip *chip, struct errmsg *msg)
{
	struct ebc_chip **at;
	struct ebc *e;

	if (!ebc || ebc->cls != &ebc_class)
		return err_set(msg, ERR_FORMAT, "%s: not below an EBC",
			       chip->name);
	if (chip->bank >= BANKS || !chip->size || chip->size > 1u << 27 ||
	    chip->offset > (1u << 27) - chip->size ||
	    (chip->is_mirrored && (chip->offset ||
				   chip->size & (chip->size - 1))))
		return err_set(msg, ERR_RANGE, "%s: reg: bank %u, offset "
			       "0x%llx, 0x%llx bytes: there are %d banks of "
			       "at most 128 MB", chip->name, chip->bank,
			       (unsigned long long)chip->offset,
			       (unsigned long long)chip->size, BANKS);
	e = ebc->priv;
	for (at = &e->chips; *at; at = &(*at)->next)
		if ((*at)->bank == chip->bank &&
		    chip->offset < (*at)->offset + (*at)->size &&
		    (*at)->offset < chip->offset + chip->size)
			return err_set(msg, ERR_CONFLICT, "%s: reg: overlaps "
				       "%s in bank %u", chip->name,
				       (*at)->name, chip->bank);
	chip->next = NULL;
	*at = chip;
	return 0;
}

/**
 * ebc_attach_node - hang a chip where its node's reg says
 * @dev:  the chip's device; its path becomes the name
 * @node: its node, below the EBC's
 * @row:  which row of reg
 * @chip: target and the like filled in; bank, offset, size, name are set
 * @msg:  one line on failure
 *
 * Returns: 0, -ERR_FORMAT (no such row), as ebc_attach().
 */
int ebc_attach_node(struct dev *dev, const struct dev_node *node,
		    unsigned int row, struct ebc_chip *chip,
		    struct errmsg *msg)
{
	int len = 0;
	const u8 *p = node->prop(node, "reg", &len);

	chip->name = dev->path;
	if (!p || len % 12 || row >= (unsigned int)len / 12)
		return err_set(msg, ERR_FORMAT, "%s: reg: wants rows of bank, "
			       "offset, size", dev->path);
	p += (size_t)row * 12;
	chip->bank = ldb32(p);
	chip->offset = ldb32(p + 4);
	chip->size = ldb32(p + 8);
	return ebc_attach(node->parent ? node->parent(node) : NULL, chip, msg);
}

/**
 * ebc_show - change what reads of a chip find
 * @ebc:  EBC it is attached to
 * @chip: the chip
 * @host: its content, or NULL: ask the target
 *
 * Context: also inside an access to the chip.
 */
void ebc_show(struct dev *ebc, struct ebc_chip *chip, u8 *host)
{
	struct ebc *e = ebc->priv;

	if (chip->host == host)
		return;
	chip->host = host;
	for (unsigned int i = 0; i < e->wins; i++) {
		if (e->win[i].chip != chip)
			continue;
		(void)bus_unmap(ebc->env->bus, e->win[i].base);
		(void)window_map(&e->win[i]);
	}
}

static void ebc_cr_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	ebc_place(dev->priv);
}

/* Any write clears the latch. */
static void ebc_besr_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)val;
	((struct ebc *)dev->priv)->besr[i] = 0;
}

/* [0] the two DCRs, [1] what is behind them */
static const struct reg_space ebc_spaces[2];

static const struct reg_desc ebc_ind_regs[] = {
	{ .name = "CR", .offset = 0x00, .size = 4, .count = BANKS,
	  .stride = 1, .wmask = 0xffffe000, .cell = offsetof(struct ebc, cr),
	  .write = ebc_cr_write, .source = "LX,UB" },
	{ .name = "AP", .offset = 0x10, .size = 4, .count = BANKS,
	  .stride = 1, .wmask = 0xffffffe0, .cell = offsetof(struct ebc, ap),
	  .source = "UB" },
	{ .name = "BEAR", .offset = 0x20, .size = 4, .flags = REG_RO,
	  .cell = offsetof(struct ebc, bear), .source = "LX,UB" },
	{ .name = "BESR", .offset = 0x21, .size = 4, .count = 2, .stride = 1,
	  .wmask = 0, .cell = offsetof(struct ebc, besr),
	  .write = ebc_besr_write, .source = "BSP" },
	{ .name = "CFG", .offset = 0x23, .size = 4, .reset = 0xb8400000,
	  .wmask = 0xfff3f000, .cell = offsetof(struct ebc, cfg),
	  .source = "UB" },
	{ .name = "CID", .offset = 0x24, .size = 4, .flags = REG_RO,
	  .cell = offsetof(struct ebc, cid), .source = "LX" },
};

static u32 ebc_data_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)i;
	(void)cell;
	return indirect_read(dev, &ebc_spaces[1],
			     ((struct ebc *)dev->priv)->addr);
}

static void ebc_data_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	indirect_write(dev, &ebc_spaces[1], ((struct ebc *)dev->priv)->addr,
		       val);
}

static const struct reg_desc ebc_dcrs[] = {
	{ .name = "CFGADDR", .offset = 0, .size = 4, .wmask = 0xff,
	  .cell = offsetof(struct ebc, addr), .source = "LX,UB" },
	{ .name = "CFGDATA", .offset = 1, .size = 4, .flags = REG_NO_SAVE,
	  .cell = REG_NO_CELL, .read = ebc_data_read,
	  .write = ebc_data_write, .source = "LX,UB" },
};

static const struct reg_space ebc_spaces[2] = {
	{ REG_DCR, ebc_dcrs, ARRAY_SIZE(ebc_dcrs), 2 },
	{ REG_INDIRECT, ebc_ind_regs, ARRAY_SIZE(ebc_ind_regs), 0x25 },
};

static bool has_chip(const struct ebc *e, unsigned int bank)
{
	for (const struct ebc_chip *c = e->chips; c; c = c->next)
		if (c->bank == bank)
			return true;
	return false;
}

static void ebc_reset(struct dev *dev, enum reset_kind kind)
{
	struct ebc *e = dev->priv;

	(void)kind;
	for (unsigned int i = 0; i < BANKS; i++) {
		bool is_on = !dev->env->has_firmware &&
			     (!ebc_bamboo[i].is_optional || has_chip(e, i));

		e->cr[i] = is_on ? e->boot_cr[i] : 0;
		e->ap[i] = is_on ? ebc_bamboo[i].ap : 0;
	}
	if (dev->env->has_firmware) {
		e->cr[0] = BOOT_CR;
		e->ap[0] = BOOT_AP;
		e->cfg = BOOT_CFG;
	}
	ebc_place(e);
}

/* The tree's ranges: rows of bank, offset 0, address on the OPB, size. */
static int ebc_ranges(struct ebc *e, const struct dev_node *node,
		      struct errmsg *msg)
{
	int len = 0;
	const u8 *p = node->prop(node, "ranges", &len);

	for (; p && len >= 16; p += 16, len -= 16) {
		u32 bank = ldb32(p), base = ldb32(p + 8), size = ldb32(p + 12);
		u32 code = size ? 11 - clz32(size) : 8;

		if (bank >= BANKS || ldb32(p + 4) || code > 7 ||
		    size & (size - 1) || base & (size - 1))
			return err_set(msg, ERR_RANGE, "%s: ranges: bank %u, "
				       "0x%x bytes at 0x%x: banks 0 to 7 have "
				       "a power of two from 1 to 128 MB, "
				       "aligned", e->dev->path, bank, size,
				       base);
		e->boot_cr[bank] = base | PPC_PLACE(code, 12, 14) | BU_READ |
				   BU_WRITE | (ebc_bamboo[bank].cr & 0x6000);
	}
	return 0;
}

static int ebc_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct ebc *e = dev->priv;
	int len = 0;

	e->dev = dev;
	if (!node->prop(node, "ranges", &len))
		for (unsigned int i = 0; i < BANKS; i++)
			e->boot_cr[i] = ebc_bamboo[i].cr;
	return ebc_ranges(e, node, msg);
}

static int ebc_link(struct dev *dev, const struct dev_node *node,
		    struct errmsg *msg)
{
	struct ebc *e = dev->priv;

	(void)node;
	(void)msg;
	e->is_linked = true;
	ebc_reset(dev, RESET_SYSTEM);
	return 0;
}

static const char *const ebc_compatible[] = {
	"ibm,ebc-440ep", "ibm,ebc-440gp", "ibm,ebc", NULL
};

const struct dev_class ebc_class = {
	.name = "ebc",
	.desc = "EBC0 external bus controller",
	.compatible = ebc_compatible,
	.spaces = ebc_spaces,
	.nspaces = ARRAY_SIZE(ebc_spaces),
	.priv_size = sizeof(struct ebc),
	.probe = ebc_probe,
	.link = ebc_link,
	.reset = ebc_reset,
	.node_clk = CLK_EBC,
	.has_node_clk = true,
};
