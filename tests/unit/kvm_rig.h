/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/kvm_rig.h - a fake host with a /dev/kvm, a CPU with a little RAM
 * and one device, and the `kvm` engine between them.
 *
 * The fake keeps what it is given, and each KVM_RUN does the next step of a
 * script.  Its guest TLB maps one to one.
 */
#ifndef TESTS_UNIT_KVM_RIG_H
#define TESTS_UNIT_KVM_RIG_H

#include <CUnit/CUnit.h>
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>

#include "accel/kvm_priv.h"
#include "base/bits.h"

#define RAM_BYTES	(4u << 20)
#define FAKE_CAPS	24
#define FAKE_REGS	640
#define FAKE_LOG	128
#define FAKE_STEPS	16
#define TB_HZ		400000000u

enum { FD_DEV = 100, FD_VM = 200, FD_VCPU = 300 };

struct rig;
typedef int (*fake_step)(struct rig *r);	/* what KVM_RUN returns */

struct fake {
	bool is_440;
	int open_result, version;
	u32 cap[FAKE_CAPS];
	unsigned int caps;
	u32 refused;		/* a request that fails with EINVAL */
	u64 hz, clock_hz, tb;

	int fds;		/* open descriptors */
	unsigned int vms;
	union {			/* what is mapped of the VCPU */
		struct kvm44x_run run;
		struct {
			u8 first_page[4096];
			struct kvm44x_preview preview;
		};
	};
	struct kvm44x_regs regs;
	struct kvm44x_sregs sregs;
	struct kvm44x_times times;
	u32 hcall[4];
	struct kvm44x_memory_region slot[KVM44X_MEM_SLOTS];
	unsigned int slots, removed;
	struct { u64 id, val; } reg[FAKE_REGS];
	unsigned int nregs;
	u32 irq[FAKE_LOG];	/* arguments of KVM_INTERRUPT */
	unsigned int irqs;
	fake_step step[FAKE_STEPS];
	unsigned int steps, done;
	u64 alarm_ns;
	unsigned int alarms, alarms_seen, code_written;
	void *mapped_at;	/* memory of the VM */
	void *vm_memory;	/* mapped elsewhere, until it is moved */
	int move_result;
	unsigned int moves;
	u64 tick_a_run;
};

struct rig {
	struct fake f;
	struct cpu_port port;
	struct cpu *cpu;
	u8 *ram;
	/* the device: everything beyond the RAM */
	struct { paddr_t pa; u32 size, val; bool is_write; } bus[FAKE_LOG];
	unsigned int accesses;
	u32 bus_value;
	int bus_status;
	u32 dcrn, dcr_value;
	unsigned int dcr_writes;
	struct errmsg msg;
};

/* ---- the host -------------------------------------------------------- */

static bool fake_is_440(void *opaque, char *why, size_t bytes)
{
	snprintf(why, bytes, "it is a toaster");
	return ((struct rig *)opaque)->f.is_440;
}

static int fake_open(void *opaque)
{
	struct fake *f = &((struct rig *)opaque)->f;

	if (f->open_result < 0)
		return f->open_result;
	f->fds++;
	return FD_DEV;
}

static void fake_close(void *opaque, int fd)
{
	(void)fd;
	((struct rig *)opaque)->f.fds--;
}

static void *fake_map(void *opaque, void *at, size_t bytes, int fd)
{
	struct fake *f = &((struct rig *)opaque)->f;

	(void)bytes;
	if (fd == FD_VCPU)
		return &f->run;
	if (!at)
		return f->vm_memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	f->mapped_at = at;
	return at;
}

static void fake_unmap(void *opaque, void *p, size_t bytes)
{
	struct fake *f = &((struct rig *)opaque)->f;

	if (p != f->vm_memory)
		return;
	munmap(p, bytes);
	f->vm_memory = NULL;
}

