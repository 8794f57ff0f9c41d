/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vcpu.c - the VCPU as a file: its making, its ioctls, its shared page.
 */
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/time.h>

#include "hw.h"
#include "kvm.h"

/*
 * What the historical host began with: the first 16 MB mapped, the UARTs'
 * page, and vectors that catch the eye.  PVR and CCRs are the host's.
 */
static void set_initial_state(struct vcpu *v)
{
	struct cpu_state *s = &v->s;
	u32 i;

	tlb_reset(&s->tlb);
	fast_write_tlb(v, 0, 1, 0, 0);
	fast_write_tlb(v, 0, 2, TLB2_SX | TLB2_SW | TLB2_SR, 0);
	fast_write_tlb(v, 0, 0, TLB0_V | 7 << 4, 0);
	fast_write_tlb(v, 1, 1, 0xef600000, 0);
	fast_write_tlb(v, 1, 2, TLB2_I | TLB2_G | TLB2_SX | TLB2_SW | TLB2_SR,
		       0);
	fast_write_tlb(v, 1, 0, 0xef600000 | TLB0_V | 1 << 4, 0);
	s->gpr[1] = (16u << 20) - 8;
	s->ivpr = 0x55550000;
	for (i = 0; i < IVOR_COUNT; i++)
		s->ivor[i] = (0x7700 | i << 4) & 0xfff0;
	s->pvr = hw_mfspr(HW_PVR);
	s->ccr0 = hw_mfspr(HW_CCR0);
	s->ccr1 = hw_mfspr(HW_CCR1);
	v->way = kvm_host->is_classic ? WAY_CLASSIC : WAY_FAST;
	emul_spr_tables(v);
	fast_set_msr(v, 0);
}

/**
 * vcpu_free - release a VCPU that nobody can reach any more
 * @k: VCPU
 */
void vcpu_free(struct kvcpu *k)
{
	timer_stop(k);
	run_fpu_save(k);
	run_own_tlb(NULL);
	check_free(k->check);
	block_free(k->block);
	free_page((unsigned long)k->run);
	free_page((unsigned long)k->magic);
	free_page((unsigned long)k->preview);
	kfree(k);
}

/**
 * vcpu_mmap_pages - how large the mapping of a VCPU is
 *
 * Returns: pages; the second is struct kvm44x_preview.
 */
unsigned int vcpu_mmap_pages(void)
{
	return kvm_host->is_classic ? 1 : 2;
}

static int set_sigmask(struct kvcpu *k, void __user *arg)
{
	struct {
		u32 len;
		sigset_t set;
	} m;

	if (!arg) {
		k->has_sigset = false;
		return 0;
	}
	if (copy_from_user(&m.len, arg, sizeof(m.len)))
		return -EFAULT;
	if (m.len != sizeof(m.set))
		return -EINVAL;
	if (copy_from_user(&m.set, arg + sizeof(m.len), sizeof(m.set)))
		return -EFAULT;
	sigdelsetmask(&m.set, sigmask(SIGKILL) | sigmask(SIGSTOP));
	k->sigset = m.set;
	k->has_sigset = true;
	return 0;
}

static int translate(struct kvcpu *k, void __user *arg)
{
	struct kvm44x_translation t;
	u32 i;

	if (copy_from_user(&t, arg, sizeof(t)))
		return -EFAULT;
	i = fast_find(k->v, (u32)t.linear_address,
		      t.linear_address >> 40 & 1,
		      t.linear_address >> 32 & 0xff);
	t.valid = i != NO_ENTRY;
	t.physical_address = t.valid ?
		tlb_real(&k->v->s.tlb, i, (u32)t.linear_address) : 0;
	t.writeable = t.usermode = 0;
	memset(t.pad, 0, sizeof(t.pad));
	return copy_to_user(arg, &t, sizeof(t)) ? -EFAULT : 0;
}

static int enable_cap(struct kvcpu *k, void __user *arg)
{
	struct {
		u32 cap, flags;
		u64 args[4];
		u8 pad[64];
	} c;

	if (copy_from_user(&c, arg, sizeof(c)))
		return -EFAULT;
	if (c.flags || !vm_check_extension(c.cap))
		return -EINVAL;
	switch (c.cap) {
	case KVM44X_CAP_PPC_BOOKE_WATCHDOG:
		k->has_watchdog_cap = true;
		return 0;
	case KVM44X_CAP_MAGIC:
		k->has_magic_cap = true;
		return 0;
	}
	return -EINVAL;
}

static int get_counts(struct kvcpu *k, void __user *arg)
{
	struct kvm44x_counts c = { .kinds = COUNT_KINDS };

	BUILD_BUG_ON(COUNT_KINDS > ARRAY_SIZE(c.count));
	memcpy(c.count, k->v->count, sizeof(k->v->count));
	return copy_to_user(arg, &c, sizeof(c)) ? -EFAULT : 0;
}

static int get_times(struct kvcpu *k, void __user *arg)
{
	struct kvm44x_times *t;
	int ret;

	if (!kvm_host->is_timed)
		return -ENOTTY;
	t = kmalloc(sizeof(*t), GFP_KERNEL_ACCOUNT);
	if (!t)
		return -ENOMEM;
	times_get(k->v, t);
	ret = copy_to_user(arg, t, sizeof(*t)) ? -EFAULT : 0;
	kfree(t);
	return ret;
}

