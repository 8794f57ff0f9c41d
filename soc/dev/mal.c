/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/mal.c - MAL0, the memory access layer: descriptor rings in memory
 * on one side, the EMACs' channels on the other.
 *
 * Owns channels, rings, their interrupts and error latches.  Must not know
 * what a frame means.  Receive rings are registers only until there is a
 * network to receive from.
 *
 * Descriptor, 8 bytes:	u16 control | u16 length | u32 address
 * Every walk is bounded by MAL_RING descriptors, whatever the ring holds.
 */
#include "soc/dev/mal.h"

#include "base/bits.h"
#include "soc/dev.h"

#define CFG_SR		0x80000000u
#define CFG_EOPIE	0x00000004u
#define CFG_LEA		0x00000002u

#define ESR_EVB		0x80000000u
#define ESR_RX		0x40000000u	/* CIDT: a receive channel */
#define ESR_DE		0x00100000u
#define ESR_PEIN	0x00010000u
#define ESR_DEI		0x00000010u
#define ESR_PBEI	0x00000001u
#define ESR_IRQS	0x0000001fu

#define TX_READY	0x8000u
#define TX_WRAP		0x4000u
#define TX_CM		0x2000u
#define TX_LAST		0x1000u
#define TX_INTR		0x0400u
#define TX_STATUS	0x03ffu		/* command in, status out */

/* Interrupt outputs, in the order of the node. */
enum { IRQ_TXEOB, IRQ_RXEOB, IRQ_SERR, IRQ_TXDE, IRQ_RXDE };

struct mal_bd {
	u32 pa;
	u16 ctrl, len;
	u32 buf;
};

struct mal {
	u32 cfg, esr, ier;
	u32 txcasr, txeobisr, txdeir;
	u32 rxcasr, rxeobisr, rxdeir;
	u32 txctpr[MAL_TX_CHANS], rxctpr[MAL_RX_CHANS], rcbs[MAL_RX_CHANS];
	u32 slot[MAL_TX_CHANS];		/* next descriptor of the ring */
	/* the frame in flight: its first slot and its descriptors */
	u32 first[MAL_TX_CHANS], held[MAL_TX_CHANS];
};

static u32 chan(unsigned int ch)
{
	return 0x80000000u >> ch;
}

static void mal_irqs(struct dev *dev)
{
	struct mal *m = dev->priv;

	irq_set(&dev->irq[IRQ_TXEOB], m->txeobisr != 0);
	irq_set(&dev->irq[IRQ_RXEOB], m->rxeobisr != 0);
	irq_set(&dev->irq[IRQ_SERR], (m->esr & m->ier & ESR_IRQS) != 0);
	irq_set(&dev->irq[IRQ_TXDE], m->txdeir != 0);
	irq_set(&dev->irq[IRQ_RXDE], m->rxdeir != 0);
}

/* With CFG[LEA] the first error stays until software clears EVB. */
static void mal_latch(struct mal *m, u32 what, u32 irq, unsigned int ch)
{
	if (!(m->esr & ESR_EVB) || !(m->cfg & CFG_LEA))
		m->esr = (m->esr & ESR_IRQS) | ESR_EVB | what | ch << 25;
	m->esr |= irq;
}

static void tx_stop(struct mal *m, unsigned int ch)
{
	m->txcasr &= ~chan(ch);
	m->slot[ch] = 0;
	m->held[ch] = 0;
}

static enum mal_tx tx_error(struct dev *dev, unsigned int ch, u32 what,
			    u32 irq)
{
	struct mal *m = dev->priv;

	mal_latch(m, what, irq, ch);
	if (what == ESR_DE)
		m->txdeir |= chan(ch);
	tx_stop(m, ch);
	mal_irqs(dev);
	return MAL_TX_ERROR;
}

static bool bd_load(struct dev *dev, unsigned int ch, u32 slot,
		    struct mal_bd *bd)
{
	const struct mal *m = dev->priv;
	u8 raw[8];

	bd->pa = m->txctpr[ch] + 8 * slot;
	if (bus_dma_read(dev->env->bus, bd->pa, raw, sizeof(raw)) < 0)
		return false;
	bd->ctrl = (u16)ldb16(raw);
	bd->len = (u16)ldb16(raw + 2) & 0xfff;
	bd->buf = ldb32(raw + 4);
	return true;
}

static u32 slot_next(u32 slot, const struct mal_bd *bd)
{
	return bd->ctrl & TX_WRAP || slot + 1 >= MAL_RING ? 0 : slot + 1;
}

