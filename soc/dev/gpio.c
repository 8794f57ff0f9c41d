/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/gpio.c - a general purpose I/O controller of 32 pins.
 *
 * Owns the registers; pin n is bit n counted from the left.  Nothing is
 * attached to a pin: an undriven one reads 0.  A pin that a select register
 * gives to another core reads what OR would drive.
 */
#include "soc/dev.h"

struct gpio {
	u32 or, tcr, osr[2], tsr[2], odr, ir, rr[3], isr[6];
	u32 pins;		/* levels from outside; kept over a reset */
};

/* Open drain (ODR): a 1 is not driven, so the pin shows the outside. */
static u32 gpio_ir_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct gpio *g = dev->priv;
	u32 driven = g->tcr & ~(g->odr & g->or);

	(void)i;
	(void)cell;
	return (g->or & driven) | (g->pins & ~driven);
}

#define ROW(nm, off, n, field) { \
	.name = nm, .offset = off, .size = 4, .count = n, .stride = 4, \
	.wmask = 0xffffffff, .cell = offsetof(struct gpio, field), \
	.source = "LX,UB" }

static const struct reg_desc gpio_regs[] = {
	ROW("OR", 0x00, 1, or),
	ROW("TCR", 0x04, 1, tcr),
	ROW("OSR", 0x08, 2, osr),
	ROW("TSR", 0x10, 2, tsr),
	ROW("ODR", 0x18, 1, odr),
	{ .name = "IR", .offset = 0x1c, .size = 4,
	  .flags = REG_RO | REG_NO_SAVE, .cell = offsetof(struct gpio, ir),
	  .read = gpio_ir_read, .source = "LX" },
	ROW("RR", 0x20, 3, rr),
	ROW("ISR", 0x30, 6, isr),
};
#undef ROW

static const struct reg_space gpio_spaces[] = {
	{ REG_MMIO, gpio_regs, ARRAY_SIZE(gpio_regs), 0x48 },
};

static const char *const gpio_compatible[] = {
	"ibm,gpio-440ep", "ibm,ppc4xx-gpio", "ibm,gpio", NULL
};

const struct dev_class gpio_class = {
	.name = "gpio",
	.desc = "general purpose I/O",
	.compatible = gpio_compatible,
	.spaces = gpio_spaces,
	.nspaces = ARRAY_SIZE(gpio_spaces),
	.priv_size = sizeof(struct gpio),
	.node_clk = CLK_COUNT,
};
