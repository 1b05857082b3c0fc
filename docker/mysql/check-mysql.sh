#!/bin/sh
# Whether this machine may hold the address of the primary: exit code 0, or a sentence and 1. Changes nothing. Keepalived runs it
# every second; pair.sh says which variables it needs.
set -eu
. "$(dirname "$0")/pair.sh"
may_lead || { say "not to be primary: $reason"; exit 1; }
