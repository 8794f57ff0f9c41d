/* SPDX-License-Identifier: MIT */
/*
 * soc/board_chip.c - silicon that a tree does not mention: the nodes of the
 * shipped chip that nothing in the tree stands for.
 *
 * It compares addresses and DCRs, never names: a tree may call a unit what it
 * likes, and a unit that it disables is mentioned.
 */
#include "soc/board_priv.h"

#include <stdlib.h>

#include "base/xalloc.h"

static bool spaces_meet(const struct dev_space *a, unsigned int na,
			const struct dev_space *b, unsigned int nb)
{
	unsigned int i, k;

	for (i = 0; i < na; i++)
		for (k = 0; k < nb; k++)
			if (a[i].base < b[k].base + b[k].size &&
			    b[k].base < a[i].base + a[i].size)
				return true;
	return false;
}

/* The node of @b that sits where the chip's node @c does, or -1. */
static int chip_match(const struct board *b, const struct board_node *c)
{
	unsigned int i;

	for (i = 0; i < b->count; i++)
		if (spaces_meet(b->node[i].mmio, b->node[i].nmmio, c->mmio,
				c->nmmio) ||
		    spaces_meet(b->node[i].dcr, b->node[i].ndcr, c->dcr,
				c->ndcr))
			return (int)i;
	return -1;
}

/* Interrupts of the nodes moved over, in terms of @b's nodes. */
static void chip_rewire(struct board *b, unsigned int first)
{
	struct board_irq *irq;
	bool has_root = false;
	unsigned int i, k;

	for (i = 0; i < first; i++)
		has_root |= b->node[i].nirq &&
			    b->node[i].irq[0].controller == -1;
	for (i = first; i < b->count; i++) {
		for (k = 0; k < b->node[i].nirq; k++) {
			irq = &b->node[i].irq[k];
			if (irq->controller < 0)
				irq->controller = has_root ? -2 : -1;
			else if (b->chip->index[irq->controller] < 0)
				irq->controller = -2;
			else
				irq->controller =
					b->chip->index[irq->controller];
		}
	}
}

/* Moves the chip's nodes that @b lacks over to @b. */
static void chip_merge(struct board *b, struct board *chip)
{
	struct board_chip *m = xcalloc(1, sizeof(*m));
	unsigned int i, first = b->count;

	m->count = chip->count;
	m->offset = xcalloc(chip->count, sizeof(int));
	m->index = xcalloc(chip->count, sizeof(int));
	b->node = xrealloc(b->node, b->count + chip->count, sizeof(*b->node));
	for (i = 0; i < chip->count; i++) {
		struct board_node *c = &chip->node[i];

		m->offset[i] = c->offset;
		m->index[i] = -1;
		if (!c->nmmio && !c->ndcr)
			continue;
		m->index[i] = chip_match(b, c);
		if (m->index[i] >= 0 || (c->kind != NODE_DEVICE &&
					 c->kind != NODE_UNSERVED))
			continue;
		m->index[i] = (int)b->count;
		b->node[b->count] = *c;
		b->node[b->count++].is_implied = true;
		c->path = NULL;
	}
	m->blob = chip->blob;
	chip->blob = NULL;
	b->chip = m;
	chip_rewire(b, first);
}

/**
 * board_walk - resolve every node of a loaded tree
 * @b:   loaded; its node list is filled in
 * @msg: one line with file, node path and property on failure
 *
 * A tree for a 440EP gets the nodes of the shipped chip that it does not
 * mention, marked is_implied, so that the simulated chip is whole: firmware
 * and old kernels touch arbiters and bridges that Linux's trees leave out.
 * The guest's copy of the tree does not get them.  It stays what its author
 * wrote, and drivers bind to nothing that the author did not name.
 *
 * Returns: 0; -ERR_FORMAT, -ERR_RANGE, -ERR_CONFLICT, -ERR_NOENT,
 *          -ERR_UNSUPP; and what board_load returns, for the chip's tree.
 */
int board_walk(struct board *b, struct errmsg *msg)
{
	struct board chip;
	int rc;

	rc = walk_tree(b, msg);
	if (rc || strcmp(b->cpu_model, "PowerPC,440EP"))
		return rc;
	rc = board_load(&chip, "ppc440ep", msg);
	if (!rc)
		rc = walk_tree(&chip, msg);
	if (!rc)
		chip_merge(b, &chip);
	board_free(&chip);
	return rc;
}
