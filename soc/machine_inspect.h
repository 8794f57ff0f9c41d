/* SPDX-License-Identifier: MIT */
/*
 * soc/machine_inspect.h - what may be asked of a machine from outside, as
 * lines of text: state to read, inputs to set, resets, another engine.
 *
 * Questions change nothing; what sets an input is an input like a key.
 */
#ifndef SOC_MACHINE_INSPECT_H
#define SOC_MACHINE_INSPECT_H

#include "soc/machine.h"

struct cpu;
struct dev_env;

/* The parts of a machine that its inspection needs; from machine.c. */
struct machine_insides {
	struct cpu *cpu;
	struct board *board;
	const struct dev_env *env;
};

void machine_insides(struct machine *m, struct machine_insides *in);
/* Bring the state in struct cpu up to date; an engine may have it elsewhere. */
void machine_look(struct machine *m);

/* Between two slices only; @put gets a line at a time. */
int machine_command(struct machine *m, const char *line,
		    void (*put)(void *to, const char *line), void *to,
		    struct errmsg *msg);

#endif
