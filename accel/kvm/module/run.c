/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * run.c - KVM_RUN: in and out of the guest, and the exits that the pinned code
 * leaves to the rest.
 *
 * Owns which VCPU's shadows are in the host's TLB, and whose FPRs in the FPU.
 */
#include <linux/sched/signal.h>
#include <linux/signal.h>
#include <asm/time.h>

#include "hw.h"
#include "kvm.h"
#include "trace.h"

/* The VCPU whose shadow entries are in the TLB; changes with interrupts off. */
static struct kvcpu *tlb_owner;

/**
 * run_own_tlb - the TLB's entries of AS 1 are this VCPU's from now on
 * @k: VCPU; NULL: nobody's
 *
 * Those of another are made invalid when the next one comes.
 */
void run_own_tlb(struct kvcpu *k)
{
	if (tlb_owner == k)
		return;
	tlb_owner = k;
	if (k)
		fast_flush(k->v);
}

/**
 * run_forget - guest memory has changed: drop all that was derived from it
 * @k: VCPU
 *
 * Context: between vcpu_begin() and vcpu_end().
 */
void run_forget(struct kvcpu *k)
{
	if (tlb_owner == k)
		tlb_owner = NULL;
}

/**
 * run_map_magic - the guest has the magic page, or has it no more
 * @k:  VCPU
 * @ea: where, as KVM44X_REG_MAGIC says
 *
 * Context: between vcpu_begin() and vcpu_end(), or in the run.
 */
void run_map_magic(struct kvcpu *k, u32 ea)
{
	k->v->way = ea >> 12 ? WAY_OFFERED :
		    kvm_host->is_classic ? WAY_CLASSIC : WAY_FAST;
	k->v->magic_ea = ea & PAGE_MASK;
	emul_spr_tables(k->v);
	if (ea >> 12 && (ea & 1))
		magic_begin(k->v);
	/* shadows that reach over it */
	run_forget(k);
}

static void fpu_load(struct kvcpu *k)
{
	enable_kernel_fp();
	world_fp_load(k->v->s.fpr, &k->v->s.fpscr);
	disable_kernel_fp();
	k->has_fpu = true;
	k->v->fp_mask = MSR_FP | MSR_FE0 | MSR_FE1;
}

/**
 * run_fpu_save - the guest's FPRs leave the FPU
 * @k: VCPU
 *
 * Before anything that may schedule, or looks at them.
 */
void run_fpu_save(struct kvcpu *k)
{
	unsigned long flags;

	local_irq_save(flags);
	if (k->has_fpu) {
		enable_kernel_fp();
		world_fp_store(k->v->s.fpr, &k->v->s.fpscr);
		disable_kernel_fp();
		k->has_fpu = false;
		k->v->fp_mask = 0;
	}
	local_irq_restore(flags);
}

void vfpu_save(struct vcpu *v)
{
	if (tlb_owner && tlb_owner->v == v)
		run_fpu_save(tlb_owner);
}

void *host_page(u32 pfn)
{
	return pfn_to_kaddr(pfn);
}

static void update_external(struct kvcpu *k, u32 ivor, bool on, bool is_level)
{
	unsigned long flags;

	local_irq_save(flags);
	if (on)
		k->v->pending |= 1u << ivor;
	else
		k->v->pending &= ~(1u << ivor);
	if (ivor == IVOR_EXTERNAL)
		k->v->is_level = on && is_level;
	local_irq_restore(flags);
	wake_up(&k->wait);
}

/**
 * run_interrupt - KVM_INTERRUPT
 * @k:    VCPU, which may be in KVM_RUN
 * @what: KVM44X_INTERRUPT_* or KVM44X_CRITICAL_*
 *
 * Returns: 0, -EINVAL.
 */
int run_interrupt(struct kvcpu *k, u32 what)
{
	switch (what) {
	case KVM44X_INTERRUPT_SET:
		update_external(k, IVOR_EXTERNAL, true, false);
		return 0;
	case KVM44X_INTERRUPT_SET_LEVEL:
		update_external(k, IVOR_EXTERNAL, true, true);
		return 0;
	case KVM44X_INTERRUPT_UNSET:
		update_external(k, IVOR_EXTERNAL, false, false);
		return 0;
	case KVM44X_CRITICAL_SET_LEVEL:
		update_external(k, IVOR_CRITICAL, true, true);
		return 0;
	case KVM44X_CRITICAL_UNSET:
		update_external(k, IVOR_CRITICAL, false, false);
		return 0;
	}
	return -EINVAL;
}

enum { GO_ON, TO_USER, TO_IDLE };

static int exit_unknown(struct kvcpu *k, u64 reason)
{
	k->run->exit_reason = KVM44X_EXIT_UNKNOWN;
	k->run->u.hw.hardware_exit_reason = reason;
	return TO_USER;
}

