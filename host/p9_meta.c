/* SPDX-License-Identifier: MIT */
/*
 * host/p9_meta.c - 9P messages about names and attributes.
 *
 * The guest's root stands for the host user: what belongs to the host user
 * shows as user 0, and nothing can be given away.  Devices are not made.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "host/p9_priv.h"

#define V9FS_MAGIC    0x01021997u
#define GETATTR_BASIC 0x7ffull

#define SETATTR_MODE	  0x001u
#define SETATTR_UID	  0x002u
#define SETATTR_GID	  0x004u
#define SETATTR_SIZE	  0x008u
#define SETATTR_ATIME	  0x010u
#define SETATTR_MTIME	  0x020u
#define SETATTR_ATIME_SET 0x080u
#define SETATTR_MTIME_SET 0x100u

#define UNLINK_FOLDER 0x200u	/* AT_REMOVEDIR, the same on every Linux */

static u32 shown_uid(const struct stat *st)
{
	return st->st_uid == geteuid() ? 0 : st->st_uid;
}

static u32 shown_gid(const struct stat *st)
{
	return st->st_gid == getegid() ? 0 : st->st_gid;
}

static int may_change(const struct p9 *s)
{
	return s->is_read_only ? -EROFS : 0;
}

/* The first of several errors. */
static int first(int a, int b, int c)
{
	return a ? a : b ? b : c;
}

static int complete(const struct p9_in *in)
{
	return in->is_bad ? -EINVAL : 0;
}

/* Reply with the qid of @name in @dir. */
static int put_made(struct p9 *s, int dir, const char *name,
		    struct p9_out *out)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	p9_put_qid(out, s, &st);
	return 0;
}

/* The guest has applied its umask; the host's must not. */
static int set_mode(int dir, const char *name, u32 mode)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if ((st.st_mode & 0777) == mode)
		return 0;
	return fchmodat(dir, name, mode, AT_SYMLINK_NOFOLLOW) < 0 ? -errno : 0;
}

/**
 * p9_do_statfs - fid[4]: type[4] bsize[4] blocks[8] bfree[8] bavail[8]
 *	files[8] ffree[8] fsid[8] namelen[4]
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(statfs)
{
	struct p9_fid *f;
	struct p9_place place;
	struct statfs sf;
	int e = first(p9_fid(s, in, &f), complete(in), 0);

	if (!e)
		e = p9_place(s, f->path, &place);
	if (e)
		return e;
	if (fstatfs(place.dir, &sf) < 0)
		e = -errno;
	p9_leave(&place);
	if (e)
		return e;
	p9_put32(out, V9FS_MAGIC);
	p9_put32(out, (u32)sf.f_bsize);
	p9_put64(out, sf.f_blocks);
	p9_put64(out, sf.f_bfree);
	p9_put64(out, sf.f_bavail);
	p9_put64(out, sf.f_files);
	p9_put64(out, sf.f_ffree);
	p9_put64(out, s->root_dev);
	p9_put32(out, P9_NAME_MAX);
	return 0;
}

static void put_time(struct p9_out *out, const struct timespec *t)
{
	p9_put64(out, (u64)t->tv_sec);
	p9_put64(out, (u64)t->tv_nsec);
}

/**
 * p9_do_getattr - fid[4] request_mask[8]: valid[8] qid[13] mode[4] uid[4]
 *	gid[4] nlink[8] rdev[8] size[8] blksize[8] blocks[8], the times of
 *	access, change, status and birth as sec[8] nsec[8], gen[8]
 *	data_version[8]
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(getattr)
{
	static const struct timespec none;
	struct p9_fid *f;
	struct stat st;
	int e = p9_fid(s, in, &f);

	p9_u64(in);
	e = first(e, complete(in), 0);
	if (!e)
		e = p9_stat(s, f, &st);
	if (e)
		return e;
	p9_put64(out, GETATTR_BASIC);
	p9_put_qid(out, s, &st);
	p9_put32(out, st.st_mode);
	p9_put32(out, shown_uid(&st));
	p9_put32(out, shown_gid(&st));
	p9_put64(out, st.st_nlink);
	p9_put64(out, S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode) ? st.st_rdev :
								   0);
	p9_put64(out, (u64)st.st_size);
	p9_put64(out, (u64)st.st_blksize);
	p9_put64(out, (u64)st.st_blocks);
	put_time(out, &st.st_atim);
	put_time(out, &st.st_mtim);
	put_time(out, &st.st_ctim);
	put_time(out, &none);
	p9_put64(out, 0);
	p9_put64(out, 0);
	return 0;
}

struct change {
	u32 valid, mode, uid, gid;
	u64 size;
	struct timespec when[2];
};

static int take_time(struct p9_in *in, u32 valid, u32 set, u32 set_to,
		     struct timespec *t)
{
	u64 sec = p9_u64(in), nsec = p9_u64(in);

	if (!(valid & set)) {
		t->tv_nsec = UTIME_OMIT;
	} else if (!(valid & set_to)) {
		t->tv_nsec = UTIME_NOW;
	} else if (nsec > 999999999) {
		return -EINVAL;
	} else {
		t->tv_sec = (time_t)sec;
		t->tv_nsec = (long)nsec;
	}
	return 0;
}

/* Of @f's open file, else of the name; @place is of the latter. */
static int resize(const struct p9_fid *f, const struct p9_place *place,
		  u64 size)
{
	struct stat st, mine;
	int fd, e;

	if (size > INT64_MAX)
		return -EFBIG;
	/* the open one may be for reading only */
	if (f->fd >= 0 && ftruncate(f->fd, (off_t)size) == 0)
		return 0;
	e = p9_open_file(place, O_WRONLY, &fd, &st);
	if (e)
		return e;
	/* the name may be another file's by now */
	if (f->fd >= 0 && (fstat(f->fd, &mine) < 0 ||
			   mine.st_ino != st.st_ino ||
			   mine.st_dev != st.st_dev))
		e = -ESTALE;
	else if (ftruncate(fd, (off_t)size) < 0)
		e = -errno;
	close(fd);
	return e;
}

