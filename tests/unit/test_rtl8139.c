/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_rtl8139.c - an 8139C+ as Linux's 8139too (the old way) and
 * 8139cp (descriptor rings) use it.
 */
#include "tests/unit/nic_rig.h"

extern const struct dev_class rtl8139_class;

#define BAR	(PCI_RIG_MEM + 0x100000)
#define IO	PCI_RIG_IO_PLB
#define RXB	0x20000u
#define TXB	0x8000u
#define TXR	0x1000u
#define RXR	0x2000u

struct bench {
	struct rig r;
	struct rig_prop props[4];
	struct net net;
	u8 sent[16][2048];
	size_t bytes[16];
	unsigned int count;
	struct dev *dev;
};

static struct net *give_net(void *opaque, unsigned int index)
{
	return index == 0 ? opaque : NULL;
}

static void heard(void *opaque, const u8 *frame, size_t bytes)
{
	struct bench *b = opaque;

	if (b->count < 16 && bytes <= 2048) {
		memcpy(b->sent[b->count], frame, bytes);
		b->bytes[b->count] = bytes;
	}
	b->count++;
}

static const struct net_host_ops host = { .send = heard };

static struct bench *bench_open(u32 revision)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct dev *bridge = pci_rig_bridge(&b->r);

	clk_set(&b->r.clk, CLK_PCI, 33333333);
	b->r.env.net = give_net;
	b->r.env.opaque = &b->net;
	b->net.host = &host;
	b->net.host_opaque = b;
	b->props[0] = (struct rig_prop){ .name = "/parent", .dev = bridge };
	b->props[1] = (struct rig_prop){
		.name = "reg", .cells = 5, .cell = { 0x0800 },
	};
	b->props[2] = (struct rig_prop){
		.name = "revision-id", .cells = 1, .cell = { revision },
	};
	b->dev = rig_add(&b->r, &(struct rig_spec){
		.cls = &rtl8139_class, .path = "/pci/rtl8139@1",
		.props = b->props,
	}, NULL);
	rig_start(&b->r);
	pci_rig_enable(&b->r, 8);
	return b;
}

static void bench_close(struct bench *b)
{
	rig_close(&b->r);
	free(b);
}

static u32 r8(struct bench *b, u32 reg)
{
	return rig_rd(&b->r, BAR + reg, 1);
}

static void w8(struct bench *b, u32 reg, u32 v)
{
	rig_wr(&b->r, BAR + reg, 1, v);
}

static u32 r16(struct bench *b, u32 reg)
{
	return rd16(&b->r, BAR + reg);
}

static void w16(struct bench *b, u32 reg, u32 v)
{
	wr16(&b->r, BAR + reg, v);
}

static u32 r32(struct bench *b, u32 reg)
{
	return rd32(&b->r, BAR + reg);
}

static void w32(struct bench *b, u32 reg, u32 v)
{
	wr32(&b->r, BAR + reg, v);
}

static bool give(struct bench *b, const u8 *f, size_t n)
{
	return b->net.dev->receive(b->net.dev_opaque, f, n);
}

static const u8 own[6] = { 0x02, 0x43, 0x55, 0x4c, 0x4e, 0x00 };

/* read_eeprom of 8139too: command of @bits bits after the opcode. */
static u32 read_eeprom(struct bench *b, u32 at, int bits)
{
	u32 cmd = at | 6 << bits, v = 0, di;

	w8(b, 0x50, 0x80);
	w8(b, 0x50, 0x88);
	for (int i = 4 + bits; i >= 0; i--) {
		di = cmd >> i & 1 ? 2 : 0;
		w8(b, 0x50, 0x88 | di);
		w8(b, 0x50, 0x8c | di);
	}
	w8(b, 0x50, 0x88);
	for (int i = 0; i < 16; i++) {
		w8(b, 0x50, 0x8c);
		v = v << 1 | (r8(b, 0x50) & 1);
		w8(b, 0x50, 0x88);
	}
	w8(b, 0x50, 0);
	return v;
}

