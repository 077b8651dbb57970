#!/usr/bin/env bash
# Does everything still work? Installs what is missing, builds native and Windows, runs every test, counts.
#
# usage: ./tests/run.sh [STEP...]   STEP: linux, asan, windows, structure, e2e; without one, all of them
#
# The last line is "N passed, N failed"; the exit status is 0 when nothing failed. Logs: build/logs.
set -euo pipefail
cd "$(dirname "$0")/.."
source installer/progress.sh
source tests/support/wine_prefix.sh

steps=("$@")
[ $# -gt 0 ] || steps=(linux asan windows structure e2e)
for step in "${steps[@]}"; do
    case $step in
    linux | asan | windows | structure | e2e) ;;
    *)
        echo "run.sh: unknown step '$step'; steps are linux, asan, windows, structure, e2e" >&2
        exit 2
        ;;
    esac
done
wants() { [[ " ${steps[*]} " == *" $1 "* ]]; }

# Real hosts' data, where it stands beside the project.
if [ -z "${RDPMEDIC_SAMPLES:-}" ] && [ -d ../shared/samples ]; then
    RDPMEDIC_SAMPLES=$(cd ../shared/samples && pwd)
    export RDPMEDIC_SAMPLES
fi
say "samples of real hosts: ${RDPMEDIC_SAMPLES:-none here (../shared/samples); their tests say so and pass}"

logs=$PWD/build/logs
passed=0
failed=0
failures=()
fail() {
    failed=$((failed + 1))
    failures+=("$1")
}

build() {
    progress "$1: configure" "$logs/$1-configure.log" timeout 120 cmake --preset "$1" &&
        progress "$1: build" "$logs/$1-build.log" timeout 2400 cmake --build --preset "$1" -j2
}

# "passed failed" from the verbose log of ctest. Catch2 ends with "All tests passed (34 assertions in 12 test cases)" or
# "test cases: 12 | 11 passed | 1 failed"; a program that dies or hangs before that counts as one failure.
count_ctest() {
    awk '
        function number(text, word) { return match(text, "[0-9]+ " word) ? substr(text, RSTART) + 0 : 0 }
        /^[0-9]+: All tests passed/ { id = $1 + 0; ok[id] = number($0, "test cases?"); seen[id] = 1 }
        /^[0-9]+: test cases:/ { id = $1 + 0; ok[id] = number($0, "passed"); bad[id] = number($0, "failed"); seen[id] = 1 }
        / Test +#[0-9]+: / {
            match($0, "#[0-9]+"); id = substr($0, RSTART + 1) + 0
            if ($0 ~ /   Passed /) { if (!seen[id]) ok[id] = 1 } else if (bad[id] == 0) bad[id] = 1
            total_ok += ok[id]; total_bad += bad[id]
        }
        END { print total_ok + 0, total_bad + 0 }' "$1"
}

# The names of the test cases that failed. Catch2 draws a line, the name and its sections, a line, the place, and what did not hold.
failed_cases() {
    awk '
        { sub(/\r$/, ""); sub(/^[0-9]+: /, "") }
        /^-+$/ && length > 70 { if (heading) heading = 0; else { heading = 1; name = "" } next }
        heading { sub(/^ +/, ""); name = name (name == "" ? "" : ": ") $0; next }
        /: FAILED:$/ && name != "" { if (!told[name]++) print name }' "$1"
}

run_ctest() {
    local preset=$1 log=$logs/$1-tests.log counts
    if ! build "$preset"; then
        fail "$preset does not build"
        return 0
    fi
    if ! progress "$preset: tests" "$log" ctest --preset "$preset" --verbose --timeout 600 -j2; then
        failures+=("$preset: $(failed_cases "$log" | paste --serial --delimiters=';'); see $log")
        grep --before-context=12 --after-context=12 ': FAILED:' "$log" | head -100 || true
    fi
    counts=$(count_ctest "$log")
    passed=$((passed + ${counts% *}))
    failed=$((failed + ${counts#* }))
    if [ "$counts" = "0 0" ]; then
        fail "$preset: ctest ran nothing"
    fi
    say "$preset: ${counts% *} test cases passed, ${counts#* } failed"
    sed -nE 's/^[0-9]+: +(([0-9]+ [a-z0-9 ]+ (read|judged|classified|laid over)|samples: read|no samples)\b.*)/\1/p' "$log" | sort --unique | head -20 || true
}

# A script that ends with "N passed, N failed" as its last line, see tests/support/check.sh; one without counts is one test.
run_script() {
    local name=$1 limit=$2 log status=0 good bad
    shift 2
    log=$logs/${name//[ \/]/-}.log
    progress "$name" "$log" timeout --kill-after=20 "$limit" "$@" || status=$?
    grep --extended-regexp '^  (ok|FAIL|note) ' "$log" || true
    good=$(tail --lines=1 "$log" | sed -nE 's/^([0-9]+) passed, [0-9]+ failed$/\1/p')
    bad=$(tail --lines=1 "$log" | sed -nE 's/^[0-9]+ passed, ([0-9]+) failed$/\1/p')
    if [ -z "$good" ]; then
        if [ "$status" = 0 ]; then good=1 bad=0; else good=0 bad=1; fi
    elif [ "$status" != 0 ] && [ "$bad" = 0 ]; then
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    [ "$bad" = 0 ] || failures+=("$name: $log")
}

./installer/dependencies.sh
if wants windows || wants e2e; then
    ./installer/openssl-windows.sh
fi
if wants structure; then run_script structure 60 bash tests/structure_test.sh; fi
if wants linux; then run_ctest linux; fi
if wants asan; then run_ctest linux-asan; fi
if wants windows; then
    RDPMEDIC_PREFIX=$rdpmedic_wine/tests
    progress "windows: a fresh Wine prefix" "$logs/wine-prefix.log" prefix_create
    run_ctest windows
    prefix_stop
    run_script imports 60 bash tests/imports_test.sh
fi
if wants e2e; then
    wants windows || build windows || fail "windows does not build"
    wants linux || build linux || fail "linux does not build"
    for script in tests/e2e/*.sh; do
        run_script "e2e $(basename "$script" .sh)" 900 bash "$script"
    done
fi

for failure in ${failures[@]+"${failures[@]}"}; do
    say "failed: $failure"
done
say "took $((SECONDS / 60)) min $((SECONDS % 60)) s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ ${#failures[@]} = 0 ]