static int apply(const struct p9_fid *f, const struct p9_place *place,
		 const struct stat *st, const struct change *c)
{
	u32 mode = c->mode & 0777;
	int r = 0;

	if (((c->valid & SETATTR_UID) && c->uid != shown_uid(st)) ||
	    ((c->valid & SETATTR_GID) && c->gid != shown_gid(st)))
		return -EPERM;
	if (c->valid & SETATTR_MODE)
		r = f->fd >= 0 ? fchmod(f->fd, mode) :
				 fchmodat(place->dir, place->leaf, mode,
					  AT_SYMLINK_NOFOLLOW);
	if (r < 0)
		return -errno;
	if (c->valid & SETATTR_SIZE)
		r = resize(f, place, c->size);
	if (r || !(c->valid & (SETATTR_ATIME | SETATTR_MTIME)))
		return r;
	r = f->fd >= 0 ? futimens(f->fd, c->when) :
			 utimensat(place->dir, place->leaf, c->when,
				   AT_SYMLINK_NOFOLLOW);
	return r < 0 ? -errno : 0;
}

/**
 * p9_do_setattr - fid[4] valid[4] mode[4] uid[4] gid[4] size[8] atime_sec[8]
 *	atime_nsec[8] mtime_sec[8] mtime_nsec[8]:
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno; -EPERM for another owner than the file has.
 */
P9_HANDLER(setattr)
{
	struct p9_place place;
	struct change c = { 0 };
	struct p9_fid *f;
	struct stat st;
	int e = p9_fid(s, in, &f), ea, em;

	(void)out;
	c.valid = p9_u32(in);
	c.mode = p9_u32(in);
	c.uid = p9_u32(in);
	c.gid = p9_u32(in);
	c.size = p9_u64(in);
	ea = take_time(in, c.valid, SETATTR_ATIME, SETATTR_ATIME_SET,
		       &c.when[0]);
	em = take_time(in, c.valid, SETATTR_MTIME, SETATTR_MTIME_SET,
		       &c.when[1]);
	e = first(first(e, complete(in), may_change(s)), ea, em);
	if (!e)
		e = p9_stat(s, f, &st);
	if (!e)
		e = p9_place(s, f->path, &place);
	if (e)
		return e;
	e = apply(f, &place, &st, &c);
	p9_leave(&place);
	return e;
}

