/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/plb.c - the processor local buses: the container that the tree
 * names, the two arbiters, and the bridges between PLB4 and PLB3.
 *
 * Owns error and control registers only; traffic does not pass here, so an
 * error register is set by nobody yet but the diagnostic write ports.
 */
#include "soc/dev.h"

static const char *const plb_compatible[] = {
	"ibm,plb-440ep", "ibm,plb-440gp", "ibm,plb4", NULL
};

const struct dev_class plb_class = {
	.name = "plb",
	.desc = "processor local bus",
	.compatible = plb_compatible,
	.node_clk = CLK_PLB,
	.has_node_clk = true,
};

struct plb_arbiter {
	u32 revid, besr, besr_set, bear, bearh, acr;
};

#define ROW(nm, off, fl, rst, mask, field) { \
	.name = nm, .offset = off, .size = 4, .flags = fl, .reset = rst, \
	.wmask = mask, .cell = offsetof(struct plb_arbiter, field), \
	.source = "UB,BSP" }

/* BESR at 3 as U-Boot has it; the VxWorks BSP has it at 4: both are there. */
static const struct reg_desc plb3_regs[] = {
	ROW("REVID", 0x2, REG_RO, 0, 0, revid),
	ROW("BESR", 0x3, REG_W1C, 0, 0xffffffff, besr),
	ROW("BESR", 0x4, REG_W1C | REG_NO_SAVE, 0, 0xffffffff, besr),
	ROW("BEAR", 0x6, REG_RO, 0, 0, bear),
	ROW("ACR", 0x7, 0, 0, 0xffe00000, acr),
};

static const struct reg_space plb3_spaces[] = {
	{ REG_DCR, plb3_regs, ARRAY_SIZE(plb3_regs), 8 },
};

static const char *const plb3_compatible[] = { "culm,plb3-arbiter", NULL };

const struct dev_class plb3_arbiter_class = {
	.name = "plb3-arbiter",
	.desc = "PLB3 arbiter",
	.compatible = plb3_compatible,
	.spaces = plb3_spaces,
	.nspaces = ARRAY_SIZE(plb3_spaces),
	.priv_size = sizeof(struct plb_arbiter),
	.node_clk = CLK_COUNT,
};

/* ACR: priority mode and the pipelining that U-Boot turns on (WRP). */
static const struct reg_desc plb4_regs[] = {
	ROW("REVID", 0x0, REG_RO, 0, 0, revid),
	ROW("ACR", 0x1, 0, 0, 0xff000000, acr),
	ROW("REVID", 0x2, REG_RO | REG_NO_SAVE, 0, 0, revid),
	ROW("BESR", 0x4, REG_W1C, 0, 0xffffffff, besr),
	ROW("BESRSET", 0x5, REG_SET | REG_NO_SAVE, 0, 0xffffffff, besr),
	ROW("BEARL", 0x6, REG_RO, 0, 0, bear),
	ROW("BEARH", 0x7, REG_RO, 0, 0, bearh),
};
#undef ROW

static const struct reg_space plb4_spaces[] = {
	{ REG_DCR, plb4_regs, ARRAY_SIZE(plb4_regs), 0x10 },
};

static const char *const plb4_compatible[] = { "culm,plb4-arbiter", NULL };

const struct dev_class plb4_arbiter_class = {
	.name = "plb4-arbiter",
	.desc = "PLB4 arbiter",
	.compatible = plb4_compatible,
	.spaces = plb4_spaces,
	.nspaces = ARRAY_SIZE(plb4_spaces),
	.priv_size = sizeof(struct plb_arbiter),
	.node_clk = CLK_COUNT,
};

struct plb_bridge {
	u32 esr0, esr1, ear, uear, confg, pic, peir, rev;
};

#define ROW(nm, off, fl, mask, field) { \
	.name = nm, .offset = off, .size = 4, .flags = fl, .wmask = mask, \
	.cell = offsetof(struct plb_bridge, field), .source = "UB" }

static const struct reg_desc bridge_regs[] = {
	ROW("ESR0", 0x0, REG_W1C, 0xffffffff, esr0),
	ROW("ESR0SET", 0x1, REG_SET | REG_NO_SAVE, 0xffffffff, esr0),
	ROW("EADR", 0x2, REG_RO, 0, ear),
	ROW("EUADR", 0x3, REG_RO, 0, uear),
	ROW("ESR1", 0x4, REG_W1C, 0xffffffff, esr1),
	ROW("ESR1SET", 0x5, REG_SET | REG_NO_SAVE, 0xffffffff, esr1),
	ROW("CONFG", 0x6, 0, 0xffffffff, confg),
	ROW("PIC", 0x7, 0, 0xffffffff, pic),
	ROW("PEIR", 0x8, REG_W1C, 0xffffffff, peir),
	ROW("REV", 0xa, REG_RO, 0, rev),
};
#undef ROW

static const struct reg_space bridge_spaces[] = {
	{ REG_DCR, bridge_regs, ARRAY_SIZE(bridge_regs), 0x10 },
};

static const char *const bridge_compatible[] = {
	"culm,p4p3-bridge", "culm,p3p4-bridge", NULL
};

const struct dev_class plb_bridge_class = {
	.name = "plb-bridge",
	.desc = "bridge between PLB4 and PLB3",
	.compatible = bridge_compatible,
	.spaces = bridge_spaces,
	.nspaces = ARRAY_SIZE(bridge_spaces),
	.priv_size = sizeof(struct plb_bridge),
	.node_clk = CLK_COUNT,
};
