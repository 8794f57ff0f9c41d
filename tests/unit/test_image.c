/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_image.c - the image loader, on files that the test writes.
 *
 * Layouts: the ELF specification; U-Boot's image header (big-endian, 64
 * bytes, CRC-32); Linux's arch/powerpc/boot/mktree.c and crt0.S.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "soc/image.h"

struct file {
	u8 data[8192];
	u32 size;
	char path[64];
};

static void put_file(struct file *f, u32 n)
{
	int fd;

	strcpy(f->path, "/tmp/culm-image-XXXXXX");
	fd = mkstemp(f->path);
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_FATAL(write(fd, f->data, n) == (ssize_t)n);
	close(fd);
}

/* Load the first @n bytes; the message must name the file in one line. */
static int load(struct file *f, u32 n, struct image *img, struct errmsg *msg)
{
	int rc;

	put_file(f, n);
	msg->text[0] = 0;
	rc = image_load(img, f->path, msg);
	unlink(f->path);
	if (rc) {
		CU_ASSERT(!strncmp(msg->text, f->path, strlen(f->path)));
		CU_ASSERT_PTR_NULL(strchr(msg->text, '\n'));
	}
	return rc;
}

static void refused(struct file *f, u32 n, int code, const char *word)
{
	struct errmsg msg;
	struct image img;

	CU_ASSERT_EQUAL(load(f, n, &img, &msg), -code);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, word));
	image_free(&img);
}

/* ELF: two segments, 0x100 bytes with 0x40 of bss, and 0x20 bytes. */
static void elf_make(struct file *f)
{
	u8 *p = f->data, *ph = p + 52;

	memset(f, 0, sizeof(*f));
	memcpy(p,
	       "\x7f"
	       "ELF\1\2\1",
	       7);
	stb16(p + 16, 2);
	stb16(p + 18, 20);
	stb32(p + 20, 1);
	stb32(p + 24, 0xc0000010);
	stb32(p + 28, 52);
	stb16(p + 40, 52);
	stb16(p + 42, 32);
	stb16(p + 44, 2);
	stb32(ph, 1);
	stb32(ph + 4, 0x200);
	stb32(ph + 8, 0xc0000000);
	stb32(ph + 12, 0);
	stb32(ph + 16, 0x100);
	stb32(ph + 20, 0x140);
	ph += 32;
	stb32(ph, 1);
	stb32(ph + 4, 0x300);
	stb32(ph + 8, 0xc0000200);
	stb32(ph + 12, 0x200);
	stb32(ph + 16, 0x20);
	stb32(ph + 20, 0x20);
	memset(p + 0x200, 0x11, 0x100);
	memset(p + 0x300, 0x22, 0x20);
	f->size = 0x320;
}

void test_image_elf(void)
{
	struct errmsg msg;
	struct image img;
	struct file f;

	elf_make(&f);
	CU_ASSERT_EQUAL_FATAL(load(&f, f.size, &img, &msg), 0);
	CU_ASSERT_EQUAL(img.entry, 0x10);
	CU_ASSERT_EQUAL(img.entry_kind, IMAGE_LINUX);
	CU_ASSERT_EQUAL_FATAL(img.nseg, 2);
	CU_ASSERT_EQUAL(img.seg[0].load, 0);
	CU_ASSERT_EQUAL(img.seg[0].file_bytes, 0x100);
	CU_ASSERT_EQUAL(img.seg[0].mem_bytes, 0x140);
	CU_ASSERT_EQUAL(img.seg[0].data[0xff], 0x11);
	CU_ASSERT_EQUAL(img.seg[1].load, 0x200);
	CU_ASSERT_EQUAL(img.seg[1].data[0x1f], 0x22);
	image_free(&img);
}

void test_image_elf_cut(void)
{
	struct errmsg msg;
	struct image img;
	struct file f;
	u32 n;

	elf_make(&f);
	for (n = 0; n < f.size; n += n < 128 ? 1 : 7) {
		CU_ASSERT(load(&f, n, &img, &msg) < 0);
		image_free(&img);
	}
}

