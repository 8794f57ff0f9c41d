/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_options.c - the command line of `culm run`: what is taken,
 * what is refused, and with which code.
 *
 * Expected values: the contract of DESIGN.md section 9 (names, exit codes:
 * -ERR_USAGE becomes 2, every other error 1).
 */
#include <CUnit/CUnit.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/run_options.h"

static struct run_options opt;
static struct errmsg msg;
static const char *board;
static bool wants_help;

#define PARSE(...) \
	parse((const char *[]){ __VA_ARGS__, NULL })

static int parse(const char *const *args)
{
	int argc = 0;

	while (args[argc])
		argc++;
	memset(&opt, 0xa5, sizeof(opt));
	run_options_init(&opt);
	msg.text[0] = '\0';
	return options_parse(&run_option_table, &opt, argc, (char **)args,
			     &board, &wants_help, &msg);
}

void test_options_forms(void)
{
	CU_ASSERT_EQUAL(PARSE("--kernel=a=b", "bamboo", "--append", "",
			      "--no-reboot", "--clock", "virtual"), 0);
	CU_ASSERT_STRING_EQUAL(board, "bamboo");
	CU_ASSERT_STRING_EQUAL(opt.cfg.kernel, "a=b");
	CU_ASSERT_STRING_EQUAL(opt.cfg.append, "");
	CU_ASSERT_STRING_EQUAL(opt.clock, "virtual");
	CU_ASSERT_TRUE(opt.cfg.no_reboot);
	CU_ASSERT_PTR_NULL(opt.cfg.initrd);
}

void test_options_defaults(void)
{
	CU_ASSERT_EQUAL(PARSE("bamboo"), 0);
	CU_ASSERT_STRING_EQUAL(opt.cfg.engine, "auto");
	CU_ASSERT_EQUAL(opt.cfg.mem_bytes, 0);
	CU_ASSERT_EQUAL(opt.cfg.max_insns, 0);
	CU_ASSERT_EQUAL(opt.serials, 0);
	CU_ASSERT_PTR_NULL(opt.cfg.append);
	CU_ASSERT_PTR_NULL(opt.clock);
	CU_ASSERT_PTR_NULL(opt.cfg.set[0]);
}

void test_options_dashes(void)
{
	CU_ASSERT_EQUAL(PARSE("--", "--kernel"), 0);
	CU_ASSERT_STRING_EQUAL(board, "--kernel");
	CU_ASSERT_EQUAL(PARSE("-x"), -ERR_USAGE);
	CU_ASSERT_EQUAL(PARSE("a", "b"), -ERR_USAGE);
	CU_ASSERT_EQUAL(PARSE("--help", "--nonsense"), 0);
	CU_ASSERT_TRUE(wants_help);
}

void test_options_repeated(void)
{
	CU_ASSERT_EQUAL(PARSE("b", "--set=/a:x=1", "--set", "/b:y=2",
			      "--serial=null", "--serial", "file:f",
			      "--kernel=1", "--kernel=2"), 0);
	CU_ASSERT_STRING_EQUAL(opt.cfg.set[0], "/a:x=1");
	CU_ASSERT_STRING_EQUAL(opt.cfg.set[1], "/b:y=2");
	CU_ASSERT_PTR_NULL(opt.cfg.set[2]);
	CU_ASSERT_EQUAL(opt.serials, 2);
	CU_ASSERT_STRING_EQUAL(opt.serial[1], "file:f");
	CU_ASSERT_STRING_EQUAL(opt.cfg.kernel, "2");
	CU_ASSERT_EQUAL(PARSE("b", "--serial=null", "--serial=null",
			      "--serial=null", "--serial=null",
			      "--serial=null"), -ERR_USAGE);
}

void test_options_usage(void)
{
	CU_ASSERT_EQUAL(PARSE("--nonsense"), -ERR_USAGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "--nonsense"));
	CU_ASSERT_EQUAL(PARSE("--kern=x"), -ERR_USAGE);
	CU_ASSERT_EQUAL(PARSE("b", "--kernel"), -ERR_USAGE);
	CU_ASSERT_EQUAL(PARSE("b", "--kernel="), -ERR_USAGE);
	CU_ASSERT_EQUAL(PARSE("b", "--no-reboot=yes"), -ERR_USAGE);
	CU_ASSERT_EQUAL(PARSE("--clock=sundial"), -ERR_USAGE);
	CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "--clock=sundial"));
	CU_ASSERT_EQUAL(PARSE("--engine=interpreter"), -ERR_USAGE);
	CU_ASSERT_EQUAL(PARSE("--net=tap:"), -ERR_USAGE);
	CU_ASSERT_EQUAL(PARSE("--serial=file:"), -ERR_USAGE);
}

