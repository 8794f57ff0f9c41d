/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * abi.c - what accel/kvm/uapi.h says is what Linux's headers say.  No code.
 */
#include <linux/kvm.h>
#include <linux/kvm_para.h>

#include "accel/kvm/uapi.h"
#include "vcpu.h"

#define SAME(ours, theirs) \
	static_assert((u64)(ours) == (u64)(theirs), #theirs)
#define SAME_AT(a, am, b, bm) \
	static_assert(offsetof(struct a, am) == offsetof(struct b, bm), #bm)

SAME(KVM44X_API_VERSION, KVM_API_VERSION);
SAME(KVM44X_GET_API_VERSION, KVM_GET_API_VERSION);
SAME(KVM44X_CREATE_VM, KVM_CREATE_VM);
SAME(KVM44X_CHECK_EXTENSION, KVM_CHECK_EXTENSION);
SAME(KVM44X_GET_VCPU_MMAP_SIZE, KVM_GET_VCPU_MMAP_SIZE);
SAME(KVM44X_CREATE_VCPU, KVM_CREATE_VCPU);
SAME(KVM44X_GET_DIRTY_LOG, KVM_GET_DIRTY_LOG);
SAME(KVM44X_SET_USER_MEMORY_REGION, KVM_SET_USER_MEMORY_REGION);
SAME(KVM44X_PPC_GET_PVINFO, KVM_PPC_GET_PVINFO);
SAME(KVM44X_RUN, KVM_RUN);
SAME(KVM44X_GET_REGS, KVM_GET_REGS);
SAME(KVM44X_SET_REGS, KVM_SET_REGS);
SAME(KVM44X_GET_SREGS, KVM_GET_SREGS);
SAME(KVM44X_SET_SREGS, KVM_SET_SREGS);
SAME(KVM44X_TRANSLATE, KVM_TRANSLATE);
SAME(KVM44X_INTERRUPT, KVM_INTERRUPT);
SAME(KVM44X_SET_SIGNAL_MASK, KVM_SET_SIGNAL_MASK);
SAME(KVM44X_GET_FPU, KVM_GET_FPU);
SAME(KVM44X_SET_FPU, KVM_SET_FPU);
SAME(KVM44X_GET_MP_STATE, KVM_GET_MP_STATE);
SAME(KVM44X_SET_MP_STATE, KVM_SET_MP_STATE);
SAME(KVM44X_SET_GUEST_DEBUG, KVM_SET_GUEST_DEBUG);
SAME(KVM44X_ENABLE_CAP, KVM_ENABLE_CAP);
SAME(KVM44X_GET_ONE_REG, KVM_GET_ONE_REG);
SAME(KVM44X_SET_ONE_REG, KVM_SET_ONE_REG);

SAME(KVM44X_CAP_USER_MEMORY, KVM_CAP_USER_MEMORY);
SAME(KVM44X_CAP_NR_VCPUS, KVM_CAP_NR_VCPUS);
SAME(KVM44X_CAP_NR_MEMSLOTS, KVM_CAP_NR_MEMSLOTS);
SAME(KVM44X_CAP_PPC_UNSET_IRQ, KVM_CAP_PPC_UNSET_IRQ);
SAME(KVM44X_CAP_PPC_IRQ_LEVEL, KVM_CAP_PPC_IRQ_LEVEL);
SAME(KVM44X_CAP_PPC_GET_PVINFO, KVM_CAP_PPC_GET_PVINFO);
SAME(KVM44X_CAP_PPC_BOOKE_SREGS, KVM_CAP_PPC_BOOKE_SREGS);
SAME(KVM44X_CAP_PPC_BOOKE_WATCHDOG, KVM_CAP_PPC_BOOKE_WATCHDOG);
SAME(KVM44X_CAP_ONE_REG, KVM_CAP_ONE_REG);
SAME(KVM44X_CAP_IMMEDIATE_EXIT, KVM_CAP_IMMEDIATE_EXIT);
SAME(KVM44X_INTERRUPT_SET, KVM_INTERRUPT_SET);
SAME(KVM44X_INTERRUPT_UNSET, KVM_INTERRUPT_UNSET);
SAME(KVM44X_INTERRUPT_SET_LEVEL, KVM_INTERRUPT_SET_LEVEL);
SAME(KVM44X_REG_TSR, KVM_REG_PPC_TSR);
SAME(KVM44X_REG_TCR, KVM_REG_PPC_TCR);
SAME(KVM44X_REG_OR_TSR, KVM_REG_PPC_OR_TSR);
SAME(KVM44X_REG_CLEAR_TSR, KVM_REG_PPC_CLEAR_TSR);
SAME(KVM44X_REG_VRSAVE, KVM_REG_PPC_VRSAVE);
SAME(KVM44X_REG_IAC(0), KVM_REG_PPC_IAC1);
SAME(KVM44X_REG_DAC(0), KVM_REG_PPC_DAC1);

SAME(KVM44X_HC_EV_IDLE, EV_HCALL_TOKEN(EV_IDLE));
SAME(KVM44X_HC_FEATURES, KVM_HCALL_TOKEN(KVM_HC_FEATURES));
SAME(KVM44X_HC_MAP_MAGIC, KVM_HCALL_TOKEN(KVM_HC_PPC_MAP_MAGIC_PAGE));
SAME(KVM44X_EV_UNIMPLEMENTED, EV_UNIMPLEMENTED);
SAME(KVM44X_FEATURE_MAGIC, 1u << KVM_FEATURE_MAGIC_PAGE);
SAME(KVM44X_MAGIC_SPRGS, KVM_MAGIC_FEAT_MAS0_TO_SPRG7);
SAME_AT(kvm44x_magic, critical, kvm_vcpu_arch_shared, critical);
SAME_AT(kvm44x_magic, sprg0, kvm_vcpu_arch_shared, sprg0);
SAME_AT(kvm44x_magic, srr0, kvm_vcpu_arch_shared, srr0);
SAME_AT(kvm44x_magic, dear, kvm_vcpu_arch_shared, dar);
SAME_AT(kvm44x_magic, msr, kvm_vcpu_arch_shared, msr);
SAME_AT(kvm44x_magic, int_pending, kvm_vcpu_arch_shared, int_pending);
SAME_AT(kvm44x_magic, esr, kvm_vcpu_arch_shared, esr);
SAME_AT(kvm44x_magic, sprg4, kvm_vcpu_arch_shared, sprg4);
SAME(sizeof(struct kvm44x_magic), sizeof(struct kvm_vcpu_arch_shared));

static const char *const count_names[] = { KVM44X_COUNT_NAMES };
static const char *const time_names[] = { KVM44X_TIME_NAMES };
SAME(ARRAY_SIZE(count_names), COUNT_KINDS);
SAME(ARRAY_SIZE(time_names), COUNT_TIMED + 1);
SAME(sizeof(struct kvm44x_times), KVM44X_GET_TIMES >> 16 & 0x1fff);
SAME(sizeof(struct kvm44x_counts), KVM44X_GET_COUNTS >> 16 & 0x1fff);
static_assert(sizeof(struct kvm44x_preview) <= PAGE_SIZE);
SAME(sizeof(struct kvm44x_regs), sizeof(struct kvm_regs));
SAME(sizeof(struct kvm44x_sregs), sizeof(struct kvm_sregs));
SAME(sizeof(struct kvm44x_fpu), sizeof(struct kvm_fpu));
SAME(sizeof(struct kvm44x_dirty_log), sizeof(struct kvm_dirty_log));
SAME(sizeof(struct kvm44x_translation), sizeof(struct kvm_translation));
SAME(sizeof(struct kvm44x_pvinfo), sizeof(struct kvm_ppc_pvinfo));
SAME_AT(kvm44x_run, exit_reason, kvm_run, exit_reason);
SAME_AT(kvm44x_run, immediate_exit, kvm_run, immediate_exit);
SAME_AT(kvm44x_run, u.mmio.is_write, kvm_run, mmio.is_write);
SAME_AT(kvm44x_run, u.dcr.is_write, kvm_run, dcr.is_write);
SAME_AT(kvm44x_run, u.system_event.flags, kvm_run, system_event.data);
SAME_AT(kvm44x_sregs, features, kvm_sregs, u.e.features);
SAME_AT(kvm44x_sregs, csrr0, kvm_sregs, u.e.csrr0);
SAME_AT(kvm44x_sregs, esr, kvm_sregs, u.e.esr);
SAME_AT(kvm44x_sregs, mcsr, kvm_sregs, u.e.mcsr);
SAME_AT(kvm44x_sregs, tb, kvm_sregs, u.e.tb);
SAME_AT(kvm44x_sregs, vrsave, kvm_sregs, u.e.vrsave);
SAME_AT(kvm44x_sregs, ivor_low, kvm_sregs, u.e.ivor_low);
