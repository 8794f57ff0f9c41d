/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/pci.c - the PLB to PCI bridge of the 440EP (the 405 kind).
 *
 * Owns the local registers (PMM, PTM), the bridge's configuration header with
 * its error latches, and the cycles that are neither memory nor I/O:
 * configuration, interrupt acknowledge and special cycles.  Memory and I/O are
 * pci_win.c's, cards and their decoding soc/pci.c's.  A cycle that nobody
 * claims reads as ones and leaves a received master abort in the status.
 *
 * Everything on PCI is little-endian; the bus here hands over bytes with the
 * lowest address most significant, so configuration data turns round.
 *
 * `reg` of the node: [0] configuration address and data, [1] interrupt
 * acknowledge, [2] special cycle (the same address, for writes), [3] local
 * registers.
 *
 * Without firmware a reset leaves what U-Boot leaves: memory at its own
 * address, all of the local bus open to cards. [UB] board/amcc/bamboo
 */
#include "base/bits.h"
#include "soc/dev/pci.h"

#define CFG_ENABLE	0x80000000u

/* Offsets in the configuration header that have rules of their own. */
#define HDR_BAR1	0x14		/* sized by PTM1MS */
#define HDR_BAR2	0x18		/* sized by PTM2MS */
#define BAR_PREFETCH	0x8u
#define HDR_ERREN	0x48
#define HDR_ERRSTS	0x49
#define HDR_PLBBESR0	0x4c
#define HDR_PLBBEAR	0x54

/*
 * ERREN and ERRSTS: [assumed: the manual's text names one bit that detects a
 * master abort and one that lets it become a PLB error, not their numbers].
 */
#define ERR_DETECT	0x01u		/* latch ERRSTS, BESR and BEAR */
#define ERR_TO_PLB	0x02u		/* and end the PLB cycle in error */
#define STS_MASTER_ABORT 0x01u
#define STS_TARGET_ABORT 0x02u
#define STS_PLB_ERROR	0x04u
/* PLBBESR0, one error at a time: [assumed: as POB0_BESR0, master 0] */
#define BESR_ERROR	0x80000000u
#define BESR_READ	0x20000000u

enum { REG_CFG, REG_IACK, REG_SPECIAL, REG_LOCAL, REGS };

/* A field of the header: reset value, writable and write-1-to-clear bits. */
struct hdr_field {
	u8 at, bytes;
	u32 reset, wmask, w1c;
};

static const struct hdr_field hdr_fields[] = {
	{ 0x00, 2, 0x1014, 0, 0 },		/* IBM */
	{ 0x02, 2, 0x027f, 0, 0 },		/* embedded PowerPC */
	{ PCI_COMMAND, 2, 0x0000, 0x0146, 0 },
	{ PCI_STATUS, 2, 0x02a0, 0, 0xf900 },	/* medium, back-to-back, 66 */
	{ 0x08, 4, 0x06000000, 0, 0 },		/* host bridge, revision 0 */
	{ 0x0c, 1, 0, 0xff, 0 },		/* cache line size */
	{ 0x0d, 1, 0, 0xf8, 0 },		/* latency timer */
	{ HDR_BAR1, 4, 0, 0xfffff000, 0 },
	{ HDR_BAR2, 4, 0, 0xfffff000, 0 },
	{ 0x2c, 4, 0, 0xffffffff, 0 },		/* subsystem */
	{ 0x3c, 1, 0, 0xff, 0 },		/* interrupt line */
	{ 0x44, 1, 0, 0x01, 0 },		/* ICS */
	{ HDR_ERREN, 1, 0, 0xff, 0 },
	{ HDR_ERRSTS, 1, 0, 0, 0xff },
	{ 0x4a, 2, 0, 0xffff, 0 },		/* BRDGOPT1 */
	{ HDR_PLBBESR0, 4, 0, 0, 0xffffffff },
	{ 0x50, 4, 0, 0, 0xffffffff },		/* PLBBESR1 */
	{ 0x60, 2, 0, 0xffff, 0 },		/* BRDGOPT2 */
};

