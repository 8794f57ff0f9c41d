/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/rtl8139.h - the state of a Realtek 8139, shared by its registers
 * (rtl8139.c), the old ring and buffers (rtl8139_c.c) and the descriptor
 * rings of the C+ (rtl8139_cp.c).
 */
#ifndef SOC_DEV_RTL8139_H
#define SOC_DEV_RTL8139_H

#include "soc/dev/nic.h"
#include "soc/pci.h"

#define RTL_REGS	256

/* Registers. [8139] 5, [8139C+] 6 */
enum rtl8139_reg {
	RTL_IDR = 0x00, RTL_MAR = 0x08, RTL_TSD = 0x10, RTL_DTCCR = 0x10,
	RTL_TSADDR = 0x20, RTL_TNPDS = 0x20, RTL_THPDS = 0x28,
	RTL_RBSTART = 0x30, RTL_CR = 0x37, RTL_CAPR = 0x38, RTL_CBR = 0x3a,
	RTL_IMR = 0x3c, RTL_ISR = 0x3e, RTL_TCR = 0x40, RTL_RCR = 0x44,
	RTL_TCTR = 0x48, RTL_MPC = 0x4c, RTL_9346CR = 0x50,
	RTL_CONFIG0 = 0x51, RTL_CONFIG1 = 0x52, RTL_TIMERINT = 0x54,
	RTL_MSR = 0x58, RTL_CONFIG3 = 0x59, RTL_CONFIG4 = 0x5a,
	RTL_MULINT = 0x5c, RTL_RERID = 0x5e, RTL_TSAD = 0x60,
	RTL_BMCR = 0x62, RTL_BMSR = 0x64, RTL_ANAR = 0x66,
	RTL_ANLPAR = 0x68, RTL_ANER = 0x6a, RTL_CSCR = 0x74,
	RTL_CONFIG5 = 0xd8, RTL_TPPOLL = 0xd9, RTL_CPCR = 0xe0,
	RTL_RDSAR = 0xe4, RTL_ETTHR = 0xec,
};

#define RTL_CR_BUFE	0x01u
#define RTL_CR_TE	0x04u
#define RTL_CR_RE	0x08u
#define RTL_CR_RST	0x10u
#define RTL_ISR_ROK	0x0001u
#define RTL_ISR_TOK	0x0004u
#define RTL_ISR_LINK	0x0020u
#define RTL_ISR_TDU	0x0080u
#define RTL_ISR_TIMER	0x4000u
#define RTL_ISR_SERR	0x8000u
#define RTL_RCR_AAP	0x01u
#define RTL_RCR_APM	0x02u
#define RTL_RCR_AM	0x04u
#define RTL_RCR_AB	0x08u
#define RTL_TCR_LOOP	0x00060000u
#define RTL_CPCR_TX	0x01u
#define RTL_CPCR_RX	0x02u
#define RTL_CPCR_SUM	0x20u
#define RTL_CPCR_VLAN	0x40u

#define RTL_TX_MAX	65536		/* bytes of one large send */

enum rtl8139_kind { RTL_UNICAST, RTL_MULTICAST, RTL_BROADCAST };

struct rtl8139_tally {
	u64 tx_ok, rx_ok, rx_unicast, rx_broadcast;
	u32 rx_multicast;
};

struct rtl8139 {
	struct pci_card card;		/* first: soc/pci.h */
	struct dev *dev;
	struct net *net;
	u8 reg[RTL_REGS];		/* little-endian, as software sees it */
	struct eeprom93 eeprom;
	struct nic_crc crc;
	u8 mac[6];
	u8 revision;			/* 0x20 and above: C+ */
	bool is_cable_up;
	struct rtl8139_tally tally;
	cycle_t timer_from;		/* when TCTR was 0 */
	struct sched_event timer, go_on;
	/* C+ */
	u32 rx_at, tx_at[2];		/* descriptor of each ring */
	u32 tx_bytes;			/* of the frame so far */
	bool is_tx_bad;
	unsigned int work;		/* of this activation */
	u8 tx[RTL_TX_MAX];
	u8 segment[NET_FRAME_MAX];
};

static inline u32 rtl_get(const struct rtl8139 *r, unsigned int at)
{
	return pci_ld32(r->reg + at);
}

static inline u16 rtl_get16(const struct rtl8139 *r, unsigned int at)
{
	return pci_ld16(r->reg + at);
}

/* In rtl8139.c. */
void rtl8139_event(struct rtl8139 *r, u32 causes);
void rtl8139_send(struct rtl8139 *r, const u8 *frame, size_t bytes);
void rtl8139_missed(struct rtl8139 *r);

/* In rtl8139_c.c: four buffers to send, one ring to receive. */
void rtl8139_c_send(struct rtl8139 *r, unsigned int i);
bool rtl8139_c_is_empty(const struct rtl8139 *r);
bool rtl8139_c_receive(struct rtl8139 *r, const u8 *frame, u32 bytes,
		       enum rtl8139_kind kind);

/* In rtl8139_cp.c: descriptor rings. */
void rtl8139_cp_poll(struct rtl8139 *r);
void rtl8139_cp_tally(struct rtl8139 *r);
bool rtl8139_cp_receive(struct rtl8139 *r, const u8 *frame, u32 bytes,
			enum rtl8139_kind kind);

#endif
