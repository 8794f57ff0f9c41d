/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/virtio_pci.c - virtio over PCI ([VIRTIO] 4.1): a transitional
 * device with the legacy registers in an I/O BAR and the modern structures in
 * a memory BAR, or, with the property culm,modern, a modern one only.
 *
 * Owns registers and capabilities.  Must not know what the device does
 * (struct virtio_ops does), nor the bridge beyond soc/pci.h.  INTA is the only
 * interrupt: there is no MSI-X here, so its vectors read as none.
 *
 * BAR 0, I/O: the legacy header of 20 bytes, then the configuration space.
 * BAR 1, memory: a page each for common configuration, ISR, configuration
 * space and notifications.
 */
#include "soc/pci.h"
#include "soc/virtio.h"

#define ID_MODERN	0x1040u
#define BAR_LEGACY	0
#define BAR_MODERN	1
#define LEGACY_BYTES	128u
#define PAGE		0x1000u
#define MODERN_BYTES	(4 * PAGE)
#define NOTIFY_STEP	4u
#define LEGACY_SHIFT	12	/* a queue's address is a page number */

/* The legacy header. 4.1.4.10 */
enum legacy_reg {
	L_HOST_FEATURES = 0, L_FEATURES = 4, L_QUEUE_PFN = 8, L_QUEUE_SIZE = 12,
	L_QUEUE_SELECT = 14, L_NOTIFY = 16, L_STATUS = 18, L_ISR = 19,
	L_CONFIG = 20,
};

/* The common configuration. 4.1.4.3 */
enum common_reg {
	C_HOST_SELECT = 0, C_HOST_FEATURES = 4, C_SELECT = 8, C_FEATURES = 12,
	C_MSIX = 16, C_QUEUES = 18, C_STATUS = 20, C_GENERATION = 21,
	C_QUEUE_SELECT = 22, C_QUEUE_SIZE = 24, C_QUEUE_MSIX = 26,
	C_QUEUE_ENABLE = 28, C_QUEUE_NOTIFY_OFF = 30, C_QUEUE_DESC = 32,
	C_QUEUE_DRIVER = 40, C_QUEUE_DEVICE = 48, C_QUEUE_DATA = 56,
	C_QUEUE_RESET = 58, C_BYTES = 60,
};

/* cfg_type of a vendor capability, and its fields. 4.1.4 */
enum cap_type { CAP_COMMON = 1, CAP_NOTIFY, CAP_ISR, CAP_DEVICE, CAP_PCI };
enum cap_field {
	CAP_LEN = 2, CAP_TYPE = 3, CAP_BAR = 4, CAP_OFFSET = 8, CAP_LENGTH = 12,
	CAP_BYTES = 16, CAP_EXTRA = 16,
};
#define CAP_VENDOR	0x09

struct virtio_pci {
	struct pci_card card;
	struct virtio v;
	unsigned int window;	/* of CAP_PCI in the configuration space */
	bool is_modern;		/* no legacy interface */
};

/* The bus, as the core uses it ------------------------------------------- */

static int mem_read(void *opaque, u64 addr, void *buf, u64 bytes)
{
	return pci_dma_read(opaque, addr, buf, bytes);
}

static int mem_write(void *opaque, u64 addr, const void *buf, u64 bytes)
{
	return pci_dma_write(opaque, addr, buf, bytes);
}

static u8 *mem_direct(void *opaque, u64 addr, bool will_write, u64 *left)
{
	return pci_dma_direct(opaque, addr, will_write, left);
}

static void mem_wrote(void *opaque, u64 addr, u64 bytes)
{
	pci_dma_wrote(opaque, addr, bytes);
}

static void card_irq(void *opaque, bool level)
{
	pci_card_irq(opaque, level);
}

static const struct virtio_bus card_bus = {
	.read = mem_read,
	.write = mem_write,
	.direct = mem_direct,
	.wrote = mem_wrote,
	.irq = card_irq,
};

