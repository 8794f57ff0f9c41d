/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/rtl8139.c - a Realtek 8139C+ (or 8139C) Ethernet card: registers,
 * EEPROM, PHY, timer, address filter, and its place on the PCI bus.
 *
 * Must not know the host: frames pass through struct net, of which this is
 * the device's side.  rtl8139_c.c and rtl8139_cp.c move them to and from
 * memory, the old and the C+ way.
 *
 * The registers are bytes at odd places, and software picks its own widths:
 * so they are an array of bytes with a mask of what can be written, and
 * actions on what a write touched.  `revision-id` of the node below 0x20
 * makes it the 8139C, without the C+ registers.
 */
#include "soc/dev/rtl8139.h"

#include "base/bits.h"

#define EEM_MASK	0xc0u
#define EEM_LOAD	0x40u
#define EEM_PINS	0x80u
#define EEM_UNLOCK	0xc0u
#define EE_CS		0x08u
#define EE_SK		0x04u
#define EE_DI		0x02u
#define EE_DO		0x01u
#define MSR_LINKB	0x04u		/* no link */
#define BMCR_RESET	0x8000u
#define BMCR_RESTART	0x0200u
#define BMSR_DONE_LINK	0x0024u
#define TSD_OWN		0x00002000u
#define TSD_TUN		0x00004000u
#define TSD_TOK		0x00008000u
#define TSD_TABT	0x40000000u
#define DTCCR_DUMP	0x08u
#define REVISION_CP	0x20u
#define FRAME_LONGEST	4096u
#define BAR_BYTES	256

/* Bits of TCR that say which chip it is. [LX] 8139too.c */
#define TCR_8139C	0x74000000u
#define TCR_8139CP	0x74800000u

/* What a register is after a reset, and what software can change of it. */
struct rtl_row {
	u8 at, bytes;
	u32 reset, wmask;
	bool is_config;		/* only while 9346CR unlocks it */
};

static const struct rtl_row rtl_rows[] = {
	{ RTL_IDR, 4, 0, 0xffffffff, true },
	{ RTL_IDR + 4, 2, 0, 0xffff, true },
	{ RTL_MAR, 4, 0, 0xffffffff, false },
	{ RTL_MAR + 4, 4, 0, 0xffffffff, false },
	{ RTL_TSADDR, 4, 0, 0xffffffff, false },
	{ RTL_TSADDR + 4, 4, 0, 0xffffffff, false },
	{ RTL_TSADDR + 8, 4, 0, 0xffffffff, false },
	{ RTL_TSADDR + 12, 4, 0, 0xffffffff, false },
	{ RTL_RBSTART, 4, 0, 0xffffffff, false },
	{ RTL_CR, 1, 0, 0x0c, false },
	{ RTL_CAPR, 2, 0xfff0, 0xffff, false },
	{ RTL_CBR, 2, 0, 0, false },
	{ RTL_IMR, 2, 0, 0xe1ff, false },
	{ RTL_TCR, 4, 0x00000000, 0x030707f0, false },
	{ RTL_RCR, 4, 0, 0x0f01ffbf, false },
	{ RTL_9346CR, 1, 0, 0xce, false },
	{ RTL_CONFIG0, 1, 0, 0x00, true },
	{ RTL_CONFIG1, 1, 0x0d, 0xf3, true },
	{ RTL_TIMERINT, 4, 0, 0xffffffff, false },
	{ RTL_MSR, 1, 0x00, 0xc0, false },
	{ RTL_CONFIG3, 1, 0x01, 0xfe, true },
	{ RTL_CONFIG4, 1, 0, 0xff, true },
	{ RTL_MULINT, 2, 0, 0x0fff, false },
	{ RTL_BMCR, 2, 0x3100, 0x3300, false },
	{ RTL_BMSR, 2, 0x7809, 0, false },
	{ RTL_ANAR, 2, 0x05e1, 0xffff, false },
	{ RTL_ANLPAR, 2, 0, 0, false },
	{ RTL_CSCR, 2, 0x0700, 0x83ff, false },
	{ 0x70, 2, 0, 0xffff, false },
	{ 0x78, 4, 0, 0xffffffff, false },
	{ 0x7c, 4, 0, 0xffffffff, false },
	{ RTL_CONFIG5, 1, 0, 0xff, true },
	{ RTL_CPCR, 2, 0, 0x027f, false },
	{ 0xe2, 2, 0, 0xffff, false },
	{ RTL_RDSAR, 4, 0, 0xffffff00, false },
	{ RTL_RDSAR + 4, 4, 0, 0xffffffff, false },
	{ RTL_ETTHR, 1, 0, 0x3f, false },
};

