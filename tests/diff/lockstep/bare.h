/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/lockstep/bare.h - a bare core that runs privileged random
 * programs: 1 MB of memory, a ROM page, a device page.
 *
 * Address space, so that no two TLB entries ever match the same address:
 *   PROGRAM_VA  the programs: entry 1 (AS 0) and 2 (AS 1), all rights
 *   DEVICE_VA   the device: entry 3 (AS 0, supervisor) and 4 (AS 1, user)
 *   VECTORS_VA  interrupt handlers: entry 0 (AS 0)
 *   0x6nn.....  entry nn, 8 to 31, belongs to the programs, which map it
 *   the rest    a page is mapped on a miss by entry 32 and bits 15:19
 */
#ifndef TESTS_DIFF_LOCKSTEP_BARE_H
#define TESTS_DIFF_LOCKSTEP_BARE_H

#include "tests/diff/lockstep/pair.h"
#include "tests/diff/random/gen.h"

#define BARE_RAM	0x100000u
#define PROGRAM_VA	0x00100000u
#define PROGRAM_PA	0x10000u
#define PROGRAM_BYTES	0x10000u
#define DEVICE_VA	0x00300000u
#define DEVICE_PA	0x08000000u
#define DEVICE_ACK	0xff0u		/* lowers the interrupt pins */
#define ROM_PA		0x02000000u
#define VECTORS_VA	0xf0000000u
#define VECTORS_PA	0x40000u
#define OWN_VA(entry)	(0x60000000u | (u32)(entry) << 20)
#define OWN_FIRST	8u
#define OWN_LAST	31u

#define SRWX (TLB2_SR | TLB2_SW | TLB2_SX)
#define URWX (TLB2_UR | TLB2_UW | TLB2_UX)

struct bare_config {
	cycle_t cycles;		/* of a test */
	bool is_split;		/* b runs in slices of its own */
	bool has_waits;		/* the device keeps the CPU waiting */
	unsigned int gen_flags;
	bool is_user;		/* user-level programs only */
};

extern const struct scenario bare_scenario;

/* vectors.c: handlers and their tables, in 64 KB at @page. */
void vectors_fill(u8 *page, struct rng *r);
/* An MSR that programs may run with. */
u32 bare_msr(struct rng *r);
u32 bare_attributes(struct rng *r);
/* priv.c: one privileged item, or a window for the base register. */
void priv_item(struct gen *g);

#endif
