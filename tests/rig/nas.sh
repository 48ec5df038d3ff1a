#!/usr/bin/env bash
# A throw-away NAS: Samba with one share "rec" and one user "nvr", in the foreground.
#
#   tests/rig/nas.sh serve DIR PORT plain|sign|enc|noshare     becomes the server; kill its process group to end it
#   tests/rig/nas.sh password DIR                              the user's password is what stands in standard input
#
# The share is DIR/share, unless something is mounted there already. Listens on 127.0.0.1 alone. Needs samba.
set -euo pipefail
action=$1
dir=$(realpath -m "$2")
user=$(id -un)
[ "$(id -u)" = 0 ] && user=nobody

if [ "$action" = password ]; then
  read -r password
  if [ -f "$dir/private/passdb.tdb" ]; then
    printf '%s\n%s\n' "$password" "$password" | smbpasswd -c "$dir/smb.conf" -s "$user" >/dev/null
  else
    printf '%s\n%s\n' "$password" "$password" | pdbedit -s "$dir/smb.conf" -a -t -u "$user" >/dev/null
  fi
  exit 0
fi

port=$3
mode=$4
mkdir -p "$dir"/{share,private,lock,state,cache,pid,log,ncalrpc}
chmod 755 "$dir"
if [ "$(id -u)" = 0 ]; then chown "$user" "$dir/share"; fi
share=rec
[ "$mode" = noshare ] && share=other
cat >"$dir/smb.conf" <<CONF
[global]
  server role = standalone server
  workgroup = RIG
  netbios name = RIG
  interfaces = 127.0.0.1
  bind interfaces only = yes
  smb ports = $port
  disable netbios = yes
  disable spoolss = yes
  load printers = no
  printcap name = /dev/null
  private dir = $dir/private
  passdb backend = tdbsam:$dir/private/passdb.tdb
  lock directory = $dir/lock
  state directory = $dir/state
  cache directory = $dir/cache
  pid directory = $dir/pid
  ncalrpc dir = $dir/ncalrpc
  log file = $dir/log/log.smbd
  log level = 1
  server min protocol = SMB2_10
  map to guest = never
  username map = $dir/users.map
$([ "$mode" = sign ] && echo '  server signing = mandatory' || true)
$([ "$mode" = enc ] && echo '  server smb encrypt = required' || true)
[$share]
  path = $dir/share
  read only = no
[closed]
  path = $dir/share
  valid users = root
[frozen]
  path = $dir/share
  read only = yes
CONF
echo "$user = nvr" >"$dir/users.map"
[ -f "$dir/private/passdb.tdb" ] || echo 's3cret pw' | "$0" password "$dir"
exec smbd -F --no-process-group -s "$dir/smb.conf" -l "$dir/log" </dev/null >"$dir/log/out" 2>&1
