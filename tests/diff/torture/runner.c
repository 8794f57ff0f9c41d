/* SPDX-License-Identifier: MIT */
/*
 * runner.c - run programs one after the other, in the guest, and say how each
 * ended: a shell would take longer to start them than most of them run. Knows
 * nothing of what they test.
 *
 *	runner SECONDS <LIST	a path a line; prints "PATH exit N", "PATH
 *				signal N" or "PATH time" for each
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* In a session of its own, so that all that it started can be killed. */
static void run_program(const char *path)
{
	int null = open("/dev/null", O_RDWR);

	setsid();
	dup2(null, STDIN_FILENO);
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
	if (null > STDERR_FILENO)
		close(null);
	execl(path, path, (char *)NULL);
	_exit(127);
}

/* True if a child has ended before @seconds are over. */
static int wait_seconds(int seconds)
{
	struct timespec limit = { .tv_sec = seconds };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	return sigtimedwait(&set, NULL, &limit) == SIGCHLD;
}

static void run_one(const char *path, int seconds)
{
	int status = 0, has_ended;
	pid_t pid;
	sigset_t none;

	pid = fork();
	if (!pid) {
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		run_program(path);
	}
	if (pid < 0) {
		printf("%s fork %d\n", path, errno);
		return;
	}
	has_ended = wait_seconds(seconds);
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	/* One that came for the kill, and says nothing of the next program. */
	if (!has_ended)
		wait_seconds(0);
	if (!has_ended)
		printf("%s time\n", path);
	else if (WIFSIGNALED(status))
		printf("%s signal %d\n", path, WTERMSIG(status));
	else
		printf("%s exit %d\n", path, WEXITSTATUS(status));
}

int main(int argc, char **argv)
{
	int seconds = argc > 1 ? atoi(argv[1]) : 0;
	char path[512];
	sigset_t set;

	if (seconds <= 0) {
		fprintf(stderr, "usage: runner SECONDS <LIST\n");
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	while (fgets(path, sizeof(path), stdin)) {
		path[strcspn(path, "\n")] = '\0';
		run_one(path, seconds);
	}
	return 0;
}
