/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/e1000_rx.c - the receiver of an 82540EM.
 *
 * Owns address filters, VLAN tags, checksums of what arrives, and the receive
 * ring.  Must not know the host: a frame comes from struct net.
 *
 * Descriptor: address 8 | length 2 | checksum 2 | status 1 | errors 1 |
 * special 2.
 */
#include "soc/dev/e1000.h"

#include "base/bits.h"

#define RCTL_EN		0x00000002u
#define RCTL_UPE	0x00000008u	/* all unicast */
#define RCTL_MPE	0x00000010u	/* all multicast */
#define RCTL_LPE	0x00000020u	/* long packets */
#define RCTL_BAM	0x00008000u	/* broadcast */
#define RCTL_VFE	0x00040000u	/* VLAN filter */
#define RCTL_CFIEN	0x00080000u
#define RCTL_CFI	0x00100000u
#define RCTL_BSEX	0x02000000u
#define RCTL_SECRC	0x04000000u	/* strip FCS */
#define RCSUM_IPOFL	0x100u
#define RCSUM_TUOFL	0x200u
#define RAH_AV		0x80000000u

#define STA_DD		0x01u
#define STA_EOP		0x02u
#define STA_IXSM	0x04u
#define STA_VP		0x08u
#define STA_TCPCS	0x20u
#define STA_IPCS	0x40u
#define STA_PIF		0x80u
#define ERR_TCPE	0x20u
#define ERR_IPE		0x40u

#define DESC_BYTES	16
#define LONGEST		1518u		/* without a tag, with FCS */

/* What the descriptors of a frame will say. */
struct verdict {
	u8 status, errors;
	u16 sum, tag;
};

static bool is_in_hash(const struct e1000 *e, const u8 *to)
{
	static const u8 shift[4] = { 4, 3, 2, 0 };
	u32 word = to[4] | (u32)to[5] << 8;
	u32 bits = word >> shift[e->rctl >> 12 & 3] & 0xfff;

	return e->mta[bits >> 5] >> (bits & 31) & 1;
}

static bool is_exact(const struct e1000 *e, const u8 *to)
{
	u32 low = pci_ld32(to), high = pci_ld16(to + 4);

	for (unsigned int i = 0; i < 32; i += 2)
		if (e->ra[i + 1] & RAH_AV && e->ra[i] == low &&
		    (e->ra[i + 1] & 0xffff) == high)
			return true;
	return false;
}

/* [8254x] 3.2.1: exact, then inexact filters. */
static bool is_for_us(const struct e1000 *e, const u8 *to, u8 *status)
{
	static const u8 all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };

	if (is_exact(e, to))
		return true;
	if (!memcmp(to, all, 6))
		return e->rctl & (RCTL_BAM | RCTL_MPE);
	*status |= STA_PIF;
	if (!(to[0] & 1))
		return e->rctl & RCTL_UPE;
	return e->rctl & RCTL_MPE || is_in_hash(e, to);
}

static bool is_tagged(const struct e1000 *e, const u8 *frame, size_t bytes)
{
	return bytes >= 18 && ldb16(frame + 12) == (e->vet & 0xffff);
}

static bool passes_vlan(const struct e1000 *e, u16 tag)
{
	unsigned int id = tag & 0xfff;

	if (!(e->rctl & RCTL_VFE))
		return true;
	if (e->rctl & RCTL_CFIEN &&
	    !(tag >> 12 & 1) != !(e->rctl & RCTL_CFI))
		return false;
	return e->vfta[id >> 5] >> (id & 31) & 1;
}

/* [8254x] 3.2.9: checksums of IPv4, TCP and UDP. */
static void checksums(const struct e1000 *e, const u8 *frame, size_t bytes,
		      struct verdict *v)
{
	unsigned int start = e->rxcsum & 0xff;
	struct nic_ip ip;
	u64 sum;

	if (start < bytes)
		v->sum = nic_fold(nic_sum(frame + start, bytes - start));
	if (!(e->rxcsum & (RCSUM_IPOFL | RCSUM_TUOFL)) ||
	    !nic_ip_find(frame, bytes, &ip)) {
		v->status |= STA_IXSM;
		return;
	}
	if (e->rxcsum & RCSUM_IPOFL) {
		v->status |= STA_IPCS;
		if (nic_fold(nic_sum(frame + ip.ip, ip.ip_bytes)) != 0xffff)
			v->errors |= ERR_IPE;
	}
	if (!(e->rxcsum & RCSUM_TUOFL) || !ip.l4_bytes ||
	    (ip.is_udp && !ldb16(frame + ip.l4 + 6)))
		return;
	v->status |= STA_TCPCS;
	sum = nic_pseudo_sum(frame, &ip) +
	      nic_sum(frame + ip.l4, ip.l4_bytes);
	if (nic_fold(sum) != 0xffff)
		v->errors |= ERR_TCPE;
}

static u32 buffer_bytes(const struct e1000 *e)
{
	u32 n = 2048u >> (e->rctl >> 16 & 3);

	return e->rctl & RCTL_BSEX && n != 2048 ? n * 16 : n;
}

