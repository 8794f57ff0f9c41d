/* SPDX-License-Identifier: MIT */
/*
 * host/disk_nbd.c - an export of an NBD server, through libnbd.
 *
 * Owns the connection and its end: a server that is gone, or silent for 30
 * seconds, makes every later access an I/O error.  There is no second
 * connection, since what the first one wrote and did not flush may be lost.
 */
#include <errno.h>
#include <libnbd.h>
#include <stdlib.h>

#include "base/xalloc.h"
#include "host/disk_priv.h"

#define POLL_MS		1000
#define SILENT_MAX	30		/* polls */
#define CHUNK_MAX	(1u << 20)

struct nbd {
	struct store store;
	struct disk_file file;	/* for telling only */
	struct nbd_handle *h;	/* NULL: given up */
	bool has_zero;
};

static int nbd_failed(struct nbd *n, enum disk_deed deed)
{
	const char *why = n->h ? nbd_get_error() : "no connection";

	return file_failed(&n->file, deed, why ? why : "unknown error");
}

/* Returns false when the server is silent or gone. */
static bool nbd_turn(struct nbd_handle *h, unsigned int *silent)
{
	int r = nbd_poll(h, POLL_MS);

	if (r > 0)
		*silent = 0;
	else if (r == 0)
		++*silent;
	else if (nbd_get_errno() != EINTR)
		return false;
	return *silent < SILENT_MAX;
}

/* Wait for a command; abandoned with the connection when nothing comes. */
static int nbd_wait(struct nbd *n, s64 cookie, enum disk_deed deed)
{
	unsigned int silent = 0;
	int r;

	if (cookie < 0)
		return nbd_failed(n, deed);
	for (;;) {
		r = nbd_aio_command_completed(n->h, (u64)cookie);
		if (r)
			return r > 0 ? 0 : nbd_failed(n, deed);
		if (!nbd_turn(n->h, &silent))
			break;
	}
	/* the answer may still come: only the handle's end frees the buffer */
	file_failed(&n->file, deed, "the server does not answer");
	nbd_close(n->h);
	n->h = NULL;
	return -ERR_IO;
}

static int nbd_read(void *opaque, u64 off, void *buf, u64 bytes)
{
	struct nbd *n = opaque;
	u8 *p = buf;
	int rc = 0;

	for (u64 k; bytes && !rc; p += k, off += k, bytes -= k) {
		if (!n->h)
			return nbd_failed(n, DEED_READ);
		k = bytes < CHUNK_MAX ? bytes : CHUNK_MAX;
		rc = nbd_wait(n, nbd_aio_pread(n->h, p, k, off,
					       NBD_NULL_COMPLETION, 0),
			      DEED_READ);
	}
	return rc;
}

static int nbd_write(void *opaque, u64 off, const void *buf, u64 bytes)
{
	struct nbd *n = opaque;
	const u8 *p = buf;
	int rc = 0;

	for (u64 k; bytes && !rc; p += k, off += k, bytes -= k) {
		if (!n->h)
			return nbd_failed(n, DEED_WRITE);
		k = bytes < CHUNK_MAX ? bytes : CHUNK_MAX;
		rc = nbd_wait(n, nbd_aio_pwrite(n->h, p, k, off,
						NBD_NULL_COMPLETION, 0),
			      DEED_WRITE);
	}
	return rc;
}

static int nbd_zero_range(void *opaque, u64 off, u64 bytes)
{
	static const u8 zeros[65536];
	struct nbd *n = opaque;
	int rc = 0;

	for (u64 k; bytes && !rc; off += k, bytes -= k) {
		if (!n->has_zero) {
			k = bytes < sizeof(zeros) ? bytes : sizeof(zeros);
			rc = nbd_write(n, off, zeros, k);
			continue;
		}
		if (!n->h)
			return nbd_failed(n, DEED_WRITE);
		k = bytes < 1u << 30 ? bytes : 1u << 30;
		rc = nbd_wait(n, nbd_aio_zero(n->h, k, off,
					      NBD_NULL_COMPLETION, 0),
			      DEED_WRITE);
	}
	return rc;
}

