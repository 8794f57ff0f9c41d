/* SPDX-License-Identifier: MIT */
/*
 * cpu/timer.c - time base, decrementer, fixed interval timer and watchdog.
 *
 * All four are functions of the cycle count; nothing is counted.  The next
 * moment at which one of them does something is kept in cpu->timer_at.
 */
#include "cpu/async.h"
#include "cpu/cpu.h"

static u64 ticks_at(const struct cpu *cpu, cycle_t now)
{
	if (likely(cpu->tb_div == 1))
		return now;
	return now / cpu->tb_div * cpu->tb_mul +
	       now % cpu->tb_div * cpu->tb_mul / cpu->tb_div;
}

/* First cycle at which the tick count is @tick or more. */
static cycle_t cycle_of_tick(const struct cpu *cpu, u64 tick)
{
	if (likely(cpu->tb_div == 1))
		return tick;
	return tick / cpu->tb_mul * cpu->tb_div +
	       (tick % cpu->tb_mul * cpu->tb_div + cpu->tb_mul - 1) /
	       cpu->tb_mul;
}

static u64 tick_now(const struct cpu *cpu)
{
	if (unlikely(cpu->s.is_frozen))
		return cpu->s.frozen_tick;
	return ticks_at(cpu, cpu_now(cpu));
}

/**
 * timer_tb - the 64-bit time base now
 * @cpu: CPU
 */
u64 timer_tb(const struct cpu *cpu)
{
	return tick_now(cpu) + cpu->s.tb_offset;
}

/**
 * timer_polled - the time base was read by a program
 * @cpu: CPU
 * @pc:  address of the reading instruction
 *
 * A program that reads it in the same place again after a few instructions
 * waits for a moment to come.  It would do so for hundreds of instructions a
 * microsecond; instead such a read takes TIMER_POLL_CYCLES, a fifth of a
 * microsecond.  That is a function of the program alone, so runs repeat.
 *
 * Returns: cycles that pass after the read besides its own.
 */
u32 timer_polled(struct cpu *cpu, u32 pc)
{
	struct cpu_state *s = &cpu->s;
	cycle_t now = cpu_now(cpu);
	bool is_poll = pc - s->poll_pc + TIMER_POLL_BYTES <=
			       2 * TIMER_POLL_BYTES &&
		       now - s->poll_cycle <= TIMER_POLL_WITHIN;

	s->poll_pc = pc;
	s->poll_cycle = now + (is_poll ? TIMER_POLL_CYCLES : 0);
	return is_poll ? TIMER_POLL_CYCLES : 0;
}

/**
 * timer_set_tb - write the time base
 * @cpu: CPU
 * @tb:  its value from now on
 */
void timer_set_tb(struct cpu *cpu, u64 tb)
{
	cpu->s.tb_offset = tb - tick_now(cpu);
	timer_update(cpu);
}

/**
 * timer_dec - the decrementer now
 * @cpu: CPU
 */
u32 timer_dec(const struct cpu *cpu)
{
	u64 gone = tick_now(cpu) - cpu->s.dec_tick;

	return gone >= cpu->s.dec_value ? 0 : cpu->s.dec_value - (u32)gone;
}

/**
 * timer_set_dec - write the decrementer
 * @cpu: CPU
 * @val: value; 0 stops it without an exception
 */
void timer_set_dec(struct cpu *cpu, u32 val)
{
	cpu->s.dec_value = val;
	cpu->s.dec_tick = tick_now(cpu);
	timer_update(cpu);
}

/* Tick at which bit log2(@period) - 1 of the time base next goes 0 to 1. */
static u64 next_rise(const struct cpu *cpu, u64 period)
{
	u64 tb = timer_tb(cpu), half = period / 2;
	u64 next = (tb - half) / period * period + half + period;

	if (tb < half)
		next = half;
	return next - cpu->s.tb_offset;
}

static u64 fit_period(const struct cpu *cpu)
{
	return 1ull << (13 + 4 * TCR_FP(cpu->s.tcr));
}

static u64 watchdog_period(const struct cpu *cpu)
{
	return 1ull << (21 + 4 * TCR_WP(cpu->s.tcr));
}