void test_rtl8139_identity(void)
{
	struct bench *b = bench_open(0x20);

	CU_ASSERT_EQUAL(cfg_rd(&b->r, 8, 0), 0x813910ec);
	CU_ASSERT_EQUAL(cfg_rd(&b->r, 8, 8) & 0xff, 0x20);
	CU_ASSERT_EQUAL(r32(b, 0x40) & 0x7cc00000, 0x74800000);
	/* the size test of the driver: eight address bits must not fit */
	CU_ASSERT_NOT_EQUAL(read_eeprom(b, 0, 8), 0x8129);
	CU_ASSERT_EQUAL(read_eeprom(b, 0, 6), 0x8129);
	CU_ASSERT_EQUAL(read_eeprom(b, 7, 6), 0x4302);
	CU_ASSERT_EQUAL(read_eeprom(b, 8, 6), 0x4c55);
	CU_ASSERT_EQUAL(read_eeprom(b, 9, 6), 0x004e);
	CU_ASSERT_EQUAL(r32(b, 0), 0x4c554302);
	/* the address is locked until 9346CR opens it */
	w32(b, 0, 0x11111112);
	CU_ASSERT_EQUAL(r32(b, 0), 0x4c554302);
	w8(b, 0x50, 0xc0);
	w32(b, 0, 0x11111112);
	CU_ASSERT_EQUAL(r32(b, 0), 0x11111112);
	/* auto-load brings it back */
	w8(b, 0x50, 0x40);
	CU_ASSERT_EQUAL(r32(b, 0), 0x4c554302);
	/* I/O and memory are the same registers */
	w32(b, 8, 0xa5a5a5a5);
	CU_ASSERT_EQUAL(rd32(&b->r, IO + 8), 0xa5a5a5a5);
	bench_close(b);
	b = bench_open(0x10);
	CU_ASSERT_EQUAL(r32(b, 0x40) & 0x7cc00000, 0x74000000);
	bench_close(b);
}

/* 93C46: a write needs EWEN, and takes effect when select goes. */
void test_rtl8139_eeprom_write(void)
{
	struct bench *b = bench_open(0x20);
	static const struct { u32 bits, n; } cmd[] = {
		{ 0x5 << 22 | 20 << 16 | 0xbeef, 25 },	/* WRITE 20, locked */
		{ 0x4 << 6 | 0x30, 9 },			/* EWEN */
		{ 0x5 << 22 | 21 << 16 | 0xcafe, 25 },	/* WRITE 21 */
		{ 0x4 << 6, 9 },			/* EWDS */
		{ 0x7 << 6 | 0, 9 },			/* ERASE 0, locked */
	};

	for (unsigned int k = 0; k < ARRAY_SIZE(cmd); k++) {
		w8(b, 0x50, 0x88);
		for (int i = (int)cmd[k].n - 1; i >= 0; i--) {
			u32 di = cmd[k].bits >> i & 1 ? 2 : 0;

			w8(b, 0x50, 0x88 | di);
			w8(b, 0x50, 0x8c | di);
		}
		w8(b, 0x50, 0x80);
	}
	CU_ASSERT_EQUAL(read_eeprom(b, 20, 6), 0xffff);
	CU_ASSERT_EQUAL(read_eeprom(b, 21, 6), 0xcafe);
	CU_ASSERT_EQUAL(read_eeprom(b, 0, 6), 0x8129);
	bench_close(b);
}

/* rtl8139_hw_start, with a ring of 32 KB and no wrap in a frame. */
static void c_start(struct bench *b)
{
	w8(b, 0x37, 0x10);
	CU_ASSERT_EQUAL(r8(b, 0x37) & 0x10, 0);
	w32(b, 0x30, RXB);
	w8(b, 0x37, 0x0c);
	w32(b, 0x44, 0x1000 | 0x80 | 0x0a);
	w16(b, 0x3c, 0xe07f);
	for (u32 i = 0; i < 4; i++)
		w32(b, 0x20 + 4 * i, TXB + 2048 * i);
}

void test_rtl8139_c_tx(void)
{
	struct bench *b = bench_open(0x10);
	u8 *p = b->r.ram + TXB;

	for (int i = 0; i < 100; i++)
		p[i] = p[2048 + i] = (u8)i;
	c_start(b);
	CU_ASSERT_EQUAL(r16(b, 0x60), 0x000f);
	w32(b, 0x10, 0x00030000 | 100);
	CU_ASSERT_EQUAL(b->count, 1);
	CU_ASSERT_EQUAL(b->bytes[0], 100);
	CU_ASSERT_EQUAL(memcmp(b->sent[0], p, 100), 0);
	CU_ASSERT_EQUAL(r32(b, 0x10) & 0xffff, 0x8000 | 0x2000 | 100);
	CU_ASSERT_EQUAL(r16(b, 0x3e), 0x0004);
	CU_ASSERT_EQUAL(r16(b, 0x60), 0x100f);
	CU_ASSERT_TRUE(b->dev->irq[0].level);
	w16(b, 0x3e, 0x0004);
	CU_ASSERT_FALSE(b->dev->irq[0].level);
	CU_ASSERT_EQUAL(r16(b, 0x3e), 0);
	/* too long, or from nowhere: aborted */
	w32(b, 0x14, 1800);
	CU_ASSERT(r32(b, 0x14) & 0x40000000);
	w32(b, 0x28, 0x70000000);
	w32(b, 0x18, 64);
	CU_ASSERT(r32(b, 0x18) & 0x40000000);
	CU_ASSERT(r16(b, 0x3e) & 0x8000);
	CU_ASSERT_EQUAL(b->count, 1);
	bench_close(b);
}

