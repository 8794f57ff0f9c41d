/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/e1000_tx.c - the transmitter of an 82540EM.
 *
 * Owns the transmit ring, checksum insertion, TCP segmentation and VLAN tags.
 * Must not know the host: frames leave through struct net.
 *
 * Work of one activation is bounded by BUDGET; what is left goes on by an
 * event, so that a ring that runs in circles costs simulated time like any
 * other traffic.
 *
 * Legacy descriptor: address 8 | length 2 | CSO 1 | CMD 1 | STA 1 | CSS 1 |
 * special 2.  Data: address 8 | length 20 bits, type 4, DCMD 8 | STA 1 |
 * POPTS 1 | special 2.  Context: IPCSS 1 | IPCSO 1 | IPCSE 2 | TUCSS 1 |
 * TUCSO 1 | TUCSE 2 | PAYLEN 20 bits, type 4, TUCMD 8 | STA 1 | HDRLEN 1 |
 * MSS 2.
 */
#include "soc/dev/e1000.h"

#include "base/bits.h"

#define TCTL_EN		0x2u
#define TCTL_PSP	0x8u		/* pad short packets */
#define RCTL_LBM	0xc0u		/* loopback */

#define CMD_EOP		0x01u
#define CMD_IFCS	0x02u
#define CMD_IC		0x04u		/* legacy: insert checksum */
#define CMD_TSE		0x04u		/* else: segment */
#define CMD_RS		0x08u
#define CMD_RPS		0x10u
#define CMD_DEXT	0x20u
#define CMD_VLE		0x40u
#define TUCMD_TCP	0x01u
#define TUCMD_IP	0x02u
#define POPTS_IXSM	0x01u
#define POPTS_TXSM	0x02u
#define STA_DD		0x01u

#define DESC_BYTES	16
#define BUDGET		256u		/* descriptors and segments */
#define PAUSE_CYCLES	20000
#define CHUNK		1024u		/* bytes that one DMA asks for */
#define TCP_FIN_PSH	0x09u

/* Ones' complement over [css, cse], cse 0 meaning the end, stored at cso. */
static void insert_sum(u8 *frame, u32 bytes, u32 css, u32 cso, u32 cse,
		       bool is_zero_ffff)
{
	u32 end = cse && cse < bytes ? cse + 1 : bytes;
	u16 sum;

	if (css >= end || cso + 2 > bytes)
		return;
	sum = (u16)~nic_fold(nic_sum(frame + css, end - css));
	if (!sum && is_zero_ffff)
		sum = 0xffff;
	stb16(frame + cso, sum);
}

static void sums(struct e1000_tx *t, const struct e1000_context *c)
{
	if (t->popts & POPTS_TXSM)
		insert_sum(t->frame, t->bytes, c->tucss, c->tucso, c->tucse,
			   !c->is_tcp);
	if (t->popts & POPTS_IXSM)
		insert_sum(t->frame, t->bytes, c->ipcss, c->ipcso, c->ipcse,
			   false);
}

static void count(struct e1000 *e, const u8 *frame, u32 bytes)
{
	u32 n = bytes + NIC_FCS;
	bool is_broadcast = pci_ld32(frame) == 0xffffffff &&
			    pci_ld16(frame + 4) == 0xffff;

	e1000_count(e, STAT_PTC64 + e1000_size_class(n), 1);
	e1000_count(e, STAT_GPTC, 1);
	e1000_count(e, STAT_TPT, 1);
	e1000_count64(e, STAT_GOTC, n);
	e1000_count64(e, STAT_TOT, n);
	if (is_broadcast)
		e1000_count(e, STAT_BPTC, 1);
	else if (frame[0] & 1)
		e1000_count(e, STAT_MPTC, 1);
}

/* The frame is complete: tag, pad, send. */
static void frame_send(struct e1000 *e, bool has_fcs)
{
	struct e1000_tx *t = &e->tx;
	u32 n = t->bytes;

	if (has_fcs && n >= NIC_FCS)	/* the cable makes its own */
		n -= NIC_FCS;
	if (t->is_too_long || n < 14 || n > NET_FRAME_MAX - 4)
		return;
	if (t->has_tag && e->ctrl & E1000_CTRL_VME) {
		memmove(t->frame + 16, t->frame + 12, n - 12);
		stb16(t->frame + 12, e->vet & 0xffff);
		stb16(t->frame + 14, t->tag);
		n += 4;
	}
	if (n < NIC_FRAME_MIN && e->tctl & TCTL_PSP) {
		memset(t->frame + n, 0, NIC_FRAME_MIN - n);
		n = NIC_FRAME_MIN;
	}
	count(e, t->frame, n);
	if (e->rctl & RCTL_LBM || e->phy[0] & 0x4000)
		(void)e1000_receive(e, t->frame, n);
	else if (e1000_has_link(e))
		net_send(e->net, t->frame, n);
}

