/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_iic.c - an empty bus as Linux's i2c-ibm_iic.c sees it.
 * STS: ERR 04, IRQA 02, PT 01; EXTSTS: BCS 70 (free 40), XFRA 01.
 */
#include "tests/unit/dev_rig.h"

extern const struct dev_class iic_class;

#define IIC	0xef600700u
#define CNTL	(IIC + 6)
#define MDCNTL	(IIC + 7)
#define STS	(IIC + 8)
#define EXTSTS	(IIC + 9)
#define DIRECT	(IIC + 0x10)

static void iic_open(struct rig *r)
{
	rig_open(r);
	rig_add(r, &(struct rig_spec){
		.cls = &iic_class, .mmio = { IIC }, .nmmio = 1,
		.mmio_size = 0x14,
	}, NULL);
	rig_start(r);
	/* iic_dev_init */
	rig_wr(r, STS, 1, 0x0a);
	rig_wr(r, EXTSTS, 1, 0x8f);
	rig_wr(r, IIC + 0xc, 1, 6);
	rig_wr(r, IIC + 0xf, 1, 0xf0);
	rig_wr(r, CNTL, 1, 0);
	rig_wr(r, IIC + 0xd, 1, 1);
	rig_wr(r, MDCNTL, 1, 0x46);
}

void test_iic_nack(void)
{
	struct rig r;

	iic_open(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1) & 0x70, 0x40);
	rig_wr(&r, IIC + 4, 1, 0x50 << 1);
	rig_wr(&r, IIC, 1, 0x00);
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 0x20, 0x20);
	rig_wr(&r, CNTL, 1, 0x01);
	CU_ASSERT_EQUAL(rig_rd(&r, STS, 1) & 0x01, 0x01);
	CU_ASSERT(rig_step(&r));
	/* 10 bits at 100 kHz, at 100 MHz */
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
	CU_ASSERT_EQUAL(rig_rd(&r, IIC + 0xe, 1) & 7, 0);
	rig_close(&r);
}

/* iic_abort_xfer: HMT, then the bus becomes free. */
void test_iic_halt(void)
{
	struct rig r;

	iic_open(&r);
	rig_wr(&r, CNTL, 1, 0x03);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1) & 0x70, 0x50);
	rig_wr(&r, CNTL, 1, 0x80);
	CU_ASSERT_EQUAL(rig_rd(&r, EXTSTS, 1) & 0x70, 0x40);
	CU_ASSERT_EQUAL(sched_next(&r.sched), SCHED_NEVER);
	rig_close(&r);
}

/* iic_smbus_quick: nobody pulls SDA in the acknowledge bit. */
void test_iic_quick(void)
{
	struct rig r;

	iic_open(&r);
	rig_wr(&r, IIC + 0xf, 1, 0x01);
	rig_wr(&r, DIRECT, 1, 0x0c);
	CU_ASSERT_EQUAL(rig_rd(&r, DIRECT, 1) & 0x0f, 0x0f);
	rig_wr(&r, DIRECT, 1, 0x04);		/* START */
	CU_ASSERT_EQUAL(rig_rd(&r, DIRECT, 1) & 3, 1);
	rig_wr(&r, DIRECT, 1, 0x0c);		/* ACK */
	CU_ASSERT_EQUAL(rig_rd(&r, DIRECT, 1) & 2, 2);
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
