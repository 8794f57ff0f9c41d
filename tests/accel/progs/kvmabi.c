/* SPDX-License-Identifier: MIT */
/*
 * kvmabi - the ioctls of /dev/kvm one by one, what they take and what they
 * refuse: slots, the dirty log, ONE_REG, mappings, immediate exit; a user who
 * is killed; the registers of the host.  Prints a line a test; the last line
 * is `kvmabi: ok` when all was as it must be.
 */
#include "guest.h"

enum {
	SYS_SETRLIMIT = 75, SYS_SETRESUID = 164, RLIMIT_MEMLOCK = 8,
	ENOMEM = 12,
};

/* clang-format off: assembly */
/* Stores to pages 3 and 9 of a slot at 32 MB, a load from 5. */
GUEST(guest_dirty,
	"lis 4, 0x200\n stw 4, 0x3000(4)\n ori 5, 4, 0x9000\n"
	"stw 4, 0(5)\n lwz 6, 0x5000(4)\n");
GUEST(guest_dirty_3, "lis 4, 0x200\n stb 4, 0x3fff(4)\n");

GUEST(guest_for_ever, "1: b 1b\n");
GUEST(guest_load, "lis 4, 0xef60\n lwz 10, 0x300(4)\n");
GUEST(guest_fp_all,
	"li 4, 0x2000\n mtmsr 4\n lis 5, 1\n ori 5, 5, 0x8000\n"
	".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n lfd \\n, 0(5)\n .endr\n"
	".irp n,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n"
	" lfd \\n, 0(5)\n .endr\n"
	"mtfsf 0xff, 0\n mtspr 256, 5\n");

/* clang-format on */

static uint32_t set_slot(uint32_t slot, uint64_t gpa, uint64_t bytes,
			 uint64_t user, uint32_t flags)
{
	struct kvm44x_memory_region r = { slot, flags, gpa, bytes, user };

	return (uint32_t)ioctl(vm.vm, KVM44X_SET_USER_MEMORY_REGION, &r);
}

/* Slot 0 is 32 MB from 0 on. */
static void test_slots_refused(void)
{
	const uint64_t mem = (uint32_t)vm.mem, top = 1ull << 36;
	const long ro = sys_call6(SYS_MMAP2, 0, 8192, 1, MAP_ANON_PRIVATE, -1,
				  0);

	expect("slot 32", set_slot(32, 64 << 20, 4096, mem, 0), -EINVAL);
	expect("flags", set_slot(1, 64 << 20, 4096, mem, 2), -EINVAL);
	expect("address", set_slot(1, (64 << 20) + 2048, 4096, mem, 0),
	       -EINVAL);
	expect("size", set_slot(1, 64 << 20, 2048, mem, 0), -EINVAL);
	expect("user", set_slot(1, 64 << 20, 4096, mem + 4, 0), -EINVAL);
	expect("overlap", set_slot(1, MEM_BYTES - 4096, 8192, mem, 0),
	       -EEXIST);
	expect("inside", set_slot(1, 4096, 4096, mem, 0), -EEXIST);
	expect("around", set_slot(1, 0, 64 << 20, mem, 0), -EEXIST);
	expect("above 36 bits", set_slot(1, top, 4096, mem, 0), -EINVAL);
	expect("over 36 bits", set_slot(1, top - 4096, 8192, mem, 0), -EINVAL);
	expect("end wraps", set_slot(1, 0ull - 4096, 8192, mem, 0), -EINVAL);
	expect("3 GB", set_slot(1, 64 << 20, 3ull << 30, 4096, 0), -EINVAL);
	expect("2^63", set_slot(1, 64 << 20, 1ull << 63, mem, 0), -EINVAL);
	expect("the kernel's", set_slot(1, 64 << 20, 4096, 0xc0000000, 0),
	       -EINVAL);
	expect("into the kernel", set_slot(1, 64 << 20, 8192, 0xbffff000, 0),
	       -EINVAL);
	expect("user 2^32", set_slot(1, 64 << 20, 4096, 1ull << 32 | mem, 0),
	       -EINVAL);
	expect("not mapped", set_slot(1, 64 << 20, 4096, 4096, 0), -EFAULT);
	expect("1 GB", set_slot(1, 64 << 20, 1 << 30, 4096, 0), -EFAULT);
	expect("read only", set_slot(1, 64 << 20, 4096, (uint32_t)ro, 0),
	       -EFAULT);
	expect("size changes", set_slot(0, 0, 4096, mem, 0), -EINVAL);
	sys_call(SYS_MUNMAP, ro, 8192, 0);
}

