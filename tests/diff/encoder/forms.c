/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/encoder/forms.c - every form that cpu/jit/x64.h and x64_avx.h can
 * emit, and how objdump is to write it.
 *
 *	forms CODE EXPECTED
 *
 * CODE is the bare bytes.  A line of EXPECTED is the hexadecimal offset of a
 * form and its text in Intel syntax: instructions with "; " between them.  The
 * text is made from operands by name and never asks the encoder.  What may emit
 * nothing is followed by a nop.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cpu/jit/lower.h"
#include "cpu/jit/x64_avx.h"

#define CODE_BYTES (8u << 20)
/* Where the code runs, as far as rip-relative operands know. */
#define RUN_AT 0x10000000u

struct test {
	struct code_buf b;
	size_t at;		/* where the form began */
	FILE *expected;
};

static const char *const r64[] = {
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
};

static const char *const r32[] = {
	"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi",
	"r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d"
};

static const char *const r16[] = {
	"ax", "cx", "dx", "bx", "sp", "bp", "si", "di",
	"r8w", "r9w", "r10w", "r11w", "r12w", "r13w", "r14w", "r15w"
};

static const char *const r8[] = {
	"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil",
	"r8b", "r9b", "r10b", "r11b", "r12b", "r13b", "r14b", "r15b"
};

static const s32 disps[] = {
	0, 1, 8, 127, 128, 0x1234, 0x7fffffff, -1, -8, -128, -129, -0x1234,
	-0x7fffffff - 1
};

static const s32 imms[] = {
	0, 1, 127, 128, 255, 0x8000, 0x7fffffff, -1, -128, -129, -4096,
	-0x7fffffff - 1
};

static const struct {
	enum x64_cc cc;
	const char *name;
} conditions[] = {
	{ CC_B, "b" }, { CC_AE, "ae" }, { CC_E, "e" }, { CC_NE, "ne" },
	{ CC_BE, "be" }, { CC_A, "a" }, { CC_S, "s" }, { CC_NS, "ns" },
	{ CC_P, "p" }, { CC_NP, "np" }, { CC_L, "l" }, { CC_GE, "ge" },
	{ CC_LE, "le" }, { CC_G, "g" },
};

static const struct {
	enum x64_alu op;
	const char *name;
} alus[] = {
	{ ALU_ADD, "add" }, { ALU_OR, "or" }, { ALU_AND, "and" },
	{ ALU_SUB, "sub" }, { ALU_XOR, "xor" }, { ALU_CMP, "cmp" },
};

static const struct {
	enum x64_shift op;
	const char *name;
} shifts[] = {
	{ SH_ROL, "rol" }, { SH_SHL, "shl" }, { SH_SHR, "shr" }, { SH_SAR, "sar" },
};

/* The bytes since the last call are to read as @fmt says. */
static void __attribute__((format(printf, 2, 3)))
want(struct test *t, const char *fmt, ...)
{
	va_list ap;

	if (t->b.used + JIT_BLOCK_BYTES > CODE_BYTES)
		abort();
	fprintf(t->expected, "%zx ", t->at);
	va_start(ap, fmt);
	vfprintf(t->expected, fmt, ap);
	va_end(ap);
	fputc('\n', t->expected);
	t->at = t->b.used;
}

/* An operand of another kind than a bare register, on loan. */
struct text {
	char s[64];
};

static struct text mem(unsigned int base, s32 disp)
{
	struct text m;
	int64_t wide = disp;

	snprintf(m.s, sizeof(m.s), "[%s%c0x%" PRIx64 "]", r64[base],
		 disp < 0 ? '-' : '+', wide < 0 ? -wide : wide);
	return m;
}

/* A base whose low bits are those of rbp has a displacement in any case. */
static struct text mem_index(unsigned int base, unsigned int index,
			     unsigned int scale)
{
	const char *zero = base == RBP || base == R13 ? "+0x0" : "";
	struct text m;

	snprintf(m.s, sizeof(m.s), "[%s+%s*%u%s]", r64[base], r64[index],
		 1u << scale, zero);
	return m;
}

/* Tables: the base points behind their start. */
/* Eight bytes a page of 4 KB in 4 GB: the second table is 8 MB further on. */
static struct text mem_entry(enum jit_table table, unsigned int index)
{
	struct text m;

