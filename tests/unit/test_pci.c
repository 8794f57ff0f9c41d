/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_pci.c - the bridge as Linux's platforms/4xx/pci.c and
 * indirect_pci.c program it.  out_le32 of x is a bus write of x swapped.
 */
#include "tests/unit/dev_rig.h"

extern const struct dev_class pci_class;

#define CFG	0xeec00000u
#define IACK	0xeed00000u
#define LOCAL	0xef400000u

/* One entry of bamboo.dts: memory or I/O, PCI address, PLB address, size. */
#define RANGE(space, pci, plb, size) space, 0, pci, 0, plb, 0, size
#define MEM1 RANGE(0x02000000, 0xa0000000, 0xa0000000, 0x20000000)
#define MEM2 RANGE(0x02000000, 0x00000000, 0xe0000000, 0x00100000)
#define IO1 RANGE(0x01000000, 0x00000000, 0xe8000000, 0x00010000)

static struct rig_prop ranges[] = {
	{ .name = "ranges", .cells = 21, .cell = { MEM1, MEM2, IO1 } },
	{ .name = NULL },
};

static void pci_open_as(struct rig *r, bool has_firmware)
{
	rig_open(r);
	r->env.has_firmware = has_firmware;
	rig_add(r, &(struct rig_spec){
		.cls = &pci_class, .path = "/pci",
		.mmio = { CFG, IACK, IACK, LOCAL }, .nmmio = 4,
		.mmio_size = 0x40, .props = ranges,
	}, NULL);
	rig_start(r);
}

static void pci_open(struct rig *r)
{
	pci_open_as(r, false);
}

static void writel(struct rig *r, u32 pa, u32 v)
{
	rig_wr(r, pa, 4, __builtin_bswap32(v));
}

static u32 readl(struct rig *r, u32 pa)
{
	return __builtin_bswap32(rig_rd(r, pa, 4));
}

static u32 cfg_read(struct rig *r, u32 devfn, u32 reg)
{
	writel(r, CFG, 0x80000000 | devfn << 8 | reg);
	return readl(r, CFG + 4);
}

static void cfg_write(struct rig *r, u32 devfn, u32 reg, u32 v)
{
	writel(r, CFG, 0x80000000 | devfn << 8 | reg);
	writel(r, CFG + 4, v);
}

void test_pci_scan(void)
{
	struct rig r;

	pci_open(&r);
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 0) & 0xffff, 0x1014);
	/* header type 0, single function; a host bridge */
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 0x0c) >> 16 & 0xff, 0);
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 0x08) >> 16, 0x0600);
	for (u32 devfn = 1; devfn < 256; devfn++)
		CU_ASSERT_EQUAL(cfg_read(&r, devfn, 0), 0xffffffff);
	writel(&r, CFG, 0x80010000);		/* bus 1 */
	CU_ASSERT_EQUAL(readl(&r, CFG + 4), 0xffffffff);
	rig_close(&r);
}

void test_pci_config_widths(void)
{
	struct rig r;

	pci_open(&r);
	writel(&r, CFG, 0x80000004);
	rig_wr(&r, CFG + 4, 2, 0x0600);		/* out_le16 of 0x0006 */
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 4) & 0xffff, 0x0006);
	writel(&r, CFG, 0x80000000);
	CU_ASSERT_EQUAL(rig_rd(&r, CFG + 4, 1), 0x14);
	CU_ASSERT_EQUAL(rig_rd(&r, CFG + 5, 1), 0x10);
	CU_ASSERT_EQUAL(readl(&r, CFG), 0x80000000);
	/* vendor is read only */
	cfg_write(&r, 0, 0, 0);
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 0) & 0xffff, 0x1014);
	rig_close(&r);
}

/* ppc4xx_configure_pci_PTMs: 2 GB from 0; then a BAR sizing cycle. */
void test_pci_ptm(void)
{
	struct rig r;

	pci_open(&r);
	writel(&r, LOCAL + 0x34, 0);
	writel(&r, LOCAL + 0x30, 0x80000001);
	CU_ASSERT_EQUAL(readl(&r, LOCAL + 0x30), 0x80000001);
	cfg_write(&r, 0, 0x14, 0xffffffff);
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 0x14), 0x80000008);
	cfg_write(&r, 0, 0x14, 0);
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 0x14), 0x00000008);
	rig_close(&r);
}

/* ppc4xx_setup_one_pci_PMM: without a PMM nothing answers. */
void test_pci_pmm(void)
{
	struct rig r;
	u32 v;

	pci_open_as(&r, true);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0xa0001000, 4, &v), BUS_NO_TARGET);
	cfg_write(&r, 0, 0x04, 0x0006);
	writel(&r, LOCAL + 0x00, 0xa0000000);
	writel(&r, LOCAL + 0x08, 0xa0000000);
	writel(&r, LOCAL + 0x0c, 0);
	writel(&r, LOCAL + 0x04, 0xe0000001);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xa0001000, 4), 0xffffffff);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xbfffffff, 1), 0xff);
	rig_wr(&r, 0xa0001000, 2, 0);
	/* status: received master abort, cleared by writing it */
	CU_ASSERT(cfg_read(&r, 0, 4) & 0x20000000);
	cfg_write(&r, 0, 4, 0x20000000);
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 4) & 0x20000000, 0);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0xe0000000, 4, &v), BUS_NO_TARGET);
	writel(&r, LOCAL + 0x04, 0);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0xa0001000, 4, &v), BUS_NO_TARGET);
	rig_close(&r);
}

