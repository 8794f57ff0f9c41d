/* SPDX-License-Identifier: MIT */
/*
 * tests/unit/test_disasm.c - cpu/disasm.c.
 *
 * Words and texts are those that the GNU assembler's own tests expect
 * (gas/testsuite/gas/ppc: 476, booke, simpshft, common), where they are the
 * 440's, or follow from the formats and extended mnemonics of [440UM] A.1,
 * A.2 and [PEM] appendix F.  tests/diff/disasm asks objdump itself.
 */
#include <CUnit/CUnit.h>
#include <stdio.h>

#include "base/bits.h"
#include "cpu/disasm.h"
#include "tests/unit/unit.h"

#define EA 0x1000u

struct word_text {
	u32 word;
	const char *text;
};

static void expect(const struct word_text *t, size_t n)
{
	char buf[DISASM_CHARS], line[128];

	for (size_t i = 0; i < n; i++) {
		memset(buf, '?', sizeof(buf));
		CU_ASSERT_EQUAL(disasm(t[i].word, EA, buf, sizeof(buf)),
				(int)strlen(t[i].text));
		buf[sizeof(buf) - 1] = '\0';
		if (!strcmp(buf, t[i].text))
			continue;
		snprintf(line, sizeof(line), "%08x: \"%s\", not \"%s\"",
			 (unsigned int)t[i].word, buf, t[i].text);
		CU_assertImplementation(CU_FALSE, __LINE__, line, __FILE__,
					"", CU_FALSE);
	}
}

void test_disasm_integer(void)
{
	static const struct word_text t[] = {
		{ 0x7c642a14, "add     r3,r4,r5" },
		{ 0x7c642c15, "addco.  r3,r4,r5" },
		{ 0x3864ff80, "addi    r3,r4,-128" },
		{ 0x3464ff80, "addic.  r3,r4,-128" },
		{ 0x7c6405d5, "addmeo. r3,r4" },
		{ 0x7e309079, "andc.   r16,r17,r18" },
		{ 0x7083dead, "andi.   r3,r4,57005" },
		{ 0x7d6a0035, "cntlzw. r10,r11" },
		{ 0x7d6c6fd7, "divwo.  r11,r12,r13" },
		{ 0x7c83289d, "dlmzb.  r3,r4,r5" },
		{ 0x7c830735, "extsh.  r3,r4" },
		{ 0x10642d99, "macchwsuo. r3,r4,r5" },
		{ 0x10642b58, "maclhw  r3,r4,r5" },
		{ 0x10642951, "mulchw. r3,r4,r5" },
		{ 0x10642fdd, "nmaclhwso. r3,r4,r5" },
		{ 0x1c640005, "mulli   r3,r4,5" },
		{ 0x7e5304d1, "nego.   r18,r19" },
		{ 0x7e0f8b38, "orc     r15,r16,r17" },
		{ 0x60210000, "ori     r1,r1,0" },
		{ 0x50836537, "rlwimi. r3,r4,12,20,27" },
		{ 0x54832026, "rlwinm  r3,r4,4,0,19" },
		{ 0x7c838671, "srawi.  r3,r4,16" },
		{ 0x7d6a6239, "eqv.    r10,r11,r12" },
	};

	expect(t, ARRAY_SIZE(t));
}

