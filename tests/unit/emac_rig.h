/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/emac_rig.h - a bench with MAL, ZMII and both EMACs, each with a
 * cable whose host end counts what it gets, set up as Linux's emac_open does.
 */
#ifndef TESTS_UNIT_EMAC_RIG_H
#define TESTS_UNIT_EMAC_RIG_H

#include "tests/unit/dev_rig.h"

#include "soc/dev/mal.h"
#include "soc/dev/zmii.h"
#include "soc/net.h"

extern const struct dev_class emac_class;

#define MAL	0x180
#define ZMII	0xef600d00u
#define EMAC	0xef600e00u
#define EMAC1	0xef600f00u
#define MR0	(EMAC + 0x00)
#define MR1	(EMAC + 0x04)
#define TMR0	(EMAC + 0x08)
#define RMR	(EMAC + 0x10)
#define ISR	(EMAC + 0x14)
#define ISER	(EMAC + 0x18)
#define IAHR	(EMAC + 0x1c)
#define IALR	(EMAC + 0x20)
#define STACR	(EMAC + 0x5c)
#define RING	0x1000
#define RXRING	0x2000
#define TXBUF	0x8000
#define RXBUF	0x10000
#define RXSTEP	0x800

/* what emac_configure and emac_iff2rmr write with a link of 100FD, pause */
#define MR1_UP	0xb9788000u
#define RMR_UP	0xc0500000u

static const u8 own[6] = { 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff };

struct bench {
	struct rig r;
	struct rig_prop props[2][8];
	struct dev *mal, *zmii, *emac, *emac1;
	struct net net[2];
	bool is_crossed;		/* the two cables are one */
	unsigned int sent;
	u8 last[NET_FRAME_MAX];
	size_t last_bytes;
};

static inline void host_send(void *opaque, const u8 *frame, size_t bytes)
{
	struct bench *b = opaque;

	b->sent++;
	b->last_bytes = bytes;
	memcpy(b->last, frame, bytes);
	if (b->is_crossed)
		CU_ASSERT(b->net[1].dev->receive(b->net[1].dev_opaque, frame,
						 bytes));
}

static const struct net_host_ops host_ops = { .send = host_send };

static inline struct net *host_net(void *opaque, unsigned int index)
{
	return &((struct bench *)opaque)->net[index];
}

static inline struct dev *emac_add(struct bench *b, unsigned int n)
{
	struct rig_prop *p = b->props[n];
	struct dev *dev;

	p[0] = (struct rig_prop){ .name = "mal-device", .dev = b->mal };
	p[1] = (struct rig_prop){ .name = "zmii-device", .dev = b->zmii };
	p[2] = (struct rig_prop){ .name = "mal-tx-channel", .cells = 2,
				  .cell = { 2 * n, 2 * n + 1 } };
	p[3] = (struct rig_prop){ .name = "mal-rx-channel", .cells = 1,
				  .cell = { n } };
	p[4] = (struct rig_prop){ .name = "zmii-channel", .cells = 1,
				  .cell = { n } };
	p[5] = (struct rig_prop){ .name = "rx-fifo-size", .cells = 1,
				  .cell = { 4096 } };
	dev = rig_add(&b->r, &(struct rig_spec){
		.cls = &emac_class, .mmio = { n ? EMAC1 : EMAC }, .nmmio = 1,
		.mmio_size = 0x70, .props = p,
	}, NULL);
	dev->index = n;
	return dev;
}

static inline void bench_cable(struct bench *b, bool has_host)
{
	memset(b, 0, sizeof(*b));
	rig_open(&b->r);
	b->r.env.net = host_net;
	b->r.env.opaque = b;
	if (has_host) {
		b->net[0] = (struct net){ &host_ops, b, NULL, NULL };
		b->net[1] = b->net[0];
	}
	b->mal = rig_add(&b->r, &(struct rig_spec){
		.cls = &mal_class, .dcr = MAL, .dcrs = 0x62,
	}, NULL);
	b->zmii = rig_add(&b->r, &(struct rig_spec){
		.cls = &zmii_class, .mmio = { ZMII }, .nmmio = 1,
		.mmio_size = 0xc,
	}, NULL);
	b->emac = emac_add(b, 0);
	b->emac1 = emac_add(b, 1);
	rig_start(&b->r);
}

