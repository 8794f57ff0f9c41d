/* SPDX-License-Identifier: MIT */
/*
 * dhry.c - the mix of Dhrystone: assignments through pointers to records,
 * comparisons of strings of 30 characters, arrays of one and two dimensions,
 * and many short calls.
 */
#include <string.h>

#include "kernels.h"

#define NOINLINE __attribute__((noinline))

enum colour { RED, GREEN, BLUE, WHITE, BLACK };

struct record {
	struct record *next;
	enum colour colour, second;
	int number;
	char text[31];
};

static struct record pool[2];
static struct record *head;
static int total, vector[50], matrix[50][50];
static char first_letter, second_letter;
static int is_seen;

static NOINLINE enum colour pick_colour(enum colour c)
{
	switch (c) {
	case RED: return total > 100 ? RED : BLACK;
	case GREEN: return total > 100 ? BLUE : WHITE;
	case BLUE: return GREEN;
	case WHITE: return WHITE;
	default: return RED;
	}
}

static NOINLINE void add_three(int a, int b, int *sum)
{
	*sum = a + 2 + b;
}

static NOINLINE int same_letter(char a, char b)
{
	char copy = a;

	if (copy != b)
		return 0;
	first_letter = copy;
	return 1;
}

static NOINLINE int text_is_less(const char *a, const char *b)
{
	int i = 2;
	char letter = 'A';

	while (i <= 2) {
		if (same_letter(a[i], b[i + 1])) {
			letter = 'A';
			i++;
		} else {
			letter = 'W';
			i++;
		}
	}
	if (letter == 'R')
		return 0;
	if (strcmp(a, b) > 0) {
		total += 7;
		return 1;
	}
	return 0;
}

static NOINLINE void fill(int *row, int (*square)[50], int at, int value)
{
	int base = at + 5;

	row[base] = value;
	row[base + 1] = row[base];
	row[base + 30] = base;
	for (int i = base; i <= base + 1; i++)
		square[base][i] = base;
	square[base][base - 1]++;
	square[base + 20][base] = row[base];
	total = 5;
}

static NOINLINE void follow(struct record **place)
{
	if (head) {
		*place = head->next;
		add_three(10, total, &head->number);
	}
}

static NOINLINE void walk(struct record *r)
{
	struct record *next = r->next;

	*next = *head;
	r->number = 5;
	next->number = r->number;
	next->next = r->next;
	follow(&next->next);
	if (next->colour == RED) {
		next->number = 6;
		next->second = pick_colour(r->second);
		next->next = head->next;
		add_three(next->number, 10, &next->number);
	} else {
		*r = *r->next;
	}
}

static NOINLINE void letters(void)
{
	int flag = first_letter == 'A';

	is_seen = flag | is_seen;
	second_letter = 'B';
}

static void start(void)
{
	memset(vector, 0, sizeof(vector));
	memset(matrix, 0, sizeof(matrix));
	total = 0;
	is_seen = 0;
	head = &pool[0];
	head->next = &pool[1];
	head->colour = RED;
	head->second = BLUE;
	head->number = 40;
	strcpy(head->text, "A PROGRAM OF STRINGS, SOME ONE");
	matrix[8][7] = 10;
}

uint32_t kernel_dhry(uint32_t n)
{
	char one[31], two[31];
	uint32_t hash = HASH_START;
	int a, b, c = 0;

	start();
	strcpy(one, "A PROGRAM OF STRINGS, FIRST ON");
	for (uint32_t i = 1; i <= n; i++) {
		first_letter = 'A';
		letters();
		a = 2;
		b = 3;
		strcpy(two, "A PROGRAM OF STRINGS, SECOND O");
		is_seen = !text_is_less(one, two);
		while (a < b) {
			c = 5 * a - b;
			add_three(a, b, &c);
			a++;
		}
		fill(vector, matrix, a, c);
		walk(head);
		for (char l = 'A'; l <= second_letter; l++)
			if (same_letter(l, 'C'))
				head->second = pick_colour(GREEN);
		b = b * a;
		a = b / (c | 1);
		b = 7 * (b - c) - a;
		hash = hash_word(hash, (uint32_t)(a + b * 3 + c * 5 + is_seen));
	}
	hash = hash_word(hash, (uint32_t)vector[8]);
	hash = hash_word(hash, (uint32_t)matrix[8][7]);
	return hash_word(hash, (uint32_t)head->next->number);
}
