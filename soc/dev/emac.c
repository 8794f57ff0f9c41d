/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/emac.c - an Ethernet MAC of the 440EP (EMAC3): registers, MDIO, and
 * the two ends of the cable.
 *
 * Must not know the rings (mal.c does) nor the host: frames pass through
 * struct net, of which this file is the device's side.  The directions are in
 * emac_tx.c and emac_rx.c.
 *
 * STACR: PHYD 16 | OC 1 | PHYE 1 | STAC 2 | OPBC 2 | PCDA 5 | PRA 5.  OC reads
 * 1 when the port is idle; an operation is over before software can look.
 */
#include "soc/dev/emac.h"

#include "base/bits.h"
#include "soc/dev/phy.h"
#include "soc/dev/zmii.h"

#define TMR0_GNP0	0x80000000u	/* get new packet, channel 0 */
#define TMR0_GNP1	0x40000000u
#define TMR0_GNPD	0x20000000u	/* both, in turn from TMR0[FC] */
#define TMR0_FC		0x10000000u
#define STACR_OC	0x00008000u
#define STACR_PHYE	0x00004000u
#define STACR_READ	0x00001000u
#define STACR_WRITE	0x00002000u

/* Preamble, start delimiter, FCS and gap around a frame, bytes. */
#define WIRE_OVERHEAD	24

/**
 * emac_irq - drive the interrupt line as ISR and ISER say
 * @e: EMAC
 */
void emac_irq(struct emac *e)
{
	irq_set(&e->dev->irq[0], (e->isr & e->iser) != 0);
}

/**
 * emac_wire_cycles - how long a frame keeps the cable busy
 * @e:     EMAC; MR1[MF] gives the rate
 * @bytes: length without FCS; padded as on the wire
 *
 * Returns: CPU cycles.
 * Source:  IEEE 802.3, and EMAC_HASTE.
 */
cycle_t emac_wire_cycles(const struct emac *e, u32 bytes)
{
	u64 octets = (bytes < FRAME_MIN ? FRAME_MIN : bytes) + WIRE_OVERHEAD;
	u64 ns = octets * (e->mr1 & MR1_MF_100 ? 80 : 800) / EMAC_HASTE;

	return clk_ns_to_cycles(e->dev->env->clk, ns);
}

/**
 * emac_crc - frame check sequence
 * @p:     bytes
 * @bytes: how many
 *
 * Returns: CRC-32 as IEEE 802.3 has it; on the wire low byte first.
 */
u32 emac_crc(const u8 *p, u32 bytes)
{
	u32 crc = 0xffffffffu;

	while (bytes--) {
		crc ^= *p++;
		for (unsigned int i = 0; i < 8; i++)
			crc = crc >> 1 ^ (0xedb88320u & -(crc & 1));
	}
	return ~crc;
}

/**
 * emac_address - the individual address in IAHR and IALR
 * @e:   EMAC
 * @mac: set
 */
void emac_address(const struct emac *e, u8 mac[6])
{
	stb16(mac, e->iahr);
	stb32(mac + 2, e->ialr);
}

static struct phy *own_phy(const struct emac *e)
{
	return e->zmii ? zmii_port_phy(e->zmii, e->zmii_channel) : NULL;
}

static void link_update(struct emac *e)
{
	struct phy *phy = own_phy(e);

	if (phy)
		phy_set_link(phy, e->net && e->net->host && !e->is_unplugged);
}

static void emac_net_link(void *opaque, bool is_up)
{
	struct emac *e = opaque;

	e->is_unplugged = !is_up;
	link_update(e);
}

/*
 * Where nobody listens a frame is lost; where MAL has run out of descriptors
 * it waits, even while the driver has the receiver off to refill the ring.
 */
static bool emac_net_receive(void *opaque, const u8 *frame, size_t bytes)
{
	struct emac *e = opaque;
	struct phy *phy = own_phy(e);
	u8 padded[FRAME_MIN] = { 0 };

	if (!bytes || bytes > NET_FRAME_MAX || e->mr1 & MR1_ILE ||
	    (phy && phy_path(phy) != PHY_CABLE) ||
	    (!(e->mr0 & MR0_RXE) && !e->is_starved))
		return true;
	if (bytes >= FRAME_MIN)
		return emac_rx_push(e, frame, (u32)bytes, false);
	memcpy(padded, frame, bytes);
	return emac_rx_push(e, padded, FRAME_MIN, false);
}

static const struct net_dev_ops emac_net_ops = {
	.receive = emac_net_receive,
	.link = emac_net_link,
};

static void emac_reset(struct dev *dev, enum reset_kind kind)
{
	struct emac *e = dev->priv;

	(void)kind;
	emac_tx_reset(e);
	emac_rx_reset(e);
	link_update(e);
	emac_irq(e);
}

