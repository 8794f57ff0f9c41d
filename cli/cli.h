/* SPDX-License-Identifier: MIT */
/*
 * cli/cli.h - the commands, exit statuses and the ways that cli/ speaks.
 *
 * One file a command.  Only cli/ prints and decides an exit status.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/env.h"
#include "base/err.h"
#include "base/log.h"

enum cli_status {
	STATUS_OK = 0,
	STATUS_BAD_INPUT = 1,	/* one line says what */
	STATUS_USAGE = 2,
	STATUS_STUCK = 3,	/* the guest; its state was dumped */
};

struct cli_command {
	const char *name;
	const char *help;	/* one line */
	/* @argv: what follows the name; NULL: not built yet */
	int (*run)(int argc, char **argv);
};

int cmd_run(int argc, char **argv);
int cmd_info(int argc, char **argv);
int cmd_disas(int argc, char **argv);

int cli_fail(int code, const struct errmsg *msg);
void cli_say(void *opaque, const char *line);
void cli_log(void *opaque, enum log_level level, const char *line);
int cli_flush_stdout(void);

#endif
