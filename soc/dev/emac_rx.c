/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/emac_rx.c - the receiver of an EMAC.
 *
 * Owns the receive queue, address filters, checks of length and FCS, pause
 * frames and wake-up.  Must not know the rings (mal.c does) nor the host.
 *
 * The queue is the FIFO and, before it, what the cable holds back: frames come
 * from it at the cable's pace, some in one event.  When MAL has no descriptor
 * the frame stays where it is until software turns the channel on again, and
 * the host is told that there is no room: nothing is lost.
 *
 * Record of the queue:	u16 length | u16 RXQ_* flags | bytes
 */
#include "soc/dev/emac.h"

#include "base/bits.h"
#include "soc/dev/phy.h"

#define RMR_SP		0x80000000u	/* strip padding */
#define RMR_SFCS	0x40000000u	/* strip FCS */
#define RMR_RRP		0x20000000u	/* receive runts, */
#define RMR_RFP		0x10000000u	/* bad FCS, */
#define RMR_ROP		0x08000000u	/* oversize, */
#define RMR_RPIR	0x04000000u	/* in-range errors, */
#define RMR_PPP		0x02000000u	/* pause frames */
#define RMR_PME		0x01000000u
#define RMR_PMME	0x00800000u
#define RMR_IAE		0x00400000u
#define RMR_MIAE	0x00200000u
#define RMR_BAE		0x00100000u
#define RMR_MAE		0x00080000u

#define ST_OE		0x0200u
#define ST_PP		0x0100u
#define ST_RP		0x0040u
#define ST_BFCS		0x0008u
#define ST_PTL		0x0004u
#define ST_ORE		0x0002u
#define ST_IRE		0x0001u

#define RXQ_HEADER	4
#define RXQ_BAD		1u		/* FCS is wrong */
#define TYPE_PAUSE	0x8808
#define LEN_MAX		1500		/* of the length field */
#define TYPE_MIN	1536

static void rxq_copy_in(struct emac *e, u32 at, const u8 *src, u32 n)
{
	u32 pos = at % RXQ_BYTES;
	u32 part = n < RXQ_BYTES - pos ? n : RXQ_BYTES - pos;

	memcpy(e->rxq + pos, src, part);
	memcpy(e->rxq, src + part, n - part);
}

static void rxq_copy_out(const struct emac *e, u32 at, u8 *dst, u32 n)
{
	u32 pos = at % RXQ_BYTES;
	u32 part = n < RXQ_BYTES - pos ? n : RXQ_BYTES - pos;

	memcpy(dst, e->rxq + pos, part);
	memcpy(dst + part, e->rxq, n - part);
}

/* Length and flags of the oldest frame. */
static u32 rxq_peek(const struct emac *e, u32 *flags)
{
	u8 h[RXQ_HEADER];

	rxq_copy_out(e, e->rxq_head, h, sizeof(h));
	*flags = ldb16(h + 2);
	return ldb16(h);
}

static void rxq_drop(struct emac *e, u32 bytes)
{
	e->rxq_head = (e->rxq_head + RXQ_HEADER + bytes) % RXQ_BYTES;
	e->rxq_used -= RXQ_HEADER + bytes;
	e->is_again = false;
}

/**
 * emac_rx_push - a frame arrives at the receiver
 * @e:      EMAC
 * @frame:  bytes without FCS
 * @bytes:  1 to NET_FRAME_MAX
 * @is_bad: its FCS was wrong
 *
 * Returns: false when the queue has no room.
 */
bool emac_rx_push(struct emac *e, const u8 *frame, u32 bytes, bool is_bad)
{
	u32 room = e->fifo_bytes + RXQ_CABLE;
	u8 h[RXQ_HEADER];

	if (!e->has_rx)
		return true;
	if (e->rxq_used + RXQ_HEADER + bytes > room)
		return false;
	stb16(h, bytes);
	stb16(h + 2, is_bad ? RXQ_BAD : 0);
	rxq_copy_in(e, e->rxq_head + e->rxq_used, h, sizeof(h));
	rxq_copy_in(e, e->rxq_head + e->rxq_used + RXQ_HEADER, frame, bytes);
	e->rxq_used += RXQ_HEADER + bytes;
	emac_rx_kick(e);
	return true;
}

/**
 * emac_rx_kick - go on to receive if there is something and it can be taken
 * @e: EMAC; its event is armed when the oldest frame has arrived
 */
void emac_rx_kick(struct emac *e)
{
	struct sched *s = e->dev->env->sched;
	cycle_t when;
	u32 flags;

	if (!e->rxq_used || !(e->mr0 & MR0_RXE) || e->is_starved ||
	    sched_is_armed(&e->rx_event))
		return;
	when = sched_now(s) + emac_wire_cycles(e, rxq_peek(e, &flags));
	sched_at(s, &e->rx_event, when < e->rx_free ? e->rx_free : when);
}

