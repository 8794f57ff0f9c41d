/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * world.S - from the host to the guest and back.
 *
 * Copied into each VCPU's block, at BLOCK_TEXT: position-independent, and
 * everything that is touched here is in low memory.  Entered with EE = 0; CE
 * and DE are masked as well between the two worlds, and while the guest runs,
 * so that a critical interrupt finds the host's state complete.
 *
 * r3 is the end of the block (BASE) throughout; vcpu.h has the layout.  The
 * vectors' stubs, made by block.c, are
 *
 *	mtspr SPRG0,r3; lis r3,BASE@h; stw r4,GPR4(r3); li r4,nr; b world_exit
 *
 * or the same with b world_exit_crit or world_exit_mc for what has save
 * registers of its own.  Where exits are timed, stubs branch to the _timed
 * exits, and block.c puts a branch at world_enter_at and quick_enter_at.
 */
#include "offsets.h"

#define SPR_SRR0	26
#define SPR_SRR1	27
#define SPR_PID		48
#define SPR_CSRR0	58
#define SPR_CSRR1	59
#define SPR_DEAR	61
#define SPR_ESR		62
#define SPR_IVPR	63
#define SPR_USPRG0	256
#define SPR_SPRG0	272
#define SPR_SPRG4W	276
#define SPR_SPRG5W	277
#define SPR_SPRG6W	278
#define SPR_SPRG7W	279
#define SPR_DBCR0	308
#define SPR_DBSR	304
#define SPR_MCSRR0	570
#define SPR_MCSRR1	571
#define SPR_MCSR	572
#define SPR_MMUCR	946

/* MSR between the worlds: ME only; and with data in the guest's space. */
#define MSR_BETWEEN	0x1000
#define MSR_PEEK	0x1010

#define GPR(n)		(V_GPR + 4 * (n))

/* The CR fields that are changed between a quick exit and its end: 0, 6, 7. */
#define QUICK_CRS	0x83

#define ESR_PPR		0x0400		/* upper half */

.macro	COUNT at, tmp
	lwz	\tmp, \at(3)
	addi	\tmp, \tmp, 1
	stw	\tmp, \at(3)
.endm

/* Into the MSR, and for what follows. */
.macro	SET_MSR value, tmp
	li	\tmp, \value
	mtmsr	\tmp
	isync
.endm

/* Guest registers that C may destroy, and those that it keeps. */
.macro	VOLATILE op
	.irp	n,0,1,8,9,10,11,12
	\op	\n, GPR(\n)(3)
	.endr
.endm

.macro	NONVOLATILE op, multiple
	\op	2, GPR(2)(3)
	\multiple	13, GPR(13)(3)
.endm

/* What an exit saves first; the guest's r3 is in SPRG0. */
.macro	SAVE_FIRST
	stw	5, GPR(5)(3)
	stw	6, GPR(6)(3)
	stw	7, GPR(7)(3)
	mfcr	5
	mfspr	6, SPR_SPRG0
	stw	5, V_CR(3)
	stw	6, GPR(3)(3)
.endm

/* SPRG4..7 into the hardware, where user mode reads them. */
.macro	SET_USER_SPRGS a, b, c, d
	lwz	\a, V_SPRG4(3)
	lwz	\b, V_SPRG4+4(3)
	lwz	\c, V_SPRG4+8(3)
	lwz	\d, V_SPRG4+12(3)
	mtspr	SPR_SPRG4W, \a
	mtspr	SPR_SPRG5W, \b
	mtspr	SPR_SPRG6W, \c
	mtspr	SPR_SPRG7W, \d
.endm

/* Branch to the piece of @table for the register that r5 names; CTR in r4. */
.macro	JUMP_BY_REG table
	rlwinm	6, 5, 14, 24, 28
	mfctr	4
	addis	6, 6, -1
	add	6, 6, 3
	addi	6, 6, \table - world_begin + BLOCK_TEXT
	mtctr	6
	bctr
.endm

/* r6 + V_SPR the row of the SPR that r5 names, or to quick_no. */
.macro	FIND_SPR
	rlwinm	6, 5, 21, 22, 31
	add	6, 6, 3
	lbz	6, V_SPR_INDEX(6)
	cmpwi	6, 0
	slwi	6, 6, 3
	beq	quick_no
	add	6, 6, 3
.endm

/* All FPRs, r3 the first. */
.macro	FPRS op
	.irp	n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	\op	\n, 8*\n(3)
	.endr
	.irp	n,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	\op	\n, 8*\n(3)
	.endr
