/* SPDX-License-Identifier: MIT */
/*
 * soc/virtio_queue.c - the rings between driver and device, split and packed:
 * taking a chain, giving it back, and whether the driver wants to hear of it.
 *
 * Must not know what a request means nor how memory is reached.  Nothing that
 * the guest wrote is believed: a chain has at most VIRTIO_SEGS pieces however
 * its links run, an index may be ahead by at most the ring's size, and what
 * breaks a rule breaks the queue until a reset.
 *
 * A descriptor, split: address 8 | length 4 | flags 2 | next 2
 *              packed: address 8 | length 4 | id 2 | flags 2
 */
#include "soc/virtio.h"

#define DESC_BYTES	16u
#define F_NEXT		0x0001u
#define F_WRITE		0x0002u
#define F_INDIRECT	0x0004u
#define F_AVAIL		0x0080u		/* packed */
#define F_USED		0x8000u

/* Flags of the available ring and of a packed ring's event area. */
#define NO_INTERRUPT	1u
#define EVENTS_OFF	1u
#define EVENTS_AT	2u

struct desc {
	u64 addr;
	u32 bytes;
	u32 flags;
	u32 next;		/* packed: the id */
};

static bool has(const struct virtio *v, u64 feature)
{
	return v->features & feature;
}

static bool ring_read(struct virtio *v, struct virtio_queue *q, u64 addr,
		      u8 *buf, unsigned int bytes)
{
	if (v->bus->read(v->bus_opaque, addr, buf, bytes) >= 0)
		return true;
	virtq_break(v, q, "a ring is not in memory");
	return false;
}

static bool ring_write(struct virtio *v, struct virtio_queue *q, u64 addr,
		       const u8 *buf, unsigned int bytes)
{
	if (v->bus->write(v->bus_opaque, addr, buf, bytes) >= 0)
		return true;
	virtq_break(v, q, "a ring is not in memory");
	return false;
}

static bool ring_ld16(struct virtio *v, struct virtio_queue *q, u64 addr,
		      u32 *val)
{
	u8 b[2];

	if (!ring_read(v, q, addr, b, 2))
		return false;
	*val = (u32)virtio_get(b, 2, virtio_is_be(v));
	return true;
}

static bool ring_st16(struct virtio *v, struct virtio_queue *q, u64 addr,
		      u32 val)
{
	u8 b[2];

	virtio_put(b, 2, val, virtio_is_be(v));
	return ring_write(v, q, addr, b, 2);
}

static bool desc_load(struct virtio *v, struct virtio_queue *q, u64 table,
		      u32 i, struct desc *d)
{
	bool is_be = virtio_is_be(v);
	u32 w[2];
	u8 b[DESC_BYTES];

	if (!ring_read(v, q, table + (u64)i * DESC_BYTES, b, DESC_BYTES))
		return false;
	d->addr = virtio_get(b, 8, is_be);
	d->bytes = (u32)virtio_get(b + 8, 4, is_be);
	w[0] = (u32)virtio_get(b + 12, 2, is_be);
	w[1] = (u32)virtio_get(b + 14, 2, is_be);
	d->flags = w[has(v, VIRTIO_F_PACKED) ? 1 : 0];
	d->next = w[has(v, VIRTIO_F_PACKED) ? 0 : 1];
	return true;
}

/* Append the memory that @d describes. */
static bool chain_add(struct virtio *v, struct virtio_queue *q,
		      struct virtio_chain *c, const struct desc *d)
{
	bool is_in = d->flags & F_WRITE;

	if (c->outs + c->ins == VIRTIO_SEGS) {
		virtq_break(v, q, "a chain is too long or a loop");
		return false;
	}
	if (c->ins && !is_in) {
		virtq_break(v, q, "readable after writable memory");
		return false;
	}
	c->seg[c->outs + c->ins] = (struct virtio_seg){ d->addr, d->bytes };
	if (is_in) {
		c->ins++;
		c->in_bytes += d->bytes;
	} else {
		c->outs++;
		c->out_bytes += d->bytes;
	}
	return true;
}

static bool indirect_is_good(struct virtio *v, struct virtio_queue *q,
			     const struct desc *d)
{
	if (!has(v, VIRTIO_F_INDIRECT))
		virtq_break(v, q, "an indirect table was not agreed upon");
	else if (d->flags & F_NEXT)
		virtq_break(v, q, "a chain goes on after an indirect table");
	else if (!d->bytes || d->bytes % DESC_BYTES)
		virtq_break(v, q, "the size of an indirect table is wrong");
	return !q->is_broken;
}

