/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/nic.h - what Ethernet cards have in common: the serial EEPROM, the
 * FCS, the Internet checksum, and where the headers of a frame are.
 *
 * Knows no card and no bus.
 */
#ifndef SOC_DEV_NIC_H
#define SOC_DEV_NIC_H

#include "soc/dev.h"
#include "soc/net.h"

#define NIC_FRAME_MIN	60	/* bytes, without FCS */
#define NIC_FCS		4
#define EEPROM93_WORDS	64

/*
 * A 93C46 of 64 words of 16 bits on a three-wire bus.  The card shows @dout
 * and calls eeprom93_pins whenever software moves the other pins.
 */
struct eeprom93 {
	u16 word[EEPROM93_WORDS];
	bool is_writable;	/* after EWEN */
	bool cs, sk, dout;
	bool has_started;	/* the start bit was seen */
	unsigned int bits;	/* after it: opcode, address, data */
	u32 shift;
	u16 out;		/* what a read shifts out */
	unsigned int out_bits, out_at;
};

struct nic_crc {		/* FCS, four bytes a step */
	u32 t[4][256];
};

/* An IPv4 frame that is no fragment, with its TCP or UDP if it has one. */
struct nic_ip {
	unsigned int ip, ip_bytes;	/* header */
	unsigned int l4, l4_bytes;	/* header with data; 0: neither */
	bool is_tcp, is_udp;
};

void eeprom93_reset(struct eeprom93 *e);
void eeprom93_pins(struct eeprom93 *e, bool cs, bool sk, bool di);
void nic_mac(const struct dev_node *node, enum net_own_mac first,
	     unsigned int index, u8 mac[NET_MAC_BYTES]);
void nic_crc_init(struct nic_crc *c);
u32 nic_fcs(const struct nic_crc *c, const u8 *p, size_t bytes);
u32 nic_sum(const u8 *p, size_t bytes);
u16 nic_fold(u64 sum);
u64 nic_pseudo_sum(const u8 *frame, const struct nic_ip *ip);
bool nic_ip_find(const u8 *frame, size_t bytes, struct nic_ip *ip);

#endif
