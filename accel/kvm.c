/* SPDX-License-Identifier: MIT */
/*
 * accel/kvm.c - the 440 of the host as an engine, through its /dev/kvm.
 *
 * Owns the life of VM and VCPU, and what is found out about the KVM: one may
 * be Culm's own module or Linux's of 2.6.26 to 3.16.  The memory is the
 * machine's, the devices are reached through the CPU's port, and time is the
 * host's time base, which the guest reads itself.
 */
#include "accel/kvm_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/xalloc.h"

/**
 * kvm_ioctl - ask the KVM something
 * @k:       engine
 * @fd:      one of its descriptors
 * @request: KVM44X_x
 * @arg:     what the request takes
 *
 * Returns: what the kernel returns, or -errno.
 */
int kvm_ioctl(struct kvm *k, int fd, u32 request, void *arg)
{
	return k->h->ioctl(k->opaque, fd, request, (uintptr_t)arg);
}

/**
 * kvm_error - an error of the KVM in words
 * @e: -errno
 *
 * Returns: a string for a message.
 */
const char *kvm_error(int e)
{
	/* ENOTSUPP, which has no name outside the kernel */
	return e == -524 ? "not supported" : strerror(-e);
}

static int check_extension(struct kvm *k, u32 cap)
{
	int r = k->h->ioctl(k->opaque, k->fd, KVM44X_CHECK_EXTENSION, cap);

	return r > 0 ? r : 0;
}

/* ---- probing ------------------------------------------------------------ */

static const struct {
	u32 cap;
	enum kvm_feature feature;
} features[] = {
	{ KVM44X_CAP_PPC_UNSET_IRQ, KVM_HAS_UNSET_IRQ },
	{ KVM44X_CAP_PPC_IRQ_LEVEL, KVM_HAS_LEVEL_IRQ },
	{ KVM44X_CAP_PPC_BOOKE_SREGS, KVM_HAS_SREGS },
	{ KVM44X_CAP_CRITICAL, KVM_HAS_CRITICAL },
	{ KVM44X_CAP_IDLE_EXIT, KVM_HAS_IDLE_EXIT },
	{ KVM44X_CAP_COUNTS, KVM_HAS_COUNTS },
	{ KVM44X_CAP_TIMES, KVM_HAS_TIMES },
	{ KVM44X_CAP_MAGIC, KVM_HAS_MAGIC },
	{ KVM44X_CAP_PREVIEW, KVM_HAS_PREVIEW },
	{ KVM44X_CAP_PPC_BOOKE_WATCHDOG, KVM_HAS_WATCHDOG },
	{ KVM44X_CAP_CONTIGUOUS, KVM_HAS_CONTIGUOUS },
};

static void probe_features(struct kvm *k)
{
	for (size_t i = 0; i < ARRAY_SIZE(features); i++)
		if (check_extension(k, features[i].cap))
			k->features |= features[i].feature;
	if (check_extension(k, KVM44X_CAP_STATE) == 1 &&
	    check_extension(k, KVM44X_CAP_ONE_REG))
		k->features |= KVM_HAS_STATE;
}

static int decline_open(int e, struct errmsg *msg)
{
	if (e == -ENOENT || e == -ENODEV || e == -ENXIO)
		return err_set(msg, ERR_UNSUPP, "--accel=kvm: /dev/kvm: there "
			       "is none; the module is not loaded");
	if (e == -EACCES || e == -EPERM)
		return err_set(msg, ERR_IO, "--accel=kvm: /dev/kvm: no "
			       "permission");
	return err_set(msg, ERR_IO, "--accel=kvm: /dev/kvm: %s", kvm_error(e));
}

static int probe_kvm(struct kvm *k, struct errmsg *msg)
{
	char why[80];
	int r;

	if (!k->h->is_440(k->opaque, why, sizeof(why)))
		return err_set(msg, ERR_UNSUPP, "--accel=kvm: this host is no "
			       "440: %s", why);
	k->fd = k->h->open(k->opaque);
	if (k->fd < 0)
		return decline_open(k->fd, msg);
	r = kvm_ioctl(k, k->fd, KVM44X_GET_API_VERSION, NULL);
	if (r != KVM44X_API_VERSION)
		return err_set(msg, ERR_UNSUPP, "--accel=kvm: /dev/kvm: "
			       "version %d of the interface, not %d", r,
			       KVM44X_API_VERSION);
	if (!check_extension(k, KVM44X_CAP_USER_MEMORY))
		return err_set(msg, ERR_UNSUPP, "--accel=kvm: /dev/kvm: takes "
			       "no memory of ours");
	probe_features(k);
	return 0;
}

