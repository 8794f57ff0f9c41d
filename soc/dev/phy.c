/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/phy.c - a generic 10/100 Ethernet PHY.
 *
 * Owns the clause 22 registers 0 to 6.  Must not know which MAC or MDIO bus
 * it hangs on.  Its partner, when there is one, can do everything.
 */
#include "soc/dev/phy.h"

enum { BMCR, BMSR, PHYID1, PHYID2, ANAR, ANLPAR, ANER };

#define BMCR_RESET	0x8000
#define BMCR_ANE	0x1000
#define BMCR_RESTART	0x0200
#define BMCR_DEFAULT	0x3100	/* 100 Mbit/s, full duplex, autonegotiation */
#define BMCR_WMASK	0x7d80
#define BMSR_ABILITY	0x7849	/* 10 and 100, both duplexes, no 100BASE-T4 */
#define BMSR_ANDONE	0x0020
#define BMSR_LINK	0x0004
#define ANAR_DEFAULT	0x01e1
#define ANAR_WMASK	0x2fff
#define ANLPAR_ALL	0x45e1	/* partner: acknowledge, pause, 10 and 100 */

/* [assumed: National DP83848, common on RMII boards; no driver cares] */
#define ID1		0x2000
#define ID2		0x5c90

/**
 * phy_reset - power-on state; the cable stays as it is
 * @phy: PHY
 *
 * Source: IEEE 802.3 clause 22.2.4.
 */
void phy_reset(struct phy *phy)
{
	phy->bmcr = BMCR_DEFAULT;
	phy->anar = ANAR_DEFAULT;
	phy->was_down = !phy->is_up;
}

/* Link status reads 0 once after a failure, even if the link is back. */
static u16 bmsr_read(struct phy *phy)
{
	u16 v = BMSR_ABILITY;

	if (phy->is_up && !phy->was_down)
		v |= BMSR_LINK;
	if (phy->is_up && phy->bmcr & BMCR_ANE)
		v |= BMSR_ANDONE;
	phy->was_down = !phy->is_up;
	return v;
}

/**
 * phy_read - read a register over MDIO
 * @phy: PHY; reading BMSR releases its latched link failure
 * @reg: register, 0..31
 *
 * Returns: the value, 0 for a register that is not there.
 * Source:  IEEE 802.3 clause 22.2.4.
 */
u16 phy_read(struct phy *phy, unsigned int reg)
{
	bool is_done = phy->is_up && phy->bmcr & BMCR_ANE;

	switch (reg) {
	case BMCR:
		return phy->bmcr;
	case BMSR:
		return bmsr_read(phy);
	case PHYID1:
		return ID1;
	case PHYID2:
		return ID2;
	case ANAR:
		return phy->anar;
	case ANLPAR:
		return is_done ? ANLPAR_ALL : 0;
	case ANER:
		return is_done ? 1 : 0;
	default:
		return 0;
	}
}

/**
 * phy_write - write a register over MDIO
 * @phy: PHY
 * @reg: register, 0..31; only BMCR and ANAR change
 * @val: value; a reset and a restart of autonegotiation end at once
 *
 * Source: IEEE 802.3 clause 22.2.4.
 */
void phy_write(struct phy *phy, unsigned int reg, u16 val)
{
	if (reg == BMCR && val & BMCR_RESET)
		phy_reset(phy);
	else if (reg == BMCR)
		phy->bmcr = val & BMCR_WMASK & (u16)~BMCR_RESTART;
	else if (reg == ANAR)
		phy->anar = (val & ANAR_WMASK) | 1;
}

/**
 * phy_set_link - plug the cable in or out
 * @phy:   PHY
 * @is_up: a partner is there
 */
void phy_set_link(struct phy *phy, bool is_up)
{
	phy->is_up = is_up;
	phy->was_down |= !is_up;
}
