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
	ENGINE_OWN_TIME = 2,		/* time can stand still, or be skipped */
	ENGINE_FIRMWARE = 4,		/* executes from flash, out of reset */
};

struct engine_ops {
	const char *name;
	const char *option;	/* that asks for it, for messages */
	unsigned int caps;
	bool (*is_possible)(void);	/* on this host */
	/* @cpu is borrowed until close; its memory is empty */
	int (*open)(struct cpu *cpu, struct errmsg *msg);
	/* the same when the memory has content; NULL: open does that, too */
	int (*take_over)(struct cpu *cpu, struct errmsg *msg);
	enum cpu_why (*run)(struct cpu *cpu, cycle_t budget);
	/* copies of the architected state, out and in; @s may be cpu->s, for
	 * one that was read or written there.  On an error @s has what can be
	 * had. */
	int (*get_state)(struct cpu *cpu, struct cpu_state *s,
			 struct errmsg *msg);
	int (*set_state)(struct cpu *cpu, const struct cpu_state *s,
			 struct errmsg *msg);
	/* memory at [pa, pa + size) was written by a device */
	void (*invalidate)(struct cpu *cpu, paddr_t pa, u64 size);
	/* return at the next boundary; called from a device */
	void (*kick)(struct cpu *cpu);
	void (*close)(struct cpu *cpu);

	/* The rest is NULL where the CPU is simulated. */
	/* rates that the guest sees whatever the clock device says */
	void (*clocks)(struct cpu *cpu, u64 *cpu_hz, u64 *tb_hz);
	/* set cpu_now() by the host */
	void (*now)(struct cpu *cpu);
	/* the instructions of a call to the hypervisor; how many, 0: none */
	unsigned int (*hcall)(struct cpu *cpu, u32 insn[4]);
	/* what execution was interrupted for, by kind */
	void (*counts)(struct cpu *cpu,
		       void (*put)(void *opaque, const char *name, u64 count),
		       void *opaque);
};

extern const struct engine_ops engine_interp, engine_jit, engine_kvm;

/* get_state and set_state of the engines that run on struct cpu itself */
int engine_get_state(struct cpu *cpu, struct cpu_state *s, struct errmsg *msg);
int engine_set_state(struct cpu *cpu, const struct cpu_state *s,
		     struct errmsg *msg);

/* @name: "auto", "interp", "jit", "kvm"; NULL is auto. */
const struct engine_ops *engine_find(const char *name, struct errmsg *msg);
/* 0 when @e has all of @needs; else @msg names the option that it refuses. */
int engine_check(const struct engine_ops *e, unsigned int needs,
		 struct errmsg *msg);
/* @to goes on where @from is; on an error @from does. */
int engine_switch(struct cpu *cpu, const struct engine_ops *from,
		  const struct engine_ops *to, struct errmsg *msg);

#endif
