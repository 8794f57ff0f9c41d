/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/fpga.c - the board registers of Bamboo, in a programmable device on
 * the external bus: jumpers to read, selections and lamps to write.
 *
 * Owns plain storage.  What a selection would switch on the board (which PHY
 * mode, which pins go where) is fixed here, so nobody reads it.
 *
 * SETTING:  7 boot from small flash | 6 flash above SRAM, not NAND boot |
 *	     4 on-board PCI arbiter
 */
#include "soc/dev/ebc.h"

#define FPGA_BYTES	8

struct fpga {
	struct ebc_chip at;
	u32 setting, sel[3], reset;
};

#define R(nm, off, rst, mask, field) { \
	.name = nm, .offset = off, .size = 1, .reset = rst, .wmask = mask, \
	.cell = offsetof(struct fpga, field), .source = "UB" }

/* 0 to 2: not known, read 0 */
static const struct reg_desc fpga_regs[] = {
	/* small flash boots; the 4 MB flash is the lower half of its bank */
	R("SETTING", 3, 0x90, 0x00, setting),
	/* RMII; no USB 2.0; NAND 0 and 1 at CS1 and CS2 */
	R("SELECT1", 4, 0x46, 0xff, sel[0]),
	R("SELECT2", 5, 0x00, 0xff, sel[1]),
	/* four 2-pin UARTs [assumed: all four are there] */
	R("SELECT3", 6, 0x08, 0xfc, sel[2]),
	R("RESET", 7, 0x00, 0xcf, reset),
};
#undef R

static const struct reg_space fpga_spaces[] = {
	{ REG_MMIO, fpga_regs, ARRAY_SIZE(fpga_regs), FPGA_BYTES },
};

/* Eight data lines: a wider access is several. */
static int fpga_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct dev *dev = opaque;
	u32 byte;

	*val = 0;
	for (unsigned int i = 0; i < size; i++) {
		(void)reg_read(dev, fpga_spaces, (u32)off + i, 1, &byte);
		*val = *val << 8 | (byte & 0xff);
	}
	return BUS_OK;
}

static int fpga_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct dev *dev = opaque;

	for (unsigned int i = 0; i < size; i++)
		(void)reg_write(dev, fpga_spaces, (u32)off + i, 1,
				val >> 8 * (size - 1 - i) & 0xff);
	return BUS_OK;
}

static int fpga_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct fpga *f = dev->priv;

	f->at.target = (struct bus_target){ fpga_read, fpga_write, dev, NULL };
	return ebc_attach_node(dev, node, 0, &f->at, msg);
}

static const char *const fpga_compatible[] = { "amcc,bamboo-fpga", NULL };

const struct dev_class fpga_class = {
	.name = "fpga",
	.desc = "board registers of Bamboo",
	.compatible = fpga_compatible,
	.spaces = fpga_spaces,
	.nspaces = ARRAY_SIZE(fpga_spaces),
	.priv_size = sizeof(struct fpga),
	.probe = fpga_probe,
	.own_map = true,
	.node_clk = CLK_COUNT,
};
