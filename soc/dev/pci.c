/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/pci.c - the PLB to PCI bridge of the 440EP (the 405 kind), with an
 * empty bus behind it.
 *
 * Owns the local registers (PMM, PTM), the bridge's configuration header,
 * and the windows that `ranges` of the node opens into PCI space.  Must not
 * know any PCI device: a cycle that nobody claims reads as ones.
 *
 * Everything on PCI is little-endian; the bus here hands over bytes with the
 * lowest address most significant, so configuration data moves bytewise.
 *
 * `reg` of the node: [0] configuration address and data, [1] interrupt
 * acknowledge, [2] special cycle (the same address, for writes), [3] local
 * registers.
 */
#include "base/bits.h"
#include "soc/dev.h"

#define PMMS		3
#define MA_ENABLE	1u
#define WINDOWS		6
#define CFG_ENABLE	0x80000000u
#define STATUS_RMA	0x2000u		/* received master abort */

/* Offsets in the configuration header that have rules of their own. */
#define HDR_STATUS	0x06
#define HDR_BAR1	0x14		/* sized by PTM1MS */
#define HDR_BAR2	0x18		/* sized by PTM2MS */
#define BAR_PREFETCH	0x8u

enum { REG_CFG, REG_IACK, REG_SPECIAL, REG_LOCAL, REGS };

struct pci;

struct pci_window {
	struct pci *pci;
	u64 base, size;
	bool is_io;
};

struct pci {
	struct { u32 la, ma, pcila, pciha; } pmm[PMMS];
	struct { u32 ms, la; } ptm[2];
	u32 cfgaddr;
	u8 hdr[256];
	struct dev *dev;
	struct pci_window win[WINDOWS];
	unsigned int windows;
};

/* A field of the header: reset value, writable and write-1-to-clear bits. */
struct pci_field {
	u8 at, bytes;
	u32 reset, wmask, w1c;
};

static const struct pci_field pci_header[] = {
	{ 0x00, 2, 0x1014, 0, 0 },		/* IBM */
	{ 0x02, 2, 0x027f, 0, 0 },		/* embedded PowerPC */
	{ 0x04, 2, 0x0000, 0x0146, 0 },		/* command */
	{ HDR_STATUS, 2, 0x02a0, 0, 0xf900 },	/* medium, back-to-back, 66 */
	{ 0x08, 4, 0x06000000, 0, 0 },		/* host bridge, revision 0 */
	{ 0x0c, 1, 0, 0xff, 0 },		/* cache line size */
	{ 0x0d, 1, 0, 0xf8, 0 },		/* latency timer */
	{ 0x2c, 4, 0, 0xffffffff, 0 },		/* subsystem */
	{ 0x3c, 1, 0, 0xff, 0 },		/* interrupt line */
	{ 0x44, 1, 0, 0x01, 0 },		/* ICS */
	{ 0x48, 1, 0, 0xff, 0 },		/* ERREN */
	{ 0x49, 1, 0, 0, 0xff },		/* ERRSTS */
	{ 0x4a, 2, 0, 0xffff, 0 },		/* BRDGOPT1 */
	{ 0x4c, 4, 0, 0, 0xffffffff },		/* PLBBESR0 */
	{ 0x50, 4, 0, 0, 0xffffffff },		/* PLBBESR1 */
	{ 0x60, 2, 0, 0xffff, 0 },		/* BRDGOPT2 */
};

static const struct pci_field *field_at(unsigned int at)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(pci_header); i++) {
		const struct pci_field *f = &pci_header[i];

		if (at >= f->at && at < f->at + (unsigned int)f->bytes)
			return f;
	}
	return NULL;
}

/* A BAR keeps the bits that its PTM mask compares. */
static u8 bar_byte(const struct pci *p, unsigned int at)
{
	u32 mask = p->ptm[at >= HDR_BAR2].ms & 0xfffff000u;
	unsigned int lane = 8 * (at & 3);

	if (lane == 0)
		return BAR_PREFETCH;
	return (u8)(p->hdr[at] & mask >> lane);
}

static u8 header_read(const struct pci *p, unsigned int at)
{
	return at >= HDR_BAR1 && at < HDR_BAR2 + 4 ? bar_byte(p, at) :
						     p->hdr[at];
}

static void header_write(struct pci *p, unsigned int at, u8 val)
{
	const struct pci_field *f = field_at(at);
	unsigned int lane;
	u8 can;

	if (at >= HDR_BAR1 && at < HDR_BAR2 + 4)
		p->hdr[at] = val;
	if (!f)
		return;
	lane = 8 * (at - f->at);
	can = (u8)(f->wmask >> lane);
	p->hdr[at] = (u8)((p->hdr[at] & ~can) | (val & can));
	p->hdr[at] &= (u8)~(val & (u8)(f->w1c >> lane));
}

