/* SPDX-License-Identifier: MIT */
/*
 * cpu/interp.c - the interpreter: threaded code over decoded pages.
 *
 * Each op holds the address of its handler; a handler is one variant of one
 * body of cpu/sem/.  The count of instructions is not kept: x.lim is the op
 * address at which the budget would be used up if no branch were taken, and
 * a taken branch moves it along.  Where it falls inside the page that runs,
 * the op there is patched to stop.  So every event comes at its exact
 * instruction, and straight-line code pays nothing for it.
 */
#include "cpu/fuse.def"
#include "cpu/interp_words.h"
#include "cpu/variants.h"

#include "cpu/sem/all.h"

static struct codepage *page_of(const struct sx *x)
{
	return (struct codepage *)(x->pend - CODE_OPS * OP_BYTES -
				   offsetof(struct codepage, op));
}

/* Continue at @ea, which is in @cp, with @left bytes of ops of budget. */
static __always_inline void enter_page(struct sx *x, struct codepage *cp,
				       u32 ea, uintptr_t left)
{
	uintptr_t ops = (uintptr_t)cp->op;

	x->op = ops + (ea >> 2 & (CODE_OPS - 1)) * OP_BYTES;
	x->pend = ops + CODE_OPS * OP_BYTES;
	x->pcoff = (ea & 0xfffff000u) - (u32)(ops >> 2);
	x->lim = x->op + left;
}

/* clang-format off */
#define GO() goto *((const struct op *)x.op)->h

#define FETCH_FAST(left) \
	do { \
		cp = softtab_ex(&cpu->it, x.target); \
		if (unlikely(!cp)) \
			goto far_slow; \
		enter_page(&x, cp, x.target, left); \
		if (unlikely((intptr_t)(x.lim - x.pend) < 0)) \
			goto limit_near; \
		GO(); \
	} while (0)

#define HANDLER(name, k, f) \
h_##name##_##k: { \
	enum sem_result r; \
	\
	if (((f) & PRIV) && unlikely(x.s->msr & MSR_PR)) \
		goto privileged; \
	if (((f) & FP) && unlikely(!(x.s->msr & MSR_FP))) \
		goto fp_unavailable; \
	x.stop = false; \
	FINISH(sem_##name(&x, (const struct op *)x.op, k)) \
}

/* What comes after a body, by its result. */
#define FINISH(result) \
	r = result; \
	if (likely(r == SEM_NEXT)) { \
		x.op += OP_BYTES; \
		GO(); \
	} \
	if (r == SEM_NEAR) { \
		if (unlikely((intptr_t)(x.lim - x.pend) < 0)) \
			goto limit_near; \
		GO(); \
	} \
	if (r == SEM_FAR) \
		FETCH_FAST(x.lim - x.op - OP_BYTES); \
	if (r == SEM_FAULT) \
		goto fault; \
	if (r == SEM_STOP) \
		goto stop; \
	if (r == SEM_JUMP) \
		goto jump; \
	if (r == SEM_REFETCH) \
		goto refetch; \
	goto self;

/* The body of a pair: the first half here, the second like any handler. */
#define PAIR(a, ka, b, kb) \
h_##a##_##ka##_##b##_##kb: { \
	enum sem_result r; \
	\
	x.stop = false; \
	r = sem_##a(&x, (const struct op *)x.op, ka); \
	if (unlikely(r != SEM_NEXT)) { \
		if (r == SEM_FAULT) \
			goto fault; \
		goto stop; \
	} \
	x.op += OP_BYTES; \
	FINISH(sem_##b(&x, (const struct op *)x.op, kb)) \
}

enum fuse_first {
#define F(a, ka) FIRST_##a##_##ka,
	FUSE_FIRST(F)
#undef F
	FUSE_FIRSTS
};

enum fuse_second {
#define F(a, ka, b, kb) SECOND_##b##_##kb,
	FUSE_SECOND(F, 0, 0)
#undef F
	FUSE_SECONDS
};

/* Place of a row and variant in FUSE_FIRST, -1 when it is not there. */
static int fuse_first(unsigned int key)
{
	switch (key) {
#define F(a, ka) case INSN_KEY(INSN_##a, ka): return FIRST_##a##_##ka;
	FUSE_FIRST(F)
#undef F
	}
	return -1;
}

/* The same in FUSE_SECOND. */
static int fuse_second(unsigned int key)
{
	switch (key) {
#define F(a, ka, b, kb) case INSN_KEY(INSN_##b, kb): return SECOND_##b##_##kb;
	FUSE_SECOND(F, 0, 0)
#undef F
	}
	return -1;
}
/* clang-format on */

/*
 * The place in the table of pairs of the op at @off, whose key is @key, and
 * its successor, whose operands are decoded; -1 when they make no pair.
 */
static int fuse(struct codecache *cc, struct codepage *cp, u32 off,
		unsigned int key)
{
	int first = fuse_first(key), second;

	if (first < 0 || off + 4 >= 4 * CODE_OPS ||
	    cc->patched == &cp->op[(off >> 2) + 1])
		return -1;
	second = fuse_second(codepage_decode(cp, off + 4));
	return second < 0 ? -1 : first * (int)FUSE_SECONDS + second;
}

/*
 * Run ops until the budget is used up or somebody wants attention.  With
 * cpu NULL only tells @handlers with which handlers code pages start.
 * One function and not 80 lines: it is the table of the handlers.
 */