static int fake_move(void *opaque, void *from, void *to, size_t bytes)
{
	struct fake *f = &((struct rig *)opaque)->f;

	if (f->move_result < 0)
		return f->move_result;
	CU_ASSERT_PTR_EQUAL(from, f->vm_memory);
	/* what was there is gone, as if the pages themselves had moved */
	memset(to, 0xee, bytes);
	memcpy(to, from, bytes);
	munmap(from, bytes);
	f->vm_memory = NULL;
	f->moves++;
	return 0;
}

static u64 fake_hz(void *opaque, const char *property)
{
	struct fake *f = &((struct rig *)opaque)->f;

	return strcmp(property, "timebase-frequency") ? f->clock_hz : f->hz;
}

static u64 fake_timebase(void *opaque)
{
	return ((struct rig *)opaque)->f.tb;
}

static void fake_code_written(void *opaque)
{
	((struct rig *)opaque)->f.code_written++;
}

static void fake_alarm(void *opaque, u64 ns)
{
	struct fake *f = &((struct rig *)opaque)->f;

	f->alarm_ns = ns;
	f->alarms++;
}

static void fake_alarm_seen(void *opaque)
{
	((struct rig *)opaque)->f.alarms_seen++;
}

static void fake_mask(void *opaque, struct kvm44x_signal_mask *mask)
{
	(void)opaque;
	memset(mask->sigset, 0, sizeof(mask->sigset));
}

static int fake_start(void *opaque)
{
	(void)opaque;
	return 0;
}

static void fake_stop(void *opaque)
{
	(void)opaque;
}

static int fake_check(struct fake *f, uintptr_t cap)
{
	for (unsigned int i = 0; i < f->caps; i++)
		if (f->cap[i] == cap)
			return 1;
	return 0;
}

static u64 *fake_reg(struct fake *f, u64 id)
{
	unsigned int i;

	for (i = 0; i < f->nregs; i++)
		if (f->reg[i].id == id)
			return &f->reg[i].val;
	CU_ASSERT_FATAL(f->nregs < FAKE_REGS);
	f->reg[i].id = id;
	f->reg[i].val = 0;
	f->nregs++;
	return &f->reg[i].val;
}

static int fake_one_reg(struct fake *f, u32 request, uintptr_t arg)
{
	const struct kvm44x_one_reg *o = (const void *)arg;
	u64 *cell = fake_reg(f, o->id);
	bool is_wide = (o->id >> 52 & 15) == 3;
	u32 half = (u32)*cell;
	void *user = (void *)(uintptr_t)o->addr;

	if (request == KVM44X_GET_ONE_REG) {
		memcpy(user, is_wide ? (void *)cell : (void *)&half,
		       is_wide ? 8 : 4);
	} else {
		memcpy(is_wide ? (void *)cell : (void *)&half, user,
		       is_wide ? 8 : 4);
		if (!is_wide)
			*cell = half;
	}
	return 0;
}

static int fake_set_memory(struct fake *f, uintptr_t arg)
{
	struct kvm44x_memory_region m;

	memcpy(&m, (const void *)arg, sizeof(m));
	if (!m.memory_size) {
		f->removed++;
		return 0;
	}
	CU_ASSERT_FATAL(f->slots < KVM44X_MEM_SLOTS);
	f->slot[f->slots++] = m;
	return 0;
}

static int fake_translate(uintptr_t arg)
{
	struct kvm44x_translation *t = (void *)arg;

	t->physical_address = (u32)t->linear_address;
	t->valid = t->physical_address < RAM_BYTES;
	return 0;
}

static int fake_run(struct rig *r)
{
	struct fake *f = &r->f;

	f->tb += f->tick_a_run;
	if (f->done == f->steps)
		return -EINTR;
	return f->step[f->done++](r);
}

