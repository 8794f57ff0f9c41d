/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/compat.h - which of a class's compatible strings a node has, for
 * classes that serve several kinds of part.
 */
#ifndef SOC_DEV_COMPAT_H
#define SOC_DEV_COMPAT_H

#include "soc/dev.h"

static inline bool compat_has(const struct dev_node *node, const char *name)
{
	int len = 0, n = (int)strlen(name) + 1;
	const char *s = node->prop(node, "compatible", &len), *end;

	for (end = s ? s + len : s; s && end - s >= n; s++) {
		if (!memcmp(s, name, (size_t)n))
			return true;
		s = memchr(s, 0, (size_t)(end - s));
		if (!s)
			break;
	}
	return false;
}

#endif
