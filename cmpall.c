/* SPDX-License-Identifier: MIT */
/*
 * tests/diff/disasm/compare.c - what objdump printed against disasm().
 *
 *	compare [--all] WORDS RULES <OBJDUMP-OUTPUT
 *
 * A line is a case: WORDS has the words, standard input objdump's lines.  The
 * texts must be equal, so both reject a word or none; RULES lists where they
 * may differ, and a rule that meets nothing fails with --all.  Closes with
 * `N passed, N failed, N skipped`.
 */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bits.h"
#include "cpu/disasm.h"

#define RULES 64
#define SHOWN 100000000

/* NAME | MASK VALUE | OBJDUMP'S TEXT | OURS | REASON, with wildcards. */
struct rule {
	char name[32], theirs[64], ours[64];
	u32 mask, value;
	unsigned long met;
};

static struct rule rules[RULES];
static unsigned int nrules;
static unsigned long passed, failed, both_reject, lenient;

static void fault(const char *text)
{
	fprintf(stderr, "compare: %s\n", text);
	exit(1);
}

static void read_rules(const char *path)
{
	FILE *f = fopen(path, "r");
	char line[512], reason[8];

	if (!f)
		fault("cannot read the rules");
	while (fgets(line, sizeof(line), f)) {
		struct rule *r = &rules[nrules];

		if (line[0] == '#' || line[0] == '\n')
			continue;
		if (nrules == RULES - 1)
			fault("too many rules");
		if (sscanf(line, "%31s | %x %x | %63[^|]| %63[^|]| %7s",
			   r->name, &r->mask, &r->value, r->theirs, r->ours,
			   reason) != 6 || r->value & ~r->mask)
			fault(line);
		/* the blank before the bar */
		r->theirs[strlen(r->theirs) - 1] = '\0';
		r->ours[strlen(r->ours) - 1] = '\0';
		nrules++;
	}
	fclose(f);
}

static bool is_explained(u32 word, const char *theirs, const char *ours)
{
	for (unsigned int i = 0; i < nrules; i++) {
		struct rule *r = &rules[i];

		if ((word & r->mask) == r->value &&
		    !fnmatch(r->theirs, theirs, 0) &&
		    !fnmatch(r->ours, ours, 0)) {
			r->met++;
			return true;
		}
	}
	return false;
}

static void check(u32 word, u32 ea, const char *theirs)
{
	char ours[DISASM_CHARS];
	bool is_word;

	if (disasm(word, ea, ours, sizeof(ours)) >= (int)sizeof(ours))
		fault("a text is longer than DISASM_CHARS");
	is_word = disasm_row(word) != INSN_ILLEGAL;
	if (!is_word && insn_find(word) != INSN_ILLEGAL)
		lenient++;
	if (!strcmp(ours, theirs)) {
		both_reject += !is_word;
		passed++;
	} else if (is_explained(word, theirs, ours)) {
		passed++;
	} else if (failed++ < SHOWN) {
		printf("FAIL %08x at %x: objdump \"%s\", culm \"%s\"\n",
		       (unsigned int)word, (unsigned int)ea, theirs, ours);
	}
}

/* The text of objdump's line `  ADDRESS:\tBYTES \tTEXT`, or NULL. */
static char *line_text(char *line, u32 *word)
{
	char *s = strchr(line, ':');
	unsigned int b[4];

	line[strcspn(line, "\n")] = '\0';
	if (!s || s[1] != '\t' ||
	    sscanf(s + 2, "%x %x %x %x", &b[0], &b[1], &b[2], &b[3]) != 4)
		return NULL;
	*word = b[0] << 24 | b[1] << 16 | b[2] << 8 | b[3];
	s = strchr(s + 2, '\t');
	return s ? s + 1 : NULL;
}

static void compare(FILE *words)
{
	char line[256], *text;
	u32 w, word, ea = 0;

	while (fgets(line, sizeof(line), stdin)) {
		text = line_text(line, &word);
		if (!text)
			continue;
		if (fread(&w, 4, 1, words) != 1 || be32(w) != word)
			fault("objdump prints other words than it was given");
		check(word, ea, text);
		ea += 4;
	}
	if (fread(&w, 4, 1, words) == 1)
		fault("objdump printed too few words");
}

static void report(bool wants_all)
{
	for (unsigned int i = 0; i < nrules; i++) {
		printf("  %10lu by rule: %s\n", rules[i].met, rules[i].name);
		if (wants_all && !rules[i].met) {
			printf("FAIL rule %s: meets nothing\n", rules[i].name);
			failed++;
		}
	}
	printf("  %10lu that neither takes for an instruction\n", both_reject);
	printf("  %10lu that only execution accepts: reserved bits, invalid "
	       "forms\n", lenient);
}

int main(int argc, char **argv)
{
	bool wants_all = argc == 4 && !strcmp(argv[1], "--all");
	FILE *words;

	if (argc != 3 + wants_all) {
		fprintf(stderr, "Usage: compare [--all] WORDS RULES\n");
		return 2;
	}
	words = fopen(argv[1 + wants_all], "rb");
	if (!words)
		fault("cannot read the words");
	read_rules(argv[2 + wants_all]);
	compare(words);
	fclose(words);
	report(wants_all);
	printf("%lu passed, %lu failed, 0 skipped\n", passed, failed);
	return failed || !passed;
}
