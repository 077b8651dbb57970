#!/usr/bin/env bash
# What does the MSI put on a host, what does an upgrade keep, and what does an uninstall leave?
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh
source tests/support/wine_prefix.sh

RDPMEDIC_PREFIX=$rdpmedic_wine/msi
trap prefix_stop EXIT
prefix_create
data=$RDPMEDIC_PREFIX/drive_c/ProgramData/rdpmedic
program=$RDPMEDIC_PREFIX/drive_c/Program\ Files/rdpmedic/rdpmedic.exe
port=$(free_port)
work=$(mktemp --directory --tmpdir=build)
trap 'prefix_stop; rm -rf "$work"' EXIT

./installer/build-msi.sh --version 0.1.0 --output "$work/first.msi"
./installer/build-msi.sh --version 0.1.1 --output "$work/second.msi"
# The port of this test; the configuration survives everything below, which is tested with it.
mkdir -p "$data"
printf '// kept\n{"listen": [{"address": "127.0.0.1", "port": %s}]}\n' "$port" >"$data/config.json"

msiexec() { timeout 120 wine msiexec "$@" /qn; }
reg_has() { timeout 20 wine reg query "$1" /v "$2" | tr -d '\r' | grep --quiet --extended-regexp "$3"; }
answers() {
    local i
    for i in $(seq 120); do
        ! curl --silent --fail --max-time 2 "http://127.0.0.1:$port/livez" >/dev/null || return 0
        sleep 0.5
    done
    echo "no answer from http://127.0.0.1:$port/livez for 60 s"
    timeout 20 wine sc query rdpmedic
    tail --lines=20 "$data"/logs/* || true
    return 1
}
token() { tr -d '[:space:]' <"$data/repair-token.txt"; }
token_is_good() { # the wrong repair name is looked up after the token
    local status
    status=$(curl --silent --max-time 20 --output /dev/null --write-out '%{http_code}' --request POST \
        --header "Authorization: Bearer $(token)" "http://127.0.0.1:$port/repair/no-such-repair")
    [ "$status" = 404 ] || { echo "HTTP $status"; return 1; }
}
token_is_refused() {
    local status
    status=$(curl --silent --max-time 20 --output /dev/null --write-out '%{http_code}' --request POST \
        --header "Authorization: Bearer not-the-token" "http://127.0.0.1:$port/repair/cert")
    [ "$status" = 401 ] || { echo "HTTP $status"; return 1; }
}
service=HKLM\\SYSTEM\\CurrentControlSet\\Services\\rdpmedic
source_key=HKLM\\SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\rdpmedic

check "the MSI installs" msiexec /i "$work/first.msi"
check "the program is below Program Files" test -f "$program"
check "the service starts with Windows" reg_has "$service" Start 0x2
check "the service runs as LocalSystem" reg_has "$service" ObjectName LocalSystem
check "the service runs in its own process" reg_has "$service" Type '0x10$'
check "the path of the service is quoted" reg_has "$service" ImagePath '"C:\\Program Files\\rdpmedic\\rdpmedic\.exe" run --service'
check "the event source names the program" reg_has "$source_key" EventMessageFile 'rdpmedic\.exe'
check "the service runs and answers" answers
check "the repair token is there and long" test "$(token | wc --bytes)" -ge 40
check "only its hash is stored" bash -c '! grep --quiet --fixed-strings "$1" "$2"' - "$(token)" "$data/tokens.json"
check "the token is accepted" token_is_good
check "another token is refused" token_is_refused
check "a configuration that was there first is kept" grep --quiet '// kept' "$data/config.json"

cp "$data/tokens.json" "$work/tokens.json"
cp "$data/config.json" "$work/config.json"
check "an upgrade installs over it" msiexec /i "$work/second.msi"
check "after the upgrade the service runs and answers" answers
check "the upgrade keeps the configuration" cmp "$work/config.json" "$data/config.json"
check "the upgrade keeps the tokens" cmp "$work/tokens.json" "$data/tokens.json"
check "after the upgrade the token is accepted" token_is_good
check "one product is installed, not two" bash -c '[ "$(timeout 20 wine uninstaller --list | grep --count rdpmedic)" = 1 ]'

# Wine's msiexec removes files the moment the service has said STOPPED, and cannot remove those of a process that needs
# a moment more to end; Windows would do that at the next start.
check "the service stops before" timeout 30 wine net stop rdpmedic
sleep 2
check "the MSI uninstalls" msiexec /x "$work/second.msi"
check "the uninstall removes the program" test ! -e "$program"
check "the uninstall removes the service" bash -c '! timeout 20 wine reg query "$1"' - "$service"
check "nothing answers any more" bash -c '! curl --silent --max-time 2 "$1"' - "http://127.0.0.1:$port/livez"
check "the uninstall leaves the configuration" cmp "$work/config.json" "$data/config.json"
check "the uninstall leaves the tokens" cmp "$work/tokens.json" "$data/tokens.json"
report
