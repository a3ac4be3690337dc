#!/bin/sh
# Make sure PostgreSQL's server programs are on this machine. The tests start a cluster of their own, in a temporary
# folder and on a free port, and remove it; no cluster of the system is created or touched.
set -eu
if ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || command -v initdb >/dev/null 2>&1; then
  exit 0
fi
here=$(dirname "$0")
sh "$here/apt.sh" postgresql-common
conf=/etc/postgresql-common/createcluster.conf
[ -w "$conf" ] && sed -i 's/^#*create_main_cluster.*/create_main_cluster = false/' "$conf"
sh "$here/apt.sh" postgresql
