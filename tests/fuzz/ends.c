/* SPDX-License-Identifier: MIT */
/*
 * tests/fuzz/ends.c - host ends in memory, see ends.h.
 *
 * What a device hands out is summed up byte by byte, so that a sanitizer sees
 * it read; what it asks for is a fixed sequence.  The shared folder is a real
 * one, behind the real server, below the folder for temporary files.
 */
#include "tests/fuzz/ends.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/p9.h"

static void take(struct ends *e, const u8 *p, size_t bytes)
{
	while (bytes--)
		e->sum = e->sum * 31 + *p++;
}

/* ---- drives and chips -------------------------------------------------- */

/*
 * NAND is kept inverted: what is new is all ones there, and so large a chip
 * costs only what was written.
 */
static void move(const struct ends_store *s, u8 *to, const u8 *from, u64 bytes)
{
	if (s->role != BLK_NAND) {
		memcpy(to, from, bytes);
		return;
	}
	for (u64 i = 0; i < bytes; i++)
		to[i] = from[i] ^ 0xff;
}

static int store_read(void *opaque, u64 off, void *buf, u64 bytes)
{
	struct ends_store *s = opaque;

	if (s->ends->fails & FAIL_READ)
		return -ERR_IO;
	move(s, buf, s->bytes + off, bytes);
	return 0;
}

static int store_write(void *opaque, u64 off, const void *buf, u64 bytes)
{
	struct ends_store *s = opaque;

	if (s->ends->fails & FAIL_WRITE)
		return -ERR_IO;
	move(s, s->bytes + off, buf, bytes);
	return 0;
}

static int store_flush(void *opaque)
{
	struct ends_store *s = opaque;

	return s->ends->fails & FAIL_FLUSH ? -ERR_IO : 0;
}

static int store_zero(void *opaque, u64 off, u64 bytes)
{
	struct ends_store *s = opaque;

	if (s->ends->fails & FAIL_WRITE)
		return -ERR_IO;
	memset(s->bytes + off, s->role == BLK_NAND ? 0xff : 0, bytes);
	return 0;
}

static const struct blk_ops store_ops = {
	.read = store_read,
	.write = store_write,
	.flush = store_flush,
	.zero = store_zero,
};

/**
 * ends_storage - content of a chip that has @bytes of it
 * @e:     host ends
 * @role:  kind of chip
 * @index: which of them
 * @bytes: its size
 * @out:   set on success; new content is all ones, of a drive zeros
 *
 * Returns: 0, -ERR_RANGE when there are too many.
 */
int ends_storage(struct ends *e, enum blk_role role, unsigned int index,
		 u64 bytes, struct blk **out)
{
	struct ends_store *s = e->store;

	for (unsigned int i = 0; i < e->stores; i++, s++)
		if (s->role == role && s->index == index &&
		    s->blk.bytes == bytes) {
			*out = &s->blk;
			return 0;
		}
	if (e->stores == ENDS_STORES)
		return -ERR_RANGE;
	e->stores++;
	*s = (struct ends_store){ .ends = e, .role = role, .index = index };
	s->bytes = xcalloc(1, bytes);
	if (role != BLK_DRIVE && role != BLK_NAND)
		memset(s->bytes, 0xff, bytes);
	s->blk = (struct blk){
		.ops = &store_ops, .opaque = s, .bytes = bytes,
		.is_read_only = role == BLK_DRIVE && index == 4,
		.name = "memory",
	};
	*out = &s->blk;
	return 0;
}

/**
 * ends_blk - a drive, or what an EEPROM holds
 * @e:     host ends
 * @role:  kind
 * @index: which of them; of drives 0..7, number 4 is read-only
 *
 * Returns: it, NULL for none.
 */
struct blk *ends_blk(struct ends *e, enum blk_role role, unsigned int index)
{
	struct blk *b = NULL;

	if (role == BLK_DRIVE && index >= ENDS_DRIVES)
		return NULL;
	return ends_storage(e, role, index, ENDS_DRIVE_BYTES, &b) ? NULL : b;
}

/**
 * ends_random - the fixed sequence for whoever asks for entropy
 * @e:     host ends
 * @buf:   filled
 * @bytes: count
 */
void ends_random(struct ends *e, void *buf, size_t bytes)
{
	u8 *p = buf;

	while (bytes--) {
		e->random = e->random * 6364136223846793005ull + 1;
		*p++ = (u8)(e->random >> 56);
	}
}

/* ---- cables and lines -------------------------------------------------- */

static void frame_sent(void *opaque, const u8 *frame, size_t bytes)
{
	take(opaque, frame, bytes);
}

static const struct net_host_ops net_ops = { .send = frame_sent };

static void line_wrote(void *opaque, const u8 *buf, size_t n)
{
	take(opaque, buf, n);
}

static const struct chr_host_ops line_ops = { .write = line_wrote };

