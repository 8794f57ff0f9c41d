/* SPDX-License-Identifier: MIT */
/*
 * cli/run_control.c - joins the host's control socket to the machine: what
 * the program itself answers, and who answers the rest.
 */
#include "cli/run_control.h"

#include <stdio.h>
#include <string.h>

#include "soc/machine_inspect.h"

#ifndef CULM_VERSION
#define CULM_VERSION "unknown"
#endif

static int answer(void *opaque, const char *line,
		  void (*put)(void *to, const char *line), void *to,
		  struct errmsg *msg)
{
	if (!strcmp(line, "version")) {
		put(to, "culm " CULM_VERSION);
		return 0;
	}
	if (!strcmp(line, "help"))
		put(to, "version                      of this program");
	return machine_command(opaque, line, put, to, msg);
}

/**
 * run_control - let the control socket ask a machine
 * @h: loop, with or without a control socket
 * @m: machine; outlives the last host_wait
 */
void run_control(struct host *h, struct machine *m)
{
	host_set_answer(h, &(struct host_answer){ answer, m });
}
