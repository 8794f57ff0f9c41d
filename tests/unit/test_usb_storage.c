/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_usb_storage.c - the USB disk through the whole stack: host
 * controller, bulk-only transport ("BOT" 1.0), SCSI.
 */
#include "tests/unit/usb_rig.h"

extern const struct dev_class usb_storage_class;

#define BLOCKS	2048u

struct store {
	struct blk blk;
	u8 bytes[BLOCKS * 512];
	bool is_failing;
	unsigned int flushes, writes;
	bool is_dirty;
};

static int st_read(void *opaque, u64 off, void *buf, u64 bytes)
{
	struct store *s = opaque;

	if (s->is_failing)
		return -ERR_IO;
	memcpy(buf, s->bytes + off, bytes);
	return 0;
}

static int st_write(void *opaque, u64 off, const void *buf, u64 bytes)
{
	struct store *s = opaque;

	if (s->is_failing)
		return -ERR_IO;
	s->writes++;
	s->is_dirty = true;
	memcpy(s->bytes + off, buf, bytes);
	return 0;
}

static int st_flush(void *opaque)
{
	struct store *s = opaque;

	s->flushes++;
	s->is_dirty = false;
	return s->is_failing ? -ERR_IO : 0;
}

static const struct blk_ops st_ops = { .read = st_read, .write = st_write,
				       .flush = st_flush };

struct bench {
	struct urig u;
	struct store *s;
	u32 residue;
	u8 *data;
};

static void bench_open(struct bench *b)
{
	memset(b, 0, sizeof(*b));
	b->s = calloc(1, sizeof(*b->s));
	b->s->blk = (struct blk){ .ops = &st_ops, .opaque = b->s,
				  .bytes = sizeof(b->s->bytes) };
	for (u32 i = 0; i < sizeof(b->s->bytes); i++)
		b->s->bytes[i] = (u8)(i / 512 * 7 + i);
	urig_open(&b->u, &usb_storage_class, 1, &b->s->blk);
	b->u.packet0 = 64;
	urig_start(&b->u, 1);
	urig_configure(&b->u);
	b->data = b->u.r.ram + DATA;
}

static void bench_close(struct bench *b)
{
	urig_close(&b->u);
	free(b->s);
}

static void st_le32(u8 *p, u32 v)
{
	stb32(p, __builtin_bswap32(v));
}

/* BOT 6.7.2: after a stall clear the halt and read the status. */
static int bot_status(struct bench *b)
{
	u8 *csw = b->u.r.ram + DATA - 64;
	int cc = urig_bulk(&b->u, 1, P_IN, DATA - 64, 13);

	if (cc == 4) {
		CU_ASSERT_EQUAL(urig_control(&b->u, 2, 1, 0, 0x81, 0), 0);
		mem32_set(&b->u, EDS + 32 + 16 + 8, 0);	/* toggle */
		cc = urig_bulk(&b->u, 1, P_IN, DATA - 64, 13);
	}
	if (cc || __builtin_bswap32(ldb32(csw)) != 0x53425355 ||
	    __builtin_bswap32(ldb32(csw + 4)) != 0x1234)
		return -1;
	b->residue = __builtin_bswap32(ldb32(csw + 8));
	return csw[12];
}

/* A command with its data at DATA; the CSW's status, -1 without one. */
static int bot(struct bench *b, const u8 *cdb, u32 len, bool is_in, u32 bytes)
{
	u8 *cbw = b->u.r.ram + DATA - 32;
	int cc = 0;

	memset(cbw, 0, 31);
	st_le32(cbw, 0x43425355);
	st_le32(cbw + 4, 0x1234);
	st_le32(cbw + 8, bytes);
	cbw[12] = is_in ? 0x80 : 0;
	cbw[14] = (u8)len;
	memcpy(cbw + 15, cdb, len);
	if (urig_bulk(&b->u, 2, P_OUT, DATA - 32, 31))
		return -2;
	if (bytes)
		cc = urig_bulk(&b->u, is_in ? 1 : 2, is_in ? P_IN : P_OUT, DATA,
			       bytes);
	if (cc == 4) {
		CU_ASSERT_EQUAL(urig_control(&b->u, 2, 1, 0,
					     is_in ? 0x81 : 2, 0), 0);
		mem32_set(&b->u, is_in ? EDS + 56 : EDS + 72, 0);
	}
	return bot_status(b);
}

