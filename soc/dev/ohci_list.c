/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/ohci_list.c - serves the lists of endpoint and transfer descriptors
 * of one frame.
 *
 * Owns the rules of OHCI 1.0a chapters 4 and 6: order of service, retirement,
 * condition codes, the done queue.  Must not know registers' offsets or time.
 *
 * Everything that the guest links is walked against a budget: the bit times
 * of the frame.  A packet costs what it takes on the wire, a descriptor that
 * leads to no packet a little, so a list that is a loop ends with the frame.
 */
#include "base/bits.h"
#include "soc/dev/ohci.h"

/*
 * Endpoint descriptor, 4 words: | MPS 26:16 | F | K | S | D 12:11 | EN | FA |,
 * tail, head (| C 1 | H 0), next.
 */
#define ED_FA(w)	((w) & 127)
#define ED_EN(w)	((w) >> 7 & 15)
#define ED_D(w)		((w) >> 11 & 3)
#define ED_S		0x2000u
#define ED_K		0x4000u
#define ED_F		0x8000u
#define ED_MPS(w)	((w) >> 16 & 0x7ff)
#define ED_H		1u
#define ED_C		2u

/*
 * Transfer descriptor: | CC 31:28 | EC 27:26 | T 25:24 | DI 23:21 | DP 20:19 |
 * R 18 |, current buffer, next, buffer end.  Isochronous: | CC | FC 26:24 |
 * DI | SF 15:0 |, first page, next, buffer end, 8 half-words of offset or
 * status, of which the even one is the less significant of its word.
 */
#define TD_R		0x00040000u
#define TD_DP(w)	((w) >> 19 & 3)
#define TD_DI(w)	((w) >> 21 & 7)
#define TD_T_OWN	0x02000000u
#define TD_T		0x01000000u
#define TD_EC		0x0c000000u
#define TD_EC_ONE	0x04000000u
#define TD_FC(w)	((w) >> 24 & 7)

enum cc {
	CC_OK = 0, CC_TOGGLE = 3, CC_STALL = 4, CC_SILENT = 5, CC_PID = 7,
	CC_OVERRUN = 8, CC_UNDERRUN = 9,
};

#define DIR_SETUP	0u
#define DIR_OUT		1u
#define DIR_IN		2u

#define POINTER		0xfffffff0u
#define PAGE		0xfffff000u

/* Bit times: a full-speed frame less SOF and the gap; a packet's overhead
 * (tokens, handshake, turnarounds, CRC: 13 bytes, USB 1.1 table 5-7); one
 * that was refused; and a descriptor that leads to none. */
#define FRAME_BUDGET	(12000 - 210)
#define PACKET_BYTES	13
#define REFUSED_BYTES	9
#define VISIT_BITS	12
#define LOW_SPEED	8	/* times slower */

struct ed {
	u32 at, w, tail, head, next;
};

struct td {
	u32 at, w, cbp, next, be;
	u16 psw[8];		/* isochronous only */
};

enum served {
	SERVED_NOTHING,		/* skipped, halted or empty */
	SERVED_WAITS,		/* has work, but it did not move */
	SERVED_MOVED,
};

static bool fetch(struct ohci *o, u32 at, u8 *buf, u32 bytes)
{
	o->budget -= VISIT_BITS;
	if (bus_dma_read_by(o->dev->env->bus, BUS_OPB, at, buf, bytes) >= 0)
		return true;
	ohci_error(o);
	return false;
}

static bool store(struct ohci *o, u32 at, const u8 *buf, u32 bytes)
{
	if (bus_dma_write_by(o->dev->env->bus, BUS_OPB, at, buf, bytes) >= 0)
		return true;
	ohci_error(o);
	return false;
}

