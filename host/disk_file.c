/* SPDX-License-Identifier: MIT */
/*
 * host/disk_file.c - files of the host for storage: whole transfers, locks,
 * what a failing host is told as, and raw images.
 *
 * A raw image whose size is no multiple of 512 gets a pad up to it that reads
 * as zeros and takes nothing else.  Must not know overlays or journals.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/disk_priv.h"

#define SECTOR 512u

struct raw {
	struct store store;
	struct disk_file file;
	u64 bytes;		/* without the pad */
};

/**
 * talk_to - say who listens
 * @t:      the talk; what was kept is said at once
 * @say:    takes one line without newline; may be NULL
 * @opaque: handed to @say
 */
void talk_to(struct disk_talk *t, void (*say)(void *opaque, const char *line),
	     void *opaque)
{
	t->say = say;
	t->opaque = opaque;
	if (say && t->kept) {
		say(opaque, t->kept);
		free(t->kept);
		t->kept = NULL;
	}
}

/**
 * talk_say - tell the person one line
 * @t:   to whom; with nobody there the first line is kept
 * @fmt: printf format of the line, without newline
 */
void talk_say(struct disk_talk *t, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (t->say)
		t->say(t->opaque, line);
	else if (!t->kept)
		t->kept = xstrdup(line);
}

/**
 * talk_end - forget what was kept
 * @t: the talk
 */
void talk_end(struct disk_talk *t)
{
	free(t->kept);
	t->kept = NULL;
}

/**
 * file_failed - tell, once, that a file fails
 * @f:    the file
 * @deed: what failed
 * @why:  the host's reason
 *
 * Returns: -ERR_IO.
 */
int file_failed(struct disk_file *f, enum disk_deed deed, const char *why)
{
	static const char *const name[DEEDS] = { "read", "write", "flush" };

	if (!f->is_told[deed])
		talk_say(f->talk, "%s: %s failed: %s; the guest gets an I/O "
			 "error", f->path, name[deed], why);
	f->is_told[deed] = true;
	return -ERR_IO;
}

/**
 * fdio_read - read all of a range
 * @fd:    descriptor
 * @off:   bytes from the start
 * @buf:   filled
 * @bytes: count
 *
 * Returns: 0, -errno; -ENODATA when the file ends before.
 */
int fdio_read(int fd, u64 off, void *buf, u64 bytes)
{
	u8 *p = buf;
	ssize_t n;

	while (bytes) {
		n = pread(fd, p, bytes < 1u << 30 ? bytes : 1u << 30,
			  (off_t)off);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENODATA;
		p += n;
		off += (u64)n;
		bytes -= (u64)n;
	}
	return 0;
}

/**
 * fdio_write - write all of a range
 * @fd:    descriptor
 * @off:   bytes from the start
 * @buf:   what to write
 * @bytes: count
 *
 * Returns: 0, -errno; a part may have been written then.
 */
int fdio_write(int fd, u64 off, const void *buf, u64 bytes)
{
	const u8 *p = buf;
	ssize_t n;

	while (bytes) {
		n = pwrite(fd, p, bytes < 1u << 30 ? bytes : 1u << 30,
			   (off_t)off);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		p += n;
		off += (u64)n;
		bytes -= (u64)n;
	}
	return 0;
}

/**
 * fdio_open - open a regular file or a block device
 * @path:  its name
 * @flags: of open(2); O_CLOEXEC is added
 * @fd:    set on success
 * @bytes: set to the size
 * @msg:   names the file on error
 *
 * Returns: 0; -ERR_NOENT, -ERR_IO, -ERR_FORMAT for another kind of file.
 */
int fdio_open(const char *path, int flags, int *fd, u64 *bytes,
	      struct errmsg *msg)
{
	struct stat st;
	off_t end;
	int d;