void test_disasm_storage(void)
{
	static const struct word_text t[] = {
		{ 0x89210000, "lbz     r9,0(r1)" },
		{ 0x8d410001, "lbzu    r10,1(r1)" },
		{ 0x7e95b0ee, "lbzux   r20,r21,r22" },
		{ 0x80600000, "lwz     r3,0(0)" },
		{ 0x7c60202e, "lwzx    r3,0,r4" },
		{ 0xb861fff0, "lmw     r3,-16(r1)" },
		{ 0x7c6084aa, "lswi    r3,0,16" },
		{ 0x7d8404aa, "lswi    r12,r4,32" },
		{ 0x7c642828, "lwarx   r3,r4,r5" },
		{ 0x7c64292d, "stwcx.  r3,r4,r5" },
		{ 0xcec10010, "lfdu    f22,16(r1)" },
		{ 0x7e95b4ee, "lfdux   f20,r21,r22" },
		{ 0x7d4327ae, "stfiwx  f10,r3,r4" },
		{ 0x7d6a4d2c, "stwbrx  r11,r10,r9" },
		{ 0x7c0955ec, "dcba    r9,r10" },
		{ 0x7c0117ec, "dcbz    r1,r2" },
		{ 0x7c05322c, "dcbt    r5,r6" },
		{ 0x7ca8482c, "icbt    5,r8,r9" },
		{ 0x7c08482c, "icbt    r8,r9" },
		{ 0x7c0327cc, "icread  r3,r4" },
		{ 0x7c00038c, "dccci" },
		{ 0x7c00078c, "iccci" },
	};

	expect(t, ARRAY_SIZE(t));
}

void test_disasm_float(void)
{
	static const struct word_text t[] = {
		{ 0xfea0fa11, "fabs.   f21,f31" },
		{ 0xed4b602a, "fadds   f10,f11,f12" },
		{ 0xfd8a5840, "fcmpo   cr3,f10,f11" },
		{ 0xfc002000, "fcmpu   cr0,f0,f4" },
		{ 0xfd4b6b3b, "fmadd.  f10,f11,f12,f13" },
		{ 0xed4b0333, "fmuls.  f10,f11,f12" },
		{ 0xfd4b6b2e, "fsel    f10,f11,f12,f13" },
		{ 0xedc07830, "fres    f14,f15" },
		{ 0xfdc07835, "frsqrte. f14,f15" },
		{ 0xed40582d, "fsqrts. f10,f11" },
		{ 0xfd40581e, "fctiwz  f10,f11" },
		{ 0xfd900080, "mcrfs   cr3,cr4" },
		{ 0xffe0048f, "mffs.   f31" },
		{ 0xfc0c5d8f, "mtfsf.  6,f11" },
		{ 0xff00f10d, "mtfsfi. 6,15" },
		{ 0xfc60004c, "mtfsb1  3" },
	};

	expect(t, ARRAY_SIZE(t));
}

void test_disasm_system(void)
{
	static const struct word_text t[] = {
		{ 0x44000002, "sc" },
		{ 0x4c00004c, "rfmci" },
		{ 0x4c00012c, "isync" },
		{ 0x7c0004ac, "msync" },
		{ 0x7c0006ac, "mbar" },
		{ 0x7c2006ac, "mbar    1" },
		{ 0x7caa3a86, "mfdcr   r5,234" },
		{ 0x7d106b86, "mtdcr   432,r8" },
		{ 0x7c6022a6, "mfspr   r3,128" },
		{ 0x7c6023a6, "mtspr   128,r3" },
		{ 0x7e6000a6, "mfmsr   r19" },
		{ 0x7c600106, "wrtee   r3" },
		{ 0x7c008146, "wrteei  1" },
		{ 0x7c0007a4, "tlbwe" },
		{ 0x7c210fa4, "tlbwe   r1,r1,1" },
		{ 0x7d0b6724, "tlbsx   r8,r11,r12" },
		{ 0x7c0b6725, "tlbsx.  r11,r12" },
		{ 0x4c853202, "crand   4*cr1+lt,4*cr1+gt,4*cr1+eq" },
		{ 0x4c642902, "crandc  so,4*cr1+lt,4*cr1+gt" },
		{ 0x4c040000, "mcrf    cr0,cr1" },
		{ 0x7d800400, "mcrxr   cr3" },
		{ 0x7c600026, "mfcr    r3" },
		{ 0x7c680120, "mtcrf   128,r3" },
		{ 0x7f832000, "cmpw    cr7,r3,r4" },
		{ 0x2b8300a7, "cmplwi  cr7,r3,167" },
		{ 0x7ca325de, "isel    r5,r3,r4,4*cr5+so" },
	};

	expect(t, ARRAY_SIZE(t));
}

