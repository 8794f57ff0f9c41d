/* SPDX-License-Identifier: MIT */
/*
 * cli/options.h - an option is a row: name, argument, values, handler, help.
 *
 * The same table parses, refuses what is not built yet by name, and prints
 * the help.  Knows nothing of what the options mean.
 */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include <stdio.h>

#include "base/env.h"
#include "base/err.h"

/* One word of a choice; a name that ends in ':' takes the rest of the value. */
struct option_choice {
	const char *name;	/* NULL ends the list */
	bool is_built;
};

enum option_flags {
	OPTION_NOT_BUILT = 1,	/* refused by name */
	OPTION_MAY_BE_EMPTY = 2,
};

struct option_row {
	const char *name;	/* without the dashes */
	const char *arg;	/* as help shows it; NULL: takes no value */
	const struct option_choice *choices;	/* NULL: any value */
	unsigned int flags;	/* enum option_flags */
	/*
	 * @value: NULL without argument; borrowed from argv.  A message
	 * begins with the value; the option's name is put before it.
	 */
	int (*set)(void *into, const char *value, struct errmsg *msg);
	const char *help;
};

struct option_table {
	const char *command;	/* "run" */
	const char *operands;	/* "BOARD" */
	unsigned int max_operands;
	const char *summary;	/* one line */
	const struct option_row *rows;
	unsigned int count;
	const char *notes;	/* lines at the end of the help, or "" */
};

/*
 * @argv: arguments after the command's name.  @operands: room for
 * @table->max_operands, filled in order, the rest NULL.  @wants_help is set
 * by --help, which ends parsing.
 */
int options_parse(const struct option_table *table, void *into, int argc,
		  char **argv, const char **operands, bool *wants_help,
		  struct errmsg *msg);
void options_help(const struct option_table *table, FILE *f);

int parse_size(const char *text, u64 *bytes, struct errmsg *msg);
int parse_count(const char *text, u64 *count, struct errmsg *msg);

#endif
