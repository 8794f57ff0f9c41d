/* SPDX-License-Identifier: MIT */
/* cpu/jit/stubs.c - entry, exit and the call of interpreted bodies. */
#include "cpu/jit/lower.h"

static const u8 saved[] = { RBX, RBP, R12, R13, R14, R15 };
static const u8 volatile_nodes[] = { RSI, RDI, RDX, R8, R9, R10, R11 };
#define FRAME_BYTES (8 + 8 * SPILLS)

static void emit_enter(struct jit *j)
{
	struct code_buf *b = &j->buf;
	unsigned int i;

	j->stubs.enter = b->used;
	/* rdi: code, rsi: cpu, rdx: left */
	for (i = 0; i < ARRAY_SIZE(saved); i++)
		push(b, saved[i]);
	alu_ri(b, ALU_SUB, true, RSP, FRAME_BYTES);
	mov_rr64(b, RBP, RSI);
	mov_rr64(b, R15, RDX);
	ld64(b, R13, RBP, OFF(dt.rd));
	ld64(b, R14, RBP, OFF(dt.wr));
	put8(b, 0xff);		/* jmp rdi */
	modrm(b, 3, 4, RDI);
}

/* eax: what C gets */
static void emit_return(struct code_buf *b)
{
	unsigned int i;

	alu_ri(b, ALU_ADD, true, RSP, FRAME_BYTES);
	for (i = ARRAY_SIZE(saved); i-- > 0;)
		pop(b, saved[i]);
	put8(b, 0xc3);
}

static void emit_leave(struct jit *j)
{
	struct code_buf *b = &j->buf;

	j->stubs.start = b->used;	/* eax: offset without code */
	j->stubs.leave = b->used;
	ld32(b, RDX, RBP, OFF(ea_page));
	alu_rr(b, ALU_ADD, false, RDX, RAX);
	j->stubs.far_miss = b->used;	/* edx: address */
	st32(b, RBP, OFF(s.pc), RDX);
	st64(b, RBP, OFF(jit_left), R15);
	mov_ri(b, RAX, JIT_GO_ON);
	emit_return(b);
	j->stubs.hot = b->used;		/* eax: offset */
	ld32(b, RDX, RBP, OFF(ea_page));
	alu_rr(b, ALU_ADD, false, RDX, RAX);
	st32(b, RBP, OFF(s.pc), RDX);
	st64(b, RBP, OFF(jit_left), R15);
	mov_ri(b, RAX, JIT_HOT);
	emit_return(b);
}

static void emit_slow(struct jit *j)
{
	struct code_buf *b = &j->buf;
	size_t out;
	unsigned int i;

	j->stubs.slow = b->used;
	for (i = 0; i < ARRAY_SIZE(volatile_nodes); i++)
		push(b, volatile_nodes[i]);	/* an odd number: rsp is aligned */
	mov_rr64(b, RDI, RBP);
	mov_rr64(b, RSI, RCX);
	mov_rr(b, RDX, RAX);
	mov_rr(b, RCX, RAX);
	shift_ri(b, SH_SHR, false, RCX, 16);
	alu_rr(b, ALU_ADD, true, RCX, R15);
	mov_ri64(b, RAX, (uintptr_t)jit_interpret);
	put8(b, 0xff);		/* call rax */
	modrm(b, 3, 2, RAX);
	for (i = ARRAY_SIZE(volatile_nodes); i-- > 0;)
		pop(b, volatile_nodes[i]);
	test_rr(b, false, RAX, RAX);
	out = jcc_fwd(b, CC_NE);
	ld64(b, R15, RBP, OFF(jit_left));
	ld64(b, R13, RBP, OFF(dt.rd));
	ld64(b, R14, RBP, OFF(dt.wr));
	put8(b, 0xc3);
	patch_here(b, out);
	alu_ri(b, ALU_ADD, true, RSP, 8);	/* our return address */
	emit_return(b);
}

static size_t emit_mask(struct code_buf *b, u64 mask)
{
	size_t at;

	while (b->used % 16)
		put8(b, 0xcc);
	at = b->used;
	put64(b, mask);
	put64(b, 0);
	return at;
}

/**
 * jit_emit_stubs - what blocks share, at the start of the buffer
 * @j: translator with an empty buffer
 */
void jit_emit_stubs(struct jit *j)
{
	emit_enter(j);
	emit_leave(j);
	emit_slow(j);
	j->stubs.sign = emit_mask(&j->buf, 1ull << 63);
	j->stubs.magnitude = emit_mask(&j->buf, ~(1ull << 63));
	j->floor = j->buf.used;
}
