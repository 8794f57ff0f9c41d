/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/ohci.c - the USB 1.1 host controller of the 440EP (OHCI 1.0a, with
 * big-endian registers and descriptors): registers, interrupts, frames.
 *
 * Owns the operational registers and the frame counter.  Must not know what
 * descriptors mean (ohci_list.c) nor the functions (soc/usb.h).
 *
 * A frame's work is done at once, at its start.  Frame numbers follow from
 * the time; an event comes each frame only while there is something to serve
 * or to see.  After QUIET_FRAMES frames in which no descriptor moved, the
 * periodic list is looked at every STRIDE_LISTS frames (for all of them), and
 * without lists the HCCA gets its frame number every STRIDE_IDLE frames.  An
 * access to a register, and a function that has news, end the quiet.
 */
#include "soc/dev/ohci.h"

#include "base/bits.h"

#define QUIET_FRAMES	40	/* the 32 lists of the HCCA, and some */
#define STRIDE_LISTS	32
#define STRIDE_IDLE	256
#define FRAMES_AT_ONCE	32	/* as many as the HCCA has lists */

#define BITS_PER_US	12
#define FI_MASK		0x3fffu
#define FI_MIN		5999	/* our bound on mad guests: 2 kHz */
#define FIT		0x80000000u
#define FRAME_MSB	0x8000u

static void tick_arm(struct ohci *o);

/**
 * ohci_irq - drive the two interrupt lines from the status
 * @o: controller; line 0 is the normal one, line 1 the SMI
 *
 * Source: OHCI 1.0a, 7.1.2 InterruptRouting, 7.1.4 OwnershipChange.
 */
void ohci_irq(struct ohci *o)
{
	u32 on = o->intenable & INT_MIE ? o->intstatus & o->intenable : 0;
	bool any = (on & ~INT_OC) != 0;
	bool smi = (o->control & CTL_IR) != 0;

	irq_set(&o->dev->irq[0], any && !smi);
	irq_set(&o->dev->irq[1], (any && smi) || (on & INT_OC));
}

/**
 * ohci_raise - set bits of HcInterruptStatus
 * @o:    controller
 * @bits: INT_x
 */
void ohci_raise(struct ohci *o, u32 bits)
{
	o->intstatus |= bits;
	ohci_irq(o);
}

/**
 * ohci_error - the bus rejected an address: UnrecoverableError
 * @o: controller; does nothing more until it is reset
 *
 * Source: OHCI 1.0a, 4.2.2 and 7.1.4.
 */
void ohci_error(struct ohci *o)
{
	o->is_dead = true;
	o->budget = 0;
	sched_cancel(o->dev->env->sched, &o->tick);
	ohci_raise(o, INT_UE);
}

static bool is_running(const struct ohci *o)
{
	return (o->control & CTL_HCFS) == HCFS_OPER && !o->is_dead;
}

static u64 now_bits(const struct ohci *o)
{
	const struct dev_env *env = o->dev->env;

	return clk_time_ns(env->clk, sched_now(env->sched)) * BITS_PER_US /
	       1000;
}

static u32 frame_bits(const struct ohci *o)
{
	u32 fi = o->fminterval & FI_MASK;

	return (fi < FI_MIN ? FI_MIN : fi) + 1;
}

static void hcca_frame(struct ohci *o)
{
	u8 b[4];

	/* the number is the first half-word [LX] ohci.h: ohci_frame_no */
	stb32(b, (u32)o->frame << 16);
	if (bus_dma_write_by(o->dev->env->bus, BUS_OPB, o->hcca + HCCA_FRAME,
			     b, 4) < 0)
		ohci_error(o);
}

/* Let the frames begin that have begun by now. */
static void frames_sync(struct ohci *o)
{
	u64 now, n;
	u16 was;

	if (!is_running(o))
		return;
	now = now_bits(o);
	if (now < o->frame_start + frame_bits(o))
		return;
	n = (now - o->frame_start) / frame_bits(o);
	was = o->frame;
	o->frame = (u16)(was + n);
	o->frame_start += n * frame_bits(o);
	o->frt = o->fminterval & FIT;
	o->intstatus |= INT_SF;
	if ((was ^ o->frame) & FRAME_MSB || n >= FRAME_MSB)
		o->intstatus |= INT_FNO;
	hcca_frame(o);
	ohci_irq(o);
}

