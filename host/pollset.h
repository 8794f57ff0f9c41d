/* SPDX-License-Identifier: MIT */
/*
 * host/pollset.h - the descriptors that the next poll() watches, and how long
 * it may sleep.  Private to host/.
 *
 * Grows to what was ever needed and stays so; must not know what a descriptor
 * is for.
 */
#ifndef HOST_POLLSET_H
#define HOST_POLLSET_H

#include <poll.h>

#include "base/env.h"
#include "base/xalloc.h"

struct pollset {
	struct pollfd *fds;
	unsigned int count, room;
	u64 timeout_ns;		/* sleep at most this long */
	bool has_failed;	/* the poll said nothing: revents are void */
};

static inline void pollset_start(struct pollset *s, u64 timeout_ns)
{
	s->count = 0;
	s->timeout_ns = timeout_ns;
	s->has_failed = false;
}

/* Returns: the place in fds, for later. */
static inline unsigned int pollset_add(struct pollset *s, int fd, short events)
{
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 16;
		s->fds = xrealloc(s->fds, s->room, sizeof(*s->fds));
	}
	s->fds[s->count] = (struct pollfd){ .fd = fd, .events = events };
	return s->count++;
}

static inline void pollset_limit(struct pollset *s, u64 ns)
{
	if (ns < s->timeout_ns)
		s->timeout_ns = ns;
}

/* Sleep until @at, monotonic time, at the latest. */
static inline void pollset_until(struct pollset *s, u64 now_ns, u64 at_ns)
{
	pollset_limit(s, at_ns > now_ns ? at_ns - now_ns : 0);
}

#endif