/* The instruction at the guest's PC, when the exit could not bring it. */
static bool fetch(struct vcpu *v, u32 *insn)
{
	u32 pc = v->s.pc;
	u32 i = fast_find(v, pc, v->s.msr & MSR_IS ? 1 : 0, v->s.pid);
	const void *p;

	if (i == NO_ENTRY)
		return false;
	p = emul_memory(v, tlb_real(&v->s.tlb, i, pc), false);
	if (!p)
		return false;
	*insn = ldb32(p);
	if (v->s.tlb.word[i][2] & TLB2_E)
		*insn = __builtin_bswap32(*insn);
	return true;
}

static int emulate(struct kvcpu *k)
{
	u32 insn = k->v->insn, pc = k->v->s.pc;
	enum emul_result r;

	if (k->v->exit_nr != IVOR_PROGRAM || !k->v->has_insn)
		if (!fetch(k->v, &insn))
			return exit_unknown(k, 0xfffffffe00000000ull |
					       k->v->s.pc);
	k->v->count[COUNT_EMULATED]++;
	r = emul_insn(&k->emul, insn);
	trace_kvm_ppc_instr(insn, pc, r);
	return r == EMUL_EXIT ? TO_USER : GO_ON;
}

/* No memory where the guest's TLB says that its code is. */
static int bad_fetch(struct kvcpu *k)
{
	struct vcpu *v = k->v;

	v->s.mcsr |= MCSR_MCS | MCSR_IB;
	if (!(v->s.msr & MSR_ME))
		return exit_unknown(k, 0xfffffffe00000000ull | v->s.pc);
	fast_interrupt(v, IVOR_MACHINE_CHECK);
	return GO_ON;
}

static int hypercall(struct kvcpu *k)
{
	struct cpu_state *s = &k->v->s;
	u32 status = 0, result = 0;
	int ret = GO_ON;

	switch (s->gpr[11]) {
	case KVM44X_HC_FEATURES:
		result = k->has_magic_cap ? KVM44X_FEATURE_MAGIC : 0;
		break;
	case KVM44X_HC_MAP_MAGIC:
		if (!k->has_magic_cap || !(s->gpr[4] >> 12)) {
			status = KVM44X_EV_UNIMPLEMENTED;
			break;
		}
		memset(k->v->magic, 0, PAGE_SIZE);
		run_map_magic(k, s->gpr[4] & PAGE_MASK);
		result = KVM44X_MAGIC_SPRGS;
		break;
	case KVM44X_HC_EV_IDLE:
		ret = TO_IDLE;
		break;
	default:
		status = KVM44X_EV_UNIMPLEMENTED;
	}
	s->gpr[3] = status;
	s->gpr[4] = result;
	return ret;
}

static int machine_check(struct kvcpu *k)
{
	struct vcpu *v = k->v;

	/* not timed, nor what it interrupted */
	v->timing.exit = 0;
	if (!(v->fault_msr & MSR_PR)) {
		pr_emerg(CLASS_NAME ": machine check at %#x, MCSR %#x\n",
			 v->s.pc, v->fault_mcsr);
		k->is_dead = true;
	}
	return exit_unknown(k, (u64)v->exit_nr << 32 | v->fault_mcsr);
}

static int handle_exit(struct kvcpu *k)
{
	struct vcpu *v = k->v;

	v->count[COUNT_TO_C]++;
	trace_kvm_exit(v);
	if (v->exit_nr == IVOR_MACHINE_CHECK)
		return machine_check(k);
	if (v->way == WAY_CLASSIC && k->fast_exit(v) != FAST_SLOW)
		return GO_ON;
	switch (v->exit_nr) {
	case IVOR_PROGRAM:
	case IVOR_DTLB:
	case IVOR_DSI:
		return emulate(k);
	case IVOR_ITLB:
	case IVOR_ISI:
		return bad_fetch(k);
	case IVOR_FP_UNAVAIL:
		fpu_load(k);
		v->count[COUNT_FP_UNAVAIL]++;
		return GO_ON;
	case IVOR_SYSCALL:
		return hypercall(k);
	/* the host takes these when its MSR lets them through again */
	case IVOR_EXTERNAL:
		v->count[COUNT_EXT]++;
		return GO_ON;
	case IVOR_DEC:
		v->count[COUNT_DEC]++;
		return GO_ON;
	case IVOR_FIT:
	case IVOR_WATCHDOG:
	case IVOR_CRITICAL:
		v->count[COUNT_OTHER]++;
		return GO_ON;
	case IVOR_DEBUG:
		v->count[COUNT_DEBUG]++;
		return GO_ON;
	}
	return exit_unknown(k, (u64)v->exit_nr << 32 | v->fault_mcsr);
}

static bool is_ready(const struct kvcpu *k)
{
	return ready_interrupts(k->v) ||
	       k->is_watchdog_out || READ_ONCE(k->run->immediate_exit);
}

enum rest {
	REST_YIELD,	/* others may run */
	REST_WAIT,	/* MSR[WE]: until the guest gets an interrupt */
	REST_NAP,	/* it polls what will not change */
	REST_IDLE,	/* EV_IDLE: until one waits, enabled or not, or a signal */
};

