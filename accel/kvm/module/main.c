/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * main.c - loading and unloading; /dev/kvm.
 *
 * Refuses hosts that it does not know: another Linux, another core, vectors
 * or pinned TLB entries in places that were not foreseen.
 */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/version.h>

#include "hw.h"
#include "kvm.h"

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0) || \
	LINUX_VERSION_CODE >= KERNEL_VERSION(6, 2, 0)
#error "this module knows Linux 6.1 only"
#endif
#if !defined(CONFIG_44x) || defined(CONFIG_PPC_47x) || defined(CONFIG_SMP) || \
	defined(CONFIG_HIGHMEM) || defined(CONFIG_VMAP_STACK)
#error "this module is for a uniprocessor 44x without high memory"
#endif
#if defined(CONFIG_KVM) || defined(CONFIG_KVM_MODULE)
#error "this kernel has its own /dev/kvm"
#endif

static char *policy = "culm";
module_param(policy, charp, 0444);
MODULE_PARM_DESC(policy, "culm, or classic: trap and map as Linux 3.14 did");

static bool timing;
module_param(timing, bool, 0444);
MODULE_PARM_DESC(timing, "measure how long exits take, by kind");
static bool check;
module_param(check, bool, 0444);
MODULE_PARM_DESC(check, "look after each run whether the host is as before");

static struct kvm_host host;
const struct kvm_host *kvm_host = &host;

static long dev_ioctl(struct file *file, unsigned int nr, unsigned long arg)
{
	switch (nr) {
	case KVM44X_GET_API_VERSION:
		return arg ? -EINVAL : KVM44X_API_VERSION;
	case KVM44X_CREATE_VM:
		return arg == 0 || arg == 2 ? vm_create() : -EINVAL;
	case KVM44X_CHECK_EXTENSION:
		return vm_check_extension(arg);
	case KVM44X_GET_VCPU_MMAP_SIZE:
		return arg ? -EINVAL : vcpu_mmap_pages() * PAGE_SIZE;
	}
	return -ENOTTY;
}

static const struct file_operations dev_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = dev_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice dev = {
	.minor = KVM44X_MINOR,
	.name = "kvm",
	.fops = &dev_fops,
};

/*
 * Linux pins low memory with 256 MB entries of AS 0 from 63 downwards, and
 * replaces the others round robin.
 */
static int find_pinned(void)
{
	unsigned long flags;
	u32 mmucr, i, w;

	local_irq_save(flags);
	mmucr = hw_mfspr(HW_MMUCR);
	for (i = TLB_ENTRIES; i > 0; i--) {
		w = hw_tlbre(i - 1, 0);
		if (!(w & TLB0_V) || (w & TLB0_TS) || (w >> 4 & 15) != 9)
			break;
	}
	hw_mtspr(HW_MMUCR, mmucr);
	local_irq_restore(flags);
	if (mmucr & MMUCR_STS) {
		pr_err(CLASS_NAME ": the host's MMUCR[STS] is set\n");
		return -ENODEV;
	}
	if (i == TLB_ENTRIES || i < 16) {
		pr_err(CLASS_NAME ": %u pinned TLB entries\n", TLB_ENTRIES - i);
		return -ENODEV;
	}
	host.hwater = i - 1;
	return 0;
}

static int check_host(void)
{
	const char *platform = cur_cpu_spec->platform;

	if (!platform || strncmp(platform, "ppc440", 6)) {
		pr_err(CLASS_NAME ": the CPU is %s, not a 440\n",
		       platform ? platform : "unknown");
		return -ENODEV;
	}
	if (hw_mfspr(HW_IVPR) & 0xffff) {
		pr_err(CLASS_NAME ": IVPR is not that of a 440\n");
		return -ENODEV;
	}
	if (find_pinned())
		return -ENODEV;
	return block_check_host(host.ivor);
}

static int __init kvm_init(void)
{
	int ret;

	if (!strcmp(policy, "classic")) {
		host.is_classic = true;
	} else if (strcmp(policy, "culm")) {
		pr_err(CLASS_NAME ": policy=%s: culm or classic\n", policy);
		return -EINVAL;
	}
	host.is_timed = timing;
	host.is_checking = check;
	ret = check_host();
	if (!ret)
		ret = selftest_run();
	if (ret)
		return ret;
	check_load();
	stats_init();
	ret = misc_register(&dev);
	if (ret) {
		stats_exit();
		return ret;
	}
	pr_info(CLASS_NAME ": TLB entries 0..%u for guests, policy %s\n",
		host.hwater, policy);
	return 0;
}

static void __exit kvm_exit(void)
{
	misc_deregister(&dev);
	stats_exit();
}

module_init(kvm_init);
module_exit(kvm_exit);
MODULE_LICENSE("GPL v2");
MODULE_DESCRIPTION("KVM for PowerPC 440");
MODULE_ALIAS_MISCDEV(KVM44X_MINOR);
MODULE_ALIAS("devname:kvm");
