/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_iic.c - the controller as Linux's i2c-ibm_iic.c and U-Boot's
 * ppc4xx_i2c.c drive it, with an EEPROM at 0x50.
 * CNTL: HMT 80, AMD 40, TCT 30, RPST 8, CHT 4, RW 2, PT 1.  STS: MDBS 20,
 * MDBF 10, SCMP 8, ERR 4, IRQA 2, PT 1; EXTSTS: BCS 70 (free 40), ICT 02,
 * XFRA 01.
 */
#include "tests/unit/i2c_rig.h"

extern const struct dev_class at24_class;

#define LMADR	(IIC + 4)
#define HMADR	(IIC + 5)
#define CNTL	(IIC + 6)
#define MDCNTL	(IIC + 7)
#define STS	(IIC + 8)
#define EXTSTS	(IIC + 9)
#define XFRCNT	(IIC + 0xe)
#define XTCNTLSS (IIC + 0xf)
#define DIRECT	(IIC + 0x10)

static struct rig_prop props[6];

static void iic_open(struct rig *r)
{
	i2c_rig_open(r);
	memset(props, 0, sizeof(props));
	i2c_rig_add(r, &at24_class, props, "atmel,24c02", 0x50, NULL);
	rig_start(r);
	/* iic_dev_init */
	rig_wr(r, STS, 1, 0x0a);
	rig_wr(r, EXTSTS, 1, 0x8f);
	rig_wr(r, IIC + 0xc, 1, 6);
	rig_wr(r, XTCNTLSS, 1, 0xf0);
	rig_wr(r, CNTL, 1, 0);
	rig_wr(r, IIC + 0xd, 1, 1);
	rig_wr(r, MDCNTL, 1, 0x46);
}

/* Until PT is off, as iic_wait_for_tc; the interrupt comes with it. */
static void iic_wait(struct rig *r)
{
	for (int n = 0; n < 20 && rig_rd(r, STS, 1) & 1; n++)
		CU_ASSERT(rig_step(r));
	CU_ASSERT(r->dev[0]->irq[0].level);
	rig_wr(r, STS, 1, 0x0a);
	CU_ASSERT(!r->dev[0]->irq[0].level);
}

/* iic_xfer_bytes */
static void linux_write(struct rig *r, const u8 *p, unsigned int len,
			bool is_combined)
{
	while (len) {
		unsigned int n = len > 4 ? 4 : len;
		u32 cmd = 1 | (n - 1) << 4;

		for (unsigned int j = 0; j < n; j++)
			rig_wr(r, IIC, 1, *p++);
		len -= n;
		rig_wr(r, CNTL, 1, cmd | (len ? 4 : is_combined ? 8 : 0));
		iic_wait(r);
		CU_ASSERT_EQUAL(rig_rd(r, STS, 1) & 4, 0);
		CU_ASSERT_EQUAL(rig_rd(r, XFRCNT, 1) & 7, n);
	}
}

static void linux_read(struct rig *r, u8 *p, unsigned int len)
{
	while (len) {
		unsigned int n = len > 4 ? 4 : len;

		len -= n;
		rig_wr(r, CNTL, 1, 3 | (n - 1) << 4 | (len ? 4 : 0));
		iic_wait(r);
		CU_ASSERT_EQUAL(rig_rd(r, XFRCNT, 1) & 7, n);
		CU_ASSERT_EQUAL(rig_rd(r, STS, 1) & 0x20, 0x20);
		for (unsigned int j = 0; j < n; j++)
			*p++ = (u8)rig_rd(r, IIC, 1);
		CU_ASSERT_EQUAL(rig_rd(r, STS, 1) & 0x20, 0);
	}
}

