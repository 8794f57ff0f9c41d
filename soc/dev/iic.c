/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/iic.c - an IIC controller and its bus.
 *
 * Owns the registers, the four-byte buffers and the course of a master
 * transfer: (repeated) START and address, bytes in their time, STOP unless
 * the transfer is chained.  The bit-banging port drives the same bus while
 * the core is held in soft reset.  No other master exists, so arbitration is
 * never lost and the slave side only has registers.  Must not know any chip.
 *
 * EXTSTS:  0    | 1..3 | 4    | 5  | 6   | 7
 *          IRQP | BCS  | IRQD | LA | ICT | XFRA
 */
#include "base/bits.h"
#include "soc/dev.h"
#include "soc/i2c.h"

#define CNTL_HMT	0x80u	/* halt */
#define CNTL_AMD	0x40u	/* 10-bit address */
#define CNTL_RPST	0x08u	/* the next transfer begins with START */
#define CNTL_CHT	0x04u	/* the next transfer continues this one */
#define CNTL_READ	0x02u
#define CNTL_PT		0x01u	/* pending transfer */
#define CNTL_COUNT(c)	(((c) >> 4 & 3) + 1)
#define MDCNTL_FSDB	0x80u	/* flush: self-clearing */
#define MDCNTL_FMDB	0x40u
#define MDCNTL_FSM	0x10u	/* 400 kHz */
#define MDCNTL_EINT	0x04u
#define STS_MDBS	0x20u
#define STS_MDBF	0x10u
#define STS_SCMP	0x08u	/* stop complete */
#define STS_ERR		0x04u
#define STS_IRQA	0x02u
#define STS_PT		0x01u
#define EXTSTS_IRQP	0x80u	/* a third interrupt waits */
#define EXTSTS_UNKNOWN	0x00u	/* BCS */
#define EXTSTS_MASTER	0x30u
#define EXTSTS_FREE	0x40u
#define EXTSTS_BUSY	0x50u
#define EXTSTS_IRQD	0x08u	/* a second interrupt waits */
#define EXTSTS_ERRORS	0x07u	/* LA, ICT, XFRA */
#define EXTSTS_ICT	0x02u	/* incomplete: data not acknowledged */
#define EXTSTS_XFRA	0x01u	/* aborted: address not acknowledged, halt */
#define INTR_HALT	0x08u	/* EIHE */
#define INTR_ICT	0x04u	/* EIIC */
#define INTR_ABORT	0x02u	/* EITA */
#define INTR_DONE	0x01u	/* EIMTC */
#define XTCNTLSS_SRST	0x01u
#define DIRECT_SDAC	0x08u
#define DIRECT_SCC	0x04u
#define DIRECT_MSDA	0x02u
#define DIRECT_MSC	0x01u
#define DIRECT_OUT	(DIRECT_SDAC | DIRECT_SCC)

#define FIFO		4
#define ADDRESS_BITS	10	/* START, address byte, acknowledge, STOP */
#define BYTE_BITS	9

/* What the next event does. */
enum step { STEP_NONE, STEP_ADDRESS, STEP_ADDRESS_LOW, STEP_ADDRESS_AGAIN,
	    STEP_DATA, STEP_STALL };

struct fifo {
	u32 bytes, head;
	u8 byte[FIFO];
};

struct iic {
	u32 mdbuf, sdbuf, lmadr, hmadr, cntl, mdcntl, sts, extsts;
	u32 lsadr, hsadr, clkdiv, intrmsk, xfrcnt, xtcntlss, direct, intr;
	struct fifo master, slave;
	struct i2c_bus bus;
	enum step step;
	u32 left;		/* bytes of this transfer */
	bool is_held;		/* no STOP after the last transfer */
	bool wants_start;	/* ... and it asked for a repeated START */
	bool is_reading;	/* direction of what is held */
	struct dev *dev;
	struct sched_event done;
};

static bool fifo_put(struct fifo *f, u8 byte)
{
	if (f->bytes == FIFO)
		return false;
	f->byte[(f->head + f->bytes++) % FIFO] = byte;
	return true;
}

static u8 fifo_get(struct fifo *f)
{
	u8 byte = f->byte[f->head];

	if (!f->bytes)
		return 0;
	f->head = (f->head + 1) % FIFO;
	f->bytes--;
	return byte;
}

static void iic_irq(struct iic *s)
{
	irq_set(&s->dev->irq[0], s->sts & STS_IRQA && s->mdcntl & MDCNTL_EINT);
}

