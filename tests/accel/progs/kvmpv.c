/* SPDX-License-Identifier: MIT */
/*
 * kvmpv - guests that know of their host: hypercalls, the magic page.  Prints a
 * line a test; the last line is `kvmpv: ok` when all was as it must be.
 */
#include "guest.h"

/* clang-format off: assembly */
#define HCALL " lis 0, 0x4b56\n ori 0, 0, 0x4d21\n sc\n nop\n"
/*
 * Hypercalls, by the instructions that PVINFO has to give: one that there is
 * not, FEATURES, and EV_IDLE until the decrementer's interrupt waits, which MSR
 * does not let through.
 */
GUEST(guest_hcall,
	HCALL
	"li 4, -1\n lis 11, 42\n ori 11, 11, 99\n" HCALL
	"mr 20, 3\n li 4, -1\n lis 11, 42\n ori 11, 11, 3\n" HCALL
	"mr 21, 3\n mr 22, 4\n"
	"lis 5, 0x0800\n mtspr 336, 5\n lis 5, 0x0400\n mtspr 340, 5\n"
	"lis 23, 4\n mftb 24\n mtspr 22, 23\n"
	"lis 11, 1\n ori 11, 11, 16\n" HCALL
	"mftb 25\n mr 26, 3\n mfmsr 27\n mfspr 28, 336\n"
	"lis 5, 0x0800\n mtspr 336, 5\n li 5, 0\n mtspr 340, 5\n");

/*
 * The magic page, at the last page; its registers by the offsets that
 * kvm_para.h gives them.
 */
GUEST(guest_sprg, "lis 4, 0x1111\n mtspr 272, 4\n mfspr 10, 272\n");
#define MAGIC(at)	" -4096+" #at "(0)\n"
GUEST(guest_magic,
	"lis 11, 42\n ori 11, 11, 3\n" HCALL
	"mr 20, 4\n li 3, -4096\n li 4, -4095\n lis 11, 42\n"
	"ori 11, 11, 4\n" HCALL
	"mr 21, 3\n mr 22, 4\n lis 5, 0x1234\n addi 6, 5, 4\n"
	"mtspr 272, 5\n lwz 23," MAGIC(36)
	"stw 6," MAGIC(44) "mfspr 24, 273\n"
	"stw 6," MAGIC(68) "mfspr 25, 26\n"
	"mtspr 61, 6\n lwz 26," MAGIC(84)
	"lis 5, 0x0080\n mtspr 62, 5\n lwz 27," MAGIC(200)
	"stw 6," MAGIC(220) "mfspr 5, 274\n mfspr 28, 261\n"
	"li 7, 0x1000\n mtmsr 7\n lwz 29," MAGIC(92)
	"lwz 30," MAGIC(0)
	"li 7, 0\n mtmsr 7\n");

/* Until int_pending, or 16 million ticks. */
#define UNTIL_PENDING(reg) \
	"mftb 24\n lis 5, 0x100\n" \
	"1: lwz " #reg "," MAGIC(100) "mftb 25\n subf 26, 24, 25\n" \
	"cmplw 26, 5\n bgt 2f\n cmpwi " #reg ", 0\n beq 1b\n 2:\n"

/* Interrupts: r31 counts those of the decrementer. */
GUEST(guest_magic_dec,
	"lis 20, 2\n mtspr 63, 20\n li 20, 0xa00\n mtspr 410, 20\n"
	"li 31, 0\n lis 5, 0x0800\n mtspr 336, 5\n lis 5, 0x0400\n"
	"mtspr 340, 5\n lis 23, 1\n mtspr 22, 23\n"
	UNTIL_PENDING(10)
	"mr 11, 31\n"
	/* MSR[EE], but critical: an exit brings no interrupt; then it does */
	"stw 1," MAGIC(28) "lwz 6," MAGIC(92) "ori 6, 6, 0x8000\n stw 6,"
	MAGIC(92) "mfspr 12, 22\n mr 13, 31\n li 5, 0\n stw 5," MAGIC(28)
	"mfspr 12, 22\n mr 14, 31\n lwz 16," MAGIC(100) "lwz 17," MAGIC(92)
	/* without EE it waits for what asks for it */
	"rlwinm 6, 17, 0, 17, 15\n stw 6," MAGIC(92) "li 5, 1\n mtspr 22, 5\n"
	UNTIL_PENDING(18)
	"mfspr 12, 22\n mr 19, 31\n"
	"ori 6, 6, 0x8000\n stw 6," MAGIC(92) "wrteei 1\n mr 27, 31\n"
	"wrteei 0\n lwz 28," MAGIC(92)
	"li 5, 0\n mtspr 340, 5\n");

