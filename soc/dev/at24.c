/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/at24.c - a serial EEPROM of the 24C family, or a DIMM's SPD.
 *
 * Owns the content, the address counter and the write cycle: bytes of one
 * page are latched, STOP starts the cycle, and until it ends the chip does
 * not acknowledge.  Content comes from the host's storage where there is
 * some, else it lasts for the run; an SPD's is computed and never changes.
 */
#include "base/bits.h"
#include "soc/dev.h"
#include "soc/dev/spd.h"
#include "soc/i2c.h"

#define AT24_MAX	8192u
#define PAGE_MAX	32u
#define CYCLE_NS	5000000u
#define BLK_FIRST	1	/* BLK_NVRAM 0 is the board's own */

struct at24_model {
	const char *compatible;
	u32 bytes, page;
	u8 address_bytes;	/* of the word address */
};

static const struct at24_model at24_models[] = {
	{ "atmel,24c01", 128, 8, 1 },
	{ "atmel,24c02", 256, 8, 1 },
	{ "atmel,24c04", 512, 16, 1 },
	{ "atmel,24c08", 1024, 16, 1 },
	{ "atmel,24c16", 2048, 16, 1 },
	{ "atmel,24c32", 4096, 32, 2 },
	{ "atmel,24c64", 8192, 32, 2 },
	{ "atmel,spd", 256, 8, 1 },
};

struct at24 {
	struct i2c_chip chip;
	const struct at24_model *model;
	struct dev *dev;
	struct blk *blk;
	bool is_read_only;	/* write-protect pin */
	u32 at;			/* address counter */
	u32 address_bytes;	/* still to come */
	u32 latched;		/* bit n: byte n of the page is in latch[] */
	u32 page;		/* its first byte */
	u8 latch[PAGE_MAX];
	u32 is_busy;
	u32 errors;		/* of the host's storage; counted for the log */
	struct sched_event cycle;
	u8 byte[AT24_MAX];
};

static bool at24_start(void *opaque, unsigned int addr, bool is_read)
{
	struct at24 *e = opaque;

	if (e->is_busy)
		return false;
	e->latched = 0;
	/* chips above 256 bytes take upper address bits from the device's */
	if (e->model->address_bytes == 1)
		e->at = (e->at & 0xff) | (addr - e->chip.addr) << 8;
	e->address_bytes = is_read ? 0 : e->model->address_bytes;
	return true;
}

static bool at24_write(void *opaque, u8 byte)
{
	struct at24 *e = opaque;
	u32 page = e->model->page, n = e->at % page;

	if (e->address_bytes) {
		e->address_bytes--;
		if (e->model->address_bytes == 1)
			e->at = (e->at & ~0xffu) | byte;
		else
			e->at = e->at << 8 | byte;
		e->at %= e->model->bytes;
		return true;
	}
	if (e->is_read_only)
		return false;
	e->page = e->at - n;
	e->latch[n] = byte;
	e->latched |= 1u << n;
	e->at = e->page + (n + 1) % page;
	return true;
}

static u8 at24_read(void *opaque)
{
	struct at24 *e = opaque;
	u8 byte = e->byte[e->at % e->model->bytes];

	e->at = (e->at + 1) % e->model->bytes;
	return byte;
}

static void at24_store(struct at24 *e)
{
	u64 bytes = e->model->page;
	int rc;

	if (!e->blk || e->page >= e->blk->bytes)
		return;
	if (bytes > e->blk->bytes - e->page)
		bytes = e->blk->bytes - e->page;
	rc = blk_write(e->blk, e->page, e->byte + e->page, bytes);
	if (!rc)
		rc = blk_flush(e->blk);
	if (rc)
		LOG_ONCE(e->dev->env->log, e->errors, LOG_ERROR,
			 "%s: %s: content not stored: %s", e->dev->path,
			 e->blk->name, err_text(-rc));
}

