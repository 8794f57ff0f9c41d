/* SPDX-License-Identifier: MIT */
/*
 * cli/options.c - parses a command line by a table, prints the table as help.
 *
 * `--name=value` and `--name value` are the same; options and operands mix;
 * `--` ends options.  Must not know what an option means.
 */
#include "cli/options.h"

struct cursor {
	int argc;
	char **argv;
	int at;
};

static const struct option_row *find_row(const struct option_table *t,
					 const char *name, size_t n)
{
	for (unsigned int i = 0; i < t->count; i++)
		if (strlen(t->rows[i].name) == n &&
		    !memcmp(t->rows[i].name, name, n))
			return &t->rows[i];
	return NULL;
}

static bool choice_matches(const struct option_choice *c, const char *value)
{
	size_t n = strlen(c->name);

	if (n && c->name[n - 1] == ':')
		return !strncmp(value, c->name, n) && value[n];
	return !strcmp(value, c->name);
}

static int check_choice(const struct option_row *row, const char *value,
			struct errmsg *msg)
{
	const struct option_choice *c;

	if (!row->choices)
		return 0;
	for (c = row->choices; c->name; c++) {
		if (!choice_matches(c, value))
			continue;
		return c->is_built ? 0 :
			err_set(msg, ERR_UNSUPP, "--%s=%s: not built yet",
				row->name, value);
	}
	return err_set(msg, ERR_USAGE, "--%s=%s: not one of %s", row->name,
		       value, row->arg);
}

/* The text after '=', or the next argument; NULL for a flag. */
static int take_value(const struct option_row *row, const char *after,
		      struct cursor *cur, const char **value,
		      struct errmsg *msg)
{
	*value = NULL;
	if (!row->arg) {
		if (after)
			return err_set(msg, ERR_USAGE, "--%s: takes no value",
				       row->name);
		return 0;
	}
	if (!after && cur->at < cur->argc)
		after = cur->argv[cur->at++];
	if (!after || (!*after && !(row->flags & OPTION_MAY_BE_EMPTY)))
		return err_set(msg, ERR_USAGE, "--%s: needs a value: --%s=%s",
			       row->name, row->name, row->arg);
	*value = after;
	return 0;
}

static int take_option(const struct option_table *t, void *into,
		       const char *text, struct cursor *cur,
		       struct errmsg *msg)
{
	const char *equals = strchr(text, '=');
	size_t n = equals ? (size_t)(equals - text) : strlen(text);
	const struct option_row *row = find_row(t, text, n);
	struct errmsg why = { "" };
	const char *value;
	int r;

	if (!row)
		return err_set(msg, ERR_USAGE, "--%.*s: no such option of "
			       "culm %s; see culm %s --help",
			       (int)(n < 100 ? n : 100), text, t->command,
			       t->command);
	if (row->flags & OPTION_NOT_BUILT)
		return err_set(msg, ERR_UNSUPP, "--%s: not built yet",
			       row->name);
	r = take_value(row, equals ? equals + 1 : NULL, cur, &value, msg);
	if (r == 0 && value)
		r = check_choice(row, value, msg);
	if (r == 0 && row->set)
		r = row->set(into, value, &why);
	/* what knows its option says so itself */
	if (!strncmp(why.text, "--", 2))
		err_set(msg, -r, "%s", why.text);
	else if (why.text[0])
		err_set(msg, -r, "--%s=%s", row->name, why.text);
	return r;
}

/**
 * options_parse - read a command's arguments by its table
 * @table:      the command's options
 * @into:       passed to the handlers
 * @argc:       number of arguments after the command's name
 * @argv:       those arguments, borrowed by what is stored
 * @operands:   filled with @table->max_operands entries, NULL where missing
 * @wants_help: set when --help or -h was met, which ends parsing
 * @msg:        filled on error
 *
 * Returns: 0; -ERR_USAGE for wrong use; -ERR_UNSUPP for what is not built
 * yet; what a handler returns.
 */
int options_parse(const struct option_table *table, void *into, int argc,
		  char **argv, const char **operands, bool *wants_help,
		  struct errmsg *msg)
{
	struct cursor cur = { argc, argv, 0 };
	unsigned int found = 0;
	bool options_ended = false;

	*wants_help = false;
	for (unsigned int i = 0; i < table->max_operands; i++)
		operands[i] = NULL;
	while (cur.at < argc) {
		const char *text = argv[cur.at++];
		int r;

		if (options_ended || text[0] != '-' || !text[1]) {
			if (found >= table->max_operands)
				return err_set(msg, ERR_USAGE, "%s: one "
					       "operand too many; see culm %s "
					       "--help", text, table->command);
			operands[found++] = text;
			continue;
		}
		if (!strcmp(text, "--help") || !strcmp(text, "-h")) {
			*wants_help = true;
			return 0;
		}
		if (!strcmp(text, "--")) {
			options_ended = true;
			continue;
		}
		if (text[1] != '-')
			return err_set(msg, ERR_USAGE, "%s: no such option; "
				       "see culm %s --help", text,
				       table->command);
		r = take_option(table, into, text + 2, &cur, msg);
		if (r < 0)
			return r;
	}
	return 0;
}

