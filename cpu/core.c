/* SPDX-License-Identifier: MIT */
/*
 * cpu/core.c - a core's life, its contexts, and its privileged registers.
 */
#include "cpu/cpu.h"
#include "cpu/fpu_host.h"
#include "cpu/fpu.h"
#include "cpu/spr.h"

#include <stdlib.h>

#include "base/xalloc.h"

/**
 * cpu_model_pvr - PVR of a CPU model
 * @model: `model` property of the cpu node, or NULL
 * @name:  set to the model's name, unless NULL
 *
 * Returns: the PVR, 0 for a model that is not known.
 */
u32 cpu_model_pvr(const char *model, const char **name)
{
#define MODEL(mdl, pvr, nm) \
	if (model && !strcmp(model, mdl)) { \
		if (name) \
			*name = nm; \
		return pvr; \
	}
#include "cpu/model.def"
#undef MODEL
	return 0;
}

static void select_tb_clock(struct cpu *cpu);

/**
 * cpu_new - a core in its reset state
 * @port: way to memory and DCRs; borrowed
 * @pvr:  processor version
 *
 * Returns: the core, NULL when the host has not the address space.
 */
struct cpu *cpu_new(const struct cpu_port *port, u32 pvr)
{
	struct cpu *cpu = xcalloc(1, sizeof(*cpu));

	cpu->port = port;
	cpu->tb_mul = cpu->tb_div = 1;
	cpu->has_host_fma = fpu_host_has_fma();
	cpu->s.pvr = pvr;
	if (softtlb_init(&cpu->soft) || codecache_init(&cpu->code)) {
		cpu_free(cpu);
		return NULL;
	}
	interp_init(&cpu->code);
	cpu_reset(cpu, 3);
	return cpu;
}

/**
 * cpu_free - release a core
 * @cpu: from cpu_new
 */
void cpu_free(struct cpu *cpu)
{
	softtlb_free(&cpu->soft);
	codecache_free(&cpu->code);
	free(cpu);
}

/*
 * Out of reset one shadow entry maps the last 4 KB; it shows as TLB entry 63.
 * Boot code may invalidate that, too, and goes on by what mem.c keeps of it.
 */
static void map_reset_page(struct cpu_state *s)
{
	tlb_write(&s->tlb, TLB_ENTRIES - 1, 1, 0xfffff000, 0);
	tlb_write(&s->tlb, TLB_ENTRIES - 1, 2, TLB2_I | TLB2_SX | TLB2_SR, 0);
	tlb_write(&s->tlb, TLB_ENTRIES - 1, 0, 0xfffff000 | TLB0_V | 1 << 4, 0);
	s->is_shadowed = 1;
}

/**
 * cpu_reset - core, chip or system reset
 * @cpu:  CPU
 * @kind: 1 core, 2 chip, 3 system; kept in DBSR[MRR]
 *
 * Time goes on; TSR[WRS] survives, so that software finds the watchdog.
 * Source: [440UM] "Initialization", register reset values.
 */
void cpu_reset(struct cpu *cpu, unsigned int kind)
{
	struct cpu_state *s = &cpu->s;
	u32 pvr = s->pvr, pir = s->pir, wrs = s->tsr & TSR_WRS_MASK;
	u64 tb_offset;

	timer_freeze(cpu, false);
	tb_offset = s->tb_offset;
	memset(s, 0, sizeof(*s));
	s->pvr = pvr;
	s->pir = pir;
	s->tsr = wrs;
	s->tb_offset = tb_offset;
	s->dbsr = PPC_PLACE(kind, 2, 3);
	s->pc = 0xfffffffc;
	tlb_reset(&s->tlb);
	map_reset_page(s);
	dline_drop_all(&cpu->lines);
	cpu->async = 0;
	cpu->reset_kind = 0;
	cpu->stuck = NULL;
	select_tb_clock(cpu);
	cpu_state_changed(cpu);
}

/**
 * cpu_state_changed - derive everything anew
 * @cpu: CPU whose state was written from outside
 */
void cpu_state_changed(struct cpu *cpu)
{
	softtlb_flush(&cpu->soft);
	codecache_flush(&cpu->code);
	cpu->found.key = 0;
	cpu->s.gpr[GPR_ZERO] = 0;
	cpu_update_context(cpu);
	timer_update(cpu);
	if (cpu->s.mcsr & MCSR_MCS)
		cpu->async |= 1u << IVOR_MACHINE_CHECK;
	debug_update(cpu);
}

/*
 * The value that the time base shows does not jump when its rate changes.
 */