/* [8254x] 3.5.7: what differs from segment to segment. */
static void segment_fix(struct e1000_tx *t, const struct e1000_context *c,
			bool is_last)
{
	u8 *f = t->frame;
	u32 n = t->bytes, l4 = n - c->tucss, at;

	if (c->is_ip && c->ipcss + 6u <= n) {
		stb16(f + c->ipcss + 2, n - c->ipcss);
		stb16(f + c->ipcss + 4,
		      (ldb16(f + c->ipcss + 4) + t->segments) & 0xffff);
	} else if (!c->is_ip && c->ipcss + 40u <= n) {
		stb16(f + c->ipcss + 4, (n - c->ipcss - 40) & 0xffff);
	}
	if (c->tucss + 14u > n)
		return;
	if (c->is_tcp) {
		at = c->tucss + 4u;
		stb32(f + at, ldb32(f + at) + t->segments * c->mss);
		if (!is_last)
			f[c->tucss + 13] &= (u8)~TCP_FIN_PSH;
	} else {
		stb16(f + c->tucss + 4, l4 & 0xffff);
	}
	/* software gave the pseudo header without the length */
	if (t->popts & POPTS_TXSM && c->tucso + 2u <= n)
		stb16(f + c->tucso,
		      nic_fold((u64)ldb16(f + c->tucso) + l4));
}

static void segment_send(struct e1000 *e, bool is_last)
{
	struct e1000_tx *t = &e->tx;
	const struct e1000_context *c = &t->segment;

	if (!t->segments)
		memcpy(t->head, t->frame, c->hdrlen);
	segment_fix(t, c, is_last);
	sums(t, c);
	frame_send(e, false);
	t->segments++;
	memcpy(t->frame, t->head, c->hdrlen);
	t->bytes = c->hdrlen;
}

/* A segment is full only when more follows: the last one has FIN and PSH. */
static void append(struct e1000 *e, u64 addr, u32 bytes)
{
	struct e1000_tx *t = &e->tx;
	u32 limit = NET_FRAME_MAX, n;

	if (t->is_tso)
		limit = (u32)t->segment.hdrlen + t->segment.mss;
	if (limit > NET_FRAME_MAX) {
		t->is_too_long = true;
		return;
	}
	while (bytes && !t->is_too_long) {
		if (t->bytes == limit && t->is_tso)
			segment_send(e, false);
		else if (t->bytes == limit)
			t->is_too_long = true;
		n = limit - t->bytes;
		n = n > bytes ? bytes : n;
		n = n > CHUNK ? CHUNK : n;
		if (pci_dma_read(&e->card, addr, t->frame + t->bytes, n))
			t->is_too_long = true;	/* half a packet is none */
		t->bytes += n;
		addr += n;
		bytes -= n;
	}
}

static void packet_begin(struct e1000_tx *t, bool is_tso)
{
	t->is_open = true;
	t->bytes = 0;
	t->segments = 0;
	t->is_too_long = false;
	/* a segment that adds less than this is not worth its header */
	t->is_tso = is_tso && t->segment.mss >= 16 && t->segment.hdrlen;
	t->is_too_long = is_tso && !t->is_tso;
	t->has_tag = false;
	t->popts = 0;
}

static void legacy_desc(struct e1000 *e, const u8 *d)
{
	struct e1000_tx *t = &e->tx;
	u8 cmd = d[11];

	if (!t->is_open)
		packet_begin(t, false);
	if (cmd & CMD_VLE) {
		t->has_tag = true;
		t->tag = pci_ld16(d + 14);
	}
	append(e, pci_ld64(d), pci_ld16(d + 8));
	if (!(cmd & CMD_EOP))
		return;
	if (cmd & CMD_IC)
		insert_sum(t->frame, t->bytes, d[13], d[10], 0, false);
	frame_send(e, !(cmd & CMD_IFCS));
	t->is_open = false;
}

