/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_flash.c - contents of flash chips on the host: the journal,
 * the boot flash, and what is left after a kill at any moment.
 *
 * Expected values come from the formats of doc/disks.md and from what the
 * test itself wrote.
 */
#include <errno.h>
#include <sys/resource.h>

#include "base/bits.h"
#include "tests/unit/disk_rig.h"

static struct flash *must_flash(const char *name, u64 bytes)
{
	struct errmsg msg = { "" };
	struct flash *f = NULL;
	int rc = flash_open(&f, at(name), bytes, FLASH_FILL_ONES, &msg);

	if (rc)
		printf("%s\n", msg.text);
	CU_ASSERT_EQUAL_FATAL(rc, 0);
	return f;
}

/* Leave the files as a killed process would: a child that never closes. */
static void killed(void (*act)(struct flash *f), const char *name, u64 bytes)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		act(must_flash(name, bytes));
		_exit(0);
	}
	waitpid(pid, &status, 0);
	CU_ASSERT_EQUAL(status, 0);
}

static void write_three(struct flash *f)
{
	u8 zeros[300] = { 0 };

	if (blk_write(flash_blk(f), 100, "first", 5) ||
	    blk_write(flash_blk(f), 4000, zeros, 300) ||
	    blk_write(flash_blk(f), 102, "third!", 6))
		_exit(1);
}

void test_flash_file(void)
{
	struct flash *f;
	u8 *all;
	size_t n;

	folder_make();
	f = must_flash("n", 10000);
	CU_ASSERT_EQUAL(flash_blk(f)->bytes, 10000);
	CU_ASSERT_EQUAL(access(at("n.journal"), F_OK), -1);
	CU_ASSERT_EQUAL(blk_write(flash_blk(f), 0, "abc", 3), 0);
	CU_ASSERT_EQUAL(blk_write(flash_blk(f), 9998, "abc", 3), -ERR_RANGE);
	CU_ASSERT_EQUAL(access(at("n.journal"), F_OK), 0);
	CU_ASSERT_EQUAL(blk_flush(flash_blk(f)), 0);
	CU_ASSERT_EQUAL(flash_close(f), 0);
	CU_ASSERT_EQUAL(access(at("n.journal"), F_OK), -1);
	all = get("n", &n);
	CU_ASSERT_EQUAL(n, 10000);
	CU_ASSERT_EQUAL(memcmp(all, "abc\xff", 4), 0);
	CU_ASSERT_EQUAL(all[9999], 0xff);
	free(all);
	folder_remove();
}

/*
 * The journal of a killed process, cut at every byte: the content is that
 * after a whole number of writes, as many as are whole in the journal.
 */
void test_flash_cut(void)
{
	size_t bytes, n;
	u8 *journal, *image, *model;
	u64 ends[3], end = 64;

	folder_make();
	killed(write_three, "n", 10000);
	journal = get("n.journal", &bytes);
	image = get("n", &n);
	CU_ASSERT_EQUAL(memcmp(journal, "CULMJNL\n", 8), 0);
	for (int i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL_FATAL(ldb32(journal + end), 0x43554c52);
		CU_ASSERT_EQUAL(ldb64(journal + end + 8), i);
		end += 32 + (ldb32(journal + end + 4) ? 1 :
			     ldb32(journal + end + 24));
		ends[i] = end;
	}
	CU_ASSERT_EQUAL(end, bytes);
	for (size_t cut = 0; cut <= bytes; cut++) {
		struct flash *f;

		put("n", image, n);
		put("n.journal", journal, cut);
		model = xcalloc(n, 1);
		memset(model, 0xff, n);
		if (cut >= ends[0])
			memcpy(model + 100, "first", 5);
		if (cut >= ends[1])
			memset(model + 4000, 0, 300);
		if (cut >= ends[2])
			memcpy(model + 102, "third!", 6);
		f = must_flash("n", n);
		CU_ASSERT_EQUAL(memcmp(flash_content(f), model, n), 0);
		/* and it goes on from there */
		CU_ASSERT_EQUAL(blk_write(flash_blk(f), 7, "x", 1), 0);
		model[7] = 'x';
		CU_ASSERT_EQUAL(flash_close(f), 0);
		f = must_flash("n", n);
		CU_ASSERT_EQUAL(memcmp(flash_content(f), model, n), 0);
		flash_close(f);
		free(model);
	}
	free(journal);
	free(image);
	folder_remove();
}