/* TXI and RXI: the half is idle, the receiver as soon as it is disabled. */
static u32 emac_mr0_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct emac *e = dev->priv;

	(void)i;
	if (!(cell & MR0_RXE))
		cell |= MR0_RXI;
	if (!sched_is_armed(&e->tx_event))
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
	if (!(val & MR0_TXE) || val & MR0_WKE)
		sched_cancel(dev->env->sched, &e->tx_event);
	if (!(val & MR0_RXE))
		sched_cancel(dev->env->sched, &e->rx_event);
	if (!(val & MR0_WKE))
		irq_set(&dev->irq[1], false);
	emac_tx_kick(e);
	emac_rx_kick(e);
}

static void emac_tmr0_write(struct dev *dev, unsigned int i, u32 val)
{
	struct emac *e = dev->priv;
	bool is_both = val & TMR0_GNPD && e->tx_chans == TX_CHANS;

	(void)i;
	if (is_both)
		e->tx_turn = (val & TMR0_FC) != 0;
	e->wants[0] |= e->tx_chans > 0 && (val & TMR0_GNP0 || is_both);
	e->wants[1] |= e->tx_chans > 1 && (val & TMR0_GNP1 || is_both);
	emac_tx_kick(e);
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
	emac_irq(dev->priv);
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
	if (val & (STACR_READ | STACR_WRITE)) {
		e->isr |= e->stacr & STACR_PHYE ? ISR_MOF : ISR_MOS;
		emac_irq(e);
	}
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
	CALL("TMR0", 0x08, 0, 0, 0x10000007, tmr0,
	     emac_tmr0_read, emac_tmr0_write),
	ROW("TMR1", 0x0c, 0x380f0000, 0xffff0000, tmr1),
	ROW("RMR", 0x10, 0, 0xfff80007, rmr),
	CALL("ISR", 0x14, REG_W1C, 0, 0x03ff03fb, isr, NULL, emac_irq_write),
	CALL("ISER", 0x18, 0, 0, 0x03ff03fb, iser, NULL, emac_irq_write),
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

static int tx_channels(struct dev *dev, const struct dev_node *node,
		       struct errmsg *msg)
{
	struct emac *e = dev->priv;
	int len = 0;
	const u8 *p = node->prop(node, "mal-tx-channel", &len);

	for (; p && len >= 4 && e->tx_chans < TX_CHANS; len -= 4, p += 4) {
		if (ldb32(p) >= MAL_TX_CHANS)
			return err_set(msg, ERR_RANGE,
				       "%s: mal-tx-channel: MAL has %d, not %u",
				       dev->path, MAL_TX_CHANS, ldb32(p));
		e->tx_ch[e->tx_chans++] = ldb32(p);
	}
	return 0;
}

static int emac_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct emac *e = dev->priv;

	e->dev = dev;
	e->tx_event = (struct sched_event){
		.fire = emac_tx_fire, .opaque = e, .name = "emac-tx",
	};
	e->rx_event = (struct sched_event){
		.fire = emac_rx_fire, .opaque = e, .name = "emac-rx",
	};
	e->rx_ch = dev_prop_u32(node, "mal-rx-channel", MAL_RX_CHANS);
	if (e->rx_ch > MAL_RX_CHANS)
		return err_set(msg, ERR_RANGE,
			       "%s: mal-rx-channel: MAL has %d, not %u",
			       dev->path, MAL_RX_CHANS, e->rx_ch);
	e->fifo_bytes = dev_prop_u32(node, "rx-fifo-size", 4096);
	if (e->fifo_bytes > RXQ_MAX_FIFO)
		return err_set(msg, ERR_RANGE,
			       "%s: rx-fifo-size: at most %u bytes",
			       dev->path, RXQ_MAX_FIFO);
	e->zmii_channel = dev_prop_u32(node, "zmii-channel", 0);
	return tx_channels(dev, node, msg);
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
	if (rc)
		return rc;
	e->has_rx = e->mal && e->rx_ch < MAL_RX_CHANS;
	if (e->has_rx)
		mal_rx_attach(e->mal, e->rx_ch, &(struct mal_rx_client){
			.changed = emac_rx_changed, .opaque = e,
		});
	e->net = env_net(dev->env, dev->index);
	if (e->net) {
		e->net->dev_opaque = e;
		e->net->dev = &emac_net_ops;
	}
	return 0;
}

static void emac_remove(struct dev *dev)
{
	struct emac *e = dev->priv;

	sched_cancel(dev->env->sched, &e->tx_event);
	sched_cancel(dev->env->sched, &e->rx_event);
	if (e->net)
		e->net->dev = NULL;
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
	.remove = emac_remove,
	.node_clk = CLK_COUNT,
};
