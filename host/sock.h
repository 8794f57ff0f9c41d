/* SPDX-License-Identifier: MIT */
/*
 * host/sock.h - Unix sockets and the files that they have in a folder.
 *
 * A server's file is removed with it, never another's that took its place.
 */
#ifndef HOST_SOCK_H
#define HOST_SOCK_H

#include "base/env.h"
#include "base/err.h"

struct sock_server {
	int fd;			/* listens; -1: none */
	u64 dev, ino;		/* the file; 0: none */
};

#define SOCK_SERVER_NONE ((struct sock_server){ .fd = -1 })

int sock_check_path(const char *who, const char *path, struct errmsg *msg);
int sock_connect(int fd, const char *path);
int sock_serve(struct sock_server *s, int fd, const char *path, int backlog);
int sock_server_open(struct sock_server *s, const char *who, const char *path,
		     int backlog, bool is_private, struct errmsg *msg);
bool sock_server_has(const struct sock_server *s, const char *path);
void sock_server_close(struct sock_server *s, const char *path);

#endif
