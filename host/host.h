/* SPDX-License-Identifier: MIT */
/*
 * host/host.h - the machine's doors to the host: serial lines, the clock that
 * it sleeps by, and the wish to stop.
 *
 * One thread, one poll.  Characters reach a device only inside host_wait, so
 * between two slices of the machine.  Layer: base and soc/chr.h; must not
 * know machine, CPU or board.
 */
#ifndef HOST_HOST_H
#define HOST_HOST_H

#include "base/env.h"
#include "base/err.h"
#include "soc/chr.h"

#define HOST_PORTS 4

struct host;

struct host_config {
	/* stdio, pty, file:F, unix:F, null; NULL means null */
	const char *serial[HOST_PORTS];
	/* one line for the person, without newline; may be NULL */
	void (*say)(void *opaque, const char *line);
	void *opaque;
};

int host_open(struct host **host, const struct host_config *cfg,
	      struct errmsg *msg);
struct chr *host_serial(struct host *h, unsigned int index);
const char *host_serial_shown(const struct host *h, unsigned int index);
bool host_on_terminal(const struct host *h);
int host_start(struct host *h, struct errmsg *msg);
u64 host_now_ns(void *opaque);
void host_wait(void *opaque, u64 until_ns);
bool host_should_stop(void *opaque);
void host_push(struct host *h);
int host_stop(struct host *h, struct errmsg *msg);
void host_close(struct host *h);

#endif
