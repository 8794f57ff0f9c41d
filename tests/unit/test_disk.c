/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_disk.c - disks on the host: grammar of --drive, overlays,
 * NBD, locks, and what is left after a kill at any moment.
 *
 * Expected values come from the formats of doc/disks.md and from what the
 * test itself wrote.
 */
#include <sys/resource.h>
#include <zlib.h>

#include "base/bits.h"
#include "tests/unit/disk_rig.h"
#include "tests/unit/unit.h"

#define CLUSTER 65536u

static struct disk *must_open(const char *spec)
{
	struct errmsg msg = { "" };
	struct disk *d = NULL;
	int rc = disk_open(&d, spec, &msg);

	if (rc)
		printf("%s: %s\n", spec, msg.text);
	CU_ASSERT_EQUAL_FATAL(rc, 0);
	return d;
}

/* Refused with @code, in one line that has @word. */
static void refused(const char *spec, int code, const char *word)
{
	struct errmsg msg = { "" };
	struct disk *d = NULL;
	int rc = disk_open(&d, spec, &msg);

	CU_ASSERT_EQUAL(rc, -code);
	CU_ASSERT_PTR_NULL(strchr(msg.text, '\n'));
	if (!strstr(msg.text, word))
		printf("%s: '%s' has no '%s'\n", spec, msg.text, word);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, word));
	if (!rc)
		disk_close(d);
}

static char *spec_of(const char *name, const char *rest)
{
	static char spec[256];

	snprintf(spec, sizeof(spec), "%s/%s%s", folder, name, rest);
	return spec;
}

void test_disk_spec(void)
{
	struct errmsg msg = { "" };
	enum disk_if which;
	struct disk *d;

	folder_make();
	put_image("a", 4096);
	put_image("a,b", 4096);
	CU_ASSERT_EQUAL(disk_spec_if("x,if=usb,ro", &which, &msg), 0);
	CU_ASSERT_EQUAL(which, DISK_IF_USB);
	CU_ASSERT_EQUAL(disk_spec_if("x", &which, &msg), 0);
	CU_ASSERT_EQUAL(which, DISK_IF_VIRTIO);
	CU_ASSERT_EQUAL(disk_spec_if("x,if=scsi", &which, &msg), -ERR_USAGE);
	d = must_open(spec_of("a,,b", ",format=raw,if=usb"));
	CU_ASSERT_EQUAL(disk_blk(d)->bytes, 4096);
	CU_ASSERT_FALSE(disk_blk(d)->is_read_only);
	disk_close(d);
	refused("", ERR_USAGE, "name");
	refused(spec_of("a", ",oops"), ERR_USAGE, "oops");
	refused(spec_of("a", ",cow="), ERR_USAGE, "cow=");
	refused(spec_of("a", ",format=qcow2"), ERR_UNSUPP, "nbdkit");
	refused(spec_of("a", ",snapshot,ro"), ERR_USAGE, "snapshot");
	refused(spec_of("none", ""), ERR_NOENT, "none");
	refused(folder, ERR_IO, folder);
	refused("/dev/null", ERR_FORMAT, "/dev/null");
	put("empty", "", 0);
	refused(spec_of("empty", ""), ERR_FORMAT, "empty");
	folder_remove();
}

void test_disk_raw(void)
{
	u8 buf[1024], *all;
	struct disk *d;
	size_t n;

	folder_make();
	put_image("a", 1 << 20);
	d = must_open(spec_of("a", ""));
	memset(buf, 0x5a, sizeof(buf));
	CU_ASSERT_EQUAL(blk_write(disk_blk(d), 4096, buf, 1024), 0);
	CU_ASSERT_EQUAL(blk_flush(disk_blk(d)), 0);
	CU_ASSERT_EQUAL(disk_blk(d)->ops->zero(disk_blk(d)->opaque, 8192, 512),
			0);
	CU_ASSERT_EQUAL(blk_write(disk_blk(d), (1 << 20) - 512, buf, 1024),
			-ERR_RANGE);
	CU_ASSERT_EQUAL(disk_close(d), 0);
	all = get("a", &n);
	CU_ASSERT_EQUAL_FATAL(n, 1 << 20);
	for (u64 i = 0; i < n; i++)
		if (all[i] != (i >= 4096 && i < 5120 ? 0x5a :
			       i >= 8192 && i < 8704 ? 0 : image_byte(i))) {
			CU_FAIL("byte differs");
			break;
		}
	free(all);
	d = must_open(spec_of("a", ",ro"));
	CU_ASSERT_EQUAL(blk_write(disk_blk(d), 0, buf, 512), -ERR_RANGE);
	disk_close(d);
	folder_remove();
}

