/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * timer.c - the guest's decrementer, fixed interval timer and watchdog, on a
 * timer of Linux.  The time base is the host's.
 *
 * Owns TSR's bits of what expires, and the pending bits that follow from TSR
 * and TCR.  Source of the rules: cpu/timer.c of the simulator.
 */
#include <linux/hrtimer.h>
#include <asm/time.h>

#include "hw.h"
#include "kvm.h"

static u64 period(u32 log)
{
	return 1ull << log;
}

static u32 fit_log(const struct vcpu *v)
{
	return 13 + 4 * TCR_FP(v->s.tcr);
}

static u32 watchdog_log(const struct vcpu *v)
{
	return 21 + 4 * TCR_WP(v->s.tcr);
}

/* Ticks until bit @log - 1 of the time base next goes 0 to 1. */
static u64 until_rise(u64 now, u32 log)
{
	u64 half = period(log) / 2;

	return period(log) - ((now + half) & (period(log) - 1));
}

/* FIT and watchdog are timed only where something follows from them. */
static bool has_fit(const struct vcpu *v)
{
	return (v->s.tcr & TCR_FIE) && !(v->s.tsr & TSR_FIS);
}

static bool has_watchdog(const struct vcpu *v)
{
	if (!(v->s.tcr & TCR_WIE) && !TCR_WRC(v->s.tcr))
		return false;
	return !((v->s.tsr & TSR_ENW) && (v->s.tsr & TSR_WIS) &&
		 !TCR_WRC(v->s.tcr));
}

static void update_pending(struct vcpu *v)
{
	u32 bits = 0;

	if ((v->s.tsr & TSR_DIS) && (v->s.tcr & TCR_DIE))
		bits |= 1u << IVOR_DEC;
	if ((v->s.tsr & TSR_FIS) && (v->s.tcr & TCR_FIE))
		bits |= 1u << IVOR_FIT;
	if ((v->s.tsr & TSR_WIS) && (v->s.tcr & TCR_WIE))
		bits |= 1u << IVOR_WATCHDOG;
	v->pending &= ~(1u << IVOR_DEC | 1u << IVOR_FIT | 1u << IVOR_WATCHDOG);
	v->pending |= bits;
}

/* Ticks to the next event, ~0: none. */
static u64 next_event(const struct vcpu *v)
{
	u64 now = hw_time(), next = ~0ull, t;

	if (v->s.dec_value) {
		t = now - v->s.dec_tick;
		next = t >= v->s.dec_value ? 0 : v->s.dec_value - t;
	}
	if (has_fit(v))
		next = min(next, until_rise(now, fit_log(v)));
	if (has_watchdog(v))
		next = min(next, until_rise(now, watchdog_log(v)));
	return next;
}

static ktime_t ticks_to_ktime(u64 ticks)
{
	return ns_to_ktime(tb_to_ns(ticks) + 1);
}

static bool has_risen(u64 before, u64 now, u32 log)
{
	u64 half = period(log) / 2;

	return (before + half) >> log != (now + half) >> log;
}

/* What has expired from @v->s.frozen_tick, the last look, until now. */
static void expire(struct kvcpu *k)
{
	struct cpu_state *s = &k->v->s;
	u64 now = hw_time();

	if (s->dec_value && now - s->dec_tick >= s->dec_value) {
		s->tsr |= TSR_DIS;
		s->dec_tick += s->dec_value;
		s->dec_value = s->tcr & TCR_ARE ? s->decar : 0;
		/* reloads that nobody could have seen are lost */
		if (s->dec_value && now - s->dec_tick >= s->dec_value)
			s->dec_tick = now;
	}
	if (has_fit(k->v) && has_risen(s->frozen_tick, now, fit_log(k->v)))
		s->tsr |= TSR_FIS;
	if (has_watchdog(k->v) &&
	    has_risen(s->frozen_tick, now, watchdog_log(k->v)) &&
	    watchdog_step(s))
		k->is_watchdog_out = true;
	s->frozen_tick = now;
	update_pending(k->v);
}

/*
 * A guest that has its decrementer reloaded with next to nothing shall not keep
 * the host in this interrupt: 50 microseconds.
 */
static ktime_t pause_until(u64 ticks)
{
	return max_t(ktime_t, ticks_to_ktime(ticks), 50 * NSEC_PER_USEC);
}

static enum hrtimer_restart on_timer(struct hrtimer *t)
{
	struct kvcpu *k = container_of(t, struct kvcpu, timer);
	u64 next;

	expire(k);
	wake_up(&k->wait);
	next = next_event(k->v);
	if (next == ~0ull)
		return HRTIMER_NORESTART;
	hrtimer_forward_now(t, pause_until(next));
	return HRTIMER_RESTART;
}

/**
 * vtimer_update - bring TSR up to date
 * @e: VCPU
 *
 * Linux's timer comes a little late; who looks at DEC and TSR shall not find
 * one at 0 and nothing in the other.
 *
 * Context: interrupts off.
 */
void vtimer_update(struct emul *e)
{
	expire(container_of(e, struct kvcpu, emul));
}

/**
 * vtimer_changed - TCR, TSR or DEC was written
 * @e: VCPU
 *
 * Context: interrupts off.
 */
void vtimer_changed(struct emul *e)
{
	struct kvcpu *k = container_of(e, struct kvcpu, emul);
	u64 next;

	k->v->s.frozen_tick = hw_time();
	update_pending(k->v);
	next = next_event(k->v);
	if (next == ~0ull)
		hrtimer_try_to_cancel(&k->timer);
	else
		hrtimer_start(&k->timer, ticks_to_ktime(next),
			      HRTIMER_MODE_REL);
}

/**
 * timer_init_vcpu - make the timer
 * @k: VCPU
 */
void timer_init_vcpu(struct kvcpu *k)
{
	hrtimer_init(&k->timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	k->timer.function = on_timer;
}

/**
 * timer_stop - the timer will not fire any more
 * @k: VCPU that goes
 */
void timer_stop(struct kvcpu *k)
{
	hrtimer_cancel(&k->timer);
}