	/* O_NONBLOCK: a FIFO is refused below, not waited for */
	d = open(path, flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
	if (d < 0)
		return err_set(msg, errno == ENOENT ? ERR_NOENT : ERR_IO,
			       "%s: %s", path, strerror(errno));
	if (fstat(d, &st) < 0 || !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))) {
		close(d);
		return err_set(msg, ERR_FORMAT, "%s: is neither a file nor a "
			       "block device", path);
	}
	end = lseek(d, 0, SEEK_END);
	if (end < 0) {
		close(d);
		return err_set(msg, ERR_IO, "%s: %s", path, strerror(errno));
	}
	*fd = d;
	*bytes = (u64)end;
	return 0;
}

/**
 * fdio_lock - keep a second writer away
 * @fd:        descriptor, opened for what is asked
 * @path:      its name, for the message
 * @is_writer: nobody else at all; else: no writer
 * @msg:       names the file on error
 *
 * The lock is the open file's: two images of one process exclude each other,
 * and it goes with the last descriptor.
 *
 * Returns: 0; -ERR_CONFLICT; -ERR_IO where files cannot be locked.
 */
int fdio_lock(int fd, const char *path, bool is_writer, struct errmsg *msg)
{
	struct flock fl = {
		.l_type = is_writer ? F_WRLCK : F_RDLCK,
		.l_whence = SEEK_SET,
	};

	if (fcntl(fd, F_OFD_SETLK, &fl) == 0)
		return 0;
	if (errno == EAGAIN || errno == EACCES)
		return err_set(msg, ERR_CONFLICT, "%s: in use, perhaps by "
			       "another simulator", path);
	return err_set(msg, ERR_IO, "%s: cannot be locked: %s", path,
		       strerror(errno));
}

/**
 * fdio_sync_folder - make a file's name survive a crash of the host
 * @path: the file
 *
 * Returns: 0, -errno.
 */
int fdio_sync_folder(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? xstrdup(path) : xstrdup(".");
	int fd, rc;

	if (slash)
		folder[slash == path ? 1 : slash - path] = 0;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = fd < 0 || fsync(fd) < 0 ? -errno : 0;
	if (fd >= 0)
		close(fd);
	free(folder);
	return rc;
}

/**
 * file_get - read from a file
 * @f:     the file
 * @off:   bytes from its start
 * @buf:   filled
 * @bytes: count
 *
 * Returns: 0, -ERR_IO, told.
 */
int file_get(struct disk_file *f, u64 off, void *buf, u64 bytes)
{
	int e = fdio_read(f->fd, off, buf, bytes);

	if (e == -ENODATA)
		return file_failed(f, DEED_READ, "the file became shorter");
	return e ? file_failed(f, DEED_READ, strerror(-e)) : 0;
}

/**
 * file_put - write to a file
 * @f:     the file
 * @off:   bytes from its start
 * @buf:   what to write
 * @bytes: count
 *
 * Returns: 0, -ERR_IO, told.
 */
int file_put(struct disk_file *f, u64 off, const void *buf, u64 bytes)
{
	int e = fdio_write(f->fd, off, buf, bytes);

	return e ? file_failed(f, DEED_WRITE, strerror(-e)) : 0;
}

/**
 * file_zero - make a range read as zeros, giving storage back if possible
 * @f:     the file
 * @off:   bytes from its start
 * @bytes: count
 *
 * Returns: 0, -ERR_IO, told.
 */
int file_zero(struct disk_file *f, u64 off, u64 bytes)
{
	static const u8 zeros[65536];
	u64 n;
	int rc;

	if (!bytes)
		return 0;
	if (fallocate(f->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		      (off_t)off, (off_t)bytes) == 0)
		return 0;
	if (fallocate(f->fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
		      (off_t)off, (off_t)bytes) == 0)
		return 0;
	for (; bytes; bytes -= n, off += n) {
		n = bytes < sizeof(zeros) ? bytes : sizeof(zeros);
		rc = file_put(f, off, zeros, n);
		if (rc)
			return rc;
	}
	return 0;
}

