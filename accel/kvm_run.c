/* SPDX-License-Identifier: MIT */
/*
 * accel/kvm_run.c - the loop around KVM_RUN: time, interrupt inputs, and one
 * switch on the reason why it came back.
 *
 * Does not know how the state gets in and out, nor which host this is.
 */
#include "accel/kvm_priv.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "cpu/disasm.h"
#include "cpu/spr.h"

/* An edge may be lost while its input stays high: told again. */
#define EDGES_A_SECOND	50u
/* An event that is nearer than 1/5000 s may come that late: a guest that waits
 * for it looks at the device, which is an exit anyway. */
#define ALARMS_A_SECOND	5000u
/* Interruptions between two looks at whether the guest still lives. */
#define LOOKS		64u
/* Exits that an interrupted access may take to end. */
#define SETTLE_MAX	64u

/* ---- time ---------------------------------------------------------------- */

/**
 * kvm_scale - a count at one rate, at another
 * @n:    count
 * @from: its rate, below 2^32
 * @to:   the other's, below 2^32
 *
 * Returns: the count, rounded down.
 */
u64 kvm_scale(u64 n, u64 from, u64 to)
{
	return from == to ? n : n / from * to + n % from * to / from;
}

/**
 * kvm_set_time - set the CPU's time to that of a time base
 * @k:  engine
 * @tb: time base of the host
 *
 * It never goes back.  No instruction is counted.
 */
void kvm_set_time(struct kvm *k, u64 tb)
{
	struct cpu *cpu = k->cpu;
	u64 ticks = tb - k->tb_start;
	cycle_t now = k->cycle_start + kvm_scale(ticks, k->tb_hz, k->cpu_hz);
	cycle_t old = cpu_now(cpu);

	if (now < old)
		now = old;
	cpu->skipped += now - old;
	cpu->limit = now;
	cpu->op = cpu->lim = 0;
	/* its timers run in the KVM */
	cpu->timer_at = ~0ull;
}

/**
 * kvm_sync_time - set the CPU's time from the host's time base
 * @k: engine
 */
void kvm_sync_time(struct kvm *k)
{
	kvm_set_time(k, k->h->timebase(k->opaque));
}

static void set_alarm(struct kvm *k, cycle_t when)
{
	cycle_t now = cpu_now(k->cpu);
	cycle_t soonest = now + k->cpu_hz / ALARMS_A_SECOND;

	if (when < soonest)
		when = soonest;
	if (k->alarm_at > now && k->alarm_at <= when)
		return;
	k->alarm_at = when;
	k->h->alarm(k->opaque, kvm_scale(when - now, k->cpu_hz, 1000000000u) + 1);
}

static void take_alarm(struct kvm *k)
{
	k->h->alarm_seen(k->opaque);
	k->alarm_at = 0;
}

/* ---- interrupt inputs ---------------------------------------------------- */

static void interrupt(struct kvm *k, u32 what)
{
	(void)kvm_ioctl(k, k->vcpu, KVM44X_INTERRUPT, &what);
}

/*
 * A host without levels holds one edge until the guest takes it, so telling it
 * again and again, as long as the input is high, amounts to a level.
 */
static void tell_external(struct kvm *k, bool level)
{
	bool has_level = k->features & KVM_HAS_LEVEL_IRQ;
	bool is_new = level != k->is_edge_told;

	if (level && (is_new || !has_level))
		interrupt(k, has_level ? KVM44X_INTERRUPT_SET_LEVEL : KVM44X_INTERRUPT_SET);
	else if (!level && is_new && (k->features & KVM_HAS_UNSET_IRQ))
		interrupt(k, KVM44X_INTERRUPT_UNSET);
	k->is_edge_told = level;
}

static void tell_critical(struct kvm *k, bool level)
{
	if (level == k->is_critical_told || !(k->features & KVM_HAS_CRITICAL))
		return;
	k->is_critical_told = level;
	interrupt(k, level ? KVM44X_CRITICAL_SET_LEVEL : KVM44X_CRITICAL_UNSET);
}

