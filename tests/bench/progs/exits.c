/* SPDX-License-Identifier: MIT */
/*
 * exits.c - exits of a guest under KVM on a 440 host, below Linux.
 *
 *	exits KIND N	about N exits of a kind, a loop of a few instructions
 *
 * The kinds, by how far up the hypervisor an exit goes: `sprg` (a move to an
 * SPRG), `msr` (mtmsr), `tlb` (an entry written, its page touched: two exits),
 * `sc` (a system call and the return from it: two), `dec` (a move to the
 * decrementer), `device` (a load that user space, this program, answers).
 * Prints `sum: KIND CHECKSUM` of the guest's registers.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "accel/kvm/uapi.h"
#include "kernels.h"

#define MEM_BYTES (4 << 20)
#define CODE_AT 0x10000
#define VECTORS_AT 0x20000	/* of r20; the handler of sc is there */
#define END_DCR 511		/* a write to it ends the guest */

/*
 * What the guest begins with: r4 0, r5 a device's address, r6 a real page,
 * r7 an effective one with V and SIZE of its TLB entry, r8 that entry's rights,
 * r9 its index, r10 the effective page, r11 a number, CTR the rounds.
 */
#define GUEST(name, prepare, text) \
	__asm__(".pushsection .rodata\n" \
		"guest_" #name ":" prepare "\n1: " text "\n bdnz 1b\n" \
		" mtdcr 511, 4\nguest_" #name "_end:\n .popsection\n"); \
	extern const char guest_##name[], guest_##name##_end[]

/* clang-format off: assembly */
GUEST(sprg, "", "mtspr 272, 11");
GUEST(msr, "", "mtmsr 4");
GUEST(tlb, "mtspr 946, 4\n tlbwe 6, 9, 1\n tlbwe 8, 9, 2",
      "tlbwe 7, 9, 0\n lwz 12, 0(10)");
GUEST(sc, "mtspr 63, 20\n mtspr 408, 4", "sc");
GUEST(dec, "", "mtspr 22, 11");
GUEST(device, "", "lwz 12, 0(5)");
/* clang-format on */

static const struct guest {
	const char *name, *code, *end;
	unsigned int exits;	/* of a round */
} guests[] = {
	{ "sprg", guest_sprg, guest_sprg_end, 1 },
	{ "msr", guest_msr, guest_msr_end, 1 },
	{ "tlb", guest_tlb, guest_tlb_end, 2 },
	{ "sc", guest_sc, guest_sc_end, 2 },
	{ "dec", guest_dec, guest_dec_end, 1 },
	{ "device", guest_device, guest_device_end, 1 },
};

struct machine {
	int vcpu;
	struct kvm44x_run *run;
	uint8_t *mem;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* ioctl, or no way on */
static int kvm(int fd, enum kvm44x_ioctl nr, void *arg, const char *what)
{
	int r = ioctl(fd, (int)nr, arg);

	if (r < 0)
		die(what);
	return r;
}

static void *map(size_t bytes, int fd, const char *what)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		die(what);
	return p;
}

static struct machine machine_make(void)
{
	int fd = open("/dev/kvm", O_RDWR), vm;
	struct kvm44x_memory_region ram = { .memory_size = MEM_BYTES };
	struct machine m;
	size_t bytes;

	if (fd < 0)
		die("/dev/kvm");
	vm = kvm(fd, KVM44X_CREATE_VM, NULL, "CREATE_VM");
	m.mem = map(MEM_BYTES, vm, "memory");
	ram.userspace_addr = (uintptr_t)m.mem;
	kvm(vm, KVM44X_SET_USER_MEMORY_REGION, &ram, "SET_USER_MEMORY_REGION");
	m.vcpu = kvm(vm, KVM44X_CREATE_VCPU, NULL, "CREATE_VCPU");
	bytes = (size_t)kvm(fd, KVM44X_GET_VCPU_MMAP_SIZE, NULL, "MMAP_SIZE");
	m.run = map(bytes, m.vcpu, "run page");
	return m;
}

static void code_write(uint8_t *to, const void *code, size_t bytes)
{
	memcpy(to, code, bytes);
	for (size_t i = 0; i < bytes + 32; i += 32)
		__asm__ volatile("dcbst 0, %0\n sync\n icbi 0, %0"
				 : : "r"(to + i) : "memory");
	__asm__ volatile("sync\n isync" : : : "memory");
}

static void machine_load(struct machine *m, const struct guest *g, uint32_t rounds)
{
	const uint32_t rfi = 0x4c000064;
	struct kvm44x_regs r;

	code_write(m->mem + CODE_AT, g->code, (size_t)(g->end - g->code));
	code_write(m->mem + VECTORS_AT, &rfi, sizeof(rfi));
	kvm(m->vcpu, KVM44X_GET_REGS, &r, "GET_REGS");
	r.pc = CODE_AT;
	r.msr = 0;
	r.pid = 0;
	r.ctr = rounds;
	memset(r.gpr, 0, sizeof(r.gpr));
	r.gpr[5] = 0xef600300;
	r.gpr[6] = 0x00100000;
	r.gpr[7] = 0x40000210;
	r.gpr[8] = 0x3f;
	r.gpr[9] = 9;
	r.gpr[10] = 0x40000000;
	r.gpr[11] = 0x20000000;
	r.gpr[20] = VECTORS_AT;
	kvm(m->vcpu, KVM44X_SET_REGS, &r, "SET_REGS");
}

/* Until the guest writes to END_DCR; each load gets another number. */
static void machine_run(struct machine *m)
{
	struct kvm44x_run *run = m->run;
	uint32_t value = HASH_START;

	for (;;) {
		kvm(m->vcpu, KVM44X_RUN, NULL, "RUN");
		if (run->exit_reason == KVM44X_EXIT_DCR &&
		    run->u.dcr.dcrn == END_DCR)
			return;
		if (run->exit_reason != KVM44X_EXIT_MMIO) {
			fprintf(stderr, "exits: unexpected exit %u\n",
				(unsigned int)run->exit_reason);
			exit(1);
		}
		value = hash_word(value, (uint32_t)run->u.mmio.phys_addr);
		memcpy(run->u.mmio.data, &value, sizeof(value));
	}
}

static uint32_t exits_so_far(const struct machine *m)
{
	static const char *const names[] = { KVM44X_COUNT_NAMES };
	struct kvm44x_counts c;

	kvm(m->vcpu, KVM44X_GET_COUNTS, &c, "GET_COUNTS");
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(names[i], "EXITS"))
			return c.count[i];
	return 0;
}

static uint32_t machine_hash(const struct machine *m)
{
	uint32_t hash = HASH_START;
	struct kvm44x_regs r;

	kvm(m->vcpu, KVM44X_GET_REGS, &r, "GET_REGS");
	for (int i = 0; i < 32; i++)
		hash = hash_word(hash, (uint32_t)r.gpr[i]);
	return hash_word(hash, (uint32_t)r.pc);
}

int main(int argc, char **argv)
{
	uint32_t n = argc == 3 ? (uint32_t)atoi(argv[2]) : 0;
	const struct guest *g = guests;
	struct machine m;

	while (n && g < guests + ARRAY_SIZE(guests) && strcmp(argv[1], g->name))
		g++;
	if (!n || g == guests + ARRAY_SIZE(guests)) {
		fprintf(stderr, "usage: exits sprg|msr|tlb|sc|dec|device N\n");
		return 2;
	}
	m = machine_make();
	machine_load(&m, g, n / g->exits);
	machine_run(&m);
	if (exits_so_far(&m) < n / g->exits * g->exits) {
		fprintf(stderr, "exits: fewer exits than asked for\n");
		return 1;
	}
	printf("sum: %s %08x\n", g->name, machine_hash(&m));
	return 0;
}
