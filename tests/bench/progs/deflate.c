/* SPDX-License-Identifier: MIT */
/*
 * deflate.c - packs and unpacks text in the way of Deflate: a window of 32 KB,
 * chains of equal hashes, lazy matches, canonical Huffman codes for each block.
 *
 * The format is our own.  A block: 4 bits for the length of each code, then
 * symbols up to END, bits from the lowest.  Symbols are bytes, END, and lengths;
 * a length is followed by a distance.  Both are numbers in classes: 0 to 3 are
 * themselves, then two classes for each power of two, with extra bits.
 */
#include <string.h>

#include "kernels.h"

#define INPUT (128 * 1024)
#define BLOCK 16384	/* tokens */
#define WINDOW 32768
#define CHAIN 32
#define HASHES 8192
#define LEAST 3
#define MOST 258
#define END 256
#define SYMBOLS (END + 1 + 16)
#define DISTANCES 30
#define LONGEST 15
#define FAST 10

struct code {
	uint8_t length[SYMBOLS];
	uint16_t bits[SYMBOLS];
};

struct reader {
	const uint8_t *at;
	uint32_t bits;
	int count;
};

struct decoder {
	uint16_t fast[1 << FAST];	/* symbol << 4 | length, 0: longer */
	uint16_t first[LONGEST + 1], offset[LONGEST + 1], number[LONGEST + 1];
	uint16_t symbol[SYMBOLS];
};

static uint8_t input[INPUT + MOST], packed[INPUT + INPUT / 4], output[INPUT];
static int32_t head[HASHES], chain[WINDOW];
static uint32_t tokens[BLOCK];	/* a byte, or length << 16 | distance */
static uint8_t *out;
static uint32_t out_bits;
static int out_count;
static struct code symbols, distances;
static struct decoder symbol_decoder, distance_decoder;

/* Words of a made-up language, the first ones often. */
static void write_text(uint32_t seed)
{
	char words[512][10];
	uint32_t at = 0;

	for (int i = 0; i < 512; i++) {
		int n = 2 + (int)(next_random(&seed) % 7);

		for (int j = 0; j < n; j++)
			words[i][j] = "etaoinshrdlucmfwyp"[next_random(&seed) % 18];
		words[i][n] = 0;
	}
	while (at < INPUT) {
		uint32_t r = next_random(&seed);
		const char *word = words[(r & 511) * (r >> 9 & 511) >> 9];

		while (*word && at < INPUT)
			input[at++] = (uint8_t)*word++;
		if (at < INPUT)
			input[at++] = r >> 28 ? ' ' : '\n';
	}
}

static int class_of(uint32_t value, int *extra)
{
	int top;

	*extra = 0;
	if (value < 4)
		return (int)value;
	top = 31 - __builtin_clz(value);
	*extra = top - 1;
	return 2 * top + (int)(value >> (top - 1) & 1);
}

static uint32_t class_base(int group, int *extra)
{
	*extra = group < 4 ? 0 : group / 2 - 1;
	return group < 4 ? (uint32_t)group : (2u | (group & 1)) << *extra;
}

static void put_bits(uint32_t bits, int n)
{
	out_bits |= bits << out_count;
	for (out_count += n; out_count >= 8; out_count -= 8) {
		*out++ = (uint8_t)out_bits;
		out_bits >>= 8;
	}
}

/* Lengths of the Huffman codes of @n symbols; false: one is above LONGEST. */
static int code_lengths(const uint32_t *weight, int n, uint8_t *length)
{
	static uint32_t w[2 * SYMBOLS];
	static int parent[2 * SYMBOLS];
	int nodes = n;

	for (int i = 0; i < n; i++)
		w[i] = weight[i];
	for (;;) {
		int a = -1, b = -1;

		for (int i = 0; i < nodes; i++) {
			if (!w[i])
				continue;
			if (a < 0 || w[i] < w[a]) {
				b = a;
				a = i;
			} else if (b < 0 || w[i] < w[b]) {
				b = i;
			}
		}
		if (b < 0)
			break;
		w[nodes] = w[a] + w[b];
		w[a] = w[b] = 0;
		parent[a] = parent[b] = nodes++;
	}
	for (int i = 0; i < n; i++) {
		int depth = 0;

		for (int at = i; weight[i] && at < nodes - 1; at = parent[at])
			depth++;
		if (depth > LONGEST)
			return 0;
		length[i] = (uint8_t)depth;
	}
	return 1;
}

