/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pre.h - comes before every C file of the module: Linux's names for bits of
 * the MSR and the like give way to those of the simulator's [F] files, which
 * mean the same.  Knows only which names clash.
 */
#ifndef CULM_KVM_PRE_H
#define CULM_KVM_PRE_H

#ifndef __ASSEMBLY__
#include <linux/types.h>
#include <linux/bitops.h>
#include <linux/kernel.h>
#ifndef CULM_KVM_FREESTANDING
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/mm.h>
#include <asm/reg.h>
#include <asm/processor.h>
#include <asm/switch_to.h>
#endif

#undef PPC_BIT
#undef MSR_WE
#undef MSR_CE
#undef MSR_EE
#undef MSR_PR
#undef MSR_FP
#undef MSR_ME
#undef MSR_FE0
#undef MSR_DWE
#undef MSR_DE
#undef MSR_FE1
#undef MSR_IS
#undef MSR_DS
#undef ESR_MCI
#undef ESR_PIL
#undef ESR_PPR
#undef ESR_PTR
#undef ESR_FP
#undef ESR_ST
#undef ESR_DLK0
#undef ESR_DLK1
#undef ESR_AP
#undef ESR_PUO
#undef ESR_BO
#undef ESR_PIE
#undef MCSR_MCS
#undef MCSR_IB
#undef MCSR_DRB
#undef MCSR_DWB
#undef TCR_WP
#undef TCR_WRC
#undef TCR_WRC_MASK
#undef TCR_WIE
#undef TCR_DIE
#undef TCR_FP
#undef TCR_FIE
#undef TCR_ARE
#undef TSR_ENW
#undef TSR_WIS
#undef TSR_DIS
#undef TSR_FIS
#undef DBCR0_IDM
#undef DBCR0_RST
#undef DBCR0_FT
#undef DBSR_IDE
#undef DBSR_UDE
#undef DBSR_IAC12ATS
#undef DBSR_IAC34ATS
#undef CCR1_TCS
#undef FPSCR_FX
#undef FPSCR_FEX
#undef FPSCR_VX
#undef FPSCR_OX
#undef FPSCR_UX
#undef FPSCR_ZX
#undef FPSCR_XX
#undef FPSCR_VXSNAN
#undef FPSCR_VXISI
#undef FPSCR_VXIDI
#undef FPSCR_VXZDZ
#undef FPSCR_VXIMZ
#undef FPSCR_VXVC
#undef FPSCR_FR
#undef FPSCR_FI
#undef FPSCR_FPRF
#undef FPSCR_FPCC
#undef FPSCR_VXSOFT
#undef FPSCR_VXSQRT
#undef FPSCR_VXCVI
#undef FPSCR_VE
#undef FPSCR_OE
#undef FPSCR_UE
#undef FPSCR_ZE
#undef FPSCR_XE
#undef FPSCR_NI
#undef FPSCR_RN
#endif /* __ASSEMBLY__ */

#endif
