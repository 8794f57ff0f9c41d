/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/ohci.h - what the three files of the OHCI host controller share.
 *
 * ohci.c has the registers and the clock of frames, ohci_hub.c the root hub,
 * ohci_list.c the lists of endpoint and transfer descriptors.  Nobody else
 * includes this.  Bits as OHCI 1.0a numbers them, bit 0 least significant.
 */
#ifndef SOC_DEV_OHCI_H
#define SOC_DEV_OHCI_H

#include "soc/dev.h"
#include "soc/usb.h"

/* HcControl */
#define CTL_CBSR	0x003u
#define CTL_PLE		0x004u
#define CTL_IE		0x008u
#define CTL_CLE		0x010u
#define CTL_BLE		0x020u
#define CTL_LISTS	(CTL_PLE | CTL_CLE | CTL_BLE)
#define CTL_HCFS	0x0c0u
#define CTL_IR		0x100u
#define CTL_RWC		0x200u
#define CTL_RWE		0x400u
#define HCFS_RESET	0x000u
#define HCFS_RESUME	0x040u
#define HCFS_OPER	0x080u
#define HCFS_SUSPEND	0x0c0u

/* HcCommandStatus */
#define CMD_HCR		0x01u
#define CMD_CLF		0x02u
#define CMD_BLF		0x04u
#define CMD_OCR		0x08u
#define CMD_SOC		0x00030000u

/* HcInterruptStatus, Enable, Disable */
#define INT_SO		0x01u
#define INT_WDH		0x02u
#define INT_SF		0x04u
#define INT_RD		0x08u
#define INT_UE		0x10u
#define INT_FNO		0x20u
#define INT_RHSC	0x40u
#define INT_OC		0x40000000u
#define INT_MIE		0x80000000u
#define INT_ALL		0x4000007fu

#define HCCA_FRAME	0x80
#define HCCA_DONE	0x84
#define DELAY_NONE	7u	/* done queue counter: nothing to report */

struct ohci {
	struct usb_host host;	/* first: see struct usb_host */
	struct dev *dev;
	u32 control, cmdstatus, intstatus, intenable;
	u32 hcca, period_cur, control_head, control_cur, bulk_head, bulk_cur;
	u32 done_head, fminterval, periodic_start, ls_threshold;
	u32 rh_a, rh_b, rh_status, port[USB_PORTS];

	/* the clock of frames; a bit time is 1/12 us */
	u64 frame_start;	/* of frame number @frame, bit times */
	u16 frame, worked;	/* number; last one whose lists were served */
	bool frt;
	bool is_dead;		/* UnrecoverableError, until a reset */
	u32 delay;		/* done queue interrupt counter */
	u32 quiet;		/* frames in a row without any progress */
	struct sched_event tick;
	struct sched_event port_timer[USB_PORTS];

	/* the frame being served */
	s32 budget;		/* bit times left */
	bool progressed;
	u8 data[8192];		/* one packet */
};

/* ohci.c */
void ohci_irq(struct ohci *o);
void ohci_raise(struct ohci *o, u32 bits);
void ohci_error(struct ohci *o);
void ohci_touch(struct ohci *o);
void ohci_set_state(struct ohci *o, u32 hcfs);

/* ohci_hub.c */
void ohci_hub_init(struct ohci *o);
void ohci_hub_reset(struct ohci *o);
void ohci_hub_bus_reset(struct ohci *o);
struct usb_function *ohci_hub_find(struct ohci *o, u32 address, bool is_low);
void ohci_rh_a_written(struct dev *dev, unsigned int i, u32 val);
void ohci_rh_status_written(struct dev *dev, unsigned int i, u32 val);
u32 ohci_port_read(struct dev *dev, unsigned int i, u32 cell);
void ohci_port_written(struct dev *dev, unsigned int i, u32 val);

/* ohci_list.c */
void ohci_frame_lists(struct ohci *o, u16 frame);

#endif
