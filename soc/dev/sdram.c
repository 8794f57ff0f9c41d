/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/sdram.c - SDRAM0, the DDR controller of the 440EP.
 *
 * Owns the controller's registers, the rule that turns an amount of memory
 * into bank registers, and, where firmware runs, which addresses the chips
 * answer.  Does not own the memory: the machine lends it.
 *
 * A kernel entered without firmware finds env->ram_bytes at 0, mapped by the
 * machine, and registers that describe it as the board's U-Boot leaves them.
 * With firmware nothing answers until it sets CFG0[DCEN] and a bank's BE.
 * Then bank i shows the chips on its select line, as often as they fit into
 * the size programmed; none: the data lines float.  A mode whose columns are
 * not the chips' own folds addresses as the missing lines do, and a read delay
 * in TR1 outside the data's window reads wrong bits: firmware looks for both.
 *
 * BnCR:  0........8  | 12..14 | 16..18 | 31
 *        bank base    size     mode     enable    (size: 4 MB << field)
 */
#include "soc/dev/sdram.h"

#include "base/bits.h"
#include "soc/dev.h"
#include "soc/dev/indirect.h"
#include "soc/dev/spd.h"

#define CFG0_DCEN	0x80000000u
#define CFG0_RESET	0x04000000u
#define BCR_BE		0x00000001u
#define BCR_BASE	0xff800000u
#define TR1_RDCD	0x00000800u	/* read half a clock later */
#define TR1_RDCT	0x000001ffu	/* and by so many taps */
#define DLYCAL_RESET	0x00000100u	/* DLCV, bits 22..29: 64 */
#define DECODE_END	0x80000000ull	/* of the addresses that reach us */
#define WINDOWS		256		/* 4 banks of 512 MB, chips of 8 MB */
#define MCSTS_MRSC	0x80000000u	/* mode register set complete */
#define MCSTS_CIS	0x20000000u	/* controller idle */
#define BANK_MB		(1u << 20)

struct sdram;

/* What one select line leads to. */
struct sdram_rank {
	struct sdram *s;
	u8 *host;		/* NULL: no chips */
	u32 bytes;
	unsigned int columns;	/* address lines of a column */
};

struct sdram {
	u32 addr;
	u32 besr, bear, mirq, slio, cfg0, cfg1, devopt, mcsts, rtr, pmit;
	u32 uabba, bcr[SDRAM_BANKS], tr0, tr1, clktr, wddctr, dlycal, eccesr;
	struct dev *dev;
	struct sdram_rank rank[SDRAM_BANKS];
	u64 window[WINDOWS];	/* bases of what is mapped */
	unsigned int windows;
	bool is_timed;		/* reads come out right */
	u64 crowded;		/* windows in the way of others */
};

/* Address mode that U-Boot pairs with a bank size: mode 1 has 8 columns. */
static u32 sdram_mode(unsigned int mb)
{
	if (mb <= 16)
		return 0x0000;	/* mode 1, 8 columns */
	if (mb <= 64)
		return 0x2000;	/* mode 2, 9 columns */
	return 0x4000;		/* mode 3, 10 columns */
}

/**
 * sdram_banks - lay out an amount of memory in the controller's banks
 * @bytes: size of the memory, from address 0 up, without holes
 * @bcr:   set to the BnCR values, enabled banks first; 0 for an unused one.
 *         Untouched on failure
 *
 * Banks are powers of two of 8 to 512 MB, at most four, largest first, so
 * that each lies at a multiple of its size.
 *
 * Returns: 0, -ERR_RANGE when no such layout exists.
 * Units:   bytes.
 * Source:  UB (bank sizes and address modes).
 */
int sdram_banks(u64 bytes, u32 bcr[SDRAM_BANKS])
{
	u32 out[SDRAM_BANKS] = { 0 };
	unsigned int n = 0, mb = 512, field = 7;
	u32 left, base = 0;

	if (bytes < SDRAM_MIN_BYTES || bytes > SDRAM_MAX_BYTES ||
	    bytes % SDRAM_MIN_BYTES)
		return -ERR_RANGE;
	left = (u32)bytes;
	while (left) {
		if (left < mb * BANK_MB) {
			mb >>= 1;
			field--;
			continue;
		}
		if (n == SDRAM_BANKS)
			return -ERR_RANGE;
		out[n++] = base | field << 17 | sdram_mode(mb) | 1;
		base += mb * BANK_MB;
		left -= mb * BANK_MB;
	}
	memcpy(bcr, out, sizeof(out));
	return 0;
}

/* ---- what the CPU and DMA see, where firmware decides ------------------ */

