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

/* clang-format off: macros that make structures */
TRACE_EVENT(kvm_exit,
	TP_PROTO(unsigned int exit_nr, u32 pc, u32 msr, u32 dear),
	TP_ARGS(exit_nr, pc, msr, dear),
	TP_STRUCT__entry(
		__field(unsigned int, exit_nr)
		__field(u32, pc)
		__field(u32, msr)
		__field(u32, dear)
	),
	TP_fast_assign(
		__entry->exit_nr = exit_nr;
		__entry->pc = pc;
		__entry->msr = msr;
		__entry->dear = dear;
	),
	TP_printk("exit=%u | pc=0x%x | msr=0x%x | dar=0x%x", __entry->exit_nr,
		  __entry->pc, __entry->msr, __entry->dear)
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
