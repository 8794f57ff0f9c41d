/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/rig.c - the machine of rig.h: making, choosing a target, and
 * starting anew for the next input.
 *
 * What a device may ask of the machine is answered as soc/machine.c does, but
 * there is no CPU: time is what the ops say.  Memory starts as zeros for each
 * input; contents of drives and chips stay, until the machine is made anew.
 */
#include "tests/fuzz/rig.h"

#include <stdlib.h>
#include <sys/mman.h>

#include "base/xalloc.h"
#include "soc/pci_bus.h"

/* Where the BARs of the target go; CPU and PCI address are the same. */
#define BAR_MEM		0xa0000000u
#define BAR_IO		0x1000u
#define IO_BASE		0xe8000000u
#define CFG_ADDR	0xeec00000u

/* ---- what devices ask -------------------------------------------------- */

static cycle_t rig_now(void *opaque)
{
	return ((struct rig *)opaque)->now;
}

static void rig_reset(void *opaque, enum reset_kind kind)
{
	((struct rig *)opaque)->wants_reset = kind;
}

static void rig_dma_wrote(void *opaque, paddr_t base, u64 size)
{
	struct rig *r = opaque;
	u64 first = base / RIG_PAGE, last;

	if (!size || base >= RIG_RAM)
		return;
	if (size > RIG_RAM - base)
		size = RIG_RAM - base;
	for (last = (base + size - 1) / RIG_PAGE; first <= last; first++) {
		if (r->is_dirty[first])
			continue;
		r->is_dirty[first] = true;
		r->dirty[r->dirty_count++] = (u16)first;
	}
}

static struct chr *rig_serial(void *opaque, unsigned int index)
{
	struct rig *r = opaque;

	return index < ENDS_LINES ? &r->ends.line[index] : NULL;
}

static int rig_storage(void *opaque, enum blk_role role, unsigned int index,
		       u64 bytes, struct blk **out, struct errmsg *msg)
{
	struct rig *r = opaque;

	(void)msg;
	*out = NULL;
	(void)ends_storage(&r->ends, role, index, bytes, out);
	return 0;
}

static struct blk *rig_blk(void *opaque, enum blk_role role,
			   unsigned int index)
{
	return ends_blk(&((struct rig *)opaque)->ends, role, index);
}

static struct net *rig_net(void *opaque, unsigned int index)
{
	struct rig *r = opaque;

	return index < ENDS_CABLES ? &r->ends.net[index] : NULL;
}

static struct share *rig_share(void *opaque, unsigned int index)
{
	struct rig *r = opaque;

	return index < ENDS_SHARES ? &r->ends.share[index] : NULL;
}

static void rig_random(void *opaque, void *buf, size_t bytes)
{
	ends_random(&((struct rig *)opaque)->ends, buf, bytes);
}

static void quiet(void *opaque, enum log_level level, const char *line)
{
	(void)opaque;
	(void)level;
	(void)line;
}

static void cpu_pin(void *opaque, unsigned int input, bool level)
{
	(void)opaque;
	(void)input;
	(void)level;
}

static void fabric_init(struct rig *r)
{
	bus_init(&r->bus);
	r->bus.dma_wrote = rig_dma_wrote;
	r->bus.opaque = r;
	dcr_init(&r->dcr);
	sched_init(&r->sched);
	r->sched.clock = rig_now;
	r->sched.opaque = r;
	clk_init(&r->clk);
	r->clk.now = rig_now;
	r->clk.opaque = r;
	r->log = (struct log){ .level = LOG_DEBUG, .sink = quiet };
	r->env = (struct dev_env){
		.bus = &r->bus, .dcr = &r->dcr, .sched = &r->sched,
		.clk = &r->clk, .log = &r->log, .ram_bytes = RIG_RAM,
		.request_reset = rig_reset, .opaque = r,
		.serial = rig_serial, .storage = rig_storage,
		.blk = rig_blk, .net = rig_net, .share = rig_share,
		.random = rig_random, .epoch_ns = 1600000000000000000ull,
	};
}

static void failed(const struct errmsg *msg)
{
	fprintf(stderr, "fuzz: %s\n", msg->text);
	exit(2);
}

/**
 * rig_open - make the machine
 * @r:     filled; not moved until rig_close
 * @board: loaded, not walked; copied
 */
