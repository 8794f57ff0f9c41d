/* SPDX-License-Identifier: MIT */
/*
 * soc/spi.h - the contract between an SPI controller and the chips on its bus.
 *
 * Each byte goes both ways at once.  A chip select is a GPIO pin of the
 * controller's node: `gpios` lists them, and a chip's reg is an index of it.
 * A controller without `gpios` has one chip that is selected while the port is
 * enabled.
 */
#ifndef SOC_SPI_H
#define SOC_SPI_H

#include "base/env.h"
#include "base/err.h"

struct dev;
struct dev_node;

struct spi_chip {
	/* the chip select becomes active or not */
	void (*select)(void *opaque, bool is_selected);
	/* @byte to the chip; the byte from it, most significant bit first */
	u8 (*exchange)(void *opaque, u8 byte);
	void *opaque;
	unsigned int cs;
	bool is_selected;
	struct spi_chip *next;		/* private to the controller */
};

/* Put @chip on the bus of its node's parent, at the select of its reg. */
int spi_chip_add(struct spi_chip *chip, struct dev *dev,
		 const struct dev_node *node, struct errmsg *msg);

#endif