.endm

#define FRAME		112
#define FRAME_R13	24	/* r13 .. r31 */
#define FRAME_LINK	20
#define FRAME_EXIT	16
#define FRAME_CR	12
#define FRAME_BASE	8

	.text
	.align	5
	.globl	world_begin
world_begin:

/* u32 world_enter(struct vcpu *v) - run the guest; enum fast_result */
	.globl	world_enter
world_enter:
	mflr	0
	stwu	1, -FRAME(1)
	stw	0, FRAME+4(1)
	stmw	13, FRAME_R13(1)
	mfcr	0
	stw	0, FRAME_CR(1)
	addis	3, 3, 1
	addi	3, 3, VCPU_FROM_BASE	/* + 0x8000 */
	stw	3, FRAME_BASE(1)

	mfmsr	5
	stw	5, V_HOST_MSR(3)
	SET_MSR	MSR_BETWEEN, 6
	stw	1, V_HOST_SP(3)
	stw	2, V_HOST_R2(3)
	mfspr	5, SPR_PID
	stw	5, V_HOST_PID(3)
	mfspr	5, SPR_MMUCR
	stw	5, V_HOST_MMUCR(3)
	mfspr	5, SPR_IVPR
	stw	5, V_HOST_IVPR(3)
	mfspr	5, SPR_USPRG0
	stw	5, V_HOST_USPRG0(3)
	mfspr	5, SPR_DBCR0
	stw	5, V_HOST_DBCR0(3)
	cmpwi	5, 0
	beq	1f
	li	5, 0
	mtspr	SPR_DBCR0, 5
1:	lwz	5, V_USPRG0(3)
	mtspr	SPR_USPRG0, 5
	SET_USER_SPRGS 5, 6, 7, 8
	lwz	5, V_BLOCK_IVPR(3)
	mtspr	SPR_IVPR, 5
	isync
	NONVOLATILE lwz, lmw

/* r3 BASE; r2 and r13..r31 are the guest's */
world_resume:
	lwz	5, V_SHADOW_PID(3)
	lwz	6, V_SHADOW_MMUCR(3)
	lwz	7, V_PC(3)
	lwz	8, V_SHADOW_MSR(3)
	mtspr	SPR_PID, 5
	mtspr	SPR_MMUCR, 6
	mtspr	SPR_SRR0, 7
	mtspr	SPR_SRR1, 8
	lwz	5, V_LR(3)
	lwz	6, V_CTR(3)
	lwz	7, V_XER(3)
	mtlr	5
	mtctr	6
	mtxer	7
	VOLATILE lwz
	.globl	world_enter_at
world_enter_at:
	lwz	5, V_CR(3)
	lwz	4, GPR(4)(3)
	mtcr	5
	lwz	6, GPR(6)(3)
	lwz	7, GPR(7)(3)
	lwz	5, GPR(5)(3)
	lwz	3, GPR(3)(3)
	rfi

/*
 * An exit: r3 BASE, r4 the vector's number, SPRG0 the guest's r3.
 *
 * A privileged instruction of a guest kernel is looked at here, with r3..r7
 * and CR saved; everything else, and what is not simple, saves the volatile
 * registers and asks fast_exit().
 */
	.globl	world_exit
world_exit:
	SAVE_FIRST
world_exit_saved:
	mfspr	6, SPR_SRR0
	cmpwi	4, EXIT_PROGRAM
	stw	6, V_PC(3)
	bne	world_save

	mfspr	5, SPR_ESR
	lwz	7, V_NO_QUICK(3)
	andis.	5, 5, ESR_PPR
	beq	world_save
	cmpwi	7, 0
	bne	world_not_quick
	/*
	 * The instruction that trapped and the next one, through the guest's
	 * own translation.  It was just fetched; but only a search makes sure
	 * that there will be no miss here.
	 */
	tlbsx.	7, 0, 6
	bne	world_save
	andi.	4, 6, 0x3fc
	cmpwi	4, 0x3fc		/* the next is in another page */
	SET_MSR	MSR_PEEK, 7
	lwz	5, 0(6)
	li	4, 0
	beq	1f
	lwz	4, 4(6)
1:	SET_MSR	MSR_BETWEEN, 7
	stw	4, V_NEXT(3)

