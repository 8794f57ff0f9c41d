/* SPDX-License-Identifier: MIT */
/*
 * host/signals.h - signals while a machine runs.
 *
 * INT, TERM, HUP and QUIT ask for an orderly end; a second one ends at once.
 * Crashes and stops give the terminal back first.  Signal dispositions are
 * process-wide, so only one catcher exists.
 */
#ifndef HOST_SIGNALS_H
#define HOST_SIGNALS_H

#include "base/err.h"

int signals_catch(struct errmsg *msg);
int signals_wake_fd(void);
void signals_drain(void);
int signals_stop(void);
void signals_release(void);

#endif
