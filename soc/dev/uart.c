/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/uart.c - a 16550A serial port with 16-byte FIFOs.
 *
 * Owns the registers, the FIFOs and the timing of the line.  Must not know
 * what the host end is: characters leave and enter through struct chr.
 *
 * Line timing is exact: a character takes its start, data, parity and stop
 * bits at the programmed rate in either direction, which is what drivers with
 * timeouts and any measurement on the guest expect.  A character goes to the
 * host when it starts to move out: from then on the guest cannot take it
 * back, and none is lost in the shift register when a guest stops.  The
 * property culm,line-speed = "instant" makes characters take no time.
 *
 * Input waits at the host until the receiver has room, as with flow control,
 * so pasted or piped text is not lost; a host that does not look at room()
 * can overrun the receiver, as can a loop back.
 *
 * A guest that spins on LSR for the transmitter gets wait cycles up to the
 * moment at which LSR changes (or the slice ends): the time passes as it
 * would, without thousands of instructions that do nothing.
 *
 * The interrupt is not gated by MCR[OUT2]: that is wiring of the PC's cards;
 * here the line leads straight to the UIC.
 */
#include "base/bits.h"
#include "soc/dev/uart.h"

static void fifo_push(struct fifo *f, u32 v)
{
	f->slot[(f->head + f->count++) % FIFO_ROOM] = v;
}

static u32 fifo_pop(struct fifo *f)
{
	u32 v = f->slot[f->head];

	f->head = (f->head + 1) % FIFO_ROOM;
	f->count--;
	return v;
}

static u32 fifo_size(const struct uart *u)
{
	return u->fcr & FCR_ENABLE ? FIFO_ROOM : 1;
}

static u32 data_mask(const struct uart *u)
{
	return CHAR_MASK >> (3 - (u->lcr & LCR_LENGTH));
}

static u32 rx_trigger(const struct uart *u)
{
	static const u8 level[4] = { 1, 4, 8, 14 };

	return u->fcr & FCR_ENABLE ? level[u->fcr >> 6 & 3] : 1;
}

/* CPU cycles of @n characters; a divisor of 0 counts as 1. */
static cycle_t char_cycles(const struct dev *dev, u32 n)
{
	const struct uart *u = dev->priv;
	const struct clk *clk = dev->env->clk;
	u32 data = 5 + (u->lcr & LCR_LENGTH);
	u32 divisor = (u->dlm & 0xff) << 8 | (u->dll & 0xff);
	u32 half_bits = 2 * (1 + data + 1) + (u->lcr & LCR_PARITY ? 2 : 0);
	u64 hz = u->clock_hz ? u->clock_hz : clk->hz[CLK_UART_EXT];

	if (u->lcr & LCR_STOP2)
		half_bits += data == 5 ? 1 : 2;
	/* 16 clocks a bit, 8 half a bit */
	return clk_scale((u64)n * half_bits * 8 * (divisor ? divisor : 1),
			 hz, clk->hz[CLK_CPU]);
}

static u32 iir_id(const struct uart *u)
{
	if (u->ier & IER_RLS && u->errors)
		return IIR_RLS;
	if (u->ier & IER_RDA && u->rx.count >= rx_trigger(u))
		return IIR_RDA;
	if (u->ier & IER_RDA && u->is_timed_out)
		return IIR_TIMEOUT;
	if (u->ier & IER_THRE && u->is_thre_pending)
		return IIR_THRE;
	if (u->ier & IER_MS && u->msr & MSR_DELTAS)
		return IIR_MS;
	return IIR_NONE;
}

static void irq_update(struct dev *dev)
{
	irq_set(&dev->irq[0], iir_id(dev->priv) != IIR_NONE);
}

/* Receiver ---------------------------------------------------------------- */

/* The errors of the character that is next to be read show in LSR. */
static void rx_reveal(struct uart *u)
{
	u32 *top = &u->rx.slot[u->rx.head];

	if (!u->rx.count)
		return;
	u->errors |= *top >> 8;
	*top &= CHAR_MASK;
}