static bool is_plus(const struct rtl8139 *r)
{
	return r->revision >= REVISION_CP;
}

static void line_update(struct rtl8139 *r)
{
	pci_card_irq(&r->card,
		     rtl_get16(r, RTL_ISR) & rtl_get16(r, RTL_IMR));
}

/**
 * rtl8139_event - something happened
 * @r:      card
 * @causes: bits of ISR
 */
void rtl8139_event(struct rtl8139 *r, u32 causes)
{
	pci_st16(r->reg + RTL_ISR, rtl_get16(r, RTL_ISR) | causes);
	line_update(r);
}

/**
 * rtl8139_missed - count a frame that no buffer took
 * @r: card
 */
void rtl8139_missed(struct rtl8139 *r)
{
	pci_st32(r->reg + RTL_MPC, (rtl_get(r, RTL_MPC) + 1) & 0xffffff);
}

static bool rtl8139_receive(struct rtl8139 *r, const u8 *frame, size_t bytes);

/**
 * rtl8139_send - a frame leaves, or comes back in loopback
 * @r:     card
 * @frame: without FCS
 * @bytes: of it
 */
void rtl8139_send(struct rtl8139 *r, const u8 *frame, size_t bytes)
{
	r->tally.tx_ok++;
	if ((rtl_get(r, RTL_TCR) & RTL_TCR_LOOP) == RTL_TCR_LOOP)
		(void)rtl8139_receive(r, frame, bytes);
	else if (r->is_cable_up && bytes >= 14)
		net_send(r->net, frame, bytes);
}

/* The hash is the upper six bits of the CRC, most significant bit first. */
static bool is_in_hash(const struct rtl8139 *r, const u8 *to)
{
	u32 crc = ~nic_fcs(&r->crc, to, 6), hash = 0;

	for (unsigned int i = 0; i < 6; i++)
		hash = hash << 1 | (crc >> i & 1);
	return r->reg[RTL_MAR + hash / 8] >> hash % 8 & 1;
}

/* Is it for us, and what kind of address? */
static bool is_for_us(const struct rtl8139 *r, const u8 *to,
		      enum rtl8139_kind *kind)
{
	static const u8 all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	u32 rcr = rtl_get(r, RTL_RCR);

	*kind = !(to[0] & 1) ? RTL_UNICAST : memcmp(to, all, 6) ?
		RTL_MULTICAST : RTL_BROADCAST;
	if (*kind == RTL_BROADCAST)
		return rcr & (RTL_RCR_AB | RTL_RCR_AAP);
	if (*kind == RTL_MULTICAST)
		return rcr & RTL_RCR_AAP ||
		       (rcr & RTL_RCR_AM && is_in_hash(r, to));
	return rcr & RTL_RCR_AAP ||
	       (rcr & RTL_RCR_APM && !memcmp(to, r->reg + RTL_IDR, 6));
}

static void tally_rx(struct rtl8139 *r, enum rtl8139_kind kind)
{
	r->tally.rx_ok++;
	r->tally.rx_unicast += kind == RTL_UNICAST;
	r->tally.rx_multicast += kind == RTL_MULTICAST;
	r->tally.rx_broadcast += kind == RTL_BROADCAST;
}