/* r5 the instruction, at V_PC */
quick:
	srwi	7, 5, 26
	cmpwi	7, 31
	rlwinm	7, 5, 31, 22, 31
	bne	quick_no
	cmpwi	7, XO_WRTEEI
	beq	quick_wrteei
	cmpwi	cr6, 7, XO_WRTEE
	cmpwi	cr7, 7, XO_MTSPR
	beq	cr6, quick_get
	beq	cr7, quick_get
	cmpwi	7, XO_MFSPR
	beq	quick_mfspr
	cmpwi	7, XO_MFMSR
	bne	quick_no
	COUNT	V_COUNT_MFMSR, 6
	lwz	7, V_MSR(3)

/* r7 to the register that r5 names */
quick_set:
	JUMP_BY_REG quick_sets
quick_set_done:
	mtctr	4
	b	quick_done

/* r7 from the register that r5 names; then wrtee or mtspr */
quick_get:
	JUMP_BY_REG quick_gets
quick_got:
	mtctr	4
	beq	cr7, quick_mtspr
	b	1f

quick_wrteei:
	mr	7, 5
1:	lwz	6, V_MSR(3)
	COUNT	V_COUNT_WRTEE, 4
	rlwimi	6, 7, 0, 16, 16
	andi.	7, 6, 0x8000
	stw	6, V_MSR(3)
	beq	quick_done
	lwz	7, V_PENDING(3)
	cmpwi	7, 0
	beq	quick_done
	/* an interrupt may have to be delivered */
	lwz	6, V_PC(3)
	addi	6, 6, 4
	stw	6, V_PC(3)
	li	4, EXIT_CHECK
	b	world_save

quick_mfspr:
	FIND_SPR
	lhz	6, V_SPR(6)
	add	6, 6, 3
	lwz	7, VCPU_FROM_BASE(6)
	COUNT	V_COUNT_MFSPR, 6
	b	quick_set

quick_mtspr:
	FIND_SPR
	lhz	4, V_SPR+2(6)
	cmpwi	4, SPR_IS_PID
	cmpwi	cr7, 4, SPR_IS_CELL
	lwz	4, V_SPR+4(6)
	lhz	6, V_SPR(6)
	and	7, 7, 4
	beq	quick_pid
	add	6, 6, 3
	bgt	cr7, quick_no
	stw	7, VCPU_FROM_BASE(6)
	COUNT	V_COUNT_MTSPR, 4
	beq	cr7, quick_done
	SET_USER_SPRGS 4, 5, 6, 7
	b	quick_done

/* A guest PID that has a shadow PID already. */
quick_pid:
	lwz	4, V_ID_ROW(3)
	lbzx	4, 4, 7
	cmpwi	4, 0
	beq	quick_no
	stw	7, V_PID(3)
	COUNT	V_COUNT_MTSPR, 6
	stw	4, V_SHADOW_PID(3)
	addis	6, 4, 1			/* MMUCR[STS] */
	stw	6, V_SHADOW_MMUCR(3)
	mtspr	SPR_PID, 4
	mtspr	SPR_MMUCR, 6
	/* the next instruction was read in the old context: stop here */
	li	4, 0
	stw	4, V_NEXT(3)

quick_done:
	lwz	6, V_PC(3)
	lwz	5, V_NEXT(3)
	addi	6, 6, 4
	srwi	7, 5, 26
	cmpwi	7, 31
	stw	6, V_PC(3)
	COUNT	V_COUNT_EXITS, 4
	li	4, 0
	beq	quick_next

/* To the guest: only r3..r7 and CR were touched, and SRR0 is stale. */
quick_resume:
	.globl	quick_enter_at
quick_enter_at:
	lwz	5, V_CR(3)
	mtspr	SPR_SRR0, 6
	mtcrf	QUICK_CRS, 5
	lwz	4, GPR(4)(3)
	lwz	5, GPR(5)(3)
	lwz	6, GPR(6)(3)
	lwz	7, GPR(7)(3)
	lwz	3, GPR(3)(3)
	rfi

/* Privileged as well?  Others with this opcode are the guest's to execute. */
quick_next:
	rlwinm	7, 5, 31, 22, 31
	stw	4, V_NEXT(3)
	cmpwi	7, XO_WRTEEI
	cmpwi	cr6, 7, XO_WRTEE
	cmpwi	cr7, 7, XO_MFMSR
	beq	quick
	beq	cr6, quick
	beq	cr7, quick
	cmpwi	7, XO_MFSPR
	cmpwi	cr6, 7, XO_MTSPR
	beq	2f
	bne	cr6, quick_resume
	/* privileged are the numbers whose bit 0x10 is set; LR is not */