/* Four character times without a character in or out raise the timeout. */
static void rx_restart_timeout(struct dev *dev)
{
	struct uart *u = dev->priv;
	struct sched *s = dev->env->sched;

	u->is_timed_out = 0;
	if (u->fcr & FCR_ENABLE && u->rx.count)
		sched_at(s, &u->timeout, sched_now(s) + char_cycles(dev, 4));
	else
		sched_cancel(s, &u->timeout);
}

static void rx_push(struct dev *dev, u32 entry)
{
	struct uart *u = dev->priv;

	if (u->rx.count >= fifo_size(u)) {
		u->errors |= LSR_OE;
		/* without FIFOs the new character replaces the old one */
		if (u->fcr & FCR_ENABLE)
			return;
		u->rx.count = 0;
	}
	fifo_push(&u->rx, entry & (~CHAR_MASK | data_mask(u)));
	if (u->rx.count == 1)
		rx_reveal(u);
	if (!u->is_timed_out)
		rx_restart_timeout(dev);
}

static void rx_clear(struct dev *dev)
{
	struct uart *u = dev->priv;

	u->rx.head = u->rx.count = 0;
	rx_restart_timeout(dev);
}

static void on_timeout(void *opaque, cycle_t late)
{
	struct dev *dev = opaque;

	(void)late;
	((struct uart *)dev->priv)->is_timed_out = 1;
	irq_update(dev);
}

static void line_start(struct dev *dev, cycle_t late)
{
	struct uart *u = dev->priv;
	struct sched *s = dev->env->sched;

	if (!u->line_count || sched_is_armed(&u->rx_done))
		return;
	sched_at(s, &u->rx_done, sched_now(s) - late + char_cycles(dev, 1));
}

/* A character from the host is complete.  A loop back unplugs the line. */
static void on_rx_done(void *opaque, cycle_t late)
{
	struct dev *dev = opaque;
	struct uart *u = dev->priv;
	u32 entry = u->line[0];

	u->line_count--;
	memmove(u->line, u->line + 1, u->line_count * sizeof(u->line[0]));
	if (!(u->mcr & MCR_LOOP))
		rx_push(dev, entry);
	line_start(dev, late);
	irq_update(dev);
}

static void line_push(struct dev *dev, u32 entry)
{
	struct uart *u = dev->priv;

	if (u->is_instant && !(u->mcr & MCR_LOOP))
		rx_push(dev, entry);
	else if (u->line_count < LINE_ROOM)
		u->line[u->line_count++] = entry;
	else
		u->errors |= LSR_OE;
	line_start(dev, 0);
	irq_update(dev);
}

static size_t host_room(void *opaque)
{
	struct dev *dev = opaque;
	const struct uart *u = dev->priv;
	u32 used = u->rx.count + u->line_count;

	if (u->mcr & MCR_LOOP || used >= fifo_size(u))
		return 0;
	return fifo_size(u) - used;
}

static void host_receive(void *opaque, const u8 *buf, size_t n)
{
	for (size_t i = 0; i < n; i++)
		line_push(opaque, buf[i]);
}

static void host_break(void *opaque)
{
	line_push(opaque, CHAR_ERRORS(LSR_BI));
}

/* Modem lines ------------------------------------------------------------- */

static u32 modem_inputs(const struct uart *u)
{
	u32 out = u->mcr;

	if (!(out & MCR_LOOP))
		return u->host_lines << 4 & MSR_LINES;
	return (out & MCR_RTS ? MSR_CTS : 0) | (out & MCR_DTR ? MSR_DSR : 0) |
	       (out & MCR_OUT1 ? MSR_RI : 0) | (out & MCR_OUT2 ? MSR_DCD : 0);
}

static void modem_update(struct uart *u)
{
	u32 in = modem_inputs(u);
	u32 delta = (in ^ u->msr) >> 4 & MSR_DELTAS;

	if (in & MSR_RI)
		delta &= ~MSR_TERI;
	u->msr = in | (u->msr & MSR_DELTAS) | delta;
}

