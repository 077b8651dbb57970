#!/usr/bin/env bash
# Is a repair that counts after a restart of the machine verified after it, and can it be taken back then? The prefix restarts:
# its registry loses what is volatile, its services start anew. And does the command line end a repair at Ctrl-C?
#
# usage: tests/e2e/restart.sh
set -uo pipefail
cd "$(dirname "$0")/../.."
source tests/support/check.sh
source tests/support/wine_prefix.sh

RDPMEDIC_PREFIX=$rdpmedic_wine/restart
trap prefix_stop EXIT
prefix_rdp_host
data=$RDPMEDIC_PREFIX/drive_c/ProgramData/rdpmedic
work=$(mktemp --directory)
port=$(free_port)
address=http://127.0.0.1:$port
mkdir -p "$RDPMEDIC_PREFIX/drive_c/rdpmedic" "$data"
cp build/windows/rdpmedic.exe "$RDPMEDIC_PREFIX/drive_c/rdpmedic/"

suites='HKLM\SOFTWARE\Policies\Microsoft\Cryptography\Configuration\SSL\00010002'
rdpmedic() { timeout 120 wine 'C:\rdpmedic\rdpmedic.exe' "$@"; }
eventually() {
    for _ in $(seq 300); do "$@" >/dev/null 2>&1 && return 0; sleep 0.1; done
    "$@"
}
answers() { curl --silent --fail --max-time 2 "$address/livez" >/dev/null; }
asked() { curl --silent --max-time 60 --header "Authorization: Bearer $(cat "$data/repair-token.txt")" "$@"; }
is() { [ "$1" = "$2" ] || { echo "expected '$2', got '$1'"; return 1; }; }
outcome_is() { is "$(asked "$address/repair/jobs/$1" | jq --raw-output .outcome)" "$2"; }
reason_has() { asked "$address/repair/jobs/$1" | jq --raw-output .reason | grep --fixed-strings -- "$2"; }
policy_is_there() { timeout 60 wine reg query "$suites" /v Functions >/dev/null 2>&1; }
policy_is_gone() { ! policy_is_there; }
is_in_the_event_log() { # EVENT...: by the command whose trace is kept
    local event
    for event in "$@"; do
        grep --quiet "ReportEventW.*event=$event " "$work/traced" || { grep eventlog "$work/traced"; echo "no $event"; return 1; }
    done
}
begin() {
    asked --request POST --header 'Content-Type: application/json' --header 'Prefer: wait=30' \
        --data '{"disconnect_sessions": true, "options": {"remove_cipher_policy": "true"}}' "$address/repair/tls" >"$work/job.json"
    job=$(jq --raw-output .id "$work/job.json")
    is "$(jq --raw-output .outcome "$work/job.json")" pending_reboot || { cat "$work/job.json"; return 1; }
}
# What a restart does to this prefix: every program ends, and Windows starts what starts by itself.
restart_machine() {
    prefix_stop
    prefix_run_server
    prefix_start TermService # by a trigger on Windows
}

prefix_standin fresh
prefix_start SessionEnv
prefix_start TermService
check "the service is installed" rdpmedic service install
printf '{"listen": [{"port": %s}], "repair": {"cool_down_s": 0, "attempts_per_day": 100}}' "$port" >"$data/config.json"
check "a policy leaves no cipher suite for the certificate" timeout 60 wine reg add "$suites" /v Functions /d TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 /f
check "the service starts" rdpmedic service start
check "it answers" eventually answers
job=none
check "the repair of TLS waits for a restart of the machine" begin
check "the policy is gone" policy_is_gone
check "a start of the service alone is no restart of the machine" bash -c "timeout 60 wine net stop rdpmedic && timeout 60 wine net start rdpmedic"
check "it answers again" eventually answers
check "the repair waits on" outcome_is "$job" pending_reboot
check "the machine restarts" restart_machine
check "the service has started by itself" eventually answers
check "the repair is repaired" eventually outcome_is "$job" repaired
check "it says that it was seen after the restart" reason_has "$job" "as seen after the restart: the findings are gone and the listener serves certificate"
check "the log tells of the verification" grep --quiet "event=repair_verifies_after_restart job=$job" "$data/logs/rdpmedic.log"
check "the policy is still gone" policy_is_gone
# Written to files: what wine leaves running would hold a pipe open.
# Wine has no Event Log: it traces what it would write.
WINEDEBUG=-all,+eventlog rdpmedic repair rollback "$job" --yes >"$work/rollback" 2>"$work/traced"
check "it is taken back from the command line" grep --quiet "^rolled_back: Job $job was taken back" "$work/rollback"
check "the Windows Event Log is told that it began, what was done and how it ended" is_in_the_event_log rollback_begun step_done repair_finished
check "each step is a line" grep --quiet "^done: set" "$work/rollback"
check "the policy is back" policy_is_there
rdpmedic repair rollback "$job" --yes >"$work/again" 2>&1
check "a second time it is refused, with the job that did it" bash -c "is_refused=\$?; grep --quiet 'was taken back by job' '$work/again'"
rdpmedic repair jobs >"$work/jobs" 2>&1
check "the list of jobs tells of both" bash -c "grep --quiet '^$job .*taken back by' '$work/jobs' && grep --quiet 'takes back $job' '$work/jobs'"

