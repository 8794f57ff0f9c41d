/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_e1000.c - an 82540EM as the 8254x manual has it and as the
 * drivers of Linux and U-Boot use it.
 */
#include "tests/unit/nic_rig.h"

extern const struct dev_class e1000_class;

#define BAR	PCI_RIG_MEM
#define IO	(PCI_RIG_IO_PLB + 0x800)
#define TXR	0x1000u
#define RXR	0x2000u
#define TXB	0x8000u
#define RXB	0x20000u

enum { CTRL = 0, STATUS = 8, EECD = 0x10, EERD = 0x14, MDIC = 0x20, VET = 0x38,
       ICR = 0xc0, ICS = 0xc8, IMS = 0xd0, IMC = 0xd8, RCTL = 0x100,
       TCTL = 0x400, RDBAL = 0x2800, RDLEN = 0x2808, RDH = 0x2810,
       RDT = 0x2818, TDBAL = 0x3800, TDLEN = 0x3808, TDH = 0x3810,
       TDT = 0x3818, RXCSUM = 0x5000, MTA = 0x5200, RA = 0x5400,
       VFTA = 0x5600 };

struct bench {
	struct rig r;
	struct rig_prop props[4];
	struct net net;
	u8 sent[128][2048];
	size_t bytes[128];
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

	if (b->count < 128 && bytes <= 2048) {
		memcpy(b->sent[b->count], frame, bytes);
		b->bytes[b->count] = bytes;
	}
	b->count++;
}

static const struct net_host_ops host = { .send = heard };

