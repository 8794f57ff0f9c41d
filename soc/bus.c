/* SPDX-License-Identifier: MIT */
/*
 * soc/bus.c - the 36-bit physical address space: finds the window that an
 * address falls into and passes the access on.
 *
 * Owns the sorted table of windows; borrows RAM, ROM and device targets.
 * Must not know which devices exist.  Who asks matters for one thing: what
 * nothing answers is told to the watchers, with the asker.
 */
#include "soc/bus.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/log.h"
#include "base/xalloc.h"

#define BUS_END ((paddr_t)1 << 36)

/**
 * bus_init - an empty address space
 * @bus: filled; the caller sets the callbacks afterwards
 */
void bus_init(struct bus *bus)
{
	memset(bus, 0, sizeof(*bus));
}

/**
 * bus_free - forget all windows
 * @bus: memory and devices behind it are their owners' to free
 */
void bus_free(struct bus *bus)
{
	free(bus->win);
	bus_init(bus);
}

static bool window_holds(const struct bus_window *w, paddr_t pa)
{
	return pa >= w->base && pa - w->base < w->size;
}

/* Index of the first window whose base lies above @pa. */
static unsigned int windows_upto(const struct bus *bus, paddr_t pa)
{
	unsigned int lo = 0, hi = bus->count;

	while (lo < hi) {
		unsigned int mid = lo + (hi - lo) / 2;

		if (bus->win[mid].base <= pa)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/**
 * bus_find - the window that holds an address
 * @bus: only its last-hit shortcut changes
 * @pa:  real address
 *
 * Returns: the window, valid until the next map or unmap; NULL for none.
 * Context: O(log n), O(1) for the window that was hit last.
 */
struct bus_window *bus_find(struct bus *bus, paddr_t pa)
{
	unsigned int n;

	if (bus->last < bus->count && window_holds(&bus->win[bus->last], pa))
		return &bus->win[bus->last];
	n = windows_upto(bus, pa);
	if (n == 0 || !window_holds(&bus->win[n - 1], pa))
		return NULL;
	bus->last = n - 1;
	return &bus->win[n - 1];
}

static int conflict(const struct bus_window *a, const struct bus_window *b,
		    struct errmsg *msg)
{
	return err_set(msg, ERR_CONFLICT,
		       "%s: 0x%" PRIx64 "..0x%" PRIx64
		       " overlaps %s: 0x%" PRIx64 "..0x%" PRIx64,
		       a->name, a->base, a->base + a->size - 1,
		       b->name, b->base, b->base + b->size - 1);
}

static int window_add(struct bus *bus, const struct bus_window *w,
		      struct errmsg *msg)
{
	unsigned int at;

	if (w->size == 0 || w->base >= BUS_END || w->size > BUS_END - w->base)
		return err_set(msg, ERR_RANGE,
			       "%s: 0x%" PRIx64 " bytes at 0x%" PRIx64
			       " do not fit the 36-bit address space",
			       w->name, w->size, w->base);
	at = windows_upto(bus, w->base);
	if (at > 0 && window_holds(&bus->win[at - 1], w->base))
		return conflict(w, &bus->win[at - 1], msg);
	if (at < bus->count && window_holds(w, bus->win[at].base))
		return conflict(w, &bus->win[at], msg);
	bus->win = xrealloc(bus->win, bus->count + 1, sizeof(*bus->win));
	memmove(&bus->win[at + 1], &bus->win[at],
		(bus->count - at) * sizeof(*bus->win));
	bus->win[at] = *w;
	bus->count++;
	bus->generation++;
	return 0;
}

/**
 * bus_map - let a device answer a range of addresses
 * @bus:    address space
 * @base:   first address
 * @size:   bytes
 * @target: copied; a missing callback rejects that direction
 * @name:   borrowed for the life of the window; for messages
 * @msg:    one line on failure
 *
 * Returns: 0, -ERR_RANGE (empty or beyond 36 bits), -ERR_CONFLICT (overlaps
 *          another window; the message names both).
 * Context: not inside a bus access of the same bus; may allocate.
 */
int bus_map(struct bus *bus, paddr_t base, u64 size,
	    const struct bus_target *target, const char *name,
	    struct errmsg *msg)
{
	struct bus_window w = {
		.base = base, .size = size, .kind = BUS_DEVICE,
		.target = *target, .name = name,
	};

	return window_add(bus, &w, msg);
}

/**
 * bus_map_memory - let host memory answer a range of addresses
 * @bus:  address space
 * @base: first address
 * @size: bytes
 * @host: @size bytes, borrowed for the life of the window
 * @kind: BUS_RAM, or BUS_ROM, which ignores writes
 * @name: borrowed for the life of the window; for messages
 * @msg:  one line on failure
 *
 * Returns: 0, -ERR_RANGE, -ERR_CONFLICT, as bus_map().
 */
int bus_map_memory(struct bus *bus, paddr_t base, u64 size, u8 *host,
		   enum bus_kind kind, const char *name, struct errmsg *msg)
{
	struct bus_window w = {
		.base = base, .size = size, .kind = kind,
		.host = host, .name = name,
	};

	BUG_ON(kind == BUS_DEVICE || !host);
	return window_add(bus, &w, msg);
}

/**
 * bus_map_rom - let host memory answer reads, and a device see the writes
 * @bus:    address space
 * @base:   first address
 * @size:   bytes
 * @host:   @size bytes, borrowed for the life of the window
 * @target: copied; only its write is used, NULL there ignores writes
 * @name:   borrowed for the life of the window; for messages
 * @msg:    one line on failure
 *
 * The write may unmap the window itself: the bus does not look at it again.
 *
 * Returns: 0, -ERR_RANGE, -ERR_CONFLICT, as bus_map().
 */
int bus_map_rom(struct bus *bus, paddr_t base, u64 size, u8 *host,
		const struct bus_target *target, const char *name,
		struct errmsg *msg)
{
	struct bus_window w = {
		.base = base, .size = size, .kind = BUS_ROM,
		.host = host, .target = *target, .name = name,
	};

	BUG_ON(!host);
	return window_add(bus, &w, msg);
}

/**
 * bus_watch - ask to be told of accesses that nothing answers
 * @bus:   address space
 * @watch: borrowed until bus_free; its two fields are set
 */
void bus_watch(struct bus *bus, struct bus_watch *watch)
{
	struct bus_watch **at = &bus->watch;

	while (*at)
		at = &(*at)->next;
	watch->next = NULL;
	*at = watch;
}

/**
 * bus_unmap - take the window at a base address away
 * @bus:  address space; `changed` is told if the window was memory
 * @base: first address of the window
 *
 * Returns: 0, -ERR_NOENT when no window starts there.
 */
int bus_unmap(struct bus *bus, paddr_t base)
{
	struct bus_window *w = bus_find(bus, base);
	unsigned int at;
	bool had_host;
	u64 size;

	if (!w || w->base != base)
		return -ERR_NOENT;
	at = (unsigned int)(w - bus->win);
	size = w->size;
	had_host = w->host != NULL;
	memmove(w, w + 1, (bus->count - at - 1) * sizeof(*w));
	bus->count--;
	bus->generation++;
	if (had_host && bus->changed)
		bus->changed(bus->opaque, base, size);
	return 0;
}

static u32 memory_load(const u8 *p, unsigned int size)
{
	switch (size) {
	case 1:
		return *p;
	case 2:
		return ldb16(p);
	default:
		return ldb32(p);
	}
}

static void memory_store(u8 *p, unsigned int size, u32 val)
{
	switch (size) {
	case 1:
		*p = (u8)val;
		break;
	case 2:
		stb16(p, val);
		break;
	default:
		stb32(p, val);
	}
}

static noinline int no_target(struct bus *bus, paddr_t pa, u64 size,
			      bool is_write, enum bus_master by)
{
	const struct bus_fault fault = {
		.pa = pa, .is_write = is_write, .by = by,
		.size = size > 0xffffffffu ? 0xffffffffu : (unsigned int)size,
	};
	struct bus_watch *w;

	bus->no_target++;
	for (w = bus->watch; w; w = w->next)
		w->no_answer(w->opaque, &fault);
	return BUS_NO_TARGET;
}

/*
 * An access over a window's end goes out byte by byte, as the 440 splits a
 * misaligned access: the bytes before a failing one have taken effect.
 */
static int read_split(struct bus *bus, paddr_t pa, unsigned int size, u32 *val)
{
	u32 sum = 0, byte;
	int cost = 0, rc;

	for (unsigned int i = 0; i < size; i++) {
		rc = bus_read(bus, pa + i, 1, &byte);
		if (rc < 0)
			return rc;
		sum = sum << 8 | (byte & 0xff);
		cost += rc;
	}
	*val = sum;
	return cost;
}

static int write_split(struct bus *bus, paddr_t pa, unsigned int size, u32 val)
{
	int cost = 0, rc;

	for (unsigned int i = 0; i < size; i++) {
		rc = bus_write(bus, pa + i, 1,
			       val >> 8 * (size - 1 - i) & 0xff);
		if (rc < 0)
			return rc;
		cost += rc;
	}
	return cost;
}

/**
 * bus_read - read up to four bytes
 * @bus:  address space
 * @pa:   real address, any alignment
 * @size: 1, 2 or 4 bytes
 * @val:  set; right-justified, the byte at @pa most significant; 0 on failure
 *
 * Returns: BUS_OK or wait cycles, BUS_NO_TARGET, BUS_BAD_ACCESS.
 * Units:   wait cycles of the CPU clock.
 */
int bus_read(struct bus *bus, paddr_t pa, unsigned int size, u32 *val)
{
	struct bus_window *w;
	u64 off;

	*val = 0;
	if (size != 1 && size != 2 && size != 4)
		return BUS_BAD_ACCESS;
	w = bus_find(bus, pa);
	if (!w)
		return no_target(bus, pa, size, false, BUS_CPU);
	off = pa - w->base;
	if (w->size - off < size)
		return read_split(bus, pa, size, val);
	w->accesses++;
	if (w->host) {
		*val = memory_load(w->host + off, size);
		return BUS_OK;
	}
	if (!w->target.read)
		return BUS_BAD_ACCESS;
	return w->target.read(w->target.opaque, off, size, val);
}

/**
 * bus_write - write up to four bytes
 * @bus:  address space
 * @pa:   real address, any alignment
 * @size: 1, 2 or 4 bytes
 * @val:  right-justified, the byte for @pa most significant
 *
 * A write to ROM is a bus cycle that the chip ignores, so it succeeds; or
 * takes as a command, if the window names somebody for that.
 *
 * Returns: BUS_OK or wait cycles, BUS_NO_TARGET, BUS_BAD_ACCESS.
 * Units:   wait cycles of the CPU clock.
 */
int bus_write(struct bus *bus, paddr_t pa, unsigned int size, u32 val)
{
	struct bus_window *w;
	u64 off;

	if (size != 1 && size != 2 && size != 4)
		return BUS_BAD_ACCESS;
	w = bus_find(bus, pa);
	if (!w)
		return no_target(bus, pa, size, true, BUS_CPU);
	off = pa - w->base;
	if (w->size - off < size)
		return write_split(bus, pa, size, val);
	w->accesses++;
	if (w->kind == BUS_RAM) {
		memory_store(w->host + off, size, val);
		return BUS_OK;
	}
	if (!w->target.write)
		return w->host ? BUS_OK : BUS_BAD_ACCESS;
	return w->target.write(w->target.opaque, off, size, val);
}

/**
 * preview_move - turn offsets of rows into others, or into addresses
 * @p:    rows; those that are not in the window go away
 * @from: offset of the window's start
 * @to:   what it becomes
 * @size: of the window, bytes
 */
void preview_move(struct preview *p, u64 from, u64 to, u64 size)
{
	unsigned int rows = 0;

	for (unsigned int i = 0; i < p->rows; i++) {
		u64 at = p->row[i].at - from;

		if (at >= size || size - at < p->row[i].size)
			continue;
		p->row[rows] = p->row[i];
		p->row[rows++].at = at + to;
	}
	p->rows = rows;
}

/**
 * bus_preview - what a device says ahead about its registers
 * @bus: address space
 * @pa:  an address of it
 * @p:   set; no rows when it says nothing
 */
void bus_preview(struct bus *bus, paddr_t pa, struct preview *p)
{
	struct bus_window *w = bus_find(bus, pa);

	p->rows = p->queued = 0;
	if (!w || w->host || !w->target.preview)
		return;
	w->target.preview(w->target.opaque, p);
	preview_move(p, 0, w->base, w->size);
}

/**
 * bus_direct - host address behind a real address
 * @bus:         address space
 * @pa:          real address
 * @is_writable: set when memory was found; false for ROM
 * @left:        set when memory was found; bytes up to the window's end, >= 1
 *
 * Returns: the byte's host address, NULL when @pa is a device or nothing.
 */
u8 *bus_direct(struct bus *bus, paddr_t pa, bool *is_writable, u64 *left)
{
	struct bus_window *w = bus_find(bus, pa);

	if (!w || !w->host)
		return NULL;
	*is_writable = w->kind == BUS_RAM;
	*left = w->size - (pa - w->base);
	return w->host + (pa - w->base);
}

/* Memory at @pa for a DMA of up to *@n bytes, *@n cut at the window's end. */
static int dma_piece(struct bus *bus, paddr_t pa, u64 *n,
		     struct bus_window **win, bool is_write,
		     enum bus_master by)
{
	struct bus_window *w = bus_find(bus, pa);
	u64 left;

	if (!w)
		return no_target(bus, pa, *n, is_write, by);
	if (!w->host)
		return BUS_BAD_ACCESS;
	left = w->size - (pa - w->base);
	if (*n > left)
		*n = left;
	w->accesses++;
	*win = w;
	return BUS_OK;
}

/**
 * bus_dma_read_by - a device reads memory
 * @bus:  address space
 * @by:   which master it is, for the error registers
 * @pa:   first address
 * @buf:  filled in guest byte order, up to the failing address
 * @size: bytes; may cross windows
 *
 * Returns: BUS_OK, BUS_NO_TARGET, BUS_BAD_ACCESS (a device is in the way).
 */
int bus_dma_read_by(struct bus *bus, enum bus_master by, paddr_t pa, void *buf,
		    u64 size)
{
	struct bus_window *w = NULL;
	u8 *to = buf;

	while (size) {
		u64 n = size;
		int rc = dma_piece(bus, pa, &n, &w, false, by);

		if (rc < 0)
			return rc;
		memcpy(to, w->host + (pa - w->base), (size_t)n);
		to += n;
		pa += n;
		size -= n;
	}
	return BUS_OK;
}

/**
 * bus_dma_write_by - a device writes memory
 * @bus:  address space; `dma_wrote` is told of each piece of RAM written
 * @by:   which master it is, for the error registers
 * @pa:   first address
 * @buf:  bytes in guest order
 * @size: bytes; may cross windows; those that hit ROM are lost
 *
 * Returns: BUS_OK, BUS_NO_TARGET, BUS_BAD_ACCESS (a device is in the way);
 *          the bytes before the failing address have been written.
 */
int bus_dma_write_by(struct bus *bus, enum bus_master by, paddr_t pa,
		     const void *buf, u64 size)
{
	struct bus_window *w = NULL;
	const u8 *from = buf;

	while (size) {
		u64 n = size;
		int rc = dma_piece(bus, pa, &n, &w, true, by);

		if (rc < 0)
			return rc;
		if (w->kind == BUS_RAM) {
			memcpy(w->host + (pa - w->base), from, (size_t)n);
			if (bus->dma_wrote)
				bus->dma_wrote(bus->opaque, pa, n);
		}
		from += n;
		pa += n;
		size -= n;
	}
	return BUS_OK;
}

/**
 * bus_dma_read - a device reads memory, and does not say which it is
 * @bus:  address space
 * @pa:   first address
 * @buf:  filled in guest byte order, up to the failing address
 * @size: bytes; may cross windows
 *
 * Returns: as bus_dma_read_by().
 */
int bus_dma_read(struct bus *bus, paddr_t pa, void *buf, u64 size)
{
	return bus_dma_read_by(bus, BUS_DMA, pa, buf, size);
}

/**
 * bus_dma_write - a device writes memory, and does not say which it is
 * @bus:  address space
 * @pa:   first address
 * @buf:  bytes in guest order
 * @size: bytes; may cross windows; those that hit ROM are lost
 *
 * Returns: as bus_dma_write_by().
 */
int bus_dma_write(struct bus *bus, paddr_t pa, const void *buf, u64 size)
{
	return bus_dma_write_by(bus, BUS_DMA, pa, buf, size);
}
