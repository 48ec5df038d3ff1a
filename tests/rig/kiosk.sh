#!/bin/sh
# The kiosk in a real window: it covers the screen, stays when it is told to go, and only the PIN leads out.
#
#   tests/rig/kiosk.sh WATCHKEEPER OUT [DISPLAY-NUMBER]
#
# Needs Xvfb, openbox, xdotool, xprop and ImageMagick's import. Pictures of each step go to OUT. Ends with the
# number of steps that failed.
set -u
program=$1
out=$2
number=${3:-84}
. "$(dirname "$0")/desk.sh"

picture() { import -window root "$out/$1.png"; }

there() { [ -n "$(window)" ]; }
covers() { there && [ "$(xdotool getwindowgeometry --shell "$(window)" | grep -c -e '^WIDTH=1280$' -e '^HEIGHT=720$')" = 2 ]; }
running() { kill -0 "$console" 2>/dev/null; }
left() { there && ! xprop -id "$(window)" _NET_WM_STATE | grep -q FULLSCREEN; }

start Xvfb ":$number" -screen 0 1280x720x24 +extension GLX
export DISPLAY=":$number"
until_true xdotool getdisplaygeometry
start openbox

# The PIN 2580, as Watchkeeper keeps it.
hash='$argon2id$v=19$m=19456,t=2,p=1$8LCS3A90SolyquX96qOwag$gWKoDey+tpwMDlWkuC9Wyh/0jmTFGDBc21fiSq5ET0Q'
printf '{"hash":"%s"}\n' "$hash" >"$data/pin.json"
printf '[kiosk]\nstart = true\n' >"$data/settings.toml"

start "$program" --data-dir "$data" --kiosk
console=$last
until_true there; say $? "the window comes up"
until_true covers; say $? "it covers the screen"
sleep 5; picture 1_wall

for keys in alt+F4 ctrl+q ctrl+w Escape F11 f; do
    xdotool key --clearmodifiers "$keys"
    sleep 1
done
running; say $? "it runs after the keys that close and leave"
covers; say $? "it still covers the screen"
picture 2_after_keys

xdotool windowminimize "$(window)" 2>/dev/null
sleep 2
until_true covers; say $? "it takes the screen back"

xdotool key --clearmodifiers ctrl+shift+k
sleep 2; picture 3_pin
xdotool type 1111; xdotool key Return
sleep 2; picture 4_wrong
covers; say $? "a wrong PIN leaves it as it is"
xdotool type 2222; xdotool key Return
sleep 4
xdotool type 3333; xdotool key Return
sleep 2; picture 5_wrong_again
covers; say $? "so does another"
sleep 12
xdotool type 2580; xdotool key Return
until_true left; say $? "the right PIN leads out"
sleep 2; picture 6_console
running; say $? "and the program goes on"

kill -TERM "$console"
tries=60
while running && [ $tries -gt 0 ]; do tries=$((tries - 1)); sleep 0.5; done
if running; then say 1 "SIGTERM ends it"; else say 0 "SIGTERM ends it"; fi
echo "$failed failed; pictures are in $out"
exit "$failed"
