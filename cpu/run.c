/* SPDX-License-Identifier: MIT */
/*
 * cpu/run.c - what happens between two stretches of instructions, the same
 * for every engine.
 */
#include "cpu/cpu.h"

/* The most cycles that fit into op addresses of this host. */
static cycle_t budget_max(void)
{
	return sizeof(uintptr_t) > 4 ? 1ull << 40 : 1ull << 24;
}

/*
 * A device kept the CPU waiting: time passes without instructions.  A timer
 * ends the wait; the end of a slice, which is nobody's business, does not.
 */
static void bus_wait(struct cpu *cpu)
{
	cycle_t now = cpu_now(cpu), until = now + cpu->wait;

	if (likely(!cpu->wait))
		return;
	cpu->wait = 0;
	if (until > cpu->timer_at)
		until = cpu->timer_at;
	if (until > cpu->slice_end) {
		cpu->wait = (u32)(until - cpu->slice_end);
		until = cpu->slice_end;
	}
	if (until > now)
		cpu_skip_to(cpu, until);
}

/* Do what waits at a boundary; true: leave with @why. */
static bool at_boundary(struct cpu *cpu, enum cpu_why *why)
{
	if (cpu->code_stale) {
		codecache_flush(&cpu->code);
		cpu->code_stale = false;
	}
	bus_wait(cpu);
	while (!cpu->reset_kind && !cpu->stuck && cpu_take_async(cpu))
		;
	cpu_check_attention(cpu);
	if (cpu->stuck)
		*why = CPU_STUCK;
	else if (cpu->reset_kind)
		*why = CPU_RESET;
	else if (cpu->s.msr & MSR_WE)
		*why = CPU_IDLE;
	else if (cpu->kicked || cpu_now(cpu) >= cpu->slice_end)
		*why = CPU_BUDGET;
	else
		return false;
	cpu->kicked = false;
	cpu_check_attention(cpu);
	return true;
}

/**
 * cpu_run - the loop of every engine: timers, interrupts, the budget
 * @cpu:    CPU
 * @budget: cycles, at most; fewer when somebody kicks or the CPU waits
 * @exec:   the engine: runs up to cpu->limit
 *
 * Returns: why it came back.
 */
enum cpu_why cpu_run(struct cpu *cpu, cycle_t budget,
		     enum leave (*exec)(struct cpu *cpu))
{
	enum cpu_why why = CPU_BUDGET;
	cycle_t now, limit;

	cpu->slice_end = cpu_now(cpu) + budget;
	for (;;) {
		if (cpu_now(cpu) >= cpu->timer_at)
			timer_expire(cpu);
		if (at_boundary(cpu, &why))
			return why;
		now = cpu_now(cpu);
		limit = cpu->slice_end < cpu->timer_at ? cpu->slice_end :
			cpu->timer_at;
		if (limit - now > budget_max())
			limit = now + budget_max();
		cpu->limit = limit;
		cpu->op = 0;
		cpu->lim = (uintptr_t)(limit - now) * sizeof(struct op);
		if ((unlikely(cpu->watched) ? debug_exec : exec)(cpu) ==
		    LEAVE_SELF &&
		    !(cpu->async & cpu_async_enabled(cpu->s.msr)))
			return CPU_IDLE;
	}
}
