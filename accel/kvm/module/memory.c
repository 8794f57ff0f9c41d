/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * memory.c - guest memory: slots of pinned user pages, their contiguous runs,
 * the dirty log; and memory that is contiguous to begin with.
 *
 * A slot's pages are pinned, and accounted as locked, as long as the slot is:
 * nothing moves under the guest, and no notifier is needed.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/sort.h>
#include <linux/uaccess.h>

#include "hw.h"
#include "kvm.h"

#define PIN_BATCH	256
#define PFN(e)		((e) & 0xffffff)

/* SIZE fields of larger pages than 4 KB, ascending. */
static const u8 run_sizes[] = { 2, 3, 4, 5, 7, 9 };

static u32 size_pages(u32 size)
{
	return 1u << 2 * (size - 1);
}

/*
 * Raise the run of each page to @size where an aligned block of that many
 * pages is contiguous and aligned on both sides.
 */
static void find_runs(u32 *page, u32 first, u32 pages, u32 size)
{
	u32 n = size_pages(size), i, k;

	for (i = -first & (n - 1); i + n <= pages; i += n) {
		if (PFN(page[i]) & (n - 1))
			continue;
		for (k = 0; k < n; k++)
			if (PFN(page[i + k]) != PFN(page[i]) + k)
				break;
		if (k < n)
			continue;
		for (k = 0; k < n; k++)
			page[i + k] = PFN(page[i]) + k + (size << PAGE_RUN_SHIFT);
	}
}

static void unpin(u32 *page, u32 pages)
{
	struct page *p;
	u32 i;

	for (i = 0; i < pages; i++) {
		p = pfn_to_page(PFN(page[i]));
		unpin_user_pages_dirty_lock(&p, 1, true);
		if (!(i & 1023))
			cond_resched();
	}
}

