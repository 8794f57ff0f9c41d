/* SPDX-License-Identifier: MIT */
/*
 * soc/machine_priv.h - the inside of a machine: machine.c (making one, the main
 * loop) and machine_engine.c (what executes its instructions).
 *
 * Nobody else includes this.
 */
#ifndef SOC_MACHINE_PRIV_H
#define SOC_MACHINE_PRIV_H

#include "accel/accel.h"
#include "soc/board.h"
#include "soc/image.h"
#include "soc/machine.h"

struct machine {
	struct machine_config cfg;
	struct board board;
	struct bus bus;
	struct dcr_space dcr;
	struct sched sched;
	struct clk clk;
	struct dev_env env;
	struct cpu_port port;
	struct cpu *cpu;
	const struct engine_ops *engine;
	struct image image;
	u8 *ram;
	u64 ram_bytes;
	u64 resets;
	char stuck[160];
	u64 host_base_ns;	/* host time at guest time 0 */
	bool is_waiting;	/* for idle_next, with the host's clock */
	cycle_t idle_next;
	u64 idle_due_ns;	/* of the host */
	u64 random;		/* state of the fixed sequence */
	u64 busy_ns;
};

/* machine.c */
/* Time that the CPU has waited so far is past; for a change in mid-wait. */
void machine_pass_wait(struct machine *m);
/* Guest time goes on from here with the host's. */
void machine_set_base(struct machine *m);

/* machine_engine.c */
int machine_choose_engine(struct machine *m, struct errmsg *msg);

#endif
