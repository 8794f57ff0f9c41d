/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_uart.c - soc/dev/uart.c.  Expected values: the National
 * PC16550D data sheet, and what Linux 6.1 drivers/tty/serial/8250 [LX] probes.
 */
#include <CUnit/CUnit.h>

#include "soc/dev.h"

extern const struct dev_class uart_class;

#define BASE	0xef600300u
#define CPU_HZ	110592000u	/* ten cycles a serial clock */
#define UART_HZ	11059200u
#define CHAR	9600u		/* 10 bits * 16 * 6 * 10 cycles */

enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR, THR = 0, FCR = 2, DLL = 0,
       DLM = 1 };

struct rig {
	struct bus bus;
	struct sched sched;
	struct clk clk;
	struct chr chr;
	struct dev_env env;
	struct dev *dev;
	bool irq;
	u8 out[64];
	unsigned int nout, modem, serial_index;
	unsigned int breaks;	/* digits: 1 on, 2 off */
	const char *speed;
};

static void host_write(void *opaque, const u8 *buf, size_t n)
{
	struct rig *r = opaque;

	for (size_t i = 0; i < n; i++)
		r->out[r->nout++ % sizeof(r->out)] = buf[i];
}

static void host_break(void *opaque, bool on)
{
	struct rig *r = opaque;

	r->breaks = r->breaks * 10 + (on ? 1 : 2);
}

static void host_modem(void *opaque, unsigned int lines)
{
	((struct rig *)opaque)->modem = lines;
}

static const struct chr_host_ops host_ops = {
	host_write, host_break, host_modem
};

static struct chr *rig_serial(void *opaque, unsigned int index)
{
	struct rig *r = opaque;

	r->serial_index = index;
	return &r->chr;
}

static const void *prop(const struct dev_node *node, const char *name, int *len)
{
	const struct rig *r = node->opaque;

	if (strcmp(name, "culm,line-speed") || !r->speed)
		return NULL;
	*len = (int)strlen(r->speed) + 1;
	return r->speed;
}

static void set_irq(void *opaque, unsigned int input, bool level)
{
	(void)input;
	((struct rig *)opaque)->irq = level;
}

static int rig_probe(struct rig *r, struct errmsg *msg)
{
	struct dev_node node = { .prop = prop, .opaque = r };

	return uart_class.probe(r->dev, &node, msg);
}

static void rig_make(struct rig *r, const char *speed)
{
	memset(r, 0, sizeof(*r));
	r->speed = speed;
	bus_init(&r->bus);
	sched_init(&r->sched);
	clk_init(&r->clk);
	clk_set(&r->clk, CLK_CPU, CPU_HZ);
	clk_set(&r->clk, CLK_UART_EXT, UART_HZ);
	r->chr.host = &host_ops;
	r->chr.host_opaque = r;
	r->env.bus = &r->bus;
	r->env.sched = &r->sched;
	r->env.clk = &r->clk;
	r->env.serial = rig_serial;
	r->env.opaque = r;
	r->dev = dev_new(&uart_class, &r->env, "/serial");
	r->dev->nmmio = 1;
	r->dev->mmio[0].base = BASE;
	r->dev->mmio[0].size = 8;
	r->dev->nirq = 1;
	r->dev->irq[0].set = set_irq;
	r->dev->irq[0].opaque = r;
	r->dev->index = 2;
}

static u32 get(struct rig *r, u32 reg)
{
	u32 v = 0xdead;

	CU_ASSERT_TRUE(bus_read(&r->bus, BASE + reg, 1, &v) >= 0);
	return v;
}

static void put(struct rig *r, u32 reg, u32 v)
{
	CU_ASSERT_EQUAL(bus_write(&r->bus, BASE + reg, 1, v), BUS_OK);
}

/* 115200 baud, 8N1, FIFOs on and empty. */
static void rig_open(struct rig *r, const char *speed)
{
	struct errmsg msg = { "" };

	rig_make(r, speed);
	CU_ASSERT_EQUAL_FATAL(rig_probe(r, &msg), 0);
	dev_reset(r->dev, RESET_SYSTEM);
	put(r, LCR, 0x83);
	put(r, DLL, 6);
	put(r, DLM, 0);
	put(r, LCR, 0x03);
	put(r, FCR, 0x07);
}

