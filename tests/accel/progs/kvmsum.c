/* SPDX-License-Identifier: MIT */
/*
 * kvmsum FROM TO - a checksum of the kernel's memory between two addresses in
 * hexadecimal, read through /proc/kcore.
 */
#include "kvm.h"

enum { PT_LOAD = 1 };

static struct {
	uint8_t ident[16];
	uint16_t type, machine;
	uint32_t version, entry, phoff, shoff, flags;
	uint16_t ehsize, phentsize, phnum, rest[3];
} head;

static struct {
	uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
} segment[64];

static uint32_t buffer[1024];

static uint32_t hex(const char *s)
{
	uint32_t v = 0;

	for (; *s; s++)
		v = v << 4 | (uint32_t)(*s <= '9' ? *s - '0' : (*s | 32) - 'a' +
					10);
	return v;
}

static void read_at(int fd, uint32_t offset, void *to, uint32_t bytes)
{
	/* pread64: the offset's halves are an even pair of registers */
	if (sys_call6(179, fd, (long)to, (long)bytes, 0, 0, (long)offset) !=
	    (long)bytes)
		die("kvmsum: /proc/kcore, offset", offset);
}

/* Where the file has the address @at. */
static uint32_t offset_of(uint32_t at)
{
	uint32_t i;

	for (i = 0; i < head.phnum; i++)
		if (segment[i].type == PT_LOAD &&
		    at - segment[i].vaddr < segment[i].memsz)
			return segment[i].offset + (at - segment[i].vaddr);
	die("kvmsum: /proc/kcore has not", at);
}

static int prog_main(int argc, char **argv, char **envp)
{
	uint32_t from, to, n, i, sum = 1;
	int fd = sys_call(SYS_OPEN, (long)"/proc/kcore", 0, 0);

	(void)envp;
	if (argc < 3 || fd < 0)
		die("kvmsum: usage: kvmsum FROM TO, as root", (uint32_t)fd);
	read_at(fd, 0, &head, sizeof(head));
	if (head.phnum > 64)
		die("kvmsum: segments", head.phnum);
	read_at(fd, head.phoff, segment, head.phnum * 32u);
	from = hex(argv[1]) & ~3u;
	to = hex(argv[2]) & ~3u;
	for (; from < to; from += n) {
		n = to - from < sizeof(buffer) ? to - from : sizeof(buffer);
		read_at(fd, offset_of(from), buffer, n);
		for (i = 0; i < n / 4; i++)
			sum = (sum << 5 | sum >> 27) + (buffer[i] ^ 0x9e3779b9u);
	}
	put_hex(sum, 8);
	put_text("\n");
	return 0;
}