static struct bench *bench_open(void)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct dev *bridge = pci_rig_bridge(&b->r);

	b->r.env.net = give_net;
	b->r.env.opaque = &b->net;
	b->net.host = &host;
	b->net.host_opaque = b;
	b->props[0] = (struct rig_prop){ .name = "/parent", .dev = bridge };
	b->props[1] = (struct rig_prop){
		.name = "reg", .cells = 5, .cell = { 0x0800 },
	};
	b->props[2] = (struct rig_prop){
		.name = "culm,index", .cells = 1, .cell = { 0 },
	};
	b->dev = rig_add(&b->r, &(struct rig_spec){
		.cls = &e1000_class, .path = "/pci/e1000@1",
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

static u32 rd(struct bench *b, u32 reg)
{
	return rd32(&b->r, BAR + reg);
}

static void wr(struct bench *b, u32 reg, u32 v)
{
	wr32(&b->r, BAR + reg, v);
}

static void tx_on(struct bench *b, u32 descs)
{
	wr(b, CTRL, rd(b, CTRL) | 0x40);
	wr(b, TDBAL, TXR);
	wr(b, TDLEN, descs * 16);
	wr(b, TDH, 0);
	wr(b, TDT, 0);
	wr(b, TCTL, 0xa);		/* EN, PSP */
}

/* Eight descriptors, seven of them the card's, buffers of 2 KB. */
static void rx_on(struct bench *b, u32 rctl)
{
	wr(b, CTRL, rd(b, CTRL) | 0x40);
	for (u32 i = 0; i < 8; i++) {
		memset(b->r.ram + RXR + 16 * i, 0, 16);
		pci_st32(b->r.ram + RXR + 16 * i, RXB + 2048 * i);
	}
	wr(b, RDBAL, RXR);
	wr(b, RDLEN, 128);
	wr(b, RDH, 0);
	wr(b, RDT, 7);
	wr(b, RCTL, rctl | 2);
}

static void desc(struct bench *b, u32 i, u64 addr, u32 lower, u32 upper)
{
	u8 *d = b->r.ram + TXR + 16 * i;

	pci_st32(d, (u32)addr);
	pci_st32(d + 4, (u32)(addr >> 32));
	pci_st32(d + 8, lower);
	pci_st32(d + 12, upper);
}

/* The other end, and a number that overflows within a few segments. */
static const u8 peer[6] = { 2, 0, 0, 0, 0, 1 };
#define SEQ 0xffffff00u

/* The words of ethtool's register test in Linux: what must stick. */
void test_e1000_registers(void)
{
	static const struct { u32 reg, mask, write; } t[] = {
		{ 0x0028, 0xffffffff, 0xffffffff },
		{ 0x002c, 0x0000ffff, 0xffffffff },
		{ 0x0030, 0x0000ffff, 0xffffffff },
		{ 0x0038, 0x0000ffff, 0xffffffff },
		{ 0x2820, 0x0000ffff, 0xffffffff },
		{ 0x2804, 0xffffffff, 0xffffffff },
		{ 0x2808, 0x000fff80, 0x000fffff },
		{ 0x2810, 0x0000ffff, 0x0000ffff },
		{ 0x2818, 0x0000ffff, 0x0000ffff },
		{ 0x2168, 0x0000fff8, 0x0000fff8 },
		{ 0x0170, 0x0000ffff, 0x0000ffff },
		{ 0x0410, 0x3fffffff, 0x3fffffff },
		{ 0x3804, 0xffffffff, 0xffffffff },
		{ 0x3808, 0x000fff80, 0x000fffff },
		{ 0x2800, 0xfffffff0, 0xffffffff },
		{ 0x0178, 0xc000ffff, 0x0000ffff },
		{ 0x3800, 0xfffffff0, 0xffffffff },
		{ 0x3820, 0x0000ffff, 0x0000ffff },
		{ 0x5404, 0x8003ffff, 0xffffffff },
		{ 0x547c, 0x8003ffff, 0xffffffff },
		{ 0x5200, 0xffffffff, 0xffffffff },
		{ 0x53fc, 0xffffffff, 0xffffffff },
	};
	static const u32 pattern[] = {
		0x5a5a5a5a, 0xa5a5a5a5, 0x00000000, 0xffffffff,
	};
	struct bench *b = bench_open();
	u32 status = rd(b, STATUS);

	wr(b, STATUS, 0xfffff833);
	CU_ASSERT_EQUAL(rd(b, STATUS), status);
	for (unsigned int i = 0; i < ARRAY_SIZE(t); i++)
		for (unsigned int k = 0; k < 4; k++) {
			wr(b, t[i].reg, pattern[k] & t[i].write);
			CU_ASSERT_EQUAL(rd(b, t[i].reg),
					pattern[k] & t[i].write & t[i].mask);
		}
	wr(b, RCTL, 0x06dfb3fe);
	CU_ASSERT_EQUAL(rd(b, RCTL), 0x06dfb3fe);
	/* reset is over at once, and the masks are clear */
	wr(b, CTRL, 0x04000000);
	CU_ASSERT_EQUAL(rd(b, CTRL) & 0x04000000, 0);
	CU_ASSERT_EQUAL(rd(b, RCTL), 0);
	bench_close(b);
}

/* e1000_read_eeprom: opcode 110b, six address bits, sixteen out. */
static u16 bit_bang(struct bench *b, u32 at)
{
	u32 cmd = 6 << 6 | at, e, v = 0;

	wr(b, EECD, 0x40);
	CU_ASSERT(rd(b, EECD) & 0x80);
	wr(b, EECD, 0x42);
	for (int i = 8; i >= 0; i--) {
		e = 0x42 | (cmd >> i & 1 ? 4 : 0);
		wr(b, EECD, e);
		wr(b, EECD, e | 1);
		wr(b, EECD, e);
	}
	for (int i = 0; i < 16; i++) {
		wr(b, EECD, 0x43);
		v = v << 1 | (rd(b, EECD) >> 3 & 1);
		wr(b, EECD, 0x42);
	}
	wr(b, EECD, 0);
	return (u16)v;
}

void test_e1000_eeprom(void)
{
	struct bench *b = bench_open();
	u16 sum = 0;

	for (u32 i = 0; i < 64; i++) {
		wr(b, EERD, i << 8 | 1);
		CU_ASSERT(rd(b, EERD) & 0x10);
		CU_ASSERT_EQUAL(rd(b, EERD) >> 16, bit_bang(b, i));
		sum = (u16)(sum + bit_bang(b, i));
	}
	CU_ASSERT_EQUAL(sum, 0xbaba);
	CU_ASSERT_EQUAL(bit_bang(b, 0), 0x4302);
	CU_ASSERT_EQUAL(bit_bang(b, 1), 0x4c55);
	CU_ASSERT_EQUAL(bit_bang(b, 2), 0x004e);
	/* the first receive address is it */
	CU_ASSERT_EQUAL(rd(b, RA), 0x4c554302);
	CU_ASSERT_EQUAL(rd(b, RA + 4), 0x8000004e);
	bench_close(b);
}

static u32 mdio(struct bench *b, u32 phy, u32 reg)
{
	wr(b, MDIC, 2 << 26 | phy << 21 | reg << 16);
	return rd(b, MDIC);
}

void test_e1000_phy(void)
{
	struct bench *b = bench_open();

	/* M88E1011_I_PHY_ID of Linux */
	CU_ASSERT_EQUAL(mdio(b, 1, 2) & 0x5000ffff, 0x10000141);
	CU_ASSERT_EQUAL(mdio(b, 1, 3) & 0xfff0, 0x0c20);
	CU_ASSERT_EQUAL(mdio(b, 1, 1) & 0x24, 0x24);
	CU_ASSERT_EQUAL(mdio(b, 1, 17) & 0xec00, 0xac00);
	CU_ASSERT(mdio(b, 2, 2) & 0x40000000);
	wr(b, MDIC, 1 << 26 | 1 << 21 | 0x9200);
	CU_ASSERT_EQUAL(mdio(b, 1, 0) & 0x8200, 0);
	/* LU follows the cable while SLU is set, LSC tells */
	CU_ASSERT_EQUAL(rd(b, STATUS) & 2, 0);
	wr(b, CTRL, 0x40);
	CU_ASSERT_EQUAL(rd(b, STATUS) & 0xc3, 0x83);
	(void)rd(b, ICR);
	b->net.dev->link(b->net.dev_opaque, false);
	CU_ASSERT_EQUAL(rd(b, STATUS) & 2, 0);
	CU_ASSERT_EQUAL(rd(b, ICR), 4);
	CU_ASSERT_EQUAL(mdio(b, 1, 1) & 0x24, 0);
	bench_close(b);
}

void test_e1000_interrupts(void)
{
	struct bench *b = bench_open();
	struct irq_line *line = &b->dev->irq[0];

	wr(b, ICS, 0x84);
	CU_ASSERT_FALSE(line->level);
	wr(b, IMS, 0x80);
	CU_ASSERT_TRUE(line->level);
	wr(b, ICR, 0x80);		/* write one clears */
	CU_ASSERT_FALSE(line->level);
	wr(b, IMS, 0x04);
	CU_ASSERT_EQUAL(rd(b, IMS), 0x84);
	CU_ASSERT_TRUE(line->level);
	CU_ASSERT_EQUAL(rd(b, ICR), 0x04);	/* reading clears */
	CU_ASSERT_FALSE(line->level);
	CU_ASSERT_EQUAL(rd(b, ICR), 0);
	wr(b, ICS, 0x04);
	wr(b, IMC, 0x04);
	CU_ASSERT_FALSE(line->level);
	CU_ASSERT_EQUAL(rd(b, IMS), 0x80);
	bench_close(b);
}

/* IOADDR and IODATA: Linux resets the chip that way. */
void test_e1000_io(void)
{
	struct bench *b = bench_open();

	wr(b, VET, 0x1234);
	wr32(&b->r, IO, VET);
	CU_ASSERT_EQUAL(rd32(&b->r, IO), VET);
	CU_ASSERT_EQUAL(rd32(&b->r, IO + 4), 0x1234);
	wr32(&b->r, IO, CTRL);
	wr32(&b->r, IO + 4, 0x04000000);
	CU_ASSERT_EQUAL(rd(b, VET), 0x8100);
	wr32(&b->r, IO, 0xfffffff0);
	CU_ASSERT_EQUAL(rd32(&b->r, IO + 4), 0);
	wr32(&b->r, IO + 4, 1);
	bench_close(b);
}

void test_e1000_tx_legacy(void)
{
	struct bench *b = bench_open();
	u8 *p = b->r.ram + TXB;

	for (int i = 0; i < 100; i++)
		p[i] = (u8)i;
	tx_on(b, 8);
	/* two buffers, then a short frame: RS and EOP on the last of each */
	desc(b, 0, TXB, 0x02000000 | 50, 0);
	desc(b, 1, TXB + 50, 0x0b000000 | 50, 0);
	desc(b, 2, TXB, 0x0b000000 | 20, 0);
	wr(b, TDT, 3);
	CU_ASSERT_EQUAL(b->count, 2);
	CU_ASSERT_EQUAL(b->bytes[0], 100);
	CU_ASSERT_EQUAL(memcmp(b->sent[0], p, 100), 0);
	CU_ASSERT_EQUAL(b->bytes[1], 60);
	CU_ASSERT_EQUAL(b->sent[1][20], 0);
	CU_ASSERT_EQUAL(rd(b, TDH), 3);
	CU_ASSERT_EQUAL(b->r.ram[TXR + 12] & 1, 0);
	CU_ASSERT_EQUAL(b->r.ram[TXR + 28] & 1, 1);
	CU_ASSERT_EQUAL(rd(b, ICR) & 3, 3);
	CU_ASSERT_EQUAL(rd(b, 0x4080), 2);	/* GPTC, clears when read */
	CU_ASSERT_EQUAL(rd(b, 0x4080), 0);
	/* a tag: VLE and CTRL[VME] */
	wr(b, CTRL, 0x40000040);
	desc(b, 3, TXB, 0x4b000000 | 64, 0x0123 << 16);
	wr(b, TDT, 4);
	CU_ASSERT_EQUAL(b->bytes[2], 68);
	CU_ASSERT_EQUAL(ldb32(b->sent[2] + 12), 0x81000123);
	CU_ASSERT_EQUAL(b->sent[2][16], 12);
	bench_close(b);
}

static void context(struct bench *b, u32 i, u32 tucmd, u32 len, u32 mss)
{
	/* IP 14..33, checksum at 24; TCP 34.., checksum at 50 */
	desc(b, i, 14 | 24 << 8 | 33 << 16 | (u64)(34 | 50 << 8) << 32,
	     (tucmd | 0x20) << 24 | len, mss << 16 | 54 << 8);
}

void test_e1000_tx_checksum(void)
{
	struct bench *b = bench_open();
	u8 *p = b->r.ram + TXB;
	unsigned int n = tcp_frame(p, peer, SEQ, 101);

	/* Linux gives the pseudo header's sum, length included */
	stb16(p + 50, sum16(p + 26, 8, 6 + 121));
	tx_on(b, 8);
	context(b, 0, 0x03, 0, 0);
	desc(b, 1, TXB, 0x2b100000 | n, 0x0300);
	wr(b, TDT, 2);
	CU_ASSERT_EQUAL(b->count, 1);
	CU_ASSERT_EQUAL(b->bytes[0], n);
	CU_ASSERT_TRUE(tcp_is_good(b->sent[0], 141));
	bench_close(b);
}

/* 3.5: length, ID, sequence number and flags of every segment. */
void test_e1000_tx_segments(void)
{
	struct bench *b = bench_open();
	u8 *p = b->r.ram + TXB;

	tcp_frame(p, peer, SEQ, 2500);
	stb16(p + 16, 0);
	stb16(p + 50, sum16(p + 26, 8, 6));	/* without the length */
	tx_on(b, 8);
	context(b, 0, 0x07, 2500, 1000);
	desc(b, 1, TXB, 0x26100000 | 54, 0x0300);
	desc(b, 2, TXB + 54, 0x2f100000 | 2500, 0x0300);
	wr(b, TDT, 3);
	CU_ASSERT_EQUAL_FATAL(b->count, 3);
	for (u32 i = 0; i < 3; i++) {
		const u8 *f = b->sent[i];
		u32 len = i < 2 ? 1000 : 500;

		CU_ASSERT_EQUAL(b->bytes[i], 54 + len);
		CU_ASSERT_EQUAL(ldb16(f + 16), 40 + len);
		CU_ASSERT_EQUAL(ldb16(f + 18), 0x1234 + i);
		CU_ASSERT_EQUAL(ldb32(f + 38), SEQ + 1000 * i);
		CU_ASSERT_EQUAL(f[47], i < 2 ? 0x10 : 0x19);
		CU_ASSERT_EQUAL(f[54], (u8)(7000 * i));
		CU_ASSERT_TRUE(tcp_is_good(f, 40 + len));
	}
	CU_ASSERT_EQUAL(rd(b, 0x40f8), 1);	/* TSCTC */
	bench_close(b);
}

static bool give(struct bench *b, const u8 *f, size_t n)
{
	return b->net.dev->receive(b->net.dev_opaque, f, n);
}

static const u8 own[6] = { 0x02, 0x43, 0x55, 0x4c, 0x4e, 0x00 };

void test_e1000_rx(void)
{
	struct bench *b = bench_open();
	u8 f[200], *d = b->r.ram + RXR;

	for (unsigned int i = 0; i < sizeof(f); i++)
		f[i] = (u8)i;
	memcpy(f, own, 6);
	CU_ASSERT_TRUE(give(b, f, 200));	/* off: lost */
	rx_on(b, 0x8000);
	CU_ASSERT_TRUE(give(b, f, 200));
	CU_ASSERT_EQUAL(rd(b, RDH), 1);
	CU_ASSERT_EQUAL(pci_ld16(d + 8), 204);	/* FCS included */
	CU_ASSERT_EQUAL(d[12] & 3, 3);
	CU_ASSERT_EQUAL(d[13], 0);
	CU_ASSERT_EQUAL(memcmp(b->r.ram + RXB, f, 200), 0);
	CU_ASSERT(rd(b, ICR) & 0x80);
	/* SECRC, a short frame padded */
	wr(b, RCTL, 0x04008002);
	CU_ASSERT_TRUE(give(b, f, 20));
	CU_ASSERT_EQUAL(pci_ld16(d + 16 + 8), 60);
	CU_ASSERT_EQUAL(b->r.ram[RXB + 2048 + 20], 0);
	/* buffers of 256: three descriptors, the last has EOP */
	wr(b, RDT, 7);
	wr(b, RCTL, 0x04038002);
	for (int i = 0; i < 3; i++)
		CU_ASSERT_TRUE(give(b, f, 64));
	CU_ASSERT_EQUAL(rd(b, RDH), 5);
	bench_close(b);
}

/* CRC-32 of "123456789" is 0xcbf43926; here of a frame of zeros. */
void test_e1000_rx_fcs(void)
{
	struct bench *b = bench_open();
	u8 f[60] = { 0 };
	u32 crc = ~0u;

	memcpy(f, own, 6);
	rx_on(b, 0x8000);
	CU_ASSERT_TRUE(give(b, f, 60));
	/* a receiver that runs over data and FCS ends at the residue */
	for (int i = 0; i < 64; i++) {
		crc ^= b->r.ram[RXB + i];
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	CU_ASSERT_EQUAL(crc, 0xdebb20e3);
	bench_close(b);
}

void test_e1000_rx_filters(void)
{
	struct bench *b = bench_open();
	u8 f[64] = { 0x01, 0x00, 0x5e, 0x01, 0x02, 0x03 };

	rx_on(b, 0);
	(void)give(b, f, 64);			/* hash is empty */
	CU_ASSERT_EQUAL(rd(b, RDH), 0);
	/* MO 0: bits 47:36 of the address, 0x030 here: word 1, bit 16 */
	wr(b, MTA + 4, 1 << 16);
	(void)give(b, f, 64);
	CU_ASSERT_EQUAL(rd(b, RDH), 1);
	CU_ASSERT(b->r.ram[RXR + 12] & 0x80);	/* PIF */
	memset(f, 0xff, 6);
	(void)give(b, f, 64);			/* no BAM */
	CU_ASSERT_EQUAL(rd(b, RDH), 1);
	wr(b, RCTL, 0x8002);
	(void)give(b, f, 64);
	CU_ASSERT_EQUAL(rd(b, RDH), 2);
	memcpy(f, own, 6);
	f[5] = 7;
	(void)give(b, f, 64);			/* somebody else's */
	CU_ASSERT_EQUAL(rd(b, RDH), 2);
	wr(b, RCTL, 0x800a);			/* UPE */
	(void)give(b, f, 64);
	CU_ASSERT_EQUAL(rd(b, RDH), 3);
	bench_close(b);
}

void test_e1000_rx_vlan(void)
{
	struct bench *b = bench_open();
	u8 f[100] = { 0 }, *d = b->r.ram + RXR;

	memcpy(f, own, 6);
	stb32(f + 12, 0x81002005);
	stb16(f + 16, 0x0806);
	rx_on(b, 0x48000);			/* VFE */
	(void)give(b, f, 100);
	CU_ASSERT_EQUAL(rd(b, RDH), 0);
	wr(b, VFTA, 1 << 5);
	wr(b, CTRL, 0x40000040);
	(void)give(b, f, 100);
	CU_ASSERT_EQUAL(rd(b, RDH), 1);
	CU_ASSERT_EQUAL(pci_ld16(d + 8), 100);	/* less tag, with FCS */
	CU_ASSERT_EQUAL(pci_ld16(d + 14), 0x2005);
	CU_ASSERT(d[12] & 0x08);
	CU_ASSERT_EQUAL(ldb16(b->r.ram + RXB + 12), 0x0806);
	bench_close(b);
}

void test_e1000_rx_checksum(void)
{
	struct bench *b = bench_open();
	u8 f[200], *d = b->r.ram + RXR;
	unsigned int n = tcp_frame(f, peer, SEQ, 33);

	memcpy(f, own, 6);
	stb16(f + 24, (u16)~sum16(f + 14, 20, 0));
	stb16(f + 50, (u16)~sum16(f + 34, 53, sum16(f + 26, 8, 6 + 53)));
	rx_on(b, 0x8000);
	wr(b, RXCSUM, 0x300);
	(void)give(b, f, n);
	CU_ASSERT_EQUAL(d[12] & 0x64, 0x60);
	CU_ASSERT_EQUAL(d[13], 0);
	f[60] ^= 1;
	(void)give(b, f, n);
	CU_ASSERT_EQUAL(d[16 + 13], 0x20);	/* TCPE */
	f[60] ^= 1;
	f[22] ^= 1;
	(void)give(b, f, n);
	CU_ASSERT_EQUAL(d[32 + 13], 0x40);	/* IPE */
	stb16(f + 12, 0x0806);
	(void)give(b, f, n);
	CU_ASSERT_EQUAL(d[48 + 12] & 0x64, 0x04);	/* IXSM */
	bench_close(b);
}

void test_e1000_rx_full(void)
{
	struct bench *b = bench_open();
	u8 f[64] = { 0 };

	memcpy(f, own, 6);
	rx_on(b, 0x8000);
	for (int i = 0; i < 7; i++)
		CU_ASSERT_TRUE(give(b, f, 64));
	CU_ASSERT_FALSE(give(b, f, 64));
	wr(b, RDT, 0);
	CU_ASSERT_TRUE(give(b, f, 64));
	CU_ASSERT_EQUAL(rd(b, RDH), 0);
	CU_ASSERT_EQUAL(rd(b, 0x4074), 8);	/* GPRC */
	bench_close(b);
}

/* A ring of 64 K descriptors that never ends costs time, not a hang. */
void test_e1000_mad_rings(void)
{
	struct bench *b = bench_open();
	u8 f[64] = { 0 };

	memcpy(f, own, 6);
	tx_on(b, 65528);
	wr(b, TDBAL, 0);
	context(b, 0, 0x07, 0xfffff, 16);
	for (u32 i = 1; i < 512; i++)
		desc(b, i, 0, 0x2e1fffff, 0x0300);
	wr(b, TDBAL, TXR);
	wr(b, TDT, 65000);
	for (int i = 0; i < 20; i++)
		rig_step(&b->r);
	CU_ASSERT(rd(b, TDH) < 65000);
	wr(b, TDT, 0xffff);			/* outside of the ring */
	wr(b, CTRL, 0x04000000);
	CU_ASSERT_FALSE(rig_step(&b->r));
	/* descriptors where no memory is */
	tx_on(b, 8);
	wr(b, TDBAL, 0x70000000);
	wr(b, TDT, 5);
	CU_ASSERT_EQUAL(rd(b, TDH), 5);
	rx_on(b, 0x8000);
	wr(b, RDBAL, 0x70000000);
	CU_ASSERT_TRUE(give(b, f, 64));
	wr(b, RDLEN, 0);
	CU_ASSERT_TRUE(give(b, f, 64));
	wr(b, RDLEN, 128);
	wr(b, RDT, 1000);
	(void)give(b, f, 64);
	wr(b, RDBAL + 4, 1);			/* above 4 GB */
	wr(b, RDT, 3);
	wr(b, RDH, 1);
	(void)give(b, f, 64);
	bench_close(b);
}

void test_e1000_any_access(void)
{
	struct bench *b = bench_open();

	rig_hammer(&b->r, BAR, 0x6000);
	rig_hammer(&b->r, BAR + 0x1ff00, 0x100);
	rig_hammer(&b->r, IO, 64);
	bench_close(b);
}
