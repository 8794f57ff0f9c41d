/* SPDX-License-Identifier: MIT */
/*
 * kvmboot KERNEL.bin INITRD DTB 'COMMAND' - boots Linux as a guest, with the
 * least of devices that it needs: an interrupt controller and a serial port.
 * Ends when the guest resets.  For the module's tests; no user's tool.
 */
#include "kvm.h"

enum {
	MEM_BYTES = 48 << 20, DTB_AT = 38 << 20, INITRD_AT = 40 << 20,
};

static struct kvm vm;

static struct {
	uint32_t sr, er, cr, pr, tr, vr;
	int out;
} uic;

static struct {
	uint8_t ier, lcr, mcr, scr, dll, dlm, is_thre;
} uart;

static long load(const char *name, uint8_t *to, long room)
{
	long fd = sys_call(SYS_OPEN, (long)name, 0, 0), n, all = 0;

	if (fd < 0)
		die(name, (uint32_t)fd);
	while ((n = sys_call(SYS_READ, fd, (long)to + all, room - all)) > 0)
		all += n;
	sys_call(SYS_CLOSE, fd, 0, 0);
	return all;
}

/* Put @value where the tree has the word @mark. */
static void tree_word(uint8_t *tree, long len, uint32_t mark, uint32_t value)
{
	long i;

	for (i = 0; i + 4 <= len; i += 4)
		if (*(uint32_t *)(tree + i) == mark)
			*(uint32_t *)(tree + i) = value;
}

static void tree_command(uint8_t *tree, long len, const char *cmd)
{
	long i;

	for (i = 0; i + 4 < len && (tree[i] != '@' || tree[i + 1] != '@'); i++)
		;
	if (i + 4 >= len)
		return;
	tree[i++] = '"';
	for (; *cmd && tree[i] == '@'; i++, cmd++)
		tree[i] = (uint8_t)*cmd;
	tree[i++] = '"';
	for (; tree[i] == '@'; i++)
		tree[i] = ' ';
}

static uint32_t host_word(const char *name)
{
	uint32_t v = 0;

	load(name, (uint8_t *)&v, 4);
	return v;
}

static void update_irq(void)
{
	uint32_t what;
	int out;

	if ((uart.ier & 2) && uart.is_thre)
		uic.sr |= 0x80000000;
	out = (uic.sr & uic.er & ~uic.cr) != 0;
	if (out == uic.out)
		return;
	uic.out = out;
	what = out ? KVM44X_INTERRUPT_SET_LEVEL : KVM44X_INTERRUPT_UNSET;
	ioctl(vm.vcpu, KVM44X_INTERRUPT, &what);
}

static uint32_t uic_access(uint32_t n, int is_write, uint32_t v)
{
	switch (n) {
	case 0:
		if (is_write)
			uic.sr &= ~v;
		return uic.sr;
	case 2:
		return is_write ? uic.er = v : uic.er;
	case 3:
		return is_write ? uic.cr = v : uic.cr;
	case 4:
		return is_write ? uic.pr = v : uic.pr;
	case 5:
		return is_write ? uic.tr = v : uic.tr;
	case 6:
		return uic.sr & uic.er;
	}
	return 0;
}

static void serve_dcr(void)
{
	uint32_t n = vm.run->u.dcr.dcrn, v = 0;

	if (n >= 0xc0 && n < 0xc9)
		v = uic_access(n - 0xc0, vm.run->u.dcr.is_write, vm.run->u.dcr.data);
	if (!vm.run->u.dcr.is_write)
		vm.run->u.dcr.data = v;
}

static uint8_t uart_read(uint32_t n)
{
	uint8_t iir;

	switch (n) {
	case 0:
		return uart.lcr & 0x80 ? uart.dll : 0;
	case 1:
		return uart.lcr & 0x80 ? uart.dlm : uart.ier;
	case 2:
		iir = (uart.ier & 2) && uart.is_thre ? 0xc2 : 0xc1;
		uart.is_thre = 0;
		return iir;
	case 3:
		return uart.lcr;
	case 4:
		return uart.mcr;
	case 5:
		return 0x60;
	case 6:
		return 0xb0;
	}
	return uart.scr;
}

