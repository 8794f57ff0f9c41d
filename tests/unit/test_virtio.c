/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_virtio.c - the core of virtio and its MMIO transport against
 * the OASIS specification 1.2 (sections in brackets), with a driver of its own.
 */
#include <stdio.h>

#include "tests/unit/virtio_rig.h"

#define HDR	0x40000u
#define DATA	0x41000u
#define STAT	0x40100u

static const enum vm_layout layouts[] = { VM_LEGACY, VM_SPLIT, VM_PACKED };

/* A read of @sector into DATA through three pieces. */
static u32 put_read(struct vm *m, u32 sector, bool is_indirect, u32 slot)
{
	const struct vm_seg s[] = {
		{ HDR + 16 * slot, 16, false },
		{ DATA + 512 * slot, 512, true },
		{ STAT + slot, 1, true },
	};

	vm_put(m, HDR + 16 * slot, 4, 0);
	vm_put(m, HDR + 16 * slot + 4, 4, 0);
	vm_put(m, HDR + 16 * slot + 8, 8, sector);
	m->r.ram[STAT + slot] = 0xee;
	memset(m->r.ram + DATA + 512 * slot, 0xee, 512);
	return is_indirect ? vm_indirect(m, 0, s, 3, TABLE_AT + 64 * slot) :
			     vm_chain(m, 0, s, 3);
}

static void expect_read(struct vm *m, u32 id, u32 sector, u32 slot)
{
	CU_ASSERT_EQUAL(vm_expect(m, 0, id), 513);
	CU_ASSERT_EQUAL(m->r.ram[STAT + slot], 0);
	CU_ASSERT(!memcmp(m->r.ram + DATA + 512 * slot,
			  m->disk + 512 * sector, 512));
}

static u32 status(struct vm *m)
{
	return vm_reg(m, 0x070);
}

/* [4.2.2] MagicValue, Version, DeviceID; [4.2.2.1] DeviceID 0. */
void test_virtio_mmio_identity(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_new("blk", layouts[i]);

		CU_ASSERT_EQUAL(vm_reg(m, 0x000), 0x74726976);
		CU_ASSERT_EQUAL(vm_reg(m, 0x004), i ? 2 : 1);
		CU_ASSERT_EQUAL(vm_reg(m, 0x008), 2);
		CU_ASSERT_EQUAL(vm_reg(m, 0x070), 0);
		vm_close(m);
	}
}

void test_virtio_mmio_empty(void)
{
	static struct rig_prop none[] = { { .name = NULL } };
	struct rig r;

	rig_open(&r);
	rig_add(&r, &(struct rig_spec){
		.cls = &virtio_mmio_class, .mmio = { VM_BASE }, .nmmio = 1,
		.mmio_size = 0x200, .props = none }, NULL);
	rig_start(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, VM_BASE, 4), 0x76697274);
	CU_ASSERT_EQUAL(rig_rd(&r, VM_BASE + 8, 4), 0);
	rig_hammer(&r, VM_BASE, 0x200);
	rig_close(&r);
}

/* [3.1.1] FEATURES_OK stays 0 unless the device can; [6.1] VERSION_1. */
void test_virtio_features(void)
{
	struct vm *m = vm_new("blk", VM_SPLIT);
	u64 f = vm_offered(m);

	CU_ASSERT_EQUAL(f >> 32 & 1, 1);
	CU_ASSERT_EQUAL(f >> 34 & 1, 1);
	vm_set(m, 0x014, 2);
	CU_ASSERT_EQUAL(vm_reg(m, 0x010), 0);
	vm_set(m, 0x070, 3);
	vm_set(m, 0x070, 11);			/* without VERSION_1 */
	CU_ASSERT_EQUAL(status(m), 3);
	vm_set(m, 0x024, 1);
	vm_set(m, 0x020, 1);
	vm_set(m, 0x024, 0);
	vm_set(m, 0x020, 1u << 31);		/* was not offered */
	vm_set(m, 0x070, 11);
	CU_ASSERT_EQUAL(status(m), 3);
	vm_set(m, 0x020, 0);
	vm_set(m, 0x070, 11);
	CU_ASSERT_EQUAL(status(m), 11);
	vm_set(m, 0x020, 4);			/* too late */
	vm_set(m, 0x070, 0);
	CU_ASSERT_EQUAL(status(m), 0);
	vm_close(m);
	m = vm_new("blk", VM_LEGACY);
	CU_ASSERT_EQUAL(vm_offered(m) >> 32, 0);
	CU_ASSERT(vm_offered(m) & 1u << 27);	/* ANY_LAYOUT [6.3] */
	vm_close(m);
}

