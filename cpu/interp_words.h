/* SPDX-License-Identifier: MIT */
/*
 * cpu/interp_words.h - the words that compute and need a whole core: memory,
 * branches, privileged state.  Included by the interpreter and by the
 * translator's table of interpreted bodies, before the bodies.
 */
#ifndef CPU_INTERP_WORDS_H
#define CPU_INTERP_WORDS_H

#include "cpu/cpu.h"
#include "cpu/fpu_host.h"
#include "cpu/sem/sem.h"

#define OP_BYTES ((uintptr_t)sizeof(struct op))

struct sx {
	struct cpu *cpu;
	struct cpu_state *s;
	/* op and lim are apart: copied as a pair just after they were written
	 * one by one, they would keep the host waiting */
	uintptr_t op;		/* the op that runs */
	uintptr_t pend;		/* end of the page's ops */
	uintptr_t lim;		/* of what budget is left: see interp.c */
	u32 pcoff;		/* address = (op >> 2) + pcoff */
	u32 target;		/* of a far branch */
	bool stop;		/* somebody wants attention after this op */
};

static __always_inline bool fp_fast(struct sx *x, enum fpu_lazy_op op,
	unsigned int form, u64 a, u64 b, u64 c, u64 *result)
{
	return fpu_host_compute(x->s->fpscr, &x->s->fpu, x->cpu->has_host_fma,
				op, form, a, b, c, result);
}

static __always_inline bool fp_fast_compare(struct sx *x, u64 a, u64 b,
					    u32 *nibble)
{
	return fpu_host_compare(&x->s->fpu, a, b, nibble);
}

#include "cpu/sem_interp.h"

static __always_inline u32 pc_of(const struct sx *x, uintptr_t op)
{
	return (u32)(op >> 2) + x->pcoff;
}

static __always_inline struct v32 this_pc(struct sx *x, const struct op *o)
{
	return imm32(pc_of(x, (uintptr_t)o));
}

static __always_inline struct v32 next_pc(struct sx *x, const struct op *o)
{
	return imm32(pc_of(x, (uintptr_t)o) + 4);
}

/* Make cpu_now() true while a shared function runs. */
static __always_inline void spill(struct sx *x)
{
	x->cpu->op = x->op;
	x->cpu->lim = x->lim;
}

/* Branches */
static __always_inline enum sem_result br_near(struct sx *x,
					       const struct op *o,
					       struct v32 cond)
{
	if (!cond.v)
		return SEM_NEXT;
	x->op += (uintptr_t)(intptr_t)(s32)o->imm;
	x->lim += (uintptr_t)(intptr_t)(s32)o->imm - OP_BYTES;
	return SEM_NEAR;
}

static __always_inline enum sem_result br_to(struct sx *x, const struct op *o,
					     struct v32 cond, struct v32 to)
{
	(void)o;
	if (!cond.v)
		return SEM_NEXT;
	x->target = to.v;
	return SEM_FAR;
}

static __always_inline enum sem_result br_self(struct sx *x)
{
	(void)x;
	return SEM_SELF;
}

/* Memory: the slow halves are out of line and never see struct sx. */
static bool in_page(u32 ea, unsigned int size)
{
	return (ea & 0xfff) + size <= 0x1000;
}

static noinline int load_slow(struct cpu *cpu, u32 ea, unsigned int size,
			      u32 *val)
{
	uintptr_t add = softtab_rd(&cpu->dt, ea);

	if ((cpu->s.ccr0 & CCR0_FLSTA) && (ea & (size - 1)))
		return cpu_unaligned(cpu, ea, size, 0);
	if (!add || !in_page(ea, size))
		return cpu_load(cpu, ea, size, val);
	*val = ldb((const u8 *)(add + ea), size);
	return 0;
}

static noinline int store_slow(struct cpu *cpu, u32 ea, unsigned int size,
			       u32 val)
{
	uintptr_t add = softtab_wr(&cpu->dt, ea);

	if ((cpu->s.ccr0 & CCR0_FLSTA) && (ea & (size - 1)))
		return cpu_unaligned(cpu, ea, size, ESR_ST);
	if (!add || !in_page(ea, size))
		return cpu_store(cpu, ea, size, val);
	stb((u8 *)(add + ea), size, val);
	return 0;
}

