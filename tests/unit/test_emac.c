/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_emac.c - EMAC, ZMII and PHY against what Linux's emac/core.c,
 * zmii.c and phy.c do at probe, open and transmit.
 */
#include "tests/unit/emac_rig.h"

void test_emac_soft_reset(void)
{
	struct bench b;

	bench_cable(&b, false);
	CU_ASSERT_EQUAL(rig_rd(&b.r, MR0, 4), 0xc0000000);
	rig_wr(&b.r, EMAC + 0x1c, 4, 0x1234);
	rig_wr(&b.r, MR0, 4, 0x20000000);
	CU_ASSERT_EQUAL(rig_rd(&b.r, MR0, 4), 0xc0000000);
	CU_ASSERT_EQUAL(rig_rd(&b.r, EMAC + 0x1c, 4), 0);
	rig_close(&b.r);
}

/* core.c: after TXE or RXE is cleared, TXI and RXI must come up. */
void test_emac_enable_disable(void)
{
	struct bench b;

	bench_cable(&b, false);
	rig_wr(&b.r, MR0, 4, 0x18000000);
	CU_ASSERT_EQUAL(rig_rd(&b.r, MR0, 4) & 0x98000000, 0x18000000);
	rig_wr(&b.r, MR0, 4, 0);
	CU_ASSERT_EQUAL(rig_rd(&b.r, MR0, 4) & 0xd8000000, 0xc0000000);
	rig_close(&b.r);
}

/* emac_configure's values must read back: full mask of what Linux writes. */
void test_emac_configure(void)
{
	static const u32 rows[][2] = {
		{ 0x04, 0xe1388000 }, { 0x0c, 0x40400000 },
		{ 0x10, 0xc0500000 }, { 0x18, 0x02bf0040 },
		{ 0x1c, 0x0000aabb }, { 0x20, 0xccddeeff },
		{ 0x24, 0x00008100 }, { 0x2c, 0x0000ffff },
		{ 0x40, 0x00008001 }, { 0x60, 0x78000000 },
		{ 0x64, 0x10002000 },
	};
	struct bench b;

	bench_cable(&b, false);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++) {
		rig_wr(&b.r, EMAC + rows[i][0], 4, rows[i][1]);
		CU_ASSERT_EQUAL(rig_rd(&b.r, EMAC + rows[i][0], 4),
				rows[i][1]);
	}
	rig_close(&b.r);
}

void test_emac_phys(void)
{
	struct bench b;

	bench_cable(&b, false);
	for (u32 id = 0; id < 32; id++)
		CU_ASSERT_EQUAL(mdio_read(&b, id, 0) >= 0, id < 2);
	/* emac_mii_reset_phy */
	mdio_write(&b, 0, 0, 0x8000);
	CU_ASSERT_EQUAL(mdio_read(&b, 0, 0) & 0x8400, 0);
	/* 10/100 with autonegotiation, no cable, no gigabit */
	CU_ASSERT_EQUAL(mdio_read(&b, 0, 1) & 0x7908, 0x7808);
	CU_ASSERT_EQUAL(mdio_read(&b, 0, 1) & 0x0024, 0);
	CU_ASSERT(mdio_read(&b, 0, 2) != 0xffff);
	mdio_write(&b, 0, 4, 0x0de1);
	CU_ASSERT_EQUAL(mdio_read(&b, 0, 4), 0x0de1);
	/* restart of autonegotiation clears itself */
	mdio_write(&b, 0, 0, 0x1200);
	CU_ASSERT_EQUAL(mdio_read(&b, 0, 0) & 0x1200, 0x1000);
	rig_close(&b.r);
}

void test_emac_mdio_owner(void)
{
	struct bench b;

	bench_cable(&b, false);
	CU_ASSERT_EQUAL(mdio_read(&b, 0, 0) >= 0, 1);
	rig_wr(&b.r, ZMII, 4, 0x08000000);	/* port 1 has the bus */
	rig_wr(&b.r, STACR, 4, 0x1000);
	CU_ASSERT(rig_rd(&b.r, STACR, 4) & 0x4000);
	rig_close(&b.r);
}

