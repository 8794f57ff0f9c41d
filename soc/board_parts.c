/* SPDX-License-Identifier: MIT */
/*
 * soc/board_parts.c - what is plugged into a board: nodes for PCI cards and
 * USB functions, put into the tree before it is walked.
 *
 * The tree that builds the machine is the one that the guest gets, so a card
 * is a node below its bus like any other.  Which addresses a bus has is here;
 * what a card does is its class's.
 */
#include "soc/board_priv.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "soc/usb.h"

#define PART_ROOM	512u	/* bytes of tree that one node may take */
#define PCI_DEVICES	31u	/* beside the bridge, which is device 0 */
#define PCI_FUNCTIONS	8u
#define PCI_CELLS	4u	/* a row of interrupt-map: address and pin */

/* The kinds of bus that take parts: class of the controller, addresses. */
struct part_bus {
	const char *cls;
	unsigned int places;
	unsigned int reg_cells;
	u32 irq;		/* `interrupts` of the part; 0: none */
	/* first cell of reg, and unit name, of place @i */
	u32 (*address)(unsigned int i);
	/* NULL: each place is as good */
	bool (*has_line)(const void *fdt, int bus, u32 address);
	void (*unit)(u32 address, char *out, size_t room);
};

/* Every slot is filled before a slot gets a second function. */
static u32 pci_address(unsigned int i)
{
	unsigned int devfn = (1 + i % PCI_DEVICES) * 8 + i / PCI_DEVICES;

	return devfn << 8;
}

static void pci_unit(u32 address, char *out, size_t room)
{
	unsigned int fn = address >> 8 & 7;

	if (fn)
		snprintf(out, room, "%x,%x", address >> 11, fn);
	else
		snprintf(out, room, "%x", address >> 11);
}

/* Cells of the parent's part of a row; of a wrong row, what ends the search. */
static unsigned int parent_cells(const void *fdt, u32 phandle)
{
	int parent = fdt_node_offset_by_phandle(fdt, phandle), len = 0;
	const fdt32_t *p = NULL;
	unsigned int cells = 0;

	if (parent >= 0)
		p = fdt_getprop(fdt, parent, "#address-cells", &len);
	if (p && len == 4)
		cells = fdt32_ld(p);
	p = parent < 0 ? NULL :
			 fdt_getprop(fdt, parent, "#interrupt-cells", &len);
	return p && len == 4 && fdt32_ld(p) <= 4 && cells <= 4 ?
	       cells + fdt32_ld(p) : 1u << 16;
}

/* Has INTA of the device at @address a row in the bridge's interrupt-map? */
static bool pci_has_line(const void *fdt, int bus, u32 address)
{
	const u32 card[PCI_CELLS] = { address, 0, 0, 1 };
	int len = 0, mask_len = 0;
	const fdt32_t *row = fdt_getprop(fdt, bus, "interrupt-map", &len);
	const fdt32_t *mask = fdt_getprop(fdt, bus, "interrupt-map-mask",
					  &mask_len);
	unsigned int left = row ? (unsigned int)len / 4 : 0, n, i;

	if (mask && mask_len != 4 * (int)PCI_CELLS)
		return false;
	for (; left > PCI_CELLS; left -= n, row += n) {
		for (i = 0; i < PCI_CELLS; i++)
			if ((card[i] ^ fdt32_ld(row + i)) &
			    (mask ? fdt32_ld(mask + i) : ~0u))
				break;
		if (i == PCI_CELLS)
			return true;
		n = PCI_CELLS + 1 + parent_cells(fdt, fdt32_ld(row + PCI_CELLS));
		if (n > left)
			break;
	}
	return false;
}

static u32 usb_address(unsigned int i)
{
	return i + 1;
}

static void usb_unit(u32 address, char *out, size_t room)
{
	snprintf(out, room, "%x", address);
}

static const struct part_bus part_bus[] = {
	[BUS_PART_PCI] = { "pci", PCI_DEVICES * PCI_FUNCTIONS, 5, 1,
			   pci_address, pci_has_line, pci_unit },
	[BUS_PART_USB] = { "ohci", USB_PORTS, 1, 0, usb_address, NULL,
			   usb_unit },
};

static bool is_class(const void *fdt, int offset, const char *name)
{
	int i, n = fdt_stringlist_count(fdt, offset, "compatible");
	const struct dev_class *cls;

	for (i = 0; i < n; i++) {
		cls = dev_class_find(fdt_stringlist_get(fdt, offset,
							"compatible", i, NULL));
		if (cls)
			return !strcmp(cls->name, name);
	}
	return false;
}

