#!/usr/bin/env bash
# Installs the programs that some tests drive: a browser, readers of PDFs from elsewhere, nginx, a linter of Lua.
# Where that cannot be (no Debian, no root), the tests that need them are skipped and say so.
set -euo pipefail
packages=(chromium poppler-utils nginx-light lua-check)
programs=(chromium pdftotext nginx luacheck)

missing=()
for i in "${!programs[@]}"; do
	command -v "${programs[$i]}" >/dev/null || missing+=("${packages[$i]}")
done
[ ${#missing[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	echo "Tests that need ${missing[*]} will be skipped. On Debian and Ubuntu: sudo apt-get install ${missing[*]}"
	exit 0
fi
echo "Installing ${missing[*]} ..."
export DEBIAN_FRONTEND=noninteractive
if ! { apt-get update && apt-get install --yes --no-install-recommends "${missing[@]}"; } >/dev/null; then
	echo "They could not be installed; tests that need ${missing[*]} will be skipped."
fi
