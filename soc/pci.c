/* SPDX-License-Identifier: MIT */
/*
 * soc/pci.c - what all PCI cards have in common: the configuration header,
 * BARs, capabilities, INTA and DMA; and the address decoding of a bus.
 *
 * Owns struct pci_card's generic part and struct pci_bus.  Must not know what
 * a card does, nor how the bridge is programmed: the bridge fills in the
 * windows of struct pci_bus.
 */
#include "base/bits.h"
#include "soc/pci_bus.h"

extern const struct dev_class pci_class;

#define STATUS_W1C	0xf900u
#define CAPS_FIRST	0x40

static u32 config_get(const struct pci_card *card, unsigned int at,
		      unsigned int size)
{
	u32 v = 0;

	for (unsigned int i = 0; i < size; i++)
		v |= (u32)card->config[(at + i) & 0xff] << 8 * i;
	return v;
}

static void config_set(u8 *config, unsigned int at, unsigned int size, u32 v)
{
	for (unsigned int i = 0; i < size; i++)
		config[at + i] = (u8)(v >> 8 * i);
}

static struct pci_bus *card_bus(const struct pci_card *card)
{
	return card->bridge ? card->bridge->priv : NULL;
}

/**
 * pci_card_init - give a card a header with nothing behind it
 * @card: card; its BARs and callbacks are left alone
 * @dev:  device that the card is
 * @ids:  who it says it is
 *
 * Context: probe, before BARs and capabilities are described.
 * Source:  [PCI] 6.1 and 6.2.
 */
void pci_card_init(struct pci_card *card, struct dev *dev,
		   const struct pci_ids *ids)
{
	u8 *c = card->config;

	card->dev = dev;
	config_set(c, 0x00, 2, ids->vendor);
	config_set(c, 0x02, 2, ids->device);
	config_set(c, 0x08, 1, ids->revision);
	config_set(c, 0x09, 3, ids->class);
	config_set(c, 0x2c, 2, ids->subvendor);
	config_set(c, 0x2e, 2, ids->subdevice);
	config_set(c, 0x3d, 1, 1);			/* INTA */
	config_set(card->wmask, PCI_COMMAND, 2,
		   PCI_CMD_MASTER | PCI_CMD_NO_INTX | 0x0140);
	config_set(card->w1c, PCI_STATUS, 2, STATUS_W1C);
	config_set(card->wmask, 0x0c, 1, 0xff);		/* cache line */
	config_set(card->wmask, 0x0d, 1, 0xf8);		/* latency timer */
	config_set(card->wmask, 0x3c, 1, 0xff);		/* interrupt line */
}

/* Type bits and size of every BAR, and the command bits that go with them. */
static void bars_describe(struct pci_card *card)
{
	for (unsigned int i = 0; i < PCI_BARS; i++) {
		const struct pci_bar *b = &card->bar[i];
		unsigned int at = PCI_BAR0 + 4 * i;

		if (!b->bytes)
			continue;
		BUG_ON(b->bytes & (b->bytes - 1) || b->bytes < 4);
		BUG_ON(!b->is_io && b->bytes < 16);
		config_set(card->wmask, at, 4, ~(b->bytes - 1));
		config_set(card->config, at, 4,
			   b->is_io ? 1 : b->is_prefetchable ? 8 : 0);
		card->wmask[PCI_COMMAND] |= b->is_io ? PCI_CMD_IO : PCI_CMD_MEM;
	}
}

/* Function 0 of a device says whether there are others. */
static void functions_mark(struct pci_bus *bus)
{
	for (unsigned int i = 0; i < bus->cards; i++) {
		struct pci_card *f0 = pci_bus_card(bus,
						   bus->card[i]->devfn & ~7u);

		if (f0 && bus->card[i] != f0)
			f0->config[PCI_HEADER_TYPE] |= 0x80;
	}
}

static void slot_take(struct pci_bus *bus, struct pci_card *card)
{
	unsigned int at = bus->cards++;

	for (; at && bus->card[at - 1]->devfn > card->devfn; at--)
		bus->card[at] = bus->card[at - 1];
	bus->card[at] = card;
}

/**
 * pci_card_add - put a card on the bus
 * @card: card with header, BARs and callbacks filled in
 * @node: its node; the parent must be a PCI bridge, reg[0] says the devfn
 * @msg:  one line on failure
 *
 * Returns: 0; -ERR_FORMAT (no reg, no bridge above), -ERR_RANGE (a devfn of
 *          the bridge, or another bus; too many cards), -ERR_CONFLICT (taken).
 * Context: probe.
 * Source:  [OFPCI] 2.2.1.1 (phys.hi).
 */
