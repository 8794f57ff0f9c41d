/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_ohci.c - the OHCI host controller by its specification (OHCI
 * 1.0a; section numbers in the tests), with a function made for the purpose.
 */
#include "tests/unit/usb_rig.h"

/* ---- a function: endpoint 1 IN and 2 OUT bulk, 3 isochronous ---- */

struct fake {
	struct usb_function f;
	u8 sent[4096];			/* what OUT packets brought */
	u32 count, packets, polls;
	int answer;			/* to IN: bytes, or USB_x */
	u8 next;			/* data of the next IN byte */
};

static int fake_in(struct usb_function *f, unsigned int ep, u8 *data, u32 room)
{
	struct fake *k = container_of(f, struct fake, f);

	(void)ep, (void)room;
	k->polls++;
	for (int i = 0; i < k->answer; i++)
		data[i] = k->next++;
	return k->answer;
}

static int fake_out(struct usb_function *f, unsigned int ep, const u8 *data,
		    u32 bytes)
{
	struct fake *k = container_of(f, struct fake, f);

	(void)ep;
	if (k->answer < 0)
		return k->answer;
	if (k->count + bytes <= sizeof(k->sent))
		memcpy(k->sent + k->count, data, bytes);
	k->count += bytes;
	k->packets++;
	return USB_ACK;
}

static const struct usb_ops fake_ops = { .in = fake_in, .out = fake_out };

static const u8 fake_device[18] = { 18, 1, 0x10, 1, 0, 0, 0, 8, 1, 2, 3, 4,
				    5, 6, 0, 1, 0, 1 };
static const u8 fake_config[] = {
	9, 2, 46, 0, 1, 1, 0, 0xa0, 0, 9, 4, 0, 0, 4, 255, 0, 0, 0,
	7, 5, 0x81, 2, 64, 0, 0, 7, 5, 2, 2, 64, 0, 0,
	7, 5, 0x83, 1, 200, 0, 1, 7, 5, 3, 1, 200, 0, 1,
};
static const char *const fake_strings[] = { "Fake" };
static const struct usb_descriptors fake_descs = {
	fake_device, fake_config, sizeof(fake_config), fake_strings, 1,
};

static int fake_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct fake *k = dev->priv;
	int rc = usb_function_init(&k->f, dev, &fake_ops, &fake_descs, msg);

	return rc ? rc : usb_attach(&k->f, node, msg);
}

static const struct dev_class fake_class = {
	.name = "fake", .priv_size = sizeof(struct fake), .probe = fake_probe,
	.own_map = true, .node_clk = CLK_COUNT,
};

static struct fake *fake_open(struct urig *u)
{
	urig_open(u, &fake_class, 1, NULL);
	urig_start(u, 1);
	urig_configure(u);
	return u->fn->priv;
}

/* One descriptor on the bulk list, run; its final first word. */
static u32 one_td(struct urig *u, u32 ep, u32 w, u32 buf, u32 bytes)
{
	urig_put_td(u, TDS, w, buf, bytes, TDS + 16);
	urig_ed(u, EDS, urig_edw(u, ep, 64), TDS + 16, TDS, 0);
	rig_wr(&u->r, HC_BULK_HEAD, 4, EDS);
	rig_wr(&u->r, HC_COMMAND, 4, BLF);
	urig_ms(u, 10);
	return mem32(u, TDS);
}

/* ---- registers ---- */

/* Chapter 7: the reset values; two ports, that Linux and U-Boot look for. */
void test_ohci_reset_values(void)
{
	static const u32 rows[][2] = {
		{ 0x00, 0x10 }, { 0x04, 0 }, { 0x08, 0 }, { 0x0c, 0 },
		{ 0x10, 0 }, { 0x14, 0 }, { 0x18, 0 }, { 0x1c, 0 },
		{ 0x20, 0 }, { 0x24, 0 }, { 0x28, 0 }, { 0x2c, 0 },
		{ 0x30, 0 }, { 0x34, 0x2edf }, { 0x38, 0 }, { 0x3c, 0 },
		{ 0x40, 0 }, { 0x44, 0x628 }, { 0x4c, 0 }, { 0x50, 0 },
	};
	struct urig u;

	urig_open(&u, NULL, 0, NULL);
	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		CU_ASSERT_EQUAL(rig_rd(&u.r, HC + rows[i][0], 4), rows[i][1]);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_RHA, 4) & 0xff, 2);
	/* masks: HCCA is 256-byte, lists are 16-byte aligned (7.2) */
	rig_wr(&u.r, HC_HCCA, 4, 0xffffffff);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_HCCA, 4), 0xffffff00);
	rig_wr(&u.r, HC_BULK_HEAD, 4, 0xffffffff);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_BULK_HEAD, 4), 0xfffffff0);
	urig_close(&u);
}

