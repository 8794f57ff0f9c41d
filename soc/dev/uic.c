/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/uic.c - the universal interrupt controller: 32 inputs, a critical
 * and a non-critical output.
 *
 * Owns the registers and the levels of its pins.  Must not know what drives
 * an input, nor whether an output leads to the CPU or to another UIC.
 *
 * Lines between devices are logical: true means "asserted".  A UIC sees
 * electrical levels and compares them with its polarity register, so each
 * input is wired either straight (asserted = high) or inverted (asserted =
 * low).  Sources inside the chip are wired straight; that is what all trees
 * say (sense 4 or 1) and what firmware programs (PR bit 1).  The external
 * IRQ pins of the 440EP idle high and are pulled low, which is what trees
 * say of them (sense 8) and what Bamboo's firmware programs for those in use
 * (PR 0xFFFFFE13: pins 23-26, 28 and 29 low).  Both Linux, which sets PR and
 * TR by each sense cell, and firmware's constants thus see true interrupts;
 * software that programs the wrong polarity sees an idle input as active, as
 * on the board.  The property culm,active-low = <mask> (IBM bit n: input n)
 * overrides the wiring.
 *
 * A level input sets its status bit for as long as it is active, so that an
 * acknowledge before the source is quiet has no effect; the bit stays when
 * the source becomes quiet, until it is acknowledged [LX uic.c].
 */
#include "base/bits.h"
#include "soc/dev.h"

#define UIC_INPUTS	32
#define VCR_BASE	0xfffffffcu
#define VCR_PRO		1u	/* 0: input 0 first, 1: input 31 */
#define VR_STRIDE	512u	/* bytes between two vectors */

/* External pins of the 440EP: UIC0 23-29 (IRQ0-6), UIC1 18-20 (IRQ7-9). */
#define EXT_PINS_UIC0	PPC_MASK(23, 29)
#define EXT_PINS_UIC1	PPC_MASK(18, 20)

struct uic {
	u32 sr, er, cr, pr, tr, vcr;
	u32 pins;		/* electrical level of each input */
	u32 active_low;		/* inputs that are wired inverted */
};

static void uic_update(struct dev *dev)
{
	struct uic *u = dev->priv;
	u32 active = ~(u->pins ^ u->pr);

	u->sr |= active & ~u->tr;
	irq_set(&dev->irq[0], (u->sr & u->er & ~u->cr) != 0);
	irq_set(&dev->irq[1], (u->sr & u->er & u->cr) != 0);
}

static void uic_irq_in(void *opaque, unsigned int input, bool level)
{
	struct dev *dev = opaque;
	struct uic *u = dev->priv;
	u32 bit, was;

	if (input >= UIC_INPUTS)
		return;
	bit = PPC_BIT(input);
	was = u->pins;
	if (level != !!(u->active_low & bit))
		u->pins |= bit;
	else
		u->pins &= ~bit;
	if ((was ^ u->pins) & bit & u->tr & ~(u->pins ^ u->pr))
		u->sr |= bit;
	uic_update(dev);
}

static void uic_written(struct dev *dev, unsigned int i, u32 val)
{
	(void)i, (void)val;
	uic_update(dev);
}

static u32 msr_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct uic *u = dev->priv;

	(void)i, (void)cell;
	return u->sr & u->er;
}

/*
 * The vector of the first active critical interrupt, 512 bytes for each
 * step down from the highest priority; 0 when there is none.
 */
static u32 vr_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct uic *u = dev->priv;
	u32 set = u->sr & u->er & u->cr;
	u32 rank;

	(void)i, (void)cell;
	if (!set)
		return 0;
	if (u->vcr & VCR_PRO)
		rank = (u32)__builtin_ctz(set);
	else
		rank = clz32(set);
	return (u->vcr & VCR_BASE) + rank * VR_STRIDE;
}

#define CELL(f) offsetof(struct uic, f)

static const struct reg_desc uic_regs[] = {
	{ .name = "sr", .offset = 0, .size = 4, .flags = REG_W1C,
	  .wmask = 0xffffffff, .cell = CELL(sr), .write = uic_written,
	  .source = "[LX] uic.c" },
	{ .name = "srs", .offset = 1, .size = 4,
	  .flags = REG_SET | REG_NO_SAVE,
	  .wmask = 0xffffffff, .cell = CELL(sr), .write = uic_written,
	  .source = "[assumed: 1 sets a status bit, reads as SR]" },
	{ .name = "er", .offset = 2, .size = 4, .wmask = 0xffffffff,
	  .cell = CELL(er), .write = uic_written, .source = "[LX] uic.c" },
	{ .name = "cr", .offset = 3, .size = 4, .wmask = 0xffffffff,
	  .cell = CELL(cr), .write = uic_written, .source = "[LX] uic.c" },
	{ .name = "pr", .offset = 4, .size = 4, .wmask = 0xffffffff,
	  .cell = CELL(pr), .write = uic_written,
	  .source = "[LX] uic.c; [assumed: reset 0]" },
	{ .name = "tr", .offset = 5, .size = 4, .wmask = 0xffffffff,
	  .cell = CELL(tr), .write = uic_written,
	  .source = "[LX] uic.c; [assumed: reset 0]" },
	{ .name = "msr", .offset = 6, .size = 4, .flags = REG_RO,
	  .cell = REG_NO_CELL, .read = msr_read, .source = "[LX] uic.c" },
	{ .name = "vr", .offset = 7, .size = 4, .flags = REG_RO,
	  .cell = REG_NO_CELL, .read = vr_read,
	  .source = "[405GP UM] 10.5.8; [assumed: 0 when none is active]" },
	{ .name = "vcr", .offset = 8, .size = 4, .flags = REG_WO,
	  .wmask = VCR_BASE | VCR_PRO, .cell = CELL(vcr),
	  .source = "[405GP UM] 10.5.7; agrees with [UB] bamboo.c" },
};

static const struct reg_space uic_spaces[] = {
	{ .kind = REG_DCR, .regs = uic_regs, .count = ARRAY_SIZE(uic_regs),
	  .size = 9 },
};

static bool node_is_440ep(const struct dev_node *node)
{
	static const char name[] = "ibm,uic-440ep";
	const char *p;
	int len = 0;

	p = node && node->prop ? node->prop(node, "compatible", &len) : NULL;
	while (p && len > 0) {
		const char *end = memchr(p, 0, (size_t)len);

		if (!end)
			return false;
		if (!strcmp(p, name))
			return true;
		len -= (int)(end + 1 - p);
		p = end + 1;
	}
	return false;
}

static int uic_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct uic *u = dev->priv;
	u32 low = 0;

	(void)msg;
	if (node_is_440ep(node))
		low = dev_prop_u32(node, "cell-index", 0) ? EXT_PINS_UIC1 :
							     EXT_PINS_UIC0;
	u->active_low = dev_prop_u32(node, "culm,active-low", low);
	u->pins = u->active_low;
	return 0;
}

/* The pins keep the levels that their sources drive. */
static void uic_reset(struct dev *dev, enum reset_kind kind)
{
	(void)kind;
	uic_update(dev);
}

static const char *const uic_compatible[] = {
	"ibm,uic-440ep", "ibm,uic", NULL
};

const struct dev_class uic_class = {
	.name = "uic",
	.desc = "universal interrupt controller",
	.compatible = uic_compatible,
	.spaces = uic_spaces,
	.nspaces = ARRAY_SIZE(uic_spaces),
	.priv_size = sizeof(struct uic),
	.probe = uic_probe,
	.reset = uic_reset,
	.irq_in = uic_irq_in,
	.irq_inputs = UIC_INPUTS,
};
