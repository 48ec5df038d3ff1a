#!/bin/sh
# How the window keeps up: frame times and processor time with live tiles, all cameras being recorded.
#
#   tests/rig/wall.sh WATCHKEEPER OUT [CAMERAS] [SECONDS] [DISPLAY-NUMBER]
#
# Needs Xvfb, openbox, xdotool and ImageMagick's import. The cameras are simulated in a process of their own, whose
# processor time is told apart. Prints one line of JSON for each case: live tiles, then 4 cameras in playback.
set -u
program=$1
out=$2
cameras=${3:-16}
seconds=${4:-40}
number=${5:-85}
. "$(dirname "$0")/desk.sh"

# Clock ticks of a process, and of its threads by name.
ticks() { awk '{print $14 + $15}' "/proc/$1/stat"; }
threads() {
    for thread in /proc/"$1"/task/*; do
        printf '%s %s\n' "$(tr ' ' '_' <"$thread/comm")" "$(awk '{sub(/.*\) /, ""); print $12 + $13}' "$thread/stat")"
    done 2>/dev/null | sed 's/-[0-9]*\([_ ]\)/\1/' | awk '{sum[$1] += $2} END {for (n in sum) print n, sum[n]}' | sort
}

# What one case costs: "name".
measure() {
    sleep 12
    before=$(ticks "$console")
    threads "$console" >"$out/before"
    sleep "$seconds"
    after=$(ticks "$console")
    threads "$console" >"$out/after"
    "$program" --data-dir "$data" health --json >"$out/$1.json"
    import -window root "$out/$1.png"
    per=$(getconf CLK_TCK)
    CASE=$1 CPU=$(awk "BEGIN {print ($after - $before) / $per / $seconds}") SECONDS_=$seconds PER=$per \
        python3 - "$out" <<'PYTHON'
import json, os, sys
out, case = sys.argv[1], os.environ["CASE"]
health = json.load(open(f"{out}/{case}.json"))
read = lambda name: {n: int(t) for n, t in (line.split() for line in open(f"{out}/{name}"))}
before, after = read("before"), read("after")
scale = int(os.environ["PER"]) * float(os.environ["SECONDS_"])
cores = {n: round((t - before.get(n, 0)) / scale, 3) for n, t in after.items()}
cores = {n: t for n, t in sorted(cores.items(), key=lambda item: -item[1]) if t >= 0.002}
print(json.dumps({
    "case": case, "cores": round(float(os.environ["CPU"]), 3), "window": health.get("window"),
    "reduced": [f'{r["camera"]}: {r["rate"]} ({r["why"]})' for r in health.get("reduced", [])],
    "recording": sum(c["recording"]["state"] == "recording" for c in health["cameras"]),
    "dropped": sum(c["dropped"] for c in health["cameras"]), "threads": cores,
}))
PYTHON
}

start Xvfb ":$number" -screen 0 1920x1080x24 +extension GLX
export DISPLAY=":$number"
until_true xdotool getdisplaygeometry
start openbox
start "$program" simulate --cameras "$cameras" --port 18554
sleep 3
number_of=0
while [ "$number_of" -lt "$cameras" ]; do
    base="rtsp://127.0.0.1:18554/cam$number_of"
    number_of=$((number_of + 1))
    "$program" --data-dir "$data" camera add "Camera $number_of" --main "$base/main" --sub "$base/sub" \
        >>"$out/log" 2>&1
done
start "$program" --data-dir "$data" --kiosk
console=$last
sleep 15
measure "live"
xdotool key --clearmodifiers ctrl+2
sleep 3
# Playback opens playing what is recorded now; from 20 s ago it goes on by itself.
xdotool key --clearmodifiers shift+Left shift+Left
measure "playback"
