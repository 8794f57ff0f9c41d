/* SPDX-License-Identifier: MIT */
/*
 * soc/board_irq.c - which controller's input each interrupt of a node reaches,
 * through interrupt-parent, interrupts-extended and interrupt-map.
 *
 * Only names lines; board.c connects them.  A chain that comes back to where
 * it was is an error here, so that nobody after this has to look for one.
 */
#include "soc/board_priv.h"

#include <stdlib.h>

#include "base/xalloc.h"

#define MAX_HOPS 32
#define MAX_SPEC 8 /* cells of a unit address with a specifier */

/* One interrupt on its way up. */
struct spec {
	int at; /* node that has to interpret it */
	unsigned int n; /* cells */
	u32 cell[MAX_SPEC];
	unsigned int naddr; /* unit address, for interrupt-map */
	u32 addr[MAX_SPEC];
};

/* The node that interprets the interrupts of @node: Linux's rule. */
static int irq_parent(struct walk *w, int node)
{
	unsigned int hops;
	int up = node, p;
	u32 ph;

	for (hops = 0; hops < BOARD_MAX_NODES; hops++) {
		ph = walk_u32(w, up, "interrupt-parent", 0);
		p = ph ? walk_by_phandle(w, ph) : w->parent[up];
		if (p < 0 && ph)
			return walk_err(w, ERR_NOENT, up, "interrupt-parent",
					"phandle 0x%x leads nowhere", ph);
		if (p < 0)
			return walk_err(w, ERR_NOENT, node, "interrupts",
					"no interrupt-parent here or above");
		if (walk_has(w, p, "#interrupt-cells"))
			return p;
		up = p;
	}
	return walk_err(w, ERR_FORMAT, node, "interrupt-parent",
			"the chain of parents is a loop");
}

static int irq_cells(struct walk *w, int at, unsigned int *n)
{
	*n = walk_u32(w, at, "#interrupt-cells", 0);
	if (!*n || *n > 4)
		return walk_err(w, ERR_FORMAT, at, "#interrupt-cells",
				"must be 1 to 4");
	return 0;
}

/* #address-cells of a nexus: its own, or the nearest above; Linux's rule. */
static unsigned int nexus_cells(const struct walk *w, int at)
{
	for (; at >= 0; at = w->parent[at])
		if (walk_has(w, at, "#address-cells"))
			return walk_u32(w, at, "#address-cells", 2);
	return 2;
}

static bool row_matches(const struct spec *s, const fdt32_t *row,
			const fdt32_t *mask)
{
	unsigned int i, n = s->naddr + s->n;
	u32 v, m;

	for (i = 0; i < n; i++) {
		v = i < s->naddr ? s->addr[i] : s->cell[i - s->naddr];
		m = mask ? fdt32_ld(mask + i) : 0xffffffffu;
		if ((v ^ fdt32_ld(row + i)) & m)
			return false;
	}
	return true;
}

/* Go through the interrupt-map of @s->at: one row further up, or an error. */
static int map_step(struct walk *w, int node, struct spec *s)
{
	const fdt32_t *map, *mask;
	unsigned int n, nmask, i, head, pa, pn, k;
	int at = s->at, p, rc;

	head = s->naddr + s->n;
	rc = walk_cells(w, at, "interrupt-map", &map, &n);
	if (!rc)
		rc = walk_cells(w, at, "interrupt-map-mask", &mask, &nmask);
	if (rc)
		return rc;
	if (mask && nmask != head)
		return walk_err(w, ERR_FORMAT, at, "interrupt-map-mask",
				"%u cells, not %u", nmask, head);
	for (i = 0; i < n; i += head + 1 + pa + pn) {
		if (n - i <= head)
			return walk_err(w, ERR_FORMAT, at, "interrupt-map",
					"the last row is cut");
		p = walk_by_phandle(w, fdt32_ld(map + i + head));
		if (p < 0)
			return walk_err(w, ERR_NOENT, at, "interrupt-map",
					"phandle 0x%x leads nowhere",
					fdt32_ld(map + i + head));
		pa = walk_u32(w, p, "#address-cells", 0);
		rc = irq_cells(w, p, &pn);
		if (rc)
			return rc;
		if (pa > 4 || n - i < head + 1 + pa + pn)
			return walk_err(w, ERR_FORMAT, at, "interrupt-map",
					"the last row is cut");
		if (!row_matches(s, map + i, mask))
			continue;
		for (k = 0; k < pa; k++)
			s->addr[k] = fdt32_ld(map + i + head + 1 + k);
		for (k = 0; k < pn; k++)
			s->cell[k] = fdt32_ld(map + i + head + 1 + pa + k);
		s->naddr = pa;
		s->n = pn;
		s->at = p;
		return 0;
	}
	return walk_err(w, ERR_NOENT, node, "interrupts",
			"no row of the interrupt-map of %s fits",
			w->b->node[at].path);
}

