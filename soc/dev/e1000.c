/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/e1000.c - an Intel PRO/1000 MT desktop card, 82540EM: registers,
 * EEPROM, PHY, interrupts, and its place on the PCI bus.
 *
 * Must not know the host: frames pass through struct net, of which this is
 * the device's side.  The directions are in e1000_rx.c and e1000_tx.c.
 * Interrupt throttling and delays are storage: an event interrupts at once.
 *
 * EERD: data 16 | address 8 | 3 | DONE 1 | 3 | START 1.
 * MDIC: 1 | E 1 | I 1 | R 1 | OP 2 | PHY 5 | register 5 | data 16.
 */
#include "soc/dev/e1000.h"

#include "base/bits.h"

#define EECD_SK		0x001u
#define EECD_CS		0x002u
#define EECD_DI		0x004u
#define EECD_DO		0x008u
#define EECD_REQ	0x040u
#define EECD_GNT	0x080u
#define EECD_PRES	0x100u
#define EERD_START	0x01u
#define EERD_DONE	0x10u
#define STATUS_FD	0x01u
#define STATUS_LU	0x02u
#define STATUS_1000	0x80u
#define MDIC_READY	0x10000000u
#define MDIC_INT	0x20000000u
#define MDIC_ERROR	0x40000000u
#define MDIC_PHY	1u
#define MDIC_OP_WRITE	1u
#define MDIC_OP_READ	2u
#define RAH_AV		0x80000000u

#define REGS_BYTES	0x20000u
#define IO_BYTES	64
#define EEPROM_SUM	0xbabau

enum { PHY_BMCR, PHY_BMSR, PHY_ID1, PHY_ID2, PHY_ANAR, PHY_LPAR, PHY_ANER,
       PHY_1000_CTRL = 9, PHY_1000_STATUS, PHY_EXT = 15, PHY_SPEC_CTRL,
       PHY_SPEC_STATUS };

#define BMCR_RESET	0x8000u
#define BMCR_RESTART	0x0200u
#define BMSR_DONE_LINK	0x0024u
#define SPEC_LINK	0x0c00u		/* resolved, link */

/* A Marvell 88E1011 that agreed on 1000 Mbit/s, full duplex. */
static const u16 phy_reset_values[32] = {
	[PHY_BMCR] = 0x1140, [PHY_BMSR] = 0x7949, [PHY_ID1] = 0x0141,
	[PHY_ID2] = 0x0c20, [PHY_ANAR] = 0x0de1, [PHY_LPAR] = 0x4de1,
	[PHY_ANER] = 0x0001, [PHY_1000_CTRL] = 0x0e00,
	[PHY_1000_STATUS] = 0x3c00, [PHY_EXT] = 0x3000,
	[PHY_SPEC_CTRL] = 0x0360, [PHY_SPEC_STATUS] = 0xa000,
};

/* Registers that software cannot write, a bit each. */
#define PHY_READ_ONLY	0x002a846eu

static void line_update(struct e1000 *e)
{
	pci_card_irq(&e->card, e->icr & e->ims);
}

/**
 * e1000_cause - something happened
 * @e:      card
 * @causes: bits of ICR
 */
void e1000_cause(struct e1000 *e, u32 causes)
{
	e->icr |= causes;
	line_update(e);
}

/**
 * e1000_has_link - can frames pass?
 * @e: card; the MAC looks at the PHY only while CTRL[SLU] is set
 *
 * Returns: true while the cable is in and the link is set up.
 */
bool e1000_has_link(const struct e1000 *e)
{
	return e->is_cable_up && e->ctrl & E1000_CTRL_SLU;
}

/**
 * e1000_count - add to a counter, which sticks at its end
 * @e:  card
 * @at: counter
 * @n:  how many
 */
void e1000_count(struct e1000 *e, enum e1000_stat at, u32 n)
{
	e->stat[at] = e->stat[at] + n < n ? ~0u : e->stat[at] + n;
}

/**
 * e1000_count64 - add to a counter of two registers
 * @e:  card
 * @at: the low one
 * @n:  how many
 */
void e1000_count64(struct e1000 *e, enum e1000_stat at, u32 n)
{
	e->stat[at] += n;
	e->stat[at + 1] += e->stat[at] < n;
}