static unsigned int mode_columns(u32 bcr)
{
	return 8 + PPC_FIELD(bcr, 16, 18);
}

static u64 bank_bytes(u32 bcr)
{
	return (u64)(4u << 20) << PPC_FIELD(bcr, 12, 14);
}

/*
 * A row, two bank lines and a column make an address, of 32-bit words
 * [assumed: the bank lines lie between row and column].  What the chips have
 * no line for does not reach them.
 */
static u32 rank_fold(const struct sdram_rank *r, u32 bcr, u64 off)
{
	unsigned int mode = mode_columns(bcr);
	u32 column = (u32)(off >> 2) & ((1u << mode) - 1);
	u32 upper = (u32)(off >> (2 + mode));

	column &= (1u << r->columns) - 1;
	return (upper << (2 + r->columns) | column << 2 | (off & 3)) &
	       (r->bytes - 1);
}

static u32 rank_bcr(const struct sdram_rank *r)
{
	return r->s->bcr[r - r->s->rank];
}

static int rank_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	const struct sdram_rank *r = opaque;
	u32 bcr = rank_bcr(r);

	*val = 0;
	for (unsigned int i = 0; i < size; i++)
		*val = *val << 8 |
		       (r->host ? r->host[rank_fold(r, bcr, off + i)] : 0xff);
	if (!r->s->is_timed)
		*val = ~*val & 0xffffffffu >> (32 - 8 * size);
	return BUS_OK;
}

static int rank_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	const struct sdram_rank *r = opaque;
	u32 bcr = rank_bcr(r);

	for (unsigned int i = 0; r->host && i < size; i++)
		r->host[rank_fold(r, bcr, off + i)] =
			(u8)(val >> 8 * (size - 1 - i));
	return BUS_OK;
}

/* @rc: of the mapping; banks that overlap are firmware's mistake. */
static void window_mapped(struct sdram *s, u64 base, int rc)
{
	if (!rc)
		s->window[s->windows++] = base;
	else
		LOG_ONCE(s->dev->env->log, s->crowded, LOG_WARN,
			 "%s: something else answers at 0x%llx: no SDRAM there",
			 s->dev->path, (unsigned long long)base);
}

static void place_bank(struct sdram *s, unsigned int i)
{
	struct sdram_rank *r = &s->rank[i];
	const struct bus_target t = { rank_read, rank_write, r, NULL };
	struct bus *bus = s->dev->env->bus;
	const char *name = s->dev->path;
	u64 bytes = bank_bytes(s->bcr[i]), at, n;
	u64 base = (u64)(s->uabba & 15) << 32 |
		   (s->bcr[i] & BCR_BASE & ~(u32)(bytes - 1));

	if (!(s->bcr[i] & BCR_BE) || base + bytes > DECODE_END)
		return;
	if (!r->host || !s->is_timed ||
	    mode_columns(s->bcr[i]) != r->columns) {
		window_mapped(s, base, bus_map(bus, base, bytes, &t, name,
					       NULL));
		return;
	}
	n = r->bytes < bytes ? r->bytes : bytes;
	for (at = 0; at < bytes; at += n)
		window_mapped(s, base + at,
			      bus_map_memory(bus, base + at, n, r->host,
					     BUS_RAM, name, NULL));
}

/* Make the windows follow the registers. */
static void sdram_place(struct sdram *s)
{
	if (!s->dev->env->has_firmware)
		return;
	while (s->windows)
		(void)bus_unmap(s->dev->env->bus, s->window[--s->windows]);
	for (unsigned int i = 0; s->cfg0 & CFG0_DCEN && i < SDRAM_BANKS; i++)
		place_bank(s, i);
}

/*
 * Firmware searches with fails on both sides of what works [UB44x].  Here the
 * data's window is three quarters of half a clock wide and centred an
 * eighth of it after the strobe of RDCD [assumed: a board's layout decides].
 * DLYCAL says how many taps half a clock has.
 */
static bool is_timed(const struct sdram *s)
{
	u32 half = (s->dlycal >> 2 & 0xff) << 2, t;

	if (!half)
		return false;
	t = ((s->tr1 & TR1_RDCD ? half : 0) + (s->tr1 & TR1_RDCT)) %
	    (2 * half);
	return t >= half / 4 * 3 && t < half / 2 * 3;
}

static void sdram_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	(void)val;
	sdram_place(dev->priv);
}

/* Firmware tries many delays: few of them change anything. */
static void sdram_tr1_write(struct dev *dev, unsigned int i, u32 val)
{
	struct sdram *s = dev->priv;
	bool timed = is_timed(s);

	(void)i;
	(void)val;
	if (timed == s->is_timed)
		return;
	s->is_timed = timed;
	sdram_place(s);
}

