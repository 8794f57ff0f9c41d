/* SPDX-License-Identifier: MIT */
/*
 * cpu/exc.c - interrupts: recording, delivery in three classes, return.
 *
 * Source: [440UM] interrupts and exceptions chapter.
 */
#include "cpu/async.h"
#include "cpu/cpu.h"
#include "cpu/fpu.h"

/**
 * ivor_name - name of an interrupt
 * @ivor: IVOR number
 *
 * Returns: a constant string; "?" out of range.
 */
const char *ivor_name(unsigned int ivor)
{
	static const char *const names[IVOR_COUNT] = {
		"critical_input", "machine_check", "data_storage",
		"instruction_storage", "external_input", "alignment",
		"program", "fp_unavailable", "system_call", "ap_unavailable",
		"decrementer", "fixed_interval_timer", "watchdog_timer",
		"data_tlb_error", "instruction_tlb_error", "debug",
	};

	return ivor < IVOR_COUNT ? names[ivor] : "?";
}

/**
 * cpu_raise - record an exception of the instruction that runs
 * @cpu:  CPU
 * @ivor: which
 * @esr:  ESR bits for the kinds that set ESR
 *
 * Returns: -1, so that a word can end with it.
 */
int cpu_raise(struct cpu *cpu, enum ivor ivor, u32 esr)
{
	cpu->fault = (struct cpu_fault){ .ivor = (u8)ivor, .esr = esr };
	return -1;
}

/**
 * cpu_raise_at - the same with a data address
 * @cpu:  CPU
 * @ivor: which
 * @esr:  ESR bits
 * @dear: effective address for DEAR
 *
 * Returns: -1.
 */
int cpu_raise_at(struct cpu *cpu, enum ivor ivor, u32 esr, u32 dear)
{
	cpu_raise(cpu, ivor, esr);
	cpu->fault.has_dear = true;
	cpu->fault.dear = dear;
	return -1;
}

static bool sets_esr(enum ivor ivor)
{
	return ivor == IVOR_DSI || ivor == IVOR_ISI || ivor == IVOR_ALIGNMENT ||
	       ivor == IVOR_PROGRAM || ivor == IVOR_DTLB ||
	       ivor == IVOR_MACHINE_CHECK;
}

/*
 * An exception whose handler cannot even be fetched repeats for ever without
 * a single instruction: eight in a row at one moment are proof of it.
 */
static void watch_streak(struct cpu *cpu)
{
	if (cpu->streak_at != cpu_now(cpu))
		cpu->streak = 0;
	cpu->streak_at = cpu_now(cpu);
	if (++cpu->streak < 8)
		return;
	cpu->stuck = "interrupts follow each other without an instruction in "
		     "between; the handler cannot be fetched";
	cpu->attention = true;
}

static void enter(struct cpu *cpu, enum ivor ivor, u32 pc)
{
	struct cpu_state *s = &cpu->s;
	u32 msr = exc_save(s, ivor, pc);

	cpu->exceptions[ivor]++;
	if (unlikely(s->dbcr0 & DBEV_IRPT))
		debug_interrupt(cpu, exc_class_of(ivor) == CLASS_NONCRITICAL);
	watch_streak(cpu);
	cpu_set_msr(cpu, msr);
}

/**
 * cpu_deliver - take the exception that was recorded
 * @cpu: CPU; its pc and MSR become the handler's
 * @pc:  address for SRR0
 *
 * An instruction that cannot be fetched with MSR[ME] = 0 is executed on real
 * hardware, whatever the bus gave, and sets ESR[MCI] [440UM 6.5.2]: nothing
 * good can come of it, so it stops here.
 */
void cpu_deliver(struct cpu *cpu, u32 pc)
{
	struct cpu_state *s = &cpu->s;
	const struct cpu_fault *f = &cpu->fault;

	if (unlikely(f->ivor == IVOR_MACHINE_CHECK && !(s->msr & MSR_ME))) {
		s->esr |= ESR_MCI;
		s->pc = pc;
		cpu->stuck = "fetch from a real address that nothing answers, "
			     "with MSR[ME] = 0";
		cpu->attention = true;
		return;
	}
	/* MCI stays until software clears it */
	if (sets_esr(f->ivor))
		s->esr = f->esr | (s->esr & ESR_MCI);
	if (f->has_dear)
		s->dear = f->dear;
	enter(cpu, f->ivor, pc);
}

/**
 * cpu_async_enabled - which asynchronous interrupts an MSR lets through
 * @msr: MSR
 *
 * Returns: a mask of bits 1 << IVOR_x, and of ASYNC_FP_DELAYED.
 */
u32 cpu_async_enabled(u32 msr)
{
	u32 m = async_enabled(msr);

	if (msr & (MSR_FE0 | MSR_FE1))
		m |= 1u << ASYNC_FP_DELAYED;
	return m;
}

/*
 * MSR[FE0] or [FE1] was set while FPSCR[FEX] was: a Program interrupt that is
 * imprecise, s.pc being the instruction after the one that set them.
 */
static bool take_fp_delayed(struct cpu *cpu)
{
	struct cpu_state *s = &cpu->s;

	cpu->async &= ~(1u << ASYNC_FP_DELAYED);
	if (!(s->fpscr & FPSCR_FEX))
		return false;
	s->esr = ESR_FP | ESR_PIE | (s->esr & ESR_MCI);
	enter(cpu, IVOR_PROGRAM, s->pc);
	return true;
}

/**
 * cpu_take_async - take the first pending interrupt that MSR lets through
 * @cpu: CPU at an instruction boundary, s.pc at the next instruction
 *
 * Returns: true if one was taken.
 * Source:  [440UM] "interrupt order": what an instruction did, machine check,
 *          debug, critical input, watchdog, external input, fixed interval
 *          timer, decrementer.
 */
bool cpu_take_async(struct cpu *cpu)
{
	u32 ready = cpu->async & cpu_async_enabled(cpu->s.msr);

	if (likely(!ready))
		return false;
	if (ready & 1u << ASYNC_FP_DELAYED && take_fp_delayed(cpu))
		return true;
	ready &= ~(1u << ASYNC_FP_DELAYED);
	if (!ready)
		return false;
	enter(cpu, async_first(ready), cpu->s.pc);
	return true;
}

/**
 * cpu_return - rfi, rfci, rfmci
 * @cpu: CPU
 * @pc:  from SRR0, CSRR0 or MCSRR0
 * @msr: from SRR1, CSRR1 or MCSRR1
 */
void cpu_return(struct cpu *cpu, u32 pc, u32 msr)
{
	cpu->s.pc = pc & ~3u;
	cpu_set_msr(cpu, msr);
	/* back into the wait state */
	if (msr & MSR_WE)
		cpu->attention = true;
}