/**
 * e1000_size_class - which of six counters by size a frame belongs to
 * @bytes: of it, with FCS
 *
 * Returns: 0 (64 bytes) to 5 (1024 and more).
 */
unsigned int e1000_size_class(size_t bytes)
{
	static const u16 last[] = { 64, 127, 255, 511, 1023 };
	unsigned int k = 0;

	while (k < ARRAY_SIZE(last) && bytes > last[k])
		k++;
	return k;
}

/**
 * e1000_desc - where a descriptor is
 * @r: ring
 * @i: index
 *
 * Returns: PCI address.
 */
u64 e1000_desc(const struct e1000_ring *r, u32 i)
{
	return ((u64)r->bah << 32 | r->bal) + (u64)i * 16;
}

static void phy_reset(struct e1000 *e)
{
	memcpy(e->phy, phy_reset_values, sizeof(e->phy));
}

static u16 phy_read(const struct e1000 *e, unsigned int reg)
{
	u16 v = e->phy[reg];

	if (reg == PHY_BMSR && e->is_cable_up)
		v |= BMSR_DONE_LINK;
	if (reg == PHY_SPEC_STATUS && e->is_cable_up)
		v |= SPEC_LINK;
	if ((reg == PHY_LPAR || reg == PHY_1000_STATUS) && !e->is_cable_up)
		v = 0;
	return v;
}

static void phy_write(struct e1000 *e, unsigned int reg, u16 v)
{
	if (PHY_READ_ONLY >> reg & 1)
		return;
	e->phy[reg] = v;
	if (reg != PHY_BMCR)
		return;
	if (v & BMCR_RESET)
		phy_reset(e);
	e->phy[PHY_BMCR] &= (u16)~(BMCR_RESET | BMCR_RESTART);
	/* the link goes down and comes back before anybody looks */
	if (v & (BMCR_RESET | BMCR_RESTART) && e1000_has_link(e))
		e1000_cause(e, E1000_ICR_LSC);
}

static void mac_reset(struct e1000 *e);

static void ctrl_write(struct dev *dev, unsigned int i, u32 val)
{
	struct e1000 *e = dev->priv;

	(void)i;
	if (val & E1000_CTRL_PHY_RST)
		phy_reset(e);
	if (val & E1000_CTRL_RST)
		mac_reset(e);
	else if (val & E1000_CTRL_PHY_RST && e1000_has_link(e))
		e1000_cause(e, E1000_ICR_LSC);
}

static u32 status_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct e1000 *e = dev->priv;

	(void)i;
	(void)cell;
	return STATUS_FD | STATUS_1000 | (e1000_has_link(e) ? STATUS_LU : 0);
}

static u32 eecd_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct e1000 *e = dev->priv;

	(void)i;
	return cell | EECD_PRES | (cell & EECD_REQ ? EECD_GNT : 0) |
	       (e->eeprom.dout ? EECD_DO : 0);
}

static void eecd_write(struct dev *dev, unsigned int i, u32 val)
{
	struct e1000 *e = dev->priv;

	(void)i;
	eeprom93_pins(&e->eeprom, val & EECD_CS, val & EECD_SK, val & EECD_DI);
}

static void eerd_write(struct dev *dev, unsigned int i, u32 val)
{
	struct e1000 *e = dev->priv;
	u32 at = val >> 8 & 0xff;

	(void)i;
	if (val & EERD_START)
		e->eerd = at << 8 | EERD_DONE |
			  (u32)e->eeprom.word[at % EEPROM93_WORDS] << 16;
}

static void mdic_write(struct dev *dev, unsigned int i, u32 val)
{
	struct e1000 *e = dev->priv;
	unsigned int op = val >> 26 & 3, reg = val >> 16 & 31;

	(void)i;
	val &= ~(MDIC_READY | MDIC_ERROR);
	if ((val >> 21 & 31) != MDIC_PHY)
		val |= MDIC_ERROR;
	else if (op == MDIC_OP_READ)
		val = (val & 0xffff0000u) | phy_read(e, reg);
	else if (op == MDIC_OP_WRITE)
		phy_write(e, reg, (u16)val);
	e->mdic = val | MDIC_READY;
	if (val & MDIC_INT)
		e1000_cause(e, E1000_ICR_MDAC);
}

static u32 icr_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct e1000 *e = dev->priv;

	(void)i;
	e->icr = 0;
	line_update(e);
	return cell;
}

