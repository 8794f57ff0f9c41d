/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_spi.c - the port as Linux's spi-ppc4xx.c drives it, and an
 * AT25 EEPROM as its data sheet and Linux's at25.c have it.
 */
#include "soc/dev/gpio.h"
#include "tests/unit/dev_rig.h"

extern const struct dev_class spi_class, gpio_class, at25_class;

#define GPIO	0xef600b00u
#define SPI	0xef600900u
#define MODE	(SPI + 0)
#define RXD	(SPI + 1)
#define TXD	(SPI + 2)
#define CR	(SPI + 3)
#define SR	(SPI + 4)
#define CDM	(SPI + 6)
#define PIN	12u

static struct rig_prop spi_props[3], chip_props[8];

static void spi_open(struct rig *r)
{
	struct dev *gpio, *spi;

	rig_open(r);
	clk_set(&r->clk, CLK_OPB, 50000000);
	gpio = rig_add(r, &(struct rig_spec){
		.cls = &gpio_class, .mmio = { GPIO }, .nmmio = 1,
		.mmio_size = 0x48 }, NULL);
	memset(spi_props, 0, sizeof(spi_props));
	spi_props[0] = (struct rig_prop){
		.name = "gpios", .cells = 3, .cell = { 1, PIN, 1 },
		.dev = gpio,
	};
	spi = rig_add(r, &(struct rig_spec){
		.cls = &spi_class, .mmio = { SPI }, .nmmio = 1,
		.mmio_size = 7, .props = spi_props }, NULL);
	memset(chip_props, 0, sizeof(chip_props));
	chip_props[0] = (struct rig_prop){ .name = "/parent", .dev = spi };
	chip_props[1] = (struct rig_prop){ .name = "reg", .cells = 1 };
	chip_props[2] = (struct rig_prop){ .name = "size", .cells = 1,
					   .cell = { 8192 } };
	chip_props[3] = (struct rig_prop){ .name = "pagesize", .cells = 1,
					   .cell = { 32 } };
	chip_props[4] = (struct rig_prop){ .name = "address-width",
					   .cells = 1, .cell = { 16 } };
	rig_add(r, &(struct rig_spec){
		.cls = &at25_class, .props = chip_props }, NULL);
	rig_start(r);
	/* spi_ppc4xx_of_probe: chip select out, inactive; then mode 0 */
	rig_wr(r, GPIO, 4, 0x80000000u >> PIN);
	rig_wr(r, GPIO + 4, 4, 0x80000000u >> PIN);
	rig_wr(r, MODE, 1, 0x18);
	rig_wr(r, CDM, 1, 4);
}

static u8 spi_byte(struct rig *r, u8 out)
{
	u64 start = r->sched.now;

	rig_wr(r, TXD, 1, out);
	rig_wr(r, CR, 1, 1);
	CU_ASSERT_EQUAL(rig_rd(r, SR, 1) & 2, 2);
	while (rig_rd(r, SR, 1) & 2)
		CU_ASSERT_FATAL(rig_step(r));
	/* 8 bits at 50 MHz / 20, in cycles of 100 MHz */
	CU_ASSERT(r->sched.now - start <= 320);
	CU_ASSERT(r->dev[1]->irq[0].level);
	CU_ASSERT_EQUAL(rig_rd(r, SR, 1), 1);
	out = (u8)rig_rd(r, RXD, 1);
	CU_ASSERT(!r->dev[1]->irq[0].level);
	CU_ASSERT_EQUAL(rig_rd(r, SR, 1), 0);
	return out;
}

static void spi_cs(struct rig *r, bool is_on)
{
	rig_wr(r, GPIO, 4, is_on ? 0 : 0x80000000u >> PIN);
}

static void spi_send(struct rig *r, const u8 *p, unsigned int n, u8 *in,
		     unsigned int reads)
{
	spi_cs(r, true);
	while (n--)
		(void)spi_byte(r, *p++);
	while (reads--)
		*in++ = spi_byte(r, 0);
	spi_cs(r, false);
}

