/* SPDX-License-Identifier: MIT */
/*
 * soc/i2c.c - an I2C bus: who answers an address, and what levels of two
 * open-drain lines mean.
 *
 * Owns the list of chips and the state between START and STOP.  Must not know
 * any controller or chip, nor time: a line changes when it is told to.
 */
#include "soc/i2c.h"

#include "soc/dev.h"

#define TEN_BIT		0xf0u	/* 11110xxR, the first of two bytes */
#define TEN_BIT_MASK	0xf8u

/**
 * i2c_bus_init - a bus without chips, its lines pulled up
 * @bus: filled
 */
void i2c_bus_init(struct i2c_bus *bus)
{
	memset(bus, 0, sizeof(*bus));
	bus->scl = true;
	bus->sda = true;
}

static bool chip_meets(const struct i2c_chip *a, const struct i2c_chip *b)
{
	return a->is_ten_bit == b->is_ten_bit &&
	       a->addr < b->addr + b->count && b->addr < a->addr + a->count;
}

/**
 * i2c_bus_add - put a chip on a bus
 * @bus:  bus
 * @chip: stays the caller's; must outlive the bus
 *
 * Returns: 0; -ERR_RANGE when its addresses do not fit in 7 or 10 bits;
 *          -ERR_CONFLICT when another chip answers one of them.
 */
int i2c_bus_add(struct i2c_bus *bus, struct i2c_chip *chip)
{
	unsigned int top = chip->is_ten_bit ? 0x400 : 0x80;

	if (!chip->count || chip->addr >= top ||
	    chip->count > top - chip->addr)
		return -ERR_RANGE;
	for (struct i2c_chip *c = bus->chips; c; c = c->next)
		if (chip_meets(c, chip))
			return -ERR_CONFLICT;
	chip->next = bus->chips;
	bus->chips = chip;
	return 0;
}

static struct i2c_chip *chip_at(struct i2c_bus *bus, unsigned int addr,
				bool is_ten_bit)
{
	for (struct i2c_chip *c = bus->chips; c; c = c->next)
		if (c->is_ten_bit == is_ten_bit && addr >= c->addr &&
		    addr - c->addr < c->count)
			return c;
	return NULL;
}

/* Is there a 10-bit chip with these upper two bits? */
static bool has_ten_bit(const struct i2c_bus *bus, unsigned int high)
{
	for (const struct i2c_chip *c = bus->chips; c; c = c->next)
		if (c->is_ten_bit && (c->addr & 0x300) == high)
			return true;
	return false;
}

/* The chip that is left without a STOP of its own gets one. */
static bool bus_select(struct i2c_bus *bus, struct i2c_chip *chip,
		       unsigned int addr)
{
	if (bus->active && bus->active != chip)
		bus->active->stop(bus->active->opaque);
	bus->active = chip;
	bus->addr = addr;
	bus->state = I2C_DATA;
	return chip && chip->start(chip->opaque, addr, bus->is_read);
}

static bool bus_address(struct i2c_bus *bus, u8 byte)
{
	unsigned int high = (byte & 6u) << 7;

	bus->is_read = byte & 1;
	if ((byte & TEN_BIT_MASK) != TEN_BIT)
		return bus_select(bus, chip_at(bus, byte >> 1, false),
				  byte >> 1);
	if (bus->is_read) {
		struct i2c_chip *c = bus->ten;

		if (c && (bus->addr & 0x300) != high)
			c = NULL;
		return bus_select(bus, c, bus->addr);
	}
	bus->addr = high;
	bus->state = I2C_ADDRESS_LOW;
	return has_ten_bit(bus, high);
}

/**
 * i2c_start - START, or repeated START when the bus was not stopped
 * @bus: bus; the next byte written is an address
 */
void i2c_start(struct i2c_bus *bus)
{
	bus->state = I2C_ADDRESS;
}

/**
 * i2c_write - a byte from the master
 * @bus:  bus
 * @byte: address and direction after START, else data
 *
 * Returns: true when a chip acknowledged.
 */
bool i2c_write(struct i2c_bus *bus, u8 byte)
{
	struct i2c_chip *c = bus->active;

	switch (bus->state) {
	case I2C_ADDRESS:
		return bus_address(bus, byte);
	case I2C_ADDRESS_LOW:
		bus->ten = chip_at(bus, bus->addr | byte, true);
		return bus_select(bus, bus->ten, bus->addr | byte);
	case I2C_DATA:
		return c && !bus->is_read && c->write(c->opaque, byte);
	default:
		return false;
	}
}

/**
 * i2c_read - a byte to the master
 * @bus: bus
 *
 * Returns: the byte; 0xff, what pulled-up lines show, from nobody.
 */
u8 i2c_read(struct i2c_bus *bus)
{
	struct i2c_chip *c = bus->active;

	if (bus->state != I2C_DATA || !c || !bus->is_read)
		return 0xff;
	return c->read(c->opaque);
}

/**
 * i2c_stop - STOP
 * @bus: bus; idle afterwards
 */
