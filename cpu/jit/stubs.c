/* SPDX-License-Identifier: MIT */
/* cpu/jit/stubs.c - entry, exit and the call of interpreted bodies. */
#include "cpu/jit/lower.h"
#include "cpu/jit/x64_avx.h"

static const u8 saved[] = { RBX, RBP, R12, R13, R14, R15 };
static const u8 volatile_nodes[] = { RSI, RDI, RDX, R8, R9, R10, R11 };
#define FRAME_BYTES (8 + 8 * SPILLS)

/**
 * jit_load_tables - r13, anew
 * @b: buffer
 */
void jit_load_tables(struct code_buf *b)
{
	ld64(b, R13, RBP, OFF(dt.rd));
	alu_ri(b, ALU_ADD, true, R13, TABLE_BIAS);
}

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
	jit_load_tables(b);
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

/**
 * jit_goto_address - jump to the code of any address
 * @j: translator; at run time edx has the address
 */
void jit_goto_address(struct jit *j)
{
	struct code_buf *b = &j->buf;
	size_t miss;

	shift_x(b, 3, RCX, RDX, R13);
	ld64(b, RAX, RBP, OFF(it.ex));
	rex(b, true, RAX, RCX, RAX, false);
	put8(b, 0x8b);
	mem_sib(b, RAX, RAX, RCX, 3);
	test_rr(b, true, RAX, RAX);
	miss = jcc_fwd(b, CC_E);
	shift_ri(b, SH_SHL, false, RCX, 12);
	st32(b, RBP, OFF(ea_page), RCX);
	ld64(b, RCX, RAX, (s32)offsetof(struct codepage, slots));
	mov_rr(b, RAX, RDX);
	alu_ri(b, ALU_AND, false, RAX, 0xffc);
	jmp_table(b, RCX, RAX);
	patch_here(b, miss);
	jmp_to(b, j->stubs.far_miss);
}

/*
 * To a place @off bytes from the page's start, outside.  When the page that is
 * mapped there now still is, its slot is known.
 */
static void goto_page(struct lower *l, u32 off)
{
	const struct jit *j = l->j;
	struct code_buf *b = l->b;
	const struct codepage *cp = softtab_ex(j->mapped, j->page + off);
	u32 id = (u32)(uintptr_t)cp;	/* 0: no page, or it cannot be told */

	ld32(b, RDX, RBP, OFF(ea_page));
	if (!id) {
		alu_ri(b, ALU_ADD, false, RDX, (s32)off);
		jit_goto_address(l->j);
		return;
	}
	alu_ri(b, ALU_ADD, false, RDX, (s32)(off & 0xfffff000u));
	shift_x(b, 3, RCX, RDX, R13);
	ld64(b, RSI, RBP, OFF(it.ex));
	mov_ri(b, RAX, off & 0xffc);
	cmp_sib(b, RSI, RCX, id);
	jcc_to(b, CC_NE, j->stubs.far_other);
	st32(b, RBP, OFF(ea_page), RDX);
	jmp_slot(b, &cp->slots[off >> 2 & (CODE_OPS - 1)]);
}

/**
 * jit_goto_offset - jump to another place of the page
 * @l:   block; all its registers are free
 * @off: bytes from the page's start, modulo 2^32; may lie outside
 */
void jit_goto_offset(struct lower *l, u32 off)
{
	struct code_buf *b = l->b;

	if (off >= 4 * CODE_OPS) {
		goto_page(l, off);
		return;
	}
	mov_ri(b, RAX, off);
	jmp_slot(b, &l->cp->slots[off / 4]);
}

/* What is derived from the context, and the count, after C code ran. */
static void emit_reload(struct code_buf *b)
{
	ld64(b, R15, RBP, OFF(jit_left));
	jit_load_tables(b);
}

/* Volatile registers over a call of C: an odd number, so rsp is aligned. */
static void emit_save(struct code_buf *b)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(volatile_nodes); i++)
		push(b, volatile_nodes[i]);
}

static void emit_restore(struct code_buf *b)
{
	unsigned int i;

	for (i = ARRAY_SIZE(volatile_nodes); i-- > 0;)
		pop(b, volatile_nodes[i]);
}

static void emit_call(struct code_buf *b, uintptr_t function)
{
	mov_ri64(b, RAX, function);
	put8(b, 0xff);		/* call rax */
	modrm(b, 3, 2, RAX);
}

static void emit_slow(struct jit *j)
{
	struct code_buf *b = &j->buf;
	size_t out, away[2];

	j->stubs.slow = b->used;
	emit_save(b);
	mov_rr64(b, RDI, RBP);
	mov_rr64(b, RSI, RCX);
	mov_rr(b, RDX, RAX);
	mov_rr64(b, RCX, R15);
	emit_call(b, (uintptr_t)jit_interpret);
	emit_restore(b);
	test_rr(b, false, RAX, RAX);
	out = jcc_fwd(b, CC_NE);
	emit_reload(b);
	put8(b, 0xc3);
	patch_here(b, out);
	alu_ri(b, ALU_ADD, true, RSP, 8);	/* our return address */
	alu_ri(b, ALU_CMP, false, RAX, JIT_LEFT);
	away[0] = jcc_fwd(b, CC_NE);
	test_byte(b, RBP, OFF(attention), 0xff);
	away[1] = jcc_fwd(b, CC_NE);
	emit_reload(b);
	ld32(b, RDX, RBP, OFF(s.pc));
	jit_goto_address(j);
	patch_here(b, away[0]);
	patch_here(b, away[1]);
	emit_return(b);
}

/**
 * jit_emit_ask - a stub that calls a function with the CPU
 * @b:        buffer
 * @function: C; eax is what it returns, the others are kept, but xmm
 *
 * Returns: where the stub is.
 */
