/* SPDX-License-Identifier: MIT */
/*
 * kvmpreview - accesses that user space has answered ahead: what the guest gets
 * of them, what the log says, and which ones come out all the same.
 */
#include "guest.h"
#include "time_base.h"

#define DEVICE	0xef600300u	/* in a page that the VCPU begins with */
#define STOP	0x80000000u

enum { R_READ, R_QUEUE, R_KEEPS, R_WRITE, R_BYTE, ROWS };

static struct kvm44x_preview *p;

/* clang-format off: assembly */
#define AT_DEVICE "lis 4, 0xef60\n ori 4, 4, 0x300\n"

/* Each row once; then a queue that is dry, and a row that a write ended. */
GUEST(guest_all, AT_DEVICE
	"lwz 10, 0(4)\n lwz 11, 4(4)\n lwz 12, 4(4)\n"
	"li 5, 0x4321\n stw 5, 8(4)\n lwz 13, 8(4)\n"
	"lwz 14, 0(4)\n li 6, 0x77\n stb 6, 16(4)\n");
/* Another size, another address, the wrong direction; a bit that stops. */
GUEST(guest_others, AT_DEVICE
	"lbz 10, 0(4)\n lwz 11, 0x20(4)\n lwz 12, 12(4)\n"
	"stw 4, 0(4)\n lis 5, 0x8000\n stw 5, 8(4)\n");
GUEST(guest_read, AT_DEVICE "lwz 10, 0(4)\n");
GUEST(guest_queue, AT_DEVICE "lwz 10, 4(4)\n");
/* What is answered ahead and what is not, in one instruction. */
GUEST(guest_many, AT_DEVICE "lmw 29, 0(4)\n");
GUEST(guest_writes, AT_DEVICE
	"li 5, 200\n mtctr 5\n 1: stw 5, 12(4)\n bdnz 1b\n");
/* Reads while a register stays, in r11; the same with work in between; in a
 * handler's sight. */
GUEST(guest_poll, AT_DEVICE
	"lis 5, 0x1122\n ori 5, 5, 0x3344\n li 11, 0\n"
	"1: lwz 10, 0(4)\n addi 11, 11, 1\n cmpw 10, 5\n beq 1b\n");
GUEST(guest_work, AT_DEVICE
	"lis 5, 0x1122\n ori 5, 5, 0x3344\n li 11, 0\n li 6, 5000\n"
	"1: mtctr 6\n 2: bdnz 2b\n"
	"lwz 10, 0(4)\n addi 11, 11, 1\n cmpw 10, 5\n beq 1b\n");
GUEST(guest_interrupted, AT_DEVICE
	"lis 15, 2\n mtspr 63, 15\n li 15, 0xa00\n mtspr 410, 15\n"
	"lis 15, 0x400\n mtspr 340, 15\n lis 15, 3\n mtspr 22, 15\n"
	"li 31, 0\n wrteei 1\n"
	"1: lwz 10, 0(4)\n cmpwi 31, 0\n beq 1b\n mftb 12\n");
/* Words of a queue that are all the same. */
GUEST(guest_same, AT_DEVICE
	"lwz 10, 4(4)\n lwz 11, 4(4)\n lwz 12, 4(4)\n lwz 13, 4(4)\n"
	"lwz 14, 4(4)\n lwz 15, 4(4)\n");
/* Twice, once by the emulator: over the end of 1 KB, and from memory into it. */
GUEST(guest_over, AT_DEVICE "li 5, 2\n mtctr 5\n"
	"li 6, 0xfe\n 1: lwzx 10, 4, 6\n bdnz 1b\n");
GUEST(guest_into, "lis 4, 0x300\n li 5, 2\n mtctr 5\n"
	"1: lwz 10, -2(4)\n bdnz 1b\n");