void i2c_stop(struct i2c_bus *bus)
{
	if (bus->active)
		bus->active->stop(bus->active->opaque);
	bus->active = NULL;
	bus->ten = NULL;
	bus->state = I2C_IDLE;
}

/**
 * i2c_sda - level of the data line
 * @bus: bus
 *
 * Returns: true when neither master nor chip pulls it low.
 */
bool i2c_sda(const struct i2c_bus *bus)
{
	return bus->sda && !bus->is_held;
}

/* The chip drives the next bit of what it sends. */
static void bit_send(struct i2c_bus *bus)
{
	bus->is_held = !(bus->shift & 0x80);
}

static void bit_load(struct i2c_bus *bus)
{
	bus->shift = i2c_read(bus);
	bus->bits = 0;
	bus->bit = I2C_BIT_TX;
	bit_send(bus);
}

static void scl_rose(struct i2c_bus *bus)
{
	switch (bus->bit) {
	case I2C_BIT_RX:
		bus->shift = (u8)(bus->shift << 1 | i2c_sda(bus));
		bus->bits++;
		break;
	case I2C_BIT_TX:
		bus->bits++;
		break;
	case I2C_BIT_TX_ACK:
		bus->is_acked = !i2c_sda(bus);
		break;
	default:
		break;
	}
}

static void byte_received(struct i2c_bus *bus)
{
	bus->is_acked = i2c_write(bus, bus->shift);
	bus->is_held = bus->is_acked;
	bus->bit = I2C_BIT_ACK;
}

static void scl_fell(struct i2c_bus *bus)
{
	switch (bus->bit) {
	case I2C_BIT_RX:
		if (bus->bits == 8)
			byte_received(bus);
		break;
	case I2C_BIT_ACK:
		bus->is_held = false;
		bus->bits = 0;
		bus->bit = bus->is_acked ? I2C_BIT_RX : I2C_BIT_IDLE;
		if (bus->is_acked && bus->state == I2C_DATA && bus->is_read)
			bit_load(bus);
		break;
	case I2C_BIT_TX:
		bus->shift = (u8)(bus->shift << 1);
		if (bus->bits < 8) {
			bit_send(bus);
		} else {
			bus->is_held = false;
			bus->bit = I2C_BIT_TX_ACK;
		}
		break;
	case I2C_BIT_TX_ACK:
		if (bus->is_acked)
			bit_load(bus);
		else
			bus->bit = I2C_BIT_IDLE;
		break;
	default:
		break;
	}
}

/* SDA moved while SCL was high: START or STOP. */
static void sda_moved(struct i2c_bus *bus)
{
	bus->bits = 0;
	if (i2c_sda(bus)) {
		bus->bit = I2C_BIT_IDLE;
		i2c_stop(bus);
	} else {
		bus->bit = I2C_BIT_RX;
		i2c_start(bus);
	}
}

static void drive_sda(struct i2c_bus *bus, bool sda)
{
	bool was = i2c_sda(bus);

	bus->sda = sda;
	if (bus->scl && i2c_sda(bus) != was)
		sda_moved(bus);
}

/**
 * i2c_drive - the master lets go of a line or pulls it low
 * @bus: bus
 * @scl: false pulls SCL low
 * @sda: false pulls SDA low
 *
 * When both change at once, SDA changes while SCL is low: two lines that move
 * together are no START and no STOP.
 */
void i2c_drive(struct i2c_bus *bus, bool scl, bool sda)
{
	if (bus->scl && !scl) {
		bus->scl = false;
		scl_fell(bus);
	}
	drive_sda(bus, sda);
	if (!bus->scl && scl) {
		bus->scl = true;
		scl_rose(bus);
	}
}

/**
 * i2c_chip_add - put a chip on the bus that its node is in
 * @chip:  callbacks filled in; addresses are filled in here
 * @dev:   device of the chip, for messages
 * @node:  its node
 * @count: addresses that the chip answers, from its reg up
 * @msg:   one line on failure
 *
 * Returns: 0; -ERR_NOENT without a controller above; -ERR_RANGE and
 *          -ERR_CONFLICT for its reg.
 */
int i2c_chip_add(struct i2c_chip *chip, struct dev *dev,
		 const struct dev_node *node, unsigned int count,
		 struct errmsg *msg)
{
	struct dev *up = node->parent ? node->parent(node) : NULL;
	struct i2c_bus *bus = i2c_bus_of(up);
	u32 reg = dev_prop_u32(node, "reg", ~0u);
	int rc;

	if (!bus)
		return err_set(msg, ERR_NOENT,
			       "%s: not below an I2C controller", dev->path);
	chip->addr = reg & ~I2C_REG_TEN_BIT;
	chip->is_ten_bit = reg & I2C_REG_TEN_BIT && reg != ~0u;
	chip->count = count;
	rc = i2c_bus_add(bus, chip);
	if (rc)
		return err_set(msg, -rc, "%s: reg: %u address%s from 0x%x %s",
			       dev->path, count, count > 1 ? "es" : "",
			       chip->addr, rc == -ERR_RANGE ?
			       "do not fit" : "are another chip's");
	return 0;
}