static int fake_vcpu(struct rig *r, u32 request, uintptr_t arg)
{
	struct fake *f = &r->f;
	void *user = (void *)arg;

	switch (request) {
	case KVM44X_RUN:
		return fake_run(r);
	case KVM44X_GET_REGS:
		memcpy(user, &f->regs, sizeof(f->regs));
		return 0;
	case KVM44X_SET_REGS:
		memcpy(&f->regs, user, sizeof(f->regs));
		return 0;
	case KVM44X_GET_SREGS:
		memcpy(user, &f->sregs, sizeof(f->sregs));
		return 0;
	case KVM44X_GET_TIMES:
		memcpy(user, &f->times, sizeof(f->times));
		return 0;
	case KVM44X_SET_SREGS:
		memcpy(&f->sregs, user, sizeof(f->sregs));
		return 0;
	case KVM44X_GET_ONE_REG:
	case KVM44X_SET_ONE_REG:
		return fake_one_reg(f, request, arg);
	case KVM44X_TRANSLATE:
		return fake_translate(arg);
	case KVM44X_INTERRUPT:
		memcpy(&f->irq[f->irqs++ % FAKE_LOG], user, 4);
		return 0;
	case KVM44X_SET_SIGNAL_MASK:
	case KVM44X_ENABLE_CAP:
		return 0;
	default:
		return -ENOTTY;
	}
}

static int fake_ioctl(void *opaque, int fd, u32 request, uintptr_t arg)
{
	struct rig *r = opaque;
	struct fake *f = &r->f;

	if (request == f->refused)
		return -EINVAL;
	if (fd == FD_VCPU)
		return fake_vcpu(r, request, arg);
	switch (request) {
	case KVM44X_GET_API_VERSION:
		return f->version;
	case KVM44X_CHECK_EXTENSION:
		return fake_check(f, arg);
	case KVM44X_GET_VCPU_MMAP_SIZE:
		return 8192;
	case KVM44X_CREATE_VM:
		f->fds++;
		f->vms++;
		f->slots = f->nregs = 0;
		return FD_VM;
	case KVM44X_CREATE_VCPU:
		f->fds++;
		return FD_VCPU;
	case KVM44X_SET_USER_MEMORY_REGION:
		return fake_set_memory(f, arg);
	case KVM44X_PPC_GET_PVINFO:
		memcpy(((struct kvm44x_pvinfo *)arg)->hcall, f->hcall,
		       sizeof(f->hcall));
		return 0;
	default:
		return -ENOTTY;
	}
}

static const struct kvm_host fake_host = {
	.is_440 = fake_is_440,
	.open = fake_open,
	.close = fake_close,
	.ioctl = fake_ioctl,
	.map = fake_map,
	.unmap = fake_unmap,
	.move = fake_move,
	.cpu_hz = fake_hz,
	.timebase = fake_timebase,
	.code_written = fake_code_written,
	.alarm = fake_alarm,
	.alarm_seen = fake_alarm_seen,
	.signal_mask = fake_mask,
	.start = fake_start,
	.stop = fake_stop,
};

/* ---- the bus --------------------------------------------------------- */

static int rig_read(void *opaque, paddr_t pa, unsigned int size, u32 *val)
{
	struct rig *r = opaque;
	unsigned int i = r->accesses++ % FAKE_LOG;

	r->bus[i].pa = pa;
	r->bus[i].size = size;
	r->bus[i].is_write = false;
	*val = r->bus_value & 0xffffffffu >> (32 - 8 * size);
	return r->bus_status;
}

static int rig_write(void *opaque, paddr_t pa, unsigned int size, u32 val)
{
	struct rig *r = opaque;
	unsigned int i = r->accesses++ % FAKE_LOG;

	r->bus[i].pa = pa;
	r->bus[i].size = size;
	r->bus[i].val = val;
	r->bus[i].is_write = true;
	return r->bus_status;
}

static int rig_dcr_read(void *opaque, u32 dcrn, u32 *val)
{
	struct rig *r = opaque;

	r->dcrn = dcrn;
	*val = r->dcr_value;
	return 0;
}

static int rig_dcr_write(void *opaque, u32 dcrn, u32 val)
{
	struct rig *r = opaque;

	r->dcrn = dcrn;
	r->dcr_value = val;
	r->dcr_writes++;
	return 0;
}

