/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/nic.c - what Ethernet cards have in common: the serial EEPROM, the
 * FCS, the Internet checksum, and where the headers of a frame are.
 *
 * Must not know any card, nor read beyond the bytes that it is given.
 */
#include "soc/dev/nic.h"

#include "base/bits.h"

#define CRC_POLY	0xedb88320u
#define ETHER_HEADER	14

#define CMD_BITS	8	/* opcode and address after the start bit */
#define OP_CONTROL	0u
#define OP_WRITE	1u
#define OP_READ		2u
#define OP_ERASE	3u

/**
 * eeprom93_reset - the pins at rest; the contents stay
 * @e: EEPROM
 */
void eeprom93_reset(struct eeprom93 *e)
{
	e->cs = e->sk = false;
	e->has_started = false;
	e->is_writable = false;
	e->bits = e->out_bits = 0;
	e->dout = true;
}

/* Opcode and address are complete: a read begins, with a 0 before the data. */
static void command_begin(struct eeprom93 *e)
{
	unsigned int op = e->shift >> 6 & 3, at = e->shift & 63;

	if (op == OP_READ) {
		e->out_at = at;
		e->out = e->word[at];
		e->out_bits = 16;
		e->dout = false;
	}
}

/* Chip select goes away: what writes does so now. */
static void command_end(struct eeprom93 *e)
{
	u32 cmd = e->bits > CMD_BITS ? e->shift >> (e->bits - CMD_BITS) :
				       e->shift;
	unsigned int op = cmd >> 6 & 3, at = cmd & 63, sub = cmd >> 4 & 3;
	bool has_data = e->bits == CMD_BITS + 16;
	u16 data = (u16)e->shift;

	if (!e->has_started || e->bits < CMD_BITS || op == OP_READ)
		return;
	if (op == OP_CONTROL && (sub == 3 || sub == 0))
		e->is_writable = sub == 3;
	if (!e->is_writable)
		return;
	if (op == OP_ERASE)
		e->word[at] = 0xffff;
	else if (op == OP_WRITE && has_data)
		e->word[at] = data;
	else if (op == OP_CONTROL && (sub == 2 || (sub == 1 && has_data)))
		for (unsigned int i = 0; i < EEPROM93_WORDS; i++)
			e->word[i] = sub == 2 ? 0xffff : data;
}

static void clock_rises(struct eeprom93 *e, bool di)
{
	if (e->out_bits) {
		e->dout = e->out >> 15;
		e->out = (u16)(e->out << 1);
		if (--e->out_bits == 0) {	/* reads go on */
			e->out_at = (e->out_at + 1) % EEPROM93_WORDS;
			e->out = e->word[e->out_at];
			e->out_bits = 16;
		}
	} else if (!e->has_started) {
		e->has_started = di;
		e->bits = 0;
		e->shift = 0;
	} else if (e->bits < CMD_BITS + 16) {
		e->shift = e->shift << 1 | di;
		if (++e->bits == CMD_BITS)
			command_begin(e);
	}
}

/**
 * eeprom93_pins - the levels at the pins are now these
 * @e:  EEPROM; its dout is the answer.  A write is over at once, so that the
 *      chip always says ready
 * @cs: chip select
 * @sk: clock; what happens happens when it rises
 * @di: data in
 *
 * Source: [93C46] instruction set, synchronous data timing.
 */
void eeprom93_pins(struct eeprom93 *e, bool cs, bool sk, bool di)
{
	if (e->cs && !cs) {
		command_end(e);
		e->has_started = false;
		e->out_bits = 0;
		e->dout = true;
	}
	if (cs && e->cs && sk && !e->sk)
		clock_rises(e, di);
	e->cs = cs;
	e->sk = sk;
}

/**
 * nic_mac - the station address of a card
 * @node:  its node; a local-mac-address that is not all 0 has precedence
 * @first: first address of its kind
 * @index: which card of its kind
 * @mac:   set
 */
void nic_mac(const struct dev_node *node, enum net_own_mac first,
	     unsigned int index, u8 mac[NET_MAC_BYTES])
{
	static const u8 none[NET_MAC_BYTES];
	int len = 0;
	const void *p = node->prop(node, "local-mac-address", &len);

	net_own_mac(mac, first, index);
	if (p && len == (int)NET_MAC_BYTES && memcmp(p, none, NET_MAC_BYTES))
		memcpy(mac, p, NET_MAC_BYTES);
}

