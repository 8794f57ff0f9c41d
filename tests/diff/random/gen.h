/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/gen.h - random programs of user-level instructions.
 *
 * A program is a list of items, each of some words that belong together; a
 * branch names the item that it goes to, so that items can be taken out and
 * what is left is still a program that ends.  Knows nothing of who runs it.
 *
 * What a program may rely on: register `base` points DATA_BIAS bytes into a
 * data area of DATA_BYTES, aligned to 64; it and `loop` are never written
 * by anything else.
 */
#ifndef TESTS_DIFF_RANDOM_GEN_H
#define TESTS_DIFF_RANDOM_GEN_H

#include "cpu/decode.h"
#include "tests/diff/random/rng.h"

#define DATA_BYTES	512u
#define DATA_BIAS	256u
/* Constants follow at this distance from the area's first byte. */
#define CONST_AT	1024u
#define CONST_BYTES	1024u
/* The last of them are FPSCR images without enabled exceptions. */
#define CONST_FPSCRS	16u

#define ITEM_WORDS	16
#define NO_ITEM		(-1)
#define ROWS_MAX	INSN_COUNT

/* How the distance to an item gets into a word. */
enum fix {
	FIX_NONE,
	FIX_I,		/* 26 bits: b */
	FIX_B,		/* 16 bits: bc */
	FIX_ABSOLUTE,	/* 26 bits: ba */
	FIX_ADDI,	/* addi: distance from the word after the bl .+4 */
};

struct item {
	u8 n;		/* words; 0: nothing, taken out */
	u8 fix, fix_at;	/* which word, and how */
	u8 link_at;	/* FIX_ADDI: the word after bl .+4 */
	s32 target;	/* item, may be one past the last */
	s32 partner;	/* the other end of a loop, or NO_ITEM */
	u32 w[ITEM_WORDS];
};

struct program {
	struct item *items;
	unsigned int n, size;
	u8 base, loop[2];
};

/* What a program must not hold. */
enum gen_flags {
	GEN_NO_ISEL = 1 << 0,
	GEN_NO_MAC = 1 << 1,		/* but unsigned ones with OE or saturated */
	GEN_NO_ESTIMATE = 1 << 2,
	GEN_NO_ENABLES = 1 << 3,	/* FPSCR[VE OE UE ZE XE] stay 0 */
	GEN_NO_NI = 1 << 4,
	GEN_NO_TIME = 1 << 5,		/* reads of the time base */
	GEN_NO_TRAP = 1 << 6,
	GEN_NO_USPR = 1 << 7,		/* USPRG0, SPRG4-7 */
	GEN_NO_FP = 1 << 8,
};

enum gen_class {
	CLASS_INT, CLASS_CR, CLASS_MEM, CLASS_STRING, CLASS_RESERVE,
	CLASS_FMEM, CLASS_FARITH, CLASS_FMOVE, CLASS_FPSCR, CLASS_SPR,
	CLASS_CACHE, CLASS_HINT, CLASS_SYNC, CLASS_TRAP, CLASS_BRANCH,
	CLASS_PRIV,
	CLASS_COPY,		/* of no row of its own: mr */
	CLASS_COUNT
};

/* A row of insn.def with the bits of its opcode. */
struct gen_row {
	enum insn_id id;
	u32 word;
};

struct gen {
	struct rng rng;
	unsigned int flags;
	struct gen_row rows[CLASS_COUNT][ROWS_MAX];
	unsigned int count[CLASS_COUNT];
	/* of the program that is made */
	struct program *prog;
	u8 hot[8];		/* registers that are used more often */
	bool ctr_is_busy;	/* a loop counts in it */
	unsigned int depth;	/* loops around */
	/* items of somebody else, in @extra_percent cases of a hundred */
	void (*extra)(struct gen *g);
	unsigned int extra_percent;
};

void gen_init(struct gen *g, unsigned int flags);
void gen_program(struct gen *g, struct program *p, u64 seed,
		 unsigned int items);
void program_free(struct program *p);
unsigned int program_words(const struct program *p);
unsigned int program_layout(const struct program *p, u32 at, u32 *words);

/* gen_op.c: one item of a class */
void gen_item(struct gen *g, enum gen_class class);
/* gen.c, for gen_op.c */
struct item *gen_new_item(struct gen *g);
void put_word(struct item *it, u32 word);
unsigned int gen_gpr(struct gen *g);
unsigned int gen_free_gpr(struct gen *g);
bool gen_is_reserved(const struct gen *g, unsigned int r);
unsigned int gen_fpr(struct gen *g);
void put_constant(struct item *it, unsigned int r, u32 value);

/* clang-format off */
static inline u32 field_d(unsigned int v) { return v << 21; }
static inline u32 field_a(unsigned int v) { return v << 16; }
static inline u32 field_b(unsigned int v) { return v << 11; }
static inline u32 field_c(unsigned int v) { return v << 6; }
/* clang-format on */

#define W_ADDI(d, a, v) (14u << 26 | field_d(d) | field_a(a) | ((v) & 0xffff))
#define W_ADDIS(d, a, v) (15u << 26 | field_d(d) | field_a(a) | ((v) & 0xffff))
#define W_ORI(a, s, v) (24u << 26 | field_d(s) | field_a(a) | ((v) & 0xffff))
#define W_X(xo, d, a, b) (31u << 26 | field_d(d) | field_a(a) | field_b(b) | \
			  (u32)(xo) << 1)
#define W_MTSPR(n, s)	W_X(467, s, (n) & 31, (n) >> 5)
#define W_MFSPR(d, n)	W_X(339, d, (n) & 31, (n) >> 5)
#define W_D(op, d, a, v) ((u32)(op) << 26 | field_d(d) | field_a(a) | \
			  ((u32)(v) & 0xffff))
#define W_B(disp)	(18u << 26 | ((u32)(disp) & 0x03fffffc))
#define W_BC(bo, bi, disp) (16u << 26 | field_d(bo) | field_a(bi) | \
			    ((u32)(disp) & 0xfffc))
#define W_BL_NEXT	(W_B(4) | 1)
#define N_XER		1u
#define N_LR		8u
#define N_CTR		9u

#endif
