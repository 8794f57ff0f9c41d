/* SPDX-License-Identifier: MIT */
/*
 * kvmfuzz SEED SECONDS - guests of random instructions, with random TLB
 * entries and registers, whose accesses are answered at random.  All memory
 * that is not theirs must stay as it was; whether the host does too is for
 * whoever runs this.  The last line is `kvmfuzz: ok`.
 */
#include "kvm.h"

enum {
	SYS_SETITIMER = 104, SYS_SIGACTION = 173, SYS_SIGPROCMASK = 174,
	SYS_SIGTIMEDWAIT = 176,
	MEM_BYTES = 2 << 20, GUARD_BYTES = 1 << 20, SIGALRM = 14,
};

static uint32_t seed;
static struct kvm vm;
static uint8_t *guard;
static uint32_t runs, exits[32];

static uint32_t rnd(void)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed;
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

static void fill(void)
{
	uint32_t *w = (uint32_t *)vm.mem, i;

	for (i = 0; i < MEM_BYTES / 4; i++)
		w[i] = insn();
	code_written(vm.mem, MEM_BYTES);
}

static void set_one(uint64_t id, uint32_t val)
{
	struct kvm44x_one_reg r = { .id = id, .addr = (uint32_t)&val };

	ioctl(vm.vcpu, KVM44X_SET_ONE_REG, &r);
}

/* Mostly what maps memory, in all sizes; some of it anything. */
static void set_state(void)
{
	struct kvm44x_regs r;
	uint32_t i, n = sizeof(sprs) / sizeof(sprs[0]);

	for (i = 0; i < 64; i++) {
		set_one(KVM44X_REG_TLB(i, 3), rnd() & 3);
		set_one(KVM44X_REG_TLB(i, 1), rnd() & 0x1ffc00);
		set_one(KVM44X_REG_TLB(i, 2), rnd() | 0x24);
		set_one(KVM44X_REG_TLB(i, 0),
			(rnd() & 0x00effc00) | 0x100000 | (rnd() & 0x300) |
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

/* One guest, until the alarm has come @alarms times. */
static void one_guest(unsigned int alarms)
{
	uint32_t what, i;
	long ret;

	set_state();
	while (alarms) {
		runs++;
		ret = ioctl(vm.vcpu, KVM44X_RUN, 0);
		if (ret == -EINTR) {
			alarms--;
			take_alarm();
			continue;
		}
		if (ret)
			die("kvmfuzz: KVM_RUN", (uint32_t)ret);
		exits[vm.run->exit_reason & 31]++;
		for (i = 0; i < 8; i++)
			vm.run->u.mmio.data[i] = (uint8_t)rnd();
		if (vm.run->exit_reason != KVM44X_EXIT_MMIO &&
		    vm.run->exit_reason != KVM44X_EXIT_DCR)
			set_state();
		if (!(rnd() & 15)) {
			what = 0u - 1 - rnd() % 3;
			ioctl(vm.vcpu, KVM44X_INTERRUPT, &what);
		}
	}
}

static int prog_main(int argc, char **argv, char **envp)
{
	static const long timer[4] = { 0, 3000, 0, 3000 };
	uint64_t end = sys_monotonic_ns();
	uint32_t i, guests = 0;

	(void)envp;
	if (argc < 3)
		die("kvmfuzz: usage: kvmfuzz SEED SECONDS", 0);
	seed = (uint32_t)get_dec(argv[1]) * 2654435761u | 1;
	end += (uint64_t)get_dec(argv[2]) * 1000000000ull;
	guard = (void *)mmap2(GUARD_BYTES, MAP_ANON_PRIVATE, -1);
	for (i = 0; i < GUARD_BYTES; i++)
		guard[i] = (uint8_t)(i * 7 + (i >> 8));
	do {
		make_vm();
		block_alarm();
		sys_call(SYS_SETITIMER, 0, (long)timer, 0);
		for (i = 0; i < 8; i++) {
			fill();
			one_guest(2);
		}
		kvm_free(&vm);
		guests++;
		for (i = 0; i < GUARD_BYTES; i++)
			if (guard[i] != (uint8_t)(i * 7 + (i >> 8)))
				die("kvmfuzz: memory changed at", i);
	} while (sys_monotonic_ns() < end);
	put_text("kvmfuzz: VMs ");
	put_dec(guests);
	put_text(" runs ");
	put_dec(runs);
	for (i = 0; i < 32; i++) {
		if (!exits[i])
			continue;
		put_text(" exit");
		put_dec(i);
		put_text(":");
		put_dec(exits[i]);
	}
	put_text("\nkvmfuzz: ok\n");
	return 0;
}
