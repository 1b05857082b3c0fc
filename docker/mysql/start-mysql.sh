#!/bin/sh
# Starts a MariaDB, read-only; promote.sh makes it the primary, or it follows its peer once that is. Ends with it. Besides the
# variables of pair.sh:
#
#   MYSQL_PORT      where it listens, on MYSQL_ADDRESS (all addresses)
#   MYSQL_DATABASE  of the application (ashwire), which logs in as the user of this name
#   MYSQL_OPTIONS   more for mariadbd, such as "--innodb-buffer-pool-size=8G"
#
# After a crash the last transactions may be in the log and nowhere else: not at the standby, not acknowledged. If the peer is
# primary now, it is right and they are taken back; if not, they stay. So a server that has crashed waits for its peer. To start
# it without: touch start-alone in its directory.
set -eu
umask 077
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$MYSQL_DIRECTORY"
. "$here/pair.sh"
FAILOVER_SECONDS=15

may_follow() {
  [ "$peer_role" = primary ] && [ "$peer_term" -ge "$(cat "$MYSQL_DIRECTORY/term" 2> /dev/null || echo 0)" ]
}

# Sets how to recover.
choose_recovery() {
  # It is removed at an orderly end.
  [ -e "$MYSQL_DIRECTORY/pid" ] && [ -n "${MYSQL_PEER:-}" ] || return 0
  waited=0
  while [ $waited -lt $FAILOVER_SECONDS ] && [ ! -e "$MYSQL_DIRECTORY/start-alone" ]; do
    look_at_peer
    if may_follow; then
      recovery=--init-rpl-role=SLAVE
      return 0
    fi
    case $peer_role,$peer_error in
      # Refused at once, so its machine is there; the client often says EINPROGRESS instead.
      gone,*'(111)'* | gone,*'(115)'*) waited=$((waited + 1)) ;;
      gone,*) say 'waits for the machine of its peer' ;;
      *) waited=$((waited + 1)) ;;
    esac
    sleep 1
  done
  rm -f "$MYSQL_DIRECTORY/start-alone"
}

# Of its own: a MariaDB that starts removes the temporary tables of every other in the same folder, which then crash.
TMPDIR=$(mktemp -d -t ashwire-mysql.XXXXXX)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
[ -d "$MYSQL_DIRECTORY/data" ] || "$here/make-data.sh"
recovery=''
choose_recovery
rm -f "$socket"
# One statement a line.
printf '%s\n' 'SET sql_log_bin = 0;' 'DELETE FROM pair.in_sync;' > "$MYSQL_DIRECTORY/at-start.sql"

stop() {
  # An orderly end would commit what waits for a standby that does not answer.
  if look && [ "$role" = primary ] && ! stop_writes own; then kill -KILL "$server"; else kill -TERM "$server"; fi
}
# shellcheck disable=SC2086
setpriv --pdeathsig KILL mariadbd --defaults-file="$here/server.cnf" --datadir="$MYSQL_DIRECTORY/data" --socket="$socket" \
  --pid-file="$MYSQL_DIRECTORY/pid" --log-error="$MYSQL_DIRECTORY/error.log" --init-file="$MYSQL_DIRECTORY/at-start.sql" \
  --bind-address="${MYSQL_ADDRESS:-0.0.0.0}" --port="$MYSQL_PORT" --server-id="$MYSQL_SERVER_ID" --user="$(id -un)" \
  ${MYSQL_OPTIONS:-} $recovery &
server=$!
trap stop TERM INT
setpriv --pdeathsig KILL "$here/watch-mysql.sh" "$server" &
code=0
# A signal ends the first wait.
wait "$server" || code=$?
while kill -0 "$server" 2> /dev/null; do code=0; wait "$server" || code=$?; done
exit $code