static void sdram_cfg0_write(struct dev *dev, unsigned int i, u32 val)
{
	struct sdram *s = dev->priv;
	bool was_on = s->windows;

	(void)i;
	if (was_on != !!(val & CFG0_DCEN))
		sdram_place(s);
}

/* The mode register set of the memories follows DCEN at once. */
static u32 sdram_mcsts_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct sdram *s = dev->priv;

	(void)i;
	(void)cell;
	return s->cfg0 & CFG0_DCEN ? MCSTS_MRSC | MCSTS_CIS : 0;
}

#define R(nm, off, rst, mask, field) { \
	.name = nm, .offset = off, .size = 4, .reset = rst, .wmask = mask, \
	.cell = offsetof(struct sdram, field), .source = "UB" }
#define W1C(nm, off, field) { \
	.name = nm, .offset = off, .size = 4, .flags = REG_W1C, \
	.wmask = 0xffffffff, .cell = offsetof(struct sdram, field), \
	.source = "UB" }

static const struct reg_desc sdram_ind_regs[] = {
	W1C("BESR0", 0x00, besr),
	{ .name = "BEAR", .offset = 0x10, .size = 4, .flags = REG_RO,
	  .cell = offsetof(struct sdram, bear), .source = "UB" },
	R("MIRQ", 0x11, 0, 0xffffffff, mirq),
	R("SLIO", 0x18, 0, 0xe0000000, slio),
	{ .name = "CFG0", .offset = 0x20, .size = 4, .reset = 0x84000000,
	  .wmask = 0xbfe00000, .cell = offsetof(struct sdram, cfg0),
	  .write = sdram_cfg0_write, .source = "UB" },
	R("CFG1", 0x21, 0, 0xc0000000, cfg1),
	R("DEVOPT", 0x22, 0, 0xc0000000, devopt),
	{ .name = "MCSTS", .offset = 0x24, .size = 4,
	  .flags = REG_RO | REG_NO_SAVE, .cell = offsetof(struct sdram, mcsts),
	  .read = sdram_mcsts_read, .source = "UB" },
	R("RTR", 0x30, 0x04100000, 0xfff80000, rtr),
	R("PMIT", 0x34, 0, 0xffc00000, pmit),
	{ .name = "UABBA", .offset = 0x38, .size = 4, .wmask = 0x0000000f,
	  .cell = offsetof(struct sdram, uabba), .write = sdram_write,
	  .source = "UB" },
	{ .name = "BCR", .offset = 0x40, .size = 4, .count = SDRAM_BANKS,
	  .stride = 4, .wmask = 0xff8ee001,
	  .cell = offsetof(struct sdram, bcr), .write = sdram_write,
	  .source = "UB" },
	R("TR0", 0x80, 0x410a4012, 0xc18fc01f, tr0),
	{ .name = "TR1", .offset = 0x81, .size = 4, .reset = 0x80800800,
	  .wmask = 0xc0c00fff, .cell = offsetof(struct sdram, tr1),
	  .write = sdram_tr1_write, .source = "UB" },
	R("CLKTR", 0x82, 0x40000000, 0xfff00000, clktr),
	R("WDDCTR", 0x83, 0, 0xffffffff, wddctr),
	{ .name = "DLYCAL", .offset = 0x84, .size = 4, .flags = REG_RO,
	  .reset = DLYCAL_RESET, .cell = offsetof(struct sdram, dlycal),
	  .source = "UB" },
	W1C("ECCESR", 0x98, eccesr),
};
#undef R
#undef W1C

/* [0] the two DCRs, [1] what is behind them */
static const struct reg_space sdram_spaces[2];

static u32 sdram_data_read(struct dev *dev, unsigned int i, u32 cell)
{
	(void)i;
	(void)cell;
	return indirect_read(dev, &sdram_spaces[1],
			     ((struct sdram *)dev->priv)->addr);
}

static void sdram_data_write(struct dev *dev, unsigned int i, u32 val)
{
	(void)i;
	indirect_write(dev, &sdram_spaces[1], ((struct sdram *)dev->priv)->addr,
		       val);
}

static const struct reg_desc sdram_dcrs[] = {
	{ .name = "CFGADDR", .offset = 0, .size = 4, .wmask = 0xff,
	  .cell = offsetof(struct sdram, addr), .source = "LX,UB" },
	{ .name = "CFGDATA", .offset = 1, .size = 4, .flags = REG_NO_SAVE,
	  .cell = REG_NO_CELL, .read = sdram_data_read,
	  .write = sdram_data_write, .source = "LX,UB" },
};

