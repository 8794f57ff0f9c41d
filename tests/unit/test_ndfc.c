/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_ndfc.c - the NAND controller as Linux's drivers/mtd/nand/raw/
 * ndfc.c and U-Boot's cpu/ppc4xx/ndfc.c drive it; the code that ECC gives as
 * the SmartMedia physical format lays it out.
 */
#include "tests/unit/nand_rig.h"

#define CCR		(NDFC + 0x40)
#define ECC0		(NDFC + 0x10)
#define RESET_ECC	0x40000000u

void test_ndfc_select(void)
{
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	/* as U-Boot leaves it: the chip of bank 1 */
	CU_ASSERT_EQUAL(rig_rd(&n.r, NDFC + 0x34, 4), 0x80002222);
	CU_ASSERT_EQUAL(rig_rd(&n.r, CCR, 4) >> 24 & 3, 1);
	nand_cmd(&n, 0x90);
	nand_addr(&n, 0, 1);
	nand_select(&n, LARGE_CHIP);
	nand_cmd(&n, 0x70);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xe0);
	nand_select(&n, SMALL_CHIP);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xec);	/* each keeps its state */
	rig_wr(&n.r, NDFC + 0x34, 4, 0x00002222);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);	/* bank disabled */
	nand_select(&n, 0);
	CU_ASSERT_EQUAL(nand_byte(&n), 0xff);	/* no chip */
	rig_close(&n.r);
}

/* Linux sets both in read-modify-writes and never clears them. */
void test_ndfc_reset_bits(void)
{
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	rig_wr(&n.r, CCR, 4, 0xc1001000);
	CU_ASSERT_EQUAL(rig_rd(&n.r, CCR, 4), 0x01001000);
	rig_close(&n.r);
}

void test_ndfc_widths(void)
{
	static const u8 v[] = { 1, 2, 3, 4, 5, 6, 7 };
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_select(&n, SMALL_CHIP);
	small_program(&n, 0, 0, 0, v, 7);
	nand_wait(&n);
	small_read(&n, 0, 0, 0);
	CU_ASSERT_EQUAL(rig_rd(&n.r, NDFC + 8, 4), 0x01020304);
	CU_ASSERT_EQUAL(rig_rd(&n.r, NDFC + 8, 2), 0x0506);
	CU_ASSERT_EQUAL(rig_rd(&n.r, NDFC + 0x1000, 1), 7);
	/* writes, and commands as words with the byte first: writel() */
	rig_wr(&n.r, NDFC, 4, 0x80000000);
	for (unsigned int i = 0; i < 4; i++)
		rig_wr(&n.r, NDFC + 4, 4, i == 1 ? 0x20000000 : 0);
	rig_wr(&n.r, NDFC + 8, 4, 0x11121314);
	rig_wr(&n.r, NDFC + 8, 2, 0x1516);
	rig_wr(&n.r, NDFC, 4, 0x10000000);
	nand_wait(&n);
	small_read(&n, 0, 32, 0);
	for (unsigned int i = 0x11; i < 0x17; i++)
		CU_ASSERT_EQUAL(nand_byte(&n), i);
	rig_close(&n.r);
}

/* The code of 256 bytes, of which byte @at is @v and the others ones. */
static u32 code_of(struct nand_rig *n, unsigned int at, u8 v)
{
	u32 ccr = rig_rd(&n->r, CCR, 4);

	rig_wr(&n->r, CCR, 4, ccr | RESET_ECC);
	for (unsigned int i = 0; i < 256; i++)
		nand_put(n, i == at ? v : 0xff);
	return rig_rd(&n->r, ECC0, 4);
}

/*
 * SmartMedia: a flipped bit changes one of each pair of parities: the odd one
 * where the address has a 1, the even one where it has a 0.
 */
void test_ndfc_ecc(void)
{
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	CU_ASSERT_EQUAL(code_of(&n, 0, 0xff), 0xffffff);
	for (unsigned int i = 0; i < 2048; i += 37) {
		u32 want = 0, at = i >> 3, bit = i & 7;

		for (unsigned int k = 0; k < 4; k++) {
			want |= 1u << (16 + 2 * k + (at >> k & 1));
			want |= 1u << (8 + 2 * k + (at >> (k + 4) & 1));
		}
		for (unsigned int k = 0; k < 3; k++)
			want |= 1u << (2 + 2 * k + (bit >> k & 1));
		CU_ASSERT_EQUAL(code_of(&n, at, (u8)(0xff ^ 1u << bit)) ^
				0xffffff, want);
	}
	rig_close(&n.r);
}