/* The guest's time base is the host's, so its tree has to say that rate. */
static int probe_clocks(struct kvm *k, struct errmsg *msg)
{
	k->tb_hz = k->h->cpu_hz(k->opaque, "timebase-frequency");
	k->cpu_hz = k->h->cpu_hz(k->opaque, "clock-frequency");
	if (!k->tb_hz || k->tb_hz > 0xffffffffu)
		return err_set(msg, ERR_IO, "--accel=kvm: /proc/device-tree/"
			       "cpus: no timebase-frequency");
	if (k->cpu_hz < k->tb_hz || k->cpu_hz > 0xffffffffu)
		k->cpu_hz = k->tb_hz;
	return 0;
}

#define PAGE_BYTES	4096	/* of a host of 440 */

/* ---- VM and VCPU --------------------------------------------------------- */

static void drop_vcpu(struct kvm *k)
{
	kvm_release_memory(k);
	if (k->run)
		k->h->unmap(k->opaque, k->run, k->run_bytes);
	if (k->vcpu >= 0)
		k->h->close(k->opaque, k->vcpu);
	if (k->vm >= 0)
		k->h->close(k->opaque, k->vm);
	k->run = NULL;
	k->preview = NULL;
	k->vcpu = k->vm = -1;
	kvm_forget_memory(k);
}

static void enable(struct kvm *k, u32 cap, enum kvm_feature feature)
{
	struct kvm44x_enable_cap e = { .cap = cap };

	if ((k->features & feature) &&
	    kvm_ioctl(k, k->vcpu, KVM44X_ENABLE_CAP, &e) < 0)
		k->features &= ~(unsigned int)feature;
}

static int map_run(struct kvm *k)
{
	int n = kvm_ioctl(k, k->fd, KVM44X_GET_VCPU_MMAP_SIZE, NULL);

	if (n < (int)sizeof(*k->run))
		return n < 0 ? n : -EINVAL;
	k->run_bytes = (size_t)n;
	k->run = k->h->map(k->opaque, NULL, k->run_bytes, k->vcpu);
	k->preview = NULL;
	if (k->run && (k->features & KVM_HAS_PREVIEW) && n >= 2 * PAGE_BYTES)
		k->preview = (void *)((u8 *)k->run + PAGE_BYTES);
	return k->run ? 0 : -ENOMEM;
}

/**
 * kvm_make_vcpu - a VM with one VCPU in its reset state, without memory
 * @k:   engine; a VM that it has is given up
 * @msg: filled on error
 *
 * Returns: 0, -ERR_UNSUPP.
 */
int kvm_make_vcpu(struct kvm *k, struct errmsg *msg)
{
	struct kvm44x_signal_mask mask = { .len = sizeof(mask.sigset) };
	const char *what = "KVM_CREATE_VM";
	int r;

	drop_vcpu(k);
	r = k->vm = kvm_ioctl(k, k->fd, KVM44X_CREATE_VM, NULL);
	if (r >= 0) {
		what = "KVM_CREATE_VCPU";
		r = k->vcpu = kvm_ioctl(k, k->vm, KVM44X_CREATE_VCPU, NULL);
	}
	if (r >= 0) {
		what = "mmap of the VCPU";
		r = map_run(k);
	}
	if (r >= 0) {
		what = "KVM_SET_SIGNAL_MASK";
		k->h->signal_mask(k->opaque, &mask);
		r = kvm_ioctl(k, k->vcpu, KVM44X_SET_SIGNAL_MASK, &mask);
	}
	if (r < 0)
		return err_set(msg, ERR_UNSUPP, "--accel=kvm: /dev/kvm: %s: %s",
			       what, kvm_error(r));
	enable(k, KVM44X_CAP_IDLE_EXIT, KVM_HAS_IDLE_EXIT);
	enable(k, KVM44X_CAP_PPC_BOOKE_WATCHDOG, KVM_HAS_WATCHDOG);
	enable(k, KVM44X_CAP_MAGIC, KVM_HAS_MAGIC);
	k->is_pushed = k->has_run = k->is_open_access = false;
	k->is_unserved = false;
	k->is_edge_told = k->is_critical_told = false;
	k->load_reg = 0;
	return 0;
}

