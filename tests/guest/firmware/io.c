/* SPDX-License-Identifier: MIT */
/*
 * io.c - console on UART0, PLL and dividers, external bus banks, pins, IIC0.
 */
#include <stdarg.h>

#include "fw.h"

#define UART		(OCP_EA + 0x300)
#define IIC		(OCP_EA + 0x700)
#define GPIO0		(OCP_EA + 0xb00)
#define SYS_HZ		33333333u
#define UART_HZ		11059200u
#define BAUD		115200u

/* CPR0 */
#define CLKUPD		0x20
#define PLLC		0x40
#define PLLD		0x60
#define PRIMAD		0x80
#define PRIMBD		0xa0
#define OPBD		0xc0
#define PERD		0xe0
#define MALD		0x100
#define SPCID		0x120
#define ICFG		0x140
#define ICFG_RLI	0x80000000

/* ---- console ------------------------------------------------------------ */

void console_init(void)
{
	u32 divisor = UART_HZ / 16 / BAUD;

	sdr_set(0x120, 0x00800001);	/* the clock from outside */
	out8(UART + 3, 0x83);
	out8(UART, divisor);
	out8(UART + 1, divisor >> 8);
	out8(UART + 3, 0x03);
	out8(UART + 2, 0x07);
	out8(UART + 4, 0x03);
}

static void put(char c)
{
	if (c == '\n')
		put('\r');
	while (!(in8(UART + 5) & 0x20))
		;
	out8(UART, c);
}

static void put_number(u32 v, u32 base, u32 width)
{
	char text[12];
	u32 n = 0;

	do {
		text[n++] = "0123456789abcdef"[v % base];
		v /= base;
	} while (v || n < width);
	while (n)
		put(text[--n]);
}

/* %s, %u, %x; a digit before x or u is the least width, filled with zeros */
static void vsay(const char *f, va_list ap)
{
	const char *s;
	u32 width;

	for (; *f; f++) {
		if (*f != '%') {
			put(*f);
			continue;
		}
		f++;
		for (width = 1; *f >= '0' && *f <= '9'; f++)
			width = *f - '0';
		if (*f == 's')
			for (s = va_arg(ap, const char *); *s; s++)
				put(*s);
		else
			put_number(va_arg(ap, u32), *f == 'x' ? 16 : 10, width);
	}
}

void say(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vsay(format, ap);
	va_end(ap);
}

void stop(const char *format, ...)
{
	va_list ap;

	say("fw: stopped: ");
	va_start(ap, format);
	vsay(format, ap);
	va_end(ap);
	say("\n");
	/* every interrupt masked, waiting: nothing wakes it */
	for (;;)
		__asm__ volatile("mtmsr %0; isync" :: "r"(0x00040000));
}

/* ---- clocks ------------------------------------------------------------- */

/*
 * VCO 800 MHz = SysClk * 12 * 2, CPU 400, PLB 133: not what the straps give,
 * so it takes effect by a chip reset that keeps the registers.
 */
static const struct { u32 reg, value; } pll[] = {
	{ PLLC, 0x40000000 }, { PLLD, 0x0c020301 }, { PRIMAD, 0x01000000 },
	{ PRIMBD, 0x02000000 }, { OPBD, 0x02000000 }, { PERD, 0x02000000 },
	{ MALD, 0x02000000 }, { SPCID, 0x02000000 },
};

static u32 field(u32 reg, u32 shift, u32 mask, u32 zero)
{
	u32 v = cpr_get(reg) >> shift & mask;

	return v ? v : zero;
}

void clocks_init(struct fw *fw)
{
	u32 kept = cpr_get(ICFG) & ICFG_RLI, i, vco;

	for (i = 0; i < ARRAY_SIZE(pll); i++)
		kept = kept && cpr_get(pll[i].reg) == pll[i].value;
	if (!kept) {
		for (i = 0; i < ARRAY_SIZE(pll); i++)
			cpr_set(pll[i].reg, pll[i].value);
		cpr_set(ICFG, ICFG_RLI);
		mtspr(308, 0x20000000);		/* DBCR0: chip reset */
		for (;;)
			;
	}
	vco = SYS_HZ * field(PLLD, 24, 31, 32) * field(PLLD, 16, 15, 16) *
	      field(PLLD, 0, 63, 64);
	fw->cpu_hz = vco / field(PLLD, 16, 15, 16) / field(PRIMAD, 24, 7, 8);
	fw->plb_hz = vco / field(PLLD, 8, 7, 8) / field(PRIMBD, 24, 7, 8);
	fw->opb_hz = fw->plb_hz / field(OPBD, 24, 3, 4);
	fw->ebc_hz = fw->plb_hz / field(PERD, 24, 3, 4);
}