/**
 * emac_rx_reset - forget what has arrived
 * @e: EMAC
 */
void emac_rx_reset(struct emac *e)
{
	sched_cancel(e->dev->env->sched, &e->rx_event);
	e->rxq_head = 0;
	e->rxq_used = 0;
	e->is_starved = false;
	e->is_again = false;
	e->has_paused = false;
	e->rx_free = 0;
	irq_set(&e->dev->irq[1], false);
}

/**
 * emac_rx_changed - software turned the receive channel on or off
 * @opaque: EMAC
 * @is_on:  the channel was turned on
 */
void emac_rx_changed(void *opaque, bool is_on)
{
	struct emac *e = opaque;

	e->is_starved = false;
	if (is_on)
		emac_rx_kick(e);
}

/* The six upper bits of the address's FCS select one of 64 [405GP UM 19.6.3]. */
static bool hash_match(const u32 table[4], const u8 *mac)
{
	u32 crc = emac_crc(mac, 6), slot = 0;

	for (unsigned int i = 0; i < 6; i++)
		slot |= (crc >> i & 1) << (5 - i);
	return table[slot >> 4] & 0x8000u >> (slot & 15);
}

static bool address_match(const struct emac *e, const u8 *da)
{
	static const u8 all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	u8 own[6];

	if (e->rmr & RMR_PME)
		return true;
	if (!(da[0] & 1)) {
		emac_address(e, own);
		if (e->rmr & RMR_IAE && !memcmp(da, own, 6))
			return true;
		return e->rmr & RMR_MIAE && hash_match(e->iaht, da);
	}
	if (e->rmr & RMR_PMME)
		return true;
	if (!memcmp(da, all, 6))
		return e->rmr & RMR_BAE;
	return e->rmr & RMR_MAE && hash_match(e->gaht, da);
}

/* Magic packet: six ones octets, then our address 16 times [405GP UM 19.4.5]. */
static bool is_magic(const struct emac *e, const u8 *frame, u32 bytes)
{
	u8 want[6 + 16 * 6];

	memset(want, 0xff, 6);
	for (unsigned int i = 0; i < 16; i++)
		emac_address(e, want + 6 + 6 * i);
	for (u32 at = 12; at + sizeof(want) <= bytes; at++)
		if (frame[at] == 0xff &&
		    !memcmp(frame + at, want, sizeof(want)))
			return true;
	return false;
}

static bool is_tagged(const struct emac *e, const u8 *frame, u32 bytes)
{
	return e->mr1 & MR1_VLE && bytes >= 18 &&
	       ldb16(frame + 12) == (e->vtpid & 0xffff);
}

/* Errors of length and FCS; *@bytes is cut to the longest that MAL gets. */
static u32 rx_check(const struct emac *e, const u8 *frame, u32 *bytes,
		    u32 flags)
{
	u32 tag = is_tagged(e, frame, *bytes) ? VLAN_BYTES : 0;
	u32 max = e->mr1 & MR1_JUMBO ? FRAME_JUMBO : FRAME_MAX;
	u32 status = flags & RXQ_BAD ? ST_BFCS : 0;
	u32 field, data;

	if (*bytes < FRAME_MIN)
		return status | ST_RP;
	field = ldb16(frame + 12 + tag);
	data = *bytes - 14 - tag;
	if (*bytes > max + tag) {
		*bytes = max + tag;
		status |= ST_PTL;
	}
	if (field > LEN_MAX && field < TYPE_MIN)
		status |= ST_ORE;
	if (field <= LEN_MAX && data != field &&
	    !(field < 46 - tag && data == 46 - tag))
		status |= ST_IRE;
	return status;
}

static bool is_unwanted(const struct emac *e, u32 status)
{
	return (status & ST_RP && !(e->rmr & RMR_RRP)) ||
	       (status & ST_BFCS && !(e->rmr & RMR_RFP)) ||
	       (status & ST_PTL && !(e->rmr & RMR_ROP)) ||
	       (status & ST_IRE && !(e->rmr & RMR_RPIR)) ||
	       (status & ST_PP && !(e->rmr & RMR_PPP));
}

static bool is_pause(const u8 *frame, u32 bytes)
{
	return bytes >= FRAME_MIN && ldb16(frame + 12) == TYPE_PAUSE &&
	       ldb16(frame + 14) == 1;
}

/* The last frame decides, whatever is left of an earlier pause. */
static void rx_pause(struct emac *e, u32 quanta)
{
	const struct dev_env *env = e->dev->env;
	u64 bit_ns = e->mr1 & MR1_MF_100 ? 10 : 100;

	e->paused_until = sched_now(env->sched) +
			  clk_ns_to_cycles(env->clk, quanta * 512 * bit_ns);
	sched_cancel(env->sched, &e->tx_event);
	emac_tx_kick(e);
}