/**
 * file_sync - wait until a file's data are on its disk
 * @f: the file
 *
 * Returns: 0, -ERR_IO, told; after the first failure always -ERR_IO.
 */
int file_sync(struct disk_file *f)
{
	int r;

	if (f->is_lost)
		return -ERR_IO;
	do {
		r = fdatasync(f->fd);
	} while (r < 0 && errno == EINTR);
	/* a file system without it, as some of FUSE: nothing to wait for */
	if (r == 0 || errno == EINVAL || errno == EROFS)
		return 0;
	f->is_lost = true;
	return file_failed(f, DEED_FLUSH, strerror(errno));
}

/**
 * file_close - close, and forget the name
 * @f: the file
 */
void file_close(struct disk_file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
	free(f->path);
	f->path = NULL;
}

static int raw_read(void *opaque, u64 off, void *buf, u64 bytes)
{
	struct raw *r = opaque;
	u64 n = off < r->bytes ? r->bytes - off : 0;

	if (n > bytes)
		n = bytes;
	memset((u8 *)buf + n, 0, bytes - n);
	return n ? file_get(&r->file, off, buf, n) : 0;
}

static int raw_write(void *opaque, u64 off, const void *buf, u64 bytes)
{
	struct raw *r = opaque;
	const u8 *p = buf;
	u64 n = off < r->bytes ? r->bytes - off : 0;

	for (u64 i = n; i < bytes; i++)
		if (p[i])
			return file_failed(&r->file, DEED_WRITE, "it ends "
					   "within its last sector");
	if (n > bytes)
		n = bytes;
	return n ? file_put(&r->file, off, buf, n) : 0;
}

static int raw_zero(void *opaque, u64 off, u64 bytes)
{
	struct raw *r = opaque;
	u64 n = off < r->bytes ? r->bytes - off : 0;

	return file_zero(&r->file, off, n < bytes ? n : bytes);
}

static int raw_flush(void *opaque)
{
	struct raw *r = opaque;

	return r->store.blk.is_read_only ? 0 : file_sync(&r->file);
}

static void raw_close(struct store *s)
{
	struct raw *r = container_of(s, struct raw, store);

	file_close(&r->file);
	free(r);
}

static const struct blk_ops raw_ops = {
	.read = raw_read,
	.write = raw_write,
	.flush = raw_flush,
	.zero = raw_zero,
};

/**
 * store_file_open - a raw image
 * @s:            set on success
 * @path:         a file or a block device
 * @is_read_only: open for reading only, next to other readers
 * @talk:         whom to tell; borrowed
 * @msg:          names the file on error
 *
 * Returns: 0; -ERR_NOENT, -ERR_IO, -ERR_FORMAT, -ERR_CONFLICT when locked.
 */
int store_file_open(struct store **s, const char *path, bool is_read_only,
		    struct disk_talk *talk, struct errmsg *msg)
{
	struct raw *r;
	u64 bytes;
	int fd, rc;

	rc = fdio_open(path, is_read_only ? O_RDONLY : O_RDWR, &fd, &bytes,
		       msg);
	if (rc)
		return rc;
	rc = fdio_lock(fd, path, !is_read_only, msg);
	if (!rc && !bytes)
		rc = err_set(msg, ERR_FORMAT, "%s: is empty", path);
	if (rc) {
		close(fd);
		return rc;
	}
	r = xcalloc(1, sizeof(*r));
	r->file = (struct disk_file){
		.talk = talk, .path = xstrdup(path), .fd = fd,
	};
	r->bytes = bytes;
	r->store.close = raw_close;
	r->store.blk = (struct blk){
		.ops = &raw_ops, .opaque = r,
		.bytes = (bytes + SECTOR - 1) / SECTOR * SECTOR,
		.is_read_only = is_read_only, .name = r->file.path,
	};
	if (bytes % SECTOR)
		talk_say(talk, "%s: %llu bytes are no whole number of sectors: "
			 "zeros follow", path, (unsigned long long)bytes);
	*s = &r->store;
	return 0;
}
