# Read by the other scripts: what is known of this server and of its peer.
#
#   MYSQL_DIRECTORY   data, socket, log
#   MYSQL_PASSWORDS   directory with the files app, replication, backup, restore, monitor
#   MYSQL_SERVER_ID   1 or 2
#   MYSQL_PEER        host:port of the other server; empty: this one stands alone
socket=$MYSQL_DIRECTORY/socket
# Less than rpl_semi_sync_master_timeout: a primary that was left by its standby may go on alone after that.
LEASE='45 MINUTE'

say() {
  echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $*"
}

own() {
  timeout "${seconds:-5}" mariadb --no-defaults --socket="$socket" --batch --skip-column-names "$@"
}

peer() {
  MYSQL_PWD=$(cat "$MYSQL_PASSWORDS/replication") timeout "${seconds:-2}" mariadb --no-defaults --protocol=tcp \
    --host="${MYSQL_PEER%:*}" --port="${MYSQL_PEER##*:}" --user=replication --batch --skip-column-names "$@"
}

# Whoever is there and was too slow may answer the next time: sets late=1 for the exit code of timeout.
late_if() {
  [ "$1" != 124 ] || late=1
}

# role (primary: takes writes; standby: follows, or tries to; idle: neither), term, whether it has all that was acknowledged,
# its position, and every GTID it knows.
STATE="SELECT IF(@@read_only, IF(EXISTS (SELECT 1 FROM information_schema.processlist
    WHERE user = 'system user' AND command IN ('Slave_IO', 'Slave_SQL')), 'standby', 'idle'), 'primary'),
  (SELECT term FROM pair.term), EXISTS (SELECT 1 FROM pair.in_sync WHERE at > NOW() - INTERVAL $LEASE),
  CONCAT('=', @@gtid_current_pos), CONCAT('=', @@gtid_binlog_state, ',', @@gtid_slave_pos)"

# Sets role, term, in_sync, position, known. Fails when this server does not answer.
look() {
  state=$(own -e "$STATE" 2> /dev/null) || { late_if $?; return 1; }
  read -r role term in_sync position known << STATE_END
$state
STATE_END
}

# The same of the peer. Its role is "gone" when it does not answer.
look_at_peer() {
  peer_role=gone peer_term=0 peer_in_sync=0 peer_position='' peer_known='' peer_error=''
  [ -n "${MYSQL_PEER:-}" ] || return 0
  state=$(peer -e "$STATE" 2>&1) || { late_if $?; peer_error=$state; return 0; }
  read -r peer_role peer_term peer_in_sync peer_position peer_known << STATE_END
$state
STATE_END
}

# Whether somebody who knows these GTIDs has everything up to that position.
holds() { # known, position
  awk -v known="${1#=}" -v position="${2#=}" 'BEGIN {
    count = split(known, list, ",")
    for (n = 1; n <= count; n++) if (split(list[n], part, "-") == 3) {
      source = part[1] "-" part[2]
      if (part[3] + 0 > last[source]) last[source] = part[3] + 0
    }
    count = split(position, list, ",")
    for (n = 1; n <= count; n++) if (split(list[n], part, "-") == 3 && last[part[1] "-" part[2]] < part[3] + 0) exit 1
  }'
}

# Whether this server may be the primary; it says why not. Of two that see each other at most one may become it, whatever
# Keepalived believes: one has followed and has all that was acknowledged, or both stand still and are compared.
may_lead() {
  look || { reason='it does not answer'; return 1; }
  look_at_peer
  if [ "$role" = primary ]; then
    reason='the peer was promoted after it'
    [ "$peer_role" != primary ] || [ "$peer_term" -le "$term" ]
    return
  fi
  [ -n "${MYSQL_PEER:-}" ] || return 0
  [ "$in_sync" = 0 ] || return 0
  reason='it may lack what was acknowledged, and the peer does not answer'
  [ "$peer_role" != gone ] || return 1
  reason='the peer is primary'
  if [ "$peer_role" = primary ]; then
    [ "$peer_term" -lt "$term" ]
    return
  fi
  reason='it follows, and may lack what was acknowledged'
  [ "$role" = idle ] || return 1
  reason='the peer has all that was acknowledged'
  [ "$peer_in_sync" = 0 ] || return 1
  outranks_peer
}

# Both stand still: a later primary before an earlier one, then who has more, then who is followed, then number 1.
outranks_peer() {
  reason='the peer was primary later'
  [ "$term" -ge "$peer_term" ] || return 1
  [ "$term" -eq "$peer_term" ] || return 0
  reason='the peer has what it lacks'
  holds "$known" "$peer_position" || return 1
  holds "$peer_known" "$position" || return 0
  reason='the peer has the same and goes first'
  [ "$peer_role" = standby ] || [ "$MYSQL_SERVER_ID" = 1 ]
}

slave_status() { # the name of a field
  mariadb --no-defaults --socket="$socket" -E -e 'SHOW SLAVE STATUS' | sed -n "s/^ *$1: //p"
}

# Of the last promotion that this server knows of; also beside the data, for a server that does not run.
keep_term() {
  echo "$1" > "$MYSQL_DIRECTORY/term.new"
  mv "$MYSQL_DIRECTORY/term.new" "$MYSQL_DIRECTORY/term"
}

end_connections() { # own or peer
  "$1" -e "SELECT CONCAT('KILL HARD CONNECTION ', id, ';') FROM information_schema.processlist
    WHERE user NOT IN ('system user', 'replication', 'event_scheduler') AND command <> 'Binlog Dump' AND id <> CONNECTION_ID()" |
    "$1" --force > /dev/null 2>&1 || true
}

# Not while a commit waits for a standby that does not answer: that one must not become visible.
stop_writes() { # own or peer
  seconds=5 "$1" -e 'SET STATEMENT lock_wait_timeout = 2 FOR SET GLOBAL read_only = 1' 2> /dev/null && end_connections "$1"
}
