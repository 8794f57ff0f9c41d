/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * accel/kvm/uapi.h [F] - the ABI between the kernel module and its user.
 *
 * The numbers and structures that Linux 3.14 had for KVM on a 440, written
 * out for 32-bit big-endian PowerPC, whatever the machine that compiles this;
 * and our extensions.  The module checks all of it against Linux's own
 * headers.  Knows neither side's implementation.
 */
#ifndef ACCEL_KVM_UAPI_H
#define ACCEL_KVM_UAPI_H

#include "base/env.h"
#include "base/preview.h"

#define KVM44X_API_VERSION	12
#define KVM44X_MINOR		232	/* of the misc devices: /dev/kvm */

/* ioctl numbers: the direction bits of powerpc are NONE 1, READ 2, WRITE 4. */
enum kvm44x_ioctl {
	/* on /dev/kvm */
	KVM44X_GET_API_VERSION		= 0x2000ae00,
	KVM44X_CREATE_VM		= 0x2000ae01,	/* 0 or 2 (PR) */
	KVM44X_CHECK_EXTENSION		= 0x2000ae03,	/* on a VM too */
	KVM44X_GET_VCPU_MMAP_SIZE	= 0x2000ae04,
	/* on a VM */
	KVM44X_CREATE_VCPU		= 0x2000ae41,
	KVM44X_GET_DIRTY_LOG		= 0x8010ae42,
	KVM44X_SET_USER_MEMORY_REGION	= 0x8020ae46,
	KVM44X_PPC_GET_PVINFO		= 0x8080aea1,
	/* on a VCPU */
	KVM44X_RUN			= 0x2000ae80,
	KVM44X_GET_REGS			= 0x4188ae81,
	KVM44X_SET_REGS			= 0x8188ae82,
	KVM44X_GET_SREGS		= 0x44d0ae83,
	KVM44X_SET_SREGS		= 0x84d0ae84,
	KVM44X_TRANSLATE		= 0xc018ae85,
	KVM44X_INTERRUPT		= 0x8004ae86,
	KVM44X_SET_SIGNAL_MASK		= 0x8004ae8b,
	KVM44X_GET_FPU			= 0x4100ae8c,
	KVM44X_SET_FPU			= 0x8100ae8d,
	KVM44X_GET_MP_STATE		= 0x4004ae98,
	KVM44X_SET_MP_STATE		= 0x8004ae99,
	KVM44X_SET_GUEST_DEBUG		= 0x8108ae9b,
	KVM44X_ENABLE_CAP		= 0x8068aea3,
	KVM44X_GET_ONE_REG		= 0x8010aeab,
	KVM44X_SET_ONE_REG		= 0x8010aeac,
	KVM44X_GET_COUNTS		= 0x4100aef0,	/* ours */
	KVM44X_GET_TIMES		= 0x4508aef1,
};

/* SREGS of 2.6.26, whose structure was empty. */
#define KVM44X_GET_SREGS_2_6_26	0x4000ae83u
#define KVM44X_SET_SREGS_2_6_26	0x8000ae84u

enum kvm44x_cap {
	KVM44X_CAP_USER_MEMORY		= 3,
	KVM44X_CAP_NR_VCPUS		= 9,
	KVM44X_CAP_NR_MEMSLOTS		= 10,
	KVM44X_CAP_MP_STATE		= 14,
	KVM44X_CAP_COALESCED_MMIO	= 15,
	KVM44X_CAP_SYNC_MMU		= 16,
	KVM44X_CAP_DESTROY_MEMORY	= 21,
	KVM44X_CAP_JOIN_MEMORY		= 30,
	KVM44X_CAP_INTERNAL_ERROR_DATA	= 40,
	KVM44X_CAP_PPC_UNSET_IRQ	= 53,
	KVM44X_CAP_ENABLE_CAP		= 54,
	KVM44X_CAP_PPC_GET_PVINFO	= 57,
	KVM44X_CAP_PPC_IRQ_LEVEL	= 58,
	KVM44X_CAP_PPC_BOOKE_SREGS	= 62,
	KVM44X_CAP_MAX_VCPUS		= 66,
	KVM44X_CAP_ONE_REG		= 70,
	KVM44X_CAP_PPC_BOOKE_WATCHDOG	= 83,
	KVM44X_CAP_IMMEDIATE_EXIT	= 136,
	/*
	 * Ours; far above Linux's.  The value is the version of the ONE_REG
	 * ids below, or what the comment says.
	 */
	KVM44X_CAP_STATE		= 0x43554c01,
	KVM44X_CAP_CRITICAL		= 0x43554c02,	/* KVM44X_CRITICAL_* */
	KVM44X_CAP_CONTIGUOUS		= 0x43554c03,	/* mmap of the VM */
	KVM44X_CAP_DIRTY_LOG		= 0x43554c04,
	/* by ENABLE_CAP of the VCPU: a wait state leaves RUN with HLT */
	KVM44X_CAP_IDLE_EXIT		= 0x43554c05,
	KVM44X_CAP_COUNTS		= 0x43554c06,	/* KVM44X_GET_COUNTS */
	KVM44X_CAP_TIMES		= 0x43554c07,	/* KVM44X_GET_TIMES */
	/* by ENABLE_CAP of the VCPU: its guest is offered the magic page */
	KVM44X_CAP_MAGIC		= 0x43554c08,
	KVM44X_CAP_PREVIEW		= 0x43554c09,	/* struct kvm44x_preview */
};