/* A flipped bit ends the journal there or is refused; never a wrong byte. */
void test_flash_damaged(void)
{
	struct errmsg msg;
	size_t bytes, n;
	u8 *journal, *image;
	struct flash *f;

	folder_make();
	killed(write_three, "n", 10000);
	journal = get("n.journal", &bytes);
	image = get("n", &n);
	for (size_t i = 0; i < bytes; i++) {
		put("n", image, n);
		journal[i] ^= 0x10;
		put("n.journal", journal, bytes);
		journal[i] ^= 0x10;
		msg.text[0] = 0;
		if (flash_open(&f, at("n"), n, FLASH_FILL_ONES, &msg)) {
			CU_ASSERT(i < 64);
			CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "n.journal"));
			continue;
		}
		CU_ASSERT(i >= 64);
		CU_ASSERT_EQUAL(flash_content(f)[107], 0xff);
		flash_close(f);
	}
	free(journal);
	free(image);
	folder_remove();
}

void test_flash_replaced(void)
{
	struct errmsg msg = { "" };
	struct flash *f = NULL;
	u8 *image;
	size_t n;

	folder_make();
	killed(write_three, "n", 10000);
	image = get("n", &n);
	image[5000] ^= 1;
	put("n", image, n);
	CU_ASSERT_EQUAL(flash_open(&f, at("n"), n, FLASH_FILL_ONES, &msg),
			-ERR_CONFLICT);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "n.journal"));
	CU_ASSERT_EQUAL(unlink(at("n.journal")), 0);
	f = must_flash("n", n);
	CU_ASSERT_EQUAL(flash_content(f)[100], 0xff);
	msg.text[0] = 0;
	CU_ASSERT_EQUAL(flash_open(&f, at("n"), n, FLASH_FILL_ONES, &msg),
			-ERR_CONFLICT);
	flash_close(f);
	msg.text[0] = 0;
	CU_ASSERT_EQUAL(flash_open(&f, at("n"), n + 1, FLASH_FILL_ONES, &msg),
			-ERR_FORMAT);
	free(image);
	folder_remove();
}

/* F is not there, but what F.new and F.journal name is the user's. */
void test_flash_foreign(void)
{
	static const char *const texts[] = { "short", "a text of more than "
		"sixty-four bytes, as a user may have in a file like this" };
	struct errmsg msg = { "" };
	struct flash *f = NULL;
	u8 *left;
	size_t n;

	folder_make();
	for (u32 i = 0; i < ARRAY_SIZE(texts); i++) {
		put("n.journal", texts[i], strlen(texts[i]));
		msg.text[0] = 0;
		CU_ASSERT_EQUAL(flash_open(&f, at("n"), 8192, FLASH_FILL_ONES,
					   &msg), -ERR_FORMAT);
		CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "n.journal"));
		left = get("n.journal", &n);
		CU_ASSERT_STRING_EQUAL(left, texts[i]);
		free(left);
		CU_ASSERT_NOT_EQUAL(access(at("n"), F_OK), 0);
	}
	CU_ASSERT_EQUAL(unlink(at("n.journal")), 0);
	put("n.new", texts[0], strlen(texts[0]));
	f = must_flash("n", 8192);
	CU_ASSERT_EQUAL(blk_write(flash_blk(f), 5, "x", 1), 0);
	flash_close(f);
	left = get("n.new", &n);
	CU_ASSERT_STRING_EQUAL(left, texts[0]);
	free(left);
	CU_ASSERT_NOT_EQUAL(access(at("n.new1"), F_OK), 0);
	CU_ASSERT_NOT_EQUAL(access(at("n.journal"), F_OK), 0);
	folder_remove();
}

