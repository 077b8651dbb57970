#!/usr/bin/env bash
# Does `handshake --hosts` ask each host of a list once, in order, and leave everybody alone when the list is wrong?
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh
source tests/support/wine_prefix.sh

RDPMEDIC_PREFIX=$rdpmedic_wine/hosts
work=$(mktemp --directory)
peers=()
finish() {
    local peer
    for peer in ${peers[@]+"${peers[@]}"}; do kill "$peer" 2>/dev/null || true; done
    prefix_stop
    rm -rf "$work"
}
trap finish EXIT
prefix_create

wait_for_line() {

    for _ in $(seq 100); do
        [ ! -s "$1" ] || return 0
        sleep 0.1
    done
    echo "$1 stays empty"
    return 1
}
# A web server on the port, which writes down each visitor; and one that accepts and never says anything.
start_peers() {
    timeout 250 perl -MIO::Socket::INET -e '
        $| = 1; my $s = IO::Socket::INET->new(Listen => 20, LocalAddr => "127.0.0.1"); print $s->sockport, "\n";
        open my $log, ">>", $ARGV[0]; $log->autoflush(1);
        while (my $c = $s->accept) { print $log "visit\n"; sysread $c, my $asked, 100; print $c "HTTP/1.1 400 Bad Request\r\n\r\n"; }
        ' "$work/visits" >"$work/web" &
    peers+=($!)
    timeout 250 perl -MIO::Socket::INET -e '
        $| = 1; my $s = IO::Socket::INET->new(Listen => 20, LocalAddr => "127.0.0.1"); print $s->sockport, "\n"; sleep 250' \
        >"$work/silent" &
    peers+=($!)
    wait_for_line "$work/web" && wait_for_line "$work/silent" && web=$(cat "$work/web") && silent=$(cat "$work/silent")
}

# CODE PATTERN PROGRAM...: ends with CODE, and what it prints as one line matches PATTERN.
exits() {
    local code=$1 pattern=$2 status=0
    shift 2
    timeout 60 "$@" >"$work/out" 2>"$work/err" || status=$?
    if [ "$status" != "$code" ] || ! tr '\r\n' '  ' <"$work/out" | cat - "$work/err" | grep --quiet --extended-regexp "$pattern"; then
        echo "exit status $status, expected $code and /$pattern/ in:"
        cat "$work/out" "$work/err"
        return 1
    fi
}
visits() { [ "$(wc --lines <"$work/visits")" = "$1" ] || { echo "visits: $(wc --lines <"$work/visits"), expected $1"; return 1; }; }
json() { jq --exit-status "$1" "$work/out"; }
quiet() { [ ! -s "$work/err" ] || { cat "$work/err"; return 1; }; }

check "the peers start" start_peers
: >"$work/visits"
closed=$(free_port)
printf '# the cellar\n127.0.0.1:%s\n\n127.0.0.1:%s # again below\n127.0.0.1:%s\nno-such-host.invalid\r\n' \
    "$web" "$closed" "$web" >"$work/hosts.txt"
in_order="critical +127\.0\.0\.1:$web .*not_rdp.*critical +127\.0\.0\.1:$closed .*refused.*unknown +no-such-host\.invalid:3389 .*resolve_failed.*3 hosts: 0 pass, 1 unknown, 0 warning, 2 critical"

n=0
for program in build/linux/rdpmedic "wine build/windows/rdpmedic.exe"; do
    read -r -a run <<<"$program"
    run+=(handshake --hosts)
    name=${program##*/}
    file=$work/hosts.txt
    [ "$name" != rdpmedic.exe ] || file="Z:${work//\//\\}\\hosts.txt"
    check "$name: each host has its line, in the order of the file, and the worst counts" exits 2 "$in_order" "${run[@]}" "$file"
    check "$name: without a terminal there is no progress line" quiet
    check "$name: a host that is named twice is asked once" visits $((n + 1))
    check "$name: one at a time does the same" exits 2 "$in_order" "${run[@]}" "$file" --parallel 1
    check "$name: JSON is one array, from standard input too" exits 2 . bash -c '"$@" <'"'$work/hosts.txt'" _ "${run[@]}" - --json
    check "$name: in the order of the list" json "map(.target.port) == [$web, $closed, 3389] and all(.[]; .ok == false)"
    printf '127.0.0.1:%s\nhost:99999\n' "$web" >"$work/wrong.txt"
    check "$name: a line that is no host is named" exits 3 "wrong.txt:2: 'host:99999': '99999' is no port" "${run[@]}" "${file/hosts.txt/wrong.txt}"
    n=$((n + 3))
    check "$name: and then nobody is asked" visits "$n"
    check "$name: a file that is not there is named" exits 3 "no-such-file.txt cannot be opened" "${run[@]}" "${file/hosts.txt/no-such-file.txt}"
    check "$name: a host and a list exclude each other" exits 3 "excludes" "${run[@]}" "$file" 127.0.0.1
    check "$name: without either it says what is missing" exits 3 "HOST.*--hosts FILE is required" "${run[@]:0:$((${#run[@]} - 1))}"
done

# A terminal of its own, as script makes one.
check "on a terminal there is a progress line" \
    bash -c "script --quiet --return --command 'build/linux/rdpmedic handshake --hosts $work/hosts.txt' '$work/typescript' >/dev/null || true;
        grep --quiet --text '0 of 3 hosts' '$work/typescript' && grep --quiet --text '2 critical' '$work/typescript'"

ctrl_c() {
    local status=0 program
    printf '127.0.0.1:%s\n127.0.0.1:%s\nlocalhost:%s\n127.0.0.2:1\n' "$closed" "$silent" "$silent" >"$work/slow.txt"
    timeout 60 build/linux/rdpmedic handshake --hosts "$work/slow.txt" --parallel 2 >"$work/out" 2>"$work/err" &
    program=$!
    wait_for_line "$work/out" # the first host is there, the silent ones hang
    kill -INT "$program"
    for _ in $(seq 100); do
        kill -0 "$program" 2>/dev/null || break
        sleep 0.1
    done
    ! kill -0 "$program" 2>/dev/null || { echo "it still runs"; kill "$program"; return 1; }
    wait "$program" || status=$?
    if [ "$status" != 2 ] || ! grep --quiet "stopped, 3 not tried" "$work/out"; then
        echo "status $status"
        cat "$work/out" "$work/err"
        return 1
    fi
}
check "Ctrl-C ends it, and says what was not tried" ctrl_c
report
