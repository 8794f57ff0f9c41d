/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/usb_storage.c - a USB disk: bulk-only transport and the SCSI
 * commands of a direct-access device, on the drive culm,index = <n>.
 *
 * Owns the transport's state and the sense data.  Must not know the host
 * controller (soc/usb.h) nor where the bytes are kept (soc/blk.h).
 *
 * Drivers of USB disks do not ask for a write cache (Linux skips mode page
 * 8), so there is none: the status of a write comes after blk_flush.  With
 * the property culm,write-cache there is one, and SYNCHRONIZE CACHE flushes.
 */
#include "base/bits.h"
#include "soc/usb.h"

#define BLOCK		512u
#define PACKET		64u
#define CBW_BYTES	31u
#define CSW_BYTES	13u
#define CBW_SIGN	0x43425355u	/* "USBC" on the wire */
#define CSW_SIGN	0x53425355u	/* "USBS" */
#define EP_IN		1u
#define EP_OUT		2u
#define BUF_BYTES	32768u

#define REQ_BULK_RESET	0xff
#define REQ_MAX_LUN	0xfe

enum csw_status { CSW_GOOD, CSW_FAILED, CSW_PHASE };

enum stage { STAGE_COMMAND, STAGE_IN, STAGE_OUT, STAGE_STATUS, STAGE_BROKEN };

enum flow { FLOW_NONE, FLOW_IN, FLOW_OUT };

/* Sense key << 16 | additional code << 8 | qualifier, SPC-3 4.5.6. */
#define SENSE_NONE	0x000000u
#define SENSE_NO_MEDIUM	0x023a00u
#define SENSE_READ	0x031100u	/* unrecovered read error */
#define SENSE_WRITE	0x030c00u
#define SENSE_OPCODE	0x052000u
#define SENSE_LBA	0x052100u
#define SENSE_FIELD	0x052400u
#define SENSE_PROTECTED	0x072700u

struct usb_storage {
	struct usb_function f;
	struct blk *blk;
	u64 blocks;
	bool has_cache;
	enum stage stage;
	u32 tag, host_bytes, moved;	/* of the command block wrapper */
	enum csw_status status;
	bool stall_in;			/* before the status */
	bool is_disk;			/* data is the disk's, from @at */
	u64 at, left;			/* bytes the command still moves */
	u32 sense;
	u32 buf_at, buf_count;
	u8 buf[BUF_BYTES];
};

/* What a command wants to do. */
struct plan {
	enum flow flow;
	u64 bytes;
};

static bool scsi_fail(struct usb_storage *s, u32 sense)
{
	s->status = CSW_FAILED;
	s->sense = sense;
	return false;
}

static bool scsi_medium(struct usb_storage *s)
{
	return s->blk ? true : scsi_fail(s, SENSE_NO_MEDIUM);
}

/* An answer of @bytes in buf[], cut to the room the command gives. */
static void scsi_answer(struct plan *plan, u32 bytes, u32 room)
{
	plan->flow = FLOW_IN;
	plan->bytes = bytes < room ? bytes : room;
}

static void put_text(u8 *to, const char *text, u32 bytes)
{
	for (; bytes--; to++)
		*to = *text ? (u8)*text++ : ' ';
}

static void scsi_inquiry(struct usb_storage *s, const u8 *cdb,
			 struct plan *plan)
{
	u8 *b = s->buf;

	if (cdb[1] & 1) {
		/* vital product data: only the list of pages, itself alone */
		if (cdb[2]) {
			scsi_fail(s, SENSE_FIELD);
			return;
		}
		b[3] = 1;
		scsi_answer(plan, 5, ldb16(cdb + 3));
		return;
	}
	b[1] = 0x80;			/* removable */
	b[2] = 4;			/* SPC-2 */
	b[3] = 2;			/* format of this answer */
	b[4] = 36 - 5;
	put_text(b + 8, "Culm", 8);
	put_text(b + 16, "USB disk", 16);
	put_text(b + 32, "1.0", 4);
	scsi_answer(plan, 36, ldb16(cdb + 3));
}

