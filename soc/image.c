/* SPDX-License-Identifier: MIT */
/*
 * soc/image.c - reads kernel images: ELF, U-Boot's legacy uImage, and the
 * treeImage that Linux's mktree makes for IBM's PIBS loader.
 *
 * What leaves this file has been checked against the length of the file and
 * against 32 bits of address space.  It must not know how much RAM there is.
 *
 * A boot wrapper of Linux (cuImage, treeImage, zImage) is told by the words
 * in front of its entry point, which arch/powerpc/boot/crt0.S puts there:
 *
 *	entry - 0x18	b entry			0x48000018
 *	entry - 0x14	address of _start
 *	entry - 0x10	address of _etext
 *	entry - 0x0c	address of __bss_start
 *	entry - 0x08	address of _end
 *	entry - 0x04	address of the wrapper's own stack, or 0
 *
 * The wrapper for U-Boot (cuboot) brings no stack; those for PIBS (treeboot)
 * and for ePAPR firmware do.
 */
#include "soc/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/bits.h"
#include "base/xalloc.h"

#define FILE_MAX     (512ull << 20)
#define UNPACKED_MAX (128u << 20) /* far above any 32-bit kernel */

#define ELF_MAGIC    0x7f454c46u
#define UIMAGE_MAGIC 0x27051956u
#define TREE_MAGIC   0x0052504fu
#define FDT_MAGIC    0xd00dfeedu

/* Everything a format reader needs. */
struct source {
	struct image *img;
	const char *path;
	const u8 *p;
	u64 size;
	struct errmsg *msg;
};

#define bad(s, code, ...) err_set((s)->msg, code, __VA_ARGS__)

/**
 * file_read - read a whole regular file
 * @path: file name
 * @max:  most bytes to accept
 * @data: set to the bytes, owned by the caller; never NULL on success
 * @size: set to the length
 * @msg:  "PATH: reason" on failure
 *
 * Returns: 0; -ERR_NOENT, -ERR_IO, -ERR_RANGE when longer than @max.
 */
int file_read(const char *path, u64 max, u8 **data, u64 *size,
	      struct errmsg *msg)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	ssize_t n = 1;
	u64 got = 0;

	if (fd < 0)
		return err_set(msg, errno == ENOENT ? ERR_NOENT : ERR_IO,
			       "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return err_set(msg, ERR_IO, "%s: %s", path,
			       S_ISDIR(st.st_mode) ? "is a directory" :
						     "is not a regular file");
	}
	if ((u64)st.st_size > max) {
		close(fd);
		return err_set(msg, ERR_RANGE,
			       "%s: %llu bytes are more than "
			       "the %llu that are allowed",
			       path,
			       (unsigned long long)st.st_size,
			       (unsigned long long)max);
	}
	*data = xcalloc((size_t)st.st_size + 1, 1);
	xdense(*data, (size_t)st.st_size);
	while (got < (u64)st.st_size && n > 0) {
		n = read(fd, *data + got, (size_t)st.st_size - got);
		if (n < 0 && errno == EINTR)
			n = 1;
		else if (n > 0)
			got += (u64)n;
	}
	if (n < 0) {
		err_set(msg, ERR_IO, "%s: %s", path, strerror(errno));
		free(*data);
		*data = NULL;
	}
	close(fd);
	*size = got;
	return n < 0 ? -ERR_IO : 0;
}

static struct image_segment *add_segment(struct image *img, u32 load,
					 const u8 *data, u32 file_bytes,
					 u32 mem_bytes)
{
	struct image_segment *seg;

	img->seg = xrealloc(img->seg, img->nseg + 1, sizeof(*img->seg));
	seg = &img->seg[img->nseg++];
	seg->load = load;
	seg->data = data;
	seg->file_bytes = file_bytes;
	seg->mem_bytes = mem_bytes;
	return seg;
}

/* The segment whose file data hold @n bytes at physical @pa, or NULL. */
static struct image_segment *segment_at(const struct image *img, u32 pa, u32 n)
{
	unsigned int i;

	for (i = 0; i < img->nseg; i++) {
		struct image_segment *s = &img->seg[i];

		if (pa >= s->load && pa - s->load <= s->file_bytes &&
		    n <= s->file_bytes - (pa - s->load))
			return s;
	}
	return NULL;
}

