/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * offsets.c - members of struct vcpu as world.S names them: displacements from
 * the end of the block.  Compiled to assembly only; Kbuild makes offsets.h.
 */
#include <linux/kbuild.h>

#include "vcpu.h"

#define AT(name, member) \
	DEFINE(name, (long)offsetof(struct vcpu, member) + BLOCK_DATA - \
		     BLOCK_BASE)

int main(void)
{
	DEFINE(VCPU_FROM_BASE, BLOCK_DATA - BLOCK_BASE);
	AT(V_GPR, s.gpr);
	AT(V_PC, s.pc);
	AT(V_LR, s.lr);
	AT(V_CTR, s.ctr);
	AT(V_MSR, s.msr);
	AT(V_SPRG4, s.sprg[4]);
	AT(V_USPRG0, s.usprg0);
	AT(V_CR, cr);
	AT(V_XER, xer);
	AT(V_HOST_SP, host_sp);
	AT(V_HOST_R2, host_r2);
	AT(V_HOST_PID, host_pid);
	AT(V_HOST_MMUCR, host_mmucr);
	AT(V_HOST_IVPR, host_ivpr);
	AT(V_HOST_MSR, host_msr);
	AT(V_HOST_USPRG0, host_usprg0);
	AT(V_HOST_DBCR0, host_dbcr0);
	AT(V_BLOCK_IVPR, block_ivpr);
	AT(V_EXIT_NR, exit_nr);
	AT(V_INSN, insn);
	AT(V_HAS_INSN, has_insn);
	AT(V_DEAR, fault_dear);
	AT(V_ESR, fault_esr);
	AT(V_MCSR, fault_mcsr);
	AT(V_FAULT_MSR, fault_msr);
	AT(V_SHADOW_PID, shadow_pid);
	AT(V_SHADOW_MMUCR, shadow_mmucr);
	AT(V_SHADOW_MSR, shadow_msr);
	AT(V_WAY, way);
	AT(V_NO_QUICK, no_quick);
	AT(V_NEXT, next_insn);
	AT(V_PENDING, pending);
	AT(V_PID, s.pid);
	AT(V_ID_ROW, id_row);
	AT(V_SPR_INDEX, spr_index);
	AT(V_SPR, spr);
	AT(V_TIME_ENTER, timing.enter);
	AT(V_COUNT_EXITS, count[COUNT_EXITS]);
	AT(V_COUNT_MFMSR, count[COUNT_MFMSR]);
	AT(V_COUNT_WRTEE, count[COUNT_WRTEE]);
	AT(V_COUNT_MFSPR, count[COUNT_MFSPR]);
	AT(V_COUNT_MTSPR, count[COUNT_MTSPR]);
	DEFINE(EXIT_PROGRAM, IVOR_PROGRAM);
	DEFINE(EXIT_CHECK, EXIT_CHECK);
	DEFINE(FAST_DEVICE, FAST_DEVICE);
	DEFINE(WAY_CLASSIC, WAY_CLASSIC);
	DEFINE(WAY_MAGIC, WAY_MAGIC);
	DEFINE(BLOCK_TEXT, BLOCK_TEXT);
	DEFINE(SPR_IS_CELL, SPR_IS_CELL);
	DEFINE(SPR_IS_PID, SPR_IS_PID);
	DEFINE(XO_WRTEEI, XO31_wrteei);
	DEFINE(XO_WRTEE, XO31_wrtee);
	DEFINE(XO_MFMSR, XO31_mfmsr);
	DEFINE(XO_MFSPR, XO31_mfspr);
	DEFINE(XO_MTSPR, XO31_mtspr);
	return 0;
}
