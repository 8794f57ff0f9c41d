/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vm.c - a VM as a file.  Lives as long as its file, its VCPU's file, or a
 * mapping of either.
 */
#include <linux/anon_inodes.h>
#include <linux/fs.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/module.h>

#include "kvm.h"

static void vm_free(struct kref *ref)
{
	struct vm *vm = container_of(ref, struct vm, ref);

	stats_remove_vm(vm);
	if (vm->vcpu)
		vcpu_free(vm->vcpu);
	memory_free(vm);
	mmdrop(vm->mm);
	kfree(vm->fast);
	kfree(vm);
	module_put(THIS_MODULE);
}

/**
 * vm_get - keep a VM
 * @vm: VM
 */
void vm_get(struct vm *vm)
{
	kref_get(&vm->ref);
}

/**
 * vm_put - let go of a VM
 * @vm: VM, freed with the last
 */
void vm_put(struct vm *vm)
{
	kref_put(&vm->ref, vm_free);
}

/**
 * vm_check_extension - KVM_CHECK_EXTENSION
 * @cap: enum kvm44x_cap
 *
 * Returns: 0 for what is not there, else 1 or what the capability says.
 */
int vm_check_extension(unsigned long cap)
{
	switch (cap) {
	case KVM44X_CAP_USER_MEMORY:
	case KVM44X_CAP_NR_VCPUS:
	case KVM44X_CAP_MAX_VCPUS:
	case KVM44X_CAP_DESTROY_MEMORY:
	case KVM44X_CAP_JOIN_MEMORY:
	case KVM44X_CAP_INTERNAL_ERROR_DATA:
	case KVM44X_CAP_PPC_UNSET_IRQ:
	case KVM44X_CAP_PPC_IRQ_LEVEL:
	case KVM44X_CAP_ENABLE_CAP:
	case KVM44X_CAP_PPC_GET_PVINFO:
	case KVM44X_CAP_PPC_BOOKE_SREGS:
	case KVM44X_CAP_PPC_BOOKE_WATCHDOG:
	case KVM44X_CAP_ONE_REG:
	case KVM44X_CAP_IMMEDIATE_EXIT:
	case KVM44X_CAP_STATE:
	case KVM44X_CAP_CRITICAL:
	case KVM44X_CAP_CONTIGUOUS:
	case KVM44X_CAP_DIRTY_LOG:
	case KVM44X_CAP_COUNTS:
		return 1;
	case KVM44X_CAP_MAGIC:
	case KVM44X_CAP_PREVIEW:
		return !kvm_host->is_classic;
	case KVM44X_CAP_TIMES:
		return kvm_host->is_timed;
	case KVM44X_CAP_NR_MEMSLOTS:
		return KVM44X_MEM_SLOTS;
	}
	return 0;
}

/* sc with these in r0 and r11 is a call to us; lis, ori, sc, nop. */
static int get_pvinfo(void __user *arg)
{
	static const struct kvm44x_pvinfo info = {
		.flags = 1,
		.hcall = { 0x3c004b56, 0x60004d21, 0x44000002, 0x60000000 },
	};

	return copy_to_user(arg, &info, sizeof(info)) ? -EFAULT : 0;
}

static int set_memory(struct vm *vm, void __user *arg)
{
	struct kvm44x_memory_region r;
	int ret;

	if (copy_from_user(&r, arg, sizeof(r)))
		return -EFAULT;
	mutex_lock(&vm->lock);
	ret = memory_set(vm, &r);
	mutex_unlock(&vm->lock);
	return ret;
}

static int get_dirty(struct vm *vm, void __user *arg)
{
	struct kvm44x_dirty_log log;
	int ret;

	if (copy_from_user(&log, arg, sizeof(log)))
		return -EFAULT;
	mutex_lock(&vm->lock);
	ret = memory_get_dirty(vm, &log);
	mutex_unlock(&vm->lock);
	return ret;
}

static int make_vcpu(struct vm *vm, unsigned long id)
{
	int ret;

	mutex_lock(&vm->lock);
	ret = vcpu_create(vm, id);
	mutex_unlock(&vm->lock);
	return ret;
}

static long vm_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	struct vm *vm = file->private_data;

	if (vm->mm != current->mm)
		return -EIO;
	switch (nr) {
	case KVM44X_CHECK_EXTENSION:
		return vm_check_extension(arg);
	case KVM44X_CREATE_VCPU:
		return make_vcpu(vm, arg);
	case KVM44X_SET_USER_MEMORY_REGION:
		return set_memory(vm, (void __user *)arg);
	case KVM44X_GET_DIRTY_LOG:
		return get_dirty(vm, (void __user *)arg);
	case KVM44X_PPC_GET_PVINFO:
		return get_pvinfo((void __user *)arg);
	}
	return -ENOTTY;
}

static int vm_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	return memory_mmap(vma);
}

static int vm_release(struct inode *inode, struct file *file)
{
	vm_put(file->private_data);
	return 0;
}

static const struct file_operations vm_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = vm_ioctl,
	.mmap = vm_file_mmap,
	.release = vm_release,
	.llseek = noop_llseek,
};

/**
 * vm_create - KVM_CREATE_VM
 *
 * Returns: a file descriptor, or a negative error.
 */
int vm_create(void)
{
	struct vm *vm = kzalloc(sizeof(*vm), GFP_KERNEL_ACCOUNT);
	int fd;

	if (!vm)
		return -ENOMEM;
	vm->fast = kcalloc(KVM44X_MEM_SLOTS, sizeof(*vm->fast),
			   GFP_KERNEL_ACCOUNT);
	if (!vm->fast) {
		kfree(vm);
		return -ENOMEM;
	}
	__module_get(THIS_MODULE);
	kref_init(&vm->ref);
	mutex_init(&vm->lock);
	vm->mm = current->mm;
	mmgrab(vm->mm);
	stats_add_vm(vm);
	/* from here on it is another thread's to close */
	fd = anon_inode_getfd("kvm-vm", &vm_fops, vm, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		vm_put(vm);
	return fd;
}
