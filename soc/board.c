/* SPDX-License-Identifier: MIT */
/*
 * soc/board.c - makes the devices of a walked tree, connects their lines, and
 * owns them until board_free.
 *
 * It knows classes only through struct dev_class, and never what a device
 * does.  Devices read their node through struct dev_node, so that libfdt
 * stays on this side.
 */
#include "soc/board_priv.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "soc/machine.h"

/**
 * node_blob - the blob that a node's offset belongs to
 * @b: board
 * @n: one of its nodes
 */
const void *node_blob(const struct board *b, const struct board_node *n)
{
	return n->is_implied ? b->chip->blob : b->blob;
}

static const void *node_prop(const struct dev_node *node, const char *name,
			     int *len)
{
	return fdt_getprop(node->blob, node->offset, name, len);
}

/* Index of the node at @offset of @blob, -1 when it is not on the board. */
static int node_at(const struct board *b, const void *blob, int offset)
{
	unsigned int i;

	if (b->chip && blob == b->chip->blob) {
		for (i = 0; i < b->chip->count; i++)
			if (b->chip->offset[i] == offset)
				return b->chip->index[i];
		return -1;
	}
	for (i = 0; i < b->count; i++)
		if (!b->node[i].is_implied && b->node[i].offset == offset)
			return (int)i;
	return -1;
}

static struct dev *node_dev_at(const struct dev_node *node, const char *name,
			       unsigned int cell)
{
	const struct board *b = node->opaque;
	const fdt32_t *c;
	int len, i;

	c = fdt_getprop(node->blob, node->offset, name, &len);
	if (!c || len % 4 || cell >= (unsigned int)len / 4)
		return NULL;
	i = fdt_node_offset_by_phandle(node->blob, fdt32_ld(c + cell));
	if (i >= 0)
		i = node_at(b, node->blob, i);
	return i < 0 ? NULL : b->node[i].dev;
}

/* A device above it, however many plain nodes lie between. */
static struct dev *node_parent(const struct dev_node *node)
{
	const struct board *b = node->opaque;
	int i, up = node->offset;

	while ((up = fdt_parent_offset(node->blob, up)) >= 0) {
		i = node_at(b, node->blob, up);
		if (i >= 0 && b->node[i].dev)
			return b->node[i].dev;
	}
	return NULL;
}

static struct dev_node view_of(struct board *b, const struct board_node *n)
{
	return (struct dev_node){
		.prop = node_prop,
		.dev_at = node_dev_at,
		.parent = node_parent,
		.blob = node_blob(b, n),
		.offset = n->offset,
		.opaque = b,
	};
}

/* Number that /aliases gives to @n ("serial1" is 1), -1 without one. */
static int alias_index(const struct board *b, const struct board_node *n)
{
	static const char *const stem[] = { "serial", "ethernet", "i2c" };
	int dir = fdt_path_offset(b->blob, "/aliases"), off, len;
	const char *name, *path;
	unsigned int i;
	size_t k;

	if (dir < 0 || n->is_implied)
		return -1;
	fdt_for_each_property_offset(off, b->blob, dir) {
		path = fdt_getprop_by_offset(b->blob, off, &name, &len);
		if (!path || len < 1 || path[len - 1] || strcmp(path, n->path))
			continue;
		for (i = 0; i < ARRAY_SIZE(stem); i++) {
			k = strlen(stem[i]);
			if (!strncmp(name, stem[i], k) && name[k] >= '0' &&
			    name[k] <= '9' && !name[k + 1])
				return name[k] - '0';
		}
	}
	return -1;
}

static bool index_taken(const struct board *b, const struct dev_class *cls,
			unsigned int index, const struct board_node *but)
{
	unsigned int i;

	for (i = 0; i < b->count; i++)
		if (&b->node[i] != but && b->node[i].dev &&
		    b->node[i].cls == cls && b->node[i].dev->index == index)
			return true;
	return false;
}

/*
 * dev->index: what /aliases says, else the lowest number that no device of
 * the class has, in tree order.
 */
static void number_devices(struct board *b)
{
	unsigned int i, k, pass;

	for (i = 0; i < b->count; i++)
		if (b->node[i].dev)
			b->node[i].dev->index = ~0u;
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < b->count; i++) {
			struct board_node *n = &b->node[i];
			int alias;

			if (!n->dev || n->dev->index != ~0u)
				continue;
			alias = pass ? -1 : alias_index(b, n);
			if (alias >= 0 && !index_taken(b, n->cls,
						       (u32)alias, n))
				n->dev->index = (unsigned int)alias;
			if (!pass)
				continue;
			for (k = 0; index_taken(b, n->cls, k, n); k++)
				;
			n->dev->index = k;
		}
}

static void make_device(struct board_node *n, const struct dev_env *env)
{
	n->dev = dev_new(n->cls, env, n->path);
	memcpy(n->dev->mmio, n->mmio, sizeof(n->mmio));
	memcpy(n->dev->dcr, n->dcr, sizeof(n->dcr));
	n->dev->nmmio = n->nmmio;
	n->dev->ndcr = n->ndcr;
}

/* A line to a controller that no class serves leads nowhere, legally. */
static void connect_lines(struct board *b, struct board_node *n,
			  const struct irq_line cpu_pin[2])
{
	const struct board_irq *irq;
	struct irq_line *line;
	struct dev *ctl;
	unsigned int k;

	n->dev->nirq = n->nirq;
	for (k = 0; k < n->nirq; k++) {
		irq = &n->irq[k];
		line = &n->dev->irq[k];
		if (irq->controller == -1) {
			*line = cpu_pin[irq->input];
			continue;
		}
		ctl = irq->controller < 0 ? NULL : b->node[irq->controller].dev;
		line->input = irq->input;
		if (!ctl || !ctl->cls->irq_in)
			continue;
		line->set = ctl->cls->irq_in;
		line->opaque = ctl;
	}
}