/* 7.1.3: HCR leads to UsbSuspend and leaves the root hub and RWC alone. */
void test_ohci_software_reset(void)
{
	struct urig u;
	u32 port;

	urig_open(&u, &fake_class, 1, NULL);
	urig_start(&u, 1);
	rig_wr(&u.r, HC_CONTROL, 4, OPERATIONAL | LISTS | 0x200);
	rig_wr(&u.r, HC_ENABLE, 4, 0x8000007f);
	port = rig_rd(&u.r, HC_PORT(1), 4);
	rig_wr(&u.r, HC_COMMAND, 4, 1);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_COMMAND, 4), 0);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_CONTROL, 4), 0x2c0);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_ENABLE, 4), 0);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_HCCA, 4), 0);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(1), 4), port);
	CU_ASSERT(port & 2);
	urig_close(&u);
}

/* 7.1.4 to 7.1.6: a line that follows status AND enable AND MIE; routing. */
void test_ohci_interrupts(void)
{
	struct urig u;

	urig_open(&u, &fake_class, 1, NULL);
	urig_start(&u, 0);
	urig_ms(&u, 2);
	CU_ASSERT(rig_rd(&u.r, HC_STATUS, 4) & 4);
	rig_wr(&u.r, HC_STATUS, 4, 0x7f);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_STATUS, 4), 0);
	rig_wr(&u.r, HC_ENABLE, 4, 4);
	urig_ms(&u, 2);
	CU_ASSERT(!u.hc->irq[0].level);
	rig_wr(&u.r, HC_ENABLE, 4, 0x80000000);
	CU_ASSERT(u.hc->irq[0].level);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_DISABLE, 4), 0x80000004);
	rig_wr(&u.r, HC_CONTROL, 4, OPERATIONAL | 0x100);
	CU_ASSERT(!u.hc->irq[0].level && u.hc->irq[1].level);
	rig_wr(&u.r, HC_CONTROL, 4, OPERATIONAL);
	rig_wr(&u.r, HC_DISABLE, 4, 4);
	CU_ASSERT(!u.hc->irq[0].level && !u.hc->irq[1].level);
	/* ownership change goes to the SMI */
	rig_wr(&u.r, HC_ENABLE, 4, 0x40000000);
	rig_wr(&u.r, HC_COMMAND, 4, 8);
	CU_ASSERT(!u.hc->irq[0].level && u.hc->irq[1].level);
	urig_close(&u);
}

/* ---- frames ---- */

/* 7.3, 4.4: one frame a millisecond; number in register and HCCA. */
void test_ohci_frames(void)
{
	struct urig u;
	u32 before;

	urig_open(&u, NULL, 0, NULL);
	urig_start(&u, 0);
	urig_ms(&u, 5);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_FMNUMBER, 4), 5);
	CU_ASSERT_EQUAL(mem32(&u, HCCA + 0x80), 5u << 16);
	/* a quarter of a frame is gone: 12000 * 3 / 4 bits are left */
	sched_advance(&u.r.sched, sched_now(&u.r.sched) + 25000);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC + 0x38, 4), 8999);
	rig_wr(&u.r, HC_STATUS, 4, 0x7f);
	urig_ms(&u, 0x8000 - 6);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_FMNUMBER, 4), 0x7fff);
	CU_ASSERT(!(rig_rd(&u.r, HC_STATUS, 4) & 0x20));
	urig_ms(&u, 1);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_FMNUMBER, 4), 0x8000);
	CU_ASSERT(rig_rd(&u.r, HC_STATUS, 4) & 0x20);
	/* no frames when suspended */
	rig_wr(&u.r, HC_CONTROL, 4, 0xc0);
	before = rig_rd(&u.r, HC_FMNUMBER, 4);
	CU_ASSERT_EQUAL(urig_ms(&u, 50), 0);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_FMNUMBER, 4), before);
	urig_close(&u);
}

/* FNO must interrupt at its frame also when nothing else happens. */
void test_ohci_overflow_irq(void)
{
	struct urig u;

	urig_open(&u, NULL, 0, NULL);
	urig_start(&u, 0);
	rig_wr(&u.r, HC_ENABLE, 4, 0x80000020);
	urig_ms(&u, 32767);
	CU_ASSERT(!u.hc->irq[0].level);
	urig_ms(&u, 1);
	CU_ASSERT(u.hc->irq[0].level);
	urig_close(&u);
}

