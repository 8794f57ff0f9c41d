/* SPDX-License-Identifier: MIT */
/*
 * soc/board_walk.c - what every node of the tree is: its class or the lack of
 * one, its physical addresses and its DCRs; and what no two nodes may share.
 *
 * Nothing is made here and nothing is guessed: a node that names hardware
 * without a class is reported as such.  Interrupts are in board_irq.c.
 */
#include "soc/board_priv.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

#define PADDR_TOP (1ull << 36)

/**
 * walk_err - the one line about a node
 * @w:    walk; its message gets "FILE: /path: property: text"
 * @code: ERR_x
 * @node: index into the board's nodes
 * @prop: property, NULL when the line is about the node itself
 * @fmt:  printf format of the text
 *
 * Returns: -@code.
 */
int walk_err(struct walk *w, int code, int node, const char *prop,
	     const char *fmt, ...)
{
	char text[256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return err_set(w->msg, code, "%s: %s: %s%s%s", w->b->name,
		       w->b->node[node].path, prop ? prop : "",
		       prop ? ": " : "", text);
}

/**
 * fdt_str - a string property
 * @fdt:    blob
 * @offset: of the node
 * @prop:   name
 *
 * Returns: the string inside the blob; "" when absent or not terminated.
 */
const char *fdt_str(const void *fdt, int offset, const char *prop)
{
	int len;
	const char *s = fdt_getprop(fdt, offset, prop, &len);

	return s && len > 0 && !s[len - 1] ? s : "";
}

/**
 * walk_cells - a property as an array of cells
 * @w:     walk
 * @node:  index of the node
 * @prop:  name
 * @cells: set to the first cell inside the blob, NULL when absent
 * @count: set to the number of cells
 *
 * Returns: 0; -ERR_FORMAT when the length is no multiple of 4.
 */
int walk_cells(struct walk *w, int node, const char *prop,
	       const fdt32_t **cells, unsigned int *count)
{
	int len;

	*count = 0;
	*cells = fdt_getprop(w->fdt, w->b->node[node].offset, prop, &len);
	if (!*cells)
		return 0;
	if (len % 4)
		return walk_err(w, ERR_FORMAT, node, prop,
				"%d bytes are no whole number of cells", len);
	*count = (unsigned int)len / 4;
	return 0;
}

/**
 * walk_u32 - a property of one cell
 * @w:    walk
 * @node: index of the node
 * @prop: name
 * @def:  value when absent or of another length
 *
 * Returns: the value.
 */
u32 walk_u32(const struct walk *w, int node, const char *prop, u32 def)
{
	int len;
	const void *p = fdt_getprop(w->fdt, w->b->node[node].offset, prop,
				    &len);

	return p && len == 4 ? fdt32_ld(p) : def;
}

/**
 * walk_has - is a property there
 * @w:    walk
 * @node: index of the node
 * @prop: name
 */
bool walk_has(const struct walk *w, int node, const char *prop)
{
	return fdt_getprop(w->fdt, w->b->node[node].offset, prop, NULL);
}

/**
 * walk_by_phandle - the node that a phandle names
 * @w:       walk
 * @phandle: 0 names nothing
 *
 * Returns: its index, -1 when there is none.
 */
int walk_by_phandle(const struct walk *w, u32 phandle)
{
	unsigned int lo = 0, hi = w->phandles, mid;

	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (w->ph[mid].phandle == phandle)
			return w->ph[mid].node;
		if (w->ph[mid].phandle < phandle)
			lo = mid + 1;
		else
			hi = mid;
	}
	return -1;
}

static u64 cells_value(const fdt32_t *c, unsigned int n)
{
	u64 v = 0;

	while (n--)
		v = v << 32 | fdt32_ld(c++);
	return v;
}

/* #address-cells and #size-cells that @bus gives to its children. */
static int bus_cells(struct walk *w, int bus, unsigned int *na,
		     unsigned int *ns)
{
	*na = walk_u32(w, bus, "#address-cells", 2);
	*ns = walk_u32(w, bus, "#size-cells", 1);
	if (*na > 4)
		return walk_err(w, ERR_FORMAT, bus, "#address-cells",
				"%u are more than 4", *na);
	if (*ns > 2)
		return walk_err(w, ERR_FORMAT, bus, "#size-cells",
				"%u are more than 2", *ns);
	return 0;
}

