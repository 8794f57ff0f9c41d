/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/usb_rig.h - a bench with the OHCI controller and one function,
 * and the least driver that moves data through them by descriptors.
 */
#ifndef TESTS_UNIT_USB_RIG_H
#define TESTS_UNIT_USB_RIG_H

#include "tests/unit/dev_rig.h"

#include "soc/usb.h"

#define HC		0xef601000u
#define HC_CONTROL	(HC + 0x04)
#define HC_COMMAND	(HC + 0x08)
#define HC_STATUS	(HC + 0x0c)
#define HC_ENABLE	(HC + 0x10)
#define HC_DISABLE	(HC + 0x14)
#define HC_HCCA		(HC + 0x18)
#define HC_CTRL_HEAD	(HC + 0x20)
#define HC_BULK_HEAD	(HC + 0x28)
#define HC_FMNUMBER	(HC + 0x3c)
#define HC_RHA		(HC + 0x48)
#define HC_RHSTATUS	(HC + 0x50)
#define HC_PORT(n)	(HC + 0x50 + 4 * (n))	/* from 1 */

#define HCCA		0x1000u
#define EDS		0x2000u
#define TDS		0x4000u
#define DATA		0x10000u

#define CLF		2u
#define BLF		4u
#define OPERATIONAL	0x80u
#define LISTS		0x3cu		/* PLE, IE, CLE, BLE */

#define P_SETUP		0u
#define P_OUT		1u
#define P_IN		2u
#define T_CARRY		0u
#define T_DATA0		2u
#define T_DATA1		3u

struct urig {
	struct rig r;
	struct rig_prop props[6];
	struct dev *hc, *fn;
	u32 address, packet0;
	bool is_low;
	struct blk *blk;
};

struct urig_td {
	u32 pid, toggle, buf, bytes;
};

static inline u32 mem32(struct urig *u, u32 at)
{
	return ldb32(u->r.ram + at);
}

static inline void mem32_set(struct urig *u, u32 at, u32 v)
{
	stb32(u->r.ram + at, v);
}

/* Advance to @ms milliseconds from now; the events that ran. */
static inline unsigned int urig_ms(struct urig *u, u32 ms)
{
	cycle_t end = sched_now(&u->r.sched) + (cycle_t)ms * 100000;
	unsigned int n = 0;

	while (sched_next(&u->r.sched) <= end) {
		rig_step(&u->r);
		n++;
	}
	sched_advance(&u->r.sched, end);
	return n;
}

static inline struct blk *urig_blk(void *opaque, enum blk_role role,
				   unsigned int index)
{
	struct urig *u = opaque;

	return role == BLK_DRIVE && index == 0 ? u->blk : NULL;
}

/* @fn: NULL for a controller alone; on port @port. */
static inline void urig_open(struct urig *u, const struct dev_class *fn,
			     u32 port, struct blk *blk)
{
	memset(u, 0, sizeof(*u));
	rig_open(&u->r);
	u->blk = blk;
	u->packet0 = 8;
	u->r.env.blk = urig_blk;
	u->r.env.opaque = u;
	u->hc = rig_add(&u->r, &(struct rig_spec){
		.cls = &ohci_class, .path = "/usb", .mmio = { HC },
		.nmmio = 1, .mmio_size = 0x80,
	}, NULL);
	if (fn) {
		u->props[0] = (struct rig_prop){ .name = "/parent",
						 .dev = u->hc };
		u->props[1] = (struct rig_prop){ .name = "reg", .cells = 1,
						 .cell = { port } };
		u->fn = rig_add(&u->r, &(struct rig_spec){
			.cls = fn, .path = "/usb/fn", .props = u->props,
		}, NULL);
	}
	rig_start(&u->r);
}

static inline void urig_close(struct urig *u)
{
	rig_close(&u->r);
}

/* Operational, HCCA in place, all lists on; the port reset and enabled. */
static inline void urig_start(struct urig *u, u32 port)
{
	rig_wr(&u->r, HC_HCCA, 4, HCCA);
	rig_wr(&u->r, HC_CONTROL, 4, OPERATIONAL | LISTS);
	if (!port)
		return;
	rig_wr(&u->r, HC_PORT(port), 4, 0x10);
	urig_ms(u, 12);
	rig_wr(&u->r, HC_PORT(port), 4, 0x001f0000);
	u->is_low = rig_rd(&u->r, HC_PORT(port), 4) & 0x200;
	u->address = 0;
}

static inline void urig_ed(struct urig *u, u32 at, u32 w, u32 tail, u32 head,
			   u32 next)
{
	mem32_set(u, at, w);
	mem32_set(u, at + 4, tail);
	mem32_set(u, at + 8, head);
	mem32_set(u, at + 12, next);
}

