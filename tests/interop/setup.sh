#!/usr/bin/env bash
# Prepares the other implementations that the interop tests talk to: a Python environment in tests/.run/venv, and a look
# whether the Node packages are there. Does nothing the second time. Usage: tests/interop/setup.sh
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
run="$root/tests/.run"
venv="$run/venv"
stamp="$venv/.requirements"

mkdir -p "$run"
# Two runs at once must not build the same environment.
exec 9>"$run/setup.lock"
flock 9

if ! cmp -s "$here/requirements.txt" "$stamp"; then
  if ! command -v python3 >/dev/null || ! python3 -c 'import ensurepip, venv' 2>/dev/null; then
    echo "interop set-up: Python 3 with venv is missing; install it: apt-get install python3-venv" >&2
    exit 1
  fi
  rm -rf "$venv"
  python3 -m venv "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --requirement "$here/requirements.txt"
  cp "$here/requirements.txt" "$stamp"
fi

if ! (cd "$here" && node --input-type=module --eval 'import "bitcoinjs-message"; import "wif"') 2>/dev/null; then
  echo "interop set-up: the Node packages are missing; install them: npm ci" >&2
  exit 1
fi