static void rig_close(struct rig *r)
{
	dev_free(r->dev);
	bus_free(&r->bus);
	sched_free(&r->sched);
}

static void pass(struct rig *r, u64 cycles)
{
	u64 end = r->sched.now + cycles;

	while (sched_next(&r->sched) <= end)
		sched_advance(&r->sched, sched_next(&r->sched));
	sched_advance(&r->sched, end);
}

static void host_send(struct rig *r, const char *s)
{
	r->chr.dev->receive(r->chr.dev_opaque, (const u8 *)s, strlen(s));
}

void test_uart_reset_values(void)
{
	struct errmsg msg = { "" };
	struct rig r;

	rig_make(&r, NULL);
	CU_ASSERT_EQUAL(rig_probe(&r, &msg), 0);
	dev_reset(r.dev, RESET_SYSTEM);
	CU_ASSERT_EQUAL(get(&r, IER), 0);
	CU_ASSERT_EQUAL(get(&r, IIR), 0x01);
	CU_ASSERT_EQUAL(get(&r, LCR), 0);
	CU_ASSERT_EQUAL(get(&r, MCR), 0);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x60);
	CU_ASSERT_EQUAL(r.serial_index, 2);
	CU_ASSERT_FALSE(r.irq);
	rig_close(&r);
}

/* autoconfig and autoconfig_16550a of [LX] 8250_port.c, step by step. */
void test_uart_linux_autoconfig(void)
{
	struct rig r;

	rig_open(&r, NULL);
	put(&r, IER, 0);
	CU_ASSERT_EQUAL(get(&r, IER) & 0x0f, 0);
	put(&r, IER, 0x0f);
	CU_ASSERT_EQUAL(get(&r, IER) & 0x0f, 0x0f);
	put(&r, IER, 0xff);
	CU_ASSERT_EQUAL(get(&r, IER), 0x0f);
	put(&r, IER, 0);
	put(&r, MCR, 0x10 | 0x0a);
	CU_ASSERT_EQUAL(get(&r, MSR) & 0xf0, 0x90);
	put(&r, MCR, 0);
	put(&r, LCR, 0xbf);
	put(&r, 2, 0);
	put(&r, LCR, 0);
	put(&r, FCR, 1);
	CU_ASSERT_EQUAL(get(&r, IIR) >> 6, 3);
	/* no EFR at 2: neither 16650 nor 16C950 nor XR16850 */
	put(&r, LCR, 0x80);
	CU_ASSERT_NOT_EQUAL(get(&r, 2), 0);
	put(&r, LCR, 0xbf);
	CU_ASSERT_NOT_EQUAL(get(&r, 2), 0);
	/* no 64-byte FIFO: not a 16750 */
	put(&r, LCR, 0);
	put(&r, FCR, 0x21);
	CU_ASSERT_EQUAL(get(&r, IIR) >> 5, 6);
	put(&r, LCR, 0x80);
	put(&r, FCR, 0x21);
	CU_ASSERT_EQUAL(get(&r, IIR) >> 5, 6);
	put(&r, LCR, 0);
	put(&r, SCR, 0x5a);
	CU_ASSERT_EQUAL(get(&r, SCR), 0x5a);
	rig_close(&r);
}

/* size_fifo of [LX]: 256 characters in a loop back leave 16. */
void test_uart_linux_size_fifo(void)
{
	struct rig r;
	int n = 0;

	rig_open(&r, NULL);
	put(&r, MCR, 0x10);
	put(&r, LCR, 0x80);
	put(&r, DLL, 1);
	put(&r, LCR, 0x03);
	for (u32 i = 0; i < 256; i++)
		put(&r, THR, i);
	pass(&r, CPU_HZ / 50);
	while (get(&r, LSR) & 1) {
		CU_ASSERT_EQUAL(get(&r, RBR), (u32)n);
		n++;
	}
	/* one in the shift register, 16 in the FIFO; the 17th overran */
	CU_ASSERT_EQUAL(n, 16);
	CU_ASSERT_EQUAL(r.nout, 0);
	rig_close(&r);
}

/* The THRE test of serial8250_do_startup of [LX]. */
void test_uart_linux_thre_test(void)
{
	struct rig r;

	rig_open(&r, NULL);
	put(&r, IER, 2);
	CU_ASSERT_EQUAL(get(&r, IIR) & 0x0f, 0x02);
	CU_ASSERT_EQUAL(get(&r, IIR) & 0x0f, 0x01);
	put(&r, IER, 0);
	put(&r, IER, 2);
	CU_ASSERT_TRUE(r.irq);
	CU_ASSERT_EQUAL(get(&r, IIR) & 0x0f, 0x02);
	CU_ASSERT_FALSE(r.irq);
	rig_close(&r);
}

