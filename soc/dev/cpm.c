/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/cpm.c - CPM0, clock and power management, and PPM0, the PLB
 * performance monitor.
 *
 * Owns storage: no core's clock is gated and no event is counted here.
 */
#include "soc/dev.h"

struct cpm {
	u32 er, fr, sr;
};

/* SR says which cores sleep: those that software forced to (FR). */
static u32 cpm_sr_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)i;
	(void)cell;
	return ((struct cpm *)dev->priv)->fr;
}

static const struct reg_desc cpm_regs[] = {
	{ .name = "ER", .offset = 0, .size = 4, .wmask = 0xffffffff,
	  .cell = offsetof(struct cpm, er), .source = "UB" },
	{ .name = "FR", .offset = 1, .size = 4, .wmask = 0xffffffff,
	  .cell = offsetof(struct cpm, fr), .source = "UB" },
	{ .name = "SR", .offset = 2, .size = 4, .flags = REG_RO,
	  .cell = offsetof(struct cpm, sr), .read = cpm_sr_read,
	  .source = "UB" },
};

static const struct reg_space cpm_spaces[] = {
	{ REG_DCR, cpm_regs, ARRAY_SIZE(cpm_regs), 3 },
};

static const char *const cpm_compatible[] = { "culm,cpm", NULL };

const struct dev_class cpm_class = {
	.name = "cpm",
	.desc = "CPM0 clock and power management",
	.compatible = cpm_compatible,
	.spaces = cpm_spaces,
	.nspaces = ARRAY_SIZE(cpm_spaces),
	.priv_size = sizeof(struct cpm),
	.node_clk = CLK_COUNT,
};

struct ppm {
	u32 addr, data;
};

static const struct reg_desc ppm_regs[] = {
	{ .name = "CFGADDR", .offset = 0, .size = 4, .wmask = 0xffffffff,
	  .cell = offsetof(struct ppm, addr), .source = "BSP" },
	{ .name = "CFGDATA", .offset = 1, .size = 4, .flags = REG_RO,
	  .cell = offsetof(struct ppm, data), .source = "BSP" },
};

static const struct reg_space ppm_spaces[] = {
	{ REG_DCR, ppm_regs, ARRAY_SIZE(ppm_regs), 2 },
};

static const char *const ppm_compatible[] = { "culm,ppm", NULL };

const struct dev_class ppm_class = {
	.name = "ppm",
	.desc = "PPM0 PLB performance monitor",
	.compatible = ppm_compatible,
	.spaces = ppm_spaces,
	.nspaces = ARRAY_SIZE(ppm_spaces),
	.priv_size = sizeof(struct ppm),
	.node_clk = CLK_COUNT,
};
