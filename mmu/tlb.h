/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * mmu/tlb.h [F] - the 64-entry unified TLB of the 440, as software sees it.
 *
 * Owns the entries and their matching rule.  Knows nothing of shadow TLBs,
 * host pointers, exceptions or who asks.
 *
 *   word 0  PAGEID  EPN 0:21 | V 22 | TS 23 | SIZE 24:27 | TPAR 28:31
 *   word 1  XLAT    RPN 0:21 | PAR1 22:23 | 0 | ERPN 28:31
 *   word 2  ATTRIB  PAR2 0:1 | U0-U3 16:19 | W I M G E 20:24 | 0 |
 *                   UX UW UR SX SW SR 26:31
 */
#ifndef MMU_TLB_H
#define MMU_TLB_H

#include "base/env.h"

#define TLB_ENTRIES	64

#define TLB0_V		0x00000200u
#define TLB0_TS		0x00000100u
#define TLB0_WRITABLE	0xfffffff0u
#define TLB1_WRITABLE	0xfffffc0fu
#define TLB2_WRITABLE	0x0000ffbfu

#define TLB2_U0		0x8000u
#define TLB2_W		0x0800u
#define TLB2_I		0x0400u
#define TLB2_M		0x0200u
#define TLB2_G		0x0100u
#define TLB2_E		0x0080u
#define TLB2_UX		0x20u
#define TLB2_UW		0x10u
#define TLB2_UR		0x08u
#define TLB2_SX		0x04u
#define TLB2_SW		0x02u
#define TLB2_SR		0x01u

enum tlb_result { TLB_HIT, TLB_MISS };

/*
 * Matching fields are kept apart from the words: an entry matches when
 * ((ea ^ epn) & mask) == 0 and ((key ^ id) & idmask) == 0 with
 * key = V | AS << 8 | PID.  An EPN has its low ten bits clear and a key has no
 * others, so that a lookup compares both at once, in tag under care.
 */
struct tlb {
	u32 tag[TLB_ENTRIES];		/* epn | id */
	u32 care[TLB_ENTRIES];		/* mask and idmask likewise */
	u32 epn[TLB_ENTRIES];
	u32 mask[TLB_ENTRIES];		/* ~(page size - 1); 0 size: nothing */
	u32 id[TLB_ENTRIES];		/* V 0x200 | TS 0x100 | TID */
	u32 idmask[TLB_ENTRIES];	/* 0x3ff, or 0x300 for TID 0 */
	u32 word[TLB_ENTRIES][3];
};

void tlb_reset(struct tlb *tlb);
enum tlb_result tlb_lookup(const struct tlb *tlb, u32 ea, unsigned int as,
			   unsigned int pid, unsigned int *hit);
void tlb_write(struct tlb *tlb, unsigned int index, unsigned int word,
	       u32 value, unsigned int stid);
u32 tlb_read(const struct tlb *tlb, unsigned int index, unsigned int word,
	     unsigned int *stid);
u32 tlb_size_bytes(unsigned int size);

static inline bool tlb_is_valid(const struct tlb *tlb, unsigned int i)
{
	return tlb->word[i][0] & TLB0_V;
}

static inline unsigned int tlb_tid(const struct tlb *tlb, unsigned int i)
{
	return tlb->id[i] & 0xff;
}

/* Bytes that entry @i maps, minus one; 0xffffffff cannot occur. */
static inline u32 tlb_span(const struct tlb *tlb, unsigned int i)
{
	return ~tlb->mask[i];
}

/* Real address of @ea under entry @i, 36 bits. */
static inline paddr_t tlb_real(const struct tlb *tlb, unsigned int i, u32 ea)
{
	u32 x = tlb->word[i][1];

	return (paddr_t)(x & 0xf) << 32 |
	       ((x & 0xfffffc00u & tlb->mask[i]) | (ea & ~tlb->mask[i]));
}

#endif
