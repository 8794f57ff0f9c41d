/* SPDX-License-Identifier: MIT */
/*
 * accel/kvm_state.c - the architected state, to and from the VCPU.
 *
 * Culm's module takes and gives all of it (KVM44X_CAP_STATE).  A historical KVM
 * has no way to its guest TLB, MMUCR, CCRs and FPRs: there a machine can only
 * start from what a boot gives, which is close to what such a VCPU has anyway.
 */
#include "accel/kvm_priv.h"

#include <errno.h>

#include "cpu/spr.h"

/* What a VCPU without KVM44X_CAP_STATE maps at first, from 0, one to one. */
#define FIRST_MAP_BYTES	(16u << 20)
/* The fourth word of a TLB entry, as far as the KVM goes. */
#define TID	3

/* ---- one register at a time ---------------------------------------------- */

/**
 * kvm_one_reg - read or write a register by its id
 * @k:       engine
 * @request: KVM44X_GET_ONE_REG or KVM44X_SET_ONE_REG
 * @id:      KVM44X_REG_x
 * @val:     a u32 or a u64, as @id says
 *
 * Returns: 0, -errno.
 */
int kvm_one_reg(struct kvm *k, u32 request, u64 id, void *val)
{
	struct kvm44x_one_reg r = { .id = id, .addr = (uintptr_t)val };

	return kvm_ioctl(k, k->vcpu, request, &r);
}

enum { KIND_PLAIN, KIND_FUNC };
/* which rows name a cell as a whole; the others are second names */
enum { WHOLE_U = 1, WHOLE_S = 1, WHOLE_SW = 1, WHOLE_SR = 0, WHOLE_UR = 0 };

struct cell {
	u16 sprn, offset;
	bool is_used;
};

#define none pc
static const struct cell cells[] = {
#define SPR(name, n, acc, msk, knd, cell) \
	{ n, offsetof(struct cpu_state, cell), \
	  KIND_##knd == KIND_PLAIN && WHOLE_##acc },
#include "cpu/spr.def"
#undef SPR
	/* those that do something when written, but are cells all the same */
	{ SPRN_DBSR, offsetof(struct cpu_state, dbsr), true },
	{ SPRN_DBCR0, offsetof(struct cpu_state, dbcr0), true },
	{ SPRN_TCR, offsetof(struct cpu_state, tcr), true },
	{ SPRN_TSR, offsetof(struct cpu_state, tsr), true },
	{ SPRN_MCSR, offsetof(struct cpu_state, mcsr), true },
	{ SPRN_CCR1, offsetof(struct cpu_state, ccr1), true },
};
#undef none

/* A register that the KVM does not have must be 0. */
static int push_sprs(struct kvm *k)
{
	struct cpu_state *s = &k->cpu->s;
	u32 dec = timer_dec(k->cpu), val;
	int r;

	for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
		if (!cells[i].is_used)
			continue;
		memcpy(&val, (char *)s + cells[i].offset, sizeof(val));
		r = kvm_one_reg(k, KVM44X_SET_ONE_REG, KVM44X_REG_SPR(cells[i].sprn),
			    &val);
		if (r < 0 && (r != -EINVAL || val))
			return r;
	}
	return kvm_one_reg(k, KVM44X_SET_ONE_REG, KVM44X_REG_SPR(SPRN_DEC), &dec);
}

/*
 * DEC before TSR: the decrementer goes on meanwhile, and when it expires in
 * between the guest finds TSR[DIS] set early; the other way round it would never
 * see it.
 */
static int pull_sprs(struct kvm *k, u32 *dec)
{
	struct cpu_state *s = &k->cpu->s;
	u32 val;
	int r = kvm_one_reg(k, KVM44X_GET_ONE_REG, KVM44X_REG_SPR(SPRN_DEC),
			    dec);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(cells); i++) {
		if (!cells[i].is_used)
			continue;
		r = kvm_one_reg(k, KVM44X_GET_ONE_REG, KVM44X_REG_SPR(cells[i].sprn),
			    &val);
		if (r < 0 && r != -EINVAL)
			return r;
		if (r < 0)
			val = 0;
		memcpy((char *)s + cells[i].offset, &val, sizeof(val));
	}
	return 0;
}

static int push_tlb(struct kvm *k)
{
	const struct tlb *t = &k->cpu->s.tlb;
	int r = 0;

	for (unsigned int i = 0; i < TLB_ENTRIES && r >= 0; i++) {
		unsigned int stid = 0;
		u32 val[4];

		for (unsigned int w = 0; w < 3; w++)
			val[w] = tlb_read(t, i, w, &stid);
		val[TID] = tlb_tid(t, i);
		/* the word that makes it valid last */
		for (unsigned int w = 4; w-- && r >= 0;)
			r = kvm_one_reg(k, KVM44X_SET_ONE_REG,
				    KVM44X_REG_TLB(i, w), &val[w]);
	}
	return r;
}

