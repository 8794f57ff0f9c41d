/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_pci_card.c - cards behind the bridge: BARs, windows both
 * ways, capabilities and INTA, as the PCI 2.2 specification has them.
 */
#include "tests/unit/pci_rig.h"

/* A card of 4 KB of memory registers and 16 bytes of I/O. */
struct toy {
	struct pci_card card;
	u32 at, size, val;	/* the last access */
	u32 reply;
	unsigned int wrote;	/* configuration writes heard of */
};

static struct toy *toy_of(struct pci_card *card)
{
	return (struct toy *)card;
}

static int toy_read(struct pci_card *card, u32 off, unsigned int size,
		    u32 *val)
{
	struct toy *t = toy_of(card);

	t->at = off;
	t->size = size;
	*val = t->reply;
	return BUS_OK;
}

static int toy_write(struct pci_card *card, u32 off, unsigned int size,
		     u32 val)
{
	struct toy *t = toy_of(card);

	t->at = off;
	t->size = size;
	t->val = val;
	return BUS_OK;
}

static void toy_wrote(struct pci_card *card, unsigned int at,
		      unsigned int size)
{
	(void)at;
	(void)size;
	toy_of(card)->wrote++;
}

static int toy_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	static const struct pci_ids ids = {
		.vendor = 0x1234, .device = 0x5678, .subvendor = 0x1111,
		.subdevice = 0x2222, .class = 0x020000, .revision = 3,
	};
	struct toy *t = dev->priv;

	pci_card_init(&t->card, dev, &ids);
	t->card.bar[0] = (struct pci_bar){
		.bytes = 4096, .read = toy_read, .write = toy_write,
	};
	t->card.bar[2] = (struct pci_bar){
		.bytes = 16, .is_io = true, .read = toy_read,
		.write = toy_write,
	};
	t->card.config_wrote = toy_wrote;
	return pci_card_add(&t->card, node, msg);
}

static void toy_reset(struct dev *dev, enum reset_kind kind)
{
	(void)kind;
	pci_card_reset(&((struct toy *)dev->priv)->card);
}

static const char *const toy_compatible[] = { "culm,toy", NULL };

static const struct dev_class toy_class = {
	.name = "toy", .desc = "a card for tests",
	.compatible = toy_compatible, .priv_size = sizeof(struct toy),
	.probe = toy_probe, .reset = toy_reset,
};

static struct toy *toy_open(struct rig *r)
{
	static struct rig_prop props[3];

	return pci_rig_card(r, &toy_class, props)->priv;
}

void test_pci_card_header(void)
{
	struct rig r;

	toy_open(&r);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x00), 0x56781234);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x08), 0x02000003);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x2c), 0x22221111);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x3c) >> 8 & 0xff, 1);
	CU_ASSERT_EQUAL(cfg_rd(&r, 9, 0x00), 0xffffffff);
	CU_ASSERT_EQUAL(cfg_rd(&r, 0x10, 0x00), 0xffffffff);
	/* type 1: nobody is on another bus */
	wr32(&r, PCI_RIG_CFG, 0x80010800);
	CU_ASSERT_EQUAL(rd32(&r, PCI_RIG_CFG + 4), 0xffffffff);
	/* read only */
	cfg_wr(&r, 8, 0x00, 0);
	cfg_wr(&r, 8, 0x08, 0);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x00), 0x56781234);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x08), 0x02000003);
	rig_close(&r);
}

/* 6.2.5.1: write ones, read back the size; what is absent stays zero. */
void test_pci_card_bar_size(void)
{
	struct rig r;

	toy_open(&r);
	cfg_wr(&r, 8, 0x04, 0);
	for (u32 at = 0x10; at < 0x28; at += 4)
		cfg_wr(&r, 8, at, 0xffffffff);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x10), 0xfffff000);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x14), 0);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x18), 0xfffffff1);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x24), 0);
	rig_close(&r);
}

