/* SPDX-License-Identifier: MIT */
/*
 * host/port_unix.c - a serial port as a listening Unix socket, one client at
 * a time; the next one waits in the backlog.
 *
 * Owns the socket file: replaces one that nobody serves any more, and removes
 * its own on exit, never another's.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/port.h"

static int bind_to(int fd, const struct sockaddr_un *sun)
{
	return bind(fd, (const struct sockaddr *)sun, sizeof(*sun));
}

/**
 * socket_remove_stale - make room for a listening stream socket
 * @sun: where something is already; a socket that nobody serves is removed
 * @msg: one line on failure
 *
 * Returns: 0, -ERR_CONFLICT for anything else, -ERR_IO.
 */
int socket_remove_stale(const struct sockaddr_un *sun, struct errmsg *msg)
{
	const char *path = sun->sun_path;
	struct stat st;
	int fd, r, error;

	if (lstat(path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return err_set(msg, ERR_CONFLICT,
			       "%s: exists and is not a socket", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return err_set(msg, ERR_IO, "%s: %s", path, strerror(errno));
	r = connect(fd, (const struct sockaddr *)sun, sizeof(*sun));
	error = errno;
	close(fd);
	if (r == 0 || error != ECONNREFUSED)
		return err_set(msg, ERR_CONFLICT, "%s: in use", path);
	if (unlink(path) < 0)
		return err_set(msg, ERR_IO, "%s: %s", path, strerror(errno));
	return 0;
}

static int unix_open(struct port *p, const char *arg, struct errmsg *msg)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct stat st;
	int r;

	if (strlen(arg) >= sizeof(sun.sun_path))
		return err_set(msg, ERR_RANGE, "%s: longer than the %zu bytes "
			       "of a socket's name", arg,
			       sizeof(sun.sun_path) - 1);
	strcpy(sun.sun_path, arg);
	p->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC |
			      SOCK_NONBLOCK, 0);
	if (p->listen_fd < 0)
		return err_set(msg, ERR_IO, "%s: %s", arg, strerror(errno));
	r = bind_to(p->listen_fd, &sun);
	if (r < 0 && errno == EADDRINUSE) {
		r = socket_remove_stale(&sun, msg);
		if (r < 0)
			return r;
		r = bind_to(p->listen_fd, &sun);
	}
	if (r < 0 || listen(p->listen_fd, 1) < 0)
		return err_set(msg, ERR_IO, "%s: %s", arg, strerror(errno));
	if (lstat(arg, &st) == 0) {
		p->unlink_dev = st.st_dev;
		p->unlink_ino = st.st_ino;
	}
	p->shown = xstrdup(arg);
	p->is_socket = true;
	p->owns_fds = true;
	return 0;
}

static void unix_accept(struct port *p)
{
	int fd = accept4(p->listen_fd, NULL, NULL,
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
	struct stat st;

	if (p->listen_fd >= 0)
		close(p->listen_fd);
	if (p->unlink_ino && lstat(p->arg, &st) == 0 &&
	    st.st_dev == p->unlink_dev && st.st_ino == p->unlink_ino)
		unlink(p->arg);
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
