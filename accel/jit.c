/* SPDX-License-Identifier: MIT */
/* accel/jit.c - the translator as an engine. */
#include "accel/accel.h"
#include "cpu/jit/jit.h"

static int engine_open(struct cpu *cpu, struct errmsg *msg)
{
	if (jit_open(cpu))
		return err_set(msg, ERR_NOMEM, "--engine=jit: the host gives "
			       "no memory for code");
	return 0;
}

const struct engine_ops engine_jit = {
	.name = "jit",
	.option = "--engine=jit",
	.caps = ENGINE_EXACT_COUNTS | ENGINE_OWN_TIME | ENGINE_FIRMWARE,
	.is_possible = jit_is_possible,
	.open = engine_open,
	.run = jit_run,
	.get_state = engine_get_state,
	.set_state = engine_set_state,
	.invalidate = cpu_dma_wrote,
	.kick = cpu_kick,
	.close = jit_close,
};
