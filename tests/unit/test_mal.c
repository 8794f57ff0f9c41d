/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_mal.c - MAL0 against what Linux's emac/mal.c expects.
 * Descriptor: u16 ctrl (READY 8000, WRAP 4000, CM 2000, LAST 1000, INTR 0400),
 * u16 length, u32 address.
 */
#include "tests/unit/dev_rig.h"

#include "soc/dev/mal.h"

#define MAL	0x180
#define RING	0x1000
#define BUF	0x2000

enum { TXEOB, RXEOB, SERR, TXDE, RXDE };

static u8 frame[MAL_FRAME_MAX];

static struct dev *mal_open(struct rig *r)
{
	struct dev *dev;

	rig_open(r);
	dev = rig_add(r, &(struct rig_spec){
		.cls = &mal_class, .dcr = MAL, .dcrs = 0x62,
	}, NULL);
	rig_start(r);
	rig_dcr_set(r, MAL + 2, 0x1f);		/* IER */
	rig_dcr_set(r, MAL + 0, 0x4);		/* CFG[EOPIE] */
	rig_dcr_set(r, MAL + 0x20, RING);
	return dev;
}

static void put_bd(struct rig *r, unsigned int slot, u32 ctrl, u32 len,
		   u32 buf)
{
	stb16(r->ram + RING + 8 * slot, ctrl);
	stb16(r->ram + RING + 8 * slot + 2, len);
	stb32(r->ram + RING + 8 * slot + 4, buf);
}

static u32 bd_ctrl(struct rig *r, unsigned int slot)
{
	return ldb16(r->ram + RING + 8 * slot);
}

/* mal_reset: writes SR, polls at most 10 times until it reads 0. */
void test_mal_soft_reset(void)
{
	struct rig r;

	mal_open(&r);
	rig_dcr_set(&r, MAL + 4, 0xf0000000);
	rig_dcr_set(&r, MAL + 0, 0x80000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 0) & 0x80000000, 0);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 4), 0);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 0x20), 0);
	/* MAL1_CFG_DEFAULT | PLBB | OPBBL | LEA | EOPIE */
	rig_dcr_set(&r, MAL + 0, 0x00f8 << 16 | 0x4000 | 0x80 | 6);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 0), 0x00f84086);
	rig_close(&r);
}

void test_mal_channels(void)
{
	struct rig r;

	mal_open(&r);
	rig_dcr_set(&r, MAL + 4, 0x80000000);
	rig_dcr_set(&r, MAL + 4, 0x20000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 4), 0xa0000000);
	rig_dcr_set(&r, MAL + 5, 0x80000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 4), 0x20000000);
	rig_dcr_set(&r, MAL + 0x10, 0xffffffff);	/* two rx channels */
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 0x10), 0xc0000000);
	rig_dcr_set(&r, MAL + 0x11, 0x40000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 0x10), 0x80000000);
	rig_dcr_set(&r, MAL + 0x60, 1536 >> 4);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 0x60), 1536 >> 4);
	rig_close(&r);
}

void test_mal_tx_scatter(void)
{
	struct rig r;
	struct dev *mal = mal_open(&r);
	u32 bytes = 0, ctrl = 0;

	memcpy(r.ram + BUF, "hello, ", 7);
	memcpy(r.ram + BUF + 0x100, "world", 5);
	put_bd(&r, 0, 0x8300, 7, BUF);
	put_bd(&r, 1, 0xd300, 5, BUF + 0x100);	/* LAST, WRAP */
	rig_dcr_set(&r, MAL + 4, 0x80000000);
	CU_ASSERT_EQUAL(mal_tx_frame(mal, 0, frame, &bytes, &ctrl),
			MAL_TX_FRAME);
	CU_ASSERT_EQUAL(bytes, 12);
	CU_ASSERT_EQUAL(memcmp(frame, "hello, world", 12), 0);
	CU_ASSERT_EQUAL(ctrl, 0x300);
	CU_ASSERT_EQUAL(bd_ctrl(&r, 0), 0x8300);	/* still MAL's */
	CU_ASSERT(!mal->irq[TXEOB].level);
	mal_tx_done(mal, 0, 0);
	/* READY cleared, status instead of command bits */
	CU_ASSERT_EQUAL(bd_ctrl(&r, 0), 0x0000);
	CU_ASSERT_EQUAL(bd_ctrl(&r, 1), 0x5000);
	CU_ASSERT(mal->irq[TXEOB].level);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 6), 0x80000000);
	rig_dcr_set(&r, MAL + 6, 0x80000000);
	CU_ASSERT(!mal->irq[TXEOB].level);
	/* wrapped, and nothing is ready: no error */
	CU_ASSERT_EQUAL(mal_tx_frame(mal, 0, frame, &bytes, &ctrl),
			MAL_TX_IDLE);
	CU_ASSERT(!mal->irq[TXDE].level);
	rig_close(&r);
}

