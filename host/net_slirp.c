/* SPDX-License-Identifier: MIT */
/*
 * host/net_slirp.c - a network of its own for the guest, through libslirp:
 * 10.0.2.0/24 with this host at .2, a name server at .3, DHCP, and connections
 * made by this process, so without any right.
 *
 * The only user of libslirp.  Its sockets are read in serve only, so that
 * what they bring is queued between slices; what a frame of the guest's causes
 * at once (an ARP reply, an ACK) is queued as well.  The library writes to
 * sockets without MSG_NOSIGNAL: SIGPIPE must be ignored, as host_start does.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <slirp/libslirp.h>

#include "host/net.h"

#define NET_IP		0x0a000200u
#define NET_MASK	0xffffff00u
#define HOST_IP		0x0a000202u
#define DNS_IP		0x0a000203u
#define GUEST_IP	0x0a00020fu

#define TIMERS		8
#define MS_NS		1000000ull
/* A queue as full as this gets no more from sockets: they can wait. */
#define RX_FULL		(NET_QUEUE_BYTES / 2)
/* The library reads one datagram of a socket a poll: so many polls a look. */
#define ROUNDS		32

struct user_timer {
	SlirpTimerCb cb;	/* NULL: the place is free */
	void *opaque;
	s64 at_ms;		/* 0: not running */
};

struct user {
	struct net_end *end;
	Slirp *slirp;
	struct pollset *set;	/* while the library fills it */
	const struct pollset *seen;	/* while it reads what was seen */
	struct pollset more;	/* of the second round and further ones */
	struct user_timer timer[TIMERS];
};

/* ---- what the library calls ------------------------------------------ */

static ssize_t on_frame(const void *frame, size_t bytes, void *opaque)
{
	struct user *u = opaque;

	net_arrived(u->end, frame, bytes);
	return (ssize_t)bytes;
}

/* A guest may cause any number of them: no line for each. */
static void on_guest_error(const char *text, void *opaque)
{
	(void)text;
	(void)opaque;
}

static int64_t on_clock(void *opaque)
{
	(void)opaque;
	return (int64_t)host_now_ns(NULL);
}

static void *on_timer_new(SlirpTimerCb cb, void *cb_opaque, void *opaque)
{
	struct user *u = opaque;

	for (size_t i = 0; i < TIMERS; i++) {
		struct user_timer *t = &u->timer[i];

		if (!t->cb) {
			*t = (struct user_timer){ .cb = cb,
						  .opaque = cb_opaque };
			return t;
		}
	}
	return NULL;
}

static void on_timer_free(void *timer, void *opaque)
{
	struct user_timer *t = timer;

	(void)opaque;
	if (t)
		t->cb = NULL;
}

static void on_timer_mod(void *timer, int64_t at_ms, void *opaque)
{
	struct user_timer *t = timer;

	(void)opaque;
	if (t)
		t->at_ms = at_ms;
}

static void on_poll_fd(int fd, void *opaque)
{
	(void)fd;
	(void)opaque;
}

static void on_notify(void *opaque)
{
	(void)opaque;
}

static const SlirpCb callbacks = {
	.send_packet = on_frame,
	.guest_error = on_guest_error,
	.clock_get_ns = on_clock,
	.timer_new = on_timer_new,
	.timer_free = on_timer_free,
	.timer_mod = on_timer_mod,
	.register_poll_fd = on_poll_fd,
	.unregister_poll_fd = on_poll_fd,
	.notify = on_notify,
};

/* ---- the poll -------------------------------------------------------- */

static const struct {
	int slirp;
	short events;
	bool may_ask;		/* poll() says the others unasked */
} bits[] = {
	{ SLIRP_POLL_IN, POLLIN, true },
	{ SLIRP_POLL_OUT, POLLOUT, true },
	{ SLIRP_POLL_PRI, POLLPRI, true },
	{ SLIRP_POLL_ERR, POLLERR, false },
	{ SLIRP_POLL_HUP, POLLHUP, false },
};

static bool is_full(const struct user *u)
{
	return net_queue_used(&u->end->rx) > RX_FULL;
}

static int on_add(int fd, int events, void *opaque)
{
	struct user *u = opaque;
	short asked = 0;

	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (bits[i].may_ask && (events & bits[i].slirp))
			asked |= bits[i].events;
	if (is_full(u))
		asked &= POLLOUT;
	/* a hangup cannot be unasked, and would be seen again and again */
	if (!asked)
		fd = -1;
	return (int)pollset_add(u->set, fd, asked);
}

static int on_seen(int index, void *opaque)
{
	struct user *u = opaque;
	short seen = u->seen->fds[index].revents;
	int r = 0;

	/* filled by what came in since the poll */
	if (is_full(u))
		seen &= POLLOUT;
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++)
		if (seen & bits[i].events)
			r |= bits[i].slirp;
	return r;
}

