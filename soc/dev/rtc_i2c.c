/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/rtc_i2c.c - a battery-backed clock on I2C: DS1307, DS1338, DS1340,
 * M41T00, M41T80, M41T81.
 *
 * Owns the time, as the distance from the machine's own, and the registers
 * around it.  A START freezes what is read; what is written counts from STOP.
 * Alarms and the square wave are registers without effect.  Must not know the
 * host's clock: time is env->epoch_ns and the simulated time since.
 */
#include "soc/dev.h"
#include "soc/i2c.h"

#define NS_PER_S	1000000000ull
#define DAY_S		86400u
#define REGS_MAX	64
#define TIME_REGS	7
#define STOPPED		0x80u	/* CH, ST, EOSC: in the seconds */
#define HOUR_12		0x40u
#define HOUR_PM		0x20u

enum { SEC, MIN, HOUR, WDAY, DATE, MONTH, YEAR };

struct rtc_model {
	const char *compatible;
	u8 first;		/* register of the seconds */
	u8 regs;
	bool has_12h;
	u8 hour_flags;		/* century bits, kept */
	u8 control, control_reset;
};

static const struct rtc_model rtc_models[] = {
	{ "dallas,ds1307", 0, 64, true, 0, 7, 0x03 },
	{ "dallas,ds1338", 0, 64, true, 0, 7, 0x93 },
	{ "dallas,ds1340", 0, 10, false, 0xc0, 7, 0 },
	{ "st,m41t00", 0, 8, false, 0xc0, 7, 0x80 },
	{ "st,m41t80", 1, 20, false, 0xc0, 8, 0 },
	{ "st,m41t81", 1, 20, false, 0xc0, 8, 0 },
};

struct rtc {
	struct i2c_chip chip;
	const struct rtc_model *model;
	struct dev *dev;
	u64 base_ns;		/* clock when guest time was at_ns */
	u64 at_ns;
	bool is_stopped;	/* the clock shows base_ns */
	s64 wday, wday_day;	/* day of the week, on that day since 1970 */
	u32 pointer;
	bool has_pointer, is_set, is_sec_set;
	u8 reg[REGS_MAX];	/* time: as frozen or written */
};

static u8 bcd(u32 v)
{
	return (u8)(v / 10 << 4 | v % 10);
}

/* A digit above 9 counts as it stands, as chips do until it overflows. */
static u32 from_bcd(u32 v)
{
	return (v >> 4) * 10 + (v & 15);
}

static u64 rtc_guest_ns(const struct rtc *s)
{
	const struct dev_env *env = s->dev->env;

	return clk_time_ns(env->clk, sched_now(env->sched));
}

static u64 rtc_now_ns(const struct rtc *s)
{
	if (s->is_stopped)
		return s->base_ns;
	return s->base_ns + (rtc_guest_ns(s) - s->at_ns);
}

/* Days since 1970-01-01 of a date in the Gregorian calendar. */
static u32 days_from_date(u32 year, u32 month, u32 day)
{
	static const u16 before[] = { 0, 31, 59, 90, 120, 151, 181, 212, 243,
				      273, 304, 334 };
	u32 y = year - 1;
	bool is_leap = year % 4 == 0 && (year % 100 || year % 400 == 0);

	return y * 365 + y / 4 - y / 100 + y / 400 - 719162 +
	       before[month - 1] + (is_leap && month > 2) + day - 1;
}

static void date_from_days(u32 days, u32 *year, u32 *month, u32 *day)
{
	*year = 1970 + days / 366;
	while (days_from_date(*year + 1, 1, 1) <= days)
		++*year;
	*month = 1;
	while (*month < 12 && days_from_date(*year, *month + 1, 1) <= days)
		++*month;
	*day = days - days_from_date(*year, *month, 1) + 1;
}

static u8 hour_image(const struct rtc *s, u32 hour, u8 old)
{
	if (!s->model->has_12h || !(old & HOUR_12))
		return bcd(hour) | (old & s->model->hour_flags);
	return (u8)(HOUR_12 | (hour >= 12 ? HOUR_PM : 0) |
		    bcd(hour % 12 ? hour % 12 : 12));
}

static u32 hour_value(const struct rtc *s, u8 image)
{
	u32 hour = from_bcd(image & 0x3f);

	if (s->model->has_12h && image & HOUR_12)
		hour = from_bcd(image & 0x1f) % 12 +
		       (image & HOUR_PM ? 12 : 0);
	return hour % 24;
}

static u32 weekday(const struct rtc *s, u32 days)
{
	s64 past = (s64)days - s->wday_day;

	if (!past)
		return (u32)s->wday;
	return (u32)(((s->wday - 1 + past) % 7 + 7) % 7 + 1);
}