void test_rtl8139_c_rx(void)
{
	struct bench *b = bench_open(0x10);
	u8 f[100] = { 0 }, *ring = b->r.ram + RXB;

	memcpy(f, own, 6);
	f[99] = 0x77;
	CU_ASSERT_TRUE(give(b, f, 100));
	c_start(b);
	CU_ASSERT(r8(b, 0x37) & 1);
	CU_ASSERT_TRUE(give(b, f, 100));
	CU_ASSERT_EQUAL(r8(b, 0x37) & 1, 0);
	CU_ASSERT_EQUAL(pci_ld16(ring), 0x4001);	/* PAM, ROK */
	CU_ASSERT_EQUAL(pci_ld16(ring + 2), 104);
	CU_ASSERT_EQUAL(ring[4 + 99], 0x77);
	CU_ASSERT_EQUAL(r16(b, 0x3a), 108);
	CU_ASSERT_EQUAL(r16(b, 0x3e), 1);
	memset(f, 0xff, 6);
	CU_ASSERT_TRUE(give(b, f, 21));
	CU_ASSERT_EQUAL(pci_ld16(ring + 108), 0x2001);	/* BAR */
	CU_ASSERT_EQUAL(pci_ld16(ring + 110), 64);
	CU_ASSERT_EQUAL(r16(b, 0x3a), 176);
	w16(b, 0x38, 176 - 16);
	CU_ASSERT(r8(b, 0x37) & 1);
	/* somebody else's; a group of the hash: bit 31 for this address */
	memcpy(f, own, 6);
	f[5] = 9;
	CU_ASSERT_TRUE(give(b, f, 100));
	CU_ASSERT_EQUAL(r16(b, 0x3a), 176);
	bench_close(b);
}

/* ether_crc(6, 01:00:5e:00:00:01) >> 26 is 31: the all-hosts group. */
void test_rtl8139_hash(void)
{
	static const u8 group[64] = { 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 };
	struct bench *b = bench_open(0x10);
	u32 crc = ~0u;

	/* the driver's own way: big-endian, bit by bit */
	for (int i = 0; i < 6; i++)
		for (int k = 0; k < 8; k++) {
			u32 bit = group[i] >> k & 1;

			crc = crc << 1 ^ ((crc >> 31 ^ bit) ? 0x04c11db7 : 0);
		}
	crc >>= 26;
	c_start(b);
	w32(b, 0x44, 0x1000 | 0x80 | 0x04);
	w32(b, 0x08 + (crc < 32 ? 4 : 0), 0xffffffff);
	CU_ASSERT_TRUE(give(b, group, 64));
	CU_ASSERT_EQUAL(r16(b, 0x3a), 0);
	w32(b, 0x08 + crc / 32 * 4, 1u << crc % 32);
	CU_ASSERT_TRUE(give(b, group, 64));
	CU_ASSERT_EQUAL(pci_ld16(b->r.ram + RXB), 0x8001);
	bench_close(b);
}

void test_rtl8139_c_rx_wrap(void)
{
	struct bench *b = bench_open(0x10);
	u8 f[1000] = { 0 }, *ring = b->r.ram + RXB;
	u32 at = 0;

	memcpy(f, own, 6);
	c_start(b);
	w32(b, 0x44, 0x0a);			/* 8 KB, wraps */
	for (unsigned int n = 0; n < 8; n++) {
		f[999] = (u8)n;
		CU_ASSERT_TRUE(give(b, f, 1000));
		at += 1008;
	}
	CU_ASSERT_FALSE(give(b, f, 1000));	/* 128 bytes are left */
	w16(b, 0x38, 4032 - 16);
	f[999] = 0x99;
	CU_ASSERT_TRUE(give(b, f, 1000));
	CU_ASSERT_EQUAL(r16(b, 0x3a), (at + 1008) % 8192);
	/* 128 bytes before the end, the rest from the beginning */
	CU_ASSERT_EQUAL(pci_ld16(ring + at + 2), 1004);
	CU_ASSERT_EQUAL(ring[at + 4 + 999 - 8192], 0x99);
	bench_close(b);
}

