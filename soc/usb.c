/* SPDX-License-Identifier: MIT */
/*
 * soc/usb.c - what all USB functions share: the address, endpoint 0 with its
 * standard requests, data toggles, halted endpoints.
 *
 * Owns the private part of struct usb_function.  Must not know what a
 * function is for, nor how a host controller works.  The wire loses nothing,
 * so a packet that was given counts as received.
 */
#include "soc/usb.h"

#include "base/bits.h"

#define SETUP_BYTES	8
#define DEVICE_BYTES	18

#define REQ_GET_STATUS		0
#define REQ_CLEAR_FEATURE	1
#define REQ_SET_FEATURE		3
#define REQ_SET_ADDRESS		5
#define REQ_GET_DESCRIPTOR	6
#define REQ_GET_CONFIG		8
#define REQ_SET_CONFIG		9
#define REQ_GET_INTERFACE	10
#define REQ_SET_INTERFACE	11

#define DESC_DEVICE	1
#define DESC_CONFIG	2
#define DESC_STRING	3
#define DESC_ENDPOINT	5
#define LANG_EN_US	0x0409

#define TO_DEVICE	0	/* recipient and kind of bmRequestType */
#define TO_INTERFACE	1
#define TO_ENDPOINT	2

#define FEATURE_HALT	0	/* of an endpoint */
#define FEATURE_WAKE	1	/* of the device */
#define CONFIG_SELF	0x40	/* bmAttributes: self-powered */
#define CONFIG_WAKE	0x20

enum usb_stage { STAGE_IDLE, STAGE_IN, STAGE_OUT, STAGE_STATUS, STAGE_STALL };

/* Packet sizes out of the endpoint descriptors; false when they are broken. */
static bool parse_endpoints(struct usb_function *f)
{
	const struct usb_descriptors *d = f->descs;
	u32 at = 0;

	f->max[0][0] = f->max[1][0] = d->device[7];
	while (at + 2 <= d->config_bytes) {
		const u8 *p = d->config + at;

		if (p[0] < 2 || at + p[0] > d->config_bytes)
			return false;
		if (p[1] == DESC_ENDPOINT && p[0] >= 7)
			f->max[p[2] >> 7][p[2] & 15] =
				(u16)(p[4] | (p[5] & 7) << 8);
		at += p[0];
	}
	return at == d->config_bytes;
}

/**
 * usb_function_init - describe a function, before it is attached
 * @f:     zeroed; is_low_speed may be set
 * @dev:   its device
 * @ops:   what it does
 * @descs: its descriptors; must outlive it
 * @msg:   one line on failure
 *
 * Returns: 0; -ERR_FORMAT for descriptors whose lengths disagree.
 */
int usb_function_init(struct usb_function *f, struct dev *dev,
		      const struct usb_ops *ops,
		      const struct usb_descriptors *descs, struct errmsg *msg)
{
	f->dev = dev;
	f->ops = ops;
	f->descs = descs;
	if (!parse_endpoints(f))
		return err_set(msg, ERR_FORMAT,
			       "%s: USB configuration descriptor is broken",
			       dev->path);
	return 0;
}

/**
 * usb_attach - plug a function into the port that its node names
 * @f:    function
 * @node: its node, a child of a host controller's, reg = <port>
 * @msg:  one line on failure
 *
 * Returns: 0; -ERR_FORMAT: the parent is no USB host; -ERR_RANGE: no such
 *          port; -ERR_CONFLICT: the port is taken.
 */
int usb_attach(struct usb_function *f, const struct dev_node *node,
	       struct errmsg *msg)
{
	struct dev *up = node->parent ? node->parent(node) : NULL;
	u32 port = dev_prop_u32(node, "reg", 0);
	struct usb_host *host;

