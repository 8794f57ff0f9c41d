/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_rtc_i2c.c - clocks as Linux's rtc-ds1307.c and rtc-m41t80.c
 * read and set them; registers from the DS1307 and M41T80 data sheets.
 */
#include "tests/unit/i2c_rig.h"

extern const struct dev_class rtc_i2c_class;

/* date -u -d @N: 2024-02-29 23:59:58, a Thursday */
#define LEAP_NS	(1709251198ull * 1000000000)

static void rtc_open(struct rig *r, struct rig_prop *p, const char *compatible)
{
	i2c_rig_open(r);
	r->env.epoch_ns = LEAP_NS;
	i2c_rig_add(r, &rtc_i2c_class, p, compatible, 0x68, NULL);
	rig_start(r);
}

static void rtc_wait(struct rig *r, u64 ms)
{
	sched_advance(&r->sched, r->sched.now + ms * 100000);
}

static const u8 zero;

void test_rtc_i2c_reads_time(void)
{
	static const u8 before[] = { 0x58, 0x59, 0x23, 5, 0x29, 0x02, 0x24 };
	static const u8 after[] = { 0x00, 0x00, 0x00, 6, 0x01, 0x03, 0x24 };
	struct rig_prop p[6] = { 0 };
	struct rig r;
	u8 t[7];

	rtc_open(&r, p, "dallas,ds1338");
	CU_ASSERT(i2c_get(&r, 0x68, &zero, 1, t, 7));
	CU_ASSERT(!memcmp(t, before, 7));
	rtc_wait(&r, 2000);
	CU_ASSERT(i2c_get(&r, 0x68, &zero, 1, t, 7));
	CU_ASSERT(!memcmp(t, after, 7));
	rig_close(&r);
}

void test_rtc_i2c_keeps_offset(void)
{
	static const u8 set[] = { 0, 0x30, 0x59, 0x11, 2, 0x31, 0x12, 0x37 };
	static const u8 want[] = { 0x00, 0x00, 0x12, 2, 0x31, 0x12, 0x37 };
	struct rig_prop p[6] = { 0 };
	struct rig r;
	u8 t[7];

	rtc_open(&r, p, "dallas,ds1307");
	rtc_wait(&r, 700);
	CU_ASSERT_EQUAL(i2c_put(&r, 0x68, set, 8), 9);
	rtc_wait(&r, 29999);			/* seconds begin anew */
	CU_ASSERT(i2c_get(&r, 0x68, &zero, 1, t, 1));
	CU_ASSERT_EQUAL(t[0], 0x59);
	rtc_wait(&r, 1);
	dev_reset(r.dev[1], RESET_SYSTEM);	/* there is a battery */
	CU_ASSERT(i2c_get(&r, 0x68, &zero, 1, t, 7));
	CU_ASSERT(!memcmp(t, want, 7));
	rig_close(&r);
}

/* DS1307: hour bit 6 selects 12 hours, bit 5 is PM; 12 AM is midnight. */
void test_rtc_i2c_twelve_hours(void)
{
	static const u8 noonish[] = { 0, 0x59, 0x59, 0x71 };
	static const u8 hour = 2, day = 4;
	struct rig_prop p[6] = { 0 };
	struct rig r;
	u8 t[1];

	rtc_open(&r, p, "dallas,ds1307");
	i2c_put(&r, 0x68, noonish, 4);		/* 11:59:59 PM */
	CU_ASSERT(i2c_get(&r, 0x68, &hour, 1, t, 1));
	CU_ASSERT_EQUAL(t[0], 0x71);
	rtc_wait(&r, 1000);
	CU_ASSERT(i2c_get(&r, 0x68, &hour, 1, t, 1));
	CU_ASSERT_EQUAL(t[0], 0x52);
	CU_ASSERT(i2c_get(&r, 0x68, &day, 1, t, 1));
	CU_ASSERT_EQUAL(t[0], 0x01);		/* the day after 29 Feb */
	rig_close(&r);
}

void test_rtc_i2c_halts(void)
{
	static const u8 halt[] = { 0, 0x80 | 0x10 }, go[] = { 0, 0x10 };
	struct rig_prop p[6] = { 0 };
	struct rig r;
	u8 t[1];

	rtc_open(&r, p, "dallas,ds1307");
	i2c_put(&r, 0x68, halt, 2);
	rtc_wait(&r, 5000);
	CU_ASSERT(i2c_get(&r, 0x68, &zero, 1, t, 1));
	CU_ASSERT_EQUAL(t[0], 0x90);
	i2c_put(&r, 0x68, go, 2);
	rtc_wait(&r, 5000);
	CU_ASSERT(i2c_get(&r, 0x68, &zero, 1, t, 1));
	CU_ASSERT_EQUAL(t[0], 0x15);
	rig_close(&r);
}

/* DS1307: 56 bytes at 08 to 3f, then 00 again. */
void test_rtc_i2c_nvram(void)
{
	static const u8 w[] = { 0x3f, 0xa5 }, at = 0x3f;
	struct rig_prop p[6] = { 0 };
	struct rig r;
	u8 t[2];

	rtc_open(&r, p, "dallas,ds1307");
	CU_ASSERT_EQUAL(i2c_put(&r, 0x68, w, 2), 3);
	CU_ASSERT(i2c_get(&r, 0x68, &at, 1, t, 2));
	CU_ASSERT_EQUAL(t[0], 0xa5);
	CU_ASSERT_EQUAL(t[1], 0x58);
	rig_close(&r);
}

/* M41T80: hundredths first; 20 registers; no OF, so Linux trusts it. */
void test_rtc_i2c_m41t80(void)
{
	static const u8 want[] = { 0x25, 0x58, 0x59, 0x23, 5, 0x29, 0x02,
				   0x24 };
	static const u8 alarm[] = { 0x0a, 0x84 }, flags = 0x0f;
	struct rig_prop p[6] = { 0 };
	struct rig r;
	u8 t[8];

	rtc_open(&r, p, "st,m41t80");
	rtc_wait(&r, 250);
	CU_ASSERT(i2c_get(&r, 0x68, &zero, 1, t, 8));
	CU_ASSERT(!memcmp(t, want, 8));
	CU_ASSERT(i2c_get(&r, 0x68, &flags, 1, t, 1));
	CU_ASSERT_EQUAL(t[0] & 4, 0);
	i2c_put(&r, 0x68, alarm, 2);
	CU_ASSERT(i2c_get(&r, 0x68, alarm, 1, t, 1));
	CU_ASSERT_EQUAL(t[0], 0x84);
	rig_close(&r);
}

void test_rtc_i2c_nonsense(void)
{
	struct rig_prop p[6] = { 0 };
	struct rig r;
	u8 w[9], t[7];

	rtc_open(&r, p, "dallas,ds1340");
	for (unsigned int v = 0; v < 256; v++) {
		memset(w, (int)v, sizeof(w));
		w[0] = 0;
		CU_ASSERT_EQUAL(i2c_put(&r, 0x68, w, 9), 10);
		rtc_wait(&r, 1000);
		CU_ASSERT(i2c_get(&r, 0x68, &zero, 1, t, 7));
		CU_ASSERT((t[5] & 0x1f) >= 1 && (t[5] & 0x1f) <= 0x12);
	}
	rig_close(&r);
}
