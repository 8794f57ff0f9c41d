/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/cpr.c - CPR0, clocks and power-on reset of the 440EP.
 *
 * Owns the PLL and divider registers and is the only writer of env->clk.
 * Must not know who uses a clock.  Two sets of values exist: what software
 * has written, and what the clock tree runs on.  A write never changes a
 * running clock.  CLKUPD moves the dividers behind the PLL (OPB, PER, MAL,
 * SPCI) to the running set; the PLL itself and the primary dividers move at
 * the next chip reset, and only if ICFG[RLI] keeps the chip from reloading
 * its straps then.  That is how U-Boot reprograms the PLL of a 440EP family
 * part: write, set RLI, chip reset.
 */
#include "base/bits.h"
#include "soc/dev.h"
#include "soc/dev/indirect.h"

#define PLLC_ENG	0x40000000u	/* VCO feeds the dividers, not SysClk */
#define PLLC_SRC_B	0x20000000u	/* feedback from PLLOUTB, else A */
#define CLKUPD_CUI	0x80000000u	/* update now */
#define ICFG_RLI	0x80000000u	/* reload inhibit */

#define PLL_CELLS	6		/* of the property culm,pll */

struct cpr_set {
	u32 pllc, plld, primad, primbd, opbd, perd, mald, spcid;
};

struct cpr {
	u32 addr, icfg, clkupd;
	struct cpr_set reg;	/* as software sees them */
	struct cpr_set kept;	/* reg and icfg, out of reach of a reset */
	u32 kept_icfg;
	struct cpr_set run;	/* what the clocks run on */
	struct cpr_set strap;	/* loaded by a reset */
	u64 sysclk_hz;
	u64 odd_vco;		/* settings that no PLL would lock to */
};

/*
 * The shipped Bamboo: SysClk 33.333 MHz, M = FBDV 16 * FWDVA 2 * LFBDV 1,
 * VCO 1066.7 MHz, CPU 533.3, PLB 133.3, OPB, EBC and PCI 66.7 MHz.
 */
static const struct cpr_set cpr_bamboo = {
	.pllc = PLLC_ENG,
	.plld = 0x10020401,	/* FBDV 16, FWDVA 2, FWDVB 4, LFBDV 1 */
	.primad = 0x01000000,	/* CPU = PLLOUTA / 1 */
	.primbd = 0x02000000,	/* PLB = PLLOUTB / 2 */
	.opbd = 0x02000000,	/* OPB = PLB / 2 */
	.perd = 0x02000000,	/* EBC = PLB / 2 */
	.mald = 0x02000000,
	.spcid = 0x02000000,	/* PCI = PLB / 2 */
};

static u32 nonzero(u32 v, u32 def)
{
	return v ? v : def;
}

/* Feedback ratio VCO : SysClk; 0 when the selection is not a legal one. */
static u64 cpr_multiplier(const struct cpr_set *s)
{
	u32 fwdva = nonzero(PPC_FIELD(s->plld, 12, 15), 16);
	u32 fwdvb = nonzero(PPC_FIELD(s->plld, 21, 23), 8);
	u64 m;

	switch (PPC_FIELD(s->pllc, 5, 7)) {
	case 0:		/* PLLOUTA or PLLOUTB, through the local divider */
		m = s->pllc & PLLC_SRC_B ? fwdvb : fwdva;
		m *= nonzero(PPC_FIELD(s->plld, 26, 31), 64);
		break;
	case 1:		/* CPU clock */
		m = fwdva * nonzero(PPC_FIELD(s->primad, 5, 7), 8);
		break;
	case 5:		/* PerClk */
		m = fwdvb * nonzero(PPC_FIELD(s->primbd, 5, 7), 8);
		m *= nonzero(PPC_FIELD(s->opbd, 6, 7), 4);
		m *= nonzero(PPC_FIELD(s->perd, 6, 7), 4);
		break;
	default:
		return 0;
	}
	return m * nonzero(PPC_FIELD(s->plld, 3, 7), 32);
}

