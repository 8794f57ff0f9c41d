/* SPDX-License-Identifier: MIT */
/*
 * host/port.h - one serial port's host end: its rings, its descriptors, its
 * kind.  Private to host/; everybody else uses host/host.h.
 *
 * A kind opens descriptors and follows peers that come and go; host/port.c
 * moves the bytes.
 */
#ifndef HOST_PORT_H
#define HOST_PORT_H

#include "base/env.h"
#include "base/err.h"
#include "host/ring.h"
#include "host/sock.h"
#include "soc/chr.h"

struct host;
struct port;

struct port_kind {
	const char *name;
	bool has_arg;		/* NAME:ARG */
	/*
	 * Peers come and go: output to nobody is kept, the latest of it, and
	 * a peer that reads nothing for long is given up.
	 */
	bool has_peers;
	int (*open)(struct port *p, const char *arg, struct errmsg *msg);
	/*
	 * A peer may have arrived or gone: poll() said so, or, for a kind
	 * without listening descriptor, it is time to look (must be cheap).
	 */
	void (*follow)(struct port *p, u64 now_ns);
	/* The peer is gone: reading or writing said so. */
	void (*gone)(struct port *p);
	void (*close)(struct port *p);
};

struct port {
	const struct port_kind *kind;
	struct host *host;
	unsigned int index;
	char *arg;		/* path, without the kind; NULL: none */
	char *shown;		/* what a person connects to; NULL: nothing */
	struct chr chr;
	struct ring in, out;

	int in_fd, out_fd;	/* -1: none; may be the same */
	struct sock_server server;	/* unix; none elsewhere */
	bool owns_fds;		/* stdio's are the process's */
	bool is_terminal;	/* keys with escapes; readable when raw */
	bool is_socket;		/* out_fd takes send() */
	bool out_may_block;	/* out_fd is shared: never O_NONBLOCK */
	bool out_failed;	/* an error was reported; output is dropped */
	bool in_ended;		/* peer sends no more, but may listen */
	bool is_connected;
	bool was_connected;	/* what the device was told last */
	bool is_blocked;	/* the last write took nothing */
	bool is_given_up;	/* peer reads nothing: the latest is kept */
	bool escape;		/* Ctrl-a was the last key */
	bool has_break;
	u64 break_at;		/* ring position that the break precedes */
	u64 check_ns;		/* when follow() looks again */
};

int port_open(struct port *p, struct host *h, unsigned int index,
	      const char *spec, struct errmsg *msg);
void port_close(struct port *p);
bool port_wants_input(const struct port *p);
void port_read(struct port *p);
void port_hangup(struct port *p);
void port_flush(struct port *p);
bool port_deliver(struct port *p);

/* What a port asks of the loop that it belongs to. */
void host_ask_stop(struct host *h);
void host_fail(struct host *h, const char *what, int error);
void host_say(struct host *h, const char *line);
void host_look(struct host *h, u64 timeout_ns);

extern const struct port_kind port_kind_stdio, port_kind_file, port_kind_null;
extern const struct port_kind port_kind_pty, port_kind_unix;

#endif
