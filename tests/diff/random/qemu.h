/* SPDX-License-Identifier: MIT */
/* tests/diff/random/qemu.h - an image under qemu-ppc, beside this process. */
#ifndef TESTS_DIFF_RANDOM_QEMU_H
#define TESTS_DIFF_RANDOM_QEMU_H

#include <sys/types.h>

#include "tests/diff/random/image.h"

struct qemu {
	const char *program;	/* "qemu-ppc" */
	char *dir;		/* where its files are */
	char *elf, *records;
	pid_t pid;
};

void qemu_open(struct qemu *q, const char *program);
void qemu_close(struct qemu *q);
int qemu_start(struct qemu *q, const struct image *im);
int qemu_finish(struct qemu *q, struct outcome *out, unsigned int max);

#endif
