/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/virtio_rng.c - the virtio entropy device.
 *
 * Fills buffers with what the machine calls random; must not know where that
 * comes from.
 */
#include "soc/virtio.h"

/* A device may give back less than a buffer holds. [VIRTIO] 5.4.6.2 */
#define BYTES_MAX	4096u

static enum virtio_done rng_request(struct virtio *v, unsigned int i,
				    struct virtio_chain *c)
{
	const struct dev_env *env = v->dev->env;
	u8 buf[BYTES_MAX];
	u32 n = c->in_bytes < BYTES_MAX ? (u32)c->in_bytes : BYTES_MAX;

	env->random(env->opaque, buf, n);
	if (!virtio_chain_write(v, c, 0, buf, n)) {
		virtq_break(v, &v->queue[i], "a buffer is not in memory");
		return VIRTIO_AGAIN;
	}
	c->written = n;
	return VIRTIO_DONE;
}

static void rng_config(struct virtio *v, struct virtio_config *c)
{
	(void)v;
	(void)c;			/* it has none */
}

static int rng_probe(struct virtio *v, const struct dev_node *node,
		     struct errmsg *msg)
{
	(void)node;
	if (v->dev->env->random)
		return 0;
	return err_set(msg, ERR_NOENT, "%s: there is no entropy",
		       v->dev->path);
}

const struct virtio_ops virtio_rng_ops = {
	.name = "rng",
	.type = 4,
	.pci_id = 0x1005,
	.pci_class = 0x00ff00,
	.priv_size = 1,
	.queues = 1,
	.queue_num = 64,
	.probe = rng_probe,
	.config = rng_config,
	.request = rng_request,
};
