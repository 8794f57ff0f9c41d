/* SPDX-License-Identifier: MIT */
/*
 * soc/pci_bus.h - a PCI bus as its bridge sees it: who sits in which slot,
 * which addresses the BARs claim, and which addresses lead to the local bus.
 *
 * Shared by soc/pci.c and the bridge below soc/dev/; cards use soc/pci.h.
 * The priv of a bridge begins with a struct pci_bus.  Nothing here allocates,
 * so a guest can move BARs about as often as it likes.
 */
#ifndef SOC_PCI_BUS_H
#define SOC_PCI_BUS_H

#include "soc/pci.h"

#define PCI_CARDS	32
#define PCI_PTMS	2

/* Offsets and bits that bridge and cards have in common. [PCI] 6.2 */
#define PCI_COMMAND	0x04
#define PCI_CMD_IO	0x0001u
#define PCI_CMD_MEM	0x0002u
#define PCI_CMD_MASTER	0x0004u
#define PCI_CMD_NO_INTX	0x0400u
#define PCI_STATUS	0x06
#define PCI_STS_INTX	0x0008u
#define PCI_STS_CAPS	0x0010u
#define PCI_STS_STA	0x0800u		/* signalled target abort */
#define PCI_STS_RTA	0x1000u		/* received target abort */
#define PCI_STS_RMA	0x2000u		/* received master abort */
#define PCI_HEADER_TYPE	0x0e
#define PCI_BAR0	0x10
#define PCI_CAP_PTR	0x34

enum pci_space { PCI_MEM, PCI_IO, PCI_SPACES };

/* What one BAR claims now: [first, last]. */
struct pci_range {
	u32 first, last;
	struct pci_card *card;
	unsigned int bar;
};

/* A window from PCI memory to the local bus. */
struct pci_ptm {
	bool is_on;
	u32 mask;		/* address bits that are compared */
	u32 pci, plb;
};

struct pci_bus {
	struct pci_card *card[PCI_CARDS];	/* in the order of devfn */
	unsigned int cards;
	/* disjoint, sorted by first; decoded from command and BARs */
	struct pci_range range[PCI_SPACES][PCI_CARDS * PCI_BARS];
	unsigned int ranges[PCI_SPACES], last[PCI_SPACES];
	struct pci_ptm ptm[PCI_PTMS];
	bool is_target;		/* the bridge claims memory cycles */
	struct bus *plb;
	/* a PTM led to nothing at local address @pa; may be NULL */
	void (*plb_failed)(struct pci_bus *bus, u32 pa, bool is_write);
};

/* The value of a PCI register as the big-endian bus carries it, or back. */
static inline u32 pci_swap(u32 v, unsigned int size)
{
	return size == 4 ? __builtin_bswap32(v) :
	       size == 2 ? __builtin_bswap16((u16)v) : v & 0xff;
}

struct pci_card *pci_bus_card(const struct pci_bus *bus, unsigned int devfn);
void pci_bus_decode(struct pci_bus *bus);
const struct pci_range *pci_bus_find(struct pci_bus *bus, enum pci_space space,
				     u32 addr);
u32 pci_card_config_read(struct pci_card *card, unsigned int at,
			 unsigned int size);
void pci_card_config_write(struct pci_card *card, unsigned int at,
			   unsigned int size, u32 val);

#endif
