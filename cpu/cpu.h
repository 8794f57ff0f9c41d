/* SPDX-License-Identifier: MIT */
/*
 * cpu/cpu.h - a simulated core: architected state plus what is derived from
 * it, and the C functions that every engine shares.
 *
 * Files: core.c (set-up, context switch, privileged registers), mem.c (the
 * slow path of memory), exc.c (interrupts), timer.c, code.c (decoded pages),
 * interp.c (the interpreter).  The world outside is struct cpu_port.
 */
#ifndef CPU_CPU_H
#define CPU_CPU_H

#include "base/env.h"
#include "cpu/code.h"
#include "cpu/decode.h"
#include "cpu/dline.h"
#include "cpu/port.h"
#include "cpu/sem/sem.h"
#include "cpu/state.h"
#include "mmu/softtlb.h"

struct jit;
struct kvm;

/* An exception recorded by a word that failed, not yet delivered. */
struct cpu_fault {
	u8 ivor;
	bool has_dear;
	u32 esr, dear, mcsr;
};

/* What tlbsx found last; key 0 for nothing. */
struct tlb_found {
	u32 key;		/* address / 1 KB | TLB0_V | TS | TID */
	u32 index;
};

/* Why an engine came back. */
enum cpu_why {
	CPU_BUDGET,	/* the slice is used up, or somebody kicked */
	CPU_IDLE,	/* waits for an interrupt */
	CPU_RESET,	/* cpu->reset_kind asks for one */
	CPU_STUCK,	/* cpu->stuck says why */
};

/* What a translator has done; all 0 without one. */
struct cpu_translation {
	u64 blocks;		/* translated, again and again counted */
	u64 hot;		/* of these, into longer paths */
	u64 code_bytes;		/* of host code made for them */
	u64 flushes;		/* of the code buffer, since it was full */
	u64 memory;		/* most bytes ever in use for code and tables */
	u64 ns;			/* of the host's time */
};

struct cpu {
	struct cpu_state s;

	/*
	 * Tables of the current contexts, copied for speed: of data only rd
	 * and wr are sure to be right, of instructions only ex.
	 */
	struct softtab dt, it;
	struct softctx *dctx, *ictx;

	u32 async;		/* pending asynchronous interrupts, bit = IVOR */
	bool attention;		/* look at the fields below at the boundary */
	bool kicked;
	bool code_stale;	/* decoded pages may lead to unmapped memory */
	bool watched;		/* debug events to look for at each step */
	bool has_host_fma;	/* a fused multiply-add of doubles */
	bool is_fetched;	/* code.single holds the instruction at s.pc */
	u8 reset_kind;
	const char *stuck;

	/*
	 * Time.  While an engine runs, an instruction at @op has
	 * (lim - op) / sizeof(struct op) cycles left until @limit.
	 */
	cycle_t limit;
	uintptr_t op, lim;
	cycle_t slice_end;
	u32 wait;		/* cycles that a bus access asked for */
	cycle_t timer_at;	/* next DEC, FIT or watchdog event */
	u32 tb_mul, tb_div;	/* time base ticks a cycle */
	u64 cpu_hz, timer_hz;

	struct tlb_found found;
	struct cpu_fault fault;
	unsigned int streak;	/* exceptions since the last instruction */
	cycle_t streak_at;

	/* A translator's: page that runs, instructions left, its own state. */
	u32 ea_page;
	s64 jit_left;
	struct jit *jit;
	struct kvm *kvm;	/* of the engine of that name */

	const struct cpu_port *port;
	struct codecache code;
	struct softtlb soft;

	u64 exceptions[IVOR_COUNT];
	u64 skipped;		/* cycles that no instruction used */
	u64 unimplemented[INSN_COUNT];
	struct cpu_translation translation;

	struct dlines lines;	/* state, as the TLB is */
};

struct cpu *cpu_new(const struct cpu_port *port, u32 pvr);
void cpu_free(struct cpu *cpu);
void cpu_reset(struct cpu *cpu, unsigned int kind);
/* The state was changed from outside: derive everything anew. */
void cpu_state_changed(struct cpu *cpu);
void cpu_set_clocks(struct cpu *cpu, u64 cpu_hz, u64 timer_hz);
u32 cpu_model_pvr(const char *model, const char **name);

/* Pins of the interrupt controller; bit of IVOR_EXTERNAL, IVOR_CRITICAL. */
void cpu_set_pin(struct cpu *cpu, enum ivor pin, bool level);
void cpu_machine_check(struct cpu *cpu, u32 mcsr);
void cpu_kick(struct cpu *cpu);
/* Let time pass in a wait state. */
void cpu_skip_to(struct cpu *cpu, cycle_t when);
u64 cpu_insns(const struct cpu *cpu);

static inline cycle_t cpu_now(const struct cpu *cpu)
{
	return cpu->limit - (cpu->lim - cpu->op) / sizeof(struct op);
}