2:	andis.	7, 5, 0x10
	beq	quick_resume
	b	quick

/*
 * With a magic page mtspr and mfspr are quick, of what is not in the page.  The
 * next instruction is the guest's.
 */
world_not_quick:
	cmpwi	7, WAY_MAGIC
	bne	world_save
	tlbsx.	7, 0, 6
	bne	world_save
	SET_MSR	MSR_PEEK, 7
	lwz	5, 0(6)
	SET_MSR	MSR_BETWEEN, 7
	srwi	6, 5, 26
	rlwinm	7, 5, 31, 22, 31
	cmpwi	6, 31
	li	6, 0
	stw	6, V_NEXT(3)
	bne	world_save
	cmpwi	7, XO_MTSPR
	cmpwi	cr6, 7, XO_MFSPR
	beq	quick
	beq	cr6, quick
	b	world_save

/* Not simple: what the full exit expects. */
quick_no:
	stw	5, V_INSN(3)
	li	4, EXIT_PROGRAM
	lwz	6, V_PC(3)
	mtspr	SPR_SRR0, 6

/* r3..r7 and CR are saved; r4 the exit, V_PC the guest's PC. */
world_save:
	mfspr	7, SPR_SRR1
	lwz	6, V_PC(3)
world_saved:
	stw	6, V_PC(3)
	stw	7, V_FAULT_MSR(3)
	stw	4, V_EXIT_NR(3)
	mfspr	5, SPR_DEAR
	mfspr	7, SPR_ESR
	stw	5, V_DEAR(3)
	stw	7, V_ESR(3)
	COUNT	V_COUNT_EXITS, 5

	VOLATILE stw
	mflr	5
	mfctr	8
	mfxer	9
	stw	5, V_LR(3)
	stw	8, V_CTR(3)
	stw	9, V_XER(3)
	lwz	1, V_HOST_SP(3)

	cmpwi	4, EXIT_PROGRAM
	bne	1f
	bl	world_peek
1:	lbz	5, V_WAY(3)
	cmpwi	5, 0
	li	4, 1
	bne	world_other_way
	addi	3, 3, VCPU_FROM_BASE
	bl	fast_exit
world_answered:
	mr.	4, 3
	lwz	3, FRAME_BASE(1)
	bne	world_unanswered
	lwz	5, V_EXIT_NR(3)
	cmpwi	5, EXIT_PROGRAM
	bne	world_resume
world_done:
	NONVOLATILE lwz, lmw
	b	world_resume

world_unanswered:
	cmpwi	4, FAST_DEVICE
	bne	world_leave
	lwz	6, V_PC(3)
	bl	world_peek
	addi	3, 3, VCPU_FROM_BASE
	bl	preview_exit
	mr.	4, 3
	lwz	3, FRAME_BASE(1)
	beq	world_done
	b	world_leave

world_other_way:
	cmpwi	5, WAY_CLASSIC
	beq	world_leave
	addi	3, 3, VCPU_FROM_BASE
	bl	magic_exit
	b	world_answered

/* r6 the PC: all registers and the instruction for C. */
world_peek:
	NONVOLATILE stw, stmw
	li	5, 0
	tlbsx.	7, 0, 6
	bne	1f
	SET_MSR	MSR_PEEK, 7
	lwz	8, 0(6)
	SET_MSR	MSR_BETWEEN, 7
	li	5, 1
	stw	8, V_INSN(3)
1:	stb	5, V_HAS_INSN(3)
	blr

/* Back to the host: r3 BASE, r4 the result. */
world_leave:
	NONVOLATILE stw, stmw
	lwz	5, V_EXIT_NR(3)
	cmpwi	5, EXIT_PROGRAM
	mfspr	5, SPR_USPRG0
	stw	5, V_USPRG0(3)
	lwz	5, V_HOST_USPRG0(3)
	mtspr	SPR_USPRG0, 5
	lwz	5, V_HOST_DBCR0(3)
	cmpwi	5, 0
	beq	1f
	/* what the guest's run may have noted is not the host's */
	lis	6, -1
	mtspr	SPR_DBSR, 6
	mtspr	SPR_DBCR0, 5
