/* SPDX-License-Identifier: MIT */
/*
 * soc/virtio.h - a virtio device: what a transport (PCI, MMIO) and a device
 * type (disk, network, ...) are to the core, and what they may ask of it.
 *
 * The core (virtio.c, virtio_queue.c, virtio_chain.c) knows status, features,
 * rings and chains.  A transport knows registers and how memory is reached; a
 * type knows what the bytes of a request mean.  None knows the other two.
 *
 * Byte order: with VERSION_1 negotiated everything is little-endian, without
 * it the rings, headers and configuration are in the guest's order, which is
 * big-endian here ([VIRTIO] 2.4.3, 2.6.8).  virtio_get and virtio_put are the
 * only places that know how.
 */
#ifndef SOC_VIRTIO_H
#define SOC_VIRTIO_H

#include "base/env.h"
#include "base/err.h"
#include "soc/dev.h"

#define VIRTIO_VENDOR		0x1af4u
#define VIRTIO_QUEUES		4
#define VIRTIO_QUEUE_MAX	256	/* entries */
#define VIRTIO_SEGS		256	/* pieces of memory in one chain */
#define VIRTIO_CONFIG_MAX	104	/* bytes; fits the legacy I/O BAR */

/* Device status, [VIRTIO] 2.1. */
#define VIRTIO_S_DRIVER_OK	0x04u
#define VIRTIO_S_FEATURES_OK	0x08u
#define VIRTIO_S_NEEDS_RESET	0x40u

/* Feature bits that belong to no type, [VIRTIO] 6. */
#define VIRTIO_BIT(n)		((u64)1 << (n))
#define VIRTIO_F_ANY_LAYOUT	VIRTIO_BIT(27)	/* legacy interface only */
#define VIRTIO_F_INDIRECT	VIRTIO_BIT(28)
#define VIRTIO_F_EVENT_IDX	VIRTIO_BIT(29)
#define VIRTIO_F_VERSION_1	VIRTIO_BIT(32)
#define VIRTIO_F_PACKED		VIRTIO_BIT(34)
#define VIRTIO_F_RING_RESET	VIRTIO_BIT(40)

/* Interrupt status. */
#define VIRTIO_ISR_QUEUE	1u
#define VIRTIO_ISR_CONFIG	2u

struct virtio;

/* How a transport reaches guest memory and its interrupt. */
struct virtio_bus {
	/* BUS_OK or a negative bus status */
	int (*read)(void *opaque, u64 addr, void *buf, u64 bytes);
	int (*write)(void *opaque, u64 addr, const void *buf, u64 bytes);
	/* host pointer to RAM, @left bytes in one piece; or NULL */
	u8 *(*direct)(void *opaque, u64 addr, bool will_write, u64 *left);
	/* told after writing through such a pointer */
	void (*wrote)(void *opaque, u64 addr, u64 bytes);
	void (*irq)(void *opaque, bool level);
};

/* One piece of guest memory. */
struct virtio_seg {
	u64 addr;
	u32 bytes;
};

/* One request: first what the device reads, then what it writes. */
struct virtio_chain {
	u32 id;			/* what the used ring gives back */
	u32 slots;		/* places it takes in a packed ring */
	u32 outs, ins;
	u64 out_bytes, in_bytes;
	u32 written;		/* set by the type: bytes filled in */
	struct virtio_seg seg[VIRTIO_SEGS];
};

struct virtio_queue {
	u32 num;		/* entries; as the driver set them */
	u64 desc, driver, device;
	bool is_enabled, is_broken, is_kicked;
	/* next to take and next to give back; positions, wrap counters */
	u16 avail, used;
	bool avail_wrap, used_wrap;
	u16 unsignalled;	/* given back since the last look at events */
	bool has_told;		/* avail_event holds @avail */
};

enum virtio_done {
	VIRTIO_DONE,		/* give the chain back, c->written bytes */
	VIRTIO_AGAIN,		/* offer the same chain again, soon */
};

struct virtio_config {
	u8 b[VIRTIO_CONFIG_MAX];
	bool is_be;
};

/* One device type. */
struct virtio_ops {
	const char *name;	/* as culm,virtio of a node says */
	u16 type;		/* [VIRTIO] 5 */
	u16 pci_id;		/* of the transitional device; 0: none */
	u32 pci_class;
	u64 features;
	size_t priv_size;
	u16 queues, queue_num;
	u32 inputs;		/* mask of queues that the device fills */
	/* sets config_bytes; -ERR_NOENT: nothing there to serve */
	int (*probe)(struct virtio *v, const struct dev_node *node,
		     struct errmsg *msg);
	void (*remove)(struct virtio *v);
	void (*reset)(struct virtio *v);
	/* fill in the configuration space, all of it */
	void (*config)(struct virtio *v, struct virtio_config *c);
	/* the driver changed @bytes at @off; @c is the whole, merged */
	void (*config_wrote)(struct virtio *v, const struct virtio_config *c,
			     u32 off, u32 bytes);
	/* a request of queue @i, which is not an input */
	enum virtio_done (*request)(struct virtio *v, unsigned int i,
				    struct virtio_chain *c);
	/* the driver added buffers to input @i */
	void (*room)(struct virtio *v, unsigned int i);
};