/* DTR, RTS and break as the host sees them; a loop back unplugs them. */
static void outputs_drive(struct uart *u)
{
	const struct chr_host_ops *host = u->chr ? u->chr->host : NULL;
	bool is_looped = u->mcr & MCR_LOOP;
	bool is_break = u->lcr & LCR_BREAK && !is_looped;
	u32 modem = 0;

	if (!is_looped)
		modem = (u->mcr & MCR_DTR ? CHR_DTR : 0) |
			(u->mcr & MCR_RTS ? CHR_RTS : 0);
	if (modem != u->modem_out && host && host->set_modem)
		host->set_modem(u->chr->host_opaque, modem);
	if (is_break != u->is_break_out && host && host->set_break)
		host->set_break(u->chr->host_opaque, is_break);
	u->modem_out = modem;
	u->is_break_out = is_break;
}

static void host_modem(void *opaque, unsigned int lines)
{
	struct dev *dev = opaque;
	struct uart *u = dev->priv;

	u->host_lines = lines;
	modem_update(u);
	irq_update(dev);
}

static const struct chr_dev_ops host_ops = {
	.room = host_room,
	.receive = host_receive,
	.receive_break = host_break,
	.modem = host_modem,
};

/* Transmitter ------------------------------------------------------------- */

/* Moves the next character into the shift register, if that is idle. */
static void tx_start(struct dev *dev, cycle_t late)
{
	struct uart *u = dev->priv;
	struct sched *s = dev->env->sched;

	while (!u->is_shifting && u->tx.count) {
		u->tsr = fifo_pop(&u->tx);
		u->is_looped = u->mcr & MCR_LOOP;
		if (!u->tx.count)
			u->is_thre_pending = 1;
		if (!u->is_looped)
			chr_write(u->chr, (u8)u->tsr);
		if (u->is_instant) {
			if (u->is_looped)
				rx_push(dev, u->tsr);
			continue;
		}
		u->is_shifting = 1;
		sched_at(s, &u->tx_done,
			 sched_now(s) - late + char_cycles(dev, 1));
	}
}

static void on_tx_done(void *opaque, cycle_t late)
{
	struct dev *dev = opaque;
	struct uart *u = dev->priv;

	u->is_shifting = 0;
	if (u->is_looped)
		rx_push(dev, u->tsr);
	tx_start(dev, late);
	irq_update(dev);
}

static void tx_clear(struct uart *u)
{
	if (u->tx.count)
		u->is_thre_pending = 1;
	u->tx.head = u->tx.count = 0;
}

static void thr_write(struct dev *dev, u32 val)
{
	struct uart *u = dev->priv;

	u->is_thre_pending = 0;
	if (u->tx.count >= fifo_size(u)) {
		/* a full FIFO drops it; a lone holding register takes it */
		if (u->fcr & FCR_ENABLE)
			return;
		u->tx.count = 0;
	}
	fifo_push(&u->tx, val & data_mask(u));
	tx_start(dev, 0);
}

/* Registers --------------------------------------------------------------- */

static u32 data_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct uart *u = dev->priv;

	(void)i, (void)cell;
	if (u->lcr & LCR_DLAB)
		return u->dll;
	if (u->rx.count) {
		u->rbr = fifo_pop(&u->rx) & CHAR_MASK;
		rx_reveal(u);
		rx_restart_timeout(dev);
		irq_update(dev);
	}
	return u->rbr;
}

static void data_write(struct dev *dev, unsigned int i, u32 val)
{
	struct uart *u = dev->priv;

	(void)i;
	if (u->lcr & LCR_DLAB) {
		u->dll = val;
		return;
	}
	thr_write(dev, val);
	irq_update(dev);
}

static u32 ier_read(struct dev *dev, unsigned int i, u32 cell)
{
	const struct uart *u = dev->priv;

	(void)i, (void)cell;
	return u->lcr & LCR_DLAB ? u->dlm : u->ier;
}

/* Enabling THRE while the holding register is empty raises it again. */
static void ier_write(struct dev *dev, unsigned int i, u32 val)
{
	struct uart *u = dev->priv;
	u32 was = u->ier;

	(void)i;
	if (u->lcr & LCR_DLAB) {
		u->dlm = val;
		return;
	}
	u->ier = val & (IER_RDA | IER_THRE | IER_RLS | IER_MS);
	if (u->ier & ~was & IER_THRE && !u->tx.count)
		u->is_thre_pending = 1;
	irq_update(dev);
}

