/* SPDX-License-Identifier: MIT */
/*
 * host/net.h - the host end of one Ethernet cable: its queues, its counters,
 * its kind.  Private to host/; everybody else uses host/host.h.
 *
 * A kind moves frames between the queues and the world; host/net.c moves them
 * between the queues and the device.
 */
#ifndef HOST_NET_H
#define HOST_NET_H

#include <sys/types.h>

#include "base/env.h"
#include "base/err.h"
#include "host/host.h"
#include "host/net_queue.h"
#include "host/sock.h"
#include "host/pollset.h"
#include "soc/net.h"

#define NET_FRAME_MIN	14u	/* an Ethernet header */

struct net_end;

enum net_sent {
	NET_SENT,
	NET_BUSY,		/* keep it, offer it again after POLLOUT */
	NET_LOST,		/* nobody takes it */
};

struct net_kind {
	const char *name;
	bool has_arg;		/* NAME:ARG */
	bool has_options;	/* NAME or NAME,OPTIONS */
	/* is @arg well-formed?  Opens nothing.  May be NULL. */
	int (*check)(const char *arg, struct errmsg *msg);
	int (*open)(struct net_end *e, const char *arg, struct errmsg *msg);
	/*
	 * NULL: nobody listens.  Called from inside the device; a peer that is
	 * found gone is let go by the next serve.
	 */
	enum net_sent (*send)(struct net_end *e, const u8 *frame, size_t bytes);
	/* What to watch, how long to sleep. */
	void (*prepare)(struct net_end *e, struct pollset *s, u64 now_ns);
	/* After the poll, also when it found nothing. */
	void (*serve)(struct net_end *e, const struct pollset *s, u64 now_ns);
	void (*close)(struct net_end *e);
};

struct net_end {
	const struct net_kind *kind;
	struct host *host;
	struct net net;
	struct host_net_counters counters;
	struct net_queue rx;	/* to the device */
	struct net_queue tx;	/* from it; kinds that are never busy: empty */
	bool is_up;		/* somebody is at the other end */
	bool was_told;		/* the device knows: told_up */
	bool told_up;

	/* What the kind keeps. */
	char *arg;		/* tap: name; unix: path */
	int fd;			/* tap, unix: the peer; -1: none */
	struct sock_server server;	/* unix; else none */
	unsigned int slot, listen_slot;	/* places in the poll set */
	bool has_slot, has_listen_slot;
	u64 check_ns;		/* unix: when to look for peers again */
	void *priv;		/* user */
};

int net_check(const char *spec, struct errmsg *msg);
int net_open(struct net_end *e, struct host *h, const char *spec,
	     struct errmsg *msg);
void net_close(struct net_end *e);
bool net_deliver(struct net_end *e);
void net_flush(struct net_end *e);

/* What a kind asks for. */
bool net_is_frame(size_t bytes);
void net_arrived(struct net_end *e, const void *frame, size_t bytes);
void net_set_up(struct net_end *e, bool is_up);
void net_watch(struct net_end *e, struct pollset *s, int fd, short events);
short net_seen(const struct net_end *e, const struct pollset *s);
void net_read_all(struct net_end *e, ssize_t (*take)(int fd, void *buf));

/* What an end asks of the loop that it belongs to. */
void host_say(struct host *h, const char *line);
void host_traffic(struct host *h);

/* Options of --net=user, as text and as numbers. */
#define NET_FORWARDS	32

struct net_forward {
	bool is_udp;
	u32 host_ip, guest_ip;	/* as 0x7f000001 */
	u16 host_port, guest_port;
};

struct net_user_options {
	bool is_restricted;
	unsigned int count;
	struct net_forward forward[NET_FORWARDS];
};

int net_user_parse(struct net_user_options *o, const char *text,
		   struct errmsg *msg);

extern const struct net_kind net_kind_none, net_kind_user, net_kind_tap;
extern const struct net_kind net_kind_unix;

#endif
