/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * times.c - how long exits took, shown: debugfs' kvm/vmPID_vcpu0_timing, in the
 * form and by the names of Linux 3.14, but in ticks of the time base; and the
 * copy for user space.  What is shown is collected by timing.c.
 */
#include <linux/debugfs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "kvm.h"

/**
 * times_get - a VCPU's times as they are now
 * @v:  VCPU
 * @to: set
 */
void times_get(const struct vcpu *v, struct kvm44x_times *to)
{
	unsigned long flags;

	local_irq_save(flags);
	*to = v->timing.times;
	local_irq_restore(flags);
	to->kinds = COUNT_TIMED + 1;
}

static int timing_show(struct seq_file *f, void *unused)
{
	static const char *const kinds[] = { KVM44X_TIME_NAMES };
	struct kvm44x_times *t = kzalloc(sizeof(*t), GFP_KERNEL);
	struct vm *vm = f->private;
	const struct kvm44x_time *k;
	u32 i;

	if (!t)
		return -ENOMEM;
	mutex_lock(&vm->lock);
	if (vm->vcpu)
		times_get(vm->vcpu->v, t);
	mutex_unlock(&vm->lock);
	seq_puts(f, "type	count	min	max	sum	sum_squared\n");
	for (i = 0; i < t->kinds; i++) {
		k = &t->kind[i];
		seq_printf(f, "%12s	%10llu	%10llu	%10llu	%20llu	%20llu\n",
			   kinds[i], k->count, k->min, k->max, k->sum,
			   k->squares);
	}
	kfree(t);
	return 0;
}

static int timing_open(struct inode *inode, struct file *file)
{
	return single_open(file, timing_show, inode->i_private);
}

/* A 'c' clears: a newline after it, as echo writes, does not matter. */
static ssize_t timing_write(struct file *file, const char __user *buf,
			    size_t bytes, loff_t *at)
{
	struct vm *vm = ((struct seq_file *)file->private_data)->private;
	struct exit_timing *t;
	unsigned long flags;
	char c;

	if (!bytes || get_user(c, buf))
		return bytes ? -EFAULT : -EINVAL;
	if (c != 'c' || bytes > 2)
		return -EINVAL;
	mutex_lock(&vm->lock);
	if (vm->vcpu) {
		t = &vm->vcpu->v->timing;
		local_irq_save(flags);
		memset(&t->times, 0, sizeof(t->times));
		/* the exit that this is part of */
		t->exit = 0;
		local_irq_restore(flags);
	}
	mutex_unlock(&vm->lock);
	return bytes;
}

static const struct file_operations timing_fops = {
	.owner = THIS_MODULE,
	.open = timing_open,
	.read = seq_read,
	.write = timing_write,
	.llseek = seq_lseek,
	.release = single_release,
};

/**
 * times_add_vm - make a VM's file, if exits are timed
 * @vm:  VM, made by the current process
 * @dir: where
 */
void times_add_vm(struct vm *vm, struct dentry *dir)
{
	char name[32];

	if (!kvm_host->is_timed)
		return;
	snprintf(name, sizeof(name), "vm%d_vcpu0_timing", current->pid);
	vm->debug_timing = debugfs_create_file(name, 0644, dir, vm,
					       &timing_fops);
}

/**
 * times_remove_vm - remove it
 * @vm: VM
 */
void times_remove_vm(struct vm *vm)
{
	debugfs_remove(vm->debug_timing);
}
