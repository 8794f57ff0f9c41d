/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/virtio_rig.h - a small driver of virtio over MMIO, by the OASIS
 * 1.2 specification, on the bench of dev_rig.h, and a disk, a cable, a line
 * and a share to be behind the device.
 *
 * The driver does its own rings and shares no code with the device.
 */
#ifndef TESTS_UNIT_VIRTIO_RIG_H
#define TESTS_UNIT_VIRTIO_RIG_H

#include "tests/unit/dev_rig.h"
#include "soc/virtio.h"

extern const struct dev_class virtio_mmio_class;

#define VM_BASE		0x80000000u
#define VM_NUM		8u
#define RING_AT(q)	(0x10000u + (q) * 0x4000u)
#define TABLE_AT	0x30000u	/* indirect tables */
#define DISK_BYTES	(256u << 10)

enum vm_layout { VM_LEGACY, VM_SPLIT, VM_PACKED };

struct vm_ring {
	u32 desc, driver, device;
	u32 free;		/* split: next descriptor */
	u16 avail, used;
	bool avail_wrap, used_wrap;
	u32 slots[VM_NUM * 4];	/* packed: descriptors by id */
};

struct vm {
	struct rig r;
	struct rig_prop props[6];
	struct dev *dev;
	enum vm_layout layout;
	u64 features;		/* negotiated */
	struct vm_ring ring[VIRTIO_QUEUES];
	bool level;		/* interrupt line */
	unsigned int raised;
	/* the disk */
	struct blk blk;
	u8 disk[DISK_BYTES];
	unsigned int reads, writes, flushes, zeroes;
	bool is_failing;
	/* the cable */
	struct net net;
	u8 sent[NET_FRAME_MAX];
	size_t sent_bytes;
	unsigned int sends;
	/* the line */
	struct chr chr;
	u8 line[256];
	size_t line_bytes;
	/* the share */
	struct share share;
	size_t asked;
	unsigned int share_resets;
};

/* One piece of a chain that the driver puts. */
struct vm_seg {
	u32 addr, bytes;
	bool is_in;
};

/* Byte order of the layout. [VIRTIO] 2.7.3 */
static inline void vm_put(struct vm *m, u32 at, unsigned int bytes, u64 val)
{
	for (unsigned int i = 0; i < bytes; i++)
		m->r.ram[at + (m->layout == VM_LEGACY ? bytes - 1 - i : i)] =
			(u8)(val >> 8 * i);
}

static inline u64 vm_get(struct vm *m, u32 at, unsigned int bytes)
{
	u64 val = 0;

	for (unsigned int i = 0; i < bytes; i++) {
		u32 k = m->layout == VM_LEGACY ? bytes - 1 - i : i;

		val |= (u64)m->r.ram[at + k] << 8 * i;
	}
	return val;
}

/* Registers are little-endian on the big-endian bus. 4.2.2 */
static inline u32 vm_reg(struct vm *m, u32 off)
{
	return __builtin_bswap32(rig_rd(&m->r, VM_BASE + off, 4));
}

static inline void vm_set(struct vm *m, u32 off, u32 val)
{
	rig_wr(&m->r, VM_BASE + off, 4, __builtin_bswap32(val));
}

/* A number of the configuration space, read bytewise. */
static inline u64 vm_config(struct vm *m, u32 off, unsigned int bytes)
{
	u64 val = 0;

	for (unsigned int i = 0; i < bytes; i++) {
		u64 b = rig_rd(&m->r, VM_BASE + 0x100 + off + i, 1);

		val |= b << 8 * (m->layout == VM_LEGACY ? bytes - 1 - i : i);
	}
	return val;
}

static inline int vm_disk_read(void *opaque, u64 off, void *buf, u64 bytes)
{
	struct vm *m = opaque;

	m->reads++;
	if (m->is_failing)
		return -ERR_IO;
	memcpy(buf, m->disk + off, bytes);
	return 0;
}

static inline int vm_disk_write(void *opaque, u64 off, const void *buf,
				u64 bytes)
{
	struct vm *m = opaque;

	m->writes++;
	if (m->is_failing)
		return -ERR_IO;
	memcpy(m->disk + off, buf, bytes);
	return 0;
}