/* One more interrupt: active, on deck, or pending behind that. */
static void iic_raise(struct iic *s, u32 causes)
{
	if (!(s->intrmsk & causes))
		return;
	if (!(s->sts & STS_IRQA))
		s->sts |= STS_IRQA;
	else if (!(s->extsts & EXTSTS_IRQD))
		s->extsts |= EXTSTS_IRQD;
	else
		s->extsts |= EXTSTS_IRQP;
	iic_irq(s);
}

static void iic_stop(struct iic *s)
{
	i2c_stop(&s->bus);
	s->is_held = false;
	s->wants_start = false;
	s->sts |= STS_SCMP;
}

/* The transfer is over; @errors: bits of EXTSTS. */
static void iic_end(struct iic *s, u32 errors, u32 causes)
{
	s->step = STEP_NONE;
	if (errors || !(s->cntl & (CNTL_CHT | CNTL_RPST))) {
		iic_stop(s);
	} else {
		s->is_held = true;
		s->wants_start = !!(s->cntl & CNTL_RPST);
		s->is_reading = !!(s->cntl & CNTL_READ);
	}
	s->cntl &= ~CNTL_PT;
	s->extsts |= errors;
	iic_raise(s, causes | INTR_DONE);
}

static void iic_after(struct iic *s, enum step step, unsigned int bits)
{
	const struct dev_env *env = s->dev->env;
	u64 ticks = (u64)(s->clkdiv + 1) * (s->mdcntl & MDCNTL_FSM ? 25 : 100);

	s->step = step;
	sched_at(env->sched, &s->done, sched_now(env->sched) +
		 clk_ticks_to_cycles(env->clk, CLK_OPB, bits * ticks));
}

/* Wait for a byte's time, or for software to fill or empty the buffer. */
static void iic_next(struct iic *s)
{
	bool is_stalled = s->cntl & CNTL_READ ? s->master.bytes == FIFO :
						!s->master.bytes;

	if (is_stalled)
		s->step = STEP_STALL;
	else
		iic_after(s, STEP_DATA, BYTE_BITS);
}

static void iic_data(struct iic *s)
{
	if (s->cntl & CNTL_READ) {
		fifo_put(&s->master, i2c_read(&s->bus));
	} else if (!i2c_write(&s->bus, fifo_get(&s->master))) {
		iic_end(s, EXTSTS_ICT, INTR_ICT);
		return;
	}
	s->xfrcnt = (s->xfrcnt & ~7u) | ((s->xfrcnt + 1) & 7);
	if (--s->left)
		iic_next(s);
	else
		iic_end(s, 0, 0);
}

/* The last address byte is out. */
static void iic_addressed(struct iic *s, bool is_acked)
{
	if (is_acked)
		iic_next(s);
	else
		iic_end(s, EXTSTS_XFRA, INTR_ABORT);
}

static void iic_address(struct iic *s)
{
	bool is_read = s->cntl & CNTL_READ;

	i2c_start(&s->bus);
	if (!(s->cntl & CNTL_AMD))
		iic_addressed(s, i2c_write(&s->bus, (u8)((s->lmadr & 0xfe) |
							 is_read)));
	else if (i2c_write(&s->bus, (u8)(0xf0 | (s->hmadr & 6))))
		iic_after(s, STEP_ADDRESS_LOW, BYTE_BITS);
	else
		iic_addressed(s, false);
}

/* The second byte; a read then repeats START and the first. */
static void iic_address_low(struct iic *s)
{
	bool is_acked = i2c_write(&s->bus, (u8)s->lmadr);

	if (is_acked && s->cntl & CNTL_READ)
		iic_after(s, STEP_ADDRESS_AGAIN, ADDRESS_BITS);
	else
		iic_addressed(s, is_acked);
}

static void iic_address_again(struct iic *s)
{
	i2c_start(&s->bus);
	iic_addressed(s, i2c_write(&s->bus, (u8)(0xf1 | (s->hmadr & 6))));
}

static void iic_done(void *opaque, cycle_t late)
{
	struct iic *s = opaque;

	(void)late;
	switch (s->step) {
	case STEP_ADDRESS:
		iic_address(s);
		break;
	case STEP_ADDRESS_LOW:
		iic_address_low(s);
		break;
	case STEP_ADDRESS_AGAIN:
		iic_address_again(s);
		break;
	case STEP_DATA:
		iic_data(s);
		break;
	default:
		break;
	}
}

static void iic_quiet(struct iic *s)
{
	sched_cancel(s->dev->env->sched, &s->done);
	s->step = STEP_NONE;
	s->cntl &= ~CNTL_PT;
	s->extsts = 0;
	s->sts = 0;
	s->is_held = false;
	s->wants_start = false;
	memset(&s->master, 0, sizeof(s->master));
	memset(&s->slave, 0, sizeof(s->slave));
	/* software that toggles the lines sends its own STOP */
	if (s->bus.bit == I2C_BIT_IDLE)
		i2c_stop(&s->bus);
	iic_irq(s);
}

