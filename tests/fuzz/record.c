/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/record.c - runs the unit tests of the devices and writes what
 * they do, as the text of prog.h.
 *
 * Each call that a test makes of the fabric goes through a __wrap_ function
 * here (the linker's --wrap); calls that devices make in turn are not written.
 * Changes of memory between two calls are what the test put there.  The shell
 * script next to it turns this into seeds.  Linked only for that.
 */
#include <stdio.h>
#include <stdlib.h>

#include <CUnit/CUnit.h>

#include "soc/dev.h"
#include "soc/i2c.h"
#include "soc/pci_bus.h"
#include "soc/virtio.h"
#include "tests/unit/unit.h"

#define SHADOW		(1u << 20)
#define LINES_MAX	500u	/* of one test */
#define RUN_MAX		96u	/* bytes */

#define TEST(suite, name, sentence) \
	__attribute__((weak)) void test_##suite##_##name(void);
#include "tests/suite.def"
#undef TEST

#define REAL(ret, name, args) \
	ret __real_##name args; \
	ret __wrap_##name args

static struct {
	struct bus *bus;
	u8 shadow[SHADOW];
	unsigned int depth, lines;
} rec;

static u8 *ram_of(struct bus *bus, u64 *bytes)
{
	for (unsigned int i = 0; bus && i < bus->count; i++)
		if (bus->win[i].kind == BUS_RAM && bus->win[i].base == 0) {
			*bytes = bus->win[i].size < SHADOW ?
				 bus->win[i].size : SHADOW;
			return bus->win[i].host;
		}
	return NULL;
}

/* Length of the run of bytes that differ at @at, with gaps of up to 7. */
static u64 run_at(const u8 *ram, u64 at, u64 bytes)
{
	u64 n = 0, same = 0;

	for (; at + n < bytes && same < 8; n++)
		same = ram[at + n] == rec.shadow[at + n] ? same + 1 : 0;
	return n - same;
}

/* What differs; of a long run, which is payload, the first bytes. */
static void write_memory(const u8 *ram, u64 bytes)
{
	for (u64 at = 0; at < bytes && rec.lines <= LINES_MAX; at++) {
		u64 n;

		if (!(at & 4095) && bytes - at >= 4096 &&
		    !memcmp(ram + at, rec.shadow + at, 4096)) {
			at += 4095;
			continue;
		}
		if (ram[at] == rec.shadow[at])
			continue;
		n = run_at(ram, at, bytes);
		printf("m 0x%llx x", (unsigned long long)at);
		for (u64 i = 0; i < n && i < RUN_MAX; i++)
			printf("%02x", ram[at + i]);
		putchar('\n');
		at += n - 1;
		rec.lines++;
	}
}

/* Before a call of a test: true when it is to be written. */
static bool enter(void)
{
	u64 bytes = 0;
	u8 *ram;

	if (rec.depth++ || ++rec.lines > LINES_MAX)
		return false;
	ram = ram_of(rec.bus, &bytes);
	if (ram)
		write_memory(ram, bytes);
	return true;
}

static void leave(void)
{
	u64 bytes = 0;
	u8 *ram;

	if (--rec.depth || rec.lines > LINES_MAX)
		return;
	ram = ram_of(rec.bus, &bytes);
	if (ram)
		memcpy(rec.shadow, ram, bytes);
}

REAL(void, bus_init, (struct bus *bus))
{
	__real_bus_init(bus);
	rec.bus = bus;
	rec.lines = 0;
	memset(rec.shadow, 0, sizeof(rec.shadow));
	puts("rig");
}

REAL(void, bus_free, (struct bus *bus))
{
	if (rec.bus == bus)
		rec.bus = NULL;
	__real_bus_free(bus);
}

REAL(struct dev *, dev_new, (const struct dev_class *cls,
			     const struct dev_env *env, const char *path))
{
	printf("class %s\n", cls->name);
	return __real_dev_new(cls, env, path);
}

REAL(int, virtio_init, (struct virtio *v, const struct virtio_ops *ops,
			struct dev *dev, const struct dev_node *node,
			const struct virtio_bus *bus, void *opaque,
			struct errmsg *msg))
{
	printf("class virtio-%s\n", ops->name);
	return __real_virtio_init(v, ops, dev, node, bus, opaque, msg);
}

static bool is_pci(u64 pa)
{
	return (pa >= 0xa0000000 && pa < 0xe8010000) ||
	       (pa >= 0xeec00000 && pa < 0xef500000);
}

REAL(int, bus_read, (struct bus *bus, paddr_t pa, unsigned int size,
		     u32 *val))
{
	int rc;

	rec.bus = bus;
	if (enter() && pa >= SHADOW)
		printf("r %u @0x%llx\n", size == 4 ? 2 : size - 1,
		       (unsigned long long)pa);
	rc = __real_bus_read(bus, pa, size, val);
	leave();
	return rc;
}

REAL(int, bus_write, (struct bus *bus, paddr_t pa, unsigned int size, u32 val))
{
	int rc;

	rec.bus = bus;
	if (enter() && pa >= SHADOW)
		printf("w%u @0x%llx 0x%x\n", size, (unsigned long long)pa,
		       is_pci(pa) ? pci_swap(val, size) : val);
	rc = __real_bus_write(bus, pa, size, val);
	leave();
	return rc;
}

REAL(int, dcr_read, (struct dcr_space *d, u32 dcrn, u32 *val))
{
	int rc;

	if (enter())
		printf("r 2 #0x%x\n", dcrn);
	rc = __real_dcr_read(d, dcrn, val);
	leave();
	return rc;
}

REAL(int, dcr_write, (struct dcr_space *d, u32 dcrn, u32 val))
{
	int rc;

	if (enter())
		printf("w4 #0x%x 0x%x\n", dcrn, val);
	rc = __real_dcr_write(d, dcrn, val);
	leave();
	return rc;
}

REAL(void, sched_advance, (struct sched *s, cycle_t now))
{
	unsigned int shift = 0;
	cycle_t by = now - s->now;

	if (enter()) {
		for (; by > 255; by >>= 1)
			shift++;
		printf("t %u %u\n", shift, (unsigned int)by);
	}
	__real_sched_advance(s, now);
	leave();
}

REAL(void, i2c_start, (struct i2c_bus *bus))
{
	if (enter())
		puts("start");
	__real_i2c_start(bus);
	leave();
}

REAL(bool, i2c_write, (struct i2c_bus *bus, u8 byte))
{
	bool is_acked;

	if (enter())
		printf("byte %02x\n", byte);
	is_acked = __real_i2c_write(bus, byte);
	leave();
	return is_acked;
}

REAL(u8, i2c_read, (struct i2c_bus *bus))
{
	u8 byte;

	if (enter())
		puts("read");
	byte = __real_i2c_read(bus);
	leave();
	return byte;
}

REAL(void, i2c_stop, (struct i2c_bus *bus))
{
	if (enter())
		puts("stop");
	__real_i2c_stop(bus);
	leave();
}

/* What tests use of CUnit and of the runner; what they find is not our affair. */
CU_BOOL CU_assertImplementation(CU_BOOL value, unsigned int line,
				const char *condition, const char *file,
				const char *function, CU_BOOL is_fatal)
{
	(void)line;
	(void)condition;
	(void)file;
	(void)function;
	(void)is_fatal;
	return value;
}

void unit_skip(const char *why)
{
	(void)why;
}

int main(void)
{
#define TEST(suite, name, sentence) \
	if (test_##suite##_##name) { \
		puts("test " #suite " " #name); \
		fflush(stdout); \
		test_##suite##_##name(); \
	}
#include "tests/suite.def"
#undef TEST
	puts("end");
	return 0;
}
