/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/ohci_hub.c - the root hub of the OHCI host controller.
 *
 * Owns port status and power, the times of reset and resume signalling, and
 * which function answers to an address.  Must not know descriptors.  Nothing
 * here draws too much current: the over-current bits stay 0.
 */
#include "soc/dev/ohci.h"

#define RH_A_NPS	0x00000200u
#define RH_A_PSM	0x00000100u

#define RH_S_LPS	0x00000001u	/* write: ClearGlobalPower */
#define RH_S_DRWE	0x00008000u	/* write: SetRemoteWakeupEnable */
#define RH_S_LPSC	0x00010000u	/* write: SetGlobalPower */
#define RH_S_CRWE	0x80000000u	/* write: ClearRemoteWakeupEnable */

#define PORT_CCS	0x00000001u	/* write: ClearPortEnable */
#define PORT_PES	0x00000002u	/* write: SetPortEnable */
#define PORT_PSS	0x00000004u	/* write: SetPortSuspend */
#define PORT_POCI	0x00000008u	/* write: ClearSuspendStatus */
#define PORT_PRS	0x00000010u	/* write: SetPortReset */
#define PORT_PPS	0x00000100u	/* write: SetPortPower */
#define PORT_LSDA	0x00000200u	/* write: ClearPortPower */
#define PORT_CSC	0x00010000u
#define PORT_PESC	0x00020000u
#define PORT_PSSC	0x00040000u
#define PORT_PRSC	0x00100000u
#define PORT_CHANGES	0x001f0000u

/* Reset: 10 ms (OHCI 7.4.4); resume: 20 ms and its low-speed end (USB 7.1.7). */
#define RESET_NS	10000000u
#define RESUME_NS	23000000u

static bool is_powered(const struct ohci *o, unsigned int i)
{
	return o->rh_a & RH_A_NPS || o->port[i] & PORT_PPS;
}

static void port_change(struct ohci *o, unsigned int i, u32 bits)
{
	o->port[i] |= bits;
	ohci_raise(o, INT_RHSC);
}

/* The bus wakes the controller up: a resume on a port, or a new connection. */
static void resume_detected(struct ohci *o)
{
	if ((o->control & CTL_HCFS) != HCFS_SUSPEND)
		return;
	ohci_set_state(o, HCFS_RESUME);
	ohci_raise(o, INT_RD);
}

/* Does the port see what is plugged in?  Report when that has changed. */
static void port_sense(struct ohci *o, unsigned int i)
{
	bool is = is_powered(o, i) && o->host.function[i];
	u32 p = o->port[i];

	if (is == !!(p & PORT_CCS))
		return;
	if (is) {
		o->port[i] |= PORT_CCS;
		usb_bus_reset(o->host.function[i]);
	} else {
		sched_cancel(o->dev->env->sched, &o->port_timer[i]);
		o->port[i] &= ~(PORT_CCS | PORT_PES | PORT_PSS | PORT_PRS);
	}
	/* power taken away is no change of the enable bit [OHCI 7.4.4] */
	port_change(o, i, PORT_CSC |
		    (p & PORT_PES && is_powered(o, i) ? PORT_PESC : 0));
	if (o->rh_status & RH_S_DRWE)
		resume_detected(o);
}

static void port_timer_fire(struct ohci *o, unsigned int i)
{
	if (o->port[i] & PORT_PRS) {
		o->port[i] &= ~(PORT_PRS | PORT_PSS);
		o->port[i] |= PORT_PES;
		port_change(o, i, PORT_PRSC);
	} else if (o->port[i] & PORT_PSS) {
		o->port[i] &= ~PORT_PSS;
		port_change(o, i, PORT_PSSC);
	}
	ohci_touch(o);
}

static void port0_fire(void *opaque, cycle_t late)
{
	(void)late;
	port_timer_fire(opaque, 0);
}

static void port1_fire(void *opaque, cycle_t late)
{
	(void)late;
	port_timer_fire(opaque, 1);
}

static void port_start(struct ohci *o, unsigned int i, u64 ns)
{
	const struct dev_env *env = o->dev->env;

	sched_at(env->sched, &o->port_timer[i],
		 sched_now(env->sched) + clk_ns_to_cycles(env->clk, ns));
}

static void port_resume(struct ohci *o, unsigned int i)
{
	if (o->port[i] & PORT_PSS && !sched_is_armed(&o->port_timer[i]))
		port_start(o, i, RESUME_NS);
}

static void hub_changed(struct usb_host *host, unsigned int i)
{
	port_sense(container_of(host, struct ohci, host), i);
}

static void hub_wake(struct usb_host *host, unsigned int i)
{
	struct ohci *o = container_of(host, struct ohci, host);

	if (host->function[i] && host->function[i]->may_wake &&
	    o->port[i] & PORT_CCS) {
		port_resume(o, i);
		resume_detected(o);
	}
	ohci_touch(o);
}

static const struct usb_host_ops hub_ops = { hub_changed, hub_wake };

/**
 * ohci_hub_init - make the ports ready for functions
 * @o: controller
 */
void ohci_hub_init(struct ohci *o)
{
	o->host.ops = &hub_ops;
	o->host.ports = USB_PORTS;
	o->port_timer[0].fire = port0_fire;
	o->port_timer[1].fire = port1_fire;
	for (unsigned int i = 0; i < USB_PORTS; i++) {
		o->port_timer[i].opaque = o;
		o->port_timer[i].name = "ohci-port";
	}
}

/**
 * ohci_hub_bus_reset - the controller drives a reset on all ports (UsbReset)
 * @o: controller; ports stay powered and connected, and become disabled
 */
