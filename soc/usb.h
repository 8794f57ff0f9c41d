/* SPDX-License-Identifier: MIT */
/*
 * soc/usb.h - the contract between a USB host controller and the functions
 * (a disk, a keyboard) that are plugged into its ports.
 *
 * The host moves packets; struct usb_function answers them.  usb.c holds what
 * all functions share: addresses, endpoint 0 and its standard requests, data
 * toggles and halts.  A function is a device whose node is a child of the
 * host's, reg = <port>, ports counted from 1.  Packets take no time here: the
 * host counts what they cost on the wire.
 */
#ifndef SOC_USB_H
#define SOC_USB_H

#include "base/env.h"
#include "base/err.h"
#include "soc/dev.h"

#define USB_PORTS	2		/* of the chip's host controller */
#define USB_PACKET_MAX	1024		/* bytes of data in a packet, USB 2.0 */
#define USB_CONTROL_MAX	256		/* bytes of a data stage */

enum usb_pid { USB_SETUP, USB_OUT, USB_IN };

/* What the wire says; negative where a byte count could stand as well. */
enum usb_answer {
	USB_ACK = 0,
	USB_NAK = -1,		/* later; see usb_wake */
	USB_STALL = -2,
	USB_SILENT = -3,	/* no answer at all */
};

struct usb_packet {
	enum usb_pid pid;
	unsigned int endpoint;	/* 0..15 */
	bool is_data1;		/* PID of the data; set by the answer to IN */
	u8 *data;
	u32 bytes;		/* IN: room, at least USB_PACKET_MAX; then data */
};

struct usb_setup {
	u8 type, request;	/* bmRequestType, bRequest */
	u16 value, index, length;
};

#define USB_TYPE_IN		0x80
#define USB_TYPE_CLASS_INTERFACE 0x21	/* without the direction */

struct usb_descriptors {
	const u8 *device;	/* 18 bytes; byte 7 is endpoint 0's packet */
	const u8 *config;	/* all of it: interfaces and endpoints too */
	u32 config_bytes;
	const char *const *strings;	/* index 1 and up; ASCII */
	unsigned int count;
};

struct usb_function;

struct usb_ops {
	/*
	 * A control request that is not standard, or a standard one to an
	 * interface that usb.c does not know.  @data holds the data stage, or
	 * takes up to @bytes of it.  Bytes of an answer, 0, or USB_STALL.
	 */
	int (*control)(struct usb_function *f, const struct usb_setup *setup,
		       u8 *data, u32 bytes);
	/* bytes, at most @room (the endpoint's packet), USB_NAK, USB_STALL */
	int (*in)(struct usb_function *f, unsigned int endpoint, u8 *data,
		  u32 room);
	/* USB_ACK, USB_NAK, USB_STALL */
	int (*out)(struct usb_function *f, unsigned int endpoint,
		   const u8 *data, u32 bytes);
	/* after a bus reset, and each time a configuration is chosen */
	void (*reset)(struct usb_function *f);
};

struct usb_host;

struct usb_function {
	struct dev *dev;	/* names it */
	const struct usb_ops *ops;
	const struct usb_descriptors *descs;
	bool is_low_speed;
	/* what follows is usb.c's */
	struct usb_host *host;	/* NULL: unplugged */
	unsigned int port;	/* from 0 */
	u8 address, new_address, config;
	bool may_wake;		/* remote wake-up enabled by the host */
	u16 toggle[2], halt[2];	/* bit = endpoint; [0] OUT, [1] IN */
	u16 max[2][16];		/* packet size by direction; 0: none */
	struct usb_setup setup;
	u8 stage;		/* enum usb_stage */
	u32 count, at;		/* of @data: valid, moved */
	u8 data[USB_CONTROL_MAX];
};

struct usb_host_ops {
	/* a function came or went */
	void (*changed)(struct usb_host *host, unsigned int port);
	/* one that gave USB_NAK may have something now */
	void (*wake)(struct usb_host *host, unsigned int port);
};

struct usb_host {		/* begins the priv of a host controller */
	const struct usb_host_ops *ops;
	unsigned int ports;
	struct usb_function *function[USB_PORTS];
};

extern const struct dev_class ohci_class;
extern const struct dev_class usb_kbd_class;

/* Functions call these. */
int usb_function_init(struct usb_function *f, struct dev *dev,
		      const struct usb_ops *ops,
		      const struct usb_descriptors *descs, struct errmsg *msg);
int usb_attach(struct usb_function *f, const struct dev_node *node,
	       struct errmsg *msg);
void usb_detach(struct usb_function *f);
void usb_wake(struct usb_function *f);

/* The host calls these. */
void usb_bus_reset(struct usb_function *f);
int usb_transact(struct usb_function *f, struct usb_packet *p);

/* Press or release a key of a keyboard; @usage of HID usage page 7. */
void usb_kbd_key(struct dev *kbd, u8 usage, bool down);
/* Bit 0 Num Lock, 1 Caps Lock, 2 Scroll Lock, 3 Compose, 4 Kana. */
u8 usb_kbd_leds(const struct dev *kbd);

#endif
