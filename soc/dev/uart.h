/* SPDX-License-Identifier: MIT */
/*
 * soc/dev/uart.h - the 16550A's bits and its state, for uart.c alone.
 */
#ifndef SOC_DEV_UART_H
#define SOC_DEV_UART_H

#include "soc/dev.h"

#define FIFO_ROOM	16
#define LINE_ROOM	16
/* Data in a FIFO entry; the error bits of its character lie above. */
#define CHAR_MASK	0xffu
#define CHAR_ERRORS(lsr) ((u32)(lsr) << 8)

#define IER_RDA		0x01u
#define IER_THRE	0x02u
#define IER_RLS		0x04u
#define IER_MS		0x08u

#define IIR_NONE	0x01u
#define IIR_MS		0x00u
#define IIR_THRE	0x02u
#define IIR_RDA		0x04u
#define IIR_RLS		0x06u
#define IIR_TIMEOUT	0x0cu
#define IIR_FIFOS	0xc0u

#define FCR_ENABLE	0x01u
#define FCR_CLEAR_RX	0x02u
#define FCR_CLEAR_TX	0x04u
#define FCR_KEPT	0xc9u	/* enable, DMA mode, trigger level */

#define LCR_LENGTH	0x03u
#define LCR_STOP2	0x04u
#define LCR_PARITY	0x08u
#define LCR_BREAK	0x40u
#define LCR_DLAB	0x80u

#define MCR_DTR		0x01u
#define MCR_RTS		0x02u
#define MCR_OUT1	0x04u
#define MCR_OUT2	0x08u
#define MCR_LOOP	0x10u
#define MCR_KEPT	0x1fu

#define LSR_DR		0x01u
#define LSR_OE		0x02u
#define LSR_BI		0x10u
#define LSR_THRE	0x20u
#define LSR_TEMT	0x40u
#define LSR_FIFO_ERR	0x80u
#define LSR_CHAR_ERRS	0x1cu	/* PE FE BI, of one character */

#define MSR_TERI	0x04u	/* the trailing edge of RI only */
#define MSR_DELTAS	0x0fu
#define MSR_CTS		0x10u
#define MSR_DSR		0x20u
#define MSR_RI		0x40u
#define MSR_DCD		0x80u
#define MSR_LINES	0xf0u

#define OFF_LSR		5

/* Equal polls of LSR closer than this, in CPU cycles, are a spin. */
#define SPIN_CYCLES	4096
#define SPIN_POLLS	4

struct fifo {
	u32 slot[FIFO_ROOM];
	u32 head, count;
};

struct uart {
	/* registers */
	u32 ier, fcr, lcr, mcr, scr, dll, dlm;
	u32 errors;		/* LSR bits OE PE FE BI not yet read */
	u32 msr;
	u32 rbr;		/* last character read or, without FIFO, held */
	u32 is_thre_pending, is_timed_out;
	/* transmitter */
	struct fifo tx;
	u32 tsr, is_shifting, is_looped;
	/* receiver */
	struct fifo rx;
	u32 line[LINE_ROOM];	/* on their way in */
	u32 line_count;
	/* not state of the guest */
	struct sched_event tx_done, rx_done, timeout;
	struct chr *chr;
	u32 modem_out;		/* last told to the host */
	bool is_break_out;
	u32 host_lines;		/* CTS DSR RI DCD, driven by the host */
	u32 clock_hz;		/* of the node; 0: CLK_UART_EXT */
	u32 reg_shift;
	bool is_instant;
	/* spin detection */
	u32 polls, last_lsr;
	cycle_t last_poll;
	int wait;		/* cycles that the access in progress costs */
};

#endif
