/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * magic.c - the page that a paravirtual guest's kernel shares with us, where it
 * has some of its registers.  Copied into each VCPU's block, as fast.c is, and
 * under its rules.
 *
 * While the guest runs the page is right, at any other time struct cpu_state.
 * User mode does not see the page.  Nothing in it is trusted.  All this begins
 * when the guest first touches the page: Linux 6.1 maps it, and then, by a
 * mistake of its own, does not use it.
 */
#include "vcpu.h"
#include "hw.h"

#include "cpu/spr.h"

/* The half of a register that a 440 has; the other is never looked at. */
#define LOW(r)	(((u32 *)&(r))[1])

/* From the page, after a run of the guest's kernel. */
static void take(struct vcpu *v)
{
	struct kvm44x_magic *m = v->magic;
	struct cpu_state *s = &v->s;
	u32 i;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		s->sprg[i] = LOW(m->sprg0[i]);
		s->sprg[4 + i] = LOW(m->sprg4[i]);
	}
	s->srr0 = LOW(m->srr0);
	s->srr1 = LOW(m->srr1);
	s->dear = LOW(m->dear);
	s->esr = m->esr;
	s->msr = (s->msr & ~MSR_EE) | (LOW(m->msr) & MSR_EE);
}

/**
 * magic_publish - make the page right, before the guest runs
 * @v: VCPU
 */
void magic_publish(struct vcpu *v)
{
	struct kvm44x_magic *m = v->magic;
	const struct cpu_state *s = &v->s;
	u32 i, pending = v->pending;

#pragma GCC unroll 4
	for (i = 0; i < 4; i++) {
		LOW(m->sprg0[i]) = s->sprg[i];
		LOW(m->sprg4[i]) = s->sprg[4 + i];
	}
	LOW(m->srr0) = s->srr0;
	LOW(m->srr1) = s->srr1;
	LOW(m->dear) = s->dear;
	LOW(m->msr) = s->msr;
	m->esr = s->esr;
	m->pir = s->pir;
	if (unlikely(pending))
		pending &= async_enabled(s->msr | MSR_EE);
	m->int_pending = pending;
}

static bool is_in_page(u32 offset)
{
	const u32 sprg = offsetof(struct cpu_state, sprg);

	return (offset >= sprg && offset < sprg + 8 * sizeof(u32)) ||
	       offset == offsetof(struct cpu_state, srr0) ||
	       offset == offsetof(struct cpu_state, srr1) ||
	       offset == offsetof(struct cpu_state, dear) ||
	       offset == offsetof(struct cpu_state, esr);
}

/**
 * magic_begin - from now on the page is in use
 * @v: VCPU, which knows where it has it
 *
 * Its registers are no simple cells any more while the guest runs.
 */
void magic_begin(struct vcpu *v)
{
	u32 n;

	v->way = WAY_MAGIC;
	for (n = 0; n < 1024; n++)
		if (is_in_page(v->spr[v->spr_index[n]].offset))
			v->spr_index[n] = NO_SPR;
	fast_set_msr(v, v->s.msr);
}

/* A page of supervisor mode's, and of this context only. */
static void map(struct vcpu *v)
{
	u32 w[3] = {
		v->magic_ea | TLB0_V | TLB0_TS | 1 << 4,
		v->magic_pa,
		TLB2_M | TLB2_UW | TLB2_UR | TLB2_SR,
	};

	fast_write_shadow(v, MAGIC_ENTRY, w);
}

/* An access to the page that failed?  Then it is handled. */
static bool map_exit(struct vcpu *v)
{
	bool is_code = v->exit_nr == IVOR_ITLB || v->exit_nr == IVOR_ISI;
	u32 ea = is_code ? v->s.pc : v->fault_dear;

	if (!is_code && v->exit_nr != IVOR_DTLB && v->exit_nr != IVOR_DSI)
		return false;
	if ((v->s.msr & MSR_PR) || (ea ^ v->magic_ea) >> 12)
		return false;
	if (v->exit_nr == IVOR_DTLB) {
		if (v->way == WAY_OFFERED)
			magic_begin(v);
		map(v);
		v->count[COUNT_DTLB_VIRT]++;
	} else {
		v->count[is_code ? COUNT_ISI : COUNT_DSI]++;
		fast_reflect(v, is_code ? IVOR_ISI : IVOR_DSI);
	}
	return true;
}

/* Uses nothing of the page, and is frequent. */
static bool is_tlbwe(const struct vcpu *v)
{
	return v->exit_nr == IVOR_PROGRAM && v->has_insn &&
	       (v->insn & 0xfc0007fe) == (31u << 26 | XO31_tlbwe << 1);
}

/* Back in the guest: user mode has no page, but SPRG4 to 7 as the kernel wrote. */
static void give(struct vcpu *v)
{
	if (!(v->s.msr & MSR_PR))
		magic_publish(v);
	hw_mtspr(SPRN_SPRG4W, v->s.sprg[4]);
	hw_mtspr(SPRN_SPRG5W, v->s.sprg[5]);
	hw_mtspr(SPRN_SPRG6W, v->s.sprg[6]);
	hw_mtspr(SPRN_SPRG7W, v->s.sprg[7]);
}

/**
 * magic_exit - fast_exit() for a guest that has the page
 * @v: VCPU
 *
 * Returns: enum fast_result.
 */
u32 magic_exit(struct vcpu *v)
{
	bool was_user = v->s.msr & MSR_PR;
	u32 r = FAST_RESUME;

	if (v->way == WAY_MAGIC && !was_user) {
		if (is_tlbwe(v))
			return fast_exit(v);
		take(v);
	}
	if (map_exit(v))
		v->count[COUNT_TO_FAST]++;
	else
		r = fast_exit(v);
	if (r == FAST_RESUME && v->way == WAY_MAGIC &&
	    !(was_user && (v->s.msr & MSR_PR)))
		give(v);
	return r;
}