static void scsi_request_sense(struct usb_storage *s, const u8 *cdb,
			       struct plan *plan)
{
	u8 *b = s->buf;

	b[0] = 0x70;
	b[2] = (u8)(s->sense >> 16);
	b[7] = 10;
	b[12] = (u8)(s->sense >> 8);
	b[13] = (u8)s->sense;
	s->sense = SENSE_NONE;
	scsi_answer(plan, 18, cdb[4]);
}

static void scsi_capacity10(struct usb_storage *s, struct plan *plan)
{
	u64 last = s->blocks ? s->blocks - 1 : 0;

	if (!scsi_medium(s))
		return;
	stb32(s->buf, last > 0xffffffff ? 0xffffffff : (u32)last);
	stb32(s->buf + 4, BLOCK);
	scsi_answer(plan, 8, 8);
}

static void scsi_capacity16(struct usb_storage *s, const u8 *cdb,
			    struct plan *plan)
{
	if ((cdb[1] & 31) != 0x10) {	/* SERVICE ACTION IN: others */
		scsi_fail(s, SENSE_FIELD);
		return;
	}
	if (!scsi_medium(s))
		return;
	stb64(s->buf, s->blocks ? s->blocks - 1 : 0);
	stb32(s->buf + 8, BLOCK);
	scsi_answer(plan, 32, ldb32(cdb + 10));
}

/* READ FORMAT CAPACITIES: the current size, formatted medium. */
static void scsi_format_capacity(struct usb_storage *s, const u8 *cdb,
				 struct plan *plan)
{
	if (!scsi_medium(s))
		return;
	s->buf[3] = 8;
	stb32(s->buf + 4, s->blocks > 0xffffffff ? 0xffffffff :
						   (u32)s->blocks);
	stb32(s->buf + 8, 0x02000000 | BLOCK);
	scsi_answer(plan, 12, ldb16(cdb + 7));
}

/* Header of 4 or 8 bytes, and the caching page when it is asked for. */
static void scsi_mode_sense(struct usb_storage *s, const u8 *cdb,
			    struct plan *plan)
{
	bool is_10 = cdb[0] == 0x5a;
	u32 head = is_10 ? 8 : 4, n = head, page = cdb[2] & 0x3f;
	u8 protect = s->blk && s->blk->is_read_only ? 0x80 : 0;

	if (page != 0x08 && page != 0x3f && page != 0) {
		scsi_fail(s, SENSE_FIELD);
		return;
	}
	if (page) {
		s->buf[n] = 0x08;
		s->buf[n + 1] = 18;
		/* current, default and saved values, but not "changeable" */
		if (cdb[2] >> 6 != 1)
			s->buf[n + 2] = s->has_cache ? 4 : 0;	/* WCE */
		n += 20;
	}
	if (is_10) {
		stb16(s->buf, n - 2);
		s->buf[3] = protect;
	} else {
		s->buf[0] = (u8)(n - 1);
		s->buf[2] = protect;
	}
	scsi_answer(plan, n, is_10 ? ldb16(cdb + 7) : cdb[4]);
}

static void scsi_report_luns(struct usb_storage *s, const u8 *cdb,
			     struct plan *plan)
{
	s->buf[3] = 8;			/* one entry: unit 0 */
	scsi_answer(plan, 16, ldb32(cdb + 6));
}

static void scsi_flush(struct usb_storage *s)
{
	if (scsi_medium(s) && blk_flush(s->blk) < 0)
		scsi_fail(s, SENSE_WRITE);
}

/* Address and length by the group of the operation code (its top 3 bits). */
static void scsi_range(const u8 *cdb, u64 *lba, u64 *blocks)
{
	switch (cdb[0] >> 5) {
	case 0:
		*lba = ldb32(cdb) & 0x1fffff;
		*blocks = cdb[4] ? cdb[4] : 256;
		break;
	case 4:
		*lba = ldb64(cdb + 2);
		*blocks = ldb32(cdb + 10);
		break;
	case 5:
		*lba = ldb32(cdb + 2);
		*blocks = ldb32(cdb + 6);
		break;
	default:
		*lba = ldb32(cdb + 2);
		*blocks = ldb16(cdb + 7);
		break;
	}
}