/* A folder's fid and a new name in it; the folder is opened. */
static int take_new(struct p9 *s, struct p9_in *in, char *name, int *dir)
{
	struct p9_fid *f;
	int e = p9_fid(s, in, &f), en = p9_new_name(in, name);

	e = first(e, en, may_change(s));
	if (!e && !f->path)
		e = -ESTALE;
	return e ? e : p9_open_folder(s, f->path, dir);
}

/**
 * p9_do_mkdir - dfid[4] name[s] mode[4] gid[4]: qid[13]
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(mkdir)
{
	char name[P9_NAME_MAX + 1];
	int dir, e = take_new(s, in, name, &dir);
	u32 mode = p9_u32(in) & 0777;

	p9_u32(in);
	if (e)
		return e;
	e = complete(in);
	if (!e && mkdirat(dir, name, mode) < 0)
		e = -errno;
	if (!e)
		e = set_mode(dir, name, mode);
	if (!e)
		e = put_made(s, dir, name, out);
	close(dir);
	return e;
}

/**
 * p9_do_symlink - dfid[4] name[s] target[s] gid[4]: qid[13]
 * @s:   the server
 * @in:  the request; the target is only kept, never followed here
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(symlink)
{
	char name[P9_NAME_MAX + 1], target[P9_PATH_MAX + 1] = "";
	int dir, e = take_new(s, in, name, &dir);
	struct p9_text t = p9_text(in);

	p9_u32(in);
	if (e)
		return e;
	e = complete(in);
	if (!e && t.bytes > P9_PATH_MAX)
		e = -ENAMETOOLONG;
	if (!e) {
		memcpy(target, t.p, t.bytes);
		target[t.bytes] = 0;
		if (symlinkat(target, dir, name) < 0)
			e = -errno;
	}
	if (!e)
		e = put_made(s, dir, name, out);
	close(dir);
	return e;
}

/**
 * p9_do_mknod - dfid[4] name[s] mode[4] major[4] minor[4] gid[4]: qid[13]
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno; -EPERM for what is neither a file nor a FIFO.
 */
P9_HANDLER(mknod)
{
	char name[P9_NAME_MAX + 1];
	int dir, e = take_new(s, in, name, &dir);
	u32 mode = p9_u32(in);

	p9_u32(in);
	p9_u32(in);
	p9_u32(in);
	if (e)
		return e;
	e = complete(in);
	if (!e && (mode & S_IFMT) && !S_ISREG(mode) && !S_ISFIFO(mode))
		e = -EPERM;
	/* mknod(2) makes files and FIFOs for everybody, and no others here */
	if (!e && mknodat(dir, name, (S_ISFIFO(mode) ? S_IFIFO : S_IFREG) |
			  (mode & 0777), 0) < 0)
		e = -errno;
	if (!e)
		e = set_mode(dir, name, mode & 0777);
	if (!e)
		e = put_made(s, dir, name, out);
	close(dir);
	return e;
}

