/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/emac.h - what the three files of the EMAC share; nobody else
 * includes it.  emac.c has registers, MDIO and the cable's ends, emac_tx.c
 * and emac_rx.c the two directions.
 */
#ifndef SOC_DEV_EMAC_H
#define SOC_DEV_EMAC_H

#include "soc/dev.h"
#include "soc/dev/mal.h"
#include "soc/net.h"

#define MR0_RXI		0x80000000u
#define MR0_TXI		0x40000000u
#define MR0_SRST	0x20000000u
#define MR0_TXE		0x10000000u
#define MR0_RXE		0x08000000u
#define MR0_WKE		0x04000000u

#define MR1_FDE		0x80000000u
#define MR1_ILE		0x40000000u
#define MR1_VLE		0x20000000u
#define MR1_EIFC	0x10000000u
#define MR1_APP		0x08000000u
#define MR1_MF_100	0x00400000u
#define MR1_TR0_MULTI	0x00008000u
#define MR1_TR1_MULTI	0x00002000u
#define MR1_JUMBO	0x00001000u

#define ISR_DB0		0x00000100u
#define ISR_TE0		0x00000040u
#define ISR_DB1		0x00000020u
#define ISR_TE1		0x00000008u
#define ISR_MOS		0x00000002u
#define ISR_MOF		0x00000001u
/* receive status in the descriptor is the upper half of ISR */
#define ISR_RX(status)	((u32)(status) << 16)

#define TX_CHANS	2

/* Frame sizes as 802.3 has them, without FCS. */
#define FRAME_MIN	60
#define FRAME_MAX	1514
#define FRAME_JUMBO	9014
#define VLAN_BYTES	4
#define FCS_BYTES	4

/*
 * Frames in one event, and how much faster than its nominal rate the cable is.
 * Full frames of TCP fill 94 of 100 Mbit/s; with twice the rate the guest's
 * processor is the limit, as it was meant to be.
 */
#define EMAC_BATCH	4
#define EMAC_HASTE	2

/* Receive queue: the FIFO, and before it what the cable holds back. */
#define RXQ_BYTES	0x10000u
#define RXQ_CABLE	0xc000u
#define RXQ_MAX_FIFO	(RXQ_BYTES - RXQ_CABLE)

struct emac {
	u32 mr0, mr1, tmr0, tmr1, rmr, isr, iser, iahr, ialr, vtpid, vtci;
	u32 ptr, iaht[4], gaht[4], lsah, lsal, ipgvr, stacr, trtr, rwmr;
	u32 octx, ocrx;
	struct dev *dev, *mal, *zmii;
	struct net *net;		/* NULL: no cable */
	bool is_unplugged;		/* the host says that its end is down */
	unsigned int zmii_channel;

	u32 tx_ch[TX_CHANS];
	unsigned int tx_chans, tx_turn;
	bool wants[TX_CHANS];		/* GNP: frames to send */
	cycle_t tx_free;		/* the cable is free for the next frame */
	cycle_t paused_until;
	struct sched_event tx_event;
	/* room to insert a source address and a tag */
	u8 tx_frame[MAL_FRAME_MAX + 16];

	u32 rx_ch;
	bool has_rx;
	u32 rxq_head, rxq_used, fifo_bytes;
	bool is_starved;	/* MAL ran out of descriptors */
	bool is_again;		/* the oldest frame was tried before */
	bool has_paused;	/* we asked the partner to pause */
	cycle_t rx_free;
	struct sched_event rx_event;
	u8 rxq[RXQ_BYTES];
	u8 rx_frame[MAL_FRAME_MAX + FCS_BYTES];
};

void emac_irq(struct emac *e);
cycle_t emac_wire_cycles(const struct emac *e, u32 bytes);
u32 emac_crc(const u8 *p, u32 bytes);
void emac_address(const struct emac *e, u8 mac[6]);

void emac_tx_reset(struct emac *e);
void emac_tx_kick(struct emac *e);
void emac_tx_fire(void *opaque, cycle_t late);
void emac_tx_pause_frame(struct emac *e, u32 quanta);

void emac_rx_reset(struct emac *e);
void emac_rx_kick(struct emac *e);
void emac_rx_fire(void *opaque, cycle_t late);
bool emac_rx_push(struct emac *e, const u8 *frame, u32 bytes, bool is_bad);
void emac_rx_changed(void *opaque, bool is_on);

#endif
