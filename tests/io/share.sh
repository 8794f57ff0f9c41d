# SPDX-License-Identifier: MIT
#
# tests/io/share.sh - a host folder under Linux's 9p.
# shellcheck shell=bash disable=SC2154,SC2016

# make_tree DIR FILES - folders, files of many sizes, modes, links
make_tree()
{
	perl -e '
	my ($dir, $files) = @ARGV;
	srand 440;
	for my $i (0 .. $files - 1) {
		my $d = sprintf "%s/d%02d/e%d", $dir, $i / 100, $i / 25 % 4;
		if ($i % 25 == 0) {
			system("mkdir", "-p", $d) == 0 or die;
		}
		my $f = "$d/file $i" . ("x" x ($i % 60));
		if ($i % 20 == 19) {
			symlink("../nowhere/$i", $f) or die;
			next;
		}
		open my $out, ">", $f or die "$f: $!";
		my $bytes = $i % 50 == 7 ? 300000 : int(rand(9000));
		print $out pack("L", int(rand(2 ** 32))) x ($bytes / 4), "!" x ($bytes % 4);
		close $out;
		chmod((0644, 0600, 0755, 0444, 0400)[$i % 5], $f) or die;
	}' "$1" "$2"
}

# Names, types, modes, targets; contents are diff's affair.
list_tree() { (cd "$1" && find . -printf '%P %y %m %l\n' | LC_ALL=C sort); }

case_9p()
{
	local n
	n=$(pick 1000 10000)
	mkdir "$tmp/share"
	make_tree "$tmp/share/from" "$n"
	run_guest 9p 'must mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 files /mnt
		must mkdir /tmp/tree
		must cp -a /mnt/from/. /tmp/tree
		say files $(find /tmp/tree ! -type d | wc -l)
		must mkdir /mnt/to
		must cp -a /tmp/tree/. /mnt/to
		must umount /mnt' --clock=virtual --mem 512M \
		--share "$tmp/share,tag=files" || return
	same "files in the guest" "$(said 9p files)" "$n"
	diff -r --no-dereference "$tmp/share/from" "$tmp/share/to" >"$tmp/diff" ||
		wrong "contents differ: $(head -n 1 "$tmp/diff")"
	diff <(list_tree "$tmp/share/from") <(list_tree "$tmp/share/to") >"$tmp/diff" ||
		wrong "names, modes or links differ: $(sed -n 2p "$tmp/diff")"
	remark "$n files"
}

case_9p_ro()
{
	mkdir "$tmp/share"
	echo hello >"$tmp/share/file"
	run_guest ro 'must mount -t 9p -o trans=virtio,version=9p2000.L share0 /mnt
		say file $(cat /mnt/file)
		for c in "rm /mnt/file" "mkdir /mnt/dir" "touch /mnt/new" "mv /mnt/file /mnt/other" "sh -c \"echo x >/mnt/file\""; do
			eval "$c" 2>/dev/null && { say failed: "$c"; exit 1; }
		done
		true' --clock=virtual --share "$tmp/share,ro" || return
	same "the file" "$(said ro file)" hello
	same "the folder" "$(ls "$tmp/share")" file
}
