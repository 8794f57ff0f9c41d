/* SPDX-License-Identifier: MIT */
/*
 * guest.h - small guests, written in assembly: each runs from CODE_AT with
 * memory one to one, and ends by an access to DCR 0x1ff.
 *
 * Included once by each program, which owns what they do and must leave.
 */
#ifndef CULM_ACCEL_GUEST_H
#define CULM_ACCEL_GUEST_H

#include "kvm.h"

enum {
	MEM_BYTES = 32 << 20, CODE_AT = 0x10000,
	EFAULT = 14, EEXIST = 17, EINVAL = 22, ENOTTY = 25,
};

static struct kvm vm;
static int failures;

static inline void expect(const char *what, uint32_t got, uint32_t want)
{
	if (got == want)
		return;
	failures++;
	put_text("FAIL ");
	put_text(what);
	put_text(": 0x");
	put_hex(got, 8);
	put_text(", not 0x");
	put_hex(want, 8);
	put_text("\n");
}

/* clang-format off: assembly */
/* Lines between NAME: and NAME_end: run in the guest. */
#define GUEST(name, text) \
	__asm__(".globl " #name ", " #name "_end\n" #name ":\n" text \
		"\tmtdcr 511, 3\n" #name "_end:\n"); \
	extern const char name[], name##_end[]

/* 10000 times an instruction; ticks from r20 to r21. */
#define REPEAT(name, insn) \
	GUEST(name, "li 4, 10000\n mtctr 4\n lis 6, 0x10\n" \
	      "lis 7, 0x4000\n li 8, 0x200\n li 9, 17\n" \
	      "li 22, 0\n mtspr 946, 22\n mftb 20\n 1: " insn \
	      "\n bdnz 1b\n mftb 21\n")
REPEAT(guest_nothing, "nop");

/* Handlers, for 0x20000. */
__asm__(".globl vectors, vectors_end\n"
	"vectors:\n"
	".org vectors + 0x300\n"		/* DSI: note, skip */
	" mfspr 25, 61\n mfspr 26, 62\n mfspr 15, 26\n addi 15, 15, 4\n"
	" mtspr 26, 15\n rfi\n"
	".org vectors + 0x700\n"		/* program: note, skip */
	" mfspr 28, 62\n mfspr 15, 26\n addi 15, 15, 4\n mtspr 26, 15\n rfi\n"
	".org vectors + 0xa00\n"		/* decrementer: count, clear */
	" addi 31, 31, 1\n lis 15, 0x0800\n mtspr 336, 15\n rfi\n"
	".org vectors + 0xc00\n"		/* sc: the end */
	" mfspr 29, 26\n mfspr 30, 27\n mtdcr 511, 3\n"
	".org vectors + 0xe00\n"		/* DTLB: note, skip */
	" mfspr 27, 61\n mfspr 15, 26\n addi 15, 15, 4\n mtspr 26, 15\n rfi\n"
	"vectors_end:\n");
extern const char vectors[], vectors_end[];
/* clang-format on */

static inline void copy(void *to, const void *from, long n)
{
	memcpy(to, from, n);
	code_written(to, n);
}

static inline void get_regs(struct kvm44x_regs *r)
{
	expect("GET_REGS", ioctl(vm.vcpu, KVM44X_GET_REGS, r), 0);
}

static inline void start(const char *code, const char *end, uint32_t msr)
{
	struct kvm44x_regs r;

	copy(vm.mem + CODE_AT, code, end - code);
	get_regs(&r);
	r.pc = CODE_AT;
	r.msr = msr;
	r.pid = 0;
	expect("SET_REGS", ioctl(vm.vcpu, KVM44X_SET_REGS, &r), 0);
}

/* Answer device reads by a pattern; true at the end. */
static inline int serve(void)
{
	static uint32_t next = 0x81828384;
	uint32_t i;

	if (vm.run->exit_reason == KVM44X_EXIT_DCR) {
		if (vm.run->u.dcr.dcrn == 511)
			return 1;
		if (!vm.run->u.dcr.is_write)
			vm.run->u.dcr.data = 0xdc000000 | vm.run->u.dcr.dcrn;
		else
			put_value("  dcr write", vm.run->u.dcr.data);
		return 0;
	}
	if (vm.run->exit_reason != KVM44X_EXIT_MMIO) {
		failures++;
		put_value("FAIL exit reason", vm.run->exit_reason);
		put_value(" hw", (uint32_t)(vm.run->u.hw.hardware_exit_reason >> 32));
		put_value(" hw", (uint32_t)vm.run->u.hw.hardware_exit_reason);
		return 1;
	}
	if (vm.run->u.mmio.is_write) {
		put_value("  mmio write at", (uint32_t)vm.run->u.mmio.phys_addr);
		for (i = 0; i < vm.run->u.mmio.len; i++)
			put_hex(vm.run->u.mmio.data[i], 2);
		put_text("\n");
		return 0;
	}
	for (i = 0; i < 4; i++)
		vm.run->u.mmio.data[i] = (uint8_t)(next >> (24 - 8 * i));
	return 0;
}

static inline void go(const char *name, struct kvm44x_regs *r)
{
	long ret;

	put_text(name);
	put_text("\n");
	do {
		ret = ioctl(vm.vcpu, KVM44X_RUN, 0);
		if (ret) {
			expect("KVM_RUN", (uint32_t)ret, 0);
			break;
		}
	} while (!serve());
	/* completes the last access */
	vm.run->immediate_exit = 1;
	expect("immediate exit", ioctl(vm.vcpu, KVM44X_RUN, 0), -EINTR);
	vm.run->immediate_exit = 0;
	get_regs(r);
}

static inline int open_all(void)
{
	if (kvm_make(&vm))
		return -1;
	expect("version", ioctl(vm.fd, KVM44X_GET_API_VERSION, 0), 12);
	expect("USER_MEMORY", ioctl(vm.fd, KVM44X_CHECK_EXTENSION, (void *)3),
	       1);
	expect("SET_USER_MEMORY_REGION",
	       kvm_set_memory(&vm, kvm_memory(&vm, MEM_BYTES), MEM_BYTES, 0),
	       0);
	return 0;
}

static inline uint32_t get_one(uint64_t id, uint64_t *val)
{
	uint64_t buf[2] = { 0, 0 };
	struct kvm44x_one_reg r = { id, (uint32_t)buf };
	uint32_t ret = (uint32_t)ioctl(vm.vcpu, KVM44X_GET_ONE_REG, &r);

	*val = id >> 52 & 1 ? buf[0] : buf[0] >> 32;
	return ret;
}

static inline uint32_t set_one(uint64_t id, uint64_t val)
{
	uint64_t buf = id >> 52 & 1 ? val : val << 32;
	struct kvm44x_one_reg r = { id, (uint32_t)&buf };

	return (uint32_t)ioctl(vm.vcpu, KVM44X_SET_ONE_REG, &r);
}

/* Of a guest that ends by itself: its exit reason. */
static inline uint32_t run_once(const char *name)
{
	put_text(name);
	put_text("\n");
	expect("KVM_RUN", (uint32_t)ioctl(vm.vcpu, KVM44X_RUN, 0), 0);
	return vm.run->exit_reason;
}

/* More than guest_nothing, when that was measured first. */
static inline void measure(const char *name, const char *code, const char *end)
{
	static uint32_t base;
	struct kvm44x_regs r;
	uint32_t ticks;

	start(code, end, 0);
	go(name, &r);
	ticks = (uint32_t)(r.gpr[21] - r.gpr[20]);
	if (!base)
		base = ticks;
	put_text("  ticks each, tenths: ");
	put_dec((ticks - base) / 1000);
	put_text("\n");
}

#define MEASURE(name) measure(#name, guest_##name, guest_##name##_end)

/* All of a program's, up to a 0: the last line, and the exit status. */
static inline int run_tests(const char *name, void (*const *tests)(void))
{
	put_text(name);
	if (open_all()) {
		put_text(": no /dev/kvm\n");
		return 1;
	}
	put_text("\n");
	for (; *tests; tests++)
		(*tests)();
	put_text(name);
	put_text(failures ? ": failed\n" : ": ok\n");
	return failures != 0;
}

#endif
