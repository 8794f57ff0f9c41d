/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/phy.c - a generic 10/100 Ethernet PHY.
 *
 * Owns the clause 22 registers 0 to 6; the others of the 32 are there and
 * read 0.  Must not know which MAC or MDIO bus it hangs on.  Its partner, when
 * there is one, can do everything, so that autonegotiation ends at once.
 */
#include "soc/dev/phy.h"

enum { BMCR, BMSR, PHYID1, PHYID2, ANAR, ANLPAR, ANER };

#define BMCR_RESET	0x8000
#define BMCR_LOOPBACK	0x4000
#define BMCR_ANE	0x1000
#define BMCR_PDOWN	0x0800
#define BMCR_ISOLATE	0x0400
#define BMCR_RESTART	0x0200
#define BMCR_DEFAULT	0x3100	/* 100 Mbit/s, full duplex, autonegotiation */
#define BMCR_WMASK	0x7d80
#define BMSR_ABILITY	0x7849	/* 10 and 100, both duplexes, no 100BASE-T4 */
#define BMSR_ANDONE	0x0020
#define BMSR_LINK	0x0004
#define ANAR_DEFAULT	0x01e1
#define ANAR_WMASK	0x2fff
#define ANLPAR_ALL	0x45e1	/* partner: acknowledge, pause, 10 and 100 */
#define ANER_PAGE	0x0002
#define ANER_LPANE	0x0001

/* [assumed: National DP83848, common on RMII boards; no driver cares] */
#define ID1		0x2000
#define ID2		0x5c90

static bool has_link(const struct phy *phy)
{
	return phy->is_up && !(phy->bmcr & BMCR_PDOWN);
}

static bool is_negotiated(const struct phy *phy)
{
	return has_link(phy) && phy->bmcr & BMCR_ANE;
}

/* The link goes away for a moment, and is negotiated anew. */
static void link_renew(struct phy *phy)
{
	phy->was_down = true;
	phy->has_page = is_negotiated(phy);
}

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
	link_renew(phy);
}

/* Link status reads 0 once after a failure, even if the link is back. */
static u16 bmsr_read(struct phy *phy)
{
	u16 v = BMSR_ABILITY;

	if (has_link(phy) && !phy->was_down)
		v |= BMSR_LINK;
	if (is_negotiated(phy))
		v |= BMSR_ANDONE;
	phy->was_down = !has_link(phy);
	return v;
}

static u16 aner_read(struct phy *phy)
{
	u16 v = is_negotiated(phy) ? ANER_LPANE : 0;

	if (phy->has_page)
		v |= ANER_PAGE;
	phy->has_page = false;
	return v;
}

/**
 * phy_read - read a register over MDIO
 * @phy: PHY; reading BMSR and ANER releases what they latched
 * @reg: register, 0..31
 *
 * Returns: the value, 0 for a register that is not there.
 * Source:  IEEE 802.3 clauses 22.2.4, 28.2.4.
 */
u16 phy_read(struct phy *phy, unsigned int reg)
{
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
		return is_negotiated(phy) ? ANLPAR_ALL : 0;
	case ANER:
		return aner_read(phy);
	default:
		return 0;
	}
}

static void bmcr_write(struct phy *phy, u16 val)
{
	u16 old = phy->bmcr;

	phy->bmcr = val & BMCR_WMASK & (u16)~BMCR_RESTART;
	if (val & BMCR_RESTART || (old ^ phy->bmcr) & (BMCR_ANE | BMCR_PDOWN))
		link_renew(phy);
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
		bmcr_write(phy, val);
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
	if (phy->is_up != is_up) {
		phy->is_up = is_up;
		link_renew(phy);
	}
}

/**
 * phy_path - where a frame from the MAC goes, and one to it comes from
 * @phy: PHY
 *
 * Returns: PHY_LOOP in loopback, PHY_CABLE with a link, else PHY_NOWHERE.
 */
enum phy_path phy_path(const struct phy *phy)
{
	if (phy->bmcr & BMCR_ISOLATE)
		return PHY_NOWHERE;
	if (phy->bmcr & BMCR_LOOPBACK)
		return PHY_LOOP;
	return has_link(phy) ? PHY_CABLE : PHY_NOWHERE;
}
