/* SPDX-License-Identifier: MIT */
/*
 * tests/cli/ptyrun.c - runs a command on a pseudo-terminal, by a script.
 *
 *	ptyrun [-q] [-t SECONDS] SCRIPT -- COMMAND [ARGUMENT]...
 *
 * A script has one step a line; blank lines and lines that begin with # are
 * skipped; "-" reads the script from standard input.
 *
 *	expect TEXT	wait until the command has printed TEXT
 *	send TEXT	type TEXT; no return is added
 *	sendfile F	type the bytes of a file
 *	sleep MS	go on reading for MS milliseconds
 *	signal NUMBER	send a signal to the command
 *	stopped		wait until the command is stopped by a signal
 *	exit STATUS	wait for its end; 128 + N when signal N ended it
 *	raw, cooked	check the mode of the terminal (asked again for a while)
 *	timeout S	seconds that each later step may take
 *
 * TEXT knows \r \n \t \e \\ \xHH.  The transcript goes to standard output.
 * After the command's end the terminal's settings must be what they were.
 * Exit status: 0 all as expected, 1 not, with a line on standard error, 2
 * wrong usage.
 *
 * The command is not the session's leader: the kernel resets a terminal that
 * loses its leader, which would hide settings that were not restored.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define SEEN_BYTES	(4u << 20)
#define SECONDS		10

struct session {
	int master, report;	/* report: pid, then wait statuses */
	pid_t leader, command;
	struct termios before;
	char *seen;		/* output not matched yet */
	size_t used;
	bool quiet, has_ended, is_stopped, out_ended;
	int status;
	double limit;
	const char *script;
	unsigned int line;
};

