/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/x64.h - encodings of the x86-64 instructions that lower.c emits.
 *
 * Bytes go to the writable view of the buffer; addresses are offsets in it.
 * Source: Intel SDM volume 2.
 */
#ifndef CPU_JIT_X64_H
#define CPU_JIT_X64_H

#include "cpu/jit/jit.h"

enum x64_reg {
	RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI,
	R8, R9, R10, R11, R12, R13, R14, R15
};

/* Condition codes, the low four bits of jcc and setcc. */
enum x64_cc {
	CC_B = 2, CC_AE, CC_E, CC_NE, CC_BE, CC_A, CC_S, CC_NS,
	CC_P, CC_NP, CC_L, CC_GE, CC_LE, CC_G, CC_ALWAYS = 16
};

/* Group of add, or, and, sub, xor, cmp: number in the /digit and opcode. */
enum x64_alu { ALU_ADD = 0, ALU_OR = 1, ALU_AND = 4, ALU_SUB = 5, ALU_XOR = 6,
	       ALU_CMP = 7 };
enum x64_shift { SH_ROL = 0, SH_ROR = 1, SH_SHL = 4, SH_SHR = 5, SH_SAR = 7 };

static inline void put8(struct code_buf *b, unsigned int v)
{
	b->rw[b->used++] = (u8)v;
}

static inline void put32(struct code_buf *b, u32 v)
{
	memcpy(b->rw + b->used, &v, 4);
	b->used += 4;
}

static inline void put64(struct code_buf *b, u64 v)
{
	memcpy(b->rw + b->used, &v, 8);
	b->used += 8;
}

/* REX prefix; @force: byte registers sil, dil need an empty one. */
static inline void rex(struct code_buf *b, bool w, unsigned int reg,
		       unsigned int index, unsigned int base, bool force)
{
	unsigned int v = 0x40 | (unsigned int)w << 3 | (reg >> 3) << 2 |
			 (index >> 3) << 1 | base >> 3;

	if (v != 0x40 || force)
		put8(b, v);
}

static inline void modrm(struct code_buf *b, unsigned int mod,
			 unsigned int reg, unsigned int rm)
{
	put8(b, mod << 6 | (reg & 7) << 3 | (rm & 7));
}

/* [base + disp32] */
static inline void mem_disp(struct code_buf *b, unsigned int reg,
			    unsigned int base, s32 disp)
{
	bool is_short = disp >= -128 && disp < 128;

	modrm(b, is_short ? 1 : 2, reg, base);
	if ((base & 7) == RSP)
		put8(b, 0x24);
	if (is_short)
		put8(b, (u8)disp);
	else
		put32(b, (u32)disp);
}

/* [base + index * 2^scale], base not rbp or r13 */
static inline void mem_sib(struct code_buf *b, unsigned int reg,
			   unsigned int base, unsigned int index,
			   unsigned int scale)
{
	if ((base & 7) == RBP) {
		modrm(b, 1, reg, 4);
		put8(b, scale << 6 | (index & 7) << 3 | (base & 7));
		put8(b, 0);
		return;
	}
	modrm(b, 0, reg, 4);
	put8(b, scale << 6 | (index & 7) << 3 | (base & 7));
}

static inline void mov_rr(struct code_buf *b, unsigned int d, unsigned int s)
{
	if (d == s)
		return;
	rex(b, false, s, 0, d, false);
	put8(b, 0x89);
	modrm(b, 3, s, d);
}

static inline void mov_rr64(struct code_buf *b, unsigned int d, unsigned int s)
{
	rex(b, true, s, 0, d, false);
	put8(b, 0x89);
	modrm(b, 3, s, d);
}

static inline void mov_ri(struct code_buf *b, unsigned int d, u32 imm)
{
	if (!imm) {
		rex(b, false, d, 0, d, false);
		put8(b, 0x31);
		modrm(b, 3, d, d);
		return;
	}
	rex(b, false, 0, 0, d, false);
	put8(b, 0xb8 | (d & 7));
	put32(b, imm);
}

static inline void mov_ri64(struct code_buf *b, unsigned int d, u64 imm)
{
	rex(b, true, 0, 0, d, false);
	put8(b, 0xb8 | (d & 7));
	put64(b, imm);
}

/* movsxd r64, r32 */
static inline void movsxd(struct code_buf *b, unsigned int d, unsigned int s)
{
	rex(b, true, d, 0, s, false);
	put8(b, 0x63);
	modrm(b, 3, d, s);
}

static inline void alu_rr(struct code_buf *b, enum x64_alu op, bool w,
			  unsigned int d, unsigned int s)
{
	rex(b, w, s, 0, d, false);
	put8(b, (unsigned int)op << 3 | 1);
	modrm(b, 3, s, d);
}

