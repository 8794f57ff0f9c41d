/* SPDX-License-Identifier: MIT */
/*
 * cli/say.c - how cli/ speaks to the person: lines on standard error.
 *
 * While the terminal is raw, a line must return the carriage itself.
 */
#include <errno.h>
#include <stdio.h>

#include "cli/cli.h"
#include "host/tty.h"

/**
 * cli_fail - print why a command failed
 * @code: -ERR_x
 * @msg:  its line; when empty, the code's text is printed
 *
 * Returns: the exit status.
 */
int cli_fail(int code, const struct errmsg *msg)
{
	fprintf(stderr, "culm: %s\n", msg->text[0] ? msg->text :
		err_text(code));
	return code == -ERR_USAGE ? STATUS_USAGE : STATUS_BAD_INPUT;
}

/**
 * cli_say - one line for the person
 * @opaque: unused
 * @line:   text without newline
 */
void cli_say(void *opaque, const char *line)
{
	(void)opaque;
	if (tty_is_raw())
		fprintf(stderr, "\r%s%s\r\n", line[0] ? "culm: " : "", line);
	else
		fprintf(stderr, "%s%s\n", line[0] ? "culm: " : "", line);
}

/**
 * cli_log - sink of the machine's log
 * @opaque: unused
 * @level:  LOG_ERROR .. LOG_DEBUG
 * @line:   text without newline
 */
void cli_log(void *opaque, enum log_level level, const char *line)
{
	(void)level;
	cli_say(opaque, line);
}

/**
 * cli_flush_stdout - write out what was printed on standard output
 *
 * Returns: exit status; an error has been reported.
 */
int cli_flush_stdout(void)
{
	struct errmsg msg = { "" };

	if (fflush(stdout) == 0 && !ferror(stdout))
		return STATUS_OK;
	return cli_fail(err_set(&msg, ERR_IO, "standard output: %s",
				strerror(errno)), &msg);
}