static bool ed_fetch(struct ohci *o, u32 at, struct ed *ed)
{
	u8 b[16];

	if (!fetch(o, at & POINTER, b, sizeof(b)))
		return false;
	ed->at = at & POINTER;
	ed->w = ldb32(b);
	ed->tail = ldb32(b + 4) & POINTER;
	ed->head = ldb32(b + 8);
	ed->next = ldb32(b + 12) & POINTER;
	return true;
}

static bool ed_has_work(const struct ed *ed)
{
	return !(ed->w & ED_K) && !(ed->head & ED_H) &&
	       (ed->head & POINTER) != ed->tail;
}

static bool ed_store_head(struct ohci *o, const struct ed *ed)
{
	u8 b[4];

	stb32(b, ed->head);
	return store(o, ed->at + 8, b, 4);
}

/* The half-word of memory that holds offset or status @i. */
static u32 psw_at(const struct td *td, u32 i)
{
	return td->at + 16 + 2 * (i ^ 1);
}

static bool td_fetch(struct ohci *o, const struct ed *ed, struct td *td)
{
	bool is_iso = ed->w & ED_F;
	u8 b[32];

	td->at = ed->head & (is_iso ? ~31u : POINTER);
	if (!fetch(o, td->at, b, is_iso ? 32 : 16))
		return false;
	td->w = ldb32(b);
	td->cbp = ldb32(b + 4);
	td->next = ldb32(b + 8) & POINTER;
	td->be = ldb32(b + 12);
	for (u32 i = 0; is_iso && i < 8; i++)
		td->psw[i] = (u16)ldb16(b + (psw_at(td, i) - td->at));
	return true;
}

/* Status, buffer and, when retired, the link go back; the rest stays. */
static bool td_store(struct ohci *o, const struct td *td, u32 words)
{
	u8 b[12];

	stb32(b, td->w);
	stb32(b + 4, td->cbp);
	stb32(b + 8, td->next);
	return store(o, td->at, b, 4 * words);
}

/* Off the endpoint's queue, onto the done queue. */
static enum served td_retire(struct ohci *o, struct ed *ed, struct td *td,
			     enum cc cc)
{
	u32 delay = TD_DI(td->w);

	ed->head = td->next | (ed->head & ED_C);
	/* an isochronous endpoint never halts [OHCI 4.3.2.3.4] */
	if (cc != CC_OK && !(ed->w & ED_F))
		ed->head |= ED_H;
	if (cc != CC_OK)
		delay = 0;
	td->w = (td->w & 0x0fffffff) | (u32)cc << 28;
	td->next = o->done_head;
	if (!td_store(o, td, 3) || !ed_store_head(o, ed))
		return SERVED_WAITS;
	o->done_head = td->at;
	if (delay < o->delay)
		o->delay = delay;
	return SERVED_MOVED;
}

/* An error that the host tries again, three times in all. */
static enum served td_retry(struct ohci *o, struct ed *ed, struct td *td,
			    enum cc cc)
{
	bool is_last = (td->w & TD_EC) >= 2 * TD_EC_ONE;

	td->w = (td->w & ~TD_EC) | (is_last ? TD_EC : (td->w & TD_EC) + TD_EC_ONE);
	if (is_last)
		return td_retire(o, ed, td, cc);
	td->w = (td->w & 0x0fffffff) | (u32)cc << 28;
	return td_store(o, td, 1) ? SERVED_MOVED : SERVED_WAITS;
}

static u32 td_bytes(const struct td *td)
{
	u32 first = td->cbp & ~PAGE, last = td->be & ~PAGE;

	if (!td->cbp)
		return 0;
	if ((td->cbp ^ td->be) & PAGE)
		return 0x1000 - first + last + 1;
	return last + 1 > first ? last + 1 - first : 0;
}

