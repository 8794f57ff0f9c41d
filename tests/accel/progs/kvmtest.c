/* SPDX-License-Identifier: MIT */
/*
 * kvmtest - drives /dev/kvm with small guests.  Prints a line a test; the last
 * line is `kvmtest: ok` when all was as it must be.
 */
#include "guest.h"

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

/* Interrupts let through, then time for some to come. */
GUEST(guest_open,
	"li 27, 0\n li 28, 0\n mtmsr 6\n nop\n"
	"li 4, 1000\n mtctr 4\n 1: bdnz 1b\n li 4, 0\n mtmsr 4\n");
/* A timer, by TCR in r7; MSR in r6. */
GUEST(guest_timer, "lis 4, 0xffff\n mtspr 336, 4\n mtspr 340, 7\n"
	"mftb 20\n mtmsr 6\n 1: b 1b\n");
/* Handlers: critical, watchdog, external, FIT. */
__asm__(".globl async_vectors, async_vectors_end\n"
	"async_vectors:\n"
	".org async_vectors + 0x100\n"	/* three times */
	" addi 28, 28, 1\n mfspr 29, 58\n mfspr 30, 59\n mfmsr 31\n"
	" cmpwi 28, 3\n beq 1f\n rfci\n 1: mtdcr 511, 3\n"
	".org async_vectors + 0x200\n"
	" mftb 21\n mfspr 25, 336\n mfspr 26, 59\n mtdcr 511, 3\n"
	".org async_vectors + 0x500\n"	/* three times, or as often as it comes */
	" addi 27, 27, 1\n cmpwi 27, 3\n beq 1f\n rfi\n 1: mtdcr 511, 3\n"
	".org async_vectors + 0x600\n"
	" mftb 21\n mfspr 24, 336\n mfspr 26, 27\n mtdcr 511, 3\n"
	"async_vectors_end:\n");
extern const char async_vectors[], async_vectors_end[];

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

static uint32_t interrupt(uint32_t what)
{
	return (uint32_t)ioctl(vm.vcpu, KVM44X_INTERRUPT, &what);
}

/* Vectors at 0x20000: critical, external, FIT, watchdog. */
static void set_vectors(void)
{
	copy(vm.mem + 0x20000, async_vectors,
	     async_vectors_end - async_vectors);
	set_one(KVM44X_REG_SPR(63), 0x20000);
	set_one(KVM44X_REG_SPR(400), 0x100);
	set_one(KVM44X_REG_SPR(404), 0x500);
	set_one(KVM44X_REG_SPR(411), 0x600);
	set_one(KVM44X_REG_SPR(412), 0x200);
}

/* guest_open or guest_timer, with r6 for the MSR and r7 for TCR. */
static void start_async(const char *code, const char *end, uint32_t msr,
			uint32_t tcr)
{
	start(code, end, 0);
	set_one(KVM44X_REG_GPR(6), msr);
	set_one(KVM44X_REG_GPR(7), tcr);
}

#define OPEN(msr) start_async(guest_open, guest_open_end, msr, 0)
#define TIMER(msr, tcr) start_async(guest_timer, guest_timer_end, msr, tcr)

static void test_interrupts(void)
{
	struct kvm44x_regs r;

	set_vectors();
	expect("critical", interrupt(KVM44X_CRITICAL_SET_LEVEL), 0);
	OPEN(0x8000);
	go("critical, EE alone", &r);
	expect("not taken", r.gpr[28], 0);
	OPEN(0x20000);
	go("critical", &r);
	expect("a level stays", r.gpr[28], 3);
	expect("CSRR0", r.gpr[29], CODE_AT + 12);
	expect("CSRR1", r.gpr[30], 0x20000);
	expect("MSR", r.gpr[31], 0);
	expect("unset", interrupt(KVM44X_CRITICAL_UNSET), 0);
	OPEN(0x20000);
	go("critical, gone", &r);
	expect("not taken", r.gpr[28], 0);
	expect("edge", interrupt(KVM44X_INTERRUPT_SET), 0);
	OPEN(0x8000);
	go("external edge", &r);
	expect("once", r.gpr[27], 1);
	expect("level", interrupt(KVM44X_INTERRUPT_SET_LEVEL), 0);
	OPEN(0x20000);
	go("external, CE alone", &r);
	expect("not taken", r.gpr[27], 0);
	OPEN(0x8000);
	go("external level", &r);
	expect("again and again", r.gpr[27], 3);
	expect("unset", interrupt(KVM44X_INTERRUPT_UNSET), 0);
	OPEN(0x8000);
	go("external, gone", &r);
	expect("not taken", r.gpr[27], 0);
	expect("no such", interrupt(0), -EINVAL);
	expect("no such", interrupt(KVM44X_INTERRUPT_SET_LEVEL - 1), -EINVAL);
}

