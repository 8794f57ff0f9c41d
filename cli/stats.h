/* SPDX-License-Identifier: MIT */
/* cli/stats.h - --stats: the counters of a run as a JSON file. */
#ifndef CLI_STATS_H
#define CLI_STATS_H

#include "base/err.h"
#include "soc/machine.h"

struct stats_file {
	const char *path;	/* borrowed; NULL: no file */
	int fd;
	bool is_new;		/* we made it, so an early failure removes it */
};

struct stats_run {
	const char *board, *clock, *exit;
};

int stats_open(struct stats_file *f, const char *path, struct errmsg *msg);
int stats_write(struct stats_file *f, struct machine *m,
		const struct stats_run *run, struct errmsg *msg);
void stats_drop(struct stats_file *f);

#endif
