/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_usb_kbd.c - the USB keyboard through the host controller, as
 * HID 1.11 and Linux's usbhid use it.
 */
#include "tests/unit/usb_rig.h"

static void kbd_open(struct urig *u)
{
	urig_open(u, &usb_kbd_class, 1, NULL);
	urig_start(u, 1);
	urig_configure(u);
	CU_ASSERT_EQUAL(urig_control(u, 0x21, 10, 0, 0, 0), 0);	/* idle off */
}

/* One interrupt transfer of 8 bytes at DATA; false: not answered yet. */
static bool kbd_poll(struct urig *u, u32 ms)
{
	u32 ed = EDS + 48, carry = mem32(u, ed + 8) & 2;

	memset(u->r.ram + DATA, 0xaa, 8);
	urig_put_td(u, TDS, urig_tdw(P_IN, T_CARRY), DATA, 8, TDS + 16);
	urig_ed(u, ed, urig_edw(u, 1, 8), TDS + 16, TDS | carry, 0);
	for (u32 i = 0; i < 32; i += 8)
		mem32_set(u, HCCA + 4 * i, ed);
	for (; ms; ms--) {
		urig_ms(u, 1);
		rig_wr(&u->r, HC_STATUS, 4, 2);
		if ((mem32(u, ed + 8) & ~15u) == TDS + 16)
			break;
	}
	mem32_set(u, ed, mem32(u, ed) | 0x4000);
	return (mem32(u, ed + 8) & ~15u) == TDS + 16 && !(mem32(u, TDS) >> 28);
}

#define REPORT_IS(u, a, b, c, d, e, f, g) \
	CU_ASSERT(!memcmp((u)->r.ram + DATA, \
			  ((u8[]){ a, 0, b, c, d, e, f, g }), 8))

/* Low speed, boot keyboard; the report descriptor has the length it says. */
void test_usb_kbd_descriptors(void)
{
	struct urig u;
	u8 *d;

	kbd_open(&u);
	d = u.r.ram + DATA;
	CU_ASSERT(rig_rd(&u.r, HC_PORT(1), 4) & 0x200);
	CU_ASSERT_EQUAL(urig_control(&u, 0x80, 6, 0x200, 0, 34), 0);
	CU_ASSERT(d[9 + 5] == 3 && d[9 + 6] == 1 && d[9 + 7] == 1);
	CU_ASSERT_EQUAL(d[18 + 1], 0x21);
	CU_ASSERT_EQUAL(d[2], 34);
	u.r.ram[DATA + d[25]] = 0x5a;
	CU_ASSERT_EQUAL(urig_control(&u, 0x81, 6, 0x2200, 0, d[25]), 0);
	CU_ASSERT(d[0] == 0x05 && d[1] == 0x01 && d[2] == 0x09 && d[3] == 6);
	CU_ASSERT_EQUAL(d[64], 0xc0);
	CU_ASSERT_EQUAL(d[65], 0x5a);
	urig_close(&u);
}

/* HID 1.11 appendix B.1 and C: modifiers, six keys, roll-over. */
void test_usb_kbd_keys(void)
{
	struct urig u;

	kbd_open(&u);
	CU_ASSERT(!kbd_poll(&u, 30));
	usb_kbd_key(u.fn, 0x04, true);			/* a */
	usb_kbd_key(u.fn, 0xe1, true);			/* left shift */
	usb_kbd_key(u.fn, 0x04, false);
	usb_kbd_key(u.fn, 0x04, false);			/* not down: nothing */
	CU_ASSERT(kbd_poll(&u, 20));
	REPORT_IS(&u, 0, 4, 0, 0, 0, 0, 0);
	CU_ASSERT(kbd_poll(&u, 20));
	REPORT_IS(&u, 2, 4, 0, 0, 0, 0, 0);
	CU_ASSERT(kbd_poll(&u, 20));
	REPORT_IS(&u, 2, 0, 0, 0, 0, 0, 0);
	CU_ASSERT(!kbd_poll(&u, 100));
	usb_kbd_key(u.fn, 0xe1, false);
	CU_ASSERT(kbd_poll(&u, 20));
	for (u8 k = 10; k < 17; k++) {
		usb_kbd_key(u.fn, k, true);
		CU_ASSERT(kbd_poll(&u, 20));
	}
	REPORT_IS(&u, 0, 1, 1, 1, 1, 1, 1);
	usb_kbd_key(u.fn, 12, false);
	CU_ASSERT(kbd_poll(&u, 20));
	REPORT_IS(&u, 0, 10, 11, 13, 14, 15, 16);
	/* more than the ring holds: the last state comes through */
	for (int i = 0; i < 101; i++)
		usb_kbd_key(u.fn, 0x20, i % 2 == 0);
	for (int i = 10; i < 17; i++)
		usb_kbd_key(u.fn, (u8)i, false);
	for (int i = 0; i < 32 && kbd_poll(&u, 20); i++)
		;
	REPORT_IS(&u, 0, 0x20, 0, 0, 0, 0, 0);
	CU_ASSERT(!kbd_poll(&u, 100));
	CU_ASSERT_EQUAL(urig_control(&u, 0xa1, 1, 0x100, 0, 8), 0);
	REPORT_IS(&u, 0, 0x20, 0, 0, 0, 0, 0);
	urig_close(&u);
}

/* HID 7.2: LEDs by SET_REPORT, idle rate, protocol. */
void test_usb_kbd_requests(void)
{
	struct urig u;

	kbd_open(&u);
	u.r.ram[DATA] = 0x02;
	CU_ASSERT_EQUAL(urig_control(&u, 0x21, 9, 0x200, 0, 1), 0);
	CU_ASSERT_EQUAL(usb_kbd_leds(u.fn), 2);
	CU_ASSERT_EQUAL(urig_control(&u, 0xa1, 3, 0, 0, 1), 0);
	CU_ASSERT_EQUAL(u.r.ram[DATA], 1);
	CU_ASSERT_EQUAL(urig_control(&u, 0x21, 11, 0, 0, 0), 0);
	CU_ASSERT_EQUAL(urig_control(&u, 0xa1, 3, 0, 0, 1), 0);
	CU_ASSERT_EQUAL(u.r.ram[DATA], 0);
	/* idle 25 * 4 ms: the same report again after 100 ms, not before */
	CU_ASSERT_EQUAL(urig_control(&u, 0x21, 10, 25 << 8, 0, 0), 0);
	CU_ASSERT(kbd_poll(&u, 120));
	CU_ASSERT(!kbd_poll(&u, 80));
	CU_ASSERT(kbd_poll(&u, 40));
	REPORT_IS(&u, 0, 0, 0, 0, 0, 0, 0);
	/* stalled: an unknown protocol, a feature report */
	CU_ASSERT_EQUAL(urig_control(&u, 0x21, 11, 2, 0, 0), 4);
	CU_ASSERT_EQUAL(urig_control(&u, 0xa1, 1, 0x300, 0, 8), 4);
	urig_close(&u);
}
