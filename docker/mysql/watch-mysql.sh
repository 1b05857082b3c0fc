#!/bin/sh
# Keeps the pair together: started by start-mysql.sh beside its server, and ends with it. pair.sh says which variables it needs.
#
#   watch-mysql.sh PID    the server
set -eu
. "$(dirname "$0")/pair.sh"
server=$1
said=''

tell() {
  [ "$said" = "$*" ] || say "$*"
  said=$*
}

# A definition of a table is logged before it is noted as applied: a standby that dies in between has it, and would ask for it again.
catch_up_with_log() {
  read -r applied logged << POSITIONS
$(own -e "SELECT CONCAT('=', @@gtid_slave_pos), CONCAT('=', @@gtid_binlog_pos)")
POSITIONS
  holds "$applied" "$logged" || own -e "SET GLOBAL gtid_slave_pos = '${logged#=}'"
}

# Asks the primary for whatever it lacks; with MASTER_DEMOTE_TO_SLAVE also for the case that it was the primary itself.
follow() {
  own -e 'STOP SLAVE'
  catch_up_with_log
  own << SQL
SET sql_log_bin = 0;
DELETE FROM pair.in_sync;
SET GLOBAL rpl_semi_sync_master_enabled = 0;
CHANGE MASTER TO master_host = '${MYSQL_PEER%:*}', master_port = ${MYSQL_PEER##*:}, master_user = 'replication',
  master_password = '$(cat "$MYSQL_PASSWORDS/replication")', master_use_gtid = slave_pos, master_demote_to_slave = 1,
  master_connect_retry = 1;
START SLAVE;
SQL
  end_connections own
  tell 'follows the peer'
}

# Once it has what the primary has, commits there wait for this server; from then on it has all that is acknowledged. It
# notes so only when it finds that this is on, and for a time after which the primary could have gone on alone.
keep_in_sync() {
  [ "$(slave_status Slave_IO_Running)" = Yes ] || { complain; return 0; }
  answer=$(peer -e "SELECT @@read_only, @@rpl_semi_sync_master_enabled, (SELECT COUNT(*) FROM information_schema.global_status
      WHERE variable_name = 'RPL_SEMI_SYNC_MASTER_STATUS' AND variable_value = 'ON'
      OR variable_name = 'RPL_SEMI_SYNC_MASTER_CLIENTS' AND variable_value > 0), @@gtid_binlog_pos" 2> /dev/null) || return 0
  read -r read_only enabled conditions needed << ANSWER
$answer
ANSWER
  [ "$read_only" = 0 ] && holds "$(slave_status Gtid_IO_Pos)" "$needed" || return 0
  if [ "$enabled" = 0 ]; then
    peer -e 'SET GLOBAL rpl_semi_sync_master_enabled = 1'
  elif [ "$conditions" = 2 ] && [ "$(slave_status Slave_SQL_Running)" = Yes ]; then
    own -e 'SET sql_log_bin = 0; REPLACE INTO pair.in_sync VALUES (1, NOW())'
    tell 'has everything that is acknowledged'
  fi
}

complain() {
  case $(slave_status Last_IO_Errno) in
    1236) tell 'NOT A STANDBY: it has what the primary never had, or needs what is no more in its log; run rebuild-standby.sh' ;;
  esac
}

# MariaDB holds every write until somebody has made room, and looks for that once a minute.
is_full() {
  [ "$(df -Pk "$MYSQL_DIRECTORY/data" | awk 'NR == 2 { print $4 }')" -lt 16384 ]
}

while kill -0 "$server" 2> /dev/null; do
  if look; then
    look_at_peer
    [ "$(cat "$MYSQL_DIRECTORY/term" 2> /dev/null)" = "$term" ] || keep_term "$term"
    case $role in
      primary)
        if [ "$peer_role" = primary ] && [ "$peer_term" -gt "$term" ]; then
          # No orderly end: that would commit what waits for a standby. start-mysql.sh takes it back instead.
          say 'ends: the peer was promoted after it'
          kill -KILL "$server"
        elif [ "$peer_role" = standby ] && [ "$peer_in_sync" = 1 ] && is_full; then
          say 'ends: its disk is full, and the standby has everything'
          kill -KILL "$server"
        fi
        ;;
      idle) if [ "$peer_role" = primary ] && [ "$peer_term" -ge "$term" ]; then follow || true; fi ;;
      standby) keep_in_sync || true ;;
    esac
  fi
  sleep 1
done