void test_image_elf_wrong(void)
{
	struct file f;

	elf_make(&f);
	f.data[4] = 2;
	refused(&f, f.size, ERR_UNSUPP, "64-bit");
	elf_make(&f);
	f.data[5] = 1;
	refused(&f, f.size, ERR_UNSUPP, "little-endian");
	elf_make(&f);
	stb16(f.data + 18, 62);
	refused(&f, f.size, ERR_UNSUPP, "machine 62");
	elf_make(&f);
	stb16(f.data + 16, 1);
	refused(&f, f.size, ERR_UNSUPP, "type 1");
	elf_make(&f);
	stb16(f.data + 44, 0);
	refused(&f, f.size, ERR_FORMAT, "program headers");
	elf_make(&f);
	stb32(f.data + 24, 0xc0001000);
	refused(&f, f.size, ERR_FORMAT, "entry point");
}

void test_image_elf_segments(void)
{
	struct file f;

	elf_make(&f);
	stb32(f.data + 84 + 12, 0x13c);
	refused(&f, f.size, ERR_CONFLICT, "overlap");
	elf_make(&f);
	stb32(f.data + 84 + 12, 0xfffffff0);
	refused(&f, f.size, ERR_RANGE, "0xfffffff0");
	elf_make(&f);
	stb32(f.data + 84 + 20, 0x1f);
	refused(&f, f.size, ERR_RANGE, "sizes");
	elf_make(&f);
	stb32(f.data + 84 + 4, 0xfffffff0);
	refused(&f, f.size, ERR_FORMAT, "cut");
	elf_make(&f);
	stb32(f.data + 52, 4);
	stb32(f.data + 84, 4);
	refused(&f, f.size, ERR_FORMAT, "nothing to load");
}

/* crt0's words in front of the entry point at @p + 0x18, loaded at @load. */
static void crt0_make(u8 *p, u32 load, u32 end, u32 stack)
{
	stb32(p, 0x48000018);
	stb32(p + 4, load);
	stb32(p + 8, load + 0x80);
	stb32(p + 12, load + 0x100);
	stb32(p + 16, end);
	stb32(p + 20, stack);
}

/* A uImage of the @n bytes at @payload, which may be f->data + 64. */
static void uimage_make(struct file *f, const u8 *payload, u32 n, u32 load_at,
			u32 entry, u32 type, u32 comp)
{
	u8 *p = f->data;

	memmove(p + 64, payload, n);
	memset(p, 0, 64);
	stb32(p, 0x27051956);
	stb32(p + 12, n);
	stb32(p + 16, load_at);
	stb32(p + 20, entry);
	stb32(p + 24, (u32)crc32(0, p + 64, n));
	p[28] = 5;
	p[29] = 7;
	p[30] = (u8)type;
	p[31] = (u8)comp;
	stb32(p + 4, (u32)crc32(0, p, 64));
	f->size = 64 + n;
}

static u32 gzip(u8 *out, u32 room, const u8 *in, u32 n)
{
	z_stream z = { 0 };

	deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 9, 0);
	z.next_in = (u8 *)(uintptr_t)in;
	z.avail_in = n;
	z.next_out = out;
	z.avail_out = room;
	CU_ASSERT_EQUAL_FATAL(deflate(&z, Z_FINISH), Z_STREAM_END);
	n = (u32)z.total_out;
	deflateEnd(&z);
	return n;
}

/* 0x400 bytes that do not pack well */
static void noise(u8 *p)
{
	u32 seed = 440, i;

	for (i = 0; i < 0x400; i++) {
		seed = seed * 1664525 + 1013904223;
		p[i] = (u8)(seed >> 24);
	}
}

