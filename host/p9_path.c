/* SPDX-License-Identifier: MIT */
/*
 * host/p9_path.c - how a path below the shared folder is resolved.
 *
 * This is the confinement.  A path is resolved from the folder's descriptor,
 * no component of it may be a symbolic link, and ".." is in no path; so it
 * holds also against links and moves that happen meanwhile.  The kernel does
 * it in one call where it has openat2(), component by component elsewhere.
 * The last component is named by a call that does not follow it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/p9_priv.h"

#ifdef SYS_openat2

/* LX include/uapi/linux/openat2.h; older headers do not have it. */
struct how {
	u64 flags, mode, resolve;
};

#define NO_MAGICLINKS 0x02
#define NO_SYMLINKS   0x04
#define BENEATH	      0x08

/* -ENOSYS: the kernel cannot. */
static int open_at_once(int root, const char *path, int flags)
{
	struct how how = {
		.flags = (u64)flags | O_CLOEXEC,
		.resolve = BENEATH | NO_SYMLINKS | NO_MAGICLINKS,
	};
	long fd = syscall(SYS_openat2, root, path, &how, sizeof(how));

	if (fd >= 0)
		return (int)fd;
	/* EPERM: a sandbox that does not know the call */
	return errno == EPERM || errno == EINVAL || errno == EAGAIN ? -ENOSYS :
								      -errno;
}

#else

static int open_at_once(int root, const char *path, int flags)
{
	(void)root;
	(void)path;
	(void)flags;
	return -ENOSYS;
}

#endif

static int open_by_steps(int root, const char *path)
{
	int fd = openat(root, ".", O_PATH | O_DIRECTORY | O_CLOEXEC), next, e;
	char name[P9_NAME_MAX + 1];
	size_t n;

	while (fd >= 0 && *path) {
		n = strcspn(path, "/");
		memcpy(name, path, n);
		name[n] = 0;
		path += path[n] ? n + 1 : n;
		next = openat(fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW |
			      O_CLOEXEC);
		e = errno;
		close(fd);
		errno = e;
		fd = next;
	}
	return fd < 0 ? -errno : fd;
}

/**
 * p9_open_folder - a folder, for calls relative to it
 * @s:    the server
 * @path: below the shared folder
 * @fd:   set to an O_PATH descriptor
 *
 * Returns: 0, -errno; -ELOOP or -ENOTDIR when a symbolic link is in the way.
 */
int p9_open_folder(struct p9 *s, const char *path, int *fd)
{
	int r = -ENOSYS;

	if (s->has_openat2)
		r = open_at_once(s->root, path[0] ? path : ".",
				 O_PATH | O_DIRECTORY | O_NOFOLLOW);
	if (r == -ENOSYS)
		r = open_by_steps(s->root, path);
	*fd = r;
	return r < 0 ? r : 0;
}

/**
 * p9_place - the folder of a file and its name there
 * @s:     the server
 * @path:  below the shared folder, which itself is "." in itself; NULL is
 *         stale
 * @place: filled, to be given to p9_leave(); borrows @path
 *
 * Returns: 0, -errno.
 */
int p9_place(struct p9 *s, const char *path, struct p9_place *place)
{
	const char *slash;
	char *folder;
	int e;

	if (!path)
		return -ESTALE;
	slash = strrchr(path, '/');
	*place = (struct p9_place){
		.dir = s->root, .is_root = true, .leaf = path[0] ? path : ".",
	};
	if (!slash)
		return 0;
	folder = xstrdup(path);
	folder[slash - path] = 0;
	e = p9_open_folder(s, folder, &place->dir);
	free(folder);
	place->is_root = false;
	place->leaf = slash + 1;
	return e;
}

/**
 * p9_leave - done with a place
 * @place: the place
 */
void p9_leave(struct p9_place *place)
{
	if (!place->is_root)
		close(place->dir);
}

/**
 * p9_join - the path of a name in a folder
 * @path:   the folder's; NULL is stale
 * @name:   one component; ".." is the folder above, the shared one at most
 * @joined: set to a new string
 *
 * Returns: 0, -ESTALE, -ENAMETOOLONG.
 */
int p9_join(const char *path, const char *name, char **joined)
{
	char *slash;

	if (!path)
		return -ESTALE;
	if (!strcmp(name, "..")) {
		*joined = xstrdup(path);
		slash = strrchr(*joined, '/');
		*(slash ? slash : *joined) = 0;
		return 0;
	}
	if (strlen(path) + 1 + strlen(name) > P9_PATH_MAX)
		return -ENAMETOOLONG;
	*joined = xasprintf("%s%s%s", path, path[0] ? "/" : "", name);
	return 0;
}

/**
 * p9_stat - what the host says of a file
 * @s:  the server
 * @f:  the file; its descriptor counts if it is open
 * @st: filled
 *
 * Returns: 0, -errno.
 */
int p9_stat(struct p9 *s, const struct p9_fid *f, struct stat *st)
{
	struct p9_place place;
	int e;

	if (f->fd >= 0)
		return fstat(f->fd, st) < 0 ? -errno : 0;
	e = p9_place(s, f->path, &place);
	if (e)
		return e;
	if (fstatat(place.dir, place.leaf, st, AT_SYMLINK_NOFOLLOW) < 0)
		e = -errno;
	p9_leave(&place);
	return e;
}

static int check_kind(const struct stat *st)
{
	if (S_ISREG(st->st_mode) || S_ISDIR(st->st_mode))
		return 0;
	return S_ISLNK(st->st_mode) ? -ELOOP : -ENXIO;
}

/**
 * p9_open_file - open a regular file or a folder, nothing else
 * @place: where it is
 * @flags: of open(2), without O_CREAT
 * @fd:    set on success
 * @st:    filled
 *
 * The guest serves FIFOs, sockets and devices itself; the host's must not be
 * touched, since opening one may have an effect or wait.
 *
 * Returns: 0, -errno; -ELOOP for a symbolic link, -ENXIO for another kind.
 */
int p9_open_file(const struct p9_place *place, int flags, int *fd,
		 struct stat *st)
{
	int e, d;

	if (fstatat(place->dir, place->leaf, st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	e = check_kind(st);
	if (e)
		return e;
	d = openat(place->dir, place->leaf, flags | O_NOFOLLOW | O_NONBLOCK |
		   O_NOCTTY | O_CLOEXEC);
	if (d < 0)
		return -errno;
	/* it may have become another file meanwhile */
	e = fstat(d, st) < 0 ? -errno : check_kind(st);
	if (e)
		close(d);
	else
		*fd = d;
	return e;
}

/**
 * p9_moved - fids follow a rename
 * @s:    the server
 * @from: path before
 * @to:   path now
 */
void p9_moved(struct p9 *s, const char *from, const char *to)
{
	size_t n = strlen(from);
	struct p9_fid *f;
	char *path;

	for (u32 i = 0; i < P9_BUCKETS; i++) {
		for (f = s->bucket[i]; f; f = f->next) {
			if (!f->path || strncmp(f->path, from, n) ||
			    (f->path[n] && f->path[n] != '/'))
				continue;
			path = NULL;
			if (strlen(to) + strlen(f->path + n) <= P9_PATH_MAX)
				path = xasprintf("%s%s", to, f->path + n);
			free(f->path);
			f->path = path;
		}
	}
}
