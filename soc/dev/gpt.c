/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/gpt.c - GPT0, the general purpose timers.
 *
 * Owns a time base that counts OPB clocks, seven comparators and a down
 * counter.  A comparator fires when the time base and COMP agree in the bits
 * that MASK selects, and begins with the tick that makes them agree.  It is
 * latched in IS while IE allows it; what IM passes reaches the line.  The down
 * counter stops at 0 and latches DCIS.  Must not know the UIC: lines 0 to 6
 * are the comparators', line 7 the down counter's.
 */
#include "base/bits.h"
#include "soc/dev.h"

#define TIMERS		7
#define LINE_DCT	7
#define IS_BIT(n)	PPC_BIT(16 + (n))
#define IS_MASK		0x0000fe00u
#define DCIS_DCIS	0x80000000u

struct gpt {
	u32 im, is, ie, comp[TIMERS], mask[TIMERS], dcis;
	u64 base_ticks;		/* time base at base_cycle, wraps at 32 bits */
	cycle_t base_cycle;
	cycle_t dct_end;	/* when the down counter reaches 0 */
	u64 target;		/* tick of the match event */
	struct dev *dev;
	struct sched_event match, down;
};

static void gpt_lines(struct gpt *g)
{
	for (unsigned int n = 0; n < TIMERS; n++)
		irq_set(&g->dev->irq[n], g->is & g->im & IS_BIT(n));
	irq_set(&g->dev->irq[LINE_DCT], g->dcis & DCIS_DCIS);
}

/* Ticks since base_cycle, rounded down. */
static u64 gpt_ticks(const struct gpt *g, cycle_t now)
{
	const struct clk *clk = g->dev->env->clk;
	u64 n = clk_scale(now - g->base_cycle, clk->hz[CLK_CPU],
			  clk->hz[CLK_OPB]);

	if (n >= CLK_FOREVER || !clk->hz[CLK_OPB])
		return 0;
	if (n && clk_ticks_to_cycles(clk, CLK_OPB, n) > now - g->base_cycle)
		n--;
	return n;
}

static u64 gpt_tbc(const struct gpt *g)
{
	return g->base_ticks + gpt_ticks(g, sched_now(g->dev->env->sched));
}

/* The smallest value from @x up with @want in the bits of @mask, or @top. */
static u64 next_match(u64 x, u64 want, u64 mask, u64 top)
{
	if (x >= top || !((x ^ want) & mask))
		return x >= top ? top : x;
	for (u64 bit = 1; bit < top; bit <<= 1) {
		u64 above = ~(bit | (bit - 1));

		if (!(x & bit) && (want & bit || !(mask & bit)) &&
		    !((x ^ want) & mask & above))
			return (x & above) | bit | (want & (bit - 1));
	}
	return top;
}

/*
 * Ticks from @tbc to the next one that begins a match: the lowest bit that
 * counts changes, so the bits below it are 0.  0: never, as nothing counts.
 */
static u64 gpt_distance(u32 tbc, u32 comp, u32 mask)
{
	unsigned int shift;
	u64 want, top, y;

	if (!mask)
		return 0;
	shift = (unsigned int)__builtin_ctz(mask);
	want = (comp & mask) >> shift;
	top = 1ull << (32 - shift);
	y = next_match((tbc >> shift) + 1ull, want, mask >> shift, top);
	if (y == top)
		y = top + want;
	return (y << shift) - tbc;
}

/* The first tick after @from at which a comparator has something to latch. */
static void gpt_arm(struct gpt *g, u64 from)
{
	const struct dev_env *env = g->dev->env;
	u64 best = 0;

	sched_cancel(env->sched, &g->match);
	for (unsigned int n = 0; n < TIMERS; n++) {
		u64 d = gpt_distance((u32)from, g->comp[n], g->mask[n]);

		if (!(g->ie & ~g->is & IS_BIT(n)) || !d)
			continue;
		if (!best || d < best)
			best = d;
	}
	if (!best)
		return;
	g->target = from + best;
	sched_at(env->sched, &g->match, g->base_cycle +
		 clk_ticks_to_cycles(env->clk, CLK_OPB,
				     g->target - g->base_ticks));
}

static void gpt_match(void *opaque, cycle_t late)
{
	struct gpt *g = opaque;
	u64 tick = g->target;

	(void)late;
	for (unsigned int n = 0; n < TIMERS; n++)
		if (g->ie & IS_BIT(n) &&
		    gpt_distance((u32)tick - 1, g->comp[n], g->mask[n]) == 1)
			g->is |= IS_BIT(n);
	gpt_lines(g);
	gpt_arm(g, tick);
}

static void gpt_down(void *opaque, cycle_t late)
{
	struct gpt *g = opaque;

	(void)late;
	g->dcis |= DCIS_DCIS;
	gpt_lines(g);
}