#define NOT_MAPPED 1 /* the CPU does not see this bus in its addresses */

/*
 * One step up: @addr on @bus becomes an address on the parent of @bus.
 * 0, NOT_MAPPED, or -ERR_x.
 */
static int ranges_up(struct walk *w, int node, int bus, u64 *addr, u64 size)
{
	unsigned int na, ns, pna, pns, n, row, i;
	const fdt32_t *c;
	u64 base, len, up;
	int rc;

	rc = walk_cells(w, bus, "ranges", &c, &n);
	if (rc || !c)
		return rc ? rc : NOT_MAPPED;
	if (!n)
		return 0;
	rc = bus_cells(w, bus, &na, &ns);
	if (!rc)
		rc = bus_cells(w, w->parent[bus], &pna, &pns);
	if (rc)
		return rc;
	if (na > 2)
		return NOT_MAPPED; /* PCI, ISA: the bridge decides */
	row = na + pna + ns;
	if (pna > 2 || !row || n % row)
		return walk_err(w, ERR_FORMAT, bus, "ranges",
				"%u cells do not make rows of %u", n, row);
	for (i = 0; i < n; i += row) {
		base = cells_value(c + i, na);
		len = cells_value(c + i + na + pna, ns);
		if (*addr < base || *addr - base > len ||
		    size > len - (*addr - base))
			continue;
		up = cells_value(c + i + na, pna);
		if (up > PADDR_TOP)
			return walk_err(w, ERR_RANGE, bus, "ranges",
					"0x%llx does not fit in 36 bits",
					(unsigned long long)up);
		*addr = *addr - base + up;
		return 0;
	}
	return walk_err(w, ERR_RANGE, node, "reg",
			"0x%llx, 0x%llx bytes, lies outside the ranges of %s",
			(unsigned long long)*addr, (unsigned long long)size,
			w->b->node[bus].path);
}

static int reg_translate(struct walk *w, int node, u64 *addr, u64 size)
{
	int bus, rc;

	for (bus = w->parent[node]; w->parent[bus] >= 0; bus = w->parent[bus]) {
		rc = ranges_up(w, node, bus, addr, size);
		if (rc)
			return rc;
	}
	if (*addr >= PADDR_TOP || size > PADDR_TOP - *addr)
		return walk_err(w, ERR_RANGE, node, "reg",
				"0x%llx, 0x%llx bytes, does not fit in 36 bits",
				(unsigned long long)*addr,
				(unsigned long long)size);
	return 0;
}

/**
 * walk_reg - fill in a node's windows in the physical address space
 * @w:    walk
 * @node: index; its mmio[] and nmmio are set
 *
 * A bus that the CPU does not see in its addresses (I2C, MDIO, flash, PCI,
 * a bus without ranges) gives its children no windows.
 *
 * Returns: 0; -ERR_FORMAT, -ERR_RANGE.
 * Source:  [DTSPEC] 2.3.6 reg, 2.3.8 ranges.
 */
int walk_reg(struct walk *w, int node)
{
	struct board_node *n = &w->b->node[node];
	unsigned int na, ns, count, i, k;
	u64 addr, size;
	const fdt32_t *c;
	int rc;

	rc = walk_cells(w, node, "reg", &c, &count);
	if (!rc)
		rc = bus_cells(w, w->parent[node], &na, &ns);
	if (rc || !c)
		return rc;
	if (!(na + ns) || !count || count % (na + ns))
		return walk_err(w, ERR_FORMAT, node, "reg",
				"%u cells do not make rows of %u",
				count, na + ns);
	if (!ns || na > 2)
		return 0;
	for (i = 0; i < count; i += na + ns) {
		addr = cells_value(c + i, na);
		size = cells_value(c + i + na, ns);
		if (!size)
			return walk_err(w, ERR_RANGE, node, "reg",
					"0x%llx has no size",
					(unsigned long long)addr);
		rc = reg_translate(w, node, &addr, size);
		if (rc)
			return rc == NOT_MAPPED ? 0 : rc;
		k = n->nmmio;
		if (k == DEV_SPACES && !n->cls)
			return 0;
		if (k == DEV_SPACES)
			return walk_err(w, ERR_RANGE, node, "reg",
					"more than %d windows",
					DEV_SPACES);
		n->mmio[k].base = addr;
		n->mmio[k].size = size;
		n->nmmio++;
	}
	return 0;
}

