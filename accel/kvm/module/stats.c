/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stats.c - counts of exits in debugfs: /sys/kernel/debug/kvm/NAME holds the
 * sum of all VMs since the module was loaded, and PID/counts those of one VM.
 * Names are those of Linux 3.14 where it had one.
 */
#include <linux/debugfs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>

#include "kvm.h"

static const char *const names[COUNT_KINDS] = {
	[COUNT_MMIO] = "mmio", [COUNT_DCR] = "dcr", [COUNT_SIGNAL] = "sig",
	[COUNT_ITLB_REAL] = "itlb_r", [COUNT_ITLB_VIRT] = "itlb_v",
	[COUNT_DTLB_REAL] = "dtlb_r", [COUNT_DTLB_VIRT] = "dtlb_v",
	[COUNT_SYSCALL] = "sysc", [COUNT_ISI] = "isi", [COUNT_DSI] = "dsi",
	[COUNT_EMULATED] = "inst_emu", [COUNT_WAIT] = "halt",
	[COUNT_WRTEE] = "wrtee", [COUNT_MTSPR] = "mtspr",
	[COUNT_MFSPR] = "mfspr", [COUNT_MTMSR] = "mtmsr",
	[COUNT_MFMSR] = "mfmsr", [COUNT_TLBSX] = "tlbsx",
	[COUNT_TLBWE] = "tlbwe", [COUNT_RFI] = "rfi", [COUNT_DEC] = "dec",
	[COUNT_EXT] = "ext_intr", [COUNT_HALT_WAKEUP] = "halt_wakeup",
	[COUNT_USER_PRIV] = "usr_pr_inst", [COUNT_FP_UNAVAIL] = "fp_unavail",
	[COUNT_DEBUG] = "debug", [COUNT_OTHER] = "other",
	[COUNT_EXITS] = "exits", [COUNT_TO_FAST] = "exits_pinned_c",
	[COUNT_TO_C] = "exits_c", [COUNT_REFILL] = "shadow_refill",
	[COUNT_LARGE] = "shadow_large", [COUNT_AHEAD] = "shadow_ahead",
	[COUNT_FLUSH] = "shadow_flush", [COUNT_ICCCI] = "iccci",
	[COUNT_PREVIEW] = "mmio_preview",
};

static struct dentry *dir;
static DEFINE_MUTEX(lock);
static struct vm *vms[16];		/* those that are counted */
static u64 gone[COUNT_KINDS];		/* counts of VMs that are no more */
static long nr_vms, nr_pinned;		/* now */

static int sum_show(struct seq_file *f, void *unused)
{
	u32 kind = (u32)(unsigned long)f->private, i;
	u64 sum;

	mutex_lock(&lock);
	sum = gone[kind];
	for (i = 0; i < ARRAY_SIZE(vms); i++)
		if (vms[i] && vms[i]->vcpu)
			sum += vms[i]->vcpu->v->count[kind];
	mutex_unlock(&lock);
	seq_printf(f, "%llu\n", sum);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(sum);

static int counts_show(struct seq_file *f, void *unused)
{
	struct vm *vm = f->private;
	u32 i;

	mutex_lock(&vm->lock);
	for (i = 0; i < COUNT_KINDS && vm->vcpu; i++)
		seq_printf(f, "%s %u\n", names[i], vm->vcpu->v->count[i]);
	mutex_unlock(&vm->lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counts);

/* What there must be none of when nobody has a VM; and runs with check=1. */
static int alive_show(struct seq_file *f, void *unused)
{
	mutex_lock(&lock);
	seq_printf(f, "vms %ld\npinned %ld\nchecked %llu\n", nr_vms,
		   nr_pinned, check_runs());
	mutex_unlock(&lock);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(alive);

/**
 * stats_pinned - pages of guests were pinned, or are no longer
 * @pages: their number, or minus it
 */
void stats_pinned(long pages)
{
	mutex_lock(&lock);
	nr_pinned += pages;
	mutex_unlock(&lock);
}

/**
 * stats_init - make the files of all VMs
 */
void stats_init(void)
{
	u32 i;

	dir = debugfs_create_dir("kvm", NULL);
	debugfs_create_file("alive", 0444, dir, NULL, &alive_fops);
	for (i = 0; i < COUNT_KINDS; i++)
		debugfs_create_file(names[i], 0444, dir,
				    (void *)(unsigned long)i, &sum_fops);
}

/**
 * stats_exit - remove all files
 */
void stats_exit(void)
{
	debugfs_remove_recursive(dir);
}

/**
 * stats_add_vm - make a VM's files
 * @vm: VM
 */
void stats_add_vm(struct vm *vm)
{
	char name[24];
	u32 i;

	mutex_lock(&lock);
	nr_vms++;
	for (i = 0; i < ARRAY_SIZE(vms) && vms[i]; i++)
		;
	if (i < ARRAY_SIZE(vms)) {
		vms[i] = vm;
		snprintf(name, sizeof(name), "%d-%u", current->pid, i);
		vm->debug = debugfs_create_dir(name, dir);
		debugfs_create_file("counts", 0444, vm->debug, vm,
				    &counts_fops);
		times_add_vm(vm, dir);
	}
	mutex_unlock(&lock);
}

/**
 * stats_remove_vm - remove them; what was counted stays in the sums
 * @vm: VM
 */
void stats_remove_vm(struct vm *vm)
{
	u32 i, k;

	/* waits for readers */
	debugfs_remove_recursive(vm->debug);
	times_remove_vm(vm);
	mutex_lock(&lock);
	nr_vms--;
	for (i = 0; i < ARRAY_SIZE(vms); i++) {
		if (vms[i] != vm)
			continue;
		vms[i] = NULL;
		for (k = 0; k < COUNT_KINDS && vm->vcpu; k++)
			gone[k] += vm->vcpu->v->count[k];
	}
	mutex_unlock(&lock);
}
