#!/usr/bin/env bash
# Does the native program do what its help says, refuse bad input with a reason, and stop when told to?
set -uo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh

program=$PWD/build/linux/rdpmedic
work=$(mktemp -d)
agent=""
finish() {
    [ -z "$agent" ] || kill -KILL "$agent" 2>/dev/null
    rm -rf "$work"
}
trap finish EXIT
data=$work/data
host=$PWD/tests/fixtures/hosts/healthy-server-2019.json

rdpmedic() { timeout 20 "$program" --data "$data" "$@"; }

# exits CODE TEXT COMMAND...: ends with CODE and says TEXT on standard output or error.
exits() {
    local code=$1 text=$2 status=0 output
    shift 2
    output=$("$@" 2>&1) || status=$?
    [ "$status" = "$code" ] && grep --quiet --fixed-strings -- "$text" <<<"$output" && return 0
    echo "expected exit status $code and '$text'; got $status and:"
    echo "$output"
    return 1
}

write() { printf '%s' "$2" >"$1"; }

start_agent() {
    "$program" --data "$data" run --host "$host" >"$work/agent.log" 2>&1 &
    agent=$!
    for _ in $(seq 100); do
        address=$(sed -nE 's/.*event=(started|config_taken_up).*listening="?([^" ]+)"?.*/\2/p' "$work/agent.log" | tail -1)
        [ -n "$address" ] && return 0
        kill -0 "$agent" 2>/dev/null || break
        sleep 0.1
    done
    cat "$work/agent.log"
    return 1
}

# Ends the agent with a signal and fails when it takes longer than five seconds or does not end with 0.
stop_agent() {
    local begin=$SECONDS status=0
    kill "-$1" "$agent"
    wait "$agent" || status=$?
    agent=
    [ "$status" = 0 ] && [ $((SECONDS - begin)) -le 5 ] && return 0
    echo "status $status after $((SECONDS - begin)) s"
    cat "$work/agent.log"
    return 1
}

status_of() { curl --silent --max-time 5 --output /dev/null --write-out '%{http_code}' "$@"; }
answers() {
    local wanted=$1 got
    shift
    got=$(status_of "$@")
    [ "$got" = "$wanted" ] || { echo "expected $wanted, got $got"; return 1; }
}
eventually() {
    for _ in $(seq 80); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done
    "$@"
}
logged() { grep --quiet --fixed-strings -- "$1" "$work/agent.log" || { cat "$work/agent.log"; return 1; }; }

# Help and usage
check "help names every command" exits 0 "handshake" rdpmedic --help
for command in check record diagnose handshake repair audit run service token config; do
    check "'$command --help' explains itself" exits 0 "Usage" rdpmedic $command --help
done
probes=$(sed --quiet 's/^RDPMEDIC_PROBE(\(.*\))$/\1/p' probes/probe_list.inc | paste --serial --delimiters=, | sed 's/,/, /g')
check "help of check names every probe" exits 0 "only these probes: $probes" rdpmedic check --help
check "no command is a usage error" exits 2 "A subcommand is required" rdpmedic
check "an unknown option is a usage error" exits 2 "--frobnicate" rdpmedic record --frobnicate
# 2 is critical to a monitor, which a typo in its command is not.
check "one of check is 3" exits 3 "--frobnicate" rdpmedic check --frobnicate
check "also before the command" exits 3 "--frobnicate" rdpmedic --frobnicate check
check "one of diagnose is 3" exits 3 "--frobnicate" rdpmedic diagnose 0x904 --frobnicate
check "a number too many is 3" exits 3 "0x8" rdpmedic diagnose 0x904 0x7 0x8
check "one of handshake is 3" exits 3 "--frobnicate" rdpmedic handshake 127.0.0.1 --frobnicate
check "a handshake with nobody is 3" exits 3 "is required" rdpmedic handshake
check "a number of hosts at a time that is none is 3" exits 3 "parallel" rdpmedic handshake --hosts "$work/hosts" --parallel many
check "an unknown command is a usage error" exits 2 "" rdpmedic frobnicate
check "the version is printed" exits 0 "rdpmedic 0." rdpmedic --version