#define CDB(...) (const u8[]){ __VA_ARGS__ }, sizeof((u8[]){ __VA_ARGS__ })

static u32 sense(struct bench *b)
{
	CU_ASSERT_EQUAL(bot(b, CDB(0x03, 0, 0, 0, 18, 0), true, 18), 0);
	CU_ASSERT_EQUAL(b->data[0], 0x70);
	return (u32)b->data[2] << 16 | (u32)b->data[12] << 8 | b->data[13];
}

/* What Linux's usb-storage and sd ask at first. */
void test_usb_storage_identify(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_EQUAL(urig_control(&b.u, 0x80, 6, 0x200, 0, 32), 0);
	CU_ASSERT(!memcmp(b.data + 9 + 5, "\x08\x06\x50", 3));
	CU_ASSERT_EQUAL(urig_control(&b.u, 0xa1, 0xfe, 0, 0, 1), 0);
	CU_ASSERT_EQUAL(b.data[0], 0);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x12, 0, 0, 0, 36, 0), true, 36), 0);
	CU_ASSERT_EQUAL(b.data[0], 0);
	CU_ASSERT(!memcmp(b.data + 8, "Culm    USB disk        1.0 ", 28));
	CU_ASSERT_EQUAL(bot(&b, CDB(0, 0, 0, 0, 0, 0), false, 0), 0);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x25, 0, 0, 0, 0, 0, 0, 0, 0, 0), true, 8),
			0);
	CU_ASSERT_EQUAL(ldb32(b.data), BLOCKS - 1);
	CU_ASSERT_EQUAL(ldb32(b.data + 4), 512);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x9e, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
				    0, 32, 0, 0), true, 32), 0);
	CU_ASSERT_EQUAL(ldb64(b.data), BLOCKS - 1);
	CU_ASSERT_EQUAL(ldb32(b.data + 8), 512);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x1e, 0, 0, 0, 1, 0), false, 0), 0);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x1b, 0, 0, 0, 1, 0), false, 0), 0);
	bench_close(&b);
}

/* Mode sense: the host's room is larger than the answer: a residue. */
void test_usb_storage_mode_sense(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x1a, 0, 0x3f, 0, 192, 0), true, 192), 0);
	CU_ASSERT_EQUAL(b.residue, 192 - 24);
	CU_ASSERT(b.data[0] == 23 && b.data[2] == 0 && b.data[4] == 8);
	CU_ASSERT_EQUAL(b.data[6] & 4, 0);		/* no write cache */
	b.s->blk.is_read_only = true;
	CU_ASSERT_EQUAL(bot(&b, CDB(0x5a, 0, 8, 0, 0, 0, 0, 0, 28, 0), true,
			    28), 0);
	CU_ASSERT(b.data[1] == 26 && b.data[3] == 0x80 && b.data[8] == 8);
	bench_close(&b);
}

