/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/async.h [F] - how the core takes an interrupt: which ones MSR lets
 * through, which comes first, what is saved and what stays of MSR.
 *
 * No static data: the kernel module copies what uses this to a place of its
 * own.
 */
#ifndef CPU_ASYNC_H
#define CPU_ASYNC_H

#include "cpu/state.h"

enum exc_class { CLASS_NONCRITICAL, CLASS_CRITICAL, CLASS_MACHINE_CHECK };

static inline enum exc_class exc_class_of(enum ivor ivor)
{
	switch (ivor) {
	case IVOR_CRITICAL: case IVOR_WATCHDOG: case IVOR_DEBUG:
		return CLASS_CRITICAL;
	case IVOR_MACHINE_CHECK:
		return CLASS_MACHINE_CHECK;
	default:
		return CLASS_NONCRITICAL;
	}
}

/* Asynchronous interrupts that @msr lets through: bits 1 << IVOR_x. */
static inline u32 async_enabled(u32 msr)
{
	u32 m = 0;

	if (msr & MSR_EE)
		m |= 1u << IVOR_EXTERNAL | 1u << IVOR_DEC | 1u << IVOR_FIT;
	if (msr & MSR_CE)
		m |= 1u << IVOR_CRITICAL | 1u << IVOR_WATCHDOG;
	if (msr & MSR_ME)
		m |= 1u << IVOR_MACHINE_CHECK;
	if (msr & MSR_DE)
		m |= 1u << IVOR_DEBUG;
	return m;
}

/* The first of @ready, not 0, in the order of [440UM] "interrupt order". */
static inline enum ivor async_first(u32 ready)
{
	return ready & 1u << IVOR_MACHINE_CHECK ? IVOR_MACHINE_CHECK :
	       ready & 1u << IVOR_DEBUG ? IVOR_DEBUG :
	       ready & 1u << IVOR_CRITICAL ? IVOR_CRITICAL :
	       ready & 1u << IVOR_WATCHDOG ? IVOR_WATCHDOG :
	       ready & 1u << IVOR_EXTERNAL ? IVOR_EXTERNAL :
	       ready & 1u << IVOR_FIT ? IVOR_FIT : IVOR_DEC;
}

/*
 * Save @pc and MSR and go to the handler.  Returns the new MSR, which the
 * caller puts in force.
 */
static inline u32 exc_save(struct cpu_state *s, enum ivor ivor, u32 pc)
{
	u32 keep = 0;

	switch (exc_class_of(ivor)) {
	case CLASS_NONCRITICAL:
		s->srr0 = pc;
		s->srr1 = s->msr;
		keep = MSR_CE | MSR_ME | MSR_DE;
		break;
	case CLASS_CRITICAL:
		s->csrr0 = pc;
		s->csrr1 = s->msr;
		keep = MSR_ME;
		break;
	case CLASS_MACHINE_CHECK:
		s->mcsrr0 = pc;
		s->mcsrr1 = s->msr;
		break;
	}
	s->pc = s->ivpr | s->ivor[ivor];
	return s->msr & keep;
}

/*
 * The watchdog's next step after it expired.  Returns true when that was the
 * last: TSR[WRS] says which reset.
 */
static inline bool watchdog_step(struct cpu_state *s)
{
	if (!(s->tsr & TSR_ENW)) {
		s->tsr |= TSR_ENW;
	} else if (!(s->tsr & TSR_WIS)) {
		s->tsr |= TSR_WIS;
	} else if (TCR_WRC(s->tcr)) {
		s->tsr = (s->tsr & ~TSR_WRS_MASK) | (s->tcr & TCR_WRC_MASK);
		return true;
	}
	return false;
}

#endif
