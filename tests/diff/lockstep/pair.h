/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/lockstep/pair.h - run two sides slice by slice, compare them,
 * and find the instruction at which they part.
 *
 * A scenario says what the sides are, how long each slice is and what comes
 * from outside before it.  All of that must follow from the seed, because a
 * difference is found by running it again.
 */
#ifndef TESTS_DIFF_LOCKSTEP_PAIR_H
#define TESTS_DIFF_LOCKSTEP_PAIR_H

#include "tests/diff/lockstep/side.h"

struct slice {
	cycle_t cycles;
	bool with_ram;		/* compare the memory after it */
	u64 split;		/* seed of b's slices; 0: the same as a's */
	u32 event, arg[2];	/* the scenario's own */
};

struct pair;

struct scenario {
	/* Both sides, at their start; 0, or -1 when they cannot be made. */
	int (*open)(struct pair *p);
	void (*close)(struct pair *p);
	/* false: this was the last */
	bool (*next)(struct pair *p, struct slice *s);
	void (*event)(struct pair *p, struct side *side, const struct slice *s);
};

struct pair {
	const struct scenario *scenario;
	const struct engine_ops *engine[2];
	u64 seed;
	unsigned int traced;	/* instructions printed before a difference */
	void *config;		/* the scenario's */
	struct rng rng;
	struct side side[2];
	u64 slices;		/* run so far */
};

struct lockstep {
	u64 checks, insns;	/* of all runs */
	u64 interrupts[IVOR_COUNT];
};

/* 1 the same to the end, 0 a difference, printed; -1 cannot be run */
int pair_run(struct pair *p, struct lockstep *total);

#endif
