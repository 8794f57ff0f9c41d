/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/ebc.c - EBC0, the external bus controller, and the chips behind its
 * banks that no device of its own models.
 *
 * Owns the bank registers and, in every enabled bank, the addresses that no
 * other device answers: there the board has an erased chip or a pulled-up
 * bus, so reads give ones and writes are lost.  An access that the bank's
 * usage field forbids is a bus error and latches BEAR and BESR.  An address
 * in no bank never reaches this file: nothing answers on the PLB.
 *
 * The boot flash of a Bamboo carries the PIBS monitor, which stores both
 * Ethernet addresses as text near its top; kernels wrapped for PIBS read
 * them, so two words of the erased flash are not erased.
 *
 * BnCR:  0.......11 | 12..14 | 15 16 | 17 18
 *        base        size     usage   width     (size: 1 MB << field)
 */
#include "base/bits.h"
#include "soc/dev.h"
#include "soc/dev/indirect.h"

#define BANKS		8
#define FILLS		32	/* windows this file may hold at once */
#define BESR_ERROR	0x80000000u	/* an error was latched */
#define BESR_READ	0x20000000u	/* by a read */

#define PIBS_BYTES	0x40000		/* PIBS, at the top of bank 0 */
#define PIBS_MAC	0x400		/* the first; the second 0x100 on */

struct ebc;

struct ebc_fill {
	struct ebc *ebc;
	unsigned int bank;
	u64 base, size;
};

struct ebc {
	u32 addr;
	u32 cr[BANKS], ap[BANKS], bear, besr, cfg, cid;
	struct dev *dev;
	struct ebc_fill fill[FILLS];
	unsigned int fills;
	bool is_linked;		/* all devices are mapped */
};

/*
 * As PIBS stores them: the locally administered addresses that board_fixup
 * gives to the same ports of a tree.
 */
static const char ebc_pibs_mac[2][13] = { "0243554c4d00", "0243554c4d01" };

/* What U-Boot programs when Bamboo boots from its small flash. */
static const struct {
	u32 cr, ap;
} ebc_bamboo[BANKS] = {
	[0] = { 0xfff18000, 0x03017300 },	/* flash, 1 MB, 8 bit */
	[4] = { 0x8787a000, 0x04015440 },	/* flash, 8 MB, 16 bit */
	[5] = { 0x80018000, 0x04814500 },	/* NVRAM and FPGA, 1 MB */
};

static u64 bank_bytes(u32 cr)
{
	return (u64)0x100000 << PPC_FIELD(cr, 12, 14);
}

static u64 bank_base(u32 cr)
{
	return cr & 0xfff00000u & ~(u32)(bank_bytes(cr) - 1);
}

/* The byte of PIBS's data at @at bytes into it, or erased flash. */
static u8 pibs_byte(u64 at)
{
	unsigned int k;

	if (at < PIBS_MAC || at >= PIBS_MAC + 0x200)
		return 0xff;
	k = (unsigned int)(at - PIBS_MAC);
	if (k % 0x100 >= sizeof(ebc_pibs_mac[0]))
		return 0xff;
	return (u8)ebc_pibs_mac[k / 0x100][k % 0x100];
}

static u8 ebc_byte(const struct ebc_fill *f, u64 pa)
{
	u32 cr = f->ebc->cr[f->bank];
	u64 at = pa - bank_base(cr);

	if (f->bank != 0 || at < bank_bytes(cr) - PIBS_BYTES)
		return 0xff;
	return pibs_byte(at - (bank_bytes(cr) - PIBS_BYTES));
}

static int ebc_error(struct ebc_fill *f, u64 off, u32 how)
{
	struct ebc *e = f->ebc;

	if (!(e->besr & BESR_ERROR)) {
		e->bear = (u32)(f->base + off);
		e->besr = BESR_ERROR | how;
	}
	irq_pulse(&e->dev->irq[0]);
	return BUS_BAD_ACCESS;
}

static int ebc_fill_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct ebc_fill *f = opaque;

	*val = 0;
	if (!(f->ebc->cr[f->bank] & PPC_BIT(16)))
		return ebc_error(f, off, BESR_READ);
	for (unsigned int i = 0; i < size; i++)
		*val = *val << 8 | ebc_byte(f, f->base + off + i);
	return BUS_OK;
}

static int ebc_fill_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct ebc_fill *f = opaque;

	(void)size;
	(void)val;
	if (!(f->ebc->cr[f->bank] & PPC_BIT(15)))
		return ebc_error(f, off, 0);
	return BUS_OK;
}

static void ebc_fill_add(struct ebc *e, unsigned int bank, u64 base, u64 size)
{
	const struct bus_target t = {
		ebc_fill_read, ebc_fill_write, &e->fill[e->fills],
	};

	if (e->fills == FILLS)
		return;
	e->fill[e->fills] = (struct ebc_fill){ e, bank, base, size };
	if (!bus_map(e->dev->env->bus, base, size, &t, e->dev->path, NULL))
		e->fills++;
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

static void ebc_fill_bank(struct ebc *e, unsigned int bank)
{
	u32 cr = e->cr[bank];
	u64 pa = bank_base(cr), end = pa + bank_bytes(cr), next;
	bool is_free;

	if (!PPC_FIELD(cr, 15, 16))
		return;
	for (; pa < end; pa = next) {
		next = span_end(e->dev->env->bus, pa, end, &is_free);
		if (is_free)
			ebc_fill_add(e, bank, pa, next - pa);
	}
}

/* Make the windows follow the bank registers. */
static void ebc_refill(struct ebc *e)
{
	if (!e->is_linked)
		return;
	while (e->fills) {
		e->fills--;
		(void)bus_unmap(e->dev->env->bus, e->fill[e->fills].base);
	}
	for (unsigned int i = 0; i < BANKS; i++)
		ebc_fill_bank(e, i);
}

static void ebc_cr_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	ebc_refill(dev->priv);
}

/* Any write clears the latch. */
static void ebc_besr_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	((struct ebc *)dev->priv)->besr = 0;
}

/* [0] the two DCRs, [1] what is behind them */
static const struct reg_space ebc_spaces[2];

static const struct reg_desc ebc_ind_regs[] = {
	{ .name = "CR", .offset = 0x00, .size = 4, .count = BANKS,
	  .stride = 1, .wmask = 0xffffe000, .cell = offsetof(struct ebc, cr),
	  .write = ebc_cr_write, .source = "LX,UB" },
	{ .name = "AP", .offset = 0x10, .size = 4, .count = BANKS,
	  .stride = 1, .wmask = 0xffcfffe0, .cell = offsetof(struct ebc, ap),
	  .source = "UB" },
	{ .name = "BEAR", .offset = 0x20, .size = 4, .flags = REG_RO,
	  .cell = offsetof(struct ebc, bear), .source = "LX,UB" },
	{ .name = "BESR", .offset = 0x21, .size = 4, .wmask = 0,
	  .cell = offsetof(struct ebc, besr), .write = ebc_besr_write,
	  .source = "LX,UB" },
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

static void ebc_reset(struct dev *dev, enum reset_kind kind)
{
	struct ebc *e = dev->priv;

	(void)kind;
	for (unsigned int i = 0; i < BANKS; i++) {
		e->cr[i] = ebc_bamboo[i].cr;
		e->ap[i] = ebc_bamboo[i].ap;
	}
	ebc_refill(e);
}

static int ebc_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct ebc *e = dev->priv;

	(void)node;
	(void)msg;
	e->dev = dev;
	return 0;
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
