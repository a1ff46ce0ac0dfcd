#!/bin/sh
# deploy/nginx/nginx.conf for a server without containers: the services listen on its loopback, nginx is Debian's.
set -eu
sed -e 's#http://collector:8090#http://127.0.0.1:8090#' -e 's#http://api:8100#http://127.0.0.1:8100#' \
    -e 's#^pid /tmp/nginx.pid;#user www-data;\npid /run/nginx.pid;#' \
    -e 's#_temp_path /tmp/#_temp_path /var/lib/nginx/#' -e 's#error_log stderr#error_log /var/log/nginx/error.log#' \
    "$(dirname "$0")/../nginx/nginx.conf"
