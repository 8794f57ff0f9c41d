/* SPDX-License-Identifier: MIT */
/*
 * soc/dev.c - the table of device classes, and what every device has in
 * common: making, mapping and resetting it.
 *
 * Owns struct dev and its private memory.  Must not know the device tree
 * (struct dev_node hides it), the CPU or the machine.
 */
#include "soc/dev.h"

#include <stdlib.h>

#include "base/bits.h"
#include "base/xalloc.h"

#define DEVICE(sym) extern const struct dev_class sym##_class;
#include "soc/dev/devices.def"
#undef DEVICE

const struct dev_class *const dev_classes[] = {
#define DEVICE(sym) &sym##_class,
#include "soc/dev/devices.def"
#undef DEVICE
};

const unsigned int dev_class_count = ARRAY_SIZE(dev_classes);

/* What a window's callbacks need: the device and which of its spaces. */
struct dev_map {
	struct dev *dev;
	const struct reg_space *space;
};

/**
 * dev_class_find - the class that serves a compatible string
 * @compatible: one string of the property
 *
 * Returns: the class, NULL for none.
 */
const struct dev_class *dev_class_find(const char *compatible)
{
	for (unsigned int n = 0; n < dev_class_count; n++) {
		const char *const *c = dev_classes[n]->compatible;

		for (; c && *c; c++)
			if (!strcmp(*c, compatible))
				return dev_classes[n];
	}
	return NULL;
}

/**
 * dev_new - a device that is not yet mapped, probed or reset
 * @cls:  class
 * @env:  what the machine lends; must outlive the device
 * @path: node path, copied
 *
 * Returns: the device, its private memory zeroed; dev_free() ends it.
 */
struct dev *dev_new(const struct dev_class *cls, const struct dev_env *env,
		    const char *path)
{
	struct dev *dev = xcalloc(1, sizeof(*dev));

	dev->cls = cls;
	dev->env = env;
	dev->path = xstrdup(path);
	dev->priv = xcalloc(1, cls->priv_size);
	dev->map = xcalloc(cls->nspaces, sizeof(*dev->map));
	for (unsigned int i = 0; i < cls->nspaces; i++) {
		dev->map[i].dev = dev;
		dev->map[i].space = &cls->spaces[i];
	}
	return dev;
}

/**
 * dev_free - end a device
 * @dev: device or NULL; its windows stay in bus and DCR space, which the
 *       caller frees without using them again
 */
void dev_free(struct dev *dev)
{
	if (!dev)
		return;
	if (dev->cls->remove)
		dev->cls->remove(dev);
	free(dev->map);
	free(dev->priv);
	free(dev->path);
	free(dev);
}

static int mmio_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct dev_map *map = opaque;

	return reg_read(map->dev, map->space, (u32)off, size, val);
}

static int mmio_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct dev_map *map = opaque;

	return reg_write(map->dev, map->space, (u32)off, size, val);
}

static int dcrn_read(void *opaque, u32 off, u32 *val)
{
	struct dev_map *map = opaque;

	return reg_read(map->dev, map->space, off, 4, val);
}

static int dcrn_write(void *opaque, u32 off, u32 val)
{
	struct dev_map *map = opaque;

	return reg_write(map->dev, map->space, off, 4, val);
}

static int map_mmio(struct dev *dev, unsigned int k, struct dev_map *map,
		    struct errmsg *msg)
{
	const struct bus_target target = { mmio_read, mmio_write, map, NULL };
	u64 size;

	if (k >= dev->nmmio)
		return err_set(msg, ERR_FORMAT,
			       "%s: reg: a \"%s\" needs %u ranges, here are %u",
			       dev->path, dev->cls->name, k + 1, dev->nmmio);
	size = dev->mmio[k].size ? dev->mmio[k].size : map->space->size;
	return bus_map(dev->env->bus, dev->mmio[k].base, size, &target,
		       dev->path, msg);
}

static int map_dcr(struct dev *dev, unsigned int k, struct dev_map *map,
		   struct errmsg *msg)
{
	const struct dcr_target target = { dcrn_read, dcrn_write, map };
	u64 size;

	if (k >= dev->ndcr)
		return err_set(msg, ERR_FORMAT,
			       "%s: dcr-reg: a \"%s\" needs %u ranges, "
			       "here are %u",
			       dev->path, dev->cls->name, k + 1, dev->ndcr);
	size = dev->dcr[k].size ? dev->dcr[k].size : map->space->size;
	if (dev->dcr[k].base >= DCR_COUNT || size > DCR_COUNT)
		return err_set(msg, ERR_RANGE,
			       "%s: dcr-reg: outside the 0x%x registers",
			       dev->path, DCR_COUNT);
	return dcr_map(dev->env->dcr, (u32)dev->dcr[k].base, (u32)size,
		       &target, dev->path, msg);
}

/**
 * dev_map_spaces - put the register tables at the addresses of the node
 * @dev: device with mmio[] and dcr[] filled in; a size of 0 there stands for
 *       the size of the table
 * @msg: one line on failure
 *
 * Returns: 0, -ERR_FORMAT (the node has too few ranges), -ERR_RANGE,
 *          -ERR_CONFLICT.
 */
int dev_map_spaces(struct dev *dev, struct errmsg *msg)
{
	unsigned int mmio = 0, dcr = 0;
	int rc = 0;

	for (unsigned int i = 0; i < dev->cls->nspaces && !rc; i++) {
		struct dev_map *map = &dev->map[i];

		if (map->space->kind == REG_MMIO)
			rc = map_mmio(dev, mmio++, map, msg);
		else if (map->space->kind == REG_DCR)
			rc = map_dcr(dev, dcr++, map, msg);
	}
	return rc;
}

/**
 * dev_reset - reset a device
 * @dev:  device
 * @kind: a core reset leaves devices as they are; others reset all register
 *        cells, then call the class
 */
void dev_reset(struct dev *dev, enum reset_kind kind)
{
	if (kind == RESET_CORE)
		return;
	for (unsigned int i = 0; i < dev->cls->nspaces; i++)
		reg_reset(dev, &dev->cls->spaces[i]);
	if (dev->cls->reset)
		dev->cls->reset(dev, kind);
}

/**
 * dev_prop_u32 - first cell of a property
 * @node: node, or NULL
 * @name: property
 * @def:  value when it is absent or shorter than a cell
 *
 * Returns: the cell or @def.
 */
u32 dev_prop_u32(const struct dev_node *node, const char *name, u32 def)
{
	const void *p;
	int len = 0;

	if (!node || !node->prop)
		return def;
	p = node->prop(node, name, &len);
	return p && len >= 4 ? ldb32(p) : def;
}
