#!/bin/sh
# Starts an Nginx in front of the application nodes.
#
#   NGINX_DIRECTORY            its pid file and the configuration that is made of nginx.conf; made if it is not there
#   NGINX_APPLICATION_NODES    host:port of each node
#   NGINX_PUBLIC_URL           what clients type, as ASHWIRE_PUBLIC_URL: plain HTTP is sent there
#   NGINX_CERTIFICATE_FILE, NGINX_KEY_FILE   PEM; the same on both machines
#   NGINX_STATIC               the built web client, dist/web; www-data must be able to read it
#   NGINX_UNLIMITED            addresses that no limit per address holds for; none
#   NGINX_LOG                  access log; standard output
#   NGINX_HTTPS_PORT, NGINX_HTTP_PORT, NGINX_HEALTH_PORT   443, 80, 8081
set -eu
here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$NGINX_DIRECTORY/tls"
cd "$NGINX_DIRECTORY"

# Links: a renewed certificate is taken up by a SIGHUP.
ln -sf "$NGINX_CERTIFICATE_FILE" tls/certificate.pem
ln -sf "$NGINX_KEY_FILE" tls/key.pem
sed -e "s#@WEB_SOCKETS@#wss${NGINX_PUBLIC_URL#https}#" "$here/static-headers.conf" > static-headers.conf

nodes=''
for node in $NGINX_APPLICATION_NODES; do nodes="$nodes server $node max_fails=2 fail_timeout=3s;"; done
unlimited=''
for address in ${NGINX_UNLIMITED:-}; do unlimited="$unlimited $address 0;"; done
sed -e "s|@APPLICATION_NODES@|$nodes|" \
  -e "s|@PUBLIC_URL@|$NGINX_PUBLIC_URL|" \
  -e "s|@STATIC@|$NGINX_STATIC|" \
  -e "s|@UNLIMITED@|$unlimited|" \
  -e "s|@LOG@|${NGINX_LOG:-/dev/stdout}|" \
  -e "s|@HTTPS_PORT@|${NGINX_HTTPS_PORT:-443}|" \
  -e "s|@HTTP_PORT@|${NGINX_HTTP_PORT:-80}|" \
  -e "s|@HEALTH_PORT@|${NGINX_HEALTH_PORT:-8081}|" "$here/nginx.conf" > nginx.conf

exec nginx -p "$NGINX_DIRECTORY/" -c "$NGINX_DIRECTORY/nginx.conf" -e stderr -g 'daemon off;'