/* Idle costs few events, yet SOF, the HCCA and a new transfer are right. */
void test_ohci_idle(void)
{
	struct urig u;
	struct fake *k = fake_open(&u);
	unsigned int n;

	k->answer = USB_NAK;
	urig_put_td(&u, TDS, urig_tdw(P_IN, T_CARRY), DATA, 64, TDS + 16);
	urig_ed(&u, EDS + 64, urig_edw(&u, 1, 64), TDS + 16, TDS, 0);
	for (u32 i = 0; i < 32; i += 8)
		mem32_set(&u, HCCA + 4 * i, EDS + 64);
	urig_ms(&u, 100);
	k->polls = 0;
	n = urig_ms(&u, 1000);
	CU_ASSERT(n < 50);
	/* every 8th frame is still polled, if late; HCCA at most 32 behind */
	CU_ASSERT(k->polls >= 1000 / 8 - 5 && k->polls <= 1000 / 8 + 5);
	n = mem32(&u, HCCA + 0x80) >> 16;
	CU_ASSERT(rig_rd(&u.r, HC_FMNUMBER, 4) - n <= 32);
	urig_ms(&u, 500);
	/* news are fetched within the interval of 8 frames */
	k->answer = 3;
	usb_wake(&k->f);
	urig_ms(&u, 9);
	CU_ASSERT_EQUAL(mem32(&u, TDS) >> 28, 0);
	urig_ms(&u, 500);
	/* start of frame, when it is enabled, each millisecond */
	rig_wr(&u.r, HC_ENABLE, 4, 0x80000004);
	CU_ASSERT(urig_ms(&u, 1000) >= 1000);
	urig_close(&u);
}

/* ---- root hub ---- */

/* 7.4.4: connect, reset of 10 ms, enable, suspend, resume, disconnect. */
void test_ohci_port(void)
{
	struct urig u;
	struct fake *k;

	urig_open(&u, &fake_class, 2, NULL);
	k = u.fn->priv;
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(1), 4), 0x100);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(2), 4), 0x10101);
	urig_start(&u, 0);
	rig_wr(&u.r, HC_PORT(2), 4, 0x10000);
	rig_wr(&u.r, HC_STATUS, 4, 0x7f);
	rig_wr(&u.r, HC_ENABLE, 4, 0x80000040);
	rig_wr(&u.r, HC_PORT(2), 4, 0x10);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(2), 4), 0x111);
	urig_ms(&u, 9);
	CU_ASSERT(!u.hc->irq[0].level);
	urig_ms(&u, 2);
	CU_ASSERT(u.hc->irq[0].level);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(2), 4), 0x100103);
	rig_wr(&u.r, HC_PORT(2), 4, 0x100000);
	rig_wr(&u.r, HC_PORT(2), 4, 4);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(2), 4), 0x107);
	rig_wr(&u.r, HC_PORT(2), 4, 8);
	urig_ms(&u, 30);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(2), 4), 0x40103);
	usb_detach(&k->f);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(2), 4), 0x70100);
	rig_wr(&u.r, HC_PORT(2), 4, 0x1f0000);
	/* commands to an empty port: CSC only */
	rig_wr(&u.r, HC_PORT(2), 4, 0x10);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(2), 4), 0x10100);
	urig_close(&u);
}

/* 7.4.1, 7.4.3: with NPS clear a port has power when software gives it. */
void test_ohci_power(void)
{
	struct urig u;

	urig_open(&u, &fake_class, 1, NULL);
	urig_start(&u, 0);
	rig_wr(&u.r, HC_RHA, 4, 0);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(1), 4) & 0x101, 0);
	rig_wr(&u.r, HC_RHSTATUS, 4, 0x10000);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(1), 4) & 0x10101, 0x10101);
	rig_wr(&u.r, HC_RHSTATUS, 4, 1);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(1), 4) & 0x101, 0);
	/* each port by itself: PSM and PortPowerControlMask */
	rig_wr(&u.r, HC_RHA, 4, 0x100);
	rig_wr(&u.r, HC + 0x4c, 4, 0x20000);
	rig_wr(&u.r, HC_RHSTATUS, 4, 0x10000);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(1), 4) & 0x100, 0);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(2), 4) & 0x100, 0x100);
	rig_wr(&u.r, HC_PORT(1), 4, 0x100);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(1), 4) & 0x101, 0x101);
	rig_wr(&u.r, HC_PORT(1), 4, 0x200);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_PORT(1), 4) & 0x101, 0);
	urig_close(&u);
}