/* False: there is no room, offer it again. */
static bool rtl8139_receive(struct rtl8139 *r, const u8 *frame, size_t bytes)
{
	u8 copy[FRAME_LONGEST + NIC_FCS];
	enum rtl8139_kind kind;
	u32 n = (u32)bytes;
	bool is_taken;

	if (!(r->reg[RTL_CR] & RTL_CR_RE) || bytes < 14 ||
	    bytes > FRAME_LONGEST || !is_for_us(r, frame, &kind))
		return true;
	memcpy(copy, frame, n);
	if (n < NIC_FRAME_MIN) {
		memset(copy + n, 0, NIC_FRAME_MIN - n);
		n = NIC_FRAME_MIN;
	}
	pci_st32(copy + n, nic_fcs(&r->crc, copy, n));
	n += NIC_FCS;
	if (r->reg[RTL_CPCR] & RTL_CPCR_RX)
		is_taken = rtl8139_cp_receive(r, copy, n, kind);
	else
		is_taken = rtl8139_c_receive(r, copy, n, kind);
	if (is_taken)
		tally_rx(r, kind);
	return is_taken;
}

/* ---- the timer ----------------------------------------------------------- */

static u32 timer_count(const struct rtl8139 *r)
{
	const struct dev_env *env = r->dev->env;
	cycle_t past = sched_now(env->sched) - r->timer_from;
	u64 cpu = env->clk->hz[CLK_CPU], pci = env->clk->hz[CLK_PCI];

	return cpu ? (u32)clk_scale(past, cpu, pci) : 0;
}

static void timer_arm(struct rtl8139 *r)
{
	const struct dev_env *env = r->dev->env;
	u32 at = rtl_get(r, RTL_TIMERINT), left = at - timer_count(r);

	sched_cancel(env->sched, &r->timer);
	if (!at || !env->clk->hz[CLK_PCI])
		return;
	sched_at(env->sched, &r->timer, sched_now(env->sched) +
		 clk_ticks_to_cycles(env->clk, CLK_PCI, left ? left : 1));
}

/* TCTR met TimerInt; it will again when it has gone all the way round. */
static void timer_fire(void *opaque, cycle_t late)
{
	(void)late;
	rtl8139_event(opaque, RTL_ISR_TIMER);
}

static void go_on_fire(void *opaque, cycle_t late)
{
	(void)late;
	rtl8139_cp_poll(opaque);
}

/* ---- reset --------------------------------------------------------------- */

static void eeprom_load(struct rtl8139 *r)
{
	for (unsigned int i = 0; i < 3; i++)
		pci_st16(r->reg + RTL_IDR + 2 * i, r->eeprom.word[7 + i]);
}

static void link_show(struct rtl8139 *r)
{
	u16 bmsr = rtl_get16(r, RTL_BMSR) & (u16)~BMSR_DONE_LINK;

	r->reg[RTL_MSR] &= (u8)~MSR_LINKB;
	if (!r->is_cable_up)
		r->reg[RTL_MSR] |= MSR_LINKB;
	pci_st16(r->reg + RTL_BMSR, r->is_cable_up ? bmsr | BMSR_DONE_LINK :
						     bmsr);
	pci_st16(r->reg + RTL_ANLPAR, r->is_cable_up ? 0x45e1 : 0);
	pci_st16(r->reg + RTL_ANER, r->is_cable_up ? 1 : 0);
}

/* CR[RST]: rings, interrupts and modes; address, EEPROM and PHY stay. */
static void soft_reset(struct rtl8139 *r)
{
	const struct dev_env *env = r->dev->env;

	sched_cancel(env->sched, &r->go_on);
	sched_cancel(env->sched, &r->timer);
	r->reg[RTL_CR] = 0;
	pci_st16(r->reg + RTL_CAPR, 0xfff0);
	pci_st16(r->reg + RTL_CBR, 0);
	pci_st16(r->reg + RTL_IMR, 0);
	pci_st16(r->reg + RTL_ISR, 0);
	pci_st32(r->reg + RTL_TCR, is_plus(r) ? TCR_8139CP : TCR_8139C);
	pci_st32(r->reg + RTL_RCR, 0);
	pci_st32(r->reg + RTL_TIMERINT, 0);
	pci_st32(r->reg + RTL_MPC, 0);
	pci_st16(r->reg + RTL_CPCR, 0);
	r->reg[RTL_TPPOLL] = 0;
	for (unsigned int i = 0; i < 4; i++)
		pci_st32(r->reg + RTL_TSD + 4 * i, TSD_OWN);
	r->rx_at = r->tx_at[0] = r->tx_at[1] = r->tx_bytes = 0;
	r->is_tx_bad = false;
	r->timer_from = sched_now(env->sched);
	line_update(r);
}