	if (!up || up->cls != &ohci_class)
		return err_set(msg, ERR_FORMAT,
			       "%s: not below a USB host controller",
			       f->dev->path);
	host = up->priv;
	if (port < 1 || port > host->ports)
		return err_set(msg, ERR_RANGE,
			       "%s: reg: %s has ports 1 to %u, not %u",
			       f->dev->path, up->path, host->ports, port);
	if (host->function[port - 1])
		return err_set(msg, ERR_CONFLICT,
			       "%s: reg: port %u of %s is taken",
			       f->dev->path, port, up->path);
	f->host = host;
	f->port = port - 1;
	host->function[f->port] = f;
	host->ops->changed(host, f->port);
	return 0;
}

/**
 * usb_detach - unplug a function
 * @f: function; not being attached is fine
 */
void usb_detach(struct usb_function *f)
{
	struct usb_host *host = f->host;

	if (!host)
		return;
	host->function[f->port] = NULL;
	f->host = NULL;
	host->ops->changed(host, f->port);
}

/**
 * usb_wake - tell the host that a function which gave USB_NAK has news
 * @f: function; not being attached is fine
 */
void usb_wake(struct usb_function *f)
{
	if (f->host)
		f->host->ops->wake(f->host, f->port);
}

static void endpoints_reset(struct usb_function *f)
{
	memset(f->toggle, 0, sizeof(f->toggle));
	memset(f->halt, 0, sizeof(f->halt));
	if (f->ops->reset)
		f->ops->reset(f);
}

/**
 * usb_bus_reset - the host drives a reset on the port
 * @f: function; afterwards in the default state, at address 0
 */
void usb_bus_reset(struct usb_function *f)
{
	f->address = f->new_address = f->config = 0;
	f->may_wake = false;
	f->stage = STAGE_IDLE;
	f->count = f->at = 0;
	endpoints_reset(f);
}

static int string_descriptor(struct usb_function *f, unsigned int index)
{
	const char *s;
	u32 n = 2;

	f->data[1] = DESC_STRING;
	if (index == 0) {
		f->data[n++] = LANG_EN_US & 255;
		f->data[n++] = LANG_EN_US >> 8;
	} else {
		if (index > f->descs->count)
			return USB_STALL;
		for (s = f->descs->strings[index - 1]; *s && n < 254; s++) {
			f->data[n++] = (u8)*s;
			f->data[n++] = 0;
		}
	}
	f->data[0] = (u8)n;
	return (int)n;
}

static int get_descriptor(struct usb_function *f)
{
	const struct usb_descriptors *d = f->descs;
	unsigned int index = f->setup.value & 255;
	u32 n;

	switch (f->setup.value >> 8) {
	case DESC_DEVICE:
		memcpy(f->data, d->device, DEVICE_BYTES);
		return DEVICE_BYTES;
	case DESC_CONFIG:
		if (index)
			return USB_STALL;
		n = d->config_bytes;
		if (n > sizeof(f->data))
			n = sizeof(f->data);
		memcpy(f->data, d->config, n);
		return (int)n;
	case DESC_STRING:
		return string_descriptor(f, index);
	default:
		return USB_STALL;
	}
}

static int set_config(struct usb_function *f)
{
	u32 n = f->setup.value & 255;

	if (n && n != f->descs->config[5])
		return USB_STALL;
	f->config = (u8)n;
	endpoints_reset(f);
	return 0;
}

static int device_feature(struct usb_function *f, bool on)
{
	if (f->setup.value != FEATURE_WAKE ||
	    !(f->descs->config[7] & CONFIG_WAKE))
		return USB_STALL;
	f->may_wake = on;
	return 0;
}

