/* SPDX-License-Identifier: MIT */
/*
 * soc/sched.h - events at simulated times.
 *
 * Time is a u64 count of CPU cycles.  Devices embed a struct sched_event and
 * arm it; the machine runs the CPU up to the next event.  Order is by time,
 * then by the order of arming, so that runs repeat exactly.
 */
#ifndef SOC_SCHED_H
#define SOC_SCHED_H

#include "base/env.h"

struct sched;

struct sched_event {
	/* @late: cycles between the time asked for and now */
	void (*fire)(void *opaque, cycle_t late);
	void *opaque;
	const char *name;
	/* private to sched.c */
	cycle_t when;
	u64 seq;
	unsigned int slot;	/* place in the heap + 1; 0 when not armed */
};

struct sched {
	struct sched_event **heap;
	unsigned int count, room;
	u64 seq;
	cycle_t now;		/* start of the slice being run */
	/* exact time inside a slice, asked from the CPU; NULL: sched->now */
	cycle_t (*clock)(void *opaque);
	/* called when an event is armed before the end of the slice */
	void (*kick)(void *opaque);
	void *opaque;
	cycle_t slice_end;
};

void sched_init(struct sched *s);
void sched_free(struct sched *s);
cycle_t sched_now(const struct sched *s);
void sched_at(struct sched *s, struct sched_event *ev, cycle_t when);
void sched_cancel(struct sched *s, struct sched_event *ev);
bool sched_is_armed(const struct sched_event *ev);
cycle_t sched_next(const struct sched *s);
void sched_advance(struct sched *s, cycle_t now);

/* sched_next() when nothing is armed */
#define SCHED_NEVER	(~(cycle_t)0)

#endif
