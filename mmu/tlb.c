/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * mmu/tlb.c [F] - writes, reads and searches of the architected TLB.
 *
 * Pure functions on struct tlb; takes no simulated time, logs nothing.
 */
#include "mmu/tlb.h"
#include "base/bits.h"

/**
 * tlb_size_bytes - bytes of a page by its SIZE field
 * @size: SIZE field, 0..15
 *
 * Returns: bytes; 0 for the encodings that the 440 does not support.
 * Source:  [440UM] MMU chapter, "TLB entry fields", SIZE.
 */
u32 tlb_size_bytes(unsigned int size)
{
	const u32 supported = 1u << 0 | 1u << 1 | 1u << 2 | 1u << 3 | 1u << 4 |
			      1u << 5 | 1u << 7 | 1u << 9;

	return size < 16 && (supported >> size & 1) ? 1024u << 2 * size : 0;
}

static void entry_derive(struct tlb *tlb, unsigned int i, unsigned int tid)
{
	u32 w = tlb->word[i][0];
	u32 bytes = tlb_size_bytes(PPC_FIELD(w, 24, 27));

	tlb->mask[i] = bytes ? ~(bytes - 1) : 0xffffffffu;
	tlb->epn[i] = w & 0xfffffc00u & tlb->mask[i];
	/* an unsupported size matches nothing */
	tlb->id[i] = (bytes ? w & (TLB0_V | TLB0_TS) : 0) | tid;
	tlb->idmask[i] = tid ? 0x3ff : 0x300;
	tlb->tag[i] = tlb->epn[i] | tlb->id[i];
	tlb->care[i] = (tlb->mask[i] & 0xfffffc00u) | tlb->idmask[i];
}

/**
 * tlb_reset - make every entry invalid
 * @tlb: cleared
 */
void tlb_reset(struct tlb *tlb)
{
	unsigned int i;

	memset(tlb, 0, sizeof(*tlb));
	for (i = 0; i < TLB_ENTRIES; i++)
		entry_derive(tlb, i, 0);
}

/*
 * Four entries at a time, in vectors of the compiler's where the machine has
 * them: nearly all entries do not match.
 */
typedef u32 lanes_t __attribute__((vector_size(16), aligned(4), may_alias));
typedef u64 halves_t __attribute__((vector_size(16)));
#define LANES 4
#define LOOKUP_GROUP 16

static bool group_matches(const struct tlb *tlb, unsigned int i, u32 want)
{
	const lanes_t w = { want, want, want, want };
	const lanes_t *tag = (const lanes_t *)&tlb->tag[i];
	const lanes_t *care = (const lanes_t *)&tlb->care[i];
	lanes_t any = { 0 };
	halves_t halves;
	unsigned int n;

#pragma GCC unroll 4
	for (n = 0; n < LOOKUP_GROUP / LANES; n++)
		any |= (lanes_t)(((w ^ tag[n]) & care[n]) == 0);
	halves = (halves_t)any;
	return (halves[0] | halves[1]) != 0;
}

/**
 * tlb_lookup - find the entry that translates an effective address
 * @tlb: TLB to search, not changed
 * @ea:  effective address
 * @as:  address space, MSR[IS] or MSR[DS] (0 or 1)
 * @pid: process ID compared with TID; TID 0 matches any
 * @hit: set to the entry index (0..63) on TLB_HIT, else untouched
 *
 * Two entries that match at once are a programming error; the lower index
 * is then the answer.
 *
 * Returns: TLB_HIT, TLB_MISS.
 * Context: freestanding; O(64).
 * Source:  [440UM] MMU chapter, "TLB match".
 */
enum tlb_result tlb_lookup(const struct tlb *tlb, u32 ea, unsigned int as,
			   unsigned int pid, unsigned int *hit)
{
	u32 want = (ea & 0xfffffc00u) | TLB0_V | as << 8 | pid;
	unsigned int i, k;

	for (i = 0; i < TLB_ENTRIES; i += LOOKUP_GROUP) {
		if (likely(!group_matches(tlb, i, want)))
			continue;
		for (k = i; k < i + LOOKUP_GROUP; k++)
			if (!((want ^ tlb->tag[k]) & tlb->care[k])) {
				*hit = k;
				return TLB_HIT;
			}
	}
	return TLB_MISS;
}

/**
 * tlb_write - tlbwe: write one word of an entry
 * @tlb:   changed
 * @index: entry, 0..63
 * @word:  0 PAGEID, 1 XLAT, 2 ATTRIB; others are ignored
 * @value: value written; reserved and parity bits are dropped
 * @stid:  MMUCR[STID], becomes the entry's TID when @word is 0
 *
 * Context: freestanding.  The caller drops what it derived from the old entry.
 * Source:  [440UM] "tlbwe".
 */
void tlb_write(struct tlb *tlb, unsigned int index, unsigned int word,
	       u32 value, unsigned int stid)
{
	unsigned int i = index & (TLB_ENTRIES - 1);

	if (word == 0) {
		tlb->word[i][0] = value & TLB0_WRITABLE;
		entry_derive(tlb, i, stid & 0xff);
	} else if (word == 1) {
		tlb->word[i][1] = value & TLB1_WRITABLE;
	} else if (word == 2) {
		tlb->word[i][2] = value & TLB2_WRITABLE;
	}
}

/**
 * tlb_read - tlbre: read one word of an entry
 * @tlb:   TLB, not changed
 * @index: entry, 0..63
 * @word:  0..2; others read as 0
 * @stid:  set to the entry's TID when @word is 0, else untouched
 *
 * Returns: the word; parity bits read as 0.
 * Source:  [440UM] "tlbre".
 */
u32 tlb_read(const struct tlb *tlb, unsigned int index, unsigned int word,
	     unsigned int *stid)
{
	unsigned int i = index & (TLB_ENTRIES - 1);

	if (word > 2)
		return 0;
	if (word == 0)
		*stid = tlb_tid(tlb, i);
	return tlb->word[i][word];
}