/* PCI numbers bytes from the least significant one. */
static void bytes_put(u8 *p, unsigned int bytes, u64 val)
{
	virtio_put(p, bytes, val, false);
}

static u32 bytes_get(const u8 *p, unsigned int bytes)
{
	return (u32)virtio_get(p, bytes, false);
}

/* Legacy ------------------------------------------------------------------ */

static void legacy_header(struct virtio_pci *p, u8 *b)
{
	struct virtio *v = &p->v;
	const struct virtio_queue *q = virtio_queue(v);
	u32 sel = v->host_sel;

	v->host_sel = 0;
	bytes_put(b + L_HOST_FEATURES, 4, virtio_host_features(v, true));
	v->host_sel = sel;
	bytes_put(b + L_FEATURES, 4, (u32)v->features);
	bytes_put(b + L_QUEUE_PFN, 4, q && q->is_enabled ?
		  q->desc >> LEGACY_SHIFT : 0);
	bytes_put(b + L_QUEUE_SIZE, 2, virtio_queue_max(v));
	bytes_put(b + L_QUEUE_SELECT, 2, v->queue_sel);
	b[L_STATUS] = (u8)v->status;
	b[L_ISR] = (u8)v->isr;
}

static int legacy_read(struct pci_card *card, u32 off, unsigned int size,
		       u32 *val)
{
	struct virtio_pci *p = card->dev->priv;
	u8 b[LEGACY_BYTES] = { 0 };

	if (size > 4 || off > LEGACY_BYTES - size)
		return BUS_BAD_ACCESS;
	if (off >= L_CONFIG) {
		virtio_config_read(&p->v, off - L_CONFIG, b + off, size, true);
	} else {
		legacy_header(p, b);
		if (off + size > L_ISR)
			virtio_isr_take(&p->v, ~0u);
	}
	*val = bytes_get(b + off, size);
	return BUS_OK;
}

static void legacy_store(struct virtio_pci *p, u32 off, u32 val)
{
	struct virtio *v = &p->v;
	struct virtio_queue *q = virtio_queue(v);

	switch (off) {
	case L_FEATURES:
		v->driver_sel = 0;
		virtio_set_features(v, val, true);
		break;
	case L_QUEUE_PFN:
		if (q)
			virtq_place(v, q, (u64)val << LEGACY_SHIFT,
				    1u << LEGACY_SHIFT);
		break;
	case L_QUEUE_SELECT:
		v->queue_sel = val & 0xffff;
		break;
	case L_NOTIFY:
		virtio_kick(v, val);
		break;
	case L_STATUS:
		virtio_set_status(v, val & 0xff, true);
		break;
	default:
		break;
	}
}

static int legacy_write(struct pci_card *card, u32 off, unsigned int size,
			u32 val)
{
	struct virtio_pci *p = card->dev->priv;
	u8 b[4];

	if (size > 4 || off > LEGACY_BYTES - size)
		return BUS_BAD_ACCESS;
	bytes_put(b, size, val);
	if (off >= L_CONFIG)
		virtio_config_write(&p->v, off - L_CONFIG, b, size, true);
	else
		legacy_store(p, off, val);
	return BUS_OK;
}

/* Modern: common configuration -------------------------------------------- */

static void common_queue(const struct virtio *v, const struct virtio_queue *q,
			 u8 *b)
{
	bytes_put(b + C_QUEUE_SIZE, 2, q->num);
	b[C_QUEUE_ENABLE] = q->is_enabled;
	bytes_put(b + C_QUEUE_NOTIFY_OFF, 2, v->queue_sel);
	bytes_put(b + C_QUEUE_DESC, 8, q->desc);
	bytes_put(b + C_QUEUE_DRIVER, 8, q->driver);
	bytes_put(b + C_QUEUE_DEVICE, 8, q->device);
	bytes_put(b + C_QUEUE_DATA, 2, v->queue_sel);
}

