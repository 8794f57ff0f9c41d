/* SPDX-License-Identifier: MIT */
/* accel/accel.c - the list of engines and the choice among them. */
#include "accel/accel.h"

/* The best first. */
static const struct engine_ops *const engines[] = {
#ifdef HAVE_JIT
	&engine_jit,
#endif
	&engine_interp,
	&engine_kvm,		/* after one that always can: if named only */
};

static bool is_asked_for(const struct engine_ops *e, const char *name)
{
	return !name || !strcmp(name, "auto") || !strcmp(name, e->name);
}

/**
 * engine_find - choose an engine
 * @name: name, or "auto" or NULL for the best that this host can run
 * @msg:  filled on error
 *
 * Returns: the engine, NULL when there is none of that name here.
 */
const struct engine_ops *engine_find(const char *name, struct errmsg *msg)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(engines); i++)
		if (is_asked_for(engines[i], name) && engines[i]->is_possible())
			return engines[i];
	err_set(msg, ERR_UNSUPP, "--engine=%s: not on this host", name);
	return NULL;
}

/**
 * engine_get_state - copy the architected state out
 * @cpu: CPU
 * @s:   filled
 */
void engine_get_state(struct cpu *cpu, struct cpu_state *s)
{
	if (s != &cpu->s)
		*s = cpu->s;
}

/**
 * engine_set_state - replace the architected state
 * @cpu: CPU
 * @s:   new state
 * @msg: stays as it is
 *
 * Returns: 0.
 */
int engine_set_state(struct cpu *cpu, const struct cpu_state *s,
		     struct errmsg *msg)
{
	(void)msg;
	if (s != &cpu->s)
		cpu->s = *s;
	cpu_state_changed(cpu);
	return 0;
}

/**
 * engine_check - whether an engine can do what the command line asks for
 * @e:     engine
 * @needs: bits of enum engine_caps
 * @msg:   filled on error
 *
 * Returns: 0, -ERR_CONFLICT.
 */
int engine_check(const struct engine_ops *e, unsigned int needs,
		 struct errmsg *msg)
{
	static const struct {
		unsigned int cap;
		const char *text;
	} rows[] = {
		{ ENGINE_EXACT_COUNTS, "it counts no instructions, which "
				       "--max-insns asks for" },
		{ ENGINE_OWN_TIME, "its time is the host's, so not "
				   "--clock=virtual" },
		{ ENGINE_FIRMWARE, "it does not execute from flash, as "
				   "--firmware does" },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(rows); i++)
		if (needs & ~e->caps & rows[i].cap)
			return err_set(msg, ERR_CONFLICT, "%s: %s", e->option,
				       rows[i].text);
	return 0;
}
