/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/x64_avx.h - encodings of the AVX and FMA instructions that the
 * lowering of floating point emits, and mfcr; the part of x64.h on xmm registers.
 *
 * Source: Intel SDM volume 2.
 */
#ifndef CPU_JIT_X64_AVX_H
#define CPU_JIT_X64_AVX_H

#include "cpu/jit/x64.h"

/*
 * AVX, three operands: xmm registers, @pp 0 none, 1 66, 2 F3, 3 F2; @map 1
 * 0F, 2 0F38.  Scalars of two doubles: L is ignored.
 */
static inline void vex(struct code_buf *b, unsigned int pp, unsigned int map,
		       bool w, unsigned int reg, unsigned int vvvv,
		       unsigned int index, unsigned int base)
{
	put8(b, 0xc4);
	put8(b, (reg < 8 ? 0x80 : 0) | (index < 8 ? 0x40 : 0) |
		(base < 8 ? 0x20 : 0) | map);
	put8(b, (unsigned int)w << 7 | (~vvvv & 15) << 3 | pp);
}

/* @op of map 0F with pp: d = s1 op s2 */
static inline void vop(struct code_buf *b, unsigned int pp, unsigned int op,
		       unsigned int d, unsigned int s1, unsigned int s2)
{
	vex(b, pp, 1, false, d, s1, 0, s2);
	put8(b, op);
	modrm(b, 3, d, s2);
}

/* vfmadd231sd, @w 0: ss, and its kin (@op): d = +-(s1 * s2) +- d */
static inline void vfma(struct code_buf *b, unsigned int op, bool w,
			unsigned int d, unsigned int s1, unsigned int s2)
{
	vex(b, 1, 2, w, d, s1, 0, s2);
	put8(b, op);
	modrm(b, 3, d, s2);
}

static inline void vmov(struct code_buf *b, unsigned int d, unsigned int s)
{
	if (d != s)
		vop(b, 1, 0x28, d, 0, s);	/* vmovapd */
}

/* Load (0x10) or store (0x11) a double, or a single, at [base + index]. */
static inline void vmem_sib(struct code_buf *b, unsigned int op,
			    bool is_single, unsigned int x, unsigned int base,
			    unsigned int index)
{
	vex(b, is_single ? 2 : 3, 1, false, x, 0, index, base);
	put8(b, op);
	mem_sib(b, x, base, index, 0);
}

/* The same at [base + disp]. */
static inline void vmem_disp(struct code_buf *b, unsigned int op,
			     bool is_single, unsigned int x, unsigned int base,
			     s32 disp)
{
	vex(b, is_single ? 2 : 3, 1, false, x, 0, 0, base);
	put8(b, op);
	mem_disp(b, x, base, disp);
}

static inline void vld64(struct code_buf *b, unsigned int d, unsigned int base,
			 s32 disp)
{
	vmem_disp(b, 0x10, false, d, base, disp);
}

static inline void vst64(struct code_buf *b, unsigned int base, s32 disp,
			 unsigned int s)
{
	vmem_disp(b, 0x11, false, s, base, disp);
}

/* vmovups d, [base + disp] */
static inline void vld128(struct code_buf *b, unsigned int d,
			  unsigned int base, s32 disp)
{
	vex(b, 0, 1, false, d, 0, 0, base);
	put8(b, 0x10);
	mem_disp(b, d, base, disp);
}

/* vshufps d, s1, s2, imm8 */
static inline void vshuf(struct code_buf *b, unsigned int d, unsigned int s1,
			 unsigned int s2, u8 imm)
{
	vop(b, 0, 0xc6, d, s1, s2);
	put8(b, imm);
}

/* vmovd or vmovq r, xmm and back */
static inline void vget(struct code_buf *b, bool w, unsigned int r,
			unsigned int x)
{
	vex(b, 1, 1, w, x, 0, 0, r);
	put8(b, 0x7e);
	modrm(b, 3, x, r);
}

static inline void vput(struct code_buf *b, bool w, unsigned int x,
			unsigned int r)
{
	vex(b, 1, 1, w, x, 0, 0, r);
	put8(b, 0x6e);
	modrm(b, 3, x, r);
}

/* vucomisd, of singles vucomiss */
static inline void vcmp(struct code_buf *b, bool is_single, unsigned int x,
			unsigned int y)
{
	vop(b, !is_single, 0x2e, x, 0, y);
}

/* vptest */
static inline void vtest(struct code_buf *b, unsigned int x, unsigned int y)
{
	vex(b, 1, 2, false, x, 0, 0, y);
	put8(b, 0x17);
	modrm(b, 3, x, y);
}

/* @op of map 0F (1) or 0F38 (2): d = s op the 16 bytes at offset @at of the
 * buffer; vptest has no s */
static inline void vop_const(struct code_buf *b, unsigned int map,
			     unsigned int op, unsigned int d, unsigned int s,
			     size_t at)
{
	vex(b, 1, map, false, d, s, 0, 0);
	put8(b, op);
	modrm(b, 0, d, RBP);
	put32(b, (u32)(at - (b->used + 4)));
}

#endif