	snprintf(m.s, sizeof(m.s), "[r13+%s*8%s]", r64[index],
		 table == TABLE_RD ? "-0xc" : "+0x7ffff4");
	return m;
}

static struct text imm_text(bool w, s32 imm)
{
	struct text m;

	if (w)
		snprintf(m.s, sizeof(m.s), "0x%" PRIx64, (u64)(s64)imm);
	else
		snprintf(m.s, sizeof(m.s), "0x%" PRIx32, (u32)imm);
	return m;
}

static const char *reg(bool w, unsigned int r)
{
	return w ? r64[r] : r32[r];
}

/* ---- two registers ------------------------------------------------------- */

static void moves(struct test *t, unsigned int d, unsigned int s)
{
	struct code_buf *b = &t->b;

	mov_rr(b, d, s);
	if (d == s) {
		put8(b, 0x90);
		want(t, "nop");
	} else {
		want(t, "mov %s,%s", r32[d], r32[s]);
	}
	mov_rr64(b, d, s);
	want(t, "mov %s,%s", r64[d], r64[s]);
	movsxd(b, d, s);
	want(t, "movsxd %s,%s", r64[d], r32[s]);
	op0f_rr(b, 0xb6, d, s, true);
	want(t, "movzx %s,%s", r32[d], r8[s]);
	op0f_rr(b, 0xb7, d, s, false);
	want(t, "movzx %s,%s", r32[d], r16[s]);
	op0f_rr(b, 0xbe, d, s, true);
	want(t, "movsx %s,%s", r32[d], r8[s]);
	op0f_rr(b, 0xbf, d, s, false);
	want(t, "movsx %s,%s", r32[d], r16[s]);
	op0f_rr(b, 0xbd, d, s, false);
	want(t, "bsr %s,%s", r32[d], r32[s]);
}

static void arithmetic(struct test *t, unsigned int d, unsigned int s)
{
	static const char *const x[] = { NULL, "shlx", "sarx", "shrx" };
	struct code_buf *b = &t->b;
	unsigned int i, w;

	for (w = 0; w < 2; w++) {
		for (i = 0; i < ARRAY_SIZE(alus); i++) {
			alu_rr(b, alus[i].op, w, d, s);
			want(t, "%s %s,%s", alus[i].name, reg(w, d), reg(w, s));
		}
		for (i = 0; i < ARRAY_SIZE(conditions); i++) {
			cmov(b, w, conditions[i].cc, d, s);
			want(t, "cmov%s %s,%s", conditions[i].name, reg(w, d),
			     reg(w, s));
		}
		test_rr(b, w, d, s);
		want(t, "test %s,%s", reg(w, d), reg(w, s));
		imul_rr(b, w, d, s);
		want(t, "imul %s,%s", reg(w, d), reg(w, s));
	}
	for (i = 0; i < ARRAY_SIZE(imms); i++) {
		imul_rri(b, d, s, (u32)imms[i]);
		want(t, "imul %s,%s,%s", r32[d], r32[s],
		     imm_text(false, imms[i]).s);
	}
	for (i = 0; i < 16; i++) {
		for (w = 1; w < 4; w++) {
			shift_x(b, w, d, s, i);
			want(t, "%s %s,%s,%s", x[w], r64[d], r64[s], r64[i]);
		}
	}
}

static void tables(struct test *t, unsigned int r, unsigned int index)
{
	static const enum jit_table table[] = { TABLE_RD, TABLE_WR };
	struct code_buf *b = &t->b;
	struct text m;
	unsigned int i;

	for (i = 0; i < 2 && index != RSP; i++) {
		m = mem_entry(table[i], index);
		cmp_table(b, table[i], index);
		want(t, "cmp QWORD PTR %s,0x0", m.s);
		ld_table(b, r, table[i], index);
		want(t, "mov %s,QWORD PTR %s", r64[r], m.s);
		cmp_r_table(b, r, table[i], index);
		want(t, "cmp %s,QWORD PTR %s", r64[r], m.s);
	}
}

