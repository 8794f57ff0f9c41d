/* SPDX-License-Identifier: MIT */
/*
 * cli/info.c - `culm info`: the machine that a board describes, as a table.
 *
 * Loads and walks the tree; builds no device, needs no RAM and no engine.
 * What no class serves is said loudly, at the end, where it is read.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "soc/board.h"

#define INFO_SETS 64

#define LOUD	"\033[1;31m"
#define QUIET	"\033[0m"

enum column { COL_NODE, COL_ADDRESS, COL_DCR, COL_IRQ, COL_DEVICE, COLUMNS };

static const char *const titles[COLUMNS] = {
	"NODE", "ADDRESS+SIZE", "DCR+COUNT", "INTERRUPT", "DEVICE",
};

struct info_options {
	const char *set[INFO_SETS + 1];
	unsigned int sets;
};

static int set_set(void *into, const char *value, struct errmsg *msg)
{
	struct info_options *o = into;

	if (o->sets == INFO_SETS)
		return err_set(msg, ERR_RANGE, "%s: more than %d assignments",
			       value, INFO_SETS);
	o->set[o->sets++] = value;
	return 0;
}

static const struct option_row rows[] = {
	{ "set", "/node/path:property=value", NULL, 0, set_set,
	  "change the device tree first; may be repeated" },
};

static const struct option_table table = {
	.command = "info",
	.operands = "BOARD",
	.max_operands = 1,
	.summary = "Print the machine that BOARD (.dts, .dtb, or a shipped "
		   "board's name) describes.",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
	.notes = "",
};

/* ---- texts of one node ------------------------------------------------ */

/* The number at the end of a node's name, addresses left out; -1: none. */
static int name_number(const char *path)
{
	const char *name = strrchr(path, '/');
	size_t n, digits = 0;

	name = name ? name + 1 : path;
	n = strcspn(name, "@");
	while (digits < n && isdigit((unsigned char)name[n - 1 - digits]))
		digits++;
	return digits && digits < 4 ? atoi(name + n - digits) : -1;
}