/* What may be repeated is kept in order, up to a limit. */
void test_options_parts(void)
{
	CU_ASSERT_EQUAL(PARSE("b", "--drive=a,ro", "--drive=c", "--nand=n",
			      "--nic=emac", "--nic=rtl8139", "--net=none",
			      "--share=/tmp,tag=t"), 0);
	CU_ASSERT_EQUAL(opt.drives, 2);
	CU_ASSERT_STRING_EQUAL(opt.drive[0], "a,ro");
	CU_ASSERT_STRING_EQUAL(opt.drive[1], "c");
	CU_ASSERT_EQUAL(opt.nands, 1);
	CU_ASSERT_STRING_EQUAL(opt.nic[1], "rtl8139");
	CU_ASSERT_STRING_EQUAL(opt.share[0], "/tmp,tag=t");
	CU_ASSERT_EQUAL(PARSE("b", "--card=virtio-console:pty"), 0);
	CU_ASSERT_STRING_EQUAL(opt.console, "pty");
	CU_ASSERT_EQUAL(PARSE("b", "--card=virtio-rng", "--card=virtio-rng"),
			-ERR_USAGE);
	CU_ASSERT_EQUAL(PARSE("b", "--nic=ne2000"), -ERR_USAGE);
	CU_ASSERT_EQUAL(PARSE("b", "--net=carrier-pigeon"), -ERR_USAGE);
}

/* The whole list that a later issue builds. */
void test_options_not_built(void)
{
	static const char *const later[] = {
		"--timing=approx", "--trace=x", "--gdb=:1",
		"--snapshot=f", "--record=f", "--replay=f", "--gui",
	};

	for (size_t i = 0; i < ARRAY_SIZE(later); i++) {
		char want[64];

		CU_ASSERT_EQUAL(PARSE("bamboo", later[i]), -ERR_UNSUPP);
		snprintf(want, sizeof(want), "%s", later[i]);
		want[strcspn(want, "=")] = '\0';
		CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, want));
		CU_ASSERT_PTR_NOT_NULL(strstr(msg.text, "not built yet"));
		CU_ASSERT_PTR_NULL(strchr(msg.text, '\n'));
	}
	CU_ASSERT_EQUAL(PARSE("b", "--engine=interp", "--accel=none",
			      "--timing=none", "--net=none"), 0);
}

static int size_of(const char *text, u64 *v)
{
	*v = 0xdead;
	msg.text[0] = '\0';
	return parse_size(text, v, &msg);
}

void test_options_size(void)
{
	u64 v;

	CU_ASSERT_EQUAL(size_of("1", &v), 0);
	CU_ASSERT_EQUAL(v, 1);
	CU_ASSERT_EQUAL(size_of("64K", &v), 0);
	CU_ASSERT_EQUAL(v, 65536);
	CU_ASSERT_EQUAL(size_of("256M", &v), 0);
	CU_ASSERT_EQUAL(v, 0x10000000);
	CU_ASSERT_EQUAL(size_of("1g", &v), 0);
	CU_ASSERT_EQUAL(v, 0x40000000);
	CU_ASSERT_EQUAL(size_of("0x1000", &v), 0);
	CU_ASSERT_EQUAL(v, 4096);
	CU_ASSERT_EQUAL(parse_count("3M", &v, &msg), 0);
	CU_ASSERT_EQUAL(v, 3000000);
}

void test_options_size_bad(void)
{
	static const char *const bad[] = {
		"", "M", "12Q", "1KB", "-1", " 1", "1 ", "0x", "1.5M", "\xff",
	};
	u64 v;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		CU_ASSERT_EQUAL(size_of(bad[i], &v), -ERR_USAGE);
		CU_ASSERT_EQUAL(v, 0xdead);
	}
	CU_ASSERT_EQUAL(size_of("0", &v), -ERR_RANGE);
	CU_ASSERT_EQUAL(size_of("18446744073709551616", &v), -ERR_RANGE);
	CU_ASSERT_EQUAL(size_of("17179869184G", &v), -ERR_RANGE);
	CU_ASSERT_EQUAL(size_of("18446744073709551615", &v), 0);
	CU_ASSERT_EQUAL(PARSE("--mem=banana"), -ERR_USAGE);
	CU_ASSERT_STRING_EQUAL(msg.text, "--mem=banana: not a size, like 256M");
	CU_ASSERT_EQUAL(PARSE("--mem=0"), -ERR_RANGE);
}

void test_options_help(void)
{
	char *text = NULL;
	size_t n = 0;
	FILE *f = open_memstream(&text, &n);

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	options_help(&run_option_table, f);
	fclose(f);
	for (unsigned int i = 0; i < run_option_table.count; i++) {
		char want[64];

		snprintf(want, sizeof(want), "  --%s",
			 run_option_table.rows[i].name);
		CU_ASSERT_PTR_NOT_NULL(strstr(text, want));
	}
	CU_ASSERT_PTR_NOT_NULL(strstr(text, "Exit status"));
	free(text);
}
