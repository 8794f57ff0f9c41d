/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/sdr.c - SDR0, system device control of the 440EP: straps, pin
 * functions and the configuration that other cores take from outside.
 *
 * Owns plain storage.  No other device reads it yet: what it selects is
 * fixed on the simulated board.  The table's values after a reset are those
 * that the board's U-Boot leaves, for a kernel that is entered without
 * firmware; before firmware, only the straps are there.
 */
#include "soc/dev.h"
#include "soc/dev/indirect.h"

struct sdr {
	u32 addr;
	u32 sdstp[4], pstrp0, sdcs, ecid[4], jtag, ddrdl, ebc, uart[4], cpu440;
	u32 srst[2], slpipe0, amp[2], mirq0, mal[4], pci0, usb0, ndfc0;
	u32 cust0, cust1, pfc0, pfc1, plbtr, mfr, emac_stat[6], hsf;
};

#define R(nm, off, rst, mask, field, src) { \
	.name = nm, .offset = off, .size = 4, .reset = rst, .wmask = mask, \
	.cell = offsetof(struct sdr, field), .source = src }
#define RN(nm, off, n, rst, mask, field, src) { \
	.name = nm, .offset = off, .size = 4, .count = n, .stride = 1, \
	.reset = rst, .wmask = mask, .cell = offsetof(struct sdr, field), \
	.source = src }

static const struct reg_desc sdr_ind_regs[] = {
	/*
	 * Straps: read from the serial EEPROM at 0xa8 (PSTRP0 = 5), since no
	 * pin setting gives 533/133 MHz with an EBC boot.  SDSTP0 and 1 hold
	 * the dividers of cpr.c in the layout of the 440GX; boot from 8-bit
	 * EBC.
	 */
	R("SDSTP0", 0x20, 0xc001028a, 0, sdstp[0], "assumed: 440GX layout"),
	R("SDSTP1", 0x21, 0x06800000, 0, sdstp[1], "assumed: 440GX layout"),
	R("PSTRP0", 0x40, 0xa0000000, 0, pstrp0, "UB"),
	R("SDCS", 0x60, 0, 0x80000000, sdcs, "UB"),
	RN("ECID", 0x80, 4, 0, 0, ecid[0], "assumed: blank"),
	R("JTAG", 0xc0, 0, 0, jtag, "assumed: not known"),
	R("DDRDL", 0xe0, 0, 0xffffffff, ddrdl, "BSP"),
	R("EBC", 0x100, 0, 0xffffffff, ebc, "UB"),
	/* external clock 0x00800000, divisor 1 */
	RN("UART", 0x120, 4, 0x00800001, 0xffffffff, uart[0], "LX,UB"),
	R("CPU440", 0x180, 0, 0xffffffff, cpu440, "UB"),
	RN("SRST", 0x200, 2, 0, 0xffffffff, srst[0], "UB"),
	R("SLPIPE0", 0x220, 0, 0xffffffff, slpipe0, "UB"),
	RN("AMP", 0x240, 2, 0, 0xffffffff, amp[0], "UB"),
	R("MIRQ0", 0x260, 0, 0xffffffff, mirq0, "UB"),
	R("MALTBL", 0x280, 0, 0xffffffff, mal[0], "UB"),
	R("MALRBL", 0x2a0, 0, 0xffffffff, mal[1], "UB"),
	R("MALTBS", 0x2c0, 0, 0xffffffff, mal[2], "UB"),
	R("MALRBS", 0x2e0, 0, 0xffffffff, mal[3], "UB"),
	R("PCI0", 0x300, 0, 0xffffffff, pci0, "UB"),
	R("USB0", 0x320, 0x00000002, 0x00000003, usb0, "UB"),
	R("NDFC0", 0x340, 0, 0xffffffff, ndfc0, "BSP"),
	/* pins to EMAC1, not to the NAND controller */
	R("CUST0", 0x4000, 0x40000000, 0xffe0ffff, cust0, "UB"),
	R("SDSTP2", 0x4001, 0, 0, sdstp[2], "BSP"),
	R("CUST1", 0x4002, 0, 0xffff0000, cust1, "UB"),
	R("SDSTP3", 0x4003, 0, 0, sdstp[3], "BSP"),
	R("PFC0", 0x4100, 0, 0x00000100, pfc0, "UB"),
	/* UART0 4 pins, UIC IRQ5, packet reject available */
	R("PFC1", 0x4101, 0x0004a000, 0x020ff00f, pfc1, "UB"),
	R("PLBTR", 0x4200, 0, 0xffffffff, plbtr, "UB"),
	/* RMII at 10 Mbit/s; ECS 0x0c000000 is toggled by Linux */
	R("MFR", 0x4300, 0x02000000, 0x0ff80000, mfr, "LX,UB"),
	RN("EMACSTAT", 0x4301, 6, 0, 0, emac_stat[0], "BSP"),
	R("HSF", 0x4400, 0, 0xffffffff, hsf, "BSP"),
};
#undef R
#undef RN

/* [0] the two DCRs, [1] what is behind them */
static const struct reg_space sdr_spaces[2];

static u32 sdr_data_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)i;
	(void)cell;
	return indirect_read(dev, &sdr_spaces[1],
			     ((struct sdr *)dev->priv)->addr);
}

static void sdr_data_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	indirect_write(dev, &sdr_spaces[1], ((struct sdr *)dev->priv)->addr,
		       val);
}

static const struct reg_desc sdr_dcrs[] = {
	{ .name = "CFGADDR", .offset = 0, .size = 4, .wmask = 0xffff,
	  .cell = offsetof(struct sdr, addr), .source = "LX,UB" },
	{ .name = "CFGDATA", .offset = 1, .size = 4, .flags = REG_NO_SAVE,
	  .cell = REG_NO_CELL, .read = sdr_data_read,
	  .write = sdr_data_write, .source = "LX,UB" },
};

static const struct reg_space sdr_spaces[2] = {
	{ REG_DCR, sdr_dcrs, ARRAY_SIZE(sdr_dcrs), 2 },
	{ REG_INDIRECT, sdr_ind_regs, ARRAY_SIZE(sdr_ind_regs), 0x4401 },
};

/* [assumed: what selects a function selects none before it is written] */
static void sdr_reset(struct dev *dev, enum reset_kind kind)
{
	struct sdr *s = dev->priv;

	(void)kind;
	if (!dev->env->has_firmware)
		return;
	memset(s->uart, 0, sizeof(s->uart));
	s->usb0 = 0;
	s->cust0 = 0;
	s->pfc1 = 0;
	s->mfr = 0;
}

static const char *const sdr_compatible[] = { "ibm,sdr-440ep", NULL };

const struct dev_class sdr_class = {
	.name = "sdr",
	.desc = "SDR0 system device control",
	.compatible = sdr_compatible,
	.spaces = sdr_spaces,
	.nspaces = ARRAY_SIZE(sdr_spaces),
	.priv_size = sizeof(struct sdr),
	.reset = sdr_reset,
	.node_clk = CLK_COUNT,
};