static u32 descs(const struct e1000 *e)
{
	return e->rx.len / DESC_BYTES;
}

static u32 descs_free(const struct e1000 *e)
{
	u32 n = descs(e);

	if (e->rx.head >= n || e->rx.tail >= n)
		return 0;
	return (e->rx.tail + n - e->rx.head) % n;
}

/* Copy a frame to buffer after buffer, and hand the descriptors back. */
static void store(struct e1000 *e, const u8 *p, u32 bytes,
		  const struct verdict *v)
{
	u32 room = buffer_bytes(e), n;
	u8 d[DESC_BYTES];

	for (; bytes; bytes -= n, p += n) {
		u64 at = e1000_desc(&e->rx, e->rx.head);

		n = bytes < room ? bytes : room;
		/* what the bus refuses is lost; the status says whose fault */
		if (!pci_dma_read(&e->card, at, d, DESC_BYTES) && pci_ld64(d))
			(void)pci_dma_write(&e->card, pci_ld64(d), p, n);
		pci_st16(d + 8, n);
		pci_st16(d + 10, v->sum);
		d[12] = v->status | STA_DD | (n == bytes ? STA_EOP : 0);
		d[13] = n == bytes ? v->errors : 0;
		pci_st16(d + 14, v->tag);
		(void)pci_dma_write(&e->card, at + 8, d + 8, 8);
		e->rx.head = (e->rx.head + 1) % descs(e);
	}
}

static void count(struct e1000 *e, const u8 *frame, size_t bytes)
{
	u32 n = (bytes < NIC_FRAME_MIN ? NIC_FRAME_MIN : (u32)bytes) + NIC_FCS;
	bool is_broadcast = pci_ld32(frame) == 0xffffffff &&
			    pci_ld16(frame + 4) == 0xffff;

	e1000_count(e, STAT_PRC64 + e1000_size_class(n), 1);
	e1000_count(e, STAT_GPRC, 1);
	e1000_count64(e, STAT_GORC, n);
	if (is_broadcast)
		e1000_count(e, STAT_BPRC, 1);
	else if (frame[0] & 1)
		e1000_count(e, STAT_MPRC, 1);
}

/* The free descriptors fell to the threshold: 1/2, 1/4 or 1/8 of the ring. */
static bool is_low(const struct e1000 *e)
{
	return descs_free(e) <= descs(e) >> (1 + (e->rctl >> 8 & 3));
}

/* Remove the tag; @copy gets the frame without it. */
static void untag(const u8 *frame, size_t bytes, u8 *copy, struct verdict *v)
{
	v->status |= STA_VP;
	v->tag = ldb16(frame + 14);
	memcpy(copy, frame, 12);
	memcpy(copy + 12, frame + 16, bytes - 16);
}

/**
 * e1000_receive - a frame comes in
 * @e:     card
 * @frame: without FCS
 * @bytes: of it
 *
 * Returns: true: taken, or not for us; false: the ring has no room, offer it
 *          again.
 * Source:  [8254x] 3.2.
 */
bool e1000_receive(struct e1000 *e, const u8 *frame, size_t bytes)
{
	u8 copy[NET_FRAME_MAX + NIC_FRAME_MIN + NIC_FCS];
	struct verdict v = { 0 };
	bool has_tag;
	u32 n = (u32)bytes, need, longest;

	if (!(e->rctl & RCTL_EN) || !e1000_has_link(e) || bytes < 14 ||
	    bytes > NET_FRAME_MAX)
		return true;
	need = (n + NIC_FRAME_MIN + NIC_FCS) / buffer_bytes(e) + 1;
	if (need < descs(e) && descs_free(e) < need)
		return false;
	e1000_count(e, STAT_TPR, 1);
	e1000_count64(e, STAT_TOR, n + NIC_FCS);
	has_tag = is_tagged(e, frame, bytes);
	if (!is_for_us(e, frame, &v.status) ||
	    (has_tag && !passes_vlan(e, ldb16(frame + 14))))
		return true;
	longest = LONGEST + (has_tag ? 4 : 0);
	if (!(e->rctl & RCTL_LPE) && n + NIC_FCS > longest) {
		e1000_count(e, STAT_ROC, 1);
		return true;
	}
	if (need >= descs(e)) {		/* that it can never take */
		e1000_count(e, STAT_MPC, 1);
		e1000_cause(e, E1000_ICR_RXO);
		return true;
	}
	count(e, frame, bytes);
	if (has_tag && e->ctrl & E1000_CTRL_VME) {
		untag(frame, bytes, copy, &v);
		n -= 4;
	} else {
		memcpy(copy, frame, n);
	}
	checksums(e, copy, n, &v);
	if (n < NIC_FRAME_MIN) {
		memset(copy + n, 0, NIC_FRAME_MIN - n);
		n = NIC_FRAME_MIN;
	}
	if (!(e->rctl & RCTL_SECRC)) {
		pci_st32(copy + n, nic_fcs(&e->crc, copy, n));
		n += NIC_FCS;
	}
	store(e, copy, n, &v);
	e1000_cause(e, E1000_ICR_RXT0 | (is_low(e) ? E1000_ICR_RXDMT0 : 0));
	return true;
}
