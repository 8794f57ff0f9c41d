/* SPDX-License-Identifier: MIT */
/*
 * mkflash.c - a tool for the host that writes the flash images that the test
 * firmware boots from.
 *
 *	mkflash nor OUT BYTES BOOT IMAGE...	BOOT ends where the flash ends
 *	mkflash nand OUT IMAGE...		a K9F1208: 64 MB and spare bytes
 *
 * IMAGE is a file with U-Boot's header, or gets one as tree=FILE and
 * ramdisk=FILE.  In the NAND, block 1 is marked bad, and one bit of the first
 * page is wrong, as both happens on the shelf.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER	64u
#define PAGE	512u
#define SPARE	16u
#define BLOCK	(32u * PAGE)
#define NAND_BYTES (64u << 20)

struct buf {
	uint8_t *p;
	size_t n;
};

__attribute__((noreturn, format(printf, 1, 2)))
static void die(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	fputs("mkflash: ", stderr);
	vfprintf(stderr, format, ap);
	fputc('\n', stderr);
	va_end(ap);
	exit(1);
}

static struct buf buf_new(size_t n, int fill)
{
	struct buf b = { malloc(n ? n : 1), n };

	if (!b.p)
		die("no memory");
	memset(b.p, fill, n);
	return b;
}

static struct buf file_read(const char *path, size_t head)
{
	FILE *f = fopen(path, "rb");
	struct buf b;
	long n;

	if (!f || fseek(f, 0, SEEK_END) || (n = ftell(f)) < 0 ||
	    fseek(f, 0, SEEK_SET))
		die("%s: cannot read it", path);
	b = buf_new(head + (size_t)n, 0);
	if (fread(b.p + head, 1, (size_t)n, f) != (size_t)n)
		die("%s: cannot read it", path);
	fclose(f);
	return b;
}

static void file_write(const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(b->p, 1, b->n, f) != b->n || fclose(f))
		die("%s: cannot write it", path);
}

static uint32_t crc32(const uint8_t *p, size_t n)
{
	uint32_t crc = ~0u;

	while (n--) {
		crc ^= *p++;
		for (int k = 0; k < 8; k++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
	}
	return ~crc;
}

static void store32(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 24);
	p[1] = (uint8_t)(v >> 16);
	p[2] = (uint8_t)(v >> 8);
	p[3] = (uint8_t)v;
}

/* Linux 5, PowerPC 7, not compressed */
static void header(struct buf *b, uint8_t type, const char *name)
{
	store32(b->p, 0x27051956);
	store32(b->p + 12, (uint32_t)(b->n - HEADER));
	store32(b->p + 24, crc32(b->p + HEADER, b->n - HEADER));
	b->p[28] = 5;
	b->p[29] = 7;
	b->p[30] = type;
	snprintf((char *)b->p + 32, 32, "%s", name);
	store32(b->p + 4, crc32(b->p, HEADER));
}

static struct buf image_read(const char *arg)
{
	struct buf b;

	if (!strncmp(arg, "tree=", 5)) {
		b = file_read(arg + 5, HEADER);
		header(&b, 8, "device tree");
	} else if (!strncmp(arg, "ramdisk=", 8)) {
		b = file_read(arg + 8, HEADER);
		header(&b, 3, "initramfs");
	} else {
		b = file_read(arg, 0);
	}
	return b;
}

static void make_nor(const char *out, size_t bytes, const char *boot,
		     char **image)
{
	struct buf flash = buf_new(bytes, 0xff), b = file_read(boot, 0);
	size_t at = 0, end = bytes - b.n;

	if (b.n > bytes)
		die("%s: does not fit into %zu bytes", boot, bytes);
	memcpy(flash.p + end, b.p, b.n);
	free(b.p);
	for (; *image; image++) {
		b = image_read(*image);
		if (b.n > end - at || at > end)
			die("%s: does not fit", *image);
		memcpy(flash.p + at, b.p, b.n);
		at = (at + b.n + 0xffff) / 0x10000 * 0x10000;
		free(b.p);
	}
	file_write(out, &flash);
	free(flash.p);
}

static unsigned int parity(unsigned int v)
{
	v ^= v >> 4;
	v ^= v >> 2;
	v ^= v >> 1;
	return v & 1;
}

/*
 * The Hamming code of the SmartMedia specification over 256 bytes, bit by bit
 * as it is defined there: the parity of the data with address bit k set, and
 * of that with it clear, inverted.
 */
static void ecc_make(const uint8_t *p, uint8_t code[3])
{
	unsigned int line[16] = { 0 }, column[6] = { 0 }, i, k;

	for (i = 0; i < 256; i++) {
		for (k = 0; k < 8; k++)
			line[2 * k + (i >> k & 1)] ^= parity(p[i]);
		for (k = 0; k < 8; k++) {
			unsigned int bit = p[i] >> k & 1;

			column[k & 1] ^= bit;
			column[2 + (k >> 1 & 1)] ^= bit;
			column[4 + (k >> 2 & 1)] ^= bit;
		}
	}
	memset(code, 0, 3);
	for (k = 0; k < 8; k++) {
		code[0] |= (uint8_t)(line[k] << k);
		code[1] |= (uint8_t)(line[8 + k] << k);
	}
	for (k = 0; k < 6; k++)
		code[2] |= (uint8_t)(column[k] << (2 + k));
	for (k = 0; k < 3; k++)
		code[k] = (uint8_t)~code[k];
	code[2] |= 3;
}

static void page_write(struct buf *flash, size_t page, const uint8_t *data)
{
	static const unsigned int at[6] = { 0, 1, 2, 3, 6, 7 };
	uint8_t *p = flash->p + page * (PAGE + SPARE), code[6];

	memcpy(p, data, PAGE);
	ecc_make(data, code);
	ecc_make(data + 256, code + 3);
	for (int i = 0; i < 6; i++)
		p[PAGE + at[i]] = code[i];
}

static void make_nand(const char *out, char **image)
{
	const size_t pages = NAND_BYTES / PAGE, block = BLOCK / PAGE;
	struct buf flash = buf_new(pages * (PAGE + SPARE), 0xff), b;
	size_t page = 0, at;
	uint8_t data[PAGE];

	flash.p[block * (PAGE + SPARE) + PAGE + 5] = 0;
	for (; *image; image++) {
		b = image_read(*image);
		for (at = 0; at < b.n; at += PAGE, page++) {
			if (page == block)
				page += block;
			if (page >= pages)
				die("%s: does not fit", *image);
			memset(data, 0xff, PAGE);
			memcpy(data, b.p + at, b.n - at < PAGE ? b.n - at :
			       PAGE);
			page_write(&flash, page, data);
		}
		page = (page + block - 1) / block * block;
		free(b.p);
	}
	flash.p[100] ^= 0x10;
	file_write(out, &flash);
	free(flash.p);
}

int main(int argc, char **argv)
{
	if (argc > 5 && !strcmp(argv[1], "nor"))
		make_nor(argv[2], strtoul(argv[3], NULL, 0), argv[4], argv + 5);
	else if (argc > 3 && !strcmp(argv[1], "nand"))
		make_nand(argv[2], argv + 3);
	else
		die("usage: mkflash nor OUT BYTES BOOT IMAGE... | "
		    "nand OUT IMAGE...");
	return 0;
}
