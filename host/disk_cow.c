/* SPDX-License-Identifier: MIT */
/*
 * host/disk_cow.c - a copy-on-write overlay: what the guest changes goes to a
 * file of its own, the base stays as it is.
 *
 * The file, all numbers big-endian (doc/disks.md says the same):
 *
 *	0	header, 4096 bytes
 *	4096	table: one word for each cluster of the base
 *		0 as in the base, 1 zeros, n the file's n-th cluster
 *	data	clusters of 64 KB, from the first whole one after the table
 *
 *	header:	0 magic  8 version  12 bytes of a cluster  16 bytes of the base
 *		24 first cluster of data  28 zeros  4092 CRC-32 of 0..4091
 *
 * Order is the crash safety.  A cluster is written whole to where no table
 * entry on disk points; a flush waits for the data, then writes the entries,
 * then waits for them.  So the file holds, at any time, the state of the last
 * flush or a later one of each cluster.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "host/disk_priv.h"

#define CLUSTER		65536u
#define HEADER		4096u
#define HEADER_CRC	4092u
#define PAGE		4096u	/* of the table, written at once */
#define PAGE_ENTRIES	(PAGE / 4)
#define COW_VERSION	1u
#define COW_MAX		(16ull << 40)

#define ENTRY_BASE	0u
#define ENTRY_ZEROS	1u

static const u8 magic[8] = "CULMCOW\n";

struct cow {
	struct store store;
	struct store *base;
	struct disk_file file;
	bool is_temporary;	/* nothing outlives the process */
	u32 *table;		/* host byte order */
	bool *dirty;		/* by page of the table */
	bool has_dirty;
	u32 clusters;
	u32 pages;
	u32 first;		/* cluster of data */
	u32 next;		/* cluster that nobody uses yet */
	u8 buf[CLUSTER];
};

static void entry_set(struct cow *c, u32 i, u32 value)
{
	c->table[i] = value;
	c->dirty[i / PAGE_ENTRIES] = true;
	c->has_dirty = true;
}

/* Bytes of cluster @i that the disk has; the last one may be short. */
static u64 cluster_bytes(const struct cow *c, u32 i)
{
	u64 left = c->store.blk.bytes - (u64)i * CLUSTER;

	return left < CLUSTER ? left : CLUSTER;
}

static int piece_read(struct cow *c, u32 i, u64 at, u8 *p, u64 n)
{
	if (c->table[i] == ENTRY_BASE)
		return blk_read(&c->base->blk, (u64)i * CLUSTER + at, p, n);
	if (c->table[i] != ENTRY_ZEROS)
		return file_get(&c->file, (u64)c->table[i] * CLUSTER + at, p,
				n);
	memset(p, 0, n);
	return 0;
}

/* @p NULL: zeros. */
static int piece_write(struct cow *c, u32 i, u64 at, const u8 *p, u64 n)
{
	u64 all = cluster_bytes(c, i);
	int rc;

	if (c->table[i] > ENTRY_ZEROS) {
		u64 off = (u64)c->table[i] * CLUSTER + at;

		return p ? file_put(&c->file, off, p, n) :
			   file_zero(&c->file, off, n);
	}
	if (!p && (n == all || c->table[i] == ENTRY_ZEROS)) {
		if (c->table[i] != ENTRY_ZEROS)
			entry_set(c, i, ENTRY_ZEROS);
		return 0;
	}
	memset(c->buf, 0, CLUSTER);
	rc = n == all ? 0 : piece_read(c, i, 0, c->buf, all);
	if (rc)
		return rc;
	if (p)
		memcpy(c->buf + at, p, n);
	else
		memset(c->buf + at, 0, n);
	rc = file_put(&c->file, (u64)c->next * CLUSTER, c->buf, CLUSTER);
	if (!rc)
		entry_set(c, i, c->next++);
	return rc;
}

static int cow_read(void *opaque, u64 off, void *buf, u64 bytes)
{
	struct cow *c = opaque;
	u8 *p = buf;
	int rc = 0;

	for (u64 n; bytes && !rc; p += n, off += n, bytes -= n) {
		n = CLUSTER - off % CLUSTER;
		if (n > bytes)
			n = bytes;
		rc = piece_read(c, (u32)(off / CLUSTER), off % CLUSTER, p, n);
	}
	return rc;
}

static int change(struct cow *c, u64 off, const u8 *p, u64 bytes)
{
	int rc = 0;

	for (u64 n; bytes && !rc; off += n, bytes -= n) {
		n = CLUSTER - off % CLUSTER;
		if (n > bytes)
			n = bytes;
		rc = piece_write(c, (u32)(off / CLUSTER), off % CLUSTER, p, n);
		p = p ? p + n : NULL;
	}
	return rc;
}