/*
 * Look for a boot wrapper's start-up words; sets entry_kind, and the memory
 * that the wrapper clears where a raw binary does not say it.
 */
static void detect_wrapper(struct image *img)
{
	struct image_segment *s;
	const u8 *p;
	u32 end;

	img->entry_kind = IMAGE_LINUX;
	s = img->entry < 0x18 ? NULL : segment_at(img, img->entry - 0x18, 0x18);
	if (!s)
		return;
	p = s->data + (img->entry - 0x18 - s->load);
	if (ldb32(p) != 0x48000018 || ldb32(p + 4) > img->entry - 0x18 ||
	    ldb32(p + 8) < img->entry)
		return;
	img->entry_kind = ldb32(p + 20) ? IMAGE_WRAPPER : IMAGE_UBOOT;
	end = ldb32(p + 16);
	if (img->nseg == 1 && end > s->load && end - s->load > s->mem_bytes &&
	    end - s->load - s->mem_bytes < (64u << 20))
		s->mem_bytes = end - s->load;
}

/* ELF */

#define EH_TYPE	     16
#define EH_MACHINE   18
#define EH_ENTRY     24
#define EH_PHOFF     28
#define EH_PHENTSIZE 42
#define EH_PHNUM     44
#define EH_BYTES     52
#define PH_BYTES     32
#define EM_PPC	     20

static int elf_check(struct source *s)
{
	const u8 *p = s->p;
	u32 machine, type;

	if (s->size < EH_BYTES)
		return bad(s, ERR_FORMAT, "%s: the ELF header is cut",
			   s->path);
	if (p[4] != 1)
		return bad(s, ERR_UNSUPP,
			   "%s: a 64-bit ELF file; the 440 is a 32-bit machine",
			   s->path);
	if (p[5] != 2)
		return bad(s, ERR_UNSUPP,
			   "%s: a little-endian ELF file; "
			   "the 440 starts big-endian",
			   s->path);
	machine = ldb16(p + EH_MACHINE);
	if (machine != EM_PPC)
		return bad(s, ERR_UNSUPP,
			   "%s: an ELF file for machine %u, "
			   "not for PowerPC (20)",
			   s->path, machine);
	type = ldb16(p + EH_TYPE);
	if (type != 2 && type != 3)
		return bad(s, ERR_UNSUPP,
			   "%s: an ELF file of type %u, not an executable",
			   s->path, type);
	if (ldb16(p + EH_PHENTSIZE) != PH_BYTES || !ldb16(p + EH_PHNUM))
		return bad(s, ERR_FORMAT,
			   "%s: the ELF file has no program headers",
			   s->path);
	if ((u64)ldb32(p + EH_PHOFF) + ldb16(p + EH_PHNUM) * PH_BYTES >
	    s->size)
		return bad(s, ERR_FORMAT,
			   "%s: cut inside the ELF program headers",
			   s->path);
	return 0;
}

static int elf_segment(struct source *s, const u8 *ph)
{
	u32 offset = ldb32(ph + 4), paddr = ldb32(ph + 12);
	u32 filesz = ldb32(ph + 16), memsz = ldb32(ph + 20);

	if (ldb32(ph) != 1 || !memsz)
		return 0;
	if (filesz > memsz || (u64)paddr + memsz > 1ull << 32)
		return bad(s, ERR_RANGE,
			   "%s: the ELF segment at 0x%x has impossible sizes",
			   s->path, paddr);
	if ((u64)offset + filesz > s->size)
		return bad(s, ERR_FORMAT,
			   "%s: cut inside the ELF segment at 0x%x",
			   s->path, paddr);
	add_segment(s->img, paddr, s->p + offset, filesz, memsz);
	return 0;
}

