/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/emac.c - an Ethernet MAC of the 440EP (EMAC3).
 *
 * Owns the MAC's registers, its MDIO port and the pace of transmission.
 * Must not know the rings (mal.c does) nor the host: frames leave through
 * struct net, and with no net they go nowhere but still complete, each in
 * the time that it takes on the wire.
 *
 * STACR: PHYD 16 | OC 1 | PHYE 1 | STAC 2 | OPBC 2 | PCDA 5 | PRA 5.  OC reads
 * 1 when the port is idle; an operation is over before software can look.
 */
#include "base/bits.h"
#include "soc/dev.h"
#include "soc/dev/mal.h"
#include "soc/dev/phy.h"
#include "soc/dev/zmii.h"
#include "soc/net.h"

#define MR0_RXI		0x80000000u
#define MR0_TXI		0x40000000u
#define MR0_SRST	0x20000000u
#define MR0_TXE		0x10000000u
#define MR0_RXE		0x08000000u
#define MR0_WKE		0x04000000u
#define MR1_MF_100	0x00400000u
#define TMR0_GNP0	0x80000000u	/* get new packet, channel 0 */
#define TMR0_GNP1	0x40000000u
#define STACR_OC	0x00008000u
#define STACR_PHYE	0x00004000u
#define STACR_READ	0x00001000u
#define STACR_WRITE	0x00002000u

#define TX_CHANS	2
/* Preamble, start delimiter, FCS and gap around a frame, bytes. */
#define WIRE_OVERHEAD	24
#define WIRE_MIN	60

struct emac {
	u32 mr0, mr1, tmr0, tmr1, rmr, isr, iser, iahr, ialr, vtpid, vtci;
	u32 ptr, iaht[4], gaht[4], lsah, lsal, ipgvr, stacr, trtr, rwmr;
	u32 octx, ocrx, ipcr;
	struct dev *dev, *mal, *zmii;
	struct net *net;		/* NULL: no cable */
	unsigned int zmii_channel;
	u32 tx_ch[TX_CHANS];
	unsigned int tx_chans;
	bool wants[TX_CHANS];		/* GNP: frames to send */
	/* the frame on the wire; sending == tx_chans when there is none */
	unsigned int sending;
	u32 tx_bytes;
	struct sched_event sent;
	u8 frame[MAL_FRAME_MAX];
};

static void emac_irq(struct dev *dev)
{
	struct emac *e = dev->priv;

	irq_set(&dev->irq[0], (e->isr & e->iser) != 0);
}

static u64 emac_wire_ns(const struct emac *e, u32 bytes)
{
	u64 octets = (bytes < WIRE_MIN ? WIRE_MIN : bytes) + WIRE_OVERHEAD;

	return octets * (e->mr1 & MR1_MF_100 ? 80 : 800);
}

/* Put the next frame on the wire, if a channel has one. */
static void emac_tx_next(struct emac *e)
{
	const struct dev_env *env = e->dev->env;
	u32 ctrl;

	if (e->sending != e->tx_chans || !e->mal || !(e->mr0 & MR0_TXE))
		return;
	for (unsigned int i = 0; i < e->tx_chans; i++) {
		if (!e->wants[i])
			continue;
		e->wants[i] = mal_tx_frame(e->mal, e->tx_ch[i], e->frame,
					   &e->tx_bytes, &ctrl) == MAL_TX_FRAME;
		if (!e->wants[i])
			continue;
		e->sending = i;
		sched_at(env->sched, &e->sent, sched_now(env->sched) +
			 clk_ns_to_cycles(env->clk,
					  emac_wire_ns(e, e->tx_bytes)));
		return;
	}
}

static void emac_sent(void *opaque, cycle_t late)
{
	struct emac *e = opaque;
	unsigned int i = e->sending;

	(void)late;
	if (i >= e->tx_chans)
		return;
	e->sending = e->tx_chans;
	net_send(e->net, e->frame, e->tx_bytes);
	e->octx += e->tx_bytes;
	mal_tx_done(e->mal, e->tx_ch[i], 0);
	emac_tx_next(e);
}

