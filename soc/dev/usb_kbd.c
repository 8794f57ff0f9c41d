/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/usb_kbd.c - a USB keyboard: HID 1.11, boot protocol, low speed.
 *
 * Owns which keys are down and the reports on their way.  Must not know the
 * host controller nor who presses the keys (usb_kbd_key).  The report
 * protocol's report is the boot protocol's.
 */
#include "soc/usb.h"

#define REPORT_BYTES	8
#define KEYS		6		/* in a report */
#define USAGE_ROLL_OVER	1
#define USAGE_MODIFIERS	0xe0		/* 0xe0..0xe7: bits 0..7 */
#define QUEUE		32		/* reports that wait */
#define IDLE_NS		4000000u	/* unit of the idle rate */

#define REQ_GET_DESCRIPTOR	6
#define REQ_GET_REPORT		1
#define REQ_GET_IDLE		2
#define REQ_GET_PROTOCOL	3
#define REQ_SET_REPORT		9
#define REQ_SET_IDLE		10
#define REQ_SET_PROTOCOL	11
#define DESC_HID		0x21
#define DESC_REPORT		0x22
#define REPORT_INPUT		1
#define REPORT_OUTPUT		2

struct usb_kbd {
	struct usb_function f;
	u32 down[8];			/* one bit a usage */
	u8 report[QUEUE][REPORT_BYTES];	/* ring; [first] is next */
	unsigned int first, count;
	u8 last[REPORT_BYTES];		/* the state as of the last key */
	u8 idle, protocol, leds;
	cycle_t sent;			/* when the last report went */
	struct sched_event idle_over;
};

/* clang-format off */
/* HID 1.11, appendix B.1 (boot keyboard), with the logical range of keys
 * raised to 255. */
static const u8 kbd_report_desc[] = {
	0x05, 0x01, 0x09, 0x06, 0xa1, 0x01,	/* desktop, keyboard, begin */
	0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7,	/* keys: the modifiers */
	0x15, 0x00, 0x25, 0x01, 0x75, 0x01,
	0x95, 0x08, 0x81, 0x02,			/* 8 bits in */
	0x95, 0x01, 0x75, 0x08, 0x81, 0x01,	/* one byte of nothing */
	0x95, 0x05, 0x75, 0x01, 0x05, 0x08,
	0x19, 0x01, 0x29, 0x05, 0x91, 0x02,	/* 5 LEDs out */
	0x95, 0x01, 0x75, 0x03, 0x91, 0x01,
	0x95, 0x06, 0x75, 0x08, 0x15, 0x00, 0x26, 0xff, 0x00,
	0x05, 0x07, 0x19, 0x00, 0x2a, 0xff, 0x00, 0x81, 0x00,	/* 6 keys */
	0xc0,
};

static const u8 kbd_device[18] = {
	18, 1, 0x10, 0x01,			/* USB 1.1 */
	0, 0, 0, 8,
	0xc0, 0x16, 0xdb, 0x27,			/* [assumed: keyboard] */
	0x00, 0x01, 1, 2, 0, 1,
};

#define HID_AT	18				/* in kbd_config */
static const u8 kbd_config[] = {
	9, 2, 34, 0, 1, 1, 0, 0xa0, 50,		/* wakes up; 100 mA */
	9, 4, 0, 0, 1, 3, 1, 1, 0,		/* HID, boot, keyboard */
	9, 0x21, 0x11, 0x01, 0, 1, 0x22, sizeof(kbd_report_desc), 0,
	7, 5, 0x81, 3, REPORT_BYTES, 0, 10,
};
/* clang-format on */

static const char *const kbd_strings[] = { "Culm", "USB keyboard" };

static const struct usb_descriptors kbd_descs = {
	.device = kbd_device,
	.config = kbd_config,
	.config_bytes = sizeof(kbd_config),
	.strings = kbd_strings,
	.count = ARRAY_SIZE(kbd_strings),
};