/*
 * The node whose DCR instructions reach @node's DCRs: dcr-parent here or
 * above; without one the only dcr-controller there is.
 */
static int dcr_parent(struct walk *w, int node)
{
	unsigned int i, found = 0;
	int up, p = -1;
	u32 ph;

	for (up = node; up >= 0; up = w->parent[up]) {
		ph = walk_u32(w, up, "dcr-parent", 0);
		if (!ph)
			continue;
		p = walk_by_phandle(w, ph);
		if (p < 0)
			return walk_err(w, ERR_NOENT, up, "dcr-parent",
					"phandle 0x%x leads nowhere", ph);
		if (!walk_has(w, p, "dcr-controller"))
			return walk_err(w, ERR_FORMAT, up, "dcr-parent",
					"%s is no dcr-controller",
					w->b->node[p].path);
		return p;
	}
	for (i = 0; i < w->b->count; i++)
		if (walk_has(w, (int)i, "dcr-controller")) {
			found++;
			p = (int)i;
		}
	if (found == 1)
		return p;
	return walk_err(w, ERR_NOENT, node, "dcr-reg",
			"no dcr-parent here or above");
}

/**
 * walk_dcr - fill in a node's ranges of device control registers
 * @w:    walk
 * @node: index; its dcr[] and ndcr are set
 *
 * Returns: 0; -ERR_FORMAT, -ERR_RANGE, -ERR_NOENT, -ERR_UNSUPP.
 * Source:  [LX] Documentation/devicetree/bindings/powerpc/4xx and
 *          arch/powerpc/sysdev/dcr.c.
 */
int walk_dcr(struct walk *w, int node)
{
	struct board_node *n = &w->b->node[node];
	unsigned int count, i;
	const fdt32_t *c;
	u32 base, size;
	int rc, p;

	rc = walk_cells(w, node, "dcr-reg", &c, &count);
	if (rc || !c)
		return rc;
	p = dcr_parent(w, node);
	if (p < 0)
		return p;
	if (strcmp(fdt_str(w->fdt, w->b->node[p].offset, "dcr-access-method"),
		   "native"))
		return walk_err(w, ERR_UNSUPP, p, "dcr-access-method",
				"only \"native\" is supported");
	if (!count || count % 2)
		return walk_err(w, ERR_FORMAT, node, "dcr-reg",
				"%u cells do not make pairs", count);
	if (count / 2 > DEV_SPACES)
		return walk_err(w, ERR_RANGE, node, "dcr-reg",
				"more than %d ranges", DEV_SPACES);
	for (i = 0; i < count; i += 2) {
		base = fdt32_ld(c + i);
		size = fdt32_ld(c + i + 1);
		if (!size || base >= DCR_COUNT || size > DCR_COUNT - base)
			return walk_err(w, ERR_RANGE, node, "dcr-reg",
					"0x%x, "
					"%u registers, does not fit in the "
					"%d DCRs",
					base, size, DCR_COUNT);
		n->dcr[i / 2].base = base;
		n->dcr[i / 2].size = size;
		n->ndcr++;
	}
	return 0;
}

/* Node list: paths, parents, classes */

static bool name_is_clean(const char *name)
{
	while (*name)
		if (!isgraph((unsigned char)*name++))
			return false;
	return true;
}