static void cpr_check_vco(struct dev *dev, u64 vco)
{
	struct cpr *c = dev->priv;

	if (vco < 500000000 || vco > 1400000000)
		LOG_ONCE(dev->env->log, c->odd_vco, LOG_WARN,
			 "%s: VCO at %llu Hz, outside 500..1400 MHz",
			 dev->path, (unsigned long long)vco);
}

/* Recompute every clock from the running set. */
static void cpr_run(struct dev *dev)
{
	struct cpr *c = dev->priv;
	const struct cpr_set *s = &c->run;
	struct clk *clk = dev->env->clk;
	u64 a = c->sysclk_hz, b = a, cpu, plb, m;

	m = s->pllc & PLLC_ENG ? cpr_multiplier(s) : 0;
	if (m) {
		cpr_check_vco(dev, c->sysclk_hz * m);
		a = c->sysclk_hz * m / nonzero(PPC_FIELD(s->plld, 12, 15), 16);
		b = c->sysclk_hz * m / nonzero(PPC_FIELD(s->plld, 21, 23), 8);
	}
	cpu = a / nonzero(PPC_FIELD(s->primad, 5, 7), 8);
	plb = b / nonzero(PPC_FIELD(s->primbd, 5, 7), 8);
	clk_set(clk, CLK_SYS, c->sysclk_hz);
	clk_set(clk, CLK_CPU, cpu);
	clk_set(clk, CLK_TB, cpu);
	clk_set(clk, CLK_PLB, plb);
	clk_set(clk, CLK_OPB, plb / nonzero(PPC_FIELD(s->opbd, 6, 7), 4));
	clk_set(clk, CLK_EBC, plb / nonzero(PPC_FIELD(s->perd, 6, 7), 4));
	clk_set(clk, CLK_PCI, plb / nonzero(PPC_FIELD(s->spcid, 6, 7), 4));
}

static void cpr_clkupd_write(struct dev *dev, unsigned int i, u32 val)
{
	struct cpr *c = dev->priv;

	(void)i;
	c->clkupd = 0;		/* done before software can look */
	if (!(val & CLKUPD_CUI))
		return;
	c->run.opbd = c->reg.opbd;
	c->run.perd = c->reg.perd;
	c->run.mald = c->reg.mald;
	c->run.spcid = c->reg.spcid;
	cpr_run(dev);
}

#define R(nm, off, mask, field) { \
	.name = nm, .offset = off, .size = 4, .wmask = mask, \
	.cell = offsetof(struct cpr, field), .source = "LX,UB" }

/* No reset column: cpr_reset loads the straps. */
static const struct reg_desc cpr_ind_regs[] = {
	{ .name = "CLKUPD", .offset = 0x20, .size = 4,
	  .wmask = CLKUPD_CUI, .cell = offsetof(struct cpr, clkupd),
	  .write = cpr_clkupd_write, .source = "UB" },
	R("PLLC", 0x40, 0xe70003ff, reg.pllc),
	R("PLLD", 0x60, 0x1f0f073f, reg.plld),
	R("PRIMAD", 0x80, 0x07000000, reg.primad),
	R("PRIMBD", 0xa0, 0x07000000, reg.primbd),
	R("OPBD", 0xc0, 0x03000000, reg.opbd),
	R("PERD", 0xe0, 0x03000000, reg.perd),
	R("MALD", 0x100, 0x03000000, reg.mald),
	R("SPCID", 0x120, 0x03000000, reg.spcid),
	R("ICFG", 0x140, ICFG_RLI, icfg),
};
#undef R

/* [0] the two DCRs, [1] what is behind them */
static const struct reg_space cpr_spaces[2];

static u32 cpr_data_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)i;
	(void)cell;
	return indirect_read(dev, &cpr_spaces[1],
			     ((struct cpr *)dev->priv)->addr);
}