/* [440UM] timers: FIT every 2^13 clocks, watchdog every 2^21, at the least. */
static void test_timers(void)
{
	struct kvm44x_enable_cap cap = {
		.cap = KVM44X_CAP_PPC_BOOKE_WATCHDOG,
	};
	struct kvm44x_regs r;
	uint64_t tsr;

	set_vectors();
	TIMER(0x8000, 0x00800000);	/* TCR[FIE] */
	go("fit", &r);
	expect("TSR[FIS]", r.gpr[24], 0x04000000);
	expect("SRR1", r.gpr[26], 0x8000);
	expect("in time", (uint32_t)(r.gpr[21] - r.gpr[20]) < 1u << 21, 1);
	TIMER(0x20000, 0x08000000);	/* TCR[WIE] */
	go("watchdog", &r);
	expect("TSR[ENW,WIS]", r.gpr[25] & 0xf0000000, 0xc0000000);
	expect("CSRR1", r.gpr[26], 0x20000);
	expect("not too soon", (uint32_t)(r.gpr[21] - r.gpr[20]) >= 1u << 21,
	       1);
	expect("in time", (uint32_t)(r.gpr[21] - r.gpr[20]) < 1u << 24, 1);
	TIMER(0, 0x20000000);		/* TCR[WRC] 2: chip reset */
	expect("exit", run_once("watchdog, reset"), KVM44X_EXIT_SYSTEM_EVENT);
	expect("type", vm.run->u.system_event.type, KVM44X_SYSTEM_RESET);
	expect("kind", (uint32_t)vm.run->u.system_event.flags, 2);
	get_one(KVM44X_REG_TSR, &tsr);
	expect("TSR[WRS]", (uint32_t)tsr & 0xf0000000, 0xe0000000);
	set_one(KVM44X_REG_TCR, 0);
	cap.flags = 1;
	expect("ENABLE_CAP", (uint32_t)ioctl(vm.vcpu, KVM44X_ENABLE_CAP, &cap),
	       -EINVAL);
	cap.flags = 0;
	expect("ENABLE_CAP", (uint32_t)ioctl(vm.vcpu, KVM44X_ENABLE_CAP, &cap),
	       0);
	TIMER(0, 0x10000000);		/* TCR[WRC] 1: core reset */
	expect("exit", run_once("watchdog, for the user"),
	       KVM44X_EXIT_WATCHDOG);
	set_one(KVM44X_REG_TCR, 0);
	cap.cap = KVM44X_CAP_USER_MEMORY;
	expect("ENABLE_CAP", (uint32_t)ioctl(vm.vcpu, KVM44X_ENABLE_CAP, &cap),
	       -EINVAL);
}

static void test_speed(void)
{
	struct kvm44x_regs r;

	start(guest_loop, guest_loop_end, 0);
	go("loop", &r);
	put_value("  ticks for 0x05f5e100 bdnz", (uint32_t)(r.gpr[21] - r.gpr[20]));
	MEASURE(nothing);
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
		       -ENOTTY);
		return;
	}
	/* its last exit, a DCR access, is not in @was */
	start(guest_fp, guest_fp_end, 0);
	go("times", &r);
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
	static void (*const tests[])(void) = {
		test_mmio, test_priv, test_tlb, test_fp_dec, test_interrupts,
		test_timers, test_times, test_speed,
		0,
	};

	(void)argc, (void)argv, (void)envp;
	return run_tests("kvmtest", tests);
}