/* Who is at the device's end of each cable. */
struct cables {
	const struct board_node *owner[MACHINE_NETS];
	const void *end[MACHINE_NETS];
};

static const void *cable_end(const struct dev_env *env, unsigned int i)
{
	const struct net *net = env_net(env, i);

	return net && net->dev ? net->dev_opaque : NULL;
}

/* @n was just probed or linked: of two that took the same cable, refuse it. */
static int check_cables(struct cables *c, const struct board *b,
			const struct board_node *n, struct errmsg *msg)
{
	const void *end;
	unsigned int i;

	for (i = 0; i < MACHINE_NETS; i++) {
		end = cable_end(n->dev->env, i);
		if (end == c->end[i])
			continue;
		if (c->owner[i] && c->owner[i] != n)
			return err_set(msg, ERR_CONFLICT, "%s: %s: network %u "
				       "is that of %s already", b->name,
				       n->path, i, c->owner[i]->path);
		c->owner[i] = n;
		c->end[i] = end;
	}
	return 0;
}

static int start_device(struct board *b, struct board_node *n,
			struct cables *cables, struct errmsg *msg)
{
	const struct dev_node view = view_of(b, n);
	int rc = 0;

	if (!n->cls->own_map)
		rc = dev_map_spaces(n->dev, msg);
	if (!rc && n->cls->probe)
		rc = n->cls->probe(n->dev, &view, msg);
	if (rc)
		return err_set(msg, -rc, "%s: %s: %s", b->name, n->path,
			       err_text(rc));
	return check_cables(cables, b, n, msg);
}

static int link_device(struct board *b, struct board_node *n,
		       struct cables *cables, struct errmsg *msg)
{
	const struct dev_node view = view_of(b, n);
	int rc = n->cls->link ? n->cls->link(n->dev, &view, msg) : 0;

	if (rc)
		return err_set(msg, -rc, "%s: %s: %s", b->name, n->path,
			       err_text(rc));
	return check_cables(cables, b, n, msg);
}

static void report_unserved(const struct board *b, struct log *log)
{
	unsigned int i, n = 0;

	for (i = 0; i < b->count; i++)
		n += b->node[i].kind == NODE_UNSERVED && !b->node[i].is_implied;
	if (n && log)
		log_put(log, LOG_INFO,
			"%s: %u nodes without a device class "
			"are disabled in the guest's tree; `culm info` lists "
			"them",
			b->name, n);
}

/**
 * board_build - make the devices of a walked tree
 * @b:       walked; each served node gets its dev
 * @env:     what the machine lends to devices; outlives the board
 * @cpu_pin: [0] external input, [1] critical input of the CPU
 * @msg:     one line on failure; board_free ends a board half built
 *
 * All devices exist and are numbered before the first is probed; controllers
 * are probed before what drives them; all are probed before the first link.
 *
 * Returns: 0; -ERR_CONFLICT for two devices on one network cable; what
 *          bus_map, dcr_map and the classes' probe and link return.
 */
int board_build(struct board *b, const struct dev_env *env,
		const struct irq_line cpu_pin[2], struct errmsg *msg)
{
	unsigned int *order = xcalloc(b->count, sizeof(*order)), i;
	struct cables cables = { { NULL }, { NULL } };
	int rc, looped;

	rc = board_order(b, order, &looped);
	BUG_ON(rc); /* board_walk refused loops */
	for (i = 0; i < b->count; i++)
		if (b->node[i].kind == NODE_DEVICE)
			make_device(&b->node[i], env);
	number_devices(b);
	for (i = 0; i < MACHINE_NETS; i++)
		cables.end[i] = cable_end(env, i);
	for (i = 0; i < b->count; i++)
		if (b->node[i].dev)
			connect_lines(b, &b->node[i], cpu_pin);
	for (i = 0; i < b->count && !rc; i++)
		if (b->node[order[i]].dev)
			rc = start_device(b, &b->node[order[i]], &cables, msg);
	for (i = 0; i < b->count && !rc; i++)
		if (b->node[order[i]].dev)
			rc = link_device(b, &b->node[order[i]], &cables, msg);
	free(order);
	if (!rc)
		report_unserved(b, env->log);
	return rc;
}

/**
 * board_reset - reset every device, in tree order
 * @b:    built
 * @kind: what caused it; classes keep what survives it
 */
void board_reset(struct board *b, enum reset_kind kind)
{
	unsigned int i;

	for (i = 0; i < b->count; i++)
		if (b->node[i].dev)
			dev_reset(b->node[i].dev, kind);
}

/**
 * board_free - end the devices and the tree
 * @b: loaded, walked or built, or left so by a failure
 *
 * Context: the bus and the DCR space must not be used after this.
 */
void board_free(struct board *b)
{
	unsigned int i;

	for (i = 0; i < b->count; i++) {
		dev_free(b->node[i].dev);
		free(b->node[i].path);
	}
	free(b->node);
	free(b->blob);
	free(b->name);
	if (b->chip) {
		free(b->chip->blob);
		free(b->chip->offset);
		free(b->chip->index);
		free(b->chip);
	}
	memset(b, 0, sizeof(*b));
}
