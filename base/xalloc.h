/* SPDX-License-Identifier: MIT */
/* base/xalloc.h - allocation that stops the process when memory runs out. */
#ifndef BASE_XALLOC_H
#define BASE_XALLOC_H

#include "base/env.h"

void *xcalloc(size_t n, size_t size);
void *xrealloc(void *p, size_t n, size_t size);
char *xstrdup(const char *s);
void xdense(void *p, size_t bytes);
char *xasprintf(const char *fmt, ...) __printf(1, 2);

#endif