static void common_image(struct virtio *v, u8 *b)
{
	const struct virtio_queue *q = virtio_queue(v);

	bytes_put(b + C_HOST_SELECT, 4, v->host_sel);
	bytes_put(b + C_HOST_FEATURES, 4, virtio_host_features(v, false));
	bytes_put(b + C_SELECT, 4, v->driver_sel);
	bytes_put(b + C_FEATURES, 4, virtio_driver_features(v));
	bytes_put(b + C_MSIX, 2, 0xffff);
	bytes_put(b + C_QUEUES, 2, v->ops->queues);
	b[C_STATUS] = (u8)v->status;
	b[C_GENERATION] = (u8)v->generation;
	bytes_put(b + C_QUEUE_SELECT, 2, v->queue_sel);
	bytes_put(b + C_QUEUE_MSIX, 2, 0xffff);
	if (q)
		common_queue(v, q, b);
}

static void queue_half(u64 *addr, u32 off, u32 val)
{
	if (off & 4)
		*addr = (u32)*addr | (u64)val << 32;
	else
		*addr = (*addr >> 32 << 32) | val;
}

/* What may change only while the queue is off. */
static void queue_store(struct virtio *v, struct virtio_queue *q, u32 off,
			u32 val)
{
	if (q->is_enabled)
		return;
	switch (off) {
	case C_QUEUE_SIZE:
		q->num = val & 0xffff;
		break;
	case C_QUEUE_ENABLE:
		if ((val & 0xffff) == 1 && v->status & VIRTIO_S_FEATURES_OK)
			virtq_enable(v, q);
		break;
	case C_QUEUE_DESC:
	case C_QUEUE_DESC + 4:
		queue_half(&q->desc, off, val);
		break;
	case C_QUEUE_DRIVER:
	case C_QUEUE_DRIVER + 4:
		queue_half(&q->driver, off, val);
		break;
	case C_QUEUE_DEVICE:
	case C_QUEUE_DEVICE + 4:
		queue_half(&q->device, off, val);
		break;
	default:
		break;
	}
}

/* A field is written with its own width; those of 8 bytes in halves. 4.1.3 */
static unsigned int common_width(u32 off)
{
	if (off == C_STATUS || off == C_GENERATION)
		return 1;
	if (off < C_MSIX || (off >= C_QUEUE_DESC && off < C_QUEUE_DATA))
		return 4;
	return 2;
}

static void common_store(struct virtio *v, u32 off, unsigned int size, u32 val)
{
	struct virtio_queue *q = virtio_queue(v);

	if (off >= C_BYTES || off % size || size != common_width(off))
		return;
	switch (off) {
	case C_HOST_SELECT:
		v->host_sel = val;
		break;
	case C_SELECT:
		v->driver_sel = val;
		break;
	case C_FEATURES:
		virtio_set_features(v, val, false);
		break;
	case C_STATUS:
		virtio_set_status(v, val, false);
		break;
	case C_QUEUE_SELECT:
		v->queue_sel = val;
		break;
	case C_QUEUE_RESET:
		if (q && val == 1 && v->features & VIRTIO_F_RING_RESET)
			virtq_reset(v, q);
		break;
	default:
		if (q)
			queue_store(v, q, off, val);
	}
}

static int modern_read(struct pci_card *card, u32 off, unsigned int size,
		       u32 *val)
{
	struct virtio_pci *p = card->dev->priv;
	u8 b[C_BYTES + 4] = { 0 };
	u32 at = off % PAGE;

	if (size > 4 || off > MODERN_BYTES - size)
		return BUS_BAD_ACCESS;
	*val = 0;
	switch (off / PAGE) {
	case 0:
		if (at > C_BYTES)
			break;
		common_image(&p->v, b);
		*val = bytes_get(b + at, size);
		break;
	case 1:
		if (at == 0)
			*val = virtio_isr_take(&p->v, ~0u);
		break;
	case 2:
		virtio_config_read(&p->v, at, b, size, false);
		*val = bytes_get(b, size);
		break;
	default:
		break;
	}
	return BUS_OK;
}

