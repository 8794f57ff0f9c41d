/* SPDX-License-Identifier: MIT */
/*
 * soc/board_chip.c - silicon that a tree does not mention: the nodes of the
 * shipped board, or else of the shipped chip alone, that nothing in the tree
 * stands for.
 *
 * A tree whose root has the compatible string of a shipped board is for that
 * board.  Nodes are compared by addresses and DCRs, on buses that the CPU does
 * not see by the place on the bus, never by name: a tree may call a unit what
 * it likes, and a unit that it disables is mentioned.
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

/* Index of the node above node @i, -1 for the root. */
static int parent_of(const struct board *b, unsigned int i)
{
	const char *path = b->node[i].path;
	size_t n = (size_t)(strrchr(path, '/') - path);
	int k;

	for (k = (int)i - 1; k > 0; k--)
		if (strlen(b->node[k].path) == n &&
		    !memcmp(b->node[k].path, path, n))
			return k;
	return i ? 0 : -1;
}

/* Where a node is on its bus: the first row of its reg. */
struct place {
	u32 high[4];	/* cells before the last: bank, ... */
	u32 at, size;	/* last cell of the address; size, at least 1 */
};

static bool read_place(const void *fdt, int offset, struct place *p)
{
	int up = fdt_parent_offset(fdt, offset), na, ns, len, i;
	const fdt32_t *c = fdt_getprop(fdt, offset, "reg", &len);

	memset(p, 0, sizeof(*p));
	if (!c || up < 0)
		return false;
	na = fdt_address_cells(fdt, up);
	ns = fdt_size_cells(fdt, up);
	if (na < 1 || na > 4 || ns < 0 || len < 4 * (na + ns))
		return false;
	for (i = 0; i < na - 1; i++)
		p->high[i] = fdt32_ld(c + i);
	p->at = fdt32_ld(c + na - 1);
	p->size = ns ? fdt32_ld(c + na + ns - 1) : 1;
	p->size += !p->size;
	return true;
}

/* Do nodes of one bus sit in the same place? */
static bool places_meet(const struct place *a, const struct place *b)
{
	return !memcmp(a->high, b->high, sizeof(a->high)) &&
	       (u64)a->at < (u64)b->at + b->size &&
	       (u64)b->at < (u64)a->at + a->size;
}

/*
 * The node of @b below node @bus that sits where the chip's node @c does; of
 * nodes without a place, one of the same class.
 */
