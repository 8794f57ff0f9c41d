/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * check.c - with the parameter check=1: each time a VCPU comes back from its
 * block, is the host as it was?  Owns what is compared; costs a microsecond or
 * more each time, so it is for tests.
 *
 * What a guest may leave behind in the host's TLB: its shadows, which have
 * TS = 1 and lead to pages of its slots or to its magic page, and entries that
 * are invalid because they were shadows.  Everything else must be as before, the pinned entries
 * as at load; but that this module's own text is not pinned, so that the host
 * may have mapped a page of it since.
 */
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "hw.h"
#include "kvm.h"

#define WORDS	4		/* of an entry: three, and its TID */

/* Special registers of the host's that no run of a guest may change. */
#define WATCHED(R) \
	R(HW_PID) R(HW_IVPR) R(HW_CCR0) R(HW_CCR1) R(0x100) /* USPRG0 */ \
	R(0x113) /* SPRG3 */ R(0x154) /* TCR */ \
	R(0x134) R(0x135) R(0x136) /* DBCR0..2 */ \
	R(0x138) R(0x139) R(0x13a) R(0x13b) R(0x13c) R(0x13d) /* IAC, DAC */ \
	R(HW_IVOR(0)) R(HW_IVOR(1)) R(HW_IVOR(2)) R(HW_IVOR(3)) \
	R(HW_IVOR(4)) R(HW_IVOR(5)) R(HW_IVOR(6)) R(HW_IVOR(7)) \
	R(HW_IVOR(8)) R(HW_IVOR(9)) R(HW_IVOR(10)) R(HW_IVOR(11)) \
	R(HW_IVOR(12)) R(HW_IVOR(13)) R(HW_IVOR(14)) R(HW_IVOR(15))

#define NUMBER(n) n,
static const u16 watched[] = { WATCHED(NUMBER) };
#undef NUMBER

struct host_state {
	u32 tlb[TLB_ENTRIES][WORDS];
	u32 spr[ARRAY_SIZE(watched)];
	u32 mmucr, msr;
};

struct check {
	struct host_state before, after;
	unsigned long pages;	/* of the machine */
	unsigned long own[];	/* a bit a page: in a slot */
};

static u32 at_load[TLB_ENTRIES][WORDS];
static u64 runs;

static void read_tlb(u32 tlb[TLB_ENTRIES][WORDS])
{
	u32 i;

	for (i = 0; i < TLB_ENTRIES; i++) {
		tlb[i][0] = hw_tlbre(i, 0);
		tlb[i][3] = hw_mfspr(HW_MMUCR) & 0xff;
		tlb[i][1] = hw_tlbre(i, 1);
		tlb[i][2] = hw_tlbre(i, 2);
	}
}

static void read_state(struct host_state *s)
{
	u32 mmucr = hw_mfspr(HW_MMUCR), i = 0;

	/* the TID in it is what a miss of the host has left there */
	s->mmucr = mmucr & ~0xffu;
	s->msr = mfmsr();
#define READ_SPR(n) s->spr[i++] = hw_mfspr(n);
	WATCHED(READ_SPR)
#undef READ_SPR
	read_tlb(s->tlb);
	hw_mtspr(HW_MMUCR, mmucr);
}

/**
 * check_load - note the pinned entries
 */
void check_load(void)
{
	unsigned long flags;
	u32 mmucr;

	vcpu_begin(flags, mmucr);
	read_tlb(at_load);
	vcpu_end(flags, mmucr);
}

/**
 * check_new - what a VCPU's checks need
 *
 * Returns: it, NULL without memory; for check_free().
 */
struct check *check_new(void)
{
	struct check *c;
	unsigned long pages = max_mapnr;

	c = kvzalloc(sizeof(*c) + BITS_TO_LONGS(pages) * sizeof(long),
		     GFP_KERNEL_ACCOUNT);
	if (c)
		c->pages = pages;
	return c;
}

/**
 * check_free - release it
 * @c: from check_new(), or NULL
 */
void check_free(struct check *c)
{
	kvfree(c);
}

/**
 * check_slots - the slots have changed
 * @k: VCPU; nothing is done for one without checks
 */