static cycle_t tell_lines(struct kvm *k, cycle_t end)
{
	u32 async = k->cpu->async;
	cycle_t again = cpu_now(k->cpu) + k->cpu_hz / EDGES_A_SECOND;

	tell_external(k, async >> IVOR_EXTERNAL & 1);
	tell_critical(k, async >> IVOR_CRITICAL & 1);
	if (!(k->features & KVM_HAS_LEVEL_IRQ) && k->is_edge_told &&
	    again < end)
		return again;
	return end;
}

/* ---- accesses ------------------------------------------------------------ */

/* The bus gave an error: a machine check, where the KVM can be told. */
static void bus_error(struct kvm *k, u32 bits)
{
	u32 pending = 0, mcsr = 0;

	if (!(k->features & KVM_HAS_STATE))
		return;
	kvm_one_reg(k, KVM44X_GET_ONE_REG, KVM44X_REG_PENDING, &pending);
	pending |= 1u << IVOR_MACHINE_CHECK;
	kvm_one_reg(k, KVM44X_SET_ONE_REG, KVM44X_REG_PENDING, &pending);
	kvm_one_reg(k, KVM44X_GET_ONE_REG, KVM44X_REG_SPR(SPRN_MCSR), &mcsr);
	mcsr |= bits | MCSR_MCS;
	/* last: it brings up to date what the timers have pending */
	kvm_one_reg(k, KVM44X_SET_ONE_REG, KVM44X_REG_SPR(SPRN_MCSR), &mcsr);
}

/**
 * kvm_bus_read - a load of the guest's from what is no memory
 * @k:    engine
 * @pa:   where, aligned
 * @size: 1, 2 or 4 bytes
 *
 * Returns: the value; ones after an error, of which the guest is told.
 */
u32 kvm_bus_read(struct kvm *k, paddr_t pa, unsigned int size)
{
	const struct cpu_port *p = k->cpu->port;
	u32 val = 0;

	if (p->read(p->opaque, pa, size, &val) < 0) {
		val = 0xffffffffu;
		bus_error(k, MCSR_DRB);
	}
	return val;
}

/**
 * kvm_bus_write - a store of the guest's to what is no memory
 * @k:    engine
 * @pa:   where, aligned
 * @size: 1, 2 or 4 bytes
 * @val:  what
 */
void kvm_bus_write(struct kvm *k, paddr_t pa, unsigned int size, u32 val)
{
	const struct cpu_port *p = k->cpu->port;

	if (p->write(p->opaque, pa, size, val) < 0)
		bus_error(k, MCSR_DWB);
}

/* As the bus takes it: aligned, at most four bytes. */
static void serve_mmio(struct kvm *k)
{
	struct kvm44x_run *run = k->run;
	u64 pa = run->u.mmio.phys_addr;
	u32 len = run->u.mmio.len, size, i;
	u8 *data = run->u.mmio.data;

	if (len > sizeof(run->u.mmio.data))
		len = sizeof(run->u.mmio.data);
	size = len == 1 || len == 2 ? len : 4;
	if (len % size || pa % size)
		size = 1;
	k->count[run->u.mmio.is_write ? KVM_COUNT_MMIO_WRITE :
		 KVM_COUNT_MMIO_READ]++;
	for (i = 0; i < len; i += size) {
		if (run->u.mmio.is_write)
			kvm_bus_write(k, pa + i, size, ldb(data + i, size));
		else
			stb(data + i, size, kvm_bus_read(k, pa + i, size));
	}
	if (!run->u.mmio.is_write)
		kvm_note_load(k);
	kvm_preview_show(k, pa);
}

static void serve_dcr(struct kvm *k)
{
	const struct cpu_port *p = k->cpu->port;
	struct kvm44x_run *run = k->run;

	if (run->u.dcr.is_write) {
		k->count[KVM_COUNT_DCR_WRITE]++;
		kvm_preview_drop(k);
		(void)p->dcr_write(p->opaque, run->u.dcr.dcrn, run->u.dcr.data);
		kvm_keep_load(k);
	} else {
		u32 val = 0;

		k->count[KVM_COUNT_DCR_READ]++;
		(void)p->dcr_read(p->opaque, run->u.dcr.dcrn, &val);
		run->u.dcr.data = val;
		kvm_note_load(k);
	}
}