/* The unit address that a nexus sees: the first cells of the node's reg. */
static int unit_address(struct walk *w, int node, struct spec *s)
{
	unsigned int n, i;
	const fdt32_t *c;
	int rc;

	s->naddr = 0;
	if (!walk_has(w, s->at, "interrupt-map"))
		return 0;
	s->naddr = nexus_cells(w, s->at);
	rc = walk_cells(w, node, "reg", &c, &n);
	if (rc)
		return rc;
	if (s->naddr > 4 || n < s->naddr)
		return walk_err(w, ERR_FORMAT, node, "reg",
				"fewer cells than "
				"the interrupt-map of %s looks at",
				w->b->node[s->at].path);
	for (i = 0; i < s->naddr; i++)
		s->addr[i] = fdt32_ld(c + i);
	return 0;
}

/* A node that neither maps nor controls hands on to its own parent. */
static int climb(struct walk *w, int node, struct spec *s)
{
	unsigned int n;
	int at = s->at, rc;

	s->at = irq_parent(w, at);
	if (s->at < 0)
		return s->at;
	rc = irq_cells(w, s->at, &n);
	if (!rc && n != s->n)
		rc = walk_err(w, ERR_FORMAT, at, "#interrupt-cells",
			      "differs from that of %s",
			      w->b->node[s->at].path);
	return rc ? rc : unit_address(w, node, s);
}

/* Follow @s from @node to a controller; @out gets it. */
static int follow(struct walk *w, int node, struct spec *s,
		  struct board_irq *out)
{
	const struct dev_class *cls;
	unsigned int hops;
	int rc;

	for (hops = 0; hops < MAX_HOPS; hops++) {
		if (walk_has(w, s->at, "interrupt-map")) {
			rc = map_step(w, node, s);
			if (rc)
				return rc;
			continue;
		}
		if (walk_has(w, s->at, "interrupt-controller"))
			break;
		rc = climb(w, node, s);
		if (rc)
			return rc;
	}
	if (hops == MAX_HOPS)
		return walk_err(w, ERR_FORMAT, node, "interrupts",
				"the chain of interrupt parents is a loop");
	cls = w->b->node[s->at].cls;
	if (cls && cls->irq_in && s->cell[0] >= cls->irq_inputs)
		return walk_err(w, ERR_RANGE, node, "interrupts",
				"%s has no input %u", w->b->node[s->at].path,
				s->cell[0]);
	out->controller = s->at;
	out->input = s->cell[0];
	out->sense = s->n > 1 ? s->cell[1] : 0;
	return 0;
}

/* Take the specifier at @c (of @left cells) for @at; its cells used, or -. */
static int take(struct walk *w, int node, const char *prop, int at,
		const fdt32_t *c, unsigned int left)
{
	struct board_node *n = &w->b->node[node];
	struct spec s = { .at = at };
	unsigned int i;
	int rc;

	rc = irq_cells(w, at, &s.n);
	if (rc)
		return rc;
	if (left < s.n)
		return walk_err(w, ERR_FORMAT, node, prop,
				"the last of its "
				"interrupts is cut: %s wants %u cells each",
				w->b->node[at].path, s.n);
	for (i = 0; i < s.n; i++)
		s.cell[i] = fdt32_ld(c + i);
	i = s.n;
	if (n->nirq == DEV_IRQS)
		return n->cls ? walk_err(w, ERR_RANGE, node, prop,
					 "more than %d interrupts",
					 DEV_IRQS) :
				(int)i;
	rc = unit_address(w, node, &s);
	if (!rc)
		rc = follow(w, node, &s, &n->irq[n->nirq]);
	if (rc)
		return rc;
	n->nirq++;
	return (int)i;
}