/* Time into the registers, so that all bytes of a read belong together. */
static void rtc_freeze(struct rtc *s)
{
	u64 ns = rtc_now_ns(s);
	u64 sec = ns / NS_PER_S;
	u32 of_day = (u32)(sec % DAY_S), days = (u32)(sec / DAY_S);
	u32 year, month, day;
	u8 *t = s->reg + s->model->first;

	date_from_days(days, &year, &month, &day);
	if (s->model->first)
		s->reg[0] = bcd((u32)(ns % NS_PER_S / 10000000));
	t[SEC] = bcd(of_day % 60) | (s->is_stopped ? STOPPED : 0);
	t[MIN] = bcd(of_day / 60 % 60);
	t[HOUR] = hour_image(s, of_day / 3600, t[HOUR]);
	t[WDAY] = (u8)((t[WDAY] & 0xf8) | weekday(s, days));
	t[DATE] = bcd(day);
	t[MONTH] = bcd(month);
	t[YEAR] = bcd(year % 100);
}

/* What was written becomes the time; years are 2000 to 2099. */
static void rtc_set(struct rtc *s)
{
	const u8 *t = s->reg + s->model->first;
	u32 month = from_bcd(t[MONTH] & 0x1f), day = from_bcd(t[DATE] & 0x3f);
	u32 days, of_day;
	u64 part = rtc_now_ns(s) % NS_PER_S;

	month = month < 1 ? 1 : month > 12 ? 12 : month;
	day = day < 1 ? 1 : day > 31 ? 31 : day;
	days = days_from_date(2000 + from_bcd(t[YEAR]) % 100, month, day);
	of_day = hour_value(s, t[HOUR]) * 3600 +
		 from_bcd(t[MIN] & 0x7f) % 60 * 60 +
		 from_bcd(t[SEC] & 0x7f) % 60;
	s->base_ns = ((u64)days * DAY_S + of_day) * NS_PER_S +
		     (s->is_sec_set ? 0 : part);
	s->at_ns = rtc_guest_ns(s);
	s->is_stopped = t[SEC] & STOPPED;
	s->wday = t[WDAY] & 7;
	s->wday_day = days;
	s->is_set = false;
	s->is_sec_set = false;
}

static bool rtc_start(void *opaque, unsigned int addr, bool is_read)
{
	struct rtc *s = opaque;

	(void)addr;
	if (s->is_set)
		rtc_set(s);
	rtc_freeze(s);
	s->has_pointer = is_read;
	return true;
}

static bool rtc_write(void *opaque, u8 byte)
{
	struct rtc *s = opaque;
	u32 n;

	if (!s->has_pointer) {
		s->pointer = byte % s->model->regs;
		s->has_pointer = true;
		return true;
	}
	n = s->pointer;
	s->reg[n] = byte;
	s->pointer = (n + 1) % s->model->regs;
	if (n >= s->model->first && n < (u32)s->model->first + TIME_REGS) {
		s->is_set = true;
		s->is_sec_set |= n == s->model->first;
	}
	return true;
}

static u8 rtc_read(void *opaque)
{
	struct rtc *s = opaque;
	u8 byte = s->reg[s->pointer];

	s->pointer = (s->pointer + 1) % s->model->regs;
	return byte;
}

static void rtc_stop(void *opaque)
{
	struct rtc *s = opaque;

	if (s->is_set)
		rtc_set(s);
}

static const struct rtc_model *rtc_model(const struct dev_node *node)
{
	int len = 0;
	const char *s = node->prop(node, "compatible", &len);

	for (unsigned int i = 0; s && i < ARRAY_SIZE(rtc_models); i++) {
		size_t bytes = strlen(rtc_models[i].compatible) + 1;

		for (int at = 0; at + (int)bytes <= len; at++)
			if ((!at || !s[at - 1]) &&
			    !memcmp(s + at, rtc_models[i].compatible, bytes))
				return &rtc_models[i];
	}
	return &rtc_models[0];
}

static int rtc_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct rtc *s = dev->priv;
	u32 days;

	s->dev = dev;
	s->model = rtc_model(node);
	s->base_ns = dev->env->epoch_ns;
	s->at_ns = rtc_guest_ns(s);
	s->reg[s->model->control] = s->model->control_reset;
	/* Sunday is 1; the first of January 1970 was a Thursday */
	days = (u32)(s->base_ns / NS_PER_S / DAY_S);
	s->wday_day = days;
	s->wday = (days + 4) % 7 + 1;
	s->chip.start = rtc_start;
	s->chip.write = rtc_write;
	s->chip.read = rtc_read;
	s->chip.stop = rtc_stop;
	s->chip.opaque = s;
	return i2c_chip_add(&s->chip, dev, node, 1, msg);
}

static const char *const rtc_compatible[] = {
	"dallas,ds1307", "dallas,ds1338", "dallas,ds1340", "st,m41t00",
	"st,m41t80", "st,m41t81", NULL
};

const struct dev_class rtc_i2c_class = {
	.name = "rtc",
	.desc = "battery-backed clock on I2C",
	.compatible = rtc_compatible,
	.priv_size = sizeof(struct rtc),
	.probe = rtc_probe,
	.node_clk = CLK_COUNT,
};
