/* SPDX-License-Identifier: MIT */
/*
 * host/disk_journal.c - F.journal: whole changes of F, in order.
 *
 *	header, 64 bytes, big-endian:
 *		0 magic  8 version  12 state: 0 open, "FOLD"
 *		16 bytes of F  24 checksum of F  28 zeros
 *		60 CRC-32 of 0..59 with state 0: a change of state is one word
 *	record:	0 magic  4 kind (0 bytes, 1 one byte repeated)
 *		8 number, from 0  16 offset in F  24 length
 *		28 CRC-32 of the header's 24..27, of 0..27 and of the data
 *		32 data
 *
 * A record that is cut short or damaged ends the journal: it was not there
 * when the process died.  The checksum of F (a CRC-32 over the CRC-32s of its
 * pages) keeps a journal from being applied to a file that somebody put in
 * F's place; while the state says folding, F is half changed and not checked.
 */
#include "host/disk_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/bits.h"
#include "base/log.h"
#include "base/xalloc.h"

#define HEADER		64u
#define HEADER_CRC	60u
#define RECORD		32u
#define RECORD_CRC	28u
#define RECORD_MAGIC	0x43554c52u	/* "CULR" */
#define JOURNAL_VERSION	1u
#define PAGE		4096u
#define JOURNAL_MAX	(1u << 31)

#define STATE_OPEN	0u
#define STATE_FOLDING	0x464f4c44u	/* "FOLD" */

enum { KIND_BYTES, KIND_REPEAT };

static const u8 magic[8] = "CULMJNL\n";

static u32 page_bytes(const struct journal *j, u32 page)
{
	u64 left = j->total - (u64)page * PAGE;

	return left < PAGE ? (u32)left : PAGE;
}

static void page_sum(struct journal *j, u32 page, const u8 *mem)
{
	j->sums[page] = be32((u32)crc32(0, mem + (u64)page * PAGE,
					page_bytes(j, page)));
	j->dirty[page] = false;
}

static u32 base_sum(const struct journal *j)
{
	return (u32)crc32_z(0, (const u8 *)j->sums, (size_t)j->pages * 4);
}

static void mark_dirty(struct journal *j, u64 off, u64 bytes)
{
	for (u64 p = off / PAGE; p <= (off + bytes - 1) / PAGE; p++)
		j->dirty[p] = true;
}

/**
 * journal_init - a journal that is not on disk yet
 * @j:     filled
 * @path:  of the file it belongs to
 * @total: bytes of that
 * @talk:  whom to tell; borrowed
 */
void journal_init(struct journal *j, const char *path, u64 total,
		  struct disk_talk *talk)
{
	*j = (struct journal){ .total = total };
	j->file = (struct disk_file){
		.talk = talk, .path = xasprintf("%s.journal", path), .fd = -1,
	};
	j->pages = (u32)((total + PAGE - 1) / PAGE);
	j->sums = xcalloc(j->pages, sizeof(*j->sums));
	j->dirty = xcalloc(j->pages, sizeof(*j->dirty));
}

/**
 * journal_rebase - the file holds this content now
 * @j:     the journal, empty
 * @mem:   content
 * @total: bytes
 */
void journal_rebase(struct journal *j, const u8 *mem, u64 total)
{
	BUG_ON(total != j->total);
	for (u32 p = 0; p < j->pages; p++)
		page_sum(j, p, mem);
	j->base = base_sum(j);
}

static void header_make(const struct journal *j, u8 *h)
{
	memset(h, 0, HEADER);
	memcpy(h, magic, sizeof(magic));
	stb32(h + 8, JOURNAL_VERSION);
	stb64(h + 16, j->total);
	stb32(h + 24, j->base);
	stb32(h + HEADER_CRC, (u32)crc32(0, h, HEADER_CRC));
}

static u32 record_crc(const struct journal *j, const u8 *rec, const void *data,
		      u32 stored)
{
	u8 base[4];
	u32 crc;

	stb32(base, j->base);
	crc = (u32)crc32(0, base, 4);
	crc = (u32)crc32(crc, rec, RECORD_CRC);
	return (u32)crc32(crc, data, stored);
}

/* 0 or -errno; @error keeps it for the message. */
static int note(struct journal *j, int e)
{
	if (e)
		j->error = -e;
	return e;
}

static int put_header(struct journal *j)
{
	u8 h[HEADER];

	header_make(j, h);
	return note(j, fdio_write(j->file.fd, 0, h, HEADER));
}

static int put_state(struct journal *j, u32 state)
{
	u8 word[4];

	stb32(word, state);
	return note(j, fdio_write(j->file.fd, 12, word, sizeof(word)));
}

/* The first record makes the file. */
static int start(struct journal *j)
{
	if (j->file.fd < 0) {
		j->file.fd = open(j->file.path, O_RDWR | O_CREAT | O_TRUNC |
				  O_CLOEXEC, 0666);
		if (j->file.fd < 0)
			return note(j, -errno);
		fdio_sync_folder(j->file.path);
	}
	if (put_header(j))
		return -j->error;
	j->end = HEADER;
	j->seq = 0;
	return 0;
}

