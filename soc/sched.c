/* SPDX-License-Identifier: MIT */
/*
 * soc/sched.c - a binary heap of events in simulated time.
 *
 * Owns the heap; borrows the events, which their devices embed.  Order is
 * (time, order of arming), so that a run repeats exactly.  Must not know the
 * CPU, the host's time or what an event does.
 */
#include "soc/sched.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/xalloc.h"

/**
 * sched_init - a scheduler at time 0 with nothing armed
 * @s: filled; the caller sets clock and kick afterwards
 */
void sched_init(struct sched *s)
{
	memset(s, 0, sizeof(*s));
}

/**
 * sched_free - forget all events
 * @s: left empty; armed events become disarmed
 */
void sched_free(struct sched *s)
{
	for (unsigned int i = 0; i < s->count; i++)
		s->heap[i]->slot = 0;
	free(s->heap);
	sched_init(s);
}

/**
 * sched_now - simulated time
 * @s: scheduler
 *
 * Returns: time, exact inside a slice when the CPU lends its clock.
 * Units:   CPU cycles.
 */
cycle_t sched_now(const struct sched *s)
{
	return s->clock ? s->clock(s->opaque) : s->now;
}

static bool is_before(const struct sched_event *a, const struct sched_event *b)
{
	return a->when != b->when ? a->when < b->when : a->seq < b->seq;
}

static void place(struct sched *s, unsigned int i, struct sched_event *ev)
{
	s->heap[i] = ev;
	ev->slot = i + 1;
}

/* Puts @ev into the hole at @i after moving what must lie above it. */
static void sift_up(struct sched *s, unsigned int i, struct sched_event *ev)
{
	while (i > 0) {
		unsigned int up = (i - 1) / 2;

		if (!is_before(ev, s->heap[up]))
			break;
		place(s, i, s->heap[up]);
		i = up;
	}
	place(s, i, ev);
}

static void sift_down(struct sched *s, unsigned int i, struct sched_event *ev)
{
	for (;;) {
		unsigned int kid = 2 * i + 1;

		if (kid >= s->count)
			break;
		if (kid + 1 < s->count &&
		    is_before(s->heap[kid + 1], s->heap[kid]))
			kid++;
		if (!is_before(s->heap[kid], ev))
			break;
		place(s, i, s->heap[kid]);
		i = kid;
	}
	place(s, i, ev);
}

/**
 * sched_cancel - disarm an event
 * @s:  scheduler
 * @ev: event; not being armed is fine
 *
 * Context: O(log n); inside a callback as well.
 */
void sched_cancel(struct sched *s, struct sched_event *ev)
{
	struct sched_event *last;
	unsigned int i;

	if (!ev->slot)
		return;
	i = ev->slot - 1;
	BUG_ON(i >= s->count || s->heap[i] != ev);
	ev->slot = 0;
	last = s->heap[--s->count];
	if (last == ev)
		return;
	if (i > 0 && is_before(last, s->heap[(i - 1) / 2]))
		sift_up(s, i, last);
	else
		sift_down(s, i, last);
}

/**
 * sched_at - arm an event, or move one that is armed
 * @s:    scheduler; its kick is called when @when lies inside the slice
 * @ev:   event; stays in place until it has fired or is cancelled
 * @when: time; one that has passed fires at the next sched_advance()
 *
 * Units:   CPU cycles.
 * Context: O(log n); inside a callback as well.  Allocates only when more
 *          events are armed than ever before.
 */
void sched_at(struct sched *s, struct sched_event *ev, cycle_t when)
{
	sched_cancel(s, ev);
	if (s->count == s->room) {
		s->room = s->room ? 2 * s->room : 16;
		s->heap = xrealloc(s->heap, s->room, sizeof(*s->heap));
	}
	ev->when = when;
	ev->seq = s->seq++;
	sift_up(s, s->count++, ev);
	if (when < s->slice_end && s->kick)
		s->kick(s->opaque);
}

/**
 * sched_is_armed - does an event wait for its time?
 * @ev: event
 *
 * Returns: true while armed; false inside its own callback.
 */
bool sched_is_armed(const struct sched_event *ev)
{
	return ev->slot != 0;
}

/**
 * sched_next - time of the first event
 * @s: scheduler
 *
 * Returns: time, SCHED_NEVER when nothing is armed.
 * Units:   CPU cycles.
 */
cycle_t sched_next(const struct sched *s)
{
	return s->count ? s->heap[0]->when : SCHED_NEVER;
}

/**
 * sched_advance - the time is now @now: fire what is due
 * @s:   scheduler; slice_end becomes 0, since no slice is running, so that
 *       callbacks do not kick; the machine sets it before the next slice
 * @now: time, not before the last one
 *
 * Events that a callback arms at or before @now fire in the same call.
 *
 * Units:   CPU cycles.
 * Context: between slices.
 */
void sched_advance(struct sched *s, cycle_t now)
{
	BUG_ON(now < s->now);
	s->now = now;
	s->slice_end = 0;
	while (s->count && s->heap[0]->when <= now) {
		struct sched_event *ev = s->heap[0];

		sched_cancel(s, ev);
		ev->fire(ev->opaque, now - ev->when);
	}
}
