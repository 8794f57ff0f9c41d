/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/usbd.c - the USB 2.0 device controller of the 440EP, a Mentor core
 * (MUSBHSFC) with endpoints 0 to 3, as it is with no cable in its socket.
 *
 * Owns its registers.  There is no host, so nothing is ever received, reset or
 * suspended, and what software queues in a FIFO stays there until it flushes.
 *
 * The core's registers are little-endian; the chip shows each of its words
 * with the bytes turned, which is why IntrIn, at 2 in the core, is at 0 here
 * and FAddr, at 0, is at 3 [UB cpu/ppc4xx/usbdev.h].
 */
#include "base/bits.h"
#include "soc/dev.h"

#define EPS		4
#define INDEX_MASK	0xfu
#define FIFO_MAX	1024u

#define CSR0_IN_READY		0x0002u
#define CSR0_SEND_STALL		0x0020u
#define CSR0_FLUSH		0x0100u
#define IN_READY		0x0001u
#define IN_NOT_EMPTY		0x0002u
#define IN_FLUSH		0x0008u
#define IN_KEPT			0xfc10u	/* AutoSet..FrcDataTog, SendStall */
#define OUT_KEPT		0xf820u	/* AutoClear..DMAMode, SendStall */

struct usbd {
	u32 intrin, introut, intrusb;		/* never set: no host */
	u32 intrine, introute, intrusbe;
	u32 power, faddr, tstmode, index, frame;
	u32 incsr[EPS], inmaxp[EPS], outcsr[EPS], outmaxp[EPS];
	u32 fifo[EPS];				/* bytes queued for the host */
};

static unsigned int ep(const struct usbd *u)
{
	return u->index & INDEX_MASK;
}

/* An endpoint that does not exist has no registers: reads give 0. */
static u32 indexed_read(const struct usbd *u, const u32 *cells)
{
	return ep(u) < EPS ? cells[ep(u)] : 0;
}

static u32 incsr_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct usbd *u = dev->priv;

	(void)i, (void)cell;
	return indexed_read(u, u->incsr);
}

/* Endpoint 0: control bits that act at once read 0. */
static void csr0_written(struct usbd *u, u32 val)
{
	u->incsr[0] &= CSR0_IN_READY;
	u->incsr[0] |= val & (CSR0_IN_READY | CSR0_SEND_STALL);
	if (val & CSR0_FLUSH) {
		u->incsr[0] &= ~CSR0_IN_READY;
		u->fifo[0] = 0;
	}
}

static void incsr_written(struct dev *dev, unsigned int i, u32 val)
{
	struct usbd *u = dev->priv;
	unsigned int n = ep(u);
	u32 csr;

	(void)i;
	if (n == 0) {
		csr0_written(u, val);
		return;
	}
	if (n >= EPS)
		return;
	csr = u->incsr[n] & (IN_READY | IN_NOT_EMPTY);
	csr |= val & (IN_KEPT | IN_READY);
	if (val & IN_FLUSH) {
		csr &= ~(IN_READY | IN_NOT_EMPTY);
		u->fifo[n] = 0;
	}
	if (csr & IN_READY)
		csr |= IN_NOT_EMPTY;
	u->incsr[n] = csr;
}

static u32 inmaxp_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct usbd *u = dev->priv;

	(void)i, (void)cell;
	return indexed_read(u, u->inmaxp);
}

static void inmaxp_written(struct dev *dev, unsigned int i, u32 val)
{
	struct usbd *u = dev->priv;

	(void)i;
	if (ep(u) && ep(u) < EPS)
		u->inmaxp[ep(u)] = val;
}

static u32 outcsr_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct usbd *u = dev->priv;

	(void)i, (void)cell;
	return indexed_read(u, u->outcsr);
}

static void outcsr_written(struct dev *dev, unsigned int i, u32 val)
{
	struct usbd *u = dev->priv;

	(void)i;
	if (ep(u) && ep(u) < EPS)
		u->outcsr[ep(u)] = val & OUT_KEPT;
}

static u32 outmaxp_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct usbd *u = dev->priv;

	(void)i, (void)cell;
	return indexed_read(u, u->outmaxp);
}

static void outmaxp_written(struct dev *dev, unsigned int i, u32 val)
{
	struct usbd *u = dev->priv;

	(void)i;
	if (ep(u) && ep(u) < EPS)
		u->outmaxp[ep(u)] = val;
}