static bool tx_bytes(struct dev *dev, const struct mal_bd *bd, u8 *frame,
		     u32 *bytes)
{
	u32 n = bd->len;

	if (n > MAL_FRAME_MAX - *bytes)
		n = MAL_FRAME_MAX - *bytes;
	if (n && bus_dma_read(dev->env->bus, bd->buf, frame + *bytes, n) < 0)
		return false;
	*bytes += n;
	return true;
}

/**
 * mal_tx_frame - read the next frame of a transmit channel
 * @mal:   MAL device
 * @ch:    transmit channel
 * @frame: MAL_FRAME_MAX bytes, filled; a longer frame is cut
 * @bytes: set to its length on MAL_TX_FRAME
 * @ctrl:  set to the command bits of its first descriptor on MAL_TX_FRAME
 *
 * The descriptors stay with MAL until mal_tx_done().  A descriptor that is
 * not ready ends the burst at the start of a frame, and is an error inside
 * one.
 *
 * Returns: MAL_TX_FRAME, MAL_TX_IDLE, MAL_TX_ERROR.
 * Units:   bytes.
 * Source:  LX (mal.c, core.c: descriptor ownership), UB.
 */
enum mal_tx mal_tx_frame(struct dev *mal, unsigned int ch, u8 *frame,
			 u32 *bytes, u32 *ctrl)
{
	struct mal *m = mal->priv;
	u32 slot, n;

	if (ch >= MAL_TX_CHANS || !(m->txcasr & chan(ch)) || m->held[ch])
		return MAL_TX_IDLE;
	*bytes = 0;
	slot = m->first[ch] = m->slot[ch];
	for (n = 0; n < MAL_RING; n++) {
		struct mal_bd bd;

		if (!bd_load(mal, ch, slot, &bd))
			return tx_error(mal, ch, ESR_PEIN, ESR_PBEI);
		if (!(bd.ctrl & TX_READY))
			return n ? tx_error(mal, ch, ESR_DE, ESR_DEI) :
				   MAL_TX_IDLE;
		if (n == 0)
			*ctrl = bd.ctrl & TX_STATUS;
		if (!tx_bytes(mal, &bd, frame, bytes))
			return tx_error(mal, ch, ESR_PEIN, ESR_PBEI);
		slot = slot_next(slot, &bd);
		if (bd.ctrl & TX_LAST) {
			m->held[ch] = n + 1;
			return MAL_TX_FRAME;
		}
	}
	return tx_error(mal, ch, ESR_DE, ESR_DEI);
}

/* Give one descriptor back; its status replaces the command bits. */
static bool bd_done(struct dev *dev, const struct mal_bd *bd, u32 status)
{
	u8 raw[2];
	u32 ctrl = (bd->ctrl & ~TX_STATUS) | (status & TX_STATUS);

	if (!(ctrl & TX_CM))
		ctrl &= ~TX_READY;
	stb16(raw, ctrl);
	return bus_dma_write(dev->env->bus, bd->pa, raw, sizeof(raw)) >= 0;
}

/**
 * mal_tx_done - give the descriptors of the frame in flight back
 * @mal:    MAL device
 * @ch:     transmit channel; nothing happens without a frame in flight
 * @status: EMAC status bits for the descriptors
 *
 * Raises TXEOB when a descriptor or CFG[EOPIE] asks for it.
 *
 * Source: LX (emac_poll_tx, mal_txeob).
 */
void mal_tx_done(struct dev *mal, unsigned int ch, u32 status)
{
	struct mal *m = mal->priv;
	u32 slot, n, wants = m->cfg & CFG_EOPIE;

	if (ch >= MAL_TX_CHANS || !m->held[ch])
		return;
	n = m->held[ch];
	m->held[ch] = 0;
	for (slot = m->first[ch]; n; n--) {
		struct mal_bd bd;

		if (!bd_load(mal, ch, slot, &bd) ||
		    !bd_done(mal, &bd, status)) {
			tx_error(mal, ch, ESR_PEIN, ESR_PBEI);
			return;
		}
		wants |= bd.ctrl & TX_INTR;
		slot = slot_next(slot, &bd);
	}
	m->slot[ch] = slot;
	if (wants)
		m->txeobisr |= chan(ch);
	mal_irqs(mal);
}

static void mal_reset(struct dev *dev, enum reset_kind kind)
{
	struct mal *m = dev->priv;

	(void)kind;
	memset(m->slot, 0, sizeof(m->slot));
	memset(m->held, 0, sizeof(m->held));
	mal_irqs(dev);
}

