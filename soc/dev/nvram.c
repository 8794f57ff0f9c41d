/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/nvram.c - battery-backed RAM of 8 KB with a clock in its last 16
 * bytes: a DS1553, or a part that has its registers at the top (DS1556).
 *
 * Owns the RAM, handed to the storage byte by byte, and how far the clock is
 * off the host's.  A clock that the guest set is right until the simulator
 * ends.  Alarm and watchdog registers are storage.
 *
 * from the top:  0 year | 1 month | 2 date | 3 day | 4 hours | 5 minutes |
 *	6 stop, seconds | 7 W, R, century | 8 watchdog | 9 interrupts |
 *	10..13 alarm | 15 flags          (BCD, 24 hours)
 */
#include <stdlib.h>

#include "base/xalloc.h"
#include "soc/dev/ebc.h"

#define NVRAM_MAX	0x80000
#define REGS		16
#define CLOCK_REGS	8	/* of them, at the very top */

enum { YEAR, MONTH, DATE, DAY, HOURS, MINUTES, SECONDS, CENTURY };

#define CTL_WRITE	0x80
#define CTL_READ	0x40
#define SEC_STOP	0x80

struct nvram {
	struct dev *dev;
	struct ebc_chip at;
	u8 *mem;		/* RAM, and registers but for the clock */
	u8 clock[CLOCK_REGS];	/* as held while W, R or stop is set */
	s64 off_s;		/* guest's clock less the host's, seconds */
	bool is_stopped;
	struct blk *blk;
	u64 lost;		/* writes that the host refused */
};

static u8 to_bcd(u32 v)
{
	return (u8)((v / 10 % 10) << 4 | v % 10);
}

static u32 from_bcd(u8 v)
{
	return (v >> 4) * 10u + (v & 15);
}

/* Days from 1970-01-01 to a day of the Gregorian calendar. */
static s64 days_of(u32 year, u32 month, u32 date)
{
	/* years begin in March, so that the leap day comes last */
	s64 y = (s64)year - (month <= 2);
	u32 m = (month + 9) % 12;
	s64 leap = y / 4 - y / 100 + y / 400;

	return y * 365 + leap + (153 * m + 2) / 5 + date - 1 - 719468;
}

/* The day @days after 1970-01-01; years 0 to 9999. */
static void date_of(s64 days, u32 *year, u32 *month, u32 *date)
{
	u32 y = (u32)((days * 400) / 146097 + 1970), m = 1;

	while (y && days_of(y, 1, 1) > days)
		y--;
	while (days_of(y + 1, 1, 1) <= days)
		y++;
	while (m < 12 && days_of(y, m + 1, 1) <= days)
		m++;
	*year = y;
	*month = m;
	*date = (u32)(days - days_of(y, m, 1)) + 1;
}

static s64 host_seconds(const struct nvram *n)
{
	const struct dev_env *env = n->dev->env;

	return (s64)((env->epoch_ns +
		      clk_time_ns(env->clk, sched_now(env->sched))) /
		     1000000000u);
}

/* Fill in the clock's registers; control bits stay. */
static void clock_latch(struct nvram *n)
{
	s64 now = host_seconds(n) + n->off_s, days;
	u32 year, month, date, sec;

	if (now < 0)
		now = 0;
	if (now > days_of(9999, 12, 31) * 86400)
		now = days_of(9999, 12, 31) * 86400;
	days = now / 86400;
	sec = (u32)(now % 86400);
	date_of(days, &year, &month, &date);
	n->clock[YEAR] = to_bcd(year % 100);
	n->clock[MONTH] = to_bcd(month);
	n->clock[DATE] = to_bcd(date);
	/* 1970-01-01 was a Thursday; Sunday is 1 */
	n->clock[DAY] = (u8)((n->clock[DAY] & 0xf8) | ((days + 4) % 7 + 1));
	n->clock[HOURS] = to_bcd(sec / 3600);
	n->clock[MINUTES] = to_bcd(sec / 60 % 60);
	n->clock[SECONDS] = (n->clock[SECONDS] & SEC_STOP) | to_bcd(sec % 60);
	n->clock[CENTURY] = (n->clock[CENTURY] & 0xc0) | to_bcd(year / 100);
}

/* Set the clock to what its registers say; nonsense is taken modulo. */
static void clock_load(struct nvram *n)
{
	u32 year = from_bcd(n->clock[CENTURY] & 0x3f) * 100 +
		   from_bcd(n->clock[YEAR]);
	u32 month = from_bcd(n->clock[MONTH] & 0x1f);
	s64 s;

	month = month < 1 || month > 12 ? 1 : month;
	s = days_of(year, month, from_bcd(n->clock[DATE] & 0x3f)) * 86400;
	s += from_bcd(n->clock[HOURS] & 0x3f) * 3600;
	s += from_bcd(n->clock[MINUTES] & 0x7f) * 60;
	s += from_bcd(n->clock[SECONDS] & 0x7f);
	n->off_s = s - host_seconds(n);
}

