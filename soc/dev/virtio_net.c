/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/virtio_net.c - the virtio network device: one pair of queues and
 * the control queue.
 *
 * Owns the header before a frame, and which frames the driver wants to have;
 * the cable is a struct net.  Must not know what is at its other end.  No
 * checksum or segmentation is offloaded, so a frame is what is on the wire.
 *
 * The header: flags 1 | gso_type 1 | hdr_len 2 | gso_size 2 | csum_start 2 |
 * csum_offset 2 | num_buffers 2, the last one only with MRG_RXBUF or
 * VERSION_1 ([VIRTIO] 5.1.6).
 */
#include "soc/dev/nic.h"
#include "soc/virtio.h"

#define F_MTU		VIRTIO_BIT(3)
#define F_MAC		VIRTIO_BIT(5)
#define F_MRG_RXBUF	VIRTIO_BIT(15)
#define F_STATUS	VIRTIO_BIT(16)
#define F_CTRL_VQ	VIRTIO_BIT(17)
#define F_CTRL_RX	VIRTIO_BIT(18)
#define F_CTRL_VLAN	VIRTIO_BIT(19)
#define F_CTRL_RX_EXTRA	VIRTIO_BIT(20)
#define F_CTRL_MAC_ADDR	VIRTIO_BIT(23)

#define RX		0
#define TX		1
#define CTRL		2

#define HEADER_OLD	10u
#define HEADER		12u
#define HEADER_BUFFERS	10u
#define MACS		64u
#define VLANS		4096u
#define ETH_VLAN	0x8100u
#define MTU_DEFAULT	1500u
#define MTU_MAX		(NET_FRAME_MAX - 18u)
/* Buffers that one frame may take with MRG_RXBUF. */
#define RX_CHAINS	64u

/* mac 6 | status 2 | max_virtqueue_pairs 2 | mtu 2 */
#define CONFIG_BYTES	12
#define STATUS_LINK_UP	1u

enum ctrl_class { CTRL_RX, CTRL_MAC, CTRL_VLAN };
enum ctrl_rx { RX_PROMISC, RX_ALLMULTI, RX_ALLUNI, RX_NOMULTI, RX_NOUNI,
	       RX_NOBCAST, RX_MODES };
enum ctrl_mac { MAC_TABLE_SET, MAC_ADDR_SET };
enum ctrl_vlan { VLAN_ADD, VLAN_DEL };

struct mac_table {
	u8 mac[MACS][NET_MAC_BYTES];
	u32 count;
	bool is_full;		/* it had more: let all of its kind in */
};

struct virtio_net {
	struct virtio *v;
	struct net *net;
	u8 mac[NET_MAC_BYTES], mac_default[NET_MAC_BYTES];
	bool is_up;
	u32 mtu;
	bool mode[RX_MODES];
	struct mac_table uni, multi;
	u8 vlan[VLANS / 8];
	u8 frame[HEADER + NET_FRAME_MAX];
};

static u32 header_bytes(const struct virtio *v)
{
	return v->features & (F_MRG_RXBUF | VIRTIO_F_VERSION_1) ? HEADER :
								  HEADER_OLD;
}

/* Transmit ---------------------------------------------------------------- */

static enum virtio_done net_transmit(struct virtio *v, struct virtio_chain *c)
{
	struct virtio_net *n = v->priv;
	u32 skip = header_bytes(v);
	u64 bytes;

	if (c->out_bytes < skip) {
		virtq_break(v, &v->queue[TX], "a frame without its header");
		return VIRTIO_AGAIN;
	}
	bytes = c->out_bytes - skip;
	if (!bytes || bytes > NET_FRAME_MAX)
		return VIRTIO_DONE;
	if (!virtio_chain_read(v, c, skip, n->frame, bytes)) {
		virtq_break(v, &v->queue[TX], "a frame is not in memory");
		return VIRTIO_AGAIN;
	}
	if (n->is_up)
		net_send(n->net, n->frame, (size_t)bytes);
	return VIRTIO_DONE;
}

/* Receive filter ---------------------------------------------------------- */