/**
 * p9_do_readlink - fid[4]: target[s]
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(readlink)
{
	char target[P9_PATH_MAX + 1];
	struct p9_place place;
	struct p9_fid *f;
	int e = first(p9_fid(s, in, &f), complete(in), 0);
	ssize_t n;

	if (!e)
		e = p9_place(s, f->path, &place);
	if (e)
		return e;
	n = readlinkat(place.dir, place.leaf, target, sizeof(target));
	if (n < 0)
		e = -errno;
	else if ((size_t)n == sizeof(target))
		e = -ENAMETOOLONG;
	else
		p9_put_text(out, target, (size_t)n);
	p9_leave(&place);
	return e;
}

/**
 * p9_do_link - dfid[4] fid[4] name[s]:
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(link)
{
	char name[P9_NAME_MAX + 1];
	struct p9_fid *folder, *f;
	struct p9_place old;
	int e = p9_fid(s, in, &folder), ef = p9_fid(s, in, &f);
	int en = p9_new_name(in, name), dir;

	(void)out;
	e = first(first(e, ef, en), may_change(s), 0);
	if (!e && !folder->path)
		e = -ESTALE;
	if (!e)
		e = p9_place(s, f->path, &old);
	if (e)
		return e;
	e = p9_open_folder(s, folder->path, &dir);
	if (!e) {
		if (linkat(old.dir, old.leaf, dir, name, 0) < 0)
			e = -errno;
		close(dir);
	}
	p9_leave(&old);
	return e;
}

/* Move what is at @from to @name in the folder @to; fids go with it. */
static int move(struct p9 *s, const char *from, const char *to,
		const char *name)
{
	struct p9_place old;
	char *path;
	int e, dir;

	if (from && !from[0])
		return -EBUSY;
	e = p9_join(to, name, &path);
	if (e)
		return e;
	e = p9_place(s, from, &old);
	if (!e) {
		e = p9_open_folder(s, to, &dir);
		if (!e) {
			if (renameat(old.dir, old.leaf, dir, name) < 0)
				e = -errno;
			close(dir);
		}
		p9_leave(&old);
	}
	if (!e) {
		/* @from may be the path of a fid that moves */
		char *before = strdup(from);

		if (before)
			p9_moved(s, before, path);
		free(before);
	}
	free(path);
	return e;
}

/**
 * p9_do_rename - fid[4] dfid[4] name[s]:
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(rename)
{
	char name[P9_NAME_MAX + 1];
	struct p9_fid *folder, *f;
	int e = p9_fid(s, in, &f), ef = p9_fid(s, in, &folder);
	int en = p9_new_name(in, name);

	(void)out;
	e = first(first(e, ef, en), may_change(s), 0);
	return e ? e : move(s, f->path, folder->path, name);
}

/**
 * p9_do_renameat - olddirfid[4] oldname[s] newdirfid[4] newname[s]:
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(renameat)
{
	char from[P9_NAME_MAX + 1], to[P9_NAME_MAX + 1], *path;
	struct p9_fid *old, *new;
	int e = p9_fid(s, in, &old), en = p9_new_name(in, from);
	int ef = p9_fid(s, in, &new), em = p9_new_name(in, to);

	(void)out;
	e = first(first(e, en, ef), em, may_change(s));
	if (!e)
		e = p9_join(old->path, from, &path);
	if (e)
		return e;
	e = move(s, path, new->path, to);
	free(path);
	return e;
}

/**
 * p9_do_unlinkat - dfid[4] name[s] flags[4]:
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(unlinkat)
{
	char name[P9_NAME_MAX + 1];
	int dir, e = take_new(s, in, name, &dir);
	u32 flags = p9_u32(in);

	(void)out;
	if (e)
		return e;
	e = complete(in);
	if (!e && unlinkat(dir, name, flags & UNLINK_FOLDER ? AT_REMOVEDIR :
							      0) < 0)
		e = -errno;
	close(dir);
	return e;
}

/**
 * p9_do_remove - fid[4]: the file goes if it can, the fid in any case
 * @s:   the server
 * @in:  the request
 * @out: the reply
 *
 * Returns: 0, -errno.
 */
P9_HANDLER(remove)
{
	struct p9_place place;
	struct p9_fid *f;
	struct stat st;
	int e = first(p9_fid(s, in, &f), complete(in), 0);

	(void)out;
	if (e)
		return e;
	e = may_change(s);
	if (!e && f->path && !f->path[0])
		e = -EBUSY;
	if (!e)
		e = p9_place(s, f->path, &place);
	if (!e) {
		if (fstatat(place.dir, place.leaf, &st,
			    AT_SYMLINK_NOFOLLOW) < 0 ||
		    unlinkat(place.dir, place.leaf,
			     S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0) < 0)
			e = -errno;
		p9_leave(&place);
	}
	p9_clunk(s, f->id);
	return e;
}
