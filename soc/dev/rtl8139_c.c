/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/rtl8139_c.c - how the 8139 always was: four transmit buffers and a
 * ring of bytes that frames are written to one after the other.
 *
 * A frame in the ring: status 2 | length with FCS 2 | frame | FCS 4, the next
 * at a multiple of 4.  CBR is where the card goes on; CAPR + 16 is where
 * software goes on.
 */
#include "soc/dev/rtl8139.h"

#define TSD_SIZE	0x00001fffu
#define TSD_OWN		0x00002000u
#define TSD_TOK		0x00008000u
#define TSD_TABT	0x40000000u
#define SEND_MAX	1792u
#define RCR_WRAP	0x80u
#define RCR_RBLEN	11		/* shift */
#define RX_ROK		0x0001u
#define RX_BAR		0x2000u
#define RX_PAM		0x4000u
#define RX_MAR		0x8000u
#define HEAD		4u

static u32 ring_bytes(const struct rtl8139 *r)
{
	return 8192u << (rtl_get(r, RTL_RCR) >> RCR_RBLEN & 3);
}

/* Bytes in the ring that software has not taken. */
static u32 ring_used(const struct rtl8139 *r)
{
	return (u32)(rtl_get16(r, RTL_CBR) - rtl_get16(r, RTL_CAPR) - 16) &
	       (ring_bytes(r) - 1);
}

/**
 * rtl8139_c_is_empty - has software taken all frames?
 * @r: card
 *
 * Returns: CR[BUFE].
 */
bool rtl8139_c_is_empty(const struct rtl8139 *r)
{
	return !ring_used(r);
}

/**
 * rtl8139_c_send - software handed a transmit buffer over
 * @r: card, its transmitter on
 * @i: descriptor, 0 to 3
 *
 * Source: [8139] 5.3, transmit status.
 */
void rtl8139_c_send(struct rtl8139 *r, unsigned int i)
{
	u8 *tsd = r->reg + RTL_TSD + 4 * i, frame[SEND_MAX];
	u32 v = pci_ld32(tsd), n = v & TSD_SIZE;
	u64 from = rtl_get(r, RTL_TSADDR + 4 * i);

	if (v & TSD_OWN)
		return;
	if (n > SEND_MAX) {
		v |= TSD_TABT;
	} else if (pci_dma_read(&r->card, from, frame, n)) {
		v |= TSD_TABT;
		rtl8139_event(r, RTL_ISR_SERR);
	} else {
		rtl8139_send(r, frame, n);
		v |= TSD_TOK;
	}
	pci_st32(tsd, v | TSD_OWN);
	rtl8139_event(r, v & TSD_TOK ? RTL_ISR_TOK : 0x8);
}

/* Write to the ring at @at; what passes its end goes on at the beginning. */
static void ring_put(struct rtl8139 *r, u32 at, const u8 *p, u32 bytes)
{
	u64 base = rtl_get(r, RTL_RBSTART);
	u32 size = ring_bytes(r), n = bytes;
	bool may_pass = rtl_get(r, RTL_RCR) & RCR_WRAP && size < 65536;

	at &= size - 1;
	if (!may_pass && n > size - at)
		n = size - at;
	if (pci_dma_write(&r->card, base + at, p, n) ||
	    pci_dma_write(&r->card, base, p + n, bytes - n))
		rtl8139_event(r, RTL_ISR_SERR);
}

/**
 * rtl8139_c_receive - a frame for the ring
 * @r:     card
 * @frame: at least 60 bytes, then room for the FCS, which is in place
 * @bytes: FCS included
 * @kind:  what its address is
 *
 * Returns: false when the ring has no room.
 * Source:  [8139] 5.4 and 7, receive status and buffer.
 */
bool rtl8139_c_receive(struct rtl8139 *r, const u8 *frame, u32 bytes,
		       enum rtl8139_kind kind)
{
	static const u32 status[] = { RX_PAM, RX_MAR, RX_BAR };
	u32 at = rtl_get16(r, RTL_CBR), size = ring_bytes(r);
	u32 whole = (HEAD + bytes + 3) & ~3u;
	u8 head[HEAD];

	if (whole + 16 > size - ring_used(r))
		return false;
	pci_st16(head, RX_ROK | status[kind]);
	pci_st16(head + 2, bytes);
	ring_put(r, at, head, HEAD);
	/* WRAP: a frame whose header was the ring's last goes on behind it */
	if (((at + HEAD) & (size - 1)) == 0 &&
	    rtl_get(r, RTL_RCR) & RCR_WRAP && size < 65536) {
		if (pci_dma_write(&r->card, (u64)rtl_get(r, RTL_RBSTART) + size,
				  frame, bytes))
			rtl8139_event(r, RTL_ISR_SERR);
	} else {
		ring_put(r, at + HEAD, frame, bytes);
	}
	pci_st16(r->reg + RTL_CBR, (at + whole) & (size - 1));
	rtl8139_event(r, RTL_ISR_ROK);
	return true;
}
