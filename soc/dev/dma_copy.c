/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/dma_copy.c - one step of a DMA channel: how much, how long, and the
 * moving itself.
 *
 * From memory to memory a step is a burst; what touches a device's registers,
 * stands still or runs backwards is single accesses of the channel's width,
 * those wider than a word in words.  A paced transfer is one access a step.
 * Must not know what comes after the last step.
 */
#include "soc/dev/dma.h"

#include "base/bits.h"

/* [assumed: an access each way of a loaded PLB; a burst adds its data] */
#define SINGLE_PLB	20
#define BURST_PLB	16

static unsigned int width(const struct dma *d, unsigned int ch)
{
	return 1u << DMA_CR_PW(d->cr[ch]);
}

static u64 source(const struct dma *d, unsigned int ch)
{
	return (u64)d->sah[ch] << 32 | d->sal[ch];
}

static u64 destination(const struct dma *d, unsigned int ch)
{
	return (u64)d->dah[ch] << 32 | d->dal[ch];
}

static bool is_device(const struct dma *d, u64 pa)
{
	const struct bus_window *w = bus_find(d->dev->env->bus, pa);

	return w && w->kind == BUS_DEVICE;
}

static bool is_burst(const struct dma *d, unsigned int ch)
{
	u64 sa = source(d, ch), da = destination(d, ch);
	u32 want = DMA_CR_SAI | DMA_CR_DAI;

	/* what is written just ahead of the source must be read again */
	return DMA_CR_TM(d->cr[ch]) == DMA_TM_MEMORY &&
	       (d->cr[ch] & (want | DMA_CR_DEC)) == want &&
	       !(da > sa && da - sa < DMA_CHUNK) &&
	       !is_device(d, sa) && !is_device(d, da);
}

/* In transfers of the channel's width. */
static u32 step_units(const struct dma *d, unsigned int ch)
{
	u32 left = dma_left(d, ch), most = DMA_UNITS;

	if (DMA_CR_TM(d->cr[ch]) != DMA_TM_MEMORY)
		return 1;
	if (is_burst(d, ch))
		most = DMA_CHUNK / width(d, ch);
	return left < most ? left : most;
}

/**
 * dma_step_cycles - how long the next step takes
 * @d:  controller
 * @ch: a channel that may run
 *
 * Returns: CPU cycles.
 */
cycle_t dma_step_cycles(const struct dma *d, unsigned int ch)
{
	u32 units = step_units(d, ch), bytes = units * width(d, ch);
	u64 plb = 2ull * units * SINGLE_PLB;

	if (is_burst(d, ch))
		plb = BURST_PLB + 2ull * ((bytes + d->bus_bytes - 1) /
					  d->bus_bytes);
	return clk_ticks_to_cycles(d->dev->env->clk, CLK_PLB, plb);
}

/* ---- single accesses --------------------------------------------------- */

/* @buf: @size bytes in guest order. */
static int read_at(const struct dma *d, u64 pa, u8 *buf, unsigned int size)
{
	struct bus *bus = d->dev->env->bus;
	unsigned int step = size < 4 ? size : 4;
	u32 v;

	if (!is_device(d, pa))
		return bus_dma_read_by(bus, d->by, pa, buf, size);
	for (unsigned int i = 0; i < size; i += step) {
		if (bus_read(bus, pa + i, step, &v) < 0)
			return -1;
		for (unsigned int k = 0; k < step; k++)
			buf[i + k] = (u8)(v >> 8 * (step - 1 - k));
	}
	return 0;
}

static int write_at(const struct dma *d, u64 pa, const u8 *buf,
		    unsigned int size)
{
	struct bus *bus = d->dev->env->bus;
	unsigned int step = size < 4 ? size : 4;

	if (!is_device(d, pa))
		return bus_dma_write_by(bus, d->by, pa, buf, size);
	for (unsigned int i = 0; i < size; i += step) {
		u32 v = 0;

		for (unsigned int k = 0; k < step; k++)
			v = v << 8 | buf[i + k];
		if (bus_write(bus, pa + i, step, v) < 0)
			return -1;
	}
	return 0;
}

/* Data that a device gives or takes at the acknowledge, without an address. */
static int port_read(const struct dma *d, unsigned int ch, u8 *buf,
		     unsigned int size)
{
	const struct dma_port *p = d->port[ch];
	unsigned int step = size < 4 ? size : 4;

	for (unsigned int i = 0; i < size; i += step) {
		u32 v = p && p->read ? p->read(p->opaque, step) : ~0u;

		for (unsigned int k = 0; k < step; k++)
			buf[i + k] = (u8)(v >> 8 * (step - 1 - k));
	}
	return 0;
}

static int port_write(const struct dma *d, unsigned int ch, const u8 *buf,
		      unsigned int size)
{
	const struct dma_port *p = d->port[ch];
	unsigned int step = size < 4 ? size : 4;

	for (unsigned int i = 0; i < size; i += step) {
		u32 v = 0;

		for (unsigned int k = 0; k < step; k++)
			v = v << 8 | buf[i + k];
		if (p && p->write)
			p->write(p->opaque, step, v);
	}
	return 0;
}

