/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_emac_rx.c - what an EMAC makes of the frames it hears, as
 * Linux's emac/core.c and the manual of the 405GP [405GP UM] expect.
 */
#include "tests/unit/emac_rig.h"

void test_emac_rx_batch(void)
{
	struct bench b;
	u8 f[1514];

	bench_up(&b, 8);
	make(f, own, 0x0800, sizeof(f));
	for (int i = 0; i < 6; i++)
		CU_ASSERT(offer(&b, f, i ? sizeof(f) : 42));
	/* the first when it has arrived, then in batches: no event a frame */
	CU_ASSERT_EQUAL(sched_next(&b.r.sched), 84 * 4);
	CU_ASSERT(rig_step(&b.r) && rig_step(&b.r));
	for (unsigned int i = 0; i < 6; i++) {
		CU_ASSERT_EQUAL(rx_ctrl(&b, i), 0x1800);
		CU_ASSERT_EQUAL(rx_len(&b, i), i ? 1514 : 60);
		CU_ASSERT_EQUAL(memcmp(b.r.ram + RXBUF + RXSTEP * i, f,
				       i ? 1514 : 42), 0);
	}
	CU_ASSERT_EQUAL(rx_ctrl(&b, 6), 0x8000);
	CU_ASSERT(b.mal->irq[1].level);
	CU_ASSERT(b.r.sched.now >= (84 + 3 * 1538) * 4);
	CU_ASSERT_EQUAL(rig_rd(&b.r, EMAC + 0x6c, 4), 64 + 5 * 1518);
	CU_ASSERT_EQUAL(rig_rd(&b.r, EMAC + 0x50, 4), ldb16(f + 6));
	CU_ASSERT_EQUAL(rig_rd(&b.r, EMAC + 0x54, 4), ldb32(f + 8));
	CU_ASSERT_EQUAL(rig_rd(&b.r, ISR, 4), 0);
	rig_wr(&b.r, MR0, 4, 0x10000000);	/* RXE off: lost */
	CU_ASSERT(offer(&b, f, 100));
	rig_wr(&b.r, MR0, 4, 0x18000000);
	CU_ASSERT_EQUAL(sched_next(&b.r.sched), SCHED_NEVER);
	rig_close(&b.r);
}

void test_emac_rx_filters(void)
{
	static const u8 all[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static const u8 group[6] = { 0x33, 0x33, 0, 0, 0, 0xfb };
	static const u8 other[6] = { 0x02, 1, 2, 3, 4, 5 };
	static const u8 *const da[] = { own, other, group, all };
	static const struct {
		u32 rmr;
		bool takes[4];
	} rows[] = {
		{ 0x00000000, { false, false, false, false } },
		{ 0x00400000, { true, false, false, false } },	/* IAE */
		{ 0x00100000, { false, false, false, true } },	/* BAE */
		{ 0x00800000, { false, false, true, true } },	/* PMME */
		{ 0x01000000, { true, true, true, true } },	/* PME */
		{ 0x00080000, { false, false, true, false } },	/* MAE */
		{ 0x00200000, { false, true, false, false } },	/* MIAE */
	};
	struct bench b;
	u8 f[60];

	bench_up(&b, 1);
	/* emac_hash_mc */
	for (int i = 1; i < 3; i++) {
		u32 slot = 63 - (ether_crc(da[i], 6) >> 26);

		rig_wr(&b.r, EMAC + (i == 1 ? 0x30 : 0x40) + 4 * (slot >> 4),
		       4, 0x8000 >> (slot & 15));
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		rig_wr(&b.r, RMR, 4, rows[i].rmr);
		for (int k = 0; k < 4; k++) {
			make(f, da[k], 0x0800, sizeof(f));
			CU_ASSERT_EQUAL(is_taken(&b, f, sizeof(f)),
					rows[i].takes[k]);
		}
	}
	rig_close(&b.r);
}

/* Status bits and RMR's rules; ISR has the same bits, 16 higher. */
void test_emac_rx_errors(void)
{
	static const struct {
		u32 type, bytes, rmr, status, len;
	} rows[] = {
		{ 0x0800, 1515, 0, 4, 0 },		/* too long */
		{ 0x0800, 1600, 0x08000000, 4, 1514 },	/* ROP */
		{ 0x8100, 1518, 0, 0, 1518 },		/* VLAN */
		{ 0x8100, 1519, 0, 4, 0 },
		{ 1501, 100, 0, 2, 100 },		/* out of range */
		{ 90, 100, 0, 1, 0 },			/* in range */
		{ 90, 100, 0x04000000, 1, 100 },	/* RPIR */
		{ 86, 100, 0, 0, 100 },
		{ 5, 60, 0, 0, 19 },			/* SP */
	};
	struct bench b;
	u8 f[1600];

	bench_up(&b, 1);
	rig_dcr_set(&b.r, MAL + 0x60, 128);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		make(f, own, rows[i].type, sizeof(f));
		if (rows[i].type == 0x8100)
			stb16(f + 16, 0x0800);
		rig_wr(&b.r, ISR, 4, 0xffffffff);
		rig_wr(&b.r, RMR, 4, RMR_UP | rows[i].rmr);
		CU_ASSERT_EQUAL(is_taken(&b, f, rows[i].bytes),
				rows[i].len != 0);
		CU_ASSERT_EQUAL(rig_rd(&b.r, ISR, 4), rows[i].status << 16);
		CU_ASSERT_EQUAL(b.emac->irq[0].level, rows[i].status != 0);
		if (!rows[i].len)
			continue;
		CU_ASSERT_EQUAL(rx_ctrl(&b, 0), 0x5800 | rows[i].status);
		CU_ASSERT_EQUAL(rx_len(&b, 0), rows[i].len);
	}
	rig_close(&b.r);
}