static int device_request(struct usb_function *f)
{
	switch (f->setup.request) {
	case REQ_GET_STATUS:
		f->data[0] = (u8)((f->descs->config[7] & CONFIG_SELF ? 1 : 0) |
				  (f->may_wake ? 2 : 0));
		f->data[1] = 0;
		return 2;
	case REQ_CLEAR_FEATURE:
	case REQ_SET_FEATURE:
		return device_feature(f, f->setup.request == REQ_SET_FEATURE);
	case REQ_SET_ADDRESS:
		/* in force after the status stage */
		f->new_address = f->setup.value & 127;
		return 0;
	case REQ_GET_DESCRIPTOR:
		return get_descriptor(f);
	case REQ_GET_CONFIG:
		f->data[0] = f->config;
		return 1;
	case REQ_SET_CONFIG:
		return set_config(f);
	default:
		return USB_STALL;
	}
}

static int interface_request(struct usb_function *f)
{
	switch (f->setup.request) {
	case REQ_GET_STATUS:
		memset(f->data, 0, 2);
		return 2;
	case REQ_GET_INTERFACE:
		f->data[0] = 0;
		return 1;
	case REQ_SET_INTERFACE:
		if (f->setup.value)
			return USB_STALL;
		memset(f->toggle, 0, sizeof(f->toggle));
		return 0;
	default:
		return f->ops->control ?
			       f->ops->control(f, &f->setup, f->data,
					       sizeof(f->data)) :
			       USB_STALL;
	}
}

static int endpoint_request(struct usb_function *f)
{
	unsigned int ep = f->setup.index & 15, in = f->setup.index >> 7 & 1;
	u16 bit = (u16)(1u << ep);

	if (!f->max[in][ep])
		return USB_STALL;
	switch (f->setup.request) {
	case REQ_GET_STATUS:
		f->data[0] = (f->halt[in] & bit) != 0;
		f->data[1] = 0;
		return 2;
	case REQ_CLEAR_FEATURE:
		if (f->setup.value != FEATURE_HALT)
			return USB_STALL;
		f->halt[in] &= (u16)~bit;
		if (ep)
			f->toggle[in] &= (u16)~bit;
		return 0;
	case REQ_SET_FEATURE:
		if (f->setup.value != FEATURE_HALT)
			return USB_STALL;
		if (ep)
			f->halt[in] |= bit;
		return 0;
	default:
		return USB_STALL;
	}
}

/* Do the request; bytes of the answer in data[], or USB_STALL. */
static int control_request(struct usb_function *f)
{
	switch (f->setup.type & 0x7f) {
	case TO_DEVICE:
		return device_request(f);
	case TO_INTERFACE:
		return interface_request(f);
	case TO_ENDPOINT:
		return endpoint_request(f);
	default:
		return f->ops->control ?
			       f->ops->control(f, &f->setup, f->data,
					       f->setup.type & USB_TYPE_IN ?
						       sizeof(f->data) :
						       f->count) :
			       USB_STALL;
	}
}

static int setup_packet(struct usb_function *f, const struct usb_packet *p)
{
	struct usb_setup *s = &f->setup;
	int n;

	if (p->bytes != SETUP_BYTES)
		return USB_SILENT;
	s->type = p->data[0];
	s->request = p->data[1];
	s->value = (u16)(p->data[2] | p->data[3] << 8);
	s->index = (u16)(p->data[4] | p->data[5] << 8);
	s->length = (u16)(p->data[6] | p->data[7] << 8);
	f->at = f->count = 0;
	f->toggle[0] |= 1;		/* the next stage begins with DATA1 */
	f->toggle[1] |= 1;
	f->new_address = f->address;
	if (s->length && !(s->type & USB_TYPE_IN)) {
		f->stage = s->length <= sizeof(f->data) ? STAGE_OUT :
							  STAGE_STALL;
		return USB_ACK;
	}
	n = control_request(f);
	if (n >= 0)
		f->count = (u32)n < s->length ? (u32)n : s->length;
	f->stage = n < 0 ? STAGE_STALL : s->length ? STAGE_IN : STAGE_STATUS;
	return USB_ACK;
}

