/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * cpu/fpu.c [F] - the FPSCR as a register that instructions move to.
 *
 * Owns the rules of mtfsf, mtfsfi, mtfsb0, mtfsb1 and mcrfs: which bits they
 * can write, and when FX follows.  Arithmetic is in the files fpu_*.c.
 */
#include "cpu/fpu_num.h"

/* @n of the form 0x80..0x01 is FPSCR field 0..7; as a mask of its bits. */
static u32 fields_mask(u32 flm)
{
	u32 mask = 0;
	unsigned int i;

	for (i = 0; i < 8; i++)
		if (flm >> (7 - i) & 1)
			mask |= PPC_MASK(4 * i, 4 * i + 3);
	return mask;
}

/**
 * fpu_mtfsf - move an FPR to fields of the FPSCR
 * @fpscr: changed
 * @flm:   field mask, 8 bits; 0x80 selects field 0
 * @frb:   its low word is moved
 *
 * FX and OX of a selected field 0 are moved as they are: an exception bit
 * that becomes 1 does not set FX.  VX and FEX follow from the other bits.
 *
 * Context: freestanding; constant time.
 * Source:  [PEM] mtfsf; [BookE] same.
 */
void fpu_mtfsf(u32 *fpscr, u32 flm, u64 frb)
{
	u32 mask = fields_mask(flm) & FPSCR_IMPL;

	*fpscr = fpscr_sum((*fpscr & ~mask) | ((u32)frb & mask));
}

/**
 * fpu_mtfsfi - move an immediate to a field of the FPSCR
 * @fpscr: changed
 * @bf:    field, 0..7
 * @u:     4 bits
 *
 * Context: freestanding; constant time.
 * Source:  [PEM] mtfsfi; [BookE] same; FX and OX as in fpu_mtfsf.
 */
void fpu_mtfsfi(u32 *fpscr, unsigned int bf, u32 u)
{
	fpu_mtfsf(fpscr, 0x80u >> bf, (u & 15) * 0x11111111u);
}

/**
 * fpu_mtfsb0 - clear a bit of the FPSCR
 * @fpscr: changed
 * @bt:    bit, 0..31; FEX and VX cannot be cleared so
 *
 * Context: freestanding; constant time.
 * Source:  [PEM] mtfsb0; [BookE] same.
 */
void fpu_mtfsb0(u32 *fpscr, unsigned int bt)
{
	*fpscr = fpscr_sum(*fpscr & ~PPC_BIT(bt));
}

/**
 * fpu_mtfsb1 - set a bit of the FPSCR
 * @fpscr: changed
 * @bt:    bit, 0..31; FEX and VX cannot be set so, and an exception bit that
 *         becomes 1 sets FX
 *
 * Context: freestanding; constant time.
 * Source:  [PEM] mtfsb1, and FX in the table of FPSCR bits; [BookE] same.
 */
void fpu_mtfsb1(u32 *fpscr, unsigned int bt)
{
	u32 set = PPC_BIT(bt) & FPSCR_IMPL;

	if (set & FPSCR_EXC & ~*fpscr)
		set |= FPSCR_FX;
	*fpscr = fpscr_sum(*fpscr | set);
}

/**
 * fpu_mcrfs - read a field of the FPSCR for a CR field, clear its exceptions
 * @fpscr: FX and the exception bits of the field become 0
 * @bfa:   field, 0..7
 *
 * Returns: the 4 bits of the field as they were.
 * Context: freestanding; constant time.
 * Source:  [PEM] mcrfs; [BookE] same.
 */
u32 fpu_mcrfs(u32 *fpscr, unsigned int bfa)
{
	u32 mask = fields_mask(0x80u >> bfa);
	u32 field = (*fpscr & mask) >> (28 - 4 * bfa);

	*fpscr = fpscr_sum(*fpscr & ~(mask & (FPSCR_EXC | FPSCR_FX)));
	return field;
}
