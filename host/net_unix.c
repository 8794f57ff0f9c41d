/* SPDX-License-Identifier: MIT */
/*
 * host/net_unix.c - a cable to a second Culm, through a SOCK_SEQPACKET Unix
 * socket: a packet is a frame.
 *
 * Who finds nobody at the path serves it, who comes second connects, and when
 * one goes, the other takes what role is left.  The one that serves greets, so
 * that a third, which is let go at once, is never told of a link.  A packet
 * shorter than an Ethernet header is a greeting.
 */
#include <errno.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/net.h"

#define CHECK_NS	200000000ull
#define BUFFER_BYTES	(1 << 20)

static const char greeting[] = "culm net 1";

static int new_socket(void)
{
	int size = BUFFER_BYTES;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK,
			0);

	/* as much as the system lets us have */
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	return fd;
}

/* ---- roles ----------------------------------------------------------- */

/* Returns: 0 connected, else errno. */
static int try_connect(struct net_end *e)
{
	int error;

	e->fd = new_socket();
	if (e->fd < 0)
		return errno;
	error = sock_connect(e->fd, e->arg);
	if (error) {
		close(e->fd);
		e->fd = -1;
	}
	return error;
}

/* Returns: 0 serving, else errno; EADDRINUSE when somebody was quicker. */
static int try_serve(struct net_end *e)
{
	int fd = new_socket();

	return fd < 0 ? errno : sock_serve(&e->server, fd, e->arg, 4);
}

/*
 * Two that start at once may both find a socket that nobody serves, and one
 * remove the other's: check_role() finds that out later.
 */
static int take_role(struct net_end *e)
{
	int error = try_connect(e);
	struct stat st;

	if (error == 0 || (error != ENOENT && error != ECONNREFUSED))
		return error;
	if (error == ECONNREFUSED) {
		if (lstat(e->arg, &st) < 0 || !S_ISSOCK(st.st_mode))
			return EEXIST;
		unlink(e->arg);
	}
	error = try_serve(e);
	return error == EADDRINUSE ? try_connect(e) : error;
}

static int unix_check(const char *arg, struct errmsg *msg)
{
	return sock_check_path("--net=unix:", arg, msg);
}

static int unix_open(struct net_end *e, const char *arg, struct errmsg *msg)
{
	int error = take_role(e);

	switch (error) {
	case 0:
	case EAGAIN:		/* many wait there: our turn may come */
		return 0;
	case EEXIST:
		return err_set(msg, ERR_CONFLICT, "--net=unix:%s: exists and "
			       "is not a socket", arg);
	case EPROTOTYPE:
		return err_set(msg, ERR_CONFLICT, "--net=unix:%s: serves "
			       "something else", arg);
	default:
		return err_set(msg, ERR_IO, "--net=unix:%s: %s", arg,
			       strerror(error));
	}
}

static void hang_up(struct net_end *e)
{
	close(e->fd);
	e->fd = -1;
	net_set_up(e, false);
}

/* One peer; others are let go, and may come again. */
static void accept_peers(struct net_end *e)
{
	int fd = accept4(e->server.fd, NULL, NULL,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);
	int size = BUFFER_BYTES;

	if (fd < 0)
		return;
	if (e->fd >= 0) {
		close(fd);
		return;
	}
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	e->fd = fd;
	if (send(fd, greeting, sizeof(greeting) - 1, MSG_NOSIGNAL) < 0)
		hang_up(e);
	else
		net_set_up(e, true);
}

static void check_role(struct net_end *e, u64 now_ns)
{
	if (now_ns < e->check_ns)
		return;
	e->check_ns = now_ns + CHECK_NS;
	if (e->server.fd >= 0 && e->fd < 0 && !sock_server_has(&e->server, e->arg))
		sock_server_close(&e->server, e->arg);
	if (e->server.fd < 0 && e->fd < 0)
		take_role(e);
}

/* ---- frames ---------------------------------------------------------- */

static ssize_t unix_take(int fd, void *buf)
{
	return recv(fd, buf, NET_FRAME_MAX + 1, MSG_TRUNC | MSG_DONTWAIT);
}

static enum net_sent unix_send(struct net_end *e, const u8 *frame,
			       size_t bytes)
{
	ssize_t n;

	do {
		n = send(e->fd, frame, bytes, MSG_DONTWAIT | MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return NET_BUSY;
	return n < 0 ? NET_LOST : NET_SENT;
}

/* Returns: true when the server took us; hangs up when it did not. */
static bool read_greeting(struct net_end *e)
{
	u8 buf[NET_FRAME_MIN];
	ssize_t n = recv(e->fd, buf, sizeof(buf), MSG_TRUNC | MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return false;
	if (n != (ssize_t)sizeof(greeting) - 1 ||
	    memcmp(buf, greeting, (size_t)n) != 0) {
		hang_up(e);
		return false;
	}
	net_set_up(e, true);
	return true;
}

static void unix_prepare(struct net_end *e, struct pollset *s, u64 now_ns)
{
	short events = 0;

	check_role(e, now_ns);
	if (e->server.fd >= 0)
		e->listen_slot = pollset_add(s, e->server.fd, POLLIN);
	e->has_listen_slot = e->server.fd >= 0;
	if (e->fd < 0) {
		pollset_until(s, now_ns, e->check_ns);
		return;
	}
	if (net_queue_used(&e->rx) < NET_QUEUE_BYTES / 2)
		events |= POLLIN;
	if (!net_queue_is_empty(&e->tx))
		events |= POLLOUT;
	if (events)	/* a hangup cannot be unasked, and comes again */
		net_watch(e, s, e->fd, events);
}

static void unix_serve(struct net_end *e, const struct pollset *s, u64 now_ns)
{
	short seen = net_seen(e, s);

	(void)now_ns;
	if (e->has_listen_slot && !s->has_failed &&
	    s->fds[e->listen_slot].revents)
		accept_peers(e);
	if (seen & POLLOUT)
		net_flush(e);
	if (!(seen & (POLLIN | POLLERR | POLLHUP)))
		return;
	if (!e->is_up && !read_greeting(e))
		return;
	net_read_all(e, unix_take);
	if (errno)
		hang_up(e);
}

static void unix_close(struct net_end *e)
{
	sock_server_close(&e->server, e->arg);
	if (e->fd >= 0)
		close(e->fd);
}

const struct net_kind net_kind_unix = {
	.name = "unix",
	.has_arg = true,
	.check = unix_check,
	.open = unix_open,
	.send = unix_send,
	.prepare = unix_prepare,
	.serve = unix_serve,
	.close = unix_close,
};