size_t jit_emit_ask(struct code_buf *b, uintptr_t function)
{
	size_t at = b->used;

	emit_save(b);
	mov_rr64(b, RDI, RBP);
	emit_call(b, function);
	emit_restore(b);
	put8(b, 0xc3);
	return at;
}

static u32 write_tlb(struct cpu *cpu, u32 where, u32 val)
{
	cpu_tlbwe(cpu, where >> 2, where & 3, val);
	return !softtab_ex(&cpu->it, cpu->ea_page);
}

static void emit_write_tlb(struct jit *j)
{
	struct code_buf *b = &j->buf;

	j->stubs.write_tlb = b->used;
	emit_save(b);
	mov_rr64(b, RDI, RBP);
	mov_rr(b, RSI, RCX);
	mov_rr(b, RDX, RAX);
	emit_call(b, (uintptr_t)write_tlb);
	emit_restore(b);
	put8(b, 0xc3);
}

static void emit_far_other(struct jit *j)
{
	j->stubs.far_other = j->buf.used;
	alu_rr(&j->buf, ALU_ADD, false, RDX, RAX);
	jit_goto_address(j);
}

static size_t emit_mask(struct code_buf *b, u64 low, u64 high)
{
	size_t at;

	while (b->used % 16)
		put8(b, 0xcc);
	at = b->used;
	put64(b, low);
	put64(b, high);
	return at;
}

/* What follows is the same four times. */
static size_t emit_mask32(struct code_buf *b, u32 v)
{
	return emit_mask(b, (u64)v << 32 | v, (u64)v << 32 | v);
}

struct cr_masks {
	size_t lt, nibble_lt, nibble_gt, nibble_eq;
};

/* xmm @d: four fields from @first on as nibbles without SO, a word each; see
 * cpu/state.h for what is looked at.  xmm0 is 0, 1 to 3 are lost. */
static void emit_nibbles(struct code_buf *b, const struct cr_masks *m,
			 unsigned int d, unsigned int first)
{
	const s32 at = OFF(s.cr) + 8 * (s32)first;

	vld128(b, 1, RBP, at);
	vld128(b, 2, RBP, at + 16);
	vshuf(b, 3, 1, 2, 0x88);		/* lower halves */
	vshuf(b, 1, 1, 2, 0xdd);		/* upper ones */
	vop(b, 1, 0x76, d, 3, 0);		/* vpcmpeqd: EQ */
	vop_const(b, 1, 0xdb, d, d, m->nibble_eq);
	vop_const(b, 1, 0xdb, 2, 1, m->lt);
	vop_const(b, 1, 0x76, 2, 2, m->lt);
	vop_const(b, 1, 0xdb, 2, 2, m->nibble_lt);
	vop(b, 1, 0xeb, d, d, 2);
	vop(b, 1, 0xeb, 3, 3, 1);		/* all is 0, or negative */
	vop(b, 1, 0x76, 3, 3, 0);
	vop(b, 1, 0x66, 1, 0, 1);		/* vpcmpgtd */
	vop(b, 1, 0xeb, 3, 3, 1);
	vop_const(b, 1, 0xdf, 3, 3, m->nibble_gt);
	vop(b, 1, 0xeb, d, d, 3);
}

static void emit_read_cr(struct jit *j)
{
	struct code_buf *b = &j->buf;
	const struct cr_masks m = {
		emit_mask32(b, 1u << 30), emit_mask32(b, 8), emit_mask32(b, 4),
		emit_mask32(b, 2),
	};
	size_t pair = emit_mask32(b, 0x01100110);	/* 16, 1, 16, 1 .. */

	j->stubs.read_cr = b->used;
	vop(b, 1, 0xef, 0, 0, 0);
	emit_nibbles(b, &m, 4, 0);
	emit_nibbles(b, &m, 5, 4);
	vop(b, 1, 0x6b, 4, 4, 5);		/* vpackssdw */
	vop(b, 1, 0x67, 4, 4, 4);		/* vpackuswb */
	vld64(b, 1, RBP, OFF(s.cr_so));
	vop(b, 1, 0xeb, 4, 4, 1);
	vop_const(b, 2, 0x04, 4, 4, pair);	/* vpmaddubsw */
	vop(b, 1, 0x67, 4, 4, 4);
	vget(b, false, RAX, 4);
	swap_bytes(b, RAX, false);
	put8(b, 0xc3);
}

static void emit_masks(struct jit *j)
{
	const u64 none = 0x8080808080808080ull;	/* vpshufb: zero bytes */
	struct jit_stubs *st = &j->stubs;
	struct code_buf *b = &j->buf;

	st->sign[0] = emit_mask(b, 1ull << 63, 0);
	st->sign[1] = emit_mask(b, 1ull << 31, 0);
	st->magnitude[0] = emit_mask(b, ~(1ull << 63), 0);
	st->magnitude[1] = emit_mask(b, ~(1u << 31), 0);
	st->range[0] = emit_mask(b, 0x7feull << 52, 0);
	st->range[1] = emit_mask(b, 0xfeull << 23, 0);
	st->swap[0] = emit_mask(b, 0x0001020304050607ull, none);
	st->swap[1] = emit_mask(b, 0x8080808000010203ull, none);
	st->infinity = emit_mask(b, 0xffull << 23, 0);
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
	jit_emit_switch(j);
	emit_read_cr(j);
	emit_write_tlb(j);
	emit_far_other(j);
	guess_emit_judge(j);
	j->stubs.settle = jit_emit_ask(&j->buf, (uintptr_t)jit_settle);
	emit_masks(j);
	j->floor = j->buf.used;
}