static void rtl8139_reset(struct dev *dev, enum reset_kind kind)
{
	struct rtl8139 *r = dev->priv;

	(void)kind;
	memset(r->reg, 0, sizeof(r->reg));
	for (unsigned int i = 0; i < ARRAY_SIZE(rtl_rows); i++)
		for (unsigned int k = 0; k < rtl_rows[i].bytes; k++)
			r->reg[rtl_rows[i].at + k] =
				(u8)(rtl_rows[i].reset >> 8 * k);
	r->reg[RTL_RERID] = r->revision;
	memset(&r->tally, 0, sizeof(r->tally));
	eeprom93_reset(&r->eeprom);
	eeprom_load(r);
	link_show(r);
	soft_reset(r);
	pci_card_reset(&r->card);
}

/* ---- registers ----------------------------------------------------------- */

/* Bits OWN, TABT, TUN and TOK of the four descriptors side by side. */
static u32 tsad(const struct rtl8139 *r)
{
	unsigned int v = 0;

	for (unsigned int i = 0; i < 4; i++) {
		u32 t = rtl_get(r, RTL_TSD + 4 * i);

		v |= t & TSD_OWN ? 0x0001 << i : 0;
		v |= t & TSD_TABT ? 0x0010 << i : 0;
		v |= t & TSD_TUN ? 0x0100 << i : 0;
		v |= t & TSD_TOK ? 0x1000 << i : 0;
	}
	return v;
}

/* Bring the registers that are computed up to date. */
static void refresh(struct rtl8139 *r)
{
	pci_st32(r->reg + RTL_TCTR, timer_count(r));
	pci_st16(r->reg + RTL_TSAD, tsad(r));
	r->reg[RTL_CR] &= (u8)~RTL_CR_BUFE;
	if (rtl8139_c_is_empty(r))
		r->reg[RTL_CR] |= RTL_CR_BUFE;
	r->reg[RTL_9346CR] &= (u8)~EE_DO;
	if (r->eeprom.dout)
		r->reg[RTL_9346CR] |= EE_DO;
}

static int regs_read(struct pci_card *card, u32 off, unsigned int size,
		     u32 *val)
{
	struct rtl8139 *r = (struct rtl8139 *)card;

	*val = 0;
	refresh(r);
	for (unsigned int i = 0; i < size && off + i < RTL_REGS; i++)
		*val |= (u32)r->reg[off + i] << 8 * i;
	return BUS_OK;
}

/* What a write may change of the byte at @at. */
static u8 byte_mask(const struct rtl8139 *r, unsigned int at)
{
	bool is_open = (r->reg[RTL_9346CR] & EEM_MASK) == EEM_UNLOCK;

	if (!is_plus(r) && at >= RTL_TPPOLL)
		return 0;
	for (unsigned int i = 0; i < ARRAY_SIZE(rtl_rows); i++) {
		const struct rtl_row *w = &rtl_rows[i];

		if (at < w->at || at >= w->at + (unsigned int)w->bytes)
			continue;
		if (w->is_config && !is_open)
			return 0;
		if (w->at == RTL_BMCR && !is_open)
			return (u8)(BMCR_RESTART >> 8 * (at - w->at));
		return (u8)(w->wmask >> 8 * (at - w->at));
	}
	return 0;
}

