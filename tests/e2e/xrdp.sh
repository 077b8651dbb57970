#!/usr/bin/env bash
# Does the handshake understand an RDP server that is not Windows, with TLS and without?
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh
source tests/support/wine_prefix.sh

RDPMEDIC_PREFIX=$rdpmedic_wine/xrdp
work=$(mktemp --directory)
servers=()
end_servers() {
    local server
    for server in ${servers[@]+"${servers[@]}"}; do kill "$server" 2>/dev/null || true; done
    prefix_stop
    rm -rf "$work"
}
trap end_servers EXIT
prefix_create

openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=xrdp-of-the-tests -keyout "$work/key.pem" -out "$work/cert.pem" \
    2>"$work/openssl.log"
fingerprint=$(openssl x509 -in "$work/cert.pem" -noout -fingerprint -sha1 | sed -e 's/.*=//' -e 's/://g')

# LAYER: starts xrdp with that security_layer and sets $port.
start_xrdp() {
    port=$(free_port)
    sed -E -e "s#^port=3389#port=tcp://127.0.0.1:$port#" -e "s#^certificate=.*#certificate=$work/cert.pem#" \
        -e "s#^key_file=.*#key_file=$work/key.pem#" -e "s#^security_layer=.*#security_layer=$1#" \
        -e "s#^LogFile=.*#LogFile=$work/$1.log#" -e 's#^EnableSyslog=.*#EnableSyslog=false#' \
        /etc/xrdp/xrdp.ini >"$work/$1.ini"
    timeout 200 xrdp --nodaemon --config "$work/$1.ini" >"$work/$1.out" 2>&1 &
    servers+=($!)
    local i
    for i in $(seq 100); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return 0; fi
        sleep 0.1
    done
    echo "xrdp does not listen on $port:"
    tail "$work/$1.out" "$work/$1.log"
    return 1
}
says() { # any|bad PATTERN PROGRAM...
    local expected=$1 pattern=$2 status=0
    shift 2
    "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = 0 ] || status=bad
    [ "$expected" != any ] || status=any
    if [ "$status" != "$expected" ] || ! grep --quiet --ignore-case --extended-regexp "$pattern" "$work/out"; then
        echo "exit status: $status, expected $expected and /$pattern/ in:"
        cat "$work/out"
        return 1
    fi
}
native=(timeout 60 build/linux/rdpmedic handshake --json)
windows=(timeout 60 wine build/windows/rdpmedic.exe handshake --json)

check "xrdp starts with TLS" start_xrdp tls
# xrdp knows no NLA, which is a warning of its own.
check "the handshake completes and shows the certificate that xrdp serves" says any "$fingerprint" "${native[@]}" "127.0.0.1:$port"
check "the .exe sees the same" says any "$fingerprint" "${windows[@]}" "127.0.0.1:$port"
check "xrdp starts with security_layer=rdp" start_xrdp rdp
check "without TLS the handshake says that only legacy security is there" says bad "legacy_(only|security)" "${native[@]}" "127.0.0.1:$port"
check "the .exe says that too" says bad "legacy_(only|security)" "${windows[@]}" "127.0.0.1:$port"
closed=$(free_port)
check "a closed port is refused" says bad refused "${native[@]}" "127.0.0.1:$closed"
check "the .exe is refused there as well" says bad refused "${windows[@]}" "127.0.0.1:$closed"
report