void test_spi_timing(void)
{
	struct rig r;

	spi_open(&r);
	CU_ASSERT_EQUAL(spi_byte(&r, 0x55), 0xff);	/* nobody selected */
	CU_ASSERT_EQUAL(r.sched.now, 320);
	rig_wr(&r, CDM, 1, 0xff);
	rig_wr(&r, CR, 1, 1);
	CU_ASSERT(rig_step(&r));
	CU_ASSERT_EQUAL(r.sched.now, 320 + 8 * 4 * 256 * 2);
	(void)rig_rd(&r, RXD, 1);
	rig_wr(&r, MODE, 1, 0);				/* not enabled */
	rig_wr(&r, CR, 1, 1);
	CU_ASSERT(!rig_step(&r));
	rig_close(&r);
}

void test_spi_loopback(void)
{
	struct rig r;

	spi_open(&r);
	rig_wr(&r, MODE, 1, 0x19);
	CU_ASSERT_EQUAL(spi_byte(&r, 0xa1), 0xa1);
	rig_wr(&r, MODE, 1, 0x1d);			/* least bit first */
	CU_ASSERT_EQUAL(spi_byte(&r, 0xa1), 0xa1);
	rig_close(&r);
}

void test_spi_eeprom(void)
{
	static const u8 wren[] = { 6 }, rdsr[] = { 5 };
	static const u8 write[] = { 2, 0x01, 0x1f, 0xaa, 0xbb };
	static const u8 read[] = { 3, 0x01, 0x1f }, read0[] = { 3, 0x01, 0x00 };
	struct rig r;
	u8 in[2];

	spi_open(&r);
	spi_send(&r, write, 5, NULL, 0);		/* without WREN */
	spi_send(&r, read, 3, in, 1);
	CU_ASSERT_EQUAL(in[0], 0xff);
	spi_send(&r, wren, 1, NULL, 0);
	spi_send(&r, rdsr, 1, in, 1);
	CU_ASSERT_EQUAL(in[0], 2);
	spi_send(&r, write, 5, NULL, 0);
	spi_send(&r, rdsr, 1, in, 1);
	CU_ASSERT_EQUAL(in[0], 1);
	while (rig_step(&r))
		;
	spi_send(&r, rdsr, 1, in, 1);
	CU_ASSERT_EQUAL(in[0], 0);
	spi_send(&r, read, 3, in, 2);
	CU_ASSERT_EQUAL(in[0], 0xaa);
	CU_ASSERT_EQUAL(in[1], 0xff);
	spi_send(&r, read0, 3, in, 1);
	CU_ASSERT_EQUAL(in[0], 0xbb);			/* page of 32 wraps */
	rig_close(&r);
}

/* BP 01: the upper quarter is protected. */
void test_spi_protect(void)
{
	static const u8 wren[] = { 6 }, wrsr[] = { 1, 4 };
	static const u8 high[] = { 2, 0x18, 0x00, 0xaa };
	static const u8 low[] = { 2, 0x17, 0xff, 0xaa };
	static const u8 read[] = { 3, 0x17, 0xff };
	struct rig r;
	u8 in[2];

	spi_open(&r);
	for (int n = 0; n < 3; n++) {
		spi_send(&r, wren, 1, NULL, 0);
		spi_send(&r, n == 0 ? wrsr : n == 1 ? high : low,
			 n == 0 ? 2 : 4, NULL, 0);
		while (rig_step(&r))
			;
	}
	spi_send(&r, read, 3, in, 2);
	CU_ASSERT_EQUAL(in[0], 0xaa);
	CU_ASSERT_EQUAL(in[1], 0xff);
	rig_close(&r);
}

void test_spi_any_access(void)
{
	struct rig r;

	spi_open(&r);
	spi_cs(&r, true);
	for (int n = 0; n < 20; n++)
		rig_hammer(&r, SPI, 7);
	rig_close(&r);
}