/* What is written is what is read, and the next 256 bytes have a code too. */
void test_ndfc_ecc_reads(void)
{
	struct nand_rig n;
	u32 wrote[2];

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_select(&n, SMALL_CHIP);
	nand_cmd(&n, 0x80);
	nand_addr(&n, 0, 1);
	nand_addr(&n, 2, 3);
	rig_wr(&n.r, CCR, 4, 0x01000000 | RESET_ECC);
	for (unsigned int i = 0; i < 512; i += 4)
		rig_wr(&n.r, NDFC + 8, 4, i * 0x01234567u);
	wrote[0] = rig_rd(&n.r, ECC0, 4);
	wrote[1] = rig_rd(&n.r, ECC0 + 4, 4);
	CU_ASSERT_NOT_EQUAL(wrote[0], wrote[1]);
	nand_cmd(&n, 0x10);
	nand_wait(&n);
	small_read(&n, 0, 2, 0);
	rig_wr(&n.r, CCR, 4, 0x01000000 | RESET_ECC);
	CU_ASSERT_EQUAL(rig_rd(&n.r, ECC0, 4), 0xffffff);
	for (unsigned int i = 0; i < 512; i++)
		(void)nand_byte(&n);
	CU_ASSERT_EQUAL(rig_rd(&n.r, ECC0, 4), wrote[0]);
	CU_ASSERT_EQUAL(rig_rd(&n.r, ECC0 + 4, 4), wrote[1]);
	rig_close(&n.r);
}

void test_ndfc_ready_irq(void)
{
	struct nand_rig n;
	bool *level;

	nand_rig_open(&n);
	nand_rig_start(&n);
	level = &n.r.dev[1]->irq[0].level;
	nand_cmd(&n, 0xff);
	CU_ASSERT_FALSE(nand_stat(&n));
	rig_wr(&n.r, CCR, 4, 0x21001000);
	CU_ASSERT_FALSE(*level);
	nand_wait(&n);
	CU_ASSERT_TRUE(nand_stat(&n));
	CU_ASSERT_TRUE(*level);
	rig_wr(&n.r, CCR, 4, 0x01001000);
	CU_ASSERT_FALSE(*level);
	/* one pin for all: the other chip's work shows too */
	nand_select(&n, LARGE_CHIP);
	nand_cmd(&n, 0xff);
	nand_select(&n, SMALL_CHIP);
	CU_ASSERT_FALSE(nand_stat(&n));
	nand_wait(&n);
	rig_close(&n.r);
}

/* As in Linux's trees: a node for each bank, and one unit behind them. */
void test_ndfc_two_windows(void)
{
	struct rig_prop two[4] = {
		{ .name = "reg", .cells = 3, .cell = { 2, 0, 0x2000 } },
		{ .name = "/parent" }, { .name = "culm,unit" },
		NAND_END,
	};
	struct nand_rig n;
	struct dev *dev;

	nand_rig_open(&n);
	two[1].dev = n.r.dev[0];
	two[2].dev = n.r.dev[1];
	dev = rig_add(&n.r, &(struct rig_spec){ .cls = &ndfc_class,
						.path = "/two",
						.props = two }, NULL);
	n.large[1].dev = dev;
	n.large[2] = (struct rig_prop)NAND_END;
	rig_add(&n.r, &(struct rig_spec){ .cls = &nand_class, .path = "/large",
					  .props = n.large }, NULL);
	rig_start(&n.r);
	rig_wr(&n.r, 0x94000038, 4, 0xc0007777);
	CU_ASSERT_EQUAL(rig_rd(&n.r, NDFC + 0x38, 4), 0xc0007777);
	rig_wr(&n.r, 0x94000040, 4, 0x02003000);
	rig_wr(&n.r, NDFC, 1, 0x90);
	rig_wr(&n.r, 0x94000004, 1, 0);
	CU_ASSERT_EQUAL(rig_rd(&n.r, 0x94000008, 2), 0xecda);
	rig_close(&n.r);
}

/* Auto-read: the linear region is the first pages' data. */
void test_ndfc_boot(void)
{
	static const u8 a = 0x48, b = 0x7f;
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_select(&n, SMALL_CHIP);
	small_program(&n, 0, 0, 0, &a, 1);
	nand_wait(&n);
	small_program(&n, 0x01, 7, 255, &b, 1);
	nand_wait(&n);
	rig_wr(&n.r, CCR, 4, 0x0d001000);
	CU_ASSERT_EQUAL(rig_rd(&n.r, NDFC + 0x1000, 4), 0x48ffffff);
	CU_ASSERT_EQUAL(rig_rd(&n.r, NDFC + 0x1ffc, 4), 0xffffff7f);
	rig_close(&n.r);
}

