/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_virtio_dev.c - what the types of virtio devices do, against
 * the OASIS specification 1.2 (sections in brackets).
 */
#include "tests/unit/virtio_rig.h"

#define HDR	0x40000u
#define STAT	0x40100u
#define DATA	0x48000u

static const enum vm_layout layouts[] = { VM_LEGACY, VM_SPLIT, VM_PACKED };

enum { IN = 0, OUT = 1, FLUSH = 4, GET_ID = 8, DISCARD = 11, ZEROES = 13 };

/* A request of the disk with @bytes of data at DATA; the used length. */
static u32 disk(struct vm *m, u32 type, u64 sector, u32 bytes, u8 *status)
{
	bool is_in = type == IN || type == GET_ID;
	const struct vm_seg s[] = {
		{ HDR, 16, false }, { DATA, bytes, is_in }, { STAT, 1, true },
	};
	const struct vm_seg bare[] = { s[0], s[2] };
	u32 id, n;

	vm_put(m, HDR, 4, type);
	vm_put(m, HDR + 4, 4, 0);
	vm_put(m, HDR + 8, 8, sector);
	m->r.ram[STAT] = 0xee;
	id = bytes ? vm_chain(m, 0, s, 3) : vm_chain(m, 0, bare, 2);
	vm_kick(m, 0);
	n = vm_expect(m, 0, id);
	*status = m->r.ram[STAT];
	return n;
}

static u8 disk_status(struct vm *m, u32 type, u64 sector, u32 bytes)
{
	u8 status;

	disk(m, type, sector, bytes, &status);
	return status;
}

/* [5.2.4] the configuration in each byte order. */
void test_virtio_blk_config(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_new("blk", layouts[i]);
		u64 f = vm_offered(m);

		CU_ASSERT_EQUAL(vm_config(m, 0, 8), DISK_BYTES / 512);
		CU_ASSERT_EQUAL(vm_config(m, 12, 4), 254);
		CU_ASSERT_EQUAL(vm_config(m, 20, 4), 512);
		CU_ASSERT_EQUAL(f >> 2 & 1, 1);		/* SEG_MAX */
		CU_ASSERT_EQUAL(f >> 5 & 1, 0);		/* RO */
		CU_ASSERT_EQUAL(f >> 9 & 1, 1);		/* FLUSH */
		CU_ASSERT_EQUAL(f >> 13 & 3, 3);	/* DISCARD, ZEROES */
		vm_close(m);
	}
}

/* [5.2.6] IN and OUT move what they should, and nothing else. */
void test_virtio_blk_moves(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("blk", layouts[i], 0, 1);
		u8 status, was[DISK_BYTES / 4];
		u32 got;

		got = disk(m, IN, 16, 64 << 10, &status);
		CU_ASSERT_EQUAL(got, (64 << 10) + 1);
		CU_ASSERT_EQUAL(status, 0);
		CU_ASSERT_EQUAL(m->reads, 1);	/* one piece, one call */
		CU_ASSERT(!memcmp(m->r.ram + DATA, m->disk + 16 * 512,
				  64 << 10));
		memset(m->r.ram + DATA, 0x5a, 1024);
		memcpy(was, m->disk, sizeof(was));
		got = disk(m, OUT, 3, 1024, &status);
		CU_ASSERT_EQUAL(got, 1);
		CU_ASSERT_EQUAL(status, 0);
		memset(was + 3 * 512, 0x5a, 1024);
		CU_ASSERT(!memcmp(was, m->disk, sizeof(was)));
		vm_close(m);
	}
}

