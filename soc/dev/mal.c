/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/mal.c - MAL0, the memory access layer: descriptor rings in memory
 * on one side, the EMACs' channels on the other.
 *
 * Owns channels, rings, their interrupts and error latches.  Must not know
 * what a frame means, nor when one moves.
 *
 * Descriptor, 8 bytes:	u16 control | u16 length | u32 address
 * Every walk is bounded by MAL_RING descriptors, whatever the ring holds.
 *
 * A descriptor error turns its channel off; the next start is at the head of
 * the ring.  A bus error does not: MAL cannot tell whose it was [405GP UM].
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

#define RX_EMPTY	0x8000u
#define RX_CM		0x2000u
#define RX_LAST		0x1000u
#define RX_FIRST	0x0800u
#define RX_INTR		0x0400u
#define RX_KEEP		0x6400u		/* software's: WRAP, CM, INTR */

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
	u32 rx_slot[MAL_RX_CHANS];
	/* the frame in flight: its first slot and its descriptors */
	u32 first[MAL_TX_CHANS], held[MAL_TX_CHANS];
	struct mal_rx_client client[MAL_RX_CHANS];
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
static void mal_latch(struct dev *dev, u32 what, u32 irq)
{
	struct mal *m = dev->priv;

	if (!(m->esr & ESR_EVB) || !(m->cfg & CFG_LEA))
		m->esr = (m->esr & ESR_IRQS) | ESR_EVB | what;
	m->esr |= irq;
	mal_irqs(dev);
}

static void bus_error(struct dev *dev)
{
	mal_latch(dev, ESR_PEIN, ESR_PBEI);
}

static void tx_stop(struct mal *m, unsigned int ch)
{
	m->txcasr &= ~chan(ch);
	m->slot[ch] = 0;
	m->held[ch] = 0;
}

static enum mal_tx tx_error(struct dev *dev, unsigned int ch)
{
	struct mal *m = dev->priv;

	m->txdeir |= chan(ch);
	tx_stop(m, ch);
	mal_latch(dev, ESR_DE | ch << 25, ESR_DEI);
	return MAL_TX_ERROR;
}

static bool bd_load(struct dev *dev, u32 table, u32 slot, struct mal_bd *bd)
{
	u8 raw[8];

	bd->pa = table + 8 * slot;
	if (bus_dma_read_by(dev->env->bus, BUS_MAL, bd->pa, raw,
			    sizeof(raw)) < 0) {
		bus_error(dev);
		return false;
	}
	bd->ctrl = (u16)ldb16(raw);
	bd->len = (u16)ldb16(raw + 2) & 0xfff;
	bd->buf = ldb32(raw + 4);
	return true;
}

/* Wrap is the same bit in both directions. */
static u32 slot_next(u32 slot, const struct mal_bd *bd)
{
	return bd->ctrl & TX_WRAP || slot + 1 >= MAL_RING ? 0 : slot + 1;
}

static bool tx_bytes(struct dev *dev, const struct mal_bd *bd, u8 *frame,
		     u32 *bytes)
{
	u32 n = bd->len;
	bool is_ok;

	if (n > MAL_FRAME_MAX - *bytes)
		n = MAL_FRAME_MAX - *bytes;
	if (!n)
		return true;
	is_ok = bus_dma_read_by(dev->env->bus, BUS_MAL, bd->buf,
				frame + *bytes, n) >= 0;
	if (!is_ok) {
		memset(frame + *bytes, 0, n);
		bus_error(dev);
	}
	*bytes += n;
	return is_ok;
}

/**
 * mal_tx_frame - read the next frame of a transmit channel
 * @mal:   MAL device
 * @ch:    transmit channel
 * @frame: MAL_FRAME_MAX bytes, filled; a longer frame is cut
 * @bytes: set to its length on MAL_TX_FRAME and MAL_TX_BAD
 * @ctrl:  set to the command bits of its first descriptor, likewise
 *
 * The descriptors stay with MAL until mal_tx_done().  A descriptor that is
 * not ready ends the burst at the start of a frame, and is an error inside
 * one.
 *
 * Returns: enum mal_tx.
 * Units:   bytes.
 * Source:  LX (mal.c, core.c: descriptor ownership), UB, 405GP UM chapter 20.
 */