static int nbd_sync(void *opaque)
{
	struct nbd *n = opaque;
	int rc;

	if (n->store.blk.is_read_only)
		return 0;
	if (n->file.is_lost || !n->h || nbd_aio_is_ready(n->h) <= 0)
		return file_failed(&n->file, DEED_FLUSH, "no connection");
	/* without flush, the protocol has it that a write is permanent */
	if (nbd_can_flush(n->h) <= 0)
		return 0;
	rc = nbd_wait(n, nbd_aio_flush(n->h, NBD_NULL_COMPLETION, 0),
		      DEED_FLUSH);
	if (rc)
		n->file.is_lost = true;
	return rc;
}

static void nbd_end(struct store *s)
{
	struct nbd *n = container_of(s, struct nbd, store);

	if (n->h) {
		if (nbd_aio_is_ready(n->h) > 0)
			nbd_aio_disconnect(n->h, 0);
		nbd_close(n->h);
	}
	file_close(&n->file);
	free(n);
}

static const struct blk_ops nbd_ops = {
	.read = nbd_read,
	.write = nbd_write,
	.flush = nbd_sync,
	.zero = nbd_zero_range,
};

static int nbd_connect(struct nbd_handle *h, const char *uri,
		       struct errmsg *msg)
{
	unsigned int silent = 0;
	const char *why = "the server does not answer";

	if (nbd_aio_connect_uri(h, uri) < 0)
		return err_set(msg, ERR_IO, "%s: %s", uri, nbd_get_error());
	while (nbd_aio_is_ready(h) <= 0) {
		if (!nbd_turn(h, &silent)) {
			if (silent < SILENT_MAX)
				why = nbd_get_error();
			return err_set(msg, ERR_IO, "%s: %s", uri,
				       why ? why : "unknown error");
		}
	}
	return 0;
}

/* What the server says of the export. */
static int nbd_learn(struct nbd *n, const char *uri, bool is_read_only,
		     struct errmsg *msg)
{
	s64 bytes = nbd_get_size(n->h);
	s64 least = nbd_get_block_size(n->h, LIBNBD_SIZE_MINIMUM);

	if (bytes < 0)
		return err_set(msg, ERR_IO, "%s: %s", uri, nbd_get_error());
	if (bytes == 0 || bytes % 512)
		return err_set(msg, ERR_UNSUPP, "%s: %lld bytes are no whole "
			       "number of sectors", uri, (long long)bytes);
	if (least > 512)
		return err_set(msg, ERR_UNSUPP, "%s: the server wants blocks "
			       "of %lld bytes, a disk has 512", uri,
			       (long long)least);
	if (!is_read_only && nbd_is_read_only(n->h) > 0)
		return err_set(msg, ERR_IO, "%s: the export is read-only; add "
			       ",ro or an overlay", uri);
	n->has_zero = nbd_can_zero(n->h) > 0;
	n->store.blk = (struct blk){
		.ops = &nbd_ops, .opaque = n, .bytes = (u64)bytes,
		.is_read_only = is_read_only, .name = n->file.path,
	};
	return 0;
}

/**
 * store_nbd_open - connect to an NBD export
 * @s:            set on success
 * @uri:          nbd://host[:port]/export, nbd+unix:///export?socket=PATH, or
 *                the same with nbds for TLS
 * @is_read_only: the guest writes nothing
 * @talk:         whom to tell; borrowed
 * @msg:          names the export on error
 *
 * Returns: 0; -ERR_IO; -ERR_UNSUPP for an export that is no disk.
 */
int store_nbd_open(struct store **s, const char *uri, bool is_read_only,
		   struct disk_talk *talk, struct errmsg *msg)
{
	struct nbd *n = xcalloc(1, sizeof(*n));
	int rc;

	n->file = (struct disk_file){
		.talk = talk, .path = xstrdup(uri), .fd = -1,
	};
	n->store.close = nbd_end;
	n->h = nbd_create();
	if (!n->h)
		rc = err_set(msg, ERR_IO, "%s: %s", uri, nbd_get_error());
	else
		rc = nbd_connect(n->h, uri, msg);
	if (!rc)
		rc = nbd_learn(n, uri, is_read_only, msg);
	if (rc) {
		nbd_end(&n->store);
		return rc;
	}
	*s = &n->store;
	return 0;
}