static int pull_tlb(struct kvm *k)
{
	struct tlb *t = &k->cpu->s.tlb;
	int r = 0;

	for (unsigned int i = 0; i < TLB_ENTRIES && r >= 0; i++) {
		u32 val[4];

		for (unsigned int w = 0; w < 4 && r >= 0; w++)
			r = kvm_one_reg(k, KVM44X_GET_ONE_REG,
				    KVM44X_REG_TLB(i, w), &val[w]);
		for (unsigned int w = 0; w < 3 && r >= 0; w++)
			tlb_write(t, i, w, val[w], val[TID]);
	}
	return r;
}

static int move_fpu(struct kvm *k, u32 request)
{
	struct cpu_state *s = &k->cpu->s;
	u32 fpscr = state_fpscr(s);
	int r = 0;

	for (unsigned int i = 0; i < 32 && r >= 0; i++)
		r = kvm_one_reg(k, request, KVM44X_REG_FPR(i), &s->fpr[i]);
	if (r >= 0)
		r = kvm_one_reg(k, request, KVM44X_REG_FPSCR, &fpscr);
	if (r >= 0)
		state_set_fpscr(s, fpscr);
	return r;
}

/* ---- the registers that every KVM has ------------------------------------ */

/* What waits besides the inputs, which are told anew, and the timers, which
 * follow from TSR and TCR. */
static int push_pending(struct kvm *k)
{
	u32 val = k->cpu->async & 1u << IVOR_MACHINE_CHECK;

	k->is_edge_told = k->is_critical_told = false;
	return kvm_one_reg(k, KVM44X_SET_ONE_REG, KVM44X_REG_PENDING, &val);
}

static int pull_pending(struct kvm *k)
{
	const u32 check = 1u << IVOR_MACHINE_CHECK;
	u32 val = 0;
	int r = kvm_one_reg(k, KVM44X_GET_ONE_REG, KVM44X_REG_PENDING, &val);

	if (r >= 0)
		k->cpu->async = (k->cpu->async & ~check) | (val & check);
	return r;
}

/* The watchdog's reset is told in TSR, by us: its KVM did not do it. */
static void pull_watchdog(struct kvm *k)
{
	struct cpu_state *s = &k->cpu->s;

	if (k->wrs)
		s->tsr = (s->tsr & ~TSR_WRS_MASK) | k->wrs;
}

static int push_regs(struct kvm *k)
{
	const struct cpu_state *s = &k->cpu->s;
	struct kvm44x_regs r = {
		.pc = s->pc, .cr = state_cr(s), .ctr = s->ctr, .lr = s->lr,
		.xer = state_xer(s), .msr = s->msr, .srr0 = s->srr0,
		.srr1 = s->srr1, .pid = s->pid,
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(r.sprg); i++)
		r.sprg[i] = s->sprg[i];
	for (unsigned int i = 0; i < ARRAY_SIZE(r.gpr); i++)
		r.gpr[i] = s->gpr[i];
	return kvm_ioctl(k, k->vcpu, KVM44X_SET_REGS, &r);
}

static int pull_regs(struct kvm *k)
{
	struct cpu_state *s = &k->cpu->s;
	struct kvm44x_regs r;
	int e = kvm_ioctl(k, k->vcpu, KVM44X_GET_REGS, &r);

	if (e < 0)
		return e;
	s->pc = (u32)r.pc;
	for (u32 i = 0; i < 8; i++)
		state_set_cr_field(s, i, (u32)r.cr >> (28 - 4 * i) & 15);
	s->ctr = (u32)r.ctr;
	s->lr = (u32)r.lr;
	state_set_xer(s, (u32)r.xer);
	s->msr = (u32)r.msr & MSR_MASK;
	s->srr0 = (u32)r.srr0;
	s->srr1 = (u32)r.srr1;
	s->pid = (u32)r.pid & 0xff;
	for (unsigned int i = 0; i < ARRAY_SIZE(r.sprg); i++)
		s->sprg[i] = (u32)r.sprg[i];
	for (unsigned int i = 0; i < ARRAY_SIZE(r.gpr); i++)
		s->gpr[i] = (u32)r.gpr[i];
	return 0;
}

static int push_sregs(struct kvm *k)
{
	const struct cpu_state *s = &k->cpu->s;
	struct kvm44x_sregs r;
	int e = kvm_ioctl(k, k->vcpu, KVM44X_GET_SREGS, &r);

	if (e < 0)
		return e;
	/* the PVR is the host's and must be left as it is */
	r.csrr0 = s->csrr0;
	r.csrr1 = s->csrr1;
	r.esr = s->esr;
	r.dear = s->dear;
	r.ivpr = s->ivpr;
	r.tcr = s->tcr;
	r.tsr = s->tsr;
	r.dec = timer_dec(k->cpu);
	r.update_special = KVM44X_SREGS_E_UPDATE_TSR | KVM44X_SREGS_E_UPDATE_DEC;
	for (unsigned int i = 0; i < ARRAY_SIZE(r.ivor_low); i++)
		r.ivor_low[i] = s->ivor[i];
	return kvm_ioctl(k, k->vcpu, KVM44X_SET_SREGS, &r);
}

