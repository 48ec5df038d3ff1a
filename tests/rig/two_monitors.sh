#!/bin/sh
# The kiosk with two monitors: it covers the one that the settings name, and comes back there.
#
#   tests/rig/two_monitors.sh WATCHKEEPER OUT [DISPLAY-NUMBER]
#
# Needs Xorg with its dummy driver (xserver-xorg-core, xserver-xorg-video-dummy), openbox, xdotool, xrandr and
# ImageMagick's import. Pictures go to OUT. Ends with the number of steps that failed.
set -u
program=$1
out=$2
number=${3:-89}
. "$(dirname "$0")/desk.sh"

at() { [ "$(xdotool getwindowgeometry --shell "$(window)" | grep -c -e "^X=$1\$" -e '^Y=0$' -e "^WIDTH=$2\$" -e "^HEIGHT=$3\$")" = 4 ]; }

cat >"$data/xorg.conf" <<'XORG'
Section "Device"
  Identifier "device"
  Driver "dummy"
  VideoRam 64000
EndSection
Section "Monitor"
  Identifier "monitor"
  HorizSync 5-1000
  VertRefresh 5-200
EndSection
Section "Screen"
  Identifier "screen"
  Device "device"
  Monitor "monitor"
  DefaultDepth 24
  SubSection "Display"
    Depth 24
    Modes "1280x720"
    Virtual 2560 1024
  EndSubSection
EndSection
Section "ServerFlags"
  Option "AutoAddDevices" "false"
EndSection
XORG
start Xorg ":$number" -config "$data/xorg.conf" -logfile "$out/xorg.log" -noreset -novtswitch -sharevts
export DISPLAY=":$number"
until_true xrandr
xrandr --addmode DUMMY1 1024x768
xrandr --output DUMMY0 --mode 1280x720 --pos 0x0 --output DUMMY1 --mode 1024x768 --pos 1280x0
start openbox

printf '[kiosk]\nstart = true\nmonitor = 2\n' >"$data/settings.toml"
start "$program" --data-dir "$data" --kiosk
until_true at 1280 1024 768; say $? "the kiosk covers the second monitor"
sleep 3; import -window root "$out/1_second.png"
xdotool windowminimize "$(window)"
sleep 2
until_true at 1280 1024 768; say $? "and comes back there"
kill -TERM "$last"
wait "$last"

printf '[kiosk]\nstart = true\nmonitor = 1\n' >"$data/settings.toml"
start "$program" --data-dir "$data" --kiosk
until_true at 0 1280 720; say $? "or the first, when that is chosen"
sleep 3; import -window root "$out/2_first.png"

xrandr --output DUMMY0 --off
sleep 2
until_true at 0 1024 768; say $? "that monitor is taken away: the kiosk moves to the one that is left"
import -window root "$out/3_left_over.png"
echo "$failed failed; pictures are in $out"
exit "$failed"
