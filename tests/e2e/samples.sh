#!/usr/bin/env bash
# Does the .exe say of real hosts, imported into Wine's registry, what is known about them?
#
# Services are left out: importing them would replace those that Wine itself lives on. They are read natively.
set -uo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh
source tests/support/wine_prefix.sh

samples=${RDPMEDIC_SAMPLES:-../shared/samples}
if [ ! -d "$samples/firewall" ]; then
    echo "  note  no samples of real hosts here: 0 files read"
    report
    exit
fi
RDPMEDIC_PREFIX=$rdpmedic_wine/samples
export WINEPREFIX=$RDPMEDIC_PREFIX # `check` runs its command in a subshell: nothing set there is seen here
trap prefix_stop EXIT
files=$(mktemp)

# Wine's regedit damages REG_EXPAND_SZ and REG_MULTI_SZ in files that are not UTF-16.
import() {
    local file
    for file in "$@"; do
        { printf '\xff\xfe' && iconv --from-code=UTF-8 --to-code=UTF-16LE "$file"; } >"$RDPMEDIC_PREFIX/drive_c/import.reg"
        timeout 60 wine regedit /S 'C:\import.reg' || return 1
        echo "$file" >>"$files"
    done
}

policy='HKLM\SYSTEM\CurrentControlSet\Services\SharedAccess\Parameters\FirewallPolicy'
class='HKLM\Software\Classes\CLSID\{E2B3C97F-6AE1-41AC-817A-F6F92166D7DD}\InprocServer32'

# A host with running firewall services and three active profiles, which then becomes HOST.
become() {
    prefix_rdp_host || return 1
    cp build/windows/rdpmedic.exe "$RDPMEDIC_PREFIX/drive_c/"
    timeout 60 wine reg add "$class" /ve /d "Z:$(tr / '\\' <<<"$PWD/build/windows/standins/firewall.dll")" /f >/dev/null
    prefix_start BFE || true # may have started with the prefix
    prefix_start MpsSvc || true
    timeout 60 wine reg delete "$policy" /f >/dev/null
    import "$samples/terminal-server/$1-terminal-server.reg" "$samples"/firewall/"$1"-*.reg "$samples"/winsock/"$1"-*.reg \
        "$samples"/schannel/"$1"-*.reg
}
look() {
    RDPMEDIC_STANDIN_PROFILES=domain,private,public timeout 60 wine 'C:\rdpmedic.exe' check firewall termservice winsock --json \
        >"$RDPMEDIC_PREFIX/answer.json"
    [ -s "$RDPMEDIC_PREFIX/answer.json" ]
}
# says PROBE "CODE STATUS SUBJECT..." for every entry of the probe, sorted, without the passing and unknown ones
says() {
    local probe=$1 wanted=$2 got
    got=$(jq --raw-output ".checks.$probe[] | select(.code and (.code | endswith(\".unknown\") | not)) | \"\(.code) \(.status) \(.subject // \"\")\"" \
        "$RDPMEDIC_PREFIX/answer.json" | sed 's/ *$//' | sort | paste --serial --delimiters=';')
    [ "$got" = "$wanted" ] || { echo "expected: $wanted"; echo "got:      $got"; jq --compact-output .checks."$probe" "$RDPMEDIC_PREFIX/answer.json"; return 1; }
}
mentions() { jq --exit-status ".checks.$1 | tostring | contains(\"$2\")" "$RDPMEDIC_PREFIX/answer.json" >/dev/null; }

for host in win7sp1-a win7sp1-b win81 win10-1709; do
    check "$host: its registry is imported" become $host
    check "$host: the .exe reads it" look
    if [ $host = win7sp1-a ]; then
        check "$host: RDP is on, let in on Domain and Private, not on Public" says firewall "firewall.rules_disabled fail Public"
    else
        check "$host: RDP is off" mentions termservice termservice.rdp_off
        check "$host: a firewall that lets nobody in is no failure then" bash -c \
            "jq --exit-status '[.checks.firewall[] | select(.status == \"fail\")] | length == 0' '$RDPMEDIC_PREFIX/answer.json'"
    fi
done
check "a policy over the last one is imported" import "$samples/gpo/yossidoc-lgpo-machine.reg"
check "the .exe reads it" look
check "RDP is off by policy, and the policy is named" mentions termservice 'Policies\\\\Microsoft\\\\Windows NT\\\\Terminal Services'
check "the hardening of every profile is imported over the first" become win7sp1-a
check "with its policy" import "$samples/gpo/simeonon-dod-windows-firewall.reg"
check "the .exe reads it" look
check "the policy ignores local rules on Public" mentions firewall firewall.local_rules_ignored
# One policy over the other: nothing that a policy sets may keep the .exe from judging.
for gpo in "$samples"/gpo/*.reg; do
    check "$(basename "$gpo" .reg): the policy is imported" import "$gpo"
    check "$(basename "$gpo" .reg): the .exe reads the host under it" look
done
check "the last one switches RDP off, and is named" mentions termservice 'Policies\\\\Microsoft\\\\Windows NT'
echo "  note  $(wc --lines <"$files") exports of real hosts read by the .exe"
rm -f "$files"
report
