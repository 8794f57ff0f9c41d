/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * regs.c - registers to user space and back: REGS, SREGS, FPU, ONE_REG.
 */
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "hw.h"
#include "kvm.h"

static int get_regs(struct kvcpu *k, struct kvm44x_regs *r)
{
	const struct cpu_state *s = &k->v->s;
	u32 i;

	r->pc = s->pc;
	r->cr = k->v->cr;
	r->ctr = s->ctr;
	r->lr = s->lr;
	r->xer = k->v->xer;
	r->msr = s->msr;
	r->srr0 = s->srr0;
	r->srr1 = s->srr1;
	r->pid = s->pid;
	for (i = 0; i < 8; i++)
		r->sprg[i] = s->sprg[i];
	for (i = 0; i < 32; i++)
		r->gpr[i] = s->gpr[i];
	return 0;
}

static int set_regs(struct kvcpu *k, const struct kvm44x_regs *r)
{
	struct cpu_state *s = &k->v->s;
	u32 i;

	s->pc = (u32)r->pc & ~3u;
	k->v->cr = (u32)r->cr;
	s->ctr = (u32)r->ctr;
	s->lr = (u32)r->lr;
	k->v->xer = (u32)r->xer;
	s->srr0 = (u32)r->srr0;
	s->srr1 = (u32)r->srr1;
	s->pid = (u32)r->pid & 0xff;
	for (i = 0; i < 8; i++)
		s->sprg[i] = (u32)r->sprg[i];
	for (i = 0; i < 32; i++)
		s->gpr[i] = (u32)r->gpr[i];
	fast_set_msr(k->v, (u32)r->msr);
	return 0;
}

static int get_sregs(struct kvcpu *k, struct kvm44x_sregs *r)
{
	const struct cpu_state *s = &k->v->s;

	vtimer_update(&k->emul);
	r->pvr = s->pvr;
	r->features = KVM44X_SREGS_E_BASE | KVM44X_SREGS_E_ARCH206 |
		      KVM44X_SREGS_E_IVOR;
	r->pir = s->pir;
	r->csrr0 = s->csrr0;
	r->csrr1 = s->csrr1;
	r->mcsrr0 = s->mcsrr0;
	r->mcsrr1 = s->mcsrr1;
	r->esr = s->esr;
	r->dear = s->dear;
	r->ivpr = s->ivpr;
	r->mcsr = s->mcsr;
	r->tsr = s->tsr;
	r->tcr = s->tcr;
	r->decar = s->decar;
	r->dec = emul_dec(k->v);
	r->tb = hw_time();
	r->vrsave = s->usprg0;
	memcpy(r->ivor_low, s->ivor, sizeof(s->ivor));
	return 0;
}

static void set_sregs_base(struct kvcpu *k, const struct kvm44x_sregs *r)
{
	struct cpu_state *s = &k->v->s;

	s->csrr0 = (u32)r->csrr0;
	s->csrr1 = r->csrr1;
	s->esr = r->esr;
	s->dear = (u32)r->dear;
	s->usprg0 = r->vrsave;
	s->tcr = r->tcr;
	if (r->update_special & KVM44X_SREGS_E_UPDATE_MCSR)
		s->mcsr = (u32)r->mcsr;
	if (r->update_special & KVM44X_SREGS_E_UPDATE_TSR)
		s->tsr = r->tsr;
	if (r->update_special & KVM44X_SREGS_E_UPDATE_DEC)
		emul_set_dec(&k->emul, r->dec);
	vtimer_changed(&k->emul);
}

static int set_sregs(struct kvcpu *k, const struct kvm44x_sregs *r)
{
	struct cpu_state *s = &k->v->s;
	u32 i;

	if (r->pvr != s->pvr)
		return -EINVAL;
	if ((r->features & KVM44X_SREGS_E_ARCH206) && r->pir != s->pir)
		return -EINVAL;
	if (r->features & KVM44X_SREGS_E_BASE)
		set_sregs_base(k, r);
	if (r->features & KVM44X_SREGS_E_ARCH206) {
		s->mcsrr0 = (u32)r->mcsrr0;
		s->mcsrr1 = r->mcsrr1;
		s->decar = r->decar;
		s->ivpr = (u32)r->ivpr & 0xffff0000;
	}
	for (i = 0; i < IVOR_COUNT; i++)
		if (r->features & KVM44X_SREGS_E_IVOR)
			s->ivor[i] = r->ivor_low[i] & 0xfff0;
	return 0;
}

