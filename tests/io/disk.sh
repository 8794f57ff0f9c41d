# SPDX-License-Identifier: MIT
#
# tests/io/disk.sh - disks under Linux: virtio-blk, NBD, USB, overlays, and what
# is left after kill -9 and on a host that is full.
# shellcheck shell=bash disable=SC2154,SC2016

# disk_round_trip MIB DEVICE OPTION... - random data written, read back, in one
# guest and again after another start
disk_round_trip()
{
	local mib=$1 device=$2
	shift 2
	run_guest disk "[ -b $device ] || must modprobe usb-storage
		i=0; until [ -b $device ] || [ \$i = 50 ]; do sleep 0.2; i=\$((i+1)); done
		a=\$(now); write_random $device $mib; b=\$(now)
		read_back $device $mib; c=\$(now)
		say rate \$(rate $mib \$a \$b) \$(rate $mib \$b \$c)" \
		--clock=virtual "$@" || return
	same "what was read back" "$(said disk read)" "$(said disk written)"
}

case_blk()
{
	local mib
	mib=$(pick 64 1024)
	truncate -s "${mib}M" "$tmp/img"
	disk_round_trip "$mib" /dev/vda --drive "$tmp/img" || return
	same "the host's file" "$(md5_of "$tmp/img")" "$(said disk written)"
	remark "$mib MiB"
}

case_nbd()
{
	local mib
	mib=$(pick 64 1024)
	command -v nbdkit >/dev/null || { not_here "no nbdkit"; return; }
	truncate -s "${mib}M" "$tmp/img"
	background nbdkit -f -U "$tmp/sock" file "$tmp/img"
	until [ -S "$tmp/sock" ]; do
		kill -0 "$server" || { wrong "nbdkit does not run"; return; }
		sleep 0.05
	done
	disk_round_trip "$mib" /dev/vda \
		--drive "nbd+unix:///?socket=$tmp/sock" || return
	same "the server's file" "$(md5_of "$tmp/img")" "$(said disk written)"
	remark "$mib MiB"
}

# The server goes away: errors in the guest, and Culm goes on; at its end it says
# by its status that the disk could not be flushed.
case_nbd_gone()
{
	command -v nbdkit >/dev/null || { not_here "no nbdkit"; return; }
	errors_allowed=1
	truncate -s 16M "$tmp/img"
	background nbdkit -f -U "$tmp/sock" file "$tmp/img"
	until [ -S "$tmp/sock" ]; do sleep 0.05; done
	start_guest gone 'must dd if=/dev/vda of=/dev/null bs=64k count=16 2>/dev/null
		say ready
		i=0; while dd if=/dev/vda of=/dev/null bs=64k count=1 skip=200 iflag=direct 2>/dev/null; do
			sleep 0.1; i=$((i+1)); [ $i -lt 1000 ] || exit 1; done
		say saw an error' --clock=host --drive "nbd+unix:///?socket=$tmp/sock"
	await_line gone "$pid" 'io: ready' || return
	kill "$server"
	status_expected=1
	end_guest gone "$pid"
}

case_blk_ro()
{
	errors_allowed=1
	head -c 4M /dev/urandom >"$tmp/img"
	local before
	before=$(md5_of "$tmp/img")
	run_guest ro 'say flag $(cat /sys/block/vda/ro)
		say read $(md5sum /dev/vda | cut -d " " -f 1)
		! dd if=/dev/zero of=/dev/vda bs=4k count=1 conv=fsync 2>/dev/null || exit 1' \
		--clock=virtual --drive "$tmp/img,ro"
	same "/sys/block/vda/ro" "$(said ro flag)" 1
	same "what was read" "$(said ro read)" "$before"
	same "the file" "$(md5_of "$tmp/img")" "$before"
}

