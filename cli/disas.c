/* SPDX-License-Identifier: MIT */
/*
 * cli/disas.c - `culm disas`: the words of a file as instructions.
 *
 * An ELF file or a uImage is read as `run` reads it, segment by segment, at
 * the physical addresses that it asks for; anything else is words from
 * address 0.  Knows nothing of sections and symbols.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "cli/cli.h"
#include "cli/options.h"
#include "cpu/disasm.h"
#include "soc/image.h"

#define RAW_MAX      (512ull << 20)
#define ELF_MAGIC    0x7f454c46u
#define UIMAGE_MAGIC 0x27051956u

struct disas_options {
	bool has_base;
	u32 base;
	u64 first, end;		/* addresses; @end is outside */
};

/* Decimal, or hexadecimal after 0x; no further than @max. */
static int parse_address(const char *text, const char **end, u64 max, u64 *out,
			 struct errmsg *msg)
{
	bool is_hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *stop;
	u64 v;

	errno = 0;
	v = strtoull(text, &stop, is_hex ? 16 : 10);
	*end = stop;
	if (text[0] < '0' || text[0] > '9' || (is_hex && stop <= text + 2))
		return err_set(msg, ERR_USAGE, "%s: not an address", text);
	if (errno || v > max)
		return err_set(msg, ERR_RANGE, "%s: beyond 32 bits", text);
	if (v % 4)
		return err_set(msg, ERR_RANGE, "%s: not a multiple of 4", text);
	*out = v;
	return 0;
}

static int set_base(void *into, const char *value, struct errmsg *msg)
{
	struct disas_options *o = into;
	const char *end;
	u64 v = 0;
	int e = parse_address(value, &end, 0xffffffff, &v, msg);

	if (e == 0 && *end)
		e = err_set(msg, ERR_USAGE, "%s: not an address", value);
	o->base = (u32)v;
	o->has_base = true;
	return e;
}

static int set_range(void *into, const char *value, struct errmsg *msg)
{
	struct disas_options *o = into;
	const char *s = value;
	int e = parse_address(s, &s, 0xffffffff, &o->first, msg);

	if (e == 0 && strncmp(s, "..", 2))
		return err_set(msg, ERR_USAGE, "%s: not a range, like "
			       "0x100..0x200", value);
	if (e == 0)
		e = parse_address(s + 2, &s, 1ull << 32, &o->end, msg);
	if (e == 0 && *s)
		return err_set(msg, ERR_USAGE, "%s: not a range, like "
			       "0x100..0x200", value);
	if (e == 0 && o->first >= o->end)
		return err_set(msg, ERR_RANGE, "%s: an empty range", value);
	return e;
}

static const struct option_row rows[] = {
	{ "base", "ADDR", NULL, 0, set_base,
	  "address of the first word, in place of the file's own" },
	{ "range", "A..B", NULL, 0, set_range,
	  "only what lies from address A up to, not including, B" },
};

static const struct option_table table = {
	.command = "disas",
	.operands = "FILE",
	.max_operands = 1,
	.summary = "Disassemble FILE: an ELF executable, a uImage, or raw "
		   "big-endian words.",
	.rows = rows,
	.count = ARRAY_SIZE(rows),
	.notes = "",
};

/* A file of neither format, as one segment at address 0. */
static int load_raw(struct image *img, const char *path, struct errmsg *msg)
{
	u64 size;
	u8 *data;
	int e = file_read(path, RAW_MAX, &data, &size, msg);

	memset(img, 0, sizeof(*img));
	if (e < 0)
		return e;
	img->buffer = data;
	if (!size)
		return err_set(msg, ERR_FORMAT, "%s: the file is empty", path);
	img->seg = xcalloc(1, sizeof(*img->seg));
	img->nseg = 1;
	img->seg[0].data = data;
	img->seg[0].file_bytes = (u32)size;
	return 0;
}

static int load(struct image *img, const char *path, struct errmsg *msg)
{
	int e = load_raw(img, path, msg);
	u32 magic;

	if (e < 0 || img->seg[0].file_bytes < 4)
		return e;
	magic = ldb32(img->seg[0].data);
	if (magic != ELF_MAGIC && magic != UIMAGE_MAGIC)
		return 0;
	image_free(img);
	return image_load(img, path, msg);
}

/* Up to three bytes that are no word. */
static void print_bytes(const u8 *p, u32 n, u32 ea)
{
	for (u32 i = 0; i < n; i++)
		printf("%08x:\t%02x      \t.byte 0x%x\n", (unsigned int)(ea + i),
		       p[i], p[i]);
}

/* Returns the number of lines. */
static u64 print_segment(const struct image_segment *s, u32 shift,
			 const struct disas_options *o)
{
	char text[DISASM_CHARS];
	u64 lines = 0;

	for (u32 at = 0; at < s->file_bytes && !ferror(stdout); at += 4) {
		u32 ea = s->load + shift + at, left = s->file_bytes - at, word;

		if (ea < o->first || ea >= o->end)
			continue;
		lines++;
		if (left < 4) {
			print_bytes(s->data + at, left, ea);
			break;
		}
		word = ldb32(s->data + at);
		disasm(word, ea, text, sizeof(text));
		printf("%08x:\t%08x\t%s\n", (unsigned int)ea,
		       (unsigned int)word, text);
	}
	return lines;
}

static int print_image(const struct image *img, const char *path,
		       const struct disas_options *o, struct errmsg *msg)
{
	u32 shift = o->has_base ? o->base - img->seg[0].load : 0;
	u64 lines = 0;

	for (unsigned int i = 0; i < img->nseg; i++) {
		const struct image_segment *s = &img->seg[i];

		if ((u64)(u32)(s->load + shift) + s->file_bytes > 1ull << 32)
			return err_set(msg, ERR_RANGE, "%s: its end lies beyond "
				       "32 bits", path);
		lines += print_segment(s, shift, o);
	}
	if (!lines)
		return err_set(msg, ERR_RANGE, "%s: nothing in that range",
			       path);
	return 0;
}

/**
 * cmd_disas - the command `culm disas`
 * @argc: arguments after `disas`
 * @argv: those arguments
 *
 * Returns: exit status.
 */
int cmd_disas(int argc, char **argv)
{
	struct disas_options o = { .end = 1ull << 32 };
	struct image img = { .nseg = 0 };
	struct errmsg msg = { "" };
	const char *path;
	bool wants_help;
	int status, e = options_parse(&table, &o, argc, argv, &path,
				      &wants_help, &msg);

	if (e < 0)
		return cli_fail(e, &msg);
	if (wants_help) {
		options_help(&table, stdout);
		return cli_flush_stdout();
	}
	if (!path)
		return cli_fail(err_set(&msg, ERR_USAGE, "disas: FILE is "
			"missing; see culm disas --help"), &msg);
	e = load(&img, path, &msg);
	if (e == 0)
		e = print_image(&img, path, &o, &msg);
	status = e < 0 ? cli_fail(e, &msg) : cli_flush_stdout();
	image_free(&img);
	return status;
}
