/* SPDX-License-Identifier: MIT */
/*
 * kvm.h - what the programs that drive /dev/kvm have in common: the system
 * calls that sys.h has not, and a VM with its VCPU and memory.
 *
 * Included once by each program.  Knows nothing of what their guests do.
 */
#ifndef CULM_ACCEL_KVM_H
#define CULM_ACCEL_KVM_H

#include "sys.h"

#include "accel/kvm/uapi.h"

enum {
	SYS_READ = 3, SYS_OPEN = 5, SYS_CLOSE = 6, SYS_KILL = 37, SYS_IOCTL = 54,
	SYS_MUNMAP = 91, SYS_MMAP2 = 192, SYS_NANOSLEEP = 162,
	SYS_EXIT_GROUP = 234,
	O_RDWR = 2, PROT_RW = 3, MAP_SHARED = 1, MAP_ANON_PRIVATE = 0x22,
	EINTR = 4, SIGKILL = 9, PAGE_BYTES = 4096,
};

/* A VM; its memory begins at guest-physical 0. */
struct kvm {
	int fd, vm, vcpu;
	struct kvm44x_run *run;
	long run_bytes;
	uint8_t *mem;
	uint32_t bytes;
};

static inline long sys_call6(long nr, long a, long b, long c, long d, long e,
			     long f)
{
	register long r0 __asm__("r0") = nr;
	register long r3 __asm__("r3") = a;
	register long r4 __asm__("r4") = b;
	register long r5 __asm__("r5") = c;
	register long r6 __asm__("r6") = d;
	register long r7 __asm__("r7") = e;
	register long r8 __asm__("r8") = f;

	__asm__ volatile("sc\n\tbns+ 1f\n\tneg 3, 3\n1:"
			 : "+r"(r0), "+r"(r3), "+r"(r4), "+r"(r5),
			   "+r"(r6), "+r"(r7), "+r"(r8)
			 : : "r9", "r10", "r11", "r12", "ctr", "cr0",
			   "memory");
	return r3;
}

static inline long mmap2(long len, long flags, long fd)
{
	return sys_call6(SYS_MMAP2, 0, len, PROT_RW, flags, fd, 0);
}

/* Results of system calls: the last page has minus the error numbers. */
static inline int is_error(long ret)
{
	return ret < 0 && ret > -4096;
}

static inline long ioctl(int fd, uint32_t nr, const void *arg)
{
	return sys_call(SYS_IOCTL, fd, (long)nr, (long)arg);
}

static inline void put_value(const char *what, uint32_t v)
{
	put_text(what);
	put_text(" 0x");
	put_hex(v, 8);
	put_text("\n");
}

static inline void __attribute__((noreturn)) die(const char *what, uint32_t v)
{
	put_value(what, v);
	for (;;)
		sys_call(SYS_EXIT_GROUP, 1, 0, 0);
}

/* @n bytes at @p are code now: out of the data cache and into the other. */
static inline void code_written(const void *p, long n)
{
	const char *at = p;
	long i;

	for (i = 0; i < n + 32; i += 32)
		__asm__ volatile("dcbst 0,%0\n\tsync\n\ticbi 0,%0"
				 : : "r"(at + i) : "memory");
	__asm__ volatile("sync; isync" : : : "memory");
}

/* Memory that the VM gives, in large pieces; or, if it does not, any. */
static inline uint8_t *kvm_memory(const struct kvm *k, uint32_t bytes)
{
	long mem = mmap2(bytes, MAP_SHARED, k->vm);

	return (void *)(is_error(mem) ? mmap2(bytes, MAP_ANON_PRIVATE, -1) :
			mem);
}

static inline long kvm_set_memory(struct kvm *k, uint8_t *mem, uint32_t bytes,
				  uint32_t flags)
{
	struct kvm44x_memory_region reg = {
		.flags = flags,
		.memory_size = bytes,
		.userspace_addr = (uint32_t)mem,
	};

	k->mem = mem;
	k->bytes = bytes;
	return ioctl(k->vm, KVM44X_SET_USER_MEMORY_REGION, &reg);
}

/* A VM with a VCPU and no memory; or minus an error number. */
static inline long kvm_make(struct kvm *k)
{
	long run;

	k->fd = sys_call(SYS_OPEN, (long)"/dev/kvm", O_RDWR, 0);
	if (k->fd < 0)
		return k->fd;
	k->vm = ioctl(k->fd, KVM44X_CREATE_VM, 0);
	k->vcpu = ioctl(k->vm, KVM44X_CREATE_VCPU, 0);
	k->run_bytes = ioctl(k->fd, KVM44X_GET_VCPU_MMAP_SIZE, 0);
	run = mmap2(k->run_bytes, MAP_SHARED, k->vcpu);
	k->run = (void *)run;
	return is_error(run) ? run : 0;
}

/* The second page of the mapping, or NULL. */
static inline struct kvm44x_preview *kvm_preview(const struct kvm *k)
{
	return k->run_bytes < 2 * PAGE_BYTES ? NULL :
	       (void *)((uint8_t *)k->run + PAGE_BYTES);
}

static inline void kvm_free(struct kvm *k)
{
	sys_call(SYS_CLOSE, k->vcpu, 0, 0);
	sys_call(SYS_CLOSE, k->vm, 0, 0);
	sys_call(SYS_CLOSE, k->fd, 0, 0);
	sys_call(SYS_MUNMAP, (long)k->mem, k->bytes, 0);
	sys_call(SYS_MUNMAP, (long)k->run, k->run_bytes, 0);
}

#endif