static int walk_extended(struct walk *w, int node, const fdt32_t *c,
			 unsigned int n)
{
	static const char prop[] = "interrupts-extended";
	unsigned int i;
	int p, used;

	for (i = 0; i < n; i += 1 + (unsigned int)used) {
		p = walk_by_phandle(w, fdt32_ld(c + i));
		if (p < 0)
			return walk_err(w, ERR_NOENT, node, prop,
					"phandle 0x%x leads nowhere",
					fdt32_ld(c + i));
		used = take(w, node, prop, p, c + i + 1, n - i - 1);
		if (used < 0)
			return used;
	}
	return 0;
}

/**
 * walk_irqs - resolve a node's interrupts to controllers and inputs
 * @w:    walk
 * @node: index; its irq[] and nirq are set
 *
 * Returns: 0; -ERR_FORMAT, -ERR_RANGE, -ERR_NOENT.
 * Source:  [DTSPEC] 2.4 interrupts; [LX] drivers/of/irq.c where it is silent
 *          (cells of a nexus, a map without a mask).
 */
int walk_irqs(struct walk *w, int node)
{
	unsigned int n, i;
	const fdt32_t *c;
	int at, rc, used;

	rc = walk_cells(w, node, "interrupts-extended", &c, &n);
	if (rc || c)
		return rc ? rc : walk_extended(w, node, c, n);
	rc = walk_cells(w, node, "interrupts", &c, &n);
	if (rc || !c)
		return rc;
	at = irq_parent(w, node);
	if (at < 0)
		return at;
	for (i = 0; i < n; i += (unsigned int)used) {
		used = take(w, node, "interrupts", at, c + i, n - i);
		if (used < 0)
			return used;
	}
	return 0;
}

/**
 * board_order - an order in which every node comes after its controllers
 * @b:      walked
 * @order:  filled with b->count node indexes; siblings stay in tree order
 * @looped: set to a node of the loop on failure
 *
 * Returns: 0; -ERR_FORMAT when the controllers form a loop.
 */
int board_order(const struct board *b, unsigned int *order, int *looped)
{
	unsigned int done = 0, before, i, k;
	bool *placed = xcalloc(b->count, sizeof(*placed)), is_ready;
	bool is_ctl;
	int pass, c;

	/* controllers first, level by level; then all others */
	for (pass = 0; pass < 2; pass++) {
		do {
			before = done;
			for (i = 0; i < b->count; i++) {
				is_ctl = b->node[i].kind == NODE_DEVICE &&
					 b->node[i].cls->irq_in;
				is_ready = !placed[i] && (pass || is_ctl);
				for (k = 0; k < b->node[i].nirq; k++) {
					c = b->node[i].irq[k].controller;
					is_ready &= c < 0 || placed[c] ||
						    (pass && !is_ctl);
				}
				if (!is_ready)
					continue;
				placed[i] = true;
				order[done++] = i;
			}
		} while (done != before);
	}
	for (i = 0; i < b->count && placed[i]; i++)
		;
	*looped = (int)i;
	free(placed);
	return done == b->count ? 0 : -ERR_FORMAT;
}

/**
 * walk_irq_roots - connect the CPU's pins, and refuse loops of controllers
 * @w: walk, every node resolved
 *
 * The controller that names no interrupts of its own drives the CPU: its
 * first line is the external input, its second the critical input.
 *
 * Returns: 0; -ERR_CONFLICT for two such controllers, -ERR_FORMAT for a loop.
 */
int walk_irq_roots(struct walk *w)
{
	struct board *b = w->b;
	unsigned int i, *order;
	int root = -1, looped, rc;

	for (i = 0; i < b->count; i++) {
		struct board_node *n = &b->node[i];

		if (n->kind != NODE_DEVICE || !n->cls->irq_in || n->nirq)
			continue;
		if (root >= 0)
			return walk_err(w, ERR_CONFLICT, (int)i, "interrupts",
					"absent, but %s has the CPU's pins "
					"already",
					b->node[root].path);
		root = (int)i;
		n->irq[0] = (struct board_irq){ -1, 0, 0 };
		n->irq[1] = (struct board_irq){ -1, 1, 0 };
		n->nirq = 2;
	}
	order = xcalloc(b->count, sizeof(*order));
	rc = board_order(b, order, &looped);
	free(order);
	if (rc)
		return walk_err(w, -rc, looped, "interrupts",
				"the chain of interrupt controllers is a loop");
	return 0;
}