int pci_card_add(struct pci_card *card, const struct dev_node *node,
		 struct errmsg *msg)
{
	struct dev *bridge = node->parent ? node->parent(node) : NULL;
	const char *path = card->dev->path;
	const void *reg;
	struct pci_bus *bus;
	int len = 0;

	if (!bridge || bridge->cls != &pci_class)
		return err_set(msg, ERR_FORMAT,
			       "%s: a PCI card must be below a PCI bridge",
			       path);
	reg = node->prop(node, "reg", &len);
	if (!reg || len < 4)
		return err_set(msg, ERR_FORMAT, "%s: reg: missing", path);
	card->devfn = ldb32(reg) >> 8 & 0xff;
	if (ldb32(reg) >> 16 & 0xff || card->devfn < 8)
		return err_set(msg, ERR_RANGE,
			       "%s: reg: 0x%x is not in a slot of bus 0", path,
			       ldb32(reg));
	bus = bridge->priv;
	if (pci_bus_card(bus, card->devfn))
		return err_set(msg, ERR_CONFLICT,
			       "%s: reg: device %u.%u is there already", path,
			       card->devfn >> 3, card->devfn & 7);
	if (bus->cards == PCI_CARDS)
		return err_set(msg, ERR_RANGE, "%s: more than %d PCI cards",
			       path, PCI_CARDS);
	card->bridge = bridge;
	bars_describe(card);
	slot_take(bus, card);
	functions_mark(bus);
	return 0;
}

/**
 * pci_card_capability - append a capability to the list
 * @card:  card
 * @id:    capability
 * @bytes: of it, the two bytes of the list included
 *
 * Returns: where it begins in configuration space; its other bytes are 0.
 * Context: probe; that they fit in 192 bytes is the card's business.
 * Source:  [PCI] 6.7.
 */
unsigned int pci_card_capability(struct pci_card *card, u8 id,
				 unsigned int bytes)
{
	unsigned int at = card->cap_end ? card->cap_end : CAPS_FIRST;

	BUG_ON(bytes < 2 || at + bytes > PCI_CONFIG_BYTES);
	card->config[card->cap_link ? card->cap_link : PCI_CAP_PTR] = (u8)at;
	card->config[at] = id;
	card->config[PCI_STATUS] |= PCI_STS_CAPS;
	card->cap_link = at + 1;
	card->cap_end = (at + bytes + 3) & ~3u;
	return at;
}

/*
 * Slots share lines (functions of one slot do, always): the wire is low while
 * any card pulls it.  A line that another card holds is not let go.
 */
static bool is_held(const struct pci_card *card)
{
	const struct pci_bus *bus = card_bus(card);
	const struct irq_line *me = &card->dev->irq[0];

	for (unsigned int i = 0; bus && i < bus->cards; i++) {
		const struct irq_line *l = &bus->card[i]->dev->irq[0];

		if (l != me && l->level && l->set == me->set &&
		    l->opaque == me->opaque && l->input == me->input)
			return true;
	}
	return false;
}

static void line_drive(struct pci_card *card)
{
	struct irq_line *line = &card->dev->irq[0];
	bool level = card->wants_irq &&
		     !(config_get(card, PCI_COMMAND, 2) & PCI_CMD_NO_INTX);

	if (!level && line->level && is_held(card))
		line->level = false;
	else
		irq_set(line, level);
}

/**
 * pci_card_irq - drive INTA
 * @card:  card
 * @level: true: asks for service; shows in the status, and on the line unless
 *         the command register disables it
 *
 * Source: [PCI] 6.2.2 (interrupt disable), 6.2.3 (interrupt status).
 */
void pci_card_irq(struct pci_card *card, bool level)
{
	if (card->wants_irq == level)
		return;
	card->wants_irq = level;
	card->config[PCI_STATUS] &= (u8)~PCI_STS_INTX;
	if (level)
		card->config[PCI_STATUS] |= PCI_STS_INTX;
	line_drive(card);
}

/**
 * pci_card_reset - configuration space as after RST#
 * @card: card; every bit that software can change or clear becomes 0, so
 *        that it decodes nothing and masters nothing; INTA is let go
 *
 * Source: [PCI] 4.3.2, 6.2.2.
 */
void pci_card_reset(struct pci_card *card)
{
	for (unsigned int i = 0; i < PCI_CONFIG_BYTES; i++)
		card->config[i] &= (u8)~(card->wmask[i] | card->w1c[i]);
	pci_card_irq(card, false);
	if (card->bridge)
		pci_bus_decode(card_bus(card));
}

/**
 * pci_card_config_read - the card's answer to a configuration read
 * @card: card
 * @at:   byte offset in configuration space
 * @size: 1 to 4 bytes
 *
 * Returns: little-endian value; what lies above 255 wraps to the beginning.
 */