/* Canonical codes, turned round: the first bit is the lowest. */
static void code_make(struct code *code, uint32_t *weight, int n)
{
	uint32_t next = 0;

	/* two at least, so that every code has a bit */
	weight[0]++;
	weight[1]++;
	while (!code_lengths(weight, n, code->length))
		for (int i = 0; i < n; i++)
			weight[i] = weight[i] ? weight[i] / 2 + 1 : 0;
	for (int length = 1; length <= LONGEST; length++, next <<= 1) {
		for (int i = 0; i < n; i++) {
			uint32_t turned = 0;

			if (code->length[i] != length)
				continue;
			for (int bit = 0; bit < length; bit++)
				turned |= (next >> bit & 1) << (length - 1 - bit);
			code->bits[i] = (uint16_t)turned;
			next++;
		}
	}
	for (int i = 0; i < n; i++)
		put_bits(code->length[i], 4);
}

static void put_class(const struct code *code, int base, uint32_t value)
{
	int extra, group = class_of(value, &extra);

	put_bits(code->bits[base + group], code->length[base + group]);
	put_bits(value & ((1u << extra) - 1), extra);
}

static void put_block(int n)
{
	uint32_t symbol[SYMBOLS] = { 0 }, distance[DISTANCES] = { 0 };
	int extra;

	symbol[END] = 1;
	for (int i = 0; i < n; i++) {
		if (tokens[i] < 256) {
			symbol[tokens[i]]++;
			continue;
		}
		symbol[END + 1 + class_of((tokens[i] >> 16) - LEAST, &extra)]++;
		distance[class_of((tokens[i] & 0xffff) - 1, &extra)]++;
	}
	code_make(&symbols, symbol, SYMBOLS);
	code_make(&distances, distance, DISTANCES);
	for (int i = 0; i < n; i++) {
		if (tokens[i] < 256) {
			put_bits(symbols.bits[tokens[i]], symbols.length[tokens[i]]);
			continue;
		}
		put_class(&symbols, END + 1, (tokens[i] >> 16) - LEAST);
		put_class(&distances, 0, (tokens[i] & 0xffff) - 1);
	}
	put_bits(symbols.bits[END], symbols.length[END]);
}

static uint32_t hash_at(int32_t at)
{
	uint32_t v = input[at] | (uint32_t)input[at + 1] << 8 |
		     (uint32_t)input[at + 2] << 16;

	return v * 2654435761u >> 19;
}

static void enter(int32_t at)
{
	uint32_t h = hash_at(at);

	chain[at % WINDOW] = head[h];
	head[h] = at;
}

/* The longest match at @at as a token, 0 without one. */
static uint32_t match_at(int32_t at, uint32_t better)
{
	int32_t from = head[hash_at(at)], limit = at - (WINDOW - 1);
	uint32_t best = better, token = 0;
	uint32_t room = (uint32_t)(INPUT - at) < MOST ? (uint32_t)(INPUT - at) : MOST;

	for (int tries = CHAIN; from >= 0 && from > limit && tries; tries--) {
		const uint8_t *a = input + from, *b = input + at;

		if (best < room && a[best] == b[best] && a[0] == b[0] && a[1] == b[1]) {
			uint32_t n = 2;

			while (n < room && a[n] == b[n])
				n++;
			if (n > best) {
				best = n;
				token = n << 16 | (uint32_t)(at - from);
			}
		}
		from = chain[from % WINDOW];
	}
	return token;
}

static uint32_t pack(void)
{
	int n = 0;

	out = packed;
	out_bits = 0;
	out_count = 0;
	memset(head, 0xff, sizeof(head));
	for (int32_t at = 0; at < INPUT;) {
		uint32_t token = match_at(at, LEAST - 1);

		enter(at);
		/* a better match one further makes this byte stand alone */
		if (token && token >> 16 < 32 && at + 1 < INPUT &&
		    match_at(at + 1, token >> 16))
			token = 0;
		tokens[n++] = token ? token : input[at];
		for (uint32_t i = 1; i < token >> 16; i++)
			enter(at + (int32_t)i);
		at += token ? (int32_t)(token >> 16) : 1;
		if (n == BLOCK || at >= INPUT) {
			put_block(n);
			n = 0;
		}
	}
	put_bits(0, 7);
	return (uint32_t)(out - packed);
}

