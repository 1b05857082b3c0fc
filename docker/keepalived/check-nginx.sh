#!/bin/sh
# Whether the Nginx of this machine answers. It says nothing of the application nodes: the other Nginx would ask the same ones.
exec curl --silent --fail --max-time 1 --output /dev/null "http://127.0.0.1:${NGINX_HEALTH_PORT:-8081}/"
