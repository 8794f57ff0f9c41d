/* SPDX-License-Identifier: MIT */
/*
 * host/disk.c - the operand of --drive, and the disk that it names.
 *
 * Owns the grammar F[,ro][,format=raw][,cow=G|,snapshot][,if=virtio|usb], in
 * which a comma within a name is doubled, and the stack of storage behind a
 * disk.  Must not know how a kind of storage works.
 */
#include "host/disk.h"

#include <stdlib.h>

#include "base/xalloc.h"
#include "host/disk_priv.h"

struct spec {
	char *file, *cow;
	bool is_read_only, is_snapshot;
	enum disk_if which;
};

struct disk {
	struct disk_talk talk;
	struct store *top;
};

/* The next item up to a single comma; NULL at the end. */
static char *next_item(const char **at)
{
	const char *p = *at;
	char *item, *q;

	if (!p)
		return NULL;
	item = q = xcalloc(strlen(p) + 1, 1);
	for (; *p && !(*p == ',' && p[1] != ','); p++) {
		if (*p == ',')
			p++;
		*q++ = *p;
	}
	*at = *p ? p + 1 : NULL;
	return item;
}

static int take_if(struct spec *s, const char *name, struct errmsg *msg)
{
	if (!strcmp(name, "virtio"))
		s->which = DISK_IF_VIRTIO;
	else if (!strcmp(name, "usb"))
		s->which = DISK_IF_USB;
	else
		return err_set(msg, ERR_USAGE, "%s: if=%s: virtio or usb",
			       s->file, name);
	return 0;
}

static int take_item(struct spec *s, const char *item, struct errmsg *msg)
{
	if (!strcmp(item, "ro")) {
		s->is_read_only = true;
	} else if (!strcmp(item, "snapshot")) {
		s->is_snapshot = true;
	} else if (!strncmp(item, "format=", 7)) {
		if (strcmp(item + 7, "raw"))
			return err_set(msg, ERR_UNSUPP, "%s: %s: only raw; an "
				       "NBD server such as nbdkit can show "
				       "others as raw", s->file, item);
	} else if (!strncmp(item, "cow=", 4) && item[4]) {
		free(s->cow);
		s->cow = xstrdup(item + 4);
	} else if (!strncmp(item, "if=", 3)) {
		return take_if(s, item + 3, msg);
	} else {
		return err_set(msg, ERR_USAGE, "%s: unknown option '%s'",
			       s->file, item);
	}
	return 0;
}

static void spec_free(struct spec *s)
{
	free(s->file);
	free(s->cow);
}

static int spec_parse(struct spec *s, const char *text, struct errmsg *msg)
{
	char *item;
	int rc = 0;

	*s = (struct spec){ .file = next_item(&text) };
	if (!s->file[0])
		rc = err_set(msg, ERR_USAGE, "a drive needs the name of a file");
	while (!rc && (item = next_item(&text))) {
		rc = take_item(s, item, msg);
		free(item);
	}
	if (!rc && s->is_snapshot && (s->cow || s->is_read_only))
		rc = err_set(msg, ERR_USAGE, "%s: snapshot goes neither with "
			     "cow= nor with ro", s->file);
	if (rc)
		spec_free(s);
	return rc;
}

/**
 * disk_spec_if - the adapter that a drive asks for
 * @spec:  operand of --drive
 * @which: set on success; virtio unless if= says otherwise
 * @msg:   one line on error
 *
 * Returns: 0; -ERR_USAGE, -ERR_UNSUPP for a bad operand.
 */
int disk_spec_if(const char *spec, enum disk_if *which, struct errmsg *msg)
{
	struct spec s;
	int rc = spec_parse(&s, spec, msg);

	if (rc)
		return rc;
	*which = s.which;
	spec_free(&s);
	return 0;
}

static int open_stack(struct disk *d, const struct spec *s, struct errmsg *msg)
{
	bool is_base = s->cow || s->is_snapshot;
	bool is_read_only = s->is_read_only || is_base;
	struct store *base;
	int rc;

	if (store_nbd_is_uri(s->file))
		rc = store_nbd_open(&base, s->file, is_read_only, &d->talk,
				    msg);
	else
		rc = store_file_open(&base, s->file, is_read_only, &d->talk,
				     msg);
	if (rc || !is_base) {
		d->top = rc ? NULL : base;
		return rc;
	}
	rc = store_cow_open(&d->top, base, s->cow, s->is_read_only, &d->talk,
			    msg);
	if (rc)
		base->close(base);
	return rc;
}

/**
 * disk_open - open what an operand of --drive names
 * @d:    set on success, to be freed by disk_close()
 * @spec: F[,ro][,format=raw][,cow=G|,snapshot][,if=NAME]
 * @msg:  one line that names the file on error
 *
 * Returns: 0; -ERR_USAGE, -ERR_UNSUPP for a bad operand; -ERR_NOENT, -ERR_IO,
 * -ERR_FORMAT, -ERR_RANGE; -ERR_CONFLICT when somebody else writes there.
 */
int disk_open(struct disk **d, const char *spec, struct errmsg *msg)
{
	struct spec s;
	struct disk *disk;
	int rc;

	rc = spec_parse(&s, spec, msg);
	if (rc)
		return rc;
	disk = xcalloc(1, sizeof(*disk));
	rc = open_stack(disk, &s, msg);
	spec_free(&s);
	if (rc) {
		talk_end(&disk->talk);
		free(disk);
		return rc;
	}
	*d = disk;
	return 0;
}

/**
 * disk_set_say - who is told when the host's storage fails
 * @d:      the disk
 * @say:    takes one line without newline; each kind of failure is told once
 * @opaque: handed to @say
 */
void disk_set_say(struct disk *d, void (*say)(void *opaque, const char *line),
		  void *opaque)
{
	talk_to(&d->talk, say, opaque);
}

/**
 * disk_blk - what a device reads and writes
 * @d: the disk
 *
 * Returns: storage that lives as long as the disk; a multiple of 512 bytes.
 */
struct blk *disk_blk(struct disk *d)
{
	return &d->top->blk;
}

/**
 * disk_close - flush and close
 * @d: the disk, freed; may be NULL
 *
 * Returns: 0; -ERR_IO, told, when what was written may not last.
 */
int disk_close(struct disk *d)
{
	int rc;

	if (!d)
		return 0;
	rc = d->top->blk.is_read_only ? 0 : blk_flush(&d->top->blk);
	d->top->close(d->top);
	talk_end(&d->talk);
	free(d);
	return rc;
}