static void put_desc(struct bench *b, u32 ring, u32 i, u32 opts1, u32 opts2,
		     u32 addr)
{
	u8 *d = b->r.ram + ring + 16 * i;

	pci_st32(d, opts1);
	pci_st32(d + 4, opts2);
	pci_st32(d + 8, addr);
	pci_st32(d + 12, 0);
}

/* cp_init_hw */
static void cp_start(struct bench *b, u32 cpcmd)
{
	w16(b, 0xe0, cpcmd | 3);
	w8(b, 0x37, 0x0c);
	w32(b, 0x44, 0x0a);
	w32(b, 0x28, 0);
	w32(b, 0x2c, 0);
	w32(b, 0xe4, RXR);
	w32(b, 0xe8, 0);
	w32(b, 0x20, TXR);
	w32(b, 0x24, 0);
	w16(b, 0x3c, 0xffff);
}

void test_rtl8139_cp_tx(void)
{
	struct bench *b = bench_open(0x20);
	u8 *p = b->r.ram + TXB;
	unsigned int n = tcp_frame(p, own, 1, 100);

	cp_start(b, 0);
	/* two fragments with checksums; then the ring ends */
	put_desc(b, TXR, 0, 0xa0050000 | 54, 0, TXB);
	put_desc(b, TXR, 1, 0xd0050000 | 100, 0, TXB + 54);
	w8(b, 0xd9, 0x40);
	CU_ASSERT_EQUAL(b->count, 1);
	CU_ASSERT_EQUAL(b->bytes[0], n);
	CU_ASSERT_TRUE(tcp_is_good(b->sent[0], 140));
	/* where the requests were there are now errors and collisions */
	CU_ASSERT_EQUAL(pci_ld32(b->r.ram + TXR), 0x20000000 | 54);
	CU_ASSERT_EQUAL(pci_ld32(b->r.ram + TXR + 16), 0x50000000 | 100);
	CU_ASSERT_EQUAL(r16(b, 0x3e), 0x0084);	/* TxOK, none left */
	CU_ASSERT_EQUAL(r8(b, 0xd9), 0);
	/* a tag; opts2 has it swapped */
	put_desc(b, TXR, 0, 0xb0000000 | 80, 0x20000 | 0x2301, TXB);
	w8(b, 0xd9, 0x40);
	CU_ASSERT_EQUAL(b->bytes[1], 84);
	CU_ASSERT_EQUAL(ldb32(b->sent[1] + 12), 0x81000123);
	bench_close(b);
}

void test_rtl8139_cp_large_send(void)
{
	struct bench *b = bench_open(0x20);
	unsigned int n = tcp_frame(b->r.ram + TXB, own, 1, 2500);

	cp_start(b, 0);
	put_desc(b, TXR, 0, 0xf8000000 | 1000 << 16 | n, 0, TXB);
	w8(b, 0xd9, 0x40);
	CU_ASSERT_EQUAL_FATAL(b->count, 3);
	for (u32 i = 0; i < 3; i++) {
		u32 len = i < 2 ? 1000 : 500;

		CU_ASSERT_EQUAL(b->bytes[i], 54 + len);
		CU_ASSERT_EQUAL(ldb32(b->sent[i] + 38), 1 + 1000 * i);
		CU_ASSERT_EQUAL(b->sent[i][47], i < 2 ? 0x10 : 0x19);
		CU_ASSERT_TRUE(tcp_is_good(b->sent[i], 40 + len));
	}
	bench_close(b);
}