static void set_tb_rate(struct cpu *cpu, u64 tb_hz, u64 cpu_hz)
{
	u64 tb = timer_tb(cpu), a = tb_hz, b = cpu_hz, t;
	u32 dec = timer_dec(cpu);

	if (!tb_hz || tb_hz > cpu_hz)
		a = b = tb_hz = cpu_hz = 1;
	while (b) {
		t = a % b;
		a = b;
		b = t;
	}
	cpu->tb_mul = (u32)(tb_hz / a);
	cpu->tb_div = (u32)(cpu_hz / a);
	timer_set_tb(cpu, tb);
	timer_set_dec(cpu, dec);
}

static void select_tb_clock(struct cpu *cpu)
{
	bool external = cpu->s.ccr1 & CCR1_TCS;

	set_tb_rate(cpu, external ? cpu->timer_hz : cpu->cpu_hz, cpu->cpu_hz);
}

/**
 * cpu_set_clocks - tell the core how fast it runs
 * @cpu:      CPU
 * @cpu_hz:   CPU clock
 * @timer_hz: external timer clock, which CCR1[TCS] selects; at most @cpu_hz
 */
void cpu_set_clocks(struct cpu *cpu, u64 cpu_hz, u64 timer_hz)
{
	cpu->cpu_hz = cpu_hz;
	cpu->timer_hz = timer_hz;
	select_tb_clock(cpu);
}

/**
 * cpu_set_pin - drive an interrupt input
 * @cpu:   CPU
 * @pin:   IVOR_EXTERNAL or IVOR_CRITICAL
 * @level: asserted or not
 */
void cpu_set_pin(struct cpu *cpu, enum ivor pin, bool level)
{
	cpu->async &= ~(1u << pin);
	if (level)
		cpu->async |= 1u << pin;
	cpu_check_attention(cpu);
}

/**
 * cpu_machine_check - report a bus error that no instruction waits for
 * @cpu:  CPU
 * @mcsr: MCSR bits; MCS is added
 */
void cpu_machine_check(struct cpu *cpu, u32 mcsr)
{
	cpu->s.mcsr |= mcsr | MCSR_MCS;
	cpu->async |= 1u << IVOR_MACHINE_CHECK;
	cpu_check_attention(cpu);
}

/**
 * cpu_kick - make the engine return at the next boundary
 * @cpu: CPU; called from inside the run, by a device
 */
void cpu_kick(struct cpu *cpu)
{
	cpu->kicked = true;
	cpu->attention = true;
}

/**
 * cpu_skip_to - let time pass while the CPU waits
 * @cpu:  CPU that no engine is running
 * @when: new time, not before now
 */
void cpu_skip_to(struct cpu *cpu, cycle_t when)
{
	cpu->skipped += when - cpu_now(cpu);
	cpu->limit = when;
	cpu->op = cpu->lim = 0;
	if (when >= cpu->timer_at)
		timer_expire(cpu);
}

/**
 * cpu_insns - instructions executed since the core was made
 * @cpu: CPU
 */
u64 cpu_insns(const struct cpu *cpu)
{
	return cpu_now(cpu) - cpu->skipped;
}

/**
 * cpu_update_context - point at the tables of the current AS, PID, privilege
 * @cpu: CPU whose MSR or PID has changed
 */
void cpu_update_context(struct cpu *cpu)
{
	const struct cpu_state *s = &cpu->s;
	unsigned int pr = !!(s->msr & MSR_PR);

	cpu->dctx = softtlb_context(&cpu->soft, !!(s->msr & MSR_DS), s->pid, pr,
				    NULL);
	cpu->ictx = cpu->dctx;
	if (!(s->msr & MSR_IS) != !(s->msr & MSR_DS))
		cpu->ictx = softtlb_context(&cpu->soft, !!(s->msr & MSR_IS),
					    s->pid, pr, cpu->dctx);
	cpu->dt = cpu->dctx->tab;
	cpu->it = cpu->ictx->tab;
}

/**
 * cpu_set_msr - write MSR and all that follows from it
 * @cpu: CPU
 * @msr: new value; reserved bits are dropped
 */
void cpu_set_msr(struct cpu *cpu, u32 msr)
{
	u32 changed = (cpu->s.msr ^ msr) & (MSR_PR | MSR_IS | MSR_DS);
	u32 fe = MSR_FE0 | MSR_FE1;

	if (unlikely((msr & fe) && !(cpu->s.msr & fe) &&
		     (cpu->s.fpscr & FPSCR_FEX)))
		cpu->async |= 1u << ASYNC_FP_DELAYED;
	cpu->s.msr = msr & MSR_MASK;
	if (changed)
		cpu_update_context(cpu);
	cpu_check_attention(cpu);
}

