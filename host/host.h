/* SPDX-License-Identifier: MIT */
/*
 * host/host.h - the machine's doors to the host: serial lines, network cables,
 * the clock that it sleeps by, and the wish to stop.
 *
 * One thread, one poll.  Characters and frames reach a device only inside
 * host_wait, so between two slices of the machine.  Layer: base, soc/chr.h and
 * soc/net.h; must not know machine, CPU or board.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "base/env.h"
#include "base/err.h"
#include "soc/chr.h"
#include "soc/net.h"

#define HOST_PORTS 5
#define HOST_NETS 8

struct host;

struct host_config {
	/* stdio, pty, file:F, unix:F, null; NULL means null */
	const char *serial[HOST_PORTS];
	/* user[,OPTIONS], tap:NAME, unix:PATH, none; NULL means none */
	const char *net[HOST_NETS];
	/* path of the control socket; NULL: none */
	const char *control;
	/* one line for the person, without newline; may be NULL */
	void (*say)(void *opaque, const char *line);
	void *opaque;
};

/* Answers lines of the control socket that are about the machine. */
struct host_answer {
	/* any number of lines to @put, then 0, or -ERR_x with a message;
	 * "help": a line for each command */
	int (*answer)(void *opaque, const char *line,
		      void (*put)(void *to, const char *line), void *to,
		      struct errmsg *msg);
	void *opaque;
};

/* Of one cable; tx is what the guest sent, rx what its device took. */
struct host_net_counters {
	u64 tx_frames, tx_bytes;
	u64 rx_frames, rx_bytes;
	u64 tx_drops;		/* no peer, or it is too slow */
	u64 tx_bad;		/* of a length that no frame has */
	u64 rx_drops;		/* no room, no device, or no frame's length */
};

int host_open(struct host **host, const struct host_config *cfg,
	      struct errmsg *msg);
struct chr *host_serial(struct host *h, unsigned int index);
const char *host_serial_shown(const struct host *h, unsigned int index);
int host_net_check(const char *spec, struct errmsg *msg);
struct net *host_net(struct host *h, unsigned int index);
const struct host_net_counters *host_net_counters(const struct host *h,
						  unsigned int index);
void host_set_answer(struct host *h, const struct host_answer *answer);
bool host_on_terminal(const struct host *h);
int host_start(struct host *h, struct errmsg *msg);
u64 host_now_ns(void *opaque);
void host_wait(void *opaque, u64 until_ns);
bool host_should_stop(void *opaque);
void host_push(struct host *h);
int host_stop(struct host *h, struct errmsg *msg);
void host_close(struct host *h);

#endif