/* Requests of many pieces, 0 bytes among them; neighbours become one call. */
void test_virtio_blk_pieces(void)
{
	static const struct vm_seg s[] = {
		{ HDR, 10, false }, { HDR + 10, 6, false },
		{ DATA, 512, true }, { DATA + 512, 512, true },
		{ DATA, 0, true }, { DATA + 4096, 100, true },
		{ DATA + 8192, 412, true }, { STAT, 1, true },
	};

	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("blk", layouts[i], 0, 1);
		u32 id;

		memset(m->r.ram + HDR, 0, 16);
		id = vm_indirect(m, 0, s, 8, TABLE_AT);
		vm_kick(m, 0);
		CU_ASSERT_EQUAL(vm_expect(m, 0, id), 1537);
		CU_ASSERT_EQUAL(m->r.ram[STAT], 0);
		CU_ASSERT_EQUAL(m->reads, 3);
		CU_ASSERT(!memcmp(m->r.ram + DATA, m->disk, 1024));
		CU_ASSERT(!memcmp(m->r.ram + DATA + 4096, m->disk + 1024, 100));
		CU_ASSERT(!memcmp(m->r.ram + DATA + 8192, m->disk + 1124, 412));
		vm_close(m);
	}
}

/* [5.2.6] what cannot be is IOERR (1) or UNSUPP (2), and harms nothing. */
void test_virtio_blk_refuses(void)
{
	struct vm *m = vm_open("blk", VM_SPLIT, 0, 1);
	u8 was[512];

	memcpy(was, m->disk, 512);
	CU_ASSERT_EQUAL(disk_status(m, IN, DISK_BYTES / 512, 512), 1);
	CU_ASSERT_EQUAL(disk_status(m, IN, DISK_BYTES / 512 - 1, 1024), 1);
	CU_ASSERT_EQUAL(disk_status(m, IN, ~0ull, 512), 1);
	CU_ASSERT_EQUAL(disk_status(m, IN, 1ull << 55, 512), 1);
	CU_ASSERT_EQUAL(disk_status(m, OUT, DISK_BYTES / 512, 512), 1);
	CU_ASSERT_EQUAL(disk_status(m, OUT, 0, 100), 1);
	CU_ASSERT_EQUAL(disk_status(m, IN, 0, 0xfffffe00), 1);
	CU_ASSERT_EQUAL(disk_status(m, 99, 0, 512), 2);
	CU_ASSERT_EQUAL(m->writes, 0);
	CU_ASSERT_EQUAL(vm_reg(m, 0x070), 15);
	m->is_failing = true;
	CU_ASSERT_EQUAL(disk_status(m, IN, 0, 512), 1);
	CU_ASSERT_EQUAL(disk_status(m, OUT, 0, 512), 1);
	CU_ASSERT_EQUAL(disk_status(m, FLUSH, 0, 0), 1);
	CU_ASSERT(!memcmp(was, m->disk, 512));
	vm_close(m);
}

/* Data outside memory is an error of the request, not of the queue. */
void test_virtio_blk_outside(void)
{
	static const struct vm_seg s[] = {
		{ HDR, 16, false }, { RIG_RAM - 512, 1024, true },
		{ STAT, 1, true },
	};
	struct vm *m = vm_open("blk", VM_PACKED, 0, 1);
	u32 id;

	memset(m->r.ram + HDR, 0, 16);
	id = vm_chain(m, 0, s, 3);
	vm_kick(m, 0);
	vm_expect(m, 0, id);
	CU_ASSERT_EQUAL(m->r.ram[STAT], 1);
	CU_ASSERT_EQUAL(disk_status(m, IN, 0, 512), 0);
	vm_close(m);
}

/* [5.2.5.2], [5.2.6.2]: when a write must have reached the disk. */
void test_virtio_blk_cache(void)
{
	struct vm *m = vm_open("blk", VM_SPLIT, 0, 1);

	CU_ASSERT_EQUAL(vm_config(m, 32, 1), 1);
	CU_ASSERT_EQUAL(disk_status(m, OUT, 0, 512), 0);
	CU_ASSERT_EQUAL(m->flushes, 0);
	CU_ASSERT_EQUAL(disk_status(m, FLUSH, 0, 0), 0);
	CU_ASSERT_EQUAL(m->flushes, 1);
	rig_wr(&m->r, VM_BASE + 0x100 + 32, 1, 0);
	CU_ASSERT_EQUAL(m->flushes, 2);
	CU_ASSERT_EQUAL(vm_config(m, 32, 1), 0);
	CU_ASSERT_EQUAL(disk_status(m, OUT, 0, 512), 0);
	CU_ASSERT_EQUAL(m->flushes, 3);
	vm_close(m);
	/* neither FLUSH nor CONFIG_WCE: each write is written through */
	m = vm_open("blk", VM_LEGACY, 1 << 9 | 1 << 11, 1);
	CU_ASSERT_EQUAL(disk_status(m, OUT, 0, 512), 0);
	CU_ASSERT_EQUAL(m->flushes, 1);
	vm_close(m);
}