/* Each of 32 slots; the last may be what reaches the end of 36 bits. */
static void test_slots(void)
{
	const uint64_t mem = (uint32_t)vm.mem;
	uint32_t i;

	put_text("slots\n");
	test_slots_refused();
	expect("adjacent", set_slot(1, MEM_BYTES, 4096, mem, 0), 0);
	expect("removed", set_slot(1, MEM_BYTES, 0, 0, 0), 0);
	for (i = 1; i < KVM44X_MEM_SLOTS; i++)
		expect("each slot", set_slot(i, (1ull << 36) - i * 4096, 4096,
					     mem + i * 4096, i & 1), 0);
	expect("taken", set_slot(1, (1ull << 36) - 31 * 4096, 4096, mem, 0),
	       -EEXIST);
	for (i = 1; i < KVM44X_MEM_SLOTS; i++)
		expect("each goes", set_slot(i, (1ull << 36) - i * 4096, 0, 0,
					     0), 0);
}

/* More than there is: refused, and nobody dies of it. */
static void test_huge(void)
{
	static const uint32_t mb[] = { 4095, 2048, 1024, 240, 230, 220 };
	uint32_t i;
	long at;

	put_text("huge\n");
	for (i = 0; i < sizeof(mb) / sizeof(mb[0]); i++) {
		at = mmap2((long)(mb[i] << 20), MAP_SHARED, vm.vm);
		expect("mmap of a VM", is_error(at), 1);
		if (!is_error(at))
			sys_call(SYS_MUNMAP, at, (long)(mb[i] << 20), 0);
	}
}

/* What is set is read back, and what was there goes back. */
static void check_one(const char *what, uint64_t id, uint64_t val)
{
	uint64_t old, is = 0;

	expect(what, get_one(id, &old), 0);
	expect(what, set_one(id, val), 0);
	expect(what, get_one(id, &is), 0);
	expect(what, (uint32_t)is, (uint32_t)val);
	expect(what, (uint32_t)(is >> 32), (uint32_t)(val >> 32));
	expect(what, set_one(id, old), 0);
}

/*
 * Numbers of the 440's special purpose registers, [440UM] register summary;
 * bit 16: read only here.
 */
static const uint32_t all_sprs[] = {
	1, 8, 9, 22, 26, 27, 48, 54, 58, 59, 61, 62, 63, 256, 260, 261, 262,
	263, 0x10000 | 268, 0x10000 | 269, 272, 273, 274, 275, 276, 277, 278,
	279, 0x10000 | 284, 0x10000 | 285, 286, 0x10000 | 287, 304, 308, 309,
	310, 312, 313, 314, 315, 316, 317, 318, 319, 336, 340, 400, 401, 402,
	403, 404, 405, 406, 407, 408, 409, 410, 411, 412, 413, 414, 415, 570,
	571, 572, 880, 881, 882, 883, 884, 885, 886, 887, 888, 912, 913, 914,
	915, 916, 917, 918, 919, 920, 921, 923, 924, 925, 926, 927, 946, 947,
	979, 1011,
};

static void test_sprs(void)
{
	const uint32_t n = sizeof(all_sprs) / sizeof(all_sprs[0]);
	uint32_t i, k = 0, spr;
	uint64_t val;

	for (i = 0; i < 1024; i++) {
		spr = k < n ? all_sprs[k] : 0;
		if ((spr & 0xffff) != i) {
			expect("no such SPR", get_one(KVM44X_REG_SPR(i), &val),
			       -EINVAL);
			expect("no such SPR", set_one(KVM44X_REG_SPR(i), 0),
			       -EINVAL);
			continue;
		}
		k++;
		if (spr >> 16) {
			expect("SPR", get_one(KVM44X_REG_SPR(i), &val), 0);
			expect("SPR of the host",
			       set_one(KVM44X_REG_SPR(i), val + 4), -EINVAL);
		} else if (i != 22) {
			/* a value that every register can hold; 22 counts */
			check_one("SPR", KVM44X_REG_SPR(i), 0);
		}
	}
	expect("all SPRs", k, n);
}

