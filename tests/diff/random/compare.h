/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/compare.h - run the cases of an image on both sides and
 * judge each; and for one that fails, find the shortest program that does.
 */
#ifndef TESTS_DIFF_RANDOM_COMPARE_H
#define TESTS_DIFF_RANDOM_COMPARE_H

#include "tests/diff/random/model.h"
#include "tests/diff/random/qemu.h"

struct bench {
	const struct engine_ops *engine;
	struct faults faults;
	struct qemu qemu;
	unsigned int gen_flags;
	struct outcome culm, peer, model;
	u64 insns;		/* executed by Culm's engine */
};

enum verdict {
	SAME,
	EXPLAINED,	/* by known faults of the peer */
	DIFFERENT,
	UNSTEADY,	/* Culm differs from itself stepping */
	DIED,		/* on one side */
};

int bench_open(struct bench *b, const char *engine, const char *qemu,
	       const char *faults, unsigned int cases);
void bench_close(struct bench *b);
int bench_run(struct bench *b, const struct image *im, u8 *verdicts);
const char *verdict_text(enum verdict v);
void put_differences(const u8 *culm, const u8 *peer, unsigned int base);

/* A case by itself. */
struct suspect {
	struct program prog;
	u8 state[REC_BYTES];
	enum verdict verdict;
};

void reduce(struct bench *b, struct suspect *s);
void suspect_print(struct bench *b, const struct suspect *s);

#endif
