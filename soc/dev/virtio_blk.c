/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/virtio_blk.c - the virtio block device.
 *
 * Owns the meaning of its requests; the content belongs to a struct blk.
 * Must not know transports, rings, or what the host keeps the content in.
 *
 * Data moves between the host's storage and guest memory with no copy in
 * between.  A request is done when it is given back: a FLUSH has reached the
 * storage by then, and so has each write while the cache is off: by CONFIG_WCE,
 * or for a driver that cannot flush.  What the host refuses is IOERR.
 *
 * A request: type 4 | reserved 4 | sector 8 | data | status 1
 */
#include "soc/virtio.h"

#define SECTOR		512u
#define HEADER_BYTES	16u
#define ID_BYTES	20u
/* A segment and a request at most, bytes: so no request takes for ever. */
#define SIZE_MAX_BYTES	(256u << 10)
#define SEG_MAX		(VIRTIO_SEGS - 2u)
#define REQUEST_MAX	((u64)SEG_MAX * SIZE_MAX_BYTES)
/* DISCARD and WRITE_ZEROES: sectors in one range, and ranges. */
#define RANGE_SECTORS	131072u
#define RANGE_BYTES	16u
#define RANGE_UNMAP	1u

#define F_SIZE_MAX	VIRTIO_BIT(1)
#define F_SEG_MAX	VIRTIO_BIT(2)
#define F_RO		VIRTIO_BIT(5)
#define F_BLK_SIZE	VIRTIO_BIT(6)
#define F_FLUSH		VIRTIO_BIT(9)
#define F_TOPOLOGY	VIRTIO_BIT(10)
#define F_CONFIG_WCE	VIRTIO_BIT(11)
#define F_DISCARD	VIRTIO_BIT(13)
#define F_WRITE_ZEROES	VIRTIO_BIT(14)

enum blk_type {
	T_IN = 0, T_OUT = 1, T_FLUSH = 4, T_GET_ID = 8, T_DISCARD = 11,
	T_WRITE_ZEROES = 13,
};

enum blk_status { S_OK = 0, S_IOERR = 1, S_UNSUPP = 2 };

/* Offsets in the configuration space. */
#define CONFIG_WRITEBACK 32
#define CONFIG_BYTES	60

struct virtio_blk {
	struct blk *blk;
	bool has_set;		/* the driver wrote CONFIG_WCE's field: */
	bool is_writeback;
	u32 written;		/* data bytes filled in by this request */
};

/* Bytes in a row at the host and at the guest, gathered before one call. */
struct span {
	u8 *host;
	u64 addr, bytes, off;
};

/* Until it says otherwise, a driver that can flush has a cache. 5.2.5.2 */
static bool is_cached(const struct virtio *v)
{
	const struct virtio_blk *b = v->priv;

	return b->has_set ? b->is_writeback : (v->features & F_FLUSH) != 0;
}

static enum blk_status write_through(struct virtio *v)
{
	const struct virtio_blk *b = v->priv;

	return is_cached(v) || !blk_flush(b->blk) ? S_OK : S_IOERR;
}

static bool range_fits(const struct virtio_blk *b, u64 sector, u64 bytes)
{
	u64 sectors = b->blk->bytes / SECTOR;

	return sector <= sectors && bytes <= (sectors - sector) * SECTOR;
}

static int span_move(struct virtio *v, struct span *s, bool will_write)
{
	struct virtio_blk *b = v->priv;
	int rc;

	if (!s->bytes)
		return 0;
	if (will_write) {
		rc = blk_read(b->blk, s->off, s->host, s->bytes);
		v->bus->wrote(v->bus_opaque, s->addr, s->bytes);
		if (!rc)
			b->written += (u32)s->bytes;
	} else {
		rc = blk_write(b->blk, s->off, s->host, s->bytes);
	}
	s->off += s->bytes;
	s->bytes = 0;
	return rc;
}

