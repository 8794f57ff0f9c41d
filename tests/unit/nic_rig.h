/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/nic_rig.h - a TCP segment to send through a card, and what a
 * card that fills in checksums must have made of it.
 */
#ifndef TESTS_UNIT_NIC_RIG_H
#define TESTS_UNIT_NIC_RIG_H

#include "tests/unit/pci_rig.h"

/* The Internet checksum's sum, [RFC 1071], on from @s. */
static inline u16 sum16(const u8 *p, unsigned int n, u32 s)
{
	for (unsigned int i = 0; i < n; i++)
		s += i & 1 ? p[i] : (u32)p[i] << 8;
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return (u16)s;
}

/* IPv4 and TCP headers for @payload bytes, no checksums. */
static inline unsigned int tcp_frame(u8 *f, const u8 to[6], u32 seq,
				     unsigned int payload)
{
	static const u8 head[54] = {
		0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 8, 0,
		0x45, 0, 0, 0, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0,
		10, 0, 0, 1, 10, 0, 0, 2,
		0x10, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 9,
		0x50, 0x19, 0x10, 0, 0, 0, 0, 0,
	};

	memcpy(f, head, sizeof(head));
	memcpy(f, to, 6);
	stb32(f + 38, seq);
	for (unsigned int i = 0; i < payload; i++)
		f[54 + i] = (u8)(i * 7);
	stb16(f + 16, 40 + payload);
	return 54 + payload;
}

/* Both checksums of a segment of @ip_bytes. */
static inline bool tcp_is_good(const u8 *f, unsigned int ip_bytes)
{
	return sum16(f + 14, 20, 0) == 0xffff &&
	       sum16(f + 34, ip_bytes - 20,
		     sum16(f + 26, 8, 6 + ip_bytes - 20)) == 0xffff;
}

#endif
