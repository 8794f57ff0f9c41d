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

static inline void net_send(struct net *n, const u8 *frame, size_t bytes)
{
	if (n && n->host && n->host->send)
		n->host->send(n->host_opaque, frame, bytes);
}

#endif
