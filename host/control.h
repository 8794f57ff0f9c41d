/* SPDX-License-Identifier: MIT */
/*
 * host/control.h - the control socket: lines in, lines out.  Private to host/;
 * everybody else uses host/host.h.
 *
 * Sockets are read and written with the other doors of the loop; a line is
 * answered only in control_deliver, so between two slices of the machine.
 * Must not know what a line means to the machine.
 */
#ifndef HOST_CONTROL_H
#define HOST_CONTROL_H

#include "base/env.h"
#include "base/err.h"
#include "host/host.h"
#include "host/pollset.h"

struct control;

int control_open(struct control **control, struct host *h, const char *path,
		 struct errmsg *msg);
void control_set_answer(struct control *c, const struct host_answer *answer);
void control_prepare(struct control *c, struct pollset *s);
void control_serve(struct control *c, const struct pollset *s);
bool control_deliver(struct control *c);
void control_flush(struct control *c);
void control_close(struct control *c);

#endif
