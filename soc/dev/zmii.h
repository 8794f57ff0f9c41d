/* SPDX-License-Identifier: MIT */
/* soc/dev/zmii.h - the MDIO lines that the EMACs share through the ZMII. */
#ifndef SOC_DEV_ZMII_H
#define SOC_DEV_ZMII_H

#include "base/env.h"

struct dev;
struct phy;

extern const struct dev_class zmii_class;

struct phy *zmii_phy(struct dev *zmii, unsigned int channel,
		     unsigned int addr);
struct phy *zmii_port_phy(struct dev *zmii, unsigned int channel);

#endif