static void report_make(const struct usb_kbd *k, u8 *r)
{
	unsigned int n = 0;

	memset(r, 0, REPORT_BYTES);
	r[0] = (u8)k->down[USAGE_MODIFIERS / 32];
	for (unsigned int u = 4; u < USAGE_MODIFIERS; u++) {
		if (!(k->down[u / 32] >> (u & 31) & 1))
			continue;
		if (n == KEYS) {
			memset(r + 2, USAGE_ROLL_OVER, KEYS);
			return;
		}
		r[2 + n++] = (u8)u;
	}
}

/* Queue the present state; when the ring is full, in place of the last. */
static void report_queue(struct usb_kbd *k)
{
	report_make(k, k->last);
	if (k->count < QUEUE)
		k->count++;
	memcpy(k->report[(k->first + k->count - 1) % QUEUE], k->last,
	       REPORT_BYTES);
}

/**
 * usb_kbd_key - press or release a key
 * @kbd:   a keyboard; another device does nothing
 * @usage: of HID usage page 7; 0 to 3 are no keys
 * @down:  pressed
 *
 * Context: between two slices of the machine.
 */
void usb_kbd_key(struct dev *kbd, u8 usage, bool down)
{
	struct usb_kbd *k = kbd->priv;
	u32 bit = 1u << (usage & 31);

	if (kbd->cls != &usb_kbd_class || usage < 4 ||
	    down == !!(k->down[usage / 32] & bit))
		return;
	k->down[usage / 32] ^= bit;
	report_queue(k);
	usb_wake(&k->f);
}

/**
 * usb_kbd_leds - what the guest shows on the keyboard
 * @kbd: a keyboard; another device has none
 *
 * Returns: bit 0 Num Lock, 1 Caps Lock, 2 Scroll Lock, 3 Compose, 4 Kana.
 */
u8 usb_kbd_leds(const struct dev *kbd)
{
	const struct usb_kbd *k = kbd->priv;

	return kbd->cls == &usb_kbd_class ? k->leds : 0;
}

static cycle_t idle_cycles(const struct usb_kbd *k)
{
	return clk_ns_to_cycles(k->f.dev->env->clk, (u64)k->idle * IDLE_NS);
}

static int kbd_in(struct usb_function *f, unsigned int endpoint, u8 *data,
		  u32 room)
{
	struct usb_kbd *k = container_of(f, struct usb_kbd, f);
	struct sched *sched = f->dev->env->sched;
	cycle_t now = sched_now(sched);

	(void)endpoint;
	if (room < REPORT_BYTES)
		return USB_STALL;
	if (k->count) {
		memcpy(data, k->report[k->first], REPORT_BYTES);
		k->first = (k->first + 1) % QUEUE;
		k->count--;
	} else if (k->idle && now - k->sent >= idle_cycles(k)) {
		memcpy(data, k->last, REPORT_BYTES);
	} else {
		if (k->idle && !sched_is_armed(&k->idle_over))
			sched_at(sched, &k->idle_over,
				 k->sent + idle_cycles(k));
		return USB_NAK;
	}
	k->sent = now;
	return REPORT_BYTES;
}

static void idle_fire(void *opaque, cycle_t late)
{
	struct usb_kbd *k = opaque;

	(void)late;
	/* polled again, not woken up: no key was pressed */
	if (k->f.host && !k->f.may_wake)
		usb_wake(&k->f);
}

static int kbd_descriptor(const struct usb_setup *s, u8 *data)
{
	switch (s->value >> 8) {
	case DESC_HID:
		memcpy(data, kbd_config + HID_AT, 9);
		return 9;
	case DESC_REPORT:
		memcpy(data, kbd_report_desc, sizeof(kbd_report_desc));
		return sizeof(kbd_report_desc);
	default:
		return USB_STALL;
	}
}

