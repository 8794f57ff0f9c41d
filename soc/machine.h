/* SPDX-License-Identifier: MIT */
/*
 * soc/machine.h - one simulated board: the composition root.
 *
 * A machine is a value; two fit in one process.  It owns bus, DCR space,
 * scheduler, clocks, devices, CPU, engine and the tree.  It does no host I/O:
 * waiting and time come through struct machine_host, characters through
 * struct chr.
 */
#ifndef SOC_MACHINE_H
#define SOC_MACHINE_H

#include "base/env.h"
#include "base/err.h"
#include "base/log.h"
#include "soc/blk.h"
#include "soc/chr.h"
#include "soc/clk.h"
#include "soc/net.h"
#include "soc/share.h"

struct machine;
struct board;
struct board_part;

#define MACHINE_SERIALS 4
#define MACHINE_LINES	5	/* one more: a virtio console */
#define MACHINE_DRIVES	8
#define MACHINE_NETS	8	/* the chip's two EMACs, then cards */
#define MACHINE_EMACS	2
#define MACHINE_SHARES	4

enum machine_clock { CLOCK_VIRTUAL, CLOCK_HOST };

struct machine_host {
	void *opaque;
	u64 (*now_ns)(void *opaque);	/* monotonic */
	/*
	 * Serve inputs; sleep until @until_ns (monotonic) or until there was
	 * an input.  @until_ns 0: only look, do not sleep.
	 */
	void (*wait)(void *opaque, u64 until_ns);
	/* true: the person or a signal asked to stop */
	bool (*should_stop)(void *opaque);
	/* entropy for the guest; NULL: a fixed sequence */
	void (*random)(void *opaque, void *buf, size_t bytes);
};

/* Where the contents of flash chips and the like are kept; open may be NULL. */
struct machine_storage {
	/* as dev_env.storage; what it opened is its own to close */
	int (*open)(void *opaque, enum blk_role role, unsigned int index,
		    u64 bytes, struct blk **out, struct errmsg *msg);
	void *opaque;
};

struct machine_config {
	const char *board;		/* .dts, .dtb or shipped name */
	const char *kernel;		/* NULL: none */
	const char *initrd;
	const char *append;
	const char *engine;		/* "auto", "interp", "jit" */
	const char *accel;		/* "none" or NULL; "kvm" */
	u64 mem_bytes;			/* 0: the board's default */
	const char *const *set;		/* NULL-terminated assignments, or NULL */
	enum machine_clock clock;
	u64 max_insns;			/* 0: no limit */
	bool no_reboot;
	bool has_firmware;	/* the boot flash holds it; no kernel is loaded */
	struct chr *serial[MACHINE_LINES];
	/* host ends; NULL: nothing there */
	struct blk *drive[MACHINE_DRIVES];
	struct net *net[MACHINE_NETS];
	struct share *share[MACHINE_SHARES];
	const struct board_part *part;	/* what is plugged in */
	unsigned int parts;
	u64 epoch_ns;		/* Unix time at guest time 0 */
	struct machine_storage storage;
	struct machine_host host;
	struct log *log;
};

enum machine_exit {
	EXIT_POWEROFF,		/* the guest powered off */
	EXIT_RESET,		/* it reset under no_reboot */
	EXIT_MAX_INSNS,
	EXIT_STOPPED,		/* host->should_stop */
	EXIT_STUCK,		/* no way forward; machine_dump says where */
};

struct machine_stats {
	const char *engine;	/* its name */
	u64 insns, cycles;
	u64 tlb_misses;		/* instruction and data TLB error interrupts */
	u64 exceptions[16];	/* by IVOR number */
	u64 soft_fills;		/* soft TLB fills */
	u64 resets;
	double host_seconds;	/* inside machine_run, sleeping left out */
	/* a translator's: blocks, hot ones of them, bytes of code, times that
	 * the buffer was full, most bytes in use at once, seconds */
	struct {
		u64 blocks, hot, code_bytes, flushes, memory;
		double host_seconds;
	} translator;
};

int machine_new(struct machine **m, const struct machine_config *cfg,
		struct errmsg *msg);
enum machine_exit machine_run(struct machine *m);
/* Another one goes on; between two slices.  On an error the old one does. */
int machine_set_engine(struct machine *m, const char *name, struct errmsg *msg);
void machine_stats(const struct machine *m, struct machine_stats *st);
/* Why the guest is stuck, one line; "" when it is not. */
const char *machine_stuck_reason(const struct machine *m);
/* Registers, TLB and counters as text lines to @put. */
void machine_dump(struct machine *m, void (*put)(void *opaque, const char *line),
		  void *opaque);
/* Each defined but unimplemented instruction that was met: name, count. */
void machine_each_unimplemented(struct machine *m,
	void (*put)(void *opaque, const char *name, u64 count), void *opaque);
const char *exception_name(unsigned int ivor);
/* What execution on the host's own CPU was interrupted for: kind, count. */
void machine_each_exit(struct machine *m,
	void (*put)(void *opaque, const char *name, u64 count), void *opaque);
void machine_free(struct machine *m);

#endif