1:	lwz	5, V_HOST_PID(3)
	lwz	6, V_HOST_MMUCR(3)
	lwz	7, V_HOST_IVPR(3)
	mtspr	SPR_PID, 5
	mtspr	SPR_MMUCR, 6
	mtspr	SPR_IVPR, 7
	isync
	lwz	2, V_HOST_R2(3)
	lwz	5, V_HOST_MSR(3)
	lmw	13, FRAME_R13(1)
	lwz	6, FRAME_CR(1)
	lwz	0, FRAME+4(1)
	mr	3, 4
	mtcr	6
	mtlr	0
	addi	1, 1, FRAME
	mtmsr	5
	isync
	blr

quick_gets:
	.irp	n,0,1,2
	mr	7, \n
	b	quick_got
	.endr
	.irp	n,3,4,5,6,7
	lwz	7, GPR(\n)(3)
	b	quick_got
	.endr
	.irp	n,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	mr	7, \n
	b	quick_got
	.endr
quick_sets:
	.irp	n,0,1,2
	mr	\n, 7
	b	quick_set_done
	.endr
	.irp	n,3,4,5,6,7
	stw	7, GPR(\n)(3)
	b	quick_set_done
	.endr
	.irp	n,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	mr	\n, 7
	b	quick_set_done
	.endr

/* Critical input, watchdog, debug: not while CE = DE = 0, but if ever. */
	.globl	world_exit_crit
world_exit_crit:
	SAVE_FIRST
world_exit_crit_saved:
	mfspr	6, SPR_CSRR0
	mfspr	7, SPR_CSRR1
	b	world_saved

/*
 * Machine check.  From the guest: an exit.  From between the worlds, which
 * V_FAULT_MSR tells: out as well, and the guest's state is lost.
 */
	.globl	world_exit_mc
world_exit_mc:
	SAVE_FIRST
	mfspr	5, SPR_MCSR
	stw	5, V_MCSR(3)
	mtspr	SPR_MCSR, 5		/* clears what was seen */
	mfspr	6, SPR_MCSRR0
	mfspr	7, SPR_MCSRR1
	SET_MSR	MSR_BETWEEN, 5
	b	world_saved

/*
 * Timed: each exit asks timing_exit() before anything else, and notes the time
 * on its way back.
 */
.macro	TIMED_EXIT exit
	.globl	\exit\()_timed
\exit\()_timed:
	SAVE_FIRST
	mflr	5
	stw	5, V_LR(3)
	bl	timed
	lwz	5, V_LR(3)
	mtlr	5
	b	\exit\()_saved
.endm

/*
 * r4..r7 and CR are free but for r6, where quick_resume has the PC.  All of CR
 * comes back here: C has run.
 */
.macro	TIMED_ENTER at
	.globl	\at\()_timed
\at\()_timed:
1:	mftbu	4
	mftb	5
	mftbu	7
	cmpw	4, 7
	bne	1b
	stw	4, V_TIME_ENTER(3)
	stw	5, V_TIME_ENTER+4(3)
	lwz	5, V_CR(3)
	mtcr	5
	b	\at + 4
.endm

	TIMED_EXIT world_exit
	TIMED_EXIT world_exit_crit
	TIMED_ENTER world_enter_at
	TIMED_ENTER quick_enter_at

timed:
	mfctr	5
	mfxer	6
	VOLATILE stw
	stw	5, V_CTR(3)
	stw	6, V_XER(3)
	lwz	1, V_HOST_SP(3)
	mflr	5
	stw	4, FRAME_EXIT(1)
	stw	5, FRAME_LINK(1)
	addi	3, 3, VCPU_FROM_BASE
	bl	timing_exit
	lwz	3, FRAME_BASE(1)
	lwz	4, FRAME_EXIT(1)
	lwz	5, FRAME_LINK(1)
	lwz	6, V_CTR(3)
	lwz	7, V_XER(3)
	mtlr	5
	mtctr	6
	mtxer	7
	VOLATILE lwz
	blr

/* void world_fp_load(u64 *fpr, u32 *fpscr) - with MSR[FP] = 1 */
	.globl	world_fp_load
world_fp_load:
	.machine push
	.machine "ppc64"
	stwu	1, -32(1)
	lwz	0, 0(4)
	stw	0, 20(1)
	lfd	0, 16(1)
	mtfsf	0xff, 0
	FPRS	lfd
	addi	1, 1, 32
	blr

/* void world_fp_store(u64 *fpr, u32 *fpscr) */
	.globl	world_fp_store
world_fp_store:
	FPRS	stfd
	stwu	1, -32(1)
	mffs	0
	stfd	0, 16(1)
	lwz	0, 20(1)
	stw	0, 0(4)
	lfd	0, 0(3)
	addi	1, 1, 32
	blr
	.machine pop