/* Journal state FOLD: the process died while it folded; F is half changed. */
void test_flash_half_folded(void)
{
	size_t bytes, n;
	u8 *journal, *image;
	struct flash *f;

	folder_make();
	killed(write_three, "n", 10000);
	journal = get("n.journal", &bytes);
	image = get("n", &n);
	memcpy(journal + 12, "FOLD", 4);
	put("n.journal", journal, bytes);
	memset(image + 4000, 0, 150);
	put("n", image, n);
	f = must_flash("n", n);
	CU_ASSERT_EQUAL(memcmp(flash_content(f) + 100, "fithird!", 8), 0);
	CU_ASSERT_EQUAL(flash_content(f)[4299], 0);
	CU_ASSERT_EQUAL(flash_content(f)[4300], 0xff);
	flash_close(f);
	free(journal);
	free(image);
	folder_remove();
}

/*
 * Each write is 3000 bytes of one number, over page borders, at one of three
 * places; large ones make the journal fold.
 */
static void flash_child(int fd, const char *name, u32 first)
{
	struct flash *f = must_flash(name, 1 << 20);
	u8 *buf = xcalloc(300000, 1);

	for (u32 n = first;; n++) {
		for (u32 i = 0; i < 300000; i += 4)
			stb32(buf + i, n);
		if (blk_write(flash_blk(f), n % 3 * 300001, buf, 300000) ||
		    write(fd, &n, sizeof(n)) != sizeof(n))
			_exit(2);
	}
}

void test_flash_killed(void)
{
	u32 first = 3, last;

	folder_make();
	for (unsigned int turn = 0; turn < 20; turn++) {
		u32 newest = 0;
		struct flash *f;
		const u8 *p;

		last = run_and_kill(flash_child, "n", first,
				    turn * 3331 % 40000);
		f = must_flash("n", 1 << 20);
		for (u32 k = 0; k < 3; k++) {
			p = flash_content(f) + k * 300001;
			CU_ASSERT_EQUAL(memcmp(p, p + 4, 300000 - 4), 0);
			if (ldb32(p) != 0xffffffff) {
				CU_ASSERT_EQUAL(ldb32(p) % 3, k);
				newest = ldb32(p) > newest ? ldb32(p) : newest;
			}
		}
		/* all that returned, and at most the one in flight */
		CU_ASSERT(newest == last || newest == last + 1);
		for (u32 k = 0; k < 3 && newest >= 5; k++) {
			p = flash_content(f) + (newest - k) % 3 * 300001;
			CU_ASSERT_EQUAL(ldb32(p), newest - k);
		}
		first = newest + 1;
		if (turn % 2)
			flash_close(f);
		else
			CU_ASSERT_EQUAL(flash_close(f), 0);
	}
	folder_remove();
}

void test_flash_full(void)
{
	int status;
	pid_t pid;

	folder_make();
	pid = fork();
	if (pid == 0) {
		struct rlimit lim = { 20000, 20000 };
		struct flash *f = must_flash("n", 10000);
		struct told told = { 0 };
		int bad = 0;
		u8 buf[5000];

		flash_set_say(f, hear, &told);
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &lim);
		for (int i = 0; i < 30; i++) {
			for (int k = 0; k < 5000; k++)
				buf[k] = (u8)(i + k);
			bad += blk_write(flash_blk(f), 0, buf, 5000) != 0;
		}
		/* a full journal is folded, and there is room again */
		if (bad || told.lines)
			_exit(1);
		lim.rlim_cur = 30;
		setrlimit(RLIMIT_FSIZE, &lim);
		for (int i = 0; i < 3; i++)
			if (blk_write(flash_blk(f), 9000, "q", 1) != -ERR_IO)
				_exit(2);
		if (!told.lines || flash_content(f)[9000] != 0xff)
			_exit(3);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	CU_ASSERT_EQUAL(status, 0);
	killed(write_three, "n", 10000);
	folder_remove();
}

/* ---- boot flash ------------------------------------------------------------ */

static struct flash *must_nor(const char *name, u64 bytes)
{
	struct errmsg msg = { "" };
	struct flash *f = NULL;
	int rc = nor_open(&f, at(name), bytes, &msg);