/* A table in a split ring's format is linked by next. [VIRTIO] 2.7.5.3 */
static bool split_table(struct virtio *v, struct virtio_queue *q,
			struct virtio_chain *c, u64 table, u32 count, u32 i,
			bool is_indirect)
{
	struct desc d;

	for (;;) {
		if (i >= count) {
			virtq_break(v, q, "a descriptor number is too large");
			return false;
		}
		if (!desc_load(v, q, table, i, &d))
			return false;
		if (d.flags & F_INDIRECT) {
			if (is_indirect) {
				virtq_break(v, q, "indirect tables are nested");
				return false;
			}
			return indirect_is_good(v, q, &d) &&
			       split_table(v, q, c, d.addr,
					   d.bytes / DESC_BYTES, 0, true);
		}
		if (!chain_add(v, q, c, &d))
			return false;
		if (!(d.flags & F_NEXT))
			return true;
		i = d.next;
	}
}

static bool split_pop(struct virtio *v, struct virtio_queue *q,
		      struct virtio_chain *c)
{
	u32 idx, head;
	u16 ahead;

	if (!ring_ld16(v, q, q->driver + 2, &idx))
		return false;
	ahead = (u16)(idx - q->avail);
	if (!ahead) {
		/* avail_event: notify me of the next one. 2.7.10 */
		if (has(v, VIRTIO_F_EVENT_IDX) && !q->has_told)
			q->has_told = ring_st16(v, q, q->device + 4 +
						8ull * q->num, q->avail);
		return false;
	}
	if (ahead > q->num) {
		virtq_break(v, q, "the available index is too far ahead");
		return false;
	}
	if (!ring_ld16(v, q, q->driver + 4 + 2ull * (q->avail % q->num), &head))
		return false;
	c->id = head;
	c->slots = 1;
	q->avail++;
	q->has_told = false;
	return split_table(v, q, c, q->desc, q->num, head, false);
}

/* A table of a packed ring is used from end to end. [VIRTIO] 2.8.7 */
static bool packed_table(struct virtio *v, struct virtio_queue *q,
			 struct virtio_chain *c, u64 table, u32 count)
{
	struct desc d;

	for (u32 i = 0; i < count; i++) {
		if (!desc_load(v, q, table, i, &d))
			return false;
		if (d.flags & F_INDIRECT) {
			virtq_break(v, q, "indirect tables are nested");
			return false;
		}
		if (!chain_add(v, q, c, &d))
			return false;
	}
	return true;
}

static void packed_advance(const struct virtio_queue *q, u16 *at, bool *wrap,
			   u32 n)
{
	u32 to = *at + n;

	if (to >= q->num) {
		to -= q->num;
		*wrap = !*wrap;
	}
	*at = (u16)to;
}

static bool packed_pop(struct virtio *v, struct virtio_queue *q,
		       struct virtio_chain *c)
{
	struct desc d;

	if (!desc_load(v, q, q->desc, q->avail, &d))
		return false;
	if (!(d.flags & F_AVAIL) != !q->avail_wrap ||
	    !(d.flags & F_USED) != q->avail_wrap)
		return false;
	for (;;) {
		packed_advance(q, &q->avail, &q->avail_wrap, 1);
		if (++c->slots > q->num) {
			virtq_break(v, q, "a chain is longer than the ring");
			return false;
		}
		c->id = d.next;
		if (d.flags & F_INDIRECT)
			return indirect_is_good(v, q, &d) &&
			       packed_table(v, q, c, d.addr,
					    d.bytes / DESC_BYTES);
		if (!chain_add(v, q, c, &d))
			return false;
		if (!(d.flags & F_NEXT))
			return true;
		if (!desc_load(v, q, q->desc, q->avail, &d))
			return false;
	}
}

/**
 * virtq_pop - take the next chain that the driver made available
 * @v: device
 * @q: queue; one that breaks a rule is broken from then on
 * @c: filled; complete only on true
 *
 * A copy of *@q from before, put back, makes the chain available again.
 *
 * Returns: true; false when there is none.
 * Context: O(VIRTIO_SEGS), whatever the guest wrote.
 * Source:  [VIRTIO] 2.7.13, 2.8.21.
 */
bool virtq_pop(struct virtio *v, struct virtio_queue *q,
	       struct virtio_chain *c)
{
	c->id = c->slots = c->outs = c->ins = c->written = 0;
	c->out_bytes = c->in_bytes = 0;
	if (!q->is_enabled || q->is_broken)
		return false;
	return has(v, VIRTIO_F_PACKED) ? packed_pop(v, q, c) :
					 split_pop(v, q, c);
}

/**
 * virtq_push - give a chain back to the driver
 * @v:       device
 * @q:       queue
 * @c:       chain, by its id and slots
 * @written: bytes that the device wrote into it
 *
 * Source: [VIRTIO] 2.7.8, 2.8.6.
 */
