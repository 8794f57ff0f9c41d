/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * timing.c - how long exits take, by kind.  Copied into each VCPU's block, as
 * fast.c is, and under its rules; called only where exits are timed.
 *
 * The kind of an exit is found afterwards, from the counts that it changed, so
 * that counting need not know of this.
 */
#include "vcpu.h"
#include "hw.h"

/*
 * One exit may have several: an MMIO access is an emulated instruction as well,
 * and a signal came with an interrupt.  The first in the order of the names is
 * taken, and EMULINST only if it is alone.
 */
static u32 kind_of(const struct exit_timing *t, const u32 *count)
{
	u32 kind = COUNT_OTHER, i;

	for (i = COUNT_TIMED; i-- > 0;)
		if (count[i] != t->was[i] &&
		    (i != COUNT_EMULATED || kind == COUNT_OTHER))
			kind = i;
	return kind;
}

static void add(struct kvm44x_time *k, u64 ticks)
{
	if (!k->count || ticks < k->min)
		k->min = ticks;
	if (ticks > k->max)
		k->max = ticks;
	k->count++;
	k->sum += ticks;
	k->squares += ticks * ticks;
}

/**
 * timing_exit - an exit: the one before it is over, and so is the guest's run
 * @v: VCPU
 *
 * What this takes belongs to neither.
 */
void timing_exit(struct vcpu *v)
{
	struct exit_timing *t = &v->timing;
	u64 now = hw_time();
	u32 i;

	if (t->exit)
		add(&t->times.kind[kind_of(t, v->count)], t->enter - t->exit);
	add(&t->times.kind[COUNT_TIMED], now - t->enter);
	for (i = 0; i < COUNT_TIMED; i++)
		t->was[i] = v->count[i];
	t->exit = hw_time();
}