void test_uart_tx_time(void)
{
	struct rig r;

	rig_open(&r, NULL);
	put(&r, THR, 'a');
	/* on its way: the holding register is free, the shifter is not */
	CU_ASSERT_EQUAL(r.nout, 1);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x20);
	put(&r, THR, 'b');
	CU_ASSERT_EQUAL(get(&r, LSR), 0x00);
	pass(&r, CHAR - 1);
	CU_ASSERT_EQUAL(r.nout, 1);
	pass(&r, 1);
	CU_ASSERT_EQUAL(r.nout, 2);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x20);
	pass(&r, CHAR);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x60);
	CU_ASSERT_EQUAL(memcmp(r.out, "ab", 2), 0);
	rig_close(&r);
}

/* Lateness does not add up: 100 characters take 100 character times. */
void test_uart_tx_late(void)
{
	struct rig r;
	cycle_t start;

	rig_open(&r, NULL);
	start = r.sched.now;
	for (int i = 0; i < 10; i++)
		put(&r, THR, 'x');
	while (sched_next(&r.sched) != SCHED_NEVER &&
	       sched_next(&r.sched) < start + 10 * CHAR)
		sched_advance(&r.sched, sched_next(&r.sched) + 77);
	CU_ASSERT_EQUAL(sched_next(&r.sched), start + 10 * CHAR);
	rig_close(&r);
}

void test_uart_char_formats(void)
{
	static const struct { u32 lcr, half_bits; } form[] = {
		{ 0x00, 14 }, { 0x04, 15 }, { 0x03, 20 }, { 0x07, 22 },
		{ 0x0b, 22 }, { 0x1f, 24 }, { 0x09, 18 + 0 },
	};
	struct rig r;

	for (unsigned int i = 0; i < ARRAY_SIZE(form); i++) {
		rig_open(&r, NULL);
		put(&r, LCR, form[i].lcr);
		put(&r, THR, 0xff);
		CU_ASSERT_EQUAL(sched_next(&r.sched) - r.sched.now,
				form[i].half_bits * 8 * 6 * 10);
		CU_ASSERT_EQUAL(r.out[0], 0xff >> (3 - (form[i].lcr & 3)));
		rig_close(&r);
	}
}

void test_uart_tx_irq(void)
{
	struct rig r;

	rig_open(&r, NULL);
	put(&r, THR, 'a');
	put(&r, THR, 'b');
	put(&r, IER, 2);
	CU_ASSERT_FALSE(r.irq);
	pass(&r, CHAR);
	CU_ASSERT_TRUE(r.irq);
	put(&r, THR, 'c');
	CU_ASSERT_FALSE(r.irq);
	pass(&r, CHAR);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xc2);
	CU_ASSERT_FALSE(r.irq);
	pass(&r, 10 * CHAR);
	CU_ASSERT_FALSE(r.irq);
	rig_close(&r);
}

void test_uart_rx_time(void)
{
	struct rig r;

	rig_open(&r, NULL);
	CU_ASSERT_EQUAL(r.chr.dev->room(r.chr.dev_opaque), 16);
	host_send(&r, "hi");
	CU_ASSERT_EQUAL(r.chr.dev->room(r.chr.dev_opaque), 14);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x60);
	pass(&r, CHAR);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x61);
	CU_ASSERT_EQUAL(get(&r, RBR), 'h');
	CU_ASSERT_EQUAL(get(&r, LSR), 0x60);
	pass(&r, CHAR);
	CU_ASSERT_EQUAL(get(&r, RBR), 'i');
	CU_ASSERT_EQUAL(r.chr.dev->room(r.chr.dev_opaque), 16);
	rig_close(&r);
}

