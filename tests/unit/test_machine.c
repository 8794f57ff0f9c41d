/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_machine.c - soc/machine.c: whole boards that run small
 * kernels, which the tests write as ELF files.
 */
#include "tests/unit/cpu_rig.h"

#include <stdio.h>
#include <unistd.h>

#include "soc/board.h"
#include "soc/machine.h"

#define LOAD_AT	0x10000u	/* where a kernel's code lies and starts */

struct bench {
	struct machine_config cfg;
	struct machine *m;
	struct errmsg msg;
	char path[64];
	u8 out[64];		/* what UART0 sent */
	unsigned int outs;
	bool stop;
	unsigned int looks;
	struct chr chr;
};

static void on_write(void *opaque, const u8 *buf, size_t n)
{
	struct bench *b = opaque;

	for (size_t i = 0; i < n && b->outs < sizeof(b->out); i++)
		b->out[b->outs++] = buf[i];
}

static const struct chr_host_ops chr_ops = { .write = on_write };

static bool should_stop(void *opaque)
{
	return ((struct bench *)opaque)->stop;
}

/* An ELF file with one segment at LOAD_AT, which is also the entry. */
static void write_elf(struct bench *b, const u32 *code, u32 words)
{
	static const u8 ident[] = { 0x7f, 'E', 'L', 'F', 1, 2, 1 };
	u8 h[84] = { 0 };
	FILE *f;

	memcpy(h, ident, sizeof(ident));
	stb16(h + 16, 2);		/* ET_EXEC */
	stb16(h + 18, 20);		/* EM_PPC */
	stb32(h + 20, 1);
	stb32(h + 24, LOAD_AT);		/* e_entry */
	stb32(h + 28, 52);		/* e_phoff */
	stb16(h + 40, 52);
	stb16(h + 42, 32);
	stb16(h + 44, 1);		/* e_phnum */
	stb32(h + 52, 1);		/* PT_LOAD */
	stb32(h + 56, sizeof(h));
	stb32(h + 60, LOAD_AT);
	stb32(h + 64, LOAD_AT);
	stb32(h + 68, 4 * words);
	stb32(h + 72, 4 * words);
	stb32(h + 76, 7);
	stb32(h + 80, 4);
	strcpy(b->path, "/tmp/culm-kernel-XXXXXX");
	f = fdopen(mkstemp(b->path), "wb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	fwrite(h, sizeof(h), 1, f);
	for (u32 i = 0; i < words; i++) {
		stb32(h, code[i]);
		fwrite(h, 4, 1, f);
	}
	fclose(f);
}

static void open_code(struct bench *b, const u32 *code, u32 words)
{
	char dir[512];

	memset(b, 0, sizeof(*b));
	snprintf(dir, sizeof(dir), "%s/soc/boards", CULM_SRCDIR);
	setenv("CULM_BOARDS", dir, 0);
	write_elf(b, code, words);
	b->chr.host = &chr_ops;
	b->chr.host_opaque = b;
	b->cfg = (struct machine_config){
		.board = "bamboo",
		.kernel = b->path,
		.engine = "interp",
		.no_reboot = true,
		.host = { .opaque = b, .should_stop = should_stop },
		.serial = { &b->chr },
	};
}

#define OPEN(b, ...) \
	open_code(b, (const u32[]){ __VA_ARGS__ }, \
		  (u32)ARRAY_SIZE(((const u32[]){ __VA_ARGS__ })))

static enum machine_exit run(struct bench *b)
{
	int ret = machine_new(&b->m, &b->cfg, &b->msg);

	if (ret)
		printf("     %s\n", b->msg.text);
	CU_ASSERT_EQUAL_FATAL(ret, 0);
	return machine_run(b->m);
}

static struct machine_stats stats(struct bench *b)
{
	struct machine_stats st;

	machine_stats(b->m, &st);
	return st;
}

static void close_bench(struct bench *b)
{
	machine_free(b->m);
	unlink(b->path);
}

/* Ask for a system reset: three instructions. */
#define RESET LIS(3, 0x3000), MTSPR(SPRN_DBCR0, 3), NOP

void test_machine_reset(void)
{
	struct bench b;

	OPEN(&b, NOP, RESET);
	CU_ASSERT_EQUAL(run(&b), EXIT_RESET);
	CU_ASSERT_EQUAL(stats(&b).insns, 3);
	CU_ASSERT_EQUAL(stats(&b).resets, 0);
	close_bench(&b);
}

void test_machine_reboot(void)
{
	struct bench b;

	/* counts its boots at 16 MB, which no boot writes; the kernel itself
	 * is loaded anew each time; waits for ever in the third */
	OPEN(&b, LIS(4, 0x100), LWZ(5, 0, 4), ADDI(5, 5, 1), STW(5, 0, 4),
	     LIS(6, 1), LWZ(7, 0x28, 6), CMPWI(7, 7), BEQ(8), SELF,
	     B(4 + 4), 7, LI(8, 8), STW(8, 0x28, 6), CMPWI(5, 3), BNE(8),
	     SELF, RESET);
	b.cfg.no_reboot = false;
	CU_ASSERT_EQUAL(run(&b), EXIT_STUCK);
	CU_ASSERT_EQUAL(stats(&b).resets, 2);
	/* 14 instructions a boot, and two more for each reset */
	CU_ASSERT_EQUAL(stats(&b).insns, 3 * 13 + 2 * 2);
	close_bench(&b);
}

void test_machine_max_insns(void)
{
	for (u64 n = 1; n < 5000000; n = n * 5 + 1) {
		struct bench b;

		OPEN(&b, ADDI(3, 3, 1), ADDI(3, 3, 1), B(-8));
		b.cfg.max_insns = n;
		CU_ASSERT_EQUAL(run(&b), EXIT_MAX_INSNS);
		CU_ASSERT_EQUAL(stats(&b).insns, n);
		close_bench(&b);
	}
}

void test_machine_stuck(void)
{
	struct bench b;

	OPEN(&b, NOP, SELF);
	CU_ASSERT_EQUAL(run(&b), EXIT_STUCK);
	CU_ASSERT_PTR_NOT_NULL(strstr(machine_stuck_reason(b.m), "0x00010004"));
	close_bench(&b);
	/* into addresses that nothing maps; the vectors are no code either */
	OPEN(&b, LIS(3, -0x4000), MTSPR(SPRN_LR, 3), BLR);
	CU_ASSERT_EQUAL(run(&b), EXIT_STUCK);
	CU_ASSERT(strlen(machine_stuck_reason(b.m)) > 10);
	close_bench(&b);
	/* a wait state with every interrupt masked */
	OPEN(&b, LIS(3, 4), MTMSR(3), NOP);
	CU_ASSERT_EQUAL(run(&b), EXIT_STUCK);
	close_bench(&b);
}

/* Vectors at 0x20000, then wait for DEC in r5 cycles. */
#define WAIT_FOR_DEC \
	LIS(3, 2), MTSPR(SPRN_IVPR, 3), LI(3, 0), MTSPR(SPRN_IVOR10, 3), \
	/* the handler, copied there: a branch back to LOAD_AT + 0x60 */ \
	LIS(3, 2), LIS(4, (B(LOAD_AT + 0x60 - 0x20000) >> 16) & 0xffff), \
	ORI(4, 4, B(LOAD_AT + 0x60 - 0x20000) & 0xffff), STW(4, 0, 3), \
	LIS(4, 0x0400), MTSPR(SPRN_TCR, 4), MTSPR(SPRN_DEC, 5)

void test_machine_idle(void)
{
	struct bench b;

	/* two seconds of guest time in 30 instructions */
	OPEN(&b, LIS(5, 0x4000), WAIT_FOR_DEC, LIS(6, 4), ORI(6, 6, 0x8000),
	     MTMSR(6), NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP, NOP, RESET);
	CU_ASSERT_EQUAL(run(&b), EXIT_RESET);
	CU_ASSERT_EQUAL(stats(&b).insns, 15 + 1 + 2);
	CU_ASSERT_EQUAL(stats(&b).exceptions[IVOR_DEC], 1);
	/* DEC was written at cycle 11 */
	CU_ASSERT_EQUAL(stats(&b).cycles, 0x40000000ull + 11 + 3);
	close_bench(&b);
}

void test_machine_serial(void)
{
	static const char *const engines[] = { "interp", "auto" };

	for (unsigned int i = 0; i < 2; i++) {
		struct bench b;

		/* a 4 KB entry for 0xef600000, and two characters */
		OPEN(&b, LIS(3, 0xef60 - 0x10000), LI(4, 40), TLBWE(3, 4, 1),
		     LI(5, 0x0507), TLBWE(5, 4, 2), ORI(6, 3, 0x0210),
		     TLBWE(6, 4, 0), ISYNC, LI(7, 'O'), STB(7, 0x300, 3),
		     LI(7, 'K'), STB(7, 0x300, 3),
		     /* until the last one has gone */
		     LBZ(8, 0x305, 3), I_D(28, 8, 8, 0x40), BEQ(-8), RESET);
		b.cfg.engine = engines[i];
		CU_ASSERT_EQUAL(run(&b), EXIT_RESET);
		CU_ASSERT_EQUAL(b.outs, 2);
		CU_ASSERT_EQUAL(memcmp(b.out, "OK", 2), 0);
		close_bench(&b);
	}
}

void test_machine_engines(void)
{
	struct machine_stats st[3];

	/* a loop with a timer interrupt in between: the same in each run */
	for (unsigned int i = 0; i < 3; i++) {
		struct bench b;

		OPEN(&b, LIS(5, 3), WAIT_FOR_DEC, LIS(6, 0), ORI(6, 6, 0x8000),
		     MTMSR(6), ADDI(7, 7, 1), STW(7, 0x2000, 3),
		     LWZ(8, 0x2000, 3), B(-12), NOP, NOP, NOP, NOP, NOP,
		     RESET);
		b.cfg.engine = i == 2 ? "auto" : "interp";
		CU_ASSERT_EQUAL(run(&b), EXIT_RESET);
		st[i] = stats(&b);
		CU_ASSERT_EQUAL(st[i].exceptions[IVOR_DEC], 1);
		CU_ASSERT_EQUAL(st[i].insns, 0x30000 + 11 + 3);
		CU_ASSERT_EQUAL(st[i].insns, st[0].insns);
		CU_ASSERT_EQUAL(st[i].cycles, st[0].cycles);
		CU_ASSERT_EQUAL(memcmp(st[i].exceptions, st[0].exceptions,
				       sizeof(st[0].exceptions)), 0);
		close_bench(&b);
	}
}

/* Another engine at each look of the machine at its host. */
static void wait_and_switch(void *opaque, u64 until_ns)
{
	struct bench *b = opaque;
	const char *name = b->looks++ % 2 ? "interp" : "auto";

	(void)until_ns;
	CU_ASSERT_EQUAL(machine_set_engine(b->m, name, &b->msg), 0);
}

void test_machine_switches(void)
{
	struct machine_stats st[2];

	/* a loop of loads and stores for some slices, then an interrupt */
	for (unsigned int i = 0; i < 2; i++) {
		struct bench b;

		OPEN(&b, LIS(5, 0x100), WAIT_FOR_DEC, LIS(6, 0),
		     ORI(6, 6, 0x8000), MTMSR(6), ADDI(7, 7, 1),
		     STW(7, 0x2000, 3), LWZ(8, 0x2000, 3), B(-12), NOP, NOP,
		     NOP, NOP, NOP, RESET);
		if (i)
			b.cfg.host.wait = wait_and_switch;
		CU_ASSERT_EQUAL(run(&b), EXIT_RESET);
		st[i] = stats(&b);
		CU_ASSERT_EQUAL(st[i].exceptions[IVOR_DEC], 1);
		CU_ASSERT_EQUAL(st[i].insns, 0x1000000 + 11 + 3);
		CU_ASSERT_EQUAL(st[i].cycles, st[0].cycles);
		CU_ASSERT_EQUAL(memcmp(st[i].exceptions, st[0].exceptions,
				       sizeof(st[0].exceptions)), 0);
		CU_ASSERT(!i || b.looks >= 0x1000000u / (1u << 20));
		close_bench(&b);
	}
}

void test_machine_switch_refused(void)
{
	static const struct {
		enum machine_clock clock;
		u64 max_insns;
		const char *text;
	} cases[] = {
		{ CLOCK_VIRTUAL, 0, "--clock=virtual" },
		{ CLOCK_HOST, 100, "--max-insns" },
#ifndef __powerpc__
		{ CLOCK_HOST, 0, "this host is no 440" },
#endif
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		struct bench b;

		OPEN(&b, NOP, RESET);
		b.cfg.clock = cases[i].clock;
		b.cfg.max_insns = cases[i].max_insns;
		CU_ASSERT_EQUAL_FATAL(machine_new(&b.m, &b.cfg, &b.msg), 0);
		CU_ASSERT(machine_set_engine(b.m, "kvm", &b.msg) < 0);
		CU_ASSERT_PTR_NOT_NULL(strstr(b.msg.text, cases[i].text));
		CU_ASSERT_PTR_NOT_NULL(strstr(b.msg.text, "--accel=kvm"));
		CU_ASSERT_EQUAL(machine_run(b.m), EXIT_RESET);
		CU_ASSERT_EQUAL(stats(&b).insns, 3);
		close_bench(&b);
	}
}

void test_machine_translator(void)
{
	/* a loop is worth a second look; the interpreter translates nothing */
	for (unsigned int i = 0; i < 2; i++) {
		struct machine_stats st;
		struct bench b;

		OPEN(&b, LIS(6, 1), MTSPR(9, 6), ADDI(7, 7, 1), BDNZ(-4),
		     RESET);
		b.cfg.engine = i ? "auto" : "interp";
		CU_ASSERT_EQUAL(run(&b), EXIT_RESET);
		st = stats(&b);
		close_bench(&b);
		if (strcmp(st.engine, "jit") != 0) {
			CU_ASSERT_EQUAL(st.translator.blocks, 0);
			CU_ASSERT_EQUAL(st.translator.memory, 0);
			continue;
		}
		CU_ASSERT_TRUE(st.translator.hot > 0);
		CU_ASSERT_TRUE(st.translator.blocks > st.translator.hot);
		CU_ASSERT_TRUE(st.translator.blocks < 100);
		/* an instruction of the guest takes at least one byte */
		CU_ASSERT_TRUE(st.translator.code_bytes > 5);
		CU_ASSERT_TRUE(st.translator.memory > st.translator.code_bytes);
		CU_ASSERT_TRUE(st.translator.host_seconds > 0);
		CU_ASSERT_TRUE(st.translator.host_seconds < 10);
	}
}

void test_machine_two(void)
{
	struct bench a, b;

	/* two machines in one process, turn by turn */
	OPEN(&a, ADDI(3, 3, 1), B(-4));
	OPEN(&b, NOP, NOP, RESET);
	a.cfg.max_insns = 100000;
	CU_ASSERT_EQUAL_FATAL(machine_new(&a.m, &a.cfg, &a.msg), 0);
	CU_ASSERT_EQUAL(run(&b), EXIT_RESET);
	CU_ASSERT_EQUAL(machine_run(a.m), EXIT_MAX_INSNS);
	CU_ASSERT_EQUAL(stats(&a).insns, 100000);
	CU_ASSERT_EQUAL(stats(&b).insns, 4);
	close_bench(&b);
	close_bench(&a);
}

void test_machine_stopped(void)
{
	struct bench b;

	OPEN(&b, ADDI(3, 3, 1), B(-4));
	b.stop = true;
	CU_ASSERT_EQUAL(run(&b), EXIT_STOPPED);
	b.stop = false;
	close_bench(&b);
}

/* One line, that names the culprit. */
static void check_refused(struct bench *b, const char *culprit)
{
	b->msg.text[0] = '\0';
	CU_ASSERT(machine_new(&b->m, &b->cfg, &b->msg) < 0);
	CU_ASSERT_PTR_NOT_NULL(strstr(b->msg.text, culprit));
	CU_ASSERT_PTR_NULL(strchr(b->msg.text, '\n'));
}

void test_machine_refused(void)
{
	struct bench b;

	OPEN(&b, NOP);
	b.cfg.kernel = "/nowhere/vmlinux";
	check_refused(&b, "/nowhere/vmlinux");
	b.cfg.kernel = b.path;
	b.cfg.mem_bytes = 3 << 20;
	check_refused(&b, "--mem");
	b.cfg.mem_bytes = 0;
	b.cfg.engine = "steam";
	check_refused(&b, "steam");
	b.m = NULL;
	close_bench(&b);
}

/* One cable for EMAC0 and a card: the second one that takes it is named. */
void test_machine_cable(void)
{
	static const struct board_part card = {
		BUS_PART_PCI, "ethernet", "pci10ec,8139", 0, false, "--nic",
	};
	struct net net = { NULL, NULL, NULL, NULL };
	struct bench b;

	OPEN(&b, NOP);
	b.cfg.net[0] = &net;
	b.cfg.part = &card;
	b.cfg.parts = 1;
	check_refused(&b, "/plb/opb/ethernet@ef600e00: network 0");
	CU_ASSERT_PTR_NOT_NULL(strstr(b.msg.text,
				      "/plb/pci@ec000000/ethernet@1"));
	b.cfg.net[0] = NULL;
	b.msg.text[0] = '\0';
	CU_ASSERT_EQUAL(machine_new(&b.m, &b.cfg, &b.msg), 0);
	close_bench(&b);
}

static void count_line(void *opaque, const char *line)
{
	CU_ASSERT_PTR_NULL(strchr(line, '\n'));
	++*(unsigned int *)opaque;
}

void test_machine_dump(void)
{
	unsigned int lines = 0;
	struct bench b;

	OPEN(&b, NOP, SELF);
	run(&b);
	machine_dump(b.m, count_line, &lines);
	CU_ASSERT(lines > 10);
	close_bench(&b);
}
