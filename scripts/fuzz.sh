#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# scripts/fuzz.sh 60s: runs every fuzz target of the product for that long.
set -euo pipefail
cd "$(dirname "$0")/.."

targets=$(scripts/funcs.sh Fuzz)
while read -r folder name; do
	echo "fuzzing $folder $name for $1"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "$1" "$folder"
done <<<"$targets"
