/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_emac.c - EMAC, ZMII and PHY against what Linux's emac/core.c,
 * zmii.c and phy.c do at probe, open and transmit.
 */
#include "tests/unit/dev_rig.h"

#include "soc/dev/mal.h"
#include "soc/dev/zmii.h"

extern const struct dev_class emac_class;

#define MAL	0x180
#define ZMII	0xef600d00u
#define EMAC	0xef600e00u
#define MR0	(EMAC + 0x00)
#define MR1	(EMAC + 0x04)
#define TMR0	(EMAC + 0x08)
#define ISR	(EMAC + 0x14)
#define ISER	(EMAC + 0x18)
#define STACR	(EMAC + 0x5c)
#define RING	0x1000

struct bench {
	struct rig r;
	struct rig_prop props[6];
	struct dev *mal, *zmii, *emac;
};

static void bench_open(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	rig_open(&b->r);
	b->mal = rig_add(&b->r, &(struct rig_spec){
		.cls = &mal_class, .dcr = MAL, .dcrs = 0x62,
	}, NULL);
	b->zmii = rig_add(&b->r, &(struct rig_spec){
		.cls = &zmii_class, .mmio = { ZMII }, .nmmio = 1,
		.mmio_size = 0xc,
	}, NULL);
	b->props[0] = (struct rig_prop){ .name = "mal-device",
					 .dev = b->mal };
	b->props[1] = (struct rig_prop){ .name = "zmii-device",
					 .dev = b->zmii };
	b->props[2] = (struct rig_prop){ .name = "mal-tx-channel",
					 .cells = 2, .cell = { 0, 1 } };
	b->props[3] = (struct rig_prop){ .name = "zmii-channel",
					 .cells = 1, .cell = { 0 } };
	b->emac = rig_add(&b->r, &(struct rig_spec){
		.cls = &emac_class, .mmio = { EMAC }, .nmmio = 1,
		.mmio_size = 0x70, .props = b->props,
	}, NULL);
	rig_start(&b->r);
}

/* __emac_mdio_read: wait idle, command, wait done, PHYE, data; -1 on error. */
static int mdio_read(struct bench *b, u32 id, u32 reg)
{
	u32 v;

	rig_wr(&b->r, ZMII, 4, 0x80000000);	/* MDI for port 0 */
	CU_ASSERT(rig_rd(&b->r, STACR, 4) & 0x8000);
	rig_wr(&b->r, STACR, 4, 0x400 | 0x1000 | reg | id << 5);
	v = rig_rd(&b->r, STACR, 4);
	CU_ASSERT(v & 0x8000);
	return v & 0x4000 ? -1 : (int)(v >> 16);
}

static void mdio_write(struct bench *b, u32 id, u32 reg, u32 val)
{
	rig_wr(&b->r, STACR, 4, 0x400 | 0x2000 | reg | id << 5 | val << 16);
	CU_ASSERT(rig_rd(&b->r, STACR, 4) & 0x8000);
}

void test_emac_soft_reset(void)
{
	struct bench b;

	bench_open(&b);
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

	bench_open(&b);
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

	bench_open(&b);
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

	bench_open(&b);
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

	bench_open(&b);
	CU_ASSERT_EQUAL(mdio_read(&b, 0, 0) >= 0, 1);
	rig_wr(&b.r, ZMII, 4, 0x08000000);	/* port 1 has the bus */
	rig_wr(&b.r, STACR, 4, 0x1000);
	CU_ASSERT(rig_rd(&b.r, STACR, 4) & 0x4000);
	rig_close(&b.r);
}

void test_emac_transmit(void)
{
	struct bench b;
	u8 *bd;

	bench_open(&b);
	bd = b.r.ram + RING;
	for (int i = 0; i < 3; i++) {
		stb16(bd + 8 * i, i == 2 ? 0xd300 : 0x9300);
		stb16(bd + 8 * i + 2, 1514);
		stb32(bd + 8 * i + 4, 0x8000);
	}
	rig_dcr_set(&b.r, MAL + 0, 4);
	rig_dcr_set(&b.r, MAL + 0x20, RING);
	rig_dcr_set(&b.r, MAL + 4, 0x80000000);
	rig_wr(&b.r, MR1, 4, 0x00400000);	/* 100 Mbit/s */
	rig_wr(&b.r, MR0, 4, 0x10000000);
	rig_wr(&b.r, TMR0, 4, 0x80000000);
	CU_ASSERT(rig_rd(&b.r, TMR0, 4) & 0x80000000);
	CU_ASSERT(ldb16(bd) & 0x8000);
	/* one event a frame; 1538 octets of 80 ns at 100 MHz */
	CU_ASSERT_EQUAL(sched_next(&b.r.sched), 1538 * 8);
	while (rig_step(&b.r))
		;
	for (int i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(ldb16(bd + 8 * i) & 0x83ff, 0);
	CU_ASSERT_EQUAL(b.r.sched.now, 3 * 1538 * 8);
	CU_ASSERT(b.mal->irq[0].level);
	CU_ASSERT_EQUAL(rig_rd(&b.r, TMR0, 4) & 0x80000000, 0);
	CU_ASSERT_EQUAL(rig_rd(&b.r, MR0, 4) & 0x40000000, 0x40000000);
	rig_close(&b.r);
}

/* emac_tx_disable waits one frame time for TXI. */
void test_emac_stop_transmit(void)
{
	struct bench b;

	bench_open(&b);
	stb16(b.r.ram + RING, 0xf000);		/* CM, WRAP: for ever */
	stb16(b.r.ram + RING + 2, 60);
	rig_dcr_set(&b.r, MAL + 0x20, RING);
	rig_dcr_set(&b.r, MAL + 4, 0x80000000);
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

	bench_open(&b);
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

	bench_open(&b);
	node = rig_node(&b.r, 2);
	b.props[0].dev = b.zmii;
	CU_ASSERT_EQUAL(emac_class.link(b.emac, &node, &b.r.msg),
			-ERR_FORMAT);
	CU_ASSERT(strstr(b.r.msg.text, "mal-device") != NULL);
	rig_close(&b.r);
}

void test_emac_any_access(void)
{
	struct bench b;

	bench_open(&b);
	for (int n = 0; n < 4; n++) {
		rig_dcr_set(&b.r, MAL + 4, 0xf0000000);
		rig_hammer(&b.r, EMAC, 0x70);
		rig_hammer(&b.r, ZMII, 0xc);
	}
	rig_close(&b.r);
}
