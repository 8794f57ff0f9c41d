/* SPDX-License-Identifier: MIT */
/*
 * cpu/debug_words.h - the vocabulary of cpu/sem/ once more: words that need
 * memory, a branch or the machine do nothing but note in struct probe what
 * the instruction is about to do.  Registers are computed in a copy of the
 * state, so that running a body here changes nothing.
 */
#ifndef CPU_DEBUG_WORDS_H
#define CPU_DEBUG_WORDS_H

#include "cpu/cpu.h"
#include "cpu/sem/sem.h"

enum sys_return { SYS_RFI, SYS_RFCI, SYS_RFMCI };

/* One access of an instruction, not split yet. */
struct probe_access {
	u32 ea, bytes;		/* 0: none */
	bool is_write;		/* to the debug facilities [440UM 8.3.2.4] */
	bool is_store;		/* to the MMU */
	bool is_many;		/* done word by word */
	bool is_touch;		/* does nothing where it would fault */
	bool is_line;		/* a cache operation: one access, any length */
	bool is_zero;		/* dcbz */
	bool has_data;		/* can match DVC */
	u8 data[128];		/* of stores, in the order of memory */
};

struct probe {
	bool is_taken, is_trap, is_return;
	enum sys_return kind;
	struct probe_access access;
};

struct sx {
	struct cpu_state *s;	/* a copy */
	u32 pc;
	struct probe *p;
};

static inline bool fp_fast(struct sx *x, enum fpu_lazy_op op,
	unsigned int form, u64 a, u64 b, u64 c, u64 *result)
{
	(void)x, (void)op, (void)form, (void)a, (void)b, (void)c, (void)result;
	return false;
}

static inline bool fp_fast_compare(struct sx *x, u64 a, u64 b, u32 *nibble)
{
	(void)x, (void)a, (void)b, (void)nibble;
	return false;
}

#include "cpu/sem_interp.h"

/* The body ends at its access: no register was written yet. */
static inline enum sem_result note(struct sx *x, u32 ea, u32 bytes,
				   bool is_write)
{
	struct probe_access *a = &x->p->access;

	a->ea = ea;
	a->bytes = bytes;
	a->is_write = a->is_store = is_write;
	a->has_data = true;
	return SEM_FAULT;
}

static inline struct v32 this_pc(struct sx *x, const struct op *o)
{
	(void)o;
	return imm32(x->pc);
}

static inline struct v32 next_pc(struct sx *x, const struct op *o)
{
	(void)o;
	return imm32(x->pc + 4);
}

static inline enum sem_result br_near(struct sx *x, const struct op *o,
				      struct v32 cond)
{
	(void)o;
	x->p->is_taken = cond.v;
	return SEM_NEXT;
}

static inline enum sem_result br_to(struct sx *x, const struct op *o,
				    struct v32 cond, struct v32 to)
{
	(void)o;
	(void)to;
	x->p->is_taken = cond.v;
	return SEM_NEXT;
}

static inline enum sem_result br_self(struct sx *x)
{
	x->p->is_taken = true;
	return SEM_NEXT;
}

/* What is an Alignment exception under CCR0[FLSTA] comes before DAC events. */
static inline bool is_strict(const struct sx *x, u32 ea, unsigned int size)
{
	return (x->s->ccr0 & CCR0_FLSTA) && (ea & (size - 1));
}

static inline enum sem_result mem_ld_fp(struct sx *x, struct v32 ea,
					struct v32 *v)
{
	*v = imm32(0);
	return note(x, ea.v, 4, false);
}

static inline enum sem_result mem_st_fp(struct sx *x, struct v32 ea,
					struct v32 v)
{
	stb32(x->p->access.data, v.v);
	return note(x, ea.v, 4, true);
}

static inline enum sem_result mem_ld(struct sx *x, unsigned int size,
				     struct v32 ea, struct v32 *v)
{
	*v = imm32(0);
	if (is_strict(x, ea.v, size))
		return SEM_FAULT;
	return note(x, ea.v, size, false);
}

static inline enum sem_result mem_st(struct sx *x, unsigned int size,
				     struct v32 ea, struct v32 v)
{
	if (is_strict(x, ea.v, size))
		return SEM_FAULT;
	stb(x->p->access.data, size, v.v);
	return note(x, ea.v, size, true);
}

static inline enum sem_result mem_ld64(struct sx *x, struct v32 ea,
				       struct v64 *v)
{
	*v = (struct v64){ 0 };
	return note(x, ea.v, 8, false);
}

static inline enum sem_result mem_st64(struct sx *x, struct v32 ea,
				       struct v64 v)
{
	stb64(x->p->access.data, v.v);
	return note(x, ea.v, 8, true);
}

static inline enum sem_result mem_done(struct sx *x)
{
	(void)x;
	return SEM_NEXT;
}

static inline enum sem_result mem_fp_check(struct sx *x, struct v32 ea,
					   unsigned int size, u32 st)
{
	(void)x;
	(void)st;
	return (ea.v & 15) <= 16 - size ? SEM_NEXT : SEM_FAULT;
}

