/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/sdram.c - SDRAM0, the DDR controller of the 440EP.
 *
 * Owns the controller's registers and the rule that turns an amount of
 * memory into bank registers.  Does not own the memory: the machine maps it.
 * After a reset the registers describe env->ram_bytes as the board's U-Boot
 * leaves them, because a kernel is entered without firmware; a firmware that
 * programs the banks itself finds them writable.
 *
 * BnCR:  0........8  | 12..14 | 16..18 | 31
 *        bank base    size     mode     enable    (size: 4 MB << field)
 */
#include "soc/dev/sdram.h"

#include "base/bits.h"
#include "soc/dev.h"
#include "soc/dev/indirect.h"

#define CFG0_DCEN	0x80000000u
#define MCSTS_MRSC	0x80000000u	/* mode register set complete */
#define MCSTS_CIS	0x20000000u	/* controller idle */
#define BANK_MB		(1u << 20)

struct sdram {
	u32 addr;
	u32 besr, bear, mirq, slio, cfg0, cfg1, devopt, mcsts, rtr, pmit;
	u32 uabba, bcr[SDRAM_BANKS], tr0, tr1, clktr, wddctr, dlycal, eccesr;
};

/* Address mode that U-Boot pairs with a bank size: rows and columns. */
static u32 sdram_mode(unsigned int mb)
{
	if (mb <= 16)
		return 0x6000;	/* mode 4, 12 x 8 */
	if (mb <= 64)
		return 0x2000;	/* mode 2, 12 x 9 */
	return 0x4000;		/* mode 3, 13 x 10 */
}

/**
 * sdram_banks - lay out an amount of memory in the controller's banks
 * @bytes: size of the memory, from address 0 up, without holes
 * @bcr:   set to the BnCR values, enabled banks first; 0 for an unused one.
 *         Untouched on failure
 *
 * Banks are powers of two of 8 to 512 MB, at most four, largest first, so
 * that each lies at a multiple of its size.
 *
 * Returns: 0, -ERR_RANGE when no such layout exists.
 * Units:   bytes.
 * Source:  UB (bank sizes and address modes).
 */
int sdram_banks(u64 bytes, u32 bcr[SDRAM_BANKS])
{
	u32 out[SDRAM_BANKS] = { 0 };
	unsigned int n = 0, mb = 512, field = 7;
	u32 left, base = 0;

	if (bytes < SDRAM_MIN_BYTES || bytes > SDRAM_MAX_BYTES ||
	    bytes % SDRAM_MIN_BYTES)
		return -ERR_RANGE;
	left = (u32)bytes;
	while (left) {
		if (left < mb * BANK_MB) {
			mb >>= 1;
			field--;
			continue;
		}
		if (n == SDRAM_BANKS)
			return -ERR_RANGE;
		out[n++] = base | field << 17 | sdram_mode(mb) | 1;
		base += mb * BANK_MB;
		left -= mb * BANK_MB;
	}
	memcpy(bcr, out, sizeof(out));
	return 0;
}

/* The mode register set of the memories follows DCEN at once. */
static u32 sdram_mcsts_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct sdram *s = dev->priv;

	(void)i;
	(void)cell;
	return s->cfg0 & CFG0_DCEN ? MCSTS_MRSC | MCSTS_CIS : 0;
}

#define R(nm, off, rst, mask, field) { \
	.name = nm, .offset = off, .size = 4, .reset = rst, .wmask = mask, \
	.cell = offsetof(struct sdram, field), .source = "UB" }
#define W1C(nm, off, field) { \
	.name = nm, .offset = off, .size = 4, .flags = REG_W1C, \
	.wmask = 0xffffffff, .cell = offsetof(struct sdram, field), \
	.source = "UB" }

