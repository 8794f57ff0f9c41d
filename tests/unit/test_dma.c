/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_dma.c - the DMA controllers: registers and descriptors as
 * Linux 2.6's arch/ppc/syslib/ppc4xx_dma.c and ppc4xx_sgdma.c program them on
 * 44x, rules as in the DMA chapter of the 405GP's manual.
 */
#include "tests/unit/dev_rig.h"
#include "soc/dev/dma.h"

#define DMA0		0x100u
#define CR(n)		(DMA0 + 8 * (n))
#define CT(n)		(DMA0 + 8 * (n) + 1)
#define SAL(n)		(DMA0 + 8 * (n) + 3)
#define DAL(n)		(DMA0 + 8 * (n) + 5)
#define SGL(n)		(DMA0 + 8 * (n) + 7)
#define SR		(DMA0 + 0x20)
#define SGC		(DMA0 + 0x23)
/* asm-ppc/ppc4xx_dma.h, CONFIG_44x: channel and interrupt on, both addresses
 * count, software starts, TC is an output and stops the channel */
#define MM		0xc1a00180u
#define PW(n)		((u32)(n) << 25)
#define FROM		0x10000u
#define TO		0x20000u
#define WINDOW		0xef600300ull

static const struct rig_prop no_props[] = { { .name = NULL } };

struct dma_rig {
	struct rig r;
	unsigned int accesses, last_size;
	u32 last;
	u64 last_off;
};

static int window_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct dma_rig *d = opaque;

	d->accesses++;
	d->last_size = size;
	d->last_off = off;
	*val = d->accesses;
	return BUS_OK;
}

static int window_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct dma_rig *d = opaque;

	d->accesses++;
	d->last_size = size;
	d->last_off = off;
	d->last = val;
	return BUS_OK;
}

static void dma_open(struct dma_rig *d)
{
	const struct bus_target t = { window_read, window_write, d, NULL };

	memset(d, 0, sizeof(*d));
	rig_open(&d->r);
	clk_set(&d->r.clk, CLK_PLB, 100000000);
	CU_ASSERT_EQUAL(bus_map(&d->r.bus, WINDOW, 8, &t, "window", NULL), 0);
	rig_add(&d->r, &(struct rig_spec){
		.cls = &dma_class, .path = "/dma", .dcr = DMA0, .dcrs = 0x27,
		.props = (struct rig_prop *)no_props,
	}, NULL);
	rig_start(&d->r);
	for (u32 i = 0; i < 0x10000; i++)
		d->r.ram[FROM + i] = (u8)(i * 7 + (i >> 8));
}

static void start(struct dma_rig *d, unsigned int ch, u32 from, u32 to,
		  u32 count, u32 cr)
{
	rig_dcr_set(&d->r, SAL(ch), from);
	rig_dcr_set(&d->r, DAL(ch), to);
	rig_dcr_set(&d->r, CT(ch), count);
	rig_dcr_set(&d->r, CR(ch), cr);
}

static bool irq(const struct dma_rig *d, unsigned int ch)
{
	return d->r.dev[0]->irq[ch].level;
}

static unsigned int run(struct dma_rig *d)
{
	unsigned int n = 0;

	while (n < 100000 && rig_step(&d->r))
		n++;
	return n;
}

