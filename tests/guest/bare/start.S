/* SPDX-License-Identifier: MIT */
/*
 * start.S - entry of a bare guest, its vectors, and what C cannot say.
 *
 * Every interrupt saves a struct frame (bare.h) on the stack of its class,
 * calls on_interrupt(frame), and returns with what is then in the frame.
 */
#define SRR0	26
#define SRR1	27
#define CSRR0	58
#define CSRR1	59
#define MCSRR0	570
#define MCSRR1	571
#define DEAR	61
#define ESR	62
#define IVPR	63
#define SPRG0	272
#define IVOR0	400
#define STACK	8192
#define FRAME	192

	.section .vectors, "ax"
	.balign	65536
	.globl	vectors
vectors:
	.irp	n, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14
	.balign	16
vector\n:
	mtspr	SPRG0, 1
	lis	1, stack_base@ha
	addi	1, 1, stack_base@l + STACK - FRAME
	stw	0, 16(1)
	li	0, \n
	b	common_base
	.endr
	.irp	n, 0, 12, 15
	.balign	16
vector\n:
	mtspr	SPRG0 + 1, 1
	lis	1, stack_critical@ha
	addi	1, 1, stack_critical@l + STACK - FRAME
	stw	0, 16(1)
	li	0, \n
	b	common_critical
	.endr
	.balign	16
vector1:
	mtspr	SPRG0 + 2, 1
	lis	1, stack_check@ha
	addi	1, 1, stack_check@l + STACK - FRAME
	stw	0, 16(1)
	li	0, 1
	b	common_check

	/* r0 and r1 are in use; the rest is as the program left it */
	.macro	COMMON name, sprg, sr0, sr1, ret
\name:
	stw	0, 168(1)
	mfspr	0, SPRG0 + \sprg
	stw	0, 20(1)
	stmw	2, 24(1)
	mfspr	3, \sr0
	stw	3, 144(1)
	mfspr	3, \sr1
	stw	3, 148(1)
	mfcr	3
	stw	3, 152(1)
	mflr	3
	stw	3, 156(1)
	mfctr	3
	stw	3, 160(1)
	mfxer	3
	stw	3, 164(1)
	mfspr	3, ESR
	stw	3, 172(1)
	mfspr	3, DEAR
	stw	3, 176(1)
	li	3, 0
	stw	3, 0(1)
	addi	3, 1, 16
	bl	on_interrupt
	lwz	3, 144(1)
	mtspr	\sr0, 3
	lwz	3, 148(1)
	mtspr	\sr1, 3
	lwz	3, 152(1)
	mtcr	3
	lwz	3, 156(1)
	mtlr	3
	lwz	3, 160(1)
	mtctr	3
	lwz	3, 164(1)
	mtxer	3
	lmw	2, 24(1)
	lwz	0, 16(1)
	lwz	1, 20(1)
	\ret
	.endm

	COMMON	common_base, 0, SRR0, SRR1, rfi
	COMMON	common_critical, 1, CSRR0, CSRR1, rfci
	/* rfmci, which as does not know for the 440 */
	COMMON	common_check, 2, MCSRR0, MCSRR1, ".long 0x4c00004c"

	.section .start, "ax"
	.globl	start
start:
	/* a stack of our own, empty variables, r3 (the tree) kept */
	lis	1, stack_main@ha
	addi	1, 1, stack_main@l + STACK - 16
	li	0, 0
	stw	0, 0(1)
	lis	4, bss_start@ha
	addi	4, 4, bss_start@l
	lis	5, bss_end@ha
	addi	5, 5, bss_end@l
1:	cmplw	4, 5
	bge	2f
	stw	0, 0(4)
	addi	4, 4, 4
	b	1b
2:	lis	4, vectors@h
	mtspr	IVPR, 4
	.irp	n, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
	lis	4, vector\n@h
	ori	4, 4, vector\n@l
	mtspr	IVOR0 + \n, 4
	.endr
	bl	bare_main
	b	.

	/* call_as1(fn, arg): fn(arg) with MSR[IS] = MSR[DS] = 1; comes back
	 * by sc, whose handler puts r3 and continues here in AS 0 */
	.text
	.globl	enter_as1
enter_as1:
	mflr	0
	stw	0, 4(1)
	stwu	1, -16(1)
	lis	5, as1_resume@ha
	stw	1, as1_resume@l(5)
	mtspr	SRR0, 3
	mfmsr	5
	ori	5, 5, 0x30
	mtspr	SRR1, 5
	mr	3, 4
	rfi
	.globl	leave_as1
leave_as1:
	lis	5, as1_resume@ha
	lwz	1, as1_resume@l(5)
	addi	1, 1, 16
	lwz	0, 4(1)
	mtlr	0
	blr

	/* u32 peek_after(addr): a load with a mark behind it */
	.globl	peek
peek:
	lwz	3, 0(3)
	isync
	blr

	.section .bss, "aw", @nobits
	.balign	16
stack_main:	.space STACK
stack_base:	.space STACK
stack_critical:	.space STACK
stack_check:	.space STACK
as1_resume:	.space 16
