/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/lockstep/side.h - two simulators that must agree, and what it
 * means that they do.
 */
#ifndef TESTS_DIFF_LOCKSTEP_SIDE_H
#define TESTS_DIFF_LOCKSTEP_SIDE_H

#include "accel/accel.h"
#include "tests/diff/random/rng.h"

struct side {
	struct cpu *cpu;
	const struct engine_ops *engine;
	u8 *ram;
	u64 ram_bytes;
	u64 log;		/* a hash of all that went to and from devices */
	bool is_over;		/* reset, stuck, or nothing will ever happen */
	void *owner;
	/*
	 * Let time pass to @until or a little more; where @split is not NULL,
	 * in slices of its choice.
	 */
	void (*run)(struct side *s, cycle_t until, struct rng *split);
};

bool side_is_same(struct side *a, struct side *b, bool with_ram);
void side_print_differences(struct side *a, struct side *b);
void side_print(struct side *s);
void side_print_insn(const struct side *s, u32 pc);

static inline u64 log_mix(u64 log, u64 v)
{
	return (log ^ v) * 0x9e3779b97f4a7c15ull + (log >> 29);
}

#endif