/* rsp is no index. */
static void indexed(struct test *t, unsigned int base, unsigned int index)
{
	static const char *const width[] = { "", "", "WORD", "", "DWORD", "", "",
					     "", "QWORD" };
	const char *const *names[] = { NULL, NULL, r16, NULL, r32, NULL, NULL,
				       NULL, r64 };
	struct code_buf *b = &t->b;
	struct text m;
	unsigned int r, size;

	if (index == RSP)
		return;
	jmp_table(b, base, index);
	want(t, "jmp QWORD PTR %s", mem_index(base, index, 1).s);
	for (r = 0; r < ARRAY_SIZE(imms); r++) {
		cmp_sib(b, base, index, (u32)imms[r]);
		want(t, "cmp DWORD PTR %s,%s", mem_index(base, index, 3).s,
		     imm_text(false, imms[r]).s);
	}
	for (r = 0; r < 16; r++) {
		lea32_rr(b, r, base, index);
		want(t, "lea %s,%s", r32[r], mem_index(base, index, 0).s);
		for (size = 2; size <= 8; size *= 2) {
			m = mem_index(base, index, 0);
			jit_movbe(b, false, size, r, base, index);
			want(t, "movbe %s,%s PTR %s", names[size][r],
			     width[size], m.s);
			jit_movbe(b, true, size, r, base, index);
			want(t, "movbe %s PTR %s,%s", width[size], m.s,
			     names[size][r]);
		}
		rex(b, true, r, index, base, false);
		put8(b, 0x8b);
		mem_sib(b, r, base, index, r & 3);
		want(t, "mov %s,QWORD PTR %s", r64[r],
		     mem_index(base, index, r & 3).s);
		m = mem_index(base, index, 0);
		vmem_sib(b, 0x10, false, r, base, index);
		want(t, "vmovsd xmm%u,QWORD PTR %s", r, m.s);
		vmem_sib(b, 0x11, false, r, base, index);
		want(t, "vmovsd QWORD PTR %s,xmm%u", m.s, r);
		vmem_sib(b, 0x10, true, r, base, index);
		want(t, "vmovss xmm%u,DWORD PTR %s", r, m.s);
		vmem_sib(b, 0x11, true, r, base, index);
		want(t, "vmovss DWORD PTR %s,xmm%u", m.s, r);
	}
}

/* ---- one register -------------------------------------------------------- */

static void immediates(struct test *t, unsigned int d)
{
	struct code_buf *b = &t->b;
	unsigned int i, k, w;

	for (i = 0; i < ARRAY_SIZE(imms); i++) {
		mov_ri(b, d, (u32)imms[i]);
		if (imms[i])
			want(t, "mov %s,%s", r32[d], imm_text(false, imms[i]).s);
		else
			want(t, "xor %s,%s", r32[d], r32[d]);
		mov_ri64(b, d, (u64)(u32)imms[i] << 24 | 5);
		want(t, "movabs %s,0x%" PRIx64, r64[d],
		     (u64)(u32)imms[i] << 24 | 5);
		test_low(b, d, (u8)imms[i]);
		want(t, "test %s,0x%x", r8[d], imms[i] & 0xff);
		for (w = 0; w < 2; w++) {
			for (k = 0; k < ARRAY_SIZE(alus); k++) {
				alu_ri(b, alus[k].op, w, d, imms[i]);
				want(t, "%s %s,%s", alus[k].name, reg(w, d),
				     imm_text(w, imms[i]).s);
			}
		}
	}
}

static void single(struct test *t, unsigned int d)
{
	struct code_buf *b = &t->b;
	unsigned int i, k, w;

	not_r(b, d);
	want(t, "not %s", r32[d]);
	rol_cl(b, d);
	want(t, "rol %s,cl", r32[d]);
	swap_bytes(b, d, false);
	want(t, "bswap %s", r32[d]);
	swap_bytes(b, d, true);
	want(t, "bswap %s; shr %s,0x10", r32[d], r32[d]);
	push(b, d);
	want(t, "push %s", r64[d]);
	pop(b, d);
	want(t, "pop %s", r64[d]);
	for (i = 0; i < ARRAY_SIZE(conditions); i++) {
		setcc(b, conditions[i].cc, d);
		want(t, "set%s %s", conditions[i].name, r8[d]);
	}
	for (i = 0; i < 64; i++) {
		flip_bit(b, d, i);
		want(t, "btc %s,0x%x", r64[d], i);
		for (k = 0; k < ARRAY_SIZE(shifts); k++) {
			for (w = i > 31; w < 2; w++) {
				shift_ri(b, shifts[k].op, w, d, i);
				want(t, "%s %s,0x%x", shifts[k].name,
				     reg(w, d), i);
			}
		}
	}
}

