/* SPDX-License-Identifier: MIT */
/*
 * cli/run_parts.c - turns options into parts of the board and opens the files
 * behind them.
 *
 * A card is a row of the board's list of parts; what stands behind it on the
 * host is an entry of the machine's arrays.  The numbers that join the two are
 * given out here and nowhere else.
 */
#include "cli/run_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/xalloc.h"
#include "cli/cli.h"
#include "cli/run_options.h"

#define SHARE_TAG 32u	/* bytes of a tag with its end */

static const struct {
	const char *nic, *name, *compatible;
	bool is_modern;
} nics[] = {
	{ "virtio", "ethernet", "pci1af4,1000", false },
	{ "virtio-modern", "ethernet", "pci1af4,1000", true },
	{ "e1000", "ethernet", "pci8086,100e", false },
	{ "rtl8139", "ethernet", "pci10ec,8139", false },
};

static const struct {
	const char *card, *name, *compatible;
	enum board_part_bus bus;
} cards[] = {
	{ "virtio-rng", "rng", "pci1af4,1005", BUS_PART_PCI },
	{ "virtio-console", "console", "pci1af4,1003", BUS_PART_PCI },
	{ "usb-kbd", "keyboard", "culm,usb-kbd", BUS_PART_USB },
};

static void add_part(struct run_parts *p, const struct board_part *part,
		     const char *option, const char *value)
{
	struct board_part *to = &p->part[p->parts];

	snprintf(p->label[p->parts], sizeof(p->label[0]), "--%s=%s", option,
		 value);
	*to = *part;
	to->option = p->label[p->parts++];
}

static int add_drive(struct run_parts *p, struct run_options *o,
		     unsigned int i, struct errmsg *msg)
{
	enum disk_if which = DISK_IF_VIRTIO;
	int e = disk_spec_if(o->drive[i], &which, msg);

	if (!e)
		e = disk_open(&p->disk[i], o->drive[i], msg);
	if (e < 0)
		return e;
	disk_set_say(p->disk[i], cli_say, NULL);
	o->cfg.drive[i] = disk_blk(p->disk[i]);
	if (which == DISK_IF_USB)
		add_part(p, &(struct board_part){ BUS_PART_USB, "storage",
			 "culm,usb-storage", i, false, NULL },
			 "drive", o->drive[i]);
	else
		add_part(p, &(struct board_part){ BUS_PART_PCI, "scsi",
			 "pci1af4,1001", i, false, NULL },
			 "drive", o->drive[i]);
	return 0;
}

/* ",ro" and ",tag=TAG" behind the folder of --share=@value. */
static int share_words(const char *value, char *rest, bool *is_read_only,
		       char tag[SHARE_TAG], struct errmsg *msg)
{
	const char *word;

	while ((word = strsep(&rest, ","))) {
		if (!strcmp(word, "ro"))
			*is_read_only = true;
		else if (strncmp(word, "tag=", 4))
			return err_set(msg, ERR_USAGE, "--share=%s: \"%s\" is "
				       "neither ro nor tag=TAG", value, word);
		else if (!word[4] || strlen(word + 4) >= SHARE_TAG)
			return err_set(msg, ERR_USAGE, "--share=%s: a tag has "
				       "1 to %u characters", value,
				       SHARE_TAG - 1);
		else
			strcpy(tag, word + 4);
	}
	return 0;
}

static int add_share(struct run_parts *p, struct run_options *o,
		     unsigned int i, struct errmsg *msg)
{
	char *spec = xstrdup(o->share[i]), *rest = spec, tag[SHARE_TAG];
	bool is_read_only = false;
	int e;

	snprintf(tag, sizeof(tag), "share%u", i);
	strsep(&rest, ",");
	if (spec[0])
		e = share_words(o->share[i], rest, &is_read_only, tag, msg);
	else
		e = err_set(msg, ERR_USAGE, "--share=%s: names no folder",
			    o->share[i]);
	for (unsigned int k = 0; k < i && !e; k++)
		if (!strcmp(o->cfg.share[k]->tag, tag))
			e = err_set(msg, ERR_CONFLICT, "--share=%s: the tag "
				    "\"%s\" is that of --share=%s",
				    o->share[i], tag, o->share[k]);
	if (!e)
		e = p9_open(&p->folder[i], spec, tag, is_read_only, msg);
	free(spec);
	if (e < 0)
		return e;
	o->cfg.share[i] = p9_share(p->folder[i]);
	add_part(p, &(struct board_part){ BUS_PART_PCI, "share",
		 "pci1af4,1009", i, false, NULL }, "share", o->share[i]);
	return 0;
}

/* The n-th --net is the cable of the n-th --nic; without one, of an EMAC. */
static int add_nics(struct run_parts *p, struct run_options *o,
		    struct errmsg *msg)
{
	unsigned int emacs = 0, next = MACHINE_EMACS, i, k;
	unsigned int count = o->nics > o->nets ? o->nics : o->nets;