void test_disasm_aliases(void)
{
	static const struct word_text t[] = {
		{ 0x38600010, "li      r3,16" },
		{ 0x3c608000, "lis     r3,-32768" },
		{ 0x60000000, "nop" },
		{ 0x68000000, "xnop" },
		{ 0x7c832378, "mr      r3,r4" },
		{ 0x7c8320f9, "not.    r3,r4" },
		{ 0x5464043e, "clrlwi  r4,r3,16" },
		{ 0x5464003e, "rotlwi  r4,r3,0" },
		{ 0x5464f83e, "rotlwi  r4,r3,31" },
		{ 0x5c65203e, "rotlw   r5,r3,r4" },
		{ 0x5464402e, "slwi    r4,r3,8" },
		{ 0x5464c23f, "srwi.   r4,r3,8" },
		{ 0x54640036, "clrrwi  r4,r3,4" },
		{ 0x5464f800, "slwi    r4,r3,31" },
		{ 0x7c032000, "cmpw    r3,r4" },
		{ 0x2c03ff59, "cmpwi   r3,-167" },
		{ 0x7fe00008, "trap" },
		{ 0x7c832008, "tweq    r3,r4" },
		{ 0x0fe30006, "twui    r3,6" },
		{ 0x0c230005, "twlgti  r3,5" },
		{ 0x0c430005, "twllti  r3,5" },
		{ 0x0ce30005, "twi     7,r3,5" },
		{ 0x7ca3201e, "isellt  r5,r3,r4" },
		{ 0x4cc63182, "crclr   4*cr1+eq" },
		{ 0x4cc63242, "crset   4*cr1+eq" },
		{ 0x4c011382, "cror    lt,gt,eq" },
		{ 0x4c010b82, "crmove  lt,gt" },
		{ 0x4c010842, "crnot   lt,gt" },
		{ 0x7c6ff120, "mtcr    r3" },
		{ 0x7c0802a6, "mflr    r0" },
		{ 0x7c0903a6, "mtctr   r0" },
		{ 0x7e9043a6, "mtsprg  0,r20" },
		{ 0x7e9742a6, "mfsprg  r20,7" },
		{ 0x7c6c42a6, "mftb    r3" },
		{ 0x7c6c42e6, "mftb    r3" },
		{ 0x7c6d42e6, "mftbu   r3" },
		{ 0x7c7e0ba6, "mtesr   r3" },
	};

	expect(t, ARRAY_SIZE(t));
}

/*
 * Prediction by [440UM] "Branch prediction": without the y bit (bit 10) a
 * branch back is taken, one forward or to a register is not.
 */
void test_disasm_branches(void)
{
	static const struct word_text t[] = {
		{ 0x48000010, "b       0x1010" },
		{ 0x4bfffff1, "bl      0xff0" },
		{ 0x48000102, "ba      0x100" },
		{ 0x4bff8003, "bla     0xffff8000" },
		{ 0x41820008, "beq-    0x1008" },
		{ 0x4182fff8, "beq+    0xff8" },
		{ 0x41a20008, "beq+    0x1008" },
		{ 0x41a2fff8, "beq-    0xff8" },
		{ 0x40850102, "blea-   cr1,0x100" },
		{ 0x4200fff0, "bdnz+   0xff0" },
		{ 0x42400011, "bdzl-   0x1010" },
		{ 0x40010010, "bdnzf-  gt,0x1010" },
		{ 0x41630012, "bdzta+  so,0x10" },
		{ 0x42800010, "bc      20,lt,0x1010" },
		{ 0x42310010, "bc+     17,4*cr4+gt,0x1010" },
		{ 0x4e800020, "blr" },
		{ 0x4e800021, "blrl" },
		{ 0x4e800420, "bctr" },
		{ 0x4e800421, "bctrl" },
		{ 0x4d800420, "bltctr-" },
		{ 0x4c8a0421, "bnectrl- cr2" },
		{ 0x4ca60020, "bnelr+  cr1" },
		{ 0x4e200020, "bdnzlr+" },
		{ 0x4e820020, "bclr    20,eq" },
		{ 0x4c000420, "bcctr   0,lt" },
	};

	expect(t, ARRAY_SIZE(t));
}

