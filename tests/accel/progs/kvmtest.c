/* SPDX-License-Identifier: MIT */
/*
 * kvmtest - drives /dev/kvm with small guests.  Prints a line a test; the last line is
 * `kvmtest: ok` when all was as it must be.
 */
#include "guest.h"

enum { EFAULT = 14, EEXIST = 17, EINVAL = 22 };

/* clang-format off: assembly */
/* Device accesses, of several kinds; results in r10 and up. */
GUEST(guest_mmio,
	"lis 4, 0xef60\n ori 4, 4, 0x300\n li 5, 0x41\n"
	"stb 5, 0(4)\n lbz 10, 5(4)\n lhbrx 11, 0, 4\n"
	"lwzu 12, 4(4)\n mr 13, 4\n lha 14, 2(4)\n"
	"lis 6, 0x1234\n ori 6, 6, 0x5678\n stwbrx 6, 0, 4\n"
	"lmw 29, 0(4)\n mfdcr 15, 300\n mtdcr 301, 6\n");

/* Privileged registers come back; the MSR changes. */
GUEST(guest_priv,
	"lis 4, 0x1111\n ori 4, 4, 0x2222\n"
	"mtspr 272, 4\n mtspr 273, 4\n mtspr 275, 4\n mtspr 276, 4\n"
	"mfspr 10, 272\n mfspr 11, 260\n mfspr 12, 275\n"
	"mtspr 26, 4\n mfspr 13, 26\n mtspr 946, 4\n mfspr 14, 946\n"
	"wrteei 1\n mfmsr 15\n wrteei 0\n mfmsr 16\n"
	"mfspr 17, 287\n li 5, 77\n mtspr 48, 5\n isync\n mfspr 18, 48\n"
	"li 5, 0\n mtspr 48, 5\n mfcr 19\n mftb 20\n mftb 21\n"
	"li 5, 0x1000\n mtmsr 5\n mfmsr 22\n");

/*
 * TLB: map 0x40000000 to 1 MB, store, look from the other side; search; a
 * large page over it; then user mode, which must not write, and a system call.
 */
GUEST(guest_tlb,
	"lis 4, 0x4000\n ori 5, 4, 0x210\n li 6, 0x3f\n li 7, 9\n"
	"lis 8, 0x10\n li 9, 0\n mtspr 946, 9\n"
	"tlbwe 8, 7, 1\n tlbwe 6, 7, 2\n tlbwe 5, 7, 0\n isync\n"
	"lis 9, 0x5a5a\n stw 9, 8(4)\n lwz 10, 8(8)\n"
	"tlbsx. 11, 0, 4\n mfcr 12\n tlbre 13, 7, 1\n"
	/* vectors at 0x20000: DSI 0x300, syscall 0xc00, DTLB 0xe00 */
	"lis 20, 2\n mtspr 63, 20\n li 20, 0x300\n mtspr 402, 20\n"
	"li 20, 0xc00\n mtspr 408, 20\n li 20, 0xe00\n mtspr 413, 20\n"
	"li 20, 0x700\n mtspr 406, 20\n"
	/* user may read and execute, not write */
	"li 6, 0x2f\n tlbwe 6, 7, 2\n"
	"lis 20, 0x0010\n lis 21, 0x4000\n bl 1f\n"
	/* what runs at 0x40000100 as user */
	"lwz 14, 8(21)\n stw 14, 8(21)\n lwz 17, 0x2000(21)\n mfmsr 18\n"
	"sc\n trap\n"
	"1: mflr 22\n li 23, 6\n mtctr 23\n addi 23, 20, 0xfc\n addi 22, 22, -4\n"
	"2: lwzu 24, 4(22)\n stwu 24, 4(23)\n bdnz 2b\n"
	"addi 23, 20, 0x100\n dcbst 0, 23\n sync\n icbi 0, 23\n isync\n"
	"addi 21, 21, 0x100\n mtspr 26, 21\n lis 21, 0x4000\n li 22, 0x4000\n"
	"mtspr 27, 22\n lis 3, 0x77\n rfi\n");

/* A loop: how long does it take, and what does an mtspr cost? */
GUEST(guest_loop,
	"mftb 20\n lis 4, 0x5f5\n ori 4, 4, 0xe100\n mtctr 4\n"
	"1: bdnz 1b\n mftb 21\n");