/* ---- the engine ---------------------------------------------------------- */

static bool is_possible(void)
{
	return true;	/* open says in words why not */
}

static void kvm_close(struct cpu *cpu)
{
	struct kvm *k = cpu->kvm;

	if (!k)
		return;
	drop_vcpu(k);
	if (k->fd >= 0)
		k->h->close(k->opaque, k->fd);
	k->h->stop(k->opaque);
	free(k);
	cpu->kvm = NULL;
}

/**
 * kvm_open_on - open the engine on a host
 * @cpu:    CPU
 * @h:      the host, borrowed until close
 * @opaque: for @h
 * @how:    whether there is content in the memory
 * @msg:    filled on error: why this host cannot
 *
 * Returns: 0; -ERR_UNSUPP, -ERR_IO; nothing is left open then.
 */
int kvm_open_on(struct cpu *cpu, const struct kvm_host *h, void *opaque,
		enum kvm_begin how, struct errmsg *msg)
{
	struct kvm *k = xcalloc(1, sizeof(*k));
	int r;

	*k = (struct kvm){
		.h = h, .opaque = opaque, .cpu = cpu,
		.fd = -1, .vm = -1, .vcpu = -1,
		.has_content = how == KVM_TAKE_OVER,
	};
	cpu->kvm = k;
	r = probe_kvm(k, msg);
	if (!r && how == KVM_TAKE_OVER && !(k->features & KVM_HAS_STATE))
		r = err_set(msg, ERR_UNSUPP, "--accel=kvm: this KVM cannot be "
			    "given a state: a machine starts with it, or never "
			    "has it");
	if (!r)
		r = probe_clocks(k, msg);
	if (!r && h->start(opaque) < 0)
		r = err_set(msg, ERR_IO, "--accel=kvm: the host gives no timer");
	if (!r)
		r = kvm_make_vcpu(k, msg);
	if (!r && !(k->features & KVM_HAS_STATE))
		r = kvm_probe_faults(k, msg);
	if (!r && kvm_map_memory(k))
		r = err_set(msg, ERR_NOMEM, "--accel=kvm: /dev/kvm: does not "
			    "take the memory");
	if (r) {
		kvm_close(cpu);
		return r;
	}
	k->has_content = true;
	k->cycle_start = cpu_now(cpu);
	k->tb_start = h->timebase(opaque);
	return 0;
}

static int kvm_open(struct cpu *cpu, struct errmsg *msg)
{
	return kvm_open_on(cpu, &kvm_host_linux, NULL, KVM_FRESH, msg);
}

static int kvm_take_over(struct cpu *cpu, struct errmsg *msg)
{
	return kvm_open_on(cpu, &kvm_host_linux, NULL, KVM_TAKE_OVER, msg);
}

/* A page that it has mapped, but not touched, it does not miss. */
static bool kvm_has_magic(struct kvm *k)
{
	u32 where = 0;

	return (k->features & KVM_HAS_MAGIC) &&
	       kvm_one_reg(k, KVM44X_GET_ONE_REG, KVM44X_REG_MAGIC,
			   &where) >= 0 && (where & 1);
}

static int kvm_get_state(struct cpu *cpu, struct cpu_state *s,
			 struct errmsg *msg)
{
	struct kvm *k = cpu->kvm;
	int r = k->is_pushed ? kvm_pull(k) : 0;

	if (s != &cpu->s)
		*s = cpu->s;
	if (r < 0)
		return err_set(msg, ERR_IO, "--accel=kvm: /dev/kvm: does not "
			       "give its state: %s", kvm_error(r));
	if (k->is_pushed && !(k->features & KVM_HAS_STATE))
		return err_set(msg, ERR_UNSUPP, "--accel=kvm: this KVM does "
			       "not tell its TLB");
	if (k->is_pushed && kvm_has_magic(k))
		return err_set(msg, ERR_UNSUPP, "--accel=kvm: the guest's "
			       "kernel uses the KVM's magic page");
	return 0;
}

static int kvm_set_state(struct cpu *cpu, const struct cpu_state *s,
			 struct errmsg *msg)
{
	struct kvm *k = cpu->kvm;
	const u32 check = 1u << IVOR_MACHINE_CHECK;