/* The bridge answers configuration cycles for bus 0, device 0, function 0. */
static bool is_bridge(const struct pci *p)
{
	return (p->cfgaddr & (CFG_ENABLE | 0x00ffff03)) == CFG_ENABLE;
}

static int pci_cfg_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct pci *p = opaque;

	*val = 0;
	for (unsigned int i = 0; i < size; i++) {
		unsigned int at = (unsigned int)off + i;
		u8 b = 0xff;

		if (at < 4)
			b = (u8)(p->cfgaddr >> 8 * at);
		else if (is_bridge(p))
			b = header_read(p, (p->cfgaddr & 0xfc) + (at & 3));
		*val = *val << 8 | b;
	}
	return BUS_OK;
}

static int pci_cfg_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct pci *p = opaque;

	for (unsigned int i = 0; i < size; i++) {
		unsigned int at = (unsigned int)off + i;
		u8 b = (u8)(val >> 8 * (size - 1 - i));

		if (at < 4) {
			p->cfgaddr &= ~(0xffu << 8 * at);
			p->cfgaddr |= (u32)b << 8 * at;
		} else if (is_bridge(p)) {
			header_write(p, (p->cfgaddr & 0xfc) + (at & 3), b);
		}
	}
	return BUS_OK;
}

static u32 ones(unsigned int size)
{
	return size == 4 ? 0xffffffffu : (1u << 8 * size) - 1;
}

/* Nobody holds a vector, nobody listens to special cycles. */
static int pci_iack_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	(void)opaque;
	(void)off;
	*val = ones(size);
	return BUS_OK;
}

static int pci_iack_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	(void)opaque;
	(void)off;
	(void)size;
	(void)val;
	return BUS_OK;
}

static int pci_local_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct dev *dev = ((struct pci *)opaque)->dev;

	return reg_read(dev, &dev->cls->spaces[0], (u32)off, size, val);
}

static int pci_local_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct dev *dev = ((struct pci *)opaque)->dev;

	return reg_write(dev, &dev->cls->spaces[0], (u32)off, size, val);
}

/* Does a PMM translate @pa?  I/O windows are always open. */
static bool is_claimed(const struct pci_window *w, u64 pa)
{
	for (unsigned int i = 0; i < PMMS && !w->is_io; i++) {
		u32 mask = w->pci->pmm[i].ma & 0xfffff000u;

		if (w->pci->pmm[i].ma & MA_ENABLE &&
		    !(((u32)pa ^ w->pci->pmm[i].la) & mask))
			return true;
	}
	return w->is_io;
}

static int pci_abort(const struct pci_window *w, u64 off)
{
	if (!is_claimed(w, w->base + off))
		return BUS_NO_TARGET;
	w->pci->hdr[HDR_STATUS + 1] |= STATUS_RMA >> 8;
	return BUS_OK;
}

static int pci_win_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	*val = ones(size);
	return pci_abort(opaque, off);
}

static int pci_win_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	(void)size;
	(void)val;
	return pci_abort(opaque, off);
}

#define ROWS(nm, off, n, step, mask, field) { \
	.name = nm, .offset = off, .size = 4, .flags = REG_LE, .count = n, \
	.stride = step, .wmask = mask, .cell = offsetof(struct pci, field), \
	.source = "LX" }