static inline void urig_put_td(struct urig *u, u32 at, u32 w, u32 buf,
			       u32 bytes, u32 next)
{
	mem32_set(u, at, w);
	mem32_set(u, at + 4, bytes ? buf : 0);
	mem32_set(u, at + 8, next);
	mem32_set(u, at + 12, bytes ? buf + bytes - 1 : 0);
}

/* FA, EN, speed, packet size; direction from the TD. */
static inline u32 urig_edw(const struct urig *u, u32 ep, u32 mps)
{
	return u->address | ep << 7 | (u->is_low ? 0x2000 : 0) | mps << 16;
}

/* CC not accessed, T, PID, buffer rounding, DI 0 */
static inline u32 urig_tdw(u32 pid, u32 toggle)
{
	return 0xf0000000 | toggle << 24 | pid << 19 | 0x00040000;
}

/*
 * Queue @n descriptors on an ED of its own for @ep and run until all are
 * retired or one halts the endpoint.  Returns the condition code of the last
 * that was retired, -1 when time is over.
 */
static inline int urig_run(struct urig *u, u32 ep, u32 mps, u32 filled,
			   const struct urig_td *td, unsigned int n)
{
	u32 ed = EDS + 32 * ep + (n && td[n - 1].pid == P_IN && ep ? 16 : 0);
	u32 carry = mem32(u, ed + 8) & 2, at = TDS;
	int cc = -1;

	for (unsigned int i = 0; i < n; i++)
		urig_put_td(u, TDS + 16 * i, urig_tdw(td[i].pid, td[i].toggle),
			    td[i].buf, td[i].bytes, TDS + 16 * (i + 1));
	urig_ed(u, ed, urig_edw(u, ep, mps), TDS + 16 * n, TDS | carry, 0);
	rig_wr(&u->r, filled == CLF ? HC_CTRL_HEAD : HC_BULK_HEAD, 4, ed);
	rig_wr(&u->r, HC_COMMAND, 4, filled);
	for (int ms = 0; ms < 5000; ms++) {
		u32 head = mem32(u, ed + 8);

		if ((head & ~15u) == TDS + 16 * n || head & 1)
			break;
		urig_ms(u, 1);
		rig_wr(&u->r, HC_STATUS, 4, 2);
	}
	for (; at < (mem32(u, ed + 8) & ~15u); at += 16)
		cc = (int)(mem32(u, at) >> 28);
	urig_ms(u, 2);
	rig_wr(&u->r, HC_STATUS, 4, 2);
	mem32_set(u, ed + 8, mem32(u, ed + 8) & ~1u);
	return cc;
}

/* A control transfer with its data at DATA; the condition code. */
static inline int urig_control(struct urig *u, u8 type, u8 request, u16 value,
			       u16 index, u16 length)
{
	struct urig_td td[3] = { { P_SETUP, T_DATA0, DATA - 8, 8 } };
	u8 *s = u->r.ram + DATA - 8;
	unsigned int n = 1;

	s[0] = type, s[1] = request;
	s[2] = (u8)value, s[3] = (u8)(value >> 8);
	s[4] = (u8)index, s[5] = (u8)(index >> 8);
	s[6] = (u8)length, s[7] = (u8)(length >> 8);
	if (length)
		td[n++] = (struct urig_td){ type & 0x80 ? P_IN : P_OUT,
					    T_DATA1, DATA, length };
	td[n] = (struct urig_td){ length && type & 0x80 ? P_OUT : P_IN,
				  T_DATA1, 0, 0 };
	return urig_run(u, 0, u->packet0, CLF, td, n + 1);
}

/* Address 5, configuration 1. */
static inline void urig_configure(struct urig *u)
{
	CU_ASSERT_EQUAL(urig_control(u, 0, 5, 5, 0, 0), 0);
	u->address = 5;
	CU_ASSERT_EQUAL(urig_control(u, 0, 9, 1, 0, 0), 0);
	memset(u->r.ram + EDS + 32, 0, 32 * 15);
}

static inline int urig_bulk(struct urig *u, u32 ep, u32 pid, u32 buf,
			    u32 bytes)
{
	struct urig_td td[32];
	unsigned int n = 0;

	do {
		u32 part = bytes < 4096 ? bytes : 4096;

		td[n++] = (struct urig_td){ pid, T_CARRY, buf, part };
		buf += part;
		bytes -= part;
	} while (bytes && n < 32);
	return urig_run(u, ep, 64, BLF, td, n);
}

#endif
