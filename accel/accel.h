/* SPDX-License-Identifier: MIT */
/*
 * accel/accel.h - what executes the guest's instructions.
 *
 * An engine is a table of functions; `caps` says with what it can work.  The
 * machine knows engines only through this.
 */
#ifndef ACCEL_ACCEL_H
#define ACCEL_ACCEL_H

#include "base/env.h"
#include "base/err.h"
#include "cpu/cpu.h"

enum engine_caps {
	ENGINE_EXACT_COUNTS = 1,	/* the same instruction counts each run */
};

struct engine_ops {
	const char *name;
	unsigned int caps;
	bool (*is_possible)(void);	/* on this host */
	/* @cpu is borrowed until close */
	int (*open)(struct cpu *cpu, struct errmsg *msg);
	enum cpu_why (*run)(struct cpu *cpu, cycle_t budget);
	/* copies of the architected state, out and in */
	void (*get_state)(struct cpu *cpu, struct cpu_state *s);
	void (*set_state)(struct cpu *cpu, const struct cpu_state *s);
	/* memory at [pa, pa + size) was written by a device */
	void (*invalidate)(struct cpu *cpu, paddr_t pa, u64 size);
	/* return at the next boundary; called from a device */
	void (*kick)(struct cpu *cpu);
	void (*close)(struct cpu *cpu);
};

extern const struct engine_ops engine_interp, engine_jit;

/* get_state and set_state of the engines that run on struct cpu itself */
void engine_get_state(struct cpu *cpu, struct cpu_state *s);
void engine_set_state(struct cpu *cpu, const struct cpu_state *s);

/* @name: "auto", "interp", "jit"; NULL is auto. */
const struct engine_ops *engine_find(const char *name, struct errmsg *msg);

#endif