/* ---- memory with a displacement ------------------------------------------ */

static void constants_at(struct test *t, unsigned int base, s32 disp)
{
	struct text m = mem(base, disp);
	struct code_buf *b = &t->b;
	unsigned int i, k, w;
	u8 imm;

	for (i = 0; i < ARRAY_SIZE(imms); i++) {
		imm = (u8)imms[i];
		st32_imm(b, base, disp, (u32)imms[i]);
		want(t, "mov DWORD PTR %s,%s", m.s, imm_text(false, imms[i]).s);
		st8_imm(b, base, disp, imm);
		want(t, "mov BYTE PTR %s,0x%x", m.s, imm);
		test_byte(b, base, disp, imm);
		want(t, "test BYTE PTR %s,0x%x", m.s, imm);
		for (w = 0; w < 2; w++) {
			cmp_mi(b, w, base, disp, imm);
			want(t, "cmp %s PTR %s,%s", w ? "QWORD" : "DWORD", m.s,
			     imm_text(w, (s8)imm).s);
		}
		for (k = 0; k < ARRAY_SIZE(alus); k++) {
			alu_mi(b, alus[k].op, base, disp, (u32)imms[i]);
			want(t, "%s DWORD PTR %s,%s", alus[k].name, m.s,
			     imm_text(false, imms[i]).s);
		}
	}
}

static void accesses(struct test *t, unsigned int base, s32 disp)
{
	struct text m = mem(base, disp);
	struct code_buf *b = &t->b;
	unsigned int r, k;

	for (r = 0; r < 16; r++) {
		for (k = 0; k < ARRAY_SIZE(alus); k++) {
			alu_rm(b, alus[k].op, r, base, disp);
			want(t, "%s %s,DWORD PTR %s", alus[k].name, r32[r], m.s);
		}
		lea32(b, r, base, disp);
		want(t, "lea %s,%s", r32[r], m.s);
		lea64(b, r, base, disp);
		want(t, "lea %s,%s", r64[r], m.s);
		ld32(b, r, base, disp);
		want(t, "mov %s,DWORD PTR %s", r32[r], m.s);
		ld64(b, r, base, disp);
		want(t, "mov %s,QWORD PTR %s", r64[r], m.s);
		ld8(b, r, base, disp);
		want(t, "movzx %s,BYTE PTR %s", r32[r], m.s);
		st32(b, base, disp, r);
		want(t, "mov DWORD PTR %s,%s", m.s, r32[r]);
		st64(b, base, disp, r);
		want(t, "mov QWORD PTR %s,%s", m.s, r64[r]);
		st8(b, base, disp, r);
		want(t, "mov BYTE PTR %s,%s", m.s, r8[r]);
		vld64(b, r, base, disp);
		want(t, "vmovsd xmm%u,QWORD PTR %s", r, m.s);
		vst64(b, base, disp, r);
		want(t, "vmovsd QWORD PTR %s,xmm%u", m.s, r);
		vld128(b, r, base, disp);
		want(t, "vmovups xmm%u,XMMWORD PTR %s", r, m.s);
		vmem_disp(b, 0x10, true, r, base, disp);
		want(t, "vmovss xmm%u,DWORD PTR %s", r, m.s);
		vmem_disp(b, 0x11, true, r, base, disp);
		want(t, "vmovss DWORD PTR %s,xmm%u", m.s, r);
	}
}

/* ---- jumps and what is relative to rip ------------------------------------ */

static void jumps(struct test *t)
{
	struct code_buf *b = &t->b;
	size_t to, jump, end;
	unsigned int i, k;

	for (i = 0; i < ARRAY_SIZE(conditions); i++) {
		for (k = 0; k < 300; k += 60) {	/* further back than a byte */
			to = t->at > k ? t->at - k : 0;
			jcc_to(b, conditions[i].cc, to);
			want(t, "j%s 0x%zx", conditions[i].name, to);
			jmp_to(b, to);
			want(t, "jmp 0x%zx", to);
			call_to(b, to);
			want(t, "call 0x%zx", to);
		}
		jump = jmp_fwd(b);
		patch_here(b, jump);
		want(t, "jmp 0x%zx", b->used);
		jump = jcc_fwd(b, conditions[i].cc);
		end = b->used;
		for (k = 0; k < i * 20; k++)
			put8(b, 0x90);
		patch_here(b, jump);
		to = b->used;
		b->used = end;		/* read it before the nops */
		want(t, "j%s 0x%zx", conditions[i].name, to);
		for (; b->used < to; t->at = b->used) {
			b->used++;
			want(t, "nop");
		}
	}
}