/* Hand the done queue over, when its delay is over and the last was taken. */
static void done_writeback(struct ohci *o)
{
	u32 others = o->intstatus & o->intenable & ~INT_WDH;
	u8 b[4];

	if (o->delay && o->delay != DELAY_NONE)
		o->delay--;
	if (o->delay || o->intstatus & INT_WDH)
		return;
	stb32(b, o->done_head | (others ? 1 : 0));
	if (bus_dma_write_by(o->dev->env->bus, BUS_OPB, o->hcca + HCCA_DONE,
			     b, 4) < 0) {
		ohci_error(o);
		return;
	}
	o->done_head = 0;
	o->delay = DELAY_NONE;
	o->progressed = true;
	ohci_raise(o, INT_WDH);
}

static void tick_fire(void *opaque, cycle_t late)
{
	struct ohci *o = opaque;
	u16 n;

	(void)late;
	frames_sync(o);
	n = (u16)(o->frame - o->worked);
	if (n > FRAMES_AT_ONCE)
		n = FRAMES_AT_ONCE;
	o->progressed = false;
	for (; n && is_running(o); n--) {
		done_writeback(o);
		if (is_running(o))
			ohci_frame_lists(o, (u16)(o->frame - n + 1));
		o->quiet++;
	}
	o->worked = o->frame;
	if (o->progressed || o->delay != DELAY_NONE)
		o->quiet = 0;
	tick_arm(o);
}

/* Frames until somebody could tell that the next one had not begun. */
static u32 tick_stride(const struct ohci *o)
{
	u32 n = o->control & CTL_LISTS ? STRIDE_LISTS : STRIDE_IDLE;
	u32 to_overflow = FRAME_MSB - (o->frame & (FRAME_MSB - 1u));

	if ((o->intenable & (INT_MIE | INT_SF)) == (INT_MIE | INT_SF))
		return 1;
	if (o->delay != DELAY_NONE)
		return 1;
	if (o->quiet < QUIET_FRAMES)
		return 1;
	return n < to_overflow ? n : to_overflow;
}

static void tick_arm(struct ohci *o)
{
	const struct dev_env *env = o->dev->env;
	u64 bits;

	if (!is_running(o)) {
		sched_cancel(env->sched, &o->tick);
		return;
	}
	bits = o->frame_start;
	if (o->worked == o->frame)	/* else one has begun: serve it now */
		bits += (u64)tick_stride(o) * frame_bits(o);
	sched_at(env->sched, &o->tick, clk_time_cycles(env->clk,
			(bits * 1000 + BITS_PER_US - 1) / BITS_PER_US));
}

/**
 * ohci_touch - something may have changed: serve each frame again
 * @o: controller
 */
void ohci_touch(struct ohci *o)
{
	bool was_quiet = o->quiet >= QUIET_FRAMES;

	o->quiet = 0;
	if (!is_running(o))
		return;
	frames_sync(o);
	if (was_quiet)			/* those frames had nothing to do */
		o->worked = o->frame;
	tick_arm(o);
}

/**
 * ohci_set_state - change HCFS
 * @o:    controller
 * @hcfs: HCFS_x
 */
void ohci_set_state(struct ohci *o, u32 hcfs)
{
	frames_sync(o);
	o->control = (o->control & ~CTL_HCFS) | hcfs;
	if (hcfs == HCFS_RESET)
		ohci_hub_bus_reset(o);
	o->frame_start = now_bits(o);
	o->worked = o->frame;
	o->quiet = 0;
	tick_arm(o);
}

static void control_written(struct dev *dev, unsigned int i, u32 val)
{
	struct ohci *o = dev->priv;
	u32 is = o->control & CTL_HCFS;

	(void)i;
	o->control = (o->control & CTL_HCFS) | (val & 0x73fu);
	if ((val & CTL_HCFS) != is)
		ohci_set_state(o, val & CTL_HCFS);
	ohci_irq(o);
	ohci_touch(o);
}