/* As one that waits, but until nap_until; not for long, whatever that is. */
static void nap(struct kvcpu *k)
{
	s64 ticks = k->v->nap_until - hw_time();
	DEFINE_WAIT(wait);
	ktime_t t;

	k->v->nap_until = 0;
	if (ticks <= 0)
		return;
	t = ns_to_ktime(tb_to_ns(min_t(u64, ticks, tb_ticks_per_sec / 100)));
	prepare_to_wait(&k->wait, &wait, TASK_INTERRUPTIBLE);
	if (!is_ready(k) && !signal_pending(current))
		schedule_hrtimeout(&t, HRTIMER_MODE_REL);
	finish_wait(&k->wait, &wait);
}

/* With interrupts on and without the FPU. */
static void rest(struct kvcpu *k, enum rest why)
{
	run_fpu_save(k);
	local_irq_enable();
	preempt_enable();
	if (why == REST_NAP) {
		nap(k);
	} else if (why != REST_YIELD) {
		k->v->count[COUNT_WAIT]++;
		if (!wait_event_interruptible(k->wait, is_ready(k) ||
				(why == REST_IDLE && k->v->pending)))
			k->v->count[COUNT_HALT_WAKEUP]++;
	} else {
		cond_resched();
	}
	preempt_disable();
	local_irq_disable();
}

static int watchdog_out(struct kvcpu *k)
{
	k->is_watchdog_out = false;
	if (k->has_watchdog_cap) {
		k->run->exit_reason = KVM44X_EXIT_WATCHDOG;
	} else {
		k->run->exit_reason = KVM44X_EXIT_SYSTEM_EVENT;
		k->run->u.system_event.type = KVM44X_SYSTEM_RESET;
		k->run->u.system_event.flags = TCR_WRC(k->v->s.tcr);
	}
	return TO_USER;
}

/* Once into the guest and out; interrupts off. */
static int once(struct kvcpu *k)
{
	struct vcpu *v = k->v;
	u32 mmucr = hw_mfspr(HW_MMUCR), why;
	int ret = GO_ON;

	run_own_tlb(k);
	fast_deliver(v);
	if (likely(!(v->s.msr & MSR_WE))) {
		/* shadow PIDs may have been taken back */
		fast_set_msr(v, v->s.msr);
		if (v->way == WAY_CLASSIC)
			hw_iccci();
		else if (v->way == WAY_MAGIC)
			magic_publish(v);
		check_before(k);
		why = k->enter(v);
		if (!check_after(k)) {
			k->is_dead = true;
			ret = exit_unknown(k, (u64)v->exit_nr << 32);
		} else if (why == FAST_SLOW) {
			ret = handle_exit(k);
		}
	}
	hw_mtspr(HW_MMUCR, mmucr);
	return ret;
}

static int loop(struct kvcpu *k)
{
	int ret = GO_ON;

	/* user space may know better now */
	k->v->nap_until = 0;
	preempt_disable();
	local_irq_disable();
	while (ret == GO_ON) {
		if (signal_pending(current) ||
		    READ_ONCE(k->run->immediate_exit)) {
			k->v->count[COUNT_SIGNAL]++;
			k->run->exit_reason = KVM44X_EXIT_INTR;
			ret = -EINTR;
		} else if (k->is_watchdog_out) {
			ret = watchdog_out(k);
		} else if (need_resched()) {
			rest(k, REST_YIELD);
		} else if (k->v->nap_until) {
			rest(k, REST_NAP);
		} else if ((k->v->s.msr & MSR_WE) && !is_ready(k)) {
			rest(k, REST_WAIT);
		} else {
			ret = once(k);
			/* the host's interrupts that ended the run */
			local_irq_enable();
			local_irq_disable();
			if (unlikely(ret == TO_IDLE)) {
				rest(k, REST_IDLE);
				ret = GO_ON;
			}
		}
	}
	run_fpu_save(k);
	local_irq_enable();
	preempt_enable();
	return ret;
}

static int complete_io(struct kvcpu *k)
{
	unsigned long flags;
	u32 mmucr;
	int ret;

	vcpu_begin(flags, mmucr);
	run_own_tlb(k);
	ret = emul_complete(&k->emul) == EMUL_EXIT ? TO_USER : GO_ON;
	vcpu_end(flags, mmucr);
	return ret;
}

/**
 * run_vcpu - KVM_RUN
 * @k: VCPU, locked
 *
 * Returns: 0 with an exit reason; -EINTR, after what user space had answered
 * is complete; -EIO for ever after a machine check in the host's own code.
 */
int run_vcpu(struct kvcpu *k)
{
	sigset_t saved;
	int ret = GO_ON;

	if (k->is_dead)
		return -EIO;
	if (k->has_sigset)
		sigprocmask(SIG_SETMASK, &k->sigset, &saved);
	if (k->emul.is_waiting)
		ret = complete_io(k);
	if (ret == GO_ON)
		ret = loop(k);
	k->run->ready_for_interrupt_injection =
		(k->v->s.msr & MSR_EE) &&
		!(k->v->pending & 1u << IVOR_EXTERNAL);
	k->run->if_flag = !!(k->v->s.msr & MSR_EE);
	if (k->has_sigset)
		sigprocmask(SIG_SETMASK, &saved, NULL);
	return ret < 0 ? ret : 0;
}
