/* SPDX-License-Identifier: MIT */
/*
 * host/disk_journal.h - changes of a file that are not in it yet.  Private to
 * host/disk_flash.c; the format is in doc/disks.md.
 */
#ifndef HOST_DISK_JOURNAL_H
#define HOST_DISK_JOURNAL_H

#include "host/disk_priv.h"

struct journal {
	struct disk_file file;	/* fd -1: no file, nothing to fold */
	u64 total;		/* bytes of the file that it belongs to */
	u64 end;		/* where the next record goes */
	u64 seq;		/* its number */
	u32 base;		/* checksum of the file that it continues */
	u32 *sums;		/* CRC-32 of each page of that file */
	bool *dirty;		/* by page: differs from the file */
	u32 pages;
	int error;		/* errno of the last failure */
};

void journal_init(struct journal *j, const char *path, u64 total,
		  struct disk_talk *talk);
void journal_rebase(struct journal *j, const u8 *mem, u64 total);
int journal_replay(struct journal *j, u8 *mem, u64 total, struct errmsg *msg);
int journal_check_stale(const struct journal *j, struct errmsg *msg);
int journal_add(struct journal *j, u64 off, const void *buf, u64 bytes);
int journal_failed(struct journal *j);
int journal_sync(struct journal *j);
int journal_fold(struct journal *j, struct disk_file *into, const u8 *mem,
		 u64 total);
u64 journal_bytes(const struct journal *j);
void journal_forget(struct journal *j);
void journal_end(struct journal *j);

#endif
