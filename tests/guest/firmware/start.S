/* SPDX-License-Identifier: MIT */
/*
 * start.S - from the reset vector to C with a stack in the data cache, and
 * from flash to RAM.
 *
 * At reset one shadow entry maps the last 4 KB.  It lasts until the first
 * context synchronisation, so .boot, which is in that page, empties the whole
 * TLB before it writes the entries that it needs.
 *
 * The firmware always runs at 0xffff0000: at first from flash, later from a
 * copy at the end of RAM to which the same TLB entry then leads.
 */
#include "map.h"

#define SPRN_IVPR	63
#define SPRN_IVOR0	400
#define SPRN_DBCR0	308
#define SPRN_TCR	340
#define SPRN_TSR	336
#define SPRN_MMUCR	946
#define SPRN_INV0	880
#define SPRN_DNV0	912
#define SPRN_ITV0	884
#define SPRN_DTV0	916
#define SPRN_IVLIM	921
#define SPRN_DVLIM	920
#define SPRN_CCR0	947

	.section .boot, "ax"
	.globl	_start
_start:
	iccci	0, 0
	dccci	0, 0
	msync
	li	0, 0
	mtspr	SPRN_DBCR0, 0
	mtspr	SPRN_TCR, 0
	li	3, -1
	mtspr	SPRN_TSR, 3
	lis	3, FW_EA@h
	mtspr	SPRN_IVPR, 3
	.set	i, 0
	.rept	16
	li	3, 0x100 + i * 0x40
	mtspr	SPRN_IVOR0 + i, 3
	.set	i, i + 1
	.endr
	/* the whole of both caches is for normal lines, from way 0 on */
	.set	i, 0
	.rept	4
	mtspr	SPRN_INV0 + i, 0
	mtspr	SPRN_ITV0 + i, 0
	mtspr	SPRN_DNV0 + i, 0
	mtspr	SPRN_DTV0 + i, 0
	.set	i, i + 1
	.endr
	lis	3, 0x0001
	ori	3, 3, 0xf800
	mtspr	SPRN_IVLIM, 3
	mtspr	SPRN_DVLIM, 3
	mtspr	SPRN_MMUCR, 0

	/* nothing may synchronise before the new entries are there */
	li	3, 63
1:	tlbwe	0, 3, 0
	addic.	3, 3, -1
	bge	1b

	lis	5, tlb_table@h
	ori	5, 5, tlb_table@l
	li	3, 0
2:	lwz	4, 0(5)
	cmpwi	4, 0
	beq	3f
	lwz	6, 4(5)
	lwz	7, 8(5)
	tlbwe	6, 3, 1
	tlbwe	7, 3, 2
	tlbwe	4, 3, 0
	addi	3, 3, 1
	addi	5, 5, 12
	b	2b

3:	li	3, 0
	mtspr	26, 5
	lis	4, from_new_map@h
	ori	4, 4, from_new_map@l
	mtspr	26, 4
	mtspr	27, 3
	rfi

	/* EPN and size, RPN, attributes: see map.h for the numbers */
	.balign	4
tlb_table:
	.long	FW_EA | TLB_V | TLB_64K, FW_EA, TLB_I | TLB_X | TLB_R
	.long	OCP_EA | TLB_V | TLB_1M, OCP_EA, TLB_IO
	.long	BOARD_EA | TLB_V | TLB_1M, BOARD_EA, TLB_IO
	.long	NAND_EA | TLB_V | TLB_1M, NAND_EA, TLB_IO
	.long	STACK_EA | TLB_V | TLB_16K, STACK_EA, TLB_W | TLB_R
	.long	FLASH_EA | TLB_V | TLB_16M, FLASH_RA, TLB_IO
	.long	PCI_EA | TLB_V | TLB_1M, PCI_EA, TLB_IO
	.long	0

	.section .reset, "ax"
	b	_start

	.section .vectors, "ax"
	.org	0x100
	.set	i, 0
	.rept	16
	.balign	0x40
	li	3, i
	b	unexpected
	.set	i, i + 1
	.endr

	.text
from_new_map:
	/* dcbz makes lines without asking the bus for them */
	lis	3, STACK_EA@h
	li	4, STACK_BYTES / 32
	mtctr	4
1:	dcbz	0, 3
	addi	3, 3, 32
	bdnz	1b
	addi	1, 3, -32
	li	0, 0
	stw	0, 0(1)
	stw	0, 4(1)
	b	fw_first

	/* An interrupt that nobody asked for. */
unexpected:
	mfspr	4, 26
	mfspr	5, 61
	mfspr	6, 62
	mfspr	7, 572
	b	fw_unexpected

/* void relocate(u32 to, const struct fw *fw, u32 bytes) - does not return
 *
 * Copies code and state to @to in RAM, gives the cache up as a stack, lets
 * the code's TLB entry lead to the copy and calls fw_second there.
 */
	.globl	relocate
relocate:
	/* state goes below the code, the stack below that */
	subf	8, 5, 3
	rlwinm	8, 8, 0, 0, 27
	addi	9, 5, 3
	srwi	9, 9, 2
	mtctr	9
	addi	6, 8, -4
	addi	4, 4, -4
1:	lwzu	0, 4(4)
	stwu	0, 4(6)
	bdnz	1b
	lis	4, FW_EA@h
	lis	9, 0x4000
	srwi	9, 9, 16
	mtctr	9
	addi	4, 4, -4
	addi	6, 3, -4
2:	lwzu	0, 4(4)
	stwu	0, 4(6)
	bdnz	2b
	msync
	/* a reference to the old stack from here on is a machine check */
	dccci	0, 0
	msync
	addi	1, 8, -16
	li	0, 0
	stw	0, 0(1)
	li	4, 0
	tlbwe	3, 4, 1
	li	5, TLB_X | TLB_W | TLB_R
	tlbwe	5, 4, 2
	iccci	0, 0
	isync
	/* the entry of the stack in the cache */
	li	4, 4
	tlbwe	0, 4, 0
	isync
	mr	3, 8
	b	fw_second

/* void enter(u32 pc, u32 r3) - does not return */
	.globl	enter
enter:
	mtspr	26, 3
	mr	3, 4
	li	4, 0
	mtspr	27, 4
	li	5, 0
	lis	6, 0x4550
	ori	6, 6, 0x4150
	lis	7, 0x1000
	li	8, 0
	li	9, 0
	msync
	iccci	0, 0
	isync
	rfi

/* void tlb_set(u32 index, u32 w0, u32 w1, u32 w2) */
	.globl	tlb_set
tlb_set:
	tlbwe	5, 3, 1
	tlbwe	6, 3, 2
	tlbwe	4, 3, 0
	isync
	blr

	.section .note.GNU-stack, "", @progbits
