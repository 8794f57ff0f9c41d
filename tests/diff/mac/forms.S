/* SPDX-License-Identifier: MIT */
/*
 * forms.S - the words of forms.def as the assembler makes them, as data: four a
 * row, plain, Rc, OE, OE and Rc; 0 for a form that there is not. The operands
 * are r5, r6, r7; main.c puts others in.
 */
	.macro	mul name
	\name	5, 6, 7
	\name\().	5, 6, 7
	.long	0, 0
	.endm

	.macro	mac name
	\name	5, 6, 7
	\name\().	5, 6, 7
	\name\()o	5, 6, 7
	\name\()o.	5, 6, 7
	.endm

#define MUL(name, ...)		mul name
#define MAC(name, ...)		mac name
#define DLMZB(name)		mul name

	.machine "440"
	.section .rodata
	.balign	4
	.globl	form_words
form_words:
#include "forms.def"
	.section .note.GNU-stack, "", @progbits
