#!/usr/bin/env bash
# What does rdpmedic do? Builds it, installs it on a private stand-in of a Windows host whose RDP certificate has
# expired, and tells the story with real calls.
#
# usage: ./installer/demo.sh [--once] [--no-build]
#   --once       ends after the story: exit status 0, or another one and the reason
#   --no-build   takes rdpmedic.msi and the stand-ins as they are in build/windows
#
# Without --once the agent keeps running after the story until Ctrl-C, which is the demo's normal end (0). An interruption
# before that is none: the exit status is 130 or 143.
#
# Everything happens below build/: Wine plays Windows, stand-ins (tests/standins) play TermService and SessionEnv.
set -euo pipefail
cd "$(dirname "$0")/.."
source installer/progress.sh
source tests/support/wine_prefix.sh

once=false
build=true
for option; do
    case $option in
    --once) once=true ;;
    --no-build) build=false ;;
    *)
        echo "usage: ./installer/demo.sh [--once] [--no-build]" >&2
        exit 2
        ;;
    esac
done

logs=$PWD/build/logs
RDPMEDIC_PREFIX=$rdpmedic_wine/demo
data=$RDPMEDIC_PREFIX/drive_c/ProgramData/rdpmedic

finish() {
    local status=$?
    trap - EXIT
    prefix_stop
    exit "$status"
}
told=false       # true once the story is over and the agent only keeps running
exec {screen}>&1 # a trap's own output goes into the log of the step that it interrupts
interrupted() {
    trap '' INT TERM
    if $told; then exit 0; fi
    echo >&"$screen"
    say "demo: interrupted by SIG$1 before the story was told to its end" >&"$screen"
    exit "$2"
}
trap finish EXIT
trap 'interrupted INT 130' INT
trap 'interrupted TERM 143' TERM

