/* SPDX-License-Identifier: MIT */
/* tests/unit/test_clk.c - soc/clk.c: exact conversions, steady time. */
#include <CUnit/CUnit.h>

#include "soc/clk.h"

#define YEARS_100_S	3155760000ull	/* 100 * 365.25 days */

static cycle_t test_now(void *opaque)
{
	return *(cycle_t *)opaque;
}

static void clk_at(struct clk *clk, u64 cpu_hz)
{
	clk_init(clk);
	clk_set(clk, CLK_CPU, cpu_hz);
}

void test_clk_rounds_up(void)
{
	struct clk clk;

	clk_at(&clk, 666666666);
	/* 1 ns is 0.67 cycles, 3 ns are 1.999999998 */
	CU_ASSERT_EQUAL(clk_ns_to_cycles(&clk, 0), 0);
	CU_ASSERT_EQUAL(clk_ns_to_cycles(&clk, 1), 1);
	CU_ASSERT_EQUAL(clk_ns_to_cycles(&clk, 3), 2);
	CU_ASSERT_EQUAL(clk_ns_to_cycles(&clk, 1000000000), 666666666);
	/* 2 cycles are 3.000000003 ns */
	CU_ASSERT_EQUAL(clk_cycles_to_ns(&clk, 2), 4);
	CU_ASSERT_EQUAL(clk_cycles_to_ns(&clk, 666666666), 1000000000);
}

void test_clk_century(void)
{
	struct clk clk;
	u64 ns = YEARS_100_S * 1000000000ull;

	clk_at(&clk, 667000000);
	CU_ASSERT_EQUAL(clk_ns_to_cycles(&clk, ns), YEARS_100_S * 667000000);
	CU_ASSERT_EQUAL(clk_cycles_to_ns(&clk, YEARS_100_S * 667000000), ns);
	CU_ASSERT_EQUAL(clk_time_ns(&clk, YEARS_100_S * 667000000), ns);
	CU_ASSERT_EQUAL(clk_ns_to_cycles(&clk, ns + 1),
			YEARS_100_S * 667000000 + 1);
}

void test_clk_ticks(void)
{
	struct clk clk;

	clk_at(&clk, 533333333);
	clk_set(&clk, CLK_UART_EXT, 11059200);
	CU_ASSERT_EQUAL(clk_ticks_to_cycles(&clk, CLK_UART_EXT, 11059200),
			533333333);
	/* 533333333 / 11059200 = 48.22... */
	CU_ASSERT_EQUAL(clk_ticks_to_cycles(&clk, CLK_UART_EXT, 1), 49);
	CU_ASSERT_EQUAL(clk_ticks_to_cycles(&clk, CLK_PCI, 1), CLK_FOREVER);
	CU_ASSERT_EQUAL(clk_scale(~(u64)0, 1, 4000000000u), CLK_FOREVER);
	CU_ASSERT_EQUAL(clk_scale(1, 1000, 0), 1);
}

void test_clk_rate_change(void)
{
	cycle_t now = 1000;
	struct clk clk;
	u64 before;

	clk_init(&clk);
	clk.now = test_now;
	clk.opaque = &now;
	now = 0;
	clk_set(&clk, CLK_CPU, 500000000);
	now = 1001;
	before = clk_time_ns(&clk, now);
	CU_ASSERT_EQUAL(before, 2002);
	clk_set(&clk, CLK_CPU, 1000000000);
	CU_ASSERT_EQUAL(clk_time_ns(&clk, 1001), before);
	CU_ASSERT_EQUAL(clk_time_ns(&clk, 1002), before + 1);
	now = 2001;
	clk_set(&clk, CLK_CPU, 3);
	CU_ASSERT_EQUAL(clk_time_ns(&clk, 2001), before + 1000);
	CU_ASSERT_EQUAL(clk_time_ns(&clk, 2004), before + 1000 + 1000000000);
}

void test_clk_inverse(void)
{
	struct clk clk;
	bool is_right = true;

	clk_at(&clk, 399999999);
	clk.base_cycle = 77;
	clk.base_ns = 1234;
	for (u64 ns = 1235; ns < 1235 + 5000; ns++) {
		cycle_t c = clk_time_cycles(&clk, ns);

		is_right = is_right && clk_time_ns(&clk, c) >= ns &&
			   clk_time_ns(&clk, c - 1) < ns;
	}
	CU_ASSERT_TRUE(is_right);
	CU_ASSERT_EQUAL(clk_time_cycles(&clk, 0), 77);
}

static void count_change(void *opaque)
{
	++*(unsigned int *)opaque;
}

void test_clk_changed(void)
{
	unsigned int n = 0;
	struct clk clk;

	clk_init(&clk);
	clk.changed = count_change;
	clk.opaque = &n;
	clk_set(&clk, CLK_OPB, 66666666);
	clk_set(&clk, CLK_OPB, 66666666);
	CU_ASSERT_EQUAL(n, 1);
	clk_set(&clk, CLK_OPB, (u64)1 << 40);
	CU_ASSERT_EQUAL(clk.hz[CLK_OPB], 0xffffffffu);
	CU_ASSERT_STRING_EQUAL(clk_name(CLK_OPB), "OPB");
	CU_ASSERT_STRING_EQUAL(clk_name(CLK_COUNT), "?");
}
