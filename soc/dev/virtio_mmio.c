/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/virtio_mmio.c - virtio over MMIO ([VIRTIO] 4.2): version 2, or with
 * the property culm,legacy version 1.
 *
 * Owns the registers.  Must not know what the device does: culm,virtio of the
 * node names its type.  Without that, or with nothing behind it, the window
 * says device 0, which a driver leaves alone ([VIRTIO] 4.2.2.1).
 *
 * Registers are 32 bits wide and little-endian in either version; the
 * configuration space from 0x100 is bytes.
 */
#include "base/bits.h"
#include "soc/virtio.h"

#define MAGIC		0x74726976u	/* "virt" */
#define WINDOW_BYTES	0x200u
#define NO_SHM		0xffffffffu

enum mmio_reg {
	R_MAGIC = 0x000, R_VERSION = 0x004, R_DEVICE = 0x008, R_VENDOR = 0x00c,
	R_HOST_FEATURES = 0x010, R_HOST_SELECT = 0x014, R_FEATURES = 0x020,
	R_SELECT = 0x024, R_PAGE_SIZE = 0x028, R_QUEUE_SELECT = 0x030,
	R_QUEUE_MAX = 0x034, R_QUEUE_NUM = 0x038, R_QUEUE_ALIGN = 0x03c,
	R_QUEUE_PFN = 0x040, R_QUEUE_READY = 0x044, R_NOTIFY = 0x050,
	R_ISR = 0x060, R_ACK = 0x064, R_STATUS = 0x070, R_DESC = 0x080,
	R_DRIVER = 0x090, R_QUEUE_DEVICE = 0x0a0, R_SHM_LEN = 0x0b0,
	R_SHM_BASE = 0x0b8, R_QUEUE_RESET = 0x0c0, R_GENERATION = 0x0fc,
	R_CONFIG = 0x100,
};

struct virtio_mmio {
	struct virtio v;	/* ops NULL: device 0 */
	struct dev *dev;
	bool is_legacy;
	u32 page_bytes;
	u32 align;		/* of the queue to be placed next */
};

/* The bus, as the core uses it ------------------------------------------- */

static int mem_read(void *opaque, u64 addr, void *buf, u64 bytes)
{
	const struct dev *dev = opaque;

	return bus_dma_read(dev->env->bus, addr, buf, bytes);
}

static int mem_write(void *opaque, u64 addr, const void *buf, u64 bytes)
{
	const struct dev *dev = opaque;

	return bus_dma_write(dev->env->bus, addr, buf, bytes);
}

static u8 *mem_direct(void *opaque, u64 addr, bool will_write, u64 *left)
{
	const struct dev *dev = opaque;
	bool is_writable = false;
	u8 *p = bus_direct(dev->env->bus, addr, &is_writable, left);

	return p && (is_writable || !will_write) ? p : NULL;
}

static void mem_wrote(void *opaque, u64 addr, u64 bytes)
{
	const struct dev *dev = opaque;
	struct bus *bus = dev->env->bus;

	if (bus->dma_wrote)
		bus->dma_wrote(bus->opaque, addr, bytes);
}

static void line_irq(void *opaque, bool level)
{
	struct dev *dev = opaque;

	irq_set(&dev->irq[0], level);
}

static const struct virtio_bus plain_bus = {
	.read = mem_read,
	.write = mem_write,
	.direct = mem_direct,
	.wrote = mem_wrote,
	.irq = line_irq,
};

/* Registers --------------------------------------------------------------- */

/* What both versions have. */
static u32 reg_get(struct virtio_mmio *m, u32 off)
{
	struct virtio *v = &m->v;

	switch (off) {
	case R_MAGIC:
		return MAGIC;
	case R_VERSION:
		return m->is_legacy ? 1 : 2;
	case R_DEVICE:
		return v->ops ? v->ops->type : 0;
	case R_VENDOR:
		return VIRTIO_VENDOR;
	case R_HOST_FEATURES:
		return v->ops ? virtio_host_features(v, m->is_legacy) : 0;
	case R_QUEUE_MAX:
		return virtio_queue_max(v);
	case R_ISR:
		return v->isr;
	case R_STATUS:
		return v->status;
	default:
		return 0;
	}
}