/* ---- external bus and pins ---------------------------------------------- */

/* BnCR: base, 1 MB << size, read and write, 8 bits << width */
#define BANK(base, size, width) ((base) | (size) << 17 | 3 << 15 | (width) << 13)

static const struct { u32 bank, timing, where; } banks[] = {
	{ 0, 0x03017300, BANK(FLASH_RA, 4, 1) },
	{ 1, 0x018003c0, BANK(NAND_EA, 0, 2) },
	{ 2, 0x018003c0, BANK(0x94000000, 0, 2) },	/* the other NAND */
	{ 4, 0x04015440, BANK(0x87800000, 3, 1) },	/* the other flash */
	{ 5, 0x04814500, BANK(BOARD_EA, 0, 0) },
};

void ebc_init(void)
{
	u32 i;

	ebc_set(0x23, 0xb8400000);		/* CFG */
	for (i = 0; i < ARRAY_SIZE(banks); i++) {
		ebc_set(0x10 + banks[i].bank, banks[i].timing);
		ebc_set(banks[i].bank, banks[i].where);
	}
}

void pins_init(void)
{
	sdr_set(0x4000, 0x40000000);	/* CUST0: EMAC1 */
	sdr_set(0x4101, 0x0004a000);	/* PFC1 */
	sdr_set(0x4300, 0x02000000);	/* MFR: RMII */
	sdr_set(0x320, 0x00000002);	/* USB0: host */
	out32(GPIO0 + 0x00, 0x00800000);	/* GPIO0_8: high ... */
	out32(GPIO0 + 0x04, 0x00800000);	/* ... and driven */
	if (!(in32(GPIO0 + 0x1c) & 0x00800000))
		stop("GPIO0_8 is driven high and reads low");
	/* the bridge may be master and answers to memory cycles */
	out32(PCI_EA, 0x04000080);
	out16(PCI_EA + 4, 0x0600);
}

/* ---- IIC0 ---------------------------------------------------------------- */

static int iic_go(u32 chip, u32 control)
{
	u32 start = timebase();

	out8(IIC + 8, 0x0a);		/* STS: clear */
	out8(IIC + 9, 0x8f);		/* EXTSTS: clear */
	out8(IIC + 4, chip << 1);
	out8(IIC + 5, 0);
	out8(IIC + 6, control);
	while (in8(IIC + 8) & 1)
		if (timebase() - start > 100000000)
			stop("IIC0 does not finish");
	return in8(IIC + 8) & 4 ? -1 : 0;
}

/* @n bytes of an EEPROM with one address byte; -1 when nobody answers. */
int iic_read(u32 chip, u32 offset, u8 *to, u32 n)
{
	u32 i, k;

	out8(IIC + 0xf, 1);		/* reset, then what it asks for */
	out8(IIC + 0xc, 6);		/* OPB at 66 MHz */
	out8(IIC + 0xf, 0);
	out8(IIC + 7, 0xc0);
	out8(IIC, offset);
	if (iic_go(chip, 0x01))
		return -1;
	for (; n; n -= k) {
		k = n < 4 ? n : 4;
		if (iic_go(chip, (k - 1) << 4 | 0x03))
			return -1;
		for (i = 0; i < k; i++)
			*to++ = in8(IIC);
	}
	return 0;
}

/* ---- what the compiler asks for ------------------------------------------ */

void *memcpy(void *to, const void *from, __SIZE_TYPE__ n)
{
	u8 *t = to;
	const u8 *f = from;

	while (n--)
		*t++ = *f++;
	return to;
}

void *memset(void *to, int v, __SIZE_TYPE__ n)
{
	u8 *t = to;

	while (n--)
		*t++ = (u8)v;
	return to;
}

int memcmp(const void *a, const void *b, __SIZE_TYPE__ n)
{
	const u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

__SIZE_TYPE__ strlen(const char *s)
{
	__SIZE_TYPE__ n = 0;

	while (s[n])
		n++;
	return n;
}
