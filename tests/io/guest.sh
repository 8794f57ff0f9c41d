# SPDX-License-Identifier: MIT
#
# tests/io/guest.sh - the head of each case's script in the guest.
# shellcheck shell=sh

export PATH=/usr/bin:/bin

say() { echo "io: $*"; }

# must COMMAND... - or the case ends, with the command on the console
must()
{
	"$@" || { say "failed ($?): $*"; exit 1; }
}

drop_caches() { sync; echo 3 >/proc/sys/vm/drop_caches; }

# seconds of the guest's clock, with fractions
now() { cut -d ' ' -f 1 /proc/uptime; }

# rate MIB FROM TO - MiB/s
rate() { awk "BEGIN { d = $3 - $2; printf \"%.1f\", d > 0 ? $1 / d : 0 }"; }

# write_random DEVICE MIB - fill the device's begin; says md5
write_random()
{
	rm -f /tmp/fifo
	must mkfifo /tmp/fifo
	md5sum </tmp/fifo >/tmp/written &
	dd if=/dev/urandom bs=128k count=$(($2 * 8)) 2>/dev/null | tee /tmp/fifo |
		must dd of="$1" bs=128k conv=fsync 2>/dev/null
	wait
	say written "$(cut -d ' ' -f 1 /tmp/written)"
}

# read_back DEVICE MIB - from the disk, not from memory; says md5
read_back()
{
	drop_caches
	say read "$(dd if="$1" bs=128k count=$(($2 * 8)) 2>/dev/null | md5sum |
		cut -d ' ' -f 1)"
}

# counters of an interface that must be 0 after an undisturbed transfer
net_errors()
{
	local c s=/sys/class/net/$1/statistics sum=0
	for c in rx_errors tx_errors rx_dropped tx_dropped rx_crc_errors \
		rx_fifo_errors rx_frame_errors rx_length_errors rx_missed_errors \
		rx_over_errors tx_aborted_errors tx_carrier_errors \
		tx_fifo_errors collisions; do
		[ "$(cat "$s/$c")" = 0 ] || {
			say "counter $1 $c $(cat "$s/$c")"
			sum=$((sum + $(cat "$s/$c")))
		}
	done
	say "errors $sum"
}

# The driver of an interface: eth_of virtio_net.  EMACs have theirs too.
eth_of()
{
	local d
	for d in /sys/class/net/eth*; do
		case $(readlink "$d/device/driver") in
		# A pattern: 8139* has two drivers.
		*/$1) echo "${d##*/}"; return ;;
		esac
	done
	return 1
}

# up INTERFACE ADDRESS - with the address and a link
up()
{
	local i=0
	must ifconfig "$1" "$2" netmask 255.255.255.0 up
	until [ "$(cat "/sys/class/net/$1/carrier" 2>/dev/null)" = 1 ]; do
		i=$((i + 1))
		[ $i -lt 100 ] || { say "failed: $1 has no link"; exit 1; }
		sleep 0.1
	done
}
