/* SPDX-License-Identifier: MIT */
/*
 * bare.h - what a bare guest has: registers by number, a console on UART0,
 * results in the form of TAP, handlers for interrupts.
 *
 * A guest is one file with `void test(void)`.  Real memory is mapped one to
 * one by TLB entry 0 (256 MB, supervisor); entry 1 maps the UARTs.
 */
#ifndef BARE_H
#define BARE_H

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

enum {
	IVOR_CRITICAL, IVOR_MCHECK, IVOR_DSI, IVOR_ISI, IVOR_EXTERNAL,
	IVOR_ALIGNMENT, IVOR_PROGRAM, IVOR_FP, IVOR_SYSCALL, IVOR_AP, IVOR_DEC,
	IVOR_FIT, IVOR_WATCHDOG, IVOR_DTLB, IVOR_ITLB, IVOR_DEBUG
};

struct frame {
	u32 gpr[32];
	u32 pc, msr, cr, lr, ctr, xer, ivor, esr, dear;
};

#define MSR_WE	0x00040000u
#define MSR_CE	0x00020000u
#define MSR_EE	0x00008000u
#define MSR_ME	0x00001000u

#define DEC	22
#define PID	48
#define DECAR	54
#define TBL	268
#define TBU	269
#define TBLW	284
#define TBUW	285
#define DBSR	304
#define DBCR0	308
#define TSR	336
#define TCR	340
#define MCSR	572
#define MMUCR	946

#define TCR_WRC(n) ((n) << 28)
#define TCR_WIE	0x08000000u
#define TCR_DIE	0x04000000u
#define TCR_FIE	0x00800000u
#define TCR_ARE	0x00400000u
#define TSR_ENW	0x80000000u
#define TSR_WIS	0x40000000u
#define TSR_WRS	0x30000000u
#define TSR_DIS	0x08000000u
#define TSR_FIS	0x04000000u

#define mfspr(n) \
	({ u32 v_; asm volatile("mfspr %0,%1" : "=r"(v_) : "i"(n)); v_; })
#define mtspr(n, v) \
	asm volatile("mtspr %0,%1" :: "i"(n), "r"((u32)(v)) : "memory")
#define mfdcr(n) \
	({ u32 v_; asm volatile("mfdcr %0,%1" : "=r"(v_) : "i"(n)); v_; })
#define mtdcr(n, v) \
	asm volatile("mtdcr %0,%1" :: "i"(n), "r"((u32)(v)) : "memory")
#define mfmsr() \
	({ u32 v_; asm volatile("mfmsr %0" : "=r"(v_)); v_; })
#define mtmsr(v) \
	asm volatile("mtmsr %0; isync" :: "r"((u32)(v)) : "memory")
#define isync()	asm volatile("isync" ::: "memory")

static inline void tlbwe(u32 index, u32 word0, u32 word1, u32 word2)
{
	asm volatile("tlbwe %1,%0,0; tlbwe %2,%0,1; tlbwe %3,%0,2; isync" ::
		     "r"(index), "r"(word0), "r"(word1), "r"(word2) : "memory");
}

#define TLB_V	0x200u
#define TLB_TS	0x100u
#define TLB_4K	0x10u
#define TLB_16K	0x20u
#define TLB_1M	0x50u
#define TLB_IO	0x0500u	/* I and G */
#define TLB_SRWX 0x7u

/* UART n, mapped one to one. */
#define UART(n)	((volatile u8 *)(0xef600300u + 0x100u * (n)))
enum { THR = 0, RBR = 0, DLL = 0, DLM = 1, IER = 1, IIR = 2, FCR = 2, LCR = 3,
       MCR = 4, LSR = 5, UART_MSR = 6, SCR = 7 };
void uart_open(volatile u8 *uart);

/* UIC n: its DCRs. */
#define UIC0	0xc0
#define UIC1	0xd0
enum { UIC_SR, UIC_SRS, UIC_ER, UIC_CR, UIC_PR, UIC_TR, UIC_MSR, UIC_VR,
       UIC_VCR };
#define UIC_BIT(n) (0x80000000u >> (n))

/* Called for an interrupt; NULL: it ends the guest, and is a failure. */
extern void (*handlers[16])(struct frame *f);
extern volatile u32 taken[16];	/* how often each came */
/* IVOR numbers in order of arrival. */
extern volatile u32 order[64], orders;
void forget_interrupts(void);

/* The tree of the machine, a blob. */
extern const u32 *tree;
/* Cycles since the start. */
u32 cycles(void);
void put_text(const char *s);
void put_hex(u32 v);
void is(const char *what, u32 got, u32 want);
void ok(const char *what, int right);
/* The number of results so far, then no more from this guest. */
void finish(void) __attribute__((noreturn));

void enter_as1(void (*fn)(u32 arg), u32 arg);
void leave_as1(void);
u32 peek(u32 addr);

void test(void);

#endif