/**
 * nic_crc_init - fill in the tables
 * @c: tables
 *
 * Source: [IEEE 802.3] 3.2.9.
 */
void nic_crc_init(struct nic_crc *c)
{
	for (u32 i = 0; i < 256; i++) {
		u32 v = i;

		for (int k = 0; k < 8; k++)
			v = v >> 1 ^ (v & 1 ? CRC_POLY : 0);
		c->t[0][i] = v;
	}
	for (int k = 1; k < 4; k++)
		for (u32 i = 0; i < 256; i++) {
			u32 v = c->t[k - 1][i];

			c->t[k][i] = v >> 8 ^ c->t[0][v & 0xff];
		}
}

/**
 * nic_fcs - the frame check sequence
 * @c:     tables
 * @p:     frame without FCS
 * @bytes: of it
 *
 * Returns: the FCS; its least significant byte goes out first.
 */
u32 nic_fcs(const struct nic_crc *c, const u8 *p, size_t bytes)
{
	u32 v = ~0u;

	for (; bytes >= 4; bytes -= 4, p += 4) {
		v ^= p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24;
		v = c->t[3][v & 0xff] ^ c->t[2][v >> 8 & 0xff] ^
		    c->t[1][v >> 16 & 0xff] ^ c->t[0][v >> 24];
	}
	for (; bytes; bytes--, p++)
		v = v >> 8 ^ c->t[0][(v ^ *p) & 0xff];
	return ~v;
}

/**
 * nic_sum - add up 16-bit big-endian words
 * @p:     first byte
 * @bytes: at most 64 KB; an odd one at the end is a high byte
 *
 * Returns: the sum, not folded.
 * Source:  RFC 1071.
 */
u32 nic_sum(const u8 *p, size_t bytes)
{
	u32 sum = 0;
	size_t i;

	for (i = 0; i + 1 < bytes; i += 2)
		sum += (u32)p[i] << 8 | p[i + 1];
	if (i < bytes)
		sum += (u32)p[i] << 8;
	return sum;
}

/**
 * nic_fold - a sum of 16-bit words with its carries added
 * @sum: from nic_sum(), or several added
 *
 * Returns: 16-bit one's complement sum.
 */
u16 nic_fold(u64 sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (u16)sum;
}

/**
 * nic_pseudo_sum - what TCP and UDP add of the IPv4 header
 * @frame: frame
 * @ip:    where its headers are
 *
 * Returns: sum of addresses, protocol and length, not folded.
 * Source:  RFC 793 3.1, RFC 768.
 */
u64 nic_pseudo_sum(const u8 *frame, const struct nic_ip *ip)
{
	return (u64)nic_sum(frame + ip->ip + 12, 8) + frame[ip->ip + 9] +
	       ip->l4_bytes;
}

/**
 * nic_ip_find - find the headers of an IPv4 frame
 * @frame: frame, with or without one VLAN tag
 * @bytes: of it
 * @ip:    filled in; every offset lies inside the frame
 *
 * Returns: true if it is a whole IPv4 packet; only one that is no fragment
 *          shows its TCP or UDP.
 */
bool nic_ip_find(const u8 *frame, size_t bytes, struct nic_ip *ip)
{
	unsigned int at = ETHER_HEADER, total, fragment, minimum;

	memset(ip, 0, sizeof(*ip));
	if (bytes >= at + 4 && ldb16(frame + 12) == 0x8100)
		at += 4;
	if (bytes < at + 20 || ldb16(frame + at - 2) != 0x0800 ||
	    frame[at] >> 4 != 4)
		return false;
	ip->ip = at;
	ip->ip_bytes = 4u * (frame[at] & 15);
	total = ldb16(frame + at + 2);
	if (ip->ip_bytes < 20 || total < ip->ip_bytes || total > bytes - at)
		return false;
	fragment = ldb16(frame + at + 6) & 0x3fff;
	ip->is_tcp = !fragment && frame[at + 9] == 6;
	ip->is_udp = !fragment && frame[at + 9] == 17;
	minimum = ip->is_tcp ? 20 : 8;
	ip->l4 = at + ip->ip_bytes;
	ip->l4_bytes = total - ip->ip_bytes;
	if (!(ip->is_tcp || ip->is_udp) || ip->l4_bytes < minimum) {
		ip->is_tcp = ip->is_udp = false;
		ip->l4_bytes = 0;
	}
	return true;
}
