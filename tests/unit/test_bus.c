/* SPDX-License-Identifier: MIT */
/* tests/unit/test_bus.c - soc/bus.c: windows, accesses, DMA. */
#include <CUnit/CUnit.h>

#include "base/bits.h"
#include "soc/bus.h"

struct spy {
	u64 off;
	unsigned int size;
	u32 val;
	unsigned int reads, writes;
};

static int spy_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct spy *s = opaque;

	s->off = off;
	s->size = size;
	s->reads++;
	*val = s->val;
	return 3;
}

static int spy_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct spy *s = opaque;

	s->off = off;
	s->size = size;
	s->val = val;
	s->writes++;
	return BUS_OK;
}

static struct bus_target spy_target(struct spy *s)
{
	return (struct bus_target){ spy_read, spy_write, s, NULL };
}

void test_bus_big_endian(void)
{
	u8 ram[16] = { 0x12, 0x34, 0x56, 0x78 };
	struct errmsg msg = { "" };
	struct bus bus;
	u32 v;

	bus_init(&bus);
	CU_ASSERT_EQUAL(bus_map_memory(&bus, 0x1000, 16, ram, BUS_RAM, "ram",
				       &msg), 0);
	CU_ASSERT_EQUAL(bus_read(&bus, 0x1000, 4, &v), BUS_OK);
	CU_ASSERT_EQUAL(v, 0x12345678);
	CU_ASSERT_EQUAL(bus_read(&bus, 0x1001, 2, &v), BUS_OK);
	CU_ASSERT_EQUAL(v, 0x3456);
	CU_ASSERT_EQUAL(bus_write(&bus, 0x1005, 4, 0xa1b2c3d4), BUS_OK);
	CU_ASSERT_EQUAL(ram[5], 0xa1);
	CU_ASSERT_EQUAL(ram[8], 0xd4);
	CU_ASSERT_EQUAL(bus_write(&bus, 0x1000, 1, 0xffffff99), BUS_OK);
	CU_ASSERT_EQUAL(ram[0], 0x99);
	CU_ASSERT_EQUAL(ram[1], 0x34);
	bus_free(&bus);
}

void test_bus_device_access(void)
{
	struct spy s = { .val = 0x55 };
	struct bus_target t = spy_target(&s);
	struct errmsg msg = { "" };
	struct bus bus;
	u32 v;

	bus_init(&bus);
	CU_ASSERT_EQUAL(bus_map(&bus, 0xef600300, 8, &t, "uart", &msg), 0);
	CU_ASSERT_EQUAL(bus_read(&bus, 0xef600305, 1, &v), 3);
	CU_ASSERT_EQUAL(v, 0x55);
	CU_ASSERT_EQUAL(s.off, 5);
	CU_ASSERT_EQUAL(bus_write(&bus, 0xef600304, 4, 0xcafe), BUS_OK);
	CU_ASSERT_EQUAL(s.size, 4);
	CU_ASSERT_EQUAL(s.val, 0xcafe);
	CU_ASSERT_EQUAL(bus_find(&bus, 0xef600300)->accesses, 2);
	CU_ASSERT_EQUAL(bus_read(&bus, 0xef600300, 3, &v), BUS_BAD_ACCESS);
	CU_ASSERT_EQUAL(bus_write(&bus, 0xef600300, 8, 0), BUS_BAD_ACCESS);
	bus_free(&bus);
}