void test_uart_rx_trigger(void)
{
	static const u32 level[4] = { 1, 4, 8, 14 };
	struct rig r;

	for (u32 t = 0; t < 4; t++) {
		rig_open(&r, NULL);
		put(&r, FCR, t << 6 | 1);
		put(&r, IER, 1);
		host_send(&r, "0123456789abcdef");
		pass(&r, (level[t] - 1) * CHAR);
		CU_ASSERT_FALSE(r.irq);
		pass(&r, CHAR);
		CU_ASSERT_TRUE(r.irq);
		CU_ASSERT_EQUAL(get(&r, IIR), 0xc4);
		CU_ASSERT_EQUAL(get(&r, RBR), '0');
		CU_ASSERT_FALSE(r.irq);
		rig_close(&r);
	}
}

void test_uart_rx_timeout(void)
{
	struct rig r;

	rig_open(&r, NULL);
	put(&r, FCR, 0xc1);
	put(&r, IER, 1);
	host_send(&r, "ab");
	pass(&r, 2 * CHAR + 4 * CHAR - 1);
	CU_ASSERT_FALSE(r.irq);
	pass(&r, 1);
	CU_ASSERT_TRUE(r.irq);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xcc);
	/* a read starts the four characters anew */
	CU_ASSERT_EQUAL(get(&r, RBR), 'a');
	CU_ASSERT_FALSE(r.irq);
	pass(&r, 4 * CHAR);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xcc);
	CU_ASSERT_EQUAL(get(&r, RBR), 'b');
	pass(&r, 10 * CHAR);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xc1);
	rig_close(&r);
}

void test_uart_overrun(void)
{
	struct rig r;

	rig_open(&r, NULL);
	put(&r, IER, 5);
	host_send(&r, "0123456789abcdef");
	pass(&r, 16 * CHAR);
	CU_ASSERT_EQUAL(r.chr.dev->room(r.chr.dev_opaque), 0);
	/* a host that ignores room: the FIFO keeps what it has */
	host_send(&r, "X");
	pass(&r, CHAR);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xc6);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x63);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x61);
	CU_ASSERT_EQUAL(get(&r, RBR), '0');
	rig_close(&r);
}

void test_uart_no_fifo(void)
{
	struct rig r;

	rig_open(&r, NULL);
	put(&r, FCR, 0);
	CU_ASSERT_EQUAL(get(&r, IIR), 0x01);
	CU_ASSERT_EQUAL(r.chr.dev->room(r.chr.dev_opaque), 1);
	put(&r, IER, 1);
	host_send(&r, "pq");
	pass(&r, CHAR);
	CU_ASSERT_EQUAL(get(&r, IIR), 0x04);
	pass(&r, CHAR);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x63);
	CU_ASSERT_EQUAL(get(&r, RBR), 'q');
	CU_ASSERT_EQUAL(get(&r, LSR), 0x60);
	rig_close(&r);
}

void test_uart_break_in(void)
{
	struct rig r;

	rig_open(&r, NULL);
	put(&r, IER, 4);
	host_send(&r, "a");
	r.chr.dev->receive_break(r.chr.dev_opaque);
	host_send(&r, "b");
	pass(&r, 3 * CHAR);
	/* the break is in the FIFO but not yet at its top */
	CU_ASSERT_FALSE(r.irq);
	CU_ASSERT_EQUAL(get(&r, LSR), 0xe1);
	CU_ASSERT_EQUAL(get(&r, RBR), 'a');
	CU_ASSERT_TRUE(r.irq);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xc6);
	CU_ASSERT_EQUAL(get(&r, LSR), 0xf1);
	CU_ASSERT_FALSE(r.irq);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x61);
	CU_ASSERT_EQUAL(get(&r, RBR), 0);
	CU_ASSERT_EQUAL(get(&r, RBR), 'b');
	rig_close(&r);
}

void test_uart_break_out(void)
{
	struct rig r;

	rig_open(&r, NULL);
	put(&r, LCR, 0x43);
	put(&r, LCR, 0x43);
	put(&r, LCR, 0x03);
	CU_ASSERT_EQUAL(r.breaks, 12);
	put(&r, LCR, 0x43);
	dev_reset(r.dev, RESET_CHIP);
	CU_ASSERT_EQUAL(r.breaks, 1212);
	/* in a loop back it comes in again and does not go out */
	put(&r, MCR, 0x10);
	put(&r, LCR, 0x43);
	CU_ASSERT_EQUAL(r.breaks, 1212);
	CU_ASSERT_EQUAL(get(&r, LSR) & 0x11, 0x11);
	rig_close(&r);
}