static void user_prepare(struct net_end *e, struct pollset *s, u64 now_ns)
{
	struct user *u = e->priv;
	u32 ms = UINT32_MAX;

	u->set = s;
	slirp_pollfds_fill(u->slirp, &ms, on_add, u);
	u->set = NULL;
	if (ms != UINT32_MAX)
		pollset_limit(s, ms * MS_NS);
	for (size_t i = 0; i < TIMERS; i++)
		if (u->timer[i].cb && u->timer[i].at_ms > 0)
			pollset_until(s, now_ns,
				      (u64)u->timer[i].at_ms * MS_NS);
}

static void read_sockets(struct user *u, const struct pollset *s)
{
	u->seen = s;
	slirp_pollfds_poll(u->slirp, s->has_failed, on_seen, u);
	u->seen = NULL;
}

static void user_serve(struct net_end *e, const struct pollset *s, u64 now_ns)
{
	struct user *u = e->priv;
	u64 before = e->rx.in;

	read_sockets(u, s);
	for (int i = 0; i < ROUNDS && e->rx.in != before && !is_full(u); i++) {
		before = e->rx.in;
		pollset_start(&u->more, 0);
		user_prepare(e, &u->more, now_ns);
		u->more.has_failed = poll(u->more.fds, u->more.count, 0) < 0;
		read_sockets(u, &u->more);
	}
	for (size_t i = 0; i < TIMERS; i++) {
		struct user_timer *t = &u->timer[i];

		if (!t->cb || t->at_ms <= 0 || now_ns < (u64)t->at_ms * MS_NS)
			continue;
		t->at_ms = 0;
		t->cb(t->opaque);
	}
}

/* ---- life ------------------------------------------------------------ */

static enum net_sent user_send(struct net_end *e, const u8 *frame,
			       size_t bytes)
{
	struct user *u = e->priv;

	slirp_input(u->slirp, frame, (int)bytes);
	return NET_SENT;
}

static int user_check(const char *arg, struct errmsg *msg)
{
	struct net_user_options o;

	return net_user_parse(&o, arg, msg);
}

static struct in_addr ip_of(u32 ip)
{
	return (struct in_addr){ .s_addr = htonl(ip) };
}

static int add_forward(struct user *u, const struct net_forward *f,
		       struct errmsg *msg)
{
	char text[INET_ADDRSTRLEN];
	struct in_addr host = ip_of(f->host_ip);

	errno = 0;
	if (slirp_add_hostfwd(u->slirp, f->is_udp, host, f->host_port,
			      ip_of(f->guest_ip), f->guest_port) == 0)
		return 0;
	inet_ntop(AF_INET, &host, text, sizeof(text));
	return err_set(msg, errno == EADDRINUSE ? ERR_CONFLICT : ERR_IO,
		       "--net=user: hostfwd=%s:%s:%u: %s",
		       f->is_udp ? "udp" : "tcp", text, f->host_port,
		       errno ? strerror(errno) : "cannot listen there");
}

static int user_open(struct net_end *e, const char *arg, struct errmsg *msg)
{
	SlirpConfig cfg = {
		.version = 1,
		.in_enabled = true,
		.vnetwork = ip_of(NET_IP),
		.vnetmask = ip_of(NET_MASK),
		.vhost = ip_of(HOST_IP),
		.vdhcp_start = ip_of(GUEST_IP),
		.vnameserver = ip_of(DNS_IP),
		.in6_enabled = true,
		.vprefix_len = 64,
	};
	struct net_user_options o;
	struct user *u;
	int r = net_user_parse(&o, arg, msg);

	if (r < 0)
		return r;
	cfg.restricted = o.is_restricted;
	inet_pton(AF_INET6, "fec0::", &cfg.vprefix_addr6);
	inet_pton(AF_INET6, "fec0::2", &cfg.vhost6);
	inet_pton(AF_INET6, "fec0::3", &cfg.vnameserver6);
	u = e->priv = xcalloc(1, sizeof(*u));
	u->end = e;
	u->slirp = slirp_new(&cfg, &callbacks, u);
	if (!u->slirp)
		return err_set(msg, ERR_IO, "--net=user: libslirp %s refuses "
			       "to start", slirp_version_string());
	net_set_up(e, true);
	for (unsigned int i = 0; r == 0 && i < o.count; i++)
		r = add_forward(u, &o.forward[i], msg);
	return r;
}

static void user_close(struct net_end *e)
{
	struct user *u = e->priv;

	if (!u)
		return;
	if (u->slirp)
		slirp_cleanup(u->slirp);
	free(u->more.fds);
	free(u);
	e->priv = NULL;
}

const struct net_kind net_kind_user = {
	.name = "user",
	.has_options = true,
	.check = user_check,
	.open = user_open,
	.send = user_send,
	.prepare = user_prepare,
	.serve = user_serve,
	.close = user_close,
};
