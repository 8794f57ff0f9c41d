/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/dev_rig.h - a bench for one or a few devices: bus, DCRs, time and
 * 1 MB of RAM at 0, and nodes made of lists instead of a tree.
 */
#ifndef TESTS_UNIT_DEV_RIG_H
#define TESTS_UNIT_DEV_RIG_H

#include <stdlib.h>
#include <CUnit/CUnit.h>

#include "base/bits.h"
#include "soc/dev.h"

#define RIG_DEVS	4
#define RIG_RAM		(1u << 20)

/* A property: @cells 32-bit cells of @cell, a string, or the device @dev. */
struct rig_prop {
	const char *name;
	unsigned int cells;
	u32 cell[32];
	struct dev *dev;
	const char *str;
};

struct rig {
	struct bus bus;
	struct dcr_space dcr;
	struct sched sched;
	struct clk clk;
	struct log log;
	struct dev_env env;
	struct errmsg msg;
	struct dev *dev[RIG_DEVS];
	struct rig_prop *props[RIG_DEVS];
	unsigned int devs;
	u8 bytes[128];
	u8 *ram;
};

struct rig_spec {
	const struct dev_class *cls;
	const char *path;
	u64 mmio[4];		/* bases, each of @mmio_size bytes */
	unsigned int nmmio;
	u64 mmio_size;
	u32 dcr, dcrs;
	struct rig_prop *props;	/* ends with a NULL name */
};

static const struct rig_prop *rig_find(const struct dev_node *node,
				       const char *name)
{
	struct rig *r = node->opaque;
	const struct rig_prop *p = r->props[node->offset];

	for (; p && p->name; p++)
		if (!strcmp(p->name, name))
			return p;
	return NULL;
}

static const void *rig_get(const struct dev_node *node, const char *name,
			   int *len)
{
	struct rig *r = node->opaque;
	const struct rig_prop *p = rig_find(node, name);

	if (!p)
		return NULL;
	if (p->str) {
		*len = (int)strlen(p->str) + 1;
		return p->str;
	}
	for (unsigned int i = 0; i < p->cells; i++)
		stb32(r->bytes + 4 * i, p->cell[i]);
	*len = (int)(4 * p->cells);
	return r->bytes;
}

static struct dev *rig_dev_at(const struct dev_node *node, const char *name,
			      unsigned int cell)
{
	const struct rig_prop *p = rig_find(node, name);

	return p && cell == 0 ? p->dev : NULL;
}

/* The bridge of a card is the device of its property "/parent". */
static struct dev *rig_parent(const struct dev_node *node)
{
	return rig_dev_at(node, "/parent", 0);
}

static struct dev_node rig_node(struct rig *r, unsigned int i)
{
	return (struct dev_node){
		.prop = rig_get, .dev_at = rig_dev_at, .parent = rig_parent,
		.offset = (int)i, .opaque = r,
	};
}

static void rig_open(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	bus_init(&r->bus);
	dcr_init(&r->dcr);
	sched_init(&r->sched);
	clk_init(&r->clk);
	clk_set(&r->clk, CLK_CPU, 100000000);
	log_init(&r->log);
	r->log.level = LOG_ERROR;
	r->ram = calloc(1, RIG_RAM);
	bus_map_memory(&r->bus, 0, RIG_RAM, r->ram, BUS_RAM, "ram", &r->msg);
	r->env = (struct dev_env){
		.bus = &r->bus, .dcr = &r->dcr, .sched = &r->sched,
		.clk = &r->clk, .log = &r->log, .ram_bytes = 64 << 20,
	};
}

/* Make, map and probe; the result of probe in @rc when it is not NULL. */
static inline struct dev *rig_add(struct rig *r, const struct rig_spec *s,
				  int *rc)
{
	struct dev *dev = dev_new(s->cls, &r->env, s->path ? s->path : "/dev");
	struct dev_node node = rig_node(r, r->devs);
	int ret = 0;

	r->props[r->devs] = s->props;
	r->dev[r->devs++] = dev;
	for (unsigned int i = 0; i < s->nmmio; i++)
		dev->mmio[i] = (struct dev_space){ s->mmio[i], s->mmio_size };
	dev->nmmio = s->nmmio;
	dev->dcr[0] = (struct dev_space){ s->dcr, s->dcrs };
	dev->ndcr = s->dcrs ? 1 : 0;
	dev->nirq = DEV_IRQS;
	if (!s->cls->own_map)
		ret = dev_map_spaces(dev, &r->msg);
	if (!ret && s->cls->probe)
		ret = s->cls->probe(dev, &node, &r->msg);
	if (rc)
		*rc = ret;
	else
		CU_ASSERT_EQUAL(ret, 0);
	return dev;
}

static inline void rig_start(struct rig *r)
{
	for (unsigned int i = 0; i < r->devs; i++) {
		struct dev_node node = rig_node(r, i);

		if (r->dev[i]->cls->link)
			CU_ASSERT_EQUAL(r->dev[i]->cls->link(r->dev[i], &node,
							     &r->msg), 0);
	}
	for (unsigned int i = 0; i < r->devs; i++)
		dev_reset(r->dev[i], RESET_SYSTEM);
}

static inline void rig_close(struct rig *r)
{
	/* the heap borrows the devices' events */
	sched_free(&r->sched);
	for (unsigned int i = 0; i < r->devs; i++)
		dev_free(r->dev[i]);
	dcr_free(&r->dcr);
	bus_free(&r->bus);
	free(r->ram);
}

static inline u32 rig_dcr(struct rig *r, u32 n)
{
	u32 v = 0xdeadbeef;

	CU_ASSERT(dcr_read(&r->dcr, n, &v) >= 0);
	return v;
}

static inline void rig_dcr_set(struct rig *r, u32 n, u32 v)
{
	CU_ASSERT(dcr_write(&r->dcr, n, v) >= 0);
}

/* An indirect register: address DCR @n, data DCR @n + 1. */
static inline u32 rig_ind(struct rig *r, u32 n, u32 reg)
{
	rig_dcr_set(r, n, reg);
	return rig_dcr(r, n + 1);
}

static inline void rig_ind_set(struct rig *r, u32 n, u32 reg, u32 v)
{
	rig_dcr_set(r, n, reg);
	rig_dcr_set(r, n + 1, v);
}

static inline u32 rig_rd(struct rig *r, u64 pa, unsigned int size)
{
	u32 v = 0xdeadbeef;

	CU_ASSERT(bus_read(&r->bus, pa, size, &v) >= 0);
	return v;
}

static inline void rig_wr(struct rig *r, u64 pa, unsigned int size, u32 v)
{
	CU_ASSERT(bus_write(&r->bus, pa, size, v) >= 0);
}

/* Advance time to the next event; false when nothing is armed. */
static inline bool rig_step(struct rig *r)
{
	cycle_t next = sched_next(&r->sched);

	if (next == SCHED_NEVER)
		return false;
	sched_advance(&r->sched, next);
	return true;
}

/* Every offset and size of a window, read and written: nothing may break. */
static inline void rig_hammer(struct rig *r, u64 base, u32 bytes)
{
	static const unsigned int sizes[] = { 1, 2, 4 };
	u32 v, seed = 12345;

	for (u32 off = 0; off < bytes; off++)
		for (unsigned int i = 0; i < 3; i++) {
			seed = seed * 1103515245 + 12345;
			(void)bus_write(&r->bus, base + off, sizes[i], seed);
			(void)bus_read(&r->bus, base + off, sizes[i], &v);
		}
	for (int n = 0; n < 1000 && rig_step(r); n++)
		;
}

#endif
