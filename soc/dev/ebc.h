/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/ebc.h - what a chip on the external bus asks of the EBC.
 *
 * A node below the EBC's has reg = <bank offset size>; its class sets own_map
 * and attaches in probe.  Where the CPU sees the chip follows from the bank's
 * register, and moves with it.
 */
#ifndef SOC_DEV_EBC_H
#define SOC_DEV_EBC_H

#include "soc/dev.h"

extern const struct dev_class ebc_class;

struct ebc_chip {
	unsigned int bank;
	u64 offset, size;	/* in the bank, bytes */
	/*
	 * The chip sees only the address lines of its size, so its content
	 * repeats over the bank; offset is 0 and size a power of two.
	 */
	bool is_mirrored;
	/* offsets from the chip's start, whatever the mirror */
	struct bus_target target;
	/* memory that reads find directly, writes going to the target; or
	 * NULL: all goes to the target */
	u8 *host;
	const char *name;
	struct ebc_chip *next;	/* private to ebc.c */
};

/* @ebc: dev_node.parent; @chip: borrowed for the life of the EBC. */
int ebc_attach(struct dev *ebc, struct ebc_chip *chip, struct errmsg *msg);
/* Row @row of the node's reg into bank, offset and size; then ebc_attach. */
int ebc_attach_node(struct dev *dev, const struct dev_node *node,
		    unsigned int row, struct ebc_chip *chip,
		    struct errmsg *msg);
/* From now on reads find @host, or the target when NULL. */
void ebc_show(struct dev *ebc, struct ebc_chip *chip, u8 *host);
/* What a flash that nobody wrote holds @from_top bytes (>= 1) below its end. */
u8 ebc_factory_byte(u64 from_top);
/* The same for all of one, @mem, which has ones. */
void ebc_factory_fill(u8 *mem, u64 bytes);

#endif
