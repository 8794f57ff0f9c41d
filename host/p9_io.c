/* SPDX-License-Identifier: MIT */
/*
 * host/p9_io.c - 9P messages about open files: lopen, lcreate, read, write,
 * readdir, fsync, locks.
 *
 * A folder is listed as it was when the guest read it from its start, so that
 * its places are small numbers (a 32-bit guest cannot take the host's) and
 * removing while reading skips nothing.  Locks are granted: the guest's
 * kernel keeps its processes apart before it asks, and no other client is
 * there.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "host/p9_priv.h"

/* LX include/net/9p/9p.h, P9_DOTL_x: octal as in asm-generic/fcntl.h. */
#define DOTL_WRONLY    00000001u
#define DOTL_RDWR      00000002u
#define DOTL_EXCL      00000200u
#define DOTL_TRUNC     00001000u
#define DOTL_APPEND    00002000u
#define DOTL_DSYNC     00010000u
#define DOTL_DIRECTORY 00200000u
#define DOTL_SYNC      04000000u

#define LOCK_SUCCESS 0
#define LOCK_UNLCK   2

/* Flags of open(2) that mean something on this side; -EROFS. */
static int flags_of(const struct p9 *s, u32 dotl)
{
	int flags = O_RDONLY;

	if (dotl & DOTL_RDWR)
		flags = O_RDWR;
	else if (dotl & DOTL_WRONLY)
		flags = O_WRONLY;
	if (dotl & DOTL_TRUNC)
		flags |= O_TRUNC;
	if (dotl & DOTL_APPEND)
		flags |= O_APPEND;
	if (dotl & DOTL_DSYNC)
		flags |= O_DSYNC;
	if ((dotl & DOTL_SYNC) == DOTL_SYNC)
		flags |= O_SYNC;
	if (dotl & DOTL_DIRECTORY)
		flags |= O_DIRECTORY;
	if (s->is_read_only && ((flags & O_ACCMODE) != O_RDONLY ||
				(flags & O_TRUNC)))
		return -EROFS;
	return flags;
}

static void opened(struct p9 *s, struct p9_fid *f, int fd,
		   const struct stat *st, struct p9_out *out)
{
	f->fd = fd;
	f->is_folder = S_ISDIR(st->st_mode);
	p9_put_qid(out, s, st);
	p9_put32(out, 0);	/* iounit: as the message size has it */
}

/**
 * p9_do_lopen - fid[4] flags[4]: qid[13] iounit[4]
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(lopen)
{
	struct p9_place place;
	struct p9_fid *f;
	struct stat st;
	int e, flags, fd;

	e = p9_fid(s, in, &f);
	flags = flags_of(s, p9_u32(in));
	if (e || in->is_bad)
		return e ? e : -EINVAL;
	if (flags < 0)
		return flags;
	if (f->fd >= 0)
		return -EINVAL;
	e = p9_place(s, f->path, &place);
	if (e)
		return e;
	e = p9_open_file(&place, flags, &fd, &st);
	p9_leave(&place);
	if (!e)
		opened(s, f, fd, &st, out);
	return e;
}

/* Make the file @name, or open one that the host has made meanwhile. */
static int create(int dir, const char *name, int flags, u32 mode,
		  bool is_exclusive, int *fd, struct stat *st)
{
	struct p9_place place = { .dir = dir, .leaf = name };
	int d;

	d = openat(dir, name, flags | O_CREAT | O_EXCL | O_NOFOLLOW |
		   O_CLOEXEC, mode);
	if (d < 0 && errno == EEXIST && !is_exclusive)
		return p9_open_file(&place, flags, fd, st);
	if (d < 0)
		return -errno;
	*fd = d;
	/* the guest has applied its umask; the host's must not */
	if (fchmod(d, mode) < 0 || fstat(d, st) < 0) {
		int e = -errno;

		close(d);
		unlinkat(dir, name, 0);
		return e;
	}
	return 0;
}

