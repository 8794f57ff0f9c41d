/* SPDX-License-Identifier: MIT */
/*
 * host/port_stdio.c - the kinds of port that have no peers: standard input
 * and output, an output file, and nobody.
 *
 * The process's own descriptors are shared with a shell and others, so they
 * are never made non-blocking: a terminal or pipe is opened a second time
 * for that, where the system lets us.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/port.h"
#include "host/tty.h"

static int open_second(int fd)
{
	char path[] = "/proc/self/fd/N";

	path[sizeof(path) - 2] = (char)('0' + fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

static int stdio_open(struct port *p, const char *arg, struct errmsg *msg)
{
	struct stat st;

	(void)arg;
	if (fstat(STDOUT_FILENO, &st) < 0)
		return err_set(msg, ERR_IO, "standard output: %s",
			       strerror(errno));
	p->in_fd = STDIN_FILENO;
	p->out_fd = STDOUT_FILENO;
	p->is_connected = true;
	p->is_terminal = isatty(STDIN_FILENO);
	p->is_socket = S_ISSOCK(st.st_mode);
	if (S_ISFIFO(st.st_mode) || isatty(STDOUT_FILENO)) {
		int fd = open_second(STDOUT_FILENO);

		p->out_may_block = fd < 0;
		if (fd >= 0)
			p->out_fd = fd;
	}
	return 0;
}

static void stdio_close(struct port *p)
{
	if (p->out_fd > STDERR_FILENO)
		close(p->out_fd);
}

/* O_NONBLOCK: a FIFO that nobody reads is an error, not a wait. */
static int file_open(struct port *p, const char *arg, struct errmsg *msg)
{
	int flags = O_WRONLY | O_CREAT | O_TRUNC | O_NONBLOCK | O_NOCTTY |
		    O_CLOEXEC;

	p->out_fd = open(arg, flags, 0666);
	if (p->out_fd < 0)
		return err_set(msg, ERR_IO, "%s: %s", arg, errno == ENXIO ?
			       "nobody reads it" : strerror(errno));
	p->owns_fds = true;
	p->is_connected = true;
	return 0;
}

static int null_open(struct port *p, const char *arg, struct errmsg *msg)
{
	(void)p;
	(void)arg;
	(void)msg;
	p->is_connected = true;
	return 0;
}

const struct port_kind port_kind_stdio = {
	.name = "stdio",
	.open = stdio_open,
	.close = stdio_close,
};

const struct port_kind port_kind_file = {
	.name = "file",
	.has_arg = true,
	.open = file_open,
};

const struct port_kind port_kind_null = {
	.name = "null",
	.open = null_open,
};
