/* SPDX-License-Identifier: MIT */
/*
 * host/port.c - moves the bytes of one serial port between a device and host
 * descriptors.
 *
 * Output is never reordered, and lost only when nobody is there to take it.
 * Input waits in a ring until the device has room.  Reading is never done
 * from inside the device: port_write may sleep and fill the input ring, but
 * only port_deliver calls the device.  Must not know what a terminal, a
 * socket or a pseudo-terminal is: the kinds do.
 */
#include "host/port.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/host.h"
#include "host/tty.h"

#define OUT_BYTES	(64u << 10)
#define IN_BYTES	(64u << 10)
/* A paste must not hide Ctrl-a x behind what the guest has not read yet. */
#define KEYS_BYTES	(1u << 20)
/* A descriptor that may block takes this much after POLLOUT. */
#define SHARED_BYTES	256u
#define GIVE_UP_NS	5000000000ull

#define CTRL_A		1

#define LINES_READY	(CHR_CTS | CHR_DSR)

static const struct port_kind *const kinds[] = {
	&port_kind_stdio, &port_kind_file, &port_kind_null,
	&port_kind_pty, &port_kind_unix,
};

/* ---- output ---------------------------------------------------------- */

/* Returns: bytes taken, 0 when it would block, -1 with errno. */
static ssize_t write_some(struct port *p, const u8 *buf, size_t n)
{
	ssize_t done;

	do {
		if (p->is_socket) {
			done = send(p->out_fd, buf, n,
				    MSG_DONTWAIT | MSG_NOSIGNAL);
		} else {
			struct pollfd pfd = {
				.fd = p->out_fd, .events = POLLOUT,
			};

			if (p->out_may_block) {
				if (poll(&pfd, 1, 0) == 0)
					return 0;
				n = n < SHARED_BYTES ? n : SHARED_BYTES;
			}
			done = write(p->out_fd, buf, n);
		}
	} while (done < 0 && errno == EINTR);
	return done < 0 && (errno == EAGAIN || errno == EWOULDBLOCK) ? 0 : done;
}

static void write_failed(struct port *p)
{
	int error = errno;

	if (p->kind->has_peers) {
		port_hangup(p);
		return;
	}
	host_fail(p->host, p->arg ? p->arg : "standard output", error);
	p->out.out = p->out.in;
	p->out_failed = true;
}

/**
 * port_flush - write what the peer takes without blocking
 * @p: port
 */
void port_flush(struct port *p)
{
	const u8 *data;
	u32 n;

	p->is_blocked = false;
	while (p->is_connected && p->out_fd >= 0 && !p->out_failed &&
	       (n = ring_data(&p->out, &data)) > 0) {
		ssize_t done = write_some(p, data, n);

		if (done < 0) {
			write_failed(p);
			return;
		}
		if (done == 0) {
			p->is_blocked = true;
			return;
		}
		p->out.out += (u64)done;
		p->is_given_up = false;
	}
}

/*
 * The ring is full.  A reader that is slow slows the machine down; one that
 * reads nothing is given up where peers come and go, and waited for, as any
 * program in a pipe would, where they do not.
 */
static bool wait_for_room(struct port *p)
{
	u64 start = host_now_ns(p->host);

	port_flush(p);
	while (!ring_room(&p->out)) {
		if (!p->is_connected || p->out_failed || p->is_given_up)
			return false;
		if (host_should_stop(p->host))
			return false;
		if (p->kind->has_peers &&
		    host_now_ns(p->host) - start > GIVE_UP_NS) {
			p->is_given_up = true;
			host_say(p->host, "serial: the peer reads nothing; "
				 "keeping the latest output only");
			return false;
		}
		host_look(p->host, 100000000);
		port_flush(p);
	}
	return true;
}

static void port_write(void *opaque, const u8 *buf, size_t n)
{
	struct port *p = opaque;

	while (n > 0) {
		size_t done = ring_put(&p->out, buf, n);

		buf += done;
		n -= done;
		if (n > 0 && !wait_for_room(p))
			p->out.out++;	/* the oldest byte makes room */
	}
}

static const struct chr_host_ops host_ops = { .write = port_write };

/* ---- input ----------------------------------------------------------- */

static void show_help(struct port *p)
{
	static const char *const help[] = {
		"Ctrl-a h        this help",
		"Ctrl-a x        stop the simulator",
		"Ctrl-a b        send a break to the guest",
		"Ctrl-a Ctrl-a   send Ctrl-a to the guest",
		"All other keys, Ctrl-C too, go to the guest.",
	};

	host_say(p->host, "");
	for (size_t i = 0; i < ARRAY_SIZE(help); i++)
		host_say(p->host, help[i]);
}

static void take_escape(struct port *p, u8 key)
{
	switch (key) {
	case CTRL_A:
		ring_put(&p->in, &key, 1);
		break;
	case 'x':
	case 'X':
		host_ask_stop(p->host);
		break;
	case 'b':
	case 'B':
		p->has_break = true;
		p->break_at = p->in.in;
		break;
	default:
		show_help(p);
	}
}

static void take_keys(struct port *p, const u8 *buf, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (p->escape) {
			p->escape = false;
			take_escape(p, buf[i]);
		} else if (buf[i] == CTRL_A) {
			p->escape = true;
		} else {
			ring_put(&p->in, &buf[i], 1);
		}
	}
}

/**
 * port_wants_input - whether port_read has a use
 * @p: port
 *
 * Returns: true when there is a source, room, and the right to read.
 */
