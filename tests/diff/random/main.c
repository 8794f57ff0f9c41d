/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/main.c - random programs on Culm and under qemu-ppc.
 *
 *	diff-random [--full] [--insns N] [--seed N] [--engine NAME]
 *		    [--faults FILE] [--reduce N] [--program N]
 *
 * Makes programs, many in one executable, until Culm has executed --insns
 * instructions; runs the executable on both sides; compares registers and
 * data after each case.  The first --reduce failures are shrunk and printed.
 * --program runs only the program of that number.  --full is 10^8 instructions,
 * and every rule of FILE must then have been needed.  Closes with
 * `N passed, N failed, N skipped`.
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "tests/diff/random/compare.h"

#define PROGRAMS	1200u	/* in an executable */
#define CASES_EACH	8u
#define STATES		64u
#define SEED		0x440e9u

struct options {
	u64 insns, seed;
	s64 program;
	bool is_full;
	const char *engine, *faults, *qemu;
	unsigned int reduce;
};

struct totals {
	u64 programs, cases, same, explained, failed;
	u64 overhead;		/* instructions a case beside its program */
	bool is_used[INSN_COUNT];
};

static u64 number(const char *text)
{
	return strtoull(text, NULL, 0);
}

static int parse(struct options *o, int argc, char **argv)
{
	int i;

	*o = (struct options){ .insns = 10000000, .seed = SEED, .program = -1,
			       .qemu = "qemu-ppc", .reduce = 3 };
	for (i = 1; i < argc; i++) {
		const char *a = argv[i], *v = i + 1 < argc ? argv[i + 1] : NULL;

		if (!strcmp(a, "--full")) {
			o->insns = 100000000;
			o->is_full = true;
			continue;
		}
		if (!v)
			return -1;
		i++;
		if (!strcmp(a, "--insns"))
			o->insns = number(v);
		else if (!strcmp(a, "--seed"))
			o->seed = number(v);
		else if (!strcmp(a, "--engine"))
			o->engine = v;
		else if (!strcmp(a, "--faults"))
			o->faults = v;
		else if (!strcmp(a, "--qemu"))
			o->qemu = v;
		else if (!strcmp(a, "--reduce"))
			o->reduce = (unsigned int)number(v);
		else if (!strcmp(a, "--program"))
			o->program = (s64)number(v);
		else
			return -1;
	}
	return 0;
}

static u64 program_seed(const struct options *o, u64 number)
{
	return o->seed * 0x100000001b3ull + number;
}

/* Programs differ in length, and every third has no floating point. */
static void make_program(const struct options *o, unsigned int flags, u64 n,
			 struct program *p)
{
	struct gen *g = xcalloc(1, sizeof(*g));

	gen_init(g, flags | (n % 3 ? 0 : GEN_NO_FP));
	gen_program(g, p, program_seed(o, n), 20 + (unsigned int)(n % 7) * 20);
	free(g);
}

static unsigned int state_of(u64 program, unsigned int i)
{
	return (unsigned int)((program * 7 + i) % STATES);
}

static void mark_used(const struct program *p, struct totals *t)
{
	unsigned int i, k;

	for (i = 0; i < p->n; i++)
		for (k = 0; k < p->items[i].n; k++)
			t->is_used[insn_find(p->items[i].w[k])] = true;
}

static void fill_image(const struct options *o, unsigned int flags,
		       struct image *im, struct totals *t, u64 first,
		       unsigned int count)
{
	struct program p;
	unsigned int n, i;
	u32 at;

	image_reset(im);
	for (n = 0; n < count; n++) {
		make_program(o, flags, first + n, &p);
		at = image_add_program(im, &p);
		for (i = 0; at && i < CASES_EACH; i++)
			image_add_case(im, p.base, at, state_of(first + n, i));
		mark_used(&p, t);
		program_free(&p);
	}
}

static void report(const struct options *o, struct bench *b,
		   const struct image *im, u64 program, unsigned int i,
		   enum verdict verdict)
{
	struct suspect s = { .verdict = verdict };

	printf("FAIL program %llu, state %u: %s\n",
	       (unsigned long long)program, i, verdict_text(verdict));
	make_program(o, b->gen_flags, program, &s.prog);
	memcpy(s.state, im->data + im->states +
	       REC_BYTES * state_of(program, i), REC_BYTES);
	reduce(b, &s);
	suspect_print(b, &s);
	program_free(&s.prog);
}

static void count(const struct options *o, struct bench *b,
		  const struct image *im, struct totals *t, u64 first,
		  const u8 *verdicts)
{
	unsigned int i;
	bool was_reported = false;

	for (i = 0; i < im->cases; i++) {
		t->cases++;
		if (i % CASES_EACH == 0)
			was_reported = false;
		if (verdicts[i] == SAME) {
			t->same++;
		} else if (verdicts[i] == EXPLAINED) {
			t->explained++;
		} else {
			t->failed++;
			if (t->failed <= o->reduce && !was_reported)
				report(o, b, im, first + i / CASES_EACH,
				       i % CASES_EACH,
				       (enum verdict)verdicts[i]);
			was_reported = true;
		}
	}
}