/* Physical address of the entry point, from the segment that holds it. */
static int elf_entry(struct source *s, const u8 *ph, unsigned int n)
{
	u32 entry = ldb32(s->p + EH_ENTRY), vaddr, paddr, memsz;
	unsigned int i, pass;

	if (entry % 4)
		return bad(s, ERR_FORMAT,
			   "%s: the ELF entry point 0x%x is not aligned",
			   s->path, entry);
	for (pass = 0; pass < 2; pass++) {
		for (i = 0; i < n; i++) {
			vaddr = ldb32(ph + i * PH_BYTES + 8);
			paddr = ldb32(ph + i * PH_BYTES + 12);
			memsz = ldb32(ph + i * PH_BYTES + 20);
			if (pass)
				vaddr = paddr;
			if (ldb32(ph + i * PH_BYTES) != 1 || entry < vaddr ||
			    entry - vaddr >= memsz)
				continue;
			s->img->entry = entry - vaddr + paddr;
			return 0;
		}
	}
	return bad(s, ERR_FORMAT,
		   "%s: the ELF entry point 0x%x lies in no segment",
		   s->path, entry);
}

static int by_load(const void *a, const void *b)
{
	const struct image_segment *x = a, *y = b;

	return x->load < y->load ? -1 : x->load > y->load;
}

static int load_elf(struct source *s)
{
	struct image *img = s->img;
	unsigned int i, n;
	const u8 *ph;
	int rc;

	rc = elf_check(s);
	if (rc)
		return rc;
	n = ldb16(s->p + EH_PHNUM);
	ph = s->p + ldb32(s->p + EH_PHOFF);
	for (i = 0; i < n && !rc; i++)
		rc = elf_segment(s, ph + i * PH_BYTES);
	if (rc)
		return rc;
	if (!img->nseg)
		return bad(s, ERR_FORMAT,
			   "%s: the ELF file has nothing to load",
			   s->path);
	qsort(img->seg, img->nseg, sizeof(*img->seg), by_load);
	for (i = 1; i < img->nseg; i++)
		if (img->seg[i].load - img->seg[i - 1].load <
		    img->seg[i - 1].mem_bytes)
			return bad(s, ERR_CONFLICT,
				   "%s: the ELF segments at "
				   "0x%x and 0x%x overlap",
				   s->path,
				   img->seg[i - 1].load, img->seg[i].load);
	rc = elf_entry(s, ph, n);
	if (rc)
		return rc;
	img->format = "ELF";
	detect_wrapper(img);
	return 0;
}

/* uImage */

#define UI_BYTES  64
#define UI_PPC	  7
#define UI_LINUX  5
#define UI_KERNEL 2
#define UI_MULTI  4

static const char *uimage_type(u32 type)
{
	static const char *const name[] = {
		"invalid",
		"standalone",
		"kernel",
		"ramdisk",
		"multi-file",
		"firmware",
		"script",
		"file system",
		"device tree",
	};

	return type < ARRAY_SIZE(name) ? name[type] : "unknown";
}

static int uimage_check(struct source *s)
{
	u8 head[UI_BYTES];
	u32 size, crc;

	if (s->size < UI_BYTES)
		return bad(s, ERR_FORMAT, "%s: the uImage header is cut",
			   s->path);
	memcpy(head, s->p, UI_BYTES);
	memset(head + 4, 0, 4);
	crc = (u32)crc32(0, head, UI_BYTES);
	if (crc != ldb32(s->p + 4))
		return bad(s, ERR_FORMAT,
			   "%s: the uImage header has a wrong checksum",
			   s->path);
	size = ldb32(head + 12);
	if (size > s->size - UI_BYTES)
		return bad(s, ERR_FORMAT,
			   "%s: the uImage is cut: %u bytes "
			   "of data announced, %llu there",
			   s->path, size,
			   (unsigned long long)s->size - UI_BYTES);
	if (!size)
		return bad(s, ERR_FORMAT, "%s: the uImage is empty", s->path);
	if (head[29] != UI_PPC)
		return bad(s, ERR_UNSUPP,
			   "%s: a uImage for architecture %u, "
			   "not for PowerPC (7)",
			   s->path, head[29]);
	if (head[28] != UI_LINUX)
		return bad(s, ERR_UNSUPP,
			   "%s: a uImage for operating system "
			   "%u, not for Linux (5)",
			   s->path, head[28]);
	if (head[30] != UI_KERNEL)
		return bad(s, ERR_UNSUPP,
			   "%s: a uImage of type %s; only a "
			   "single kernel can be started%s",
			   s->path,
			   uimage_type(head[30]), head[30] == UI_MULTI ?
			   " (pass its parts with --kernel and --initrd)" : "");
	crc = (u32)crc32(0, s->p + UI_BYTES, size);
	if (crc != ldb32(s->p + 24))
		return bad(s, ERR_FORMAT,
			   "%s: the uImage data have a wrong checksum",
			   s->path);
	return 0;
}

