/* SPDX-License-Identifier: MIT */
/* accel/accel.c - the list of engines and the choice among them. */
#include "accel/accel.h"

static const struct engine_ops *const engines[] = {
	&engine_interp,
	&engine_jit,
};

/**
 * engine_find - choose an engine
 * @name: name, or "auto" or NULL for the best that is built
 * @msg:  filled on error
 *
 * Returns: the engine, NULL when there is none of that name.
 */
const struct engine_ops *engine_find(const char *name, struct errmsg *msg)
{
	unsigned int i;

	if (!name || !strcmp(name, "auto"))
		return engines[0];
	for (i = 0; i < ARRAY_SIZE(engines); i++)
		if (!strcmp(engines[i]->name, name))
			return engines[i];
	err_set(msg, ERR_USAGE, "--engine=%s: no such engine", name);
	return NULL;
}