/* Nothing more can come of it: both stages over and no reset wanted. */
static bool watchdog_is_done(const struct cpu *cpu)
{
	return (cpu->s.tsr & TSR_ENW) && (cpu->s.tsr & TSR_WIS) &&
	       !TCR_WRC(cpu->s.tcr);
}

static void update_async(struct cpu *cpu)
{
	const struct cpu_state *s = &cpu->s;
	u32 bits = 0;

	if ((s->tsr & TSR_DIS) && (s->tcr & TCR_DIE))
		bits |= 1u << IVOR_DEC;
	if ((s->tsr & TSR_FIS) && (s->tcr & TCR_FIE))
		bits |= 1u << IVOR_FIT;
	if ((s->tsr & TSR_WIS) && (s->tcr & TCR_WIE))
		bits |= 1u << IVOR_WATCHDOG;
	cpu->async &= ~(1u << IVOR_DEC | 1u << IVOR_FIT | 1u << IVOR_WATCHDOG);
	cpu->async |= bits;
	cpu_check_attention(cpu);
}

/**
 * timer_update - work out the next event and the pending interrupts
 * @cpu: CPU; TCR, TSR, DEC or the time base has changed
 *
 * An engine that runs must look at cpu->timer_at again afterwards.
 */
void timer_update(struct cpu *cpu)
{
	struct cpu_state *s = &cpu->s;
	u64 next = ~0ull, t;

	if (unlikely(s->is_frozen)) {
		cpu->timer_at = ~0ull;
		update_async(cpu);
		return;
	}
	if (s->dec_value)
		next = s->dec_tick + s->dec_value;
	if (!(s->tsr & TSR_FIS)) {
		t = next_rise(cpu, fit_period(cpu));
		next = t < next ? t : next;
	}
	if (!watchdog_is_done(cpu)) {
		t = next_rise(cpu, watchdog_period(cpu));
		next = t < next ? t : next;
	}
	cpu->timer_at = next == ~0ull ? ~0ull : cycle_of_tick(cpu, next);
	update_async(cpu);
}

/**
 * timer_freeze - stop all timers, or let them go on where they stood
 * @cpu:       CPU
 * @is_frozen: DBCR0[FT] is set and DBSR tells of an event
 *
 * Source: [440UM] 8.5, debug timer freeze.
 */
void timer_freeze(struct cpu *cpu, bool is_frozen)
{
	struct cpu_state *s = &cpu->s;
	u64 gone;

	if (likely(is_frozen == s->is_frozen))
		return;
	if (is_frozen) {
		s->frozen_tick = tick_now(cpu);
		s->is_frozen = 1;
	} else {
		s->is_frozen = 0;
		gone = tick_now(cpu) - s->frozen_tick;
		s->tb_offset -= gone;
		s->dec_tick += gone;
	}
	timer_update(cpu);
}

static void watchdog_expire(struct cpu *cpu)
{
	if (watchdog_step(&cpu->s))
		cpu->reset_kind = (u8)TCR_WRC(cpu->s.tcr);
}

static bool rises_at(const struct cpu *cpu, u64 period)
{
	return (timer_tb(cpu) & (period - 1)) == period / 2;
}

/*
 * With a time base slower than the CPU several cycles share a tick; the
 * events are acted on in the first of them only.
 */
static bool is_first_cycle_of_tick(const struct cpu *cpu)
{
	cycle_t now = cpu_now(cpu);

	return now == 0 || ticks_at(cpu, now - 1) != ticks_at(cpu, now);
}

/**
 * timer_expire - act on every timer event that is due now
 * @cpu: CPU, at cycle cpu->timer_at or later
 *
 * Source: [440UM] timer chapter.
 */
void timer_expire(struct cpu *cpu)
{
	struct cpu_state *s = &cpu->s;
	u64 now = tick_now(cpu);

	if (s->dec_value && now - s->dec_tick >= s->dec_value) {
		s->tsr |= TSR_DIS;
		s->dec_tick += s->dec_value;
		s->dec_value = s->tcr & TCR_ARE ? s->decar : 0;
	}
	if (is_first_cycle_of_tick(cpu)) {
		if (rises_at(cpu, fit_period(cpu)))
			s->tsr |= TSR_FIS;
		if (rises_at(cpu, watchdog_period(cpu)))
			watchdog_expire(cpu);
	}
	timer_update(cpu);
}
