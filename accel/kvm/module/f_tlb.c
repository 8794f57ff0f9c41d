/* SPDX-License-Identifier: GPL-2.0-only */
/* f_tlb.c - the architected TLB, as the simulator has it. */
#include "mmu/tlb.c"