static inline void alu_ri(struct code_buf *b, enum x64_alu op, bool w,
			  unsigned int d, s32 imm)
{
	rex(b, w, 0, 0, d, false);
	if (imm >= -128 && imm < 128) {
		put8(b, 0x83);
		modrm(b, 3, op, d);
		put8(b, (u8)imm);
		return;
	}
	put8(b, 0x81);
	modrm(b, 3, op, d);
	put32(b, (u32)imm);
}

static inline void test_rr(struct code_buf *b, bool w, unsigned int d,
			   unsigned int s)
{
	rex(b, w, s, 0, d, false);
	put8(b, 0x85);
	modrm(b, 3, s, d);
}

/* test r8, imm8 */
static inline void test_low(struct code_buf *b, unsigned int r, u8 imm)
{
	rex(b, false, 0, 0, r, r >= RSP);
	put8(b, 0xf6);
	modrm(b, 3, 0, r);
	put8(b, imm);
}

/* lea d, [base + disp], of 32 bits */
static inline void lea32(struct code_buf *b, unsigned int d, unsigned int base,
			 s32 disp)
{
	rex(b, false, d, 0, base, false);
	put8(b, 0x8d);
	mem_disp(b, d, base, disp);
}

static inline void lea64(struct code_buf *b, unsigned int d, unsigned int base,
			 s32 disp)
{
	rex(b, true, d, 0, base, false);
	put8(b, 0x8d);
	mem_disp(b, d, base, disp);
}

/* lea d, [base + index], of 32 bits */
static inline void lea32_rr(struct code_buf *b, unsigned int d,
			    unsigned int base, unsigned int index)
{
	rex(b, false, d, index, base, false);
	put8(b, 0x8d);
	mem_sib(b, d, base, index, 0);
}

/* rorx d, s, n */
static inline void rorx(struct code_buf *b, unsigned int d, unsigned int s,
			unsigned int n)
{
	put8(b, 0xc4);
	put8(b, (d < 8 ? 0x80 : 0) | 0x40 | (s < 8 ? 0x20 : 0) | 3);
	put8(b, 0x7b);
	put8(b, 0xf0);
	modrm(b, 3, d, s);
	put8(b, n);
}

static inline void imul_rr(struct code_buf *b, bool w, unsigned int d,
			   unsigned int s)
{
	rex(b, w, d, 0, s, false);
	put8(b, 0x0f);
	put8(b, 0xaf);
	modrm(b, 3, d, s);
}

static inline void imul_rri(struct code_buf *b, unsigned int d,
			    unsigned int s, u32 imm)
{
	rex(b, false, d, 0, s, false);
	put8(b, 0x69);
	modrm(b, 3, d, s);
	put32(b, imm);
}

static inline void not_r(struct code_buf *b, unsigned int d)
{
	rex(b, false, 0, 0, d, false);
	put8(b, 0xf7);
	modrm(b, 3, 2, d);
}

static inline void shift_ri(struct code_buf *b, enum x64_shift op, bool w,
			    unsigned int d, unsigned int n)
{
	rex(b, w, 0, 0, d, false);
	put8(b, 0xc1);
	modrm(b, 3, op, d);
	put8(b, n);
}

static inline void rol_cl(struct code_buf *b, unsigned int d)
{
	rex(b, false, 0, 0, d, false);
	put8(b, 0xd3);
	modrm(b, 3, SH_ROL, d);
}

/* shlx, shrx, sarx r64, r64, r64: pp 1, 3, 2 */
static inline void shift_x(struct code_buf *b, unsigned int pp, unsigned int d,
			   unsigned int s, unsigned int count)
{
	put8(b, 0xc4);
	put8(b, (d < 8 ? 0x80 : 0) | 0x40 | (s < 8 ? 0x20 : 0) | 2);
	put8(b, 0x80 | (~count & 15) << 3 | pp);
	put8(b, 0xf7);
	modrm(b, 3, d, s);
}

/* 0f @op with register operands: movzx, movsx, bsr */
static inline void op0f_rr(struct code_buf *b, unsigned int op, unsigned int d,
			   unsigned int s, bool is_byte)
{
	rex(b, false, d, 0, s, is_byte && s >= RSP);
	put8(b, 0x0f);
	put8(b, op);
	modrm(b, 3, d, s);
}

static inline void cmov(struct code_buf *b, bool w, enum x64_cc cc,
			unsigned int d, unsigned int s)
{
	rex(b, w, d, 0, s, false);
	put8(b, 0x0f);
	put8(b, 0x40 | cc);
	modrm(b, 3, d, s);
}