/* Reading IIR clears THRE, but only when that is what it tells. */
static u32 iir_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct uart *u = dev->priv;
	u32 id = iir_id(u);

	(void)i, (void)cell;
	if (id == IIR_THRE) {
		u->is_thre_pending = 0;
		irq_update(dev);
	}
	return id | (u->fcr & FCR_ENABLE ? IIR_FIFOS : 0);
}

static void fcr_write(struct dev *dev, unsigned int i, u32 val)
{
	struct uart *u = dev->priv;
	bool is_switched = (u->fcr ^ val) & FCR_ENABLE;

	(void)i;
	/* the other bits are only taken along with the enable bit */
	u->fcr = val & FCR_ENABLE ? val & FCR_KEPT : 0;
	if (is_switched || (val & FCR_ENABLE && val & FCR_CLEAR_RX))
		rx_clear(dev);
	if (is_switched || (val & FCR_ENABLE && val & FCR_CLEAR_TX))
		tx_clear(u);
	irq_update(dev);
}

static void lcr_write(struct dev *dev, unsigned int i, u32 val)
{
	struct uart *u = dev->priv;
	u32 was = u->lcr;

	(void)i;
	u->lcr = val;
	outputs_drive(u);
	if (val & ~was & LCR_BREAK && u->mcr & MCR_LOOP)
		rx_push(dev, CHAR_ERRORS(LSR_BI));
	irq_update(dev);
}

static void mcr_write(struct dev *dev, unsigned int i, u32 val)
{
	struct uart *u = dev->priv;

	(void)i, (void)val;
	modem_update(u);
	outputs_drive(u);
	irq_update(dev);
}

static bool has_fifo_error(const struct uart *u)
{
	if (!(u->fcr & FCR_ENABLE))
		return false;
	for (u32 n = 0; n < u->rx.count; n++)
		if (u->rx.slot[(u->rx.head + n) % FIFO_ROOM] & ~CHAR_MASK)
			return true;
	return u->errors & LSR_CHAR_ERRS;
}

/*
 * The CPU waits out the character in the shift register, but not past the
 * end of the slice: whatever else is due then happens on time.
 */
static void spin_check(struct dev *dev, u32 lsr)
{
	struct uart *u = dev->priv;
	const struct sched *s = dev->env->sched;
	cycle_t now = sched_now(s);
	cycle_t end = u->tx_done.when;

	if (lsr != u->last_lsr || now - u->last_poll > SPIN_CYCLES)
		u->polls = 0;
	u->last_lsr = lsr;
	u->last_poll = now;
	if (!u->is_shifting || ++u->polls <= SPIN_POLLS)
		return;
	if (end > s->slice_end)
		end = s->slice_end;
	if (end > now && end - now < 0x7fffffff) {
		u->wait = (int)(end - now);
		u->last_poll = end;
	}
}

static u32 lsr_now(const struct uart *u)
{
	u32 v = u->errors;

	if (u->rx.count)
		v |= LSR_DR;
	if (!u->tx.count)
		v |= LSR_THRE | (u->is_shifting ? 0 : LSR_TEMT);
	if (has_fifo_error(u))
		v |= LSR_FIFO_ERR;
	return v;
}

static u32 lsr_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct uart *u = dev->priv;
	u32 v = lsr_now(u);

	(void)i, (void)cell;
	u->errors = 0;
	spin_check(dev, v);
	irq_update(dev);
	return v;
}

static u32 msr_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct uart *u = dev->priv;
	u32 v = u->msr;

	(void)i, (void)cell;
	u->msr &= MSR_LINES;
	irq_update(dev);
	return v;
}

#define CELL(f) offsetof(struct uart, f)
#define SRC "[16550A] National PC16550D data sheet"