/* 5.1.2.3, 7.1.2: a function that may wake ends the suspend of the bus. */
void test_ohci_wakeup(void)
{
	struct urig u;
	struct fake *k = fake_open(&u);

	rig_wr(&u.r, HC_CONTROL, 4, 0xc0);
	rig_wr(&u.r, HC_STATUS, 4, 0x7f);
	usb_wake(&k->f);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_CONTROL, 4) & 0xc0, 0xc0);
	rig_wr(&u.r, HC_CONTROL, 4, OPERATIONAL | LISTS);
	CU_ASSERT_EQUAL(urig_control(&u, 0, 3, 1, 0, 0), 0);
	rig_wr(&u.r, HC_CONTROL, 4, 0xc0);
	rig_wr(&u.r, HC_STATUS, 4, 0x7f);
	usb_wake(&k->f);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_CONTROL, 4) & 0xc0, 0x40);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_STATUS, 4) & 8, 8);
	urig_close(&u);
}

/* ---- transfers ---- */

/* USB 1.1 chapter 9 over the control list: descriptors, status, strings. */
void test_ohci_control(void)
{
	struct urig u;
	struct fake *k = fake_open(&u);
	u8 *d = u.r.ram + DATA;

	CU_ASSERT_EQUAL(k->f.address, 5);
	CU_ASSERT_EQUAL(urig_control(&u, 0x80, 6, 0x100, 0, 18), 0);
	CU_ASSERT(!memcmp(d, fake_device, 18));
	memset(d, 0xaa, 256);
	/* asking for more than there is: a short packet ends it */
	CU_ASSERT_EQUAL(urig_control(&u, 0x80, 6, 0x200, 0, 255), 0);
	CU_ASSERT(!memcmp(d, fake_config, sizeof(fake_config)));
	CU_ASSERT_EQUAL(d[sizeof(fake_config)], 0xaa);
	CU_ASSERT_EQUAL(urig_control(&u, 0x80, 6, 0x301, 0x409, 255), 0);
	CU_ASSERT(!memcmp(d, "\x0a\x03" "F\0a\0k\0e\0", 10));
	CU_ASSERT_EQUAL(urig_control(&u, 0x80, 8, 0, 0, 1), 0);
	CU_ASSERT_EQUAL(d[0], 1);
	CU_ASSERT_EQUAL(urig_control(&u, 0, 3, 1, 0, 0), 0);
	CU_ASSERT_EQUAL(urig_control(&u, 0x80, 0, 0, 0, 2), 0);
	CU_ASSERT_EQUAL(d[0], 2);
	/* an unknown request and an unknown string are stalled: CC 4 */
	CU_ASSERT_EQUAL(urig_control(&u, 0x40, 0x77, 0, 0, 0), 4);
	CU_ASSERT_EQUAL(urig_control(&u, 0x80, 6, 0x302, 0x409, 255), 4);
	CU_ASSERT_EQUAL(urig_control(&u, 0x80, 6, 0x100, 0, 18), 0);
	/* what is halted stalls until the halt is cleared */
	CU_ASSERT_EQUAL(urig_control(&u, 2, 3, 0, 0x81, 0), 0);
	k->answer = 4;
	CU_ASSERT_EQUAL(urig_bulk(&u, 1, P_IN, DATA, 64), 4);
	CU_ASSERT_EQUAL(urig_control(&u, 2, 1, 0, 0x81, 0), 0);
	CU_ASSERT_EQUAL(urig_bulk(&u, 1, P_IN, DATA, 64), 0);
	urig_close(&u);
}

