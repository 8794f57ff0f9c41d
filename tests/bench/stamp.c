/* SPDX-License-Identifier: MIT */
/*
 * tests/bench/stamp.c - runs a simulator and says when its console said what.
 *
 *	stamp [--log F] [--timeout S] [--watch S] [--wait]
 *	      --mark LINE [--send TEXT] ... -- COMMAND ARG...
 *
 * The command's standard output is the console.  The marks are awaited in the
 * order given, each at the beginning of a line (its newline may be missing: a
 * prompt is a mark too); after a mark, TEXT and a newline are typed.  After
 * the last mark the process is stopped, or with --wait it is let finish.
 * --watch measures its CPU time for S seconds after the last mark.
 *
 * Prints, all in seconds of the host's monotonic clock since the start:
 *
 *	mark I T CPU		for each mark; CPU is user + system time so far
 *	watch S CPU		with --watch
 *	end T CPU STATUS KB	STATUS as a shell has it, "killed" when by us; KB is
 *				the peak of its resident memory
 *
 * Exit status 0 when all marks came, else 1; 2 on wrong use.  It must know
 * nothing of the simulators, so that it treats all of them alike.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MARKS 64
#define LINE_MAX_BYTES 4096

struct mark {
	const char *text, *send;
};

struct stamp {
	struct mark mark[MARKS];
	int marks, seen;
	double timeout, watch;
	bool is_waiting;
	FILE *log;
	char **argv;
	pid_t pid;
	int in, out;			/* the command's stdin, stdout */
	double start;
	char line[LINE_MAX_BYTES];
	size_t len;
};

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

/* User and system time of the running child, with its threads. */
static double cpu_of(pid_t pid)
{
	struct timespec ts;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) || clock_gettime(clock, &ts))
		return 0;
	return ts.tv_sec + ts.tv_nsec / 1e9;
}

static void type_line(struct stamp *s, const char *text)
{
	if (write(s->in, text, strlen(text)) < 0 || write(s->in, "\n", 1) < 0)
		fprintf(stderr, "stamp: cannot type: %s\n", strerror(errno));
}

static void check_mark(struct stamp *s)
{
	const struct mark *m = &s->mark[s->seen];
	size_t n;

	if (s->seen == s->marks)
		return;
	n = strlen(m->text);
	if (s->len < n || memcmp(s->line, m->text, n) != 0)
		return;
	printf("mark %d %.4f %.4f\n", s->seen, now() - s->start, cpu_of(s->pid));
	fflush(stdout);
	s->len = 0;
	s->seen++;
	if (m->send)
		type_line(s, m->send);
}

static void take(struct stamp *s, const char *buf, size_t n)
{
	if (s->log) {
		fwrite(buf, 1, n, s->log);
		fflush(s->log);
	}
	for (size_t i = 0; i < n; i++) {
		if (buf[i] == '\n' || buf[i] == '\r') {
			s->len = 0;
			continue;
		}
		if (s->len < sizeof(s->line))
			s->line[s->len++] = buf[i];
		check_mark(s);
	}
}

/* Read the console until @until or until @stop_at_last and the last mark came.
 * Returns false at the end of the console. */
static bool listen_to(struct stamp *s, double until, bool stop_at_last)
{
	struct pollfd p = { .fd = s->out, .events = POLLIN };
	char buf[4096];

	while (!(stop_at_last && s->seen == s->marks)) {
		double left = until - now();
		ssize_t n;

		if (left <= 0)
			return true;
		if (poll(&p, 1, (int)(left * 1000) + 1) <= 0)
			continue;
		n = read(s->out, buf, sizeof(buf));
		if (n <= 0)
			return false;
		take(s, buf, (size_t)n);
	}
	return true;
}

static void launch(struct stamp *s)
{
	int in[2], out[2];

	if (pipe2(in, O_CLOEXEC) || pipe2(out, O_CLOEXEC)) {
		perror("stamp: pipe");
		exit(2);
	}
	s->start = now();
	s->pid = fork();
	if (s->pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		signal(SIGPIPE, SIG_DFL);
		execvp(s->argv[0], s->argv);
		fprintf(stderr, "stamp: %s: %s\n", s->argv[0], strerror(errno));
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	s->in = in[1];
	s->out = out[0];
}

static void watch_idle(struct stamp *s)
{
	double before = cpu_of(s->pid), start = now();

	listen_to(s, start + s->watch, false);
	printf("watch %.3f %.3f\n", now() - start, cpu_of(s->pid) - before);
}

/* Stop the child, politely first; or wait for it until @until. */
static void finish(struct stamp *s, bool is_killed, double until)
{
	struct rusage ru = { 0 };
	int status = 0;
	double kill_at = now() + 2;

	if (is_killed)
		kill(s->pid, SIGTERM);
	while (wait4(s->pid, &status, WNOHANG, &ru) == 0) {
		if ((is_killed && now() > kill_at) || (!is_killed && now() > until)) {
			kill(s->pid, SIGKILL);
			is_killed = true;
		}
		usleep(2000);
	}
	printf("end %.4f %.4f ", now() - s->start,
	       ru.ru_utime.tv_sec + ru.ru_utime.tv_usec / 1e6 +
	       ru.ru_stime.tv_sec + ru.ru_stime.tv_usec / 1e6);
	if (is_killed)
		printf("killed");
	else
		printf("%d", WIFEXITED(status) ? WEXITSTATUS(status)
					       : 128 + WTERMSIG(status));
	printf(" %ld\n", ru.ru_maxrss);
}

static void usage(void)
{
	fprintf(stderr, "usage: stamp [--log F] [--timeout S] [--watch S] [--wait] "
		"--mark LINE [--send TEXT] ... -- COMMAND ARG...\n");
	exit(2);
}

static void parse(struct stamp *s, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *opt = argv[i];

		if (strcmp(opt, "--wait") == 0) {
			s->is_waiting = true;
			continue;
		}
		if (i + 1 >= argc)
			usage();
		i++;
		if (strcmp(opt, "--log") == 0)
			s->log = fopen(argv[i], "w");
		else if (strcmp(opt, "--timeout") == 0)
			s->timeout = atof(argv[i]);
		else if (strcmp(opt, "--watch") == 0)
			s->watch = atof(argv[i]);
		else if (strcmp(opt, "--mark") == 0 && s->marks < MARKS)
			s->mark[s->marks++].text = argv[i];
		else if (strcmp(opt, "--send") == 0 && s->marks > 0)
			s->mark[s->marks - 1].send = argv[i];
		else
			usage();
	}
	if (i + 1 >= argc || s->marks == 0)
		usage();
	s->argv = argv + i + 1;
}

int main(int argc, char **argv)
{
	static struct stamp s = { .timeout = 600 };
	bool is_open;

	signal(SIGPIPE, SIG_IGN);
	parse(&s, argc, argv);
	launch(&s);
	is_open = listen_to(&s, s.start + s.timeout, true);
	if (s.seen == s.marks && s.watch > 0)
		watch_idle(&s);
	if (s.seen < s.marks)
		fprintf(stderr, "stamp: never saw \"%s\"\n", s.mark[s.seen].text);
	if (is_open && s.is_waiting && s.seen == s.marks)
		is_open = listen_to(&s, s.start + s.timeout, false);
	finish(&s, is_open, s.start + s.timeout);
	return s.seen < s.marks;
}