/* mal_rxde, emac_rxde, emac_poll_rx: nothing is lost on the way. */
void test_emac_rx_starved(void)
{
	struct bench b;
	u8 f[1514];
	int n = 0;

	bench_up(&b, 2);
	make(f, own, 0x0800, sizeof(f));
	while (n < 1000 && offer(&b, f, sizeof(f)))
		n++;
	CU_ASSERT(n > 8 && n < 64);
	run_all(&b);
	CU_ASSERT(b.mal->irq[4].level);
	CU_ASSERT_EQUAL(rig_dcr(&b.r, MAL + 0x10), 0);
	CU_ASSERT_EQUAL(rx_ctrl(&b, 1), 0x5800);
	/* EIFC: a pause frame with PTR, from our address */
	CU_ASSERT_EQUAL(b.sent, 1);
	CU_ASSERT_EQUAL(b.last_bytes, 60);
	CU_ASSERT_EQUAL(ldb32(b.last), 0x0180c200);
	CU_ASSERT_EQUAL(memcmp(b.last + 6, own, 6), 0);
	CU_ASSERT_EQUAL(ldb32(b.last + 12), 0x88080001);
	CU_ASSERT_EQUAL(ldb16(b.last + 16), 0xffff);
	rig_wr(&b.r, MR0, 4, 0x10000000);
	for (int k = 2; k < n; k++) {
		stb16(b.r.ram + RXRING, 0x8000);
		stb16(b.r.ram + RXRING + 8, 0xc000);
		rig_dcr_set(&b.r, MAL + 0x13, 0x80000000);
		rig_dcr_set(&b.r, MAL + 0x10, 0x80000000);
		rig_wr(&b.r, MR0, 4, 0x18000000);
		run_all(&b);
		CU_ASSERT_EQUAL(rx_ctrl(&b, 0), 0x1800);
		k += rx_ctrl(&b, 1) == 0x5800;
	}
	CU_ASSERT_EQUAL(b.sent, 2);		/* go on */
	CU_ASSERT_EQUAL(ldb16(b.last + 16), 0);
	CU_ASSERT(offer(&b, f, sizeof(f)));
	rig_close(&b.r);
}

/* 802.3x: quanta of 512 bit times, 5120 ns at 100 Mbit/s. */
void test_emac_rx_paused(void)
{
	static const u8 da[6] = { 0x01, 0x80, 0xc2, 0, 0, 1 };
	struct bench b;
	cycle_t start;
	u8 f[60];

	bench_up(&b, 1);
	rig_wr(&b.r, RMR, 4, RMR_UP | 0x00800000);
	make(f, da, 0x8808, sizeof(f));
	stb16(f + 14, 1);
	stb16(f + 16, 1000);
	CU_ASSERT(!is_taken(&b, f, sizeof(f)));
	start = b.r.sched.now;
	send(&b, f, 60, 0x300);
	CU_ASSERT_EQUAL(b.sent, 1);
	CU_ASSERT_EQUAL(b.r.sched.now, start + 1000 * 512);
	/* PPP passes it on; no APP: it does not pause */
	rig_wr(&b.r, RMR, 4, RMR_UP | 0x02800000);
	rig_wr(&b.r, MR1, 4, MR1_UP & ~0x08000000u);
	CU_ASSERT(is_taken(&b, f, sizeof(f)));
	CU_ASSERT_EQUAL(rx_ctrl(&b, 0), 0x5900);
	start = b.r.sched.now;
	send(&b, f, 60, 0x300);
	CU_ASSERT(b.r.sched.now < start + 1000);
	rig_close(&b.r);
}

