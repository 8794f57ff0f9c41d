/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * selftest.c - at load: is the guest TLB what the manual says, on this CPU as
 * compiled by this compiler, and does its index agree with a search?
 *
 * Expected values come from [440UM], MMU chapter.  Touches no hardware.
 */
#include <linux/slab.h>
#include <linux/printk.h>
#include <linux/errno.h>

#include "vcpu.h"

int selftest_run(void);

#define CHECK(what) \
	do { \
		if (!(what)) { \
			pr_err("culm-kvm: self test: %s\n", #what); \
			return -EIO; \
		} \
	} while (0)

static void set(struct vcpu *v, u32 i, u32 w0, u32 w1, u32 w2, u32 tid)
{
	fast_write_tlb(v, i, 1, w1, tid);
	fast_write_tlb(v, i, 2, w2, tid);
	fast_write_tlb(v, i, 0, w0, tid);
}

static int check_match(struct vcpu *v)
{
	struct tlb *t = &v->s.tlb;
	unsigned int hit = 99, stid = 0;

	CHECK(tlb_size_bytes(0) == 1024 && tlb_size_bytes(9) == 256u << 20);
	CHECK(tlb_size_bytes(6) == 0 && tlb_size_bytes(10) == 0);
	/* 16 MB in AS 0 for PID 5, real address 0x1_2000_0000 */
	set(v, 3, 0xc0000000 | TLB0_V | 7 << 4, 0x20000001, 0x3f, 5);
	CHECK(tlb_lookup(t, 0xc0ffffff, 0, 5, &hit) == TLB_HIT && hit == 3);
	CHECK(tlb_real(t, 3, 0xc0123456) == 0x120123456ull);
	CHECK(tlb_lookup(t, 0xc1000000, 0, 5, &hit) == TLB_MISS);
	CHECK(tlb_lookup(t, 0xc0000000, 1, 5, &hit) == TLB_MISS);
	CHECK(tlb_lookup(t, 0xc0000000, 0, 6, &hit) == TLB_MISS);
	CHECK(tlb_read(t, 3, 1, &stid) == 0x20000001 && stid == 0);
	CHECK(tlb_read(t, 3, 0, &stid) == (0xc0000000 | TLB0_V | 7 << 4) &&
	      stid == 5);
	/* TID 0 is for all, TS for AS 1; a size that is none matches nothing */
	set(v, 4, 0x1000 | TLB0_V | TLB0_TS | 1 << 4, 0, 0x3f, 0);
	CHECK(tlb_lookup(t, 0x1fff, 1, 77, &hit) == TLB_HIT && hit == 4);
	set(v, 4, 0x1000 | TLB0_V | TLB0_TS | 6 << 4, 0, 0x3f, 0);
	CHECK(tlb_lookup(t, 0x1fff, 1, 77, &hit) == TLB_MISS);
	/* reserved and parity bits are not stored */
	fast_write_tlb(v, 4, 1, 0xffffffff, 0);
	CHECK(tlb_read(t, 4, 1, &stid) == 0xfffffc0f);
	return 0;
}

static u32 random_u32(u32 *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8 ^ *seed << 16;
}

/* The index finds what the search finds; of several, any. */
static int check_index(struct vcpu *v)
{
	struct tlb *t = &v->s.tlb;
	u32 seed = 440, n, ea, i, as, pid, key;
	unsigned int hit;

	for (n = 0; n < 4000; n++) {
		fast_write_tlb(v, random_u32(&seed), 0,
			       random_u32(&seed) & 0x0003fff0,
			       random_u32(&seed) & 3);
		ea = random_u32(&seed) & 0x0003ffff;
		as = random_u32(&seed) & 1;
		pid = random_u32(&seed) & 3;
		i = fast_find(v, ea, as, pid);
		CHECK((tlb_lookup(t, ea, as, pid, &hit) == TLB_HIT) ==
		      (i != NO_ENTRY));
		if (i == NO_ENTRY)
			continue;
		key = TLB0_V | as << 8 | pid;
		CHECK(((ea ^ t->epn[i]) & t->mask[i]) == 0 &&
		      ((key ^ t->id[i]) & t->idmask[i]) == 0);
	}
	return 0;
}

/**
 * selftest_run - run it
 *
 * Returns: 0; -EIO with a message that says what is wrong; -ENOMEM.
 */
int selftest_run(void)
{
	struct vcpu *v = kzalloc(sizeof(*v), GFP_KERNEL);
	int ret;

	if (!v)
		return -ENOMEM;
	memset(v->bucket, NO_ENTRY, sizeof(v->bucket));
	memset(v->owner, NO_ENTRY, sizeof(v->owner));
	tlb_reset(&v->s.tlb);
	ret = check_match(v);
	if (!ret)
		ret = check_index(v);
	kfree(v);
	return ret;
}
