/* SPDX-License-Identifier: MIT */
/* tests/unit/test_plb.c - arbiters and bridges, offsets as in U-Boot. */
#include "tests/unit/dev_rig.h"

extern const struct dev_class plb_class, plb3_arbiter_class,
	plb4_arbiter_class, plb_bridge_class, cpm_class;

static void one(struct rig *r, const struct dev_class *cls, u32 dcr, u32 n)
{
	rig_open(r);
	rig_add(r, &(struct rig_spec){ .cls = cls, .dcr = dcr, .dcrs = n },
		NULL);
	rig_start(r);
}

void test_plb_clock(void)
{
	CU_ASSERT(plb_class.has_node_clk);
	CU_ASSERT_EQUAL(plb_class.node_clk, CLK_PLB);
}

/* U-Boot pci_pre_init: reads ACR, ORs in its mode, writes it back. */
void test_plb_arbiters(void)
{
	struct rig r;

	one(&r, &plb3_arbiter_class, 0x70, 8);
	rig_dcr_set(&r, 0x77, rig_dcr(&r, 0x77) | 0x80000000);
	CU_ASSERT(rig_dcr(&r, 0x77) & 0x80000000);
	rig_close(&r);
	one(&r, &plb4_arbiter_class, 0x80, 16);
	rig_dcr_set(&r, 0x81, rig_dcr(&r, 0x81) | 0xa0000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x81) & 0xa0000000, 0xa0000000);
	rig_close(&r);
}

void test_plb_bridge_w1c(void)
{
	struct rig r;

	one(&r, &plb_bridge_class, 0x20, 16);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0);
	rig_dcr_set(&r, 0x21, 0xf0000000);	/* diagnostic set */
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0xf0000000);
	rig_dcr_set(&r, 0x20, 0x50000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0xa0000000);
	rig_dcr_set(&r, 0x22, 0xffffffff);	/* address: read only */
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x22), 0);
	rig_close(&r);
}

void test_plb_cpm(void)
{
	struct rig r;

	one(&r, &cpm_class, 0xb0, 3);
	rig_dcr_set(&r, 0xb1, 0x00ff0000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0xb2), 0x00ff0000);
	rig_dcr_set(&r, 0xb1, 0);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0xb2), 0);
	rig_close(&r);
}

/* The whole set, as on the chip; [0] PLB3, [1] PLB4, [2] P4P3, [3] P3P4. */
static void all_open(struct rig *r)
{
	static struct rig_prop out[] = {
		{ .name = "compatible", .str = "culm,p4p3-bridge" },
		{ .name = NULL },
	};
	static struct rig_prop in[] = {
		{ .name = "compatible", .str = "culm,p3p4-bridge" },
		{ .name = NULL },
	};

	rig_open(r);
	rig_add(r, &(struct rig_spec){ .cls = &plb3_arbiter_class,
				       .dcr = 0x70, .dcrs = 8 }, NULL);
	rig_add(r, &(struct rig_spec){ .cls = &plb4_arbiter_class,
				       .dcr = 0x80, .dcrs = 16 }, NULL);
	rig_add(r, &(struct rig_spec){ .cls = &plb_bridge_class, .dcr = 0x20,
				       .dcrs = 16, .props = out }, NULL);
	rig_add(r, &(struct rig_spec){ .cls = &plb_bridge_class, .dcr = 0x30,
				       .dcrs = 16, .props = in }, NULL);
	rig_start(r);
}

/* BSP: PLB0_BESRL PTE1, R_W1 are 0x08000000, 0x04000000 for data reads, PTE2
 * 0x00800000 for data writes; 0x82 BESRL, 0x84 BEARL, 0x85 BEARH. */
void test_plb_plb4_timeout(void)
{
	struct rig r;
	u32 v;

	all_open(&r);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0x30001234, 4, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x82), 0x0c000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x84), 0x30001234);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x85), 0);
	CU_ASSERT_EQUAL(bus_write(&r.bus, 0xa50000010ull, 4, 0),
			BUS_NO_TARGET);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x82), 0x0c800000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x84), 0x50000010);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x85), 0xa);
	rig_dcr_set(&r, 0x82, 0x0c000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x82), 0x00800000);
	/* nobody else saw it */
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x73), 0);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x30), 0);
	rig_close(&r);
}

/* BSP: P4P3_ESR0 SSET1 0x00c00000, R_W1 0x00200000; PLB3_BESR PTE0, R_W0
 * 0xc0000000: master 0 of PLB3 is the bridge. */
void test_plb_plb3_timeout(void)
{
	struct rig r;
	u32 v;

	all_open(&r);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0x9abc0000, 4, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x73), 0xc0000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x76), 0x9abc0000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0x00a00000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x22), 0x9abc0000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x82), 0);
	rig_dcr_set(&r, 0x20, 0x00a00000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0);
	rig_close(&r);
}

/* BSP: PLB3's master 1 is MAL, PLB4's master 4 the bridge from PLB3. */
void test_plb_dma_error(void)
{
	struct rig r;
	u8 buf[4] = { 0 };

	all_open(&r);
	CU_ASSERT_EQUAL(bus_dma_write_by(&r.bus, BUS_MAL, 0x40000000, buf, 4),
			BUS_NO_TARGET);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x82), 0x00008000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x30) & 0x00e00000, 0x00800000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x32), 0x40000000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0);
	rig_close(&r);
}

/* 405GP UM 2.1.7: a set FLK keeps the field, any ALK keeps the address. */
void test_plb_locks(void)
{
	struct rig r;
	u32 v;

	one(&r, &plb_bridge_class, 0x20, 16);
	rig_dcr_set(&r, 0x21, 0x00180000);	/* FLK1, ALK1 */
	bus_read(&r.bus, 0x90000000, 4, &v);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0x00180000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x22), 0);
	bus_write(&r.bus, 0x90000004, 4, 0);	/* another master */
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20) & 0xe000, 0x8000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x22), 0);
	rig_dcr_set(&r, 0x20, 0xffffffff);
	bus_read(&r.bus, 0x90000008, 4, &v);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20), 0x00a00000);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x22), 0x90000008);
	rig_close(&r);
}

static unsigned int mirq_seen[8];

static void mirq_set(void *opaque, unsigned int input, bool level)
{
	(void)opaque;
	mirq_seen[input] += level;
}

/* A write is posted: besides WIRQ2 0x400, the interrupt of master 2. */
void test_plb_write_interrupt(void)
{
	struct rig r;
	u32 v;

	memset(mirq_seen, 0, sizeof(mirq_seen));
	one(&r, &plb_bridge_class, 0x20, 16);
	for (unsigned int i = 0; i < 6; i++)
		r.dev[0]->irq[i] = (struct irq_line){ .set = mirq_set,
						      .input = i };
	bus_read(&r.bus, 0x90000000, 4, &v);
	CU_ASSERT_EQUAL(mirq_seen[1], 0);
	bus_write(&r.bus, 0x90000000, 4, 0);
	CU_ASSERT_EQUAL(mirq_seen[2], 1);
	CU_ASSERT_EQUAL(rig_dcr(&r, 0x20) & 0xe400, 0x8400);
	rig_close(&r);
}
