#!/bin/sh
# Starts a Sentinel. What it learns it keeps in its directory, so that it comes back knowing the present primary.
#
#   SENTINEL_HOST, SENTINEL_PORT   the address that the others reach it by
#   SENTINEL_DIRECTORY             its state; made if it is not there
#   REDIS_PASSWORD_FILE            the password of all Redis and Sentinel processes
#   REDIS_FIRST                    host:port of the Redis process that is primary when the tier starts for the first time
set -eu
umask 077
state=$SENTINEL_DIRECTORY/sentinel.conf
mkdir -p "$SENTINEL_DIRECTORY"
if [ ! -e "$state" ]; then
  password=$(cat "$REDIS_PASSWORD_FILE")
  cat "$(dirname "$0")/sentinel.conf" - > "$state.new" <<END
port $SENTINEL_PORT
dir "$SENTINEL_DIRECTORY"
requirepass "$password"
sentinel announce-ip $SENTINEL_HOST
sentinel announce-port $SENTINEL_PORT
sentinel monitor ashwire ${REDIS_FIRST%:*} ${REDIS_FIRST##*:} 2
sentinel auth-pass ashwire $password
sentinel down-after-milliseconds ashwire 2000
sentinel failover-timeout ashwire 2000
sentinel parallel-syncs ashwire 2
END
  mv "$state.new" "$state"
fi
exec redis-sentinel "$state"
