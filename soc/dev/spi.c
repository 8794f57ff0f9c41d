/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/spi.c - the serial communications port: an SPI master of one byte.
 *
 * Owns the registers, the time of a byte and the bus of chips.  The chip
 * selects are GPIO pins that it watches.  Must not know any chip.
 *
 * MODE:  3   | 4   | 5  | 6  | 7       CR: 7    SR: 6   | 7
 *        SCP | SPE | RD | CI | IL          STR      BSY | RBR
 */
#include "soc/spi.h"

#include "soc/dev.h"
#include "soc/dev/gpio.h"

#define MODE_SPE	0x08u	/* port enabled */
#define MODE_RD		0x04u	/* least significant bit first */
#define MODE_IL		0x01u	/* loopback */
#define CR_STR		0x01u
#define SR_BSY		0x02u
#define SR_RBR		0x01u
#define SELECTS		8

struct select {
	struct dev *gpio;	/* NULL: this select does not exist */
	u32 bit;
	bool is_active_low;
};

struct spi {
	u32 mode, rxd, txd, cr, sr, cdm;
	struct spi_chip *chips;
	struct select cs[SELECTS];
	unsigned int selects;
	u8 sending;		/* what STR took from TxD */
	struct gpio_watch watch[SELECTS];
	struct dev *dev;
	struct sched_event done;
};

static u8 reversed(u8 v)
{
	v = (u8)(v >> 4 | v << 4);
	v = (u8)((v & 0xcc) >> 2 | (v & 0x33) << 2);
	return (u8)((v & 0xaa) >> 1 | (v & 0x55) << 1);
}

static bool is_selected(const struct spi *s, unsigned int cs)
{
	u32 driven, level;

	if (!s->selects)
		return cs == 0 && s->mode & MODE_SPE;
	if (cs >= s->selects || !s->cs[cs].gpio)
		return false;
	gpio_pins(s->cs[cs].gpio, &driven, &level);
	return driven & s->cs[cs].bit &&
	       !!(level & s->cs[cs].bit) != s->cs[cs].is_active_low;
}

static void spi_select(struct spi *s)
{
	for (struct spi_chip *c = s->chips; c; c = c->next) {
		bool now = is_selected(s, c->cs);

		if (now == c->is_selected)
			continue;
		c->is_selected = now;
		c->select(c->opaque, now);
	}
}

static void pins_changed(void *opaque, u32 changed, u32 level)
{
	(void)changed;
	(void)level;
	spi_select(opaque);
}

/* Nobody selected: the line is pulled up.  Two at once: the low bits win. */
static u8 spi_exchange(struct spi *s, u8 byte)
{
	u8 in = 0xff;

	if (s->mode & MODE_IL)
		return byte;
	for (struct spi_chip *c = s->chips; c; c = c->next)
		if (c->is_selected)
			in &= c->exchange(c->opaque, byte);
	return in;
}

static void spi_done(void *opaque, cycle_t late)
{
	struct spi *s = opaque;
	bool is_reversed = s->mode & MODE_RD;
	u8 out = is_reversed ? reversed(s->sending) : s->sending;
	u8 in = spi_exchange(s, out);

	(void)late;
	s->rxd = is_reversed ? reversed(in) : in;
	s->sr = SR_RBR;
	irq_set(&s->dev->irq[0], true);
}

static void spi_cr_write(struct dev *dev, unsigned int i, u32 val)
{
	struct spi *s = dev->priv;
	const struct dev_env *env = dev->env;

	(void)i;
	s->cr = 0;
	if (!(val & CR_STR) || !(s->mode & MODE_SPE) || s->sr & SR_BSY)
		return;
	s->sending = (u8)s->txd;
	s->sr |= SR_BSY;
	sched_at(env->sched, &s->done, sched_now(env->sched) +
		 clk_ticks_to_cycles(env->clk, CLK_OPB,
				     8ull * 4 * (s->cdm + 1)));
}

static u32 spi_rxd_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct spi *s = dev->priv;

	(void)i;
	s->sr &= ~SR_RBR;
	irq_set(&dev->irq[0], false);
	return cell;
}

static void spi_mode_write(struct dev *dev, unsigned int i, u32 val)
{
	struct spi *s = dev->priv;

	(void)i;
	(void)val;
	if (!(s->mode & MODE_SPE)) {
		sched_cancel(dev->env->sched, &s->done);
		s->sr &= ~SR_BSY;
	}
	spi_select(s);
}

#define R(nm, off, fl, mask_, field, rd, wr) { \
	.name = nm, .offset = off, .size = 1, .flags = fl, .wmask = mask_, \
	.cell = offsetof(struct spi, field), .read = rd, .write = wr, \
	.source = "LX" }

