/* SPDX-License-Identifier: MIT */
/*
 * shim.c - linked into each of Valgrind's programs before main(): output by the
 * line, so that none is lost when the program dies, and the word of each
 * instruction that raises SIGILL on standard error. With SHIM_SKIP in the
 * environment such an instruction does nothing and the program goes on; without,
 * the signal ends it, as it would have. Knows nothing of the tests.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

static int is_skipping;

static void say_word(unsigned long word)
{
	static const char digit[] = "0123456789abcdef";
	char line[] = "SIGILL ........\n";
	int i;

	for (i = 0; i < 8; i++)
		line[7 + i] = digit[word >> (28 - 4 * i) & 15];
	if (write(STDERR_FILENO, line, sizeof(line) - 1) < 0)
		_exit(127);
}

static void on_sigill(int sig, siginfo_t *info, void *ctx)
{
	struct pt_regs *regs = ((ucontext_t *)ctx)->uc_mcontext.regs;

	say_word(*(unsigned int *)info->si_addr);
	if (is_skipping)
		regs->nip += 4;
	else
		signal(sig, SIG_DFL);
}

static void __attribute__((constructor)) shim_start(void)
{
	struct sigaction act = {
		.sa_sigaction = on_sigill,
		.sa_flags = SA_SIGINFO | SA_NODEFER,
	};

	is_skipping = getenv("SHIM_SKIP") != NULL;
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGILL, &act, NULL);
}
