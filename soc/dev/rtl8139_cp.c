/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/rtl8139_cp.c - what the C+ added to the 8139: descriptor rings,
 * checksums, VLAN tags, large sends and the tally in memory.
 *
 * Descriptor: opts1 4 | opts2 4 | address 8.
 * opts1: OWN 31 | EOR 30 | FS 29 | LS 28 | to send: LGSEN 27, MSS 26..16 or
 *        IPCS 18, UDPCS 17, TCPCS 16, size 15..0 | received: see below.
 *
 * One activation looks at BUDGET descriptors and segments, or finishes one
 * large send; an event goes on with the rest, so that rings without an end cost simulated time.
 */
#include "soc/dev/rtl8139.h"

#include "base/bits.h"

#define OWN		0x80000000u
#define EOR		0x40000000u
#define FS		0x20000000u
#define LS		0x10000000u
#define TX_LGSEN	0x08000000u
#define TX_IPCS		0x00040000u
#define TX_UDPCS	0x00020000u
#define TX_TCPCS	0x00010000u
#define TX_TAGC		0x00020000u	/* opts2 */
#define TX_STATUS	0x0fff0000u	/* sent: errors and collisions */
#define RX_MAR		0x04000000u
#define RX_PAM		0x02000000u
#define RX_BAR		0x01000000u
#define RX_TCP		0x00010000u	/* protocol ID 1, */
#define RX_UDP		0x00020000u	/* 2, */
#define RX_IP		0x00030000u	/* 3 */
#define RX_IPF		0x00008000u
#define RX_UDPF		0x00004000u
#define RX_TCPF		0x00002000u
#define RX_TAVA		0x00010000u	/* opts2 */
#define RX_ROOM		0x1fffu
#define POLL_HIGH	0x80u
#define POLL_NORMAL	0x40u

#define RING_MAX	64u
#define DESC_BYTES	16
#define BUDGET		128u
#define PAUSE_CYCLES	20000
#define TCP_FIN_PSH	0x09u

static u64 ring_at(const struct rtl8139 *r, unsigned int base, u32 i)
{
	return pci_ld64(r->reg + base) + (u64)i * DESC_BYTES;
}

static u32 next(u32 i, u32 opts1)
{
	return opts1 & EOR || i + 1 >= RING_MAX ? 0 : i + 1;
}

static void ip_sum(u8 *f, const struct nic_ip *ip)
{
	stb16(f + ip->ip + 10, 0);
	stb16(f + ip->ip + 10,
	      (u16)~nic_fold(nic_sum(f + ip->ip, ip->ip_bytes)));
}

static void l4_sum(u8 *f, const struct nic_ip *ip)
{
	u32 at = ip->l4 + (ip->is_tcp ? 16 : 6);
	u16 sum;

	stb16(f + at, 0);
	sum = (u16)~nic_fold(nic_pseudo_sum(f, ip) +
			     nic_sum(f + ip->l4, ip->l4_bytes));
	stb16(f + at, sum || ip->is_tcp ? sum : 0xffff);
}

/* [8139C+] 4.3: the card cuts a TCP packet to pieces of @mss bytes. */
static void large_send(struct rtl8139 *r, const struct nic_ip *ip, u32 mss)
{
	u8 *f = r->segment;
	u32 head = ip->l4 + 4u * (r->tx[ip->l4 + 12] >> 4);
	u32 end = ip->l4 + ip->l4_bytes, seq = ldb32(r->tx + ip->l4 + 4);
	u32 id = ldb16(r->tx + ip->ip + 4), n;
	struct nic_ip one = *ip;

	if (mss < 16 || head < ip->l4 + 20 || head > end ||
	    head + mss > NET_FRAME_MAX)
		return;
	for (u32 at = head; at < end; at += n) {
		n = end - at < mss ? end - at : mss;
		memcpy(f, r->tx, head);
		memcpy(f + head, r->tx + at, n);
		one.l4_bytes = head - ip->l4 + n;
		stb16(f + ip->ip + 2, ip->ip_bytes + one.l4_bytes);
		stb16(f + ip->ip + 4, id++ & 0xffff);
		stb32(f + ip->l4 + 4, seq + (at - head));
		if (at + n < end)
			f[ip->l4 + 13] &= (u8)~TCP_FIN_PSH;
		ip_sum(f, &one);
		l4_sum(f, &one);
		rtl8139_send(r, f, head + n);
		r->work++;
	}
}