/* Access of a row of spr.def. */
enum spr_access { SPR_U, SPR_S, SPR_SR, SPR_UR, SPR_SW };
enum spr_kind { SPR_PLAIN, SPR_FUNC };

struct spr_row {
	u8 access, kind;
	u16 offset;
	u32 mask;
};

#define none pc		/* a FUNC row has no cell of its own */
static const struct spr_row *spr_find(u32 sprn)
{
#define SPR(name, n, acc, msk, knd, cell) \
	static const struct spr_row row_##name = { \
		SPR_##acc, SPR_##knd, offsetof(struct cpu_state, cell), msk };
#include "cpu/spr.def"
#undef SPR
	switch (sprn) {
#define SPR(name, n, acc, msk, knd, cell) case n: return &row_##name;
#include "cpu/spr.def"
#undef SPR
	}
	return NULL;
}
#undef none

/**
 * spr_plain - whether an SPR is nothing but a cell of the state
 * @sprn:    number
 * @is_write: to be written, else read
 * @offset:  set to its place in struct cpu_state
 * @mask:    set to the bits that a write changes
 * @is_user: set to whether user mode may
 *
 * Returns: true for such a register with that access.
 */
bool spr_plain(u32 sprn, bool is_write, u32 *offset, u32 *mask, bool *is_user)
{
	const struct spr_row *row = spr_find(sprn);

	if (!row || row->kind != SPR_PLAIN)
		return false;
	if (is_write ? row->access == SPR_UR || row->access == SPR_SR :
	    row->access == SPR_SW)
		return false;
	*offset = row->offset;
	*mask = row->mask;
	*is_user = row->access == SPR_U || row->access == SPR_UR;
	return true;
}

static u32 *spr_cell(struct cpu_state *s, const struct spr_row *row)
{
	return (u32 *)((char *)s + row->offset);
}

static u32 spr_read_func(struct cpu *cpu, u32 sprn)
{
	struct cpu_state *s = &cpu->s;

	switch (sprn) {
	case SPRN_XER:
		return state_xer(s);
	case SPRN_DEC:
		return timer_dec(cpu);
	case SPRN_PID:
		return s->pid;
	case SPRN_TBLR:
		return (u32)timer_tb(cpu);
	case SPRN_TBUR:
		return (u32)(timer_tb(cpu) >> 32);
	case SPRN_DBSR:
		return s->dbsr;
	case SPRN_DBCR0:
		return s->dbcr0;
	case SPRN_TSR:
		return s->tsr;
	case SPRN_TCR:
		return s->tcr;
	case SPRN_MCSR:
		return s->mcsr;
	case SPRN_CCR1:
		return s->ccr1;
	}
	return 0;
}

static void write_pid(struct cpu *cpu, u32 val)
{
	cpu->s.pid = val & 0xff;
	cpu_update_context(cpu);
}

static void write_tcr(struct cpu *cpu, u32 val)
{
	/* WRC, once not 0, can be changed by a reset only */
	if (TCR_WRC(cpu->s.tcr))
		val = (val & ~TCR_WRC_MASK) | (cpu->s.tcr & TCR_WRC_MASK);
	cpu->s.tcr = val;
	timer_update(cpu);
}

static void write_mcsr(struct cpu *cpu, u32 val)
{
	cpu->s.mcsr &= ~val;
	/* pending as long as the summary bit stands [440UM] */
	if (!(cpu->s.mcsr & MCSR_MCS))
		cpu->async &= ~(1u << IVOR_MACHINE_CHECK);
}

static void spr_write_func(struct cpu *cpu, u32 sprn, u32 val)
{
	struct cpu_state *s = &cpu->s;

	switch (sprn) {
	case SPRN_XER:
		state_set_xer(s, val);
		break;
	case SPRN_DEC:
		timer_set_dec(cpu, val);
		break;
	case SPRN_PID:
		write_pid(cpu, val);
		break;
	case SPRN_TBLW:
		timer_set_tb(cpu, (timer_tb(cpu) & ~0xffffffffull) | val);
		break;
	case SPRN_TBUW:
		timer_set_tb(cpu, (u64)val << 32 | (u32)timer_tb(cpu));
		break;
	case SPRN_DBSR:
		s->dbsr &= ~val;
		debug_update(cpu);
		break;
	case SPRN_DBCR0:
		debug_write_dbcr0(cpu, val);
		break;
	case SPRN_TSR:
		s->tsr &= ~val;
		timer_update(cpu);
		break;
	case SPRN_TCR:
		write_tcr(cpu, val);
		break;
	case SPRN_MCSR:
		write_mcsr(cpu, val);
		break;
	case SPRN_CCR1:
		s->ccr1 = val;
		select_tb_clock(cpu);
		break;
	}
}

