// SPDX-License-Identifier: GPL-2.0-only
/*
 * culm_dma.c - the DMA controllers of a PowerPC 440EP as a dmaengine provider,
 * so that the kernel's dmatest runs on them.
 *
 * Memory to memory only.  A short copy goes through the channel's registers, a
 * longer one through a chain of three scatter/gather descriptors, so that a run
 * of dmatest with random lengths takes both ways.  It is a test's module: no
 * power management, no slaves, no transfer can be taken back.
 */
#include <linux/dma-mapping.h>
#include <linux/dmaengine.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <asm/dcr.h>

#define CHANNELS	4
#define TXS		64		/* of a channel */
#define PIECES		3		/* of a chain */
#define CHAIN_BYTES	1024		/* from this length on */
#define MOST_BYTES	(3 * 0x8000)

/* Device control registers: of channel n at 8 n, then of all. */
#define CR		0
#define CT		1
#define SAH		2
#define SAL		3
#define DAH		4
#define DAL		5
#define SGH		6
#define SGL		7
#define SR		0x20
#define SGC		0x23
#define REGS		0x27

/* on, interrupt, both addresses count, software starts, stop at count 0 */
#define CR_COPY		0xc1a00180u
#define CR_WIDTH(n)	((u32)(n) << 25)
#define CT_LINK		0x80000000u
#define CT_ENDS		0x38000000u	/* count, end and error interrupt */
#define SR_COUNT(n)	(0x80000000u >> (n))
#define SR_END(n)	(0x08000000u >> (n))
#define SR_ERROR(n)	(0x00800000u >> (n))
#define SGC_START(n)	(0x80008000u >> (n))	/* with its enable mask */

struct piece {			/* as the controller reads it */
	__be32 cr, ct;
	__be64 src, dst, next;
};

struct culm_tx {
	struct dma_async_tx_descriptor tx;
	struct list_head node;
	struct piece *piece;
	dma_addr_t at;		/* of the pieces, for the controller */
	unsigned int count;
	bool has_failed;
};

struct culm_chan {
	struct dma_chan chan;
	struct culm_dma *dma;
	unsigned int n;
	int irq;
	spinlock_t lock;	/* the lists and the hardware channel */
	struct list_head idle, prepared, queued, issued, done;
	struct tasklet_struct tasklet;
	struct culm_tx *txs;
	struct piece *pieces;
	dma_addr_t at;
};

struct culm_dma {
	struct dma_device dev;
	dcr_host_t dcr;
	struct culm_chan chan[CHANNELS];
	spinlock_t lock;	/* SGC, which all channels share */
};

static struct culm_chan *to_culm(struct dma_chan *chan)
{
	return container_of(chan, struct culm_chan, chan);
}

static void put(struct culm_chan *c, unsigned int reg, u32 val)
{
	dcr_write(c->dma->dcr, c->n * 8 + reg, val);
}

/* Caller has the lock, and the channel is idle. */
static void start(struct culm_chan *c)
{
	struct culm_tx *t = list_first_entry_or_null(&c->issued,
						     struct culm_tx, node);
	unsigned long flags;

	if (!t)
		return;
	if (t->count == 1) {
		put(c, SAH, 0);
		put(c, SAL, (u32)be64_to_cpu(t->piece->src));
		put(c, DAH, 0);
		put(c, DAL, (u32)be64_to_cpu(t->piece->dst));
		put(c, CT, be32_to_cpu(t->piece->ct));
		put(c, CR, be32_to_cpu(t->piece->cr));
		return;
	}
	put(c, SGH, 0);
	put(c, SGL, (u32)t->at);
	spin_lock_irqsave(&c->dma->lock, flags);
	dcr_write(c->dma->dcr, SGC, SGC_START(c->n));
	spin_unlock_irqrestore(&c->dma->lock, flags);
}

static irqreturn_t on_irq(int irq, void *opaque)
{
	struct culm_chan *c = opaque;
	u32 mine = SR_COUNT(c->n) | SR_END(c->n) | SR_ERROR(c->n);
	struct culm_tx *t;
	u32 sr;

	spin_lock(&c->lock);
	sr = dcr_read(c->dma->dcr, SR) & mine;
	dcr_write(c->dma->dcr, SR, sr);
	t = list_first_entry_or_null(&c->issued, struct culm_tx, node);
	if (sr && t) {
		t->has_failed = sr & SR_ERROR(c->n);
		c->chan.completed_cookie = t->tx.cookie;
		list_move_tail(&t->node, &c->done);
		start(c);
		tasklet_schedule(&c->tasklet);
	}
	spin_unlock(&c->lock);
	return sr ? IRQ_HANDLED : IRQ_NONE;
}

