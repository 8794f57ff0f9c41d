/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/do.c - what each op does to the machine of rig.h.
 *
 * The only bound that this file sets is on the count of ops and of events: a
 * device that works without end in one access or event is a finding, which
 * the fuzzer's time limit tells.
 */
#include "soc/i2c.h"
#include "soc/pci_bus.h"
#include "soc/usb.h"
#include "tests/fuzz/rig.h"

#define EVENTS		64u	/* most that one op lets happen */
#define OP_CYCLES	64u	/* that an op itself takes */
#define FRAME_MAX	4096u
#define FAR		((cycle_t)1 << 44)	/* hours: no step goes further */

static const struct rig_window *window_at(const struct rig *r, u32 i)
{
	return r->windows ? &r->window[i % r->windows] : NULL;
}

static void space_write(struct rig *r, const struct rig_window *w, u32 off,
			unsigned int size, u32 val)
{
	off %= w->span;
	if (w->kind == RIG_DCR)
		(void)dcr_write(&r->dcr, (u32)w->base + off, val);
	else
		(void)bus_write(&r->bus, w->base + off, size,
				w->is_le ? pci_swap(val, size) : val);
}

static void space_read(struct rig *r, const struct rig_window *w, u32 off,
		       unsigned int size)
{
	u32 val = 0;

	off %= w->span;
	if (w->kind == RIG_DCR)
		(void)dcr_read(&r->dcr, (u32)w->base + off, &val);
	else
		(void)bus_read(&r->bus, w->base + off, size, &val);
	r->ends.sum += val;
}

static void do_write(struct rig *r, const struct op *op)
{
	const struct rig_window *w = window_at(r, op->arg[0]);

	if (w)
		space_write(r, w, op->arg[1], 1u << (op->code - OP_WRITE1),
			    op->arg[2]);
}

static void do_read(struct rig *r, const struct op *op)
{
	const struct rig_window *w = window_at(r, op->arg[1]);

	for (unsigned int i = op_times(op->arg[0]); w && i; i--)
		space_read(r, w, op->arg[2], op_size(op->arg[0]));
}

static void do_fifo(struct rig *r, const struct op *op)
{
	const struct rig_window *w = window_at(r, op->arg[0]);

	for (unsigned int i = 0; w && i < op->bytes; i++)
		space_write(r, w, op->arg[1], 1, op->byte[i]);
}

static void mem_write(struct rig *r, u32 at, const u8 *p, u32 bytes)
{
	at %= RIG_RAM;
	if (bytes > RIG_RAM - at)
		bytes = RIG_RAM - at;
	memcpy(r->ram + at, p, bytes);
	r->bus.dma_wrote(r, at, bytes);
}

static void do_words(struct rig *r, const struct op *op)
{
	u8 b[4 * OP_VALUES];

	for (unsigned int i = 0; i < op->vals; i++) {
		u32 v = op->val[i];

		if (op->code == OP_MEM_BE)
			v = __builtin_bswap32(v);
		pci_st32(b + 4 * i, v);
	}
	mem_write(r, op->arg[0], b, 4 * op->vals);
}

/* Let time pass up to @until, or until enough has happened. */
static void pass(struct rig *r, cycle_t until, unsigned int events)
{
	for (; events && sched_next(&r->sched) <= until; events--) {
		cycle_t next = sched_next(&r->sched);

		if (next > r->now)
			r->now = next;
		sched_advance(&r->sched, r->now);
	}
	if (events) {
		r->now = until;
		sched_advance(&r->sched, until);
	}
}

static void do_step(struct rig *r, const struct op *op)
{
	for (u32 n = op->arg[0] % EVENTS; n; n--) {
		cycle_t next = sched_next(&r->sched);

		if (next > r->now + FAR)
			return;
		pass(r, next > r->now ? next : r->now, 1);
	}
}

static void do_frame(struct rig *r, const struct op *op)
{
	u8 f[FRAME_MAX];
	u32 bytes = op->arg[1] % (FRAME_MAX + 1);

	for (u32 i = 0; i < bytes; i++)
		f[i] = i < 6 ? 0xff : (u8)i;
	memcpy(f, op->byte, op->bytes < bytes ? op->bytes : bytes);
	ends_frame(&r->ends, op->arg[0], f, bytes);
}

static struct dev *find_class(const struct rig *r, const char *name)
{
	for (unsigned int i = 0; i < r->board.count; i++)
		if (r->board.node[i].dev &&
		    !strcmp(r->board.node[i].cls->name, name))
			return r->board.node[i].dev;
	return NULL;
}

static void do_host(struct rig *r, const struct op *op)
{
	u32 v = op->arg[1];
	struct dev *kbd;

	switch ((enum op_host)(op->arg[0] % HOST_ACTIONS)) {
	case HOST_FAILS:
		r->ends.fails = v;
		break;
	case HOST_LINK_DOWN:
	case HOST_LINK_UP:
		ends_link(&r->ends, v, op->arg[0] % HOST_ACTIONS ==
			  HOST_LINK_UP);
		break;
	case HOST_BREAK:
		ends_break(&r->ends, v);
		break;
	case HOST_MODEM:
		ends_modem(&r->ends, v, v >> 4);
		break;
	default:
		kbd = find_class(r, "usb-kbd");
		if (kbd)
			usb_kbd_key(kbd, (u8)v, op->arg[0] % HOST_ACTIONS ==
				    HOST_KEY_DOWN);
	}
}

