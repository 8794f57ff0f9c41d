# SPDX-License-Identifier: MIT
#
# tests/io/board.sh - I2C, clocks, DMA, PCI and the small cards under Linux.
# shellcheck shell=bash disable=SC2154,SC2016

# The EEPROM by the kernel's driver and, where it has none, by i2c-dev.
case_i2c()
{
	head -c 512 /dev/urandom >"$tmp/etc/data"
	run_guest i2c 'say tools $(i2cdetect -V 2>&1)
		say found $(i2cdetect -y 0 | sed "1d; s/^..://" | tr -s " -" " ")
		must dd if=/etc/case/data of=/sys/bus/i2c/devices/0-0054/eeprom bs=512 2>/dev/null
		say sum $(md5sum </sys/bus/i2c/devices/0-0054/eeprom | cut -d " " -f 1)
		say spd $(i2cget -y -f 0 0x50 2)
		say bytes $(i2cdump -y -f -r 0x00-0x0f 0 0x54 b | sed -n "s/^00: \(.*\)    .*/\1/p")
		echo 0-0054 >/sys/bus/i2c/drivers/at24/unbind
		must i2cset -y 0 0x54 0x10 0x5a
		sleep 0.1
		say byte $(i2cget -y 0 0x54 0x10)
		say temperature $(cat /sys/class/hwmon/hwmon*/temp1_input)' \
		--clock=virtual --nvram "$tmp/nvram" || return
	[[ $(said i2c tools) == "i2cdetect version "* ]] ||
		wrong "these are not i2c-tools: $(said i2c tools)"
	same "chips" "$(said i2c found | xargs)" "UU UU UU UU UU UU"
	same "the EEPROM" "$(said i2c sum)" "$(md5_of "$tmp/etc/data")"
	# DDR SDRAM (JEDEC 21-C, annex D: byte 2).
	same "memory type in the SPD" "$(said i2c spd)" 0x07
	same "i2cdump" "$(said i2c bytes | tr -d ' ')" \
		"$(head -c 16 "$tmp/etc/data" | od -An -tx1 | tr -d ' \n')"
	same "a byte through i2c-dev" "$(said i2c byte)" 0x5a
	same "temperature" "$(said i2c temperature)" 25000
	# The host's file has what the guest wrote last.
	printf '\x5a' | dd of="$tmp/etc/data" bs=1 seek=16 conv=notrunc 2>/dev/null
	cmp -s "$tmp/etc/data" <(head -c 512 "$tmp/nvram.1") ||
		wrong "the EEPROM's file is not what the guest wrote"
}

case_rtc()
{
	run_guest rtc 'export TZ=UTC
		say start $(hwclock -ur)
		must date -u -s "2031-05-06 07:08:09" >/dev/null
		must hwclock -uw
		say set $(hwclock -ur)
		sleep 100
		say later $(hwclock -ur)
		say seconds $(i2cget -y -f 0 0x68 0)' --clock=virtual || return
	# 1767225600 is the documented start with --clock=virtual.
	[[ $(said rtc start) == *"Jan  1 00:00:0"*2026* ||
	   $(said rtc start) == *"Jan 1 00:00:0"*2026* ]] ||
		wrong "the clock starts with $(said rtc start)"
	[[ $(said rtc set) == *"May"*6\ 07:08:1*2031* ||
	   $(said rtc set) == *"May"*6\ 07:08:09*2031* ]] ||
		wrong "set to 07:08:09, reads $(said rtc set)"
	[[ $(said rtc later) == *"May"*6\ 07:09:[45]*2031* ]] ||
		wrong "100 s after 07:08:09 reads $(said rtc later)"
	[[ $(said rtc seconds) == 0x[0-5][0-9] ]] ||
		wrong "i2cget of the seconds: $(said rtc seconds)"
}

