/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/opb.c - the on-chip peripheral bus: the container that the tree
 * names, its arbiters, and its bridges to PLB3 and PLB4.
 *
 * Owns error and control registers only; traffic does not pass here.
 */
#include "soc/dev.h"

static const char *const opb_compatible[] = {
	"ibm,opb-440ep", "ibm,opb-440gp", "ibm,opb", NULL
};

const struct dev_class opb_class = {
	.name = "opb",
	.desc = "on-chip peripheral bus",
	.compatible = opb_compatible,
	.node_clk = CLK_OPB,
	.has_node_clk = true,
};

struct opb_bridge {
	u32 besr0, besr1, bear, bearh, confg, latency, rev;
};

#define ROW(nm, off, fl, mask, field) { \
	.name = nm, .offset = off, .size = 4, .flags = fl, .wmask = mask, \
	.cell = offsetof(struct opb_bridge, field), .source = "UB" }

static const struct reg_desc bridge_regs[] = {
	ROW("BESR0", 0x0, REG_W1C, 0xffffffff, besr0),
	ROW("BESR0SET", 0x1, REG_SET | REG_NO_SAVE, 0xffffffff, besr0),
	ROW("BEAR", 0x2, REG_RO, 0, bear),
	ROW("BEARH", 0x3, REG_RO, 0, bearh),
	ROW("BESR1", 0x4, REG_W1C, 0xffffffff, besr1),
	ROW("BESR1SET", 0x5, REG_SET | REG_NO_SAVE, 0xffffffff, besr1),
	ROW("CONFG", 0x6, 0, 0xffffffff, confg),
	ROW("LATENCY", 0x7, 0, 0xffffffff, latency),
	ROW("REV", 0x8, REG_RO, 0, rev),
};
#undef ROW

static const struct reg_space bridge_spaces[] = {
	{ REG_DCR, bridge_regs, ARRAY_SIZE(bridge_regs), 0x10 },
};

static const char *const bridge_compatible[] = {
	"culm,p3ob-bridge", "culm,op3b-bridge", "culm,p4ob-bridge", NULL
};

const struct dev_class opb_bridge_class = {
	.name = "opb-bridge",
	.desc = "bridge between a PLB and the OPB",
	.compatible = bridge_compatible,
	.spaces = bridge_spaces,
	.nspaces = ARRAY_SIZE(bridge_spaces),
	.priv_size = sizeof(struct opb_bridge),
	.node_clk = CLK_COUNT,
};

struct opb_arbiter {
	u32 pr, cr;
};

/* Priority and control, a byte each; PR resets to masters in order. */
static const struct reg_desc arbiter_regs[] = {
	{ .name = "PR", .offset = 0x0, .size = 1, .reset = 0x1b,
	  .wmask = 0xff, .cell = offsetof(struct opb_arbiter, pr),
	  .source = "assumed: as 405GP" },
	{ .name = "CR", .offset = 0x1, .size = 1, .wmask = 0xf8,
	  .cell = offsetof(struct opb_arbiter, cr),
	  .source = "assumed: as 405GP" },
};

static const struct reg_space arbiter_spaces[] = {
	{ REG_MMIO, arbiter_regs, ARRAY_SIZE(arbiter_regs), 0x40 },
};

static const char *const arbiter_compatible[] = { "culm,opb-arbiter", NULL };

const struct dev_class opb_arbiter_class = {
	.name = "opb-arbiter",
	.desc = "OPB arbiter",
	.compatible = arbiter_compatible,
	.spaces = arbiter_spaces,
	.nspaces = ARRAY_SIZE(arbiter_spaces),
	.priv_size = sizeof(struct opb_arbiter),
	.node_clk = CLK_COUNT,
};
