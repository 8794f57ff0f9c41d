/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_p9.c - the 9P2000.L server, by messages made byte by byte.
 *
 * Layouts: diod's protocol.md and Linux's include/net/9p/9p.h.  The folder
 * lies in one of the test's own below /tmp, next to what the guest must not
 * reach.
 */
#include <CUnit/CUnit.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/p9.h"
#include "host/p9_priv.h"
#include "tests/unit/unit.h"

#define NOFID 0xffffffffu

static char top[64];
static struct p9 *server;
static u8 reply[1 << 20];
static size_t got;	/* bytes of the reply */
static const u8 *at;	/* next byte to look at */

static u64 take(unsigned int bytes)
{
	u64 v = 0;

	CU_ASSERT_FATAL((size_t)(at - reply) + bytes <= got);
	for (unsigned int i = 0; i < bytes; i++)
		v |= (u64)at[i] << 8 * i;
	at += bytes;
	return v;
}

static void skip(unsigned int bytes)
{
	CU_ASSERT_FATAL((size_t)(at - reply) + bytes <= got);
	at += bytes;
}

static size_t pack(u8 *p, u64 v, unsigned int bytes)
{
	for (unsigned int i = 0; i < bytes; i++)
		p[i] = (u8)(v >> 8 * i);
	return bytes;
}

/*
 * Send a message: "1", "2", "4", "8" are numbers (unsigned, or u64 for 8), s a
 * string.  Returns 0 or the error number; @at is behind the header.
 */
static u32 ask(u32 type, const char *form, ...)
{
	static u8 req[70000];
	size_t n = 7;
	va_list ap;

	va_start(ap, form);
	for (; *form; form++) {
		if (*form == 's') {
			const char *s = va_arg(ap, const char *);

			n += pack(req + n, strlen(s), 2);
			memcpy(req + n, s, strlen(s));
			n += strlen(s);
		} else if (*form == '8') {
			n += pack(req + n, va_arg(ap, u64), 8);
		} else {
			n += pack(req + n, va_arg(ap, u32),
				  (unsigned int)(*form - '0'));
		}
	}
	va_end(ap);
	pack(req, n, 4);
	req[4] = (u8)type;
	pack(req + 5, 0x1234, 2);
	memset(reply, 0xee, 64);
	got = p9_share(server)->request(server, req, n, reply, sizeof(reply));
	at = reply;
	CU_ASSERT_EQUAL(take(4), got);
	n = take(1);
	CU_ASSERT_EQUAL(take(2), 0x1234);
	if (n == 7)
		return (u32)take(4);
	CU_ASSERT_EQUAL(n, type + 1);
	return 0;
}

/* Tests of one number. */
#define IS(call, number) CU_ASSERT_EQUAL(call, number)

static u32 attach(u32 fid)
{
	return ask(104, "44ss4", fid, NOFID, "root", "", 0);
}

static u32 walk(u32 fid, u32 newfid, const char *name)
{
	return ask(110, "442s", fid, newfid, 1, name);
}

static u32 clunk(u32 fid)
{
	return ask(120, "4", fid);
}

static char *below(const char *name)
{
	static char path[4][256];
	static unsigned int turn;
	char *p = path[turn++ % 4];

	snprintf(p, sizeof(path[0]), "%s/%s", top, name);
	return p;
}

