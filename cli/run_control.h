/* SPDX-License-Identifier: MIT */
/* cli/run_control.h - joins the host's control socket to the machine. */
#ifndef CLI_RUN_CONTROL_H
#define CLI_RUN_CONTROL_H

#include "host/host.h"
#include "soc/machine.h"

void run_control(struct host *h, struct machine *m);

#endif
