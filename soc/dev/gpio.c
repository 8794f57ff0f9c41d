/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/gpio.c - a general purpose I/O controller of 32 pins.
 *
 * Owns the registers, and the levels that the outside drives; pin n is bit n
 * counted from the left.  A pin is driven by OR where TCR enables it, unless
 * ODR makes it open drain and OR says 1, or OSR or TSR give it to another
 * core; then it shows the outside, 0 where nothing is attached.  Must not
 * know what is attached: others look, drive and watch (gpio.h).
 */
#include "soc/dev/gpio.h"

#include "soc/dev.h"

struct gpio {
	u32 or, tcr, osr[2], tsr[2], odr, ir, rr[3], isr[6];
	u32 pins;		/* levels from outside; kept over a reset */
	u32 shown;		/* levels that the watchers know */
	struct gpio_watch *watch;
};

/* Two bits a pin, the first 16 pins in [0]: 1 where they are not 0. */
static u32 pins_selected(const u32 sel[2])
{
	u32 out = 0;

	for (unsigned int pin = 0; pin < GPIO_PINS; pin++)
		if (sel[pin / 16] & 0xc0000000u >> pin % 16 * 2)
			out |= 0x80000000u >> pin;
	return out;
}

static u32 gpio_driven(const struct gpio *g)
{
	u32 other = pins_selected(g->osr) | pins_selected(g->tsr);

	return g->tcr & ~(g->odr & g->or) & ~other;
}

static u32 gpio_level(const struct gpio *g)
{
	u32 driven = gpio_driven(g);

	return (g->or & driven) | (g->pins & ~driven);
}

static void gpio_tell(struct gpio *g)
{
	u32 level = gpio_level(g), changed = level ^ g->shown;

	g->shown = level;
	for (struct gpio_watch *w = g->watch; changed && w; w = w->next)
		w->changed(w->opaque, changed, level);
}

static u32 gpio_ir_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)i;
	(void)cell;
	return gpio_level(dev->priv);
}

static void gpio_written(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	gpio_tell(dev->priv);
}

#define ROW(nm, off, n, field, wr) { \
	.name = nm, .offset = off, .size = 4, .count = n, .stride = 4, \
	.wmask = 0xffffffff, .cell = offsetof(struct gpio, field), \
	.write = wr, .source = "LX,UB" }

static const struct reg_desc gpio_regs[] = {
	ROW("OR", 0x00, 1, or, gpio_written),
	ROW("TCR", 0x04, 1, tcr, gpio_written),
	ROW("OSR", 0x08, 2, osr, gpio_written),
	ROW("TSR", 0x10, 2, tsr, gpio_written),
	ROW("ODR", 0x18, 1, odr, gpio_written),
	{ .name = "IR", .offset = 0x1c, .size = 4,
	  .flags = REG_RO | REG_NO_SAVE, .cell = offsetof(struct gpio, ir),
	  .read = gpio_ir_read, .source = "LX" },
	ROW("RR", 0x20, 3, rr, NULL),
	ROW("ISR", 0x30, 6, isr, NULL),
};
#undef ROW

static const struct reg_space gpio_spaces[] = {
	{ REG_MMIO, gpio_regs, ARRAY_SIZE(gpio_regs), 0x48 },
};

static void gpio_reset(struct dev *dev, enum reset_kind kind)
{
	(void)kind;
	gpio_tell(dev->priv);
}

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
	.reset = gpio_reset,
	.node_clk = CLK_COUNT,
};

/**
 * gpio_is - is a device a GPIO controller
 * @dev: device, or NULL
 */
bool gpio_is(const struct dev *dev)
{
	return dev && dev->cls == &gpio_class;
}

/**
 * gpio_pins - look at the pins
 * @dev:    GPIO controller; of another device both masks are 0
 * @driven: set: pins that the controller drives
 * @level:  set: levels of all pins
 */
void gpio_pins(struct dev *dev, u32 *driven, u32 *level)
{
	*driven = gpio_is(dev) ? gpio_driven(dev->priv) : 0;
	*level = gpio_is(dev) ? gpio_level(dev->priv) : 0;
}

/**
 * gpio_set_input - drive a pin from outside
 * @dev:   GPIO controller
 * @pin:   0..31, others are ignored
 * @level: what the pin shows while the controller does not drive it
 */
void gpio_set_input(struct dev *dev, unsigned int pin, bool level)
{
	struct gpio *g = gpio_is(dev) ? dev->priv : NULL;
	u32 bit = pin < GPIO_PINS ? 0x80000000u >> pin : 0;

	if (!g)
		return;
	g->pins = level ? g->pins | bit : g->pins & ~bit;
	gpio_tell(g);
}

/**
 * gpio_watch - be told of changes
 * @dev: GPIO controller
 * @w:   callback filled in; must outlive the controller
 */
void gpio_watch(struct dev *dev, struct gpio_watch *w)
{
	struct gpio *g = gpio_is(dev) ? dev->priv : NULL;

	if (!g)
		return;
	w->next = g->watch;
	g->watch = w;
}
