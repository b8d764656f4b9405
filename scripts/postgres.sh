#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# scripts/postgres.sh COMMAND…: runs a command beside a throw-away PostgreSQL, as
# durable as the real one, and removes it afterwards. The command finds its
# address in DEPOSITAIRE_TEST_POSTGRES. The server listens on a Unix socket in
# its own folder: no port is taken and nobody else can reach it.
set -euo pipefail

bin=$(dirname "$(command -v postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres' | sort -V | tail -n 1)")
[ -x "$bin/initdb" ] || bin=$(dirname "$(readlink -f "$bin/postgres")")
if [ ! -x "$bin/initdb" ]; then
	echo 'PostgreSQL is not installed' >&2
	echo 'hint: scripts/install.sh' >&2
	exit 1
fi

dir=$(mktemp -d "${TMPDIR:-/tmp}/depositaire-pg.XXXXXX")
as=()
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL refuses to run as root
	user=postgres
	id -u "$user" >/dev/null 2>&1 || user=nobody
	chown "$user" "$dir"
	as=(setpriv --reuid "$user" --regid "$(id -g "$user")" --clear-groups --)
fi

stop() {
	"${as[@]}" "$bin/pg_ctl" stop --silent --mode immediate --pgdata "$dir/data" 2>/dev/null || true
	rm -rf "$dir"
}
trap stop EXIT
trap 'exit 130' INT TERM

cd "$dir"
if ! "${as[@]}" "$bin/initdb" --pgdata data --username depositaire --auth trust \
	--encoding UTF8 --locale C.UTF-8 >initdb.log 2>&1 ||
	! "${as[@]}" "$bin/pg_ctl" start --wait --silent --pgdata data --log server.log \
		--options "-c listen_addresses='' -c unix_socket_directories='$dir' -c max_connections=200" >start.log 2>&1; then
	cat ./*.log >&2
	exit 1
fi
cd "$OLDPWD"

export DEPOSITAIRE_TEST_POSTGRES="postgres://depositaire@/postgres?host=$dir"
"$@"