/* Tag, checksums, send; @opts of the last descriptor. */
static void frame_send(struct rtl8139 *r, u32 opts1, u32 opts2)
{
	struct nic_ip ip;
	bool is_ip;

	if (r->is_tx_bad || r->tx_bytes < 14)
		return;
	if (opts2 & TX_TAGC && r->tx_bytes + 4 <= RTL_TX_MAX) {
		memmove(r->tx + 16, r->tx + 12, r->tx_bytes - 12);
		stb16(r->tx + 12, 0x8100);
		pci_st16(r->tx + 14, opts2);	/* it comes swapped */
		r->tx_bytes += 4;
	}
	is_ip = nic_ip_find(r->tx, r->tx_bytes, &ip);
	if (opts1 & TX_LGSEN) {
		if (is_ip && ip.is_tcp)
			large_send(r, &ip, opts1 >> 16 & 0x7ff);
		return;
	}
	if (is_ip && opts1 & TX_IPCS)
		ip_sum(r->tx, &ip);
	if (is_ip && ((opts1 & TX_TCPCS && ip.is_tcp) ||
		      (opts1 & TX_UDPCS && ip.is_udp)))
		l4_sum(r->tx, &ip);
	if (r->tx_bytes <= NET_FRAME_MAX)
		rtl8139_send(r, r->tx, r->tx_bytes);
}

/* One descriptor of ring @k (1: high priority); false when it is not ours. */
static bool send_one(struct rtl8139 *r, unsigned int k)
{
	u64 at = ring_at(r, k ? RTL_THPDS : RTL_TNPDS, r->tx_at[k]);
	u32 opts1, n;
	u8 d[DESC_BYTES];

	if (pci_dma_read(&r->card, at, d, DESC_BYTES)) {
		rtl8139_event(r, RTL_ISR_SERR);
		return false;
	}
	opts1 = pci_ld32(d);
	if (!(opts1 & OWN))
		return false;
	n = opts1 & 0xffff;
	if (opts1 & FS) {
		r->tx_bytes = 0;
		r->is_tx_bad = false;
	}
	if (n > RTL_TX_MAX - r->tx_bytes ||
	    pci_dma_read(&r->card, pci_ld64(d + 8), r->tx + r->tx_bytes, n))
		r->is_tx_bad = true;
	else
		r->tx_bytes += n;
	if (opts1 & LS) {
		frame_send(r, opts1, pci_ld32(d + 4));
		r->tx_bytes = 0;
		rtl8139_event(r, RTL_ISR_TOK);
	}
	pci_st32(d, opts1 & ~(OWN | TX_STATUS));
	(void)pci_dma_write(&r->card, at, d, 4);
	r->tx_at[k] = next(r->tx_at[k], opts1);
	return true;
}

/**
 * rtl8139_cp_poll - send what the rings hold that TPPoll names
 * @r: card
 *
 * Context: after a write to TPPoll, and the event.
 * Source:  [8139C+] 4.2, 6.11.
 */
void rtl8139_cp_poll(struct rtl8139 *r)
{
	u8 *poll = &r->reg[RTL_TPPOLL];

	if (!(r->reg[RTL_CPCR] & RTL_CPCR_TX) || !(r->reg[RTL_CR] & RTL_CR_TE))
		return;
	r->work = 0;
	while (*poll & (POLL_HIGH | POLL_NORMAL)) {
		unsigned int k = *poll & POLL_HIGH ? 1 : 0;

		if (r->work++ >= BUDGET) {
			sched_at(r->dev->env->sched, &r->go_on,
				 sched_now(r->dev->env->sched) + PAUSE_CYCLES);
			return;
		}
		if (!send_one(r, k)) {
			*poll &= (u8)~(k ? POLL_HIGH : POLL_NORMAL);
			rtl8139_event(r, RTL_ISR_TDU);
		}
	}
}