/* mal.c turns EOPIE off while it polls: then no interrupt may come. */
void test_mal_eopie_off(void)
{
	struct rig r;
	struct dev *mal = mal_open(&r);
	u32 bytes, ctrl;

	rig_dcr_set(&r, MAL + 0, 0);
	rig_dcr_set(&r, MAL + 4, 0x80000000);
	put_bd(&r, 0, 0x9000, 60, BUF);
	put_bd(&r, 1, 0xd400, 60, BUF);		/* INTR asks by itself */
	mal_tx_frame(mal, 0, frame, &bytes, &ctrl);
	mal_tx_done(mal, 0, 0);
	CU_ASSERT(!mal->irq[TXEOB].level);
	mal_tx_frame(mal, 0, frame, &bytes, &ctrl);
	mal_tx_done(mal, 0, 0);
	CU_ASSERT(mal->irq[TXEOB].level);
	rig_close(&r);
}

void test_mal_tx_cut_frame(void)
{
	struct rig r;
	struct dev *mal = mal_open(&r);
	u32 bytes, ctrl;

	put_bd(&r, 0, 0x8000, 60, BUF);		/* no LAST, next not ready */
	rig_dcr_set(&r, MAL + 4, 0x80000000);
	CU_ASSERT_EQUAL(mal_tx_frame(mal, 0, frame, &bytes, &ctrl),
			MAL_TX_ERROR);
	CU_ASSERT(mal->irq[TXDE].level);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 7), 0x80000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 1) & 0x80100010, 0x80100010);
	CU_ASSERT(mal->irq[SERR].level);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 4), 0);
	rig_dcr_set(&r, MAL + 1, rig_dcr(&r, MAL + 1));
	rig_dcr_set(&r, MAL + 7, 0x80000000);
	CU_ASSERT(!mal->irq[SERR].level && !mal->irq[TXDE].level);
	rig_close(&r);
}

/*
 * PLB errors: MAL cannot tell which channel it was, so all go on [405GP UM
 * 20.7.3]; a frame with bytes that are not there is bad.
 */
void test_mal_bad_pointers(void)
{
	struct rig r;
	struct dev *mal = mal_open(&r);
	u32 bytes, ctrl;

	rig_dcr_set(&r, MAL + 0x20, 0xfffffff8);	/* no memory there */
	rig_dcr_set(&r, MAL + 4, 0x80000000);
	CU_ASSERT_EQUAL(mal_tx_frame(mal, 0, frame, &bytes, &ctrl),
			MAL_TX_ERROR);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 1), 0x80010001);
	CU_ASSERT(mal->irq[SERR].level && !mal->irq[TXDE].level);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 4), 0x80000000);
	rig_dcr_set(&r, MAL + 0x20, RING);
	put_bd(&r, 0, 0x9000, 60, 0xa0000000);
	CU_ASSERT_EQUAL(mal_tx_frame(mal, 0, frame, &bytes, &ctrl),
			MAL_TX_BAD);
	mal_tx_done(mal, 0, 2);
	CU_ASSERT_EQUAL(bd_ctrl(&r, 0), 0x1002);
	CU_ASSERT_EQUAL(mal_tx_frame(mal, 99, frame, &bytes, &ctrl),
			MAL_TX_IDLE);
	mal_tx_done(mal, 99, 0);
	rig_close(&r);
}