void test_iic_nack(void)
{
	struct rig r;

	iic_open(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1) & 0x70, 0x40);
	rig_wr(&r, LMADR, 1, 0x51 << 1);
	rig_wr(&r, IIC, 1, 0x00);
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 0x20, 0x20);
	rig_wr(&r, CNTL, 1, 0x01);
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 0x01, 0x01);
	CU_ASSERT(rig_step(&r));
	/* 10 bits at 70 MHz / 7 / 100 = 100 kHz, in cycles of 100 MHz */
	CU_ASSERT_EQUAL(r.sched.now, 10000);
	CU_ASSERT(r.dev[0]->irq[0].level);
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 0x07, 0x06);
	rig_wr(&r, STS, 1, 0x0a);		/* iic_handler */
	CU_ASSERT(!r.dev[0]->irq[0].level);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1) & 0x7f, 0x41);
	rig_wr(&r, EXTSTS, 1, 0x8f);		/* iic_xfer_result */
	rig_wr(&r, MDCNTL, 1, 0x46);
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1), 0);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1), 0x40);
	CU_ASSERT_EQUAL(rig_rd(&r, XFRCNT, 1) & 7, 0);
	rig_close(&r);
}

void test_iic_linux_transfer(void)
{
	static const u8 w[] = { 0x08, 1, 2, 3, 4, 5, 6, 7, 8 };
	u8 at = 0x08, got[8];
	struct rig r;

	iic_open(&r);
	rig_wr(&r, LMADR, 1, 0x50 << 1);
	linux_write(&r, w, sizeof(w), false);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1) & 0x70, 0x40);
	/* address and nine bytes at 100 kHz */
	CU_ASSERT_EQUAL(r.sched.now, (10 + 9 * 9) * 1000);
	CU_ASSERT(rig_step(&r));		/* write cycle */
	linux_write(&r, &at, 1, true);
	CU_ASSERT(rig_rd(&r, EXTSTS, 1) != 0x40);
	linux_read(&r, got, 8);
	CU_ASSERT(!memcmp(got, w + 1, 8));
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1) & 0x70, 0x40);
	rig_close(&r);
}

/* i2c_transfer: STOP after the address, RPST with the read, no interrupt. */
void test_iic_uboot_transfer(void)
{
	static const u8 w[] = { 0x33, 0x5a };
	struct rig r;

	iic_open(&r);
	i2c_put(&r, 0x50, w, 2);
	rig_step(&r);
	rig_wr(&r, IIC + 0xd, 1, 0);
	rig_wr(&r, MDCNTL, 1, 0xc0);
	rig_wr(&r, MDCNTL, 1, 0x13);		/* FSM, EUBS, HSCL */
	rig_wr(&r, LMADR, 1, 0x50 << 1);
	rig_wr(&r, IIC, 1, 0x33);
	rig_wr(&r, CNTL, 1, 0x01);
	while (rig_rd(&r, STS, 1) & 1)
		CU_ASSERT_FATAL(rig_step(&r));
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 4, 0);
	rig_wr(&r, CNTL, 1, 0x0b);
	while (rig_rd(&r, STS, 1) & 1)
		CU_ASSERT_FATAL(rig_step(&r));
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 0x24, 0x20);
	CU_ASSERT_EQUAL(rig_rd(&r, IIC, 1), 0x5a);
	CU_ASSERT(!r.dev[0]->irq[0].level);
	/* the write cycle of 5 ms, then 38 bits at 400 kHz */
	CU_ASSERT_EQUAL(r.sched.now, 500000 + 38 * 250);
	rig_close(&r);
}

void test_iic_data_nack(void)
{
	struct rig r;

	i2c_rig_open(&r);
	memset(props, 0, sizeof(props));
	props[3] = (struct rig_prop){ .name = "read-only", .str = "" };
	i2c_rig_add(&r, &at24_class, props, "atmel,24c02", 0x50, NULL);
	rig_start(&r);
	rig_wr(&r, LMADR, 1, 0xa0);
	rig_wr(&r, IIC, 2, 0x0011);		/* a halfword: two bytes */
	rig_wr(&r, CNTL, 1, 0x11);
	while (rig_rd(&r, STS, 1) & 1)
		CU_ASSERT_FATAL(rig_step(&r));
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 4, 4);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1) & 7, 2);
	CU_ASSERT_EQUAL(rig_rd(&r, XFRCNT, 1) & 7, 1);
	rig_close(&r);
}

