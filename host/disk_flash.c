/* SPDX-License-Identifier: MIT */
/*
 * host/disk_flash.c - the content of a flash chip or of battery-backed memory:
 * a file of fixed size that changes in small pieces.
 *
 * Owns the content, which is in memory as a whole, and the file F.  A change
 * goes to the journal (host/disk_journal.c) first; F itself changes only when
 * the journal is folded into it, and a fold that was cut short is done again.
 * So each write is there as a whole or not at all, and none before an earlier
 * one, whenever the process is killed; what was flushed survives the host's
 * end too.  Must not know what a chip does with its bytes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/disk_journal.h"

#define FOLD_BYTES (8u << 20)
#define FLASH_MAX  (1ull << 31)

struct flash {
	struct blk blk;
	struct disk_talk talk;
	struct disk_file file;	/* fd -1: not made yet */
	struct journal journal;
	u8 *mem;
	u64 total;		/* visible and hidden bytes */
	u64 fold_at;		/* length of the journal */
	bool is_new;
};

static int write_new(struct flash *f, int fd, const char *temp)
{
	const char *path = f->file.path;
	int e = fdio_write(fd, 0, f->mem, f->total);

	if (!e && fdatasync(fd) < 0)
		e = -errno;
	/* rename() where there are no links; it would replace a file */
	if (!e && link(temp, path) < 0)
		e = errno == EEXIST || rename(temp, path) < 0 ? -errno : 0;
	unlink(temp);
	return e ? e : fdio_sync_folder(path);
}

/* A name that nobody has. */
static char *temp_name(const char *path)
{
	char *name = xasprintf("%s.new", path);

	for (unsigned int n = 1; n < 100 && access(name, F_OK) == 0; n++) {
		free(name);
		name = xasprintf("%s.new%u", path, n);
	}
	return name;
}