/* Each plain access twice, so that the second one is not the emulator's. */
GUEST(guest_forms, AT_DEVICE
	"li 5, 2\n mtctr 5\n li 6, 4\n li 7, 8\n lis 8, 0x1234\n"
	"1: lwz 10, 0(4)\n lhz 11, 4(4)\n lbz 12, 8(4)\n"
	"lwzx 0, 0, 4\n lhzx 14, 4, 6\n lbzx 31, 4, 7\n"
	"ori 8, 8, 0x5678\n stw 8, 12(4)\n sth 8, 16(4)\n stb 8, 20(4)\n"
	"li 9, 12\n stwx 8, 4, 9\n li 9, 16\n sthx 8, 4, 9\n"
	"li 9, 20\n stbx 8, 9, 4\n"
	"lwbrx 16, 0, 4\n lhbrx 17, 4, 6\n li 9, 12\n stwbrx 8, 4, 9\n"
	"li 9, 16\n sthbrx 8, 4, 9\n bdnz 1b\n");
/* clang-format on */

static void row(uint32_t i, uint32_t at, uint32_t flags)
{
	p->row[i].gpa = DEVICE + at;
	p->row[i].until = ~0ull;
	p->row[i].size = 4;
	p->row[i].flags = flags;
	p->row[i].value = p->row[i].mask = p->row[i].stop = 0;
}

static void set_rows(void)
{
	row(R_READ, 0, PREVIEW_READ);
	p->row[R_READ].value = 0x11223344;
	row(R_QUEUE, 4, PREVIEW_QUEUE);
	p->queue[0] = 0xa0a0a0a0;
	p->queue[1] = 0xb1b1b1b1;
	row(R_KEEPS, 8, PREVIEW_READ | PREVIEW_WRITE | PREVIEW_KEEPS);
	p->row[R_KEEPS].value = 0x5555;
	p->row[R_KEEPS].mask = 0xff;
	p->row[R_KEEPS].stop = STOP;
	row(R_WRITE, 12, PREVIEW_WRITE);
	row(R_BYTE, 16, PREVIEW_WRITE);
	p->row[R_BYTE].size = 1;
	p->queued = 2;
	p->taken = p->logged = 0;
	p->rows = ROWS;
}

/* Up to the end; the exits for MMIO, each read answered with 0x99999999. */
static uint32_t exits(const char *name, struct kvm44x_regs *r)
{
	uint32_t n = 0;

	put_text(name);
	put_text("\n");
	while (!ioctl(vm.vcpu, KVM44X_RUN, 0) &&
	       vm.run->exit_reason == KVM44X_EXIT_MMIO) {
		memset(vm.run->u.mmio.data, 0x99, 4);
		n++;
	}
	expect("the end", vm.run->exit_reason, KVM44X_EXIT_DCR);
	vm.run->immediate_exit = 1;
	expect("immediate exit", ioctl(vm.vcpu, KVM44X_RUN, 0), -EINTR);
	vm.run->immediate_exit = 0;
	get_regs(r);
	return n;
}