void test_uart_modem(void)
{
	struct rig r;

	rig_open(&r, NULL);
	put(&r, MCR, 0x03);
	CU_ASSERT_EQUAL(r.modem, CHR_DTR | CHR_RTS);
	put(&r, IER, 8);
	CU_ASSERT_EQUAL(get(&r, MSR), 0);
	r.chr.dev->modem(r.chr.dev_opaque, CHR_CTS | CHR_RI);
	CU_ASSERT_TRUE(r.irq);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xc0);
	/* RI counts when it ends */
	CU_ASSERT_EQUAL(get(&r, MSR), 0x51);
	CU_ASSERT_FALSE(r.irq);
	r.chr.dev->modem(r.chr.dev_opaque, CHR_DCD | CHR_DSR);
	CU_ASSERT_EQUAL(get(&r, MSR), 0xaf);
	CU_ASSERT_EQUAL(get(&r, MSR), 0xa0);
	put(&r, MCR, 0x13);
	CU_ASSERT_EQUAL(r.modem, 0);
	CU_ASSERT_EQUAL(get(&r, MSR) & 0xf0, 0x30);
	put(&r, MCR, 0x1f);
	CU_ASSERT_EQUAL(get(&r, MSR) & 0xf0, 0xf0);
	rig_close(&r);
}

/* PC16550D table 4: the order of the sources. */
void test_uart_priorities(void)
{
	struct rig r;

	rig_open(&r, NULL);
	put(&r, IER, 0x0f);
	r.chr.dev->modem(r.chr.dev_opaque, CHR_CTS);
	host_send(&r, "x");
	r.chr.dev->receive_break(r.chr.dev_opaque);
	pass(&r, 2 * CHAR);
	get(&r, RBR);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xc6);
	get(&r, LSR);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xc4);
	get(&r, RBR);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xc2);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xc0);
	get(&r, MSR);
	CU_ASSERT_EQUAL(get(&r, IIR), 0xc1);
	CU_ASSERT_FALSE(r.irq);
	rig_close(&r);
}

void test_uart_instant(void)
{
	struct rig r;

	rig_open(&r, "instant");
	for (int i = 0; i < 40; i++)
		put(&r, THR, 'a' + i % 26);
	CU_ASSERT_EQUAL(r.nout, 40);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x60);
	host_send(&r, "z");
	CU_ASSERT_EQUAL(get(&r, RBR), 'z');
	put(&r, MCR, 0x10);
	put(&r, THR, 'q');
	CU_ASSERT_EQUAL(get(&r, RBR), 'q');
	CU_ASSERT_EQUAL(r.nout, 40);
	rig_close(&r);
}

void test_uart_bad_speed(void)
{
	struct errmsg msg = { "" };
	struct rig r;

	rig_make(&r, "fast");
	CU_ASSERT_EQUAL(rig_probe(&r, &msg), -ERR_FORMAT);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "/serial: culm,line-speed"));
	rig_close(&r);
}

/* A spin on LSR costs the time up to the next change, in few accesses. */
void test_uart_spin(void)
{
	cycle_t now, end;
	struct rig r;
	int polls = 0;
	u32 v;

	rig_open(&r, NULL);
	put(&r, THR, 'a');
	put(&r, THR, 'b');
	now = r.sched.now;
	end = now + CHAR;
	do {
		int wait;

		if (sched_next(&r.sched) <= now)
			sched_advance(&r.sched, now);
		r.sched.now = now;
		r.sched.slice_end = sched_next(&r.sched);
		wait = bus_read(&r.bus, BASE + LSR, 1, &v);
		now += 20 + (unsigned int)wait;
		polls++;
	} while (!(v & 0x20));
	CU_ASSERT_TRUE(polls < 10);
	CU_ASSERT_TRUE(now >= end && now < end + 100);
	rig_close(&r);
}

void test_uart_slow_poll_is_no_spin(void)
{
	struct rig r;
	u32 v;

	rig_open(&r, NULL);
	put(&r, LCR, 0x83);
	put(&r, DLM, 1);
	put(&r, LCR, 0x03);
	put(&r, THR, 'a');
	for (int i = 0; i < 20; i++) {
		r.sched.now += 5000;
		r.sched.slice_end = sched_next(&r.sched);
		CU_ASSERT_EQUAL(bus_read(&r.bus, BASE + LSR, 1, &v), 0);
	}
	rig_close(&r);
}