static void test_tlb_regs(void)
{
	uint32_t i;

	for (i = 0; i < 64; i++) {
		check_one("TLB TID", KVM44X_REG_TLB(i, 3), 0x5a);
		check_one("TLB word 1", KVM44X_REG_TLB(i, 1), 0xabcdec05);
		check_one("TLB word 2", KVM44X_REG_TLB(i, 2), 0x0000ff3f);
		/* 4 KB, valid, TS = 1: nothing here uses it */
		check_one("TLB word 0", KVM44X_REG_TLB(i, 0), 0x12345310);
	}
}

static void test_one_reg(void)
{
	static const uint64_t unknown[] = {
		0, KVM44X_REG_U32(0x44526), KVM44X_REG_U32(0x44600),
		KVM44X_REG_U64(0x44500), KVM44X_REG_U64(0x44620),
		KVM44X_REG_U64(0x445ff), KVM44X_REG_U32(0x45000),
		KVM44X_REG_U32(0x144521), KVM44X_REG_U64(0x89),
		KVM44X_REG_U64(0), KVM44X_REG_U64(1), KVM44X_REG_U64(8),
		KVM44X_REG_PC ^ 1ull << 63, KVM44X_REG_PC ^ 1ull << 54,
		KVM44X_REG_PC | 1ull << 32, ~0ull,
	};
	uint64_t val;
	uint32_t i;

	put_text("one_reg\n");
	test_sprs();
	test_tlb_regs();
	for (i = 0; i < 32; i++) {
		check_one("GPR", KVM44X_REG_GPR(i), 0x80000001 + i);
		check_one("FPR", KVM44X_REG_FPR(i), 0x8000000100000002ull + i);
	}
	check_one("PC", KVM44X_REG_PC, 0xfffffffc);
	check_one("MSR", KVM44X_REG_MSR, 0x0002d030);
	check_one("CR", KVM44X_REG_CR, 0x87654321);
	check_one("FPSCR", KVM44X_REG_FPSCR, 3);
	check_one("PENDING", KVM44X_REG_PENDING, 1u << 4);
	check_one("VRSAVE", KVM44X_REG_VRSAVE, 0x12345678);
	check_one("TCR", KVM44X_REG_TCR, 0);
	check_one("TSR", KVM44X_REG_TSR, 0x08000000);
	for (i = 0; i < 4; i++)
		check_one("IAC", KVM44X_REG_IAC(i), 0x10 + i * 4);
	check_one("DAC", KVM44X_REG_DAC(0), 0x1001);
	check_one("DAC", KVM44X_REG_DAC(1), 0x1002);
	expect("OR_TSR", set_one(KVM44X_REG_OR_TSR, 0x0c000000), 0);
	expect("CLEAR_TSR", set_one(KVM44X_REG_CLEAR_TSR, 0x04000000), 0);
	expect("TSR", get_one(KVM44X_REG_TSR, &val), 0);
	expect("TSR", (uint32_t)val, 0x08000000);
	expect("CLEAR_TSR", set_one(KVM44X_REG_CLEAR_TSR, ~0u), 0);
	expect("OR_TSR is written", get_one(KVM44X_REG_OR_TSR, &val), -EINVAL);
	for (i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		expect("unknown id", get_one(unknown[i], &val), -EINVAL);
		expect("unknown id", set_one(unknown[i], 0), -EINVAL);
	}
	/* an instruction's address has no odd bits */
	expect("PC", set_one(KVM44X_REG_PC, 0x10003), 0);
	expect("PC", get_one(KVM44X_REG_PC, &val), 0);
	expect("PC", (uint32_t)val, 0x10000);
}

static uint32_t get_dirty(uint32_t slot, uint32_t *bits)
{
	struct kvm44x_dirty_log log = { .slot = slot,
					.bitmap = (uint32_t)bits };

	return (uint32_t)ioctl(vm.vm, KVM44X_GET_DIRTY_LOG, &log);
}