void test_disk_pad(void)
{
	struct told told = { 0 };
	u8 buf[512];
	struct disk *d;
	size_t n;

	folder_make();
	put_image("a", 1000);
	d = must_open(spec_of("a", ""));
	disk_set_say(d, hear, &told);
	CU_ASSERT_EQUAL(told.lines, 1);
	CU_ASSERT_EQUAL(disk_blk(d)->bytes, 1024);
	memset(buf, 0xee, sizeof(buf));
	CU_ASSERT_EQUAL(blk_read(disk_blk(d), 512, buf, 512), 0);
	CU_ASSERT_EQUAL(buf[487], image_byte(999));
	CU_ASSERT_EQUAL(buf[488], 0);
	CU_ASSERT_EQUAL(buf[511], 0);
	buf[0] = 0x99;
	CU_ASSERT_EQUAL(blk_write(disk_blk(d), 512, buf, 512), 0);
	buf[511] = 1;
	buf[0] = 0x77;
	CU_ASSERT_EQUAL(blk_write(disk_blk(d), 512, buf, 512), -ERR_IO);
	CU_ASSERT_EQUAL(told.lines, 2);
	disk_close(d);
	buf[0] = 0;
	free(get("a", &n));
	CU_ASSERT_EQUAL(n, 1000);
	d = must_open(spec_of("a", ""));
	blk_read(disk_blk(d), 512, buf, 1);
	CU_ASSERT_EQUAL(buf[0], 0x99);
	disk_close(d);
	folder_remove();
}

void test_disk_lock(void)
{
	struct disk *d, *e;

	folder_make();
	put_image("a", 4096);
	d = must_open(spec_of("a", ""));
	refused(spec_of("a", ""), ERR_CONFLICT, at("a"));
	refused(spec_of("a", ",ro"), ERR_CONFLICT, at("a"));
	refused(spec_of("a", ",snapshot"), ERR_CONFLICT, at("a"));
	disk_close(d);
	d = must_open(spec_of("a", ",ro"));
	e = must_open(spec_of("a", ",snapshot"));
	refused(spec_of("a", ""), ERR_CONFLICT, at("a"));
	disk_close(d);
	disk_close(e);
	d = must_open(spec_of("a", ""));
	disk_close(d);
	folder_remove();
}

static char *cow_spec(void)
{
	static char rest[160];

	snprintf(rest, sizeof(rest), ",cow=%s/g", folder);
	return spec_of("a", rest);
}

/* Random writes, zeros and reads next to a plain array. */
static void exercise(struct disk *d, u8 *model, u64 bytes, unsigned int seed)
{
	const struct blk *b = disk_blk(d);
	u8 *buf = xcalloc(200000, 1);

	srand(seed);
	for (int turn = 0; turn < 300; turn++) {
		u64 off = (u64)rand() % (bytes / 512) * 512;
		u64 n = (u64)(rand() % 300 + 1) * 512;

		if (n > bytes - off)
			n = bytes - off;
		switch (rand() % 3) {
		case 0:
			memset(buf, rand(), n);
			CU_ASSERT_EQUAL(blk_write(b, off, buf, n), 0);
			memcpy(model + off, buf, n);
			break;
		case 1:
			CU_ASSERT_EQUAL(b->ops->zero(b->opaque, off, n), 0);
			memset(model + off, 0, n);
			break;
		default:
			CU_ASSERT_EQUAL(blk_read(b, off, buf, n), 0);
			CU_ASSERT_EQUAL(memcmp(buf, model + off, n), 0);
		}
	}
	free(buf);
}

static void same(struct disk *d, const u8 *model, u64 bytes)
{
	u8 *all = xcalloc(bytes, 1);

	CU_ASSERT_EQUAL(blk_read(disk_blk(d), 0, all, bytes), 0);
	CU_ASSERT_EQUAL(memcmp(all, model, bytes), 0);
	free(all);
}