static void irq_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	line_update(dev->priv);
}

static void ics_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	e1000_cause(dev->priv, val & 0x1ffff);
}

static void imc_write(struct dev *dev, unsigned int i, u32 val)
{
	struct e1000 *e = dev->priv;

	(void)i;
	e->ims &= ~val;
	line_update(e);
}

static void tx_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	e1000_tx_kick(dev->priv);
}

/* Counters clear when read; those of two registers with the high one. */
static u32 stat_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct e1000 *e = dev->priv;
	bool is_low = i == STAT_GORC || i == STAT_GOTC || i == STAT_TOR ||
		      i == STAT_TOT;

	if (is_low)
		return cell;
	e->stat[i] = 0;
	if (i && (i - 1 == STAT_GORC || i - 1 == STAT_GOTC ||
		  i - 1 == STAT_TOR || i - 1 == STAT_TOT))
		e->stat[i - 1] = 0;
	return cell;
}

#define AT(nm, off, mask, field) \
	.name = nm, .offset = off, .size = 4, .wmask = mask, \
	.cell = offsetof(struct e1000, field), .source = "8254x"
#define NONE(nm, off) \
	.name = nm, .offset = off, .size = 4, .cell = REG_NO_CELL, \
	.source = "8254x"
#define MANY(nm, off, n, mask, field) \
	AT(nm, off, mask, field), .count = n, .stride = 4
#define RING(x, off, r) \
	{ AT(x "DBAL", off, 0xfffffff0, r.bal) }, \
	{ AT(x "DBAH", off + 4, 0xffffffff, r.bah) }, \
	{ AT(x "DLEN", off + 8, 0x000fff80, r.len) }

/* What a fast driver touches comes first: rows are searched in order. */
static const struct reg_desc e1000_regs[] = {
	{ AT("ICR", 0x00c0, 0x1ffff, icr), .flags = REG_W1C, .read = icr_read,
	  .write = irq_write },
	{ AT("TDT", 0x3818, 0xffff, txr.tail), .write = tx_write },
	{ AT("RDT", 0x2818, 0xffff, rx.tail) },
	{ AT("IMS", 0x00d0, 0x1ffff, ims), .flags = REG_SET,
	  .write = irq_write },
	{ NONE("IMC", 0x00d8), .flags = REG_WO, .write = imc_write },
	{ NONE("ICS", 0x00c8), .flags = REG_WO, .write = ics_write },
	{ AT("ITR", 0x00c4, 0xffff, itr) },
	/* FD, 1000 Mbit/s */
	{ AT("CTRL", 0x0000, 0x7bffffff, ctrl), .reset = 0x00000201,
	  .write = ctrl_write },
	{ AT("CTRL_DUP", 0x0004, 0x7bffffff, ctrl), .flags = REG_NO_SAVE,
	  .write = ctrl_write },
	{ NONE("STATUS", 0x0008), .flags = REG_RO, .read = status_read },
	{ AT("EECD", 0x0010, 0x77, eecd), .reset = 0x10, .read = eecd_read,
	  .write = eecd_write },
	{ AT("EERD", 0x0014, 0, eerd), .write = eerd_write },
	{ AT("CTRL_EXT", 0x0018, 0xffffffff, ctrl_ext) },
	{ AT("FLA", 0x001c, 0xffffffff, fla) },
	{ AT("MDIC", 0x0020, 0, mdic), .reset = MDIC_READY,
	  .write = mdic_write },
	{ AT("FCAL", 0x0028, 0xffffffff, fcal) },
	{ AT("FCAH", 0x002c, 0xffff, fcah) },
	{ AT("FCT", 0x0030, 0xffff, fct) },
	{ AT("VET", 0x0038, 0xffff, vet), .reset = 0x8100 },
	{ AT("RCTL", 0x0100, 0x06dfb3fe, rctl) },
	{ AT("FCTTV", 0x0170, 0xffff, fcttv) },
	{ AT("TXCW", 0x0178, 0xc000ffff, txcw) },
	{ AT("TCTL", 0x0400, 0x03fffffa, tctl), .write = tx_write },
	{ AT("TIPG", 0x0410, 0x3fffffff, tipg) },
	{ AT("AIT", 0x0458, 0xffff, ait) },
	{ AT("LEDCTL", 0x0e00, 0xffffffff, ledctl), .reset = 0x07068302 },
	{ AT("PBA", 0x1000, 0x007f007f, pba), .reset = 0x00100030 },
	{ AT("FCRTL", 0x2160, 0x8000fff8, fcrtl) },
	{ AT("FCRTH", 0x2168, 0xfff8, fcrth) },
	RING("R", 0x2800, rx),
	{ AT("RDH", 0x2810, 0xffff, rx.head) },
	{ AT("RDTR", 0x2820, 0xffff, rdtr) },
	{ AT("RXDCTL", 0x2828, 0x013f3f3f, rxdctl), .reset = 0x01010000 },
	{ AT("RADV", 0x282c, 0xffff, radv) },
	{ AT("RSRPD", 0x2c00, 0xfff, rsrpd) },
	{ AT("TXDMAC", 0x3000, 0x1, txdmac) },
	RING("T", 0x3800, txr),
	{ AT("TDH", 0x3810, 0xffff, txr.head) },
	{ AT("TIDV", 0x3820, 0xffff, tidv) },
	{ AT("TXDCTL", 0x3828, 0xff3f3f3f, txdctl) },
	{ AT("TADV", 0x382c, 0xffff, tadv) },
	{ AT("TSPMT", 0x3830, 0xffffffff, tspmt), .reset = 0x01000400 },
	{ MANY("STAT", 0x4000, E1000_STATS, 0, stat), .read = stat_read },
	{ AT("RXCSUM", 0x5000, 0x3ff, rxcsum) },
	{ MANY("MTA", 0x5200, 128, 0xffffffff, mta) },
	{ MANY("RA", 0x5400, 32, 0xffffffff, ra) },
	{ MANY("VFTA", 0x5600, 128, 0xffffffff, vfta) },
	{ AT("WUC", 0x5800, 0xffffffff, wuc) },
	{ AT("WUFC", 0x5808, 0x000f00ff, wufc) },
	{ AT("WUS", 0x5810, 0x000f00ff, wus), .flags = REG_W1C },
	{ AT("MANC", 0x5820, 0xffffffff, manc) },
	{ AT("IPAV", 0x5838, 0x1000f, ipav) },
	{ MANY("IP4AT", 0x5840, 8, 0xffffffff, ip4at) },
};
#undef AT
#undef NONE
#undef MANY
#undef RING