static const struct reg_desc spi_regs[] = {
	R("MODE", 0, 0, 0x1f, mode, NULL, spi_mode_write),
	R("RXD", 1, REG_RO, 0, rxd, spi_rxd_read, NULL),
	R("TXD", 2, 0, 0xff, txd, NULL, NULL),
	R("CR", 3, 0, CR_STR, cr, NULL, spi_cr_write),
	R("SR", 4, REG_RO, 0, sr, NULL, NULL),
	R("CDM", 6, 0, 0xff, cdm, NULL, NULL),
};
#undef R

static const struct reg_space spi_spaces[] = {
	{ REG_MMIO, spi_regs, ARRAY_SIZE(spi_regs), 7 },
};

static void spi_reset(struct dev *dev, enum reset_kind kind)
{
	struct spi *s = dev->priv;

	(void)kind;
	sched_cancel(dev->env->sched, &s->done);
	irq_set(&dev->irq[0], false);
	spi_select(s);
}

static int spi_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct spi *s = dev->priv;

	(void)node;
	(void)msg;
	s->dev = dev;
	s->done = (struct sched_event){ .fire = spi_done, .opaque = s,
					.name = "spi-byte" };
	return 0;
}

/* Chip selects: triples of GPIO controller, pin, flags (1: active low). */
static int spi_link(struct dev *dev, const struct dev_node *node,
		    struct errmsg *msg)
{
	struct spi *s = dev->priv;
	int len = 0;
	const u8 *p = node->prop(node, "gpios", &len);
	unsigned int n = p && len > 0 ? (unsigned int)len / 12 : 0;

	if (n > SELECTS || (p && len % 12))
		return err_set(msg, ERR_RANGE,
			       "%s: gpios: not at most %d rows of three cells",
			       dev->path, SELECTS);
	for (s->selects = 0; s->selects < n; s->selects++) {
		struct select *cs = &s->cs[s->selects];
		u32 pin = p[s->selects * 12 + 7];

		cs->gpio = node->dev_at(node, "gpios", s->selects * 3);
		/* a look-up may reuse the memory of the one before */
		p = node->prop(node, "gpios", &len);
		cs->bit = pin < GPIO_PINS ? 0x80000000u >> pin : 0;
		cs->is_active_low = p[s->selects * 12 + 11] & 1;
		if (!gpio_is(cs->gpio)) {
			cs->gpio = NULL;
			continue;
		}
		s->watch[s->selects].changed = pins_changed;
		s->watch[s->selects].opaque = s;
		gpio_watch(cs->gpio, &s->watch[s->selects]);
	}
	return 0;
}

static void spi_remove(struct dev *dev)
{
	struct spi *s = dev->priv;

	sched_cancel(dev->env->sched, &s->done);
}

static const char *const spi_compatible[] = {
	"ibm,ppc4xx-spi", "amcc,spi-440ep", NULL
};

const struct dev_class spi_class = {
	.name = "spi",
	.desc = "serial communications port (SPI)",
	.compatible = spi_compatible,
	.spaces = spi_spaces,
	.nspaces = ARRAY_SIZE(spi_spaces),
	.priv_size = sizeof(struct spi),
	.probe = spi_probe,
	.link = spi_link,
	.reset = spi_reset,
	.remove = spi_remove,
	.node_clk = CLK_COUNT,
};

/**
 * spi_chip_add - put a chip on the bus that its node is in
 * @chip: callbacks filled in; the select is filled in here
 * @dev:  device of the chip, for messages
 * @node: its node
 * @msg:  one line on failure
 *
 * Returns: 0; -ERR_NOENT without a controller above; -ERR_RANGE and
 *          -ERR_CONFLICT for its reg.
 */
int spi_chip_add(struct spi_chip *chip, struct dev *dev,
		 const struct dev_node *node, struct errmsg *msg)
{
	struct dev *up = node->parent ? node->parent(node) : NULL;
	struct spi *s = up && up->cls == &spi_class ? up->priv : NULL;

	if (!s)
		return err_set(msg, ERR_NOENT,
			       "%s: not below an SPI controller", dev->path);
	chip->cs = dev_prop_u32(node, "reg", 0);
	if (chip->cs >= SELECTS)
		return err_set(msg, ERR_RANGE, "%s: reg: no chip select %u",
			       dev->path, chip->cs);
	for (struct spi_chip *c = s->chips; c; c = c->next)
		if (c->cs == chip->cs)
			return err_set(msg, ERR_CONFLICT,
				       "%s: reg: chip select %u is taken",
				       dev->path, chip->cs);
	chip->next = s->chips;
	s->chips = chip;
	return 0;
}
