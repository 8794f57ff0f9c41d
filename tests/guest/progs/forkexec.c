/* SPDX-License-Identifier: MIT */
/*
 * forkexec N PROG [ARG...] - fork, execve and wait N times, one after the
 * other, and print how long that took by CLOCK_MONOTONIC. The benchmarks of
 * address-space switches run it with /bin/true.
 */
#include "sys.h"

enum { EXIT_NO_EXEC = 127 };

/* The child's wait status, or minus an error number. */
static long run_once(char **argv, char **envp)
{
	int status = 0;
	long pid = sys_call(SYS_FORK, 0, 0, 0);

	if (pid < 0)
		return pid;
	if (!pid) {
		sys_call(SYS_EXECVE, (long)argv[0], (long)argv, (long)envp);
		sys_exit(EXIT_NO_EXEC);
	}
	pid = sys_call(SYS_WAITPID, pid, (long)&status, 0);
	return pid < 0 ? pid : status;
}

static int prog_main(int argc, char **argv, char **envp)
{
	long i, n = argc > 2 ? get_dec(argv[1]) : -1;
	uint64_t start_ns;

	if (n < 0) {
		put_text("usage: forkexec N PROG [ARG...]\n");
		return 2;
	}
	start_ns = sys_monotonic_ns();
	for (i = 0; i < n; i++) {
		if (run_once(argv + 2, envp)) {
			put_text("forkexec: ");
			put_text(argv[2]);
			put_text(" failed\n");
			return 1;
		}
	}
	put_text("forkexec: ");
	put_dec(n);
	put_text(" runs in ");
	put_dec((sys_monotonic_ns() - start_ns) / 1000000);
	put_text(" ms\n");
	return 0;
}