/* All four lengths of READ and WRITE reach the right blocks. */
void test_usb_storage_transfer(void)
{
	struct bench b;
	u32 bytes = 96 * 512;

	bench_open(&b);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x28, 0, 0, 0, 0, 100, 0, 0, 96, 0), true,
			    bytes), 0);
	CU_ASSERT(!memcmp(b.data, b.s->bytes + 100 * 512, bytes));
	CU_ASSERT_EQUAL(b.residue, 0);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x08, 0, 7, 255, 1, 0), true, 512), 0);
	CU_ASSERT(!memcmp(b.data, b.s->bytes + 2047 * 512, 512));
	for (u32 i = 0; i < bytes; i++)
		b.data[i] = (u8)(i * 3 + i / 512);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x2a, 0, 0, 0, 1, 0, 0, 0, 96, 0), false,
			    bytes), 0);
	CU_ASSERT(!memcmp(b.data, b.s->bytes + 256 * 512, bytes));
	CU_ASSERT_EQUAL(b.s->bytes[352 * 512], (u8)(352 * 7 + 352 * 512));
	memset(b.data, 0x11, 512);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x0a, 0, 0, 3, 1, 0), false, 512), 0);
	CU_ASSERT_EQUAL(b.s->bytes[3 * 512 + 511], 0x11);
	CU_ASSERT_EQUAL(bot(&b, CDB(0xaa, 0, 0, 0, 0, 4, 0, 0, 0, 1, 0, 0),
			    false, 512), 0);
	CU_ASSERT_EQUAL(b.s->bytes[4 * 512], 0x11);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x8a, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 0,
				    1, 0, 0), false, 512), 0);
	CU_ASSERT_EQUAL(b.s->bytes[5 * 512], 0x11);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x88, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0,
				    1, 0, 0), true, 512), 0);
	CU_ASSERT(!memcmp(b.data, b.s->bytes + 6 * 512, 512));
	CU_ASSERT_EQUAL(bot(&b, CDB(0xa8, 0, 0, 0, 0, 7, 0, 0, 0, 1, 0, 0),
			    true, 512), 0);
	CU_ASSERT(!memcmp(b.data, b.s->bytes + 7 * 512, 512));
	bench_close(&b);
}

/* No cache is reported, so the status of a write comes after the flush. */
void test_usb_storage_flush(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0), false,
			    512), 0);
	CU_ASSERT(b.s->writes == 1 && !b.s->is_dirty);
	b.s->flushes = 0;
	CU_ASSERT_EQUAL(bot(&b, CDB(0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0), false,
			    0), 0);
	CU_ASSERT_EQUAL(b.s->flushes, 1);
	b.s->is_failing = true;
	CU_ASSERT_EQUAL(bot(&b, CDB(0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0), false,
			    0), 1);
	CU_ASSERT_EQUAL(sense(&b), 0x030c00);
	bench_close(&b);
}

/* Errors of host and guest become sense data, and the next command works. */
void test_usb_storage_errors(void)
{
	struct bench b;

	bench_open(&b);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x28, 0, 0, 0, 8, 0, 0, 0, 1, 0), true,
			    512), 1);
	CU_ASSERT_EQUAL(b.residue, 512);
	CU_ASSERT_EQUAL(sense(&b), 0x052100);
	CU_ASSERT_EQUAL(sense(&b), 0);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x88, 255, 255, 255, 255, 255, 255, 255,
				    255, 255, 255, 255, 255, 255, 0, 0), true,
			    512), 1);
	CU_ASSERT_EQUAL(sense(&b), 0x052100);
	CU_ASSERT_EQUAL(bot(&b, CDB(0xee, 0, 0, 0, 0, 0), false, 0), 1);
	CU_ASSERT_EQUAL(sense(&b), 0x052000);
	b.s->is_failing = true;
	CU_ASSERT_EQUAL(bot(&b, CDB(0x28, 0, 0, 0, 0, 0, 0, 0, 8, 0), true,
			    4096), 1);
	CU_ASSERT_EQUAL(sense(&b), 0x031100);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x2a, 0, 0, 0, 0, 0, 0, 0, 8, 0), false,
			    4096), 1);
	CU_ASSERT_EQUAL(sense(&b), 0x030c00);
	b.s->is_failing = false;
	b.s->blk.is_read_only = true;
	CU_ASSERT_EQUAL(bot(&b, CDB(0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0), false,
			    512), 1);
	CU_ASSERT_EQUAL(sense(&b), 0x072700);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0), true,
			    512), 0);
	bench_close(&b);
}

