/* SPDX-License-Identifier: MIT */
/*
 * host/port_pty.c - a serial port as a pseudo-terminal that other programs
 * open and close as they like.
 *
 * We hold the master only.  While nobody has the slave open, poll() says
 * POLLHUP at once, so the master leaves the poll set and is looked at now and
 * then instead.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/port.h"

#define CHECK_NS	50000000ull
/* Peers get this long to read what they were sent before we go. */
#define LINGER_MS	1000

/* Opening and closing the slave once starts the "nobody there" state. */
static int make_slave_raw(const char *name)
{
	int fd = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios t;
	int r;

	if (fd < 0)
		return -1;
	r = tcgetattr(fd, &t);
	if (r == 0) {
		cfmakeraw(&t);
		r = tcsetattr(fd, TCSANOW, &t);
	}
	close(fd);
	return r;
}

static int pty_open(struct port *p, const char *arg, struct errmsg *msg)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	const char *name;

	(void)arg;
	p->in_fd = p->out_fd = fd;
	p->owns_fds = true;
	if (fd < 0 || grantpt(fd) < 0 || unlockpt(fd) < 0)
		return err_set(msg, ERR_IO, "--serial=pty: %s",
			       strerror(errno));
	name = ptsname(fd);
	if (!name || make_slave_raw(name) < 0)
		return err_set(msg, ERR_IO, "--serial=pty: %s",
			       strerror(errno));
	p->shown = xstrdup(name);
	return 0;
}

/* What a peer wrote before it left is still read: it counts as present. */
static void pty_follow(struct port *p, u64 now_ns)
{
	struct pollfd pfd = { .fd = p->in_fd, .events = POLLIN };

	if (now_ns < p->check_ns)
		return;
	p->check_ns = now_ns + CHECK_NS;
	if (poll(&pfd, 1, 0) < 0)
		return;
	if (!(pfd.revents & POLLHUP) || (pfd.revents & POLLIN))
		p->is_connected = true;
	else if (p->is_connected)
		port_hangup(p);
}

/* Closing the master would take away what the peer has not read yet. */
static void pty_close(struct port *p)
{
	int fd = -1, left = 0;

	if (p->is_connected && p->shown)
		fd = open(p->shown, O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	for (int ms = 0; ms < LINGER_MS; ms += 10) {
		if (ioctl(fd, FIONREAD, &left) < 0 || left == 0)
			break;
		poll(NULL, 0, 10);
	}
	close(fd);
}

const struct port_kind port_kind_pty = {
	.name = "pty",
	.has_peers = true,
	.open = pty_open,
	.follow = pty_follow,
	.close = pty_close,
};
