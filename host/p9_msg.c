/* SPDX-License-Identifier: MIT */
/*
 * host/p9_msg.c - the bytes of 9P messages: little-endian numbers, strings,
 * qids, and errors in Linux's generic numbers.
 *
 * PowerPC has the generic numbers too, EDEADLOCK apart, which no call here
 * returns (EDEADLK is 35 in both).  Hosts such as MIPS have others.
 */
#include <errno.h>

#include "host/p9_priv.h"

static const u8 *take(struct p9_in *in, size_t bytes)
{
	static const u8 zeros[8];
	const u8 *p = in->p;

	if (bytes > in->left) {
		in->is_bad = true;
		in->left = 0;
		return zeros;
	}
	in->p += bytes;
	in->left -= bytes;
	return p;
}

static u64 number(struct p9_in *in, unsigned int bytes)
{
	const u8 *p = take(in, bytes);
	u64 v = 0;

	for (unsigned int i = 0; i < bytes; i++)
		v |= (u64)p[i] << 8 * i;
	return v;
}

/**
 * p9_u8 - a byte of a request
 * @in: the request's rest
 *
 * Returns: its value, 0 beyond the end.
 */
u8 p9_u8(struct p9_in *in)
{
	return (u8)number(in, 1);
}

/**
 * p9_u16 - a 2-byte number of a request
 * @in: the request's rest
 *
 * Returns: its value, 0 beyond the end.
 */
u32 p9_u16(struct p9_in *in)
{
	return (u32)number(in, 2);
}

/**
 * p9_u32 - a 4-byte number of a request
 * @in: the request's rest
 *
 * Returns: its value, 0 beyond the end.
 */
u32 p9_u32(struct p9_in *in)
{
	return (u32)number(in, 4);
}

/**
 * p9_u64 - an 8-byte number of a request
 * @in: the request's rest
 *
 * Returns: its value, 0 beyond the end.
 */
u64 p9_u64(struct p9_in *in)
{
	return number(in, 8);
}

/**
 * p9_text - a string of a request
 * @in: the request's rest; bad when the string has a NUL
 *
 * Returns: the string within the request.
 */
struct p9_text p9_text(struct p9_in *in)
{
	struct p9_text t;

	t.bytes = p9_u16(in);
	if (t.bytes > in->left) {
		in->is_bad = true;
		t.bytes = 0;
	}
	t.p = in->p;
	in->p += t.bytes;
	in->left -= t.bytes;
	if (t.bytes && memchr(t.p, 0, t.bytes))
		in->is_bad = true;
	return t;
}

/**
 * p9_name - one component of a path
 * @in:   the request's rest
 * @name: filled; may be ".."
 *
 * Returns: 0; -EINVAL for an empty one, ".", or one with '/' or NUL;
 * -ENAMETOOLONG.
 */
int p9_name(struct p9_in *in, char name[P9_NAME_MAX + 1])
{
	struct p9_text t = p9_text(in);

	name[0] = 0;
	if (in->is_bad || !t.bytes || memchr(t.p, '/', t.bytes) ||
	    (t.bytes == 1 && t.p[0] == '.'))
		return -EINVAL;
	if (t.bytes > P9_NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, t.p, t.bytes);
	name[t.bytes] = 0;
	return 0;
}

/**
 * p9_new_name - the name of something to make, move or remove
 * @in:   the request's rest
 * @name: filled
 *
 * Returns: what p9_name() does; -EINVAL for "..".
 */
int p9_new_name(struct p9_in *in, char name[P9_NAME_MAX + 1])
{
	int e = p9_name(in, name);

	return !e && !strcmp(name, "..") ? -EINVAL : e;
}

static void put(struct p9_out *out, u64 v, unsigned int bytes)
{
	if (bytes > out->room - out->n) {
		out->is_full = true;
		return;
	}
	for (unsigned int i = 0; i < bytes; i++)
		out->p[out->n++] = (u8)(v >> 8 * i);
}

/**
 * p9_put8 - add a byte to a reply
 * @out: the reply
 * @v:   value
 */
void p9_put8(struct p9_out *out, u32 v)
{
	put(out, v, 1);
}

/**
 * p9_put16 - add a 2-byte number to a reply
 * @out: the reply
 * @v:   value
 */
void p9_put16(struct p9_out *out, u32 v)
{
	put(out, v, 2);
}

/**
 * p9_put32 - add a 4-byte number to a reply
 * @out: the reply
 * @v:   value
 */
void p9_put32(struct p9_out *out, u32 v)
{
	put(out, v, 4);
}

/**
 * p9_put64 - add an 8-byte number to a reply
 * @out: the reply
 * @v:   value
 */
void p9_put64(struct p9_out *out, u64 v)
{
	put(out, v, 8);
}

/**
 * p9_put_text - add a string to a reply
 * @out:   the reply
 * @s:     characters
 * @bytes: how many, less than 64 K
 */
void p9_put_text(struct p9_out *out, const void *s, size_t bytes)
{
	p9_put16(out, (u32)bytes);
	if (out->is_full || bytes > out->room - out->n) {
		out->is_full = true;
		return;
	}
	memcpy(out->p + out->n, s, bytes);
	out->n += bytes;
}

/**
 * p9_qid_type - the type byte of a qid
 * @mode: st_mode
 *
 * Returns: QTDIR, QTSYMLINK or QTFILE.
 */
u8 p9_qid_type(u32 mode)
{
	return S_ISDIR(mode) ? 0x80 : S_ISLNK(mode) ? 0x02 : 0;
}

/**
 * p9_qid_path - what tells one file from another
 * @s:   the server
 * @dev: st_dev
 * @ino: st_ino
 *
 * Returns: the inode number, mixed with the device where the folder has a
 * second file system mounted in it.
 */
u64 p9_qid_path(const struct p9 *s, u64 dev, u64 ino)
{
	return dev == s->root_dev ? ino : ino ^ (dev + 1) << 40;
}

/**
 * p9_put_qid - add a qid to a reply
 * @out: the reply
 * @s:   the server
 * @st:  the file
 */
void p9_put_qid(struct p9_out *out, const struct p9 *s, const struct stat *st)
{
	p9_put8(out, p9_qid_type(st->st_mode));
	p9_put32(out, (u32)st->st_mtim.tv_sec ^ (u32)st->st_mtim.tv_nsec ^
		 (u32)st->st_size << 8);
	p9_put64(out, p9_qid_path(s, st->st_dev, st->st_ino));
}

/**
 * p9_errno - an error in the protocol's numbers
 * @host: errno of the host
 *
 * Returns: Linux's generic number; EIO for one that has none here.
 * Source:  LX include/uapi/asm-generic/errno.h, arch/powerpc/include/uapi/asm/errno.h
 */
u32 p9_errno(int host)
{
	static const struct {
		int host;
		u32 guest;
	} row[] = {
		{ EDEADLK, 35 }, { ENAMETOOLONG, 36 }, { ENOLCK, 37 },
		{ ENOSYS, 38 }, { ENOTEMPTY, 39 }, { ELOOP, 40 },
		{ ENODATA, 61 }, { EOVERFLOW, 75 }, { EILSEQ, 84 },
		{ EMSGSIZE, 90 }, { EOPNOTSUPP, 95 }, { ETIMEDOUT, 110 },
		{ ESTALE, 116 }, { EDQUOT, 122 },
	};

	if (host > 0 && host < 35)	/* the same everywhere */
		return (u32)host;
	for (size_t i = 0; i < ARRAY_SIZE(row); i++)
		if (row[i].host == host)
			return row[i].guest;
	return EIO;
}
