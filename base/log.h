/* SPDX-License-Identifier: MIT */
/*
 * base/log.h - what the simulator says about itself, and BUG_ON.
 *
 * A struct log belongs to one machine; messages go to its sink (standard
 * error by default).  LOG_ONCE reports a site once and counts the rest.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "base/env.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

struct log {
	enum log_level level;		/* messages above it are dropped */
	void (*sink)(void *opaque, enum log_level level, const char *line);
	void *opaque;
	u64 counts[4];			/* messages offered, by level */
};

void log_init(struct log *log);
void log_put(struct log *log, enum log_level level, const char *fmt, ...)
	__printf(3, 4);

/* Log the first time the counter @n is hit; count every time. */
#define LOG_ONCE(log, n, level, ...) \
	do { if ((n)++ == 0) log_put(log, level, __VA_ARGS__); } while (0)

void bug(const char *file, int line, const char *what)
	__attribute__((noreturn, cold));
void out_of_memory(size_t bytes) __attribute__((noreturn, cold));
/* Called once by these before they end: prints state, restores terminals. */
void bug_set_hook(void (*hook)(void));

#ifndef __KERNEL__
#define BUG_ON(cond) \
	do { if (unlikely(cond)) bug(__FILE__, __LINE__, #cond); } while (0)
#endif

#endif