static int pin(u64 user, u32 *page, u32 pages)
{
	struct page **batch;
	u32 done = 0;
	long n, i;

	batch = kmalloc_array(PIN_BATCH, sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;
	while (done < pages) {
		mmap_read_lock(current->mm);
		n = pin_user_pages((unsigned long)user + done * PAGE_SIZE,
				   min_t(u32, PIN_BATCH, pages - done),
				   FOLL_WRITE | FOLL_LONGTERM, batch, NULL);
		mmap_read_unlock(current->mm);
		if (n <= 0)
			break;
		for (i = 0; i < n; i++)
			page[done + i] = page_to_pfn(batch[i]) |
					 1u << PAGE_RUN_SHIFT;
		done += n;
		if (fatal_signal_pending(current))
			break;
		cond_resched();
	}
	kfree(batch);
	if (done == pages)
		return 0;
	unpin(page, done);
	return fatal_signal_pending(current) ? -EINTR : -EFAULT;
}

static size_t dirty_bytes(u32 pages)
{
	return (pages + 31) / 32 * 4;
}

static void slot_release(struct vm *vm, struct slot *s)
{
	if (!s->pages)
		return;
	stats_pinned(-(long)s->pages);
	unpin(s->page, s->pages);
	account_locked_vm(vm->mm, s->pages, false);
	free_pages_exact(s->page, s->pages * sizeof(*s->page));
	if (s->dirty)
		free_pages_exact(s->dirty, dirty_bytes(s->pages));
	memset(s, 0, sizeof(*s));
}

/* Tell the pinned code of all slots; the guest is not running meanwhile. */
static void publish(struct vm *vm)
{
	struct kvcpu *k = vm->vcpu;
	unsigned long flags;
	u32 i, n = 0, mmucr;

	vcpu_begin(flags, mmucr);
	for (i = 0; i < KVM44X_MEM_SLOTS; i++) {
		if (!vm->slot[i].pages)
			continue;
		vm->fast[n].first = (u32)(vm->slot[i].gpa >> PAGE_SHIFT);
		vm->fast[n].pages = vm->slot[i].pages;
		vm->fast[n].page = vm->slot[i].page;
		vm->fast[n].dirty = vm->slot[i].dirty;
		n++;
	}
	if (k) {
		k->v->slot = vm->fast;
		k->v->slots = n;
		run_forget(k);
		check_slots(k);
	}
	vcpu_end(flags, mmucr);
}

static int slot_fill(struct vm *vm, struct slot *s)
{
	u32 i;
	int ret = account_locked_vm(vm->mm, s->pages, true);

	if (ret)
		return ret;
	s->page = alloc_pages_exact(s->pages * sizeof(*s->page),
				    GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!s->page) {
		ret = -ENOMEM;
		goto no_memory;
	}
	ret = pin(s->user, s->page, s->pages);
	if (ret)
		goto no_pages;
	for (i = 0; i < ARRAY_SIZE(run_sizes); i++)
		find_runs(s->page, (u32)(s->gpa >> PAGE_SHIFT), s->pages,
			  run_sizes[i]);
	stats_pinned(s->pages);
	return 0;
no_pages:
	free_pages_exact(s->page, s->pages * sizeof(*s->page));
no_memory:
	account_locked_vm(vm->mm, s->pages, false);
	return ret;
}

static int set_dirty_log(struct slot *s)
{
	if (!(s->flags & KVM44X_MEM_LOG_DIRTY) || s->dirty)
		return 0;
	s->dirty = alloc_pages_exact(dirty_bytes(s->pages),
				     GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	return s->dirty ? 0 : -ENOMEM;
}

static bool is_overlapping(const struct vm *vm,
			   const struct kvm44x_memory_region *r)
{
	const struct slot *s;
	u32 i;

	for (i = 0; i < KVM44X_MEM_SLOTS; i++) {
		s = &vm->slot[i];
		if (i != r->slot && s->pages &&
		    r->guest_phys_addr < s->gpa + s->bytes &&
		    s->gpa < r->guest_phys_addr + r->memory_size)
			return true;
	}
	return false;
}

static int region_check(const struct vm *vm,
			const struct kvm44x_memory_region *r)
{
	if (r->slot >= KVM44X_MEM_SLOTS || (r->flags & ~KVM44X_MEM_LOG_DIRTY))
		return -EINVAL;
	if ((r->guest_phys_addr | r->memory_size | r->userspace_addr) &
	    (PAGE_SIZE - 1))
		return -EINVAL;
	/* real addresses have 36 bits, user addresses less than 32 */
	if (r->guest_phys_addr >= 1ull << 36 || r->memory_size > 1u << 31 ||
	    r->guest_phys_addr + r->memory_size > 1ull << 36)
		return -EINVAL;
	if (r->userspace_addr >= TASK_SIZE ||
	    r->userspace_addr + r->memory_size > TASK_SIZE)
		return -EINVAL;
	return is_overlapping(vm, r) ? -EEXIST : 0;
}

/* The dirty log alone may change, or the place. */
static bool is_same_memory(const struct slot *s,
			   const struct kvm44x_memory_region *r)
{
	return s->pages && s->gpa == r->guest_phys_addr &&
	       s->bytes == r->memory_size && s->user == r->userspace_addr;
}

static int slot_change(struct vm *vm, struct slot *s, u32 flags)
{
	u32 *old = NULL;
	int ret;

	s->flags = flags;
	ret = set_dirty_log(s);
	if (ret)
		return ret;
	if (!(flags & KVM44X_MEM_LOG_DIRTY)) {
		old = s->dirty;
		s->dirty = NULL;
	}
	publish(vm);
	if (old)
		free_pages_exact(old, dirty_bytes(s->pages));
	return 0;
}

/**
 * memory_set - KVM_SET_USER_MEMORY_REGION
 * @vm: VM, locked
 * @r:  region; size 0 removes the slot
 *
 * Returns: 0, -EINVAL, -EEXIST for overlapping slots, -ENOMEM (limit of locked
 * memory included), -EFAULT for addresses that cannot be pinned.
 */
int memory_set(struct vm *vm, const struct kvm44x_memory_region *r)
{
	struct slot *s, fresh, old;
	int ret = region_check(vm, r);

	if (ret)
		return ret;
	s = &vm->slot[r->slot];
	if (is_same_memory(s, r))
		return slot_change(vm, s, r->flags);
	if (s->pages && r->memory_size)
		return -EINVAL;		/* remove it first */
	fresh = (struct slot){
		.gpa = r->guest_phys_addr, .bytes = r->memory_size,
		.user = r->userspace_addr, .flags = r->flags,
		.pages = (u32)(r->memory_size >> PAGE_SHIFT),
	};
	if (fresh.pages) {
		ret = slot_fill(vm, &fresh);
		if (!ret) {
			ret = set_dirty_log(&fresh);
			if (ret)
				slot_release(vm, &fresh);
		}
		if (ret)
			return ret;
	}
	old = *s;
	*s = fresh;
	publish(vm);
	slot_release(vm, &old);
	return 0;
}

/**
 * memory_free - release all slots
 * @vm: VM that nobody else has
 */
void memory_free(struct vm *vm)
{
	u32 i;

	for (i = 0; i < KVM44X_MEM_SLOTS; i++)
		slot_release(vm, &vm->slot[i]);
}

/**
 * memory_get_dirty - KVM_GET_DIRTY_LOG: fetch and clear
 * @vm:  VM, locked
 * @log: where
 *
 * Returns: 0, -EINVAL without such a log, -EFAULT.
 */
int memory_get_dirty(struct vm *vm, const struct kvm44x_dirty_log *log)
{
	unsigned long flags;
	struct slot *s;
	size_t bytes;
	u32 *copy, mmucr;
	int ret;

	if (log->slot >= KVM44X_MEM_SLOTS || !vm->slot[log->slot].dirty)
		return -EINVAL;
	s = &vm->slot[log->slot];
	bytes = dirty_bytes(s->pages);
	copy = alloc_pages_exact(bytes, GFP_KERNEL_ACCOUNT);
	if (!copy)
		return -ENOMEM;
	vcpu_begin(flags, mmucr);
	memcpy(copy, s->dirty, bytes);
	memset(s->dirty, 0, bytes);
	if (vm->vcpu)
		run_forget(vm->vcpu);	/* pages are read-only again */
	vcpu_end(flags, mmucr);
	ret = copy_to_user((void __user *)log->bitmap, copy, bytes) ?
	      -EFAULT : 0;
	free_pages_exact(copy, bytes);
	return ret;
}

/* Contiguous memory, made of the largest chunks that there are. */
struct chunk {
	u32 pfn, order;
};

static int by_pfn(const void *a, const void *b)
{
	const struct chunk *x = a, *y = b;

	return x->pfn < y->pfn ? -1 : x->pfn > y->pfn;
}

static void chunks_free(struct chunk *c, u32 n)
{
	while (n--)
		__free_pages(pfn_to_page(c[n].pfn), c[n].order);
}

/* Returns the number of chunks, all in @c; or a negative error. */
static int chunks_get(struct chunk *c, u32 max, u32 pages)
{
	u32 order = MAX_ORDER - 1, n = 0;
	struct page *p;

	while (pages) {
		while (1u << order > pages)
			order--;
		/* rather none than that another process is killed for it */
		p = alloc_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO | __GFP_NOWARN |
				(order ? __GFP_NORETRY : __GFP_RETRY_MAYFAIL),
				order);
		if (!p && order) {
			order--;
			continue;
		}
		if (!p || n == max || fatal_signal_pending(current)) {
			if (p)
				__free_pages(p, order);
			chunks_free(c, n);
			return fatal_signal_pending(current) ? -EINTR : -ENOMEM;
		}
		c[n].pfn = page_to_pfn(p);
		c[n++].order = order;
		pages -= 1u << order;
		cond_resched();
	}
	return n;
}

/*
 * Chunks of the largest order come in ascending order: first those of which
 * four make a 16 MB page, then the others.  Smaller chunks are last, so that
 * each is aligned where it comes to lie.
 */
static void chunks_arrange(struct chunk *c, u32 n, struct chunk *to)
{
	const u32 top = MAX_ORDER - 1, big = 1u << top;
	u32 i, k, out = 0;

	sort(c, n, sizeof(*c), by_pfn, NULL);
	for (i = 0; i + 4 <= n; i++) {
		if (c[i].pfn & (4 * big - 1))
			continue;
		for (k = 0; k < 4; k++)
			if (c[i + k].order != top ||
			    c[i + k].pfn != c[i].pfn + k * big)
				break;
		if (k < 4)
			continue;
		for (k = 0; k < 4; k++) {
			to[out++] = c[i + k];
			c[i + k].order = MAX_ORDER;	/* taken */
		}
		i += 3;
	}
	for (k = MAX_ORDER; k-- > 0;)
		for (i = 0; i < n; i++)
			if (c[i].order == k)
				to[out++] = c[i];
}

static int chunks_map(struct vm_area_struct *vma, const struct chunk *c, u32 n)
{
	unsigned long at = vma->vm_start;
	struct page *p;
	u32 i, k;
	int ret = 0;

	for (i = 0; i < n; i++) {
		p = pfn_to_page(c[i].pfn);
		split_page(p, c[i].order);
		for (k = 0; k < 1u << c[i].order; k++) {
			if (!ret)
				ret = vm_insert_page(vma, at, p + k);
			at += PAGE_SIZE;
			/* the mapping has a reference of its own */
			put_page(p + k);
		}
		cond_resched();
	}
	return ret;
}

/**
 * memory_mmap - mmap of a VM: memory as contiguous as there is
 * @vma: private writable mapping of offset 0 would copy: it must be shared
 *
 * Returns: 0, -EINVAL, -ENOMEM, -EINTR.
 * Context: the pages belong to the mapping alone.
 */
int memory_mmap(struct vm_area_struct *vma)
{
	u32 pages = vma_pages(vma), max;
	struct chunk *c;
	int n, ret;

	if (vma->vm_pgoff || !(vma->vm_flags & VM_SHARED) ||
	    pages > totalram_pages())
		return -EINVAL;
	if (pages > si_mem_available())
		return -ENOMEM;
	max = pages;
	c = kvcalloc(2 * max, sizeof(*c), GFP_KERNEL_ACCOUNT);
	if (!c)
		return -ENOMEM;
	vma->vm_flags |= VM_DONTEXPAND | VM_DONTCOPY;
	n = chunks_get(c, max, pages);
	ret = n;
	if (n > 0) {
		chunks_arrange(c, n, c + max);
		ret = chunks_map(vma, c + max, n);
	}
	kvfree(c);
	return ret;
}
