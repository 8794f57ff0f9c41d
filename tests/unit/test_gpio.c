/* SPDX-License-Identifier: MIT */
/* tests/unit/test_gpio.c - GPIO as Linux's platforms/4xx/gpio.c drives it. */
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
