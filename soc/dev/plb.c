/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/plb.c - the processor local buses: the container that the tree
 * names, the two arbiters, and the bridges between PLB4 and PLB3.
 *
 * Owns error and control registers; traffic does not pass here, but what
 * nothing answers is told to all of them, and each latches what it would have
 * seen on the chip (berr.h).  The bridge to PLB3 posts the CPU's writes: of a
 * failing one it also tells by the interrupt of the master that wrote.
 */
#include "soc/dev.h"
#include "soc/dev/berr.h"
#include "soc/dev/compat.h"

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
	u32 revid, besr, besrh, bear, bearh, acr, ccr;
	u32 seg1[5];		/* second segment of PLB4: ACR, BESR, BEAR */
	struct bus_watch watch;
};

static const struct berr_layout arbiter_layout = { 4, 1, 8 };

static void arbiter_latch(struct plb_arbiter *a, unsigned int master,
			  const struct bus_fault *f)
{
	if (!berr_latch(&a->besr, 1, &arbiter_layout, master, BERR_TIMEOUT,
			f->is_write))
		return;
	a->bear = (u32)f->pa;
	a->bearh = (u32)(f->pa >> 32);
}

/* A time-out on PLB3 itself; on the OPB it is the bridge that answers. */
static void plb3_no_answer(void *opaque, const struct bus_fault *f)
{
	if (berr_place(f->pa) == BERR_PLB3)
		arbiter_latch(opaque, berr_plb3_master(f), f);
}

static void plb4_no_answer(void *opaque, const struct bus_fault *f)
{
	if (berr_place(f->pa) == BERR_PLB4)
		arbiter_latch(opaque, berr_plb4_master(f), f);
}

static int plb3_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct plb_arbiter *a = dev->priv;

	(void)node;
	(void)msg;
	a->watch.no_answer = plb3_no_answer;
	a->watch.opaque = a;
	bus_watch(dev->env->bus, &a->watch);
	return 0;
}

static int plb4_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct plb_arbiter *a = dev->priv;

	(void)node;
	(void)msg;
	a->watch.no_answer = plb4_no_answer;
	a->watch.opaque = a;
	bus_watch(dev->env->bus, &a->watch);
	return 0;
}

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
	.probe = plb3_probe,
	.node_clk = CLK_COUNT,
};

/*
 * The crossbar of the 440EP from revision B on.  ACR: priority mode and the
 * pipelining that U-Boot turns on (WRP).  Errors are the first segment's
 * [assumed: the second, for slow masters, is the same to the CPU].
 */
static const struct reg_desc plb4_regs[] = {
	ROW("REVID", 0x0, REG_RO, 0, 0, revid),
	ROW("ACR", 0x1, 0, 0, 0xff000000, acr),
	ROW("BESRL", 0x2, REG_W1C, 0, 0xffffffff, besr),
	ROW("BESRH", 0x3, REG_W1C, 0, 0xffffffff, besrh),
	ROW("BEARL", 0x4, REG_RO, 0, 0, bear),
	ROW("BEARH", 0x5, REG_RO, 0, 0, bearh),
	ROW("CCR", 0x8, 0, 0, 0xffffffff, ccr),
	ROW("ACR1", 0x9, 0, 0, 0xff000000, seg1[0]),
	ROW("BESRL1", 0xa, REG_W1C, 0, 0xffffffff, seg1[1]),
	ROW("BESRH1", 0xb, REG_W1C, 0, 0xffffffff, seg1[2]),
	ROW("BEARL1", 0xc, REG_RO, 0, 0, seg1[3]),
	ROW("BEARH1", 0xd, REG_RO, 0, 0, seg1[4]),
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
	.probe = plb4_probe,
	.node_clk = CLK_COUNT,
};

struct plb_bridge {
	u32 esr[2], ear, uear, confg, pic, peir, rev;
	struct dev *dev;
	struct bus_watch watch;
};

#define ESR_WIRQ	5	/* bit in a master's field: write interrupt */
#define MIRQS		6

static const struct berr_layout bridge_layout = { 8, 2, 4 };

static void bridge_latch(struct plb_bridge *b, unsigned int master,
			 const struct bus_fault *f)
{
	if (berr_latch(b->esr, 2, &bridge_layout, master, BERR_SLAVE,
		       f->is_write)) {
		b->ear = (u32)f->pa;
		b->uear = (u32)(f->pa >> 32);
	}
	if (!f->is_write)
		return;
	b->esr[master / 4] |= PPC_BIT(master % 4 * 8 + ESR_WIRQ);
	if (master < MIRQS && master < b->dev->nirq)
		irq_pulse(&b->dev->irq[master]);
}

/* What PLB4's masters ask of PLB3 and the OPB behind it. */
static void p4p3_no_answer(void *opaque, const struct bus_fault *f)
{
	enum berr_place place = berr_place(f->pa);

	if (berr_is_on_plb4(f) && (place == BERR_PLB3 || place == BERR_P3OB))
		bridge_latch(opaque, berr_plb4_master(f), f);
}

/* What PLB3's masters ask of PLB4 and the OPB behind it. */
static void p3p4_no_answer(void *opaque, const struct bus_fault *f)
{
	enum berr_place place = berr_place(f->pa);

	if (!berr_is_on_plb4(f) && (place == BERR_PLB4 || place == BERR_P4OB))
		bridge_latch(opaque, berr_plb3_master(f), f);
}

static int bridge_probe(struct dev *dev, const struct dev_node *node,
			struct errmsg *msg)
{
	struct plb_bridge *b = dev->priv;

	(void)msg;
	b->dev = dev;
	b->watch.no_answer = compat_has(node, "culm,p3p4-bridge") ?
			     p3p4_no_answer : p4p3_no_answer;
	b->watch.opaque = b;
	bus_watch(dev->env->bus, &b->watch);
	return 0;
}

#define ROW(nm, off, fl, mask, field) { \
	.name = nm, .offset = off, .size = 4, .flags = fl, .wmask = mask, \
	.cell = offsetof(struct plb_bridge, field), .source = "UB,BSP" }

static const struct reg_desc bridge_regs[] = {
	ROW("ESR0", 0x0, REG_W1C, 0xffffffff, esr[0]),
	ROW("ESR0SET", 0x1, REG_SET | REG_NO_SAVE, 0xffffffff, esr[0]),
	ROW("EADR", 0x2, REG_RO, 0, ear),
	ROW("EUADR", 0x3, REG_RO, 0, uear),
	ROW("ESR1", 0x4, REG_W1C, 0xffffffff, esr[1]),
	ROW("ESR1SET", 0x5, REG_SET | REG_NO_SAVE, 0xffffffff, esr[1]),
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
	.probe = bridge_probe,
	.node_clk = CLK_COUNT,
};