void rig_open(struct rig *r, const struct board *board)
{
	const struct irq_line pins[2] = {
		{ .set = cpu_pin }, { .set = cpu_pin, .input = 1 },
	};
	struct errmsg msg = { "" };

	memset(r, 0, sizeof(*r));
	r->board = *board;
	r->board.name = xstrdup(board->name);
	r->board.blob = xcalloc(1, board->blob_bytes);
	memcpy(r->board.blob, board->blob, board->blob_bytes);
	fabric_init(r);
	ends_open(&r->ends);
	r->ram = mmap(NULL, RIG_RAM, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	BUG_ON(r->ram == MAP_FAILED);
	if (board_walk(&r->board, &msg) ||
	    bus_map_memory(&r->bus, 0, RIG_RAM, r->ram, BUS_RAM, "SDRAM",
			   &msg) ||
	    board_build(&r->board, &r->env, pins, &msg))
		failed(&msg);
	board_reset(&r->board, RESET_SYSTEM);
}

/**
 * rig_close - end the machine
 * @r: from rig_open
 */
void rig_close(struct rig *r)
{
	board_free(&r->board);
	bus_free(&r->bus);
	dcr_free(&r->dcr);
	sched_free(&r->sched);
	ends_close(&r->ends);
	munmap(r->ram, RIG_RAM);
}

/* ---- the target -------------------------------------------------------- */

/**
 * rig_target_name - what a node is called as a target
 * @n:    node
 * @buf:  room for the name
 * @room: bytes there
 *
 * Returns: the name, NULL when no class serves the node.
 */
const char *rig_target_name(const struct board_node *n, char *buf, size_t room)
{
	const char *last = strrchr(n->path, '/');

	if (!n->cls)
		return NULL;
	if (strncmp(last + 1, "virtio-", 7))
		return n->cls->name;
	snprintf(buf, room, "%s", last + 1);
	buf[strcspn(buf, "@")] = 0;
	return buf;
}

static const struct board_node *target_at(const struct rig *r,
					  const char *name, unsigned int index)
{
	const struct board_node *n = r->board.node;
	char buf[64];

	for (unsigned int i = 0; i < r->board.count; i++, n++) {
		const char *t = rig_target_name(n, buf, sizeof(buf));

		if (n->dev && t && !strcmp(t, name) && index-- == 0)
			return n;
	}
	return NULL;
}

/**
 * rig_targets - how many nodes have a name
 * @r:    machine
 * @name: of a target
 *
 * Returns: count.
 */
unsigned int rig_targets(const struct rig *r, const char *name)
{
	unsigned int n = 0;

	while (target_at(r, name, n))
		n++;
	return n;
}

static void add_window(struct rig *r, enum rig_window_kind kind, u64 base,
		       u64 span, bool is_le, const char *path)
{
	for (unsigned int i = 0; i < r->windows; i++)
		if (r->window[i].kind == kind && r->window[i].base == base)
			return;
	if (r->windows < RIG_WINDOWS && span)
		r->window[r->windows++] = (struct rig_window){
			kind, is_le, base, span > 1 << 22 ? 1 << 22 : (u32)span,
			path
		};
}

static void add_windows(struct rig *r, const struct board_node *n)
{
	bool is_pci = !strcmp(n->cls->name, "pci");
	unsigned int i;

	if (r->nears < RIG_WINDOWS)
		r->near[r->nears++] = n->dev;
	for (i = 0; i < n->nmmio; i++)
		add_window(r, RIG_BUS, n->mmio[i].base, n->mmio[i].size,
			   is_pci, n->path);
	for (i = 0; i < n->ndcr; i++)
		add_window(r, RIG_DCR, n->dcr[i].base, n->dcr[i].size, false,
			   n->path);
}

static void add_bars(struct rig *r)
{
	for (unsigned int i = 0; r->card && i < PCI_BARS; i++) {
		const struct pci_bar *b = &r->card->bar[i];

		if (b->bytes)
			add_window(r, RIG_BUS, b->is_io ?
				   IO_BASE + BAR_IO + 0x400 * i :
				   BAR_MEM + (i << 20), b->bytes, true,
				   r->dev->path);
	}
}

/* Classes that one does nothing without the other. */
static const char *const companions[][2] = {
	{ "emac", "mal" }, { "emac", "zmii" }, { "mal", "emac" },
	{ "zmii", "emac" }, { "phy", "emac" }, { "gpio", "spi" },
	{ "spi", "gpio" }, { "at25", "gpio" }, { "nand", "ndfc" },
	{ "ebc", "nor" }, { "cpr", "uart" }, { "usbd", "dma" },
	{ "nvram", "ebc" }, { "nor", "ebc" }, { "fpga", "ebc" },
	{ "ndfc", "ebc" }, { "uic", "gpt" }, { "uic", "uart" },
	{ "pci", "plb4-arbiter" }, { "opb-bridge", "opb-arbiter" },
};

static bool is_companion(const char *a, const char *b)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(companions); i++)
		if (!strcmp(companions[i][0], a) &&
		    !strcmp(companions[i][1], b))
			return true;
	return false;
}

