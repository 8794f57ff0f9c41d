/* SPDX-License-Identifier: MIT */
/*
 * soc/share.h - a server of messages on the host, such as 9P for a folder.
 *
 * The device hands over one whole request and gets one whole reply; what the
 * bytes mean is the server's.
 */
#ifndef SOC_SHARE_H
#define SOC_SHARE_H

#include "base/env.h"

struct share {
	/*
	 * @reply: room for @room bytes.  Returns the bytes of the reply, 0
	 * when the request cannot even be answered.
	 */
	size_t (*request)(void *opaque, const u8 *req, size_t bytes, u8 *reply,
			  size_t room);
	/* the guest starts anew: forget all open files */
	void (*reset)(void *opaque);
	void *opaque;
	const char *tag;	/* mount tag; borrowed */
};

#endif