void test_bus_nobody(void)
{
	struct bus bus;
	u32 v = 0xdead;

	bus_init(&bus);
	CU_ASSERT_EQUAL(bus_read(&bus, 0x4000, 4, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(v, 0);
	CU_ASSERT_EQUAL(bus_write(&bus, 0x4000, 4, 1), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(bus_read(&bus, ~(paddr_t)0, 4, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(bus.no_target, 3);
	CU_ASSERT_PTR_NULL(bus_find(&bus, 0));
	bus_free(&bus);
}

void test_bus_conflict(void)
{
	static const struct { paddr_t base; u64 size; } bad[] = {
		{ 0x2000, 0x100 }, { 0x1fff, 2 }, { 0x20ff, 1 },
		{ 0x1000, 0x10000 }, { 0x2010, 0x10 },
	};
	struct spy s = { 0 };
	struct bus_target t = spy_target(&s);
	struct errmsg msg = { "" };
	struct bus bus;

	bus_init(&bus);
	CU_ASSERT_EQUAL(bus_map(&bus, 0x2000, 0x100, &t, "/first", &msg), 0);
	for (unsigned int i = 0; i < ARRAY_SIZE(bad); i++) {
		msg.text[0] = '\0';
		CU_ASSERT_EQUAL(bus_map(&bus, bad[i].base, bad[i].size, &t,
					"/second", &msg), -ERR_CONFLICT);
		CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "/first"));
		CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "/second"));
	}
	CU_ASSERT_EQUAL(bus_map(&bus, 0x1f00, 0x100, &t, "below", &msg), 0);
	CU_ASSERT_EQUAL(bus_map(&bus, 0x2100, 0x100, &t, "above", &msg), 0);
	CU_ASSERT_EQUAL(bus.count, 3);
	bus_free(&bus);
}

void test_bus_36_bits(void)
{
	struct spy s = { 0 };
	struct bus_target t = spy_target(&s);
	struct errmsg msg = { "" };
	struct bus bus;
	u32 v;

	bus_init(&bus);
	CU_ASSERT_EQUAL(bus_map(&bus, 0xffffffff0, 16, &t, "top", &msg), 0);
	CU_ASSERT_EQUAL(bus_read(&bus, 0xffffffffc, 4, &v), 3);
	CU_ASSERT_EQUAL(bus_read(&bus, 0xfffffffff, 4, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(bus_map(&bus, 0xfffffffe0, 33, &t, "x", &msg),
			-ERR_RANGE);
	CU_ASSERT_EQUAL(bus_map(&bus, 0x1000000000, 1, &t, "x", &msg),
			-ERR_RANGE);
	CU_ASSERT_EQUAL(bus_map(&bus, 0x1000, ~(u64)0, &t, "x", &msg),
			-ERR_RANGE);
	CU_ASSERT_EQUAL(bus_map(&bus, 0, 0, &t, "x", &msg), -ERR_RANGE);
	bus_free(&bus);
}

void test_bus_rom(void)
{
	u8 rom[4] = { 1, 2, 3, 4 };
	struct errmsg msg = { "" };
	bool is_writable = true;
	struct bus bus;
	u64 left;
	u32 v;

	bus_init(&bus);
	bus_map_memory(&bus, 0xfffffffc, 4, rom, BUS_ROM, "rom", &msg);
	CU_ASSERT_EQUAL(bus_write(&bus, 0xfffffffc, 4, 0), BUS_OK);
	CU_ASSERT_EQUAL(bus_dma_write(&bus, 0xfffffffc, "abcd", 4), BUS_OK);
	bus_read(&bus, 0xfffffffc, 4, &v);
	CU_ASSERT_EQUAL(v, 0x01020304);
	CU_ASSERT_PTR_EQUAL(bus_direct(&bus, 0xfffffffd, &is_writable, &left),
			    rom + 1);
	CU_ASSERT_FALSE(is_writable);
	CU_ASSERT_EQUAL(left, 3);
	bus_free(&bus);
}

void test_bus_straddle(void)
{
	u8 a[4] = { 0, 0, 0, 0x11 }, b[4] = { 0x22, 0x33, 0, 0 };
	struct errmsg msg = { "" };
	struct bus bus;
	u32 v;

	bus_init(&bus);
	bus_map_memory(&bus, 0x100, 4, a, BUS_RAM, "a", &msg);
	bus_map_memory(&bus, 0x104, 4, b, BUS_RAM, "b", &msg);
	CU_ASSERT_EQUAL(bus_read(&bus, 0x103, 2, &v), BUS_OK);
	CU_ASSERT_EQUAL(v, 0x1122);
	CU_ASSERT_EQUAL(bus_write(&bus, 0x102, 4, 0xa1a2a3a4), BUS_OK);
	CU_ASSERT_EQUAL(ldb32(a), 0xa1a2);
	CU_ASSERT_EQUAL(ldb32(b), 0xa3a40000);
	CU_ASSERT_EQUAL(bus_read(&bus, 0x106, 4, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(v, 0);
	bus_free(&bus);
}

struct notes {
	paddr_t base[4];
	u64 size[4];
	unsigned int count;
};

static void note(void *opaque, paddr_t base, u64 size)
{
	struct notes *n = opaque;

	if (n->count < 4) {
		n->base[n->count] = base;
		n->size[n->count] = size;
	}
	n->count++;
}

void test_bus_dma(void)
{
	u8 a[4] = "abc", b[4] = "efg", buf[8];
	struct spy s = { 0 };
	struct bus_target t = spy_target(&s);
	struct errmsg msg = { "" };
	struct notes n = { .count = 0 };
	struct bus bus;

	bus_init(&bus);
	bus.dma_wrote = note;
	bus.opaque = &n;
	a[3] = 'd';
	bus_map_memory(&bus, 0, 4, a, BUS_RAM, "a", &msg);
	bus_map_memory(&bus, 4, 4, b, BUS_RAM, "b", &msg);
	bus_map(&bus, 8, 4, &t, "dev", &msg);
	CU_ASSERT_EQUAL(bus_dma_read(&bus, 1, buf, 6), BUS_OK);
	CU_ASSERT_EQUAL(memcmp(buf, "bcdefg", 6), 0);
	CU_ASSERT_EQUAL(bus_dma_write(&bus, 2, "WXYZ", 4), BUS_OK);
	CU_ASSERT_EQUAL(memcmp(a, "abWX", 4), 0);
	CU_ASSERT_EQUAL(memcmp(b, "YZ", 2), 0);
	CU_ASSERT_EQUAL(n.count, 2);
	CU_ASSERT_EQUAL(n.base[1], 4);
	CU_ASSERT_EQUAL(n.size[1], 2);
	CU_ASSERT_EQUAL(bus_dma_read(&bus, 6, buf, 4), BUS_BAD_ACCESS);
	CU_ASSERT_EQUAL(bus_dma_write(&bus, 8, buf, 1), BUS_BAD_ACCESS);
	CU_ASSERT_EQUAL(bus_dma_write(&bus, 12, buf, 1), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(bus_dma_read(&bus, 12, buf, 0), BUS_OK);
	CU_ASSERT_EQUAL(s.reads + s.writes, 0);
	bus_free(&bus);
}

void test_bus_unmap(void)
{
	u8 ram[4] = { 0 };
	struct errmsg msg = { "" };
	struct notes n = { .count = 0 };
	struct bus bus;
	u32 v, gen;

	bus_init(&bus);
	bus.changed = note;
	bus.opaque = &n;
	bus_map_memory(&bus, 0x40, 4, ram, BUS_RAM, "ram", &msg);
	CU_ASSERT_EQUAL(bus_read(&bus, 0x40, 4, &v), BUS_OK);
	gen = bus.generation;
	CU_ASSERT_EQUAL(bus_unmap(&bus, 0x41), -ERR_NOENT);
	CU_ASSERT_EQUAL(bus_unmap(&bus, 0x40), 0);
	CU_ASSERT_TRUE(bus.generation > gen);
	CU_ASSERT_EQUAL(n.count, 1);
	CU_ASSERT_EQUAL(n.base[0], 0x40);
	CU_ASSERT_EQUAL(bus_read(&bus, 0x40, 4, &v), BUS_NO_TARGET);
	bus_free(&bus);
}

void test_bus_many_windows(void)
{
	struct spy s[64];
	struct errmsg msg = { "" };
	struct bus bus;
	u32 v;

	memset(s, 0, sizeof(s));
	bus_init(&bus);
	/* 37 is prime to 64: an order that is neither up nor down */
	for (unsigned int i = 0; i < 64; i++) {
		unsigned int k = i * 37 % 64;
		struct bus_target t = spy_target(&s[k]);

		s[k].val = k;
		CU_ASSERT_EQUAL(bus_map(&bus, 0x1000 * k, 0x800, &t, "w",
					&msg), 0);
	}
	for (unsigned int k = 0; k < 64; k++) {
		CU_ASSERT_EQUAL(bus_read(&bus, 0x1000 * k + 0x7fc, 4, &v), 3);
		CU_ASSERT_EQUAL(v, k);
		CU_ASSERT_EQUAL(bus_read(&bus, 0x1000 * k + 0x800, 4, &v),
				BUS_NO_TARGET);
	}
	bus_free(&bus);
}

struct fault_log {
	struct bus_watch watch;
	struct bus_fault last;
	unsigned int count;
};

static void fault_note(void *opaque, const struct bus_fault *f)
{
	struct fault_log *l = opaque;

	l->last = *f;
	l->count++;
}

void test_bus_watch(void)
{
	struct fault_log a = { .watch = { fault_note, &a, NULL } };
	struct fault_log b = { .watch = { fault_note, &b, NULL } };
	u8 ram[16] = { 0 }, buf[8] = { 0 };
	struct errmsg msg = { "" };
	struct bus bus;
	u32 v;

	bus_init(&bus);
	bus_watch(&bus, &a.watch);
	bus_watch(&bus, &b.watch);
	bus_map_memory(&bus, 0x1000, 16, ram, BUS_RAM, "ram", &msg);
	bus_read(&bus, 0x1000, 4, &v);
	bus_write(&bus, 0x1004, 4, v);
	bus_dma_read(&bus, 0x1000, buf, 8);
	CU_ASSERT_EQUAL(a.count, 0);
	bus_write(&bus, 0x2004, 2, 1);
	CU_ASSERT_EQUAL(a.count, 1);
	CU_ASSERT_EQUAL(b.count, 1);
	CU_ASSERT_EQUAL(a.last.pa, 0x2004);
	CU_ASSERT_EQUAL(a.last.size, 2);
	CU_ASSERT_TRUE(a.last.is_write);
	CU_ASSERT_EQUAL(a.last.by, BUS_CPU);
	/* a DMA that runs off the end names the first byte that is missing */
	CU_ASSERT_EQUAL(bus_dma_read_by(&bus, BUS_MAL, 0x100c, buf, 8),
			BUS_NO_TARGET);
	CU_ASSERT_EQUAL(b.count, 2);
	CU_ASSERT_EQUAL(b.last.pa, 0x1010);
	CU_ASSERT_EQUAL(b.last.size, 4);
	CU_ASSERT_FALSE(b.last.is_write);
	CU_ASSERT_EQUAL(b.last.by, BUS_MAL);
	bus_dma_write(&bus, 0x800000000ull, buf, 1);
	CU_ASSERT_EQUAL(b.last.by, BUS_DMA);
	CU_ASSERT_EQUAL(b.last.pa, 0x800000000ull);
	bus_free(&bus);
}

void test_bus_rom_commands(void)
{
	u8 rom[16] = { 1, 2, 3, 4 };
	struct spy s = { 0 };
	struct bus_target t = spy_target(&s);
	struct errmsg msg = { "" };
	bool is_writable = true;
	struct bus bus;
	u64 left;
	u32 v;

	bus_init(&bus);
	CU_ASSERT_EQUAL(bus_map_rom(&bus, 0x1000, 16, rom, &t, "flash", &msg),
			0);
	bus_read(&bus, 0x1000, 4, &v);
	CU_ASSERT_EQUAL(v, 0x01020304);
	CU_ASSERT_EQUAL(s.reads, 0);
	CU_ASSERT_PTR_EQUAL(bus_direct(&bus, 0x1001, &is_writable, &left),
			    rom + 1);
	CU_ASSERT_FALSE(is_writable);
	CU_ASSERT_EQUAL(bus_write(&bus, 0x1002, 2, 0xaa), BUS_OK);
	CU_ASSERT_EQUAL(s.writes, 1);
	CU_ASSERT_EQUAL(s.off, 2);
	CU_ASSERT_EQUAL(rom[2], 3);
	/* DMA does not speak to flash chips */
	CU_ASSERT_EQUAL(bus_dma_write(&bus, 0x1000, "abcd", 4), BUS_OK);
	CU_ASSERT_EQUAL(s.writes, 1);
	CU_ASSERT_EQUAL(rom[0], 1);
	bus_free(&bus);
}

static void spy_preview(void *opaque, struct preview *p)
{
	(void)opaque;
	p->rows = 3;
	for (unsigned int i = 0; i < 3; i++)
		p->row[i] = (struct preview_row){ .at = 6 * i, .size = 4,
						  .value = i };
}

/* Offsets become addresses; what is not in the window is left out. */
void test_bus_preview(void)
{
	struct spy s = { 0 };
	struct bus_target t = spy_target(&s);
	struct errmsg msg = { "" };
	struct preview p = { .rows = 5 };
	struct bus bus;

	bus_init(&bus);
	CU_ASSERT_EQUAL(bus_map(&bus, 0x2000, 14, &t, "silent", &msg), 0);
	t.preview = spy_preview;
	CU_ASSERT_EQUAL(bus_map(&bus, 0x1000, 14, &t, "spy", &msg), 0);
	bus_preview(&bus, 0x2000, &p);
	CU_ASSERT_EQUAL(p.rows, 0);
	bus_preview(&bus, 0x3000, &p);
	CU_ASSERT_EQUAL(p.rows, 0);
	bus_preview(&bus, 0x1004, &p);
	/* the third is at 12 and would reach over the end */
	CU_ASSERT_EQUAL_FATAL(p.rows, 2);
	CU_ASSERT(p.row[0].at == 0x1000 && p.row[0].value == 0);
	CU_ASSERT(p.row[1].at == 0x1006 && p.row[1].value == 1);
	/* a window that shows what lies from 6 on */
	preview_move(&p, 0x1006, 0, 8);
	CU_ASSERT_EQUAL_FATAL(p.rows, 1);
	CU_ASSERT(p.row[0].at == 0 && p.row[0].value == 1);
	CU_ASSERT_EQUAL(s.reads + s.writes, 0);
	bus_free(&bus);
}
