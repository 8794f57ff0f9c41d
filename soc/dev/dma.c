/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/dma.c - the DMA controllers: DMA0, which moves over PLB3, and DMA1,
 * over PLB4; four channels each.
 *
 * Owns the registers, which channel is next, what ends a transfer, and
 * scatter/gather.  A channel goes on by steps, each an event after the time it
 * takes; a chain of descriptors that loops goes on for ever like any other, at
 * the speed of the bus.  The steps themselves are in dma_copy.c.  Must not know
 * the devices that ask for transfers.
 *
 * SR: 0..3 CS, terminal count | 4..7 TS, end of transfer | 8..11 RI, error |
 *     12..15 internal, 16..19 external request | 20..23 busy | 24..27 S/G
 */
#include "soc/dev/dma.h"

#include "soc/dev/compat.h"

#define SR_W1C		0xfff00000u
#define SGC_MASK	0xf000f000u
#define FETCH_PLB	20		/* [assumed: a burst of 32 bytes] */

static bool is_interrupting(const struct dma *d, unsigned int ch)
{
	u32 on = 0, cr = d->cr[ch], ct = d->ct[ch];

	if (!(cr & DMA_CR_CIE))
		return false;
	if (cr & DMA_CR_TCE && (!d->is_sg[ch] || ct & DMA_CT_TCIE))
		on |= DMA_SR_CS(ch);
	if (!d->is_sg[ch] || ct & DMA_CT_ETIE)
		on |= DMA_SR_TS(ch);
	if (!d->is_sg[ch] || ct & DMA_CT_EIE)
		on |= DMA_SR_RI(ch);
	return d->sr & on;
}

static void update_irq(struct dma *d, unsigned int ch)
{
	irq_set(&d->dev->irq[ch], is_interrupting(d, ch));
}

/* A descriptor is to be fetched; an interrupt makes that wait. */
static bool wants_fetch(const struct dma *d, unsigned int ch)
{
	return d->sgc & DMA_SGC_SSG(ch) && !(d->cr[ch] & DMA_CR_CE) &&
	       !is_interrupting(d, ch);
}

static bool wants_step(const struct dma *d, unsigned int ch)
{
	if (!(d->cr[ch] & DMA_CR_CE))
		return false;
	switch (DMA_CR_TM(d->cr[ch])) {
	case DMA_TM_MEMORY:
		return true;
	case DMA_TM_RESERVED:
		return false;
	default:
		return d->has_request[ch];
	}
}

/* Arm the next step, of the highest priority; of equals the lowest number. */
static void dma_kick(struct dma *d)
{
	const struct dev_env *env = d->dev->env;
	int best = -1;
	cycle_t cycles;

	if (sched_is_armed(&d->step))
		return;
	for (int i = 0; i < DMA_CHANNELS; i++)
		if ((wants_fetch(d, (unsigned int)i) ||
		     wants_step(d, (unsigned int)i)) &&
		    (best < 0 || DMA_CR_CP(d->cr[i]) > DMA_CR_CP(d->cr[best])))
			best = i;
	if (best < 0)
		return;
	d->now = (unsigned int)best;
	if (wants_step(d, d->now))
		cycles = dma_step_cycles(d, d->now);
	else
		cycles = clk_ticks_to_cycles(env->clk, CLK_PLB, FETCH_PLB);
	sched_at(env->sched, &d->step,
		 sched_now(env->sched) + (cycles ? cycles : 1));
}

static void channel_error(struct dma *d, unsigned int ch)
{
	d->sr |= DMA_SR_RI(ch);
	d->cr[ch] &= ~DMA_CR_CE;
	d->sgc &= ~DMA_SGC_SSG(ch);
}

/* The transfer is over; a chain may go on with the next. */
static void channel_end(struct dma *d, unsigned int ch)
{
	d->cr[ch] &= ~DMA_CR_CE;
	if (d->is_sg[ch] && !d->has_link[ch])
		d->sgc &= ~DMA_SGC_SSG(ch);
}

/*
 * A descriptor that another follows, and that asks for no interrupt, leaves no
 * status [assumed: Linux 2.6 enables only the last one's, which the status of
 * an earlier one would raise too soon].
 */