static uint32_t get_bits(struct reader *r, int n)
{
	uint32_t bits;

	for (; r->count < n; r->count += 8)
		r->bits |= (uint32_t)*r->at++ << r->count;
	bits = r->bits & ((1u << n) - 1);
	r->bits >>= n;
	r->count -= n;
	return bits;
}

static void decoder_make(struct decoder *d, struct reader *r, int n)
{
	static uint8_t length[SYMBOLS];
	uint32_t next = 0, at = 0;

	memset(d->fast, 0, sizeof(d->fast));
	for (int i = 0; i < n; i++)
		length[i] = (uint8_t)get_bits(r, 4);
	for (int l = 1; l <= LONGEST; l++, next <<= 1) {
		d->first[l] = (uint16_t)next;
		d->offset[l] = (uint16_t)at;
		for (int i = 0; i < n; i++) {
			uint32_t turned = 0;

			if (length[i] != l)
				continue;
			d->symbol[at++] = (uint16_t)i;
			for (int bit = 0; bit < l; bit++)
				turned |= (next >> bit & 1) << (l - 1 - bit);
			for (; l <= FAST && turned < 1 << FAST; turned += 1u << l)
				d->fast[turned] = (uint16_t)(i << 4 | l);
			next++;
		}
		d->number[l] = (uint16_t)(at - d->offset[l]);
	}
}

static int get_symbol(const struct decoder *d, struct reader *r)
{
	uint32_t code = 0;
	int entry;

	for (; r->count < LONGEST; r->count += 8)
		r->bits |= (uint32_t)*r->at++ << r->count;
	entry = d->fast[r->bits & ((1 << FAST) - 1)];
	if (entry) {
		r->bits >>= entry & 15;
		r->count -= entry & 15;
		return entry >> 4;
	}
	for (int l = 1; l <= LONGEST; l++) {
		code = code << 1 | (r->bits >> (l - 1) & 1);
		if (code - d->first[l] < d->number[l]) {
			r->bits >>= l;
			r->count -= l;
			return d->symbol[d->offset[l] + code - d->first[l]];
		}
	}
	return END;
}

static uint32_t get_class(struct reader *r, int group)
{
	int extra;
	uint32_t base = class_base(group, &extra);

	return base + get_bits(r, extra);
}

/* Returns how many bytes came out. */
static uint32_t unpack(void)
{
	struct reader r = { .at = packed };
	uint32_t at = 0;

	while (at < INPUT) {
		int s;

		decoder_make(&symbol_decoder, &r, SYMBOLS);
		decoder_make(&distance_decoder, &r, DISTANCES);
		while ((s = get_symbol(&symbol_decoder, &r)) != END) {
			uint32_t length, distance;

			if (s < END) {
				if (at == INPUT)
					return 0;
				output[at++] = (uint8_t)s;
				continue;
			}
			length = LEAST + get_class(&r, s - END - 1);
			distance = 1 + get_class(&r, get_symbol(&distance_decoder, &r));
			if (distance > at || length > INPUT - at)
				return 0;
			for (; length; length--, at++)
				output[at] = output[at - distance];
		}
	}
	return at;
}

uint32_t kernel_deflate(uint32_t n)
{
	uint32_t hash = HASH_START;

	for (uint32_t i = 0; i < n; i++) {
		if (i % 8 == 0)
			write_text(i + 1);
		hash = hash_word(hash, pack());
	}
	for (const uint8_t *p = packed; p < out; p++)
		hash = hash_word(hash, *p);
	return hash;
}

uint32_t kernel_inflate(uint32_t n)
{
	uint32_t hash = HASH_START;

	write_text(1);
	hash = hash_word(hash, pack());
	while (n--) {
		memset(output, 0, sizeof(output));
		hash = hash_word(hash, unpack());
		if (memcmp(input, output, INPUT) != 0)
			return 0;
	}
	return hash;
}