static int add_node(struct walk *w, int offset, int parent)
{
	struct board *b = w->b;
	const char *name = fdt_get_name(w->fdt, offset, NULL);
	struct board_node *n;

	if (b->count == BOARD_MAX_NODES)
		return err_set(w->msg, ERR_RANGE, "%s: more than %u nodes",
			       b->name, BOARD_MAX_NODES);
	if (!name || !name_is_clean(name) || strchr(name, '/') ||
	    strlen(name) > 255 || (parent >= 0 && !*name))
		return err_set(w->msg, ERR_FORMAT,
			       "%s: %s: a node below it has no valid name",
			       b->name,
			       parent < 0 ? "/" : b->node[parent].path);
	n = &b->node[b->count];
	memset(n, 0, sizeof(*n));
	n->offset = offset;
	n->compatible = "";
	if (parent < 0)
		n->path = xstrdup("/");
	else
		n->path = xasprintf("%s/%s", parent ? b->node[parent].path : "",
				    name);
	w->parent[b->count++] = parent;
	return 0;
}

static int list_nodes(struct walk *w)
{
	int up[BOARD_MAX_DEPTH + 1], depth = 0, off = 0, rc;

	w->b->node = xcalloc(BOARD_MAX_NODES, sizeof(*w->b->node));
	w->parent = xcalloc(BOARD_MAX_NODES, sizeof(*w->parent));
	while (off >= 0 && depth >= 0) {
		if (depth > BOARD_MAX_DEPTH)
			return walk_err(w, ERR_RANGE, up[BOARD_MAX_DEPTH],
					NULL, "nodes are nested deeper than "
					      "%d",
					BOARD_MAX_DEPTH);
		up[depth] = (int)w->b->count;
		rc = add_node(w, off, depth ? up[depth - 1] : -1);
		if (rc)
			return rc;
		off = fdt_next_node(w->fdt, off, &depth);
	}
	return 0;
}

