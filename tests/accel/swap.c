/* SPDX-License-Identifier: MIT */
/*
 * tests/accel/swap.c - change the engine of a running Culm again and again,
 * through its control socket, until it ends.
 *
 *	swap SOCKET
 *
 * Prints what was refused, and at the end how often the engine was changed and
 * how often it was `kvm`.  Pauses are of a fixed sequence, longer where the
 * guest is slower.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define WAIT_MS		20
#define WAITS		3000	/* for the socket to be there */

static void pause_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
}

static int reach(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	strncpy(sun.sun_path, path, sizeof(sun.sun_path) - 1);
	for (int i = 0; i < WAITS; i++) {
		fd = socket(AF_UNIX, SOCK_STREAM, 0);
		if (fd < 0)
			return -1;
		if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
			return fd;
		close(fd);
		pause_ms(WAIT_MS);
	}
	return -1;
}

/* The last line of the answer in @answer; 0: the other side is gone. */
static int ask(FILE *f, const char *line, char *answer, int bytes)
{
	if (fputs(line, f) < 0 || fflush(f))
		return 0;
	while (fgets(answer, bytes, f)) {
		if (!strcmp(answer, "ok\n") || !strncmp(answer, "error ", 6))
			return 1;
	}
	return 0;
}

static unsigned int random_below(unsigned int n)
{
	static unsigned int seed = 1;

	seed = seed * 1664525 + 1013904223;
	return (seed >> 16) % n;
}

int main(int argc, char **argv)
{
	static const struct {
		const char *line;
		unsigned int ms, more_ms;
	} engines[] = {
		{ "engine interp\n", 100, 400 },
		{ "engine kvm\n", 10, 100 },
	};
	unsigned int n = 0, count[2] = { 0, 0 };
	char answer[600];
	FILE *f;
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: %s SOCKET\n", argv[0]);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	fd = reach(argv[1]);
	f = fd < 0 ? NULL : fdopen(fd, "r+");
	if (!f) {
		perror(argv[1]);
		return 1;
	}
	for (; ask(f, engines[n % 2].line, answer, sizeof(answer)); n++) {
		if (strcmp(answer, "ok\n"))
			fputs(answer, stdout);
		else
			count[n % 2]++;
		/* state is fetched, too */
		if (!ask(f, "status\n", answer, sizeof(answer)))
			break;
		pause_ms(engines[n % 2].ms +
			 random_below(engines[n % 2].more_ms));
	}
	printf("swaps: %u, %u of them to kvm\n", count[0] + count[1], count[1]);
	return 0;
}
