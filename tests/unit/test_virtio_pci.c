/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_virtio_pci.c - virtio over PCI against the OASIS
 * specification 1.2, 4.1: identity, capabilities, the legacy header, the
 * modern structures, INTA and the window in configuration space.
 */
#include "tests/unit/pci_rig.h"
#include "tests/unit/virtio_rig.h"

extern const struct dev_class virtio_pci_class;

#define DEVFN	8
#define IO	PCI_RIG_IO_PLB
#define MEM	(PCI_RIG_MEM + (1u << 20))
#define HDR	0x40000u
#define STAT	0x40100u
#define DATA	0x48000u

static struct vm *card_new(const char *compatible, bool is_modern)
{
	struct vm *m = calloc(1, sizeof(*m));
	struct dev *bridge = pci_rig_bridge(&m->r);

	vm_back(m);
	m->props[0] = (struct rig_prop){ .name = "/parent", .dev = bridge };
	m->props[1] = (struct rig_prop){
		.name = "reg", .cells = 5, .cell = { DEVFN << 8 },
	};
	m->props[2] = (struct rig_prop){
		.name = "compatible", .str = compatible,
	};
	if (is_modern)
		m->props[3] = (struct rig_prop){ .name = "culm,modern" };
	m->dev = rig_add(&m->r, &(struct rig_spec){
		.cls = &virtio_pci_class, .path = "/pci/card@1",
		.props = m->props,
	}, NULL);
	m->dev->irq[0].set = vm_irq;
	m->dev->irq[0].opaque = m;
	rig_start(&m->r);
	pci_rig_enable(&m->r, DEVFN);
	return m;
}

/* Offset of the capability of cfg_type @type; 0 for none. [4.1.4] */
static u32 cap_find(struct vm *m, u32 type)
{
	u32 at = cfg_rd(&m->r, DEVFN, 0x34) & 0xff;

	for (int n = 0; at && n < 48; n++) {
		u32 w = cfg_rd(&m->r, DEVFN, at);

		CU_ASSERT_EQUAL(w & 0xff, 0x09);
		CU_ASSERT(w >> 16 >= 16);
		if (w >> 24 == type)
			return at;
		at = w >> 8 & 0xff;
	}
	return 0;
}

static u32 byte_rd(struct vm *m, u32 pa)
{
	return rig_rd(&m->r, pa, 1);
}

static void settle(struct vm *m)
{
	for (int n = 0; n < 1000 && rig_step(&m->r); n++)
		;
}

static u32 put_read(struct vm *m, u32 sector)
{
	static const struct vm_seg s[] = {
		{ HDR, 16, false }, { DATA, 512, true }, { STAT, 1, true },
	};

	memset(m->r.ram + HDR, 0, 16);
	vm_put(m, HDR + 8, 8, sector);
	m->r.ram[STAT] = 0xee;
	return vm_chain(m, 0, s, 3);
}

/* [4.1.2], [4.1.2.3]: vendor, device, revision, subsystem, class. */
void test_virtio_pci_identity(void)
{
	static const struct { const char *name; u32 id, type; } ids[] = {
		{ "pci1af4,1000", 0x1000, 1 }, { "pci1af4,1001", 0x1001, 2 },
		{ "pci1af4,1003", 0x1003, 3 }, { "pci1af4,1005", 0x1005, 4 },
		{ "pci1af4,1009", 0x1009, 9 },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(ids); i++) {
		struct vm *m = card_new(ids[i].name, false);

		CU_ASSERT_EQUAL(cfg_rd(&m->r, DEVFN, 0),
				ids[i].id << 16 | 0x1af4);
		CU_ASSERT_EQUAL(cfg_rd(&m->r, DEVFN, 8) & 0xff, 0);
		CU_ASSERT_EQUAL(cfg_rd(&m->r, DEVFN, 0x2c) >> 16, ids[i].type);
		CU_ASSERT_EQUAL(cfg_rd(&m->r, DEVFN, 0x10) & 1, 1);
		vm_close(m);
		m = card_new(ids[i].name, true);
		CU_ASSERT_EQUAL(cfg_rd(&m->r, DEVFN, 0),
				(0x1040 + ids[i].type) << 16 | 0x1af4);
		CU_ASSERT(cfg_rd(&m->r, DEVFN, 8) & 0xff);
		CU_ASSERT(cfg_rd(&m->r, DEVFN, 0x2c) >> 16 >= 0x40);
		CU_ASSERT_EQUAL(cfg_rd(&m->r, DEVFN, 0x10), 0);
		vm_close(m);
	}
}