static void at24_stop(void *opaque)
{
	struct at24 *e = opaque;
	const struct dev_env *env = e->dev->env;

	e->address_bytes = 0;
	if (!e->latched)
		return;
	for (u32 n = 0; n < e->model->page; n++)
		if (e->latched >> n & 1)
			e->byte[e->page + n] = e->latch[n];
	e->latched = 0;
	at24_store(e);
	e->is_busy = true;
	sched_at(env->sched, &e->cycle, sched_now(env->sched) +
		 clk_ns_to_cycles(env->clk, CYCLE_NS));
}

static void at24_cycle_done(void *opaque, cycle_t late)
{
	struct at24 *e = opaque;

	(void)late;
	e->is_busy = false;
}

static const struct at24_model *at24_model(const struct dev_node *node)
{
	int len = 0, at = 0;
	const char *s = node->prop(node, "compatible", &len);

	while (s && at < len) {
		size_t bytes = strnlen(s + at, (size_t)(len - at)) + 1;

		for (unsigned int i = 0; i < ARRAY_SIZE(at24_models); i++) {
			const char *name = at24_models[i].compatible;

			if (strlen(name) + 1 == bytes &&
			    (int)bytes <= len - at &&
			    !memcmp(name, s + at, bytes))
				return &at24_models[i];
		}
		at += (int)bytes;
	}
	return &at24_models[1];
}

/* false: no DIMM in this socket, so no chip. */
static bool at24_fill_spd(struct at24 *e, const struct dev_node *node)
{
	struct spd_dimm dimm[SPD_SLOTS];
	u32 slot = dev_prop_u32(node, "culm,slot",
				dev_prop_u32(node, "reg", 0) & 7);

	spd_layout(e->dev->env->ram_bytes,
		   dev_prop_u32(node, "culm,soldered-bytes", 0), dimm);
	if (slot >= SPD_SLOTS || !dimm[slot].rank_mb)
		return false;
	memset(e->byte, 0, e->model->bytes);
	spd_fill(&dimm[slot], e->byte);
	e->is_read_only = true;
	return true;
}

static int at24_fill(struct at24 *e, struct errmsg *msg)
{
	u64 bytes = e->model->bytes;
	int rc;

	memset(e->byte, 0xff, sizeof(e->byte));
	rc = env_storage(e->dev->env, BLK_NVRAM, BLK_FIRST + e->dev->index,
			 bytes, &e->blk, msg);
	if (rc || !e->blk)
		return rc;
	rc = blk_read(e->blk, 0, e->byte, bytes);
	if (rc)
		return err_set(msg, -rc, "%s: %s: %s", e->dev->path,
			       e->blk->name, err_text(-rc));
	e->is_read_only |= e->blk->is_read_only;
	return 0;
}

static int at24_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct at24 *e = dev->priv;
	u32 count;
	int len, rc;

	e->dev = dev;
	e->model = at24_model(node);
	e->is_read_only = node->prop(node, "read-only", &len);
	e->chip.start = at24_start;
	e->chip.write = at24_write;
	e->chip.read = at24_read;
	e->chip.stop = at24_stop;
	e->chip.opaque = e;
	e->cycle.fire = at24_cycle_done;
	e->cycle.opaque = e;
	e->cycle.name = "eeprom-write";
	if (!strcmp(e->model->compatible, "atmel,spd")) {
		if (!at24_fill_spd(e, node))
			return 0;
	} else {
		rc = at24_fill(e, msg);
		if (rc)
			return rc;
	}
	count = e->model->address_bytes == 1 && e->model->bytes > 256 ?
		e->model->bytes / 256 : 1;
	return i2c_chip_add(&e->chip, dev, node, count, msg);
}

static void at24_remove(struct dev *dev)
{
	struct at24 *s = dev->priv;

	sched_cancel(dev->env->sched, &s->cycle);
}

static const char *const at24_compatible[] = {
	"atmel,24c01", "atmel,24c02", "atmel,24c04", "atmel,24c08",
	"atmel,24c16", "atmel,24c32", "atmel,24c64", "atmel,spd", NULL
};

const struct dev_class at24_class = {
	.name = "at24",
	.desc = "serial EEPROM",
	.compatible = at24_compatible,
	.priv_size = sizeof(struct at24),
	.probe = at24_probe,
	.remove = at24_remove,
	.node_clk = CLK_COUNT,
};
