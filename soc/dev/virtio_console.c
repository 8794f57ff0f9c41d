/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/virtio_console.c - the virtio console: port 0, one line of
 * characters in each direction.
 *
 * Owns what waits for the driver's buffers; the line's other end is a struct
 * chr.  Must not know what is behind it.  There is one port, so MULTIPORT and
 * its control queues are not offered.
 */
#include "soc/virtio.h"

#define F_SIZE		VIRTIO_BIT(0)
#define F_EMERG_WRITE	VIRTIO_BIT(2)

/* cols 2 | rows 2 | max_nr_ports 4 | emerg_wr 4 */
#define CONFIG_EMERG	8
#define CONFIG_BYTES	12
#define COLS		80
#define ROWS		24

#define RX		0
#define TX		1
#define RX_ROOM		1024u
#define TX_PIECE	512u
/* What one chain sends before others have their turn. */
#define TX_TURN		(64u << 10)

struct virtio_console {
	struct chr *chr;
	u8 rx[RX_ROOM];
	u32 rx_bytes;
	u64 tx_off;		/* of the chain that is being sent */
};

static void console_put(struct virtio_console *s, const u8 *buf, u32 n)
{
	if (s->chr && s->chr->host && s->chr->host->write)
		s->chr->host->write(s->chr->host_opaque, buf, n);
}

static enum virtio_done console_request(struct virtio *v, unsigned int i,
					struct virtio_chain *c)
{
	struct virtio_console *s = v->priv;
	u64 end = s->tx_off + TX_TURN;
	u8 buf[TX_PIECE];

	while (s->tx_off < c->out_bytes && s->tx_off < end) {
		u64 left = c->out_bytes - s->tx_off;
		u32 n = left < TX_PIECE ? (u32)left : TX_PIECE;

		if (!virtio_chain_read(v, c, s->tx_off, buf, n)) {
			virtq_break(v, &v->queue[i],
				    "a buffer is not in memory");
			break;
		}
		console_put(s, buf, n);
		s->tx_off += n;
	}
	if (v->queue[i].is_broken || s->tx_off < c->out_bytes)
		return VIRTIO_AGAIN;
	s->tx_off = 0;
	return VIRTIO_DONE;
}

/* Move what waits into the driver's buffers, as far as there are any. */
static void console_room(struct virtio *v, unsigned int i)
{
	struct virtio_console *s = v->priv;
	struct virtio_queue *q = &v->queue[RX];
	struct virtio_chain *c = &v->chain;
	u32 n;

	if (i != RX)
		return;
	while (s->rx_bytes && virtio_is_live(v, RX) && virtq_pop(v, q, c)) {
		n = c->in_bytes < s->rx_bytes ? (u32)c->in_bytes : s->rx_bytes;
		if (!n || !virtio_chain_write(v, c, 0, s->rx, n)) {
			virtq_break(v, q, "a buffer is not in memory");
			return;
		}
		s->rx_bytes -= n;
		memmove(s->rx, s->rx + n, s->rx_bytes);
		virtq_push(v, q, c, n);
	}
	virtq_signal(v, q);
}

static size_t host_room(void *opaque)
{
	struct virtio *v = opaque;
	const struct virtio_console *s = v->priv;

	return virtio_is_live(v, RX) ? RX_ROOM - s->rx_bytes : 0;
}

static void host_receive(void *opaque, const u8 *buf, size_t n)
{
	struct virtio *v = opaque;
	struct virtio_console *s = v->priv;

	if (n > RX_ROOM - s->rx_bytes)
		n = RX_ROOM - s->rx_bytes;
	memcpy(s->rx + s->rx_bytes, buf, n);
	s->rx_bytes += (u32)n;
	console_room(v, RX);
}

static void host_break(void *opaque)
{
	(void)opaque;
}

static void host_modem(void *opaque, unsigned int lines)
{
	(void)opaque;
	(void)lines;
}

static const struct chr_dev_ops host_ops = {
	.room = host_room,
	.receive = host_receive,
	.receive_break = host_break,
	.modem = host_modem,
};

static void console_config(struct virtio *v, struct virtio_config *c)
{
	(void)v;
	virtio_config_put(c, 0, 2, COLS);
	virtio_config_put(c, 2, 2, ROWS);
	virtio_config_put(c, 4, 4, 1);
}

/* Emergency write: works before any queue does. [VIRTIO] 5.3.4 */
static void console_config_wrote(struct virtio *v,
				 const struct virtio_config *c, u32 off,
				 u32 bytes)
{
	u8 ch = (u8)virtio_get(c->b + CONFIG_EMERG, 4, c->is_be);

	if (off <= CONFIG_EMERG && off + bytes > CONFIG_EMERG)
		console_put(v->priv, &ch, 1);
}

static int console_probe(struct virtio *v, const struct dev_node *node,
			 struct errmsg *msg)
{
	const struct dev_env *env = v->dev->env;
	struct virtio_console *s = v->priv;

	(void)node;
	(void)msg;
	v->config_bytes = CONFIG_BYTES;
	if (env->serial)
		s->chr = env->serial(env->opaque, v->index);
	if (s->chr) {
		s->chr->dev = &host_ops;
		s->chr->dev_opaque = v;
	}
	return 0;
}

static void console_reset(struct virtio *v)
{
	struct virtio_console *s = v->priv;

	s->rx_bytes = 0;
	s->tx_off = 0;
}

static void console_remove(struct virtio *v)
{
	struct virtio_console *s = v->priv;

	if (s->chr && s->chr->dev_opaque == v)
		s->chr->dev = NULL;
}

const struct virtio_ops virtio_console_ops = {
	.name = "console",
	.type = 3,
	.pci_id = 0x1003,
	.pci_class = 0x078000,
	.features = F_SIZE | F_EMERG_WRITE,
	.priv_size = sizeof(struct virtio_console),
	.queues = 2,
	.queue_num = 64,
	.inputs = 1u << RX,
	.probe = console_probe,
	.remove = console_remove,
	.reset = console_reset,
	.config = console_config,
	.config_wrote = console_config_wrote,
	.request = console_request,
	.room = console_room,
};