void test_ndfc_any_access(void)
{
	struct nand_rig n;

	nand_rig_open(&n);
	nand_rig_start(&n);
	rig_hammer(&n.r, NDFC, 0x60);
	rig_hammer(&n.r, NDFC + 0x1ff0, 0x14);
	rig_close(&n.r);
}

/* A reset takes 5 us at most (data sheet): 500 cycles of 10 ns. */
void test_ndfc_spin(void)
{
	struct nand_rig n;
	u32 v = 0;
	int wait = 0;

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_cmd(&n, 0xff);
	n.r.sched.slice_end = sched_now(&n.r.sched) + 100000;
	for (unsigned int i = 0; i < 8 && wait == 0; i++)
		wait = bus_read(&n.r.bus, NDFC + 0x44, 4, &v);
	CU_ASSERT_TRUE(wait > 0 && wait <= 500);
	CU_ASSERT_EQUAL(v & 0x01000000, 0);
	/* not past what else is due, and not where something else was read */
	n.r.sched.slice_end = sched_now(&n.r.sched) + 20;
	CU_ASSERT_EQUAL(bus_read(&n.r.bus, NDFC + 0x44, 4, &v), 20);
	CU_ASSERT_EQUAL(bus_read(&n.r.bus, NDFC + 0x40, 4, &v), BUS_OK);
	CU_ASSERT_EQUAL(bus_read(&n.r.bus, NDFC + 0x44, 4, &v), BUS_OK);
	rig_close(&n.r);
}

static const struct preview_row *row_at(const struct preview *p, u64 at)
{
	for (unsigned int i = 0; i < p->rows; i++)
		if (p->row[i].at == at)
			return &p->row[i];
	return NULL;
}

/* What is said ahead is what the registers then give. */
void test_ndfc_preview(void)
{
	const struct preview_row *stat, *data, *ccr;
	struct nand_rig n;
	struct preview p;

	nand_rig_open(&n);
	nand_rig_start(&n);
	nand_select(&n, SMALL_CHIP);
	nand_cmd(&n, 0x50);
	nand_addr(&n, 0, 1);
	nand_addr(&n, 0, 3);
	bus_preview(&n.r.bus, NDFC + 8, &p);
	stat = row_at(&p, NDFC + 0x44);
	CU_ASSERT_PTR_NOT_NULL_FATAL(stat);
	/* busy, until the page is there */
	CU_ASSERT_EQUAL(stat->value, 0);
	CU_ASSERT_EQUAL(stat->flags, PREVIEW_READ);
	CU_ASSERT_EQUAL(stat->until, sched_next(&n.r.sched));
	CU_ASSERT_EQUAL(p.queued, 0);
	nand_wait(&n);
	bus_preview(&n.r.bus, NDFC + 8, &p);
	stat = row_at(&p, NDFC + 0x44);
	data = row_at(&p, NDFC + 8);
	ccr = row_at(&p, NDFC + 0x40);
	CU_ASSERT_FATAL(stat && data && ccr);
	CU_ASSERT_EQUAL(stat->value, rig_rd(&n.r, NDFC + 0x44, 4));
	CU_ASSERT_EQUAL(stat->until, ~0ull);
	CU_ASSERT_EQUAL(ccr->value, rig_rd(&n.r, NDFC + 0x40, 4));
	/* RIE: with that in it the write may interrupt at once */
	CU_ASSERT_EQUAL(ccr->stop, 0x20000000);
	rig_wr(&n.r, NDFC + 0x40, 4, ccr->mask | 0xc0000000);
	CU_ASSERT_EQUAL(rig_rd(&n.r, NDFC + 0x40, 4), ccr->mask);
	nand_select(&n, SMALL_CHIP);
	/* 16 bytes of spare area */
	CU_ASSERT_EQUAL(p.queued, 4);
	for (unsigned int i = 0; i < p.queued; i++)
		CU_ASSERT_EQUAL(p.queue[i], rig_rd(&n.r, NDFC + 8, 4));
	bus_preview(&n.r.bus, NDFC + 8, &p);
	CU_ASSERT_EQUAL(p.queued, 0);
	/* no guess while it could interrupt */
	rig_wr(&n.r, NDFC + 0x40, 4, 0x20000000 | SMALL_CHIP << 24);
	bus_preview(&n.r.bus, NDFC + 8, &p);
	CU_ASSERT_EQUAL(p.rows, 0);
	rig_close(&n.r);
}