static int pull_sregs(struct kvm *k, u32 *dec)
{
	struct cpu_state *s = &k->cpu->s;
	struct kvm44x_sregs r;
	int e = kvm_ioctl(k, k->vcpu, KVM44X_GET_SREGS, &r);

	if (e < 0)
		return e;
	s->pvr = r.pvr;
	s->csrr0 = (u32)r.csrr0;
	s->csrr1 = r.csrr1;
	s->esr = r.esr;
	s->dear = (u32)r.dear;
	s->ivpr = (u32)r.ivpr;
	s->tcr = r.tcr;
	s->tsr = r.tsr;
	*dec = r.dec;
	for (unsigned int i = 0; i < ARRAY_SIZE(r.ivor_low); i++)
		s->ivor[i] = r.ivor_low[i];
	return 0;
}

/* ---- all of it ----------------------------------------------------------- */

/* Whether a VCPU of a historical KVM can stand in for it. */
static bool is_boot_state(const struct cpu_state *s)
{
	for (unsigned int i = 0; i < TLB_ENTRIES; i++) {
		const u32 *w = s->tlb.word[i];

		if (!tlb_is_valid(&s->tlb, i))
			continue;
		if (tlb_tid(&s->tlb, i) || (w[0] & TLB0_TS) ||
		    (w[2] & (TLB2_I | TLB2_G)) ||
		    tlb_real(&s->tlb, i, s->tlb.epn[i]) != s->tlb.epn[i])
			return false;
	}
	return !s->msr && !s->pid && s->pc < FIRST_MAP_BYTES;
}

static int push_basic(struct kvm *k, struct errmsg *msg)
{
	int r;

	if (!is_boot_state(&k->cpu->s))
		return err_set(msg, ERR_UNSUPP, "--accel=kvm: this KVM cannot "
			       "be given a TLB: it starts plain kernels "
			       "(vmlinux, uImage) only");
	if (k->has_run) {
		r = kvm_make_vcpu(k, msg);
		if (!r && kvm_map_memory(k))
			r = err_set(msg, ERR_IO, "--accel=kvm: /dev/kvm: does "
				    "not take the memory");
		if (r)
			return r;
	}
	k->h->code_written(k->opaque);
	r = push_regs(k);
	if (r >= 0 && (k->features & KVM_HAS_SREGS))
		r = push_sregs(k);
	if (r < 0)
		return err_set(msg, ERR_IO, "--accel=kvm: /dev/kvm: does not "
			       "take the registers: %s", kvm_error(r));
	k->is_pushed = true;
	return 0;
}

/**
 * kvm_push - give the VCPU the state that struct cpu has
 * @k:   engine
 * @msg: filled on error
 *
 * Returns: 0, -ERR_UNSUPP for a state that this KVM cannot be given, -ERR_IO.
 */
int kvm_push(struct kvm *k, struct errmsg *msg)
{
	int r;

	if (!(k->features & KVM_HAS_STATE))
		return push_basic(k, msg);
	r = kvm_settle(k);
	k->wrs = 0;
	k->h->code_written(k->opaque);
	if (r >= 0)
		r = push_pending(k);
	if (r >= 0)
		r = push_regs(k);
	if (r >= 0)
		r = push_sprs(k);
	if (r >= 0)
		r = push_tlb(k);
	if (r >= 0)
		r = move_fpu(k, KVM44X_SET_ONE_REG);
	if (r < 0)
		return err_set(msg, ERR_IO, "--accel=kvm: /dev/kvm: does not "
			       "take the state: %s", kvm_error(r));
	k->is_pushed = true;
	return 0;
}

/**
 * kvm_pull - make struct cpu's state what the VCPU has
 * @k: engine; what the KVM does not tell keeps its old value
 *
 * The time base of a state under KVM is the host's.  A reservation is lost,
 * which it may be at any time.
 *
 * Returns: 0, -errno.
 */
int kvm_pull(struct kvm *k)
{
	u32 dec = 0;
	int r = kvm_settle(k);

	if (r >= 0)
		r = pull_regs(k);
	if (r >= 0 && (k->features & KVM_HAS_STATE)) {
		r = pull_sprs(k, &dec);
		if (r >= 0)
			r = pull_tlb(k);
		if (r >= 0)
			r = move_fpu(k, KVM44X_GET_ONE_REG);
		if (r >= 0)
			r = pull_pending(k);
	} else if (r >= 0 && (k->features & KVM_HAS_SREGS)) {
		r = pull_sregs(k, &dec);
	}
	if (r < 0)
		return r;
	pull_watchdog(k);
	k->cpu->s.reserve = 0;
	kvm_sync_time(k);
	timer_set_tb(k->cpu, k->h->timebase(k->opaque));
	timer_set_dec(k->cpu, dec);
	k->cpu->timer_at = ~0ull;
	return 0;
}