static bool clock_is_held(const struct nvram *n)
{
	return n->is_stopped || n->clock[CENTURY] & (CTL_WRITE | CTL_READ);
}

/* W: registers may be written, and go to the clock when it ends; R: held. */
static void control_write(struct nvram *n, u8 val)
{
	bool was_writing = n->clock[CENTURY] & CTL_WRITE;

	if (!clock_is_held(n))
		clock_latch(n);
	if (was_writing)
		n->clock[CENTURY] = val;
	else
		n->clock[CENTURY] = (n->clock[CENTURY] & 0x3f) | (val & 0xc0);
	if (was_writing && !(val & CTL_WRITE)) {
		n->is_stopped = n->clock[SECONDS] & SEC_STOP;
		clock_load(n);
	}
}

static void clock_write(struct nvram *n, unsigned int reg, u8 val)
{
	if (reg == CENTURY)
		control_write(n, val);
	else if (n->clock[CENTURY] & CTL_WRITE)
		n->clock[reg] = val;
}

static u8 clock_read(struct nvram *n, unsigned int reg)
{
	if (!clock_is_held(n))
		clock_latch(n);
	return n->clock[reg];
}

static u8 byte_read(struct nvram *n, u64 off)
{
	u64 top = n->at.size - 1 - off;

	if (top < CLOCK_REGS)
		return clock_read(n, (unsigned int)top);
	if (top == REGS - 1)		/* no alarm, battery is good */
		return 0;
	return n->mem[off];
}

static void byte_write(struct nvram *n, u64 off, u8 val)
{
	u64 top = n->at.size - 1 - off;

	if (top < CLOCK_REGS)
		clock_write(n, (unsigned int)top, val);
	else if (top != REGS - 1)
		n->mem[off] = val;
}

static int nvram_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct nvram *n = opaque;

	*val = 0;
	for (unsigned int i = 0; i < size && off + i < n->at.size; i++)
		*val = *val << 8 | byte_read(n, off + i);
	return BUS_OK;
}

static int nvram_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct nvram *n = opaque;
	u64 ram = n->at.size - CLOCK_REGS;
	u64 len = size;
	int rc;

	for (unsigned int i = 0; i < size && off + i < n->at.size; i++)
		byte_write(n, off + i, (u8)(val >> 8 * (size - 1 - i)));
	if (!n->blk || off >= ram)
		return BUS_OK;
	if (len > ram - off)
		len = ram - off;
	rc = blk_write(n->blk, off, n->mem + off, len);
	if (rc)
		LOG_ONCE(n->dev->env->log, n->lost, LOG_ERROR,
			 "%s: %s: a write failed: %s", n->dev->path,
			 n->blk->name ? n->blk->name : "content",
			 err_text(rc));
	return BUS_OK;
}

/* One such part's content is kept: further ones would be somebody else's. */
static int nvram_load(struct nvram *n, struct errmsg *msg)
{
	int rc = 0;

	if (!n->dev->index)
		rc = env_storage(n->dev->env, BLK_NVRAM, 0, n->at.size,
				 &n->blk, msg);
	if (rc)
		return rc;
	n->mem = xcalloc(1, n->at.size);
	rc = n->blk ? blk_read(n->blk, 0, n->mem, n->at.size) : 0;
	if (rc)
		return err_set(msg, -rc, "%s: %s: %s", n->dev->path,
			       n->blk->name ? n->blk->name : "content",
			       err_text(rc));
	return 0;
}

static int nvram_probe(struct dev *dev, const struct dev_node *node,
		       struct errmsg *msg)
{
	struct nvram *n = dev->priv;
	int rc;

	n->dev = dev;
	n->at.target = (struct bus_target){ nvram_read, nvram_write, n, NULL };
	rc = ebc_attach_node(dev, node, 0, &n->at, msg);
	if (rc)
		return rc;
	if (n->at.size < 2 * REGS || n->at.size > NVRAM_MAX)
		return err_set(msg, ERR_RANGE, "%s: reg: 0x%llx bytes: such a "
			       "part has 32 to 0x%x", dev->path,
			       (unsigned long long)n->at.size, NVRAM_MAX);
	return nvram_load(n, msg);
}

static void nvram_remove(struct dev *dev)
{
	free(((struct nvram *)dev->priv)->mem);
}

/* A reset does not reach it: no reset callback. */
static const char *const nvram_compatible[] = {
	"dallas,ds1553", "dallas,ds1556", "maxim,ds1553", "maxim,ds1556",
	"maxim,ds1742", "ds1743-nvram", NULL
};

const struct dev_class nvram_class = {
	.name = "nvram",
	.desc = "battery-backed RAM with a clock",
	.compatible = nvram_compatible,
	.priv_size = sizeof(struct nvram),
	.probe = nvram_probe,
	.remove = nvram_remove,
	.own_map = true,
	.node_clk = CLK_COUNT,
};