static bool scsi_extent(struct usb_storage *s, const u8 *cdb, u64 *lba,
			u64 *blocks)
{
	scsi_range(cdb, lba, blocks);
	if (!scsi_medium(s))
		return false;
	if (*lba > s->blocks || *blocks > s->blocks - *lba)
		return scsi_fail(s, SENSE_LBA);
	return true;
}

static void scsi_transfer(struct usb_storage *s, const u8 *cdb,
			  enum flow flow, struct plan *plan)
{
	u64 lba, blocks;

	if (!scsi_extent(s, cdb, &lba, &blocks))
		return;
	if (flow == FLOW_OUT && s->blk->is_read_only) {
		scsi_fail(s, SENSE_PROTECTED);
		return;
	}
	s->is_disk = true;
	s->at = lba * BLOCK;
	plan->flow = blocks ? flow : FLOW_NONE;
	plan->bytes = blocks * BLOCK;
}

static void scsi_command(struct usb_storage *s, const u8 *cdb,
			 struct plan *plan)
{
	u64 lba, blocks;

	memset(s->buf, 0, 64);
	if (cdb[0] != 0x03)
		s->sense = SENSE_NONE;
	switch (cdb[0]) {
	case 0x00:				/* TEST UNIT READY */
	case 0x1b:				/* START STOP UNIT */
		scsi_medium(s);
		break;
	case 0x1e:				/* PREVENT MEDIUM REMOVAL */
		break;
	case 0x03:
		scsi_request_sense(s, cdb, plan);
		break;
	case 0x12:
		scsi_inquiry(s, cdb, plan);
		break;
	case 0x1a:
	case 0x5a:
		scsi_mode_sense(s, cdb, plan);
		break;
	case 0x23:
		scsi_format_capacity(s, cdb, plan);
		break;
	case 0x25:
		scsi_capacity10(s, plan);
		break;
	case 0x9e:
		scsi_capacity16(s, cdb, plan);
		break;
	case 0xa0:
		scsi_report_luns(s, cdb, plan);
		break;
	case 0x08:
	case 0x28:
	case 0xa8:
	case 0x88:
		scsi_transfer(s, cdb, FLOW_IN, plan);
		break;
	case 0x0a:
	case 0x2a:
	case 0xaa:
	case 0x8a:
		scsi_transfer(s, cdb, FLOW_OUT, plan);
		break;
	case 0x2f:				/* VERIFY: no data compared */
		if (cdb[1] & 2)
			scsi_fail(s, SENSE_FIELD);
		else
			scsi_extent(s, cdb, &lba, &blocks);
		break;
	case 0x35:				/* SYNCHRONIZE CACHE */
	case 0x91:
		scsi_flush(s);
		break;
	default:
		scsi_fail(s, SENSE_OPCODE);
		break;
	}
}

/*
 * The thirteen cases: what the host expects against what the command does.
 * [BOT] 6.7.
 */
static void bulk_start(struct usb_storage *s, const struct plan *plan,
		       bool host_in)
{
	enum flow host = !s->host_bytes ? FLOW_NONE :
			 host_in ? FLOW_IN : FLOW_OUT;

	s->stage = STAGE_STATUS;
	s->left = 0;
	if (plan->flow == FLOW_NONE || plan->flow != host) {
		if (plan->flow != FLOW_NONE)
			s->status = CSW_PHASE;
		s->stall_in = host == FLOW_IN;
		return;
	}
	s->stage = host == FLOW_IN ? STAGE_IN : STAGE_OUT;
	s->left = plan->bytes;
	if (s->left > s->host_bytes) {
		s->left = s->host_bytes;
		s->status = CSW_PHASE;
	}
	s->buf_at = 0;
	s->buf_count = s->is_disk ? 0 : (u32)s->left;
	if (!s->left)
		s->stage = STAGE_STATUS, s->stall_in = host == FLOW_IN;
}

static u32 ld_le32(const u8 *p)
{
	return __builtin_bswap32(ldb32(p));
}

