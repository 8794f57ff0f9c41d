/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/pci.h - the bridge's state, shared by its registers and
 * configuration cycles (pci.c) and its windows (pci_win.c).
 */
#ifndef SOC_DEV_PCI_H
#define SOC_DEV_PCI_H

#include "soc/pci_bus.h"

#define BRIDGE_PMMS	3
#define BRIDGE_WINDOWS	8
#define BRIDGE_MA_ENABLE 1u

struct bridge;

/* Addresses of the local bus that the bridge listens to. */
struct bridge_window {
	struct bridge *bridge;
	u64 base, size;
	bool is_io;
	u32 pci;		/* I/O: first address on PCI */
};

struct bridge {
	struct pci_bus bus;	/* first: soc/pci_bus.h */
	struct { u32 la, ma, pcila, pciha; } pmm[BRIDGE_PMMS];
	struct { u32 ms, la; } ptm[PCI_PTMS];
	u32 cfgaddr;
	u8 hdr[PCI_CONFIG_BYTES];
	struct dev *dev;
	struct bridge_window win[BRIDGE_WINDOWS];
	unsigned int windows;
	u64 aborts;
};

static inline u32 bridge_ones(unsigned int size)
{
	return size == 4 ? 0xffffffffu : (1u << 8 * size) - 1;
}

static inline u32 bridge_command(const struct bridge *b)
{
	return b->hdr[PCI_COMMAND] | (u32)b->hdr[PCI_COMMAND + 1] << 8;
}

int bridge_abort(struct bridge *b, u32 status, u32 pa, bool is_write);
int bridge_map_windows(struct bridge *b, const struct dev_node *node,
		       struct errmsg *msg);

#endif
