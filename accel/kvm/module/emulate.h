/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * emulate.h - one instruction of the guest, by the simulator's bodies.
 *
 * Owns what must be remembered while user space answers an access: the
 * instruction is executed again from its start with the answers so far, so
 * that multiple and string instructions may touch devices too.  Knows nothing
 * of files and processes; what needs the kernel is a function below.
 */
#ifndef CULM_KVM_EMULATE_H
#define CULM_KVM_EMULATE_H

#include "accel/kvm/uapi.h"
#include "vcpu.h"

#define IO_ANSWERS 36		/* lmw r0 at an odd address, and then some */

struct emul {
	struct vcpu *v;
	struct kvm44x_run *run;
	bool is_waiting;	/* run asks user space for something */
	bool is_dcr;
	u8 size;
	u8 answers;
	u32 insn;
	u32 answer[IO_ANSWERS];
};

enum emul_result {
	EMUL_DONE,	/* executed, or an interrupt was delivered instead */
	EMUL_EXIT,	/* run says what user space must do */
};

enum emul_result emul_insn(struct emul *e, u32 insn);
enum emul_result emul_complete(struct emul *e);
u32 emul_dec(const struct vcpu *v);
void emul_set_dec(struct emul *e, u32 val);

struct emul_spr {
	u32 *cell;		/* NULL: the time base and DEC, computed */
	u32 mask;		/* bits that a write can change */
	bool is_plain;		/* nothing follows from a write */
	bool is_readable, is_writable;
};

bool emul_spr(struct vcpu *v, u32 sprn, struct emul_spr *r);
void emul_spr_tables(struct vcpu *v);
void *emul_memory(struct vcpu *v, u64 gpa, bool is_store);

/* From the rest of the module. */
void vtimer_changed(struct emul *e);	/* TCR, TSR or DEC */
void vtimer_update(struct emul *e);	/* TSR is wanted */
void vfpu_save(struct vcpu *v);
void *host_page(u32 pfn);

#endif
