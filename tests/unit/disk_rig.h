/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/disk_rig.h - a folder below /tmp for tests of storage, files in
 * it, who is told, and children that are killed in mid-write.
 */
#ifndef TESTS_UNIT_DISK_RIG_H
#define TESTS_UNIT_DISK_RIG_H

#include <CUnit/CUnit.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/xalloc.h"
#include "host/disk.h"
#include "host/disk_priv.h"

/* One test runs at a time. */
static char folder[64];

static inline void folder_make(void)
{
	strcpy(folder, "/tmp/culm-disk-XXXXXX");
	CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
}

static inline void folder_remove(void)
{
	char *cmd = xasprintf("rm -rf '%s'", folder);

	CU_ASSERT_EQUAL(system(cmd), 0);
	free(cmd);
}

/* A name in the folder; the last eight stay valid. */
static inline const char *at(const char *name)
{
	static char names[8][128];
	static unsigned int turn;
	char *p = names[turn++ % 8];

	snprintf(p, sizeof(names[0]), "%s/%s", folder, name);
	return p;
}

static inline void put(const char *name, const void *data, size_t bytes)
{
	int fd = open(at(name), O_WRONLY | O_CREAT | O_TRUNC, 0666);

	CU_ASSERT_FATAL(fd >= 0);
	CU_ASSERT_EQUAL(fdio_write(fd, 0, data, bytes), 0);
	close(fd);
}

/* The whole file; its length in *@bytes. */
static inline u8 *get(const char *name, size_t *bytes)
{
	int fd = open(at(name), O_RDONLY);
	struct stat st;
	u8 *data;

	CU_ASSERT_FATAL(fd >= 0 && fstat(fd, &st) == 0);
	data = xcalloc((size_t)st.st_size + 1, 1);
	CU_ASSERT_EQUAL(fdio_read(fd, 0, data, (u64)st.st_size), 0);
	close(fd);
	*bytes = (size_t)st.st_size;
	return data;
}

static inline void put_image(const char *name, u64 bytes)
{
	u8 *p = xcalloc(bytes, 1);

	for (u64 i = 0; i < bytes; i++)
		p[i] = (u8)(i / 512 + i * 7);
	put(name, p, bytes);
	free(p);
}

static inline u8 image_byte(u64 i)
{
	return (u8)(i / 512 + i * 7);
}

struct told {
	unsigned int lines;
	char last[512];
};

static inline void hear(void *opaque, const char *line)
{
	struct told *t = opaque;

	t->lines++;
	snprintf(t->last, sizeof(t->last), "%s", line);
}

/* Run a child until it has reported, kill it, and say what it reported last. */
static inline u32 run_and_kill(void (*child)(int fd, const char *spec, u32 first),
			const char *spec, u32 first, unsigned int delay_us)
{
	u32 last = 0, n;
	int p[2], status;
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe(p), 0);
	pid = fork();
	if (pid == 0) {
		close(p[0]);
		child(p[1], spec, first);
		_exit(1);
	}
	close(p[1]);
	if (read(p[0], &last, sizeof(last)) != sizeof(last))
		CU_FAIL("the child reported nothing");
	usleep(delay_us);
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	CU_ASSERT(WIFSIGNALED(status));
	while (read(p[0], &n, sizeof(n)) == sizeof(n))
		last = n;
	close(p[0]);
	return last;
}

#endif