/* Unpack gzip data into a fresh buffer; never more than UNPACKED_MAX. */
static int gunzip(struct source *s, const u8 *in, u32 n, u8 **out, u32 *size)
{
	u32 room = n < UNPACKED_MAX / 4 ? 4 * n + 4096 : UNPACKED_MAX;
	z_stream z = { 0 };
	int rc;

	if (inflateInit2(&z, 16 + MAX_WBITS) != Z_OK)
		return bad(s, ERR_NOMEM, "%s: no memory to unpack", s->path);
	*out = xcalloc(room, 1);
	z.next_in = (u8 *)(uintptr_t)in;
	z.avail_in = n;
	for (;;) {
		z.next_out = *out + z.total_out;
		z.avail_out = room - (u32)z.total_out;
		rc = inflate(&z, Z_NO_FLUSH);
		if (rc != Z_OK || room >= UNPACKED_MAX || z.avail_out)
			break;
		room = room < UNPACKED_MAX / 2 ? 2 * room : UNPACKED_MAX;
		*out = xrealloc(*out, room, 1);
	}
	*size = (u32)z.total_out;
	inflateEnd(&z);
	if (rc == Z_STREAM_END && *size)
		return 0;
	free(*out);
	*out = NULL;
	if (rc == Z_OK && *size >= UNPACKED_MAX)
		return bad(s, ERR_RANGE, "%s: unpacks to more than %u MB",
			   s->path, UNPACKED_MAX >> 20);
	return bad(s, ERR_FORMAT, "%s: the gzip data are %s", s->path,
		   rc == Z_OK || rc == Z_BUF_ERROR ? "cut" :
		   rc == Z_STREAM_END		   ? "empty" :
						     "damaged");
}

static int load_uimage(struct source *s)
{
	static const char *const packer[] = { "none", "gzip", "bzip2", "lzma",
					      "lzo", "lz4", "zstd" };
	struct image *img = s->img;
	const u8 *data = s->p + UI_BYTES;
	u32 size, load, comp;
	u8 *out;
	int rc;

	rc = uimage_check(s);
	if (rc)
		return rc;
	size = ldb32(s->p + 12);
	load = ldb32(s->p + 16);
	img->entry = ldb32(s->p + 20);
	comp = s->p[31];
	if (comp > 1)
		return bad(s, ERR_UNSUPP,
			   "%s: a uImage packed with %s; only "
			   "gzip and none are supported",
			   s->path,
			   comp < ARRAY_SIZE(packer) ? packer[comp] :
						       "an unknown method");
	img->format = comp ? "uImage (gzip)" : "uImage (none)";
	if (comp) {
		rc = gunzip(s, data, size, &out, &size);
		if (rc)
			return rc;
		free(img->buffer);
		img->buffer = out;
		data = out;
	}
	if ((u64)load + size > 1ull << 32)
		return bad(s, ERR_RANGE,
			   "%s: %u bytes at 0x%x do not fit in "
			   "32 bits of address",
			   s->path, size, load);
	if (img->entry < load || img->entry - load >= size || img->entry % 4)
		return bad(s, ERR_FORMAT,
			   "%s: the uImage's entry point 0x%x "
			   "lies outside its data",
			   s->path, img->entry);
	add_segment(img, load, data, size, size);
	detect_wrapper(img);
	return 0;
}

/* treeImage */

#define TREE_BYTES	32
#define TREE_BLOCK	512
#define TREE_ELF_BLOCKS 128 /* counted by mktree, but left out */

/*
 * mktree adds up 32-bit words in the byte order of the host it ran on, so
 * either order may fit.
 */
static bool tree_sum_fits(const u8 *p, u32 bytes)
{
	u32 be = 0, le = 0, i;

	for (i = 0; i < bytes; i += 4) {
		if (i == 20)
			continue;
		be += ldb32(p + i);
		le += __builtin_bswap32(ldb32(p + i));
	}
	return be == ldb32(p + 20) || le == ldb32(p + 20);
}