/* 16 pages at 32 MB, through a guest entry of 1 MB. */
static void test_dirty(void)
{
	const uint64_t user = (uint32_t)vm.mem + (1 << 20);
	struct kvm44x_regs r;
	uint32_t bits = 0;

	set_one(KVM44X_REG_TLB(5, 3), 0);
	set_one(KVM44X_REG_TLB(5, 1), 0x02000000);
	set_one(KVM44X_REG_TLB(5, 2), 0x07);
	set_one(KVM44X_REG_TLB(5, 0), 0x02000250);
	expect("slot", set_slot(1, MEM_BYTES, 65536, user, 0), 0);
	start(guest_dirty, guest_dirty_end, 0);
	go("dirty", &r);
	expect("no log", get_dirty(1, &bits), -EINVAL);
	expect("log on", set_slot(1, MEM_BYTES, 65536, user, 1), 0);
	expect("log", get_dirty(1, &bits), 0);
	expect("nothing yet", bits, 0);
	start(guest_dirty, guest_dirty_end, 0);
	go("dirty", &r);
	expect("log", get_dirty(1, &bits), 0);
	expect("pages 3 and 9", bits, 1u << 3 | 1u << 9);
	expect("log", get_dirty(1, &bits), 0);
	expect("cleared", bits, 0);
	start(guest_dirty_3, guest_dirty_3_end, 0);
	go("dirty", &r);
	expect("log to nowhere", get_dirty(1, (void *)4096), -EFAULT);
	start(guest_dirty_3, guest_dirty_3_end, 0);
	go("dirty", &r);
	expect("log", get_dirty(1, &bits), 0);
	expect("page 3", bits, 1u << 3);
	expect("no such slot", get_dirty(32, &bits), -EINVAL);
	expect("empty slot", get_dirty(2, &bits), -EINVAL);
	expect("log off", set_slot(1, MEM_BYTES, 65536, user, 0), 0);
	expect("no log", get_dirty(1, &bits), -EINVAL);
	expect("removed", set_slot(1, MEM_BYTES, 0, 0, 0), 0);
}

/* At once, without an instruction; but what was asked for is taken. */
static void test_immediate_exit(void)
{
	struct kvm44x_regs r;

	put_text("immediate exit\n");
	start(guest_load, guest_load_end, 0);
	vm.run->immediate_exit = 1;
	expect("exit", (uint32_t)ioctl(vm.vcpu, KVM44X_RUN, 0), -EINTR);
	expect("reason", vm.run->exit_reason, KVM44X_EXIT_INTR);
	get_regs(&r);
	expect("PC", (uint32_t)r.pc, CODE_AT);
	vm.run->immediate_exit = 0;
	expect("exit", run_once("a load"), KVM44X_EXIT_MMIO);
	memcpy(vm.run->u.mmio.data, "\x12\x34\x56\x78", 4);
	vm.run->immediate_exit = 1;
	expect("exit", (uint32_t)ioctl(vm.vcpu, KVM44X_RUN, 0), -EINTR);
	get_regs(&r);
	expect("PC", (uint32_t)r.pc, CODE_AT + 8);
	expect("loaded", r.gpr[10], 0x12345678);
	vm.run->immediate_exit = 0;
}

/* A process killed while its guest runs; another VM does not notice. */
static void test_killed(void)
{
	static const long a_while[2] = { 0, 20000000 };
	struct kvm44x_regs r;
	long pid, status = 0;

	put_text("killed\n");
	pid = sys_call(SYS_FORK, 0, 0, 0);
	if (!pid) {
		if (kvm_make(&vm) ||
		    kvm_set_memory(&vm, kvm_memory(&vm, MEM_BYTES), MEM_BYTES,
				   1))
			sys_exit(1);
		start(guest_for_ever, guest_for_ever_end, 0);
		sys_exit(ioctl(vm.vcpu, KVM44X_RUN, 0) != 0);
	}
	sys_call(SYS_NANOSLEEP, (long)a_while, 0, 0);
	sys_call(SYS_KILL, pid, SIGKILL, 0);
	expect("waitpid", (uint32_t)sys_call(SYS_WAITPID, pid, (long)&status,
					     0), (uint32_t)pid);
	expect("status", (uint32_t)status, SIGKILL);
	start(guest_load, guest_load_end, 0);
	go("and another", &r);
	expect("the other runs", (uint32_t)r.pc, CODE_AT + 12);
}

