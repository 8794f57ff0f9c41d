/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/opb.c - the on-chip peripheral bus: the container that the tree
 * names, its arbiters, and its bridges to PLB3 and PLB4.
 *
 * Owns error and control registers; traffic does not pass here, but what
 * nothing answers on an OPB is told: the bridge to it latches the error
 * (berr.h), and the OPB's arbiter, in the container's name, interrupts.
 */
#include "soc/dev.h"
#include "soc/dev/berr.h"
#include "soc/dev/compat.h"

struct opb {
	struct dev *dev;
	struct bus_watch watch;
};

/* The container is the OPB behind PLB3. */
static void opb_no_answer(void *opaque, const struct bus_fault *f)
{
	struct opb *o = opaque;

	if (berr_place(f->pa) == BERR_P3OB && o->dev->nirq)
		irq_pulse(&o->dev->irq[0]);
}

static int opb_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct opb *o = dev->priv;

	(void)node;
	(void)msg;
	o->dev = dev;
	o->watch.no_answer = opb_no_answer;
	o->watch.opaque = o;
	bus_watch(dev->env->bus, &o->watch);
	return 0;
}

static const char *const opb_compatible[] = {
	"ibm,opb-440ep", "ibm,opb-440gp", "ibm,opb", NULL
};

const struct dev_class opb_class = {
	.name = "opb",
	.desc = "on-chip peripheral bus",
	.compatible = opb_compatible,
	.priv_size = sizeof(struct opb),
	.probe = opb_probe,
	.node_clk = CLK_OPB,
	.has_node_clk = true,
};

struct opb_bridge {
	u32 besr[2], bear, bearh, confg, latency, rev;
	struct bus_watch watch;
};

/* From PLB3 five bits a master, from PLB4 eight. */
static const struct berr_layout p3ob_layout = { 5, 2, 4 };
static const struct berr_layout p4ob_layout = { 8, 2, 4 };

static void bridge_latch(struct opb_bridge *b, const struct berr_layout *l,
			 unsigned int master, const struct bus_fault *f)
{
	if (!berr_latch(b->besr, 2, l, master, BERR_TIMEOUT, f->is_write))
		return;
	b->bear = (u32)f->pa;
	b->bearh = (u32)(f->pa >> 32);
}

static void p3ob_no_answer(void *opaque, const struct bus_fault *f)
{
	if (berr_place(f->pa) == BERR_P3OB)
		bridge_latch(opaque, &p3ob_layout, berr_plb3_master(f), f);
}

static void p4ob_no_answer(void *opaque, const struct bus_fault *f)
{
	if (berr_place(f->pa) == BERR_P4OB)
		bridge_latch(opaque, &p4ob_layout, berr_plb4_master(f), f);
}

static int bridge_probe(struct dev *dev, const struct dev_node *node,
			struct errmsg *msg)
{
	struct opb_bridge *b = dev->priv;

	(void)msg;
	if (compat_has(node, "culm,op3b-bridge"))
		return 0;		/* inward: sees no time-out */
	b->watch.no_answer = compat_has(node, "culm,p4ob-bridge") ?
			     p4ob_no_answer : p3ob_no_answer;
	b->watch.opaque = b;
	bus_watch(dev->env->bus, &b->watch);
	return 0;
}

#define ROW(nm, off, fl, mask, field) { \
	.name = nm, .offset = off, .size = 4, .flags = fl, .wmask = mask, \
	.cell = offsetof(struct opb_bridge, field), .source = "UB" }

static const struct reg_desc bridge_regs[] = {
	ROW("BESR0", 0x0, REG_W1C, 0xffffffff, besr[0]),
	ROW("BESR0SET", 0x1, REG_SET | REG_NO_SAVE, 0xffffffff, besr[0]),
	ROW("BEAR", 0x2, REG_RO, 0, bear),
	ROW("BEARH", 0x3, REG_RO, 0, bearh),
	ROW("BESR1", 0x4, REG_W1C, 0xffffffff, besr[1]),
	ROW("BESR1SET", 0x5, REG_SET | REG_NO_SAVE, 0xffffffff, besr[1]),
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
	.probe = bridge_probe,
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