void ohci_hub_bus_reset(struct ohci *o)
{
	for (unsigned int i = 0; i < USB_PORTS; i++) {
		sched_cancel(o->dev->env->sched, &o->port_timer[i]);
		o->port[i] &= ~(PORT_PES | PORT_PSS | PORT_PRS);
		if (o->port[i] & PORT_CCS && o->host.function[i])
			usb_bus_reset(o->host.function[i]);
	}
}

/**
 * ohci_hub_reset - hardware reset
 * @o: controller, its cells reset; what is plugged in connects anew
 */
void ohci_hub_reset(struct ohci *o)
{
	for (unsigned int i = 0; i < USB_PORTS; i++) {
		sched_cancel(o->dev->env->sched, &o->port_timer[i]);
		o->port[i] = 0;
		port_sense(o, i);
	}
}

/**
 * ohci_hub_find - the function that hears a token
 * @o:       controller
 * @address: of the token
 * @is_low:  token sent at low speed
 *
 * Returns: the function; NULL: nobody.
 */
struct usb_function *ohci_hub_find(struct ohci *o, u32 address, bool is_low)
{
	for (unsigned int i = 0; i < USB_PORTS; i++) {
		struct usb_function *f = o->host.function[i];
		u32 p = o->port[i] & (PORT_CCS | PORT_PES | PORT_PSS | PORT_PRS);

		if (f && p == (PORT_CCS | PORT_PES) && f->address == address &&
		    f->is_low_speed == is_low)
			return f;
	}
	return NULL;
}

static void port_power(struct ohci *o, unsigned int i, bool on)
{
	if (on)
		o->port[i] |= PORT_PPS;
	else
		o->port[i] &= ~PORT_PPS;
	port_sense(o, i);
}

/* Is the port's power its own (PSM and its bit of PortPowerControlMask)? */
static bool has_own_power(const struct ohci *o, unsigned int i)
{
	return o->rh_a & RH_A_PSM && o->rh_b >> (17 + i) & 1;
}

static void global_power(struct ohci *o, bool on)
{
	for (unsigned int i = 0; i < USB_PORTS; i++)
		if (!has_own_power(o, i))
			port_power(o, i, on);
}

/**
 * ohci_rh_a_written - HcRhDescriptorA was written: power switching may differ
 * @dev: controller
 * @i:   unused
 * @val: unused
 */
void ohci_rh_a_written(struct dev *dev, unsigned int i, u32 val)
{
	struct ohci *o = dev->priv;

	(void)i, (void)val;
	for (i = 0; i < USB_PORTS; i++)
		port_sense(o, i);
	ohci_touch(o);
}

/**
 * ohci_rh_status_written - commands of HcRhStatus
 * @dev: controller
 * @i:   unused
 * @val: the bits written as 1 act
 */
void ohci_rh_status_written(struct dev *dev, unsigned int i, u32 val)
{
	struct ohci *o = dev->priv;

	(void)i;
	if (val & RH_S_LPS)
		global_power(o, false);
	if (val & RH_S_LPSC)
		global_power(o, true);
	if (val & RH_S_DRWE)
		o->rh_status |= RH_S_DRWE;
	if (val & RH_S_CRWE)
		o->rh_status &= ~RH_S_DRWE;
	ohci_touch(o);
}

/**
 * ohci_port_read - HcRhPortStatus
 * @dev:  controller
 * @i:    port from 0
 * @cell: stored bits
 *
 * Returns: the bits with PortPowerStatus and LowSpeedDeviceAttached.
 */
u32 ohci_port_read(struct dev *dev, unsigned int i, u32 cell)
{
	struct ohci *o = dev->priv;
	const struct usb_function *f = o->host.function[i];

	if (is_powered(o, i))
		cell |= PORT_PPS;
	if (cell & PORT_CCS && f && f->is_low_speed)
		cell |= PORT_LSDA;
	ohci_touch(o);
	return cell;
}

static void port_reset(struct ohci *o, unsigned int i)
{
	o->port[i] &= ~PORT_PES;
	o->port[i] |= PORT_PRS;
	usb_bus_reset(o->host.function[i]);
	port_start(o, i, RESET_NS);
}

/**
 * ohci_port_written - commands of HcRhPortStatus
 * @dev: controller
 * @i:   port from 0
 * @val: the bits written as 1 act
 *
 * Source: OHCI 1.0a, 7.4.4.
 */
void ohci_port_written(struct dev *dev, unsigned int i, u32 val)
{
	struct ohci *o = dev->priv;
	bool is_there = o->port[i] & PORT_CCS;

	o->port[i] &= ~(val & PORT_CHANGES);
	if (val & PORT_CCS)
		o->port[i] &= ~(PORT_PES | PORT_PSS);
	/* a command to an empty port tells of itself by CSC */
	if (!is_there && val & (PORT_PES | PORT_PSS | PORT_PRS))
		port_change(o, i, PORT_CSC);
	if (is_there && val & PORT_PES)
		o->port[i] |= PORT_PES;
	if (is_there && val & PORT_PSS && o->port[i] & PORT_PES)
		o->port[i] |= PORT_PSS;
	if (is_there && val & PORT_POCI)
		port_resume(o, i);
	if (is_there && val & PORT_PRS)
		port_reset(o, i);
	if (has_own_power(o, i) && val & PORT_PPS)
		port_power(o, i, true);
	if (has_own_power(o, i) && val & PORT_LSDA)
		port_power(o, i, false);
	ohci_touch(o);
}