/* 4.3.1, 4.4.2.3: the done queue is last first, and comes by its delay. */
void test_ohci_done_queue(void)
{
	struct urig u;
	struct fake *k = fake_open(&u);

	k->answer = USB_ACK;
	rig_wr(&u.r, HC_STATUS, 4, 0x7f);
	rig_wr(&u.r, HC_ENABLE, 4, 0x80000002);
	mem32_set(&u, HCCA + 0x84, 0xdeadbeef);
	/* two that ask for no interrupt (7): retired, not reported */
	urig_put_td(&u, TDS, 0xf0e00000, DATA, 8, TDS + 16);
	urig_put_td(&u, TDS + 16, 0xf0e00000, DATA, 8, TDS + 32);
	urig_ed(&u, EDS, urig_edw(&u, 2, 64) | 0x800, TDS + 32, TDS, 0);
	rig_wr(&u.r, HC_BULK_HEAD, 4, EDS);
	rig_wr(&u.r, HC_COMMAND, 4, BLF);
	urig_ms(&u, 20);
	CU_ASSERT_EQUAL(mem32(&u, EDS + 8) & ~15u, TDS + 32);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC + 0x30, 4), TDS + 16);
	CU_ASSERT(!u.hc->irq[0].level);
	CU_ASSERT_EQUAL(mem32(&u, HCCA + 0x84), 0xdeadbeef);
	/* a third that waits up to 5 frames takes them along */
	urig_put_td(&u, TDS + 32, 0xf0a00000, DATA, 8, TDS + 48);
	mem32_set(&u, EDS + 4, TDS + 48);
	rig_wr(&u.r, HC_COMMAND, 4, BLF);
	urig_ms(&u, 3);
	CU_ASSERT(!u.hc->irq[0].level);
	urig_ms(&u, 5);
	CU_ASSERT(u.hc->irq[0].level);
	CU_ASSERT_EQUAL(mem32(&u, HCCA + 0x84), TDS + 32);
	CU_ASSERT_EQUAL(mem32(&u, TDS + 32 + 8), TDS + 16);
	CU_ASSERT_EQUAL(mem32(&u, TDS + 16 + 8), TDS);
	CU_ASSERT_EQUAL(mem32(&u, TDS + 8), 0);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC + 0x30, 4), 0);
	/* the next is held back until WDH is cleared */
	urig_put_td(&u, TDS + 48, 0xf0000000, DATA, 8, TDS + 64);
	mem32_set(&u, EDS + 4, TDS + 64);
	rig_wr(&u.r, HC_COMMAND, 4, BLF);
	urig_ms(&u, 5);
	CU_ASSERT_EQUAL(mem32(&u, HCCA + 0x84), TDS + 32);
	rig_wr(&u.r, HC_STATUS, 4, 2);
	CU_ASSERT(!u.hc->irq[0].level);
	urig_ms(&u, 2);
	CU_ASSERT_EQUAL(mem32(&u, HCCA + 0x84), TDS + 48);
	CU_ASSERT_EQUAL(k->count, 32);
	urig_close(&u);
}

/* 4.3.1.3.5, 4.3.3: short packets, overrun, stall, silence, wrong toggle. */
void test_ohci_conditions(void)
{
	struct urig u;
	struct fake *k = fake_open(&u);
	u32 w;

	/* short, buffer rounding: no error; the address is the next byte */
	k->answer = 10;
	w = one_td(&u, 1, urig_tdw(P_IN, T_DATA0), DATA, 64);
	CU_ASSERT_EQUAL(w >> 28, 0);
	CU_ASSERT_EQUAL(mem32(&u, TDS + 4), DATA + 10);
	CU_ASSERT_EQUAL(mem32(&u, EDS + 8), (TDS + 16) | 2);
	/* short without it: DataUnderrun, halted */
	w = one_td(&u, 1, urig_tdw(P_IN, T_DATA1) & ~0x40000u, DATA, 64);
	CU_ASSERT_EQUAL(w >> 28, 9);
	CU_ASSERT_EQUAL(mem32(&u, EDS + 8) & 1, 1);
	/* more than the buffer holds: DataOverrun, not one byte beyond it */
	k->answer = 64;
	u.r.ram[DATA + 20] = 0x5a;
	w = one_td(&u, 1, urig_tdw(P_IN, T_DATA0), DATA, 20);
	CU_ASSERT_EQUAL(w >> 28, 8);
	CU_ASSERT_EQUAL(u.r.ram[DATA + 20], 0x5a);
	/* all of it: address 0 */
	w = one_td(&u, 1, urig_tdw(P_IN, T_DATA1), DATA, 64);
	CU_ASSERT_EQUAL(w >> 28, 0);
	CU_ASSERT_EQUAL(mem32(&u, TDS + 4), 0);
	/* the function is at DATA0: a host that expects DATA1 errs thrice */
	k->answer = 0;
	w = one_td(&u, 1, urig_tdw(P_IN, T_DATA0), DATA, 0);
	k->f.toggle[1] = 0;
	k->polls = 0;
	w = one_td(&u, 9, urig_tdw(P_IN, T_DATA0), DATA, 8);
	CU_ASSERT_EQUAL(w >> 28, 5);		/* no such endpoint */
	CU_ASSERT_EQUAL(w >> 26 & 3, 3);
	k->answer = USB_STALL;
	w = one_td(&u, 1, urig_tdw(P_IN, T_DATA0), DATA, 8);
	CU_ASSERT_EQUAL(w >> 28, 4);
	CU_ASSERT_EQUAL(k->polls, 1);
	urig_close(&u);
}

