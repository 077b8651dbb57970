#!/usr/bin/env bash
# Does the native program see in a recording what the Windows program saw on the host?
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh
source tests/support/wine_prefix.sh

RDPMEDIC_PREFIX=$rdpmedic_wine/record
work=$(mktemp --directory --tmpdir=build)
trap 'prefix_stop; rm -rf "$work"' EXIT
prefix_rdp_host
prefix_standin expired
prefix_start TermService
cp build/windows/rdpmedic.exe "$RDPMEDIC_PREFIX/drive_c/rdpmedic.exe"

on_windows() { timeout 120 wine 'C:\rdpmedic.exe' "$@"; }
native() { timeout 60 build/linux/rdpmedic "$@"; }
# Exit status 1 and 2 of check are answers: warning and critical.
findings() { jq --sort-keys '[.. | objects | select(has("code") and has("severity")) | {code, severity}] | unique' "$1"; }
record() {
    on_windows record >"$work/host.json"
    jq --exit-status 'type == "object" and length > 0' "$work/host.json" >/dev/null
}
exits() { # STATUS COMMAND...
    local expected=$1 status=0
    shift
    "$@" >"$work/out" 2>&1 || status=$?
    [ "$status" = "$expected" ] || { cat "$work/out"; echo "exit status $status, expected $expected"; return 1; }
}

check "record writes JSON" record
on_windows check --json >"$work/windows.json" 2>/dev/null || true
native check --host "$work/host.json" --json >"$work/native.json" 2>/dev/null || true
check "check on Windows finds the expired certificate" grep --quiet '"cert.expired"' "$work/windows.json"
check "check of the recording finds it too" grep --quiet '"cert.expired"' "$work/native.json"
findings "$work/windows.json" >"$work/windows.findings"
findings "$work/native.json" >"$work/native.findings"
check "both find the same" diff "$work/windows.findings" "$work/native.findings"
check "a critical finding is exit status 2, as of a Nagios plugin" exits 2 native check --host "$work/host.json"
head --bytes=1000 "$work/host.json" >"$work/half.json"
check "half a recording is refused" exits 3 native check --host "$work/half.json"
native handshake --json "127.0.0.1:$RDPMEDIC_RDP_PORT" >"$work/handshake.json" 2>/dev/null || true
check "the native handshake completes and shows the expired certificate" \
    jq --exit-status '.certificate.not_after < (now | todate)' "$work/handshake.json"
report
