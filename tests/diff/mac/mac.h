/* SPDX-License-Identifier: MIT */
/*
 * mac.h - GCC's test functions, as tests/diff/mac/run compiles them twice and
 * lists them in a table.
 */
#ifndef CULM_TESTS_MAC_H
#define CULM_TESTS_MAC_H

#include <stddef.h>

/* A test's function f(), which takes up to three words. */
typedef int gcc_function(int a, int b, int c);

struct gcc_case {
	const char *name;
	gcc_function *on_440, *elsewhere;
};

/* Ends with a row without a name. */
extern const struct gcc_case gcc_cases[];

enum { STRLEN_ROOM = 100 };

extern char strlen_440_s[STRLEN_ROOM], strlen_else_s[STRLEN_ROOM];
size_t strlen_440(void);
size_t strlen_else(void);

#endif