static const struct reg_desc uart_regs[] = {
	{ .name = "rbr_thr_dll", .offset = 0, .size = 1, .cell = REG_NO_CELL,
	  .read = data_read, .write = data_write, .source = SRC },
	{ .name = "ier_dlm", .offset = 1, .size = 1, .cell = REG_NO_CELL,
	  .read = ier_read, .write = ier_write, .source = SRC },
	{ .name = "iir_fcr", .offset = 2, .size = 1, .cell = REG_NO_CELL,
	  .read = iir_read, .write = fcr_write, .source = SRC },
	{ .name = "lcr", .offset = 3, .size = 1, .cell = CELL(lcr),
	  .write = lcr_write, .source = SRC },
	{ .name = "mcr", .offset = 4, .size = 1, .wmask = MCR_KEPT,
	  .cell = CELL(mcr), .write = mcr_write, .source = SRC },
	{ .name = "lsr", .offset = OFF_LSR, .size = 1, .flags = REG_RO,
	  .cell = REG_NO_CELL, .read = lsr_read, .source = SRC },
	{ .name = "msr", .offset = 6, .size = 1, .flags = REG_RO,
	  .cell = REG_NO_CELL, .read = msr_read, .source = SRC },
	{ .name = "scr", .offset = 7, .size = 1, .wmask = 0xff,
	  .cell = CELL(scr), .source = SRC },
};

/* State behind the registers: reset and saved like them, never addressed. */
#define STATE(n, nm, f, cnt) \
	{ .name = nm, .offset = n, .size = 4, .count = cnt, .stride = 1, \
	  .cell = CELL(f), .source = SRC }

static const struct reg_desc uart_state[] = {
	STATE(0, "ier", ier, 1),
	STATE(1, "fcr", fcr, 1),
	STATE(2, "dll", dll, 1),
	STATE(3, "dlm", dlm, 1),
	STATE(4, "errors", errors, 1),
	STATE(5, "msr", msr, 1),
	STATE(6, "rbr", rbr, 1),
	STATE(7, "is_thre_pending", is_thre_pending, 1),
	STATE(8, "is_timed_out", is_timed_out, 1),
	STATE(9, "tsr", tsr, 1),
	STATE(10, "is_shifting", is_shifting, 1),
	STATE(11, "is_looped", is_looped, 1),
	STATE(12, "line_count", line_count, 1),
	STATE(13, "tx_head", tx.head, 1),
	STATE(14, "tx_count", tx.count, 1),
	STATE(15, "rx_head", rx.head, 1),
	STATE(16, "rx_count", rx.count, 1),
	STATE(32, "tx", tx.slot, FIFO_ROOM),
	STATE(48, "rx", rx.slot, FIFO_ROOM),
	STATE(64, "line", line, LINE_ROOM),
};

static const struct reg_space uart_spaces[] = {
	{ .kind = REG_MMIO, .regs = uart_regs,
	  .count = ARRAY_SIZE(uart_regs), .size = 8 },
	{ .kind = REG_INDIRECT, .regs = uart_state,
	  .count = ARRAY_SIZE(uart_state), .size = 80 },
};

/* With reg-shift each register fills 1 << reg-shift bytes of the window. */
static u32 reg_offset(struct dev *dev, u64 off, unsigned int *size)
{
	struct uart *u = dev->priv;

	if (u->reg_shift)
		*size = 1;
	if (off >> u->reg_shift != OFF_LSR)
		u->polls = 0;
	u->wait = 0;
	return (u32)(off >> u->reg_shift);
}

static int uart_bus_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct dev *dev = opaque;
	struct uart *u = dev->priv;
	u32 at = reg_offset(dev, off, &size);
	int rc = reg_read(dev, &uart_spaces[0], at, size, val);

	return rc < 0 ? rc : u->wait;
}

static int uart_bus_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct dev *dev = opaque;
	u32 at = reg_offset(dev, off, &size);

	((struct uart *)dev->priv)->polls = 0;
	return reg_write(dev, &uart_spaces[0], at, size, val);
}

static cycle_t earlier(const struct sched_event *ev, cycle_t when)
{
	return sched_is_armed(ev) && ev->when < when ? ev->when : when;
}

/*
 * A driver that polls sends without the transmitter's interrupt.  A character
 * that takes time empties nothing at once, one that takes none fills nothing.
 */
