/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/random/model.c - the faults of QEMU 7.2, each as what it makes
 * of the state after an instruction of Culm's.  What each is, and what the
 * manuals say instead, is in the file qemu-faults.
 */
#include "tests/diff/random/model.h"

#include <stdio.h>

#include "base/bits.h"
#include "cpu/fpu.h"

/* What QEMU keeps between instructions and Culm does not. */
struct model {
	struct core *c;
	struct cpu_state *s;
	struct faults *f;	/* NULL: none is played */
	u32 word;
	enum insn_id id;
	bool is_shared_code;	/* around the programs */
	unsigned int d, a, b;
	u32 xer_extra;		/* reserved bits that mtxer left */
	u32 reserved_ea, reserved_value;
};

static bool plays(struct model *m, enum fault i)
{
	return m->f && m->f->is_listed[i];
}

static void note(struct model *m, enum fault i, bool did)
{
	m->f->was_played[i] |= did;
}

static void step(struct model *m)
{
	m->c->engine->run(m->c->cpu, 1);
	state_settle_fpscr(m->s);
}

/* ---- floating point ---------------------------------------------------- */

#define VX_ARITHMETIC (FPSCR_VXISI | FPSCR_VXIDI | FPSCR_VXZDZ | \
		       FPSCR_VXIMZ | FPSCR_VXSQRT | FPSCR_VXCVI)

static bool is_compare(const struct model *m)
{
	return insn_table[m->id].form == FORM_BF_FA_FB;
}

static bool is_arithmetic(enum insn_id id)
{
	switch (insn_table[id].form) {
	case FORM_F_A_B: case FORM_F_A_C: case FORM_BF_FA_FB:
		return true;
	case FORM_F_A_C_B:
		return id != INSN_fsel;
	case FORM_F_B:
		return id != INSN_fmr && id != INSN_fneg && id != INSN_fabs &&
		       id != INSN_fnabs;
	default:
		return false;
	}
}

static bool is_negated(enum insn_id id)
{
	return id == INSN_fnmadd || id == INSN_fnmsub || id == INSN_fnmadds ||
	       id == INSN_fnmsubs;
}

/* The exception bits that this instruction sets, new or not; its @result. */
static u32 raised_by(struct model *m, u64 *result)
{
	struct cpu_state *s = m->s;
	u64 fpr = s->fpr[m->d];
	s64 cr[8];
	u8 so[8];
	u32 fpscr = s->fpscr, pc = s->pc, raised;

	memcpy(cr, s->cr, sizeof(cr));
	memcpy(so, s->cr_so, sizeof(so));
	s->fpscr &= ~FPSCR_EXC;
	step(m);
	raised = s->fpscr & FPSCR_EXC;
	*result = s->fpr[m->d];
	s->fpr[m->d] = fpr;
	s->fpscr = fpscr;
	s->pc = pc;
	memcpy(s->cr, cr, sizeof(cr));
	memcpy(s->cr_so, so, sizeof(so));
	return raised;
}

static void play_fpscr(struct model *m, u32 before, u32 raised)
{
	u32 v = m->s->fpscr, old;

	if (plays(m, FAULT_fx) && raised) {
		note(m, FAULT_fx, !(v & FPSCR_FX));
		v |= FPSCR_FX;
	}
	if (plays(m, FAULT_fr)) {
		old = v;
		v &= ~FPSCR_FR;
		if (!(raised & (VX_ARITHMETIC | FPSCR_ZX)))
			v |= before & FPSCR_FR;
		note(m, FAULT_fr, old != v);
	}
	if (plays(m, FAULT_compare) && is_compare(m)) {
		old = v;
		v &= ~FPSCR_FI;
		if (raised & FPSCR_VXVC)
			v |= FPSCR_C;
		note(m, FAULT_compare, old != v);
	}
	if (plays(m, FAULT_vxsnan_vximz) && (raised & FPSCR_VXIMZ)) {
		old = v;
		if (!(before & FPSCR_VXSNAN))
			v &= ~FPSCR_VXSNAN;
		note(m, FAULT_vxsnan_vximz, old != v);
	}
	m->s->fpscr = v;
}

static void play_class(struct model *m, u32 raised)
{
	u32 class = m->s->fpscr & FPSCR_FPRF;
	bool is_single = m->word >> 26 == 59 || m->id == INSN_frsp;

	if (plays(m, FAULT_single_denormal) && is_single &&
	    (class == (FPSCR_C | FPSCR_FG) || class == (FPSCR_C | FPSCR_FL))) {
		m->s->fpscr &= ~FPSCR_C;
		note(m, FAULT_single_denormal, true);
	}
	if (plays(m, FAULT_convert_class) && (raised & FPSCR_VXCVI)) {
		m->s->fpscr = (m->s->fpscr & ~FPSCR_FPRF) | FPSCR_C | FPSCR_FU;
		note(m, FAULT_convert_class, true);
	}
}