static bool is_repeated(const u8 *p, u64 bytes)
{
	return bytes > 1 && !memcmp(p, p + 1, bytes - 1);
}

/**
 * journal_add - add one record
 * @j:     the journal
 * @off:   where in the file
 * @buf:   what
 * @bytes: how much, less than 4 GB
 *
 * Returns: 0; -ERR_IO with the journal as before, see journal_failed().
 */
int journal_add(struct journal *j, u64 off, const void *buf, u64 bytes)
{
	bool is_short = is_repeated(buf, bytes);
	u32 stored = is_short ? 1 : (u32)bytes;
	u8 *rec;
	int e;

	if (!j->end && start(j))
		return -ERR_IO;
	rec = xcalloc(RECORD + stored, 1);
	stb32(rec, RECORD_MAGIC);
	stb32(rec + 4, is_short ? KIND_REPEAT : KIND_BYTES);
	stb64(rec + 8, j->seq);
	stb64(rec + 16, off);
	stb32(rec + 24, (u32)bytes);
	stb32(rec + RECORD_CRC, record_crc(j, rec, buf, stored));
	memcpy(rec + RECORD, buf, stored);
	e = note(j, fdio_write(j->file.fd, j->end, rec, RECORD + stored));
	free(rec);
	if (e) {
		/* if this fails too, the checksum ends the journal there */
		if (ftruncate(j->file.fd, (off_t)j->end) < 0)
			j->error = -e;
		return -ERR_IO;
	}
	j->end += RECORD + stored;
	j->seq++;
	mark_dirty(j, off, bytes);
	return 0;
}

/**
 * journal_failed - tell why the journal takes nothing
 * @j: the journal
 *
 * Returns: -ERR_IO.
 */
int journal_failed(struct journal *j)
{
	return file_failed(&j->file, DEED_WRITE, strerror(j->error));
}

/**
 * journal_sync - wait until every record is on disk
 * @j: the journal
 *
 * Returns: 0, -ERR_IO, told.
 */
int journal_sync(struct journal *j)
{
	return j->end ? file_sync(&j->file) : 0;
}

/* Length of the record at @at of @data, 0 when there is none. */
static u32 record_at(const struct journal *j, const u8 *data, u64 bytes,
		     u64 at)
{
	const u8 *rec = data + at;
	u64 off, len;
	u32 stored;

	if (bytes - at < RECORD || ldb32(rec) != RECORD_MAGIC ||
	    ldb64(rec + 8) != j->seq || ldb32(rec + 4) > KIND_REPEAT)
		return 0;
	off = ldb64(rec + 16);
	len = ldb32(rec + 24);
	stored = ldb32(rec + 4) == KIND_REPEAT ? 1 : (u32)len;
	if (!len || off > j->total || len > j->total - off ||
	    stored > bytes - at - RECORD ||
	    ldb32(rec + RECORD_CRC) != record_crc(j, rec, rec + RECORD, stored))
		return 0;
	return RECORD + stored;
}

static void apply(struct journal *j, const u8 *data, u64 bytes, u8 *mem)
{
	u32 n;

	for (j->end = HEADER; (n = record_at(j, data, bytes, j->end));
	     j->end += n, j->seq++) {
		const u8 *rec = data + j->end;
		u64 off = ldb64(rec + 16), len = ldb32(rec + 24);

		if (ldb32(rec + 4) == KIND_REPEAT)
			memset(mem + off, rec[RECORD], len);
		else
			memcpy(mem + off, rec + RECORD, len);
		mark_dirty(j, off, len);
	}
}

static int header_check(struct journal *j, const u8 *h, struct errmsg *msg)
{
	const char *path = j->file.path;

	if (ldb32(h + 8) != JOURNAL_VERSION)
		return err_set(msg, ERR_UNSUPP, "%s: a journal of version %u",
			       path, ldb32(h + 8));
	if (ldb64(h + 16) != j->total ||
	    (ldb32(h + 12) == STATE_OPEN && ldb32(h + 24) != j->base))
		return err_set(msg, ERR_CONFLICT, "%s: continues another file "
			       "than the one that is there now; remove it to "
			       "lose its changes", path);
	return 0;
}

static bool is_header(const u8 *h, u64 bytes)
{
	u8 open[HEADER];

	if (bytes < HEADER || memcmp(h, magic, sizeof(magic)) ||
	    (ldb32(h + 12) != STATE_OPEN && ldb32(h + 12) != STATE_FOLDING))
		return false;
	memcpy(open, h, HEADER);
	stb32(open + 12, STATE_OPEN);
	return ldb32(h + HEADER_CRC) == (u32)crc32(0, open, HEADER_CRC);
}

/* Died before the first record was on disk: nothing was promised. */
static bool is_unborn(const u8 *h, u64 bytes)
{
	u64 n = bytes < HEADER ? bytes : HEADER;

	if (bytes <= HEADER &&
	    !memcmp(h, magic, n < sizeof(magic) ? n : sizeof(magic)))
		return true;
	while (n && !h[n - 1])
		n--;
	return !n;
}

