/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * kvm.h - the module's objects: a VM, its memory, its one VCPU.
 *
 * Locks: vm->lock covers slots and the making of the VCPU; kvcpu->lock is
 * held by every ioctl of the VCPU but KVM_INTERRUPT, KVM_RUN included.  What
 * the pinned code reads (struct vcpu) changes with interrupts off only: there
 * is one CPU, so the guest is then not running.
 */
#ifndef CULM_KVM_KVM_H
#define CULM_KVM_KVM_H

#include <linux/hrtimer.h>
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/wait.h>

#include "emulate.h"

#define CLASS_NAME "culm-kvm"

struct slot {
	u64 gpa, bytes, user;
	u32 flags;
	u32 pages;		/* 0: not in use */
	u32 *page;		/* as in struct fast_slot */
	u32 *dirty;
};

struct kvcpu;
struct check;

struct vm {
	struct kref ref;
	struct mutex lock;
	struct mm_struct *mm;
	struct slot slot[KVM44X_MEM_SLOTS];
	struct fast_slot *fast;	/* packed; in low memory */
	struct kvcpu *vcpu;
	struct dentry *debug, *debug_timing;
};

struct kvcpu {
	struct vm *vm;
	struct vcpu *v;		/* in its block */
	void *block;
	struct kvm44x_magic *magic;
	struct kvm44x_preview *preview;	/* NULL: classic */
	/* of the block's copy */
	u32 (*enter)(struct vcpu *v);
	u32 (*fast_exit)(struct vcpu *v);
	struct emul emul;
	struct kvm44x_run *run;
	struct mutex lock;
	wait_queue_head_t wait;
	struct hrtimer timer;
	bool has_fpu;		/* the guest's FPRs are in the FPU */
	bool has_watchdog_cap;
	bool has_magic_cap;
	bool is_watchdog_out;
	bool is_dead;
	struct check *check;	/* NULL: none wanted */
	bool has_sigset;
	sigset_t sigset;
};

/* main.c */
extern const struct kvm_host {
	u32 hwater;		/* host TLB entries above are pinned */
	u32 ivor[IVOR_COUNT];
	bool is_classic, is_timed, is_checking;
} *kvm_host;

/* block.c */
int block_check_host(u32 ivor[IVOR_COUNT]);
void *block_new(const struct kvm_host *host);
void block_free(void *block);
void *block_at(void *block, const void *pinned);

/* vm.c */
int vm_create(void);
int vm_check_extension(unsigned long cap);
void vm_get(struct vm *vm);
void vm_put(struct vm *vm);

/* memory.c */
int memory_set(struct vm *vm, const struct kvm44x_memory_region *r);
void memory_free(struct vm *vm);
int memory_get_dirty(struct vm *vm, const struct kvm44x_dirty_log *log);
int memory_mmap(struct vm_area_struct *vma);

/* vcpu.c */
int vcpu_create(struct vm *vm, unsigned long id);
void vcpu_free(struct kvcpu *k);
unsigned int vcpu_mmap_pages(void);

/* regs.c */
long regs_ioctl(struct kvcpu *k, unsigned int nr, void __user *arg);

/* run.c */
int run_vcpu(struct kvcpu *k);
void run_own_tlb(struct kvcpu *k);
void run_forget(struct kvcpu *k);
int run_interrupt(struct kvcpu *k, u32 what);
void run_fpu_save(struct kvcpu *k);
void run_map_magic(struct kvcpu *k, u32 ea);

/* timer.c */
void timer_init_vcpu(struct kvcpu *k);
void timer_stop(struct kvcpu *k);

/* stats.c */
void stats_init(void);
void stats_exit(void);
void stats_add_vm(struct vm *vm);
void stats_remove_vm(struct vm *vm);
void stats_pinned(long pages);

/* check.c */
void check_load(void);
struct check *check_new(void);
void check_free(struct check *c);
void check_slots(struct kvcpu *k);
void check_before(struct kvcpu *k);
bool check_after(struct kvcpu *k);
u64 check_runs(void);

/* times.c */
void times_add_vm(struct vm *vm, struct dentry *dir);
void times_remove_vm(struct vm *vm);
void times_get(const struct vcpu *v, struct kvm44x_times *to);

/* selftest.c */
int selftest_run(void);

/* For what changes struct vcpu outside of a run: the host's MMUCR is kept. */
#define vcpu_begin(flags, mmucr) \
	do { \
		local_irq_save(flags); \
		(mmucr) = hw_mfspr(HW_MMUCR); \
	} while (0)
#define vcpu_end(flags, mmucr) \
	do { \
		hw_mtspr(HW_MMUCR, mmucr); \
		local_irq_restore(flags); \
	} while (0)

#endif
