/* SPDX-License-Identifier: MIT */
/*
 * bare_string.c - the five functions of <string.h> that kernels use, for a
 * board without a C library.  Words where both sides are aligned, else bytes.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint32_t __attribute__((may_alias)) word_t;

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if ((((uintptr_t)t | (uintptr_t)f) & 3) == 0)
		for (; n >= 4; n -= 4, t += 4, f += 4)
			*(word_t *)(void *)t = *(const word_t *)(const void *)f;
	while (n--)
		*t++ = *f++;
	return to;
}

void *memset(void *to, int value, size_t n)
{
	unsigned char *t = to;
	uint32_t word = (uint32_t)(value & 255) * 0x01010101u;

	for (; n && ((uintptr_t)t & 3); n--)
		*t++ = (unsigned char)value;
	for (; n >= 4; n -= 4, t += 4)
		*(word_t *)(void *)t = word;
	while (n--)
		*t++ = (unsigned char)value;
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

int strcmp(const char *a, const char *b)
{
	for (; *a && *a == *b; a++, b++)
		;
	return (unsigned char)*a - (unsigned char)*b;
}

char *strcpy(char *restrict to, const char *restrict from)
{
	char *t = to;

	while ((*t++ = *from++))
		;
	return to;
}
