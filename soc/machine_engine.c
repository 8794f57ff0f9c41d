/* SPDX-License-Identifier: MIT */
/*
 * soc/machine_engine.c - which engine executes a machine's instructions: the
 * choice at the start, and a change while it runs.
 *
 * Devices, memory and the CPU's time stay where they are; only the state of the
 * CPU moves.  Must not know what an engine does with it.
 */
#include "soc/machine_inspect.h"
#include "soc/machine_priv.h"

static unsigned int engine_needs(const struct machine_config *cfg)
{
	return (cfg->max_insns ? ENGINE_EXACT_COUNTS : 0) |
	       (cfg->clock == CLOCK_VIRTUAL ? ENGINE_OWN_TIME : 0) |
	       (cfg->has_firmware ? ENGINE_FIRMWARE : 0);
}

/* One that can do what the machine asks for. */
static int find(const struct machine *m, const char *name,
		const struct engine_ops **e, struct errmsg *msg)
{
	*e = engine_find(name, msg);
	return *e ? engine_check(*e, engine_needs(&m->cfg), msg) : -ERR_UNSUPP;
}

/**
 * machine_choose_engine - find and open the engine that the configuration names
 * @m:   machine with a CPU
 * @msg: filled on error
 *
 * Returns: 0, -ERR_CONFLICT, -ERR_UNSUPP; what its open returns.
 */
int machine_choose_engine(struct machine *m, struct errmsg *msg)
{
	const char *name = m->cfg.engine, *accel = m->cfg.accel;
	int ret;

	if (accel && strcmp(accel, "none")) {
		if (name && strcmp(name, "auto"))
			return err_set(msg, ERR_CONFLICT, "--accel=%s: the "
				       "host's CPU executes, so not --engine=%s",
				       accel, name);
		name = accel;
	}
	ret = find(m, name, &m->engine, msg);
	return ret ? ret : m->engine->open(m->cpu, msg);
}

/**
 * machine_set_engine - let another engine go on with the guest
 * @m:    machine
 * @name: "interp", "jit", "kvm"
 * @msg:  one line on error
 *
 * Among engines that simulate, nothing changes for the guest, to the last
 * instruction.
 *
 * Returns: 0; -ERR_UNSUPP, -ERR_CONFLICT, -ERR_NOMEM, -ERR_IO: the machine
 *          goes on with the engine that it has.
 * Context: between two slices.
 */
int machine_set_engine(struct machine *m, const char *name, struct errmsg *msg)
{
	const struct engine_ops *from = m->engine, *to;
	int ret = find(m, name, &to, msg);

	if (ret || to == from)
		return ret;
	machine_pass_wait(m);
	ret = engine_switch(m->cpu, from, to, msg);
	if (ret)
		return ret;
	m->engine = to;
	if (from->now)
		machine_set_base(m);
	return 0;
}

/**
 * machine_look - let struct cpu show what the guest's CPU has
 * @m: machine
 *
 * What its engine does not tell stays as it was.
 */
void machine_look(struct machine *m)
{
	struct errmsg ignored = { "" };

	(void)m->engine->get_state(m->cpu, &m->cpu->s, &ignored);
}
