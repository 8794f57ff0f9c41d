/* SPDX-License-Identifier: MIT */
/*
 * soc/board_load.c - finds a board's tree, compiles it when it is source, and
 * checks that the blob is whole; `--set` edits it before anything is resolved.
 *
 * It does not look at what the nodes mean: that is board_walk.c.
 */
#include "soc/board_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/xalloc.h"
#include "soc/image.h"

#ifndef CULM_DATADIR
#define CULM_DATADIR "/usr/local/share/culm"
#endif

static bool ends_with(const char *s, const char *tail)
{
	size_t n = strlen(s), t = strlen(tail);

	return n >= t && !strcmp(s + n - t, tail);
}

/* The child's half of board_dtc: never returns. */
static void dtc_exec(const char *path, int out, int err)
{
	const char *dir = getenv("CULM_BOARDS");
	const char *argv[12] = { "dtc", "-q", "-I", "dts", "-O", "dtb",
				 "-i", CULM_DATADIR "/boards" };
	unsigned int n = 8;

	if (dir && *dir) {
		argv[n++] = "-i";
		argv[n++] = dir;
	}
	argv[n++] = path;
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
		_exit(126);
	execvp("dtc", (char *const *)argv);
	_exit(127);
}

static int read_all(int fd, u8 **data, u64 *size)
{
	u64 room = 65536;
	ssize_t n;

	*size = 0;
	*data = xcalloc(room, 1);
	for (;;) {
		n = read(fd, *data + *size, room - *size);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -ERR_IO : 0;
		*size += (u64)n;
		if (*size > BOARD_MAX_BLOB)
			return -ERR_RANGE;
		if (*size == room) {
			room *= 2;
			*data = xrealloc(*data, room, 1);
		}
	}
}

/* The first line that dtc wrote, as the cause of the failure. */
static int dtc_failed(const char *path, int status, FILE *err,
		      struct errmsg *msg)
{
	char line[400] = "";

	if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		return err_set(msg, ERR_UNSUPP,
			       "%s: cannot be compiled: no dtc program found "
			       "(package device-tree-compiler)",
			       path);
	rewind(err);
	while (fgets(line, sizeof(line), err)) {
		line[strcspn(line, "\r\n")] = 0;
		if (line[0])
			break;
	}
	return err_set(msg, ERR_FORMAT, "%s: dtc: %s", path,
		       line[0] ? line : "failed without a message");
}

/**
 * board_dtc - compile a device tree source
 * @path:  file name of the .dts, named in the message
 * @blob:  set to the compiled tree, owned by the caller, on success
 * @bytes: set to its length
 * @msg:   one line on failure: dtc's own first line, with its position
 *
 * Includes are looked up beside @path, in $CULM_BOARDS and in the data folder.
 *
 * Returns: 0; -ERR_IO, -ERR_FORMAT, -ERR_RANGE, -ERR_UNSUPP (no dtc).
 * Context: forks; not for the run loop.
 */
