/* SPDX-License-Identifier: MIT */
/*
 * tests/runner.c - main of the unit tests: every row of tests/suite.def.
 *
 *	run-unit [--list] [SUITE[.NAME] ...]
 *
 * Owns the order, the filter, the report and the time limit of a test; knows
 * nothing of what a test tests.  One line a failure; the last line is
 * `N passed, N failed, N skipped`; exit status 1 when a test failed or when a
 * filter named no test, 2 on wrong use.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>

#include "tests/unit/unit.h"

/* A test that takes longer hangs. */
#define TEST_SECONDS 120

/* Failed conditions of one test that are printed. */
#define FAILURES_SHOWN 10

#define TEST(suite, name, sentence) void test_##suite##_##name(void);
#include "tests/suite.def"
#undef TEST

struct row {
	const char *suite, *name, *sentence;
	void (*run)(void);
};

static const struct row rows[] = {
#define TEST(suite, name, sentence) \
	{ #suite, #name, sentence, test_##suite##_##name },
#include "tests/suite.def"
#undef TEST
};

#define ROWS (sizeof(rows) / sizeof(rows[0]))

static unsigned int passed, failed, skipped;
/* The test that runs now: the signal handler names it. */
static const struct row *running;
static const char *skip_reason;

void unit_skip(const char *why)
{
	skip_reason = why;
}

static void put(const char *s)
{
	if (write(STDOUT_FILENO, s, strlen(s)) < 0)
		_exit(1);
}

/* A crash or a hang ends the run: say in which test, still close with a count. */
static void on_signal(int sig)
{
	char tail[96];

	put("FAIL ");
	put(running ? running->suite : "runner");
	put(".");
	put(running ? running->name : "");
	put(sig == SIGALRM ? ": still running after the time limit" :
	    ": crashed");
	snprintf(tail, sizeof(tail),
		 " (signal %d)\nunit: %u passed, %u failed, %u skipped\n",
		 sig, passed, failed + 1, skipped);
	put(tail);
	_exit(1);
}

static int row_matches(const struct row *row, const char *filter)
{
	size_t n = strlen(row->suite);

	if (strncmp(filter, row->suite, n) != 0)
		return 0;
	return filter[n] == '\0' ||
	       (filter[n] == '.' && strcmp(filter + n + 1, row->name) == 0);
}

static int row_is_wanted(const struct row *row, int argc, char **argv)
{
	if (argc == 0)
		return 1;
	for (int i = 0; i < argc; i++)
		if (row_matches(row, argv[i]))
			return 1;
	return 0;
}

static void report_failures(const struct row *row)
{
	CU_pFailureRecord f = CU_get_failure_list();
	unsigned int n = CU_get_number_of_failures(), shown = 0;

	printf("FAIL %s.%s: %s\n", row->suite, row->name, row->sentence);
	for (; f && shown < FAILURES_SHOWN; f = f->pNext, shown++)
		printf("     %s:%u: %s\n", f->strFileName ? f->strFileName : "?",
		       f->uiLineNumber, f->strCondition ? f->strCondition : "");
	if (n > shown)
		printf("     and %u more\n", n - shown);
}

static void run_row(const struct row *row)
{
	CU_pSuite suite = CU_get_suite(row->suite);
	CU_pTest test;

	if (!suite)
		suite = CU_add_suite(row->suite, NULL, NULL);
	test = suite ? CU_add_test(suite, row->name, row->run) : NULL;
	if (!test) {
		printf("FAIL %s.%s: %s\n", row->suite, row->name,
		       CU_get_error_msg());
		failed++;
		return;
	}
	running = row;
	skip_reason = NULL;
	alarm(TEST_SECONDS);
	CU_run_test(suite, test);
	alarm(0);
	running = NULL;
	if (CU_get_number_of_failures() > 0) {
		report_failures(row);
		failed++;
	} else if (skip_reason) {
		printf("skip %s.%s: %s\n", row->suite, row->name, skip_reason);
		skipped++;
	} else {
		passed++;
	}
	fflush(stdout);
}

static void catch_signals(void)
{
	static const int sigs[] = { SIGABRT, SIGALRM, SIGBUS, SIGFPE, SIGSEGV };
	struct sigaction sa = { .sa_handler = on_signal };

	for (size_t i = 0; i < sizeof(sigs) / sizeof(sigs[0]); i++) {
		struct sigaction old;

		/* A sanitizer's own handler says more than ours. */
		if (sigaction(sigs[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(sigs[i], &sa, NULL);
	}
}

static int list_rows(void)
{
	for (size_t i = 0; i < ROWS; i++)
		printf("%s.%s: %s\n", rows[i].suite, rows[i].name,
		       rows[i].sentence);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--list") == 0)
		return list_rows();
	if (argc > 1 && argv[1][0] == '-') {
		fprintf(stderr, "usage: run-unit [--list] [SUITE[.NAME] ...]\n");
		return 2;
	}
	if (CU_initialize_registry() != CUE_SUCCESS) {
		fprintf(stderr, "run-unit: %s\n", CU_get_error_msg());
		return 1;
	}
	catch_signals();
	for (size_t i = 0; i < ROWS; i++)
		if (row_is_wanted(&rows[i], argc - 1, argv + 1))
			run_row(&rows[i]);
	CU_cleanup_registry();
	if (passed + failed + skipped == 0)
		printf("FAIL runner: no such test\n");
	printf("unit: %u passed, %u failed, %u skipped\n", passed, failed,
	       skipped);
	return failed > 0 || passed + skipped == 0;
}
