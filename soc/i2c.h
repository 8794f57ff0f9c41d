/* SPDX-License-Identifier: MIT */
/*
 * soc/i2c.h - the contract between an I2C controller and the chips on its bus.
 *
 * A chip is told of START with its own address, of each byte, and of STOP; it
 * answers at once, and how long a byte takes is the controller's affair.  The
 * bus turns addresses into chips, and levels of SCL and SDA into the same
 * calls, so that a chip cannot tell a controller from bit-banging software.
 */
#ifndef SOC_I2C_H
#define SOC_I2C_H

#include "base/env.h"
#include "base/err.h"

struct dev;
struct dev_node;

struct i2c_chip {
	/* START or repeated START; @addr as sent; true: acknowledged */
	bool (*start)(void *opaque, unsigned int addr, bool is_read);
	/* a byte to the chip; true: acknowledged */
	bool (*write)(void *opaque, u8 byte);
	/* a byte from the chip, asked for only when it will be clocked out */
	u8 (*read)(void *opaque);
	/* STOP, to the chip addressed last; not before a repeated START */
	void (*stop)(void *opaque);
	void *opaque;
	unsigned int addr, count;	/* it answers @count addresses */
	bool is_ten_bit;
	struct i2c_chip *next;		/* private to the bus */
};

enum i2c_state { I2C_IDLE, I2C_ADDRESS, I2C_ADDRESS_LOW, I2C_DATA };
enum i2c_bit { I2C_BIT_IDLE, I2C_BIT_RX, I2C_BIT_ACK, I2C_BIT_TX,
	       I2C_BIT_TX_ACK };

struct i2c_bus {
	struct i2c_chip *chips;
	struct i2c_chip *active;	/* answers; NULL: nobody */
	struct i2c_chip *ten;		/* what a 10-bit read returns to */
	enum i2c_state state;
	unsigned int addr;		/* bits 9 and 8 until the low byte */
	bool is_read;
	/* lines: what the master drives, and whether a chip holds SDA low */
	bool scl, sda, is_held;
	enum i2c_bit bit;
	unsigned int bits;
	u8 shift;
	bool is_acked;
};

/* `reg` of a 10-bit address in a device tree */
#define I2C_REG_TEN_BIT	0x80000000u

void i2c_bus_init(struct i2c_bus *bus);
int i2c_bus_add(struct i2c_bus *bus, struct i2c_chip *chip);
/* Bytes, as a controller sends them. */
void i2c_start(struct i2c_bus *bus);
bool i2c_write(struct i2c_bus *bus, u8 byte);
u8 i2c_read(struct i2c_bus *bus);
void i2c_stop(struct i2c_bus *bus);
/* Levels, as software drives them. */
void i2c_drive(struct i2c_bus *bus, bool scl, bool sda);
bool i2c_sda(const struct i2c_bus *bus);

/*
 * Put @chip, its callbacks filled in, on the bus of its node's parent at the
 * address of its reg.  @count: addresses it answers.  0, -ERR_x.
 */
int i2c_chip_add(struct i2c_chip *chip, struct dev *dev,
		 const struct dev_node *node, unsigned int count,
		 struct errmsg *msg);
/* The bus of a controller, NULL when @dev is none.  The controller has it. */
struct i2c_bus *i2c_bus_of(struct dev *dev);

#endif