static bool is_below(const char *path, const char *above)
{
	size_t n = strlen(above);

	return strlen(path) > n && !strncmp(path, above, n) && path[n] == '/';
}

static struct pci_card *card_of(const struct rig *r, const struct dev *dev)
{
	const struct board_node *n = r->board.node;

	for (unsigned int i = 0; i < r->board.count; i++, n++) {
		const struct pci_bus *bus;

		if (!n->dev || strcmp(n->cls->name, "pci"))
			continue;
		bus = n->dev->priv;
		for (unsigned int k = 0; k < bus->cards; k++)
			if (bus->card[k]->dev == dev)
				return bus->card[k];
	}
	return NULL;
}

/**
 * rig_select - choose the device that ops are for
 * @r:     machine
 * @name:  of a target
 * @index: which of its nodes, modulo their number
 */
void rig_select(struct rig *r, const char *name, unsigned int index)
{
	const struct board_node *t, *n = r->board.node;
	unsigned int i;

	t = target_at(r, name, index % rig_targets(r, name));
	if (r->dev == t->dev)
		return;
	r->dev = t->dev;
	r->card = card_of(r, r->dev);
	r->windows = r->nears = 0;
	r->is_wide = true;
	add_windows(r, t);
	add_bars(r);
	for (i = 0; i < r->board.count; i++)
		if (n[i].dev && is_below(t->path, n[i].path))
			add_windows(r, &n[i]);
	for (i = 0; i < r->board.count; i++)
		if (n[i].dev && is_companion(t->cls->name, n[i].cls->name))
			add_windows(r, &n[i]);
	for (i = 0; i < r->board.count; i++)
		if (n[i].dev && is_below(n[i].path, t->path) &&
		    strcmp(t->cls->name, "plb") && strcmp(t->cls->name, "opb"))
			add_windows(r, &n[i]);
	/* the interrupts of all end there; it has been reset when they are */
	for (i = 0; i < r->board.count; i++)
		if (n[i].dev && !strcmp(n[i].cls->name, "uic") &&
		    r->nears < RIG_WINDOWS)
			r->near[r->nears++] = n[i].dev;
}

static void config_write(struct rig *r, u32 at, u32 val)
{
	(void)bus_write(&r->bus, CFG_ADDR, 4, __builtin_bswap32(0x80000000u |
			r->card->devfn << 8 | at));
	(void)bus_write(&r->bus, CFG_ADDR + 4, 4, __builtin_bswap32(val));
}

/**
 * rig_start - everything as after a reset, memory zero, the card in its place
 * @r: machine with a target
 */
void rig_start(struct rig *r)
{
	unsigned int i;

	r->ends.fails = 0;
	if (r->is_wide)
		board_reset(&r->board, RESET_SYSTEM);
	for (i = 0; !r->is_wide && i < r->nears; i++)
		dev_reset(r->near[i], RESET_SYSTEM);
	r->is_wide = false;
	r->wants_reset = 0;
	for (i = 0; i < r->dirty_count; i++) {
		memset(r->ram + r->dirty[i] * RIG_PAGE, 0, RIG_PAGE);
		r->is_dirty[r->dirty[i]] = false;
	}
	r->dirty_count = 0;
	if (!r->card)
		return;
	for (i = 0; i < PCI_BARS; i++)
		if (r->card->bar[i].bytes)
			config_write(r, PCI_BAR0 + 4 * i,
				     r->card->bar[i].is_io ?
				     BAR_IO + 0x400 * i : BAR_MEM + (i << 20));
	config_write(r, PCI_COMMAND, PCI_CMD_IO | PCI_CMD_MEM | PCI_CMD_MASTER);
}

/**
 * rig_find - the window that an address is in
 * @rig:    machine with a target
 * @is_dcr: a DCR number, else a bus address
 * @addr:   address
 * @window: set on success
 * @off:    set on success
 *
 * Returns: false when the target has no such window.
 */
bool rig_find(void *rig, bool is_dcr, u32 addr, u32 *window, u32 *off)
{
	struct rig *r = rig;

	for (unsigned int i = 0; i < r->windows; i++) {
		const struct rig_window *w = &r->window[i];

		if ((w->kind == RIG_DCR) == is_dcr && addr >= w->base &&
		    addr - w->base < w->span) {
			*window = i;
			*off = (u32)(addr - w->base);
			return true;
		}
	}
	return false;
}