/*
 * A page of 16 MB around it, another PID, and user mode, which has what its own
 * TLB says.
 */
GUEST(guest_magic_map,
	"li 9, 0\n mtspr 946, 9\n lis 4, 0xff00\n ori 5, 4, 0x270\n"
	"li 7, 9\n lis 8, 0x100\n li 6, 0x3f\n"
	"tlbwe 8, 7, 1\n tlbwe 6, 7, 2\n tlbwe 5, 7, 0\n isync\n"
	"lis 9, 0x5a5a\n stw 9, 8(4)\n lwz 10, 8(4)\n"
	"mtspr 272, 9\n lwz 11," MAGIC(36)
	"lis 13, 0xffff\n ori 13, 13, 0x8000\n stw 13, 0(13)\n lwz 12, 0(13)\n"
	"lwz 14, 8(4)\n lwz 15," MAGIC(36)
	"li 5, 7\n mtspr 48, 5\n isync\n lwz 16," MAGIC(36)
	"li 5, 0\n mtspr 48, 5\n isync\n"
	"lis 20, 2\n mtspr 63, 20\n li 20, 0xc00\n mtspr 408, 20\n"
	"lis 21, 0xff00\n ori 21, 21, 0x1000\n mtspr 26, 21\n li 22, 0x4000\n"
	"mtspr 27, 22\n rfi\n");
/* at 0xff001000 */
GUEST(guest_magic_user, "lwz 17," MAGIC(36) "sc\n");
REPEAT(guest_magic_stw, "stw 4," MAGIC(36));
REPEAT(guest_mtspr, "mtspr 946, 22");
REPEAT(guest_mtmsr, "mtmsr 22");
/* clang-format on */

static void test_hypercalls(void)
{
	struct kvm44x_pvinfo info;
	struct kvm44x_regs r;
	const uint32_t *code = (const void *)guest_hcall;
	int i;

	expect("PVINFO", (uint32_t)ioctl(vm.vm, KVM44X_PPC_GET_PVINFO, &info),
	       0);
	expect("EV_IDLE is offered", info.flags, 1);
	for (i = 0; i < 4; i++)
		expect("hcall", info.hcall[i], code[i]);
	start(guest_hcall, guest_hcall_end, 0);
	go("hypercalls", &r);
	expect("an unknown call", r.gpr[20], 12);
	expect("FEATURES", r.gpr[21], 0);
	expect("features", r.gpr[22], 0);
	expect("EV_IDLE", r.gpr[26], 0);
	expect("EV_IDLE waits", r.gpr[25] - r.gpr[24] >= r.gpr[23], 1);
	expect("EV_IDLE leaves MSR", r.gpr[27], 0);
	expect("DEC's interrupt waits", r.gpr[28], 0x08000000);
}

/* A register's value; 0xdeadbeef if it has none. */
static uint64_t one(uint64_t id)
{
	uint64_t val;

	return get_one(id, &val) ? 0xdeadbeef : val;
}