	if (s != &cpu->s) {
		cpu->s = *s;
		cpu->async &= ~check;
		cpu->async |= s->mcsr & MCSR_MCS ? check : 0;
	}
	if (!k->has_run && timer_tb(cpu) > k->h->timebase(k->opaque))
		return err_set(msg, ERR_CONFLICT, "--accel=kvm: the guest's "
			       "time base is ahead of the host's and would go "
			       "back");
	return kvm_push(k, msg);
}

/* The guest sees to its caches, as it would with these devices. */
static void kvm_invalidate(struct cpu *cpu, paddr_t pa, u64 size)
{
	(void)cpu;
	(void)pa;
	(void)size;
}

static void kvm_clocks(struct cpu *cpu, u64 *cpu_hz, u64 *tb_hz)
{
	*cpu_hz = cpu->kvm->cpu_hz;
	*tb_hz = cpu->kvm->tb_hz;
}

static unsigned int kvm_hcall(struct cpu *cpu, u32 insn[4])
{
	struct kvm44x_pvinfo info;
	struct kvm *k = cpu->kvm;

	if (!check_extension(k, KVM44X_CAP_PPC_GET_PVINFO) ||
	    kvm_ioctl(k, k->vm, KVM44X_PPC_GET_PVINFO, &info) < 0)
		return 0;
	memcpy(insn, info.hcall, sizeof(info.hcall));
	return ARRAY_SIZE(info.hcall);
}

static void kvm_now(struct cpu *cpu)
{
	kvm_sync_time(cpu->kvm);
}

static void put_kernel_counts(struct kvm *k,
	void (*put)(void *opaque, const char *name, u64 count), void *opaque)
{
	static const char *const names[] = { KVM44X_COUNT_NAMES };
	struct kvm44x_counts c = { .kinds = 0 };

	if (!(k->features & KVM_HAS_COUNTS) ||
	    kvm_ioctl(k, k->vcpu, KVM44X_GET_COUNTS, &c) < 0)
		return;
	for (u32 i = 0; i < c.kinds && i < ARRAY_SIZE(names); i++)
		put(opaque, names[i], c.count[i]);
}

/* Of kinds that occurred: the sum of what they took. */
static void put_kernel_times(struct kvm *k,
	void (*put)(void *opaque, const char *name, u64 count), void *opaque)
{
	static const char *const names[] = { KVM44X_TIME_NAMES };
	struct kvm44x_times t = { .kinds = 0 };
	char name[32];

	if (!(k->features & KVM_HAS_TIMES) ||
	    kvm_ioctl(k, k->vcpu, KVM44X_GET_TIMES, &t) < 0)
		return;
	for (u32 i = 0; i < t.kinds && i < ARRAY_SIZE(names); i++) {
		if (!t.kind[i].count)
			continue;
		snprintf(name, sizeof(name), "ticks %s", names[i]);
		put(opaque, name, t.kind[i].sum);
	}
}

static void kvm_counts(struct cpu *cpu,
	void (*put)(void *opaque, const char *name, u64 count), void *opaque)
{
	static const char *const names[KVM_COUNTS] = {
		[KVM_COUNT_MMIO_READ] = "user mmio_read",
		[KVM_COUNT_MMIO_WRITE] = "user mmio_write",
		[KVM_COUNT_DCR_READ] = "user dcr_read",
		[KVM_COUNT_DCR_WRITE] = "user dcr_write",
		[KVM_COUNT_SIGNAL] = "user signal",
		[KVM_COUNT_IDLE] = "user idle",
		[KVM_COUNT_RESET] = "user reset",
		[KVM_COUNT_OTHER] = "user other",
	};

	for (unsigned int i = 0; i < KVM_COUNTS; i++)
		put(opaque, names[i], cpu->kvm->count[i]);
	put_kernel_counts(cpu->kvm, put, opaque);
	put_kernel_times(cpu->kvm, put, opaque);
}

const struct engine_ops engine_kvm = {
	.name = "kvm",
	.option = "--accel=kvm",
	.caps = 0,
	.is_possible = is_possible,
	.open = kvm_open,
	.take_over = kvm_take_over,
	.run = kvm_engine_run,
	.get_state = kvm_get_state,
	.set_state = kvm_set_state,
	.invalidate = kvm_invalidate,
	.kick = cpu_kick,
	.close = kvm_close,
	.clocks = kvm_clocks,
	.hcall = kvm_hcall,
	.now = kvm_now,
	.counts = kvm_counts,
};