# A certificate that nobody makes again: the repair waits for a minute, in which Ctrl-C comes.
prefix_standin expired
timeout 60 wine reg add 'HKLM\SOFTWARE\rdpmedic-standin' /v BrokenRenewal /t REG_DWORD /d 1 /f >/dev/null 2>&1
timeout 60 wine reg add 'HKLM\SOFTWARE\rdpmedic-standin' /v BrokenCreation /t REG_DWORD /d 1 /f >/dev/null 2>&1
thumbprint() { rdpmedic check cert --json 2>/dev/null | grep --only-matching --max-count=1 'certificate [0-9a-f]\{40\}'; }
before=$(thumbprint)
check "the expired certificate is seen" test -n "$before"
wine 'C:\rdpmedic\rdpmedic.exe' repair cert --yes >"$work/interrupted" 2>&1 &
command=$!
check "the command waits for the certificate" eventually grep --quiet "^running: wait for a new certificate" "$work/interrupted"
kill -INT "$command"
status=0
wait "$command" || status=$?
check "at Ctrl-C it says that it cancels" grep --quiet "cancelling; what was done is taken back" "$work/interrupted"
check "what was done is taken back" grep --quiet "^rolled_back: Not cured: .* cancelled it" "$work/interrupted"
check "it exits with 1" is "$status" 1
check "the old certificate is there again" bash -c "[ -n '$before' ] && [ '$before' = '$(thumbprint)' ]"

# The same command dies. The service that runs takes back what it left, without a new start.
log=$data/logs/rdpmedic.log
within_two_minutes() {
    for _ in $(seq 240); do "$@" >/dev/null 2>&1 && return 0; sleep 0.5; done
    "$@"
}
taken_back() { grep --quiet "event=repair_recovered.*outcome=rolled_back" "$log"; }
wine 'C:\rdpmedic\rdpmedic.exe' repair cert --yes >"$work/killed" 2>&1 &
command=$!
check "the command waits for the certificate again" eventually grep --quiet "^running: wait for a new certificate" "$work/killed"
check "the old certificate is gone meanwhile" bash -c "[ '$before' != '$(thumbprint)' ]"
kill -KILL "$command"
wait "$command" 2>/dev/null
check "what it left is taken back by the service" within_two_minutes taken_back
check "the old certificate is there again after that" is "$(thumbprint)" "$before"

# A changed configuration restarts the inside of the service, which would end a repair: it waits.
begin_cert() {
    asked --request POST --header 'Content-Type: application/json' --header 'Prefer: wait=0' --data '{}' "$address/repair/cert" >"$work/job.json"
    job=$(jq --raw-output .id "$work/job.json")
    is "$(jq --raw-output .outcome "$work/job.json")" running || { cat "$work/job.json"; return 1; }
}
check "a repair of the service begins" eventually begin_cert
printf '{"listen": [{"port": %s}], "repair": {"cool_down_s": 0, "attempts_per_day": 99}}' "$port" >"$data/config.json"
check "a changed configuration waits for its end" eventually grep --quiet "event=config_waits" "$log"
check "the repair runs on" outcome_is "$job" running
check "it is cancelled" asked --fail --output /dev/null --request DELETE "$address/repair/jobs/$job"
check "then the configuration is taken up" eventually grep --quiet "event=config_taken_up" "$log"
check "and the repair ended as it was asked to" eventually reason_has "$job" "cancelled it"
rm -rf "$work"
report