static void emac_reset(struct dev *dev, enum reset_kind kind)
{
	struct emac *e = dev->priv;

	(void)kind;
	sched_cancel(dev->env->sched, &e->sent);
	e->sending = e->tx_chans;
	memset(e->wants, 0, sizeof(e->wants));
	emac_irq(dev);
}

/* TXI and RXI: the half is idle.  It is, once disabled and out of frames. */
static u32 emac_mr0_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct emac *e = dev->priv;

	(void)i;
	if (!(cell & MR0_RXE))
		cell |= MR0_RXI;
	if (e->sending == e->tx_chans)
		cell |= MR0_TXI;
	return cell;
}

static void emac_mr0_write(struct dev *dev, unsigned int i, u32 val)
{
	struct emac *e = dev->priv;

	(void)i;
	if (val & MR0_SRST) {
		reg_reset(dev, &dev->cls->spaces[0]);
		emac_reset(dev, RESET_CHIP);
		return;
	}
	if (!(val & MR0_TXE)) {
		/* software waits a frame time at most: end it now */
		sched_cancel(dev->env->sched, &e->sent);
		emac_sent(e, 0);
	}
	emac_tx_next(e);
}

static void emac_tmr0_write(struct dev *dev, unsigned int i, u32 val)
{
	struct emac *e = dev->priv;

	(void)i;
	e->wants[0] |= (val & TMR0_GNP0) != 0;
	e->wants[1] |= (val & TMR0_GNP1) != 0;
	emac_tx_next(e);
}

/* GNP reads 1 until the channel has run out of frames. */
static u32 emac_tmr0_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct emac *e = dev->priv;

	(void)i;
	return cell | (e->wants[0] ? TMR0_GNP0 : 0) |
	       (e->wants[1] ? TMR0_GNP1 : 0);
}

static void emac_irq_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	emac_irq(dev);
}

static void emac_stacr_write(struct dev *dev, unsigned int i, u32 val)
{
	struct emac *e = dev->priv;
	struct phy *phy = NULL;
	u32 data = val >> 16;

	(void)i;
	if (e->zmii)
		phy = zmii_phy(e->zmii, e->zmii_channel, val >> 5 & 31);
	if (val & STACR_WRITE && phy)
		phy_write(phy, val & 31, (u16)data);
	else if (val & STACR_READ)
		data = phy ? phy_read(phy, val & 31) : 0xffff;
	e->stacr = (val & 0x3fff) | data << 16 | STACR_OC;
	if (!phy && val & STACR_READ)
		e->stacr |= STACR_PHYE;
}

#define ROW(nm, off, rst, mask, field) { \
	.name = nm, .offset = off, .size = 4, .reset = rst, .wmask = mask, \
	.cell = offsetof(struct emac, field), .source = "LX" }
#define ROWS(nm, off, n, mask, field) { \
	.name = nm, .offset = off, .size = 4, .count = n, .stride = 4, \
	.wmask = mask, .cell = offsetof(struct emac, field), .source = "LX" }
#define CALL(nm, off, fl, rst, mask, field, rd, wr) { \
	.name = nm, .offset = off, .size = 4, .flags = fl, .reset = rst, \
	.wmask = mask, .cell = offsetof(struct emac, field), .read = rd, \
	.write = wr, .source = "LX" }