#define RUN(name, r) \
	(start(guest_##name, guest_##name##_end, 0), exits(#name, r))

static void entry(uint32_t i, uint32_t at, uint32_t value)
{
	expect("log: row", p->log[i].row, at);
	expect("log: value", p->log[i].value, value);
	if (i)
		expect("log: time", p->log[i].time >= p->log[i - 1].time, 1);
}

static void test_all(void)
{
	struct kvm44x_regs r;

	set_rows();
	expect("exits", RUN(all, &r), 1);
	expect("READ", r.gpr[10], 0x11223344);
	expect("QUEUE", r.gpr[11], 0xa0a0a0a0);
	expect("QUEUE", r.gpr[12], 0xb1b1b1b1);
	expect("bits of a write", r.gpr[13], 0x5521);
	expect("behind a write", r.gpr[14], 0x99999999);
	expect("taken", p->taken, 2);
	expect("logged", p->logged, 4);
	entry(0, R_QUEUE, 0xa0a0a0a0);
	entry(1, R_QUEUE, 0xb1b1b1b1);
	entry(2, R_KEEPS | KVM44X_PREVIEW_IS_WRITE, 0x4321);
	entry(3, R_BYTE | KVM44X_PREVIEW_IS_WRITE, 0x77);
}

static void test_others(void)
{
	struct kvm44x_regs r;

	set_rows();
	expect("exits", RUN(others, &r), 5);
	expect("another size", r.gpr[10], 0x99);
	expect("another address", r.gpr[11], 0x99999999);
	expect("a row to write", r.gpr[12], 0x99999999);
	expect("logged", p->logged, 0);
}

static void test_bounds(void)
{
	struct kvm44x_regs r;

	set_rows();
	p->rows = PREVIEW_ROWS + 1;
	expect("too many rows", RUN(read, &r), 1);
	p->rows = 0;
	expect("no rows", RUN(read, &r), 1);
	set_rows();
	p->row[R_READ].until = 1;
	expect("too late", RUN(read, &r), 1);
	/* the host's time base has never come so far */
	p->row[R_READ].until = 1ull << 60;
	expect("in time", RUN(read, &r), 0);
	set_rows();
	p->taken = PREVIEW_WORDS;
	p->queued = ~0u;
	expect("taken", RUN(queue, &r), 1);
	p->taken = ~0u;
	expect("taken", RUN(queue, &r), 1);
	p->taken = PREVIEW_WORDS - 1;
	p->queue[PREVIEW_WORDS - 1] = 0x1234;
	expect("the last word", RUN(queue, &r), 0);
	expect("the last word", r.gpr[10], 0x1234);
	set_rows();
	p->logged = ~0u;
	expect("logged", RUN(queue, &r), 1);
	expect("logged", p->logged, ~0u);
	expect("taken", p->taken, 0);
}

static void test_many(void)
{
	struct kvm44x_regs r;

	set_rows();
	row(R_KEEPS, 8, 0);
	expect("exits", RUN(many, &r), 1);
	expect("first", r.gpr[29], 0x11223344);
	expect("second", r.gpr[30], 0xa0a0a0a0);
	expect("third", r.gpr[31], 0x99999999);
	/* though it was executed twice */
	expect("taken", p->taken, 1);
	expect("logged", p->logged, 1);
}

/* With a log that nobody empties. */
static void test_full(void)
{
	struct kvm44x_regs r;

	set_rows();
	expect("exits", RUN(writes, &r), 200 - KVM44X_PREVIEW_LOG);
	expect("logged", p->logged, KVM44X_PREVIEW_LOG);
	entry(KVM44X_PREVIEW_LOG - 1, R_WRITE | KVM44X_PREVIEW_IS_WRITE, 200);
}

/* Some 4 ms, in which a guest reads a register ten thousand times. */
#define A_WHILE		2000000u

static void test_nap(void)
{
	struct kvm44x_regs r;
	uint64_t now;

	set_rows();
	p->row[R_READ].until = time_base() + A_WHILE;
	expect("exits", RUN(poll, &r), 1);
	expect("reads of one that sleeps", r.gpr[11] < 100, 1);
	expect("not too early", time_base() >= p->row[R_READ].until, 1);
	p->row[R_READ].until = time_base() + A_WHILE;
	expect("exits", RUN(work, &r), 1);
	expect("reads of one that works", r.gpr[11] > 100, 1);
	/* its decrementer comes after a tenth of the time */
	copy(vm.mem + 0x20000, vectors, vectors_end - vectors);
	now = time_base();
	p->row[R_READ].until = now + A_WHILE;
	expect("exits", RUN(interrupted, &r), 0);
	expect("interrupt", r.gpr[31], 1);
	expect("woken", (uint32_t)r.gpr[12] - (uint32_t)now < A_WHILE / 2, 1);
	for (uint32_t i = 0; i < 6; i++)
		p->queue[i] = 0;
	p->queued = 6;
	p->row[R_QUEUE].until = now + 10 * A_WHILE;
	expect("exits", RUN(same, &r), 0);
	expect("a queue", time_base() < now + 2 * A_WHILE, 1);
}

/* Exits that left the VCPU's block: TO_C of KVM44X_COUNT_NAMES. */
static uint32_t outside(void)
{
	struct kvm44x_counts c;

	expect("counts", ioctl(vm.vcpu, KVM44X_GET_COUNTS, &c), 0);
	return c.count[29];
}

/* What no row is meant for, though it looks so in the VCPU's block. */
static void test_split(void)
{
	struct kvm44x_regs r;

	set_rows();
	row(R_READ, 0xfe, PREVIEW_READ);
	expect("over the end", RUN(over, &r), 8);
	set_one(KVM44X_REG_TLB(5, 1), 0x00100000);
	set_one(KVM44X_REG_TLB(5, 2), 7);
	set_one(KVM44X_REG_TLB(5, 0), 0x02fff210);
	set_one(KVM44X_REG_TLB(6, 1), 0xef600000);
	set_one(KVM44X_REG_TLB(6, 2), 7);
	set_one(KVM44X_REG_TLB(6, 0), 0x03000210);
	row(R_READ, -(DEVICE & 0xfff), PREVIEW_READ);
	expect("into it", RUN(into, &r), 4);
	set_one(KVM44X_REG_TLB(5, 0), 0);
	set_one(KVM44X_REG_TLB(6, 0), 0);
	/* little-endian */
	set_rows();
	set_one(KVM44X_REG_TLB(1, 2), 0x587);
	(void)RUN(read, &r);
	expect("exits", RUN(read, &r), 0);
	expect("little-endian", r.gpr[10], 0x44332211);
	set_one(KVM44X_REG_TLB(1, 2), 0x507);
}

static void test_forms(void)
{
	/* of each size once, and once more, then those in reverse order */
	static const uint32_t value[8] = {
		0x12345678, 0x5678, 0x78, 0x12345678, 0x5678, 0x78,
		0x78563412, 0x7856,
	};
	struct kvm44x_regs r;
	uint32_t i;

	set_rows();
	for (i = 0; i < 6; i++) {
		row(i, 4 * i, PREVIEW_KEEPS |
		    (i < 3 ? PREVIEW_READ : PREVIEW_WRITE));
		p->row[i].size = 4u >> i % 3;
		p->row[i].value = value[i % 3];
	}
	p->rows = 6;
	i = outside();
	expect("exits", RUN(forms, &r), 0);
	/* 16 instructions, the end, and the host's own interrupts */
	expect("the second time", outside() - i < 24, 1);
	expect("lwz", r.gpr[10], value[0]);
	expect("lhz", r.gpr[11], value[1]);
	expect("lbz", r.gpr[12], value[2]);
	expect("lwzx", r.gpr[0], value[0]);
	expect("lhzx", r.gpr[14], value[1]);
	expect("lbzx", r.gpr[31], value[2]);
	expect("lwbrx", r.gpr[16], 0x78563412);
	expect("lhbrx", r.gpr[17], 0x7856);
	expect("logged", p->logged, 16);
	for (i = 0; i < 16; i++)
		entry(i, (3 + i % 8 % 3) | KVM44X_PREVIEW_IS_WRITE,
		      value[i % 8]);
}

static void test_offered(void)
{
	long cap = ioctl(vm.fd, KVM44X_CHECK_EXTENSION,
			 (void *)KVM44X_CAP_PREVIEW);
	long more = mmap2(vm.run_bytes + PAGE_BYTES, MAP_SHARED, vm.vcpu);
	long one = mmap2(PAGE_BYTES, MAP_SHARED, vm.vcpu);

	p = kvm_preview(&vm);
	expect("PREVIEW", (uint32_t)cap, p != 0);
	expect("pages", (uint32_t)vm.run_bytes, p ? 8192 : 4096);
	expect("more pages", (uint32_t)more, -EINVAL);
	expect("one page", is_error(one), 0);
	sys_call(SYS_MUNMAP, one, PAGE_BYTES, 0);
}

/* policy=classic has none of the rest. */
static void test_rows(void)
{
	if (!p)
		return;
	test_all();
	test_others();
	test_bounds();
	test_many();
	test_full();
	test_nap();
	test_split();
	test_forms();
}

static int prog_main(int argc, char **argv, char **envp)
{
	static void (*const tests[])(void) = { test_offered, test_rows, 0 };

	(void)argc, (void)argv, (void)envp;
	return run_tests("kvmpreview", tests);
}