void test_dma_memory(void)
{
	struct dma_rig d;

	dma_open(&d);
	for (unsigned int w = 0; w <= 4; w++) {
		memset(d.r.ram + TO, 0, 0x2000);
		start(&d, w % 4, FROM, TO, 4096 >> w, MM | PW(w));
		CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), DMA_SR_CB(w % 4));
		CU_ASSERT_EQUAL(d.r.ram[TO + 1], 0);	/* it takes time */
		CU_ASSERT_FALSE(irq(&d, w % 4));
		run(&d);
		CU_ASSERT_EQUAL(memcmp(d.r.ram + TO, d.r.ram + FROM, 4096), 0);
		CU_ASSERT_EQUAL(d.r.ram[TO + 4096], 0);
		CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), DMA_SR_CS(w % 4));
		CU_ASSERT_EQUAL(rig_dcr(&d.r, CR(w % 4)),
				(MM | PW(w)) & 0x7fffffff);
		CU_ASSERT_EQUAL(rig_dcr(&d.r, CT(w % 4)), 0);
		CU_ASSERT_EQUAL(rig_dcr(&d.r, SAL(w % 4)), FROM + 4096);
		CU_ASSERT_EQUAL(rig_dcr(&d.r, DAL(w % 4)), TO + 4096);
		CU_ASSERT_TRUE(irq(&d, w % 4));
		rig_dcr_set(&d.r, SR, DMA_SR_CS(w % 4));
		CU_ASSERT_FALSE(irq(&d, w % 4));
		CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), 0);
	}
	rig_close(&d.r);
}

/* 405GP manual: a count of 0 is 64K transfers. */
void test_dma_count_zero(void)
{
	struct dma_rig d;

	dma_open(&d);
	start(&d, 0, FROM, 0x80000, 0, MM);
	run(&d);
	CU_ASSERT_EQUAL(memcmp(d.r.ram + 0x80000, d.r.ram + FROM, 0x10000), 0);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, DAL(0)), 0x90000);
	rig_close(&d.r);
}

/* Of the highest priority; of equals the lowest number. */
void test_dma_priority(void)
{
	struct dma_rig d;

	dma_open(&d);
	start(&d, 3, FROM, TO, 0x8000, MM);
	start(&d, 1, FROM, TO + 0x10000, 4096, MM);
	start(&d, 2, FROM, TO + 0x20000, 4096, MM | 0x60);
	while (!(rig_dcr(&d.r, SR) & 0xf0000000) && rig_step(&d.r))
		;
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR) >> 28, 2);	/* channel 2 */
	while (!(rig_dcr(&d.r, SR) & 0xd0000000) && rig_step(&d.r))
		;
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR) >> 28, 6);	/* then 1 */
	CU_ASSERT(rig_dcr(&d.r, CT(3)) >= 0x8000 - DMA_CHUNK);
	run(&d);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR) >> 28, 7);
	rig_close(&d.r);
}

/* Software may stop a channel, read how far it is, and let it go on. */
void test_dma_stop(void)
{
	struct dma_rig d;
	u32 left;

	dma_open(&d);
	start(&d, 0, FROM, TO, 4096, MM);
	rig_step(&d.r);
	rig_dcr_set(&d.r, CR(0), MM & 0x7fffffff);
	run(&d);
	left = rig_dcr(&d.r, CT(0));
	CU_ASSERT(left > 0 && left < 4096);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SAL(0)), FROM + 4096 - left);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), 0);
	rig_dcr_set(&d.r, CR(0), MM);
	run(&d);
	CU_ASSERT_EQUAL(memcmp(d.r.ram + TO, d.r.ram + FROM, 4096), 0);
	rig_close(&d.r);
}

/* A descriptor as ppc4xx_sgdma.c makes it for 64-bit parts. */
static void describe(struct dma_rig *d, u32 at, u32 cr, u32 ct, u32 from,
		     u32 to, u32 next)
{
	const u32 w[8] = { cr, ct, 0, from, 0, to, 0, next };

	for (unsigned int i = 0; i < 8; i++)
		stb32(d->r.ram + at + 4 * i, w[i]);
}

#define LINK		0x80000000u
#define TCI		0x20000000u
#define ERI		0x08000000u

