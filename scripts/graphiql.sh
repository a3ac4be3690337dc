#!/bin/sh
# Renew the GraphiQL that the gateway serves itself: fetch the pinned npm packages into a temporary folder and copy their
# browser builds and licences into gateway/static/graphiql/. Node and npm are needed here only; the result is committed.
set -eu
GRAPHIQL=3.9.0   # the last 3.x whose graphiql.min.js is really minified and exposes the global GraphiQL
REACT=18.3.1     # the last major with UMD builds
# Inside graphiql.min.js, but not among the packages that installing it brings; needed for their licences.
INSIDE="graphql@16.10.0 graphql-ws@5.16.2 @babel/runtime@7.27.0 @radix-ui/react-use-escape-keydown@1.1.1"

target=$(cd "$(dirname "$0")/.." && pwd)/gateway/static/graphiql
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf '{"private": true}\n' >package.json
# shellcheck disable=SC2086  # a list of words
npm install --silent --ignore-scripts --no-audit --no-fund \
  "graphiql@$GRAPHIQL" "react@$REACT" "react-dom@$REACT" $INSIDE

mkdir -p "$target"
cp node_modules/react/umd/react.production.min.js node_modules/react-dom/umd/react-dom.production.min.js "$target"
# The source map is not served, so nothing may ask for it.
sed '/^\/\/# sourceMappingURL=/d' node_modules/graphiql/graphiql.min.js >"$target/graphiql.min.js"
# Web fonts are nine tenths of the style sheet and hold no Chinese; the reader's own fonts do.
sed 's/@font-face{[^}]*}//g' node_modules/graphiql/graphiql.min.css >"$target/graphiql.min.css"

# The source map names every package that is inside graphiql.min.js; packages with one and the same licence stand together.
node - "$GRAPHIQL" "$REACT" >"$target/LICENSES.txt" <<'JS'
const fs = require("fs");
const [graphiql, react] = process.argv.slice(2);
const map = JSON.parse(fs.readFileSync("node_modules/graphiql/graphiql.min.js.map", "utf8"));
const siblings = { "graphiql-react": "@graphiql/react", "graphiql-toolkit": "@graphiql/toolkit" };
const packageOf = (source) => {
  const inside = source.split("node_modules/").pop();
  const [, sibling] = source.match(/^(?:\.\.\/){2}([a-z-]+)\//) || [];
  if (inside !== source) return inside.split("/").slice(0, inside.startsWith("@") ? 2 : 1).join("/");
  return sibling ? siblings[sibling] || sibling : "graphiql";
};
const names = [...new Set([...map.sources.filter((s) => !s.startsWith("\0")).map(packageOf), "react", "react-dom"])];
const groups = new Map();
for (const name of names.sort()) {
  const folder = `node_modules/${name}`;
  const about = JSON.parse(fs.readFileSync(`${folder}/package.json`, "utf8"));
  const file = fs.readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const author = about.author?.name || about.author || about.repository?.url || about.repository;
  const text = file
    ? fs.readFileSync(`${folder}/${file}`, "utf8").replace(/\r/g, "").replace(/[ \t]+$/gm, "").trim()
    : `${about.license}; the package carries no licence file. By ${author}.`;
  groups.set(text, [...(groups.get(text) || []), `${name} (${about.license})`]);
}
console.log(`The files *.min.* in this folder are builds of these npm packages:
  graphiql ${graphiql}    graphiql.min.js (source map reference removed), graphiql.min.css (web fonts removed)
  react ${react}      react.production.min.js
  react-dom ${react}  react-dom.production.min.js
Below are their licences and those of the packages inside graphiql.min.js.`);
for (const [text, holders] of groups) console.log(`\n${"=".repeat(100)}\n${holders.join("\n")}\n\n${text}`);
JS
ls -l "$target"