/* What U-Boot's pci_target_init leaves on a Bamboo; and the manual's zeros. */
void test_pci_reset_state(void)
{
	struct rig r;

	pci_open(&r);
	CU_ASSERT_EQUAL(readl(&r, LOCAL + 0x00), 0xa0000000);
	CU_ASSERT_EQUAL(readl(&r, LOCAL + 0x04), 0xe0000001);
	CU_ASSERT_EQUAL(readl(&r, LOCAL + 0x08), 0xa0000000);
	CU_ASSERT_EQUAL(readl(&r, LOCAL + 0x10), 0xc0000000);
	CU_ASSERT_EQUAL(readl(&r, LOCAL + 0x30), 0x00000001);
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 4) & 0xffff, 0x0006);
	rig_close(&r);
	pci_open_as(&r, true);
	for (u32 off = 0; off < 0x40; off += 4)
		CU_ASSERT_EQUAL(readl(&r, LOCAL + off), 0);
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 4) & 0xffff, 0);
	rig_close(&r);
}

/* A bridge that is no bus master makes no memory and no I/O cycles. */
void test_pci_not_master(void)
{
	struct rig r;
	u32 v;

	pci_open(&r);
	cfg_write(&r, 0, 0x04, 0x0002);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0xa0001000, 4, &v), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(bus_write(&r.bus, 0xe8000000, 1, 0), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 0) & 0xffff, 0x1014);
	rig_close(&r);
}

/* With ERREN a master abort is latched, shown to the CPU and interrupts. */
void test_pci_error_latch(void)
{
	struct rig r;
	u32 v;

	pci_open(&r);
	writel(&r, CFG, 0x80000048);
	rig_wr(&r, CFG + 4, 1, 0x03);
	CU_ASSERT_EQUAL(bus_read(&r.bus, 0xa0001234, 4, &v), BUS_NO_TARGET);
	CU_ASSERT(r.dev[0]->irq[0].level);
	CU_ASSERT_EQUAL(bus_write(&r.bus, 0xa0005678, 4, 0), BUS_NO_TARGET);
	/* the first one is kept: a read, at that address */
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 0x54), 0xa0001234);
	CU_ASSERT_NOT_EQUAL(cfg_read(&r, 0, 0x4c), 0);
	CU_ASSERT_NOT_EQUAL(cfg_read(&r, 0, 0x48) & 0xff00, 0);
	cfg_write(&r, 0, 0x4c, 0xffffffff);
	writel(&r, CFG, 0x80000048);
	rig_wr(&r, CFG + 5, 1, 0xff);
	CU_ASSERT_FALSE(r.dev[0]->irq[0].level);
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 0x4c), 0);
	CU_ASSERT_EQUAL(cfg_read(&r, 0, 0x48) & 0xff00, 0);
	/* scanning empty slots is never an error of the PLB */
	CU_ASSERT_EQUAL(cfg_read(&r, 0x10, 0), 0xffffffff);
	rig_close(&r);
}

void test_pci_io_and_iack(void)
{
	struct rig r;

	pci_open(&r);
	CU_ASSERT_EQUAL(rig_rd(&r, 0xe8000060, 1), 0xff);
	rig_wr(&r, 0xe8000060, 1, 0);
	CU_ASSERT_EQUAL(rig_rd(&r, IACK, 4), 0xffffffff);
	rig_wr(&r, IACK, 4, 0);			/* special cycle */
	rig_close(&r);
}

void test_pci_any_access(void)
{
	struct rig r;

	pci_open(&r);
	for (u32 reg = 0; reg < 0x100; reg += 4) {
		writel(&r, CFG, 0x80000000 | reg);
		rig_hammer(&r, CFG + 4, 4);
	}
	rig_hammer(&r, CFG, 8);
	rig_hammer(&r, LOCAL, 0x40);
	rig_hammer(&r, IACK, 4);
	rig_close(&r);
}

void test_pci_bad_nodes(void)
{
	struct rig_prop odd[] = {
		{ .name = "ranges", .cells = 5 }, { .name = NULL },
	};
	struct rig r;
	int rc;

	rig_open(&r);
	rig_add(&r, &(struct rig_spec){
		.cls = &pci_class, .path = "/pci",
		.mmio = { CFG, IACK, IACK, LOCAL }, .nmmio = 4,
		.mmio_size = 0x40, .props = odd,
	}, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_FORMAT);
	CU_ASSERT(strstr(r.msg.text, "/pci: ranges") != NULL);
	rig_close(&r);
	rig_open(&r);
	rig_add(&r, &(struct rig_spec){
		.cls = &pci_class, .mmio = { CFG }, .nmmio = 1,
		.mmio_size = 8,
	}, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_FORMAT);
	rig_close(&r);
}
