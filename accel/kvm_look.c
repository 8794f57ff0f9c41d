/* SPDX-License-Identifier: MIT */
/*
 * accel/kvm_look.c - looks into the guest from outside: whether it can still
 * do something, and which register its last load went to.
 *
 * For hosts that do not tell it themselves.  Guest instructions are read
 * through KVM_TRANSLATE and the CPU's port.
 */
#include "accel/kvm_priv.h"

#include <errno.h>

#include "cpu/spr.h"

#define BRANCH_TO_SELF	0x48000000u
#define MTSPR(sprn) \
	(31u << 26 | ((sprn) & 31u) << 16 | (sprn) >> 5 << 11 | 467u << 1)
#define REG_FIELD	(31u << 21)

/* The word at @ea, with the address space and process ID of @r. */
static int guest_insn(struct kvm *k, const struct kvm44x_regs *r, u32 ea,
		      u32 *insn)
{
	const struct cpu_port *p = k->cpu->port;
	u64 as = r->msr & MSR_IS ? 1 : 0;
	struct kvm44x_translation t = {
		.linear_address = ea | (r->pid & 0xff) << 32 | as << 40,
	};
	int e = kvm_ioctl(k, k->vcpu, KVM44X_TRANSLATE, &t);
	bool is_writable;
	u8 *page;

	if (e < 0 || !t.valid)
		return e < 0 ? e : -EFAULT;
	page = p->direct(p->opaque, t.physical_address & ~0xfffull, &is_writable);
	if (!page)
		return -EFAULT;
	*insn = ldb32(page + (t.physical_address & 0xffc));
	return 0;
}

/* ---- a guest that is at its end ------------------------------------------ */

/* A machine check or a debug event is nothing that one waits for. */
static bool can_interrupt(u32 msr)
{
	return cpu_async_enabled(msr) &
	       ~(1u << IVOR_MACHINE_CHECK | 1u << IVOR_DEBUG);
}

/*
 * Linux restarts a 440 by DBCR0[RST] and waits for it in an endless loop.  A
 * KVM that takes the write for a write leaves just that to be seen.
 */
static bool is_after_reset(struct kvm *k, const struct kvm44x_regs *r,
			   u32 *kind)
{
	u32 insn;

	for (u32 back = 4; back <= 16; back += 4) {
		if (guest_insn(k, r, (u32)r->pc - back, &insn) < 0)
			return false;
		if ((insn & ~REG_FIELD) != MTSPR(SPRN_DBCR0))
			continue;
		*kind = DBCR0_RST(r->gpr[(insn & REG_FIELD) >> 21]);
		return *kind;
	}
	return false;
}

static bool look_at_loop(struct kvm *k, const struct kvm44x_regs *r)
{
	bool is_same = k->look_pc == (u32)r->pc;
	u32 insn, kind;

	k->look_pc = (u32)r->pc;
	if (!is_same || guest_insn(k, r, (u32)r->pc, &insn) < 0 ||
	    insn != BRANCH_TO_SELF)
		return true;
	if (is_after_reset(k, r, &kind)) {
		k->count[KVM_COUNT_RESET]++;
		k->cpu->reset_kind = (u8)kind;
		return true;
	}
	if (can_interrupt((u32)r->msr))
		return true;
	kvm_stuck(k, "a branch to itself with every interrupt masked");
	return false;
}

/**
 * kvm_look - see whether the guest is at its end
 * @k: engine, between two runs, without an open access
 *
 * Returns: false when it is stuck; true else, with cpu->reset_kind set when
 *          the guest waits for a reset that the KVM does not do.
 */
bool kvm_look(struct kvm *k)
{
	struct kvm44x_regs r;

	if (k->is_open_access || kvm_ioctl(k, k->vcpu, KVM44X_GET_REGS, &r) < 0)
		return true;
	if (r.msr & MSR_WE) {
		if (can_interrupt((u32)r.msr) ||
		    (k->features & KVM_HAS_WATCHDOG))
			return true;
		kvm_stuck(k, "the CPU waits with every interrupt masked");
		return false;
	}
	return look_at_loop(k, &r);
}

/* ---- hosts that load after a DCR write ----------------------------------- */

/* Up to Linux 3.6 a KVM does not tell a DCR write from a read when it ends the
 * access: the data go to the register that was loaded last. */

/**
 * kvm_note_load - an access that loads a register was served
 * @k: engine; the access is open
 */
void kvm_note_load(struct kvm *k)
{
	struct kvm44x_regs r;
	u32 insn;

	if (!(k->features & KVM_DCR_WRITE_LOADS))
		return;
	/* the counter is past the instruction by now */
	if (kvm_ioctl(k, k->vcpu, KVM44X_GET_REGS, &r) >= 0 &&
	    guest_insn(k, &r, (u32)r.pc - 4, &insn) >= 0)
		k->load_reg = (insn & REG_FIELD) >> 21;
}

/**
 * kvm_keep_load - a DCR write was served: what will be loaded is what is there
 * @k: engine; the access is open
 */
void kvm_keep_load(struct kvm *k)
{
	struct kvm44x_regs r;

	if ((k->features & KVM_DCR_WRITE_LOADS) &&
	    kvm_ioctl(k, k->vcpu, KVM44X_GET_REGS, &r) >= 0)
		k->run->u.dcr.data = (u32)r.gpr[k->load_reg];
}
