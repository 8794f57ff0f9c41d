/* SPDX-License-Identifier: MIT */
/*
 * kvmfuzz SEED SECONDS [VMS] - guests of random instructions, with random TLB
 * entries and registers, whose accesses are answered at random, run by a
 * careless user and, in every other VM, by a second thread of his.  All memory
 * that is not theirs must stay as it was; whether the host does too is for
 * whoever runs this.  Ends after SECONDS, or so many VMs; the last line is
 * `kvmfuzz: ok`.
 */
#include "careless.h"

enum {
	SYS_SETITIMER = 104, SYS_SIGACTION = 173, SYS_SIGPROCMASK = 174,
	SYS_SIGTIMEDWAIT = 176, SYS_CLONE = 120,
	/* VM, FS, FILES, SIGHAND, THREAD, SYSVSEM */
	CLONE_ALL = 0x00050f00,
	MEM_BYTES = 2 << 20, FILL_BYTES = 32 << 10, GUARD_BYTES = 1 << 20, SIGALRM = 14,
};

static uint32_t seed;
static struct kvm vm;
static uint8_t *guard;
static uint32_t runs, magics, exits[32];

static struct careless user = { .vm = &vm }, other = { .vm = &vm };

/* The second thread, and what it is told. */
static volatile int is_over, is_gone;
static uint8_t stack[4096] __attribute__((aligned(16)));

static uint32_t rnd(void)
{
	return random_u32(&seed);
}

/* Privileged extended opcodes, then registers worth a write. */
static const uint16_t xos[] = {
	83, 146, 131, 163, 339, 467, 946, 978, 978, 978, 914, 566, 470, 454,
	966, 323, 451, 20, 597, 725, 533, 661, 1014, 86, 54, 982, 598,
};
static const uint16_t sprs[] = {
	26, 27, 48, 58, 59, 61, 62, 63, 272, 273, 274, 275, 276, 277, 278, 279,
	306, 308, 22, 54, 336, 340, 946, 947, 888, 400, 402, 403, 406, 408,
	413, 414, 570, 571, 572, 256, 304, 309, 880, 1011,
};

static uint32_t insn(void)
{
	static const uint32_t returns[] = { 50, 51, 38 };	/* rfi .. */
	uint32_t r = rnd(), n, k = rnd() % 16;

	if (k < 4)
		return r;
	if (k < 6)	/* branches nearby */
		return 0x48000000 | (r & 0x3fc);
	if (k < 7)
		return 0x4c000000 | (r & 0x03fff800) | returns[r % 3] << 1;
	if (k < 8)
		return 0x44000002;
	if (k < 10)	/* addi, addis, loads, stores */
		return (14 + rnd() % 2) << 26 | (r & 0x03ffffff);
	if (k < 12)
		return (32 + rnd() % 24) << 26 | (r & 0x03ffffff);
	n = xos[rnd() % (sizeof(xos) / sizeof(xos[0]))];
	r = (r & 0x03fff800) | 31u << 26 | n << 1 | (r & 1);
	if (n == 339 || n == 467) {
		n = sprs[rnd() % (sizeof(sprs) / sizeof(sprs[0]))];
		r = (r & ~0x1ff800u) | (n & 31) << 16 | (n >> 5) << 11;
	}
	if (n == 978 || n == 946)
		r = (r & ~0xf800u) | (rnd() & 3) << 11;
	return r;
}

static void fill(uint32_t from, uint32_t bytes)
{
	uint32_t *w = (uint32_t *)(vm.mem + from), i;

	for (i = 0; i < bytes / 4; i++)
		w[i] = insn();
	code_written(w, (long)bytes);
}

static void set_one(uint64_t id, uint32_t val)
{
	struct kvm44x_one_reg r = { .id = id, .addr = (uint32_t)&val };

	ioctl(vm.vcpu, KVM44X_SET_ONE_REG, &r);
}

/* What the next sc of a guest's kernel asks for: half are about magic pages. */
static void set_hypercall(struct kvm44x_regs *r)
{
	static const uint32_t calls[] = {
		KVM44X_HC_FEATURES, KVM44X_HC_MAP_MAGIC, KVM44X_HC_MAP_MAGIC,
		KVM44X_HC_EV_IDLE,
	};

	r->gpr[0] = 0x4b564d21;	/* "KVM!" */
	r->gpr[11] = rnd() & 7 ? calls[rnd() & 3] : rnd();
	/* where the guest's own entries are, or in the last pages */
	r->gpr[3] = r->gpr[4] = rnd() & 1 ? rnd() & 0x00fff001 :
				0xffff0000 | (rnd() & 0xf000);
}