/* [2.7], [2.8]: many times round the ring, with and without tables. */
void test_virtio_rings_wrap(void)
{
	for (unsigned int i = 0; i < 3; i++)
		for (u32 k = 0; k < 4; k++) {
			struct vm *m = vm_open("blk", layouts[i], k & 2 ?
					       VIRTIO_F_EVENT_IDX : 0, 1);

			for (u32 n = 0; n < 5 * VM_NUM; n++) {
				u32 id = put_read(m, n, k & 1, n % 4);

				vm_kick(m, 0);
				expect_read(m, id, n, n % 4);
				vm_expect_none(m, 0);
			}
			CU_ASSERT_EQUAL(status(m) & 0x40, 0);
			vm_close(m);
		}
}

/* A batch is one interrupt; [4.2.2] InterruptACK takes it back. */
void test_virtio_batch(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("blk", layouts[i], VIRTIO_F_EVENT_IDX, 1);
		u32 id[6];

		for (u32 n = 0; n < 6; n++)
			id[n] = put_read(m, 3 * n, true, n);
		vm_set(m, 0x050, 0);
		CU_ASSERT_EQUAL(m->reads, 0);	/* nothing inside the access */
		vm_kick(m, 0);
		for (u32 n = 0; n < 6; n++)
			expect_read(m, id[n], 3 * n, n);
		CU_ASSERT_EQUAL(m->raised, 1);
		CU_ASSERT_EQUAL(vm_reg(m, 0x060), 1);
		CU_ASSERT(m->level);
		vm_set(m, 0x064, 1);
		CU_ASSERT_EQUAL(vm_reg(m, 0x060), 0);
		CU_ASSERT(!m->level);
		vm_close(m);
	}
}

/* [2.7.7] VIRTQ_AVAIL_F_NO_INTERRUPT; [2.8.14] RING_EVENT_FLAGS_DISABLE. */
void test_virtio_no_interrupt(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("blk", layouts[i], VIRTIO_F_EVENT_IDX, 1);
		u32 at = m->ring[0].driver + (i == 2 ? 2 : 0);
		u32 id;

		vm_put(m, at, 2, 1);
		id = put_read(m, 0, false, 0);
		vm_kick(m, 0);
		expect_read(m, id, 0, 0);
		CU_ASSERT_EQUAL(m->raised, 0);
		vm_put(m, at, 2, 0);
		id = put_read(m, 1, false, 0);
		vm_kick(m, 0);
		expect_read(m, id, 1, 0);
		CU_ASSERT_EQUAL(m->raised, 1);
		vm_close(m);
	}
}

/* [2.7.7.1], [2.8.14]: an interrupt when the entry after the event is used. */
void test_virtio_event_index(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("blk", layouts[i], 0, 1);
		struct vm_ring *q = &m->ring[0];
		u32 id, want = 5;

		/* 21 requests of one slot; each round the event moves on by 6 */
		for (u32 n = 0; n < 21; n++) {
			if (layouts[i] == VM_PACKED) {
				vm_put(m, q->driver, 2, want % VM_NUM |
				       (want / VM_NUM & 1 ? 0 : 0x8000));
				vm_put(m, q->driver + 2, 2, 2);
			} else {
				vm_put(m, q->driver + 4 + 2 * VM_NUM, 2, want);
			}
			id = put_read(m, n, true, 0);
			vm_kick(m, 0);
			expect_read(m, id, n, 0);
			CU_ASSERT_EQUAL(m->raised, n == want);
			vm_set(m, 0x064, 1);
			m->raised = 0;
			if (n == want + 1)	/* neither early nor late */
				want += 6;
			/* [2.7.10] avail_event: notify me of the next */
			if (layouts[i] != VM_PACKED)
				CU_ASSERT_EQUAL(vm_get(m, q->device + 4 + 8 *
						       VM_NUM, 2), n + 1);
		}
		vm_close(m);
	}
}

