/* SPDX-License-Identifier: MIT */
/* tests/unit/test_sched.c - soc/sched.c: order, lateness, re-arming. */
#include <CUnit/CUnit.h>

#include "soc/sched.h"

struct shot {
	struct sched *s;
	struct sched_event ev, *other;
	unsigned int *order;	/* shared running number */
	unsigned int fired;	/* its value when this fired */
	unsigned int count;
	cycle_t late, period, now;
};

static void on_fire(void *opaque, cycle_t late)
{
	struct shot *x = opaque;

	x->late = late;
	x->now = sched_now(x->s);
	x->count++;
	if (x->order)
		x->fired = ++*x->order;
	if (x->period)
		sched_at(x->s, &x->ev, x->now - late + x->period);
	if (x->other)
		sched_cancel(x->s, x->other);
}

static void shot_init(struct shot *x, struct sched *s, unsigned int *order)
{
	memset(x, 0, sizeof(*x));
	x->s = s;
	x->ev.fire = on_fire;
	x->ev.opaque = x;
	x->order = order;
}

void test_sched_order(void)
{
	unsigned int order = 0;
	struct shot x[4];
	struct sched s;

	sched_init(&s);
	CU_ASSERT_EQUAL(sched_next(&s), SCHED_NEVER);
	for (int i = 0; i < 4; i++)
		shot_init(&x[i], &s, &order);
	sched_at(&s, &x[0].ev, 50);
	sched_at(&s, &x[1].ev, 20);
	sched_at(&s, &x[2].ev, 50);
	sched_at(&s, &x[3].ev, 10);
	CU_ASSERT_EQUAL(sched_next(&s), 10);
	sched_advance(&s, 50);
	CU_ASSERT_EQUAL(x[3].fired, 1);
	CU_ASSERT_EQUAL(x[1].fired, 2);
	CU_ASSERT_EQUAL(x[0].fired, 3);
	CU_ASSERT_EQUAL(x[2].fired, 4);
	sched_free(&s);
}

void test_sched_rearm_is_last(void)
{
	unsigned int order = 0;
	struct shot a, b;
	struct sched s;

	sched_init(&s);
	shot_init(&a, &s, &order);
	shot_init(&b, &s, &order);
	sched_at(&s, &a.ev, 10);
	sched_at(&s, &b.ev, 10);
	sched_at(&s, &a.ev, 10);
	sched_advance(&s, 10);
	CU_ASSERT_EQUAL(b.fired, 1);
	CU_ASSERT_EQUAL(a.fired, 2);
	CU_ASSERT_EQUAL(a.count, 1);
	sched_free(&s);
}

void test_sched_late(void)
{
	struct shot a;
	struct sched s;

	sched_init(&s);
	shot_init(&a, &s, NULL);
	sched_at(&s, &a.ev, 100);
	sched_advance(&s, 99);
	CU_ASSERT_EQUAL(a.count, 0);
	sched_advance(&s, 107);
	CU_ASSERT_EQUAL(a.count, 1);
	CU_ASSERT_EQUAL(a.late, 7);
	CU_ASSERT_EQUAL(a.now, 107);
	CU_ASSERT_FALSE(sched_is_armed(&a.ev));
	sched_at(&s, &a.ev, 3);
	CU_ASSERT_EQUAL(sched_next(&s), 3);
	sched_advance(&s, 107);
	CU_ASSERT_EQUAL(a.late, 104);
	sched_free(&s);
}

void test_sched_callback(void)
{
	struct shot a, b;
	struct sched s;

	sched_init(&s);
	shot_init(&a, &s, NULL);
	shot_init(&b, &s, NULL);
	a.period = 10;
	a.other = &b.ev;
	sched_at(&s, &b.ev, 30);
	sched_at(&s, &a.ev, 10);
	sched_advance(&s, 35);
	CU_ASSERT_EQUAL(a.count, 3);
	CU_ASSERT_EQUAL(a.late, 5);
	CU_ASSERT_EQUAL(b.count, 0);
	CU_ASSERT_EQUAL(sched_next(&s), 40);
	sched_cancel(&s, &a.ev);
	sched_cancel(&s, &a.ev);
	CU_ASSERT_EQUAL(sched_next(&s), SCHED_NEVER);
	sched_free(&s);
}

static void count_kick(void *opaque)
{
	++*(unsigned int *)opaque;
}

void test_sched_kick(void)
{
	unsigned int kicks = 0;
	struct shot a;
	struct sched s;

	sched_init(&s);
	shot_init(&a, &s, NULL);
	s.kick = count_kick;
	s.opaque = &kicks;
	s.slice_end = 1000;
	sched_at(&s, &a.ev, 1000);
	CU_ASSERT_EQUAL(kicks, 0);
	sched_at(&s, &a.ev, 999);
	CU_ASSERT_EQUAL(kicks, 1);
	a.period = 1;
	sched_advance(&s, 999);
	CU_ASSERT_EQUAL(kicks, 1);
	sched_free(&s);
}

static u32 rnd(u32 *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

/* Fixed seed 1; checked against a search of the whole array. */
void test_sched_random(void)
{
	enum { N = 200 };
	static struct shot x[N];
	struct sched s;
	cycle_t now = 0;
	u32 seed = 1;
	bool is_right = true;

	sched_init(&s);
	for (int i = 0; i < N; i++)
		shot_init(&x[i], &s, NULL);
	for (int step = 0; step < 20000; step++) {
		struct shot *one = &x[rnd(&seed) % N];
		cycle_t next = SCHED_NEVER;

		if (rnd(&seed) % 4)
			sched_at(&s, &one->ev, now + rnd(&seed) % 1000);
		else
			sched_cancel(&s, &one->ev);
		if (rnd(&seed) % 8 == 0)
			sched_advance(&s, now += rnd(&seed) % 100);
		for (int i = 0; i < N; i++)
			if (sched_is_armed(&x[i].ev) && x[i].ev.when < next)
				next = x[i].ev.when;
		is_right = is_right && sched_next(&s) == next;
	}
	CU_ASSERT_TRUE(is_right);
	sched_free(&s);
	CU_ASSERT_FALSE(sched_is_armed(&x[0].ev));
}