static inline int vm_disk_flush(void *opaque)
{
	struct vm *m = opaque;

	m->flushes++;
	return m->is_failing ? -ERR_IO : 0;
}

static inline int vm_disk_zero(void *opaque, u64 off, u64 bytes)
{
	struct vm *m = opaque;

	m->zeroes++;
	memset(m->disk + off, 0, bytes);
	return 0;
}

static inline void vm_send(void *opaque, const u8 *frame, size_t bytes)
{
	struct vm *m = opaque;

	m->sends++;
	m->sent_bytes = bytes;
	memcpy(m->sent, frame, bytes);
}

static inline void vm_write(void *opaque, const u8 *buf, size_t n)
{
	struct vm *m = opaque;

	for (size_t i = 0; i < n; i++)
		m->line[m->line_bytes++ % sizeof(m->line)] = buf[i];
}

/* Answers with the request turned round, byte by byte. */
static inline size_t vm_request(void *opaque, const u8 *req, size_t bytes,
				u8 *reply, size_t room)
{
	struct vm *m = opaque;

	m->asked = bytes;
	for (size_t i = 0; i < bytes && i < room; i++)
		reply[i] = (u8)~req[i];
	return bytes < room ? bytes : room;
}

static inline void vm_share_reset(void *opaque)
{
	((struct vm *)opaque)->share_resets++;
}

static inline struct blk *vm_blk(void *opaque, enum blk_role role,
				 unsigned int i)
{
	struct vm *m = opaque;

	return role == BLK_DRIVE && i == 0 ? &m->blk : NULL;
}

static inline struct net *vm_net(void *opaque, unsigned int i)
{
	return i == 0 ? &((struct vm *)opaque)->net : NULL;
}

static inline struct chr *vm_chr(void *opaque, unsigned int i)
{
	return i == 0 ? &((struct vm *)opaque)->chr : NULL;
}

static inline struct share *vm_share(void *opaque, unsigned int i)
{
	return i == 0 ? &((struct vm *)opaque)->share : NULL;
}

static inline void vm_random(void *opaque, void *buf, size_t bytes)
{
	(void)opaque;
	memset(buf, 0xa5, bytes);
}

static inline void vm_irq(void *opaque, unsigned int input, bool level)
{
	struct vm *m = opaque;

	(void)input;
	m->level = level;
	m->raised += level;
}

/* Host side of the bench, open already, before the device is made. */
static inline void vm_back(struct vm *m)
{
	static const struct blk_ops disk = {
		vm_disk_read, vm_disk_write, vm_disk_flush, vm_disk_zero,
	};
	static const struct net_host_ops cable = { vm_send };
	static const struct chr_host_ops line = { .write = vm_write };

	m->blk = (struct blk){ &disk, m, DISK_BYTES, false, "disk" };
	m->net = (struct net){ .host = &cable, .host_opaque = m };
	m->chr = (struct chr){ .host = &line, .host_opaque = m };
	m->share = (struct share){ vm_request, vm_share_reset, m, "hostshare" };
	m->r.env.opaque = m;
	m->r.env.blk = vm_blk;
	m->r.env.net = vm_net;
	m->r.env.serial = vm_chr;
	m->r.env.share = vm_share;
	m->r.env.random = vm_random;
	for (u32 i = 0; i < DISK_BYTES; i++)
		m->disk[i] = (u8)(i / 512 + i);
}

static inline void vm_host(struct vm *m)
{
	rig_open(&m->r);
	vm_back(m);
}

/* A device of @type that nobody has initialised yet. */
static inline struct vm *vm_new(const char *type, enum vm_layout layout)
{
	struct vm *m = calloc(1, sizeof(*m));
	unsigned int n = 0;

	vm_host(m);
	m->layout = layout;
	m->props[n++] = (struct rig_prop){
		.name = "culm,virtio", .str = type,
	};
	if (layout == VM_LEGACY)
		m->props[n++] = (struct rig_prop){ .name = "culm,legacy" };
	m->dev = rig_add(&m->r, &(struct rig_spec){
		.cls = &virtio_mmio_class, .mmio = { VM_BASE }, .nmmio = 1,
		.mmio_size = 0x200, .props = m->props,
	}, NULL);
	m->dev->irq[0].set = vm_irq;
	m->dev->irq[0].opaque = m;
	rig_start(&m->r);
	return m;
}

