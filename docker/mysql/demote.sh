#!/bin/sh
# Hands over before the address is given up, if the peer can take over: no writes, no connections. If it cannot, this server
# stays as it is: where a standby had everything, no commit is acknowledged without it, and where none had, nobody else may lead.
# Keepalived runs it when this machine loses the address; pair.sh says which variables it needs.
set -eu
. "$(dirname "$0")/pair.sh"

echo standby > "$MYSQL_DIRECTORY/wanted"
exec 9> "$MYSQL_DIRECTORY/turn"
flock 9

look || exit 0
[ "$role" = primary ] || exit 0
look_at_peer
if [ "$peer_in_sync" = 1 ] && stop_writes own; then
  say 'is no more the primary'
else
  say "stays as it is: the peer ($peer_role) cannot take over"
fi
