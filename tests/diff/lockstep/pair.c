/* SPDX-License-Identifier: MIT */
/* tests/diff/lockstep/pair.c - the run, and the search after a difference. */
#include "tests/diff/lockstep/pair.h"

#include <stdio.h>

static int start(struct pair *p)
{
	rng_seed(&p->rng, p->seed);
	p->slices = 0;
	return p->scenario->open(p);
}

static void run_one(struct pair *p, unsigned int i, const struct slice *s,
		    cycle_t cycles)
{
	struct side *side = &p->side[i];
	struct rng split;

	p->scenario->event(p, side, s);
	if (s->split)
		rng_seed(&split, s->split);
	side->run(side, cpu_now(side->cpu) + cycles,
		  i && s->split ? &split : NULL);
}

/* @cycles 0: the whole slice. */
static void run_both(struct pair *p, const struct slice *s, cycle_t cycles)
{
	run_one(p, 0, s, cycles ? cycles : s->cycles);
	run_one(p, 1, s, cycles ? cycles : s->cycles);
}

static bool is_same(struct pair *p, bool with_ram)
{
	return side_is_same(&p->side[0], &p->side[1], with_ram);
}

/* From the start through @n slices, and @cycles of the next one. */
static void replay(struct pair *p, u64 n, cycle_t cycles)
{
	struct slice s;
	u64 i;

	start(p);
	for (i = 0; i < n && p->scenario->next(p, &s); i++)
		run_both(p, &s, 0);
	if (cycles && p->scenario->next(p, &s))
		run_both(p, &s, cycles);
}

static bool is_same_after(struct pair *p, u64 n, cycle_t cycles)
{
	bool same;

	replay(p, n, cycles);
	same = is_same(p, true);
	p->scenario->close(p);
	return same;
}

/* The least number above @good for which they differ; @bad is one. */
static u64 search(struct pair *p, u64 good, u64 bad, bool of_cycles, u64 slice)
{
	u64 mid;

	while (bad - good > 1) {
		mid = good + (bad - good) / 2;
		if (of_cycles ? is_same_after(p, slice, mid) :
		    is_same_after(p, mid, 0))
			good = mid;
		else
			bad = mid;
	}
	return bad;
}

/* Side a steps through the slices before and up to @cycles of slice @n. */
static void print_trace(struct pair *p, u64 n, cycle_t cycles)
{
	struct side *a = &p->side[0];
	u64 from = n > p->traced ? n - p->traced : 0, i;
	struct slice s;
	cycle_t end, stop;

	replay(p, n, cycles);
	stop = cpu_now(a->cpu);
	p->scenario->close(p);
	replay(p, from, 0);
	for (i = from; i <= n && p->scenario->next(p, &s); i++) {
		p->scenario->event(p, a, &s);
		end = cpu_now(a->cpu) + (i == n ? cycles : s.cycles);
		while (cpu_now(a->cpu) < end && !a->is_over) {
			if (cpu_now(a->cpu) + p->traced >= stop)
				side_print_insn(a, a->cpu->s.pc);
			a->run(a, cpu_now(a->cpu) + 1, NULL);
		}
	}
	p->scenario->close(p);
}

static cycle_t slice_cycles(struct pair *p, u64 n)
{
	struct slice s = { 0 };

	replay(p, n, 0);
	p->scenario->next(p, &s);
	p->scenario->close(p);
	return s.cycles;
}

/* They were the same after @good slices and are not after @bad. */
static void narrow(struct pair *p, u64 good, u64 bad)
{
	cycle_t cycles;
	u64 slice;

	if (is_same_after(p, bad, 0)) {
		printf("  it does not happen again when run again\n");
		return;
	}
	slice = search(p, good, bad, false, 0) - 1;
	cycles = search(p, 0, slice_cycles(p, slice), true, slice);
	printf("  they part at cycle %llu of slice %llu; the last "
	       "instructions of %s:\n", (unsigned long long)cycles,
	       (unsigned long long)slice, p->engine[0]->name);
	print_trace(p, slice, cycles);
	replay(p, slice, cycles);
	printf("  and after the last one:\n");
	side_print_differences(&p->side[0], &p->side[1]);
	side_print(&p->side[0]);
	side_print(&p->side[1]);
	p->scenario->close(p);
}

static void count(const struct cpu *cpu, struct lockstep *total)
{
	unsigned int i;

	total->insns += cpu_insns(cpu);
	for (i = 0; i < IVOR_COUNT; i++)
		total->interrupts[i] += cpu->exceptions[i];
}

/**
 * pair_run - run a scenario on both sides to its end
 * @p:     scenario, engines and seed are set
 * @total: counts are added
 *
 * Returns: 1 if they agreed, 0 after a report, -1 if it cannot be run.
 */
int pair_run(struct pair *p, struct lockstep *total)
{
	struct slice s;
	u64 good = 0, n = 0;
	bool same = true;

	if (start(p))
		return -1;
	while (same && p->scenario->next(p, &s)) {
		run_both(p, &s, 0);
		n++;
		same = is_same(p, s.with_ram);
		if (same && s.with_ram)
			good = n;
		total->checks++;
		if (p->side[0].is_over)
			break;
	}
	same = same && is_same(p, true);
	count(p->side[0].cpu, total);
	p->scenario->close(p);
	if (!same)
		narrow(p, good, n);
	return same;
}
