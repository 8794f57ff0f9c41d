/* SPDX-License-Identifier: MIT */
/* tests/unit/test_gpio.c - GPIO as Linux's platforms/4xx/gpio.c drives it. */
#include "soc/dev/gpio.h"
#include "tests/unit/dev_rig.h"

extern const struct dev_class gpio_class;

#define GPIO 0xef600b00u

static void gpio_open(struct rig *r)
{
	rig_open(r);
	rig_add(r, &(struct rig_spec){
		.cls = &gpio_class, .mmio = { GPIO }, .nmmio = 1,
		.mmio_size = 0x48,
	}, NULL);
	rig_start(r);
}

/* dir_out: OR, ODR off, TCR on; get: IR. */
void test_gpio_output_reads_back(void)
{
	struct rig r;

	gpio_open(&r);
	rig_wr(&r, GPIO, 4, 0x80000001);
	CU_ASSERT_EQUAL(rig_rd(&r, GPIO + 0x1c, 4), 0);
	rig_wr(&r, GPIO + 4, 4, 0x80000000);
	CU_ASSERT_EQUAL(rig_rd(&r, GPIO + 0x1c, 4), 0x80000000);
	rig_wr(&r, GPIO + 0x1c, 4, 0xffffffff);
	CU_ASSERT_EQUAL(rig_rd(&r, GPIO + 0x1c, 4), 0x80000000);
	rig_close(&r);
}

void test_gpio_bytes(void)
{
	struct rig r;

	gpio_open(&r);
	rig_wr(&r, GPIO + 0x08, 4, 0x11223344);
	rig_wr(&r, GPIO + 0x09, 1, 0xaa);
	CU_ASSERT_EQUAL(rig_rd(&r, GPIO + 0x08, 4), 0x11aa3344);
	CU_ASSERT_EQUAL(rig_rd(&r, GPIO + 0x0a, 2), 0x3344);
	rig_hammer(&r, GPIO, 0x48);
	rig_close(&r);
}

/* OSRL: two bits a pin, pin 0 first; not 00: another core drives it. */
void test_gpio_alternate(void)
{
	u32 driven, level;
	struct rig r;

	gpio_open(&r);
	rig_wr(&r, GPIO, 4, 0xffffffff);
	rig_wr(&r, GPIO + 4, 4, 0xffffffff);
	rig_wr(&r, GPIO + 0x08, 4, 0x40000000);	/* pin 0 */
	rig_wr(&r, GPIO + 0x14, 4, 0x00000002);	/* pin 31 */
	gpio_pins(r.dev[0], &driven, &level);
	CU_ASSERT_EQUAL(driven, 0x7ffffffe);
	CU_ASSERT_EQUAL(level, 0x7ffffffe);
	rig_close(&r);
}

void test_gpio_open_drain(void)
{
	struct rig r;

	gpio_open(&r);
	rig_wr(&r, GPIO + 0x18, 4, 0xc0000000);
	rig_wr(&r, GPIO + 4, 4, 0xc0000000);
	rig_wr(&r, GPIO, 4, 0xc0000000);
	gpio_set_input(r.dev[0], 0, true);
	CU_ASSERT_EQUAL(rig_rd(&r, GPIO + 0x1c, 4), 0x80000000);
	rig_wr(&r, GPIO, 4, 0x40000000);	/* a 0 is driven */
	CU_ASSERT_EQUAL(rig_rd(&r, GPIO + 0x1c, 4), 0);
	rig_close(&r);
}

static void pins_seen(void *opaque, u32 changed, u32 level)
{
	u32 *seen = opaque;

	seen[0] = changed;
	seen[1] = level;
}

void test_gpio_inputs(void)
{
	u32 seen[2] = { 0 };
	struct gpio_watch w = { .changed = pins_seen, .opaque = seen };
	struct rig r;

	gpio_open(&r);
	gpio_watch(r.dev[0], &w);
	gpio_set_input(r.dev[0], 5, true);
	CU_ASSERT_EQUAL(seen[0], 0x04000000);
	CU_ASSERT_EQUAL(seen[1], 0x04000000);
	CU_ASSERT_EQUAL(rig_rd(&r, GPIO + 0x1c, 4), 0x04000000);
	dev_reset(r.dev[0], RESET_SYSTEM);	/* the outside stays */
	CU_ASSERT_EQUAL(rig_rd(&r, GPIO + 0x1c, 4), 0x04000000);
	gpio_set_input(r.dev[0], 32, true);
	rig_wr(&r, GPIO + 4, 4, 0x04000000);	/* driven low now */
	CU_ASSERT_EQUAL(seen[1], 0);
	rig_close(&r);
}
