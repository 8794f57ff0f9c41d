/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/i2c_rig.h - an IIC controller with one chip, and transfers on
 * its bus as a master does them.
 */
#ifndef TESTS_UNIT_I2C_RIG_H
#define TESTS_UNIT_I2C_RIG_H

#include "soc/i2c.h"
#include "tests/unit/dev_rig.h"

extern const struct dev_class iic_class;

#define IIC	0xef600700u

static inline struct dev *i2c_rig_open(struct rig *r)
{
	rig_open(r);
	clk_set(&r->clk, CLK_OPB, 70000000);
	return rig_add(r, &(struct rig_spec){
		.cls = &iic_class, .mmio = { IIC }, .nmmio = 1,
		.mmio_size = 0x14,
	}, NULL);
}

/* @props: room for 6; [0] to [2] are filled in, the rest is the caller's. */
static inline struct dev *i2c_rig_add(struct rig *r,
				      const struct dev_class *cls,
				      struct rig_prop *props,
				      const char *compatible, u32 reg, int *rc)
{
	props[0] = (struct rig_prop){ .name = "/parent", .dev = r->dev[0] };
	props[1] = (struct rig_prop){ .name = "compatible", .str = compatible };
	props[2] = (struct rig_prop){ .name = "reg", .cells = 1,
				      .cell = { reg } };
	return rig_add(r, &(struct rig_spec){ .cls = cls, .props = props }, rc);
}

/* Write @n bytes to @addr; how many, the address among them, were acked. */
static inline unsigned int i2c_put(struct rig *r, u32 addr, const u8 *p,
				   unsigned int n)
{
	struct i2c_bus *bus = i2c_bus_of(r->dev[0]);
	unsigned int acks;

	i2c_start(bus);
	acks = i2c_write(bus, (u8)(addr << 1));
	for (unsigned int i = 0; acks == i + 1 && i < n; i++)
		acks += i2c_write(bus, p[i]);
	i2c_stop(bus);
	return acks;
}

/* Set the pointer to @at, repeat START, read; false: not acknowledged. */
static inline bool i2c_get(struct rig *r, u32 addr, const u8 *at,
			   unsigned int at_bytes, u8 *p, unsigned int n)
{
	struct i2c_bus *bus = i2c_bus_of(r->dev[0]);
	bool ok = true;

	if (at_bytes) {
		i2c_start(bus);
		ok = i2c_write(bus, (u8)(addr << 1));
		for (unsigned int i = 0; i < at_bytes; i++)
			ok = ok && i2c_write(bus, at[i]);
	}
	i2c_start(bus);
	ok = ok && i2c_write(bus, (u8)(addr << 1 | 1));
	for (unsigned int i = 0; i < n; i++)
		p[i] = i2c_read(bus);
	i2c_stop(bus);
	return ok;
}

#endif
