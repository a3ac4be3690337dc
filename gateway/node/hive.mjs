// Hive Gateway over a supergraph file. Usage: node hive.mjs PACKAGES SUPERGRAPH HOST PORT
// The viewer's key goes on to the subgraphs; so does the router's secret, from DEXHUB_ROUTER_SECRET, which no viewer has.
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";

const [packages, supergraph, host, port] = process.argv.slice(2);
const require = createRequire(`${packages}/`);
const { createGatewayRuntime } = require("@graphql-hive/gateway-runtime");
const secret = process.env.DEXHUB_ROUTER_SECRET;
const seconds = Number(process.env.DEXHUB_SUBGRAPH_SECONDS ?? 10);
const gateway = createGatewayRuntime({
  supergraph: readFileSync(supergraph, "utf8"),
  propagateHeaders: {
    fromClientToSubgraphs: ({ request }) => {
      const authorization = request.headers.get("authorization");
      return { ...(authorization && { authorization }), ...(secret && { "x-dexhub-router": secret }) };
    },
  },
  upstreamTimeout: () => seconds * 1000,
  graphiql: false,
  landingPage: false,
  maskedErrors: false, // subgraphs have masked theirs already
  logging: "error",
});
createServer(gateway).listen(Number(port), host, function () {
  console.log(`http://${host}:${this.address().port}/graphql`);
});
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(0));
