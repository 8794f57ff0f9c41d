/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_usbd.c - the USB device controller's registers where U-Boot's
 * usbdev.h has them, with the reset values of Mentor's core.
 */
#include "tests/unit/dev_rig.h"

extern const struct dev_class usbd_class;

#define USBD	0x50000100u
#define INDEX	(USBD + 0x0d)
#define INCSR	(USBD + 0x10)

static struct dev *usbd_open(struct rig *r)
{
	struct dev *dev;

	rig_open(r);
	dev = rig_add(r, &(struct rig_spec){ .cls = &usbd_class,
		.mmio = { USBD }, .nmmio = 1, .mmio_size = 0x80 }, NULL);
	rig_start(r);
	return dev;
}

void test_usbd_reset_values(void)
{
	/* offset, bytes, value */
	static const u32 rows[][3] = {
		{ 0x00, 2, 0 }, { 0x02, 1, 0x20 }, { 0x03, 1, 0 },
		{ 0x04, 2, 0x0f }, { 0x06, 2, 0 }, { 0x08, 1, 0x06 },
		{ 0x09, 1, 0 }, { 0x0a, 2, 0x0e }, { 0x0c, 1, 0 },
		{ 0x0d, 1, 0 }, { 0x0e, 2, 0 }, { 0x10, 2, 0 },
		{ 0x1a, 2, 0 }, { 0x20, 4, 0 },
		/* a word: IntrIn, Power, FAddr side by side */
		{ 0x00, 4, 0x2000 },
	};
	struct rig r;

	usbd_open(&r);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		CU_ASSERT_EQUAL(rig_rd(&r, USBD + rows[i][0], rows[i][1]),
				rows[i][2]);
	rig_close(&r);
}

/* usb_dev_init of U-Boot: mode, then interrupts; nothing ever comes. */
void test_usbd_not_connected(void)
{
	struct rig r;
	struct dev *dev = usbd_open(&r);

	rig_wr(&r, USBD + 2, 1, 0xa1);
	CU_ASSERT_EQUAL(rig_rd(&r, USBD + 2, 1), 0xa1);
	rig_wr(&r, USBD + 2, 1, 0xff);
	CU_ASSERT_EQUAL(rig_rd(&r, USBD + 2, 1), 0xe5);
	rig_wr(&r, USBD + 8, 1, 0xff);
	CU_ASSERT_EQUAL(rig_rd(&r, USBD + 8, 1), 0x0f);
	rig_wr(&r, USBD + 3, 1, 0xff);
	CU_ASSERT_EQUAL(rig_rd(&r, USBD + 3, 1), 0x7f);
	CU_ASSERT_EQUAL(rig_rd(&r, USBD + 9, 1), 0);
	CU_ASSERT_EQUAL(rig_rd(&r, USBD, 2), 0);
	CU_ASSERT(!rig_step(&r));
	CU_ASSERT(!dev->irq[0].level);
	rig_close(&r);
}

/* Index selects whose CSR and packet sizes are seen. */
void test_usbd_index(void)
{
	struct rig r;

	usbd_open(&r);
	rig_wr(&r, INDEX, 1, 1);
	rig_wr(&r, USBD + 0x12, 2, 64);
	rig_wr(&r, USBD + 0x16, 2, 32);
	rig_wr(&r, INDEX, 1, 3);
	CU_ASSERT_EQUAL(rig_rd(&r, USBD + 0x12, 2), 0);
	rig_wr(&r, USBD + 0x12, 2, 512);
	rig_wr(&r, INDEX, 1, 1);
	CU_ASSERT_EQUAL(rig_rd(&r, USBD + 0x12, 2), 64);
	CU_ASSERT_EQUAL(rig_rd(&r, USBD + 0x16, 2), 32);
	/* endpoint 9 does not exist */
	rig_wr(&r, INDEX, 1, 9);
	rig_wr(&r, USBD + 0x12, 2, 8);
	CU_ASSERT_EQUAL(rig_rd(&r, USBD + 0x12, 2), 0);
	rig_close(&r);
}

/* A packet that is ready stays until FlushFIFO: no host takes it. */
void test_usbd_fifo(void)
{
	struct rig r;

	usbd_open(&r);
	rig_wr(&r, INDEX, 1, 2);
	rig_wr(&r, USBD + 0x28, 4, 0x12345678);
	CU_ASSERT_EQUAL(rig_rd(&r, INCSR, 2), 2);
	rig_wr(&r, INCSR, 2, 1);
	CU_ASSERT_EQUAL(rig_rd(&r, INCSR, 2), 3);
	rig_wr(&r, INCSR, 2, 8);
	CU_ASSERT_EQUAL(rig_rd(&r, INCSR, 2), 0);
	/* endpoint 0: what U-Boot writes after a packet; InPktRdy stays */
	rig_wr(&r, INDEX, 1, 0);
	rig_wr(&r, INCSR, 2, 0x48);
	CU_ASSERT_EQUAL(rig_rd(&r, INCSR, 2), 0);
	rig_wr(&r, INCSR, 2, 0x0a);
	CU_ASSERT_EQUAL(rig_rd(&r, INCSR, 2), 2);
	rig_wr(&r, INCSR, 2, 0x100);
	CU_ASSERT_EQUAL(rig_rd(&r, INCSR, 2), 0);
	rig_hammer(&r, USBD, 0x80);
	rig_close(&r);
}