static inline void setcc(struct code_buf *b, enum x64_cc cc, unsigned int d)
{
	rex(b, false, 0, 0, d, d >= RSP);
	put8(b, 0x0f);
	put8(b, 0x90 | cc);
	modrm(b, 3, 0, d);
}

/* Loads and stores of [base + disp]. */
static inline void ld32(struct code_buf *b, unsigned int d, unsigned int base,
			s32 disp)
{
	rex(b, false, d, 0, base, false);
	put8(b, 0x8b);
	mem_disp(b, d, base, disp);
}

static inline void ld64(struct code_buf *b, unsigned int d, unsigned int base,
			s32 disp)
{
	rex(b, true, d, 0, base, false);
	put8(b, 0x8b);
	mem_disp(b, d, base, disp);
}

static inline void ld8(struct code_buf *b, unsigned int d, unsigned int base,
		       s32 disp)
{
	rex(b, false, d, 0, base, false);
	put8(b, 0x0f);
	put8(b, 0xb6);
	mem_disp(b, d, base, disp);
}

static inline void st32(struct code_buf *b, unsigned int base, s32 disp,
			unsigned int s)
{
	rex(b, false, s, 0, base, false);
	put8(b, 0x89);
	mem_disp(b, s, base, disp);
}

static inline void st32_imm(struct code_buf *b, unsigned int base, s32 disp,
			    u32 imm)
{
	rex(b, false, 0, 0, base, false);
	put8(b, 0xc7);
	mem_disp(b, 0, base, disp);
	put32(b, imm);
}

static inline void st64(struct code_buf *b, unsigned int base, s32 disp,
			unsigned int s)
{
	rex(b, true, s, 0, base, false);
	put8(b, 0x89);
	mem_disp(b, s, base, disp);
}

static inline void st8(struct code_buf *b, unsigned int base, s32 disp,
		       unsigned int s)
{
	rex(b, false, s, 0, base, s >= RSP);
	put8(b, 0x88);
	mem_disp(b, s, base, disp);
}

static inline void st8_imm(struct code_buf *b, unsigned int base, s32 disp,
			   u8 imm)
{
	rex(b, false, 0, 0, base, false);
	put8(b, 0xc6);
	mem_disp(b, 0, base, disp);
	put8(b, imm);
}

/* @op with a dword in memory as the source */
static inline void alu_rm(struct code_buf *b, enum x64_alu op, unsigned int d,
			  unsigned int base, s32 disp)
{
	rex(b, false, d, 0, base, false);
	put8(b, (unsigned int)op << 3 | 3);
	mem_disp(b, d, base, disp);
}

/* test byte [base + disp], imm8 */
static inline void test_byte(struct code_buf *b, unsigned int base, s32 disp,
			     u8 imm)
{
	rex(b, false, 0, 0, base, false);
	put8(b, 0xf6);
	mem_disp(b, 0, base, disp);
	put8(b, imm);
}

/* cmp dword or qword [base + disp], imm8 */
static inline void cmp_mi(struct code_buf *b, bool w, unsigned int base,
			  s32 disp, u8 imm)
{
	rex(b, w, 0, 0, base, false);
	put8(b, 0x83);
	mem_disp(b, 7, base, disp);
	put8(b, imm);
}

/* cmp dword [base + index * 8], imm32 */
static inline void cmp_sib(struct code_buf *b, unsigned int base,
			   unsigned int index, u32 imm)
{
	rex(b, false, 0, index, base, false);
	put8(b, 0x81);
	mem_sib(b, 7, base, index, 3);
	put32(b, imm);
}

/*
 * [table + index * 8]: r13 points TABLE_BIAS bytes into the read table, so that
 * it is also a count for shrx: by SOFTTLB_PAGE_SHIFT.
 */
#define TABLE_BIAS 12
enum jit_table { TABLE_RD, TABLE_WR };
static inline void mem_table(struct code_buf *b, unsigned int reg,
			     enum jit_table table, unsigned int index)
{
	modrm(b, table == TABLE_RD ? 1 : 2, reg, 4);
	put8(b, 3 << 6 | (index & 7) << 3 | (R13 & 7));
	if (table == TABLE_RD)
		put8(b, (u8)-TABLE_BIAS);
	else
		put32(b, (u32)SOFTTAB_WR_GAP - TABLE_BIAS);
}

/* cmp qword [table + index * 8], 0 */
static inline void cmp_table(struct code_buf *b, enum jit_table table,
			     unsigned int index)
{
	rex(b, true, 0, index, R13, false);
	put8(b, 0x83);
	mem_table(b, 7, table, index);
	put8(b, 0);
}

