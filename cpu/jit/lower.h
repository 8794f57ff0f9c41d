/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/lower.h - what the files that emit a block share.
 *
 * regs.c counts uses and gives registers, lower.c emits values, effects and
 * branches, lower_mem.c memory accesses and the slow paths, stubs.c what all
 * blocks share, lazy.c what memory has not got yet.  A node's value is in a
 * register, in a spill slot, or at home: in the guest register's memory.
 */
#ifndef CPU_JIT_LOWER_H
#define CPU_JIT_LOWER_H

#include "cpu/jit/x64.h"

#define NO_REG 0xff
#define NO_HOME 0xff
#define NO_SPILL IR_NO
#define SPILLS IR_NODES
#define BLOCK_INSNS_MAX 64u

/* Results that wait to be stored; see lazy.c. */
#define LAZY_LR		32u	/* LR, CTR, XER[CA], XER[SO] */
#define LAZY_SO		35u
#define LAZY_CR		36u
#define LAZY_ITEMS	44u
#define LAZY_ALL_CR	(0xffull << LAZY_CR)
#define LAZY_SAVES	4096u

struct lazy_saved {
	u8 item, ra, rb;	/* host registers of the node or its operands */
	u16 node;
};

/* A use of a node, and where the next one is. */
struct use_note {
	u16 node, at, next;
};

/* How a host register has an FPR's value. */
enum fpr_form {
	FPR_UNKNOWN,		/* as a double, which may be a single's value */
	FPR_DOUBLE,		/* as a double */
	FPR_WIDE,		/* as a double with a single's value */
	FPR_SINGLE,		/* as a single */
};

/* FPRs in registers, and what waits of floating point; see fpr.c. */
struct fp_state {
	u8 fpr_in[16], xmm_of[32];	/* NO_REG for none */
	u8 form[16];
	u32 dirty;		/* FPRs, a bit each, that memory has not got */
	u32 note;		/* FPU_NOTE of the last operation; 0: stored */
	u8 operand[3];		/* registers of its a, b, c */
	u16 compare;		/* the last comparison, IR_NO for none */
	u8 compared[2];		/* registers of its operands */
	bool is_cc;		/* FPCC is to be stored of it */
	u8 field;		/* this CR field too, or NO_REG */
};

struct slow_path {
	size_t jumps[4];	/* to it, 0 for none */
	size_t fails[2];	/* the same, and count: see share.c */
	size_t back;
	u16 insn, pos;		/* op of the page, place on the path */
	u8 reg;			/* of a load's result, NO_REG for a store */
	u8 swap;		/* IR_SWAP16, IR_SWAP32: turn it back */
	bool is_user;		/* privileged, in user mode: no way back */
	bool ends_block;	/* go on behind the instruction, outside */
	unsigned int save, saves;	/* what waits at the jump */
	/* an integer access that jumps[1] found not aligned: see retry_access */
	u8 ea, size;		/* host register; bytes, 0: no retry */
	size_t retry;		/* the access itself */
	struct {		/* another page than was guessed: see guess.c */
		size_t jump, back;
		u8 page;	/* host register */
		enum jit_table table;
	} miss;
	bool has_fp;
	struct fp_state fp;	/* what waits of it; the last member */
};

/* A value out of range, which may be an exact zero or an infinity. */
struct fp_special {
	size_t jump, back;
	u16 node;
	u8 form[4], x[4];	/* of the operands a, b, c and of the value */
	struct slow_path *slow;
};

/* A branch taken out of the block. */
struct side_exit {
	size_t jump;
	u32 off, rest;		/* where to; instructions not done */
	unsigned int save, saves;
	bool has_fp;
	struct fp_state fp;
};

/* Neighbouring accesses; see share.c. */
#define SHARES 64u

struct share {
	u16 base, head, last, page;	/* nodes; page is 0 for one alone */
	u32 off;		/* base + off is aligned */
	s32 lo, hi;		/* bytes from there on, to behind the last */
	u32 align;
	unsigned int count;
	bool has_load, has_store;
};

/* What a loop keeps in a register; see loop.c. */
#define KEPT_MAX 6u	/* the other registers are for what is in between */

struct loop_reg {
	u8 item, reg;		/* item: as of what waits */
	bool is_read;
	u16 node;		/* that reads it first */
	u16 written;		/* first node that writes it, 0 for none */
	unsigned int score;
};

