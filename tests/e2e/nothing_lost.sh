#!/usr/bin/env bash
# Is nothing lost when the process dies in the middle of a repair? The .exe as a service, ended at each record of its journal,
# before and after the record; the service manager starts it again, and everything must be as before.
#
# usage: tests/e2e/nothing_lost.sh [REPAIR...]   cert, termservice, listener, tls, firewall; without one, all
set -uo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh
source tests/support/wine_prefix.sh

RDPMEDIC_PREFIX=$rdpmedic_wine/nothing-lost
trap prefix_stop EXIT
prefix_rdp_host
data=$RDPMEDIC_PREFIX/drive_c/ProgramData/rdpmedic
keys=$RDPMEDIC_PREFIX/drive_c/ProgramData/Microsoft/Crypto/RSA/MachineKeys
work=$(mktemp --directory)
port=$(free_port)
address=http://127.0.0.1:$port
mkdir -p "$RDPMEDIC_PREFIX/drive_c/rdpmedic" "$data"
cp build/windows/standins/rdpmedic_dies.exe "$RDPMEDIC_PREFIX/drive_c/rdpmedic/rdpmedic.exe"

reg_add() { timeout 60 wine reg add "$@" /f >/dev/null 2>&1; }
policy='HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy'
listener='HKLM\SYSTEM\CurrentControlSet\Control\Terminal Server\WinStations\RDP-Tcp'
tls12='HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Server'
# Two stand-ins of Windows Firewall's COM classes, and the profile that is active.
for class in '{E2B3C97F-6AE1-41AC-817A-F6F92166D7DD}' '{2C5BC43E-3369-4C33-AB0C-BE9469677AF4}'; do
    reg_add "HKLM\\Software\\Classes\\CLSID\\$class\\InprocServer32" /ve /d "Z:$(tr / '\\' <<<"$PWD/build/windows/standins/firewall.dll")"
done
reg_add 'HKU\.Default\Environment' /v RDPMEDIC_STANDIN_PROFILES /d domain
reg_add 'HKCU\Environment' /v RDPMEDIC_STANDIN_PROFILES /d domain

# Wine's service manager reads what it hands down to services when it starts.
prefix_stop
prefix_run_server

# Windows does not renew the expired certificate by itself here, or a start of SessionEnv alone would change the host.
reg_add 'HKLM\SOFTWARE\rdpmedic-standin' /v BrokenRenewal /t REG_DWORD /d 1

# Everything that one of these repairs may touch, as text.
state() {
    local key files=() i=0
    for key in 'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Terminal Server' \
        'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL' \
        'HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy' \
        'HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\SystemCertificates\Remote Desktop'; do
        i=$((i + 1))
        rm -f "$RDPMEDIC_PREFIX/drive_c/state$i.reg"
        timeout 60 wine regedit /E "C:\\state$i.reg" "$key" >/dev/null 2>&1
        files+=("$RDPMEDIC_PREFIX/drive_c/state$i.reg")
    done
    # Of a rule not the version of its grammar, which the firewall writes anew. Of a certificate its key, which is the thumbprint: Wine writes the same properties in another order. Its key file is below.
    for i in "${files[@]}"; do iconv --from-code=UTF-16 --to-code=UTF-8 "$i" 2>/dev/null | tr -d '\r'; done |
        sed 's/="v2\.[0-9]*|/="v2|/' | awk '/^"Blob"=/ { blob = 1 } /^\[/ { blob = 0 } !blob'
    for key in TermService SessionEnv UmRdpService MpsSvc BFE; do
        echo "$key $(timeout 60 wine reg query "HKLM\\SYSTEM\\CurrentControlSet\\Services\\$key" /v Start | grep --only-matching '0x.*' | tr -d '\r')"
    done
    timeout 60 wine net start | grep --extended-regexp 'Remote Desktop|Firewall|Filtering' | sort
    (cd "$keys" 2>/dev/null && sha256sum -- * | sort)
}
remember() { state >"$work/before" && [ "$(wc --lines <"$work/before")" -gt 20 ]; }
as_before() {
    state >"$work/after"
    diff "$work/before" "$work/after"
}

eventually() {
    for _ in $(seq 300); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done
    "$@"
}
answers() { curl --silent --fail --max-time 2 "$address/livez" >/dev/null; }
is_gone() { ! curl --silent --max-time 2 "$address/livez" >/dev/null; }
# Wine's service manager does not notice that the process is gone, and does not start it again either.
ended() { timeout 60 wine 'C:\standins\standin_ended.exe' rdpmedic >/dev/null; }
agent_starts() { timeout 60 wine net start rdpmedic >/dev/null 2>&1; eventually answers; }
post() { # REPAIR; prints the outcome, nothing where the process died
    curl --silent --max-time 120 --request POST --header "Authorization: Bearer $(cat "$data/repair-token.txt")" \
        --header 'Content-Type: application/json' --header 'Prefer: wait=30' --data '{"disconnect_sessions": true}' \
        "$address/repair/$1" | jq --raw-output '.outcome // (.type + " " + .detail)'
}
# The process ended while the repair ran; at the next start everything is taken back before the API listens.
taken_back_first() {
    awk -v seen="$1" 'NR > seen && /event=(repair_recovered|started)/ { print; exit }' "$data/logs/rdpmedic.log" |
        grep --quiet "event=repair_recovered.*outcome=rolled_back"
}
lines() { wc --lines <"$data/logs/rdpmedic.log"; }

