/* SPDX-License-Identifier: MIT */
/*
 * core.c - the mix of CoreMark: a linked list that is searched, turned round
 * and sorted by merging, small matrices of 16-bit numbers, a machine that reads
 * numbers from text, and a CRC over all of it.
 */
#include <stddef.h>

#include "kernels.h"

#define ITEMS 256
#define SIDE 12

struct item {
	struct item *next;
	int16_t value, index;
};

static struct item items[ITEMS];
static int16_t left[SIDE][SIDE], right[SIDE][SIDE];
static int32_t product[SIDE][SIDE];

static const char text[] =
	"5012,-1000,+24.5,1e9,oops,0.5E-4,T0,-3.2e+7,..,7+3,65535,-.125,x,1.e3,"
	"33,+,1e,-12,88.75,0x10,12e-2,abc,9,";

static uint16_t crc16(uint16_t crc, uint16_t word)
{
	for (int i = 0; i < 16; i++, word >>= 1) {
		int carry = (crc ^ word) & 1;

		crc >>= 1;
		if (carry)
			crc ^= 0xa001;
	}
	return crc;
}

static struct item *list_make(uint32_t seed)
{
	for (int i = 0; i < ITEMS; i++) {
		items[i].value = (int16_t)next_random(&seed);
		items[i].index = (int16_t)i;
		items[i].next = &items[i + 1];
	}
	items[ITEMS - 1].next = NULL;
	return items;
}

static struct item *list_turn(struct item *list)
{
	struct item *turned = NULL;

	while (list) {
		struct item *next = list->next;

		list->next = turned;
		turned = list;
		list = next;
	}
	return turned;
}

static struct item *list_find(struct item *list, int16_t index)
{
	while (list && list->index != index)
		list = list->next;
	return list;
}

static int by_value(const struct item *a, const struct item *b)
{
	return a->value - b->value;
}

static int by_index(const struct item *a, const struct item *b)
{
	return a->index - b->index;
}

static struct item *list_merge(struct item *a, struct item *b,
			       int (*order)(const struct item *, const struct item *))
{
	struct item *merged = NULL, **tail = &merged;

	while (a && b) {
		struct item **from = order(a, b) <= 0 ? &a : &b;

		*tail = *from;
		tail = &(*tail)->next;
		*from = *tail;
	}
	*tail = a ? a : b;
	return merged;
}

static struct item *list_sort(struct item *list, int n,
			      int (*order)(const struct item *, const struct item *))
{
	struct item *last = list, *second;

	if (n < 2)
		return list;
	for (int i = 1; i < n / 2; i++)
		last = last->next;
	second = last->next;
	last->next = NULL;
	return list_merge(list_sort(list, n / 2, order),
			  list_sort(second, n - n / 2, order), order);
}

static uint16_t list_work(uint16_t crc, uint32_t seed)
{
	struct item *list = list_make(seed);

	for (int i = 0; i < 16; i++) {
		struct item *found = list_find(list, (int16_t)((seed >> i) % ITEMS));

		crc = crc16(crc, found ? (uint16_t)found->value : 1);
		list = list_turn(list);
	}
	list = list_sort(list, ITEMS, by_value);
	for (struct item *i = list; i; i = i->next)
		if (i->index & 1)
			crc = crc16(crc, (uint16_t)i->value);
	list = list_sort(list, ITEMS, by_index);
	return crc16(crc, (uint16_t)list->next->value);
}

static uint16_t matrix_work(uint16_t crc, uint32_t seed)
{
	int32_t sum = 0;

	for (int i = 0; i < SIDE; i++) {
		for (int j = 0; j < SIDE; j++) {
			left[i][j] = (int16_t)next_random(&seed);
			right[i][j] = (int16_t)(left[i][j] >> 4);
		}
	}
	for (int i = 0; i < SIDE; i++) {
		for (int j = 0; j < SIDE; j++) {
			product[i][j] = 0;
			for (int k = 0; k < SIDE; k++) {
				int32_t p = left[i][k] * right[k][j];

				product[i][j] += (p >> 2 & 15) * (p >> 5 & 127);
			}
		}
	}
	for (int i = 0; i < SIDE; i++) {
		for (int j = 0; j < SIDE; j++) {
			sum += product[i][j];
			if (sum > 100000)
				sum = product[i][j] > sum >> 3 ? 1 : sum - 99999;
		}
	}
	return crc16(crc, (uint16_t)sum);
}

enum state { START, SIGN, WHOLE, POINT, FRACTION, POWER, POWER_SIGN, DONE, WRONG };

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static enum state state_next(enum state s, char c)
{
	switch (s) {
	case START:
		return is_digit(c) ? WHOLE : c == '+' || c == '-' ? SIGN :
		       c == '.'	   ? POINT : WRONG;
	case SIGN: return is_digit(c) ? WHOLE : c == '.' ? POINT : WRONG;
	case WHOLE:
		return is_digit(c) ? WHOLE : c == '.' ? FRACTION :
		       c == 'e' || c == 'E' ? POWER : WRONG;
	case POINT: return is_digit(c) ? FRACTION : WRONG;
	case FRACTION:
		return is_digit(c) ? FRACTION : c == 'e' || c == 'E' ? POWER : WRONG;
	case POWER:
		return is_digit(c) ? DONE : c == '+' || c == '-' ? POWER_SIGN : WRONG;
	case POWER_SIGN: return is_digit(c) ? DONE : WRONG;
	case DONE: return is_digit(c) ? DONE : WRONG;
	default: return WRONG;
	}
}

static uint16_t state_work(uint16_t crc, uint32_t seed)
{
	uint16_t ended[WRONG + 1] = { 0 };
	enum state s = START;

	for (uint32_t pass = 0; pass < 8; pass++) {
		for (size_t i = 0; i < sizeof(text) - 1; i++) {
			char c = text[i];

			if (c == ',') {
				ended[s]++;
				s = START;
				continue;
			}
			if (is_digit(c) && (seed >> (i % 32) & 1))
				c = (char)('0' + (c - '0' + pass) % 10);
			s = state_next(s, c);
		}
	}
	for (int i = 0; i <= WRONG; i++)
		crc = crc16(crc, ended[i]);
	return crc;
}

uint32_t kernel_core(uint32_t n)
{
	uint32_t hash = HASH_START, seed = 0x3415;
	uint16_t crc = 0;

	while (n--) {
		uint32_t s = next_random(&seed);

		crc = list_work(crc, s);
		crc = matrix_work(crc, s);
		crc = state_work(crc, s);
		hash = hash_word(hash, crc);
	}
	return hash;
}