case_blk_cow()
{
	local before
	head -c 32M /dev/urandom >"$tmp/img"
	before=$(md5_of "$tmp/img")
	# In the middle of clusters, and over their borders.
	run_guest first 'dd if=/dev/urandom of=/dev/vda bs=512 seek=1001 count=3333 conv=notrunc 2>/dev/null
		dd if=/dev/urandom of=/dev/vda bs=64k seek=300 count=77 2>/dev/null
		drop_caches; say sum $(md5sum /dev/vda | cut -d " " -f 1)' \
		--clock=virtual --drive "$tmp/img,cow=$tmp/over" || return
	same "the base" "$(md5_of "$tmp/img")" "$before"
	run_guest second 'say sum $(md5sum /dev/vda | cut -d " " -f 1)' \
		--clock=virtual --drive "$tmp/img,cow=$tmp/over" || return
	same "the disk of the second start" "$(said second sum)" \
		"$(said first sum)"
	[ "$(said second sum)" != "$before" ] || wrong "nothing was written"
	run_guest third 'dd if=/dev/zero of=/dev/vda bs=64k count=9 conv=fsync 2>/dev/null
		drop_caches; say zero $(dd if=/dev/vda bs=64k count=9 2>/dev/null | md5sum | cut -d " " -f 1)' \
		--clock=virtual --drive "$tmp/img,snapshot" || return
	same "zeros over a snapshot" "$(said third zero)" \
		"$(head -c $((9 * 65536)) /dev/zero | md5sum | cut -d ' ' -f 1)"
	same "the base" "$(md5_of "$tmp/img")" "$before"
}

full_script='dd if=/dev/zero of=/dev/vda bs=64k conv=fsync 2>/tmp/err && exit 1
	say saw an error
	must dd if=/dev/vda of=/dev/null bs=64k count=16 iflag=direct 2>/dev/null'

# Two hosts without room: a limit of the process, and a full file system.
case_host_full()
{
	errors_allowed=1
	truncate -s 64M "$tmp/img"
	(
		ulimit -f $((8 * 1024))
		run_guest limit "$full_script" --clock=virtual \
			--drive "$tmp/img" && exit 0
		printf '%s\n' "${findings[@]}" >"$tmp/limit.findings"
		exit 1
	) || wrong "a file size limit: $(cat "$tmp/limit.findings")"
	if ! unshare -rm true 2>/dev/null; then
		remark "no tmpfs here"
		return
	fi
	mkdir "$tmp/small"
	make_initrd full "$full_script"
	# shellcheck disable=SC2016
	timeout "$limit" unshare -rm sh -c 'mount -t tmpfs -o size=8m none "$1" &&
		truncate -s 64M "$1/img" && exec "$2" run bamboo --clock=virtual \
			--kernel "$3" --initrd "$4" --serial "file:$5" --no-reboot \
			--append "console=ttyS0,115200 culm.run=\"sh /case\"" \
			--drive "$1/img"' sh "$tmp/small" "$culm" "$guest/vmlinux" \
		"$tmp/full.initrd" "$tmp/full.console" >"$tmp/full.out" \
		2>"$tmp/full.err" </dev/null ||
		wrong "a full tmpfs: Culm ended with status $?"
	grep -q 'io: saw an error' "$tmp/full.console" &&
		grep -q 'culm guest: exit 0' "$tmp/full.console" ||
		wrong "a full tmpfs: the guest did not see an error and go on"
}

# Writes files, each synced before it is announced, among others that are not.
ext4_writer='must mount -t ext4 /dev/vda /mnt
	mkdir -p /mnt/round$1
	i=0
	while [ $i -lt 4000 ]; do
		f=/mnt/round$1/f$i
		dd if=/dev/urandom of=$f bs=1k count=$((i % 97 * 3 + 1)) 2>/dev/null
		dd if=/dev/zero of=/mnt/junk$((i % 7)) bs=64k count=$((i % 40)) 2>/dev/null
		fsync $f /mnt/round$1 && say "synced round$1/f$i $(md5sum <$f | cut -d " " -f 1)"
		rm -f /mnt/round$1/gone; mv /mnt/junk$((i % 7)) /mnt/round$1/gone
		i=$((i + 1))
	done'