/* A PMM moves addresses: local 0xb0000000 to PCI 0x40000000. */
void test_pci_card_pmm_translates(void)
{
	struct rig r;
	struct toy *t = toy_open(&r);

	wr32(&r, PCI_RIG_LOCAL + 0x04, 0);
	wr32(&r, PCI_RIG_LOCAL + 0x00, 0xb0000000);
	wr32(&r, PCI_RIG_LOCAL + 0x08, 0x40000000);
	wr32(&r, PCI_RIG_LOCAL + 0x04, 0xfff00001);
	cfg_wr(&r, 8, 0x10, 0x40002000);
	t->reply = 0x11223344;
	CU_ASSERT_EQUAL(rd32(&r, 0xb0002010), 0x11223344);
	CU_ASSERT_EQUAL(t->at, 0x10);
	/* the byte at the lowest address is the least significant one */
	CU_ASSERT_EQUAL(rig_rd(&r, 0xb0002010, 4), 0x44332211);
	wr32(&r, 0xb0002ffc, 0xcafe0001);
	CU_ASSERT_EQUAL(t->at, 0xffc);
	CU_ASSERT_EQUAL(t->val, 0xcafe0001);
	wr16(&r, 0xb0002002, 0xbeef);
	CU_ASSERT_EQUAL(t->at, 2);
	CU_ASSERT_EQUAL(t->size, 2);
	CU_ASSERT_EQUAL(t->val, 0xbeef);
	/* beyond the card: master abort; beyond the PMM: nothing */
	CU_ASSERT_EQUAL(rd32(&r, 0xb0003000), 0xffffffff);
	CU_ASSERT_EQUAL(bus_write(&r.bus, 0xb0100000, 4, 0), BUS_NO_TARGET);
	/* above 4 GB a dual address cycle, which no card here takes */
	wr32(&r, PCI_RIG_LOCAL + 0x0c, 1);
	CU_ASSERT_EQUAL(rd32(&r, 0xb0002010), 0xffffffff);
	rig_close(&r);
}

void test_pci_card_misaligned(void)
{
	struct rig r;
	struct toy *t = toy_open(&r);

	t->reply = 0x5a;
	CU_ASSERT_EQUAL(rig_rd(&r, PCI_RIG_MEM + 1, 4), 0x5a5a5a5a);
	CU_ASSERT_EQUAL(t->size, 1);
	CU_ASSERT_EQUAL(t->at, 4);
	rig_close(&r);
}

/* 0xe8000000 is I/O 0, 0xe8800000 is I/O 0x800000. */
void test_pci_card_io(void)
{
	struct rig r;
	struct toy *t = toy_open(&r);

	rig_wr(&r, PCI_RIG_IO_PLB + 0x805, 1, 0x77);
	CU_ASSERT_EQUAL(t->at, 5);
	CU_ASSERT_EQUAL(t->val, 0x77);
	cfg_wr(&r, 8, 0x18, 0x00900000);
	t->reply = 0x1234;
	CU_ASSERT_EQUAL(rd16(&r, 0xe8900008), 0x1234);
	CU_ASSERT_EQUAL(t->at, 8);
	/* not there, and not enabled */
	t->reply = 0;
	CU_ASSERT_EQUAL(rd32(&r, 0xe8900010), 0xffffffff);
	cfg_wr(&r, 8, 0x04, 0x0006);
	CU_ASSERT_EQUAL(rd32(&r, 0xe8900008), 0xffffffff);
	CU_ASSERT_EQUAL(rd32(&r, PCI_RIG_MEM), 0);
	cfg_wr(&r, 8, 0x04, 0x0005);
	CU_ASSERT_EQUAL(rd32(&r, PCI_RIG_MEM), 0xffffffff);
	rig_close(&r);
}