static u32 legacy_get(struct virtio_mmio *m, u32 off)
{
	const struct virtio_queue *q = virtio_queue(&m->v);

	if (off == R_QUEUE_PFN)
		return q && q->is_enabled && m->page_bytes ?
			       (u32)(q->desc / m->page_bytes) : 0;
	return reg_get(m, off);
}

static u32 modern_get(struct virtio_mmio *m, u32 off)
{
	const struct virtio_queue *q = virtio_queue(&m->v);

	switch (off) {
	case R_QUEUE_READY:
		return q && q->is_enabled;
	case R_SHM_LEN:
	case R_SHM_LEN + 4:
	case R_SHM_BASE:
	case R_SHM_BASE + 4:
		return NO_SHM;
	case R_GENERATION:
		return m->v.generation;
	default:
		return reg_get(m, off);
	}
}

static void reg_set(struct virtio_mmio *m, u32 off, u32 val)
{
	struct virtio *v = &m->v;
	struct virtio_queue *q = virtio_queue(v);

	switch (off) {
	case R_HOST_SELECT:
		v->host_sel = val;
		break;
	case R_FEATURES:
		virtio_set_features(v, val, m->is_legacy);
		break;
	case R_SELECT:
		v->driver_sel = val;
		break;
	case R_QUEUE_SELECT:
		v->queue_sel = val;
		break;
	case R_QUEUE_NUM:
		if (q && !q->is_enabled)
			q->num = val <= VIRTIO_QUEUE_MAX ? val : 0;
		break;
	case R_NOTIFY:
		virtio_kick(v, val);
		break;
	case R_ACK:
		virtio_isr_take(v, val);
		break;
	case R_STATUS:
		virtio_set_status(v, val, m->is_legacy);
		break;
	default:
		break;
	}
}

static void legacy_set(struct virtio_mmio *m, u32 off, u32 val)
{
	struct virtio_queue *q = virtio_queue(&m->v);

	switch (off) {
	case R_PAGE_SIZE:
		m->page_bytes = val;
		break;
	case R_QUEUE_ALIGN:
		m->align = val;
		break;
	case R_QUEUE_PFN:
		if (q)
			virtq_place(&m->v, q, (u64)val * m->page_bytes,
				    m->align);
		break;
	default:
		reg_set(m, off, val);
	}
}

static void queue_half(u64 *addr, u32 off, u32 val)
{
	if (off & 4)
		*addr = (u32)*addr | (u64)val << 32;
	else
		*addr = (*addr >> 32 << 32) | val;
}

static void queue_ready(struct virtio_mmio *m, struct virtio_queue *q, u32 val)
{
	if (!(val & 1))
		virtq_reset(&m->v, q);
	else if (m->v.status & VIRTIO_S_FEATURES_OK)
		virtq_enable(&m->v, q);
}

static void modern_set(struct virtio_mmio *m, u32 off, u32 val)
{
	struct virtio_queue *q = virtio_queue(&m->v);
	bool is_off = q && !q->is_enabled;

	switch (off) {
	case R_QUEUE_READY:
		if (q)
			queue_ready(m, q, val);
		break;
	case R_DESC:
	case R_DESC + 4:
		if (is_off)
			queue_half(&q->desc, off, val);
		break;
	case R_DRIVER:
	case R_DRIVER + 4:
		if (is_off)
			queue_half(&q->driver, off, val);
		break;
	case R_QUEUE_DEVICE:
	case R_QUEUE_DEVICE + 4:
		if (is_off)
			queue_half(&q->device, off, val);
		break;
	case R_QUEUE_RESET:
		if (q && val == 1 && m->v.features & VIRTIO_F_RING_RESET)
			virtq_reset(&m->v, q);
		break;
	default:
		reg_set(m, off, val);
	}
}