static __always_inline enum sem_result finish_slow(struct sx *x, int ret)
{
	if (ret)
		return SEM_FAULT;
	x->stop |= x->cpu->attention;
	return SEM_NEXT;
}

static __always_inline enum sem_result mem_ld(struct sx *x, unsigned int size,
					      struct v32 ea, struct v32 *v)
{
	uintptr_t add = softtab_rd(&x->cpu->dt, ea.v);

	if (likely(add && !(ea.v & (size - 1)))) {
		v->v = ldb((const u8 *)(add + ea.v), size);
		return SEM_NEXT;
	} else {
		u32 t = 0;
		int ret;

		spill(x);
		ret = load_slow(x->cpu, ea.v, size, &t);
		v->v = t;
		return finish_slow(x, ret);
	}
}

static __always_inline enum sem_result mem_st(struct sx *x, unsigned int size,
					      struct v32 ea, struct v32 v)
{
	uintptr_t add = softtab_wr(&x->cpu->dt, ea.v);

	if (likely(add && !(ea.v & (size - 1)))) {
		stb((u8 *)(add + ea.v), size, v.v);
		return SEM_NEXT;
	}
	spill(x);
	return finish_slow(x, store_slow(x->cpu, ea.v, size, v.v));
}

/*
 * Words of an FPR: mem_fp_check has seen that they lie in one page, and
 * CCR0[FLSTA] is about integers only.
 */
static __always_inline enum sem_result mem_ld_fp(struct sx *x, struct v32 ea,
						 struct v32 *v)
{
	uintptr_t add = softtab_rd(&x->cpu->dt, ea.v);

	if (likely(add)) {
		v->v = ldb32((const u8 *)(add + ea.v));
		return SEM_NEXT;
	} else {
		u32 t = 0;
		int ret;

		spill(x);
		ret = cpu_load(x->cpu, ea.v, 4, &t);
		v->v = t;
		return finish_slow(x, ret);
	}
}

static __always_inline enum sem_result mem_st_fp(struct sx *x, struct v32 ea,
						 struct v32 v)
{
	uintptr_t add = softtab_wr(&x->cpu->dt, ea.v);

	if (likely(add)) {
		stb32((u8 *)(add + ea.v), v.v);
		return SEM_NEXT;
	}
	spill(x);
	return finish_slow(x, cpu_store(x->cpu, ea.v, 4, v.v));
}

static noinline int load64_slow(struct cpu *cpu, u32 ea, u64 *val)
{
	uintptr_t add = softtab_rd(&cpu->dt, ea);

	if (!add)
		return cpu_load64(cpu, ea, val);
	*val = ldb64((const u8 *)(add + ea));
	return 0;
}

static noinline int store64_slow(struct cpu *cpu, u32 ea, u64 val)
{
	uintptr_t add = softtab_wr(&cpu->dt, ea);

	if (!add)
		return cpu_store64(cpu, ea, val);
	stb64((u8 *)(add + ea), val);
	return 0;
}

static __always_inline enum sem_result mem_ld64(struct sx *x, struct v32 ea,
						struct v64 *v)
{
	uintptr_t add = softtab_rd(&x->cpu->dt, ea.v);

	if (likely(add && !(ea.v & 7))) {
		v->v = ldb64((const u8 *)(add + ea.v));
		return SEM_NEXT;
	} else {
		u64 t = 0;
		int ret;

		spill(x);
		ret = load64_slow(x->cpu, ea.v, &t);
		v->v = t;
		return finish_slow(x, ret);
	}
}

static __always_inline enum sem_result mem_st64(struct sx *x, struct v32 ea,
						struct v64 v)
{
	uintptr_t add = softtab_wr(&x->cpu->dt, ea.v);