static inline void vm_close(struct vm *m)
{
	rig_close(&m->r);
	free(m);
}

static inline u64 vm_offered(struct vm *m)
{
	u64 f;

	vm_set(m, 0x014, 1);
	f = (u64)vm_reg(m, 0x010) << 32;
	vm_set(m, 0x014, 0);
	return f | vm_reg(m, 0x010);
}

/* Set a queue up. 4.2.3.2, 4.2.4 */
static inline void vm_queue(struct vm *m, u32 i)
{
	struct vm_ring *q = &m->ring[i];

	memset(q, 0, sizeof(*q));
	q->desc = RING_AT(i);
	q->driver = q->desc + 16 * VM_NUM;
	q->device = q->desc + 0x1000;
	q->avail_wrap = q->used_wrap = true;
	memset(m->r.ram + q->desc, 0, 0x2000);
	vm_set(m, 0x030, i);
	CU_ASSERT(vm_reg(m, 0x034) >= VM_NUM);
	vm_set(m, 0x038, VM_NUM);
	if (m->layout == VM_LEGACY) {
		vm_set(m, 0x03c, 4096);
		vm_set(m, 0x040, q->desc >> 12);
		return;
	}
	vm_set(m, 0x080, q->desc);
	vm_set(m, 0x084, 0);
	vm_set(m, 0x090, q->driver);
	vm_set(m, 0x094, 0);
	vm_set(m, 0x0a0, q->device);
	vm_set(m, 0x0a4, 0);
	vm_set(m, 0x044, 1);
	CU_ASSERT_EQUAL(vm_reg(m, 0x044), 1);
}

/* Initialise by 3.1.1, all but @without of what is offered, @queues queues. */
static inline void vm_start(struct vm *m, u64 without, u32 queues)
{
	u64 f = vm_offered(m) & ~without;

	if (m->layout != VM_PACKED)
		f &= ~VIRTIO_F_PACKED;
	m->features = f;
	vm_set(m, 0x070, 0);
	vm_set(m, 0x070, 1);
	vm_set(m, 0x070, 3);
	if (m->layout == VM_LEGACY)
		vm_set(m, 0x028, 4096);
	vm_set(m, 0x024, 0);
	vm_set(m, 0x020, (u32)f);
	if (m->layout != VM_LEGACY) {
		vm_set(m, 0x024, 1);
		vm_set(m, 0x020, (u32)(f >> 32));
		vm_set(m, 0x070, 11);
		CU_ASSERT_EQUAL(vm_reg(m, 0x070), 11);
	}
	for (u32 i = 0; i < queues; i++)
		vm_queue(m, i);
	vm_set(m, 0x070, m->layout == VM_LEGACY ? 7 : 15);
	while (rig_step(&m->r))
		;
	m->raised = 0;
}

static inline struct vm *vm_open(const char *type, enum vm_layout layout,
				 u64 without, u32 queues)
{
	struct vm *m = vm_new(type, layout);

	vm_start(m, without, queues);
	return m;
}

static inline void vm_desc(struct vm *m, u32 at, const struct vm_seg *s,
			   u32 flags, u32 next_or_id)
{
	vm_put(m, at, 8, s->addr);
	vm_put(m, at + 8, 4, s->bytes);
	vm_put(m, at + 12, 2, m->layout == VM_PACKED ? next_or_id : flags);
	vm_put(m, at + 14, 2, m->layout == VM_PACKED ? flags : next_or_id);
}

static inline u32 vm_put_split(struct vm *m, struct vm_ring *q,
			       const struct vm_seg *s, u32 n, u32 flags)
{
	u32 head = q->free % VM_NUM;

	for (u32 i = 0; i < n; i++) {
		u32 at = q->free++ % VM_NUM;

		vm_desc(m, q->desc + 16 * at, &s[i],
			flags | (s[i].is_in ? 2 : 0) | (i + 1 < n ? 1 : 0),
			q->free % VM_NUM);
	}
	vm_put(m, q->driver + 4 + 2 * (q->avail % VM_NUM), 2, head);
	q->avail++;
	vm_put(m, q->driver + 2, 2, q->avail);
	return head;
}

