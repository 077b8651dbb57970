#!/usr/bin/env bash
# Do other tools see the same RDP peers as the handshake does? xrdp and FreeRDP's shadow server, asked by rdpmedic (native
# and .exe), by xfreerdp and by nmap.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh
source tests/support/wine_prefix.sh

RDPMEDIC_PREFIX=$rdpmedic_wine/compare
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

openssl req -x509 -newkey rsa:2048 -nodes -days 30 -subj /CN=compared -keyout "$work/key.pem" -out "$work/cert.pem" 2>"$work/openssl.log"

wait_for_port() { # PORT LOG...
    local port=$1
    shift
    for _ in $(seq 200); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then return 0; fi
        sleep 0.1
    done
    echo "nothing listens on $port:"
    tail "$@"
    return 1
}

# LAYER: starts xrdp with that security_layer and sets $port.
start_xrdp() {
    port=$(free_port)
    sed -E -e "s#^port=3389#port=tcp://127.0.0.1:$port#" -e "s#^certificate=.*#certificate=$work/cert.pem#" \
        -e "s#^key_file=.*#key_file=$work/key.pem#" -e "s#^security_layer=.*#security_layer=$1#" \
        -e "s#^LogFile=.*#LogFile=$work/$1.log#" -e 's#^EnableSyslog=.*#EnableSyslog=false#' \
        /etc/xrdp/xrdp.ini >"$work/$1.ini"
    timeout 280 xrdp --nodaemon --config "$work/$1.ini" >"$work/$1.out" 2>&1 &
    servers+=($!)
    wait_for_port "$port" "$work/$1.out" "$work/$1.log"
}

# Not exported: Wine is to have no display. The shadow server shares a display, and xfreerdp wants one; no screen is needed for either. -noreset: the shadow
# server closes the display once while it starts, and Xvfb would begin anew in that moment.
start_display() {

    timeout 290 Xvfb -displayfd 3 -screen 0 640x480x24 -nolisten tcp -noreset 3>"$work/display" >"$work/xvfb.log" 2>&1 &
    servers+=($!)
    for _ in $(seq 100); do
        if [ -s "$work/display" ]; then
            display=:$(cat "$work/display")
            return 0
        fi
        sleep 0.1
    done
    cat "$work/xvfb.log"
    return 1
}

# SECURITY [OPTION]...: FreeRDP's shadow server with one user and that security alone, sets $port. Its list of users serves NLA;
# with TLS or RDP security +auth would ask PAM, which does not know him.
start_shadow() {
    port=$(free_port)
    winpr-hash -u user -p secret -f sam >"$work/sam"
    env --unset=XDG_CONFIG_HOME HOME="$work" DISPLAY="$display" timeout 280 freerdp-shadow-cli "/port:$port" /bind-address:127.0.0.1 "/sam-file:$work/sam" "/sec:$1" "${@:2}" \
        >"$work/shadow-$1.log" 2>&1 &
    servers+=($!)
    wait_for_port "$port" "$work/shadow-$1.log"
}

# How the peer on $port looks to each tool.
look() { # PROGRAM...
    timeout 60 "$@" handshake --json "127.0.0.1:$port" >"$work/seen.json" 2>"$work/seen.log" || true
    stage=$(jq --raw-output .stage "$work/seen.json")
    selected=$(jq --raw-output '.selected // "none"' "$work/seen.json")
    # SHA-256 of the certificate, as xfreerdp compares it.
    fingerprint=$(jq --raw-output '.certificate_der // ""' "$work/seen.json" | perl -ne 'chomp; print pack("H*", $_)' |
        sha256sum | sed -E -e 's/ .*//' -e 's/(..)/\1:/g' -e 's/:$//')
}
# What rdp-enum-encryption lists: "CredSSP (NLA)", "SSL", "Native RDP". It counts every confirm as a success, also one that
# chooses another protocol, so that it lists too much and never too little.
nmap_says() {
    timeout 100 nmap -Pn -n -p "$port" --script +rdp-enum-encryption 127.0.0.1 >"$work/nmap.out"
    sed -nE 's/^\|_? +(.*): SUCCESS$/\1/p' "$work/nmap.out"
}
# With /auth-only the exit status says little: xrdp logs off whom it does not know. What counts is that neither the
# negotiation nor TLS nor the certificate was refused. CONNECT_CANCELLED is xfreerdp's own end after that.
xfreerdp_gets_in() { # SECURITY FINGERPRINT
    env --unset=XDG_CONFIG_HOME HOME="$work" DISPLAY="$display" timeout 60 xfreerdp "/v:127.0.0.1:$port" /u:user /p:secret /auth-only "/sec:$1" \
        "/cert:fingerprint:sha256:$2" >"$work/xfreerdp.out" 2>&1 || true
    ! grep --extended-regexp 'ERRCONNECT_' "$work/xfreerdp.out" | grep --quiet --invert-match ERRCONNECT_CONNECT_CANCELLED
}

