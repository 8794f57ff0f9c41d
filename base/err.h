/* SPDX-License-Identifier: MIT */
/*
 * base/err.h - error codes and the one line that explains an error.
 *
 * A function that can fail on bad input or on a host call returns 0 or
 * -ERR_x and, where it knows the name of the culprit, leaves one line in the
 * caller's struct errmsg.  The line is printed once, by cli/.
 */
#ifndef BASE_ERR_H
#define BASE_ERR_H

#include "base/env.h"

enum err_code {
	ERR_NONE,
#define ERR(name, text) ERR_##name,
#include "base/err.def"
#undef ERR
	ERR_COUNT
};

struct errmsg {
	char text[512];		/* one line, no newline; "" when none */
};

const char *err_text(int code);
int err_set(struct errmsg *msg, int code, const char *fmt, ...) __printf(3, 4);

#endif
