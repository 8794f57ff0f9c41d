/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * block.c - the 64 KB block of a VCPU: stubs, the copy of the pinned code,
 * and struct vcpu.  Knows where code goes, not what it does.
 */
#include <linux/gfp.h>
#include <linux/module.h>
#include <asm/cacheflush.h>

#include "hw.h"
#include "kvm.h"

#define BLOCK_ORDER	4
#define STUB_BYTES	20

extern const char world_begin[], world_end[];
extern const char world_exit[], world_exit_crit[], world_exit_mc[];
extern const char world_exit_timed[], world_exit_crit_timed[];
extern const char world_enter_at[], world_enter_at_timed[];
extern const char quick_enter_at[], quick_enter_at_timed[];

#define READ_IVOR(n) (ivor[n] = hw_mfspr(HW_IVOR(n)) & 0xfff0)

static void read_ivors(u32 ivor[IVOR_COUNT])
{
	READ_IVOR(0);
	READ_IVOR(1);
	READ_IVOR(2);
	READ_IVOR(3);
	READ_IVOR(4);
	READ_IVOR(5);
	READ_IVOR(6);
	READ_IVOR(7);
	READ_IVOR(8);
	READ_IVOR(9);
	READ_IVOR(10);
	READ_IVOR(11);
	READ_IVOR(12);
	READ_IVOR(13);
	READ_IVOR(14);
	READ_IVOR(15);
}

/**
 * block_check_host - read the host's vectors; see whether stubs fit
 * @ivor: set
 *
 * Returns: 0, -ENODEV with a message.
 */
int block_check_host(u32 ivor[IVOR_COUNT])
{
	u32 i, k, gap;

	read_ivors(ivor);
	BUILD_BUG_ON(PAGE_SIZE << BLOCK_ORDER != BLOCK_BYTES);
	BUILD_BUG_ON(sizeof(struct vcpu) > BLOCK_BYTES - BLOCK_DATA);
	if (world_end - world_begin > BLOCK_DATA - BLOCK_TEXT) {
		pr_err(CLASS_NAME ": the pinned code is too large\n");
		return -ENODEV;
	}
	for (i = 0; i < IVOR_COUNT; i++) {
		if (ivor[i] + STUB_BYTES > BLOCK_TEXT) {
			pr_err(CLASS_NAME ": IVOR%u is %#x\n", i, ivor[i]);
			return -ENODEV;
		}
		for (k = 0; k < i; k++) {
			gap = abs((int)(ivor[i] - ivor[k]));
			if (gap < STUB_BYTES) {
				pr_err(CLASS_NAME ": IVOR%u and IVOR%u are %u bytes apart\n",
				       k, i, gap);
				return -ENODEV;
			}
		}
	}
	return 0;
}

/**
 * block_at - where a block has its copy of a piece of pinned code
 * @block:  block
 * @pinned: address in the module
 *
 * Returns: the address in the block.
 */
void *block_at(void *block, const void *pinned)
{
	return block + BLOCK_TEXT + ((const char *)pinned - world_begin);
}

static const void *exit_of(u32 ivor, bool is_timed)
{
	switch (ivor) {
	case IVOR_CRITICAL: case IVOR_WATCHDOG: case IVOR_DEBUG:
		return is_timed ? world_exit_crit_timed : world_exit_crit;
	case IVOR_MACHINE_CHECK:
		return world_exit_mc;
	}
	return is_timed ? world_exit_timed : world_exit;
}

static u32 branch(const u32 *from, const void *to)
{
	return 0x48000000 | (((u32)to - (u32)from) & 0x03fffffc);
}

/* In the block's copy, the way through @from leads to @to. */
static void divert(void *block, const char *from, const char *to)
{
	u32 *p = block_at(block, from);

	*p = branch(p, block_at(block, to));
}

static void make_stub(void *block, u32 offset, const void *exit, u32 ivor)
{
	u32 *p = block + offset;
	u32 base = (u32)block + BLOCK_BASE;
	u32 gpr4 = offsetof(struct vcpu, s.gpr[4]) + BLOCK_DATA - BLOCK_BASE;

	p[0] = 0x7c7043a6;			/* mtspr SPRG0,r3 */
	p[1] = 0x3c600000 | base >> 16;		/* lis r3,BASE@h */
	p[2] = 0x90830000 | (gpr4 & 0xffff);	/* stw r4,GPR4(r3) */
	p[3] = 0x38800000 | ivor;		/* li r4,ivor */
	p[4] = branch(&p[4], block_at(block, exit));
}

/**
 * block_new - make a block whose VCPU is all zero
 * @host: entries of its TLB that may be used, its vectors, whether exits are
 *        timed
 *
 * Returns: the block; NULL without memory.
 */
void *block_new(const struct kvm_host *host)
{
	void *block = (void *)__get_free_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO,
					       BLOCK_ORDER);
	struct vcpu *v;
	u32 i;

	if (!block)
		return NULL;
	memcpy(block + BLOCK_TEXT, world_begin, world_end - world_begin);
	for (i = 0; i < IVOR_COUNT; i++)
		make_stub(block, host->ivor[i], exit_of(i, host->is_timed), i);
	if (host->is_timed) {
		divert(block, world_enter_at, world_enter_at_timed);
		divert(block, quick_enter_at, quick_enter_at_timed);
	}
	flush_icache_range((unsigned long)block,
			   (unsigned long)block + BLOCK_DATA);
	v = block + BLOCK_DATA;
	v->block_ivpr = (u32)block;
	v->hwater = host->hwater;
	memset(v->bucket, NO_ENTRY, sizeof(v->bucket));
	memset(v->owner, NO_ENTRY, sizeof(v->owner));
	v->next_id = 1;
	return block;
}

/**
 * block_free - release a block
 * @block: from block_new(), or NULL
 */
void block_free(void *block)
{
	free_pages((unsigned long)block, BLOCK_ORDER);
}
