/* SPDX-License-Identifier: MIT */
/*
 * host/net_tap.c - an Ethernet interface of this host as the other end of the
 * cable, through Linux's /dev/net/tun.
 *
 * Sets up nothing of the interface: addresses, bridges and routes are the
 * person's.  Where the right to make an interface is missing, one that was
 * made for the user is attached to.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "host/net.h"

static int tap_check(const char *arg, struct errmsg *msg)
{
	if (strlen(arg) >= IFNAMSIZ || strpbrk(arg, "/ %"))
		return err_set(msg, ERR_USAGE, "--net=tap:%s: not the name of "
			       "an interface, at most %d characters", arg,
			       IFNAMSIZ - 1);
	return 0;
}

static int tap_refused(const char *name, int error, struct errmsg *msg)
{
	switch (error) {
	case EPERM:
	case EACCES:
		return err_set(msg, ERR_IO, "--net=tap:%s: no permission; once, "
			       "as root: ip tuntap add dev %s mode tap user "
			       "YOU", name, name);
	case EBUSY:
		return err_set(msg, ERR_CONFLICT, "--net=tap:%s: another "
			       "program has it", name);
	case EINVAL:
		return err_set(msg, ERR_IO, "--net=tap:%s: exists and is not "
			       "a tap of one queue", name);
	default:
		return err_set(msg, ERR_IO, "--net=tap:%s: %s", name,
			       strerror(error));
	}
}

static int tap_open(struct net_end *e, const char *arg, struct errmsg *msg)
{
	struct ifreq ifr = { .ifr_flags = IFF_TAP | IFF_NO_PI };

	e->fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (e->fd < 0 && (errno == ENOENT || errno == ENODEV ||
			  errno == ENXIO))
		return err_set(msg, ERR_IO, "--net=tap:%s: this host has no "
			       "/dev/net/tun (Linux module tun)", arg);
	if (e->fd < 0)
		return err_set(msg, ERR_IO, "--net=tap:%s: /dev/net/tun: %s",
			       arg, strerror(errno));
	strcpy(ifr.ifr_name, arg);
	if (ioctl(e->fd, TUNSETIFF, &ifr) < 0)
		return tap_refused(arg, errno, msg);
	net_set_up(e, true);
	return 0;
}

static ssize_t tap_take(int fd, void *buf)
{
	return read(fd, buf, NET_FRAME_MAX + 1);
}

/* An interface that is down refuses with EIO; it may come up again. */
static enum net_sent tap_send(struct net_end *e, const u8 *frame, size_t bytes)
{
	ssize_t n;

	if (e->fd < 0)
		return NET_LOST;
	do {
		n = write(e->fd, frame, bytes);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return NET_BUSY;
	return n == (ssize_t)bytes ? NET_SENT : NET_LOST;
}

static void tap_prepare(struct net_end *e, struct pollset *s, u64 now_ns)
{
	short events = 0;

	(void)now_ns;
	if (e->fd < 0)
		return;
	if (net_queue_used(&e->rx) < NET_QUEUE_BYTES / 2)
		events |= POLLIN;
	if (!net_queue_is_empty(&e->tx))
		events |= POLLOUT;
	if (events)	/* an error cannot be unasked, and comes again */
		net_watch(e, s, e->fd, events);
}

static void tap_gone(struct net_end *e)
{
	close(e->fd);
	e->fd = -1;
	net_set_up(e, false);
	host_say(e->host, "net: the tap interface is gone");
}

static void tap_serve(struct net_end *e, const struct pollset *s, u64 now_ns)
{
	short seen = net_seen(e, s);

	(void)now_ns;
	if (seen & POLLOUT)
		net_flush(e);
	if (!(seen & (POLLIN | POLLERR | POLLHUP | POLLNVAL)))
		return;
	net_read_all(e, tap_take);
	if (errno)
		tap_gone(e);
}

static void tap_close(struct net_end *e)
{
	if (e->fd >= 0)
		close(e->fd);
}

const struct net_kind net_kind_tap = {
	.name = "tap",
	.has_arg = true,
	.check = tap_check,
	.open = tap_open,
	.send = tap_send,
	.prepare = tap_prepare,
	.serve = tap_serve,
	.close = tap_close,
};
