/* SPDX-License-Identifier: MIT */
/* accel/interp.c - the interpreter as an engine. */
#include "accel/accel.h"

static bool is_possible(void)
{
	return true;
}

static int interp_open(struct cpu *cpu, struct errmsg *msg)
{
	(void)cpu;
	(void)msg;
	return 0;
}

static void interp_close(struct cpu *cpu)
{
	(void)cpu;
}

const struct engine_ops engine_interp = {
	.name = "interp",
	.option = "--engine=interp",
	.caps = ENGINE_EXACT_COUNTS | ENGINE_OWN_TIME | ENGINE_FIRMWARE,
	.is_possible = is_possible,
	.open = interp_open,
	.run = interp_run,
	.get_state = engine_get_state,
	.set_state = engine_set_state,
	.invalidate = cpu_dma_wrote,
	.kick = cpu_kick,
	.close = interp_close,
};
