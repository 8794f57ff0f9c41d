/* SPDX-License-Identifier: MIT */
/*
 * image.c - images with U-Boot's header in a flash: found by their headers,
 * taken only if both checksums are right.
 */
#include "fw.h"

#define MAGIC	0x27051956u
#define HEADER	64u

/* As in a header, which is big-endian like the CPU. */
struct header {
	u32 magic, crc, time, size, load, entry, data_crc;
	u8 os, arch, type, comp;
	char name[32];
};

static u32 crc_more(u32 crc, const u8 *p, u32 n)
{
	u32 k;

	while (n--) {
		crc ^= *p++;
		for (k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return crc;
}

u32 crc32(const void *data, u32 n)
{
	return ~crc_more(~0u, data, n);
}

static int is_header(struct header *h)
{
	u32 crc = h->crc, is_right;

	if (h->magic != MAGIC)
		return 0;
	h->crc = 0;
	is_right = crc32(h, HEADER) == crc;
	h->crc = crc;
	return is_right;
}

static u32 round_up(u32 v, u32 to)
{
	return (v + to - 1) / to * to;
}

/* The image at @at of the flash, header and all, to @to. */
static void take(const struct source *s, u32 at, const struct header *h,
		 u8 *to, struct image *out)
{
	const u32 n = HEADER + h->size;

	if (s->read(s, at, to, n))
		stop("%s: cannot read \"%s\"", s->name, h->name);
	if (crc32(to + HEADER, h->size) != h->data_crc)
		stop("%s: \"%s\" is damaged", s->name, h->name);
	*out = (struct image){ h->type, h->load, h->entry, h->size, h->comp,
			       to + HEADER };
	say("fw: %s: 0x%x: \"%s\", %u bytes\n", s->name, at, h->name,
	    h->size);
}

u32 images_load(const struct source *s, u8 *to, u8 *end, struct image *out,
		u32 max)
{
	u32 at = 0, found = 0, room;
	union {
		struct header h;
		u8 bytes[512];
	} u;

	while (at + HEADER < s->bytes && found < max) {
		if (s->read(s, at, u.bytes, sizeof(u.bytes)) ||
		    !is_header(&u.h)) {
			at += s->step;
			continue;
		}
		u.h.name[31] = 0;
		room = (u32)(end - to);
		if (u.h.size > s->bytes - at - HEADER ||
		    u.h.size > room - HEADER)
			stop("%s: \"%s\" is too large", s->name, u.h.name);
		take(s, at, &u.h, to, &out[found++]);
		to += round_up(HEADER + u.h.size, 0x1000);
		at += round_up(HEADER + u.h.size, s->step);
	}
	return found;
}