/* BOT 6.7: what the host expects and what the command does disagree. */
void test_usb_storage_cases(void)
{
	struct bench b;

	bench_open(&b);
	/* Hn < Di, Hi < Di: phase error; Hi > Di: residue */
	CU_ASSERT_EQUAL(bot(&b, CDB(0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0), false,
			    0), 2);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x28, 0, 0, 0, 0, 0, 0, 0, 2, 0), true,
			    512), 2);
	CU_ASSERT(!memcmp(b.data, b.s->bytes, 512));
	CU_ASSERT_EQUAL(bot(&b, CDB(0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0), true,
			    1024), 0);
	CU_ASSERT_EQUAL(b.residue, 512);
	/* Ho <> Di, Hi <> Do */
	CU_ASSERT_EQUAL(bot(&b, CDB(0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0), false,
			    512), 2);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0), true,
			    512), 2);
	CU_ASSERT_EQUAL(b.s->writes, 0);
	/* Ho > Do, Ho < Do */
	CU_ASSERT_EQUAL(bot(&b, CDB(0x2a, 0, 0, 0, 0, 0, 0, 0, 1, 0), false,
			    1024), 0);
	CU_ASSERT_EQUAL(b.residue, 512);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x2a, 0, 0, 0, 0, 0, 0, 0, 2, 0), false,
			    512), 2);
	/* Hi > Dn, Ho > Dn */
	CU_ASSERT_EQUAL(bot(&b, CDB(0, 0, 0, 0, 0, 0), true, 64), 0);
	CU_ASSERT_EQUAL(b.residue, 64);
	CU_ASSERT_EQUAL(bot(&b, CDB(0, 0, 0, 0, 0, 0), false, 64), 0);
	CU_ASSERT_EQUAL(bot(&b, CDB(0, 0, 0, 0, 0, 0), false, 0), 0);
	bench_close(&b);
}

/* BOT 6.6.1, 5.3.4: a wrapper that makes no sense stalls until the reset. */
void test_usb_storage_bad_wrapper(void)
{
	struct bench b;

	bench_open(&b);
	memset(b.data, 0x55, 64);
	CU_ASSERT_EQUAL(urig_bulk(&b.u, 2, P_OUT, DATA, 31), 4);
	CU_ASSERT_EQUAL(urig_control(&b.u, 2, 1, 0, 2, 0), 0);
	mem32_set(&b.u, EDS + 72, 0);
	CU_ASSERT_EQUAL(urig_bulk(&b.u, 2, P_OUT, DATA, 31), 4);
	CU_ASSERT_EQUAL(urig_bulk(&b.u, 1, P_IN, DATA, 13), 4);
	/* reset recovery */
	CU_ASSERT_EQUAL(urig_control(&b.u, 0x21, 0xff, 0, 0, 0), 0);
	CU_ASSERT_EQUAL(urig_control(&b.u, 2, 1, 0, 0x81, 0), 0);
	CU_ASSERT_EQUAL(urig_control(&b.u, 2, 1, 0, 2, 0), 0);
	mem32_set(&b.u, EDS + 56, 0);
	mem32_set(&b.u, EDS + 72, 0);
	CU_ASSERT_EQUAL(bot(&b, CDB(0, 0, 0, 0, 0, 0), false, 0), 0);
	bench_close(&b);
}

/* Without --drive the disk has no medium: 02/3A/00. */
void test_usb_storage_no_medium(void)
{
	struct bench b;

	bench_open(&b);
	urig_close(&b.u);
	urig_open(&b.u, &usb_storage_class, 1, NULL);
	b.u.packet0 = 64;
	urig_start(&b.u, 1);
	urig_configure(&b.u);
	b.data = b.u.r.ram + DATA;
	CU_ASSERT_EQUAL(bot(&b, CDB(0, 0, 0, 0, 0, 0), false, 0), 1);
	CU_ASSERT_EQUAL(sense(&b), 0x023a00);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x28, 0, 0, 0, 0, 0, 0, 0, 1, 0), true,
			    512), 1);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x35, 0, 0, 0, 0, 0, 0, 0, 0, 0), false,
			    0), 1);
	bench_close(&b);
}

/* About 1.2 MB a second: 19 packets of 64 bytes a frame, less the wrappers. */
void test_usb_storage_rate(void)
{
	struct bench b;
	cycle_t from;

	bench_open(&b);
	from = sched_now(&b.u.r.sched);
	CU_ASSERT_EQUAL(bot(&b, CDB(0x28, 0, 0, 0, 0, 0, 0, 0, 240, 0), true,
			    240 * 512), 0);
	/* 122880 bytes: 101 frames, and a few for wrapper and status */
	CU_ASSERT(sched_now(&b.u.r.sched) - from < 120 * 100000);
	CU_ASSERT(sched_now(&b.u.r.sched) - from > 101 * 100000);
	bench_close(&b);
}