static int kbd_get(struct usb_kbd *k, const struct usb_setup *s, u8 *data)
{
	switch (s->request) {
	case REQ_GET_REPORT:
		if (s->value >> 8 == REPORT_OUTPUT) {
			data[0] = k->leds;
			return 1;
		}
		if (s->value >> 8 != REPORT_INPUT)
			return USB_STALL;
		report_make(k, data);
		return REPORT_BYTES;
	case REQ_GET_IDLE:
		data[0] = k->idle;
		return 1;
	case REQ_GET_PROTOCOL:
		data[0] = k->protocol;
		return 1;
	default:
		return USB_STALL;
	}
}

static int kbd_set(struct usb_kbd *k, const struct usb_setup *s,
		   const u8 *data, u32 bytes)
{
	switch (s->request) {
	case REQ_SET_REPORT:
		if (s->value >> 8 != REPORT_OUTPUT || !bytes)
			return USB_STALL;
		k->leds = data[0] & 0x1f;
		return 0;
	case REQ_SET_IDLE:
		k->idle = (u8)(s->value >> 8);
		k->sent = sched_now(k->f.dev->env->sched);
		sched_cancel(k->f.dev->env->sched, &k->idle_over);
		return 0;
	case REQ_SET_PROTOCOL:
		if (s->value > 1)
			return USB_STALL;
		k->protocol = (u8)s->value;
		return 0;
	default:
		return USB_STALL;
	}
}

static int kbd_control(struct usb_function *f, const struct usb_setup *s,
		       u8 *data, u32 bytes)
{
	struct usb_kbd *k = container_of(f, struct usb_kbd, f);

	if (s->type == 0x81 && s->request == REQ_GET_DESCRIPTOR)
		return kbd_descriptor(s, data);
	if (s->type == (USB_TYPE_CLASS_INTERFACE | USB_TYPE_IN))
		return kbd_get(k, s, data);
	if (s->type == USB_TYPE_CLASS_INTERFACE)
		return kbd_set(k, s, data, bytes);
	return USB_STALL;
}

/* The keys stay as the fingers have them; what the host set is forgotten. */
static void kbd_usb_reset(struct usb_function *f)
{
	struct usb_kbd *k = container_of(f, struct usb_kbd, f);

	k->count = 0;
	k->protocol = 1;		/* report protocol [HID] 7.2.6 */
	k->idle = 500 / 4;		/* what [HID] 7.2.4 advises */
	k->leds = 0;
	k->sent = sched_now(f->dev->env->sched);
	sched_cancel(f->dev->env->sched, &k->idle_over);
}

static const struct usb_ops kbd_ops = {
	.control = kbd_control,
	.in = kbd_in,
	.reset = kbd_usb_reset,
};

static int kbd_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct usb_kbd *k = dev->priv;
	int rc;

	k->f.is_low_speed = true;
	k->idle_over.fire = idle_fire;
	k->idle_over.opaque = k;
	k->idle_over.name = "usb-kbd-idle";
	rc = usb_function_init(&k->f, dev, &kbd_ops, &kbd_descs, msg);
	return rc ? rc : usb_attach(&k->f, node, msg);
}

static void kbd_reset(struct dev *dev, enum reset_kind kind)
{
	struct usb_kbd *k = dev->priv;

	(void)kind;
	usb_bus_reset(&k->f);
}

static void kbd_remove(struct dev *dev)
{
	struct usb_kbd *k = dev->priv;

	sched_cancel(dev->env->sched, &k->idle_over);
}

static const char *const kbd_compatible[] = { "culm,usb-kbd", NULL };

const struct dev_class usb_kbd_class = {
	.name = "usb-kbd",
	.desc = "USB keyboard",
	.compatible = kbd_compatible,
	.priv_size = sizeof(struct usb_kbd),
	.probe = kbd_probe,
	.reset = kbd_reset,
	.remove = kbd_remove,
	.own_map = true,
	.node_clk = CLK_COUNT,
};