/* A write waits for its data, a read for room. */
void test_iic_stalls(void)
{
	struct rig r;

	iic_open(&r);
	rig_wr(&r, LMADR, 1, 0xa0);
	rig_wr(&r, CNTL, 1, 0x01);
	while (rig_step(&r))
		;
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 5, 1);
	rig_wr(&r, IIC, 1, 0x00);
	CU_ASSERT(rig_step(&r));
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 5, 0);
	rig_wr(&r, CNTL, 1, 0x33);
	for (int n = 0; n < 5; n++)
		CU_ASSERT(rig_step(&r));
	rig_wr(&r, CNTL, 1, 0x03);
	while (rig_step(&r))
		;
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 0x31, 0x31);
	(void)rig_rd(&r, IIC, 1);
	CU_ASSERT(rig_step(&r));
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 0x31, 0x30);
	rig_close(&r);
}

struct ten_bit {
	struct i2c_chip chip;
	u8 got;
	bool was_read;
};

static bool ten_start(void *opaque, unsigned int addr, bool is_read)
{
	struct ten_bit *t = opaque;

	CU_ASSERT_EQUAL(addr, 0x2a5);
	t->was_read = is_read;
	return true;
}

static bool ten_write(void *opaque, u8 byte)
{
	((struct ten_bit *)opaque)->got = byte;
	return true;
}

static u8 ten_read(void *opaque)
{
	(void)opaque;
	return 0x96;
}

static void ten_stop(void *opaque)
{
	(void)opaque;
}

/* iic_address: HMADR = f0 | addr >> 7 & 6, LMADR the low byte, AMD. */
void test_iic_ten_bit(void)
{
	struct ten_bit t = { 0 };
	struct rig r;

	iic_open(&r);
	t.chip = (struct i2c_chip){
		.start = ten_start, .write = ten_write, .read = ten_read,
		.stop = ten_stop, .opaque = &t, .addr = 0x2a5, .count = 1,
		.is_ten_bit = true,
	};
	CU_ASSERT_EQUAL(i2c_bus_add(i2c_bus_of(r.dev[0]), &t.chip), 0);
	rig_wr(&r, LMADR, 1, 0xa5);
	rig_wr(&r, HMADR, 1, 0xf4);
	rig_wr(&r, IIC, 1, 0x3c);
	rig_wr(&r, CNTL, 1, 0x41);
	iic_wait(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 4, 0);
	CU_ASSERT_EQUAL(t.got, 0x3c);
	rig_wr(&r, CNTL, 1, 0x43);
	iic_wait(&r);
	CU_ASSERT(t.was_read);
	CU_ASSERT_EQUAL(rig_rd(&r, IIC, 1), 0x96);
	rig_wr(&r, HMADR, 1, 0xf2);
	rig_wr(&r, CNTL, 1, 0x43);
	iic_wait(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1) & 7, 1);
	rig_close(&r);
}

/* iic_abort_xfer: HMT, then the bus becomes free. */
void test_iic_halt(void)
{
	struct rig r;

	iic_open(&r);
	rig_wr(&r, CNTL, 1, 0x03);
	CU_ASSERT(rig_rd(&r, EXTSTS, 1) != 0x40);
	rig_wr(&r, CNTL, 1, 0x80);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1) & 0x70, 0x40);
	CU_ASSERT_EQUAL(sched_next(&r.sched), SCHED_NEVER);
	rig_close(&r);
}

static void clock_bit(struct rig *r, u32 sda)
{
	rig_wr(r, DIRECT, 1, sda);
	rig_wr(r, DIRECT, 1, sda | 4);
}

/* One byte out, as iic_smbus_quick; true: acknowledged. */
static bool bang_byte(struct rig *r, u8 v)
{
	bool ack;

	for (int i = 7; i >= 0; i--) {
		rig_wr(r, DIRECT, 1, 0);
		clock_bit(r, v >> i & 1 ? 8 : 0);
	}
	rig_wr(r, DIRECT, 1, 0);
	clock_bit(r, 8);
	ack = !(rig_rd(r, DIRECT, 1) & 2);
	rig_wr(r, DIRECT, 1, 0);
	return ack;
}