/* Fixed seed 1: whatever a guest does is harmless. */
void test_uart_fuzz(void)
{
	static const unsigned int size[4] = { 1, 2, 4, 4 };
	struct rig r;
	u32 seed = 1, v;

	rig_open(&r, NULL);
	for (int i = 0; i < 200000; i++) {
		seed = seed * 1664525u + 1013904223u;
		v = seed >> 8;
		if (v & 1)
			bus_write(&r.bus, BASE + (v >> 1) % 8,
				  size[v >> 4 & 3], v >> 6);
		else
			bus_read(&r.bus, BASE + (v >> 1) % 8,
				 size[v >> 4 & 3], &v);
		if (i % 7 == 0)
			host_send(&r, "fuzz");
		if (i % 11 == 0)
			r.chr.dev->receive_break(r.chr.dev_opaque);
		if (i % 5 == 0)
			pass(&r, seed >> 18);
	}
	dev_reset(r.dev, RESET_CHIP);
	CU_ASSERT_EQUAL(get(&r, LSR), 0x60);
	CU_ASSERT_FALSE(r.irq);
	rig_close(&r);
}

/* LSR and THR of a polling driver; the row of LSR ends with the character. */
void test_uart_preview(void)
{
	struct preview p;
	struct rig r;

	rig_open(&r, NULL);
	bus_preview(&r.bus, BASE + LSR, &p);
	CU_ASSERT_EQUAL_FATAL(p.rows, 2);
	CU_ASSERT_EQUAL(p.row[0].at, BASE + LSR);
	CU_ASSERT_EQUAL(p.row[0].value, 0x60);
	CU_ASSERT_EQUAL(p.row[0].until, ~0ull);
	CU_ASSERT_EQUAL(p.row[0].flags, PREVIEW_READ);
	CU_ASSERT_EQUAL(p.row[1].at, BASE + THR);
	CU_ASSERT_EQUAL(p.row[1].flags, PREVIEW_WRITE);
	/* one that comes in */
	host_send(&r, "z");
	bus_preview(&r.bus, BASE + LSR, &p);
	CU_ASSERT_EQUAL(p.row[0].value, 0x60);
	CU_ASSERT_EQUAL(p.row[0].until, r.sched.now + CHAR);
	pass(&r, CHAR);
	CU_ASSERT_EQUAL(get(&r, RBR), 'z');
	put(&r, THR, 'x');
	bus_preview(&r.bus, BASE + LSR, &p);
	CU_ASSERT_EQUAL(p.row[0].value, 0x20);
	CU_ASSERT_EQUAL(p.row[0].until, r.sched.now + CHAR);
	host_send(&r, "y");
	pass(&r, CHAR);
	bus_preview(&r.bus, BASE + LSR, &p);
	CU_ASSERT_EQUAL(p.row[0].value, get(&r, LSR));
	CU_ASSERT_EQUAL(p.row[0].value, 0x61);
	/* with the interrupt a character that waits would be noticed */
	put(&r, IER, 0x02);
	bus_preview(&r.bus, BASE + LSR, &p);
	CU_ASSERT_EQUAL(p.rows, 1);
	put(&r, IER, 0);
	put(&r, LCR, 0x83);
	bus_preview(&r.bus, BASE + LSR, &p);
	CU_ASSERT_EQUAL(p.rows, 1);
	put(&r, LCR, 0x03);
	put(&r, MCR, 0x10);
	bus_preview(&r.bus, BASE + LSR, &p);
	CU_ASSERT_EQUAL(p.rows, 0);
	put(&r, MCR, 0);
	/* an error is gone with the read that tells it */
	r.chr.dev->receive_break(r.chr.dev_opaque);
	pass(&r, CHAR);
	bus_preview(&r.bus, BASE + LSR, &p);
	CU_ASSERT_EQUAL(p.rows, 2);
	CU_ASSERT_EQUAL(p.row[0].value, 0xe1);
	CU_ASSERT_EQUAL(get(&r, RBR), 'y');
	bus_preview(&r.bus, BASE + LSR, &p);
	CU_ASSERT_EQUAL(p.rows, 0);
	rig_close(&r);
	rig_open(&r, "instant");
	bus_preview(&r.bus, BASE + LSR, &p);
	CU_ASSERT_EQUAL(p.row[0].flags, PREVIEW_READ | PREVIEW_KEEPS);
	rig_close(&r);
}