REPEAT(guest_mtspr, "mtspr 272, 4");
REPEAT(guest_mfspr, "mfspr 4, 61");
REPEAT(guest_pair, "mfmsr 4\n wrteei 0");
REPEAT(guest_mtmsr, "mtmsr 22");
REPEAT(guest_tlbwe, "tlbwe 6, 9, 1");
REPEAT(guest_mtdec, "mtspr 22, 7");
REPEAT(guest_mtpid, "mtspr 48, 22");
REPEAT(guest_tlbsx, "tlbsx 5, 0, 6");

/* Floating point, and a decrementer interrupt out of the wait state. */
GUEST(guest_fp,
	"li 4, 0x2000\n mtmsr 4\n lis 5, 1\n ori 5, 5, 0x8000\n"
	"lfd 1, 0(5)\n lfd 2, 8(5)\n fadd 3, 1, 2\n stfd 3, 16(5)\n"
	"lwz 10, 16(5)\n lwz 11, 20(5)\n");
GUEST(guest_dec,
	"lis 20, 2\n mtspr 63, 20\n li 20, 0xc00\n mtspr 410, 20\n"
	"lis 4, 0x0400\n mtspr 340, 4\n lis 4, 0x10\n mtspr 22, 4\n"
	"mfspr 10, 22\n lis 5, 0x0004\n ori 5, 5, 0x8000\n mtmsr 5\n"
	"isync\n 1: b 1b\n");

/* clang-format on */

static void test_mmio(void)
{
	struct kvm44x_regs r;

	start(guest_mmio, guest_mmio_end, 0);
	go("mmio", &r);
	expect("lbz", r.gpr[10], 0x81);
	expect("lhbrx", r.gpr[11], 0x8281);
	expect("lwzu", r.gpr[12], 0x81828384);
	expect("lwzu base", r.gpr[13], 0xef600304);
	expect("lha", r.gpr[14], 0xffff8182);
	expect("mfdcr", r.gpr[15], 0xdc00012c);
	expect("lmw", r.gpr[29], 0x81828384);
	expect("lmw", r.gpr[31], 0x81828384);
}

static void test_priv(void)
{
	struct kvm44x_regs r;

	start(guest_priv, guest_priv_end, 0);
	go("privileged", &r);
	expect("SPRG0", r.gpr[10], 0x11112222);
	expect("SPRG4", r.gpr[11], 0x11112222);
	expect("SPRG3", r.gpr[12], 0x11112222);
	expect("SRR0", r.gpr[13], 0x11112220);
	expect("MMUCR", r.gpr[14], 0x11112222 & 0x016d00ff);
	expect("MSR[EE]", r.gpr[15], 0x8000);
	expect("MSR", r.gpr[16], 0);
	expect("PID", r.gpr[18], 77);
	expect("MSR[ME]", r.gpr[22], 0x1000);
	expect("time goes on", r.gpr[21] > r.gpr[20], 1);
	put_value("  PVR", r.gpr[17]);
}

static void test_tlb(void)
{
	struct kvm44x_regs r;

	copy(vm.mem + 0x20000, vectors, vectors_end - vectors);
	start(guest_tlb, guest_tlb_end, 0);
	go("tlb", &r);
	expect("store through the TLB", r.gpr[10], 0x5a5a0000);
	expect("tlbsx", r.gpr[11], 9);
	expect("tlbsx CR0", r.gpr[12] >> 28, 2);
	expect("tlbre", r.gpr[13], 0x00100000);
	expect("user load", r.gpr[14], 0x5a5a0000);
	expect("user store DEAR", r.gpr[25], 0x40000008);
	expect("user store ESR", r.gpr[26] & 0x00800000, 0x00800000);
	expect("DTLB miss DEAR", r.gpr[27], 0x40002000);
	expect("mfmsr by user", r.gpr[28] & 0x04000000, 0x04000000);
	expect("sc SRR0", r.gpr[29], 0x40000114);
	expect("sc SRR1", r.gpr[30], 0x4000);
	expect("r3", r.gpr[3], 0x00770000);
}