/* [5.2.6] DISCARD and WRITE_ZEROES: sector 8, sectors 4, flags 4. */
void test_virtio_blk_clears(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("blk", layouts[i], 0, 1);
		static const u8 zeroes[1024];

		vm_put(m, DATA, 8, 5);
		vm_put(m, DATA + 8, 4, 2);
		vm_put(m, DATA + 12, 4, 0);
		CU_ASSERT_EQUAL(disk_status(m, ZEROES, 0, 16), 0);
		CU_ASSERT_EQUAL(m->zeroes, 0);	/* may not give back */
		CU_ASSERT(!memcmp(m->disk + 5 * 512, zeroes, 1024));
		CU_ASSERT(memcmp(m->disk + 7 * 512, zeroes, 512));
		vm_put(m, DATA, 8, 8);
		CU_ASSERT_EQUAL(disk_status(m, DISCARD, 0, 16), 0);
		CU_ASSERT_EQUAL(m->zeroes, 1);
		vm_put(m, DATA + 12, 4, 1);
		CU_ASSERT_EQUAL(disk_status(m, ZEROES, 0, 16), 0);
		CU_ASSERT_EQUAL(m->zeroes, 2);
		CU_ASSERT_EQUAL(disk_status(m, DISCARD, 0, 16), 2);
		vm_put(m, DATA + 12, 4, 2);
		CU_ASSERT_EQUAL(disk_status(m, ZEROES, 0, 16), 2);
		vm_put(m, DATA + 12, 4, 0);
		vm_put(m, DATA, 8, DISK_BYTES / 512 - 1);
		CU_ASSERT_EQUAL(disk_status(m, ZEROES, 0, 16), 1);
		vm_close(m);
	}
}

void test_virtio_blk_read_only(void)
{
	struct vm *m = calloc(1, sizeof(*m));

	vm_host(m);
	m->blk.is_read_only = true;
	m->layout = VM_SPLIT;
	m->props[0] = (struct rig_prop){ .name = "culm,virtio", .str = "blk" };
	m->dev = rig_add(&m->r, &(struct rig_spec){
		.cls = &virtio_mmio_class, .mmio = { VM_BASE }, .nmmio = 1,
		.mmio_size = 0x200, .props = m->props }, NULL);
	rig_start(&m->r);
	CU_ASSERT_EQUAL(vm_offered(m) >> 5 & 1, 1);
	CU_ASSERT_EQUAL(vm_offered(m) >> 13 & 3, 0);
	vm_start(m, 0, 1);
	CU_ASSERT_EQUAL(disk_status(m, OUT, 0, 512), 1);
	CU_ASSERT_EQUAL(m->writes, 0);
	CU_ASSERT_EQUAL(disk_status(m, IN, 0, 512), 0);
	vm_close(m);
}

/* [5.2.6] at most 20 bytes, padded with zeros. */
void test_virtio_blk_id(void)
{
	struct vm *m = vm_open("blk", VM_PACKED, 0, 1);
	u8 status;

	memset(m->r.ram + DATA, 0xee, 32);
	CU_ASSERT_EQUAL(disk(m, GET_ID, 0, 20, &status), 21);
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_STRING_EQUAL((char *)m->r.ram + DATA, "culm-drive-0");
	CU_ASSERT_EQUAL(m->r.ram[DATA + 19], 0);
	CU_ASSERT_EQUAL(m->r.ram[DATA + 20], 0xee);
	vm_close(m);
}

/* Network ----------------------------------------------------------------- */

static bool net_in(struct vm *m, const u8 *frame, size_t bytes)
{
	return m->net.dev->receive(m->net.dev_opaque, frame, bytes);
}