static bool is_inner(const struct dma *d, unsigned int ch)
{
	return d->is_sg[ch] && d->has_link[ch] &&
	       d->sgc & DMA_SGC_SSG(ch) && !(d->ct[ch] & DMA_CT_TCIE);
}

static void channel_count(struct dma *d, unsigned int ch)
{
	const struct dma_port *p = d->port[ch];

	if (d->ct[ch] & DMA_CT_COUNT)
		return;
	if (!is_inner(d, ch))
		d->sr |= DMA_SR_CS(ch);
	if (d->cr[ch] & DMA_CR_ETD && p && p->end)
		p->end(p->opaque);
	if (d->cr[ch] & DMA_CR_TCE)
		channel_end(d, ch);
}

/*
 * A descriptor that does not enable its channel ends the chain [assumed: the
 * manual does not say, and there is nothing left that could go on].
 */
static void channel_fetch(struct dma *d, unsigned int ch)
{
	if (dma_descriptor(d, ch))
		channel_error(d, ch);
	else if (!(d->cr[ch] & DMA_CR_CE))
		d->sgc &= ~DMA_SGC_SSG(ch);
}

static void dma_fire(void *opaque, cycle_t late)
{
	struct dma *d = opaque;
	unsigned int ch = d->now;

	(void)late;
	if (wants_step(d, ch)) {
		if (dma_step(d, ch))
			channel_error(d, ch);
		else
			channel_count(d, ch);
	} else if (wants_fetch(d, ch)) {
		channel_fetch(d, ch);
	}
	update_irq(d, ch);
	dma_kick(d);
}

/* ---- the far end ------------------------------------------------------- */

static bool has_channel(const struct dev *dev, unsigned int channel)
{
	return dev && dev->cls == &dma_class && channel < DMA_CHANNELS;
}

/**
 * dma_attach - connect a device to a channel
 * @dev:     DMA controller; anything else is ignored
 * @channel: 0 to 3
 * @port:    its end of the lines; borrowed
 *
 * Context: in the device's link.
 */
void dma_attach(struct dev *dev, unsigned int channel,
		const struct dma_port *port)
{
	if (has_channel(dev, channel))
		((struct dma *)dev->priv)->port[channel] = port;
}

/**
 * dma_request - drive a channel's request line
 * @dev:     DMA controller
 * @channel: 0 to 3
 * @level:   true asks for transfers until it is false again
 */
void dma_request(struct dev *dev, unsigned int channel, bool level)
{
	struct dma *d = dev ? dev->priv : NULL;

	if (!has_channel(dev, channel))
		return;
	d->has_request[channel] = level;
	dma_kick(d);
}

/**
 * dma_eot - the device ends the transfer
 * @dev:     DMA controller
 * @channel: 0 to 3; nothing happens where EOT is an output
 */
void dma_eot(struct dev *dev, unsigned int channel)
{
	struct dma *d = dev ? dev->priv : NULL;

	if (!has_channel(dev, channel) || d->cr[channel] & DMA_CR_ETD ||
	    !(d->cr[channel] & DMA_CR_CE))
		return;
	d->sr |= DMA_SR_TS(channel);
	channel_end(d, channel);
	update_irq(d, channel);
	dma_kick(d);
}

/* ---- registers --------------------------------------------------------- */

/* What software starts is no part of a chain. */
static void cr_written(struct dev *dev, unsigned int i, u32 val)
{
	struct dma *d = dev->priv;

	if (val & DMA_CR_CE && !(d->sgc & DMA_SGC_SSG(i)))
		d->is_sg[i] = false;
	update_irq(d, i);
	dma_kick(d);
}

static void ct_written(struct dev *dev, unsigned int i, u32 val)
{
	(void)val;
	update_irq(dev->priv, i);
}

static u32 sr_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct dma *d = dev->priv;

	for (i = 0; i < DMA_CHANNELS; i++) {
		if (d->has_request[i])
			cell |= d->cr[i] & DMA_CR_PL ? DMA_SR_IR(i) :
						       DMA_SR_ER(i);
		if (wants_step(d, i))
			cell |= DMA_SR_CB(i);
		if (d->sgc & DMA_SGC_SSG(i))
			cell |= DMA_SR_SG(i);
	}
	return cell;
}

static void sr_written(struct dev *dev, unsigned int i, u32 val)
{
	struct dma *d = dev->priv;

	(void)val;
	for (i = 0; i < DMA_CHANNELS; i++)
		update_irq(d, i);
	dma_kick(d);
}