void test_dma_chain(void)
{
	struct dma_rig d;

	dma_open(&d);
	describe(&d, 0x1000, MM, LINK | ERI | 100, FROM, TO, 0x2000);
	describe(&d, 0x2000, MM | PW(2), ERI | TCI | 64, FROM + 0x400,
		 TO + 0x400, 0);
	rig_dcr_set(&d.r, SGL(1), 0x1000);
	rig_dcr_set(&d.r, SGC, DMA_SGC_EM(1));
	CU_ASSERT_FALSE(rig_step(&d.r));
	rig_dcr_set(&d.r, SGC, rig_dcr(&d.r, SGC) | DMA_SGC_SSG(1));
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), DMA_SR_SG(1));
	/* the interrupt of the last means that all is done */
	while (!irq(&d, 1) && rig_step(&d.r))
		;
	CU_ASSERT_EQUAL(memcmp(d.r.ram + TO, d.r.ram + FROM, 100), 0);
	CU_ASSERT_EQUAL(memcmp(d.r.ram + TO + 0x400, d.r.ram + FROM + 0x400,
			       256), 0);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SGC), DMA_SGC_EM(1));
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), DMA_SR_CS(1));
	CU_ASSERT_TRUE(irq(&d, 1));
	rig_close(&d.r);
}

/* An interrupt from a chain pauses it until it is cleared. */
void test_dma_chain_pause(void)
{
	struct dma_rig d;

	dma_open(&d);
	describe(&d, 0x1000, MM, LINK | TCI | 16, FROM, TO, 0x2000);
	describe(&d, 0x2000, MM, 16, FROM, TO + 16, 0);
	rig_dcr_set(&d.r, SGL(0), 0x1000);
	rig_dcr_set(&d.r, SGC, DMA_SGC_EM(0) | DMA_SGC_SSG(0));
	run(&d);
	CU_ASSERT_TRUE(irq(&d, 0));
	CU_ASSERT_EQUAL(d.r.ram[TO + 17], 0);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), DMA_SR_CS(0) | DMA_SR_SG(0));
	rig_dcr_set(&d.r, SR, DMA_SR_CS(0));
	run(&d);
	CU_ASSERT_EQUAL(d.r.ram[TO + 17], d.r.ram[FROM + 1]);
	CU_ASSERT_FALSE(irq(&d, 0));	/* TCI of the second is off */
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), DMA_SR_CS(0));
	rig_close(&d.r);
}

/* A chain that leads to itself goes on for ever, and can be stopped. */
void test_dma_chain_loop(void)
{
	struct dma_rig d;
	cycle_t from;

	dma_open(&d);
	describe(&d, 0x1000, MM, LINK | 1, FROM, TO, 0x1000);
	rig_dcr_set(&d.r, SGL(0), 0x1000);
	rig_dcr_set(&d.r, SGC, DMA_SGC_EM(0) | DMA_SGC_SSG(0));
	from = sched_now(&d.r.sched);
	for (unsigned int i = 0; i < 1000; i++)
		CU_ASSERT_TRUE(rig_step(&d.r));
	CU_ASSERT(sched_now(&d.r.sched) - from >= 1000);
	rig_dcr_set(&d.r, SGC, DMA_SGC_SSG(0));		/* no mask: no effect */
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SGC), DMA_SGC_SSG(0));
	rig_dcr_set(&d.r, SGC, DMA_SGC_EM(0));
	CU_ASSERT(run(&d) < 10);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR) & DMA_SR_SG(0), 0);
	rig_close(&d.r);
}

static u32 port_take(void *opaque, unsigned int size)
{
	struct dma_rig *d = opaque;

	d->last_size = size;
	return ++d->accesses;
}

static void port_give(void *opaque, unsigned int size, u32 val)
{
	struct dma_rig *d = opaque;

	d->last_size = size;
	d->last = val;
	d->accesses++;
}

static void port_end(void *opaque)
{
	((struct dma_rig *)opaque)->last_off++;
}