/* ---- steps ------------------------------------------------------------- */

static void advance(struct dma *d, unsigned int ch, u32 units)
{
	u64 by = (u64)units * width(d, ch), pa;

	if (d->cr[ch] & DMA_CR_DEC)
		by = -by;
	if (d->cr[ch] & DMA_CR_SAI) {
		pa = source(d, ch) + by;
		d->sah[ch] = (u32)(pa >> 32);
		d->sal[ch] = (u32)pa;
	}
	if (d->cr[ch] & DMA_CR_DAI) {
		pa = destination(d, ch) + by;
		d->dah[ch] = (u32)(pa >> 32);
		d->dal[ch] = (u32)pa;
	}
	d->ct[ch] = (d->ct[ch] & ~DMA_CT_COUNT) |
		    ((dma_left(d, ch) - units) & DMA_CT_COUNT);
}

static int move_one(struct dma *d, unsigned int ch)
{
	bool is_port = DMA_CR_TM(d->cr[ch]) == DMA_TM_PERIPHERAL;
	bool is_in = d->cr[ch] & DMA_CR_TD;
	unsigned int size = width(d, ch);
	u8 buf[16];
	int rc;

	if (is_port && is_in)
		rc = port_read(d, ch, buf, size);
	else
		rc = read_at(d, source(d, ch), buf, size);
	if (rc < 0)
		return -1;
	if (is_port && !is_in)
		rc = port_write(d, ch, buf, size);
	else
		rc = write_at(d, destination(d, ch), buf, size);
	return rc < 0 ? -1 : 0;
}

static int move_burst(struct dma *d, unsigned int ch, u32 bytes)
{
	struct bus *bus = d->dev->env->bus;
	u8 buf[DMA_CHUNK];

	if (bus_dma_read_by(bus, d->by, source(d, ch), buf, bytes) < 0 ||
	    bus_dma_write_by(bus, d->by, destination(d, ch), buf, bytes) < 0)
		return -1;
	return 0;
}

/* The address of a peripheral is not used, so it may be anything. */
static bool is_aligned(const struct dma *d, unsigned int ch)
{
	u64 low = width(d, ch) - 1;
	bool is_port = DMA_CR_TM(d->cr[ch]) == DMA_TM_PERIPHERAL;
	bool is_in = d->cr[ch] & DMA_CR_TD;

	return ((is_port && is_in) || !(source(d, ch) & low)) &&
	       ((is_port && !is_in) || !(destination(d, ch) & low));
}

/**
 * dma_step - move what one step is due
 * @d:  controller
 * @ch: channel that runs; its addresses and count move on
 *
 * A burst that meets an error, or a device, half-way is done again in single
 * transfers, so that the registers tell how far it came.
 *
 * Returns: 0; -1 for an address that is not aligned to the width, a width that
 *          does not exist, or no answer from the bus.
 * Context: at most DMA_CHUNK bytes or DMA_UNITS accesses.
 * Source:  [405GP UM] DMA chapter, "Errors".
 */
int dma_step(struct dma *d, unsigned int ch)
{
	u32 units;

	if (DMA_CR_PW(d->cr[ch]) > 4 || !is_aligned(d, ch))
		return -1;
	units = step_units(d, ch);
	if (is_burst(d, ch) &&
	    !is_device(d, source(d, ch) + units * width(d, ch) - 1) &&
	    !is_device(d, destination(d, ch) + units * width(d, ch) - 1) &&
	    !move_burst(d, ch, units * width(d, ch))) {
		advance(d, ch, units);
		return 0;
	}
	for (; units; units--) {
		if (move_one(d, ch))
			return -1;
		advance(d, ch, 1);
	}
	return 0;
}

/**
 * dma_descriptor - load the channel from its scatter/gather descriptor
 * @d:  controller
 * @ch: channel; its next descriptor's address is replaced
 *
 * The descriptor: control; link, interrupt enables and count; source,
 * destination and next descriptor, each of 64 bits.
 *
 * Returns: 0; -1 when the bus has no answer or the address is no word's.
 * Source:  [LX 2.6] asm-ppc/ppc4xx_dma.h, ppc_sgl_t of 64-bit parts.
 */
int dma_descriptor(struct dma *d, unsigned int ch)
{
	u64 pa = (u64)d->sgh[ch] << 32 | d->sgl[ch];
	u8 raw[32];
	u32 ct;

	if (pa & 3 || is_device(d, pa) ||
	    bus_dma_read_by(d->dev->env->bus, d->by, pa, raw,
			    sizeof(raw)) < 0)
		return -1;
	ct = ldb32(raw + 4);
	d->cr[ch] = ldb32(raw) & ~0x3u;
	d->ct[ch] = ct & 0x38e0ffffu;
	d->sah[ch] = ldb32(raw + 8);
	d->sal[ch] = ldb32(raw + 12);
	d->dah[ch] = ldb32(raw + 16);
	d->dal[ch] = ldb32(raw + 20);
	d->sgh[ch] = ldb32(raw + 24);
	d->sgl[ch] = ldb32(raw + 28);
	d->is_sg[ch] = true;
	d->has_link[ch] = ct >> 31;
	return 0;
}
