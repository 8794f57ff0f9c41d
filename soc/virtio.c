/* SPDX-License-Identifier: MIT */
/*
 * soc/virtio.c - the part of a virtio device that is the same for each type
 * on each transport: status, features, configuration, interrupt, and when
 * requests are served.
 *
 * Must not know registers (the transport does) nor what a request means (the
 * type does).  A notification only arms an event a fixed number of cycles
 * later, so all that the driver queued until then is served in one batch with
 * one interrupt, and every run repeats.  A batch is bounded: what is left is
 * served by the next event, so a ring without end costs no more than a ring
 * that is always full.
 */
#include "soc/virtio.h"

#include <stdlib.h>

#include "base/xalloc.h"

/* From a notification, or a full batch, to the next batch: CPU cycles. */
#define RUN_CYCLES	1000		/* [assumed: a few microseconds] */
#define BATCH_CHAINS	64
#define BATCH_BYTES	(1u << 20)

#define CORE_FEATURES	(VIRTIO_F_INDIRECT | VIRTIO_F_EVENT_IDX | \
			 VIRTIO_F_VERSION_1 | VIRTIO_F_PACKED | \
			 VIRTIO_F_RING_RESET)

extern const struct virtio_ops virtio_blk_ops, virtio_net_ops, virtio_rng_ops,
	virtio_console_ops, virtio_9p_ops;

const struct virtio_ops *const virtio_types[] = {
	&virtio_net_ops, &virtio_blk_ops, &virtio_console_ops,
	&virtio_rng_ops, &virtio_9p_ops, NULL
};

/**
 * virtio_find - a device type by name
 * @name: "blk", "net", "rng", "console" or "9p"
 *
 * Returns: the type, NULL for none.
 */
const struct virtio_ops *virtio_find(const char *name)
{
	for (unsigned int i = 0; virtio_types[i]; i++)
		if (!strcmp(virtio_types[i]->name, name))
			return virtio_types[i];
	return NULL;
}

/**
 * virtio_is_live - whether a queue may be worked on now
 * @v: device
 * @i: queue
 *
 * A legacy driver may use a queue before it sets DRIVER_OK ([VIRTIO] 3.1.2);
 * a modern one must not.
 *
 * Returns: true if so; false also when the queue is broken.
 */
bool virtio_is_live(const struct virtio *v, unsigned int i)
{
	const struct virtio_queue *q = &v->queue[i];

	if (i >= v->ops->queues || !q->is_enabled || q->is_broken)
		return false;
	return virtio_is_be(v) || v->status & VIRTIO_S_DRIVER_OK;
}

/* Serve queue @i; true when there may be more to do. */
static bool queue_serve(struct virtio *v, unsigned int i)
{
	struct virtio_queue *q = &v->queue[i];
	struct virtio_chain *c = &v->chain;
	bool has_more = true;
	u64 bytes = 0;

	if (!virtio_is_live(v, i))
		return false;
	if (v->ops->inputs >> i & 1) {
		if (v->ops->room)
			v->ops->room(v, i);
		return false;
	}
	for (unsigned int n = 0; n < BATCH_CHAINS && bytes < BATCH_BYTES; n++) {
		const struct virtio_queue mark = *q;

		if (!virtq_pop(v, q, c)) {
			has_more = false;
			break;
		}
		if (v->ops->request(v, i, c) == VIRTIO_AGAIN) {
			if (!q->is_broken)
				*q = mark;
			break;
		}
		if (q->is_broken)
			return false;
		virtq_push(v, q, c, c->written);
		bytes += c->out_bytes + c->written;
	}
	virtq_signal(v, q);
	return has_more && !q->is_broken;
}

static void run_arm(struct virtio *v)
{
	struct sched *s = v->dev->env->sched;

	if (!sched_is_armed(&v->run))
		sched_at(s, &v->run, sched_now(s) + RUN_CYCLES);
}

static void on_run(void *opaque, cycle_t late)
{
	struct virtio *v = opaque;
	bool has_more = false;

	(void)late;
	for (unsigned int i = 0; i < v->ops->queues; i++) {
		if (!v->queue[i].is_kicked)
			continue;
		v->queue[i].is_kicked = false;
		if (!queue_serve(v, i))
			continue;
		v->queue[i].is_kicked = true;
		has_more = true;
	}
	if (has_more)
		run_arm(v);
}

/**
 * virtio_kick - the driver says that a queue has something new
 * @v: device
 * @i: queue, as the guest wrote it
 */
void virtio_kick(struct virtio *v, u32 i)
{
	i &= 0xffff;
	if (!v->ops || i >= v->ops->queues || !virtio_is_live(v, i))
		return;
	v->queue[i].is_kicked = true;
	run_arm(v);
}

/**
 * virtio_raise - set interrupt status bits
 * @v:    device
 * @bits: VIRTIO_ISR_x
 */
void virtio_raise(struct virtio *v, u32 bits)
{
	v->isr |= bits;
	v->bus->irq(v->bus_opaque, v->isr != 0);
}