static u32 hdr_get32(const struct bridge *b, unsigned int at)
{
	return pci_ld32(b->hdr + at);
}

/* What software programmed becomes what cards meet. */
static void inbound_update(struct bridge *b)
{
	b->bus.is_target = bridge_command(b) & PCI_CMD_MEM;
	for (unsigned int i = 0; i < PCI_PTMS; i++) {
		struct pci_ptm *t = &b->bus.ptm[i];

		t->is_on = b->ptm[i].ms & 1;
		t->mask = b->ptm[i].ms & 0xfffff000u;
		t->pci = hdr_get32(b, HDR_BAR1 + 4 * i) & t->mask;
		t->plb = b->ptm[i].la;
	}
}

static void error_irq(struct bridge *b)
{
	irq_set(&b->dev->irq[0], b->hdr[HDR_ERRSTS] &&
				 b->hdr[HDR_ERREN] & ERR_DETECT);
}

/* The first error stays until software clears the syndrome. */
static void error_latch(struct bridge *b, u8 kind, u32 pa, bool is_write)
{
	if (!(b->hdr[HDR_ERREN] & ERR_DETECT))
		return;
	b->hdr[HDR_ERRSTS] |= kind;
	if (!hdr_get32(b, HDR_PLBBESR0)) {
		pci_st32(b->hdr + HDR_PLBBESR0,
		      BESR_ERROR | (is_write ? 0 : BESR_READ));
		pci_st32(b->hdr + HDR_PLBBEAR, pa);
	}
	error_irq(b);
}

/**
 * bridge_abort - a cycle of the CPU came to nothing
 * @b:        bridge
 * @status:   PCI_STS_RMA (nobody claimed it) or PCI_STS_RTA (refused)
 * @pa:       local address
 * @is_write: direction
 *
 * Returns: BUS_OK, the read is ones; BUS_NO_TARGET when ERREN makes it a PLB
 *          error.
 * Source:  [405GP UM] 17.6.2, 17.6.3.
 */
int bridge_abort(struct bridge *b, u32 status, u32 pa, bool is_write)
{
	u8 both = ERR_DETECT | ERR_TO_PLB;

	b->aborts++;
	b->hdr[PCI_STATUS + 1] |= (u8)(status >> 8);
	error_latch(b, status == PCI_STS_RMA ? STS_MASTER_ABORT :
					       STS_TARGET_ABORT, pa, is_write);
	return (b->hdr[HDR_ERREN] & both) == both ? BUS_NO_TARGET : BUS_OK;
}

/* A card's DMA found no memory: the bridge ends it with a target abort. */
static void plb_failed(struct pci_bus *bus, u32 pa, bool is_write)
{
	struct bridge *b = (struct bridge *)bus;

	b->hdr[PCI_STATUS + 1] |= PCI_STS_STA >> 8;
	error_latch(b, STS_PLB_ERROR, pa, is_write);
}

static const struct hdr_field *field_at(unsigned int at)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(hdr_fields); i++) {
		const struct hdr_field *f = &hdr_fields[i];

		if (at >= f->at && at < f->at + (unsigned int)f->bytes)
			return f;
	}
	return NULL;
}

/* A BAR shows the bits that its PTM compares; nothing when that is off. */
static u8 hdr_read(const struct bridge *b, unsigned int at)
{
	u32 ms;

	if (at < HDR_BAR1 || at >= HDR_BAR2 + 4)
		return b->hdr[at];
	ms = b->ptm[at >= HDR_BAR2].ms;
	if (!(ms & 1))
		return 0;
	if (!(at & 3))
		return BAR_PREFETCH;
	return (u8)(b->hdr[at] & (ms & 0xfffff000u) >> 8 * (at & 3));
}

static void hdr_write(struct bridge *b, unsigned int at, u8 val)
{
	const struct hdr_field *f = field_at(at);
	unsigned int lane;
	u8 can;

	if (!f)
		return;
	lane = 8 * (at - f->at);
	can = (u8)(f->wmask >> lane);
	b->hdr[at] = (u8)((b->hdr[at] & ~can) | (val & can));
	b->hdr[at] &= (u8)~(val & (u8)(f->w1c >> lane));
}