static int bus_match(const struct board *b, int bus, const void *chip,
		     const struct board_node *c)
{
	struct place want, here;
	bool has_place = read_place(chip, c->offset, &want), is_same;
	unsigned int i;

	for (i = (unsigned int)bus + 1; i < b->count; i++) {
		if (b->node[i].is_implied || parent_of(b, i) != bus)
			continue;
		is_same = read_place(b->blob, b->node[i].offset, &here) ?
			  has_place && places_meet(&want, &here) :
			  !has_place && c->cls && b->node[i].cls == c->cls;
		if (is_same)
			return (int)i;
	}
	return -1;
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

static bool is_hardware(const struct board_node *n)
{
	return n->kind == NODE_DEVICE || n->kind == NODE_UNSERVED;
}

/*
 * What chip node @i is in @b, which it is moved to if it is nothing yet; -1
 * when @b has no place for it.  @bus: what the node above it is in @b, or -1.
 */
static int merge_node(struct board *b, struct board *chip, unsigned int i,
		      int bus)
{
	struct board_node *c = &chip->node[i];
	int at = -1;

	if (bus >= 0 && !b->node[bus].is_implied)
		at = bus_match(b, bus, chip->blob, c);
	if (at < 0)
		at = chip_match(b, c);
	if (at >= 0 || !is_hardware(c))
		return at;
	if (!c->nmmio && !c->ndcr &&
	    (bus < 0 || !is_hardware(&b->node[bus])))
		return -1;
	b->node[b->count] = *c;
	b->node[b->count].is_implied = true;
	c->path = NULL;
	return (int)b->count++;
}

/* Moves the chip's nodes that @b lacks over to @b. */
static void chip_merge(struct board *b, struct board *chip)
{
	struct board_chip *m = xcalloc(1, sizeof(*m));
	int *parent = xcalloc(chip->count, sizeof(*parent));
	unsigned int i, first = b->count;

	for (i = 0; i < chip->count; i++)
		parent[i] = parent_of(chip, i);
	m->count = chip->count;
	m->offset = xcalloc(chip->count, sizeof(int));
	m->index = xcalloc(chip->count, sizeof(int));
	b->node = xrealloc(b->node, b->count + chip->count, sizeof(*b->node));
	for (i = 0; i < chip->count; i++) {
		m->offset[i] = chip->node[i].offset;
		m->index[i] = merge_node(b, chip, i, parent[i] < 0 ? -1 :
					 m->index[parent[i]]);
	}
	free(parent);
	m->blob = chip->blob;
	chip->blob = NULL;
	b->chip = m;
	chip_rewire(b, first);
}

/* ---- which board --------------------------------------------------------- */

static bool is_440ep(const void *fdt)
{
	int cpu = fdt_node_offset_by_prop_value(fdt, -1, "device_type", "cpu",
						sizeof("cpu"));

	return cpu >= 0 && !strcmp(fdt_str(fdt, cpu, "model"),
				   "PowerPC,440EP");
}

/*
 * The shipped board that @compatible, "maker,name", stands for: 1 and @chip,
 * or 0 when there is none.
 */
static int load_shipped(struct board *chip, const char *compatible,
			struct errmsg *msg)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
	const char *comma = strchr(compatible, ',');
	struct errmsg none = { "" };
	int rc;

	if (!comma || !comma[1] || comma[1 + strspn(comma + 1, letters)])
		return 0;
	rc = board_load(chip, comma + 1, &none);
	if (rc && rc != -ERR_NOENT)
		return err_set(msg, -rc, "%s", none.text);
	if (!rc && !fdt_node_check_compatible(chip->blob, 0, compatible))
		return 1;
	board_free(chip);
	return 0;
}

/* 1: @chip is the board that the tree is for; 0: it is the chip alone. */
static int load_chip(const struct board *b, struct board *chip,
		     struct errmsg *msg)
{
	int i, n = fdt_stringlist_count(b->blob, 0, "compatible"), rc = 0;

	for (i = 0; i < n && !rc; i++)
		rc = load_shipped(chip, fdt_stringlist_get(b->blob, 0,
				  "compatible", i, NULL), msg);
	return rc ? rc : board_load(chip, "ppc440ep", msg);
}

/* ---- the banks of the external bus --------------------------------------- */

#define BANKS		8u
#define BANK_MIN	0x100000u
#define BANK_MAX	0x8000000u
#define BANKS_BASE	0x80000000ull	/* on the OPB; below bank 0 */
#define BANKS_END	0xa0000000ull
#define ROW		4		/* bank, offset, address, size */

/* Bytes of the bank that holds all its chips, 0: there is none. */
static u32 bank_bytes(const void *fdt, int ebc, u32 bank)
{
	u64 end = 0, size = BANK_MIN;
	struct place p;
	int child;

	fdt_for_each_subnode(child, fdt, ebc)
		if (read_place(fdt, child, &p) && p.high[0] == bank &&
		    (u64)p.at + p.size > end)
			end = (u64)p.at + p.size;
	while (size < end && size < BANK_MAX)
		size *= 2;
	return end ? (u32)size : 0;
}

