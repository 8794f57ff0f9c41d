/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/lockstep/main.c - two engines, or one in two rhythms, in lockstep.
 *
 *	diff-lockstep [--engine NAME] [--against NAME] [--insns N] [--seed N]
 *		      [--test N] [--split] [--no-time] [--no-waits] [--trace N]
 *	diff-lockstep --linux GUEST [--board FILE] [--insns N] [--dense N]
 *		      [--type TEXT] [--type-at CYCLE] [--console] ...
 *
 * Bare: random programs, of user level and privileged, in turn.  Linux: a
 * machine that boots GUEST/vmlinux with GUEST/initramfs.cpio.gz; --type is
 * typed on its console.  After each slice the whole state of both is
 * compared; under Linux slices are of some instructions in the first --dense
 * cycles, then of 10^5.  --split runs the second engine in slices of its own;
 * --no-time keeps reads of the time base out of the programs, --no-waits has
 * devices answer at once.  --test runs one test by its number; --trace says
 * how many instructions to print before a difference.  Closes with
 * `N passed, N failed, N skipped`.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/diff/lockstep/bare.h"
#include "tests/diff/lockstep/boot.h"

#define SEED		0x440e9u
#define TEST_CYCLES	20000u
#define FAILURES_MAX	3u

struct options {
	const char *engine[2];
	const char *guest, *board, *typed;
	u64 insns, seed, dense, typed_at;
	s64 test;
	unsigned int traced;
	bool is_split, has_time, has_waits, is_shown;
};

static const char usage[] =
	"usage: diff-lockstep [--engine NAME] [--against NAME] [--insns N]\n"
	"\t[--seed N] [--test N] [--split] [--no-time] [--no-waits] [--trace N]\n"
	"\t[--linux GUEST [--board FILE] [--dense N] [--type TEXT]\n"
	"\t[--type-at CYCLE] [--console]]\n";

static bool parse_flag(struct options *o, const char *a)
{
	if (!strcmp(a, "--split"))
		o->is_split = true;
	else if (!strcmp(a, "--no-time"))
		o->has_time = false;
	else if (!strcmp(a, "--no-waits"))
		o->has_waits = false;
	else if (!strcmp(a, "--console"))
		o->is_shown = true;
	else
		return false;
	return true;
}

static bool parse_value(struct options *o, const char *a, const char *v)
{
	if (!strcmp(a, "--engine"))
		o->engine[0] = v;
	else if (!strcmp(a, "--against"))
		o->engine[1] = v;
	else if (!strcmp(a, "--linux"))
		o->guest = v;
	else if (!strcmp(a, "--board"))
		o->board = v;
	else if (!strcmp(a, "--insns"))
		o->insns = strtoull(v, NULL, 0);
	else if (!strcmp(a, "--dense"))
		o->dense = strtoull(v, NULL, 0);
	else if (!strcmp(a, "--seed"))
		o->seed = strtoull(v, NULL, 0);
	else if (!strcmp(a, "--test"))
		o->test = strtoll(v, NULL, 0);
	else if (!strcmp(a, "--type"))
		o->typed = v;
	else if (!strcmp(a, "--type-at"))
		o->typed_at = strtoull(v, NULL, 0);
	else if (!strcmp(a, "--trace"))
		o->traced = (unsigned int)strtoul(v, NULL, 0);
	else
		return false;
	return true;
}

static int parse(struct options *o, int argc, char **argv)
{
	int i;

	*o = (struct options){ .engine = { "interp", NULL }, .seed = SEED,
			       .insns = 20000000, .dense = 2000000,
			       .test = -1, .traced = 20,
			       .has_time = true, .has_waits = true,
			       .typed_at = 400000000,
			       .board = "bamboo" };
	for (i = 1; i < argc; i++) {
		if (parse_flag(o, argv[i]))
			continue;
		if (i + 1 == argc || !parse_value(o, argv[i], argv[i + 1]))
			return -1;
		i++;
	}
	return 0;
}

static int choose_engines(const struct options *o, struct pair *p)
{
	struct errmsg msg = { "" };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		p->engine[i] = engine_find(o->engine[i], &msg);
		if (!p->engine[i]) {
			fprintf(stderr, "diff/lockstep: %s\n", msg.text);
			return -1;
		}
	}
	return 0;
}

/* Even tests are of user level, odd ones are not. */
static int run_bare(const struct options *o, struct pair *p,
		    struct lockstep *total, u64 *passed, u64 *failed)
{
	struct bare_config c = {
		.cycles = TEST_CYCLES,
		.is_split = o->is_split,
		.has_waits = o->has_waits,
		.gen_flags = o->has_time ? 0 : GEN_NO_TIME,
	};
	u64 n = o->test < 0 ? 0 : (u64)o->test;
	int ret;

	p->scenario = &bare_scenario;
	p->config = &c;
	do {
		c.is_user = n % 4 == 0;
		p->seed = o->seed * 0x100000001b3ull + n;
		ret = pair_run(p, total);
		if (ret < 0)
			return -1;
		*passed += ret != 0;
		*failed += ret == 0;
		if (!ret)
			printf("FAIL lockstep: test %llu of seed %llu, %s\n",
			       (unsigned long long)n,
			       (unsigned long long)o->seed,
			       c.is_user ? "user level" : "privileged");
		n++;
	} while (o->test < 0 && total->insns < o->insns &&
		 *failed < FAILURES_MAX);
	return 0;
}

static int run_linux(const struct options *o, struct pair *p,
		     struct lockstep *total, u64 *passed, u64 *failed)
{
	struct boot_config c = {
		.guest = o->guest,
		.board = o->board,
		.insns = o->insns,
		.dense = o->dense,
		.typed = o->typed,
		.typed_at = o->typed_at,
		.is_shown = o->is_shown,
	};
	int ret;

	p->scenario = &boot_scenario;
	p->config = &c;
	p->seed = o->seed;
	ret = pair_run(p, total);
	if (ret < 0)
		return -1;
	*passed += ret != 0;
	*failed += ret == 0;
	if (!ret)
		printf("FAIL lockstep: the boot of %s\n", o->guest);
	return 0;
}

static void print_totals(const struct lockstep *t)
{
	unsigned int i;

	printf("lockstep: %llu instructions, compared %llu times; interrupts:\n",
	       (unsigned long long)t->insns, (unsigned long long)t->checks);
	for (i = 0; i < IVOR_COUNT; i++)
		printf("  %-22s %llu\n", ivor_name(i),
		       (unsigned long long)t->interrupts[i]);
}

int main(int argc, char **argv)
{
	struct lockstep total = { 0 };
	u64 passed = 0, failed = 0;
	struct options o;
	struct pair p = { 0 };
	int ret;

	if (parse(&o, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	if (choose_engines(&o, &p))
		return 1;
	p.traced = o.traced;
	printf("lockstep: seed %llu, %s and %s%s\n", (unsigned long long)o.seed,
	       p.engine[0]->name, p.engine[1]->name,
	       o.is_split ? ", in slices of their own" : "");
	ret = o.guest ? run_linux(&o, &p, &total, &passed, &failed) :
	      run_bare(&o, &p, &total, &passed, &failed);
	if (ret)
		return 1;
	print_totals(&total);
	printf("%llu passed, %llu failed, 0 skipped\n",
	       (unsigned long long)passed, (unsigned long long)failed);
	return failed != 0;
}