void test_disk_cow(void)
{
	u64 bytes = 20 * CLUSTER + 1536;
	struct disk *d;
	u8 *model, *base;
	size_t n;

	folder_make();
	put_image("a", bytes);
	base = get("a", &n);
	model = get("a", &n);
	d = must_open(cow_spec());
	exercise(d, model, bytes, 1);
	same(d, model, bytes);
	CU_ASSERT_EQUAL(disk_close(d), 0);
	d = must_open(cow_spec());
	same(d, model, bytes);
	exercise(d, model, bytes, 2);
	disk_close(d);
	d = must_open(strcat(cow_spec(), ",ro"));
	same(d, model, bytes);
	CU_ASSERT_EQUAL(blk_write(disk_blk(d), 0, model, 512), -ERR_RANGE);
	disk_close(d);
	free(model);
	model = get("a", &n);
	CU_ASSERT_EQUAL(memcmp(model, base, n), 0);
	free(model);
	free(base);
	folder_remove();
}

void test_disk_snapshot(void)
{
	u64 bytes = 5 * CLUSTER;
	struct disk *d;
	u8 *model, *base;
	size_t n;

	folder_make();
	setenv("TMPDIR", folder, 1);
	put_image("a", bytes);
	base = get("a", &n);
	model = get("a", &n);
	d = must_open(spec_of("a", ",snapshot"));
	exercise(d, model, bytes, 3);
	same(d, model, bytes);
	CU_ASSERT_EQUAL(blk_flush(disk_blk(d)), 0);
	disk_close(d);
	unsetenv("TMPDIR");
	d = must_open(spec_of("a", ""));
	same(d, base, bytes);
	disk_close(d);
	free(model);
	free(base);
	CU_ASSERT_EQUAL(unlink(at("a")), 0);
	CU_ASSERT_EQUAL(rmdir(folder), 0);
}

/* The bytes of doc/disks.md. */
void test_disk_cow_format(void)
{
	u8 buf[512], *g;
	struct disk *d;
	size_t n;

	folder_make();
	put_image("a", 3 * CLUSTER);
	d = must_open(cow_spec());
	memset(buf, 0xab, sizeof(buf));
	CU_ASSERT_EQUAL(blk_write(disk_blk(d), CLUSTER + 512, buf, 512), 0);
	CU_ASSERT_EQUAL(disk_blk(d)->ops->zero(disk_blk(d)->opaque, 0, CLUSTER),
			0);
	CU_ASSERT_EQUAL(disk_close(d), 0);
	g = get("g", &n);
	CU_ASSERT_EQUAL_FATAL(n, 3 * CLUSTER);
	CU_ASSERT_EQUAL(memcmp(g, "CULMCOW\n", 8), 0);
	CU_ASSERT_EQUAL(ldb32(g + 8), 1);
	CU_ASSERT_EQUAL(ldb32(g + 12), 65536);
	CU_ASSERT_EQUAL(ldb64(g + 16), 3 * CLUSTER);
	CU_ASSERT_EQUAL(ldb32(g + 24), 2);
	CU_ASSERT_EQUAL(ldb32(g + 4092), crc32(0, g, 4092));
	CU_ASSERT_EQUAL(ldb32(g + 4096), 1);
	CU_ASSERT_EQUAL(ldb32(g + 4100), 2);
	CU_ASSERT_EQUAL(ldb32(g + 4104), 0);
	CU_ASSERT_EQUAL(g[2 * CLUSTER + 511], image_byte(CLUSTER + 511));
	CU_ASSERT_EQUAL(g[2 * CLUSTER + 512], 0xab);
	CU_ASSERT_EQUAL(g[3 * CLUSTER - 1], image_byte(2 * CLUSTER - 1));
	free(g);
	folder_remove();
}