u32 pci_card_config_read(struct pci_card *card, unsigned int at,
			 unsigned int size)
{
	if (card->config_will_read)
		card->config_will_read(card, at, size);
	return config_get(card, at, size);
}

static bool hits(unsigned int at, unsigned int size, unsigned int first,
		 unsigned int bytes)
{
	return at < first + bytes && first < at + size;
}

/**
 * pci_card_config_write - a configuration write
 * @card: card; its callback is told afterwards
 * @at:   byte offset in configuration space
 * @size: 1 to 4 bytes; what lies above 255 is lost
 * @val:  little-endian value
 */
void pci_card_config_write(struct pci_card *card, unsigned int at,
			   unsigned int size, u32 val)
{
	for (unsigned int i = 0; i < size && at + i < PCI_CONFIG_BYTES; i++) {
		u8 v = (u8)(val >> 8 * i), m = card->wmask[at + i];
		u8 *c = &card->config[at + i];

		*c = (u8)((*c & ~m) | (v & m));
		*c &= (u8)~(v & card->w1c[at + i]);
	}
	if (hits(at, size, PCI_COMMAND, 2) ||
	    hits(at, size, PCI_BAR0, 4 * PCI_BARS))
		pci_bus_decode(card_bus(card));
	if (hits(at, size, PCI_COMMAND, 2))
		line_drive(card);
	if (card->config_wrote)
		card->config_wrote(card, at, size);
}

/**
 * pci_bus_card - the card at a device and function
 * @bus:   bus
 * @devfn: device << 3 | function
 *
 * Returns: the card, NULL for an empty place.
 */
struct pci_card *pci_bus_card(const struct pci_bus *bus, unsigned int devfn)
{
	for (unsigned int i = 0; i < bus->cards; i++)
		if (bus->card[i]->devfn == devfn)
			return bus->card[i];
	return NULL;
}

/* Two claims of one address would fight on the wires: the lower devfn wins. */
static void range_add(struct pci_bus *bus, enum pci_space space,
		      const struct pci_range *r)
{
	struct pci_range *list = bus->range[space];
	unsigned int at = bus->ranges[space];

	while (at && list[at - 1].first > r->first)
		at--;
	if (at && list[at - 1].last >= r->first)
		return;
	if (at < bus->ranges[space] && list[at].first <= r->last)
		return;
	memmove(list + at + 1, list + at,
		(bus->ranges[space] - at) * sizeof(*list));
	list[at] = *r;
	bus->ranges[space]++;
}

static void card_decode(struct pci_bus *bus, struct pci_card *card)
{
	u32 command = config_get(card, PCI_COMMAND, 2);

	for (unsigned int i = 0; i < PCI_BARS; i++) {
		const struct pci_bar *b = &card->bar[i];
		struct pci_range r = { .card = card, .bar = i };

		if (!b->bytes ||
		    !(command & (b->is_io ? PCI_CMD_IO : PCI_CMD_MEM)))
			continue;
		r.first = config_get(card, PCI_BAR0 + 4 * i, 4) &
			  ~(b->bytes - 1);
		r.last = r.first + (b->bytes - 1);
		range_add(bus, b->is_io ? PCI_IO : PCI_MEM, &r);
	}
}

/**
 * pci_bus_decode - work out anew which addresses the cards claim
 * @bus: bus
 *
 * Context: after a change of a command register or a BAR; O(BARs squared).
 * Source:  [PCI] 6.2.5.1.
 */
void pci_bus_decode(struct pci_bus *bus)
{
	memset(bus->ranges, 0, sizeof(bus->ranges));
	memset(bus->last, 0, sizeof(bus->last));
	for (unsigned int i = 0; i < bus->cards; i++)
		card_decode(bus, bus->card[i]);
}

/**
 * pci_bus_find - who claims an address
 * @bus:   bus; remembers the answer, because accesses come in runs
 * @space: memory or I/O
 * @addr:  PCI address
 *
 * Returns: the claim, NULL when the cycle would end in a master abort.
 */
const struct pci_range *pci_bus_find(struct pci_bus *bus, enum pci_space space,
				     u32 addr)
{
	const struct pci_range *list = bus->range[space], *r;
	unsigned int lo = 0, hi = bus->ranges[space], mid;

	if (!hi)
		return NULL;
	r = &list[bus->last[space]];
	if (addr - r->first <= r->last - r->first)
		return r;
	while (lo < hi) {
		mid = (lo + hi) / 2;
		if (addr < list[mid].first) {
			hi = mid;
		} else if (addr > list[mid].last) {
			lo = mid + 1;
		} else {
			bus->last[space] = mid;
			return &list[mid];
		}
	}
	return NULL;
}