/* A place of the run-time view, and its text behind the instruction. */
static struct text rip(size_t end, size_t target)
{
	struct text m;

	snprintf(m.s, sizeof(m.s), "[rip+0x%" PRIx64 "]", (u64)(target - end));
	return m;
}

/* Moves of 64 bits, and the address, of a place @off bytes from here. */
static void wide_at(struct test *t, unsigned int r, s32 off)
{
	size_t target = t->at + (size_t)off;
	const void *place = (const void *)(uintptr_t)(RUN_AT + target);
	struct code_buf *b = &t->b;

	st64_at(b, place, r);
	want(t, "mov QWORD PTR %s,%s # 0x%zx", rip(b->used, target).s, r64[r],
	     target);
	ld64_at(b, r, place);
	want(t, "mov %s,QWORD PTR %s # 0x%zx", r64[r], rip(b->used, target).s,
	     target);
	lea_at(b, r, place);
	want(t, "lea %s,%s # 0x%zx", r64[r], rip(b->used, target).s, target);
}

static void relative(struct test *t)
{
	static const struct {
		u8 map, op;
		const char *name;
	} ops[] = {
		{ 1, 0x57, "vxorpd" }, { 1, 0x54, "vandpd" },
		{ 1, 0x56, "vorpd" }, { 2, 0x00, "vpshufb" },
		{ 1, 0xdb, "vpand" }, { 1, 0xdf, "vpandn" },
		{ 1, 0x76, "vpcmpeqd" }, { 2, 0x04, "vpmaddubsw" },
	};
	struct code_buf *b = &t->b;
	unsigned int d, s, i;
	size_t target;
	u64 address;

	for (i = 0; i < ARRAY_SIZE(disps); i++) {
		target = t->at + (size_t)(disps[i] / 16);
		address = RUN_AT + target;
		jmp_slot(b, (const void *)(uintptr_t)address);
		want(t, "jmp QWORD PTR %s # 0x%zx", rip(b->used, target).s,
		     target);
		target = t->at + (size_t)(disps[i] / 16);
		address = RUN_AT + target;
		dec16(b, (const void *)(uintptr_t)address);
		want(t, "sub WORD PTR %s,0x1 # 0x%zx", rip(b->used, target).s,
		     target);
	}
	for (d = 0; d < 16; d++)
		wide_at(t, d, disps[d % ARRAY_SIZE(disps)] / 16);
	for (d = 0; d < 16; d++) {
		for (s = 0; s < 16; s++) {
			target = 256 * d + 16 * s;
			for (i = 0; i < ARRAY_SIZE(ops); i++) {
				vop_const(b, ops[i].map, ops[i].op, d, s, target);
				want(t, "%s xmm%u,xmm%u,XMMWORD PTR %s # 0x%zx",
				     ops[i].name, d, s, rip(b->used, target).s,
				     target);
			}
		}
		target = 16 * d;
		vop_const(b, 2, 0x17, d, 0, target);
		want(t, "vptest xmm%u,XMMWORD PTR %s # 0x%zx", d,
		     rip(b->used, target).s, target);
	}
}

/* ---- floating point ------------------------------------------------------- */