/* Padding goes with the FCS behind it; returns the bytes for MAL. */
static u32 rx_finish(const struct emac *e, u8 *frame, u32 bytes, u32 status)
{
	u32 tag = is_tagged(e, frame, bytes) ? VLAN_BYTES : 0;
	u32 field = bytes >= FRAME_MIN ? ldb16(frame + 12 + tag) : TYPE_MIN;
	u32 crc;

	if (e->rmr & RMR_SP && field < 46 - tag && !(status & ST_IRE))
		return 14 + tag + field;
	if (e->rmr & RMR_SFCS)
		return bytes;
	crc = emac_crc(frame, bytes);
	stb32(frame + bytes, __builtin_bswap32(status & ST_BFCS ? ~crc : crc));
	return bytes + FCS_BYTES;
}

static void rx_note(struct emac *e, u32 status)
{
	if (status && !e->is_again) {
		e->isr |= ISR_RX(status);
		emac_irq(e);
	}
}

/* Our own pause frames, as the FIFO fills and empties [405GP UM 19.5.3]. */
static void rx_flow(struct emac *e, bool is_stuck)
{
	u32 level = e->rxq_used < e->fifo_bytes ? e->rxq_used : e->fifo_bytes;
	u32 high = e->rwmr >> 7 & 0x1ff, low = e->rwmr >> 23;

	if (!(e->mr1 & MR1_EIFC) || !(e->mr1 & MR1_FDE))
		return;
	if (is_stuck && !e->has_paused && level >= 16 * high) {
		e->has_paused = true;
		emac_tx_pause_frame(e, e->ptr & 0xffff);
	} else if (!is_stuck && e->has_paused && level <= 16 * low) {
		e->has_paused = false;
		emac_tx_pause_frame(e, 0);
	}
}

/* Give the frame to MAL; false: it stays. */
static bool rx_store(struct emac *e, u8 *frame, u32 bytes, u32 status)
{
	u32 n = rx_finish(e, frame, bytes, status);

	switch (mal_rx_frame(e->mal, e->rx_ch, frame, n, status,
			     (status & ~ST_PP) != 0)) {
	case MAL_RX_DONE:
		e->ocrx += bytes + FCS_BYTES;
		if (bytes >= 12) {
			e->lsah = ldb16(frame + 6);
			e->lsal = ldb32(frame + 8);
		}
		return true;
	case MAL_RX_CUT:
		e->is_starved = true;
		return true;
	case MAL_RX_FULL:
		e->is_starved = true;
		return false;
	default:
		if (e->is_starved)
			return false;
		rx_note(e, ST_OE);	/* nobody empties the FIFO */
		return true;
	}
}

/* The oldest frame, in e->rx_frame; false: it stays. */
static bool rx_one(struct emac *e, u32 bytes, u32 flags)
{
	u8 *frame = e->rx_frame;
	u32 status;

	if (e->mr0 & MR0_WKE) {
		if (is_magic(e, frame, bytes))
			irq_set(&e->dev->irq[1], true);
		return true;
	}
	if (bytes < 6 || !address_match(e, frame))
		return true;
	status = rx_check(e, frame, &bytes, flags);
	if (!status && is_pause(frame, bytes)) {
		status = ST_PP;
		if (!e->is_again && e->mr1 & MR1_APP && e->mr1 & MR1_FDE)
			rx_pause(e, ldb16(frame + 16));
	}
	rx_note(e, status);
	if (is_unwanted(e, status))
		return true;
	return rx_store(e, frame, bytes, status);
}

/**
 * emac_rx_fire - the receiver's event: some frames have arrived
 * @opaque: EMAC
 * @late:   not looked at
 *
 * At most EMAC_BATCH frames; the next event is when as many more could have
 * arrived.
 */
void emac_rx_fire(void *opaque, cycle_t late)
{
	struct emac *e = opaque;
	cycle_t busy = 0;
	u32 flags;

	(void)late;
	for (unsigned int n = 0; n < EMAC_BATCH && e->rxq_used &&
	     e->mr0 & MR0_RXE && !e->is_starved; n++) {
		u32 bytes = rxq_peek(e, &flags);

		rxq_copy_out(e, e->rxq_head + RXQ_HEADER, e->rx_frame, bytes);
		if (!rx_one(e, bytes, flags)) {
			e->is_again = true;
			break;
		}
		busy += emac_wire_cycles(e, bytes);
		rxq_drop(e, bytes);
	}
	rx_flow(e, e->is_starved);
	e->rx_free = sched_now(e->dev->env->sched) + busy;
	emac_rx_kick(e);
}
