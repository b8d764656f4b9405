#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Installs what the browser tests need and Debian, Go and npm do not bring:
# Chromium from the system's packages and axe-core as the lock file pins it.
set -eu
cd "$(dirname "$0")"

if [ ! -x /usr/bin/chromium ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium
fi
# A fresh Debian has no font at all, and a page without letters proves nothing.
if ! fc-list 2>/dev/null | grep -q .; then
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq fontconfig fonts-dejavu-core
fi
if [ ! -f node_modules/axe-core/axe.min.js ] || [ package-lock.json -nt node_modules ]; then
  npm ci --ignore-scripts --no-audit --no-fund
fi
