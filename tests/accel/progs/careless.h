/* SPDX-License-Identifier: MIT */
/*
 * careless.h - what a user of /dev/kvm may do wrong: any ioctl on any file
 * with any argument, memory taken away, mappings that make no sense, files used
 * by a child.  All of it must come back, and change nothing but the guest.
 *
 * Part of kvmfuzz.  Addresses are of the scratch area, of nothing, or of the
 * kernel: never of memory that is watched.
 */
#ifndef CULM_ACCEL_CARELESS_H
#define CULM_ACCEL_CARELESS_H

#include "kvm.h"

enum {
	SYS_LSEEK = 19, SYS_DUP = 41, SYS_MPROTECT = 125, SYS_POLL = 167,
	SYS_PREAD = 179, SYS_MADVISE = 205, MADV_DONTNEED = 4,
	SCRATCH_BYTES = 64 << 10,
};

struct careless {
	uint32_t seed;
	struct kvm *vm;
	uint8_t *scratch;	/* the page behind it allows no access */
	uint32_t calls, good;
};

static inline uint32_t random_u32(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static inline uint32_t pick(struct careless *c, uint32_t n)
{
	return random_u32(&c->seed) % n;
}

/*
 * A third of all values are small, a third have few bits.  None is an address
 * of the program, or of what is mapped: the kernel would rightly write there.
 */
static inline uint32_t odd_value(struct careless *c)
{
	uint32_t v = random_u32(&c->seed);

	switch (pick(c, 6)) {
	case 0: case 1:
		return v & 31;
	case 2:
		v = 1u << (v & 31);
		break;
	case 3:
		v = 0u - (1u << (v & 31));
		break;
	}
	return v >> 28 == 1 || (v >= 0xa0000000 && v < 0xc0000000) ?
	       v ^ 0x40000000 : v;
}

static inline uint32_t odd_address(struct careless *c)
{
	uint32_t v = random_u32(&c->seed);

	switch (pick(c, 8)) {
	case 0:
		return 0;
	case 1:		/* the kernel's */
		return 0xc0000000u + (v & 0x0fffffff);
	case 2:		/* ends where no access is allowed */
		return (uint32_t)c->scratch + SCRATCH_BYTES - (v & 63);
	case 3:
		return 0xfffff000u | v;
	}
	return (uint32_t)c->scratch + (v & (SCRATCH_BYTES / 2 - 1));
}

static inline int odd_file(struct careless *c)
{
	switch (pick(c, 8)) {
	case 0:
		return c->vm->fd;
	case 1: case 2:
		return c->vm->vm;
	}
	return c->vm->vcpu;
}

static inline void scribble(struct careless *c, void *at, uint32_t words)
{
	uint32_t *w = at;

	while (words--)
		*w++ = odd_value(c);
}

/* ONE_REG: ids that are there, their neighbours, and any. */
static inline void odd_one_reg(struct careless *c)
{
	static const uint32_t first[] = {
		0x44000, 0x44400, 0x44500, 0x44520, 0x44600, 0, 0x80, 0xb0,
	};
	struct kvm44x_one_reg r;
	uint32_t n = first[pick(c, 8)];

	n += pick(c, n == 0x44000 ? 0x400 : n == 0x44400 ? 0x100 : 0x28);
	r.id = pick(c, 2) ? KVM44X_REG_U32(n) : KVM44X_REG_U64(n);
	if (!pick(c, 8))
		r.id ^= 1ull << pick(c, 64);
	r.addr = odd_address(c);
	if (!pick(c, 8))
		r.addr |= (uint64_t)odd_value(c) << 32;
	ioctl(c->vm->vcpu, pick(c, 2) ? KVM44X_GET_ONE_REG : KVM44X_SET_ONE_REG,
	      &r);
}

/*
 * A slot somewhere, whole or not, often of memory that there is.  It begins in
 * the scratch area; one that reaches too far meets the page behind it.
 */
static inline void odd_slot(struct careless *c)
{
	struct kvm44x_memory_region r = {
		.slot = pick(c, 40),
		.flags = pick(c, 3),
		.guest_phys_addr = (uint64_t)pick(c, 4096) << 12,
		.memory_size = pick(c, 32) << 12,
		.userspace_addr = (uint32_t)c->scratch + (pick(c, 16) << 12),
	};

	if (!pick(c, 4))
		r.userspace_addr = (uint32_t)c->vm->mem;
	if (!pick(c, 8))
		r.guest_phys_addr = odd_value(c);
	if (!pick(c, 8))
		r.guest_phys_addr |= (uint64_t)pick(c, 32) << 32;
	if (!pick(c, 8))
		r.memory_size = odd_value(c);
	if (!pick(c, 8))
		r.userspace_addr = odd_address(c);
	ioctl(c->vm->vm, KVM44X_SET_USER_MEMORY_REGION, &r);
}

static inline void odd_registers(struct careless *c)
{
	struct kvm44x_sregs *s = (void *)c->scratch;

	switch (pick(c, 3)) {
	case 0:
		scribble(c, c->scratch, sizeof(struct kvm44x_regs) / 4);
		ioctl(c->vm->vcpu, KVM44X_SET_REGS, c->scratch);
		break;
	case 1:
		ioctl(c->vm->vcpu, KVM44X_GET_SREGS, s);
		scribble(c, &s->features, 3);
		scribble(c, &s->sprg8, 136);
		ioctl(c->vm->vcpu, KVM44X_SET_SREGS, s);
		break;
	case 2:
		scribble(c, c->scratch, sizeof(struct kvm44x_fpu) / 4);
		ioctl(c->vm->vcpu, KVM44X_SET_FPU, c->scratch);
		break;
	}
}

/* Any number on any file; a file that comes of it is closed. */
static inline void odd_ioctl(struct careless *c)
{
	static const uint32_t nrs[] = {
		KVM44X_GET_API_VERSION, KVM44X_CREATE_VM,
		KVM44X_CHECK_EXTENSION, KVM44X_GET_VCPU_MMAP_SIZE,
		KVM44X_CREATE_VCPU, KVM44X_GET_DIRTY_LOG,
		KVM44X_SET_USER_MEMORY_REGION, KVM44X_PPC_GET_PVINFO,
		KVM44X_GET_REGS, KVM44X_SET_REGS, KVM44X_GET_SREGS,
		KVM44X_SET_SREGS, KVM44X_TRANSLATE, KVM44X_INTERRUPT,
		KVM44X_GET_FPU, KVM44X_SET_FPU, KVM44X_GET_MP_STATE,
		KVM44X_SET_MP_STATE, KVM44X_SET_GUEST_DEBUG, KVM44X_ENABLE_CAP,
		KVM44X_GET_ONE_REG, KVM44X_SET_ONE_REG, KVM44X_GET_COUNTS,
		KVM44X_GET_SREGS_2_6_26, KVM44X_SET_SREGS_2_6_26,
	};
	uint32_t nr = nrs[pick(c, sizeof(nrs) / sizeof(nrs[0]))];
	uint32_t arg = pick(c, 4) ? odd_address(c) : odd_value(c);
	long ret;

	if (!pick(c, 8))
		nr ^= 1u << pick(c, 32);
	/* KVM_RUN would take its time, and masks are kvmfuzz's own */
	if ((nr & 0xff) == (KVM44X_RUN & 0xff) ||
	    (nr & 0xff) == (KVM44X_SET_SIGNAL_MASK & 0xff))
		return;
	scribble(c, c->scratch, 32);
	ret = ioctl(odd_file(c), nr, (void *)arg);
	c->calls++;
	c->good += ret >= 0;
	if (ret > 2 && (nr == KVM44X_CREATE_VM || nr == KVM44X_CREATE_VCPU))
		sys_call(SYS_CLOSE, ret, 0, 0);
}

static inline void odd_mapping(struct careless *c)
{
	long bytes = (long)(pick(c, 64) + 1) << 12, at;

	at = sys_call6(SYS_MMAP2, 0, bytes, pick(c, 8), 1 + pick(c, 2),
		       odd_file(c), pick(c, 4) ? 0 : pick(c, 64));
	if (is_error(at))
		return;
	sys_call(SYS_MUNMAP, at, bytes / 2 & -4096, 0);
	sys_call(SYS_MUNMAP, at, bytes, 0);
}

/* What may be a slot is replaced, or cannot be written for a while. */
static inline void odd_memory(struct careless *c)
{
	uint32_t at = (uint32_t)c->scratch + (pick(c, 16) << 12);

	if (pick(c, 2)) {
		sys_call(SYS_MADVISE, (long)at, PAGE_BYTES, MADV_DONTNEED);
		return;
	}
	sys_call(SYS_MPROTECT, (long)at, PAGE_BYTES, 1);
	odd_slot(c);
	sys_call(SYS_MPROTECT, (long)at, PAGE_BYTES, PROT_RW);
}

/* A child has the files, but is another process: it is refused. */
static inline void odd_child(struct careless *c)
{
	long pid = sys_call(SYS_FORK, 0, 0, 0);

	if (!pid) {
		if (ioctl(c->vm->vcpu, KVM44X_RUN, 0) >= 0 ||
		    ioctl(c->vm->vcpu, KVM44X_GET_REGS, c->scratch) >= 0 ||
		    ioctl(c->vm->vm, KVM44X_CREATE_VCPU, 0) >= 0)
			die("kvmfuzz: a child may use a VM", 0);
		sys_exit(0);
	}
	if (pid > 0)
		sys_call(SYS_WAITPID, pid, 0, 0);
}

static inline void odd_file_call(struct careless *c)
{
	int fd = odd_file(c);
	long other;

	switch (pick(c, 4)) {
	case 0:
		sys_call(SYS_READ, fd, (long)odd_address(c), 64);
		break;
	case 1:
		sys_call(SYS_WRITE, fd, (long)c->scratch, 64);
		break;
	case 2:
		sys_call(SYS_LSEEK, fd, (long)odd_value(c), 0);
		break;
	case 3:
		other = sys_call(SYS_DUP, fd, 0, 0);
		if (other > 2)
			sys_call(SYS_CLOSE, other, 0, 0);
		break;
	}
}

/* Rows for what the guest accessed last, among others, and wrong counts. */
static inline void odd_preview(struct careless *c)
{
	struct kvm44x_preview *p = kvm_preview(c->vm);
	uint32_t i;

	if (!p)
		return;
	scribble(c, p, sizeof(*p) / 4);
	for (i = 0; i < PREVIEW_ROWS && pick(c, 4); i++) {
		p->row[i].gpa = c->vm->run->u.mmio.phys_addr + 4 * i;
		p->row[i].size = c->vm->run->u.mmio.len;
		p->row[i].until = ~0ull;
		p->row[i].stop = 0;
	}
	p->rows = pick(c, PREVIEW_ROWS + 2);
	p->logged = pick(c, KVM44X_PREVIEW_LOG + 2);
	p->taken = pick(c, 2) ? 0 : pick(c, PREVIEW_WORDS + 2);
}

/* One such act. */
static inline void careless_act(struct careless *c)
{
	uint32_t irq = 0u - pick(c, 6);

	c->calls++;
	switch (pick(c, 32)) {
	case 0:
		odd_mapping(c);
		break;
	case 1:
		odd_memory(c);
		break;
	case 2:
		if (!pick(c, 8))
			odd_child(c);
		break;
	case 3:
		odd_file_call(c);
		break;
	case 4: case 5: case 6:
		odd_slot(c);
		break;
	case 7: case 8:
		odd_registers(c);
		break;
	case 9: case 10:
		if (!pick(c, 4))
			irq = KVM44X_CRITICAL_SET_LEVEL + pick(c, 2);
		ioctl(c->vm->vcpu, KVM44X_INTERRUPT, &irq);
		break;
	case 11: case 12: case 13: case 14: case 15: case 16: case 17:
		odd_one_reg(c);
		break;
	case 18:	/* the shared pages are anybody's */
		odd_preview(c);
		scribble(c, c->vm->run, sizeof(*c->vm->run) / 4);
		c->vm->run->immediate_exit = 0;
		break;
	default:
		odd_ioctl(c);
		break;
	}
}

#endif
