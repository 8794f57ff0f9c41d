/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/zmii.c - the ZMII bridge between the EMACs and the PHY pins.
 *
 * Owns the mode registers and the PHYs on the one MDIO bus, which FER gives
 * to one EMAC at a time.  Frames do not pass here.
 *
 * FER and SSR have a nibble for each EMAC, from the top:
 *	FER  MDI SMII RMII MII		SSR  - SCI FSS SP
 *
 * Node property culm,phy-addr: MDIO addresses of the PHYs, port by port;
 * <0 1>, as on Bamboo, when absent.
 */
#include "soc/dev/zmii.h"

#include "base/bits.h"
#include "soc/dev.h"
#include "soc/dev/phy.h"

#define PHYS		4
#define FER_MDI(ch)	(0x80000000u >> 4 * (ch))

struct zmii {
	u32 fer, ssr, smiirs;
	struct phy phy[PHYS];
	u8 addr[PHYS];
	unsigned int phys;
};

static const struct reg_desc zmii_regs[] = {
	{ .name = "FER", .offset = 0, .size = 4, .wmask = 0xff000000,
	  .cell = offsetof(struct zmii, fer), .source = "LX,UB" },
	{ .name = "SSR", .offset = 4, .size = 4, .wmask = 0x77000000,
	  .cell = offsetof(struct zmii, ssr), .source = "LX,UB" },
	{ .name = "SMIIRS", .offset = 8, .size = 4, .flags = REG_RO,
	  .cell = offsetof(struct zmii, smiirs), .source = "LX" },
};

static const struct reg_space zmii_spaces[] = {
	{ REG_MMIO, zmii_regs, ARRAY_SIZE(zmii_regs), 0xc },
};

/**
 * zmii_phy - the PHY that an EMAC reaches over MDIO
 * @zmii:    ZMII device
 * @channel: number of the EMAC's port
 * @addr:    MDIO address
 *
 * Returns: the PHY; NULL when none has the address or FER does not give the
 *          MDIO bus to that port.
 * Source:  LX (zmii_get_mdio).
 */
struct phy *zmii_phy(struct dev *zmii, unsigned int channel,
		     unsigned int addr)
{
	struct zmii *z = zmii->priv;

	if (channel > 7 || !(z->fer & FER_MDI(channel)))
		return NULL;
	for (unsigned int i = 0; i < z->phys; i++)
		if (z->addr[i] == addr)
			return &z->phy[i];
	return NULL;
}

/**
 * zmii_port_phy - the PHY at the other end of an EMAC's data pins
 * @zmii:    ZMII device
 * @channel: number of the EMAC's port
 *
 * Returns: the PHY; NULL when the board has none there.
 * Source:  UB (bamboo: EMAC n has the n-th PHY).
 */
struct phy *zmii_port_phy(struct dev *zmii, unsigned int channel)
{
	struct zmii *z = zmii->priv;

	return channel < z->phys ? &z->phy[channel] : NULL;
}

static void zmii_reset(struct dev *dev, enum reset_kind kind)
{
	struct zmii *z = dev->priv;

	(void)kind;
	for (unsigned int i = 0; i < z->phys; i++)
		phy_reset(&z->phy[i]);
}

static int zmii_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct zmii *z = dev->priv;
	const u8 *p;
	int len = 0;

	p = node->prop(node, "culm,phy-addr", &len);
	z->phys = p ? (unsigned int)len / 4 : 2;
	if (z->phys > PHYS)
		return err_set(msg, ERR_RANGE,
			       "%s: culm,phy-addr: at most %d PHYs",
			       dev->path, PHYS);
	for (unsigned int i = 0; i < z->phys; i++) {
		u32 addr = p ? ldb32(p + 4 * i) : i;

		if (addr > 31)
			return err_set(msg, ERR_RANGE,
				       "%s: culm,phy-addr: %u is above 31",
				       dev->path, addr);
		z->addr[i] = (u8)addr;
	}
	zmii_reset(dev, RESET_SYSTEM);
	return 0;
}

static const char *const zmii_compatible[] = {
	"ibm,zmii-440ep", "ibm,zmii-440gp", "ibm,zmii", NULL
};

const struct dev_class zmii_class = {
	.name = "zmii",
	.desc = "ZMII bridge and the PHYs behind it",
	.compatible = zmii_compatible,
	.spaces = zmii_spaces,
	.nspaces = ARRAY_SIZE(zmii_spaces),
	.priv_size = sizeof(struct zmii),
	.probe = zmii_probe,
	.reset = zmii_reset,
	.node_clk = CLK_COUNT,
};