/* 4.3.1.3.4: a data PID that differs is DataToggleMismatch after three. */
void test_ohci_toggle(void)
{
	struct urig u;
	struct fake *k = fake_open(&u);
	u32 w;

	k->answer = 8;
	/* DATA0, DATA1, DATA0 against DATA1, DATA1 (matches) */
	w = one_td(&u, 1, urig_tdw(P_IN, T_DATA1), DATA, 8);
	CU_ASSERT_EQUAL(w >> 28, 0);
	CU_ASSERT_EQUAL(k->polls, 2);
	/* OUT with the PID of the last one: acknowledged, not taken twice */
	w = one_td(&u, 2, urig_tdw(P_OUT, T_DATA0), DATA, 8);
	CU_ASSERT_EQUAL(w >> 28, 0);
	w = one_td(&u, 2, urig_tdw(P_OUT, T_DATA0), DATA, 8);
	CU_ASSERT_EQUAL(w >> 28, 0);
	CU_ASSERT_EQUAL(k->packets, 1);
	urig_close(&u);
}

/* 4.3.1.2: a buffer that goes from one page to another that is elsewhere. */
void test_ohci_pages(void)
{
	struct urig u;
	struct fake *k = fake_open(&u);

	k->answer = 64;
	for (u32 i = 0; i < 0x20; i++) {
		u.r.ram[0x20fe0 + i] = 1;
		u.r.ram[0x28000 + i] = 2;
		u.r.ram[0x21000 + i] = 9;
	}
	urig_put_td(&u, TDS, urig_tdw(P_OUT, T_CARRY), 0x20fe0, 1, TDS + 16);
	mem32_set(&u, TDS + 12, 0x2801f);
	urig_ed(&u, EDS, urig_edw(&u, 2, 64), TDS + 16, TDS, 0);
	rig_wr(&u.r, HC_BULK_HEAD, 4, EDS);
	rig_wr(&u.r, HC_COMMAND, 4, BLF);
	urig_ms(&u, 3);
	CU_ASSERT_EQUAL(k->count, 64);
	CU_ASSERT(k->sent[0] == 1 && k->sent[31] == 1);
	CU_ASSERT(k->sent[32] == 2 && k->sent[63] == 2);
	k->next = 0;
	urig_put_td(&u, TDS, urig_tdw(P_IN, T_CARRY), 0x20fe0, 1, TDS + 16);
	mem32_set(&u, TDS + 12, 0x2801f);
	urig_ed(&u, EDS, urig_edw(&u, 1, 64), TDS + 16, TDS, 0);
	rig_wr(&u.r, HC_COMMAND, 4, BLF);
	urig_ms(&u, 3);
	CU_ASSERT_EQUAL(u.r.ram[0x20fff], 31);
	CU_ASSERT_EQUAL(u.r.ram[0x28000], 32);
	CU_ASSERT_EQUAL(u.r.ram[0x2801f], 63);
	CU_ASSERT_EQUAL(u.r.ram[0x21000], 9);
	urig_close(&u);
}

/* USB 1.1 table 5-9: 19 bulk packets of 64 bytes in a frame. */
void test_ohci_bandwidth(void)
{
	struct urig u;
	struct fake *k = fake_open(&u);

	rig_wr(&u.r, HC_CONTROL, 4, OPERATIONAL | 0x20);
	urig_put_td(&u, TDS, urig_tdw(P_OUT, T_CARRY), DATA, 4096, TDS + 16);
	urig_put_td(&u, TDS + 16, urig_tdw(P_OUT, T_CARRY), DATA, 4096,
		    TDS + 32);
	urig_ed(&u, EDS, urig_edw(&u, 2, 64), TDS + 32, TDS, 0);
	rig_wr(&u.r, HC_BULK_HEAD, 4, EDS);
	rig_wr(&u.r, HC_COMMAND, 4, BLF);
	urig_ms(&u, 1);
	CU_ASSERT_EQUAL(k->packets, 19);
	urig_ms(&u, 1);
	CU_ASSERT_EQUAL(k->packets, 38);
	urig_close(&u);
}

