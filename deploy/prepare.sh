#!/bin/sh
# Makes what compose.yaml needs and nobody may commit: secrets, a certificate for tests, a password of the pages.
# Nothing that is there is changed. For production put your own certificate into deploy/tls/tls.crt and tls.key.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
umask 077
secret() { openssl rand -hex 24; }

if [ ! -e "$here/secrets.env" ]; then
    postgres=$(secret) minio=$(secret)
    cat > "$here/.secrets.draft" <<END
POSTGRES_PASSWORD=$postgres
MINIO_ROOT_USER=platform
MINIO_ROOT_PASSWORD=$minio
AWS_ACCESS_KEY_ID=platform
AWS_SECRET_ACCESS_KEY=$minio
DAGSTER_STORAGE_URL=postgresql+psycopg2://postgres:$postgres@postgres:5432/dagster
COLLECTOR_STORE_URL=postgresql://postgres:$postgres@postgres:5432/collector
PRIVACY_KEY=$(secret)
END
    mv "$here/.secrets.draft" "$here/secrets.env"
    echo "Wrote deploy/secrets.env"
fi

mkdir -p "$here/tls"
if [ ! -e "$here/tls/tls.crt" ]; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 365 -subj "/CN=${DOMAIN:-localhost}" \
        -addext "subjectAltName=DNS:${DOMAIN:-localhost},IP:127.0.0.1" \
        -keyout "$here/tls/tls.key" -out "$here/tls/tls.crt" 2> /dev/null
    echo "Wrote deploy/tls/tls.crt: self-signed, for a first look"
fi
if [ ! -e "$here/tls/pages.htpasswd" ]; then
    password=$(secret)
    printf 'pages:%s\n' "$(openssl passwd -apr1 "$password")" > "$here/tls/pages.htpasswd"
    printf '%s\n' "$password" > "$here/tls/pages.password"
    echo "Wrote deploy/tls/pages.password: user pages"
fi
# nginx's workers are another user than the one who starts this; the folder stays private, its key is read by root.
chmod 711 "$here/tls"
chmod 644 "$here/tls/pages.htpasswd" "$here/tls/tls.crt"