/**
 * p9_do_lcreate - fid[4] name[s] flags[4] mode[4] gid[4]: qid[13] iounit[4]
 * @s:   the server
 * @in:  the request; the fid is the folder before, the file after
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(lcreate)
{
	char name[P9_NAME_MAX + 1], *path;
	int e, en, flags, dir, fd;
	struct p9_fid *f;
	struct stat st;
	u32 dotl, mode;

	e = p9_fid(s, in, &f);
	en = p9_new_name(in, name);
	dotl = p9_u32(in);
	mode = p9_u32(in) & 0777;
	p9_u32(in);
	if (e || en || in->is_bad)
		return e ? e : en ? en : -EINVAL;
	flags = flags_of(s, dotl & ~DOTL_DIRECTORY);
	if (flags < 0 || s->is_read_only)
		return -EROFS;
	if (f->fd >= 0)
		return -EINVAL;
	e = p9_join(f->path, name, &path);
	if (e)
		return e;
	e = p9_open_folder(s, f->path, &dir);
	if (!e) {
		e = create(dir, name, flags, mode, dotl & DOTL_EXCL, &fd, &st);
		close(dir);
	}
	if (e) {
		free(path);
		return e;
	}
	free(f->path);
	f->path = path;
	opened(s, f, fd, &st, out);
	return 0;
}

static int open_fid(struct p9 *s, struct p9_in *in, struct p9_fid **f)
{
	int e = p9_fid(s, in, f);

	return e ? e : (*f)->fd < 0 ? -EBADF : 0;
}

/**
 * p9_do_read - fid[4] offset[8] count[4]: count[4] data
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(read)
{
	struct p9_fid *f;
	int e = open_fid(s, in, &f);
	u64 off = p9_u64(in);
	u32 count = p9_u32(in);
	size_t room = out->room - out->n;
	ssize_t n;

	if (e || in->is_bad)
		return e ? e : -EINVAL;
	if (f->is_folder)
		return -EISDIR;
	if (off > INT64_MAX)
		return -EINVAL;
	if (room < 4)
		return -EMSGSIZE;
	if (count > room - 4)
		count = (u32)(room - 4);
	do {
		n = pread(f->fd, out->p + out->n + 4, count, (off_t)off);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	p9_put32(out, (u32)n);
	out->n += (size_t)n;
	return 0;
}

/**
 * p9_do_write - fid[4] offset[8] count[4] data: count[4]
 * @s:   the server
 * @in:  the request
 * @out: the reply; the count may be less than asked
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(write)
{
	struct p9_fid *f;
	int e = open_fid(s, in, &f);
	u64 off = p9_u64(in);
	u32 count = p9_u32(in);
	ssize_t n;

	if (e || in->is_bad)
		return e ? e : -EINVAL;
	if (count > in->left || off > INT64_MAX)
		return -EINVAL;
	do {
		n = pwrite(f->fd, in->p, count, (off_t)off);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	p9_put32(out, (u32)n);
	return 0;
}

/**
 * p9_do_fsync - fid[4] datasync[4]:
 * @s:   the server
 * @in:  the request; old clients leave datasync out
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(fsync)
{
	struct p9_fid *f;
	int e = open_fid(s, in, &f), r;
	bool is_data_only = in->left >= 4 && p9_u32(in);

	(void)out;
	if (e || in->is_bad)
		return e ? e : -EINVAL;
	do {
		r = is_data_only ? fdatasync(f->fd) : fsync(f->fd);
	} while (r < 0 && errno == EINTR);
	return r < 0 ? -errno : 0;
}

/* ---- listings ------------------------------------------------------------ */

/**
 * p9_unlist - forget a folder's listing
 * @s: the server
 * @f: the open folder
 */
void p9_unlist(struct p9 *s, struct p9_fid *f)
{
	if (!f->list)
		return;
	s->listed -= f->list->charged;
	free(f->list->names);
	free(f->list->entry);
	free(f->list);
	f->list = NULL;
}

/* @p with room for one of @size more after @used of them; doubles. */
static void *grown(void *p, size_t used, size_t more, size_t size)
{
	size_t have = used < 64 ? 0 : 64;

	while (have && have < used)
		have *= 2;
	if (p && used + more <= have)
		return p;
	for (have = have ? have : 64; have < used + more;)
		have *= 2;
	return realloc(p, have * size);
}

static int list_add(struct p9 *s, struct p9_listing *l, const struct dirent *d)
{
	size_t n = strlen(d->d_name) + 1;
	u64 charge = sizeof(*l->entry) * 2 + n * 2;
	void *p;

	if (s->listed + charge > P9_LISTED_MAX)
		return -ENOMEM;
	p = grown(l->entry, l->count, 1, sizeof(*l->entry));
	if (!p)
		return -ENOMEM;
	l->entry = p;
	p = grown(l->names, l->names_bytes, n, 1);
	if (!p)
		return -ENOMEM;
	l->names = p;
	l->entry[l->count++] = (struct p9_entry){
		.ino = d->d_ino, .name = (u32)l->names_bytes,
		.type = d->d_type,
	};
	memcpy(l->names + l->names_bytes, d->d_name, n);
	l->names_bytes += n;
	l->charged += charge;
	s->listed += charge;
	return 0;
}

