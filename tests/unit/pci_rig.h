/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/pci_rig.h - a bench for one PCI card: the bridge of the 440EP as
 * U-Boot leaves it, a card in slot 1, and the CPU's little-endian accesses.
 *
 * Local memory 0 is PCI memory 0; BAR n of the card is at PCI_RIG_MEM + n MB,
 * or at I/O PCI_RIG_IO + n * 0x400.
 */
#ifndef TESTS_UNIT_PCI_RIG_H
#define TESTS_UNIT_PCI_RIG_H

#include "soc/pci.h"
#include "tests/unit/dev_rig.h"

extern const struct dev_class pci_class;

#define PCI_RIG_CFG	0xeec00000u
#define PCI_RIG_LOCAL	0xef400000u
#define PCI_RIG_MEM	0xa0000000u
#define PCI_RIG_IO	0x1000u
#define PCI_RIG_IO_PLB	(0xe8000000u + PCI_RIG_IO)

static struct dev *pci_rig_bridge(struct rig *r)
{
	rig_open(r);
	return rig_add(r, &(struct rig_spec){
		.cls = &pci_class, .path = "/pci",
		.mmio = { PCI_RIG_CFG, 0xeed00000, 0xeed00000, PCI_RIG_LOCAL },
		.nmmio = 4, .mmio_size = 0x40,
	}, NULL);
}

static inline void wr32(struct rig *r, u32 pa, u32 v)
{
	rig_wr(r, pa, 4, __builtin_bswap32(v));
}

static inline u32 rd32(struct rig *r, u32 pa)
{
	return __builtin_bswap32(rig_rd(r, pa, 4));
}

static inline void wr16(struct rig *r, u32 pa, u32 v)
{
	rig_wr(r, pa, 2, __builtin_bswap16((u16)v));
}

static inline u32 rd16(struct rig *r, u32 pa)
{
	return __builtin_bswap16((u16)rig_rd(r, pa, 2));
}

static inline u32 cfg_rd(struct rig *r, u32 devfn, u32 reg)
{
	wr32(r, PCI_RIG_CFG, 0x80000000 | devfn << 8 | reg);
	return rd32(r, PCI_RIG_CFG + 4);
}

static inline void cfg_wr(struct rig *r, u32 devfn, u32 reg, u32 v)
{
	wr32(r, PCI_RIG_CFG, 0x80000000 | devfn << 8 | reg);
	wr32(r, PCI_RIG_CFG + 4, v);
}

/* Put every BAR of a card to its place and turn the card on. */
static inline void pci_rig_enable(struct rig *r, u32 devfn)
{
	for (u32 i = 0; i < 6; i++) {
		u32 at = 0x10 + 4 * i;

		cfg_wr(r, devfn, at, cfg_rd(r, devfn, at) & 1 ?
				     PCI_RIG_IO + 0x400 * i :
				     PCI_RIG_MEM + (i << 20));
	}
	cfg_wr(r, devfn, 0x04, 0x0007);
}

/* The bridge and a card of class @cls in slot 1, working. */
static inline struct dev *pci_rig_card(struct rig *r,
				       const struct dev_class *cls,
				       struct rig_prop props[3])
{
	struct dev *bridge = pci_rig_bridge(r), *card;

	props[0] = (struct rig_prop){ .name = "/parent", .dev = bridge };
	props[1] = (struct rig_prop){
		.name = "reg", .cells = 5, .cell = { 0x0800 },
	};
	card = rig_add(r, &(struct rig_spec){
		.cls = cls, .path = "/pci/card@1", .props = props,
	}, NULL);
	rig_start(r);
	pci_rig_enable(r, 8);
	return card;
}

#endif
