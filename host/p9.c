/* SPDX-License-Identifier: MIT */
/*
 * host/p9.c - the 9P2000.L server: the table of messages, fids, and what
 * opens and ends a session.
 *
 * A request is answered before the next one is looked at, so flush finds
 * nothing in flight.  Must not know how a path is resolved.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/p9_priv.h"

#define RLERROR	   7u
#define TVERSION   100u
#define NOFID	   0xffffffffu
#define WALK_MAX   16u
#define FDS_BESIDE 1024u

static struct p9_fid **slot(struct p9 *s, u32 id)
{
	struct p9_fid **at = &s->bucket[id % P9_BUCKETS];

	while (*at && (*at)->id != id)
		at = &(*at)->next;
	return at;
}

/**
 * p9_find - the fid of a number
 * @s:  the server
 * @id: number
 *
 * Returns: the fid, NULL when there is none.
 */
struct p9_fid *p9_find(struct p9 *s, u32 id)
{
	return *slot(s, id);
}

/**
 * p9_fid - take a fid from a request
 * @s:  the server
 * @in: the request's rest
 * @f:  set on success
 *
 * Returns: 0, -EBADF.
 */
int p9_fid(struct p9 *s, struct p9_in *in, struct p9_fid **f)
{
	*f = p9_find(s, p9_u32(in));
	return *f ? 0 : -EBADF;
}

/* A new fid; takes @path over, also on error. */
static int fid_add(struct p9 *s, u32 id, char *path)
{
	struct p9_fid **at = slot(s, id);
	int e = *at ? -EEXIST : s->fids >= P9_FIDS_MAX ? -ENFILE : 0;

	if (id == NOFID)
		e = -EINVAL;
	if (e) {
		free(path);
		return e;
	}
	*at = xcalloc(1, sizeof(**at));
	**at = (struct p9_fid){ .id = id, .path = path, .fd = -1 };
	s->fids++;
	return 0;
}

/**
 * p9_clunk - forget a fid
 * @s:  the server
 * @id: its number; need not exist
 */
void p9_clunk(struct p9 *s, u32 id)
{
	struct p9_fid **at = slot(s, id), *f = *at;

	if (!f)
		return;
	*at = f->next;
	s->fids--;
	p9_unlist(s, f);
	if (f->fd >= 0)
		close(f->fd);
	free(f->path);
	free(f);
}

static void clunk_all(void *opaque)
{
	struct p9 *s = opaque;

	for (u32 i = 0; i < P9_BUCKETS; i++)
		while (s->bucket[i])
			p9_clunk(s, s->bucket[i]->id);
	s->msize = P9_MSIZE_MIN * 2;
}

/* msize[4] version[s]: the same; every fid goes. */
static int do_version(struct p9 *s, struct p9_in *in, struct p9_out *out)
{
	static const char ours[] = "9P2000.L";
	u32 msize = p9_u32(in);
	struct p9_text t = p9_text(in);
	bool is_ours = t.bytes == strlen(ours) && !memcmp(t.p, ours, t.bytes);
	const char *answer = is_ours ? ours : "unknown";

	if (in->is_bad || msize < P9_MSIZE_MIN)
		return -EINVAL;
	clunk_all(s);
	s->msize = msize < P9_MSIZE_MAX ? msize : P9_MSIZE_MAX;
	p9_put32(out, s->msize);
	p9_put_text(out, answer, strlen(answer));
	return 0;
}

/* The folder that a mount option aname= names, below the shared one. */
static int attach_path(struct p9 *s, const struct p9_text *aname, char **path)
{
	char *p = xcalloc(aname->bytes + 1, 1), *q = p;
	bool is_start = true;
	int e = 0, fd;

	for (u32 i = 0; i < aname->bytes; i++) {
		if (aname->p[i] == '/' && (is_start || q[-1] == '/'))
			continue;
		*q++ = (char)aname->p[i];
		is_start = false;
	}
	if (q > p && q[-1] == '/')
		*--q = 0;
	for (char *c = p; c && !e; c = strchr(c, '/')) {
		size_t n = strcspn(c += *c == '/', "/");

		if (n > P9_NAME_MAX || (n && n <= 2 && !strncmp(c, "..", n)))
			e = -EINVAL;
	}
	if (!e && q - p > (ptrdiff_t)P9_PATH_MAX)
		e = -ENAMETOOLONG;
	if (!e)
		e = p9_open_folder(s, p, &fd);
	if (e) {
		free(p);
		return e;
	}
	close(fd);
	*path = p;
	return 0;
}