/* "UIC0": the class in capitals and the node's number, or its place. */
static char *controller_name(const struct board *b, unsigned int at)
{
	const struct board_node *n = &b->node[at];
	int number = name_number(n->path);
	char *s;

	if (!n->cls)
		return xstrdup(n->path);
	for (unsigned int i = 0, place = 0; number < 0 && i <= at; i++) {
		if (i == at)
			number = (int)place;
		if (b->node[i].cls == n->cls)
			place++;
	}
	s = xasprintf("%s%d", n->cls->name, number);
	for (char *p = s; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return s;
}

/* Cells of Linux's interrupt bindings. */
static char *sense_text(u32 sense)
{
	static const char *const text[] = {
		[1] = "edge rising", [2] = "edge falling",
		[3] = "edge both", [4] = "level high", [8] = "level low",
	};

	if (sense < ARRAY_SIZE(text) && text[sense])
		return xstrdup(text[sense]);
	return xasprintf("sense %" PRIu32, sense);
}

static char *irq_text(const struct board *b, const struct board_irq *irq)
{
	char *name, *sense, *s;

	if (irq->controller < 0 || (unsigned)irq->controller >= b->count)
		return xasprintf("CPU %s", irq->input ? "critical" :
				 "external");
	name = controller_name(b, (unsigned)irq->controller);
	sense = sense_text(irq->sense);
	s = xasprintf("%s %u %s", name, irq->input, sense);
	free(name);
	free(sense);
	return s;
}

static char *device_text(const struct board_node *n)
{
	const char *implied = n->is_implied ? " (implied)" : "";

	switch (n->kind) {
	case NODE_DEVICE:
		return xasprintf("%s: %s%s", n->cls->name, n->cls->desc,
				 implied);
	case NODE_BUS:
		return xasprintf("(bus)%s", implied);
	case NODE_INFO:
		return xasprintf("(information)%s", implied);
	case NODE_DISABLED:
		return xasprintf("(disabled) %s%s", n->compatible, implied);
	case NODE_UNSERVED:
		break;
	}
	return xasprintf("NOT SERVED %s%s", n->compatible, implied);
}

static unsigned int node_lines(const struct board_node *n)
{
	unsigned int lines = 1;

	if (n->nmmio > lines)
		lines = n->nmmio;
	if (n->ndcr > lines)
		lines = n->ndcr;
	return n->nirq > lines ? n->nirq : lines;
}

/* Text of a cell; "" where there is nothing.  The caller frees it. */
static char *cell(const struct board *b, const struct board_node *n,
		  unsigned int line, enum column col)
{
	switch (col) {
	case COL_NODE:
		return xstrdup(line ? "" : n->path);
	case COL_ADDRESS:
		if (line < n->nmmio)
			return xasprintf("0x%09" PRIx64 "+0x%" PRIx64,
					 n->mmio[line].base,
					 n->mmio[line].size);
		break;
	case COL_DCR:
		if (line < n->ndcr)
			return xasprintf("0x%03" PRIx64 "+0x%" PRIx64,
					 n->dcr[line].base, n->dcr[line].size);
		break;
	case COL_IRQ:
		if (line < n->nirq)
			return irq_text(b, &n->irq[line]);
		break;
	default:
		if (!line)
			return device_text(n);
	}
	return xstrdup("");
}

/* ---- the table -------------------------------------------------------- */

static void measure(const struct board *b, int width[COLUMNS])
{
	for (int c = 0; c < COLUMNS; c++)
		width[c] = (int)strlen(titles[c]);
	for (unsigned int i = 0; i < b->count; i++)
		for (unsigned int l = 0; l < node_lines(&b->node[i]); l++)
			for (int c = 0; c < COLUMNS; c++) {
				char *s = cell(b, &b->node[i], l, c);

				if ((int)strlen(s) > width[c])
					width[c] = (int)strlen(s);
				free(s);
			}
}

/* Cells of a line, padded; the blanks that nothing follows are left out. */
static void print_line(char *cells[COLUMNS], const int width[COLUMNS])
{
	int last = COLUMNS - 1;

	while (last > 0 && !cells[last][0])
		last--;
	for (int c = 0; c < last; c++)
		printf("%-*s  ", width[c], cells[c]);
	printf("%s\n", cells[last]);
}

static void print_node(const struct board *b, const struct board_node *n,
		       const int width[COLUMNS])
{
	char *cells[COLUMNS];

	for (unsigned int l = 0; l < node_lines(n); l++) {
		for (int c = 0; c < COLUMNS; c++)
			cells[c] = cell(b, n, l, c);
		print_line(cells, width);
		for (int c = 0; c < COLUMNS; c++)
			free(cells[c]);
	}
}

static void print_unserved(const struct board *b)
{
	const char *on = isatty(STDOUT_FILENO) ? LOUD : "";
	const char *off = *on ? QUIET : "";
	unsigned int count = 0;

	for (unsigned int i = 0; i < b->count; i++)
		count += b->node[i].kind == NODE_UNSERVED;
	if (!count)
		return;
	printf("\n%sNOT SERVED: %u node%s, which the guest will find dead:%s\n",
	       on, count, count == 1 ? "" : "s", off);
	for (unsigned int i = 0; i < b->count; i++)
		if (b->node[i].kind == NODE_UNSERVED)
			printf("%s  %s  %s%s\n", on, b->node[i].path,
			       b->node[i].compatible, off);
}

static void print_board(const struct board *b)
{
	char *heads[COLUMNS];
	int width[COLUMNS];

	printf("board  %s\nmodel  %s\ncpu    %s\n\n", b->name,
	       b->model ? b->model : "", b->cpu_model ? b->cpu_model : "");
	measure(b, width);
	for (int c = 0; c < COLUMNS; c++)
		heads[c] = (char *)titles[c];
	print_line(heads, width);
	for (unsigned int i = 0; i < b->count; i++)
		print_node(b, &b->node[i], width);
	print_unserved(b);
}

static int show(const char *name, const struct info_options *o)
{
	struct board b = { .name = NULL };
	struct errmsg msg = { "" };
	int status, e = board_load(&b, name, &msg);

	for (unsigned int i = 0; e == 0 && i < o->sets; i++)
		e = board_set(&b, o->set[i], &msg);
	if (e == 0)
		e = board_walk(&b, &msg);
	if (e == 0) {
		print_board(&b);
		status = cli_flush_stdout();
	} else {
		status = cli_fail(e, &msg);
	}
	board_free(&b);
	return status;
}

/**
 * cmd_info - the command `culm info`
 * @argc: arguments after `info`
 * @argv: those arguments
 *
 * Returns: exit status.
 */
int cmd_info(int argc, char **argv)
{
	struct info_options o = { .sets = 0 };
	struct errmsg msg = { "" };
	const char *board;
	bool wants_help;
	int e = options_parse(&table, &o, argc, argv, &board, &wants_help,
			      &msg);

	if (e < 0)
		return cli_fail(e, &msg);
	if (wants_help) {
		options_help(&table, stdout);
		return cli_flush_stdout();
	}
	if (!board)
		return cli_fail(err_set(&msg, ERR_USAGE, "info: BOARD is "
			"missing; see culm info --help"), &msg);
	return show(board, &o);
}