	if (likely(add && !(ea.v & 7))) {
		stb64((u8 *)(add + ea.v), v.v);
		return SEM_NEXT;
	}
	spill(x);
	return finish_slow(x, store64_slow(x->cpu, ea.v, v.v));
}

static __always_inline enum sem_result mem_done(struct sx *x)
{
	return unlikely(x->stop) ? SEM_STOP : SEM_NEXT;
}

/*
 * An FPU access across 16 bytes is an Alignment exception [440UM]; inside of
 * them it never crosses a page.
 */
static __always_inline enum sem_result mem_fp_check(struct sx *x,
	struct v32 ea, unsigned int size, u32 st)
{
	if (likely((ea.v & 15) <= 16 - size))
		return SEM_NEXT;
	spill(x);
	cpu_unaligned(x->cpu, ea.v, size, ESR_FP | st);
	return SEM_FAULT;
}

/* lmw and stmw want words under CCR0[FLSTA]; strings are bytes [440UM]. */
static __always_inline enum sem_result mem_many_check(struct sx *x,
	struct v32 ea, u32 st)
{
	if (likely(!(ea.v & 3) || !(x->s->ccr0 & CCR0_FLSTA)))
		return SEM_NEXT;
	spill(x);
	cpu_unaligned(x->cpu, ea.v, 4, st);
	return SEM_FAULT;
}

/* How an FPU's access ended: ESR tells its exceptions from others. */
static __always_inline enum sem_result mem_fp(struct sx *x, enum sem_result r)
{
	if (unlikely(r == SEM_FAULT))
		x->cpu->fault.esr |= ESR_FP;
	return r;
}

static __always_inline struct v32 xer_bytes(struct sx *x)
{
	return imm32(x->s->xer_count);
}

static __always_inline enum sem_result mem_load_many(struct sx *x,
	const struct op *o, struct v32 ea, struct v32 bytes)
{
	spill(x);
	return finish_slow(x, cpu_load_many(x->cpu, ea.v, o->d, bytes.v,
					    GPR_ZERO, GPR_ZERO));
}

static __always_inline enum sem_result mem_store_many(struct sx *x,
	const struct op *o, struct v32 ea, struct v32 bytes)
{
	spill(x);
	return finish_slow(x, cpu_store_many(x->cpu, ea.v, o->d, bytes.v));
}

static __always_inline enum sem_result mem_reserve(struct sx *x,
	struct v32 ea, struct v32 *v)
{
	uintptr_t add = softtab_rd(&x->cpu->dt, ea.v);
	u32 t = 0;
	int ret;

	if (likely(add && !(ea.v & 3))) {
		v->v = ldb32((const u8 *)(add + ea.v));
		x->s->reserve = 1;
		return SEM_NEXT;
	}
	spill(x);
	ret = cpu_reserve(x->cpu, ea.v, &t);
	v->v = t;
	return finish_slow(x, ret);
}

static __always_inline enum sem_result mem_conditional(struct sx *x,
	struct v32 ea, struct v32 v, struct v32 *stored)
{
	uintptr_t add = softtab_wr(&x->cpu->dt, ea.v);
	u32 t = 0;
	int ret;

	if (likely(add && !(ea.v & 3))) {
		if (x->s->reserve)
			stb32((u8 *)(add + ea.v), v.v);
		stored->v = x->s->reserve;
		x->s->reserve = 0;
		return SEM_NEXT;
	}
	spill(x);
	ret = cpu_conditional(x->cpu, ea.v, v.v, &t);
	stored->v = t;
	return finish_slow(x, ret);
}

static __always_inline enum sem_result mem_cache_op(struct sx *x,
	enum cache_op kind, struct v32 ea)
{
	uintptr_t add = kind == CACHE_AS_STORE ?
		softtab_wr(&x->cpu->dt, ea.v) : softtab_rd(&x->cpu->dt, ea.v);

	if (likely(add) && !(x->s->mmucr & cache_lock(kind)))
		return SEM_NEXT;
	spill(x);
	return finish_slow(x, cpu_cache_check(x->cpu, ea.v, kind));
}

