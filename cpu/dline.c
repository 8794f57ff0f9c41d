/* SPDX-License-Identifier: MIT */
/*
 * cpu/dline.c - finds and places lines of the data cache.  Does not know what
 * is behind an address, nor who may reach it.
 */
#include "cpu/dline.h"

static unsigned int set_of(paddr_t pa)
{
	return (unsigned int)(pa / DLINE_BYTES % DLINE_SETS);
}

/**
 * dline_find - the line that holds an address
 * @all: lines
 * @pa:  real address
 *
 * Returns: the line, NULL for a miss.
 * Context: O(64).
 */
struct dline *dline_find(struct dlines *all, paddr_t pa)
{
	struct dline *set = all->line[set_of(pa)];

	pa &= ~(paddr_t)(DLINE_BYTES - 1);
	for (unsigned int i = 0; all->count && i < DLINE_WAYS; i++)
		if (set[i].is_valid && set[i].pa == pa)
			return &set[i];
	return NULL;
}

/**
 * dline_take - a place for a line that is not there
 * @all: lines
 * @pa:  real address that it is for
 *
 * Returns: a place in the set; if it is still valid, the caller casts that
 *          line out first and drops it.
 */
struct dline *dline_take(struct dlines *all, paddr_t pa)
{
	unsigned int n = set_of(pa);
	struct dline *set = all->line[n];

	for (unsigned int i = 0; i < DLINE_WAYS; i++)
		if (!set[i].is_valid)
			return &set[i];
	all->victim[n] = (u8)((all->victim[n] + 1) % DLINE_WAYS);
	return &set[all->victim[n]];
}

/**
 * dline_drop - invalidate a line without writing it back
 * @all:  lines
 * @line: one of them, valid
 */
void dline_drop(struct dlines *all, struct dline *line)
{
	line->is_valid = false;
	all->count--;
}

/**
 * dline_drop_all - invalidate the cache: dccci, or a reset
 * @all: lines
 */
void dline_drop_all(struct dlines *all)
{
	if (all->count)
		memset(all, 0, sizeof(*all));
}