static int vmmio_read(void *opaque, u64 off, unsigned int size, u32 *val)
{
	struct virtio_mmio *m = opaque;
	u8 b[4] = { 0 };

	*val = 0;
	if (off >= R_CONFIG) {
		virtio_config_read(&m->v, (u32)(off - R_CONFIG), b, size,
				   m->is_legacy);
		*val = ldb(b, size);
	} else if (size == 4 && off % 4 == 0) {
		*val = __builtin_bswap32(m->is_legacy ?
						 legacy_get(m, (u32)off) :
						 modern_get(m, (u32)off));
	}
	return BUS_OK;
}

static int vmmio_write(void *opaque, u64 off, unsigned int size, u32 val)
{
	struct virtio_mmio *m = opaque;
	u8 b[4];

	if (off >= R_CONFIG) {
		stb(b, size, val);
		virtio_config_write(&m->v, (u32)(off - R_CONFIG), b, size,
				    m->is_legacy);
	} else if (size == 4 && off % 4 == 0) {
		val = __builtin_bswap32(val);
		if (m->is_legacy)
			legacy_set(m, (u32)off, val);
		else
			modern_set(m, (u32)off, val);
	}
	return BUS_OK;
}

/* The device -------------------------------------------------------------- */

static int type_probe(struct virtio_mmio *m, const struct dev_node *node,
		      struct errmsg *msg)
{
	const struct virtio_ops *ops;
	const char *name;
	int rc, len = 0;

	name = node->prop(node, "culm,virtio", &len);
	if (!name)
		return 0;
	if (len < 1 || name[len - 1])
		return err_set(msg, ERR_FORMAT,
			       "%s: culm,virtio: is no string", m->dev->path);
	ops = virtio_find(name);
	if (!ops)
		return err_set(msg, ERR_FORMAT,
			       "%s: culm,virtio: \"%s\" is not \"blk\", "
			       "\"net\", \"rng\", \"console\" or \"9p\"",
			       m->dev->path, name);
	rc = virtio_init(&m->v, ops, m->dev, node, &plain_bus, m->dev, msg);
	/* a socket with nothing plugged in */
	return rc == -ERR_NOENT ? 0 : rc;
}

static int vmmio_probe(struct dev *dev, const struct dev_node *node,
		       struct errmsg *msg)
{
	struct virtio_mmio *m = dev->priv;
	const struct bus_target target = { vmmio_read, vmmio_write, m, NULL };
	int rc, len;
	u64 size;

	if (dev->nmmio < 1)
		return err_set(msg, ERR_FORMAT, "%s: reg: missing", dev->path);
	size = dev->mmio[0].size ? dev->mmio[0].size : WINDOW_BYTES;
	m->dev = dev;
	m->v.dev = dev;
	m->v.bus = &plain_bus;
	m->v.bus_opaque = dev;
	m->is_legacy = node->prop(node, "culm,legacy", &len) != NULL;
	rc = type_probe(m, node, msg);
	if (rc)
		return rc;
	return bus_map(dev->env->bus, dev->mmio[0].base, size, &target,
		       dev->path, msg);
}

static void vmmio_reset(struct dev *dev, enum reset_kind kind)
{
	struct virtio_mmio *m = dev->priv;

	(void)kind;
	m->page_bytes = 0;
	m->align = 0;
	virtio_reset(&m->v);
}

static void vmmio_remove(struct dev *dev)
{
	struct virtio_mmio *m = dev->priv;

	virtio_remove(&m->v);
}

static const char *const vmmio_compatible[] = { "virtio,mmio", NULL };

const struct dev_class virtio_mmio_class = {
	.name = "virtio-mmio",
	.desc = "virtio device on MMIO",
	.compatible = vmmio_compatible,
	.priv_size = sizeof(struct virtio_mmio),
	.probe = vmmio_probe,
	.reset = vmmio_reset,
	.remove = vmmio_remove,
	.own_map = true,
	.node_clk = CLK_COUNT,
};
