/* SPDX-License-Identifier: MIT */
/*
 * host/disk_priv.h - what the parts of host/disk*.c share: whom to tell, whole
 * transfers on a descriptor, and the kinds of storage that a disk stacks.
 * Private to host/; everybody else uses host/disk.h.
 */
#ifndef HOST_DISK_PRIV_H
#define HOST_DISK_PRIV_H

#include "host/disk.h"

enum disk_deed { DEED_READ, DEED_WRITE, DEED_FLUSH, DEEDS };

/*
 * Whom to tell.  A deed that fails is told once a file; what was to be told
 * before anybody listened is kept.
 */
struct disk_talk {
	void (*say)(void *opaque, const char *line);
	void *opaque;
	char *kept;
};

void talk_to(struct disk_talk *t, void (*say)(void *opaque, const char *line),
	     void *opaque);
void talk_say(struct disk_talk *t, const char *fmt, ...) __printf(2, 3);
void talk_end(struct disk_talk *t);

/* One file, as far as its errors go. */
struct disk_file {
	struct disk_talk *talk;
	char *path;
	int fd;
	bool is_told[DEEDS];
	/*
	 * The host may forget what it could not write: after a flush that
	 * failed, none succeeds.
	 */
	bool is_lost;
};

int file_failed(struct disk_file *f, enum disk_deed deed, const char *why);
int file_get(struct disk_file *f, u64 off, void *buf, u64 bytes);
int file_put(struct disk_file *f, u64 off, const void *buf, u64 bytes);
int file_zero(struct disk_file *f, u64 off, u64 bytes);
int file_sync(struct disk_file *f);
void file_close(struct disk_file *f);

int fdio_read(int fd, u64 off, void *buf, u64 bytes);
int fdio_write(int fd, u64 off, const void *buf, u64 bytes);
int fdio_open(const char *path, int flags, int *fd, u64 *bytes,
	      struct errmsg *msg);
int fdio_lock(int fd, const char *path, bool is_writer, struct errmsg *msg);
int fdio_sync_folder(const char *path);

/* A kind of storage; @close frees it, having flushed nothing. */
struct store {
	struct blk blk;
	void (*close)(struct store *s);
};

int store_file_open(struct store **s, const char *path, bool is_read_only,
		    struct disk_talk *talk, struct errmsg *msg);
bool store_nbd_is_uri(const char *name);
int store_nbd_open(struct store **s, const char *uri, bool is_read_only,
		   struct disk_talk *talk, struct errmsg *msg);
/* @path NULL: in a temporary file.  Takes @base over on success. */
int store_cow_open(struct store **s, struct store *base, const char *path,
		   bool is_read_only, struct disk_talk *talk,
		   struct errmsg *msg);

/*
 * A file of @visible bytes, followed by @hidden ones of the caller's, that
 * changes by whole records; @init fills the content of a new file, which is
 * made at the first write when @is_lazy, else at once.
 */
struct image_file {
	const char *path;
	u64 visible, hidden;
	bool is_lazy;
	void (*init)(void *opaque, u8 *content);
	void *opaque;
};

int flash_open_image(struct flash **f, const struct image_file *how,
		     struct errmsg *msg);
const u8 *flash_content(const struct flash *f);
bool flash_is_new(const struct flash *f);
int flash_change(struct flash *f, u64 off, const void *buf, u64 bytes);

#endif
