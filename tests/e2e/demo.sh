#!/usr/bin/env bash
# Does the story of the demo still happen, from the MSI to the new certificate, and what is left to play with after it?
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh

work=$(mktemp --directory)
demo=
end_demo() {
    [ -z "$demo" ] || kill -TERM "$demo" 2>/dev/null || true
    rm -rf "$work"
}
trap end_demo EXIT

# In the background a shell ignores SIGINT unless it is told not to.
begin_demo() {
    : >"$work/out"
    env --default-signal=INT ./installer/demo.sh --no-build >"$work/out" 2>&1 &
    demo=$!
}
says() {
    local i
    for i in $(seq 600); do
        ! grep --quiet --fixed-strings "$1" "$work/out" || return 0
        kill -0 "$demo" 2>/dev/null || break
        sleep 0.1
    done
    echo "the demo does not say '$1':"
    cat "$work/out"
    return 1
}
ends_with() { # STATUS SIGNAL
    local status=0
    kill -"$2" "$demo" || true
    wait "$demo" || status=$?
    demo=
    [ "$status" = "$1" ] || { echo "exit status: $status, expected $1"; cat "$work/out"; return 1; }
}
printed() { sed --quiet --regexp-extended "s#^ *$1\$#\\1#p" "$work/out"; }
answers() { # CODE CURL_ARGUMENTS...
    local got expected=$1
    shift
    got=$(curl --silent --max-time 20 --output /dev/null --write-out '%{http_code}' "$@") || true
    [ "$got" = "$expected" ] || { echo "HTTP $got, expected $expected"; return 1; }
}
agent_is_gone() { ! curl --silent --max-time 2 "$1"; }

check "the demo goes from an expired certificate to a new one" ./installer/demo.sh --once

begin_demo
check "interrupted before the story is told" says "making a Wine prefix"
check "it fails" ends_with 143 TERM
check "and says why" grep --quiet "interrupted by SIGTERM" "$work/out"

begin_demo
check "without --once it says how to go on" says "Ctrl-C ends it all."
token=$(printed 'TOKEN=(.+)')
address=$(printed 'curl (http[^ ]+)/metrics')
check "the printed address answers" answers 200 "$address/health/cert"
check "the printed token is accepted" answers 404 --request POST --header "Authorization: Bearer $token" "$address/repair/no-such-repair"
check "Ctrl-C is its normal end" ends_with 0 INT
check "the agent ends with it" agent_is_gone "$address/livez"
report