/* Bytes for the host; what does not fit is lost.  Each lane is a byte. */
static void fifo_written(struct dev *dev, unsigned int i, u32 val)
{
	struct usbd *u = dev->priv;
	unsigned int n = i / 4;

	(void)val;
	if (u->fifo[n] < FIFO_MAX)
		u->fifo[n]++;
	if (n)
		u->incsr[n] |= IN_NOT_EMPTY;
}

static u32 zero_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)dev, (void)i, (void)cell;
	return 0;
}

#define CELL(nm, off, sz, fl, rst, mask, field) \
	{ .name = nm, .offset = off, .size = sz, .flags = fl, .reset = rst, \
	  .wmask = mask, .cell = offsetof(struct usbd, field), \
	  .source = "UB, MUSBHSFC" }
#define INDEXED(nm, off, mask, rd, wr) \
	{ .name = nm, .offset = off, .size = 2, .wmask = mask, \
	  .cell = REG_NO_CELL, .read = rd, .write = wr, .source = "UB, MUSBHSFC" }

/* Reset values and masks: MUSBHSFC, for endpoints 0 to 3. */
static const struct reg_desc usbd_regs[] = {
	CELL("IntrIn", 0x00, 2, REG_RO, 0, 0, intrin),
	/* ISOUpdate, SoftConn, HSEnab, Resume, EnableSuspendM */
	CELL("Power", 0x02, 1, 0, 0x20, 0xe5, power),
	CELL("FAddr", 0x03, 1, 0, 0, 0x7f, faddr),
	CELL("IntrInE", 0x04, 2, 0, 0x000f, 0x000f, intrine),
	CELL("IntrOut", 0x06, 2, REG_RO, 0, 0, introut),
	CELL("IntrUSBE", 0x08, 1, 0, 0x06, 0x0f, intrusbe),
	CELL("IntrUSB", 0x09, 1, REG_RO, 0, 0, intrusb),
	CELL("IntrOutE", 0x0a, 2, 0, 0x000e, 0x000e, introute),
	CELL("TstMode", 0x0c, 1, 0, 0, 0x3f, tstmode),
	CELL("Index", 0x0d, 1, 0, 0, INDEX_MASK, index),
	CELL("Frame", 0x0e, 2, REG_RO, 0, 0, frame),
	INDEXED("InCSR", 0x10, 0xffff, incsr_read, incsr_written),
	INDEXED("InMaxP", 0x12, 0xffff, inmaxp_read, inmaxp_written),
	INDEXED("OutCSR", 0x14, 0xffff, outcsr_read, outcsr_written),
	INDEXED("OutMaxP", 0x16, 0xffff, outmaxp_read, outmaxp_written),
	{ .name = "OutCount", .offset = 0x1a, .size = 2, .flags = REG_RO,
	  .cell = REG_NO_CELL, .read = zero_read, .source = "UB, MUSBHSFC" },
	{ .name = "FIFO", .offset = 0x20, .size = 1, .count = 4 * EPS,
	  .cell = REG_NO_CELL, .read = zero_read, .write = fifo_written,
	  .source = "UB, MUSBHSFC" },
};
#undef CELL
#undef INDEXED

static const struct reg_space usbd_spaces[] = {
	{ REG_MMIO, usbd_regs, ARRAY_SIZE(usbd_regs), 0x80 },
};

static void usbd_reset(struct dev *dev, enum reset_kind kind)
{
	struct usbd *u = dev->priv;

	(void)kind;
	memset(u->incsr, 0, sizeof(u->incsr));
	memset(u->inmaxp, 0, sizeof(u->inmaxp));
	memset(u->outcsr, 0, sizeof(u->outcsr));
	memset(u->outmaxp, 0, sizeof(u->outmaxp));
	memset(u->fifo, 0, sizeof(u->fifo));
	/* no host: no cause, whatever is enabled */
	irq_set(&dev->irq[0], false);
}

static const char *const usbd_compatible[] = {
	"culm,usb20-device", NULL
};

const struct dev_class usbd_class = {
	.name = "usbd",
	.desc = "USB 2.0 device controller, not connected",
	.compatible = usbd_compatible,
	.spaces = usbd_spaces,
	.nspaces = ARRAY_SIZE(usbd_spaces),
	.priv_size = sizeof(struct usbd),
	.reset = usbd_reset,
	.node_clk = CLK_COUNT,
};
