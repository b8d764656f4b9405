#!/usr/bin/env bash
# SPDX-License-Identifier: AGPL-3.0-or-later
# scripts/funcs.sh PREFIX [TAG]: prints "folder Name" for each test function of
# the product's module whose name begins with PREFIX (Test, Fuzz, Benchmark),
# only in files that begin with //go:build TAG when TAG is given. Finding none
# is a failure: a loop over nothing proves nothing.
set -euo pipefail
cd "$(dirname "$0")/.."

found=$(
	find . \( -name testdata -o -name node_modules -o -path ./test -o -path ./tools \) -prune \
		-o -name '*_test.go' -print | sort | while read -r file; do
		if [ -n "${2:-}" ] && ! grep -qx "//go:build $2" "$file"; then continue; fi
		sed -nE "s#^func ($1[A-Z][A-Za-z0-9_]*)\([a-z]+ \*testing\..*#$(dirname "$file") \1#p" "$file"
	done
)
if [ -z "$found" ]; then
	echo "no $1 function found${2:+ under the build tag $2}" >&2
	exit 1
fi
echo "$found"