static void bang_start(struct rig *r)
{
	rig_wr(r, DIRECT, 1, 8);
	rig_wr(r, DIRECT, 1, 0xc);
	CU_ASSERT_EQUAL(rig_rd(r, DIRECT, 1) & 0xf, 0xf);
	rig_wr(r, DIRECT, 1, 4);
	rig_wr(r, DIRECT, 1, 0);
}

static void bang_stop(struct rig *r)
{
	rig_wr(r, DIRECT, 1, 0);
	rig_wr(r, DIRECT, 1, 4);
	rig_wr(r, DIRECT, 1, 0xc);
}

/* iic_smbus_quick finds the chip, and nobody next to it. */
void test_iic_quick(void)
{
	struct rig r;

	iic_open(&r);
	rig_wr(&r, XTCNTLSS, 1, 0x01);
	bang_start(&r);
	CU_ASSERT(bang_byte(&r, 0xa0));
	bang_stop(&r);
	bang_start(&r);
	CU_ASSERT(!bang_byte(&r, 0xa2));
	bang_stop(&r);
	rig_wr(&r, XTCNTLSS, 1, 0);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1), 0x40);
	rig_close(&r);
}

void test_iic_bang_read(void)
{
	static const u8 w[] = { 0x10, 0xc5, 0x3a };
	struct rig r;

	iic_open(&r);
	i2c_put(&r, 0x50, w, 3);
	rig_step(&r);
	rig_wr(&r, XTCNTLSS, 1, 0x01);
	bang_start(&r);
	CU_ASSERT(bang_byte(&r, 0xa0));
	CU_ASSERT(bang_byte(&r, 0x10));
	bang_start(&r);				/* repeated */
	CU_ASSERT(bang_byte(&r, 0xa1));
	for (int n = 1; n < 3; n++) {
		u8 v = 0;

		for (int i = 0; i < 8; i++) {
			clock_bit(&r, 8);
			v = (u8)(v << 1 | (rig_rd(&r, DIRECT, 1) >> 1 & 1));
		}
		CU_ASSERT_EQUAL(v, w[n]);
		rig_wr(&r, DIRECT, 1, 8);
		clock_bit(&r, n == 1 ? 0 : 8);	/* acknowledge the first */
		rig_wr(&r, DIRECT, 1, n == 1 ? 0 : 8);
	}
	bang_stop(&r);
	rig_close(&r);
}

/*
 * A read broken off in the middle of a 0 leaves SDA low; iic_dev_reset
 * toggles SCL until it is high.
 */
void test_iic_recovery(void)
{
	static const u8 w[] = { 0x00, 0x00 };
	struct rig r;
	u32 dc;
	int n;

	iic_open(&r);
	i2c_put(&r, 0x50, w, 2);
	rig_step(&r);
	i2c_put(&r, 0x50, w, 1);
	rig_wr(&r, XTCNTLSS, 1, 0x01);
	bang_start(&r);
	CU_ASSERT(bang_byte(&r, 0xa1));
	clock_bit(&r, 8);
	clock_bit(&r, 8);
	rig_wr(&r, XTCNTLSS, 1, 0);
	CU_ASSERT(rig_rd(&r, EXTSTS, 1) != 0x40);
	rig_wr(&r, XTCNTLSS, 1, 0x01);
	rig_wr(&r, DIRECT, 1, 0x0c);
	CU_ASSERT_EQUAL(rig_rd(&r, DIRECT, 1) & 2, 0);
	for (n = 0; n < 100; n++) {
		dc = rig_rd(&r, DIRECT, 1);
		if ((dc & 0xf) == 0xf)
			break;
		rig_wr(&r, DIRECT, 1, dc ^ 4);
		rig_wr(&r, DIRECT, 1, dc);
	}
	CU_ASSERT(n > 0 && n <= 9);
	rig_wr(&r, XTCNTLSS, 1, 0);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1) & 0x70, 0x40);
	rig_close(&r);
}

void test_iic_any_access(void)
{
	struct rig r;

	iic_open(&r);
	for (int n = 0; n < 8; n++)
		rig_hammer(&r, IIC, 0x14);
	rig_close(&r);
}