void test_disk_cow_refused(void)
{
	struct disk *d;
	u8 buf[CLUSTER], *g;
	size_t n;

	folder_make();
	put_image("a", 4 * CLUSTER);
	d = must_open(cow_spec());
	memset(buf, 0xab, sizeof(buf));
	CU_ASSERT_EQUAL(blk_write(disk_blk(d), 0, buf, CLUSTER), 0);
	CU_ASSERT_EQUAL(blk_write(disk_blk(d), CLUSTER, buf, CLUSTER), 0);
	refused(cow_spec(), ERR_CONFLICT, at("g"));
	disk_close(d);
	put_image("a", 5 * CLUSTER);
	refused(cow_spec(), ERR_CONFLICT, "belongs to a disk of 262144");
	put_image("a", 4 * CLUSTER);
	g = get("g", &n);
	put("g", g, n - 1);
	refused(cow_spec(), ERR_FORMAT, "damaged at entry 1");
	stb32(g + 4100, 2);
	put("g", g, n);
	refused(cow_spec(), ERR_FORMAT, "damaged at entry 1");
	stb32(g + 4100, 0xffffffff);
	put("g", g, n);
	refused(cow_spec(), ERR_FORMAT, "damaged at entry 1");
	stb32(g + 4100, 0);
	g[20] ^= 1;
	put("g", g, n);
	refused(cow_spec(), ERR_FORMAT, "no overlay");
	put("g", g, 100);
	refused(cow_spec(), ERR_FORMAT, "no overlay");
	free(g);
	put_image("g", 12345);
	refused(cow_spec(), ERR_FORMAT, "no overlay");
	/* cut short while it was made: its table, no header */
	CU_ASSERT_EQUAL(truncate(at("g"), 0), 0);
	CU_ASSERT_EQUAL(truncate(at("g"), 2 * CLUSTER), 0);
	d = must_open(cow_spec());
	disk_close(d);
	folder_remove();
}

/*
 * A child writes the number n over sector (n mod sectors) of scattered
 * clusters, flushes, and reports n; it dies in mid-write.  Whatever was
 * reported must be there, and nothing but numbers of the child or the base.
 */
static void kill_child(int pipe_fd, const char *spec, u32 first)
{
	struct disk *d = must_open(spec);
	u8 buf[512];

	for (u32 n = first;; n++) {
		for (u32 i = 0; i < 512; i += 4)
			stb32(buf + i, n);
		if (blk_write(disk_blk(d), (u64)(n * 37 % 1280) * 512, buf, 512))
			_exit(2);
		if (n % 4 == 3) {
			if (blk_flush(disk_blk(d)))
				_exit(3);
			if (write(pipe_fd, &n, sizeof(n)) != sizeof(n))
				_exit(4);
		}
	}
}

void test_disk_cow_killed(void)
{
	u32 first = 1 << 20, next, last;
	char *spec;
	u8 buf[512];

	folder_make();
	put_image("a", 1280 * 512);
	spec = xstrdup(cow_spec());
	for (unsigned int turn = 0; turn < 20; turn++, first = next + 1280) {
		struct disk *d;

		next = last = run_and_kill(kill_child, spec, first,
					   turn * 731 % 5000);
		d = must_open(spec);
		for (u32 n = last; n + 1280 > last && n >= first; n--) {
			CU_ASSERT_EQUAL(blk_read(disk_blk(d), (u64)(n * 37 % 1280) * 512,
						 buf, 512), 0);
			/* the child may have gone round once more */
			CU_ASSERT(ldb32(buf) == n || ldb32(buf) > last);
			CU_ASSERT_EQUAL(memcmp(buf, buf + 4, 508), 0);
		}
		disk_close(d);
	}
	free(spec);
	folder_remove();
}

/* The host's disk is full: writes fail, told once, and what was there stays. */
void test_disk_full(void)
{
	int status;
	pid_t pid;

	folder_make();
	put_image("a", 64 * CLUSTER);
	pid = fork();
	if (pid == 0) {
		struct rlimit lim = { 6 * CLUSTER, 6 * CLUSTER };
		struct disk *d = must_open(cow_spec());
		struct told told = { 0 };
		u8 buf[512] = { 1 };
		int ok = 0, bad = 0;

		disk_set_say(d, hear, &told);
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &lim);
		for (u64 i = 0; i < 64; i++) {
			int rc = blk_write(disk_blk(d), i * CLUSTER, buf, 512);

			ok += !rc;
			bad += rc == -ERR_IO;
		}
		if (ok != 4 || bad != 60 || told.lines != 1 ||
		    !strstr(told.last, "/g: write failed"))
			_exit(1);
		if (blk_flush(disk_blk(d)))
			_exit(2);
		if (blk_read(disk_blk(d), 40 * CLUSTER, buf, 512) ||
		    buf[1] != image_byte(40 * CLUSTER + 1) ||
		    disk_close(d))
			_exit(3);
		d = must_open(cow_spec());
		if (blk_read(disk_blk(d), 3 * CLUSTER, buf, 512) || buf[0] != 1)
			_exit(4);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	CU_ASSERT_EQUAL(status, 0);
	folder_remove();
}