void test_image_uimage(void)
{
	struct errmsg msg;
	struct image img;
	struct file f;
	u8 raw[0x400], packed[0x800];
	u32 n;
	int comp;

	noise(raw);
	for (comp = 0; comp < 2; comp++) {
		n = gzip(packed, sizeof(packed), raw, sizeof(raw));
		if (comp)
			uimage_make(&f, packed, n, 0x1000, 0x1010, 2, 1);
		else
			uimage_make(&f, raw, 0x400, 0x1000, 0x1010, 2, 0);
		CU_ASSERT_EQUAL_FATAL(load(&f, f.size, &img, &msg), 0);
		CU_ASSERT_EQUAL(img.entry_kind, IMAGE_LINUX);
		CU_ASSERT_EQUAL(img.entry, 0x1010);
		CU_ASSERT_EQUAL(img.nseg, 1);
		CU_ASSERT_EQUAL(img.seg[0].load, 0x1000);
		CU_ASSERT_EQUAL(img.seg[0].file_bytes, 0x400);
		CU_ASSERT_EQUAL(memcmp(img.seg[0].data, raw, 0x400), 0);
		image_free(&img);
	}
}

void test_image_uimage_cut(void)
{
	struct errmsg msg;
	struct image img;
	struct file f;
	u8 raw[0x400], packed[0x800];
	u32 n, k;

	noise(raw);
	n = gzip(packed, sizeof(packed), raw, sizeof(raw));
	uimage_make(&f, packed, n, 0, 0, 2, 1);
	for (k = 0; k < f.size; k += k < 80 ? 1 : 13) {
		CU_ASSERT(load(&f, k, &img, &msg) < 0);
		image_free(&img);
	}
	/* gzip data that end early, under valid checksums */
	for (k = 1; k < n; k += 31) {
		uimage_make(&f, packed, k, 0, 0, 2, 1);
		refused(&f, f.size, ERR_FORMAT, "gzip");
	}
}

void test_image_uimage_wrong(void)
{
	struct file f;
	u8 raw[0x400];

	noise(raw);
	uimage_make(&f, raw, 0x400, 0, 0, 2, 0);
	f.data[40] ^= 1;
	refused(&f, f.size, ERR_FORMAT, "header has a wrong checksum");
	uimage_make(&f, raw, 0x400, 0, 0, 2, 0);
	f.data[100] ^= 1;
	refused(&f, f.size, ERR_FORMAT, "data have a wrong checksum");
	uimage_make(&f, raw, 0x400, 0, 0, 4, 0);
	refused(&f, f.size, ERR_UNSUPP, "multi-file");
	uimage_make(&f, raw, 0x400, 0, 0, 3, 0);
	refused(&f, f.size, ERR_UNSUPP, "ramdisk");
	uimage_make(&f, raw, 0x400, 0, 0, 2, 3);
	refused(&f, f.size, ERR_UNSUPP, "lzma");
	uimage_make(&f, raw, 0x400, 0xfffffff0, 0xfffffff0, 2, 0);
	refused(&f, f.size, ERR_RANGE, "32 bits");
	uimage_make(&f, raw, 0x400, 0x1000, 0x1400, 2, 0);
	refused(&f, f.size, ERR_FORMAT, "entry point");
	uimage_make(&f, raw, 0x400, 0, 0, 2, 0);
	f.data[29] = 2;
	memset(f.data + 4, 0, 4);
	stb32(f.data + 4, (u32)crc32(0, f.data, 64));
	refused(&f, f.size, ERR_UNSUPP, "architecture 2");
}

void test_image_bomb(void)
{
	u32 room = 512 << 10, n, zeros = 129u << 20;
	u8 *in = xcalloc(zeros, 1), *out = xcalloc(room, 1);
	struct errmsg msg = { "" };
	char path[] = "/tmp/culm-image-XXXXXX";
	struct image img;
	u8 head[64] = { 0 };
	int fd = mkstemp(path);

	n = gzip(out, room, in, zeros);
	stb32(head, 0x27051956);
	stb32(head + 12, n);
	stb32(head + 24, (u32)crc32(0, out, n));
	memcpy(head + 28, "\5\7\2\1", 4);
	stb32(head + 4, (u32)crc32(0, head, 64));
	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT(write(fd, head, 64) == 64 && write(fd, out, n) == (ssize_t)n);
	close(fd);
	CU_ASSERT_EQUAL(image_load(&img, path, &msg), -ERR_RANGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "128 MB"));
	image_free(&img);
	unlink(path);
	free(in);
	free(out);
}