/* IN and OUT.  @will_write: guest memory. */
static enum blk_status blk_move(struct virtio *v, const struct virtio_chain *c,
				u64 sector, bool will_write)
{
	const struct virtio_blk *b = v->priv;
	u64 bytes = will_write ? c->in_bytes - 1 : c->out_bytes - HEADER_BYTES;
	struct span s = { .off = sector * SECTOR };
	struct virtio_walk w;
	u64 addr = 0, n;
	u8 *p;

	if (bytes % SECTOR || bytes > REQUEST_MAX ||
	    !range_fits(b, sector, bytes))
		return S_IOERR;
	if (!will_write && b->blk->is_read_only)
		return S_IOERR;
	virtio_walk_start(&w, c, will_write, will_write ? 0 : HEADER_BYTES,
			  bytes);
	while ((p = virtio_walk(v, &w, &addr, &n)) != NULL) {
		if (s.bytes && s.host + s.bytes == p &&
		    s.addr + s.bytes == addr) {
			s.bytes += n;
			continue;
		}
		if (span_move(v, &s, will_write))
			return S_IOERR;
		s.host = p;
		s.addr = addr;
		s.bytes = n;
	}
	if (w.left || span_move(v, &s, will_write))
		return S_IOERR;
	return will_write ? S_OK : write_through(v);
}

/* Only with @may_unmap may storage be given back. */
static int fill_zeroes(struct virtio_blk *b, u64 off, u64 bytes,
		       bool may_unmap)
{
	static const u8 zeroes[4096];
	int rc = 0;

	if (b->blk->ops->zero && may_unmap)
		return b->blk->ops->zero(b->blk->opaque, off, bytes);
	while (bytes && !rc) {
		u64 n = bytes < sizeof(zeroes) ? bytes : sizeof(zeroes);

		rc = blk_write(b->blk, off, zeroes, n);
		off += n;
		bytes -= n;
	}
	return rc;
}

/* A range: sector 8 | sectors 4 | flags 4. [VIRTIO] 5.2.6 */
static enum blk_status blk_clear(struct virtio *v, const struct virtio_chain *c,
				 u32 type)
{
	struct virtio_blk *b = v->priv;
	bool is_be = virtio_is_be(v);
	u64 sector, sectors;
	u8 r[RANGE_BYTES];
	u32 flags;

	if (!(v->features & (type == T_DISCARD ? F_DISCARD : F_WRITE_ZEROES)))
		return S_UNSUPP;
	if (c->out_bytes != HEADER_BYTES + RANGE_BYTES ||
	    !virtio_chain_read(v, c, HEADER_BYTES, r, RANGE_BYTES))
		return S_IOERR;
	sector = virtio_get(r, 8, is_be);
	sectors = virtio_get(r + 8, 4, is_be);
	flags = (u32)virtio_get(r + 12, 4, is_be);
	if (flags & ~RANGE_UNMAP || (type == T_DISCARD && flags))
		return S_UNSUPP;
	if (b->blk->is_read_only || sectors > RANGE_SECTORS ||
	    !range_fits(b, sector, sectors * SECTOR))
		return S_IOERR;
	if (sectors && fill_zeroes(b, sector * SECTOR, sectors * SECTOR,
				   type == T_DISCARD || flags))
		return S_IOERR;
	return write_through(v);
}

/* A name by which udev makes links: the same in every run. */
static enum blk_status blk_id(struct virtio *v, const struct virtio_chain *c)
{
	struct virtio_blk *b = v->priv;
	u64 room = c->in_bytes - 1;
	u8 id[ID_BYTES] = "culm-drive-";
	unsigned int n = (unsigned int)strlen((char *)id);

	if (v->index > 9)
		id[n++] = (u8)('0' + v->index / 10 % 10);
	id[n] = (u8)('0' + v->index % 10);
	if (room > ID_BYTES)
		room = ID_BYTES;
	b->written = (u32)room;
	return virtio_chain_write(v, c, 0, id, room) ? S_OK : S_IOERR;
}

static enum blk_status blk_do(struct virtio *v, const struct virtio_chain *c,
			      u32 type, u64 sector)
{
	const struct virtio_blk *b = v->priv;

	switch (type) {
	case T_IN:
		return blk_move(v, c, sector, true);
	case T_OUT:
		return blk_move(v, c, sector, false);
	case T_FLUSH:
		return blk_flush(b->blk) ? S_IOERR : S_OK;
	case T_GET_ID:
		return blk_id(v, c);
	case T_DISCARD:
	case T_WRITE_ZEROES:
		return blk_clear(v, c, type);
	default:
		return S_UNSUPP;
	}
}

static enum virtio_done blk_request(struct virtio *v, unsigned int i,
				    struct virtio_chain *c)
{
	struct virtio_blk *b = v->priv;
	bool is_be = virtio_is_be(v);
	u8 header[HEADER_BYTES];
	u8 status;

