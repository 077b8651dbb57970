# How do test scripts count? Functions to source.
#
#   check SENTENCE COMMAND...     one test: passes when COMMAND ends with status 0; shows its output when it does not
#   report                        prints "N passed, N failed" as the last line; its status is 0 when nothing failed

passed=0
failed=0

# A file, not $(...): what stays behind in the background (a wineserver) would hold the pipe of that open.
check_output=$(mktemp)

check() {
    local sentence=$1
    shift
    if "$@" >"$check_output" 2>&1 </dev/null; then
        passed=$((passed + 1))
        printf '  ok    %s\n' "$sentence"
    else
        failed=$((failed + 1))
        printf '  FAIL  %s\n' "$sentence"
        tail --lines=30 "$check_output" | sed 's/^/        /'
    fi
}

report() {
    rm -f "$check_output"
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
}