static void help_row(const struct option_row *row, FILE *f)
{
	char head[80];
	const char *text = row->help, *end;

	snprintf(head, sizeof(head), "--%s%s%s", row->name,
		 row->arg ? "=" : "", row->arg ? row->arg : "");
	if (strlen(head) > 27) {
		fprintf(f, "  %s\n", head);
		head[0] = '\0';
	}
	while ((end = strchr(text, '\n'))) {
		fprintf(f, "  %-27s %.*s\n", head, (int)(end - text), text);
		head[0] = '\0';
		text = end + 1;
	}
	fprintf(f, "  %-27s %s\n", head, text);
}

static void help_rows(const struct option_table *table, bool built, FILE *f)
{
	for (unsigned int i = 0; i < table->count; i++)
		if (!(table->rows[i].flags & OPTION_NOT_BUILT) == built)
			help_row(&table->rows[i], f);
}

static bool has_unbuilt(const struct option_table *table)
{
	for (unsigned int i = 0; i < table->count; i++)
		if (table->rows[i].flags & OPTION_NOT_BUILT)
			return true;
	return false;
}

/**
 * options_help - print a command's help
 * @table: the command's options
 * @f:     where to
 */
void options_help(const struct option_table *table, FILE *f)
{
	fprintf(f, "Usage: culm %s %s [OPTION]...\n%s\n\n", table->command,
		table->operands, table->summary);
	help_rows(table, true, f);
	fprintf(f, "  %-27s %s\n", "--help", "print this help");
	if (has_unbuilt(table)) {
		fprintf(f, "\nNot built yet, and refused by name:\n");
		help_rows(table, false, f);
	}
	fprintf(f, "%s", table->notes);
}

/* Digits, then at most one of K M G, @step apart. */
static int parse_scaled(const char *text, u64 step, const char *what,
			u64 *out, struct errmsg *msg)
{
	static const char suffix[] = "KMG";
	unsigned int base = 10;
	const char *p = text, *start, *s;
	u64 v = 0;

	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X')) {
		base = 16;
		p += 2;
	}
	for (start = p; ; p++) {
		unsigned int d = *p >= '0' && *p <= '9' ? (unsigned)*p - '0' :
			*p >= 'a' && *p <= 'f' ? (unsigned)*p - 'a' + 10 :
			*p >= 'A' && *p <= 'F' ? (unsigned)*p - 'A' + 10 : 99;

		if (d >= base)
			break;
		if (__builtin_mul_overflow(v, (u64)base, &v) ||
		    __builtin_add_overflow(v, (u64)d, &v))
			return err_set(msg, ERR_RANGE, "%s: too large", text);
	}
	if (p == start)
		return err_set(msg, ERR_USAGE, "%s: not %s", text, what);
	s = *p ? strchr(suffix, *p >= 'a' ? *p - 'a' + 'A' : *p) : NULL;
	if (*p && (!s || p[1]))
		return err_set(msg, ERR_USAGE, "%s: not %s", text, what);
	for (long i = s ? s - suffix : -1; i >= 0; i--)
		if (__builtin_mul_overflow(v, step, &v))
			return err_set(msg, ERR_RANGE, "%s: too large", text);
	if (!v)
		return err_set(msg, ERR_RANGE, "%s: must be above 0", text);
	*out = v;
	return 0;
}

/**
 * parse_size - a number of bytes: 268435456, 0x10000000, 256M
 * @text:  decimal or 0x, then nothing or K, M, G (powers of 1024)
 * @bytes: set; never 0
 * @msg:   filled on error, begins with @text
 *
 * Returns: 0, -ERR_USAGE when it is no size, -ERR_RANGE for 0 and for what 64
 * bits do not hold.
 */
int parse_size(const char *text, u64 *bytes, struct errmsg *msg)
{
	return parse_scaled(text, 1024, "a size, like 256M", bytes, msg);
}

/**
 * parse_count - a number of things: 1500000, 100M
 * @text:  decimal or 0x, then nothing or K, M, G (powers of 1000)
 * @count: set; never 0
 * @msg:   filled on error, begins with @text
 *
 * Returns: 0, -ERR_USAGE when it is no number, -ERR_RANGE for 0 and for what
 * 64 bits do not hold.
 */
int parse_count(const char *text, u64 *count, struct errmsg *msg)
{
	return parse_scaled(text, 1000, "a count, like 100M", count, msg);
}
