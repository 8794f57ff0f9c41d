/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/at25.c - a serial EEPROM of the 25 family on SPI.
 *
 * Owns the content, the status register and the command under way.  Size,
 * page and address width come from the node, as Linux's binding has them.
 * What is written is programmed when the chip is deselected, and WIP stays
 * set for the write cycle.
 */
#include "soc/dev.h"
#include "soc/spi.h"

#define AT25_MAX	(64u << 10)
#define PAGE_MAX	256u
#define CYCLE_NS	5000000u
#define BLK_FIRST	64	/* of BLK_NVRAM; below are the 24C's */
#define ST_WIP		0x01u
#define ST_WEL		0x02u
#define ST_BP		0x0cu	/* quarter, half, all protected */
#define ST_WRITABLE	0x8cu

enum { CMD_WRSR = 1, CMD_WRITE, CMD_READ, CMD_WRDI, CMD_RDSR, CMD_WREN };

struct at25 {
	struct spi_chip chip;
	struct dev *dev;
	struct blk *blk;
	u32 bytes, page, address_bytes;
	u32 status, command, count, at;
	u32 start;		/* of the page that is written */
	bool is_written[PAGE_MAX];
	u8 latch[PAGE_MAX];
	bool has_data, has_status;
	u8 new_status;
	u32 errors;
	struct sched_event cycle;
	u8 byte[AT25_MAX];
};

static bool is_protected(const struct at25 *e, u32 at)
{
	u32 part = e->status >> 2 & 3;

	return part && at >= e->bytes - (e->bytes >> (3 - part));
}

static void at25_begin(struct at25 *e, u8 command)
{
	bool is_busy = e->status & ST_WIP;

	e->command = command;
	e->at = 0;
	if (is_busy && command != CMD_RDSR)
		e->command = 0;
	else if (command == CMD_WREN)
		e->status |= ST_WEL;
	else if (command == CMD_WRDI)
		e->status &= ~ST_WEL;
	/* address bit 8 of a 512-byte chip is in the command */
	if (e->address_bytes == 1 && (command & ~8u) <= CMD_READ &&
	    command & 8 && !is_busy) {
		e->command = command & ~8u;
		e->at = 1;
	}
}

static void at25_data(struct at25 *e, u8 byte)
{
	u32 n = e->at % e->page;

	if (!(e->status & ST_WEL))
		return;
	e->start = e->at - n;
	e->latch[n] = byte;
	e->is_written[n] = true;
	e->has_data = true;
	e->at = e->start + (n + 1) % e->page;
}

static u8 at25_exchange(void *opaque, u8 byte)
{
	struct at25 *e = opaque;
	u32 n = e->count;
	u8 out;

	if (e->count <= 4)
		e->count++;
	if (n == 0) {
		at25_begin(e, byte);
		return 0xff;
	}
	if (e->command == CMD_RDSR)
		return (u8)e->status;
	if (e->command == CMD_WRSR && n == 1 && e->status & ST_WEL) {
		e->new_status = byte;
		e->has_status = true;
	}
	if (e->command != CMD_READ && e->command != CMD_WRITE)
		return 0xff;
	if (n <= e->address_bytes) {
		e->at = (e->at << 8 | byte) & (e->bytes - 1);
		return 0xff;
	}
	if (e->command == CMD_WRITE) {
		at25_data(e, byte);
		return 0xff;
	}
	out = e->byte[e->at];
	e->at = (e->at + 1) & (e->bytes - 1);
	return out;
}

static void at25_store(struct at25 *e)
{
	int rc;

	if (!e->blk)
		return;
	rc = blk_write(e->blk, e->start, e->byte + e->start, e->page);
	if (!rc)
		rc = blk_flush(e->blk);
	if (rc)
		LOG_ONCE(e->dev->env->log, e->errors, LOG_ERROR,
			 "%s: %s: content not stored: %s", e->dev->path,
			 e->blk->name, err_text(-rc));
}

static void at25_program(struct at25 *e)
{
	const struct dev_env *env = e->dev->env;

	if (e->has_status)
		e->status = (e->status & ~ST_WRITABLE) |
			    (e->new_status & ST_WRITABLE);
	for (u32 n = 0; e->has_data && n < e->page; n++)
		if (e->is_written[n] && !is_protected(e, e->start + n))
			e->byte[e->start + n] = e->latch[n];
	if (e->has_data)
		at25_store(e);
	e->status = (e->status & ~ST_WEL) | ST_WIP;
	sched_at(env->sched, &e->cycle, sched_now(env->sched) +
		 clk_ns_to_cycles(env->clk, CYCLE_NS));
}

static void at25_select(void *opaque, bool is_selected)
{
	struct at25 *e = opaque;

	if (!is_selected && (e->has_data || e->has_status))
		at25_program(e);
	e->count = 0;
	e->command = 0;
	e->has_data = false;
	e->has_status = false;
	memset(e->is_written, 0, sizeof(e->is_written));
}

static void at25_cycle_done(void *opaque, cycle_t late)
{
	struct at25 *e = opaque;

	(void)late;
	e->status &= ~ST_WIP;
}

static bool is_power_of_two(u32 v)
{
	return v && !(v & (v - 1));
}

static int at25_shape(struct at25 *e, const struct dev_node *node,
		      struct errmsg *msg)
{
	u32 bits = dev_prop_u32(node, "address-width", 16);

	e->bytes = dev_prop_u32(node, "size", 8192);
	e->page = dev_prop_u32(node, "pagesize", 32);
	e->address_bytes = bits == 8 || bits == 9 ? 1 : bits / 8;
	if (is_power_of_two(e->bytes) && is_power_of_two(e->page) &&
	    e->bytes <= AT25_MAX && e->page <= PAGE_MAX &&
	    e->page <= e->bytes && e->address_bytes >= 1 &&
	    e->address_bytes <= 3)
		return 0;
	return err_set(msg, ERR_RANGE,
		       "%s: size, pagesize, address-width: %u, %u, %u "
		       "make no EEPROM of at most %u bytes",
		       e->dev->path, e->bytes, e->page, bits, AT25_MAX);
}

static int at25_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct at25 *e = dev->priv;
	int rc;

	e->dev = dev;
	rc = at25_shape(e, node, msg);
	if (rc)
		return rc;
	e->chip.select = at25_select;
	e->chip.exchange = at25_exchange;
	e->chip.opaque = e;
	e->cycle = (struct sched_event){ .fire = at25_cycle_done, .opaque = e,
					 .name = "eeprom-write" };
	memset(e->byte, 0xff, sizeof(e->byte));
	rc = env_storage(dev->env, BLK_NVRAM, BLK_FIRST + dev->index, e->bytes,
			 &e->blk, msg);
	if (rc)
		return rc;
	if (e->blk) {
		rc = blk_read(e->blk, 0, e->byte, e->bytes);
		if (rc)
			return err_set(msg, -rc, "%s: %s: %s", dev->path,
				       e->blk->name, err_text(-rc));
	}
	return spi_chip_add(&e->chip, dev, node, msg);
}

static void at25_remove(struct dev *dev)
{
	struct at25 *s = dev->priv;

	sched_cancel(dev->env->sched, &s->cycle);
}

static const char *const at25_compatible[] = { "atmel,at25", NULL };

const struct dev_class at25_class = {
	.name = "at25",
	.desc = "serial EEPROM on SPI",
	.compatible = at25_compatible,
	.priv_size = sizeof(struct at25),
	.probe = at25_probe,
	.remove = at25_remove,
	.node_clk = CLK_COUNT,
};