# Configuration
check "a missing configuration means the defaults" exits 0 "the defaults apply" rdpmedic config check
check "the shown configuration is valid" bash -c "'$program' --data '$data' config show >'$work/shown.json' && '$program' config check '$work/shown.json'"
check "the schema is JSON" bash -c "'$program' config schema | jq --exit-status .properties.listen"
write "$work/bad.json" '{"log": {"levle": "info"}}'
check "an unknown key is refused with its path" exits 2 "/log/levle: unknown key" rdpmedic config check "$work/bad.json"
write "$work/bad.json" $'{\n  "log": {"level": "info"},,\n}'
check "a syntax error is refused with its line" exits 2 "line 2, column" rdpmedic config check "$work/bad.json"
check "a file that is not there is refused" exits 2 "there is no such file" rdpmedic config check "$work/none.json"
check "the check speaks JSON" bash -c "'$program' config check '$work/bad.json' --json | jq --exit-status '.valid == false and .where != \"\"'"
mkdir -p "$data"
write "$data/config.json" '{"listen": [{"address": "0.0.0.0"}]}'
check "run refuses an address that needs TLS, with exit status 2" exits 2 "/listen/0: the address 0.0.0.0" rdpmedic run --host "$host"
rm "$data/config.json"

# Hosts
check "here is no Windows to check" exits 3 "--host FILE" rdpmedic check
check "a recording that is not there is named" exits 3 "none.json" rdpmedic check --host "$work/none.json"
head --bytes=300 "$host" >"$work/torn.json"
check "a torn recording is refused with its place" exits 3 "torn.json" rdpmedic check --host "$work/torn.json"
check "a healthy recorded host passes" exits 0 "cert" rdpmedic check --host "$host"
check "an unknown probe is refused with the list" exits 3 "there are: cert, termservice" rdpmedic check certs --host "$host"
check "one probe can be checked alone" exits 0 "winsock" rdpmedic check winsock --host "$host"
check "check speaks JSON" bash -c "'$program' check --host '$host' --json | jq --exit-status '.status == \"pass\"'"
expired=$PWD/tests/fixtures/hosts/s01-expired-self-signed.json
check "an expired certificate is critical" exits 2 "cert.expired" rdpmedic check cert --host "$expired"
check "its plan can be made from the recording" exits 0 "SessionEnv" rdpmedic repair cert --dry-run --host "$expired"
hung=$PWD/tests/fixtures/hosts/s21-termservice-hung.json
check "a finding names its repair with the option that it needs" exits 2 "rdpmedic repair termservice --option restart=true" rdpmedic check handshake --host "$hung"
check "and that repair has something to do" exits 0 "Restart TermService" rdpmedic repair termservice --option restart=true --dry-run --host "$hung"
check "its repair is refused: a recording cannot be changed" exits 2 "looked at but not changed" rdpmedic repair cert --yes --host "$expired"
check "the repairs are listed" exits 0 "termservice" rdpmedic repair --host "$host"
check "the list says which is called for, and why" exits 0 "cert.expired: " rdpmedic repair --host "$expired"
check "the list speaks JSON" bash -c "'$program' --data '$data' repair --host '$expired' --json | jq --exit-status '.repairs[] | select(.name == \"cert\") | .state == \"called_for\" and .cures[0].code == \"cert.expired\"'"
check "an unknown repair is refused" exits 2 "frobnicate" rdpmedic repair frobnicate --host "$host"
check "a healthy host needs no repair" exits 0 "not_needed" rdpmedic repair cert --host "$host"
check "the plan says what it touches" exits 0 "touches" rdpmedic repair cert --dry-run --host "$expired"
check "the plan says how it is undone" exits 0 "undone by" rdpmedic repair cert --dry-run --host "$expired"
check "the plan speaks JSON, with its hash" bash -c "'$program' --data '$data' repair cert --dry-run --host '$expired' --json | jq --exit-status '.state == \"called_for\" and (.plan | length) == 64 and (.steps[0].undo | length) > 0'"
check "an option that the repair does not have is refused" exits 2 "frobnicate" rdpmedic repair cert --option frobnicate=1 --host "$expired"
check "an option without a value is refused" exits 2 "expected NAME=VALUE" rdpmedic repair cert --option frobnicate --host "$expired"
check "an option that is given twice is refused" exits 2 "given twice" rdpmedic repair cert --option a=1 --option a=2 --host "$expired"