static int cow_write(void *opaque, u64 off, const void *buf, u64 bytes)
{
	return change(opaque, off, buf, bytes);
}

static int cow_zero(void *opaque, u64 off, u64 bytes)
{
	return change(opaque, off, NULL, bytes);
}

static int page_put(struct cow *c, u32 page)
{
	u32 first = page * PAGE_ENTRIES;
	u8 out[PAGE] = { 0 };

	for (u32 i = first; i < c->clusters && i < first + PAGE_ENTRIES; i++)
		stb32(out + (i - first) * 4, c->table[i]);
	return file_put(&c->file, HEADER + (u64)page * PAGE, out, PAGE);
}

static int cow_flush(void *opaque)
{
	struct cow *c = opaque;
	int rc;

	if (c->is_temporary)
		return 0;
	rc = file_sync(&c->file);
	if (rc || !c->has_dirty)
		return rc;
	for (u32 page = 0; page < c->pages; page++) {
		if (!c->dirty[page])
			continue;
		rc = page_put(c, page);
		if (rc)
			return rc;
		c->dirty[page] = false;
	}
	c->has_dirty = false;
	return file_sync(&c->file);
}

static void cow_free(struct cow *c)
{
	file_close(&c->file);
	free(c->table);
	free(c->dirty);
	free(c);
}

static void cow_close(struct store *s)
{
	struct cow *c = container_of(s, struct cow, store);

	c->base->close(c->base);
	cow_free(c);
}

static const struct blk_ops cow_ops = {
	.read = cow_read,
	.write = cow_write,
	.flush = cow_flush,
	.zero = cow_zero,
};

static void header_make(const struct cow *c, u8 *h)
{
	memset(h, 0, HEADER);
	memcpy(h, magic, sizeof(magic));
	stb32(h + 8, COW_VERSION);
	stb32(h + 12, CLUSTER);
	stb64(h + 16, c->store.blk.bytes);
	stb32(h + 24, c->first);
	stb32(h + HEADER_CRC, (u32)crc32(0, h, HEADER_CRC));
}

static int header_check(const struct cow *c, const u8 *h, struct errmsg *msg)
{
	const char *path = c->file.path;

	if (memcmp(h, magic, sizeof(magic)) ||
	    ldb32(h + HEADER_CRC) != (u32)crc32(0, h, HEADER_CRC))
		return err_set(msg, ERR_FORMAT, "%s: is no overlay, or its "
			       "header is damaged", path);
	if (ldb32(h + 8) != COW_VERSION || ldb32(h + 12) != CLUSTER)
		return err_set(msg, ERR_UNSUPP, "%s: an overlay of version %u "
			       "with clusters of %u bytes", path, ldb32(h + 8),
			       ldb32(h + 12));
	if (ldb64(h + 16) != c->store.blk.bytes || ldb32(h + 24) != c->first)
		return err_set(msg, ERR_CONFLICT, "%s: belongs to a disk of "
			       "%llu bytes, but %s has %llu", path,
			       (unsigned long long)ldb64(h + 16),
			       c->base->blk.name,
			       (unsigned long long)c->store.blk.bytes);
	return 0;
}

/* Every entry leads to a cluster of its own within the file. */
static int table_check(struct cow *c, u64 file_bytes, struct errmsg *msg)
{
	u64 end = file_bytes / CLUSTER, slots;
	u8 *used;
	int rc = 0;

	slots = end > c->first ? end - c->first : 0;
	used = xcalloc(slots / 8 + 1, 1);
	for (u32 i = 0; i < c->clusters && !rc; i++) {
		u32 at = c->table[i] - c->first;

		if (c->table[i] <= ENTRY_ZEROS)
			continue;
		if (c->table[i] < c->first || at >= slots ||
		    (used[at / 8] & 1u << at % 8))
			rc = err_set(msg, ERR_FORMAT, "%s: its table is "
				     "damaged at entry %u", c->file.path, i);
		else
			used[at / 8] |= (u8)(1u << at % 8);
		if (c->table[i] >= c->next)
			c->next = c->table[i] + 1;
	}
	free(used);
	return rc;
}

static int table_load(struct cow *c, u64 file_bytes, struct errmsg *msg)
{
	int e = fdio_read(c->file.fd, HEADER, c->table, (u64)c->clusters * 4);

	if (e)
		return err_set(msg, ERR_FORMAT, "%s: its table cannot be read",
			       c->file.path);
	for (u32 i = 0; i < c->clusters; i++)
		c->table[i] = be32(c->table[i]);
	return table_check(c, file_bytes, msg);
}

/*
 * The header is the last thing written: a file that was cut short while it
 * was made has zeros there, and is made again.
 */
