/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/e1000.h - the state of an Intel 82540EM, shared by its registers
 * (e1000.c), receiver (e1000_rx.c) and transmitter (e1000_tx.c).
 *
 * All registers are 32 bits wide; reg.h's rows hold them as cells below.
 */
#ifndef SOC_DEV_E1000_H
#define SOC_DEV_E1000_H

#include "soc/dev/nic.h"
#include "soc/pci.h"

#define E1000_CTRL_SLU	0x00000040u	/* set link up */
#define E1000_CTRL_RST	0x04000000u
#define E1000_CTRL_VME	0x40000000u	/* VLAN mode */
#define E1000_CTRL_PHY_RST 0x80000000u

/* Interrupt causes. [8254x] 13.4.17 */
#define E1000_ICR_TXDW	0x00000001u
#define E1000_ICR_TXQE	0x00000002u
#define E1000_ICR_LSC	0x00000004u
#define E1000_ICR_RXDMT0 0x00000010u
#define E1000_ICR_RXO	0x00000040u
#define E1000_ICR_RXT0	0x00000080u
#define E1000_ICR_MDAC	0x00000200u

/* Statistics, as word offsets from 0x4000. [8254x] 13.7 */
enum e1000_stat {
	STAT_MPC = 0x10 / 4, STAT_PRC64 = 0x5c / 4, STAT_GPRC = 0x74 / 4,
	STAT_BPRC = 0x78 / 4, STAT_MPRC = 0x7c / 4, STAT_GPTC = 0x80 / 4,
	STAT_GORC = 0x88 / 4, STAT_GOTC = 0x90 / 4, STAT_ROC = 0xac / 4,
	STAT_TOR = 0xc0 / 4, STAT_TOT = 0xc8 / 4, STAT_TPR = 0xd0 / 4,
	STAT_TPT = 0xd4 / 4, STAT_PTC64 = 0xd8 / 4, STAT_MPTC = 0xf0 / 4,
	STAT_BPTC = 0xf4 / 4, STAT_TSCTC = 0xf8 / 4,
	E1000_STATS = 0x100 / 4,
};

/* A descriptor ring: base, length in bytes, head, tail. */
struct e1000_ring {
	u32 bal, bah, len, head, tail;
};

/* One of the two contexts of the transmitter, as the descriptor wrote it. */
struct e1000_context {
	u8 ipcss, ipcso, tucss, tucso;
	u16 ipcse, tucse;
	bool is_tcp, is_ip;
	u8 hdrlen;
	u16 mss;
};

struct e1000_tx {
	struct e1000_context sum, segment;
	u8 frame[NET_FRAME_MAX + 4];	/* room for a tag */
	u32 bytes;			/* of the frame so far */
	bool is_open, is_too_long;
	bool is_tso;
	u8 popts;
	bool has_tag;
	u16 tag;
	u32 segments;			/* of this packet, sent */
	u8 head[256];			/* untouched header of a big packet */
	struct sched_event go_on;
};

struct e1000 {
	struct pci_card card;		/* first: soc/pci.h */
	struct dev *dev;
	struct net *net;
	u32 ctrl, eecd, eerd, ctrl_ext, fla, mdic, fcal, fcah, fct, vet;
	u32 icr, itr, ims;
	u32 rctl, fcttv, txcw, tctl, tipg, ait, ledctl, pba, fcrtl, fcrth;
	struct e1000_ring rx, txr;
	u32 rdtr, rxdctl, radv, rsrpd, txdmac, tidv, txdctl, tadv, tspmt;
	u32 rxcsum, wuc, wufc, wus, ipav, manc;
	u32 stat[E1000_STATS];
	u32 mta[128], ra[32], vfta[128];
	u32 ip4at[8];
	u16 phy[32];
	u32 ioaddr;
	struct eeprom93 eeprom;
	struct nic_crc crc;
	u8 mac[6];
	bool is_cable_up;
	struct e1000_tx tx;
};

/* In e1000.c: causes are set, the line follows; counters. */
void e1000_cause(struct e1000 *e, u32 causes);
bool e1000_has_link(const struct e1000 *e);
void e1000_count(struct e1000 *e, enum e1000_stat at, u32 n);
void e1000_count64(struct e1000 *e, enum e1000_stat at, u32 n);
unsigned int e1000_size_class(size_t bytes);
u64 e1000_desc(const struct e1000_ring *r, u32 i);

/* In e1000_rx.c.  False: no descriptors, offer it again. */
bool e1000_receive(struct e1000 *e, const u8 *frame, size_t bytes);

/* In e1000_tx.c. */
void e1000_tx_kick(struct e1000 *e);
void e1000_tx_reset(struct e1000 *e);

#endif