/* A start bit changes only where the same write has its enable mask. */
static void sgc_written(struct dev *dev, unsigned int i, u32 val)
{
	struct dma *d = dev->priv;
	u32 ssg = (val & 0xf000) << 16;

	(void)i;
	d->sgc = (d->sgc & 0xf0000000 & ~ssg) | (val & ssg) | (val & 0xf000);
	for (i = 0; i < DMA_CHANNELS; i++)
		update_irq(d, i);
	dma_kick(d);
}

#define CHANNEL_REG(reg, off, mask, fn, src)				\
	{ .name = #reg, .offset = off, .size = 4, .count = DMA_CHANNELS, \
	  .stride = 8, .wmask = mask, .cell = offsetof(struct dma, reg), \
	  .write = fn, .source = src }

static const struct reg_desc dma_regs[] = {
	CHANNEL_REG(cr, 0, 0xfffffffc, cr_written, "LX,405GP UM"),
	CHANNEL_REG(ct, 1, 0x38e0ffff, ct_written, "LX,405GP UM"),
	CHANNEL_REG(sah, 2, 0xffffffff, NULL, "LX"),
	CHANNEL_REG(sal, 3, 0xffffffff, NULL, "LX"),
	CHANNEL_REG(dah, 4, 0xffffffff, NULL, "LX"),
	CHANNEL_REG(dal, 5, 0xffffffff, NULL, "LX"),
	CHANNEL_REG(sgh, 6, 0xffffffff, NULL, "LX"),
	CHANNEL_REG(sgl, 7, 0xffffffff, NULL, "LX"),
	{ .name = "SR", .offset = 0x20, .size = 4, .flags = REG_W1C,
	  .wmask = SR_W1C, .cell = offsetof(struct dma, sr),
	  .read = sr_read, .write = sr_written, .source = "LX,405GP UM" },
	/* the callback does it all */
	{ .name = "SGC", .offset = 0x23, .size = 4, .wmask = 0,
	  .cell = offsetof(struct dma, sgc), .write = sgc_written,
	  .source = "405GP UM" },
	{ .name = "SLP", .offset = 0x25, .size = 4, .reset = 0x07c00000,
	  .wmask = 0xf8200000, .cell = offsetof(struct dma, slp),
	  .source = "LX,assumed: the 405GP's idle timer, low half fixed" },
	{ .name = "POL", .offset = 0x26, .size = 4, .wmask = 0xfff00000,
	  .cell = offsetof(struct dma, pol), .source = "LX" },
};

static const struct reg_space dma_spaces[] = {
	{ REG_DCR, dma_regs, ARRAY_SIZE(dma_regs), 0x27 },
};

static void dma_reset(struct dev *dev, enum reset_kind kind)
{
	struct dma *d = dev->priv;

	(void)kind;
	sched_cancel(dev->env->sched, &d->step);
	for (unsigned int i = 0; i < DMA_CHANNELS; i++) {
		d->is_sg[i] = d->has_link[i] = false;
		update_irq(d, i);
	}
}

static int dma_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct dma *d = dev->priv;
	bool is_plb4 = compat_has(node, "culm,dma-plb4");

	(void)msg;
	d->dev = dev;
	d->by = is_plb4 ? BUS_DMA1 : BUS_DMA0;
	d->bus_bytes = is_plb4 ? 16 : 8;
	d->step = (struct sched_event){ .fire = dma_fire, .opaque = d,
					.name = "dma" };
	return 0;
}

static void dma_remove(struct dev *dev)
{
	struct dma *d = dev->priv;

	if (d->dev)
		sched_cancel(dev->env->sched, &d->step);
}

static const char *const dma_compatible[] = {
	"ibm,dma-440ep", "ibm,dma-440gp", "culm,dma-plb4", NULL
};

const struct dev_class dma_class = {
	.name = "dma",
	.desc = "DMA controller, four channels",
	.compatible = dma_compatible,
	.spaces = dma_spaces,
	.nspaces = ARRAY_SIZE(dma_spaces),
	.priv_size = sizeof(struct dma),
	.probe = dma_probe,
	.reset = dma_reset,
	.remove = dma_remove,
	.node_clk = CLK_COUNT,
};