/* The status stage of a request without data, or with data to the function. */
static int control_status(struct usb_function *f, struct usb_packet *p)
{
	if (f->stage == STAGE_OUT && control_request(f) < 0) {
		f->stage = STAGE_STALL;
		return USB_STALL;
	}
	f->stage = STAGE_IDLE;
	f->address = f->new_address;
	p->bytes = 0;
	p->is_data1 = true;
	return USB_ACK;
}

static int control_in(struct usb_function *f, struct usb_packet *p)
{
	u32 n = f->count - f->at;

	if (f->stage == STAGE_OUT || f->stage == STAGE_STATUS)
		return control_status(f, p);
	if (f->stage != STAGE_IN)
		return USB_STALL;
	if (n > f->max[1][0])
		n = f->max[1][0];
	memcpy(p->data, f->data + f->at, n);
	f->at += n;
	p->bytes = n;
	p->is_data1 = f->toggle[1] & 1;
	f->toggle[1] ^= 1;
	return USB_ACK;
}

static int control_out(struct usb_function *f, const struct usb_packet *p)
{
	if (f->stage == STAGE_IN) {
		f->stage = STAGE_IDLE;	/* the status stage, early or not */
		return USB_ACK;
	}
	if (f->stage != STAGE_OUT)
		return USB_STALL;
	if (p->is_data1 != (f->toggle[0] & 1))
		return USB_ACK;		/* seen before */
	if (p->bytes > f->setup.length - f->count) {
		f->stage = STAGE_STALL;
		return USB_STALL;
	}
	memcpy(f->data + f->count, p->data, p->bytes);
	f->count += p->bytes;
	f->toggle[0] ^= 1;
	return USB_ACK;
}

static int control_transact(struct usb_function *f, struct usb_packet *p)
{
	if (p->pid == USB_SETUP)
		return setup_packet(f, p);
	if (p->pid == USB_IN)
		return control_in(f, p);
	if (p->bytes > f->max[0][0])
		return USB_SILENT;
	return control_out(f, p);
}

static int data_in(struct usb_function *f, struct usb_packet *p)
{
	u16 bit = (u16)(1u << p->endpoint);
	int n;

	if (!f->ops->in || !f->max[1][p->endpoint])
		return USB_SILENT;
	if (f->halt[1] & bit)
		return USB_STALL;
	n = f->ops->in(f, p->endpoint, p->data, f->max[1][p->endpoint]);
	if (n == USB_STALL)
		f->halt[1] |= bit;
	if (n < 0)
		return n;
	p->bytes = (u32)n;
	p->is_data1 = (f->toggle[1] & bit) != 0;
	f->toggle[1] ^= bit;
	return USB_ACK;
}

static int data_out(struct usb_function *f, struct usb_packet *p)
{
	u16 bit = (u16)(1u << p->endpoint);
	int n;

	if (!f->ops->out || p->bytes > f->max[0][p->endpoint] ||
	    !f->max[0][p->endpoint])
		return USB_SILENT;
	if (f->halt[0] & bit)
		return USB_STALL;
	if (p->is_data1 != !!(f->toggle[0] & bit))
		return USB_ACK;		/* seen before */
	n = f->ops->out(f, p->endpoint, p->data, p->bytes);
	if (n == USB_STALL)
		f->halt[0] |= bit;
	if (n == USB_ACK)
		f->toggle[0] ^= bit;
	return n;
}

/**
 * usb_transact - a token, its data and its handshake
 * @f: function whose address the token has
 * @p: packet; for IN, data, bytes and PID are filled in on USB_ACK
 *
 * Returns: USB_ACK, USB_NAK, USB_STALL, USB_SILENT.
 * Source:  USB 2.0, chapters 8 and 9.
 */
int usb_transact(struct usb_function *f, struct usb_packet *p)
{
	if (p->endpoint == 0)
		return control_transact(f, p);
	if (!f->config || p->endpoint > 15)
		return USB_SILENT;
	switch (p->pid) {
	case USB_IN:
		return data_in(f, p);
	case USB_OUT:
		return data_out(f, p);
	default:
		return USB_SILENT;
	}
}
