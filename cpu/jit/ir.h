/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/ir.h - the small intermediate form of one block.
 *
 * A block is one path through the code of a page: it follows unconditional
 * branches and goes on where a conditional one is not taken; taken, that is a
 * side exit.  Its nodes stand in the order of execution.  A node without
 * effect and without users is never emitted.  Guest registers are read by
 * IR_GPR and written by IR_SET.
 */
#ifndef CPU_JIT_IR_H
#define CPU_JIT_IR_H

#include "base/env.h"

enum ir_op {
	/* values of 32 bits */
	IR_CONST,		/* imm */
	IR_GPR,			/* guest register imm */
	IR_LD32, IR_LD8,	/* state at offset imm */
	IR_PC,			/* address of the page + imm */
	IR_ADD, IR_SUB, IR_AND, IR_OR, IR_XOR, IR_MUL,
	IR_NOT, IR_SEXT8, IR_SEXT16, IR_CLZ, IR_SWAP16, IR_SWAP32,
	IR_SHL, IR_SHR, IR_SAR, IR_ROTL, /* shifts by 6 bits, rotate by 5 */
	IR_LTU, IR_LTS, IR_EQ,	/* 0 or 1 */
	IR_MULHS, IR_MULHU,
	IR_SEL,			/* a ? b : c */
	IR_CRBIT,		/* bit imm & 3 of CR field imm >> 2; a, b and
				 * kind when a comparison is known; c: an
				 * IR_FP_CMP, of CMP_FLOAT */
	IR_CR_ALL,		/* the whole condition register */
	IR_PAGE,		/* 64 bits: see share.c */
	IR_LOAD,		/* a: address; kind: bytes; imm: op; c not
				 * IR_NO: it must be aligned */
	/* effects */
	IR_SET,			/* guest register imm = a */
	IR_ST32, IR_ST8,	/* state at offset imm = a */
	IR_CMP,			/* CR field imm from a, b; kind */
	IR_STORE,		/* a: address, b: value; kind: bytes; imm: op; c
				 * not IR_NO: it must be aligned */
	IR_STORE_IF,		/* the same if c */
	IR_ZERO,		/* cache line at a; imm: op */
	IR_LOAD_MANY,		/* registers b.. from a; kind: how many */
	IR_STORE_MANY,
	IR_CRSET,		/* CR field imm = the four bits a */
	IR_CRCOPY,		/* CR field imm >> 3 = field imm & 7 */
	IR_TLBWE,		/* word kind of TLB entry a = b; imm: op */
	IR_SUPER,		/* user mode: the body of op imm, which faults */
	IR_ASYNC,		/* an interrupt waits: the body of op imm */
	IR_FP_ON,		/* MSR[FP] clear: body of op imm, which faults */
	IR_FP_READY,		/* FPSCR not as cpu/fpu_host.h wants it: body of
				 * op imm, and on behind it in a new block */
	IR_FP_ARITH,		/* op imm; kind: enum fpu_lazy_op, form << 4 */
	IR_FP_MOVE,		/* kind: enum ir_fp_move */
	IR_FP_CMP, IR_FP_TO_INT, IR_FP_SEL,
	IR_FP_GET, IR_FP_PUT,	/* FPSCR: all of it to an FPR and back */
	IR_FP_MODE,		/* FPSCR[28:31] = kind, rounding to nearest */
	IR_FP_LOAD, IR_FP_STORE, /* a: address; kind: enum ir_fp_size; b, c of
				 * a load: words that were just stored there */
	IR_CALL,		/* interpreted body of op imm */
	IR_SKIP,		/* imm instructions were not done, if a */
	IR_NEAR,		/* to offset imm from the page's start, if a */
	IR_FAR,			/* to address b, if a */
	IR_LAST,		/* go on at offset imm of the page */
};

enum ir_fp_move { FP_COPY, FP_NEG, FP_ABS, FP_NABS };
enum ir_fp_size { FP_SINGLE, FP_DOUBLE, FP_WORD };
enum ir_cmp { CMP_NONE, CMP_SIGNED, CMP_UNSIGNED, CMP_RESULT, CMP_FLOAT };

#define IR_NODES 512
#define IR_NO 0xffffu

struct irn {
	u8 op, kind;
	u16 a, b, c;
	u32 imm;
	u16 insn;		/* op of the page that it belongs to */
	u16 pos;		/* instructions of the block before it */
};

struct ir {
	struct irn n[IR_NODES];
	unsigned int count;
	u32 first, insns;	/* op where it starts, instructions on its path */
};

#endif