static int list_read(struct p9 *s, struct p9_fid *f)
{
	int fd = openat(f->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), e = 0;
	struct dirent *d;
	DIR *dir;

	if (fd < 0)
		return -errno;
	dir = fdopendir(fd);
	if (!dir) {
		e = -errno;
		close(fd);
		return e;
	}
	p9_unlist(s, f);
	f->list = calloc(1, sizeof(*f->list));
	if (!f->list)
		e = -ENOMEM;
	while (!e) {
		errno = 0;
		d = readdir(dir);
		if (!d) {
			e = -errno;
			break;
		}
		e = list_add(s, f->list, d);
	}
	closedir(dir);
	if (e)
		p9_unlist(s, f);
	return e;
}

/* qid[13] offset[8] type[1] name[s]; false when it does not fit. */
static bool put_entry(struct p9 *s, struct p9_fid *f, u32 i, struct p9_out *out)
{
	const struct p9_entry *d = &f->list->entry[i];
	const char *name = f->list->names + d->name;
	size_t before = out->n;
	struct stat st;
	u64 ino = d->ino;
	u8 type = d->type;

	/* what is above the shared folder is none of the guest's business */
	if (!strcmp(name, "..") && f->path && !f->path[0])
		ino = s->root_ino;
	if (type == DT_UNKNOWN &&
	    fstatat(f->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		type = (u8)IFTODT(st.st_mode);
	p9_put8(out, p9_qid_type(DTTOIF(type)));
	p9_put32(out, 0);
	p9_put64(out, ino);
	p9_put64(out, i + 1);
	p9_put8(out, type);
	p9_put_text(out, name, strlen(name));
	if (out->is_full) {
		out->n = before;
		out->is_full = false;
		return false;
	}
	return true;
}

/**
 * p9_do_readdir - fid[4] offset[8] count[4]: count[4] data
 * @s:   the server
 * @in:  the request
 * @out: the reply, whole entries only
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(readdir)
{
	struct p9_fid *f;
	int e = open_fid(s, in, &f);
	u64 off = p9_u64(in);
	u32 count = p9_u32(in);
	struct p9_out data;

	if (e || in->is_bad)
		return e ? e : -EINVAL;
	if (!f->is_folder)
		return -ENOTDIR;
	if (out->room - out->n < 4)
		return -EMSGSIZE;
	if (!off || !f->list)
		e = list_read(s, f);
	if (e)
		return e;
	data = (struct p9_out){
		.p = out->p + out->n + 4, .room = out->room - out->n - 4,
	};
	if (data.room > count)
		data.room = count;
	for (u64 i = off; i < f->list->count; i++)
		if (!put_entry(s, f, (u32)i, &data))
			break;
	if (!data.n && off < f->list->count)
		return -EINVAL;	/* as getdents(2) for a buffer too small */
	p9_put32(out, (u32)data.n);
	out->n += data.n;
	return 0;
}

/* ---- locks --------------------------------------------------------------- */

/**
 * p9_do_lock - fid[4] type[1] flags[4] start[8] length[8] proc_id[4]
 *	client_id[s]: status[1]
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(lock)
{
	struct p9_fid *f;
	int e = open_fid(s, in, &f);
	u8 type = p9_u8(in);

	p9_u32(in);
	p9_u64(in);
	p9_u64(in);
	p9_u32(in);
	p9_text(in);
	if (e || in->is_bad)
		return e ? e : -EINVAL;
	if (type > LOCK_UNLCK)
		return -EINVAL;
	p9_put8(out, LOCK_SUCCESS);
	return 0;
}

/**
 * p9_do_getlock - fid[4] type[1] start[8] length[8] proc_id[4] client_id[s]:
 *	the same without fid, type 2 (unlocked) when nobody is in the way
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(getlock)
{
	struct p9_fid *f;
	int e = open_fid(s, in, &f);
	struct p9_text client;
	u64 start, length;
	u32 proc;

	p9_u8(in);
	start = p9_u64(in);
	length = p9_u64(in);
	proc = p9_u32(in);
	client = p9_text(in);
	if (e || in->is_bad)
		return e ? e : -EINVAL;
	p9_put8(out, LOCK_UNLCK);
	p9_put64(out, start);
	p9_put64(out, length);
	p9_put32(out, proc);
	p9_put_text(out, client.p, client.bytes);
	return 0;
}
