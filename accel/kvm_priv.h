/* SPDX-License-Identifier: MIT */
/*
 * accel/kvm_priv.h - the pieces of the `kvm` engine: kvm.c (opening, probing),
 * kvm_run.c (exits), kvm_preview.c
 * (accesses that need no exit), kvm_state.c (registers in and out), kvm_host.c (the only
 * one that calls the host).
 */
#ifndef ACCEL_KVM_PRIV_H
#define ACCEL_KVM_PRIV_H

#include "accel/accel.h"
#include "accel/kvm/uapi.h"

/*
 * The host, so that a test can be one.  Numbers below 0 are -errno, as the
 * kernel has it.
 */
struct kvm_host {
	/* whether the processor is one that a 440's KVM can run on; else @why
	 * says what it is */
	bool (*is_440)(void *opaque, char *why, size_t bytes);
	int (*open)(void *opaque);	/* /dev/kvm */
	void (*close)(void *opaque, int fd);
	int (*ioctl)(void *opaque, int fd, u32 request, uintptr_t arg);
	/* map @bytes of @fd shared, at @at if that is not NULL; or NULL */
	void *(*map)(void *opaque, void *at, size_t bytes, int fd);
	void (*unmap)(void *opaque, void *p, size_t bytes);
	/* move a mapping in place of what is at @to */
	int (*move)(void *opaque, void *from, void *to, size_t bytes);
	/* a frequency property of the host's CPU node; 0: not to be had */
	u64 (*cpu_hz)(void *opaque, const char *property);
	u64 (*timebase)(void *opaque);	/* that the guest reads, too */
	/* memory that the guest is to execute was written */
	void (*code_written)(void *opaque);
	/* RUN shall come back after @ns; once.  Replaces the one before. */
	void (*alarm)(void *opaque, u64 ns);
	void (*alarm_seen)(void *opaque);
	/* what RUN is to block: all but the alarm */
	void (*signal_mask)(void *opaque, struct kvm44x_signal_mask *mask);
	int (*start)(void *opaque);	/* get alarms ready */
	void (*stop)(void *opaque);
};

extern const struct kvm_host kvm_host_linux;

/* What the KVM offers, found at opening. */
enum kvm_feature {
	KVM_HAS_UNSET_IRQ	= 1 << 0,
	KVM_HAS_LEVEL_IRQ	= 1 << 1,
	KVM_HAS_SREGS		= 1 << 2,
	KVM_HAS_STATE		= 1 << 3,	/* KVM44X_CAP_STATE and TLB */
	KVM_HAS_CRITICAL	= 1 << 4,
	KVM_HAS_IDLE_EXIT	= 1 << 5,
	KVM_HAS_COUNTS		= 1 << 6,
	KVM_HAS_WATCHDOG	= 1 << 7,
	KVM_HAS_CONTIGUOUS	= 1 << 8,
	/* a fault: what follows a DCR write loads run->u.dcr.data */
	KVM_DCR_WRITE_LOADS	= 1 << 9,
	KVM_HAS_TIMES		= 1 << 10,
	KVM_HAS_MAGIC		= 1 << 11,
	KVM_HAS_PREVIEW		= 1 << 12,
};

struct kvm_slot {
	paddr_t base;
	u8 *host;
	u64 bytes;		/* 0: free */
};

/* What user space was asked for, by kind. */
enum kvm_count {
	KVM_COUNT_MMIO_READ, KVM_COUNT_MMIO_WRITE, KVM_COUNT_DCR_READ,
	KVM_COUNT_DCR_WRITE, KVM_COUNT_SIGNAL, KVM_COUNT_IDLE,
	KVM_COUNT_RESET, KVM_COUNT_OTHER, KVM_COUNTS
};

struct kvm {
	const struct kvm_host *h;
	void *opaque;		/* of h */
	struct cpu *cpu;
	int fd, vm, vcpu;
	struct kvm44x_run *run;
	size_t run_bytes;
	struct kvm44x_preview *preview;	/* in run; NULL: none */
	unsigned int features;
	struct kvm_slot slot[KVM44X_MEM_SLOTS];
	bool is_mapped;		/* slots are what the bus has */
	bool has_content;	/* memory that may not be lost, see open */

	/* time: the host's time base, in cycles of cpu_hz */
	u64 cpu_hz, tb_hz, tb_start;
	cycle_t cycle_start;
	cycle_t alarm_at;	/* 0: none */

	bool is_pushed;		/* the VCPU has the state of struct cpu */
	bool has_run;
	bool is_edge_told;	/* a level host: the input's last level */
	bool is_critical_told;
	u32 wrs;		/* TSR[WRS] of a watchdog's reset */
	bool is_open_access;	/* an MMIO or DCR access that RUN must end */
	bool is_unserved;	/* and that run still asks for */
	/* of a host that has KVM_DCR_WRITE_LOADS: where it loads to */
	unsigned int load_reg;

	/* looked at now and then: a guest that will never do anything again */
	unsigned int looks;
	u32 look_pc;

	u64 count[KVM_COUNTS];
	char stuck[160];
};

/* How an engine begins: */
enum kvm_begin {
	KVM_FRESH,	/* with a machine whose memory is empty */
	KVM_TAKE_OVER,	/* with one that has run */
};

/* kvm.c */
int kvm_open_on(struct cpu *cpu, const struct kvm_host *h, void *opaque,
		enum kvm_begin how, struct errmsg *msg);
int kvm_make_vcpu(struct kvm *k, struct errmsg *msg);
int kvm_ioctl(struct kvm *k, int fd, u32 request, void *arg);
const char *kvm_error(int e);

/* kvm_map.c */
int kvm_map_memory(struct kvm *k);
void kvm_forget_memory(struct kvm *k);
void kvm_release_memory(struct kvm *k);

/* kvm_run.c */
enum cpu_why kvm_engine_run(struct cpu *cpu, cycle_t budget);
void kvm_sync_time(struct kvm *k);
void kvm_set_time(struct kvm *k, u64 tb);
u64 kvm_scale(u64 n, u64 from, u64 to);
void kvm_bus_write(struct kvm *k, paddr_t pa, unsigned int size, u32 val);
u32 kvm_bus_read(struct kvm *k, paddr_t pa, unsigned int size);
int kvm_settle(struct kvm *k);
enum cpu_why kvm_stuck(struct kvm *k, const char *fmt, ...) __printf(2, 3);

/* kvm_preview.c */
void kvm_preview_drop(struct kvm *k);
void kvm_preview_replay(struct kvm *k);
void kvm_preview_show(struct kvm *k, paddr_t pa);

/* kvm_look.c */
bool kvm_look(struct kvm *k);
void kvm_note_load(struct kvm *k);
void kvm_keep_load(struct kvm *k);

/* kvm_state.c */
int kvm_push(struct kvm *k, struct errmsg *msg);
int kvm_pull(struct kvm *k);
int kvm_one_reg(struct kvm *k, u32 request, u64 id, void *val);

/* kvm_probe.c */
int kvm_probe_faults(struct kvm *k, struct errmsg *msg);

#endif