static void play_convert(struct model *m, u64 operand)
{
	u64 *r = &m->s->fpr[m->d];
	bool is_nan = (operand & ~FPU_SIGN) > FPU_INF;

	if (!plays(m, FAULT_convert_high))
		return;
	if (m->id != INSN_fctiw && m->id != INSN_fctiwz)
		return;
	*r = is_nan ? (u32)*r : (u64)(s64)(s32)(u32)*r;
	note(m, FAULT_convert_high, true);
}

static void step_arithmetic(struct model *m)
{
	struct cpu_state *s = m->s;
	u32 before = s->fpscr, swap = 0, raised;
	u64 operand = s->fpr[m->b], result;

	raised = raised_by(m, &result);
	/*
	 * Rounding after negation is rounding the other way; the sign of an
	 * exact zero is right all the same.
	 */
	if (plays(m, FAULT_negate_first) && is_negated(m->id) && (before & 2) &&
	    (raised & FPSCR_XX)) {
		swap = 1;
		s->fpscr ^= swap;
		raised = raised_by(m, &result);
		note(m, FAULT_negate_first, true);
	}
	step(m);
	s->fpscr ^= swap;
	play_fpscr(m, before, raised);
	play_class(m, raised);
	play_convert(m, operand);
	if ((m->word & 1) && !is_compare(m))
		state_set_cr_field(s, 1, s->fpscr >> 28);
}

static void step_fpscr(struct model *m)
{
	u32 before = m->s->fpscr, v;

	step(m);
	v = m->s->fpscr;
	if (m->id == INSN_mffs && plays(m, FAULT_mffs_high) &&
	    !m->is_shared_code) {
		m->s->fpr[m->d] &= 0xffffffff;
		note(m, FAULT_mffs_high, true);
	}
	if (m->id != INSN_mtfsb1)
		return;
	if (plays(m, FAULT_fx) && (FPSCR_EXC & PPC_BIT(m->d))) {
		v = (v & ~FPSCR_FX) | (before & FPSCR_FX);
		note(m, FAULT_fx, v != m->s->fpscr);
	}
	if (plays(m, FAULT_ni) && m->d == 29) {
		v = (v & ~FPSCR_NI) | (before & FPSCR_NI);
		note(m, FAULT_ni, v != m->s->fpscr);
	}
	m->s->fpscr = v;
	if (m->word & 1)
		state_set_cr_field(m->s, 1, v >> 28);
}

/* ---- integer ----------------------------------------------------------- */

static void step_divide(struct model *m)
{
	u32 a = m->s->gpr[m->a], b = m->s->gpr[m->b];
	bool undefined = b == 0 || (m->id == INSN_divw && a == 0x80000000 &&
				    b == 0xffffffff);

	step(m);
	if (!undefined || !plays(m, FAULT_divide))
		return;
	note(m, FAULT_divide, m->s->gpr[m->d] != a);
	m->s->gpr[m->d] = a;
	if (m->word & 1) {
		m->s->cr[0] = (s32)a;
		m->s->cr_so[0] = m->s->xer_so;
	}
}

static u32 address(const struct model *m)
{
	return (m->a ? m->s->gpr[m->a] : 0) + m->s->gpr[m->b];
}

static u32 word_at(const struct model *m, u32 ea)
{
	return ea - DATA_VA < DATA_MAX ?
	       ldb32(m->c->im->data + (ea - DATA_VA)) : 0;
}

static void step_reserve(struct model *m)
{
	u32 ea = address(m);

	if (m->id == INSN_lwarx) {
		m->reserved_ea = ea;
		m->reserved_value = word_at(m, ea);
	} else {
		if (plays(m, FAULT_stwcx) && m->s->reserve &&
		    (ea != m->reserved_ea ||
		     word_at(m, ea) != m->reserved_value)) {
			m->s->reserve = 0;
			note(m, FAULT_stwcx, true);
		}
		m->reserved_ea = ~0u;
	}
	step(m);
}

/* QEMU keeps every bit but the three flags and what later became flags. */
#define XER_KEPT (~(0xe000007fu | 3u << 18))

static void step_xer(struct model *m)
{
	u32 v = m->s->gpr[m->d];

	step(m);
	if (!plays(m, FAULT_xer_reserved))
		return;
	if (m->id == INSN_mtspr) {
		m->xer_extra = v & XER_KEPT;
	} else {
		m->s->gpr[m->d] |= m->xer_extra;
		note(m, FAULT_xer_reserved, m->xer_extra);
	}
}

