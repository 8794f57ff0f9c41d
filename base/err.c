/* SPDX-License-Identifier: MIT */
/* base/err.c - texts of the error codes; fills the caller's one-line message. */
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>

/**
 * err_text - text of an error code
 * @code: -ERR_x or ERR_x
 *
 * Returns: a constant string, "unknown error" for a code out of range.
 */
const char *err_text(int code)
{
	static const char *const text[] = {
		[ERR_NONE] = "no error",
#define ERR(name, txt) [ERR_##name] = txt,
#include "base/err.def"
#undef ERR
	};

	if (code < 0)
		code = -code;
	return code < ERR_COUNT ? text[code] : "unknown error";
}

/**
 * err_set - leave the one line that explains an error
 * @msg:  filled; an earlier line is kept, since the first cause is the best
 * @code: ERR_x
 * @fmt:  printf format of the line, without newline
 *
 * Returns: -@code, so that a function can end with `return err_set(...)`.
 */
int err_set(struct errmsg *msg, int code, const char *fmt, ...)
{
	va_list ap;

	if (msg && !msg->text[0]) {
		va_start(ap, fmt);
		vsnprintf(msg->text, sizeof(msg->text), fmt, ap);
		va_end(ap);
	}
	return -code;
}