/* Memory of a user who is not root counts as locked; freed, it can be had. */
static void be_limited(void)
{
	static const uint32_t limit[2] = { 64 << 10, 64 << 10 };
	uint64_t mem;

	if (kvm_make(&vm))
		sys_exit(1);
	mem = (uint32_t)mmap2(1 << 20, MAP_ANON_PRIVATE, -1);
	sys_call(SYS_SETRLIMIT, RLIMIT_MEMLOCK, (long)limit, 0);
	sys_call(SYS_SETRESUID, 1000, 1000, 1000);
	failures = 0;
	expect("too much", set_slot(0, 0, 1 << 20, mem, 0), -ENOMEM);
	expect("all", set_slot(0, 0, 64 << 10, mem, 0), 0);
	expect("more", set_slot(1, 1 << 20, 4096, mem, 0), -ENOMEM);
	expect("none", set_slot(0, 0, 0, 0, 0), 0);
	expect("all again", set_slot(1, 1 << 20, 64 << 10, mem, 0), 0);
	sys_exit(failures);
}

static void test_limit(void)
{
	long pid, status = -1;

	put_text("the limit of locked memory\n");
	pid = sys_call(SYS_FORK, 0, 0, 0);
	if (!pid)
		be_limited();
	sys_call(SYS_WAITPID, pid, (long)&status, 0);
	expect("status", (uint32_t)status, 0);
}

/* KVM_RUN with all FPRs of @f and USPRG0 of @u; what they are behind it. */
static long run_with(uint64_t f[32], uint32_t *u)
{
	register long r0 __asm__("r0") = SYS_IOCTL;
	register long r3 __asm__("r3") = vm.vcpu;
	register long r4 __asm__("r4") = (long)KVM44X_RUN;
	register long r5 __asm__("r5") = 0;

	__asm__ volatile(
		"lwz 6, 0(%5)\n\tmtspr 256, 6\n\t"
		".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
		"lfd \\n, 8*\\n(%4)\n\t.endr\n\t"
		".irp n,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
		"lfd \\n, 8*\\n(%4)\n\t.endr\n\tsc\n\t"
		".irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15\n\t"
		"stfd \\n, 8*\\n(%4)\n\t.endr\n\t"
		".irp n,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31\n\t"
		"stfd \\n, 8*\\n(%4)\n\t.endr\n\t"
		"mfspr 6, 256\n\tstw 6, 0(%5)"
		: "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5)
		: "b"(f), "b"(u)
		: "r6", "r7", "r8", "r9", "r10", "r11", "r12", "ctr", "cr0",
		  "fr0", "fr1", "fr2", "fr3", "fr4", "fr5", "fr6", "fr7",
		  "fr8", "fr9", "fr10", "fr11", "fr12", "fr13", "fr14", "fr15",
		  "fr16", "fr17", "fr18", "fr19", "fr20", "fr21", "fr22",
		  "fr23", "fr24", "fr25", "fr26", "fr27", "fr28", "fr29",
		  "fr30", "fr31", "memory");
	return r3;
}

static void test_host_registers(void)
{
	uint64_t f[32];
	uint32_t i, u = 0x600df00d;

	put_text("the host's registers\n");
	for (i = 0; i < 32; i++)
		f[i] = 0x3ff0000000000000ull + i * 0x0101010101010101ull;
	start(guest_fp_all, guest_fp_all_end, 0);
	expect("KVM_RUN", (uint32_t)run_with(f, &u), 0);
	for (i = 0; i < 32; i++)
		expect("FPR", f[i] == 0x3ff0000000000000ull +
				      i * 0x0101010101010101ull, 1);
	expect("USPRG0", u, 0x600df00d);
	expect("the end", serve(), 1);
}

static int prog_main(int argc, char **argv, char **envp)
{
	static void (*const tests[])(void) = {
		test_slots, test_one_reg, test_huge, test_dirty,
		test_immediate_exit, test_killed, test_limit,
		test_host_registers,
		0,
	};

	(void)argc, (void)argv, (void)envp;
	return run_tests("kvmabi", tests);
}