static void on_done(struct tasklet_struct *tasklet)
{
	struct culm_chan *c = from_tasklet(c, tasklet, tasklet);
	struct dmaengine_result result = { .residue = 0 };
	dma_async_tx_callback_result with_result;
	dma_async_tx_callback plain;
	struct culm_tx *t;
	void *param;

	spin_lock_irq(&c->lock);
	while (!list_empty(&c->done)) {
		t = list_first_entry(&c->done, struct culm_tx, node);
		plain = t->tx.callback;
		with_result = t->tx.callback_result;
		param = t->tx.callback_param;
		result.result = t->has_failed ? DMA_TRANS_ABORTED :
						DMA_TRANS_NOERROR;
		list_move_tail(&t->node, &c->idle);
		spin_unlock_irq(&c->lock);
		if (with_result)
			with_result(param, &result);
		else if (plain)
			plain(param);
		spin_lock_irq(&c->lock);
	}
	spin_unlock_irq(&c->lock);
}

static dma_cookie_t submit(struct dma_async_tx_descriptor *tx)
{
	struct culm_tx *t = container_of(tx, struct culm_tx, tx);
	struct culm_chan *c = to_culm(tx->chan);
	unsigned long flags;
	dma_cookie_t cookie;

	spin_lock_irqsave(&c->lock, flags);
	cookie = c->chan.cookie + 1;
	if (cookie < DMA_MIN_COOKIE)
		cookie = DMA_MIN_COOKIE;
	tx->cookie = cookie;
	c->chan.cookie = cookie;
	list_move_tail(&t->node, &c->queued);
	spin_unlock_irqrestore(&c->lock, flags);
	return cookie;
}

static void issue_pending(struct dma_chan *chan)
{
	struct culm_chan *c = to_culm(chan);
	unsigned long flags;
	bool was_idle;

	spin_lock_irqsave(&c->lock, flags);
	was_idle = list_empty(&c->issued);
	list_splice_tail_init(&c->queued, &c->issued);
	if (was_idle)
		start(c);
	spin_unlock_irqrestore(&c->lock, flags);
}

static enum dma_status tx_status(struct dma_chan *chan, dma_cookie_t cookie,
				 struct dma_tx_state *state)
{
	dma_set_tx_state(state, chan->completed_cookie, chan->cookie, 0);
	return dma_async_is_complete(cookie, chan->completed_cookie,
				     chan->cookie);
}

/* The widest transfer that addresses and length allow: 1 << this bytes. */
static unsigned int width_of(dma_addr_t dst, dma_addr_t src, size_t len)
{
	return min_t(unsigned int, __ffs((u32)(dst | src | len) | 16), 4);
}

static struct dma_async_tx_descriptor *
prep_memcpy(struct dma_chan *chan, dma_addr_t dst, dma_addr_t src, size_t len,
	    unsigned long tx_flags)
{
	struct culm_chan *c = to_culm(chan);
	unsigned int width, i, count;
	struct culm_tx *t;
	size_t step, part;

	if (!len || len > MOST_BYTES)
		return NULL;
	spin_lock_irq(&c->lock);
	t = list_first_entry_or_null(&c->idle, struct culm_tx, node);
	if (t)
		list_move_tail(&t->node, &c->prepared);
	spin_unlock_irq(&c->lock);
	if (!t)
		return NULL;
	width = width_of(dst, src, len);
	count = len < CHAIN_BYTES ? 1 : PIECES;
	step = count == 1 ? len : ALIGN(len / PIECES + 1, 16);
	for (i = 0; i < count; i++) {
		struct piece *p = &t->piece[i];
		bool is_last = i == count - 1;

		part = is_last ? len : step;
		p->cr = cpu_to_be32(CR_COPY | CR_WIDTH(width));
		p->ct = cpu_to_be32((u32)(part >> width) |
				    (is_last ? CT_ENDS : CT_LINK));
		p->src = cpu_to_be64(src);
		p->dst = cpu_to_be64(dst);
		p->next = is_last ? 0 : cpu_to_be64(t->at + (i + 1) *
						    sizeof(*p));
		src += part;
		dst += part;
		len -= part;
	}
	wmb();		/* the pieces before what starts them */
	t->count = count;
	t->has_failed = false;
	t->tx.flags = tx_flags;
	t->tx.cookie = -EBUSY;
	t->tx.callback = NULL;
	t->tx.callback_result = NULL;
	return &t->tx;
}