static void uart_write(uint32_t n, uint8_t v)
{
	char c[2] = { (char)v, 0 };

	if (n == 0 && (uart.lcr & 0x80)) {
		uart.dll = v;
	} else if (n == 0) {
		sys_call(SYS_WRITE, 1, (long)c, 1);
		uart.is_thre = 1;
	} else if (n == 1 && (uart.lcr & 0x80)) {
		uart.dlm = v;
	} else if (n == 1) {
		if ((v & 2) && !(uart.ier & 2))
			uart.is_thre = 1;
		uart.ier = v & 15;
	} else if (n == 3) {
		uart.lcr = v;
	} else if (n == 4) {
		uart.mcr = v;
	} else if (n == 7) {
		uart.scr = v;
	}
}

static void serve_mmio(void)
{
	uint32_t n = (uint32_t)vm.run->u.mmio.phys_addr - 0xef600300;

	if (n >= 8) {
		if (!vm.run->u.mmio.is_write)
			vm.run->u.mmio.data[0] = vm.run->u.mmio.data[1] = 0;
	} else if (vm.run->u.mmio.is_write) {
		uart_write(n, vm.run->u.mmio.data[0]);
	} else {
		vm.run->u.mmio.data[0] = uart_read(n);
	}
}

static void make_vm(void)
{
	long ret = kvm_make(&vm);

	if (ret)
		die("kvmboot: /dev/kvm", (uint32_t)ret);
	ret = kvm_set_memory(&vm, kvm_memory(&vm, MEM_BYTES), MEM_BYTES, 0);
	if (ret)
		die("kvmboot: SET_USER_MEMORY_REGION", (uint32_t)ret);
}

static void load_all(char **argv)
{
	struct kvm44x_regs r;
	const char *cpu = "/proc/device-tree/cpus/cpu@0/timebase-frequency";
	long tree, initrd, i;

	load(argv[1], vm.mem, DTB_AT);
	tree = load(argv[3], vm.mem + DTB_AT, 65536);
	initrd = load(argv[2], vm.mem + INITRD_AT, MEM_BYTES - INITRD_AT);
	tree_word(vm.mem + DTB_AT, tree, 0x7eb00001, host_word(cpu));
	tree_word(vm.mem + DTB_AT, tree, 0x7eb00002, host_word(cpu));
	tree_word(vm.mem + DTB_AT, tree, 0x7eb00003,
		  (uint32_t)(INITRD_AT + initrd));
	tree_command(vm.mem + DTB_AT, tree, argv[4]);
	code_written(vm.mem, DTB_AT);
	ioctl(vm.vcpu, KVM44X_GET_REGS, &r);
	r.pc = 0;
	r.msr = 0;
	for (i = 3; i < 10; i++)
		r.gpr[i] = 0;
	r.gpr[3] = DTB_AT;
	ioctl(vm.vcpu, KVM44X_SET_REGS, &r);
}

static int prog_main(int argc, char **argv, char **envp)
{
	uint64_t start = sys_monotonic_ns();
	long ret;

	(void)envp;
	if (argc < 5)
		die("kvmboot: usage: kvmboot KERNEL.bin INITRD DTB COMMAND", 0);
	make_vm();
	load_all(argv);
	for (;;) {
		update_irq();
		ret = ioctl(vm.vcpu, KVM44X_RUN, 0);
		if (ret && ret != -EINTR)
			die("kvmboot: KVM_RUN", (uint32_t)ret);
		if (ret)
			continue;
		if (vm.run->exit_reason == KVM44X_EXIT_MMIO)
			serve_mmio();
		else if (vm.run->exit_reason == KVM44X_EXIT_DCR)
			serve_dcr();
		else
			break;
	}
	if (vm.run->exit_reason != KVM44X_EXIT_SYSTEM_EVENT) {
		put_hex(vm.run->u.hw.hardware_exit_reason, 16);
		die("kvmboot: exit", vm.run->exit_reason);
	}
	put_text("kvmboot: reset after ms ");
	put_dec((sys_monotonic_ns() - start) / 1000000);
	put_text("\n");
	return 0;
}
