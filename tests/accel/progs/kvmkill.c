/* SPDX-License-Identifier: MIT */
/*
 * kvmkill SEED TIMES PROGRAM ARG... - starts the program and kills it, by
 * SIGKILL, after up to half a second, again and again.  A program that ends by
 * itself before that is an error.  The last line is `kvmkill: ok`.
 */
#include "kvm.h"

enum { MAX_US = 500000 };

/* As often soon, while the VM is being made, as later. */
static void wait_a_while(uint32_t random)
{
	uint32_t us = (random >> 3) % MAX_US >> (random & 7);
	long t[2] = { 0, (long)us * 1000 };

	sys_call(SYS_NANOSLEEP, (long)t, 0, 0);
}

static int prog_main(int argc, char **argv, char **envp)
{
	uint32_t times, i, seed;
	long pid, status;

	if (argc < 4)
		die("kvmkill: usage: kvmkill SEED TIMES PROGRAM ARG...", 0);
	seed = (uint32_t)get_dec(argv[1]);
	times = (uint32_t)get_dec(argv[2]);
	for (i = 0; i < times; i++) {
		seed = seed * 1664525 + 1013904223;
		pid = sys_call(SYS_FORK, 0, 0, 0);
		if (!pid) {
			sys_call(SYS_EXECVE, (long)argv[3], (long)(argv + 3),
				 (long)envp);
			sys_exit(127);
		}
		wait_a_while(seed >> 4);
		sys_call(SYS_KILL, pid, SIGKILL, 0);
		if (sys_call(SYS_WAITPID, pid, (long)&status, 0) != pid)
			die("kvmkill: waitpid", (uint32_t)pid);
		if ((status & 0x7f) != SIGKILL)
			die("kvmkill: it ended by itself, status",
			    (uint32_t)status);
	}
	put_text("kvmkill: killed ");
	put_dec(times);
	put_text("\nkvmkill: ok\n");
	return 0;
}
