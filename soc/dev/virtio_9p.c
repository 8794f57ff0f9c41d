/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/virtio_9p.c - the virtio 9P transport: a folder of the host.
 *
 * Carries whole messages to a struct share and its replies back.  Must not
 * know what they mean.
 */
#include "soc/virtio.h"

#include <stdlib.h>

#include "base/xalloc.h"

#define F_MOUNT_TAG	VIRTIO_BIT(0)

/* 512 KB of data and the header of the message around them. */
#define MESSAGE_MAX	((512u << 10) + 4096u)
#define TAG_MAX		(VIRTIO_CONFIG_MAX - 2)

struct virtio_9p {
	struct share *share;
	u8 *request, *reply;	/* MESSAGE_MAX each */
};

static enum virtio_done p9_request(struct virtio *v, unsigned int i,
				   struct virtio_chain *c)
{
	struct virtio_9p *p = v->priv;
	u32 room = c->in_bytes < MESSAGE_MAX ? (u32)c->in_bytes : MESSAGE_MAX;
	size_t n;

	/* without an answer the driver's caller gets an error */
	if (c->out_bytes > MESSAGE_MAX)
		return VIRTIO_DONE;
	if (!virtio_chain_read(v, c, 0, p->request, c->out_bytes)) {
		virtq_break(v, &v->queue[i], "a message is not in memory");
		return VIRTIO_AGAIN;
	}
	n = p->share->request(p->share->opaque, p->request,
			      (size_t)c->out_bytes, p->reply, room);
	if (n > room)
		n = 0;
	if (!virtio_chain_write(v, c, 0, p->reply, n)) {
		virtq_break(v, &v->queue[i], "a reply is not in memory");
		return VIRTIO_AGAIN;
	}
	c->written = (u32)n;
	return VIRTIO_DONE;
}

/* tag_len 2 | tag, without an end mark */
static void p9_config(struct virtio *v, struct virtio_config *c)
{
	const struct virtio_9p *p = v->priv;
	size_t n = strlen(p->share->tag);

	virtio_config_put(c, 0, 2, n);
	memcpy(c->b + 2, p->share->tag, n);
}

static int p9_probe(struct virtio *v, const struct dev_node *node,
		    struct errmsg *msg)
{
	const struct dev_env *env = v->dev->env;
	struct virtio_9p *p = v->priv;

	(void)node;
	if (env->share)
		p->share = env->share(env->opaque, v->index);
	if (!p->share)
		return err_set(msg, ERR_NOENT,
			       "%s: culm,index: there is no share %u",
			       v->dev->path, v->index);
	if (!p->share->tag || strlen(p->share->tag) > TAG_MAX)
		return err_set(msg, ERR_RANGE,
			       "%s: the share's tag is longer than %d bytes",
			       v->dev->path, TAG_MAX);
	v->config_bytes = 2 + (u32)strlen(p->share->tag);
	p->request = xcalloc(1, MESSAGE_MAX);
	p->reply = xcalloc(1, MESSAGE_MAX);
	return 0;
}

static void p9_reset(struct virtio *v)
{
	struct virtio_9p *p = v->priv;

	if (p->share->reset)
		p->share->reset(p->share->opaque);
}

static void p9_remove(struct virtio *v)
{
	struct virtio_9p *p = v->priv;

	free(p->request);
	free(p->reply);
}

const struct virtio_ops virtio_9p_ops = {
	.name = "9p",
	.type = 9,
	.pci_id = 0x1009,
	.pci_class = 0x00ff00,
	.features = F_MOUNT_TAG,
	.priv_size = sizeof(struct virtio_9p),
	.queues = 1,
	.queue_num = 128,
	.probe = p9_probe,
	.remove = p9_remove,
	.reset = p9_reset,
	.config = p9_config,
	.request = p9_request,
};
