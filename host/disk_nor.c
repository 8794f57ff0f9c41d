/* SPDX-License-Identifier: MIT */
/*
 * host/disk_nor.c - the boot flash: what --firmware F means for its content.
 *
 * An F as large as the flash is the flash.  A smaller one goes to the top and
 * is never written: the flash is F.flash then, made at the first change, with
 * 64 bytes behind the chip's own that remember which F is in it:
 *
 *	0 magic  8 bytes of F  16 FNV-1a of F  24 zeros  60 CRC-32 of 0..59
 *
 * When F is another one at the next start, F's range is taken anew.  F's range
 * and those bytes are neighbours, so one record of the journal changes both.
 */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "host/disk_priv.h"

#define NOTE     64u
#define NOTE_CRC 60u

static const u8 magic[8] = "CULMNOR\n";

struct nor {
	u64 bytes;		/* of the flash */
	u64 size;		/* of F */
	u8 *top;		/* F, then the note */
};

static u64 fnv1a(const u8 *p, u64 n)
{
	u64 h = 0xcbf29ce484222325ull;

	while (n--)
		h = (h ^ *p++) * 0x100000001b3ull;
	return h;
}

static void note_make(struct nor *n)
{
	u8 *note = n->top + n->size;

	memcpy(note, magic, sizeof(magic));
	stb64(note + 8, n->size);
	stb64(note + 16, fnv1a(n->top, n->size));
	stb32(note + NOTE_CRC, (u32)crc32(0, note, NOTE_CRC));
}

static bool note_is_valid(const u8 *note)
{
	return !memcmp(note, magic, sizeof(magic)) &&
	       ldb32(note + NOTE_CRC) == (u32)crc32(0, note, NOTE_CRC);
}

static void nor_init(void *opaque, u8 *content)
{
	const struct nor *n = opaque;

	memset(content, 0xff, n->bytes - n->size);
	memcpy(content + n->bytes - n->size, n->top, n->size + NOTE);
}

/* F.flash is open: does it hold this F? */
static int nor_refresh(struct flash *f, const struct nor *n, const char *path,
		       struct errmsg *msg)
{
	const u8 *note = flash_content(f) + n->bytes;

	if (!note_is_valid(note))
		return err_set(msg, ERR_FORMAT, "%s: is no flash image of "
			       "ours, or its end is damaged", path);
	if (!memcmp(note, n->top + n->size, NOTE))
		return 0;
	if (flash_change(f, n->bytes - n->size, n->top, n->size + NOTE))
		return err_set(msg, ERR_IO, "%s: cannot take the new firmware",
			       path);
	return 0;
}

static int open_beside(struct flash **f, struct nor *n, const char *firmware,
		       struct errmsg *msg)
{
	char *path = xasprintf("%s.flash", firmware);
	struct image_file how = {
		.path = path, .visible = n->bytes, .hidden = NOTE,
		.is_lazy = true, .init = nor_init, .opaque = n,
	};
	struct flash *flash;
	int rc;

	rc = flash_open_image(&flash, &how, msg);
	if (!rc && !flash_is_new(flash)) {
		rc = nor_refresh(flash, n, path, msg);
		if (rc)
			flash_close(flash);
	}
	if (!rc)
		*f = flash;
	free(path);
	return rc;
}

/**
 * nor_open - the content of the boot flash
 * @f:        set on success, to be freed by flash_close()
 * @firmware: F, at most as large as the flash
 * @bytes:    size of the flash
 * @msg:      names the file on error
 *
 * Returns: 0; -ERR_NOENT, -ERR_IO; -ERR_RANGE for an F larger than the flash;
 * -ERR_FORMAT; -ERR_CONFLICT when locked.
 */
int nor_open(struct flash **f, const char *firmware, u64 bytes,
	     struct errmsg *msg)
{
	struct nor n = { .bytes = bytes };
	int fd, rc;

	rc = fdio_open(firmware, O_RDONLY, &fd, &n.size, msg);
	if (rc)
		return rc;
	if (n.size == bytes) {
		close(fd);
		return flash_open(f, firmware, bytes, FLASH_FILL_ONES, msg);
	}
	if (!n.size || n.size > bytes) {
		close(fd);
		return err_set(msg, ERR_RANGE, "%s: %llu bytes do not fit the "
			       "flash of %llu", firmware,
			       (unsigned long long)n.size,
			       (unsigned long long)bytes);
	}
	n.top = xcalloc(n.size + NOTE, 1);
	if (fdio_read(fd, 0, n.top, n.size)) {
		rc = err_set(msg, ERR_IO, "%s: cannot be read", firmware);
	} else {
		note_make(&n);
		rc = open_beside(f, &n, firmware, msg);
	}
	close(fd);
	free(n.top);
	return rc;
}
