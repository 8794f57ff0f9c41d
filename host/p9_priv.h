/* SPDX-License-Identifier: MIT */
/*
 * host/p9_priv.h - what the parts of the 9P server share.  Private to
 * host/p9*.c; everybody else uses host/p9.h.
 *
 * A file is known by its path below the folder, "" for the folder itself:
 * components joined by '/', none of them "." or "..".  Each access resolves
 * it anew, so a fid costs no descriptor until it is opened.  Functions return
 * 0 or -errno of the host; host/p9_msg.c has the guest's numbers.
 */
#ifndef HOST_P9_PRIV_H
#define HOST_P9_PRIV_H

#include <sys/stat.h>

#include "host/p9.h"

#define P9_FIDS_MAX	65536u
#define P9_BUCKETS	4096u
#define P9_MSIZE_MIN	4096u
#define P9_MSIZE_MAX	(1u << 20)
#define P9_HEADER	7u	/* size[4] type[1] tag[2] */
#define P9_NAME_MAX	255u
#define P9_PATH_MAX	4095u
#define P9_LISTED_MAX	(64u << 20)	/* bytes of all listings */

/* A directory as it was when it was read from its start. */
struct p9_listing {
	char *names;		/* with their NULs */
	size_t names_bytes;
	struct p9_entry {
		u64 ino;
		u32 name;	/* offset in names */
		u8 type;	/* DT_x */
	} *entry;
	u32 count;
	u64 charged;		/* to p9.listed */
};

struct p9_fid {
	u32 id;
	char *path;		/* NULL: became longer than a path can be */
	int fd;			/* -1: not open */
	bool is_folder;		/* of an open one */
	struct p9_listing *list;
	struct p9_fid *next;
};

struct p9 {
	struct share share;
	char *tag;
	int root;		/* O_PATH */
	u64 root_dev, root_ino;
	bool is_read_only;
	bool has_openat2;
	u32 msize;
	u32 fids;
	u64 listed;		/* bytes of all listings */
	struct p9_fid *bucket[P9_BUCKETS];
};

/* A request's rest; after a read beyond its end @is_bad and zeros. */
struct p9_in {
	const u8 *p;
	size_t left;
	bool is_bad;
};

/* A reply; what does not fit is dropped and @is_full. */
struct p9_out {
	u8 *p;
	size_t room, n;
	bool is_full;
};

struct p9_text {
	const u8 *p;		/* no NUL inside, none at the end */
	u32 bytes;
};

u8 p9_u8(struct p9_in *in);
u32 p9_u16(struct p9_in *in);
u32 p9_u32(struct p9_in *in);
u64 p9_u64(struct p9_in *in);
struct p9_text p9_text(struct p9_in *in);
int p9_name(struct p9_in *in, char name[P9_NAME_MAX + 1]);
int p9_new_name(struct p9_in *in, char name[P9_NAME_MAX + 1]);
void p9_put8(struct p9_out *out, u32 v);
void p9_put16(struct p9_out *out, u32 v);
void p9_put32(struct p9_out *out, u32 v);
void p9_put64(struct p9_out *out, u64 v);
void p9_put_text(struct p9_out *out, const void *s, size_t bytes);
void p9_put_qid(struct p9_out *out, const struct p9 *s, const struct stat *st);
u64 p9_qid_path(const struct p9 *s, u64 dev, u64 ino);
u8 p9_qid_type(u32 mode);
u32 p9_errno(int host);

/* The folder that holds a file, open, and the file's name in it. */
struct p9_place {
	int dir;
	bool is_root;		/* dir is the server's */
	const char *leaf;
};

int p9_open_folder(struct p9 *s, const char *path, int *fd);
int p9_place(struct p9 *s, const char *path, struct p9_place *place);
void p9_leave(struct p9_place *place);
int p9_join(const char *path, const char *name, char **joined);
int p9_stat(struct p9 *s, const struct p9_fid *f, struct stat *st);
int p9_open_file(const struct p9_place *place, int flags, int *fd,
		 struct stat *st);
void p9_moved(struct p9 *s, const char *from, const char *to);

struct p9_fid *p9_find(struct p9 *s, u32 id);
int p9_fid(struct p9 *s, struct p9_in *in, struct p9_fid **f);
void p9_clunk(struct p9 *s, u32 id);
void p9_unlist(struct p9 *s, struct p9_fid *f);

/* T-messages, each by its name; @out is behind the header. */
#define P9_HANDLER(name) \
	int p9_do_##name(struct p9 *s, struct p9_in *in, struct p9_out *out)

P9_HANDLER(lopen);
P9_HANDLER(lcreate);
P9_HANDLER(read);
P9_HANDLER(write);
P9_HANDLER(readdir);
P9_HANDLER(fsync);
P9_HANDLER(lock);
P9_HANDLER(getlock);
P9_HANDLER(statfs);
P9_HANDLER(getattr);
P9_HANDLER(setattr);
P9_HANDLER(mkdir);
P9_HANDLER(symlink);
P9_HANDLER(readlink);
P9_HANDLER(link);
P9_HANDLER(mknod);
P9_HANDLER(rename);
P9_HANDLER(renameat);
P9_HANDLER(unlinkat);
P9_HANDLER(remove);

#endif