/* No table of the bus: the guest reaches it through the BARs. */
static const struct reg_space e1000_space = {
	REG_MMIO, e1000_regs, ARRAY_SIZE(e1000_regs), REGS_BYTES,
};

/* RAH has a hole in the middle. [8254x] 13.5.3 */
static void rah_trim(struct e1000 *e, u32 off)
{
	if (off >= 0x5400 && off < 0x5480 && off & 4)
		e->ra[(off - 0x5400) / 4] &= 0x8003ffff;
}

/* The chip knows accesses of 32 bits; a narrow read gets its lanes. */
static int regs_read(struct pci_card *card, u32 off, unsigned int size,
		     u32 *val)
{
	struct e1000 *e = (struct e1000 *)card;
	u32 v;

	(void)reg_read(e->dev, &e1000_space, off & ~3u, 4, &v);
	v >>= 8 * (off & 3);
	*val = size == 4 ? v : v & ((1u << 8 * size) - 1);
	return BUS_OK;
}

static int regs_write(struct pci_card *card, u32 off, unsigned int size,
		      u32 val)
{
	struct e1000 *e = (struct e1000 *)card;

	if (size != 4) {
		e->dev->holes++;
		return BUS_OK;
	}
	(void)reg_write(e->dev, &e1000_space, off, 4, val);
	rah_trim(e, off);
	return BUS_OK;
}

/* IOADDR chooses a register, IODATA is it. [8254x] 13.2.2 */
static int io_read(struct pci_card *card, u32 off, unsigned int size, u32 *val)
{
	struct e1000 *e = (struct e1000 *)card;

	*val = 0;
	if (off < 4)
		*val = e->ioaddr >> 8 * off &
		       (size == 4 ? ~0u : (1u << 8 * size) - 1);
	else if (off < 8 && e->ioaddr < REGS_BYTES)
		return regs_read(card, (e->ioaddr & ~3u) + (off & 3), size,
				 val);
	return BUS_OK;
}