static void expect_broken(struct vm *m, const char *what)
{
	const struct virtio *v = m->dev->priv;

	vm_kick(m, 0);
	if (!v->queue[0].is_broken)
		fprintf(stderr, "layout %d: %s was not noticed\n", m->layout,
			what);
	CU_ASSERT(v->queue[0].is_broken);
	vm_expect_none(m, 0);
	if (m->layout == VM_LEGACY) {
		CU_ASSERT_EQUAL(status(m), 7);
	} else {
		/* [2.1.2] NEEDS_RESET and a configuration change */
		CU_ASSERT_EQUAL(status(m), 0x4f);
		CU_ASSERT_EQUAL(vm_reg(m, 0x060) & 2, 2);
	}
	vm_start(m, 0, 1);			/* and a reset mends it */
	put_read(m, 7, false, 0);
	vm_kick(m, 0);
	CU_ASSERT_EQUAL(m->r.ram[STAT], 0);
	vm_start(m, 0, 1);
}

/* What a driver must not do [2.7.5, 2.7.6, 2.8] stops the queue. */
void test_virtio_mad_driver(void)
{
	const struct vm_seg far = { 0xfffffff0u, 16, false };
	const struct vm_seg loop = { TABLE_AT, 32, false };
	const struct vm_seg odd = { TABLE_AT, 17, false };
	const struct vm_seg none = { TABLE_AT, 0, false };
	const struct vm_seg in_out[] = {
		{ DATA, 16, true }, { HDR, 16, false },
	};
	const struct vm_seg no_status = { HDR, 16, false };

	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("blk", layouts[i], 0, 1);
		struct vm_ring *q = &m->ring[0];
		bool is_packed = layouts[i] == VM_PACKED;
		u32 (*put)(struct vm *, struct vm_ring *,
			   const struct vm_seg *, u32, u32) =
			is_packed ? vm_put_packed : vm_put_split;

		put(m, q, &far, 1, 4);
		expect_broken(m, "a table outside memory");
		vm_desc(m, TABLE_AT, &loop, 4, 0);
		put(m, q, &loop, 1, 4);
		expect_broken(m, "a nested table");
		put(m, q, &odd, 1, 4);
		expect_broken(m, "a table of 17 bytes");
		put(m, q, &none, 1, 4);
		expect_broken(m, "a table of no bytes");
		vm_chain(m, 0, in_out, 2);
		expect_broken(m, "readable after writable");
		vm_chain(m, 0, &no_status, 1);
		expect_broken(m, "no room for the status");
		put(m, q, &loop, 1, 5);
		expect_broken(m, "NEXT and INDIRECT");
		/* every descriptor says that there is a next one */
		for (u32 k = 0; k < VM_NUM; k++)
			put(m, q, &no_status, 1, 1);
		expect_broken(m, "a loop");
		if (!is_packed) {
			put_read(m, 0, false, 0);
			vm_put(m, q->driver + 2, 2, VM_NUM + 1);
			expect_broken(m, "an index too far ahead");
			vm_put(m, q->driver + 4, 2, VM_NUM);
			vm_put(m, q->driver + 2, 2, 1);
			expect_broken(m, "a head outside the table");
		}
		vm_close(m);
	}
}

/* Rings that are not in memory, and a queue size that cannot be. */
void test_virtio_ring_outside(void)
{
	struct vm *m = vm_new("blk", VM_SPLIT);

	vm_start(m, 0, 0);
	vm_set(m, 0x030, 0);
	vm_set(m, 0x038, 7);			/* no power of 2 [2.7] */
	vm_set(m, 0x044, 1);
	CU_ASSERT_EQUAL(vm_reg(m, 0x044), 0);
	vm_set(m, 0x038, 0x10008);
	vm_set(m, 0x044, 1);
	CU_ASSERT_EQUAL(vm_reg(m, 0x044), 0);
	vm_set(m, 0x038, 8);
	vm_set(m, 0x094, 0xffffffff);
	vm_set(m, 0x090, 0x10);
	vm_set(m, 0x044, 1);
	CU_ASSERT_EQUAL(vm_reg(m, 0x044), 1);
	vm_kick(m, 0);
	CU_ASSERT_EQUAL(status(m) & 0x40, 0x40);
	vm_set(m, 0x030, 77);			/* no such queue */
	CU_ASSERT_EQUAL(vm_reg(m, 0x034), 0);
	vm_set(m, 0x044, 1);
	vm_kick(m, 77);
	vm_close(m);
}