static const struct reg_desc sdram_ind_regs[] = {
	W1C("BESR0", 0x00, besr),
	{ .name = "BEAR", .offset = 0x10, .size = 4, .flags = REG_RO,
	  .cell = offsetof(struct sdram, bear), .source = "UB" },
	R("MIRQ", 0x11, 0, 0xffffffff, mirq),
	R("SLIO", 0x18, 0, 0xe0000000, slio),
	R("CFG0", 0x20, 0x84000000, 0xbfe00000, cfg0),
	R("CFG1", 0x21, 0, 0xc0000000, cfg1),
	R("DEVOPT", 0x22, 0, 0xc0000000, devopt),
	{ .name = "MCSTS", .offset = 0x24, .size = 4,
	  .flags = REG_RO | REG_NO_SAVE, .cell = offsetof(struct sdram, mcsts),
	  .read = sdram_mcsts_read, .source = "UB" },
	R("RTR", 0x30, 0x04100000, 0xfff80000, rtr),
	R("PMIT", 0x34, 0, 0xffc00000, pmit),
	R("UABBA", 0x38, 0, 0x0000000f, uabba),
	{ .name = "BCR", .offset = 0x40, .size = 4, .count = SDRAM_BANKS,
	  .stride = 4, .wmask = 0xff8ee001,
	  .cell = offsetof(struct sdram, bcr), .source = "UB" },
	R("TR0", 0x80, 0x410a4012, 0xc18fc01f, tr0),
	R("TR1", 0x81, 0x80800800, 0xc0c00fff, tr1),
	R("CLKTR", 0x82, 0x40000000, 0xfff00000, clktr),
	R("WDDCTR", 0x83, 0, 0xffffffff, wddctr),
	R("DLYCAL", 0x84, 0, 0xffffffff, dlycal),
	W1C("ECCESR", 0x98, eccesr),
};
#undef R
#undef W1C

/* [0] the two DCRs, [1] what is behind them */
static const struct reg_space sdram_spaces[2];

static u32 sdram_data_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)i;
	(void)cell;
	return indirect_read(dev, &sdram_spaces[1],
			     ((struct sdram *)dev->priv)->addr);
}

static void sdram_data_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	indirect_write(dev, &sdram_spaces[1], ((struct sdram *)dev->priv)->addr,
		       val);
}

static const struct reg_desc sdram_dcrs[] = {
	{ .name = "CFGADDR", .offset = 0, .size = 4, .wmask = 0xff,
	  .cell = offsetof(struct sdram, addr), .source = "LX,UB" },
	{ .name = "CFGDATA", .offset = 1, .size = 4, .flags = REG_NO_SAVE,
	  .cell = REG_NO_CELL, .read = sdram_data_read,
	  .write = sdram_data_write, .source = "LX,UB" },
};

static const struct reg_space sdram_spaces[2] = {
	{ REG_DCR, sdram_dcrs, ARRAY_SIZE(sdram_dcrs), 2 },
	{ REG_INDIRECT, sdram_ind_regs, ARRAY_SIZE(sdram_ind_regs), 0x99 },
};

static void sdram_reset(struct dev *dev, enum reset_kind kind)
{
	struct sdram *s = dev->priv;

	(void)kind;
	if (sdram_banks(dev->env->ram_bytes, s->bcr))
		memset(s->bcr, 0, sizeof(s->bcr));
}

static int sdram_probe(struct dev *dev, const struct dev_node *node,
		       struct errmsg *msg)
{
	struct sdram *s = dev->priv;

	(void)node;
	if (sdram_banks(dev->env->ram_bytes, s->bcr))
		return err_set(msg, ERR_RANGE,
			       "%s: no bank layout for %llu bytes of memory",
			       dev->path,
			       (unsigned long long)dev->env->ram_bytes);
	return 0;
}

static const char *const sdram_compatible[] = {
	"ibm,sdram-440ep", "ibm,sdram-405gp", NULL
};

const struct dev_class sdram_class = {
	.name = "sdram",
	.desc = "SDRAM0 DDR controller",
	.compatible = sdram_compatible,
	.spaces = sdram_spaces,
	.nspaces = ARRAY_SIZE(sdram_spaces),
	.priv_size = sizeof(struct sdram),
	.probe = sdram_probe,
	.reset = sdram_reset,
	.node_clk = CLK_COUNT,
};
