#!/bin/sh
# Starts the Keepalived of one of two machines, which share virtual addresses by VRRP. The parts say which.
#
#   KEEPALIVED_DIRECTORY     its pid files and the configuration that is made of all this; made if it is not there
#   KEEPALIVED_ADDRESS       of this machine
#   KEEPALIVED_PEER          address of the other one
#   KEEPALIVED_INTERFACE     where the virtual addresses appear; eth0
#   KEEPALIVED_PRIORITY      1 to 254, another one on each machine: who begins when both start at once
#   KEEPALIVED_SCRIPT_SECURITY   enable_script_security, where the scripts and all folders above them are root's alone; empty
#   KEEPALIVED_PARTS         files; empty: front.conf beside this script
#   FRONT_VIRTUAL_ADDRESS, MYSQL_VIRTUAL_ADDRESS   the virtual addresses with their prefix lengths, 10.89.0.10/24
#
# The scripts that the parts name get this environment.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
interface=${KEEPALIVED_INTERFACE:-eth0}
mkdir -p "$KEEPALIVED_DIRECTORY"
cd "$KEEPALIVED_DIRECTORY"

# What a killed predecessor has left: the address may be elsewhere by now.
for address in ${FRONT_VIRTUAL_ADDRESS:-} ${MYSQL_VIRTUAL_ADDRESS:-}; do
  ip address delete "$address" dev "$interface" 2>/dev/null || true
done

filled() { # file
  sed -e "s|\$FOLDER|$(cd "$(dirname "$1")" && pwd)|" \
    -e "s|\$INTERFACE|$interface|" \
    -e "s|\$SCRIPT_SECURITY|${KEEPALIVED_SCRIPT_SECURITY:-}|" \
    -e "s|\$PRIORITY|$KEEPALIVED_PRIORITY|" \
    -e "s|\$OWN_ADDRESS|$KEEPALIVED_ADDRESS|" \
    -e "s|\$PEER_ADDRESS|$KEEPALIVED_PEER|" \
    -e "s|\$FRONT_VIRTUAL_ADDRESS|${FRONT_VIRTUAL_ADDRESS:-}|" \
    -e "s|\$MYSQL_VIRTUAL_ADDRESS|${MYSQL_VIRTUAL_ADDRESS:-}|" "$1"
}
for part in "$here/keepalived.conf" ${KEEPALIVED_PARTS:-$here/front.conf}; do filled "$part"; done > keepalived.conf

# It would go on without a script that it does not find, and hold the address whatever that would have said.
sed -n 's|.*"\(/.*\)".*|\1|p' keepalived.conf | while read -r script; do
  [ -x "$script" ] || { echo "$script is missing or cannot be executed" >&2; exit 1; }
done
exec keepalived --dont-fork --log-console --log-detail --no-syslog --vrrp --use-file "$PWD/keepalived.conf" \
  --pid "$PWD/keepalived.pid" --vrrp_pid "$PWD/vrrp.pid"
