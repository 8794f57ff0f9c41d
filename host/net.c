/* SPDX-License-Identifier: MIT */
/*
 * host/net.c - moves the frames of one Ethernet cable between a device and
 * the kind of its host end.
 *
 * A frame for the device waits in a queue until the device takes it, in order;
 * only net_deliver calls the device.  A frame from the device goes out at
 * once, or waits for a kind that is busy.  What finds no room is dropped and
 * counted.  Must not know what a tap or a socket is: the kinds do.
 */
#include "host/net.h"

#include <errno.h>
#include <stdlib.h>

/* At most this many frames are read at one look, so that others get a turn. */
#define FRAMES_A_LOOK	1024

static const struct net_kind *const kinds[] = {
	&net_kind_none, &net_kind_user, &net_kind_tap, &net_kind_unix,
};

/* ---- from the device ------------------------------------------------- */

/**
 * net_is_frame - whether a length is that of a frame
 * @bytes: length without FCS
 *
 * Returns: true from a bare Ethernet header to NET_FRAME_MAX.
 */
bool net_is_frame(size_t bytes)
{
	return bytes >= NET_FRAME_MIN && bytes <= NET_FRAME_MAX;
}

/* Returns: true when the frame is done with, for better or worse. */
static bool send_one(struct net_end *e, const u8 *frame, size_t bytes)
{
	enum net_sent r = e->kind->send(e, frame, bytes);

	if (r == NET_BUSY)
		return false;
	if (r == NET_LOST) {
		e->counters.tx_drops++;
	} else {
		e->counters.tx_frames++;
		e->counters.tx_bytes += bytes;
	}
	return true;
}

static void net_end_send(void *opaque, const u8 *frame, size_t bytes)
{
	struct net_end *e = opaque;

	if (!net_is_frame(bytes)) {
		e->counters.tx_bad++;
		return;
	}
	host_traffic(e->host);
	if (!e->is_up)
		e->counters.tx_drops++;
	else if (!net_queue_is_empty(&e->tx) || !send_one(e, frame, bytes))
		e->counters.tx_drops += !net_queue_put(&e->tx, frame, bytes);
}

static const struct net_host_ops host_ops = { .send = net_end_send };

/**
 * net_flush - send what waits, as far as the kind takes it
 * @e: end
 */
void net_flush(struct net_end *e)
{
	const u8 *frame;
	size_t bytes;

	while ((frame = net_queue_head(&e->tx, &bytes)) != NULL) {
		if (!send_one(e, frame, bytes))
			return;
		net_queue_pop(&e->tx, bytes);
	}
}

/* ---- to the device --------------------------------------------------- */

/**
 * net_arrived - a frame came for the device
 * @e:     end
 * @frame: without FCS, copied
 * @bytes: its length
 *
 * Context: any; calls no device.
 */
void net_arrived(struct net_end *e, const void *frame, size_t bytes)
{
	host_traffic(e->host);
	if (!net_is_frame(bytes) || !net_queue_put(&e->rx, frame, bytes))
		e->counters.rx_drops++;
}

/**
 * net_read_all - read frames until there are no more, or no room for more
 * @e:    end with a descriptor
 * @take: reads a frame of at most NET_FRAME_MAX + 1 bytes like read(); a
 *        longer result is a frame that is too long
 *
 * Leaves errno 0 when the source is only empty or we are full, and the error
 * (EPIPE for its end) when it is broken.
 */
void net_read_all(struct net_end *e, ssize_t (*take)(int fd, void *buf))
{
	u8 *space;
	ssize_t n;

	for (unsigned int i = 0; i < FRAMES_A_LOOK; i++) {
		space = net_queue_space(&e->rx, NET_FRAME_MAX + 1);
		if (!space)
			break;
		errno = 0;
		n = take(e->fd, space);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			if (n == 0)
				errno = EPIPE;
			else if (errno == EAGAIN || errno == EWOULDBLOCK)
				errno = 0;
			return;
		}
		host_traffic(e->host);
		if (net_is_frame((size_t)n))
			net_queue_commit(&e->rx, (size_t)n);
		else
			e->counters.rx_drops++;
	}
	errno = 0;
}

/**
 * net_set_up - somebody came to the other end, or left it
 * @e:     end
 * @is_up: true when there is somebody now
 *
 * What waited for a peer that left is lost.  The device is told by the next
 * net_deliver.
 */
void net_set_up(struct net_end *e, bool is_up)
{
	size_t bytes;

	e->is_up = is_up;
	while (!is_up && net_queue_head(&e->tx, &bytes)) {
		net_queue_pop(&e->tx, bytes);
		e->counters.tx_drops++;
	}
}

static void drop_all(struct net_end *e)
{
	size_t bytes;

	while (net_queue_head(&e->rx, &bytes)) {
		net_queue_pop(&e->rx, bytes);
		e->counters.rx_drops++;
	}
}