/**
 * virtio_isr_take - the interrupt status, acknowledged
 * @v:    device
 * @bits: those to clear
 *
 * Returns: the status before.
 */
u32 virtio_isr_take(struct virtio *v, u32 bits)
{
	u32 was = v->isr;

	v->isr &= ~bits;
	v->bus->irq(v->bus_opaque, v->isr != 0);
	return was;
}

/**
 * virtio_config_changed - tell the driver that the configuration changed
 * @v: device
 *
 * Source: [VIRTIO] 2.5.1 (generation), 2.3 (notification).
 */
void virtio_config_changed(struct virtio *v)
{
	v->generation = (v->generation + 1) & 0xff;
	if (v->status & VIRTIO_S_DRIVER_OK)
		virtio_raise(v, VIRTIO_ISR_CONFIG);
}

/**
 * virtq_break - the driver broke the rules: stop a queue until a reset
 * @v:   device
 * @q:   queue
 * @why: what was wrong
 *
 * Source: [VIRTIO] 2.1.2, DEVICE_NEEDS_RESET.
 */
void virtq_break(struct virtio *v, struct virtio_queue *q, const char *why)
{
	if (q->is_broken)
		return;
	q->is_broken = true;
	LOG_ONCE(v->dev->env->log, v->breaks, LOG_WARN,
		 "%s: virtio-%s queue %u: %s; it stops until a reset",
		 v->dev->path, v->ops->name, (unsigned int)(q - v->queue), why);
	if (virtio_is_be(v))
		return;
	v->status |= VIRTIO_S_NEEDS_RESET;
	virtio_config_changed(v);
}

/**
 * virtq_reset - a queue as it is after a reset of the device
 * @v: device
 * @q: one of its queues
 *
 * Source: [VIRTIO] 2.6.1.
 */
void virtq_reset(struct virtio *v, struct virtio_queue *q)
{
	memset(q, 0, sizeof(*q));
	q->num = v->ops->queue_num;
	q->avail_wrap = true;
	q->used_wrap = true;
}

/**
 * virtio_reset - the device forgets the driver
 * @v: device
 *
 * Source: [VIRTIO] 2.4.1.
 */
void virtio_reset(struct virtio *v)
{
	sched_cancel(v->dev->env->sched, &v->run);
	v->features = 0;
	v->host_sel = v->driver_sel = v->queue_sel = 0;
	v->status = 0;
	v->generation = 0;
	if (v->ops)
		for (unsigned int i = 0; i < VIRTIO_QUEUES; i++)
			virtq_reset(v, &v->queue[i]);
	v->isr = 0;
	v->bus->irq(v->bus_opaque, false);
	if (v->ops && v->ops->reset)
		v->ops->reset(v);
}

static bool features_are_good(const struct virtio *v)
{
	return !(v->features & ~v->host_features) &&
	       v->features & VIRTIO_F_VERSION_1;
}

/**
 * virtio_set_status - the driver writes the device status
 * @v:         device
 * @status:    what it wrote; 0 resets; bits set before stay
 * @is_legacy: through the legacy interface, which needs no FEATURES_OK
 *
 * Source: [VIRTIO] 2.1, 3.1.1 steps 5 and 6.
 */
void virtio_set_status(struct virtio *v, u32 status, bool is_legacy)
{
	u32 set = status & 0xff & ~v->status & ~VIRTIO_S_NEEDS_RESET;

	if (!(status & 0xff)) {
		virtio_reset(v);
		return;
	}
	if (!v->ops)
		return;
	if (!is_legacy && set & VIRTIO_S_FEATURES_OK && !features_are_good(v))
		set &= ~VIRTIO_S_FEATURES_OK;
	v->status |= set;
	if (!is_legacy && !(v->status & VIRTIO_S_FEATURES_OK))
		v->status &= ~VIRTIO_S_DRIVER_OK;
	if (!(set & v->status & VIRTIO_S_DRIVER_OK))
		return;
	for (unsigned int i = 0; i < v->ops->queues; i++)
		virtio_kick(v, i);
}

/**
 * virtio_host_features - a half of what the device offers
 * @v:         device; its host_sel says which half
 * @is_legacy: asked through the legacy interface, which has bits 0..31
 *
 * Returns: the 32 bits; 0 for halves that there are not.
 */
u32 virtio_host_features(const struct virtio *v, bool is_legacy)
{
	if (is_legacy)
		return v->host_sel ? 0 :
		       (u32)(v->host_features | VIRTIO_F_ANY_LAYOUT);
	return v->host_sel < 2 ? (u32)(v->host_features >> 32 * v->host_sel) :
				 0;
}

/**
 * virtio_driver_features - a half of what the driver accepted
 * @v: device; its driver_sel says which half
 *
 * Returns: the 32 bits.
 */
u32 virtio_driver_features(const struct virtio *v)
{
	return v->driver_sel < 2 ? (u32)(v->features >> 32 * v->driver_sel) :
				   0;
}

