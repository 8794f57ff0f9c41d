/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/model.h - Culm, one instruction at a time, with the known
 * faults of QEMU played on top.
 *
 * A case in which Culm and QEMU differ is run again here: when the outcome
 * with the faults is QEMU's to the last bit, the difference is explained.
 */
#ifndef TESTS_DIFF_RANDOM_MODEL_H
#define TESTS_DIFF_RANDOM_MODEL_H

#include "tests/diff/random/core.h"

enum fault {
#define FAULT(name, kind) FAULT_##name,
#include "tests/diff/random/faults.def"
#undef FAULT
	FAULT_COUNT
};

struct faults {
	bool is_listed[FAULT_COUNT];
	bool was_played[FAULT_COUNT];	/* in the last case */
	u64 cases[FAULT_COUNT];		/* explained with its help */
};

int faults_load(struct faults *f, const char *path);
const char *fault_name(unsigned int i);
bool fault_is_played(unsigned int i);
unsigned int faults_gen_flags(const struct faults *f);
bool model_run(struct core *c, struct faults *f, unsigned int item,
	       struct outcome *out);

#endif