/* An SPR as software on the machine would see it, to be read or set. */
static int one_spr(struct kvcpu *k, u32 n, u64 *val, bool is_set)
{
	struct vcpu *v = k->v;
	struct emul_spr r;

	if (!emul_spr(v, n, &r))
		return -EINVAL;
	if (!is_set)
		vtimer_update(&k->emul);
	if (!r.cell && n == HW_DEC) {
		if (is_set)
			emul_set_dec(&k->emul, (u32)*val);
		else
			*val = emul_dec(v);
		return 0;
	}
	if (!r.cell) {
		/* the time base: the host's */
		if (is_set)
			return -EINVAL;
		*val = (u32)(hw_time() >> (n & 1 ? 32 : 0));
		return 0;
	}
	if (!is_set) {
		*val = *r.cell;
		return 0;
	}
	if (n == HW_PVR && (u32)*val != v->s.pvr)
		return -EINVAL;
	*r.cell = n == HW_PID ? (u32)*val & 0xff : (u32)*val;
	vtimer_changed(&k->emul);
	return 0;
}

static int one_tlb(struct kvcpu *k, u32 n, u64 *val, bool is_set)
{
	struct tlb *t = &k->v->s.tlb;
	u32 i = n >> 2 & 63, word = n & 3;

	if (!is_set) {
		*val = word == 3 ? tlb_tid(t, i) : t->word[i][word];
		return 0;
	}
	if (word == 3)
		fast_write_tlb(k->v, i, 0, t->word[i][0], (u32)*val & 0xff);
	else
		fast_write_tlb(k->v, i, word, (u32)*val, tlb_tid(t, i));
	return 0;
}

static int one_cell(u32 *cell, u64 *val, bool is_set)
{
	if (is_set)
		*cell = (u32)*val;
	else
		*val = *cell;
	return 0;
}

static int one_magic(struct kvcpu *k, u64 *val, bool is_set)
{
	const struct vcpu *v = k->v;

	if (!is_set)
		*val = v->way == WAY_MAGIC ? v->magic_ea | 1 :
		       v->way == WAY_OFFERED ? v->magic_ea : 0;
	else if (!k->has_magic_cap && *val)
		return -EINVAL;
	else
		run_map_magic(k, (u32)*val);
	return 0;
}

static int one_own(struct kvcpu *k, u32 n, u64 *val, bool is_set)
{
	struct cpu_state *s = &k->v->s;

	if (n >= 0x44000 && n < 0x44400)
		return one_spr(k, n & 0x3ff, val, is_set);
	if (n >= 0x44400 && n < 0x44500)
		return one_tlb(k, n & 0xff, val, is_set);
	if (n >= 0x44500 && n < 0x44520)
		return one_cell(&s->gpr[n & 31], val, is_set);
	switch (KVM44X_REG_U32(n)) {
	case KVM44X_REG_PC:
		*val &= ~3u;	/* as all that jumps */
		return one_cell(&s->pc, val, is_set);
	case KVM44X_REG_MSR:
		if (is_set)
			*val &= MSR_MASK;
		return one_cell(&s->msr, val, is_set);
	case KVM44X_REG_CR:
		return one_cell(&k->v->cr, val, is_set);
	case KVM44X_REG_FPSCR:
		return one_cell(&s->fpscr, val, is_set);
	case KVM44X_REG_PENDING:
		return one_cell(&k->v->pending, val, is_set);
	case KVM44X_REG_MAGIC:
		return one_magic(k, val, is_set);
	}
	return -EINVAL;
}

/* Numbers that Linux has. */
static int one_linux(struct kvcpu *k, u64 id, u64 *val, bool is_set)
{
	struct cpu_state *s = &k->v->s;

	switch (id) {
	case KVM44X_REG_VRSAVE:
		return one_cell(&s->usprg0, val, is_set);
	case KVM44X_REG_TCR:
		one_cell(&s->tcr, val, is_set);
		break;
	case KVM44X_REG_TSR:
		one_cell(&s->tsr, val, is_set);
		break;
	case KVM44X_REG_OR_TSR:
	case KVM44X_REG_CLEAR_TSR:
		if (!is_set)
			return -EINVAL;
		s->tsr = id == KVM44X_REG_OR_TSR ? s->tsr | (u32)*val :
			 s->tsr & ~(u32)*val;
		break;
	default:
		return -EINVAL;
	}
	vtimer_changed(&k->emul);
	return 0;
}

static int one_reg64(struct kvcpu *k, u64 id, u64 *val, bool is_set)
{
	struct cpu_state *s = &k->v->s;
	u32 n = (u32)id & 0xffffff;
	u64 *cell;

	if (id >= KVM44X_REG_FPR(0) && id <= KVM44X_REG_FPR(31)) {
		if (is_set)
			s->fpr[n & 31] = *val;
		else
			*val = s->fpr[n & 31];
		return 0;
	}
	if (id >= KVM44X_REG_SCRATCH(0) && id <= KVM44X_REG_SCRATCH(3)) {
		cell = (u64 *)k->v->magic + (n & 3);
		if (is_set)
			*cell = *val;
		else
			*val = *cell;
		return 0;
	}
	if (id >= KVM44X_REG_IAC(0) && id <= KVM44X_REG_IAC(3))
		return one_cell(&s->iac[n - 2], val, is_set);
	if (id >= KVM44X_REG_DAC(0) && id <= KVM44X_REG_DAC(1))
		return one_cell(&s->dac[n - 6], val, is_set);
	return -EINVAL;
}