void virtq_push(struct virtio *v, struct virtio_queue *q,
		const struct virtio_chain *c, u32 written)
{
	bool is_be = virtio_is_be(v);
	u8 b[8];

	if (q->is_broken)
		return;
	if (!has(v, VIRTIO_F_PACKED)) {
		virtio_put(b, 4, c->id, is_be);
		virtio_put(b + 4, 4, written, is_be);
		q->unsignalled++;
		if (ring_write(v, q, q->device + 4 + 8ull * (q->used % q->num),
			       b, 8))
			ring_st16(v, q, q->device + 2, ++q->used);
		return;
	}
	virtio_put(b, 4, written, is_be);
	virtio_put(b + 4, 2, c->id, is_be);
	virtio_put(b + 6, 2, (q->used_wrap ? F_AVAIL | F_USED : 0) |
			     (written ? F_WRITE : 0), is_be);
	q->unsignalled += (u16)c->slots;
	if (ring_write(v, q, q->desc + (u64)q->used * DESC_BYTES + 8, b, 8))
		packed_advance(q, &q->used, &q->used_wrap, c->slots);
}

/* Whether @event lies among the @n positions before @now. */
static bool event_is_past(u16 event, u16 now, u16 n)
{
	return (u16)(now - event - 1) < n;
}

static bool split_wants(struct virtio *v, struct virtio_queue *q)
{
	u32 val;

	if (!has(v, VIRTIO_F_EVENT_IDX))
		return ring_ld16(v, q, q->driver, &val) &&
		       !(val & NO_INTERRUPT);
	return ring_ld16(v, q, q->driver + 4 + 2ull * q->num, &val) &&
	       event_is_past((u16)val, q->used, q->unsignalled);
}

/* Driver event suppression: offset 15, wrap 1 | flags 2. [VIRTIO] 2.8.14 */
static bool packed_wants(struct virtio *v, struct virtio_queue *q)
{
	u32 at, flags;
	u16 event;

	if (!ring_ld16(v, q, q->driver + 2, &flags))
		return false;
	flags &= 3;
	if (flags != EVENTS_AT || !has(v, VIRTIO_F_EVENT_IDX))
		return flags != EVENTS_OFF;
	if (!ring_ld16(v, q, q->driver, &at))
		return false;
	event = at & 0x7fff;
	if (at >> 15 != q->used_wrap)
		event = (u16)(event - q->num);
	return event_is_past(event, q->used, q->unsignalled);
}

/**
 * virtq_signal - interrupt the driver, if it wants to hear of what was pushed
 * @v: device
 * @q: queue
 *
 * Source: [VIRTIO] 2.7.7, 2.7.10, 2.8.10.
 */
void virtq_signal(struct virtio *v, struct virtio_queue *q)
{
	bool is_wanted;

	if (!q->unsignalled || q->is_broken)
		return;
	is_wanted = has(v, VIRTIO_F_PACKED) ? packed_wants(v, q) :
					      split_wants(v, q);
	q->unsignalled = 0;
	if (is_wanted)
		virtio_raise(v, VIRTIO_ISR_QUEUE);
}

/**
 * virtq_enable - the driver says that a queue is set up
 * @v: device
 * @q: queue with num and addresses set; a size that cannot be stays off
 *
 * Source: [VIRTIO] 2.7 (a power of 2), 2.8.14 (device area).
 */
void virtq_enable(struct virtio *v, struct virtio_queue *q)
{
	if (q->is_enabled || !q->num || q->num > v->ops->queue_num)
		return;
	if (!has(v, VIRTIO_F_PACKED) && q->num & (q->num - 1))
		return;
	q->is_enabled = true;
	/* notify me always: what an event saves here is next to nothing */
	if (has(v, VIRTIO_F_PACKED))
		ring_st16(v, q, q->device + 2, 0);
}

/**
 * virtq_place - put a legacy queue at an address, and enable it
 * @v:     device
 * @q:     queue with num set
 * @base:  address of the three parts, in one piece; 0 takes the queue away
 * @align: bytes, a power of 2
 *
 * Source: [VIRTIO] 2.7.2.
 */
void virtq_place(struct virtio *v, struct virtio_queue *q, u64 base, u32 align)
{
	u32 num = q->num;
	u64 end;

	virtq_reset(v, q);
	q->num = num;
	if (!base || !align || align & (align - 1))
		return;
	q->desc = base;
	q->driver = base + (u64)num * DESC_BYTES;
	end = q->driver + 6 + 2ull * num;
	q->device = (end + align - 1) & ~((u64)align - 1);
	virtq_enable(v, q);
}