/* 4.2.2: skip (K) and halt (H) keep the hands off; EDs behind are served. */
void test_ohci_skip(void)
{
	struct urig u;
	struct fake *k = fake_open(&u);

	for (u32 i = 0; i < 3; i++)
		urig_put_td(&u, TDS + 32 * i, urig_tdw(P_OUT, T_CARRY), DATA,
			    8, TDS + 32 * i + 16);
	urig_ed(&u, EDS, urig_edw(&u, 2, 64) | 0x4000, TDS + 16, TDS,
		EDS + 16);
	urig_ed(&u, EDS + 16, urig_edw(&u, 2, 64), TDS + 48, (TDS + 32) | 1,
		EDS + 32);
	urig_ed(&u, EDS + 32, urig_edw(&u, 2, 64), TDS + 80, TDS + 64, 0);
	rig_wr(&u.r, HC_BULK_HEAD, 4, EDS);
	rig_wr(&u.r, HC_COMMAND, 4, BLF);
	urig_ms(&u, 5);
	CU_ASSERT_EQUAL(k->packets, 1);
	CU_ASSERT_EQUAL(mem32(&u, EDS + 8), TDS);
	CU_ASSERT_EQUAL(mem32(&u, EDS + 24), (TDS + 32) | 1);
	/* nothing is left: BulkListFilled is clear (6.4.4) */
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_COMMAND, 4) & BLF, 0);
	urig_close(&u);
}

/* 4.3.2: packet by frame, status words, the even one less significant. */
void test_ohci_isochronous(void)
{
	struct urig u;
	struct fake *k = fake_open(&u);
	u32 start = rig_rd(&u.r, HC_FMNUMBER, 4) + 5;

	k->answer = 100;
	/* three packets, 100 bytes each, IN on endpoint 3 */
	mem32_set(&u, TDS, 0xf0000000 | 2u << 24 | start);
	mem32_set(&u, TDS + 4, DATA);
	mem32_set(&u, TDS + 8, TDS + 32);
	mem32_set(&u, TDS + 12, DATA + 299);
	mem32_set(&u, TDS + 16, 0xe064e000);	/* offsets 0, 100 */
	mem32_set(&u, TDS + 20, 0x0000e0c8);	/* 200 */
	urig_ed(&u, EDS, (urig_edw(&u, 3, 200) | 0x8000 | 0x1000), TDS + 32,
		TDS, 0);
	for (u32 i = 0; i < 32; i++)
		mem32_set(&u, HCCA + 4 * i, EDS);
	urig_ms(&u, 4);
	CU_ASSERT_EQUAL(k->polls, 0);
	urig_ms(&u, 2);
	CU_ASSERT_EQUAL(k->polls, 2);
	urig_ms(&u, 3);
	CU_ASSERT_EQUAL(k->polls, 3);
	CU_ASSERT_EQUAL(mem32(&u, EDS + 8) & ~15u, TDS + 32);
	CU_ASSERT_EQUAL(mem32(&u, TDS) >> 28, 0);
	CU_ASSERT_EQUAL(mem32(&u, TDS + 16), 0x00640064);
	CU_ASSERT_EQUAL(mem32(&u, TDS + 20) & 0xffff, 0x0064);
	CU_ASSERT_EQUAL(u.r.ram[DATA + 299], (u8)299);
	/* one whose frames are over: DataOverrun, no packet */
	mem32_set(&u, TDS + 32, 0xf0000000 | ((start - 50) & 0xffff));
	mem32_set(&u, TDS + 40, TDS + 64);
	mem32_set(&u, EDS + 4, TDS + 64);
	urig_ms(&u, 3);
	CU_ASSERT_EQUAL(mem32(&u, TDS + 32) >> 28, 8);
	CU_ASSERT_EQUAL(k->polls, 3);
	urig_close(&u);
}

/* ---- guests gone mad ---- */