static void uart_preview(void *opaque, struct preview *p)
{
	const struct uart *u = ((struct dev *)opaque)->priv;
	struct preview_row r = { .until = ~0ull, .size = 1 };

	if (u->mcr & MCR_LOOP || u->errors)
		return;
	r.at = (u64)OFF_LSR << u->reg_shift;
	r.flags = PREVIEW_READ | (u->is_instant ? PREVIEW_KEEPS : 0);
	r.value = lsr_now(u);
	r.until = earlier(&u->rx_done, earlier(&u->tx_done, r.until));
	p->row[p->rows++] = r;
	if (u->lcr & LCR_DLAB || u->ier & IER_THRE)
		return;
	p->row[p->rows++] = (struct preview_row){
		.at = 0, .until = ~0ull, .size = 1, .flags = PREVIEW_WRITE,
	};
}

static void event_init(struct sched_event *ev, struct dev *dev,
		       void (*fire)(void *, cycle_t), const char *name)
{
	ev->fire = fire;
	ev->opaque = dev;
	ev->name = name;
}

static int uart_options(struct dev *dev, const struct dev_node *node,
			struct errmsg *msg)
{
	struct uart *u = dev->priv;
	const char *p = NULL;
	int len = 0;

	u->clock_hz = dev_prop_u32(node, "clock-frequency", 0);
	u->reg_shift = dev_prop_u32(node, "reg-shift", 0);
	if (u->reg_shift > 3)
		return err_set(msg, ERR_RANGE,
			       "%s: reg-shift: %u is larger than 3",
			       dev->path, u->reg_shift);
	if (node && node->prop)
		p = node->prop(node, "culm,line-speed", &len);
	if (!p)
		return 0;
	u->is_instant = len == 8 && !memcmp(p, "instant", 8);
	if (u->is_instant || (len == 6 && !memcmp(p, "exact", 6)))
		return 0;
	return err_set(msg, ERR_FORMAT, "%s: culm,line-speed: neither "
		       "\"exact\" nor \"instant\"", dev->path);
}

static int uart_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	const struct bus_target target = {
		uart_bus_read, uart_bus_write, dev, uart_preview,
	};
	struct uart *u = dev->priv;
	u32 index;
	u64 size;
	int rc;

	rc = uart_options(dev, node, msg);
	if (rc)
		return rc;
	if (dev->nmmio < 1)
		return err_set(msg, ERR_FORMAT, "%s: reg: missing", dev->path);
	event_init(&u->tx_done, dev, on_tx_done, "uart tx");
	event_init(&u->rx_done, dev, on_rx_done, "uart rx");
	event_init(&u->timeout, dev, on_timeout, "uart rx timeout");
	index = dev_prop_u32(node, "culm,serial-index", dev->index);
	if (dev->env->serial)
		u->chr = dev->env->serial(dev->env->opaque, index);
	if (u->chr) {
		u->chr->dev = &host_ops;
		u->chr->dev_opaque = dev;
		u->host_lines = u->chr->modem;
	}
	size = dev->mmio[0].size ? dev->mmio[0].size : 8ull << u->reg_shift;
	return bus_map(dev->env->bus, dev->mmio[0].base, size, &target,
		       dev->path, msg);
}

static void uart_cancel(struct dev *dev)
{
	struct uart *u = dev->priv;

	sched_cancel(dev->env->sched, &u->tx_done);
	sched_cancel(dev->env->sched, &u->rx_done);
	sched_cancel(dev->env->sched, &u->timeout);
}

static void uart_reset(struct dev *dev, enum reset_kind kind)
{
	struct uart *u = dev->priv;

	(void)kind;
	uart_cancel(dev);
	u->polls = 0;
	u->msr = modem_inputs(u);
	outputs_drive(u);
	irq_update(dev);
}

static void uart_remove(struct dev *dev)
{
	struct uart *u = dev->priv;

	uart_cancel(dev);
	if (u->chr && u->chr->dev_opaque == dev)
		u->chr->dev = NULL;
}

static const char *const uart_compatible[] = { "ns16550a", "ns16550", NULL };

const struct dev_class uart_class = {
	.name = "uart",
	.desc = "16550A serial port",
	.compatible = uart_compatible,
	.spaces = uart_spaces,
	.nspaces = ARRAY_SIZE(uart_spaces),
	.priv_size = sizeof(struct uart),
	.probe = uart_probe,
	.reset = uart_reset,
	.remove = uart_remove,
	.own_map = true,
	.node_clk = CLK_UART_EXT,
	.has_node_clk = true,
};
