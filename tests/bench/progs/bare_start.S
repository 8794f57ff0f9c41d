/* SPDX-License-Identifier: MIT */
/*
 * bare_start.S - entry of the bare kernels: a stack and empty variables.  The
 * simulator has mapped real memory one to one; interrupts stay off, and nothing
 * here causes one.
 */
	.section .start, "ax"
	.globl	start
start:
	lis	1, stack_top@ha
	addi	1, 1, stack_top@l
	li	0, 0
	stwu	0, -16(1)
	lis	4, bss_start@ha
	addi	4, 4, bss_start@l
	lis	5, bss_end@ha
	addi	5, 5, bss_end@l
1:	stw	0, 0(4)
	addi	4, 4, 4
	cmplw	4, 5
	blt	1b
	bl	bare_main
	b	.

	.section .stack, "aw", @nobits
	.balign	16
	.space	65536
stack_top:

	.section .note.GNU-stack, "", @progbits
