/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/state.h [F] - the architected state of a 440 core and its FPU.
 *
 * Everything here, and nothing else, is what a program can see and what a
 * snapshot saves.  Derived state lives in struct cpu.
 */
#ifndef CPU_STATE_H
#define CPU_STATE_H

#include "base/bits.h"
#include "base/env.h"
#include "cpu/fpu_lazy.h"
#include "mmu/tlb.h"

#define MSR_WE	PPC_BIT(13)
#define MSR_CE	PPC_BIT(14)
#define MSR_EE	PPC_BIT(16)
#define MSR_PR	PPC_BIT(17)
#define MSR_FP	PPC_BIT(18)
#define MSR_ME	PPC_BIT(19)
#define MSR_FE0	PPC_BIT(20)
#define MSR_DWE	PPC_BIT(21)
#define MSR_DE	PPC_BIT(22)
#define MSR_FE1	PPC_BIT(23)
#define MSR_IS	PPC_BIT(26)
#define MSR_DS	PPC_BIT(27)
#define MSR_MASK (MSR_WE | MSR_CE | MSR_EE | MSR_PR | MSR_FP | MSR_ME | \
		  MSR_FE0 | MSR_DWE | MSR_DE | MSR_FE1 | MSR_IS | MSR_DS)

#define ESR_MCI	PPC_BIT(0)
#define ESR_PIL	PPC_BIT(4)
#define ESR_PPR	PPC_BIT(5)
#define ESR_PTR	PPC_BIT(6)
#define ESR_FP	PPC_BIT(7)
#define ESR_ST	PPC_BIT(8)
#define ESR_DLK0 PPC_BIT(10)
#define ESR_DLK1 PPC_BIT(11)
#define ESR_AP	PPC_BIT(12)
#define ESR_PUO	PPC_BIT(13)
#define ESR_BO	PPC_BIT(14)
#define ESR_PIE	PPC_BIT(15)
#define ESR_PCRE PPC_BIT(27)
#define ESR_PCMP PPC_BIT(28)

#define MCSR_MCS PPC_BIT(0)
#define MCSR_IB	PPC_BIT(1)
#define MCSR_DRB PPC_BIT(2)
#define MCSR_DWB PPC_BIT(3)

#define TCR_WP(v)	PPC_FIELD(v, 0, 1)
#define TCR_WRC(v)	PPC_FIELD(v, 2, 3)
#define TCR_WRC_MASK	PPC_MASK(2, 3)
#define TCR_WIE		PPC_BIT(4)
#define TCR_DIE		PPC_BIT(5)
#define TCR_FP(v)	PPC_FIELD(v, 6, 7)
#define TCR_FIE		PPC_BIT(8)
#define TCR_ARE		PPC_BIT(9)
#define TSR_ENW		PPC_BIT(0)
#define TSR_WIS		PPC_BIT(1)
#define TSR_WRS_MASK	PPC_MASK(2, 3)
#define TSR_DIS		PPC_BIT(4)
#define TSR_FIS		PPC_BIT(5)

/* Bits 4:16 enable events in DBCR0, and tell of them in DBSR. */
#define DBCR0_IDM	PPC_BIT(1)
#define DBCR0_RST(v)	PPC_FIELD(v, 2, 3)
#define DBCR0_FT	PPC_BIT(31)
#define DBEV_ICMP	PPC_BIT(4)
#define DBEV_BRT	PPC_BIT(5)
#define DBEV_IRPT	PPC_BIT(6)
#define DBEV_TRAP	PPC_BIT(7)
#define DBEV_IAC(n)	PPC_BIT(7 + (n))
#define DBEV_IACS	PPC_MASK(8, 11)
#define DBEV_DACR(n)	PPC_BIT(10 + 2 * (n))
#define DBEV_DACW(n)	PPC_BIT(11 + 2 * (n))
#define DBEV_DACS	PPC_MASK(12, 15)
#define DBEV_RET	PPC_BIT(16)
#define DBCR0_TRAP	DBEV_TRAP
#define DBSR_TRAP	DBEV_TRAP
#define DBSR_IDE	PPC_BIT(0)
#define DBSR_UDE	PPC_BIT(1)
#define DBSR_MRR_MASK	PPC_MASK(2, 3)
#define DBSR_EVENTS	(DBSR_UDE | PPC_MASK(4, 16))
#define DBSR_IAC12ATS	PPC_BIT(30)
#define DBSR_IAC34ATS	PPC_BIT(31)

#define CCR0_FLSTA	PPC_BIT(23)
#define CCR1_TCS	PPC_BIT(24)
#define MMUCR_DULXE	PPC_BIT(12)
#define MMUCR_IULXE	PPC_BIT(13)
#define MMUCR_STS	PPC_BIT(15)

