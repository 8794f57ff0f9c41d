/* SPDX-License-Identifier: MIT */
/*
 * host/control.c - a Unix socket for people and scripts: one line in, lines
 * out, "ok" or "error TEXT" at the end.
 *
 * Owns the socket file, its clients and their buffers, and the commands about
 * the host's side; all other lines go to whom the machine's owner named.  A
 * client that reads nothing is not read from either, and one that sends more
 * than a line holds is told so: it costs its own buffers and never waits for
 * anybody.
 */
#include "host/control.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/net.h"
#include "host/port.h"
#include "host/sock.h"

#define CLIENTS		8
#define LINE_BYTES	1024u		/* of a command, with its newline */
#define ANSWER_BYTES	(256u << 10)
#define END_BYTES	256u		/* kept for "ok" or "error TEXT" */
#define BURST		16		/* commands of a client in one go */

struct client {
	int fd;			/* -1: a free place */
	unsigned int slot;	/* in the poll set */
	bool has_slot;
	bool has_ended;		/* sends no more; the answers are due */
	bool is_too_long;	/* the rest of the line is thrown away */
	bool was_cut;		/* the answer found no room */
	u32 used;		/* bytes of @in */
	u32 filled, sent;	/* bytes of @out */
	char in[LINE_BYTES];
	char *out;		/* made once, for all clients of the place */
};

struct control {
	struct host *host;
	struct host_answer answer;
	struct sock_server server;
	unsigned int slot;
	bool has_slot;
	char *path;
	struct client client[CLIENTS];
};

/* ---- answers --------------------------------------------------------- */

static void put_raw(struct client *c, u32 room, const char *line)
{
	size_t n = strlen(line);

	if (c->was_cut || c->filled + n + 1 > room) {
		c->was_cut = true;
		return;
	}
	memcpy(c->out + c->filled, line, n);
	c->out[c->filled + n] = '\n';
	c->filled += (u32)n + 1;
}

static void put_line(void *opaque, const char *line)
{
	put_raw(opaque, ANSWER_BYTES - END_BYTES, line);
}

static void put_end(struct client *c, int result, const struct errmsg *msg)
{
	char text[END_BYTES];

	if (c->was_cut)
		snprintf(text, sizeof(text), "error the answer is too long");
	else if (result < 0)
		snprintf(text, sizeof(text), "error %.240s", msg->text);
	else
		strcpy(text, "ok");
	for (char *p = text; *p; p++)
		if (*p == '\n')
			*p = ' ';
	c->was_cut = false;
	put_raw(c, ANSWER_BYTES, text);
}

static void say_net(struct client *c, const struct host *h, unsigned int i)
{
	const struct host_net_counters *n = host_net_counters(h, i);
	char text[240];

	snprintf(text, sizeof(text), "net%u sent %llu frames %llu bytes "
		 "received %llu frames %llu bytes dropped %llu %llu bad %llu",
		 i, (unsigned long long)n->tx_frames,
		 (unsigned long long)n->tx_bytes,
		 (unsigned long long)n->rx_frames,
		 (unsigned long long)n->rx_bytes,
		 (unsigned long long)n->tx_drops,
		 (unsigned long long)n->rx_drops,
		 (unsigned long long)n->tx_bad);
	put_line(c, text);
}

static int do_net(struct control *ctl, struct client *c)
{
	for (unsigned int i = 0; i < HOST_NETS; i++)
		if (host_net(ctl->host, i)->host)
			say_net(c, ctl->host, i);
	return 0;
}

static int do_stop(struct control *ctl, struct client *c)
{
	(void)c;
	host_ask_stop(ctl->host);
	return 0;
}

static int do_help(struct control *ctl, struct client *c);

static const struct {
	const char *name, *help;
	int (*run)(struct control *ctl, struct client *c);
} commands[] = {
	{ "help", "this list", do_help },
	{ "net", "counters of the network cables", do_net },
	{ "stop", "end the run, with status 0", do_stop },
};

static int ask(struct control *ctl, struct client *c, const char *line,
	       struct errmsg *msg)
{
	if (!ctl->answer.answer)
		return err_set(msg, ERR_NOENT, "%s: no such command", line);
	return ctl->answer.answer(ctl->answer.opaque, line, put_line, c, msg);
}