static int load_tree(struct source *s)
{
	struct image *img = s->img;
	u32 load, blocks, bytes;

	if (s->size < TREE_BYTES)
		return bad(s, ERR_FORMAT, "%s: the treeImage header is cut",
			   s->path);
	load = ldb32(s->p + 4);
	blocks = ldb32(s->p + 8);
	img->entry = ldb32(s->p + 16);
	if (blocks <= TREE_ELF_BLOCKS || blocks > FILE_MAX / TREE_BLOCK)
		return bad(s, ERR_FORMAT,
			   "%s: the treeImage header announces %u blocks",
			   s->path, blocks);
	bytes = (blocks - TREE_ELF_BLOCKS) * TREE_BLOCK;
	if (bytes > s->size - TREE_BYTES)
		return bad(s, ERR_FORMAT,
			   "%s: the treeImage is cut: %u bytes "
			   "of data announced, %llu there",
			   s->path, bytes,
			   (unsigned long long)s->size - TREE_BYTES);
	if (!tree_sum_fits(s->p, TREE_BYTES + bytes))
		return bad(s, ERR_FORMAT,
			   "%s: the treeImage has a wrong checksum",
			   s->path);
	if ((u64)load + bytes > 1ull << 32)
		return bad(s, ERR_RANGE,
			   "%s: %u bytes at 0x%x do not fit in "
			   "32 bits of address",
			   s->path, bytes, load);
	if (img->entry < load || img->entry - load >= bytes || img->entry % 4)
		return bad(s, ERR_FORMAT,
			   "%s: the treeImage's entry point "
			   "0x%x lies outside its data",
			   s->path, img->entry);
	img->format = "treeImage";
	add_segment(img, load, s->p + TREE_BYTES, bytes, bytes);
	detect_wrapper(img);
	if (img->entry_kind == IMAGE_LINUX)
		img->entry_kind = IMAGE_WRAPPER;
	return 0;
}

static int load_by_magic(struct source *s)
{
	u32 magic = s->size < 4 ? 0 : ldb32(s->p);

	if (!s->size)
		return bad(s, ERR_FORMAT, "%s: the file is empty", s->path);
	switch (magic) {
	case ELF_MAGIC:
		return load_elf(s);
	case UIMAGE_MAGIC:
		return load_uimage(s);
	case TREE_MAGIC:
		return load_tree(s);
	case FDT_MAGIC:
		return bad(s, ERR_FORMAT, "%s: a device tree, not a kernel",
			   s->path);
	}
	if (magic >> 16 == 0x1f8b)
		return bad(s, ERR_FORMAT,
			   "%s: bare gzip data, not a kernel "
			   "image: unpack it first",
			   s->path);
	return bad(s, ERR_FORMAT,
		   "%s: not a kernel image (ELF, uImage, "
		   "cuImage, treeImage or zImage)",
		   s->path);
}

/**
 * image_load - read a kernel image and find out how it wants to be entered
 * @img:  filled; image_free it, also when this fails
 * @path: file name
 * @msg:  one line that begins with the file name on failure
 *
 * Linux's `zImage` for Bamboo is the same file as treeImage.bamboo.
 *
 * Returns: 0; -ERR_NOENT, -ERR_IO, -ERR_FORMAT, -ERR_RANGE, -ERR_CONFLICT
 *          (segments overlap), -ERR_UNSUPP, -ERR_NOMEM.
 * Source:  [ELF] 2; [UBOOT] include/image.h; [LX] arch/powerpc/boot: mktree.c,
 *          crt0.S, wrapper.
 */
int image_load(struct image *img, const char *path, struct errmsg *msg)
{
	struct source s = { .img = img, .path = path, .msg = msg };
	u8 *data;
	int rc;

	memset(img, 0, sizeof(*img));
	img->path = xstrdup(path);
	img->format = "unknown";
	rc = file_read(path, FILE_MAX, &data, &s.size, msg);
	if (rc)
		return rc;
	img->buffer = data;
	s.p = data;
	return load_by_magic(&s);
}

/**
 * image_free - give an image's memory back
 * @img: loaded, or left by a failure
 */
void image_free(struct image *img)
{
	free(img->seg);
	free(img->buffer);
	free(img->path);
	memset(img, 0, sizeof(*img));
}
