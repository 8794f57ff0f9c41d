# SPDX-License-Identifier: MIT
#
# tests/io/net.sh - network interfaces under Linux: streams through user
# networking, forwarded ports, two machines on one cable.
# shellcheck shell=bash disable=SC2154,SC2016

# serve_streams - nuttcp's server on the host; ports in $control and $data
serve_streams()
{
	free_port
	control=$last_port
	free_port
	data=$last_port
	background "$guest/nuttcp" -S --nofork -P "$control" -p "$data"
}

# By the guest's clock: megabit a second of both directions, and that nothing
# was counted as an error.
stream_script='up $1 10.0.2.15
	must ping -c 2 -W 5 10.0.2.2 >/dev/null
	for way in "-t sent" "-r -F received"; do
		set -- $1 $2 $3 $4 $way
		before=$(now)
		out=$(must nuttcp ${way% *} -P $2 -p $3 -T $4 -fparse 10.0.2.2) || exit 1
		after=$(now)
		mb=$(echo "$out" | sed "s/.*megabytes=\([0-9.]*\).*/\1/")
		say ${way##* } $(awk "BEGIN { printf \"%.1f\", $mb * 8.388608 / ($after - $before) }")
		say host ${way##* } $out
	done
	net_errors $1'

# A file in, through a forwarded port, and out again through another.
file_script='nc -l -p 7000 >/tmp/file & nc_pid=$!
	say listening
	wait $nc_pid
	say file $(md5sum </tmp/file | cut -d " " -f 1)
	nc -l -p 7001 </tmp/file & nc_pid=$!
	say offering
	wait $nc_pid'

# file_user NAME PORT-IN PORT-OUT PID - the host's side of file_script
file_user()
{
	head -c "$(pick 3 30)M" /dev/urandom >"$tmp/file"
	await_line "$1" "$4" 'io: listening' || return
	# nc has begun to listen a moment after it was started.
	sleep 0.3
	{ cat "$tmp/file" >"/dev/tcp/127.0.0.1/$2"; } 2>>"$tmp/servers.log" ||
		{ wrong "port $2: no connection in"; return; }
	await_line "$1" "$4" 'io: offering' || return
	sleep 0.3
	{ timeout 60 cat <"/dev/tcp/127.0.0.1/$3" >"$tmp/back"; } \
		2>>"$tmp/servers.log" || wrong "port $3: no connection out"
	same "the file that came in" "$(said "$1" file)" "$(md5_of "$tmp/file")"
	same "the file that came back" "$(md5_of "$tmp/back")" \
		"$(md5_of "$tmp/file")"
}

# stream_user NIC DRIVER SECONDS MBIT - user networking: ping, streams, files
stream_user()
{
	local nic=$1 name=$1 in out guest_pid
	serve_streams
	free_port
	in=$last_port
	free_port
	out=$last_port
	start_guest "$name" "nic=\$(eth_of '$2') || { say failed: no $2; exit 1; }
		set -- \$nic $control $data $3
		$stream_script
		$file_script
		net_errors \$nic" --clock=host --nic "$nic" \
		--net "user,hostfwd=tcp::$in-:7000,hostfwd=tcp::$out-:7001"
	guest_pid=$pid
	file_user "$name" "$in" "$out" "$guest_pid"
	end_guest "$name" "$guest_pid" || return
	same "error counters" "$(said "$name" errors)" 0
	at_least "Mbit/s sent" "$(said "$name" sent)" "$4"
	at_least "Mbit/s received" "$(said "$name" received)" "$4"
	remark "$(said "$name" sent) out, $(said "$name" received) in, Mbit/s"
}

# A single second on a host that has more to do says less about speed: half.
case_emac_user() { stream_user emac emac "$(pick 1 60)" "$(pick 50 100)"; }
case_virtio_user() { stream_user virtio virtio_net "$(pick 1 10)" "$(pick 50 100)"; }
case_virtio_modern_user() { stream_user virtio-modern virtio_net "$(pick 1 10)" "$(pick 50 100)"; }
case_e1000_user() { stream_user e1000 e1000 "$(pick 1 10)" 50; }
case_rtl8139_user() { stream_user rtl8139 '8139*' "$(pick 1 10)" 20; }

# Two machines, the second sends to the first and fetches from it.
near_script='up $nic 192.168.9.1
	nuttcp -S
	dd if=/dev/urandom of=/tmp/file bs=64k count=48 2>/dev/null
	say file $(md5sum </tmp/file | cut -d " " -f 1)
	nc -l -p 7000 </tmp/file & offered=$!
	nc -l -p 7001 >/tmp/back & back=$!
	say ready
	wait $offered $back
	say back $(md5sum </tmp/back | cut -d " " -f 1)
	net_errors $nic
	# The other one is at its streams.
	echo end | nc -l -p 7002
	net_errors $nic'

far_script='up $nic 192.168.9.2
	must ping -c 3 -W 5 192.168.9.1 >/dev/null
	must ping -c 2 -s 1472 -W 5 192.168.9.1 >/dev/null
	nc 192.168.9.1 7000 </dev/null >/tmp/file
	say file $(md5sum </tmp/file | cut -d " " -f 1)
	must nc 192.168.9.1 7001 </tmp/file
	say sent $(must nuttcp -T $seconds -fparse 192.168.9.1)
	say received $(must nuttcp -r -T $seconds -fparse 192.168.9.1)
	net_errors $nic
	nc 192.168.9.1 7002 </dev/null'

# two_machines NIC DRIVER
two_machines()
{
	local near far nic="nic=\$(eth_of '$2') || exit 1; seconds=$(pick 1 10)"
	start_guest near "$nic; $near_script" --clock=host --nic "$1" \
		--net "unix:$tmp/cable"
	near=$pid
	await_line near "$near" 'Run /init' || return
	start_guest far "$nic; $far_script" --clock=host --nic "$1" \
		--net "unix:$tmp/cable"
	far=$pid
	end_guest far "$far"
	end_guest near "$near" || return
	same "the file fetched" "$(said far file)" "$(said near file)"
	same "the file sent back" "$(said near back)" "$(said near file)"
	same "error counters, near" "$(said near errors)" 0
	same "error counters, far" "$(said far errors)" 0
	remark "$(said far sent | sed 's/.*rate_Mbps=\([0-9.]*\).*/\1/') and" \
		"$(said far received | sed 's/.*rate_Mbps=\([0-9.]*\).*/\1/') Mbit/s"
}

case_emac_cable() { two_machines emac emac; }
case_virtio_cable() { two_machines virtio virtio_net; }
