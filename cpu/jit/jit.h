/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/jit.h - the translator: what its files share.
 *
 * translate.c makes the intermediate form, lower.c emits machine code from
 * it, bodies.c holds the interpreted body of every row for what is not
 * lowered, jit.c owns the code buffer and the run loop.
 */
#ifndef CPU_JIT_JIT_H
#define CPU_JIT_JIT_H

#include "cpu/cpu.h"
#include "cpu/jit/ir.h"

/*
 * Registers of translated code: rbp struct cpu, r15 instructions left after
 * this block, r13 the read table and behind it the write table, rsp frame with
 * spill slots; rax and rcx scratch, rdx too on the way out; the others hold nodes.
 */
struct code_buf {
	u8 *rw;			/* where the bytes are written */
	const u8 *rx;		/* where they run: same memory, other address */
	size_t used, size;
};

/* Places in the buffer that blocks jump to. */
struct jit_stubs {
	size_t enter;		/* called from C */
	size_t start;		/* slot of an op without code; eax: offset */
	size_t leave;		/* s.pc = page + eax, back to C */
	size_t far_miss;	/* s.pc = edx, back to C */
	size_t far_other;	/* goes to edx + eax */
	size_t hot;		/* the same, and translate anew: JIT_HOT */
	size_t slow;		/* interpreted body; rcx op, eax JIT_BODY_INFO */
	/* like slow, tried first; see switch.c */
	size_t call, rfi, mtmsr, pid, tlbsx;
	size_t time[2];		/* lower and upper half of the time base */
	size_t privileged;	/* any other instruction that is */
	size_t user;		/* it is, and this is user mode */
	size_t judge;		/* of guesses; see guess.c */
	size_t read_cr;		/* eax = CR; keeps the others, but xmm */
	size_t write_tlb;	/* the same; ecx index << 2 | word, eax value;
				 * eax: 0 if code of this page is still mapped */
	size_t settle;		/* FPSCR, what is noted included */
	/* 16 bytes each; [1] is for singles, [0] for doubles */
	size_t sign[2], magnitude[2];
	size_t range[2];	/* the exponent without its last bit */
	size_t swap[2];		/* vpshufb's: turns the bytes */
	size_t infinity;	/* the exponent of a single */
};

/* An access and its guesses; see guess.c. */
struct jit_place {
	u32 since;		/* time when left was full, modulo 2^32 */
	u16 left;		/* wrong ones until somebody looks */
	u16 is_off;
};

/* Where a branch went while what is behind it was cold and counted. */
enum jit_way { WAY_UNKNOWN, WAY_ON, WAY_TAKEN, WAY_BOTH };

struct jit {
	struct code_buf buf;
	struct jit_stubs stubs;
	const void **slots;
	const void *slot_start;	/* of an op without code */
	const void *slot_again;	/* of a hot block to be made anew */
	u16 *heat;		/* of each op: entries until it is hot, then
				 * failures until it is given up */
	u8 *is_plain;		/* of each op: it was given up */
	u8 *way;		/* of each op that branches: enum jit_way */
	u64 *guess;		/* of each op: see guess.c */
	struct jit_place *place;
	cycle_t now;		/* when the translation began */
	u32 page;		/* address of the page, and all that is mapped */
	const struct softtab *mapped;
	u32 *born;		/* of each op: when its code was made */
	struct ir ir;
	struct lower *lower;	/* lower.c's work space */
	s64 cr_pack[16];	/* a CR field as the state keeps it */
	size_t floor;		/* end of the stubs: blocks start here */
	size_t far_used;	/* from JIT_NEAR_BYTES on: what runs seldom */
};

void jit_translate(struct jit *j, struct codepage *cp, u32 insn, bool is_cold);
/* Emit stubs at the start of the buffer; one of them. */
void guess_emit_judge(struct jit *j);
void jit_emit_stubs(struct jit *j);
/* More than any block takes, of the near and of the far half. */
#define JIT_BLOCK_BYTES 262144u
/*
 * The code buffer, in the first half of it what runs and in the second what
 * blocks have out of line.  The hostile build has 4 KB for blocks to fill; the
 * last one may end behind that.
 */
#ifdef CULM_HOSTILE
#define JIT_NEAR_BYTES (JIT_BLOCK_BYTES + 4096u)
#else
#define JIT_NEAR_BYTES (16u << 20)
#endif
#define JIT_CODE_BYTES (2u * JIT_NEAR_BYTES)
/* The entries of a block after which it is worth a longer path; tests/diff/hot
 * has its own number. */
#ifndef JIT_HOT_ENTRIES
#ifdef CULM_HOSTILE
#define JIT_HOT_ENTRIES 2u
#else
#define JIT_HOT_ENTRIES 1024u
#endif
#endif
size_t jit_lower_bytes(void);
enum jit_kind {
	JIT_COLD,	/* may never run again */
	JIT_PLAIN,	/* hot, but neighbouring accesses are not what they seem */
	JIT_SHARED,	/* hot */
};

size_t jit_emit_block(struct jit *j, struct codepage *cp, enum jit_kind kind,
		      u16 *heat);

/* How a block was left; what jit_interpret returns. */
enum jit_exit {
	JIT_GO_ON,	/* from code: to s.pc, with cpu->jit_left */
	JIT_LEFT,	/* the same from a body: the stub goes on, unless somebody
			 * waits: then state and time are right */
	JIT_BOUNDARY,	/* look for what waits */
	JIT_SELF,	/* at a branch to itself */
	JIT_HOT,	/* as JIT_GO_ON, at a block that runs often */
};

/* Which body: INSN_KEY, instructions from it to the block's end, op of the page. */
#define JIT_REST_MAX			0x3fu
#define JIT_BODY_INFO(key, rest, insn)	((key) | (rest) << 16 | (insn) << 22)
#define JIT_BODY_KEY(info)		((info) & 0xffff)
#define JIT_BODY_REST(info)		((info) >> 16 & JIT_REST_MAX)
#define JIT_BODY_OP(info)		((info) >> 22)

void jit_settle(struct cpu *cpu);
int jit_interpret(struct cpu *cpu, struct op *op, u32 info, s64 left);

bool jit_is_possible(void);
int jit_open(struct cpu *cpu);
void jit_close(struct cpu *cpu);
enum cpu_why jit_run(struct cpu *cpu, cycle_t budget);

#endif
