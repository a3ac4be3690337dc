#!/bin/sh
# The hub in several processes on this machine: the registry, a subgraph for each region, and Hive Gateway before them, at
# http://127.0.0.1:4000/graphql unless DEXHUB_ROUTER_PORT says otherwise. Settings are the hub's own (DEXHUB_… or
# dexhub.toml); logs and the supergraph go to var/distributed. Ctrl-C ends all of them; one that ends by itself is said.
set -eu
cd "$(dirname "$0")/../.."
venv=${VENV:-.venv}
folder=var/distributed
port=${DEXHUB_ROUTER_PORT:-4000}
packages=${DEXHUB_NODE_PACKAGES:-${XDG_CACHE_HOME:-$HOME/.cache}/dexhub/node}

[ -d "$packages/node_modules" ] || sh scripts/node.sh "$venv" --omit=dev
mkdir -p "$folder"
"$venv/bin/dexhub" supergraph compose --output "$folder/supergraph.graphql"

processes=
trap 'kill $processes 2>/dev/null; wait' EXIT
trap 'exit 0' INT TERM
for file in schema/subgraphs/*.graphql; do
  name=$(basename "$file" .graphql)
  "$venv/bin/dexhub" subgraph "$name" >"$folder/$name.log" 2>&1 &
  processes="$processes $!"
done
if [ -z "${DEXHUB_ROUTER_SECRET:-}" ] && [ -n "${DEXHUB_ROUTER_SECRET_FILE:-}" ]; then
  DEXHUB_ROUTER_SECRET=$(cat "$DEXHUB_ROUTER_SECRET_FILE")
  export DEXHUB_ROUTER_SECRET
fi
"$packages/node" gateway/node/hive.mjs "$packages" "$folder/supergraph.graphql" 127.0.0.1 "$port" >"$folder/router.log" 2>&1 &
processes="$processes $!"
echo "GraphQL  http://127.0.0.1:$port/graphql （日志 / logs: $folder）"
while sleep 2; do
  for process in $processes; do
    kill -0 "$process" 2>/dev/null || {
      echo "有进程退出，见 $folder / a process has ended, see $folder" >&2
      exit 1
    }
  done
done