static inline u32 vm_put_packed(struct vm *m, struct vm_ring *q,
				const struct vm_seg *s, u32 n, u32 flags)
{
	u32 id = q->free++ % (VM_NUM * 4);

	q->slots[id] = n;
	for (u32 i = 0; i < n; i++) {
		vm_desc(m, q->desc + 16 * q->avail, &s[i],
			flags | (s[i].is_in ? 2 : 0) | (i + 1 < n ? 1 : 0) |
			(q->avail_wrap ? 0x80 : 0x8000), id);
		if (++q->avail == VM_NUM) {
			q->avail = 0;
			q->avail_wrap = !q->avail_wrap;
		}
	}
	return id;
}

/* Make a chain available; its id. */
static inline u32 vm_chain(struct vm *m, u32 i, const struct vm_seg *s, u32 n)
{
	return m->layout == VM_PACKED ?
		       vm_put_packed(m, &m->ring[i], s, n, 0) :
		       vm_put_split(m, &m->ring[i], s, n, 0);
}

/* The same through an indirect table at @table. 2.7.5.3, 2.8.7 */
static inline u32 vm_indirect(struct vm *m, u32 i, const struct vm_seg *s,
			      u32 n, u32 table)
{
	const struct vm_seg t = { table, 16 * n, false };
	bool is_packed = m->layout == VM_PACKED;

	for (u32 k = 0; k < n; k++)
		vm_desc(m, table + 16 * k, &s[k], (s[k].is_in ? 2 : 0) |
			(k + 1 < n && !is_packed ? 1 : 0),
			is_packed ? 0 : k + 1);
	return is_packed ? vm_put_packed(m, &m->ring[i], &t, 1, 4) :
			   vm_put_split(m, &m->ring[i], &t, 1, 4);
}

/* Notify, and let time pass until the device has nothing more to do. */
static inline void vm_kick(struct vm *m, u32 i)
{
	vm_set(m, 0x050, i);
	for (int n = 0; n < 100000 && rig_step(&m->r); n++)
		;
	CU_ASSERT_EQUAL(sched_next(&m->r.sched), SCHED_NEVER);
}

/* The next used chain: its id and length; false when there is none. */
static inline bool vm_used(struct vm *m, u32 i, u32 *id, u32 *bytes)
{
	struct vm_ring *q = &m->ring[i];
	u32 at, flags;

	if (m->layout != VM_PACKED) {
		at = q->device + 4 + 8 * (q->used % VM_NUM);
		if ((u16)vm_get(m, q->device + 2, 2) == q->used)
			return false;
		q->used++;
		*id = (u32)vm_get(m, at, 4);
		*bytes = (u32)vm_get(m, at + 4, 4);
		return true;
	}
	at = q->desc + 16 * q->used;
	flags = (u32)vm_get(m, at + 14, 2);
	if ((flags >> 7 & 1) != q->used_wrap || flags >> 15 != q->used_wrap)
		return false;
	*bytes = (u32)vm_get(m, at + 8, 4);
	*id = (u32)vm_get(m, at + 12, 2);
	q->used += (u16)q->slots[*id % (VM_NUM * 4)];
	if (q->used >= VM_NUM) {
		q->used -= VM_NUM;
		q->used_wrap = !q->used_wrap;
	}
	return true;
}

/* Expect one chain back, id @want, and none after it; its length. */
static inline u32 vm_expect(struct vm *m, u32 i, u32 want)
{
	u32 id = ~0u, bytes = ~0u;

	CU_ASSERT(vm_used(m, i, &id, &bytes));
	CU_ASSERT_EQUAL(id, want);
	return bytes;
}

static inline void vm_expect_none(struct vm *m, u32 i)
{
	u32 id, bytes;

	CU_ASSERT(!vm_used(m, i, &id, &bytes));
}

#endif