/* Peripheral mode: a transfer for each request, no address at the device. */
void test_dma_peripheral(void)
{
	struct dma_rig d;
	const struct dma_port port = { port_take, port_give, port_end, &d };

	dma_open(&d);
	dma_attach(d.r.dev[0], 2, &port);
	/* from the device: TD, internal, 16 bits, DAI, TM 0, ETD, TCE */
	start(&d, 2, 1, TO, 3, 0xf1000180 | PW(1));
	CU_ASSERT_EQUAL(run(&d), 0);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), 0);
	dma_request(d.r.dev[0], 2, true);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), DMA_SR_IR(2) | DMA_SR_CB(2));
	rig_step(&d.r);
	dma_request(d.r.dev[0], 2, false);
	run(&d);
	CU_ASSERT_EQUAL(d.accesses, 1);
	CU_ASSERT_EQUAL(d.last_size, 2);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, CT(2)), 2);
	dma_request(d.r.dev[0], 2, true);
	run(&d);
	CU_ASSERT_EQUAL(memcmp(d.r.ram + TO, "\0\1\0\2\0\3\0\0", 8), 0);
	CU_ASSERT_EQUAL(d.last_off, 1);		/* TC on the line */
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), DMA_SR_CS(2) | DMA_SR_IR(2));
	/* to the device: external, SAI */
	rig_dcr_set(&d.r, SR, 0xffffffff);
	start(&d, 2, FROM, 0, 2, 0xc0800180 | PW(2));
	run(&d);
	CU_ASSERT_EQUAL(d.last, ldb32(d.r.ram + FROM + 4));
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), DMA_SR_CS(2) | DMA_SR_ER(2));
	rig_close(&d.r);
}

/* The device ends it, where EOT is its input. */
void test_dma_eot(void)
{
	struct dma_rig d;
	const struct dma_port port = { port_take, port_give, NULL, &d };

	dma_open(&d);
	dma_attach(d.r.dev[0], 0, &port);
	start(&d, 0, 0, TO, 100, 0xf1000180);
	dma_request(d.r.dev[0], 0, true);
	rig_step(&d.r);
	dma_eot(d.r.dev[0], 0);		/* an output: not heard */
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR) & DMA_SR_TS(0), 0);
	rig_dcr_set(&d.r, CR(0), 0xf1000080);
	dma_eot(d.r.dev[0], 0);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), DMA_SR_TS(0) | DMA_SR_IR(0));
	CU_ASSERT_TRUE(irq(&d, 0));
	CU_ASSERT_EQUAL(rig_dcr(&d.r, CR(0)) >> 31, 0);
	CU_ASSERT_EQUAL(run(&d), 1);	/* the step that was under way */
	CU_ASSERT_EQUAL(d.accesses, 1);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, CT(0)), 99);
	rig_close(&d.r);
}

/* Registers of a device are reached by accesses of the channel's width. */
void test_dma_device(void)
{
	struct dma_rig d;

	dma_open(&d);
	/* to a fixed address */
	start(&d, 0, FROM, (u32)WINDOW, 10, MM & ~0x01000000u);
	run(&d);
	CU_ASSERT_EQUAL(d.accesses, 10);
	CU_ASSERT_EQUAL(d.last_size, 1);
	CU_ASSERT_EQUAL(d.last, d.r.ram[FROM + 9]);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, DAL(0)), (u32)WINDOW);
	/* from one, paced: a word for each request */
	d.accesses = 0;
	rig_dcr_set(&d.r, SR, 0xffffffff);
	start(&d, 0, (u32)WINDOW + 4, TO, 2, 0xe1300180 | PW(2));
	CU_ASSERT_EQUAL(run(&d), 0);
	dma_request(d.r.dev[0], 0, true);
	run(&d);
	CU_ASSERT_EQUAL(d.accesses, 2);
	CU_ASSERT_EQUAL(d.last_size, 4);
	CU_ASSERT_EQUAL(d.last_off, 4);
	CU_ASSERT_EQUAL(ldb32(d.r.ram + TO + 4), 2);
	rig_close(&d.r);
}

