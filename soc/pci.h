/* SPDX-License-Identifier: MIT */
/*
 * soc/pci.h - the conventional PCI bus behind the bridge: what a card is to
 * the bridge, and what a card may ask of it.
 *
 * A card is a device (a node below the bridge's, reg = <devfn << 8 ...>) whose
 * priv begins with, or holds, a struct pci_card.  Its probe fills the header
 * and BARs in and calls pci_card_add.  Values of configuration space, of BARs
 * and of I/O are as PCI numbers them: little-endian, the byte at the lowest
 * address is the least significant; the bridge turns the lanes.
 */
#ifndef SOC_PCI_H
#define SOC_PCI_H

#include "base/env.h"
#include "base/err.h"
#include "soc/dev.h"

#define PCI_BARS	6
#define PCI_DEVFNS	256
#define PCI_CONFIG_BYTES 256

/* Numbers in memory as PCI and its cards see them: little-endian. */
static inline u16 pci_ld16(const u8 *p)
{
	return (u16)(p[0] | p[1] << 8);
}

static inline u32 pci_ld32(const u8 *p)
{
	return pci_ld16(p) | (u32)pci_ld16(p + 2) << 16;
}

static inline u64 pci_ld64(const u8 *p)
{
	return pci_ld32(p) | (u64)pci_ld32(p + 4) << 32;
}

static inline void pci_st16(u8 *p, u32 v)
{
	p[0] = (u8)v;
	p[1] = (u8)(v >> 8);
}

static inline void pci_st32(u8 *p, u32 v)
{
	pci_st16(p, v);
	pci_st16(p + 2, v >> 16);
}

struct pci_card;

struct pci_bar {
	u32 bytes;		/* power of two, 0: there is none */
	bool is_io;
	bool is_prefetchable;
	/* @off: bytes into the BAR; @size: 1, 2 or 4.  bus_status. */
	int (*read)(struct pci_card *card, u32 off, unsigned int size,
		    u32 *val);
	int (*write)(struct pci_card *card, u32 off, unsigned int size,
		     u32 val);
};

struct pci_card {
	struct dev *dev;	/* names it; irq[0] is its INTA */
	struct dev *bridge;
	unsigned int devfn;
	u8 config[PCI_CONFIG_BYTES];	/* as the guest reads it */
	u8 wmask[PCI_CONFIG_BYTES];	/* bits that a write can change */
	u8 w1c[PCI_CONFIG_BYTES];	/* bits that writing 1 clears */
	struct pci_bar bar[PCI_BARS];
	/* told after a write to configuration space; may be NULL */
	void (*config_wrote)(struct pci_card *card, unsigned int at,
			     unsigned int size);
	/* asked before a read of configuration space; may be NULL */
	void (*config_will_read)(struct pci_card *card, unsigned int at,
				 unsigned int size);
	bool wants_irq;		/* the level it asks for, before the mask */
	unsigned int cap_link, cap_end;	/* where the next capability goes */
};

/* What a header begins with; class is the 24-bit class code. */
struct pci_ids {
	u16 vendor, device, subvendor, subdevice;
	u32 class;
	u8 revision;
};

void pci_card_init(struct pci_card *card, struct dev *dev,
		   const struct pci_ids *ids);
/* Put @card on the bus of its node's parent, at the devfn of its reg. */
int pci_card_add(struct pci_card *card, const struct dev_node *node,
		 struct errmsg *msg);
/* To power-on state: command, status, BARs and the interrupt line. */
void pci_card_reset(struct pci_card *card);
/* Append a capability of @bytes to the list; its offset in @config. */
unsigned int pci_card_capability(struct pci_card *card, u8 id,
				 unsigned int bytes);
/* Drive INTA: status bit, and the line unless the command masks it. */
void pci_card_irq(struct pci_card *card, bool level);
/*
 * DMA by the card at PCI memory address @addr, through the bridge's PTM
 * windows.  BUS_OK; BUS_NO_TARGET: not a bus master, or no window answers
 * (master abort latched in the status).
 */
int pci_dma_read(struct pci_card *card, u64 addr, void *buf, u64 bytes);
int pci_dma_write(struct pci_card *card, u64 addr, const void *buf, u64 bytes);
/*
 * Host pointer to RAM behind PCI address @addr, @left bytes in one piece, or
 * NULL; for reading only unless @will_write.  After writing through it the
 * card calls pci_dma_wrote.  Valid until the machine runs again.
 */
u8 *pci_dma_direct(struct pci_card *card, u64 addr, bool will_write, u64 *left);
void pci_dma_wrote(struct pci_card *card, u64 addr, u64 bytes);

#endif
