/* SPDX-License-Identifier: MIT */
/*
 * soc/bus.h - the 36-bit physical address space: RAM, ROM and device windows.
 *
 * Values are as a big-endian CPU register sees them: the byte at the lowest
 * address is the most significant.  An access returns the wait cycles it
 * cost, 0 until the timing model says otherwise, or a negative bus status.
 */
#ifndef SOC_BUS_H
#define SOC_BUS_H

#include "base/env.h"
#include "base/err.h"
#include "base/preview.h"

enum bus_status {
	BUS_OK = 0,		/* or a count of wait cycles, > 0 */
	BUS_NO_TARGET = -1,	/* nothing answers there */
	BUS_BAD_ACCESS = -2,	/* the target rejects size or direction */
};

struct bus_target {
	/* @off: bytes from the window's start; @size: 1, 2 or 4 bytes */
	int (*read)(void *opaque, u64 off, unsigned int size, u32 *val);
	int (*write)(void *opaque, u64 off, unsigned int size, u32 val);
	void *opaque;
	/* what it says ahead, by offsets, into *@p, which is empty; or NULL */
	void (*preview)(void *opaque, struct preview *p);
};

enum bus_kind { BUS_RAM, BUS_ROM, BUS_DEVICE };

/* Who asks, so that an error is told to the right one. */
enum bus_master {
	BUS_CPU,
	BUS_DMA,		/* a DMA engine that does not say which */
	BUS_MAL,
	BUS_PCI,
	BUS_DMA0,
	BUS_OPB,		/* a master on the OPB: USB host */
	BUS_DMA1,
};

/* An access that nothing answered. */
struct bus_fault {
	paddr_t pa;
	unsigned int size;	/* bytes; of a DMA, those left */
	bool is_write;
	enum bus_master by;
};

/* Told of each fault: an arbiter or bridge that latches it. */
struct bus_watch {
	void (*no_answer)(void *opaque, const struct bus_fault *fault);
	void *opaque;
	struct bus_watch *next;	/* private to bus.c */
};

struct bus_window {
	paddr_t base;
	u64 size;		/* bytes */
	enum bus_kind kind;
	u8 *host;		/* RAM and ROM: backing memory, else NULL */
	struct bus_target target; /* of ROM: takes the writes, if anybody */
	const char *name;	/* borrowed; for messages */
	u64 accesses;
};

struct bus {
	struct bus_window *win;	/* sorted by base, disjoint */
	unsigned int count, last;
	u32 generation;		/* grows with every map or unmap */
	/* told when a window that a direct pointer may lead to goes away */
	void (*changed)(void *opaque, paddr_t base, u64 size);
	/* told of every write that does not come from the CPU */
	void (*dma_wrote)(void *opaque, paddr_t base, u64 size);
	void *opaque;
	u64 no_target;		/* accesses that nothing answered */
	struct bus_watch *watch;
};

void bus_init(struct bus *bus);
void bus_free(struct bus *bus);
int bus_map(struct bus *bus, paddr_t base, u64 size,
	    const struct bus_target *target, const char *name,
	    struct errmsg *msg);
int bus_map_memory(struct bus *bus, paddr_t base, u64 size, u8 *host,
		   enum bus_kind kind, const char *name, struct errmsg *msg);
/* Memory to read, of which the writes go to a device: flash, in array mode. */
int bus_map_rom(struct bus *bus, paddr_t base, u64 size, u8 *host,
		const struct bus_target *target, const char *name,
		struct errmsg *msg);
int bus_unmap(struct bus *bus, paddr_t base);
/* @watch: kept until bus_free; told after those that came before it. */
void bus_watch(struct bus *bus, struct bus_watch *watch);
struct bus_window *bus_find(struct bus *bus, paddr_t pa);

int bus_read(struct bus *bus, paddr_t pa, unsigned int size, u32 *val);
int bus_write(struct bus *bus, paddr_t pa, unsigned int size, u32 val);
/* For a target whose window shows a part of it, see bus.c. */
void preview_move(struct preview *p, u64 from, u64 to, u64 size);
/* What the device at @pa says ahead about its registers. */
void bus_preview(struct bus *bus, paddr_t pa, struct preview *p);
/* Host address of the RAM or ROM byte at @pa, with the bytes left; or NULL. */
u8 *bus_direct(struct bus *bus, paddr_t pa, bool *is_writable, u64 *left);

/* DMA: bytes in guest order; a device window in the way is an error. */
int bus_dma_read(struct bus *bus, paddr_t pa, void *buf, u64 size);
int bus_dma_write(struct bus *bus, paddr_t pa, const void *buf, u64 size);
/* The same, by a master that says who it is. */
int bus_dma_read_by(struct bus *bus, enum bus_master by, paddr_t pa, void *buf,
		    u64 size);
int bus_dma_write_by(struct bus *bus, enum bus_master by, paddr_t pa,
		     const void *buf, u64 size);

#endif
