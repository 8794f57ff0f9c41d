/* SPDX-License-Identifier: MIT */
/*
 * host/sock.c - Unix sockets and the files that they have in a folder.
 *
 * Knows names and files, nothing of what is said over a socket.
 */
#include "host/sock.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* @path fits: see sock_check_path. */
static const struct sockaddr *address(const char *path, struct sockaddr_un *sun)
{
	*sun = (struct sockaddr_un){ .sun_family = AF_UNIX };
	strcpy(sun->sun_path, path);
	return (const struct sockaddr *)sun;
}

/**
 * sock_check_path - is a path short enough for a socket?
 * @who:  what precedes the path in the message
 * @path: of the file
 * @msg:  one line when it is not
 *
 * Returns: 0 or -ERR_RANGE.
 */
int sock_check_path(const char *who, const char *path, struct errmsg *msg)
{
	struct sockaddr_un sun;

	if (strlen(path) < sizeof(sun.sun_path))
		return 0;
	return err_set(msg, ERR_RANGE, "%s%s: longer than the %zu bytes of a "
		       "socket's name", who, path, sizeof(sun.sun_path) - 1);
}

/**
 * sock_connect - connect to a server's file
 * @fd:   socket, of any type
 * @path: that sock_check_path accepts
 *
 * Returns: 0, else errno.
 */
int sock_connect(int fd, const char *path)
{
	struct sockaddr_un sun;

	return connect(fd, address(path, &sun), sizeof(sun)) == 0 ? 0 : errno;
}

/**
 * sock_serve - listen at a path where nothing is yet
 * @s:       set; has none on failure
 * @fd:      socket, of any type; closed on failure
 * @path:    that sock_check_path accepts
 * @backlog: clients that may wait
 *
 * Returns: 0, else errno; EADDRINUSE when something is there.
 */
int sock_serve(struct sock_server *s, int fd, const char *path, int backlog)
{
	struct sockaddr_un sun;
	struct stat st;
	int error;

	*s = SOCK_SERVER_NONE;
	if (bind(fd, address(path, &sun), sizeof(sun)) == 0 &&
	    listen(fd, backlog) == 0 && lstat(path, &st) == 0) {
		*s = (struct sock_server){ fd, st.st_dev, st.st_ino };
		return 0;
	}
	error = errno;
	close(fd);
	return error;
}

static int stream_socket(bool is_private)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0 && is_private && fchmod(fd, 0600) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A socket that nobody serves any more makes room. */
static int remove_stale(const char *who, const char *path, struct errmsg *msg)
{
	struct stat st;
	int fd, error;

	if (lstat(path, &st) < 0 || !S_ISSOCK(st.st_mode))
		return err_set(msg, ERR_CONFLICT,
			       "%s%s: exists and is not a socket", who, path);
	fd = stream_socket(false);
	if (fd < 0)
		return err_set(msg, ERR_IO, "%s%s: %s", who, path,
			       strerror(errno));
	error = sock_connect(fd, path);
	close(fd);
	if (error != ECONNREFUSED)
		return err_set(msg, ERR_CONFLICT, "%s%s: in use", who, path);
	if (unlink(path) < 0)
		return err_set(msg, ERR_IO, "%s%s: %s", who, path,
			       strerror(errno));
	return 0;
}

/**
 * sock_server_open - listen for streams at a path
 * @s:          set; has none on failure
 * @who:        what precedes the path in messages
 * @path:       of the file; a socket that nobody serves any more is replaced
 * @backlog:    clients that may wait
 * @is_private: nobody but the owner may connect
 * @msg:        one line on failure
 *
 * Returns: 0, -ERR_RANGE, -ERR_IO, -ERR_CONFLICT when something else is there.
 */
int sock_server_open(struct sock_server *s, const char *who, const char *path,
		     int backlog, bool is_private, struct errmsg *msg)
{
	int fd, error = EADDRINUSE, r = sock_check_path(who, path, msg);

	*s = SOCK_SERVER_NONE;
	for (unsigned int turn = 0; !r && error == EADDRINUSE && turn < 2; turn++) {
		r = turn ? remove_stale(who, path, msg) : 0;
		if (r < 0)
			return r;
		fd = stream_socket(is_private);
		error = fd < 0 ? errno : sock_serve(s, fd, path, backlog);
	}
	if (!r && error)
		r = err_set(msg, ERR_IO, "%s%s: %s", who, path, strerror(error));
	return r;
}

/**
 * sock_server_has - is the file at a path this server's?
 * @s:    server
 * @path: of the file
 */
bool sock_server_has(const struct sock_server *s, const char *path)
{
	struct stat st;

	return s->ino && lstat(path, &st) == 0 && st.st_dev == s->dev &&
	       st.st_ino == s->ino;
}

/**
 * sock_server_close - listen no longer, and remove the file
 * @s:    server; none: nothing happens
 * @path: that it was opened with
 */
void sock_server_close(struct sock_server *s, const char *path)
{
	if (s->fd < 0)
		return;
	close(s->fd);
	if (sock_server_has(s, path))
		unlink(path);
	*s = SOCK_SERVER_NONE;
}