bool port_wants_input(const struct port *p)
{
	if (p->in_fd < 0 || p->in_ended || !p->is_connected)
		return false;
	if (p->is_terminal && !tty_is_raw())
		return false;
	return ring_room(&p->in) > 0;
}

/**
 * port_read - take what the peer has sent into the input ring
 * @p: port; port_wants_input() is true and poll() said that a read ends
 */
void port_read(struct port *p)
{
	u8 buf[4096];
	size_t room = ring_room(&p->in);
	ssize_t n;

	n = read(p->in_fd, buf, room < sizeof(buf) ? room : sizeof(buf));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n > 0 && p->is_terminal)
		take_keys(p, buf, (size_t)n);
	else if (n > 0)
		ring_put(&p->in, buf, (size_t)n);
	else if (n < 0 && p->kind->has_peers)
		port_hangup(p);
	else
		p->in_ended = true;
}

/**
 * port_hangup - the peer is gone; the port waits for the next one
 * @p: port of a kind with peers
 */
void port_hangup(struct port *p)
{
	p->is_connected = false;
	p->is_blocked = p->is_given_up = p->in_ended = false;
	if (p->kind->gone)
		p->kind->gone(p);
}

static void deliver_lines(struct port *p)
{
	p->was_connected = p->is_connected;
	p->chr.modem = LINES_READY | (p->is_connected ? CHR_DCD : 0);
	if (p->chr.dev->modem)
		p->chr.dev->modem(p->chr.dev_opaque, p->chr.modem);
}

/* Hands over what lies before @limit; false when the device is full. */
static bool deliver_until(struct port *p, u64 limit)
{
	while (p->in.out < limit) {
		const u8 *data;
		size_t n = ring_data(&p->in, &data);
		size_t room = p->chr.dev->room(p->chr.dev_opaque);

		if (n > limit - p->in.out)
			n = (size_t)(limit - p->in.out);
		if (n > room)
			n = room;
		if (!n)
			return false;
		p->chr.dev->receive(p->chr.dev_opaque, data, n);
		p->in.out += n;
	}
	return true;
}

/**
 * port_deliver - give the device what it has room for
 * @p: port
 *
 * Returns: true when the device got something new.
 * Context: between two slices only.
 */
bool port_deliver(struct port *p)
{
	u64 before = p->in.out;
	bool told = false;

	if (!p->chr.dev)
		return false;
	if (p->is_connected != p->was_connected) {
		deliver_lines(p);
		told = true;
	}
	if (p->has_break && deliver_until(p, p->break_at)) {
		p->has_break = false;
		if (p->chr.dev->receive_break)
			p->chr.dev->receive_break(p->chr.dev_opaque);
		told = true;
	}
	if (!p->has_break)
		deliver_until(p, p->in.in);
	return told || p->in.out != before;
}

/* ---- life ------------------------------------------------------------ */

static const struct port_kind *find_kind(const char *spec, const char **arg)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const struct port_kind *k = kinds[i];
		size_t n = strlen(k->name);

		if (strncmp(spec, k->name, n) != 0)
			continue;
		if (k->has_arg && spec[n] == ':' && spec[n + 1]) {
			*arg = spec + n + 1;
			return k;
		}
		if (!k->has_arg && !spec[n]) {
			*arg = NULL;
			return k;
		}
	}
	return NULL;
}

/**
 * port_open - make a serial port's host end
 * @p:     filled
 * @h:     loop that it belongs to, borrowed
 * @index: number of the port, from 0
 * @spec:  stdio, pty, file:F, unix:F or null
 * @msg:   filled on error
 *
 * Returns: 0; -ERR_USAGE for a spec that is none; -ERR_IO, -ERR_CONFLICT,
 * -ERR_RANGE from the kind, after which port_close is still right.
 */
int port_open(struct port *p, struct host *h, unsigned int index,
	      const char *spec, struct errmsg *msg)
{
	const char *arg = NULL;
	int r;

	*p = (struct port){
		.host = h, .index = index,
		.in_fd = -1, .out_fd = -1, .server = SOCK_SERVER_NONE,
	};
	p->kind = find_kind(spec, &arg);
	if (!p->kind)
		return err_set(msg, ERR_USAGE, "--serial=%s: not one of stdio, "
			       "pty, file:F, unix:F, null", spec);
	p->arg = xstrdup(arg);
	r = p->kind->open(p, arg, msg);
	if (r < 0)
		return r;
	if (p->kind == &port_kind_null)
		p->chr.host = NULL;
	else
		p->chr.host = &host_ops;
	p->chr.host_opaque = p;
	p->chr.modem = LINES_READY | (p->is_connected ? CHR_DCD : 0);
	p->was_connected = p->is_connected;
	p->out.size = OUT_BYTES;
	p->out.buf = xcalloc(1, p->out.size);
	p->in.size = p->is_terminal ? KEYS_BYTES : IN_BYTES;
	p->in.buf = xcalloc(1, p->in.size);
	return 0;
}

/**
 * port_close - close descriptors, remove what was made in the file system
 * @p: port; what is in its rings is lost
 */
void port_close(struct port *p)
{
	if (p->kind && p->kind->close)
		p->kind->close(p);
	if (p->owns_fds) {
		if (p->in_fd >= 0 && p->in_fd != p->out_fd)
			close(p->in_fd);
		if (p->out_fd >= 0)
			close(p->out_fd);
	}
	p->in_fd = p->out_fd = -1;
	free(p->arg);
	free(p->shown);
	free(p->in.buf);
	free(p->out.buf);
	p->arg = p->shown = NULL;
	p->in.buf = p->out.buf = NULL;
	p->kind = NULL;
}