static int cow_make(struct cow *c, struct errmsg *msg)
{
	int fd = c->file.fd, e = 0;
	u8 h[HEADER];

	header_make(c, h);
	if (ftruncate(fd, (off_t)c->first * CLUSTER) < 0 || fdatasync(fd) < 0)
		e = -errno;
	if (!e)
		e = fdio_write(fd, 0, h, HEADER);
	if (!e && fdatasync(fd) < 0)
		e = -errno;
	if (!e)
		e = fdio_sync_folder(c->file.path);
	return e ? err_set(msg, ERR_IO, "%s: %s", c->file.path, strerror(-e)) :
		   0;
}

static bool is_unfinished(const struct cow *c, u64 file_bytes, const u8 *h)
{
	if (file_bytes == 0)
		return true;
	if (file_bytes != (u64)c->first * CLUSTER)
		return false;
	for (u32 i = 0; i < HEADER; i++)
		if (h[i])
			return false;
	return true;
}

static int cow_attach(struct cow *c, const char *path, struct errmsg *msg)
{
	bool is_reader = c->store.blk.is_read_only;
	u8 h[HEADER] = { 0 };
	u64 bytes;
	int rc;

	c->file.path = xstrdup(path);
	rc = fdio_open(path, is_reader ? O_RDONLY : O_RDWR | O_CREAT,
		       &c->file.fd, &bytes, msg);
	if (rc)
		return rc;
	rc = fdio_lock(c->file.fd, path, !is_reader, msg);
	if (rc)
		return rc;
	/* it may have been made before the lock was ours */
	bytes = (u64)lseek(c->file.fd, 0, SEEK_END);
	if (bytes && fdio_read(c->file.fd, 0, h, HEADER))
		return err_set(msg, ERR_FORMAT, "%s: is no overlay", path);
	if (!is_reader && is_unfinished(c, bytes, h))
		return cow_make(c, msg);
	rc = header_check(c, h, msg);
	return rc ? rc : table_load(c, bytes, msg);
}

static int open_temporary(struct cow *c, struct errmsg *msg)
{
	const char *folder = getenv("TMPDIR");
	char *name;

	if (!folder || !folder[0])
		folder = "/var/tmp";
	name = xasprintf("%s/culm-snapshot-XXXXXX", folder);
	c->is_temporary = true;
	c->file.fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (c->file.fd < 0) {
		c->file.fd = mkostemp(name, O_CLOEXEC);
		if (c->file.fd >= 0)
			unlink(name);
	}
	c->file.path = name;
	return c->file.fd >= 0 ? 0 : err_set(msg, ERR_IO, "%s: %s", name,
					     strerror(errno));
}

/**
 * store_cow_open - an overlay
 * @s:            set on success
 * @base:         what is under it, read only; belongs to *@s on success
 * @path:         the overlay's file, made if absent; NULL: an unlinked one in
 *                $TMPDIR or /var/tmp
 * @is_read_only: the guest writes nothing
 * @talk:         whom to tell; borrowed
 * @msg:          names the file on error
 *
 * Returns: 0; -ERR_NOENT, -ERR_IO, -ERR_FORMAT, -ERR_UNSUPP; -ERR_RANGE for a
 * disk above 16 TB; -ERR_CONFLICT when locked or of another size.
 */
int store_cow_open(struct store **s, struct store *base, const char *path,
		   bool is_read_only, struct disk_talk *talk,
		   struct errmsg *msg)
{
	u64 bytes = base->blk.bytes;
	struct cow *c;
	int rc;

	if (bytes > COW_MAX)
		return err_set(msg, ERR_RANGE, "%s: above 16 TB, too much for "
			       "an overlay", base->blk.name);
	c = xcalloc(1, sizeof(*c));
	c->base = base;
	c->file = (struct disk_file){ .talk = talk, .fd = -1 };
	c->clusters = (u32)((bytes + CLUSTER - 1) / CLUSTER);
	c->pages = (c->clusters + PAGE_ENTRIES - 1) / PAGE_ENTRIES;
	/* the table's last page is written whole; entries 0 and 1 are taken */
	c->first = (u32)((HEADER + (u64)c->pages * PAGE + CLUSTER - 1) /
			 CLUSTER);
	if (c->first < 2)
		c->first = 2;
	c->next = c->first;
	c->table = xcalloc(c->clusters, sizeof(*c->table));
	c->dirty = xcalloc(c->pages, sizeof(*c->dirty));
	c->store.close = cow_close;
	c->store.blk = (struct blk){
		.ops = &cow_ops, .opaque = c, .bytes = bytes,
		.is_read_only = is_read_only, .name = base->blk.name,
	};
	rc = path ? cow_attach(c, path, msg) : open_temporary(c, msg);
	if (rc)
		cow_free(c);
	else
		*s = &c->store;
	return rc;
}