/* A ring without an end and without LAST: the walk gives up. */
void test_mal_endless_ring(void)
{
	struct rig r;
	struct dev *mal = mal_open(&r);
	u32 bytes, ctrl;

	for (unsigned int i = 0; i < MAL_RING; i++)
		put_bd(&r, i, 0xa000, 0xfff, BUF);
	rig_dcr_set(&r, MAL + 4, 0x80000000);
	CU_ASSERT_EQUAL(mal_tx_frame(mal, 0, frame, &bytes, &ctrl),
			MAL_TX_ERROR);
	put_bd(&r, 0, 0xe000, 0xfff, BUF);	/* wraps onto itself */
	rig_dcr_set(&r, MAL + 4, 0x80000000);
	CU_ASSERT_EQUAL(mal_tx_frame(mal, 0, frame, &bytes, &ctrl),
			MAL_TX_ERROR);
	rig_close(&r);
}

static struct dev *rx_open(struct rig *r, u32 rcbs)
{
	struct dev *mal = mal_open(r);

	for (u32 i = 0; i < sizeof(frame); i++)
		frame[i] = (u8)(i * 7);
	rig_dcr_set(r, MAL + 0x41, RING);
	rig_dcr_set(r, MAL + 0x61, rcbs);
	rig_dcr_set(r, MAL + 0x10, 0x40000000);
	return mal;
}

void test_mal_rx_single(void)
{
	struct rig r;
	struct dev *mal = rx_open(&r, 1536 >> 4);

	put_bd(&r, 0, 0xc000, 0, BUF);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 0, frame, 60, 0, false), MAL_RX_OFF);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 1, frame, 99, 0x100, false),
			MAL_RX_DONE);
	/* WRAP stays; FIRST, LAST, status; no EMPTY */
	CU_ASSERT_EQUAL(bd_ctrl(&r, 0), 0x5900);
	CU_ASSERT_EQUAL(ldb16(r.ram + RING + 2), 99);
	CU_ASSERT_EQUAL(memcmp(r.ram + BUF, frame, 99), 0);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 0x12), 0x40000000);
	CU_ASSERT(mal->irq[RXEOB].level);
	rig_dcr_set(&r, MAL + 0x12, 0x40000000);
	CU_ASSERT(!mal->irq[RXEOB].level);
	/* mal_disable_eob_irq: silent, but for a descriptor with INTR */
	rig_dcr_set(&r, MAL + 0, 0);
	put_bd(&r, 0, 0xc000, 0, BUF);
	mal_rx_frame(mal, 1, frame, 60, 0, false);
	CU_ASSERT(!mal->irq[RXEOB].level);
	put_bd(&r, 0, 0xc400, 0, BUF);
	mal_rx_frame(mal, 1, frame, 60, 0, false);
	CU_ASSERT(mal->irq[RXEOB].level);
	rig_close(&r);
}

/* 405GP UM 20.5.4: a full buffer's length is what RCBS says. */
void test_mal_rx_split(void)
{
	static const u32 ctrl[] = { 0x0800, 0x0000, 0x5008 };
	struct rig r;
	struct dev *mal = rx_open(&r, 2);

	for (unsigned int i = 0; i < 3; i++)
		put_bd(&r, i, i == 2 ? 0xc000 : 0x8000, 0, BUF + 0x100 * i);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 1, frame, 70, 8, true), MAL_RX_DONE);
	for (unsigned int i = 0; i < 3; i++) {
		u32 n = i == 2 ? 6 : 32;

		CU_ASSERT_EQUAL(bd_ctrl(&r, i), ctrl[i]);
		CU_ASSERT_EQUAL(ldb16(r.ram + RING + 8 * i + 2), n);
		CU_ASSERT_EQUAL(memcmp(r.ram + BUF + 0x100 * i,
				       frame + 32 * i, n), 0);
		CU_ASSERT_EQUAL(r.ram[BUF + 0x100 * i + n], 0);
	}
	rig_close(&r);
}