void test_image_wrapper(void)
{
	struct errmsg msg;
	struct image img;
	struct file f;
	u8 raw[0x400];
	u32 stack;

	/* without a stack of its own it is U-Boot's, else PIBS's or ePAPR's */
	for (stack = 0; stack < 2; stack++) {
		noise(raw);
		crt0_make(raw + 0x20, 0x800000, 0x800900, stack ? 0x800700 : 0);
		uimage_make(&f, raw, 0x400, 0x800000, 0x800038, 2, 0);
		CU_ASSERT_EQUAL_FATAL(load(&f, f.size, &img, &msg), 0);
		CU_ASSERT_EQUAL(img.entry_kind,
				stack ? IMAGE_WRAPPER : IMAGE_UBOOT);
		CU_ASSERT_EQUAL(img.seg[0].mem_bytes, 0x900);
		image_free(&img);
	}
}

/* mktree's header over 3 blocks; @is_le: made on a little-endian host. */
static void tree_make(struct file *f, bool is_le)
{
	u8 *p = f->data;
	u32 sum = 0, i;

	memset(f, 0, sizeof(*f));
	noise(p + 32);
	stb32(p, 0x0052504f);
	stb32(p + 4, 0x400000);
	stb32(p + 8, 128 + 3);
	stb32(p + 16, 0x400020);
	f->size = 32 + 3 * 512;
	for (i = 0; i < f->size; i += 4)
		sum += is_le ? __builtin_bswap32(ldb32(p + i)) : ldb32(p + i);
	stb32(p + 20, sum);
}

void test_image_tree(void)
{
	struct errmsg msg;
	struct image img;
	struct file f;
	int is_le;

	for (is_le = 0; is_le < 2; is_le++) {
		tree_make(&f, is_le);
		CU_ASSERT_EQUAL_FATAL(load(&f, f.size, &img, &msg), 0);
		CU_ASSERT_EQUAL(img.entry_kind, IMAGE_WRAPPER);
		CU_ASSERT_EQUAL(img.entry, 0x400020);
		CU_ASSERT_EQUAL(img.seg[0].load, 0x400000);
		CU_ASSERT_EQUAL(img.seg[0].file_bytes, 3 * 512);
		image_free(&img);
		refused(&f, f.size - 1, ERR_FORMAT, "cut");
		refused(&f, 31, ERR_FORMAT, "cut");
		f.data[700] ^= 4;
		refused(&f, f.size, ERR_FORMAT, "checksum");
	}
	tree_make(&f, false);
	stb32(f.data + 8, 128);
	refused(&f, f.size, ERR_FORMAT, "128 blocks");
}

void test_image_no_image(void)
{
	static const char *const path[] = { "/nonexistent/vmlinux", "/tmp",
					    "/dev/null", "" };
	struct errmsg msg;
	struct image img;
	struct file f;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(path); i++) {
		msg.text[0] = 0;
		CU_ASSERT(image_load(&img, path[i], &msg) < 0);
		CU_ASSERT(!strncmp(msg.text, path[i], strlen(path[i])));
		image_free(&img);
	}
	memset(&f, 0, sizeof(f));
	refused(&f, 0, ERR_FORMAT, "empty");
	refused(&f, 3, ERR_FORMAT, "not a kernel");
	refused(&f, 4096, ERR_FORMAT, "not a kernel");
	stb32(f.data, 0xd00dfeed);
	refused(&f, 64, ERR_FORMAT, "device tree");
	stb32(f.data, 0x1f8b0800);
	refused(&f, 64, ERR_FORMAT, "gzip");
}
