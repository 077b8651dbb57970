#!/usr/bin/env bash
# What does rdpmedic cost? Measures and prints a table; asserts nothing, and is not part of tests/run.sh.
#
# usage: ./tests/bench/run.sh   (after both presets are built; packages hyperfine, wrk and nginx-light for the rows that need them)
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/support/wine_prefix.sh

RDPMEDIC_PREFIX=$rdpmedic_wine/bench
work=$(mktemp --directory)
started=()
finish() {
    local process
    for process in ${started[@]+"${started[@]}"}; do kill "$process" 2>/dev/null || true; done
    prefix_stop
    rm -rf "$work"
}
trap finish EXIT

host=tests/fixtures/hosts/healthy-server-2019.json
native=build/linux/rdpmedic
exe=build/windows/rdpmedic.exe
row() { printf '%-58s %12s  %s\n' "$1" "$2" "$3"; }
has() { command -v "$1" >/dev/null || [ -x "/usr/sbin/$1" ]; }

# User and system time of a process so far, in milliseconds; all of its threads, none of its children.
cpu_ms() { awk -v hertz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) * 1000 / hertz }' "/proc/$1/stat"; }
wineserver_of_prefix() {
    local process
    for process in $(pgrep --full wineserver); do
        if tr '\0' '\n' 2>/dev/null <"/proc/$process/environ" | grep --quiet --line-regexp "WINEPREFIX=$RDPMEDIC_PREFIX"; then
            echo "$process"
            return
        fi
    done
}

# Every recording, and the slowest of them by name. A host with faults ends check with another status than 0.
check_natively() {
    local recording
    for recording in tests/fixtures/hosts/*.json; do
        hyperfine --shell=none --ignore-failure --warmup 2 --runs 20 --export-json "$work/check.json" "$native check --host $recording" >"$work/hyperfine.log" 2>&1
        jq --raw-output --arg name "$(basename "$recording" .json)" '.results[0] | "\((.user + .system) * 1000) \($name)"' "$work/check.json"
    done >"$work/checks"
    row "check on each recorded host, native, user + system" \
        "$(awk '{ sum += $1 } END { printf "%.1f ms", sum / NR }' "$work/checks")" "budget 50 ms; mean of $(wc --lines <"$work/checks") recordings, 20 runs each"
    sort --numeric-sort --reverse "$work/checks" | {
        read -r slowest name
        row "  the slowest" "$(printf '%.1f ms' "$slowest")" "$name"
    }
}

# CPU of the agent (and of the wineserver that works for it) while it runs for so many seconds, probes due each second.
seconds=30
reports_of() { curl --silent --max-time 5 "$1/metrics" | awk '$1 ~ /snapshots_total$/ { print $2 }'; }
agent_costs() { # CONFIG; prints "agent wineserver" in ms, and how often a probe has reported meanwhile
    local agent server before_agent before_server address before_reports
    mkdir -p "$work/agent"
    echo "$1" >"$work/agent/config.json"
    wine "$exe" --data "Z:${work//\//\\}\\agent" run >"$work/agent.log" 2>&1 &
    agent=$!
    started+=("$agent")
    for _ in $(seq 100); do
        grep --quiet event=started "$work/agent.log" && break
        sleep 0.1
    done
    sleep 5 # the first round loads what later ones find loaded
    server=$(wineserver_of_prefix)
    address=$(sed -nE 's/.*event=started.*listening="?([^" ]+)"?.*/\1/p' "$work/agent.log" | tr -d '\r')
    before_reports=$(reports_of "$address")
    before_agent=$(cpu_ms "$agent") before_server=$(cpu_ms "$server")
    sleep "$seconds"
    echo "$(cpu_ms "$agent") $before_agent $(cpu_ms "$server") $before_server $(reports_of "$address") $before_reports" |
        awk '{ print $1 - $2, $3 - $4, $5 - $6 }'
    kill "$agent"
    wait "$agent" 2>/dev/null || true
}
rounds_under_wine() {
    local probes round idle agent server reports idle_agent idle_server rounds
    prefix_rdp_host build/windows/standins >"$work/prefix.log" 2>&1
    prefix_standin fresh >>"$work/prefix.log" 2>&1
    prefix_start TermService
    probes=$("$native" check --host "$host" --json | jq --raw-output '.checks | keys[]' | sed 's/:.*//' | sort --unique | grep --invert-match handshake)
    round=$(jq --null-input --arg names "$probes" '{listen: [{port: 0}], probes: (($names / "\n" | map({(.): {period_s: 1}}) | add) + {handshake: {enabled: false}})}')
    idle=$(jq '.probes |= map_values(if .period_s then {period_s: 86400} else . end)' <<<"$round")
    read -r agent server reports < <(agent_costs "$round")
    read -r idle_agent idle_server _ < <(agent_costs "$idle")
    rounds=$(awk -v r="$reports" -v p="$(wc --lines <<<"$probes")" 'BEGIN { printf "%.1f", r / p }')
    row "one round of all probes but handshake, .exe under Wine" \
        "$(awk -v a="$agent" -v i="$idle_agent" -v n="$rounds" 'BEGIN { printf "%.1f ms", (a - i) / n }')" "budget 20 ms; process alone, $rounds rounds minus an idle agent"
    row "  and what Wine's server spends on it" \
        "$(awk -v a="$server" -v i="$idle_server" -v n="$rounds" 'BEGIN { printf "%.1f ms", (a - i) / n }')" "no such process on Windows"
    row "an idle agent under Wine" "$(awk -v i="$idle_agent" -v n="$seconds" 'BEGIN { printf "%.1f ms/s", i / n }')" "no probe due"
}

