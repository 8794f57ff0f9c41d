/* SPDX-License-Identifier: MIT */
/*
 * cli/run_options.h - what `culm run` was asked to do.
 *
 * All strings are borrowed from argv.
 */
#ifndef CLI_RUN_OPTIONS_H
#define CLI_RUN_OPTIONS_H

#include "base/env.h"
#include "base/err.h"
#include "cli/options.h"
#include "soc/machine.h"

/* Assignments of one command line. */
#define RUN_SETS 64
#define RUN_NANDS 8
#define RUN_CARDS 3

struct run_options {
	struct machine_config cfg;	/* board and host are not filled */
	const char *serial[MACHINE_SERIALS];
	unsigned int serials;
	const char *set[RUN_SETS + 1];	/* NULL-terminated */
	unsigned int sets;
	const char *firmware, *nvram;
	const char *nand[RUN_NANDS], *drive[MACHINE_DRIVES];
	const char *net[MACHINE_NETS], *nic[MACHINE_NETS];
	const char *share[MACHINE_SHARES], *card[RUN_CARDS];
	unsigned int nands, drives, nets, nics, shares, cards;
	const char *console;		/* virtio-console's line */
	const char *clock;		/* NULL: by the terminal */
	const char *rtc;		/* NULL: by the clock */
	const char *stats, *control;
};

extern const struct option_table run_option_table;

void run_options_init(struct run_options *o);

#endif
