/* SPDX-License-Identifier: MIT */
/*
 * soc/irq.h - an interrupt wire from one device to one input of another.
 *
 * A line is owned by its sink (a UIC, or the machine for the CPU's pins) and
 * borrowed by the device that drives it.  A line that leads nowhere is legal.
 */
#ifndef SOC_IRQ_H
#define SOC_IRQ_H

#include "base/env.h"

struct irq_line {
	void (*set)(void *opaque, unsigned int input, bool level);
	void *opaque;
	unsigned int input;	/* number at the sink */
	bool level;		/* last level driven */
};

/* Drive @line to @level (true = asserted); tells the sink of changes only. */
static inline void irq_set(struct irq_line *line, bool level)
{
	if (line->level == level)
		return;
	line->level = level;
	if (line->set)
		line->set(line->opaque, line->input, level);
}

/* A pulse: what an edge-triggered input sees as one event. */
static inline void irq_pulse(struct irq_line *line)
{
	irq_set(line, true);
	irq_set(line, false);
}

#endif