struct lower {
	struct jit *j;
	struct code_buf *b;
	struct ir *ir;
	struct codepage *cp;
	size_t entry;
	unsigned int use_count;
	u16 holds[16];		/* node in a register, or IR_NO */
	u16 home_of[32];	/* node whose value a guest register has */
	bool is_eager;		/* cold code: nothing waits */
	u64 lazy;		/* items that wait */
	u16 lazy_node[LAZY_ITEMS];
	unsigned int saves;
	u32 pinned;		/* registers not to be evicted now */
	unsigned int spills;
	unsigned int slows;
	unsigned int exits;
	unsigned int poors;
	bool is_fp_used;	/* else there is nothing in fp */
	struct fp_state fp, fp_head;	/* head: of a loop */
	u32 kept_fprs, kept_singles;	/* a bit each: see fpr_loop.c */
	bool is_fp_hoisted, is_ready_hoisted;
	u32 loop_end;		/* nodes up to the last branch back, or 0 */
	u32 pinned_xmm;
	unsigned int specials;
	u32 pos;
	size_t flags_at;	/* where the host's flags are of a node */
	u16 flags_of;
	u16 *heat;		/* counted at a cold block's entry, at a failed
				 * head of a hot one */
	struct loop_reg kept[KEPT_MAX];
	unsigned int kept_count;
	size_t spent[BLOCK_INSNS_MAX];	/* jumps: no budget for another turn */
	unsigned int spents;
	unsigned int shares, pages;
	unsigned int guesses;
	size_t give_up;		/* called when a place is out of misses */

	/* of each node; cleared as far as a block has nodes */
	u16 last[IR_NODES];	/* last use; 0: none */
	u16 uses[IR_NODES];
	u16 next[IR_NODES];	/* next use, IR_NO for none */
	bool is_folded[IR_NODES];	/* into its user, or not wanted */
	u8 reg[IR_NODES], home[IR_NODES];
	u16 spill[IR_NODES];
	u8 keeps[IR_NODES];	/* items that wait for a node */
	u8 share_of[IR_NODES];	/* group of an access, from 1 on */

	/* what follows is not cleared for each block */
	struct use_note use[4 * IR_NODES];	/* the first on top */
	struct lazy_saved save[LAZY_SAVES];
	struct slow_path slow[IR_NODES];
	struct fp_special special[BLOCK_INSNS_MAX];
	struct side_exit exit[BLOCK_INSNS_MAX];
	size_t poor[BLOCK_INSNS_MAX];	/* jumps: the budget does not suffice */
	struct share share[SHARES];
	u32 share_off[IR_NODES];
	u64 vain[IR_NODES];	/* items written from a node on, and not seen
				 * before that; not in cold code */
	u16 redone[IR_NODES];	/* next write of an IR_CMP's field, IR_NO */
};

#define OFF(m) ((s32)offsetof(struct cpu, m))
#define OFF_GPR(n) (OFF(s.gpr) + 4 * (s32)(n))
#define OFF_FPR(n) (OFF(s.fpr) + 8 * (s32)(n))

static inline const struct irn *node(const struct lower *l, u16 n)
{
	return &l->ir->n[n];
}

/* Of a node of floating point, which has its registers. */
static inline const struct op *op_of(const struct lower *l, u16 i)
{
	return &l->cp->op[node(l, i)->imm];
}

static inline bool is_const(const struct lower *l, u16 n)
{
	return node(l, n)->op == IR_CONST;
}

static inline bool has_effect(const struct irn *n)
{
	return n->op >= IR_LOAD;
}

static inline bool is_float_access(const struct irn *n)
{
	return n->op == IR_FP_LOAD || n->op == IR_FP_STORE;
}

/* The bytes of an access that a group may have; 0 for anything else. */
static inline u32 share_size(const struct irn *n)
{
	switch (n->op) {
	case IR_LOAD: case IR_STORE:
		return n->kind;
	case IR_FP_LOAD: case IR_FP_STORE:
		return n->kind == FP_DOUBLE ? 8 : 4;
	default:
		return 0;
	}
}

/* regs.c */
void jit_count_uses(struct lower *l);
void jit_advance(struct lower *l, u32 i);
unsigned int jit_alloc(struct lower *l);
void jit_bind(struct lower *l, u16 n, unsigned int r);
unsigned int jit_get(struct lower *l, u16 n);
bool jit_may_take(const struct lower *l, u16 a);
unsigned int jit_result_like(struct lower *l, u16 a);
void jit_set_home(struct lower *l, unsigned int g, u16 n);
void jit_leave_home(struct lower *l, unsigned int g);
void jit_leave_base(struct lower *l, u16 i);