/**
 * virtio_set_features - the driver accepts features
 * @v:         device; its driver_sel says which half
 * @bits:      32 of them; ignored once they are agreed upon
 * @is_legacy: through the legacy interface: what is not offered is ignored,
 *             and VERSION_1 cannot be
 *
 * Source: [VIRTIO] 2.2, 6.
 */
void virtio_set_features(struct virtio *v, u32 bits, bool is_legacy)
{
	if (v->status & VIRTIO_S_FEATURES_OK || v->driver_sel > 1)
		return;
	if (is_legacy)
		v->features = v->driver_sel ? v->features :
					      bits & (u32)v->host_features;
	else if (v->driver_sel)
		v->features = (u32)v->features | (u64)bits << 32;
	else
		v->features = (v->features >> 32 << 32) | bits;
}

/**
 * virtio_queue - the queue that the driver selected
 * @v: device
 *
 * Returns: the queue, NULL for none of that number.
 */
struct virtio_queue *virtio_queue(struct virtio *v)
{
	return v->ops && v->queue_sel < v->ops->queues ?
		       &v->queue[v->queue_sel] : NULL;
}

/**
 * virtio_queue_max - the largest size of the selected queue
 * @v: device
 *
 * Returns: entries, 0 when there is no such queue.
 */
u32 virtio_queue_max(const struct virtio *v)
{
	return v->ops && v->queue_sel < v->ops->queues ? v->ops->queue_num : 0;
}

/**
 * virtio_config_read - read bytes of the configuration space
 * @v:     device
 * @off:   first byte
 * @buf:   filled; bytes beyond the space read 0
 * @bytes: count
 * @is_be: numbers in it are big-endian: a legacy interface asks
 */
void virtio_config_read(struct virtio *v, u32 off, u8 *buf, u32 bytes,
			bool is_be)
{
	struct virtio_config c = { .is_be = is_be };

	if (v->ops)
		v->ops->config(v, &c);
	for (u32 i = 0; i < bytes; i++, off++)
		buf[i] = off < v->config_bytes ? c.b[off] : 0;
}

/**
 * virtio_config_write - write bytes of the configuration space
 * @v:     device
 * @off:   first byte
 * @buf:   as the space has them
 * @bytes: count; those beyond the space are lost
 * @is_be: numbers in it are big-endian: a legacy interface writes
 */
void virtio_config_write(struct virtio *v, u32 off, const u8 *buf, u32 bytes,
			 bool is_be)
{
	struct virtio_config c = { .is_be = is_be };

	if (!v->ops || !v->ops->config_wrote || off >= v->config_bytes)
		return;
	if (bytes > v->config_bytes - off)
		bytes = v->config_bytes - off;
	v->ops->config(v, &c);
	memcpy(c.b + off, buf, bytes);
	v->ops->config_wrote(v, &c, off, bytes);
}

/* A test bench may take features away: <high low> of culm,features-off. */
static u64 features_off(const struct dev_node *node)
{
	const u8 *p;
	int len = 0;

	p = node->prop(node, "culm,features-off", &len);
	if (!p || len != 8)
		return 0;
	return virtio_get(p, 8, true);
}

/**
 * virtio_init - make a device of a type
 * @v:          zeroed, embedded in the transport's private state
 * @ops:        type
 * @dev:        device that it is
 * @node:       its node: culm,index and what the type wants to know
 * @bus:        how the transport reaches memory
 * @bus_opaque: for @bus
 * @msg:        one line on failure
 *
 * Returns: 0; -ERR_NOENT when there is nothing for it to serve; what the
 *          type's probe returns.
 * Context: probe; virtio_remove() ends it.
 */
int virtio_init(struct virtio *v, const struct virtio_ops *ops,
		struct dev *dev, const struct dev_node *node,
		const struct virtio_bus *bus, void *bus_opaque,
		struct errmsg *msg)
{
	int rc;

	BUG_ON(ops->queues > VIRTIO_QUEUES || ops->queue_num > VIRTIO_QUEUE_MAX);
	v->dev = dev;
	v->bus = bus;
	v->bus_opaque = bus_opaque;
	v->run.fire = on_run;
	v->run.opaque = v;
	v->run.name = "virtio";
	v->index = dev_prop_u32(node, "culm,index", 0);
	v->ops = ops;
	v->priv = xcalloc(1, ops->priv_size);
	v->host_features = ops->features | CORE_FEATURES;
	rc = ops->probe(v, node, msg);
	v->host_features &= ~features_off(node);
	BUG_ON(!rc && v->config_bytes > VIRTIO_CONFIG_MAX);
	if (!rc)
		return 0;
	free(v->priv);
	v->priv = NULL;
	v->ops = NULL;
	return rc;
}

/**
 * virtio_remove - end a device
 * @v: device, also one whose virtio_init() failed
 */
void virtio_remove(struct virtio *v)
{
	if (v->dev)
		sched_cancel(v->dev->env->sched, &v->run);
	if (v->ops && v->ops->remove)
		v->ops->remove(v);
	free(v->priv);
	v->priv = NULL;
	v->ops = NULL;
}