static void frame_make(u8 *f, size_t bytes, u8 first)
{
	for (size_t i = 0; i < bytes; i++)
		f[i] = (u8)(i * 7);
	memset(f, first, 6);
	f[12] = 8;
	f[13] = 0;
}

/* [5.1.6] the header is 12 bytes, 10 for a legacy driver without MRG. */
void test_virtio_net_sends(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("net", layouts[i], 1 << 15, 3);
		u32 header = layouts[i] == VM_LEGACY ? 10 : 12, id;
		const struct vm_seg s[] = {
			{ HDR, header, false }, { DATA, 1514, false },
		};
		u8 f[1514];

		frame_make(f, sizeof(f), 0xff);
		memcpy(m->r.ram + DATA, f, sizeof(f));
		id = vm_chain(m, 1, s, 2);
		vm_kick(m, 1);
		CU_ASSERT_EQUAL(vm_expect(m, 1, id), 0);
		CU_ASSERT_EQUAL(m->sends, 1);
		CU_ASSERT_EQUAL(m->sent_bytes, 1514);
		CU_ASSERT(!memcmp(m->sent, f, 1514));
		vm_close(m);
	}
}

/* [5.1.6.4] one buffer without MRG_RXBUF; false when there is none. */
void test_virtio_net_receives(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("net", layouts[i], 1 << 15, 3);
		u32 header = layouts[i] == VM_LEGACY ? 10 : 12, id;
		const struct vm_seg s[] = {
			{ HDR, header, true }, { DATA, 1514, true },
		};
		u8 f[100];

		frame_make(f, sizeof(f), 0xff);
		CU_ASSERT(!net_in(m, f, sizeof(f)));
		memset(m->r.ram + HDR, 0xee, 12);
		id = vm_chain(m, 0, s, 2);
		CU_ASSERT(net_in(m, f, sizeof(f)));
		CU_ASSERT_EQUAL(vm_expect(m, 0, id), header + 100);
		CU_ASSERT_EQUAL(m->r.ram[HDR], 0);
		CU_ASSERT_EQUAL(m->r.ram[HDR + 1], 0);	/* GSO_NONE */
		if (header == 12)
			CU_ASSERT_EQUAL(vm_get(m, HDR + 10, 2), 1);
		CU_ASSERT(!memcmp(m->r.ram + DATA, f, 100));
		CU_ASSERT_EQUAL(m->raised, 1);
		CU_ASSERT(!net_in(m, f, sizeof(f)));
		vm_close(m);
	}
}

/* [5.1.6.4] a frame over several buffers: num_buffers, and all given back. */
void test_virtio_net_merges(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("net", layouts[i], 0, 3);
		u8 f[500];
		u32 id[4], got, n;

		frame_make(f, sizeof(f), 0xff);
		for (u32 k = 0; k < 3; k++)
			id[k] = vm_chain(m, 0, &(struct vm_seg){
				DATA + 256 * k, 200, true }, 1);
		memset(m->r.ram + DATA, 0xee, 1024);
		CU_ASSERT(net_in(m, f, 500));		/* 200, 200, 112 */
		CU_ASSERT_EQUAL(vm_get(m, DATA + 10, 2), 3);
		CU_ASSERT(vm_used(m, 0, &got, &n));
		CU_ASSERT_EQUAL(got, id[0]);
		CU_ASSERT_EQUAL(n, 200);
		CU_ASSERT(vm_used(m, 0, &got, &n));
		CU_ASSERT_EQUAL(got, id[1]);
		CU_ASSERT_EQUAL(vm_expect(m, 0, id[2]), 112);
		CU_ASSERT(!memcmp(m->r.ram + DATA + 12, f, 188));
		CU_ASSERT(!memcmp(m->r.ram + DATA + 256, f + 188, 200));
		CU_ASSERT(!memcmp(m->r.ram + DATA + 512, f + 388, 112));
		/* not enough room: nothing is taken, and it comes later */
		id[0] = vm_chain(m, 0, &(struct vm_seg){ DATA, 200, true }, 1);
		CU_ASSERT(!net_in(m, f, 500));
		vm_expect_none(m, 0);
		id[1] = vm_chain(m, 0, &(struct vm_seg){ DATA + 256, 400,
							 true }, 1);
		CU_ASSERT(net_in(m, f, 500));
		CU_ASSERT(vm_used(m, 0, &got, &n));
		CU_ASSERT_EQUAL(got, id[0]);
		CU_ASSERT_EQUAL(vm_expect(m, 0, id[1]), 312);
		vm_close(m);
	}
}