struct virtio {
	const struct virtio_ops *ops;
	void *priv;		/* the type's */
	struct dev *dev;	/* names it, lends the scheduler */
	const struct virtio_bus *bus;
	void *bus_opaque;
	u64 host_features, features;
	u32 host_sel, driver_sel, queue_sel;
	u32 status, isr, generation;
	u32 config_bytes;
	u32 index;		/* of the host's drive, cable, ... */
	struct virtio_queue queue[VIRTIO_QUEUES];
	struct virtio_chain chain;	/* the one being served */
	struct sched_event run;
	u64 breaks;		/* queues that a driver broke */
};

/* Each device type; NULL-terminated. */
extern const struct virtio_ops *const virtio_types[];

const struct virtio_ops *virtio_find(const char *name);
int virtio_init(struct virtio *v, const struct virtio_ops *ops,
		struct dev *dev, const struct dev_node *node,
		const struct virtio_bus *bus, void *bus_opaque,
		struct errmsg *msg);
void virtio_remove(struct virtio *v);

/* What a transport calls. */
void virtio_reset(struct virtio *v);
void virtio_set_status(struct virtio *v, u32 status, bool is_legacy);
u32 virtio_host_features(const struct virtio *v, bool is_legacy);
u32 virtio_driver_features(const struct virtio *v);
void virtio_set_features(struct virtio *v, u32 bits, bool is_legacy);
struct virtio_queue *virtio_queue(struct virtio *v);
u32 virtio_queue_max(const struct virtio *v);
void virtio_kick(struct virtio *v, u32 i);
u32 virtio_isr_take(struct virtio *v, u32 bits);
void virtio_config_read(struct virtio *v, u32 off, u8 *buf, u32 bytes,
			bool is_be);
void virtio_config_write(struct virtio *v, u32 off, const u8 *buf, u32 bytes,
			 bool is_be);
void virtq_enable(struct virtio *v, struct virtio_queue *q);
void virtq_place(struct virtio *v, struct virtio_queue *q, u64 base,
		 u32 align);
void virtq_reset(struct virtio *v, struct virtio_queue *q);

/* What a type calls. */
bool virtio_is_live(const struct virtio *v, unsigned int i);
void virtio_config_changed(struct virtio *v);
bool virtq_pop(struct virtio *v, struct virtio_queue *q,
	       struct virtio_chain *c);
void virtq_push(struct virtio *v, struct virtio_queue *q,
		const struct virtio_chain *c, u32 written);
void virtq_signal(struct virtio *v, struct virtio_queue *q);
void virtq_break(struct virtio *v, struct virtio_queue *q, const char *why);
void virtio_raise(struct virtio *v, u32 bits);
bool virtio_chain_read(struct virtio *v, const struct virtio_chain *c, u64 off,
		       void *buf, u64 bytes);
bool virtio_chain_write(struct virtio *v, const struct virtio_chain *c,
			u64 off, const void *buf, u64 bytes);

/*
 * A walk over the memory of a chain in pieces that lie in one piece at the
 * host: virtio_walk_start, then virtio_walk until it gives NULL.
 */
struct virtio_walk {
	const struct virtio_seg *seg, *end;
	u64 skip;		/* bytes of *seg that are done */
	u64 left;		/* bytes still wanted */
	bool will_write, is_bad;
};

void virtio_walk_start(struct virtio_walk *w, const struct virtio_chain *c,
		       bool will_write, u64 off, u64 bytes);
u8 *virtio_walk(struct virtio *v, struct virtio_walk *w, u64 *addr, u64 *n);

/* A number of 1, 2, 4 or 8 bytes in either byte order. */
static inline u64 virtio_get(const u8 *p, unsigned int bytes, bool is_be)
{
	u64 val = 0;

	for (unsigned int i = 0; i < bytes; i++)
		val |= (u64)p[is_be ? bytes - 1 - i : i] << 8 * i;
	return val;
}

static inline void virtio_put(u8 *p, unsigned int bytes, u64 val, bool is_be)
{
	for (unsigned int i = 0; i < bytes; i++)
		p[is_be ? bytes - 1 - i : i] = (u8)(val >> 8 * i);
}

static inline void virtio_config_put(struct virtio_config *c, u32 off,
				     unsigned int bytes, u64 val)
{
	virtio_put(c->b + off, bytes, val, c->is_be);
}

/* Without VERSION_1 the driver uses the legacy interface: guest order. */
static inline bool virtio_is_be(const struct virtio *v)
{
	return !(v->features & VIRTIO_F_VERSION_1);
}

#endif