static int alloc_chan(struct dma_chan *chan)
{
	struct culm_chan *c = to_culm(chan);
	size_t bytes = sizeof(struct piece) * PIECES * TXS;
	unsigned int i;

	c->txs = kcalloc(TXS, sizeof(*c->txs), GFP_KERNEL);
	if (!c->txs)
		return -ENOMEM;
	c->pieces = dma_alloc_coherent(c->dma->dev.dev, bytes, &c->at,
				       GFP_KERNEL);
	if (!c->pieces) {
		kfree(c->txs);
		return -ENOMEM;
	}
	chan->cookie = DMA_MIN_COOKIE;
	chan->completed_cookie = DMA_MIN_COOKIE;
	for (i = 0; i < TXS; i++) {
		struct culm_tx *t = &c->txs[i];

		dma_async_tx_descriptor_init(&t->tx, chan);
		t->tx.tx_submit = submit;
		t->piece = c->pieces + i * PIECES;
		t->at = c->at + i * PIECES * sizeof(struct piece);
		list_add_tail(&t->node, &c->idle);
	}
	return TXS;
}

static void free_chan(struct dma_chan *chan)
{
	struct culm_chan *c = to_culm(chan);
	unsigned long flags;

	spin_lock_irqsave(&c->lock, flags);
	put(c, CR, 0);
	INIT_LIST_HEAD(&c->idle);
	INIT_LIST_HEAD(&c->prepared);
	INIT_LIST_HEAD(&c->queued);
	INIT_LIST_HEAD(&c->issued);
	INIT_LIST_HEAD(&c->done);
	spin_unlock_irqrestore(&c->lock, flags);
	tasklet_kill(&c->tasklet);
	dma_free_coherent(c->dma->dev.dev, sizeof(struct piece) * PIECES * TXS,
			  c->pieces, c->at);
	kfree(c->txs);
}

static int init_chan(struct platform_device *pdev, struct culm_dma *d,
		     unsigned int n)
{
	struct culm_chan *c = &d->chan[n];

	c->dma = d;
	c->n = n;
	c->chan.device = &d->dev;
	spin_lock_init(&c->lock);
	INIT_LIST_HEAD(&c->idle);
	INIT_LIST_HEAD(&c->prepared);
	INIT_LIST_HEAD(&c->queued);
	INIT_LIST_HEAD(&c->issued);
	INIT_LIST_HEAD(&c->done);
	tasklet_setup(&c->tasklet, on_done);
	c->irq = platform_get_irq(pdev, n);
	if (c->irq < 0)
		return c->irq;
	list_add_tail(&c->chan.device_node, &d->dev.channels);
	return devm_request_irq(&pdev->dev, c->irq, on_irq, 0,
				dev_name(&pdev->dev), c);
}

static int culm_dma_probe(struct platform_device *pdev)
{
	struct device_node *np = pdev->dev.of_node;
	struct culm_dma *d;
	unsigned int n;
	int err;

	d = devm_kzalloc(&pdev->dev, sizeof(*d), GFP_KERNEL);
	if (!d)
		return -ENOMEM;
	d->dcr = dcr_map(np, dcr_resource_start(np, 0), REGS);
	if (!DCR_MAP_OK(d->dcr))
		return -ENXIO;
	err = dma_set_mask_and_coherent(&pdev->dev, DMA_BIT_MASK(32));
	if (err)
		return err;
	spin_lock_init(&d->lock);
	for (n = 0; n < CHANNELS; n++)
		dcr_write(d->dcr, n * 8 + CR, 0);
	dcr_write(d->dcr, SR, ~0u);
	INIT_LIST_HEAD(&d->dev.channels);
	for (n = 0; n < CHANNELS; n++) {
		err = init_chan(pdev, d, n);
		if (err)
			return err;
	}
	dma_cap_set(DMA_MEMCPY, d->dev.cap_mask);
	d->dev.dev = &pdev->dev;
	d->dev.copy_align = DMAENGINE_ALIGN_1_BYTE;
	d->dev.residue_granularity = DMA_RESIDUE_GRANULARITY_DESCRIPTOR;
	d->dev.device_alloc_chan_resources = alloc_chan;
	d->dev.device_free_chan_resources = free_chan;
	d->dev.device_prep_dma_memcpy = prep_memcpy;
	d->dev.device_issue_pending = issue_pending;
	d->dev.device_tx_status = tx_status;
	platform_set_drvdata(pdev, d);
	return dma_async_device_register(&d->dev);
}

static int culm_dma_remove(struct platform_device *pdev)
{
	struct culm_dma *d = platform_get_drvdata(pdev);

	dma_async_device_unregister(&d->dev);
	return 0;
}

static const struct of_device_id culm_dma_match[] = {
	{ .compatible = "ibm,dma-440gp" },
	{ .compatible = "culm,dma-plb4" },
	{ }
};
MODULE_DEVICE_TABLE(of, culm_dma_match);

static struct platform_driver culm_dma_driver = {
	.driver = { .name = "culm_dma", .of_match_table = culm_dma_match },
	.probe = culm_dma_probe,
	.remove = culm_dma_remove,
};
module_platform_driver(culm_dma_driver);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("PowerPC 440EP DMA controllers, for dmatest");