void ends_frame(struct ends *e, unsigned int cable, const u8 *frame,
		size_t bytes)
{
	struct net *n = &e->net[cable % ENDS_CABLES];

	if (n->dev && n->dev->receive)
		(void)n->dev->receive(n->dev_opaque, frame, bytes);
}

void ends_link(struct ends *e, unsigned int cable, bool is_up)
{
	struct net *n = &e->net[cable % ENDS_CABLES];

	if (n->dev && n->dev->link)
		n->dev->link(n->dev_opaque, is_up);
}

/* As the contract of struct chr says: no more than there is room for. */
void ends_line(struct ends *e, unsigned int line, const u8 *buf, size_t bytes)
{
	struct chr *c = &e->line[line % ENDS_LINES];
	size_t room;

	if (!c->dev || !c->dev->receive)
		return;
	room = c->dev->room ? c->dev->room(c->dev_opaque) : bytes;
	if (bytes > room)
		bytes = room;
	if (bytes)
		c->dev->receive(c->dev_opaque, buf, bytes);
}

void ends_break(struct ends *e, unsigned int line)
{
	struct chr *c = &e->line[line % ENDS_LINES];

	if (c->dev && c->dev->receive_break)
		c->dev->receive_break(c->dev_opaque);
}

void ends_modem(struct ends *e, unsigned int line, unsigned int lines)
{
	struct chr *c = &e->line[line % ENDS_LINES];

	c->modem = lines & (CHR_CTS | CHR_DSR | CHR_RI | CHR_DCD);
	if (c->dev && c->dev->modem)
		c->dev->modem(c->dev_opaque, c->modem);
}

/* ---- shares ------------------------------------------------------------ */

static int remove_one(const char *path, const struct stat *st, int flag,
		      struct FTW *ftw)
{
	(void)st;
	(void)flag;
	(void)ftw;
	return remove(path);
}

static void write_file(const char *folder, const char *name)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	f = fopen(path, "w");
	if (!f)
		return;
	fputs("something to read\n", f);
	fclose(f);
}

/* A folder with a file, a folder and a link out of it. */
static int folder_open(struct ends *e, struct errmsg *msg)
{
	const char *tmp = getenv("TMPDIR");
	char path[200], inner[256];

	snprintf(path, sizeof(path), "%s/culm-fuzz-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(path))
		return err_set(msg, ERR_IO, "%s: cannot be made", path);
	e->path = xstrdup(path);
	snprintf(inner, sizeof(inner), "%s/share", path);
	mkdir(inner, 0700);
	write_file(path, "outside");
	write_file(inner, "a");
	snprintf(path, sizeof(path), "%s/d", inner);
	mkdir(path, 0700);
	write_file(path, "b");
	snprintf(path, sizeof(path), "%s/l", inner);
	if (symlink("../outside", path))
		return err_set(msg, ERR_IO, "%s: cannot be made", path);
	return p9_open(&e->folder, inner, "fuzz", false, msg);
}

static size_t share_request(void *opaque, const u8 *req, size_t bytes,
			    u8 *reply, size_t room)
{
	struct ends *e = opaque;
	struct share *s;

	take(e, req, bytes);
	if (e->fails & FAIL_SHARE)
		return 0;
	if (!e->folder) {
		struct errmsg msg;

		if (folder_open(e, &msg))
			return 0;
	}
	s = p9_share(e->folder);
	return s->request(s->opaque, req, bytes, reply, room);
}

static void share_reset(void *opaque)
{
	struct ends *e = opaque;

	if (e->folder) {
		struct share *s = p9_share(e->folder);

		s->reset(s->opaque);
	}
}

/* A server that answers with anything: as many bytes as there were. */
static size_t echo_request(void *opaque, const u8 *req, size_t bytes,
			   u8 *reply, size_t room)
{
	struct ends *e = opaque;

	if (e->fails & FAIL_SHARE)
		return 0;
	if (bytes > room)
		bytes = room;
	memcpy(reply, req, bytes);
	return bytes;
}

/**
 * ends_open - host ends without any content
 * @e: filled; not moved until ends_close
 */
void ends_open(struct ends *e)
{
	memset(e, 0, sizeof(*e));
	for (unsigned int i = 0; i < ENDS_CABLES; i++)
		e->net[i] = (struct net){ .host = &net_ops, .host_opaque = e };
	for (unsigned int i = 0; i < ENDS_LINES; i++)
		e->line[i] = (struct chr){
			.host = &line_ops, .host_opaque = e,
			.modem = CHR_CTS | CHR_DSR | CHR_DCD,
		};
	e->share[0] = (struct share){ share_request, share_reset, e, "fuzz" };
	e->share[1] = (struct share){ echo_request, NULL, e, "echo" };
}

/**
 * ends_close - give memory and folder back
 * @e: after the devices that use it
 */
void ends_close(struct ends *e)
{
	for (unsigned int i = 0; i < e->stores; i++)
		free(e->store[i].bytes);
	if (e->folder)
		p9_close(e->folder);
	if (e->path)
		nftw(e->path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(e->path);
}