enum mal_tx mal_tx_frame(struct dev *mal, unsigned int ch, u8 *frame,
			 u32 *bytes, u32 *ctrl)
{
	struct mal *m = mal->priv;
	bool is_ok = true;
	u32 slot, n;

	if (ch >= MAL_TX_CHANS || !(m->txcasr & chan(ch)) || m->held[ch])
		return MAL_TX_IDLE;
	*bytes = 0;
	slot = m->first[ch] = m->slot[ch];
	for (n = 0; n < MAL_RING; n++) {
		struct mal_bd bd;

		if (!bd_load(mal, m->txctpr[ch], slot, &bd))
			return MAL_TX_ERROR;
		if (!(bd.ctrl & TX_READY))
			return n ? tx_error(mal, ch) : MAL_TX_IDLE;
		if (n == 0)
			*ctrl = bd.ctrl & TX_STATUS;
		is_ok &= tx_bytes(mal, &bd, frame, bytes);
		slot = slot_next(slot, &bd);
		if (bd.ctrl & TX_LAST) {
			m->held[ch] = n + 1;
			return is_ok ? MAL_TX_FRAME : MAL_TX_BAD;
		}
	}
	return tx_error(mal, ch);
}

/* Give one descriptor back; its status replaces the command bits. */
static bool bd_done(struct dev *dev, const struct mal_bd *bd, u32 status)
{
	u8 raw[2];
	u32 ctrl = (bd->ctrl & ~TX_STATUS) | (status & TX_STATUS);

	if (!(ctrl & TX_CM))
		ctrl &= ~TX_READY;
	stb16(raw, ctrl);
	if (bus_dma_write_by(dev->env->bus, BUS_MAL, bd->pa, raw,
			     sizeof(raw)) >= 0)
		return true;
	bus_error(dev);
	return false;
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

		if (!bd_load(mal, m->txctpr[ch], slot, &bd) ||
		    !bd_done(mal, &bd, status))
			break;
		wants |= bd.ctrl & TX_INTR;
		slot = slot_next(slot, &bd);
	}
	m->slot[ch] = slot;
	if (wants)
		m->txeobisr |= chan(ch);
	mal_irqs(mal);
}

static enum mal_rx rx_error(struct dev *dev, unsigned int ch, bool is_inside)
{
	struct mal *m = dev->priv;

	m->rxdeir |= chan(ch);
	m->rxcasr &= ~chan(ch);
	m->rx_slot[ch] = 0;
	mal_latch(dev, ESR_DE | ESR_RX | ch << 25, ESR_DEI);
	return is_inside ? MAL_RX_CUT : MAL_RX_FULL;
}

/* Bytes first, then length and control in one write. */
static void rx_store(struct dev *dev, const struct mal_bd *bd, const u8 *src,
		     u32 bytes, u32 ctrl)
{
	u8 raw[4];

	stb16(raw, ctrl);
	stb16(raw + 2, bytes);
	if ((bytes && bus_dma_write_by(dev->env->bus, BUS_MAL, bd->buf, src,
				       bytes) < 0) ||
	    bus_dma_write_by(dev->env->bus, BUS_MAL, bd->pa, raw,
			     sizeof(raw)) < 0)
		bus_error(dev);
}

/**
 * mal_rx_frame - store a frame into the ring of a receive channel
 * @mal:    MAL device
 * @ch:     receive channel
 * @frame:  bytes to store
 * @bytes:  how many, at least 1
 * @status: EMAC status bits for the frame's last descriptor
 * @is_bad: the frame has an error, so CM does not keep EMPTY set
 *
 * A frame longer than RCBS takes several descriptors, the first marked FIRST
 * and the last LAST.  Raises RXEOB when a descriptor or CFG[EOPIE] asks for
 * it, RXDE when a descriptor is not empty.
 *
 * Returns: enum mal_rx; a descriptor that is not in memory counts as full.
 * Units:   bytes.
 * Source:  LX (emac_poll_rx, mal_rxde), 405GP UM 20.5, 20.6.6.
 */
