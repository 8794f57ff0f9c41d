/* SPDX-License-Identifier: MIT */
/*
 * soc/net.h - an Ethernet cable between a network device and the host.
 *
 * The host side (user-mode network, tap, nothing) fills in @host; the device
 * fills in @dev.  A frame is without preamble and FCS.  Host to device calls
 * come between slices only, so input enters at a known instruction count.
 */
#ifndef SOC_NET_H
#define SOC_NET_H

#include "base/env.h"

#define NET_FRAME_MAX	9216	/* bytes; longer frames are cut by nobody */

struct net_host_ops {
	void (*send)(void *opaque, const u8 *frame, size_t bytes);
};

struct net_dev_ops {
	/* false: no room, offer it again later */
	bool (*receive)(void *opaque, const u8 *frame, size_t bytes);
	void (*link)(void *opaque, bool is_up);
};

struct net {
	const struct net_host_ops *host;	/* NULL: nobody listens */
	void *host_opaque;
	const struct net_dev_ops *dev;		/* NULL until probed */
	void *dev_opaque;
};

/*
 * Addresses of our own, locally administered so that no vendor's number is
 * taken: 02 'C' 'U' 'L' and these two bytes, plus the number of the port.
 */
enum net_own_mac {
	NET_MAC_EMAC = 'M' << 8,
	NET_MAC_VIRTIO = 'M' << 8 | 0x10,
	NET_MAC_CARD = 'N' << 8,
};

#define NET_MAC_BYTES	6u

static inline void net_own_mac(u8 mac[NET_MAC_BYTES], enum net_own_mac first,
			       unsigned int index)
{
	const u8 own[] = { 0x02, 'C', 'U', 'L', (u8)(first >> 8),
			   (u8)(first + index) };

	memcpy(mac, own, NET_MAC_BYTES);
}

static inline void net_send(struct net *n, const u8 *frame, size_t bytes)
{
	if (n && n->host && n->host->send)
		n->host->send(n->host_opaque, frame, bytes);
}

#endif