static u32 rx_checks(const u8 *f, u32 bytes)
{
	struct nic_ip ip;
	u32 opts = 0;
	bool is_bad;

	if (!nic_ip_find(f, bytes, &ip))
		return 0;
	if (nic_fold(nic_sum(f + ip.ip, ip.ip_bytes)) != 0xffff)
		opts |= RX_IPF;
	if (!ip.l4_bytes)
		return opts | RX_IP;
	is_bad = nic_fold(nic_pseudo_sum(f, &ip) +
			  nic_sum(f + ip.l4, ip.l4_bytes)) != 0xffff;
	if (ip.is_tcp)
		return opts | RX_TCP | (is_bad ? RX_TCPF : 0);
	if (!ldb16(f + ip.l4 + 6))		/* UDP without */
		is_bad = false;
	return opts | RX_UDP | (is_bad ? RX_UDPF : 0);
}

/**
 * rtl8139_cp_receive - a frame for the descriptor ring
 * @r:     card
 * @frame: at least 60 bytes, the FCS in place
 * @bytes: FCS included
 * @kind:  what its address is
 *
 * A frame that is larger than one buffer is lost: no driver gives such.
 *
 * Returns: false when the next descriptor is not the card's.
 * Source:  [8139C+] 4.4.
 */
bool rtl8139_cp_receive(struct rtl8139 *r, const u8 *frame, u32 bytes,
			enum rtl8139_kind kind)
{
	static const u32 status[] = { RX_PAM, RX_MAR, RX_BAR };
	u64 at = ring_at(r, RTL_RDSAR, r->rx_at), to;
	u8 d[DESC_BYTES], copy[NET_FRAME_MAX + NIC_FCS + NIC_FRAME_MIN];
	u32 opts1, opts2 = 0, old;

	if (pci_dma_read(&r->card, at, d, DESC_BYTES)) {
		rtl8139_event(r, RTL_ISR_SERR);
		rtl8139_missed(r);
		return true;
	}
	old = pci_ld32(d);
	to = pci_ld64(d + 8);
	if (!(old & OWN))
		return false;
	memcpy(copy, frame, bytes);
	opts1 = FS | LS | status[kind];
	if (r->reg[RTL_CPCR] & RTL_CPCR_SUM)
		opts1 |= rx_checks(frame, bytes - NIC_FCS);
	if (r->reg[RTL_CPCR] & RTL_CPCR_VLAN && ldb16(copy + 12) == 0x8100) {
		opts2 = RX_TAVA | pci_ld16(copy + 14);
		memmove(copy + 12, copy + 16, bytes - 16);
		bytes -= 4;
	}
	if (bytes > (old & RX_ROOM)) {
		rtl8139_missed(r);
		return true;
	}
	if (pci_dma_write(&r->card, to, copy, bytes))
		rtl8139_event(r, RTL_ISR_SERR);
	pci_st32(d, (old & EOR) | opts1 | bytes);
	pci_st32(d + 4, opts2);
	(void)pci_dma_write(&r->card, at, d, 8);
	r->rx_at = next(r->rx_at, old);
	rtl8139_event(r, RTL_ISR_ROK);
	return true;
}

/**
 * rtl8139_cp_tally - write the counters where DTCCR says
 * @r: card
 *
 * Source: [8139C+] 6.4.
 */
void rtl8139_cp_tally(struct rtl8139 *r)
{
	const struct rtl8139_tally *t = &r->tally;
	u8 d[64] = { 0 };

	pci_st32(d, (u32)t->tx_ok);
	pci_st32(d + 4, (u32)(t->tx_ok >> 32));
	pci_st32(d + 8, (u32)t->rx_ok);
	pci_st32(d + 12, (u32)(t->rx_ok >> 32));
	pci_st16(d + 28, rtl_get(r, RTL_MPC));
	pci_st32(d + 40, (u32)t->rx_unicast);
	pci_st32(d + 44, (u32)(t->rx_unicast >> 32));
	pci_st32(d + 48, (u32)t->rx_broadcast);
	pci_st32(d + 52, (u32)(t->rx_broadcast >> 32));
	pci_st32(d + 56, t->rx_multicast);
	if (pci_dma_write(&r->card, pci_ld64(r->reg + RTL_DTCCR) & ~63ull, d,
			  sizeof(d)))
		rtl8139_event(r, RTL_ISR_SERR);
	r->reg[RTL_DTCCR] &= (u8)~0x08u;
}
