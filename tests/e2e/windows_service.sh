#!/usr/bin/env bash
# Does the .exe live as a Windows service: installed, started, asked, stopped within five seconds, removed?
set -uo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh
source tests/support/wine_prefix.sh

RDPMEDIC_PREFIX=$rdpmedic_wine/service
trap prefix_stop EXIT
prefix_rdp_host
prefix_standin fresh
prefix_start SessionEnv
prefix_start TermService
data=$RDPMEDIC_PREFIX/drive_c/ProgramData/rdpmedic
mkdir -p "$RDPMEDIC_PREFIX/drive_c/rdpmedic"
cp build/windows/rdpmedic.exe "$RDPMEDIC_PREFIX/drive_c/rdpmedic/"
port=$(free_port)
address=http://127.0.0.1:$port

rdpmedic() { timeout 60 wine 'C:\rdpmedic\rdpmedic.exe' "$@"; }
exits() {
    local code=$1 text=$2 status=0 output
    shift 2
    output=$("$@" 2>&1) || status=$?
    [ "$status" = "$code" ] && grep --quiet --fixed-strings -- "$text" <<<"$output" && return 0
    echo "expected exit status $code and '$text'; got $status and: $output"
    return 1
}
answers() {
    local wanted=$1 got
    shift
    got=$(curl --silent --max-time 10 --output /dev/null --write-out '%{http_code}' "$@")
    [ "$got" = "$wanted" ] || { echo "expected $wanted, got $got"; return 1; }
}
eventually() {
    for _ in $(seq 200); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done
    "$@"
}
# VALUE of a KEY holds TEXT in the registry of the prefix.
registry_has() { timeout 60 wine reg query "$1" /v "$2" | grep --count --fixed-strings -- "$3" >/dev/null; }
stops_within_five_seconds() {
    local begin
    begin=$(date +%s%N)
    rdpmedic service stop || return 1
    local took=$((($(date +%s%N) - begin) / 1000000))
    echo "took $took ms"
    [ $took -le 5000 ]
}
# Not --quiet: that ends at the first hit, and under pipefail the SIGPIPE of the writer counts as failure.
resource_has() { strings --encoding=l build/windows/rdpmedic.exe | grep --count --fixed-strings -- "$1" >/dev/null; }
sections_have() { x86_64-w64-mingw32-objdump --section-headers build/windows/rdpmedic.exe | grep --count --fixed-strings -- "$1" >/dev/null; }

others_may_nothing() { # Wine keeps of an access list what fits into the mode of Unix
    local mode
    mode=$(stat --format %a "$1")
    [ "${mode: -1}" = 0 ] || { echo "mode $mode: $1"; return 1; }
}
stopped_during_the_repair() {
    awk '/event=repair_begun/ { running = 1 } /event=repair_finished/ { running = 0 } /event=stopping/ { during = running }
        END { exit during ? 0 : 1 }' "$data/logs/rdpmedic.log" || { cat "$data/logs/rdpmedic.log"; return 1; }
}

noted() { # at least so many handshakes
    [ "$(jq '.handshakes | length' "$data/own-handshakes.json")" -ge "$1" ] || { cat "$data/own-handshakes.json"; return 1; }
}
notes_its_own() {
    local before
    before=$(jq '.handshakes | length' "$data/own-handshakes.json")
    rdpmedic "$@" >/dev/null 2>&1 || true # whatever it finds
    noted $((before + 1))
}

service='HKLM\SYSTEM\CurrentControlSet\Services\rdpmedic'
source_key='HKLM\SYSTEM\CurrentControlSet\Services\EventLog\Application\rdpmedic'

