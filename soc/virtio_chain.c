/* SPDX-License-Identifier: MIT */
/*
 * soc/virtio_chain.c - the bytes of one request: copying out of and into the
 * pieces of guest memory that a chain lists, and walking over them in place.
 *
 * Must not know rings nor what the bytes mean.  How many bytes are moved is
 * the caller's to bound: a chain may claim 256 pieces of 4 GiB each.
 */
#include "soc/virtio.h"

/**
 * virtio_walk_start - begin a walk over one side of a chain
 * @w:          filled
 * @c:          chain, lent until the walk ends
 * @will_write: the side that the device writes, else the one it reads
 * @off:        bytes to leave out at the start
 * @bytes:      to walk over
 */
void virtio_walk_start(struct virtio_walk *w, const struct virtio_chain *c,
		       bool will_write, u64 off, u64 bytes)
{
	w->seg = will_write ? c->seg + c->outs : c->seg;
	w->end = w->seg + (will_write ? c->ins : c->outs);
	w->will_write = will_write;
	w->left = bytes;
	w->is_bad = false;
	for (; w->seg < w->end && off >= w->seg->bytes; w->seg++)
		off -= w->seg->bytes;
	w->skip = off;
}

/* Where the next bytes of the walk are: guest address and count, 0 at the end. */
static u64 walk_next(struct virtio_walk *w, u64 *addr)
{
	u64 n;

	while (w->left && w->seg < w->end && w->skip >= w->seg->bytes) {
		w->skip = 0;
		w->seg++;
	}
	if (!w->left || w->seg >= w->end)
		return 0;
	*addr = w->seg->addr + w->skip;
	n = w->seg->bytes - w->skip;
	return n < w->left ? n : w->left;
}

static void walk_step(struct virtio_walk *w, u64 n)
{
	w->skip += n;
	w->left -= n;
}

/**
 * virtio_walk - the next piece, in place
 * @v:    device
 * @w:    walk
 * @addr: set to the guest's address of the piece
 * @n:    set to its bytes
 *
 * After writing, the caller tells the transport with bus->wrote().
 *
 * Returns: host pointer; NULL at the end, when w->left is 0 if the chain had
 *          enough, or with w->is_bad when a piece is not in RAM.
 * Context: pointers are valid until the machine runs again.
 */
u8 *virtio_walk(struct virtio *v, struct virtio_walk *w, u64 *addr, u64 *n)
{
	u64 room = 0;
	u8 *p;

	*n = walk_next(w, addr);
	if (!*n || w->is_bad)
		return NULL;
	p = v->bus->direct(v->bus_opaque, *addr, w->will_write, &room);
	if (!p || !room) {
		w->is_bad = true;
		return NULL;
	}
	if (*n > room)
		*n = room;
	walk_step(w, *n);
	return p;
}

/**
 * virtio_chain_read - copy out of what the driver sent
 * @v:     device
 * @c:     chain
 * @off:   bytes from the start of its readable part
 * @buf:   filled on success
 * @bytes: count
 *
 * Returns: true; false when the chain is shorter or not in memory.
 */
bool virtio_chain_read(struct virtio *v, const struct virtio_chain *c, u64 off,
		       void *buf, u64 bytes)
{
	struct virtio_walk w;
	u64 addr = 0, n;
	u8 *to = buf;

	virtio_walk_start(&w, c, false, off, bytes);
	while ((n = walk_next(&w, &addr)) != 0) {
		if (v->bus->read(v->bus_opaque, addr, to, n) < 0)
			return false;
		to += n;
		walk_step(&w, n);
	}
	return !w.left;
}

/**
 * virtio_chain_write - copy into what the driver left room for
 * @v:     device
 * @c:     chain
 * @off:   bytes from the start of its writable part
 * @buf:   bytes
 * @bytes: count
 *
 * Returns: true; false when the chain is shorter or not in memory.
 */
bool virtio_chain_write(struct virtio *v, const struct virtio_chain *c,
			u64 off, const void *buf, u64 bytes)
{
	struct virtio_walk w;
	u64 addr = 0, n;
	const u8 *from = buf;

	virtio_walk_start(&w, c, true, off, bytes);
	while ((n = walk_next(&w, &addr)) != 0) {
		if (v->bus->write(v->bus_opaque, addr, from, n) < 0)
			return false;
		from += n;
		walk_step(&w, n);
	}
	return !w.left;
}