static int do_help(struct control *ctl, struct client *c)
{
	struct errmsg ignored = { "" };
	char text[80];

	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++) {
		snprintf(text, sizeof(text), "%-28s %s", commands[i].name,
			 commands[i].help);
		put_line(c, text);
	}
	return ctl->answer.answer ? ask(ctl, c, "help", &ignored) : 0;
}

static void run_line(struct control *ctl, struct client *c, const char *line)
{
	struct errmsg msg = { "" };

	line += strspn(line, " \t");
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(line, commands[i].name)) {
			put_end(c, commands[i].run(ctl, c), &msg);
			return;
		}
	if (*line)
		put_end(c, ask(ctl, c, line, &msg), &msg);
}

/* ---- clients --------------------------------------------------------- */

static void drop(struct client *c)
{
	char *out = c->out;

	close(c->fd);
	*c = (struct client){ .fd = -1, .out = out };
}

static bool owes(const struct client *c)
{
	return c->sent < c->filled;
}

/* Errors end the client; what is left of an answer waits for POLLOUT. */
static void flush_client(struct client *c)
{
	ssize_t n;

	while (owes(c)) {
		n = send(c->fd, c->out + c->sent, c->filled - c->sent,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK)
			drop(c);
		if (n <= 0)
			return;
		c->sent += (u32)n;
	}
	c->sent = c->filled = 0;
}

static void read_client(struct client *c)
{
	ssize_t n;

	n = read(c->fd, c->in + c->used, LINE_BYTES - c->used);
	if (n > 0)
		c->used += (u32)n;
	else if (n == 0)
		c->has_ended = true;
	else if (errno != EAGAIN && errno != EINTR)
		drop(c);
}

/* Length of the first line, its end included; 0: it is not whole yet. */
static u32 line_length(const struct client *c, bool *is_whole)
{
	const char *end = memchr(c->in, '\n', c->used);

	*is_whole = end || c->has_ended;
	if (end)
		return (u32)(end - c->in) + 1;
	return c->has_ended || c->used == LINE_BYTES ? c->used : 0;
}

/* One line of @c, if there is one; false when there is none. */
static bool take_line(struct control *ctl, struct client *c)
{
	char line[LINE_BYTES + 1];
	struct errmsg msg = { "" };
	bool is_whole;
	u32 n = line_length(c, &is_whole);

	if (!n)
		return false;
	memcpy(line, c->in, n);
	line[n] = '\0';
	line[strcspn(line, "\r\n")] = '\0';
	c->used -= n;
	memmove(c->in, c->in + n, c->used);
	if (!is_whole) {
		c->is_too_long = true;
		return true;
	}
	if (c->is_too_long)
		put_end(c, err_set(&msg, ERR_RANGE, "the line is longer than "
				   "%u bytes", LINE_BYTES - 1), &msg);
	else
		run_line(ctl, c, line);
	c->is_too_long = false;
	return true;
}

static bool deliver_client(struct control *ctl, struct client *c)
{
	bool got = false;

	for (unsigned int i = 0; i < BURST && c->fd >= 0 && !owes(c); i++) {
		if (!take_line(ctl, c))
			break;
		got = true;
		flush_client(c);
	}
	if (c->fd >= 0 && c->has_ended && !c->used && !owes(c))
		drop(c);
	return got;
}

static void accept_client(struct control *ctl)
{
	int fd;

	for (unsigned int i = 0; i < CLIENTS; i++) {
		struct client *c = &ctl->client[i];

		if (c->fd >= 0)
			continue;
		fd = accept4(ctl->server.fd, NULL, NULL,
			     SOCK_CLOEXEC | SOCK_NONBLOCK);
		if (fd < 0)
			return;
		c->fd = fd;
		return;
	}
}

/* ---- the loop -------------------------------------------------------- */

/**
 * control_prepare - what the next poll watches
 * @ctl: control socket, NULL: none
 * @s:   poll set, added to
 *
 * With every place taken, the next client waits in the backlog.
 */
