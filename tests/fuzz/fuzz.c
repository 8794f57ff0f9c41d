/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/fuzz.c - what libFuzzer calls: one input is one program of ops
 * (prog.h), done to one device of a machine (rig.h).
 *
 * The environment says what to do, since the command line is libFuzzer's:
 * CULM_FUZZ the target; CULM_FUZZ_SAY=1 prints each op before it is done;
 * CULM_FUZZ_LIST=1 prints the targets and ends; CULM_FUZZ_SEEDS=FILE writes
 * the programs of a text into the folder CULM_FUZZ_OUT and ends.
 *
 * A machine serves many inputs, reset in between; it is made anew now and
 * then, so that what a reset leaves alone cannot add up.
 */
#include <stdlib.h>

#include "tests/fuzz/rig.h"

#define INPUTS		5000u	/* of one machine */
#define OPS_MAX		2000u	/* of one input */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes);

static struct {
	struct board board;
	struct rig rig;
	bool is_open, is_talking;
	unsigned int inputs;
	const char *target;
} fuzz;

static void fuzz_open(void)
{
	if (fuzz.is_open && ++fuzz.inputs < INPUTS)
		return;
	if (fuzz.is_open)
		rig_close(&fuzz.rig);
	rig_open(&fuzz.rig, &fuzz.board);
	fuzz.is_open = true;
	fuzz.inputs = 0;
}

static _Noreturn void stop(const char *what, const char *name)
{
	fprintf(stderr, "fuzz: %s: %s\n", name, what);
	exit(2);
}

/* Each name once, in the tree's order. */
static void list_targets(void)
{
	const struct board_node *n = fuzz.rig.board.node;
	char a[64], b[64];

	for (unsigned int i = 0, k; i < fuzz.rig.board.count; i++) {
		const char *s = rig_target_name(&n[i], a, sizeof(a)), *t;

		for (k = 0; s && k < i; k++) {
			t = rig_target_name(&n[k], b, sizeof(b));
			if (t && !strcmp(s, t))
				break;
		}
		if (s && k == i)
			puts(s);
	}
}

static FILE *seed_create(const char *folder, const char *name, unsigned int n)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s-%u", folder, name, n);
	f = fopen(path, "wb");
	if (!f)
		stop("cannot be written", path);
	return f;
}

/*
 * "seed N NAME" begins a program for the target's node N; after it an op a
 * line.  '%' begins a comment.  An op whose address is in none of the target's
 * windows is left out: a unit test may have other devices there.
 */
static void write_seeds(const char *from, const char *folder)
{
	const struct op_space space = { rig_find, &fuzz.rig };
	FILE *in = fopen(from, "r"), *out = NULL;
	unsigned int node, count = 0;
	char line[1200], name[64];
	u8 bytes[OP_BYTES];
	struct op op;

	if (!in || !folder)
		stop("no such file, or CULM_FUZZ_OUT is not set", from);
	while (fgets(line, sizeof(line), in)) {
		line[strcspn(line, "%\n")] = 0;
		if (line[strspn(line, " \t")] == 0)
			continue;
		if (sscanf(line, "seed %u %63s", &node, name) == 2) {
			if (out)
				fclose(out);
			out = seed_create(folder, name, count++);
			fputc((int)node, out);
			rig_select(&fuzz.rig, fuzz.target, node);
		} else if (out && op_scan(&op, line, &space)) {
			fwrite(bytes, 1, op_put(&op, bytes), out);
		} else if (line[strcspn(line, "@#")] == 0) {
			stop(line, from);
		}
	}
	if (out)
		fclose(out);
	fclose(in);
}

/**
 * LLVMFuzzerInitialize - load the board, and do what the environment says
 * @argc: ignored
 * @argv: ignored
 *
 * Returns: 0.
 */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *board = getenv("CULM_FUZZ_BOARD");
	const char *seeds = getenv("CULM_FUZZ_SEEDS");
	struct errmsg msg = { "" };

	(void)argc;
	(void)argv;
	fuzz.target = getenv("CULM_FUZZ");
	fuzz.is_talking = getenv("CULM_FUZZ_SAY") != NULL;
	if (!board || board_load(&fuzz.board, board, &msg))
		stop(msg.text, "CULM_FUZZ_BOARD");
	fuzz_open();
	if (getenv("CULM_FUZZ_LIST")) {
		list_targets();
		exit(0);
	}
	if (!fuzz.target || !rig_targets(&fuzz.rig, fuzz.target))
		stop("CULM_FUZZ names no target",
		     fuzz.target ? fuzz.target : "");
	if (seeds) {
		write_seeds(seeds, getenv("CULM_FUZZ_OUT"));
		exit(0);
	}
	return 0;
}

/**
 * LLVMFuzzerTestOneInput - one input
 * @data:  which of the target's nodes, then ops
 * @bytes: count
 *
 * Returns: 0; what it finds ends the process.
 */
int LLVMFuzzerTestOneInput(const u8 *data, size_t bytes)
{
	struct op_input in = { data + 1, bytes - 1 };
	struct op op;

	if (!bytes)
		return 0;
	fuzz_open();
	rig_select(&fuzz.rig, fuzz.target, data[0]);
	if (fuzz.is_talking)
		printf("seed %u %s\n", data[0], fuzz.rig.dev->path);
	rig_start(&fuzz.rig);
	for (unsigned int n = 0; n < OPS_MAX && op_get(&in, &op); n++) {
		if (fuzz.is_talking) {
			op_print(&op, stdout);
			fflush(stdout);
		}
		rig_do(&fuzz.rig, &op);
	}
	return 0;
}
