/* SPDX-License-Identifier: MIT */
/*
 * soc/clk.h - the machine's clocks, and one of the two places where simulated
 * cycles become nanoseconds and back.
 *
 * Only the clock device (CPR0) sets rates; everybody else reads them.
 */
#ifndef SOC_CLK_H
#define SOC_CLK_H

#include "base/env.h"

enum clk_id {
	CLK_SYS,	/* SysClk input */
	CLK_CPU,
	CLK_TB,		/* time base and decrementer */
	CLK_PLB,
	CLK_OPB,
	CLK_EBC,
	CLK_PCI,
	CLK_UART_EXT,	/* external serial clock */
	CLK_TMR,	/* TmrClk input */
	CLK_COUNT
};

struct clk {
	u64 hz[CLK_COUNT];
	/* simulated time at which the rates last changed */
	cycle_t base_cycle;
	u64 base_ns;
	void (*changed)(void *opaque);
	/* simulated time, asked before CLK_CPU changes; NULL: still 0 */
	cycle_t (*now)(void *opaque);
	void *opaque;
};

/* A duration that never ends, yet can be added to any time. */
#define CLK_FOREVER	((u64)1 << 62)

void clk_init(struct clk *clk);
void clk_set(struct clk *clk, enum clk_id id, u64 hz);
const char *clk_name(enum clk_id id);
/* Durations.  Rounded up, so that an event is never early. */
cycle_t clk_ns_to_cycles(const struct clk *clk, u64 ns);
u64 clk_cycles_to_ns(const struct clk *clk, cycle_t cycles);
cycle_t clk_ticks_to_cycles(const struct clk *clk, enum clk_id id, u64 ticks);
u64 clk_scale(u64 ticks, u64 from_hz, u64 to_hz);
/* Points in time, true across changes of the CPU's rate. */
u64 clk_time_ns(const struct clk *clk, cycle_t when);
cycle_t clk_time_cycles(const struct clk *clk, u64 ns);

#endif