/* Byte by byte means that what was written may be read again. */
void test_dma_overlap(void)
{
	struct dma_rig d;

	dma_open(&d);
	d.r.ram[TO] = 0x5a;
	start(&d, 0, TO, TO + 1, 99, MM);
	run(&d);
	for (u32 i = 0; i < 100; i++)
		CU_ASSERT_EQUAL(d.r.ram[TO + i], 0x5a);
	/* and backwards, from the last byte */
	start(&d, 0, FROM + 99, TO + 199, 100, MM | 4);
	run(&d);
	CU_ASSERT_EQUAL(memcmp(d.r.ram + TO + 100, d.r.ram + FROM, 100), 0);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SAL(0)), FROM - 1);
	rig_close(&d.r);
}

static void failed(struct dma_rig *d, u32 from, u32 to, u32 cr, u32 left)
{
	rig_dcr_set(&d->r, SR, 0xffffffff);
	CU_ASSERT_FALSE(irq(d, 3));
	start(d, 3, from, to, 16, cr);
	run(d);
	CU_ASSERT_EQUAL(rig_dcr(&d->r, SR), DMA_SR_RI(3));
	CU_ASSERT_EQUAL(rig_dcr(&d->r, CR(3)) >> 31, 0);
	CU_ASSERT_EQUAL(rig_dcr(&d->r, CT(3)), left);
	CU_ASSERT_TRUE(irq(d, 3));
}

/* Alignment and no answer: RI, and the channel is off. */
void test_dma_errors(void)
{
	struct dma_rig d;

	dma_open(&d);
	failed(&d, FROM + 2, TO, MM | PW(2), 16);
	failed(&d, FROM, TO + 4, MM | PW(3), 16);
	failed(&d, FROM, TO, MM | PW(5), 16);
	failed(&d, 0x30000000, TO, MM, 16);
	failed(&d, FROM, 0x30000000, MM, 16);
	failed(&d, RIG_RAM - 4, TO, MM, 12);
	/* the descriptor cannot be read: the chain is over */
	rig_dcr_set(&d.r, SR, 0xffffffff);
	rig_dcr_set(&d.r, SGL(0), 0x30000000);
	rig_dcr_set(&d.r, SGC, DMA_SGC_EM(0) | DMA_SGC_SSG(0));
	run(&d);
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SR), DMA_SR_RI(0));
	CU_ASSERT_EQUAL(rig_dcr(&d.r, SGC), DMA_SGC_EM(0));
	rig_close(&d.r);
}

/* Without TCE the channel runs on at terminal count. */
void test_dma_no_stop(void)
{
	struct dma_rig d;

	dma_open(&d);
	start(&d, 0, FROM, (u32)WINDOW, 1, MM & ~0x01000080u);
	for (unsigned int i = 0; i < 5; i++)
		rig_step(&d.r);
	CU_ASSERT(rig_dcr(&d.r, SR) & DMA_SR_CS(0));
	CU_ASSERT(rig_dcr(&d.r, SR) & DMA_SR_CB(0));
	CU_ASSERT_FALSE(irq(&d, 0));
	CU_ASSERT(d.accesses > 1);
	rig_close(&d.r);
}

/* Any values in any registers: every step is short, and time goes on. */
void test_dma_any_access(void)
{
	struct dma_rig d;
	u32 seed = 7;

	dma_open(&d);
	for (unsigned int i = 0; i < 20000; i++) {
		u32 reg, val;

		seed = seed * 1103515245 + 12345;
		reg = (seed >> 16) % 0x27;
		seed = seed * 1103515245 + 12345;
		val = seed ^ seed << 13;
		if (reg < 0x20 && reg % 8 > 1)
			val &= reg & 1 ? 0x1fffff : 0;
		rig_dcr_set(&d.r, DMA0 + reg, val);
		(void)rig_dcr(&d.r, DMA0 + reg);
		dma_request(d.r.dev[0], seed >> 30, seed >> 29 & 1);
		rig_step(&d.r);
	}
	rig_close(&d.r);
}