void control_prepare(struct control *ctl, struct pollset *s)
{
	bool has_place = false;

	for (unsigned int i = 0; ctl && i < CLIENTS; i++) {
		struct client *c = &ctl->client[i];

		has_place |= c->fd < 0;
		c->has_slot = c->fd >= 0 &&
			      (owes(c) || (!c->has_ended &&
					   c->used < LINE_BYTES));
		if (c->has_slot)
			c->slot = pollset_add(s, c->fd,
					      owes(c) ? POLLOUT : POLLIN);
	}
	if (!ctl)
		return;
	ctl->has_slot = has_place;
	if (has_place)
		ctl->slot = pollset_add(s, ctl->server.fd, POLLIN);
}

/**
 * control_serve - after the poll: read, write, accept; answers nothing
 * @ctl: control socket, NULL: none
 * @s:   the poll set
 */
void control_serve(struct control *ctl, const struct pollset *s)
{
	if (!ctl || s->has_failed)
		return;
	for (unsigned int i = 0; i < CLIENTS; i++) {
		struct client *c = &ctl->client[i];

		if (!c->has_slot || c->fd < 0 || !s->fds[c->slot].revents)
			continue;
		if (owes(c))
			flush_client(c);
		else
			read_client(c);
	}
	if (ctl->has_slot && s->fds[ctl->slot].revents)
		accept_client(ctl);
}

/**
 * control_deliver - answer lines that came in
 * @ctl: control socket, NULL: none
 *
 * Returns: true when there was one: the machine may have changed.
 * Context: between two slices.
 */
bool control_deliver(struct control *ctl)
{
	bool got = false;

	for (unsigned int i = 0; ctl && i < CLIENTS; i++)
		if (ctl->client[i].fd >= 0)
			got |= deliver_client(ctl, &ctl->client[i]);
	return got;
}

/**
 * control_flush - send what can be sent now
 * @ctl: control socket, NULL: none
 */
void control_flush(struct control *ctl)
{
	for (unsigned int i = 0; ctl && i < CLIENTS; i++)
		if (ctl->client[i].fd >= 0)
			flush_client(&ctl->client[i]);
}

/**
 * control_set_answer - who answers lines about the machine
 * @ctl:    control socket, NULL: none
 * @answer: copied; its answer may be NULL: nobody
 */
void control_set_answer(struct control *ctl, const struct host_answer *answer)
{
	if (ctl)
		ctl->answer = *answer;
}

/* ---- life ------------------------------------------------------------ */

/**
 * control_open - serve a control socket
 * @control: set; NULL on failure, and for a path of NULL
 * @h:       loop that it belongs to
 * @path:    of the socket; one that nobody serves any more is replaced
 * @msg:     filled on error
 *
 * Returns: 0, -ERR_RANGE, -ERR_IO, -ERR_CONFLICT when something else is there.
 */
int control_open(struct control **control, struct host *h, const char *path,
		 struct errmsg *msg)
{
	struct control *ctl;
	int r;

	*control = NULL;
	if (!path)
		return 0;
	ctl = xcalloc(1, sizeof(*ctl));
	ctl->host = h;
	ctl->server = SOCK_SERVER_NONE;
	ctl->path = xstrdup(path);
	for (unsigned int i = 0; i < CLIENTS; i++)
		ctl->client[i] = (struct client){
			.fd = -1,
			.out = xcalloc(ANSWER_BYTES, 1),
		};
	/* who can connect rules the machine: its owner only */
	r = sock_server_open(&ctl->server, "--control=", path, CLIENTS, true,
			     msg);
	if (r < 0)
		control_close(ctl);
	else
		*control = ctl;
	return r;
}

/**
 * control_close - let all clients go, remove the socket file
 * @ctl: control socket, NULL: none
 */
void control_close(struct control *ctl)
{
	if (!ctl)
		return;
	for (unsigned int i = 0; i < CLIENTS; i++) {
		if (ctl->client[i].fd >= 0)
			drop(&ctl->client[i]);
		free(ctl->client[i].out);
	}
	sock_server_close(&ctl->server, ctl->path);
	free(ctl->path);
	free(ctl);
}