/* @at: in the first page, or beyond it, which means in the page of @be. */
static bool buffer_move(struct ohci *o, u32 at, u32 be, u32 bytes, bool to_ram)
{
	struct bus *bus = o->dev->env->bus;
	u32 left = 0x1000 - (at & ~PAGE);
	u32 n = bytes < left ? bytes : left;
	int rc;

	if (to_ram)
		rc = bus_dma_write_by(bus, BUS_OPB, at, o->data, n);
	else
		rc = bus_dma_read_by(bus, BUS_OPB, at, o->data, n);
	if (rc >= 0 && n < bytes) {
		if (to_ram)
			rc = bus_dma_write_by(bus, BUS_OPB, be & PAGE,
					      o->data + n, bytes - n);
		else
			rc = bus_dma_read_by(bus, BUS_OPB, be & PAGE,
					     o->data + n, bytes - n);
	}
	if (rc < 0)
		ohci_error(o);
	return rc >= 0;
}

static u32 wire_bits(const struct ed *ed, u32 bytes)
{
	return (bytes + PACKET_BYTES) * 8 * (ed->w & ED_S ? LOW_SPEED : 1);
}

static u32 direction(const struct ed *ed, const struct td *td)
{
	u32 d = ED_D(ed->w);

	return d == DIR_OUT || d == DIR_IN ? d : TD_DP(td->w);
}

/* Put a packet on the bus; takes its time out of the frame. */
static int wire_transact(struct ohci *o, const struct ed *ed,
			 struct usb_packet *p)
{
	struct usb_function *f = ohci_hub_find(o, ED_FA(ed->w), ed->w & ED_S);
	int rc = f ? usb_transact(f, p) : USB_SILENT;

	if (rc == USB_ACK)
		/* descriptors are fetched while the packet before is sent */
		o->budget -= (s32)wire_bits(ed, p->bytes) - 2 * VISIT_BITS;
	else
		o->budget -= (s32)(wire_bits(ed, 0) * REFUSED_BYTES /
				   PACKET_BYTES);
	return rc;
}

/* @n more bytes of the buffer are done: next address, 0 at the end. */
static void td_advance(struct ed *ed, struct td *td, u32 n, u32 left)
{
	u32 was = td->w & TD_T_OWN ? td->w & TD_T : ed->head & ED_C;

	if (n == left)
		td->cbp = 0;
	else if ((td->cbp & ~PAGE) + n >= 0x1000)
		td->cbp = (td->be & PAGE) | ((td->cbp + n) & ~PAGE);
	else
		td->cbp += n;
	td->w &= ~(TD_EC | TD_T);
	td->w |= TD_T_OWN | (was ? 0 : TD_T);
	ed->head = (ed->head & ~ED_C) | (was ? 0 : ED_C);
}

static enum served td_moved(struct ohci *o, struct ed *ed, struct td *td,
			    u32 n, u32 left)
{
	td_advance(ed, td, n, left);
	if (n == left)
		return td_retire(o, ed, td, CC_OK);
	return td_store(o, td, 2) && ed_store_head(o, ed) ? SERVED_MOVED :
							    SERVED_WAITS;
}

static enum served td_in(struct ohci *o, struct ed *ed, struct td *td,
			 const struct usb_packet *p, u32 left)
{
	u32 mps = ED_MPS(ed->w), most = left < mps ? left : mps;
	u32 n = p->bytes < most ? p->bytes : most;
	bool toggle = td->w & TD_T_OWN ? td->w & TD_T : ed->head & ED_C;

	if (p->is_data1 != toggle)
		return td_retry(o, ed, td, CC_TOGGLE);
	if (n && !buffer_move(o, td->cbp, td->be, n, true))
		return SERVED_WAITS;
	if (p->bytes > most) {
		td_advance(ed, td, n, left);
		return td_retire(o, ed, td, CC_OVERRUN);
	}
	if (n == most)
		return td_moved(o, ed, td, n, left);
	td_advance(ed, td, n, left);
	return td_retire(o, ed, td, td->w & TD_R ? CC_OK : CC_UNDERRUN);
}