/* Everything but the root hub, RemoteWakeupConnected and routing. */
static void registers_reset(struct ohci *o)
{
	o->cmdstatus = o->intstatus = o->intenable = 0;
	o->hcca = o->period_cur = 0;
	o->control_head = o->control_cur = o->bulk_head = o->bulk_cur = 0;
	o->done_head = 0;
	o->fminterval = 0x2edf;
	o->periodic_start = 0;
	o->ls_threshold = 0x628;
	o->frame = o->worked = 0;
	o->frt = false;
	o->delay = DELAY_NONE;
	o->is_dead = false;
}

static void command_written(struct dev *dev, unsigned int i, u32 val)
{
	struct ohci *o = dev->priv;

	(void)i;
	if (val & CMD_HCR) {
		o->control = (o->control & (CTL_IR | CTL_RWC)) | HCFS_SUSPEND;
		registers_reset(o);
		ohci_set_state(o, HCFS_SUSPEND);
		ohci_irq(o);
		return;
	}
	if (val & CMD_OCR)
		ohci_raise(o, INT_OC);
	ohci_touch(o);
}

/* The line falls and rises, so that an edge-triggered input sees the rest. */
static void status_written(struct dev *dev, unsigned int i, u32 val)
{
	struct ohci *o = dev->priv;

	(void)i, (void)val;
	irq_set(&dev->irq[0], false);
	irq_set(&dev->irq[1], false);
	ohci_irq(o);
	ohci_touch(o);
}

static void disable_written(struct dev *dev, unsigned int i, u32 val)
{
	struct ohci *o = dev->priv;

	(void)i;
	o->intenable &= ~val;
	ohci_irq(o);
	ohci_touch(o);
}

/* Enable, list heads, filled bits: what the next frame looks at. */
static void work_written(struct dev *dev, unsigned int i, u32 val)
{
	struct ohci *o = dev->priv;

	(void)i, (void)val;
	ohci_irq(o);
	ohci_touch(o);
}

static u32 status_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct ohci *o = dev->priv;

	(void)i, (void)cell;
	ohci_touch(o);
	return o->intstatus;
}

static u32 fm_remaining_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct ohci *o = dev->priv;
	u32 len = frame_bits(o), gone;

	(void)i, (void)cell;
	ohci_touch(o);
	if (!is_running(o))
		return o->frt ? FIT : 0;
	gone = (u32)(now_bits(o) - o->frame_start);
	return (o->frt ? FIT : 0) | (gone < len ? len - 1 - gone : 0);
}

static u32 fm_number_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct ohci *o = dev->priv;

	(void)i, (void)cell;
	ohci_touch(o);
	return o->frame;
}

static u32 rh_a_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)dev, (void)i;
	return cell | USB_PORTS;
}

#define SRC "OHCI"
#define ROW(nm, off, fl, rst, mask, field, rd, wr) \
	{ .name = nm, .offset = off, .size = 4, .flags = fl, .reset = rst, \
	  .wmask = mask, .cell = offsetof(struct ohci, field), .read = rd, \
	  .write = wr, .source = SRC }
#define NOCELL(nm, off, fl, rd) \
	{ .name = nm, .offset = off, .size = 4, .flags = fl, \
	  .cell = REG_NO_CELL, .read = rd, .source = SRC }

static u32 revision_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)dev, (void)i, (void)cell;
	return 0x10;			/* 1.0, no legacy registers */
}