void test_rtl8139_cp_rx(void)
{
	struct bench *b = bench_open(0x20);
	u8 f[200], *d = b->r.ram + RXR;
	unsigned int n = tcp_frame(f, own, 1, 33);

	stb16(f + 24, (u16)~sum16(f + 14, 20, 0));
	stb16(f + 50, (u16)~sum16(f + 34, 53, sum16(f + 26, 8, 6 + 53)));
	put_desc(b, RXR, 0, 0x80000000 | 1536, 0, RXB);
	put_desc(b, RXR, 1, 0xc0000000 | 1536, 0, RXB + 2048);
	cp_start(b, 0x60);
	CU_ASSERT_TRUE(give(b, f, n));
	/* first and last, for this station, TCP, no failure, with FCS */
	CU_ASSERT_EQUAL(pci_ld32(d), 0x32010000 | (n + 4));
	CU_ASSERT_EQUAL(memcmp(b->r.ram + RXB, f, n), 0);
	CU_ASSERT_EQUAL(r16(b, 0x3e), 1);
	f[60] ^= 1;
	CU_ASSERT_TRUE(give(b, f, n));
	CU_ASSERT_EQUAL(pci_ld32(d + 16), 0x72012000 | (n + 4));
	CU_ASSERT_FALSE(give(b, f, n));		/* back at the first */
	/* a tag is taken out */
	stb32(f + 12, 0x81000123);
	put_desc(b, RXR, 0, 0x80000000 | 1536, 0, RXB);
	CU_ASSERT_TRUE(give(b, f, 100));
	CU_ASSERT_EQUAL(pci_ld32(d) & 0x1fff, 100);
	CU_ASSERT_EQUAL(pci_ld32(d + 4), 0x10000 | 0x2301);
	bench_close(b);
}

void test_rtl8139_tally(void)
{
	struct bench *b = bench_open(0x20);

	cp_start(b, 0);
	put_desc(b, TXR, 0, 0xf0000000 | 80, 0, TXB);
	w8(b, 0xd9, 0x40);
	w32(b, 0x14, 0);
	w32(b, 0x10, 0x5000 | 8);
	CU_ASSERT_EQUAL(r32(b, 0x10) & 8, 0);
	CU_ASSERT_EQUAL(pci_ld64(b->r.ram + 0x5000), 1);
	CU_ASSERT_EQUAL(pci_ld64(b->r.ram + 0x5008), 0);
	bench_close(b);
}

void test_rtl8139_timer(void)
{
	struct bench *b = bench_open(0x20);

	w16(b, 0x3c, 0x4000);
	w32(b, 0x54, 1000);
	w32(b, 0x48, 0);
	CU_ASSERT_FALSE(b->dev->irq[0].level);
	CU_ASSERT_TRUE(rig_step(&b->r));
	CU_ASSERT(r32(b, 0x48) >= 1000 && r32(b, 0x48) < 1010);
	CU_ASSERT_TRUE(b->dev->irq[0].level);
	CU_ASSERT_EQUAL(r16(b, 0x3e), 0x4000);
	bench_close(b);
}

void test_rtl8139_link(void)
{
	struct bench *b = bench_open(0x20);

	CU_ASSERT_EQUAL(r16(b, 0x64) & 0x24, 0x24);
	CU_ASSERT_EQUAL(r8(b, 0x58) & 4, 0);
	b->net.dev->link(b->net.dev_opaque, false);
	CU_ASSERT_EQUAL(r16(b, 0x64) & 0x24, 0);
	CU_ASSERT(r8(b, 0x58) & 4);
	CU_ASSERT_EQUAL(r16(b, 0x3e), 0x20);
	bench_close(b);
}

void test_rtl8139_mad_rings(void)
{
	struct bench *b = bench_open(0x20);
	u8 f[64] = { 0 };
	u32 seed = 7;

	memcpy(f, own, 6);
	/* a descriptor that sends over its own ring: it stays its own */
	cp_start(b, 0);
	for (u32 i = 0; i < 64; i++)
		put_desc(b, TXR, i, 0xb8100000 | 0xffff, 0, TXB);
	w8(b, 0xd9, 0xc0);
	w32(b, 0x20, 0x70000000);
	w8(b, 0xd9, 0xc0);
	w32(b, 0xe4, 0x70000000);
	CU_ASSERT_TRUE(give(b, f, 64));
	for (int i = 0; i < 20000; i++) {
		seed = seed * 1103515245 + 12345;
		(void)bus_write(&b->r.bus, BAR + (seed >> 16 & 0xff),
				1u << (seed >> 28) % 3, seed * 2654435761u);
		if (i % 16 == 0)
			(void)give(b, f, 64);
		if (i % 64 == 0)
			(void)rig_step(&b->r);
	}
	bench_close(b);
}

void test_rtl8139_any_access(void)
{
	struct bench *b = bench_open(0x20);

	rig_hammer(&b->r, BAR, 256);
	rig_hammer(&b->r, IO, 256);
	bench_close(b);
}