/* A soft reset is over within a clock: software never sees SR set. */
static void mal_cfg_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	if (!(val & CFG_SR))
		return;
	reg_reset(dev, &dev->cls->spaces[0]);
	mal_reset(dev, RESET_CHIP);
}

static void mal_carr_tx(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	for (unsigned int ch = 0; ch < MAL_TX_CHANS; ch++)
		if (val & chan(ch))
			tx_stop(dev->priv, ch);
}

static void mal_carr_rx(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	((struct mal *)dev->priv)->rxcasr &= ~val;
}

static u32 mal_carr_read_tx(struct dev *dev, unsigned int i, u32 cell)
{
	(void)i;
	(void)cell;
	return ((struct mal *)dev->priv)->txcasr;
}

static u32 mal_carr_read_rx(struct dev *dev, unsigned int i, u32 cell)
{
	(void)i;
	(void)cell;
	return ((struct mal *)dev->priv)->rxcasr;
}

/* A new table pointer starts the ring at its first descriptor. */
static void mal_ctpr_write(struct dev *dev, unsigned int i, u32 val)
{
	struct mal *m = dev->priv;

	(void)val;
	m->slot[i] = 0;
	m->held[i] = 0;
}

static void mal_irq_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	mal_irqs(dev);
}

#define TXM	0xf0000000u	/* channels that exist */
#define RXM	0xc0000000u

#define ROW(nm, off, fl, mask, field, wr) { \
	.name = nm, .offset = off, .size = 4, .flags = fl, .wmask = mask, \
	.cell = offsetof(struct mal, field), .write = wr, .source = "LX" }
#define ROWS(nm, off, n, mask, field, wr) { \
	.name = nm, .offset = off, .size = 4, .count = n, .stride = 1, \
	.wmask = mask, .cell = offsetof(struct mal, field), .write = wr, \
	.source = "LX" }

static const struct reg_desc mal_regs[] = {
	{ .name = "CFG", .offset = 0x00, .size = 4, .reset = 0x0007c000,
	  .wmask = 0x00ffc087, .cell = offsetof(struct mal, cfg),
	  .write = mal_cfg_write, .source = "LX; reset assumed: defaults" },
	ROW("ESR", 0x01, REG_W1C, 0xffffffff, esr, mal_irq_write),
	ROW("IER", 0x02, 0, 0x0000001f, ier, mal_irq_write),
	ROW("TXCASR", 0x04, REG_SET, TXM, txcasr, NULL),
	{ .name = "TXCARR", .offset = 0x05, .size = 4, .flags = REG_NO_SAVE,
	  .cell = REG_NO_CELL, .read = mal_carr_read_tx,
	  .write = mal_carr_tx, .source = "LX" },
	ROW("TXEOBISR", 0x06, REG_W1C, TXM, txeobisr, mal_irq_write),
	ROW("TXDEIR", 0x07, REG_W1C, TXM, txdeir, mal_irq_write),
	ROW("RXCASR", 0x10, REG_SET, RXM, rxcasr, NULL),
	{ .name = "RXCARR", .offset = 0x11, .size = 4, .flags = REG_NO_SAVE,
	  .cell = REG_NO_CELL, .read = mal_carr_read_rx,
	  .write = mal_carr_rx, .source = "LX" },
	ROW("RXEOBISR", 0x12, REG_W1C, RXM, rxeobisr, mal_irq_write),
	ROW("RXDEIR", 0x13, REG_W1C, RXM, rxdeir, mal_irq_write),
	ROWS("TXCTPR", 0x20, MAL_TX_CHANS, 0xfffffff8, txctpr,
	     mal_ctpr_write),
	ROWS("RXCTPR", 0x40, MAL_RX_CHANS, 0xfffffff8, rxctpr, NULL),
	ROWS("RCBS", 0x60, MAL_RX_CHANS, 0x000000ff, rcbs, NULL),
};
#undef ROW
#undef ROWS

static const struct reg_space mal_spaces[] = {
	{ REG_DCR, mal_regs, ARRAY_SIZE(mal_regs), 0x62 },
};

static const char *const mal_compatible[] = {
	"ibm,mcmal-440ep", "ibm,mcmal-440gp", "ibm,mcmal", NULL
};

const struct dev_class mal_class = {
	.name = "mal",
	.desc = "MAL0 memory access layer",
	.compatible = mal_compatible,
	.spaces = mal_spaces,
	.nspaces = ARRAY_SIZE(mal_spaces),
	.priv_size = sizeof(struct mal),
	.reset = mal_reset,
	.node_clk = CLK_COUNT,
};