/* As Linux's emac_open: @n receive descriptors, both halves enabled. */
static inline void bench_up(struct bench *b, unsigned int n)
{
	bench_cable(b, true);
	for (unsigned int i = 0; i < n; i++) {
		u8 *bd = b->r.ram + RXRING + 8 * i;

		stb16(bd, i == n - 1 ? 0xc000 : 0x8000);
		stb32(bd + 4, RXBUF + RXSTEP * i);
	}
	rig_dcr_set(&b->r, MAL + 0, 6);
	rig_dcr_set(&b->r, MAL + 0x20, RING);
	rig_dcr_set(&b->r, MAL + 4, 0x80000000);
	rig_dcr_set(&b->r, MAL + 0x40, RXRING);
	rig_dcr_set(&b->r, MAL + 0x60, 1520 >> 4);
	rig_dcr_set(&b->r, MAL + 0x10, 0x80000000);
	rig_wr(&b->r, MR1, 4, MR1_UP);
	rig_wr(&b->r, RMR, 4, RMR_UP);
	rig_wr(&b->r, IAHR, 4, ldb16(own));
	rig_wr(&b->r, IALR, 4, ldb32(own + 2));
	rig_wr(&b->r, EMAC + 0x24, 4, 0x8100);
	rig_wr(&b->r, ISER, 4, 0x02bf0040);
	rig_wr(&b->r, MR0, 4, 0x18000000);
}

static inline void run_all(struct bench *b)
{
	for (int n = 0; n < 10000 && rig_step(&b->r); n++)
		;
}

static inline bool offer(struct bench *b, const u8 *frame, size_t bytes)
{
	return b->net[0].dev->receive(b->net[0].dev_opaque, frame, bytes);
}

/* A frame with destination @da and type or length @type. */
static inline void make(u8 *f, const u8 *da, u32 type, u32 bytes)
{
	for (u32 i = 0; i < bytes; i++)
		f[i] = (u8)(i ^ 0x55);
	memcpy(f, da, 6);
	stb16(f + 12, type);
}

static inline u32 rx_ctrl(struct bench *b, unsigned int i)
{
	return ldb16(b->r.ram + RXRING + 8 * i);
}

static inline u32 rx_len(struct bench *b, unsigned int i)
{
	return ldb16(b->r.ram + RXRING + 8 * i + 2);
}

/* Offer one frame and see whether it comes into descriptor 0 of a new ring. */
static inline bool is_taken(struct bench *b, const u8 *frame, size_t bytes)
{
	rig_dcr_set(&b->r, MAL + 0x11, 0x80000000);
	stb16(b->r.ram + RXRING, 0xc000);
	rig_dcr_set(&b->r, MAL + 0x10, 0x80000000);
	CU_ASSERT(offer(b, frame, bytes));
	run_all(b);
	return !(rx_ctrl(b, 0) & 0x8000);
}

static inline void send(struct bench *b, const u8 *frame, u32 bytes, u32 ctrl)
{
	memcpy(b->r.ram + TXBUF, frame, bytes);
	stb16(b->r.ram + RING, 0xd000 | ctrl);
	stb16(b->r.ram + RING + 2, bytes);
	stb32(b->r.ram + RING + 4, TXBUF);
	rig_wr(&b->r, TMR0, 4, 0x80000000);
	run_all(b);
}

/* Linux's ether_crc: bits in the order of the wire, no final complement. */
static inline u32 ether_crc(const u8 *p, u32 bytes)
{
	u32 crc = 0xffffffff;

	for (u32 i = 0; i < 8 * bytes; i++) {
		u32 bit = p[i / 8] >> i % 8 & 1;

		crc = crc << 1 ^ ((crc >> 31 ^ bit) ? 0x04c11db7 : 0);
	}
	return crc;
}

/* __emac_mdio_read: wait idle, command, wait done, PHYE, data; -1 on error. */
static inline int mdio_read(struct bench *b, u32 id, u32 reg)
{
	u32 v;

	rig_wr(&b->r, ZMII, 4, 0x80000000);	/* MDI for port 0 */
	CU_ASSERT(rig_rd(&b->r, STACR, 4) & 0x8000);
	rig_wr(&b->r, STACR, 4, 0x400 | 0x1000 | reg | id << 5);
	v = rig_rd(&b->r, STACR, 4);
	CU_ASSERT(v & 0x8000);
	return v & 0x4000 ? -1 : (int)(v >> 16);
}

static inline void mdio_write(struct bench *b, u32 id, u32 reg, u32 val)
{
	rig_wr(&b->r, STACR, 4, 0x400 | 0x2000 | reg | id << 5 | val << 16);
	CU_ASSERT(rig_rd(&b->r, STACR, 4) & 0x8000);
}

#endif
