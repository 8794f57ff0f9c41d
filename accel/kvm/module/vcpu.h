/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vcpu.h - what of a virtual CPU must never miss in the host's TLB.
 *
 * A VCPU is a block of 64 KB, aligned as IVPR wants it, in low memory, which
 * Linux maps with pinned entries:
 *
 *	0x0000	a stub for each vector, where the host's IVORs say
 *	0x4000	copy of the pinned code: world.S, fast.c, preview.c, mmu/tlb.c
 *	0x8000	struct vcpu
 *
 * While the guest runs, and until an exit is handed to C outside of the
 * block, IVPR points to it: nothing else may be touched but low memory.
 * Knows nothing of files, ioctls and processes: struct kvm_vcpu has these.
 */
#ifndef CULM_KVM_VCPU_H
#define CULM_KVM_VCPU_H

#include "accel/kvm/uapi.h"
#include "base/env.h"
#include "cpu/async.h"
#include "cpu/state.h"

#define BLOCK_BYTES	0x10000
#define BLOCK_TEXT	0x4000
#define BLOCK_DATA	0x8000
/* What asm code addresses the block by, so that offsets fit in 16 bits. */
#define BLOCK_BASE	0x10000

#define NO_ENTRY	0xff
#define MAGIC_ENTRY	TLB_ENTRIES	/* in place of a guest entry */
#define NO_SPR		0
#define PAGE_RUN_SHIFT	24

/* Names of counted events; see stats.c. */
enum kvm_count {
	COUNT_MMIO, COUNT_DCR, COUNT_SIGNAL, COUNT_ITLB_REAL, COUNT_ITLB_VIRT,
	COUNT_DTLB_REAL, COUNT_DTLB_VIRT, COUNT_SYSCALL, COUNT_ISI, COUNT_DSI,
	COUNT_EMULATED, COUNT_WAIT, COUNT_WRTEE, COUNT_MTSPR, COUNT_MFSPR,
	COUNT_MTMSR, COUNT_MFMSR, COUNT_TLBSX, COUNT_TLBWE, COUNT_RFI,
	COUNT_DEC, COUNT_EXT, COUNT_HALT_WAKEUP, COUNT_USER_PRIV,
	COUNT_FP_UNAVAIL, COUNT_DEBUG, COUNT_OTHER,
	COUNT_TIMED,		/* those before are also timed */
	COUNT_EXITS = COUNT_TIMED,	/* all of them */
	COUNT_TO_FAST,		/* that reached C in the block */
	COUNT_TO_C,		/* that reached C outside of it */
	COUNT_REFILL,		/* shadow entries written */
	COUNT_LARGE,		/* of which larger than 4 KB */
	COUNT_AHEAD,		/* of which before the guest asked */
	COUNT_FLUSH,		/* times that all shadow entries were dropped */
	COUNT_ICCCI,
	COUNT_PREVIEW,		/* MMIO that did not leave KVM_RUN */
	COUNT_KINDS
};

/* What the code in the block says of an exit. */
enum fast_result {
	FAST_RESUME,	/* go on with the guest */
	FAST_SLOW,	/* C outside must handle the exit */
	FAST_AGAIN,	/* handled; but C must look at the state */
	FAST_DEVICE,	/* a device's register: ask preview_exit() */
};

/* What world.S does with an exit that is not simple. */
enum exit_way {
	WAY_FAST,	/* asks fast_exit() */
	WAY_CLASSIC,	/* leaves the block, as Linux 3.14 did */
	WAY_MAGIC,	/* asks magic_exit() */
	/* the same, but the guest has not touched the magic page so far */
	WAY_OFFERED = 4,
};

/* Guest memory, as the pinned code sees it. */
struct fast_slot {
	u32 first, pages;	/* of 4 KB, guest-physical */
	u32 *page;		/* host page number | SIZE of its run << 24 */
	u32 *dirty;		/* a bit a page, or NULL */
};

/*
 * An SPR that is a cell of struct vcpu, and how it is written: in this order,
 * which world.S relies on.
 */
enum { SPR_IS_PID, SPR_IS_USER, SPR_IS_CELL, SPR_IS_SPECIAL };

struct fast_spr {
	u16 offset, kind;	/* SPR_IS_USER: of a hardware register, too */
	u32 mask;
};

/* Behind the IVOR numbers: an exit that only looks for interrupts. */
#define EXIT_CHECK	IVOR_COUNT

/* Extended opcodes by name, from the one table that has them. */
enum {
#define X31(xo, name, ...) XO31_##name = xo,
#define X19(xo, name, ...)
#define X31_1(xo, name, ...)
#define INSN(...)
#include "cpu/insn.def"
};

enum {
#define X19(xo, name, ...) XO19_##name = xo,
#define INSN(...)
#include "cpu/insn.def"
};

/* The field of an SPR number: its halves are swapped, and swap back. */
static inline u32 spr_swap(u32 n)
{
	return (n & 31) << 5 | n >> 5;
}

/*
 * A plain load or store, as the decoder, which is not pinned, had it: of d at
 * a + b + imm, where a and b may be GPR_ZERO.
 */
struct fast_access {
	u32 insn;		/* 0: none */
	u32 imm;
	u8 d, a, b, size;
	bool is_store, is_reversed;
};

#define FAST_ACCESS_BITS	7

/* A guest TLB entry's shadows are a set of host TLB entries. */
struct entry_set {
	u32 bits[2];		/* entry 0 is the most significant */
};

/* Of a VCPU whose exits are timed. */
struct exit_timing {
	u64 exit, enter;		/* the last of each; 0: none */
	u32 was[COUNT_TIMED];		/* counts at that exit */
	struct kvm44x_times times;
};