static void put(const char *name, const char *text)
{
	int fd = open(below(name), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static bool exists(const char *name)
{
	struct stat st;

	return lstat(below(name), &st) == 0;
}

/* share/ with a few files, outside/ with a secret; fid 0 is the root. */
static void rig_up(bool is_read_only)
{
	struct errmsg msg = { "" };

	strcpy(top, "/tmp/culm-p9-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(top));
	mkdir(below("share"), 0755);
	mkdir(below("share/dir"), 0755);
	mkdir(below("outside"), 0777);
	mkdir(below("outside/sub"), 0777);
	put("share/file", "hello");
	put("share/dir/inner", "inner");
	put("outside/secret", "secret");
	CU_ASSERT_EQUAL(symlink(below("outside"), below("share/abs")), 0);
	CU_ASSERT_EQUAL(symlink("../outside", below("share/rel")), 0);
	CU_ASSERT_EQUAL(symlink("../../outside/secret",
				below("share/dir/up")), 0);
	CU_ASSERT_EQUAL(symlink("dir", below("share/in")), 0);
	CU_ASSERT_EQUAL_FATAL(p9_open(&server, below("share"), "tag",
				      is_read_only, &msg), 0);
	IS(ask(100, "4s", 65536, "9P2000.L"), 0);
	IS(take(4), 65536);
	IS(attach(0), 0);
}

static void rig_down(void)
{
	char *cmd = xasprintf("rm -rf '%s'", top);

	p9_close(server);
	CU_ASSERT_EQUAL(system(cmd), 0);
	free(cmd);
}

void test_p9_version(void)
{
	rig_up(false);
	IS(ask(100, "4s", 8192, "9P2000.u"), 0);
	IS(take(4), 8192);
	IS(take(2), 7);
	CU_ASSERT_EQUAL(memcmp(at, "unknown", 7), 0);
	/* a new session has no fids */
	IS(walk(0, 1, "file"), EBADF);
	IS(ask(100, "4s", 0xffffffffu, "9P2000.L"), 0);
	IS(take(4), 1 << 20);
	IS(ask(100, "4s", 100, "9P2000.L"), EINVAL);
	IS(ask(102, "4ss4", 1, "root", "", 0), EOPNOTSUPP);
	IS(ask(104, "44ss4", 1, 2, "root", "", 0), EINVAL);
	IS(ask(108, "2", 77), 0);
	rig_down();
}

void test_p9_walk(void)
{
	u64 dir, file;

	rig_up(false);
	IS(walk(0, 1, "dir"), 0);
	IS(take(2), 1);
	IS(take(1), 0x80);
	take(4);
	dir = take(8);
	IS(ask(110, "442ss", 0, 2, 2, "dir", "inner"), 0);
	IS(take(2), 2);
	IS(take(1), 0x80);
	take(4);
	IS(take(8), dir);
	IS(take(1), 0);
	take(4);
	file = take(8);
	CU_ASSERT_NOT_EQUAL(file, dir);
	/* half way: the qids so far, and no fid */
	IS(ask(110, "442ss", 0, 3, 2, "dir", "none"), 0);
	IS(take(2), 1);
	IS(got, 7 + 2 + 13);
	IS(clunk(3), EBADF);
	IS(walk(0, 3, "none"), ENOENT);
	IS(ask(110, "442ss", 0, 3, 2, "file", "x"), 0);
	IS(take(2), 1);
	/* clone, and a number that is taken */
	IS(ask(110, "442", 1, 3, 0), 0);
	IS(walk(3, 4, "inner"), 0);
	IS(walk(0, 4, "file"), EEXIST);
	IS(walk(0, NOFID, "file"), EINVAL);
	IS(ask(110, "442sssssssssssssssss", 0, 9, 17, "a", "a", "a", "a", "a",
	       "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a", "a"),
	   EINVAL);
	IS(clunk(4), 0);
	IS(clunk(4), EBADF);
	/* attach to a folder within */
	IS(ask(104, "44ss4", 5, NOFID, "root", "/dir", 0), 0);
	IS(walk(5, 6, "inner"), 0);
	IS(ask(104, "44ss4", 7, NOFID, "root", "dir/../..", 0), EINVAL);
	IS(ask(104, "44ss4", 7, NOFID, "root", "abs", 0), ENOTDIR);
	rig_down();
}

static unsigned int entries(const char *name)
{
	DIR *d = opendir(below(name));
	unsigned int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n;
}

/* The symbolic links of the rig lead out; nothing may follow them. */
static void confined(void)
{
	static const char *const bad[] = {
		"../outside", "/etc", "a/b", ".", "", "file/",
	};
	u64 root;

	IS(attach(100), 0);
	skip(5);
	root = take(8);
	IS(ask(110, "442sss", 100, 101, 3, "..", "..", ".."), 0);
	IS(take(2), 3);
	skip(2 * 13 + 5);
	IS(take(8), root);
	IS(ask(110, "442ssss", 100, 102, 4, "dir", "..", "..", "outside"), 0);
	IS(take(2), 3);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		IS(walk(100, 103, bad[i]), EINVAL);
	IS(ask(110, "442ss", 100, 103, 2, "abs", "secret"), 0);
	IS(take(2), 1);
	IS(ask(110, "442ss", 100, 103, 2, "rel", "secret"), 0);
	IS(take(2), 1);
	IS(ask(110, "442sss", 100, 103, 3, "in", "inner", "x"), 0);
	IS(take(2), 1);

	IS(walk(100, 104, "abs"), 0);
	IS(ask(12, "44", 104, 0), ELOOP);
	IS(ask(12, "44", 104, 0200000), ELOOP);
	IS(ask(14, "4s444", 104, "x", 2, 0644, 0), ENOTDIR);
	IS(ask(72, "4s44", 104, "x", 0755, 0), ENOTDIR);
	IS(ask(16, "4ss4", 104, "x", "y", 0), ENOTDIR);
	IS(ask(76, "4s4", 104, "secret", 0), ENOTDIR);
	IS(ask(74, "4s4s", 104, "secret", 100, "stolen"), ENOTDIR);
	IS(ask(74, "4s4s", 100, "file", 104, "gone"), ENOTDIR);
	IS(ask(110, "442ss", 100, 105, 2, "dir", "up"), 0);
	IS(ask(12, "44", 105, 0), ELOOP);
	/* size of what a link leads to */
	CU_ASSERT_NOT_EQUAL(ask(26, "4444488888", 105, 8, 0, 0, 0, (u64)0,
				(u64)0, (u64)0, (u64)0, (u64)0), 0);
	for (const char *const *n = (const char *const[]){ "..", ".", "a/b",
							   "", NULL }; *n; n++) {
		IS(ask(14, "4s444", 100, *n, 2, 0644, 0), EINVAL);
		IS(ask(72, "4s44", 100, *n, 0755, 0), EINVAL);
		IS(ask(16, "4ss4", 100, *n, "x", 0), EINVAL);
		IS(ask(18, "4s4444", 100, *n, 0100644, 0, 0, 0), EINVAL);
		IS(ask(70, "44s", 100, 105, *n), EINVAL);
		IS(ask(76, "4s4", 100, *n, 0x200), EINVAL);
		IS(ask(74, "4s4s", 100, "file", 100, *n), EINVAL);
		IS(ask(74, "4s4s", 100, *n, 100, "x"), EINVAL);
		IS(ask(20, "44s", 105, 100, *n), EINVAL);
	}
	/* a fid whose folder above became a link that leads out */
	IS(ask(72, "4s44", 100, "e", 0777, 0), 0);
	IS(walk(100, 106, "e"), 0);
	IS(ask(72, "4s44", 106, "sub", 0777, 0), 0);
	IS(walk(106, 107, "sub"), 0);
	IS(ask(76, "4s4", 106, "sub", 0x200), 0);
	IS(ask(76, "4s4", 100, "e", 0x200), 0);
	IS(ask(16, "4ss4", 100, "e", below("outside"), 0), 0);
	CU_ASSERT_NOT_EQUAL(ask(72, "4s44", 107, "x", 0755, 0), 0);
	CU_ASSERT_NOT_EQUAL(ask(24, "48", 107, (u64)0), 0);
	IS(ask(76, "4s4", 100, "e", 0), 0);
	IS(entries("outside/sub"), 2);

	CU_ASSERT(exists("outside/secret"));
	CU_ASSERT_FALSE(exists("outside/x"));
	CU_ASSERT_FALSE(exists("outside/gone"));
	CU_ASSERT(exists("share/file"));
	for (u32 i = 100; i < 108; i++)
		clunk(i);
}

void test_p9_confined(void)
{
	rig_up(false);
	confined();
	server->has_openat2 = false;
	confined();
	rig_down();
}

/*
 * Another process of the host swaps a folder and a link that leads out, as
 * fast as it can, while the guest makes files in it.
 */
static void race(void)
{
	char *a = xstrdup(below("share/swap")), *b = xstrdup(below("share/tmp"));
	char *link = xstrdup(below("share/link"));
	pid_t pid;
	u32 made = 0;

	mkdir(a, 0755);
	CU_ASSERT_EQUAL(symlink(below("outside"), link), 0);
	pid = fork();
	if (pid == 0) {
		for (;;) {
			rename(a, b);
			rename(link, a);
			rename(a, link);
			rename(b, a);
		}
	}
	for (u32 i = 0; i < 3000 || (!made && i < 300000); i++) {
		char name[16];

		snprintf(name, sizeof(name), "f%u", i);
		if (walk(0, 50, "swap") == 0) {
			if (ask(72, "4s44", 50, name, 0755, 0) == 0)
				made++;
			if (ask(110, "442s", 50, 51, 1, "secret") == 0) {
				CU_FAIL("reached the secret");
				clunk(51);
			}
			ask(14, "4s444", 50, "file", 2, 0644, 0);
			clunk(50);
		}
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	CU_ASSERT(made > 0);
	free(a);
	free(b);
	free(link);
}

void test_p9_race(void)
{
	rig_up(false);
	race();
	IS(entries("outside"), 4);
	rig_down();
	rig_up(false);
	server->has_openat2 = false;
	race();
	IS(entries("outside"), 4);
	rig_down();
}

void test_p9_files(void)
{
	struct stat st;
	mode_t mask;

	rig_up(false);
	mask = umask(077);
	IS(ask(110, "442", 0, 1, 0), 0);
	/* O_RDWR | O_EXCL; modes above 0777 do not come through */
	IS(ask(14, "4s444", 1, "new", 2 | 0200, 06666, 0), 0);
	IS(take(1), 0);
	CU_ASSERT_EQUAL(stat(below("share/new"), &st), 0);
	IS(st.st_mode & 07777, 0666);
	IS(st.st_uid, geteuid());
	IS(ask(118, "4841111", 1, (u64)3, 4, 'a', 'b', 'c', 'd'), 0);
	IS(take(4), 4);
	IS(ask(118, "484111", 1, (u64)3, 4, 'a', 'b', 'c'), EINVAL);
	IS(ask(116, "484", 1, (u64)0, 100), 0);
	IS(take(4), 7);
	CU_ASSERT_EQUAL(memcmp(at, "\0\0\0abcd", 7), 0);
	IS(ask(116, "484", 1, (u64)7, 100), 0);
	IS(take(4), 0);
	IS(ask(116, "484", 1, ~(u64)0, 100), EINVAL);
	IS(ask(50, "44", 1, 0), 0);
	IS(ask(50, "4", 1), 0);
	IS(ask(110, "442", 0, 2, 0), 0);
	IS(ask(14, "4s444", 2, "new", 2 | 0200, 0644, 0), EEXIST);
	/* not O_EXCL: what is there is opened */
	IS(ask(14, "4s444", 2, "file", 0, 0600, 0), 0);
	IS(ask(116, "484", 2, (u64)1, 3), 0);
	IS(take(4), 3);
	CU_ASSERT_EQUAL(memcmp(at, "ell", 3), 0);
	IS(ask(118, "4841", 2, (u64)0, 1, 'x'), EBADF);
	IS(clunk(2), 0);
	IS(walk(0, 2, "file"), 0);
	IS(ask(116, "484", 2, (u64)0, 1), EBADF);
	IS(ask(12, "44", 2, 1 | 02000), 0);	/* O_WRONLY | O_APPEND */
	IS(ask(118, "4841", 2, (u64)0, 1, '!'), 0);
	IS(ask(12, "44", 2, 0), EINVAL);
	IS(clunk(2), 0);
	IS(walk(0, 2, "file"), 0);
	IS(ask(12, "44", 2, 0), 0);
	IS(ask(116, "484", 2, (u64)0, 50), 0);
	IS(take(4), 6);
	/* removed while it is open */
	IS(ask(76, "4s4", 0, "file", 0), 0);
	IS(ask(116, "484", 2, (u64)5, 50), 0);
	IS(take(4), 1);
	IS(take(1), '!');
	IS(ask(24, "48", 2, (u64)0x7ff), 0);
	umask(mask);
	rig_down();
}

void test_p9_attributes(void)
{
	struct stat st;

	rig_up(false);
	put("share/file", "0123456789");
	IS(walk(0, 1, "file"), 0);
	IS(ask(26, "4444488888", 1, 0x1 | 0x8 | 0x10 | 0x80 | 0x20 | 0x100,
	       04751, 7, 7, (u64)4, (u64)1000000001, (u64)5, (u64)1000000002,
	       (u64)999999999), 0);
	CU_ASSERT_EQUAL(stat(below("share/file"), &st), 0);
	IS(st.st_mode & 07777, 0751);
	IS(st.st_size, 4);
	IS(st.st_mtim.tv_sec, 1000000002);
	IS(st.st_mtim.tv_nsec, 999999999);
	IS(ask(24, "48", 1, (u64)0x3fff), 0);
	IS(got, 7 + 153);
	IS(take(8), 0x7ff);
	IS(take(1), 0);
	take(4);
	IS(take(8), st.st_ino);
	IS(take(4), S_IFREG | 0751);
	IS(take(4), 0);		/* the host user is the guest's root */
	IS(take(4), 0);
	IS(take(8), 1);
	IS(take(8), 0);
	IS(take(8), 4);
	IS(take(8), (u64)st.st_blksize);
	IS(take(8), (u64)st.st_blocks);
	IS(take(8), 1000000001);
	IS(take(8), 5);
	IS(take(8), 1000000002);
	IS(take(8), 999999999);
	/* owners: what it is, or nothing; UTIME_OMIT is no time */
	IS(ask(26, "4444488888", 1, 6, 0, 0, 0, (u64)0, (u64)0, (u64)0,
	       (u64)0, (u64)0), 0);
	IS(ask(26, "4444488888", 1, 2, 0, 4711, 0, (u64)0, (u64)0, (u64)0,
	       (u64)0, (u64)0), EPERM);
	IS(ask(26, "4444488888", 1, 4, 0, 0, 4711, (u64)0, (u64)0, (u64)0,
	       (u64)0, (u64)0), EPERM);
	IS(ask(26, "4444488888", 1, 0x110 | 0x20, 0, 0, 0, (u64)0, (u64)0,
	       (u64)0, (u64)0, (u64)1073741822), EINVAL);
	IS(ask(26, "4444488888", 1, 8, 0, 0, 0, ~(u64)0, (u64)0, (u64)0,
	       (u64)0, (u64)0), EFBIG);
	/* without _SET: now */
	IS(ask(26, "4444488888", 1, 0x20, 0, 0, 0, (u64)0, (u64)0, (u64)0,
	       (u64)0, (u64)0), 0);
	CU_ASSERT_EQUAL(stat(below("share/file"), &st), 0);
	CU_ASSERT(st.st_mtim.tv_sec > 1500000000);
	IS(st.st_atim.tv_sec, 1000000001);
	IS(ask(8, "4", 1), 0);
	IS(got, 7 + 60);
	IS(take(4), 0x01021997);
	IS(ask(30, "44s", 1, 9, "user.x"), EOPNOTSUPP);
	IS(ask(32, "4s84", 1, "user.x", (u64)1, 0), EOPNOTSUPP);
	rig_down();
}

void test_p9_names(void)
{
	struct stat st;
	char buf[64];

	rig_up(false);
	IS(ask(72, "4s44", 0, "d", 01777, 0), 0);
	IS(take(1), 0x80);
	CU_ASSERT_EQUAL(stat(below("share/d"), &st), 0);
	IS(st.st_mode & 07777, 0777);
	IS(ask(16, "4ss4", 0, "ln", "/etc/passwd", 0), 0);
	IS(take(1), 0x02);
	CU_ASSERT_EQUAL(readlink(below("share/ln"), buf, sizeof(buf)), 11);
	IS(walk(0, 1, "ln"), 0);
	IS(ask(22, "4", 1), 0);
	IS(take(2), 11);
	CU_ASSERT_EQUAL(memcmp(at, "/etc/passwd", 11), 0);
	/* a link to the link, not to what it leads to */
	IS(ask(70, "44s", 0, 1, "ln2"), 0);
	CU_ASSERT_EQUAL(lstat(below("share/ln2"), &st), 0);
	CU_ASSERT(S_ISLNK(st.st_mode));
	IS(ask(18, "4s4444", 0, "fifo", S_IFIFO | 0644, 0, 0, 0), 0);
	IS(ask(18, "4s4444", 0, "reg", S_IFREG | 04644, 0, 0, 0), 0);
	CU_ASSERT_EQUAL(lstat(below("share/reg"), &st), 0);
	IS(st.st_mode, S_IFREG | 0644);
	IS(ask(18, "4s4444", 0, "chr", S_IFCHR | 0644, 1, 3, 0), EPERM);
	IS(ask(18, "4s4444", 0, "blk", S_IFBLK | 0644, 8, 0, 0), EPERM);
	CU_ASSERT_FALSE(exists("share/chr"));
	/* opening the FIFO would wait for a writer */
	IS(walk(0, 2, "fifo"), 0);
	IS(ask(12, "44", 2, 0), ENXIO);
	IS(ask(76, "4s4", 0, "d", 0), EISDIR);
	IS(ask(76, "4s4", 0, "file", 0x200), ENOTDIR);
	IS(ask(76, "4s4", 0, "dir", 0x200), ENOTEMPTY);
	IS(ask(76, "4s4", 0, "d", 0x200), 0);
	CU_ASSERT_FALSE(exists("share/d"));
	IS(walk(0, 3, "reg"), 0);
	IS(ask(122, "4", 3), 0);
	CU_ASSERT_FALSE(exists("share/reg"));
	IS(clunk(3), EBADF);
	IS(ask(110, "442", 0, 3, 0), 0);
	IS(ask(122, "4", 3), EBUSY);
	IS(clunk(3), EBADF);
	rig_down();
}

/* A fid keeps its file when the file, or a folder above it, is renamed. */
void test_p9_rename(void)
{
	rig_up(false);
	IS(ask(110, "442ss", 0, 1, 2, "dir", "inner"), 0);
	IS(walk(0, 2, "dir"), 0);
	put("share/dirx", "");
	IS(walk(0, 3, "dirx"), 0);
	IS(ask(74, "4s4s", 0, "dir", 0, "moved"), 0);
	CU_ASSERT(exists("share/moved/inner"));
	IS(ask(24, "48", 1, (u64)0), 0);
	IS(ask(24, "48", 3, (u64)0), 0);
	IS(walk(2, 4, "inner"), 0);
	IS(ask(20, "44s", 1, 0, "out"), 0);
	CU_ASSERT(exists("share/out"));
	IS(ask(24, "48", 1, (u64)0), 0);
	IS(ask(24, "48", 4, (u64)0), 0);
	IS(ask(74, "4s4s", 0, "moved", 2, "self"), EINVAL);
	IS(ask(110, "442", 0, 5, 0), 0);
	IS(ask(20, "44s", 5, 2, "root"), EBUSY);
	IS(ask(74, "4s4s", 0, "none", 0, "x"), ENOENT);
	rig_down();
}

void test_p9_readdir(void)
{
	bool seen[1000] = { false };
	u64 next = 0, root;
	u32 count, turns = 0, others = 0;
	char name[32];

	rig_up(false);
	mkdir(below("share/many"), 0755);
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "share/many/f%d", i);
		put(name, "");
	}
	IS(walk(0, 1, "many"), 0);
	IS(ask(40, "484", 1, (u64)0, 1000), EBADF);
	IS(ask(12, "44", 1, 0200000), 0);
	IS(ask(116, "484", 1, (u64)0, 1000), EISDIR);
	do {
		IS(ask(40, "484", 1, next, 700), 0);
		count = (u32)take(4);
		CU_ASSERT(count <= 700);
		while ((size_t)(at - reply) < got) {
			u32 n;

			skip(13);
			next = take(8);
			CU_ASSERT(next <= 1002);	/* 32 bits will do */
			take(1);
			n = (u32)take(2);
			memcpy(name, at, n);
			name[n] = 0;
			at += n;
			if (name[0] == 'f') {
				CU_ASSERT_FALSE(seen[atoi(name + 1)]);
				seen[atoi(name + 1)] = true;
				/* removed while it is being read */
				snprintf(name, sizeof(name), "share/many/f%d",
					 turns % 1000);
				unlink(below(name));
			} else {
				others++;
			}
		}
		turns++;
	} while (count && turns < 2000);
	for (int i = 0; i < 1000; i++)
		CU_ASSERT(seen[i]);
	IS(others, 2);
	IS(ask(40, "484", 1, (u64)0, 10), EINVAL);
	IS(ask(40, "484", 1, ~(u64)0, 1000), 0);
	IS(take(4), 0);
	/* ".." of the shared folder is itself */
	IS(attach(5), 0);
	skip(5);
	root = take(8);
	IS(ask(12, "44", 5, 0), 0);
	IS(ask(40, "484", 5, (u64)0, 4000), 0);
	take(4);
	while ((size_t)(at - reply) < got) {
		u64 path;
		u32 n;

		skip(5);
		path = take(8);
		skip(9);
		n = (u32)take(2);
		if (n <= 2 && !memcmp(at, "..", n))
			IS(path, root);
		at += n;
	}
	rig_down();
}

void test_p9_locks(void)
{
	rig_up(false);
	IS(walk(0, 1, "file"), 0);
	IS(ask(52, "414884s", 1, 1, 0, (u64)0, (u64)0, 5, "bamboo"), EBADF);
	IS(ask(12, "44", 1, 2), 0);
	IS(ask(52, "414884s", 1, 1, 0, (u64)0, (u64)0, 5, "bamboo"), 0);
	IS(take(1), 0);
	IS(ask(52, "414884s", 1, 3, 0, (u64)0, (u64)0, 5, "bamboo"), EINVAL);
	IS(ask(54, "41884s", 1, 1, (u64)2, (u64)3, 5, "bamboo"), 0);
	IS(take(1), 2);
	IS(take(8), 2);
	IS(take(8), 3);
	IS(take(4), 5);
	IS(take(2), 6);
	rig_down();
}

void test_p9_read_only(void)
{
	rig_up(true);
	IS(walk(0, 1, "file"), 0);
	IS(ask(12, "44", 1, 1), EROFS);
	IS(ask(12, "44", 1, 2), EROFS);
	IS(ask(12, "44", 1, 01000), EROFS);
	IS(ask(14, "4s444", 0, "x", 0, 0644, 0), EROFS);
	IS(ask(16, "4ss4", 0, "x", "y", 0), EROFS);
	IS(ask(18, "4s4444", 0, "x", S_IFREG, 0, 0, 0), EROFS);
	IS(ask(20, "44s", 1, 0, "x"), EROFS);
	IS(ask(26, "4444488888", 1, 1, 0, 0, 0, (u64)0, (u64)0, (u64)0,
	       (u64)0, (u64)0), EROFS);
	IS(ask(70, "44s", 0, 1, "x"), EROFS);
	IS(ask(72, "4s44", 0, "x", 0755, 0), EROFS);
	IS(ask(74, "4s4s", 0, "file", 0, "x"), EROFS);
	IS(ask(76, "4s4", 0, "file", 0), EROFS);
	IS(ask(12, "44", 1, 0), 0);
	IS(ask(116, "484", 1, (u64)0, 9), 0);
	IS(take(4), 5);
	IS(ask(118, "4841", 1, (u64)0, 1, 'x'), EBADF);
	IS(ask(110, "442", 1, 2, 0), 0);
	IS(ask(122, "4", 2), EROFS);
	CU_ASSERT(exists("share/file"));
	CU_ASSERT_FALSE(exists("share/x"));
	rig_down();
}

void test_p9_fids(void)
{
	u32 n;

	rig_up(false);
	for (n = 1; n < 70000; n++)
		if (ask(110, "442", 0, n, 0))
			break;
	IS(n, 65536);
	IS(walk(0, 70000, "file"), ENFILE);
	p9_share(server)->reset(server);
	IS(clunk(5), EBADF);
	IS(attach(0), 0);
	rig_down();
}

/* Every message of the tests above, cut anywhere or with lies in it. */
void test_p9_bad_messages(void)
{
	u8 req[64];
	size_t n;

	rig_up(false);
	srand(9);
	for (u32 turn = 0; turn < 60000; turn++) {
		u32 size = 7 + (u32)rand() % 50;

		for (u32 i = 0; i < sizeof(req); i++)
			req[i] = rand() % 3 ? 0 : (u8)(rand() % 9);
		pack(req, rand() % 8 ? size : (u32)rand(), 4);
		req[4] = (u8)(rand() % 64 * 2);
		if (rand() % 2)
			pack(req + 7, 0, 4);
		/* the fuzz leaves the session alone */
		if (req[4] == 100)
			continue;
		got = sizeof(reply) - (u32)rand() % 2 * (sizeof(reply) - 40);
		n = p9_share(server)->request(server, req, size, reply, got);
		CU_ASSERT(n >= 7 && n <= got);
		at = reply;
		got = n;
		CU_ASSERT_EQUAL(take(4), n);
	}
	for (n = 0; n < 7; n++)
		IS(p9_share(server)->request(server, req, n, reply, 64), 0);
	IS(p9_share(server)->request(server, req, 20, reply, 10), 0);
	CU_ASSERT_EQUAL(entries("outside"), 4);
	rig_down();
}

void test_p9_open(void)
{
	struct errmsg msg = { "" };
	struct p9 *p;

	IS(p9_open(&p, "/nonexistent", "tag", false, &msg), -ERR_NOENT);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "/nonexistent"));
	msg.text[0] = 0;
	IS(p9_open(&p, "/etc/passwd", "tag", false, &msg), -ERR_IO);
	msg.text[0] = 0;
	IS(p9_open(&p, "/tmp", "", false, &msg), -ERR_USAGE);
	CU_ASSERT_EQUAL_FATAL(p9_open(&p, "/tmp", "home", false, &msg), 0);
	CU_ASSERT_STRING_EQUAL(p9_share(p)->tag, "home");
	p9_close(p);
	p9_close(NULL);
}
