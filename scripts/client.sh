#!/bin/sh
# Write the package of clients/python from schema/schema.graphql and clients/python/queries, with the generator that
# clients/python/generator.txt pins. The generator wants another graphql-core than the hub, so it lives in an environment of
# its own, in the user's cache; $1 is the environment whose interpreter makes it (default .venv). With --check as $2 nothing
# is written: the exit code says whether what is kept is what would be.
set -eu
cd "$(dirname "$0")/.."
venv=${1:-.venv}
check=${2:-}
pins=clients/python/generator.txt
tool=${XDG_CACHE_HOME:-$HOME/.cache}/dexhub/generator

if [ "$(cat "$tool/.installed" 2>/dev/null || true)" != "$(cat $pins)" ]; then
  rm -rf "$tool"
  mkdir -p "$(dirname "$tool")"
  "$venv/bin/python" -m venv "$tool"
  "$tool/bin/python" -m pip install --quiet --disable-pip-version-check --requirement $pins
  cp $pins "$tool/.installed"
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/clients/python" "$work/schema"
cp schema/schema.graphql "$work/schema/"
cp -R clients/python/queries clients/python/pyproject.toml clients/python/closing.py "$work/clients/python/"
(cd "$work/clients/python" && PATH="$tool/bin:$PATH" PYTHONPATH=. "$tool/bin/ariadne-codegen" >/dev/null)
if [ "$check" = --check ]; then
  diff -r -x __pycache__ -x py.typed "$work/clients/python/dexhub_client" clients/python/dexhub_client || {
    echo "clients/python 与模式或查询不一致，运行 make client / clients/python differs from schema or queries: make client" >&2
    exit 1
  }
else
  rm -rf clients/python/dexhub_client
  cp -R "$work/clients/python/dexhub_client" clients/python/dexhub_client
  touch clients/python/dexhub_client/py.typed
fi