/* Local address of a card's DMA; *@left bytes from it in one window. */
static bool dma_map(const struct pci_card *card, u64 addr, u32 *pa, u64 *left)
{
	const struct pci_bus *bus = card_bus(card);

	if (!bus || !bus->is_target || addr >> 32 ||
	    !(config_get(card, PCI_COMMAND, 2) & PCI_CMD_MASTER))
		return false;
	for (unsigned int i = 0; i < PCI_PTMS; i++) {
		const struct pci_ptm *t = &bus->ptm[i];
		u64 run;

		if (!t->is_on || ((u32)addr ^ t->pci) & t->mask)
			continue;
		/* the lowest bit compared bounds what is surely in it */
		run = t->mask ? t->mask & -t->mask : (u64)1 << 32;
		*left = run - (addr & (run - 1));
		*pa = (t->plb & t->mask) | ((u32)addr & ~t->mask);
		return true;
	}
	return false;
}

static int dma_abort(struct pci_card *card, u32 status)
{
	card->config[PCI_STATUS + 1] |= (u8)(status >> 8);
	return BUS_NO_TARGET;
}

static int dma_piece(struct pci_card *card, u64 addr, u8 *to, const u8 *from,
		     u64 *n)
{
	struct pci_bus *bus = card_bus(card);
	u64 left;
	u32 pa;
	int rc;

	if (!dma_map(card, addr, &pa, &left))
		return dma_abort(card, PCI_STS_RMA);
	if (*n > left)
		*n = left;
	rc = to ? bus_dma_read_by(bus->plb, BUS_PCI, pa, to, *n) :
		  bus_dma_write_by(bus->plb, BUS_PCI, pa, from, *n);
	if (rc >= 0)
		return BUS_OK;
	if (bus->plb_failed)
		bus->plb_failed(bus, pa, !to);
	return dma_abort(card, PCI_STS_RTA);
}

/**
 * pci_dma_read - a card reads memory
 * @card:  card
 * @addr:  PCI memory address
 * @buf:   filled, up to the failing piece
 * @bytes: any count
 *
 * Returns: BUS_OK; BUS_NO_TARGET: not a bus master or no window (received
 *          master abort), or no memory behind it (received target abort).
 */
int pci_dma_read(struct pci_card *card, u64 addr, void *buf, u64 bytes)
{
	for (u64 done = 0, n; done < bytes; done += n) {
		n = bytes - done;
		if (dma_piece(card, addr + done, (u8 *)buf + done, NULL, &n))
			return BUS_NO_TARGET;
	}
	return BUS_OK;
}

/**
 * pci_dma_write - a card writes memory
 * @card:  card
 * @addr:  PCI memory address
 * @buf:   bytes to write
 * @bytes: any count
 *
 * Returns: as pci_dma_read(); what lies before the failing piece is written.
 */
int pci_dma_write(struct pci_card *card, u64 addr, const void *buf, u64 bytes)
{
	for (u64 done = 0, n; done < bytes; done += n) {
		n = bytes - done;
		if (dma_piece(card, addr + done, NULL, (const u8 *)buf + done,
			      &n))
			return BUS_NO_TARGET;
	}
	return BUS_OK;
}

/**
 * pci_dma_direct - memory behind a PCI address, without copying
 * @card:       card
 * @addr:       PCI memory address
 * @will_write: ROM will not do
 * @left:       set on success; bytes in one piece, >= 1
 *
 * Returns: host address, valid until the machine runs again; NULL when
 *          pci_dma_read() or pci_dma_write() would fail, or must be asked.
 */
u8 *pci_dma_direct(struct pci_card *card, u64 addr, bool will_write, u64 *left)
{
	bool is_writable;
	u64 window, piece;
	u8 *host;
	u32 pa;

	if (!dma_map(card, addr, &pa, &window))
		return NULL;
	host = bus_direct(card_bus(card)->plb, pa, &is_writable, &piece);
	if (!host || (will_write && !is_writable))
		return NULL;
	*left = piece < window ? piece : window;
	return host;
}

/**
 * pci_dma_wrote - tell who must know of a write through pci_dma_direct()
 * @card:  card
 * @addr:  PCI memory address
 * @bytes: written from there on
 */
void pci_dma_wrote(struct pci_card *card, u64 addr, u64 bytes)
{
	struct pci_bus *bus = card_bus(card);
	u64 left;
	u32 pa;

	for (u64 done = 0; done < bytes; done += left) {
		if (!dma_map(card, addr + done, &pa, &left))
			return;
		if (left > bytes - done)
			left = bytes - done;
		if (bus->plb->dma_wrote)
			bus->plb->dma_wrote(bus->plb->opaque, pa, left);
	}
}