/* One transaction of a general transfer descriptor. */
static enum served td_serve(struct ohci *o, struct ed *ed, struct td *td)
{
	u32 dir = direction(ed, td), left = td_bytes(td);
	u32 n = left < ED_MPS(ed->w) ? left : ED_MPS(ed->w);
	struct usb_packet p = { .endpoint = ED_EN(ed->w), .data = o->data };

	if (dir > DIR_IN)
		return td_retire(o, ed, td, CC_PID);
	if ((s32)wire_bits(ed, n) > o->budget) {
		o->budget = 0;		/* no room in this frame */
		return SERVED_WAITS;
	}
	p.pid = dir == DIR_SETUP ? USB_SETUP : dir == DIR_OUT ? USB_OUT : USB_IN;
	p.is_data1 = td->w & TD_T_OWN ? td->w & TD_T : ed->head & ED_C;
	p.bytes = dir == DIR_IN ? sizeof(o->data) : n;
	if (dir != DIR_IN && n &&
	    !buffer_move(o, td->cbp, td->be, n, false))
		return SERVED_WAITS;
	switch (wire_transact(o, ed, &p)) {
	case USB_ACK:
		return dir == DIR_IN ? td_in(o, ed, td, &p, left) :
				       td_moved(o, ed, td, n, left);
	case USB_NAK:
		return SERVED_WAITS;
	case USB_STALL:
		return td_retire(o, ed, td, CC_STALL);
	default:
		return td_retry(o, ed, td, CC_SILENT);
	}
}

/* Address and size of packet @r of an isochronous descriptor. */
static u32 iso_buffer(const struct td *td, u32 r, u32 *bytes)
{
	u32 from = td->psw[r] & 0x1fff;
	u32 to = r == TD_FC(td->w) ? (td->be & ~PAGE) + 1 :
				     td->psw[r + 1] & 0x1fffu;

	/* bit 12: in the page of the buffer's end */
	if (r == TD_FC(td->w) && (td->cbp ^ td->be) & PAGE)
		to += 0x1000;
	*bytes = to > from ? to - from : 0;
	return from & 0x1000 ? (td->be & PAGE) | (from & ~PAGE) :
			       (td->cbp & PAGE) | from;
}

static bool iso_packet(struct ohci *o, struct ed *ed, struct td *td, u32 r)
{
	bool is_in = direction(ed, td) == DIR_IN;
	u32 bytes, at = iso_buffer(td, r, &bytes), most = bytes, cc = CC_OK;
	struct usb_packet p = { .endpoint = ED_EN(ed->w), .data = o->data };
	u8 b[2];

	if (most > ED_MPS(ed->w))
		most = ED_MPS(ed->w);
	p.pid = is_in ? USB_IN : USB_OUT;
	p.bytes = is_in ? sizeof(o->data) : most;
	if (!is_in && most && !buffer_move(o, at, td->be, most, false))
		return false;
	if (wire_transact(o, ed, &p) != USB_ACK) {
		cc = CC_SILENT;
		most = 0;
	} else if (is_in) {
		cc = p.bytes > most ? CC_OVERRUN :
		     p.bytes < bytes ? CC_UNDERRUN : CC_OK;
		most = p.bytes < most ? p.bytes : most;
		if (most && !buffer_move(o, at, td->be, most, true))
			return false;
	}
	stb16(b, cc << 12 | (is_in ? most : 0));
	return store(o, psw_at(td, r), b, 2);
}

/* The packet of this frame; descriptors whose time is over are retired. */
static void iso_serve(struct ohci *o, struct ed *ed, u16 frame)
{
	struct td td;

	while (o->budget > 0 && ed_has_work(ed) && td_fetch(o, ed, &td)) {
		u32 r = (u16)(frame - (td.w & 0xffff));

		o->progressed = true;	/* each frame counts */
		if (r & 0x8000)
			return;		/* its time has not come */
		if (r > TD_FC(td.w)) {
			td_retire(o, ed, &td, CC_OVERRUN);
			continue;
		}
		if (iso_packet(o, ed, &td, r) && r == TD_FC(td.w))
			td_retire(o, ed, &td, CC_OK);
		return;
	}
}