	b->written = 0;
	if (!c->in_bytes ||
	    !virtio_chain_read(v, c, 0, header, HEADER_BYTES)) {
		virtq_break(v, &v->queue[i], "a request without its header "
			    "or status");
		return VIRTIO_AGAIN;
	}
	status = blk_do(v, c, (u32)virtio_get(header, 4, is_be),
			virtio_get(header + 8, 8, is_be));
	if (!virtio_chain_write(v, c, c->in_bytes - 1, &status, 1)) {
		virtq_break(v, &v->queue[i], "a status is not in memory");
		return VIRTIO_AGAIN;
	}
	/* the used length counts from the start: all or just the status */
	c->written = b->written + 1;
	return VIRTIO_DONE;
}

/*
 * capacity 8 | size_max 4 | seg_max 4 | geometry 4 | blk_size 4 | topology:
 * physical_block_exp 1, alignment_offset 1, min_io 2, opt_io 4 | writeback 1 |
 * unused 1 | num_queues 2 | discard: max_sectors 4, max_seg 4, alignment 4 |
 * write zeroes: max_sectors 4, max_seg 4, may_unmap 1, unused 3
 */
static void blk_config(struct virtio *v, struct virtio_config *c)
{
	const struct virtio_blk *b = v->priv;

	virtio_config_put(c, 0, 8, b->blk->bytes / SECTOR);
	virtio_config_put(c, 8, 4, SIZE_MAX_BYTES);
	virtio_config_put(c, 12, 4, SEG_MAX);
	virtio_config_put(c, 20, 4, SECTOR);
	c->b[24] = 3;				/* 4 KB is best */
	virtio_config_put(c, 26, 2, 8);
	virtio_config_put(c, 28, 4, 256);	/* 128 KB */
	c->b[CONFIG_WRITEBACK] = is_cached(v);
	virtio_config_put(c, 34, 2, 1);
	virtio_config_put(c, 36, 4, RANGE_SECTORS);
	virtio_config_put(c, 40, 4, 1);
	virtio_config_put(c, 44, 4, 8);
	virtio_config_put(c, 48, 4, RANGE_SECTORS);
	virtio_config_put(c, 52, 4, 1);
	c->b[56] = 1;
}

/* Turning the cache off makes what it held safe. [VIRTIO] 5.2.5.2 */
static void blk_config_wrote(struct virtio *v, const struct virtio_config *c,
			     u32 off, u32 bytes)
{
	struct virtio_blk *b = v->priv;

	if (off > CONFIG_WRITEBACK || off + bytes <= CONFIG_WRITEBACK ||
	    !(v->features & F_CONFIG_WCE))
		return;
	b->has_set = true;
	b->is_writeback = c->b[CONFIG_WRITEBACK] & 1;
	if (!b->is_writeback && blk_flush(b->blk))
		log_put(v->dev->env->log, LOG_WARN,
			"%s: the drive refuses a flush", v->dev->path);
}

static int blk_probe(struct virtio *v, const struct dev_node *node,
		     struct errmsg *msg)
{
	struct virtio_blk *b = v->priv;

	(void)node;
	b->blk = env_blk(v->dev->env, BLK_DRIVE, v->index);
	if (!b->blk)
		return err_set(msg, ERR_NOENT,
			       "%s: culm,index: there is no drive %u",
			       v->dev->path, v->index);
	v->config_bytes = CONFIG_BYTES;
	if (b->blk->is_read_only)
		v->host_features |= F_RO;
	else
		v->host_features |= F_WRITE_ZEROES |
				    (b->blk->ops->zero ? F_DISCARD : 0);
	return 0;
}

static void blk_reset(struct virtio *v)
{
	struct virtio_blk *b = v->priv;

	b->has_set = false;
}

const struct virtio_ops virtio_blk_ops = {
	.name = "blk",
	.type = 2,
	.pci_id = 0x1001,
	.pci_class = 0x010000,
	.features = F_SIZE_MAX | F_SEG_MAX | F_BLK_SIZE | F_FLUSH |
		    F_TOPOLOGY | F_CONFIG_WCE,
	.priv_size = sizeof(struct virtio_blk),
	.queues = 1,
	.queue_num = 256,
	.probe = blk_probe,
	.reset = blk_reset,
	.config = blk_config,
	.config_wrote = blk_config_wrote,
	.request = blk_request,
};