static void gpt_written(struct dev *dev, unsigned int i, u32 val)
{
	struct gpt *g = dev->priv;

	(void)i;
	(void)val;
	gpt_lines(g);
	gpt_arm(g, gpt_tbc(g));
}

static u32 gpt_tbc_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)i;
	(void)cell;
	return (u32)gpt_tbc(dev->priv);
}

static void gpt_rebase(struct gpt *g, u32 tbc)
{
	g->base_ticks = tbc;
	g->base_cycle = sched_now(g->dev->env->sched);
	gpt_arm(g, tbc);
}

static void gpt_tbc_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	gpt_rebase(dev->priv, val);
}

static u32 gpt_dct_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct gpt *g = dev->priv;
	const struct clk *clk = dev->env->clk;
	cycle_t now = sched_now(dev->env->sched);

	(void)i;
	(void)cell;
	if (!sched_is_armed(&g->down) || g->dct_end <= now)
		return 0;
	return (u32)clk_scale(g->dct_end - now, clk->hz[CLK_CPU],
			      clk->hz[CLK_OPB]);
}

/* A value starts the count; 0 stops it. */
static void gpt_dct_write(struct dev *dev, unsigned int i, u32 val)
{
	struct gpt *g = dev->priv;
	const struct dev_env *env = dev->env;

	(void)i;
	sched_cancel(env->sched, &g->down);
	if (!val)
		return;
	g->dct_end = sched_now(env->sched) +
		     clk_ticks_to_cycles(env->clk, CLK_OPB, val);
	sched_at(env->sched, &g->down, g->dct_end);
}

#define R(nm, off, fl, n, mask_, field, wr) { \
	.name = nm, .offset = off, .size = 4, .flags = fl, .count = n, \
	.stride = 4, .wmask = mask_, .cell = offsetof(struct gpt, field), \
	.write = wr, .source = "UB" }

/* [assumed: bits of IM, ISS, ISC, IE as the 405EP places them; UB names the
 * registers only] */
static const struct reg_desc gpt_regs[] = {
	{ .name = "TBC", .offset = 0x00, .size = 4, .flags = REG_NO_SAVE,
	  .wmask = 0xffffffff, .cell = REG_NO_CELL, .read = gpt_tbc_read,
	  .write = gpt_tbc_write, .source = "UB" },
	R("IM", 0x18, 0, 1, IS_MASK, im, gpt_written),
	R("ISS", 0x1c, REG_SET, 1, IS_MASK, is, gpt_written),
	R("ISC", 0x20, REG_W1C | REG_NO_SAVE, 1, IS_MASK, is, gpt_written),
	R("IE", 0x24, 0, 1, IS_MASK, ie, gpt_written),
	R("COMP", 0x80, 0, TIMERS, 0xffffffff, comp, gpt_written),
	R("MASK", 0xc0, 0, TIMERS, 0xffffffff, mask, gpt_written),
	{ .name = "DCT0", .offset = 0x110, .size = 4, .flags = REG_NO_SAVE,
	  .wmask = 0xffffffff, .cell = REG_NO_CELL, .read = gpt_dct_read,
	  .write = gpt_dct_write, .source = "UB" },
	R("DCIS", 0x11c, REG_W1C, 1, DCIS_DCIS, dcis, gpt_written),
};
#undef R

static const struct reg_space gpt_spaces[] = {
	{ REG_MMIO, gpt_regs, ARRAY_SIZE(gpt_regs), 0x120 },
};

static void gpt_reset(struct dev *dev, enum reset_kind kind)
{
	struct gpt *g = dev->priv;

	(void)kind;
	sched_cancel(dev->env->sched, &g->down);
	gpt_rebase(g, 0);
	gpt_lines(g);
}

static int gpt_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct gpt *g = dev->priv;

	(void)node;
	(void)msg;
	g->dev = dev;
	g->match = (struct sched_event){ .fire = gpt_match, .opaque = g,
					 .name = "gpt-match" };
	g->down = (struct sched_event){ .fire = gpt_down, .opaque = g,
					.name = "gpt-down" };
	return 0;
}

static void gpt_remove(struct dev *dev)
{
	struct gpt *s = dev->priv;

	sched_cancel(dev->env->sched, &s->match);
	sched_cancel(dev->env->sched, &s->down);
}

static const char *const gpt_compatible[] = {
	"ibm,gpt-440ep", "culm,gpt", NULL
};

const struct dev_class gpt_class = {
	.name = "gpt",
	.desc = "general purpose timers",
	.compatible = gpt_compatible,
	.spaces = gpt_spaces,
	.nspaces = ARRAY_SIZE(gpt_spaces),
	.priv_size = sizeof(struct gpt),
	.probe = gpt_probe,
	.reset = gpt_reset,
	.remove = gpt_remove,
	.node_clk = CLK_COUNT,
};