static void cpr_data_write(struct dev *dev, unsigned int i, u32 val)
{
	struct cpr *c = dev->priv;

	(void)i;
	indirect_write(dev, &cpr_spaces[1], c->addr, val);
	c->kept = c->reg;
	c->kept_icfg = c->icfg;
}

static const struct reg_desc cpr_dcrs[] = {
	{ .name = "CFGADDR", .offset = 0, .size = 4, .wmask = 0xfff,
	  .cell = offsetof(struct cpr, addr), .source = "LX,UB" },
	{ .name = "CFGDATA", .offset = 1, .size = 4, .flags = REG_NO_SAVE,
	  .cell = REG_NO_CELL, .read = cpr_data_read,
	  .write = cpr_data_write, .source = "LX,UB" },
};

static const struct reg_space cpr_spaces[2] = {
	{ REG_DCR, cpr_dcrs, ARRAY_SIZE(cpr_dcrs), 2 },
	{ REG_INDIRECT, cpr_ind_regs, ARRAY_SIZE(cpr_ind_regs), 0x141 },
};

/* A core reset leaves the clocks alone; RLI keeps them over a chip reset. */
static void cpr_reset(struct dev *dev, enum reset_kind kind)
{
	struct cpr *c = dev->priv;
	bool keep = kind == RESET_CHIP && c->kept_icfg & ICFG_RLI;

	if (kind != RESET_CORE && !keep) {
		c->kept = c->strap;
		c->kept_icfg = 0;
	}
	c->reg = c->kept;
	c->icfg = c->kept_icfg;
	if (kind != RESET_CORE)
		c->run = c->reg;
	cpr_run(dev);
}

static int cpr_straps(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct cpr *c = dev->priv;
	const u8 *p;
	int len = 0;

	c->strap = cpr_bamboo;
	p = node->prop(node, "culm,pll", &len);
	if (!p)
		return 0;
	if (len != PLL_CELLS * 4)
		return err_set(msg, ERR_FORMAT,
			       "%s: culm,pll: wants %d cells, has %d bytes",
			       dev->path, PLL_CELLS, len);
	c->strap.pllc = ldb32(p);
	c->strap.plld = ldb32(p + 4);
	c->strap.primad = ldb32(p + 8);
	c->strap.primbd = ldb32(p + 12);
	c->strap.opbd = ldb32(p + 16);
	c->strap.perd = ldb32(p + 20);
	return 0;
}

static int cpr_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct cpr *c = dev->priv;
	struct clk *clk = dev->env->clk;
	int rc;

	c->sysclk_hz = dev_prop_u32(node, "culm,sysclk-hz", 33333333);
	if (c->sysclk_hz < 1000000 || c->sysclk_hz > 200000000)
		return err_set(msg, ERR_RANGE,
			       "%s: culm,sysclk-hz: %llu is not in "
			       "1000000..200000000", dev->path,
			       (unsigned long long)c->sysclk_hz);
	clk_set(clk, CLK_UART_EXT,
		nonzero(dev_prop_u32(node, "culm,uart-clock-hz", 11059200),
			11059200));
	clk_set(clk, CLK_TMR,
		nonzero(dev_prop_u32(node, "culm,timer-clock-hz", 25000000),
			25000000));
	rc = cpr_straps(dev, node, msg);
	if (rc)
		return rc;
	cpr_reset(dev, RESET_SYSTEM);
	return 0;
}

static const char *const cpr_compatible[] = { "ibm,cpr-440ep", NULL };

const struct dev_class cpr_class = {
	.name = "cpr",
	.desc = "CPR0 clocks and power-on reset",
	.compatible = cpr_compatible,
	.spaces = cpr_spaces,
	.nspaces = ARRAY_SIZE(cpr_spaces),
	.priv_size = sizeof(struct cpr),
	.probe = cpr_probe,
	.reset = cpr_reset,
	.node_clk = CLK_COUNT,
};