/* ---- running ----------------------------------------------------------- */

static bool is_xer_move(const struct model *m)
{
	return (m->id == INSN_mtspr || m->id == INSN_mfspr) &&
	       m->a == N_XER && m->b == 0;
}

static void step_insn(struct model *m)
{
	u32 at = m->s->pc - CODE_VA;

	m->id = INSN_ILLEGAL;
	m->is_shared_code = at < m->c->im->shared_bytes;
	if (at < m->c->im->code_bytes) {
		m->word = ldb32(m->c->im->code + at);
		m->id = insn_find(m->word);
		m->d = PPC_FIELD(m->word, 6, 10);
		m->a = PPC_FIELD(m->word, 11, 15);
		m->b = PPC_FIELD(m->word, 16, 20);
	}
	if (!m->f || m->id == INSN_ILLEGAL)
		step(m);
	else if (is_arithmetic(m->id))
		step_arithmetic(m);
	else if (insn_table[m->id].flags & FP)
		step_fpscr(m);
	else if (m->id == INSN_divw || m->id == INSN_divwu)
		step_divide(m);
	else if (m->id == INSN_lwarx || m->id == INSN_stwcx_rc)
		step_reserve(m);
	else if (is_xer_move(m))
		step_xer(m);
	else
		step(m);
}

/**
 * model_run - run one case, an instruction at a time
 * @c:    core; the interpreter must be its engine
 * @f:    faults to play; NULL: none, this is Culm as it is
 * @item: the case's number in the image
 * @out:  gets one record
 *
 * Returns: false if the case dies or does not end.
 */
bool model_run(struct core *c, struct faults *f, unsigned int item,
	       struct outcome *out)
{
	struct model m = { .c = c, .s = &c->cpu->s, .f = f,
			   .reserved_ea = ~0u };
	unsigned int n;

	out->count = 0;
	out->has_died = false;
	if (f)
		memset(f->was_played, 0, sizeof(f->was_played));
	stb32(c->im->data + NEXT_CASE_AT,
	      DATA_VA + LIST_AT + CASE_BYTES * item);
	core_start(c, out);
	for (n = 0; !out->count && !c->is_over && n < 1u << 20; n++)
		step_insn(&m);
	return out->count && !out->has_died;
}

/* ---- the list ---------------------------------------------------------- */

static const char *const fault_names[] = {
#define FAULT(name, kind) #name,
#include "tests/diff/random/faults.def"
#undef FAULT
};

/**
 * fault_name - the name of a rule
 * @i: enum fault
 */
const char *fault_name(unsigned int i)
{
	return fault_names[i];
}

/**
 * fault_is_played - whether a rule is one of STEP
 * @i: enum fault
 */
bool fault_is_played(unsigned int i)
{
	enum { STEP, MAKE };
	static const u8 kinds[] = {
#define FAULT(name, kind) kind,
#include "tests/diff/random/faults.def"
#undef FAULT
	};

	return kinds[i] == STEP;
}

static bool list_one(struct faults *f, const char *name)
{
	unsigned int i;

	for (i = 0; i < FAULT_COUNT; i++) {
		if (strcmp(fault_names[i], name) != 0)
			continue;
		f->is_listed[i] = true;
		return true;
	}
	return false;
}

/**
 * faults_load - read the list of known faults
 * @f:    filled
 * @path: file; a line that begins with a name lists it, others go on
 *
 * Returns: 0, -1 after a message.
 */
int faults_load(struct faults *f, const char *path)
{
	FILE *in = fopen(path, "r");
	char line[256], name[64];
	int ret = 0;

	memset(f, 0, sizeof(*f));
	if (!in) {
		fprintf(stderr, "diff/random: %s: cannot be read\n", path);
		return -1;
	}
	while (fgets(line, sizeof(line), in)) {
		if (line[0] == '#' || line[0] <= ' ' ||
		    sscanf(line, "%63s", name) != 1)
			continue;
		if (!list_one(f, name)) {
			fprintf(stderr, "diff/random: %s: no rule %s\n", path,
				name);
			ret = -1;
		}
	}
	fclose(in);
	return ret;
}

/**
 * faults_gen_flags - what programs must leave out because of the list
 * @f: list
 *
 * Returns: GEN_NO_x.
 */
unsigned int faults_gen_flags(const struct faults *f)
{
	return (f->is_listed[FAULT_isel] ? GEN_NO_ISEL : 0) |
	       (f->is_listed[FAULT_mac] ? GEN_NO_MAC : 0) |
	       (f->is_listed[FAULT_estimate] ? GEN_NO_ESTIMATE : 0);
}