/* An SPR number whose bit 4 of the encoding is set is privileged. */
static int spr_refuse(struct cpu *cpu, u32 sprn)
{
	if ((cpu->s.msr & MSR_PR) && (sprn & 0x10))
		return cpu_raise(cpu, IVOR_PROGRAM, ESR_PPR);
	return cpu_raise(cpu, IVOR_PROGRAM, ESR_PIL);
}

/**
 * cpu_mfspr - read a special purpose register
 * @cpu:  CPU
 * @sprn: number
 * @val:  set
 *
 * Returns: 0, or -1 with a Program exception recorded.
 */
int cpu_mfspr(struct cpu *cpu, u32 sprn, u32 *val)
{
	const struct spr_row *row = spr_find(sprn);
	bool user = cpu->s.msr & MSR_PR;

	if (!row || row->access == SPR_SW)
		return spr_refuse(cpu, sprn);
	if (user && row->access != SPR_U && row->access != SPR_UR)
		return cpu_raise(cpu, IVOR_PROGRAM, ESR_PPR);
	*val = row->kind == SPR_PLAIN ? *spr_cell(&cpu->s, row) :
	       spr_read_func(cpu, sprn);
	return 0;
}

/**
 * cpu_mtspr - write a special purpose register
 * @cpu:  CPU
 * @sprn: number
 * @val:  value; bits outside the row's mask are dropped
 *
 * Returns: 0, or -1 with a Program exception recorded.
 */
int cpu_mtspr(struct cpu *cpu, u32 sprn, u32 val)
{
	const struct spr_row *row = spr_find(sprn);
	bool user = cpu->s.msr & MSR_PR;

	if (!row || row->access == SPR_UR || row->access == SPR_SR)
		return spr_refuse(cpu, sprn);
	if (user && row->access != SPR_U)
		return cpu_raise(cpu, IVOR_PROGRAM, ESR_PPR);
	if (row->kind == SPR_PLAIN)
		*spr_cell(&cpu->s, row) = val & row->mask;
	else
		spr_write_func(cpu, sprn, val & row->mask);
	return 0;
}

/**
 * cpu_tlbwe - write a word of a TLB entry
 * @cpu:   CPU
 * @index: entry; only the low 6 bits count
 * @word:  0, 1, 2
 * @val:   value
 */
void cpu_tlbwe(struct cpu *cpu, u32 index, u32 word, u32 val)
{
	index &= TLB_ENTRIES - 1;
	softtlb_drop_entry(&cpu->soft, &cpu->s.tlb, index);
	tlb_write(&cpu->s.tlb, index, word, val, cpu->s.mmucr & 0xff);
	cpu->found.key = 0;
}

/**
 * cpu_tlbre - read a word of a TLB entry
 * @cpu:   CPU; word 0 sets MMUCR[STID]
 * @index: entry
 * @word:  0, 1, 2
 */
u32 cpu_tlbre(struct cpu *cpu, u32 index, u32 word)
{
	unsigned int stid = cpu->s.mmucr & 0xff;
	u32 val = tlb_read(&cpu->s.tlb, index, word, &stid);

	cpu->s.mmucr = (cpu->s.mmucr & ~0xffu) | stid;
	return val;
}

/**
 * cpu_tlbsx - search the TLB with MMUCR[STS] and MMUCR[STID]
 * @cpu:   CPU
 * @ea:    effective address
 * @index: entry when found, else 0
 *
 * Returns: whether there is a match.
 */
bool cpu_tlbsx(struct cpu *cpu, u32 ea, u32 *index)
{
	u32 mmucr = cpu->s.mmucr, as = !!(mmucr & MMUCR_STS);
	u32 key = (ea & ~0x3ffu) | TLB0_V | as << 8 | (mmucr & 0xff);
	unsigned int hit = 0;
	bool found;

	if (key == cpu->found.key) {
		*index = cpu->found.index;
		return true;
	}
	found = tlb_lookup(&cpu->s.tlb, ea, as, mmucr & 0xff, &hit) == TLB_HIT;
	if (found)
		cpu->found = (struct tlb_found){ key, hit };
	*index = hit;
	return found;
}