static void three(struct test *t, unsigned int d, unsigned int s1,
		  unsigned int s2)
{
	static const struct {
		u8 pp, op;
		const char *name;
	} ops[] = {
		{ 3, 0x58, "vaddsd" }, { 3, 0x5c, "vsubsd" },
		{ 3, 0x59, "vmulsd" }, { 3, 0x5e, "vdivsd" },
		{ 3, 0x5a, "vcvtsd2ss" }, { 2, 0x5a, "vcvtss2sd" },
		{ 1, 0x57, "vxorpd" }, { 1, 0x54, "vandpd" },
		{ 1, 0x56, "vorpd" },
		{ 2, 0x58, "vaddss" }, { 2, 0x5c, "vsubss" },
		{ 2, 0x59, "vmulss" }, { 2, 0x5e, "vdivss" },
		{ 1, 0x76, "vpcmpeqd" }, { 1, 0x66, "vpcmpgtd" },
		{ 1, 0xeb, "vpor" }, { 1, 0xef, "vpxor" },
		{ 1, 0x6b, "vpackssdw" }, { 1, 0x67, "vpackuswb" },
	};
	static const struct {
		u8 op;
		const char *name;
	} fmas[] = {
		{ 0xb9, "vfmadd231" }, { 0xbb, "vfmsub231" },
		{ 0xbd, "vfnmadd231" }, { 0xbf, "vfnmsub231" },
	};
	struct code_buf *b = &t->b;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		vop(b, ops[i].pp, ops[i].op, d, s1, s2);
		want(t, "%s xmm%u,xmm%u,xmm%u", ops[i].name, d, s1, s2);
	}
	for (i = 0; i < ARRAY_SIZE(fmas); i++) {
		vfma(b, fmas[i].op, true, d, s1, s2);
		want(t, "%ssd xmm%u,xmm%u,xmm%u", fmas[i].name, d, s1, s2);
		vfma(b, fmas[i].op, false, d, s1, s2);
		want(t, "%sss xmm%u,xmm%u,xmm%u", fmas[i].name, d, s1, s2);
	}
	vshuf(b, d, s1, s2, 0xdd);
	want(t, "vshufps xmm%u,xmm%u,xmm%u,0xdd", d, s1, s2);
	vop(b, 3, 0x2a, d, s1, s2);
	want(t, "vcvtsi2sd xmm%u,xmm%u,%s", d, s1, r32[s2]);
}

static void between(struct test *t, unsigned int x, unsigned int r)
{
	struct code_buf *b = &t->b;

	vmov(b, x, r);
	if (x == r) {
		put8(b, 0x90);
		want(t, "nop");
	} else {
		want(t, "vmovapd xmm%u,xmm%u", x, r);
	}
	vcmp(b, false, x, r);
	want(t, "vucomisd xmm%u,xmm%u", x, r);
	vcmp(b, true, x, r);
	want(t, "vucomiss xmm%u,xmm%u", x, r);
	vtest(b, x, r);
	want(t, "vptest xmm%u,xmm%u", x, r);
	vget(b, false, r, x);
	want(t, "vmovd %s,xmm%u", r32[r], x);
	vget(b, true, r, x);
	want(t, "vmovq %s,xmm%u", r64[r], x);
	vput(b, false, x, r);
	want(t, "vmovd xmm%u,%s", x, r32[r]);
	vput(b, true, x, r);
	want(t, "vmovq xmm%u,%s", x, r64[r]);
	vop(b, 3, 0x2c, r, 0, x);
	want(t, "vcvttsd2si %s,xmm%u", r32[r], x);
}

static void all_forms(struct test *t)
{
	unsigned int d, s, i;

	jumps(t);
	relative(t);
	for (d = 0; d < 16; d++) {
		immediates(t, d);
		single(t, d);
		for (i = 0; i < ARRAY_SIZE(disps); i++) {
			accesses(t, d, disps[i]);
			constants_at(t, d, disps[i]);
		}
		for (s = 0; s < 16; s++) {
			moves(t, d, s);
			arithmetic(t, d, s);
			indexed(t, d, s);
			tables(t, d, s);
			between(t, d, s);
			for (i = 0; i < 16; i++)
				three(t, d, s, i);
		}
	}
}

int main(int argc, char **argv)
{
	struct test t = { 0 };
	FILE *f;
	bool ok;

	if (argc != 3)
		return 2;
	t.b.rw = calloc(1, CODE_BYTES);
	t.b.rx = (const u8 *)(uintptr_t)RUN_AT;
	f = fopen(argv[1], "wb");
	t.expected = fopen(argv[2], "w");
	if (!t.b.rw || !f || !t.expected)
		return 1;
	all_forms(&t);
	ok = fwrite(t.b.rw, 1, t.b.used, f) == t.b.used;
	ok &= fclose(f) == 0;
	ok &= fclose(t.expected) == 0;
	return ok ? 0 : 1;
}
