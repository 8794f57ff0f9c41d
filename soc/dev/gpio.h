/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/gpio.h - the pins of a GPIO controller, from outside of the chip.
 *
 * Pin n is bit 31 - n of the masks: bit n counted from the left.
 */
#ifndef SOC_DEV_GPIO_H
#define SOC_DEV_GPIO_H

#include "base/env.h"

struct dev;

#define GPIO_PINS 32

/* Told of every pin whose level changed. */
struct gpio_watch {
	void (*changed)(void *opaque, u32 changed, u32 level);
	void *opaque;
	struct gpio_watch *next;	/* private to the controller */
};

/* @dev is a GPIO controller, or all of these do nothing. */
bool gpio_is(const struct dev *dev);
void gpio_pins(struct dev *dev, u32 *driven, u32 *level);
void gpio_set_input(struct dev *dev, unsigned int pin, bool level);
void gpio_watch(struct dev *dev, struct gpio_watch *w);

#endif