# What disrupts is agreed to first: on a terminal by an answer, elsewhere by --yes.
on_terminal() { # ANSWER COMMAND...: as a user at a terminal who types ANSWER
    local answer=$1 status=0
    shift
    timeout --foreground 30 script --quiet --return --command "$(printf '%q ' "$@")" /dev/null <<<"$answer" || status=$?
    return $status
}
check "without a terminal, what may disrupt needs --yes" exits 2 "so --yes is needed" rdpmedic repair cert --disconnect-sessions --host "$expired"
check "and says what it may disrupt" exits 2 "it may disrupt: " rdpmedic repair cert --disconnect-sessions --host "$expired"
check "JSON is not asked either" exits 2 "so --yes is needed" rdpmedic repair cert --disconnect-sessions --json --host "$expired"
check "on a terminal it asks, and no is no" exits 2 "nothing was changed" on_terminal n "$program" --data "$data" repair cert --disconnect-sessions --host "$expired"
check "no answer is no" exits 2 "nothing was changed" on_terminal "" "$program" --data "$data" repair cert --disconnect-sessions --host "$expired"
check "and yes goes on" exits 2 "looked at but not changed" on_terminal y "$program" --data "$data" repair cert --disconnect-sessions --host "$expired"

# Jobs and the audit trail
check "no job is remembered" exits 0 "no repair is remembered" rdpmedic repair jobs --host "$host"
check "no job is an empty list in JSON" bash -c "'$program' --data '$data' repair jobs --host '$host' --json | jq --exit-status '.jobs == []'"
check "a job that is not there cannot be taken back" exits 2 "no repair job" rdpmedic repair rollback 20260101T000000Z-00000000 --yes --host "$host"
check "nor cancelled" exits 2 "no repair job" rdpmedic repair cancel 20260101T000000Z-00000000 --host "$host"
check "a rollback without a job is a usage error" exits 2 "job" rdpmedic repair rollback --host "$host"
exec 4>"$data/repair.lock" && flock 4
check "a job of another process cannot be reached, and that is said" exits 2 "cannot be reached" rdpmedic repair cancel 20260101T000000Z-00000000 --host "$host"
check "nor are its jobs listed as if there were none" exits 2 "another process" rdpmedic repair jobs --host "$host"
exec 4>&-
check "a trail without lines is whole" exits 0 "whole: 0 lines" rdpmedic audit verify
write "$data/audit.jsonl" $'{"event": "forged", "hash": "0"}\n'
check "a line that is not of the chain breaks it" exits 1 "line 1: does not have the hash" rdpmedic audit verify
check "and the same in JSON" bash -c "'$program' --data '$data' audit verify --json | jq --exit-status '.chain | startswith(\"broken: line 1\")'"
check "the trail is shown all the same" exits 0 "forged" rdpmedic audit show --limit 5
check "and says that it is broken" exits 0 "broken: line 1" rdpmedic audit show
check "a limit of nothing is a usage error" exits 2 "limit" rdpmedic audit show --limit 0
rm "$data/audit.jsonl"
mkdir "$data/audit.jsonl"
check "a trail that cannot be read is an error" exits 2 "audit.jsonl" rdpmedic audit verify
rmdir "$data/audit.jsonl"
check "a recording can be recorded again, byte for byte" bash -c "'$program' record --host '$expired' >'$work/1.json' && '$program' record --host '$work/1.json' | cmp - '$work/1.json'"