/* IVOR numbers; an interrupt is known by its IVOR everywhere. */
enum ivor {
	IVOR_CRITICAL, IVOR_MACHINE_CHECK, IVOR_DSI, IVOR_ISI, IVOR_EXTERNAL,
	IVOR_ALIGNMENT, IVOR_PROGRAM, IVOR_FP_UNAVAIL, IVOR_SYSCALL,
	IVOR_AP_UNAVAIL, IVOR_DEC, IVOR_FIT, IVOR_WATCHDOG, IVOR_DTLB,
	IVOR_ITLB, IVOR_DEBUG, IVOR_COUNT
};

#define GPR_ZERO 32	/* gpr[32] is always 0: the base register of (rA|0) */

/*
 * A condition register field is kept as one s64, such that a comparison is a
 * subtraction and a test is one instruction:
 *	EQ  low 32 bits are zero
 *	GT  value > 0
 *	LT  bit 62 is set (a negative difference sets it by sign extension)
 * SO is kept apart.
 */
struct cpu_state {
	u32 gpr[33];
	u32 pc;
	s64 cr[8];
	u8 cr_so[8];
	u8 xer_so, xer_ov, xer_ca, xer_count;
	u32 lr, ctr, msr;
	u32 fpscr;		/* without the bits of fpu.note */
	struct fpu_lazy fpu;
	u64 fpr[32];

	u32 srr0, srr1, csrr0, csrr1, mcsrr0, mcsrr1;
	u32 dear, esr, mcsr, ivpr, ivor[16];
	u32 sprg[8], usprg0;
	u32 pid, mmucr, ccr0, ccr1;
	u32 dbcr0, dbcr1, dbcr2, dbsr, iac[4], dac[2], dvc[2], dbdr;
	u32 tsr, tcr, decar, pir, pvr, rstcfg;
	u32 inv[4], itv[4], dnv[4], dtv[4], ivlim, dvlim;
	u32 dcdbtrl, dcdbtrh, icdbtrl, icdbtrh, icdbdr;

	/* Time base = tick count + tb_offset; the decrementer is dec_value
	 * as of tick dec_tick, and stands still when it was 0 then. */
	u64 tb_offset;
	u64 dec_tick;
	u32 dec_value;
	u8 is_frozen;		/* by DBCR0[FT]: the count stands still */
	u64 frozen_tick;

	/* last read of the time base, see timer_polled */
	u32 poll_pc;
	u64 poll_cycle;

	u8 reserve;		/* a lwarx reservation is held */
	u8 is_shadowed;		/* the shadow entry of the reset is in use */

	struct tlb tlb;
};

static __always_inline s64 cr_pack(u32 nibble)
{
	u64 v = (u64)(~nibble >> 2 & 1) << 63 | (u64)(nibble >> 3 & 1) << 62 |
		1ull << 32 | (~nibble >> 1 & 1);

	return (s64)v;
}

static __always_inline u32 cr_nibble(s64 v, u8 so)
{
	return (u32)((u64)v >> 62 & 1) << 3 | (u32)(v > 0) << 2 |
	       (u32)((u32)v == 0) << 1 | so;
}

static inline u32 state_cr(const struct cpu_state *s)
{
	u32 i, cr = 0;

	for (i = 0; i < 8; i++)
		cr = cr << 4 | cr_nibble(s->cr[i], s->cr_so[i]);
	return cr;
}

static inline void state_set_cr_field(struct cpu_state *s, u32 field,
				      u32 nibble)
{
	s->cr[field] = cr_pack(nibble);
	s->cr_so[field] = nibble & 1;
}

/* FPSCR as the architecture has it. */
static inline u32 state_fpscr(const struct cpu_state *s)
{
	return fpu_lazy_result(s->fpscr, &s->fpu);
}

static inline void state_set_fpscr(struct cpu_state *s, u32 v)
{
	s->fpscr = v;
	s->fpu.note = 0;
}

/* From here on s->fpscr is the whole truth. */
static inline void state_settle_fpscr(struct cpu_state *s)
{
	if (s->fpu.note)
		state_set_fpscr(s, state_fpscr(s));
}

static inline u32 state_xer(const struct cpu_state *s)
{
	return (u32)s->xer_so << 31 | (u32)s->xer_ov << 30 |
	       (u32)s->xer_ca << 29 | s->xer_count;
}

static inline void state_set_xer(struct cpu_state *s, u32 v)
{
	s->xer_so = v >> 31;
	s->xer_ov = v >> 30 & 1;
	s->xer_ca = v >> 29 & 1;
	s->xer_count = v & 0x7f;
}

#endif