# What rdpmedic says was chosen must be possible for nmap, and possible for xfreerdp with that certificate and no other.
selected_is() { [ "$selected" = "$1" ] || { echo "selected $selected, expected $1"; cat "$work/seen.json"; return 1; }; }
nmap_lists() {
    nmap_says | grep --quiet --line-regexp --fixed-strings "$1" || { echo "nmap does not list '$1':"; cat "$work/nmap.out"; return 1; }
}
nmap_finds() { # open|closed
    timeout 60 nmap -Pn -n -p "$port" 127.0.0.1 | grep --quiet "^$port/tcp $1 "
}
xfreerdp_agrees() {
    xfreerdp_gets_in "$1" "$fingerprint" || { echo "xfreerdp /sec:$1 is refused:"; cat "$work/xfreerdp.out"; return 1; }
}
refuses_other_certificate() {
    local other=${fingerprint//[0-9]/a}
    ! xfreerdp_gets_in "$1" "$other" || { echo "xfreerdp takes another fingerprint"; cat "$work/xfreerdp.out"; return 1; }
}
xfreerdp_is_refused() {
    ! xfreerdp_gets_in "$1" "$fingerprint" || { echo "xfreerdp /sec:$1 gets in"; cat "$work/xfreerdp.out"; return 1; }
}
has_finding() { jq --exit-status --arg code "$1" 'any(.findings[]; .code == $code)' "$work/seen.json"; }

check "a display without a screen starts" start_display
native=build/linux/rdpmedic

check "xrdp with TLS starts" start_xrdp tls
look "$native"
check "xrdp, TLS: rdpmedic says that TLS was chosen" selected_is 1
check "xrdp, TLS: xfreerdp gets in with TLS and the certificate that rdpmedic saw" xfreerdp_agrees tls
check "xrdp, TLS: and with no other certificate" refuses_other_certificate tls
# rdp-enum-encryption of nmap 7.93 breaks off with an error at xrdp's answer, before it prints anything.
check "xrdp, TLS: nmap finds the port open" nmap_finds open
check "xrdp, TLS: rdpmedic says that NLA is missing" has_finding handshake.no_nla
check "xrdp, TLS: xfreerdp cannot use NLA there" xfreerdp_is_refused nla
seen=$stage/$selected/$fingerprint
look wine build/windows/rdpmedic.exe
check "xrdp, TLS: the .exe sees what the native program sees" test "$stage/$selected/$fingerprint" = "$seen"

check "xrdp without TLS starts" start_xrdp rdp
look "$native"
check "xrdp, RDP security: rdpmedic says that it was chosen" selected_is 0
check "xrdp, RDP security: xfreerdp gets in with it" xfreerdp_agrees rdp
check "xrdp, RDP security: nmap lists it" nmap_lists "Native RDP"
check "xrdp, RDP security: rdpmedic warns of it" has_finding handshake.legacy_security
check "xrdp, RDP security: xfreerdp cannot use TLS there" xfreerdp_is_refused tls
check "xrdp, RDP security: nor NLA" xfreerdp_is_refused nla

check "FreeRDP's shadow server with NLA starts" start_shadow nla +auth
look "$native"
check "shadow, NLA: rdpmedic says that NLA was chosen" selected_is 2
check "shadow, NLA: xfreerdp gets in with NLA and the certificate that rdpmedic saw" xfreerdp_agrees nla
check "shadow, NLA: and with no other certificate" refuses_other_certificate nla
check "shadow, NLA: nmap lists NLA" nmap_lists "CredSSP (NLA)"
check "shadow, NLA: the certificate is the one in the server's file" test "$fingerprint" = \
    "$(openssl x509 -in "$work/.config/freerdp/shadow/shadow.crt" -noout -fingerprint -sha256 | sed 's/.*=//' | tr 'A-F' 'a-f')"
check "shadow, NLA: xfreerdp cannot leave NLA out" xfreerdp_is_refused tls
check "shadow, NLA: rdpmedic finds nothing wrong" test "$(jq '.findings | length' "$work/seen.json")" = 0
seen=$stage/$selected/$fingerprint
look wine build/windows/rdpmedic.exe
check "shadow, NLA: the .exe sees what the native program sees" test "$stage/$selected/$fingerprint" = "$seen"

check "FreeRDP's shadow server with TLS alone starts" start_shadow tls
look "$native"
check "shadow, TLS: rdpmedic says that TLS was chosen" selected_is 1
check "shadow, TLS: xfreerdp gets in with TLS and the certificate that rdpmedic saw" xfreerdp_agrees tls
check "shadow, TLS: and with no other certificate" refuses_other_certificate tls
check "shadow, TLS: nmap lists TLS" nmap_lists SSL
check "shadow, TLS: rdpmedic says that NLA is missing" has_finding handshake.no_nla
check "shadow, TLS: xfreerdp cannot use NLA there" xfreerdp_is_refused nla
seen=$stage/$selected/$fingerprint
look wine build/windows/rdpmedic.exe
check "shadow, TLS: the .exe sees what the native program sees" test "$stage/$selected/$fingerprint" = "$seen"

# It refuses whoever offers more (SSL_NOT_ALLOWED_BY_SERVER), where xrdp chooses.
check "FreeRDP's shadow server with RDP security alone starts" start_shadow rdp
look "$native"
check "shadow, RDP security: rdpmedic warns of it" has_finding handshake.legacy_security
check "shadow, RDP security: xfreerdp gets in with it" xfreerdp_agrees rdp
check "shadow, RDP security: nmap lists it" nmap_lists "Native RDP"
check "shadow, RDP security: xfreerdp cannot use TLS there" xfreerdp_is_refused tls
check "shadow, RDP security: nor NLA" xfreerdp_is_refused nla
seen=$stage/$selected
look wine build/windows/rdpmedic.exe
check "shadow, RDP security: the .exe sees what the native program sees" test "$stage/$selected" = "$seen"

port=$(free_port)
look "$native"
check "a closed port: rdpmedic is refused" test "$stage" = refused
check "a closed port: nmap calls it closed" nmap_finds closed
check "a closed port: xfreerdp does not get in" xfreerdp_is_refused tls
report
