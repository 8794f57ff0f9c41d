/* SPDX-License-Identifier: MIT */
/*
 * cli/main.c - the command line's first word.
 *
 * Owns the list of commands, --version and --help.  What a command does is
 * its own file's business.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/cli.h"

#ifndef CULM_VERSION
#define CULM_VERSION "unknown"
#endif

static const struct cli_command commands[] = {
	{ "run", "simulate a board", cmd_run },
	{ "info", "print the machine that a board describes", cmd_info },
	{ "disas", "disassemble a file", cmd_disas },
	{ "trace", "read traces (not built yet)", NULL },
	{ "snapshot", "look into snapshots (not built yet)", NULL },
};

static void print_usage(FILE *f)
{
	fprintf(f, "Usage: culm COMMAND [OPTION]...\n"
		"Simulate a PowerPC 440EP board.\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(f, "  %-12s %s\n", commands[i].name, commands[i].help);
	fprintf(f, "  %-12s %s\n  %-12s %s\n\n", "--version",
		"print the version", "--help", "print this help");
	fprintf(f, "culm COMMAND --help tells more about a command; "
		"so does the manual page, culm(1).\n"
		"Exit status: 0 the guest powered off or the run ended as "
		"asked, 1 bad input,\n2 wrong usage, 3 the guest is stuck.\n");
}

static int run_command(const struct cli_command *c, int argc, char **argv)
{
	if (!c->run) {
		fprintf(stderr, "culm: %s: not built yet\n", c->name);
		return STATUS_BAD_INPUT;
	}
	return c->run(argc, argv);
}

/* A file that we open must not become standard output by accident. */
static void hold_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	hold_standard_fds();
	signal(SIGPIPE, SIG_IGN);
	if (argc < 2) {
		print_usage(stderr);
		return STATUS_USAGE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h")) {
		print_usage(stdout);
		return cli_flush_stdout();
	}
	if (!strcmp(argv[1], "--version")) {
		printf("culm %s\n", CULM_VERSION);
		return cli_flush_stdout();
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(argv[1], commands[i].name))
			return run_command(&commands[i], argc - 2, argv + 2);
	fprintf(stderr, "culm: %s: no such command; see culm --help\n",
		argv[1]);
	return STATUS_USAGE;
}
