# What the scripts share that drive the console in a real window. Sourced by them, after "out" is set.

mkdir -p "$out"
data=$(mktemp -d)
failed=0
started=""

# Ends what was started, the newest first.
finish() {
    for process in $started; do kill "$process" 2>/dev/null; done
    wait
    rm -rf "$data"
}
trap finish EXIT

# Tells how a step went: its exit code, its name.
say() {
    if [ "$1" = 0 ]; then echo "ok      $2"; else echo "FAILED  $2"; failed=$((failed + 1)); fi
}

# Starts a program beside; its process is "last".
start() {
    "$@" >>"$out/log" 2>&1 &
    last=$!
    started="$last $started"
}

window() { xdotool search --onlyvisible --class watchkeeper 2>/dev/null | head -1; }

# Waits until a command succeeds, for 60 s at most.
until_true() {
    tries=120
    while [ $tries -gt 0 ]; do
        if "$@" >/dev/null 2>&1; then return 0; fi
        tries=$((tries - 1))
        sleep 0.5
    done
    return 1
}
