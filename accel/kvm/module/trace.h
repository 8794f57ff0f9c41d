/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * trace.h - tracepoints, with the names of Linux 3.14: kvm_exit for what
 * reaches C outside of the block, kvm_ppc_instr for what is emulated there.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM kvm

#if !defined(CULM_KVM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define CULM_KVM_TRACE_H

#include <linux/tracepoint.h>

#include "vcpu.h"

/* By IVOR. */
#define kvm_exit_names \
	{ 0, "CRITICAL" }, { 1, "MACHINE_CHECK" }, { 2, "DATA_STORAGE" }, \
	{ 3, "INST_STORAGE" }, { 4, "EXTERNAL" }, { 5, "ALIGNMENT" }, \
	{ 6, "PROGRAM" }, { 7, "FP_UNAVAIL" }, { 8, "SYSCALL" }, \
	{ 9, "AP_UNAVAIL" }, { 10, "DECREMENTER" }, { 11, "FIT" }, \
	{ 12, "WATCHDOG" }, { 13, "DTLB_MISS" }, { 14, "ITLB_MISS" }, \
	{ 15, "DEBUG" }

/* clang-format off: macros that make structures */
TRACE_EVENT(kvm_exit,
	TP_PROTO(const struct vcpu *v),
	TP_ARGS(v),
	TP_STRUCT__entry(
		__field(unsigned int, exit_nr)
		__field(u32, pc)
		__field(u32, msr)
		__field(u32, dear)
		__field(u32, insn)
	),
	TP_fast_assign(
		__entry->exit_nr = v->exit_nr;
		__entry->pc = v->s.pc;
		__entry->msr = v->s.msr;
		__entry->dear = v->fault_dear;
		__entry->insn = v->insn;
	),
	TP_printk("exit=%s | pc=0x%x | msr=0x%x | dar=0x%x | last_inst=0x%x",
		  __print_symbolic(__entry->exit_nr, kvm_exit_names),
		  __entry->pc, __entry->msr, __entry->dear, __entry->insn)
);

TRACE_EVENT(kvm_ppc_instr,
	TP_PROTO(u32 inst, u32 pc, unsigned int emulate),
	TP_ARGS(inst, pc, emulate),
	TP_STRUCT__entry(
		__field(u32, inst)
		__field(u32, pc)
		__field(unsigned int, emulate)
	),
	TP_fast_assign(
		__entry->inst = inst;
		__entry->pc = pc;
		__entry->emulate = emulate;
	),
	TP_printk("inst %u pc 0x%x emulate %u", __entry->inst, __entry->pc,
		  __entry->emulate)
);
/* clang-format on */

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