static void die(const char *what)
{
	fprintf(stderr, "ptyrun: %s: %s\n", what, strerror(errno));
	exit(2);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* ---- the session's leader ---------------------------------------------- */

static void run_command(int slave, char **argv)
{
	sigset_t set;

	setpgid(0, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGTTOU);
	sigprocmask(SIG_BLOCK, &set, NULL);
	tcsetpgrp(slave, getpid());
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	dup2(slave, 0);
	dup2(slave, 1);
	dup2(slave, 2);
	if (slave > 2)
		close(slave);
	execvp(argv[0], argv);
	fprintf(stderr, "ptyrun: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Reports the command's changes of state; holds the session until killed. */
static void lead(const char *name, int report, char **argv)
{
	int slave, status;
	pid_t pid;

	setsid();
	signal(SIGHUP, SIG_IGN);
	slave = open(name, O_RDWR | O_CLOEXEC);
	if (slave < 0 || ioctl(slave, TIOCSCTTY, 0) < 0)
		_exit(2);
	pid = fork();
	if (pid == 0) {
		signal(SIGHUP, SIG_DFL);
		run_command(slave, argv);
	}
	if (write(report, &pid, sizeof(pid)) != sizeof(pid))
		_exit(2);
	while (waitpid(pid, &status, WUNTRACED | WCONTINUED) == pid) {
		if (write(report, &status, sizeof(status)) < 0)
			_exit(2);
		if (WIFEXITED(status) || WIFSIGNALED(status))
			break;
	}
	for (;;)
		pause();
}

static void start(struct session *s, char **argv)
{
	int pipes[2];

	s->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (s->master < 0 || grantpt(s->master) < 0 || unlockpt(s->master) < 0)
		die("pseudo-terminal");
	if (tcgetattr(s->master, &s->before) < 0 || pipe(pipes) < 0)
		die("set up");
	fcntl(pipes[0], F_SETFD, FD_CLOEXEC);
	fcntl(pipes[1], F_SETFD, FD_CLOEXEC);
	s->leader = fork();
	if (s->leader < 0)
		die("fork");
	if (s->leader == 0)
		lead(ptsname(s->master), pipes[1], argv);
	close(pipes[1]);
	s->report = pipes[0];
	if (read(s->report, &s->command, sizeof(s->command)) !=
	    sizeof(s->command))
		die("start");
}

/* ---- reading what happens ---------------------------------------------- */

static void take_output(struct session *s)
{
	char buf[4096];
	ssize_t n = read(s->master, buf, sizeof(buf));

	if (n <= 0) {
		s->out_ended = n == 0 || errno != EINTR;
		return;
	}
	if (!s->quiet && write(STDOUT_FILENO, buf, (size_t)n) < 0)
		die("standard output");
	if (s->used + (size_t)n > SEEN_BYTES) {
		memmove(s->seen, s->seen + SEEN_BYTES / 2, SEEN_BYTES / 2);
		s->used -= SEEN_BYTES / 2;
	}
	memcpy(s->seen + s->used, buf, (size_t)n);
	s->used += (size_t)n;
}

static void take_report(struct session *s)
{
	int status;

	if (read(s->report, &status, sizeof(status)) != sizeof(status))
		return;
	s->is_stopped = WIFSTOPPED(status);
	if (WIFEXITED(status) || WIFSIGNALED(status)) {
		s->has_ended = true;
		s->status = WIFEXITED(status) ? WEXITSTATUS(status) :
			128 + WTERMSIG(status);
	}
}

/* Reads for at most @seconds; true when something came. */
static bool look(struct session *s, double seconds)
{
	struct pollfd fds[2] = {
		{ .fd = s->out_ended ? -1 : s->master, .events = POLLIN },
		{ .fd = s->has_ended ? -1 : s->report, .events = POLLIN },
	};

	if (poll(fds, 2, seconds > 0 ? (int)(seconds * 1000) + 1 : 0) <= 0)
		return false;
	/* what was printed before the end is read before the end is known */
	if (fds[0].revents)
		take_output(s);
	else if (fds[1].revents)
		take_report(s);
	return true;
}

/* ---- steps --------------------------------------------------------------- */

static int fail(struct session *s, const char *what, const char *text)
{
	fflush(stdout);
	fprintf(stderr, "\nptyrun: %s:%u: %s%s\n", s->script, s->line, what,
		text);
	return -1;
}

static int hex(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : (c | 32) - 'a' + 10;
}

static char *unescape(const char *text, size_t *n)
{
	char *out = malloc(strlen(text) + 1), *p = out;
	static const char from[] = "rnte", to[] = "\r\n\t\033";

	if (!out)
		die("memory");
	for (; *text; text++) {
		const char *k;

		if (*text != '\\' || !text[1]) {
			*p++ = *text;
			continue;
		}
		text++;
		k = strchr(from, *text);
		if (*text == 'x' && isxdigit((unsigned char)text[1]) &&
		    isxdigit((unsigned char)text[2])) {
			*p++ = (char)(hex(text[1]) << 4 | hex(text[2]));
			text += 2;
		} else {
			*p++ = k ? to[k - from] : *text;
		}
	}
	*p = '\0';
	*n = (size_t)(p - out);
	return out;
}

static int step_expect(struct session *s, const char *text)
{
	double end = now() + s->limit;
	size_t n;
	char *want = unescape(text, &n), *at;
	int r = -1;

	for (;;) {
		at = memmem(s->seen, s->used, want, n);
		if (at) {
			size_t used = (size_t)(at - s->seen) + n;

			memmove(s->seen, s->seen + used, s->used - used);
			s->used -= used;
			r = 0;
			break;
		}
		if (now() >= end || (!look(s, end - now()) && s->has_ended))
			break;
	}
	free(want);
	return r == 0 ? 0 : fail(s, "not seen: ", text);
}

/* Typing and reading go together, so that neither end blocks the other. */
static int type(struct session *s, const char *buf, size_t n)
{
	double end = now() + s->limit;

	fcntl(s->master, F_SETFL, O_RDWR | O_NONBLOCK);
	while (n > 0 && now() < end) {
		ssize_t done = write(s->master, buf, n < 512 ? n : 512);

		if (done > 0) {
			buf += done;
			n -= (size_t)done;
			end = now() + s->limit;
		}
		look(s, done > 0 ? 0 : 0.01);
	}
	fcntl(s->master, F_SETFL, O_RDWR);
	return n ? fail(s, "cannot type: ", "the terminal is full") : 0;
}

static int step_send(struct session *s, const char *text)
{
	size_t n;
	char *buf = unescape(text, &n);
	int r = type(s, buf, n);

	free(buf);
	return r;
}

static int step_sendfile(struct session *s, const char *path)
{
	char *buf = malloc(SEEN_BYTES);
	FILE *f = fopen(path, "r");
	int r;

	if (!f || !buf)
		die(path);
	r = type(s, buf, fread(buf, 1, SEEN_BYTES, f));
	fclose(f);
	free(buf);
	return r;
}

static int step_sleep(struct session *s, const char *ms)
{
	double end = now() + atof(ms) / 1000;

	while (now() < end) {
		if (!look(s, end - now()) && s->has_ended)
			poll(NULL, 0, (int)((end - now()) * 1000) + 1);
	}
	return 0;
}

static int step_signal(struct session *s, const char *number)
{
	if (kill(s->command, atoi(number)) < 0)
		return fail(s, "no process to signal", "");
	return 0;
}

static int step_stopped(struct session *s, const char *none)
{
	double end = now() + s->limit;

	(void)none;
	while (!s->is_stopped && !s->has_ended && now() < end)
		look(s, end - now());
	return s->is_stopped ? 0 : fail(s, "the command did not stop", "");
}

static int step_exit(struct session *s, const char *status)
{
	double end = now() + s->limit;
	char got[64];

	while (!s->has_ended && now() < end)
		look(s, end - now());
	if (!s->has_ended)
		return fail(s, "the command did not end", "");
	while (look(s, 0) && !s->out_ended)
		;
	snprintf(got, sizeof(got), "%s, not %d", status, s->status);
	return s->status == atoi(status) ? 0 :
		fail(s, "expected exit status ", got);
}

static int check_mode(struct session *s, bool want_raw)
{
	double end = now() + s->limit;
	struct termios t;

	do {
		if (tcgetattr(s->master, &t) < 0)
			die("terminal");
		if (want_raw == !(t.c_lflag & ICANON))
			return 0;
		look(s, 0.01);
	} while (now() < end);
	return fail(s, "the terminal is ", want_raw ? "not raw" : "raw");
}

static int step_raw(struct session *s, const char *none)
{
	(void)none;
	return check_mode(s, true);
}

static int step_cooked(struct session *s, const char *none)
{
	(void)none;
	return check_mode(s, false);
}

static int step_timeout(struct session *s, const char *seconds)
{
	s->limit = atof(seconds);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct session *s, const char *text);
} steps[] = {
	{ "expect", step_expect },	{ "send", step_send },
	{ "sendfile", step_sendfile },	{ "sleep", step_sleep },
	{ "signal", step_signal },	{ "stopped", step_stopped },
	{ "exit", step_exit },		{ "raw", step_raw },
	{ "cooked", step_cooked },	{ "timeout", step_timeout },
};

static int run_line(struct session *s, char *line)
{
	size_t n;

	line[strcspn(line, "\n")] = '\0';
	n = strcspn(line, " ");
	if (!*line || *line == '#')
		return 0;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (strlen(steps[i].name) == n &&
		    !strncmp(line, steps[i].name, n))
			return steps[i].run(s, line + n + (line[n] == ' '));
	return fail(s, "no such step: ", line);
}

/* The command's end, whatever the script did; then the settings. */
static int finish(struct session *s)
{
	static const int hard[] = { SIGTERM, SIGKILL };
	struct termios after;

	for (int i = 0; i < 2 && !s->has_ended; i++) {
		double end = now() + 3;

		kill(s->command, hard[i]);
		while (!s->has_ended && now() < end)
			look(s, end - now());
	}
	if (tcgetattr(s->master, &after) < 0)
		die("terminal");
	kill(s->leader, SIGKILL);
	waitpid(s->leader, NULL, 0);
	if (after.c_iflag != s->before.c_iflag ||
	    after.c_oflag != s->before.c_oflag ||
	    after.c_cflag != s->before.c_cflag ||
	    after.c_lflag != s->before.c_lflag ||
	    memcmp(after.c_cc, s->before.c_cc, sizeof(after.c_cc)) != 0)
		return fail(s, "the terminal's settings are not restored", "");
	return 0;
}

static int usage(void)
{
	fprintf(stderr, "usage: ptyrun [-q] [-t SECONDS] SCRIPT -- COMMAND "
		"[ARGUMENT]...\n");
	return 2;
}

int main(int argc, char **argv)
{
	struct session s = { .limit = SECONDS };
	char line[4096];
	FILE *f;
	int opt, r = 0;

	while ((opt = getopt(argc, argv, "+qt:")) != -1) {
		if (opt == 'q')
			s.quiet = true;
		else if (opt == 't')
			s.limit = atof(optarg);
		else
			return usage();
	}
	if (optind + 2 >= argc || strcmp(argv[optind + 1], "--"))
		return usage();
	s.script = argv[optind];
	f = strcmp(s.script, "-") ? fopen(s.script, "re") : stdin;
	s.seen = malloc(SEEN_BYTES);
	if (!f || !s.seen)
		die(s.script);
	signal(SIGPIPE, SIG_IGN);
	start(&s, argv + optind + 2);
	while (r == 0 && fgets(line, sizeof(line), f)) {
		s.line++;
		r = run_line(&s, line);
	}
	if (finish(&s) < 0)
		r = -1;
	free(s.seen);
	return r < 0;
}