static bool table_has(const struct mac_table *t, const u8 *mac)
{
	for (u32 i = 0; i < t->count; i++)
		if (!memcmp(t->mac[i], mac, NET_MAC_BYTES))
			return true;
	return t->is_full;
}

static bool vlan_passes(const struct virtio_net *n, const u8 *frame,
			size_t bytes)
{
	u32 id;

	if (!(n->v->features & F_CTRL_VLAN) || bytes < 16 ||
	    (u32)(frame[12] << 8 | frame[13]) != ETH_VLAN)
		return true;
	id = (u32)(frame[14] << 8 | frame[15]) & (VLANS - 1);
	return n->vlan[id / 8] >> id % 8 & 1;
}

/* [VIRTIO] 5.1.6.5.1, 5.1.6.5.2 */
static bool filter_passes(const struct virtio_net *n, const u8 *frame,
			  size_t bytes)
{
	static const u8 all[NET_MAC_BYTES] = { 255, 255, 255, 255, 255, 255 };

	if (bytes < 14)
		return false;
	if (n->mode[RX_PROMISC])
		return true;
	if (!vlan_passes(n, frame, bytes))
		return false;
	if (!memcmp(frame, all, NET_MAC_BYTES))
		return !n->mode[RX_NOBCAST];
	if (frame[0] & 1)
		return !n->mode[RX_NOMULTI] &&
		       (n->mode[RX_ALLMULTI] || table_has(&n->multi, frame));
	if (n->mode[RX_NOUNI])
		return false;
	return n->mode[RX_ALLUNI] || !memcmp(frame, n->mac, NET_MAC_BYTES) ||
	       table_has(&n->uni, frame);
}

/* Receive ----------------------------------------------------------------- */

/* A buffer that has its part of a frame. */
struct filled {
	u32 id, slots, bytes;
};

/*
 * Fill buffers with the header and frame in n->frame; the number of buffers,
 * 0 when there are not enough.  None is given back yet.
 */
static u32 rx_fill(struct virtio *v, struct filled *f, u64 total)
{
	struct virtio_net *n = v->priv;
	struct virtio_queue *q = &v->queue[RX];
	struct virtio_chain *c = &v->chain;
	u32 most = v->features & F_MRG_RXBUF ? RX_CHAINS : 1;
	u64 off = 0;
	u32 i;

	for (i = 0; off < total && i < most && virtq_pop(v, q, c); i++) {
		u64 room = total - off;

		if (room > c->in_bytes)
			room = c->in_bytes;
		if (!room ||
		    !virtio_chain_write(v, c, 0, n->frame + off, room)) {
			virtq_break(v, q, "a buffer is not in memory");
			return 0;
		}
		f[i] = (struct filled){ c->id, c->slots, (u32)room };
		off += room;
	}
	return off == total ? i : 0;
}

/* The header says how many buffers there are: only now is that known. */
static bool rx_number(struct virtio *v, struct virtio_queue *mark, u32 count)
{
	struct virtio_chain *c = &v->chain;
	u8 b[2];

	virtio_put(b, 2, count, virtio_is_be(v));
	return virtq_pop(v, mark, c) &&
	       virtio_chain_write(v, c, HEADER_BUFFERS, b, 2);
}

static bool rx_take(struct virtio *v, u64 total)
{
	struct virtio_queue *q = &v->queue[RX];
	struct virtio_queue mark = *q, first = *q;
	struct filled f[RX_CHAINS];
	u32 count = rx_fill(v, f, total);
	struct virtio_chain back = { 0 };

	if (!count) {
		bool is_short = v->chain.outs + v->chain.ins != 0;

		if (q->is_broken)
			return true;
		mark.has_told = q->has_told;
		*q = mark;
		/* a lone buffer that is too small never will be large enough */
		return is_short && !(v->features & F_MRG_RXBUF);
	}
	if (count > 1 && !rx_number(v, &first, count)) {
		virtq_break(v, q, "a header is not in memory");
		return true;
	}
	for (u32 i = 0; i < count; i++) {
		back.id = f[i].id;
		back.slots = f[i].slots;
		virtq_push(v, q, &back, f[i].bytes);
	}
	virtq_signal(v, q);
	return true;
}