/* ILE and the PHY's loopback: frames come back, the cable sees none. */
void test_emac_rx_loopback(void)
{
	struct bench b;
	u8 f[100];

	bench_up(&b, 1);
	make(f, own, 0x0800, sizeof(f));
	rig_wr(&b.r, MR1, 4, MR1_UP | 0x40000000);
	send(&b, f, sizeof(f), 0x300);
	CU_ASSERT_EQUAL(rx_ctrl(&b, 0), 0x5800);
	CU_ASSERT_EQUAL(memcmp(b.r.ram + RXBUF, f, sizeof(f)), 0);
	/* a runt, then a bad FCS: RRP, RFP */
	rig_wr(&b.r, RMR, 4, RMR_UP | 0x30000000);
	stb16(b.r.ram + RXRING, 0xc000);
	send(&b, f, 40, 0x200);
	CU_ASSERT_EQUAL(rx_ctrl(&b, 0), 0x5840);
	stb16(b.r.ram + RXRING, 0xc000);
	send(&b, f, sizeof(f), 0);
	CU_ASSERT_EQUAL(rx_ctrl(&b, 0), 0x5808);
	CU_ASSERT_EQUAL(rig_rd(&b.r, ISR, 4), 0x00480000);
	CU_ASSERT_EQUAL(b.sent, 0);
	rig_wr(&b.r, MR1, 4, MR1_UP);
	rig_wr(&b.r, RMR, 4, RMR_UP);
	(void)mdio_read(&b, 0, 0);
	mdio_write(&b, 0, 0, 0x6100);
	stb16(b.r.ram + RXRING, 0xc000);
	send(&b, f, sizeof(f), 0x300);
	CU_ASSERT_EQUAL(rx_ctrl(&b, 0), 0x5800);
	CU_ASSERT_EQUAL(b.sent, 0);
	rig_close(&b.r);
}

/* 405GP UM 19.4.5: only a magic packet wakes, and MAL gets nothing. */
void test_emac_rx_wake(void)
{
	struct bench b;
	u8 f[150];

	bench_up(&b, 1);
	rig_wr(&b.r, MR0, 4, 0x0c000000);
	make(f, own, 0x0842, sizeof(f));
	memset(f + 20, 0xff, 6);
	for (int i = 0; i < 16; i++)
		memcpy(f + 26 + 6 * i, own, 6);
	f[30] ^= 1;
	CU_ASSERT(!is_taken(&b, f, sizeof(f)));
	CU_ASSERT(!b.emac->irq[1].level);
	f[30] ^= 1;
	CU_ASSERT(!is_taken(&b, f, sizeof(f)));
	CU_ASSERT(b.emac->irq[1].level);
	rig_wr(&b.r, MR0, 4, 0);
	CU_ASSERT(!b.emac->irq[1].level);
	rig_close(&b.r);
}

/* EMAC0's cable ends in EMAC1: 200 frames through both, in order. */
void test_emac_rx_two(void)
{
	struct bench b;
	u8 f[1514];
	u32 got = 0;

	bench_up(&b, 1);
	b.is_crossed = true;
	rig_dcr_set(&b.r, MAL + 0x41, RXRING);
	rig_dcr_set(&b.r, MAL + 0x61, 1520 >> 4);
	rig_dcr_set(&b.r, MAL + 0x10, 0x40000000);
	rig_wr(&b.r, EMAC1 + 4, 4, MR1_UP);
	rig_wr(&b.r, EMAC1 + 0x10, 4, 0xc1000000);
	rig_wr(&b.r, EMAC1, 4, 0x18000000);
	for (u32 i = 0; i < 200; i++) {
		make(f, own, 0x0800, sizeof(f));
		stb32(f + 14, i);
		stb16(b.r.ram + RXRING, 0xc000);
		send(&b, f, 60 + i * 7, 0x300);
		got += rx_ctrl(&b, 0) == 0x5800 && rx_len(&b, 0) == 60 + i * 7 &&
		       !memcmp(b.r.ram + RXBUF, f, 60 + i * 7);
	}
	CU_ASSERT_EQUAL(got, 200);
	CU_ASSERT_EQUAL(rig_rd(&b.r, EMAC + 0x68, 4),
			rig_rd(&b.r, EMAC1 + 0x6c, 4));
	rig_close(&b.r);
}

/* Random rings, lengths and commands: bounded work, no crash. */
void test_emac_rx_mad_rings(void)
{
	static u8 f[NET_FRAME_MAX];
	u32 seed = 4711;
	struct bench b;

	bench_up(&b, 4);
	for (int n = 0; n < 300; n++) {
		for (u32 i = 0; i < 0x2000; i += 4) {
			seed = seed * 1664525 + 1013904223;
			stb32(b.r.ram + RING + i, seed & (i & 4 ? 0x8001ffff :
							  ~0u));
		}
		rig_wr(&b.r, MR1, 4, seed);
		rig_wr(&b.r, RMR, 4, seed << 3 | 0x01000000);
		rig_dcr_set(&b.r, MAL + 0x60, seed >> 8 & 0xff);
		rig_dcr_set(&b.r, MAL + 4, 0xf0000000);
		rig_dcr_set(&b.r, MAL + 0x10, 0xc0000000);
		rig_wr(&b.r, MR0, 4, 0x18000000);
		rig_wr(&b.r, TMR0, 4, 0xf0000000);
		(void)offer(&b, f, seed % (NET_FRAME_MAX + 2));
		for (int k = 0; k < 20 && rig_step(&b.r); k++)
			;
	}
	CU_ASSERT_EQUAL(rig_rd(&b.r, MR0, 4) & 0x18000000, 0x18000000);
	rig_close(&b.r);
}
