#!/bin/sh
# Makes this server the primary when it has everything that was acknowledged; tries until it is, may not be, or demote.sh is
# called. Keepalived runs it when this machine gets the address; pair.sh says which variables it needs.
#
#   promote.sh            refuses (exit code 1) where something acknowledged could be missing
#   promote.sh --force    for an operator who knows that the other server's data is lost, or older
set -eu
. "$(dirname "$0")/pair.sh"

echo primary > "$MYSQL_DIRECTORY/wanted"
exec 9> "$MYSQL_DIRECTORY/turn"
flock 9

# What was received is applied before STOP SLAVE, which would throw the rest away.
apply_received() {
  own -e 'STOP SLAVE IO_THREAD' || return 1
  received=$(slave_status Gtid_IO_Pos) || return 1
  [ -z "$received" ] || [ "$(seconds=40 own -e "SELECT MASTER_GTID_WAIT('$received', 30)")" = 0 ]
}

promote() {
  # A peer that answers hands over. The commits of one that does not wait for this server, which acknowledges nothing more.
  [ "$peer_role" != primary ] || stop_writes peer || true
  [ "$in_sync" = 0 ] || apply_received || { say 'cannot apply yet what it has received'; return 1; }
  keep_term $((term + 1))
  own << 'SQL'
STOP SLAVE;
RESET SLAVE ALL;
SET GLOBAL rpl_semi_sync_master_enabled = 0;
UPDATE pair.term SET term = term + 1;
SET sql_log_bin = 0;
DELETE FROM pair.in_sync;
SET GLOBAL read_only = 0;
SQL
}

# Keepalived does not ask again, as long as check-mysql.sh has its answers in time.
retries=3
while [ "$(cat "$MYSQL_DIRECTORY/wanted")" = primary ]; do
  late=0
  if may_lead || { [ "${1:-}" = --force ] && look; }; then
    if [ "$role" = primary ] || promote; then
      say 'is primary'
      exit 0
    fi
  elif [ $late = 1 ] && [ $retries -gt 0 ]; then
    retries=$((retries - 1))
  else
    say "not promoted: $reason"
    exit 1
  fi
  sleep 1
done
say 'not promoted: called off'
exit 1