/* A command: class 1, command 1, data; the ack. [5.1.6.5] */
static u8 control(struct vm *m, u8 class, u8 cmd, const void *data, u32 bytes)
{
	const struct vm_seg s[] = {
		{ HDR, 2 + bytes, false }, { STAT + 0x1000, 1, true },
	};
	u32 id;

	m->r.ram[HDR] = class;
	m->r.ram[HDR + 1] = cmd;
	memcpy(m->r.ram + HDR + 2, data, bytes);
	m->r.ram[STAT + 0x1000] = 0xee;
	id = vm_chain(m, 2, s, 2);
	vm_kick(m, 2);
	CU_ASSERT_EQUAL(vm_expect(m, 2, id), 1);
	return m->r.ram[STAT + 0x1000];
}

/* Whether a frame to @first.. arrives. */
static bool arrives(struct vm *m, u8 first, u32 vlan)
{
	u8 f[64];
	u32 id, n;

	frame_make(f, sizeof(f), first);
	if (vlan) {
		f[12] = 0x81;
		stb16(f + 14, vlan);
	}
	CU_ASSERT(net_in(m, f, sizeof(f)));
	if (!vm_used(m, 0, &id, &n))
		return false;
	vm_chain(m, 0, &(struct vm_seg){ DATA, 2048, true }, 1);
	return true;
}

/* [5.1.6.5.1] .. [5.1.6.5.3] what the driver wants to have. */
void test_virtio_net_filter(void)
{
	static const u8 off = 0, on = 1;
	static const u8 table_le[] = {
		1, 0, 0, 0, 2, 2, 2, 2, 2, 2,		/* unicast */
		1, 0, 0, 0, 3, 3, 3, 3, 3, 3,		/* multicast */
	};
	struct vm *m = vm_open("net", VM_SPLIT, 0, 3);

	vm_chain(m, 0, &(struct vm_seg){ DATA, 2048, true }, 1);
	CU_ASSERT(arrives(m, 0x44, 0));		/* promiscuous at first */
	CU_ASSERT_EQUAL(control(m, 0, 0, &off, 1), 0);
	CU_ASSERT(!arrives(m, 0x44, 0));
	CU_ASSERT(!arrives(m, 0x03, 0));
	CU_ASSERT(arrives(m, 0xff, 0));
	CU_ASSERT_EQUAL(control(m, 1, 0, table_le, sizeof(table_le)), 0);
	CU_ASSERT(arrives(m, 0x02, 0));
	CU_ASSERT(arrives(m, 0x03, 0));
	CU_ASSERT(!arrives(m, 0x05, 0));
	CU_ASSERT_EQUAL(control(m, 0, 1, &on, 1), 0);	/* ALLMULTI */
	CU_ASSERT(arrives(m, 0x05, 0));
	CU_ASSERT(!arrives(m, 0x44, 0));
	CU_ASSERT_EQUAL(control(m, 1, 1, "\x44\x44\x44\x44\x44\x44", 6), 0);
	CU_ASSERT(arrives(m, 0x44, 0));
	CU_ASSERT_EQUAL(vm_config(m, 0, 6), 0x444444444444);
	CU_ASSERT(!arrives(m, 0xff, 100));
	CU_ASSERT_EQUAL(control(m, 2, 0, "\x64\x00", 2), 0);
	CU_ASSERT(arrives(m, 0xff, 100));
	CU_ASSERT_EQUAL(control(m, 2, 1, "\x64\x00", 2), 0);
	CU_ASSERT(!arrives(m, 0xff, 100));
	/* refused, and nothing changes */
	CU_ASSERT_EQUAL(control(m, 2, 0, "\x00\x10", 2), 1);
	CU_ASSERT_EQUAL(control(m, 9, 0, "", 0), 1);
	CU_ASSERT_EQUAL(control(m, 1, 0, "\xff\xff\xff\xff", 4), 1);
	CU_ASSERT_EQUAL(control(m, 1, 1, "\x55", 1), 1);
	CU_ASSERT_EQUAL(control(m, 0, 0, "", 0), 1);
	CU_ASSERT(arrives(m, 0x02, 0));
	vm_close(m);
}