static int bus_find_node(const void *fdt, const char *cls)
{
	int at = -1;

	do {
		at = fdt_next_node(fdt, at, NULL);
	} while (at >= 0 && !is_class(fdt, at, cls));
	return at;
}

static bool is_taken(const void *fdt, int bus, u32 address)
{
	const fdt32_t *reg;
	int child, len;

	fdt_for_each_subnode(child, fdt, bus) {
		reg = fdt_getprop(fdt, child, "reg", &len);
		if (reg && len >= 4 && fdt32_ld(reg) == address)
			return true;
	}
	return false;
}

static int free_address(const struct board *b, int bus,
			const struct board_part *part, u32 *address,
			struct errmsg *msg)
{
	const struct part_bus *pb = &part_bus[part->bus];
	unsigned int i, places = 0;
	char path[256] = "";

	for (i = 0; i < pb->places; i++) {
		*address = pb->address(i);
		if (pb->has_line && !pb->has_line(b->blob, bus, *address))
			continue;
		if (!is_taken(b->blob, bus, *address))
			return 0;
		places++;
	}
	fdt_get_path(b->blob, bus, path, sizeof(path));
	if (!places)
		return err_set(msg, ERR_UNSUPP, "%s: %s: %s: no interrupt-map "
			       "for a card in any slot", b->name, part->option,
			       path);
	return err_set(msg, ERR_RANGE, "%s: %s: the %s takes no more than %u",
		       b->name, part->option, pb->cls, places);
}

static int write_part(void *fdt, int bus, const struct part_bus *pb,
		      const struct board_part *part, u32 address)
{
	fdt32_t reg[5] = { cpu_to_fdt32(address) };
	char unit[16], name[64];
	int at, rc;

	pb->unit(address, unit, sizeof(unit));
	snprintf(name, sizeof(name), "%s@%s", part->name, unit);
	at = fdt_add_subnode(fdt, bus, name);
	if (at < 0)
		return at;
	rc = fdt_setprop_u32(fdt, at, "culm,index", part->index);
	if (!rc && part->is_modern)
		rc = fdt_setprop(fdt, at, "culm,modern", NULL, 0);
	if (!rc && pb->irq)
		rc = fdt_setprop_u32(fdt, at, "interrupts", pb->irq);
	if (!rc)
		rc = fdt_setprop(fdt, at, "reg", reg,
				 (int)(4 * pb->reg_cells));
	if (!rc)
		rc = fdt_setprop_string(fdt, at, "compatible",
					part->compatible);
	return rc;
}

/* A USB host of a foreign tree counts no addresses of its own. */
static int set_cells(void *fdt, int bus, const struct part_bus *pb)
{
	int rc;

	if (fdt_getprop(fdt, bus, "#address-cells", NULL))
		return 0;
	rc = fdt_setprop_u32(fdt, bus, "#size-cells", 0);
	return rc ? rc : fdt_setprop_u32(fdt, bus, "#address-cells",
					 pb->reg_cells);
}

/**
 * board_add_part - plug a card or a USB function into a board
 * @b:    loaded, not walked yet
 * @part: what and where
 * @msg:  one line on failure
 *
 * It gets the first free place of the first bus of its kind, on PCI of those
 * that have an interrupt line.
 *
 * Returns: 0; -ERR_UNSUPP when the board has no such bus or place, -ERR_RANGE when the
 *          bus is full, -ERR_FORMAT when the tree cannot take the node.
 */
int board_add_part(struct board *b, const struct board_part *part,
		   struct errmsg *msg)
{
	const struct part_bus *pb = &part_bus[part->bus];
	u32 room = b->blob_bytes + PART_ROOM, address = 0;
	void *fdt = xcalloc(room, 1);
	int bus, rc;

	rc = fdt_open_into(b->blob, fdt, (int)room);
	if (rc) {
		free(fdt);
		return err_set(msg, ERR_FORMAT, "%s: %s", b->name,
			       fdt_strerror(rc));
	}
	free(b->blob);
	b->blob = fdt;
	bus = bus_find_node(fdt, pb->cls);
	if (bus < 0)
		return err_set(msg, ERR_UNSUPP, "%s: no %s for %s", b->name,
			       pb->cls, part->option);
	rc = set_cells(fdt, bus, pb);
	if (rc)
		goto failed;
	bus = bus_find_node(fdt, pb->cls);
	rc = free_address(b, bus, part, &address, msg);
	if (rc < 0)
		return rc;
	rc = write_part(fdt, bus, pb, part, address);
	if (rc)
		goto failed;
	fdt_pack(fdt);
	b->blob_bytes = fdt_totalsize(fdt);
	return 0;
failed:
	return err_set(msg, ERR_FORMAT, "%s: %s: %s", b->name, part->option,
		       fdt_strerror(rc));
}
