/* SPDX-License-Identifier: MIT */
/*
 * soc/clk.c - clock rates, and exact conversions of cycles, ticks and ns.
 *
 * Owns the rates and the point at which the CPU's rate last changed.  All
 * arithmetic is in 64-bit integers: a quotient and a remainder are scaled
 * apart, so that no product leaves 64 bits while rates stay below 2^32 Hz.
 * Must not know which registers set the rates.
 */
#include "soc/clk.h"

#define NS_PER_S	1000000000u
#define HZ_MAX		0xffffffffu

/**
 * clk_init - all clocks stopped, at simulated time 0
 * @clk: filled; the caller sets the callbacks afterwards
 */
void clk_init(struct clk *clk)
{
	memset(clk, 0, sizeof(*clk));
}

/**
 * clk_name - name of a clock for messages
 * @id: clock
 *
 * Returns: a constant string.
 */
const char *clk_name(enum clk_id id)
{
	static const char *const name[CLK_COUNT] = {
		[CLK_SYS] = "SysClk",
		[CLK_CPU] = "CPU",
		[CLK_TB] = "time base",
		[CLK_PLB] = "PLB",
		[CLK_OPB] = "OPB",
		[CLK_EBC] = "EBC",
		[CLK_PCI] = "PCI",
		[CLK_UART_EXT] = "UART external",
		[CLK_TMR] = "TmrClk",
	};

	return (unsigned int)id < CLK_COUNT ? name[id] : "?";
}

/**
 * clk_set - change a rate
 * @clk: clocks; a change of CLK_CPU asks @clk->now and starts a new stretch
 *       of time there, so that clk_time_ns() never goes back
 * @id:  clock
 * @hz:  rate, at most 2^32 - 1 (more is cut); 0 stops the clock
 *
 * Tells `changed` of a rate that differs from the old one.
 */
void clk_set(struct clk *clk, enum clk_id id, u64 hz)
{
	if (hz > HZ_MAX)
		hz = HZ_MAX;
	if (clk->hz[id] == hz)
		return;
	if (id == CLK_CPU) {
		cycle_t now = clk->now ? clk->now(clk->opaque) : 0;

		clk->base_ns = clk_time_ns(clk, now);
		clk->base_cycle = now;
	}
	clk->hz[id] = hz;
	if (clk->changed)
		clk->changed(clk->opaque);
}

/* n * to / from for rates below 2^32; @rem: what was lost, below @from. */
static u64 scale_down(u64 n, u64 from, u64 to, u64 *rem)
{
	u64 part = n % from * to;

	*rem = part % from;
	if (n / from > CLK_FOREVER / to)
		return CLK_FOREVER;
	return n / from * to + part / from;
}

/**
 * clk_scale - ticks of one clock as ticks of another, rounded up
 * @ticks:   duration in ticks of @from_hz
 * @from_hz: rate below 2^32; 0 means that the clock stands still
 * @to_hz:   rate below 2^32; 0 counts as 1
 *
 * Returns: ticks of @to_hz; at least 1 for @ticks > 0; CLK_FOREVER when the
 *          clock stands still or the result is larger than that.
 */
u64 clk_scale(u64 ticks, u64 from_hz, u64 to_hz)
{
	u64 rem, n;

	if (ticks == 0)
		return 0;
	if (from_hz == 0)
		return CLK_FOREVER;
	n = scale_down(ticks, from_hz, to_hz ? to_hz : 1, &rem);
	return n < CLK_FOREVER ? n + (rem != 0) : CLK_FOREVER;
}

/**
 * clk_ns_to_cycles - a duration in CPU cycles
 * @clk: clocks
 * @ns:  duration
 *
 * Returns: cycles at the CPU's present rate, rounded up.
 * Units:   ns to CPU cycles.
 */
cycle_t clk_ns_to_cycles(const struct clk *clk, u64 ns)
{
	return clk_scale(ns, NS_PER_S, clk->hz[CLK_CPU]);
}

/**
 * clk_cycles_to_ns - a duration in nanoseconds
 * @clk:    clocks
 * @cycles: duration
 *
 * Returns: ns at the CPU's present rate, rounded up.
 * Units:   CPU cycles to ns.
 */
u64 clk_cycles_to_ns(const struct clk *clk, cycle_t cycles)
{
	return clk_scale(cycles, clk->hz[CLK_CPU], NS_PER_S);
}

/**
 * clk_ticks_to_cycles - a duration in CPU cycles
 * @clk:   clocks
 * @id:    clock that counts @ticks
 * @ticks: duration
 *
 * Returns: cycles at the present rates, rounded up; CLK_FOREVER when @id
 *          stands still.
 * Units:   ticks of @id to CPU cycles.
 */
cycle_t clk_ticks_to_cycles(const struct clk *clk, enum clk_id id, u64 ticks)
{
	return clk_scale(ticks, clk->hz[id], clk->hz[CLK_CPU]);
}

/**
 * clk_time_ns - simulated time in nanoseconds
 * @clk:  clocks
 * @when: point in time, not before the last change of the CPU's rate
 *
 * Returns: ns since the machine was made, rounded down; grows with @when,
 *          also from one rate to the next.
 * Units:   CPU cycles to ns.
 */
u64 clk_time_ns(const struct clk *clk, cycle_t when)
{
	u64 rem;

	if (when <= clk->base_cycle || clk->hz[CLK_CPU] == 0)
		return clk->base_ns;
	return clk->base_ns + scale_down(when - clk->base_cycle,
					 clk->hz[CLK_CPU], NS_PER_S, &rem);
}

/**
 * clk_time_cycles - the first cycle at which clk_time_ns() reaches a time
 * @clk: clocks
 * @ns:  ns since the machine was made
 *
 * Returns: cycles since the machine was made; the last change of rate for a
 *          time before it.
 * Units:   ns to CPU cycles.
 */
cycle_t clk_time_cycles(const struct clk *clk, u64 ns)
{
	if (ns <= clk->base_ns)
		return clk->base_cycle;
	return clk->base_cycle + clk_ns_to_cycles(clk, ns - clk->base_ns);
}