# POST /repair/cert for an expired certificate, from request to verified, against the same by hand: stop SessionEnv, empty the store,
# start SessionEnv, wait for the new certificate, a handshake. In turns, on the same prefix; and how long nobody could connect.
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
repair_by_hand() {
    timeout 60 wine net stop SessionEnv
    prefix_standin none
    timeout 60 wine net start SessionEnv
    for _ in $(seq 100); do
        "$native" handshake "127.0.0.1:$RDPMEDIC_RDP_PORT" && break
        sleep 0.1
    done
} >/dev/null 2>&1
# FILE of the times at which the listener finished a handshake, with whatever certificate; FILE of "begin end" of the repairs: the
# longest time between two handshakes during one of them.
longest_silence() {
    awk 'NR == FNR { begin[NR] = $1; end[NR] = $2; turns = NR; next }
        last { for (t = 1; t <= turns; ++t) if (last < end[t] && $1 > begin[t] && $1 - last > longest) longest = $1 - last }
        { last = $1 } END { print longest + 0 }' "$2" "$1"
}
ask_all_the_time() {
    while true; do
        if "$native" handshake "127.0.0.1:$RDPMEDIC_RDP_PORT" --json 2>/dev/null | grep --quiet '"stage": "complete"'; then milliseconds; fi
    done
}
repair_against_hand() {
    local port token begin end ours=0 theirs=0 turn watcher outcome
    port=$(free_port)
    prefix_rdp_host build/windows/standins >"$work/prefix.log" 2>&1
    prefix_standin expired >>"$work/prefix.log" 2>&1
    prefix_start SessionEnv
    prefix_start TermService
    mkdir -p "$work/repairs"
    printf '{"listen": [{"port": %s}], "repair": {"cool_down_s": 0, "attempts_per_day": 100}}' "$port" >"$work/repairs/config.json"
    wine "$exe" --data "Z:${work//\//\\}\\repairs" run >"$work/repairs.log" 2>&1 &
    started+=($!)
    for _ in $(seq 200); do
        [ "$(curl --silent --output /dev/null --write-out '%{http_code}' "http://127.0.0.1:$port/readyz")" = 200 ] && break
        sleep 0.1
    done
    token=$(cat "$work/repairs/repair-token.txt")
    ask_all_the_time >"$work/silence" &
    watcher=$!
    started+=("$watcher")
    for turn in 1 2 3; do
        prefix_standin expired >/dev/null 2>&1
        begin=$(milliseconds)
        outcome=$(curl --silent --max-time 120 --request POST --header "Authorization: Bearer $token" --header 'Prefer: wait=30' \
            "http://127.0.0.1:$port/repair/cert" | jq --raw-output .outcome)
        end=$(milliseconds)
        echo "$begin $end" >>"$work/ours"
        ours=$((ours + end - begin))
        [ "$outcome" = repaired ] || row "  turn $turn" "$outcome" "not repaired: the figures mean nothing"
        prefix_standin expired >/dev/null 2>&1
        begin=$(milliseconds)
        repair_by_hand
        end=$(milliseconds)
        echo "$begin $end" >>"$work/theirs"
        theirs=$((theirs + end - begin))
    done
    kill "$watcher" 2>/dev/null || true
    row "POST /repair/cert, expired, to verified, under Wine" "$((ours / 3)) ms" "mean of 3"
    row "the same by hand in a script" "$((theirs / 3)) ms" "ratio $(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f", a / b }'), budget 1.5"
    row "  meanwhile RDP did not answer for at most" "$(longest_silence "$work/silence" "$work/ours") ms" "between two TLS handshakes that end; by hand $(longest_silence "$work/silence" "$work/theirs") ms"
}