/* A ring of frames: two events, and no faster than twice 100 Mbit/s. */
void test_emac_transmit(void)
{
	struct bench b;
	u8 *bd;

	bench_cable(&b, false);
	bd = b.r.ram + RING;
	for (int i = 0; i < 6; i++) {
		stb16(bd + 8 * i, i == 5 ? 0xd300 : 0x9300);
		stb16(bd + 8 * i + 2, 1514);
		stb32(bd + 8 * i + 4, 0x8000);
	}
	rig_dcr_set(&b.r, MAL + 0, 4);
	rig_dcr_set(&b.r, MAL + 0x20, RING);
	rig_dcr_set(&b.r, MAL + 4, 0x80000000);
	rig_wr(&b.r, MR1, 4, 0x80408000);	/* 100 Mbit/s, FD, multiple */
	rig_wr(&b.r, MR0, 4, 0x10000000);
	rig_wr(&b.r, TMR0, 4, 0x80000000);
	CU_ASSERT(rig_rd(&b.r, TMR0, 4) & 0x80000000);
	CU_ASSERT(ldb16(bd) & 0x8000);
	CU_ASSERT(rig_step(&b.r) && rig_step(&b.r));
	for (int i = 0; i < 6; i++)
		CU_ASSERT_EQUAL(ldb16(bd + 8 * i) & 0x83ff, 0);
	/* four frames of 1538 octets, 40 ns each, at 100 MHz */
	CU_ASSERT_EQUAL(b.r.sched.now, 84 * 4 + 4 * 1538 * 4);
	CU_ASSERT(b.mal->irq[0].level);
	CU_ASSERT_EQUAL(rig_rd(&b.r, TMR0, 4) & 0x80000000, 0);
	CU_ASSERT_EQUAL(rig_rd(&b.r, MR0, 4) & 0x40000000, 0x40000000);
	CU_ASSERT_EQUAL(sched_next(&b.r.sched), SCHED_NEVER);
	CU_ASSERT_EQUAL(rig_rd(&b.r, EMAC + 0x68, 4), 6 * 1518);
	rig_close(&b.r);
}

/* emac_tx_disable waits one frame time for TXI. */
void test_emac_stop_transmit(void)
{
	struct bench b;

	bench_cable(&b, false);
	stb16(b.r.ram + RING, 0xf000);		/* CM, WRAP: for ever */
	stb16(b.r.ram + RING + 2, 60);
	rig_dcr_set(&b.r, MAL + 0x20, RING);
	rig_dcr_set(&b.r, MAL + 4, 0x80000000);
	rig_wr(&b.r, MR1, 4, 0x80408000);
	rig_wr(&b.r, MR0, 4, 0x10000000);
	rig_wr(&b.r, TMR0, 4, 0x80000000);
	for (int i = 0; i < 10; i++)
		CU_ASSERT(rig_step(&b.r));
	rig_wr(&b.r, MR0, 4, 0);
	CU_ASSERT(rig_rd(&b.r, MR0, 4) & 0x40000000);
	CU_ASSERT_EQUAL(sched_next(&b.r.sched), SCHED_NEVER);
	rig_close(&b.r);
}

void test_emac_isr(void)
{
	struct bench b;

	bench_cable(&b, false);
	rig_wr(&b.r, ISER, 4, 0xffffffff);
	rig_wr(&b.r, ISR, 4, 0xffffffff);
	CU_ASSERT_EQUAL(rig_rd(&b.r, ISR, 4), 0);
	CU_ASSERT(!b.emac->irq[0].level);
	rig_close(&b.r);
}

void test_emac_wrong_companion(void)
{
	struct dev_node node;
	struct bench b;

	bench_cable(&b, false);
	node = rig_node(&b.r, 2);
	b.props[0][0].dev = b.zmii;
	CU_ASSERT_EQUAL(emac_class.link(b.emac, &node, &b.r.msg),
			-ERR_FORMAT);
	CU_ASSERT(strstr(b.r.msg.text, "mal-device") != NULL);
	rig_close(&b.r);
}

void test_emac_any_access(void)
{
	struct bench b;

	bench_cable(&b, false);
	for (int n = 0; n < 4; n++) {
		rig_dcr_set(&b.r, MAL + 4, 0xf0000000);
		rig_dcr_set(&b.r, MAL + 0x10, 0xc0000000);
		rig_hammer(&b.r, EMAC, 0x70);
		rig_hammer(&b.r, EMAC1, 0x70);
		rig_hammer(&b.r, ZMII, 0xc);
	}
	rig_close(&b.r);
}

/* genmii_poll_link and genmii_read_link. */
void test_emac_link(void)
{
	struct bench b;

	bench_up(&b, 1);
	(void)mdio_read(&b, 0, 1);
	mdio_write(&b, 0, 4, 0x0de1);
	mdio_write(&b, 0, 0, 0x1200);
	(void)mdio_read(&b, 0, 1);
	CU_ASSERT_EQUAL(mdio_read(&b, 0, 1) & 0x24, 0x24);
	/* 100FD, pause */
	CU_ASSERT_EQUAL(mdio_read(&b, 0, 5) & mdio_read(&b, 0, 4) & 0x500,
			0x500);
	b.net[0].dev->link(b.net[0].dev_opaque, false);
	(void)mdio_read(&b, 0, 1);
	CU_ASSERT_EQUAL(mdio_read(&b, 0, 1) & 0x24, 0);
	CU_ASSERT_EQUAL(mdio_read(&b, 1, 1) & 0x20, 0x20);
	b.net[0].dev->link(b.net[0].dev_opaque, true);
	(void)mdio_read(&b, 0, 1);
	CU_ASSERT_EQUAL(mdio_read(&b, 0, 1) & 0x24, 0x24);
	rig_close(&b.r);
	CU_ASSERT_PTR_NULL(b.net[0].dev);
}