/*
 * Bus 0 is a type 0 cycle, IDSEL of the device driven; another bus is type 1,
 * which only a bridge below would take.  Device 0 is this one.
 */
static u32 config_read(struct bridge *b, unsigned int lane, unsigned int size)
{
	unsigned int at = (b->cfgaddr & 0xfc) + lane;
	unsigned int devfn = b->cfgaddr >> 8 & 0xff;
	struct pci_card *card;
	u32 v = 0;

	if (!(b->cfgaddr & CFG_ENABLE))
		return bridge_ones(size);
	if (!(b->cfgaddr & 0x00ffff03)) {
		for (unsigned int i = 0; i < size; i++)
			v |= (u32)hdr_read(b, at + i) << 8 * i;
		return v;
	}
	card = b->cfgaddr & 0x00ff0003 ? NULL : pci_bus_card(&b->bus, devfn);
	if (card)
		return pci_card_config_read(card, at, size);
	b->hdr[PCI_STATUS + 1] |= PCI_STS_RMA >> 8;
	return bridge_ones(size);
}

static void config_write(struct bridge *b, unsigned int lane,
			 unsigned int size, u32 val)
{
	unsigned int at = (b->cfgaddr & 0xfc) + lane;
	unsigned int devfn = b->cfgaddr >> 8 & 0xff;
	struct pci_card *card;

	if (!(b->cfgaddr & CFG_ENABLE))
		return;
	if (!(b->cfgaddr & 0x00ffff03)) {
		for (unsigned int i = 0; i < size; i++)
			hdr_write(b, at + i, (u8)(val >> 8 * i));
		inbound_update(b);
		error_irq(b);
		return;
	}
	card = b->cfgaddr & 0x00ff0003 ? NULL : pci_bus_card(&b->bus, devfn);
	if (card)
		pci_card_config_write(card, at, size, val);
	else if (devfn != 0xff)		/* that one is a special cycle */
		b->hdr[PCI_STATUS + 1] |= PCI_STS_RMA >> 8;
}

static int cfg_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct bridge *b = opaque;
	u32 part;

	if (off < 4 && off + size > 4) {
		*val = 0;
		for (unsigned int i = 0; i < size; i++) {
			(void)cfg_read(opaque, off + i, 1, &part);
			*val = *val << 8 | part;
		}
		return BUS_OK;
	}
	part = off >= 4 ? config_read(b, off & 3, size) :
			  b->cfgaddr >> 8 * off & bridge_ones(size);
	*val = pci_swap(part, size);
	return BUS_OK;
}

static int cfg_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct bridge *b = opaque;
	u32 v = pci_swap(val, size), lanes;

	if (off < 4 && off + size > 4) {
		for (unsigned int i = 0; i < size; i++)
			(void)cfg_write(opaque, off + i, 1,
					val >> 8 * (size - 1 - i) & 0xff);
	} else if (off >= 4) {
		config_write(b, off & 3, size, v);
	} else {
		lanes = bridge_ones(size) << 8 * off;
		b->cfgaddr = (b->cfgaddr & ~lanes) | (v << 8 * off & lanes);
	}
	return BUS_OK;
}

/* Nobody on this bus holds a vector. */
static int iack_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct bridge *b = opaque;

	(void)off;
	b->hdr[PCI_STATUS + 1] |= PCI_STS_RMA >> 8;
	*val = bridge_ones(size);
	return BUS_OK;
}

/* A special cycle: all hear it, none answers, and that is no error. */
static int special_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	(void)opaque;
	(void)off;
	(void)size;
	(void)val;
	return BUS_OK;
}

static int local_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct dev *dev = ((struct bridge *)opaque)->dev;

	return reg_read(dev, &dev->cls->spaces[0], (u32)off, size, val);
}

static int local_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct dev *dev = ((struct bridge *)opaque)->dev;

	return reg_write(dev, &dev->cls->spaces[0], (u32)off, size, val);
}

static void ptm_wrote(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	inbound_update(dev->priv);
}