static void iic_begin(struct iic *s)
{
	bool is_read = s->cntl & CNTL_READ;

	s->cntl |= CNTL_PT;
	s->xfrcnt &= ~7u;
	s->left = CNTL_COUNT(s->cntl);
	if (s->is_held && !s->wants_start && s->is_reading == is_read)
		iic_next(s);
	else
		iic_after(s, STEP_ADDRESS, ADDRESS_BITS);
}

static void iic_halt(struct iic *s)
{
	if (s->step == STEP_NONE && !s->is_held)
		return;
	sched_cancel(s->dev->env->sched, &s->done);
	iic_end(s, EXTSTS_XFRA, INTR_HALT | INTR_ABORT);
}

static void iic_cntl_write(struct dev *dev, unsigned int i, u32 val)
{
	struct iic *s = dev->priv;

	(void)i;
	s->cntl &= ~CNTL_HMT;
	if (s->step != STEP_NONE)
		s->cntl |= CNTL_PT;
	else
		s->cntl &= ~CNTL_PT;
	if (val & CNTL_HMT)
		iic_halt(s);
	else if (val & CNTL_PT && s->step == STEP_NONE &&
		 !(s->xtcntlss & XTCNTLSS_SRST))
		iic_begin(s);
}

static void iic_resume(struct iic *s)
{
	if (s->step == STEP_STALL)
		iic_next(s);
}

static u32 iic_mdbuf_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct iic *s = dev->priv;
	u8 byte = fifo_get(&s->master);

	(void)i;
	(void)cell;
	iic_resume(s);
	return byte;
}

static void iic_mdbuf_write(struct dev *dev, unsigned int i, u32 val)
{
	struct iic *s = dev->priv;

	(void)i;
	fifo_put(&s->master, (u8)val);
	iic_resume(s);
}

static u32 iic_sdbuf_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)i;
	(void)cell;
	return fifo_get(&((struct iic *)dev->priv)->slave);
}

static void iic_sdbuf_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	fifo_put(&((struct iic *)dev->priv)->slave, (u8)val);
}

static void iic_mdcntl_write(struct dev *dev, unsigned int i, u32 val)
{
	struct iic *s = dev->priv;

	(void)i;
	if (val & MDCNTL_FMDB)
		memset(&s->master, 0, sizeof(s->master));
	if (val & MDCNTL_FSDB)
		memset(&s->slave, 0, sizeof(s->slave));
	s->mdcntl &= ~(MDCNTL_FMDB | MDCNTL_FSDB);
	iic_irq(s);
}

static u32 iic_sts_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct iic *s = dev->priv;

	(void)i;
	if (s->master.bytes)
		cell |= STS_MDBS;
	if (s->master.bytes == FIFO)
		cell |= STS_MDBF;
	if (s->extsts & EXTSTS_ERRORS)
		cell |= STS_ERR;
	return cell | (s->cntl & CNTL_PT ? STS_PT : 0);
}

/* Clearing the active interrupt lets the one on deck take its place. */
static void iic_sts_write(struct dev *dev, unsigned int i, u32 val)
{
	struct iic *s = dev->priv;

	(void)i;
	if (val & STS_IRQA && s->extsts & EXTSTS_IRQD) {
		s->sts |= STS_IRQA;
		s->extsts &= ~EXTSTS_IRQD;
		if (s->extsts & EXTSTS_IRQP)
			s->extsts ^= EXTSTS_IRQP | EXTSTS_IRQD;
		irq_set(&s->dev->irq[0], false);
	}
	iic_irq(s);
}

static u32 iic_extsts_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct iic *s = dev->priv;

	(void)i;
	if (s->xtcntlss & XTCNTLSS_SRST)
		return cell | EXTSTS_UNKNOWN;
	if (s->step != STEP_NONE || s->is_held)
		return cell | EXTSTS_MASTER;
	return cell | (i2c_sda(&s->bus) ? EXTSTS_FREE : EXTSTS_BUSY);
}

/* In soft reset the lines are software's, otherwise the core lets go. */
static void iic_lines(struct iic *s)
{
	u32 out = s->xtcntlss & XTCNTLSS_SRST ? s->direct : DIRECT_OUT;

	i2c_drive(&s->bus, out & DIRECT_SCC, out & DIRECT_SDAC);
}

static void iic_xtcntlss_write(struct dev *dev, unsigned int i, u32 val)
{
	struct iic *s = dev->priv;

	(void)i;
	if (val & XTCNTLSS_SRST)
		iic_quiet(s);
	iic_lines(s);
}