/* GFCS, GP as Linux sends: padded to 60 with zeros, no FCS on the cable. */
void test_emac_padding(void)
{
	struct bench b;
	u8 f[64];

	bench_up(&b, 1);
	make(f, own, 0x0806, sizeof(f));
	send(&b, f, 42, 0x300);
	CU_ASSERT_EQUAL(b.sent, 1);
	CU_ASSERT_EQUAL(b.last_bytes, 60);
	CU_ASSERT_EQUAL(memcmp(b.last, f, 42), 0);
	CU_ASSERT_EQUAL(b.last[42] | b.last[59], 0);
	/* a runt reaches nobody */
	send(&b, f, 42, 0x200);
	CU_ASSERT_EQUAL(b.sent, 1);
	CU_ASSERT_EQUAL(ldb16(b.r.ram + RING), 0x5000);
	rig_close(&b.r);
}

/* 405GP UM 19.3.3.7 and 19.6.1. */
void test_emac_tx_edit(void)
{
	struct bench b;
	u8 f[100];

	bench_up(&b, 1);
	rig_wr(&b.r, EMAC + 0x28, 4, 0x6042);
	make(f, own, 0x0800, sizeof(f));
	send(&b, f, 100, 0x240);		/* RSA */
	CU_ASSERT_EQUAL(memcmp(b.last + 6, own, 6), 0);
	CU_ASSERT_EQUAL(memcmp(b.last + 12, f + 12, 88), 0);
	send(&b, f, 100, 0x280);		/* ISA */
	CU_ASSERT_EQUAL(b.last_bytes, 106);
	CU_ASSERT_EQUAL(memcmp(b.last + 6, own, 6), 0);
	CU_ASSERT_EQUAL(memcmp(b.last + 12, f + 6, 94), 0);
	send(&b, f, 100, 0x220);		/* IVT */
	CU_ASSERT_EQUAL(b.last_bytes, 104);
	CU_ASSERT_EQUAL(ldb32(b.last + 12), 0x81006042);
	CU_ASSERT_EQUAL(memcmp(b.last + 16, f + 12, 88), 0);
	send(&b, f, 100, 0x210);		/* RVT */
	CU_ASSERT_EQUAL(b.last_bytes, 100);
	CU_ASSERT_EQUAL(ldb32(b.last + 12), 0x81006042);
	CU_ASSERT_EQUAL(memcmp(b.last + 16, f + 16, 84), 0);
	rig_wr(&b.r, MR1, 4, MR1_UP & ~0x20000000u);
	send(&b, f, 100, 0x220);		/* no VLE: unchanged */
	CU_ASSERT_EQUAL(b.last_bytes, 100);
	CU_ASSERT_EQUAL(memcmp(b.last, f, 100), 0);
	rig_close(&b.r);
}

/* Without GFCS the last four bytes are the FCS; BFCS is 0x200. */
void test_emac_own_fcs(void)
{
	struct bench b;
	u32 crc = 0;
	u8 f[104];

	bench_up(&b, 1);
	make(f, own, 0x0800, 100);
	/* the complement, most significant bit first on the wire */
	for (int i = 0; i < 32; i++)
		crc |= (~ether_crc(f, 100) >> (31 - i) & 1) << (i ^ 24);
	stb32(f + 100, crc);
	send(&b, f, 104, 0);
	CU_ASSERT_EQUAL(b.sent, 1);
	CU_ASSERT_EQUAL(b.last_bytes, 100);
	CU_ASSERT_EQUAL(ldb16(b.r.ram + RING), 0x5000);
	f[20] ^= 1;
	send(&b, f, 104, 0);
	CU_ASSERT_EQUAL(b.sent, 1);
	CU_ASSERT_EQUAL(ldb16(b.r.ram + RING), 0x5200);
	/* what receives: the FCS is kept without SFCS */
	f[20] ^= 1;
	rig_wr(&b.r, RMR, 4, 0x00500000);
	CU_ASSERT(is_taken(&b, f, 100));
	CU_ASSERT_EQUAL(rx_len(&b, 0), 104);
	CU_ASSERT_EQUAL(memcmp(b.r.ram + RXBUF, f, 104), 0);
	rig_close(&b.r);
}

/* EMAC_TX_ST_UR and ISR[TE]; the channel waits for GNP. */
void test_emac_tx_underrun(void)
{
	struct bench b;

	bench_up(&b, 1);
	stb16(b.r.ram + RING, 0xd300);
	stb16(b.r.ram + RING + 2, 0xfff);
	stb32(b.r.ram + RING + 4, 0xf0000000);
	rig_wr(&b.r, TMR0, 4, 0x80000000);
	run_all(&b);
	CU_ASSERT_EQUAL(b.sent, 0);
	CU_ASSERT_EQUAL(ldb16(b.r.ram + RING), 0x5002);
	CU_ASSERT_EQUAL(rig_rd(&b.r, ISR, 4) & 0x140, 0x140);
	CU_ASSERT(b.emac->irq[0].level);
	rig_wr(&b.r, ISR, 4, rig_rd(&b.r, ISR, 4));
	CU_ASSERT(!b.emac->irq[0].level);
	rig_close(&b.r);
}