void check_slots(struct kvcpu *k)
{
	const struct fast_slot *s;
	struct check *c = k->check;
	u32 i, n;

	if (!c)
		return;
	memset(c->own, 0, BITS_TO_LONGS(c->pages) * sizeof(long));
	for (i = 0; i < k->v->slots; i++)
		for (s = &k->v->slot[i], n = 0; n < s->pages; n++)
			__set_bit(s->page[n] & 0xffffff, c->own);
	__set_bit(k->v->magic_pa >> PAGE_SHIFT, c->own);
}

static bool is_own(const struct check *c, u64 pfn, u32 pages)
{
	while (pages--)
		if (pfn >= c->pages || !test_bit((long)pfn++, c->own))
			return false;
	return true;
}

/* A valid entry with TS = 1, behind a run. */
static bool is_good_shadow(const struct kvcpu *k, const u32 w[WORDS])
{
	u32 size = w[0] >> 4 & 15;
	u32 pages = size ? 1u << 2 * (size - 1) : 1;

	if (size > 9 || (w[2] & (TLB2_SX | TLB2_SW | TLB2_I)))
		return false;
	if (!w[3] && k->v->way != WAY_CLASSIC)
		return false;
	return is_own(k->check, (u64)(w[1] & 15) << 20 | w[1] >> 12, pages);
}

static bool is_same(const u32 a[WORDS], const u32 b[WORDS])
{
	return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

/* What the host's own miss handler writes for what vmalloc() has mapped. */
static bool is_host_text(const u32 w[WORDS])
{
	void *at = (void *)(w[0] & PAGE_MASK);

	return (w[0] >> 4 & 15) == 1 && !w[3] && is_vmalloc_addr(at) &&
	       w[1] == vmalloc_to_pfn(at) << PAGE_SHIFT;
}

static bool is_good_entry(const struct kvcpu *k, u32 i)
{
	const u32 *now = k->check->after.tlb[i];

	if (i > kvm_host->hwater)
		return is_same(now, at_load[i]);
	if (!(now[0] & TLB0_V))
		return true;
	if (now[0] & TLB0_TS)
		return is_good_shadow(k, now);
	return is_same(now, k->check->before.tlb[i]) || is_host_text(now);
}

static void complain(const struct kvcpu *k, const char *what, u32 n, u32 was,
		     u32 is)
{
	pr_emerg(CLASS_NAME ": check: %s %#x was %#x, is %#x; exit %u at %#x\n",
		 what, n, was, is, k->v->exit_nr, k->v->s.pc);
}

/**
 * check_before - note the host's state; the next is a run
 * @k: VCPU; nothing is done for one without checks
 *
 * Context: interrupts off.
 */
void check_before(struct kvcpu *k)
{
	if (k->check)
		read_state(&k->check->before);
}

/**
 * check_after - compare it, after a run
 * @k: VCPU, as for check_before()
 *
 * Returns: whether all is well; else there are messages.
 */
bool check_after(struct kvcpu *k)
{
	struct host_state *a, *b;
	bool is_good = true;
	u32 i;

	if (!k->check)
		return true;
	b = &k->check->before;
	a = &k->check->after;
	read_state(a);
	runs++;
	for (i = 0; i < TLB_ENTRIES; i++) {
		if (is_good_entry(k, i))
			continue;
		is_good = false;
		complain(k, "TLB word 0 of", i, b->tlb[i][0], a->tlb[i][0]);
		complain(k, "TLB word 1 of", i, b->tlb[i][1], a->tlb[i][1]);
		complain(k, "TLB word 2 of", i, b->tlb[i][2], a->tlb[i][2]);
	}
	for (i = 0; i < ARRAY_SIZE(watched); i++) {
		if (a->spr[i] == b->spr[i])
			continue;
		is_good = false;
		complain(k, "SPR", watched[i], b->spr[i], a->spr[i]);
	}
	if (a->mmucr != b->mmucr || a->msr != b->msr) {
		is_good = false;
		complain(k, "MMUCR; MSR", a->msr ^ b->msr, b->mmucr, a->mmucr);
	}
	return is_good;
}

/**
 * check_runs - how many runs were checked since the module was loaded
 */
u64 check_runs(void)
{
	return runs;
}