/* Argument of KVM44X_INTERRUPT. */
#define KVM44X_INTERRUPT_SET		0xffffffffu	/* edge */
#define KVM44X_INTERRUPT_UNSET		0xfffffffeu	/* takes back both */
#define KVM44X_INTERRUPT_SET_LEVEL	0xfffffffdu	/* until UNSET */
#define KVM44X_CRITICAL_SET_LEVEL	0x43554cfdu	/* the critical input */
#define KVM44X_CRITICAL_UNSET		0x43554cfeu

enum kvm44x_exit {
	KVM44X_EXIT_UNKNOWN		= 0,
	KVM44X_EXIT_DEBUG		= 4,
	KVM44X_EXIT_HLT			= 5,
	KVM44X_EXIT_MMIO		= 6,
	KVM44X_EXIT_INTR		= 10,
	KVM44X_EXIT_DCR			= 15,
	KVM44X_EXIT_INTERNAL_ERROR	= 17,
	KVM44X_EXIT_WATCHDOG		= 21,
	KVM44X_EXIT_SYSTEM_EVENT	= 24,	/* core, chip, system reset */
};

/* KVM44X_EXIT_SYSTEM_EVENT: system_event.type; flags: DBCR0[RST], TCR[WRC]. */
#define KVM44X_SYSTEM_RESET		2u

/* Shared by mmap of the VCPU: its first page. */
struct kvm44x_run {
	u8 request_interrupt_window;
	u8 immediate_exit;
	u8 pad1[6];
	u32 exit_reason;
	u8 ready_for_interrupt_injection;
	u8 if_flag;
	u16 flags;
	u64 cr8, apic_base;
	union {
		struct {
			u64 hardware_exit_reason;
		} hw;
		struct {
			u64 phys_addr;
			u8 data[8];	/* as a store of that width writes */
			u32 len;
			u8 is_write;
		} mmio;
		struct {
			u32 dcrn, data;
			u8 is_write;
		} dcr;
		struct {
			u32 suberror, ndata;
			u64 data[16];
		} internal;
		struct {
			u32 type, ndata;
			u64 flags;
		} system_event;
		struct {
			/* host's time base at which a timer of the guest next
			 * does something; ~0: never */
			u64 wake_tb;
		} idle;		/* HLT; a RUN with nothing to do leaves again */
		u8 pad[256];
	} u;
};

/*
 * The second page of the VCPU's mapping: what user space knows of registers, so
 * that an access to them need not leave RUN.  While there are rows an access of
 * exactly the address and size of one is answered as its flags say.  What it
 * did to the device user space must do itself when RUN comes back: writes, and
 * reads of the queue, are in the log, in their order.  When the log is full RUN
 * comes back for the access.  What is out of range is taken for nothing.
 */
#define KVM44X_PREVIEW_LOG	128
#define KVM44X_PREVIEW_IS_WRITE	0x80000000u

struct kvm44x_preview {
	u32 rows, queued;	/* by user space; 0 rows: nothing is known */
	/* by the module: how much of the queue was read, entries of the log;
	 * user space sets them to 0 */
	u32 taken, logged;
	struct kvm44x_preview_row {
		u64 gpa;
		u64 until;	/* host's time base; no longer from then on */
		u32 size;
		u32 flags;	/* enum preview_flag; a write changes them */
		u32 value, mask, stop, pad;
	} row[PREVIEW_ROWS];
	u32 queue[PREVIEW_WORDS];
	struct kvm44x_preview_entry {
		u32 row;	/* its index; | KVM44X_PREVIEW_IS_WRITE */
		u32 value;
		u64 time;	/* host's time base */
	} log[KVM44X_PREVIEW_LOG];
};

