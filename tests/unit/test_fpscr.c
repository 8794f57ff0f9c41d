/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_fpscr.c - cpu/fpu.c: instructions that move to the FPSCR.
 *
 * Expected values follow from the text of [PEM] on each instruction; the
 * arithmetic is in test_fpu.c.
 */
#include <CUnit/CUnit.h>

#include "cpu/fpu.h"
#include "tests/unit/unit.h"

#define FR	FPSCR_FR
#define FI	FPSCR_FI
#define FX	FPSCR_FX
#define XX	FPSCR_XX
#define OX	FPSCR_OX
#define UX	FPSCR_UX
#define INVALID(cause)	(FPSCR_FX | FPSCR_VX | FPSCR_##cause)

#define WORD(got, want)	CU_ASSERT_EQUAL((u32)(got), (u32)(want))

void test_fpscr_fx_is_set_on_change_only(void)
{
	u64 one = 0x3ff0000000000000ull, tiny = 0x3c30000000000000ull;
	u32 s = 0;

	/* 1 + 2^-60 is inexact. */
	fpu_add(&s, 0, one, tiny, FPU_DBL);
	WORD(s & (FX | XX), FX | XX);
	fpu_mtfsb0(&s, 0);
	fpu_add(&s, 0, one, tiny, FPU_DBL);
	WORD(s & (FX | XX), XX);
}

void test_fpscr_mtfsf(void)
{
	u32 s = 0;

	/* [PEM] mtfsf: fields by mask, no FX from an exception bit. */
	fpu_mtfsf(&s, 0x40, 0xffffffffffffffffull);
	WORD(s, UX | FPSCR_ZX | XX | FPSCR_VX | FPSCR_VXSNAN);
	/* FX and OX as given; FEX and VX as the rest says. */
	s = 0;
	fpu_mtfsf(&s, 0x80, 0x60000000);
	WORD(s, 0);
	fpu_mtfsf(&s, 0x80, 0x90000000);
	WORD(s, FX | OX);
	fpu_mtfsf(&s, 0x02, FPSCR_OE);
	WORD(s, FX | OX | FPSCR_OE | FPSCR_FEX);
	fpu_mtfsf(&s, 0x80, 0);
	WORD(s, FPSCR_OE);
	/* Bit 20 is reserved. */
	s = 0;
	fpu_mtfsf(&s, 0x04, 0xffffffff);
	WORD(s, FPSCR_VX | FPSCR_VXSOFT | FPSCR_VXSQRT | FPSCR_VXCVI);
}

void test_fpscr_mtfsfi(void)
{
	u32 s = 0;

	fpu_mtfsfi(&s, 7, 3);
	WORD(s, FPU_RN_MINUS);
	fpu_mtfsfi(&s, 7, 4);
	WORD(s, FPSCR_NI);
	fpu_mtfsfi(&s, 0, 9);
	WORD(s, FPSCR_NI | FX | OX);
	fpu_mtfsfi(&s, 1, 1);
	WORD(s, FPSCR_NI | FX | OX | FPSCR_VX | FPSCR_VXSNAN);
}

void test_fpscr_mtfsb(void)
{
	u32 s = 0;

	/* [PEM] mtfsb1: bits 1 and 2 cannot be set; an exception sets FX. */
	fpu_mtfsb1(&s, 1);
	fpu_mtfsb1(&s, 2);
	fpu_mtfsb1(&s, 20);
	WORD(s, 0);
	fpu_mtfsb1(&s, 24);
	WORD(s, FPSCR_VE);
	fpu_mtfsb1(&s, 21);
	WORD(s, FPSCR_VE | FPSCR_FEX | INVALID(VXSOFT));
	fpu_mtfsb0(&s, 1);
	fpu_mtfsb0(&s, 2);
	WORD(s, FPSCR_VE | FPSCR_FEX | INVALID(VXSOFT));
	fpu_mtfsb0(&s, 21);
	WORD(s, FPSCR_VE | FX);
	/* Already set: no change, so FX stays as it is. */
	s = OX;
	fpu_mtfsb1(&s, 3);
	WORD(s, OX);
}

void test_fpscr_mcrfs(void)
{
	u32 all = 0xffffffffu & FPSCR_IMPL;
	u32 s = all;

	/* [PEM] mcrfs: the exception bits that are copied become 0. */
	CU_ASSERT_EQUAL(fpu_mcrfs(&s, 0), 15);
	WORD(s, all & ~(FX | OX));
	CU_ASSERT_EQUAL(fpu_mcrfs(&s, 3), 15);
	WORD(s, all & ~(FX | OX | FPSCR_VXVC));
	CU_ASSERT_EQUAL(fpu_mcrfs(&s, 4), 15);
	CU_ASSERT_EQUAL(fpu_mcrfs(&s, 6), 15);
	CU_ASSERT_EQUAL(fpu_mcrfs(&s, 7), 15);
	WORD(s, all & ~(FX | OX | FPSCR_VXVC));
	CU_ASSERT_EQUAL(fpu_mcrfs(&s, 5), 7);
	CU_ASSERT_EQUAL(fpu_mcrfs(&s, 1), 15);
	WORD(s & FPSCR_VX, FPSCR_VX);
	CU_ASSERT_EQUAL(fpu_mcrfs(&s, 2), 15);
	/* Nothing is left that VX and FEX could stand for. */
	WORD(s, FR | FI | FPSCR_FPRF | 0xff);
}

void test_fpscr_mffs_and_cr1(void)
{
	u32 s = FX | OX | FPU_RN_PLUS;

	WORD(fpu_mffs(s), s);
	CU_ASSERT_EQUAL(fpu_cr1(s), 9);
}
