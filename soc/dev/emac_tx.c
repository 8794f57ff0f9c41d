/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/emac_tx.c - the transmitter of an EMAC.
 *
 * Owns the pace of transmission and what the MAC adds to a frame: source
 * address, VLAN tag, padding.  Must not know the rings (mal.c does).  A frame
 * leaves when its descriptors are read, and the next one waits until it would
 * be off the wire; with no cable a frame goes nowhere but still completes.
 *
 * A frame that carries its own FCS is checked here, since struct net carries
 * frames without one; a frame that no receiver would take (too short, bad
 * FCS) is not sent but looped back if that is asked for.
 */
#include "soc/dev/emac.h"

#include "base/bits.h"
#include "soc/dev/phy.h"
#include "soc/dev/zmii.h"

#define CTRL_GFCS	0x0200u
#define CTRL_GP		0x0100u
#define CTRL_ISA	0x0080u
#define CTRL_RSA	0x0040u
#define CTRL_IVT	0x0020u
#define CTRL_RVT	0x0010u

#define ST_BFCS		0x0200u
#define ST_LCS		0x0080u
#define ST_UR		0x0002u

static bool is_quiet(const struct emac *e)
{
	if (!e->mal || !(e->mr0 & MR0_TXE) || e->mr0 & MR0_WKE)
		return true;
	return !e->wants[0] && !e->wants[1];
}

/**
 * emac_tx_kick - start to transmit if there is something to send
 * @e: EMAC; its event is armed when the cable is free and not paused
 */
void emac_tx_kick(struct emac *e)
{
	struct sched *s = e->dev->env->sched;
	cycle_t when = sched_now(s) + emac_wire_cycles(e, FRAME_MIN);

	if (is_quiet(e) || sched_is_armed(&e->tx_event))
		return;
	if (when < e->tx_free)
		when = e->tx_free;
	if (when < e->paused_until)
		when = e->paused_until;
	sched_at(s, &e->tx_event, when);
}

/**
 * emac_tx_reset - forget what is to be sent
 * @e: EMAC
 */
void emac_tx_reset(struct emac *e)
{
	sched_cancel(e->dev->env->sched, &e->tx_event);
	memset(e->wants, 0, sizeof(e->wants));
	e->tx_free = 0;
	e->paused_until = 0;
	e->tx_turn = 0;
}

static u32 insert(u8 *frame, u32 bytes, u32 at, u32 n)
{
	memmove(frame + at + n, frame + at, bytes - at);
	return bytes + n;
}

/*
 * What the command bits ask for; returns the new length.  Tags need VLE, and
 * like padding a generated FCS [405GP UM 19.3.3.7, 19.6.1].
 */
static u32 tx_edit(struct emac *e, u8 *frame, u32 bytes, u32 ctrl)
{
	bool is_tagging = ctrl & CTRL_GFCS && e->mr1 & MR1_VLE;

	if (ctrl & CTRL_ISA && bytes >= 6) {
		bytes = insert(frame, bytes, 6, 6);
		emac_address(e, frame + 6);
	} else if (ctrl & CTRL_RSA && bytes >= 12) {
		emac_address(e, frame + 6);
	}
	if (is_tagging && ctrl & CTRL_IVT && bytes >= 12)
		bytes = insert(frame, bytes, 12, VLAN_BYTES);
	if (is_tagging && ctrl & (CTRL_IVT | CTRL_RVT) && bytes >= 16) {
		stb16(frame + 12, e->vtpid);
		stb16(frame + 14, e->vtci);
	}
	if (ctrl & CTRL_GFCS && ctrl & CTRL_GP && bytes && bytes < FRAME_MIN) {
		memset(frame + bytes, 0, FRAME_MIN - bytes);
		bytes = FRAME_MIN;
	}
	return bytes;
}

/* Onto the cable, or back; returns descriptor status. */
static u32 tx_out(struct emac *e, const u8 *frame, u32 bytes, bool is_bad)
{
	enum phy_path path = e->net ? PHY_CABLE : PHY_NOWHERE;
	struct phy *phy = NULL;

	if (e->zmii)
		phy = zmii_port_phy(e->zmii, e->zmii_channel);
	if (phy)
		path = phy_path(phy);
	if (e->mr1 & MR1_ILE || path == PHY_LOOP) {
		if (e->mr0 & MR0_RXE && bytes <= NET_FRAME_MAX &&
		    !emac_rx_push(e, frame, bytes, is_bad)) {
			e->isr |= ISR_RX(0x200);	/* OVR */
			emac_irq(e);
		}
		return 0;
	}
	if (path == PHY_NOWHERE)
		return e->mr1 & MR1_FDE ? 0 : ST_LCS;
	if (!is_bad && bytes >= FRAME_MIN && bytes <= NET_FRAME_MAX)
		net_send(e->net, frame, bytes);
	return 0;
}