struct kvm44x_regs {
	u64 pc, cr, ctr, lr, xer, msr, srr0, srr1, pid;
	u64 sprg[8];
	u64 gpr[32];
};

#define KVM44X_SREGS_E_BASE		(1u << 0)
#define KVM44X_SREGS_E_ARCH206		(1u << 1)
#define KVM44X_SREGS_E_IVOR		(1u << 5)
#define KVM44X_SREGS_E_DEBUG		(1u << 7)
#define KVM44X_SREGS_E_UPDATE_MCSR	(1u << 0)
#define KVM44X_SREGS_E_UPDATE_TSR	(1u << 1)
#define KVM44X_SREGS_E_UPDATE_DEC	(1u << 2)
#define KVM44X_SREGS_E_UPDATE_DBSR	(1u << 3)

/* The part of struct kvm_sregs that a 440 has; holes are what it has not. */
struct kvm44x_sregs {
	u32 pvr;
	u32 pad0;
	u8 impl[256];
	u32 features, impl_id, update_special, pir;
	u64 sprg8, sprg9;
	u64 csrr0, dsrr0, mcsrr0;
	u32 csrr1, dsrr1, mcsrr1, esr;
	u64 dear, ivpr, mcivpr, mcsr;
	u32 tsr, tcr, decar, dec;
	u64 tb;
	u32 dbsr, dbcr[3], iac[4], dac[2], dvc[2];
	u8 num_iac, num_dac, num_dvc, pad1;
	u32 epr, vrsave, epcr;
	u8 mas[32];
	u32 ivor_low[16];
	u8 rest[1232 - 552];
};

struct kvm44x_fpu {
	u64 fpr[32];
};

struct kvm44x_memory_region {
	u32 slot;
	u32 flags;		/* KVM44X_MEM_LOG_DIRTY */
	u64 guest_phys_addr, memory_size, userspace_addr;
};

#define KVM44X_MEM_LOG_DIRTY	1u
#define KVM44X_MEM_SLOTS	32

struct kvm44x_dirty_log {
	u32 slot, pad;
	u32 bitmap;		/* user address; one bit a 4 KB page, */
	u32 pad2;		/* in 32-bit words, least significant first */
};

struct kvm44x_translation {
	u64 linear_address;	/* ea | pid << 32 | as << 40 */
	u64 physical_address;
	u8 valid, writeable, usermode, pad[5];
};

struct kvm44x_one_reg {
	u64 id, addr;
};

/*
 * A hypercall: the instructions of PVINFO in a guest's supervisor mode, r11 the
 * number, r3 on the arguments.  It returns a status in r3, a result in r4.
 */
#define KVM44X_HC_EV_IDLE	0x00010010u	/* until an interrupt waits */
#define KVM44X_HC_FEATURES	0x002a0003u
#define KVM44X_HC_MAP_MAGIC	0x002a0004u	/* r4: where */
#define KVM44X_EV_UNIMPLEMENTED	12

#define KVM44X_FEATURE_MAGIC	(1u << 1)	/* result of FEATURES */
#define KVM44X_MAGIC_SPRGS	(1u << 1)	/* of MAP_MAGIC: all below */

/*
 * The magic page: registers of the guest's kernel, which it reads and writes
 * there instead of trapping.  Of MSR it may change EE, and then looks whether
 * int_pending is not 0.  While critical is equal to r1 it gets no interrupts.
 * A register of 32 bits in a u64 is its lower half; scratch is the guest's.
 */
struct kvm44x_magic {
	u64 scratch[3], critical;
	u64 sprg0[4], srr0, srr1, dear, msr;
	u32 dsisr, int_pending, sr[16];
	u32 mas0, mas1;
	u64 mas7_3, mas2;
	u32 mas4, mas6, esr, pir;
	u64 sprg4[4];
};

struct kvm44x_pvinfo {
	u32 flags;		/* 1: EV_IDLE works */
	u32 hcall[4];
	u8 pad[108];
};

struct kvm44x_signal_mask {
	u32 len;		/* 8 */
	u8 sigset[8];		/* as the kernel lays it out */
};

struct kvm44x_enable_cap {
	u32 cap, flags;
	u64 args[4];
	u8 pad[64];
};

