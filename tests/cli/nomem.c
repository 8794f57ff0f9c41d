/* SPDX-License-Identifier: MIT */
/*
 * tests/cli/nomem.c - a library to preload: one request for memory fails.
 *
 * NOMEM_AT=N in the environment: the Nth request that a program with the name
 * culm makes itself, not its libraries, is refused.  NOMEM_COUNT=FILE: the
 * number of its requests is written there at the end.  Other programs that are
 * started on the way are left alone.
 */
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static ElfW(Addr) low, high;	/* the program's text */
static unsigned long requests, fails_at;

/* The program comes first, and ends the search. */
static int find_program(struct dl_phdr_info *info, size_t size, void *opaque)
{
	const ElfW(Phdr) *p = info->dlpi_phdr;

	(void)size;
	(void)opaque;
	for (int i = 0; i < info->dlpi_phnum; i++, p++)
		if (p->p_type == PT_LOAD && p->p_flags & PF_X) {
			low = info->dlpi_addr + p->p_vaddr;
			high = low + p->p_memsz;
		}
	return 1;
}

static void __attribute__((constructor)) begin(void)
{
	const char *at = getenv("NOMEM_AT");

	if (strcmp(program_invocation_short_name, "culm") != 0)
		return;
	fails_at = at ? strtoul(at, NULL, 10) : 0;
	dl_iterate_phdr(find_program, NULL);
}

static void __attribute__((destructor)) end(void)
{
	const char *file = getenv("NOMEM_COUNT");
	FILE *f = file && high ? fopen(file, "w") : NULL;

	if (!f)
		return;
	fprintf(f, "%lu\n", requests);
	fclose(f);
}

/* Whether the request of the code at @from is to fail. */
static int refused(const void *from)
{
	ElfW(Addr) a = (ElfW(Addr))from;

	if (a < low || a >= high || ++requests != fails_at)
		return 0;
	errno = ENOMEM;
	return 1;
}

void *malloc(size_t size)
{
	if (refused(__builtin_return_address(0)))
		return NULL;
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	if (refused(__builtin_return_address(0)))
		return NULL;
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	if (refused(__builtin_return_address(0)))
		return NULL;
	return __libc_realloc(p, size);
}

void *mmap(void *p, size_t size, int prot, int flags, int fd, off_t off)
{
	if (refused(__builtin_return_address(0)))
		return MAP_FAILED;
	return (void *)syscall(SYS_mmap, p, size, prot, flags, fd, off);
}

void *mremap(void *p, size_t size, size_t wanted, int flags, ...)
{
	void *at = NULL;
	va_list ap;

	if (refused(__builtin_return_address(0)))
		return MAP_FAILED;
	if (flags & MREMAP_FIXED) {
		va_start(ap, flags);
		at = va_arg(ap, void *);
		va_end(ap);
	}
	return (void *)syscall(SYS_mremap, p, size, wanted, flags, at);
}

int mprotect(void *p, size_t size, int prot)
{
	if (refused(__builtin_return_address(0)))
		return -1;
	return (int)syscall(SYS_mprotect, p, size, prot);
}