static void iic_direct_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	iic_lines(dev->priv);
}

static u32 iic_direct_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct iic *s = dev->priv;

	(void)i;
	return cell | (i2c_sda(&s->bus) ? DIRECT_MSDA : 0) |
	       (s->bus.scl ? DIRECT_MSC : 0);
}

#define ROW(nm, off, mask, field) { \
	.name = nm, .offset = off, .size = 1, .wmask = mask, \
	.cell = offsetof(struct iic, field), .source = "LX" }
#define CALL(nm, off, fl, rst, mask, field, rd, wr) { \
	.name = nm, .offset = off, .size = 1, .flags = fl, .reset = rst, \
	.wmask = mask, .cell = offsetof(struct iic, field), .read = rd, \
	.write = wr, .source = "LX" }

/* The data buffers take halfwords too: two bytes, in order. */
static const struct reg_desc iic_regs[] = {
	{ .name = "MDBUF", .offset = 0x00, .size = 1, .count = 2, .stride = 1,
	  .wmask = 0, .cell = REG_NO_CELL, .read = iic_mdbuf_read,
	  .write = iic_mdbuf_write, .source = "LX,UB" },
	{ .name = "SDBUF", .offset = 0x02, .size = 1, .count = 2, .stride = 1,
	  .wmask = 0, .cell = REG_NO_CELL, .read = iic_sdbuf_read,
	  .write = iic_sdbuf_write, .source = "LX,UB" },
	ROW("LMADR", 0x04, 0xff, lmadr),
	ROW("HMADR", 0x05, 0xff, hmadr),
	CALL("CNTL", 0x06, 0, 0, 0x7e, cntl, NULL, iic_cntl_write),
	CALL("MDCNTL", 0x07, 0, 0, 0xff, mdcntl, NULL, iic_mdcntl_write),
	CALL("STS", 0x08, REG_W1C, 0, 0xca, sts, iic_sts_read,
	     iic_sts_write),
	CALL("EXTSTS", 0x09, REG_W1C, 0, 0x8f, extsts, iic_extsts_read,
	     NULL),
	ROW("LSADR", 0x0a, 0xff, lsadr),
	ROW("HSADR", 0x0b, 0xff, hsadr),
	ROW("CLKDIV", 0x0c, 0xff, clkdiv),
	ROW("INTRMSK", 0x0d, 0xff, intrmsk),
	ROW("XFRCNT", 0x0e, 0x77, xfrcnt),
	CALL("XTCNTLSS", 0x0f, 0, 0, 0x03, xtcntlss, NULL,
	     iic_xtcntlss_write),
	CALL("DIRECTCNTL", 0x10, 0, DIRECT_OUT, DIRECT_OUT, direct,
	     iic_direct_read, iic_direct_write),
	ROW("INTR", 0x11, 0, intr),
};
#undef ROW
#undef CALL

static const struct reg_space iic_spaces[] = {
	{ REG_MMIO, iic_regs, ARRAY_SIZE(iic_regs), 0x14 },
};

static void iic_reset(struct dev *dev, enum reset_kind kind)
{
	(void)kind;
	iic_quiet(dev->priv);
	iic_lines(dev->priv);
}

static int iic_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct iic *s = dev->priv;

	(void)node;
	(void)msg;
	s->dev = dev;
	s->done.fire = iic_done;
	s->done.opaque = s;
	s->done.name = "iic-done";
	i2c_bus_init(&s->bus);
	return 0;
}

static void iic_remove(struct dev *dev)
{
	struct iic *s = dev->priv;

	sched_cancel(dev->env->sched, &s->done);
}

static const char *const iic_compatible[] = {
	"ibm,iic-440ep", "ibm,iic-440gp", "ibm,iic", NULL
};

const struct dev_class iic_class = {
	.name = "iic",
	.desc = "IIC controller",
	.compatible = iic_compatible,
	.spaces = iic_spaces,
	.nspaces = ARRAY_SIZE(iic_spaces),
	.priv_size = sizeof(struct iic),
	.probe = iic_probe,
	.reset = iic_reset,
	.remove = iic_remove,
	.node_clk = CLK_COUNT,
};

/**
 * i2c_bus_of - the bus behind a controller
 * @dev: device, or NULL
 *
 * Returns: its bus, NULL when @dev is no probed I2C controller.
 */
struct i2c_bus *i2c_bus_of(struct dev *dev)
{
	struct iic *s = dev && dev->cls == &iic_class ? dev->priv : NULL;

	return s && s->dev ? &s->bus : NULL;
}