static __always_inline void mem_touch(struct sx *x, struct v32 ea)
{
	(void)x;
	(void)ea;
}

static __always_inline enum sem_result mem_zero_line(struct sx *x,
						     struct v32 ea)
{
	uintptr_t add = softtab_wr(&x->cpu->dt, ea.v);

	if (likely(add)) {
		memset((u8 *)(add + (ea.v & ~31u)), 0, 32);
		return SEM_NEXT;
	}
	spill(x);
	return finish_slow(x, cpu_zero_line(x->cpu, ea.v));
}

/* Privileged state */
static __always_inline enum sem_result after_change(struct sx *x)
{
	if (unlikely(x->cpu->attention || x->cpu->timer_at < x->cpu->limit))
		return SEM_STOP;
	return SEM_NEXT;
}

enum sys_return { SYS_RFI, SYS_RFCI, SYS_RFMCI };

static __always_inline enum sem_result sys_return(struct sx *x,
						  enum sys_return kind)
{
	struct cpu_state *s = x->s;

	if (kind == SYS_RFI)
		cpu_return(x->cpu, s->srr0, s->srr1);
	else if (kind == SYS_RFCI)
		cpu_return(x->cpu, s->csrr0, s->csrr1);
	else
		cpu_return(x->cpu, s->mcsrr0, s->mcsrr1);
	return SEM_JUMP;
}

static __always_inline enum sem_result sys_call(struct sx *x,
						const struct op *o)
{
	spill(x);
	x->cpu->op += OP_BYTES;
	cpu_raise(x->cpu, IVOR_SYSCALL, 0);
	cpu_deliver(x->cpu, pc_of(x, (uintptr_t)o) + 4);
	return SEM_JUMP;
}

static __always_inline enum sem_result sys_trap(struct sx *x, struct v32 cond)
{
	if (likely(!cond.v))
		return SEM_NEXT;
	cpu_raise(x->cpu, IVOR_PROGRAM, ESR_PTR);
	return SEM_FAULT;
}

static __always_inline struct v32 get_msr(struct sx *x)
{
	return imm32(x->s->msr);
}

static __always_inline enum sem_result sys_mtmsr(struct sx *x, struct v32 v)
{
	u32 old = x->s->msr;

	cpu_set_msr(x->cpu, v.v);
	if (x->cpu->attention || (v.v & MSR_WE))
		return SEM_STOP;
	return (old ^ v.v) & (MSR_PR | MSR_IS) ? SEM_REFETCH : SEM_NEXT;
}

static __always_inline enum sem_result sys_wrtee(struct sx *x, struct v32 ee)
{
	x->s->msr = (x->s->msr & ~MSR_EE) | ee.v;
	if (likely(!x->cpu->async))
		return SEM_NEXT;
	cpu_check_attention(x->cpu);
	return x->cpu->attention ? SEM_STOP : SEM_NEXT;
}

static __always_inline enum sem_result sys_mfspr(struct sx *x, u32 n,
						 struct v32 *v)
{
	u32 t = 0;
	int ret;

	spill(x);
	ret = cpu_mfspr(x->cpu, n, &t);
	v->v = t;
	return ret ? SEM_FAULT : SEM_NEXT;
}

static __always_inline struct v32 time_base_lower(struct sx *x)
{
	spill(x);
	return imm32((u32)timer_tb(x->cpu));
}

/*
 * A loop that only waits for the time base gets time from timer_polled; at
 * a boundary, like a bus wait, where an event is nearer.
 */
static __always_inline enum sem_result sys_time_polled(struct sx *x,
						       const struct op *o)
{
	u32 skip = timer_polled(x->cpu, pc_of(x, (uintptr_t)o));

	if (!skip)
		return SEM_NEXT;
	if (x->lim - x->op <= (skip + 1) * OP_BYTES) {
		x->cpu->wait += skip;
		x->cpu->attention = true;
		return SEM_STOP;
	}
	x->lim -= skip * OP_BYTES;
	x->cpu->skipped += skip;
	return (intptr_t)(x->lim - x->pend) < 0 ? SEM_STOP : SEM_NEXT;
}