/* fid[4] afid[4] uname[s] aname[s] n_uname[4]: qid[13] */
static int do_attach(struct p9 *s, struct p9_in *in, struct p9_out *out)
{
	u32 id = p9_u32(in), afid = p9_u32(in);
	struct p9_text aname;
	struct stat st;
	char *path;
	int e;

	p9_text(in);
	aname = p9_text(in);
	p9_u32(in);
	if (in->is_bad || afid != NOFID)
		return -EINVAL;
	e = attach_path(s, &aname, &path);
	if (!e)
		e = fid_add(s, id, path);
	if (e)
		return e;
	e = p9_stat(s, p9_find(s, id), &st);
	if (!e)
		p9_put_qid(out, s, &st);
	else
		p9_clunk(s, id);
	return e;
}

/* One step of a walk; *@path is replaced. */
static int step(struct p9 *s, const char *name, char **path, struct stat *st)
{
	struct p9_fid next = { .fd = -1 };
	int e = p9_join(*path, name, &next.path);

	if (e)
		return e;
	e = p9_stat(s, &next, st);
	if (e) {
		free(next.path);
		return e;
	}
	free(*path);
	*path = next.path;
	return 0;
}

/* What a walk ends at becomes @id's. */
static int land(struct p9 *s, struct p9_fid *f, u32 id, char *path)
{
	if (f->id != id)
		return fid_add(s, id, path);
	if (f->fd >= 0) {
		free(path);
		return -EBUSY;
	}
	free(f->path);
	f->path = path;
	return 0;
}

/* fid[4] newfid[4] nwname[2] nwname*(wname[s]): nwqid[2] nwqid*(qid[13]) */
static int do_walk(struct p9 *s, struct p9_in *in, struct p9_out *out)
{
	struct p9_fid *f;
	int e = p9_fid(s, in, &f);
	u32 id = p9_u32(in), names = p9_u16(in), done;
	size_t count_at = out->n;
	char name[P9_NAME_MAX + 1], *path;
	struct stat st;

	if (e || in->is_bad || names > WALK_MAX)
		return e ? e : -EINVAL;
	if (!f->path)
		return -ESTALE;
	path = xstrdup(f->path);
	p9_put16(out, names);
	for (done = 0; done < names && !e; done += !e) {
		e = p9_name(in, name);
		if (!e)
			e = step(s, name, &path, &st);
		if (!e)
			p9_put_qid(out, s, &st);
	}
	if (done == names)
		return land(s, f, id, path);
	free(path);
	if (!done)
		return e;
	/* how far it came; the new fid is not made */
	out->p[count_at] = (u8)done;
	return 0;
}

/* fid[4]: */
static int do_clunk(struct p9 *s, struct p9_in *in, struct p9_out *out)
{
	struct p9_fid *f;
	int e = p9_fid(s, in, &f);

	(void)out;
	if (!e)
		p9_clunk(s, f->id);
	return e;
}

/* oldtag[2]: */
static int do_flush(struct p9 *s, struct p9_in *in, struct p9_out *out)
{
	(void)s;
	(void)in;
	(void)out;
	return 0;
}

/* Others, xattrwalk, xattrcreate and auth among them: EOPNOTSUPP. */
static int (*const rows[256])(struct p9 *s, struct p9_in *in,
			      struct p9_out *out) = {
	[8] = p9_do_statfs,
	[12] = p9_do_lopen,
	[14] = p9_do_lcreate,
	[16] = p9_do_symlink,
	[18] = p9_do_mknod,
	[20] = p9_do_rename,
	[22] = p9_do_readlink,
	[24] = p9_do_getattr,
	[26] = p9_do_setattr,
	[40] = p9_do_readdir,
	[50] = p9_do_fsync,
	[52] = p9_do_lock,
	[54] = p9_do_getlock,
	[70] = p9_do_link,
	[72] = p9_do_mkdir,
	[74] = p9_do_renameat,
	[76] = p9_do_unlinkat,
	[TVERSION] = do_version,
	[104] = do_attach,
	[108] = do_flush,
	[110] = do_walk,
	[116] = p9_do_read,
	[118] = p9_do_write,
	[120] = do_clunk,
	[122] = p9_do_remove,
};