/* A device that no driver runs loses what comes in, as a real one does. */
static bool host_receive(void *opaque, const u8 *frame, size_t bytes)
{
	struct virtio_net *n = opaque;
	struct virtio *v = n->v;
	u32 skip = header_bytes(v);

	if (!virtio_is_live(v, RX) || !n->is_up || bytes > NET_FRAME_MAX ||
	    !filter_passes(n, frame, bytes))
		return true;
	memset(n->frame, 0, skip);
	if (skip == HEADER)
		virtio_put(n->frame + HEADER_BUFFERS, 2, 1, virtio_is_be(v));
	memcpy(n->frame + skip, frame, bytes);
	return rx_take(v, skip + bytes);
}

static void host_link(void *opaque, bool is_up)
{
	struct virtio_net *n = opaque;

	if (n->is_up == is_up)
		return;
	n->is_up = is_up;
	virtio_config_changed(n->v);
}

static const struct net_dev_ops host_ops = {
	.receive = host_receive,
	.link = host_link,
};

/* Control queue ----------------------------------------------------------- */

/* One table: entries 4 | entries of 6 bytes; *@off moves behind it. */
static bool ctrl_table(struct virtio *v, const struct virtio_chain *c,
		       u64 *off, struct mac_table *t)
{
	u8 b[4];
	u64 n;

	if (!virtio_chain_read(v, c, *off, b, 4))
		return false;
	n = virtio_get(b, 4, virtio_is_be(v));
	*off += 4;
	if (n * NET_MAC_BYTES > c->out_bytes - *off)
		return false;
	t->is_full = n > MACS;
	t->count = t->is_full ? 0 : (u32)n;
	if (!virtio_chain_read(v, c, *off, t->mac, (u64)t->count * NET_MAC_BYTES))
		return false;
	*off += n * NET_MAC_BYTES;
	return true;
}

static bool ctrl_mac(struct virtio *v, const struct virtio_chain *c, u8 cmd)
{
	struct virtio_net *n = v->priv;
	struct mac_table uni, multi;
	u64 off = 2;
	u8 mac[NET_MAC_BYTES];

	if (cmd == MAC_ADDR_SET && v->features & F_CTRL_MAC_ADDR) {
		if (!virtio_chain_read(v, c, 2, mac, NET_MAC_BYTES))
			return false;
		memcpy(n->mac, mac, NET_MAC_BYTES);
		return true;
	}
	if (cmd != MAC_TABLE_SET || !ctrl_table(v, c, &off, &uni) ||
	    !ctrl_table(v, c, &off, &multi))
		return false;
	n->uni = uni;
	n->multi = multi;
	return true;
}

static bool ctrl_rx(struct virtio *v, const struct virtio_chain *c, u8 cmd)
{
	struct virtio_net *n = v->priv;
	u8 on;

	if (cmd >= RX_MODES || !virtio_chain_read(v, c, 2, &on, 1))
		return false;
	if (cmd > RX_ALLMULTI && !(v->features & F_CTRL_RX_EXTRA))
		return false;
	n->mode[cmd] = on != 0;
	return true;
}

static bool ctrl_vlan(struct virtio *v, const struct virtio_chain *c, u8 cmd)
{
	struct virtio_net *n = v->priv;
	u8 b[2];
	u32 id;

	if (cmd > VLAN_DEL || !virtio_chain_read(v, c, 2, b, 2))
		return false;
	id = (u32)virtio_get(b, 2, virtio_is_be(v));
	if (id >= VLANS)
		return false;
	if (cmd == VLAN_ADD)
		n->vlan[id / 8] |= (u8)(1u << id % 8);
	else
		n->vlan[id / 8] &= (u8)~(1u << id % 8);
	return true;
}

/* class 1 | command 1 | data | ack 1: 0 is good, 1 is not */
static enum virtio_done net_control(struct virtio *v, struct virtio_chain *c)
{
	bool is_done = false;
	u8 op[2], ack;

