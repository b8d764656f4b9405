#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# scripts/tagged.sh TAG: builds everything with a build tag that removes a
# safeguard (nopolicy, nojournal) and runs the tests written for that build,
# those of the files that begin with //go:build TAG.
set -euo pipefail
cd "$(dirname "$0")/.."

tests=$(scripts/funcs.sh Test "$1")
go vet -tags "$1" ./...
cut -d ' ' -f 1 <<<"$tests" | uniq | while read -r folder; do
	names=$(sed -n "s#^$folder ##p" <<<"$tests" | paste -s -d '|')
	go test -tags "$1" -run "^($names)\$" "$folder"
done