/* Rows for the chips that a tree has: bank 0 at the top, where a CPU starts. */
static unsigned int make_rows(const void *fdt, int ebc, fdt32_t *rows)
{
	u64 free_base = BANKS_BASE, base;
	unsigned int n = 0;
	u32 bank, size;

	for (bank = 0; bank < BANKS; bank++) {
		size = bank_bytes(fdt, ebc, bank);
		if (!size)
			continue;
		base = bank ? (free_base + size - 1) & ~((u64)size - 1) :
			      (1ull << 32) - size;
		if (bank && base + size > BANKS_END)
			continue;
		if (bank)
			free_base = base + size;
		fdt32_st(rows + n, bank);
		fdt32_st(rows + n + 1, 0);
		fdt32_st(rows + n + 2, (u32)base);
		fdt32_st(rows + n + 3, size);
		n += ROW;
	}
	return n;
}

/*
 * Linux's trees leave `ranges` of the external bus to the firmware, which
 * knows how it set up the banks: U-Boot, and Linux's own boot wrappers.  Here
 * they are the shipped board's, or what the chips in the tree need.
 */
static int add_ranges(struct board *b, const struct board *chip,
		      bool is_board, struct errmsg *msg)
{
	int ebc = fdt_node_offset_by_compatible(b->blob, -1, "ibm,ebc");
	int own = fdt_node_offset_by_compatible(chip->blob, -1, "ibm,ebc");
	fdt32_t rows[ROW * BANKS];
	const void *p = NULL;
	void *fdt;
	u32 room;
	int len = 0, rc;

	if (ebc < 0 || fdt_getprop(b->blob, ebc, "ranges", NULL) ||
	    fdt_address_cells(b->blob, ebc) != 2 ||
	    fdt_size_cells(b->blob, ebc) != 1 ||
	    fdt_address_cells(b->blob, fdt_parent_offset(b->blob, ebc)) != 1)
		return 0;
	if (is_board && own >= 0)
		p = fdt_getprop(chip->blob, own, "ranges", &len);
	if (!p) {
		len = (int)(make_rows(b->blob, ebc, rows) * sizeof(rows[0]));
		p = rows;
	}
	if (!len)
		return 0;
	room = b->blob_bytes + (u32)len + 64;
	fdt = xcalloc(room, 1);
	rc = fdt_open_into(b->blob, fdt, (int)room);
	if (!rc)
		rc = fdt_setprop(fdt, ebc, "ranges", p, len);
	free(b->blob);
	b->blob = fdt;
	if (rc)
		return err_set(msg, ERR_FORMAT, "%s: ranges of the external "
			       "bus: %s", b->name, fdt_strerror(rc));
	fdt_pack(fdt);
	b->blob_bytes = fdt_totalsize(fdt);
	return 0;
}

/**
 * board_walk - resolve every node of a loaded tree
 * @b:   loaded; its node list is filled in
 * @msg: one line with file, node path and property on failure
 *
 * A tree for a 440EP gets the nodes of the shipped board or chip that it does
 * not mention, marked is_implied, so that the simulated one is whole: firmware
 * and old kernels touch arbiters, bridges and flash that Linux's trees leave
 * out.  The guest's copy of the tree does not get them.  It stays what its
 * author wrote, and drivers bind to nothing that the author did not name; but
 * an external bus without `ranges` gets them, as from firmware.
 *
 * Returns: 0; -ERR_FORMAT, -ERR_RANGE, -ERR_CONFLICT, -ERR_NOENT,
 *          -ERR_UNSUPP; and what board_load returns, for the shipped tree.
 */
int board_walk(struct board *b, struct errmsg *msg)
{
	struct board chip = { .name = NULL };
	int rc;

	if (!is_440ep(b->blob))
		return walk_tree(b, msg);
	rc = load_chip(b, &chip, msg);
	if (rc >= 0)
		rc = add_ranges(b, &chip, rc, msg);
	if (!rc)
		rc = walk_tree(b, msg);
	if (!rc)
		rc = walk_tree(&chip, msg);
	if (!rc)
		chip_merge(b, &chip);
	board_free(&chip);
	return rc;
}
