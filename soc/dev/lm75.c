/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/lm75.c - a temperature sensor: LM75, DS1775, AD7414.
 *
 * Owns the four registers behind a pointer and the over-temperature output.
 * The temperature is constant, 25 degrees or what the node's
 * culm,millicelsius says.  Must not know where heat comes from.
 */
#include "soc/dev.h"
#include "soc/i2c.h"

enum { TEMP, CONF, LOW, HIGH, LM75_REGS };

#define AD_CONF_ALERT_OFF	0x20u
#define AD_CONF_RESET		0x08u	/* self-clearing */

struct lm75 {
	struct i2c_chip chip;
	struct dev *dev;
	bool is_ad;
	s32 temp;		/* 1/256 degree */
	u32 reg[LM75_REGS];	/* CONF 8 bits, others 16 */
	u32 pointer, at;	/* register; byte of it that comes next */
	bool has_pointer, is_alarm;
};

static u32 lm75_index(const struct lm75 *s)
{
	static const u8 ad[] = { TEMP, CONF, HIGH, LOW };

	return s->is_ad ? ad[s->pointer] : s->pointer;
}

static bool is_byte(const struct lm75 *s, u32 n)
{
	return n == CONF || (s->is_ad && n != TEMP);
}

/* Resolution: LM75 9 bits; DS1775 9 to 12 by CONF[6:5]; AD7414 10. */
static u32 lm75_temp(const struct lm75 *s)
{
	u32 bits = s->is_ad ? 10 : 9 + (s->reg[CONF] >> 5 & 3);

	return (u32)s->temp & 0xffff & ~0u << (16 - bits);
}

/* Comparator: on at the upper limit, off below the lower one. */
static void lm75_alarm(struct lm75 *s)
{
	s32 high = (s16)s->reg[HIGH], low = (s16)s->reg[LOW];

	if (s->temp >= high)
		s->is_alarm = true;
	else if (s->temp < low)
		s->is_alarm = false;
	if (s->is_ad && s->reg[CONF] & AD_CONF_ALERT_OFF)
		s->is_alarm = false;
	if (s->dev->nirq)
		irq_set(&s->dev->irq[0], s->is_alarm);
}

static bool lm75_start(void *opaque, unsigned int addr, bool is_read)
{
	struct lm75 *s = opaque;

	(void)addr;
	s->at = 0;
	s->has_pointer = is_read;
	return true;
}

static bool lm75_write(void *opaque, u8 byte)
{
	struct lm75 *s = opaque;
	u32 n = lm75_index(s);

	if (!s->has_pointer) {
		s->pointer = byte & 3;
		s->has_pointer = true;
		return true;
	}
	if (n == TEMP || s->at >= (is_byte(s, n) ? 1 : 2))
		return true;
	if (n == CONF)
		s->reg[n] = s->is_ad ? byte & ~AD_CONF_RESET & 0xff : byte;
	else if (s->at == 0)
		s->reg[n] = (u32)byte << 8 | (is_byte(s, n) ? 0 :
					      s->reg[n] & 0xff);
	else
		s->reg[n] = (s->reg[n] & 0xff00) | (byte & 0xf0u);
	s->at++;
	lm75_alarm(s);
	return true;
}

static u8 lm75_read(void *opaque)
{
	struct lm75 *s = opaque;
	u32 n = lm75_index(s), v = n == TEMP ? lm75_temp(s) : s->reg[n];

	if (n == CONF)
		return (u8)v;
	if (is_byte(s, n))
		return (u8)(v >> 8);
	return (u8)(s->at++ & 1 ? v : v >> 8);
}

static void lm75_stop(void *opaque)
{
	(void)opaque;
}

/* A sensor has no reset pin, but the board's power came with the reset. */
static void lm75_reset(struct dev *dev, enum reset_kind kind)
{
	struct lm75 *s = dev->priv;

	(void)kind;
	s->pointer = 0;
	s->is_alarm = false;
	s->reg[CONF] = s->is_ad ? 0x40 : 0;
	s->reg[HIGH] = s->is_ad ? 0x7f00 : 0x5000;
	s->reg[LOW] = s->is_ad ? 0x8000 : 0x4b00;
	lm75_alarm(s);
}

static bool is_ad7414(const struct dev_node *node)
{
	int len = 0;
	const char *p = node->prop(node, "compatible", &len);

	for (int i = 0; p && i + 6 <= len; i++)
		if (!memcmp(p + i, "ad7414", 6))
			return true;
	return false;
}

static int lm75_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct lm75 *s = dev->priv;
	s32 milli = (s32)dev_prop_u32(node, "culm,millicelsius", 25000);

	if (milli < -55000 || milli > 127000)
		return err_set(msg, ERR_RANGE,
			       "%s: culm,millicelsius: %d is no temperature "
			       "that the sensor can show", dev->path, milli);
	s->dev = dev;
	s->temp = milli * 256 / 1000;
	s->is_ad = is_ad7414(node);
	s->chip.start = lm75_start;
	s->chip.write = lm75_write;
	s->chip.read = lm75_read;
	s->chip.stop = lm75_stop;
	s->chip.opaque = s;
	return i2c_chip_add(&s->chip, dev, node, 1, msg);
}

static const char *const lm75_compatible[] = {
	"national,lm75", "dallas,ds1775", "adi,ad7414", "ad,ad7414", NULL
};

const struct dev_class lm75_class = {
	.name = "lm75",
	.desc = "temperature sensor",
	.compatible = lm75_compatible,
	.priv_size = sizeof(struct lm75),
	.probe = lm75_probe,
	.reset = lm75_reset,
	.node_clk = CLK_COUNT,
};