static int modern_write(struct pci_card *card, u32 off, unsigned int size,
			u32 val)
{
	struct virtio_pci *p = card->dev->priv;
	u32 at = off % PAGE;
	u8 b[4];

	if (size > 4 || off > MODERN_BYTES - size)
		return BUS_BAD_ACCESS;
	switch (off / PAGE) {
	case 0:
		common_store(&p->v, at, size, val);
		break;
	case 2:
		bytes_put(b, size, val);
		virtio_config_write(&p->v, at, b, size, false);
		break;
	case 3:
		virtio_kick(&p->v, at / NOTIFY_STEP);
		break;
	default:
		break;
	}
	return BUS_OK;
}

/* Capabilities ------------------------------------------------------------ */

static unsigned int cap_add(struct pci_card *card, enum cap_type type,
			    unsigned int extra, u32 offset, u32 length)
{
	unsigned int at = pci_card_capability(card, CAP_VENDOR,
					      CAP_BYTES + extra);
	u8 *b = card->config + at;

	b[CAP_LEN] = (u8)(CAP_BYTES + extra);
	b[CAP_TYPE] = (u8)type;
	b[CAP_BAR] = BAR_MODERN;
	bytes_put(b + CAP_OFFSET, 4, offset);
	bytes_put(b + CAP_LENGTH, 4, length);
	return at;
}

static void caps_add(struct virtio_pci *p)
{
	struct pci_card *card = &p->card;
	unsigned int at;

	cap_add(card, CAP_COMMON, 0, 0, C_BYTES);
	cap_add(card, CAP_ISR, 0, PAGE, 1);
	if (p->v.config_bytes)
		cap_add(card, CAP_DEVICE, 0, 2 * PAGE, p->v.config_bytes);
	at = cap_add(card, CAP_NOTIFY, 4, 3 * PAGE, PAGE);
	bytes_put(card->config + at + CAP_EXTRA, 4, NOTIFY_STEP);
	at = cap_add(card, CAP_PCI, 4, 0, 0);
	card->config[at + CAP_BAR] = 0;
	card->wmask[at + CAP_BAR] = 0xff;
	memset(card->wmask + at + CAP_OFFSET, 0xff, 12);
	p->window = at;
}

/*
 * The window into the BARs for who cannot reach memory: an access to its data
 * is an access to what bar, offset and length say. 4.1.4.9
 */
static const struct pci_bar *window_bar(struct virtio_pci *p, unsigned int at,
					unsigned int size, u32 *off, u32 *len)
{
	const u8 *b = p->card.config + p->window;
	unsigned int data = p->window + CAP_EXTRA;

	if (at >= data + 4 || at + size <= data || b[CAP_BAR] >= PCI_BARS)
		return NULL;
	*off = bytes_get(b + CAP_OFFSET, 4);
	*len = bytes_get(b + CAP_LENGTH, 4);
	if ((*len != 1 && *len != 2 && *len != 4) || *off % *len ||
	    *off >= p->card.bar[b[CAP_BAR]].bytes)
		return NULL;
	return &p->card.bar[b[CAP_BAR]];
}

static void window_read(struct pci_card *card, unsigned int at,
			unsigned int size)
{
	struct virtio_pci *p = card->dev->priv;
	u32 off, len, val = 0;
	const struct pci_bar *bar = window_bar(p, at, size, &off, &len);

	if (bar && bar->read && bar->read(card, off, len, &val) >= 0)
		bytes_put(card->config + p->window + CAP_EXTRA, len, val);
}

static void window_wrote(struct pci_card *card, unsigned int at,
			 unsigned int size)
{
	struct virtio_pci *p = card->dev->priv;
	u32 off, len;
	const struct pci_bar *bar = window_bar(p, at, size, &off, &len);

	if (bar && bar->write)
		bar->write(card, off, len,
			   bytes_get(card->config + p->window + CAP_EXTRA,
				     len));
}

/* The device -------------------------------------------------------------- */