/* ---- NBD ------------------------------------------------------------------- */

/* Start nbdkit with @args on a socket in the folder; false: there is none. */
static bool nbdkit_start(const char *args)
{
	char *cmd = xasprintf("nbdkit -U %s/sock -P %s/pid %s >%s/log 2>&1",
			      folder, folder, args, folder);
	int rc = system("nbdkit --version >/dev/null 2>&1");

	if (rc == 0)
		CU_ASSERT_EQUAL(system(cmd), 0);
	free(cmd);
	return rc == 0;
}

static void nbdkit_stop(int how)
{
	FILE *f = fopen(at("pid"), "r");
	int pid = 0;

	if (f && fscanf(f, "%d", &pid) == 1 && pid > 1)
		kill(pid, how);
	if (f)
		fclose(f);
	for (int i = 0; i < 20 && pid > 1 && kill(pid, 0) == 0; i++)
		usleep(10000);
}

static char *nbd_uri(const char *rest)
{
	static char uri[256];

	snprintf(uri, sizeof(uri), "nbd+unix:///?socket=%s/sock%s", folder,
		 rest);
	return uri;
}

/* False, with the reason, where this build or host has no NBD. */
static bool nbd_is_here(const char *args)
{
	struct errmsg msg = { "" };
	struct disk *d;

	if (disk_open(&d, nbd_uri(""), &msg) == -ERR_UNSUPP) {
		unit_skip("built without libnbd");
		return false;
	}
	if (!nbdkit_start(args)) {
		unit_skip("nbdkit is not installed");
		return false;
	}
	return true;
}

void test_disk_nbd(void)
{
	u64 bytes = 4 << 20;
	struct disk *d;
	u8 *model;

	folder_make();
	if (nbd_is_here("memory size=4M")) {
		model = xcalloc(bytes, 1);
		d = must_open(nbd_uri(""));
		CU_ASSERT_EQUAL(disk_blk(d)->bytes, bytes);
		exercise(d, model, bytes, 5);
		CU_ASSERT_EQUAL(blk_flush(disk_blk(d)), 0);
		CU_ASSERT_EQUAL(disk_close(d), 0);
		d = must_open(nbd_uri(",snapshot"));
		same(d, model, bytes);
		disk_close(d);
		d = must_open(nbd_uri(",ro"));
		CU_ASSERT_EQUAL(blk_write(disk_blk(d), 0, model, 512),
				-ERR_RANGE);
		disk_close(d);
		free(model);
		nbdkit_stop(SIGTERM);
	}
	folder_remove();
}

void test_disk_nbd_fails(void)
{
	struct told told = { 0 };
	u8 buf[512] = { 1 };
	struct disk *d;

	folder_make();
	refused("nbd+unix:///?socket=/nonexistent", disk_open(&d, nbd_uri(""),
		&(struct errmsg){ "" }) == -ERR_UNSUPP ? ERR_UNSUPP : ERR_IO,
		"nbd+unix:///?socket=/nonexistent");
	if (nbd_is_here("full size=4M")) {
		d = must_open(nbd_uri(""));
		disk_set_say(d, hear, &told);
		for (int i = 0; i < 3; i++)
			CU_ASSERT_EQUAL(blk_write(disk_blk(d), 0, buf, 512),
					-ERR_IO);
		CU_ASSERT_EQUAL(told.lines, 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(told.last, "No space"));
		CU_ASSERT_EQUAL(blk_read(disk_blk(d), 0, buf, 512), 0);
		CU_ASSERT_EQUAL(buf[0], 0);
		nbdkit_stop(SIGKILL);
		for (int i = 0; i < 3; i++)
			CU_ASSERT_EQUAL(blk_read(disk_blk(d), 0, buf, 512),
					-ERR_IO);
		CU_ASSERT_EQUAL(blk_flush(disk_blk(d)), -ERR_IO);
		CU_ASSERT_EQUAL(disk_close(d), -ERR_IO);
	}
	folder_remove();
}