/* 4.2.2, 7.1.4: an address that nothing answers is UnrecoverableError. */
void test_ohci_bad_address(void)
{
	struct urig u;

	fake_open(&u);
	rig_wr(&u.r, HC_ENABLE, 4, 0x80000010);
	rig_wr(&u.r, HC_BULK_HEAD, 4, 0x7ffffff0);
	rig_wr(&u.r, HC_COMMAND, 4, BLF);
	urig_ms(&u, 3);
	CU_ASSERT(rig_rd(&u.r, HC_STATUS, 4) & 0x10);
	CU_ASSERT(u.hc->irq[0].level);
	CU_ASSERT_EQUAL(urig_ms(&u, 50), 0);
	/* a reset brings it back */
	rig_wr(&u.r, HC_COMMAND, 4, 1);
	urig_start(&u, 1);
	urig_configure(&u);
	/* a buffer that is no memory */
	CU_ASSERT_EQUAL(one_td(&u, 2, urig_tdw(P_OUT, T_CARRY), 0xef601000,
			       8) >> 28, 15);
	CU_ASSERT(rig_rd(&u.r, HC_STATUS, 4) & 0x10);
	/* an HCCA that is no memory */
	rig_wr(&u.r, HC_COMMAND, 4, 1);
	rig_wr(&u.r, HC_CONTROL, 4, OPERATIONAL);
	rig_wr(&u.r, HC_HCCA, 4, 0xef601000);
	urig_ms(&u, 3);
	CU_ASSERT(rig_rd(&u.r, HC_STATUS, 4) & 0x10);
	urig_close(&u);
}

/* Lists that are loops end with the frame, and time goes on. */
void test_ohci_loops(void)
{
	struct urig u;
	struct fake *k = fake_open(&u);

	/* an ED that leads to itself, a TD that leads to itself, a second
	 * loop on the control and the periodic lists */
	k->answer = 0;
	urig_put_td(&u, TDS, urig_tdw(P_OUT, T_CARRY), 0, 0, TDS);
	urig_ed(&u, EDS, urig_edw(&u, 2, 64), TDS + 16, TDS, EDS);
	urig_ed(&u, EDS + 16, urig_edw(&u, 2, 64), 0, 0, EDS + 16);
	rig_wr(&u.r, HC_BULK_HEAD, 4, EDS);
	rig_wr(&u.r, HC_CTRL_HEAD, 4, EDS + 16);
	for (u32 i = 0; i < 32; i++)
		mem32_set(&u, HCCA + 4 * i, EDS + 16);
	rig_wr(&u.r, HC_COMMAND, 4, BLF | CLF);
	urig_ms(&u, 20);
	CU_ASSERT(k->packets > 0 && k->packets < 20 * 120);
	/* isochronous, the same */
	mem32_set(&u, TDS + 32, 0);
	mem32_set(&u, TDS + 40, TDS + 32);
	urig_ed(&u, EDS + 16, urig_edw(&u, 3, 200) | 0x8000, 0, TDS + 32,
		EDS + 16);
	urig_ms(&u, 20);
	CU_ASSERT_EQUAL(rig_rd(&u.r, HC_STATUS, 4) & 0x10, 0);
	urig_close(&u);
}

void test_ohci_hammer(void)
{
	struct urig u;

	fake_open(&u);
	rig_hammer(&u.r, HC, 0x80);
	/* the memory that it took for descriptors, filled at random */
	for (u32 i = 0, seed = 1; i < 0x10000; i++) {
		seed = seed * 1103515245 + 12345;
		u.r.ram[i] = (u8)(seed >> 16) & (i & 3 ? 0xff : 0);
	}
	for (u32 i = 0; i < 200; i++) {
		rig_wr(&u.r, HC_COMMAND, 4, 1);
		urig_start(&u, 1);
		rig_wr(&u.r, HC_BULK_HEAD, 4, 16 * i);
		rig_wr(&u.r, HC_CTRL_HEAD, 4, 0x3000 + 16 * i);
		rig_wr(&u.r, HC_COMMAND, 4, BLF | CLF);
		urig_ms(&u, 40);
	}
	urig_close(&u);
}

/* Nodes that make no sense are refused with a line that says so. */
void test_ohci_nodes(void)
{
	struct urig u;
	int rc;

	urig_open(&u, &fake_class, 2, NULL);
	rig_add(&u.r, &(struct rig_spec){ .cls = &fake_class, .path = "/again",
					  .props = u.props }, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_CONFLICT);
	CU_ASSERT(strstr(u.r.msg.text, "/again: reg") != NULL);
	u.props[1].cell[0] = 3;
	u.r.msg.text[0] = 0;
	rig_add(&u.r, &(struct rig_spec){ .cls = &fake_class, .path = "/far",
					  .props = u.props }, &rc);
	CU_ASSERT_EQUAL(rc, -ERR_RANGE);
	CU_ASSERT(strstr(u.r.msg.text, "/far: reg") != NULL);
	urig_close(&u);
}