# Diagnosis
key=$PWD/tests/fixtures/hosts/s02-key-unreadable.json
check "both numbers are explained" exits 2 "disconnectReasonAtClientWinsockFDCLOSE" rdpmedic diagnose 0x904 0x7 --host "$key"
check "a key that cannot be read comes out first" bash -c "'$program' diagnose 2308 7 --host '$key' --json 2>/dev/null | jq --exit-status '.causes[0].id == \"key_unreadable\" and .code.hex == \"0x904\"'"
check "a host can be diagnosed without a code" exits 2 "key_unreadable" rdpmedic diagnose --host "$key"
check "a decimal number is said to be read as one" exits 2 "If 0x904 is meant" rdpmedic diagnose 904 --host "$key"
check "hexadecimal digits without 0x are refused" exits 3 "write 0xB06" rdpmedic diagnose B06 --host "$key"
check "what is no number is refused" exits 3 "the extended error code: 'seven'" rdpmedic diagnose 0x904 seven --host "$key"
nobody=tests/fixtures/hosts/s22-nothing-arrives.json
check "no client at the time of the attempt means outside this host" exits 1 "no client has reached it between" rdpmedic diagnose 0x904 0x7 --at 20m --host "$nobody"
check "a recording tells nothing of a time before it" exits 3 "Cannot tell" rdpmedic diagnose 0x904 0x7 --at 3h --host "$nobody"
check "a time without its zone is refused" exits 3 "write a time with its zone" rdpmedic diagnose 0x904 --at 08:30 --host "$nobody"
check "a page is written" exits 2 "" rdpmedic diagnose 0x904 0x7 --host "$key" --report "$work/report.html"
check "the page is whole and stands alone" bash -c "grep --quiet '</html>' '$work/report.html' && ! grep --extended-regexp '<script|src=|href=' '$work/report.html'"
check "a page that cannot be written is an error" exits 3 "none/report.html" rdpmedic diagnose --host "$key" --report "$work/none/report.html"
check "the diagnosis is shown all the same" exits 3 "key_unreadable" rdpmedic diagnose --host "$key" --report "$work/none/report.html"
check "and in JSON" bash -c "'$program' diagnose --host '$key' --report '$work' --json 2>/dev/null | jq --exit-status '.causes[0].id == \"key_unreadable\"'"
check "on a healthy host nothing is found" bash -c "'$program' diagnose 0x904 0x7 --host '$host' --json | jq --exit-status '.conclusion == \"nothing_found\"'"