#define PMM(k) \
	ROWS("PMM" #k "LA", 0x10 * k, 1, 4, 0xfffff000, pmm[k].la), \
	ROWS("PMM" #k "MA", 0x10 * k + 4, 1, 4, 0xfffff003, pmm[k].ma), \
	ROWS("PMM" #k "PCILA", 0x10 * k + 8, 1, 4, 0xfffff000, \
	     pmm[k].pcila), \
	ROWS("PMM" #k "PCIHA", 0x10 * k + 12, 1, 4, 0xffffffff, pmm[k].pciha)

static const struct reg_desc pci_regs[] = {
	PMM(0),
	PMM(1),
	PMM(2),
	ROWS("PTM1MS", 0x30, 1, 4, 0xfffff001, ptm[0].ms),
	ROWS("PTM1LA", 0x34, 1, 4, 0xfffff000, ptm[0].la),
	ROWS("PTM2MS", 0x38, 1, 4, 0xfffff001, ptm[1].ms),
	ROWS("PTM2LA", 0x3c, 1, 4, 0xfffff000, ptm[1].la),
};
#undef PMM
#undef ROWS

static const struct reg_space pci_spaces[] = {
	{ REG_MMIO, pci_regs, ARRAY_SIZE(pci_regs), 0x40 },
};

static void pci_reset(struct dev *dev, enum reset_kind kind)
{
	struct pci *p = dev->priv;

	(void)kind;
	p->cfgaddr = 0;
	memset(p->hdr, 0, sizeof(p->hdr));
	for (unsigned int i = 0; i < ARRAY_SIZE(pci_header); i++) {
		const struct pci_field *f = &pci_header[i];

		for (unsigned int n = 0; n < f->bytes; n++)
			p->hdr[f->at + n] = (u8)(f->reset >> 8 * n);
	}
}

/* One entry of `ranges`: PCI address 3 cells, parent @na cells, size 2. */
static int pci_map_window(struct dev *dev, const u8 *cell, unsigned int na,
			  struct errmsg *msg)
{
	static const struct bus_target target = {
		pci_win_read, pci_win_write, NULL,
	};
	struct pci *p = dev->priv;
	struct pci_window *w = &p->win[p->windows];
	struct bus_target t = target;
	u32 space = ldb32(cell) >> 24 & 3;

	if (space == 0)
		return 0;		/* configuration space */
	if (p->windows == WINDOWS)
		return err_set(msg, ERR_RANGE, "%s: ranges: above %d windows",
			       dev->path, WINDOWS);
	w->pci = p;
	w->base = na == 2 ? ldb64(cell + 12) : ldb32(cell + 12);
	w->size = ldb64(cell + 12 + 4 * na);
	w->is_io = space == 1;
	t.opaque = w;
	p->windows++;
	return bus_map(dev->env->bus, w->base, w->size, &t, dev->path, msg);
}

/* The parent has two address cells on every 440; one is taken as well. */
static int pci_map_windows(struct dev *dev, const struct dev_node *node,
			   struct errmsg *msg)
{
	int len = 0, rc = 0, step = 28;
	const u8 *p = node->prop(node, "ranges", &len);

	if (!p || len == 0)
		return 0;
	if (len % 28)
		step = 24;
	if (len % step)
		return err_set(msg, ERR_FORMAT,
			       "%s: ranges: %d bytes are no whole entries",
			       dev->path, len);
	for (int at = 0; at < len && !rc; at += step)
		rc = pci_map_window(dev, p + at, step == 28 ? 2 : 1, msg);
	return rc;
}

static int pci_map_regs(struct dev *dev, struct errmsg *msg)
{
	struct pci *p = dev->priv;
	const struct bus_target cfg = { pci_cfg_read, pci_cfg_write, p };
	const struct bus_target iack = { pci_iack_read, pci_iack_write, p };
	const struct bus_target local = {
		pci_local_read, pci_local_write, p
	};
	struct bus *bus = dev->env->bus;
	int rc;

	if (dev->nmmio < REGS)
		return err_set(msg, ERR_FORMAT,
			       "%s: reg: wants %d ranges, has %u", dev->path,
			       REGS, dev->nmmio);
	rc = bus_map(bus, dev->mmio[REG_CFG].base, 8, &cfg, dev->path, msg);
	if (!rc)
		rc = bus_map(bus, dev->mmio[REG_IACK].base, 4, &iack,
			     dev->path, msg);
	if (!rc && dev->mmio[REG_SPECIAL].base != dev->mmio[REG_IACK].base)
		rc = bus_map(bus, dev->mmio[REG_SPECIAL].base, 4, &iack,
			     dev->path, msg);
	if (!rc)
		rc = bus_map(bus, dev->mmio[REG_LOCAL].base, 0x40, &local,
			     dev->path, msg);
	return rc;
}

static int pci_probe(struct dev *dev, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct pci *p = dev->priv;
	int rc;

	p->dev = dev;
	rc = pci_map_regs(dev, msg);
	if (rc)
		return rc;
	pci_reset(dev, RESET_SYSTEM);
	return pci_map_windows(dev, node, msg);
}

static const char *const pci_compatible[] = {
	"ibm,plb440ep-pci", "ibm,plb-pci", NULL
};

const struct dev_class pci_class = {
	.name = "pci",
	.desc = "PCI bridge, empty bus",
	.compatible = pci_compatible,
	.spaces = pci_spaces,
	.nspaces = ARRAY_SIZE(pci_spaces),
	.priv_size = sizeof(struct pci),
	.probe = pci_probe,
	.reset = pci_reset,
	.own_map = true,
	.node_clk = CLK_COUNT,
};