static u8 *rig_direct(void *opaque, paddr_t pa, bool *is_writable)
{
	struct rig *r = opaque;

	*is_writable = true;
	return pa < RAM_BYTES ? r->ram + pa : NULL;
}

/* ---- putting it together --------------------------------------------- */

static const u32 historical_caps[] = {
	KVM44X_CAP_USER_MEMORY, KVM44X_CAP_PPC_UNSET_IRQ,
	KVM44X_CAP_PPC_IRQ_LEVEL, KVM44X_CAP_PPC_BOOKE_SREGS,
	KVM44X_CAP_ENABLE_CAP, KVM44X_CAP_ONE_REG,
};

static const u32 own_caps[] = {
	KVM44X_CAP_USER_MEMORY, KVM44X_CAP_PPC_UNSET_IRQ,
	KVM44X_CAP_PPC_IRQ_LEVEL, KVM44X_CAP_PPC_BOOKE_SREGS,
	KVM44X_CAP_ENABLE_CAP, KVM44X_CAP_ONE_REG, KVM44X_CAP_STATE,
	KVM44X_CAP_CRITICAL, KVM44X_CAP_IDLE_EXIT,
	KVM44X_CAP_PPC_BOOKE_WATCHDOG, KVM44X_CAP_TIMES,
	KVM44X_CAP_PPC_GET_PVINFO, KVM44X_CAP_MAGIC, KVM44X_CAP_PREVIEW,
};

static void rig_caps(struct rig *r, const u32 *cap, unsigned int n)
{
	memcpy(r->f.cap, cap, n * sizeof(*cap));
	r->f.caps = n;
}

#define RIG_CAPS(r, array) rig_caps(r, array, ARRAY_SIZE(array))

/* A host with Culm's module; not opened yet. */
static void rig_init(struct rig *r)
{
	memset(r, 0, sizeof(*r));
	r->f.is_440 = true;
	r->f.version = 12;
	r->f.hz = r->f.clock_hz = TB_HZ;
	r->f.tb = 1000000;
	r->f.tick_a_run = 100;
	RIG_CAPS(r, own_caps);
	r->port = (struct cpu_port){
		.opaque = r, .read = rig_read, .write = rig_write,
		.dcr_read = rig_dcr_read, .dcr_write = rig_dcr_write,
		.direct = rig_direct,
	};
	r->ram = mmap(NULL, RAM_BYTES, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	r->cpu = cpu_new(&r->port, 0x422218d3);
	CU_ASSERT_PTR_NOT_NULL_FATAL(r->cpu);
	cpu_set_clocks(r->cpu, TB_HZ, TB_HZ);
}

static int rig_try(struct rig *r)
{
	return kvm_open_on(r->cpu, &fake_host, r, KVM_FRESH, &r->msg);
}

static inline void rig_open(struct rig *r)
{
	rig_init(r);
	CU_ASSERT_EQUAL_FATAL(rig_try(r), 0);
}

static void rig_close(struct rig *r)
{
	engine_kvm.close(r->cpu);
	CU_ASSERT_EQUAL(r->f.fds, 0);
	cpu_free(r->cpu);
	munmap(r->ram, RAM_BYTES);
}

static void rig_steps(struct rig *r, fake_step a, fake_step b, fake_step c)
{
	r->f.step[0] = a;
	r->f.step[1] = b;
	r->f.step[2] = c;
	r->f.done = 0;
	r->f.steps = c ? 3 : b ? 2 : a ? 1 : 0;
}

/* ---- steps that more than one file needs ----------------------------- */

static inline int chip_reset(struct rig *r)
{
	r->f.run.exit_reason = KVM44X_EXIT_SYSTEM_EVENT;
	r->f.run.u.system_event.type = KVM44X_SYSTEM_RESET;
	r->f.run.u.system_event.flags = 2;
	return 0;
}

static enum cpu_why rig_run(struct rig *r)
{
	return engine_kvm.run(r->cpu, TB_HZ / 100);
}

#endif