static void put_header(struct p9_out *out, u32 type, u32 tag, size_t bytes)
{
	out->n = 0;
	p9_put32(out, (u32)bytes);
	p9_put8(out, type);
	p9_put16(out, tag);
	out->n = bytes;
}

static size_t p9_request(void *opaque, const u8 *req, size_t bytes, u8 *reply,
			 size_t room)
{
	struct p9 *s = opaque;
	struct p9_in in = { .p = req, .left = bytes };
	struct p9_out out = { .p = reply, .room = room, .n = P9_HEADER };
	u32 size = p9_u32(&in), type = p9_u8(&in), tag = p9_u16(&in);
	int e = -EINVAL;

	if (in.is_bad || room < P9_HEADER + 4)
		return 0;
	if (out.room > s->msize)
		out.room = s->msize;
	if (size >= P9_HEADER && size <= bytes && size <= s->msize) {
		in.left = size - P9_HEADER;
		e = rows[type] ? rows[type](s, &in, &out) :
					-EOPNOTSUPP;
	}
	if (!e && out.is_full)
		e = -EMSGSIZE;
	if (e) {
		type = RLERROR - 1;
		out.is_full = false;
		out.n = P9_HEADER;
		p9_put32(&out, p9_errno(-e));
	}
	put_header(&out, type + 1, tag, out.n);
	return out.n;
}

/* A guest that caches many files keeps as many open. */
static void allow_many_files(void)
{
	struct rlimit lim;
	rlim_t want = P9_FIDS_MAX + FDS_BESIDE;

	if (getrlimit(RLIMIT_NOFILE, &lim) < 0 || lim.rlim_cur >= want)
		return;
	lim.rlim_cur = lim.rlim_max < want ? lim.rlim_max : want;
	setrlimit(RLIMIT_NOFILE, &lim);
}

/**
 * p9_open - share a folder
 * @p:            set on success, to be freed by p9_close()
 * @folder:       its name on the host
 * @tag:          the name that the guest mounts it by
 * @is_read_only: refuse every change with EROFS
 * @msg:          names the folder on error
 *
 * Raises the process's soft limit of open files.
 *
 * Returns: 0; -ERR_USAGE for a bad tag; -ERR_NOENT; -ERR_IO.
 */
int p9_open(struct p9 **p, const char *folder, const char *tag,
	    bool is_read_only, struct errmsg *msg)
{
	struct stat st;
	struct p9 *s;
	int fd;

	if (!tag[0] || strlen(tag) > P9_NAME_MAX)
		return err_set(msg, ERR_USAGE, "%s: a mount tag has 1 to %u "
			       "characters", folder, P9_NAME_MAX);
	fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0 ||
	    faccessat(fd, ".", R_OK | X_OK, AT_EACCESS) < 0) {
		int e = errno;

		if (fd >= 0)
			close(fd);
		return err_set(msg, e == ENOENT ? ERR_NOENT : ERR_IO, "%s: %s",
			       folder, strerror(e));
	}
	allow_many_files();
	s = xcalloc(1, sizeof(*s));
	s->tag = xstrdup(tag);
	s->root = fd;
	s->root_dev = st.st_dev;
	s->root_ino = st.st_ino;
	s->is_read_only = is_read_only;
	s->has_openat2 = true;
	s->msize = P9_MSIZE_MIN * 2;
	s->share = (struct share){
		.request = p9_request, .reset = clunk_all, .opaque = s,
		.tag = s->tag,
	};
	*p = s;
	return 0;
}

/**
 * p9_share - what a device hands requests to
 * @p: the server
 *
 * Returns: the share, which lives as long as the server.
 */
struct share *p9_share(struct p9 *p)
{
	return &p->share;
}

/**
 * p9_close - end the server
 * @p: the server, freed; may be NULL
 */
void p9_close(struct p9 *p)
{
	if (!p)
		return;
	clunk_all(p);
	close(p->root);
	free(p->tag);
	free(p);
}
