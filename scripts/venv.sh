#!/bin/sh
# Make the virtual environment $2 with the interpreter $1 and install the project with its development tools.
# Debian ships Python without venv: where it is missing and we may, install it; else say what to type.
set -eu
python=$1
venv=$2

command -v "$python" >/dev/null 2>&1 || python=python3
command -v "$python" >/dev/null 2>&1 || { echo "需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed" >&2; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "需要 Python 3.11 或更新版本，现有 $("$python" -V) / Python 3.11 or newer is needed, found $("$python" -V)" >&2
  exit 1
}

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
  sh "$(dirname "$0")/apt.sh" "python$version-venv"
fi
"$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