static const struct reg_desc emac_regs[] = {
	CALL("MR0", 0x00, 0, 0, MR0_TXE | MR0_RXE | MR0_WKE, mr0,
	     emac_mr0_read, emac_mr0_write),
	ROW("MR1", 0x04, 0, 0xf9fff800, mr1),
	CALL("TMR0", 0x08, 0, 0, 0x30000007, tmr0,
	     emac_tmr0_read, emac_tmr0_write),
	ROW("TMR1", 0x0c, 0x380f0000, 0xffff0000, tmr1),
	ROW("RMR", 0x10, 0, 0xfff80007, rmr),
	CALL("ISR", 0x14, REG_W1C, 0, 0x03ff00c3, isr, NULL, emac_irq_write),
	CALL("ISER", 0x18, 0, 0, 0x03ff00c3, iser, NULL, emac_irq_write),
	ROW("IAHR", 0x1c, 0, 0x0000ffff, iahr),
	ROW("IALR", 0x20, 0, 0xffffffff, ialr),
	ROW("VTPID", 0x24, 0x00008808, 0x0000ffff, vtpid),
	ROW("VTCI", 0x28, 0, 0x0000ffff, vtci),
	ROW("PTR", 0x2c, 0x0000ffff, 0x0000ffff, ptr),
	ROWS("IAHT", 0x30, 4, 0x0000ffff, iaht),
	ROWS("GAHT", 0x40, 4, 0x0000ffff, gaht),
	CALL("LSAH", 0x50, REG_RO, 0, 0, lsah, NULL, NULL),
	CALL("LSAL", 0x54, REG_RO, 0, 0, lsal, NULL, NULL),
	ROW("IPGVR", 0x58, 0x00000004, 0x0000003f, ipgvr),
	CALL("STACR", 0x5c, 0, STACR_OC, 0, stacr, NULL, emac_stacr_write),
	ROW("TRTR", 0x60, 0, 0xf8000000, trtr),
	ROW("RWMR", 0x64, 0x04001000, 0xff80ff80, rwmr),
	CALL("OCTX", 0x68, REG_RO, 0, 0, octx, NULL, NULL),
	CALL("OCRX", 0x6c, REG_RO, 0, 0, ocrx, NULL, NULL),
};
#undef ROW
#undef ROWS
#undef CALL

static const struct reg_space emac_spaces[] = {
	{ REG_MMIO, emac_regs, ARRAY_SIZE(emac_regs), 0x70 },
};

static int emac_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct emac *e = dev->priv;
	const u8 *p;
	int len = 0;

	e->dev = dev;
	e->sent.fire = emac_sent;
	e->sent.opaque = e;
	e->sent.name = "emac-sent";
	p = node->prop(node, "mal-tx-channel", &len);
	for (; p && len >= 4 && e->tx_chans < TX_CHANS; len -= 4, p += 4) {
		if (ldb32(p) >= MAL_TX_CHANS)
			return err_set(msg, ERR_RANGE,
				       "%s: mal-tx-channel: MAL has %d, not %u",
				       dev->path, MAL_TX_CHANS, ldb32(p));
		e->tx_ch[e->tx_chans++] = ldb32(p);
	}
	e->sending = e->tx_chans;
	e->zmii_channel = dev_prop_u32(node, "zmii-channel", 0);
	return 0;
}

static struct dev *companion(struct dev *dev, const struct dev_node *node,
			     const char *prop, const struct dev_class *cls,
			     struct errmsg *msg, int *rc)
{
	struct dev *found = node->dev_at(node, prop, 0);

	*rc = 0;
	if (found && found->cls != cls)
		*rc = err_set(msg, ERR_FORMAT,
			      "%s: %s: %s is not a \"%s\"",
			      dev->path, prop, found->path, cls->name);
	return *rc ? NULL : found;
}

/* Without a MAL or a ZMII in the tree, the MAC has registers only. */
static int emac_link(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct emac *e = dev->priv;
	int rc;

	e->mal = companion(dev, node, "mal-device", &mal_class, msg, &rc);
	if (rc)
		return rc;
	e->zmii = companion(dev, node, "zmii-device", &zmii_class, msg, &rc);
	return rc;
}

static const char *const emac_compatible[] = {
	"ibm,emac-440ep", "ibm,emac-440gp", "ibm,emac", NULL
};

const struct dev_class emac_class = {
	.name = "emac",
	.desc = "EMAC 10/100 Ethernet",
	.compatible = emac_compatible,
	.spaces = emac_spaces,
	.nspaces = ARRAY_SIZE(emac_spaces),
	.priv_size = sizeof(struct emac),
	.probe = emac_probe,
	.link = emac_link,
	.reset = emac_reset,
	.node_clk = CLK_COUNT,
};