static void st_le32(u8 *p, u32 v)
{
	stb32(p, __builtin_bswap32(v));
}

static int bulk_command(struct usb_storage *s, const u8 *b, u32 bytes)
{
	struct plan plan = { FLOW_NONE, 0 };
	u8 cdb[16] = { 0 };

	if (bytes != CBW_BYTES || ld_le32(b) != CBW_SIGN || b[13] & 15 ||
	    !(b[14] & 31) || (b[14] & 31) > 16) {
		s->stage = STAGE_BROKEN;
		return USB_STALL;
	}
	s->tag = ld_le32(b + 4);
	s->host_bytes = ld_le32(b + 8);
	s->moved = 0;
	s->status = CSW_GOOD;
	s->stall_in = s->is_disk = false;
	memcpy(cdb, b + 15, b[14] & 31);
	scsi_command(s, cdb, &plan);
	bulk_start(s, &plan, b[12] & 0x80);
	return USB_ACK;
}

/* No more data: the host sees a short packet, or a stall when it waits. */
static void bulk_in_end(struct usb_storage *s)
{
	s->stage = STAGE_STATUS;
	s->stall_in = s->moved < s->host_bytes && s->moved % PACKET == 0;
}

static int bulk_data_in(struct usb_storage *s, u8 *data, u32 room)
{
	u32 n;

	if (s->buf_at == s->buf_count) {
		s->buf_at = 0;
		s->buf_count = s->left < BUF_BYTES ? (u32)s->left : BUF_BYTES;
		if (blk_read(s->blk, s->at, s->buf, s->buf_count) < 0) {
			scsi_fail(s, SENSE_READ);
			bulk_in_end(s);
			s->stall_in = false;
			return USB_STALL;
		}
		s->at += s->buf_count;
	}
	n = s->buf_count - s->buf_at;
	if (n > room)
		n = room;
	memcpy(data, s->buf + s->buf_at, n);
	s->buf_at += n;
	s->moved += n;
	s->left -= n;
	if (!s->left)
		bulk_in_end(s);
	return (int)n;
}

/* A failed write takes the rest of its data and drops it. */
static void bulk_write(struct usb_storage *s)
{
	if (s->status != CSW_FAILED && s->buf_count &&
	    blk_write(s->blk, s->at, s->buf, s->buf_count) < 0)
		scsi_fail(s, SENSE_WRITE);
	s->at += s->buf_count;
	s->buf_count = 0;
}

static int bulk_data_out(struct usb_storage *s, const u8 *data, u32 bytes)
{
	u32 n = s->left < bytes ? (u32)s->left : bytes;

	if (n > BUF_BYTES - s->buf_count)
		bulk_write(s);
	memcpy(s->buf + s->buf_count, data, n);
	s->buf_count += n;
	s->moved += n;
	s->left -= n;
	if (bytes < PACKET && s->left) {
		s->left = 0;		/* the host ended before its time */
		s->status = CSW_PHASE;
	}
	if (s->left)
		return USB_ACK;
	bulk_write(s);
	if (!s->has_cache && s->status != CSW_FAILED &&
	    blk_flush(s->blk) < 0)
		scsi_fail(s, SENSE_WRITE);
	s->stage = STAGE_STATUS;
	return USB_ACK;
}

static int bulk_status(struct usb_storage *s, u8 *data)
{
	st_le32(data, CSW_SIGN);
	st_le32(data + 4, s->tag);
	st_le32(data + 8, s->host_bytes - s->moved);
	data[12] = (u8)s->status;
	s->stage = STAGE_COMMAND;
	return CSW_BYTES;
}

static int storage_in(struct usb_function *f, unsigned int endpoint, u8 *data,
		      u32 room)
{
	struct usb_storage *s = container_of(f, struct usb_storage, f);

	(void)endpoint;
	switch (s->stage) {
	case STAGE_IN:
		return bulk_data_in(s, data, room);
	case STAGE_STATUS:
		if (!s->stall_in)
			return bulk_status(s, data);
		s->stall_in = false;
		return USB_STALL;
	case STAGE_BROKEN:
		return USB_STALL;
	default:
		return USB_NAK;
	}
}