int board_dtc(const char *path, u8 **blob, u64 *bytes, struct errmsg *msg)
{
	char *name = path[0] == '-' ? xasprintf("./%s", path) : xstrdup(path);
	int fd[2] = { -1, -1 }, rc, status = 0;
	FILE *err = tmpfile();
	pid_t pid = -1;

	*blob = NULL;
	if (err && !pipe(fd))
		pid = fork();
	if (pid == 0)
		dtc_exec(name, fd[1], fileno(err));
	free(name);
	if (pid < 0) {
		rc = err_set(msg, ERR_IO, "%s: cannot start dtc: %s", path,
			     strerror(errno));
		if (fd[0] >= 0) {
			close(fd[0]);
			close(fd[1]);
		}
		goto out;
	}
	close(fd[1]);
	rc = read_all(fd[0], blob, bytes);
	close(fd[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (rc)
		err_set(msg, -rc, "%s: dtc: %s", path, err_text(rc));
	else if (status)
		rc = dtc_failed(path, status, err, msg);
out:
	if (err)
		fclose(err);
	if (rc) {
		free(*blob);
		*blob = NULL;
	}
	return rc;
}

static int load_file(struct board *b, const char *path, struct errmsg *msg)
{
	u8 *data;
	u64 size;
	int rc;

	rc = file_read(path, BOARD_MAX_BLOB, &data, &size, msg);
	if (rc)
		return rc;
	if (size >= 4 && ldb32(data) == FDT_MAGIC)
		goto blob;
	if (ends_with(path, ".dtb")) {
		free(data);
		return err_set(msg, ERR_FORMAT, "%s: not a device tree blob%s",
			       path, size ? "" : ": the file is empty");
	}
	free(data);
	rc = board_dtc(path, &data, &size, msg);
	if (rc)
		return rc;
blob:
	b->blob = data;
	if (size < FDT_V1_SIZE || fdt_check_header(data) ||
	    fdt_totalsize(data) > size)
		return err_set(msg, ERR_FORMAT,
			       "%s: the device tree is cut or its header is "
			       "damaged",
			       path);
	if (fdt_check_full(data, size))
		return err_set(msg, ERR_FORMAT,
			       "%s: the device tree is damaged: %s",
			       path,
			       fdt_strerror(fdt_check_full(data, size)));
	b->blob_bytes = fdt_totalsize(data);
	return 0;
}

/* Path of the shipped board @name, to be freed; NULL when there is none. */
static char *shipped_path(const char *name)
{
	const char *dirs[] = { getenv("CULM_BOARDS"), CULM_DATADIR "/boards" };
	static const char *const ext[] = { "dtb", "dts" };
	unsigned int i;
	char *path;

	for (i = 0; i < 2 * ARRAY_SIZE(dirs); i++) {
		if (!dirs[i / 2] || !*dirs[i / 2])
			continue;
		path = xasprintf("%s/%s.%s", dirs[i / 2], name, ext[i % 2]);
		if (!access(path, R_OK))
			return path;
		free(path);
	}
	return NULL;
}

/**
 * board_load - read a board's tree and check that it is whole
 * @b:    filled; board_free it also when this fails
 * @name: a .dts, a .dtb, or the name of a shipped board
 * @msg:  one line that begins with the file on failure
 *
 * A name without '/' and '.' is a shipped board: NAME.dtb or NAME.dts in
 * $CULM_BOARDS, then in the data folder's boards/.  A file that begins with
 * the blob magic is a blob whatever its name is; the rest is given to dtc.
 *
 * Returns: 0; -ERR_NOENT, -ERR_IO, -ERR_FORMAT, -ERR_RANGE, -ERR_UNSUPP.
 * Source:  [DTSPEC] 5 flattened device tree.
 */
int board_load(struct board *b, const char *name, struct errmsg *msg)
{
	char *path;
	int rc;

	memset(b, 0, sizeof(*b));
	b->name = xstrdup(name);
	if (strpbrk(name, "/."))
		return load_file(b, name, msg);
	path = shipped_path(name);
	if (!path && !access(name, F_OK))
		return load_file(b, name, msg);
	if (!path)
		return err_set(msg, ERR_NOENT,
			       "%s: no such board in $CULM_"
			       "BOARDS or " CULM_DATADIR "/boards",
			       name);
	rc = load_file(b, path, msg);
	free(path);
	return rc;
}

/* One number of a cell list or of a byte string; moves @s behind it. */
static bool set_number(const char **s, int base, unsigned long max,
		       unsigned long *v)
{
	char *end;

	*s += strspn(*s, " \t,");
	if (!**s || strchr("+-", **s))
		return false;
	errno = 0;
	*v = strtoul(*s, &end, base);
	if (end == *s || errno || *v > max)
		return false;
	*s = end;
	return true;
}

/* "[00 11 22]" or "[001122]" into @out; bytes, or -1. */
static int set_bytes(const char *s, u8 *out)
{
	char pair[3] = "", *end;
	int n = 0;

	while (*(s += strspn(s, " \t")) && *s != ']') {
		memcpy(pair, s, 1 + (s[1] != 0));
		out[n++] = (u8)strtoul(pair, &end, 16);
		if (end != pair + 2)
			return -1;
		s += 2;
	}
	return *s == ']' && !s[1] ? n : -1;
}

static int set_cells(const char *s, u8 *out)
{
	unsigned long v;
	int n = 0;

	while (*(s += strspn(s, " \t,")) && *s != '>') {
		if (!set_number(&s, 0, 0xffffffffu, &v))
			return -1;
		stb32(out + n, (u32)v);
		n += 4;
	}
	return *s == '>' && !s[1] ? n : -1;
}

/* Property bytes of the value @s into @out (strlen(@s) * 4 + 8 bytes). */
static int set_value(const char *s, u8 *out)
{
	const char *p = s;
	size_t n = strlen(s);
	unsigned long v;

	if (*s == '<')
		return set_cells(s + 1, out);
	if (*s == '[')
		return set_bytes(s + 1, out);
	if (*s == '"') {
		if (n < 2 || s[n - 1] != '"')
			return -1;
		memcpy(out, s + 1, n - 2);
		out[n - 2] = 0;
		return (int)n - 1;
	}
	if (*s >= '0' && *s <= '9' && set_number(&p, 0, 0xffffffffu, &v) &&
	    !*p) {
		stb32(out, (u32)v);
		return 4;
	}
	memcpy(out, s, n + 1);
	return n ? (int)n + 1 : 0;
}

static int set_apply(struct board *b, const char *path, const char *prop,
		     const u8 *val, int n, struct errmsg *msg)
{
	u32 room = b->blob_bytes + (u32)n + (u32)strlen(prop) + 64;
	void *blob = xcalloc(room, 1);
	int off, rc;

	rc = fdt_open_into(b->blob, blob, (int)room);
	off = rc ? rc : fdt_path_offset(blob, path);
	if (off < 0) {
		free(blob);
		return err_set(msg, ERR_NOENT, "--set: %s: %s: %s", b->name,
			       path, off == -FDT_ERR_NOTFOUND ?
			       "no such node" : fdt_strerror(off));
	}
	rc = fdt_setprop(blob, off, prop, val, n);
	if (rc) {
		free(blob);
		return err_set(msg, ERR_FORMAT, "--set: %s: %s: %s: %s",
			       b->name, path, prop, fdt_strerror(rc));
	}
	fdt_pack(blob);
	free(b->blob);
	b->blob = blob;
	b->blob_bytes = fdt_totalsize(blob);
	return 0;
}

/**
 * board_set - change one property of the tree, as `--set` asks
 * @b:          loaded, not yet walked
 * @assignment: "/node/path:property=value"; an alias may stand for the path
 * @msg:        one line on failure
 *
 * The value is one of
 *   "text"          a string, quotes left out
 *   <1 0x10 ...>    32-bit cells
 *   [00 1a 2b ...]  bytes in hexadecimal, two digits each
 *   123, 0x7b       one cell
 *   text            a string
 *   (nothing)       an empty property
 *
 * Returns: 0; -ERR_USAGE, -ERR_NOENT, -ERR_FORMAT.
 * Context: between board_load and board_walk.
 */
int board_set(struct board *b, const char *assignment, struct errmsg *msg)
{
	char *path = xstrdup(assignment), *eq = strchr(path, '=');
	char *colon = NULL;
	u8 *val;
	int n, rc;

	if (eq) {
		*eq = 0;
		colon = strrchr(path, ':');
	}
	if (!colon || colon == path || !colon[1]) {
		free(path);
		return err_set(msg, ERR_USAGE,
			       "--set %s: expected /node/path:property=value",
			       assignment);
	}
	*colon = 0;
	val = xcalloc(4 * strlen(eq + 1) + 8, 1);
	n = set_value(eq + 1, val);
	if (n < 0)
		rc = err_set(msg, ERR_USAGE,
			     "--set %s: the value is not a "
			     "string, a number, <cells> or [bytes]",
			     assignment);
	else
		rc = set_apply(b, path, colon + 1, val, n, msg);
	free(val);
	free(path);
	return rc;
}