/* [5.1.4] the link's state is a configuration change. */
void test_virtio_net_link(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("net", layouts[i], 0, 3);
		u32 gen = i ? vm_reg(m, 0x0fc) : 0;

		CU_ASSERT_EQUAL(vm_config(m, 6, 2), 1);
		CU_ASSERT_EQUAL(vm_config(m, 10, 2), 1500);
		CU_ASSERT_EQUAL(rig_rd(&m->r, VM_BASE + 0x100, 1) & 1, 0);
		m->net.dev->link(m->net.dev_opaque, false);
		CU_ASSERT_EQUAL(vm_config(m, 6, 2), 0);
		CU_ASSERT_EQUAL(vm_reg(m, 0x060), 2);
		if (i)
			CU_ASSERT_NOT_EQUAL(vm_reg(m, 0x0fc), gen);
		vm_close(m);
	}
}

/* What a mad driver sends. */
void test_virtio_net_mad(void)
{
	static const struct vm_seg tiny = { HDR, 5, false };
	static const struct vm_seg huge[] = {
		{ HDR, 12, false }, { DATA, 0xffffffff, false },
	};
	struct vm *m = vm_open("net", VM_SPLIT, 0, 3);
	u32 id;

	id = vm_chain(m, 1, huge, 2);
	vm_kick(m, 1);
	vm_expect(m, 1, id);
	CU_ASSERT_EQUAL(m->sends, 0);
	vm_chain(m, 1, &tiny, 1);
	vm_kick(m, 1);
	CU_ASSERT_EQUAL(vm_reg(m, 0x070), 0x4f);
	vm_close(m);
	/* too small a buffer, and none to merge with: the frame is lost */
	m = vm_open("net", VM_SPLIT, 1 << 15, 3);
	vm_chain(m, 0, &(struct vm_seg){ DATA, 20, true }, 1);
	CU_ASSERT(net_in(m, m->disk, 64));
	vm_expect_none(m, 0);
	vm_close(m);
}

/* Entropy, console, 9P ---------------------------------------------------- */

/* [5.4.6] the device fills a buffer, or a part of it. */
void test_virtio_rng_fills(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("rng", layouts[i], 0, 1);
		u32 id = vm_chain(m, 0, &(struct vm_seg){ DATA, 64, true }, 1);

		vm_kick(m, 0);
		CU_ASSERT_EQUAL(vm_expect(m, 0, id), 64);
		for (u32 k = 0; k < 64; k++)
			CU_ASSERT_EQUAL(m->r.ram[DATA + k], 0xa5);
		CU_ASSERT_EQUAL(m->r.ram[DATA + 64], 0);
		vm_close(m);
	}
}

/* [5.3.6] characters in both directions; input waits for buffers. */
void test_virtio_console_talks(void)
{
	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_new("console", layouts[i]);
		u32 id;

		CU_ASSERT_EQUAL(m->chr.dev->room(m->chr.dev_opaque), 0);
		vm_start(m, 0, 2);
		memcpy(m->r.ram + DATA, "hello", 5);
		id = vm_chain(m, 1, &(struct vm_seg){ DATA, 5, false }, 1);
		vm_kick(m, 1);
		CU_ASSERT_EQUAL(vm_expect(m, 1, id), 0);
		CU_ASSERT(!memcmp(m->line, "hello", 6));
		CU_ASSERT(m->chr.dev->room(m->chr.dev_opaque) >= 6);
		m->chr.dev->receive(m->chr.dev_opaque, (const u8 *)"abcdef", 6);
		vm_expect_none(m, 0);
		id = vm_chain(m, 0, &(struct vm_seg){ DATA, 4, true }, 1);
		vm_kick(m, 0);
		CU_ASSERT_EQUAL(vm_expect(m, 0, id), 4);
		CU_ASSERT(!memcmp(m->r.ram + DATA, "abcd", 4));
		id = vm_chain(m, 0, &(struct vm_seg){ DATA, 4, true }, 1);
		vm_kick(m, 0);
		CU_ASSERT_EQUAL(vm_expect(m, 0, id), 2);
		id = vm_chain(m, 0, &(struct vm_seg){ DATA, 4, true }, 1);
		m->chr.dev->receive(m->chr.dev_opaque, (const u8 *)"x", 1);
		CU_ASSERT_EQUAL(vm_expect(m, 0, id), 1);
		vm_close(m);
	}
}