deviation() {
    echo
    say "demo: FAILED: $*"
    if [ -d "$data/logs" ]; then
        echo "---- the end of the agent's log:"
        tail --quiet --lines=20 "$data"/logs/* 2>/dev/null || true
    fi
    exit 1
}

# timeout --foreground: so that Ctrl-C reaches what takes minutes.
build() {
    ./installer/dependencies.sh
    ./installer/openssl-windows.sh
    progress "configuring the Windows build" "$logs/windows-configure.log" timeout --foreground 120 cmake --preset windows
    progress "building rdpmedic.exe (minutes the first time)" "$logs/windows-demo-build.log" \
        timeout --foreground 1500 cmake --build --preset windows -j2 --target rdpmedic rdpmedic_standins
    progress "building rdpmedic.msi" "$logs/msi.log" ./installer/build-msi.sh
}

# A host on which Windows' own renewal is broken: an expired certificate stays until somebody deletes it.
stage() {
    prefix_rdp_host &&
        timeout 60 wine reg add 'HKLM\SOFTWARE\rdpmedic-standin' /v BrokenRenewal /t REG_DWORD /d 1 /f &&
        prefix_standin expired && prefix_start TermService && prefix_start SessionEnv && prefix_start UmRdpService
}

# The API's usual port, or another one where something else has it.
choose_port() {
    if (exec 3<>/dev/tcp/127.0.0.1/8904) 2>/dev/null; then free_port; else echo 8904; fi
}

await_readiness() {
    local i
    for i in $(seq 180); do
        if curl --silent --fail --max-time 2 "$base/readyz" >/dev/null; then return 0; fi
        [ $((i % 10)) != 0 ] || echo "waiting for $base/readyz"
        sleep 0.5
    done
    echo "no answer from $base/readyz for 90 s"
    timeout 20 wine sc query rdpmedic || true
    return 1
}

# One real call, printed with its answer. The status is left in $status, the body in $answer.
call() {
    local filter=$1 shown=curl argument
    shift
    for argument; do
        case $argument in
        'Authorization: '*) shown+=' "Authorization: Bearer $TOKEN"' ;;
        *' '*) shown+=" '$argument'" ;;
        *) shown+=" $argument" ;;
        esac
    done
    printf '\n$ %s\n' "$shown"
    answer=$(curl --silent --show-error --max-time 120 --write-out '\n%{http_code}' "$@") || deviation "curl: no answer"
    status=${answer##*$'\n'}
    answer=${answer%$'\n'*}
    printf 'HTTP %s\n' "$status"
    jq "$filter" <<<"$answer" || deviation "the answer is not the JSON that was expected: $answer"
}
expect_status() { [ "$status" = "$1" ] || deviation "$2: expected HTTP $1, got $status"; }
expect() { jq --exit-status "$1" <<<"$answer" >/dev/null || deviation "$2"; }

# What a client gets from the listener. The answer is left in $answer.
handshake() {
    printf '\n$ rdpmedic handshake 127.0.0.1:%s --json\n' "$RDPMEDIC_RDP_PORT"
    # The exit status tells how good the certificate is; the answer tells more.
    answer=$(timeout 60 wine 'C:\Program Files\rdpmedic\rdpmedic.exe' handshake "127.0.0.1:$RDPMEDIC_RDP_PORT" --json) || true
    jq '{ok, stage, certificate: (.certificate | {subject, not_before, not_after, thumbprint}), findings: [.findings[].code]}' \
        <<<"$answer" || deviation "the handshake's answer is not the JSON that was expected: $answer"
}

# ID FILTER: waits for the end of a repair that takes longer than the answer to its POST, and shows it.
await_job() {
    local answered
    for _ in $(seq 80); do
        answered=$(curl --silent --max-time 5 "$base/repair/jobs/$1") || deviation "curl: no answer about the repair"
        [ "$(jq --raw-output .outcome <<<"$answered")" = running ] || break
        say "the repair is running: $(jq --raw-output '[.steps[] | select(.state == "done") | .what] | last // "it begins"' <<<"$answered")"
        sleep 2
    done
    call "$2" "$base/repair/jobs/$1"
}

story() {
    local short='{status, output, checks: (.checks | map_values(map(.status + (if .code then " " + .code else "" end))))}'
    local job='{id, outcome, reason, steps: [.steps[] | select(.state != "planned" and .state != "skipped") | .state + ": " + .what]}'
    local expired fresh first

    echo
    say "1. The certificate of Remote Desktop expired two days ago, and Windows does not renew it. What does /health say?"
    call "$short" "$base/health"
    expect_status 503 "/health"
    expect '.status == "fail"' "/health: expected the status fail"
    expect '.checks.cert | any(.code == "cert.expired" and .status == "fail")' "/health: expected cert.expired"
    handshake
    expired=$(jq --raw-output .certificate.thumbprint <<<"$answer")

    echo
    say "2. What would the repair do?"
    call '{repair, state, cures: [.cures[].code], steps: [.steps[] | {id, what, touches, disrupts}]}' "$base/repair/cert"
    expect_status 200 "the plan"
    expect '.state == "called_for" and (.steps | length) > 0' "the plan: expected at least one step"

    echo
    say "3. Without a token nobody repairs; with it, the plan is carried out."
    call '{type, title, status}' --request POST "$base/repair/cert"
    expect_status 401 "POST without a token"
    call "$job" --request POST \
        --header "Authorization: Bearer $token" --header "Prefer: wait=2" "$base/repair/cert"
    if [ "$status" = 202 ]; then
        await_job "$(jq --raw-output .id <<<"$answer")" "$job"
    fi
    expect_status 200 "the repair"
    expect '.outcome == "repaired"' "the repair: expected the outcome repaired"

    echo
    say "4. And now?"
    for _ in $(seq 30); do
        first=$(curl --silent --max-time 5 "$base/health/cert" | jq --raw-output .status) || true
        [ "$first" != pass ] || break
        sleep 1
    done
    call "$short" "$base/health/cert"
    expect_status 200 "/health/cert"
    expect '.status == "pass"' "/health/cert: expected the status pass"
    call "$short" "$base/health"
    expect '(.checks.cert | length) > 0 and all(.checks.cert[]; .status == "pass")' "/health: expected cert to pass"
    handshake
    expect '.ok' "the handshake is not well"
    fresh=$(jq --raw-output .certificate.thumbprint <<<"$answer")
    [ "$fresh" != "$expired" ] || deviation "the handshake still serves the old certificate"
}

started=$SECONDS
if $build; then build; fi
port=$(choose_port)
base=http://127.0.0.1:$port
progress "making a Wine prefix with the stand-ins and an expired certificate" "$logs/demo-stage.log" stage ||
    deviation "the stand-in host could not be made"
if [ "$port" != 8904 ]; then
    say "port 8904 is taken here: this demo's agent listens on $port"
    mkdir -p "$data"
    printf '{"listen": [{"address": "127.0.0.1", "port": %s}]}\n' "$port" >"$data/config.json"
fi
progress "msiexec /i rdpmedic.msi /qn" "$logs/demo-msiexec.log" timeout 180 wine msiexec /i build/windows/rdpmedic.msi /qn ||
    deviation "msiexec failed"
progress "waiting until the service runs and every probe has reported" "$logs/demo-ready.log" await_readiness ||
    deviation "the service does not answer"
token=$(tr -d '[:space:]' <"$data/repair-token.txt") || deviation "the MSI left no repair token"
story

echo
say "The story took $((SECONDS - started)) s and went as it should."
if $once; then exit 0; fi
told=true
cat <<END

The agent keeps running. Try it:

  TOKEN=$token
  curl $base/health
  curl $base/health/cert
  curl $base/metrics
  curl $base/repair/cert
  curl --request POST --header "Authorization: Bearer \$TOKEN" $base/repair/cert

Wine shows neither sessions nor the paths of Winsock providers, so sessions and winsock are unknown here. Unknown is never
healthy: /health becomes fail when that has lasted three periods of the probe (sessions: three minutes), and
/health/cert stays what it is.

Break the host again:   RDPMEDIC_PREFIX=$RDPMEDIC_PREFIX tests/support/wine.sh 'C:\\standins\\standin_prepare.exe' expired
Ctrl-C ends it all.
END
while true; do sleep 1; done