static noinline enum leave run_ops(struct cpu *cpu, struct codecache *handlers)
{
	/* clang-format off */
#define H(name, k, f) [k] = &&h_##name##_##k,
#define INSN(name, mnem, form, flags, vars, ...) \
	[INSN_##name] = { V_##vars(name, flags) },
	static const void *const labels[INSN_COUNT][BC_VARIANTS] = {
#include "cpu/insn.def"
	[INSN_ILLEGAL] = { &&illegal },
	};
#undef H
#define F(a, ka, b, kb) &&h_##a##_##ka##_##b##_##kb,
#define FIRST(a, ka) FUSE_SECOND(F, a, ka)
	static const void *const pairs[] = { FUSE_FIRST(FIRST) };
#undef FIRST
#undef F
	/* clang-format on */
	static const void *const start[] = { &&decode, &&page_end };
	struct sx x = { .cpu = cpu };
	struct codepage *cp;
	struct op *op;
	enum insn_id id;
	unsigned int key;
	u32 off;
	int pair;

	if (!cpu) {
		handlers->start = start;
		return LEAVE_BOUNDARY;
	}
	x.s = &cpu->s;

fetch:	/* at s.pc, with the budget that cpu->op and cpu->lim say */
	if (unlikely(cpu->op == cpu->lim))
		return LEAVE_BOUNDARY;
	x.target = x.s->pc;
	cp = softtab_ex(&cpu->it, x.target);
	if (!cp) {
		cp = cpu_fetch(cpu, x.target);
		if (!cp) {
			cpu_deliver(cpu, x.target);
			goto maybe_leave;
		}
	}
	enter_page(&x, cp, x.target, cpu->lim - cpu->op);
	if (cp == cpu->code.single) {
		op = (struct op *)x.op;
		id = insn_find(cp->word);
		op->h = labels[id][insn_decode(id, cp->word, x.target, false,
					       op)];
		op[1].h = &&page_end;
	}
	if ((intptr_t)(x.lim - x.pend) >= 0)
		GO();

limit_near: /* the budget ends in this page: stop there */
	if (x.lim == x.op) {
		spill(&x);
		x.s->pc = pc_of(&x, x.op);
		return LEAVE_BOUNDARY;
	}
	/* the op before is never undone in a page of single instructions */
	codecache_patch(&cpu->code, (struct op *)x.lim, &&limit,
			x.lim > x.pend - CODE_OPS * OP_BYTES &&
			page_of(&x) != cpu->code.single);
	GO();

limit:	/* a patched op; left over from an earlier budget it goes on */
	if (x.lim == x.op)
		goto limit_near;
	codecache_unpatch(&cpu->code);
	GO();

decode:	/* an op not decoded yet */
	cp = page_of(&x);
	op = (struct op *)x.op;
	off = (u32)((x.op - (uintptr_t)cp->op) >> 2);
	key = codepage_decode(cp, off);
	pair = fuse(&cpu->code, cp, off, key);
	op->h = pair < 0 ? labels[KEY_INSN(key)][KEY_VARIANT(key)] : pairs[pair];
	GO();

page_end: /* not an instruction: the next one is in the next page */
	x.target = pc_of(&x, x.op);
	x.op -= OP_BYTES;
	FETCH_FAST(x.lim - x.op - OP_BYTES);

far_slow: /* to x.target; the op at x.op is done */
	x.op += OP_BYTES;
	spill(&x);
	x.s->pc = x.target;
	goto fetch;

privileged:
	cpu_raise(cpu, IVOR_PROGRAM, ESR_PPR);
	goto fault;
fp_unavailable:
	cpu_raise(cpu, IVOR_FP_UNAVAIL, 0);
	goto fault;
illegal:
	cpu->unimplemented[INSN_ILLEGAL]++;
	cpu_raise(cpu, IVOR_PROGRAM, ESR_PIL);
fault:	/* the op at x.op is not done */
	spill(&x);
	cpu_deliver(cpu, pc_of(&x, x.op));
maybe_leave:
	if (unlikely(cpu->attention))
		return LEAVE_BOUNDARY;
	goto fetch;

jump:	/* s.pc is set */
	x.op += OP_BYTES;
	spill(&x);
	goto maybe_leave;

refetch:
	x.op += OP_BYTES;
	spill(&x);
	x.s->pc = pc_of(&x, x.op);
	goto maybe_leave;

stop:
	x.op += OP_BYTES;
	spill(&x);
	x.s->pc = pc_of(&x, x.op);
	return LEAVE_BOUNDARY;

self:	/* time passes, nothing else can */
	spill(&x);
	x.s->pc = pc_of(&x, x.op);
	return LEAVE_SELF;

#define H(name, k, f) HANDLER(name, k, f)
#define INSN(name, mnem, form, flags, vars, ...) V_##vars(name, flags)
#include "cpu/insn.def"
#undef H
#define FIRST(a, ka) FUSE_SECOND(PAIR, a, ka)
	FUSE_FIRST(FIRST)
#undef FIRST
}

/**
 * interp_init - give the code cache the interpreter's handlers
 * @cc: a core's code cache
 */
void interp_init(struct codecache *cc)
{
	run_ops(NULL, cc);
}

/**
 * interp_exec - run until cpu->limit or until somebody wants attention
 * @cpu: CPU, with its budget in cpu->op and cpu->lim
 *
 * Returns: LEAVE_SELF at a branch to itself, else LEAVE_BOUNDARY.
 */
enum leave interp_exec(struct cpu *cpu)
{
	return run_ops(cpu, NULL);
}

/**
 * interp_run - run the CPU by interpretation
 * @cpu:    CPU
 * @budget: cycles, at most; fewer when somebody kicks or the CPU waits
 *
 * Returns: why it came back.
 */
enum cpu_why interp_run(struct cpu *cpu, cycle_t budget)
{
	return cpu_run(cpu, budget, interp_exec);
}