static int io_write(struct pci_card *card, u32 off, unsigned int size, u32 val)
{
	struct e1000 *e = (struct e1000 *)card;

	if (off == 0 && size == 4)
		e->ioaddr = val;
	else if (off == 4 && size == 4 && e->ioaddr < REGS_BYTES)
		return regs_write(card, e->ioaddr & ~3u, 4, val);
	return BUS_OK;
}

static void eeprom_fill(struct e1000 *e)
{
	u16 *w = e->eeprom.word, sum = 0;

	memset(w, 0xff, sizeof(e->eeprom.word));
	for (unsigned int i = 0; i < 3; i++)
		w[i] = pci_ld16(e->mac + 2 * i);
	w[0x03] = 0;			/* compatibility */
	w[0x0a] = 0x4408;		/* valid, 3.3 V, IDs from here */
	w[0x0b] = 0x001e;
	w[0x0c] = 0x8086;
	w[0x0d] = 0x100e;
	w[0x0e] = 0x8086;
	w[0x0f] = 0x3040;
	w[0x24] = 0;			/* no wake-up */
	for (unsigned int i = 0; i < 0x3f; i++)
		sum = (u16)(sum + w[i]);
	w[0x3f] = (u16)(EEPROM_SUM - sum);
}

/* What CTRL[RST] does: all but PHY and PCI; the address comes from EEPROM. */
static void mac_reset(struct e1000 *e)
{
	reg_reset(e->dev, &e1000_space);
	e1000_tx_reset(e);
	eeprom93_reset(&e->eeprom);
	e->ra[0] = e->eeprom.word[0] | (u32)e->eeprom.word[1] << 16;
	e->ra[1] = e->eeprom.word[2] | RAH_AV;
	line_update(e);
}

static void e1000_reset(struct dev *dev, enum reset_kind kind)
{
	struct e1000 *e = dev->priv;

	(void)kind;
	e->ioaddr = 0;
	phy_reset(e);
	mac_reset(e);
	pci_card_reset(&e->card);
}

static bool e1000_net_receive(void *opaque, const u8 *frame, size_t bytes)
{
	return e1000_receive(opaque, frame, bytes);
}

static void e1000_net_link(void *opaque, bool is_up)
{
	struct e1000 *e = opaque;

	if (e->is_cable_up == is_up)
		return;
	e->is_cable_up = is_up;
	if (e->ctrl & E1000_CTRL_SLU)
		e1000_cause(e, E1000_ICR_LSC);
}

static const struct net_dev_ops e1000_net_ops = {
	.receive = e1000_net_receive,
	.link = e1000_net_link,
};

static int e1000_probe(struct dev *dev, const struct dev_node *node,
		       struct errmsg *msg)
{
	static const struct pci_ids ids = {
		.vendor = 0x8086, .device = 0x100e, .subvendor = 0x8086,
		.subdevice = 0x001e, .class = 0x020000, .revision = 0x02,
	};
	struct e1000 *e = dev->priv;
	unsigned int index = dev_prop_u32(node, "culm,index", dev->index);

	e->dev = dev;
	nic_crc_init(&e->crc);
	nic_mac(node, NET_MAC_CARD, index, e->mac);
	eeprom_fill(e);
	e->net = env_net(dev->env, index);
	e->is_cable_up = e->net != NULL;
	pci_card_init(&e->card, dev, &ids);
	e->card.bar[0] = (struct pci_bar){
		.bytes = REGS_BYTES, .read = regs_read, .write = regs_write,
	};
	e->card.bar[2] = (struct pci_bar){
		.bytes = IO_BYTES, .is_io = true, .read = io_read,
		.write = io_write,
	};
	if (e->net) {
		e->net->dev_opaque = e;
		e->net->dev = &e1000_net_ops;
	}
	return pci_card_add(&e->card, node, msg);
}

static void e1000_remove(struct dev *dev)
{
	sched_cancel(dev->env->sched, &((struct e1000 *)dev->priv)->tx.go_on);
}

static const char *const e1000_compatible[] = { "pci8086,100e", NULL };

const struct dev_class e1000_class = {
	.name = "e1000",
	.desc = "Intel 82540EM Ethernet card",
	.compatible = e1000_compatible,
	.priv_size = sizeof(struct e1000),
	.probe = e1000_probe,
	.reset = e1000_reset,
	.remove = e1000_remove,
	.node_clk = CLK_COUNT,
};
