#!/bin/sh
# Makes the secrets and the self-made certificate of compose.100k.yml at the first start; what is there already stays. Each file
# is for one owner: the nodes run as user 1000, Redis as 999, the rest as root.
#
#   SECRETS     directory for app/, redis/, mysql/ and tls/
#   ADDRESSES   what the certificate is for
set -eu
umask 077

keep() { # file, owner; the content is standard input
  [ -s "$SECRETS/$1" ] || { cat > "$SECRETS/$1.new"; mv "$SECRETS/$1.new" "$SECRETS/$1"; }
  chown "$2" "$SECRETS/$1"
}
key() {
  openssl rand -base64 32 | tr '+/' '-_' | tr -d '=\n'
}

mkdir -p "$SECRETS/app" "$SECRETS/redis" "$SECRETS/mysql" "$SECRETS/tls"
chmod 711 "$SECRETS"
for user in app replication backup restore monitor; do key | keep "mysql/$user" 0; done
key | keep redis/redis-password 999
openssl genpkey -algorithm ed25519 | keep app/access-token-key 1000
key | keep app/proof-of-work-key 1000
key | keep app/blinding-key 1000
keep app/database-password 1000 < "$SECRETS/mysql/app"
keep app/redis-password 1000 < "$SECRETS/redis/redis-password"
chown 999 "$SECRETS/redis"
chown 1000 "$SECRETS/app"

if [ ! -s "$SECRETS/tls/certificate.pem" ]; then
  names=DNS:localhost
  for address in $ADDRESSES; do names="$names,IP:$address"; done
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj '/CN=Ashwire for trying out' \
    -addext "subjectAltName=$names" -addext extendedKeyUsage=serverAuth \
    -keyout "$SECRETS/tls/key.pem" -out "$SECRETS/tls/certificate.pem"
fi