check "the .exe carries its version" resource_has "OriginalFilename"
check "the .exe carries the texts of its events" sections_have .rsrc
check "before the installation the status is 4" exits 4 "not installed" rdpmedic service status
check "starting what is not installed says so" exits 1 "OpenServiceW(rdpmedic)" rdpmedic service start
check "the service is installed" rdpmedic service install
# Now, not later: Wine 8 lets a folder that was there first take over what its parent grants, protected or not. Nor does it
# hand the rights of a folder down to the files in it, which is what keeps the token private on Windows.
check "its data folder is open to nobody else" others_may_nothing "$data"
check "it starts automatically" registry_has "$service" Start 0x2
check "it runs as LocalSystem" registry_has "$service" ObjectName LocalSystem
check "it depends on nothing" bash -c "! timeout 60 wine reg query '$service' /v DependOnService"
check "its event source names the .exe" registry_has "$source_key" EventMessageFile rdpmedic.exe
check "installing again is no error" rdpmedic service install
# Wine refuses what it does not know: that it was asked for is what shows here.
check "a service SID is asked for" exits 0 "does not know: service SID" rdpmedic service install
check "privileges are restricted to those required" exits 0 "does not know: required privileges" rdpmedic service install
check "the first repair token is there" test -s "$data/repair-token.txt"
check "the status is 3 while it is stopped" exits 3 "stopped" rdpmedic service status
printf '{"listen": [{"port": %s}]}' "$port" >"$data/config.json"
token=$(cat "$data/repair-token.txt")

check "it starts" rdpmedic service start
check "the status is 0 while it runs" exits 0 "running" rdpmedic service status
check "it answers" eventually answers 200 "$address/livez"
check "it is ready once every probe has reported" eventually answers 200 "$address/readyz"
check "the certificate of the host is healthy" answers 200 "$address/health/cert"
check "TermService is healthy" answers 200 "$address/health/termservice"
check "what Wine cannot show is unknown" bash -c "curl --silent $address/health/sessions | jq --exit-status '[.. | .code? // empty] | any(. == \"sessions.unknown\")'"
check "the handshake completes" bash -c "curl --silent $address/health/handshake | jq --exit-status '(.status == \"pass\" or .status == \"warn\") and ([.. | .code? // empty] | any(. == \"handshake.unknown\") | not)'"
check "the handshake is noted for the commands" eventually noted 1
check "a check notes its own beside it" notes_its_own check handshake
check "so does a handshake with this host" notes_its_own handshake "127.0.0.1:$RDPMEDIC_RDP_PORT"
check "a repair that is not needed writes nothing and says so" bash -c "curl --silent --request POST --header 'Authorization: Bearer $token' $address/repair/cert | jq --exit-status '.outcome == \"not_needed\"'"
check "the same from the command line" exits 0 "not_needed" rdpmedic repair cert
check "the log is written" grep --quiet "event=started" "$data/logs/rdpmedic.log"
printf '{"listen": [{"port": "rdp"}]}' >"$data/config.json"
check "a wrong configuration is reported while it runs" eventually grep --quiet "event=config_refused" "$data/logs/rdpmedic.log"
check "and the old one stays" answers 200 "$address/livez"
exec 3<>"/dev/tcp/127.0.0.1/$port" && printf 'POST /repair/cert HTTP/1.1\r\nHost: 127.0' >&3
check "it stops within five seconds with half a request in flight" stops_within_five_seconds
exec 3>&-
check "the status is 3 again" exits 3 "stopped" rdpmedic service status
check "with a wrong configuration it does not start" exits 1 "rdpmedic" rdpmedic service start
printf '{"listen": [{"port": %s}]}' "$port" >"$data/config.json"
check "with a right one it does" rdpmedic service start
check "it answers again" eventually answers 200 "$address/livez"
prefix_standin expired # its repair takes a second: SessionEnv starts
curl --silent --max-time 60 --output /dev/null --request POST --header "Authorization: Bearer $token" "$address/repair/cert" &
check "a repair begins" eventually grep --quiet "event=repair_begun" "$data/logs/rdpmedic.log"
check "it stops within five seconds with a repair in flight" stops_within_five_seconds
wait $!
check "the repair had not ended when the stop came" stopped_during_the_repair
check "it starts again after that" rdpmedic service start
check "and answers" eventually answers 200 "$address/livez"
# Before the stop where there was time, from the journal at this start otherwise.
check "what the repair had done is undone" grep --quiet --extended-regexp "event=repair_(finished|recovered).*outcome=rolled_back" "$data/logs/rdpmedic.log"
check "it is uninstalled while it runs" rdpmedic service uninstall
check "the service is gone" exits 4 "not installed" rdpmedic service status
check "its event source is gone" bash -c "! timeout 60 wine reg query '$source_key'"
check "the data folder stays" test -s "$data/tokens.json"
report
