/* SPDX-License-Identifier: MIT */
/*
 * host/ring.h - a ring of bytes between the run loop and a host descriptor.
 *
 * Owns its buffer, made at set-up time, so that the run loop allocates
 * nothing.  @in and @out count all bytes ever put and taken; their difference
 * is what the ring holds.
 */
#ifndef HOST_RING_H
#define HOST_RING_H

#include "base/env.h"

struct ring {
	u8 *buf;
	u32 size;		/* bytes, a power of two */
	u64 in, out;
};

static inline u32 ring_used(const struct ring *r)
{
	return (u32)(r->in - r->out);
}

static inline u32 ring_room(const struct ring *r)
{
	return r->size - ring_used(r);
}

/* First free stretch: @p is set, its length returned. */
static inline u32 ring_space(struct ring *r, u8 **p)
{
	u32 at = (u32)r->in & (r->size - 1);
	u32 room = ring_room(r);

	*p = r->buf + at;
	return room < r->size - at ? room : r->size - at;
}

/* First filled stretch: @p is set, its length returned. */
static inline u32 ring_data(const struct ring *r, const u8 **p)
{
	u32 at = (u32)r->out & (r->size - 1);
	u32 used = ring_used(r);

	*p = r->buf + at;
	return used < r->size - at ? used : r->size - at;
}

/* Append at most @n bytes; returns how many fitted. */
static inline size_t ring_put(struct ring *r, const u8 *buf, size_t n)
{
	size_t done = 0;

	while (done < n) {
		u8 *p;
		size_t k = ring_space(r, &p);

		if (!k)
			break;
		if (k > n - done)
			k = n - done;
		memcpy(p, buf + done, k);
		r->in += k;
		done += k;
	}
	return done;
}

#endif
