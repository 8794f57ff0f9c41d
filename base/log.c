/* SPDX-License-Identifier: MIT */
/* base/log.c - formats messages for a sink; stops the process on our own bugs. */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static void sink_stderr(void *opaque, enum log_level level, const char *line)
{
	(void)opaque;
	(void)level;
	fprintf(stderr, "culm: %s\n", line);
}

/**
 * log_init - a log that prints warnings and errors on standard error
 * @log: initialised
 */
void log_init(struct log *log)
{
	*log = (struct log){ .level = LOG_WARN, .sink = sink_stderr };
}

/**
 * log_put - offer a message
 * @log:   the machine's log; NULL drops the message
 * @level: LOG_ERROR .. LOG_DEBUG
 * @fmt:   printf format, one line, no newline
 */
void log_put(struct log *log, enum log_level level, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	if (!log)
		return;
	log->counts[level]++;
	if (level > log->level)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	log->sink(log->opaque, level, line);
}

/* The only process-wide state: what must happen before an abort. */
static void (*bug_hook)(void);

/**
 * bug_set_hook - set what runs once before an abort
 * @hook: restores terminals and dumps state; NULL for nothing
 */
void bug_set_hook(void (*hook)(void))
{
	bug_hook = hook;
}

static void run_hook(void)
{
	void (*hook)(void) = bug_hook;

	bug_hook = NULL;
	if (hook)
		hook();
}

/**
 * out_of_memory - the host refuses what cannot be done without: say so, exit
 * @bytes: what was asked for
 */
void out_of_memory(size_t bytes)
{
	run_hook();
	fprintf(stderr, "culm: the host has no memory: %zu bytes are refused\n",
		bytes);
	exit(1);
}

/**
 * bug - report an error of our own and stop
 * @file: source file
 * @line: source line
 * @what: the condition that must not hold
 */
void bug(const char *file, int line, const char *what)
{
	run_hook();
	fprintf(stderr, "culm: bug at %s:%d: %s\n", file, line, what);
	abort();
}