/* core.c */
void cpu_set_msr(struct cpu *cpu, u32 msr);
void cpu_update_context(struct cpu *cpu);
bool spr_plain(u32 sprn, bool is_write, u32 *offset, u32 *mask,
	       bool *is_user);
int cpu_mfspr(struct cpu *cpu, u32 sprn, u32 *val);
int cpu_mtspr(struct cpu *cpu, u32 sprn, u32 val);
void cpu_tlbwe(struct cpu *cpu, u32 index, u32 word, u32 val);
u32 cpu_tlbre(struct cpu *cpu, u32 index, u32 word);
bool cpu_tlbsx(struct cpu *cpu, u32 ea, u32 *index);

/* mem.c: 0, or -1 with cpu->fault recorded */
int cpu_load(struct cpu *cpu, u32 ea, unsigned int size, u32 *val);
int cpu_store(struct cpu *cpu, u32 ea, unsigned int size, u32 val);
int cpu_load64(struct cpu *cpu, u32 ea, u64 *val);
int cpu_store64(struct cpu *cpu, u32 ea, u64 val);
int cpu_load_many(struct cpu *cpu, u32 ea, unsigned int d, u32 bytes,
		  unsigned int skip_a, unsigned int skip_b);
int cpu_store_many(struct cpu *cpu, u32 ea, unsigned int d, u32 bytes);
int cpu_reserve(struct cpu *cpu, u32 ea, u32 *val);
int cpu_conditional(struct cpu *cpu, u32 ea, u32 val, u32 *stored);
int cpu_zero_line(struct cpu *cpu, u32 ea);
int cpu_cache_check(struct cpu *cpu, u32 ea, enum cache_op kind);
void cpu_drop_lines(struct cpu *cpu);
int cpu_unaligned(struct cpu *cpu, u32 ea, unsigned int size, u32 esr);
bool cpu_peek(struct cpu *cpu, u32 ea, unsigned int size, bool is_store,
	      u8 *bytes, u32 *attr);
/* Decoded page at @ea; NULL: a fault is recorded. */
struct codepage *cpu_fetch(struct cpu *cpu, u32 ea);
void cpu_dma_wrote(struct cpu *cpu, paddr_t pa, u64 size);
/* Memory was mapped or unmapped under the CPU's feet. */
void cpu_memory_changed(struct cpu *cpu);

/* exc.c */
int cpu_raise(struct cpu *cpu, enum ivor ivor, u32 esr);
int cpu_raise_at(struct cpu *cpu, enum ivor ivor, u32 esr, u32 dear);
void cpu_deliver(struct cpu *cpu, u32 pc);
void cpu_return(struct cpu *cpu, u32 pc, u32 msr);
bool cpu_take_async(struct cpu *cpu);
u32 cpu_async_enabled(u32 msr);
const char *ivor_name(unsigned int ivor);

/* An enabled FP exception that waited for MSR[FE0] or [FE1]: bit of async. */
#define ASYNC_FP_DELAYED IVOR_COUNT

/* debug.c */
void debug_update(struct cpu *cpu);
void debug_write_dbcr0(struct cpu *cpu, u32 val);
void debug_interrupt(struct cpu *cpu, bool is_noncritical);

/* timer.c */
/* What counts as waiting for the time base, and what a read then takes. */
#define TIMER_POLL_WITHIN 16
#define TIMER_POLL_BYTES 64u
#define TIMER_POLL_CYCLES 112

u64 timer_tb(const struct cpu *cpu);
u32 timer_polled(struct cpu *cpu, u32 pc);
u32 timer_dec(const struct cpu *cpu);
void timer_set_dec(struct cpu *cpu, u32 val);
void timer_set_tb(struct cpu *cpu, u64 tb);
void timer_update(struct cpu *cpu);
void timer_expire(struct cpu *cpu);
void timer_freeze(struct cpu *cpu, bool is_frozen);

static inline void cpu_check_attention(struct cpu *cpu)
{
	cpu->attention = cpu->kicked || cpu->reset_kind || cpu->stuck ||
			 cpu->wait ||
			 (unlikely(cpu->async) &&
			  (cpu->async & cpu_async_enabled(cpu->s.msr)));
}

/* run.c */
/* Why an engine's exec comes back; s.pc, cpu->op and cpu->lim are right. */
enum leave { LEAVE_BOUNDARY, LEAVE_SELF };
enum cpu_why cpu_run(struct cpu *cpu, cycle_t budget,
		     enum leave (*exec)(struct cpu *cpu));

enum leave debug_exec(struct cpu *cpu);

/* interp.c */
enum leave interp_exec(struct cpu *cpu);
void interp_init(struct codecache *cc);
enum cpu_why interp_run(struct cpu *cpu, cycle_t budget);

#endif