static __always_inline enum sem_result sys_mtspr(struct sx *x, u32 n,
						 struct v32 v)
{
	enum sem_result r;

	spill(x);
	if (cpu_mtspr(x->cpu, n, v.v))
		return SEM_FAULT;
	r = after_change(x);
	return n == SPRN_PID && r == SEM_NEXT ? SEM_REFETCH : r;
}

static __always_inline enum sem_result sys_mfdcr(struct sx *x, u32 n,
						 struct v32 *v)
{
	const struct cpu_port *port = x->cpu->port;
	u32 t = 0;

	spill(x);
	port->dcr_read(port->opaque, n, &t);
	v->v = t;
	return finish_slow(x, 0);
}

static __always_inline enum sem_result sys_mtdcr(struct sx *x, u32 n,
						 struct v32 v)
{
	const struct cpu_port *port = x->cpu->port;

	spill(x);
	port->dcr_write(port->opaque, n, v.v);
	return finish_slow(x, 0);
}

static __always_inline struct v32 sys_tlbre(struct sx *x, struct v32 index,
					    unsigned int word)
{
	return imm32(cpu_tlbre(x->cpu, index.v, word));
}

/* What maps this very code is looked at again at once, in every engine. */
static __always_inline enum sem_result sys_tlbwe(struct sx *x,
	struct v32 index, unsigned int word, struct v32 val)
{
	cpu_tlbwe(x->cpu, index.v, word, val.v);
	return likely(softtab_ex(&x->cpu->it, pc_of(x, x->op))) ? SEM_NEXT :
	       SEM_REFETCH;
}

static __always_inline struct v32 sys_tlbsx(struct sx *x, struct v32 ea,
					    struct v32 *index)
{
	u32 t;
	bool hit = cpu_tlbsx(x->cpu, ea.v, &t);

	index->v = t;
	return imm32(hit);
}

/* Decoded code follows memory by itself: nothing to do. */
static __always_inline enum sem_result sys_flush_code(struct sx *x)
{
	(void)x;
	return SEM_NEXT;
}

static __always_inline enum sem_result sys_drop_lines(struct sx *x)
{
	cpu_drop_lines(x->cpu);
	return SEM_NEXT;
}

/*
 * Reading the caches: none is modelled without the timing model, so every
 * line is invalid.
 */
static __always_inline enum sem_result sys_dcread(struct sx *x,
	const struct op *o, struct v32 ea)
{
	(void)ea;
	x->s->dcdbtrh = x->s->dcdbtrl = 0;
	set_gpr(x, o->d, imm32(0));
	return SEM_NEXT;
}

static __always_inline enum sem_result sys_icread(struct sx *x, struct v32 ea)
{
	(void)ea;
	x->s->icdbtrh = x->s->icdbtrl = x->s->icdbdr = 0;
	return SEM_NEXT;
}

static __always_inline bool fp_is_enabled(const struct sx *x)
{
	return unlikely((x->s->fpscr & FPSCR_FEX) &&
			(x->s->msr & (MSR_FE0 | MSR_FE1)));
}

/* The core does not update CR then: ESR says what was to be done [440UM]. */
static __always_inline enum sem_result fp_done(struct sx *x, unsigned int k)
{
	if (fp_is_enabled(x)) {
		cpu_raise(x->cpu, IVOR_PROGRAM,
			  ESR_FP | (k & K_RC ? ESR_PCRE : 0));
		return SEM_FAULT;
	}
	if (k & K_RC)
		cr1_from_fpscr(x);
	return SEM_NEXT;
}

static __always_inline enum sem_result fp_compared(struct sx *x,
	unsigned int field, struct v32 nibble)
{
	if (fp_is_enabled(x)) {
		cpu_raise(x->cpu, IVOR_PROGRAM,
			  ESR_FP | ESR_PCRE | ESR_PCMP | field);
		return SEM_FAULT;
	}
	set_cr_field(x, field, nibble);
	return SEM_NEXT;
}

#endif
