/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/image.h - many random programs as one static executable.
 *
 * The executable runs a list of cases.  A case is a program and a state to
 * start it from; after it the data area and all registers are written to
 * standard output as one record.
 *
 *   CODE_VA  the code that all cases share, then the programs
 *   DATA_VA  data area and record (REC_*), scratch; constants at CONST_AT;
 *            then the list of cases and the states, both of IMAGE_* sizes
 *
 * A state has the layout of a record.  Knows nothing of who runs it.
 */
#ifndef TESTS_DIFF_RANDOM_IMAGE_H
#define TESTS_DIFF_RANDOM_IMAGE_H

#include "tests/diff/random/gen.h"

#define CODE_VA		0x01000000u
#define CODE_MAX	0x00f00000u
#define DATA_VA		0x02000000u
#define DATA_MAX	0x00800000u

/* A record; numbers in it are big-endian. */
#define REC_DATA	0u
#define REC_GPR		512u
#define REC_FPR		640u
#define REC_CR		896u
#define REC_XER		900u
#define REC_LR		904u
#define REC_CTR		908u
#define REC_FPSCR	912u	/* as mffs gives it, 8 bytes */
#define REC_BYTES	920u
#define NEXT_CASE_AT	928u	/* pointer to the next case */
#define LIST_AT		4096u

/* A case in the list: prologue, program, state; the list ends with 0. */
#define CASE_BYTES	12u

struct image {
	u8 *code, *data;
	u32 code_bytes, data_bytes;
	u32 shared_bytes;	/* code before the programs */
	u32 next;		/* address where a case begins */
	u32 prologue[32], epilogue[32];
	u32 states;		/* offset of the states */
	unsigned int cases, cases_max, states_max;
};

/* What a run of an image gave. */
struct outcome {
	u8 *records;		/* REC_BYTES each, in the order of the cases */
	unsigned int count;
	/* the run ended in the case after these: a signal or an interrupt */
	bool has_died;
	char why[96];
};

void image_init(struct image *im, unsigned int cases, unsigned int states,
		bool has_enables, u64 seed);
void image_free(struct image *im);
void image_reset(struct image *im);
void image_set_state(struct image *im, unsigned int i, const u8 *state);
void state_random(u8 *state, struct rng *r, bool has_enables);
u32 image_add_program(struct image *im, const struct program *p);
void image_add_case(struct image *im, unsigned int base, u32 program,
		    unsigned int state);
void image_start_at(struct image *im, unsigned int first);
int image_write_elf(const struct image *im, const char *path);

void outcome_init(struct outcome *o, unsigned int cases);
void outcome_free(struct outcome *o);

#endif