static void test_magic(void)
{
	struct kvm44x_regs r;

	/* mapped and not yet touched: as if it were not there */
	set_one(KVM44X_REG_MAGIC, 0xfffff000);
	start(guest_sprg, guest_sprg_end, 0);
	go("magic page, not used", &r);
	expect("SPRG0 without it", r.gpr[10], 0x11110000);
	expect("where it will be",
	       one(KVM44X_REG_MAGIC), 0xfffff000);
	start(guest_magic, guest_magic_end, 0);
	go("magic page", &r);
	expect("feature", r.gpr[20], 2);
	expect("MAP_MAGIC", r.gpr[21], 0);
	expect("SPRG4 and up", r.gpr[22], 2);
	expect("SPRG0 in the page", r.gpr[23], 0x12340000);
	expect("SPRG1 from the page", r.gpr[24], 0x12340004);
	expect("SRR0 from the page", r.gpr[25], 0x12340004);
	expect("DEAR in the page", r.gpr[26], 0x12340004);
	expect("ESR in the page", r.gpr[27], 0x00800000);
	expect("SPRG5 from the page", r.gpr[28], 0x12340004);
	expect("MSR in the page", r.gpr[29], 0x1000);
	expect("zero", r.gpr[30], 0);
	expect("where it is",
	       one(KVM44X_REG_MAGIC), 0xfffff001);
}

static void test_magic_dec(void)
{
	struct kvm44x_regs r;

	copy(vm.mem + 0x20000, vectors, vectors_end - vectors);
	start(guest_magic_dec, guest_magic_dec_end, 0);
	go("magic page, interrupts", &r);
	expect("pending", r.gpr[10] != 0, 1);
	expect("no EE", r.gpr[11], 0);
	expect("critical", r.gpr[13], 0);
	expect("not critical", r.gpr[14], 1);
	expect("none pending", r.gpr[16], 0);
	expect("EE is on", r.gpr[17], 0x8000);
	expect("pending again", r.gpr[18] != 0, 1);
	expect("EE was taken away", r.gpr[19], 1);
	expect("wrteei", r.gpr[27], 2);
	expect("EE is off", r.gpr[28], 0);
	expect("critical is kept",
	       one(KVM44X_REG_SCRATCH(3)), 0);
}

static void test_magic_map(void)
{
	struct kvm44x_regs r;
	uint32_t *under = (uint32_t *)(vm.mem + 0x1fff024);

	*under = 0x77777777;
	copy(vm.mem + 0x1001000, guest_magic_user,
	     guest_magic_user_end - guest_magic_user);
	start(guest_magic_map, guest_magic_map_end, 0);
	go("magic page, mappings", &r);
	expect("large page", r.gpr[10], 0x5a5a0000);
	expect("page before it", r.gpr[11], 0x5a5a0000);
	expect("near it", r.gpr[12], 0xffff8000);
	expect("large page again", r.gpr[14], 0x5a5a0000);
	expect("page beside it", r.gpr[15], 0x5a5a0000);
	expect("in another PID", r.gpr[16], 0x5a5a0000);
	expect("of user mode", r.gpr[17], 0x77777777);
	expect("sc", r.gpr[30], 0x4000);
	expect("what lies under it", *under, 0x77777777);
}

static void test_magic_all(void)
{
	struct kvm44x_enable_cap e = { .cap = KVM44X_CAP_MAGIC };
	int has = ioctl(vm.fd, KVM44X_CHECK_EXTENSION,
			(void *)KVM44X_CAP_MAGIC);

	expect("not enabled", set_one(KVM44X_REG_MAGIC, 0xfffff000),
	       -EINVAL);
	expect("ENABLE_CAP", (uint32_t)ioctl(vm.vcpu, KVM44X_ENABLE_CAP, &e),
	       has ? 0 : -EINVAL);
	if (!has)
		return;
	test_magic();
	test_magic_dec();
	test_magic_map();
	set_one(KVM44X_REG_SCRATCH(0), 0x1122334455667788);
	expect("scratch", (uint32_t)one(KVM44X_REG_SCRATCH(0)), 0x55667788);
	expect("scratch", one(KVM44X_REG_SCRATCH(0)) >> 32, 0x11223344);
	MEASURE(nothing);
	MEASURE(magic_stw);
	MEASURE(mtspr);
	MEASURE(mtmsr);
	expect("no page", set_one(KVM44X_REG_MAGIC, 0), 0);
	expect("no page", (uint32_t)one(KVM44X_REG_MAGIC), 0);
}

static int prog_main(int argc, char **argv, char **envp)
{
	static void (*const tests[])(void) = {
		test_hypercalls, test_magic_all,
		0,
	};

	(void)argc, (void)argv, (void)envp;
	return run_tests("kvmpv", tests);
}