static int storage_out(struct usb_function *f, unsigned int endpoint,
		       const u8 *data, u32 bytes)
{
	struct usb_storage *s = container_of(f, struct usb_storage, f);

	(void)endpoint;
	switch (s->stage) {
	case STAGE_COMMAND:
		return bulk_command(s, data, bytes);
	case STAGE_OUT:
		return bulk_data_out(s, data, bytes);
	default:
		return USB_STALL;
	}
}

static int storage_control(struct usb_function *f,
			   const struct usb_setup *setup, u8 *data, u32 bytes)
{
	struct usb_storage *s = container_of(f, struct usb_storage, f);

	(void)bytes;
	if (setup->type == USB_TYPE_CLASS_INTERFACE &&
	    setup->request == REQ_BULK_RESET) {
		s->stage = STAGE_COMMAND;
		return 0;
	}
	if (setup->type == (USB_TYPE_CLASS_INTERFACE | USB_TYPE_IN) &&
	    setup->request == REQ_MAX_LUN) {
		data[0] = 0;
		return 1;
	}
	return USB_STALL;
}

static void storage_usb_reset(struct usb_function *f)
{
	struct usb_storage *s = container_of(f, struct usb_storage, f);

	s->stage = STAGE_COMMAND;
	s->stall_in = false;
	s->left = 0;
	s->buf_at = s->buf_count = 0;
}

static const struct usb_ops storage_ops = {
	.control = storage_control,
	.in = storage_in,
	.out = storage_out,
	.reset = storage_usb_reset,
};

/* clang-format off */
static const u8 storage_device[18] = {
	18, 1, 0x10, 0x01,		/* USB 1.1 */
	0, 0, 0, PACKET,
	0xc0, 0x16, 0x2a, 0x05,		/* [assumed: ids that nobody uses] */
	0x00, 0x01, 1, 2, 3, 1,
};

static const u8 storage_config[] = {
	9, 2, 32, 0, 1, 1, 0, 0xc0, 0,
	9, 4, 0, 0, 2, 8, 6, 0x50, 0,	/* mass storage, SCSI, bulk-only */
	7, 5, 0x80 | EP_IN, 2, PACKET, 0, 0,
	7, 5, EP_OUT, 2, PACKET, 0, 0,
};
/* clang-format on */

/* The serial number: twelve hexadecimal digits or more [BOT] 4.1.1. */
static const char *const storage_strings[] = {
	"Culm", "USB disk", "000000000001",
};

static const struct usb_descriptors storage_descs = {
	.device = storage_device,
	.config = storage_config,
	.config_bytes = sizeof(storage_config),
	.strings = storage_strings,
	.count = ARRAY_SIZE(storage_strings),
};

static int storage_probe(struct dev *dev, const struct dev_node *node,
			 struct errmsg *msg)
{
	struct usb_storage *s = dev->priv;
	int len, rc;

	s->blk = env_blk(dev->env, BLK_DRIVE,
			 dev_prop_u32(node, "culm,index", 0));
	s->blocks = s->blk ? s->blk->bytes / BLOCK : 0;
	s->has_cache = node->prop(node, "culm,write-cache", &len) != NULL;
	rc = usb_function_init(&s->f, dev, &storage_ops, &storage_descs, msg);
	return rc ? rc : usb_attach(&s->f, node, msg);
}

static void storage_reset(struct dev *dev, enum reset_kind kind)
{
	struct usb_storage *s = dev->priv;

	(void)kind;
	s->sense = SENSE_NONE;
	usb_bus_reset(&s->f);
}

static const char *const storage_compatible[] = { "culm,usb-storage", NULL };

const struct dev_class usb_storage_class = {
	.name = "usb-storage",
	.desc = "USB disk (bulk-only SCSI)",
	.compatible = storage_compatible,
	.priv_size = sizeof(struct usb_storage),
	.probe = storage_probe,
	.reset = storage_reset,
	.own_map = true,
	.node_clk = CLK_COUNT,
};