/* emac_poll_rx: after RXDE the next descriptor is the ring's first. */
void test_mal_rx_full(void)
{
	struct rig r;
	struct dev *mal = rx_open(&r, 4);

	put_bd(&r, 0, 0x8000, 0, BUF);
	put_bd(&r, 1, 0x0000, 0, BUF);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 1, frame, 60, 0, false),
			MAL_RX_DONE);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 1, frame, 60, 0, false),
			MAL_RX_FULL);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 0x13), 0x40000000);
	CU_ASSERT(mal->irq[RXDE].level && mal->irq[SERR].level);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 1), 0xc2100010);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 0x10), 0);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 1, frame, 60, 0, false), MAL_RX_OFF);
	rig_dcr_set(&r, MAL + 0x13, 0x40000000);
	CU_ASSERT(!mal->irq[RXDE].level);
	put_bd(&r, 0, 0x8000, 0, BUF);
	rig_dcr_set(&r, MAL + 0x10, 0x40000000);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 1, frame, 100, 0, false),
			MAL_RX_CUT);
	CU_ASSERT_EQUAL(bd_ctrl(&r, 0), 0x0800);
	rig_close(&r);
}

/* 405GP UM 20.6.6.3: EMPTY stays in continuous mode, unless there is an error. */
void test_mal_rx_continuous(void)
{
	struct rig r;
	struct dev *mal = rx_open(&r, 4);

	put_bd(&r, 0, 0xe000, 0, BUF);
	for (int n = 0; n < 1000; n++)
		CU_ASSERT_EQUAL(mal_rx_frame(mal, 1, frame, 60, 0, false),
				MAL_RX_DONE);
	CU_ASSERT_EQUAL(bd_ctrl(&r, 0), 0xf800);
	mal_rx_frame(mal, 1, frame, 60, 8, true);
	CU_ASSERT_EQUAL(bd_ctrl(&r, 0), 0x7808);
	rig_close(&r);
}

void test_mal_locked_error(void)
{
	struct rig r;
	struct dev *mal = rx_open(&r, 4);
	u32 bytes, ctrl;

	rig_dcr_set(&r, MAL + 0, 6);		/* EOPIE, LEA */
	rig_dcr_set(&r, MAL + 4, 0x20000000);
	rig_dcr_set(&r, MAL + 0x22, 0xfffffff8);
	mal_tx_frame(mal, 2, frame, &bytes, &ctrl);
	mal_rx_frame(mal, 1, frame, 60, 0, false);
	/* the first is kept; the interrupts of both are there */
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 1), 0x80010011);
	rig_dcr_set(&r, MAL + 0, 4);
	rig_dcr_set(&r, MAL + 0x10, 0x40000000);
	mal_rx_frame(mal, 1, frame, 60, 0, false);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 1), 0xc2100011);
	rig_close(&r);
}

/* Rings outside memory, buffers on nothing, RCBS 0, no end: all give up. */
void test_mal_rx_mad(void)
{
	struct rig r;
	struct dev *mal = rx_open(&r, 0);

	put_bd(&r, 0, 0xe000, 0, BUF);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 1, frame, 60, 0, false),
			MAL_RX_FULL);
	rig_dcr_set(&r, MAL + 0x61, 1);
	rig_dcr_set(&r, MAL + 0x10, 0x40000000);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 1, frame, 9000, 0, false),
			MAL_RX_CUT);
	put_bd(&r, 0, 0xe000, 0, 0xfffffff0);
	rig_dcr_set(&r, MAL + 0x61, 4);
	rig_dcr_set(&r, MAL + 0x10, 0x40000000);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 1, frame, 60, 0, false),
			MAL_RX_DONE);
	CU_ASSERT_EQUAL(rig_dcr(&r, MAL + 1) & 1, 1);
	rig_dcr_set(&r, MAL + 0x41, RIG_RAM);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 1, frame, 60, 0, false),
			MAL_RX_FULL);
	CU_ASSERT_EQUAL(mal_rx_frame(mal, 77, frame, 60, 0, false),
			MAL_RX_OFF);
	rig_close(&r);
}