/* Mostly what maps memory, in all sizes; some of it anything. */
static void set_state(void)
{
	struct kvm44x_regs r;
	uint32_t i, n = sizeof(sprs) / sizeof(sprs[0]);

	for (i = 0; i < 64; i++) {
		set_one(KVM44X_REG_TLB(i, 3), rnd() & 3);
		set_one(KVM44X_REG_TLB(i, 1),
			rnd() & (rnd() & 7 ? 0x1ffc00 : ~0u));
		set_one(KVM44X_REG_TLB(i, 2), rnd() | 0x24);
		set_one(KVM44X_REG_TLB(i, 0),
			(rnd() & (rnd() & 7 ? 0x00effc00 : ~0u)) | 0x100000 |
			(rnd() & 0x300) |
			(rnd() & 0xf0));
	}
	/* vectors lead to code, in both address spaces, else all ends there */
	for (i = 0; i < 2 && (rnd() & 7); i++) {
		set_one(KVM44X_REG_TLB(i, 3), 0);
		set_one(KVM44X_REG_TLB(i, 1), 0);
		set_one(KVM44X_REG_TLB(i, 2), 0x3f);
		set_one(KVM44X_REG_TLB(i, 0), 0x250 | i << 8);
	}
	for (i = 0; i < n; i++)
		set_one(KVM44X_REG_SPR(sprs[i]), rnd());
	set_one(KVM44X_REG_SPR(308), 0);
	set_one(KVM44X_REG_SPR(63), rnd() & 0x0f0000);
	for (i = 0; i < 16; i++)
		set_one(KVM44X_REG_SPR(400 + i), rnd() & 0xfff0);
	ioctl(vm.vcpu, KVM44X_GET_REGS, &r);
	for (i = 0; i < 32; i++)
		r.gpr[i] = rnd() >> (rnd() & 31);
	if (rnd() & 1)
		set_hypercall(&r);
	r.pc = rnd() & 0x1ffffc;
	r.msr = rnd();
	r.pid = rnd() & 3;
	ioctl(vm.vcpu, KVM44X_SET_REGS, &r);
}

static void make_vm(void)
{
	long ret = kvm_make(&vm);

	if (!ret)
		ret = kvm_set_memory(&vm, rnd() & 1 ?
				     kvm_memory(&vm, MEM_BYTES) :
				     (void *)mmap2(MEM_BYTES, MAP_ANON_PRIVATE,
						   -1),
				     MEM_BYTES, rnd() & 1);
	if (ret)
		die("kvmfuzz: make_vm", (uint32_t)ret);
}

static void on_alarm(void)
{
}

/* Caught, so that it does not kill; but blocked outside of KVM_RUN. */
static void block_alarm(void)
{
	static const struct {
		void (*handler)(void);
		uint32_t flags, restorer, mask[2];
	} act = { .handler = on_alarm };
	static const uint32_t set[2] = { 1u << (SIGALRM - 1), 0 };
	struct {
		uint32_t len, set[2];
	} none = { 8, { 0, 0 } };

	sys_call6(SYS_SIGACTION, SIGALRM, (long)&act, 0, 8, 0, 0);
	sys_call6(SYS_SIGPROCMASK, 0, (long)set, 0, 8, 0, 0);
	ioctl(vm.vcpu, KVM44X_SET_SIGNAL_MASK, &none);
}

static void take_alarm(void)
{
	static const uint32_t set[2] = { 1u << (SIGALRM - 1), 0 };
	static const long zero[2];

	sys_call6(SYS_SIGTIMEDWAIT, (long)set, 0, (long)zero, 8, 0, 0);
}

/* Of the thread of its own: acts until the VM is over. */
static void __attribute__((used)) other_thread(void)
{
	static const long a_while[2] = { 0, 200000 };

	while (!is_over) {
		careless_act(&other);
		sys_call(SYS_NANOSLEEP, (long)a_while, 0, 0);
	}
	is_gone = 1;
}

static void start_other(void)
{
	register long r0 __asm__("r0") = SYS_CLONE;
	register long r3 __asm__("r3") = CLONE_ALL;
	register long r4 __asm__("r4") = (long)stack + sizeof(stack) - 64;

	is_over = is_gone = 0;
	__asm__ volatile("sc\n\tbso 1f\n\tcmpwi 3, 0\n\tbne 1f\n\t"
			 "bl other_thread\n\tli 0, 1\n\tli 3, 0\n\tsc\n1:"
			 : "+r"(r0), "+r"(r3), "+r"(r4)
			 : : "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12",
			   "ctr", "lr", "cr0", "memory");
	if (r3 <= 0)
		die("kvmfuzz: clone", (uint32_t)r3);
}

static void stop_other(void)
{
	static const long a_while[2] = { 0, 1000000 };

	is_over = 1;
	/* and once more, until it has left its stack */
	do
		sys_call(SYS_NANOSLEEP, (long)a_while, 0, 0);
	while (!is_gone);
}

