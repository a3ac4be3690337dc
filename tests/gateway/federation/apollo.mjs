// Apollo Gateway (Elastic License 2.0: for tests alone) over a supergraph file. Usage: node apollo.mjs PACKAGES SUPERGRAPH
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { readFileSync } from "node:fs";

const [packages, supergraph] = process.argv.slice(2);
const require = createRequire(`${packages}/`);
const { ApolloGateway, RemoteGraphQLDataSource } = require("@apollo/gateway");
const { parse, validate, getOperationAST } = require("graphql");

class Source extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    if (context?.authorization) request.http.headers.set("authorization", context.authorization);
  }
}

const quiet = Object.fromEntries(["trace", "debug", "info", "warn", "error"].map((level) => [level, () => {}]));
const gateway = new ApolloGateway({
  supergraphSdl: readFileSync(supergraph, "utf8"),
  buildService: ({ url }) => new Source({ url }),
  logger: quiet,
});
const { schema, executor } = await gateway.load();

async function answer(body, authorization) {
  const { query, variables = {} } = JSON.parse(body);
  const document = parse(query);
  const errors = validate(schema, document);
  if (errors.length) return { errors };
  const operation = getOperationAST(document);
  return executor({
    document,
    operation,
    operationName: operation.name?.value,
    queryHash: query,
    request: { query, variables, http: { headers: new Map() } },
    context: { authorization },
    schema,
    overallCachePolicy: undefined,
    metrics: {},
    cache: { get: async () => undefined, set: async () => {}, delete: async () => {} },
    logger: quiet,
    source: query,
  });
}

createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += chunk;
  let made;
  try {
    made = await answer(body, request.headers.authorization);
  } catch (error) {
    made = { errors: [{ message: String(error?.stack ?? error) }] };
  }
  response.setHeader("content-type", "application/json").end(JSON.stringify(made));
}).listen(0, "127.0.0.1", function () {
  console.log(`http://127.0.0.1:${this.address().port}/graphql`);
});