#define ROW(nm, off, mask, field) \
	.name = nm, .offset = off, .size = 4, .flags = REG_LE, .wmask = mask, \
	.cell = offsetof(struct bridge, field), .source = "LX"
#define PMM(k) \
	{ ROW("PMM" #k "LA", 0x10 * k, 0xfffff000, pmm[k].la) }, \
	{ ROW("PMM" #k "MA", 0x10 * k + 4, 0xfffff003, pmm[k].ma) }, \
	{ ROW("PMM" #k "PCILA", 0x10 * k + 8, 0xfffff000, pmm[k].pcila) }, \
	{ ROW("PMM" #k "PCIHA", 0x10 * k + 12, 0xffffffff, pmm[k].pciha) }

static const struct reg_desc pci_regs[] = {
	PMM(0),
	PMM(1),
	PMM(2),
	{ ROW("PTM1MS", 0x30, 0xfffff001, ptm[0].ms), .write = ptm_wrote },
	{ ROW("PTM1LA", 0x34, 0xfffff000, ptm[0].la), .write = ptm_wrote },
	{ ROW("PTM2MS", 0x38, 0xfffff001, ptm[1].ms), .write = ptm_wrote },
	{ ROW("PTM2LA", 0x3c, 0xfffff000, ptm[1].la), .write = ptm_wrote },
};
#undef PMM
#undef ROW

static const struct reg_space pci_spaces[] = {
	{ REG_MMIO, pci_regs, ARRAY_SIZE(pci_regs), 0x40 },
};

/* [UB] board/amcc/bamboo: pci_target_init, pci_master_init. */
static void reset_as_firmware_leaves(struct bridge *b)
{
	for (unsigned int i = 0; i < 2; i++) {
		b->pmm[i].la = 0xa0000000 + 0x20000000 * i;
		b->pmm[i].pcila = b->pmm[i].la;
		b->pmm[i].ma = 0xe0000000 | BRIDGE_MA_ENABLE;
	}
	b->ptm[0].ms = 1;		/* 4 GB from 0 */
	b->hdr[PCI_COMMAND] = PCI_CMD_MEM | PCI_CMD_MASTER;
}

static void pci_reset(struct dev *dev, enum reset_kind kind)
{
	struct bridge *b = dev->priv;

	(void)kind;
	b->cfgaddr = 0;
	memset(b->hdr, 0, sizeof(b->hdr));
	for (unsigned int i = 0; i < ARRAY_SIZE(hdr_fields); i++) {
		const struct hdr_field *f = &hdr_fields[i];

		for (unsigned int n = 0; n < f->bytes; n++)
			b->hdr[f->at + n] = (u8)(f->reset >> 8 * n);
	}
	if (!dev->env->has_firmware)
		reset_as_firmware_leaves(b);
	inbound_update(b);
	error_irq(b);
}

static int map_regs(struct dev *dev, struct errmsg *msg)
{
	struct bridge *b = dev->priv;
	const struct bus_target cfg = { cfg_read, cfg_write, b, NULL };
	const struct bus_target iack = { iack_read, special_write, b, NULL };
	const struct bus_target local = { local_read, local_write, b, NULL };
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
	struct bridge *b = dev->priv;
	int rc;

	b->dev = dev;
	b->bus.plb = dev->env->bus;
	b->bus.plb_failed = plb_failed;
	rc = map_regs(dev, msg);
	if (rc)
		return rc;
	pci_reset(dev, RESET_SYSTEM);
	return bridge_map_windows(b, node, msg);
}

static const char *const pci_compatible[] = {
	"ibm,plb440ep-pci", "ibm,plb-pci", NULL
};

const struct dev_class pci_class = {
	.name = "pci",
	.desc = "PCI bridge",
	.compatible = pci_compatible,
	.spaces = pci_spaces,
	.nspaces = ARRAY_SIZE(pci_spaces),
	.priv_size = sizeof(struct bridge),
	.probe = pci_probe,
	.reset = pci_reset,
	.own_map = true,
	.node_clk = CLK_COUNT,
};
