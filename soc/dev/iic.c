/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/iic.c - an IIC controller with nothing on its bus.
 *
 * Owns the registers and the course of a master transfer: START and an
 * address byte take their time on the bus, nobody acknowledges, STOP.  The
 * bit-banging port shows open-drain lines that only software pulls.
 */
#include "base/bits.h"
#include "soc/dev.h"

#define CNTL_HMT	0x80u	/* halt */
#define CNTL_PT		0x01u	/* pending transfer */
#define MDCNTL_FLUSH	0xc0u	/* FSDB, FMDB: self-clearing */
#define MDCNTL_FSM	0x10u	/* 400 kHz */
#define MDCNTL_EINT	0x04u
#define STS_MDBS	0x20u
#define STS_MDBF	0x10u
#define STS_ERR		0x04u
#define STS_IRQA	0x02u
#define STS_PT		0x01u
#define EXTSTS_FREE	0x40u	/* BCS: bus free */
#define EXTSTS_BUSY	0x50u	/* BCS: busy */
#define EXTSTS_ERRORS	0x07u	/* LA, ICT, XFRA */
#define EXTSTS_XFRA	0x01u	/* aborted: not acknowledged */
#define INTRMSK_DONE	0x03u	/* EITA, EIMTC */
#define XTCNTLSS_SRST	0x01u
#define DIRECT_OUT	0x0cu	/* SDAC, SCC; the monitors follow */

#define FIFO		4
#define ADDRESS_BITS	10	/* START, address byte, acknowledge, STOP */

struct iic {
	u32 mdbuf, sdbuf, lmadr, hmadr, cntl, mdcntl, sts, extsts;
	u32 lsadr, hsadr, clkdiv, intrmsk, xfrcnt, xtcntlss, direct, intr;
	u32 fifo_bytes;
	struct dev *dev;
	struct sched_event done;
};

static void iic_irq(struct iic *s)
{
	irq_set(&s->dev->irq[0], s->sts & STS_IRQA && s->mdcntl & MDCNTL_EINT);
}

static void iic_end(struct iic *s)
{
	s->cntl &= ~CNTL_PT;
	s->extsts |= EXTSTS_XFRA;
	s->xfrcnt = 0;
	if (s->intrmsk & INTRMSK_DONE)
		s->sts |= STS_IRQA;
	iic_irq(s);
}

static void iic_done(void *opaque, cycle_t late)
{
	(void)late;
	iic_end(opaque);
}

static void iic_quiet(struct iic *s)
{
	sched_cancel(s->dev->env->sched, &s->done);
	s->cntl &= ~CNTL_PT;
	s->extsts = 0;
	s->sts = 0;
	s->fifo_bytes = 0;
	iic_irq(s);
}

static void iic_cntl_write(struct dev *dev, unsigned int i, u32 val)
{
	struct iic *s = dev->priv;
	const struct dev_env *env = dev->env;
	u64 bit_ns = s->mdcntl & MDCNTL_FSM ? 2500 : 10000;

	(void)i;
	if (val & CNTL_HMT && sched_is_armed(&s->done)) {
		sched_cancel(env->sched, &s->done);
		iic_end(s);
	} else if (val & CNTL_PT && !sched_is_armed(&s->done) &&
		   !(s->xtcntlss & XTCNTLSS_SRST)) {
		sched_at(env->sched, &s->done, sched_now(env->sched) +
			 clk_ns_to_cycles(env->clk, ADDRESS_BITS * bit_ns));
	}
	s->cntl &= ~(CNTL_HMT | CNTL_PT);
	if (sched_is_armed(&s->done))
		s->cntl |= CNTL_PT;
}

static void iic_mdbuf_write(struct dev *dev, unsigned int i, u32 val)
{
	struct iic *s = dev->priv;

	(void)i;
	(void)val;
	if (s->fifo_bytes < FIFO)
		s->fifo_bytes++;
}

static void iic_mdcntl_write(struct dev *dev, unsigned int i, u32 val)
{
	struct iic *s = dev->priv;

	(void)i;
	if (val & MDCNTL_FLUSH)
		s->fifo_bytes = 0;
	s->mdcntl &= ~MDCNTL_FLUSH;
	iic_irq(s);
}

static u32 iic_sts_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct iic *s = dev->priv;

	(void)i;
	if (s->fifo_bytes)
		cell |= STS_MDBS;
	if (s->fifo_bytes == FIFO)
		cell |= STS_MDBF;
	if (s->extsts & EXTSTS_ERRORS)
		cell |= STS_ERR;
	return cell | (s->cntl & CNTL_PT ? STS_PT : 0);
}

static u32 iic_extsts_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct iic *s = dev->priv;

	(void)i;
	return cell | (s->cntl & CNTL_PT ? EXTSTS_BUSY : EXTSTS_FREE);
}

static void iic_sts_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	iic_irq(dev->priv);
}

static void iic_xtcntlss_write(struct dev *dev, unsigned int i, u32 val)
{
	struct iic *s = dev->priv;

	(void)i;
	if (val & XTCNTLSS_SRST)
		iic_quiet(s);
}

/* Open-drain lines with pull-ups: a monitor shows what is driven. */
static u32 iic_direct_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)dev;
	(void)i;
	return cell | cell >> 2;
}

#define ROW(nm, off, mask, field) { \
	.name = nm, .offset = off, .size = 1, .wmask = mask, \
	.cell = offsetof(struct iic, field), .source = "LX" }
#define CALL(nm, off, fl, rst, mask, field, rd, wr) { \
	.name = nm, .offset = off, .size = 1, .flags = fl, .reset = rst, \
	.wmask = mask, .cell = offsetof(struct iic, field), .read = rd, \
	.write = wr, .source = "LX" }

static const struct reg_desc iic_regs[] = {
	CALL("MDBUF", 0x00, 0, 0, 0xff, mdbuf, NULL, iic_mdbuf_write),
	ROW("SDBUF", 0x02, 0xff, sdbuf),
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
	CALL("XTCNTLSS", 0x0f, 0, 0, 0x01, xtcntlss, NULL,
	     iic_xtcntlss_write),
	CALL("DIRECTCNTL", 0x10, 0, DIRECT_OUT, DIRECT_OUT, direct,
	     iic_direct_read, NULL),
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
	return 0;
}

static const char *const iic_compatible[] = {
	"ibm,iic-440ep", "ibm,iic-440gp", "ibm,iic", NULL
};

const struct dev_class iic_class = {
	.name = "iic",
	.desc = "IIC controller, empty bus",
	.compatible = iic_compatible,
	.spaces = iic_spaces,
	.nspaces = ARRAY_SIZE(iic_spaces),
	.priv_size = sizeof(struct iic),
	.probe = iic_probe,
	.reset = iic_reset,
	.node_clk = CLK_COUNT,
};