# nginx answers 200 without a body; both with one connection handler, in turns, twice.
health_against_nginx() {
    local port ours=0 theirs=0 url_ours url_theirs
    port=$(free_port)
    printf '%s' "worker_processes 1; daemon off; pid $work/nginx.pid; error_log $work/nginx.log;
        events {} http { access_log off; client_body_temp_path $work/n; proxy_temp_path $work/n; fastcgi_temp_path $work/n;
        uwsgi_temp_path $work/n; scgi_temp_path $work/n; server { listen 127.0.0.1:$port; location / { return 200; } } }" >"$work/nginx.conf"
    nginx -c "$work/nginx.conf" 2>>"$work/nginx.log" &
    started+=($!)
    mkdir -p "$work/native"
    echo '{"listen": [{"port": 0}]}' >"$work/native/config.json"
    "$native" --data "$work/native" run --host "$host" >"$work/native.log" 2>&1 &
    started+=($!)
    for _ in $(seq 100); do
        url_ours=$(sed -nE 's/.*event=started.*listening="?([^" ]+)"?.*/\1/p' "$work/native.log")
        if [ -n "$url_ours" ] && curl --silent --fail "$url_ours/health" >/dev/null; then break; fi
        sleep 0.1
    done
    url_ours=$url_ours/health
    url_theirs=http://127.0.0.1:$port/
    requests() { wrk --threads 1 --connections 8 --duration 5s "$1" | awk '/Requests\/sec/ { print $2 }'; }
    for _ in 1 2; do
        ours=$(awk -v a="$ours" -v b="$(requests "$url_ours")" 'BEGIN { print a + b / 2 }')
        theirs=$(awk -v a="$theirs" -v b="$(requests "$url_theirs")" 'BEGIN { print a + b / 2 }')
    done
    row "GET /health, wrk with 8 connections" "$(printf '%.0f/s' "$ours")" "$(curl --silent "$url_ours" | wc --bytes) bytes each"
    row "nginx 'return 200', the same" "$(printf '%.0f/s' "$theirs")" "ratio $(awk -v a="$ours" -v b="$theirs" 'BEGIN { printf "%.2f", a / b }')"
}

row "measured on $(nproc) cores, load $(cut --delimiter=' ' --fields=1 /proc/loadavg)" "" "$(date --utc +%Y-%m-%d)"
if ! has hyperfine; then
    row "check, native" - "hyperfine is missing"
else
    check_natively
fi
if [ -f "$exe" ]; then
    rounds_under_wine
    repair_against_hand
else
    row "one round under Wine" - "$exe is not built"
fi
if has wrk && has nginx; then
    PATH=$PATH:/usr/sbin health_against_nginx
else
    row "GET /health against nginx" - "wrk or nginx is missing"
fi