static int by_path(const void *a, const void *b)
{
	const struct board_node *const *x = a, *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

static int check_paths(struct walk *w)
{
	const struct board_node **list;
	unsigned int i, n = w->b->count;
	int rc = 0;

	list = xcalloc(n, sizeof(const struct board_node *));
	for (i = 0; i < n; i++)
		list[i] = &w->b->node[i];
	qsort(list, n, sizeof(*list), by_path);
	for (i = 1; i < n && !rc; i++)
		if (!strcmp(list[i - 1]->path, list[i]->path))
			rc = walk_err(w, ERR_CONFLICT,
				      (int)(list[i] - w->b->node), NULL,
				      "the tree names this node twice");
	free(list);
	return rc;
}

static int by_phandle(const void *a, const void *b)
{
	const struct walk_phandle *x = a, *y = b;

	if (x->phandle != y->phandle)
		return x->phandle < y->phandle ? -1 : 1;
	return x->node - y->node;
}

static int list_phandles(struct walk *w)
{
	unsigned int i;
	u32 ph;

	w->ph = xcalloc(w->b->count, sizeof(*w->ph));
	for (i = 0; i < w->b->count; i++) {
		ph = fdt_get_phandle(w->fdt, w->b->node[i].offset);
		if (!ph)
			continue;
		w->ph[w->phandles].phandle = ph;
		w->ph[w->phandles++].node = (int)i;
	}
	qsort(w->ph, w->phandles, sizeof(*w->ph), by_phandle);
	for (i = 1; i < w->phandles; i++)
		if (w->ph[i - 1].phandle == w->ph[i].phandle)
			return walk_err(w, ERR_CONFLICT, w->ph[i].node,
					"phandle", "0x%x names %s too",
					w->ph[i].phandle,
					w->b->node[w->ph[i - 1].node].path);
	return 0;
}

/* Properties of which the first cell is the phandle of a companion device. */
static int check_companions(struct walk *w, int node)
{
	static const char *const prop[] = {
		"mal-device",
		"zmii-device",
		"rgmii-device",
		"tah-device",
		"mdio-device",
		"phy-handle",
		"memory-region",
	};
	unsigned int i, n;
	const fdt32_t *c;
	int rc;

	for (i = 0; i < ARRAY_SIZE(prop); i++) {
		rc = walk_cells(w, node, prop[i], &c, &n);
		if (rc)
			return rc;
		if (n && walk_by_phandle(w, fdt32_ld(c)) < 0)
			return walk_err(w, ERR_NOENT, node, prop[i],
					"phandle 0x%x leads nowhere",
					fdt32_ld(c));
	}
	return 0;
}

static const struct dev_class *find_class(const void *fdt, int offset)
{
	int i, n = fdt_stringlist_count(fdt, offset, "compatible");
	const struct dev_class *cls = NULL;
	const char *s;

	for (i = 0; i < n && !cls; i++) {
		s = fdt_stringlist_get(fdt, offset, "compatible", i, NULL);
		cls = s ? dev_class_find(s) : NULL;
	}
	return cls;
}

/* Nodes that say something about the machine but are no device of it. */
static bool is_information(const struct walk *w, int node)
{
	static const char *const under[] = {
		"/cpus",
		"/memory",
		"/chosen",
		"/aliases",
		"/reserved-memory",
	};
	const struct board_node *n = &w->b->node[node];
	const char *type = fdt_str(w->fdt, n->offset, "device_type");
	unsigned int i;
	size_t len;

	if (!node || !strcmp(type, "memory") || !strcmp(type, "cpu"))
		return true;
	for (i = 0; i < ARRAY_SIZE(under); i++) {
		len = strlen(under[i]);
		if (!strncmp(n->path, under[i], len) &&
		    (!n->path[len] || n->path[len] == '/'))
			return true;
	}
	return !strcmp(type, "ethernet-phy") ||
	       !strncmp(n->compatible, "ethernet-phy", 12);
}

static bool is_off(const struct walk *w, int node)
{
	const char *s = fdt_str(w->fdt, w->b->node[node].offset, "status");

	return *s && strcmp(s, "okay") && strcmp(s, "ok");
}

static void classify(struct walk *w, int node)
{
	struct board_node *n = &w->b->node[node];

	n->compatible = fdt_str(w->fdt, n->offset, "compatible");
	if (is_information(w, node)) {
		n->kind = NODE_INFO;
		return;
	}
	n->cls = find_class(w->fdt, n->offset);
	if (is_off(w, node) ||
	    w->b->node[w->parent[node]].kind == NODE_DISABLED)
		n->kind = NODE_DISABLED;
	else if (n->cls)
		n->kind = NODE_DEVICE;
	else if (*n->compatible && (walk_has(w, node, "reg") ||
				    walk_has(w, node, "dcr-reg")))
		n->kind = NODE_UNSERVED;
	else if (*n->compatible || walk_has(w, node, "ranges"))
		n->kind = NODE_BUS;
	else
		n->kind = NODE_INFO;
}

static int resolve_node(struct walk *w, int node)
{
	struct board_node *n = &w->b->node[node];
	struct errmsg *msg = w->msg;
	int rc;

	if (n->kind == NODE_INFO)
		return 0;
	if (n->kind == NODE_DISABLED)
		w->msg = NULL; /* what is wrong there does not matter */
	rc = walk_reg(w, node);
	if (!rc)
		rc = walk_dcr(w, node);
	if (!rc)
		rc = walk_irqs(w, node);
	if (!rc)
		rc = check_companions(w, node);
	w->msg = msg;
	return n->kind == NODE_DISABLED ? 0 : rc;
}

/* What two nodes may not both have */

struct claim {
	u64 base, end;
	int node;
};

static int by_base(const void *a, const void *b)
{
	const struct claim *x = a, *y = b;

	if (x->base != y->base)
		return x->base < y->base ? -1 : 1;
	return x->node - y->node;
}

static int check_claims(struct walk *w, const char *prop)
{
	bool is_dcr = !strcmp(prop, "dcr-reg");
	struct board *b = w->b;
	struct claim *list, *top;
	unsigned int i, k, n = 0;
	int rc = 0;

	list = xcalloc((size_t)b->count * DEV_SPACES, sizeof(*list));
	for (i = 0; i < b->count; i++) {
		const struct board_node *bn = &b->node[i];
		const struct dev_space *s = is_dcr ? bn->dcr : bn->mmio;

		if (bn->kind != NODE_DEVICE && bn->kind != NODE_UNSERVED)
			continue;
		for (k = 0; k < (is_dcr ? bn->ndcr : bn->nmmio); k++, n++)
			list[n] = (struct claim){ s[k].base,
						  s[k].base + s[k].size,
						  (int)i };
	}
	qsort(list, n, sizeof(*list), by_base);
	for (i = 1, top = list; i < n && !rc; i++) {
		if (list[i].base < top->end && list[i].node != top->node)
			rc = walk_err(w, ERR_CONFLICT, list[i].node, prop,
				      "0x%llx is claimed by %s too",
				      (unsigned long long)list[i].base,
				      b->node[top->node].path);
		if (list[i].end > top->end)
			top = &list[i];
	}
	free(list);
	return rc;
}

/* /memory and the boot CPU */

static int read_memory(struct walk *w, int node)
{
	unsigned int na, ns, n, i;
	const fdt32_t *c;
	u64 base, size;
	int rc;

	rc = walk_cells(w, node, "reg", &c, &n);
	if (!rc)
		rc = bus_cells(w, w->parent[node], &na, &ns);
	if (rc)
		return rc;
	if (!ns || na > 2 || n % (na + ns))
		return walk_err(w, ERR_FORMAT, node, "reg",
				"%u cells do not "
				"make rows of an address and a size",
				n);
	for (i = 0; i < n; i += na + ns) {
		base = cells_value(c + i, na);
		size = cells_value(c + i + na, ns);
		if (size && base != w->b->ram_bytes)
			return walk_err(w, ERR_RANGE, node, "reg",
					"memory must begin at 0 without holes");
		if (size > PADDR_TOP - base)
			return walk_err(w, ERR_RANGE, node, "reg",
					"memory does not fit in 36 bits");
		w->b->ram_bytes += size;
	}
	return 0;
}

static int read_facts(struct walk *w)
{
	struct board *b = w->b;
	const char *type;
	unsigned int i;
	int rc;

	b->model = fdt_str(w->fdt, 0, "model");
	for (i = 1; i < b->count; i++) {
		type = fdt_str(w->fdt, b->node[i].offset, "device_type");
		if (!strcmp(type, "cpu") && !b->cpu_model)
			b->cpu_model = fdt_str(w->fdt, b->node[i].offset,
					       "model");
		if (strcmp(type, "memory"))
			continue;
		rc = read_memory(w, (int)i);
		if (rc)
			return rc;
	}
	if (!b->ram_bytes)
		b->ram_bytes = BOARD_RAM_DEFAULT;
	if (!b->cpu_model)
		return err_set(w->msg, ERR_FORMAT,
			       "%s: /cpus: no node with device_type \"cpu\"",
			       b->name);
	return 0;
}

static int walk_nodes(struct walk *w)
{
	unsigned int i;
	int rc;

	rc = list_nodes(w);
	if (!rc)
		rc = check_paths(w);
	if (!rc)
		rc = list_phandles(w);
	if (rc)
		return rc;
	for (i = 0; i < w->b->count; i++)
		classify(w, (int)i);
	rc = read_facts(w);
	for (i = 1; i < w->b->count && !rc; i++)
		rc = resolve_node(w, (int)i);
	if (!rc)
		rc = walk_irq_roots(w);
	if (!rc)
		rc = check_claims(w, "reg");
	if (!rc)
		rc = check_claims(w, "dcr-reg");
	return rc;
}

/**
 * walk_tree - resolve every node of one tree, without the chip behind it
 * @b:   loaded; its node list is filled in
 * @msg: one line on failure
 *
 * Returns: as board_walk.
 */
int walk_tree(struct board *b, struct errmsg *msg)
{
	struct walk w = { .b = b, .fdt = b->blob, .msg = msg };
	int rc = walk_nodes(&w);

	free(w.parent);
	free(w.ph);
	return rc;
}