/* lazy.c */
void lazy_set(struct lower *l, unsigned int item, u16 n);
u64 lazy_written(const struct lower *l, u16 i);
u64 lazy_read(const struct lower *l, u16 i);
void lazy_drop(struct lower *l, unsigned int item);
void lazy_forget(struct lower *l, u64 items);
int lazy_field(u32 off);
void lazy_emit(struct lower *l, u64 items);
void lazy_flush(struct lower *l, u64 items);
void lazy_release(struct lower *l, u16 n);
void lazy_make_room(struct lower *l);
unsigned int lazy_save(struct lower *l, unsigned int *first);
void lazy_restore(struct lower *l, unsigned int first, unsigned int count);

/* loop.c */
void loop_find(struct lower *l);
u16 loop_next(const struct lower *l, u32 i, unsigned int *k);
bool loop_has(const struct lower *l, u16 i);
void loop_enter(struct lower *l);
void loop_move(struct code_buf *b,
	       void (*move)(struct code_buf *b, unsigned int d, unsigned int s),
	       const u8 *to, u8 *from, unsigned int n, unsigned int spare);
void loop_back(struct lower *l);
void loop_store(struct lower *l);

/* share.c */
void share_find(struct lower *l);
const struct share *share_of(const struct lower *l, u16 i);
u16 share_address(const struct lower *l, u16 i);
bool share_is_used(const struct lower *l, u16 i);
unsigned int share_page(struct lower *l, const struct share *g);
s32 share_disp(const struct lower *l, u16 i);
void share_head(struct lower *l, const struct share *g, unsigned int base,
		unsigned int page, struct slow_path *s);
void share_count_fail(struct lower *l);

/* guess.c */
void guess_page(struct lower *l, unsigned int ea, unsigned int page,
		enum jit_table table, struct slow_path *s);
void guess_miss(struct lower *l, struct slow_path *s);
void guess_end(struct lower *l);

/* lower_mem.c */
void jit_lower_memory(struct lower *l, u16 i);
struct slow_path *jit_slow_if(struct lower *l, enum x64_cc cc, u16 i);
void jit_call_body(struct lower *l, u32 insn, u32 pos, bool is_user);
void jit_forget_block(struct lower *l, unsigned int r);
void jit_lower_slow_paths(struct lower *l);
struct slow_path *jit_slow_path(struct lower *l, u16 i, u8 reg);
void jit_slow_back(struct lower *l, struct slow_path *s);
void jit_find_page(struct lower *l, unsigned int ea, unsigned int size,
		   bool is_store, struct slow_path *s);
void jit_movbe(struct code_buf *b, bool is_store, unsigned int size,
	       unsigned int r, unsigned int base, unsigned int index);

/* fpr.c */
void fpr_init(struct lower *l);
bool fpr_is_busy(const struct lower *l);
void fpr_emit(struct lower *l, const struct fp_state *s);
void fpr_leave(struct lower *l);
void fpr_flush_notes(struct lower *l);
void fpr_flush_cr(struct lower *l, u64 items);
void fpr_drop_cr(struct lower *l, unsigned int item);
u32 fpr_reads(const struct lower *l, u16 i);
u32 fpr_writes(const struct lower *l, u16 i);
unsigned int fpr_take(struct lower *l);
unsigned int fpr_get(struct lower *l, unsigned int f);
unsigned int fpr_get_double(struct lower *l, unsigned int f);
unsigned int fpr_get_single(struct lower *l, unsigned int f, u16 i);
void fpr_set(struct lower *l, unsigned int f, unsigned int x,
	     enum fpr_form form);
void fpr_note(struct lower *l, u32 word, unsigned int a, unsigned int b,
	      unsigned int c);
void fpr_drop_notes(struct lower *l);
void fpr_compare(struct lower *l, u16 i, unsigned int field, unsigned int a,
		 unsigned int b);
bool fpr_test(struct lower *l, u16 i);

/* fpr_loop.c */
void fpr_loop_find(struct lower *l, u32 end);
void fpr_loop_enter(struct lower *l);
void fpr_loop_back(struct lower *l);

/* lower_fp.c */
void jit_check_fp_on(struct lower *l, u16 i);
void jit_check_fp_ready(struct lower *l, u16 i);
bool jit_lower_fp(struct lower *l, u16 i);
void jit_lower_specials(struct lower *l);

/* stubs.c */
void jit_goto_address(struct jit *j);
void jit_goto_offset(struct lower *l, u32 off);
void jit_load_tables(struct code_buf *b);
size_t jit_emit_ask(struct code_buf *b, uintptr_t function);

/* switch.c */
void jit_emit_switch(struct jit *j);
size_t jit_body_stub(const struct jit *j, unsigned int key, const struct op *o);

#endif