# Handshake
closed=$(perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1")->sockport')
check "a closed port is refused, and said so" exits 2 "refused" rdpmedic handshake "127.0.0.1:$closed"
check "the handshake speaks JSON" bash -c "'$program' handshake 127.0.0.1:$closed --json | jq --exit-status '.stage == \"refused\"'"
check "a port that is none is refused" exits 3 "port" rdpmedic handshake 127.0.0.1:99999
check "services do not exist here" exits 2 "no Windows services" rdpmedic service status

# Tokens
check "a token is added and shown once" bash -c "'$program' --data '$data' token add monitoring >'$work/token' 2>/dev/null && grep -E '^[A-Za-z0-9_-]{40,}$' '$work/token'"
check "its text is not stored" bash -c "! grep --recursive --quiet --fixed-strings \"\$(cat '$work/token')\" '$data'"
check "two tokens cannot have one name" exits 1 "monitoring" rdpmedic token add monitoring
check "a role that is none is refused" exits 2 "role" rdpmedic token add other --role admin
check "tokens are listed" exits 0 "monitoring  read" rdpmedic token list
check "a token is removed" exits 0 "" rdpmedic token remove monitoring
check "a token that is not there cannot be removed" exits 1 "no token named" rdpmedic token remove monitoring
check "the data folder is private" bash -c "[ \"\$(stat --format=%a '$data')\" = 700 ]"
write "$data/tokens.json" '{"tokens": ['
check "a damaged token file is an error, not an empty one" exits 1 "tokens.json" rdpmedic token list
check "a damaged token file is not overwritten" bash -c "! '$program' --data '$data' token add other 2>/dev/null && [ \"\$(cat '$data/tokens.json')\" = '{\"tokens\": [' ]"
rm "$data/tokens.json"
ln -s "$work" "$data/planted"
check "a data folder that is a link is refused" exits 1 "is a link" "$program" --data "$data/planted" run --host "$host"
rm "$data/planted"

# The running agent
write "$data/config.json" '{"listen": [{"port": 0}]}'
check "the agent starts on a free port" start_agent
check "it is alive" answers 200 "$address/livez"
check "it is ready once every probe has reported" eventually answers 200 "$address/readyz"
check "a healthy host is 200" answers 200 "$address/health"
check "the diagnosis is 200" answers 200 "$address/diagnose?code=0x904&extended=0x7"
check "the diagnosis of an attempt is 200" answers 200 "$address/diagnose?code=0x904&at=20m"
check "a time that is none is 400" answers 400 "$address/diagnose?at=soon"
check "a code that is none is 400" answers 400 "$address/diagnose?code=x904"
check "a repair without a token is 401" answers 401 --request POST "$address/repair/cert"
token=$(cat "$data/repair-token.txt")
check "a repair that is not needed is not begun" bash -c "curl --silent --request POST --header 'Authorization: Bearer $token' $address/repair/cert | jq --exit-status '.outcome == \"not_needed\"'"
check "its jobs are listed, one that was not needed among them" bash -c "curl --silent $address/repair/jobs | jq --exit-status '.jobs[0].outcome == \"not_needed\"'"
check "its audit trail needs the role repair" answers 401 "$address/audit"
check "and is whole" bash -c "curl --silent --header 'Authorization: Bearer $token' $address/audit | jq --exit-status '.chain == \"whole\"'"
check "its history is a list" bash -c "curl --silent $address/history | jq --exit-status '.transitions | type == \"array\"'"
check "an option that no repair has is 400" answers 400 "$address/repair/cert?frobnicate=1"
curl --silent --no-buffer --max-time 60 "$address/events" >"$work/events" &
listener=$!
check "a listener is greeted" eventually grep --quiet '^retry:' "$work/events"
port=${address##*:}
write "$data/config.json" '{"listen": [{"port": 0}], "log": {"levle": 1}}'
check "a wrong configuration is reported while running" eventually logged "event=config_refused"
check "and the old one stays" answers 200 "$address/livez"
write "$data/config.json" $'// in other words\n{"listen": [{"address": "127.0.0.1", "port": 0}]}'
sleep 3
check "one that says what is in force restarts nothing" answers 200 "$address/livez"
check "and cuts no listener off" kill -0 "$listener"
check "and is not taken up" bash -c "! grep --quiet event=config_taken_up '$work/agent.log'"
write "$work/second.json" "{\"listen\": [{\"port\": $port}]}"
mkdir -p "$work/second" && mv "$work/second.json" "$work/second/config.json"
check "a port in use is an error that names it" exits 1 "$port" timeout 20 "$program" --data "$work/second" run --host "$host"
write "$data/config.json" '{"listen": [{"port": 0}], "probes": {"winsock": {"enabled": false}}}'
check "a right configuration is taken up while running" eventually logged "event=config_taken_up"
address=$(sed -nE 's/.*event=config_taken_up.*listening="?([^" ]+)"?.*/\1/p' "$work/agent.log" | tail -1)
check "a disabled probe is gone" answers 404 "$address/health/winsock"
check "the listener of the server before is gone" eventually bash -c "! kill -0 $listener 2>/dev/null"
perl -MIO::Socket::INET -e '$socket = IO::Socket::INET->new(Listen => 1, LocalAddr => "127.0.0.1") or die;
    $| = 1; print $socket->sockport, "\n"; sleep 4' >"$work/taken" &
check "another program holds a port" eventually test -s "$work/taken"
taken=$(cat "$work/taken")
write "$data/config.json" "{\"listen\": [{\"port\": $taken}]}"
check "a configuration with that port waits for it" eventually logged "event=config_waits reason=\"failed"
check "and is taken up when it is free" eventually logged "listening=http://127.0.0.1:$taken"
check "there it answers" answers 200 "http://127.0.0.1:$taken/livez"
check "no configuration was refused for that" bash -c "[ \"\$(grep --count event=config_refused '$work/agent.log')\" = 1 ]"
address=http://127.0.0.1:$taken
exec 3<>"/dev/tcp/127.0.0.1/${address##*:}" && printf 'GET /health HT' >&3
check "Ctrl-C ends it within five seconds, with half a request in flight" stop_agent INT
exec 3>&-
check "the clocks were kept" bash -c "jq --exit-status .clocks '$data/clocks.json'"
check "it starts again on the same folder" start_agent
check "the token still counts" answers 200 --header "Authorization: Bearer $token" "$address/repair/cert"
check "SIGTERM ends it too" stop_agent TERM
report
