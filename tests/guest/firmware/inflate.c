/* SPDX-License-Identifier: MIT */
/*
 * inflate.c - gzip, as RFC 1951 and 1952 define it.
 */
#include "fw.h"

#define CODES	288
#define LENGTHS	15

struct stream {
	const u8 *in, *in_end;
	u8 *out, *start, *end;
	u32 bits, count;	/* that wait, lowest first */
	u32 failed;
};

/* A canonical code: how many of each length, then the symbols in order. */
struct code {
	u16 count[LENGTHS + 1];
	u16 symbol[CODES];
};

static u32 take(struct stream *s, u32 n)
{
	u32 v;

	while (s->count < n) {
		if (s->in == s->in_end) {
			s->failed = 1;
			return 0;
		}
		s->bits |= (u32)*s->in++ << s->count;
		s->count += 8;
	}
	v = s->bits & ((1u << n) - 1);
	s->bits >>= n;
	s->count -= n;
	return v;
}

static void code_make(struct code *c, const u8 *length, u32 n)
{
	u16 at[LENGTHS + 2];
	u32 i;

	memset(c->count, 0, sizeof(c->count));
	for (i = 0; i < n; i++)
		c->count[length[i]]++;
	at[1] = 0;
	for (i = 1; i <= LENGTHS; i++)
		at[i + 1] = (u16)(at[i] + c->count[i]);
	for (i = 0; i < n; i++)
		if (length[i])
			c->symbol[at[length[i]]++] = (u16)i;
	c->count[0] = 0;
}

static u32 decode(struct stream *s, const struct code *c)
{
	u32 code = 0, first = 0, at = 0, i;

	for (i = 1; i <= LENGTHS && !s->failed; i++) {
		code |= take(s, 1);
		if (code < first + c->count[i])
			return c->symbol[at + code - first];
		at += c->count[i];
		first = (first + c->count[i]) << 1;
		code <<= 1;
	}
	s->failed = 1;
	return 0;
}

/* Base and extra bits of the n-th length and distance. */
static u32 length_of(struct stream *s, u32 n)
{
	u32 extra = n < 8 || n == 28 ? 0 : n / 4 - 1;

	if (n == 28)
		return 258;
	if (n < 8)
		return n + 3;
	return 3 + ((4 + n % 4) << extra) + take(s, extra);
}

static u32 distance_of(struct stream *s, u32 n)
{
	u32 extra = n < 4 ? 0 : n / 2 - 1;

	if (n < 4)
		return n + 1;
	return 1 + ((2 + n % 2) << extra) + take(s, extra);
}

static void copy(struct stream *s, u32 length, u32 distance)
{
	if (distance > (u32)(s->out - s->start) ||
	    length > (u32)(s->end - s->out)) {
		s->failed = 1;
		return;
	}
	for (; length; length--, s->out++)
		*s->out = s->out[-(int)distance];
}

static void block(struct stream *s, const struct code *lit,
		  const struct code *dist)
{
	u32 v;

	while (!s->failed && (v = decode(s, lit)) != 256) {
		if (v > 256 && v < 286) {
			u32 length = length_of(s, v - 257);

			copy(s, length, distance_of(s, decode(s, dist)));
		} else if (v < 256 && s->out < s->end) {
			*s->out++ = (u8)v;
		} else {
			s->failed = 1;
		}
	}
}

static void block_stored(struct stream *s)
{
	u32 n;

	s->bits = s->count = 0;
	n = take(s, 16);
	if ((take(s, 16) ^ n) != 0xffff || n > (u32)(s->end - s->out) ||
	    n > (u32)(s->in_end - s->in)) {
		s->failed = 1;
		return;
	}
	memcpy(s->out, s->in, n);
	s->out += n;
	s->in += n;
}

static void block_fixed(struct stream *s)
{
	struct code lit, dist;
	u8 length[CODES];
	u32 i;

	for (i = 0; i < CODES; i++)
		length[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
	code_make(&lit, length, CODES);
	memset(length, 5, 30);
	code_make(&dist, length, 30);
	block(s, &lit, &dist);
}

static void block_dynamic(struct stream *s)
{
	static const u8 order[19] = { 16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4,
				      12, 3, 13, 2, 14, 1, 15 };
	u32 lits = take(s, 5) + 257, dists = take(s, 5) + 1;
	u32 n = take(s, 4) + 4, i, v, times;
	u8 length[CODES + 32];
	struct code lit, dist;

	memset(length, 0, sizeof(length));
	for (i = 0; i < n; i++)
		length[order[i]] = (u8)take(s, 3);
	code_make(&lit, length, 19);
	memset(length, 0, sizeof(length));
	for (i = 0; i < lits + dists && !s->failed; i += times) {
		u8 value = 0;

		v = decode(s, &lit);
		times = 1;
		if (v < 16)
			value = (u8)v;
		else if (v == 16 && i)
			value = length[i - 1];
		else if (v == 16)
			s->failed = 1;
		if (v == 16)
			times = 3 + take(s, 2);
		else if (v > 16)
			times = v == 17 ? 3 + take(s, 3) : 11 + take(s, 7);
		if (times > lits + dists - i) {
			s->failed = 1;
			return;
		}
		memset(length + i, value, times);
	}
	if (lits > CODES - 2)
		s->failed = 1;
	if (s->failed)
		return;
	code_make(&lit, length, lits);
	code_make(&dist, length + lits, dists);
	block(s, &lit, &dist);
}

static u32 le32(const u8 *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24;
}

/* Bytes of the header, 0 for something else. */
static u32 gzip_header(const u8 *in, u32 n)
{
	u32 at = 10, k;

	if (n < 18 || in[0] != 0x1f || in[1] != 0x8b || in[2] != 8)
		return 0;
	if (in[3] & 4)
		at += 2 + (in[10] | in[11] << 8);
	for (k = 3; k <= 4; k++)	/* name, comment */
		if (in[3] & 1 << k) {
			while (at < n && in[at])
				at++;
			at++;
		}
	if (in[3] & 2)
		at += 2;
	return at + 8 < n ? at : 0;
}

u32 gunzip(const u8 *in, u32 n, u8 *out, u32 room)
{
	struct stream s = { .out = out, .start = out, .end = out + room };
	u32 at = gzip_header(in, n), is_last;

	if (!at)
		return 0;
	s.in = in + at;
	s.in_end = in + n;
	do {
		is_last = take(&s, 1);
		switch (take(&s, 2)) {
		case 0:
			block_stored(&s);
			break;
		case 1:
			block_fixed(&s);
			break;
		case 2:
			block_dynamic(&s);
			break;
		default:
			s.failed = 1;
		}
	} while (!is_last && !s.failed);
	if (s.failed || s.in_end - s.in < 8 ||
	    le32(s.in) != crc32(out, (u32)(s.out - out)))
		return 0;
	return (u32)(s.out - out);
}