	if (!c->in_bytes || !virtio_chain_read(v, c, 0, op, 2)) {
		virtq_break(v, &v->queue[CTRL], "a command is cut short");
		return VIRTIO_AGAIN;
	}
	if (op[0] == CTRL_RX && v->features & F_CTRL_RX)
		is_done = ctrl_rx(v, c, op[1]);
	else if (op[0] == CTRL_MAC)
		is_done = ctrl_mac(v, c, op[1]);
	else if (op[0] == CTRL_VLAN && v->features & F_CTRL_VLAN)
		is_done = ctrl_vlan(v, c, op[1]);
	ack = !is_done;
	if (!virtio_chain_write(v, c, 0, &ack, 1)) {
		virtq_break(v, &v->queue[CTRL], "an answer is not in memory");
		return VIRTIO_AGAIN;
	}
	c->written = 1;
	return VIRTIO_DONE;
}

static enum virtio_done net_request(struct virtio *v, unsigned int i,
				    struct virtio_chain *c)
{
	return i == CTRL ? net_control(v, c) : net_transmit(v, c);
}

/* The device -------------------------------------------------------------- */

static void net_config(struct virtio *v, struct virtio_config *c)
{
	const struct virtio_net *n = v->priv;

	memcpy(c->b, n->mac, NET_MAC_BYTES);
	virtio_config_put(c, 6, 2, n->is_up ? STATUS_LINK_UP : 0);
	virtio_config_put(c, 8, 2, 1);
	virtio_config_put(c, 10, 2, n->mtu);
}

/* A legacy driver sets its address here. [VIRTIO] 5.1.4 */
static void net_config_wrote(struct virtio *v, const struct virtio_config *c,
			     u32 off, u32 bytes)
{
	struct virtio_net *n = v->priv;

	(void)bytes;
	if (off < NET_MAC_BYTES && virtio_is_be(v))
		memcpy(n->mac, c->b, NET_MAC_BYTES);
}

static int net_probe(struct virtio *v, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct virtio_net *n = v->priv;

	n->v = v;
	n->mtu = dev_prop_u32(node, "culm,mtu", MTU_DEFAULT);
	if (n->mtu < 68 || n->mtu > MTU_MAX)
		return err_set(msg, ERR_RANGE,
			       "%s: culm,mtu: %u is not within 68..%u",
			       v->dev->path, n->mtu, MTU_MAX);
	nic_mac(node, NET_MAC_VIRTIO, v->index, n->mac_default);
	v->config_bytes = CONFIG_BYTES;
	n->net = env_net(v->dev->env, v->index);
	n->is_up = n->net != NULL;
	if (n->net) {
		n->net->dev = &host_ops;
		n->net->dev_opaque = n;
	}
	return 0;
}

/* Until the driver says what it wants it gets everything. */
static void net_reset(struct virtio *v)
{
	struct virtio_net *n = v->priv;

	memcpy(n->mac, n->mac_default, NET_MAC_BYTES);
	memset(n->mode, 0, sizeof(n->mode));
	memset(n->vlan, 0, sizeof(n->vlan));
	n->mode[RX_PROMISC] = true;
	n->uni.count = n->multi.count = 0;
	n->uni.is_full = n->multi.is_full = false;
}

static void net_remove(struct virtio *v)
{
	struct virtio_net *n = v->priv;

	if (n->net && n->net->dev_opaque == n)
		n->net->dev = NULL;
}

const struct virtio_ops virtio_net_ops = {
	.name = "net",
	.type = 1,
	.pci_id = 0x1000,
	.pci_class = 0x020000,
	.features = F_MTU | F_MAC | F_MRG_RXBUF | F_STATUS | F_CTRL_VQ |
		    F_CTRL_RX | F_CTRL_VLAN | F_CTRL_RX_EXTRA |
		    F_CTRL_MAC_ADDR,
	.priv_size = sizeof(struct virtio_net),
	.queues = 3,
	.queue_num = 256,
	.inputs = 1u << RX,
	.probe = net_probe,
	.remove = net_remove,
	.reset = net_reset,
	.config = net_config,
	.config_wrote = net_config_wrote,
	.request = net_request,
};