/* Instructions of a case whose program is empty. */
static u64 measure_overhead(struct bench *b, const struct image *full)
{
	struct program p = { .base = 31 };
	struct outcome out;
	struct image im;
	struct core c;
	u64 n;

	image_init(&im, 1, 1, false, 0);
	image_set_state(&im, 0, full->data + full->states);
	image_add_case(&im, p.base, image_add_program(&im, &p), 0);
	outcome_init(&out, 1);
	core_open(&c, b->engine, &im);
	core_start(&c, &out);
	core_run(&c);
	n = cpu_insns(c.cpu);
	core_close(&c);
	outcome_free(&out);
	image_free(&im);
	return n;
}

static int run_all(const struct options *o, struct bench *b, struct totals *t)
{
	u8 *verdicts = xcalloc(PROGRAMS * CASES_EACH, 1);
	u64 first = o->program < 0 ? 0 : (u64)o->program;
	unsigned int n = o->program < 0 ? PROGRAMS : 1;
	struct image im;
	int ret = 0;

	image_init(&im, PROGRAMS * CASES_EACH, STATES, false, o->seed);
	t->overhead = measure_overhead(b, &im);
	do {
		fill_image(o, b->gen_flags, &im, t, first, n);
		ret = bench_run(b, &im, verdicts);
		if (ret)
			break;
		count(o, b, &im, t, first, verdicts);
		t->programs += n;
		first += n;
	} while (o->program < 0 &&
		 b->insns - t->cases * t->overhead < o->insns);
	image_free(&im);
	free(verdicts);
	return ret;
}

/* Rows of user level that no program held. */
static void print_unused(const struct totals *t)
{
	unsigned int i, used = 0;

	for (i = 0; i < INSN_ILLEGAL; i++)
		used += t->is_used[i];
	printf("random: %u instructions of the table used; unused ones of user "
	       "level:", used);
	for (i = 0; i < INSN_ILLEGAL; i++)
		if (!t->is_used[i] && !(insn_table[i].flags & PRIV))
			printf(" %s", insn_table[i].mnemonic);
	printf("\n");
}

static void print_totals(const struct bench *b, const struct totals *t)
{
	unsigned int i;

	printf("random: %llu programs, %llu cases, %llu instructions of them "
	       "on engine %s\n", (unsigned long long)t->programs,
	       (unsigned long long)t->cases,
	       (unsigned long long)(b->insns - t->cases * t->overhead),
	       b->engine->name);
	printf("random: %llu cases are the same, %llu more but for known "
	       "faults of QEMU:\n", (unsigned long long)t->same,
	       (unsigned long long)t->explained);
	for (i = 0; i < FAULT_COUNT; i++)
		if (b->faults.cases[i])
			printf("  %-16s in %llu cases\n", fault_name(i),
			       (unsigned long long)b->faults.cases[i]);
	print_unused(t);
	printf("%llu passed, %llu failed, 0 skipped\n",
	       (unsigned long long)(t->same + t->explained),
	       (unsigned long long)t->failed);
}

/* A rule of the list that explains nothing has had its day. */
static void judge_rules(const struct bench *b, struct totals *t)
{
	unsigned int i;

	for (i = 0; i < FAULT_COUNT; i++)
		if (b->faults.is_listed[i] && fault_is_played(i) &&
		    !b->faults.cases[i]) {
			printf("FAIL random: no case needs the rule %s\n",
			       fault_name(i));
			t->failed++;
		}
}

int main(int argc, char **argv)
{
	struct totals t = { 0 };
	struct options o;
	struct bench b;

	if (parse(&o, argc, argv)) {
		fprintf(stderr, "usage: diff-random [--full] [--insns N] "
			"[--seed N] [--engine NAME] [--faults FILE]\n"
			"\t[--qemu PROGRAM] [--reduce N] [--program N]\n");
		return 2;
	}
	if (bench_open(&b, o.engine, o.qemu, o.faults, PROGRAMS * CASES_EACH))
		return 1;
	printf("random: seed %llu\n", (unsigned long long)o.seed);
	if (run_all(&o, &b, &t)) {
		printf("skip random: %s cannot be run\n", o.qemu);
		printf("0 passed, 0 failed, 1 skipped\n");
		bench_close(&b);
		return 0;
	}
	if (o.is_full)
		judge_rules(&b, &t);
	print_totals(&b, &t);
	bench_close(&b);
	return t.failed != 0;
}