/* [4.1.4]: all five structures, in a BAR that there is, within its size. */
void test_virtio_pci_capabilities(void)
{
	struct vm *m = card_new("pci1af4,1001", false);

	for (u32 type = 1; type <= 4; type++) {
		u32 at = cap_find(m, type);

		CU_ASSERT(at != 0);
		CU_ASSERT_EQUAL(cfg_rd(&m->r, DEVFN, at + 4) & 0xff, 1);
		CU_ASSERT(cfg_rd(&m->r, DEVFN, at + 8) +
			  cfg_rd(&m->r, DEVFN, at + 12) <= 0x4000);
	}
	CU_ASSERT(cfg_rd(&m->r, DEVFN, cap_find(m, 1) + 12) >= 56);
	CU_ASSERT_EQUAL(cfg_rd(&m->r, DEVFN, cap_find(m, 2) + 16), 4);
	CU_ASSERT(cap_find(m, 5) != 0);
	CU_ASSERT_EQUAL(cap_find(m, 6), 0);
	vm_close(m);
}

/* [4.1.4.10], [4.1.5.1.4.1]: header little-endian, contents guest-endian. */
void test_virtio_pci_legacy(void)
{
	struct vm *m = card_new("pci1af4,1001", false);
	struct rig *r = &m->r;
	u32 id;

	m->layout = VM_LEGACY;
	CU_ASSERT_EQUAL(rd32(r, IO + 0) >> 27 & 3, 3);
	CU_ASSERT_EQUAL(rig_rd(r, IO + 20 + 4, 4), DISK_BYTES / 512);
	rig_wr(r, IO + 18, 1, 3);
	wr32(r, IO + 4, 0x10000200);
	CU_ASSERT_EQUAL(rd32(r, IO + 4), 0x10000200);
	wr16(r, IO + 14, 0);
	CU_ASSERT_EQUAL(rd16(r, IO + 12), 256);
	/* 256 entries: the used ring begins on the next page but one */
	m->ring[0] = (struct vm_ring){
		.desc = 0x10000, .driver = 0x11000, .device = 0x12000,
	};
	wr32(r, IO + 8, 0x10);
	CU_ASSERT_EQUAL(rd32(r, IO + 8), 0x10);
	rig_wr(r, IO + 18, 1, 7);
	settle(m);
	id = put_read(m, 9);
	wr16(r, IO + 16, 0);
	settle(m);
	CU_ASSERT_EQUAL(vm_expect(m, 0, id), 513);
	CU_ASSERT(!memcmp(r->ram + DATA, m->disk + 9 * 512, 512));
	CU_ASSERT(m->level);
	CU_ASSERT_EQUAL(cfg_rd(r, DEVFN, 4) >> 19 & 1, 1);
	CU_ASSERT_EQUAL(byte_rd(m, IO + 19), 1);	/* reading clears */
	CU_ASSERT(!m->level);
	CU_ASSERT_EQUAL(byte_rd(m, IO + 19), 0);
	rig_wr(r, IO + 18, 1, 0);
	CU_ASSERT_EQUAL(rd32(r, IO + 8), 0);
	CU_ASSERT_EQUAL(rd32(r, IO + 4), 0);
	vm_close(m);
}