case_dmatest()
{
	run_guest dma "ls /lib/modules/*/kernel/culm/culm_dma.ko >/dev/null || { say failed: no module; exit 1; }
		must modprobe dmatest
		must modprobe culm_dma
		cd /sys/module/dmatest/parameters
		echo $(pick 200 5000) >iterations
		echo 2 >threads_per_chan
		echo 65536 >test_buf_size
		echo '' >channel 2>/dev/null
		echo 1 >run
		i=0; while [ \"\$(cat run)\" = Y ] && [ \$i -lt 6000 ]; do sleep 0.1; i=\$((i + 1)); done
		say channels \$(ls -d /sys/class/dma/dma*chan* | wc -l)
		say passed \$(dmesg | grep -c 'dmatest:.*summary.* 0 failures')
		say failed \$(dmesg | grep 'dmatest:' | grep -cE 'summary.* [1-9][0-9]* failures|error|timed out|no channels')" \
		--clock=virtual || return
	same "threads with failures" "$(said dma failed)" 0
	at_least "threads that passed" "$(said dma passed)" 8
	remark "$(said dma channels) channels, $(said dma passed) threads"
}

case_pci()
{
	run_guest pci 'say cards $(lspci | sort | sed "s/.*: //" | tr "\n" " ")' \
		--clock=virtual --nic e1000 --nic rtl8139 --card virtio-rng \
		--drive "$(truncate -s 1M "$tmp/img"; echo "$tmp/img")" || return
	local id
	for id in 1014:027f 8086:100e 10ec:8139 1af4:1005 1af4:1001; do
		[[ " $(said pci cards) " == *" $id "* ]] ||
			wrong "lspci has no $id: $(said pci cards)"
	done
}

# Two equal runs of 4 KB would be no entropy; few distinct bytes neither.
case_rng()
{
	run_guest rng 'say name $(cat /sys/class/misc/hw_random/rng_current)
		must dd if=/dev/hwrng of=/tmp/a bs=4096 count=4 iflag=fullblock 2>/dev/null
		must dd if=/dev/hwrng of=/tmp/b bs=4096 count=4 iflag=fullblock 2>/dev/null
		say size $(wc -c </tmp/a)
		cmp -s /tmp/a /tmp/b && say same
		say packed $(gzip </tmp/a | wc -c)' --clock=virtual \
		--card virtio-rng || return
	[[ $(said rng name) == virtio_rng* ]] ||
		wrong "/dev/hwrng is $(said rng name)"
	same "bytes" "$(said rng size)" 16384
	at_least "bytes after gzip" "$(said rng packed)" 16384
	! grep -q '^io: same' "$tmp/rng.console" || wrong "it repeats itself"
}

# A program of the host's talks with one of the guest's.
case_console()
{
	start_guest console 'exec 3<>/dev/hvc0
		must stty raw -echo <&3
		say ready
		echo from the guest >&3
		read -r line <&3
		say heard $line
		head -c 20000 /dev/zero | tr "\0" x >&3
		echo " end" >&3
		sleep 1' --clock=host --card "virtio-console:unix:$tmp/line"
	until [ -S "$tmp/line" ]; do
		kill -0 "$pid" 2>/dev/null || { end_guest console "$pid"; return; }
		sleep 0.05
	done
	background perl -MIO::Socket::UNIX -e '
		my $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die "connect: $!";
		$SIG{ALRM} = sub { die "late" };
		alarm 60;
		my $text = <$s>;
		print $s "from the host\n";
		$s->flush;
		my $rest = <$s>;
		open my $out, ">", $ARGV[1] or die;
		print $out $text, length($rest), "\n";
		close $out;' "$tmp/line" "$tmp/heard"
	end_guest console "$pid" || return
	wait "$server" 2>/dev/null
	same "the guest heard" "$(said console heard)" "from the host"
	same "the host heard" "$(tr -d '\r' <"$tmp/heard" | tr '\n' ' ')" \
		"from the guest 20005 "
}

# Keys from the host are not there yet; that Linux knows the keyboard is.
case_usb_keyboard()
{
	cat >"$tmp/kbd.dts" <<-'END'
	/include/ "bamboo.dts"

	&USBH0 {
		#address-cells = <1>;
		#size-cells = <0>;

		keyboard@2 {
			compatible = "culm,usb-kbd";
			reg = <2>;
		};
	};
	END
	board=$tmp/kbd.dts
	run_guest kbd 'must modprobe ohci-hcd; must modprobe hid-generic; must modprobe usbhid
		sleep 3
		say keyboards $(grep -c "^N: Name=\"Culm USB keyboard\"" /proc/bus/input/devices)
		say events $(ls /dev/input/event* | wc -l)' --clock=virtual || return
	same "keyboards" "$(said kbd keyboards)" 1
	at_least "event devices" "$(said kbd events)" 1
}