/* More than one turn's worth is sent whole, once; [5.3.4] emerg_wr. */
void test_virtio_console_long(void)
{
	struct vm *m = vm_open("console", VM_SPLIT, 0, 2);
	u32 id;

	id = vm_chain(m, 1, &(struct vm_seg){ 0x40000, 0xa0000, false }, 1);
	vm_kick(m, 1);
	vm_expect(m, 1, id);
	CU_ASSERT_EQUAL(m->line_bytes, 0xa0000);
	m->line_bytes = 0;
	rig_wr(&m->r, VM_BASE + 0x108, 4, __builtin_bswap32('!'));
	CU_ASSERT_EQUAL(m->line_bytes, 1);
	CU_ASSERT_EQUAL(m->line[0], '!');
	/* 4 GiB, most of it no memory */
	vm_chain(m, 1, &(struct vm_seg){ 0x40000, 0xffffffff, false }, 1);
	vm_kick(m, 1);
	CU_ASSERT_EQUAL(vm_reg(m, 0x070), 0x4f);
	vm_close(m);
}

/* The configuration is tag_len 2 and the tag; a message and its answer. */
void test_virtio_9p_talks(void)
{
	static const char tag[] = "hostshare";

	for (unsigned int i = 0; i < 3; i++) {
		struct vm *m = vm_open("9p", layouts[i], 0, 1);
		const struct vm_seg s[] = {
			{ DATA, 300, false }, { DATA + 0x4000, 1000, true },
		};
		u32 id;

		CU_ASSERT_EQUAL(vm_config(m, 0, 2), 9);
		for (u32 k = 0; k < 9; k++)
			CU_ASSERT_EQUAL((char)vm_config(m, 2 + k, 1), tag[k]);
		for (u32 k = 0; k < 300; k++)
			m->r.ram[DATA + k] = (u8)k;
		id = vm_chain(m, 0, s, 2);
		vm_kick(m, 0);
		CU_ASSERT_EQUAL(vm_expect(m, 0, id), 300);
		CU_ASSERT_EQUAL(m->asked, 300);
		CU_ASSERT_EQUAL(m->r.ram[DATA + 0x4000 + 299], (u8)~299);
		CU_ASSERT_EQUAL(m->r.ram[DATA + 0x4000 + 300], 0);
		m->share_resets = 0;
		vm_set(m, 0x070, 0);
		CU_ASSERT_EQUAL(m->share_resets, 1);
		vm_close(m);
	}
}

/* 512 KB of data in one message pass; what is larger gets no answer. */
void test_virtio_9p_large(void)
{
	struct vm *m = vm_open("9p", VM_SPLIT, 0, 1);
	const struct vm_seg large[] = {
		{ 0x40000, (512 << 10) + 24, false }, { DATA, 64, true },
	};
	const struct vm_seg endless[] = {
		{ 0x40000, 0xffffffff, false }, { DATA, 0xffffffff, true },
	};
	u32 id = vm_chain(m, 0, large, 2);

	vm_kick(m, 0);
	CU_ASSERT_EQUAL(vm_expect(m, 0, id), 64);
	CU_ASSERT_EQUAL(m->asked, (512 << 10) + 24);
	id = vm_chain(m, 0, endless, 2);
	vm_kick(m, 0);
	CU_ASSERT_EQUAL(vm_expect(m, 0, id), 0);
	vm_close(m);
}