static void cr_wrote(struct rtl8139 *r, u8 old, u8 v)
{
	if (v & RTL_CR_RST) {
		soft_reset(r);
	} else if (v & RTL_CR_RE && !(old & RTL_CR_RE)) {
		pci_st16(r->reg + RTL_CAPR, 0xfff0);
		pci_st16(r->reg + RTL_CBR, 0);
	}
}

static void eecr_wrote(struct rtl8139 *r, u8 v)
{
	bool is_pins = (v & EEM_MASK) == EEM_PINS;

	eeprom93_pins(&r->eeprom, is_pins && v & EE_CS, v & EE_SK, v & EE_DI);
	if ((v & EEM_MASK) == EEM_LOAD) {
		eeprom_load(r);
		r->reg[RTL_9346CR] = 0;
	}
}

static void bmcr_wrote(struct rtl8139 *r, u16 v)
{
	if (v & BMCR_RESET)
		pci_st16(r->reg + RTL_BMCR, 0x3100);
	r->reg[RTL_BMCR + 1] &= (u8)~(BMCR_RESTART >> 8);
}

/* Transmit descriptors of the C; the first two are DTCCR while C+ sends. */
static void tsd_wrote(struct rtl8139 *r, u32 off, unsigned int size, u32 val)
{
	unsigned int i = (off - RTL_TSD) / 4;
	u8 *tsd = r->reg + RTL_TSD + 4 * i;

	if (size != 4 || off & 3)
		return;
	if (r->reg[RTL_CPCR] & RTL_CPCR_TX ||
	    (is_plus(r) && i < 2 && !(r->reg[RTL_CR] & RTL_CR_TE))) {
		pci_st32(tsd, val);
		if (i == 0 && val & DTCCR_DUMP)
			rtl8139_cp_tally(r);
		return;
	}
	if (!(r->reg[RTL_CR] & RTL_CR_TE))
		return;
	pci_st32(tsd, val & 0x003f3fff);
	rtl8139_c_send(r, i);
}

static bool hits(u32 off, unsigned int size, u32 first, unsigned int bytes)
{
	return off < first + bytes && first < off + size;
}

/* What follows from a write; the plain bytes are stored already. */
static void act(struct rtl8139 *r, u32 off, unsigned int size, u32 val,
		u8 old_cr)
{
	/* the value as it lies from a register's first byte on */
#define FROM(reg) (off <= (reg) ? val >> 8 * ((reg) - off) : \
				  val << 8 * (off - (reg)))
	if (hits(off, size, RTL_TSD, 16))
		tsd_wrote(r, off, size, val);
	if (hits(off, size, RTL_TNPDS, 8))
		r->tx_at[0] = 0;
	if (hits(off, size, RTL_THPDS, 8))
		r->tx_at[1] = 0;
	if (hits(off, size, RTL_CR, 1))
		cr_wrote(r, old_cr, (u8)FROM(RTL_CR));
	if (hits(off, size, RTL_ISR, 2))
		pci_st16(r->reg + RTL_ISR,
			 rtl_get16(r, RTL_ISR) & ~FROM(RTL_ISR));
	if (hits(off, size, RTL_IMR, 4))
		line_update(r);
	if (hits(off, size, RTL_TCTR, 4))
		r->timer_from = sched_now(r->dev->env->sched);
	if (hits(off, size, RTL_TCTR, 4) || hits(off, size, RTL_TIMERINT, 4))
		timer_arm(r);
	if (hits(off, size, RTL_MPC, 4))
		pci_st32(r->reg + RTL_MPC, 0);
	if (hits(off, size, RTL_9346CR, 1))
		eecr_wrote(r, (u8)FROM(RTL_9346CR));
	if (hits(off, size, RTL_BMCR, 2))
		bmcr_wrote(r, (u16)FROM(RTL_BMCR));
	if (hits(off, size, RTL_RDSAR, 8))
		r->rx_at = 0;
	if (hits(off, size, RTL_TPPOLL, 1) && is_plus(r)) {
		r->reg[RTL_TPPOLL] |= (u8)FROM(RTL_TPPOLL) & 0xc0;
		rtl8139_cp_poll(r);
	}