static bool deliver_link(struct net_end *e)
{
	const struct net_dev_ops *dev = e->net.dev;

	if (e->was_told && e->told_up == e->is_up)
		return false;
	e->was_told = true;
	e->told_up = e->is_up;
	if (dev->link)
		dev->link(e->net.dev_opaque, e->is_up);
	return true;
}

/**
 * net_deliver - tell the device about the link, give it what it takes
 * @e: end
 *
 * Frames that the device causes by taking one wait for the next call.
 *
 * Returns: true when the device got something.
 * Context: between two slices only.
 */
bool net_deliver(struct net_end *e)
{
	const struct net_dev_ops *dev = e->net.dev;
	u64 end = e->rx.in;
	bool got;

	if (!dev || !dev->receive) {
		drop_all(e);
		return false;
	}
	got = deliver_link(e);
	while (e->rx.out < end) {
		size_t bytes;
		const u8 *frame = net_queue_head(&e->rx, &bytes);

		if (!frame || !dev->receive(e->net.dev_opaque, frame, bytes))
			break;
		net_queue_pop(&e->rx, bytes);
		e->counters.rx_frames++;
		e->counters.rx_bytes += bytes;
		got = true;
	}
	return got;
}

/* ---- the poll -------------------------------------------------------- */

/**
 * net_watch - ask the poll about this end's one descriptor
 * @e:      end
 * @s:      set
 * @fd:     descriptor
 * @events: POLLIN, POLLOUT
 */
void net_watch(struct net_end *e, struct pollset *s, int fd, short events)
{
	e->slot = pollset_add(s, fd, events);
	e->has_slot = true;
}

/**
 * net_seen - what the poll saw at the descriptor of net_watch
 * @e: end
 * @s: set
 *
 * Returns: revents; 0 when nothing was watched or the poll failed.
 */
short net_seen(const struct net_end *e, const struct pollset *s)
{
	if (!e->has_slot || s->has_failed)
		return 0;
	return s->fds[e->slot].revents;
}

/* ---- life ------------------------------------------------------------ */

static int none_open(struct net_end *e, const char *arg, struct errmsg *msg)
{
	(void)e;
	(void)arg;
	(void)msg;
	return 0;
}

const struct net_kind net_kind_none = {
	.name = "none",
	.open = none_open,
};

static const struct net_kind *find_kind(const char *spec, const char **arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct net_kind *k = kinds[i];
		size_t n = strlen(k->name);

		if (strncmp(spec, k->name, n) != 0)
			continue;
		*arg = spec + n + (spec[n] != '\0');
		if (k->has_arg && spec[n] == ':' && spec[n + 1])
			return k;
		if (!k->has_arg && !spec[n])
			return k;
		if (k->has_options && spec[n] == ',' && spec[n + 1])
			return k;
	}
	return NULL;
}

static int parse(const char *spec, const struct net_kind **kind,
		 const char **arg, struct errmsg *msg)
{
	*kind = find_kind(spec, arg);
	if (!*kind)
		return err_set(msg, ERR_USAGE, "--net=%s: not one of user[,"
			       "OPTIONS], tap:NAME, unix:PATH, none", spec);
	return (*kind)->check ? (*kind)->check(*arg, msg) : 0;
}

/**
 * net_check - whether a text says where a cable goes
 * @spec: user[,OPTIONS], tap:NAME, unix:PATH or none
 * @msg:  filled on error
 *
 * Opens nothing.
 *
 * Returns: 0, -ERR_USAGE, -ERR_RANGE; -ERR_UNSUPP for a kind not built in.
 */
int net_check(const char *spec, struct errmsg *msg)
{
	const struct net_kind *kind;
	const char *arg;

	return parse(spec, &kind, &arg, msg);
}

/**
 * net_open - make a cable's host end
 * @e:    filled
 * @h:    loop that it belongs to, borrowed
 * @spec: user[,OPTIONS], tap:NAME, unix:PATH or none
 * @msg:  filled on error
 *
 * Returns: 0; what net_check says; -ERR_IO, -ERR_CONFLICT from the kind.
 * After any of them net_close is right.
 */
int net_open(struct net_end *e, struct host *h, const char *spec,
	     struct errmsg *msg)
{
	const char *arg;
	int r;

	*e = (struct net_end){ .host = h, .fd = -1, .server = SOCK_SERVER_NONE };
	r = parse(spec, &e->kind, &arg, msg);
	if (r < 0)
		return r;
	e->arg = xstrdup(arg);
	if (e->kind->send) {
		e->rx.buf = xcalloc(1, NET_QUEUE_BYTES);
		e->tx.buf = xcalloc(1, NET_QUEUE_BYTES);
		e->net.host = &host_ops;
		e->net.host_opaque = e;
	}
	return e->kind->open(e, arg, msg);
}

/**
 * net_close - pull the cable out
 * @e: end, opened or all zero; what is in its queues is lost
 */
void net_close(struct net_end *e)
{
	if (e->kind && e->kind->close)
		e->kind->close(e);
	free(e->arg);
	free(e->rx.buf);
	free(e->tx.buf);
	*e = (struct net_end){ .fd = -1, .server = SOCK_SERVER_NONE };
}