static inline enum sem_result mem_fp(struct sx *x, enum sem_result r)
{
	(void)x;
	return r;
}

static inline enum sem_result mem_many_check(struct sx *x, struct v32 ea,
					     u32 st)
{
	(void)st;
	return is_strict(x, ea.v, 4) ? SEM_FAULT : SEM_NEXT;
}

static inline struct v32 xer_bytes(struct sx *x)
{
	return imm32(x->s->xer_count);
}

static inline enum sem_result mem_load_many(struct sx *x, const struct op *o,
					    struct v32 ea, struct v32 bytes)
{
	(void)o;
	x->p->access.is_many = true;
	return note(x, ea.v, bytes.v, false);
}

static inline enum sem_result mem_store_many(struct sx *x, const struct op *o,
					     struct v32 ea, struct v32 bytes)
{
	struct probe_access *a = &x->p->access;
	unsigned int i;

	a->is_many = true;
	for (i = 0; i < sizeof(a->data) / 4; i++)
		stb32(a->data + 4 * i, x->s->gpr[(o->d + i) & 31]);
	return note(x, ea.v, bytes.v, true);
}

static inline enum sem_result mem_reserve(struct sx *x, struct v32 ea,
					  struct v32 *v)
{
	return ea.v & 3 ? SEM_FAULT : mem_ld(x, 4, ea, v);
}

/* Without a reservation nothing is written. */
static inline enum sem_result mem_conditional(struct sx *x, struct v32 ea,
					      struct v32 v, struct v32 *stored)
{
	*stored = imm32(0);
	if ((ea.v & 3) || !x->s->reserve)
		return SEM_FAULT;
	return mem_st(x, 4, ea, v);
}

static inline enum sem_result mem_cache_op(struct sx *x, enum cache_op kind,
					   struct v32 ea)
{
	struct probe_access *a = &x->p->access;

	if ((x->s->msr & MSR_PR) && (x->s->mmucr & cache_lock(kind)))
		return SEM_FAULT;
	note(x, ea.v, 32, kind != CACHE_CODE);
	a->is_line = true;
	a->has_data = false;
	a->is_store = kind == CACHE_AS_STORE;
	return SEM_FAULT;
}

static inline void mem_touch(struct sx *x, struct v32 ea)
{
	note(x, ea.v, 32, false);
	x->p->access.is_line = x->p->access.is_touch = true;
	x->p->access.has_data = false;
}

static inline enum sem_result mem_zero_line(struct sx *x, struct v32 ea)
{
	x->p->access.is_line = x->p->access.is_zero = true;
	return note(x, ea.v, 32, true);
}

static inline enum sem_result sys_return(struct sx *x, enum sys_return kind)
{
	x->p->is_return = true;
	x->p->kind = kind;
	return SEM_NEXT;
}

static inline enum sem_result sys_trap(struct sx *x, struct v32 cond)
{
	x->p->is_trap = cond.v;
	return SEM_NEXT;
}

/* ---- nothing that a debug event could be made of -------------------------- */

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define NOTHING(name, ...) \
	static inline enum sem_result name(struct sx *x, ##__VA_ARGS__) \
	{ \
		return SEM_NEXT; \
	}
#define ZERO32(name, ...) \
	static inline struct v32 name(struct sx *x, ##__VA_ARGS__) \
	{ \
		return imm32(0); \
	}
#define GIVES_ZERO(name, ...) \
	static inline enum sem_result name(struct sx *x, ##__VA_ARGS__, \
					   struct v32 *v) \
	{ \
		*v = imm32(0); \
		return SEM_NEXT; \
	}
NOTHING(sys_call, const struct op *o)
NOTHING(sys_mtmsr, struct v32 v)
NOTHING(sys_wrtee, struct v32 ee)
NOTHING(sys_mtspr, u32 n, struct v32 v)
NOTHING(sys_mtdcr, u32 n, struct v32 v)
NOTHING(sys_time_polled, const struct op *o)
NOTHING(sys_flush_code)
NOTHING(sys_drop_lines)
NOTHING(sys_dcread, const struct op *o, struct v32 ea)
NOTHING(sys_icread, struct v32 ea)
NOTHING(fp_done, unsigned int k)
NOTHING(fp_compared, unsigned int field, struct v32 nibble)
GIVES_ZERO(sys_mfspr, u32 n)
GIVES_ZERO(sys_mfdcr, u32 n)
ZERO32(get_msr)
ZERO32(time_base_lower)
ZERO32(sys_tlbre, struct v32 index, unsigned int word)
static inline struct v32 sys_tlbsx(struct sx *x, struct v32 ea, struct v32 *i)
{
	return *i = imm32(0);
}
static inline enum sem_result sys_tlbwe(struct sx *x, struct v32 index,
					unsigned int word, struct v32 val)
{
	return SEM_NEXT;
}
#pragma GCC diagnostic pop

#endif