# dies REPAIR WHEN RECORD: 0 it died and all is as before, 1 something is wrong, 2 it lived and the repair ended
dies() {
    local outcome before_lines
    echo "$2 $3" >"$RDPMEDIC_PREFIX/drive_c/dies_at.txt"
    outcome=$(post "$1")
    if [ -e "$RDPMEDIC_PREFIX/drive_c/dies_at.txt" ]; then
        rm -f "$RDPMEDIC_PREFIX/drive_c/dies_at.txt"
        echo "$outcome"
        [ "$outcome" = repaired ] && return 2
        return 1
    fi
    [ -z "$outcome" ] || { echo "it died and answered all the same: $outcome"; return 1; }
    eventually is_gone || { echo "the process does not end"; return 1; }
    ended || { echo "the service manager cannot be told that the process has ended"; return 1; }
    before_lines=$(lines)
    agent_starts || { echo "it does not start again"; return 1; }
    # Nothing had been written when it died before the first record.
    [ "$2 $3" = "before 1" ] || taken_back_first "$before_lines" ||
        { echo "not taken back before it listens:"; tail -n 5 "$data/logs/rdpmedic.log"; return 1; }
    as_before
}

# each REPAIR: ends the process before each record until there are no more, then, with the fault back, after each.
each() {
    local repair=$1 record status records
    for record in $(seq 1 40); do
        output=$(dies "$repair" before "$record")
        status=$?
        [ $status = 0 ] || break
    done
    [ $status = 2 ] || { echo "before record $record: $output"; return 1; }
    records=$((record - 1))
    [ "$records" -ge 4 ] || { echo "only $records records"; return 1; }
    ! as_before >/dev/null || { echo "the repair that lived changed nothing"; return 1; }
    "break_$repair" && remember || return 1
    for record in $(seq 1 $((records - 1))); do
        output=$(dies "$repair" after "$record") || { echo "after record $record: $output"; return 1; }
    done
    echo "$repair: $records records"
}

break_cert() { prefix_standin expired && { timeout 60 wine net stop TermService; timeout 60 wine net start TermService; } >/dev/null 2>&1; }
break_termservice() {
    timeout 60 wine net stop TermService >/dev/null 2>&1
}
break_listener() { reg_add "$listener" /v SecurityLayer /t REG_DWORD /d 0 && reg_add "$listener" /v UserAuthentication /t REG_DWORD /d 0; }
# Wine says it is Windows 7, where TLS 1.0 serves as well: that goes first.
break_tls() {
    reg_add "${tls12/1.2/1.0}" /v Enabled /t REG_DWORD /d 0 && reg_add "$tls12" /v Enabled /t REG_DWORD /d 0 &&
        reg_add "$tls12" /v DisabledByDefault /t REG_DWORD /d 1
}
break_firewall() {
    local id value
    for id in TCP UDP; do
        value=$(timeout 60 wine reg query "$policy\\FirewallRules" /v "RemoteDesktop-UserMode-In-$id" | grep --only-matching 'v2.*' | tr -d '\r')
        reg_add "$policy\\FirewallRules" /v "RemoteDesktop-UserMode-In-$id" /d "${value/Active=TRUE/Active=FALSE}" || return 1
    done
}
# Each repair leaves its fault behind.
healthy() {
    prefix_standin fresh
    reg_add "$listener" /v SecurityLayer /t REG_DWORD /d 2
    reg_add "$listener" /v UserAuthentication /t REG_DWORD /d 1
    timeout 60 wine reg delete "$tls12" /f
    timeout 60 wine reg delete "${tls12/1.2/1.0}" /f
    prefix_start BFE
    prefix_start MpsSvc
    prefix_start SessionEnv
    timeout 60 wine net stop TermService
    prefix_start TermService
} >/dev/null 2>&1

healthy
timeout 60 wine 'C:\rdpmedic\rdpmedic.exe' service install >/dev/null
printf '{"listen": [{"port": %s}], "repair": {"cool_down_s": 0, "attempts_per_day": 100}}' "$port" >"$data/config.json"
check "the service starts" agent_starts
for repair in "${@:-cert termservice listener tls firewall}"; do
    for one in $repair; do
        healthy
        check "$one: the host is broken" "break_$one"
        check "$one: its state is written down" remember
        check "$one: nothing is lost wherever the process dies" each "$one"
    done
done
rm -rf "$work"
report
