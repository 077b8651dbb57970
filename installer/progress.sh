# How does a long step show that it lives? Functions to source.
#
#   progress LABEL LOG COMMAND...   runs COMMAND with its output in LOG; says when it starts, every 5 s how far it is,
#                                   and how long it took. On failure prints the end of LOG. Returns COMMAND's status.
#   say TEXT...                     one line with the time since the script started

say() { printf '[%3d:%02d] %s\n' $((SECONDS / 60)) $((SECONDS % 60)) "$*"; }

# The last line that holds more than spaces, without colours and cut to the width of a terminal.
progress_last_line() {
    tail --bytes=2000 "$1" 2>/dev/null | tr '\r' '\n' | sed -e 's/\x1b\[[0-9;]*m//g' -e '/^[[:space:]]*$/d' |
        tail --lines=1 | cut --characters=1-100
}

progress() {
    local label=$1 log=$2 started=$SECONDS status=0 ticker
    shift 2
    mkdir -p "$(dirname "$log")"
    : >"$log"
    say "$label"
    # An orphaned sleep must not hold the reader of our output, and a script that was ended is not reported on.
    while sleep 5 >/dev/null 2>&1 && kill -0 $$ 2>/dev/null; do
        say "$label: $((SECONDS - started)) s: $(progress_last_line "$log")"
    done &
    ticker=$!
    # In the foreground, so that Ctrl-C reaches it.
    "$@" >"$log" 2>&1 </dev/null || status=$?
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    if [ "$status" = 0 ]; then
        say "$label: done in $((SECONDS - started)) s"
    else
        [ "$status" = 124 ] && echo "$label: it took too long and was ended" >>"$log"
        echo "---- the end of $log:"
        tail --lines=40 "$log"
        echo "----"
        say "$label: FAILED with status $status; the whole log is $log"
    fi
    return "$status"
}
