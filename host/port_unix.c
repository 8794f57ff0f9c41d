/* SPDX-License-Identifier: MIT */
/*
 * host/port_unix.c - a serial port as a listening Unix socket, one client at
 * a time; the next one waits in the backlog.
 *
 * Knows the peers; the socket's file is sock.c's.
 */
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/port.h"

static int unix_open(struct port *p, const char *arg, struct errmsg *msg)
{
	int r = sock_server_open(&p->server, "", arg, 1, false, msg);

	if (r < 0)
		return r;
	p->shown = xstrdup(arg);
	p->is_socket = true;
	p->owns_fds = true;
	return 0;
}

static void unix_accept(struct port *p)
{
	int fd = accept4(p->server.fd, NULL, NULL,
			 SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd >= 0) {
		p->in_fd = p->out_fd = fd;
		p->is_connected = true;
	}
}

/* A client that has only shut its sending half down still listens. */
static void unix_follow(struct port *p, u64 now_ns)
{
	struct pollfd pfd = { .fd = p->in_fd };

	(void)now_ns;
	if (!p->is_connected)
		unix_accept(p);
	else if (p->in_ended && poll(&pfd, 1, 0) > 0 &&
		 (pfd.revents & (POLLHUP | POLLERR)))
		port_hangup(p);
}

static void unix_gone(struct port *p)
{
	close(p->in_fd);
	p->in_fd = p->out_fd = -1;
}

static void unix_close(struct port *p)
{
	sock_server_close(&p->server, p->arg);
}

const struct port_kind port_kind_unix = {
	.name = "unix",
	.has_arg = true,
	.has_peers = true,
	.open = unix_open,
	.follow = unix_follow,
	.gone = unix_gone,
	.close = unix_close,
};