static int one_reg(struct kvcpu *k, u64 id, u64 *val, bool is_set)
{
	if (id >> 52 == 0x103)
		return one_reg64(k, id, val, is_set);
	if (id >> 52 != 0x102)
		return -EINVAL;
	if (((u32)id & 0xff000) == 0x44000 && id >> 20 == 0x102ull << 32)
		return one_own(k, (u32)id & 0xfffff, val, is_set);
	return one_linux(k, id, val, is_set);
}

static int one_reg_ioctl(struct kvcpu *k, void __user *arg, bool is_set)
{
	struct kvm44x_one_reg r;
	void __user *p;
	unsigned long flags;
	u64 val = 0;
	u32 val32, mmucr;
	int ret;
	bool is_64;

	if (copy_from_user(&r, arg, sizeof(r)))
		return -EFAULT;
	is_64 = r.id >> 52 == 0x103;
	p = (void __user *)(unsigned long)r.addr;
	if (is_set) {
		if (is_64 ? copy_from_user(&val, p, 8) :
		    copy_from_user(&val32, p, 4))
			return -EFAULT;
		if (!is_64)
			val = val32;
	}
	vcpu_begin(flags, mmucr);
	ret = one_reg(k, r.id, &val, is_set);
	vcpu_end(flags, mmucr);
	if (ret || is_set)
		return ret;
	val32 = (u32)val;
	return (is_64 ? copy_to_user(p, &val, 8) :
		copy_to_user(p, &val32, 4)) ? -EFAULT : 0;
}

union regs {
	struct kvm44x_regs regs;
	struct kvm44x_sregs sregs;
	struct kvm44x_fpu fpu;
};

static int exchange(struct kvcpu *k, unsigned int nr, union regs *u)
{
	u64 *fpr = k->v->s.fpr;

	switch (nr) {
	case KVM44X_GET_REGS:
		return get_regs(k, &u->regs);
	case KVM44X_SET_REGS:
		return set_regs(k, &u->regs);
	case KVM44X_GET_SREGS:
		return get_sregs(k, &u->sregs);
	case KVM44X_SET_SREGS:
		return set_sregs(k, &u->sregs);
	case KVM44X_GET_FPU:
		memcpy(&u->fpu, fpr, sizeof(u->fpu));
		return 0;
	case KVM44X_SET_FPU:
		memcpy(fpr, &u->fpu, sizeof(u->fpu));
		return 0;
	}
	return -ENOTTY;
}

static size_t size_of(unsigned int nr)
{
	switch (nr) {
	case KVM44X_GET_REGS: case KVM44X_SET_REGS:
		return sizeof(struct kvm44x_regs);
	case KVM44X_GET_SREGS: case KVM44X_SET_SREGS:
		return sizeof(struct kvm44x_sregs);
	case KVM44X_GET_FPU: case KVM44X_SET_FPU:
		return sizeof(struct kvm44x_fpu);
	}
	return 0;
}

/**
 * regs_ioctl - ioctls that exchange registers
 * @k:   VCPU, locked; the FPU does not hold its FPRs
 * @nr:  ioctl
 * @arg: user's structure
 *
 * Returns: 0, -EINVAL, -EFAULT, -ENOMEM; -ENOTTY for another number.
 */
long regs_ioctl(struct kvcpu *k, unsigned int nr, void __user *arg)
{
	size_t bytes = size_of(nr);
	unsigned long flags;
	union regs *u;
	u32 mmucr;
	int ret;

	if (nr == KVM44X_GET_ONE_REG || nr == KVM44X_SET_ONE_REG)
		return one_reg_ioctl(k, arg, nr == KVM44X_SET_ONE_REG);
	if (!bytes)
		return -ENOTTY;
	u = kzalloc(sizeof(*u), GFP_KERNEL_ACCOUNT);
	if (!u)
		return -ENOMEM;
	ret = -EFAULT;
	/* the direction bits of powerpc: 4 is to the kernel */
	if ((nr >> 29 & 4) && copy_from_user(u, arg, bytes))
		goto out;
	vcpu_begin(flags, mmucr);
	ret = exchange(k, nr, u);
	vcpu_end(flags, mmucr);
	if (!ret && (nr >> 29 & 2) && copy_to_user(arg, u, bytes))
		ret = -EFAULT;
out:
	kfree(u);
	return ret;
}