static void answer(void)
{
	uint32_t i;

	exits[vm.run->exit_reason & 31]++;
	for (i = 0; i < 8; i++)
		vm.run->u.mmio.data[i] = (uint8_t)rnd();
	if (vm.run->exit_reason != KVM44X_EXIT_MMIO &&
	    vm.run->exit_reason != KVM44X_EXIT_DCR)
		set_state();
	for (i = rnd() & 7; i < 3; i++)
		careless_act(&user);
}

/* Did the guest get a magic page? */
static uint32_t has_magic(void)
{
	uint32_t where = 0;
	struct kvm44x_one_reg r = {
		.id = KVM44X_REG_MAGIC,
		.addr = (uint32_t)&where,
	};

	ioctl(vm.vcpu, KVM44X_GET_ONE_REG, &r);
	return where & 1;
}

/* One guest, until the alarm has come @alarms times. */
static void one_guest(unsigned int alarms)
{
	long ret;

	set_state();
	while (alarms) {
		runs++;
		ret = ioctl(vm.vcpu, KVM44X_RUN, 0);
		if (!ret) {
			answer();
			continue;
		}
		if (ret != -EINTR)
			die("kvmfuzz: KVM_RUN", (uint32_t)ret);
		/* another kick than the alarm: what the page said */
		vm.run->immediate_exit = 0;
		alarms--;
		magics += has_magic();
		take_alarm();
	}
}

static void one_vm(void)
{
	static const long timer[4] = { 0, 1000, 0, 1000 };
	static const struct kvm44x_enable_cap magic = {
		.cap = KVM44X_CAP_MAGIC,
	};
	const int has_other = rnd() & 1;
	uint32_t i;

	make_vm();
	if (rnd() & 1)
		ioctl(vm.vcpu, KVM44X_ENABLE_CAP, &magic);
	block_alarm();
	sys_call(SYS_SETITIMER, 0, (long)timer, 0);
	user.seed = rnd() | 1;
	other.seed = rnd() | 1;
	if (has_other)
		start_other();
	fill(0, MEM_BYTES);
	for (i = 0; i < 64; i++) {
		fill(rnd() % (MEM_BYTES / FILL_BYTES) * FILL_BYTES, FILL_BYTES);
		one_guest(2);
	}
	if (has_other)
		stop_other();
	if (rnd() & 1)	/* pinned memory goes before its VM */
		sys_call(SYS_MUNMAP, (long)vm.mem, MEM_BYTES, 0);
	kvm_free(&vm);
	for (i = 0; i < GUARD_BYTES; i++)
		if (guard[i] != (uint8_t)(i * 7 + (i >> 8)))
			die("kvmfuzz: memory changed at", i);
}

static uint8_t *scratch(void)
{
	long at = mmap2(SCRATCH_BYTES + PAGE_BYTES, MAP_ANON_PRIVATE, -1);

	if (is_error(at))
		die("kvmfuzz: mmap", (uint32_t)at);
	sys_call(SYS_MPROTECT, at + SCRATCH_BYTES, PAGE_BYTES, 0);
	return (void *)at;
}

static void put_count(const char *what, uint32_t n)
{
	put_text(what);
	put_dec(n);
}

static void report(uint32_t vms)
{
	uint32_t i;

	put_count("kvmfuzz: VMs ", vms);
	put_count(" runs ", runs);
	put_count(" acts ", user.calls + other.calls);
	put_count(" ioctls accepted ", user.good + other.good);
	put_count(" runs with a magic page ", magics);
	put_text(" exits");
	for (i = 0; i < 32; i++) {
		if (!exits[i])
			continue;
		put_count(" ", i);
		put_count(":", exits[i]);
	}
	put_text("\nkvmfuzz: ok\n");
}

static int prog_main(int argc, char **argv, char **envp)
{
	uint64_t end = sys_monotonic_ns();
	uint32_t i, vms = 0, most = ~0u;

	(void)envp;
	if (argc < 3)
		die("kvmfuzz: usage: kvmfuzz SEED SECONDS [VMS]", 0);
	seed = (uint32_t)get_dec(argv[1]) * 2654435761u | 1;
	end += (uint64_t)get_dec(argv[2]) * 1000000000ull;
	if (argc > 3)
		most = (uint32_t)get_dec(argv[3]);
	guard = (void *)mmap2(GUARD_BYTES, MAP_ANON_PRIVATE, -1);
	for (i = 0; i < GUARD_BYTES; i++)
		guard[i] = (uint8_t)(i * 7 + (i >> 8));
	user.scratch = scratch();
	other.scratch = scratch();
	do {
		one_vm();
	} while (++vms < most && sys_monotonic_ns() < end);
	report(vms);
	return 0;
}
