/* SPDX-License-Identifier: MIT */
/*
 * host/net_queue.h - frames that wait, in order, in a bounded ring.
 *
 * A frame is never split: one that does not fit before the end of the buffer
 * starts at its beginning, and NET_QUEUE_SKIP is left behind.  A record is a
 * u32 length and the bytes, filled up to four.  in and out count all bytes
 * that ever passed, so in == out is empty and in - out == size is full.
 */
#ifndef HOST_NET_QUEUE_H
#define HOST_NET_QUEUE_H

#include "base/env.h"

#define NET_QUEUE_BYTES	(512u << 10)	/* a power of two */
#define NET_QUEUE_SKIP	0xffffffffu

struct net_queue {
	u8 *buf;		/* NET_QUEUE_BYTES */
	u64 in, out;
};

static inline bool net_queue_is_empty(const struct net_queue *q)
{
	return q->in == q->out;
}

static inline u32 net_queue_used(const struct net_queue *q)
{
	return (u32)(q->in - q->out);
}

static inline u32 net_queue_need(size_t bytes)
{
	return 4 + (((u32)bytes + 3) & ~3u);
}

/* Room for a frame of at most @bytes in one piece; NULL when there is none. */
static inline u8 *net_queue_space(struct net_queue *q, size_t bytes)
{
	u32 need = net_queue_need(bytes), skip = NET_QUEUE_SKIP;
	u32 at = (u32)q->in & (NET_QUEUE_BYTES - 1);
	u32 tail = NET_QUEUE_BYTES - at;
	u32 total = need > tail ? tail + need : need;

	if (total > NET_QUEUE_BYTES - net_queue_used(q))
		return NULL;
	if (need <= tail)
		return q->buf + at + 4;
	memcpy(q->buf + at, &skip, 4);
	q->in += tail;
	return q->buf + 4;
}

/* The space that was just got holds @bytes now, which are not more. */
static inline void net_queue_commit(struct net_queue *q, size_t bytes)
{
	u32 n = (u32)bytes;

	memcpy(q->buf + ((u32)q->in & (NET_QUEUE_BYTES - 1)), &n, 4);
	q->in += net_queue_need(bytes);
}

static inline bool net_queue_put(struct net_queue *q, const void *frame,
				 size_t bytes)
{
	u8 *p = net_queue_space(q, bytes);

	if (!p)
		return false;
	memcpy(p, frame, bytes);
	net_queue_commit(q, bytes);
	return true;
}

/* The oldest frame, which stays where it is until it is popped; or NULL. */
static inline const u8 *net_queue_head(struct net_queue *q, size_t *bytes)
{
	u32 at = (u32)q->out & (NET_QUEUE_BYTES - 1), n;

	if (net_queue_is_empty(q))
		return NULL;
	memcpy(&n, q->buf + at, 4);
	if (n == NET_QUEUE_SKIP) {
		q->out += NET_QUEUE_BYTES - at;
		if (net_queue_is_empty(q))
			return NULL;
		at = 0;
		memcpy(&n, q->buf, 4);
	}
	*bytes = n;
	return q->buf + at + 4;
}

/* Forget the frame of @bytes that net_queue_head() gave. */
static inline void net_queue_pop(struct net_queue *q, size_t bytes)
{
	q->out += net_queue_need(bytes);
}

#endif