static long locked_ioctl(struct kvcpu *k, unsigned int nr, unsigned long arg)
{
	void __user *p = (void __user *)arg;

	switch (nr) {
	case KVM44X_RUN:
		return arg ? -EINVAL : run_vcpu(k);
	case KVM44X_SET_SIGNAL_MASK:
		return set_sigmask(k, p);
	case KVM44X_TRANSLATE:
		return translate(k, p);
	case KVM44X_ENABLE_CAP:
		return enable_cap(k, p);
	case KVM44X_GET_COUNTS:
		return get_counts(k, p);
	case KVM44X_GET_TIMES:
		return get_times(k, p);
	case KVM44X_GET_MP_STATE:
	case KVM44X_SET_MP_STATE:
	case KVM44X_SET_GUEST_DEBUG:
		return -EINVAL;
	}
	return regs_ioctl(k, nr, p);
}

static long vcpu_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	struct kvcpu *k = file->private_data;
	long ret;
	u32 irq;

	if (k->vm->mm != current->mm)
		return -EIO;
	if (nr == KVM44X_INTERRUPT) {
		if (copy_from_user(&irq, (void __user *)arg, sizeof(irq)))
			return -EFAULT;
		return run_interrupt(k, irq);
	}
	if (mutex_lock_killable(&k->lock))
		return -EINTR;
	ret = locked_ioctl(k, nr, arg);
	mutex_unlock(&k->lock);
	return ret;
}

static int vcpu_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct kvcpu *k = file->private_data;

	int ret;

	if (vma->vm_pgoff || vma_pages(vma) > vcpu_mmap_pages() ||
	    !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	vma->vm_flags |= VM_DONTEXPAND | VM_DONTCOPY;
	ret = vm_insert_page(vma, vma->vm_start, virt_to_page(k->run));
	if (ret || vma_pages(vma) == 1)
		return ret;
	return vm_insert_page(vma, vma->vm_start + PAGE_SIZE,
			      virt_to_page(k->preview));
}

static int vcpu_release(struct inode *inode, struct file *file)
{
	struct kvcpu *k = file->private_data;

	/* a mapping of the VM may keep it, but nobody can run it any more */
	timer_stop(k);
	vm_put(k->vm);
	return 0;
}

static const struct file_operations vcpu_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = vcpu_ioctl,
	.mmap = vcpu_mmap,
	.release = vcpu_release,
	.llseek = noop_llseek,
};

static struct kvcpu *vcpu_new(struct vm *vm)
{
	struct kvcpu *k = kzalloc(sizeof(*k), GFP_KERNEL_ACCOUNT);

	if (!k)
		return NULL;
	k->vm = vm;
	k->run = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	k->magic = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	k->block = block_new(kvm_host);
	if (!kvm_host->is_classic)
		k->preview = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
	if (kvm_host->is_checking)
		k->check = check_new();
	if (!k->run || !k->magic || !k->block ||
	    (!kvm_host->is_classic && !k->preview) ||
	    (kvm_host->is_checking && !k->check)) {
		check_free(k->check);
		free_page((unsigned long)k->run);
		free_page((unsigned long)k->magic);
		free_page((unsigned long)k->preview);
		block_free(k->block);
		kfree(k);
		return NULL;
	}
	k->v = k->block + BLOCK_DATA;
	k->v->preview = k->preview;
	/* going to sleep and waking up takes about half of it */
	k->v->nap_ticks = 20 * tb_ticks_per_usec;
	k->v->magic = k->magic;
	k->v->magic_pa = (u32)__pa(k->magic);
	k->enter = block_at(k->block, world_enter);
	k->fast_exit = block_at(k->block, fast_exit);
	k->emul.v = k->v;
	k->emul.run = k->run;
	mutex_init(&k->lock);
	init_waitqueue_head(&k->wait);
	timer_init_vcpu(k);
	return k;
}

/**
 * vcpu_create - KVM_CREATE_VCPU
 * @vm: VM, locked
 * @id: 0, the only one
 *
 * Returns: a file descriptor; -EINVAL, -EEXIST, -ENOMEM and what a new file
 * may fail with.
 */
int vcpu_create(struct vm *vm, unsigned long id)
{
	unsigned long flags;
	struct kvcpu *k;
	u32 mmucr, i;
	int fd;

	if (id)
		return -EINVAL;
	if (vm->vcpu)
		return -EEXIST;
	k = vcpu_new(vm);
	if (!k)
		return -ENOMEM;
	vcpu_begin(flags, mmucr);
	set_initial_state(k->v);
	vcpu_end(flags, mmucr);
	k->v->slot = vm->fast;
	for (i = 0; i < KVM44X_MEM_SLOTS; i++)
		k->v->slots += vm->slot[i].pages != 0;
	check_slots(k);
	vm_get(vm);
	vm->vcpu = k;
	fd = anon_inode_getfd("kvm-vcpu", &vcpu_fops, k, O_RDWR | O_CLOEXEC);
	if (fd < 0) {
		vm->vcpu = NULL;
		vcpu_free(k);
		vm_put(vm);
	}
	return fd;
}
