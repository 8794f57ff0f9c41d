# SPDX-License-Identifier: MIT
#
# tests/io/flash.sh - NAND behind the NDFC and NOR flash under Linux's mtd.
# mtd_nandbiterrs is left out: Linux 6.1 corrects the NDFC's code, which has the
# SmartMedia order of bytes, by the other order (rawnand_sw_hamming_correct() of
# drivers/mtd/nand/raw/nand_base.c without a configuration), on any board.
# shellcheck shell=bash disable=SC2154,SC2016

# Each chip: erased, written, read back.  $1: MiB of it, or empty for all.
nand_script='for d in /sys/class/mtd/mtd?; do
		[ "$(cat $d/type)" = nand ] || continue
		m=/dev/${d##*/}
		bytes=$(cat $d/size)
		[ -z "$mib" ] || bytes=$((mib << 20))
		size=$((bytes >> 20))
		say chips ${m#/dev/} $size
		must flash_erase -q $m 0 0
		say blank ${m#/dev/} $(nanddump -q -l $bytes $m | tr -d "\377" | wc -c)
		rm -f /tmp/fifo; mkfifo /tmp/fifo
		md5sum </tmp/fifo >/tmp/sum &
		dd if=/dev/urandom bs=64k count=$((size * 16)) 2>/dev/null | tee /tmp/fifo |
			must nandwrite -q $m - || exit 1
		wait
		say written ${m#/dev/} $(cut -d " " -f 1 /tmp/sum)
		say read ${m#/dev/} $(nanddump -q -l $bytes $m | md5sum | cut -d " " -f 1)
	done'

nand_reader='for d in /sys/class/mtd/mtd?; do
		[ "$(cat $d/type)" = nand ] || continue
		m=/dev/${d##*/}
		bytes=$(cat $d/size)
		[ -z "$mib" ] || bytes=$((mib << 20))
		say read ${m#/dev/} $(nanddump -q -l $bytes $m | md5sum | cut -d " " -f 1)
	done'

# Partitions of a few blocks, so that the tests of whole partitions are short.
# $1, $2: bytes of the small chip's and of the large one's
small_nand()
{
	cat >"$tmp/small.dts" <<-END
	/include/ "bamboo.dts"

	&{/plb/opb/ebc/ndfc@1,0/nand/partition@0} { reg = <0 $1>; };
	&{/plb/opb/ebc/ndfc@2,0/nand/partition@0} { reg = <0 $2>; };
	END
	board=$tmp/small.dts
}

case_nand()
{
	local m mib
	mib=$(pick 2 '')
	[ "$full" ] || small_nand 0x200000 0x200000
	run_guest write "mib=$mib; $nand_script" --clock=virtual \
		--nand "$tmp/nand0" --nand "$tmp/nand1" || return
	run_guest read "mib=$mib; $nand_reader" --clock=virtual \
		--nand "$tmp/nand0" --nand "$tmp/nand1" || return
	[ "$(said write chips | wc -l)" -ge 1 ] || wrong "no NAND chip"
	for m in $(tr -d '\r' <"$tmp/write.console" |
		sed -n 's/^io: chips \([^ ]*\) .*/\1/p'); do
		same "$m: bytes not erased" "$(said write "blank $m")" 0
		same "$m: read back" "$(said write "read $m")" \
			"$(said write "written $m")"
		same "$m: after another start" "$(said read "read $m")" \
			"$(said write "written $m")"
		remark "$m $(said write "chips $m") MiB"
	done
	[ "$remarks" ] || wrong "no NAND chip"
}

# The kernel's own tests; each says its findings and ends with an error.
case_mtd_tests()
{
	local t n findings_of
	small_nand "$(pick 0x80000 0x400000)" "$(pick 0x100000 0x800000)"
	run_guest mtd "for d in /sys/class/mtd/mtd?; do
		[ \"\$(cat \$d/type)\" = nand ] || continue
		n=\${d##*/mtd}
		for t in pagetest readtest speedtest oobtest subpagetest \
			'stresstest count=$(pick 100 5000)'; do
			dmesg -c >/dev/null
			must modprobe mtd_\${t%% *} dev=\$n \${t#* }
			rmmod mtd_\${t%% *}
			say test \$n \${t%% *} \$(dmesg | grep -ciE 'error:|fail|mismatch|[1-9][0-9]* errors')
		done
	done
	must modprobe mtd_nandecctest
	say test - nandecctest \$(dmesg | grep -c 'not ok')" --clock=virtual || return
	while read -r n t findings_of; do
		[ "$findings_of" = 0 ] || wrong "mtd$n: mtd_$t: $findings_of lines of errors"
	done < <(tr -d '\r' <"$tmp/mtd.console" | sed -n 's/^io: test //p')
	n=$(grep -ac '^io: test ' "$tmp/mtd.console")
	at_least "tests run" "$n" 13
	remark "$n runs"
}

# The large flash, 4 MB: all of it, with buffered and word programming.
case_nor()
{
	local mib
	mib=$(pick 1 4)
	run_guest nor "m=\$(sed -n 's/^\\(mtd[0-9]*\\): .*\"large\"/\\1/p' /proc/mtd)
		must flash_erase -q /dev/\$m 0 0
		say blank \$(dd if=/dev/\$m bs=64k 2>/dev/null | tr -d '\\377' | wc -c)
		dd if=/dev/urandom of=/tmp/f bs=64k count=$((mib * 16)) 2>/dev/null
		must dd if=/tmp/f of=/dev/\$m bs=64k 2>/dev/null
		say written \$(md5sum </tmp/f | cut -d ' ' -f 1)
		say read \$(dd if=/dev/\$m bs=64k count=$((mib * 16)) 2>/dev/null | md5sum | cut -d ' ' -f 1)
		must flash_erase -q /dev/\$m 0x10000 1
		say one \$(dd if=/dev/\$m bs=64k count=1 skip=1 2>/dev/null | tr -d '\\377' | wc -c)
		say first \$(dd if=/dev/\$m bs=64k count=1 2>/dev/null | md5sum | cut -d ' ' -f 1)
		say wanted \$(dd if=/tmp/f bs=64k count=1 2>/dev/null | md5sum | cut -d ' ' -f 1)" \
		--clock=virtual || return
	same "bytes not erased" "$(said nor blank)" 0
	same "read back" "$(said nor read)" "$(said nor written)"
	same "bytes not erased in one sector" "$(said nor one)" 0
	same "the sector before it" "$(said nor first)" "$(said nor wanted)"
	remark "$mib MiB"
}

# A chip $m is blank: blocks are written, each announced when it is there.  Else
# it says what is there.
kill_script='if [ $(dd if=/dev/$m bs=512 count=1 2>/dev/null | tr -d "\377" | wc -c) = 0 ]; then
		must flash_erase -q /dev/$m 0 0
		i=0; while [ $i -lt $blocks ]; do
			dd if=/dev/urandom of=/tmp/b bs=$block count=1 2>/dev/null
			put || exit 1
			say block $i $(md5sum </tmp/b | cut -d " " -f 1)
			i=$((i + 1))
		done
		sleep 100000
	fi
	i=0; while [ $i -lt $blocks ]; do
		say block $i $(get | md5sum | cut -d " " -f 1)
		i=$((i + 1))
	done'

# kill_and_compare - of two runs, "write" and "read", the blocks announced
kill_and_compare()
{
	tr -d '\r' <"$tmp/write.console" |
		grep -aE '^io: block [0-9]+ [0-9a-f]{32}$' >"$tmp/announced"
	tr -d '\r' <"$tmp/read.console" | grep -a '^io: block ' >"$tmp/found"
	at_least "blocks written" "$(wc -l <"$tmp/announced")" 5
	grep -vxFf "$tmp/found" "$tmp/announced" >"$tmp/lost" &&
		wrong "lost: $(head -n 1 "$tmp/lost")"
	remark "$(wc -l <"$tmp/announced") blocks written before kill -9"
}

case_nand_kill()
{
	local script="m=\$(sed -n 's/^\\(mtd[0-9]*\\): .*\"nand1\"/\\1/p' /proc/mtd)
		block=131072; blocks=64
		put() { nandwrite -q -s \$((i * block)) /dev/\$m /tmp/b; }
		get() { nanddump -q -s \$((i * block)) -l \$block /dev/\$m; }
		$kill_script"
	small_nand 0x80000 0x800000
	start_guest write "$script" --clock=virtual --nand "$tmp/nand0" \
		--nand "$tmp/nand1"
	await_line write "$pid" 'io: block 9' || return
	kill_guest "$pid"
	run_guest read "$script" --clock=virtual --nand "$tmp/nand0" \
		--nand "$tmp/nand1" || return
	kill_and_compare
}

# The boot flash holds firmware, kernel and the script, besides room for data.
make_boot_flash()
{
	local fw
	"$top/tests/guest/build-firmware" >"$tmp/firmware" 2>"$tmp/firmware.err" ||
		{ not_here "the firmware's build failed"; return; }
	fw=$(tail -n 1 "$tmp/firmware")
	cat >"$tmp/nor.dts" <<-'END'
	/include/ "bamboo-16m.dts"

	/ {
		chosen {
			bootargs = "console=ttyS0,115200 culm.run=\"sh /case\"";
		};
	};

	&{/plb/opb/ebc/flash@0,0} {
		partition@c00000 {
			label = "data";
			reg = <0x00c00000 0x00200000>;
		};
	};
	END
	cp "$top/tests/firmware/bamboo-16m.dts" "$tmp"
	board=$tmp/nor.dts
	make_initrd nor "$1"
	dtc -q -i "$top/soc/boards" -i "$tmp" -I dts -O dtb -o "$tmp/nor.dtb" \
		"$tmp/nor.dts" 2>"$tmp/dtc.err" &&
		"$fw/mkflash" nor "$tmp/nor" 0x1000000 "$fw/firmware.bin" \
			"$guest/uImage" "ramdisk=$tmp/nor.initrd" "tree=$tmp/nor.dtb" ||
		wrong "cannot make the flash's image"
}

case_nor_kill()
{
	make_boot_flash "m=\$(sed -n 's/^\\(mtd[0-9]*\\): .*\"data\"/\\1/p' /proc/mtd)
		block=65536; blocks=32
		put() { dd if=/tmp/b of=/dev/\$m bs=\$block seek=\$i 2>/dev/null; }
		get() { dd if=/dev/\$m bs=\$block skip=\$i count=1 2>/dev/null; }
		$kill_script" || return
	launch write --firmware "$tmp/nor" --clock=virtual
	await_line write "$pid" 'io: block 9' || return
	kill_guest "$pid"
	launch read --firmware "$tmp/nor" --clock=virtual
	end_guest read "$pid" || return
	kill_and_compare
}