static void data_desc(struct e1000 *e, const u8 *d)
{
	struct e1000_tx *t = &e->tx;
	u8 cmd = d[11];

	if (!t->is_open) {
		packet_begin(t, cmd & CMD_TSE);
		t->popts = d[13];
	}
	if (cmd & CMD_VLE) {
		t->has_tag = true;
		t->tag = pci_ld16(d + 14);
	}
	append(e, pci_ld64(d), pci_ld32(d + 8) & 0xfffff);
	if (!(cmd & CMD_EOP))
		return;
	if (t->is_tso && t->bytes >= t->segment.hdrlen) {
		segment_send(e, true);
		e1000_count(e, STAT_TSCTC, 1);
	} else if (!t->is_tso) {
		sums(t, &t->sum);
		frame_send(e, !(cmd & CMD_IFCS));
	}
	t->is_open = false;
}

static void context_desc(struct e1000_tx *t, const u8 *d)
{
	struct e1000_context *c = d[11] & CMD_TSE ? &t->segment : &t->sum;

	if (t->is_open && t->is_tso && c == &t->segment)
		return;			/* not in the middle of its use */
	c->ipcss = d[0];
	c->ipcso = d[1];
	c->ipcse = pci_ld16(d + 2);
	c->tucss = d[4];
	c->tucso = d[5];
	c->tucse = pci_ld16(d + 6);
	c->is_tcp = d[11] & TUCMD_TCP;
	c->is_ip = d[11] & TUCMD_IP;
	c->hdrlen = d[13];
	c->mss = pci_ld16(d + 14);
}

/* One descriptor; the causes that it sets. */
static u32 desc_run(struct e1000 *e)
{
	u64 at = e1000_desc(&e->txr, e->txr.head);
	u8 d[DESC_BYTES], done;

	if (pci_dma_read(&e->card, at, d, DESC_BYTES))
		return 0;
	if (!(d[11] & CMD_DEXT))
		legacy_desc(e, d);
	else if ((d[10] >> 4 & 15) == 1)
		data_desc(e, d);
	else if ((d[10] >> 4 & 15) == 0)
		context_desc(&e->tx, d);
	if (!(d[11] & (CMD_RS | CMD_RPS)))
		return 0;
	done = d[12] | STA_DD;
	(void)pci_dma_write(&e->card, at + 12, &done, 1);
	return E1000_ICR_TXDW;
}

/**
 * e1000_tx_kick - send what the ring holds
 * @e: card
 *
 * Context: after a write to TDT or TCTL, or the event; at most BUDGET
 *          descriptors, or one that is cut into more segments.
 * Source:  [8254x] 3.3, 3.4.
 */
void e1000_tx_kick(struct e1000 *e)
{
	u32 n = e->txr.len / DESC_BYTES, causes = 0, work = 0, before;

	if (!(e->tctl & TCTL_EN) || e->txr.head >= n || e->txr.tail >= n ||
	    e->txr.head == e->txr.tail)
		return;
	while (e->txr.head != e->txr.tail && work < BUDGET) {
		before = e->tx.segments;
		causes |= desc_run(e);
		work += 1 + (e->tx.segments > before ?
			     e->tx.segments - before : 0);
		e->txr.head = (e->txr.head + 1) % n;
	}
	if (e->txr.head == e->txr.tail)
		causes |= E1000_ICR_TXQE;
	else if (!sched_is_armed(&e->tx.go_on))
		sched_at(e->dev->env->sched, &e->tx.go_on,
			 sched_now(e->dev->env->sched) + PAUSE_CYCLES);
	e1000_cause(e, causes);
}

static void go_on_fire(void *opaque, cycle_t late)
{
	(void)late;
	e1000_tx_kick(opaque);
}

/**
 * e1000_tx_reset - forget packet, contexts and pending work
 * @e: card
 */
void e1000_tx_reset(struct e1000 *e)
{
	sched_cancel(e->dev->env->sched, &e->tx.go_on);
	memset(&e->tx, 0, sizeof(e->tx));
	e->tx.go_on.fire = go_on_fire;
	e->tx.go_on.opaque = e;
	e->tx.go_on.name = "e1000 tx";
}