/* ---- the other reasons --------------------------------------------------- */

/**
 * kvm_stuck - there is no way forward
 * @k:   engine
 * @fmt: why
 *
 * Returns: CPU_STUCK, with the state pulled for a dump.
 */
enum cpu_why kvm_stuck(struct kvm *k, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(k->stuck, sizeof(k->stuck), fmt, ap);
	va_end(ap);
	k->cpu->stuck = k->stuck;
	if (k->is_pushed && k->vcpu >= 0) {
		k->is_open_access = false;
		(void)kvm_pull(k);
	}
	return CPU_STUCK;
}

/* The top half is ones and the rest the instruction, on every KVM of 440. */
static enum cpu_why give_up_insn(struct kvm *k)
{
	char text[DISASM_CHARS];

	if (k->run->u.hw.hardware_exit_reason >> 32 != 0xffffffffu)
		return kvm_stuck(k, "the KVM gave up, reason 0x%llx",
				 (unsigned long long)k->run->u.hw.hardware_exit_reason);
	disasm((u32)k->run->u.hw.hardware_exit_reason, 0, text, sizeof(text));
	return kvm_stuck(k, "the KVM cannot execute 0x%08x, %s",
			 (u32)k->run->u.hw.hardware_exit_reason, text);
}

static void request_reset(struct kvm *k, u32 kind)
{
	k->count[KVM_COUNT_RESET]++;
	k->cpu->reset_kind = kind >= 1 && kind <= 3 ? (u8)kind : 3;
}

/* The watchdog's third time-out: TCR[WRC] says which reset. */
static void watchdog(struct kvm *k)
{
	u32 tcr = 0;

	kvm_one_reg(k, KVM44X_GET_ONE_REG, KVM44X_REG_TCR, &tcr);
	k->wrs = tcr & TCR_WRC_MASK;
	request_reset(k, TCR_WRC(tcr));
}

/* The wait ends when a timer of the guest does something. */
static enum cpu_why idle(struct kvm *k)
{
	u64 tick = k->run->u.idle.wake_tb - k->tb_start;

	k->count[KVM_COUNT_IDLE]++;
	if (k->run->u.idle.wake_tb != ~0ull)
		k->cpu->timer_at = k->cycle_start +
				   kvm_scale(tick, k->tb_hz, k->cpu_hz) + 1;
	return CPU_IDLE;
}

static enum cpu_why serve_signal(struct kvm *k)
{
	k->count[KVM_COUNT_SIGNAL]++;
	take_alarm(k);
	if (++k->looks % LOOKS == 0 && !kvm_look(k))
		return CPU_STUCK;
	return CPU_BUDGET;
}

static enum cpu_why failed_run(struct kvm *k, int e)
{
	if (e == -EINTR || e == -EAGAIN)
		return serve_signal(k);
	if (e == -EINVAL && k->run->exit_reason == KVM44X_EXIT_INTERNAL_ERROR)
		return kvm_stuck(k, "the KVM says internal error %u",
				 k->run->u.internal.suberror);
	return kvm_stuck(k, "KVM_RUN: %s", kvm_error(e));
}

static bool may_go_on(const struct cpu *cpu)
{
	return !cpu->kicked && !cpu->reset_kind && !cpu->stuck &&
	       cpu_now(cpu) < cpu->slice_end;
}

/* Whatever of the devices' is due by now comes before an access. */
static bool is_too_late(struct kvm *k)
{
	u32 reason = k->run->exit_reason;

	k->is_open_access = reason == KVM44X_EXIT_MMIO ||
			    reason == KVM44X_EXIT_DCR;
	k->is_unserved = k->is_open_access && !may_go_on(k->cpu);
	return k->is_unserved;
}

