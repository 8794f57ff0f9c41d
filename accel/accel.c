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
 * @msg: stays as it is
 *
 * Returns: 0.
 */
int engine_get_state(struct cpu *cpu, struct cpu_state *s, struct errmsg *msg)
{
	(void)msg;
	if (s != &cpu->s)
		*s = cpu->s;
	return 0;
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

/*
 * An engine with clocks of its own lets the guest see them; another one goes by
 * those of struct cpu.  The guest, which was told once, knows of no change.
 */
static int check_clocks(struct cpu *cpu, const struct engine_ops *e,
			struct errmsg *msg)
{
	u64 tb_hz = cpu->cpu_hz * cpu->tb_mul / cpu->tb_div, hz, own_tb_hz;

	if (!e->clocks)
		return 0;
	e->clocks(cpu, &hz, &own_tb_hz);
	if (hz == cpu->cpu_hz && own_tb_hz == tb_hz)
		return 0;
	return err_set(msg, ERR_CONFLICT, "%s: CPU and time base run at %llu "
		       "and %llu Hz there, at %llu and %llu in simulation",
		       e->option, (unsigned long long)hz,
		       (unsigned long long)own_tb_hz,
		       (unsigned long long)cpu->cpu_hz,
		       (unsigned long long)tb_hz);
}

/* What waits besides what follows from the state and the inputs. */
#define WAITS	(1u << IVOR_MACHINE_CHECK | 1u << ASYNC_FP_DELAYED)

/**
 * engine_switch - let another engine go on where one is
 * @cpu:  CPU, between two runs
 * @from: its engine, closed on success
 * @to:   another one, open on success
 * @msg:  filled on error
 *
 * Returns: 0; what open, get_state and set_state return, -ERR_CONFLICT for
 *          clocks that differ: @from goes on, and nothing is lost.
 */
int engine_switch(struct cpu *cpu, const struct engine_ops *from,
		  const struct engine_ops *to, struct errmsg *msg)
{
	u32 waits;
	int r = from->get_state(cpu, &cpu->s, msg);

	if (!r && cpu->stuck)
		r = err_set(msg, ERR_CONFLICT, "%s: the guest is stuck: %s",
			    to->option, cpu->stuck);
	if (r)
		return r;
	waits = cpu->async & WAITS;
	r = to->take_over ? to->take_over(cpu, msg) : to->open(cpu, msg);
	if (r)
		return r;
	r = check_clocks(cpu, from, msg);
	if (!r)
		r = check_clocks(cpu, to, msg);
	if (!r)
		r = to->set_state(cpu, &cpu->s, msg);
	(r ? to : from)->close(cpu);
	cpu->async = (cpu->async & ~WAITS) | waits;
	cpu_check_attention(cpu);
	return r;
}