# What was announced is there and whole, also from the rounds before.
ext4_reader='must mount -t ext4 /dev/vda /mnt
	cd /mnt
	while read -r f sum; do
		[ "$(md5sum <$f | cut -d " " -f 1)" = $sum ] || { say failed: $f; exit 1; }
	done </etc/case/synced
	cd /
	must umount /mnt'

# One round: kill -9 while it writes, then the journal's replay.
ext4_round()
{
	local i=$1
	start_guest "write$i" "set -- $i; $ext4_writer" --clock=virtual \
		--drive "$tmp/img"
	await_line "write$i" "$pid" 'io: synced' || return
	# From a fixed seed, 0 to 0.7 s into the writing.
	seed=$(((seed * 1103515245 + 12345) % 2147483648))
	sleep "0.$((seed >> 16 & 7))$((seed >> 8 & 7))"
	kill_guest "$pid"
	# The last line may be cut.
	tr -d '\r' <"$tmp/write$i.console" |
		grep -aE '^io: synced [a-z0-9/]+ [0-9a-f]{32}$' |
		cut -d ' ' -f 3- >>"$tmp/etc/synced"
	run_guest "read$i" "$ext4_reader" --clock=virtual --drive "$tmp/img" ||
		return
	grep -aq 'EXT4-fs error' "$tmp/read$i.console" &&
		{ wrong "round $i: an ext4 error"; return; }
	e2fsck -fn "$tmp/img" >"$tmp/fsck$i" 2>&1 ||
		{ wrong "round $i: e2fsck: $(tail -n 1 "$tmp/fsck$i")"; return; }
	rm -f "$tmp/write$i."* "$tmp/read$i."*
}

case_ext4_kill()
{
	local i rounds seed=440
	rounds=$(pick 3 20)
	command -v mkfs.ext4 >/dev/null || { not_here "no e2fsprogs"; return; }
	truncate -s "$(pick 256 1024)M" "$tmp/img"
	mkfs.ext4 -q -F "$tmp/img" || { wrong "mkfs.ext4"; return; }
	: >"$tmp/etc/synced"
	for i in $(seq "$rounds"); do
		ext4_round "$i" || return
	done
	remark "$rounds kills, $(wc -l <"$tmp/etc/synced") files synced"
}

# An ext4 of the host's with files in it; the guest adds one of its own.
case_usb_storage()
{
	local n
	command -v mkfs.ext4 >/dev/null || { not_here "no e2fsprogs"; return; }
	n=$(pick 2 16)
	mkdir "$tmp/tree"
	head -c "${n}M" /dev/urandom >"$tmp/tree/one"
	head -c 12345 /dev/urandom >"$tmp/tree/two"
	truncate -s $((n * 4 + 8))M "$tmp/img"
	mkfs.ext4 -q -F -d "$tmp/tree" "$tmp/img" || { wrong "mkfs.ext4"; return; }
	run_guest usb 'must modprobe ohci-hcd; must modprobe usb-storage
		i=0; until [ -b /dev/sda ] || [ $i = 50 ]; do sleep 0.2; i=$((i+1)); done
		must mount -t ext4 /dev/sda /mnt
		for f in one two; do say $f $(md5sum </mnt/$f | cut -d " " -f 1); done
		head -c 1500000 /dev/urandom >/mnt/three
		say three $(md5sum </mnt/three | cut -d " " -f 1)
		must umount /mnt' --clock=virtual --drive "$tmp/img,if=usb" || return
	same one "$(said usb one)" "$(md5_of "$tmp/tree/one")"
	same two "$(said usb two)" "$(md5_of "$tmp/tree/two")"
	e2fsck -fn "$tmp/img" >"$tmp/fsck" 2>&1 ||
		wrong "e2fsck: $(tail -n 1 "$tmp/fsck")"
	debugfs -R "dump /three $tmp/three" "$tmp/img" >/dev/null 2>&1
	same three "$(said usb three)" "$(md5_of "$tmp/three")"
}
