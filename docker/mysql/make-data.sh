#!/bin/sh
# Makes the directory of a new MariaDB, complete or not at all: its accounts and, if the peer is primary, a copy of what that has.
# Run by start-mysql.sh.
set -eu
umask 077
. "$(dirname "$0")/pair.sh"
database=${MYSQL_DATABASE:-ashwire}
new=$MYSQL_DIRECTORY/data.new
socket=$MYSQL_DIRECTORY/install.socket

password() {
  value=$(cat "$MYSQL_PASSWORDS/$1")
  case $value in
    '' | *[!A-Za-z0-9_.-]*) say "the password in $MYSQL_PASSWORDS/$1 must consist of letters, digits and _ . -" >&2; exit 1 ;;
  esac
  echo "$value"
}

# Each server makes them for itself: they are in no binary log.
accounts() {
  cat << SQL
SET sql_log_bin = 0;
DELETE FROM mysql.global_priv WHERE user = '';
FLUSH PRIVILEGES;
CREATE DATABASE pair;
CREATE TABLE pair.term (term INT NOT NULL PRIMARY KEY) COMMENT 'how often a server of the pair was promoted';
INSERT INTO pair.term VALUES (0);
CREATE TABLE pair.in_sync (id TINYINT NOT NULL PRIMARY KEY, at DATETIME NOT NULL) COMMENT 'this server alone: when it had all';
CREATE DATABASE \`$database\`;
CREATE USER \`$database\`@'%' IDENTIFIED BY '$app';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES ON \`$database\`.* TO \`$database\`@'%';
CREATE USER replication@'%' IDENTIFIED BY '$replication';
GRANT REPLICATION SLAVE, REPLICATION MASTER ADMIN, BINLOG MONITOR, READ_ONLY ADMIN, CONNECTION ADMIN, PROCESS ON *.* TO replication@'%';
GRANT SELECT ON pair.* TO replication@'%';
CREATE USER backup@'%' IDENTIFIED BY '$backup';
GRANT REPLICATION SLAVE, BINLOG MONITOR ON *.* TO backup@'%';
GRANT SELECT, LOCK TABLES, SHOW VIEW, TRIGGER, EVENT ON \`$database\`.* TO backup@'%';
GRANT SELECT, LOCK TABLES ON pair.* TO backup@'%';
CREATE USER restore@'%' IDENTIFIED BY '$restore';
GRANT ALL ON \`$database\`.* TO restore@'%';
GRANT ALL ON \`$(echo "$database" | sed 's/_/\\_/g')\_%\`.* TO restore@'%';
GRANT BINLOG REPLAY, BINLOG MONITOR ON *.* TO restore@'%';
CREATE USER monitor@'%' IDENTIFIED BY '$monitor' WITH MAX_USER_CONNECTIONS 3;
GRANT PROCESS, BINLOG MONITOR, SLAVE MONITOR ON *.* TO monitor@'%';
SQL
}

# Both databases as of one position of the primary, from which it then follows.
copy_of_peer() {
  echo 'SET sql_log_bin = 0;'
  MYSQL_PWD=$(cat "$MYSQL_PASSWORDS/backup") mariadb-dump --no-defaults --protocol=tcp --host="${MYSQL_PEER%:*}" \
    --port="${MYSQL_PEER##*:}" --user=backup --single-transaction --master-data=1 --gtid --hex-blob --no-tablespaces \
    --ignore-table=pair.in_sync --databases "$database" pair
}

rm -rf "$new"
# In variables first: a substitution that fails inside of a here-document ends nothing.
app=$(password app) replication=$(password replication) backup=$(password backup)
restore=$(password restore) monitor=$(password monitor)
say 'makes a new data directory'
mariadb-install-db --no-defaults --datadir="$new" --user="$(id -un)" --skip-test-db --skip-name-resolve \
  --auth-root-authentication-method=socket --auth-root-socket-user="$(id -un)" > "$MYSQL_DIRECTORY/install.log" 2>&1 || {
  cat "$MYSQL_DIRECTORY/install.log" >&2
  exit 1
}
# shellcheck disable=SC2086
setpriv --pdeathsig KILL mariadbd --defaults-file="$(dirname "$0")/server.cnf" --datadir="$new" --socket="$socket" \
  --log-error="$MYSQL_DIRECTORY/error.log" --pid-file="$MYSQL_DIRECTORY/install.pid" --user="$(id -un)" --skip-log-bin \
  --skip-networking ${MYSQL_OPTIONS:-} &
server=$!
tries=0
until own -e 'SELECT 1' > /dev/null 2>&1; do
  tries=$((tries + 1))
  [ $tries -lt 300 ] && kill -0 $server 2> /dev/null || { tail -n 20 "$MYSQL_DIRECTORY/error.log" >&2; exit 1; }
  sleep 0.2
done
accounts | own
look_at_peer
if [ "$peer_role" = primary ]; then
  say 'copies what the peer has'
  # A pipe would hide that the dump broke off.
  copy_of_peer > "$MYSQL_DIRECTORY/copy.sql"
  seconds=86400 own < "$MYSQL_DIRECTORY/copy.sql"
  rm "$MYSQL_DIRECTORY/copy.sql"
  say 'has copied it'
fi
kill -TERM $server
wait $server
mv "$new" "$MYSQL_DIRECTORY/data"
