/* SPDX-License-Identifier: MIT */
/*
 * host/tty.h - raw mode of the terminal, and its way back.
 *
 * A process has one terminal to care for, and a signal handler must reach it
 * without an argument: this is process-wide state by nature.  Knows nothing
 * of ports, guests or escapes.
 */
#ifndef HOST_TTY_H
#define HOST_TTY_H

#include "base/env.h"
#include "base/err.h"

int tty_raw(int fd, struct errmsg *msg);
bool tty_is_raw(void);
void tty_rearm(void);
void tty_restore(void);
void tty_release(void);

#endif