/*
 * KVM44X_GET_COUNTS: exits of the VCPU by kind.  EXITS is all of them, TO_FAST
 * those that reached C in the VCPU's block, TO_C those that left it with all
 * registers saved: what is in neither was done by stubs alone.  MMIO is all
 * accesses, PREVIEW those that user space had answered ahead.
 */
#define KVM44X_EXIT_NAMES \
	"MMIO", "DCR", "SIGNAL", "ITLBREAL", "ITLBVIRT", "DTLBREAL", \
	"DTLBVIRT", "SYSCALL", "ISI", "DSI", "EMULINST", "EMUL_WAIT", \
	"EMUL_WRTEE", "EMUL_MTSPR", "EMUL_MFSPR", "EMUL_MTMSR", \
	"EMUL_MFMSR", "EMUL_TLBSX", "EMUL_TLBWE", "EMUL_RFI", "DEC", \
	"EXTINT", "HALT", "USR_PR_INST", "FP_UNAVAIL", "DEBUG", "OTHER"

#define KVM44X_COUNT_NAMES \
	KVM44X_EXIT_NAMES, \
	"EXITS", "TO_FAST", "TO_C", "REFILL", "LARGE", "AHEAD", "FLUSH", \
	"ICCCI", "PREVIEW"

struct kvm44x_counts {
	u32 kinds;		/* of the module, in the order of the names */
	u32 count[63];
};

/*
 * KVM44X_GET_TIMES: how long exits of a kind took, from the guest and back, in
 * ticks of the time base; the last kind is the time in the guest.
 */
#define KVM44X_TIME_NAMES	KVM44X_EXIT_NAMES, "TIMEINGUEST"

struct kvm44x_times {
	u32 kinds, pad;
	struct kvm44x_time {
		u64 count, min, max, sum, squares;
	} kind[32];
};

/*
 * ONE_REG ids.  PowerPC is 1 << 60, a u32 2 << 52, a u64 3 << 52; Linux's own
 * numbers, then ours from 0x44000 on.
 */
#define KVM44X_REG_U32(n)	(1ull << 60 | 2ull << 52 | (u64)(n))
#define KVM44X_REG_U64(n)	(1ull << 60 | 3ull << 52 | (u64)(n))

#define KVM44X_REG_IAC(n)	KVM44X_REG_U64(0x02 + (n))	/* 0..3 */
#define KVM44X_REG_DAC(n)	KVM44X_REG_U64(0x06 + (n))	/* 0..1 */
#define KVM44X_REG_VRSAVE	KVM44X_REG_U32(0xb4)		/* USPRG0 */
#define KVM44X_REG_OR_TSR	KVM44X_REG_U32(0x87)
#define KVM44X_REG_CLEAR_TSR	KVM44X_REG_U32(0x88)
#define KVM44X_REG_TCR		KVM44X_REG_U32(0x89)
#define KVM44X_REG_TSR		KVM44X_REG_U32(0x8a)

/*
 * Any SPR of cpu/spr.def by its number, read and set directly: no register
 * clears by being written, and read-only ones can be set but for PVR.
 */
#define KVM44X_REG_SPR(n)	KVM44X_REG_U32(0x44000 | (n))	/* 0..1023 */
/* TLB entry @i: word 0..2 as tlbre gives them, 3: its TID. */
#define KVM44X_REG_TLB(i, word)	KVM44X_REG_U32(0x44400 | (i) << 2 | (word))
#define KVM44X_REG_GPR(n)	KVM44X_REG_U32(0x44500 | (n))
#define KVM44X_REG_PC		KVM44X_REG_U32(0x44520)
#define KVM44X_REG_MSR		KVM44X_REG_U32(0x44521)
#define KVM44X_REG_CR		KVM44X_REG_U32(0x44522)
#define KVM44X_REG_FPSCR	KVM44X_REG_U32(0x44523)
/* Asynchronous interrupts that wait, bit 1 << IVOR. */
#define KVM44X_REG_PENDING	KVM44X_REG_U32(0x44524)
/* Where the magic page is mapped, + 1: and used; 0: nowhere. */
#define KVM44X_REG_MAGIC	KVM44X_REG_U32(0x44525)
/* And what only it has. */
#define KVM44X_REG_SCRATCH(n)	KVM44X_REG_U64(0x44700 + (n))	/* 3: critical */
#define KVM44X_REG_FPR(n)	KVM44X_REG_U64(0x44600 | (n))

/*
 * mmap of the VM: @length bytes of memory as contiguous as the host can give
 * them, zeroed, to be used as a memory region: large guest pages then take
 * one entry of the host's TLB.  The offset must be 0.
 */

#endif