/* Make the file under another name, then give it its own: all or nothing. */
static int make_file(struct flash *f, struct errmsg *msg)
{
	const char *path = f->file.path;
	char *temp = temp_name(path);
	int fd = open(temp, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	int rc, e;

	if (fd < 0)
		rc = err_set(msg, ERR_IO, "%s: cannot be made: %s", path,
			     strerror(errno));
	else
		rc = fdio_lock(fd, temp, true, msg);
	if (!rc && access(path, F_OK) == 0) {
		rc = err_set(msg, ERR_CONFLICT, "%s: in use, perhaps by "
			     "another simulator", path);
		unlink(temp);
	}
	if (!rc) {
		e = write_new(f, fd, temp);
		if (e)
			rc = err_set(msg, ERR_IO, "%s: cannot be made: %s",
				     path, strerror(-e));
	}
	free(temp);
	if (rc && fd >= 0)
		close(fd);
	if (rc)
		return rc;
	f->file.fd = fd;
	journal_forget(&f->journal);	/* of a file that is no more */
	journal_rebase(&f->journal, f->mem, f->total);
	return 0;
}

static int flash_fold(struct flash *f)
{
	return journal_fold(&f->journal, &f->file, f->mem, f->total);
}

static int make_lazily(struct flash *f)
{
	struct errmsg msg = { "" };

	if (make_file(f, &msg) == 0)
		return 0;
	if (!f->file.is_told[DEED_WRITE])
		talk_say(&f->talk, "%s; the guest gets an I/O error", msg.text);
	f->file.is_told[DEED_WRITE] = true;
	return -ERR_IO;
}

/**
 * flash_change - change the content, as one piece
 * @f:     the flash
 * @off:   bytes from its start, hidden bytes come after the visible ones
 * @buf:   what to write
 * @bytes: count
 *
 * Returns: 0; -ERR_IO, told, with nothing changed.
 */
int flash_change(struct flash *f, u64 off, const void *buf, u64 bytes)
{
	int rc;

	if (!bytes || !memcmp(f->mem + off, buf, bytes))
		return 0;
	if (f->file.fd < 0) {
		rc = make_lazily(f);
		if (rc)
			return rc;
	}
	/* if the fold fails, the journal goes on */
	if (journal_bytes(&f->journal) >= f->fold_at)
		f->fold_at = flash_fold(f) ? f->fold_at + FOLD_BYTES :
					     FOLD_BYTES;
	rc = journal_add(&f->journal, off, buf, bytes);
	if (rc && journal_bytes(&f->journal) && flash_fold(f) == 0)
		rc = journal_add(&f->journal, off, buf, bytes);
	if (rc)
		return journal_failed(&f->journal);
	memcpy(f->mem + off, buf, bytes);
	return 0;
}

static int flash_read(void *opaque, u64 off, void *buf, u64 bytes)
{
	struct flash *f = opaque;

	memcpy(buf, f->mem + off, bytes);
	return 0;
}

static int flash_write(void *opaque, u64 off, const void *buf, u64 bytes)
{
	return flash_change(opaque, off, buf, bytes);
}

static int flash_flush(void *opaque)
{
	struct flash *f = opaque;

	return journal_sync(&f->journal);
}

static const struct blk_ops flash_ops = {
	.read = flash_read,
	.write = flash_write,
	.flush = flash_flush,
};

static void flash_free(struct flash *f)
{
	journal_end(&f->journal);
	file_close(&f->file);
	talk_end(&f->talk);
	free(f->mem);
	free(f);
}

static int load_file(struct flash *f, u64 bytes, struct errmsg *msg)
{
	const char *path = f->file.path;
	int e;

	if (bytes != f->total)
		return err_set(msg, ERR_FORMAT, "%s: has %llu bytes, not %llu",
			       path, (unsigned long long)bytes,
			       (unsigned long long)f->total);
	e = fdio_read(f->file.fd, 0, f->mem, f->total);
	if (e)
		return err_set(msg, ERR_IO, "%s: %s", path, strerror(-e));
	return journal_replay(&f->journal, f->mem, f->total, msg);
}

static int open_file(struct flash *f, const struct image_file *how,
		     struct errmsg *msg)
{
	struct errmsg none = { "" };
	u64 bytes;
	int rc;

	rc = fdio_open(how->path, O_RDWR, &f->file.fd, &bytes, &none);
	if (rc == -ERR_NOENT) {
		rc = journal_check_stale(&f->journal, msg);
		if (rc)
			return rc;
		f->is_new = true;
		how->init(how->opaque, f->mem);
		return how->is_lazy ? 0 : make_file(f, msg);
	}
	if (rc)
		return err_set(msg, -rc, "%s", none.text);
	rc = fdio_lock(f->file.fd, how->path, true, msg);
	return rc ? rc : load_file(f, bytes, msg);
}

/**
 * flash_open_image - open or make a file of fixed size with its journal
 * @f:   set on success, to be freed by flash_close()
 * @how: name, size, first content; not kept
 * @msg: names the file on error
 *
 * Returns: 0; -ERR_IO; -ERR_FORMAT for another size; -ERR_CONFLICT when it is
 * locked or its journal belongs to another content; -ERR_RANGE above 2 GB.
 */
int flash_open_image(struct flash **f, const struct image_file *how,
		     struct errmsg *msg)
{
	u64 total = how->visible + how->hidden;
	struct flash *n;
	int rc;

	if (!how->visible || total > FLASH_MAX)
		return err_set(msg, ERR_RANGE, "%s: a chip of %llu bytes",
			       how->path, (unsigned long long)how->visible);
	n = xcalloc(1, sizeof(*n));
	n->file = (struct disk_file){
		.talk = &n->talk, .path = xstrdup(how->path), .fd = -1,
	};
	n->total = total;
	n->fold_at = FOLD_BYTES;
	n->mem = xcalloc(total, 1);
	journal_init(&n->journal, how->path, total, &n->talk);
	n->blk = (struct blk){
		.ops = &flash_ops, .opaque = n, .bytes = how->visible,
		.name = n->file.path,
	};
	rc = open_file(n, how, msg);
	if (rc)
		flash_free(n);
	else
		*f = n;
	return rc;
}

struct filling {
	u64 bytes;
	int value;
};

static void fill_init(void *opaque, u8 *content)
{
	const struct filling *f = opaque;

	memset(content, f->value, f->bytes);
}

/**
 * flash_open - the content of a chip
 * @f:     set on success, to be freed by flash_close()
 * @path:  its file, made if absent; next to it, @path.journal
 * @bytes: size of the chip, and of the file
 * @fill:  what a new chip holds
 * @msg:   names the file on error
 *
 * Returns: what flash_open_image() does.
 */
int flash_open(struct flash **f, const char *path, u64 bytes,
	       enum flash_fill fill, struct errmsg *msg)
{
	struct filling filling = {
		.bytes = bytes, .value = fill == FLASH_FILL_ONES ? 0xff : 0,
	};
	struct image_file how = {
		.path = path, .visible = bytes,
		.init = fill_init, .opaque = &filling,
	};

	return flash_open_image(f, &how, msg);
}

/**
 * flash_content - all bytes, visible and hidden
 * @f: the flash
 *
 * Returns: the content, valid until the next change.
 */
const u8 *flash_content(const struct flash *f)
{
	return f->mem;
}

/**
 * flash_is_new - was there no file?
 * @f: the flash
 *
 * Returns: true when the content is that of the caller's init.
 */
bool flash_is_new(const struct flash *f)
{
	return f->is_new;
}

/**
 * flash_set_say - who is told when the host's storage fails
 * @f:      the flash
 * @say:    takes one line without newline; each kind of failure is told once
 * @opaque: handed to @say
 */
void flash_set_say(struct flash *f, void (*say)(void *opaque, const char *line),
		   void *opaque)
{
	talk_to(&f->talk, say, opaque);
}

/**
 * flash_blk - what a device reads and writes
 * @f: the flash
 *
 * Returns: storage that lives as long as the flash.
 */
struct blk *flash_blk(struct flash *f)
{
	return &f->blk;
}

/**
 * flash_close - fold the journal into the file and close
 * @f: the flash, freed; may be NULL
 *
 * Returns: 0; -ERR_IO, told: the journal stays then, and the next
 * flash_open() goes on with it.
 */
int flash_close(struct flash *f)
{
	int rc;

	if (!f)
		return 0;
	rc = f->file.fd < 0 ? 0 : flash_fold(f);
	flash_free(f);
	return rc;
}