/* "pci1af4,1001" names the transitional ID, "pci1af4,1042" the modern one. */
static const struct virtio_ops *type_of(const char *compatible)
{
	u32 id = 0;

	if (strncmp(compatible, "pci1af4,", 8))
		return NULL;
	for (compatible += 8; *compatible; compatible++) {
		const char *hex = "0123456789abcdef";
		const char *digit = strchr(hex, *compatible);

		if (!digit || id > 0xfff)
			return NULL;
		id = id << 4 | (u32)(digit - hex);
	}
	for (unsigned int i = 0; virtio_types[i]; i++)
		if (id == virtio_types[i]->pci_id ||
		    id == ID_MODERN + virtio_types[i]->type)
			return virtio_types[i];
	return NULL;
}

static const struct virtio_ops *node_type(const struct dev_node *node)
{
	const struct virtio_ops *ops = NULL;
	const char *s;
	int len = 0;

	s = node->prop(node, "compatible", &len);
	while (s && len > 0 && !ops) {
		int n = (int)strnlen(s, (size_t)len) + 1;

		if (n <= len)
			ops = type_of(s);
		s += n;
		len -= n;
	}
	return ops;
}

static void header_init(struct virtio_pci *p, struct dev *dev)
{
	const struct virtio_ops *ops = p->v.ops;
	struct pci_card *card = &p->card;
	const struct pci_ids ids = {
		.vendor = VIRTIO_VENDOR,
		.device = (u16)(p->is_modern ? ID_MODERN + ops->type :
					       ops->pci_id),
		.subvendor = VIRTIO_VENDOR,
		.subdevice = (u16)(p->is_modern ? ID_MODERN : ops->type),
		.class = ops->pci_class,
		.revision = p->is_modern ? 1 : 0,
	};

	pci_card_init(card, dev, &ids);
	if (!p->is_modern)
		card->bar[BAR_LEGACY] = (struct pci_bar){
			.bytes = LEGACY_BYTES, .is_io = true,
			.read = legacy_read, .write = legacy_write,
		};
	card->bar[BAR_MODERN] = (struct pci_bar){
		.bytes = MODERN_BYTES,
		.read = modern_read, .write = modern_write,
	};
	card->config_will_read = window_read;
	card->config_wrote = window_wrote;
}

static int vpci_probe(struct dev *dev, const struct dev_node *node,
		      struct errmsg *msg)
{
	struct virtio_pci *p = dev->priv;
	const struct virtio_ops *ops = node_type(node);
	int rc, len;

	if (!ops)
		return err_set(msg, ERR_FORMAT,
			       "%s: compatible: names no virtio device",
			       dev->path);
	p->is_modern = !ops->pci_id || node->prop(node, "culm,modern", &len);
	p->card.dev = dev;
	rc = virtio_init(&p->v, ops, dev, node, &card_bus, &p->card, msg);
	if (rc)
		return rc;
	header_init(p, dev);
	caps_add(p);
	return pci_card_add(&p->card, node, msg);
}

static void vpci_reset(struct dev *dev, enum reset_kind kind)
{
	struct virtio_pci *p = dev->priv;

	(void)kind;
	pci_card_reset(&p->card);
	virtio_reset(&p->v);
}

static void vpci_remove(struct dev *dev)
{
	struct virtio_pci *p = dev->priv;

	virtio_remove(&p->v);
}

static const char *const vpci_compatible[] = {
	"pci1af4,1000", "pci1af4,1001", "pci1af4,1003", "pci1af4,1005",
	"pci1af4,1009", "pci1af4,1041", "pci1af4,1042", "pci1af4,1043",
	"pci1af4,1044", "pci1af4,1049", NULL
};

const struct dev_class virtio_pci_class = {
	.name = "virtio-pci",
	.desc = "virtio device on PCI",
	.compatible = vpci_compatible,
	.priv_size = sizeof(struct virtio_pci),
	.probe = vpci_probe,
	.reset = vpci_reset,
	.remove = vpci_remove,
	.own_map = true,
	.node_clk = CLK_COUNT,
};
