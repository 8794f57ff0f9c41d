/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/lower.h - what the files that emit a block share.
 *
 * regs.c counts uses and gives registers, lower.c emits values, effects and
 * branches, lower_mem.c memory accesses and the slow paths, stubs.c what all
 * blocks share.  A node's value is in a register, in a spill slot, or at
 * home: in the guest register's memory, where every write goes at once.
 */
#ifndef CPU_JIT_LOWER_H
#define CPU_JIT_LOWER_H

#include "cpu/jit/x64.h"

#define NO_REG 0xff
#define NO_HOME 0xff
#define NO_SPILL IR_NO
#define SPILLS IR_NODES

struct slow_path {
	size_t jumps[3];	/* to it, 0 for none */
	size_t back;
	u32 insn;
	u8 reg;			/* of a load's result, NO_REG for a store */
	u8 swap;		/* IR_SWAP16, IR_SWAP32: turn it back */
	bool ends_block;	/* go on behind the instruction, outside */
	u8 fpr_in[16];		/* to be loaded again */
};

struct lower {
	struct jit *j;
	struct code_buf *b;
	struct ir *ir;
	struct codepage *cp;
	size_t entry;
	u16 last[IR_NODES];	/* last use; 0: none */
	u16 uses[IR_NODES];
	bool is_folded[IR_NODES];	/* into the branch that uses it */
	u8 reg[IR_NODES], home[IR_NODES];
	u16 spill[IR_NODES];
	u16 holds[16];		/* node in a register, or IR_NO */
	u16 home_of[32];	/* node whose value a guest register has */
	u32 pinned;		/* registers not to be evicted now */
	unsigned int spills;
	struct slow_path slow[IR_NODES / 4];
	unsigned int slows;
	/* FPRs in registers; see lower_fp.c */
	u8 xmm_of[32], fpr_in[16];
	u32 pinned_xmm;
	unsigned int next_xmm;
	u32 pos;
};

#define OFF(m) ((s32)offsetof(struct cpu, m))
#define OFF_GPR(n) (OFF(s.gpr) + 4 * (s32)(n))

static inline const struct irn *node(const struct lower *l, u16 n)
{
	return &l->ir->n[n];
}

static inline bool is_const(const struct lower *l, u16 n)
{
	return node(l, n)->op == IR_CONST;
}

static inline bool has_effect(const struct irn *n)
{
	return n->op >= IR_LOAD;
}

/* regs.c */
void jit_count_uses(struct lower *l);
unsigned int jit_alloc(struct lower *l);
void jit_bind(struct lower *l, u16 n, unsigned int r);
unsigned int jit_get(struct lower *l, u16 n);
unsigned int jit_result_like(struct lower *l, u16 a);
void jit_set_home(struct lower *l, unsigned int g, u16 n);
void jit_leave_home(struct lower *l, unsigned int g);

/* lower_mem.c */
void jit_lower_memory(struct lower *l, u16 i);
void jit_slow_if(struct lower *l, enum x64_cc cc, u32 insn);
void jit_call_body(struct lower *l, u32 insn);
void jit_lower_slow_paths(struct lower *l);
struct slow_path *jit_slow_path(struct lower *l, u32 insn, u8 reg);
void jit_slow_back(struct lower *l, struct slow_path *s);
void jit_find_page(struct lower *l, unsigned int ea, unsigned int size,
		   bool is_store, struct slow_path *s);
void jit_movbe(struct code_buf *b, bool is_store, unsigned int size,
	       unsigned int r, unsigned int base, unsigned int index);

/* lower_fp.c */
bool jit_lower_fp(struct lower *l, u16 i);
void jit_forget_fprs(struct lower *l);
void jit_reload_fprs(struct lower *l, const u8 fpr_in[16]);

/* lower.c */
void jit_goto_offset(struct lower *l, u32 off);

#endif
