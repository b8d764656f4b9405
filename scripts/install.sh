#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# Installs what make test needs beside Debian, Go and npm, and fails when it
# cannot be had: no test is skipped for want of a tool.
set -euo pipefail
cd "$(dirname "$0")/.."

golangci_lint=2.15.0

have() { command -v "$1" >/dev/null; }

# PostgreSQL's server is not on Debian's PATH.
have_postgres() { have postgres || compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null; }

missing=()
have make || missing+=(make)
have gcc || missing+=(gcc libc6-dev) # the race detector needs cgo
have_postgres || missing+=(postgresql)
have chromium || missing+=(chromium)
have fc-list || missing+=(fontconfig fonts-dejavu-core) # a page without letters proves nothing
if [ ${#missing[@]} -gt 0 ]; then
	echo "installing ${missing[*]}"
	root=()
	[ "$(id -u)" -eq 0 ] || root=(sudo -n)
	"${root[@]}" apt-get update -qq || echo 'apt-get update failed; trying with the lists at hand' >&2
	if ! "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
		apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; then
		echo "make test needs ${missing[*]}" >&2
		echo 'hint: install them as root, then run it again' >&2
		exit 1
	fi
fi
have npm || { echo 'make test needs npm' >&2; exit 1; }

if [ "$(.tools/golangci-lint version --short 2>/dev/null)" != "$golangci_lint" ]; then
	echo "building golangci-lint $golangci_lint"
	GOBIN="$PWD/.tools" CGO_ENABLED=0 go install \
		"github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v$golangci_lint"
fi

if [ -x test/browser/install.sh ]; then test/browser/install.sh; fi
