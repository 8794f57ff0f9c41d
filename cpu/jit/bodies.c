/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/bodies.c - the interpreted body of every row and variant as a
 * function, for what translated code does not do itself.
 */
#include "cpu/interp_words.h"
#include "cpu/jit/jit.h"
#include "cpu/variants.h"

#include "cpu/sem/all.h"

#define H(name, k, f) \
	static enum sem_result body_##name##_##k(struct sx *x, \
						 const struct op *o) \
	{ \
		if (((f) & PRIV) && (x->s->msr & MSR_PR)) { \
			cpu_raise(x->cpu, IVOR_PROGRAM, ESR_PPR); \
			return SEM_FAULT; \
		} \
		if (((f) & FP) && !(x->s->msr & MSR_FP)) { \
			cpu_raise(x->cpu, IVOR_FP_UNAVAIL, 0); \
			return SEM_FAULT; \
		} \
		return sem_##name(x, o, k); \
	}
#define INSN(name, mnem, form, flags, vars, ...) V_##vars(name, flags)
#include "cpu/insn.def"
#undef H

static enum sem_result body_illegal(struct sx *x, const struct op *o)
{
	(void)o;
	x->cpu->unimplemented[INSN_ILLEGAL]++;
	cpu_raise(x->cpu, IVOR_PROGRAM, ESR_PIL);
	return SEM_FAULT;
}

typedef enum sem_result (*body_fn)(struct sx *x, const struct op *o);

#define H(name, k, f) [INSN_KEY(INSN_##name, k)] = body_##name##_##k,
#define INSN(name, mnem, form, flags, vars, ...) V_##vars(name, flags)
static const body_fn bodies[INSN_KEY(INSN_COUNT, 0)] = {
#include "cpu/insn.def"
	[INSN_KEY(INSN_ILLEGAL, 0)] = body_illegal,
};
#undef H

static int leave(struct sx *x, u32 pc, uintptr_t done)
{
	x->op += done;
	spill(x);
	x->s->pc = pc;
	x->cpu->jit_left = (s64)((intptr_t)(x->lim - x->op) /
				 (intptr_t)OP_BYTES);
	return JIT_LEFT;
}

/**
 * jit_interpret - run the interpreted body of one instruction of a block
 * @cpu:  CPU
 * @op:   its op
 * @info: JIT_BODY_INFO
 * @left: cycles left behind the block
 *
 * Returns: JIT_GO_ON with cpu->jit_left after the block; else s.pc and time
 *          are right, and the block is left.
 */
int jit_interpret(struct cpu *cpu, struct op *op, u32 info, s64 left)
{
	u32 pc = cpu->ea_page + JIT_BODY_OP(info) * 4;
	s64 rest = JIT_BODY_REST(info);
	struct sx x = {
		.cpu = cpu,
		.s = &cpu->s,
		.op = (uintptr_t)op,
		.lim = (uintptr_t)op + (uintptr_t)(left + rest) * OP_BYTES,
		.pend = (uintptr_t)op + (uintptr_t)rest * OP_BYTES,
		.pcoff = pc - (u32)((uintptr_t)op >> 2),
	};
	enum sem_result r;

	r = bodies[JIT_BODY_KEY(info)](&x, op);
	if (likely(r == SEM_NEXT)) {
		cpu->jit_left = (s64)((intptr_t)(x.lim - x.op) /
				      (intptr_t)OP_BYTES) - rest;
		return JIT_GO_ON;
	}
	switch (r) {
	case SEM_NEXT:
		break;
	case SEM_FAULT:
		spill(&x);
		cpu_deliver(cpu, pc);
		return leave(&x, cpu->s.pc, 0);
	case SEM_STOP:
		leave(&x, pc + 4, OP_BYTES);
		return JIT_BOUNDARY;
	case SEM_REFETCH:
		return leave(&x, pc + 4, OP_BYTES);
	case SEM_JUMP:
		return leave(&x, cpu->s.pc, OP_BYTES);
	case SEM_FAR:
		return leave(&x, x.target, OP_BYTES);
	case SEM_NEAR:
		return leave(&x, pc_of(&x, x.op), 0);
	case SEM_SELF:
		leave(&x, pc, 0);
		return JIT_SELF;
	}
	return JIT_BOUNDARY;
}