static enum served ed_serve(struct ohci *o, struct ed *ed)
{
	enum served what;
	struct td td;

	if (!ed_has_work(ed))
		return SERVED_NOTHING;
	if (!td_fetch(o, ed, &td))
		return SERVED_WAITS;
	what = td_serve(o, ed, &td);
	if (what == SERVED_MOVED)
		o->progressed = true;
	return what;
}

static void periodic_list(struct ohci *o, u16 frame)
{
	struct ed ed;
	u8 b[4];
	u32 at;

	if (!fetch(o, o->hcca + 4 * (frame & 31u), b, 4))
		return;
	for (at = ldb32(b) & POINTER; at && o->budget > 0; at = ed.next) {
		o->period_cur = at;
		if (!ed_fetch(o, at, &ed))
			return;
		if (!(ed.w & ED_F))
			ed_serve(o, &ed);
		else if (o->control & CTL_IE)
			iso_serve(o, &ed, frame);
		else
			break;		/* only such follow */
	}
	o->period_cur = 0;
}

/* Control or bulk: registers of the list, and what this frame has seen. */
struct queue {
	u32 *head, *cur, filled;
	bool has_moved;		/* since the list's start: go round again */
};

/* Serve one endpoint; false: nothing more for this frame. */
static bool queue_step(struct ohci *o, struct queue *q)
{
	enum served what;
	struct ed ed;

	if (!*q->cur) {
		if (!(o->cmdstatus & q->filled) || !q->has_moved)
			return false;
		o->cmdstatus &= ~q->filled;
		*q->cur = *q->head;
		q->has_moved = false;
		return *q->cur != 0;
	}
	if (!ed_fetch(o, *q->cur, &ed))
		return false;
	what = ed_serve(o, &ed);
	if (what != SERVED_NOTHING)
		o->cmdstatus |= q->filled;
	if (what == SERVED_MOVED)
		q->has_moved = true;
	*q->cur = ed.next;
	return true;
}

static void control_and_bulk(struct ohci *o)
{
	struct queue control = { &o->control_head, &o->control_cur, CMD_CLF,
				 true };
	struct queue bulk = { &o->bulk_head, &o->bulk_cur, CMD_BLF, true };
	bool has_control = o->control & CTL_CLE, has_bulk = o->control & CTL_BLE;
	u32 ratio = (o->control & CTL_CBSR) + 1, served = 0;

	while (o->budget > 0 && (has_control || has_bulk)) {
		o->budget--;		/* an empty head is a step as well */
		if (has_control && (served < ratio || !has_bulk)) {
			has_control = queue_step(o, &control);
			served++;
		} else if (has_bulk) {
			has_bulk = queue_step(o, &bulk);
			served = 0;
		} else {
			served = 0;
		}
	}
}

/**
 * ohci_frame_lists - serve the lists of one frame
 * @o:     controller; `progressed` is set when a descriptor moved
 * @frame: number of the frame
 *
 * The periodic list has 90 % of the frame.  It comes first, which nobody can
 * tell from HcPeriodicStart's order.
 *
 * Context: bounded by the frame's budget of bit times.
 * Source:  OHCI 1.0a, 4.3 and 6.4.
 */
void ohci_frame_lists(struct ohci *o, u16 frame)
{
	o->budget = FRAME_BUDGET;
	if (o->control & CTL_PLE) {
		s32 rest = FRAME_BUDGET / 10;

		o->budget -= rest;
		periodic_list(o, frame);
		if (o->is_dead)
			return;
		o->budget = (o->budget > 0 ? o->budget : 0) + rest;
	}
	control_and_bulk(o);
}