	if (rc)
		printf("%s\n", msg.text);
	CU_ASSERT_EQUAL_FATAL(rc, 0);
	return f;
}

static void nor_has(struct flash *f, u64 off, const char *what)
{
	char buf[64] = "";

	CU_ASSERT_EQUAL(blk_read(flash_blk(f), off, buf, strlen(what)), 0);
	if (strcmp(buf, what))
		printf("at %llu: %s, not %s\n", (unsigned long long)off, buf,
		       what);
	CU_ASSERT_STRING_EQUAL(buf, what);
}

void test_flash_nor(void)
{
	struct flash *f, *g;
	u8 *all;
	size_t n;

	folder_make();
	put("fw", "firmware-1", 10);
	f = must_nor("fw", 8192);
	g = must_nor("fw", 8192);	/* two that change nothing */
	nor_has(f, 8182, "firmware-1");
	nor_has(f, 8181, "\xff");
	CU_ASSERT_EQUAL(access(at("fw.flash"), F_OK), -1);
	CU_ASSERT_EQUAL(blk_write(flash_blk(f), 0, "env=1", 5), 0);
	CU_ASSERT_EQUAL(access(at("fw.flash"), F_OK), 0);
	CU_ASSERT_EQUAL(blk_write(flash_blk(g), 0, "env=2", 5), -ERR_IO);
	CU_ASSERT_EQUAL(blk_write(flash_blk(f), 8182, "FIRM", 4), 0);
	flash_close(f);
	flash_close(g);
	f = must_nor("fw", 8192);
	nor_has(f, 0, "env=1");
	nor_has(f, 8182, "FIRMware-1");
	flash_close(f);
	all = get("fw", &n);
	CU_ASSERT_EQUAL(n, 10);
	CU_ASSERT_EQUAL(memcmp(all, "firmware-1", 10), 0);
	free(all);
	folder_remove();
}

void test_flash_nor_new_firmware(void)
{
	struct errmsg msg = { "" };
	struct flash *f;
	u8 *all;
	size_t n;

	folder_make();
	put("fw", "firmware-1", 10);
	f = must_nor("fw", 8192);
	CU_ASSERT_EQUAL(blk_write(flash_blk(f), 0, "env=1", 5), 0);
	CU_ASSERT_EQUAL(blk_write(flash_blk(f), 8182, "FIRM", 4), 0);
	flash_close(f);
	put("fw", "firmware-22", 11);
	for (int i = 0; i < 2; i++) {
		f = must_nor("fw", 8192);
		nor_has(f, 0, "env=1");
		nor_has(f, 8181, "firmware-22");
		flash_close(f);
	}
	CU_ASSERT_EQUAL(nor_open(&f, at("fw"), 16384, &msg), -ERR_FORMAT);
	all = get("fw.flash", &n);
	CU_ASSERT_EQUAL(n, 8192 + 64);
	all[8192 + 20] ^= 1;
	put("fw.flash", all, n);
	msg.text[0] = 0;
	CU_ASSERT_EQUAL(nor_open(&f, at("fw"), 8192, &msg), -ERR_FORMAT);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "fw.flash"));
	free(all);
	folder_remove();
}

void test_flash_nor_whole(void)
{
	struct errmsg msg = { "" };
	struct flash *f;
	u8 *all;
	size_t n;

	folder_make();
	put_image("fw", 8192);
	f = must_nor("fw", 8192);
	CU_ASSERT_EQUAL(blk_write(flash_blk(f), 0, "env=1", 5), 0);
	flash_close(f);
	all = get("fw", &n);
	CU_ASSERT_EQUAL(memcmp(all, "env=1", 5), 0);
	CU_ASSERT_EQUAL(all[8191], image_byte(8191));
	CU_ASSERT_EQUAL(access(at("fw.flash"), F_OK), -1);
	free(all);
	CU_ASSERT_EQUAL(nor_open(&f, at("fw"), 4096, &msg), -ERR_RANGE);
	msg.text[0] = 0;
	CU_ASSERT_EQUAL(nor_open(&f, at("none"), 4096, &msg), -ERR_NOENT);
	folder_remove();
}