/* PTM1: PCI 0x80000000, 64 KB, is local 0x40000. */
void test_pci_card_dma(void)
{
	struct rig r;
	struct toy *t = toy_open(&r);
	u8 b[8] = "1234567", got[8] = { 0 };
	u64 left = 0;

	wr32(&r, PCI_RIG_LOCAL + 0x34, 0x00040000);
	wr32(&r, PCI_RIG_LOCAL + 0x30, 0xffff0001);
	cfg_wr(&r, 0, 0x14, 0x80000000);
	CU_ASSERT_EQUAL(pci_dma_write(&t->card, 0x80000010, b, 8), BUS_OK);
	CU_ASSERT_EQUAL(memcmp(r.ram + 0x40010, b, 8), 0);
	CU_ASSERT_EQUAL(pci_dma_read(&t->card, 0x80000010, got, 8), BUS_OK);
	CU_ASSERT_EQUAL(memcmp(got, b, 8), 0);
	CU_ASSERT_PTR_EQUAL(pci_dma_direct(&t->card, 0x8000fff0, true, &left),
			    r.ram + 0x4fff0);
	CU_ASSERT_EQUAL(left, 0x10);
	/* outside, half outside, above 4 GB */
	CU_ASSERT_EQUAL(pci_dma_read(&t->card, 0, got, 8), BUS_NO_TARGET);
	CU_ASSERT_EQUAL(pci_dma_write(&t->card, 0x8000fffc, b, 8),
			BUS_NO_TARGET);
	CU_ASSERT_EQUAL(pci_dma_read(&t->card, 0x180000010, got, 8),
			BUS_NO_TARGET);
	CU_ASSERT(cfg_rd(&r, 8, 4) & 0x20000000);
	CU_ASSERT_PTR_NULL(pci_dma_direct(&t->card, 0, false, &left));
	/* a card that is no master, a bridge that is no target */
	cfg_wr(&r, 8, 4, 0x20000003);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 4) & 0x20000000, 0);
	CU_ASSERT_EQUAL(pci_dma_read(&t->card, 0x80000010, got, 8),
			BUS_NO_TARGET);
	cfg_wr(&r, 8, 4, 0x0007);
	cfg_wr(&r, 0, 4, 0x0004);
	CU_ASSERT_EQUAL(pci_dma_read(&t->card, 0x80000010, got, 8),
			BUS_NO_TARGET);
	rig_close(&r);
}

/* A window to where no memory is, or a device: target abort. */
void test_pci_card_dma_to_nothing(void)
{
	struct rig r;
	struct toy *t = toy_open(&r);
	u8 b[16] = { 0 };

	CU_ASSERT_EQUAL(pci_dma_read(&t->card, 0x40000000, b, 4),
			BUS_NO_TARGET);
	CU_ASSERT(cfg_rd(&r, 8, 4) & 0x10000000);
	CU_ASSERT(cfg_rd(&r, 0, 4) & 0x08000000);
	CU_ASSERT_EQUAL(pci_dma_write(&t->card, PCI_RIG_CFG, b, 8),
			BUS_NO_TARGET);
	CU_ASSERT_EQUAL(pci_dma_write(&t->card, RIG_RAM - 8, b, 16),
			BUS_NO_TARGET);
	CU_ASSERT_EQUAL(pci_dma_read(&t->card, 0xfffffff8, b, 16),
			BUS_NO_TARGET);
	rig_close(&r);
}

void test_pci_card_irq(void)
{
	struct rig r;
	struct toy *t = toy_open(&r);
	struct irq_line *line = &t->card.dev->irq[0];

	pci_card_irq(&t->card, true);
	CU_ASSERT_TRUE(line->level);
	CU_ASSERT(cfg_rd(&r, 8, 4) & 0x00080000);
	cfg_wr(&r, 8, 4, 0x0407);
	CU_ASSERT_FALSE(line->level);
	CU_ASSERT(cfg_rd(&r, 8, 4) & 0x00080000);
	cfg_wr(&r, 8, 4, 0x0007);
	CU_ASSERT_TRUE(line->level);
	pci_card_irq(&t->card, false);
	CU_ASSERT_FALSE(line->level);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 4) & 0x00080000, 0);
	rig_close(&r);
}

static void pin_set(void *opaque, unsigned int input, bool level)
{
	(void)input;
	*(bool *)opaque = level;
}

