/* SPDX-License-Identifier: MIT */
/* soc/dev/phy.h - a 10/100 Ethernet PHY as seen over MDIO (IEEE 802.3 22.2). */
#ifndef SOC_DEV_PHY_H
#define SOC_DEV_PHY_H

#include "base/env.h"

struct phy {
	u16 bmcr, anar;
	bool is_up;		/* a cable with a partner is plugged in */
	bool was_down;		/* BMSR link status latches a failure */
	bool has_page;		/* ANER page received, cleared by reading */
};

/* Where a frame goes that the MAC hands to the PHY. */
enum phy_path { PHY_NOWHERE, PHY_CABLE, PHY_LOOP };

void phy_reset(struct phy *phy);
u16 phy_read(struct phy *phy, unsigned int reg);
void phy_write(struct phy *phy, unsigned int reg, u16 val);
void phy_set_link(struct phy *phy, bool is_up);
enum phy_path phy_path(const struct phy *phy);

#endif
