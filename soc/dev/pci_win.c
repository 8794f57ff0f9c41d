/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/pci_win.c - the CPU's way to PCI memory and I/O.
 *
 * Owns the windows of the local bus that the bridge decodes, and the
 * translation by PMMs.  Must not know configuration cycles or any card.
 *
 * Everything on PCI is little-endian: the lane that carries the byte at the
 * lowest address is the least significant, here it is the most significant.
 */
#include "base/bits.h"
#include "soc/dev/pci.h"

/* What the chip decodes, whatever the tree says that an OS should use. */
static const struct bridge_window chip_windows[] = {
	{ .base = 0xa0000000, .size = 0x40000000 },
	{ .base = 0xe8000000, .size = 0x00010000, .is_io = true, .pci = 0 },
	{ .base = 0xe8800000, .size = 0x03800000, .is_io = true,
	  .pci = 0x00800000 },
};

/* PCI address of a local one; a PMM with a lower number comes first. */
static bool pmm_map(const struct bridge *b, u32 pa, u64 *addr)
{
	for (unsigned int i = 0; i < BRIDGE_PMMS; i++) {
		u32 mask = b->pmm[i].ma & 0xfffff000u;

		if (!(b->pmm[i].ma & BRIDGE_MA_ENABLE) ||
		    (pa ^ b->pmm[i].la) & mask)
			continue;
		*addr = (u64)b->pmm[i].pciha << 32 |
			(b->pmm[i].pcila & mask) | (pa & ~mask);
		return true;
	}
	return false;
}

/*
 * BUS_OK and who claims it (NULL: nobody), or BUS_NO_TARGET: the bridge is
 * not there for @off.
 */
static int claim(const struct bridge_window *w, u64 off, u32 *addr,
		 const struct pci_range **r)
{
	struct bridge *b = w->bridge;
	u64 wide = w->pci + off;

	*r = NULL;
	if (!(bridge_command(b) & PCI_CMD_MASTER))
		return BUS_NO_TARGET;
	if (!w->is_io && !pmm_map(b, (u32)(w->base + off), &wide))
		return BUS_NO_TARGET;
	*addr = (u32)wide;
	if (wide >> 32 == 0)		/* no card takes dual address cycles */
		*r = pci_bus_find(&b->bus, w->is_io ? PCI_IO : PCI_MEM, *addr);
	return BUS_OK;
}

static int win_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	const struct bridge_window *w = opaque;
	struct bridge *b = w->bridge;
	const struct pci_range *r;
	const struct pci_bar *bar;
	u32 addr, part = 0;
	int rc;

	if (off & (size - 1)) {		/* cards see natural alignment only */
		*val = 0;
		for (unsigned int i = 0; i < size; i++) {
			rc = win_read(opaque, off + i, 1, &part);
			if (rc < 0)
				return rc;
			*val = *val << 8 | (part & 0xff);
		}
		return BUS_OK;
	}
	*val = bridge_ones(size);
	rc = claim(w, off, &addr, &r);
	if (rc < 0)
		return rc;
	if (!r)
		return bridge_abort(b, PCI_STS_RMA, (u32)(w->base + off),
				    false);
	bar = &r->card->bar[r->bar];
	rc = bar->read ? bar->read(r->card, addr - r->first, size, &part) :
			 BUS_BAD_ACCESS;
	if (rc < 0)
		return bridge_abort(b, PCI_STS_RTA, (u32)(w->base + off),
				    false);
	*val = pci_swap(part, size);
	return rc;
}

static int win_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	const struct bridge_window *w = opaque;
	struct bridge *b = w->bridge;
	const struct pci_range *r;
	const struct pci_bar *bar;
	u32 addr;
	int rc;

	if (off & (size - 1)) {
		for (unsigned int i = 0; i < size; i++) {
			rc = win_write(opaque, off + i, 1,
				       val >> 8 * (size - 1 - i) & 0xff);
			if (rc < 0)
				return rc;
		}
		return BUS_OK;
	}
	rc = claim(w, off, &addr, &r);
	if (rc < 0)
		return rc;
	if (!r)
		return bridge_abort(b, PCI_STS_RMA, (u32)(w->base + off), true);
	bar = &r->card->bar[r->bar];
	rc = bar->write ? bar->write(r->card, addr - r->first, size,
				     pci_swap(val, size)) :
			  BUS_BAD_ACCESS;
	if (rc < 0)
		return bridge_abort(b, PCI_STS_RTA, (u32)(w->base + off), true);
	return rc;
}

/* Open a window, unless an open one has it already. */
static int window_open(struct bridge *b, const struct bridge_window *from,
		       struct errmsg *msg)
{
	struct bus_target t = { win_read, win_write, NULL, NULL };
	struct bridge_window *w = &b->win[b->windows];

	for (unsigned int i = 0; i < b->windows; i++)
		if (from->base >= b->win[i].base &&
		    from->base - b->win[i].base < b->win[i].size &&
		    from->size <= b->win[i].size -
					  (from->base - b->win[i].base) &&
		    from->is_io == b->win[i].is_io)
			return 0;
	if (b->windows == BRIDGE_WINDOWS)
		return err_set(msg, ERR_RANGE, "%s: ranges: above %d windows",
			       b->dev->path, BRIDGE_WINDOWS);
	*w = *from;
	w->bridge = b;
	t.opaque = w;
	b->windows++;
	return bus_map(b->dev->env->bus, w->base, w->size, &t, b->dev->path,
		       msg);
}

/* One entry of `ranges`: PCI address 3 cells, parent @na cells, size 2. */
static int range_open(struct bridge *b, const u8 *cell, unsigned int na,
		      struct errmsg *msg)
{
	u32 space = ldb32(cell) >> 24 & 3;
	struct bridge_window w = {
		.base = na == 2 ? ldb64(cell + 12) : ldb32(cell + 12),
		.size = ldb64(cell + 12 + 4 * na),
		.is_io = space == 1,
		.pci = ldb32(cell + 8),
	};

	return space ? window_open(b, &w, msg) : 0;
}

/**
 * bridge_map_windows - listen to the chip's windows and those of the node
 * @b:    bridge
 * @node: its node; the parent has two address cells on every 440, one is
 *        taken as well
 * @msg:  one line on failure
 *
 * Returns: 0; -ERR_FORMAT, -ERR_RANGE (too many), what bus_map() returns.
 * Source:  [405GP UM] 17.3.1; [LX] bamboo.dts for where they lie on a 440EP.
 */
int bridge_map_windows(struct bridge *b, const struct dev_node *node,
		       struct errmsg *msg)
{
	int len = 0, rc = 0, step = 28;
	const u8 *p = node->prop(node, "ranges", &len);

	for (unsigned int i = 0; i < ARRAY_SIZE(chip_windows) && !rc; i++)
		rc = window_open(b, &chip_windows[i], msg);
	if (rc || !p || len == 0)
		return rc;
	if (len % 28)
		step = 24;
	if (len % step)
		return err_set(msg, ERR_FORMAT,
			       "%s: ranges: %d bytes are no whole entries",
			       b->dev->path, len);
	for (int at = 0; at < len && !rc; at += step)
		rc = range_open(b, p + at, step == 28 ? 2 : 1, msg);
	return rc;
}