static void do_irq(struct rig *r, const struct op *op)
{
	const struct dev_class *c = r->dev->cls;

	if (c->irq_in && c->irq_inputs)
		c->irq_in(r->dev, op->arg[0] % c->irq_inputs, op->arg[1] & 1);
}

static void do_config(struct rig *r, const struct op *op)
{
	unsigned int size = op_size(op->arg[0]);
	u32 at = op->arg[1], val = op->arg[2];

	if (r->card && at % 4 + size <= 4)
		pci_card_config_write(r->card, at, size, val);
}

static void do_any(struct rig *r, const struct op *op)
{
	unsigned int size = op_size(op->arg[0]);
	u32 val = op->arg[2];

	if (op->arg[1] < RIG_RAM)
		return;
	r->is_wide = true;
	if (op->arg[0] & 4)
		(void)bus_write(&r->bus, op->arg[1], size, val);
	else
		(void)bus_read(&r->bus, op->arg[1], size, &val);
}

/* A message to the chips of the bus that the target is, or is on. */
static void do_i2c(struct i2c_bus *bus, const struct op *op)
{
	i2c_start(bus);
	for (unsigned int i = 0; i < op->bytes; i++)
		(void)i2c_write(bus, op->byte[i]);
	for (unsigned int i = 0; i < (op->arg[0] >> 2); i++)
		(void)i2c_read(bus);
	if (op->arg[0] & 1)
		i2c_stop(bus);
}

/* A packet to a function, in the sequence that a host controller keeps. */
static void do_usb(struct usb_function *f, const struct op *op)
{
	u8 data[USB_PACKET_MAX] = { 0 };
	struct usb_packet p = {
		.pid = (enum usb_pid)((op->arg[0] & 3) % 3),
		.endpoint = op->arg[0] >> 2 & 15,
		.is_data1 = op->arg[0] & 0x40,
		.data = data,
		.bytes = op->bytes,
	};

	if (op->arg[0] & 0x80) {
		usb_bus_reset(f);
		return;
	}
	memcpy(data, op->byte, op->bytes);
	if (p.pid == USB_IN)
		p.bytes = USB_PACKET_MAX;
	else if (p.pid == USB_SETUP && p.bytes < 8)
		p.bytes = 8;
	(void)usb_transact(f, &p);
}

static void do_part(struct rig *r, const struct op *op)
{
	const struct board_node *n = r->board.node;
	const struct usb_host *host;

	for (unsigned int i = 0; i < r->board.count; i++, n++) {
		size_t len = strlen(n->path);

		if (!n->dev || strncmp(r->dev->path, n->path, len))
			continue;
		if (!strcmp(n->cls->name, "iic"))
			do_i2c(i2c_bus_of(n->dev), op);
		if (strcmp(n->cls->name, "ohci") || n->dev == r->dev)
			continue;
		host = n->dev->priv;
		for (unsigned int p = 0; p < host->ports; p++)
			if (host->function[p] &&
			    host->function[p]->dev == r->dev)
				do_usb(host->function[p], op);
	}
}

static void do_one(struct rig *r, const struct op *op)
{
	switch (op->code) {
	case OP_WRITE1:
	case OP_WRITE2:
	case OP_WRITE4:
		do_write(r, op);
		break;
	case OP_READ:
		do_read(r, op);
		break;
	case OP_FIFO:
		do_fifo(r, op);
		break;
	case OP_MEM_BE:
	case OP_MEM_LE:
		do_words(r, op);
		break;
	case OP_MEM:
		mem_write(r, op->arg[0], op->byte, op->bytes);
		break;
	case OP_TIME:
		pass(r, r->now + ((op->arg[1] + 1ull) << op->arg[0] % 36),
		     EVENTS);
		break;
	case OP_STEP:
		do_step(r, op);
		break;
	case OP_FRAME:
		do_frame(r, op);
		break;
	case OP_LINE:
		ends_line(&r->ends, op->arg[0], op->byte, op->bytes);
		break;
	case OP_HOST:
		do_host(r, op);
		break;
	case OP_IRQ:
		do_irq(r, op);
		break;
	case OP_RESET:
		r->wants_reset = op->arg[0] & 1 ? RESET_CHIP : RESET_SYSTEM;
		break;
	case OP_CONFIG:
		do_config(r, op);
		break;
	case OP_ANY:
		do_any(r, op);
		break;
	case OP_PART:
		do_part(r, op);
		break;
	default:
		break;
	}
}

/**
 * rig_do - one op, and the little time that it takes
 * @r:  machine with a target, started
 * @op: what to do
 */
void rig_do(struct rig *r, const struct op *op)
{
	do_one(r, op);
	pass(r, r->now + OP_CYCLES, EVENTS);
	if (r->wants_reset) {
		r->is_wide = true;
		board_reset(&r->board, r->wants_reset);
		r->wants_reset = 0;
	}
}