/* Two functions on one wire: it is low while either pulls. */
void test_pci_card_shared_irq(void)
{
	struct rig_prop one[3] = { 0 }, two[3] = { 0 };
	struct toy *a, *b;
	struct dev *dev;
	bool wire = false;
	struct rig r;

	a = pci_rig_card(&r, &toy_class, one)->priv;
	two[0] = one[0];
	two[1] = (struct rig_prop){
		.name = "reg", .cells = 5, .cell = { 0x0900 },
	};
	dev = rig_add(&r, &(struct rig_spec){
		.cls = &toy_class, .path = "/pci/card@1,1", .props = two,
	}, NULL);
	b = dev->priv;
	a->card.dev->irq[0] = (struct irq_line){ pin_set, &wire, 28, false };
	b->card.dev->irq[0] = (struct irq_line){ pin_set, &wire, 28, false };
	pci_card_irq(&a->card, true);
	pci_card_irq(&b->card, true);
	pci_card_irq(&a->card, false);
	CU_ASSERT_TRUE(wire);
	pci_card_irq(&b->card, false);
	CU_ASSERT_FALSE(wire);
	/* function 0 says that there are more */
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x0c) >> 16 & 0xff, 0x80);
	CU_ASSERT_EQUAL(cfg_rd(&r, 9, 0x00), 0x56781234);
	/* both at one address: one answers, nothing breaks */
	pci_rig_enable(&r, 9);
	a->reply = 1;
	b->reply = 2;
	CU_ASSERT_EQUAL(rd32(&r, PCI_RIG_MEM), 1);
	cfg_wr(&r, 8, 0x04, 0);
	CU_ASSERT_EQUAL(rd32(&r, PCI_RIG_MEM), 2);
	rig_close(&r);
}

/* 6.7: a list of offsets that ends with 0, announced in the status. */
void test_pci_card_capabilities(void)
{
	struct rig r;
	struct toy *t = toy_open(&r);
	unsigned int a, b;

	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 4) & 0x00100000, 0);
	a = pci_card_capability(&t->card, 0x09, 17);
	b = pci_card_capability(&t->card, 0x01, 8);
	CU_ASSERT(cfg_rd(&r, 8, 4) & 0x00100000);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x34) & 0xff, a);
	CU_ASSERT(a >= 0x40 && b >= a + 17 && b % 4 == 0);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, a) & 0xffff, b << 8 | 0x09);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, b) & 0xffff, 0x0001);
	rig_close(&r);
}

void test_pci_card_reset(void)
{
	struct rig r;
	struct toy *t = toy_open(&r);

	pci_card_irq(&t->card, true);
	dev_reset(t->card.dev, RESET_SYSTEM);
	CU_ASSERT_FALSE(t->card.dev->irq[0].level);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x04), 0);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x10), 0);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x18), 1);
	CU_ASSERT_EQUAL(cfg_rd(&r, 8, 0x00), 0x56781234);
	CU_ASSERT_EQUAL(rd32(&r, PCI_RIG_MEM), 0xffffffff);
	rig_close(&r);
}

void test_pci_card_bad_nodes(void)
{
	struct rig_prop p[3] = {
		{ .name = "/parent" },
		{ .name = "reg", .cells = 5, .cell = { 0x0800 } },
	};
	struct rig_spec s = {
		.cls = &toy_class, .path = "/card", .props = p,
	};
	struct rig r;
	int rc;

	p[0].dev = pci_rig_bridge(&r);
	p[1].cell[0] = 0;			/* the bridge's own place */
	rig_add(&r, &s, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_RANGE);
	p[1].cell[0] = 0x10800;			/* bus 1 */
	rig_add(&r, &s, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_RANGE);
	p[0].dev = NULL;
	rig_add(&r, &s, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_FORMAT);
	CU_ASSERT(strstr(r.msg.text, "/card") != NULL);
	rig_close(&r);
	toy_open(&r);
	s.props = r.props[1];
	rig_add(&r, &s, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_CONFLICT);
	rig_close(&r);
}

/* Any BAR value and command, then any access: nothing may break. */
void test_pci_card_mad_bars(void)
{
	struct rig r;
	u32 seed = 1;

	toy_open(&r);
	for (int i = 0; i < 2000; i++) {
		seed = seed * 1103515245 + 12345;
		cfg_wr(&r, 8, 0x04 + (seed >> 16) % 9 * 4, seed * 2654435761u);
		rig_wr(&r, PCI_RIG_CFG + 4 + (seed & 3), 1, seed >> 8 & 0xff);
		(void)rd32(&r, PCI_RIG_MEM + (seed & 0xfffffff));
		(void)rd32(&r, 0xe8000000 + (seed >> 3 & 0xffff));
	}
	rig_close(&r);
}
