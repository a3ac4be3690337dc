// Composes subgraphs into a supergraph. Reads {"packages": folder, "composer": name, "subgraphs": [{name, url, sdl}]} from
// standard input; writes {"supergraph": SDL or null, "errors": [...], "hints": [...]} to standard output.
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";

const { packages, composer, subgraphs } = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(`${packages}/`);
const { parse } = require("graphql");
const { composeServices } = require(composer);
const services = subgraphs.map(({ name, url, sdl }) => ({ name, url, typeDefs: parse(sdl) }));
const { supergraphSdl, errors, hints } = composeServices(services);
const told = (list) => (list ?? []).map((each) => each.message ?? String(each));
console.log(JSON.stringify({ supergraph: supergraphSdl ?? null, errors: told(errors), hints: told(hints) }));
