/* SPDX-License-Identifier: MIT */
/*
 * cpu/jit/guess.c - which host page an access is going to find.
 *
 * The tables say what is to be added to an address to reach the host's
 * memory.  To wait for that costs each access a load.  So an access of a hot
 * block goes ahead with what was added there last, and compares it with the
 * table on the side; when they differ, the table is right and is guessed next
 * time.  A wrong guess costs more than a load: a place where too many are
 * wrong does without, and its block is translated anew.
 */
#include "cpu/jit/lower.h"

/*
 * A place is looked at after so many wrong guesses; they must have taken so
 * many instructions each.  After a long time it gets another chance.
 */
#define GUESS_MISSES 256u
#define GUESS_INSNS 2048u
#define GUESS_AGAIN (1u << 31)
/* Nothing is ever added that is not a multiple of 4 KB; 0 means no page. */
#define GUESS_NONE 1u

static bool is_worth_it(struct jit *j, size_t place)
{
	struct jit_place *p = &j->place[place];

	if (!j->guess[place]) {
		j->guess[place] = GUESS_NONE;
		*p = (struct jit_place){ .since = (u32)j->now,
					 .left = GUESS_MISSES };
	}
	if (p->is_off && (u32)j->now - p->since > GUESS_AGAIN)
		p->is_off = 0;
	return !p->is_off;
}

/**
 * guess_page - what to add to an address
 * @l:     block
 * @ea:    host register of the address
 * @page:  host register that gets it, not @ea
 * @table: which
 * @s:     slow path of the access; taken when there is no page
 *
 * Afterwards rax is the table's index.
 */
void guess_page(struct lower *l, unsigned int ea, unsigned int page,
		enum jit_table table, struct slow_path *s)
{
	size_t place = (size_t)(&l->cp->slots[s->insn] - l->j->slots);
	struct code_buf *b = l->b;

	shift_x(b, 3, RAX, ea, R13);
	if (l->is_eager || !is_worth_it(l->j, place)) {
		ld_table(b, page, table, RAX);
		test_rr(b, true, page, page);
		s->jumps[0] = jcc_fwd(b, CC_E);
		return;
	}
	ld64_at(b, page, &l->j->guess[place]);
	cmp_r_table(b, page, table, RAX);
	s->miss.jump = jcc_fwd(b, CC_NE);
	s->miss.back = b->used;
	s->miss.page = (u8)page;
	s->miss.table = table;
	l->guesses++;
}

/**
 * guess_miss - out of line: the page is another one
 * @l: block
 * @s: slow path of the access; jumps[0] is set
 */
void guess_miss(struct lower *l, struct slow_path *s)
{
	size_t place = (size_t)(&l->cp->slots[s->insn] - l->j->slots);
	unsigned int page = s->miss.page;
	struct code_buf *b = l->b;

	patch_here(b, s->miss.jump);
	ld_table(b, page, s->miss.table, RAX);
	test_rr(b, true, page, page);
	s->jumps[0] = jcc_fwd(b, CC_E);
	st64_at(b, &l->j->guess[place], page);
	dec16(b, &l->j->place[place].left);
	jcc_to(b, CC_NS, s->miss.back);
	push(b, RAX);
	lea_at(b, RAX, &l->j->place[place]);
	call_to(b, l->give_up);
	pop(b, RAX);
	jmp_to(b, s->miss.back);
}

/**
 * guess_end - out of line, once in a block: a place has used up its misses
 * @l: block
 */
void guess_end(struct lower *l)
{
	struct code_buf *b = l->b;
	size_t go_on;

	if (!l->guesses)
		return;
	l->give_up = b->used;
	call_to(b, l->j->stubs.judge);
	go_on = jcc_fwd(b, CC_AE);
	jit_forget_block(l, RAX);
	patch_here(b, go_on);
	put8(b, 0xc3);
}

/**
 * guess_emit_judge - stub; rax: a place out of misses.  Carry: it is given up
 * @j: translator with room in its buffer
 */
void guess_emit_judge(struct jit *j)
{
	const s32 since = (s32)offsetof(struct jit_place, since);
	const s32 left = (s32)offsetof(struct jit_place, left);
	struct code_buf *b = &j->buf;
	size_t stays;

	j->stubs.judge = b->used;
	push(b, RCX);
	push(b, RDX);
	ld64(b, RCX, RBP, OFF(limit));
	alu_rr(b, ALU_SUB, true, RCX, R15);	/* about now */
	ld32(b, RDX, RAX, since);
	st32(b, RAX, since, RCX);
	st32_imm(b, RAX, left, GUESS_MISSES);
	alu_rr(b, ALU_SUB, false, RCX, RDX);
	alu_ri(b, ALU_CMP, false, RCX, (s32)(GUESS_MISSES * GUESS_INSNS));
	stays = jcc_fwd(b, CC_AE);
	st32_imm(b, RAX, left, GUESS_MISSES | 1u << 16);
	patch_here(b, stays);
	pop(b, RDX);
	pop(b, RCX);
	put8(b, 0xc3);
}