	for (i = 0; i < count; i++) {
		const char *nic = i < o->nics ? o->nic[i] : "emac";

		if (!strcmp(nic, "emac")) {
			if (emacs == MACHINE_EMACS)
				return err_set(msg, ERR_RANGE, "%s%s: the chip "
					       "has %d EMACs only; cards need "
					       "--nic=virtio or the like",
					       i < o->nics ? "--nic=" : "--net=",
					       i < o->nics ? nic : o->net[i],
					       MACHINE_EMACS);
			p->net_at[i] = emacs++;
			continue;
		}
		if (next == MACHINE_NETS)
			return err_set(msg, ERR_RANGE, "--nic=%s: more than "
				       "%d cards", nic,
				       MACHINE_NETS - MACHINE_EMACS);
		for (k = 0; strcmp(nics[k].nic, nic); k++)
			;
		add_part(p, &(struct board_part){ BUS_PART_PCI, nics[k].name,
			 nics[k].compatible, next, nics[k].is_modern, NULL },
			 "nic", nic);
		p->net_at[i] = next++;
	}
	return 0;
}

/* The console's line stands behind those of the chip's UARTs. */
static void add_card(struct run_parts *p, const char *card)
{
	unsigned int k;

	for (k = 0; strcmp(cards[k].card, card); k++)
		;
	add_part(p, &(struct board_part){ cards[k].bus, cards[k].name,
		 cards[k].compatible, MACHINE_SERIALS, false, NULL },
		 "card", card);
}

/* The file behind number @index of a kind of storage, or NULL: not kept. */
static char *storage_path(const struct run_options *o, enum blk_role role,
			  unsigned int index)
{
	switch (role) {
	case BLK_NOR:
		return o->firmware && !index ? xstrdup(o->firmware) : NULL;
	case BLK_NAND:
		return index < o->nands ? xstrdup(o->nand[index]) : NULL;
	case BLK_NVRAM:
		if (!o->nvram)
			return NULL;
		return index ? xasprintf("%s.%u", o->nvram, index) :
			       xstrdup(o->nvram);
	default:
		return NULL;
	}
}

static int open_storage(void *opaque, enum blk_role role, unsigned int index,
			u64 bytes, struct blk **out, struct errmsg *msg)
{
	struct run_parts *p = opaque;
	struct flash *f = NULL;
	char *path = storage_path(p->opt, role, index);
	int e;

	if (!path)
		return 0;
	p->chips[role]++;
	if (p->flashes == PARTS_FLASHES)
		e = err_set(msg, ERR_RANGE, "%s: more than %d memories with a "
			    "file", path, PARTS_FLASHES);
	else if (role == BLK_NOR)
		e = nor_open(&f, path, bytes, msg);
	else
		/* erased; the board's own NVRAM is RAM */
		e = flash_open(&f, path, bytes, role == BLK_NAND || index ?
			       FLASH_FILL_ONES : FLASH_FILL_ZEROS, msg);
	free(path);
	if (e < 0)
		return e;
	flash_set_say(f, cli_say, NULL);
	p->flash[p->flashes++] = f;
	*out = flash_blk(f);
	return 0;
}

/**
 * run_parts_open - plug in what the options ask for
 * @p:   filled; run_parts_close it also when this fails
 * @opt: options; cfg gets the parts, drives, folders and storage
 * @msg: one line on failure
 *
 * Returns: 0, -ERR_x.
 */
int run_parts_open(struct run_parts *p, struct run_options *opt,
		   struct errmsg *msg)
{
	unsigned int i;
	int e = 0;

	p->opt = opt;
	for (i = 0; i < opt->drives && !e; i++)
		e = add_drive(p, opt, i, msg);
	if (!e)
		e = add_nics(p, opt, msg);
	for (i = 0; i < opt->shares && !e; i++)
		e = add_share(p, opt, i, msg);
	for (i = 0; i < opt->cards && !e; i++)
		add_card(p, opt->card[i]);
	opt->cfg.part = p->part;
	opt->cfg.parts = p->parts;
	opt->cfg.has_firmware = opt->firmware;
	opt->cfg.storage = (struct machine_storage){ open_storage, p };
	return e;
}

/**
 * run_parts_check - is there a chip on the board for each file?
 * @p:   opened, and the machine made with it
 * @msg: names the option on error
 *
 * Returns: 0; -ERR_RANGE.
 */
int run_parts_check(const struct run_parts *p, struct errmsg *msg)
{
	const struct run_options *o = p->opt;

	if (o->firmware && !p->chips[BLK_NOR])
		return err_set(msg, ERR_RANGE, "--firmware=%s: the board has "
			       "no boot flash", o->firmware);
	if (o->nands > p->chips[BLK_NAND])
		return err_set(msg, ERR_RANGE, "--nand=%s: the board has %u "
			       "NAND chips", o->nand[p->chips[BLK_NAND]],
			       p->chips[BLK_NAND]);
	if (o->nvram && !p->chips[BLK_NVRAM])
		return err_set(msg, ERR_RANGE, "--nvram=%s: the board has no "
			       "battery-backed memory", o->nvram);
	return 0;
}

/**
 * run_parts_close - write back and close all files
 * @p: opened, also in part
 *
 * Returns: 0, or the first -ERR_x of a file that could not be written whole;
 *          it was said when it happened.
 * Context: after machine_free.
 */
int run_parts_close(struct run_parts *p)
{
	int e = 0, one;

	for (unsigned int i = 0; i < MACHINE_DRIVES; i++) {
		one = p->disk[i] ? disk_close(p->disk[i]) : 0;
		e = e ? e : one;
	}
	for (unsigned int i = 0; i < p->flashes; i++) {
		one = flash_close(p->flash[i]);
		e = e ? e : one;
	}
	for (unsigned int i = 0; i < MACHINE_SHARES; i++)
		if (p->folder[i])
			p9_close(p->folder[i]);
	return e;
}
