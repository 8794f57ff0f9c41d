/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/indirect.h - an address DCR and a data DCR in front of a table.
 *
 * CPR0, SDR0, SDRAM0 and EBC0 share this shape: the number written to
 * CFGADDR selects the register that CFGDATA reads and writes.
 */
#ifndef SOC_DEV_INDIRECT_H
#define SOC_DEV_INDIRECT_H

#include "base/env.h"
#include "soc/reg.h"

static inline u32 indirect_read(struct dev *dev, const struct reg_space *space,
				u32 addr)
{
	u32 val = 0;

	if (reg_read(dev, space, addr, 4, &val) < 0)
		return 0;
	return val;
}

static inline void indirect_write(struct dev *dev,
				  const struct reg_space *space, u32 addr,
				  u32 val)
{
	(void)reg_write(dev, space, addr, 4, val);
}

#endif