/* true: leave with @why */
static bool serve(struct kvm *k, enum cpu_why *why)
{
	switch (k->run->exit_reason) {
	case KVM44X_EXIT_MMIO:
		serve_mmio(k);
		return false;
	case KVM44X_EXIT_DCR:
		serve_dcr(k);
		return false;
	case KVM44X_EXIT_INTR:
		*why = serve_signal(k);
		return true;
	case KVM44X_EXIT_HLT:
		*why = idle(k);
		return true;
	case KVM44X_EXIT_SYSTEM_EVENT:
		request_reset(k, (u32)k->run->u.system_event.flags);
		return false;
	case KVM44X_EXIT_WATCHDOG:
		watchdog(k);
		return false;
	case KVM44X_EXIT_UNKNOWN:
		*why = give_up_insn(k);
		return true;
	case KVM44X_EXIT_INTERNAL_ERROR:
		*why = kvm_stuck(k, "the KVM says internal error %u",
				 k->run->u.internal.suberror);
		return true;
	default:
		k->count[KVM_COUNT_OTHER]++;
		*why = kvm_stuck(k, "the KVM came back with reason %u",
				 k->run->exit_reason);
		return true;
	}
}

/* One KVM_RUN and what it came back for; true: leave with @why. */
static bool enter(struct kvm *k, enum cpu_why *why)
{
	int e;

	k->has_run = true;
	k->run->exit_reason = KVM44X_EXIT_UNKNOWN;
	e = kvm_ioctl(k, k->vcpu, KVM44X_RUN, NULL);
	/* what was open is done, also when a signal came first */
	k->is_open_access = false;
	kvm_preview_replay(k);
	kvm_sync_time(k);
	if (e < 0) {
		*why = failed_run(k, e);
		return true;
	}
	return is_too_late(k) ? false : serve(k, why);
}

static void serve_late(struct kvm *k)
{
	enum cpu_why why;

	if (k->is_unserved)
		(void)serve(k, &why);
	k->is_unserved = false;
}

/**
 * kvm_settle - end an access that waits for the next KVM_RUN
 * @k: engine
 *
 * Only then are registers what they seem to be.  The guest may run on a little
 * where the KVM looks for signals late.
 *
 * Returns: 0, -errno.
 */
int kvm_settle(struct kvm *k)
{
	enum cpu_why why;

	for (unsigned int i = 0; k->is_open_access; i++) {
		if (i == SETTLE_MAX)
			return -EBUSY;
		serve_late(k);
		k->run->immediate_exit = 1;
		k->alarm_at = 0;
		k->h->alarm(k->opaque, 1);
		(void)enter(k, &why);
		k->run->immediate_exit = 0;
	}
	return 0;
}

/* A guest that starts anew knows of no magic page. */
static void forget_magic(struct kvm *k)
{
	u32 nowhere = 0;

	if (k->features & KVM_HAS_MAGIC)
		kvm_one_reg(k, KVM44X_SET_ONE_REG, KVM44X_REG_MAGIC, &nowhere);
}

static enum cpu_why leave(struct kvm *k)
{
	struct cpu *cpu = k->cpu;

	cpu->kicked = false;
	if (cpu->stuck)
		return CPU_STUCK;
	if (!cpu->reset_kind)
		return CPU_BUDGET;
	/* whoever looks at the machine now sees the guest as it was */
	if (kvm_pull(k) < 0)
		return kvm_stuck(k, "the KVM does not give its state");
	forget_magic(k);
	return CPU_RESET;
}

/**
 * kvm_engine_run - let the guest run
 * @cpu:    CPU
 * @budget: cycles of the host's time base, at most
 *
 * Returns: why it came back.
 */
enum cpu_why kvm_engine_run(struct cpu *cpu, cycle_t budget)
{
	struct kvm *k = cpu->kvm;
	struct errmsg msg = { "" };
	enum cpu_why why;
	cycle_t end;

	if (!k->is_pushed && kvm_push(k, &msg))
		return kvm_stuck(k, "%s", msg.text);
	kvm_sync_time(k);
	end = cpu_now(cpu) + budget;
	cpu->slice_end = end;
	kvm_preview_drop(k);
	serve_late(k);
	while (may_go_on(cpu)) {
		set_alarm(k, tell_lines(k, end));
		if (enter(k, &why))
			return why;
	}
	return leave(k);
}
