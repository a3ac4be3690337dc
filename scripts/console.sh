#!/bin/sh
# Renew what the console's pages load: fetch the pinned npm packages into a temporary folder, keep of Apache ECharts the
# parts that our charts use, and copy builds and licences into gateway/static/console/. Node and npm are needed here only;
# the result is committed. axe-core, which only tests run, goes to tests/gateway/console/.
set -eu
HTMX=2.0.11
ECHARTS=6.1.0
ESBUILD=0.28.2
AXE=4.14.1

root=$(cd "$(dirname "$0")/.." && pwd)
target=$root/gateway/static/console
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '{"private": true}\n' >package.json
npm install --silent --ignore-scripts --no-audit --no-fund \
  "htmx.org@$HTMX" "echarts@$ECHARTS" "esbuild@$ESBUILD" "axe-core@$AXE"

cat >charts.js <<'JS'
import { init, use } from "echarts/core";
import { BarChart, FunnelChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import { CanvasRenderer } from "echarts/renderers";
use([BarChart, FunnelChart, AriaComponent, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);
export { init };
JS
mkdir -p "$target"
node_modules/@esbuild/*/bin/esbuild charts.js --bundle --minify --format=iife --global-name=echarts \
  --legal-comments=none --log-level=error --outfile="$target/echarts.min.js"
cp node_modules/htmx.org/dist/htmx.min.js "$target"
cp node_modules/axe-core/axe.min.js "$root/tests/gateway/console/"
{
  printf 'htmx.min.js is htmx.org %s (0BSD); echarts.min.js holds parts of echarts %s (Apache-2.0), zrender (BSD-3-Clause)\n' \
    "$HTMX" "$ECHARTS"
  printf 'and tslib (0BSD), put together by esbuild. Their licences and notices:\n'
  for file in htmx.org/LICENSE echarts/LICENSE echarts/NOTICE zrender/LICENSE tslib/LICENSE.txt; do
    printf '\n%100s\n%s\n\n' '' "$file" | tr ' ' '='
    tr -d '\r' <"node_modules/$file" | sed 's/[[:space:]]*$//'
  done
} >"$target/LICENSES.txt"
ls -l "$target"