/* [2.6.1] a queue is reset alone; QueueReady 0 takes it away [4.2.2]. */
void test_virtio_queue_reset(void)
{
	struct vm *m = vm_open("blk", VM_SPLIT, 0, 1);
	u32 id;

	vm_set(m, 0x030, 0);
	vm_set(m, 0x0c0, 1);
	CU_ASSERT_EQUAL(vm_reg(m, 0x0c0), 0);
	CU_ASSERT_EQUAL(vm_reg(m, 0x044), 0);
	vm_queue(m, 0);
	id = put_read(m, 5, false, 0);
	vm_kick(m, 0);
	expect_read(m, id, 5, 0);
	vm_set(m, 0x044, 0);
	CU_ASSERT_EQUAL(vm_reg(m, 0x044), 0);
	put_read(m, 5, false, 0);
	vm_kick(m, 0);
	CU_ASSERT_EQUAL(m->r.ram[STAT], 0xee);
	vm_close(m);
}

/* A driver that is not ready gets nothing done [3.1.1]; legacy does [3.1.2]. */
void test_virtio_not_ready(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("blk", layouts[i], 0, 1);

		vm_set(m, 0x070, 0);
		vm_set(m, 0x070, 3);
		if (layouts[i] != VM_LEGACY) {
			vm_set(m, 0x024, 0);
			vm_set(m, 0x020, (u32)m->features);
			vm_set(m, 0x024, 1);
			vm_set(m, 0x020, (u32)(m->features >> 32));
			vm_set(m, 0x070, 11);
		}
		vm_queue(m, 0);
		put_read(m, 5, false, 0);
		vm_kick(m, 0);
		CU_ASSERT_EQUAL(m->r.ram[STAT], i ? 0xee : 0);
		vm_set(m, 0x070, i ? 15 : 7);	/* starts what waited */
		vm_kick(m, 9);
		CU_ASSERT_EQUAL(m->r.ram[STAT], 0);
		vm_close(m);
	}
}

/* Every register at every offset and size, for each type and version. */
void test_virtio_mmio_any_access(void)
{
	static const char *const types[] = { "blk", "net", "rng", "console",
					     "9p" };

	for (unsigned int t = 0; t < ARRAY_SIZE(types); t++)
		for (unsigned int i = 0; i < 3; i++) {
			struct vm *m = vm_open(types[t], layouts[i], 0, 1);

			rig_hammer(&m->r, VM_BASE, 0x200);
			vm_set(m, 0x070, 0);
			CU_ASSERT_EQUAL(status(m), 0);
			vm_close(m);
		}
}

/* Rings of random bytes: bounded work, and a reset mends it. */
void test_virtio_random_rings(void)
{
	static const char *const types[] = { "blk", "net", "rng", "console",
					     "9p" };
	u32 seed = 20230601;

	for (unsigned int t = 0; t < ARRAY_SIZE(types); t++)
		for (u32 n = 0; n < 60; n++) {
			u32 queues = t == 1 ? 3 : t == 3 ? 2 : 1;
			struct vm *m = vm_open(types[t], layouts[n % 3], 0,
					       queues);

			for (u32 k = 0; k < 40; k++) {
				u32 q = k % queues, at;

				for (u32 b = 0; b < 0x120; b++) {
					seed = seed * 1103515245 + 12345;
					at = m->ring[q].desc + b;
					m->r.ram[at] = (u8)(seed >> 24);
					if (b % 8 < 5 && b < 0x80)
						m->r.ram[at] &= 0x01;
				}
				vm_set(m, 0x050, q);
				for (u32 s = 0; s < 50 && rig_step(&m->r); s++)
					;
			}
			vm_set(m, 0x070, 0);
			CU_ASSERT_EQUAL(status(m), 0);
			CU_ASSERT_EQUAL(sched_next(&m->r.sched), SCHED_NEVER);
			vm_close(m);
		}
}
