/* SPDX-License-Identifier: MIT */
/* tests/diff/random/qemu.c - start the other simulator, read what it wrote. */
#include "tests/diff/random/qemu.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"

/* Seconds without a record after which a run is given up. */
#define HANG_SECONDS 20

/**
 * qemu_open - a folder for the files
 * @q:       initialised
 * @program: name of qemu-ppc; borrowed
 */
void qemu_open(struct qemu *q, const char *program)
{
	const char *tmp = getenv("TMPDIR");

	*q = (struct qemu){ .program = program };
	q->dir = xasprintf("%s/culm-random.XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(q->dir)) {
		fprintf(stderr, "diff/random: %s: cannot be made\n", q->dir);
		exit(1);
	}
	q->elf = xasprintf("%s/programs", q->dir);
	q->records = xasprintf("%s/records", q->dir);
}

/**
 * qemu_close - remove the files
 * @q: from qemu_open
 */
void qemu_close(struct qemu *q)
{
	unlink(q->elf);
	unlink(q->records);
	rmdir(q->dir);
	free(q->elf);
	free(q->records);
	free(q->dir);
}

static void exec_qemu(const struct qemu *q)
{
	int out = open(q->records, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int null = open("/dev/null", O_RDWR);

	if (out < 0 || null < 0 || dup2(out, 1) < 0 || dup2(null, 2) < 0 ||
	    dup2(null, 0) < 0)
		_exit(126);
	execlp(q->program, q->program, "-cpu", "440epb", q->elf, (char *)NULL);
	_exit(127);
}

/**
 * qemu_start - begin to run an image
 * @q:  opened; nothing running
 * @im: image
 *
 * Returns: 0, -1 when it cannot be started.
 */
int qemu_start(struct qemu *q, const struct image *im)
{
	if (image_write_elf(im, q->elf) || chmod(q->elf, 0700))
		return -1;
	fflush(NULL);
	q->pid = fork();
	if (q->pid == 0)
		exec_qemu(q);
	return q->pid < 0 ? -1 : 0;
}

static off_t length_of(const char *path)
{
	struct stat st;

	return stat(path, &st) ? 0 : st.st_size;
}

/* Wait for the end; a run that writes nothing for long is killed. */
static int wait_for(const struct qemu *q)
{
	unsigned int idle_us = 0, nap_us = 200;
	off_t length = 0, now;
	int status;

	while (waitpid(q->pid, &status, WNOHANG) != q->pid) {
		usleep(nap_us);
		idle_us += nap_us;
		nap_us = nap_us < 20000 ? nap_us * 2 : nap_us;
		now = length_of(q->records);
		if (now != length)
			idle_us = 0;
		length = now;
		if (idle_us > HANG_SECONDS * 1000000u)
			kill(q->pid, SIGKILL);
	}
	return status;
}

/**
 * qemu_finish - wait for the run, and take what it wrote
 * @q:   started
 * @out: filled
 * @max: records that @out has room for
 *
 * Returns: 0; -1 if the simulator could not be run at all.
 */
int qemu_finish(struct qemu *q, struct outcome *out, unsigned int max)
{
	int status = wait_for(q);
	FILE *f = fopen(q->records, "rb");

	out->has_died = false;
	out->count = 0;
	if (f) {
		out->count = (unsigned int)fread(out->records, REC_BYTES, max,
						 f);
		fclose(f);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	out->has_died = true;
	if (WIFSIGNALED(status))
		snprintf(out->why, sizeof(out->why), "signal %d",
			 WTERMSIG(status));
	else
		snprintf(out->why, sizeof(out->why), "exit status %d",
			 WEXITSTATUS(status));
	return WIFEXITED(status) && WEXITSTATUS(status) >= 126 ? -1 : 0;
}