#undef FROM
}

static int regs_write(struct pci_card *card, u32 off, unsigned int size,
		      u32 val)
{
	struct rtl8139 *r = (struct rtl8139 *)card;
	u8 old_cr = r->reg[RTL_CR];

	for (unsigned int i = 0; i < size && off + i < RTL_REGS; i++) {
		u8 m = byte_mask(r, off + i), *p = &r->reg[off + i];

		*p = (u8)((*p & ~m) | (val >> 8 * i & m));
	}
	act(r, off, size, val, old_cr);
	return BUS_OK;
}

/* ---- the card ------------------------------------------------------------ */

static void eeprom_fill(struct rtl8139 *r)
{
	static const u16 ids[] = { 0x8129, 0x10ec, 0x8139, 0x10ec, 0x8139 };
	u16 *w = r->eeprom.word;

	memset(w, 0xff, sizeof(r->eeprom.word));
	memcpy(w, ids, sizeof(ids));
	for (unsigned int i = 0; i < 3; i++)
		w[7 + i] = pci_ld16(r->mac + 2 * i);
}

static bool rtl8139_net_receive(void *opaque, const u8 *frame, size_t bytes)
{
	struct rtl8139 *r = opaque;

	return !r->is_cable_up || rtl8139_receive(r, frame, bytes);
}

static void rtl8139_net_link(void *opaque, bool is_up)
{
	struct rtl8139 *r = opaque;

	if (r->is_cable_up == is_up)
		return;
	r->is_cable_up = is_up;
	link_show(r);
	rtl8139_event(r, RTL_ISR_LINK);
}

static const struct net_dev_ops rtl8139_net_ops = {
	.receive = rtl8139_net_receive,
	.link = rtl8139_net_link,
};

static int rtl8139_probe(struct dev *dev, const struct dev_node *node,
			 struct errmsg *msg)
{
	struct rtl8139 *r = dev->priv;
	unsigned int index = dev_prop_u32(node, "culm,index", dev->index);
	struct pci_ids ids = {
		.vendor = 0x10ec, .device = 0x8139, .subvendor = 0x10ec,
		.subdevice = 0x8139, .class = 0x020000,
	};
	struct pci_bar bar = {
		.bytes = BAR_BYTES, .read = regs_read, .write = regs_write,
	};

	r->dev = dev;
	r->revision = (u8)dev_prop_u32(node, "revision-id", REVISION_CP);
	ids.revision = r->revision;
	nic_crc_init(&r->crc);
	nic_mac(node, NET_MAC_CARD, index, r->mac);
	eeprom_fill(r);
	r->timer = (struct sched_event){
		.fire = timer_fire, .opaque = r, .name = "rtl8139 timer",
	};
	r->go_on = (struct sched_event){
		.fire = go_on_fire, .opaque = r, .name = "rtl8139 tx",
	};
	r->net = env_net(dev->env, index);
	r->is_cable_up = r->net != NULL;
	pci_card_init(&r->card, dev, &ids);
	r->card.bar[1] = bar;
	bar.is_io = true;
	r->card.bar[0] = bar;
	if (r->net) {
		r->net->dev_opaque = r;
		r->net->dev = &rtl8139_net_ops;
	}
	return pci_card_add(&r->card, node, msg);
}

static void rtl8139_remove(struct dev *dev)
{
	struct rtl8139 *r = dev->priv;

	sched_cancel(dev->env->sched, &r->timer);
	sched_cancel(dev->env->sched, &r->go_on);
}

static const char *const rtl8139_compatible[] = { "pci10ec,8139", NULL };

const struct dev_class rtl8139_class = {
	.name = "rtl8139",
	.desc = "Realtek 8139C+ Ethernet card",
	.compatible = rtl8139_compatible,
	.priv_size = sizeof(struct rtl8139),
	.probe = rtl8139_probe,
	.reset = rtl8139_reset,
	.remove = rtl8139_remove,
	.node_clk = CLK_COUNT,
};