static void test_fp_dec(void)
{
	static const uint32_t numbers[4] = {
		0x3ff80000, 0, 0x40000000, 0		/* 1.5, 2 */
	};
	struct kvm44x_regs r;

	copy(vm.mem + 0x18000, numbers, sizeof(numbers));
	start(guest_fp, guest_fp_end, 0);
	go("fp", &r);
	expect("fadd", r.gpr[10], 0x400c0000);
	expect("fadd", r.gpr[11], 0);
	start(guest_dec, guest_dec_end, 0);
	go("dec", &r);
	expect("DEC counts", r.gpr[10] <= 0x100000 && r.gpr[10] > 0x80000, 1);
	expect("DEC SRR1", r.gpr[30], 0x48000);
}

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

static void test_speed(void)
{
	struct kvm44x_regs r;

	start(guest_loop, guest_loop_end, 0);
	go("loop", &r);
	put_value("  ticks for 0x05f5e100 bdnz", (uint32_t)(r.gpr[21] - r.gpr[20]));
	MEASURE(mtspr);
	MEASURE(mfspr);
	MEASURE(pair);
	MEASURE(mtpid);
	MEASURE(mtmsr);
	MEASURE(tlbwe);
	MEASURE(tlbsx);
	MEASURE(mtdec);
}

static int is_same(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static int get_times(struct kvm44x_times *t)
{
	return (int)ioctl(vm.vcpu, KVM44X_GET_TIMES, t);
}

/* The row of a name, less what @was has. */
static struct kvm44x_time time_of(const char *name,
				  const struct kvm44x_times *was)
{
	static const char *const names[] = { KVM44X_TIME_NAMES };
	static struct kvm44x_times now;
	struct kvm44x_time t = { 0 };
	uint32_t i;

	expect("GET_TIMES", (uint32_t)get_times(&now), 0);
	expect("kinds", now.kinds, sizeof(names) / sizeof(*names));
	for (i = 0; i < now.kinds; i++) {
		if (!is_same(names[i], name))
			continue;
		t = now.kind[i];
		t.count -= was->kind[i].count;
		t.sum -= was->kind[i].sum;
		t.squares -= was->kind[i].squares;
	}
	return t;
}

/* 10001 exits of a kind: 10000 in the loop and MMUCR before it. */
static void test_times(void)
{
	static struct kvm44x_times was;
	struct kvm44x_regs r;
	struct kvm44x_time t;

	if (!ioctl(vm.fd, KVM44X_CHECK_EXTENSION,
		   (void *)KVM44X_CAP_TIMES)) {
		expect("GET_TIMES without timing", (uint32_t)get_times(&was),
		       (uint32_t)-25);
		return;
	}
	expect("GET_TIMES", (uint32_t)get_times(&was), 0);
	start(guest_mtspr, guest_mtspr_end, 0);
	go("times", &r);
	t = time_of("EMUL_MTSPR", &was);
	expect("timed", (uint32_t)t.count, 10001);
	expect("least", t.min > 0 && t.min * t.count <= t.sum, 1);
	expect("most", t.max >= t.min && t.max * t.count >= t.sum, 1);
	expect("squares, mean", t.squares * t.count >= t.sum * t.sum, 1);
	expect("squares, most", t.squares <= t.max * t.sum, 1);
	/* between two exits of the loop there is a branch and little else */
	t = time_of("TIMEINGUEST", &was);
	expect("runs of the guest", t.count >= 10002 && t.count < 11000, 1);
	expect("time in the guest", t.sum >= t.count && t.sum < 2000000, 1);
	/* an exit's time is known when the next one comes */
	expect("a DCR access", (uint32_t)time_of("DCR", &was).count, 1);
	start(guest_fp, guest_fp_end, 0);
	go("times", &r);
	expect("DCR accesses", (uint32_t)time_of("DCR", &was).count, 2);
}

static int prog_main(int argc, char **argv, char **envp)
{
	(void)argc, (void)argv, (void)envp;
	if (open_all()) {
		put_text("kvmtest: no /dev/kvm\n");
		return 1;
	}
	test_mmio();
	test_priv();
	test_tlb();
	test_fp_dec();
	test_times();
	test_slots();
	test_one_reg();
	test_huge();
	test_speed();
	put_text(failures ? "kvmtest: failed\n" : "kvmtest: ok\n");
	return failures != 0;
}