struct vcpu {
	struct cpu_state s;	/* gpr[] first: asm code uses it most */
	u32 cr, xer;		/* those of s are stale */

	/* host registers, kept while the guest has the CPU */
	u32 host_sp, host_r2, host_pid, host_mmucr, host_ivpr, host_msr;
	u32 host_usprg0, host_dbcr0;
	u32 block_ivpr;

	/* of the exit */
	u32 exit_nr, insn, fault_dear, fault_esr, fault_msr;
	u32 fault_mcsr;

	/* hardware registers of the guest, by its MSR and PID */
	u32 shadow_pid, shadow_mmucr, shadow_msr, fp_mask;
	u32 pending;		/* asynchronous interrupts, bit 1 << IVOR */
	u32 next_id;		/* shadow PID to be given next, 1..256 */
	const u8 *id_row;	/* of id[], for the MSR */
	u32 no_quick;		/* MSR[PR], enum exit_way */
	u32 next_insn;		/* behind the one that trapped; 0: unknown */
	/* the last real miss: where the guest will come back and want what */
	u32 miss_pc, miss_ea, miss_id, miss_need;

	u32 victim, hwater;	/* host TLB entries 0..hwater may be taken */
	u32 slots;
	const struct fast_slot *slot;

	u8 way;			/* enum exit_way */
	u8 nr_small;		/* guest entries of 1 KB */
	u8 has_insn;
	u8 is_level;		/* external input: else one edge */

	u32 count[COUNT_KINDS];

	/* index of the guest TLB: chains by page for up to 4 KB, a set */
	struct entry_set large;
	u8 bucket[256], next[TLB_ENTRIES];

	/* host TLB entries that are ours, unless the host took them since */
	struct entry_set shadows[TLB_ENTRIES + 1];	/* by guest entry */
	u8 owner[TLB_ENTRIES];			/* guest entry, or NO_ENTRY */
	u8 tid[TLB_ENTRIES];
	u32 page_id[TLB_ENTRIES];		/* word 0 */

	u8 spr_index[1024];	/* by the swapped number; NO_SPR: none */
	struct fast_spr spr[128];
	/* shadow PID, 0: none; by PR << 2 | IS << 1 | DS, guest PID */
	u8 id[8][256];

	/* NULL: classic; and the access that it is asked for */
	struct kvm44x_preview *preview;
	u64 device_pa;
	struct fast_access access[1 << FAST_ACCESS_BITS]; /* by fast_access_of() */
	/* reads of one register, one after the other, and the last */
	u32 polls, poll_value;
	u64 poll_pa, poll_time;
	/* that the guest may sleep for it, 0: no; and how long at least */
	u64 nap_until;
	u32 nap_ticks;

	struct exit_timing timing;

	/* way is WAY_MAGIC or WAY_OFFERED: a page of low memory, and where the guest has it */
	struct kvm44x_magic *magic;
	u32 magic_pa, magic_ea;
};

/* world.S */
u32 world_enter(struct vcpu *v);
void world_fp_load(u64 *fpr, u32 *fpscr);
void world_fp_store(u64 *fpr, u32 *fpscr);

/* timing.c: pinned */
void timing_exit(struct vcpu *v);

/* fast.c: pinned, and called from outside as well while IVPR is the host's */
u32 fast_exit(struct vcpu *v);
void fast_set_msr(struct vcpu *v, u32 msr);
void fast_set_pid(struct vcpu *v, u32 pid);
void fast_interrupt(struct vcpu *v, u32 ivor);
bool fast_deliver(struct vcpu *v);
u32 fast_find(const struct vcpu *v, u32 ea, u32 as, u32 pid);
void fast_write_tlb(struct vcpu *v, u32 i, u32 word, u32 val, u32 stid);
void fast_drop(struct vcpu *v, u32 i);
void fast_flush(struct vcpu *v);
u32 fast_map(struct vcpu *v, u32 i, u32 ea, u32 need);
void fast_write_shadow(struct vcpu *v, u32 i, const u32 w[3]);
u32 fast_reflect(struct vcpu *v, u32 ivor);

/* preview.c: pinned, the former is also called from outside */
bool preview_access(struct kvm44x_preview *p, u64 gpa, u32 size, bool is_store,
		    u32 *val);
u32 preview_exit(struct vcpu *v);

/* Where an instruction is, or another one, or none. */
static inline struct fast_access *fast_access_of(struct vcpu *v, u32 insn)
{
	/* the golden ratio spreads all of its bits into the upper ones */
	return &v->access[insn * 0x9e3779b1u >> (32 - FAST_ACCESS_BITS)];
}

/* magic.c: pinned; the latter two are also called from outside */
u32 magic_exit(struct vcpu *v);
void magic_begin(struct vcpu *v);
void magic_publish(struct vcpu *v);

/* The rights of guest entry @i for the guest's privilege: X 4, W 2, R 1. */
static inline u32 entry_rights(const struct vcpu *v, u32 i)
{
	u32 attr = v->s.tlb.word[i][2];

	return (v->s.msr & MSR_PR ? attr >> 3 : attr) & 7;
}

/* The guest's kernel is where the magic page must not change. */
static inline bool is_critical(const struct vcpu *v)
{
	return v->way == WAY_MAGIC && !(v->s.msr & MSR_PR) &&
	       (u32)v->magic->critical == v->s.gpr[1];
}

/* Asynchronous interrupts that the guest would take now. */
static inline u32 ready_interrupts(const struct vcpu *v)
{
	u32 ready = v->pending & async_enabled(v->s.msr);

	if (unlikely(ready) && is_critical(v))
		ready &= 1u << IVOR_MACHINE_CHECK;
	return ready;
}

static inline bool is_mixed(u32 msr)
{
	return !(msr & MSR_IS) != !(msr & MSR_DS);
}

#endif