static const struct reg_desc ohci_regs[] = {
	NOCELL("HcRevision", 0x00, REG_RO, revision_read),
	ROW("HcControl", 0x04, 0, 0, 0, control, NULL, control_written),
	ROW("HcCommandStatus", 0x08, REG_SET, 0, CMD_CLF | CMD_BLF | CMD_OCR,
	    cmdstatus, NULL, command_written),
	ROW("HcInterruptStatus", 0x0c, REG_W1C, 0, INT_ALL, intstatus,
	    status_read, status_written),
	ROW("HcInterruptEnable", 0x10, REG_SET, 0, INT_ALL | INT_MIE,
	    intenable, NULL, work_written),
	ROW("HcInterruptDisable", 0x14, REG_NO_SAVE, 0, 0, intenable, NULL,
	    disable_written),
	ROW("HcHCCA", 0x18, 0, 0, 0xffffff00, hcca, NULL, work_written),
	ROW("HcPeriodCurrentED", 0x1c, REG_RO, 0, 0, period_cur, NULL, NULL),
	ROW("HcControlHeadED", 0x20, 0, 0, 0xfffffff0, control_head, NULL,
	    work_written),
	ROW("HcControlCurrentED", 0x24, 0, 0, 0xfffffff0, control_cur, NULL,
	    work_written),
	ROW("HcBulkHeadED", 0x28, 0, 0, 0xfffffff0, bulk_head, NULL,
	    work_written),
	ROW("HcBulkCurrentED", 0x2c, 0, 0, 0xfffffff0, bulk_cur, NULL,
	    work_written),
	ROW("HcDoneHead", 0x30, REG_RO, 0, 0, done_head, NULL, NULL),
	ROW("HcFmInterval", 0x34, 0, 0x2edf, 0xffff3fff, fminterval, NULL,
	    work_written),
	NOCELL("HcFmRemaining", 0x38, REG_RO, fm_remaining_read),
	NOCELL("HcFmNumber", 0x3c, REG_RO, fm_number_read),
	ROW("HcPeriodicStart", 0x40, 0, 0, FI_MASK, periodic_start, NULL,
	    NULL),
	ROW("HcLSThreshold", 0x44, 0, 0x628, 0xfff, ls_threshold, NULL, NULL),
	/* reset: two ports, always powered, no over-current input, 4 ms
	 * [assumed: Bamboo's ports have no switch under software's control] */
	ROW("HcRhDescriptorA", 0x48, 0, 0x02001200, 0xff001b00, rh_a,
	    rh_a_read, ohci_rh_a_written),
	ROW("HcRhDescriptorB", 0x4c, 0, 0, 0x00060006, rh_b, NULL, NULL),
	ROW("HcRhStatus", 0x50, 0, 0, 0, rh_status, NULL,
	    ohci_rh_status_written),
	{ .name = "HcRhPortStatus", .offset = 0x54, .size = 4,
	  .count = USB_PORTS, .stride = 4,
	  .cell = offsetof(struct ohci, port), .read = ohci_port_read,
	  .write = ohci_port_written, .source = SRC },
};
#undef ROW
#undef NOCELL
#undef SRC

static const struct reg_space ohci_spaces[] = {
	{ REG_MMIO, ohci_regs, ARRAY_SIZE(ohci_regs), 0x80 },
};

static int ohci_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct ohci *o = dev->priv;

	(void)node, (void)msg;
	o->dev = dev;
	o->tick.fire = tick_fire;
	o->tick.opaque = o;
	o->tick.name = "ohci-frame";
	ohci_hub_init(o);
	return 0;
}

static void ohci_reset(struct dev *dev, enum reset_kind kind)
{
	struct ohci *o = dev->priv;

	(void)kind;
	registers_reset(o);
	o->control = 0;
	ohci_hub_reset(o);
	ohci_set_state(o, HCFS_RESET);
	ohci_irq(o);
}

static void ohci_remove(struct dev *dev)
{
	struct ohci *o = dev->priv;

	sched_cancel(dev->env->sched, &o->tick);
	for (unsigned int i = 0; i < USB_PORTS; i++)
		sched_cancel(dev->env->sched, &o->port_timer[i]);
}

static const char *const ohci_compatible[] = {
	"ibm,usb-ohci-440ep", "ohci-be", "ohci-bigendian", NULL
};

const struct dev_class ohci_class = {
	.name = "ohci",
	.desc = "USB 1.1 OHCI host controller",
	.compatible = ohci_compatible,
	.spaces = ohci_spaces,
	.nspaces = ARRAY_SIZE(ohci_spaces),
	.priv_size = sizeof(struct ohci),
	.probe = ohci_probe,
	.reset = ohci_reset,
	.remove = ohci_remove,
	.node_clk = CLK_COUNT,
};