/* mov r64, [table + index * 8] and cmp r64, [the same] */
static inline void ld_table(struct code_buf *b, unsigned int d,
			    enum jit_table table, unsigned int index)
{
	rex(b, true, d, index, R13, false);
	put8(b, 0x8b);
	mem_table(b, d, table, index);
}

static inline void cmp_r_table(struct code_buf *b, unsigned int r,
			       enum jit_table table, unsigned int index)
{
	rex(b, true, r, index, R13, false);
	put8(b, 0x3b);
	mem_table(b, r, table, index);
}

/* bswap; the swapped half is the upper one and moves down */
static inline void swap_bytes(struct code_buf *b, unsigned int r, bool is_half)
{
	rex(b, false, 0, 0, r, false);
	put8(b, 0x0f);
	put8(b, 0xc8 | (r & 7));
	if (is_half)
		shift_ri(b, SH_SHR, false, r, 16);
}

/* Jumps.  A forward one returns where its displacement is to be patched. */
static inline size_t jcc_fwd(struct code_buf *b, enum x64_cc cc)
{
	put8(b, 0x0f);
	put8(b, 0x80 | cc);
	put32(b, 0);
	return b->used;
}

static inline void patch_here(struct code_buf *b, size_t from)
{
	u32 d = (u32)(b->used - from);

	memcpy(b->rw + from - 4, &d, 4);
}

static inline void jcc_to(struct code_buf *b, enum x64_cc cc, size_t to)
{
	put8(b, 0x0f);
	put8(b, 0x80 | cc);
	put32(b, (u32)(to - (b->used + 4)));
}

static inline void jmp_to(struct code_buf *b, size_t to)
{
	put8(b, 0xe9);
	put32(b, (u32)(to - (b->used + 4)));
}

static inline size_t jmp_fwd(struct code_buf *b)
{
	put8(b, 0xe9);
	put32(b, 0);
	return b->used;
}

static inline void call_to(struct code_buf *b, size_t to)
{
	put8(b, 0xe8);
	put32(b, (u32)(to - (b->used + 4)));
}

/* [address], within 2 GB of the code; @more bytes of the instruction follow */
static inline void mem_at(struct code_buf *b, unsigned int reg,
			  const void *address, unsigned int more)
{
	modrm(b, 0, reg, RBP);
	put32(b, (u32)((uintptr_t)address -
		       ((uintptr_t)b->rx + b->used + 4 + more)));
}

/* jmp qword [address] */
static inline void jmp_slot(struct code_buf *b, const void *slot)
{
	put8(b, 0xff);
	mem_at(b, 4, slot, 0);
}

/* jmp qword [base + index * 2] */
static inline void jmp_table(struct code_buf *b, unsigned int base,
			     unsigned int index)
{
	rex(b, false, 0, index, base, false);
	put8(b, 0xff);
	mem_sib(b, 4, base, index, 1);
}

/* mov [address], r64 */
static inline void st64_at(struct code_buf *b, const void *address,
			   unsigned int s)
{
	rex(b, true, s, 0, 0, false);
	put8(b, 0x89);
	mem_at(b, s, address, 0);
}

/* mov r64, [address] */
static inline void ld64_at(struct code_buf *b, unsigned int d,
			   const void *address)
{
	rex(b, true, d, 0, 0, false);
	put8(b, 0x8b);
	mem_at(b, d, address, 0);
}

/* lea r64, [address] */
static inline void lea_at(struct code_buf *b, unsigned int d,
			  const void *address)
{
	rex(b, true, d, 0, 0, false);
	put8(b, 0x8d);
	mem_at(b, d, address, 0);
}

/* sub word [address], 1 */
static inline void dec16(struct code_buf *b, const void *address)
{
	put8(b, 0x66);
	put8(b, 0x83);
	mem_at(b, 5, address, 1);
	put8(b, 1);
}

static inline void push(struct code_buf *b, unsigned int r)
{
	rex(b, false, 0, 0, r, false);
	put8(b, 0x50 | (r & 7));
}

static inline void pop(struct code_buf *b, unsigned int r)
{
	rex(b, false, 0, 0, r, false);
	put8(b, 0x58 | (r & 7));
}

/* btc r64, imm8 */
static inline void flip_bit(struct code_buf *b, unsigned int r, unsigned int n)
{
	rex(b, true, 0, 0, r, false);
	put8(b, 0x0f);
	put8(b, 0xba);
	modrm(b, 3, 7, r);
	put8(b, n);
}

/* or or and of a dword in memory with an immediate */
static inline void alu_mi(struct code_buf *b, enum x64_alu op,
			  unsigned int base, s32 disp, u32 imm)
{
	rex(b, false, 0, 0, base, false);
	put8(b, 0x81);
	mem_disp(b, op, base, disp);
	put32(b, imm);
}

#endif
