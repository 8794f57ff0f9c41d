/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/ends.h - host ends of a machine that is being fuzzed: drives,
 * cables, lines and flash contents in memory, and a folder to share.
 *
 * They take everything, and fail when told to.  Must not know any device.
 */
#ifndef TESTS_FUZZ_ENDS_H
#define TESTS_FUZZ_ENDS_H

#include "soc/blk.h"
#include "soc/chr.h"
#include "soc/net.h"
#include "soc/share.h"

#define ENDS_DRIVES	8
#define ENDS_DRIVE_BYTES (128u << 10)
#define ENDS_CABLES	8
#define ENDS_LINES	8
#define ENDS_SHARES	2	/* the second is of nothing: see ends.c */
#define ENDS_STORES	24

/* Bits of ends.fails. */
#define FAIL_READ	1u
#define FAIL_WRITE	2u
#define FAIL_FLUSH	4u
#define FAIL_SHARE	8u

/* Content of a drive or of a chip. */
struct ends_store {
	struct ends *ends;
	struct blk blk;
	u8 *bytes;
	enum blk_role role;
	unsigned int index;
};

struct p9;

struct ends {
	u32 fails;
	struct ends_store store[ENDS_STORES];
	unsigned int stores;
	struct net net[ENDS_CABLES];
	struct chr line[ENDS_LINES];
	struct share share[ENDS_SHARES];
	struct p9 *folder;
	char *path;		/* of the folder, removed by ends_close */
	u64 random;
	u64 sum;		/* of all bytes that came out: they were readable */
};

void ends_open(struct ends *e);
void ends_close(struct ends *e);
int ends_storage(struct ends *e, enum blk_role role, unsigned int index,
		 u64 bytes, struct blk **out);
struct blk *ends_blk(struct ends *e, enum blk_role role, unsigned int index);
void ends_random(struct ends *e, void *buf, size_t bytes);
/* Offer a frame to the device at the cable; nobody there takes it silently. */
void ends_frame(struct ends *e, unsigned int cable, const u8 *frame,
		size_t bytes);
void ends_link(struct ends *e, unsigned int cable, bool is_up);
void ends_line(struct ends *e, unsigned int line, const u8 *buf, size_t bytes);
void ends_break(struct ends *e, unsigned int line);
void ends_modem(struct ends *e, unsigned int line, unsigned int lines);

#endif
