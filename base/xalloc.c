/* SPDX-License-Identifier: MIT */
/* base/xalloc.c - set-up time allocation; never called inside the run loop. */
#include "base/xalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/log.h"

/**
 * xcalloc - zeroed memory for @n objects of @size bytes
 * @n:    objects
 * @size: bytes of each
 *
 * Returns: the memory; never NULL.
 */
void *xcalloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		out_of_memory(n * size);
	return p;
}

/**
 * xrealloc - resize an array
 * @p:    array or NULL
 * @n:    objects wanted
 * @size: bytes of each
 *
 * Returns: the array; new space is not cleared.
 */
void *xrealloc(void *p, size_t n, size_t size)
{
	BUG_ON(size && n > SIZE_MAX / size);
	p = realloc(p, n && size ? n * size : 1);
	if (!p)
		out_of_memory(n * size);
	return p;
}

/**
 * xstrdup - copy a string
 * @s: string or NULL
 *
 * Returns: the copy, NULL for NULL.
 */
char *xstrdup(const char *s)
{
	size_t n;

	if (!s)
		return NULL;
	n = strlen(s) + 1;
	return memcpy(xcalloc(n, 1), s, n);
}

/**
 * xdense - most of some fresh memory will be touched, or stretches of 2 MB
 * @p:     first byte
 * @bytes: how many
 *
 * The host may give large pages then, which take a fraction of the time.
 */
void xdense(void *p, size_t bytes)
{
#ifdef MADV_HUGEPAGE
	uintptr_t at = ((uintptr_t)p + 0xfff) & ~(uintptr_t)0xfff;
	size_t skip = at - (uintptr_t)p;

	if (bytes > skip)
		madvise((void *)at, bytes - skip, MADV_HUGEPAGE);
#else
	(void)p;
	(void)bytes;
#endif
}

/**
 * xasprintf - print into fresh memory
 * @fmt: printf format
 *
 * Returns: the string; the caller frees it.
 */
char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		out_of_memory(strlen(fmt));
	return s;
}
