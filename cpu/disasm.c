/* SPDX-License-Identifier: MIT */
/*
 * cpu/disasm.c - the disassembler, generated from insn.def, form.def,
 * operand.def and alias.def.
 *
 * It is stricter than the decoder: a word with reserved bits set, or an
 * invalid form, is no instruction here, as in binutils, and is executed there,
 * as by the 440.  Knows no state: a word means the same everywhere, but for
 * the target of a branch.
 */
#include "cpu/disasm.h"
#include "base/bits.h"
#include "cpu/spr.h"

/* Bits of bc and bclr that are opcodes of their own to the reader. */
#define LK 1u
#define AA 2u
#define Y_HINT PPC_BIT(10)

enum operand_kind {
	GPR, GPR0, FPR, SIGNED, UNSIGNED, COUNT, REST, SPLIT, CRF, CRBIT,
	TARGET,
};

struct operand {
	const char *name;
	u8 first, last, kind;
};

static const struct operand operands[] = {
#define OPERAND(name, first, last, kind) { #name, first, last, kind },
#include "cpu/operand.def"
#undef OPERAND
};

static const char *const form_operands[FORM_COUNT] = {
#define FORM(name, ops, ...) [FORM_##name] = ops,
#include "cpu/form.def"
#undef FORM
};

/* Bits that tell a row's words from those of others. */
#define ROW(name, first, last) \
	[INSN_##name] = PPC_MASK(0, 5) | PPC_MASK(first, last),
static const u32 opcode_bits[INSN_COUNT] = {
#define OP(xo, name, ...)	ROW(name, 0, 5)
#define OP_1(xo, name, ...)	ROW(name, 30, 30)
#define X19(xo, name, ...)	ROW(name, 21, 30)
#define X31(xo, name, ...)	ROW(name, 21, 30)
#define X31_1(xo, name, ...)	ROW(name, 21, 31)
#define XO31(xo, name, ...)	ROW(name, 22, 30)
#define A31(xo, name, ...)	ROW(name, 26, 30)
#define X4(xo, name, ...)	ROW(name, 21, 30)
#define XO4(xo, name, ...)	ROW(name, 22, 30)
#define A59(xo, name, ...)	ROW(name, 26, 30)
#define A63(xo, name, ...)	ROW(name, 26, 30)
#define X63(xo, name, ...)	ROW(name, 21, 30)
#define INSN(...)
#include "cpu/insn.def"
};

/* ---- operands --------------------------------------------------------- */

static bool is_name(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		(c >= '0' && c <= '9');
}

/* The operand whose name begins at *@s, which moves behind it, or NULL. */
static const struct operand *next_operand(const char **s)
{
	size_t n = 0, i;

	while (is_name((*s)[n]))
		n++;
	for (i = 0; n && i < ARRAY_SIZE(operands); i++)
		if (!strncmp(operands[i].name, *s, n) && !operands[i].name[n]) {
			*s += n;
			return &operands[i];
		}
	return NULL;
}

static u32 operand_value(u32 word, unsigned int first, unsigned int last,
			 enum operand_kind kind)
{
	u32 v = PPC_FIELD(word, first, last);

	switch (kind) {
	case SIGNED:
		return (u32)sext(v, last - first + 1);
	case TARGET:
		return (u32)sext(v, last - first + 1) << 2;
	case SPLIT:
		return (v & 31) << 5 | v >> 5;
	case COUNT:
		return v ? v : 32;
	case REST:
		return 31 - v;
	default:
		return v;
	}
}

/* Every operand by its name, for the conditions of form.def and alias.def. */
#define OPERAND(name, first, last, kind) \
	const u32 name __attribute__((unused)) = \
		operand_value(word, first, last, kind);

/* ---- what is an instruction ------------------------------------------- */

/* With z bits 0; the last bit is a hint, but not where nothing is tested. */
static bool is_bo(u32 bo)
{
	switch (bo & 0x14) {
	case 0x00:
		return true;
	case 0x04:
		return !(bo & 2);
	case 0x10:
		return !(bo & 8);
	default:
		return bo == 0x14;
	}
}

/* Does a load of @bytes to @first and the next registers write @reg? */
static bool in_string(u32 reg, u32 first, u32 bytes)
{
	return ((reg - first) & 31) < (bytes + 3) / 4;
}

static bool is_invalid(unsigned int form, u32 word)
{
#include "cpu/operand.def"
	switch (form) {
#define FORM(name, ops, invalid) case FORM_##name: return invalid;
#include "cpu/form.def"
#undef FORM
	}
	return true;
}

static u32 reserved_bits(enum insn_id id)
{
	const struct insn_info *row = &insn_table[id];
	const char *s = form_operands[row->form];
	u32 used = opcode_bits[id];

	while (*s) {
		const struct operand *o = next_operand(&s);

		if (o)
			used |= PPC_MASK(o->first, o->last);
		else
			s++;
	}
	if (row->flags & RC)
		used |= PPC_BIT(31);
	if (row->flags & OE)
		used |= PPC_BIT(21);
	if (row->form == FORM_I || row->form == FORM_B)
		used |= AA | LK;
	if (row->form == FORM_XL_B)
		used |= LK;
	return ~used;
}

/**
 * disasm_row - the row of a word that is a valid form of its instruction
 * @word: instruction
 *
 * Returns: the row's number; INSN_ILLEGAL also where insn_find() finds one,
 * but a reserved bit is set or the operands make an invalid form.
 */
enum insn_id disasm_row(u32 word)
{
	enum insn_id id = insn_find(word);

	if (id == INSN_ILLEGAL || (word & reserved_bits(id)) ||
	    is_invalid(insn_table[id].form, word))
		return INSN_ILLEGAL;
	return id;
}

/* ---- text ------------------------------------------------------------- */

struct text {
	const char *mnemonic, *operands;
	bool is_alias;
};

static struct text find_text(enum insn_id id, u32 word)
{
#include "cpu/operand.def"
#define ALIAS(row, mnem, ops, condition) \
	if (id == INSN_##row && (condition)) \
		return (struct text){ mnem, ops, true };
#include "cpu/alias.def"
	return (struct text){ insn_table[id].mnemonic,
			      form_operands[insn_table[id].form], false };
}
#undef OPERAND

struct out {
	char *buf;
	size_t size, at;	/* @at counts what did not fit, too */
};

static void put_char(struct out *o, char c)
{
	if (o->at + 1 < o->size)
		o->buf[o->at] = c;
	o->at++;
}

static void put_text(struct out *o, const char *s)
{
	while (*s)
		put_char(o, *s++);
}

static void put_number(struct out *o, u32 v, u32 base)
{
	char digit[10];
	unsigned int n = 0;

	do
		digit[n++] = "0123456789abcdef"[v % base];
	while ((v /= base));
	while (n)
		put_char(o, digit[--n]);
}

static void put_named(struct out *o, const char *name, u32 v)
{
	put_text(o, name);
	put_number(o, v, 10);
}

static void put_cr_bit(struct out *o, u32 bit)
{
	static const char *const name[] = { "lt", "gt", "eq", "so" };

	if (bit >> 2) {
		put_named(o, "4*cr", bit >> 2);
		put_char(o, '+');
	}
	put_text(o, name[bit & 3]);
}

static void put_operand(struct out *o, const struct operand *op, u32 word,
			u32 ea)
{
	u32 v = operand_value(word, op->first, op->last, op->kind);

	switch ((enum operand_kind)op->kind) {
	case GPR0:
		put_named(o, v ? "r" : "", v);
		break;
	case GPR:
		put_named(o, "r", v);
		break;
	case FPR:
		put_named(o, "f", v);
		break;
	case CRF:
		put_named(o, "cr", v);
		break;
	case CRBIT:
		put_cr_bit(o, v);
		break;
	case TARGET:
		put_text(o, "0x");
		put_number(o, word & AA ? v : ea + v, 16);
		break;
	case SIGNED:
		if ((s32)v < 0)
			put_char(o, '-');
		put_number(o, (s32)v < 0 ? -v : v, 10);
		break;
	default:
		put_number(o, v, 10);
	}
}

static void put_operands(struct out *o, const char *s, u32 word, u32 ea)
{
	while (*s) {
		const struct operand *op = next_operand(&s);

		if (op) {
			put_operand(o, op, word, ea);
			continue;
		}
		if (*s != '=' && *s != '+' && *s != '*')
			put_char(o, *s);
		s++;
	}
}

/*
 * Without a hint, a branch back is expected to be taken, and one forward or to
 * a register is not; a hint says the opposite.  [440UM] "Branch prediction".
 */
static bool is_taken(unsigned int form, u32 word)
{
	bool is_back = form == FORM_B && (word & 0x8000);

	return is_back != !!(word & Y_HINT);
}

static void put_branch_bits(struct out *o, unsigned int form, u32 word,
			    bool is_alias)
{
	if (word & LK)
		put_char(o, 'l');
	if (form == FORM_I || form == FORM_B) {
		if (word & AA)
			put_char(o, 'a');
	}
	if (form == FORM_I || PPC_FIELD(word, 6, 10) == 20)
		return;
	if (is_taken(form, word) && (is_alias || (word & Y_HINT)))
		put_char(o, '+');
	else if (is_alias)
		put_char(o, '-');
}

static void put_mnemonic(struct out *o, enum insn_id id, u32 word,
			 const struct text *t)
{
	const struct insn_info *row = &insn_table[id];

	put_text(o, t->mnemonic);
	if (row->form == FORM_I || row->form == FORM_B ||
	    row->form == FORM_XL_B)
		put_branch_bits(o, row->form, word, t->is_alias);
	if ((row->flags & OE) && (word & PPC_BIT(21)))
		put_char(o, 'o');
	if ((row->flags & RC) && (word & PPC_BIT(31)))
		put_char(o, '.');
}

/**
 * disasm - an instruction as text
 * @word: instruction
 * @ea:   where it is, for the target of a branch
 * @buf:  filled with text and a 0; DISASM_CHARS are enough
 * @n:    size of @buf; the text is cut to it
 *
 * Returns: length of the whole text.  A word that is no instruction gives
 * ".long 0x" and its digits.
 * Source:  binutils 2.40, objdump -M 440 [measured: tests/diff/disasm].
 */
int disasm(u32 word, u32 ea, char *buf, size_t n)
{
	struct out o = { buf, n, 0 };
	enum insn_id id = disasm_row(word);

	if (id == INSN_ILLEGAL) {
		put_text(&o, ".long 0x");
		put_number(&o, word, 16);
	} else {
		struct text t = find_text(id, word);

		put_mnemonic(&o, id, word, &t);
		if (*t.operands) {
			do
				put_char(&o, ' ');
			while (o.at < 8);
			put_operands(&o, t.operands, word, ea);
		}
	}
	if (n)
		buf[o.at < n ? o.at : n - 1] = '\0';
	return (int)o.at;
}