static const struct reg_space sdram_spaces[2] = {
	{ REG_DCR, sdram_dcrs, ARRAY_SIZE(sdram_dcrs), 2 },
	{ REG_INDIRECT, sdram_ind_regs, ARRAY_SIZE(sdram_ind_regs), 0x99 },
};

static void sdram_reset(struct dev *dev, enum reset_kind kind)
{
	struct sdram *s = dev->priv;

	(void)kind;
	s->is_timed = is_timed(s);
	memset(s->bcr, 0, sizeof(s->bcr));
	if (dev->env->has_firmware)
		s->cfg0 = CFG0_RESET;
	else
		(void)sdram_banks(dev->env->ram_bytes, s->bcr);
	sdram_place(s);
}

/* Chips on select line @i; @at: where their memory begins in the machine's. */
static u64 rank_add(struct sdram *s, unsigned int i, u32 mb, u64 at)
{
	const struct spd_dimm dimm = { mb, 1 };
	u8 spd[SPD_BYTES];

	if (!mb || i >= SDRAM_BANKS || !s->dev->env->ram ||
	    at + ((u64)mb << 20) > s->dev->env->ram_bytes)
		return at;
	spd_fill(&dimm, spd);
	s->rank[i].host = s->dev->env->ram + at;
	s->rank[i].bytes = mb << 20;
	s->rank[i].columns = spd[4];
	return at + ((u64)mb << 20);
}

static u32 power_of_two_below(u64 mb)
{
	u32 n = 1;

	while (2ull * n <= mb)
		n *= 2;
	return n;
}

/*
 * Chips on the board, if any, are on line 0; then each socket has as many
 * lines as it needs to be wired for.
 */
static void sdram_populate(struct sdram *s, u64 soldered)
{
	const struct dev_env *env = s->dev->env;
	unsigned int first[SPD_SLOTS] = { 0, 2 }, i;
	struct spd_dimm dimm[SPD_SLOTS];
	u64 at = 0;

	if (soldered > env->ram_bytes)
		soldered = (u64)power_of_two_below(env->ram_bytes >> 20) << 20;
	(void)spd_layout(env->ram_bytes, soldered, dimm);
	if (soldered) {
		at = rank_add(s, 0, (u32)(soldered >> 20), at);
		first[0] = 1;
		first[1] = 3;
	}
	for (i = 0; i < SPD_SLOTS; i++)
		for (u32 k = 0; k < dimm[i].ranks; k++)
			at = rank_add(s, first[i] + k, dimm[i].rank_mb, at);
	if (at < env->ram_bytes)
		log_put(env->log, LOG_WARN, "%s: %llu of %llu MB of memory fit "
			"the board's sockets", s->dev->path,
			(unsigned long long)at >> 20,
			(unsigned long long)env->ram_bytes >> 20);
}

static int sdram_probe(struct dev *dev, const struct dev_node *node,
		       struct errmsg *msg)
{
	struct sdram *s = dev->priv;
	u32 soldered = dev_prop_u32(node, "culm,soldered-bytes", 0);

	s->dev = dev;
	for (unsigned int i = 0; i < SDRAM_BANKS; i++)
		s->rank[i].s = s;
	if (sdram_banks(dev->env->ram_bytes, s->bcr))
		return err_set(msg, ERR_RANGE,
			       "%s: no bank layout for %llu bytes of memory",
			       dev->path,
			       (unsigned long long)dev->env->ram_bytes);
	if (soldered & (soldered - 1) ||
	    (soldered && (soldered < SDRAM_MIN_BYTES ||
			  soldered > SDRAM_BANK_MAX_BYTES)))
		return err_set(msg, ERR_RANGE, "%s: culm,soldered-bytes: 0x%x "
			       "is no power of two of 8 to 512 MB", dev->path,
			       soldered);
	if (dev->env->has_firmware)
		sdram_populate(s, soldered);
	return 0;
}

static const char *const sdram_compatible[] = {
	"ibm,sdram-440ep", "ibm,sdram-405gp", NULL
};

const struct dev_class sdram_class = {
	.name = "sdram",
	.desc = "SDRAM0 DDR controller",
	.compatible = sdram_compatible,
	.spaces = sdram_spaces,
	.nspaces = ARRAY_SIZE(sdram_spaces),
	.priv_size = sizeof(struct sdram),
	.probe = sdram_probe,
	.reset = sdram_reset,
	.node_clk = CLK_COUNT,
};