/* One frame as MAL gave it; returns descriptor status. */
static u32 tx_frame(struct emac *e, u32 *bytes, u32 ctrl)
{
	u8 *frame = e->tx_frame;
	u32 status = 0, n = tx_edit(e, frame, *bytes, ctrl);

	*bytes = n;
	if (!n)		/* an empty packet: status 0 [405GP UM 19.3.3.3] */
		return 0;
	if (!(ctrl & CTRL_GFCS)) {
		if (n <= FCS_BYTES)
			return ST_BFCS;
		n -= FCS_BYTES;
		if (ldb32(frame + n) != __builtin_bswap32(emac_crc(frame, n)))
			status = ST_BFCS;
		*bytes = n;
	}
	e->octx += n + FCS_BYTES;
	return status | tx_out(e, frame, n, status != 0);
}

/* After an error that ISER shows, the channel waits for software. */
static void tx_failed(struct emac *e, unsigned int i)
{
	u32 te = i ? ISR_TE1 : ISR_TE0;

	e->isr |= te;
	if (e->iser & te) {
		e->isr |= i ? ISR_DB1 : ISR_DB0;
		e->wants[i] = false;
	}
	emac_irq(e);
}

/* Returns octets of the next frame of channel @i, 0 when it has none. */
static u32 tx_one(struct emac *e, unsigned int i)
{
	u32 multi = i ? MR1_TR1_MULTI : MR1_TR0_MULTI;
	u32 bytes = 0, ctrl = 0, status = 0;
	enum mal_tx got;

	got = mal_tx_frame(e->mal, e->tx_ch[i], e->tx_frame, &bytes, &ctrl);
	if (got == MAL_TX_IDLE || got == MAL_TX_ERROR) {
		e->wants[i] = false;
		return 0;
	}
	if (got == MAL_TX_BAD)
		status = ST_UR;
	else
		status = tx_frame(e, &bytes, ctrl);
	mal_tx_done(e->mal, e->tx_ch[i], status);
	if (!(e->mr1 & multi))
		e->wants[i] = false;
	if (status & (ST_UR | ST_LCS))
		tx_failed(e, i);
	return bytes + 1;
}

/**
 * emac_tx_fire - the transmitter's event: move some frames
 * @opaque: EMAC
 * @late:   not looked at
 *
 * At most EMAC_BATCH frames, channels in turn; the next event is when they
 * are off the wire.
 */
void emac_tx_fire(void *opaque, cycle_t late)
{
	struct emac *e = opaque;
	cycle_t busy = 0;

	(void)late;
	for (unsigned int n = 0; n < EMAC_BATCH && !is_quiet(e);) {
		unsigned int i = e->tx_turn;
		u32 octets = 0;

		e->tx_turn = (i + 1) % TX_CHANS;
		if (!e->wants[i])
			continue;
		octets = tx_one(e, i);
		if (octets) {
			busy += emac_wire_cycles(e, octets - 1);
			n++;
		}
		if (sched_now(e->dev->env->sched) < e->paused_until)
			break;
	}
	e->tx_free = sched_now(e->dev->env->sched) + busy;
	emac_tx_kick(e);
}

/**
 * emac_tx_pause_frame - send an 802.3x pause frame, past all others
 * @e:      EMAC
 * @quanta: how long the partner shall be quiet; 0 ends a pause
 *
 * Units:  512 bit times.
 * Source: 405GP UM 19.5.
 */
void emac_tx_pause_frame(struct emac *e, u32 quanta)
{
	u8 f[FRAME_MIN] = { 0x01, 0x80, 0xc2, 0, 0, 0x01 };

	emac_address(e, f + 6);
	stb16(f + 12, 0x8808);
	stb16(f + 14, 1);
	stb16(f + 16, quanta);
	e->octx += FRAME_MIN + FCS_BYTES;
	(void)tx_out(e, f, FRAME_MIN, false);
}