/* [440UM] 9.2: such words are invalid forms, and executed. */
void test_disasm_reserved(void)
{
	static const struct word_text t[] = {
		{ 0x7c6409d4, ".long 0x7c6409d4" },	/* addme, bit 20 */
		{ 0x7c60202f, ".long 0x7c60202f" },	/* lwzx, bit 31 */
		{ 0x2c230000, ".long 0x2c230000" },	/* cmpwi, bit 10 */
		{ 0x84630004, ".long 0x84630004" },	/* lwzu r3,4(r3) */
		{ 0x94600004, ".long 0x94600004" },	/* stwu r3,4(0) */
		{ 0xb8640000, ".long 0xb8640000" },	/* lmw r3,0(r4) */
		{ 0x7c6604aa, ".long 0x7c6604aa" },	/* lswi r3,r6,32 */
		{ 0x7c632c2a, ".long 0x7c632c2a" },	/* lswx r3,r3,r5 */
		{ 0xfc18048e, ".long 0xfc18048e" },	/* mffsl f0 */
		{ 0x4ea20020, ".long 0x4ea20020" },	/* BO is 21 */
	};

	CU_ASSERT_EQUAL(insn_find(0x7c6409d4), INSN_addme);
	CU_ASSERT_EQUAL(insn_find(0xfc18048e), INSN_mffs);
	expect(t, ARRAY_SIZE(t));
	for (size_t i = 0; i < ARRAY_SIZE(t); i++) {
		CU_ASSERT_EQUAL(disasm_row(t[i].word), INSN_ILLEGAL);
		CU_ASSERT_NOT_EQUAL(insn_find(t[i].word), INSN_ILLEGAL);
	}
}

/*
 * Illegal for the 440 [440UM] A.6, and for the decoder as well: other
 * processors' words, and a wrong opcode bit of sc and stwcx.
 */
void test_disasm_illegal(void)
{
	static const struct word_text t[] = {
		{ 0x00000000, ".long 0x0" },
		{ 0x7c832bf8, ".long 0x7c832bf8" },	/* cmpb */
		{ 0x7c8300f4, ".long 0x7c8300f4" },	/* popcntb */
		{ 0x7c850206, ".long 0x7c850206" },	/* mfdcrx */
		{ 0x7c074624, ".long 0x7c074624" },	/* tlbivax */
		{ 0x7ca60226, ".long 0x7ca60226" },	/* mfapidi */
		{ 0x78640fe0, ".long 0x78640fe0" },	/* srdi */
		{ 0x44000000, ".long 0x44000000" },
		{ 0x7c64292c, ".long 0x7c64292c" },
	};

	expect(t, ARRAY_SIZE(t));
	for (size_t i = 0; i < ARRAY_SIZE(t); i++)
		CU_ASSERT_EQUAL(insn_find(t[i].word), INSN_ILLEGAL);
}

void test_disasm_cut(void)
{
	char buf[8] = "???????";

	CU_ASSERT_EQUAL(disasm(0x7c642a14, 0, buf, 5), 16);
	CU_ASSERT_STRING_EQUAL(buf, "add ");
	CU_ASSERT_EQUAL(buf[5], '?');
	CU_ASSERT_EQUAL(disasm(0x7c642a14, 0, NULL, 0), 16);
}

/* Words from a fixed seed: no text is longer than promised. */
void test_disasm_every_word_fits(void)
{
	char buf[DISASM_CHARS];
	u32 seed = 440;

	for (int i = 0; i < 1000000; i++) {
		enum insn_id id;
		u32 word;

		seed = seed * 1664525 + 1013904223;
		word = seed ^ seed >> 13;
		id = disasm_row(word);
		if (disasm(word, seed, buf, sizeof(buf)) >= DISASM_CHARS)
			CU_FAIL("a text is too long");
		if (id != INSN_ILLEGAL && id != insn_find(word))
			CU_FAIL("the decoders find different rows");
		if ((id == INSN_ILLEGAL) != (buf[0] == '.'))
			CU_FAIL("a text is not that of its row");
	}
}
