/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/core.h - a core of Culm that runs an image in user mode.
 *
 * The image is mapped one to one; a page of vectors turns a system call, or
 * any other interrupt, into a store to a device, which is this file.
 */
#ifndef TESTS_DIFF_RANDOM_CORE_H
#define TESTS_DIFF_RANDOM_CORE_H

#include "accel/accel.h"
#include "tests/diff/random/image.h"

struct core {
	struct cpu_port port;
	struct cpu *cpu;
	const struct engine_ops *engine;
	const struct image *im;
	u8 *vectors;
	struct outcome *out;
	bool is_over;		/* exit, or death */
};

void core_open(struct core *c, const struct engine_ops *engine,
	       const struct image *im);
void core_close(struct core *c);
void core_start(struct core *c, struct outcome *out);
void core_run(struct core *c);

#endif