/* The structures of 4.1.4.3, driven as 3.1.1 says. */
static void modern_start(struct vm *m, enum vm_layout layout)
{
	struct rig *r = &m->r;
	struct vm_ring *q = &m->ring[0];

	m->layout = layout;
	*q = (struct vm_ring){
		.desc = 0x10000, .driver = 0x11000, .device = 0x12000,
		.avail_wrap = true, .used_wrap = true,
	};
	memset(r->ram + q->desc, 0, 0x3000);
	rig_wr(r, MEM + 20, 1, 0);
	rig_wr(r, MEM + 20, 1, 3);
	wr32(r, MEM + 8, 1);
	wr32(r, MEM + 12, layout == VM_PACKED ? 5 : 1);
	CU_ASSERT_EQUAL(rd32(r, MEM + 12), layout == VM_PACKED ? 5 : 1);
	rig_wr(r, MEM + 20, 1, 11);
	CU_ASSERT_EQUAL(byte_rd(m, MEM + 20), 11);
	wr16(r, MEM + 22, 0);
	wr16(r, MEM + 24, VM_NUM);
	wr32(r, MEM + 32, q->desc);
	wr32(r, MEM + 36, 0);
	wr32(r, MEM + 40, q->driver);
	wr32(r, MEM + 44, 0);
	wr32(r, MEM + 48, q->device);
	wr32(r, MEM + 52, 0);
	CU_ASSERT_EQUAL(rd32(r, MEM + 40), q->driver);
	wr16(r, MEM + 28, 1);
	CU_ASSERT_EQUAL(rd16(r, MEM + 28), 1);
	rig_wr(r, MEM + 20, 1, 15);
	settle(m);
}

void test_virtio_pci_modern(void)
{
	for (unsigned int i = 0; i < 4; i++) {
		struct vm *m = card_new("pci1af4,1001", i & 1);
		struct rig *r = &m->r;
		u32 id;

		CU_ASSERT_EQUAL(rd16(r, MEM + 16), 0xffff);	/* no MSI-X */
		CU_ASSERT_EQUAL(rd16(r, MEM + 18), 1);
		wr32(r, MEM + 0, 1);
		CU_ASSERT_EQUAL(rd32(r, MEM + 4) & 5, 5);
		CU_ASSERT_EQUAL(rd32(r, MEM + 0x2000), DISK_BYTES / 512);
		modern_start(m, i & 2 ? VM_PACKED : VM_SPLIT);
		for (u32 n = 0; n < 12; n++) {
			id = put_read(m, n);
			wr16(r, MEM + 0x3000 + 4 * rd16(r, MEM + 30), 0);
			settle(m);
			CU_ASSERT_EQUAL(vm_expect(m, 0, id), 513);
			CU_ASSERT(!memcmp(r->ram + DATA, m->disk + n * 512,
					  512));
			CU_ASSERT(m->level);
			CU_ASSERT_EQUAL(byte_rd(m, MEM + 0x1000), 1);
			CU_ASSERT(!m->level);
		}
		CU_ASSERT_EQUAL(m->raised, 12);
		wr16(r, MEM + 22, 5);			/* no such queue */
		CU_ASSERT_EQUAL(rd16(r, MEM + 24), 0);
		vm_close(m);
	}
}

