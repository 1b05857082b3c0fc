#!/bin/sh
# Starts a Redis process in the role that loses nothing. It starts empty, and replicas copy their primary: a primary that came
# back empty at its old place would wipe them. So it follows whom the Sentinels name. It becomes primary only if that is itself
# and no other process holds a key; else it waits until the Sentinels have chosen another one.
#
#   REDIS_HOST, REDIS_PORT   the address that the others reach it by
#   REDIS_PASSWORD_FILE      the password of all Redis and Sentinel processes
#   REDIS_SENTINELS          host:port of each Sentinel; empty: this process stands alone
#   REDIS_PEERS              host:port of each other Redis process
#   REDIS_OPTIONS            more lines for the configuration, such as "maxmemory 12gb"
set -eu
password=$(cat "$REDIS_PASSWORD_FILE")

ask() { # host:port, then the command
  address=$1
  shift
  REDISCLI_AUTH=$password timeout 2 redis-cli -h "${address%:*}" -p "${address##*:}" "$@" 2>/dev/null || true
}

primary_by_majority() {
  for sentinel in $REDIS_SENTINELS; do
    ask "$sentinel" sentinel get-master-addr-by-name ashwire | paste -s -d:
  done | sort | uniq -c | awk -v all="$(echo "$REDIS_SENTINELS" | wc -w)" '$2 ~ /:/ && $1 * 2 > all { print $2 }'
}

others_hold_keys() {
  for peer in $REDIS_PEERS; do
    if ask "$peer" info keyspace | grep -q '^db'; then return 0; fi
  done
  return 1
}

role=''
alone='min-replicas-to-write 0'
while [ -n "${REDIS_SENTINELS:-}" ]; do
  alone=''
  primary=$(primary_by_majority)
  if [ "$primary" = "$REDIS_HOST:$REDIS_PORT" ]; then
    others_hold_keys || break
    echo "waits until the Sentinels choose another primary: this process is empty and others are not"
  elif [ -n "$primary" ]; then
    role="replicaof ${primary%:*} ${primary##*:}"
    break
  else
    echo "waits until a majority of the Sentinels names a primary"
  fi
  sleep 0.5
done

# Over standard input: the password is in no file of Redis and in no list of processes.
exec redis-server - <<END
$(cat "$(dirname "$0")/redis.conf")
port $REDIS_PORT
replica-announce-ip $REDIS_HOST
replica-announce-port $REDIS_PORT
requirepass "$password"
masterauth "$password"
$alone
$role
${REDIS_OPTIONS:-}
END