static int refuse_foreign(const struct journal *j, struct errmsg *msg)
{
	return err_set(msg, ERR_FORMAT, "%s: is no journal, or its header is "
		       "damaged", j->file.path);
}

static int take(struct journal *j, const u8 *data, u64 bytes, u8 *mem,
		struct errmsg *msg)
{
	int rc;

	if (!is_header(data, bytes))
		return is_unborn(data, bytes) ? 0 : refuse_foreign(j, msg);
	rc = header_check(j, data, msg);
	if (rc)
		return rc;
	j->base = ldb32(data + 24);
	apply(j, data, bytes, mem);
	return 0;
}

/**
 * journal_replay - go on with the journal that a killed process left
 * @j:     the journal
 * @mem:   content of the file; gets the changes
 * @total: its bytes
 * @msg:   names the journal on error
 *
 * Returns: 0; -ERR_IO; -ERR_FORMAT; -ERR_UNSUPP; -ERR_CONFLICT when it belongs
 * to another content.
 */
int journal_replay(struct journal *j, u8 *mem, u64 total, struct errmsg *msg)
{
	struct errmsg why = { "" };
	u64 bytes;
	u8 *data;
	int rc, e;

	journal_rebase(j, mem, total);
	rc = fdio_open(j->file.path, O_RDWR, &j->file.fd, &bytes, &why);
	if (rc == -ERR_NOENT)
		return 0;
	if (rc)
		return err_set(msg, -rc, "%s", why.text);
	data = bytes < JOURNAL_MAX ? malloc(bytes + 1) : NULL;
	if (!data)
		return err_set(msg, ERR_NOMEM, "%s: out of memory",
			       j->file.path);
	e = fdio_read(j->file.fd, 0, data, bytes);
	if (e)
		rc = err_set(msg, ERR_IO, "%s: %s", j->file.path, strerror(-e));
	else
		rc = take(j, data, bytes, mem, msg);
	free(data);
	/* what follows the last whole record is nothing */
	if (!rc && ftruncate(j->file.fd, (off_t)j->end) < 0)
		rc = err_set(msg, ERR_IO, "%s: %s", j->file.path,
			     strerror(errno));
	return rc;
}

/**
 * journal_check_stale - may what lies at the journal's name be removed?
 * @j:   journal of a file that is not there
 * @msg: names the journal on error
 *
 * Returns: 0 when there is nothing, or a journal; -ERR_IO; -ERR_FORMAT.
 */
int journal_check_stale(const struct journal *j, struct errmsg *msg)
{
	struct errmsg why = { "" };
	u8 h[HEADER] = { 0 };
	u64 bytes;
	int fd, rc;

	rc = fdio_open(j->file.path, O_RDONLY, &fd, &bytes, &why);
	if (rc == -ERR_NOENT)
		return 0;
	if (rc)
		return err_set(msg, -rc, "%s", why.text);
	if (fdio_read(fd, 0, h, bytes < HEADER ? bytes : HEADER))
		rc = err_set(msg, ERR_IO, "%s: cannot be read", j->file.path);
	else if (memcmp(h, magic, sizeof(magic)) && !is_unborn(h, bytes))
		rc = refuse_foreign(j, msg);
	close(fd);
	return rc;
}

static int fold_pages(struct journal *j, struct disk_file *into, const u8 *mem)
{
	int rc = 0;

	for (u32 p = 0; p < j->pages && !rc; p++)
		if (j->dirty[p])
			rc = file_put(into, (u64)p * PAGE, mem + (u64)p * PAGE,
				      page_bytes(j, p));
	return rc ? rc : file_sync(into);
}

/**
 * journal_fold - bring the file up to date and remove the journal
 * @j:     the journal
 * @into:  the file
 * @mem:   its content with all changes
 * @total: bytes of it
 *
 * Returns: 0; -ERR_IO, told, with the journal as it was.
 */
int journal_fold(struct journal *j, struct disk_file *into, const u8 *mem,
		 u64 total)
{
	int rc;

	BUG_ON(total != j->total);
	if (j->end) {
		if (put_state(j, STATE_FOLDING))
			return journal_failed(j);
		rc = file_sync(&j->file);
		if (!rc)
			rc = fold_pages(j, into, mem);
		if (rc)
			return rc;
		for (u32 p = 0; p < j->pages; p++)
			if (j->dirty[p])
				page_sum(j, p, mem);
		j->base = base_sum(j);
	}
	journal_forget(j);
	return 0;
}

/**
 * journal_bytes - length of the journal
 * @j: the journal
 *
 * Returns: bytes; 0 when there is nothing to fold.
 */
u64 journal_bytes(const struct journal *j)
{
	return j->end;
}

/**
 * journal_forget - remove the journal
 * @j: the journal; empty after this
 */
void journal_forget(struct journal *j)
{
	if (j->file.fd >= 0)
		close(j->file.fd);
	j->file.fd = -1;
	j->end = 0;
	j->seq = 0;
	if (unlink(j->file.path) == 0)
		fdio_sync_folder(j->file.path);
}

/**
 * journal_end - close, leaving the file
 * @j: the journal
 */
void journal_end(struct journal *j)
{
	file_close(&j->file);
	free(j->sums);
	free(j->dirty);
}