enum mal_rx mal_rx_frame(struct dev *mal, unsigned int ch, const u8 *frame,
			 u32 bytes, u32 status, bool is_bad)
{
	struct mal *m = mal->priv;
	u32 wants = m->cfg & CFG_EOPIE, done = 0, room, n;

	if (ch >= MAL_RX_CHANS || !(m->rxcasr & chan(ch)))
		return MAL_RX_OFF;
	room = m->rcbs[ch] << 4;
	for (n = 0; n < MAL_RING && room; n++) {
		u32 part = bytes - done < room ? bytes - done : room;
		bool is_last = done + part == bytes;
		struct mal_bd bd;
		u32 ctrl;

		if (!bd_load(mal, m->rxctpr[ch], m->rx_slot[ch], &bd) ||
		    !(bd.ctrl & RX_EMPTY))
			break;
		ctrl = (bd.ctrl & RX_KEEP) | (n ? 0 : RX_FIRST) |
		       (is_last ? RX_LAST | (status & TX_STATUS) : 0);
		if (bd.ctrl & RX_CM && !is_bad)
			ctrl |= RX_EMPTY;
		rx_store(mal, &bd, frame + done, part, ctrl);
		done += part;
		wants |= bd.ctrl & RX_INTR;
		m->rx_slot[ch] = slot_next(m->rx_slot[ch], &bd);
		if (!is_last)
			continue;
		if (wants)
			m->rxeobisr |= chan(ch);
		mal_irqs(mal);
		return MAL_RX_DONE;
	}
	return rx_error(mal, ch, n != 0);
}

/**
 * mal_rx_attach - say who feeds a receive channel
 * @mal:    MAL device
 * @ch:     receive channel, below MAL_RX_CHANS
 * @client: told when software turns the channel on or off; copied
 */
void mal_rx_attach(struct dev *mal, unsigned int ch,
		   const struct mal_rx_client *client)
{
	((struct mal *)mal->priv)->client[ch] = *client;
}

static void rx_tell(struct mal *m, u32 chans, bool is_on)
{
	for (unsigned int ch = 0; ch < MAL_RX_CHANS; ch++)
		if (chans & chan(ch) && m->client[ch].changed)
			m->client[ch].changed(m->client[ch].opaque, is_on);
}

static void mal_reset(struct dev *dev, enum reset_kind kind)
{
	struct mal *m = dev->priv;

	(void)kind;
	memset(m->slot, 0, sizeof(m->slot));
	memset(m->rx_slot, 0, sizeof(m->rx_slot));
	memset(m->held, 0, sizeof(m->held));
	mal_irqs(dev);
	rx_tell(m, ~0u, false);
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
	struct mal *m = dev->priv;

	(void)i;
	m->rxcasr &= ~val;
	for (unsigned int ch = 0; ch < MAL_RX_CHANS; ch++)
		if (val & chan(ch))
			m->rx_slot[ch] = 0;
	rx_tell(m, val, false);
}

static void mal_casr_rx(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	rx_tell(dev->priv, val, true);
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

static void mal_rxctpr_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)val;
	((struct mal *)dev->priv)->rx_slot[i] = 0;
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
	ROW("RXCASR", 0x10, REG_SET, RXM, rxcasr, mal_casr_rx),
	{ .name = "RXCARR", .offset = 0x11, .size = 4, .flags = REG_NO_SAVE,
	  .cell = REG_NO_CELL, .read = mal_carr_read_rx,
	  .write = mal_carr_rx, .source = "LX" },
	ROW("RXEOBISR", 0x12, REG_W1C, RXM, rxeobisr, mal_irq_write),
	ROW("RXDEIR", 0x13, REG_W1C, RXM, rxdeir, mal_irq_write),
	ROWS("TXCTPR", 0x20, MAL_TX_CHANS, 0xfffffff8, txctpr,
	     mal_ctpr_write),
	ROWS("RXCTPR", 0x40, MAL_RX_CHANS, 0xfffffff8, rxctpr,
	     mal_rxctpr_write),
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