/* [4.1.4.9]: an access to pci_cfg_data is one to a BAR. */
void test_virtio_pci_window(void)
{
	struct vm *m = card_new("pci1af4,1001", true);
	struct rig *r = &m->r;
	u32 at = cap_find(m, 5);

	cfg_wr(r, DEVFN, 4, 0x0004);		/* memory is off */
	cfg_wr(r, DEVFN, at + 4, 1);
	cfg_wr(r, DEVFN, at + 8, 0x2000);
	cfg_wr(r, DEVFN, at + 12, 4);
	CU_ASSERT_EQUAL(cfg_rd(r, DEVFN, at + 16), DISK_BYTES / 512);
	cfg_wr(r, DEVFN, at + 8, 20);
	cfg_wr(r, DEVFN, at + 12, 1);
	cfg_wr(r, DEVFN, at + 16, 3);
	CU_ASSERT_EQUAL(cfg_rd(r, DEVFN, at + 16) & 0xff, 3);
	/* beyond the BAR, in no BAR, of a wrong size: nothing happens */
	cfg_wr(r, DEVFN, at + 8, 0xfffffffc);
	cfg_rd(r, DEVFN, at + 16);
	cfg_wr(r, DEVFN, at + 8, 0x3fff);
	cfg_wr(r, DEVFN, at + 12, 4);
	cfg_rd(r, DEVFN, at + 16);
	cfg_wr(r, DEVFN, at + 12, 3);
	cfg_rd(r, DEVFN, at + 16);
	cfg_wr(r, DEVFN, at + 4, 0xff);
	cfg_wr(r, DEVFN, at + 12, 4);
	cfg_rd(r, DEVFN, at + 16);
	cfg_wr(r, DEVFN, at + 16, 0xffffffff);
	cfg_wr(r, DEVFN, 4, 0x0007);
	CU_ASSERT_EQUAL(byte_rd(m, MEM + 20), 3);
	vm_close(m);
}

/* A card that may not master the bus cannot be served: it needs a reset. */
void test_virtio_pci_no_master(void)
{
	struct vm *m = card_new("pci1af4,1001", true);
	struct rig *r = &m->r;

	modern_start(m, VM_SPLIT);
	cfg_wr(r, DEVFN, 4, 0x0002);
	put_read(m, 0);
	wr16(r, MEM + 0x3000, 0);
	settle(m);
	CU_ASSERT_EQUAL(byte_rd(m, MEM + 20), 0x4f);
	CU_ASSERT_EQUAL(r->ram[STAT], 0xee);
	cfg_wr(r, DEVFN, 4, 0x0006);
	modern_start(m, VM_SPLIT);
	put_read(m, 0);
	wr16(r, MEM + 0x3000, 0);
	settle(m);
	CU_ASSERT_EQUAL(r->ram[STAT], 0);
	vm_close(m);
}

/* Every BAR and all of configuration space at every offset and size. */
void test_virtio_pci_any_access(void)
{
	static const char *const names[] = {
		"pci1af4,1000", "pci1af4,1001", "pci1af4,1003",
		"pci1af4,1005", "pci1af4,1009",
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(names); i++) {
		struct vm *m = card_new(names[i], false);

		modern_start(m, VM_SPLIT);
		rig_hammer(&m->r, IO, 0x80);
		rig_hammer(&m->r, MEM, 0x80);
		rig_hammer(&m->r, MEM + 0xff0, 0x20);
		rig_hammer(&m->r, MEM + 0x1ff0, 0xa0);
		rig_hammer(&m->r, MEM + 0x2ff0, 0x40);
		rig_hammer(&m->r, MEM + 0x3ff0, 0x10);
		for (u32 at = 0; at < 0x100; at += 4)
			cfg_wr(&m->r, DEVFN, at, 0x01010101 * at);
		for (u32 at = 0; at < 0x100; at += 4)
			cfg_rd(&m->r, DEVFN, at);
		vm_close(m);
	}
}

/* A node that names no drive is refused, with its path and property. */
void test_virtio_pci_nothing_there(void)
{
	struct vm *m = calloc(1, sizeof(*m));
	struct dev *bridge = pci_rig_bridge(&m->r);
	struct rig_prop props[] = {
		{ .name = "/parent", .dev = bridge },
		{ .name = "reg", .cells = 5, .cell = { DEVFN << 8 } },
		{ .name = "compatible", .str = "pci1af4,1001" },
		{ .name = "culm,index", .cells = 1, .cell = { 7 } },
		{ .name = NULL },
	};
	int rc;

	vm_back(m);
	rig_add(&m->r, &(struct rig_spec){ .cls = &virtio_pci_class,
					   .path = "/pci/card@1",
					   .props = props }, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_NOENT);
	CU_ASSERT_STRING_EQUAL(m->r.msg.text,
			       "/pci/card@1: culm,index: there is no drive 7");
	vm_close(m);
}
