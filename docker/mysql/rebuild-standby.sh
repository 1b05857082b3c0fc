#!/bin/sh
# Puts the data of this server aside, which cannot follow its peer any more, and has it made anew as a copy of the primary.
# What it had is then in data.<time>, to be looked at and removed. pair.sh says which variables it needs.
set -eu
. "$(dirname "$0")/pair.sh"

look_at_peer
[ "$peer_role" = primary ] || { say "not rebuilt: the peer is not primary but $peer_role"; exit 1; }
if look && [ "$role" = primary ] && [ "$peer_term" -le "$term" ]; then
  say 'not rebuilt: this server is primary'
  exit 1
fi
aside=$MYSQL_DIRECTORY/data.$(date -u +%Y%m%dT%H%M%SZ)
server=$(cat "$MYSQL_DIRECTORY/pid" 2> /dev/null || true)
mv "$MYSQL_DIRECTORY/data" "$aside"
# The number may be another process's by now.
if grep -qsF -- "--datadir=$MYSQL_DIRECTORY/data" "/proc/${server:-none}/cmdline"; then kill -KILL "$server"; fi
rm -f "$MYSQL_DIRECTORY/pid" "$MYSQL_DIRECTORY/term"
say "has put the data into $aside; whoever runs start-mysql.sh starts it again, as a copy of the primary"
